"""The measures, against values worked out by hand."""

from __future__ import annotations

from math import log2

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from assistant.answer import Citation, CitedPolicy
from eval.metrics import (
    MEASURES,
    Needs,
    citation_precision,
    citation_recall,
    estimate,
    estimates,
    grouped,
    interval,
    latency,
    ndcg,
    needs_of,
    over_refusal,
    recall,
    reciprocal_rank,
    rejection,
    right,
    value_accuracy,
)
from eval.record import GoldRank, Record
from tests.eval.records import answer, record

A, B, AB = frozenset("a"), frozenset("b"), frozenset("ab")
RANKING = ["x", "a", "y", "b"]


@pytest.mark.parametrize(
    ("needs", "first", "share"), [([A], 1, 0.0), ([A], 2, 1.0), ([A, B], 3, 0.5), ([A, B], 4, 1.0), ([AB], 2, 1.0)]
)
def test_recall_is_the_share_of_the_needs_met(needs: Needs, first: int, share: float) -> None:
    assert recall(RANKING, needs, first) == share


def test_the_reciprocal_rank_is_of_the_first_that_meets_any_need() -> None:
    assert reciprocal_rank(RANKING, [B, A]) == 1 / 2
    assert reciprocal_rank(RANKING, [B], 3) == 0


@pytest.mark.parametrize(
    ("needs", "value"),
    [
        ([A], 1 / log2(3)),
        ([A, B], (1 / log2(3) + 1 / log2(5)) / (1 + 1 / log2(3))),
        # b is an alternative to a, and comes too late to gain anything
        ([AB], 1 / log2(3)),
        # one clause meets both needs: the ideal is that clause first
        ([A, A], 1 / log2(3)),
        # the ideal takes a first, for two needs, then b
        ([A, A, B], (2 / log2(3) + 1 / log2(5)) / (2 + 1 / log2(3))),
        ([frozenset("z")], 0.0),
    ],
)
def test_ndcg_by_hand(needs: Needs, value: float) -> None:
    assert ndcg(RANKING, needs) == pytest.approx(value)


def test_ndcg_looks_no_deeper_than_asked() -> None:
    assert ndcg(RANKING, [B], 3) == 0.0
    assert ndcg(["a"], [A, B], 1) == 1.0


@given(st.permutations("abcdef"), st.lists(st.frozensets(st.sampled_from("abcxyz"), min_size=1), min_size=1))
def test_ndcg_is_from_0_to_1_and_1_for_nothing_but_the_best(ranking: list[str], needs: Needs) -> None:
    value = ndcg(ranking, needs)
    assert 0.0 <= value <= 1 + 1e-9
    if len(needs) == 1:
        assert (value == 1.0) == (ranking[0] in needs[0])


GOLD = {"all_of": [{"policy": "p", "text": "一百家"}], "any_of": [{"policy": "p", "text": t} for t in ("甲方", "乙方")]}


def with_gold(*ranks: GoldRank, quotes: int = 0, status: str = "answered", **fields: object) -> Record:
    policy = CitedPolicy(title="t")
    citations = [
        Citation(n=n, policy_id="p", policy=policy, clause_id="p/1", clause_path=[], quote="q", start=0, end=1)
        for n in range(1, quotes + 1)
    ]
    reply = answer(status=status, citations=citations)
    return record("a/zh", gold=GOLD, reply=reply, fields={"ranks": ranks, **fields})


def gold(clauses: str, *citations: int) -> GoldRank:
    return GoldRank(policy="p", text="t", clauses=tuple(clauses), cited=bool(citations), citations=citations)


def test_alternatives_are_one_need() -> None:
    assert needs_of(with_gold(gold("a"), gold("b"), gold("c"))) == [A, frozenset("bc")]


def test_gold_that_is_gone_or_in_no_clause_is_not_measured() -> None:
    assert needs_of(with_gold(gold("a"), gold(""), gold(""))) == []
    stale = with_gold(gold("a"), gold("b"), gold("c"), stale=("一百家",), quotes=1)
    assert all(MEASURES[name](stale) is None for name in ("recall@1", "MRR@10", "nDCG@10", "citation precision"))


def test_citations_against_gold() -> None:
    half = with_gold(gold("a", 1), gold("b"), gold("c"), quotes=3)
    assert citation_precision(half) == pytest.approx(1 / 3)
    assert citation_recall(half) == 0.5
    full = with_gold(gold("a", 1), gold("b"), gold("c", 2), quotes=2)
    assert (citation_precision(full), citation_recall(full)) == (1.0, 1.0)
    assert citation_precision(with_gold(gold("a"), gold("b"), gold("c"))) is None


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("奖励70万元。", 1.0),
        ("奖励170万元。", 0.0),
        ("最高奖励70万元。", 0.0),
        ("奖励70元。", 0.0),
    ],
)
def test_a_value_is_right_to_the_unit_and_the_bound(text: str, value: float) -> None:
    assert value_accuracy(record("a/zh", values=[{"yuan": 700_000}], reply=answer(answer=text))) == value


def test_values_are_not_measured_where_abstaining_is_allowed_and_done() -> None:
    reply = answer(status="abstained")
    assert value_accuracy(record("a/zh", values=[{"yuan": 1}], status=["abstained"], reply=reply)) is None
    assert value_accuracy(record("a/zh", values=[{"yuan": 1}], reply=reply)) == 0.0
    assert value_accuracy(record("a/zh")) is None


def test_refusals() -> None:
    refused, shown = answer(status="abstained"), answer(status="answered")
    must = {"must_refuse": True, "status": ["abstained"]}
    assert rejection(record("a/zh", reply=refused, **must)) == 1.0
    assert rejection(record("a/zh", reply=shown, **must)) == 0.0
    assert rejection(record("a/zh", reply=refused)) is None
    assert over_refusal(record("a/zh", reply=refused)) == 1.0
    assert over_refusal(record("a/zh", reply=shown)) == 0.0
    assert over_refusal(record("a/zh", reply=refused, **must)) is None


def test_the_paraphrases_of_a_fact_count_once() -> None:
    records = [record("a/zh"), record("a/zh-2"), record("a/zh-3"), record("b/en", faults=("no",))]
    found = estimate(records, right)
    assert found is not None
    assert (found.mean, found.facts, found.cases) == (0.5, 2, 4)
    assert estimate([], right) is None
    assert "value accuracy" not in estimates(records)


def test_the_interval_is_the_same_each_time_and_holds_the_mean() -> None:
    values = np.array([0.0, 1.0, 1.0, 0.5] * 25)
    low, high = interval(values)
    assert (low, high) == interval(values)
    assert low < values.mean() < high
    # the standard error of the mean is 0.0415: 1.96 of it on either side, but for what resampling adds
    assert (high - low) / 2 == pytest.approx(1.96 * values.std() / 10, rel=0.15)


def test_where_all_are_right_the_interval_is_the_binomial_limit() -> None:
    # 0.025 ** (1 / 20), as in the tables of Clopper and Pearson: 16.8% for 0 of 20
    assert interval(np.ones(20)) == (pytest.approx(0.8316, abs=1e-4), 1.0)
    assert interval(np.zeros(20)) == (0.0, pytest.approx(0.1684, abs=1e-4))


def test_groups() -> None:
    records = [record("a/zh", policy=["p", "q"]), record("b/en", gold=GOLD), record("c/en")]
    assert {name: len(group) for name, group in grouped(records, "policy").items()} == {"p": 2, "q": 1, "none": 1}
    assert list(grouped(records, "language")) == ["zh", "en"]


def test_latency() -> None:
    records = [record("a/zh", fields={"timing_ms": {"total": float(ms)}}) for ms in range(1, 102)]
    assert latency(records) == (51.0, 96.0, 101.0)
    assert latency(records, "rules") is None
