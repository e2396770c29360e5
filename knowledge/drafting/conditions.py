"""The words of a clause that say who is paid and when, as a person reads them: without outline number, verb and amount."""

from __future__ import annotations

import re
from collections.abc import Sequence

from knowledge.drafting.stretches import Reading
from knowledge.drafting.tokens import AXIS_KINDS, Kind, Token
from knowledge.model import Span

# Where the words of an amount begin or end with these, they belong to the giving of it.
_GIVING: tuple[Kind, ...] = ("giving", "aligning", "same", "per", "payer", "grows", "bonus", "money")
_EDGES = " \t\r\n　,，;；、。：:(（)）"
_FILLED = re.compile(r"[\s,，;；、。：:(（)）为的按照将由再另自最高不超过一次性人民币元万可予以并对]*")
# What is left of words that only name what the row names already: 市级的, 参与制定(万元).
_SAID_BY_THE_ROW = re.compile(
    r"[\s,，;；、。：:()（）/|\"“”]|奖励|资助|补助|金额|额度|万元|元|单位|企业|项目|标准|每[一-龥]{1,4}|新?获得|获批|获评|[对的或和及与为是并]"
)


def condition_words(reading: Reading, span: Span) -> str | None:
    """What a range says beside what its row names; null where that is nothing.

    Args:
        reading: the document.
        span: the words in front of an amount, or a cell of a table.
    """
    start = after_marker(reading, span.start)
    tokens = reading.tokens_in(Span(start, span.end))
    end = span.end
    for token in reversed(tokens):
        if token.kind not in _GIVING or _FILLED.fullmatch(reading.plain, token.end, end) is None:
            break
        end = token.start
    for token in tokens:
        if token.kind not in _GIVING or token.end > end or _FILLED.fullmatch(reading.plain, start, token.start) is None:
            break
        start = token.end
    # 对新获认证的产品，每张证书: the last phrase is of the amount.
    while start < end and not _says_more(reading, Span(reading.plain.rfind(",", start, end) + 1 or start, end), tokens):
        end = max(reading.plain.rfind(",", start, end), start)
    return " ".join(reading.kept.text[start:end].split()).strip(_EDGES) or None


def after_marker(reading: Reading, start: int) -> int:
    """The offset itself, or behind the outline number that stands there."""
    return next((marker.end for marker in reading.markers if marker.start == start), start)


def _says_more(reading: Reading, span: Span, tokens: Sequence[Token]) -> bool:
    """Whether a range holds words besides those that name what is paid for."""
    parts, at = [], span.start
    for token in tokens:
        if token.kind in AXIS_KINDS and span.start <= token.start and token.end <= span.end:
            parts.append(reading.plain[at : token.start])
            at = token.end
    return bool(_SAID_BY_THE_ROW.sub("", "".join([*parts, reading.plain[at : span.end]])))
