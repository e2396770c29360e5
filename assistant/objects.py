"""Finds what a question asks about where a standard is only part of the name: 国家标准数据库, framing an industry standard."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import TypeAlias

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
