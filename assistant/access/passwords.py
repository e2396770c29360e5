"""Passwords: what is accepted, and how they are kept and compared."""

from __future__ import annotations

import secrets
import unicodedata
from functools import cached_property
from threading import BoundedSemaphore

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError
from argon2.profiles import RFC_9106_LOW_MEMORY

from knowledge.errors import UsageError

MIN_LENGTH = 12
# Nobody remembers more, and hashing must not be made long by whoever sends it.
MAX_LENGTH = 256
# Fewer different characters are a pattern of the keyboard.
MIN_DIFFERENT = 5
# Each takes 64 MiB: those who try passwords wait for each other rather than for memory.
_AT_ONCE = 4


class WeakPassword(UsageError):
    """A password that is not accepted."""


def _folded(password: str) -> str:
    """One form of a text that keyboards write in several: half and full width, composed and decomposed."""
    return unicodedata.normalize("NFKC", password)


def check_password(password: str, name: str) -> None:
    """Refuse a password that is too easily guessed.

    Args:
        password: what was typed.
        name: of the account.

    Raises:
        WeakPassword: it is too short, too long, nearly one character, or holds the name.
    """
    folded = _folded(password)
    if not MIN_LENGTH <= len(folded) <= MAX_LENGTH:
        raise WeakPassword(
            f"expected a password of {MIN_LENGTH} to {MAX_LENGTH} characters, got {len(folded)}; a sentence is easy to "
            "remember"
        )
    if len(set(folded.casefold())) < MIN_DIFFERENT:
        raise WeakPassword(f"expected a password of at least {MIN_DIFFERENT} different characters; choose another")
    if _folded(name).casefold() in folded.casefold():
        raise WeakPassword("expected a password without the name of the account; choose another")


class Passwords:
    """Hashes passwords with argon2id, and compares them in the same time whether or not there is an account.

    Args:
        hasher: the cost; by default that of RFC 9106 for little memory: 64 MiB, three passes, about a tenth of a second.
    """

    def __init__(self, hasher: PasswordHasher | None = None) -> None:
        self._turn = BoundedSemaphore(_AT_ONCE)
        self._hasher = hasher or PasswordHasher.from_parameters(RFC_9106_LOW_MEMORY)

    @cached_property
    def _nobody(self) -> str:
        """Compared with where there is no account, so that the time of an answer does not say so."""
        return self._hasher.hash(secrets.token_urlsafe())

    def hash(self, password: str) -> str:
        """What is kept of a password: salt, cost and digest in one text."""
        with self._turn:
            return self._hasher.hash(_folded(password))

    def matches(self, kept: str | None, password: str) -> bool:
        """Whether a password is the one that was kept; `None` is nobody's, and takes as long."""
        try:
            with self._turn:
                right = self._hasher.verify(kept or self._nobody, _folded(password[:MAX_LENGTH]))
        except (VerificationError, InvalidHashError):
            return False
        return right and kept is not None and len(password) <= MAX_LENGTH

    def is_outdated(self, kept: str) -> bool:
        """Whether a hash was made at another cost than is asked for today."""
        return self._hasher.check_needs_rehash(kept)
