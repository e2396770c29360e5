"""`python -m assistant users` and `keys`: accounts and API keys, at the machine itself.

A password is asked for on the terminal, or read from stdin; it is never an argument, which other users of the machine see.
"""

from __future__ import annotations

import argparse
import getpass
import sys
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING

from assistant.access.caller import Role
from assistant.access.table import KEY_SCOPES
from knowledge.errors import UsageError

if TYPE_CHECKING:
    from assistant.access.service import Accounts
    from assistant.settings import Settings

# Who did it, in the audit log: somebody at the machine, whom the operating system lets in.
CONSOLE = "console"
_ROLES = [role.name.lower() for role in Role if role is not Role.VISITOR]

Command = Callable[[argparse.Namespace, "Settings"], int]
_Commands = argparse._SubParsersAction


def add_commands(commands: _Commands[argparse.ArgumentParser]) -> None:
    """Add `users` and `keys` to a parser's commands; each sets `command`, which takes the arguments and the settings."""
    _add_users(_group(commands, "users", "Accounts of those who sign in."))
    _add_keys(_group(commands, "keys", "API keys, for programs."))


def _group(commands: _Commands[argparse.ArgumentParser], name: str, text: str) -> _Commands[argparse.ArgumentParser]:
    group = commands.add_parser(name, help=text, description=text)
    return group.add_subparsers(required=True, metavar="COMMAND")


def _add(
    group: _Commands[argparse.ArgumentParser], name: str, text: str, command: Command, *, account: bool = True
) -> argparse.ArgumentParser:
    parser = group.add_parser(name, help=text, description=text)
    if account:
        parser.add_argument("name", metavar="NAME", help="the name of the account")
    parser.add_argument("--data", type=Path, help="the data directory (default: ./.data, or BZT_DATA)")
    parser.set_defaults(command=command)
    return parser


def _add_users(group: _Commands[argparse.ArgumentParser]) -> None:
    add = _add(group, "add", "Add an account; its password is asked for.", _users_add)
    _add(group, "list", "List the accounts.", _users_list, account=False)
    role = _add(group, "role", "Give an account another role.", _users_role)
    for parser in (add, role):
        parser.add_argument("--role", required=True, choices=_ROLES)
    password = _add(
        group, "password", "Give an account another password; it is signed out everywhere.", _users_password
    )
    for parser in (add, password):
        parser.add_argument(
            "--password-stdin", action="store_true", help="read the password from the first line of stdin"
        )
    _add(group, "disable", "Switch an account off: its sessions end, its keys stop.", _users_disable)
    _add(group, "enable", "Switch an account on again, and unlock it.", _users_enable)
    _add(group, "sign-out", "End every session of an account.", _users_sign_out)


def _add_keys(group: _Commands[argparse.ArgumentParser]) -> None:
    add = _add(group, "add", "Add an API key in the name of an account; it is shown once.", _keys_add)
    add.add_argument("--label", required=True, help="what the key is for")
    add.add_argument(
        "--scope",
        required=True,
        action="append",
        choices=sorted(KEY_SCOPES),
        help="what it may; may be given several times",
    )
    _add(group, "list", "List the API keys.", _keys_list, account=False)
    revoke = _add(group, "revoke", "Revoke an API key.", _keys_revoke, account=False)
    revoke.add_argument("prefix", metavar="PREFIX", help="the beginning of the key, as `keys list` shows it")


@contextmanager
def _accounts(settings: Settings) -> Iterator[Accounts]:
    # Importing the database takes longer than telling that an argument is wrong.
    from assistant.access.setup import accounts_of
    from assistant.store import open_store

    with closing(open_store(settings.database)) as store:
        yield accounts_of(settings, store)


def _password(arguments: argparse.Namespace) -> str:
    if arguments.password_stdin:
        return sys.stdin.readline().rstrip("\r\n")
    if not sys.stdin.isatty():
        raise UsageError("expected a terminal to ask for the password on; give --password-stdin to read it from stdin")
    password = getpass.getpass("Password: ")
    if getpass.getpass("Again: ") != password:
        raise UsageError("expected the same password twice, got two; nothing was changed")
    return password


def _role(arguments: argparse.Namespace) -> Role:
    return Role[str(arguments.role).upper()]


def _when(moment: datetime | None) -> str:
    return moment.astimezone().strftime("%Y-%m-%d %H:%M") if moment else "-"


def _users_add(arguments: argparse.Namespace, settings: Settings) -> int:
    password = _password(arguments)
    with _accounts(settings) as accounts:
        user = accounts.add(arguments.name, _role(arguments), password, actor=CONSOLE)
    print(f"added {user.name}, {arguments.role}", file=sys.stderr)
    return 0


def _users_list(_: argparse.Namespace, settings: Settings) -> int:
    with _accounts(settings) as accounts:
        users = accounts.users.list()
    for user in users:
        state = "disabled" if user.disabled else "provider" if user.password_hash is None else "password"
        print(f"{user.name}\t{user.role.name.lower()}\t{state}\t{_when(user.created)}")
    return 0


def _users_role(arguments: argparse.Namespace, settings: Settings) -> int:
    with _accounts(settings) as accounts:
        accounts.set_role(accounts.named(arguments.name), _role(arguments), actor=CONSOLE)
    return 0


def _users_password(arguments: argparse.Namespace, settings: Settings) -> int:
    with _accounts(settings) as accounts:
        user = accounts.named(arguments.name)
        accounts.set_password(user, _password(arguments), actor=CONSOLE)
    return 0


def _users_disable(arguments: argparse.Namespace, settings: Settings) -> int:
    with _accounts(settings) as accounts:
        accounts.set_disabled(accounts.named(arguments.name), True, actor=CONSOLE)
    return 0


def _users_enable(arguments: argparse.Namespace, settings: Settings) -> int:
    with _accounts(settings) as accounts:
        accounts.set_disabled(accounts.named(arguments.name), False, actor=CONSOLE)
    return 0


def _users_sign_out(arguments: argparse.Namespace, settings: Settings) -> int:
    with _accounts(settings) as accounts:
        accounts.end_sessions(accounts.named(arguments.name), actor=CONSOLE)
    return 0


def _keys_add(arguments: argparse.Namespace, settings: Settings) -> int:
    with _accounts(settings) as accounts:
        _, token = accounts.add_key(accounts.named(arguments.name), arguments.label, arguments.scope, actor=CONSOLE)
    print("Keep this key now; it is not shown again:", file=sys.stderr)
    print(token)
    return 0


def _keys_list(_: argparse.Namespace, settings: Settings) -> int:
    with _accounts(settings) as accounts:
        kept = accounts.users.keys()
    for key in kept:
        state = f"revoked {_when(key.revoked)}" if key.revoked else f"used {_when(key.used)}"
        print(f"{key.prefix}\t{key.user.name}\t{key.label}\t{' '.join(key.scopes)}\t{state}")
    return 0


def _keys_revoke(arguments: argparse.Namespace, settings: Settings) -> int:
    with _accounts(settings) as accounts:
        accounts.revoke_key(arguments.prefix, actor=CONSOLE)
    return 0
