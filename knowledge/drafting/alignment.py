"""Lists of things set against lists of amounts; crossed only where the marks between the amounts show which is the outer."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from itertools import product

from knowledge.drafting.axes import AXES, Axis, Choice, Combination, Head
from knowledge.drafting.ranks import band, rank_role


class Misaligned(Exception):
    """Lists of things and of amounts that cannot be set against each other; the message says why."""


def align_lists(head: Head, count: int, breaks: Sequence[str], *, respectively: bool) -> list[list[Combination]]:
    """For each of `count` amounts the combinations it is paid for.

    Args:
        head: what the amounts depend on.
        count: how many amounts there are.
        breaks: what stands between one amount and the next.
        respectively: whether the text says 分别, 依次 or the like.

    Raises:
        Misaligned: the lists differ in length, or could be paired in more than one way.
    """
    if count == 1:
        if respectively and any(len(choices) > 1 for choices in head.lists.values() if not _alike(choices)):
            raise Misaligned("several things are listed against one amount, said to be paid respectively")
        return [_combinations(head)]
    several = {axis: choices for axis, choices in head.lists.items() if len(choices) > 1}
    fitting = [axis for axis, choices in several.items() if len(choices) == count]
    if len(fitting) > 1:
        fitting = [axis for axis in fitting if not _alike(several[axis])] or fitting
    if len(fitting) == 1:
        levels = several.get("level", ())
        # 国际、国家、省级TC及SC…分别80万元、40万元: one amount for each level, one of them lost, is as likely.
        if (
            respectively
            and len(levels) > count
            and not _alike(levels)
            and (fitting[0] == "committee" or _alike(several[fitting[0]]))
        ):
            raise Misaligned(f"{count} amounts could go with a list of {count} or with {len(levels)} levels")
        grades = several.get("grade", ())
        if respectively and grades and fitting[0] != "grade":
            # 国家标准、行业标准、地方标准…获得优秀、良好的，分别奖励6万元、2万元、1万元: each grade is paid something of its own.
            raise Misaligned(f"{count} amounts are listed against {len(grades)} grades")
        return _one_by_one(head, fitting[0], [(choice,) for choice in several[fitting[0]]])
    if len(fitting) > 1:
        raise Misaligned(f"{count} amounts could go with either of two lists of {count}")
    crossed = _crossed(head, several, count, breaks)
    if crossed is not None:
        return crossed
    grouped = [
        (axis, groups)
        for axis, choices in several.items()
        for groups in (_groups(choices, ("first", "break")), _groups(choices, ("first", "break", "and", "or")))
        if len(groups) == count
    ]
    if len(grouped) == 1:
        return _one_by_one(head, *grouped[0])
    listed = max((len(choices) for choices in several.values()), default=1)
    raise Misaligned(f"{count} amounts are listed against {listed} things")


def rows_of(head: Head) -> list[Combination]:
    """The rows of a head that has one amount."""
    return align_lists(head, 1, [], respectively=False)[0]


def _alike(choices: Sequence[Choice]) -> bool:
    return all(choice.join in ("first", "or", "slash") for choice in choices)


def _groups(choices: Sequence[Choice], opening: Sequence[str]) -> list[tuple[Choice, ...]]:
    """The entries in groups, each opened by one that is joined in an `opening` way.

    By their wider separators 国际标准，国家、行业标准，地方标准 are three groups, and TC、SC/WG are two.
    """
    groups: list[list[Choice]] = []
    for choice in choices:
        if choice.join in opening or not groups:
            groups.append([choice])
        else:
            groups[-1].append(choice)
    return [tuple(group) for group in groups]


def _one_by_one(head: Head, axis: Axis, groups: Sequence[tuple[Choice, ...]]) -> list[list[Combination]]:
    return [_combinations(head.with_axis(axis, group)) for group in groups]


def _crossed(
    head: Head, several: Mapping[Axis, Sequence[Choice]], count: int, breaks: Sequence[str]
) -> list[list[Combination]] | None:
    """Two lists against one list of amounts, where the marks between the amounts show which list is the outer one."""
    if len(several) != 2:
        return None
    (first, outer), (second, inner) = several.items()
    if len(outer) * len(inner) != count:
        return None
    readings = [
        (a, b) for a, b in ((first, second), (second, first)) if _marks_groups(breaks, len(several[a]), len(several[b]))
    ]
    if len(readings) != 1:
        raise Misaligned(f"{count} amounts for {len(outer)} by {len(inner)} cases, and nothing shows their order")
    a, b = readings[0]
    return [
        _combinations(head.with_axis(a, (one,)).with_axis(b, (other,)))
        for one, other in product(several[a], several[b])
    ]


def _marks_groups(breaks: Sequence[str], outer: int, inner: int) -> bool:
    """Whether another mark stands after every `inner` amounts than between the others."""
    if len(breaks) != outer * inner - 1:
        return False
    ends = {breaks[i].strip() for i in range(len(breaks)) if (i + 1) % inner == 0}
    within = {breaks[i].strip() for i in range(len(breaks)) if (i + 1) % inner != 0}
    return bool(within) and not ends & within


def _combinations(head: Head) -> list[Combination]:
    """The rows for one amount: one a level or grade; roles, drafting and revising, and all committees alike are one."""
    options: list[list[str | None]] = []
    for axis in AXES:
        values = [value for choice in head.of(axis) for value in choice.values]
        if axis == "level" and not values and _adopts_international(head):
            values = ["international"]
        options.append([value or None for value in _paid_alike(axis, list(dict.fromkeys(values)))] or [None])
    return [dict(zip(AXES, values, strict=True)) for values in product(*options)]


def _adopts_international(head: Head) -> bool:
    """Whether international standards, and no others, are taken over: 采用国际标准, but not 采用国际标准和国外先进标准."""
    said = "".join(choice.said for choice in head.of("activity"))
    return head.single("activity") == "adopt_standard" and "国际标准" in said and "国外" not in said


def _paid_alike(axis: Axis, values: list[str]) -> list[str | None]:
    if axis == "activity":
        return [values[0]] if values else []
    if axis == "role":
        return _roles_alike(values)
    if axis == "committee" and set(values) == {"TC", "SC", "WG"}:
        return [None]
    if axis == "place_group" and len(values) > 1:
        return [None]
    return list(values)


def _roles_alike(values: list[str]) -> list[str | None]:
    if {"lead", "participate"} <= set(values):
        return [None]
    bands = [band(value) for value in values if value.startswith("rank:")]
    merged: list[tuple[int, int | None]] = []
    for first, last in sorted(bands, key=lambda band: band[0]):
        if merged and merged[-1][1] is not None and first == merged[-1][1] + 1:
            merged[-1] = (merged[-1][0], last)
        else:
            merged.append((first, last))
    if merged and len(bands) == len(values):
        return [rank_role(first, last) for first, last in merged]
    return list(values)
