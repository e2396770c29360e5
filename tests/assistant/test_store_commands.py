"""The commands that look after what is kept."""

from __future__ import annotations

import json
import os
import sqlite3
import stat
import subprocess
import sys
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

import pytest
from sqlalchemy import text

from assistant.__main__ import main
from assistant.access.caller import Role
from assistant.store import open_store
from assistant.store.conversations import NewMessage

Run = Callable[..., tuple[int, str, str]]


@pytest.fixture
def file(tmp_path: Path) -> Path:
    """The database of a data directory in which Ann talked and something was audited."""
    path = tmp_path / "data" / "biaozhuntong.db"
    with closing(open_store(path)) as store:
        ann = store.users.create("Ann", Role.STAFF, password_hash="SECRET")
        store.conversations.create(ann.owner, "标题", [NewMessage(role="user", text="问")])
        store.conversations.create("visitor:7", "someone else's")
        store.audit.note("program", "account.create", ann.owner)
    return path


@pytest.fixture
def run(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> Run:
    def command(*arguments: str) -> tuple[int, str, str]:
        code = main([*arguments, "--data", str(tmp_path / "data")])
        captured = capsys.readouterr()
        return code, captured.out, captured.err

    return command


def test_the_database_is_made_and_its_revision_told(run: Run, tmp_path: Path) -> None:
    code, out, _ = run("db", "upgrade")
    assert code == 0
    assert out == run("db", "current")[1]
    revision = out.split("revision ")[1].split(",")[0]
    assert out.endswith(f"revision {revision}, this version expects {revision}\n")
    assert (tmp_path / "data" / "biaozhuntong.db").exists()


def test_a_backup_is_whole_although_somebody_writes(run: Run, file: Path, tmp_path: Path) -> None:
    copy = tmp_path / "copy.db"
    with closing(open_store(file)) as store:
        store.conversations.create("visitor:8", "still in the log")
        assert run("db", "backup", str(copy))[0] == 0
    assert stat.S_IMODE(copy.stat().st_mode) == 0o600
    with closing(open_store(copy)) as store:
        assert [head.title for head in store.conversations.list("visitor:8")] == ["still in the log"]
    code, _, err = run("db", "backup", str(copy))
    assert (code, "there already" in err) == (2, True)
    assert run("db", "backup", str(tmp_path / "no" / "copy.db"))[0] == 2


def test_a_person_s_data_is_exported_and_that_is_on_record(run: Run, file: Path, tmp_path: Path) -> None:
    code, out, _ = run("data", "export", "ann")
    data = json.loads(out)
    assert code == 0
    assert [row["title"] for row in data["conversations"]] == ["标题"]
    assert "SECRET" not in out
    target = tmp_path / "ann.json"
    assert run("data", "export", data["owner"], "--out", str(target))[0] == 0
    assert stat.S_IMODE(target.stat().st_mode) == 0o600
    assert json.loads(target.read_text(encoding="utf-8"))["conversations"] == data["conversations"]
    with closing(open_store(file)) as store:
        entries = store.audit.list(action="person.export")
    assert [entry.target for entry in entries] == [data["owner"]] * 2
    assert {entry.actor.partition(":")[0] for entry in entries} == {"local"}


def test_a_person_s_data_is_deleted_when_one_means_it(run: Run, file: Path) -> None:
    code, _, err = run("data", "delete", "Ann")
    assert (code, "--yes" in err) == (2, True)
    code, out, _ = run("data", "delete", "Ann", "--yes")
    assert (code, out) == (0, "conversations: 1, feedback: 0, inquiries: 0, accounts: 1, records kept: 0\n")
    code, _, err = run("data", "export", "Ann")
    assert (code, "'Ann'" in err) == (2, True)
    with closing(open_store(file)) as store:
        assert len(store.conversations.list("visitor:7")) == 1


def test_what_is_old_is_deleted_by_the_setting(run: Run, file: Path) -> None:
    with closing(sqlite3.connect(file)) as connection, connection:
        connection.execute("UPDATE conversations SET updated = '2020-01-01 00:00:00.000000' WHERE owner = 'visitor:7'")
    os.environ["BZT_RETENTION_DAYS"] = "0"
    assert run("data", "purge")[1] == "sign ins: 0\n"
    del os.environ["BZT_RETENTION_DAYS"]
    assert run("data", "purge")[1] == "sign ins: 0, conversations: 1, feedback: 0, inquiries: 0\n"


def test_the_audit_trail_is_proved(run: Run, file: Path) -> None:
    code, head, _ = run("audit", "verify")
    assert code == 0
    assert len(head.strip()) == 64
    assert run("audit", "verify", "--head", head.strip())[0] == 0
    code, _, err = run("audit", "verify", "--head", "f" * 64)
    assert (code, "cut off" in err) == (1, True)
    with closing(open_store(file)) as store, store.database.connection() as connection:
        connection.execute(text("DROP TRIGGER audit_no_update"))
        connection.execute(text("UPDATE audit SET action = 'x'"))
    code, _, err = run("audit", "verify")
    assert (code, err) == (1, "entry 1: it is not as it was written\n")


def test_asking_does_not_load_the_database_s_libraries() -> None:
    probe = "import sys, assistant.__main__ as m; m._parser(); print([x for x in ('sqlalchemy', 'alembic') if x in sys.modules])"
    assert subprocess.run([sys.executable, "-c", probe], capture_output=True, text=True, check=True).stdout == "[]\n"
