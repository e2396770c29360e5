"""Accounts, their sessions and their API keys, and where they are kept."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from threading import Lock
from typing import Protocol

from typing_extensions import override

from assistant.access.caller import Role
from knowledge.errors import BiaozhuntongError


class AccountExists(BiaozhuntongError):
    """There is an account of this name."""


@dataclass(frozen=True, slots=True)
class Account:
    """A person who may sign in.

    Attributes:
        id: names the account for good; the name may be used by somebody else after it is gone.
        name: what the person types, in small letters.
        role: what the person may do.
        password: the argon2id hash; None for an account of an identity provider.
        subject: who this is for the identity provider; None for a local account.
        failures: wrong passwords since the last right one.
        locked_until: no password is looked at before this time.
        disabled: whether the account is switched off.
    """

    id: str
    name: str
    role: Role
    created_at: datetime
    password: str | None = field(default=None, repr=False)
    subject: str | None = None
    failures: int = 0
    locked_until: datetime | None = None
    disabled: bool = False


@dataclass(frozen=True, slots=True)
class Session:
    """A browser in which somebody is signed in. Only the hash of its token is kept."""

    token_hash: str = field(repr=False)
    account_id: str
    created_at: datetime
    seen_at: datetime


@dataclass(frozen=True, slots=True)
class ApiKey:
    """A program that may ask in somebody's name, for what its scopes say. Only the hash of the key is kept."""

    id: str
    account_id: str
    label: str
    token_hash: str = field(repr=False)
    scopes: frozenset[str]
    created_at: datetime
    expires_at: datetime | None = None
    revoked_at: datetime | None = None
    used_at: datetime | None = None


class AccountRepository(Protocol):
    """Where accounts, sessions and keys are kept. Values go in and come out; nothing here decides anything."""

    def add(self, account: Account) -> None:
        """Keep a new account; `AccountExists` if the name or the subject is taken."""

    def save(self, account: Account) -> None:
        """Keep an account as it is now."""

    def account(self, account_id: str) -> Account | None:
        """The account of an id."""

    def by_name(self, name: str) -> Account | None:
        """The account of a name."""

    def by_subject(self, subject: str) -> Account | None:
        """The account of somebody whom the identity provider names."""

    def accounts(self) -> Sequence[Account]:
        """All accounts, by name."""

    def add_session(self, session: Session) -> None:
        """Keep a new session."""

    def session(self, token_hash: str) -> Session | None:
        """The session of a token."""

    def sessions(self, account_id: str) -> Sequence[Session]:
        """The sessions of an account, the newest first."""

    def seen(self, token_hash: str, at: datetime) -> None:
        """A session was used."""

    def end_session(self, token_hash: str) -> None:
        """Forget a session."""

    def end_sessions(self, account_id: str, *, keep: str | None = None) -> None:
        """Forget the sessions of an account, except the one whose token hash is `keep`."""

    def end_sessions_before(self, created: datetime, seen: datetime) -> None:
        """Forget sessions that began before `created` or were last used before `seen`."""

    def add_key(self, key: ApiKey) -> None:
        """Keep a new API key."""

    def save_key(self, key: ApiKey) -> None:
        """Keep an API key as it is now."""

    def key(self, token_hash: str) -> ApiKey | None:
        """The API key of a token."""

    def keys(self, account_id: str) -> Sequence[ApiKey]:
        """The API keys of an account, the oldest first."""


class MemoryAccounts(AccountRepository):
    """Accounts kept in memory, as long as the process runs."""

    def __init__(self) -> None:
        self._lock = Lock()
        self._accounts: dict[str, Account] = {}
        self._sessions: dict[str, Session] = {}
        self._keys: dict[str, ApiKey] = {}

    @override
    def add(self, account: Account) -> None:
        with self._lock:
            for other in self._accounts.values():
                if other.name == account.name or (account.subject and other.subject == account.subject):
                    raise AccountExists(f"there is an account {account.name!r}; choose another name")
            self._accounts[account.id] = account

    @override
    def save(self, account: Account) -> None:
        with self._lock:
            self._accounts[account.id] = account

    @override
    def account(self, account_id: str) -> Account | None:
        return self._accounts.get(account_id)

    @override
    def by_name(self, name: str) -> Account | None:
        return next((account for account in self.accounts() if account.name == name), None)

    @override
    def by_subject(self, subject: str) -> Account | None:
        return next((account for account in self.accounts() if account.subject == subject), None)

    @override
    def accounts(self) -> Sequence[Account]:
        with self._lock:
            return sorted(self._accounts.values(), key=lambda account: account.name)

    @override
    def add_session(self, session: Session) -> None:
        with self._lock:
            self._sessions[session.token_hash] = session

    @override
    def session(self, token_hash: str) -> Session | None:
        return self._sessions.get(token_hash)

    @override
    def sessions(self, account_id: str) -> Sequence[Session]:
        with self._lock:
            own = [session for session in self._sessions.values() if session.account_id == account_id]
        return sorted(own, key=lambda session: session.created_at, reverse=True)

    @override
    def seen(self, token_hash: str, at: datetime) -> None:
        with self._lock:
            if token_hash in self._sessions:
                self._sessions[token_hash] = replace(self._sessions[token_hash], seen_at=at)

    @override
    def end_session(self, token_hash: str) -> None:
        with self._lock:
            self._sessions.pop(token_hash, None)

    @override
    def end_sessions(self, account_id: str, *, keep: str | None = None) -> None:
        self._keep_sessions(lambda session: session.account_id != account_id or session.token_hash == keep)

    @override
    def end_sessions_before(self, created: datetime, seen: datetime) -> None:
        self._keep_sessions(lambda session: session.created_at >= created and session.seen_at >= seen)

    def _keep_sessions(self, wanted: Callable[[Session], bool]) -> None:
        with self._lock:
            self._sessions = {name: session for name, session in self._sessions.items() if wanted(session)}

    @override
    def add_key(self, key: ApiKey) -> None:
        self.save_key(key)

    @override
    def save_key(self, key: ApiKey) -> None:
        with self._lock:
            self._keys[key.token_hash] = key

    @override
    def key(self, token_hash: str) -> ApiKey | None:
        return self._keys.get(token_hash)

    @override
    def keys(self, account_id: str) -> Sequence[ApiKey]:
        with self._lock:
            own = [key for key in self._keys.values() if key.account_id == account_id]
        return sorted(own, key=lambda key: key.created_at)
