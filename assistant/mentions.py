"""Reads years, dates, ranks and counts out of a question, in Chinese and English. Works on normalised text."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import date
from typing import Literal, NamedTuple

from knowledge.numerals import DIGITS, SCALES, chinese_number

Language = Literal["zh", "en"]
Noun = Literal["standard", "product", "committee"]

_WORDS = [
    *("one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten", "eleven", "twelve"),
    *("thirteen", "fourteen", "fifteen", "sixteen", "seventeen", "eighteen", "nineteen", "twenty"),
]
_ORDINALS = [
    *("first", "second", "third", "fourth", "fifth", "sixth", "seventh", "eighth", "ninth", "tenth"),
    *("eleventh", "twelfth"),
]
_PHRASES = {
    "a couple of": 2,
    "a couple": 2,
    "a pair of": 2,
    "half a dozen": 6,
    "a dozen": 12,
    "dozen": 12,
    "single": 1,
    "two dozen": 24,
    "none": 0,
}
# What stands for a number without being a numeral.
_COLLOQUIAL = {"俩": "两", "仨": "三"}
_HAN_CHARS = "零〇一二三四五六七八九十两俩仨百千壹贰叁肆伍陆柒捌玖拾佰仟"
# 九千九百九十九万九千九百九十九 has fifteen; without an end, a page of numerals is looked through once for each of them.
_HAN = rf"[{_HAN_CHARS}]{{1,15}}"
_WORD = r"(?:" + "|".join([*_PHRASES, *_WORDS]) + r"|an?(?= (?:further|additional))|another)"
_ARABIC = r"\d{1,3}(?:,\d{3})+|\d+(?:\.\d+)?"
_NUMERAL_EN = rf"(?:{_ARABIC}|{_WORD})"
_MEASURE = "项个件部种款份张条套只支类次场"
# From here on nobody counts standards: the number is a slip or a test.
_MOST = 9999

_YEAR = re.compile(r"(?<!\d)(19[5-9]\d|20\d\d)(?!\d|\s*(?:万|元|家|项|个|名|人|亿))")
_RANKS = (
    # 第二起草单位, 第3位, 我们第四, 排老五
    re.compile(
        rf"第\s*(\d{{1,2}}|{_HAN})\s*(?:主要)?(?:起草|完成|参编|编制|参与|位|名|顺位|单位|家|$|[,，。?？!！;；、)） 的能可有以吗呢])"
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
    # third on an industry standard; two of them, one first and one second; all first
    re.compile(rf"\b({'|'.join(_ORDINALS)})\s+on\s+(?:an?|the|one|another|\d|our|two|three)\b"),
    re.compile(
        rf"(?:(?:^|[,(;])\s*|\b(?:one|all|both|each)\s+)({'|'.join(_ORDINALS)})(?:\s+place)?(?=\s*(?:[,).;?!]|$|and\b))"
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
_COUNTS_ZH = (
    re.compile(
        rf"(?<![\d.第前哪])(?<!\d,)(?<!第[{_HAN_CHARS}])({_ARABIC}|{_HAN}|半)\s*(?:[多来几余]\s*)?([{_MEASURE}])"
    ),
    # 俩行标, 弄了仨
    re.compile(rf"([俩仨])(?![{_MEASURE}人口])"),
    # 3国家标准, 国标3、行标2, 国标×3
    re.compile(r"(?<![\d.第前年])(\d{1,3})(?=(?:国际|国家|行业|省级|市级|地方|团体)标准|[国行团]标|省地?标|市地标)"),
    re.compile(rf"(?<=[标准品])\s*[x×*:]?\s*(\d{{1,3}}|{_HAN})(?=\s*(?:[,，、;；。+和及\s]|$))"),
)
# national standard x2
_TIMES_EN = re.compile(r"(?<=\w)\s*[x×*]\s*(\d{1,3})\b(?!\s*\d)")
# What a Chinese count is not of, where it stands behind the measure word: 两个单位, 十个部分, 五个级别.
_OTHER_NOUN_ZH = re.compile(
    r"(?:多|来)?(?:的)?(?:性|起草|主要|主导|牵头|参与|本地|不同|扬?州?本?市?)?(?:部分|单位|企业|公司|工厂|厂家|起草|月|方面|条件|问题|城市|地方|地区|区(?!域)|县|市(?!级|地|标)|省(?!级|地|标)|级别|层级|等级|层次|档|部门|人|年|阶段|政策|文件|季度|工作日|名额|系列|分?步)"
)
_NOUN_ZH = re.compile(
    r"(?P<product>产品)|(?P<committee>委员会|标委会|分委会|工作组|\b(?:tc|sc|wg)\b)|(?P<standard>标准|[国行省市地团企]标)"
)
_COUNT_EN = re.compile(
    rf"(?<![\w.#])(?<![a-z]-)(?<!\d,)({_NUMERAL_EN})(?![\w%]|\.\d|,\d{{3}}| (?:percent|per cent|yuan|rmb|million|thousand|hundred|wan)\b)"
)
_RANKING_EN = re.compile(
    r"(?:\b(?:rank(?:ed|ing)?|no\.?|number|top|first|section|article|clause|place|position)|#|rmb|cny|¥)\s*$"
)
# Before a year, or a number that counts nothing.
_DATING_EN = re.compile(r"\b(?:in|since|of|by)\s*$")
_FIRST_YEAR = 1900
_RIGHT_BEFORE_EN = re.compile(r"\s*(?:[a-z]+ )?(?:standards?|products?)\b")
# What makes a number no number to multiply with: a span of two, a rough one, a limit, a part, a sign.
_SPAN_BEFORE = re.compile(
    rf"(?<![a-z\d.第])(\d{{1,4}}|{_HAN}|{_WORD})\s*[{_MEASURE}]?\s*(?:-|–|—|~|～|至|到|或者?|、|\bto\b|\bor\b)\s*$"
)
_BETWEEN_BEFORE = re.compile(rf"\bbetween\s+(\d{{1,4}}|{_WORD})\s+and\s+$")
_ROUGH_BEFORE = re.compile(
    r"(?:至少|起码|最少|不少于|不低于|至多|最多|不超过|超过|多于|少于|不到|不足|将近|接近|差不多|大约|大概|大致|约|近|上|好几|几|数"
    r"|(?<!how )(?<!what )\b(?:about|around|roughly|approximately|nearly|almost|some|at least|at most|up to|more than|over|fewer than|less than))\s*$"
)
_ROUGH_AFTER = re.compile(
    r"\s*(?:以上|以下|以内|左右|上下|出头|不到|半(?![年天])|\bor (?:so|more|fewer|less)\b|and a half\b|plus\b)"
)
_ROUGH_WITHIN = re.compile(r"[多来几余]")
_SIGNED = re.compile(r"(?:^|(?<=[^a-z\d.]))[-−]$|负$|\bminus\s*$")
_HEAD_EN = re.compile(
    r"(?P<product>products?|goods|pcs|pieces?|skus?)\b|(?P<committee>committees?|subcommittees?|sub-committees?|tcs?|scs?|wgs?|working groups?|secretariats?)\b"
    r"|(?P<standard>standards?|gbs?(?=[\s,.;]|$)|projects?|items?|certificates?|ones?)\b"
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
_PRONOUN_EN = re.compile(r"\s+(?:of (?:which|them|these|those|such|it|each|our|my|the)|such|like (?:that|this|it))\b")
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


# Who is a person where the documents speak of units.
_PERSON = re.compile(
    r"员工|职工|工程师|技术员|技术人员|同事|同志|专家|教授|博士|老师|总工|老板|经理|本人|个人|我自己"
    r"|\b(?:employees?|engineers?|staff|colleagues?|experts?|professors?|scientists?|technicians?|researchers?|managers?|ceo|i personally|myself)\b"
)
_DRAFTER = re.compile(r"起草人")
_UNIT = re.compile(r"公司|单位|企业|厂|\b(?:company|firm|enterprise|unit|organi[sz]ation|plant)\b")
_SENTENCE_PART = re.compile(r"[,，。;；?？!！\n]|但是?|而|\bbut\b|\bwhile\b")


class Rank(NamedTuple):
    """A place in the list of drafters. A band (前两位, top five) is any place down to `value`.

    `person`: it is the place of a person (第一起草人是我们员工), which says nothing of the firm's.
    """

    value: int
    start: int
    end: int
    band: bool = False
    person: bool = False


class Count(NamedTuple):
    """A number of things, with its measure word and, where a noun follows, the kind of thing.

    Attributes:
        value: the number; of a span (两三个, 3-5) its lower end.
        most: the upper end of a span.
        unclear: the words of what is no certain whole number (十来个, 至少两项, 1.5项); empty where it is one.
    """

    value: int
    unit: str
    start: int
    end: int
    each: bool
    noun: Noun | None = None
    most: int | None = None
    unclear: str = ""


class Event(NamedTuple):
    """When something was published or finished; the month where it is said."""

    year: int
    month: int | None


_DOCUMENT = r"[㐀-鿿]{0,6}[〔\[【]\d{4}[〕\]】]\s*第?\s*\d+\s*号|《[^《》]*》"
_NAMED_DOCUMENT = re.compile(_DOCUMENT)
_CITED = re.compile(rf"{_DOCUMENT}|[“\"][㐀-鿿][^“”\"]*[”\"]")


def find_documents(text: str) -> list[str]:
    """The numbers (粤府〔2010〕1号) and titles in brackets (《…》) by which a text names documents."""
    return _NAMED_DOCUMENT.findall(text)


def language_of(text: str) -> Language:
    """The language a question is asked in; a few foreign words do not change it. Chinese where nothing tells."""
    # The number or the title of a document is Chinese in any question.
    text = _CITED.sub(" ", text)
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
    several = len({rank.value for rank in found}) > 1
    held = (rank._replace(person=_of_person(text, rank, several=several)) for rank in found)
    return sorted(held, key=lambda rank: rank.start)


def _of_person(text: str, rank: Rank, *, several: bool) -> bool:
    """Whether the part of the sentence that names a place says that a person holds it.

    A drafter (起草人) is often meant for the unit; beside another place that is the unit's, it is a person.
    """
    start = max((m.end() for m in _SENTENCE_PART.finditer(text, 0, rank.start)), default=0)
    after = _SENTENCE_PART.search(text, rank.end)
    part = text[start : after.start() if after else len(text)]
    person = _PERSON.search(part) or (_DRAFTER.search(part) if several and _UNIT.search(text) else None)
    if person is None:
        return False
    between = part[person.end() : max(person.end(), rank.start - start)]
    return _UNIT.search(between) is None


def find_counts(text: str) -> list[Count]:
    """How many of a thing, in order of the text. `each` marks 各三项 and "three each"."""
    ranks = find_ranks(text)
    found: dict[int, Count] = {}
    for count in (*_counts_zh(text), *_counts_en(text)):
        # None of a thing is nothing to compute: the amount for one is said instead.
        nothing = not count.value and not count.unclear
        known = found.get(count.start)
        taken = known is not None and bool(known.unclear or not count.unclear)
        if not nothing and not taken and not any(r.start <= count.start < r.end for r in ranks):
            found[count.start] = count
    spans = [count for count in found.values() if count.unclear]
    return [
        count
        for _, count in sorted(found.items())
        if not any(other is not count and other.start <= count.start < other.end for other in spans)
    ]


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
    try:
        return chinese_number("".join(_COLLOQUIAL.get(char, char) for char in word))
    except ValueError:
        return None


def _month(parts: dict[str, str | None]) -> int | None:
    if name := parts.get("month_name"):
        return _MONTHS.index(name) + 1
    month = int(parts.get("month") or 0)
    return month if 1 <= month <= 12 else None


def _counts_zh(text: str) -> Iterator[Count]:
    for pattern in _COUNTS_ZH:
        for match in pattern.finditer(text):
            after = text[match.end() :]
            if _OTHER_NOUN_ZH.match(after):
                continue
            before = text[max(0, match.start() - 2) : match.start()]
            each = "各" in before or "分别" in before
            unit = match.group(2) if pattern.groups > 1 else ""
            clause = re.split(r"[,，。;；?？!！、+]|和|及|加", after[:20], maxsplit=1)[0]
            # The last noun of the phrase is what is counted: 3个采用国际标准的产品.
            nouns = list(_NOUN_ZH.finditer(clause))
            product = next((n for n in nouns if n.lastgroup == "product"), None)
            noun = product or (nouns[0] if nouns else None)
            kind: Noun | None = noun.lastgroup if noun else None  # type: ignore[assignment]
            yield _count(text, match.start(1), match.end(1), match.end(), unit=unit, each=each, noun=kind)


def _count(text: str, start: int, numeral_end: int, end: int, *, unit: str, each: bool, noun: Noun | None) -> Count:
    """The count that a numeral makes together with what stands around it."""
    written = text[start:numeral_end]
    before, after = text[:start], text[end:]
    if span := _BETWEEN_BEFORE.search(before):
        low, high = number(span.group(1)), number(written)
        if low and high and low < high:
            return Count(low, unit, span.start(), end, each, noun, most=high, unclear=text[span.start() : end])
    if span := _SPAN_BEFORE.search(before):
        low, high = number(span.group(1)), number(written)
        words = text[span.start(1) : end]
        if low and high and low < high and span.group().strip()[-1:] != "、":
            return Count(low, unit, span.start(1), end, each, noun, most=high, unclear=words)
    if (neighbours := _neighbours(written)) is not None:
        return Count(neighbours[0], unit, start, end, each, noun, most=neighbours[1], unclear=text[start:end])
    value = number(written.replace(",", ""))
    rough = next((m for p in (_ROUGH_BEFORE, _SIGNED) if (m := p.search(before))), None)
    tail = _ROUGH_AFTER.match(after)
    if value is None or value > _MOST or rough or tail or _ROUGH_WITHIN.search(text, numeral_end, end):
        words = text[rough.start() if rough else start : end + (tail.end() if tail else 0)]
        return Count(value or 0, unit, start, end, each, noun, unclear=words.strip(" ,，。"))
    return Count(value, unit, start, end, each, noun)


def _neighbours(written: str) -> tuple[int, int] | None:
    """The two numbers of 两三, 三五 or 十七八; null for any other numeral."""
    if len(written) < 2 or any(char not in DIGITS or not DIGITS[char] for char in written[-2:]):
        return None
    stem = written[:-2]
    if stem and stem[-1] not in SCALES:
        return None
    low, high = number(stem + written[-2]), number(stem + written[-1])
    return (low, high) if low is not None and high is not None and low < high else None


def _counts_en(text: str) -> Iterator[Count]:
    for match in _TIMES_EN.finditer(text):
        if text[: match.start()].rstrip()[-1:].isascii():
            yield _count(text, match.start(1), match.end(1), match.end(1), unit="", each=False, noun=None)
    for match in _COUNT_EN.finditer(text):
        if _RANKING_EN.search(text[: match.start()]):
            continue
        after = text[match.end() :]
        noun = _noun_en(after)
        value = number(match.group(1).replace(",", ""))
        if value and value > _MOST and not _RIGHT_BEFORE_EN.match(after):
            continue  # the 150,000 for an industry standard
        if _DATING_EN.search(text[: match.start()]) and (noun is None or (value or 0) >= _FIRST_YEAR):
            continue
        pronoun = _PRONOUN_EN.match(after)
        ending = re.match(r"\s*(?:in total|altogether|total|now)?\s*[?.!]*\s*$", after) and _ENDING_EN.match(
            text[: match.start()]
        )
        if noun or pronoun or ending or _EXPORTED_EN.match(after):
            each = re.match(r"[\w\s]{0,25}\beach\b", after) is not None or bool(
                re.match(r"[\w\s]{0,20}\b(?:at|for) each\b", after)
            )
            yield _count(text, match.start(1), match.end(1), match.end(1), unit="", each=each, noun=noun)


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
