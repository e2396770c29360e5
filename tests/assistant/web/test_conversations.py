from __future__ import annotations

from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from assistant.store import open_store
from assistant.store.conversations import NewMessage
from assistant.web.conversations import (
    MAX_TITLE,
    Conversations,
    MemoryConversations,
    StoredConversations,
    clean_title,
    title_of,
)
from tests.contracts.conversations import ANA, ConversationsContract, answer
from tests.contracts.store import Clock


class TestMemoryConversations(ConversationsContract):
    @pytest.fixture
    def conversations(self) -> Conversations:
        return MemoryConversations()


class TestStoredConversations(ConversationsContract):
    @pytest.fixture
    def conversations(self, tmp_path: Path) -> Iterator[Conversations]:
        with closing(open_store(tmp_path / "store.db", clock=Clock())) as store:
            yield StoredConversations(store)

    def test_they_are_there_after_a_restart(self, tmp_path: Path) -> None:
        with closing(open_store(tmp_path / "store.db")) as store:
            first = StoredConversations(store)
            made = first.start(ANA, "t")
            first.answer(ANA, made.id, first.ask(ANA, made.id, "一"), answer("甲"), forgotten=["level"])
        with closing(open_store(tmp_path / "store.db")) as store:
            (turn,) = StoredConversations(store).turns(ANA, made.id)
            assert (turn.question, turn.answer, turn.forgotten) == ("一", answer("甲"), ("level",))

    def test_an_answer_of_an_older_program_is_asked_again_not_a_failure(self, tmp_path: Path) -> None:
        with closing(open_store(tmp_path / "store.db")) as store:
            old = NewMessage(role="assistant", text="旧", answer={"status": "answered", "gone": 1})
            made = store.conversations.create(ANA, "t", [NewMessage(role="user", text="一"), old])
            (turn,) = StoredConversations(store).turns(ANA, made.id)
            assert (turn.question, turn.answer) == ("一", None)


@given(st.text())
def test_a_title_is_one_short_line(text: str) -> None:
    for title in (title_of(text), clean_title(text)):
        assert title == " ".join(title.split())
    assert len(title_of(text)) <= MAX_TITLE
    assert clean_title(text).isprintable()


def test_a_long_question_is_cut_for_its_title() -> None:
    assert title_of("标" * MAX_TITLE) == "标" * MAX_TITLE
    assert title_of(" 标\n准 " + "长" * 100) == "标 准 " + "长" * (MAX_TITLE - 5) + "…"
