from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from assistant.web.conversations import MAX_TITLE, Conversations, MemoryConversations, clean_title, title_of
from tests.contracts.conversations import ConversationsContract


class TestMemoryConversations(ConversationsContract):
    @pytest.fixture
    def conversations(self) -> Conversations:
        return MemoryConversations()


@given(st.text())
def test_a_title_is_one_short_line(text: str) -> None:
    for title in (title_of(text), clean_title(text)):
        assert title == " ".join(title.split())
    assert len(title_of(text)) <= MAX_TITLE
    assert clean_title(text).isprintable()


def test_a_long_question_is_cut_for_its_title() -> None:
    assert title_of("标" * MAX_TITLE) == "标" * MAX_TITLE
    assert title_of(" 标\n准 " + "长" * 100) == "标 准 " + "长" * (MAX_TITLE - 5) + "…"
