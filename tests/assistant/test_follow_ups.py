"""Suggested questions: each is answered, in the dialogue that it is suggested in."""

from __future__ import annotations

import pytest

from assistant.follow_ups import MOST
from assistant.pipeline import Assistant

QUESTIONS = [
    "扬州市区企业牵头起草的行业标准发布了，能拿多少资助？",
    "扬州高邮企业主导制定国家标准奖励多少",
    "扬州市区企业产品采用国际标准并出口，奖励多少",
    "扬州市区企业成立全国标准化技术委员会奖励多少",
    "扬州市区企业主导制定国际标准，奖励多少",
    "扬州市区企业主导制定市级地方标准，奖励多少",
    "扬州市各级标准的资助金额列个表",
    "广东省2018年国家标准化综合改革试点，国际标准目标是多少项？",
    "广州市2020年标准化工作的目标有哪些？",
    "What subsidy do I get for leading an industry standard in the urban districts of Yangzhou?",
    "What does Yangzhou pay a county firm that leads a national standard?",
    "What goals does Guangzhou set for standardization?",
]


@pytest.mark.parametrize("question", QUESTIONS)
def test_every_suggestion_is_answered(assistant: Assistant, question: str) -> None:
    answer = assistant.ask(question)
    assert 1 <= len(answer.suggestions) <= MOST
    assert len(set(answer.suggestions)) == len(answer.suggestions)
    assert question not in answer.suggestions
    for suggestion in answer.suggestions:
        reply = assistant.ask(suggestion, history=[question])
        assert reply.status in ("answered", "partial", "clarify"), suggestion
        assert reply.citations, suggestion
        assert reply.language == answer.language
        assert reply.answer != answer.answer, suggestion


def test_the_next_level_and_the_other_part_of_the_place_come_first(assistant: Assistant) -> None:
    answer = assistant.ask(QUESTIONS[0])
    assert answer.suggestions[:2] == ["国家标准呢？", "县（市）企业呢？"]
    level = assistant.ask(answer.suggestions[0], history=[QUESTIONS[0]])
    assert level.rewards[0].yuan == 200_000
    elsewhere = assistant.ask(answer.suggestions[1], history=[QUESTIONS[0]])
    assert [row.status for row in elsewhere.rewards] == ["delegated"]
