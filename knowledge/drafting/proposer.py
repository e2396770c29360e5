"""Where a chat model may propose what the grammar refused, and what its proposals must prove before they are rows.

The model sees the sentence and the headings above it. A proposal becomes a row only where its quote stands in that
sentence, its amount is re-read from the quote's own words and is one the grammar refused there, and the words for its
level, role, committee and grade stand in the sentence or above it. Such a row stays marked for a person.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any, Protocol

from pydantic import ValidationError

from knowledge.drafting.axes import LOCAL, REST
from knowledge.drafting.draft import Draft, DraftedRule, IgnoredAmount
from knowledge.drafting.lexer import lex
from knowledge.drafting.tokens import Token
from knowledge.drafting.vocabulary import folded
from knowledge.model import Document, Frozen
from knowledge.quantities import find_quantities
from knowledge.rule_schema import Activity, Committee, Level, Per, Role, RuleBound


class Refused(Frozen):
    """A sentence whose amounts the grammar refused.

    Attributes:
        headings: what stands above the sentence, the widest first.
        reasons: why the grammar gave no amount.
    """

    sentence: str
    headings: tuple[str, ...]
    reasons: tuple[str, ...]


class Proposer(Protocol):
    """What proposes rows for a refused sentence: a chat model, or a test."""

    @property
    def name(self) -> str:
        """The name that its rows carry."""

    def propose(self, refused: Refused) -> Sequence[Mapping[str, Any]]:
        """Rows of the rule vocabulary with `quote` and `said`, as far as it can tell; none where it cannot.

        Raises:
            ChatModelError: there is no reply.
        """


class ProposedRow(Frozen):
    """A row as a proposer gives it; `said` are the quote's words for the amount."""

    activity: Activity
    level: Level | None = None
    committee: Committee | None = None
    role: Role | None = None
    grade: str | None = None
    yuan: int
    bound: RuleBound = "exact"
    per: Per | None = None
    quote: str
    said: str


def with_proposals(draft: Draft, document: Document, proposer: Proposer) -> Draft:
    """The draft with the proposals that prove themselves in place of the refusals of their sentence.

    Raises:
        ChatModelError: the proposer gave no reply.
    """
    rules: list[DraftedRule] = []
    ignored = list(draft.ignored)
    asked: dict[tuple[int, int], list[DraftedRule]] = {}
    for rule in draft.rules:
        at = (rule.start, rule.end)
        if not _is_refusal(rule):
            rules.append(rule)
            continue
        if at not in asked:
            asked[at] = _proved(draft, document, rule, proposer)
            rules += asked[at]
            ignored = _without(ignored, asked[at])
        if not asked[at]:
            rules.append(rule)
    return draft.model_copy(update={"rules": tuple(rules), "ignored": tuple(ignored)})


def _is_refusal(rule: DraftedRule) -> bool:
    return rule.needs_review is not None and rule.yuan is None and rule.ratio is None


def _proved(draft: Draft, document: Document, rule: DraftedRule, proposer: Proposer) -> list[DraftedRule]:
    """The rows that the proposer gives for the sentence of a refusal, as far as they prove themselves."""
    clause = next(clause for clause in document.clauses if clause.clause_id == rule.clause_id)
    reasons = [r.needs_review for r in draft.rules if r.start == rule.start and _is_refusal(r) and r.needs_review]
    refused = Refused(sentence=rule.quote, headings=clause.path, reasons=tuple(dict.fromkeys(reasons)))
    open_amounts = {entry.yuan for entry in draft.ignored if entry.quote == rule.quote and entry.reason == "unclear"}
    rows = [row for row in _read(proposer.propose(refused)) if _is_proved(row, refused, open_amounts)]
    amounts: dict[tuple[object, ...], set[int]] = {}
    for row in rows:
        amounts.setdefault(_case(row), set()).add(row.yuan)
    sure = [row for row in dict.fromkeys(rows) if len(amounts[_case(row)]) == 1]
    return [_rule(rule, row, proposer.name) for row in sure]


def _read(replies: Sequence[Mapping[str, Any]]) -> Iterator[ProposedRow]:
    for reply in replies:
        try:
            yield ProposedRow.model_validate(reply)
        except ValidationError:
            continue  # a stranger's row that is no row


def _is_proved(row: ProposedRow, refused: Refused, open_amounts: set[int]) -> bool:
    if row.quote not in refused.sentence or row.said not in row.quote or row.yuan not in open_amounts:
        return False
    reread = {int(q.value) for q in find_quantities(row.quote) if q.kind == "money" and q.text == row.said}
    if row.yuan not in reread:
        return False
    words = "\n".join((*refused.headings, refused.sentence))
    plain = folded(words)
    return _names(row, lex(plain, find_quantities(words)))


def _names(row: ProposedRow, tokens: Sequence[Token]) -> bool:
    """Whether every axis of the row has its word in the sentence or above it."""
    said = {(token.kind, token.value) for token in tokens}
    levels = {value for kind, value in said if kind == "level"}
    if LOCAL in levels:
        levels |= {"provincial_local", "municipal_local"}
    roles = {value for kind, value in said if kind in ("role", "rank") and not value.startswith(REST)}
    return (
        (row.level is None or row.level in levels)
        and (row.role is None or row.role in roles)
        and (row.committee is None or ("committee", row.committee) in said)
        and (row.grade is None or ("grade", row.grade) in said)
        and (("activity", row.activity) in said or (row.activity == "formulate_standard" and bool(levels)))
    )


def _case(row: ProposedRow) -> tuple[object, ...]:
    return (row.activity, row.level, row.committee, row.role, row.grade)


def _rule(refusal: DraftedRule, row: ProposedRow, name: str) -> DraftedRule:
    """The refused row with what was proposed for it, marked as such."""
    fields = row.model_dump(exclude={"quote"})
    return refusal.model_copy(update={**fields, "needs_review": f"proposed by {name}; {refusal.needs_review}"})


def _without(ignored: Sequence[IgnoredAmount], rows: Sequence[DraftedRule]) -> list[IgnoredAmount]:
    """The ignored amounts without those that are now rows'."""
    paid = {(row.quote, row.yuan) for row in rows}
    return [entry for entry in ignored if entry.reason != "unclear" or (entry.quote, entry.yuan) not in paid]
