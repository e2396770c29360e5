"""Payments stated as shares: what is paid for, and of what the share is one; or the reason why it is refused."""

from __future__ import annotations

import re
from collections.abc import Sequence
from itertools import pairwise

from knowledge.drafting.alignment import Misaligned, align_lists
from knowledge.drafting.axes import SOME_STANDARD, Choice, Head
from knowledge.drafting.ledger import Ledger
from knowledge.drafting.listed import single_ranks
from knowledge.drafting.manner import benefit_of, conditions_of, payer_of
from knowledge.drafting.phrases import first_phrase, last_phrase
from knowledge.drafting.second_readings import UNKNOWN, doubt
from knowledge.drafting.shares import base_by_head, is_payment_share, percent_of, share_base, share_bound
from knowledge.drafting.slots import strange_words
from knowledge.drafting.statements import Statement
from knowledge.drafting.tokens import Token
from knowledge.drafting.vocabulary import any_of
from knowledge.model import Span
from knowledge.rule_schema import DRAFTING

# What a lower government has to do is no rule of this one: 各县(市)应安排资金，按1:1配套.
_DUTY = re.compile(r"应当?(?:安排|统筹|落实|足额|按)")
# 不超过同级标准最高档的30%: of whatever level, and not of the one in front alone.
_OF_EACH = re.compile(r"同级|同类|同层级|各级|同等级别|相应级别|相应层级")


def read_share(ledger: Ledger, group: Sequence[Token], at: int, following: int) -> int:
    """Reads a percentage or ratio; returns where the words for the next amount begin."""
    start, end = group[0].start, group[-1].end
    before = ledger.plain[at:start]
    phrase = last_phrase(before)
    after = first_phrase(ledger.plain[end:following])
    if not is_payment_share(group[0], phrase, after, last_phrase(before, count=2)):
        return at
    of, base_start = share_base(phrase, start, halved=group[0].kind == "half")
    base_start = min(base_start, _whatever_level(phrase, start))
    tokens = ledger.own_words(at, start)
    if of == "costs":
        ledger.cost_share = ledger.context.index
        ledger.foreign_share = ledger.context.index if any_of(ledger.words.foreign_costs).search(phrase) else -1
        return at
    explicit = ledger.context.head(ledger.own_words(at, base_start))
    if revising := _revising(ledger, at, base_start):
        explicit = explicit.with_axis("activity", revising)
    if group[0].kind == "half" and of is None and not explicit:
        return at
    if any(token.kind == "bonus" for token in tokens):
        head = ledger.ellipsis.resolved(ledger.context.head(tokens), 1, "bonus")
        _share_refused(ledger, group, head, tokens, after, at, "a surcharge in percent of another amount")
        return end
    head = ledger.ellipsis.resolved(explicit, len(group), "ratio")
    grades = [row["grade"] for _, statement in ledger.context.said for row in statement.combinations]
    halved = group[0].kind == "half"
    of = base_by_head(of, head, explicit, phrase, after, halved=halved, grades_paid=grades)
    if _whatever_level(phrase, start) < start:
        head = _of_whatever_level(head, explicit, of)
    if of == "upper_level":
        head = _matched(ledger, head, explicit, len(group))
    if len(group) == 1 and len(head.of("grade")) > 1:
        head = head.with_axis("grade", ())  # of every grade alike, as of several levels
    if not head.of("activity") and _DUTY.search(before):
        return at
    unclear = _is_unclear(of, head) or _is_own(ledger, of, Span(start - len(phrase), start))
    why = (
        ("what the share is a share of is not clear" if head.of("activity") or not of else UNKNOWN) if unclear else None
    )
    if why := why or _strange(ledger, of, Span(at, max(at, base_start)), explicit, head):
        _share_refused(ledger, group, head, tokens, after, at, why)
        return end
    breaks = [ledger.plain[a.end : b.start] for a, b in pairwise(group)]
    aligning = any(token.kind == "aligning" for token in tokens)
    if aligning and (ranks := single_ranks(head, len(group))):
        head = head.with_axis("role", ranks)
    try:
        rows = align_lists(
            ledger.ellipsis.with_list(head, len(group), None),
            len(group),
            breaks,
            respectively=aligning and len(group) > 1,
        )
    except Misaligned as error:
        _share_refused(ledger, group, head, tokens, after, at, str(error))
        return end
    for token, combinations in zip(group, rows, strict=True):
        percent = percent_of(token)
        if percent is None:
            _share_refused(ledger, [token], head, tokens, after, at, "the share is no whole percentage")
            continue
        benefit = (
            "matching" if of == "upper_level" and "配套" in phrase + after else benefit_of(ledger, tokens, after, True)
        )
        ledger.say(
            Statement(
                "ratio",
                Span(token.start, token.end),
                tuple(combinations),
                head,
                percent=percent,
                ratio_of=of,
                bound=share_bound(token, phrase),
                per=ledger.words.usual_per.get(combinations[0]["activity"] or ""),
                benefit="reward" if benefit in (None, "plain") else benefit,
                payer=payer_of(ledger, tokens),
                conditions=conditions_of(ledger, at, max(at, base_start)),
                needs_review=doubt(head),
            )
        )
    return end


def _revising(ledger: Ledger, at: int, end: int) -> tuple[Choice, ...]:
    """Revising, where the last phrase names it alone: 以上为制定标准的额度，修订标准的减半; none for anything else."""
    comma = max(ledger.plain.rfind(",", at, end), at)
    named = [token for token in ledger.reading.tokens_in(Span(comma, end)) if token.kind == "activity"]
    alone = named and all(token.value == "revise_standard" for token in named)
    return ledger.context.head(named).of("activity") if alone else ()


def _whatever_level(phrase: str, end: int) -> int:
    """Where the base begins that is of whatever level, else `end`: 同级标准制定项目最高档的一半, whose 制定 is of the base."""
    said = _OF_EACH.search(phrase)
    return end - len(phrase) + said.start() if said else end


def _of_whatever_level(head: Head, explicit: Head, of: str | None) -> Head:
    """The head without the level, and of the top tier without the role, that only the words before say."""
    if not explicit.of("level"):
        head = head.with_axis("level", ())
    return head.with_axis("role", ()) if of == "top_grade" and not explicit.of("role") else head


def _matched(ledger: Ledger, head: Head, explicit: Head, count: int) -> Head:
    """What another treasury's award is for that shares are paid of."""
    names = explicit.of("activity") or explicit.nouns & {"standard", SOME_STANDARD, "award", "pilot", "committee"}
    if not names and ledger.context.only_title_names_activity:
        head = head.with_axis("activity", ())  # what a title is about is not all that another treasury pays for
    if not explicit.of("role"):
        head = head.with_axis("role", ())  # whose award is matched, whoever was paid before
    if not head.of("level") and len(explicit.of("level")) == count > 1:
        head = head.with_axis("level", explicit.of("level"))  # 获得省、市资金的，分别按1:1、1:0.5配套
    if count == 1:
        # 省级技术标准创新中心，按省级补助金额的30%配套: of the thing that is named, and not only of who awards it.
        payers = {""} if explicit.of("activity") else {"", "thing"}
        head = head.with_axis("level", tuple(choice for choice in head.of("level") if choice.of - payers))
        if not head.of("level"):
            head = head.with_axis("level", ledger.ellipsis.matched_level(head, explicit))
    return head


def _is_unclear(of: str | None, head: Head) -> bool:
    """Whether nothing says what the share is of, or what is paid it: 改版标准的，按制定的50%."""
    if not head.of("activity"):
        return of != "upper_level"
    drafts = head.single("activity") == "formulate_standard" and not head.of("role")
    return of is None or (of == "formulate" and drafts)


def _strange(ledger: Ledger, of: str | None, words: Span, explicit: Head, head: Head) -> str | None:
    """Why words in front of a share may say what was not read of who is paid it, or for what; null where there are none.

    What it takes over from an amount that was refused is not to be relied on either.
    """
    activity = head.single("activity")
    if activity is None or (of == "upper_level" and not explicit.of("activity")):
        return None
    refused = (s for _, s in ledger.context.said if s.shape == "unclear" and s.head.single("activity") in DRAFTING)
    if activity in DRAFTING and of != "upper_level" and not explicit.of("role") and next(refused, None) is not None:
        return "what it goes on from was refused"
    tokens = [*ledger.entries, *ledger.reading.tokens_in(words), *ledger.reading.shields_in(words)]
    return strange_words(ledger.plain, words, tokens, explicit, activity)


def _share_refused(
    ledger: Ledger, group: Sequence[Token], head: Head, tokens: Sequence[Token], after: str, at: int, reason: str
) -> None:
    ledger.refuse(
        group,
        head,
        reason,
        per=ledger.words.usual_per.get(head.single("activity") or ""),
        benefit=benefit_of(ledger, tokens, after, True) or "reward",
        payer=payer_of(ledger, tokens),
        conditions=conditions_of(ledger, at, group[0].start),
    )


def _is_own(ledger: Ledger, of: str | None, phrase: Span) -> bool:
    """Whether what seems to be another government's award is paid here: 省级的，按国家级项目扶持额度的50%."""
    if of != "upper_level":
        return False
    paid = {row["level"] for _, statement in ledger.context.said for row in statement.combinations}
    said = {token.value for token in ledger.reading.tokens_in(phrase) if token.kind == "level"}
    return bool(paid & said)
