"""The level of a prize whose words name none: of the prize that the document founds or is about, or that a heading names."""

from __future__ import annotations

import re
from functools import cached_property

from knowledge.drafting.axes import Choice, Head
from knowledge.drafting.context import Context
from knowledge.drafting.heads import fitting_levels
from knowledge.drafting.stretches import Reading
from knowledge.drafting.vocabulary import folded
from knowledge.model import Span

_PRIZE_TITLE = re.compile(
    r"(?P<of>[省市])(?:人民)?(?:政府)?[^省市,。《》]{2,12}奖(?!励|补|金|资|项)[^,。]{0,8}(?:办法|细则|规定|方案|条例|规则)"
)
_PRIZE_NAMED = re.compile(r"[^,;。、:的()《》]{0,14}?奖(?!励|补|金|资|项)")
_FOUNDS = re.compile(r"(?:设立|所称|评选)(?:本)?“?[一-龥]{0,4}$")
_IS_FOUNDED = re.compile(
    r"”?(?:\([^()]*\))?(?:,?(?:是|为)[^,;。]{0,12}(?:设立|最高|荣誉)|,?每[一两二三1-3]?[年届]|(?:下|共)?设(?!区)"
    r"|(?:共)?分为|,?由[^,;。]{2,14}设立)"
)


class Prizes:
    """The prizes of a document, and where it is read."""

    def __init__(self, reading: Reading, context: Context) -> None:
        self._reading = reading
        self._context = context
        self._title = folded(reading.document.policy.title)

    def levels(self, explicit: Head) -> tuple[Choice, ...]:
        """The levels of the prize that is meant where its words name none: of its heading, its document, or who is asked."""
        if not explicit.of("activity") and (higher := self._higher()):
            return higher
        own = self._own_level(explicit)
        return (Choice((own,), ""),) if own else ()

    def _own_level(self, explicit: Head) -> str | None:
        """The level of the prize that the document is about, where the words name no other one."""
        if (own := self._title_level) is not None:
            return None if _another_prize(explicit, self._title) else own
        if len(self._founded) != 1 or self._context.levels_said("award", in_stretch=False):
            return None
        level, (names, at) = next(iter(self._founded.items()))
        headed = any(frame.head.single("activity") == "award" for frame in self._context.frames())
        # 对获得一等奖的论文: in another item a grade alone is of any prize.
        named = explicit.of("activity") or at >= self._context.item_start or headed
        return level if named and not _another_prize(explicit, names) else None

    @cached_property
    def _title_level(self) -> str | None:
        """The level of the prize that the whole document is about: 云川省标准创新贡献奖评选办法."""
        found = _PRIZE_TITLE.search(self._title)
        return {"省": "provincial_local", "市": "municipal_local"}[found["of"]] if found else None

    @cached_property
    def _founded(self) -> dict[str, tuple[str, int]]:
        """The names of the prizes that the document founds or describes, by their level, and where it last does.

        省标准创新贡献奖每两年评选一次, 市政府设立市标准创新奖.
        """
        plain = self._reading.plain
        named: dict[str, tuple[str, int]] = {}
        for token in self._reading.tokens_in(Span(0, self._reading.size)):
            if token.kind == "level" and token.of == "award" and (prize := _PRIZE_NAMED.match(plain, token.end)):
                opens = _FOUNDS.search(plain, max(0, token.start - 8), token.start)
                if opens or _IS_FOUNDED.match(plain, prize.end()):
                    known, _ = named.get(token.value, ("", 0))
                    named[token.value] = known + prize.group(), token.start
        return named

    def _higher(self) -> tuple[Choice, ...]:
        """The level of the prize that the nearest heading or question with one names, where that is no prize of the issuer."""
        for frame in self._context.frames():
            levels = fitting_levels(frame.head, "award").of("level")
            if levels and (frame.head.single("activity") == "award" or any("award" in choice.of for choice in levels)):
                above = {value for choice in levels for value in choice.values} <= self._reading.levels_above
                return levels if above and len(levels) == 1 else ()
        return ()


def _another_prize(explicit: Head, own: str) -> bool:
    """Whether the words name a prize that `own` does not speak of."""
    parts = {"项目奖", "单位奖", "成果奖", ""}
    return any(choice.said not in parts and choice.said not in own for choice in explicit.of("activity"))
