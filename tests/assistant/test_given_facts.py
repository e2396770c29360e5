"""Facts given beside a question: they fill what it leaves open, give way to what it says, and stay in their own city."""

from __future__ import annotations

from typing import Any

import pytest

from assistant.answer import Answer
from assistant.pipeline import Assistant

URBAN = {"place": "扬州市", "location": "urban_district", "org_type": "enterprise"}
LISTED = {**URBAN, "innovative_listed": True, "has_export_sales": True}
DRAFTED = "主导制定的行业标准发布了，排名第二，能拿多少？"


def states(answer: Answer) -> dict[str, str]:
    return {condition.input: condition.state for row in answer.rewards for condition in row.conditions}


def given(answer: Answer) -> dict[str, Any]:
    return {fact.input: fact.value for fact in answer.known if fact.given}


def test_they_fill_what_the_question_leaves_open(assistant: Assistant) -> None:
    assert assistant.ask(DRAFTED).status == "clarify"
    answer = assistant.ask(DRAFTED, facts=URBAN)
    assert [row.yuan for row in answer.rewards] == [150_000]
    assert states(answer)["location"] == "met"
    assert given(answer) == {"place": "扬州市", "location": "urban_district", "applicant": "enterprise"}
    assert states(assistant.ask("成立全国标准化技术委员会奖励多少", facts=LISTED))["innovative_listed"] == "met"


@pytest.mark.parametrize(
    ("question", "status"),
    [
        (f"我们是高邮的企业，{DRAFTED}", "delegated"),
        (f"我们是县（市）企业，{DRAFTED}", "delegated"),
        (f"仪征市企业{DRAFTED}", "delegated"),
    ],
)
def test_a_question_that_says_where_it_is_wins(assistant: Assistant, question: str, status: str) -> None:
    answer = assistant.ask(question, facts=LISTED)
    assert {row.status for row in answer.rewards} == {status}
    assert "location" not in given(answer)


def test_a_question_that_denies_a_fact_wins(assistant: Assistant) -> None:
    unlisted = assistant.ask("我们没有列入创新型企业，成立全国标准化技术委员会奖励多少", facts=LISTED)
    assert states(unlisted)["innovative_listed"] == "unmet"
    at_home = assistant.ask("产品采用国际标准，没有出口，奖励多少", facts=LISTED)
    assert states(at_home)["has_export_sales"] == "unmet"
    university = assistant.ask(f"我们是高校，{DRAFTED}", facts=LISTED)
    assert states(university)["org_type"] == "unmet"


def test_an_earlier_turn_wins_too(assistant: Assistant) -> None:
    answer = assistant.ask("那国家标准呢", history=[f"我们是高邮的企业，{DRAFTED}"], facts=LISTED)
    assert {row.status for row in answer.rewards} == {"delegated"}


@pytest.mark.parametrize("place", ["广州市", "南京市", "苏州"])
def test_they_say_nothing_of_another_city(assistant: Assistant, place: str) -> None:
    question = f"{place}{DRAFTED}"
    with_facts, without = assistant.ask(question, facts=LISTED), assistant.ask(question)
    assert with_facts.answer == without.answer
    assert with_facts.known == without.known


def test_what_is_forgotten_is_taken_from_them_too(assistant: Assistant) -> None:
    answer = assistant.ask(DRAFTED, facts=URBAN, forget=["location"])
    assert states(answer)["location"] == "unknown"
    assert "location" not in given(answer)
