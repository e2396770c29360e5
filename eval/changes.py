"""What changed between two releases: clauses aligned by content, reward rules field by field, places, fingerprints."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import pairwise
from typing import Any, Literal, NamedTuple

from eval.record import ClauseText
from knowledge import diff
from knowledge.model import Frozen

ChangeKind = Literal["added", "removed", "edited"]

# The characters shown on both sides of a difference.
_AROUND = 12
# Where a quote stands moves with every edit before it.
_OFFSETS = frozenset({"start", "end"})
# What follows from the name of a policy.
_NAMES = frozenset({"rule_id", "policy_id", "clause_id", "instead_of"})
# A new policy replaces another if this part of its clauses is that of the other, edited or not.
_REPLACES = 0.5


class Words(NamedTuple):
    """One difference of two texts, with what stands on both sides of it in the old one."""

    before: str
    old: str
    new: str
    after: str

    def __str__(self) -> str:
        return f"{self.before}[{self.old or '∅'} → {self.new or '∅'}]{self.after}"


class ClauseChange(Frozen):
    """A clause that only one release has, or that reads differently in the other. An absent side is null."""

    kind: ChangeKind
    policy_id: str
    base_id: str | None = None
    new_id: str | None = None
    base_text: str | None = None
    new_text: str | None = None

    @property
    def words(self) -> list[Words]:
        """The differing words of an edited clause."""
        return different_words(self.base_text, self.new_text) if self.base_text and self.new_text else []


class FieldChange(Frozen):
    """A value of a rule, a place or a setting, before and after; null where there was none."""

    field: str
    old: Any = None
    new: Any = None

    def __str__(self) -> str:
        return f"{self.field}: {_shown(self.old)} → {_shown(self.new)}"


class RuleChange(Frozen):
    """A reward rule that only one release has, or whose fields differ."""

    kind: ChangeKind
    rule_id: str
    fields: tuple[FieldChange, ...] = ()


class Alignment(NamedTuple):
    """Which clause of one release is which of the other.

    `same` gives the id in NEW of every clause of BASE that is still there, edited or not; `changes` come in the order
    of the documents. `neighbours` of a changed clause are the ids, of either release, beside and of it.
    """

    same: Mapping[str, str]
    changes: tuple[ClauseChange, ...]
    neighbours: Mapping[ClauseChange, frozenset[str]]


def align(base: Sequence[ClauseText], new: Sequence[ClauseText]) -> Alignment:
    """Align the clauses of two releases by what they say; a clause that only moved or got another id is no change.

    A policy that only NEW has is held against the one of BASE that it shares most clauses with: the one it replaces.
    """
    same: dict[str, str] = {}
    changes: list[ClauseChange] = []
    neighbours: dict[ClauseChange, frozenset[str]] = {}
    old_by_policy, new_by_policy = _by_policy(base), _by_policy(new)
    replaced = counterparts(base, new)
    for policy in dict.fromkeys((*old_by_policy, *new_by_policy)):
        old_side, new_side = old_by_policy[replaced.get(policy, policy)], new_by_policy[policy]
        for old, now in diff.align(old_side, new_side):
            if old and now and policy not in replaced:
                same[old.clause_id] = now.clause_id
            if old and now and old.text == now.text:
                continue
            change = ClauseChange(
                kind="edited" if old and now else "removed" if old else "added",
                policy_id=policy,
                base_id=old.clause_id if old else None,
                new_id=now.clause_id if now else None,
                base_text=old.text if old else None,
                new_text=now.text if now else None,
            )
            changes.append(change)
            neighbours[change] = frozenset({*_beside(old_side, old), *_beside(new_side, now)})
    return Alignment(same, tuple(changes), neighbours)


def counterparts(base: Sequence[ClauseText], new: Sequence[ClauseText]) -> dict[str, str]:
    """The policies that only NEW has, each with the policy of BASE that most of its clauses are alike to, if any."""
    old_by_policy, new_by_policy = _by_policy(base), _by_policy(new)
    found = {}
    for policy in sorted(new_by_policy.keys() - old_by_policy.keys()):
        own = new_by_policy[policy]
        shares = {name: _share_alike(side, own) for name, side in sorted(old_by_policy.items())}
        nearest = max(shares, key=shares.__getitem__, default=None)
        if nearest is not None and shares[nearest] >= _REPLACES:
            found[policy] = nearest
    return found


def _share_alike(old: Sequence[ClauseText], new: Sequence[ClauseText]) -> float:
    return sum(pair.old is not None and pair.new is not None for pair in diff.align(old, new)) / len(new)


def different_words(old: str, new: str) -> list[Words]:
    """Where two texts differ, by words: a number is one word, a Chinese character is one."""
    parts = ("", *diff.words(old, new), "")
    found = []
    for (before, part), after in zip(pairwise(parts), parts[2:], strict=False):
        if isinstance(part, diff.Words) and not part.same:
            found.append(Words(_same(before)[-_AROUND:], part.old, part.new, _same(after)[:_AROUND]))
    return found


def rule_changes(
    base: Mapping[str, Mapping[str, Any]],
    new: Mapping[str, Mapping[str, Any]],
    same: Mapping[str, str],
    replaced: Mapping[str, str],
) -> tuple[RuleChange, ...]:
    """The reward rules that differ, by id.

    Args:
        base: the rules of one release by id, as plain JSON values.
        new: those of the other.
        same: the clause ids of BASE in NEW; a rule whose clause only got another id has not changed.
        replaced: policies of NEW alone with those of BASE that they are held against.
    """
    changes = []
    for rule_id in sorted({*base, *new}):
        policy, _, name = rule_id.partition(".")
        before, ignored = base.get(rule_id), _OFFSETS
        if before is None and policy in replaced:
            before, ignored = base.get(f"{replaced[policy]}.{name}"), _OFFSETS | _NAMES
        if rule_id not in new:
            changes.append(RuleChange(kind="removed", rule_id=rule_id))
        elif before is None:
            changes.append(RuleChange(kind="added", rule_id=rule_id))
        elif fields := field_changes(_renamed(before, same), new[rule_id], ignored=ignored):
            changes.append(RuleChange(kind="edited", rule_id=rule_id, fields=fields))
    return tuple(changes)


def field_changes(
    base: Mapping[str, Any], new: Mapping[str, Any], *, ignored: frozenset[str] = frozenset()
) -> tuple[FieldChange, ...]:
    """The values that differ between two nested mappings, by their dotted path."""
    old, now = dict(_leaves(base)), dict(_leaves(new))
    return tuple(
        FieldChange(field=path, old=old.get(path), new=now.get(path))
        for path in dict.fromkeys((*old, *now))
        if old.get(path) != now.get(path) and path.rsplit(".", 1)[-1] not in ignored
    )


def _by_policy(clauses: Iterable[ClauseText]) -> dict[str, list[ClauseText]]:
    found: dict[str, list[ClauseText]] = defaultdict(list)
    for clause in clauses:
        found[clause.policy_id].append(clause)
    return found


def _same(part: object) -> str:
    return part.same if isinstance(part, diff.Words) else ""


def _beside(side: Sequence[ClauseText], clause: ClauseText | None) -> list[str]:
    if clause is None:
        return []
    index = side.index(clause)
    return [neighbour.clause_id for neighbour in side[max(0, index - 1) : index + 2]]


def _renamed(rule: Mapping[str, Any], same: Mapping[str, str]) -> dict[str, Any]:
    clause = rule.get("clause_id")
    return {**rule, "clause_id": same.get(clause, clause)} if isinstance(clause, str) else dict(rule)


def _leaves(value: object, path: str = "") -> Iterator[tuple[str, object]]:
    """Every plain value by its path; an entry of a list goes by its `input` where it has one, and else by its place."""
    if isinstance(value, Mapping):
        for key, inner in value.items():
            yield from _leaves(inner, f"{path}.{key}" if path else str(key))
    elif isinstance(value, list | tuple) and any(isinstance(item, Mapping) for item in value):
        for place, item in enumerate(value):
            name = item.get("input", place) if isinstance(item, Mapping) else place
            yield from _leaves(item, f"{path}[{name}]")
    elif value not in (None, [], (), {}):
        yield path, list(value) if isinstance(value, tuple) else value


def _shown(value: object) -> str:
    if value is None:
        return "none"
    return f"{value:,}" if isinstance(value, int) and not isinstance(value, bool) else str(value)
