"""Accounts in a database of their own, with passwords that cost little."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path

import pytest
from argon2 import PasswordHasher

from assistant.access import Accounts
from assistant.access.passwords import Passwords
from assistant.store import Store, open_store


class Clock:
    """A clock that stands still until it is set."""

    def __init__(self) -> None:
        self.now = datetime(2026, 11, 22, 9, tzinfo=UTC)

    def __call__(self) -> datetime:
        return self.now


@dataclass
class Notes:
    """What would be in the audit log."""

    taken: list[tuple[str, str, str | None, dict[str, str | int]]] = field(default_factory=list)

    def __call__(self, actor: str, action: str, target: str | None = None, **detail: str | int) -> None:
        self.taken.append((actor, action, target, detail))

    @property
    def events(self) -> list[str]:
        return [action for _, action, _, _ in self.taken]


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def notes() -> Notes:
    return Notes()


@pytest.fixture(scope="session")
def empty_database(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A database with its tables; copied, it need not be made again."""
    path = tmp_path_factory.mktemp("accounts") / "empty.db"
    open_store(path).close()
    return path


@pytest.fixture
def store(empty_database: Path, tmp_path: Path, clock: Clock) -> Iterator[Store]:
    own = tmp_path / "accounts.db"
    shutil.copy(empty_database, own)
    opened = open_store(own, clock=clock)
    yield opened
    opened.close()


@pytest.fixture(scope="session")
def passwords() -> Passwords:
    return Passwords(PasswordHasher(time_cost=1, memory_cost=8, parallelism=1))


@pytest.fixture
def accounts(store: Store, passwords: Passwords, notes: Notes, clock: Clock) -> Accounts:
    return Accounts(store.users, passwords=passwords, note=notes, clock=clock)
