"""The seam to a chat model, and the breaker before it.

The adapter is in `assistant/openai_chat.py`, which nothing imports where no model is set.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Generator, Sequence
from typing import Literal, NamedTuple, Protocol
from urllib.parse import urlsplit

from assistant.settings import Settings
from knowledge.errors import ChatModelError, UsageError


class Message(NamedTuple):
    """One message to a chat model."""

    role: Literal["system", "user"]
    content: str


class ChatModel(Protocol):
    """What the product needs of a chat model. `tests/contracts/chat_model.py` is what every adapter passes."""

    @property
    def name(self) -> str:
        """The name an answer's provenance gives."""

    def stream(self, messages: Sequence[Message]) -> Generator[str, None, None]:
        """The reply, piece by piece, as it comes; an empty piece now and then while nothing comes.

        So that whoever reads can turn away from a slow model. A reader that leaves closes the generator, and with it
        whatever it holds open.

        Raises:
            ChatModelError: there is no reply, or it broke off; what came before stays with the caller.
        """


def open_chat_model(settings: Settings) -> ChatModel | None:
    """The chat model of the settings, behind a breaker; null where none is set.

    Raises:
        UsageError: the address is missing or wrong, or the package that speaks to the model is not installed.
    """
    if settings.model is None:
        return None
    if settings.model_url is None:
        raise UsageError(
            "BZT_MODEL is set but BZT_MODEL_URL is not: expected the base address of an OpenAI-compatible endpoint, "
            "such as http://127.0.0.1:8080/v1; set it, or unset BZT_MODEL"
        )
    _require_address(settings.model_url)
    try:
        from assistant.openai_chat import OpenAIChat
    except ImportError as error:
        raise UsageError(
            "BZT_MODEL is set but langchain-openai is not installed: `pip install 'biaozhuntong[model]'`, or unset BZT_MODEL"
        ) from error
    return Breaker(OpenAIChat(settings.model, settings.model_url, settings), pause=settings.model_pause)


def _require_address(url: str) -> None:
    parts = urlsplit(url)
    if parts.scheme not in ("http", "https") or not parts.hostname or parts.username or parts.query or parts.fragment:
        # The address is not repeated: a key may stand in it.
        raise UsageError(
            "BZT_MODEL_URL: expected an address such as https://host/v1, without a user name, a query or a fragment; "
            "a key goes into BZT_MODEL_KEY"
        )


class Breaker:
    """A chat model that is left alone for a while after it failed, so that a dead endpoint slows one answer and not all.

    Args:
        model: the model.
        pause: seconds.
        clock: monotonic seconds.
    """

    def __init__(self, model: ChatModel, *, pause: float, clock: Callable[[], float] = time.monotonic) -> None:
        self._model = model
        self._pause = pause
        self._clock = clock
        self._lock = threading.Lock()
        self._closed_until: float | None = None

    @property
    def name(self) -> str:
        """The model's name."""
        return self._model.name

    def stream(self, messages: Sequence[Message]) -> Generator[str, None, None]:
        """The model's reply, or `ChatModelError` at once while it is left alone."""
        self._enter()
        try:
            yield from self._model.stream(messages)
        except ChatModelError:
            with self._lock:
                self._closed_until = self._clock() + self._pause
            raise
        with self._lock:
            self._closed_until = None

    def _enter(self) -> None:
        with self._lock:
            if self._closed_until is None:
                return
            left = self._closed_until - self._clock()
            if left > 0:
                raise ChatModelError(f"the chat model `{self.name}` failed before and is left alone for {left:.0f} s")
            # One question tries it; the others do not wait to see.
            self._closed_until = self._clock() + self._pause
