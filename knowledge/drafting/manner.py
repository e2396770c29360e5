"""How an amount is paid: as a reward or a subsidy, exactly or at most, per what, by whom, and on what conditions."""

from __future__ import annotations

import re
from collections.abc import Sequence

from knowledge.drafting.axes import Head
from knowledge.drafting.conditions import condition_words
from knowledge.drafting.ledger import Ledger
from knowledge.drafting.phrases import FILLERS, MARKS, last_phrase
from knowledge.drafting.purpose import Surroundings
from knowledge.drafting.tokens import AXIS_KINDS, Token
from knowledge.drafting.vocabulary import any_of
from knowledge.model import Span
from knowledge.rule_schema import DRAFTING, RuleBound

_LABEL = re.compile(r"(?:一次性)?(?:奖励|资助|补助|扶持)?(?:金额|额度|标准|数额)?")
# 对获奖单位，每个奖励6万元
_PAYEES_EACH = re.compile(r"(?:单位|企业|组织|机构|团体|公司),?$")
_MOST_RESIDUE = 2
_MEASURED = {
    "formulate_standard": "standard",
    "revise_standard": "standard",
    "adopt_standard": "product",
    "pilot_project": "project",
    "research": "project",
    "host_committee": "committee",
    "event": "event",
    "certification": "certificate",
}


def benefit_of(
    ledger: Ledger, tokens: Sequence[Token], after: str, named: bool, before: Span | None = None
) -> str | None:
    """The kind of benefit that holds for an amount; `plain` where the words only give; None where none do."""
    giving = [token.value for token in tokens if token.kind == "giving"]
    behind = [v for v, forms in ledger.words.giving.items() if v != "plain" and any_of(forms).search(after)]
    for value in (*behind, *reversed(giving)):
        if value != "plain":
            return value
    kept = next((s.benefit for _, s in reversed(ledger.context.said) if s.benefit), None)
    frames = ledger.context.frames()
    above = next((frame.gives for frame in frames if frame.gives not in (None, "plain")), None)
    if above is None and before is not None and ledger.context.promises and _only_lists(ledger, tokens, before):
        # A line that only lists amounts, in a document or below a heading that is about giving.
        above = "reward"
    known = any(frame.head.of("activity") for frame in frames)
    added = any(token.kind == "bonus" for token in tokens)
    if giving or added or (kept and named) or (above and (named or known)):
        return kept if kept and not giving else above or "reward"
    if kept and before is not None and not _goes_on_giving(ledger, tokens, before):
        return None
    return kept


def _only_lists(ledger: Ledger, tokens: Sequence[Token], before: Span) -> bool:
    """Whether the phrase in front of an amount is nothing but what it is for: 国家标准：主导40万元; 金额：40万元."""
    phrase = last_phrase(ledger.plain[slice(*before)], MARKS + "(/】")
    named = [token for token in tokens if token.kind in AXIS_KINDS]
    if _LABEL.fullmatch(phrase.strip()):
        return bool(named) or any(frame.head.lists for frame in ledger.context.frames())
    start = before.end - len(phrase)
    left = [
        char
        for index, char in enumerate(phrase, start=start)
        if not any(token.start <= index < token.end for token in tokens)
    ]
    return bool(named) and len(FILLERS.sub("", "".join(left))) <= _MOST_RESIDUE


def _goes_on_giving(ledger: Ledger, tokens: Sequence[Token], before: Span) -> bool:
    """Whether an amount without a word of giving may take it from the last payment: in its sentence, or as a line of a list."""
    if ledger.context.last() is not None or ledger.context.paid_in(ledger.reading.sentence_at(before.end)):
        return True
    return _only_lists(ledger, tokens, before)


# 每举办一期（不少于50人）给予1万元: the bound is of what the bracket counts.
_COUNTED_IN_BRACKET = re.compile(r"\([^()]*\d[^()]*\)")


def bound_of(ledger: Ledger, token: Token, words: str, around: Surroundings) -> RuleBound:
    """How an amount bounds what is paid, by its words, those beside it, or the amounts before and above it."""
    quantity = token.quantity
    assert quantity is not None
    if quantity.upper is not None:
        return "range"
    if quantity.bound != "exact":
        return quantity.bound
    phrase = last_phrase(_COUNTED_IN_BRACKET.sub("", words))
    if any_of(ledger.words.at_most).search(phrase):
        return "up_to"
    if any_of(ledger.words.at_least).search(phrase) or around.after.startswith("以上"):
        return "at_least"
    here = ledger.reading.tokens_in(Span(token.start - len(words), token.start))
    giving = any(t.kind in ("giving", "bonus") for t in here)
    last = ledger.context.last()
    if not giving and last is not None and last.bound == "up_to":
        return "up_to"
    if not giving and any(frame.up_to for frame in ledger.context.frames()):
        return "up_to"
    return "exact"


def per_of(ledger: Ledger, tokens: Sequence[Token], after: str, head: Head, *, elided: bool) -> str | None:
    """What an amount is per, as the words say or what is paid for has it; null where it is per nothing.

    Args:
        ledger: the state of the reading.
        tokens: those of the amount's own words.
        after: the words behind it up to the next mark.
        head: what it is paid for.
        elided: whether its words leave out what the payment before it says.
    """
    activity = head.single("activity") or (head.of("activity")[0].values[0] if head.of("activity") else None)
    said = [token for token in tokens if token.kind == "per"]
    behind = re.match(r"[ \t]*/[ \t]*", after)
    if behind:
        here = ledger.reading.tokens_in(Span(tokens[-1].end if tokens else 0, ledger.reading.size))
        said += [token for token in here if token.kind == "per"][:1]
    # 每人每次 is per person.
    while len(said) > 1 and said[-1].start == said[-2].end:
        said.pop()
    value = said[-1].value if said else None
    if value == "event" and activity in ("host_committee", "award"):
        return None
    if value is None and elided:
        value = last.per if (last := ledger.context.last()) is not None else None
    if value is None:
        value = next((frame.per for frame in ledger.context.frames() if frame.per is not None), None)
    if (
        value is None
        and activity in DRAFTING
        and tokens
        and _counts_more(ledger, Span(tokens[0].start, tokens[-1].end))
    ):
        return "organization"
    if value:
        return value
    if value == "":
        return _counted_as(ledger, said[-1] if said else None, head, activity or "")
    return ledger.words.usual_per.get(activity or "")


def _counted_as(ledger: Ledger, each: Token | None, head: Head, activity: str) -> str | None:
    """What a measure without a noun (每项, 每个) counts of an activity; `each` is null where a heading says it."""
    measure = ledger.plain[each.start : each.end] if each else "每项"
    if activity == "front_runner":
        return "standard" if "项" in measure else "product"
    payee = each is not None and _PAYEES_EACH.search(ledger.plain, each.start - 4, each.start) is not None
    if activity == "award" and payee and "项" not in measure:
        return "organization"
    if activity == "other" and any_of(ledger.words.editions).search(head.of("activity")[0].said):
        return "standard"
    return _MEASURED.get(activity, "project" if "项" in measure else None)


def _counts_more(ledger: Ledger, span: Span) -> bool:
    """Whether somebody must have several things to be paid: 当年主持起草标准3项以上的，另奖5万元."""
    return any(
        q.kind == "count" and q.unit == "项" and q.bound == "at_least" and q.value > 1
        for q in ledger.reading.quantities_in(span)
    )


def payer_of(ledger: Ledger, tokens: Sequence[Token]) -> str | None:
    """Which treasury pays, by the words, the payment before them, or what stands above; null where nothing says."""
    said = next((token.value for token in reversed(tokens) if token.kind == "payer"), None)
    if said:
        return said
    last = ledger.context.last()
    above = next((frame.payer for frame in ledger.context.frames() if frame.payer), None)
    return (last.payer if last is not None else None) or above


def conditions_of(ledger: Ledger, at: int, start: int) -> tuple[str, ...]:
    """The words of a range that say who is paid and when; none where it has none."""
    words = condition_words(ledger.reading, Span(at, start))
    return (words,) if words else ()
