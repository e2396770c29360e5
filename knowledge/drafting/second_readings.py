"""Why an amount is refused: its words, or what it takes over from those before it, can be read in another way."""

from __future__ import annotations

import re
from collections.abc import Sequence

from knowledge.drafting.alignment import rows_of
from knowledge.drafting.axes import Axis, Head
from knowledge.drafting.doubts import LEVELLED, strange_tail, unheard, unread
from knowledge.drafting.heads import alike
from knowledge.drafting.ledger import Ledger
from knowledge.drafting.limits import COUNTED, find_quotas
from knowledge.drafting.phrases import FILLERS, OPENS_BRACKET, last_phrase
from knowledge.drafting.purpose import Surroundings
from knowledge.drafting.slots import strange_words
from knowledge.drafting.statements import Shape, Statement
from knowledge.drafting.tokens import Token
from knowledge.drafting.vocabulary import any_of
from knowledge.model import Span
from knowledge.rule_schema import DRAFTING

# 获得市长质量奖提名奖的企业，主导制定国家标准的; but not 主导制定国家标准的，且入选示范项目的.
_CONDITION_OF_PAYEE = re.compile(r"\s*(?!且|并|同时).+(?:的(?P<who>企业|单位|组织|机构|主体|个人)|的),")
# Characters between the last word that is read and an amount that no verb gives; rows that are right had at most 3.
_MOST_UNREAD = 3
# 2 5万元: a number that a blank parts.
_BROKEN = re.compile(r"\d\.?[ \t]+$")
_NEAR = 4
# In yuan; 60、30、100000元 has lost what the first ones are counted in.
_LEAST_REWARD = 100
_MOST_APART = 1000
# 奖励20万元：主导制定国家标准的单位
_BEHIND = re.compile(r"[ \t]*:[ \t]*(?P<said>[^;。:]+)")
UNKNOWN = "what is paid for is not one of the known activities"
NAMED_STANDARD = "a standard with a name of its own; its level is not said"


def misread(ledger: Ledger, group: Sequence[Token]) -> str | None:
    """Why the figures of amounts may not be those that were meant; null where nothing speaks against them."""
    for token in group:
        if _BROKEN.search(ledger.plain, max(0, token.start - _NEAR), token.start):
            return "its figures stand apart and may be one number"
        if token.quantity is not None and token.quantity.value < _LEAST_REWARD:
            return "an amount as small as this is no reward; its unit may be missing"
    values = [token.quantity.value for token in group if token.quantity is not None]
    if max(values) > _MOST_APART * min(values):
        return "the amounts of the list are far apart; some may lack their unit"
    return None


def second_reading(
    ledger: Ledger, words: Span, tokens: Sequence[Token], explicit: Head, head: Head, per: str | None
) -> str | None:
    """Why the amount cannot be set against what it seems to be for; null where nothing speaks against it."""
    if not head.of("activity"):
        return UNKNOWN
    if _counts_several(ledger, words):
        return "the amount is for several things at once"
    if (
        explicit.of("role")
        and not head.of("role")
        and head.single("activity") == "adopt_standard"
        and ({t.value for t in tokens if t.kind == "activity"} & set(DRAFTING))
    ):
        return "whether taking a standard over or drafting one is paid for is not clear"
    if ledger.plain.endswith("共", words.start, words.end):
        return "the amount is for several together"
    if _conditions_differ(ledger, words, head):
        return "its conditions name two things, and which of them is paid for is not clear"
    if (odd := _strange_above(ledger, explicit, head)) is not None:
        return odd
    lead_in = next((ledger.plain[slice(*f.span)] for f in ledger.context.frames() if f.leads_in), "")
    return unheard(ledger.plain[slice(*words)], lead_in, head) or unread(
        ledger.plain, words, [*tokens, *ledger.reading.shields_in(words)], explicit, head, per
    )


def _strange_above(ledger: Ledger, explicit: Head, head: Head) -> str | None:
    """Why words above a payment for drafting may say who is paid, where nobody knows them: 挑梁制定标准的，按下列…."""
    if head.single("activity") not in DRAFTING or head.of("role") or explicit.of("activity"):
        return None
    above = next((frame for frame in ledger.context.frames() if frame.head.of("activity")), None)
    # The title of the document says whose it is.
    if above is None or above.span.start == 0 or above.head.single("activity") not in DRAFTING or above.head.of("role"):
        return None
    tokens = ledger.reading.tokens_in(above.span)
    said = above.head
    if explicit.of("level") and not said.of("level"):
        said = said.with_axis("level", explicit.of("level"))  # 水产标准研制: …国家标准每项30万元
    return strange_words(ledger.plain, above.span, tokens, said, str(above.head.single("activity")))


def _conditions_differ(ledger: Ledger, words: Span, head: Head) -> bool:
    """Whether those who have one thing must have another: 获得市长质量奖提名奖的企业，主导制定国家标准的."""
    paid = {value for choice in head.of("activity") for value in choice.values}
    payees: list[set[str]] = []
    at = words.start
    for phrase in re.split("(?<=[,;。:])", ledger.plain[slice(*words)]):
        found = _CONDITION_OF_PAYEE.fullmatch(phrase)
        said = ledger.context.head(ledger.reading.tokens_in(Span(at, at + len(phrase))))
        named = {value for choice in said.of("activity") for value in choice.values}
        named |= {"formulate_standard"} if not named and "standard" in said.nouns else set()
        if found is not None and named and (payees or found["who"]):
            payees.append(named)
        at += len(phrase)
    return len(payees) > 1 and not any(alike(a, b) for a in paid for b in payees[-1])


def _counts_several(ledger: Ledger, span: Span) -> bool:
    """Whether what is paid for is counted, so that the amount is no one thing's: 国家标准2项，奖励60万元."""
    prizes = [quota.span.end for quota in find_quotas(ledger.reading)]
    each = max((t.start for t in ledger.reading.tokens_in(span) if t.kind == "per"), default=span.start)
    return any(
        q.kind == "count"
        and q.unit in COUNTED
        and q.bound == "exact"
        and q.value > 1
        and q.text[0].isdecimal()
        and q.end not in prizes
        and not q.end <= each  # 推广示范项目6个，每个项目给予4万元
        for q in ledger.reading.quantities_in(span)
    )


def said_behind(ledger: Ledger, explicit: Head, end: int, following: int) -> str | None:
    """Why an amount whose own words name nothing is refused where a colon behind it opens what it is for; else null."""
    found = None if explicit else _BEHIND.match(ledger.plain, end, following)
    if found is None:
        return None
    said = ledger.context.head(ledger.reading.tokens_in(Span(*found.span("said"))))
    return "what it is paid for may stand behind it" if said.of("activity") or said.of("level") else None


def not_said_given(ledger: Ledger, tokens: Sequence[Token], start: int, around: Surroundings) -> str | None:
    """What an amount is of by words that are none of giving or of what is paid for: 译文审核费每千字150元; else null."""
    if odd := strange_tail(around.after):
        return f"{odd} behind it is not known of a payment"
    phrase = start - len(around.phrase)
    gives = any(token.kind == "giving" and token.start >= phrase for token in tokens)
    if gives or any(any_of(forms).search(around.after) for forms in ledger.words.giving.values()):
        return None
    read = max((token.end for token in tokens if token.end <= start), default=phrase)
    left = FILLERS.sub("", ledger.plain[max(read, phrase) : start])
    return f"nothing says that {left} is given" if len(left) > _MOST_UNREAD else None


def lost(ledger: Ledger, words: str, explicit: Head, head: Head, shape: Shape) -> str | None:
    """Why what the amount takes over from the one before is not to be relied on; null where it is."""
    before = ledger.context.said[-1][1] if ledger.context.said else None
    last = ledger.context.last()
    drafters_lost = head.single("activity") in DRAFTING and not head.of("role")
    if last is not None and last.shape == "unclear" and (not explicit or drafters_lost):
        return "what it goes on from was refused"
    if before is not None and before.shape == "unclear" and _goes_on_lost(before.head, explicit, head):
        return "what it goes on from was refused"
    if before is None or shape != "amount":
        return None
    axes: tuple[Axis, ...] = ("level", "committee", "grade")
    taken = [axis for axis in axes if not explicit.of(axis) and head.of(axis)]
    if before.refused_list and any(set(head.of(axis)) <= set(before.head.of(axis)) for axis in taken):
        return "the list that it takes over was refused"
    activity = head.single("activity")
    levelled = activity in LEVELLED and before.head.of("level") and alike(before.head.single("activity"), activity)
    if (
        levelled
        and not any_of(ledger.words.later).search(words)
        and not head.of("level")
        and not explicit.nouns
        and not ledger.context.refers
    ):
        return "which of the levels before it this is for is not said"
    if (
        before.head.single("place_group")
        and not head.of("place_group")
        and alike(before.head.single("activity"), activity)
    ):
        return "which of the places before it this is for is not said"
    anew = explicit.of("level") and not explicit.of("role") and OPENS_BRACKET.match(words) is None
    if anew and activity in DRAFTING and head.of("role") and any_of(ledger.words.chosen).search(words):
        return "whether those paid before it, or who else has it, are paid is not said"
    drafts = {one.single("activity") for one in (explicit, before.head)} == {"formulate_standard"}
    if (
        anew
        and activity in DRAFTING
        and head.of("role")
        and not explicit.of("activity")
        and _says_role_each_time(ledger)
    ):
        return "whether the lead alone is paid, as before it, is not said"
    if anew and drafts and head.single("role") == "lead" and not _each_of_a_list(ledger, before, words):
        # 主导制定团体标准的，奖励3万元；制定地方标准的，奖励2万元
        return "whether the lead alone is paid, as before it, is not said"
    return None


def _says_role_each_time(ledger: Ledger) -> bool:
    """Whether each of several amounts before this one says whose it is, so that one without a role may be anybody's.

    主导制定省级地方标准每项10万元，主导制定市级地方标准每项6万元，团体标准每项2万元
    """
    before = [one for index, one in ledger.context.said if index == ledger.context.index and one.quantity is not None]
    phrases = [last_phrase(ledger.plain[: one.quantity.start]) for one in before if one.quantity is not None]
    starts = [one.quantity.start - len(phrase) for one, phrase in zip(before, phrases, strict=True) if one.quantity]
    named = [
        any(token.kind in ("role", "rank") for token in ledger.reading.tokens_in(Span(start, start + len(phrase))))
        for start, phrase in zip(starts, phrases, strict=True)
    ]
    return len(set(starts)) == len(named) > 1 and all(named)


def _each_of_a_list(ledger: Ledger, before: Statement, words: str) -> bool:
    """Whether an amount and the one before it are both for each of something, so that whose they are stands in front of both.

    主持制定标准的，每制定一项国际标准奖励54万元，每制定一项国家标准奖励23万元
    """
    phrase = last_phrase(ledger.plain[: before.quantity.start]) if before.quantity else ""
    return all(said.lstrip(" ,;").startswith("每") for said in (words, phrase))


def _goes_on_lost(before: Head, explicit: Head, head: Head) -> bool:
    """Whether an amount lacks the drafter or level that the refused one in front of it may have said.

    标准正式发布后，再给予16万元; 承担分技术委员会秘书处的.
    """
    activity = head.single("activity")
    if not alike(before.single("activity"), activity):
        return False
    drafters = activity in DRAFTING and not explicit.of("activity") and not head.of("role")
    return drafters or (activity in ("host_committee", "pilot_project") and not head.of("level"))


def tells_of_raise(ledger: Ledger, group: Sequence[Token], tokens: Sequence[Token], head: Head) -> bool:
    """Whether an amount was stated before and is only said to be new: 省级奖励由5万元提高到7万元后，原规定不再执行."""
    amount = group[0].quantity
    if amount is None or len(group) > 1 or all(token.kind != "grows" for token in tokens):
        return False
    raised = {row["level"] for row in rows_of(head)} - {None}
    return any(
        s.quantity is not None
        and s.quantity.value == amount.value
        and alike(s.head.single("activity"), head.single("activity"))
        and raised <= {row["level"] for row in s.combinations}
        for _, s in ledger.context.said
    )


def doubt(head: Head) -> str | None:
    """Why a row must be looked at although its amount stands; null where it need not."""
    if not head.of("activity"):
        return UNKNOWN
    return None
