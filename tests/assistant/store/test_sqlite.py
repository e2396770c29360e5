"""The store in a file of SQLite."""

from __future__ import annotations

import os
import stat
from pathlib import Path

import pytest
from sqlalchemy import text

from assistant.settings import Settings
from assistant.store import open_store
from knowledge.errors import StoreError, UsageError
from tests.contracts.store import ANN, StoreContract, asked


class TestSqlite(StoreContract):
    @pytest.fixture
    def url(self, tmp_path: Path) -> Path:
        return tmp_path / "store.db"

    @pytest.fixture
    def empty_url(self, tmp_path: Path) -> Path:
        return tmp_path / "empty.db"

    def without_triggers(self, statement: str) -> list[str]:
        return ["DROP TRIGGER audit_no_update", "DROP TRIGGER audit_no_delete", statement]


def test_nobody_else_may_read_the_file_or_its_log(tmp_path: Path) -> None:
    before = os.umask(0)
    try:
        store = open_store(tmp_path / "new" / "store.db")
        store.conversations.create(ANN, "a", [asked("q")])
        assert {path.name: stat.S_IMODE(path.stat().st_mode) for path in (tmp_path / "new").iterdir()} == {
            "store.db": 0o600,
            "store.db-wal": 0o600,
            "store.db-shm": 0o600,
        }
        store.close()
    finally:
        os.umask(before)


def test_the_audit_trail_cannot_be_replaced_row_by_row(tmp_path: Path) -> None:
    store = open_store(tmp_path / "store.db")
    entry = store.audit.note("program", "x")
    with pytest.raises(StoreError), store.database.write() as session:
        session.execute(text("REPLACE INTO audit SELECT seq, at, 'y', action, target, detail, prev, hash FROM audit"))
    assert store.audit.list() == (entry,)
    store.close()


def test_the_file_lies_in_the_data_directory_unless_told_otherwise(tmp_path: Path) -> None:
    assert Settings(data=tmp_path).database == tmp_path / "biaozhuntong.db"
    os.environ["BZT_DATABASE_URL"] = "postgresql://me:S3CRET@db/answers"
    settings = Settings(data=tmp_path)
    assert settings.database == "postgresql://me:S3CRET@db/answers"
    assert "S3CRET" not in repr(settings)
    os.environ["BZT_DATABASE_URL"] = " "
    assert Settings(data=tmp_path).database == tmp_path / "biaozhuntong.db"


@pytest.mark.parametrize(
    "url", ["mysql://me:S3CRET@db/a", "S3CRET", "sqlite://", "sqlite:///:memory:", "postgresql://x:S3CRET@h:port/"]
)
def test_an_address_of_another_kind_is_refused_without_showing_it(url: str) -> None:
    with pytest.raises(UsageError, match="BZT_DATABASE_URL: expected") as caught:
        open_store(url)
    assert "S3CRET" not in str(caught.value)


def test_a_file_that_is_no_database_is_told_and_left_alone(tmp_path: Path) -> None:
    file = tmp_path / "store.db"
    file.write_bytes(b"a letter to somebody\n" * 500)
    with pytest.raises(StoreError, match="no SQLite database"):
        open_store(file)
    assert file.read_bytes() == b"a letter to somebody\n" * 500


def test_a_damaged_file_is_told(tmp_path: Path) -> None:
    file = tmp_path / "store.db"
    store = open_store(file)
    for number in range(200):
        store.conversations.create(ANN, f"{number}", [asked("q" * 500)])
    store.close()
    content = bytearray(file.read_bytes())
    content[4096:] = b"\xa5" * (len(content) - 4096)
    file.write_bytes(content)
    with pytest.raises(StoreError, match="damaged"):
        open_store(file).conversations.list(ANN)


@pytest.mark.parametrize("name", ["标准 通", "a?b#c%20d", "100%", "file:x", "it's"])
def test_a_folder_may_have_any_name(tmp_path: Path, name: str) -> None:
    file = tmp_path / name / "store.db"
    open_store(file).close()
    assert file.stat().st_size > 0


def test_a_folder_in_the_place_of_the_file_is_told(tmp_path: Path) -> None:
    (tmp_path / "store.db").mkdir()
    with pytest.raises(StoreError, match=r"store\.db: it cannot be opened"):
        open_store(tmp_path / "store.db")


def test_a_place_that_cannot_be_made_is_told(tmp_path: Path) -> None:
    (tmp_path / "taken").write_text("", encoding="utf-8")
    with pytest.raises(StoreError, match="cannot be made or written"):
        open_store(tmp_path / "taken" / "store.db")
