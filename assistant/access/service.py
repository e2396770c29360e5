"""Signing in and out, sessions and API keys: who a token stands for, and until when."""

from __future__ import annotations

import uuid
from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta

from assistant.access.accounts import Account, AccountRepository, ApiKey, Session
from assistant.access.caller import Caller, Role
from assistant.access.cookies import new_token, token_hash
from assistant.access.table import KEY_SCOPES
from knowledge.errors import UsageError

KEY_PREFIX = "bzt_"
# How exactly the last use of a session or a key is kept: not every request need write.
_NOTICE = timedelta(minutes=1)


def utc_now() -> datetime:
    """The time, with its zone."""
    return datetime.now(UTC)


@dataclass(frozen=True, slots=True)
class SessionLimits:
    """How long a session lasts: without use, and in all."""

    idle: timedelta = timedelta(hours=8)
    whole: timedelta = timedelta(days=7)


class Accounts:
    """What may be done with accounts. Every decision on who somebody is falls here.

    Args:
        repository: where accounts are kept.
        limits: how long sessions last.
        clock: the time, with its zone.
    """

    def __init__(
        self,
        repository: AccountRepository,
        *,
        limits: SessionLimits | None = None,
        clock: Callable[[], datetime] = utc_now,
    ) -> None:
        self.repository = repository
        self.limits = limits or SessionLimits()
        self._clock = clock

    def add(self, name: str, role: Role, *, password: str | None = None, subject: str | None = None) -> Account:
        """A new account; `AccountExists` if there is one of this name. `password` is a hash."""
        account = Account(uuid.uuid4().hex, name.strip().casefold(), role, self._clock(), password, subject)
        self.repository.add(account)
        return account

    def open_session(self, account: Account) -> str:
        """A new session; its token is told once and not kept."""
        token, now = new_token(), self._clock()
        self.repository.end_sessions_before(now - self.limits.whole, now - self.limits.idle)
        self.repository.add_session(Session(token_hash(token), account.id, now, now))
        return token

    def by_session(self, token: str) -> Caller | None:
        """Who is signed in by a session token; None if the session ended or the account is switched off."""
        hashed, now = token_hash(token), self._clock()
        session = self.repository.session(hashed)
        if session is None:
            return None
        if now - session.created_at > self.limits.whole or now - session.seen_at > self.limits.idle:
            self.repository.end_session(hashed)
            return None
        account = self.repository.account(session.account_id)
        if account is None or account.disabled:
            return None
        if now - session.seen_at > _NOTICE:
            self.repository.seen(hashed, now)
        return Caller(f"user:{account.id}", account.role, account.name, "session")

    def end_session(self, token: str) -> None:
        """Sign out one browser."""
        self.repository.end_session(token_hash(token))

    def add_key(
        self, account: Account, label: str, scopes: Iterable[str], *, expires_at: datetime | None = None
    ) -> tuple[ApiKey, str]:
        """A new API key and its token, which is told once and not kept.

        Raises:
            UsageError: no scope, or one that there is not.
        """
        wanted = frozenset(scopes)
        if not wanted or not wanted <= KEY_SCOPES:
            raise UsageError(f"expected scopes out of {', '.join(sorted(KEY_SCOPES))}, got {', '.join(sorted(wanted))}")
        token = KEY_PREFIX + new_token()
        key = ApiKey(uuid.uuid4().hex[:12], account.id, label, token_hash(token), wanted, self._clock(), expires_at)
        self.repository.add_key(key)
        return key, token

    def by_key(self, token: str) -> Caller | None:
        """Who asks with an API key; None if it is unknown, revoked or over, or its account is switched off."""
        key, now = self.repository.key(token_hash(token)), self._clock()
        if key is None or key.revoked_at is not None or (key.expires_at is not None and key.expires_at <= now):
            return None
        account = self.repository.account(key.account_id)
        if account is None or account.disabled:
            return None
        if key.used_at is None or now - key.used_at > _NOTICE:
            self.repository.save_key(replace(key, used_at=now))
        return Caller(f"key:{key.id}", account.role, key.label, "key", key.scopes)
