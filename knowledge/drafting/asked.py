"""What a text asks of those who are paid where it states no amount: 支持对象：…, 申报条件：…; it holds for the amounts below."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from knowledge.drafting.axes import Choice, Head
from knowledge.drafting.stretches import Reading, Stretch
from knowledge.drafting.tokens import Token
from knowledge.model import Span
from knowledge.rule_schema import DRAFTING

_GIVING = "支持|资助|奖励|补助|扶持|奖补|申报|申请|补贴|激励"
_OF_WHOM = "对象|主体|单位|条件|范围|情形|要求|内容"
# 支持对象：…, 【申报条件】…; a label may stand alone in its line.
_ASKS = re.compile(
    rf"[ \t]*(?:【(?:{_GIVING})(?:{_OF_WHOM})[^】\n]{{0,6}}】"
    rf"|(?:{_GIVING})(?:{_OF_WHOM})(?:[和及与、](?:{_OF_WHOM}))?(?:[:。]|(?=\n)))"
)
# 支持标准：…: what is given to them.
_GIVES = re.compile(
    rf"[ \t]*【?(?:{_GIVING})(?:标准|金额|额度|方式|政策|内容|力度|办法|措施|水平)[^:\n。,;】]{{0,6}}(?:[:】。]|(?=\n))"
)
# 补助对象为标准的牵头起草单位: of an article that pays nothing itself, it holds for the whole document.
# 牵头起草的标准…可以申请补助: who may ask for it.
_PAYEES_ARE = re.compile(
    r"(?:资助|奖励|补助|扶持|奖补|补贴)(?:对象|主体)(?:应当?)?(?:仅?限于?|仅?为|是|:)[^。;\n]*"
    r"|(?<=[。;\n条])[^。;\n]*?(?:可以?|方可|均可)(?:申请|申领|享受|获得)[^。;,\n的]{0,6}(?:补助|奖励|资助|扶持|奖补|补贴)(?=[。;])"
)

HeadOf = Callable[[Sequence[Token]], Head]


@dataclass(frozen=True)
class Asked:
    """What one such line says.

    Attributes:
        head: what it names; of its levels those of something that may be paid for.
        rank: of the outline number that it is in; null where it is in none.
        numbered: whether that number is its own.
        heads: whether it is a heading of conditions listed below it.
        span: its words.
    """

    head: Head
    rank: int | None
    numbered: bool
    heads: bool
    span: Span


def asked_in(reading: Reading, stretch: Stretch, rank: int | None, head_of: HeadOf) -> Asked | None:
    """What the line that a stretch begins asks of those who are paid; null where it asks nothing.

    Args:
        reading: the document.
        stretch: it begins an item or a paragraph.
        rank: of the outline number that the stretch is in.
        head_of: what tokens say.
    """
    label = _ASKS.match(reading.plain, reading.number_ends(stretch.span.start))
    if label is None:
        return None
    words = _words(reading, label.end())
    paid = [quantity.start for quantity in reading.quantities_in(words) if quantity.kind == "money"]
    head = head_of(reading.tokens_in(Span(words.start, min(paid, default=words.end))))
    levels = tuple(choice for choice in head.of("level") if choice.of - {""})
    head = head.with_axis("level", levels)
    heads = not reading.plain[label.end() : reading.line_end(label.end())].strip()
    if heads:
        head = head.with_axis("role", ())  # a list of conditions asks for more than what is paid
    if "standard" in head.nouns and head.single("activity") not in DRAFTING:
        head = head.with_axis(
            "activity", ()
        )  # 被列入国家级团体标准应用示范的社会团体: a standard, or what it is chosen for
    return Asked(head, rank, stretch.rank is not None, heads, words)


def gives(reading: Reading, stretch: Stretch) -> bool:
    """Whether the line that a stretch begins says what is given: 支持标准：…."""
    return _GIVES.match(reading.plain, reading.number_ends(stretch.span.start)) is not None


def holds_at(asked: Asked, rank: int, *, gives: bool) -> bool:
    """Whether what a line asks holds for an item below it of that rank, which may say what is given (`gives`)."""
    if asked.rank is None:
        return False
    return rank > asked.rank or (asked.numbered and rank == asked.rank and gives)


def _words(reading: Reading, at: int) -> Span:
    """The words behind a label: the rest of its line; of one that stands alone the lines below, up to the next label."""
    end = reading.line_end(at)
    if reading.plain[at:end].strip():
        return Span(at, end)
    while end < reading.size:
        line = reading.kept.trimmed(end + 1, reading.line_end(end + 1))
        start = reading.number_ends(line.start)
        if line.start >= line.end or any(form.match(reading.plain, start) for form in (_ASKS, _GIVES)):
            break
        end = reading.line_end(end + 1)
    return Span(at, end)


def payee_of_all(reading: Reading, head_of: HeadOf) -> tuple[Choice, ...]:
    """The one role that an article without amounts says is paid; none without such an article."""
    for found in _PAYEES_ARE.finditer(reading.plain):
        role = head_of(reading.tokens_in(Span(*found.span()))).of("role")
        around = (marker.start for marker in reading.markers if marker.start > found.start())
        article = Span(reading.sentence_at(found.start()).start, next(around, reading.size))
        paid = any(quantity.kind == "money" for quantity in reading.quantities_in(article))
        if len(role) == 1 and not paid and role[0].values[0] != "participate":
            said = [token for token in reading.tokens_in(Span(*found.span())) if token.kind == "role"]
            first = role[0].values[0].startswith("rank:1")
            # 牵头起草单位，即列第一位的起草单位: the rank says what the lead is.
            lead = bool(said) and {token.value for token in said} == {"lead"}
            return (Choice(("lead",), ""),) if first and lead else role
    return ()
