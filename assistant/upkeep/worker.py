"""The process that does one job: `python -m assistant.upkeep.worker DATA JOB TOOLS`; started by `jobs.py`."""

from __future__ import annotations

import os
import shutil
import sys
import time
import traceback
from collections.abc import Callable, Mapping
from contextlib import suppress
from pathlib import Path
from typing import Any

from assistant.upkeep.jobs import GO, Job, ended, read_job, write_job
from assistant.upkeep.tools import Tools, load_tools
from assistant.upkeep.verdicts import Verdicts
from knowledge import life, staging
from knowledge.datadir import DataDirectory
from knowledge.errors import BiaozhuntongError
from knowledge.releases import explained
from knowledge.staging import Change

# How often at most the file of a job is written anew while it counts.
_EVERY_SECONDS = 0.4

Result = tuple[str, dict[str, Any]]


class _Progress:
    """Writes into a job's file how far it is; a disk that is full for the moment costs only that."""

    def __init__(self, folder: Path, job: Job) -> None:
        self._folder, self.job = folder, job
        self._written = 0.0

    def at(self, stage: str, done: int = 0, total: int = 0) -> None:
        """Note how far a stage is."""
        new, now = stage != self.job.stage, time.monotonic()
        self.job = self.job.model_copy(update={"stage": stage, "done": done, "total": total})
        if new or done == total or now - self._written > _EVERY_SECONDS:
            self._written = now
            with suppress(OSError):
                write_job(self._folder, self.job)


def run(data: DataDirectory, job: Job, tools: Tools) -> Job:
    """Do a job, and say how it ended; the job's file follows it."""
    folder = data.path / "upkeep"
    progress = _Progress(folder, job)
    work: Mapping[str, Callable[[DataDirectory, Job, Tools, _Progress], Result]] = {
        "stage": _stage,
        "evaluate": _evaluate,
    }
    try:
        with explained(data):
            message, result = work[job.kind](data, job, tools, progress)
        last = ended(progress.job, "done", message, result)
    except BiaozhuntongError as error:
        last = ended(progress.job, "failed", _named_as_given(str(error), folder, job))
    except Exception as error:
        traceback.print_exc()
        last = ended(progress.job, "failed", f"it ended in an error of the program ({type(error).__name__}: {error})")
    finally:
        if job.task.get("uploads"):
            shutil.rmtree(folder / "uploads" / str(job.task["uploads"]), ignore_errors=True)
    write_job(folder, last)
    return last


def _stage(data: DataDirectory, job: Job, tools: Tools, progress: _Progress) -> Result:
    progress.at("reading")
    folder = data.path / "upkeep" / "uploads" / str(job.task.get("uploads"))
    files = tuple(folder / name for name in job.task.get("files", ()))
    change = Change(files=files, policy_id=job.task.get("policy_id"))
    staged = life.stage(data, tools.embedder(False), change, by=job.by, progress=progress.at)
    candidate = staged.built.release_id if staged.built else None
    summary = life.difference(data).summary() if candidate else ""
    return summary, {"candidate": candidate, "faults": staged.faults, "notes": staged.notes}


def _evaluate(data: DataDirectory, job: Job, tools: Tools, progress: _Progress) -> Result:
    """Judge the candidate; one that is not built, or was built before the last edit, is built first."""
    state = staging.read_state(data)
    notes: list[str] = []
    if state is None or state.candidate is None or staging.digest(data.staged) != state.digest:
        progress.at("reading")
        staged = life.stage(data, tools.embedder(False), Change(), by=job.by, progress=progress.at)
        notes = staged.notes
        if staged.built is None:
            return "", {"candidate": None, "faults": staged.faults, "notes": notes}
    progress.at("opening")
    judged = life.judgeable(data, tools.embedder(True))
    verdict = tools.judge(
        data, judged.base, judged.candidate, progress=lambda done, total: progress.at("answers", done, total)
    )
    Verdicts(data).keep(judged, verdict, by=job.by)
    return verdict.summary, {"candidate": judged.candidate, "passed": verdict.passed, "notes": notes}


def _named_as_given(message: str, folder: Path, job: Job) -> str:
    """A message that calls uploaded files by their own names."""
    return message.replace(f"{folder / 'uploads' / str(job.task.get('uploads'))}/", "")


def main(arguments: list[str]) -> int:
    """Do the job that is named, once its server has written down who does it."""
    data, job_id, tools = DataDirectory(Path(arguments[0])), arguments[1], arguments[2]
    if sys.stdin.buffer.readline() != GO:
        return 1
    job = read_job(data.path / "upkeep", job_id)
    if job is None:
        return 1
    try:
        made = load_tools(tools, data.path)
    except BiaozhuntongError as error:
        write_job(data.path / "upkeep", ended(job, "failed", str(error)))
        return 1
    return 0 if run(data, job, made).state == "done" else 1


if __name__ == "__main__":
    code = main(sys.argv[1:])
    sys.stdout.flush()
    sys.stderr.flush()
    os._exit(code)  # all is written; taking the libraries down would keep the next job waiting
