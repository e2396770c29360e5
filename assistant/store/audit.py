"""The audit trail: who did what to accounts, replies, documents and people's data. Entries are only ever added.

Each entry carries the SHA-256 of the one before it, so that one which was changed or taken out is found (`Audit.faults`), and
triggers of the database refuse to change or delete any. People stand in it under a pseudonym; who that is, is kept beside it
and can be forgotten without breaking the chain. Details hold ids, counts and states, never what somebody wrote.
"""

from __future__ import annotations

import hashlib
import json
import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, Final

from sqlalchemy import delete, or_, select, text
from sqlalchemy.orm import Session, aliased

from assistant.store.database import Database
from assistant.store.tables import AuditPersonRow, AuditRow
from assistant.store.types import storable

START: Final = "0" * 64
# Any number, the same in every process: who appends in PostgreSQL holds it until the entry is there.
_LOCK = 7_046_225_102
_BATCH = 1_000


@dataclass(frozen=True, slots=True, kw_only=True)
class AuditEntry:
    """An entry of the trail.

    Attributes:
        actor: the owner id of who did it, or a pseudonym where that was forgotten; a word where it was the program.
        target: what it was done to, by its id; of a person likewise.
        hash: the SHA-256 of this entry with the hash of the one before, in hexadecimal.
    """

    seq: int
    at: datetime
    actor: str
    action: str
    target: str | None
    detail: Mapping[str, Any]
    hash: str


class Audit:
    """The audit trail.

    Raises:
        StoreError: (every method) the database cannot be read or written.
    """

    def __init__(self, database: Database) -> None:
        self._database = database

    def note(self, actor: str, action: str, target: str | None = None, **detail: Any) -> AuditEntry:  # noqa: ANN401
        """Add an entry; `detail` are JSON values without names and without what somebody wrote."""
        with self._database.write() as session:
            return append(self._database, session, actor, action, target, detail)

    def list(self, *, action: str | None = None, limit: int = 100) -> tuple[AuditEntry, ...]:
        """The newest entries, newest first; `action` matches its beginning too (`reply` those of replies)."""
        who, whom = aliased(AuditPersonRow), aliased(AuditPersonRow)
        query = (
            select(AuditRow, who.owner, whom.owner)
            .outerjoin(who, who.pseudonym == AuditRow.actor)
            .outerjoin(whom, whom.pseudonym == AuditRow.target)
        )
        if action is not None:
            query = query.where(
                or_(AuditRow.action == action, AuditRow.action.startswith(f"{action}.", autoescape=True))
            )
        query = query.order_by(AuditRow.seq.desc()).limit(limit)
        with self._database.read() as session:
            return tuple(_entry(row, actor, target) for row, actor, target in session.execute(query))

    def head(self) -> str:
        """The hash of the newest entry; zeros where there is none. Kept elsewhere, it proves that none was cut off."""
        with self._database.read() as session:
            return _last(session)[1]

    def faults(self, head: str | None = None) -> Sequence[str]:
        """Where the chain is broken, each a sentence; empty where every entry follows from the one before.

        Args:
            head: the hash of an entry, as `head` gave it earlier; a fault where the trail does not hold it any more.
        """
        found, previous, number, seen = [], START, 0, head in (None, START)
        with self._database.read() as session:
            for row in session.scalars(select(AuditRow).order_by(AuditRow.seq).execution_options(yield_per=_BATCH)):
                number += 1
                if row.seq != number:
                    found.append(f"entry {row.seq}: expected number {number}; entries were taken out or put in")
                    number = row.seq
                elif row.prev != previous:
                    found.append(
                        f"entry {row.seq}: it does not follow from the one before, which was changed or replaced"
                    )
                if row.hash != _hash(row):
                    found.append(f"entry {row.seq}: it is not as it was written")
                previous = row.hash
                seen = seen or row.hash == head
        if not seen:
            found.append(
                f"the entry with the hash {head} is not there any more; the end of the trail was cut off or replaced"
            )
        return found


def append(
    database: Database, session: Session, actor: str, action: str, target: str | None, detail: Mapping[str, Any]
) -> AuditEntry:
    """Add an entry within a transaction of its own topic, as the last thing it does: the trail is locked until its end."""
    _lock(database, session)
    seq, previous = _last(session)
    row = AuditRow(
        seq=seq + 1,
        at=database.now().astimezone(UTC),
        actor=_pseudonym(session, storable(actor)),
        action=storable(action),
        target=None if target is None else _pseudonym(session, storable(target)),
        # As it will be read again, since that is what the hash is checked against.
        detail=json.loads(storable(json.dumps(dict(detail), ensure_ascii=False, allow_nan=False))),
        prev=previous,
        hash="",
    )
    session.add(row)
    with session.no_autoflush:
        row.hash = _hash(row)
    session.flush()
    return _entry(row, actor, target)


def pseudonym_of(database: Database, owner: str) -> str:
    """What stands for `owner` in the trail, from now on at the latest."""
    with database.write() as session:
        _lock(database, session)
        return _pseudonym(session, owner)


def forget(session: Session, owner: str) -> None:
    """Take away who is behind a pseudonym; after `append`, which locks the trail."""
    session.execute(delete(AuditPersonRow).where(AuditPersonRow.owner == owner))


def _lock(database: Database, session: Session) -> None:
    """One writer at a time, until the end of the transaction. SQLite has no more than one anyway."""
    if not database.is_sqlite:
        session.execute(text("SELECT pg_advisory_xact_lock(:number)"), {"number": _LOCK})


def _last(session: Session) -> tuple[int, str]:
    row = session.execute(select(AuditRow.seq, AuditRow.hash).order_by(AuditRow.seq.desc()).limit(1)).one_or_none()
    return (0, START) if row is None else (row.seq, row.hash)


def _pseudonym(session: Session, name: str) -> str:
    """What stands for a person; what names no person (it has no `kind:` before it) stands for itself."""
    if ":" not in name:
        return name
    row = session.get(AuditPersonRow, name)
    if row is None:
        row = AuditPersonRow(owner=name, pseudonym=f"person-{uuid.uuid4().hex[:16]}")
        session.add(row)
        session.flush()
    return row.pseudonym


def _hash(row: AuditRow) -> str:
    """Of the entry as JSON with sorted keys and no spaces."""
    content = {
        "seq": row.seq,
        "at": row.at.isoformat(timespec="microseconds"),
        "actor": row.actor,
        "action": row.action,
        "target": row.target,
        "detail": row.detail,
        "prev": row.prev,
    }
    line = json.dumps(content, ensure_ascii=False, allow_nan=False, sort_keys=True, separators=(",", ":"))
    return hashlib.sha256(line.encode("utf-8")).hexdigest()


def _entry(row: AuditRow, actor: str | None, target: str | None) -> AuditEntry:
    return AuditEntry(
        seq=row.seq,
        at=row.at,
        actor=actor or row.actor,
        action=row.action,
        target=target or row.target,
        detail=row.detail,
        hash=row.hash,
    )
