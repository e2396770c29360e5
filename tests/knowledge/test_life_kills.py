"""Killed at any step, on a full disk, or with somebody else at work: the live release answers, and no debris grows."""

from __future__ import annotations

import errno
import os
import resource
import shutil
import signal
from collections.abc import Callable
from pathlib import Path

import pytest

from knowledge import life, releases
from knowledge.datadir import DataDirectory
from knowledge.embedding import HashEmbeddings
from knowledge.errors import ReleaseError, UsageError
from knowledge.life import Verdict
from knowledge.releases import open_live, open_release
from tests.knowledge import killing

NAMES = {"audit.jsonl", "live", "releases", "writer.lock", "staged", "verdicts"}


@pytest.fixture(scope="session")
def prepared(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A data directory with two published releases and a candidate. Copy it before changing it."""
    folder = tmp_path_factory.mktemp("prepared")
    data, sources = DataDirectory(folder / "data"), folder / "sources"
    sources.mkdir()
    for name in ("a", "b"):
        (sources / f"{name}.txt").write_text(f"{name}市标准化办法\n第一条 支持企业参与标准化活动。\n", encoding="utf-8")
        releases.build(sources, data, HashEmbeddings())
    (folder / "c.txt").write_text("丙市标准化办法\n第一条 支持企业制定国家标准。\n", encoding="utf-8")
    killing.stage(data, folder / "c.txt")
    return folder


@pytest.fixture
def data(prepared: Path, tmp_path: Path) -> DataDirectory:
    shutil.copytree(prepared / "data", tmp_path / "data")
    return DataDirectory(tmp_path / "data")


@pytest.fixture
def document(tmp_path: Path) -> Path:
    path = tmp_path / "d.txt"
    path.write_text("丁市标准化办法\n第一条 支持企业制定行业标准。\n", encoding="utf-8")
    return path


def answers(data: DataDirectory, among: set[str]) -> None:
    """The live release is one of those it may be, opens whole, and the list of releases tells of it."""
    assert data.live_id() in among
    open_release(data, data.live_id(), HashEmbeddings()).close()
    assert [release.release for release in life.kept(data) if release.live] == [data.live_id()]
    assert data.audit.faults() == []


def tidy(data: DataDirectory, most: int) -> None:
    """There is nothing in the data directory but what belongs there."""
    assert {path.name for path in data.path.iterdir()} <= NAMES
    assert len(list(data.releases.iterdir())) <= most
    assert not list(data.releases.glob(".*"))
    assert life.doubts(data) == []


@pytest.mark.parametrize(("act", "most"), [("publish", 2), ("rollback", 3), ("reset", 2)])
def test_a_switch_killed_before_any_step_leaves_the_old_or_the_new_release(
    act: str, most: int, prepared: Path, tmp_path: Path
) -> None:
    run: killing.Act = getattr(killing, act)
    step, seen = 1, set()
    while True:
        data = DataDirectory(tmp_path / str(step))
        shutil.copytree(prepared / "data", data.path)
        before, among = data.live_id(), set(data.ids())
        if not killing.killed(run, data, tmp_path, step):
            break
        answers(data, among)
        seen.add(data.live_id())
        if data.live_id() == before:
            run(data, tmp_path)
        else:
            life.reset(data, by="the next one", keep=2)
        answers(data, among)
        tidy(data, most)
        shutil.rmtree(data.path)
        step += 1
    assert step > 8
    assert len(seen) == (1 if act == "reset" else 2)


@pytest.mark.parametrize("act", ["stage", "build"])
def test_killed_builds_leave_the_live_release_and_no_debris_that_grows(
    act: str, data: DataDirectory, document: Path, tmp_path: Path
) -> None:
    run: killing.Act = getattr(killing, act)
    argument = document if act == "stage" else tmp_path / "folder"
    if act == "build":
        argument.mkdir()
        shutil.copyfile(document, argument / "d.txt")
    before, among = data.live_id(), set(data.ids())
    sizes = []
    for step in (4, 12, 20, 28, 36, 44, 50, 55) if act == "stage" else (4, 9, 14, 20, 24):
        assert killing.killed(run, data, argument, step)
        answers(data, among)
        assert data.live_id() == before
        sizes.append(sum(path.is_file() for path in data.path.rglob("*")))
    assert max(sizes) < 2 * sizes[0] + 40
    run(data, argument)
    assert (data.live_id() == before) == (act == "stage")
    if act == "stage":
        assert {p for r in life.kept(data) if r.candidate for p in r.policies} == {"a", "b", "c", "d"}
    tidy(data, 4)


@pytest.mark.parametrize("line", [1, 2])
def test_a_kill_in_mid_line_of_the_log_is_repaired_and_noted(line: int, data: DataDirectory, tmp_path: Path) -> None:
    before, candidate = data.live_id(), str(data.staged_candidate())
    assert killing.killed_while_logging(killing.publish, data, tmp_path, line)
    assert data.audit.torn()
    assert data.live_id() == (before if line == 1 else candidate)
    assert life.doubts(data)  # says that a line is torn
    answers(data, {before, candidate})
    if line == 1:
        killing.publish(data, tmp_path)
    else:
        life.reset(data, by="the next one")
    entries = data.audit.entries()
    assert [entry.action for entry in entries].count("repair") == 1
    assert [e.phase for e in entries if e.action == "publish"][-2:] == ["intent", "done"]
    assert data.live_id() == candidate
    tidy(data, 3)


def test_a_kill_between_the_two_renames_of_a_change_brings_the_old_working_copy_back(
    data: DataDirectory, document: Path
) -> None:
    os.replace(data.staged, data.path / ".staging-old")  # as a kill between them leaves it
    state = (data.path / ".staging-old" / "staged.json").read_text(encoding="utf-8")
    with data.writer("somebody", "look"):
        pass
    assert (data.staged / "staged.json").read_text(encoding="utf-8") == state
    tidy(data, 3)


# --- a full disk ----------------------------------------------------------------------------------------------------------


def no_room(*_: object, **__: object) -> None:
    raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))


@pytest.mark.parametrize(
    ("act", "where"),
    [(act, where) for act in ("stage", "publish", "rollback") for where in ("os.write", "os.replace", "os.fsync")]
    + [("stage", "shutil.copyfile")],
)
def test_a_full_disk_is_one_sentence_and_the_live_release_answers(
    act: str, where: str, data: DataDirectory, document: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    before = data.live_id()
    with monkeypatch.context() as full:
        full.setattr(where, no_room)
        with pytest.raises(ReleaseError, match=r"No space left on device.*still answers"):
            getattr(killing, act)(data, document)
    answers(data, {before})
    getattr(killing, act)(data, document)
    answers(data, set(data.ids()))
    tidy(data, 4)


def test_a_disk_that_fills_behind_the_switch_does_not_undo_it(
    data: DataDirectory, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    switch = DataDirectory.switch

    def switch_and_fill(self: DataDirectory, release_id: str) -> None:
        switch(self, release_id)
        monkeypatch.setattr("os.write", no_room)

    monkeypatch.setattr(DataDirectory, "switch", switch_and_fill)
    candidate = data.staged_candidate()
    with monkeypatch.context():
        killing.publish(data, tmp_path)
    monkeypatch.undo()
    assert data.live_id() == candidate
    assert "the log could not be completed" in caplog.text
    life.reset(data, by="the next one")  # completes it
    assert [e.phase for e in data.audit.entries() if e.action == "publish"] == ["intent", "done"]


def _small_files(act: Callable[[], object], size: int) -> None:
    signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
    resource.setrlimit(resource.RLIMIT_FSIZE, (size, size))
    try:
        act()
    except ReleaseError as error:
        os._exit(3 if "\n" not in str(error) else 4)
    os._exit(0)


def _stage_with_small_files(path: Path, document: Path, size: int) -> None:
    _small_files(lambda: killing.stage(DataDirectory(path), document), size)


@pytest.mark.parametrize("size", [300, 2_000, 20_000, 100_000])
def test_files_that_cannot_grow_are_one_sentence(size: int, data: DataDirectory, document: Path) -> None:
    before = data.live_id()
    process = killing.context().Process(target=_stage_with_small_files, args=(data.path, document, size))
    process.start()
    process.join(60)
    assert process.exitcode == 3
    answers(data, {before})
    killing.stage(data, document)
    tidy(data, 3)


# --- two at once ------------------------------------------------------------------------------------------------------------


def test_the_second_of_two_maintainers_is_told_who_is_at_work(data: DataDirectory, document: Path) -> None:
    with data.writer("alice", "publish"):
        for act in (killing.stage, killing.publish, killing.rollback, killing.reset):
            with pytest.raises(ReleaseError, match=r"alice is changing .*`publish` since .* wait"):
                act(data, document)
    killing.stage(data, document)


def test_what_is_published_is_what_was_judged(data: DataDirectory, document: Path) -> None:
    before = data.live_id()

    def while_judging(act: Callable[[], object]) -> life.Gate:
        def gate(*_: object) -> Verdict:
            act()
            return Verdict(True, "fine")

        return gate

    def publish(gate: life.Gate) -> None:
        life.publish(data, gate, HashEmbeddings(), by="bob", override="I insist")

    with pytest.raises(ReleaseError, match=r"changed while it was judged"):
        publish(while_judging(lambda: killing.stage(data, document)))
    with pytest.raises(ReleaseError, match=r"was edited after the candidate"):
        publish(while_judging(lambda: (data.staged / "sources" / "e.txt").write_text("x", encoding="utf-8")))
    (data.staged / "sources" / "e.txt").unlink()
    with pytest.raises(ReleaseError, match=r"was made from the release .* is live now"):
        publish(while_judging(lambda: killing.rollback(data, document)))
    earlier = data.live_id()
    assert earlier != before
    life.rollback(data, HashEmbeddings(), before, by="bob")
    manifest = data.releases / str(data.staged_candidate()) / "manifest.json"
    with pytest.raises(ReleaseError, match=r"candidate changed|was changed after"):
        publish(
            while_judging(lambda: manifest.write_text(manifest.read_text(encoding="utf-8") + " ", encoding="utf-8"))
        )
    with pytest.raises(UsageError, match="nothing is staged"):
        publish(while_judging(lambda: life.reset(data, by="alice")))
    assert data.live_id() == before


def test_a_damaged_live_release_never_gives_way_to_a_candidate(data: DataDirectory) -> None:
    live, candidate = data.live_id(), data.staged_candidate()
    (data.releases / live / "documents.jsonl").write_text("", encoding="utf-8")
    release = open_live(data, HashEmbeddings())
    assert release.release_id not in (live, candidate)
    release.close()
