"""The store in PostgreSQL."""

from __future__ import annotations

from contextlib import closing

import pytest
from sqlalchemy import create_engine, text

from assistant.store import open_store
from knowledge.errors import StoreError
from tests.contracts.store import ANN, StoreContract


class TestPostgresql(StoreContract):
    @pytest.fixture
    def url(self, postgres_url: str) -> str:
        return postgres_url

    @pytest.fixture
    def empty_url(self, empty_postgres_url: str) -> str:
        return empty_postgres_url

    def without_triggers(self, statement: str) -> list[str]:
        return ["ALTER TABLE audit DISABLE TRIGGER USER", statement]


def test_the_audit_trail_cannot_be_emptied_at_once(postgres_url: str) -> None:
    store = open_store(postgres_url)
    entry = store.audit.note("program", "x")
    with pytest.raises(StoreError), store.database.write() as session:
        session.execute(text("TRUNCATE audit"))
    assert store.audit.list() == (entry,)
    store.close()


def test_a_server_that_is_not_there_is_named_without_the_password() -> None:
    with pytest.raises(StoreError, match="cannot be reached") as caught:
        open_store("postgresql://me:S3CRET@127.0.0.1:1/answers?password=S3CRET")
    assert "S3CRET" not in str(caught.value)
    assert "'answers' at 127.0.0.1:1" in str(caught.value)


def test_a_database_that_is_not_there_is_told(postgres_server: str) -> None:
    with pytest.raises(StoreError, match="no database of this name"):
        open_store(f"{postgres_server}/nowhere")


def test_a_user_the_server_does_not_know_is_told(postgres_server: str) -> None:
    with pytest.raises(StoreError, match="refused the user or the password"):
        open_store(postgres_server.replace("//bzt@", "//stranger:S3CRET@") + "/postgres")


def test_a_server_that_was_started_anew_is_found_again(postgres_url: str) -> None:
    with closing(open_store(postgres_url)) as store, closing(open_store(postgres_url)) as other:
        kept = store.conversations.create(ANN, "before")
        with other.database.connection() as connection:
            others = "pid <> pg_backend_pid() AND datname = current_database()"
            connection.execute(text(f"SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE {others}"))
        assert store.conversations.get(ANN, kept.id) == kept
        store.conversations.rename(ANN, kept.id, "after")


def test_a_database_in_another_encoding_is_refused(postgres_server: str) -> None:
    engine = create_engine(postgres_server.replace("postgresql:", "postgresql+psycopg:") + "/postgres")
    with engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        connection.execute(text("CREATE DATABASE latin ENCODING 'LATIN1' TEMPLATE template0"))
        with pytest.raises(StoreError, match="expected a database in UTF8, got LATIN1"):
            open_store(f"{postgres_server}/latin")
        connection.execute(text("DROP DATABASE latin WITH (FORCE)"))
    engine.dispose()


def test_a_driver_that_is_not_installed_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(__import__("sys").modules, "psycopg", None)
    with pytest.raises(StoreError, match=r"biaozhuntong\[postgres\]"):
        open_store("postgresql://me@127.0.0.1:1/answers")
