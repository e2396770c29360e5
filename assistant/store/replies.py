"""The help desk: inquiries, every version of their replies, and approvals. What the office keeps is seen by all its staff;
who did each thing is written down with it and in the audit trail.
"""

from __future__ import annotations

import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Literal, TypedDict

from sqlalchemy import ColumnElement, delete, exists, select
from sqlalchemy.orm import InstrumentedAttribute, Session

from assistant.store import audit, reply_search
from assistant.store.database import Database
from assistant.store.tables import ApprovalRow, InquiryRow, ReplyVersionRow
from knowledge.errors import ChangedMeanwhile, NotKept, UsageError

Source = Literal["paste", "upload", "chat"]
InquiryState = Literal["new", "drafting", "approved", "answered", "closed"]
Origin = Literal["program", "person"]
_TITLE = 40


@dataclass(frozen=True, slots=True, kw_only=True)
class Approval:
    """Somebody's approval of a version."""

    number: int
    approver: str
    note: str
    created: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class ReplyVersion:
    """One version of a reply.

    Attributes:
        number: 1 for the first version of an inquiry.
        author: the owner id of who saved it.
        origin: whether the program wrote the text, or the author.
        citations: the citations of the text as JSON, as an answer has them.
        answer: the whole answer the draft was made from, as JSON.
        release: the release it cites.
    """

    id: str
    inquiry_id: str
    number: int
    author: str
    origin: Origin
    text: str
    citations: tuple[Any, ...]
    answer: Mapping[str, Any] | None
    release: str | None
    created: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class InquiryHead:
    """An inquiry as the inbox shows it.

    Attributes:
        owner: the owner id of the member of staff who took it.
        sender: the owner id of the visitor who sent it, where it came from the chat.
    """

    id: str
    owner: str
    source: Source
    sender: str | None
    title: str
    state: InquiryState
    created: datetime
    updated: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Inquiry(InquiryHead):
    """An inquiry with its work.

    Attributes:
        received: what was received, as it came.
        facts: the facts recognised in it, as staff left them.
        left_out: ids of the clauses that staff switched off as evidence.
        versions: of the reply, oldest first.
        approvals: oldest first.
    """

    received: str
    facts: Mapping[str, Any]
    left_out: tuple[str, ...]
    versions: tuple[ReplyVersion, ...]
    approvals: tuple[Approval, ...]

    @property
    def approved(self) -> ReplyVersion | None:
        """The newest version that somebody approved."""
        numbers = {approval.number for approval in self.approvals}
        return next((version for version in reversed(self.versions) if version.number in numbers), None)


@dataclass(frozen=True, slots=True, kw_only=True)
class FoundReply:
    """An inquiry that a search found, with its newest approved version.

    Attributes:
        score: which share of the search's words it holds, rare ones weighing more; 1 for all of them.
    """

    inquiry: Inquiry
    version: ReplyVersion | None
    score: float


class Replies:
    """Inquiries and their replies. `by` is who does it, for the record.

    Raises:
        NotKept: (every method that takes an inquiry) it is not there.
        StoreError: the database cannot be read or written.
    """

    def __init__(self, database: Database) -> None:
        self._database = database

    def receive(
        self,
        by: str,
        source: Source,
        received: str,
        *,
        title: str = "",
        facts: Mapping[str, Any] | None = None,
        sender: str | None = None,
    ) -> Inquiry:
        """A new inquiry. Without a title it is called by its first words."""
        now = self._database.now()
        row = InquiryRow(
            id=uuid.uuid4().hex,
            owner=by,
            source=source,
            sender=sender,
            title=title.strip() or " ".join(received.split())[:_TITLE],
            received=received,
            facts=dict(facts or {}),
            left_out=[],
            state="new",
            created=now,
            updated=now,
        )
        with self._database.write() as session:
            session.add(row)
            session.flush()
            session.refresh(row)
            reply_search.index(session, row.id, row.received)
            self._note(session, by, "inquiry.receive", row.id, source=source)
            return _inquiry(session, row)

    def get(self, inquiry_id: str) -> Inquiry:
        """The inquiry with all versions and approvals."""
        with self._database.read() as session:
            return _inquiry(session, _row(session, inquiry_id))

    def inbox(
        self, *, state: InquiryState | None = None, owner: str | None = None, limit: int = 100, offset: int = 0
    ) -> tuple[InquiryHead, ...]:
        """The inquiries that match, last changed first."""
        query = select(InquiryRow)
        if state is not None:
            query = query.where(InquiryRow.state == state)
        if owner is not None:
            query = query.where(InquiryRow.owner == owner)
        query = query.order_by(InquiryRow.updated.desc(), InquiryRow.id).limit(limit).offset(offset)
        with self._database.read() as session:
            return tuple(InquiryHead(**_head(row)) for row in session.scalars(query))

    def set_work(self, inquiry_id: str, by: str, *, facts: Mapping[str, Any], left_out: Sequence[str]) -> Inquiry:
        """Keep the facts and the evidence that is switched off, as staff left them."""
        with self._database.write() as session:
            row = _row(session, inquiry_id, lock=True)
            row.facts, row.left_out, row.updated = dict(facts), list(left_out), self._database.now()
            session.flush()
            self._note(session, by, "inquiry.work", inquiry_id, facts=sorted(facts), left_out=list(left_out))
            return _inquiry(session, row)

    def save(
        self,
        inquiry_id: str,
        by: str,
        text: str,
        citations: Sequence[Any],
        *,
        after: int,
        origin: Origin = "person",
        answer: Mapping[str, Any] | None = None,
        release: str | None = None,
    ) -> ReplyVersion:
        """Keep a new version; text and citations that are those of the newest one make none.

        Args:
            after: the number of the version that was edited; 0 for the first.

        Raises:
            ChangedMeanwhile: somebody saved another version in the meantime; nothing was kept.
        """
        now = self._database.now()
        with self._database.write() as session:
            row = _row(session, inquiry_id, lock=True)
            newest = _newest(session, inquiry_id)
            if (newest.number if newest else 0) != after:
                raise ChangedMeanwhile("somebody saved another version of this reply in the meantime; look at it first")
            if newest and (newest.text, newest.citations) == (text, list(citations)):
                return version_of(newest)
            version = ReplyVersionRow(
                id=uuid.uuid4().hex,
                inquiry_id=inquiry_id,
                number=after + 1,
                author=by,
                origin=origin,
                text=text,
                citations=list(citations),
                answer=None if answer is None else dict(answer),
                release=release,
                created=now,
            )
            session.add(version)
            row.state, row.updated = "drafting", now
            session.flush()
            session.refresh(version)
            reply_search.index(session, inquiry_id, row.received, version.text)
            self._note(session, by, "reply.save", inquiry_id, number=version.number, origin=origin)
            return version_of(version)

    def approve(
        self, inquiry_id: str, number: int, by: str, *, second_person: bool = False, note: str = ""
    ) -> Approval:
        """Approve the newest version, which the approver believes to be `number`.

        Args:
            second_person: whether somebody else than its author has to.

        Raises:
            ChangedMeanwhile: there is a newer version, or there is none.
            UsageError: the author may not approve, or this person has approved it before.
        """
        now = self._database.now()
        with self._database.write() as session:
            row = _row(session, inquiry_id, lock=True)
            newest = _newest(session, inquiry_id)
            if newest is None or newest.number != number:
                raise ChangedMeanwhile("somebody saved another version of this reply in the meantime; look at it first")
            if second_person and newest.author == by:
                raise UsageError("expected a second person to approve; the author of a version cannot")
            mine = exists().where(ApprovalRow.version_id == newest.id, ApprovalRow.approver == by)
            if session.scalar(select(mine)):
                raise UsageError("this version is approved by this person already")
            approval = ApprovalRow(id=uuid.uuid4().hex, version_id=newest.id, approver=by, note=note, created=now)
            session.add(approval)
            row.state, row.updated = "approved", now
            session.flush()
            session.refresh(approval)
            self._note(session, by, "reply.approve", inquiry_id, number=number)
            return _approval(approval, number)

    def set_state(self, inquiry_id: str, by: str, state: InquiryState) -> None:
        """Say where the inquiry stands: answered when the reply went out, closed when nothing is to be done.

        Raises:
            UsageError: it is to be answered or approved, and no version is approved.
        """
        with self._database.write() as session:
            row = _row(session, inquiry_id, lock=True)
            if state in ("approved", "answered") and not session.scalar(select(is_approved(row.id))):
                raise UsageError(f"expected an approved version of the reply before it is {state}; approve one first")
            before, row.state, row.updated = row.state, state, self._database.now()
            session.flush()
            self._note(session, by, "inquiry.state", inquiry_id, before=before, state=state)

    def delete(self, inquiry_id: str, by: str) -> None:
        """Delete an inquiry with all of its versions, as when the sender asks for it; that it was deleted stays on record."""
        with self._database.write() as session:
            session.delete(_row(session, inquiry_id, lock=True))
            session.flush()
            self._note(session, by, "inquiry.delete", inquiry_id)

    def search(self, words: str, *, limit: int = 20, approved: bool = True) -> tuple[FoundReply, ...]:
        """Past inquiries and replies that are nearest to `words`, best first; newer ones first among equals.

        Args:
            words: a few words, or a whole inquiry.
            approved: only replies that were approved.
        """
        with self._database.read() as session:
            found = reply_search.search(session, words, limit, is_approved(InquiryRow.id) if approved else None)
            inquiries = [(_inquiry(session, row), score) for row, score in found]
        return tuple(FoundReply(inquiry=inquiry, version=inquiry.approved, score=score) for inquiry, score in inquiries)

    def purge(self, before: datetime) -> int:
        """Delete inquiries that nobody has touched since `before` and that led to no approved reply; how many."""
        old = delete(InquiryRow).where(InquiryRow.updated < before, ~is_approved(InquiryRow.id))
        with self._database.write() as session:
            return len(session.execute(old.returning(InquiryRow.id)).all())

    def _note(self, session: Session, by: str, action: str, target: str, **detail: Any) -> None:  # noqa: ANN401
        audit.append(self._database, session, by, action, target, detail)


def _row(session: Session, inquiry_id: str, *, lock: bool = False) -> InquiryRow:
    row = session.get(InquiryRow, inquiry_id, with_for_update=lock or None)
    if row is None:
        raise NotKept("there is no such inquiry; it may have been deleted")
    return row


def _newest(session: Session, inquiry_id: str) -> ReplyVersionRow | None:
    query = select(ReplyVersionRow).where(ReplyVersionRow.inquiry_id == inquiry_id)
    return session.scalars(query.order_by(ReplyVersionRow.number.desc()).limit(1)).one_or_none()


def is_approved(inquiry_id: str | InstrumentedAttribute[str]) -> ColumnElement[bool]:
    """Whether somebody approved a version of the reply to this inquiry."""
    return exists().where(ReplyVersionRow.inquiry_id == inquiry_id, ApprovalRow.version_id == ReplyVersionRow.id)


class _Head(TypedDict):
    id: str
    owner: str
    source: Source
    sender: str | None
    title: str
    state: InquiryState
    created: datetime
    updated: datetime


def _head(row: InquiryRow) -> _Head:
    # Only this module writes these columns, from the same literals.
    source: Any = row.source
    state: Any = row.state
    return {
        "id": row.id,
        "owner": row.owner,
        "source": source,
        "sender": row.sender,
        "title": row.title,
        "state": state,
        "created": row.created,
        "updated": row.updated,
    }


def _inquiry(session: Session, row: InquiryRow) -> Inquiry:
    versions = select(ReplyVersionRow).where(ReplyVersionRow.inquiry_id == row.id).order_by(ReplyVersionRow.number)
    approvals = (
        select(ApprovalRow, ReplyVersionRow.number)
        .join(ReplyVersionRow, ReplyVersionRow.id == ApprovalRow.version_id)
        .where(ReplyVersionRow.inquiry_id == row.id)
        .order_by(ApprovalRow.created, ApprovalRow.id)
    )
    return Inquiry(
        **_head(row),
        received=row.received,
        facts=row.facts,
        left_out=tuple(row.left_out),
        versions=tuple(version_of(version) for version in session.scalars(versions)),
        approvals=tuple(_approval(approval, number) for approval, number in session.execute(approvals)),
    )


def version_of(row: ReplyVersionRow) -> ReplyVersion:
    """The version a row holds."""
    return ReplyVersion(
        id=row.id,
        inquiry_id=row.inquiry_id,
        number=row.number,
        author=row.author,
        origin="program" if row.origin == "program" else "person",
        text=row.text,
        citations=tuple(row.citations),
        answer=row.answer,
        release=row.release,
        created=row.created,
    )


def _approval(row: ApprovalRow, number: int) -> Approval:
    return Approval(number=number, approver=row.approver, note=row.note, created=row.created)
