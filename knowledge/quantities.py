"""Quantities in Chinese and English text: money, shares, counts, years, dates, ranks, each with its exact place.

What is a number only by its looks stays out: document numbers (〔2010〕1号), codes of standards (GB/T 19850-2004),
outline numbers (1、, (2)), telephone numbers, names of models (4K, 5G).
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal
from itertools import pairwise
from typing import Literal

from knowledge.model import Span
from knowledge.normalize import Normalized, normalize
from knowledge.numerals import ARABIC, DIGITS, HAN, NUMERAL, SCALES, number, positional, written_scale
from knowledge.repairs import repair_digits

Kind = Literal["money", "percent", "count", "duration", "date", "year", "ordinal", "ratio", "number"]
Bound = Literal["exact", "up_to", "at_least"]


@dataclass(frozen=True, slots=True)
class Quantity:
    """A quantity and where it stands.

    Attributes:
        value: money in the units of its currency (60万元 is 600000); a percentage as printed (98% is 98); a count; a
            rank; a year; a date as the digits of its parts (2011年1月24日 is 20110124, 2011年1月 is 201101, 5月8日 is
            508); of a ratio, the second side per one of the first (1:0.5 is 0.5).
        unit: `CNY` or another currency, `%`, the measure word (项, 家, 年 …), or "" for a bare number.
        kind: what it measures.
        bound: what the words around it make of it: 不超过 is `up_to`, 以上 is `at_least`.
        start, end: range of code points in the text given: number and unit, without the words of the bound.
        text: the words of that range.
        upper: the other end of a range (3-5万元), else null.
        shared_unit: the unit was borrowed from the end of a list (the first two of 60、20、15万元).
        repaired: the text has letters for digits (l.5万元), and the value is a guess that a person must confirm.
    """

    value: Decimal
    unit: str
    kind: Kind
    bound: Bound
    start: int
    end: int
    text: str
    upper: Decimal | None = None
    shared_unit: bool = False
    repaired: bool = False

    @property
    def span(self) -> Span:
        """The range as a pair."""
        return Span(self.start, self.end)


def find_quantities(text: str) -> list[Quantity]:
    """Every quantity of a text, in order of appearance; they never overlap.

    In a list with one unit at its end (60、20、15万元) each number gets that unit and its scale. A range (3-5万元) is
    one quantity with `upper`; the years of a span (2013—2020年) are two.
    """
    readable, repairs = repair_digits(text)
    normalized = normalize(readable)
    plain = _without_circled(text, normalized)
    fixed = _fixed(plain)
    taken = _Taken(plain, [*((token.start, token.end) for token in fixed), *_masked(plain)])
    tokens = sorted([*fixed, *_joined(plain, list(_numerals(plain, taken)))], key=lambda token: token.start)
    found = _quantities(plain, tokens, text, normalized)
    guessed = _Taken(text, [(repair.start, repair.end) for repair in repairs])
    return [replace(q, repaired=True) if guessed.overlaps(q.start, q.end) else q for q in found]


def money_yuan(text: str) -> int:
    """The yuan of exactly one amount of money: 60万元, 1.5亿元, 500元, 六十万元, 15万, RMB 150,000, 150,000 yuan.

    Raises:
        ValueError: the text is not one amount of Chinese money, says more than the amount, or is not whole yuan.
    """
    found = find_quantities(text)
    only = found[0] if len(found) == 1 and found[0].text == text.strip() else None
    if only is None or only.upper is not None or not (only.unit == "CNY" or _is_scaled(only)):
        raise ValueError(f"expected one amount of money such as 60万元 or RMB 150,000, got {text!r}")
    if only.value != only.value.to_integral_value():
        raise ValueError(f"expected whole yuan, got {text!r}")
    return int(only.value)


def _is_scaled(quantity: Quantity) -> bool:
    """Whether a bare number has a 万, as amounts of money in short have (15万, 60w)."""
    return quantity.kind == "number" and normalize(quantity.text).text[-1:] in {"万", "亿", "w"}


def format_yuan_zh(yuan: int) -> str:
    """An amount as a Chinese reader expects it, always exact: 15万元, 1.5万元, 8000元, 12000万元, 2亿元, 12340元."""
    for scale, step, unit in ((10**8, 10**8, "亿元"), (10**4, 10**3, "万元")):
        if abs(yuan) >= scale and yuan % step == 0:
            return f"{(Decimal(yuan) / scale).normalize():f}{unit}"
    return f"{yuan}元"


def format_yuan_en(yuan: int) -> str:
    """An amount as an English reader expects it, always exact: RMB 150,000."""
    return f"RMB {yuan:,}"


# --- units -----------------------------------------------------------------------------------------------------------

_BLANK = r"[ \t\u3000]*"

_CURRENCIES = {
    "CNY": ("元人民币", "元", "圆", "块钱", "块", "人民币", "rmb", "cny", "yuan", "renminbi", "¥"),
    "USD": ("美元", "usd", "us$", "$"),
    "EUR": ("欧元", "eur", "€"),
    "HKD": ("港元", "港币", "hkd"),
}
_CURRENCY_OF = {word: currency for currency, words in _CURRENCIES.items() for word in words}
# Words that go on after a unit and make it part of another word: 元素, 项目, 家庭, 天河 …
_NOT_A_UNIT_BEFORE: Mapping[str, str] = {
    "元": "素旦器件",
    "圆": "满形",
    "项": "目",
    "家": "庭长具乡电用族",
    "名": "牌称单录义优",
    "位": "置于",
    "人": "民才员力类工均大",
    "件": "套",
    "种": "植子类",
    "批": "准复示",
    "份": "额",
    "处": "理于置",
    "条": "件例",
    "级": "别",
    "台": "账湾",
    "户": "籍",
    "本": "市省区级地办身次年",
    "期": "间末货刊",
    "类": "别型",
    "档": "案次",
    "支": "持撑付出柱",
    "款": "项",
    "次": "要",
    "所": "有在属以需",
    "场": "所",
    "大": "学会于力型中量数专赛小湾气",
    "年": "级产均龄会",
    "周": "边期",
    "天": "河然",
    "日": "常报用",
}
_DURATIONS = ("个工作日", "工作日", "个月", "年度", "周年", "小时", "分钟", "季度", "年", "周", "天", "日", "月")
_MEASURES = (
    *("个百分点", "百分点"),
    *"个项家名位人件张届种批份套处座条级倍台亩户篇本期轮门类档支字款次所场大",
)
# 块 counts blocks too; it is money where the phrase ends after it. 三位一体 counts nothing.
_MORE_LIMITS = {"块": r"(?=$|[\s,。;!?吧吗呢、)])", "位": "(?!一体)"}
# Measure words that a lone 一 does not count with: 一批, 一系列, 一次性.
_VAGUE_WITH_ONE = frozenset("批大级次类种本期条所处")
_ENGLISH_NOUNS = {
    "项": "standards?|projects?|items?|goals?",
    "个": "products?|(?:sub)?committees?|groups?|bases?|platforms?|sites?|zones?|cities|areas?|plans?|roadmaps?",
    "家": "enterprises?|compan(?:y|ies)|firms?|businesses|units?|organi[sz]ations?",
    "名": "people|persons?|experts?|professionals?|members?",
    "张": "certificates?",
    "年": "years?",
    "月": "months?",
    "日": "days?",
    "周": "weeks?",
}
# Words between an English number and what it counts: three provincial local standards, not 150,000 for a standard.
_ADJECTIVES = r"(?:(?!(?:for|per|between|among|by|to|from|an?|is|are|was|were)\b)[a-z]+(?:[-/][a-z]+)*[ \t]+){0,4}?"


def _unit_pattern(words: Sequence[str]) -> str:
    """A pattern for units, longest first, none of which is the beginning of another word."""

    def one(word: str) -> str:
        if word.isascii():
            return re.escape(word) + (r"\b" if word.isalpha() else "")
        follows = _NOT_A_UNIT_BEFORE.get(word, "")
        return word + (f"(?![{follows}])" if follows else "") + _MORE_LIMITS.get(word, "")

    return "(?:" + "|".join(one(word) for word in sorted(words, key=len, reverse=True)) + ")"


_AFTER = re.compile(
    _BLANK
    + r"(?:(?P<percent>%|percent\b|per cent\b|pct\b)"
    + r"|(?P<vague>[多余])?(?:"
    + rf"(?P<scale>[万亿])?(?P<money>{_unit_pattern([w for w in _CURRENCY_OF if w.isalpha()])})"
    + rf"|(?P<time>{_unit_pattern(_DURATIONS)})"
    + rf"|(?P<measure>{_unit_pattern(_MEASURES)}))"
    + r"|(?P<w>w)(?![a-z\d])"
    + rf"|(?P<noun>{_ADJECTIVES}(?:{'|'.join(_ENGLISH_NOUNS.values())})\b))"
)
_CURRENCY = rf"(?P<currency>人民币|rmb|cny|usd|us\$|hkd|eur|¥|\$|€){_BLANK}"
_CURRENCY_BEFORE = re.compile(_CURRENCY + "$")
_CURRENCY_FIRST = re.compile(_CURRENCY)
_LONGEST_CURRENCY = 8
# 万 or 亿 without 元 is money only in a sentence that speaks of paying.
_MONEY_CUE = re.compile(
    r"[奖励补贴资助扶款钱费元给发拿领付拨兑]|配套|投入|产值|收入|预算|封顶"
    r"|award|subsid|grant|pay|paid|fund|money|reward|receive|get"
)
_SENTENCE_ENDS = "。;!?\n"

# --- shapes that are read whole, and what is no quantity -------------------------------------------------------------

_DAY_OR_MONTH = rf"(?:\d{{1,2}}|[{HAN}]{{1,3}})"
_YEAR = r"(?:19|20)\d\d"
_HAN_YEAR = "[零〇一二三四五六七八九]{4}"
_MONTH_NAMES = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")
_MONTH_REST = ("uary", "ruary", "ch", "il", "", "e", "y", "ust", "tember", "ober", "ember", "ember")
_MONTH = "|".join(f"{short}(?:{rest}|\\.)?" for short, rest in zip(_MONTH_NAMES, _MONTH_REST, strict=True))

_DATES = tuple(
    re.compile(pattern)
    for pattern in (
        rf"(?P<y>{_YEAR}|{_HAN_YEAR})[ \t]*年[ \t]*(?P<m>{_DAY_OR_MONTH})[ \t]*月"
        rf"(?:[ \t]*(?P<d>{_DAY_OR_MONTH})[ \t]*[日号])?",
        rf"(?<![\d.-])(?P<y>{_YEAR})(?P<sep>[-/.])(?P<m>\d{{1,2}})(?P=sep)(?P<d>\d{{1,2}})(?![\d-])",
        rf"(?<![\d{HAN}])(?P<m>{_DAY_OR_MONTH})[ \t]*月[ \t]*(?P<d>{_DAY_OR_MONTH})[ \t]*[日号]",
        rf"\b(?P<d>\d{{1,2}})(?:st|nd|rd|th)?[ \t]+(?P<m>{_MONTH})[ \t]+(?P<y>{_YEAR})\b",
        rf"\b(?P<m>{_MONTH})[ \t]+(?:(?P<d>\d{{1,2}})(?:st|nd|rd|th)?,?[ \t]+)?(?P<y>{_YEAR})\b",
    )
)
_YEARS = re.compile(
    rf"(?<![\d.])(?P<arabic>{_YEAR})(?:(?=[ \t]*[-—–~至到][ \t]*{_YEAR}[ \t]*年)|[ \t]*年(?!度?级))"
    rf"|(?P<han>{_HAN_YEAR})[ \t]*年"
)
_BARE_YEAR = re.compile(_YEAR)
_ORDINALS = re.compile(
    rf"第[ \t]*(?P<n>\d+|[{HAN}]+)(?!方|者|产业|世界|时间)(?P<unit>[条款项章节名位届次批类档期]|阶段|)"
    rf"|前[ \t]*(?P<top>\d+|[{HAN}]+)(?P<top_unit>[名位])"
    r"|\btop[ \t-](?P<top_en>\d+|two|three|five|ten)\b"
    r"|\b(?P<nth>\d+)(?:st|nd|rd|th)\b"
)
_RATIOS = re.compile(
    r"(?<![\d.:])(?P<a>\d+(?:\.\d+)?)[ \t]*[:∶][ \t]*(?P<b>\d+(?:\.\d+)?)(?![\d:])"
    # 按市级资助额的1:1执行; 9:30 is a time.
    r"(?:(?=.{0,8}(?:配套|比例|匹配|match|ratio))|(?<!:\d\d)(?=(?:执行|拨付|给予|兑现|计算|核定)))"
)
_PERCENT_HAN = re.compile(rf"百分之(?P<n>[{HAN}]+(?:点[{HAN}]+)?|{ARABIC})")

_CODES = re.compile(
    # Document numbers: 〔2010〕1号.
    rf"[〔\[【(]\s*{_YEAR}\s*年?[〕\]】)]\s*第?\s*\d+\s*号?"
    # Standards: GB/T 19850-2004, ISO 9001:2015, DB32/T 1234, T/CAS 100-2019.
    r"|(?<![a-z])(?:gb/[tz]|(?:db\d*|[a-z]{2,3})/t|[tq]/[a-z]+|gb|db\d*|iso(?:/iec|/ts|/tr)?|iec|itu|en|astm|din|jis|ansi)"
    r"\s?-?\d+(?:[.\-:—]\d+)*(?:系列)?"
    # Telephones.
    r"|(?<!\d)0\d{2,3}-\d{7,8}(?!\d)|(?<!\d)1[3-9]\d{9}(?![ \t]*[\d.元万亿个项])|(?<!\d)\d{3}-\d{4}-\d{4}(?!\d)"
    # Addresses.
    r"|https?://\S{1,200}|[a-z\d._-]{1,64}@[a-z\d.-]{1,64}"
)
_NUMBERED = re.compile(r"第?\d+号(?!线)")
# A unit of its own is no amount: 单位:千元, 奖励(百万元).
_UNITS_ALONE = re.compile(r"(?<=[(/:])[ \t]*(?:人民币)?[百千]万?元(?=[ \t]*(?:[)/]|$))", re.MULTILINE)
_OUTLINE = re.compile(
    r"(?:^|(?<=[。;；!?:\n)\]》”]))[ \t\u3000]*"
    rf"(?P<mark>\d{{1,2}}(?:\.\d{{1,2}})*[、.](?!\d)|[{HAN}]{{1,3}}、|\((?:\d{{1,2}}|[{HAN}]{{1,3}})\))",
    re.MULTILINE,
)
_CIRCLED = re.compile(r"[①-⑳⑴-⒇]")
# A Chinese numeral after one of these is part of a word: 同一, 统一, 每一, 其一.
_GLUED = frozenset("同统唯任某之逐每另单专第初其惟整")

# --- bounds, lists, ranges -------------------------------------------------------------------------------------------

_AT_MOST = (
    "最高|最多|至多|(?:不[得能可应宜会]?|未|没有)(?:超过|超出|高于|多于|大于|突破)|上限|封顶|限额|低于|少于"
    "|up to|at most|no more than|not more than|not exceed(?:ing)?|maximum|max|capped at|less than|under|below"
)
_AT_LEAST = (
    "不[得能可应宜会]?(?:少于|低于|小于)|至少|最低|最少|超过|多于|大于|高于"
    "|at least|no less than|not less than|no fewer than|minimum|more than|over|above"
)
_BETWEEN_CUE_AND_NUMBER = (
    "给予|奖励|补助|资助|可达|可获|可|达到|达|为|是|约|额|金额|总额|一次性|人民币|of|is|a|total|rmb|cny|¥|:"
)
_CUE_BEFORE = re.compile(
    rf"(?:(?P<most>{_AT_MOST})|(?P<least>{_AT_LEAST}))(?:[ \t]*(?:{_BETWEEN_CUE_AND_NUMBER}))*[ \t]*$"
)
_CUE_REACH = 24
_CUE_AFTER = re.compile(
    r"[ \t]*(?:\(含\)|的)?"
    r"(?:(?P<most>及?以内|及?以下|之内|封顶|or less|or fewer|at most|maximum|or below)"
    r"|(?P<least>及?以上|起步|or more|at least|minimum|or above))"
)
_LIST_JOIN = re.compile(r"[ \t]*(?:、|,|/|和|及|与|或|以及|and|or|,[ \t]*and)[ \t]*")
_RANGE_JOIN = re.compile(r"[ \t]*(?:[-—–~]{1,2}|至|到|to)[ \t]*")
# Behind a Chinese numeral without a unit: another one of its list or range.
_GOES_ON = re.compile(rf"(?:{_LIST_JOIN.pattern}|{_RANGE_JOIN.pattern})[{HAN}]")
_UNSHARED: frozenset[Kind] = frozenset({"number", "year", "date", "ordinal", "ratio"})


@dataclass(frozen=True, slots=True)
class _Token:
    """A numeral of the normalised text with its unit.

    `factor` is the scale that a list shares (10000 for 15万元); one that is `open` may take it from what it is listed with,
    and is no quantity by itself where it is a Chinese numeral.
    """

    value: Decimal
    unit: str
    kind: Kind
    start: int
    end: int
    factor: Decimal = Decimal(1)
    vague: bool = False
    upper: Decimal | None = None
    shared: bool = False
    open: bool = False

    @property
    def bare(self) -> bool:
        return self.open or (self.kind == "number" and self.factor == 1)


# --- reading ---------------------------------------------------------------------------------------------------------


def _without_circled(text: str, normalized: Normalized) -> str:
    """The normalised text with circled outline numbers blanked; normalising made ① a plain 1."""
    plain = normalized.text
    if not _CIRCLED.search(text):
        return plain
    sources = zip(plain, normalized.offsets, strict=False)
    return "".join(" " if _CIRCLED.match(text[source]) else char for char, source in sources)


def _masked(plain: str) -> list[tuple[int, int]]:
    codes = [match.span() for pattern in (_CODES, _NUMBERED, _UNITS_ALONE) for match in pattern.finditer(plain)]
    return codes + [match.span("mark") for match in _OUTLINE.finditer(plain)]


class _Taken:
    """The characters of a text that are read already."""

    def __init__(self, text: str, spans: Iterable[tuple[int, int]] = ()) -> None:
        self._marks = bytearray(len(text))
        for span in spans:
            self.take(*span)

    def take(self, start: int, end: int) -> None:
        self._marks[start:end] = b"\1" * (end - start)

    def overlaps(self, start: int, end: int) -> bool:
        return self._marks.find(1, start, end) >= 0


def _fixed(plain: str) -> list[_Token]:
    """Dates, years, ordinals, ratios and 百分之…: shapes that are recognised whole."""
    readers: list[tuple[re.Pattern[str], Callable[[re.Match[str]], _Token | None]]] = [
        *((pattern, _date) for pattern in _DATES),
        (_YEARS, _year),
        (_ORDINALS, _ordinal),
        (_RATIOS, _ratio),
        (_PERCENT_HAN, _percent),
    ]
    taken = _Taken(plain, (match.span() for match in _CODES.finditer(plain)))
    tokens: list[_Token] = []
    for pattern, read in readers:
        for match in pattern.finditer(plain):
            token = None if taken.overlaps(*match.span()) else read(match)
            if token is not None:
                tokens.append(token)
                taken.take(token.start, token.end)
    return tokens


def _date(match: re.Match[str]) -> _Token | None:
    said = match.groupdict()
    year = positional(said["y"]) if said.get("y") else None
    month = _month(said["m"])
    day = _small(said["d"]) if said.get("d") else None
    if month is None or not 1 <= month <= 12 or (said.get("d") and (day is None or not 1 <= day <= 31)):
        return None
    parts = [f"{year:04d}" if year else "", f"{month:02d}", f"{day:02d}" if day else ""]
    unit = ("年" if year else "") + "月" + ("日" if day else "")
    return _Token(Decimal("".join(parts)), unit, "date", *match.span())


def _month(text: str) -> int | None:
    return _MONTH_NAMES.index(text[:3]) + 1 if text[:3] in _MONTH_NAMES else _small(text)


def _small(text: str) -> int | None:
    try:
        return int(number(text))
    except ValueError:
        return None


def _year(match: re.Match[str]) -> _Token:
    return _Token(Decimal(positional(match.group("arabic") or match.group("han"))), "年", "year", *match.span())


def _ordinal(match: re.Match[str]) -> _Token | None:
    value = _small(next(match.group(name) for name in ("n", "top", "top_en", "nth") if match.group(name)))
    unit = match.group("unit") or match.group("top_unit") or ""
    return None if value is None else _Token(Decimal(value), unit, "ordinal", *match.span())


def _ratio(match: re.Match[str]) -> _Token | None:
    first, second = Decimal(match.group("a")), Decimal(match.group("b"))
    return _Token(second / first, ":", "ratio", *match.span()) if first else None


def _percent(match: re.Match[str]) -> _Token | None:
    whole, _, fraction = match.group("n").partition("点")
    if not all(char in DIGITS for char in fraction):
        return None
    try:
        value = number(whole)
    except ValueError:
        return None
    value += Decimal("0." + "".join(str(DIGITS[char]) for char in fraction)) if fraction else 0
    return _Token(value, "%", "percent", *match.span())


def _numerals(plain: str, taken: _Taken) -> Iterator[_Token]:
    position = 0
    while (match := NUMERAL.search(plain, position)) is not None:
        position = match.end()
        if taken.overlaps(*match.span()):
            continue
        try:
            token = _token(plain, match, number(match.group()))
        except ValueError:
            continue
        if token is not None:
            position = max(position, token.end)
            yield token


def _token(plain: str, match: re.Match[str], value: Decimal) -> _Token | None:
    if match.lastgroup == "han" and plain[match.start() - 1 : match.start()] in _GLUED:
        return None
    after = _AFTER.match(plain, match.end())
    if match.lastgroup == "arabic":
        before = _CURRENCY_BEFORE.search(plain, max(0, match.start() - _LONGEST_CURRENCY), match.start())
        if before is not None:
            return _priced(match, value, before, after)
    if after is None:
        return _unitless(plain, match, value)
    return _measured(plain, match, value, after)


def _priced(match: re.Match[str], value: Decimal, before: re.Match[str], after: re.Match[str] | None) -> _Token:
    """An amount whose currency stands in front; 元 may follow all the same."""
    stated = after if after is not None and after.group("money") else None
    factor = Decimal(SCALES[stated.group("scale")]) if stated is not None and stated.group("scale") else Decimal(1)
    end = stated.end() if stated is not None else match.end()
    currency = _CURRENCY_OF[before.group("currency")]
    scale = factor * written_scale(match.group())
    # 人民币60、30万元: the first has its unit from the last.
    return _Token(value * factor, currency, "money", before.start(), end, scale, open=stated is None and scale == 1)


def _measured(plain: str, match: re.Match[str], value: Decimal, after: re.Match[str]) -> _Token | None:
    start, end = match.start(), after.end()
    scale, vague = _scale_of(match), after.group("vague") is not None
    if after.group("percent"):
        return _Token(value, "%", "percent", start, end)
    if after.group("w"):
        return _short_money(plain, value * 10**4, start, end, Decimal(10**4))
    if after.group("money"):
        if match.group() in ("万", "亿"):
            return None  # 单位：万元 is a unit without a number
        factor = Decimal(SCALES[after.group("scale")]) if after.group("scale") else Decimal(1)
        return _Token(value * factor, _CURRENCY_OF[after.group("money")], "money", start, end, factor * scale, vague)
    if after.group("noun"):
        unit = next(name for name, noun in _ENGLISH_NOUNS.items() if re.search(rf"\b(?:{noun})$", after.group("noun")))
        return _Token(value, unit, "duration" if unit in _DURATIONS else "count", start, end)
    unit = after.group("time") or after.group("measure")
    if match.lastgroup == "han" and ((value == 1 and unit in _VAGUE_WITH_ONE) or (unit == "大" and value > 10)):
        return None
    return _Token(value, unit, "duration" if unit in _DURATIONS else "count", start, end, scale, vague)


def _unitless(plain: str, match: re.Match[str], value: Decimal) -> _Token | None:
    start, end = match.span()
    around = plain[max(0, start - 1) : start] + plain[end : end + 1]
    if match.lastgroup == "arabic" and any(char.isascii() and char.isalpha() for char in around):
        return None
    if match.group()[-1] in "万亿" and len(match.group()) > 1:
        return _short_money(plain, value, start, end, _scale_of(match))
    if match.lastgroup != "arabic":
        # 六十、三十万元, 三至五万元
        return _Token(value, "", "number", start, end, open=True) if _GOES_ON.match(plain, end) else None
    if _BARE_YEAR.fullmatch(match.group()):
        return _Token(value, "年", "year", start, end)
    return _Token(value, "", "number", start, end)


def _scale_of(match: re.Match[str]) -> Decimal:
    """The 万 or 亿 of a numeral; the 十 of a Chinese one is no scale that a list shares."""
    numeral = match.group()
    if match.lastgroup == "han":
        numeral = numeral[-1] if numeral[-1] in "万亿" else ""
    return Decimal(written_scale(numeral))


# 5万/项, 每项5万 is a price, whatever stands beside it.
_EACH = re.compile(r"[ ]*/[ ]*[项个家件张]")
_FOR_EACH = re.compile(r"每[项个家件张][ ]*$")


def _short_money(plain: str, value: Decimal, start: int, end: int, factor: Decimal) -> _Token:
    """15万, 60w: money where the sentence speaks of paying, else a number."""
    left = max(plain.rfind(stop, 0, start) for stop in _SENTENCE_ENDS) + 1
    right = min((at for stop in _SENTENCE_ENDS if (at := plain.find(stop, end)) >= 0), default=len(plain))
    each = _EACH.match(plain, end) or _FOR_EACH.search(plain, max(0, start - 4), start)
    if each or _MONEY_CUE.search(plain, left, start) or _MONEY_CUE.search(plain, end, right):
        return _Token(value, "CNY", "money", start, end, factor)
    return _Token(value, "", "number", start, end, factor)


def _joined(plain: str, tokens: list[_Token]) -> list[_Token]:
    """Ranges become one token; a unit at the end of a list is shared with the bare numbers before it."""
    joined: list[_Token] = []
    for token in reversed(tokens):
        following = joined[-1] if joined else None
        between = plain[token.end : following.start] if following else ""
        if following and _RANGE_JOIN.fullmatch(between) and _is_range(token, following):
            low = token.value * following.factor if token.bare else token.value
            joined[-1] = replace(following, value=low, upper=following.value, start=token.start)
        elif following and _LIST_JOIN.fullmatch(between) and _shares(token, following, between):
            # 人民币60、30万元: the words of the first are 60.
            currency = _CURRENCY_FIRST.match(plain, token.start, token.end)
            start = currency.end() if currency else token.start
            shared = replace(following, value=token.value * following.factor, start=start, end=token.end)
            joined.append(replace(shared, upper=None, vague=False, shared=True))
        else:
            joined.append(token)
    # A Chinese numeral that stayed alone counts nothing.
    return [token for token in reversed(joined) if not (token.open and token.kind == "number")]


def _is_range(low: _Token, high: _Token) -> bool:
    apart = {"year", "date", "ordinal", "ratio"}
    if high.upper is not None or low.upper is not None or {low.kind, high.kind} & apart:
        return False
    if low.bare and not high.bare and (high.kind != "number" or high.factor != 1):
        return low.value * high.factor < high.value and (low.kind == "number" or low.unit == high.unit)
    return low.kind == high.kind and low.unit == high.unit and not (low.bare and high.bare) and low.value < high.value


def _shares(token: _Token, following: _Token, between: str) -> bool:
    if not token.bare or following.kind in _UNSHARED or (token.unit and token.unit != following.unit):
        return False
    if token.open and token.kind == "number" and following.kind not in ("money", "percent"):
        return False
    # A comma also parts clauses; only money and shares are listed with it.
    return "," not in between or following.kind in ("money", "percent")


# --- bounds ----------------------------------------------------------------------------------------------------------


def _quantities(plain: str, tokens: Sequence[_Token], text: str, normalized: Normalized) -> Iterator[Quantity]:
    for token, bound in zip(tokens, _bounds(plain, tokens), strict=True):
        span = normalized.to_source_span(token.start, token.end)
        yield Quantity(
            value=_plainest(token.value),
            unit=token.unit,
            kind=token.kind,
            bound=bound,
            start=span.start,
            end=span.end,
            text=text[span.start : span.end],
            upper=None if token.upper is None else _plainest(token.upper),
            shared_unit=token.shared,
        )


def _bounds(plain: str, tokens: Sequence[_Token]) -> list[Bound]:
    """The bound of each token. In a list a cue in front holds for what follows it, one behind for what precedes it."""
    before = [_bound_before(plain, token) for token in tokens]
    after = [_bound_after(plain, token) for token in tokens]
    listed = [
        a.kind == b.kind and a.unit == b.unit and _LIST_JOIN.fullmatch(plain, a.end, b.start) is not None
        for a, b in pairwise(tokens)
    ]
    for i, same in enumerate(listed):
        if same and before[i + 1] == "exact":
            before[i + 1] = before[i]
    for i, same in reversed(list(enumerate(listed))):
        if same and after[i] == "exact":
            after[i] = after[i + 1]
    unbound = ("ordinal", "date")
    return [
        "exact" if token.kind in unbound else first if first != "exact" else last
        for token, first, last in zip(tokens, before, after, strict=True)
    ]


def _bound_before(plain: str, token: _Token) -> Bound:
    cue = _CUE_BEFORE.search(plain, max(0, token.start - _CUE_REACH), token.start)
    if cue is None:
        return "at_least" if token.vague else "exact"
    return "up_to" if cue.group("most") else "at_least"


def _bound_after(plain: str, token: _Token) -> Bound:
    cue = _CUE_AFTER.match(plain, token.end)
    if cue is None:
        return "exact"
    return "up_to" if cue.group("most") else "at_least"


def _plainest(value: Decimal) -> Decimal:
    """The same number without an empty fraction."""
    return value.quantize(Decimal(1)) if value == value.to_integral_value() else value.normalize()
