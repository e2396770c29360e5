"""The conversations a reader has kept: what the page needs of the store, and how a kept conversation is shown again.

Everything is asked for by its owner. An id that is not the owner's is not found, whether it exists or not.
"""

from __future__ import annotations

import secrets
import threading
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from typing import Any, Protocol

from pydantic import ValidationError

from assistant.answer import Answer
from assistant.store import Store
from assistant.store.conversations import Message, NewMessage
from assistant.store.feedback import Vote
from knowledge.errors import NotKept

MAX_TITLE = 60
_KEPT_TITLE = 200
_MOST_LISTED = 200


@dataclass(frozen=True)
class Turn:
    """A question of a conversation and its answer, which is null where it was stopped or failed.

    Attributes:
        id: of the question.
        answer_id: of the answer.
        facts: what was given beside the question.
        forgotten: names of the facts that its reader had removed, as they were after the answer.
        vote: what its reader said of the answer.
    """

    id: str
    question: str
    answer: Answer | None = None
    answer_id: str = ""
    facts: Mapping[str, Any] = field(default_factory=dict)
    forgotten: tuple[str, ...] = ()
    vote: Vote | None = None


@dataclass(frozen=True)
class Conversation:
    """A conversation without its turns. `updated` is the time of its latest question or answer."""

    id: str
    title: str
    updated: datetime


@dataclass(frozen=True)
class Opinion:
    """What a reader says of an answer: for it or against it, the reasons from the page's short list, and a note."""

    vote: Vote
    reasons: tuple[str, ...] = ()
    note: str = ""


class Conversations(Protocol):
    """What the page needs of the store. Every method raises `NotKept` for an id that the owner does not have."""

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
        self,
        owner: str,
        conversation_id: str,
        turn_id: str,
        answer: Answer,
        *,
        facts: Mapping[str, Any] | None = None,
        forgotten: Sequence[str] = (),
    ) -> str:
        """Keep the answer to a question, in the place of the one before; gives its id."""

    def vote(self, owner: str, answer_id: str, said: Opinion) -> Sequence[Turn]:
        """Keep what the owner says of an answer, in the place of what they said before; gives `turns_to` of it."""

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
            raise NotKept(f"no conversation {conversation_id!r} of this reader; it may have been deleted")
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
        raise NotKept(f"no answer {answer_id!r} of this reader; it may have been asked anew")

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
        self,
        owner: str,
        conversation_id: str,
        turn_id: str,
        answer: Answer,
        *,
        facts: Mapping[str, Any] | None = None,
        forgotten: Sequence[str] = (),
    ) -> str:
        """See `Conversations.answer`."""
        with self._lock:
            kept = self._of(owner, conversation_id)
            place = self._place(kept, turn_id)
            answer_id = secrets.token_urlsafe(12)
            kept.turns[place] = replace(
                kept.turns[place],
                answer=answer,
                answer_id=answer_id,
                facts=dict(facts or {}),
                forgotten=tuple(forgotten),
                vote=None,
            )
            self._touch(kept)
            return answer_id

    def vote(self, owner: str, answer_id: str, said: Opinion) -> Sequence[Turn]:
        """See `Conversations.vote`; only the vote itself is kept."""
        with self._lock:
            turns = self.turns_to(owner, answer_id)
            kept = next(kept for kept in self._kept.values() if turns[-1] in kept.turns)
            kept.turns[len(turns) - 1] = replace(turns[-1], vote=said.vote)
            return turns

    @staticmethod
    def _place(kept: _Kept, turn_id: str) -> int:
        for place, turn in enumerate(kept.turns):
            if turn.id == turn_id:
                return place
        raise NotKept(f"no question {turn_id!r} in this conversation; it may have been asked anew")

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


class StoredConversations:
    """Conversations in the store: a message for each question and for each answer."""

    def __init__(self, store: Store) -> None:
        self._conversations = store.conversations
        self._feedback = store.feedback

    def all(self, owner: str, *, search: str = "") -> Sequence[Conversation]:
        """See `Conversations.all`."""
        found = self._conversations.list(owner, search=search, limit=_MOST_LISTED)
        return [Conversation(one.id, one.title, one.updated) for one in found]

    def get(self, owner: str, conversation_id: str) -> Conversation:
        """See `Conversations.get`."""
        one = self._conversations.get(owner, conversation_id)
        return Conversation(one.id, one.title, one.updated)

    def turns(self, owner: str, conversation_id: str) -> Sequence[Turn]:
        """See `Conversations.turns`."""
        turns = _turns(self._conversations.get(owner, conversation_id).messages)
        said = self._feedback.given(owner, [turn.answer_id for turn in turns if turn.answer_id])
        return [replace(turn, vote=said[turn.answer_id].vote) if turn.answer_id in said else turn for turn in turns]

    def turns_to(self, owner: str, answer_id: str) -> Sequence[Turn]:
        """See `Conversations.turns_to`."""
        turns = _turns(self._conversations.holding(owner, answer_id).messages)
        last = next((place for place, turn in enumerate(turns) if turn.answer_id == answer_id), None)
        if last is None:
            raise NotKept("expected the id of an answer, got that of a question")
        return turns[: last + 1]

    def start(self, owner: str, title: str) -> Conversation:
        """See `Conversations.start`."""
        made = self._conversations.create(owner, clean_title(title))
        return Conversation(made.id, made.title, made.updated)

    def ask(self, owner: str, conversation_id: str, question: str, *, instead_of: str = "") -> str:
        """See `Conversations.ask`."""
        message = NewMessage(role="user", text=question)
        if instead_of:
            return self._conversations.replace_from(owner, conversation_id, instead_of, message).id
        return self._conversations.append(owner, conversation_id, message)[0].id

    def answer(
        self,
        owner: str,
        conversation_id: str,
        turn_id: str,
        answer: Answer,
        *,
        facts: Mapping[str, Any] | None = None,
        forgotten: Sequence[str] = (),
    ) -> str:
        """See `Conversations.answer`."""
        whole = answer.model_dump(mode="json")
        message = NewMessage(
            role="assistant", text=answer.answer, answer=whole, facts=facts or {}, forgotten=tuple(forgotten)
        )
        return self._conversations.answer(owner, conversation_id, turn_id, message).id

    def vote(self, owner: str, answer_id: str, said: Opinion) -> Sequence[Turn]:
        """See `Conversations.vote`; the question and the answer are kept with it."""
        turns = self.turns_to(owner, answer_id)
        answer = turns[-1].answer
        self._feedback.give(
            owner,
            said.vote,
            question=turns[-1].question,
            answer=answer.model_dump(mode="json") if answer else None,
            message_id=answer_id,
            reasons=said.reasons,
            note=said.note,
        )
        return turns

    def rename(self, owner: str, conversation_id: str, title: str) -> None:
        """See `Conversations.rename`."""
        self._conversations.rename(owner, conversation_id, clean_title(title))

    def delete(self, owner: str, conversation_id: str) -> None:
        """See `Conversations.delete`."""
        self._conversations.delete(owner, conversation_id)


def _turns(messages: Sequence[Message]) -> list[Turn]:
    turns: list[Turn] = []
    for message in messages:
        if message.role == "user":
            turns.append(Turn(message.id, message.text))
        elif turns and message.answer is not None:
            turns[-1] = replace(
                turns[-1],
                answer=_answer(message),
                answer_id=message.id,
                facts=message.facts,
                forgotten=tuple(message.forgotten),
            )
    return turns


def _answer(message: Message) -> Answer | None:
    """A kept answer; null where it was kept by a version of the program whose answers were others."""
    try:
        return Answer.model_validate(message.answer)
    except ValidationError:
        return None
