"""Conversations: whose they are, and their messages with the whole answers."""

from __future__ import annotations

import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Literal

from sqlalchemy import and_, delete, exists, func, or_, select
from sqlalchemy.orm import Session, aliased

from assistant.store.database import Database
from assistant.store.tables import ConversationRow, FeedbackRow, MessageRow
from assistant.store.types import holds
from knowledge.errors import NotKept

MessageRole = Literal["user", "assistant"]


@dataclass(frozen=True, slots=True, kw_only=True)
class NewMessage:
    """A message to keep.

    Attributes:
        text: what was asked, or the answer's text.
        answer: of an answer, all of it as JSON: citations, rewards, release, rules, prompts, model.
        facts: of an answer, the facts that were given beside its question.
        forgotten: of an answer, the known facts that were taken neither from the history nor from `facts`.
    """

    role: MessageRole
    text: str
    answer: Mapping[str, Any] | None = None
    facts: Mapping[str, Any] = field(default_factory=dict)
    forgotten: Sequence[str] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Message(NewMessage):
    """A message as it is kept."""

    id: str
    created: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class ConversationHead:
    """A conversation as a list shows it."""

    id: str
    title: str
    created: datetime
    updated: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Conversation(ConversationHead):
    """A conversation with its messages, oldest first."""

    messages: tuple[Message, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class LoggedTurn:
    """A question and its answer, for those who look after the documents; whose they are is not told.

    Attributes:
        vote: what the reader said of the answer, `up` or `down`; null where nothing.
    """

    conversation_id: str
    message_id: str
    question: str
    answer: Mapping[str, Any] | None
    text: str
    status: str | None
    vote: str | None
    created: datetime


class Conversations:
    """The conversations of everybody. Each method takes the owner, and knows no conversation of another one.

    Raises:
        NotKept: (every method that takes a conversation) it is not there, or is somebody else's.
        StoreError: the database cannot be read or written.
    """

    def __init__(self, database: Database) -> None:
        self._database = database

    def create(self, owner: str, title: str = "", messages: Sequence[NewMessage] = ()) -> Conversation:
        """A new conversation, with its first messages."""
        now = self._database.now()
        with self._database.write() as session:
            row = ConversationRow(id=uuid.uuid4().hex, owner=owner, title=title, created=now, updated=now)
            session.add(row)
            session.flush()
            session.refresh(row)
            kept = _keep(session, row.id, 0, messages, now)
            return _conversation(row, kept)

    def get(self, owner: str, conversation_id: str) -> Conversation:
        """The conversation with all its messages."""
        with self._database.read() as session:
            row = _owned(session, owner, conversation_id)
            return _conversation(row, _messages(session, conversation_id))

    def list(self, owner: str, *, search: str = "", limit: int = 100, offset: int = 0) -> tuple[ConversationHead, ...]:
        """The owner's conversations, last changed first; with `search`, those whose title or text contains its words."""
        query = select(ConversationRow).where(ConversationRow.owner == owner)
        for word in search.split():
            said = exists().where(MessageRow.conversation_id == ConversationRow.id, holds(MessageRow.text, word))
            query = query.where(or_(holds(ConversationRow.title, word), said))
        query = query.order_by(ConversationRow.updated.desc(), ConversationRow.id).limit(limit).offset(offset)
        with self._database.read() as session:
            return tuple(_head(row) for row in session.scalars(query))

    def rename(self, owner: str, conversation_id: str, title: str) -> None:
        """Give the conversation another title; its place in the list stays."""
        with self._database.write() as session:
            _owned(session, owner, conversation_id).title = title

    def delete(self, owner: str, conversation_id: str) -> None:
        """Delete the conversation and its messages for good."""
        with self._database.write() as session:
            session.delete(_owned(session, owner, conversation_id))

    def append(self, owner: str, conversation_id: str, *messages: NewMessage) -> tuple[Message, ...]:
        """Put `messages` at the end, together: what another tab appends at the same time comes before or after them."""
        now = self._database.now()
        with self._database.write() as session:
            row = _owned(session, owner, conversation_id, lock=True)
            last = select(func.max(MessageRow.position)).where(MessageRow.conversation_id == row.id)
            position = session.scalar(last)
            row.updated = now
            return _keep(session, row.id, 0 if position is None else position + 1, messages, now)

    def holding(self, owner: str, message_id: str) -> Conversation:
        """The conversation with all its messages that a message is in.

        Raises:
            NotKept: there is no such message, or it is somebody else's.
        """
        query = (
            select(ConversationRow)
            .join(MessageRow, MessageRow.conversation_id == ConversationRow.id)
            .where(MessageRow.id == message_id, ConversationRow.owner == owner)
        )
        with self._database.read() as session:
            row = session.scalars(query).one_or_none()
            if row is None:
                raise NotKept("there is no such message; it may have been deleted or replaced")
            return _conversation(row, _messages(session, row.id))

    def answer(self, owner: str, conversation_id: str, question_id: str, message: NewMessage) -> Message:
        """Put an answer right after its question, in the place of the answer that stood there.

        What another tab asked in the meantime stays after it.

        Raises:
            NotKept: the conversation or the question is not there, or is somebody else's.
        """
        now = self._database.now()
        with self._database.write() as session:
            row = _owned(session, owner, conversation_id, lock=True)
            question, later = _from(session, row.id, question_id)
            if later and later[0].role == "assistant":
                session.delete(later[0])
            else:
                for moved in reversed(later):
                    moved.position += 1
                    session.flush()
            session.flush()
            row.updated = now
            return _keep(session, row.id, question.position + 1, [message], now)[0]

    def replace_from(self, owner: str, conversation_id: str, message_id: str, message: NewMessage) -> Message:
        """Put `message` in the place of a message and of all that follow it.

        Raises:
            NotKept: the conversation or the message is not there, or is somebody else's.
        """
        now = self._database.now()
        with self._database.write() as session:
            row = _owned(session, owner, conversation_id, lock=True)
            first, later = _from(session, row.id, message_id)
            for gone in (first, *later):
                session.delete(gone)
            session.flush()
            row.updated = now
            return _keep(session, row.id, first.position, [message], now)[0]

    def log(
        self,
        *,
        status: str | None = None,
        search: str = "",
        since: datetime | None = None,
        until: datetime | None = None,
        limit: int = 100,
        offset: int = 0,
    ) -> tuple[LoggedTurn, ...]:
        """Everybody's turns that match, newest first; for maintainers. `search` looks in questions and answers."""
        before = aliased(MessageRow)
        asked = (
            select(before.text)
            .where(before.conversation_id == MessageRow.conversation_id, before.role == "user")
            .where(before.position < MessageRow.position)
            .order_by(before.position.desc())
            .limit(1)
            .scalar_subquery()
        )
        query = (
            select(MessageRow, func.coalesce(asked, ""), FeedbackRow.vote)
            .join(ConversationRow, ConversationRow.id == MessageRow.conversation_id)
            .outerjoin(
                FeedbackRow,
                and_(FeedbackRow.message_id == MessageRow.id, FeedbackRow.owner == ConversationRow.owner),
            )
            .where(MessageRow.role == "assistant")
        )
        if status is not None:
            query = query.where(MessageRow.status == status)
        if since is not None:
            query = query.where(MessageRow.created >= since)
        if until is not None:
            query = query.where(MessageRow.created < until)
        for word in search.split():
            query = query.where(or_(holds(MessageRow.text, word), holds(asked, word)))
        query = query.order_by(MessageRow.created.desc(), MessageRow.id).limit(limit).offset(offset)
        with self._database.read() as session:
            return tuple(_turn(row, question, vote) for row, question, vote in session.execute(query))

    def purge(self, before: datetime) -> int:
        """Delete what nobody has changed since `before`; how many conversations that were."""
        with self._database.write() as session:
            gone = session.execute(
                delete(ConversationRow).where(ConversationRow.updated < before).returning(ConversationRow.id)
            )
            return len(gone.all())


def _owned(session: Session, owner: str, conversation_id: str, *, lock: bool = False) -> ConversationRow:
    query = select(ConversationRow).where(ConversationRow.id == conversation_id, ConversationRow.owner == owner)
    row = session.scalars(query.with_for_update() if lock else query).one_or_none()
    if row is None:
        raise NotKept("there is no such conversation; it may have been deleted")
    return row


def _from(session: Session, conversation_id: str, message_id: str) -> tuple[MessageRow, list[MessageRow]]:
    """A message of a conversation, and those after it."""
    query = select(MessageRow).where(MessageRow.conversation_id == conversation_id).order_by(MessageRow.position)
    rows = list(session.scalars(query))
    for place, row in enumerate(rows):
        if row.id == message_id:
            return row, rows[place + 1 :]
    raise NotKept("there is no such message in the conversation; it may have been deleted or replaced")


def _keep(
    session: Session, conversation_id: str, position: int, messages: Sequence[NewMessage], now: datetime
) -> tuple[Message, ...]:
    rows = [
        MessageRow(
            id=uuid.uuid4().hex,
            conversation_id=conversation_id,
            position=place,
            role=message.role,
            text=message.text,
            answer=None if message.answer is None else dict(message.answer),
            facts=dict(message.facts),
            forgotten=list(message.forgotten),
            status=None if message.answer is None else message.answer.get("status"),
            created=now,
        )
        for place, message in enumerate(messages, start=position)
    ]
    session.add_all(rows)
    session.flush()
    for row in rows:
        session.refresh(row)  # as it is kept, which is not to the letter what was given
    return tuple(_message(row) for row in rows)


def _messages(session: Session, conversation_id: str) -> tuple[Message, ...]:
    query = select(MessageRow).where(MessageRow.conversation_id == conversation_id).order_by(MessageRow.position)
    return tuple(_message(row) for row in session.scalars(query))


def _message(row: MessageRow) -> Message:
    return Message(
        id=row.id,
        role="user" if row.role == "user" else "assistant",
        text=row.text,
        answer=row.answer,
        facts=row.facts,
        forgotten=tuple(row.forgotten),
        created=row.created,
    )


def _turn(row: MessageRow, question: str, vote: str | None) -> LoggedTurn:
    return LoggedTurn(
        conversation_id=row.conversation_id,
        message_id=row.id,
        question=question,
        answer=row.answer,
        text=row.text,
        status=row.status,
        vote=vote,
        created=row.created,
    )


def _head(row: ConversationRow) -> ConversationHead:
    return ConversationHead(id=row.id, title=row.title, created=row.created, updated=row.updated)


def _conversation(row: ConversationRow, messages: tuple[Message, ...]) -> Conversation:
    return Conversation(id=row.id, title=row.title, created=row.created, updated=row.updated, messages=messages)
