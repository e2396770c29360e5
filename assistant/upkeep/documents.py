"""The documents of the corpus as a maintainer looks at them: how each was read, what is in it, what is about to change."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Literal

from assistant.upkeep.changes import Changes
from knowledge.datadir import DataDirectory
from knowledge.errors import BiaozhuntongError
from knowledge.manifest import MANIFEST, load_manifest
from knowledge.model import Clause, Document, DroppedSpan, Policy
from knowledge.proposals import Proposal, propose
from knowledge.releases import kept_documents
from knowledge.rule_schema import Rule
from knowledge.rules import PolicyRules, load_rules

Mark = Literal["", "added", "edited", "on", "off", "removed"]


@dataclass(frozen=True)
class Row:
    """One document of the list.

    Attributes:
        policy: its entry in the staged manifest, else in the live one.
        live: whether the live release holds it.
        mark: what the staged change does to it.
        document: the document as it was read; None where it could not be, as `problem` says.
        rules: how many rules there are.
        reviewed: whether a person has confirmed them; None without rules.
    """

    policy: Policy
    live: bool
    mark: Mark
    document: Document | None
    problem: str = ""
    rules: int = 0
    reviewed: bool | None = None

    @property
    def format(self) -> str:
        """The ending of its file's name."""
        return Path(self.policy.source).suffix.lower()


@dataclass(frozen=True)
class Segment:
    """A range of a stored text: of a clause (`number` counts the clauses from 1), or dropped for a reason; else of nobody."""

    start: int
    end: int
    text: str
    clause: Clause | None = None
    number: int = 0
    dropped: DroppedSpan | None = None


def rows(changes: Changes) -> list[Row]:
    """Every document of the corpus and of the staged change, in the manifest's order; those that leave come last.

    Raises:
        BiaozhuntongError: there is no release, or the staged manifest cannot be read.
    """
    live_id = changes.data.live_id()
    live = kept(changes.data, live_id)
    before = {entry.policy.id: entry.policy for entry in load_manifest(_manifest(changes.data, live_id))}
    staged = changes.policies()
    found = [_row(changes, policy, before.get(policy.id), live) for policy in staged.values()]
    gone = [policy for policy in before.values() if policy.id not in staged]
    return found + [Row(policy, True, "removed", live.get(policy.id)) for policy in gone]


@lru_cache(maxsize=4)
def kept(data: DataDirectory, release_id: str) -> Mapping[str, Document]:
    """The documents of a kept release by id. A release never changes."""
    return {document.policy.id: document for document in kept_documents(data, release_id)}


def segments(document: Document) -> list[Segment]:
    """The stored text in pieces; joined they are the text, character for character."""
    owned = [
        Segment(span.start, span.end, document.text[span.start : span.end], clause, number)
        for number, clause in enumerate(document.clauses, start=1)
        for span in clause.spans
    ]
    owned += [Segment(d.start, d.end, document.text[d.start : d.end], dropped=d) for d in document.dropped]
    return list(_filled(document.text, sorted(owned, key=lambda segment: (segment.start, segment.end))))


def evidence(changes: Changes, policy_id: str) -> list[Proposal]:
    """What a document says about itself, with the words it is read from, for its entry in the manifest.

    Raises:
        BiaozhuntongError: there is no such document, or its file cannot be read.
    """
    others = [policy for name, policy in changes.policies().items() if name != policy_id]
    return propose(changes.document(policy_id), known=others)


def rules_of(changes: Changes, policy_id: str) -> PolicyRules | None:
    """The rules of a policy as they are staged, else live; None where it has none that can be read."""
    path = changes.rules_file(policy_id)
    if not path.is_file():
        return None
    try:
        return _rules(path, path.stat().st_mtime_ns).get(policy_id)
    except BiaozhuntongError:
        return None


def by_clause(document: Document, rules: Sequence[Rule]) -> list[tuple[Clause | None, list[Rule]]]:
    """Rules with the clause that they stand in, in the order of the text; those of no clause last."""
    clauses = {clause.clause_id: clause for clause in document.clauses}
    held: dict[str, list[Rule]] = {}
    for rule in rules:
        held.setdefault(rule.clause_id, []).append(rule)
    ordered = sorted(held, key=lambda name: clauses[name].start if name in clauses else len(document.text))
    return [(clauses.get(name), held[name]) for name in ordered]


def _row(changes: Changes, policy: Policy, before: Policy | None, live: Mapping[str, Document]) -> Row:
    document, problem = live.get(policy.id), ""
    if document is None or document.policy.sha256 != policy.sha256:
        try:
            document = changes.document(policy.id)
        except BiaozhuntongError as error:
            document, problem = None, str(error)
    rules = rules_of(changes, policy.id)
    return Row(
        policy=policy,
        live=policy.id in live,
        mark=_mark(policy, before),
        document=document,
        problem=problem,
        rules=len(rules.rules) if rules else 0,
        reviewed=all(rule.reviewed for rule in rules.rules) if rules and rules.rules else None,
    )


def _mark(policy: Policy, before: Policy | None) -> Mark:
    if before is None:
        return "added"
    if policy.enabled != before.enabled:
        return "on" if policy.enabled else "off"
    return "edited" if policy != before else ""


def _filled(text: str, owned: Sequence[Segment]) -> Iterator[Segment]:
    position = 0
    for segment in owned:
        if position < segment.start:
            yield Segment(position, segment.start, text[position : segment.start])
        if segment.start < segment.end:
            yield segment
        position = max(position, segment.end)
    if position < len(text):
        yield Segment(position, len(text), text[position:])


def _manifest(data: DataDirectory, release_id: str) -> Path:
    return data.releases / release_id / "sources" / MANIFEST


@lru_cache(maxsize=8)
def _rules(path: Path, _changed: int) -> Mapping[str, PolicyRules]:
    return load_rules(path.parent).policies
