"""The assistant of the live release: opened aside, exchanged without a failed or mixed answer."""

from __future__ import annotations

import shutil
import threading
import time
from collections.abc import Callable
from datetime import date
from pathlib import Path

import pytest

from assistant.live import LiveAssistant
from assistant.pipeline import Assistant
from assistant.settings import Settings
from knowledge.errors import BiaozhuntongError, CorruptRelease
from knowledge.releases import DataDirectory, build
from tests.assistant.web.fakes import FakeAssistant, FakeRelease
from tests.corpus import NarrowEmbeddings, write_corpus


def eventually(holds: Callable[[], bool], seconds: float = 60.0) -> None:
    """Wait until something holds; fails after `seconds`."""
    until = time.monotonic() + seconds
    while not holds():
        assert time.monotonic() < until, "it did not happen in time"
        time.sleep(0.005)


class Named(FakeAssistant):
    """A fake that is of one release and knows whether it was closed."""

    def __init__(self, name: str) -> None:
        super().__init__({})
        self.name = name
        self.closed = False

    @property
    def release(self) -> FakeRelease:
        return FakeRelease(self.name, {})

    def close(self) -> None:
        self.closed = True


@pytest.fixture
def at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("assistant.live.WATCH_SECONDS", 0.005)
    monkeypatch.setattr("assistant.live.REOPEN_SECONDS", 0.02)


def test_questions_wait_for_an_assistant_that_is_still_being_opened() -> None:
    gate = threading.Event()

    def slow() -> FakeAssistant:
        gate.wait(60)
        return FakeAssistant()

    opening = LiveAssistant(slow)
    opening.start()
    assert opening.state == "starting"
    threading.Timer(0.1, gate.set).start()
    assert opening.ask("能拿多少").total_yuan == 150000
    assert opening.state == "ready"


def test_a_failed_opening_is_tried_again_later(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("assistant.live.RETRY_SECONDS", 0.0)
    tries: list[int] = []

    def second_time() -> FakeAssistant:
        tries.append(1)
        if len(tries) == 1:
            raise RuntimeError("disk full")
        return FakeAssistant()

    opening = LiveAssistant(second_time)
    opening.start()
    while opening.state == "starting":
        pass
    assert opening.state == "failed"
    assert opening.ask("能拿多少").total_yuan == 150000


def test_an_unexpected_failure_is_an_error_of_ours() -> None:
    def broken() -> FakeAssistant:
        raise RuntimeError("odd")

    with pytest.raises(BiaozhuntongError, match="odd"):
        _ = LiveAssistant(broken).release


def test_the_warm_up_runs_after_the_opening_and_may_fail() -> None:
    warmed = threading.Event()

    def warm_up(_: FakeAssistant) -> None:
        warmed.set()
        raise RuntimeError("no model")

    opening = LiveAssistant(FakeAssistant, warm_up=warm_up)
    opening.start()
    assert warmed.wait(60)
    assert opening.ask("能拿多少").total_yuan == 150000


@pytest.mark.usefixtures("at_once")
def test_another_live_release_takes_over_and_the_last_one_is_closed() -> None:
    pointer = ["r1"]
    opened: list[Named] = []

    def open_named() -> Named:
        opened.append(Named(pointer[0]))
        return opened[-1]

    live = LiveAssistant(open_named, live=lambda: pointer[0])
    assert live.release.release_id == "r1"
    pointer[0] = "r2"
    eventually(lambda: live.release.release_id == "r2")
    eventually(lambda: opened[0].closed)
    assert not opened[1].closed
    live.stop()


@pytest.mark.usefixtures("at_once")
def test_the_last_one_stays_open_until_its_last_question_is_answered() -> None:
    pointer = ["r1"]
    opened: list[Named] = []

    def open_named() -> Named:
        opened.append(Named(pointer[0]))
        return opened[-1]

    live = LiveAssistant(open_named, live=lambda: pointer[0])
    with live.lease() as first:
        pointer[0] = "r2"
        eventually(lambda: live.release.release_id == "r2")
        assert first.name == "r1"
        assert not first.closed
    assert first.closed
    live.stop()


@pytest.mark.usefixtures("at_once")
def test_a_release_that_does_not_open_leaves_the_last_one_answering() -> None:
    pointer = ["r1"]
    tries: list[str] = []
    mended = threading.Event()

    def open_named() -> Named:
        tries.append(pointer[0])
        if pointer[0] == "r2" and not mended.is_set():
            raise CorruptRelease("a file is missing")
        return Named(pointer[0])

    live = LiveAssistant(open_named, live=lambda: pointer[0])
    assert live.release.release_id == "r1"
    pointer[0] = "r2"
    eventually(lambda: tries.count("r2") >= 2)
    assert live.release.release_id == "r1"
    mended.set()
    eventually(lambda: live.release.release_id == "r2")
    live.stop()


@pytest.mark.usefixtures("at_once")
def test_a_pointer_that_cannot_be_read_changes_nothing() -> None:
    state = {"reads": 0}

    def pointer() -> str:
        state["reads"] += 1
        if state["reads"] > 1:
            raise OSError("gone")
        return "r1"

    live = LiveAssistant(lambda: Named("r1"), live=pointer)
    assert live.release.release_id == "r1"
    eventually(lambda: state["reads"] > 5)
    assert live.release.release_id == "r1"
    live.stop()


@pytest.mark.usefixtures("at_once")
def test_a_later_release_is_warmed_before_it_answers() -> None:
    pointer = ["r1"]
    warmed: list[str] = []
    live = LiveAssistant(lambda: Named(pointer[0]), warm_up=lambda a: warmed.append(a.name), live=lambda: pointer[0])
    assert live.release.release_id == "r1"
    pointer[0] = "r2"
    eventually(lambda: live.release.release_id == "r2")
    assert "r2" in warmed
    live.stop()


QUESTION = "宁波市区企业主导制定的行业标准能拿多少奖励？"


@pytest.mark.usefixtures("at_once")
def test_releases_change_under_load_without_a_failed_or_mixed_answer(tmp_path: Path) -> None:
    folder = write_corpus(tmp_path / "corpus")
    data = DataDirectory(tmp_path / "data")
    embedder = NarrowEmbeddings()
    whole = build(folder, data, embedder)
    empty = tmp_path / "empty"
    empty.mkdir()
    bare = build(empty, data, embedder, switch=False)
    settings = Settings(data=data.path)

    live = LiveAssistant(lambda: Assistant.open(settings, embedder=embedder), live=data.named)
    expected = {}
    for release in (whole, bare):
        data.switch(release)
        eventually(lambda wanted=release: live.release.release_id == wanted)  # type: ignore[misc]
        answer = live.ask(QUESTION, asked_at=date(2026, 11, 22))
        expected[release] = (answer.status, answer.answer, [c.quote for c in answer.citations])
    assert expected[whole] != expected[bare]

    seen: list[tuple[str | None, object]] = []
    failures: list[Exception] = []
    stop = threading.Event()

    def asking() -> None:
        while not stop.is_set():
            try:
                answer = live.ask(QUESTION, asked_at=date(2026, 11, 22))
            except Exception as error:
                failures.append(error)
                return
            seen.append(
                (answer.provenance.release, (answer.status, answer.answer, [c.quote for c in answer.citations]))
            )

    threads = [threading.Thread(target=asking) for _ in range(3)]
    for thread in threads:
        thread.start()
    for release in (whole, bare) * 3:
        data.switch(release)
        eventually(lambda wanted=release: live.release.release_id == wanted)  # type: ignore[misc]
        before = len(seen)
        eventually(lambda before=before: len(seen) > before + 3)  # type: ignore[misc]
    stop.set()
    for thread in threads:
        thread.join()
    live.stop()
    assert not failures
    assert {release for release, _ in seen} == {whole, bare}
    assert all(release is not None and said == expected[release] for release, said in seen)
    shutil.rmtree(data.path)
