"""The last gate before an answer is shown: quotes literal, numbers sourced, markers in order. What fails is not shown."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass

from assistant.answer import Answer, Citation, RewardRow
from assistant.draft import MARKER, Draft, Evidence, Line, cite
from knowledge.model import Document

_NUMBER = re.compile(r"\d+(?:\.\d+)?")
_GROUPED = re.compile(r"(?<!\d)\d{1,3}(?:,\d{3})+(?!\d)")
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


def is_sourced(value: float, allowed: Collection[float]) -> bool:
    """Whether a number is one of those allowed, in 万 or in ones."""
    return not {value, value * 1e4, value / 1e4}.isdisjoint(allowed)


def computed_figures(rewards: Iterable[RewardRow], total: int | None) -> set[float]:
    """The figures that rows and their total state."""
    said = [value for row in rewards for value in (row.yuan, row.yuan_min, row.count, row.total_yuan)]
    return {float(value) for value in (*said, total) if value is not None}


def source_text(citation: Citation) -> str:
    """All the words that a marker vouches for: the quote, what is known of its policy, the headings above it."""
    about = " ".join(str(value) for value in citation.policy.model_dump().values() if value)
    return " | ".join((citation.quote, about, " ".join(citation.clause_path)))


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
    computed = computed_figures(rewards, total)
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
    marks = [int(n) for n in MARKER.findall(answer.answer)]
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
    sources = [source_text(citation) for citation in cite(line.evidence, documents)]
    allowed = set().union(said_by_user, computed, line.computed, *map(numbers, sources))
    said = numbers(_OUTLINE.sub("", MARKER.sub("", line.text)))
    for value in sorted(said):
        if not is_sourced(value, allowed):
            return f"the number {value:g} has no source"
    sums = set().union(computed, line.computed, *map(money, sources))
    for amount in sorted(money(line.text)):
        if amount not in sums and amount not in said_by_user:
            return f"the amount {amount:g} yuan has no source"
    return None
