"""A PostgreSQL server for the whole session, and a database of its own for each test."""

from __future__ import annotations

import uuid
from collections.abc import Iterator

import pytest
from sqlalchemy import create_engine, text

from assistant.store.database import Database
from assistant.store.schema import upgrade
from tests.assistant.store import postgres


@pytest.fixture(scope="session")
def postgres_server() -> Iterator[str]:
    """The address of a server without a database's name; a template of the tables stands ready on it."""
    binaries = postgres.programs()
    if binaries is None:
        pytest.skip("PostgreSQL is not installed (Debian: apt-get install postgresql)")
    pytest.importorskip("psycopg", reason="psycopg is not installed (pip install psycopg[binary])")
    with postgres.server(binaries) as address:
        _command(address, "CREATE DATABASE template")
        template = Database(f"{address}/template")
        upgrade(template)
        template.close()
        yield address


@pytest.fixture
def postgres_url(postgres_server: str) -> Iterator[str]:
    """A database with the tables, and nothing in them."""
    name = f"t{uuid.uuid4().hex}"
    _command(postgres_server, f"CREATE DATABASE {name} TEMPLATE template STRATEGY file_copy")
    yield f"{postgres_server}/{name}"
    _command(postgres_server, f"DROP DATABASE {name} WITH (FORCE)")


@pytest.fixture
def empty_postgres_url(postgres_server: str) -> Iterator[str]:
    """A database without tables."""
    name = f"t{uuid.uuid4().hex}"
    _command(postgres_server, f"CREATE DATABASE {name} STRATEGY file_copy")
    yield f"{postgres_server}/{name}"
    _command(postgres_server, f"DROP DATABASE {name} WITH (FORCE)")


def _command(address: str, statement: str) -> None:
    engine = create_engine(
        address.replace("postgresql:", "postgresql+psycopg:") + "/postgres", isolation_level="AUTOCOMMIT"
    )
    with engine.connect() as connection:
        connection.execute(text(statement))
    engine.dispose()
