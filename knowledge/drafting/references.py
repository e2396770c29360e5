"""Payments that a stretch refers to: of the item before (上述, 前条), or of the items that it names by number (第五条)."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import NamedTuple

from knowledge.drafting.statements import Statement
from knowledge.drafting.stretches import Reading, Stretch
from knowledge.numerals import chinese_number
from knowledge.outline import RANK

_NUMERAL = "[一二三四五六七八九十百\\d]{1,4}"
# 第五条、第六条; 第3至第5条; 上述第(一)至第(三)项; 第四条第(二)项.
_ITEMS_NAMED = re.compile(
    rf"第(?:(?P<article>{_NUMERAL}(?:条?(?:至|到|-|—|、|和|及|与)第?{_NUMERAL})*)条(?:第\(?(?P<inner>{_NUMERAL})\)?项)?"
    rf"|(?P<item>\({_NUMERAL}\)(?:项?(?:至|到|-|—|、|和|及|与)第?\({_NUMERAL}\))*)项)"
)
_LAST_ITEMS = re.compile("前(?P<count>[两二三四五])[条项]")


class _Item(NamedTuple):
    """An outline number: how wide it is, how many statements stand in front of it, and its number."""

    rank: int
    first: int
    number: int | None


class References:
    """The outline numbers so far, each with the payments below it."""

    def __init__(self, reading: Reading, statements: Sequence[Statement]) -> None:
        self._reading = reading
        self._plain = reading.plain
        # Every statement of the document so far; the reader adds to it.
        self._statements = statements
        self._items: list[_Item] = []

    @property
    def rank(self) -> int | None:
        """How wide the item is that is read; null in front of the first."""
        return self._items[-1].rank if self._items else None

    def enter(self, rank: int, start: int) -> None:
        """Begins an item of that rank, whose number stands at `start`."""
        self._items.append(_Item(rank, len(self._statements), self._reading.number_at(start)))

    def previous(self) -> Sequence[Statement]:
        """What a stretch refers to as 上述 or 前条: the payments of its own item so far, or else of the item before.

        An item that only pays shares of others (修订…的50%) is passed over: what they are of is meant.
        """
        said = self._statements
        if not self._items or self._items[-1].first < len(said):
            return said[self._items[-1].first if self._items else 0 :]
        rank, end = self._items[-1].rank, self._items[-1].first
        start = max((item.first for item in self._items if item.rank <= rank and item.first < end), default=0)
        if start and all(statement.shape == "ratio" for statement in said[start:end]):
            start = max((item.first for item in self._items if item.rank <= rank and item.first < start), default=0)
        return said[start:end]

    def named(self, stretch: Stretch) -> Sequence[Statement]:
        """The payments of the items that the stretch names by number; none where it names none that pays."""
        own = self._reading.number_ends(stretch.span.start) if stretch.rank is not None else stretch.span.start
        found = _ITEMS_NAMED.search(self._plain, own, stretch.span.end)
        last = _LAST_ITEMS.search(self._plain, own, stretch.span.end)
        if found is None and last is not None and self._items:
            before = [i for i, item in enumerate(self._items[:-1]) if item.rank == self._items[-1].rank]
            return self._statements_of(before[-chinese_number(last["count"].replace("两", "二")) :])
        if found is None:
            return ()
        items = self._numbered(found["article"] or found["item"], article=found["article"] is not None)
        if found["inner"] and items:
            first, end = items[0], self._end_of(items[0])
            number = _number(found["inner"])
            items = [i for i in range(first + 1, end) if self._items[i].number == number][:1]
        return self._statements_of(items)

    def _numbered(self, words: str, *, article: bool) -> list[int]:
        """The last items in front of this one that have the numbers, all of one rank; none where one is missing."""
        numbers: list[int] = []
        for mark, numeral in re.findall(rf"(至|到|-|—)?第?\(?({_NUMERAL})", words):
            number = _number(numeral)
            numbers += range(numbers[-1] + 1, number + 1) if mark and numbers else [number]
        ranks = [item.rank for item in reversed(self._items)]
        if article and RANK["article"] in ranks:
            ranks = [RANK["article"]]
        for rank in dict.fromkeys(ranks):
            of = {item.number: i for i, item in enumerate(self._items[:-1]) if item.rank == rank}
            if all(number in of for number in numbers) and self._statements_of([of[n] for n in numbers]):
                return [of[number] for number in numbers]
        return []

    def _end_of(self, index: int) -> int:
        """The index of the item behind the one at `index` and all that is inside it."""
        rank = self._items[index].rank
        return next((i for i, o in enumerate(self._items) if i > index and o.rank <= rank), len(self._items))

    def _statements_of(self, items: Sequence[int]) -> Sequence[Statement]:
        said: list[Statement] = []
        for index in items:
            end = self._end_of(index)
            behind = self._items[end].first if end < len(self._items) else len(self._statements)
            said += self._statements[self._items[index].first : behind]
        return said


def _number(numeral: str) -> int:
    """The number of an item; 0, which no item has, for a numeral that is none (第一一条)."""
    try:
        return int(numeral) if numeral.isdecimal() else chinese_number(numeral)
    except ValueError:
        return 0
