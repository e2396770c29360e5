"""One person's data: all of it as JSON, or all of it gone.

What a person did for the office stays the office's record: replies, approvals and the audit trail keep a pseudonym in the
place of the person, and nobody knows any more who it stood for.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import delete, or_, select, update
from sqlalchemy.orm import InstrumentedAttribute, Session

from assistant.store import audit
from assistant.store.database import Database
from assistant.store.replies import is_approved
from assistant.store.tables import (
    ApiKeyRow,
    ApprovalRow,
    AuditPersonRow,
    AuditRow,
    Base,
    ConversationRow,
    FeedbackRow,
    InquiryRow,
    MessageRow,
    ReplyVersionRow,
    SessionRow,
    StandardReplyRow,
    UserRow,
)

# Records of the office, and where they name the person who made them.
_AUTHORS: tuple[InstrumentedAttribute[str], ...] = (
    InquiryRow.owner,
    ReplyVersionRow.author,
    ApprovalRow.approver,
    StandardReplyRow.author,
)
# What is of no use to the person and of some to a thief, and what only the database needs.
_SECRET = {"password_hash", "key_hash", "token_hash", "folded", "question_key", "hash", "prev", "position"}
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
                "inquiries_sent": _rows(session, InquiryRow, InquiryRow.sender.in_(owners)),
                "inquiries_taken": _rows(session, InquiryRow, InquiryRow.owner.in_(owners)),
                "replies_written": _rows(session, ReplyVersionRow, ReplyVersionRow.author.in_(owners)),
                "approvals": _rows(session, ApprovalRow, ApprovalRow.approver.in_(owners)),
                "standard_replies": _rows(session, StandardReplyRow, StandardReplyRow.author.in_(owners)),
                "audit": _rows(
                    session, AuditRow, or_(AuditRow.actor.in_(names), AuditRow.target.in_(names)), AuditRow.seq
                ),
            }

    def delete(self, owner: str, by: str) -> dict[str, int]:
        """Delete what is kept about `owner`: how many rows of each kind are gone, and how many name a pseudonym now.

        Conversations, feedback, the account with its sign-ins and keys are deleted, and so are inquiries the person sent
        that led to no approved reply. Of others the sender is forgotten.
        """
        with self._database.read() as session:
            owners = _owners(session, owner)
        names = {one: audit.pseudonym_of(self._database, one) for one in owners}
        with self._database.write() as session:
            sent = InquiryRow.sender.in_(owners)
            gone = {
                "conversations": _delete(session, ConversationRow.id, ConversationRow.owner.in_(owners)),
                "feedback": _delete(session, FeedbackRow.id, FeedbackRow.owner.in_(owners)),
                "inquiries": _delete(session, InquiryRow.id, sent, ~is_approved(InquiryRow.id)),
                "accounts": _delete(session, UserRow.id, UserRow.id == owner.removeprefix(_ACCOUNT)),
            }
            session.execute(update(InquiryRow).where(sent).values(sender=None))
            gone["records_kept"] = sum(_rename(session, column, names) for column in _AUTHORS)
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


def _rename(session: Session, column: InstrumentedAttribute[str], names: dict[str, str]) -> int:
    changed = 0
    for owner, pseudonym in names.items():
        renamed = update(column.class_).where(column == owner).values({column: pseudonym})
        changed += len(session.execute(renamed.returning(column)).all())
    return changed
