"""Asks every case in worker processes and puts the records together in the order of the cases.

Each worker opens the release for itself and is given one case at a time, so that a case that ends its process costs that
case and nothing else. What is recorded does not depend on the number of workers, but for the times.
"""

from __future__ import annotations

import logging
import os
import signal
import time
from collections import deque
from collections.abc import Callable, Iterable, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from multiprocessing import get_context
from multiprocessing.connection import Connection, wait
from multiprocessing.context import SpawnProcess
from typing import TYPE_CHECKING

from eval.dataset import Case, fingerprint
from eval.record import ClauseText, Record, Run
from knowledge.errors import BiaozhuntongError, ReleaseError
from knowledge.progress import Progress

if TYPE_CHECKING:
    from assistant.pipeline import Assistant
    from assistant.settings import Settings
    from eval.examine import Corpus
    from knowledge.releases import Release

# The day of cases that name none. It is fixed, so that a run says the same whenever it is made.
ASKED_AT = date(2026, 11, 22)
# How long one case may take before its worker is ended; the slowest takes a second.
CASE_SECONDS = 120.0
# A case is asked again once when its process ended: it may have been ended from outside.
_ATTEMPTS = 2
_LEAVE_SECONDS = 10.0
# More workers take memory and bring nothing for a thousand cases.
_MOST_WORKERS = 8
# Read by the libraries below numpy and torch when they are first imported.
_THREADS = ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS", "RAYON_NUM_THREADS")

Opener = Callable[["Settings", str | None], "Assistant"]


class EvaluationError(BiaozhuntongError):
    """The cases cannot be asked at all."""


def default_workers() -> int:
    """One worker for each processor this process may use."""
    return min(len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1, _MOST_WORKERS)


def open_assistant(settings: Settings, release_id: str | None) -> Assistant:
    """The assistant over one release of the settings' data directory; None: the live one.

    Raises:
        ReleaseError: there is no such release, or it is damaged. Unlike for a reader, no other one is taken instead.
    """
    from assistant.pipeline import Assistant

    return Assistant(open_kept(settings, release_id), settings)


def open_kept(settings: Settings, release_id: str | None) -> Release:
    """One release of the settings' data directory; None: the live one. Raises as `open_assistant`."""
    from eval.examine import RememberingEmbedder
    from knowledge.embedding import default_embedder
    from knowledge.releases import DataDirectory, open_release

    data = DataDirectory(settings.data)
    release_id = release_id or data.live_id()
    if release_id not in data.ids():
        kept = ", ".join(data.ids()) or "none"
        raise ReleaseError(f"expected the id of a release kept in {data.path}, got {release_id!r}; there are: {kept}")
    embedder = default_embedder(data.path, settings.embedding_model, device=settings.device, quick=True)
    return open_release(data, release_id, RememberingEmbedder(embedder))


def run_cases(
    cases: Sequence[Case],
    settings: Settings,
    release_id: str | None = None,
    *,
    workers: int | None = None,
    asked_at: date = ASKED_AT,
    progress: Progress | None = None,
    opener: Opener = open_assistant,
    case_seconds: float = CASE_SECONDS,
) -> Run:
    """Ask every case.

    Args:
        cases: what is asked; the records are in their order.
        settings: where the release is, and the thresholds.
        release_id: a release of the data directory; by default the live one.
        workers: processes; by default one a processor.
        asked_at: the day on which cases are asked that name none.
        progress: told how many cases are done.
        opener: opens the assistant in a worker; importable by its name, as each worker is a new interpreter.
        case_seconds: how long one case may take.

    Returns:
        The run. A case that raised, took too long, or ended its process has a record that says so.

    Raises:
        BiaozhuntongError: the release cannot be opened.
    """
    started, clock = datetime.now(UTC).isoformat(timespec="seconds"), time.perf_counter()
    count = max(1, min(workers or default_workers(), len(cases)))
    job = _Job(settings, release_id, asked_at, opener)
    crew = _Crew(cases, job, count, case_seconds, progress)
    try:
        corpus = crew.work()
    finally:
        crew.leave()
    records = [crew.records[index] for index in range(len(cases))]
    return Run(
        release=corpus.release,
        made_from={**corpus.made_from, "cases": fingerprint(cases), "asked_at": asked_at.isoformat()},
        places=corpus.places,
        rules=corpus.rules,
        clauses=_needed(corpus.clauses, records),
        started=started,
        seconds=round(time.perf_counter() - clock, 1),
        records=tuple(records),
    )


def _needed(clauses: Iterable[ClauseText], records: Iterable[Record]) -> tuple[ClauseText, ...]:
    """The clauses of every policy that a case names or an answer cites."""
    policies: set[str] = set()
    for record in records:
        policies.update(record.case.policy)
        policies.update(evidence.policy for evidence in record.case.gold.texts)
        policies.update(citation.policy_id for citation in record.answer.citations)
    return tuple(clause for clause in clauses if clause.policy_id in policies)


@dataclass(frozen=True)
class _Job:
    """What a worker is to do."""

    settings: Settings
    release_id: str | None
    asked_at: date
    opener: Opener


@dataclass(frozen=True)
class _Failed:
    """A worker cannot open the release; the words are for a person."""

    reason: str


@dataclass
class _Worker:
    """A worker process, seen from outside."""

    process: SpawnProcess
    connection: Connection
    ready: bool = False
    # The case it was given, and until when it may take.
    index: int | None = None
    until: float = field(default=float("inf"))

    def end(self, seconds: float) -> None:
        """Let it go: it leaves when its line is closed, and is ended when it does not."""
        self.connection.close()
        self.process.join(seconds)
        for end in (self.process.terminate, self.process.kill):
            if self.process.is_alive():
                end()
                self.process.join(2)


class _Crew:
    """The workers, and what they have done so far."""

    def __init__(
        self, cases: Sequence[Case], job: _Job, count: int, case_seconds: float, progress: Progress | None
    ) -> None:
        self.records: dict[int, Record] = {}
        self._cases = cases
        self._job = job
        self._case_seconds = case_seconds
        self._progress = progress
        self._waiting = deque(range(len(cases)))
        self._attempts = [0] * len(cases)
        self._corpus: Corpus | None = None
        self._workers: list[_Worker] = [self._hire() for _ in range(count)]

    def work(self) -> Corpus:
        """Have every case asked, and tell what was asked."""
        while len(self.records) < len(self._cases) or self._corpus is None:
            now = time.monotonic()
            until = min(worker.until for worker in self._workers)
            lines = {worker.connection: worker for worker in self._workers}
            for line in wait(list(lines), None if until == float("inf") else max(0.0, until - now)):
                self._hear(lines[line])  # type: ignore[index]
            for worker in [w for w in self._workers if w.until < time.monotonic()]:
                self._lose(worker, f"it took more than {self._case_seconds:g} s")
        return self._corpus

    def leave(self) -> None:
        """Let all workers go."""
        for worker in self._workers:
            worker.connection.close()
        for worker in self._workers:
            worker.end(_LEAVE_SECONDS if worker.ready else 0)

    def _hire(self) -> _Worker:
        context = get_context("spawn")
        here, there = context.Pipe()
        process = context.Process(target=_work, args=(there, self._job), daemon=True)
        process.start()
        there.close()  # so that the line breaks when the process ends
        return _Worker(process, here)

    def _hear(self, worker: _Worker) -> None:
        try:
            message = worker.connection.recv()
        except (EOFError, OSError):
            worker.process.join(_LEAVE_SECONDS)
            self._lose(worker, f"the process that asked it ended ({_ending(worker.process.exitcode)})")
            return
        if isinstance(message, _Failed):
            raise EvaluationError(message.reason)
        if isinstance(message, Record):
            self._keep(worker, message)
        else:
            self._meet(worker, message)
        self._give(worker)

    def _meet(self, worker: _Worker, corpus: Corpus) -> None:
        worker.ready = True
        self._corpus = self._corpus or corpus
        if corpus.release != self._corpus.release:
            raise EvaluationError(
                f"the live release was switched from {self._corpus.release} to {corpus.release} while the cases were "
                "asked; run again, or name the release to ask with `--release`"
            )

    def _give(self, worker: _Worker) -> None:
        """Give a worker the next case, if there is one."""
        if not self._waiting:
            return
        worker.index = self._waiting.popleft()
        worker.until = time.monotonic() + self._case_seconds
        self._attempts[worker.index] += 1
        with suppress(OSError):  # it has ended: the next look at its line says so
            worker.connection.send(self._cases[worker.index])

    def _keep(self, worker: _Worker, record: Record) -> None:
        assert worker.index is not None
        self._note(worker.index, record)
        worker.index, worker.until = None, float("inf")

    def _note(self, index: int, record: Record) -> None:
        self.records[index] = record
        if self._progress:
            self._progress(len(self.records), len(self._cases))

    def _lose(self, worker: _Worker, reason: str) -> None:
        """Put another worker in the place of one that is lost; its case is asked once more, then given up."""
        self._workers.remove(worker)
        worker.end(0)
        if not worker.ready:
            raise EvaluationError(
                f"a worker ended before it had opened the release: {reason}; look for its message above, "
                "and see whether there is enough memory (`--workers 1` takes less)"
            )
        if (index := worker.index) is not None:
            if self._attempts[index] < _ATTEMPTS:
                self._waiting.appendleft(index)
            else:
                self._give_up(index, reason)
        if self._waiting:
            self._workers.append(self._hire())

    def _give_up(self, index: int, reason: str) -> None:
        from eval.examine import lost

        self._note(index, lost(self._cases[index], reason, self._corpus.release if self._corpus else None))


def _ending(code: int | None) -> str:
    if code is not None and code < 0:
        with suppress(ValueError):
            return f"signal {signal.Signals(-code).name}"
    return f"exit code {code}"


def _work(line: Connection, job: _Job) -> None:
    """A worker: opens the assistant, says what it has opened, and answers with a record for each case it is given."""
    logging.getLogger().addHandler(logging.NullHandler())  # what is logged would be written through the progress bar
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # an interrupt at the terminal is for the one that gives out the work
    for name in _THREADS:
        os.environ.setdefault(name, "1")
    with suppress(EOFError, BrokenPipeError, ConnectionResetError):  # nobody listens any more
        _serve(line, job)


def _serve(line: Connection, job: _Job) -> None:
    # Imported here: the one that gives out the work needs none of it.
    from eval.examine import Examiner, corpus_of

    try:
        assistant = job.opener(job.settings, job.release_id)
    except BiaozhuntongError as error:
        line.send(_Failed(str(error)))
        return
    try:
        assistant.warm_up()
        examiner = Examiner(assistant, job.asked_at)
        line.send(corpus_of(assistant))
        while True:
            line.send(examiner.record(line.recv()))
    finally:
        assistant.close()
