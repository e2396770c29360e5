"""Ranks among those who draft a standard (排名第一, 第二至第五, 前三位), as tokens and as bands of places."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace
from functools import lru_cache

from knowledge.drafting.tokens import Token
from knowledge.drafting.vocabulary import any_of, either, load_vocabulary
from knowledge.numerals import chinese_number

_N = r"(?:\d{1,2}|[一二两三四五六七八九十]{1,3})"
# 前三位起草单位中，排名第一的: out of whom the ranks behind it are told apart.
_AMONG_THESE = re.compile(r"(?:的?(?:单位|企业))?(?:之?中|内)[,,]")
_NOT_FIRST = re.compile("(?:[非除]|不是|并非|不属于?|[未不]作为)$")
_UNIT = r"(?:名|位|家|个)?"
_CONTEXT = r"(?:排名顺序|排名|排序|位列|名列|署名|位次|名次|排)(?:为|在|居|于)?"
_TO = r"(?:名|位)?(?:至|到|-|—|~|–)"
# 第二、第三名的…，其他的奖励5万元: of the drafters whose ranks stand in front.
_REMAINING = re.compile(
    r"(?<=第)[一二三四五六七八九十\d]{1,2}(?:名|位|起草|完成|的)[^;。第]{0,40}[,、](?P<said>其[他余]的?)"
    r"(?=,?(?:各|均|每项|分别|一律){0,2}(?:奖|补|资助|给予|按|扶持|\d))"
)


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


def number_of(numeral: str) -> int:
    """The number of a numeral in digits or characters."""
    return int(numeral) if numeral.isdecimal() else chinese_number(numeral)


def rank_role(first: int, last: int | None) -> str:
    """The role of a band of ranks: rank:1, rank:2-5, rank:6-."""
    return f"rank:{first}-" if last is None else f"rank:{first}" if first == last else f"rank:{first}-{last}"


def find_ranks(plain: str) -> Iterator[Token]:
    """The ranks of a folded text; everybody but the first (非第一起草单位) is a role."""
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
            first = number_of(said["a"]) + excluded
            yield Token("rank", rank_role(first, None), *match.span(), of="" if included or excluded else "open_end")
    elif name == "band":
        if (placed or said["nth"] or unit in ("名", "位")) and number_of(said["a"]) < number_of(said["b"]):
            yield Token("rank", rank_role(number_of(said["a"]), number_of(said["b"])), *match.span())
    elif name == "top":
        if placed or unit in ("名", "位"):
            yield Token("rank", rank_role(1, number_of(said["a"])), *match.span())
    elif placed or re.search("[名位]", said["list"]) or match.string.startswith("的", match.end()):
        numbers = list(re.finditer(_N, said["list"]))
        base = match.start("list")
        for index, number in enumerate(numbers):
            start = match.start() if index == 0 else base + number.start()
            end = match.end() if index == len(numbers) - 1 else base + number.end()
            of = "chain" if len(numbers) > 1 and match.group().count("第") == 1 else ""
            yield Token("rank", rank_role(number_of(number.group()), number_of(number.group())), start, end, of=of)


def band(role: str) -> tuple[int, int | None]:
    """The first and the last place of a band of ranks; null for the last of an open one."""
    first, dash, last = role.removeprefix("rank:").partition("-")
    return int(first), int(last) if last else None if dash else int(first)


def rest_after(role: str) -> str | None:
    """The ranks behind a band: rank:1 is followed by rank:2-."""
    if not role.startswith("rank:"):
        return "rank:2-" if role == "lead" else None
    last = band(role)[1]
    return None if last is None else rank_role(last + 1, None)
