"""The tables. A change here needs a migration beside it; a test holds the two against each other."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from sqlalchemy import ForeignKey, Index, MetaData, UniqueConstraint
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column

from assistant.store.types import Json, UtcTime, Words


class Base(DeclarativeBase):
    """What every table shares: names of constraints that both databases know alike, and the column types."""

    metadata = MetaData(
        naming_convention={
            "ix": "ix_%(table_name)s_%(column_0_N_name)s",
            "uq": "uq_%(table_name)s_%(column_0_N_name)s",
            "fk": "fk_%(table_name)s_%(column_0_name)s",
            "pk": "pk_%(table_name)s",
        }
    )
    type_annotation_map = {  # noqa: RUF012
        str: Words,
        datetime: UtcTime,
        dict[str, Any]: Json,
        list[str]: Json,
    }


class UserRow(Base):
    """An account. `folded` is the name as it is compared: two accounts never differ by case or width alone."""

    __tablename__ = "users"

    id: Mapped[str] = mapped_column(primary_key=True)
    name: Mapped[str]
    folded: Mapped[str] = mapped_column(unique=True)
    role: Mapped[int]
    password_hash: Mapped[str | None]
    subject: Mapped[str | None] = mapped_column(unique=True)
    created: Mapped[datetime]
    disabled: Mapped[bool] = mapped_column(default=False)
    failures: Mapped[int] = mapped_column(default=0)
    locked_until: Mapped[datetime | None]


class SessionRow(Base):
    """A sign-in. Only the hash of its token is kept."""

    __tablename__ = "sessions"

    token_hash: Mapped[str] = mapped_column(primary_key=True)
    user_id: Mapped[str] = mapped_column(ForeignKey("users.id", ondelete="CASCADE"), index=True)
    created: Mapped[datetime]
    seen: Mapped[datetime]
    expires: Mapped[datetime] = mapped_column(index=True)


class ApiKeyRow(Base):
    """A key of a program. Only its hash is kept, and the first characters to tell keys apart by."""

    __tablename__ = "api_keys"

    id: Mapped[str] = mapped_column(primary_key=True)
    key_hash: Mapped[str] = mapped_column(unique=True)
    prefix: Mapped[str]
    label: Mapped[str]
    user_id: Mapped[str] = mapped_column(ForeignKey("users.id", ondelete="CASCADE"), index=True)
    scopes: Mapped[list[str]]
    created: Mapped[datetime]
    used: Mapped[datetime | None]
    revoked: Mapped[datetime | None]


class ConversationRow(Base):
    """A conversation of one owner."""

    __tablename__ = "conversations"
    __table_args__ = (Index(None, "owner", "updated"),)

    id: Mapped[str] = mapped_column(primary_key=True)
    owner: Mapped[str]
    title: Mapped[str]
    created: Mapped[datetime]
    updated: Mapped[datetime] = mapped_column(index=True)


class MessageRow(Base):
    """A turn of a conversation; `position` orders them, with gaps where one was replaced."""

    __tablename__ = "messages"
    __table_args__ = (UniqueConstraint("conversation_id", "position"),)

    id: Mapped[str] = mapped_column(primary_key=True)
    conversation_id: Mapped[str] = mapped_column(ForeignKey("conversations.id", ondelete="CASCADE"))
    position: Mapped[int]
    role: Mapped[str]
    text: Mapped[str]
    answer: Mapped[dict[str, Any] | None]
    facts: Mapped[dict[str, Any]]
    forgotten: Mapped[list[str]]
    # Of an answer, so that a log can be filtered by it.
    status: Mapped[str | None]
    created: Mapped[datetime]


class FeedbackRow(Base):
    """What a reader said of an answer, with the question and the answer as they were."""

    __tablename__ = "feedback"
    __table_args__ = (UniqueConstraint("owner", "message_id"),)

    id: Mapped[str] = mapped_column(primary_key=True)
    owner: Mapped[str]
    message_id: Mapped[str | None]
    vote: Mapped[str]
    reasons: Mapped[list[str]]
    note: Mapped[str]
    question: Mapped[str]
    answer: Mapped[dict[str, Any] | None]
    release: Mapped[str | None]
    created: Mapped[datetime] = mapped_column(index=True)


class UsageRow(Base):
    """How many questions of a day were alike. Words of a question are not kept here, and nobody's id."""

    __tablename__ = "usage"

    day: Mapped[date] = mapped_column(primary_key=True)
    place: Mapped[str] = mapped_column(primary_key=True)
    intent: Mapped[str] = mapped_column(primary_key=True)
    status: Mapped[str] = mapped_column(primary_key=True)
    topic: Mapped[str] = mapped_column(primary_key=True)
    language: Mapped[str] = mapped_column(primary_key=True)
    channel: Mapped[str] = mapped_column(primary_key=True)
    count: Mapped[int]


class AuditRow(Base):
    """One entry of the audit trail; triggers refuse to change or delete it. `prev` is the hash of the entry before."""

    __tablename__ = "audit"

    seq: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    at: Mapped[datetime] = mapped_column(index=True)
    actor: Mapped[str]
    action: Mapped[str]
    target: Mapped[str | None]
    detail: Mapped[dict[str, Any]]
    prev: Mapped[str]
    hash: Mapped[str] = mapped_column(unique=True)


class AuditPersonRow(Base):
    """Who is behind a name in the audit trail. Without this row nobody knows any more, and the chain still holds."""

    __tablename__ = "audit_people"

    owner: Mapped[str] = mapped_column(primary_key=True)
    pseudonym: Mapped[str] = mapped_column(unique=True)


class OfficeRecord(Base):
    """A record of the help desk: who made it, and all of it as JSON, in which people stand as `{"id": …, "name": …}`."""

    __abstract__ = True

    author: Mapped[str] = mapped_column(index=True)
    document: Mapped[dict[str, Any]]


class InquiryRow(OfficeRecord):
    """What somebody asked the office, and where its reply stands. The author is who brought it: staff, or a visitor.

    The document holds all of it but the versions of the reply; `searched` is what a search reads, as searches are compared.
    """

    __tablename__ = "inquiries"

    id: Mapped[str] = mapped_column(primary_key=True)
    version: Mapped[int]
    channel: Mapped[str]
    status: Mapped[str] = mapped_column(index=True)
    updated: Mapped[datetime] = mapped_column(index=True)
    searched: Mapped[str]


class ReplyVersionRow(OfficeRecord):
    """One version of the reply to an inquiry, as somebody saved it. Versions are never changed."""

    __tablename__ = "reply_versions"

    inquiry_id: Mapped[str] = mapped_column(ForeignKey("inquiries.id", ondelete="CASCADE"), primary_key=True)
    number: Mapped[int] = mapped_column(primary_key=True)


class ApprovalRow(OfficeRecord):
    """Somebody's approval of one version; it stays when the reply is changed after it."""

    __tablename__ = "approvals"

    inquiry_id: Mapped[str] = mapped_column(ForeignKey("inquiries.id", ondelete="CASCADE"), primary_key=True)
    number: Mapped[int] = mapped_column(primary_key=True)
    at: Mapped[datetime] = mapped_column(primary_key=True)


class StandardReplyRow(OfficeRecord):
    """A reply that answers its question from its approval on, until it is retired."""

    __tablename__ = "standard_replies"

    id: Mapped[str] = mapped_column(primary_key=True)
    key: Mapped[str] = mapped_column(index=True)
    created: Mapped[datetime]
