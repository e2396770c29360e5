"""Drafts the reward rules of a document: one row for each combination that its text pays differently."""

from __future__ import annotations

from bisect import bisect_right
from collections import defaultdict
from collections.abc import Callable, Iterator, Sequence
from functools import cache

from pydantic import Field

from knowledge.drafting.axes import DISTRICT, LOCAL, Combination
from knowledge.drafting.conditions import after_marker
from knowledge.drafting.holding import Holding
from knowledge.drafting.level_tokens import NAMED
from knowledge.drafting.limits import find_quotas
from knowledge.drafting.provisions import ProvisionKind, find_provisions
from knowledge.drafting.reader import read_amounts
from knowledge.drafting.second_readings import NAMED_STANDARD
from knowledge.drafting.statements import Findings, Statement, statements_with_rows
from knowledge.drafting.stretches import Reading
from knowledge.drafting.terms import LeadTerm, find_lead_term, find_local_level
from knowledge.drafting.treasuries import general_payer
from knowledge.drafting.vocabulary import any_of, load_vocabulary
from knowledge.model import Clause, Document, Frozen, Place, Policy, Span
from knowledge.normalize import normalize
from knowledge.numerals import number
from knowledge.places import Gazetteer
from knowledge.quantities import Quantity, find_quantities
from knowledge.rule_schema import (
    Activity,
    Benefit,
    CapScope,
    Committee,
    IgnoreReason,
    Level,
    Payer,
    Per,
    PlaceGroupName,
    Ratio,
    RuleBound,
)

_PROVINCE = 3
_DIRECT_CITIES = ("11", "12", "31", "50")


class DraftedCap(Frozen):
    """A ceiling on payments, with the sentence that states it."""

    scope: CapScope
    yuan: int | None = None
    count: int | None = None
    said: str | None = Field(None, exclude=True)
    quote: str | None = Field(None, exclude=True)


class DraftedProvision(Frozen):
    """A sentence that holds for a row beside its own: what the amount includes, what shuts it out, and the like."""

    kind: ProvisionKind
    value: str
    quote: str


class DraftedRule(Frozen):
    """One proposed row of the rule vocabulary, with the sentence it comes from.

    Attributes:
        start, end: the quote's range in the stored text.
        conditions: the words that say who is paid, as they stand.
        needs_review: why a person must look before anything else; null where the reading is plain.
        said, said_min: the document's words for the amount; `said_unit` where a list or table shares its unit.
        bonus: the amount is added to another's.
        excepts: the amount is a narrower case of the one before it: in its bracket, or behind 其中.
    """

    activity: Activity
    level: Level | None
    committee: Committee | None
    role: str | None
    grade: str | None
    place_group: PlaceGroupName | None
    yuan: int | None
    yuan_min: int | None
    ratio: Ratio | None
    bound: RuleBound | None
    per: Per | None
    benefit: Benefit
    cap: tuple[DraftedCap, ...]
    payer: Payer | None
    quote: str
    start: int
    end: int
    clause_id: str
    conditions: tuple[str, ...]
    needs_review: str | None
    said: str | None = Field(None, exclude=True)
    said_min: str | None = Field(None, exclude=True)
    said_unit: str | None = Field(None, exclude=True)
    bonus: bool = Field(False, exclude=True)
    delegated: bool = Field(False, exclude=True)
    excepts: bool = Field(False, exclude=True)
    provisions: tuple[DraftedProvision, ...] = Field((), exclude=True)


class IgnoredAmount(Frozen):
    """An amount of money that no row pays, and why."""

    quote: str
    yuan: int
    reason: IgnoreReason


class Draft(Frozen):
    """Everything proposed from one document.

    Attributes:
        lead_rank: up to which place among the drafters the document counts as lead, as `lead_quote` says.
        only_highest: whether of several amounts for the same thing only the highest is paid.
    """

    policy: Policy
    rules: tuple[DraftedRule, ...]
    ignored: tuple[IgnoredAmount, ...]
    lead_rank: int | None = Field(None, exclude=True)
    lead_quote: str | None = Field(None, exclude=True)
    lead_clause: str | None = Field(None, exclude=True)
    only_highest: bool = Field(False, exclude=True)


def draft_rules(document: Document) -> Draft:
    """The reward rules that a document's text proposes, and every amount that is none, with a reason.

    Every amount of money of the document is in a row, in a row's cap, or ignored; an amount that cannot be set against
    what it is paid for is ignored as `unclear`, and its row says why and has no amount.
    """
    return _Drafter(document).draft()


@cache
def _gazetteer() -> Gazetteer:
    return Gazetteer.load()


def _shared_unit(quantity: Quantity) -> str | None:
    """The unit that a number borrows from the end of its list."""
    if not quantity.shared_unit:
        return None
    alone = find_quantities(quantity.text)
    # A Chinese numeral alone is no quantity.
    said = alone[0].value if alone else number(normalize(quantity.text).text)
    return {1: "元", 10**4: "万元", 10**8: "亿元"}.get(int(quantity.value / said)) if said else None


def _told_apart(rules: Sequence[DraftedRule]) -> Callable[[DraftedRule], DraftedRule]:
    """Marks a row beside which another states a different amount for the same case: conditions must tell them apart."""
    amounts: defaultdict[tuple[object, ...], set[int]] = defaultdict(set)
    for rule in rules:
        if rule.yuan is not None and not rule.bonus and not rule.excepts:
            amounts[_case(rule)].add(rule.yuan)

    def marked(rule: DraftedRule) -> DraftedRule:
        if rule.needs_review or rule.yuan is None or rule.bonus or rule.excepts or len(amounts[_case(rule)]) < 2:
            return rule
        return rule.model_copy(
            update={"needs_review": "another amount is stated for the same case; see the conditions"}
        )

    return marked


def _case(rule: DraftedRule) -> tuple[object, ...]:
    return (rule.activity, rule.level, rule.committee, rule.role, rule.grade, rule.place_group)


class _Drafter:
    def __init__(self, document: Document) -> None:
        self._document = document
        self._reading = Reading(document, _gazetteer())
        self._findings: Findings = read_amounts(self._reading)
        self._term: LeadTerm | None = find_lead_term(self._reading)
        self._local_level = find_local_level(self._reading.plain)
        self._payer = general_payer(self._reading)
        self._provisions = find_provisions(self._reading)
        self._quotas = find_quotas(self._reading)
        self._clause_starts = [clause.start for clause in document.clauses]
        self._places: dict[Span, tuple[Clause, Span]] = {}
        self._holding = Holding(self._reading, self._findings.statements, self._place_of)

    def draft(self) -> Draft:
        rules = [self._rule(statement, row) for statement, row in statements_with_rows(self._findings)]
        rules = list(map(_told_apart(rules), dict.fromkeys(rules)))
        term = self._place_of(self._term.span) if self._term else None
        return Draft(
            policy=self._document.policy,
            rules=tuple(rules),
            ignored=tuple(self._ignored()),
            lead_rank=self._term.rank_max if self._term else None,
            lead_quote=self._document.text[slice(*term[1])] if term else None,
            lead_clause=term[0].clause_id if term else None,
            only_highest=any_of(load_vocabulary().maximum).search(self._reading.plain) is not None,
        )

    def _rule(self, statement: Statement, row: Combination) -> DraftedRule:
        clause, quote = self._place_of(statement.span)
        quantity = statement.quantity
        level, doubt = self._level(row["level"])
        upper = quantity.upper if quantity else None
        provisions = [p for p in self._provisions if self._holding.provided(p, statement, row, clause)]
        conditions = [*statement.conditions, *(self._words(p.sentence) for p in provisions)]
        if row["role"] == "lead" and self._term is not None:
            conditions.append(self._words(self._term.span))
        return DraftedRule(
            activity=row["activity"] or "other",
            level=level,
            committee=row["committee"],
            role=row["role"],
            grade=row["grade"],
            place_group=row["place_group"],
            yuan=int(upper or quantity.value) if quantity else None,
            yuan_min=int(quantity.value) if quantity and upper is not None else None,
            ratio=Ratio(percent=statement.percent, of=statement.ratio_of)
            if statement.percent and statement.ratio_of
            else None,
            bound=statement.bound,
            per=statement.per,
            benefit=statement.benefit or "reward",
            cap=(*self._caps(statement, row, clause), *self._quota(row)),
            payer=statement.payer or self._payer,
            quote=self._document.text[slice(*quote)],
            start=quote.start,
            end=quote.end,
            clause_id=clause.clause_id,
            conditions=tuple(dict.fromkeys(conditions)),
            needs_review=statement.needs_review or doubt,
            said=self._said(quantity) if quantity else None,
            said_min=self._said_min(quantity) if quantity else None,
            said_unit=statement.said_unit or (_shared_unit(quantity) if quantity else None),
            bonus=statement.shape == "bonus",
            delegated=statement.shape == "delegated",
            excepts=statement.excepts,
            provisions=tuple(
                DraftedProvision(kind=p.kind, value=p.value, quote=self._words(p.sentence)) for p in provisions
            ),
        )

    def _words(self, span: Span) -> str:
        start = after_marker(self._reading, span.start)
        return " ".join(self._reading.kept.text[start : span.end].split())

    def _said_min(self, quantity: Quantity) -> str | None:
        """The words for the lower end of a range; of one stated whole (3万元至5万元) the same as for the upper."""
        if quantity.upper is None:
            return None
        low = self._findings.low_ends.get(quantity.start)
        return self._said(low or quantity)

    def _said(self, quantity: Quantity) -> str:
        """The document's words for an amount; those of a table's were folded."""
        return self._reading.kept.text[quantity.start : quantity.end]

    def _level(self, level: str | None) -> tuple[Level | None, str | None]:
        """The level in the rule vocabulary; 地方标准 alone is told by the issuer's place, and to be looked at."""
        if level == NAMED:
            return None, NAMED_STANDARD
        if level == DISTRICT or level is None:
            return None, None
        if level != LOCAL:
            return level, None  # type: ignore[return-value]  # a value of the vocabulary
        place: Place | None = self._document.policy.place
        direct = place is not None and (place.code or "").startswith(_DIRECT_CITIES)
        if (defined := self._local_level) is not None and not direct:
            return defined, None
        provincial = direct or self._reading.rank_of_issuer >= _PROVINCE
        if provincial:
            return "provincial_local", None
        return "municipal_local", "whether the local standards are provincial or municipal is not said"

    def _caps(self, statement: Statement, row: Combination, clause: Clause) -> Iterator[DraftedCap]:
        for limit in self._findings.limits:
            if self._holding.limited(limit, statement, row, clause):
                _, quote = self._place_of(limit.span)
                said = self._reading.kept.text[slice(*limit.span)] if limit.yuan is not None else None
                yield DraftedCap(
                    scope=self._holding.scope(limit),
                    yuan=limit.yuan,
                    count=limit.count,
                    said=said,
                    quote=self._document.text[slice(*quote)],
                )

    def _quota(self, row: Combination) -> Iterator[DraftedCap]:
        """How many prizes of the row's grade there are."""
        if row["activity"] != "award" or row["grade"] is None:
            return
        for quota in self._quotas:
            if quota.grade == row["grade"]:
                _, quote = self._place_of(quota.span)
                yield DraftedCap(scope="pool", count=quota.count, quote=self._document.text[slice(*quote)])
                return

    # --- where things stand ------------------------------------------------------------------------------------------

    def _place_of(self, span: Span) -> tuple[Clause, Span]:
        """The clause that a range of the kept text stands in, and the whole sentence around it, in the stored text."""
        known = self._places.get(span)
        if known is None:
            known = self._places[span] = self._find_place(span)
        return known

    def _find_place(self, span: Span) -> tuple[Clause, Span]:
        stored = self._reading.kept.stored(span)
        index = bisect_right(self._clause_starts, stored.start) - 1
        clause = self._document.clauses[max(index, 0)]
        if stored.end > clause.end:
            clause = self._document.clauses[0]
        sentence = next((s for s in clause.sentences if s.start <= stored.start and stored.end <= s.end), None)
        return clause, sentence or self._line(clause, stored)

    def _line(self, clause: Clause, stored: Span) -> Span:
        """The line around a range that is in no sentence, such as an amount in a heading."""
        text = self._document.text
        start = max(clause.start, text.rfind("\n", 0, stored.start) + 1)
        end = text.find("\n", stored.end)
        end = min(clause.end, end if end >= 0 else len(text))
        while start < end and text[start].isspace():
            start += 1
        while end > start and text[end - 1].isspace():
            end -= 1
        return Span(start, end)

    def _ignored(self) -> Iterator[IgnoredAmount]:
        """Every amount that is no row's, in order; those of text that is no clause last."""
        paid = {s.quantity.start for s in self._findings.statements if s.quantity is not None}
        paid |= {low.start for high, low in self._findings.low_ends.items() if high in paid}
        limits = {limit.span.start for limit in self._findings.limits}
        for quantity in self._reading.quantities:
            if quantity.kind != "money" or quantity.unit != "CNY" or quantity.start in paid:
                continue
            aside = self._findings.set_aside.get(quantity.start)
            reason: IgnoreReason = "cap" if quantity.start in limits else aside[1] if aside else "other"
            _, quote = self._place_of(Span(quantity.start, quantity.end))
            for value in (quantity.value, quantity.upper):
                if value is not None:
                    yield IgnoredAmount(quote=self._document.text[slice(*quote)], yuan=int(value), reason=reason)
        yield from self._ignored_of_tables()
        for dropped in self._document.dropped:
            words = self._document.text[dropped.start : dropped.end]
            for quantity in find_quantities(words):
                if quantity.kind == "money" and quantity.unit == "CNY":
                    yield IgnoredAmount(quote=words.strip(), yuan=int(quantity.value), reason="other")

    def _ignored_of_tables(self) -> Iterator[IgnoredAmount]:
        """The amounts of tables whose unit stands in a heading, and so are no quantities of the text."""
        stated = {quantity.start for quantity in self._reading.quantities if quantity.kind == "money"}
        aside: list[tuple[Span, tuple[int, ...], IgnoreReason]] = [
            (quantity.span, tuple(int(v) for v in (quantity.value, quantity.upper) if v is not None), reason)
            for start, (quantity, reason) in self._findings.set_aside.items()
            if start == quantity.start
        ]
        aside += [(limit.span, (limit.yuan,), "cap") for limit in self._findings.limits if limit.yuan is not None]
        for span, amounts, reason in sorted(aside):
            if span.start not in stated:
                _, quote = self._place_of(span)
                for yuan in amounts:
                    yield IgnoredAmount(quote=self._document.text[slice(*quote)], yuan=yuan, reason=reason)
