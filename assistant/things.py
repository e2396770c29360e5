"""Finds what rewards a question is about: each kind of work, at which level, how many of it, in which place among the drafters."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Any, NamedTuple

from assistant.bindings import Bound, Mark, bind, bind_apart, part_clauses
from assistant.mentions import Count, Rank
from assistant.objects import Span, other_object
from knowledge.glossary import SlotMatch
from knowledge.places import WITHIN_CITY, PlaceMatch
from knowledge.rule_schema import DRAFTING

_PARAGRAPH = re.compile(r"[,，。;；?？!！、+\n]")
_PRODUCT = re.compile(r"产品|\bproducts?\b|\bgoods\b")
# A level named by the code of one standard: ISO 9001, GB/T 19001.
_CODE = re.compile(r"(?:iso|iec|itu|gb|gb/t)(?=[\s/-]*[\d.]{3,})")
# 标准 as the thing itself, not a part of 标准化 or 奖励标准 (the rate of a reward).
_STANDARD = re.compile(
    r"(?<!奖励)(?<!补贴)(?<!资助)(?<!补助)(?<!扶持)(?<!收费)(?<!创新)标准(?!化|战略|通|体系|信息|馆|云|数据|文本|全文|号|是什么|如何|怎么|多少|几)"
    r"|\bstandards?\b(?! (?:strateg|system|body|bodies|information|policy|policies|organi[sz]ation|library|cloud))"
)
_LEVEL_WORD = r"(?:国际|国家|行业|省|市|地方|international|national|industry|provincial|municipal|local)"
# 从国际标准到市级地方标准, from international down to municipal: every level in between too.
_RANGE = re.compile(
    rf"从[^,，。;；]{{0,6}}{_LEVEL_WORD}[^,，。;；]{{0,10}}[到至][^,，。;；]{{0,6}}{_LEVEL_WORD}"
    rf"|\bfrom (?:\w+ ){{0,2}}{_LEVEL_WORD}(?: \w+){{0,4}} to (?:\w+ ){{0,2}}{_LEVEL_WORD}"
)
_MINE = re.compile(
    r"(?:我们|我司|我厂|本公司|我公司|咱们?|俺|我|自己|\bwe\b|\bour\b|\bi\b|\bus\b|we're|we are)[^,，。;；?!]{0,24}$"
)
# Verbs before a level that make it one a product meets; 采用 alone does, the others of a product.
_ADOPTS = re.compile(r"(?:采用|采纳|采取)(?:的是|了|的)?[^,，。;；、]{0,6}$")
_MEETS = re.compile(
    r"(?:执行|使用|符合|达到|满足|遵循|对标|贯彻|按照?|依据|用)(?:的是|了|的|到)?[^,，。;；、]{0,6}$"
    r"|\b(?:meets?|meeting|follows?|following|compl(?:y|ies|ying) with|conforms? to|conforming to|made to|built to|uses?|using|to)(?: an?| the)?\s*$"
)
_FOREIGN = re.compile(r"国际|国外|iso|iec|international|foreign", re.IGNORECASE)
_OF_ISO = re.compile(
    r"(?:国际标准化组织|国际电工委员会|国际电信联盟|\b(?:iso|iec|itu)\b|\binternational)[^,，。;；]{0,12}$"
)
# A number that tells how many all the things are that follow: 五项标准：…
_ANNOUNCED = re.compile(r"[:：,，;；(（]")
# 那10项多少, what if there are ten: the number that is asked about.
_SUPPOSED = re.compile(
    r"(?:^|[,，。;；?？])\s*(?:那|如果|要是|若|假如|换成|\bif\b|what (?:if|about)|how (?:much )?(?:about|for)|and for)[^,，。;；?？]{0,20}$"
)
_ASKED = re.compile(r"呢|多少|吗|奖|补|资助|给|\b(?:how|what|pay|pays|reward|grant|subsid\w+)\b")
_LISTED = re.compile(r"\s*(?:和|与|及|以及|、|跟|,|and|or|/)\s*(?:the |an? )?")
# No national standards but three industry standards; 没有国标，行标3项.
_NONE_OF = re.compile(r"(?:\b(?:no|zero)\s+(?:published )?|(?<!有)没有|(?<![\d.])0\s*[项个]?\s*)$")
_SHARE = re.compile(
    r"(?:占|有|其中|里)?(?:一半|半数|大半|三分之[一二]|四分之[一三])(?:是|已|没|未|出口|内销|外销|排|发布|修订|[?？,，。]|$)(?<!的一半)"
    r"|占(?:一半|半数|\d+%)|\bhalf (?:of (?:them|these|those|which) )?(?:are|were|is|have|exported|published|not)\b|\b(?:a third|a quarter|\d+%) of (?:them|which|these)\b"
)
# 国标x3: a number that multiplies what it follows.
_TIMES = re.compile(r"[x×*]\s*$")
_SAYS_STANDARD = re.compile(r"标准|标$|standard|gb|iso|iec|itu", re.IGNORECASE)
_SUBSET_BEHIND = re.compile(r"\s*(?:of (?:which|them|those|these))\b")
# 行标A and 行标B are two.
_LETTER = re.compile(r"\s*(?:[a-d甲乙丙丁](?![a-z])|[一二三四]号)")
_OF_THEM = re.compile(r"其中|当中|每|of (?:which|them)")
_ENDS_IN_STANDARD = re.compile(r"(?:标准|标|standards?)$")
_EACH_PLACE = re.compile(r"各|分别|\b(?:each|both|respectively)\b")
_UNIT = re.compile(r"单位|人|drafter")
_CLAUSE_END = re.compile(r"[,，。;；]")
_JOINED = re.compile(r"\s*(?:、|和|与|及|或|,|and|or|/)*\s*(?:the|an?)?\s*$")


@dataclass(frozen=True)
class Thing:
    """One thing a reward is asked for; None where not said.

    Attributes:
        level: of the standard or the committee.
        count: how many of it.
        least, most: the ends of a span of numbers (两三项), where `count` is none.
        unclear: the words of a number that is no certain whole one; empty where `count` is one or nothing is said.
        rank, role, status, proposer, location, place: what is said of this thing and not of all things of a question.
        own: the sides on which the things of a question differ, so that what is not said of this one is unknown.
        words: what the question calls it, for work that has no name of its own.
        beside: of those words the ones that make it other work than drafting the standard they name.
        origin: of the standard that a product adopts: international, advanced_foreign, or another level.
        exported: whether the products counted are sold abroad, where it is said of some of them only.
        every_level: one at each level that is paid for.
        unknown: of words that name the work and have no known meaning; where the rules speak of them all, the words
            are no name of other work.
    """

    activity: str | None = None
    level: str | None = None
    committee: str | None = None
    count: int | None = None
    least: int | None = None
    most: int | None = None
    unclear: str = ""
    rank: int | None = None
    role: str | None = None
    status: str | None = None
    proposer: str | None = None
    location: str | None = None
    place: str | None = None
    own: frozenset[str] = frozenset()
    words: str = ""
    beside: str = ""
    origin: str | None = None
    exported: bool | None = None
    every_level: bool = False
    unknown: tuple[str, ...] = ()


@dataclass(frozen=True)
class _Head:
    start: int
    end: int
    thing: Thing


class Found(NamedTuple):
    """The things of a question, and the slots and ranks that are of all of them."""

    things: tuple[Thing, ...]
    slots: list[SlotMatch]
    ranks: list[Rank]


def find_things(
    plain: str,
    slots: Sequence[SlotMatch],
    counts: Sequence[Count],
    ranks: Sequence[Rank],
    *,
    places: Sequence[PlaceMatch] = (),
    known: Sequence[Span] = (),
    every_level: bool = False,
) -> Found:
    """The things a normalised question asks a reward for, in order of mention.

    Args:
        plain: the question, normalised.
        slots: what the glossary finds in it.
        counts: what `find_counts` finds.
        ranks: what `find_ranks` finds, but places of persons.
        places: the places it names.
        known: the ranges of all words with a known meaning, which leave a standard the thing that is asked for.
        every_level: whether the words speak of all levels at once.
    """
    heads = [_renamed(head, plain, known) for head in _heads(plain, slots, counts, ranks)]
    levels = [h for h in heads if h.thing.activity in DRAFTING and h.thing.level]
    if levels and (_RANGE.search(plain) or (every_level and len(levels) > 1)):
        heads = [h for h in heads if h not in levels]
        heads.append(_Head(levels[0].start, levels[-1].end, Thing("formulate_standard", every_level=True)))
    elif every_level:
        heads = [_every(head) for head in heads]
        if not heads and counts:
            heads = [_Head(counts[0].end, counts[0].end, Thing("formulate_standard", every_level=True))]
    heads.sort(key=lambda head: (head.start, head.end))
    present = [head for head in heads if not _NONE_OF.search(plain[: head.start])]
    heads = present or heads
    if share := _SHARE.search(plain):
        # Half of them: how many that is, is not computed from words.
        counts = [count._replace(unclear=share.group().strip(" ,，")) for count in counts]
    heads, left = _bound(_counted(heads, counts, slots, plain), slots, ranks, places, plain)
    heads = _by_place(_by_rank(heads, left.ranks, plain), places, plain)
    return left._replace(things=tuple(head.thing for head in heads))


def own_rank(plain: str, ranks: Sequence[Rank]) -> int | None:
    """The asker's place among the drafters; null where none or several are named and none as the asker's own."""
    exact = [rank for rank in ranks if not rank.band]
    mine = [rank for rank in exact if _MINE.search(plain[: rank.start + 1])]
    values = {rank.value for rank in mine} or {rank.value for rank in exact}
    return values.pop() if len(values) == 1 else None


def _heads(plain: str, slots: Sequence[SlotMatch], counts: Sequence[Count], ranks: Sequence[Rank]) -> list[_Head]:
    acts = [m for m in slots if m.slot == "activity"]
    adopting = [m for m in acts if m.value == "adopt_standard"]
    committees = [m for m in slots if m.slot == "committee"]
    secretariat = [m for m in acts if m.value == "host_committee"]
    others = [m for m in acts if m.value not in (*DRAFTING, "adopt_standard", "host_committee")]
    locations = [m for m in slots if m.slot == "location"]
    levels = [
        m
        for m in slots
        if m.slot == "level"
        and not (m.value == "enterprise" and any(_overlap(m, place) for place in locations))
        and not (m.surface == "企业" and _CLAUSE_END.match(plain, m.end))
    ]
    drafted = any(m.slot == "role" or (m.slot == "activity" and m.value in DRAFTING) for m in slots)
    product = _PRODUCT.search(plain) is not None or any(m.slot == "export" for m in slots)
    used = [
        m
        for m in levels
        if _ADOPTS.search(plain[: m.start]) or (product and not drafted and _MEETS.search(plain[: m.start]))
    ]
    adopted = _adopted(levels, [*adopting, *used], slots, counts, plain)
    levels = [m for m in levels if m not in adopted]
    origins = [m for m in slots if m.slot == "origin" and m.value != "international"]
    hosted = {m for m in levels if _beside(m, committees or secretariat, plain)}
    levels = [m for m in levels if m not in hosted]
    of_others = {
        m
        for m in levels
        if any(
            _overlap(m, o) or (0 <= o.start - m.end <= 2 and not _LISTED.fullmatch(plain[m.end : o.start]))
            for o in others
        )
    }
    if others and not drafted:
        # 省级试点, a pilot at provincial level: a level of that work, not of a standard.
        of_others |= {m for m in levels if not _SAYS_STANDARD.search(m.surface)}
    certified = [m for m in levels if _is_code_alone(m, plain, slots)]
    if not drafted and any(o.value == "other" for o in others):
        # Bought, translated or followed, a standard is not drafted.
        of_others |= set(levels)
    levels = [m for m in levels if m not in of_others and m not in certified]
    heads: list[_Head] = []
    using = not adopting and not used and _uses_product(plain, levels, origins, slots)
    if using:
        adopted += [m for m in levels if m.value == "international"]
        levels = [m for m in levels if m.value != "international"]
    if adopting or using or used:
        spans = [*adopting, *adopted, *origins]
        origin = _origin(adopted, origins, adopting)
        heads.append(
            _Head(min(m.start for m in spans), max(m.end for m in spans), Thing("adopt_standard", origin=origin))
        )
    named = _named_levels(levels, counts, plain)
    heads += [_Head(m.start, m.end, Thing(activity, level=m.value)) for activity, m in _drafted(named, acts, plain)]
    level = "international" if any(_OF_ISO.search(plain[: m.start]) for m in committees or secretariat) else None
    level = level or next((m.value for m in sorted(hosted, key=lambda m: m.start)), None)
    if committees:
        heads += [
            _Head(m.start, m.end, Thing("host_committee", level=level, committee=m.value))
            for m in _distinct(committees)
        ]
    elif secretariat:
        heads.append(_Head(secretariat[0].start, secretariat[0].end, Thing("host_committee", level=level)))
    if not heads and certified and not others:
        heads.append(_Head(certified[0].start, certified[0].end, Thing("certification")))
    if not heads and others:
        heads += _other_work(others, sorted(of_others, key=lambda m: m.start))
    elif heads:
        heads += _beside_asked(heads, others, plain)
    if not heads:
        heads += _bare(plain, acts, slots, ranks)
    return heads


def _other_work(others: Sequence[SlotMatch], levels: Sequence[SlotMatch]) -> Iterator[_Head]:
    """Work that is no drafting, once for each level that is named with it: 国家级试点…，省级试点…."""
    first = others[0]
    words = first.surface if first.value == "other" else ""
    own = {m.value: m for m in levels if any(_overlap(m, o) or 0 <= o.start - m.end <= 2 for o in others)}
    if first.value == "other" or len(own) < 2:
        level = next((m.value for m in levels), None)
        yield _Head(first.start, first.end, Thing(first.value, level=level, words=words))
        return
    for match in own.values():
        yield _Head(match.start, match.end, Thing(first.value, level=match.value))


def _beside_asked(heads: Sequence[_Head], others: Sequence[SlotMatch], plain: str) -> Iterator[_Head]:
    """Work of another kind that is asked for beside a standard: 省标5万，那示范区呢; 国标和示范区各奖多少."""
    seen: set[str] = set()
    for match in others:
        start = max((m.end() for m in _CLAUSE_END.finditer(plain, 0, match.start)), default=0)
        end = next((m.start() for m in _CLAUSE_END.finditer(plain, match.end)), len(plain))
        apart = not any(start <= head.start < end for head in heads) and _ASKED.search(plain, start, end)
        joined = any(
            _LISTED.fullmatch(plain[a:b])
            for head in heads
            for a, b in ((head.end, match.start), (match.end, head.start))
            if a <= b
        )
        if (apart or joined) and match.value not in seen and match.value != "other":
            seen.add(match.value)
            yield _Head(match.start, match.end, Thing(match.value))


def _named_levels(levels: Sequence[SlotMatch], counts: Sequence[Count], plain: str) -> list[SlotMatch]:
    """The levels to count for: each once, but again where it is named again with a number of its own."""
    found: list[SlotMatch] = []
    for match in sorted(levels, key=lambda m: m.start):
        known = [m for m in found if m.value == match.value]
        if not known:
            found.append(match)
            continue
        end = found[-1].end
        count = next((c for c in counts if end <= c.start and c.end <= match.start and match.start - c.end <= 8), None)
        first = any(abs(c.start - known[0].end) <= 3 or 0 <= known[0].start - c.end <= 8 for c in counts)
        lettered = _LETTER.match(plain, match.end) and _LETTER.match(plain, known[-1].end)
        if lettered or (count and first and not _OF_THEM.search(plain[end : count.start])):
            found.append(match)
    return found


def _drafted(levels: Sequence[SlotMatch], acts: Sequence[SlotMatch], plain: str) -> list[tuple[str, SlotMatch]]:
    """Each level with what was done at it: formulating, revising, or both where the words set them side by side."""
    parts = part_clauses(plain)
    acts = [m for m in acts if not any(start <= m.start < end for start, end in parts)]
    choices = _drafting(acts)
    if len(levels) > 1 and any(m.value == "revise_standard" for m in acts):
        marks = [mark for mark in _marks(acts) if mark.slot == "activity"]
        bound, used = bind_apart([Bound(m.start, m.end, None, i) for i, m in enumerate(levels)], marks, plain)
        if used:
            return [(str(b.value("activity") or "formulate_standard"), levels[b.index]) for b in bound]
    return [(activity, match) for activity in choices for match in levels]


def _renamed(head: _Head, plain: str, known: Sequence[Span]) -> _Head:
    """A standard that is only part of another thing's name as that thing: 国家标准数据库, a standards blog."""
    if head.thing.activity not in DRAFTING or not _ENDS_IN_STANDARD.search(plain[: head.end]):
        return head
    words = other_object(plain, head.start, head.end, known)
    if not words:
        return head
    own = plain[head.start : head.end]
    return replace(
        head, thing=replace(head.thing, activity="other", words=words, beside=words.replace(own, " ").strip())
    )


def _every(head: _Head) -> _Head:
    drafting = head.thing.activity == "formulate_standard" and head.thing.level is None
    return replace(head, thing=replace(head.thing, every_level=True)) if drafting else head


def _bare(plain: str, acts: Sequence[SlotMatch], slots: Sequence[SlotMatch], ranks: Sequence[Rank]) -> list[_Head]:
    """Drafting without a level: 制定标准, 牵头 …, or plainly 标准."""
    parts = part_clauses(plain)
    drafting = [m for m in acts if m.value in DRAFTING and not any(start <= m.start < end for start, end in parts)]
    if drafting:
        return [_Head(drafting[0].start, drafting[0].end, Thing(activity)) for activity in _drafting(drafting)]
    role = next((m for m in slots if m.slot == "role"), next(iter(ranks), None))
    if role:
        return [_Head(role.start, role.end, Thing("formulate_standard"))]
    named = _STANDARD.search(plain)
    return [_Head(named.start(), named.end(), Thing("formulate_standard"))] if named else []


def _drafting(acts: Sequence[SlotMatch]) -> list[str]:
    """Formulating, revising, or both where the words set them side by side; 制修订 is formulating."""
    revise = [m for m in acts if m.value == "revise_standard"]
    formulate = [m for m in acts if m.value == "formulate_standard"]
    alone = [m for m in revise if not any(_overlap(m, other) for other in formulate)]
    if not alone:
        return ["formulate_standard"]
    apart = [m for m in formulate if not any(_overlap(m, other) for other in revise) and not _UNIT.search(m.surface)]
    return ["formulate_standard", "revise_standard"] if apart else ["revise_standard"]


def _adopted(
    levels: Sequence[SlotMatch],
    adopting: Sequence[SlotMatch],
    slots: Sequence[SlotMatch],
    counts: Sequence[Count],
    plain: str,
) -> list[SlotMatch]:
    """The levels that say what a product adopts rather than what was drafted."""
    found: list[SlotMatch] = []
    for level in levels:
        if any(_overlap(level, m) for m in adopting) or any(0 <= m.start - level.end <= 2 for m in adopting):
            found.append(level)
            continue
        before = [m for m in adopting if m.end <= level.start]
        after_adopted = found and _JOINED.fullmatch(plain[found[-1].end : level.start])
        if after_adopted or (before and _straight(before[-1].end, level.start, slots, counts, plain)):
            found.append(level)
    return found


def _straight(start: int, end: int, slots: Sequence[SlotMatch], counts: Sequence[Count], plain: str) -> bool:
    """Whether nothing else that is rewarded, and no end of a clause, stands between."""
    if end - start > 30 or _PARAGRAPH.search(plain, start, end):
        return False
    drafted = any(
        m.slot in ("role", "committee") or (m.slot == "activity" and m.value in DRAFTING)
        for m in slots
        if start <= m.start < end
    )
    counted = any(start <= c.start < end and c.noun != "product" for c in counts)
    return not drafted and not counted


def _uses_product(
    plain: str, levels: Sequence[SlotMatch], origins: Sequence[SlotMatch], slots: Sequence[SlotMatch]
) -> bool:
    """Whether a product is said to meet a standard, without the word adopt: 产品用的是国外先进标准."""
    if any(m.slot == "role" or (m.slot == "activity" and m.value in DRAFTING) for m in slots):
        return False
    exported = any(m.slot == "export" for m in slots)
    return any(m.value == "advanced_foreign" for m in origins) or (
        any(m.value == "international" for m in levels) and exported and _PRODUCT.search(plain) is not None
    )


def _origin(adopted: Sequence[SlotMatch], origins: Sequence[SlotMatch], adopting: Sequence[SlotMatch]) -> str | None:
    values = [*(m.value for m in adopted), *(m.value for m in origins)]
    # A generic 采标 is by its meaning of an international or advanced foreign standard.
    if "international" in values or any(_FOREIGN.search(m.surface) for m in adopting):
        return "international"
    return values[0] if values else None


def _is_code_alone(level: SlotMatch, plain: str, slots: Sequence[SlotMatch]) -> bool:
    """Whether a level is only the code of one standard in a question that speaks of no drafting: ISO 9001认证."""
    if not _CODE.match(plain, level.start):
        return False
    return not any(m.slot == "role" or (m.slot == "activity" and m.value in DRAFTING) for m in slots)


def _overlap(a: SlotMatch, b: SlotMatch) -> bool:
    return a.start < b.end and b.start < a.end


def _beside(match: SlotMatch, committees: Iterable[SlotMatch], plain: str) -> bool:
    """Whether a level belongs to a committee: 国家级TC, national technical committee, TC的国家级."""
    for other in committees:
        if _overlap(match, other):
            return True
        if match.end <= other.start:
            between = plain[match.end : other.start]
            own_standard = "标准" in between.removeprefix("标准化") or "standard" in between
            # "industry standard and a TC": the level ends in a word of its own.
            closed = match.surface.lower().endswith(("标准", "标", "standard", "standards"))
            if len(between) <= 24 and not own_standard and not closed and not _PARAGRAPH.search(between):
                return True
    return False


def _distinct(matches: Iterable[SlotMatch]) -> list[SlotMatch]:
    seen: dict[str, SlotMatch] = {}
    for match in matches:
        seen.setdefault(match.value, match)
    return list(seen.values())


def _bound(
    heads: Sequence[_Head],
    slots: Sequence[SlotMatch],
    ranks: Sequence[Rank],
    places: Sequence[PlaceMatch],
    plain: str,
) -> tuple[list[_Head], Found]:
    """Give each thing what is said of it alone; what is left of slots and ranks is of all."""
    marks = [*_marks(slots), *_rank_marks(ranks, plain), *_place_marks(places)]
    things = [Bound(h.start, h.end, h.thing.count, i) for i, h in enumerate(heads)]
    things = sorted([*things, *_echoes(heads, slots)], key=lambda thing: thing.start)
    split, used = bind(things, marks, plain)
    sides = frozenset(mark.slot for mark in used)
    spans = {(mark.slot, mark.start, mark.end) for mark in used}
    out = [_with(heads[part.index], part, sides) for part in split]
    left = Found(
        (),
        [m for m in slots if (m.slot, m.start, m.end) not in spans],
        [r for r in ranks if ("rank", r.start, r.end) not in spans],
    )
    return out, left


def _echoes(heads: Sequence[_Head], slots: Sequence[SlotMatch]) -> Iterator[Bound]:
    """The further mentions of a level that is asked about."""
    for match in slots:
        if match.slot != "level" or any(h.start < match.end and match.start < h.end for h in heads):
            continue
        for index, head in enumerate(heads):
            if head.thing.activity in DRAFTING and head.thing.level == match.value and head.end <= match.start:
                yield Bound(match.start, match.end, None, index, echo=True)


def _with(head: _Head, part: Bound, sides: frozenset[str]) -> _Head:
    """A thing, or a part of it, with what is said of it alone."""
    thing = head.thing
    said: dict[str, Any] = dict(part.said)
    if thing.activity not in DRAFTING:
        said = {slot: value for slot, value in said.items() if slot in ("location", "place")}
    if part.count != thing.count:
        thing = replace(thing, count=part.count, most=None, unclear="")
    return replace(head, thing=replace(thing, **said, own=sides))


def _marks(slots: Sequence[SlotMatch]) -> Iterator[Mark]:
    for match in slots:
        if match.slot in ("status", "role", "proposer", "location"):
            yield Mark(match.slot, match.value, match.start, match.end)  # type: ignore[arg-type]
        elif match.slot == "activity" and match.value in DRAFTING and not _UNIT.search(match.surface):
            yield Mark("activity", match.value, match.start, match.end)


def _rank_marks(ranks: Sequence[Rank], plain: str) -> list[Mark]:
    """The places named, the asker's own first: of a thing that several are said of, they are its rank."""
    exact = [rank for rank in ranks if not rank.band]
    mine = [rank for rank in exact if _MINE.search(plain[: rank.start + 1])]
    ordered = [*mine, *(rank for rank in exact if rank not in mine)]
    return [Mark("rank", rank.value, rank.start, rank.end) for rank in ordered]


def _place_marks(places: Sequence[PlaceMatch]) -> Iterator[Mark]:
    for place in places:
        if place.level in WITHIN_CITY:
            yield Mark("place", place.name, place.start, place.end)


def _by_rank(heads: list[_Head], ranks: Sequence[Rank], plain: str) -> list[_Head]:
    """One thing with several places among its drafters, none of them the asker's, as one thing for each."""
    exact = [rank for rank in ranks if not rank.band]
    drafted = [h for h in heads if h.thing.activity in DRAFTING]
    if len({rank.value for rank in exact}) < 2 or own_rank(plain, ranks) is not None or len(drafted) != 1:
        return heads
    # One standard of several drafters stays one: there is nothing to add up.
    thing = drafted[0].thing if (drafted[0].thing.count or 1) > 1 else replace(drafted[0].thing, count=None)
    split = [replace(drafted[0], thing=replace(thing, rank=r.value)) for r in exact]
    return sorted([*(h for h in heads if h not in drafted), *split], key=lambda head: head.start)


def _by_place(heads: list[_Head], places: Sequence[PlaceMatch], plain: str) -> list[_Head]:
    """One thing done in each of several places, as one thing for each: 在广陵和宝应各一项."""
    inside = list(dict.fromkeys(place.name for place in places if place.level in WITHIN_CITY))
    if len(inside) < 2 or len(heads) != 1 or heads[0].thing.place or not _EACH_PLACE.search(plain):
        return heads
    return [replace(heads[0], thing=replace(heads[0].thing, place=name)) for name in inside]


def _fits(count: Count, thing: Thing) -> bool:
    """Whether a count may be of a thing, by the noun or the measure word behind it."""
    if (count.unit == "次") != (thing.activity in ("event", "training")) and count.unit in ("次", "场", "届"):
        return False
    if thing.activity == "adopt_standard":
        return count.noun == "product" or (count.noun is None and count.unit != "项")
    if thing.activity == "host_committee":
        return count.noun in (None, "committee")
    return thing.activity not in DRAFTING or count.noun in (None, "standard")


def _counted(heads: Sequence[_Head], counts: Sequence[Count], slots: Sequence[SlotMatch], plain: str) -> list[_Head]:
    """Give each thing its count: the nearest before it with no other thing between, else the one right after it."""
    out: list[_Head] = []
    used: set[int] = set()
    for index, head in enumerate(heads):
        fitting = [c for c in counts if c.start not in used and _fits(c, head.thing)]
        if head.thing.activity == "adopt_standard":
            found, exported, spent = _products(fitting, slots, plain)
            used |= spent
            out.append(replace(_numbered(head, found), thing=replace(_numbered(head, found).thing, exported=exported)))
            continue
        floor = heads[index - 1].end if index else 0
        ceiling = heads[index + 1].start if index + 1 < len(heads) else len(plain)
        before = [
            c
            for c in fitting
            if floor <= c.start and c.end <= max(head.start, floor) and not (index and _TIMES.search(plain[: c.start]))
        ]
        within = [c for c in fitting if head.start <= c.start < head.end]
        after = [
            c
            for c in fitting
            if head.end <= c.start < min(ceiling, head.end + 8) and (c.end > ceiling or not _leads(c, ceiling, plain))
        ]
        if before and after and _ANNOUNCED.search(plain[before[-1].end : head.start]):
            # 五项标准：国标2、行标3: the number before tells how many all of them are.
            before = []
        choice = before[-1] if before else within[0] if within else after[0] if after else None
        if choice:
            used.add(choice.start)
        out.append(_numbered(head, choice))
    each = next((c for c in counts if c.each), None)
    if each is not None:
        return [_numbered(h, each) if h.thing.count is None or each.start in used else h for h in out]
    left = [c for c in counts if c.start not in used]
    if len(out) == 1 and len(left) == 1 and _fits(left[0], out[0].thing):
        supposed = out[0].thing.count is not None and _SUPPOSED.search(plain, 0, left[0].start)
        if out[0].thing.count is None or supposed:
            out = [_numbered(out[0], left[0])]
    return out


def _numbered(head: _Head, count: Count | None) -> _Head:
    """A thing with its number; one that is not certain is kept as what was said."""
    if count is None:
        return head
    if count.unclear:
        # Of a span the lower end is kept, so that both ends can be computed.
        low = count.value if count.most else None
        thing = replace(head.thing, count=None, least=low, most=count.most, unclear=count.unclear)
    else:
        thing = replace(head.thing, count=count.value, least=None, most=None, unclear="")
    return replace(head, start=min(head.start, count.start), end=max(head.end, count.end), thing=thing)


def _leads(count: Count, start: int, plain: str) -> bool:
    """Whether a count stands right before the thing that starts there: it is of that one."""
    return (
        not _TIMES.search(plain[: count.start])
        and start < len(plain)
        and start - count.end <= 3
        and not re.search(r"[、,，;；和及与]", plain[count.end : start])
    )


def _products(
    counts: Sequence[Count], slots: Sequence[SlotMatch], plain: str
) -> tuple[Count | None, bool | None, set[int]]:
    """How many products count for the adoption: of those named, the ones that are exported."""
    if not counts:
        return None, None, set()
    spent = {c.start for c in counts}
    whole = max(counts, key=lambda c: c.value)
    subset = [c for c in counts if c is not whole and _SUBSET_BEHIND.match(plain, c.end)]
    if subset and not any(m.slot == "export" and m.start > subset[0].start for m in slots):
        return subset[0], None, spent  # ten exported products, six of which adopt it
    exports = sorted((m for m in slots if m.slot == "export"), key=lambda m: (m.value == "domestic_only", m.start))
    for match in exports if len(counts) > 1 else ():
        behind = [
            c for c in counts if 0 <= c.start - match.end <= 3 and not _CLAUSE_END.search(plain, match.end, c.start)
        ]
        near = [c for c in counts if c.end <= match.start and not _CLAUSE_END.search(plain, c.end, match.start)]
        # 采标5个产品出口3个: the number behind; 3个采标产品，2个出口: the one before.
        own = [c for c in behind if c is not whole or match.value == "domestic_only"] or near or behind
        if not own:
            continue
        chosen = own[0] if own[0] in behind else own[-1]
        if match.value != "domestic_only":
            return chosen, True, spent
        if chosen is not whole:
            return whole._replace(value=whole.value - chosen.value), True, spent
    return counts[0], None, spent
