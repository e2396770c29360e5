"""Standard replies: which questions are the same, and the gate their words pass each time."""

from __future__ import annotations

import pytest

from assistant.answer import StandardLabel
from assistant.draft import Evidence
from assistant.pipeline import Assistant
from assistant.standard import StandardText, normalised_question, standard_answer

QUESTION = "宁波市企业主导制定国家标准奖励多少？"
LABEL = StandardLabel(id="s", approved="2026-11-22")


@pytest.mark.parametrize(
    "other",
    [
        "宁波市企业主导制定国家标准，奖励多少",
        " 宁波市企业主导制定国家标准 奖励多少??? ",
        "宁波市企业主导制定国家标准奖励多少！\n",
    ],
)
def test_width_spaces_and_punctuation_make_no_other_question(other: str) -> None:
    assert normalised_question(other) == normalised_question(QUESTION)


def test_words_and_figures_make_another_question() -> None:
    assert normalised_question("ＩＳＯ　9001") == normalised_question("iso 9001")
    assert normalised_question("a bc") != normalised_question("ab c")
    assert normalised_question("1 2项") != normalised_question("12项")
    assert normalised_question(QUESTION) != normalised_question(QUESTION.replace("国家", "行业"))


def found(assistant: Assistant, text: str) -> StandardText:
    answer = assistant.ask(QUESTION)
    evidence = tuple(Evidence(c.policy_id, c.clause_id, c.start, c.end) for c in answer.citations)
    return StandardText(text, "**标准答复**", evidence, answer, LABEL)


def test_words_that_agree_with_the_computing_become_the_answer(small_assistant: Assistant) -> None:
    made, faults = standard_answer(
        found(small_assistant, "按办法，国家标准奖励30万元。[1]"), small_assistant.release.documents, question=QUESTION
    )
    assert not faults
    assert made
    assert made.answer == "**标准答复**\n\n按办法，国家标准奖励30万元。[1]"
    assert made.standard == LABEL
    assert [row.yuan for row in made.rewards] == [300_000]
    assert made.rewards[0].citation == 1


@pytest.mark.parametrize(
    "text", ["国家标准奖励35万元。[1]", "国家标准奖励30万元，5个工作日到账。[1]", "没有依据的9项。"]
)
def test_words_with_a_figure_of_their_own_are_not_shown(small_assistant: Assistant, text: str) -> None:
    made, faults = standard_answer(found(small_assistant, text), small_assistant.release.documents, question=QUESTION)
    assert made is None
    assert faults
