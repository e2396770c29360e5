"""Finds what a question asks about by its own name: 国家标准数据库, framing an industry standard, 梯度培育奖励."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import NamedTuple, TypeAlias

import rjieba

Span: TypeAlias = tuple[int, int]

# Word classes of what can be bought, held or done; a bare verb is one only where money for it follows.
_NAMING = ("n", "vn", "nz", "j", "l", "i", "b", "eng")
_VERB = "v"
_BENEFIT = re.compile(r"\s*(?:的)?(?:能|可以?|有|会)?(?:没有|多少)?(?:补贴|资助|奖励|奖金|补助|奖补|扶持|经费)")
# How far behind a standard its name can go on.
_REACH = 14
_SHORTEST = 2
_WORD = re.compile(r"[ -]+([a-z][a-z'-]+)")
_GOVERNED = re.compile(
    r"\b(?:for|on|of|towards?|about|with|into)\s+(?:(?:an?|the|our|your|some|any|its|their)\s+)?(?:[a-z/-]+\s+){0,3}$"
)
_GERUND = re.compile(r"\b(?:for|of|on|by|towards?)\s+([a-z]{3,}ing)\b(?:\s+[a-z]+){0,5}\s*$")
_ADVERB = re.compile(r"ly$|^(?:nowadays|today|anymore|anyway|else|even|ever|still|these days)$")
_STOP = re.compile(r"[,，。;；:：?？!！、\n]")
_NAMED_EN = re.compile(
    r"s?(?: amount)? (?:for|towards?)(?: the| an?| our)?((?: [a-z][a-z/-]+){1,5})(?=\s*(?:[,.;?!]|$))"
)
_NAME_EN = re.compile(r"[a-z][a-z/-]{2,}")
# 农业标准: whatever it is of, a standard is asked for.
_A_STANDARD = re.compile(r"标准$")
# 机械厂能拿多少钱, 监管局给多少: who is paid or pays, not what for.
_WHO = re.compile(r"(?:企业|公司|厂|单位|局|厅|部门|政府|财政)$")
_SMALL = frozenset(
    re.findall(
        r"\w+",
        "in at for of to by with from and or on as is are was were be if we i us do does did that which who when",
    )
)


def other_object(text: str, start: int, end: int, known: Sequence[Span]) -> str | None:
    """What is asked about, where the standard at `start` to `end` only names it; null where it is the standard itself.

    Args:
        text: a normalised question.
        known: ranges of words whose meaning is known (levels, roles, money, places, fillers …); they name nothing else.

    Example:
        >>> other_object("扬州国家标准数据库补贴多少", 2, 6, [(9, 13)])
        '国家标准数据库'
    """
    if text[end - 1].isascii():
        return _english(text, start, end, known)
    return _chinese(text, start, end, known)


class NamedWork(NamedTuple):
    """What a reward is asked for by a name of its own, and the words of it that are known to mean nothing else."""

    words: str
    unknown: tuple[str, ...]


def named_work(
    text: str, payments: Sequence[Span], amounts: Sequence[Span], breaks: Sequence[Span], known: Sequence[Span]
) -> NamedWork | None:
    """What a payment is asked for, where words of no known meaning name it; null where none do.

    Args:
        text: a normalised question.
        payments: ranges of the words for a payment: 奖励, subsidy.
        amounts: ranges of those for how much it is (多少钱, 能拿多少): whoever is paid may stand before them too.
        breaks: ranges that no such name goes across: places, counts, question words.
        known: ranges of all words whose meaning is known; they may be part of the name, but name nothing alone.

    Example:
        >>> named_work("扬州对标达标奖励多少", [(6, 8)], [(8, 10)], [(0, 2)], [(0, 2), (6, 10)])
        NamedWork(words='对标达标', unknown=('对标', '达标'))
    """
    for start, end in sorted({*payments, *amounts}):
        if start and text[start:end].isascii():
            if (found := _NAMED_EN.match(text, end)) and (unknown := _unknown_en(found, known)):
                return NamedWork(found.group(1).strip(), unknown)
            continue
        first = max((b for a, b in breaks if b <= start), default=0)
        first = max(first, *(m.end() for m in _STOP.finditer(text, 0, start)), 0)
        if found_zh := _named_zh(text, first, start, known):
            is_who = (start, end) in amounts and _WHO.search(found_zh.words)
            return None if is_who or _A_STANDARD.search(found_zh.words) else found_zh
    return None


def _named_zh(text: str, first: int, end: int, known: Sequence[Span]) -> NamedWork | None:
    """The name between two positions: its unknown words and the words of naming that stand around them."""
    position, begin, last = first, None, first
    unknown: list[str] = []
    for word, tag in rjieba.tag(text[first:end]):
        span = (position, position + len(word))
        position = span[1]
        names = tag == _VERB or tag in _NAMING or tag[:1] == "n"
        if not names or len(word) < _SHORTEST:
            begin = begin if unknown else None
            continue
        begin = span[0] if begin is None else begin
        if not word.isascii() and not _is_known(span, known):
            unknown.append(word)
        last = span[1]
    return NamedWork(text[begin:last], tuple(unknown)) if unknown and begin is not None else None


def _unknown_en(found: re.Match[str], known: Sequence[Span]) -> tuple[str, ...]:
    words = [m for m in _NAME_EN.finditer(found.group(1)) if m.group() not in _SMALL and not _ADVERB.search(m.group())]
    shift = found.start(1)
    return tuple(m.group() for m in words if not _is_known((m.start() + shift, m.end() + shift), known))


def _chinese(text: str, start: int, end: int, known: Sequence[Span]) -> str | None:
    first = end + 1 if text.startswith("的", end) else end
    position, named = first, False
    for word, tag in rjieba.tag(text[first : first + _REACH]):
        if any(a < position + len(word) and position < b for a, b in known):
            break
        if not (tag == _VERB or tag in _NAMING or tag[:1] == "n" or (tag == "m" and position > first)):
            break
        if not re.search(r"\w", word) or re.match(r"[x×*]?\d", word):
            break
        named = named or tag != _VERB
        position += len(word)
    following = next((a for a, b in sorted(known) if a >= first), len(text))
    if position - first < _SHORTEST or position < min(following, position):
        return None
    if text[position : position + 1] in tuple("了过着啦后") or (not named and not _BENEFIT.match(text, position)):
        return None
    return text[start:position]


def _english(text: str, start: int, end: int, known: Sequence[Span]) -> str | None:
    before = text[:start]
    if (gerund := _GERUND.search(before)) and not _is_known(gerund.span(1), known):
        return text[gerund.start(1) : end]
    position = end
    while word := _WORD.match(text, position):
        said = word.group(1)
        if said in _SMALL or _ADVERB.search(said) or _is_known(word.span(1), known):
            break
        position = word.end()
    if position > end and _GOVERNED.search(before):
        return text[start:position]
    return None


def _is_known(span: Span, known: Sequence[Span]) -> bool:
    return any(a < span[1] and span[0] < b for a, b in known)
