"""What an amount depends on: activity, level, committee, role, grade, place; each as a list of choices."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Literal

from knowledge.drafting.vocabulary import folded

Axis = Literal["activity", "level", "committee", "role", "grade", "place_group"]
AXES: tuple[Axis, ...] = ("activity", "level", "committee", "role", "grade", "place_group")
Combination = Mapping[Axis, str | None]

AXIS_OF: dict[str, Axis] = {
    "activity": "activity",
    "level": "level",
    "committee": "committee",
    "role": "role",
    "rank": "role",
    "grade": "grade",
    "place": "place_group",
}
# The drafters behind those named before.
REST = "rest"
# A standard that is named without its level.
SOME_STANDARD = "some standard"
# Levels that only the issuer's place can tell apart, and one that the rule vocabulary has no word for.
LOCAL, DISTRICT = "local", "district"


@dataclass(frozen=True, slots=True)
class Choice:
    """One entry of a list: the values that it stands for (two for 国家（行业）标准), and how it is joined to the last.

    `said` are its words, with what qualifies them (强制性国家), so that two entries may have the same value; `of` is what
    a level is the level of.
    """

    values: tuple[str, ...]
    said: str
    join: Literal["first", "and", "or", "slash", "break"] = "first"
    of: frozenset[str] = frozenset()


@dataclass(frozen=True)
class Head:
    """What a phrase says of each axis, and what else it says about the payment.

    `nouns` are what its levels are levels of; `definition` is a rank in brackets behind a role.
    """

    lists: Mapping[Axis, tuple[Choice, ...]] = field(default_factory=dict)
    nouns: frozenset[str] = frozenset()
    definition: str | None = None

    def __bool__(self) -> bool:
        return bool(self.lists)

    def of(self, axis: Axis) -> tuple[Choice, ...]:
        """The entries of one axis; none where the head does not speak of it."""
        return self.lists.get(axis, ())

    def single(self, axis: Axis) -> str | None:
        """The value of an axis where the head names exactly one."""
        choices = self.of(axis)
        return choices[0].values[0] if len(choices) == 1 and len(choices[0].values) == 1 else None

    def row(self) -> Combination:
        """One row of it: the value of each axis that has a single one."""
        return {axis: self.single(axis) for axis in AXES}

    def with_axis(self, axis: Axis, choices: tuple[Choice, ...]) -> Head:
        """The head with other entries for an axis; without it where there are none."""
        lists = {**self.lists, axis: choices}
        return replace(self, lists={name: entries for name, entries in lists.items() if entries})


def is_qualified(said: str) -> bool:
    """Whether an entry is only a part of its level: 强制性国家标准."""
    said = folded(said)
    return said.startswith(("强制性", "推荐性")) or said.endswith("文件")
