"""Accounts, sign-ins and keys of programs. Hashing, lockouts and expiry are decided by `assistant.access`; this keeps them."""

from __future__ import annotations

import unicodedata
import uuid
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import TypedDict, Unpack

from sqlalchemy import ColumnElement, delete, select, update
from sqlalchemy.orm import Session

from assistant.access.caller import Role
from assistant.store.database import Database
from assistant.store.tables import ApiKeyRow, SessionRow, UserRow
from knowledge.errors import NotKept, UsageError


@dataclass(frozen=True, slots=True, kw_only=True)
class User:
    """An account.

    Attributes:
        password_hash: null for an account that signs in elsewhere only.
        subject: who it is at the OpenID Connect provider.
        failures: sign-ins that failed since the last one that did not.
    """

    id: str
    name: str
    role: Role
    password_hash: str | None = field(repr=False)
    subject: str | None
    created: datetime
    disabled: bool
    failures: int
    locked_until: datetime | None

    @property
    def owner(self) -> str:
        """The owner of what is kept for this person."""
        return f"user:{self.id}"


class UserChange(TypedDict, total=False):
    """What of an account can be changed."""

    name: str
    role: Role
    password_hash: str | None
    subject: str | None
    disabled: bool
    failures: int
    locked_until: datetime | None


@dataclass(frozen=True, slots=True, kw_only=True)
class SignIn:
    """A sign-in and its account."""

    user: User
    created: datetime
    seen: datetime
    expires: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class ApiKey:
    """A key of a program and its account. `prefix` is the part of the key that may be shown."""

    id: str
    user: User
    prefix: str
    label: str
    scopes: tuple[str, ...]
    created: datetime
    used: datetime | None
    revoked: datetime | None


def folded(name: str) -> str:
    """A name as names are compared: without case, width and surrounding space."""
    return unicodedata.normalize("NFKC", name).casefold().strip()


class Users:
    """Accounts with their sign-ins and keys.

    Raises:
        StoreError: (every method) the database cannot be read or written.
    """

    def __init__(self, database: Database) -> None:
        self._database = database

    def create(self, name: str, role: Role, *, password_hash: str | None = None, subject: str | None = None) -> User:
        """A new account.

        Raises:
            UsageError: the name is empty, or an account has it or this subject already.
        """
        row = UserRow(
            id=uuid.uuid4().hex,
            name=name.strip(),
            folded=folded(name),
            role=int(role),
            password_hash=password_hash,
            subject=subject,
            created=self._database.now(),
            disabled=False,
            failures=0,
        )
        with self._database.write() as session:
            _check_free(session, row.id, row.folded, subject)
            session.add(row)
            session.flush()
            return _user(row)

    def get(self, user_id: str) -> User | None:
        """The account of this id."""
        return self._one(UserRow.id == user_id)

    def named(self, name: str) -> User | None:
        """The account of this name, however it is written."""
        return self._one(UserRow.folded == folded(name))

    def of_subject(self, subject: str) -> User | None:
        """The account that is `subject` at the OpenID Connect provider."""
        return self._one(UserRow.subject == subject)

    def list(self) -> tuple[User, ...]:
        """All accounts, by name."""
        with self._database.read() as session:
            rows = session.scalars(select(UserRow)).all()
        return tuple(_user(row) for row in sorted(rows, key=lambda row: row.folded))

    def change(self, user_id: str, **changes: Unpack[UserChange]) -> User:
        """Change what is given of an account.

        Raises:
            NotKept: there is no such account.
            UsageError: another account has the new name or subject.
        """
        with self._database.write() as session:
            row = session.get(UserRow, user_id, with_for_update=True)
            if row is None:
                raise NotKept("there is no such account; it may have been deleted")
            _check_free(session, user_id, folded(changes.get("name", row.name)), changes.get("subject", row.subject))
            for name, value in changes.items():
                setattr(row, name, value)
            row.name, row.folded, row.role = row.name.strip(), folded(row.name), int(row.role)
            session.flush()
            return _user(row)

    def note_failure(self, user_id: str) -> int:
        """Count one more failed sign-in; how many there are now. Two at once are two."""
        counted = (
            update(UserRow)
            .where(UserRow.id == user_id)
            .values(failures=UserRow.failures + 1)
            .returning(UserRow.failures)
        )
        with self._database.write() as session:
            return session.execute(counted).scalar_one_or_none() or 0

    # --- sign-ins -------------------------------------------------------------------------------------------------------

    def add_session(self, user_id: str, token_hash: str, expires: datetime) -> None:
        """Keep a sign-in under the hash of its token."""
        now = self._database.now()
        row = SessionRow(token_hash=token_hash, user_id=user_id, created=now, seen=now, expires=expires)
        with self._database.write() as session:
            _check_account(session, user_id)
            session.add(row)

    def session(self, token_hash: str) -> SignIn | None:
        """The sign-in of this token, expired or not."""
        query = select(SessionRow, UserRow).join(UserRow).where(SessionRow.token_hash == token_hash)
        with self._database.read() as session:
            found = session.execute(query).one_or_none()
        if found is None:
            return None
        row, user = found
        return SignIn(user=_user(user), created=row.created, seen=row.seen, expires=row.expires)

    def touch_session(self, token_hash: str, expires: datetime) -> None:
        """Note that the sign-in was used now, and until when it holds."""
        used = update(SessionRow).where(SessionRow.token_hash == token_hash)
        with self._database.write() as session:
            session.execute(used.values(seen=self._database.now(), expires=expires))

    def end_session(self, token_hash: str) -> None:
        """Forget the sign-in of this token."""
        with self._database.write() as session:
            session.execute(delete(SessionRow).where(SessionRow.token_hash == token_hash))

    def end_sessions(self, user_id: str) -> None:
        """Forget every sign-in of an account."""
        with self._database.write() as session:
            session.execute(delete(SessionRow).where(SessionRow.user_id == user_id))

    def end_expired_sessions(self) -> int:
        """Forget the sign-ins that have expired; how many there were."""
        expired = delete(SessionRow).where(SessionRow.expires <= self._database.now()).returning(SessionRow.token_hash)
        with self._database.write() as session:
            return len(session.execute(expired).all())

    # --- keys of programs -----------------------------------------------------------------------------------------------

    def add_key(self, user_id: str, key_hash: str, prefix: str, label: str, scopes: Sequence[str]) -> ApiKey:
        """Keep a key under its hash."""
        row = ApiKeyRow(
            id=uuid.uuid4().hex,
            key_hash=key_hash,
            prefix=prefix,
            label=label,
            user_id=user_id,
            scopes=list(scopes),
            created=self._database.now(),
        )
        with self._database.write() as session:
            user = _check_account(session, user_id)
            session.add(row)
            session.flush()
            return _key(row, user)

    def key(self, key_hash: str) -> ApiKey | None:
        """The key of this hash, revoked or not."""
        found = self._keys(ApiKeyRow.key_hash == key_hash)
        return found[0] if found else None

    def keys(self, user_id: str | None = None) -> tuple[ApiKey, ...]:
        """The keys of an account, or of all, oldest first."""
        return self._keys(*([] if user_id is None else [ApiKeyRow.user_id == user_id]))

    def touch_key(self, key_id: str) -> None:
        """Note that a key was used now."""
        with self._database.write() as session:
            session.execute(update(ApiKeyRow).where(ApiKeyRow.id == key_id).values(used=self._database.now()))

    def revoke_key(self, user_id: str, key_id: str) -> None:
        """Revoke a key of an account.

        Raises:
            NotKept: the account has no such key that holds.
        """
        mine = (ApiKeyRow.id == key_id, ApiKeyRow.user_id == user_id, ApiKeyRow.revoked.is_(None))
        revoked = update(ApiKeyRow).where(*mine).values(revoked=self._database.now()).returning(ApiKeyRow.id)
        with self._database.write() as session:
            if session.execute(revoked).one_or_none() is None:
                raise NotKept("there is no such key, or it was revoked before")

    def _one(self, condition: ColumnElement[bool]) -> User | None:
        with self._database.read() as session:
            row = session.scalars(select(UserRow).where(condition)).one_or_none()
        return None if row is None else _user(row)

    def _keys(self, *conditions: ColumnElement[bool]) -> tuple[ApiKey, ...]:
        query = select(ApiKeyRow, UserRow).join(UserRow).where(*conditions).order_by(ApiKeyRow.created, ApiKeyRow.id)
        with self._database.read() as session:
            return tuple(_key(row, user) for row, user in session.execute(query))


def _check_free(session: Session, user_id: str, name: str, subject: str | None) -> None:
    if not name:
        raise UsageError("expected a name for the account, got an empty one")
    others = select(UserRow.id).where(UserRow.id != user_id)
    if session.scalar(others.where(UserRow.folded == name)) is not None:
        raise UsageError(f"an account named {name!r} exists already; choose another name")
    if subject is not None and session.scalar(others.where(UserRow.subject == subject)) is not None:
        raise UsageError("another account signs in as this person at the provider already")


def _check_account(session: Session, user_id: str) -> UserRow:
    row = session.get(UserRow, user_id)
    if row is None:
        raise NotKept("there is no such account; it may have been deleted")
    return row


def _user(row: UserRow) -> User:
    return User(
        id=row.id,
        name=row.name,
        role=Role(row.role),
        password_hash=row.password_hash,
        subject=row.subject,
        created=row.created,
        disabled=row.disabled,
        failures=row.failures,
        locked_until=row.locked_until,
    )


def _key(row: ApiKeyRow, user: UserRow) -> ApiKey:
    return ApiKey(
        id=row.id,
        user=_user(user),
        prefix=row.prefix,
        label=row.label,
        scopes=tuple(row.scopes),
        created=row.created,
        used=row.used,
        revoked=row.revoked,
    )
