"""Levels as tokens: a stem with its noun, alone or in a list that shares the noun; 国标, 行标; the offices that approve."""

from __future__ import annotations

import re
from collections.abc import Iterator

from knowledge.drafting.approvers import CONFERRED, ISSUED, office_pattern
from knowledge.drafting.giving import GIVEN
from knowledge.drafting.tokens import Token
from knowledge.drafting.vocabulary import any_of, either, load_vocabulary

# 国标、行标、团标: levels with their noun in one word; but not 国标委, 执行标的 or 地标产品.
_NOT_ABBREVIATED = "(?<![各外我中多全强新城大执进发推])"
_ABBREVIATION_ENDS = r"(?=[、,;。/:)和及或与的制修\d最每奖项主参])"
_JOIN = r"[ \t]*(?:、|,|/|和|及|与|或者|或|以及)[ \t]*"
_LEVEL_SUFFIX = re.compile(r"[级性类]")
_QUALIFIED = re.compile(r"(?:强制性|推荐性|军用|产品类|方法类)$")
# A document that is no whole standard, and paid apart from those of its level.
_GUIDANCE = re.compile(r"标准化指导性技术文件")
# 地方标准区分省、市两级,主导单位分别奖励: levels that are counted stand for themselves.
_COUNTED = re.compile(r"[两三四]个?(?:级|层级|层次|级别)(?:的)?(?=[,;。:)]|地?分别)")
_IN_WORD = re.compile("[城超菜夜集早门上股都]$")
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


def find_abbreviations(plain: str) -> Iterator[Token]:
    """Levels with their noun in one word: 国标, 行标, 团标."""
    for value, forms in load_vocabulary().levels.abbreviated.items():
        for match in re.finditer(_NOT_ABBREVIATED + either(forms) + _ABBREVIATION_ENDS, plain):
            yield Token("level", value, *match.span(), of="standard")


def find_offices(plain: str) -> Iterator[Token]:
    """The levels that the office of an approval says: 经省级主管部门批准的."""
    for match in office_pattern().finditer(plain):
        said = match.groupdict()
        of = ISSUED if said.pop(ISSUED) else CONFERRED
        level = next(name for name, office in said.items() if office and name != CONFERRED)
        yield Token("level", level, *match.span(), of=of)


class LevelFinder:
    """Finds levels: a stem with its noun, alone or in a list that shares the noun."""

    def __init__(self) -> None:
        levels = load_vocabulary().levels
        bodies = (*load_vocabulary().committees["TC"], *load_vocabulary().committees["SC"])
        self._of = {stem: value for value, stems in levels.stems.items() for stem in map(str.lower, stems)}
        stems = [stem for forms in levels.stems.values() for stem in forms] + list(levels.abroad)
        # 其中国家级项目: no 中国
        self._stem = re.compile(f"(?!(?<=其)中国){either(stems)}")
        self._joined = re.compile(
            f"(?:{_JOIN}|\\(|(?<=省)(?=市级))(?:其他)?(?P<stem>{either(stems)}|[一-龥]{{2,4}}?[省市](?=专业|标准化|地方|标准))\\)?"
        )
        short = either(form for forms in levels.abbreviated.values() for form in forms)
        self._then_short = re.compile(_JOIN + short + _ABBREVIATION_ENDS)
        self._heads = {kind: re.compile(pattern) for kind, pattern in levels.heads.items()}
        self._middle = re.compile(
            f"{either(levels.middles)}{{0,4}}(?:(?:\\([^()]{{1,6}}\\))?地方标准|市级|a{{2,5}}级|标准(?!化)|试点|示范|奖(?!励|补|金)|(?:重点|工程)实验室|(?:质检|检验检测|监督检验|工程研究|创新)中心|[专业标准化]*分?技术委员会|专?业?分?标技?委会?|分?技委会?|(?:tc|sc|wg)(?![a-z]))"
        )
        self._of_trade = re.compile(
            rf"(?![内里外属直级场])(?:(?![的国在承设])[一-龥]){{1,8}}?(?:标准化(?:专业)?{either(bodies)}|标技?委会?)"
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
            yield Token("level", value, start, stop, of=self._unnamed(plain, stop) if of is None else of)

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
        return other is not None and GIVEN.match(plain, other.end()) is None

    def _unnamed(self, plain: str, at: int) -> str:
        """What a level without a known noun is of: `thing` where some other noun follows, nothing where none does."""
        while (joined := self._joined.match(plain, at)) is not None:
            at = joined.end()
        return "" if _NO_NOUN.match(plain, at) else "thing"

    def _bare(self, plain: str, start: int, at: int, named: bool) -> bool:
        """Whether 省 or 市 without more words is a level here, not the tail of a place's name."""
        listed = plain[start - 1 : start] in tuple("、和及或/") or self._joined.match(plain, at) is not None
        # 省渔业标准化技术委员会, but no 城市轨道交通标准化技术委员会
        of_trade = _IN_WORD.search(plain, max(0, start - 1), start) is None and self._of_trade.match(plain, at)
        return named or listed or bool(of_trade) or self._middle.match(plain, at) is not None

    def _noun(self, plain: str, at: int, own: str) -> str | None:
        """What the stem that ends at `at` is the level of; a list is followed to its end."""
        for _ in range(_MOST_JOINED):
            for kind, head in self._heads.items():
                if head.match(plain, at):
                    return kind
            if _COUNTED.match(plain, at):
                return ""
            if self._then_short.match(plain, at):
                return "standard"  # 国家、行标
            joined = self._joined.match(plain, at)
            # 的企业，国际标准: a comma behind a firm or a body ends the phrase.
            if joined is None or (own in _STANDARDS_ONLY and plain[at : at + 1] == ","):
                return None
            at = joined.end()
        return None


def _is_no_level(said: str, of: str | None, following: str) -> bool:
    """Whether a level's word says where or who pays: 列入本市重点产业链目录的, 本市有两家以上单位获奖的, 省里奖励."""
    if said in ("本市", "我市"):
        return of == "thing" or following == "有"
    return said in ("省里", "市里") and of != "committee"
