"""`python -m assistant db | data | audit`: the database, one person's data, and the audit trail."""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

from assistant.settings import Settings
from knowledge.errors import UsageError
from knowledge.files import replace_file

if TYPE_CHECKING:
    from assistant.store import Store

Command = Callable[[argparse.Namespace, Settings], int]


def add_store_commands(commands: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    """Add the commands to those of the assistant. The database's libraries are imported when one of them runs."""
    groups: dict[str, argparse._SubParsersAction[argparse.ArgumentParser]] = {}
    for name, text in (
        ("db", "The database: bring it up to date, say its revision, back it up."),
        ("data", "What is kept about people: give it out, delete it, delete what is old."),
        ("audit", "The audit trail: prove that nothing was changed or taken out."),
    ):
        group = commands.add_parser(name, help=text, description=text)
        groups[name] = group.add_subparsers(required=True, metavar="COMMAND")

    def add(group: str, name: str, command: Command, text: str) -> argparse.ArgumentParser:
        sub = groups[group].add_parser(name, help=text, description=text)
        sub.add_argument("--data", type=Path, help="the data directory (default: ./.data, or BZT_DATA)")
        sub.set_defaults(command=command)
        return sub

    add("db", "upgrade", _upgrade, "Make the database, or bring it up to date; opening it does the same.")
    add("db", "current", _current, "Say at which revision the database is, and which one this version expects.")
    backup = add("db", "backup", _backup, "Copy a database of SQLite while it is in use.")
    backup.add_argument("file", type=Path)
    person = "the name of an account, or an owner id as in the audit trail (user:…, visitor:…)"
    export = add("data", "export", _export, "Write all that is kept about one person as JSON.")
    export.add_argument("person", help=person)
    export.add_argument(
        "--out", type=Path, metavar="FILE", help="a file only its owner may read (default: standard output)"
    )
    delete = add(
        "data", "delete", _delete, "Delete what is kept about one person; the office's records keep a pseudonym."
    )
    delete.add_argument("person", help=person)
    delete.add_argument("--yes", action="store_true", help="really: this cannot be taken back")
    add("data", "purge", _purge, "Delete what is older than BZT_RETENTION_DAYS.")
    verify = add("audit", "verify", _verify, "Prove that every entry of the audit trail follows from the one before.")
    verify.add_argument(
        "--head", metavar="HASH", help="a hash that `verify` printed earlier: its entry has to be there still"
    )


def _upgrade(_: argparse.Namespace, settings: Settings) -> int:
    with _store(settings):
        return _current(_, settings)


def _current(_: argparse.Namespace, settings: Settings) -> int:
    from assistant.store import schema
    from assistant.store.database import Database

    database = Database(settings.database)
    try:
        print(
            f"{database.shown}: revision {schema.current(database) or 'none yet'}, this version expects {schema.head()}"
        )
    finally:
        database.close()
    return 0


def _backup(arguments: argparse.Namespace, settings: Settings) -> int:
    with _store(settings) as store:
        store.database.backup(arguments.file)
    print(f"{arguments.file}: {arguments.file.stat().st_size:,} bytes", file=sys.stderr)
    return 0


def _export(arguments: argparse.Namespace, settings: Settings) -> int:
    with _store(settings) as store:
        owner = _owner(store, arguments.person)
        text = json.dumps(store.people.export(owner), ensure_ascii=False, indent=2)
        store.audit.note(_by(settings), "person.export", owner)
    if arguments.out is None:
        print(text)
    else:
        try:
            replace_file(arguments.out, text.encode("utf-8"))
        except OSError as error:
            raise UsageError(f"{arguments.out} cannot be written: {error.strerror}; give another place") from None
    return 0


def _delete(arguments: argparse.Namespace, settings: Settings) -> int:
    if not arguments.yes:
        raise UsageError("what is deleted cannot be brought back; export it first if it is needed, then give --yes")
    with _store(settings) as store:
        print(_counts(store.people.delete(_owner(store, arguments.person), _by(settings))))
    return 0


def _purge(_: argparse.Namespace, settings: Settings) -> int:
    with _store(settings) as store:
        print(_counts(store.purge(settings.retention_days)))
    return 0


def _verify(arguments: argparse.Namespace, settings: Settings) -> int:
    with _store(settings) as store:
        faults = store.audit.faults(arguments.head)
        head = store.audit.head()
    for fault in faults:
        print(fault, file=sys.stderr)
    print(head)
    return 1 if faults else 0


@contextmanager
def _store(settings: Settings) -> Iterator[Store]:
    from assistant.store import open_store

    store = open_store(settings.database)
    try:
        yield store
    finally:
        store.close()


def _owner(store: Store, person: str) -> str:
    if ":" in person:
        return person
    user = store.users.named(person)
    if user is None:
        raise UsageError(f"expected the name of an account or an owner id such as visitor:…, got {person!r}")
    return user.owner


def _by(settings: Settings) -> str:
    from knowledge.audit import os_user

    return f"local:{settings.actor or os_user()}"


def _counts(gone: dict[str, int]) -> str:
    return ", ".join(f"{kind.replace('_', ' ')}: {count}" for kind, count in gone.items())
