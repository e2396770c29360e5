"""Sentences that make amounts stated elsewhere ceilings: 表内金额均为最高限额; 以上奖励额度均为上限."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace

from knowledge.drafting.statements import Statement
from knowledge.drafting.stretches import Reading
from knowledge.model import Span

_THEIR = r"(?P<of>表[内中列]|[上下本]表|附[件表][一二三四\d]?|以上|所列|上述)(?:所列|各项|各类)?的?"
_AMOUNTS = r"(?:奖励|补助|资助|奖补|扶持)?(?:金额|额度|数额|标准|限额)"
# Not 下表奖励总额最高为300万元, which has an amount of its own.
_ALL_ARE = re.compile(
    rf"{_THEIR}{_AMOUNTS},?(?:均|都|皆|全部)?(?:为|系|是|属于?)[^,;。\d]{{0,8}}(?:最高|上限|限额|封顶)(?![^,;。]{{0,8}}\d)"
    # 支持标准见下表，金额为单项补助上限
    rf"|(?:见|按|依)(?P<see>[上下]表|附[件表][一二三四\d]?)(?:执行)?[,:]{_AMOUNTS}(?:均|都)?(?:为|系|是)[^,;。\d]{{0,8}}(?:最高|上限|限额|封顶)(?![^,;。]{{0,8}}\d)"
    # 给予不超过表列金额的奖励; but not 各级奖励合计不超过上述额度.
    rf"|给予[^,;。\d]{{0,6}}不超过(?P<at>表[内中列]|[上下]表)所?列?的?{_AMOUNTS}"
)
_AHEAD = ("以上", "所列", "上述", "上表")
# Characters between the sentence and the table below it.
_WIDEST_GAP = 160


def with_ceilings(reading: Reading, statements: Sequence[Statement]) -> list[Statement]:
    """The statements; those that a sentence elsewhere makes ceilings as such."""
    over = [span for found in _ALL_ARE.finditer(reading.plain) for span in _spans(reading, found, statements)]
    return [
        replace(s, bound="up_to")
        if s.bound == "exact" and any(span.start <= s.span.start < span.end for span in over)
        else s
        for s in statements
    ]


def _spans(reading: Reading, found: re.Match[str], statements: Sequence[Statement]) -> list[Span]:
    """What the sentence is over: the table below it, what its item states in front of it, or else all before it."""
    item = max((marker.start for marker in reading.markers if marker.start <= found.start()), default=0)
    end = min((marker.start for marker in reading.markers if marker.start > found.start()), default=reading.size)
    tables = (stretch.span for stretch in reading.stretches if stretch.table is not None)
    below = next((table for table in tables if found.start() < table.start < min(end, found.end() + _WIDEST_GAP)), None)
    if below is not None and (found["of"] or found["at"] or found["see"]) not in _AHEAD:
        return [below]
    inside = any(item <= statement.span.start < found.start() for statement in statements)
    return [Span(item if inside else 0, found.start())]
