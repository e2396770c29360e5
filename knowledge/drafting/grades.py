"""Grades as tokens: 一等奖, 一档, A类, 4A, 优秀."""

from __future__ import annotations

import re
from collections.abc import Iterator

from knowledge.drafting.tokens import Token

# 一类是…项目，…；另一类是…: things that are counted, and no grades.
_GRADE_LIST = re.compile(
    r"(?<![这同某每哪第统另])(?<!另外)(?!一类[^。]{0,200}另外?一类)(?P<list>(?:第?[特一二三四五](?:等奖?|类|档|星级?)?[、和及,/])*)"
    r"(?P<last>第?[特一二三四五](?:等奖(?!励)|类(?![似型别])|档|星级?|等(?![级次级]))|[特一二三四五]等)"
)
# 分三档, 6万元、4万元两档 count the grades.
_COUNTED = re.compile(r"(?:分[为成]?|元)$")
_COUNTED_OFF = re.compile("依次|分别|由高到低")  # 国家标准三档依次为…
_LEVEL_GRADES = re.compile(
    r"(?:[一二三四]级[、和及]){1,3}[一二三四]级|(?:[甲乙丙]级[、和及]){1,2}[甲乙丙]级|(?:[初中高特]级[、和及,]){1,3}[初中高特]级(?![专职工人技])"
)
_LETTER_TIERS = re.compile(
    r"(?P<list>(?:[a-e](?:类|级|档|等)?[、,和及]){1,4}[a-e])(?:类|级|[两三四五]?(?:个)?(?:档|等次|等级|类|级))"
)
_GRADE_ITEM = re.compile(r"[特一二三四五]")
_LETTER_GRADE = re.compile(r"(?<![a-z\d])(?P<label>a{2,5}|[2-5]a|a(?=级))(?:级|级别)?(?![a-z\d]|级?(?:纳税|信用|物流))")
# 5A级景区承担试点的 is who does it; 评定为5A级、4A级旅游景区的 is what is paid for.
_SCENIC = re.compile("(?:旅游)?景区")
_RATED = re.compile("(?:评|定|升)为[^,;。]*$")
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
    r"[甲乙丙丁][类档](?![传资])|(?<=[获得])提名(?=的)|(?:个人|组织)奖(?!励|金)|(?<!资)金奖(?![励补])|银奖|铜奖|优秀奖|提名奖|特别奖|正奖|入围奖|优胜奖"
    rf"|(?:优秀|良好|{_PASSED})(?=等次|等级|档次|[、和]|的(?:[,\d奖补资给]|分别|最高|每)|\d)"
)
# 三类医疗器械注册证, 二类医院: what a thing is, where no other class of it is named.
_CLASS_OF_THING = re.compile(r"[一二三四五]类(?!标准|项目|奖|企业|单位|地区|区域|按|每|给|补|资|的|为|是|分)[一-龥]{2}")
_EACH_IS_GIVEN = re.compile(r"[的个每各单](?:个人|组织)奖[ \t]*\d")
_MARKS_OF_QUALITY = ("优秀", "良好", "合格")
_WIDEST_MARKS = 80


def _is_one_of_several(plain: str, mark: re.Match[str]) -> bool:
    """Whether another mark stands near it; one alone (且评估优秀的) is a condition."""
    around = plain[max(0, mark.start() - _WIDEST_MARKS) : mark.start()] + plain[mark.end() : mark.end() + _WIDEST_MARKS]
    return any(found != mark.group() for found in _MARK_GIVEN.findall(around))


def _is_class_of_thing(plain: str, grade: re.Match[str]) -> bool:
    """Whether a class says what a thing is: a noun stands behind it, and the text names no other class."""
    if _CLASS_OF_THING.match(plain, grade.start("last")) is None:
        return False
    return all(found == grade["last"] for found in re.findall("[一二三四五]类", plain))


def _find_letters(plain: str) -> Iterator[Token]:
    """Grades by letters: A、B、C三类, 4A."""
    for match in _LETTER_TIERS.finditer(plain):
        letters = list(re.finditer("[a-e]", match["list"]))
        for letter in letters:
            end = match.end() if letter is letters[-1] else match.start() + letter.end()
            yield Token("grade", letter.group().upper(), match.start() + letter.start(), end)
    for match in _LETTER_GRADE.finditer(plain):
        if _SCENIC.match(plain, match.end()) and not _RATED.search(plain, max(0, match.start() - 16), match.start()):
            continue
        yield Token("grade", match["label"].upper(), *match.span())


def find_grades(plain: str) -> Iterator[Token]:
    """The grades of a folded text; a list (一、二等奖) is one token each."""
    for match in _GRADE_LIST.finditer(plain):
        counted = _COUNTED.search(plain, max(0, match.start() - 2), match.start())
        counted_off = _COUNTED_OFF.match(plain, match.end()) and match["last"][0] not in "第一"
        none = counted or counted_off or _is_class_of_thing(plain, match)
        if none and not match["list"] and "奖" not in match.group():
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
    yield from _find_letters(plain)
    for match in _LEVEL_GRADES.finditer(plain):
        for item in re.finditer(r"[一二三四初中高特甲乙丙]级", match.group()):
            yield Token("grade", item.group(), match.start() + item.start(), match.start() + item.end())
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
