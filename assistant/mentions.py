"""Reads years, ranks and counts out of a question, in Chinese and English. Works on normalised text."""

from __future__ import annotations

import re
from typing import Literal, NamedTuple

Language = Literal["zh", "en"]

_DIGITS = {
    "零": 0,
    "〇": 0,
    "一": 1,
    "二": 2,
    "两": 2,
    "俩": 2,
    "三": 3,
    "仨": 3,
    "四": 4,
    "五": 5,
    "六": 6,
    "七": 7,
    "八": 8,
    "九": 9,
}
_WORDS = ["one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten", "eleven", "twelve"]
_ORDINALS = ["first", "second", "third", "fourth", "fifth", "sixth", "seventh", "eighth", "ninth", "tenth", "eleventh", "twelfth"]
_HAN = r"[一二三四五六七八九十两俩仨百]+"
_WORD = r"(?:" + "|".join(_WORDS) + r"|an?(?= (?:single|further|additional)))"
_MEASURE = "项个件部种款份张条家套只"

_YEAR = re.compile(r"(?<!\d)(19[5-9]\d|20\d\d)(?!\d|\s*(?:万|元|家|项|个|名|人|亿))")
_RANKS = (
    # 第二起草单位, 第3位, 排名第三, 排在第5
    re.compile(
        rf"第\s*(\d{{1,2}}|{_HAN})\s*(?:主要)?(?:起草|完成|参编|编制|参与|位|名|顺位|单位|家|$|[,，。?？!！;； 的能可有])"
    ),
    re.compile(
        rf"(?:排名?|位列|列|署名|名次|排位|顺位|挂名)(?:在|是|为|到)?\s*第?\s*(\d{{1,2}}|{_HAN})(?![\d年月万项个家])"
    ),
    re.compile(rf"(?:前)(\d{{1,2}}|{_HAN})(?:位|名)"),
    re.compile(
        rf"\b(?:rank(?:ed|ing|s)?|listed|place[ds]?|position(?:ed)?|number|no\.?|#)\s*(?:is|as|at|in|was|of|no\.?|number|#)?\s*(?:the )?\s*(\d{{1,2}}|{'|'.join(_WORDS)})(?:st|nd|rd|th)?\b"
    ),
    re.compile(
        rf"\b(\d{{1,2}}(?=st|nd|rd|th)|{'|'.join(_ORDINALS)})(?:st|nd|rd|th)?[\s-]+(?:\w+[\s-]+){{0,2}}?(?:drafter|drafting|place|position|rank(?:ed)?|author|on the|in the|listed|unit|organi[sz]ation|company|contributor)"
    ),
    re.compile(
        rf"\b(?:rank(?:ed|ing|s)?|listed|came|come|placed|are|is|were|am|was)\s+(?:as |the |only )*(\d{{1,2}}(?=st|nd|rd|th)|{'|'.join(_ORDINALS)})(?:st|nd|rd|th)?\b(?! (?:to|time|industry|national))"
    ),
)
_COUNTS = (
    re.compile(rf"(?<![\d.第前])(\d{{1,4}}|{_HAN})\s*(?:多)?([{_MEASURE}])(?!标准化技术委员会)"),
    re.compile(
        rf"\b(\d{{1,4}}|{_WORD})\s+(?=(?:\w+[\s-]+){{0,4}}?(?:standards?|products?|committees?|tcs?|scs?|wgs?|subcommittees?|groups?|projects?|items?|certificates?|ones?)\b)"
    ),
    # "industry standards: 3", "行业标准3项" is caught above; a bare digit right before a level word: 3国家标准
    re.compile(r"(?<![\d.第前年])(\d{1,3})(?=(?:国际|国家|行业|省级|市级|地方|团体)标准)"),
)


class Rank(NamedTuple):
    """A place in the list of drafters."""

    value: int
    start: int
    end: int


class Count(NamedTuple):
    """A number of things, with its measure word where it has one."""

    value: int
    unit: str
    start: int
    end: int
    each: bool


def language_of(text: str) -> Language:
    """The language a question is asked in; a few foreign words do not change it. Chinese where nothing tells."""
    han = len(re.findall(r"[㐀-鿿豈-﫿]", text))
    # Codes such as TC, LED, AAAA belong to both languages.
    words = [w for w in re.findall(r"[A-Za-z][A-Za-z'’-]*", text) if not (w.isupper() and len(w) <= 5)]
    return "en" if words and len(words) > han * 0.75 else "zh"


def find_years(text: str) -> list[int]:
    """Calendar years, in order, without repeats."""
    return list(dict.fromkeys(int(match.group(1)) for match in _YEAR.finditer(text)))


def find_ranks(text: str) -> list[Rank]:
    """Places among the drafters that the asker claims, in order of the text. 前两位 is place 2 at worst."""
    found: dict[int, Rank] = {}
    for pattern in _RANKS:
        for match in pattern.finditer(text):
            value = number(match.group(1))
            if value and not any(r.start < match.end(1) and match.start(1) < r.end for r in found.values()):
                found[match.start(1)] = Rank(value, match.start(), match.end())
    return [found[key] for key in sorted(found)]


def find_counts(text: str) -> list[Count]:
    """How many of a thing, in order of the text. `each` marks 各三项 and "three each"."""
    ranks = find_ranks(text)
    found: dict[int, Count] = {}
    for pattern in _COUNTS:
        for match in pattern.finditer(text):
            value = number(match.group(1))
            inside_rank = any(r.start <= match.start(1) < r.end for r in ranks)
            if value is None or inside_rank or match.start(1) in found:
                continue
            before = text[max(0, match.start() - 2) : match.start()]
            after = text[match.end() : match.end() + 40]
            each = "各" in before or "分别" in before or re.match(r"[\w\s]{0,20}\beach\b", after) is not None
            unit = match.group(2) if pattern.groups > 1 else ""
            # 一个/哪一项 as a mere article counts nothing: 是一个国家标准
            found[match.start(1)] = Count(value, unit, match.start(1), match.end(), each)
    return [found[key] for key in sorted(found)]


def number(word: str) -> int | None:
    """A whole number from digits, Chinese numerals up to 999, or an English word; null if it is none.

    Example:
        >>> number("十二"), number("7"), number("third"), number("two")
        (12, 7, 3, 2)
    """
    word = word.strip()
    if word.isdigit():
        return int(word)
    if word in _WORDS:
        return _WORDS.index(word) + 1
    if word in _ORDINALS:
        return _ORDINALS.index(word) + 1
    if word.split(" ")[0] in ("a", "an"):
        return 1
    return _han_number(word)


def _han_number(word: str) -> int | None:
    total, current = 0, 0
    for char in word:
        if char in _DIGITS:
            current = _DIGITS[char]
        elif char == "十":
            total, current = total + (current or 1) * 10, 0
        elif char == "百":
            total, current = total + (current or 1) * 100, 0
        else:
            return None
    return total + current if word else None
