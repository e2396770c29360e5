"""Reads what an assistant says of one question as it is made, without holding the event loop."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import AsyncGenerator, Callable, Generator
from contextlib import closing
from typing import TYPE_CHECKING, Literal, TypeAlias

import anyio

from assistant.answer import Answer

if TYPE_CHECKING:
    from assistant.wording import WordedSentence

Item: TypeAlias = "WordedSentence | Answer"
Work = Callable[[Callable[[], bool]], Generator[Item, None, None]]
"""Begins to answer; what it is given tells whether the reader has left."""

# A reader learns this often that nothing came, and may look whether anybody still listens.
PAUSE_SECONDS = 0.5
# Work that goes on for a moment after its reader left.
_ENDING: set[asyncio.Task[None]] = set()


async def read_stream(work: Work) -> AsyncGenerator[Item | None, None]:
    """The items as they are made; null now and then while nothing comes.

    The work has a thread of its own from beginning to end. When the reading ends early (closed or cancelled) the work is
    told at once, and its generator is closed in that thread.

    Raises:
        Exception: what the work raised.
    """
    loop = asyncio.get_running_loop()
    made: asyncio.Queue[Item | Exception | Literal["end"]] = asyncio.Queue()
    left = threading.Event()

    def tell(thing: Item | Exception | Literal["end"]) -> None:
        if not left.is_set():
            loop.call_soon_threadsafe(made.put_nowait, thing)

    def run() -> None:
        try:
            with closing(work(left.is_set)) as items:
                for item in items:
                    tell(item)
                    if left.is_set():
                        return
            tell("end")
        except Exception as error:
            tell(error)

    task = asyncio.create_task(anyio.to_thread.run_sync(run, abandon_on_cancel=True))
    _ENDING.add(task)
    task.add_done_callback(_ENDING.discard)
    try:
        while True:
            try:
                thing = await asyncio.wait_for(made.get(), PAUSE_SECONDS)
            except TimeoutError:
                yield None
                continue
            if isinstance(thing, Exception):
                raise thing
            if thing == "end":
                return
            yield thing
    finally:
        left.set()


def new_text(shown: str, item: Item) -> str | None:
    """What an item adds to the text shown so far; null where it replaces that text."""
    text = item.answer if isinstance(item, Answer) else item.answer.answer
    return text[len(shown) :] if text.startswith(shown) else None
