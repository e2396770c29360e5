"""Quantities in Chinese and English text: money, shares, counts, years, dates, ranks, each with its exact place.

What is a number only by its looks stays out: document numbers (〔2010〕1号), codes of standards (GB/T 19850-2004), outline
numbers (1、, (2)), telephone numbers, model names (4K, 5G).
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal
from itertools import pairwise
from typing import Literal

from knowledge.model import Span
from knowledge.normalize import Normalized, normalize

Kind = Literal["money", "percent", "count", "duration", "date", "year", "ordinal", "ratio", "number"]
Bound = Literal["exact", "up_to", "at_least"]


@dataclass(frozen=True, slots=True)
class Quantity:
    """A quantity and where it stands.

    Attributes:
        value: money in the units of its currency (60万元 is 600000), a percentage as printed (98% is 98), a count, a year,
            a date as the digits of its parts (2011年1月24日 is 20110124, 2011年1月 is 201101, 5月8日 is 508), a rank, or the second side of
            a ratio per one of the first (1:0.5 is 0.5).
        unit: `CNY` or another currency, `%`, the measure word (项, 家, 年 …), or "" for a bare number.
        kind: what it measures.
        bound: what the words around it make of it: 不超过 is `up_to`, 以上 is `at_least`.
        start, end: range of code points in the text given, number and unit, without the words of the bound.
        text: the words of that range.
        upper: the other end of a range (3-5万元), else None.
        shared_unit: the unit was borrowed from the end of a list (the first two of 60、20、15万元).
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

    @property
    def span(self) -> Span:
        """The range as a pair."""
        return Span(self.start, self.end)


# --- numbers ---------------------------------------------------------------------------------------------------------

_DIGITS = {
    char: value
    for value, chars in enumerate(("零〇", "一壹", "二贰", "三叁", "四肆", "五伍", "六陆", "七柒", "八捌", "九玖"))
    for char in chars
}
_DIGITS["两"] = 2
_TENS = {"十": 10, "拾": 10, "百": 100, "佰": 100, "千": 1000, "仟": 1000}
_MYRIADS = {"亿": 10**8, "万": 10**4}
_SCALES = {**_TENS, **_MYRIADS}
_HAN = "零〇一二两三四五六七八九十百千万亿壹贰叁肆伍陆柒捌玖拾佰仟"
_ARABIC = r"(?:\d{1,3}(?:,\d{3})+(?!\d)(?:\.\d+)?|\d+(?:\.\d+)?)"
_ENGLISH_ONES = (
    "zero one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen sixteen seventeen "
    "eighteen nineteen"
).split()
_ENGLISH_TENS = "twenty thirty forty fifty sixty seventy eighty ninety".split()
_ENGLISH = {word: value for value, word in enumerate(_ENGLISH_ONES)} | {
    word: value for value, word in zip(range(20, 100, 10), _ENGLISH_TENS, strict=True)
}
_ENGLISH_SCALES = {"hundred": 10**2, "thousand": 10**3, "k": 10**3, "wan": 10**4, "million": 10**6, "billion": 10**9}
_ENGLISH_WORD = "(?:" + "|".join(sorted(_ENGLISH, key=len, reverse=True)) + ")"


def chinese_number(text: str) -> int:
    """The value of a Chinese numeral: 六十万 is 600000, 十五 is 15, 两万五千 is 25000.

    Raises:
        ValueError: it is no well-formed numeral (digits in a row such as 二〇一一 are a year, not a number).
    """
    total, section, digit, last_unit, last_myriad = 0, 0, -1, 10**4, 10**12
    for char in text:
        if char in _DIGITS:
            if digit > 0 or (digit == 0 and char in "零〇"):
                raise ValueError(f"expected a Chinese numeral such as 六十万, got {text!r}")
            digit = _DIGITS[char]
        elif char in _TENS:
            unit = _TENS[char]
            if unit >= last_unit or digit == 0:
                raise ValueError(f"expected a Chinese numeral with falling units, got {text!r}")
            section, digit, last_unit = section + max(digit, 1) * unit, -1, unit
        elif char in _MYRIADS:
            unit = _MYRIADS[char]
            section += max(digit, 0)
            if unit >= last_myriad or (section == 0 and total == 0 and digit == 0):
                raise ValueError(f"expected a Chinese numeral with falling units, got {text!r}")
            total, section, digit, last_unit, last_myriad = total + max(section, 1) * unit, 0, -1, 10**4, unit
        else:
            raise ValueError(f"expected a Chinese numeral such as 六十万, got {text!r}")
    if not text or (digit == 0 and len(text) > 1):
        raise ValueError(f"expected a Chinese numeral such as 六十万, got {text!r}")
    return total + section + max(digit, 0)


_MIXED = re.compile(rf"({_ARABIC})[ \t]*([十百千万亿]*)")


def _number(text: str) -> Decimal:
    """The value of a numeral in any spelling: 1,200 · 1.5亿 · 3万5千 · 十五 · sixty thousand."""
    text = text.strip().lower()
    if text and text[0].isdigit():
        return _arabic_number(text)
    if text and text[0] in _HAN:
        return Decimal(chinese_number(text))
    return _english_number(text)


def _arabic_number(text: str) -> Decimal:
    total, position, last = Decimal(0), 0, Decimal(10**13)
    scale_word = re.search(r"[ \t]*(hundred|thousand|million|billion|wan|k)$", text)
    if scale_word:
        return Decimal(text[: scale_word.start()].replace(",", "")) * _ENGLISH_SCALES[scale_word.group(1)]
    for match in _MIXED.finditer(text):
        scale = Decimal(1)
        for char in match.group(2):
            scale *= _SCALES[char]
        if match.start() != position or scale >= last:
            raise ValueError(f"expected a number such as 1.5亿 or 3万5千, got {text!r}")
        total, position, last = total + Decimal(match.group(1).replace(",", "")) * scale, match.end(), scale
    if position != len(text) or position == 0:
        raise ValueError(f"expected a number such as 1.5亿 or 3万5千, got {text!r}")
    return total


def _english_number(text: str) -> Decimal:
    total, section = 0, 0
    words = [word for word in re.split(r"[\s-]+", text) if word != "and"]
    if not words:
        raise ValueError("expected a number, got nothing")
    for word in words:
        if word in _ENGLISH:
            section += _ENGLISH[word]
        elif word == "hundred":
            section = max(section, 1) * 100
        elif word in _ENGLISH_SCALES:
            total, section = total + max(section, 1) * _ENGLISH_SCALES[word], 0
        else:
            raise ValueError(f"expected a number in words, got {text!r}")
    return Decimal(total + section)


# --- units -----------------------------------------------------------------------------------------------------------

# Currency words, longest first, and the currency each names.
_CURRENCY_WORDS = {
    "人民币": "CNY",
    "rmb": "CNY",
    "cny": "CNY",
    "yuan": "CNY",
    "renminbi": "CNY",
    "元人民币": "CNY",
    "块钱": "CNY",
    "元": "CNY",
    "块": "CNY",
    "圆": "CNY",
    "¥": "CNY",
    "美元": "USD",
    "usd": "USD",
    "us$": "USD",
    "$": "USD",
    "欧元": "EUR",
    "eur": "EUR",
    "€": "EUR",
    "港元": "HKD",
    "港币": "HKD",
    "hkd": "HKD",
}
_CURRENCY_AFTER = r"(?:元人民币|元(?!素|旦|器|件)|圆(?!满|形)|块钱|块(?=$|[\s,。;!?吧吗呢钱、)])|美元|欧元|港元|港币|人民币|rmb\b|cny\b|yuan\b|renminbi\b|usd\b|eur\b)"
_CURRENCY_BEFORE = r"(?:人民币|rmb|cny|usd|us\$|hkd|eur|¥|\$|€)"
# 万 or 亿 without 元 is money only beside words of paying; otherwise it is a bare number.
_MONEY_CUE = re.compile(
    r"[奖补贴资助款钱费元给发拿领付]|投入|产值|收入|预算|封顶|award|subsid|grant|pay|paid|fund|money|reward|receive|get",
    re.IGNORECASE,
)

_MEASURE = (
    r"(?:个百分点|百分点|工作日|个月|个(?!人(?!月))|项(?!目)|家(?!庭|长|具|乡|电|用|族)|名(?!牌|称|单|录|义|优)|位(?!一体|置|于)|人(?!民|才|员|力|类|工|均|大)|件(?!套)|张"
    r"|届|种(?!植|子|类)|批(?!准|复|示)|份(?!额)|套|处(?!理|于|置)|座|条(?!件|例)|级(?!别)|倍|台(?!账|湾)|亩|户(?!籍)|篇|本(?!市|省|区|级|单位|地|办法|身|次|年)|期(?!间|末|货|刊)"
    r"|轮|门|类(?!别|型)|档(?!案|次)|支(?!持|撑|付|出|柱)|字|款(?!项)|次(?!要)|所(?!有|在|属|以|需)|场(?!所)|大(?!学|会|于|力|型|中|量|数|专|赛|小|湾|气))"
)
_TIME = (
    r"(?:个工作日|工作日|个月|年度|年(?!级|产|均|龄|会)|周年|周(?!边|期)|天(?!河|然)|日(?!常|报|用)|小时|分钟|季度|月)"
)
_ENGLISH_NOUNS = {
    "项": "standards?|projects?|items?|goals?",
    "个": "products?|committees?|subcommittees?|groups?|bases?|platforms?|sites?|zones?|cities|areas?|plans?|roadmaps?",
    "家": "enterprises?|companies|company|firms?|businesses|units?|organi[sz]ations?",
    "名": "people|persons?|experts?|professionals?|members?",
    "张": "certificates?",
    "年": "years?",
    "月": "months?",
    "日": "days?",
    "周": "weeks?",
}
_DURATIONS = frozenset(
    {"年", "个月", "月", "天", "日", "周", "周年", "小时", "分钟", "工作日", "个工作日", "季度", "年度"}
)
_NOUN_UNIT = re.compile("|".join(f"(?P<u{i}>(?:{nouns})\\b)" for i, nouns in enumerate(_ENGLISH_NOUNS.values())))
_NOUN_NAMES = tuple(_ENGLISH_NOUNS)

_BLANK = r"[ \t\u3000]*"
_AFTER = re.compile(
    _BLANK
    + r"(?:(?P<percent>%|percent\b|per cent\b|pct\b)"
    + rf"|(?P<vague>[多余])?(?:(?P<scale>[万亿])?(?P<money>{_CURRENCY_AFTER})|(?P<time>{_TIME})|(?P<measure>{_MEASURE}))"
    + r"|(?P<w>w)(?![a-z\d])"
    + rf"|(?P<noun>(?:[a-z]+(?:[-/][a-z]+)*[ \t]+){{0,4}}?{_NOUN_UNIT.pattern}))",
)
_NUMERAL = re.compile(
    rf"(?P<arabic>(?<![\d.])(?:{_ARABIC}(?:[ \t]*(?:hundred|thousand|million|billion|wan)\b|k(?=[ \t]*(?:yuan|rmb|cny)\b)|(?:[ \t]*[十百千万亿]+(?:{_ARABIC}[十百千])*)?)))"
    rf"|(?P<han>[{_HAN}]+)"
    rf"|(?P<english>\b{_ENGLISH_WORD}(?:[ -](?:and[ ])?(?:{_ENGLISH_WORD}|hundred|thousand|million|billion))*\b)"
)
# A Chinese numeral after one of these is part of a word (同一, 统一, 每一, 万一).
_HAN_GLUE = frozenset("同统唯任某之逐划每另进单专第初其惟整")
_PERCENT_HAN = re.compile(rf"百分之(?P<n>[{_HAN}]+(?:点[{_HAN}]+)?|{_ARABIC})")

# --- what is not a quantity ------------------------------------------------------------------------------------------

_CODES = re.compile(
    r"(?P<docno>[〔\[【(]\s*(?:19|20)\d\d\s*(?:年)?[〕\]】)]\s*(?:第)?\s*\d+\s*号?)"
    r"|(?P<standard>(?<![a-z])(?:gb|gb/[tz]|db\d*|db\d*/t|iso(?:/iec|/ts|/tr)?|iec|itu|en|astm|din|jis|ansi|t/[a-z]+|q/[a-z]+|[a-z]{2,3}/t)\s?-?\d+(?:[.\-:—]\d+)*(?:系列)?)"
    r"|(?P<phone>(?<!\d)0\d{2,3}-\d{7,8}(?!\d)|(?<!\d)1[3-9]\d{9}(?!\d)|(?<!\d)\d{3}-\d{4}-\d{4}(?!\d))"
    r"|(?P<url>https?://\S+|[\w.]+@[\w.]+)"
    r"|(?P<number>第?\d+号(?!线))"
)
_OUTLINE = re.compile(
    rf"(?:^|(?<=[。;；!?:\n)\]》”]))[ \t\u3000]*(?P<mark>\d{{1,2}}(?:\.\d{{1,2}})*[、.](?!\d)|[{_HAN}]{{1,3}}、|\(\d{{1,2}}\)|\([{_HAN}]{{1,3}}\))",
    re.MULTILINE,
)
_CIRCLED = re.compile(r"[①-⑳⑴-⒇]")

_HAN_YEAR_DIGIT = "[零〇一二三四五六七八九]"
_MONTH_NAMES = "january february march april may june july august september october november december".split()
_MONTH = "|".join(f"{name}|{name[:3]}\\.?" for name in _MONTH_NAMES)
_DATES = re.compile(
    rf"(?P<y>(?:19|20)\d\d|{_HAN_YEAR_DIGIT}{{4}})[ \t]*年[ \t]*(?P<m>\d{{1,2}}|[{_HAN}]{{1,3}})[ \t]*月(?:[ \t]*(?P<d>\d{{1,2}}|[{_HAN}]{{1,3}})[ \t]*[日号])?"
    r"|(?<![\d.-])(?P<y2>(?:19|20)\d\d)(?P<sep>[-/.])(?P<m2>\d{1,2})(?P=sep)(?P<d2>\d{1,2})(?![\d-])"
    rf"|(?<![\d{_HAN}])(?P<m3>\d{{1,2}}|[{_HAN}]{{1,3}})[ \t]*月[ \t]*(?P<d3>\d{{1,2}}|[{_HAN}]{{1,3}})[ \t]*[日号]"
    rf"|\b(?P<m4>{_MONTH})[ \t]+(?:(?P<d4>\d{{1,2}})(?:st|nd|rd|th)?,?[ \t]+)?(?P<y4>(?:19|20)\d\d)\b"
    rf"|\b(?P<d5>\d{{1,2}})(?:st|nd|rd|th)?[ \t]+(?P<m5>{_MONTH})[ \t]+(?P<y5>(?:19|20)\d\d)\b"
)
_YEAR_SPANS = re.compile(
    rf"(?<![\d.])(?P<y>(?:19|20)\d\d)(?=(?:[ \t]*[-—–~至到][ \t]*(?:19|20)\d\d)?[ \t]*年(?!度?级))|(?P<yh>{_HAN_YEAR_DIGIT}{{4}})(?=[ \t]*年)"
)
_ORDINALS = re.compile(
    rf"第[ \t]*(?P<n>\d+|[{_HAN}]+)(?P<unit>[条款项章节名位届次批类档期]|阶段|)"
    rf"|前[ \t]*(?P<top>\d+|[{_HAN}]+)(?P<topunit>[名位])"
    r"|\btop[ \t-](?P<etop>\d+|two|three|five|ten)\b"
    r"|\b(?P<eth>\d+)(?:st|nd|rd|th)\b"
)
_RATIOS = re.compile(
    rf"(?<![\d.:])(?P<a>\d+(?:\.\d+)?)[ \t]*[:∶][ \t]*(?P<b>\d+(?:\.\d+)?)(?![\d:])(?=.{{0,8}}(?:配套|比例|匹配|match|ratio))"
)
_BARE_YEAR = re.compile(r"(?:19|20)\d\d")

_UP_TO_BEFORE = r"最高|最多|至多|不超过|不超出|不高于|不多于|不大于|上限|封顶|限额|低于|少于|up to|at most|no more than|not more than|not exceed(?:ing)?|maximum|max|capped at|less than|under|below"
_AT_LEAST_BEFORE = r"不少于|不低于|不小于|至少|最低|最少|超过|多于|大于|高于|at least|no less than|not less than|no fewer than|minimum|more than|over|above"
_CUE_BEFORE = re.compile(
    rf"(?:(?P<least>不少于|不低于|不小于)|(?P<most>{_UP_TO_BEFORE})|(?P<least2>{_AT_LEAST_BEFORE}))(?:[ \t]*(?:给予|奖励|补助|资助|可达|可获|可|达到|达|为|是|约|of|is|额|金额|总额|一次性|rmb|cny|¥|人民币|:|a|total))*[ \t]*$"
)
_CUE_AFTER = re.compile(
    r"[ \t]*(?:(?:\(含\)|的)?(?P<most>以内|以下|及以下|之内|封顶|or less|or fewer|at most|maximum|or below)|(?:\(含\))?(?P<least>以上|及以上|起步|or more|at least|minimum|or above))"
)
_LIST_JOIN = re.compile(r"[ \t]*(?:、|,|/|和|及|与|或|以及|and|or|,[ \t]*and)[ \t]*")
_RANGE_JOIN = re.compile(r"[ \t]*(?:[-—–~～]{1,2}|至|到|to)[ \t]*")


@dataclass(frozen=True, slots=True)
class _Token:
    """A numeral in the normalised text, with the unit that follows it, if one does."""

    value: Decimal
    unit: str
    kind: Kind
    start: int
    end: int
    factor: Decimal = Decimal(1)
    vague: bool = False
    upper: Decimal | None = None
    shared: bool = False

    @property
    def bare(self) -> bool:
        return self.kind == "number" and self.unit == ""


def find_quantities(text: str) -> list[Quantity]:
    """Every quantity of a text, in order of appearance; they never overlap.

    In a list with one unit at its end (60、20、15万元) each number gets that unit and its scale. A range (3-5万元) is one
    quantity with `upper`.
    """
    normalized = normalize(text)
    plain = _blank_circled(text, normalized)
    fixed = _fixed(plain)
    taken = [(t.start, t.end) for t in fixed] + _masked(plain)
    tokens = sorted([*fixed, *_join(plain, list(_numerals(plain, taken)))], key=lambda t: t.start)
    return [q for q in _bounded(plain, tokens, text, normalized) if q.text]


def money_yuan(text: str) -> int:
    """The yuan of exactly one amount of money: 60万元, 1.5亿元, 500元, 六十万元, 15万, RMB 150,000, 150,000 yuan.

    Raises:
        ValueError: the text is not one amount of Chinese money, says more than an amount, or is not whole yuan.
    """
    found = find_quantities(text)
    problem = f"expected one amount of money such as 60万元 or RMB 150,000, got {text!r}"
    if len(found) != 1 or found[0].upper is not None:
        raise ValueError(problem)
    only = found[0]
    plain_scale = only.kind == "number" and re.search(r"[万亿]$", normalize(only.text).text) is not None
    if text.strip() != only.text or not (plain_scale or (only.kind == "money" and only.unit == "CNY")):
        raise ValueError(problem)
    if only.value != only.value.to_integral_value():
        raise ValueError(f"expected whole yuan, got {text!r}")
    return int(only.value)


def format_yuan_zh(yuan: int) -> str:
    """An amount as a Chinese reader expects it, always exact: 15万元, 1.5万元, 8000元, 1.2亿元, 12340元."""
    for scale, unit in ((10**8, "亿元"), (10**4, "万元")):
        if abs(yuan) >= scale and yuan % (scale // 10) == 0:
            return f"{_decimal(Decimal(yuan) / scale)}{unit}"
    return f"{yuan}元"


def format_yuan_en(yuan: int) -> str:
    """An amount as an English reader expects it, always exact: RMB 150,000."""
    return f"RMB {yuan:,}"


def _decimal(value: Decimal) -> str:
    return f"{value.normalize():f}"


# --- reading ---------------------------------------------------------------------------------------------------------


def _blank_circled(text: str, normalized: Normalized) -> str:
    """The normalised text with circled outline numbers blanked: normalising makes ① a plain 1."""
    plain = normalized.text
    if not _CIRCLED.search(text):
        return plain
    return "".join(
        " " if _CIRCLED.match(text[source]) else char for char, source in zip(plain, normalized.offsets, strict=False)
    )


def _masked(plain: str) -> list[tuple[int, int]]:
    spans = [match.span() for match in _CODES.finditer(plain)]
    return spans + [match.span("mark") for match in _OUTLINE.finditer(plain)]


def _fixed(plain: str) -> list[_Token]:
    """Dates, years, ordinals, ratios and 百分之…: shapes that are recognised whole."""
    tokens: list[_Token] = []
    readers = (
        (_DATES, _date),
        (_YEAR_SPANS, _year),
        (_ORDINALS, _ordinal),
        (_RATIOS, _ratio),
        (_PERCENT_HAN, _percent),
    )
    masked = [match.span() for match in _CODES.finditer(plain) if match.lastgroup != "number"]
    for pattern, read in readers:
        for match in pattern.finditer(plain):
            if _overlaps(match.span(), masked) or _overlaps(match.span(), [(t.start, t.end) for t in tokens]):
                continue
            token = read(match)
            if token is not None:
                tokens.append(token)
    return tokens


def _overlaps(span: tuple[int, int], others: Sequence[tuple[int, int]]) -> bool:
    return any(span[0] < end and start < span[1] for start, end in others)


def _positional(text: str) -> int:
    return int("".join(str(_DIGITS[char]) for char in text)) if text[0] in _DIGITS else int(text)


def _small(text: str) -> int | None:
    try:
        return int(_number(text))
    except ValueError:
        return None


def _date(match: re.Match[str]) -> _Token | None:
    groups = {name: value for name, value in match.groupdict().items() if value is not None}
    year = next((_positional(v) for k, v in groups.items() if k[0] == "y"), None)
    month = next((_month(v) for k, v in groups.items() if k[0] == "m"), None)
    day = next((_small(v) for k, v in groups.items() if k[0] == "d"), None)
    has_day = any(k[0] == "d" for k in groups)
    if month is None or not 1 <= month <= 12 or (has_day and (day is None or not 1 <= day <= 31)):
        return None
    parts = ([f"{year:04d}"] if year else []) + [f"{month:02d}"] + ([f"{day:02d}"] if day else [])
    unit = ("年" if year else "") + "月" + ("日" if day else "")
    return _Token(Decimal("".join(parts)), unit, "date", *match.span())


def _month(text: str) -> int | None:
    if text[0].isascii() and text[0].isalpha():
        return next(i for i, name in enumerate(_MONTH_NAMES, 1) if name.startswith(text.rstrip(".")[:3]))
    return _small(text)


def _year(match: re.Match[str]) -> _Token:
    end = match.end()
    tail = re.compile(r"[ \t]*年(?!度?级)").match(match.string, end)
    return _Token(Decimal(_positional(match.group())), "年", "year", match.start(), tail.end() if tail else end)


def _ordinal(match: re.Match[str]) -> _Token | None:
    said = next(match.group(name) for name in ("n", "top", "etop", "eth") if match.group(name))
    value = _small(said)
    if value is None:
        return None
    unit = match.group("unit") or match.group("topunit") or ""
    return _Token(Decimal(value), unit, "ordinal", *match.span())


def _ratio(match: re.Match[str]) -> _Token | None:
    first, second = Decimal(match.group("a")), Decimal(match.group("b"))
    return _Token(second / first, ":", "ratio", *match.span()) if first else None


def _percent(match: re.Match[str]) -> _Token | None:
    whole, _, fraction = match.group("n").partition("点")
    try:
        value = _number(whole)
    except ValueError:
        return None
    if fraction:
        if not all(char in _DIGITS for char in fraction):
            return None
        value += Decimal("0." + "".join(str(_DIGITS[char]) for char in fraction))
    return _Token(value, "%", "percent", *match.span())


def _numerals(plain: str, taken: Sequence[tuple[int, int]]) -> Iterator[_Token]:
    position = 0
    while (match := _NUMERAL.search(plain, position)) is not None:
        position = match.end()
        if _overlaps(match.span(), taken):
            continue
        token = _token(plain, match)
        if token is not None:
            position = max(position, token.end)
            yield token


def _token(plain: str, match: re.Match[str]) -> _Token | None:
    try:
        value = _number(match.group())
    except ValueError:
        return None
    start, end = match.span()
    after = _AFTER.match(plain, end)
    before = plain[start - 1] if start else ""
    if match.lastgroup == "han" and (before in _HAN_GLUE or match.group() in "万亿"):
        return None
    currency = re.search(rf"(?P<currency>{_CURRENCY_BEFORE}){_BLANK}$", plain[max(0, start - 8) : start])
    if currency and match.lastgroup == "arabic":
        lead = max(0, start - 8) + currency.start()
        after_money = after if after and after.group("money") else None
        scale = (
            Decimal(_SCALES[after_money.group("scale")]) if after_money and after_money.group("scale") else Decimal(1)
        )
        stop = after_money.end() if after_money else end
        return _Token(value * scale, _CURRENCY_WORDS[currency.group("currency")], "money", lead, stop, scale)
    if after is None:
        return _unitless(plain, match, value, before)
    return _with_unit(plain, match, value, after)


def _with_unit(plain: str, match: re.Match[str], value: Decimal, after: re.Match[str]) -> _Token | None:
    start, end = match.start(), after.end()
    scale = Decimal(_written_scale(match.group()))
    if after.group("percent"):
        return _Token(value, "%", "percent", start, end)
    if after.group("w"):
        kind: Kind = "money" if _money_near(plain, start, end) else "number"
        return _Token(value * 10**4, "CNY" if kind == "money" else "", kind, start, end, Decimal(10**4))
    vague = after.group("vague") is not None
    if after.group("money"):
        factor = Decimal(_SCALES[after.group("scale")]) if after.group("scale") else Decimal(1)
        unit = next(
            c
            for w, c in sorted(_CURRENCY_WORDS.items(), key=lambda p: -len(p[0]))
            if after.group("money").startswith(w)
        )
        return _Token(value * factor, unit, "money", start, end, factor * scale, vague)
    if after.group("noun"):
        noun = _NOUN_UNIT.search(after.group("noun"))
        name = _NOUN_NAMES[int(noun.lastgroup[1:])] if noun and noun.lastgroup else ""
        return _Token(value, name, "duration" if name in _DURATIONS else "count", start, end)
    unit = after.group("time") or after.group("measure")
    if (
        match.lastgroup == "han"
        and match.group() == "一"
        and unit in {"批", "大", "级", "次", "类", "种", "本", "期", "条", "所", "处"}
    ):
        return None
    if unit in {"大", "级"} and value < 2 and match.lastgroup == "han":
        return None
    return _Token(value, unit, "duration" if unit in _DURATIONS else "count", start, end, scale, vague)


def _written_scale(numeral: str) -> int:
    """The 万 or 亿 that an Arabic numeral carries itself (60万): what a list that ends in it shares."""
    tail = re.search(r"\d[ \t]*([十百千万亿]+)$", numeral)
    scale = 1
    for char in tail.group(1) if tail else "":
        scale *= _SCALES[char]
    return scale


def _unitless(plain: str, match: re.Match[str], value: Decimal, before: str) -> _Token | None:
    start, end = match.span()
    following = plain[end : end + 1]
    if match.lastgroup == "arabic" and (
        before.isascii() and before.isalpha() or following.isascii() and following.isalpha()
    ):
        return None
    scale = re.search(r"[万亿]$", match.group())
    if scale and (match.lastgroup == "arabic" or len(match.group()) > 1):
        kind: Kind = "money" if _money_near(plain, start, end) else "number"
        return _Token(value, "CNY" if kind == "money" else "", kind, start, end, Decimal(_written_scale(match.group())))
    if match.lastgroup != "arabic":
        return None
    if _BARE_YEAR.fullmatch(match.group()):
        return _Token(value, "年", "year", start, end)
    return _Token(value, "", "number", start, end)


def _money_near(plain: str, start: int, end: int) -> bool:
    """Whether the sentence around `[start, end)` speaks of paying."""
    left = max(plain.rfind(stop, 0, start) for stop in "。;!?\n") + 1
    right = min((at for stop in "。;!?\n" if (at := plain.find(stop, end)) >= 0), default=len(plain))
    return _MONEY_CUE.search(plain[left:start] + " " + plain[end:right]) is not None


def _join(plain: str, tokens: list[_Token]) -> list[_Token]:
    """Ranges become one token; a unit at the end of a list is shared with the bare numbers before it."""
    joined: list[_Token] = []
    for token in reversed(tokens):
        following = joined[-1] if joined else None
        between = plain[token.end : following.start] if following else ""
        if following is None or "\n" in between:
            joined.append(token)
        elif _RANGE_JOIN.fullmatch(between) and _may_range(token, following):
            low = token if not token.bare else replace(token, value=token.value * following.factor)
            joined[-1] = replace(
                following, value=low.value, upper=following.upper or following.value, start=token.start, shared=False
            )
        elif _LIST_JOIN.fullmatch(between) and _may_share(token, following, between):
            joined.append(
                replace(
                    token,
                    value=token.value * following.factor,
                    unit=following.unit,
                    kind=following.kind,
                    factor=following.factor,
                    shared=True,
                )
            )
        else:
            joined.append(token)
    return joined[::-1]


def _may_range(low: _Token, high: _Token) -> bool:
    if (
        high.upper is not None
        or high.kind in ("year", "date", "ordinal", "ratio")
        or low.kind in ("year", "date", "ordinal", "ratio")
    ):
        return False
    same = low.kind == high.kind and low.unit == high.unit
    scaled = low.value if not low.bare else low.value * high.factor
    return (same or (low.kind == "number" and high.kind != "number")) and scaled < high.value


def _may_share(token: _Token, following: _Token, between: str) -> bool:
    if not token.bare or following.kind in ("number", "year", "date", "ordinal", "ratio") or not following.unit:
        return False
    if following.unit in _NOUN_NAMES and following.factor == 1 and "," in between:
        return False
    return "," not in between or following.kind in ("money", "percent")


def _bounded(plain: str, tokens: Sequence[_Token], text: str, normalized: Normalized) -> Iterator[Quantity]:
    bounds = [_bound_before(plain, token) for token in tokens]
    afters = [_bound_after(plain, token) for token in tokens]
    listed = [
        a.kind == b.kind and a.unit == b.unit and _LIST_JOIN.fullmatch(plain[a.end : b.start]) is not None
        for a, b in pairwise(tokens)
    ]
    for i, same_list in enumerate(listed):
        if same_list and bounds[i] != "exact" and bounds[i + 1] == "exact":
            bounds[i + 1] = bounds[i]
    for i in range(len(listed) - 1, -1, -1):
        if listed[i] and afters[i + 1] != "exact" and afters[i] == "exact":
            afters[i] = afters[i + 1]
    for token, before, after in zip(tokens, bounds, afters, strict=True):
        span = normalized.to_source_span(token.start, token.end)
        bound: Bound = before if before != "exact" else after
        if token.kind in ("ordinal", "date") or (token.kind == "year" and bound == "up_to"):
            bound = "exact"
        yield Quantity(
            _plainest(token.value),
            token.unit,
            token.kind,
            bound,
            span.start,
            span.end,
            text[span.start : span.end],
            None if token.upper is None else _plainest(token.upper),
            token.shared,
        )


def _plainest(value: Decimal) -> Decimal:
    """The same number without an empty fraction."""
    return value.quantize(Decimal(1)) if value == value.to_integral_value() else value


def _bound_before(plain: str, token: _Token) -> Bound:
    cue = _CUE_BEFORE.search(plain, max(0, token.start - 24), token.start)
    if cue is None:
        return "at_least" if token.vague else "exact"
    return "up_to" if cue.group("most") else "at_least"


def _bound_after(plain: str, token: _Token) -> Bound:
    cue = _CUE_AFTER.match(plain, token.end)
    if cue is None:
        return "exact"
    return "up_to" if cue.group("most") else "at_least"
