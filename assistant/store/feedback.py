"""What readers say of answers: thumbs with reasons, and the answer as it was."""

from __future__ import annotations

import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Literal

from sqlalchemy import Text, delete, select, type_coerce

from assistant.store.database import Database
from assistant.store.tables import FeedbackRow
from assistant.store.types import holds

Vote = Literal["up", "down"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Opinion:
    """What one reader said of one answer.

    Attributes:
        message_id: the message of the conversation, which may be gone by now; null for an answer outside of one.
        reasons: from a short list of the page's.
        release: the release that answered.
    """

    id: str
    owner: str
    message_id: str | None
    vote: Vote
    reasons: tuple[str, ...]
    note: str
    question: str
    answer: Mapping[str, Any] | None
    release: str | None
    created: datetime


class Feedback:
    """What readers said.

    Raises:
        StoreError: (every method) the database cannot be read or written.
    """

    def __init__(self, database: Database) -> None:
        self._database = database

    def give(
        self,
        owner: str,
        vote: Vote,
        *,
        question: str,
        answer: Mapping[str, Any] | None,
        message_id: str | None = None,
        reasons: Sequence[str] = (),
        note: str = "",
    ) -> Opinion:
        """Keep what `owner` says of an answer; what they said of the same message before is replaced."""
        provenance = {} if answer is None else answer.get("provenance") or {}
        values = {
            "id": uuid.uuid4().hex,
            "owner": owner,
            "message_id": message_id,
            "vote": vote,
            "reasons": list(reasons),
            "note": note,
            "question": question,
            "answer": None if answer is None else dict(answer),
            "release": provenance.get("release"),
            "created": self._database.now(),
        }
        kept = self._database.insert(FeedbackRow).values(**values)
        kept = kept.on_conflict_do_update(index_elements=["owner", "message_id"], set_=values)
        with self._database.write() as session:
            return _opinion(session.scalars(kept.returning(FeedbackRow)).one())

    def given(self, owner: str, message_ids: Sequence[str]) -> dict[str, Opinion]:
        """What `owner` said of these messages, by message."""
        query = select(FeedbackRow).where(FeedbackRow.owner == owner, FeedbackRow.message_id.in_(message_ids))
        with self._database.read() as session:
            return {str(row.message_id): _opinion(row) for row in session.scalars(query)}

    def list(
        self,
        *,
        reason: str | None = None,
        search: str = "",
        since: datetime | None = None,
        until: datetime | None = None,
        limit: int = 100,
        offset: int = 0,
    ) -> tuple[Opinion, ...]:
        """What everybody said that matches, newest first; for maintainers. `search` looks in questions and notes."""
        query = select(FeedbackRow)
        if reason is not None:
            query = query.where(type_coerce(FeedbackRow.reasons, Text).contains(f'"{reason}"', autoescape=True))
        if since is not None:
            query = query.where(FeedbackRow.created >= since)
        if until is not None:
            query = query.where(FeedbackRow.created < until)
        for word in search.split():
            query = query.where(holds(FeedbackRow.question, word) | holds(FeedbackRow.note, word))
        query = query.order_by(FeedbackRow.created.desc(), FeedbackRow.id).limit(limit).offset(offset)
        with self._database.read() as session:
            return tuple(_opinion(row) for row in session.scalars(query))

    def purge(self, before: datetime) -> int:
        """Delete what was said before; how much that was."""
        with self._database.write() as session:
            gone = delete(FeedbackRow).where(FeedbackRow.created < before).returning(FeedbackRow.id)
            return len(session.execute(gone).all())


def _opinion(row: FeedbackRow) -> Opinion:
    return Opinion(
        id=row.id,
        owner=row.owner,
        message_id=row.message_id,
        vote="up" if row.vote == "up" else "down",
        reasons=tuple(row.reasons),
        note=row.note,
        question=row.question,
        answer=row.answer,
        release=row.release,
        created=row.created,
    )
