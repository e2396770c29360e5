"""A change step by step, with real worker processes over the small corpus."""

from __future__ import annotations

import os
import signal
import zipfile
from pathlib import Path

import pytest

from assistant.upkeep.changes import Changes
from assistant.upkeep.jobs import JobRunning
from knowledge.datadir import DataDirectory
from knowledge.errors import ReleaseError, SourceError, UsageError
from tests.assistant.upkeep.conftest import MakeChanges, finished, reached
from tests.assistant.upkeep.tools import GO_ON
from tests.corpus import TEXTS

NEW = TEXTS["ningbo-2016"].replace("40项", "50项")


@pytest.fixture
def edited(tmp_path: Path) -> Path:
    path = tmp_path / "ningbo-2016.txt"
    path.write_text(NEW, encoding="utf-8")
    return path


def test_a_change_from_the_upload_to_the_rollback(changes: Changes, data: DataDirectory, edited: Path) -> None:
    before = data.live_id()
    job = changes.upload([edited], by="alice")
    assert (job.kind, job.by, job.running) == ("stage", "alice", True)
    done = finished(changes)
    assert done.state == "done", done.message
    assert list((data.path / "upkeep" / "uploads").iterdir()) == [], "what was uploaded is copied and gone"
    now = changes.underway()
    assert now.built
    assert now.difference is not None
    assert [clause.kind for change in now.difference.documents for clause in change.clauses] == ["edited"]
    with pytest.raises(UsageError, match="was not evaluated"):
        changes.publish(by="alice")
    changes.evaluate(by="bob")
    assert finished(changes).result["passed"] is True
    verdict = changes.underway().verdict
    assert verdict is not None
    assert (verdict.by, verdict.passed) == ("bob", True)
    published = changes.publish(by="carol", why="new targets")
    assert data.live_id() == published.release != before
    assert changes.underway().state is None
    assert changes.rollback(None, by="dora") == before
    told = [(entry.by, entry.action) for entry in data.audit.entries() if entry.phase == "done"]
    assert [entry for entry in told if entry[0] in ("alice", "carol", "dora")] == [
        ("alice", "stage"),
        ("carol", "publish"),
        ("dora", "rollback"),
    ]


def test_an_edit_after_the_evaluation_makes_its_verdict_void(changes: Changes, edited: Path) -> None:
    changes.upload([edited], by="alice")
    finished(changes)
    changes.evaluate(by="alice")
    finished(changes)
    changes.describe("ningbo-2016", {"issuer": "宁波市市场监督管理局"}, by="bob")
    now = changes.underway()
    assert not now.built
    assert now.verdict is None
    with pytest.raises(UsageError, match="was not evaluated"):
        changes.publish(by="bob", override="in a hurry")
    changes.evaluate(by="bob")  # builds first
    assert finished(changes).result["passed"] is True
    assert changes.underway().built


def test_a_blocked_candidate_is_published_only_with_a_reason(
    make_changes: MakeChanges, data: DataDirectory, edited: Path
) -> None:
    changes = make_changes("blocking")
    changes.upload([edited], by="alice")
    finished(changes)
    changes.evaluate(by="alice")
    job = finished(changes)
    assert (job.state, job.result["passed"]) == ("done", False)
    assert not changes.publish(by="alice").published
    with pytest.raises(UsageError, match="reason"):
        changes.publish(by="alice", override=" ")
    assert changes.publish(by="alice", override="the amounts were raised").published
    last = [entry for entry in data.audit.entries() if entry.action == "publish"][-2]
    assert last.override == "the amounts were raised"


def test_switched_off_and_on_again(changes: Changes, data: DataDirectory) -> None:
    changes.switch("ningbo-2016", on=False, by="alice")
    assert not changes.policies()["ningbo-2016"].enabled
    changes.build(by="alice")
    assert finished(changes).state == "done"
    difference = changes.underway().difference
    assert difference is not None
    assert [(change.policy_id, change.kind) for change in difference.documents] == [("ningbo-2016", "removed")]
    assert changes.discard(by="alice")
    assert changes.policies()["ningbo-2016"].enabled


# --- two maintainers at once ----------------------------------------------------------------------------------------------


def test_the_second_is_told_what_the_first_is_doing(
    make_changes: MakeChanges, data: DataDirectory, edited: Path
) -> None:
    changes = make_changes("waiting")
    changes.upload([edited], by="alice")
    finished(changes)
    changes.evaluate(by="alice")
    job = reached(changes, lambda job: job.done == 3)
    assert (job.stage, job.total) == ("answers", 10)
    other = make_changes("waiting")
    for step in (
        lambda: other.evaluate(by="bob"),
        lambda: other.upload([edited], by="bob"),
    ):
        with pytest.raises(JobRunning, match=r"alice is at work here: `evaluate` since"):
            step()
    with pytest.raises(UsageError, match="alice is at work here"):
        other.switch("ningbo-2016", on=False, by="bob")
    assert list((data.path / "upkeep" / "uploads").glob("*")) == []
    (data.path / GO_ON).touch()
    assert finished(other).state == "done"


def test_the_writers_place_is_respected(changes: Changes, data: DataDirectory) -> None:
    with data.writer("carol", "build"), pytest.raises(ReleaseError, match="carol is changing"):
        changes.switch("ningbo-2016", on=False, by="alice")


# --- what may go wrong with a job --------------------------------------------------------------------------------------------


@pytest.fixture
def judging(make_changes: MakeChanges, edited: Path) -> Changes:
    """An evaluation that is under way."""
    changes = make_changes("waiting")
    changes.upload([edited], by="alice")
    finished(changes)
    changes.evaluate(by="alice")
    reached(changes, lambda job: job.done == 3)
    return changes


def test_a_cancelled_job_has_not_happened(judging: Changes) -> None:
    ended = judging.jobs.cancel(by="bob")
    assert ended is not None
    assert (ended.state, ended.cancelled_by) == ("cancelled", "bob")
    assert judging.jobs.cancel(by="bob") is None
    now = judging.underway()
    assert now.built
    assert now.verdict is None
    judging.evaluate(by="bob")  # the place is free again
    judging.jobs.cancel(by="bob")


def test_a_worker_that_is_killed_is_lost_and_the_next_can_begin(judging: Changes, data: DataDirectory) -> None:
    job = judging.jobs.running()
    assert job is not None
    assert job.pid is not None
    os.kill(job.pid, signal.SIGKILL)
    assert reached(judging, lambda job: not job.running).state == "lost"
    (data.path / GO_ON).touch()
    judging.evaluate(by="bob")
    assert finished(judging).state == "done"


def test_a_server_that_starts_again_finds_the_job_at_work(
    judging: Changes, make_changes: MakeChanges, data: DataDirectory
) -> None:
    del judging
    after = make_changes("waiting")
    running = after.jobs.running()
    assert running is not None
    assert running.by == "alice"
    (data.path / GO_ON).touch()
    assert finished(after).result["passed"] is True
    assert after.underway().verdict is not None


@pytest.mark.parametrize(
    ("tools", "said"),
    [("full_disk", "No space left on device"), ("breaking", "ZeroDivisionError"), ("no_such", "module:function")],
)
def test_what_breaks_is_told_in_a_sentence(make_changes: MakeChanges, edited: Path, tools: str, said: str) -> None:
    make_changes("passing").upload([edited], by="alice")
    staged = make_changes("passing")
    finished(staged)
    staged.jobs._tools = f"tests.assistant.upkeep.tools:{tools}"
    staged.evaluate(by="alice")
    job = finished(staged)
    assert job.state == "failed"
    assert said in job.message
    assert staged.underway().verdict is None


# --- uploads that mean no good -----------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("name", "content", "said"),
    [
        ("policy.exe", b"MZ\0\0", "save it as one of them"),
        ("policy.yaml", b"policies: []", "save it as one of them"),
        ("policy.docx", b"not a document", "expected"),
        ("policy.pdf", b"PK\x03\x04 zip", "expected"),
        ("policy.txt", b"", "empty file"),
    ],
)
def test_a_file_of_another_kind_is_refused_at_once(
    changes: Changes, tmp_path: Path, name: str, content: bytes, said: str
) -> None:
    (tmp_path / name).write_bytes(content)
    with pytest.raises((SourceError, UsageError), match=said):
        changes.upload([tmp_path / name], by="alice")
    assert changes.jobs.last() is None


def test_a_file_that_is_too_large_is_refused(data: DataDirectory, changes: Changes, tmp_path: Path) -> None:
    (tmp_path / "big.txt").write_bytes("标准".encode() * 200_000)
    small = Changes(data, changes.jobs, changes._tools, megabytes=1)
    with pytest.raises(UsageError, match="at most 1 MB"):
        small.upload([tmp_path / "big.txt"], by="alice")


def test_a_file_that_cannot_be_parsed_fails_the_job_and_stages_nothing(changes: Changes, tmp_path: Path) -> None:
    path = tmp_path / "坏.docx"
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("[Content_Types].xml", "<Types/>")
        archive.writestr("word/document.xml", "<not closed")
    changes.upload([path], by="alice")
    job = finished(changes)
    assert job.state == "failed"
    assert job.message.startswith("坏.docx:")
    assert "upkeep" not in job.message
    assert changes.underway().state is None
