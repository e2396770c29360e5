"""Facts that a person settles hold whatever the question says."""

from __future__ import annotations

from typing import Any

import pytest

from assistant.pipeline import Assistant

FIRST = "宁波市企业2017年主导制定一项行业标准，已发布，奖励多少？"


def yuan(assistant: Assistant, settled: dict[str, Any]) -> list[tuple[str, int | None]]:
    return [(row.status, row.total_yuan) for row in assistant.ask(FIRST, settled=settled).rewards]


def test_an_empty_mapping_changes_nothing(small_assistant: Assistant) -> None:
    plain, settled = small_assistant.ask(FIRST), small_assistant.ask(FIRST, settled={})
    assert plain.answer == settled.answer
    assert plain.known == settled.known


def test_another_level_is_paid_otherwise(small_assistant: Assistant) -> None:
    assert yuan(small_assistant, {}) == [("exact", 120_000)]
    assert yuan(small_assistant, {"level": "national"}) == [("exact", 300_000)]
    assert yuan(small_assistant, {"standard_level": "national"}) == [("exact", 300_000)]


def test_a_count_multiplies(small_assistant: Assistant) -> None:
    assert yuan(small_assistant, {"count": 3}) == [("exact", 360_000)]


@pytest.mark.parametrize("name", ["level", "place", "status", "role", "applicant", "activity"])
def test_a_null_takes_a_fact_out_of_the_question_itself(small_assistant: Assistant, name: str) -> None:
    assert name in {fact.input for fact in small_assistant.ask(FIRST, settled={}).known}
    assert name not in {fact.input for fact in small_assistant.ask(FIRST, settled={name: None}).known}


def test_another_place_is_answered_from_its_own_documents(small_assistant: Assistant) -> None:
    answer = small_assistant.ask(FIRST, settled={"place": "绍兴市"})
    assert not any(row.yuan for row in answer.rewards)
    assert {citation.policy_id for citation in answer.citations} <= {"shaoxing-2019-draft"}


def test_what_is_settled_is_known_and_its_numbers_may_be_said(small_assistant: Assistant) -> None:
    answer = small_assistant.ask(FIRST, settled={"rank": 2, "event_at": "2018-05"})
    known = {fact.input: fact.value for fact in answer.known}
    assert known["rank"] == 2
    assert known["event_at"] == "2018-05"


@pytest.mark.parametrize("settled", [{"event_at": "no day"}, {"place": "无此地"}, {"made_up": 1}, {"level": ""}])
def test_values_that_mean_nothing_do_no_harm(small_assistant: Assistant, settled: dict[str, Any]) -> None:
    assert small_assistant.ask(FIRST, settled=settled).status
