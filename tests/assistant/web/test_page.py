from __future__ import annotations

import logging
from collections.abc import AsyncGenerator
from typing import Any

import gradio as gr
import pytest

from assistant.web.page import (
    CONCURRENT_QUESTIONS,
    MAX_QUESTION,
    Message,
    _Turns,
    build_page,
    earlier_questions,
    problem_sentence,
    welcome_html,
)
from assistant.web.render import is_complete, question_text
from assistant.web.words import EN, ZH
from knowledge.errors import BiaozhuntongError, NoRelease
from tests.assistant.web.fakes import EVIL, FakeAssistant, FakeRelease, SlowAssistant
from tests.loops import run


class Closed(FakeAssistant):
    @property
    def release(self) -> FakeRelease:
        raise NoRelease("no release in /secret/place")

    def ask(self, question: str, **_: Any) -> Any:
        raise NoRelease("no release in /secret/place")


def conversation(assistant: FakeAssistant, *questions: str, language: str = "zh") -> list[Message]:
    """What the page holds after these turns."""
    messages: list[Message] = []
    for question in questions:
        for _, update, _ in updates(_Turns(assistant).ask(question, messages, language, [])):
            messages = update if isinstance(update, list) else messages
    return messages


def updates(made: AsyncGenerator[Any, None]) -> list[Any]:
    """All that a function of the page gives out."""

    async def read() -> list[Any]:
        return [update async for update in made]

    return run(read())


def content(message: Message) -> str:
    text = message["content"]
    assert isinstance(text, str)
    return text


def test_a_turn_streams_and_ends_complete() -> None:
    given = updates(_Turns(FakeAssistant()).ask("能拿多少", [], "zh", []))
    box, first, _ = given[0]
    assert (box["value"], box["submit_btn"], box["stop_btn"]) == ("", False, ZH.stop)
    assert ZH.thinking in content(first[-1])
    shown = [content(messages[-1]) for _, messages, _ in given if isinstance(messages, list)]
    assert len(shown) > 4
    assert is_complete(shown[-1])
    last, _, _ = given[-1]
    assert (last["submit_btn"], last["stop_btn"]) == (ZH.send, False)


def test_the_engine_hears_the_earlier_turns_as_they_were_typed() -> None:
    assistant = FakeAssistant()
    conversation(assistant, "能拿多少", "那 <b>行业</b>\n标准呢 & [1]？", "再问")
    assert assistant.asked == [
        ("能拿多少", []),
        ("那 <b>行业</b>\n标准呢 & [1]？", ["能拿多少"]),
        ("再问", ["能拿多少", "那 <b>行业</b>\n标准呢 & [1]？"]),
    ]


def test_history_reads_messages_as_the_browser_sends_them_back() -> None:
    messages = conversation(FakeAssistant(), "一", "二")
    returned = [{**m, "content": [{"type": "text", "text": m["content"]}], "metadata": {}} for m in messages]
    assert earlier_questions(returned) == ["一", "二"]


def test_an_old_answer_is_not_touched_by_a_new_one() -> None:
    assistant = FakeAssistant()
    before = conversation(assistant, "能拿多少")
    after = conversation(assistant, "能拿多少", "示范区", "坏")
    assert after[:2] == before


def test_an_empty_question_says_so_and_asks_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    told: list[str] = []
    monkeypatch.setattr(gr, "Info", lambda text, **_: told.append(text))
    assistant = FakeAssistant()
    assert conversation(assistant, " \n\t ") == []
    assert told == [ZH.empty_question]
    assert assistant.asked == []


def test_a_very_long_question_is_answered_not_refused() -> None:
    assistant = FakeAssistant()
    messages = conversation(assistant, "标" * (MAX_QUESTION + 500))
    assert len(assistant.asked[0][0]) == MAX_QUESTION
    assert is_complete(content(messages[-1]))


def test_a_failing_engine_gives_one_sentence_and_the_log_the_rest(caplog: pytest.LogCaptureFixture) -> None:
    with caplog.at_level(logging.ERROR):
        messages = conversation(FakeAssistant(), "坏")
    assert ZH.failed in content(messages[-1])
    assert "secret detail" not in content(messages[-1])
    assert "secret detail" in caplog.text
    assert problem_sentence(BiaozhuntongError("inside"), EN) == EN.failed


def test_without_a_release_the_page_says_what_is_missing() -> None:
    assert ZH.no_release in content(conversation(Closed(), "能拿多少")[-1])
    assert EN.no_release in content(conversation(Closed(), "subsidy", language="en")[-1])
    assert ZH.no_release in welcome_html(Closed(), ZH)
    assert "/secret" not in welcome_html(Closed(), ZH)


def test_stopping_replaces_what_is_unfinished_and_keeps_what_is_whole() -> None:
    turns = _Turns(FakeAssistant())
    _, messages, _ = updates(turns.ask("能拿多少", [], "zh", []))[0]
    box, stopped = turns.stop(messages, "zh")
    assert ZH.stopped in content(stopped[-1])
    assert question_text(content(stopped[0])) == "能拿多少"
    assert len(stopped) == 2
    assert box["stop_btn"] is False
    whole = conversation(FakeAssistant(), "能拿多少")
    assert turns.stop(whole, "zh")[1] == whole


def test_the_empty_page_names_documents_and_sample_questions_in_both_languages() -> None:
    chinese, english = welcome_html(FakeAssistant(), ZH), welcome_html(FakeAssistant(), EN)
    assert "扬州市区企业牵头起草的行业标准发布了，能拿多少资助？" in chinese
    assert "What subsidy do I get for leading an industry standard in the urban districts of Yangzhou?" in english
    assert "关于加快推进扬州市技术标准战略的实施意见" in chinese
    assert "征求意见稿" in chinese
    assert "Draft for comment" in english


def test_only_one_endpoint_is_public_and_the_page_reports_to_nobody() -> None:
    page = build_page(FakeAssistant())
    assert not page.analytics_enabled
    visible = [d["api_name"] for d in page.config["dependencies"] if d["api_visibility"] == "public"]
    assert visible == ["chat"]
    assert page._queue.default_concurrency_limit >= CONCURRENT_QUESTIONS
    assert page._queue.max_size


def test_messages_are_sanitized_again_in_the_browser() -> None:
    chatbot = next(block for block in build_page(FakeAssistant()).blocks.values() if isinstance(block, gr.Chatbot))
    assert chatbot.sanitize_html
    assert chatbot.latex_delimiters == []
    assert chatbot.allow_tags is False


def test_the_public_endpoint_gives_the_whole_answer() -> None:
    assistant = FakeAssistant()
    answer = _Turns(assistant).chat("能拿多少", ["早先"])
    assert answer["citations"][0]["policy_id"] == "yangzhou-2011"
    assert assistant.asked == [("能拿多少", ["早先"])]


def test_a_hostile_question_is_shown_as_text() -> None:
    messages = conversation(FakeAssistant(), EVIL)
    assert "<img" not in content(messages[0])
    assert question_text(content(messages[0])) == EVIL


def test_sentences_appear_as_they_are_made_and_are_not_said_again() -> None:
    assistant = SlowAssistant()
    assistant.go.release(3)
    given = updates(_Turns(assistant).ask("能拿多少", [], "zh", []))
    shown = [content(messages[-1]) for _, messages, _ in given if isinstance(messages, list)]
    bodies = [message for message in shown if "bz-body" in message]
    assert "前提是" in bodies[0]
    assert "依据" not in bodies[0]
    assert not any(is_complete(message) for message in shown[:-1])
    assert is_complete(shown[-1])
    assert shown[-1].count("前提是") == 1
    assert len(set(shown)) == len(shown)


def test_an_answer_that_is_not_its_sentences_takes_their_place() -> None:
    assistant = SlowAssistant(other="别的回答。[1]")
    assistant.go.release(3)
    *_, (_, messages, _) = updates(_Turns(assistant).ask("能拿多少", [], "zh", []))
    assert "别的回答" in content(messages[-1])
    assert "前提是" not in content(messages[-1])


def test_a_fact_is_forgotten_for_the_rest_of_the_conversation() -> None:
    assistant = FakeAssistant()
    turns = _Turns(assistant)
    messages = conversation(assistant, "能拿多少", "再问多少")
    assert "bz-forget" in content(messages[-1])
    *_, (_, after, forgotten) = updates(turns.forget("location", messages, "zh", []))
    assert assistant.asked[-1] == ("再问多少", ["能拿多少"])
    assert (assistant.forgot[-1], forgotten) == (["location"], ["location"])
    assert after[:-1] == messages[:-1]
    assert "市区" not in content(after[-1]).partition("bz-known")[2]
    *_, (_, _, forgotten) = updates(turns.ask("还有多少", after, "zh", forgotten))
    assert (assistant.forgot[-1], forgotten) == (["location"], ["location"])
    assert turns.new("zh")[2] == []


def test_a_forgotten_fact_that_is_stated_anew_is_known_again() -> None:
    assistant = FakeAssistant()
    *_, (_, _, forgotten) = updates(_Turns(assistant).ask("能拿多少", [], "zh", ["location", "rank"]))
    assert forgotten == ["rank"]


def test_nothing_is_forgotten_before_a_question() -> None:
    assistant = FakeAssistant()
    for fact, messages in (("location", []), ("", conversation(FakeAssistant(), "能拿多少"))):
        assert updates(_Turns(assistant).forget(fact, messages, "zh", [])) == [(gr.skip(), gr.skip(), gr.skip())]
    assert assistant.asked == []
