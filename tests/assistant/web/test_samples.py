from __future__ import annotations

from datetime import date

from assistant.web.samples import MOST_SAMPLES, sample_questions
from tests.assistant.web.fakes import FakeRule, corpus_documents, document, policy

DOCUMENTS = corpus_documents()


def test_without_rules_the_samples_ask_for_goals() -> None:
    samples = sample_questions(DOCUMENTS, [], "zh")
    assert len(samples) == 3
    assert all("目标" in sample for sample in samples)


def test_the_samples_follow_the_corpus_not_a_city() -> None:
    other = policy("b-2020", "乙市标准化奖励办法", "Rewards of B", "乙市", "B City", signed=date(2020, 1, 1))
    documents = {"b-2020": document(other, "第一条 略。\n")}
    rules = [FakeRule("b-2020", "formulate_standard", "group")]
    assert sample_questions(documents, rules, "zh")[0] == "乙市企业牵头起草的团体标准发布了，能拿多少资助？"
    assert "a group standard in B City" in sample_questions(documents, rules, "en")[0]


def test_rules_of_a_policy_that_is_gone_or_pays_for_other_things_are_not_asked_about() -> None:
    rules = [FakeRule("gone", "formulate_standard", "industry"), FakeRule("yangzhou-2011", "adopt_standard", None)]
    assert all("目标" in sample for sample in sample_questions(DOCUMENTS, rules, "zh"))


def test_an_empty_release_has_no_samples_and_a_large_one_not_too_many() -> None:
    assert sample_questions({}, [], "zh") == []
    many = {str(n): DOCUMENTS["guangzhou-2013"] for n in range(20)}
    assert len(sample_questions(many, [], "en")) == MOST_SAMPLES
