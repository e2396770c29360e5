"""The measures of a run, by their names in the field, each averaged over facts with a bootstrap interval.

A measure gives one number a record, or None where it does not apply. The records of one fact (its paraphrases) are
averaged first, then the facts, so that a fact asked ten ways counts as much as one asked once; the intervals resample
facts, as the paraphrases of one fact stand and fall together.
"""

from __future__ import annotations

import math
from collections import defaultdict
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from typing import NamedTuple

import numpy as np

from eval.record import GoldRank, Record
from eval.score import value_fault

FIRST = 10
RESAMPLES = 1000
# Two runs of the same records give the same intervals.
_SEED = 20_261_122
_ALPHA = 0.05

Needs = Sequence[frozenset[str]]
"""For each piece of evidence that a question needs, the ids of the clauses that hold it."""

Measure = Callable[[Record], float | None]


class Estimate(NamedTuple):
    """A mean over facts with its 95% interval, and what it was made from."""

    mean: float
    low: float
    high: float
    facts: int
    cases: int


class Latency(NamedTuple):
    """Milliseconds."""

    p50: float
    p95: float
    longest: float


def recall(ranking: Sequence[str], needs: Needs, first: int) -> float:
    """recall@k: the share of the needs that a clause among the `first` of a ranking meets."""
    head = set(ranking[:first])
    return sum(bool(head & need) for need in needs) / len(needs)


def reciprocal_rank(ranking: Sequence[str], needs: Needs, first: int = FIRST) -> float:
    """RR@k: 1 / rank of the first clause that meets any need; 0 where none is among the `first`."""
    wanted = frozenset[str]().union(*needs)
    return next((1 / rank for rank, key in enumerate(ranking[:first], 1) if key in wanted), 0.0)


def ndcg(ranking: Sequence[str], needs: Needs, first: int = FIRST) -> float:
    """nDCG@k over needs: a clause gains one for each need that it is the first to meet, discounted by log2(1 + rank).

    This is α-nDCG (Clarke and others, 2008) with α = 1: a second clause that says the same gains nothing. Where every
    need has one clause of its own it is the ordinary nDCG with binary relevance. The ideal order takes, at each rank,
    the clause that meets the most needs still open.
    """
    ideal: list[int] = []
    open_needs = list(needs)
    while open_needs and len(ideal) < first:
        best = max(frozenset[str]().union(*open_needs), key=lambda key: (sum(key in need for need in open_needs), key))
        ideal.append(sum(best in need for need in open_needs))
        open_needs = [need for need in open_needs if best not in need]
    gains: list[int] = []
    open_needs = list(needs)
    for key in ranking[:first]:
        gains.append(sum(key in need for need in open_needs))
        open_needs = [need for need in open_needs if key not in need]
    best_possible = _discounted(ideal)
    return _discounted(gains) / best_possible if best_possible else 0.0


def needs_of(record: Record) -> Needs:
    """The needs of a case: every gold text of `all_of`, and one that any of `any_of` meets. Empty where a gold text is
    gone from the release or is in no clause."""
    if record.stale:
        return []
    needs = [frozenset(gold.clauses) for gold in _of_all(record)]
    if alternatives := _of_any(record):
        needs.append(frozenset(clause for gold in alternatives for clause in gold.clauses))
    return needs if all(needs) else []


def right(record: Record) -> float:
    """Whether nothing is wrong with the answer."""
    return float(record.passed)


def recall_at(first: int) -> Measure:
    """recall@`first` of the search for the question."""
    return lambda record: recall(record.found, needs, first) if (needs := needs_of(record)) else None


def mrr(record: Record) -> float | None:
    """RR@10 of the search for the question; its mean is MRR@10."""
    return reciprocal_rank(record.found, needs) if (needs := needs_of(record)) else None


def ndcg_at_10(record: Record) -> float | None:
    """nDCG@10 of the search for the question."""
    return ndcg(record.found, needs) if (needs := needs_of(record)) else None


def value_accuracy(record: Record) -> float | None:
    """Whether the answer states every value of the case: the number, its unit, and how it is bounded."""
    if not record.case.values or _may_abstain(record):
        return None
    return float(all(value_fault(value, record.answer) is None for value in record.case.values))


def status_accuracy(record: Record) -> float:
    """Whether the status is one that the case allows."""
    return float(bool(record.answer.answer) and record.answer.status in record.case.status)


def citation_precision(record: Record) -> float | None:
    """The share of the quotes that hold gold text. Gold is not all that may be cited, so this is a lower limit."""
    quotes = [citation.n for citation in record.answer.citations]
    if not quotes or not needs_of(record):
        return None
    holding = {n for gold in record.ranks for n in gold.citations}
    return sum(n in holding for n in quotes) / len(quotes)


def citation_recall(record: Record) -> float | None:
    """The share of the needs that a quote meets."""
    if not needs_of(record) or _may_abstain(record):
        return None
    met = [gold.cited for gold in _of_all(record)]
    if alternatives := _of_any(record):
        met.append(any(gold.cited for gold in alternatives))
    return sum(met) / len(met)


def rejection(record: Record) -> float | None:
    """Of what must be refused: whether it is, in a way that the case allows."""
    return status_accuracy(record) if record.case.must_refuse else None


def over_refusal(record: Record) -> float | None:
    """Of what can be answered: whether it is refused all the same."""
    return None if "abstained" in record.case.status else float(record.answer.status == "abstained")


MEASURES: Mapping[str, Measure] = {
    "right": right,
    "value accuracy": value_accuracy,
    "status accuracy": status_accuracy,
    "citation precision": citation_precision,
    "citation recall": citation_recall,
    "rejection rate": rejection,
    "over-refusal": over_refusal,
    "recall@1": recall_at(1),
    "recall@3": recall_at(3),
    "recall@5": recall_at(5),
    "recall@10": recall_at(10),
    "MRR@10": mrr,
    "nDCG@10": ndcg_at_10,
}
"""Every measure by its name."""


def policies_of(record: Record) -> tuple[str, ...]:
    """The policies a case is about, by what it names and by its gold; none for a question outside all of them."""
    named = (*record.case.policy, *(evidence.policy for evidence in record.case.gold.texts))
    return tuple(dict.fromkeys(named))


DIMENSIONS: Mapping[str, Callable[[Record], Collection[str]]] = {
    "kind": lambda record: [record.case.kind],
    "language": lambda record: [record.case.language],
    "policy": lambda record: policies_of(record) or ["none"],
    "split": lambda record: [record.case.split],
    "criticality": lambda record: ["critical" if record.case.critical else "other"],
}
"""What records are told apart by; a record about two policies belongs to both."""


def grouped(records: Iterable[Record], dimension: str) -> dict[str, list[Record]]:
    """The records by the groups of one dimension, in order of first appearance."""
    groups: dict[str, list[Record]] = defaultdict(list)
    for record in records:
        for group in DIMENSIONS[dimension](record):
            groups[group].append(record)
    return dict(groups)


def estimate(records: Iterable[Record], measure: Measure) -> Estimate | None:
    """The mean of a measure over facts with its 95% interval; None where it applies to no record."""
    by_fact: dict[str, list[float]] = defaultdict(list)
    for record in records:
        if (value := measure(record)) is not None:
            by_fact[record.case.fact_id].append(value)
    if not by_fact:
        return None
    means = np.array([sum(values) / len(values) for values in by_fact.values()])
    low, high = interval(means)
    return Estimate(float(means.mean()), low, high, len(means), sum(map(len, by_fact.values())))


def interval(values: np.ndarray) -> tuple[float, float]:
    """The 95% interval of a mean of values from 0 to 1: percentiles of the means of resamples.

    Resampling values that are all 0 or all 1 tells nothing; there it is the exact binomial limit of Clopper and Pearson.
    """
    count = len(values)
    if np.ptp(values) == 0 and values[0] in (0.0, 1.0):
        limit = float((_ALPHA / 2) ** (1 / count))
        return (limit, 1.0) if values[0] else (0.0, 1.0 - limit)
    drawn = np.random.default_rng(_SEED).integers(count, size=(RESAMPLES, count))
    low, high = np.percentile(values[drawn].mean(axis=1), [100 * _ALPHA / 2, 100 * (1 - _ALPHA / 2)])
    return float(low), float(high)


def estimates(records: Sequence[Record]) -> dict[str, Estimate]:
    """Every measure that applies to some of the records."""
    found = {name: estimate(records, measure) for name, measure in MEASURES.items()}
    return {name: one for name, one in found.items() if one is not None}


def latency(records: Iterable[Record], stage: str = "total") -> Latency | None:
    """How long the answers took, as a whole or in one stage; None where nothing was timed."""
    times = [record.timing_ms[stage] for record in records if stage in record.timing_ms]
    if not times:
        return None
    p50, p95 = np.percentile(times, [50, 95])
    return Latency(float(p50), float(p95), max(times))


def _discounted(gains: Sequence[int]) -> float:
    return sum(gain / math.log2(1 + rank) for rank, gain in enumerate(gains, 1))


def _of_all(record: Record) -> Sequence[GoldRank]:
    return record.ranks[: len(record.case.gold.all_of)]


def _of_any(record: Record) -> Sequence[GoldRank]:
    return record.ranks[len(record.case.gold.all_of) :]


def _may_abstain(record: Record) -> bool:
    """Whether the answer abstains, and may."""
    return record.answer.status == "abstained" and "abstained" in record.case.status
