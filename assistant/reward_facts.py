"""What somebody has done, and how the rules see it: every fact is a value or unknown."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Literal, TypeAlias

from assistant.answer import ConditionState
from knowledge.model import Policy
from knowledge.rule_schema import Condition, Rule, Text
from knowledge.rules import RuleBook

FactValue: TypeAlias = bool | int | str | date
Axis = Literal["activity", "level", "committee", "grade", "role", "place_group"]
AXES: tuple[Axis, ...] = ("activity", "level", "committee", "grade", "role", "place_group")

# Levels that the words of a question leave open.
_LEVELS_MEANT = {"local": ("provincial_local", "municipal_local")}


@dataclass(frozen=True)
class Item:
    """One thing done, or `count` of the same kind. Null where the asker did not say.

    Attributes:
        activity: as in the rule vocabulary; null asks for everything the policy pays.
        level: of the standard or committee; `local` where it may be provincial or municipal.
        levels: the candidates, where the words fit several and `level` is null.
        rank: place among the drafters. A bare 牵头 gives none.
        action: `revise` turns the drafting of a standard into its revision.
        place_group: where the firm is; where it is null, `place` (name or code) is resolved at the event's date.
        status: of the standard or project: proposed, drafting, published, implemented, accepted …
        event_on: when it happened (published, accepted …), which picks the districts and the validity.
        unclear: the asker's words for a number that is no certain whole one; the amount is then of one unit.
        span: the ends of such a number, where it has two.
        words: what the asker calls it, for work that has no name in the vocabulary.
        group: the group of rules that the asker names by its own label, where one is.
        inputs: further facts about this item, by input name.

    Raises:
        ValueError: the count is negative.
    """

    activity: str | None = None
    level: str | None = None
    levels: tuple[str, ...] = ()
    role: str | None = None
    rank: int | None = None
    committee: str | None = None
    grade: str | None = None
    action: str | None = None
    count: int = 1
    unclear: str = ""
    span: tuple[int, int] | None = None
    words: str = ""
    group: str | None = None
    place_group: str | None = None
    place: str | None = None
    status: str | None = None
    event_on: date | None = None
    inputs: Mapping[str, FactValue] = field(default_factory=dict)

    def __post_init__(self) -> None:
        if self.count < 0:
            raise ValueError(f"expected a count of 0 or more, got {self.count}")


@dataclass(frozen=True)
class Claim:
    """What somebody has done, and the facts that hold for all of it, by input name."""

    items: Sequence[Item]
    facts: Mapping[str, FactValue] = field(default_factory=dict)


@dataclass(frozen=True)
class View:
    """One item as the rules see it, with the claim's facts behind it."""

    rulebook: RuleBook
    policy: Policy
    claim: Claim
    item: Item
    index: int
    asked_at: date
    rules: Sequence[Rule]

    @property
    def activity(self) -> str | None:
        """What was done; revising is an activity of its own."""
        if self.item.activity == "formulate_standard" and self.item.action == "revise":
            return "revise_standard"
        return self.item.activity

    @property
    def levels(self) -> tuple[str, ...]:
        """The levels it may be of; empty where nothing is known."""
        level = self.item.level or self.given("standard_level")
        if level is None:
            return self.item.levels
        return _LEVELS_MEANT.get(str(level), (str(level),))

    @property
    def rank(self) -> int | None:
        """The place among the drafters."""
        return _whole(self.item.rank if self.item.rank is not None else self.given("drafter_rank"))

    @property
    def role(self) -> str | None:
        """`lead`, `participate`, or unknown."""
        role = self.item.role or self.given("role")
        return None if role is None else str(role)

    @property
    def place_groups(self) -> frozenset[str]:
        """The place groups the firm may belong to; empty where nothing is known."""
        said = self.item.place_group or self.given("location")
        if said is not None:
            return frozenset({str(said)})
        rules = self.rulebook.policies.get(self.policy.id)
        place = self.item.place or self.given("place")
        if rules is None or place is None:
            return frozenset()
        return frozenset(rules.place_groups_of(str(place), self.item.event_on))

    @property
    def lead_rank_max(self) -> int | None:
        """The lowest place that still counts as leading, where the policy defines it."""
        rules = self.rulebook.policies.get(self.policy.id)
        return next((term.rank_max for term in rules.terms.values() if term.role == "lead"), None) if rules else None

    def candidates(self, axis: Axis) -> tuple[str, ...]:
        """The values an axis may have; empty where nothing is known."""
        if axis == "level":
            return self.levels
        if axis == "place_group":
            return tuple(self.place_groups)
        value = {
            "activity": self.activity,
            "committee": self.item.committee or self.given("committee"),
            "grade": self.item.grade or self.given("grade"),
            "role": self.role,
        }[axis]
        return () if value is None else (str(value),)

    def single(self, axis: Axis) -> str | None:
        """The value of an axis, where exactly one is possible."""
        values = self.candidates(axis)
        return values[0] if len(values) == 1 else None

    def fact(self, name: str) -> FactValue | None:
        """The value of a condition's input; null where nobody gave it."""
        own: dict[str, FactValue | None] = {
            "standard_level": self.single("level"),
            "committee_level": self.single("level"),
            "committee": self.single("committee"),
            "grade": self.single("grade"),
            "role": self.role,
            "drafter_rank": self.rank,
            "standard_status": self.item.status,
            "action": self.item.action,
            "location": self.single("place_group"),
            "count": self.item.count,
            "event_on": self.item.event_on,
        }
        value = own.get(name)
        return value if value is not None else self.given(name)

    def whole(self, name: str) -> int | None:
        """A whole number that was given as a fact."""
        return _whole(self.fact(name))

    def given(self, name: str) -> FactValue | None:
        """A fact as it was given, for the item or for all of the claim."""
        value = self.item.inputs.get(name)
        return value if value is not None else self.claim.facts.get(name)

    def axis_state(self, rule: Rule, axis: Axis) -> ConditionState:
        """Whether the item lies where the rule does on an axis."""
        wanted = getattr(rule, axis)
        if wanted is None:
            return "met"
        if axis == "role":
            return state_of(self._has_role(str(wanted)))
        values = self.candidates(axis)
        if values and wanted not in values:
            return "unmet"
        return "met" if len(values) == 1 else "unknown"

    def _has_role(self, wanted: str) -> bool | None:
        if wanted.startswith("rank:"):
            return self._in_band(wanted.removeprefix("rank:"))
        most = self.lead_rank_max
        if most is not None:
            # The definition itself is a condition of every rule for leaders, so that a lower rank is named there.
            # Where only the first leads, whoever says to take part is not the first.
            beside = self.rank is None and self.role == "participate" and most == 1
            if wanted == "lead":
                return not beside
            if self.rank is None:
                return True if beside else False if self.role == "lead" else None
            return self.rank > most
        if self.role is not None:
            return self.role == wanted
        return wanted == "lead" if self.rank == 1 else None

    def _in_band(self, band: str) -> bool | None:
        first, dash, last = band.partition("-")
        if self.rank is None:
            # Whoever takes part is not first; whoever leads may still be second.
            return False if self.role == "participate" and band == "1" else None
        highest = int(last) if last else None if dash else int(first)
        return int(first) <= self.rank and (highest is None or self.rank <= highest)


def state_of(met: bool | None) -> ConditionState:
    """The three values of a condition."""
    return "unknown" if met is None else "met" if met else "unmet"


def holds(condition: Condition, value: FactValue | None) -> bool | None:
    """Whether a fact meets a condition; null where it cannot be told."""
    if value is None:
        return None
    wanted = condition.value
    if isinstance(wanted, tuple):
        return (value in wanted) == (condition.op == "in")
    if condition.op in ("==", "!="):
        same = value == wanted and isinstance(value, bool) == isinstance(wanted, bool)
        return same == (condition.op == "==")
    number, limit = _whole(value), _whole(wanted)
    if number is None or limit is None:
        return None
    return number <= limit if condition.op == "<=" else number >= limit


def replies(condition: Condition) -> tuple[tuple[FactValue, Text], ...]:
    """What each reply to a condition's own question says of its fact, in their order.

    The first reply to a condition with one value says that it holds; with several, each value has its reply and the last
    is for all others. Empty where the replies stand for no single values.
    """
    options, values = condition.options, condition.value
    if options is None:
        return ()
    texts = [Text(zh=zh, en=en) for zh, en in zip(options.zh, options.en, strict=True)]
    if isinstance(values, tuple):
        return tuple(zip((*values, "other"), texts, strict=True)) if len(texts) == len(values) + 1 else ()
    if condition.op != "==":
        return ()
    refused: FactValue = not values if isinstance(values, bool) else "other"
    return tuple((values if place == 0 else refused, text) for place, text in enumerate(texts))


def _whole(value: FactValue | None) -> int | None:
    return value if isinstance(value, int) and not isinstance(value, bool) else None
