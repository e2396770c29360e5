"""Decides which of several things of a question a rank, a state, a role or a place is said of.

Two ways of speaking are told apart. Parts: 三项国标，其中一项是修订; two standards, one ranked first and one third. And
things with words of their own: 国标已发布，行标没发布. What is said of none in particular holds for all.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Literal, NamedTuple, TypeAlias

from assistant.mentions import number

Slot: TypeAlias = Literal["rank", "status", "role", "proposer", "activity", "location", "place"]

# Sides of a thing that other things of the question need not share.
_BOUND: tuple[Slot, ...] = ("rank", "status", "role", "proposer", "location", "place")
# What goes before the thing it is of: 主导国标, 在高邮; the others follow: 国标已发布.
_BEFORE = frozenset({"role", "proposer", "activity", "location", "place"})
# One place named with a list is where the firm is, not where one of the things was done.
_ONLY_IF_SEVERAL = frozenset({"location", "place"})
_STRONG = re.compile(r"[,;。，；:：?？!！\n]|\s[-–—]+\s")
_HAN = "一二三四五六七八九十"
# 与 of 参与 and 加 of 参加 join nothing.
_AND = r"(?:和|(?<!参)与|及|以及)"
_WEAK = re.compile(
    r"[,;。，；:：?？!！\n、()]|\s[-–—]+\s|(?<=[项个件])(?:里面?|里头|当中|中)"
    rf"|(?<=\S)(?:而|{_AND})(?=[\d两{_HAN}另其])"
    # 一项主导|一项参与: a number of them begins a part, with nothing between.
    rf"|(?<=[^\s,;。，；、\d两{_HAN}另其中剩下余各每第前的有])(?=[\d两{_HAN}]{{1,3}}[项个件](?!标准|产品|国|行|团|省|市|地)[^,;。，；、()\s])"
    r"|\s+and\s+(?=\S)"
)
_JOINT = re.compile(rf"[,;。，；\n、+&/]|{_AND}|(?<![参增])加|另外|还有|\b(?:and|plus|also|but)\b")
_BREAK = re.compile(r"另外|还有|此外|\b(?:also|plus|besides|another)\b")
_ALL = re.compile(r"都|均|全部|全都|\b(?:all|both|each|every|everything)\b")
_ENGLISH = "one|two|three|four|five|six|seven|eight|nine|ten|another"
_COUNTED = rf"(?P<n>\d{{1,4}}|[两{_HAN}]+|{_ENGLISH})"
_PART = re.compile(
    r"\s*(?P<of>(?:其中的?|当中|里面|of (?:which|them|those|these)|among them)[\s,]*)?(?:另外?|还有|有|but|and|with|the)?\s*"
    rf"(?:{_COUNTED}\s*(?P<measure>[项个件种款]|of (?:them|which|those|these)\b)?(?![\d.])"
    r"|(?P<other>(?:the )?other(?: one)?\b)"
    r"|(?P<rest>其余的?|其他的?|剩下的?|余下的?|(?:the )?(?:others|rest)\b))"
)
# 第一起草的2项，第二起草的1项: the number behind what is said of it.
_PART_BEHIND = re.compile(rf"\S(?:的|有|:|：)?\s*{_COUNTED}\s*[项个件种款]\s*$")
# 一个发布了，一个没有; one is published, one isn't: the contrary of what was said of the part before.
_CONTRARY = re.compile(
    r"\s*(?:的)?(?:还|尚|却|则)?(?:没有?|未|不是?|没呢)(?:呢)?\s*$"
    r"|\s*(?:is|was|are|were|has|have|did|does)(?:n't| not)(?: yet| been)?\s*$|\s*not(?: yet)?\s*$"
)
_OPPOSITE: dict[tuple[str, object], object] = {
    ("status", "published"): "drafting",
    ("role", "lead"): "participate",
    ("proposer", "own"): "other",
}


class Mark(NamedTuple):
    """Something said of a thing: its side, the value, and where the words stand."""

    slot: Slot
    value: object
    start: int
    end: int


@dataclass(frozen=True)
class Bound:
    """A thing's place in the question, with what is said of it alone.

    Attributes:
        start, end: the range of its name and its number.
        count: how many, if the question says.
        said: the values of its own, by slot.
        index: which of the things that came in it is, or is a part of.
        echo: whether it is only a further mention of that thing.
    """

    start: int
    end: int
    count: int | None
    index: int
    echo: bool = False
    said: tuple[tuple[Slot, object], ...] = ()

    def value(self, slot: Slot) -> object | None:
        """What is said of the thing on one side; null where nothing is."""
        return dict(self.said).get(slot)


def bind(things: Sequence[Bound], marks: Sequence[Mark], text: str) -> tuple[list[Bound], list[Mark]]:
    """The things with what is said of each, and the marks that were used up so.

    A thing that parts are named of becomes as many things, `index` pointing at the one it was; what is left of its
    number is one more.
    """
    split, used = _parted(things, marks, text)
    left = [mark for mark in marks if mark not in used]
    if len(things) > 1:
        split, more = _apart(split, left, text)
        used += more
    return _without_echoes(split), used


def _without_echoes(things: Sequence[Bound]) -> list[Bound]:
    """The things with what was said where they were named again: 国标和行标…，国标排第一."""
    found = [thing for thing in things if not thing.echo]
    for echo in (thing for thing in things if thing.echo):
        found = [
            replace(thing, said=(*echo.said, *thing.said)) if thing.index == echo.index else thing for thing in found
        ]
    return found


def bind_apart(things: Sequence[Bound], marks: Sequence[Mark], text: str) -> tuple[list[Bound], list[Mark]]:
    """What several things are each said to be, without looking for parts of them."""
    return _apart(things, marks, text, sides=tuple(dict.fromkeys(mark.slot for mark in marks)))


def part_clauses(text: str) -> list[tuple[int, int]]:
    """The ranges of the clauses that speak of a number of what was named elsewhere: 其中一项是修订, one of them a revision."""
    return [(start, end) for start, end in _clauses(text, _WEAK) if _PART.match(text, start, end)]


# --- parts of a number -----------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class _Part:
    start: int
    end: int
    count: int | None
    inside: bool
    marks: tuple[Mark, ...]


def _parted(things: Sequence[Bound], marks: Sequence[Mark], text: str) -> tuple[list[Bound], list[Mark]]:
    found: list[Bound] = []
    used: list[Mark] = []
    parts = _with_brackets(list(_parts(things, marks, text)), marks, text)
    for position, thing in enumerate(things):
        following = things[position + 1].start if position + 1 < len(things) else len(text)
        opening = 0 if position == 0 else thing.start
        own = [part for part in parts if opening <= part.start < following]
        split, spent = _split(thing, own, marks, text)
        found += split
        used += spent
    return found, used


def _parts(things: Sequence[Bound], marks: Sequence[Mark], text: str) -> Iterator[_Part]:
    """The clauses that speak of a number of what was named elsewhere."""
    before: tuple[Mark, ...] = ()
    for start, end in _clauses(text, _WEAK):
        match = _PART.match(text, start, end)
        said = tuple(mark for mark in marks if start <= mark.start < end)
        named = any(start <= thing.start < end for thing in things)
        behind = _PART_BEHIND.search(text[start:end]) if match is None and not named else None
        if behind and said:
            before = said
            yield _Part(start, end, number(behind["n"]), False, said)
            continue
        if match is None or (named and not match["of"]):
            before = said or before
            continue
        if not said and before and _CONTRARY.match(text[match.end() : end]):
            said = tuple(
                mark._replace(value=_OPPOSITE[mark.slot, mark.value])
                for mark in before
                if (mark.slot, mark.value) in _OPPOSITE
            )
        if said:
            count = number(match["n"]) if match["n"] else 1 if match["other"] else None
            before = said
            yield _Part(start, end, count, bool(match["of"]), said)


def _with_brackets(parts: Sequence[_Part], marks: Sequence[Mark], text: str) -> list[_Part]:
    """The parts, each with what stands in brackets behind it: 参编1项（第六）."""
    out = []
    for part in parts:
        close = text.find(")", part.end)
        if text.startswith("(", part.end) and close > 0:
            inside = tuple(mark for mark in marks if part.end < mark.start < close)
            part = replace(part, end=close, marks=(*part.marks, *inside))
        out.append(part)
    return out


def _split(thing: Bound, parts: Sequence[_Part], marks: Sequence[Mark], text: str) -> tuple[list[Bound], list[Mark]]:
    numbered = [part for part in parts if part.count is not None]
    rest = next((part for part in parts if part.count is None), None)
    said = sum(part.count or 0 for part in numbered)
    if not parts or (len(parts) == 1 and not parts[0].inside and (thing.count or 1) <= said):
        return [thing], []
    clause = next((c for c in _clauses(text, _WEAK) if c[0] <= thing.start < c[1]), (thing.start, thing.end))
    slots = {mark.slot for part in parts for mark in part.marks}
    own = [m for m in marks if clause[0] <= m.start < clause[1] and m.slot in slots and m.start >= thing.start]
    sibling = bool(own) and not any(part.inside for part in parts)
    used = [mark for mark in marks if any(part.start <= mark.start < part.end for part in parts)]
    split = [replace(thing, count=part.count, said=_values(part.marks)) for part in numbered]
    if sibling:
        # 国标一项已发布，一项没发布: what the thing's own clause says is of one part.
        return [replace(thing, count=thing.count or 1, said=_values(own)), *split], [*used, *own]
    left = (thing.count or 0) - said
    if left > 0:
        split.append(replace(thing, count=left, said=_values(rest.marks) if rest else ()))
    elif rest is not None and not numbered:
        return [thing], []
    return split, used


def _values(marks: Iterable[Mark]) -> tuple[tuple[Slot, object], ...]:
    return tuple({mark.slot: mark.value for mark in marks}.items())


# --- things with words of their own ----------------------------------------------------------------------------------


def _apart(
    things: Sequence[Bound], marks: Sequence[Mark], text: str, sides: Sequence[Slot] = _BOUND
) -> tuple[list[Bound], list[Mark]]:
    """What several things are each said to be; a side on which they do not differ is left to the question."""
    found, used = list(things), []
    for slot in sides:
        own = [mark for mark in marks if mark.slot == slot]
        where = {mark.value for mark in marks if mark.slot in _ONLY_IF_SEVERAL}
        if not own or (slot in _ONLY_IF_SEVERAL and len(where) < 2):
            continue
        owners = _owners(found, own, text)
        if not owners or (len(owners) == len(found) and len(set(owners.values())) == 1):
            continue
        found = [
            replace(thing, said=(*thing.said, (slot, owners[i])))
            if i in owners and thing.value(slot) is None
            else thing
            for i, thing in enumerate(found)
        ]
        used += own
    return found, used


def _owners(things: Sequence[Bound], marks: Sequence[Mark], text: str) -> dict[int, object]:
    """The values of one slot by the thing they are of; empty where they are of all alike."""
    owners: dict[int, object] = {}
    nearest = [(mark, _nearest(things, mark, text)) for mark in marks]
    for mark, index in nearest:
        if index is not None:
            owners.setdefault(index, mark.value)
    for mark, index in nearest:
        for carried in _carried(things, index, mark, text) if index is not None else ():
            owners.setdefault(carried, mark.value)
    shared = [mark for mark, index in nearest if index is None]
    if shared and owners:
        for index in range(len(things)):
            owners.setdefault(index, shared[-1].value)
    return owners


def _nearest(things: Sequence[Bound], mark: Mark, text: str) -> int | None:
    """The thing that a mark stands with; null for what stands apart from all of them."""
    clause = _clause_of(mark, text)
    within = [i for i, thing in enumerate(things) if clause[0] <= thing.start < clause[1]]
    before = [i for i, thing in enumerate(things) if thing.start <= mark.start]
    if not before:
        return 0 if within else None
    last = before[-1]
    after = last + 1 if last + 1 < len(things) else None
    if not within:
        # A clause of its own: of all things before it, or of what it follows.
        return None if _ALL.search(text, clause[0], clause[1]) or after is None else last
    if after is not None and things[last].start != things[after].start:
        joints = list(_JOINT.finditer(text, things[last].end, max(things[after].start, things[last].end)))
        if joints:
            return after if mark.start >= joints[-1].start() else last
        return after if mark.slot in _BEFORE and mark.start >= things[last].end else last
    return last


def _carried(things: Sequence[Bound], index: int, mark: Mark, text: str) -> Iterator[int]:
    """The other things that share a mark: those listed after one that goes before, or before one that follows."""
    leading = mark.start < things[index].start
    if leading:
        until = index + 1
        while until < len(things):
            between = text[things[until - 1].end : things[until].start]
            if _BREAK.search(between) or (_STRONG.search(between) and text.startswith("的", mark.end)):
                return
            yield until
            until += 1
        return
    clause = _clause_of(mark, text)
    everything = _ALL.search(text, things[index].end, mark.start) is not None
    for before in range(index - 1, -1, -1):
        thing = things[before]
        listed = clause[0] <= thing.start < clause[1] and (thing.count is None or everything)
        if listed or everything:
            yield before


def _clause_of(mark: Mark, text: str) -> tuple[int, int]:
    return next(((a, b) for a, b in _clauses(text, _STRONG) if a <= mark.start < b), (0, len(text)))


def _clauses(text: str, separator: re.Pattern[str]) -> Iterator[tuple[int, int]]:
    start = 0
    for match in separator.finditer(text):
        if match.start() > start:
            yield start, match.start()
        start = match.end()
    if start < len(text):
        yield start, len(text)
