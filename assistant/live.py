"""The assistant of the live release: opened in the background, exchanged when another release goes live.

A question is answered by one assistant from beginning to end. The one that was exchanged is closed after its last
question.
"""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Callable, Collection, Generator, Iterator, Mapping, Sequence
from contextlib import closing, contextmanager
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING, Any, Generic, Protocol, TypeVar

from assistant.answer import Answer
from knowledge.errors import BiaozhuntongError

if TYPE_CHECKING:
    from assistant.pipeline import Assistant
    from assistant.settings import Settings
    from assistant.standard import StandardReplies
    from assistant.web.turns import Asks, Corpus
    from assistant.wording import WordedSentence

    class Closable(Asks, Protocol):
        """An assistant that lets go of its release when asked to."""

        def close(self) -> None:
            """Let go of the release's files."""


_log = logging.getLogger(__name__)

Answered = Callable[[str, Sequence[str], Answer], None]
"""Told of an answer: the question, the earlier turns, the answer."""

AnyAssistant = TypeVar("AnyAssistant", bound="Closable")

# A question that comes while the assistant is being opened waits this long for it.
OPENING_SECONDS = 120.0
# After a failed opening, the next question tries again, but not more often than this.
RETRY_SECONDS = 2.0
# How often the live pointer is looked at: one read of a small file.
WATCH_SECONDS = 1.0
# A release that could not be opened is tried again after this, while the last one goes on answering.
REOPEN_SECONDS = 30.0


@dataclass
class _Opened(Generic[AnyAssistant]):
    """An opened assistant, and how many questions it is answering."""

    assistant: AnyAssistant
    asked: int = 0
    retired: bool = False


class LiveAssistant(Generic[AnyAssistant]):
    """Answers with the assistant of the release that is live now. Safe to use from several threads.

    Args:
        open_assistant: opens the assistant of the live release; may take seconds, may raise.
        warm_up: run in the background once the first one is open, and on every later one before it takes over, so that
            no question waits for what is loaded at first use.
        live: what the live pointer says; looked at from time to time, and a change opens a new assistant. None where
            the release never changes.
        switched: told of every assistant that begins to answer, the first one too.
        answered: told of every answer: the question, the earlier turns, the answer.
    """

    def __init__(
        self,
        open_assistant: Callable[[], AnyAssistant],
        *,
        warm_up: Callable[[AnyAssistant], None] | None = None,
        live: Callable[[], str] | None = None,
        switched: Callable[[AnyAssistant], object] | None = None,
        answered: Answered | None = None,
    ) -> None:
        self._open = open_assistant
        self._warm_up = warm_up
        self._live = live
        self._switched = switched
        self._answered = answered
        self._lock = threading.Lock()
        self._done = threading.Event()
        self._stopped = threading.Event()
        self._opened: _Opened[AnyAssistant] | None = None
        self._error: Exception | None = None
        self._failed_at = 0.0
        self._started = False

    def start(self) -> None:
        """Begin the opening; the first question does it too."""
        with self._lock:
            if not self._started:
                self._open_in_background()

    def stop(self) -> None:
        """Look at the live pointer no more."""
        self._stopped.set()

    def _open_in_background(self) -> None:
        self._started = True
        self._done.clear()
        threading.Thread(target=self._run, name="open-assistant", daemon=True).start()

    def _run(self) -> None:
        named = self._named()  # before the opening: a switch in between is then noticed at the first look
        try:
            assistant = self._open()
        except Exception as error:
            self._error = error
            self._failed_at = time.monotonic()
            self._done.set()
            _log.warning("the assistant could not be opened: %s", error, exc_info=not _expected(error))
            return
        self._opened = _Opened(assistant)
        self._done.set()
        self._tell(assistant)
        self._warm(assistant)
        self._watch(named)

    def _tell(self, assistant: AnyAssistant) -> None:
        if self._switched:
            try:
                self._switched(assistant)
            except Exception:
                _log.warning("what follows the switch of a release failed", exc_info=True)

    def _warm(self, assistant: AnyAssistant) -> None:
        if self._warm_up:
            try:
                self._warm_up(assistant)
            except Exception:
                _log.warning("the warm-up failed; the first question will show why", exc_info=True)

    # --- another release ------------------------------------------------------------------------------------------------

    def _named(self) -> str | None:
        """What the live pointer says; None where it cannot be read just now, or never changes."""
        try:
            return self._live() if self._live else None
        except OSError:
            return None

    def _watch(self, opened: str | None) -> None:
        """Exchange the assistant whenever the live pointer names another release than `opened`."""
        not_before = 0.0
        while self._live and not self._stopped.wait(WATCH_SECONDS):
            named = self._named()
            if named in (None, opened) or time.monotonic() < not_before:
                continue
            if self._exchange(named):
                opened = named
            else:
                not_before = time.monotonic() + REOPEN_SECONDS

    def _exchange(self, named: str | None) -> bool:
        try:
            assistant = self._open()
        except Exception as error:
            _log.warning(
                "the release %s could not be opened, the last one goes on answering: %s",
                named,
                error,
                exc_info=not _expected(error),
            )
            return False
        self._warm(assistant)
        with self._lock:
            last, self._opened = self._opened, _Opened(assistant)
            if last is not None:
                last.retired = True
                idle = last.asked == 0
        _log.info("the release %s answers now", assistant.release.release_id)
        self._tell(assistant)
        if last is not None and idle:
            last.assistant.close()
        return True

    # --- questions ------------------------------------------------------------------------------------------------------

    def wait(self) -> None:
        """Wait for the opening.

        Raises:
            BiaozhuntongError: it failed or takes too long.
        """
        self.start()
        with self._lock:
            failed = self._done.is_set() and self._opened is None
            if failed and time.monotonic() - self._failed_at > RETRY_SECONDS:
                self._open_in_background()
        if not self._done.wait(OPENING_SECONDS):
            raise BiaozhuntongError("the assistant is still being opened; try again in a few seconds")
        if self._opened is None:
            raise self._error if self._error and _expected(self._error) else BiaozhuntongError(str(self._error))

    @contextmanager
    def lease(self) -> Iterator[AnyAssistant]:
        """The assistant that answers now, kept open until the block ends; waits for the opening.

        Raises:
            BiaozhuntongError: the opening failed or takes too long.
        """
        self.wait()
        with self._lock:
            opened = self._opened
            assert opened is not None
            opened.asked += 1
        try:
            yield opened.assistant
        finally:
            with self._lock:
                opened.asked -= 1
                last = opened.retired and opened.asked == 0
            if last:
                opened.assistant.close()

    @property
    def state(self) -> str:
        """`starting`, `ready` or `failed`, without waiting."""
        if not self._done.is_set():
            return "starting"
        return "ready" if self._opened is not None else "failed"

    @property
    def release(self) -> Corpus:
        """The live release; waits for the opening, `BiaozhuntongError` if it failed."""
        with self.lease() as assistant:
            return assistant.release

    def ask(
        self,
        question: str,
        *,
        history: Sequence[str] = (),
        facts: Mapping[str, Any] | None = None,
        asked_at: date | None = None,
        forget: Collection[str] = (),
    ) -> Answer:
        """Answer one question; waits for the opening, `BiaozhuntongError` if it failed."""
        with self.lease() as assistant:
            answer = assistant.ask(
                question, history=list(history), facts=dict(facts or {}), asked_at=asked_at, forget=forget
            )
        self._count(question, history, answer)
        return answer

    def ask_stream(
        self,
        question: str,
        *,
        history: Sequence[str] = (),
        facts: Mapping[str, Any] | None = None,
        asked_at: date | None = None,
        forget: Collection[str] = (),
        stopped: Callable[[], bool] = lambda: False,
    ) -> Generator[WordedSentence | Answer, None, None]:
        """Answer one question as it is made, see `Assistant.ask_stream`; one assistant gives it from first to last.

        The assistant is let go when the generator ends or is closed.

        Raises:
            BiaozhuntongError: the opening failed or takes too long.
        """
        with (
            self.lease() as assistant,
            closing(
                assistant.ask_stream(
                    question,
                    history=list(history),
                    facts=dict(facts or {}),
                    asked_at=asked_at,
                    forget=forget,
                    stopped=stopped,
                )
            ) as items,
        ):
            for item in items:
                if isinstance(item, Answer):
                    self._count(question, history, item)
                yield item

    def _count(self, question: str, history: Sequence[str], answer: Answer) -> None:
        """Tell of an answer that was given; what goes wrong there is no concern of the reader's."""
        if self._answered is None:
            return
        try:
            self._answered(question, history, answer)
        except Exception:
            _log.warning("an answer could not be counted", exc_info=True)


def live_assistant(
    settings: Settings,
    *,
    standard_replies: StandardReplies | None = None,
    switched: Callable[[Assistant], object] | None = None,
    answered: Answered | None = None,
) -> LiveAssistant[Assistant]:
    """The assistant of the live release of the settings' data directory. One embedder serves all releases.

    Args:
        settings: of the product.
        standard_replies: finds the approved reply to a question, see `assistant.standard`.
        switched: told of every assistant that begins to answer.
        answered: told of every answer.
    """
    from assistant.pipeline import Assistant
    from knowledge.embedding import Embedder, default_embedder
    from knowledge.releases import DataDirectory

    data = DataDirectory(settings.data)
    kept: list[Embedder] = []

    def open_assistant() -> Assistant:
        data.require_live()  # says what to do before any model is looked for
        if not kept:
            kept.append(default_embedder(settings.data, settings.embedding_model, device=settings.device, quick=True))
        return Assistant.open(settings, embedder=kept[0], standard_replies=standard_replies)

    return LiveAssistant(
        open_assistant, warm_up=Assistant.warm_up, live=data.named, switched=switched, answered=answered
    )


def _expected(error: Exception) -> bool:
    return isinstance(error, BiaozhuntongError)
