"""A stretch of policy text as typed tokens: who does what at which level, and what is given."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from fractions import Fraction
from functools import lru_cache
from typing import Literal

from knowledge.drafting.approvers import CONFERRED, ISSUED, office_pattern
from knowledge.drafting.vocabulary import Values, any_of, either, load_vocabulary
from knowledge.numerals import chinese_number
from knowledge.quantities import Quantity

Kind = Literal[
    "activity",
    "level",
    "standard",
    "role",
    "rank",
    "grade",
    "committee",
    "place",
    "payer",
    "giving",
    "honour",
    "aligning",
    "same",
    "per",
    "grows",
    "bonus",
    "half",
    "money",
    "percent",
    "ratio",
    "shield",
]
AXIS_KINDS: tuple[Kind, ...] = ("activity", "level", "role", "rank", "grade", "committee", "place")


@dataclass(frozen=True, slots=True)
class Token:
    """A word that means something to a reward rule, at `[start, end)` of the text it was found in.

    Attributes:
        value: a value of the rule vocabulary, a role for a rank (`rank:2-5`), a grade's label; empty where none applies.
        of: what a level is the level of (standard, committee, pilot, award …).
        quantity: the amount, share or ratio, for tokens of those kinds.
    """

    kind: Kind
    value: str
    start: int
    end: int
    of: str = ""
    quantity: Quantity | None = None


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
        _taken_up,
        _others,
        _fractions,
        _honours,
        _surcharges,
        _offices,
        _in_phrases,
        _abbreviations,
        *found,
        _Levels().find,
        _ranks,
        _grades,
        _per,
    )


# A one-character verb (奖20万元) is one only directly in front of what it gives.
_GIVEN = re.compile(r"[ \t]*(?:每|最高|不[得能可应]?(?:超过|高于|超出|突破)|人民币|¥|\d|[一二两三四五六七八九十百])")


_ENCOURAGING = re.compile(r"支持|扶持|配套|享受|激励")
_WITH_MONEY = re.compile(r"(?:给予|予以|资金|经费|财政|一次性|的|元)[^,;。]{0,6}$")


def _is_giving(plain: str, match: re.Match[str]) -> bool:
    """Whether the word gives: a single character or a verb that also means to encourage needs more beside it."""
    if match.group() == "奖金" and plain.startswith("奖", match.end()):
        return False  # 中国专利奖金奖
    if len(match.group()) == 1:
        return _GIVEN.match(plain, match.end()) is not None
    if _ENCOURAGING.fullmatch(match.group()):
        before = _WITH_MONEY.search(plain, max(0, match.start() - 8), match.start())
        return before is not None or _GIVEN.match(plain, match.end()) is not None
    return True


def _word_finder(kind: Kind, values: Values) -> _Finder:
    pattern = re.compile("|".join(f"(?P<v{i}>{either(forms)})" for i, forms in enumerate(values.values())))
    # Longest first over all values; which of them it was is looked up afterwards.
    every = re.compile(either(form for forms in values.values() for form in forms))
    names = list(values)

    def find(plain: str) -> Iterator[Token]:
        for match in every.finditer(plain):
            exact = pattern.fullmatch(match.group())
            value = names[int(str(exact.lastgroup)[1:])] if exact and exact.lastgroup else ""
            if kind == "giving" and not _is_giving(plain, match):
                continue
            yield Token(kind, value, match.start(), match.end())

    return find


# 被国家标准采纳: what took a standard up says nothing of the standard's own level.
_TAKEN_UP = re.compile(r"被[^,;。]{2,24}?(?:采纳|采用|采信|引用|吸收)")


# 修订《…办法》, 制定实施细则: a document is drawn up, not a standard.
_DRAWN_UP = re.compile(
    r"(?:制[定订]|修订|起草|编制)(?:和|并|、)?(?:印发|完善|出台|发布)?"
    r"(?=《|(?!本[^,;。]{2,4}第)[^,;。、标]{0,8}(?:办法|细则|方案|规划|计划|目录|指南|意见|制度))"
)


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
        share = Fraction(_value(part) * 100, _value(whole)) if _value(whole) else Fraction(0)
        if 0 < share < 100:
            yield Token("half", str(share), *match.span())


# 严于国家标准、行业标准的团体标准: what a standard is compared with.
_COMPARED = re.compile(
    r"达到(?:国际|国内|国家|行业)(?:先进|领先|一流)水平|(?:高于|严于|优于|不低于|严格于|领先于)(?:现行|相应|同类|有关|相关)?"
    r"(?:(?:国际|国家|行业|地方|省级|推荐性|强制性|团体)(?:先进)?(?:标准)?(?:要求|水平)?[、和或及]*)+"
)
# 国际先进标准 is a measure of quality, and no level.
_ADVANCED = re.compile(r"(?:国际|国内)(?:先进|领先)(?:水平|水准|标准)")
# 主导制定（含团体标准转化）: what is counted with it.
_COUNTED_IN = re.compile(r"\((?:含|包括|包含)[^()]{0,24}(?:转化|升级|升格|技术规范)[^()]{0,6}\)")


# 参照市级标准自行安排: by the measure of another government, and no standard of its level.
_MEASURE = re.compile(
    r"(?:参照|参考|比照|对照|执行|按照?)(?:上级|[省市区县国][家市区县级、和或]{0,6})标准"
    r"(?=[,;。)]|的?(?:制定|修订|制修订)(?:执行|办理)|(?:的?[^,;。制修]{0,4})?(?:执行|自行|安排|给予|予以|奖|补|资助|兑现|发放|落实|配套|减半|确定))"
)
# 在本市承办国际标准组织年会: where something happens.
_WHERE = re.compile(
    r"(?:在|于|落户|来)(?:本|我|全)?[省市区县](?:行政区域|辖区|域)?(?:内|境内)?"
    r"(?=[^,;。、]{0,6}(?:举办|承办|主办|召开|举行|协办|办理|设立|组织|注册|成立|登记|开展))"
    r"|(?:入驻|落户)(?:本|我|全)[省市区县](?=的)"
)
# 在国家、省奖励的基础上，市级再给予65万元: who else pays, and who pays here.
_ELSE_PAID = re.compile(
    r"在(?:上级|[国省市区县][家市区县级、和及或]{0,8})(?:财政)?(?:奖励|补助|资助|奖补|配套|扶持|补贴)(?=[^,;。]{0,6}基础上)"
    r"|(?<=[,;。])(?:本|我)?[省市区县]级?(?:财政|本级)?"
    r"(?=(?:分别|一律|均|统一)?(?:(?:再|另)(?:行)?(?:分别)?(?:给予|予以|按|奖|补|资助)|予以(?:授牌|表彰|通报)))"
    r"|(?<=[,;。])(?:本|我)?[区县]级?(?:财政|本级)?(?=(?:分别|一律|均|统一)?按)"
)


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
    return re.compile(rf"(?:非|不是|并非|不属于?|[未不]作为){lead}|除{lead}(?:以|之)?外")


# 授予“标准化示范主体”称号: what the honour is called is nothing that is paid for.
_CONFERS = re.compile(
    r"(?:授予|颁发)[^,;。\d]{2,30}?(?:称号|牌匾|奖牌|标牌|铭牌|奖杯)(?!(?:(?!不).){0,3}(?:给予|奖励))"
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
    "adopt_standard": re.compile(
        r"(?P<said>(?:采用|采纳|转化)(?:了)?(?:(?:[一二两三\d]|每)+(?:项|个|件|种))?(?:以上)?(?:的)?(?:先进)?(?:国际|国外|iso/iec|iso|iec)(?:先进)?标准)"
        r"(?!化|为|成)"
    ),
}


def _in_phrases(plain: str) -> Iterator[Token]:
    for activity, pattern in _IN_PHRASES.items():
        for match in pattern.finditer(plain):
            yield Token("activity", activity, *match.span("said"))


# 获得市级标准奖励的: what another treasury gave; its level is no standard's.
_RECEIVED = re.compile(r"(?:获得?|取得|享受)了?(?:国家级|省级|市级|区级|县级|上级)标准化?(?=奖励|资助|补助|补贴|扶持)")


# 未获得贡献奖，但新主持制定国家标准的: what the payee has not got is not paid for.
_NOT_GOT = re.compile(r"(?:未|没有|尚未)(?:能|曾)?(?:获得?|获评|取得|入选|入围|列入|评上)[^,;。的]{1,16}(?=的?,[但而])")
# 省级龙头企业承担标准化试点的: the level of whoever does it.
_WHOSE = re.compile(
    r"(?:国家|省|市|区|县)级(?:及?以上)?(?=[^,;。、:的标]{0,8}(?:企业|实验室|中心|合作社|高校|院所)"
    r"(?:[、和或及][^,;。、:的标]{2,10}){0,3}(?:牵头|主持|主导|承担|参与|完成))"
)


def _taken_up(plain: str) -> Iterator[Token]:
    for pattern in (
        _RECEIVED,
        _TAKEN_UP,
        _DRAWN_UP,
        _COMPARED,
        _ADVANCED,
        _COUNTED_IN,
        _ELSE_PAID,
        _MEASURE,
        _WHERE,
        _WHOSE,
        _NOT_GOT,
    ):
        for match in pattern.finditer(plain):
            yield Token("shield", "", *match.span())


# 国标、行标、团标: levels with their noun in one word; but not 国标委, 执行标的 or 地标产品.
_NOT_ABBREVIATED = "(?<![各外我中多全强新城大执进发推])"
_ABBREVIATION_ENDS = r"(?=[、,;。/:)和及或与的制修\d最每奖项主参])"


def _abbreviations(plain: str) -> Iterator[Token]:
    for value, forms in load_vocabulary().levels.abbreviated.items():
        for match in re.finditer(_NOT_ABBREVIATED + either(forms) + _ABBREVIATION_ENDS, plain):
            yield Token("level", value, *match.span(), of="standard")


# 在相应档次上每项增加5万元: a surcharge whose verb stands apart from what it is on.
_ADDED_ON = re.compile(
    r"(?:基础|档次|额度|标准|金额)之?上,?(?:每[项个家件张]|各|分别|均)(?P<said>[再另]?(?:增加|追加|加发|增发|加付))"
)


def _surcharges(plain: str) -> Iterator[Token]:
    for match in _ADDED_ON.finditer(plain):
        yield Token("bonus", "", *match.span("said"))


def _offices(plain: str) -> Iterator[Token]:
    for match in office_pattern().finditer(plain):
        said = match.groupdict()
        of = ISSUED if said.pop(ISSUED) else CONFERRED
        level = next(name for name, office in said.items() if office and name != CONFERRED)
        yield Token("level", level, *match.span(), of=of)


# --- levels ----------------------------------------------------------------------------------------------------------

_JOIN = r"[ \t]*(?:、|,|/|和|及|与|或者|或|以及)[ \t]*"
_LEVEL_SUFFIX = re.compile(r"[级性类]")
_QUALIFIED = re.compile(r"(?:强制性|推荐性|军用|产品类|方法类)$")
# A document that is no whole standard, and paid apart from those of its level.
_GUIDANCE = re.compile(r"标准化指导性技术文件")
_WIDER = re.compile(r"[全各外跨]$")
# A level whose noun is left out: 省级的20万元, 省级奖励20万元.
_NO_NOUN = re.compile(
    r"[ \t]*(?:$|(?:上述|前述|该类|此类)?项目(?=[的并且,每给按]|[奖补资]|不超过|最高|分别|依次|各|$)"
    r"|[的,;:。、)\d]|奖|给|补|资|按|每|最高|不超过|分别|各|及|和|以上|[再另](?:奖|给|补|资|行))"
)
# The noun was said before: 国际的100万元, 国家的50万元.
_ALONE = re.compile(r"[的:](?=[ \t]*(?:\d|每[项个]|奖励?|给予|最高|不超过))")
_ALONE_BEFORE_AMOUNT = re.compile(r"(?=[ \t]*(?:分别|不超过|不高于|最高|\d+(?:\.\d+)?万元))")
# (一)国际:TC…, 第一种是国际的:技术委员会…: a level heads what is listed behind it, if that says what it is.
_OPENS_LABEL = re.compile(r"(?:^|[\n;。)】:]|\d[.、]|[一二三四五]、|[类种]是)[ \t]*$")
_LABEL_ENDS = re.compile(
    r"(?:的|方面|层面)?:\s*[^,;。:\d]{0,12}?(?:(?<![a-z])(?:tc|sc|wg)(?![a-z])|[^政府管]委员会|工作组|技委会|秘书处)"
)
_CELL_BEGINS = re.compile(r"[\t|][ ]*$")
_CELL_ENDS = re.compile(r"[ ]*(?:[\t|\n]|$)")
_WIDEST_LEVELS = frozenset({"international", "national"})
# A standard with a name of its own, whatever its level.
_NAMED = re.compile(r"“[^“”]{2,8}”标准(?!化)|(?<!国家)(?<!行业)军用标准(?!化)")
_OR_HIGHER = re.compile(r"(?:及)?以上")
# What follows is a title or a status of that level, whatever its noun.
_CONFERRED = re.compile(r"(?:获得|获批|列入|入选|建成|创建|认定为|评为|获评|授予|筹建|新建|设立|认定|建设)$")
_MOST_JOINED = 9
NAMED = "named"
# Levels of standards alone: a pilot of an enterprise is no enterprise level.
_STANDARDS_ONLY = frozenset({"enterprise", "group", "alliance", "local"})


# A standard whose level is not said: 军民通用标准, 强制性标准.
_SOME_STANDARD = re.compile(r"标准(?=[的在每,，并被发已]|项目|列入|纳入|入选|属于|含有|涉及)")


class _Levels:
    """Finds levels: a stem with its noun, alone or in a list that shares the noun."""

    def __init__(self) -> None:
        levels = load_vocabulary().levels
        self._of = {stem: value for value, stems in levels.stems.items() for stem in map(str.lower, stems)}
        stems = [stem for forms in levels.stems.values() for stem in forms] + list(levels.abroad)
        self._stem = any_of(stems)
        self._joined = re.compile(
            f"(?:{_JOIN}|\\(|(?<=省)(?=市级))(?:其他)?(?P<stem>{either(stems)}|[一-龥]{{2,4}}?[省市](?=专业|标准化|地方|标准))\\)?"
        )
        short = either(form for forms in levels.abbreviated.values() for form in forms)
        self._then_short = re.compile(_JOIN + short + _ABBREVIATION_ENDS)
        self._heads = {kind: re.compile(pattern) for kind, pattern in levels.heads.items()}
        self._middle = re.compile(
            f"{either(levels.middles)}{{0,4}}(?:(?:\\([^()]{{1,6}}\\))?地方标准|市级|a{{2,5}}级|标准(?!化)|试点|示范|奖(?!励|补|金)|(?:重点|工程)实验室|(?:质检|检验检测|监督检验|工程研究|创新)中心|[专业标准化]*分?技术委员会|专?业?分?标技?委会?|分?技委会?|(?:tc|sc|wg)(?![a-z]))"
        )
        self._not_before = any_of(levels.not_before)
        self._not_standard = re.compile(either(load_vocabulary().not_standards) + "$")

    def find(self, plain: str) -> Iterator[Token]:
        """The level tokens of a folded text; each covers its stem."""
        for match in _SOME_STANDARD.finditer(plain):
            if not self._not_standard.search(plain, max(0, match.start() - 4), match.start()):
                yield Token("standard", "", *match.span())
        yield from (Token("level", NAMED, *match.span(), of="standard") for match in _NAMED.finditer(plain))
        for match in self._stem.finditer(plain):
            value = self._of.get(match.group())
            if value is None:
                continue
            after = match.end()
            suffix = _LEVEL_SUFFIX.match(plain, after)
            stop = suffix.end() if suffix else after
            over = _OR_HIGHER.match(plain, stop)
            stop = over.end() if over else stop
            bracketed = plain[match.start() - 1 : match.start()] == "(" and plain.startswith(")", stop)
            of = self._noun(plain, stop + bracketed, value)
            if of is None and self._is_alone(plain, match.start(), stop, value):
                stop += match.group().endswith("里") and plain.startswith("的", stop)  # 省里的, and not who pays
                yield Token("level", value, match.start(), stop)
                continue
            if of is None and _CONFERRED.search(plain, max(0, match.start() - 4), match.start()):
                of = self._unnamed(plain, stop) or None
            if _is_no_level(match.group(), of, plain[stop : stop + 1]):
                continue
            named = (
                match.group().endswith("级")
                or (match.group() == "省" and plain.startswith("市级", stop))
                or (suffix is not None and suffix.group() == "级")
            )
            if of is None and not (named and not self._goes_on(plain, stop)):
                continue
            if match.group() == "国内" and of not in ("standard", "committee", "event"):
                continue  # 国内发明专利 is none of the nation's own
            if value in _STANDARDS_ONLY and of != "standard" and not (value == "local" and of == "committee"):
                continue
            if (
                match.group() in ("省", "市")
                and not bracketed
                and not (of == CONFERRED and plain[match.start() - 1 : match.start()] in tuple("经由获"))
                and (
                    _WIDER.search(plain, max(0, match.start() - 1), match.start())
                    or not self._bare(plain, match.start(), stop, named)
                )
            ):
                continue
            if named and of is not None and of not in ("standard", "committee") and self._goes_on(plain, stop):
                continue
            start = match.start()
            if qualified := _QUALIFIED.search(plain, max(0, start - 3), start):
                start = qualified.start()
            if guidance := _GUIDANCE.match(plain, stop):
                stop = guidance.end()
            yield Token("level", value, start, stop, of=of or self._unnamed(plain, stop))

    def _is_alone(self, plain: str, start: int, at: int, value: str) -> bool:
        """Whether a level stands without its noun in front of an amount or fills a cell: 国际的100万元, 全国不超过50万元."""
        if value in _WIDEST_LEVELS and _ALONE_BEFORE_AMOUNT.match(plain, at):
            return True
        if plain.endswith("地方标准(", 0, start) and plain.startswith(")", at):
            return True
        if _OPENS_LABEL.search(plain, max(0, start - 8), start) and _LABEL_ENDS.match(plain, at):
            return True
        if _CELL_BEGINS.search(plain, max(0, start - 4), start) and _CELL_ENDS.match(plain, at):
            return True
        return value not in _STANDARDS_ONLY and _ALONE.match(plain, at) is not None

    def _goes_on(self, plain: str, at: int) -> bool:
        """Whether the word behind a level makes it part of another word: 国家级奖励, but 国家级奖励20万元 is a level."""
        other = self._not_before.match(plain, at)
        return other is not None and _GIVEN.match(plain, other.end()) is None

    def _unnamed(self, plain: str, at: int) -> str:
        """What a level without a known noun is of: `thing` where some other noun follows, nothing where none does."""
        while (joined := self._joined.match(plain, at)) is not None:
            at = joined.end()
            suffix = _LEVEL_SUFFIX.match(plain, at)
            at = suffix.end() if suffix else at
        return "" if _NO_NOUN.match(plain, at) else "thing"

    def _bare(self, plain: str, start: int, at: int, named: bool) -> bool:
        """Whether 省 or 市 without more words is a level here, not the tail of a place's name."""
        listed = plain[start - 1 : start] in tuple("、和及或/") or self._joined.match(plain, at) is not None
        return named or listed or self._middle.match(plain, at) is not None

    def _noun(self, plain: str, at: int, own: str) -> str | None:
        """What the stem that ends at `at` is the level of; a list is followed to its end."""
        for _ in range(_MOST_JOINED):
            for kind, head in self._heads.items():
                if head.match(plain, at):
                    return kind
            if self._then_short.match(plain, at):
                return "standard"  # 国家、行标
            joined = self._joined.match(plain, at)
            # 的企业，国际标准: a comma behind a firm or a body ends the phrase.
            if joined is None or (own in _STANDARDS_ONLY and plain[at : at + 1] == ","):
                return None
            at = joined.end()
            suffix = _LEVEL_SUFFIX.match(plain, at)
            at = suffix.end() if suffix else at
        return None


def _is_no_level(said: str, of: str | None, following: str) -> bool:
    """Whether a level's word says where or who pays: 列入本市重点产业链目录的, 本市有两家以上单位获奖的, 省里奖励."""
    if said in ("本市", "我市"):
        return of == "thing" or following == "有"
    return said in ("省里", "市里") and of != "committee"


# --- ranks, grades, per what -----------------------------------------------------------------------------------------

_N = r"(?:\d{1,2}|[一二两三四五六七八九十]{1,3})"
# 前三位起草单位中，排名第一的: out of whom the ranks behind it are told apart.
_AMONG_THESE = re.compile(r"(?:的?(?:单位|企业))?(?:之?中|内)[,,]")
_NOT_FIRST = re.compile("(?:[非除]|不是|并非|不属于?|[未不]作为)$")
_UNIT = r"(?:名|位|家|个)?"
_CONTEXT = r"(?:排名顺序|排名|排序|位列|名列|署名|位次|名次|排)(?:为|在|居|于)?"
_TO = r"(?:名|位)?(?:至|到|-|—|~|–)"


@lru_cache(maxsize=1)
def _rank_patterns() -> dict[str, re.Pattern[str]]:
    noun = either(load_vocabulary().rank_nouns)
    return {
        "open": re.compile(
            rf"(?P<ctx>{_CONTEXT})?(?P<nth>第)?(?P<a>{_N})(?P<unit>名|位|家|个)?(?P<in>\(含\)|及|\(含\)及|\(不含\))?"
            rf"(?:以后|之后|其后|往后|以下|以外)(?:\((?P<in2>含[^()]{{0,6}}|不含[^()]{{0,6}})\))?(?P<noun>(?:的)?{noun})?"
        ),
        "band": re.compile(
            rf"(?P<ctx>{_CONTEXT})?(?P<nth>第)?(?P<a>{_N}){_TO}第?(?P<b>{_N})(?P<unit>{_UNIT})(?P<noun>(?:的)?{noun})?(?![条项款点])"
        ),
        "top": re.compile(rf"(?P<ctx>{_CONTEXT})?前(?P<a>{_N})(?P<unit>{_UNIT})(?:\(含\))?(?P<noun>(?:的)?{noun})?"),
        "single": re.compile(
            rf"(?P<ctx>{_CONTEXT})?第(?P<list>{_N}{_UNIT}(?:(?:、|和|及|与|或者?|以及|,)第?{_N}{_UNIT})*)(?P<noun>(?:的)?{noun})?(?![条款章节档批年次期类届项])"
        ),
        "first": re.compile(rf"(?:{_CONTEXT}首位|首位{noun}|首席{noun})"),
    }


# 第二、第三名的…，其他的奖励5万元: of the drafters whose ranks stand in front.
_REMAINING = re.compile(
    r"(?<=第)[一二三四五六七八九十\d]{1,2}(?:名|位|起草|完成|的)[^;。第]{0,40}[,、](?P<said>其[他余]的?)"
    r"(?=,?(?:各|均|每项|分别|一律){0,2}(?:奖|补|资助|给予|按|扶持|\d))"
)


def _value(numeral: str) -> int:
    return int(numeral) if numeral.isdecimal() else chinese_number(numeral)


def rank_role(first: int, last: int | None) -> str:
    """The role of a band of ranks: rank:1, rank:2-5, rank:6-."""
    return f"rank:{first}-" if last is None else f"rank:{first}" if first == last else f"rank:{first}-{last}"


def _ranks(plain: str) -> Iterator[Token]:
    for name, pattern in _rank_patterns().items():
        for match in pattern.finditer(plain):
            if _AMONG_THESE.match(plain, match.end()):
                continue
            for token in _rank_tokens(name, match):
                # 排名前三的参与单位: the noun is a role of its own.
                noun = match.groupdict().get("noun") or ""
                taking_part = noun.removeprefix("的").startswith(load_vocabulary().roles["participate"])
                end = min(token.end, match.start("noun")) if taking_part else token.end
                token = replace(token, end=end)
                # 非第一起草单位, 除第一起草单位外: everybody but the first.
                others = (
                    _NOT_FIRST.search(plain, max(0, token.start - 3), token.start) if token.value == "rank:1" else None
                )
                yield Token("role", "participate", others.start(), end) if others else token
    for match in _REMAINING.finditer(plain):
        yield Token("rank", "rest", *match.span("said"))
    for match in any_of(load_vocabulary().remaining_drafters).finditer(plain):
        yield Token("rank", "rest", match.start(), match.end())


def _rank_tokens(name: str, match: re.Match[str]) -> Iterator[Token]:
    said = match.groupdict()
    unit = said.get("unit") or ""
    placed = bool(said.get("ctx") or said.get("noun"))
    if name == "first":
        yield Token("rank", "rank:1", *match.span())
    elif name == "open":
        excluded = "不含" in ((said["in"] or "") + (said["in2"] or ""))
        included = bool(said["in"] or said["in2"]) and not excluded
        if placed or said["nth"] or unit in ("名", "位"):
            first = _value(said["a"]) + excluded
            yield Token("rank", rank_role(first, None), *match.span(), of="" if included or excluded else "open_end")
    elif name == "band":
        if (placed or said["nth"] or unit in ("名", "位")) and _value(said["a"]) < _value(said["b"]):
            yield Token("rank", rank_role(_value(said["a"]), _value(said["b"])), *match.span())
    elif name == "top":
        if placed or unit in ("名", "位"):
            yield Token("rank", rank_role(1, _value(said["a"])), *match.span())
    elif placed or re.search("[名位]", said["list"]) or match.string.startswith("的", match.end()):
        numbers = list(re.finditer(_N, said["list"]))
        base = match.start("list")
        for index, number in enumerate(numbers):
            start = match.start() if index == 0 else base + number.start()
            end = match.end() if index == len(numbers) - 1 else base + number.end()
            of = "chain" if len(numbers) > 1 and match.group().count("第") == 1 else ""
            yield Token("rank", rank_role(_value(number.group()), _value(number.group())), start, end, of=of)


# 一类是…项目，…；另一类是…: things that are counted, and no grades.
_GRADE_LIST = re.compile(
    r"(?<![这同某每哪第统另])(?<!另外)(?!一类[^。]{0,200}另外?一类)(?P<list>(?:第?[特一二三四五](?:等奖?|类|档|星级?)?[、和及,/])*)"
    r"(?P<last>第?[特一二三四五](?:等奖(?!励)|类(?![似型别])|档|星级?|等(?![级次级]))|[特一二三四五]等)"
)
# 分三档, 6万元、4万元两档 count the grades.
_COUNTED = re.compile(r"(?:分[为成]?|元)$")
_COUNTED_OFF = re.compile("依次|分别|由高到低")  # 国家标准三档依次为…
_LEVEL_GRADES = re.compile(
    r"(?:[一二三四]级[、和及]){1,3}[一二三四]级|(?:[初中高特]级[、和及,]){1,3}[初中高特]级(?![专职工人技])"
)
_LETTER_TIERS = re.compile(
    r"(?P<list>(?:[a-e](?:类|级|档|等)?[、,和及]){1,4}[a-e])(?:类|级|[两三四五]?(?:个)?(?:档|等次|等级|类|级))"
)
_GRADE_ITEM = re.compile(r"[特一二三四五]")
_LETTER_GRADE = re.compile(
    r"(?<![a-z\d])(?P<label>a{2,5}|[2-5]a|a(?=级))(?:级|级别)?(?![a-z\d]|级?(?:旅游)?景区|级?(?:纳税|信用|物流))"
)
# 验收合格 is what every project must be, and no mark beside 优秀.
_PASSED = "(?<!验收)(?<!检验)(?<!评审)(?<!考核)(?<!评估)(?<!不)合格"
# 考核优秀的…，考核合格的…: there it is a mark beside another one of the same review.
# Not so where all must pass (经验收合格的), or where the better mark is paid on top (优秀的，再增加).
_REVIEWED = re.compile(
    r"(?<![经并且])(?P<by>验收|评审|考核|评估|评价|绩效)(?:结果|结论|等次)?(?:为|是)?“?(?P<mark>优秀|良好|合格)”?"
    r"(?=的(?![^;。]{0,12}(?:[再另]|增加|追加|上浮|提高)))"
)
_MARK_GIVEN = re.compile(f"优秀|良好|{_PASSED}")
_NAMED_GRADE = re.compile(
    r"[甲乙丙丁][类档](?![传资])|(?<=[获得])提名(?=的)|(?:个人|组织)奖(?!励|金)|金奖|银奖|铜奖|优秀奖|提名奖|特别奖|正奖|入围奖|优胜奖"
    rf"|(?:优秀|良好|{_PASSED})(?=等次|等级|档次|[、和]|的(?:[,\d奖补资给]|分别|最高|每)|\d)"
)


_EACH_IS_GIVEN = re.compile(r"[的个每各单](?:个人|组织)奖[ \t]*\d")
_MARKS_OF_QUALITY = ("优秀", "良好", "合格")
_WIDEST_MARKS = 80


def _is_one_of_several(plain: str, mark: re.Match[str]) -> bool:
    """Whether another mark stands near it; one alone (且评估优秀的) is a condition."""
    around = plain[max(0, mark.start() - _WIDEST_MARKS) : mark.start()] + plain[mark.end() : mark.end() + _WIDEST_MARKS]
    return any(found != mark.group() for found in _MARK_GIVEN.findall(around))


def _grades(plain: str) -> Iterator[Token]:
    for match in _GRADE_LIST.finditer(plain):
        counted = _COUNTED.search(plain, max(0, match.start() - 2), match.start())
        counted_off = _COUNTED_OFF.match(plain, match.end()) and match["last"][0] not in "第一"
        if (counted or counted_off) and not match["list"] and "奖" not in match.group():
            continue
        last = match["last"].removeprefix("第")
        suffix = last[1:]
        prefix = "第" if match["last"].startswith("第") else ""
        items = list(_GRADE_ITEM.finditer(match["list"]))
        if counted and match["list"].partition("、")[0].count(","):
            items = items[1:]  # 分三档,一档、二档、三档
        for item in items:
            at = match.start("list") + item.start()
            yield Token("grade", prefix + item.group() + suffix, at, at + 1)
        yield Token("grade", prefix + last[0] + suffix, match.start("last"), match.end("last"))
    for match in _LETTER_TIERS.finditer(plain):
        letters = list(re.finditer("[a-e]", match["list"]))
        for letter in letters:
            end = match.end() if letter is letters[-1] else match.start() + letter.end()
            yield Token("grade", letter.group().upper(), match.start() + letter.start(), end)
    for match in _LEVEL_GRADES.finditer(plain):
        for item in re.finditer(r"[一二三四初中高特]级", match.group()):
            yield Token("grade", item.group(), match.start() + item.start(), match.start() + item.end())
    for match in _LETTER_GRADE.finditer(plain):
        yield Token("grade", match["label"].upper(), *match.span())
    for match in _REVIEWED.finditer(plain):
        around = plain[max(0, match.start() - _WIDEST_MARKS) : match.end() + _WIDEST_MARKS]
        if {found["mark"] for found in _REVIEWED.finditer(around) if found["by"] == match["by"]} > {match["mark"]}:
            yield Token("grade", match["mark"], *match.span("mark"))
    for match in _NAMED_GRADE.finditer(plain):
        if match.group() in ("个人奖", "组织奖") and _EACH_IS_GIVEN.search(plain, match.start() - 1, match.end() + 2):
            continue  # 每个组织奖40万元
        if match.group() in _MARKS_OF_QUALITY and not _is_one_of_several(plain, match):
            continue
        yield Token("grade", "提名奖" if match.group() == "提名" else match.group(), *match.span())


@lru_cache(maxsize=1)
def _per_pattern() -> re.Pattern[str]:
    nouns = load_vocabulary().measured_nouns
    forms = "|".join(f"(?P<{name}>{either(words)})" for name, words in nouns.items())
    measure = r"(?P<measure>人次|[项个件家户张人名位次场届期班证](?!奖(?!励|补|金)))"
    adjectives = "(?:获奖|采标|国际|国家|行业|地方|团体|新|批准发布的|级){0,3}"
    opening = r"(?:每(?:新增|增加)?(?:一)?|(?<=[元万])[ \t]*/[ \t]*|单(?=[项个家户件]))"
    return re.compile(f"{opening}{measure}?(?:{adjectives}(?:{forms})(?!项目奖))?")


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


def shifted(token: Token, by: int) -> Token:
    """The token at offsets moved by `by`."""
    return replace(token, start=token.start + by, end=token.end + by)
