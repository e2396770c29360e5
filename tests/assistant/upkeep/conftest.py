"""A data directory with the small corpus, and the steps of a change over it."""

from __future__ import annotations

import time
from collections.abc import Callable

import pytest

from assistant.upkeep.changes import Changes
from assistant.upkeep.jobs import Job, Jobs
from assistant.upkeep.tools import load_tools
from knowledge.datadir import DataDirectory

MakeChanges = Callable[[str], Changes]


@pytest.fixture
def make_changes(data: DataDirectory) -> MakeChanges:
    def made(tools: str = "passing") -> Changes:
        name = f"tests.assistant.upkeep.tools:{tools}"
        return Changes(data, Jobs(data.path, name), load_tools(name, data.path))

    return made


@pytest.fixture
def changes(make_changes: MakeChanges) -> Changes:
    return make_changes("passing")


def finished(changes: Changes, seconds: float = 300) -> Job:
    """The last job, once it is no longer under way."""
    return reached(changes, lambda job: not job.running, seconds)


def reached(changes: Changes, there: Callable[[Job], bool], seconds: float = 300) -> Job:
    """The last job, once it is so far."""
    until = time.monotonic() + seconds
    while True:
        job = changes.jobs.last()
        if job is not None and there(job):
            return job
        assert time.monotonic() < until, f"not in time: {job}"
        time.sleep(0.05)
