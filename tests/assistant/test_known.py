"""Facts that an answer took as stated, and leaving them out."""

from __future__ import annotations

import pytest

from assistant.answer import KnownFact
from assistant.known import fact_name, without_facts
from assistant.pipeline import Assistant
from knowledge.glossary import Glossary

FIRST = "宁波市区企业主导制定行业标准，已发布，奖励多少？"
NEXT = "那国家标准呢？"


def said(facts: list[KnownFact]) -> dict[str, tuple[str, int | None]]:
    return {fact.input: (fact.text, fact.turn) for fact in facts}


def test_what_a_question_states_is_listed_in_its_language(small_assistant: Assistant) -> None:
    known = said(small_assistant.ask(FIRST).known)
    assert known["place"] == ("宁波市", None)
    assert known["location"] == ("市区", None)
    assert known["level"] == ("行业标准", None)
    assert known["status"] == ("已批准发布", None)
    english = said(small_assistant.ask("Ningbo pays how much for leading a national standard as ranked second?").known)
    assert english["place"] == ("Ningbo", None)
    assert english["level"] == ("national standard", None)
    assert english["rank"] == ("ranked second", None)


def test_what_earlier_turns_stated_names_its_turn(small_assistant: Assistant) -> None:
    known = said(small_assistant.ask(NEXT, history=["你好", FIRST]).known)
    assert known["location"] == ("市区", 1)
    assert known["place"] == ("宁波市", 1)
    assert known["level"] == ("国家标准", None)


def test_the_turn_counts_from_the_first_of_a_long_history(small_assistant: Assistant) -> None:
    history = ["你好"] * (small_assistant.settings.max_history + 3)
    assert said(small_assistant.ask(NEXT, history=[*history, FIRST]).known)["place"][1] == len(history)


def test_the_latest_of_several_turns_that_state_a_fact_is_named(small_assistant: Assistant) -> None:
    known = said(small_assistant.ask("如果是两项呢？", history=[FIRST, "县里的企业呢", "第二位"]).known)
    assert known["location"] == ("县（市）", 1)
    assert known["rank"] == ("排名第二", 2)


@pytest.mark.parametrize("fact", ["location", "place", "level", "role", "status", "applicant", "activity"])
def test_a_forgotten_fact_of_an_earlier_turn_is_known_no_more(small_assistant: Assistant, fact: str) -> None:
    history, question = [FIRST], "如果是两项呢？"
    before = {known.input for known in small_assistant.ask(question, history=history).known}
    after = {known.input for known in small_assistant.ask(question, history=history, forget=[fact]).known}
    assert fact in before
    assert fact not in after


def test_a_fact_the_question_itself_states_is_never_forgotten(small_assistant: Assistant) -> None:
    whole, forgetful = small_assistant.ask(FIRST), small_assistant.ask(FIRST, forget=["location", "level", "place"])
    assert forgetful.known == whole.known
    assert forgetful.answer == whole.answer


def test_forgetting_changes_the_answer(small_assistant: Assistant) -> None:
    history = ["我们在宁波主导制定了一项国家标准，奖励多少？"]
    assert small_assistant.ask("如果是两项呢？", history=history).total_yuan == 600_000
    assert "30万元" not in small_assistant.ask("如果是两项呢？", history=history, forget=["place"]).answer


def test_given_facts_are_known_and_can_be_forgotten_by_either_name(small_assistant: Assistant) -> None:
    facts = {"place": "宁波", "location": "county", "drafter_rank": 2, "made_up": "x" * 500, "grade": [1]}
    question = "制定国家标准奖励多少？"
    known = said(small_assistant.ask(question, facts=facts).known)
    assert known["place"] == ("宁波市", None)
    assert known["location"] == ("县（市）", None)
    assert known["rank"] == ("排名第二", None)
    assert not {"made_up", "grade"} & known.keys()
    for name in ("rank", "drafter_rank"):
        assert "rank" not in said(small_assistant.ask(question, facts=facts, forget=[name]).known)
    assert without_facts(facts, ["standard_level", "rank"]).keys() == facts.keys() - {"drafter_rank"}


@pytest.mark.parametrize("question", ["你好", "", "今天天气怎么样", "你是谁"])
def test_small_talk_takes_nothing_as_known(small_assistant: Assistant, question: str) -> None:
    assert small_assistant.ask(question, history=[FIRST]).known == []


def test_of_a_fact_only_the_place_counts(small_assistant: Assistant) -> None:
    known = said(small_assistant.ask("宁波到2025年新增国家标准多少项？", history=[FIRST]).known)
    assert known == {"place": ("宁波市", None)}


def test_every_name_has_a_label() -> None:
    glossary = Glossary.load()
    for name in ("standard_level", "drafter_rank", "org_type", "innovative_listed", "event_on", "proposed_project"):
        assert glossary.label("slot", fact_name(name), "en")


@pytest.mark.parametrize("history", [["", FIRST, ""], [FIRST, "其中一项是修订"], ["", "", "其中一项", FIRST]])
def test_turns_that_are_read_as_one_keep_their_numbers(small_assistant: Assistant, history: list[str]) -> None:
    turn = said(small_assistant.ask("那国家标准呢？", history=history).known)["place"][1]
    assert turn is not None
    assert history.index(FIRST) <= turn < len(history)
