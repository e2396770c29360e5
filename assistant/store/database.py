"""The database behind the store: an engine, transactions for reading and for writing, and errors that a person can act on.

Reading sees one state throughout. Writing is one transaction that is there as a whole after a kill, or not at all: SQLite
takes its one writer's place at the start (`BEGIN IMMEDIATE`) and waits for it, so that two writers queue instead of failing.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Final

from sqlalchemy import URL, Connection, Engine, create_engine, event, make_url
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.exc import ArgumentError, DBAPIError
from sqlalchemy.exc import TimeoutError as NoConnectionFree
from sqlalchemy.orm import DeclarativeBase, Session

from knowledge.errors import StoreError, UsageError

# A writer waits this long for another one; a transaction of the store takes milliseconds.
BUSY_SECONDS: Final = 15
_CONNECT_SECONDS = 10
_CONNECTIONS, _MORE_CONNECTIONS = 5, 15
_IMMEDIATE = "immediate"
_SQLITE, _POSTGRESQL = "sqlite", "postgresql"

_SQLITE_HELP = {
    sqlite3.SQLITE_NOTADB: "it is no SQLite database; move it away, or restore it from a backup",
    sqlite3.SQLITE_CORRUPT: "it is damaged; restore it from a backup",
    sqlite3.SQLITE_READONLY: "it cannot be written; give the user of the program write access to it and to its folder",
    sqlite3.SQLITE_CANTOPEN: "it cannot be opened; give the user of the program access to it and to its folder",
    sqlite3.SQLITE_PERM: "it cannot be opened; give the user of the program access to it and to its folder",
    sqlite3.SQLITE_FULL: "the disk is full; nothing of the last change was kept, free some space and try again",
    sqlite3.SQLITE_IOERR: "the disk is full or fails; nothing of the last change was kept, free some space or look at it",
    sqlite3.SQLITE_CONSTRAINT: "what it belongs to is gone, or the same is kept already; look and try again",
    sqlite3.SQLITE_BUSY: f"another program has been writing to it for {BUSY_SECONDS} seconds; try again",
}
_POSTGRES_HELP = {
    "28": "the server refused the user or the password; correct BZT_DATABASE_URL",
    "3D": "the server has no database of this name; create it, or correct BZT_DATABASE_URL",
    "42": "the user may not do this there, or the tables were changed by hand; see the server's log",
    "53": "the server is out of disk, memory or connections; nothing of the last change was kept",
    "57": "the server is starting or stopping; try again",
    "23": "somebody else kept the same in the meantime, or what it belongs to is gone; look and try again",
    "25": "the database is read-only; give the address of the one that is written to",
}
_UNREACHABLE = "the server cannot be reached; start it, or correct BZT_DATABASE_URL"


def utc_now() -> datetime:
    """The moment, in UTC."""
    return datetime.now(UTC)


class Database:
    """One database, for the repositories of the store.

    Args:
        url: `sqlite:///file`, `postgresql://user:password@host:port/name`, or the path of an SQLite file.
        clock: the moment, with its time zone.

    Raises:
        UsageError: the address is of no kind that is known.
        StoreError: the driver is missing, or the file cannot be made.
    """

    def __init__(self, url: str | URL | Path, clock: Callable[[], datetime] = utc_now) -> None:
        self.url = _parsed(url)
        self.now = clock
        self.engine = _sqlite_engine(self) if self.is_sqlite else _postgresql_engine(self)
        self._reads: Engine = self.engine
        self._writes: Engine = self.engine
        if self.is_sqlite:
            self._writes = self.engine.execution_options(**{_IMMEDIATE: True})
        else:
            self._reads = self.engine.execution_options(isolation_level="REPEATABLE READ", postgresql_readonly=True)

    @property
    def is_sqlite(self) -> bool:
        """Whether this is a file of SQLite."""
        return self.url.get_backend_name() == _SQLITE

    @property
    def file(self) -> Path:
        """The file, where this is one of SQLite."""
        return Path(self.url.database or "")

    @property
    def shown(self) -> str:
        """The database in words that may be printed: no user, no password, no parameters."""
        if self.is_sqlite:
            return str(self.file)
        port = f":{self.url.port}" if self.url.port else ""
        return f"PostgreSQL database {self.url.database or ''!r} at {self.url.host or 'this machine'}{port}"

    @contextmanager
    def read(self) -> Iterator[Session]:
        """A session that sees one state of the database and changes nothing.

        Raises:
            StoreError: the database cannot be read.
        """
        with self.explained(), Session(self._reads, expire_on_commit=False, autoflush=False) as session:
            yield session

    @contextmanager
    def write(self) -> Iterator[Session]:
        """A session whose changes are kept together at the end, or not at all where an error leaves it.

        Raises:
            StoreError: the database cannot be written.
        """
        with self.explained(), Session(self._writes, expire_on_commit=False) as session, session.begin():
            yield session

    @contextmanager
    def connection(self) -> Iterator[Connection]:
        """A connection in a writing transaction, for what is below the tables: migrations."""
        with self.explained(), self._writes.begin() as connection:
            yield connection

    @contextmanager
    def explained(self) -> Iterator[None]:
        """What the driver says, as an error for a person; parameters of statements are personal and stay out of it."""
        try:
            yield
        except DBAPIError as error:
            raise StoreError(f"{self.shown}: {self._explain(error)}") from None
        except NoConnectionFree:
            raise StoreError(f"{self.shown}: all connections are in use; try again") from None

    def backup(self, file: Path) -> None:
        """Write a copy of an SQLite database, whole although others write meanwhile, readable by nobody else.

        Raises:
            UsageError: the database is not SQLite's, or `file` is there already.
            StoreError: it cannot be read or written.
        """
        if not self.is_sqlite:
            raise UsageError(f"{self.shown}: expected a file of SQLite; back up PostgreSQL with pg_dump")
        try:
            file.touch(mode=0o600, exist_ok=False)
        except FileExistsError:
            raise UsageError(f"{file} is there already; give the name of a new file") from None
        except OSError as error:
            raise StoreError(f"{file} cannot be written: {error.strerror}; give another place") from None
        try:
            with self.explained(), self.engine.connect() as connection, closing(sqlite3.connect(file)) as copy:
                connection.connection.driver_connection.backup(copy)  # type: ignore[union-attr]
        except sqlite3.Error as error:
            file.unlink()
            raise StoreError(f"{file}: {self._explain_sqlite(error)}") from None

    def insert(self, table: type[DeclarativeBase]) -> postgresql.Insert | sqlite.Insert:
        """An insertion that may say what to do where the row is there already; both databases have the same words for it."""
        return sqlite.insert(table) if self.is_sqlite else postgresql.insert(table)

    def close(self) -> None:
        """Give up all connections."""
        self.engine.dispose()

    def _explain(self, error: DBAPIError) -> str:
        original = error.orig
        if isinstance(original, sqlite3.Error):
            return self._explain_sqlite(original)
        state = getattr(original, "sqlstate", None)
        # Only the first line of what PostgreSQL says: its details quote values.
        said = getattr(getattr(original, "diag", None), "message_primary", None)
        if state is None:
            return self._unconnected(str(original))
        return _POSTGRES_HELP.get(state[:2], "the change was refused") + (
            f" ({state}: {said})" if said else f" ({state})"
        )

    @staticmethod
    def _explain_sqlite(error: sqlite3.Error) -> str:
        code = getattr(error, "sqlite_errorcode", 0) & 0xFF
        return _SQLITE_HELP.get(code, f"SQLite says {str(error)!r}; see docs/decisions/0011-storage.md")

    @staticmethod
    def _unconnected(said: str) -> str:
        """The server's own answers to an attempt to connect come without their code, in the language it speaks."""
        for words, state in (("password", "28"), ("authentication", "28"), ("role", "28"), ("does not exist", "3D")):
            if words in said:
                return _POSTGRES_HELP[state]
        return _UNREACHABLE


def _parsed(url: str | URL | Path) -> URL:
    if isinstance(url, Path):
        return URL.create(_SQLITE, database=str(url))
    try:
        parsed = make_url(url)
    except (ArgumentError, ValueError):
        raise UsageError(_expected("an address that cannot be read")) from None
    backend = parsed.get_backend_name() if parsed.drivername != "postgres" else _POSTGRESQL
    if backend not in (_SQLITE, _POSTGRESQL):
        raise UsageError(_expected(f"one that begins with {parsed.drivername!r}"))
    if backend == _SQLITE and parsed.database in (None, "", ":memory:"):
        raise UsageError(_expected("SQLite in memory, which one restart would lose"))
    # Whatever driver the address names, this is the one the program comes with.
    return parsed.set(drivername="postgresql+psycopg" if backend == _POSTGRESQL else _SQLITE)


def _expected(got: str) -> str:
    return (
        "BZT_DATABASE_URL: expected postgresql://user:password@host:port/name or sqlite:///path/to/file, "
        f"got {got}; correct it, or leave it unset for the file in the data directory"
    )


def _sqlite_engine(database: Database) -> Engine:
    _make_private(database)
    engine = create_engine(
        database.url,
        hide_parameters=True,
        pool_size=_CONNECTIONS,
        max_overflow=_MORE_CONNECTIONS,
        connect_args={"timeout": BUSY_SECONDS, "isolation_level": None, "check_same_thread": False},
    )
    event.listen(engine, "connect", _prepare)
    event.listen(engine, "begin", _begin)
    return engine


def _make_private(database: Database) -> None:
    """The file, readable by nobody else from its first moment; SQLite gives its log the same rights."""
    try:
        database.file.parent.mkdir(parents=True, exist_ok=True)
        database.file.touch(mode=0o600)
    except OSError as error:
        raise StoreError(
            f"{database.shown}: cannot be made or written: {error.strerror}; give the user of the program access to "
            "it and to its folder, or set BZT_DATA or BZT_DATABASE_URL to another place"
        ) from None


def _prepare(connection: sqlite3.Connection, _record: object) -> None:
    cursor = connection.cursor()
    cursor.execute("PRAGMA foreign_keys = ON")
    cursor.execute("PRAGMA recursive_triggers = ON")  # a REPLACE must not slip past the triggers that refuse a DELETE
    cursor.execute("PRAGMA journal_mode = WAL")
    cursor.execute("PRAGMA synchronous = FULL")  # what was confirmed is there after a power cut too
    cursor.close()


def _begin(connection: Connection) -> None:
    immediate = connection.get_execution_options().get(_IMMEDIATE)
    connection.exec_driver_sql("BEGIN IMMEDIATE" if immediate else "BEGIN")


def _postgresql_engine(database: Database) -> Engine:
    options: dict[str, Any] = {"connect_timeout": _CONNECT_SECONDS, "application_name": "biaozhuntong"}
    try:
        return create_engine(
            database.url,
            hide_parameters=True,
            pool_pre_ping=True,  # the server may have been started anew
            pool_size=_CONNECTIONS,
            max_overflow=_MORE_CONNECTIONS,
            connect_args=options,
        )
    except ImportError:
        raise StoreError(
            "a PostgreSQL database needs the psycopg package, which is not installed: "
            'install it with pip install "biaozhuntong[postgres]"'
        ) from None
