from __future__ import annotations

import getpass
import io
import sys
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

import pytest

from assistant.__main__ import main
from assistant.access import Accounts, Role
from assistant.store import open_store

PASSWORD = "correct horse 电池 staple"
Run = Callable[..., int]


@pytest.fixture
def run(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Run:
    def command(*arguments: str, stdin: str = "") -> int:
        monkeypatch.setattr(sys, "stdin", io.StringIO(stdin))
        return main([*arguments, "--data", str(tmp_path)])

    return command


def added(run: Run, name: str = "wang", role: str = "staff") -> int:
    return run("users", "add", name, "--role", role, "--password-stdin", stdin=f"{PASSWORD}\n")


def test_an_account_from_its_first_day_to_its_last(
    run: Run, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert added(run) == 0
    assert run("users", "role", "Wang", "--role", "maintainer") == 0
    assert run("users", "password", "wang", "--password-stdin", stdin="another long one\n") == 0
    assert run("keys", "add", "wang", "--label", "统计", "--scope", "ask", "--scope", "search") == 0
    key = capsys.readouterr().out.strip()
    assert run("keys", "list") == 0
    shown = capsys.readouterr().out
    assert shown.split("\t")[:4] == [key[:10], "wang", "统计", "ask search"]
    assert key not in shown
    with closing(open_store(tmp_path / "biaozhuntong.db")) as store:
        accounts = Accounts(store.users)
        token = accounts.sign_in("wang", "another long one", address="")
        caller = accounts.by_session(token)
        assert caller is not None
        assert caller.role is Role.MAINTAINER
        assert accounts.by_key(key) is not None
        assert run("users", "sign-out", "wang") == 0
        assert accounts.by_session(token) is None
        assert run("keys", "revoke", key[:10]) == 0
        assert accounts.by_key(key) is None
        assert run("users", "disable", "wang") == 0
        capsys.readouterr()
        assert run("users", "list") == 0
        assert capsys.readouterr().out.startswith("wang\tmaintainer\tdisabled\t")
        assert run("users", "enable", "wang") == 0
        assert [entry.action for entry in store.audit.list()][::-1] == [
            "account.added",
            "account.role_changed",
            "account.password_changed",
            "key.added",
            "account.signed_out_everywhere",
            "key.revoked",
            "account.disabled",
            "account.enabled",
        ]
        assert not store.audit.faults()


@pytest.mark.parametrize(
    ("arguments", "stdin", "said"),
    [
        (["users", "add", "li", "--role", "staff"], "", "--password-stdin"),
        (["users", "add", "li", "--role", "staff", "--password-stdin"], "short\n", "12 to 256"),
        (["users", "add", "WANG", "--role", "staff", "--password-stdin"], f"{PASSWORD}\n", "another name"),
        (["users", "add", " ", "--role", "staff", "--password-stdin"], f"{PASSWORD}\n", "name"),
        (["users", "password", "nobody", "--password-stdin"], f"{PASSWORD}\n", "users list"),
        (["users", "role", "nobody", "--role", "staff"], "", "users list"),
        (["keys", "add", "nobody", "--label", "x", "--scope", "ask"], "", "users list"),
        (["keys", "revoke", "bzt_x"], "", "keys list"),
    ],
)
def test_wrong_use_is_one_sentence_and_exit_2(
    run: Run, capsys: pytest.CaptureFixture[str], arguments: list[str], stdin: str, said: str
) -> None:
    added(run)
    capsys.readouterr()
    assert run(*arguments, stdin=stdin) == 2
    error = capsys.readouterr().err
    assert error.count("\n") == 1
    assert said in error
    assert PASSWORD not in error


def test_there_is_no_account_without_a_role_or_with_that_of_a_visitor(run: Run) -> None:
    for role in ([], ["--role", "visitor"], ["--role", "root"]):
        with pytest.raises(SystemExit) as error:
            run("users", "add", "li", *role, "--password-stdin", stdin=f"{PASSWORD}\n")
        assert error.value.code == 2


def test_a_password_is_typed_twice(
    run: Run, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    class Terminal(io.StringIO):
        def isatty(self) -> bool:
            return True

    typed = iter([PASSWORD, "something else", PASSWORD, PASSWORD])
    monkeypatch.setattr(getpass, "getpass", lambda prompt: next(typed))
    monkeypatch.setattr("io.StringIO", Terminal)
    assert run("users", "add", "li", "--role", "staff") == 2
    assert "twice" in capsys.readouterr().err
    assert run("users", "add", "li", "--role", "staff") == 0
