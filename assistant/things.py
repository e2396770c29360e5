"""Finds what rewards a question is about: each kind of work, at which level, how many of it, in which place among the drafters."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

from assistant.mentions import Count, Rank
from knowledge.glossary import SlotMatch

_DRAFTING = ("formulate_standard", "revise_standard")
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
_OF_ISO = re.compile(
    r"(?:国际标准化组织|国际电工委员会|国际电信联盟|\b(?:iso|iec|itu)\b|\binternational)[^,，。;；]{0,12}$"
)
_JOINED = re.compile(r"\s*(?:、|和|与|及|或|,|and|or|/)*\s*(?:the|an?)?\s*$")


@dataclass(frozen=True)
class Thing:
    """One thing a reward is asked for; None where not said.

    Attributes:
        level: of the standard or the committee.
        count: how many of it.
        rank: the place among its drafters, where it differs between the things of a question.
        origin: of the standard that a product adopts: international, advanced_foreign, or another level.
        exported: whether the products counted are sold abroad, where it is said of some of them only.
        every_level: one at each level that is paid for.
    """

    activity: str | None = None
    level: str | None = None
    committee: str | None = None
    count: int | None = None
    rank: int | None = None
    origin: str | None = None
    exported: bool | None = None
    every_level: bool = False


@dataclass(frozen=True)
class _Head:
    start: int
    end: int
    thing: Thing


def find_things(
    plain: str,
    slots: Sequence[SlotMatch],
    counts: Sequence[Count],
    ranks: Sequence[Rank],
    *,
    every_level: bool = False,
) -> tuple[Thing, ...]:
    """The things a normalised question asks a reward for, in order of mention.

    Args:
        plain: the question, normalised.
        slots: what the glossary finds in it.
        counts: what `find_counts` finds.
        ranks: what `find_ranks` finds.
        every_level: whether the words speak of all levels at once.
    """
    heads = _heads(plain, slots, counts, ranks)
    levels = [h for h in heads if h.thing.activity in _DRAFTING and h.thing.level]
    if levels and (_RANGE.search(plain) or (every_level and len(levels) > 1)):
        heads = [h for h in heads if h not in levels]
        heads.append(_Head(levels[0].start, levels[-1].end, Thing("formulate_standard", every_level=True)))
    elif every_level:
        heads = [_every(head) for head in heads]
        if not heads and counts:
            heads = [_Head(counts[0].end, counts[0].end, Thing("formulate_standard", every_level=True))]
    heads.sort(key=lambda head: (head.start, head.end))
    heads = _ranked(heads, ranks, slots, plain)
    return tuple(_counted(heads, counts, slots, plain))


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
    others = [m for m in acts if m.value not in (*_DRAFTING, "adopt_standard", "host_committee")]
    locations = [m for m in slots if m.slot == "location"]
    levels = [
        m
        for m in slots
        if m.slot == "level" and not (m.value == "enterprise" and any(_overlap(m, place) for place in locations))
    ]
    drafted = any(m.slot == "role" or (m.slot == "activity" and m.value in _DRAFTING) for m in slots)
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
    of_others = {m for m in levels if any(_overlap(m, o) or 0 <= o.start - m.end <= 2 for o in others)}
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
    for activity in _drafting(acts):
        heads += [_Head(m.start, m.end, Thing(activity, level=m.value)) for m in _distinct(levels)]
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
        of_level = next((m.value for m in of_others), None)
        heads.append(_Head(others[0].start, others[0].end, Thing(others[0].value, level=of_level)))
    if not heads:
        heads += _bare(plain, acts, slots, ranks)
    return heads


def _every(head: _Head) -> _Head:
    drafting = head.thing.activity == "formulate_standard" and head.thing.level is None
    return replace(head, thing=replace(head.thing, every_level=True)) if drafting else head


def _bare(plain: str, acts: Sequence[SlotMatch], slots: Sequence[SlotMatch], ranks: Sequence[Rank]) -> list[_Head]:
    """Drafting without a level: 制定标准, 牵头 …, or plainly 标准."""
    drafting = [m for m in acts if m.value in _DRAFTING]
    if drafting:
        return [_Head(drafting[0].start, drafting[0].end, Thing(activity)) for activity in _drafting(acts)]
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
    apart = [
        m
        for m in formulate
        if not any(_overlap(m, other) for other in revise) and not re.search(r"单位|人|drafter", m.surface)
    ]
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
        m.slot in ("role", "committee") or (m.slot == "activity" and m.value in _DRAFTING)
        for m in slots
        if start <= m.start < end
    )
    counted = any(start <= c.start < end and c.noun != "product" for c in counts)
    return not drafted and not counted


def _uses_product(
    plain: str, levels: Sequence[SlotMatch], origins: Sequence[SlotMatch], slots: Sequence[SlotMatch]
) -> bool:
    """Whether a product is said to meet a standard, without the word adopt: 产品用的是国外先进标准."""
    if any(m.slot == "role" or (m.slot == "activity" and m.value in _DRAFTING) for m in slots):
        return False
    exported = any(m.slot == "export" for m in slots)
    return any(m.value == "advanced_foreign" for m in origins) or (
        any(m.value == "international" for m in levels) and exported and _PRODUCT.search(plain) is not None
    )


def _origin(adopted: Sequence[SlotMatch], origins: Sequence[SlotMatch], adopting: Sequence[SlotMatch]) -> str | None:
    values = [*(m.value for m in adopted), *(m.value for m in origins)]
    # A generic 采标 is by its meaning of an international or advanced foreign standard.
    named = re.compile(r"国际|国外|iso|iec|international|foreign", re.IGNORECASE)
    if "international" in values or any(named.search(m.surface) for m in adopting):
        return "international"
    return values[0] if values else None


def _is_code_alone(level: SlotMatch, plain: str, slots: Sequence[SlotMatch]) -> bool:
    """Whether a level is only the code of one standard in a question that speaks of no drafting: ISO 9001认证."""
    if not _CODE.match(plain, level.start):
        return False
    return not any(m.slot == "role" or (m.slot == "activity" and m.value in _DRAFTING) for m in slots)


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


def _ranked(heads: Sequence[_Head], ranks: Sequence[Rank], slots: Sequence[SlotMatch], plain: str) -> list[_Head]:
    """Give things their own ranks where a question names several; one head with several ranks is several things."""
    exact = [rank for rank in ranks if not rank.band]
    drafted = [h for h in heads if h.thing.activity in _DRAFTING]
    roles = {m.value for m in slots if m.slot == "role" and not any(r.start <= m.start < r.end for r in exact)}
    if len(exact) == 1 and len(drafted) > 1 and len(roles) > 1:
        # 主导国标，参与行标（排名第五）: the rank is of the one it follows.
        before = [h for h in drafted if h.end <= exact[0].start]
        its = before[-1] if before else None
        return [replace(h, thing=replace(h.thing, rank=exact[0].value)) if h is its else h for h in heads]
    if len({rank.value for rank in exact}) < 2 or own_rank(plain, ranks) is not None or not drafted:
        return list(heads)
    if len(drafted) == 1:
        others = [h for h in heads if h not in drafted]
        split = [_Head(r.start, r.end, replace(drafted[0].thing, rank=r.value)) for r in exact]
        return sorted([*others, *split], key=lambda head: head.start)
    out = []
    for head in heads:
        later = [h.start for h in drafted if h.start > head.start]
        until = min(later, default=len(plain))
        own = next((r for r in exact if head.end <= r.start < until), None)
        if own is None and head is drafted[0]:
            own = next((r for r in exact if r.end <= head.start), None)
        of_drafting = head in drafted and own is not None
        out.append(replace(head, thing=replace(head.thing, rank=own.value)) if of_drafting and own else head)
    return out


def _fits(count: Count, thing: Thing) -> bool:
    """Whether a count may be of a thing, by the noun or the measure word behind it."""
    if thing.activity == "adopt_standard":
        return count.noun == "product" or (count.noun is None and count.unit != "项")
    if thing.activity == "host_committee":
        return count.noun in (None, "committee")
    return count.noun in (None, "standard")


def _counted(heads: Sequence[_Head], counts: Sequence[Count], slots: Sequence[SlotMatch], plain: str) -> list[Thing]:
    """Give each thing its count: the nearest before it with no other thing between, else the one right after it."""
    things: list[Thing] = []
    used: set[int] = set()
    for index, head in enumerate(heads):
        fitting = [c for c in counts if c.start not in used and _fits(c, head.thing)]
        if head.thing.activity == "adopt_standard":
            number, exported, spent = _products(fitting, slots, plain)
            used |= spent
            things.append(replace(head.thing, count=number, exported=exported))
            continue
        floor = heads[index - 1].end if index else 0
        ceiling = heads[index + 1].start if index + 1 < len(heads) else len(plain)
        before = [c for c in fitting if floor <= c.start and c.end <= max(head.start, floor)]
        within = [c for c in fitting if head.start <= c.start < head.end]
        after = [
            c
            for c in fitting
            if head.end <= c.start < min(ceiling, head.end + 8) and (c.end > ceiling or not _leads(c, ceiling, plain))
        ]
        choice = before[-1] if before else within[0] if within else after[0] if after else None
        if choice:
            used.add(choice.start)
        things.append(replace(head.thing, count=choice.value) if choice else head.thing)
    each = next((c for c in counts if c.each), None)
    if each is not None:
        return [
            replace(thing, count=each.value) if thing.count is None or each.start in used else thing for thing in things
        ]
    left = [c for c in counts if c.start not in used]
    if len(things) == 1 and things[0].count is None and len(left) == 1 and _fits(left[0], things[0]):
        things = [replace(things[0], count=left[0].value)]
    return things


def _leads(count: Count, start: int, plain: str) -> bool:
    """Whether a count stands right before the thing that starts there: it is of that one."""
    return (
        start < len(plain) and start - count.end <= 3 and not re.search(r"[、,，;；和及与]", plain[count.end : start])
    )


def _products(
    counts: Sequence[Count], slots: Sequence[SlotMatch], plain: str
) -> tuple[int | None, bool | None, set[int]]:
    """How many products count for the adoption: of those named, the ones that are exported."""
    if not counts:
        return None, None, set()
    spent = {c.start for c in counts}
    total = max(c.value for c in counts)
    for match in slots:
        if match.slot != "export":
            continue
        behind = [c for c in counts if 0 <= c.start - match.end <= 3 and c.value < total]
        if behind:
            value = behind[0].value
            return (total - value if match.value == "domestic_only" else value), True, spent
        near = [c for c in counts if c.end <= match.start and not re.search(r"[,，。;；]", plain[c.end : match.start])]
        if near and len(counts) > 1:
            value = near[-1].value
            return (total - value if match.value == "domestic_only" else value), True, spent
    return counts[0].value, None, spent
