"""What the help desk keeps (`assistant.desk.store`): inquiries, every version of their replies, approvals, standard replies.

All staff see all of it; who did each thing stands in it and in the audit trail.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any, Final, TypeVar

from pydantic import BaseModel, ValidationError
from sqlalchemy import ColumnElement, Text, delete, exists, or_, select, type_coerce, update
from sqlalchemy.orm import Session
from typing_extensions import override

from assistant.desk.errors import Conflict, Refused
from assistant.desk.records import Inquiry, Person, StandardReply, Status
from assistant.desk.store import DeskStore
from assistant.store import audit
from assistant.store.database import Database
from assistant.store.tables import ApprovalRow, InquiryRow, OfficeRecord, ReplyVersionRow, StandardReplyRow
from knowledge.errors import StoreError, UsageError
from knowledge.normalize import normalize

_Value = TypeVar("_Value", bound=BaseModel)
RECORDS: Final[tuple[type[OfficeRecord], ...]] = (InquiryRow, ReplyVersionRow, ApprovalRow, StandardReplyRow)


class Replies(DeskStore):
    """Inquiries and standard replies in the database.

    Raises:
        StoreError: (every method) the database cannot be read or written.
    """

    def __init__(self, database: Database) -> None:
        self._database = database

    @override
    def add(self, inquiry: Inquiry) -> None:
        """See `DeskStore.add`."""
        with self._database.write() as session:
            session.add(InquiryRow(id=inquiry.id, author=inquiry.received_by.id, **_columns(inquiry)))
            session.flush()
            _add_versions(session, inquiry)

    @override
    def get(self, inquiry_id: str) -> Inquiry:
        """See `DeskStore.get`."""
        with self._database.read() as session:
            return _inquiries(session, [_row(session, inquiry_id)])[0]

    @override
    def put(self, inquiry: Inquiry, *, expected: int) -> None:
        """See `DeskStore.put`.

        Raises:
            UsageError: a version that is kept is missing or another; nothing was changed.
        """
        with self._database.write() as session:
            row = _row(session, inquiry.id, lock=True)
            if row.version != expected:
                raise Conflict(_inquiries(session, [row])[0])
            for name, value in _columns(inquiry).items():
                setattr(row, name, value)
            _add_versions(session, inquiry)

    @override
    def inquiries(self, *, status: Status | None = None, words: str = "", limit: int = 200) -> Sequence[Inquiry]:
        """See `DeskStore.inquiries`."""
        query = select(InquiryRow)
        if status is not None:
            query = query.where(InquiryRow.status == status)
        for word in _searched(words).split():
            query = query.where(InquiryRow.searched.contains(word, autoescape=True))
        query = query.order_by(InquiryRow.updated.desc(), InquiryRow.id.desc()).limit(limit)
        with self._database.read() as session:
            return _inquiries(session, session.scalars(query).all())

    @override
    def add_standard(self, reply: StandardReply) -> None:
        """See `DeskStore.add_standard`."""
        document = reply.model_dump(mode="json")
        row = StandardReplyRow(id=reply.id, key=reply.key, author=reply.by.id, created=reply.at, document=document)
        with self._database.write() as session:
            session.add(row)

    @override
    def put_standard(self, reply: StandardReply) -> None:
        """See `DeskStore.put_standard`."""
        changed = update(StandardReplyRow).where(StandardReplyRow.id == reply.id)
        with self._database.write() as session:
            session.execute(changed.values(document=reply.model_dump(mode="json")))

    @override
    def standards(self, *, key: str | None = None) -> Sequence[StandardReply]:
        """See `DeskStore.standards`."""
        query = select(StandardReplyRow).order_by(StandardReplyRow.created.desc(), StandardReplyRow.id.desc())
        if key is not None:
            query = query.where(StandardReplyRow.key == key)
        with self._database.read() as session:
            return [_value(StandardReply, row.document) for row in session.scalars(query)]

    def purge(self, before: datetime) -> int:
        """Delete inquiries that nobody has touched since `before` and no reply of which was ever approved; how many."""
        old = delete(InquiryRow).where(InquiryRow.updated < before, ~is_approved())
        with self._database.write() as session:
            return len(session.execute(old.returning(InquiryRow.id)).all())


class ReplyAudit:
    """The audit trail as the help desk writes to it (`assistant.desk.standards.AuditLog`)."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def note(self, actor: Person, action: str, subject: str, detail: Mapping[str, object]) -> None:
        """Keep an entry: who did what to which record."""
        with self._database.write() as session:
            audit.append(self._database, session, actor.id, action, subject, detail)


def is_approved() -> ColumnElement[bool]:
    """Whether a version of the reply to an inquiry was ever approved."""
    return exists().where(ApprovalRow.inquiry_id == InquiryRow.id)


def rename(session: Session, owner: str, pseudonym: str) -> int:
    """Put a pseudonym in the place of a person in the office's records; in how many of them that was."""
    changed = 0
    for table in RECORDS:
        named = type_coerce(table.document, Text).contains(json.dumps(owner, ensure_ascii=False), autoescape=True)
        for row in session.scalars(select(table).where(or_(table.author == owner, named))).all():
            row.document = _renamed(row.document, owner, pseudonym)
            row.author = pseudonym if row.author == owner else row.author
            changed += 1
    return changed


def _renamed(value: Any, owner: str, pseudonym: str) -> Any:  # noqa: ANN401 - any JSON value
    if isinstance(value, dict):
        if value.get("id") == owner and "name" in value:
            return {**value, "id": pseudonym, "name": pseudonym}
        return {key: _renamed(part, owner, pseudonym) for key, part in value.items()}
    if isinstance(value, list):
        return [_renamed(part, owner, pseudonym) for part in value]
    return value


def _row(session: Session, inquiry_id: str, *, lock: bool = False) -> InquiryRow:
    row = session.get(InquiryRow, inquiry_id, with_for_update=lock or None)
    if row is None:
        raise Refused("not_found", f"expected the id of an inquiry, got {inquiry_id!r}; choose one from the inbox")
    return row


def _columns(inquiry: Inquiry) -> dict[str, Any]:
    return {
        "version": inquiry.version,
        "channel": inquiry.channel,
        "status": inquiry.status,
        "updated": inquiry.updated_at,
        "searched": _searched("\n".join((inquiry.subject, inquiry.text, inquiry.reply))),
        "document": inquiry.model_dump(mode="json", exclude={"versions"}),
    }


def _searched(text: str) -> str:
    """As it is compared: in any width and case."""
    return normalize(text).text.lower()


def _add_versions(session: Session, inquiry: Inquiry) -> None:
    """Keep the versions and the approval that are new."""
    kept = _versions(session, [inquiry.id]).get(inquiry.id, [])
    documents = [version.model_dump(mode="json") for version in inquiry.versions]
    if documents[: len(kept)] != kept:
        raise UsageError(
            f"expected the {len(kept)} versions of the reply that are kept, got others; they are never changed"
        )
    session.add_all(
        ReplyVersionRow(inquiry_id=inquiry.id, number=version.number, author=version.by.id, document=document)
        for version, document in list(zip(inquiry.versions, documents, strict=True))[len(kept) :]
    )
    if inquiry.approval is not None:
        number, at = inquiry.approval.version, inquiry.approval.at
        if session.get(ApprovalRow, (inquiry.id, number, at)) is None:
            document = inquiry.approval.model_dump(mode="json")
            approver = inquiry.approval.by.id
            session.add(ApprovalRow(inquiry_id=inquiry.id, number=number, at=at, author=approver, document=document))
    session.flush()


def _inquiries(session: Session, rows: Sequence[InquiryRow]) -> list[Inquiry]:
    versions = _versions(session, [row.id for row in rows])
    return [_value(Inquiry, {**row.document, "versions": versions.get(row.id, [])}) for row in rows]


def _versions(session: Session, inquiry_ids: Sequence[str]) -> dict[str, list[dict[str, Any]]]:
    query = select(ReplyVersionRow).where(ReplyVersionRow.inquiry_id.in_(inquiry_ids)).order_by(ReplyVersionRow.number)
    found: dict[str, list[dict[str, Any]]] = {}
    for row in session.scalars(query):
        found.setdefault(row.inquiry_id, []).append(row.document)
    return found


def _value(model: type[_Value], document: Mapping[str, Any]) -> _Value:
    try:
        return model.model_validate(document)
    except ValidationError as error:
        where = ".".join(map(str, error.errors()[0]["loc"]))
        raise StoreError(
            f"a record of the help desk cannot be read ({model.__name__}, {where}): another version of the program wrote "
            "it; run the newest one"
        ) from None
