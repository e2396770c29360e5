"""What a heading, lead-in or question says for everything below it."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

from knowledge.drafting.axes import Axis, Head
from knowledge.drafting.stretches import Reading, Stretch
from knowledge.drafting.tokens import Token
from knowledge.drafting.vocabulary import any_of, load_vocabulary
from knowledge.model import Span
from knowledge.rule_schema import DRAFTING

# A title that is a whole sentence says what to strive for; its roles and levels are nobody's.
_ENCOURAGES = re.compile(r"鼓励|支持|推动|加强|提升|引导|促进|加快|强化|推进|培育|实施|开展")
# 获评示范点的，由县局授牌。at the head of an item is no title.
_IS_HONOURED = re.compile(r"的[^,;。]{0,6},[^。]*(?:授牌|表扬|表彰|颁发)")
_ALTERNATIVES = re.compile(r"(?:条件|情形|情况|要求)之一")
# 各县(市、区)人民政府，市级有关部门: whom a letter is to.
_ADDRESSED = re.compile(
    r"(?:各|[省市区县]|有关)[^。;:\d]*(?:部门|单位|企业|机构|政府|局|办|委员会|委|园区|公司|院所|办事处|协会)(?:\([^()]*\))?:"
)


@dataclass(frozen=True)
class Frame:
    """What a heading, lead-in or question above a stretch says for everything below it.

    `span` is its range; `alternatives`: what is below are conditions (符合下列条件之一), which name no other thing to be
    paid for; `titles`: it is the title of a numbered item.
    """

    head: Head = field(default_factory=Head)
    gives: str | None = None
    aligning: bool = False
    up_to: bool = False
    per: str | None = None
    payer: str | None = None
    alternatives: bool = False
    leads_in: bool = False
    titles: bool = False
    span: Span = field(default=Span(0, 0))


def read_frame(reading: Reading, stretch: Stretch, head_of: Callable[[Sequence[Token]], Head]) -> Frame | None:
    """What the stretch says for those below it; null where it is ordinary text."""
    if stretch.kind == "text" or (stretch.rank is None and _ADDRESSED.fullmatch(reading.plain, *stretch.span)):
        return None
    tokens = reading.tokens_in(stretch.span)
    head = head_of(tokens)
    if stretch.kind == "title_sentence" and _IS_HONOURED.search(reading.plain, *stretch.span):
        return None
    encourages = stretch.kind == "title_sentence" and _ENCOURAGES.search(reading.plain, *stretch.span)
    if encourages:
        axes: tuple[Axis, ...] = ("activity", "level") if head.single("activity") in DRAFTING else ("activity",)
        head = Head({axis: head.of(axis) for axis in axes if head.of(axis)})
    giving = [token for token in tokens if token.kind == "giving"]
    text = reading.plain[slice(*stretch.span)]
    return Frame(
        head,
        _given(reading, stretch, giving),
        any(token.kind == "aligning" for token in tokens),
        stretch.kind == "lead_in" and any_of(load_vocabulary().at_most).search(text) is not None,
        next((token.value for token in tokens if token.kind == "per"), None),
        next((token.value for token in tokens if token.kind == "payer"), None),
        _ALTERNATIVES.search(text) is not None,
        stretch.kind in ("lead_in", "question"),
        stretch.kind in ("heading", "title_sentence") and stretch.rank is not None,
        stretch.span,
    )


def _given(reading: Reading, stretch: Stretch, giving: Sequence[Token]) -> str | None:
    """The kind of benefit that a heading or lead-in promises for what is listed below it."""
    if stretch.kind == "title_sentence":
        return None
    if giving:
        return giving[-1].value
    about = any_of(load_vocabulary().about_giving).search(reading.plain, *stretch.span)
    return "plain" if about is not None else None
