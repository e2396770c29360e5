"""The events of the page, for readers with conversations of their own."""

from __future__ import annotations

import html
import json
import logging
import re
from collections.abc import AsyncGenerator, Sequence
from dataclasses import dataclass, field
from typing import Any

import gradio as gr
import pytest

from assistant.access.caller import Caller, Role
from assistant.web.conversations import MemoryConversations
from assistant.web.turns import MAX_QUESTION, Message, Turns
from assistant.web.words import EN, ZH, problem_sentence
from knowledge.errors import BiaozhuntongError, NoRelease
from tests.assistant.web.fakes import EVIL, FakeAssistant, FakeRelease, SlowAssistant
from tests.loops import run


class Closed(FakeAssistant):
    @property
    def release(self) -> FakeRelease:
        raise NoRelease("no release in /secret/place")

    def ask(self, question: str, **_: Any) -> Any:
        raise NoRelease("no release in /secret/place")


@dataclass
class Reader:
    """One browser: asks, and holds what its page shows."""

    assistant: FakeAssistant = field(default_factory=FakeAssistant)
    conversations: MemoryConversations = field(default_factory=MemoryConversations)
    id: str = "visitor:1"
    language: str = "zh"
    conversation: str = ""
    company: str = ""
    messages: list[Message] = field(default_factory=list)
    seen: list[Any] = field(default_factory=list)

    @property
    def turns(self) -> Turns:
        return Turns(self.assistant, self.conversations, lambda _: Caller(self.id, Role.VISITOR, "", "visitor"))

    @property
    def request(self) -> gr.Request:
        return gr.Request()

    def ask(self, *questions: str, act: str = "") -> None:
        for question in questions:
            self.take(self.turns.ask(question, self.conversation, act, self.language, self.company, self.request))

    def again(self) -> None:
        self.take(self.turns.again(self.conversation, self.language, self.company, self.request))

    def forget(self, fact: str) -> None:
        self.take(self.turns.forget(fact, self.conversation, self.language, self.company, self.request))

    def take(self, made: AsyncGenerator[Any, None] | Sequence[Any]) -> None:
        """What an event gives, as the page takes it over."""

        async def read(stream: AsyncGenerator[Any, None]) -> list[Any]:
            return [update async for update in stream]

        self.seen = run(read(made)) if isinstance(made, AsyncGenerator) else [made]
        for _, messages, conversation in self.seen:
            self.messages = messages if isinstance(messages, list) else self.messages
            self.conversation = conversation if isinstance(conversation, str) else self.conversation

    @property
    def shown(self) -> list[str]:
        """The last message, each time it changed."""
        return [content(messages[-1]) for _, messages, _ in self.seen if isinstance(messages, list)]

    @property
    def last(self) -> str:
        return content(self.messages[-1])

    @property
    def questions(self) -> list[str]:
        found = (re.search(r'bz-question-text">(.*?)</span>', content(m)) for m in self.messages if m["role"] == "user")
        return [html.unescape(match[1].replace("<br>", "\n")) for match in found if match]


def content(message: Message) -> str:
    text = message["content"]
    assert isinstance(text, str)
    return text


def is_complete(message: str) -> bool:
    return 'class="bz-answer bz-done"' in message


def turn_id(reader: Reader) -> str:
    match = re.search(r'class="bz-edit" value="([^"]+)"', content(reader.messages[-2]))
    assert match
    return match[1]


@pytest.fixture
def reader() -> Reader:
    return Reader()


def test_a_turn_streams_and_ends_complete(reader: Reader) -> None:
    reader.ask("能拿多少")
    box, first, conversation = reader.seen[0]
    assert (box["submit_btn"], box["stop_btn"]) == (False, ZH.stop)
    assert "value" not in box  # it may hold more than the question by now
    assert ZH.thinking in content(first[-1])
    assert conversation
    assert len(reader.shown) > 4
    assert is_complete(reader.last)
    assert all("submit_btn" not in box for box, _, _ in reader.seen[1:])
    box = reader.turns.ended("zh")
    assert (box["submit_btn"], box["stop_btn"]) == (ZH.send, False)


def test_the_engine_hears_the_earlier_turns_as_they_were_typed(reader: Reader) -> None:
    reader.ask("能拿多少", "那 <b>行业</b>\n标准呢 & [1]？", "再问")
    assert reader.assistant.asked == [
        ("能拿多少", []),
        ("那 <b>行业</b>\n标准呢 & [1]？", ["能拿多少"]),
        ("再问", ["能拿多少", "那 <b>行业</b>\n标准呢 & [1]？"]),
    ]
    assert reader.questions == ["能拿多少", "那 <b>行业</b>\n标准呢 & [1]？", "再问"]


def test_an_old_answer_is_not_touched_by_a_new_one(reader: Reader) -> None:
    reader.ask("能拿多少")
    before = list(reader.messages)
    reader.ask("示范区", "坏")
    assert reader.messages[:2] == before


def test_an_empty_question_says_so_and_asks_nothing(reader: Reader, monkeypatch: pytest.MonkeyPatch) -> None:
    told: list[str] = []
    monkeypatch.setattr(gr, "Info", lambda text, **_: told.append(text))
    reader.ask(" \n\t ")
    assert reader.messages == []
    assert told == [ZH.empty_question]
    assert reader.assistant.asked == []
    assert reader.conversations.all(reader.id) == []


def test_a_very_long_question_is_answered_not_refused(reader: Reader) -> None:
    reader.ask("标" * (MAX_QUESTION + 500))
    assert len(reader.assistant.asked[0][0]) == MAX_QUESTION
    assert is_complete(reader.last)


def test_a_failing_engine_gives_one_sentence_and_the_log_the_rest(
    reader: Reader, caplog: pytest.LogCaptureFixture
) -> None:
    with caplog.at_level(logging.ERROR):
        reader.ask("坏")
    assert ZH.failed in reader.last
    assert "secret detail" not in reader.last
    assert "secret detail" in caplog.text
    assert problem_sentence(BiaozhuntongError("inside"), EN) == EN.failed


def test_without_a_release_the_answer_says_what_is_missing() -> None:
    for language, words in (("zh", ZH), ("en", EN)):
        reader = Reader(Closed(), language=language)
        reader.ask("能拿多少")
        assert words.no_release in reader.last


def test_a_conversation_is_kept_under_its_first_question_and_opened_again(reader: Reader) -> None:
    reader.ask("能拿多少", "示范区")
    (kept,) = reader.conversations.all(reader.id)
    assert (kept.title, kept.id) == ("能拿多少", reader.conversation)
    later = Reader(reader.assistant, reader.conversations)
    later.take(later.turns.open(kept.id, "zh", later.request))
    assert later.messages == reader.messages
    later.ask("再问")
    assert reader.assistant.asked[-1] == ("再问", ["能拿多少", "示范区"])


def test_nobody_opens_or_continues_another_reader_s_conversation(reader: Reader) -> None:
    reader.ask("能拿多少")
    thief = Reader(reader.assistant, reader.conversations, id="visitor:2")
    asked = len(reader.assistant.asked)
    for conversation in (reader.conversation, "made-up", "../1", EVIL):
        for event in (
            thief.turns.open(conversation, "zh", thief.request),
            thief.turns.stop(conversation, "zh", thief.request),
            thief.turns.ask("然后呢", conversation, "", "zh", "", thief.request),
            thief.turns.again(conversation, "zh", "", thief.request),
            thief.turns.forget("level", conversation, "zh", "", thief.request),
        ):
            thief.take(event)
            assert [ZH.no_conversation in content(message) for message in thief.messages] == [True]
            assert thief.conversation == ""
    assert len(reader.assistant.asked) == asked
    assert len(reader.conversations.turns(reader.id, reader.conversation)) == 1


def test_answering_again_replaces_the_last_answer_alone(reader: Reader) -> None:
    reader.ask("能拿多少", "示范区")
    first = reader.messages[:3]
    reader.again()
    assert reader.assistant.asked[-1] == ("示范区", ["能拿多少"])
    assert reader.messages[:3] == first
    assert len(reader.messages) == 4
    assert len(reader.conversations.turns(reader.id, reader.conversation)) == 2


def test_a_changed_question_takes_the_place_of_the_last_one_and_only_of_that(reader: Reader) -> None:
    reader.ask("能拿多少", "示范区")
    act = f"edit:{turn_id(reader)}"
    reader.ask("列个表", act=act)
    assert reader.questions == ["能拿多少", "列个表"]
    assert reader.assistant.asked[-1] == ("列个表", ["能拿多少"])
    reader.ask("还有多少", act=act)  # what was to be changed is the last question no longer
    assert reader.questions == ["能拿多少", "列个表", "还有多少"]


def test_stopping_leaves_the_question_with_a_sentence_and_keeps_what_is_whole(reader: Reader) -> None:
    reader.ask("能拿多少")
    whole = list(reader.messages)
    reader.take(reader.turns.stop(reader.conversation, "zh", reader.request))
    assert reader.messages == whole
    reader.conversations.ask(reader.id, reader.conversation, "再问多少")
    reader.take(reader.turns.stop(reader.conversation, "zh", reader.request))
    assert reader.messages[:2] == whole
    assert ZH.stopped in reader.last
    assert "bz-again" in reader.last
    assert reader.seen[-1][0]["stop_btn"] is False
    reader.take(reader.turns.open(reader.conversation, "zh", reader.request))
    assert ZH.unanswered in reader.last
    reader.again()
    assert is_complete(reader.last)


def test_a_conversation_deleted_while_it_is_answered_is_said_to_be_gone(reader: Reader) -> None:
    conversations = reader.conversations

    class Deletes(FakeAssistant):
        def ask(self, question: str, **given: Any) -> Any:
            conversations.delete(reader.id, conversations.all(reader.id)[0].id)
            return super().ask(question, **given)

    reader.assistant = Deletes()
    reader.ask("能拿多少")
    assert ZH.no_conversation in reader.last


def test_the_public_endpoint_gives_the_whole_answer(reader: Reader) -> None:
    answer = reader.turns.chat("能拿多少", ["早先"])
    assert answer["citations"][0]["policy_id"] == "yangzhou-2011"
    assert reader.assistant.asked == [("能拿多少", ["早先"])]
    assert reader.conversations.all(reader.id) == []


def test_a_hostile_question_is_shown_as_text_now_and_when_opened(reader: Reader) -> None:
    reader.ask(EVIL)
    reader.take(reader.turns.open(reader.conversation, "zh", reader.request))
    assert "<img" not in content(reader.messages[0])
    assert reader.questions == [EVIL]


def test_sentences_appear_as_they_are_made_and_are_not_said_again() -> None:
    assistant = SlowAssistant()
    assistant.go.release(3)
    reader = Reader(assistant)
    reader.ask("能拿多少")
    bodies = [message for message in reader.shown if "bz-body" in message]
    assert "前提是" in bodies[0]
    assert "依据" not in bodies[0]
    assert not any(is_complete(message) for message in reader.shown[:-1])
    assert is_complete(reader.last)
    assert reader.last.count("前提是") == 1
    assert len(set(reader.shown)) == len(reader.shown)


def test_an_answer_that_is_not_its_sentences_takes_their_place() -> None:
    assistant = SlowAssistant(other="别的回答。[1]")
    assistant.go.release(3)
    reader = Reader(assistant)
    reader.ask("能拿多少")
    assert "别的回答" in reader.last
    assert "前提是" not in reader.last


def test_a_fact_is_forgotten_for_the_rest_of_the_conversation(reader: Reader) -> None:
    reader.ask("能拿多少", "再问多少")
    assert "bz-forget" in reader.last
    before = reader.messages[:-1]
    reader.forget("location")
    assert reader.assistant.asked[-1] == ("再问多少", ["能拿多少"])
    assert reader.assistant.forgot[-1] == ["location"]
    assert reader.messages[:-1] == before
    assert "市区" not in reader.last.partition("bz-known")[2]
    reader.ask("还有多少")
    assert reader.assistant.forgot[-1] == ["location"]
    reader.take(reader.turns.new("zh"))
    reader.ask("还有多少")
    assert reader.assistant.forgot[-1] == []


def test_a_forgotten_fact_that_is_stated_anew_is_known_again(reader: Reader) -> None:
    reader.ask("能拿多少", "再问多少")
    reader.forget("level")
    reader.ask("还有多少")  # its answer takes a level as stated by the question
    reader.ask("再问多少")
    assert reader.assistant.forgot[-1] == []


def test_nothing_is_forgotten_before_a_question(reader: Reader) -> None:
    reader.forget("")
    assert reader.seen == [(gr.skip(), gr.skip(), gr.skip())]
    reader.forget("location")
    assert ZH.no_conversation in reader.last
    assert reader.assistant.asked == []


def test_what_the_company_says_goes_along_and_can_be_removed(reader: Reader) -> None:
    reader.company = json.dumps({"place": "扬州市", "innovative_listed": True, "made_up": 1})
    reader.ask("能拿多少")
    facts = {"place": "扬州市", "innovative_listed": True}
    assert reader.assistant.given[-1] == facts
    assert ZH.company_used in reader.last
    assert 'class="bz-forget" value="innovative_listed"' in reader.last
    (turn,) = reader.conversations.turns(reader.id, reader.conversation)
    assert turn.facts == facts
    reader.forget("innovative_listed")
    assert "innovative_listed" not in reader.last
    reader.company = ""
    reader.ask("再问多少")
    assert reader.assistant.given[-1] == {}
