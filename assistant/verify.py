"""The last gate before an answer is shown: quotes literal, numbers sourced, markers in order. What fails is not shown."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from assistant.answer import Answer, RewardRow
from assistant.draft import Draft, Evidence, Line, cited_policy
from knowledge.model import Document

_NUMBER = re.compile(r"\d+(?:\.\d+)?")
_GROUPED = re.compile(r"(?<!\d)\d{1,3}(?:,\d{3})+(?!\d)")
_MARKER = re.compile(r"\[(\d{1,2})\]")
_OUTLINE = re.compile(r"^\s*\d+[.、)]", re.MULTILINE)
_SCALES = (("万", 1e4), ("亿", 1e8), ("million", 1e6), ("k", 1e3))
# Money in the words of an answer: the number, its scale, its unit. Held apart from bare numbers, so that 15 项 in a
# source never vouches for 15万元.
_MONEY = re.compile(
    r"(\d+(?:\.\d+)?)\s*(万|亿|million)?\s*(?:元|yuan)|(?:rmb|cny|¥)\s*(\d+(?:\.\d+)?)\s*(million)?|(\d+(?:\.\d+)?)\s*(万)(?!\s*[元家名项个人平公])"
)


@dataclass(frozen=True)
class Fault:
    """A line that did not pass, and why."""

    line: str
    reason: str


def numbers(text: str) -> set[float]:
    """All numbers of a text; a number with a scale counts as itself and scaled (15万: 15 and 150000)."""
    plain = _plain(text)
    found: set[float] = set()
    for match in _NUMBER.finditer(plain):
        value = float(match.group())
        found.add(value)
        tail = plain[match.end() : match.end() + 12].lstrip()
        found.update(value * factor for unit, factor in _SCALES if tail.startswith(unit))
    return found


def money(text: str) -> set[float]:
    """The amounts of money a text states, in yuan."""
    factors = {"万": 1e4, "亿": 1e8, "million": 1e6}
    found = set()
    for match in _MONEY.finditer(_plain(text)):
        digits = match.group(1) or match.group(3) or match.group(5)
        scale = match.group(2) or match.group(4) or match.group(6)
        found.add(round(float(digits) * factors.get(scale or "", 1.0), 2))
    return found


def verify_draft(
    draft: Draft,
    documents: Mapping[str, Document],
    *,
    asked: Sequence[str],
    rewards: Sequence[RewardRow] = (),
    total: int | None = None,
) -> tuple[Draft, list[Fault]]:
    """Drop every line whose evidence is not literal or whose numbers have no source.

    Args:
        draft: what is to be said.
        documents: the release's documents by policy id.
        asked: the question and the user's earlier turns; their numbers may be repeated.
        rewards: the computed rows; their figures may be said.
        total: the computed total.

    Returns:
        The draft without the lines that failed, and the faults.
    """
    computed = {float(value) for row in rewards for value in _figures(row)} | (
        {float(total)} if total is not None else set()
    )
    said_by_user = numbers(" ".join(asked))
    kept: list[Line] = []
    faults: list[Fault] = []
    for line in draft.lines:
        reason = _evidence_fault(line.evidence, documents) or _number_fault(line, documents, said_by_user, computed)
        if reason:
            faults.append(Fault(line.text, reason))
        else:
            kept.append(line)
    return draft.kept(kept), faults


def answer_faults(answer: Answer, documents: Mapping[str, Document]) -> list[str]:
    """What is wrong with a finished answer: markers out of order, quotes not literal."""
    faults = []
    marks = [int(n) for n in _MARKER.findall(answer.answer)]
    expected = list(range(1, len(answer.citations) + 1))
    if sorted(set(marks)) != expected:
        faults.append(f"the markers {sorted(set(marks))} are not the citations {expected}")
    for citation in answer.citations:
        document = documents.get(citation.policy_id)
        if document is None or not citation.quote or document.text[citation.start : citation.end] != citation.quote:
            faults.append(f"the quote of [{citation.n}] does not stand in the stored text of `{citation.policy_id}`")
    for row in answer.rewards:
        marked = [row.citation, *(condition.citation for condition in row.conditions)]
        faults += [
            f"`{row.rule_id}` points at [{n}], which is not there"
            for n in marked
            if n is not None and n not in expected
        ]
    return faults


def _plain(text: str) -> str:
    text = unicodedata.normalize("NFKC", text).lower()
    return _GROUPED.sub(lambda match: match.group().replace(",", ""), text)


def _figures(row: RewardRow) -> Iterable[float]:
    return [value for value in (row.yuan, row.yuan_min, row.count, row.total_yuan) if value is not None]


def _evidence_fault(evidence: Sequence[Evidence], documents: Mapping[str, Document]) -> str | None:
    for item in evidence:
        document = documents.get(item.policy_id)
        clause = next((c for c in document.clauses if c.clause_id == item.clause_id), None) if document else None
        if clause is None:
            return f"the clause `{item.clause_id}` is not in the release"
        if not clause.start <= item.start < item.end <= clause.end:
            return f"the quote {item.start}–{item.end} lies outside the clause `{item.clause_id}`"
    return None


def _number_fault(
    line: Line, documents: Mapping[str, Document], said_by_user: set[float], computed: set[float]
) -> str | None:
    sources = [_source_text(item, documents) for item in line.evidence]
    allowed = set().union(said_by_user, computed, line.computed, *map(numbers, sources))
    said = numbers(_OUTLINE.sub("", _MARKER.sub("", line.text)))
    for value in sorted(said):
        if not {value, value * 1e4, value / 1e4} & allowed:
            return f"the number {value:g} has no source"
    sums = set().union(computed, line.computed, *map(money, sources))
    for amount in sorted(money(line.text)):
        if amount not in sums and amount not in said_by_user:
            return f"the amount {amount:g} yuan has no source"
    return None


def _source_text(item: Evidence, documents: Mapping[str, Document]) -> str:
    document = documents[item.policy_id]
    clause = next(c for c in document.clauses if c.clause_id == item.clause_id)
    policy = cited_policy(document.policy)
    about = " ".join(v for v in policy.model_dump().values() if v)
    return " | ".join((document.text[item.start : item.end], about, " ".join(clause.path)))
