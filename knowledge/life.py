"""The life of a corpus change: staged, compared, judged, published, rolled back; and which releases are kept.

A candidate is built beside the live release and judged by a gate. What is published is exactly what was judged: if the live
release, the candidate or the working copy changed meanwhile, nothing is published.
"""

from __future__ import annotations

import hashlib
import json
import os
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from datetime import UTC, datetime
from logging import getLogger
from pathlib import Path
from typing import Any

from knowledge import staging
from knowledge.audit import Entry, effective
from knowledge.datadir import RELEASE_MANIFEST, DataDirectory
from knowledge.diff import Difference, compare
from knowledge.embedding import Embedder
from knowledge.errors import BiaozhuntongError, ReleaseError, UsageError
from knowledge.files import remove_aside, replace_file, unused
from knowledge.releases import (
    Built,
    Progress,
    build,
    explained,
    no_progress,
    open_release,
    opens,
    read_contents,
    read_corpus,
    write_release,
)
from knowledge.staging import Change, State

KEEP = 20
_log = getLogger(__name__)
_RESET = "`python -m knowledge stage --reset`"


@dataclass(frozen=True)
class Verdict:
    """What a gate says of a candidate: whether it may be published, why in a few lines, and everything it found."""

    passed: bool
    summary: str
    report: dict[str, Any] = field(default_factory=dict)


Gate = Callable[[DataDirectory, str, str], Verdict]
"""Judges a candidate: called with the data directory, the id of the live release and the id of the candidate."""


@dataclass(frozen=True)
class Staged:
    """What `stage` did: the candidate it built, or (`built` is None) what must be put right first; and notes."""

    base: str
    built: Built | None
    faults: list[str]
    notes: list[str]


@dataclass(frozen=True)
class Publication:
    """What `publish` did: `published` is false where the gate said no and nobody overrode it."""

    release: str
    before: str
    verdict: Verdict
    published: bool


@dataclass(frozen=True)
class Kept:
    """One release that is there, with what the log says of it, oldest first."""

    release: str
    live: bool
    candidate: bool
    pinned: bool
    built: str | None
    policies: tuple[str, ...]
    history: tuple[Entry, ...]


def rebuild(
    folder: Path,
    data: DataDirectory,
    embedder: Embedder,
    *,
    by: str,
    keep: int = KEEP,
    progress: Progress = no_progress,
) -> str:
    """Build a release from a folder and make it the live one, without a gate: `knowledge.releases.build`; then remove the
    releases that nobody needs any more.
    """
    release_id = build(folder, data, embedder, progress=progress, by=by)
    with suppress(ReleaseError), data.writer(by, "build"):  # where somebody else is at work by now, they clear up
        _tidy(data, keep, by)
    return release_id


# --- staging -------------------------------------------------------------------------------------------------------------


def stage(
    data: DataDirectory,
    embedder: Embedder,
    change: Change,
    *,
    by: str,
    keep: int = KEEP,
    progress: Progress = no_progress,
) -> Staged:
    """Make a change in the working copy and build a candidate from it beside the live release, which stays as it is.

    Where a rule no longer stands in its document, the change is kept and no candidate is built. An empty change builds the
    working copy as it is, after somebody edited it.

    Raises:
        BiaozhuntongError: the change is wrong, the live release moved since the last one, or the disk is full; then
            nothing was staged.
    """
    with _changing(data, change, by, keep) as (live, copy):
        notes = staging.apply(copy, change, datetime.now(UTC).date())
        proof = staging.prove(copy, data.staged)
        built = _build_candidate(data, copy, embedder, change, live, by, proof, progress)
    return _staged(live, built, proof, notes)


def edit(data: DataDirectory, change: Change, *, by: str, keep: int = KEEP) -> Staged:
    """Make a change in the working copy without building a candidate, for one of several steps; an empty `stage` builds.

    Raises:
        BiaozhuntongError: as `stage`.
    """
    with _changing(data, change, by, keep) as (live, copy):
        notes = staging.apply(copy, change, datetime.now(UTC).date())
        proof = staging.prove(copy, data.staged)
        _take_unbuilt(data, copy, change, live, by)
    return _staged(live, None, proof, notes)


@contextmanager
def _changing(data: DataDirectory, change: Change, by: str, keep: int) -> Iterator[tuple[str, Path]]:
    """The writer's place, with the live release's id and a draft of the working copy."""
    with explained(data), data.writer(by, "stage"):
        live, state = data.live_id(), _in_progress(data)
        if state is None and change == Change():
            raise UsageError("nothing is staged yet; name the files to add or replace, or --remove POLICY_ID")
        if state is not None and state.base != live:
            raise ReleaseError(
                f"what is staged was made from the release {state.base}, and {live} is live now; start anew from that with "
                f"{_RESET}, then stage your files again"
            )
        read_contents(data, live)  # a damaged release is no ground to build on
        with staging.draft(data, live) as copy:
            yield live, copy
        _tidy(data, keep, by)


def _staged(live: str, built: Built | None, proof: staging.Proof, notes: list[str]) -> Staged:
    # Where rules are missing, so are amounts in rules.
    unexplained = [] if proof.faults else [amount.note for amount in proof.unexplained]
    return Staged(live, built, proof.faults, notes + unexplained)


def _take_unbuilt(data: DataDirectory, copy: Path, change: Change, live: str, by: str) -> None:
    staging.take(data, copy, _state(live, by, None, None))
    data.audit.append("stage", "incomplete", by=by, before=live, detail=_described(change))


def _build_candidate(
    data: DataDirectory,
    copy: Path,
    embedder: Embedder,
    change: Change,
    live: str,
    by: str,
    proof: staging.Proof,
    progress: Progress,
) -> Built | None:
    if proof.faults:
        _take_unbuilt(data, copy, change, live, by)
        return None
    corpus = read_corpus(copy, embedder, progress)
    with data.recorded("stage", corpus.release_id, by=by, before=live, detail=_described(change)):
        built = write_release(corpus, data, embedder, progress)
        staging.take(data, copy, _state(live, by, built.release_id, staging.digest(copy)))
    return built


def reset(data: DataDirectory, *, by: str, keep: int = KEEP) -> bool:
    """Throw the working copy and its candidate away; False where nothing was staged."""
    with explained(data), data.writer(by, "stage --reset"):
        there = data.staged.exists()
        if there:
            with data.recorded("reset", data.staged_candidate(), by=by, before=data.pointer()):
                staging.clear(data)
        _tidy(data, keep, by)
        return there


def _in_progress(data: DataDirectory) -> State | None:
    """What is staged; a working copy whose candidate is live already (the clearing was killed) is cleared first."""
    state = staging.read_state(data)
    if state is not None and state.candidate is not None and state.candidate == data.pointer() != state.base:
        staging.clear(data)
        return None
    return state


def _state(base: str, by: str, candidate: str | None, digest: str | None) -> State:
    return State(base, by, datetime.now(UTC).isoformat(timespec="seconds"), candidate, digest)


def _described(change: Change) -> dict[str, Any]:
    """A change for the log, without what it does not use."""
    said = {
        "files": [path.name for path in change.files],
        "policy": change.policy_id,
        "fields": sorted(change.fields),
        "supersedes": list(change.supersedes),
        "remove": list(change.remove),
        "remove_rules": list(change.remove_rules),
    }
    return {key: value for key, value in said.items() if value}


# --- comparing ------------------------------------------------------------------------------------------------------------


def difference(data: DataDirectory, base: str | None = None, candidate: str | None = None) -> Difference:
    """What differs between two releases; by default between the live one and the candidate.

    Raises:
        UsageError: there is no candidate, or no release of that name.
    """
    if candidate is None:
        candidate = _candidate(data).candidate
    for name in (base, candidate):
        if name is not None:
            _require(data, name)
    return compare(read_contents(data, base or data.live_id()), read_contents(data, str(candidate)))


def _require(data: DataDirectory, release_id: str) -> None:
    if release_id not in data.ids():
        raise UsageError(f"no release `{release_id}` is kept; there are: {', '.join(data.ids()) or 'none'}")


def _candidate(data: DataDirectory) -> State:
    state = staging.read_state(data)
    if state is None:
        raise UsageError("nothing is staged; `python -m knowledge stage FILE…` makes a candidate")
    if state.candidate is None:
        raise UsageError(
            f"the staged change could not be built yet; `python -m knowledge stage` says what is missing, {_RESET} throws it away"
        )
    return state


# --- publishing -----------------------------------------------------------------------------------------------------------


def publish(
    data: DataDirectory,
    gate: Gate,
    embedder: Embedder,
    *,
    by: str,
    override: str | None = None,
    why: str | None = None,
    keep: int = KEEP,
) -> Publication:
    """Let the gate judge the candidate, and make it the live release if it passes or somebody overrides it.

    The gate runs without the writer's place; afterwards everything must be as it was when it began.

    Args:
        data: where the candidate is.
        gate: judges; one that raises, or gives something else than a verdict, has not let the candidate pass.
        embedder: the one both releases are opened with.
        by: who publishes.
        override: the reason for publishing whatever the gate says.
        why: why the change is made, for the log.
        keep: how many published releases are kept.

    Raises:
        UsageError: there is no candidate, or it is what is live.
        ReleaseError: the live release, the candidate or the working copy changed; nothing was published.
    """
    if override is not None and not override.strip():
        raise UsageError("expected a reason after --override; it is written into the audit log")
    with explained(data):
        judged = judgeable(data, embedder)
        changes = difference(data, judged.base, judged.candidate)
        verdict = _judge(gate, data, judged)
        with data.writer(by, "publish"):
            if judgeable(data, embedder) != judged:
                raise ReleaseError("the candidate changed while it was judged; nothing was published. Publish again")
            return _decide(data, judged, verdict, changes.summary(), by=by, override=override, why=why, keep=keep)


@dataclass(frozen=True)
class Judged:
    """What a verdict is about: two releases, and a digest of everything that is in the candidate."""

    base: str
    candidate: str
    seal: str


def judgeable(data: DataDirectory, embedder: Embedder) -> Judged:
    """The candidate, if it can be published as things stand: it is whole and made from what is live and staged now.

    Raises:
        UsageError: there is no candidate, or it is what is live.
        ReleaseError: it is damaged, or the live release or the working copy changed since it was built.
    """
    state, live = _candidate(data), data.live_id()
    if state.candidate == live:
        raise UsageError(f"the candidate {live} is what is live already; there is nothing to publish")
    if state.base != live:
        raise ReleaseError(
            f"the candidate {state.candidate} was made from the release {state.base}, and {live} is live now: it would undo "
            f"what came between. Start anew with {_RESET}, then stage your files again"
        )
    if staging.digest(data.staged) != state.digest:
        raise ReleaseError(
            f"{data.staged} was edited after the candidate {state.candidate} was built; run `python -m knowledge stage` to "
            "build it again"
        )
    candidate = str(state.candidate)
    open_release(data, candidate, embedder).close()  # every file is as it was built
    return Judged(live, candidate, seal(data, candidate))


def seal(data: DataDirectory, release_id: str) -> str:
    """A digest of everything that is in a release."""
    manifests = [data.releases / release_id / name for name in (RELEASE_MANIFEST, "vectors/vectors.json")]
    return hashlib.sha256(b"".join(path.read_bytes() for path in manifests)).hexdigest()


def _judge(gate: Gate, data: DataDirectory, judged: Judged) -> Verdict:
    try:
        found = gate(data, judged.base, judged.candidate)
        if not isinstance(found.passed, bool):
            raise TypeError(f"expected a verdict that passed or not, got {found.passed!r}")
        return Verdict(found.passed, str(found.summary), dict(found.report))
    except (Exception, SystemExit) as error:  # whatever breaks in it: a gate that cannot judge lets nothing pass
        what = f"{type(error).__name__}: {error}"
        return Verdict(False, f"the gate broke and judged nothing ({what})", {"error": what})


def _decide(
    data: DataDirectory,
    judged: Judged,
    verdict: Verdict,
    changes: str,
    *,
    by: str,
    override: str | None,
    why: str | None,
    keep: int,
) -> Publication:
    said = {"passed": verdict.passed, "summary": verdict.summary, "report_sha256": _keep_report(data, judged, verdict)}
    fields: Mapping[str, Any] = {"before": judged.base, "verdict": said, "why": why, "detail": {"changes": changes}}
    if not verdict.passed and override is None:
        data.audit.append("publish", "blocked", by=by, release=judged.candidate, **fields)
        return Publication(judged.candidate, judged.base, verdict, published=False)
    used = None if verdict.passed else override
    with data.recorded("publish", judged.candidate, by=by, override=used, **fields):
        data.switch(judged.candidate)
    _tidy(data, keep, by, published=True)
    return Publication(judged.candidate, judged.base, verdict, published=True)


def _keep_report(data: DataDirectory, judged: Judged, verdict: Verdict) -> str:
    """Write the gate's whole report down; its SHA-256, which the log carries."""
    content = {"base": judged.base, "candidate": judged.candidate, "passed": verdict.passed, "summary": verdict.summary}
    text = json.dumps({**content, "report": verdict.report}, ensure_ascii=False, default=str, indent=1).encode()
    path = data.verdict_file(judged.candidate)
    path.parent.mkdir(exist_ok=True)
    replace_file(path, text)
    return hashlib.sha256(text).hexdigest()


# --- going back -----------------------------------------------------------------------------------------------------------


def rollback(
    data: DataDirectory,
    embedder: Embedder,
    release_id: str | None = None,
    *,
    by: str,
    why: str | None = None,
    keep: int = KEEP,
) -> str:
    """Make an earlier release the live one again: the named one, or the last whole one on the way to the live release.

    Raises:
        UsageError: there is no such release, it is live already, or it is a candidate that was never published.
        CorruptRelease: the named release is damaged, or made for another program.
    """
    with explained(data), data.writer(by, "rollback"):
        live = data.pointer()
        target = release_id or _earlier(data, embedder, live)
        _require(data, target)
        if target == live:
            raise UsageError(f"the release {target} is live already")
        if target not in data.published():
            raise UsageError(
                f"the release {target} was never published; `python -m knowledge publish` lets the gate judge it"
            )
        open_release(data, target, embedder).close()
        with data.recorded("rollback", target, by=by, before=live, why=why):
            data.switch(target)
        _tidy(data, keep, by)
        return target


def _earlier(data: DataDirectory, embedder: Embedder, live: str | None) -> str:
    for name in reversed(data.trail()):
        if name != live and opens(data, name, embedder):
            return name
    kept = [name for name in data.published() if name != live]
    raise UsageError(
        "there is no release before the live one that is kept and whole"
        + (f"; name one of these: {', '.join(kept)}" if kept else "")
    )


# --- which releases there are ---------------------------------------------------------------------------------------------


def kept(data: DataDirectory) -> list[Kept]:
    """Every release that is there: the candidate, then those that answered, the live one first."""
    live, candidate, pinned = data.pointer(), data.staged_candidate(), data.pinned()
    entries, answered = data.audit.entries(), data.published()
    rest = [name for name in data.ids() if name not in answered]
    return [
        Kept(
            release=name,
            live=name == live,
            candidate=name == candidate != live,
            pinned=name in pinned,
            history=tuple(entry for entry in entries if entry.release == name),
            **_manifest_of(data, name),
        )
        for name in rest + answered
    ]


def answered(data: DataDirectory) -> list[Kept]:
    """The kept releases that have answered, the live one first; none that was only ever a candidate."""
    published = set(data.published())
    return [release for release in kept(data) if release.release in published]


def _manifest_of(data: DataDirectory, release_id: str) -> dict[str, Any]:
    with suppress(OSError, ValueError, KeyError, TypeError):
        found = json.loads((data.releases / release_id / RELEASE_MANIFEST).read_text(encoding="utf-8"))
        return {"built": str(found["built"]), "policies": tuple(found["policies"])}
    return {"built": None, "policies": ()}


def doubts(data: DataDirectory) -> list[str]:
    """What is not right about the log, each a sentence: a broken chain, a live release that it does not explain."""
    found = data.audit.faults()
    if data.audit.torn():
        found.append(f"{data.audit.path}: the last line is a torn one; the next change takes it off and notes that")
    live = data.pointer()
    switches = effective(data.audit.entries(), live)
    if live is not None and switches and switches[-1].release != live:
        found.append(f"the release {live} is live, and the log does not say who switched it in")
    return found


def pin(data: DataDirectory, release_id: str, *, by: str, keep: int = KEEP) -> None:
    """Keep a release whatever its age."""
    with explained(data), data.writer(by, "releases --pin"):
        _require(data, release_id)
        data.pin([*(name for name in data.pinned() if name != release_id), release_id])
        data.audit.append("pin", "done", by=by, release=release_id)
        prune(data, keep=keep, by=by)


def unpin(data: DataDirectory, release_id: str, *, by: str, keep: int = KEEP) -> None:
    """Let a release go when its time comes."""
    with explained(data), data.writer(by, "releases --unpin"):
        if release_id not in data.pinned():
            raise UsageError(f"the release {release_id} is not pinned; there are: {', '.join(data.pinned()) or 'none'}")
        data.pin([name for name in data.pinned() if name != release_id])
        data.audit.append("unpin", "done", by=by, release=release_id)
        prune(data, keep=keep, by=by)


def _tidy(data: DataDirectory, keep: int, by: str, *, published: bool = False) -> None:
    """Clear up after what is done already; a full disk does not undo it, and the next change clears up as well."""
    try:
        if published:
            staging.clear(data)
        prune(data, keep=keep, by=by)
    except OSError as error:
        _log.warning("%s could not be cleared up (%s); the next change does that", data.path, error.strerror)


def prune(data: DataDirectory, *, keep: int = KEEP, by: str) -> list[str]:
    """Remove what nobody needs: releases beyond the last `keep` that answered, and candidates that were given up.

    The live release, the staged one, what it was made from and what is pinned stay, and so does what somebody has open: that
    goes another time. For the holder of the writer's place.
    """
    wanted = {*data.published()[:keep], data.pointer(), data.staged_candidate(), *data.pinned()}
    with suppress(BiaozhuntongError):
        if (state := staging.read_state(data)) is not None:
            wanted.add(state.base)
    removed = [name for name in data.ids() if name not in wanted and _remove(data.releases / name)]
    there = set(data.ids())
    for report in data.verdict_file("x").parent.glob("*.json"):
        if report.stem not in there:
            report.unlink()
    if removed:
        data.audit.append("remove", "done", by=by, detail={"releases": removed})
    return removed


def _remove(directory: Path) -> bool:
    alone = unused(directory / RELEASE_MANIFEST)
    if alone is None:
        return False
    try:
        remove_aside(directory)
    finally:
        os.close(alone)
    return True
