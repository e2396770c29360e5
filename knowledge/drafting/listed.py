"""Lists that stand between the lines of a payment: places one by one, prizes by name, tiers by number, payees side by side."""

from __future__ import annotations

import re
from collections.abc import Sequence
from itertools import pairwise

from knowledge.drafting.axes import AXES, Choice, Head
from knowledge.drafting.ledger import Ledger
from knowledge.drafting.purpose import Surroundings
from knowledge.drafting.tokens import Token
from knowledge.drafting.vocabulary import any_of, load_vocabulary
from knowledge.model import Span
from knowledge.numerals import chinese_number

_PAYEES = r"(?:先进|优秀|获奖)?(?:组织|单位|企业|集体|机构|团体|个人|自然人|工作者)"
_PAYEES_LISTED = re.compile(rf"(?P<names>{_PAYEES}(?:[、和及与或]{_PAYEES})+),?(?:分别|依次|各)[^,;。]*$")
_PERSON = re.compile(r"人$|者$")
# Between two things of one list.
_ONE_MARK = re.compile(r"(?:证书|登记|称号|企业|项目)?[、和及与][^,;。、的和及与\d]{0,12}")
_NAMES = re.compile(
    r"(?P<names>[^,;。:、和及与的\d]{2,16}(?:[、和及与][^,;。:、和及与的\d]{2,16})+)"
    r"(?:的(?:企业|单位|产品|组织)?)?,?(?:每[^,;。\d]{1,4},?)?$"
)
_LONGEST_NAMES = 40
_COUNTED_TIERS = re.compile(
    r"(?:分(?:为|成)?(?:[^,;。]{0,40}元)?|(?=[^,;。]{2,4}(?:依次|分别|由高到低)))"
    r"(?P<n>[二两三四五六七八九十\d])(?:个)?(?P<tier>档次?|等次|等级|级|类)"
)
_REVISING_IN_BRACKET = re.compile(r"制[定订]\(修[订编]\)")
_PRIZES = re.compile(r"[一-龥]{2,14}奖(?:[、和及与][一-龥]{2,14}奖)+(?!励|金|补|项|资)")
_PRIZE_PREFIX = re.compile(
    r"^(?:.*?(?:获得|荣获|获评|获))?(?:.*?(?:标准创新|标准化|质量|科学技术|科技)(?=[一-龥]{2,}奖))?"
)
_CLOSED_BAND = re.compile(r"rank:(\d+)-(\d+)")
_NAMED_TIERS = re.compile(
    r"分(?:为|成|别为)?(?P<names>[^,;。、\d]{1,6}(?:、[^,;。、\d]{1,6})+?)(?P<n>[二两三四五\d])个?(?:档次?|等次|等级|级|类)"
)
# The number of tiers behind the amounts: 分6万元、4万元、2万元三档.
_TIERS_BEHIND = re.compile(r"(?P<n>[二两三四五六七八九十\d])(?:个)?(?P<tier>档次?|等次|等级)")
_CN_DIGITS = "一二三四五六七八九十"
_LISTED_KINDS = (("level",), ("committee",), ("role", "rank"), ("grade",))
# Behind the last entry of a list that is read: 、企业联合标准的.
_FURTHER_ITEM = re.compile(r"[一-龥]{0,4}?[”)]?[、和及与或](?P<item>[一-龥“”]{2,14}?)(?=[、和及或与,;:。(的]|$)")
# In front of the first: 环球标准、国家标准.
_ITEM_BEFORE = re.compile(r"(?P<item>[一-龥“”]{2,14})[、和及与或]$")
_SHORTEST_ITEM = 2
_BETWEEN_ITEMS = re.compile(r"[、和及与或](?P<item>[一-龥“”]{2,14}?)[、和及与或]")


def with_lists(
    ledger: Ledger, group: Sequence[Token], head: Head, tokens: Sequence[Token], words: str, around: Surroundings
) -> Head:
    """The head with lists that stand between the lines: places one by one, prizes by name, tiers by number."""
    if any(token.kind == "aligning" for token in tokens) and (ranks := single_ranks(head, len(group))):
        head = head.with_axis("role", ranks)
    if prizes := _named_prizes(head, len(group), words):
        head = head.with_axis("grade", prizes)
    if tiers := _named_tiers(len(group), words) or _unnamed_tiers(head, len(group), words, around.after):
        head = head.with_axis("grade", tiers)
    bracketed = len(group) == 2 and ledger.plain[group[0].end : group[1].start].strip() == "("
    return head.with_axis("activity", pair) if bracketed and (pair := _drafting_pair(head)) else head


def _named_tiers(count: int, words: str) -> tuple[Choice, ...]:
    """The tiers that a text names where it counts them: 分为优秀、良好、合格三个等次，依次…; none where it does not."""
    for found in _NAMED_TIERS.finditer(words):
        names = found["names"].split("、")
        levels = any_of(stem for stems in load_vocabulary().levels.stems.values() for stem in stems)
        if len(names) == count == _counted(found["n"]) and not any(levels.match(name) for name in names):
            return tuple(Choice((name,), name, "and" if i else "first") for i, name in enumerate(names))
    return ()


def _counted(numeral: str) -> int:
    return int(numeral) if numeral.isdecimal() else chinese_number(numeral.replace("两", "二"))


def _unnamed_tiers(head: Head, count: int, words: str, behind: str) -> tuple[Choice, ...]:
    """The tiers that a text counts and does not name: 分三档，依次…; none where it names them or counts otherwise."""
    counted = _COUNTED_TIERS.search(words) or _TIERS_BEHIND.match(behind)
    if counted is None or count < 2 or len(head.of("grade")) > 1 or len(head.of("level")) == count:
        return ()
    if _counted(counted["n"]) != count:
        return ()
    names = [f"第{_CN_DIGITS[index]}{counted.group('tier')}" for index in range(count)]
    return tuple(Choice((name,), name, "and" if index else "first") for index, name in enumerate(names))


def _named_prizes(head: Head, count: int, words: str) -> tuple[Choice, ...]:
    """Prizes that are told apart by their names, as grades: 标准创新重大贡献奖、优秀贡献奖; none where they are not."""
    if count < 2 or head.single("activity") != "award" or any(len(choices) > 1 for choices in head.lists.values()):
        return ()
    for listed in _PRIZES.finditer(words):
        names = re.split("[、和及与]", listed.group())
        if len(names) == count:
            labels = [_PRIZE_PREFIX.sub("", name) for name in names]
            return tuple(Choice((label,), label, "and" if i else "first") for i, label in enumerate(labels))
    return ()


def listed_payees(head: Head, count: int, words: str) -> Sequence[str | None]:
    """What each of several amounts is per, where they differ by who is paid: 获奖的组织、个人分别奖励100万元、10万元."""
    listed = _PAYEES_LISTED.search(words) if count > 1 and all(len(c) == 1 for c in head.lists.values()) else None
    if listed is None:
        return []
    per = ["person" if _PERSON.search(name) else "organization" for name in re.split("[、和及与或]", listed["names"])]
    return per if len(per) == count == len(set(per)) else []


def listed_things(plain: str, head: Head, count: int, tokens: Sequence[Token], per: str | None) -> Sequence[str | None]:
    """What each of several amounts is per, where they go with as many things of one kind: 有机产品认证、绿色食品认证."""
    named = [token for token in tokens if token.kind == "activity"]
    alike = head.single("activity") in ("certification", "other") and {t.value for t in named} == {
        head.single("activity")
    }
    respectively = any(token.kind == "aligning" for token in tokens)
    single = alike and respectively and count > 1 and all(len(c) == 1 for c in head.lists.values())
    if single and len(named) == 1 and _names_around(plain, tokens, named[0], count):
        return [per] * count
    if (
        count < 2
        or len(named) != count
        or not (alike and respectively)
        or any(len(c) != 1 for c in head.lists.values())
    ):
        return []
    listed = all(_ONE_MARK.fullmatch(plain, a.end, b.start) for a, b in pairwise(named))
    return [per] * count if listed else []


def _names_around(plain: str, tokens: Sequence[Token], noun: Token, count: int) -> bool:
    """Whether as many names as there are amounts share one noun: 取得绿色食品、有机产品认证的，分别…."""
    aligning = next(token for token in tokens if token.kind == "aligning")
    found = _NAMES.search(plain, max(0, noun.start - _LONGEST_NAMES), aligning.start)
    if found is None or not found.start("names") <= noun.start < found.end("names"):
        return False
    return len(re.split("[、和及与]", found["names"])) == count


def single_ranks(head: Head, count: int) -> tuple[Choice, ...]:
    """The places of a band one by one, where each has an amount of its own: 排名前三的，分别为50、30、20万元."""
    band = _CLOSED_BAND.fullmatch(head.single("role") or "")
    if band is None or count < 2 or any(len(c) > 1 for c in head.lists.values()):
        return ()
    first, last = int(band[1]), int(band[2])
    if last - first + 1 != count:
        return ()
    return tuple(Choice((f"rank:{n}",), str(n), "and" if n > first else "first") for n in range(first, last + 1))


def strange_item(plain: str, words: Span, tokens: Sequence[Token], head: Head) -> str | None:
    """An entry of a list of things that no word is known of; null where there is none.

    Amounts cannot be set against such a list: 参与制定团体标准、市级地方标准、企业联合标准的，分别奖励1.5万元、2万元.
    """
    kept = [token for token in tokens if words.start <= token.start and token.end <= words.end]
    read = [token for token in kept if token.kind != "standard"]
    for kinds in _LISTED_KINDS:
        entries = [token for token in read if token.kind in kinds]
        if len(entries) < 2 or all(len(head.of(axis)) < 2 for axis in AXES):
            continue
        found = [_BETWEEN_ITEMS.search(plain, a.end, b.start) for a, b in pairwise(entries)]
        found.append(_FURTHER_ITEM.match(plain, entries[-1].end, words.end))
        parts = entries[0].start - 1  # the mark in front of the first entry, unless it is part of a word: 参与
        before = _ITEM_BEFORE.search(plain, words.start, entries[0].start)
        if before is not None and not any(t.start <= parts < t.end for t in kept):
            at = max((t.end for t in kept if t.end <= before.end("item")), default=words.start)
            if at < before.end("item") and at <= before.start("item") + len(before["item"]) - _SHORTEST_ITEM:
                return plain[max(at, before.start("item")) : before.end("item")]
        for item in found:
            # 小分队秘书处: what it is the office of is not known.
            if item is not None and not any(
                t.start < item.start("item") + _SHORTEST_ITEM and item.start("item") < t.end for t in read
            ):
                return item["item"]
    return None


def _drafting_pair(head: Head) -> tuple[Choice, ...]:
    """Drafting and, in its bracket, revising: 制定（修订）…40万元（20万元）; none where the head says it otherwise."""
    said = [choice.said for choice in head.of("activity")]
    if len(said) != 1 or _REVISING_IN_BRACKET.fullmatch(said[0]) is None:
        return ()
    return (Choice(("formulate_standard",), said[0]), Choice(("revise_standard",), said[0], "and"))
