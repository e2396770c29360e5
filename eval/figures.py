"""The figures of a text: amounts, shares, counts and dates, each with how it is bounded where it stands.

Read apart from the product's own readers, so that a mistake there cannot hide itself here.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator
from datetime import date
from typing import Literal, NamedTuple

Measure = Literal["number", "percent"]
Limit = Literal["up_to", "at_least"]

_GROUPED = re.compile(r"(?<!\d)\d{1,3}(?:,\d{3})+(?!\d)")
_MARKER = re.compile(r"\[\d{1,2}\]")
_EMPHASIS = re.compile(r"[*_`]+")
_NUMBER = re.compile(r"(?<![\d.])\d+(?:\.\d+)?(?!\d)")
_SCALE = re.compile(r"\s*(万|亿|[Mm]illion|[Tt]housand|k(?![A-Za-z]))")
_SCALES = {"万": 1e4, "亿": 1e8, "million": 1e6, "thousand": 1e3, "k": 1e3}
_PERCENT_AFTER = re.compile(r"\s*(?:%|percent|per cent)", re.IGNORECASE)
_PERCENT_BEFORE = re.compile(r"百分之\s*$")
_COUNTED = re.compile(r"\s*(?:多|余)?\s*[个家项名人件位种份类支座条]")
_SENTENCE_END = re.compile(r"[。；;！!？?\n]")
_PART_END = re.compile(r"[。；;！!？?\n，,、|:：]")

_CEILING_BEFORE = re.compile(
    r"不超过|不高于|最高|最多|至多|上限|封顶|up to|at most|(?:no|not) more than|not exceed|[≤<]|max|ceiling|capped",
    re.IGNORECASE,
)
_CEILING_AFTER = re.compile(
    r"^\s*(?:yuan|rmb|元)?\s*(?:以内|以下|封顶|为限|上限|at most|or less|or fewer|\(?max)", re.IGNORECASE
)
_FLOOR_BEFORE = re.compile(
    r"不低于|不少于|至少|(?<!不)超过|[≥>]|at least|(?:no|not) (?:less|fewer) than|(?<!no )(?<!not )more than"
    r"|\bover\b|minimum|exceeding",
    re.IGNORECASE,
)
_FLOOR_AFTER = re.compile(r"^[^，,。；;、|\n\d]{0,30}?(?:以上|or more|or above|and above)|^\s*\+", re.IGNORECASE)

_MONTHS = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")
_MONTH = f"(?:{'|'.join(_MONTHS)})[a-z]*"
_DAY_FORMS = (
    re.compile(r"(?P<y>\d{4})\s*[-/.年]\s*(?P<m>\d{1,2})\s*[-/.月]\s*(?P<d>\d{1,2})"),
    re.compile(rf"(?P<d>\d{{1,2}})(?:st|nd|rd|th)?\s+(?P<m>{_MONTH})\.?,?\s+(?P<y>\d{{4}})", re.IGNORECASE),
    re.compile(rf"(?P<m>{_MONTH})\.?\s+(?P<d>\d{{1,2}})(?:st|nd|rd|th)?,?\s+(?P<y>\d{{4}})", re.IGNORECASE),
    re.compile(
        r"(?P<y>[〇零一二三四五六七八九]{4})年(?P<m>[一二三四五六七八九十]{1,2})月(?P<d>[一二三四五六七八九十]{1,3})日"
    ),
)
_DIGITS = {character: value for value, character in enumerate("零一二三四五六七八九")} | {"〇": 0}


class Figure(NamedTuple):
    """One figure of a text. `value` is scaled (15万: 150000); `digits` is what is printed (15)."""

    value: float
    digits: float
    measure: Measure
    # A word that counts things follows (家, 项): not money.
    counted: bool
    # Bounded by words beside it, before the next comma.
    limit: Limit | None
    # Bounded by these, or by words earlier in the sentence or in the head of its table.
    wide_limits: frozenset[Limit]
    # A scale follows (万, million).
    scaled: bool
    # What stands before it and, past its scale, behind it in its line.
    before: str
    after: str


def clean(text: str) -> str:
    """NFKC, without markers, emphasis and thousands separators; lines stay lines."""
    plain = _EMPHASIS.sub("", _MARKER.sub(" ", unicodedata.normalize("NFKC", text)))
    return _GROUPED.sub(lambda match: match.group().replace(",", ""), plain)


def figures(text: str) -> Iterator[Figure]:
    """Every figure of a text that `clean` has read."""
    head = ""
    for line in text.splitlines():
        in_table = line.lstrip().startswith("|")
        head = (head or line) if in_table else ""
        for match in _NUMBER.finditer(line):
            yield _figure(line, match, head if in_table else "")


def days(text: str) -> set[date]:
    """Every full date of a text: 2009-05-08, 2009年5月8日, 8 May 2009, May 8, 2009, 二〇〇九年五月八日."""
    found = set()
    for form in _DAY_FORMS:
        for match in form.finditer(text):
            try:
                found.add(date(_count(match["y"]), _month(match["m"]), _count(match["d"])))
            except ValueError:
                continue
    return found


def _figure(line: str, match: re.Match[str], head: str) -> Figure:
    digits, value = float(match.group()), float(match.group())
    before, after = line[: match.start()], line[match.end() :]
    percent = bool(_PERCENT_AFTER.match(after) or _PERCENT_BEFORE.search(before))
    scale = None if percent else _SCALE.match(after)
    if scale:
        value *= _SCALES[scale.group(1).lower()]
        after = after[scale.end() :]
    limits = _limits(_PART_END.split(before)[-1], after)
    wide = limits | _limits(_SENTENCE_END.split(before)[-1], after) | _limits(head, "")
    return Figure(
        value=round(value, 4),
        digits=digits,
        measure="percent" if percent else "number",
        counted=bool(_COUNTED.match(after)),
        limit=next(iter(sorted(limits)), None),
        wide_limits=wide,
        scaled=scale is not None,
        before=before,
        after=after,
    )


def _limits(before: str, after: str) -> frozenset[Limit]:
    found: set[Limit] = set()
    if _CEILING_BEFORE.search(before) or _CEILING_AFTER.match(after):
        found.add("up_to")
    if _FLOOR_BEFORE.search(before) or _FLOOR_AFTER.match(after):
        found.add("at_least")
    return frozenset(found)


def _month(word: str) -> int:
    if word.isascii() and word.isalpha():
        return _MONTHS.index(word[:3].lower()) + 1
    return _count(word)


def _count(word: str) -> int:
    """A year, month or day in digits or in Chinese numerals."""
    if word.isdigit():
        return int(word)
    if "十" in word:
        tens, _, ones = word.partition("十")
        return _DIGITS.get(tens, 1) * 10 + _DIGITS.get(ones, 0)
    return int("".join(str(_DIGITS[character]) for character in word))
