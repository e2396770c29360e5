"""A change of the corpus, step by step, as maintainers make it: upload, describe, build, evaluate, publish, go back.

It only orders what `knowledge.life` does. What takes long is a job; what is quick is done at once. Each step is under the
name of the person who takes it, in the audit log of the data directory.
"""

from __future__ import annotations

import shutil
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from pathlib import Path
from uuid import uuid4

from assistant.upkeep.jobs import Job, JobRunning, Jobs
from assistant.upkeep.tools import Tools
from assistant.upkeep.verdicts import KeptVerdict, Verdicts
from knowledge import life, staging
from knowledge.datadir import DataDirectory
from knowledge.diff import Difference
from knowledge.errors import BiaozhuntongError, UsageError
from knowledge.life import KEEP, Kept, Publication, Staged
from knowledge.loaders.formats import check_format
from knowledge.manifest import MANIFEST, load_manifest, read_document
from knowledge.model import Document, Policy
from knowledge.staging import Change, State

_LONGEST_NAME = 120


@dataclass(frozen=True)
class Underway:
    """How a change stands.

    Attributes:
        live: the release that answers now.
        state: what is staged; None where nothing is.
        outdated: the live release is another than the one that the change was made from.
        built: a candidate was built from the working copy as it is now.
        verdict: on that candidate, where it was judged.
        faults: rules that do not stand in their document; while there are any, nothing can be built.
        unexplained: of each policy how many of its amounts of money are in no rule and not ignored; while there are any, a
            candidate is not passed.
        difference: what differs between the live release and the candidate.
        job: the job that is under way or was the last.
    """

    live: str | None
    state: State | None = None
    outdated: bool = False
    built: bool = False
    verdict: KeptVerdict | None = None
    faults: tuple[str, ...] = ()
    unexplained: Mapping[str, int] = field(default_factory=dict)
    difference: Difference | None = None
    job: Job | None = None


class Changes:
    """The steps of a change of the corpus.

    Args:
        data: the data directory whose releases are changed.
        jobs: does what takes long.
        tools: the embedding model, for what is quick.
        keep: how many published releases are kept.
        megabytes: the largest file that is taken.
    """

    def __init__(
        self, data: DataDirectory, jobs: Jobs, tools: Tools, *, keep: int = KEEP, megabytes: int = 100
    ) -> None:
        self.data, self.jobs, self.verdicts = data, jobs, Verdicts(data)
        self._tools, self._keep, self._megabytes = tools, keep, megabytes

    # --- how it stands ----------------------------------------------------------------------------------------------------

    def token(self) -> str:
        """Changes whenever anything that `underway` tells may have; quick to have."""
        job = self.jobs.last()
        stamps = [
            self._stamp(path) for path in (self.data.live_file, self.data.staged, self.data.staged / staging.STATE)
        ]
        marks = [job.id, job.state, job.stage, str(job.done), str(job.total)] if job else []
        return " ".join([*stamps, *marks])

    def underway(self) -> Underway:
        """How the change stands.

        Raises:
            BiaozhuntongError: the working copy cannot be read.
        """
        live, state, job = self.data.pointer(), staging.read_state(self.data), self.jobs.last()
        if state is None:
            return Underway(live, job=job)
        digest = staging.digest(self.data.staged)
        built = state.candidate is not None and digest == state.digest
        faults, unexplained = _lacking(self.data, digest)
        return Underway(
            live,
            state,
            outdated=state.base != live,
            built=built,
            verdict=self.verdicts.of(str(live), str(state.candidate)) if built else None,
            faults=() if built else faults,
            unexplained=unexplained,
            difference=_difference(self.data, str(live), str(state.candidate)) if built else None,
            job=job,
        )

    def releases(self) -> list[Kept]:
        """Every release that is kept, with what was done to it."""
        return life.kept(self.data)

    def policies(self) -> dict[str, Policy]:
        """The entries of the staged manifest by id, else those of the live release; also those that are switched off.

        Raises:
            BiaozhuntongError: there is no release, or the manifest is wrong.
        """
        return {entry.policy.id: entry.policy for entry in load_manifest(self._sources() / MANIFEST)}

    def document(self, policy_id: str) -> Document:
        """A policy as the working copy has it, else as the live release's sources have it.

        Raises:
            UsageError: there is no policy by that id.
            SourceError: its file cannot be read.
        """
        policy = self.policies().get(policy_id)
        if policy is None:
            raise UsageError(f"expected the id of a policy, got {policy_id!r}")
        return _read(policy.model_dump_json(), self._sources() / policy.source)

    def rules_file(self, policy_id: str) -> Path:
        """Where the working copy, else the live release, has the rules of a policy."""
        return self._folder() / "rules" / f"{policy_id}.yaml"

    # --- steps that take long ---------------------------------------------------------------------------------------------

    def upload(self, files: Sequence[Path], *, by: str, policy_id: str | None = None) -> Job:
        """Stage documents and build the candidate. The files are copied first.

        Args:
            files: documents of a format that the loaders know.
            by: who asks.
            policy_id: the policy whose text the one file replaces.

        Raises:
            SourceError: a file is too large, of another format, or not what its name says.
            JobRunning: another job is under way.
        """
        if not files:
            raise UsageError("expected a document, got no file; choose one")
        for path in files:
            self._check(path)
        name = uuid4().hex
        folder = self.jobs.uploads(name)
        try:
            for path in files:
                shutil.copyfile(path, folder / path.name)
            task = {"uploads": name, "files": [path.name for path in files], "policy_id": policy_id}
            return self.jobs.start("stage", task, by=by)
        except BaseException:
            shutil.rmtree(folder, ignore_errors=True)
            raise

    def build(self, *, by: str) -> Job:
        """Build a candidate from the working copy as it is."""
        return self.jobs.start("stage", {}, by=by)

    def evaluate(self, *, by: str) -> Job:
        """Have the candidate judged; it is built first where it is not.

        Raises:
            UsageError: nothing is staged.
            JobRunning: another job is under way.
        """
        if staging.read_state(self.data) is None:
            raise UsageError("nothing is staged: there is no candidate to evaluate")
        return self.jobs.start("evaluate", {}, by=by)

    # --- steps that are quick -----------------------------------------------------------------------------------------------

    def edit(self, change: Change, *, by: str) -> Staged:
        """Make a change in the working copy; the candidate must be built anew.

        Raises:
            BiaozhuntongError: the change is wrong, or somebody else is at work in the data directory.
        """
        self._idle()
        return life.edit(self.data, change, by=by, keep=self._keep)

    def switch(self, policy_id: str, *, on: bool, by: str) -> Staged:
        """Switch a policy on or off in the working copy."""
        return self.edit(Change(policy_id=policy_id, fields={"enabled": on}), by=by)

    def describe(self, policy_id: str, fields: Mapping[str, object], *, by: str) -> Staged:
        """Write down what is known of a policy."""
        return self.edit(Change(policy_id=policy_id, fields=fields), by=by)

    def discard(self, *, by: str) -> bool:
        """Throw the change away."""
        self._idle()
        return life.reset(self.data, by=by, keep=self._keep)

    def publish(self, *, by: str, override: str | None = None, why: str | None = None) -> Publication:
        """Make the candidate the live release, if its verdict lets it pass or `override` says why all the same.

        Raises:
            UsageError: it was not judged as it is now.
            ReleaseError: the live release or the working copy changed meanwhile.
        """
        self._idle()
        state = staging.read_state(self.data)
        if state is None or state.candidate is None or self.verdicts.of(state.base, state.candidate) is None:
            raise UsageError("the candidate was not evaluated as it is now: run the evaluation, then publish")
        return life.publish(
            self.data,
            self.verdicts.gate(),
            self._tools.embedder(True),
            by=by,
            override=override,
            why=why or None,
            keep=self._keep,
        )

    def rollback(self, release_id: str | None, *, by: str, why: str | None = None) -> str:
        """Make an earlier release the live one again."""
        return life.rollback(self.data, self._tools.embedder(True), release_id, by=by, why=why or None, keep=self._keep)

    # --- inside ---------------------------------------------------------------------------------------------------------

    def _idle(self) -> None:
        """Leave the working copy alone while a job works on it."""
        job = self.jobs.running()
        if job is not None:
            raise JobRunning(job)

    def _check(self, path: Path) -> None:
        if len(path.name) > _LONGEST_NAME:
            raise UsageError(
                f"{path.name[:40]}…: expected a name of at most {_LONGEST_NAME} characters; rename the file"
            )
        size = path.stat().st_size
        if size > self._megabytes << 20:
            raise UsageError(f"{path.name}: expected at most {self._megabytes} MB, got {size >> 20} MB; split the file")
        check_format(path.read_bytes(), path.name)

    def _folder(self) -> Path:
        return self.data.staged if self.data.staged.is_dir() else self.data.releases / self.data.live_id()

    def _sources(self) -> Path:
        return self._folder() / "sources"

    @staticmethod
    def _stamp(path: Path) -> str:
        try:
            return str(path.stat().st_mtime_ns)
        except OSError:
            return "-"


@lru_cache(maxsize=4)
def _lacking(data: DataDirectory, _digest: str) -> tuple[tuple[str, ...], Mapping[str, int]]:
    """What keeps the working copy from being built, and its amounts to be explained; the digest stands for its content."""
    try:
        proof = staging.prove(data.staged, Path("staged"))
    except BiaozhuntongError as error:
        return (str(error),), {}
    return tuple(proof.faults), Counter(amount.policy_id for amount in proof.unexplained)


@lru_cache(maxsize=4)
def _difference(data: DataDirectory, base: str, candidate: str) -> Difference:
    """What differs between two releases, which never change."""
    return life.difference(data, base, candidate)


@lru_cache(maxsize=16)
def _read(policy: str, path: Path) -> Document:
    """A document read and cut; the policy's entry holds the digest of its file."""
    return read_document(Policy.model_validate_json(policy), path)
