"""The audit log: every line follows from the one before, and what was done can be told from it."""

from __future__ import annotations

import json
import os
from pathlib import Path

import pytest

from knowledge.audit import AuditLog, Entry, effective, open_intent, os_user, trail


@pytest.fixture
def log(tmp_path: Path) -> AuditLog:
    return AuditLog(tmp_path / "audit.jsonl")


def switched(log: AuditLog, action: str, release: str, before: str | None, phase: str | None = "done") -> None:
    log.append(action, "intent", by="a", release=release, before=before)  # type: ignore[arg-type]
    if phase:
        log.append(action, phase, by="a", release=release, before=before)  # type: ignore[arg-type]


def test_lines_follow_from_each_other(log: AuditLog) -> None:
    assert log.entries() == []
    assert log.faults() == []
    for number in range(3):
        log.append("pin", "done", by="王芳", release=str(number), why="第一次\n换行")
    assert [entry.release for entry in log.entries()] == ["0", "1", "2"]
    assert log.entries()[0].by == "王芳"
    assert log.path.read_bytes().count(b"\n") == 3
    assert log.faults() == []


@pytest.mark.parametrize(
    ("harm", "at"),
    [
        (lambda lines: [lines[0].replace(b"pin", b"build"), *lines[1:]], 2),
        (lambda lines: [lines[0], lines[2]], 2),
        (lambda lines: [lines[1], lines[0], lines[2]], 1),
        (lambda lines: [lines[0], b"{}\n", *lines[1:]], 2),
        (lambda lines: lines[1:], 1),
    ],
)
def test_a_line_changed_moved_or_taken_out_is_found(log: AuditLog, harm: object, at: int) -> None:
    for number in range(3):
        log.append("pin", "done", by="a", release=str(number))
    log.path.write_bytes(b"".join(harm(log.path.read_bytes().splitlines(keepends=True))))  # type: ignore[operator]
    assert f"line {at}:" in log.faults()[0]
    log.append("pin", "done", by="a")  # a broken chain does not stop the work
    assert f"line {at}:" in log.faults()[0]


@pytest.mark.parametrize("kept", [1, 40])
def test_a_torn_last_line_is_taken_off_and_noted(log: AuditLog, kept: int) -> None:
    log.append("pin", "done", by="a", release="first")
    whole = log.path.read_bytes()
    log.append("pin", "done", by="a", release="torn")
    torn = log.path.read_bytes()[: len(whole) + kept]
    log.path.write_bytes(torn)
    assert log.torn()
    assert [entry.release for entry in log.entries()] == ["first"]
    log.append("pin", "done", by="b", release="next")
    assert not log.torn()
    assert log.faults() == []
    assert log.path.read_bytes().startswith(whole)
    assert [entry.action for entry in log.entries()] == ["pin", "repair", "pin"]
    assert log.entries()[1].detail["text"] == torn[len(whole) :].decode()


def test_a_write_that_fails_leaves_the_log_as_it_was(log: AuditLog, monkeypatch: pytest.MonkeyPatch) -> None:
    log.append("pin", "done", by="a")
    before = log.path.read_bytes()
    write, calls = os.write, []

    def half(descriptor: int, content: bytes) -> int:
        calls.append(1)
        if len(calls) > 1:
            raise OSError("no room")
        return write(descriptor, bytes(content)[:10])

    with monkeypatch.context() as full:
        full.setattr(os, "write", half)
        with pytest.raises(OSError, match="no room"):
            log.append("pin", "done", by="a")
    assert log.path.read_bytes() == before


def test_lines_of_a_newer_program_can_be_read(log: AuditLog) -> None:
    log.append("pin", "done", by="a", release="x")
    line = json.loads(log.path.read_text(encoding="utf-8"))
    log.path.write_text(json.dumps(line | {"mood": "good"}) + "\n", encoding="utf-8")
    assert log.entries()[0].release == "x"


def test_an_intent_without_an_outcome_came_about_if_its_release_is_live(log: AuditLog) -> None:
    switched(log, "build", "a", None)
    switched(log, "publish", "b", "a", phase=None)
    intent = open_intent(log.entries())
    assert intent is not None
    assert intent.release == "b"
    assert [e.release for e in effective(log.entries(), "b")] == ["a", "b"]
    assert [e.release for e in effective(log.entries(), "a")] == ["a"]
    log.append("publish", "undone", by="a", release="b")
    assert open_intent(log.entries()) is None
    assert [e.release for e in effective(log.entries(), "b")] == ["a"]


def test_a_rollback_takes_back_what_came_after(log: AuditLog) -> None:
    def steps(live: str) -> list[str]:
        return trail(log.entries(), live)

    switched(log, "build", "b", "before-the-log")
    switched(log, "publish", "c", "b")
    assert steps("c") == ["before-the-log", "b", "c"]
    switched(log, "publish", "never", "c", phase="undone")
    switched(log, "rollback", "b", "c")
    assert steps("b") == ["before-the-log", "b"]
    switched(log, "rollback", "c", "b")
    assert steps("c") == ["before-the-log", "b", "c"]
    switched(log, "build", "b", "c")
    assert steps("b") == ["before-the-log", "b", "c", "b"]
    assert steps("by-hand") == ["before-the-log", "b", "c", "b", "by-hand"]


def test_somebody_is_always_named(monkeypatch: pytest.MonkeyPatch) -> None:
    assert os_user()

    def nobody() -> str:
        raise KeyError("uid not found")

    monkeypatch.setattr("getpass.getuser", nobody)
    assert os_user() == f"uid {os.getuid()}"


def test_an_entry_keeps_what_a_gate_said(log: AuditLog) -> None:
    said = {"passed": False, "summary": "two broken", "report_sha256": "0"}
    entry = log.append("publish", "blocked", by="a", release="x", verdict=said, override=None)
    assert log.entries() == [entry]
    assert isinstance(entry, Entry)
    assert entry.verdict == said
