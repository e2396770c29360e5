"""A stretch of policy text as typed tokens: who does what at which level, and what is given."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from fractions import Fraction
from functools import lru_cache

from knowledge.drafting.giving import is_giving
from knowledge.drafting.grades import find_grades
from knowledge.drafting.level_tokens import LevelFinder, find_abbreviations, find_offices
from knowledge.drafting.ranks import find_ranks, number_of
from knowledge.drafting.shields import find_shields
from knowledge.drafting.tokens import Kind, Token
from knowledge.drafting.vocabulary import Values, either, load_vocabulary
from knowledge.numerals import chinese_number
from knowledge.quantities import Quantity


def lex(plain: str, quantities: Sequence[Quantity]) -> list[Token]:
    """The tokens of a folded text, in order; of tokens that overlap the longest stays, but amounts always do.

    Those of kind `shield` are words that only look like something.

    Args:
        plain: the text as `vocabulary.folded` gives it.
        quantities: its quantities, with offsets into it.
    """
    amounts = [Token(kind, "", q.start, q.end, quantity=q) for q in quantities if (kind := _amount_kind(q)) is not None]
    words = [token for find in _finders() for token in find(plain)]
    words.sort(key=lambda token: (token.start - token.end, token.start))
    taken = bytearray(len(plain))
    kept: list[Token] = []
    for token in [*amounts, *words]:
        if token.start < token.end and not any(taken[token.start : token.end]):
            taken[token.start : token.end] = b"\x01" * (token.end - token.start)
            kept.append(token)
    return sorted(kept, key=lambda token: token.start)


def _amount_kind(quantity: Quantity) -> Kind | None:
    if quantity.kind == "money":
        return "money" if quantity.unit == "CNY" else None
    if quantity.kind == "percent" and quantity.unit == "%":
        return "percent"
    return "ratio" if quantity.kind == "ratio" else None


_Finder = Callable[[str], Iterator[Token]]


@lru_cache(maxsize=1)
def _finders() -> tuple[_Finder, ...]:
    words = load_vocabulary()
    shields = (
        *words.activity_shields,
        *words.role_shields,
        *words.committee_shields,
        *words.place_shields,
        *words.giving_shields,
        *words.aligning_shields,
    )
    singles: tuple[tuple[Kind, Sequence[str]], ...] = (
        ("honour", words.honours),
        ("aligning", words.aligning),
        ("same", words.same_for_each),
        ("grows", words.grows),
        ("bonus", words.bonus),
        ("half", words.half),
        ("shield", shields),
    )
    tables: tuple[tuple[Kind, Values], ...] = (
        ("activity", words.activities),
        ("role", words.roles),
        ("committee", words.committees),
        ("place", words.place_groups),
        ("payer", words.payers),
        ("giving", words.giving),
    )
    found: list[_Finder] = [_word_finder(kind, {"": tuple(forms)}) for kind, forms in singles]
    found += [_word_finder(kind, values) for kind, values in tables]
    return (
        find_shields,
        _others,
        _fractions,
        _honours,
        _surcharges,
        find_offices,
        _in_phrases,
        find_abbreviations,
        *found,
        LevelFinder().find,
        find_ranks,
        find_grades,
        _per,
    )


def _word_finder(kind: Kind, values: Values) -> _Finder:
    pattern = re.compile("|".join(f"(?P<v{i}>{either(forms)})" for i, forms in enumerate(values.values())))
    # Longest first over all values; which of them it was is looked up afterwards.
    every = re.compile(either(form for forms in values.values() for form in forms))
    names = list(values)

    def find(plain: str) -> Iterator[Token]:
        for match in every.finditer(plain):
            exact = pattern.fullmatch(match.group())
            value = names[int(str(exact.lastgroup)[1:])] if exact and exact.lastgroup else ""
            if kind == "giving" and not is_giving(plain, match):
                continue
            yield Token(kind, value, match.start(), match.end())

    return find


_TENTHS = re.compile(r"(?<=[的按为])(?P<n>[一二三四五六七八九])成(?![立果为员本品就功分])")
_FRACTIONS = re.compile(
    r"(?<=[的按为])(?:(?P<of>[二三四五六七八九十])分之(?P<part>[一二三四五六七八九])|(?P<top>\d)/(?P<bottom>\d{1,2})(?![\d/]))"
)


def _fractions(plain: str) -> Iterator[Token]:
    """Shares in parts, their value in percent: 按主持企业的三成, 五分之一, 1/5."""
    for match in _TENTHS.finditer(plain):
        yield Token("half", str(chinese_number(match["n"]) * 10), *match.span())
    for match in _FRACTIONS.finditer(plain):
        part, whole = match["part"] or match["top"], match["of"] or match["bottom"]
        share = Fraction(number_of(part) * 100, number_of(whole)) if number_of(whole) else Fraction(0)
        if 0 < share < 100:
            yield Token("half", str(share), *match.span())


def _others(plain: str) -> Iterator[Token]:
    """Those who are not the lead, as participants (非牵头单位, 除主持单位外), and those who mainly do it."""
    for match in _not_the_lead().finditer(plain):
        yield Token("role", "participate", *match.span())
    for match in _MAINLY.finditer(plain):
        yield Token("role", "lead", *match.span())


# 为主修订国家标准的: the work itself is a word of its own.
_MAINLY = re.compile(r"(?:为主|负责)(?=制[定订修]|起草|研制|承担|修订|编[制写])")


@lru_cache(maxsize=1)
def _not_the_lead() -> re.Pattern[str]:
    lead = f"{either(load_vocabulary().roles['lead'])}(?:起草|制定|研制|编制|承担)?(?:单位|企业|者|方|地位)?"
    return re.compile(rf"(?:非|不是|并非|不属于?|[未不]作为|未(?:列入|列为|成为|担任)){lead}|除{lead}(?:以|之)?外")


# 授予“标准化示范主体”称号: what the honour is called is nothing that is paid for.
_CONFERS = re.compile(
    r"(?<!被)(?:授予|颁发)[^,;。\d]{2,30}?(?:称号|牌匾|奖牌|标牌|铭牌|奖杯)(?!(?:(?!不).){0,3}(?:给予|奖励))"
)


def _honours(plain: str) -> Iterator[Token]:
    for match in _CONFERS.finditer(plain):
        yield Token("honour", "", *match.span())


# Activities that are said in too many words to list them: 标准比对和有效性验证研究 (but no 标准化研究院), 每采用一项国际标准.
_IN_PHRASES = {
    "research": re.compile(
        r"标准(?:(?!制|修订|起草|编|试点|示范)[^,;。:()给由]){0,16}?(?P<said>研究)"
        r"(?!院|所|机构|中心|生|员|人|制[定订]|编制|起草|开发|基地|团队|会|型|确定|决定|审|同意|提出|后)"
    ),
    # What firms are chosen as; whoever is one already is only told by it.
    "other": re.compile(
        r"(?:(?<!已)被?(?:评|认定|评定|评选|命名|确定|列)为|获评|获批|获认定|入选|新增|新认定|新获评)"
        r"[^,;。的奖元]{0,24}?(?P<said>(?:示范)?(?:家庭农场|合作社|合作联社)|(?:农业)?(?:产业化)?龙头企业|专精特新[^,;。的]{0,6}企业|“?小巨人”?企业"
        r"|单项冠军企业|高新技术企业|老字号(?:企业)?)(?=的[,;企单]|的?称号|认定)"
    ),
    # 被评定为五星级、四星级养老机构的
    "certification": re.compile(
        r"(?P<said>(?:新|被|首次)?(?:评|评定|评选|认定|核定|晋升|升)为)(?=[一二三四五]星级?|[甲乙丙]级|[2-5]a级?|a{2,5}级?)"
    ),
    "adopt_standard": re.compile(
        r"(?P<said>(?:采用|采纳|转化)(?:了)?(?:(?:[一二两三\d]|每)+(?:项|个|件|种))?(?:以上)?(?:的)?(?:先进)?(?:国际|国外|iso/iec|iso|iec)(?:先进)?标准)"
        r"(?!化|为|成)"
    ),
}


def _in_phrases(plain: str) -> Iterator[Token]:
    for activity, pattern in _IN_PHRASES.items():
        for match in pattern.finditer(plain):
            yield Token("activity", activity, *match.span("said"))


# 在相应档次上每项增加5万元: a surcharge whose verb stands apart from what it is on.
_ADDED_ON = re.compile(
    r"(?:基础|档次|额度|标准|金额)之?上,?(?:每[项个家件张](?:标准|项目)?|各|分别|均)"
    r"(?P<said>[再另]?(?:增加|追加|加发|增发|加付)|[再另]外?(?:行|次)?(?=给予|予以|奖|补|资助))"
)


def _surcharges(plain: str) -> Iterator[Token]:
    for match in _ADDED_ON.finditer(plain):
        yield Token("bonus", "", *match.span("said"))


@lru_cache(maxsize=1)
def _per_pattern() -> re.Pattern[str]:
    nouns = load_vocabulary().measured_nouns
    forms = "|".join(f"(?P<{name}>{either(words)})" for name, words in nouns.items())
    measure = r"(?P<measure>人次|[项个件家户张人名位次场届期班证](?!奖(?!励|补|金)))"
    adjectives = "(?:获奖|采标|国际|国家|行业|地方|团体|新|批准发布的|级){0,3}"
    opening = r"(?:每(?:新增|增加|(?:[举承主协]办|举行|召开|组织|开展)(?=一))?(?:一)?|(?<=[元万])[ \t]*/[ \t]*|单(?=[项个家户件]))"
    return re.compile(f"{opening}{measure}?(?:{adjectives}(?:{forms})(?!项目奖|化))?")


_MEASURES = {
    "家": "organization",
    "户": "organization",
    "张": "certificate",
    "人次": "person",
    "证": "certificate",
    "人": "person",
    "名": "person",
    "位": "person",
}
_MEASURES |= dict.fromkeys("次场届期班", "event")


_PEOPLE_EACH = re.compile(r"(?:同志|个人|人员|专家|工作者)(?=各)")


def _per(plain: str) -> Iterator[Token]:
    for match in _PEOPLE_EACH.finditer(plain):
        yield Token("per", "person", *match.span())
    for match in _per_pattern().finditer(plain):
        measure = match["measure"]
        noun = next((name for name, said in match.groupdict().items() if said and name != "measure"), None)
        if measure is None and noun is None:
            continue
        end = match.end("measure") if measure else match.end()
        value = noun or _MEASURES.get(str(measure), "")
        yield Token("per", value, match.start(), end)
