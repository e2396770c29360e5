"""Tools for jobs under test: a fake embedder, and judges that pass, block, wait or break. Imported by worker processes."""

from __future__ import annotations

import errno
import time
from pathlib import Path

from assistant.upkeep.tools import Judge, Tools
from knowledge.datadir import DataDirectory
from knowledge.embedding import Embedder
from knowledge.life import Verdict
from knowledge.progress import Progress
from tests.corpus import NarrowEmbeddings

# A judge that waits does so until this file of the data directory is there.
GO_ON = "go-on"
REPORT = {"passed": True, "gate": {"blocks": []}, "cases": []}


def embedder(_quick: bool) -> Embedder:
    return NarrowEmbeddings()


def passes(_data: DataDirectory, _base: str, _candidate: str, *, progress: Progress) -> Verdict:
    progress(10, 10)
    return Verdict(True, "PASSED: nothing blocks", REPORT)


def blocks(_data: DataDirectory, _base: str, _candidate: str, *, progress: Progress) -> Verdict:
    progress(10, 10)
    block = {"cause": "broken", "case": "q1", "text": "expected 30, got 40", "inherited": False}
    case = {
        "id": "q1",
        "verdict": "broken",
        "stage": "rules",
        "notes": ["rules: 300000 before, 400000 now"],
        "clauses": [{"kind": "edited", "base_id": "ningbo-2016/2", "new_id": "ningbo-2016/2"}],
        "new": {"question": "<b>多少</b>"},
    }
    return Verdict(False, "BLOCKED: 1 broken", {"passed": False, "gate": {"blocks": [block]}, "cases": [case]})


def waits(data: DataDirectory, base: str, candidate: str, *, progress: Progress) -> Verdict:
    progress(3, 10)
    until = time.monotonic() + 600
    while not (data.path / GO_ON).exists() and time.monotonic() < until:
        time.sleep(0.02)
    return passes(data, base, candidate, progress=progress)


def full(_data: DataDirectory, _base: str, _candidate: str, *, progress: Progress) -> Verdict:
    raise OSError(errno.ENOSPC, "No space left on device")


def breaks(_data: DataDirectory, _base: str, _candidate: str, *, progress: Progress) -> Verdict:
    raise ZeroDivisionError("by zero")


def _tools(judge: Judge) -> Tools:
    return Tools(embedder, judge)


def passing(_data: Path) -> Tools:
    return _tools(passes)


def blocking(_data: Path) -> Tools:
    return _tools(blocks)


def waiting(_data: Path) -> Tools:
    return _tools(waits)


def full_disk(_data: Path) -> Tools:
    return _tools(full)


def breaking(_data: Path) -> Tools:
    return _tools(breaks)
