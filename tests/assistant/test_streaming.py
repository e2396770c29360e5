"""Answers read while they are made: over the page's functions, the API, and a real chat endpoint."""

from __future__ import annotations

import asyncio
import json
import threading
import time
from collections.abc import Callable, Generator, Iterator
from contextlib import contextmanager
from typing import Any

import httpx
import pytest
import uvicorn
from openai import OpenAI

from app import listen
from assistant.answer import Answer
from assistant.api import create_app
from assistant.chat_model import open_chat_model
from assistant.live import LiveAssistant
from assistant.pipeline import Assistant
from assistant.settings import Settings
from assistant.streaming import Item, read_stream
from assistant.wording import WordedSentence
from knowledge.errors import ChatModelError
from knowledge.releases import Release
from tests import chat_server
from tests.assistant.web.fakes import FakeAssistant, SlowAssistant
from tests.chat_server import KEY, MODEL, Endpoint, ScriptedChat, chunk, serve
from tests.corpus import TODAY
from tests.loops import run

REWARD = "我们在宁波主导制定了一项国家标准，奖励多少？"
WORDED = "在宁波主导制定国家标准，每项奖励30万元。[1]"
EVENTS = {"accept": "text/event-stream"}
# How long a model may be silent before the answer goes on without it.
SILENCE = 60


def eventually(holds: Callable[[], bool], seconds: float = 60.0) -> None:
    until = time.monotonic() + seconds
    while not holds():
        assert time.monotonic() < until, "it did not happen in time"
        time.sleep(0.005)


@contextmanager
def served(assistant: Any) -> Iterator[str]:
    """The application on a free port of this machine."""
    listener = listen("127.0.0.1", 0)
    app = create_app(LiveAssistant(lambda: assistant))
    server = uvicorn.Server(uvicorn.Config(app, log_level="error", timeout_graceful_shutdown=1))
    thread = threading.Thread(target=server.run, kwargs={"sockets": [listener]}, daemon=True)
    thread.start()
    while not server.started:
        time.sleep(0.02)
    try:
        yield f"http://127.0.0.1:{listener.getsockname()[1]}"
    finally:
        server.should_exit = True
        thread.join(10)


def events(lines: Iterator[str]) -> Iterator[tuple[str, dict[str, Any]]]:
    """Server-sent events as they come; comments are none."""
    name = ""
    for line in lines:
        if line.startswith("event: "):
            name = line.removeprefix("event: ")
        elif line.startswith("data: "):
            yield name, json.loads(line.removeprefix("data: "))


# --- the reader -------------------------------------------------------------------------------------------------------


class Work:
    """Yields numbers of an answer until it is told to stop; knows how it ended."""

    def __init__(self, answer: Answer) -> None:
        self.answer = answer
        self.begun = threading.Event()
        self.closed = threading.Event()
        self.go = threading.Semaphore(0)

    def __call__(self, left: Callable[[], bool]) -> Generator[Item, None, None]:
        self.begun.set()
        try:
            while not left():
                if self.go.acquire(timeout=0.01):
                    yield self.answer
        finally:
            self.closed.set()


@pytest.fixture
def work() -> Work:
    return Work(FakeAssistant().ask("能拿多少"))


def test_a_reader_that_leaves_ends_the_work(work: Work) -> None:
    async def read() -> None:
        made = read_stream(work)
        work.go.release()
        assert await anext(made) == work.answer
        await made.aclose()

    run(read())
    assert work.closed.wait(60)


def test_a_cancelled_reader_ends_the_work_that_is_silent(work: Work) -> None:
    async def read() -> None:
        reading = asyncio.create_task(anext(read_stream(work)))  # type: ignore[arg-type]
        while not work.begun.is_set():
            await asyncio.sleep(0.01)
        reading.cancel()
        with pytest.raises(asyncio.CancelledError):
            await reading

    run(read())
    assert work.closed.wait(60)


def test_silence_and_errors_reach_the_reader(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("assistant.streaming.PAUSE_SECONDS", 0.01)
    waited = threading.Event()

    def broken(_: Callable[[], bool]) -> Generator[Item, None, None]:
        waited.wait(60)
        raise ChatModelError("odd")
        yield

    seen: list[Item | None] = []

    async def read() -> None:
        async for item in read_stream(broken):
            seen.append(item)
            waited.set()

    with pytest.raises(ChatModelError, match="odd"):
        run(read())
    assert set(seen) == {None}


# --- the lease --------------------------------------------------------------------------------------------------------


class Closing(SlowAssistant):
    """Tells whether it was closed."""

    closed = False

    def close(self) -> None:
        self.closed = True


@pytest.mark.parametrize("whole", [True, False])
def test_an_exchanged_assistant_stays_open_until_its_answer_ends(monkeypatch: pytest.MonkeyPatch, whole: bool) -> None:
    monkeypatch.setattr("assistant.live.WATCH_SECONDS", 0.005)
    pointer, opened = ["r1"], list[Closing]()

    def make() -> Closing:
        opened.append(Closing())
        return opened[-1]

    live = LiveAssistant(make, live=lambda: pointer[0])
    items = live.ask_stream("能拿多少")
    live.wait()
    first = opened[0]
    first.go.release(3)
    assert isinstance(next(items), WordedSentence)
    pointer[0] = "r2"
    eventually(lambda: len(opened) == 2)
    time.sleep(0.05)
    assert not first.closed
    if whole:
        assert isinstance(list(items)[-1], Answer)
    else:
        items.close()
    eventually(lambda: first.closed)
    assert first.ended == ["whole" if whole else "closed"]
    live.stop()


# --- the API ----------------------------------------------------------------------------------------------------------


def test_a_sentence_is_sent_before_the_next_is_made() -> None:
    assistant = SlowAssistant()
    with (
        served(assistant) as address,
        httpx.stream("POST", f"{address}/v1/ask", json={"question": "能拿多少"}, headers=EVENTS, timeout=60) as reply,
    ):
        told = events(reply.iter_lines())
        assistant.go.release()
        name, first = next(told)
        assert name == "text"
        assert "15万元" in first["text"]
        assert assistant.ended == []
        assistant.go.release(2)
        *texts, (last, answer) = told
        assert {name for name, _ in texts} == {"text"}
        assert last == "answer"
        assert first["text"] + "".join(data["text"] for _, data in texts) == answer["answer"]


def test_an_answer_that_replaces_its_sentences_says_so() -> None:
    assistant = SlowAssistant(other="别的回答。[1][2]")
    assistant.go.release(3)
    with (
        served(assistant) as address,
        httpx.stream(
            "POST", f"{address}/v1/ask", json={"question": "能拿多少", "id": "q"}, headers=EVENTS, timeout=60
        ) as reply,
    ):
        told = list(events(reply.iter_lines()))
    assert [name for name, _ in told] == ["text", "text", "replace", "answer"]
    assert told[-2][1] == {"text": "别的回答。[1][2]"}
    assert told[-1][1]["answer"] == "别的回答。[1][2]"
    assert told[-1][1]["id"] == "q"


def test_clients_that_only_append_never_get_what_is_taken_back() -> None:
    for assistant in (SlowAssistant(other="别的回答。[1][2]"), SlowAssistant()):
        assistant.go.release(3)
        with served(assistant) as address, OpenAI(base_url=f"{address}/v1", api_key="none", max_retries=0) as openai:
            parts = list(
                openai.chat.completions.create(
                    model="x", messages=[{"role": "user", "content": "能拿多少"}], stream=True
                )
            )
        text = "".join(part.choices[0].delta.content or "" for part in parts)
        assert text == (parts[-1].model_extra or {})["answer"]["answer"]


@pytest.mark.parametrize("path", ["ask", "chat/completions"])
def test_a_client_that_goes_away_ends_the_work(path: str) -> None:
    assistant = SlowAssistant()
    body = {
        "ask": {"question": "能拿多少"},
        "chat/completions": {"messages": [{"role": "user", "content": "能拿多少"}], "stream": True},
    }[path]
    with served(assistant) as address:
        with httpx.stream("POST", f"{address}/v1/{path}", json=body, headers=EVENTS, timeout=60) as reply:
            assistant.go.release()
            assert next(line for line in reply.iter_lines() if "15万元" in line)
        eventually(lambda: assistant.ended == ["stopped"])


def test_an_error_while_it_is_made_is_the_last_event() -> None:
    with (
        served(FakeAssistant()) as address,
        httpx.stream("POST", f"{address}/v1/ask", json={"question": "坏"}, headers=EVENTS, timeout=60) as reply,
    ):
        told = list(events(reply.iter_lines()))
    assert [name for name, _ in told] == ["error"]
    assert told[0][1]["error"]["code"] == "failed"
    assert "secret" not in json.dumps(told)


# --- a chat endpoint --------------------------------------------------------------------------------------------------


@pytest.fixture
def endpoint() -> Iterator[Endpoint]:
    with serve(chat_server.silent) as running:
        yield running


@pytest.fixture
def worded(small_release: Release, endpoint: Endpoint) -> Assistant:
    """An assistant whose model is the endpoint."""
    settings = Settings.model_validate(
        {
            "model": MODEL,
            "model_url": endpoint.url,
            "model_key": KEY,
            "model_seconds": SILENCE,
            "model_silence_seconds": SILENCE,
        }
    )
    return Assistant(small_release, settings, model=open_chat_model(settings), today=lambda: TODAY)


def test_leaving_closes_the_connection_to_a_model_that_drips(worded: Assistant, endpoint: Endpoint) -> None:
    gone = threading.Event()

    def behave(handler: chat_server.Handler) -> None:
        handler.start()
        handler.write(chunk(WORDED + "\n"))
        while handler.write(chunk(" ")):
            time.sleep(0.02)
        gone.set()

    endpoint.behave = behave
    with served(worded) as address:
        with httpx.stream("POST", f"{address}/v1/ask", json={"question": REWARD}, headers=EVENTS, timeout=60) as reply:
            assert next(events(reply.iter_lines())) == ("text", {"text": WORDED})
        assert gone.wait(60)


def test_leaving_a_silent_model_ends_the_work_and_blames_nobody(worded: Assistant, endpoint: Endpoint) -> None:
    leave = threading.Event()
    threading.Timer(0.3, leave.set).start()
    start = time.monotonic()
    *_, answer = worded.ask_stream(REWARD, stopped=leave.is_set)
    assert time.monotonic() - start < SILENCE / 2
    assert isinstance(answer, Answer)
    assert answer.provenance.model is None
    endpoint.behave = chat_server.says(WORDED)
    assert worded.ask(REWARD).provenance.model == MODEL  # neither kept nor held against the model


def test_a_sentence_that_says_too_little_may_be_replaced(small_release: Release) -> None:
    model = ScriptedChat("宁波市财政给予奖励。[1]", WORDED)
    assistant = Assistant(small_release, Settings(answer_cache=0), model=model, today=lambda: TODAY)
    *sentences, answer = assistant.ask_stream(REWARD)
    assert isinstance(answer, Answer)
    texts = [item.text for item in sentences if isinstance(item, WordedSentence)]
    stands = [item.stands for item in sentences if isinstance(item, WordedSentence)]
    assert stands == sorted(stands)
    assert stands[-1]
    assert answer.answer.startswith("\n".join(texts))
