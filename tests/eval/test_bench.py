"""The measures of the benches on inputs that can be checked by hand."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from assistant.retriever import Weights
from eval.bench.abstention import Outcome, Sample, rates
from eval.bench.asking import mean, means_by_fact, squeezed
from eval.bench.retrieval import Search, gold_groups, rrf
from eval.dataset import Case
from eval.metrics import recall, reciprocal_rank
from knowledge.model import Clause, Span

_RANKINGS = st.lists(st.lists(st.sampled_from("abcdef"), unique=True), max_size=4)
_ORDERS = st.permutations("abcdef")
_GROUPS = st.lists(st.frozensets(st.sampled_from("abcdef"), min_size=1), min_size=1, max_size=3)


def _case(name: str = "fact/zh", **keys: object) -> Case:
    fact = name.split("/")[0]
    own = {"id": name, "fact_id": fact, "kind": "fact", "question": "几项？", "language": "zh", "split": "test"}
    return Case.model_validate({**own, "status": "answered", **keys})


def _clause(clause_id: str, text: str) -> Clause:
    span = (Span(0, len(text)),)
    return Clause(
        clause_id=clause_id, policy_id=clause_id.split("/")[0], path=(), spans=span, text=text, sentences=span
    )


def test_rrf_sums_reciprocal_ranks() -> None:
    assert rrf([["a", "b"], ["b", "c"]], k=60) == pytest.approx({"a": 1 / 61, "b": 1 / 62 + 1 / 61, "c": 1 / 62})


@given(_RANKINGS)
def test_rrf_scores_everything_once_and_never_more_than_first_everywhere(rankings: list[list[str]]) -> None:
    scores = rrf(rankings)
    assert set(scores) == {key for ranking in rankings for key in ranking}
    assert all(0 < score <= len(rankings) / 61 + 1e-12 for score in scores.values())


def test_recall_counts_the_needs_that_are_met() -> None:
    groups = [frozenset("a"), frozenset("xb")]
    assert [recall(["a", "c", "b"], groups, first) for first in (1, 2, 3)] == [0.5, 0.5, 1.0]


@given(_ORDERS, _GROUPS)
def test_recall_grows_with_depth_and_ends_at_one(order: list[str], groups: list[frozenset[str]]) -> None:
    depths = [recall(order, groups, first) for first in range(len(order) + 1)]
    assert depths == sorted(depths)
    assert (depths[0], depths[-1]) == (0.0, 1.0)


def test_reciprocal_rank_is_that_of_the_first_clause_that_helps() -> None:
    groups = [frozenset("c"), frozenset("d")]
    assert reciprocal_rank(["a", "d", "c"], groups) == 0.5
    assert reciprocal_rank(["a", "d", "c"], groups, first=1) == 0.0
    assert reciprocal_rank([], groups) == 0.0


@given(_ORDERS, _GROUPS)
def test_reciprocal_rank_is_one_only_where_the_first_helps(order: list[str], groups: list[frozenset[str]]) -> None:
    assert (reciprocal_rank(order, groups) == 1.0) == any(order[0] in group for group in groups)


def test_gold_is_found_across_white_space_in_its_own_policy_alone() -> None:
    clauses = [_clause("a/1", "共 100\n项标准"), _clause("b/1", "共100项标准"), _clause("a/2", "没有数字")]
    texts = {clause: squeezed(clause.text) for clause in clauses}
    one, other = {"policy": "a", "text": "100 项"}, {"policy": "b", "text": "100项标准"}
    assert gold_groups(_case(gold={"all_of": [one, other]}), texts) == [frozenset({"a/1"}), frozenset({"b/1"})]
    assert gold_groups(_case(gold={"any_of": [one, other]}), texts) == [frozenset({"a/1", "b/1"})]


def test_a_search_is_ordered_by_its_weighted_parts_and_then_by_id() -> None:
    search = Search(("a", "b", "c"), np.array([[0.0, 2.0, 0.0], [1.0, 0.0, 0.0], [0.0, 2.0, 0.0]]))
    assert search.by(Weights(1, 0, 0)) == ["b", "a", "c"]
    assert search.by(Weights(1, 1, 0)) == ["a", "c", "b"]


def test_paraphrases_of_a_fact_count_once() -> None:
    cases = [_case("long/zh"), _case("long/zh-short"), _case("other/zh")]
    assert means_by_fact(cases, [1.0, 0.0, 1.0]) == {"long": 0.5, "other": 1.0}
    assert mean([]) == 0.0


def test_rates_count_answers_and_refusals_at_a_threshold() -> None:
    outcomes: list[Outcome] = ["right", "right", "wrong", "refuse", "refuse", "withheld"]
    samples = [Sample(_case(), True, outcome, (1.0,)) for outcome in outcomes]
    sure = [0.5, 0.4, 0.9, 0.1, 0.6, 0.2]
    assert rates(samples, sure, 0.5) == [(1, 2), (1, 1), (1, 2), (1, 1)]
