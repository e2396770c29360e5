"""The audit log: what was done to the releases, by whom, when and why. Lines of JSON, only ever appended to.

Each line carries the SHA-256 of the line before it, so a line that was changed or taken out is found (`AuditLog.faults`).
What changes the data directory is written down before it is done (`intent`) and after it (`done`, or `undone` where it did
not come about); the state of the directory decides what became of an intent without an outcome.
"""

from __future__ import annotations

import getpass
import hashlib
import json
import os
from collections.abc import Iterable, Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Literal

from pydantic import BaseModel, ConfigDict, ValidationError

from knowledge.files import replace_file, sync_directory

Action = Literal["build", "stage", "reset", "publish", "rollback", "pin", "unpin", "remove", "repair"]
Phase = Literal["intent", "done", "undone", "blocked", "incomplete", "unchanged"]

_START = "0" * 64
_TORN_SHOWN = 200


class Entry(BaseModel):
    """One line of the log.

    Attributes:
        release: what the action is about.
        before: the release that was live.
        why: the reason the person gave.
        override: the reason for publishing although the gate said no.
        verdict: what the gate said: `passed`, `summary`, and the SHA-256 of its report.
        detail: what else belongs to the action (staged files, changes in words, removed releases).
        prev: the SHA-256 of the line before, in hexadecimal; zeros for the first.
    """

    model_config = ConfigDict(frozen=True, extra="ignore")

    at: str
    by: str
    action: Action
    phase: Phase
    release: str | None = None
    before: str | None = None
    why: str | None = None
    override: str | None = None
    verdict: Mapping[str, Any] | None = None
    detail: Mapping[str, Any] = {}
    prev: str


@dataclass(frozen=True)
class AuditLog:
    """The log in one file. Only the holder of the writer's place appends."""

    path: Path

    def entries(self) -> list[Entry]:
        """Every line that can be read; a line torn by a kill is not one."""
        found = []
        for line in self._lines()[0]:
            with suppress(ValidationError):
                found.append(Entry.model_validate_json(line))
        return found

    def append(self, action: Action, phase: Phase, *, by: str, **fields: Any) -> Entry:  # noqa: ANN401 - as Entry has
        """Write one line and make sure it is on the disk.

        Raises:
            OSError: it could not be written; the log is as it was.
        """
        self._repair(by)
        line = _line(action, phase, by, self._last_hash(), fields)
        new = not self.path.exists()
        descriptor = os.open(self.path, os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o644)
        try:
            size = os.fstat(descriptor).st_size
            try:
                _write_whole(descriptor, line)
                os.fsync(descriptor)
            except OSError:
                with suppress(OSError):
                    os.ftruncate(descriptor, size)
                raise
        finally:
            os.close(descriptor)
        if new:
            sync_directory(self.path.parent)
        return Entry.model_validate_json(line)

    def faults(self) -> list[str]:
        """Where the chain is broken, each a sentence; empty where every line follows from the one before."""
        found, previous = [], _START
        for number, line in enumerate(self._lines()[0], start=1):
            try:
                entry = Entry.model_validate_json(line)
            except ValidationError:
                found.append(f"{self.path}, line {number}: expected a record of the log, got {line[:60]!r}")
            else:
                if entry.prev != previous:
                    found.append(
                        f"{self.path}, line {number}: it does not follow from the line before; a line was changed or "
                        "taken out since"
                    )
            previous = _hash(line)
        return found

    def torn(self) -> bool:
        """Whether the last line is only a part of one; the next change repairs that and notes it."""
        return bool(self._lines()[1])

    def _lines(self) -> tuple[list[bytes], bytes]:
        """The whole lines, without their ends, and what follows the last of them."""
        try:
            *lines, rest = self.path.read_bytes().split(b"\n")
        except FileNotFoundError:
            return [], b""
        return lines, rest

    def _last_hash(self) -> str:
        lines, _ = self._lines()
        return _hash(lines[-1]) if lines else _START

    def _repair(self, by: str) -> None:
        """Take a torn last line off and note it, in one step."""
        lines, torn = self._lines()
        if not torn:
            return
        lost = {"bytes": len(torn), "sha256": _hash(torn), "text": torn.decode("utf-8", "replace")[:_TORN_SHOWN]}
        note = _line("repair", "done", by, _hash(lines[-1]) if lines else _START, {"detail": lost})
        replace_file(self.path, b"".join(line + b"\n" for line in lines) + note)


def os_user() -> str:
    """The name of the person at the machine, as the operating system knows it."""
    try:
        return getpass.getuser()
    except (KeyError, OSError):  # a user id without a name, as in a container
        return f"uid {os.getuid()}"


def effective(entries: Iterable[Entry], live: str | None) -> list[Entry]:
    """The intents to make a release the live one that came about, oldest first.

    One without an outcome, at the end, came about if its release is the live one.
    """
    return [entry for entry, done in _outcomes(entries) if (entry.release == live if done is None else done)]


def open_intent(entries: Iterable[Entry]) -> Entry | None:
    """The last intent, where nothing yet says what became of it."""
    pending: Entry | None = None
    for entry in entries:
        if entry.phase == "intent":
            pending = entry
        elif entry.phase in ("done", "undone") and pending is not None and entry.action == pending.action:
            pending = None
    return pending


def trail(entries: Iterable[Entry], live: str | None) -> list[str]:
    """The releases that lead to the live one, which is the last: a rollback takes back what came after its release."""
    steps: list[str] = []
    for entry in effective(entries, live):
        if entry.before is not None and steps[-1:] != [entry.before]:
            steps.append(entry.before)
        if entry.release is None:
            continue
        if entry.action == "rollback" and entry.release in steps:
            del steps[len(steps) - steps[::-1].index(entry.release) :]
        else:
            steps.append(entry.release)
    if live is not None and steps[-1:] != [live]:
        steps.append(live)
    return steps


def _outcomes(entries: Iterable[Entry]) -> Iterator[tuple[Entry, bool | None]]:
    pending: Entry | None = None
    for entry in entries:
        if entry.action not in ("build", "publish", "rollback"):
            continue
        if entry.phase == "intent":
            pending = entry
        elif entry.phase in ("done", "undone") and pending is not None:
            yield pending, entry.phase == "done"
            pending = None
    if pending is not None:
        yield pending, None


def _line(action: Action, phase: Phase, by: str, prev: str, fields: Mapping[str, Any]) -> bytes:
    at = datetime.now(UTC).isoformat(timespec="seconds")
    entry = Entry(at=at, by=by, action=action, phase=phase, prev=prev, **fields)
    return json.dumps(entry.model_dump(mode="json", exclude_defaults=True), ensure_ascii=False).encode() + b"\n"


def _write_whole(descriptor: int, content: bytes) -> None:
    rest = memoryview(content)
    while rest:
        rest = rest[os.write(descriptor, rest) :]


def _hash(line: bytes) -> str:
    return hashlib.sha256(line).hexdigest()
