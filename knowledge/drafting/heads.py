"""What heads tell that no single word says: which levels fit an activity, which activity a noun implies, several as one."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace

from knowledge.drafting.approvers import CONFERRED, ISSUED
from knowledge.drafting.axes import AXES, SOME_STANDARD, Axis, Choice, Head, is_qualified
from knowledge.drafting.statements import Statement
from knowledge.rule_schema import DRAFTING

# AAAA, 4A; a single letter is anybody's.
_GRADE_OF_CONDUCT = re.compile("A{2,5}|[2-5]A")
# What a level is the level of where it is one of the activity's.
LEVELS_OF = {
    "formulate_standard": {"standard", "", ISSUED},
    "revise_standard": {"standard", "", ISSUED},
    "host_committee": {"committee", "", "thing", ISSUED, CONFERRED},
    "pilot_project": {"pilot", "", "thing", "project", ISSUED, CONFERRED},
    "award": {"award", "", "thing", CONFERRED},
    "certification": {"graded", "", "thing"},
    "event": {"event", "", "thing"},
    "training": {"event", "", "thing"},
    "research": {"research", "", "thing", "project", ISSUED},
    "adopt_standard": set(),
    "front_runner": {"front", "", "thing"},
}


def united(statements: Sequence[Statement]) -> Head:
    """One head with everything that the statements are paid for, in their order."""
    lists: dict[Axis, list[Choice]] = {}
    for statement in statements:
        for axis in AXES:
            for choice in statement.head.of(axis):
                entries = lists.setdefault(axis, [])
                own = is_qualified(choice.said)
                if all(choice.values != entry.values or (own and choice.said != entry.said) for entry in entries):
                    entries.append(replace(choice, join="and" if entries else "first"))
    return Head({axis: tuple(entries) for axis, entries in lists.items()})


def fitting_levels(head: Head, activity: str | None) -> Head:
    """The head without levels of other things: 企业标准“领跑者” is no level of the list.

    Nor has it committees where no committee is hosted: 技术委员会全体会议 is an event.
    """
    fits = LEVELS_OF.get(activity or "")
    if fits is None:
        return head
    if activity != "host_committee":
        head = head.with_axis("committee", ())
    return head.with_axis("level", tuple(choice for choice in head.of("level") if choice.of & fits or not choice.of))


def alike(one: str | None, other: str | None) -> bool:
    """Whether two activities are the same, or both work on the text of a standard."""
    return one == other or (one in DRAFTING and other in DRAFTING)


def implied_activity(head: Head) -> str | None:
    """The activity that a head's nouns or grades tell of where none is named; null where they tell of none."""
    if head.of("committee") or "committee" in head.nouns:
        return "host_committee"
    for noun, activity in (
        ("pilot", "pilot_project"),
        ("award", "award"),
        ("event", "event"),
        ("research", "research"),
        ("certification", "certification"),
    ):
        if noun in head.nouns:
            return activity
    grades = [choice.values[0] for choice in head.of("grade")]
    if any(grade.endswith("奖") for grade in grades):
        return "award"
    if any(_GRADE_OF_CONDUCT.fullmatch(grade) for grade in grades):
        return "certification"
    return "formulate_standard" if head.nouns & {"standard", SOME_STANDARD} else None
