"""The hybrid search: fusion as a pure function, and the retriever as LangChain and the pipeline use it."""

from __future__ import annotations

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st
from langchain_core.retrievers import BaseRetriever

from assistant.retriever import ClauseRetriever, Weights, fuse, standardise
from knowledge.releases import Release

IDS = ["a", "b", "c", "d", "e", "f"]
# Scores that differ by enough not to drown in rounding.
scores = st.dictionaries(st.sampled_from(IDS), st.integers(-50, 50).map(float), min_size=1)
weights = st.builds(Weights, *[st.sampled_from([0.0, 0.3, 0.5, 1.0, 2.0])] * 3)


def order(lexical: dict[str, float], dense: dict[str, float], document: dict[str, float], by: Weights) -> list[str]:
    fused = fuse(lexical, dense, document, by)
    return sorted(fused, key=lambda key: (-round(fused[key][0], 6), key))


@given(scores)
def test_standard_scores_have_mean_0_and_spread_1_or_tell_nothing(side: dict[str, float]) -> None:
    made = standardise(side)
    assert made.keys() == side.keys()
    assert sum(made.values()) == pytest.approx(0, abs=1e-9)
    spread = math.sqrt(sum(value * value for value in made.values()) / len(made))
    assert spread == pytest.approx(1 if len(set(side.values())) > 1 else 0, abs=1e-9)
    assert sorted(made, key=made.__getitem__) == sorted(side, key=side.__getitem__)


def test_no_scores_stay_none() -> None:
    assert standardise({}) == {}
    assert fuse({}, {}, {}, Weights()) == {}


@given(scores, scores, scores, weights, st.sampled_from([0.01, 3.0, 250.0]), st.integers(-40, 40))
def test_the_order_does_not_depend_on_the_scale_of_a_side(
    lexical: dict[str, float],
    dense: dict[str, float],
    document: dict[str, float],
    by: Weights,
    factor: float,
    shift: int,
) -> None:
    scaled = {key: factor * value + shift for key, value in dense.items()}
    assert order(lexical, dense, document, by) == order(lexical, scaled, document, by)
    scaled = {key: factor * value + shift for key, value in lexical.items()}
    assert order(lexical, dense, document, by) == order(scaled, dense, document, by)


@given(scores, scores, scores, weights)
def test_whatever_a_side_found_is_there_once_with_its_parts(
    lexical: dict[str, float], dense: dict[str, float], document: dict[str, float], by: Weights
) -> None:
    fused = fuse(lexical, dense, document, by)
    assert fused.keys() == lexical.keys() | dense.keys()
    for total, *parts in fused.values():
        assert total == pytest.approx(by.lexical * parts[0] + by.dense * parts[1] + by.document * parts[2])


@given(scores, scores, weights)
def test_what_a_side_did_not_find_counts_as_its_worst(
    lexical: dict[str, float], dense: dict[str, float], by: Weights
) -> None:
    fused = fuse(lexical, dense, {}, by)
    worst = min(standardise(dense).values())
    assert all(part[2] == pytest.approx(worst) for key, part in fused.items() if key not in dense)


@given(scores, st.sampled_from(IDS))
def test_a_side_alone_decides_where_the_others_tell_nothing(lexical: dict[str, float], key: str) -> None:
    raised = {**lexical, key: max(lexical.values()) + 100}
    flat = dict.fromkeys(raised, 7.0)
    assert order(raised, flat, flat, Weights())[0] == key
    assert order(flat, raised, flat, Weights())[0] == key


@pytest.fixture(scope="module")
def retriever(small_release: Release) -> ClauseRetriever:
    return ClauseRetriever(release=small_release)


def test_it_is_a_langchain_retriever(retriever: ClauseRetriever) -> None:
    assert isinstance(retriever, BaseRetriever)
    found = retriever.invoke("标准化经费由谁管理")
    hits = retriever.search("标准化经费由谁管理")
    assert [document.id for document in found] == [hit.clause.clause_id for hit in hits]
    best = found[0]
    assert best.id == "ningbo-2020/3/p1"
    assert best.page_content == hits[0].clause.text
    assert best.metadata["policy_id"] == "ningbo-2020"
    assert (best.metadata["start"], best.metadata["end"]) == (hits[0].clause.start, hits[0].clause.end)
    assert best.metadata["score"] == hits[0].score


def test_hits_are_ordered_and_limited_and_every_clause_is_found_once(
    retriever: ClauseRetriever, small_release: Release
) -> None:
    every = retriever.search("国家标准", limit=100)
    assert {hit.clause.clause_id for hit in every} == set(small_release.clauses)
    assert len(every) == len(small_release.clauses)
    assert [(-hit.score, hit.clause.clause_id) for hit in every] == sorted(
        (-hit.score, hit.clause.clause_id) for hit in every
    )
    assert retriever.search("国家标准", limit=3) == every[:3]


def test_equal_scores_come_in_order_of_their_ids(small_release: Release) -> None:
    blind = ClauseRetriever(release=small_release, weights=Weights(0, 0, 0))
    found = [hit.clause.clause_id for hit in blind.search("标准", limit=100)]
    assert found == sorted(small_release.clauses)


def test_a_search_can_be_kept_to_some_policies(retriever: ClauseRetriever) -> None:
    found = retriever.search("新增国家标准多少项", policies={"shaoxing-2019-draft"}, limit=10)
    assert {hit.clause.policy_id for hit in found} == {"shaoxing-2019-draft"}
    assert found[0].clause.clause_id == "shaoxing-2019-draft/1"
    assert retriever.search("国家标准", policies=set()) == []


def test_further_terms_find_what_the_words_do_not(retriever: ClauseRetriever) -> None:
    found = retriever.search("application documents", terms=["申报材料", "营业执照"], limit=1)
    assert found[0].clause.clause_id == "ningbo-2016/4"


@pytest.mark.parametrize("query", ["", "   ", "\n\t"])
def test_nothing_asked_finds_nothing(retriever: ClauseRetriever, query: str) -> None:
    assert retriever.search(query) == []


@pytest.mark.parametrize("query", ["((", "AND OR NOT", '"', "标准:*", "🙂", "\x00", "a" * 5000, "标" * 5000])
def test_any_query_is_words_and_never_syntax(retriever: ClauseRetriever, query: str) -> None:
    assert len(retriever.search(query, limit=2)) <= 2


@given(st.text(max_size=60))
def test_any_text_can_be_searched_for(small_release: Release, query: str) -> None:
    retriever = ClauseRetriever(release=small_release)
    found = retriever.search(query, limit=4)
    assert found == retriever.search(query, limit=4)
    assert all(math.isfinite(hit.score) for hit in found)


def test_clauses_of_preferred_policies_come_first(small_release: Release) -> None:
    retriever = ClauseRetriever(release=small_release)
    plain = retriever.search("新增国家标准", limit=50)
    preferred = retriever.search("新增国家标准", limit=50, preferred=["ningbo-2016"])
    assert {hit.clause.clause_id for hit in plain} == {hit.clause.clause_id for hit in preferred}
    ahead = {hit.clause.clause_id: hit.score for hit in preferred if hit.clause.policy_id == "ningbo-2016"}
    before = {hit.clause.clause_id: hit.score for hit in plain}
    assert ahead
    assert all(score == pytest.approx(before[key] + retriever.weights.preferred) for key, score in ahead.items())
    assert preferred[0].clause.policy_id == "ningbo-2016"


def test_a_narrowed_search_weighs_every_clause_of_its_policies(small_release: Release) -> None:
    hits = ClauseRetriever(release=small_release).search("新增国家标准", limit=500, policies=["ningbo-2020"])
    expected = {clause.clause_id for clause in small_release.documents["ningbo-2020"].clauses}
    assert {hit.clause.clause_id for hit in hits} == expected
