"""The conversations a reader has kept: what the page needs of the store, and how a kept conversation is shown again.

Everything is asked for by its owner. An id that is not the owner's is not found, whether it exists or not.
"""

from __future__ import annotations

import secrets
import threading
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from typing import Protocol

from assistant.answer import Answer
from knowledge.errors import BiaozhuntongError

MAX_TITLE = 60
_KEPT_TITLE = 200


class NotYours(BiaozhuntongError):
    """A conversation or answer that this owner does not have."""


@dataclass(frozen=True)
class Turn:
    """A question of a conversation and its answer, which is null where it was stopped or failed.

    Attributes:
        id: of the question.
        answer_id: of the answer.
        forgotten: names of the facts that its reader had removed, as they were after the answer.
    """

    id: str
    question: str
    answer: Answer | None = None
    answer_id: str = ""
    forgotten: tuple[str, ...] = ()


@dataclass(frozen=True)
class Conversation:
    """A conversation without its turns. `updated` is the time of its latest question or answer."""

    id: str
    title: str
    updated: datetime


class Conversations(Protocol):
    """What the page needs of the store. Every method raises `NotYours` for an id that the owner does not have."""

    def all(self, owner: str, *, search: str = "") -> Sequence[Conversation]:
        """The owner's conversations, latest first; with `search` those whose title or turns contain it."""

    def get(self, owner: str, conversation_id: str) -> Conversation:
        """One conversation."""

    def turns(self, owner: str, conversation_id: str) -> Sequence[Turn]:
        """Its turns, oldest first."""

    def turns_to(self, owner: str, answer_id: str) -> Sequence[Turn]:
        """The turns of a conversation up to the one with this answer, which is the last."""

    def start(self, owner: str, title: str) -> Conversation:
        """A new conversation."""

    def ask(self, owner: str, conversation_id: str, question: str, *, instead_of: str = "") -> str:
        """Keep a question, at the end or in the place of the turn `instead_of` and all after it; gives its id."""

    def answer(
        self, owner: str, conversation_id: str, turn_id: str, answer: Answer, *, forgotten: Sequence[str] = ()
    ) -> str:
        """Keep the answer to a question, in the place of the one before; gives its id."""

    def rename(self, owner: str, conversation_id: str, title: str) -> None:
        """Give a conversation another title."""

    def delete(self, owner: str, conversation_id: str) -> None:
        """Delete a conversation with all its turns."""


def title_of(question: str) -> str:
    """The title a conversation gets from its first question: one line, cut where it is long."""
    line = " ".join(question.split())
    return line if len(line) <= MAX_TITLE else line[: MAX_TITLE - 1] + "…"


def clean_title(title: str) -> str:
    """A title as it is kept: one line without control characters, at most 200 characters."""
    return " ".join("".join(c if c.isprintable() else " " for c in title).split())[:_KEPT_TITLE]


@dataclass
class _Kept:
    owner: str
    conversation: Conversation
    turns: list[Turn] = field(default_factory=list)


def _now() -> datetime:
    return datetime.now(UTC)


class MemoryConversations:
    """Conversations that last as long as the process; for a page without a store."""

    def __init__(self, *, clock: Callable[[], datetime] = _now) -> None:
        self._clock = clock
        self._lock = threading.RLock()
        self._kept: dict[str, _Kept] = {}

    def _of(self, owner: str, conversation_id: str) -> _Kept:
        kept = self._kept.get(conversation_id)
        if kept is None or kept.owner != owner:
            raise NotYours(f"no conversation {conversation_id!r} of this reader; it may have been deleted")
        return kept

    def _touch(self, kept: _Kept) -> None:
        kept.conversation = replace(kept.conversation, updated=self._clock())

    def all(self, owner: str, *, search: str = "") -> Sequence[Conversation]:
        """See `Conversations.all`."""
        with self._lock:
            found = [kept for kept in self._kept.values() if kept.owner == owner and _contains(kept, search)]
            return sorted((kept.conversation for kept in found), key=lambda one: one.updated, reverse=True)

    def get(self, owner: str, conversation_id: str) -> Conversation:
        """See `Conversations.get`."""
        with self._lock:
            return self._of(owner, conversation_id).conversation

    def turns(self, owner: str, conversation_id: str) -> Sequence[Turn]:
        """See `Conversations.turns`."""
        with self._lock:
            return tuple(self._of(owner, conversation_id).turns)

    def turns_to(self, owner: str, answer_id: str) -> Sequence[Turn]:
        """See `Conversations.turns_to`."""
        with self._lock:
            for kept in self._kept.values():
                for place, turn in enumerate(kept.turns):
                    if kept.owner == owner and turn.answer_id == answer_id:
                        return tuple(kept.turns[: place + 1])
        raise NotYours(f"no answer {answer_id!r} of this reader; it may have been asked anew")

    def start(self, owner: str, title: str) -> Conversation:
        """See `Conversations.start`."""
        made = Conversation(secrets.token_urlsafe(12), clean_title(title), self._clock())
        with self._lock:
            self._kept[made.id] = _Kept(owner, made)
        return made

    def ask(self, owner: str, conversation_id: str, question: str, *, instead_of: str = "") -> str:
        """See `Conversations.ask`."""
        with self._lock:
            kept = self._of(owner, conversation_id)
            if instead_of:
                del kept.turns[self._place(kept, instead_of) :]
            kept.turns.append(Turn(secrets.token_urlsafe(12), question))
            self._touch(kept)
            return kept.turns[-1].id

    def answer(
        self, owner: str, conversation_id: str, turn_id: str, answer: Answer, *, forgotten: Sequence[str] = ()
    ) -> str:
        """See `Conversations.answer`."""
        with self._lock:
            kept = self._of(owner, conversation_id)
            place = self._place(kept, turn_id)
            answer_id = secrets.token_urlsafe(12)
            kept.turns[place] = replace(
                kept.turns[place], answer=answer, answer_id=answer_id, forgotten=tuple(forgotten)
            )
            self._touch(kept)
            return answer_id

    @staticmethod
    def _place(kept: _Kept, turn_id: str) -> int:
        for place, turn in enumerate(kept.turns):
            if turn.id == turn_id:
                return place
        raise NotYours(f"no question {turn_id!r} in this conversation; it may have been asked anew")

    def rename(self, owner: str, conversation_id: str, title: str) -> None:
        """See `Conversations.rename`."""
        with self._lock:
            kept = self._of(owner, conversation_id)
            kept.conversation = replace(kept.conversation, title=clean_title(title))

    def delete(self, owner: str, conversation_id: str) -> None:
        """See `Conversations.delete`."""
        with self._lock:
            self._of(owner, conversation_id)
            del self._kept[conversation_id]


def _contains(kept: _Kept, search: str) -> bool:
    wanted = search.casefold()
    texts = [kept.conversation.title, *(turn.question for turn in kept.turns)]
    texts += [turn.answer.answer for turn in kept.turns if turn.answer]
    return not wanted or any(wanted in text.casefold() for text in texts)
