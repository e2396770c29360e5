"""The commands for the life of a corpus change: stage, diff, publish, rollback, releases."""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Protocol, get_args

from knowledge.console import progress_bars
from knowledge.errors import BiaozhuntongError
from knowledge.model import PolicyStatus
from knowledge.settings import KnowledgeSettings

if TYPE_CHECKING:
    from knowledge.datadir import DataDirectory
    from knowledge.embedding import Embedder
    from knowledge.life import Kept, Staged, Verdict

Command = Callable[[argparse.Namespace, KnowledgeSettings], int]

_DATES = ("signed", "posted", "effective", "expires", "status_checked")
_WORDS = ("title", "title_en", "issuer", "issuer_en", "doc_no", "status_basis", "contact", "contact_en")


class Add(Protocol):
    """Adds one command: its name, what runs it, what it does in a sentence."""

    def __call__(self, name: str, command: Command, text: str) -> argparse.ArgumentParser:
        """The command's own parser."""


def add_life_commands(add: Add) -> None:
    """Add the five commands."""
    stage = add("stage", _stage, "Add, replace or remove documents, rules and manifest entries in a candidate release.")
    stage.add_argument("files", nargs="*", type=Path, metavar="FILE", help="documents, rule files, manifest fragments")
    stage.add_argument(
        "--as", dest="policy_id", metavar="POLICY_ID", help="the id of the one document, or of a known policy"
    )
    stage.add_argument(
        "--supersedes", action="append", default=[], metavar="POLICY_ID", help="a policy that it replaces"
    )
    stage.add_argument("--remove", action="append", default=[], metavar="POLICY_ID", help="a policy that leaves")
    stage.add_argument("--remove-rules", action="append", default=[], metavar="POLICY_ID", help="whose rules leave")
    stage.add_argument(
        "--reset", action="store_true", help="throw the candidate away; with files, start anew from them"
    )
    known = stage.add_argument_group("what is known of the policy; an empty value means unknown")
    known.add_argument("--place", help="a GB/T 2260 code, or a name that means one place")
    known.add_argument("--switched", choices=("on", "off"), help="off: keep its file and rules, and leave it out")
    known.add_argument("--status", choices=get_args(PolicyStatus))
    for name in _DATES:
        known.add_argument(f"--{name.replace('_', '-')}", type=_day, metavar="YYYY-MM-DD")
    for name in _WORDS:
        known.add_argument(f"--{name.replace('_', '-')}", metavar="TEXT")
    diff = add("diff", _diff, "What differs between two releases: documents, clauses, rules.")
    diff.add_argument("base", nargs="?", help="default: the live release")
    diff.add_argument("candidate", nargs="?", help="default: the staged candidate")
    diff.add_argument("--json", action="store_true")
    publish = add("publish", _publish, "Judge the candidate against the live release, and make it live if it passes.")
    publish.add_argument("--override", metavar="REASON", help="publish whatever the gate says; the reason is recorded")
    publish.add_argument("--why", metavar="TEXT", help="why the change is made, for the record")
    rollback = add("rollback", _rollback, "Make an earlier release the live one again.")
    rollback.add_argument("release", nargs="?", help="default: the one before the live release")
    rollback.add_argument("--why", metavar="TEXT", help="the reason, for the record")
    releases = add("releases", _releases, "Which releases are kept: who made them live, when, why, and the verdict.")
    releases.add_argument("--json", action="store_true")
    pins = releases.add_mutually_exclusive_group()
    pins.add_argument("--pin", metavar="RELEASE", help="keep it whatever its age")
    pins.add_argument("--unpin", metavar="RELEASE", help="keep it no longer than others")


def tell_changes(data: DataDirectory, before: str | None, after: str) -> None:
    """Say on stderr what a build changed against the release that was live; nothing where there was none."""
    from knowledge.life import difference

    if before is None or before == after:
        return
    try:
        changes = difference(data, before, after)
    except BiaozhuntongError:  # the release before is damaged, or of another format
        return
    print(f"against {before}: {changes.summary()}. `python -m knowledge rollback` goes back to it", file=sys.stderr)


def _stage(arguments: argparse.Namespace, settings: KnowledgeSettings) -> int:
    from knowledge.life import reset, stage
    from knowledge.staging import Change

    data, by = _data(settings), _actor(settings)
    data.require_live()
    change = Change(
        files=tuple(arguments.files),
        policy_id=arguments.policy_id,
        fields=_fields(arguments),
        supersedes=tuple(arguments.supersedes),
        remove=tuple(arguments.remove),
        remove_rules=tuple(arguments.remove_rules),
    )
    if arguments.reset:
        print(
            "the candidate is gone" if reset(data, by=by, keep=settings.keep_releases) else "nothing was staged",
            file=sys.stderr,
        )
        if change == Change():
            return 0
    with progress_bars() as progress:
        staged = stage(
            data, _embedder(settings, quick=False), change, by=by, keep=settings.keep_releases, progress=progress
        )
    return _tell_staged(data, staged)


def _tell_staged(data: DataDirectory, staged: Staged) -> int:
    from knowledge.life import difference

    for note in staged.notes:
        print(f"note: {note}", file=sys.stderr)
    if staged.built is None:
        print("the change is staged, and the candidate is not built:", file=sys.stderr)
        print("\n".join(staged.faults), file=sys.stderr)
        return 1
    built = staged.built
    print(f"clauses embedded: {built.embedded}, reused: {built.reused}", file=sys.stderr)
    print(f"against the live release {staged.base}: {difference(data).summary()}", file=sys.stderr)
    print(built.release_id)
    return 0


def _fields(arguments: argparse.Namespace) -> dict[str, object]:
    given = {name: getattr(arguments, name) for name in (*_DATES, *_WORDS, "status")}
    fields: dict[str, object] = {name: value or None for name, value in given.items() if value is not None}
    if arguments.place is not None:
        fields["place"] = _place(arguments.place) if arguments.place else None
    if arguments.switched is not None:
        fields["enabled"] = arguments.switched == "on"
    return fields


def _place(text: str) -> dict[str, object]:
    from knowledge.metadata import place_named

    return place_named(text).model_dump(mode="json")


def _day(text: str) -> str:
    """A date as the manifest writes it; empty for unknown."""
    return date.fromisoformat(text).isoformat() if text else ""


def _diff(arguments: argparse.Namespace, settings: KnowledgeSettings) -> int:
    from knowledge.diff import lines
    from knowledge.life import difference

    found = difference(_data(settings), arguments.base, arguments.candidate)
    if arguments.json:
        print(found.model_dump_json(indent=1))
    else:
        print("\n".join(lines(found)))
    return 0


def _publish(arguments: argparse.Namespace, settings: KnowledgeSettings) -> int:
    from knowledge.life import publish

    done = publish(
        _data(settings),
        _gate,
        _embedder(settings),
        by=_actor(settings),
        override=arguments.override,
        why=arguments.why,
        keep=settings.keep_releases,
    )
    print(done.verdict.summary, file=sys.stderr)
    if not done.published:
        print(
            f"{done.release} is not published; {done.before} still answers. Correct the change, or publish it all the same "
            "with --override REASON",
            file=sys.stderr,
        )
        return 1
    if not done.verdict.passed:
        print("the gate was overridden; the reason is in the audit log", file=sys.stderr)
    print(f"{done.release} is live; `python -m knowledge rollback` returns to {done.before}", file=sys.stderr)
    print(done.release)
    return 0


def _gate(data: DataDirectory, base: str, candidate: str) -> Verdict:
    """The gate of the evaluation set. The one place below `eval` that looks at it, and only while a command runs."""
    from importlib import import_module

    from knowledge.life import Verdict

    print("the known answers of both releases are asked; this takes some minutes", file=sys.stderr)
    with progress_bars() as progress:
        found = import_module("eval.candidate").judge(
            data, base, candidate, progress=lambda done, total: progress("answers", done, total)
        )
    return Verdict(found.passed, found.summary, found.report)


def _rollback(arguments: argparse.Namespace, settings: KnowledgeSettings) -> int:
    from knowledge.life import rollback

    data = _data(settings)
    release_id = rollback(
        data,
        _embedder(settings),
        arguments.release,
        by=_actor(settings),
        why=arguments.why,
        keep=settings.keep_releases,
    )
    print(f"{release_id} is live again", file=sys.stderr)
    print(release_id)
    return 0


def _releases(arguments: argparse.Namespace, settings: KnowledgeSettings) -> int:
    from knowledge.life import doubts, kept, pin, unpin

    data, by = _data(settings), _actor(settings)
    if arguments.pin:
        pin(data, arguments.pin, by=by, keep=settings.keep_releases)
    if arguments.unpin:
        unpin(data, arguments.unpin, by=by, keep=settings.keep_releases)
    found = kept(data)
    if arguments.json:
        print(json.dumps([_as_json(data, release) for release in found], ensure_ascii=False, indent=1))
    for release in found if not arguments.json else []:
        print("\n".join(_in_lines(release)))
    wrong = doubts(data)
    for doubt in wrong:
        print(doubt, file=sys.stderr)
    return 1 if wrong else 0


def _as_json(data: DataDirectory, release: Kept) -> dict[str, object]:
    report = data.verdict_file(release.release)
    return {
        "release": release.release,
        "live": release.live,
        "candidate": release.candidate,
        "pinned": release.pinned,
        "built": release.built,
        "policies": list(release.policies),
        "report": str(report) if report.is_file() else None,
        "history": [entry.model_dump(mode="json", exclude={"prev", "release"}) for entry in release.history],
    }


def _in_lines(release: Kept) -> list[str]:
    """One release: a line for itself, and one for each thing that was done with it."""
    marks = [name for name in ("live", "candidate", "pinned") if getattr(release, name)]
    head = f"{'*' if release.live else ' '} {release.release}  {len(release.policies)} policies"
    rows = [f"{head}  built {release.built or 'unknown: its manifest cannot be read'}  {' '.join(marks)}".rstrip()]
    intents = [
        entry for entry in release.history if entry.phase not in ("done", "undone") or entry.action in ("pin", "unpin")
    ]
    for entry in intents:
        said = [entry.at, entry.by, entry.action if entry.phase != "blocked" else "publish, blocked"]
        if entry.verdict is not None:
            said.append(f"gate: {'passed' if entry.verdict.get('passed') else 'failed'}")
        said += [f"override: {entry.override}"] if entry.override else []
        said += [f"why: {entry.why}"] if entry.why else []
        said += [str(entry.detail[key]) for key in ("changes",) if key in entry.detail]
        rows.append("      " + "  ".join(said))
    return rows


def _data(settings: KnowledgeSettings) -> DataDirectory:
    from knowledge.datadir import DataDirectory

    return DataDirectory(settings.data)


def _actor(settings: KnowledgeSettings) -> str:
    from knowledge.audit import os_user

    return settings.actor or os_user()


def _embedder(settings: KnowledgeSettings, *, quick: bool = True) -> Embedder:
    from knowledge import embedding

    return embedding.default_embedder(settings.data, settings.embedding_model, device=settings.device, quick=quick)
