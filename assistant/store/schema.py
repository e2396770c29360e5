"""The tables of a database brought to what this version of the program expects."""

from __future__ import annotations

from pathlib import Path
from typing import Final

from alembic import command
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection, inspect, text

from assistant.store.database import Database
from assistant.store.tables import Base
from knowledge.errors import StoreError

MIGRATIONS: Final = Path(__file__).resolve().parent / "migrations"
# Any number, the same in every process: who upgrades a PostgreSQL database holds it.
_LOCK = 7_046_225_101


def upgrade(database: Database, revision: str = "head") -> None:
    """Bring `database` to `revision`, in one transaction; of two processes that start together one does it.

    Raises:
        StoreError: the database is of a newer version, holds tables of something else, or cannot be changed.
    """
    config = _config()
    scripts = ScriptDirectory.from_config(config)
    if current(database) == scripts.get_current_head() and revision == "head":
        return
    with database.connection() as connection:
        if not database.is_sqlite:
            connection.execute(text("SELECT pg_advisory_xact_lock(:number)"), {"number": _LOCK})
        _check(database, connection, scripts)
        config.attributes["connection"] = connection
        command.upgrade(config, revision)


def current(database: Database) -> str | None:
    """The revision `database` is at; null where it holds nothing yet.

    Raises:
        StoreError: it cannot be read.
    """
    with database.explained(), database.engine.connect() as connection:
        return MigrationContext.configure(connection).get_current_revision()


def head() -> str:
    """The revision this version of the program expects."""
    return str(ScriptDirectory.from_config(_config()).get_current_head())


def _config() -> Config:
    config = Config()
    # Alembic reads `%` in an option as the start of a reference.
    config.set_main_option("script_location", str(MIGRATIONS).replace("%", "%%"))
    return config


def _check(database: Database, connection: Connection, scripts: ScriptDirectory) -> None:
    found = MigrationContext.configure(connection).get_current_revision()
    known = {script.revision for script in scripts.walk_revisions()}
    if found is not None and found not in known:
        raise StoreError(
            f"{database.shown}: it is at revision {found}, which this version of the program does not know (it goes up "
            f"to {scripts.get_current_head()}); run the newer version that wrote it, or restore a backup made before"
        )
    if found is None and (taken := set(inspect(connection).get_table_names()) & set(Base.metadata.tables)):
        raise StoreError(
            f"{database.shown}: it holds tables of something else under the names {', '.join(sorted(taken))}; "
            "give an empty database"
        )
    if not database.is_sqlite:
        encoding = connection.execute(text("SHOW server_encoding")).scalar_one()
        if encoding != "UTF8":
            raise StoreError(
                f"{database.shown}: expected a database in UTF8, got {encoding}; create it with ENCODING 'UTF8'"
            )
