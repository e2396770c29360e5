"""Long work for maintainers, done in a process of its own: one piece at a time, seen by everybody, to be cancelled.

`upkeep/jobs/ID.json` of the data directory says of each job what it is, who began it and how far it is. The process that
does it holds `upkeep/job.lock` from its first moment to its end, so that nobody has to guess whether it still lives: a
job whose file says `running` while the lock is free ended before it was done. The process goes on when the server stops.
"""

from __future__ import annotations

import fcntl
import json
import os
import shutil
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Mapping
from contextlib import suppress
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Literal
from uuid import uuid4

from pydantic import ValidationError

from knowledge.errors import UsageError
from knowledge.files import replace_file
from knowledge.model import Frozen
from knowledge.settings import PACKAGE

Kind = Literal["stage", "evaluate"]
State = Literal["running", "done", "failed", "cancelled", "lost"]

# What a worker waits for before it does anything.
GO = b"go\n"
# Jobs whose files are kept, the last ones.
_KEPT = 20
# How long a start waits for the lock where no job runs: somebody looks at it, or a process that is done leaves.
_PATIENCE = 10.0
_A_LOOK = 0.5
# How long a cancelled process may take to end by itself.
_LEAVE_SECONDS = 5.0


class Job(Frozen):
    """One job.

    Attributes:
        by: who began it.
        task: what it works on; the keys are those of its kind.
        stage, done, total: how far it is; `total` is 0 while nothing is counted.
        message: what came of it, or why nothing did; for a person.
        result: what came of it, by name.
        pid: the process, once it runs.
        cancelled_by: who asked for its end.
    """

    id: str
    kind: Kind
    by: str
    task: Mapping[str, Any] = {}
    started: str
    state: State = "running"
    stage: str = ""
    done: int = 0
    total: int = 0
    message: str = ""
    result: Mapping[str, Any] = {}
    ended: str | None = None
    pid: int | None = None
    cancelled_by: str | None = None

    @property
    def running(self) -> bool:
        """Whether it is under way."""
        return self.state == "running"


class JobRunning(UsageError):
    """Another job is under way; the message says whose and since when. `job` is None where it ended meanwhile."""

    def __init__(self, job: Job | None) -> None:
        self.job = job
        doing = f"{job.by} is at work here: `{job.kind}` since {job.started}" if job else "another job is under way"
        super().__init__(f"{doing}; wait until it is done, or cancel it")


class Jobs:
    """The jobs of one data directory.

    Args:
        data: the data directory.
        tools: what a worker imports its `Tools` from, as `module:function`.
    """

    def __init__(self, data: Path, tools: str) -> None:
        self._data = data
        self._folder = data / "upkeep"
        self._tools = tools

    # --- looking --------------------------------------------------------------------------------------------------------

    def last(self) -> Job | None:
        """The job that is under way, else the last one; None where there was none."""
        files = self._files()
        return self.get(files[-1].stem) if files else None

    def running(self) -> Job | None:
        """The job that is under way."""
        job = self.last()
        return job if job is not None and job.running else None

    def get(self, job_id: str) -> Job | None:
        """One job as it stands; one whose process is gone before it was done is `lost`, or `cancelled`."""
        job = read_job(self._folder, job_id)
        if job is None or not job.running or self._held():
            return job
        # It may have ended between the two looks.
        job = read_job(self._folder, job_id) or job
        return _ended_early(job) if job.running else job

    # --- doing ----------------------------------------------------------------------------------------------------------

    def start(self, kind: Kind, task: Mapping[str, Any], *, by: str) -> Job:
        """Begin a job.

        Raises:
            JobRunning: there is one already.
            OSError: its file could not be written.
        """
        lock = self._take_lock()
        try:
            now = datetime.now(UTC)
            job = Job(id=f"{now:%Y%m%dT%H%M%S%f}-{uuid4().hex[:6]}", kind=kind, by=by, task=task, started=_said(now))
            write_job(self._folder, job)
            process = self._spawn(job, lock)
            write_job(self._folder, job := job.model_copy(update={"pid": process.pid}))
            assert process.stdin is not None
            with suppress(BrokenPipeError), process.stdin:  # it waits for this, so that two never write its file
                process.stdin.write(GO)
        finally:
            os.close(lock)  # the process has its own hold on it now
        threading.Thread(target=_reap, args=(process,), name="upkeep-job", daemon=True).start()
        self._forget()
        return job

    def cancel(self, *, by: str) -> Job | None:
        """End the job that is under way; None where there is none. What it was doing has not happened."""
        job = self.running()
        if job is None or job.pid is None:
            return None
        # Beside the job's own file, which its process writes.
        replace_file(self._folder / "jobs" / f"{job.id}.cancel", by.encode())
        for number in (signal.SIGTERM, signal.SIGKILL):
            with suppress(ProcessLookupError, PermissionError):
                os.killpg(job.pid, number)
            until = time.monotonic() + _LEAVE_SECONDS
            while self._held() and time.monotonic() < until:
                time.sleep(0.05)
        return self.get(job.id)

    def uploads(self, job_folder: str) -> Path:
        """A new folder for files that a job is given; its worker removes it."""
        folder = self._folder / "uploads" / job_folder
        folder.mkdir(parents=True)
        return folder

    # --- inside ---------------------------------------------------------------------------------------------------------

    def _spawn(self, job: Job, lock: int) -> subprocess.Popen[bytes]:
        environment = {**os.environ, "PYTHONPATH": os.pathsep.join([str(PACKAGE.parent), *sys.path]), "PYTHONUTF8": "1"}
        with (self._folder / "worker.log").open("wb") as log:
            return subprocess.Popen(
                [sys.executable, "-m", "assistant.upkeep.worker", str(self._data), job.id, self._tools],
                stdin=subprocess.PIPE,
                stdout=log,
                stderr=log,
                env=environment,
                pass_fds=(lock,),
                start_new_session=True,  # an interrupt of the server does not end it, and it can be ended with its children
            )

    def _take_lock(self) -> int:
        (self._folder / "jobs").mkdir(parents=True, exist_ok=True)
        descriptor = os.open(self._folder / "job.lock", os.O_RDWR | os.O_CREAT, 0o600)
        until = time.monotonic() + _PATIENCE
        while True:
            try:
                fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
                return descriptor
            except BlockingIOError:
                left = until - time.monotonic()
                if left < 0 or (left < _PATIENCE - _A_LOOK and self.running() is not None):
                    os.close(descriptor)
                    raise JobRunning(self.running()) from None
                time.sleep(0.05)

    def _held(self) -> bool:
        """Whether a worker holds the lock."""
        try:
            descriptor = os.open(self._folder / "job.lock", os.O_RDWR)
        except OSError:
            return False
        try:
            fcntl.flock(descriptor, fcntl.LOCK_SH | fcntl.LOCK_NB)
        except BlockingIOError:
            return True
        finally:
            os.close(descriptor)
        return False

    def _files(self) -> list[Path]:
        return sorted((self._folder / "jobs").glob("*.json"))

    def _forget(self) -> None:
        for old in self._files()[:-_KEPT]:
            for ending in (".json", ".cancel"):
                old.with_suffix(ending).unlink(missing_ok=True)
        running = self.last()
        for left in (self._folder / "uploads").glob("*"):
            if running is None or left.name != running.task.get("uploads"):
                shutil.rmtree(left, ignore_errors=True)


def read_job(folder: Path, job_id: str) -> Job | None:
    """What a job's file says; None where there is none that can be read."""
    try:
        return Job.model_validate_json((folder / "jobs" / f"{job_id}.json").read_bytes()).model_copy(
            update={"cancelled_by": _cancelled_by(folder, job_id)}
        )
    except (OSError, ValidationError):
        return None


def write_job(folder: Path, job: Job) -> None:
    """Write a job's file in one step."""
    content = json.dumps(job.model_dump(mode="json", exclude={"cancelled_by"}), ensure_ascii=False)
    replace_file(folder / "jobs" / f"{job.id}.json", content.encode())


def ended(job: Job, state: State, message: str, result: Mapping[str, Any] | None = None) -> Job:
    """A job that has come to its end now."""
    update = {"state": state, "message": message, "result": result or {}, "ended": _said(datetime.now(UTC))}
    return job.model_copy(update=update)


def _ended_early(job: Job) -> Job:
    if job.cancelled_by is not None:
        return job.model_copy(update={"state": "cancelled"})
    return job.model_copy(update={"state": "lost"})


def _cancelled_by(folder: Path, job_id: str) -> str | None:
    try:
        return (folder / "jobs" / f"{job_id}.cancel").read_text(encoding="utf-8")
    except OSError:
        return None


def _reap(process: subprocess.Popen[bytes]) -> None:
    with process:
        process.wait()


def _said(moment: datetime) -> str:
    return moment.isoformat(timespec="seconds")
