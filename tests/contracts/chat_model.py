"""What every chat model adapter does, whatever is behind it."""

from __future__ import annotations

import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor

import pytest

from assistant.chat_model import ChatModel, Message
from knowledge.errors import ChatModelError

SECRET = "user-text-5b1e"
MESSAGES = [Message("system", "写一句话。"), Message("user", f"扬州行业标准 {SECRET}")]
REPLY = ["行业标准每项15万元。[1]", "RMB 150,000 per standard. [1]", "😀 <b>１２</b>"]


class ChatModelContract:
    """Inherit, and give fixtures: `speaking(*lines)` makes a model that replies so, `failing()` one that fails."""

    @pytest.fixture
    def speaking(self) -> Callable[..., ChatModel]:
        raise NotImplementedError

    @pytest.fixture
    def failing(self) -> Callable[[], ChatModel]:
        raise NotImplementedError

    def test_the_pieces_are_the_reply(self, speaking: Callable[..., ChatModel]) -> None:
        pieces = list(speaking(*REPLY).stream(MESSAGES))
        assert all(isinstance(piece, str) and piece for piece in pieces)
        assert "".join(pieces) == "\n".join(REPLY)

    def test_it_has_a_name_on_one_line(self, speaking: Callable[..., ChatModel]) -> None:
        name = speaking(*REPLY).name
        assert name.strip()
        assert "\n" not in name

    def test_a_failure_is_one_error_without_the_users_words(self, failing: Callable[[], ChatModel]) -> None:
        with pytest.raises(ChatModelError) as caught:
            list(failing().stream(MESSAGES))
        assert SECRET not in str(caught.value)
        assert caught.value.__cause__ is None

    def test_it_asks_for_nothing_before_it_is_read(self, failing: Callable[[], ChatModel]) -> None:
        failing().stream(MESSAGES)

    def test_a_reader_may_leave_early_and_ask_again(self, speaking: Callable[..., ChatModel]) -> None:
        model = speaking(*REPLY)
        reading = iter(model.stream(MESSAGES))
        assert next(reading)
        reading.close()  # type: ignore[attr-defined]
        assert "".join(model.stream(MESSAGES)) == "\n".join(REPLY)

    def test_threads_get_what_one_gets(self, speaking: Callable[..., ChatModel]) -> None:
        model, start = speaking(*REPLY), threading.Barrier(4)

        def ask(_: int) -> str:
            start.wait(timeout=30)
            return "".join(model.stream(MESSAGES))

        with ThreadPoolExecutor(4) as pool:
            assert set(pool.map(ask, range(4))) == {"\n".join(REPLY)}
