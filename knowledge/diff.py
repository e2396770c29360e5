"""What differs between two releases: documents, what is known of them, clauses and rules.

Clauses are matched by their words, not by their addresses alone, so a renumbered outline is not a new text. A document that
was added to supersede another is compared with that one.
"""

from __future__ import annotations

import difflib
import json
import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Generic, Literal, NamedTuple, Protocol, TypeVar

import numpy as np
from rapidfuzz import fuzz, process

from knowledge.model import Clause, Document, Frozen
from knowledge.releases import Contents
from knowledge.rule_schema import Rule
from knowledge.rules import PolicyRules, RuleBook

Kind = Literal["added", "removed", "edited", "moved"]

# Two clauses are one that was edited where they share this much (0 to 100, normalized edit distance): below it, what is
# left in common are the turns of phrase that all policies share.
_SAME_CLAUSE = 50.0
_CONTEXT = 14  # characters shown around what changed
_TOKEN = re.compile(r"\d+(?:[.,]\d+)*|[A-Za-z]+|\s+|.", re.DOTALL)
# Where in the text a rule's quote stands follows from the text; the policy is said once.
_DERIVED_RULE_FIELDS = ("rule_id", "policy_id", "start", "end", "group_label")
_DERIVED_POLICY_FIELDS = ("id", "sha256", "references")


class FieldChange(Frozen):
    """One field, before and after; null where there was nothing."""

    field: str
    old: object
    new: object


class Words(Frozen):
    """A stretch of an edited clause: the same in both, or its old and its new words."""

    same: str = ""
    old: str = ""
    new: str = ""


class ClauseChange(Frozen):
    """One clause. `moved`: the same words at another address. `words` is filled for an edited clause."""

    kind: Kind
    old_id: str | None = None
    new_id: str | None = None
    old: str | None = None
    new: str | None = None
    words: tuple[Words, ...] = ()


class RuleChange(Frozen):
    """One rule, by its id without the policy; `(file)` is what a rule file says for all its rules."""

    kind: Kind
    rule: str
    label: str
    fields: tuple[FieldChange, ...] = ()


class DocumentChange(Frozen):
    """One policy and what differs in it. `against`: the policy that a new one supersedes and is compared with."""

    kind: Literal["added", "removed", "edited"]
    policy_id: str
    title: str
    against: str | None = None
    metadata: tuple[FieldChange, ...] = ()
    clauses: tuple[ClauseChange, ...] = ()
    rules: tuple[RuleChange, ...] = ()


class Difference(Frozen):
    """Everything that differs between two releases; no document where nothing does."""

    base: str
    candidate: str
    documents: tuple[DocumentChange, ...]

    def summary(self) -> str:
        """One line: which documents, and how many clauses and rules, were added, removed or edited."""
        by_kind: dict[str, list[str]] = {"added": [], "removed": [], "edited": []}
        for change in self.documents:
            by_kind[change.kind].append(change.policy_id)
        parts = [f"{kind} {', '.join(names)}" for kind, names in by_kind.items() if names]
        for what in ("clauses", "rules"):
            changes: list[ClauseChange | RuleChange] = [c for d in self.documents for c in getattr(d, what)]
            counts = [
                f"{count} {kind}"
                for kind in ("added", "removed", "edited", "moved")
                if (count := sum(change.kind == kind for change in changes))
            ]
            if counts:
                parts.append(f"{what}: {', '.join(counts)}")
        return "; ".join(parts) or "nothing differs"


class Worded(Protocol):
    """What aligning needs of a clause."""

    @property
    def clause_id(self) -> str:
        """Its address, which begins with its policy's id."""

    @property
    def policy_id(self) -> str:
        """The policy it is of."""

    @property
    def text(self) -> str:
        """Its words."""


AnyClause = TypeVar("AnyClause", bound=Worded)


class Pair(NamedTuple, Generic[AnyClause]):
    """A clause before and after; one of them is missing where it was added or removed."""

    old: AnyClause | None
    new: AnyClause | None


def compare(base: Contents, candidate: Contents) -> Difference:
    """What differs between two releases, by policy: first what was added, then edited, then removed."""
    added = [_added(base, candidate, name) for name in candidate.documents if name not in base.documents]
    both = [_edited(base, candidate, name) for name in candidate.documents if name in base.documents]
    removed = [_removed(base, name) for name in base.documents if name not in candidate.documents]
    documents = (*added, *(change for change in both if change is not None), *removed)
    return Difference(base=base.release_id, candidate=candidate.release_id, documents=documents)


def align(old: Sequence[AnyClause], new: Sequence[AnyClause]) -> list[Pair[AnyClause]]:
    """The clauses of two versions of a text side by side, in the order of the new one; what was removed stands behind
    what it followed.

    Clauses with the same words belong together first; of the rest, those that are most alike, down to a bound.
    """
    matched = dict(_equal(old, new))
    left_old = [i for i in range(len(old)) if i not in matched.values()]
    left_new = [j for j in range(len(new)) if j not in matched]
    matched |= _alike(old, new, left_old, left_new)
    pairs, at = [], 0
    gone = sorted(set(range(len(old))) - set(matched.values()))
    for j, clause in enumerate(new):
        i = matched.get(j)
        if i is not None:
            while at < len(gone) and gone[at] < i:
                pairs.append(Pair(old[gone[at]], None))
                at += 1
        pairs.append(Pair(None if i is None else old[i], clause))
    return [*pairs, *(Pair(old[i], None) for i in gone[at:])]


def words(old: str, new: str) -> tuple[Words, ...]:
    """Two versions of a text as stretches that are the same or differ; numbers and Latin words are never split."""
    before, after = _TOKEN.findall(old), _TOKEN.findall(new)
    found: list[Words] = []
    for kind, a, b, c, d in difflib.SequenceMatcher(None, before, after, autojunk=False).get_opcodes():
        gone, come = "".join(before[a:b]), "".join(after[c:d])
        found.append(Words(same=gone) if kind == "equal" else Words(old=gone, new=come))
    return tuple(found)


# --- documents --------------------------------------------------------------------------------------------------------


def _added(base: Contents, candidate: Contents, name: str) -> DocumentChange:
    document = candidate.documents[name]
    against = next((old for old in document.policy.supersedes if old in base.documents), None)
    before = base.documents[against] if against else None
    return DocumentChange(
        kind="added",
        policy_id=name,
        title=document.policy.title,
        against=against,
        metadata=tuple(_policy_fields(before, document)),
        clauses=tuple(_clause_changes(before.clauses if before else (), document.clauses)),
        rules=tuple(_rule_changes(_rules(base.rules, against), _rules(candidate.rules, name))),
    )


def _edited(base: Contents, candidate: Contents, name: str) -> DocumentChange | None:
    old, new = base.documents[name], candidate.documents[name]
    change = DocumentChange(
        kind="edited",
        policy_id=name,
        title=new.policy.title,
        metadata=tuple(_policy_fields(old, new)),
        clauses=tuple(_clause_changes(old.clauses, new.clauses)),
        rules=tuple(_rule_changes(_rules(base.rules, name), _rules(candidate.rules, name))),
    )
    same = old.text == new.text and not (change.metadata or change.clauses or change.rules)
    return None if same else change


def _removed(base: Contents, name: str) -> DocumentChange:
    document = base.documents[name]
    return DocumentChange(
        kind="removed",
        policy_id=name,
        title=document.policy.title,
        clauses=tuple(_clause_changes(document.clauses, ())),
        rules=tuple(_rule_changes(_rules(base.rules, name), None)),
    )


def _policy_fields(old: Document | None, new: Document) -> Iterator[FieldChange]:
    before = old.policy.model_dump(mode="json") if old else {}
    after = new.policy.model_dump(mode="json")
    return _fields(before, after, _DERIVED_POLICY_FIELDS)


def _fields(old: Mapping[str, object], new: Mapping[str, object], without: Sequence[str]) -> Iterator[FieldChange]:
    for key in {**old, **new}:
        if key not in without and (old.get(key) or None) != (new.get(key) or None):
            yield FieldChange(field=key, old=old.get(key), new=new.get(key))


# --- clauses ----------------------------------------------------------------------------------------------------------


def _clause_changes(old: Sequence[Clause], new: Sequence[Clause]) -> Iterator[ClauseChange]:
    for before, after in align(old, new):
        ids = {"old_id": before and before.clause_id, "new_id": after and after.clause_id}
        if before is None and after is not None:
            yield ClauseChange(kind="added", new=after.text, **ids)
        elif before is not None and after is None:
            yield ClauseChange(kind="removed", old=before.text, **ids)
        elif before is not None and after is not None:
            if _squeezed(before.text) != _squeezed(after.text):
                marked = words(before.text, after.text)
                yield ClauseChange(kind="edited", old=before.text, new=after.text, words=marked, **ids)
            elif _address(before) != _address(after):
                yield ClauseChange(kind="moved", **ids)


def _equal(old: Sequence[Worded], new: Sequence[Worded]) -> Iterator[tuple[int, int]]:
    """Positions (new, old) of clauses with the same words: those that keep their order, then those that do not."""
    before, after = [_squeezed(c.text) for c in old], [_squeezed(c.text) for c in new]
    taken_old: set[int] = set()
    taken_new: set[int] = set()
    for i, j, size in difflib.SequenceMatcher(None, before, after, autojunk=False).get_matching_blocks():
        for step in range(size):
            taken_old.add(i + step)
            taken_new.add(j + step)
            yield j + step, i + step
    places: dict[str, list[int]] = {}
    for i, text in enumerate(before):
        if i not in taken_old:
            places.setdefault(text, []).append(i)
    for j, text in enumerate(after):
        if j not in taken_new and places.get(text):
            yield j, places[text].pop(0)


def _alike(
    old: Sequence[Worded], new: Sequence[Worded], left_old: list[int], left_new: list[int]
) -> Iterator[tuple[int, int]]:
    """Positions (new, old) of clauses that are alike, the most alike first; of equals, those with the same address."""
    if not left_old or not left_new:
        return
    scores = process.cdist(
        [_squeezed(old[i].text) for i in left_old], [_squeezed(new[j].text) for j in left_new], scorer=fuzz.ratio
    )
    candidates = sorted(
        (
            (-float(scores[row, column]), _address(old[left_old[row]]) != _address(new[left_new[column]]), row, column)
            for row, column in np.argwhere(scores >= _SAME_CLAUSE)
        ),
    )
    rows: set[int] = set()
    columns: set[int] = set()
    for _, _, row, column in candidates:
        if row not in rows and column not in columns:
            rows.add(row)
            columns.add(column)
            yield left_new[column], left_old[row]


def _squeezed(text: str) -> str:
    return "".join(text.split())


def _address(clause: Worded) -> str:
    """The clause's id without its policy."""
    return clause.clause_id.removeprefix(clause.policy_id)


# --- rules ------------------------------------------------------------------------------------------------------------


def _rules(book: RuleBook, policy_id: str | None) -> PolicyRules | None:
    return book.policies.get(policy_id) if policy_id else None


def _rule_changes(old: PolicyRules | None, new: PolicyRules | None) -> Iterator[RuleChange]:
    before, after = _by_name(old), _by_name(new)
    for name in {**after, **before}:
        earlier, later = before.get(name), after.get(name)
        if earlier is None and later is not None:
            yield RuleChange(kind="added", rule=name, label=later.label.zh, fields=tuple(_amount(None, later)))
        elif earlier is not None and later is None:
            yield RuleChange(kind="removed", rule=name, label=earlier.label.zh, fields=tuple(_amount(earlier, None)))
        elif earlier is not None and later is not None:
            fields = tuple(_fields(_plain(earlier), _plain(later), _DERIVED_RULE_FIELDS))
            if fields:
                yield RuleChange(kind="edited", rule=name, label=later.label.zh, fields=fields)
    shared = tuple(_fields(_shared(old), _shared(new), ()))
    if shared:
        yield RuleChange(
            kind="edited" if old and new else "added" if new else "removed", rule="(file)", label="", fields=shared
        )


def _by_name(policy: PolicyRules | None) -> dict[str, Rule]:
    return {rule.rule_id.removeprefix(f"{rule.policy_id}."): rule for rule in policy.rules} if policy else {}


def _amount(old: Rule | None, new: Rule | None) -> Iterator[FieldChange]:
    """What a whole rule that came or went pays."""
    for name in ("yuan", "bound", "ratio", "quote"):
        before, after = old and _plain(old)[name], new and _plain(new)[name]
        if before or after:
            yield FieldChange(field=name, old=before, new=after)


def _plain(rule: Rule) -> dict[str, object]:
    """The fields of a rule with its own policy's name taken out of references to other rules and to clauses."""
    fields: dict[str, object] = rule.model_dump(mode="json")
    for key, ending in (("clause_id", "/"), ("instead_of", ".")):
        value = fields.get(key)
        if isinstance(value, str):
            fields[key] = value.removeprefix(f"{rule.policy_id}{ending}")
    return fields


def _shared(policy: PolicyRules | None) -> dict[str, object]:
    """What a rule file says for all its rules."""
    if policy is None:
        return {}
    terms = {name: term.model_dump(mode="json") | {"clause_id": ""} for name, term in policy.terms.items()}
    return {
        "terms": terms,
        "places": policy.places.model_dump(mode="json") if policy.places else None,
        "silent_on": [entry.model_dump(mode="json") for entry in policy.silent_on],
        "ignored": [entry.model_dump(mode="json") for entry in policy.ignored],
    }


# --- in words -----------------------------------------------------------------------------------------------------------


def lines(difference: Difference) -> Iterator[str]:
    """The difference as lines for a terminal. Of an edited clause, `[-old-]{+new+}` and some words around them."""
    yield f"{difference.base} → {difference.candidate}: {difference.summary()}"
    for change in difference.documents:
        yield ""
        mark = {"added": "+", "removed": "-", "edited": "~"}[change.kind]
        against = f", compared with {change.against}, which it supersedes" if change.against else ""
        yield f"{mark} {change.policy_id} {change.title}{against}"
        for field in change.metadata:
            yield f"    {_field(field)}"
        for clause in change.clauses:
            yield f"    {_clause(clause)}"
        for rule in change.rules:
            yield from (f"    {line}" for line in _rule(rule))


def marked(stretches: Sequence[Words]) -> str:
    """An edited text with its changes marked, and what stays the same shortened."""
    parts = []
    for position, stretch in enumerate(stretches):
        if stretch.same:
            parts.append(_shortened(stretch.same, first=position == 0, last=position == len(stretches) - 1))
        else:
            parts.append(
                (f"[-{stretch.old}-]" if stretch.old else "") + (f"{{+{stretch.new}+}}" if stretch.new else "")
            )
    return _one_line("".join(parts))


def _shortened(text: str, *, first: bool, last: bool) -> str:
    head, tail = (0 if first else _CONTEXT), (0 if last else _CONTEXT)
    if len(text) <= head + tail + 1:
        return text
    return text[:head] + "…" + (text[-tail:] if tail else "")


def _clause(change: ClauseChange) -> str:
    if change.kind == "edited":
        return f"~ {_ids(change)}: {marked(change.words)}"
    if change.kind == "moved":
        return f"> {change.old_id} is now {change.new_id}, word for word"
    sign, text = ("+", change.new) if change.kind == "added" else ("-", change.old)
    return f"{sign} {_ids(change)}: {_cut(_one_line(text or ''))}"


def _ids(change: ClauseChange) -> str:
    if change.old_id and change.new_id and change.old_id != change.new_id:
        return f"{change.old_id} → {change.new_id}"
    return str(change.new_id or change.old_id)


def _rule(change: RuleChange) -> Iterator[str]:
    mark = {"added": "+", "removed": "-", "edited": "~", "moved": ">"}[change.kind]
    yield f"{mark} rule {change.rule} {change.label}".rstrip()
    for field in change.fields:
        if field.field == "quote" and isinstance(field.old, str) and isinstance(field.new, str):
            yield f"    quote: {marked(words(field.old, field.new))}"
        else:
            yield f"    {_field(field)}"


def _field(change: FieldChange) -> str:
    if isinstance(change.old, list) and isinstance(change.new, list):
        gone = [value for value in change.old if value not in change.new]
        come = [value for value in change.new if value not in change.old]
        return (
            f"{change.field}: "
            + " ".join(f"[-{_value(v)}-]" for v in gone)
            + " ".join(f"{{+{_value(v)}+}}" for v in come)
        )
    return f"{change.field}: {_value(change.old)} → {_value(change.new)}"


def _value(value: object) -> str:
    if value is None or value in ([], ""):
        return "–"
    return _cut(value if isinstance(value, str) else json.dumps(value, ensure_ascii=False))


def _cut(text: str, limit: int = 120) -> str:
    return text if len(text) <= limit else text[: limit - 1] + "…"


def _one_line(text: str) -> str:
    return " ".join(text.split())
