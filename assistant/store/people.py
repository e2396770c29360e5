"""One person's data: all of it as JSON, or all of it gone.

What a person did for the office stays the office's record: replies, approvals and the audit trail keep a pseudonym in the
place of the person, and nobody knows any more who it stood for.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import delete, or_, select
from sqlalchemy.orm import InstrumentedAttribute, Session

from assistant.store import audit
from assistant.store.database import Database
from assistant.store.replies import RECORDS, is_approved, rename
from assistant.store.tables import (
    ApiKeyRow,
    AuditPersonRow,
    AuditRow,
    Base,
    ConversationRow,
    FeedbackRow,
    InquiryRow,
    MessageRow,
    SessionRow,
    UserRow,
)

# What is of no use to the person and of some to a thief, and what only the database needs.
_SECRET = {"password_hash", "key_hash", "token_hash", "folded", "searched", "hash", "prev", "position"}
_ACCOUNT, _KEY = "user:", "key:"


class People:
    """What is kept about one person, whatever it is.

    Raises:
        StoreError: (every method) the database cannot be read or written.
    """

    def __init__(self, database: Database) -> None:
        self._database = database

    def export(self, owner: str) -> dict[str, Any]:
        """All that is kept about `owner` (`user:…`, `visitor:…`) as JSON values, by kind; hashes of secrets stay out.

        An account's data includes what its keys own.
        """
        with self._database.read() as session:
            owners = _owners(session, owner)
            conversations = _rows(session, ConversationRow, ConversationRow.owner.in_(owners))
            for conversation in conversations:
                conversation["messages"] = _rows(
                    session, MessageRow, MessageRow.conversation_id == conversation["id"], MessageRow.position
                )
            names = select(AuditPersonRow.pseudonym).where(AuditPersonRow.owner.in_(owners))
            return {
                "owner": owner,
                "exported": self._database.now().isoformat(),
                "account": _rows(session, UserRow, UserRow.id == owner.removeprefix(_ACCOUNT)),
                "sign_ins": _rows(session, SessionRow, SessionRow.user_id == owner.removeprefix(_ACCOUNT)),
                "keys": _rows(session, ApiKeyRow, ApiKeyRow.user_id == owner.removeprefix(_ACCOUNT)),
                "conversations": conversations,
                "feedback": _rows(session, FeedbackRow, FeedbackRow.owner.in_(owners)),
                **{table.__tablename__: _rows(session, table, table.author.in_(owners)) for table in RECORDS},
                "audit": _rows(
                    session, AuditRow, or_(AuditRow.actor.in_(names), AuditRow.target.in_(names)), AuditRow.seq
                ),
            }

    def delete(self, owner: str, by: str) -> dict[str, int]:
        """Delete what is kept about `owner`: how many rows of each kind are gone, and how many name a pseudonym now.

        Conversations, feedback, the account with its sign-ins and keys are deleted, and so are inquiries the person sent
        from the chat that led to no approved reply.
        """
        with self._database.read() as session:
            owners = _owners(session, owner)
        names = {one: audit.pseudonym_of(self._database, one) for one in owners}
        with self._database.write() as session:
            sent = (InquiryRow.author.in_(owners), InquiryRow.channel == "chat")
            gone = {
                "conversations": _delete(session, ConversationRow.id, ConversationRow.owner.in_(owners)),
                "feedback": _delete(session, FeedbackRow.id, FeedbackRow.owner.in_(owners)),
                "inquiries": _delete(session, InquiryRow.id, *sent, ~is_approved()),
                "accounts": _delete(session, UserRow.id, UserRow.id == owner.removeprefix(_ACCOUNT)),
            }
            gone["records_kept"] = sum(rename(session, *name) for name in names.items())
            audit.append(self._database, session, by, "person.delete", owner, gone)
            for one in owners:
                audit.forget(session, one)
        return gone


def _owners(session: Session, owner: str) -> Sequence[str]:
    """The owner ids of one person: the account's, and those of its keys."""
    keys = select(ApiKeyRow.id).where(ApiKeyRow.user_id == owner.removeprefix(_ACCOUNT))
    return [owner, *(f"{_KEY}{key}" for key in session.scalars(keys))]


def _rows(
    session: Session,
    table: type[Base],
    condition: Any,  # noqa: ANN401 - any condition
    order: Any = None,  # noqa: ANN401 - any column
) -> list[dict[str, Any]]:
    columns = [column.key for column in table.__mapper__.column_attrs if column.key not in _SECRET]
    query = select(table).where(condition).order_by(*table.__mapper__.primary_key if order is None else [order])
    return [{name: _plain(getattr(row, name)) for name in columns} for row in session.scalars(query)]


def _plain(value: object) -> object:
    return value.isoformat() if isinstance(value, datetime) else value


def _delete(session: Session, key: InstrumentedAttribute[str], *conditions: Any) -> int:  # noqa: ANN401
    return len(session.execute(delete(key.class_).where(*conditions).returning(key)).all())
