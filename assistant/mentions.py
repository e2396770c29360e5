"""Reads years, dates, ranks and counts out of a question, in Chinese and English. Works on normalised text."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import date
from typing import Literal, NamedTuple

Language = Literal["zh", "en"]
Noun = Literal["standard", "product", "committee"]

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
_WORDS = [
    *("one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten", "eleven", "twelve"),
    *("thirteen", "fourteen", "fifteen", "sixteen", "seventeen", "eighteen", "nineteen", "twenty"),
]
_ORDINALS = [
    *("first", "second", "third", "fourth", "fifth", "sixth", "seventh", "eighth", "ninth", "tenth"),
    *("eleventh", "twelfth"),
]
_PHRASES = {"a couple of": 2, "a pair of": 2, "a dozen": 12, "dozen": 12, "single": 1}
_HAN = r"[一二三四五六七八九十两俩仨百]+"
_WORD = r"(?:" + "|".join([*_PHRASES, *_WORDS]) + r"|an?(?= (?:further|additional))|another)"
_NUMERAL_EN = rf"(?:\d{{1,4}}|{_WORD})"
_MEASURE = "项个件部种款份张条套只支类"

_YEAR = re.compile(r"(?<!\d)(19[5-9]\d|20\d\d)(?!\d|\s*(?:万|元|家|项|个|名|人|亿))")
_RANKS = (
    # 第二起草单位, 第3位, 我们第四, 排老五
    re.compile(
        rf"第\s*(\d{{1,2}}|{_HAN})\s*(?:主要)?(?:起草|完成|参编|编制|参与|位|名|顺位|单位|家|$|[,，。?？!！;；、 的能可有以吗呢])"
    ),
    re.compile(
        rf"(?:排名?|位列|列|署名|名次|排位|顺位|挂名)(?:在|是|为|到)?\s*(?:第|老)?\s*(\d{{1,2}}|{_HAN})(?![\d年月万项个家类])"
    ),
    re.compile(
        rf"\b(?:rank(?:ed|ing|s)?|listed|place[ds]?|position(?:ed)?|number|no\.?|#)\s*(?:is|as|at|in|was|of|no\.?|number|#)?\s*(?:the )?\s*(\d{{1,2}}|{'|'.join(_WORDS)})(?:st|nd|rd|th)?\b"
    ),
    re.compile(
        rf"\b(\d{{1,2}}(?=st|nd|rd|th)|{'|'.join(_ORDINALS)})(?:st|nd|rd|th)?[\s-]+(?:\w+[\s-]+){{0,2}}?(?:drafter|drafting|place|position|rank(?:ed)?|author|on the|in the|listed|unit|organi[sz]ation|company|contributor)"
    ),
    re.compile(
        rf"\b(?:rank(?:ed|ing|s)?|listed|came|come|comes|placed|are|is|were|am|was|'re|'m)\s+(?:as |the |only |just )*(\d{{1,2}}(?=st|nd|rd|th)|{'|'.join(_ORDINALS)})(?:st|nd|rd|th)?\b(?! (?:to|time|industry|national))"
    ),
    re.compile(
        rf"\b(?:does|do|and|about) the (\d{{1,2}}(?=st|nd|rd|th)|{'|'.join(_ORDINALS)})(?:st|nd|rd|th)?\b(?! \w+ standard)"
    ),
)
# 前两位, the top five, among the first three: somewhere in a band, at worst its end.
_BANDS = (
    re.compile(rf"前\s*(\d{{1,2}}|{_HAN})\s*(?:位|名|家)"),
    re.compile(
        rf"\b(?:top|first)\s+(\d{{1,2}}|{'|'.join(_WORDS)})\b(?! (?:industry|national|provincial|standards|months|years))"
    ),
)
# 第2-3位, ranked 2 to 3: somewhere down to the second number.
_SPANS = re.compile(
    rf"(?:第|排名?|ranked |rank )\s*(?:\d{{1,2}}|{_HAN})\s*(?:-|—|–|~|～|至|到|或|to|or)\s*第?(\d{{1,2}}|{_HAN})(?:位|名|\b)"
)
# What turns a place into its denial: before it, and for 前两名之外 after it.
_DENIED = re.compile(
    r"(?:没有?(?:能|排|挤|进|到|达到|进入|排进|排到|挤进)+|未(?:能)?(?:进入?|达到?|排进?|列入)|不(?:在|是|属于|算|够)|也不是|并非|非|"
    r"\b(?:not|never|nor|neither|isn't|aren't|wasn't|weren't|outside|beyond|below|missed))"
    r"(?:\s*(?:排名?|署名|名次|位列|进|在|是|为|到|the|a|an|in|within|among|of|ranked|listed|placed|one of))*\s*$"
)
# Neither first nor second: third at best.
_NEITHER = re.compile(r"不是第一.{0,8}?不是第二|\b(?:neither|not) (?:the )?first (?:n?or) (?:the )?second\b")
_OUTSIDE_BAND = re.compile(r"\s*(?:之外|以外|外|开外|以后|之后|往后|以下)")
# 第三以后, third or lower: from a place on.
_OPEN_END = re.compile(
    r"^(?:位|名)?(?:及|或)?(?:以后|之后|往后|以下|更后)|^\s*(?:place )?(?:or|and) (?:lower|below|later|worse)"
)
_COUNTS_ZH = (
    re.compile(rf"(?<![\d.第前])(\d{{1,4}}|{_HAN})\s*(?:多)?([{_MEASURE}])"),
    # 俩行标, 弄了仨
    re.compile(rf"([俩仨])(?![{_MEASURE}人口])"),
    # 3国家标准, 国标3、行标2, 国标×3
    re.compile(r"(?<![\d.第前年])(\d{1,3})(?=(?:国际|国家|行业|省级|市级|地方|团体)标准)"),
    re.compile(rf"(?<=[标准品])\s*[x×*:]?\s*(\d{{1,3}}|{_HAN})(?=\s*(?:[,，、;；。+和及]|$))"),
)
# What a Chinese count is not of, where it stands behind the measure word: 两个单位, 十个部分, 五个级别.
_OTHER_NOUN_ZH = re.compile(
    r"(?:的)?(?:起草|主要|主导|牵头|参与|本地|不同|扬?州?本?市?)?(?:部分|单位|企业|公司|工厂|厂家|起草|月|方面|条件|问题|城市|地方|地区|区(?!域)|县|市(?!级|地|标)|省(?!级|地|标)|级别|层级|等级|层次|档|部门|人|年|阶段|政策|文件|季度|工作日|名额|系列|分?步)"
)
_NOUN_ZH = re.compile(
    r"(?P<product>产品)|(?P<committee>委员会|标委会|分委会|工作组|\b(?:tc|sc|wg)\b)|(?P<standard>标准|[国行省市地团企]标)"
)
_COUNT_EN = re.compile(
    rf"(?<![\w.#-])(?<!\d,)({_NUMERAL_EN})(?![\w%]|\.\d|,\d{{3}}| (?:percent|per cent|yuan|rmb|million|thousand|hundred|wan)\b)"
)
_RANKING_EN = re.compile(
    r"(?:\b(?:rank(?:ed|ing)?|no\.?|number|top|first|section|article|clause|place|position|in|since|of|by)|#|rmb|cny|¥)\s*$"
)
_HEAD_EN = re.compile(
    r"(?P<product>products?|goods)\b|(?P<committee>committees?|subcommittees?|sub-committees?|tcs?|scs?|wgs?|working groups?|secretariats?)\b"
    r"|(?P<standard>standards?|projects?|items?|certificates?|ones?)\b"
)
_OTHER_NOUN_EN = re.compile(
    r"(?:firms?|compan(?:y|ies)|enterprises?|drafters?|drafting|units?|organi[sz]ations?|bodies|parts?|levels?|years?|months?|days?|weeks?|"
    r"times?|people|persons?|places?|cit(?:y|ies)|countr(?:y|ies)|count(?:y|ies)|provinces?|districts?|documents?|polic(?:y|ies)|questions?|things?|conditions?|ways?|kinds?|types?|"
    r"yuan|rmb|million|thousand|percent|third|thirds|half|or|off|rank|is|are|was|were|gets?|if|who|which|that)\b"
)
_LEVEL_EN = re.compile(
    r"iso\b|iec\b|gb\b|(?:inter)?national|industr(?:y|ial)|sector|provincial|municipal|local|group|enterprise|foreign|city"
)
_JOIN_EN = re.compile(r"(?:and|plus|&|,|\+|/)")
# "only three are exported"
_EXPORTED_EN = re.compile(
    r"\s+(?:of (?:them|those|these|which)\s+)?(?:(?:are|is|were|get|gets|has|have|been|being|actually|really|also)\s+)*(?:not )?(?:export|sold|ship)"
)
# "two of them", and a number that ends a short turn: "And for three?"
_PRONOUN_EN = re.compile(r"\s+(?:of (?:them|these|those|such|it|each|our|my|the)|such|like (?:that|this|it))\b")
_ENDING_EN = re.compile(
    r"^(?:(?:and|what|how|if|about|for|with|we|i|had|have|has|there|are|were|is|ok|then|so|but|say|suppose|only|led|did|do)\b[\s,]*)*$"
)
_WORD_EN = re.compile(r"\s*([a-z][a-z'/]*|&|,|\+)(?:[\s-]+|$|(?=[,.?!;:]))")
# How many words may stand between a number and what it counts.
_WORDS_BETWEEN = 6

_STAGE_ZH = r"(?:批准发布|正式发布|发布|批准|颁布|公布|批下来|出版|完成|验收|通过验收)"
_STAGE_EN = r"(?:published|approved|issued|released|completed|accepted|came out|out)"
_MONTHS = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")
_MONTH_EN = rf"(?P<month_name>{'|'.join(_MONTHS)})[a-z]*\.?\s+(?:\d{{1,2}},?\s+)?"
_WHEN_ZH = r"(?:(?P<year>(?:19|20)\d\d)\s*年?|(?P<relative>今年|去年|前年))\s*(?:(?P<month>\d{1,2})\s*月)?(?:份|底|初)?"
_EVENTS = (
    re.compile(
        rf"{_WHEN_ZH}(?:就|才|已经?|正式|刚|被|\d{{1,2}}[日号])*{_STAGE_ZH}(?!的?(?:政策|文件|意见|通知|方案|纲要|办法))"
    ),
    re.compile(rf"{_STAGE_ZH}(?:时间|日期)?(?:是|于|在|为|:)\s*{_WHEN_ZH}"),
    re.compile(rf"\b{_STAGE_EN}(?: back)?(?: in| on| since| during|:)?\s+(?:{_MONTH_EN})?(?P<year>(?:19|20)\d\d)\b"),
    re.compile(rf"\b{_STAGE_EN}\s+(?P<relative>this year|last year)"),
)
_RELATIVE = {"今年": 0, "去年": 1, "前年": 2, "this year": 0, "last year": 1}


class Rank(NamedTuple):
    """A place in the list of drafters. A band (前两位, top five) is any place down to `value`."""

    value: int
    start: int
    end: int
    band: bool = False


class Count(NamedTuple):
    """A number of things, with its measure word and, where a noun follows, the kind of thing."""

    value: int
    unit: str
    start: int
    end: int
    each: bool
    noun: Noun | None = None


class Event(NamedTuple):
    """When something was published or finished; the month where it is said."""

    year: int
    month: int | None


def language_of(text: str) -> Language:
    """The language a question is asked in; a few foreign words do not change it. Chinese where nothing tells."""
    han = len(re.findall(r"[㐀-鿿豈-﫿]", text))
    # Codes such as TC, LED, AAAA belong to both languages.
    words = [w for w in re.findall(r"[A-Za-z][A-Za-z'’-]*", text) if not (w.isupper() and len(w) <= 5)]
    return "en" if words and len(words) > han * 0.75 else "zh"


def find_years(text: str) -> list[int]:
    """Calendar years, in order, without repeats."""
    return list(dict.fromkeys(int(match.group(1)) for match in _YEAR.finditer(text)))


def find_event(text: str, asked_at: date | None = None) -> Event | None:
    """When the work spoken of was published or completed: 2012年3月发布, published in 2012, 去年批准."""
    for pattern in _EVENTS:
        for match in pattern.finditer(text):
            parts = match.groupdict()
            if parts.get("year"):
                return Event(int(parts["year"]), _month(parts))
            if asked_at is not None:
                return Event(asked_at.year - _RELATIVE[parts["relative"]], _month(parts))
    return None


def find_ranks(text: str) -> list[Rank]:
    """Places among the drafters that the text names, in order. Places from one on (第三以后) count as their first."""
    spans = ((match, number(match.group(1))) for match in _SPANS.finditer(text))
    found = [Rank(lowest, match.start(), match.end(), band=True) for match, lowest in spans if lowest is not None]
    for band, patterns in ((True, _BANDS), (False, _RANKS)):
        for pattern in patterns:
            for match in pattern.finditer(text):
                value = number(match.group(1))
                taken = any(r.start < match.end() and match.start() < r.end for r in found)
                if not value or taken:
                    continue
                negated = _DENIED.search(text[: match.start()]) or (band and _OUTSIDE_BAND.match(text[match.end() :]))
                if negated and band:
                    # 没进前两名: third at best.
                    found.append(Rank(value + 1, match.start(), match.end(), band=False))
                elif not negated:
                    found.append(Rank(value, match.start(), match.end(), band))
    if not found and (neither := _NEITHER.search(text)):
        found.append(Rank(3, neither.start(), neither.end(), band=False))
    return sorted(found, key=lambda rank: rank.start)


def find_counts(text: str) -> list[Count]:
    """How many of a thing, in order of the text. `each` marks 各三项 and "three each"."""
    ranks = find_ranks(text)
    found: dict[int, Count] = {}
    for count in (*_counts_zh(text), *_counts_en(text)):
        # None of a thing is nothing to compute: the amount for one is said instead.
        if count.value and count.start not in found and not any(r.start <= count.start < r.end for r in ranks):
            found[count.start] = count
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
    if word in _PHRASES:
        return _PHRASES[word]
    if word in ("a", "an", "another"):
        return 1
    return _han_number(word)


def _month(parts: dict[str, str | None]) -> int | None:
    if name := parts.get("month_name"):
        return _MONTHS.index(name) + 1
    month = int(parts.get("month") or 0)
    return month if 1 <= month <= 12 else None


def _counts_zh(text: str) -> Iterator[Count]:
    for pattern in _COUNTS_ZH:
        for match in pattern.finditer(text):
            value = number(match.group(1))
            after = text[match.end() :]
            if not value or _OTHER_NOUN_ZH.match(after):
                continue
            before = text[max(0, match.start() - 2) : match.start()]
            each = "各" in before or "分别" in before
            unit = match.group(2) if pattern.groups > 1 else ""
            clause = re.split(r"[,，。;；?？!！、+]|和|及|加", after, maxsplit=1)[0]
            # The last noun of the phrase is what is counted: 3个采用国际标准的产品.
            nouns = list(_NOUN_ZH.finditer(clause[:20]))
            product = next((n for n in nouns if n.lastgroup == "product"), None)
            noun = product or (nouns[0] if nouns else None)
            yield Count(value, unit, match.start(1), match.end(), each, noun.lastgroup if noun else None)  # type: ignore[arg-type]


def _counts_en(text: str) -> Iterator[Count]:
    for match in _COUNT_EN.finditer(text):
        value = number(match.group(1))
        if not value or _RANKING_EN.search(text[: match.start()]):
            continue
        after = text[match.end() :]
        noun = _noun_en(after)
        pronoun = _PRONOUN_EN.match(after)
        ending = re.match(r"\s*(?:in total|altogether|total|now)?\s*[?.!]*\s*$", after) and _ENDING_EN.match(
            text[: match.start()]
        )
        if noun or pronoun or ending or _EXPORTED_EN.match(after):
            each = re.match(r"[\w\s]{0,25}\beach\b", after) is not None or bool(
                re.match(r"[\w\s]{0,20}\b(?:at|for) each\b", after)
            )
            yield Count(value, "", match.start(1), match.end(1), each, noun)


def _noun_en(after: str) -> Noun | None:
    """What a number before these words counts; null where it counts nothing that is paid for."""
    position, last = 0, ""
    for _ in range(_WORDS_BETWEEN):
        rest = after[position:].lstrip(" -")
        position = len(after) - len(rest)
        if head := _HEAD_EN.match(rest):
            tail = rest[head.end() :].lstrip(" -")
            if _OTHER_NOUN_EN.match(tail) and re.match(r"drafters?|compan|firms?|levels?|parts?|units?", tail):
                return None
            return head.lastgroup  # type: ignore[return-value]
        if _OTHER_NOUN_EN.match(rest):
            return None
        word = _WORD_EN.match(rest)
        if word is None:
            return None
        if _JOIN_EN.fullmatch(word.group(1)):
            # "three national and two provincial standards"
            return "standard" if _LEVEL_EN.match(last) and "standard" in rest else None
        last = word.group(1)
        position += word.end()
    return None


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
