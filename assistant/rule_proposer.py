"""Asks the chat model of the settings for reward rows of sentences that the drafting grammar refused.

The model's words are a stranger's: they are parsed as JSON and become rows only where `knowledge.drafting.proposer`
proves them from the document's own words.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from assistant.chat_model import ChatModel, Message, open_chat_model
from assistant.settings import Settings
from knowledge.drafting.proposer import Refused

PROMPT = Path(__file__).with_name("rule_prompt.txt")
# Characters of a reply that are read; a sentence has a handful of rows.
_LONGEST_REPLY = 20_000


class ChatProposer:
    """Proposes rows through a chat model.

    Args:
        model: the model.
    """

    def __init__(self, model: ChatModel) -> None:
        self._model = model
        self._prompt = PROMPT.read_text(encoding="utf-8")

    @property
    def name(self) -> str:
        """The model's name."""
        return self._model.name

    def propose(self, refused: Refused) -> Sequence[Mapping[str, Any]]:
        """The rows of the model's JSON; none where its reply is no list of objects.

        Raises:
            ChatModelError: the model gave no reply.
        """
        task = json.dumps(refused.model_dump(), ensure_ascii=False)
        reply = ""
        for piece in self._model.stream([Message("system", self._prompt), Message("user", task)]):
            reply += piece
            if len(reply) > _LONGEST_REPLY:
                break
        return _rows(reply)


def open_proposer() -> ChatProposer | None:
    """The proposer of the settings' chat model; null where no model is set.

    Raises:
        UsageError: the model's address is missing or wrong, or the package that speaks to it is not installed.
    """
    model = open_chat_model(Settings())
    return ChatProposer(model) if model is not None else None


def _rows(reply: str) -> list[Mapping[str, Any]]:
    """The objects of the outermost JSON list in a reply."""
    start, end = reply.find("["), reply.rfind("]")
    try:
        rows = json.loads(reply[start : end + 1]) if 0 <= start < end else []
    except (ValueError, RecursionError):
        return []
    return [row for row in rows if isinstance(row, dict)] if isinstance(rows, list) else []
