"""Signing in and out, passwords, sessions and API keys: who somebody is, and until when."""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from ipaddress import ip_address, ip_network
from typing import TYPE_CHECKING, Protocol

from assistant.access.caller import Caller, Role
from assistant.access.cookies import new_token, token_hash
from assistant.access.passwords import Passwords, check_password
from assistant.access.table import KEY_SCOPES
from knowledge.errors import BiaozhuntongError, UsageError

if TYPE_CHECKING:  # the store knows callers, which are of this package
    from assistant.store.users import ApiKey, User, Users

_log = logging.getLogger(__name__)

# Who did what nobody signed in for.
NOBODY = "nobody"
KEY_PREFIX = "bzt_"
_MAX_NAME = 100
# What tells two people of one name apart.
_SUFFIX = len(" (01234567)")
# What of a key is kept in clear, to tell keys apart by.
_KEY_SHOWN = len(KEY_PREFIX) + 6
# How exactly the last use of a session or a key is kept: not every request need write.
_NOTICE = timedelta(minutes=1)


class Note(Protocol):
    """Takes note of what happened, as `Store.audit.note` does. Never a password, a token, a key or a name."""

    def __call__(self, actor: str, action: str, target: str | None = None, **detail: str | int) -> object:
        """Who did it (an owner's id, or a word), what, to which owner, and the details."""


def log_event(actor: str, action: str, target: str | None = None, **detail: str | int) -> None:
    """Writes an event into the log."""
    _log.info("%s by %s to %s: %s", action, actor, target, detail)


class SignInRefused(BiaozhuntongError):
    """A name and a password that do not go together, or an account that cannot sign in now: it is not said which."""


@dataclass(frozen=True, slots=True)
class SessionLimits:
    """How long a session lasts: without use, and in all."""

    idle: timedelta = timedelta(hours=8)
    whole: timedelta = timedelta(days=7)


@dataclass(frozen=True, slots=True)
class Lockout:
    """After how many wrong passwords an account is locked, for how long at first, and at most.

    Each wrong password after that doubles the time.
    """

    failures: int = 5
    first: timedelta = timedelta(minutes=1)
    longest: timedelta = timedelta(minutes=15)

    def after(self, failures: int) -> timedelta | None:
        """For how long an account is locked after so many wrong passwords; None if it is not."""
        if failures < self.failures:
            return None
        doublings = min(failures - self.failures, 20)
        return min(self.first * (1 << doublings), self.longest)


class Accounts:
    """What may be done with accounts. Every decision on who somebody is falls here.

    Args:
        users: where accounts, sessions and keys are kept.
        limits: how long sessions last.
        lockout: when an account is locked.
        passwords: hashes and compares.
        note: takes note of what happens.
        clock: the time, with its zone.
    """

    def __init__(
        self,
        users: Users,
        *,
        limits: SessionLimits | None = None,
        lockout: Lockout | None = None,
        passwords: Passwords | None = None,
        note: Note = log_event,
        clock: Callable[[], datetime] = lambda: datetime.now(UTC),
    ) -> None:
        self.users = users
        self.limits = limits or SessionLimits()
        self._lockout = lockout or Lockout()
        self._passwords = passwords or Passwords()
        self._note = note
        self._clock = clock

    # --- accounts -------------------------------------------------------------------------------------------------------

    def add(self, name: str, role: Role, password: str, *, actor: str) -> User:
        """A new account that signs in with a password.

        Raises:
            UsageError: the name is taken or none, or the password is not accepted.
        """
        if not name.strip() or len(name) > _MAX_NAME or not name.isprintable():
            raise UsageError(f"expected a name of 1 to {_MAX_NAME} printable characters, got {name[:_MAX_NAME]!r}")
        check_password(password, name)
        user = self.users.create(name, role, password_hash=self._passwords.hash(password))
        self._note(actor, "account.added", user.owner, role=role.name.lower())
        return user

    def named(self, name: str) -> User:
        """The account of a name; `UsageError` if there is none."""
        user = self.users.named(name)
        if user is None:
            raise UsageError(f"expected the name of an account, got {name!r}; `users list` shows them")
        return user

    def set_role(self, user: User, role: Role, *, actor: str) -> None:
        """Give an account another role; it holds from the next request on."""
        self.users.change(user.id, role=role)
        self._note(actor, "account.role_changed", user.owner, before=user.role.name.lower(), after=role.name.lower())

    def set_disabled(self, user: User, disabled: bool, *, actor: str) -> None:
        """Switch an account off, which ends its sessions and stops its keys, or on again."""
        self.users.change(user.id, disabled=disabled, failures=0, locked_until=None)
        if disabled:
            self.users.end_sessions(user.id)
        self._note(actor, "account.disabled" if disabled else "account.enabled", user.owner)

    def set_password(self, user: User, password: str, *, actor: str) -> None:
        """Give an account another password; it is signed out everywhere.

        Raises:
            WeakPassword: the password is not accepted.
        """
        check_password(password, user.name)
        self.users.change(user.id, password_hash=self._passwords.hash(password), failures=0, locked_until=None)
        self.users.end_sessions(user.id)
        self._note(actor, "account.password_changed", user.owner)

    # --- sessions -------------------------------------------------------------------------------------------------------

    def sign_in(self, name: str, password: str, *, address: str) -> str:
        """Sign in with a name and a password.

        Args:
            name: as typed.
            password: as typed.
            address: of the client, for the audit log.

        Returns:
            The token of the new session, told once and not kept.

        Raises:
            SignInRefused: wrong, unknown, locked or switched off. Each is answered alike and after the same work.
        """
        user = self.users.named(name)
        right = self._passwords.matches(user.password_hash if user else None, password)
        if user is None:
            # The name as typed may be a password in the wrong field: it is not kept.
            self._note(NOBODY, "account.sign_in_failed", network=_network(address), reason="unknown")
            raise _refused()
        now = self._clock()
        if user.locked_until is not None and now < user.locked_until:
            self._failed(user, address, "locked")
            raise _refused()
        if user.disabled or not right:
            self._failed(user, address, "disabled" if user.disabled else "password")
            self._count_failure(user, address)
            raise _refused()
        self.users.change(user.id, failures=0, locked_until=None)
        if user.password_hash is not None and self._passwords.is_outdated(user.password_hash):
            self.users.change(user.id, password_hash=self._passwords.hash(password))
        return self.open_session(user, address=address)

    def _failed(self, user: User, address: str, reason: str) -> None:
        self._note(NOBODY, "account.sign_in_failed", user.owner, network=_network(address), reason=reason)

    def sign_in_as(self, subject: str, name: str, role: Role, *, address: str) -> str:
        """Sign in somebody whom the identity provider names, with the role it gives them today.

        An account with a password is never taken for theirs, whatever they are called.

        Returns:
            The token of the new session.

        Raises:
            SignInRefused: the account is switched off.
        """
        user = self.users.of_subject(subject)
        if user is None:
            shown = "".join(char for char in name if char.isprintable()).strip()[: _MAX_NAME - _SUFFIX] or "?"
            if self.users.named(shown) is not None:
                shown = f"{shown} ({token_hash(subject)[:8]})"
            user = self.users.create(shown, role, subject=subject)
            self._note(user.owner, "account.added", user.owner, role=role.name.lower())
        if user.disabled:
            self._failed(user, address, "disabled")
            raise _refused()
        if user.role is not role:
            self.set_role(user, role, actor="provider")
        return self.open_session(user, address=address)

    def _count_failure(self, user: User, address: str) -> None:
        locked = self._lockout.after(self.users.note_failure(user.id))
        if locked is not None:
            self.users.change(user.id, locked_until=self._clock() + locked)
            seconds = int(locked.total_seconds())
            self._note(NOBODY, "account.locked", user.owner, network=_network(address), seconds=seconds)

    def open_session(self, user: User, *, address: str) -> str:
        """A new session of somebody who has proved who they are; its token is told once and not kept."""
        token, now = new_token(), self._clock()
        self.users.end_expired_sessions()
        self.users.add_session(user.id, token_hash(token), now + min(self.limits.idle, self.limits.whole))
        self._note(user.owner, "account.signed_in", user.owner, network=_network(address))
        return token

    def by_session(self, token: str, *, used: bool = True) -> Caller | None:
        """Who is signed in by a session token; None if the session is over or the account is switched off.

        `used` notes that the session is in use, from which on it ends by itself.
        """
        hashed, now = token_hash(token), self._clock()
        session = self.users.session(hashed)
        if session is None or session.user.disabled or session.expires <= now:
            return None
        if used and now - session.seen > _NOTICE:
            self.users.touch_session(hashed, min(session.created + self.limits.whole, now + self.limits.idle))
        return Caller(session.user.owner, session.user.role, session.user.name, "session")

    def sign_out(self, token: str) -> None:
        """End one session."""
        session = self.users.session(token_hash(token))
        if session is not None:
            self.users.end_session(token_hash(token))
            self._note(session.user.owner, "account.signed_out", session.user.owner)

    def end_sessions(self, user: User, *, actor: str) -> None:
        """End every session of an account."""
        self.users.end_sessions(user.id)
        self._note(actor, "account.signed_out_everywhere", user.owner)

    def sign_out_everywhere(self, caller: Caller) -> None:
        """End every session of somebody who is signed in."""
        self.end_sessions(self._user_of(caller), actor=caller.id)

    def change_password(self, caller: Caller, old: str, new: str, *, address: str) -> str:
        """Another password for somebody who is signed in; their sessions end and a new one begins.

        Returns:
            The token of the new session.

        Raises:
            SignInRefused: the old password is wrong, or the account is locked.
            WeakPassword: the new one is not accepted.
        """
        user = self._user_of(caller)
        check_password(new, user.name)
        right = self._passwords.matches(user.password_hash, old)
        if user.locked_until is not None and self._clock() < user.locked_until:
            raise _refused()
        if not right:
            self._failed(user, address, "password")
            self._count_failure(user, address)
            raise _refused()
        self.set_password(user, new, actor=caller.id)
        return self.open_session(user, address=address)

    def has_password(self, caller: Caller) -> bool:
        """Whether somebody signs in with a password here, and not with an identity provider."""
        return self._user_of(caller).password_hash is not None

    def _user_of(self, caller: Caller) -> User:
        user = self.users.get(caller.id.removeprefix("user:")) if caller.via == "session" else None
        if user is None:
            raise SignInRefused("expected somebody who is signed in; sign in again")
        return user

    # --- keys of programs -----------------------------------------------------------------------------------------------

    def add_key(self, user: User, label: str, scopes: Iterable[str], *, actor: str) -> tuple[ApiKey, str]:
        """A new API key and its token, which is told once and not kept.

        Raises:
            UsageError: no label, no scope, or a scope that there is not.
        """
        wanted = sorted(set(scopes))
        if not wanted or not KEY_SCOPES.issuperset(wanted):
            raise UsageError(
                f"expected scopes out of {', '.join(sorted(KEY_SCOPES))}, got {', '.join(wanted) or 'none'}"
            )
        if not label.strip():
            raise UsageError("expected a label that says what the key is for, got an empty one")
        token = KEY_PREFIX + new_token()
        key = self.users.add_key(user.id, token_hash(token), token[:_KEY_SHOWN], label.strip(), wanted)
        self._note(actor, "key.added", user.owner, key=key.id, scopes=" ".join(wanted))
        return key, token

    def revoke_key(self, shown: str, *, actor: str) -> None:
        """Revoke the key that begins with these characters, as `keys list` shows them.

        Raises:
            UsageError: no key or several begin so.
        """
        kept = self.users.keys()
        found = [key for key in kept if key.revoked is None and key.prefix == shown]
        if len(found) != 1:
            raise UsageError(f"expected the beginning of one key, as `keys list` shows it, got {shown!r}")
        self.users.revoke_key(found[0].user.id, found[0].id)
        self._note(actor, "key.revoked", found[0].user.owner, key=found[0].id)

    def by_key(self, token: str, *, used: bool = True) -> Caller | None:
        """Who asks with an API key; None if it is unknown or revoked, or its account is switched off.

        `used` notes that the key is in use.
        """
        key = self.users.key(token_hash(token))
        if key is None or key.revoked is not None or key.user.disabled:
            return None
        if used and (key.used is None or self._clock() - key.used > _NOTICE):
            self.users.touch_key(key.id)
        return Caller(f"key:{key.id}", key.user.role, key.label, "key", frozenset(key.scopes))


def _network(address: str) -> str:
    """What is kept of a client's address: enough to see where a wave of attempts comes from, not whose it is."""
    try:
        parsed = ip_address(address)
    except ValueError:
        return ""
    return str(ip_network((parsed, 24 if parsed.version == 4 else 48), strict=False))


def _refused() -> SignInRefused:
    return SignInRefused("the name or the password is wrong, or the account cannot sign in now; try again later")
