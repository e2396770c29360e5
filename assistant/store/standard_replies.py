"""Standard replies: an approved reply that answers a question from now on, as long as the clauses it cites stand as they did."""

from __future__ import annotations

import hashlib
import re
import uuid
from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Literal

from sqlalchemy import Select, exists, select
from sqlalchemy.orm import Session

from assistant.store import audit
from assistant.store.database import Database
from assistant.store.replies import ReplyVersion, version_of
from assistant.store.tables import ApprovalRow, ReplyVersionRow, StandardReplyRow
from knowledge.analyzer import normalize
from knowledge.errors import NotKept, UsageError

_NO_LETTER = re.compile(r"[\W_]+")


@dataclass(frozen=True, slots=True, kw_only=True)
class CitedClause:
    """A clause a standard reply rests on, with the SHA-256 of its text at the time."""

    policy_id: str
    clause_id: str
    text_hash: str

    @classmethod
    def of(cls, policy_id: str, clause_id: str, text: str) -> CitedClause:
        """The clause with this text."""
        return cls(policy_id=policy_id, clause_id=clause_id, text_hash=_hash(text))


@dataclass(frozen=True, slots=True, kw_only=True)
class StandardReply:
    """A standard reply.

    Attributes:
        question: the question it answers, as it was put.
        reason: why it was retired.
        release: the release its clauses were taken from.
    """

    id: str
    question: str
    version: ReplyVersion
    clauses: tuple[CitedClause, ...]
    state: Literal["active", "retired"]
    reason: str
    release: str | None
    author: str
    created: datetime
    retired: datetime | None


def question_key(question: str) -> str:
    """A question as questions are compared: without punctuation, space, case, width, and in simplified characters."""
    return _NO_LETTER.sub("", normalize(question))


class StandardReplies:
    """Standard replies. `by` is who does it, for the record.

    Raises:
        StoreError: (every method) the database cannot be read or written.
    """

    def __init__(self, database: Database) -> None:
        self._database = database

    def add(
        self, question: str, version_id: str, by: str, *, clauses: Sequence[CitedClause], release: str | None
    ) -> StandardReply:
        """Let an approved version answer `question`; what answered it before is retired.

        Raises:
            NotKept: there is no such version.
            UsageError: the question is empty, the version is not approved, or it cites nothing.
        """
        key, now = question_key(question), self._database.now()
        if not key:
            raise UsageError("expected the question that the reply answers, got no words")
        if not clauses:
            raise UsageError(
                "expected the clauses that the reply rests on; one that cites nothing is no standard reply"
            )
        with self._database.write() as session:
            version = session.get(ReplyVersionRow, version_id)
            if version is None:
                raise NotKept("there is no such version of a reply; it may have been deleted")
            if not session.scalar(select(exists().where(ApprovalRow.version_id == version_id))):
                raise UsageError("expected an approved version; have it approved first")
            formers = session.scalars(_active().where(StandardReplyRow.question_key == key).with_for_update()).all()
            for former in formers:
                former.state, former.reason, former.retired = "retired", "replaced by a newer reply", now
            session.flush()
            row = StandardReplyRow(
                id=uuid.uuid4().hex,
                question=question,
                question_key=key,
                version_id=version_id,
                clauses=[asdict(clause) for clause in clauses],
                state="active",
                reason="",
                release=release,
                author=by,
                created=now,
            )
            session.add(row)
            session.flush()
            session.refresh(row)
            for former in formers:
                self._note(session, by, "standard.retire", former, replaced_by=row.id)
            self._note(session, by, "standard.add", row, version=version_id, release=release)
            return _reply(row, version)

    def find(self, question: str) -> StandardReply | None:
        """The active standard reply to exactly this question, however it is punctuated."""
        query = _with_version().where(
            StandardReplyRow.state == "active", StandardReplyRow.question_key == question_key(question)
        )
        with self._database.read() as session:
            found = session.execute(query).one_or_none()
            return None if found is None else _reply(*found)

    def list(self, *, state: Literal["active", "retired"] | None = None) -> tuple[StandardReply, ...]:
        """All standard replies, newest first."""
        query = _with_version().order_by(StandardReplyRow.created.desc(), StandardReplyRow.id)
        if state is not None:
            query = query.where(StandardReplyRow.state == state)
        with self._database.read() as session:
            return tuple(_reply(row, version) for row, version in session.execute(query))

    def retire(self, standard_id: str, by: str, reason: str) -> None:
        """Let a standard reply answer no more.

        Raises:
            NotKept: there is no such reply that is active.
        """
        with self._database.write() as session:
            row = session.scalars(_active().where(StandardReplyRow.id == standard_id).with_for_update()).one_or_none()
            if row is None:
                raise NotKept("there is no such standard reply, or it was retired before")
            self._retire(session, row, by, reason)

    def retire_outdated(
        self, text_of: Callable[[str, str], str | None], release: str | None
    ) -> tuple[StandardReply, ...]:
        """Retire the replies whose clauses do not stand any more as they were cited; those, with the reason.

        Args:
            text_of: the text of a clause in the release, by policy id and clause id; null where it is not there.
            release: the release looked at, for the reason.
        """
        retired = []
        with self._database.write() as session:
            for row in session.scalars(_active().order_by(StandardReplyRow.id).with_for_update()).all():
                lost = [clause for clause in _clauses(row) if not _stands(clause, text_of)]
                if lost:
                    named = ", ".join(clause.clause_id for clause in lost)
                    self._retire(session, row, "program", f"not as cited in release {release}: {named}")
                    retired.append(_reply(row, session.get_one(ReplyVersionRow, row.version_id)))
        return tuple(retired)

    def _retire(self, session: Session, row: StandardReplyRow, by: str, reason: str) -> None:
        row.state, row.reason, row.retired = "retired", reason, self._database.now()
        session.flush()
        self._note(session, by, "standard.retire", row)

    def _note(self, session: Session, by: str, action: str, row: StandardReplyRow, **detail: str | None) -> None:
        audit.append(self._database, session, by, action, row.id, detail)


def _stands(clause: CitedClause, text_of: Callable[[str, str], str | None]) -> bool:
    text = text_of(clause.policy_id, clause.clause_id)
    return text is not None and _hash(text) == clause.text_hash


def _hash(text: str) -> str:
    return hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()


def _clauses(row: StandardReplyRow) -> tuple[CitedClause, ...]:
    return tuple(CitedClause(**clause) for clause in row.clauses)


def _active() -> Select[StandardReplyRow]:
    return select(StandardReplyRow).where(StandardReplyRow.state == "active")


def _with_version() -> Select[StandardReplyRow, ReplyVersionRow]:
    return select(StandardReplyRow, ReplyVersionRow).join(
        ReplyVersionRow, ReplyVersionRow.id == StandardReplyRow.version_id
    )


def _reply(row: StandardReplyRow, version: ReplyVersionRow) -> StandardReply:
    return StandardReply(
        id=row.id,
        question=row.question,
        version=version_of(version),
        clauses=_clauses(row),
        state="active" if row.state == "active" else "retired",
        reason=row.reason,
        release=row.release,
        author=row.author,
        created=row.created,
        retired=row.retired,
    )
