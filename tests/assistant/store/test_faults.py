"""Kills, full disks, other writers, missing rights: nothing is lost, nothing is half there, and the error says what to do."""

from __future__ import annotations

import os
import shutil
import sqlite3
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest

from assistant.store import database, open_store
from knowledge.errors import StoreError
from tests.contracts.store import ANN, asked
from tests.contracts.store_faults import StoreFaultsContract

NOBODY = 65534


class TestSqlite(StoreFaultsContract):
    @pytest.fixture
    def url(self, tmp_path: Path) -> Path:
        return tmp_path / "store.db"


class TestPostgresql(StoreFaultsContract):
    @pytest.fixture
    def url(self, postgres_url: str) -> str:
        return postgres_url


@pytest.fixture
def small_disk(tmp_path: Path) -> Iterator[Path]:
    """A disk of two megabytes."""
    folder = tmp_path / "disk"
    folder.mkdir()
    mounted = subprocess.run(["mount", "-t", "tmpfs", "-o", "size=2m", "tmpfs", str(folder)], capture_output=True)
    if mounted.returncode != 0:
        pytest.skip("a small disk cannot be mounted here")
    yield folder
    subprocess.run(["umount", str(folder)], check=True)


def test_on_a_full_disk_a_change_fails_whole_and_the_next_goes_well(small_disk: Path) -> None:
    other = small_disk / "of another program"
    other.write_bytes(bytes(512 * 1024))
    with closing(open_store(small_disk / "store.db")) as store:
        kept = store.conversations.create(ANN, "t")
        turn = [asked("长" * 10_000)] * 2

        def fill() -> None:
            for _ in range(1000):
                store.conversations.append(ANN, kept.id, *turn)

        with pytest.raises(StoreError, match=r"disk is full.*nothing of the last change was kept"):
            fill()
        messages = store.conversations.get(ANN, kept.id).messages
        assert (len(messages) > 2, len(messages) % 2) == (True, 0)
        other.unlink()
        store.conversations.append(ANN, kept.id, *turn)
    with closing(open_store(small_disk / "store.db")) as store:
        assert len(store.conversations.get(ANN, kept.id).messages) == len(messages) + 2


def test_a_database_does_not_begin_on_a_full_disk_and_does_on_a_free_one(small_disk: Path) -> None:
    (small_disk / "fill").write_bytes(bytes(2 * 1024 * 1024 - 16 * 1024))
    with pytest.raises(StoreError, match="disk is full"):
        open_store(small_disk / "store.db")
    (small_disk / "fill").unlink()
    open_store(small_disk / "store.db").close()


def test_another_program_that_does_not_let_go_is_told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(database, "BUSY_SECONDS", 0.2)
    with closing(open_store(tmp_path / "store.db")) as store:
        kept = store.conversations.create(ANN, "t")
        with closing(sqlite3.connect(tmp_path / "store.db", isolation_level=None)) as other:
            other.execute("BEGIN IMMEDIATE")
            with pytest.raises(StoreError, match="another program has been writing"):
                store.conversations.rename(ANN, kept.id, "late")
            assert store.conversations.get(ANN, kept.id) == kept
        store.conversations.rename(ANN, kept.id, "free")


@pytest.fixture
def somebody_else() -> Iterator[Path]:
    """A folder of root's, looked at by a user who may only read."""
    folder = Path(tempfile.mkdtemp())
    folder.chmod(0o755)
    open_store(folder / "store.db").close()
    (folder / "store.db").chmod(0o444)
    if os.geteuid() == 0:
        os.seteuid(NOBODY)
        yield folder
        os.seteuid(0)
    else:
        folder.chmod(0o555)
        yield folder
        folder.chmod(0o755)
    shutil.rmtree(folder)


def test_a_file_without_the_right_to_write_is_told(somebody_else: Path) -> None:
    for file in (somebody_else / "store.db", somebody_else / "new.db"):
        with pytest.raises(StoreError, match=r"cannot be made or written: Permission denied; give the user"):
            open_store(file)
