"""Releases: immutable, checked when opened, switched in one step, and never lost to a bad build."""

from __future__ import annotations

import errno
import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from knowledge import releases
from knowledge.checks import check
from knowledge.embedding import Embedder, HashEmbeddings
from knowledge.errors import BiaozhuntongError, CorruptRelease, DataFileError, NoRelease, ReleaseError, SourceError
from knowledge.releases import RELEASE_FORMAT, DataDirectory, Release, build, kept_document, open_live, open_release
from knowledge.settings import PACKAGE

ROOT = PACKAGE.parent


@pytest.fixture
def embedder() -> Embedder:
    return HashEmbeddings()


@pytest.fixture
def data(tmp_path: Path) -> DataDirectory:
    return DataDirectory(tmp_path / "data")


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    folder = tmp_path / "policies"
    folder.mkdir()
    write(folder, "a", "甲市标准化办法\n第一条 对主导制定国家标准的企业给予奖励。\n第二条 本办法自发布之日起施行。\n")
    write(folder, "b", "乙市标准化办法\n第一条 支持企业参与国际标准化活动。\n")
    return folder


def write(folder: Path, name: str, text: str) -> None:
    (folder / f"{name}.txt").write_text(text, encoding="utf-8")


def opened(data: DataDirectory, embedder: Embedder) -> Release:
    return open_live(data, embedder)


def test_a_folder_of_plain_text_files_builds(folder: Path, data: DataDirectory, embedder: Embedder) -> None:
    release_id = build(folder, data, embedder)
    release = opened(data, embedder)
    assert release.release_id == release_id == data.live_id()
    assert set(release.documents) == {"a", "b"}
    assert release.documents["a"].policy.title == "甲市标准化办法"
    assert release.documents["a"].policy.doc_no is None
    assert check(release) == {name: [] for name in check(release)}
    release.close()


def test_the_same_content_gives_the_same_release(folder: Path, data: DataDirectory, embedder: Embedder) -> None:
    first = build(folder, data, embedder)
    written = (data.releases / first / "manifest.json").stat().st_mtime_ns
    assert build(folder, data, embedder) == first
    assert (data.releases / first / "manifest.json").stat().st_mtime_ns == written
    write(folder, "b", "乙市标准化办法\n第一条 改了。\n")
    assert build(folder, data, embedder) != first


def test_stored_text_is_the_document_to_the_letter(folder: Path, data: DataDirectory, embedder: Embedder) -> None:
    text = "丙市办法\r\n\r\n第一条　企业给予奖励。\r\n"
    (folder / "c.txt").write_bytes(text.encode())
    build(folder, data, embedder)
    release = opened(data, embedder)
    assert release.text("c") == text
    release.close()


def test_only_changed_clauses_are_embedded_again(folder: Path, data: DataDirectory) -> None:
    class Counting(HashEmbeddings):
        def __init__(self) -> None:
            super().__init__()
            self.seen: list[str] = []

        def embed_documents(self, texts: list[str]) -> list[list[float]]:
            self.seen.extend(texts)
            return super().embed_documents(texts)

    counting = Counting()
    build(folder, data, counting)
    before = len(counting.seen)
    write(folder, "b", "乙市标准化办法\n第一条 改了这一条。\n")
    build(folder, data, counting)
    assert [text for text in counting.seen[before:] if "甲市" in text] == []
    assert len(counting.seen) > before


def test_vectors_of_a_release_of_another_format_are_used_again(folder: Path, data: DataDirectory) -> None:
    class Refusing(HashEmbeddings):
        def embed_documents(self, texts: list[str]) -> list[list[float]]:
            raise AssertionError(texts)

    first = build(folder, data, HashEmbeddings())
    path = data.releases / first / "manifest.json"
    path.write_text(
        path.read_text(encoding="utf-8").replace(f'"format": {RELEASE_FORMAT}', '"format": 0'), encoding="utf-8"
    )
    path.parent.rename(path.parent.with_name("older"))
    assert build(folder, data, Refusing()) == first


def test_no_release_says_what_to_do(data: DataDirectory, embedder: Embedder) -> None:
    with pytest.raises(NoRelease, match="python -m knowledge build"):
        open_live(data, embedder)


def test_another_embedder_is_refused(folder: Path, data: DataDirectory, embedder: Embedder) -> None:
    class Other(HashEmbeddings):
        @property
        def fingerprint(self) -> str:
            return "other"

    release_id = build(folder, data, embedder)
    with pytest.raises(CorruptRelease, match=r"embedding model.*python -m knowledge build"):
        open_release(data, release_id, Other())


@pytest.mark.parametrize("name", ["documents.jsonl", "texts/a.txt", "lexical/lexical.json"])
def test_a_changed_file_is_found(folder: Path, data: DataDirectory, embedder: Embedder, name: str) -> None:
    release_id = build(folder, data, embedder)
    with (data.releases / release_id / name).open("a", encoding="utf-8") as file:
        file.write(" ")
    with pytest.raises(CorruptRelease, match=name):
        open_release(data, release_id, embedder)


@pytest.mark.parametrize("harm", ["manifest", "text", "vectors", "directory"])
def test_a_damaged_release_gives_way_to_the_last_good_one(
    folder: Path, data: DataDirectory, embedder: Embedder, harm: str
) -> None:
    good = build(folder, data, embedder)
    write(folder, "b", "乙市标准化办法\n第一条 新的一条。\n")
    bad = build(folder, data, embedder)
    directory = data.releases / bad
    if harm == "manifest":
        (directory / "manifest.json").write_text("{", encoding="utf-8")
    elif harm == "text":
        (directory / "texts" / "b.txt").unlink()
    elif harm == "vectors":
        for file in sorted((directory / "vectors").rglob("*")):
            if file.is_file():
                file.write_bytes(b"")
    else:
        directory.rename(directory.with_name(".gone"))
    notices: list[str] = []
    release = open_live(data, embedder, notice=notices.append)
    assert release.release_id == good
    assert len(notices) == 1
    assert good in notices[0]
    release.close()


def test_a_damaged_release_of_the_same_content_is_built_anew(
    folder: Path, data: DataDirectory, embedder: Embedder
) -> None:
    release_id = build(folder, data, embedder)
    (data.releases / release_id / "texts" / "a.txt").unlink()
    assert build(folder, data, embedder) == release_id
    opened(data, embedder).close()


def test_bad_input_leaves_the_live_release(folder: Path, data: DataDirectory, embedder: Embedder) -> None:
    good = build(folder, data, embedder)
    (folder / "broken.txt").write_bytes(b"\x00\x01\x02\xff\xfe\x00")
    with pytest.raises(SourceError, match="broken"):
        build(folder, data, embedder)
    assert data.live_id() == good
    opened(data, embedder).close()


def test_an_empty_corpus_builds_and_opens(tmp_path: Path, data: DataDirectory, embedder: Embedder) -> None:
    folder = tmp_path / "nothing"
    folder.mkdir()
    build(folder, data, embedder)
    release = opened(data, embedder)
    assert release.documents == {}
    assert release.lexical.search("标准", 5) == []
    assert all(not faults for faults in check(release).values())
    release.close()


def test_a_full_disk_is_one_sentence_and_leaves_no_debris(
    folder: Path, data: DataDirectory, embedder: Embedder, monkeypatch: pytest.MonkeyPatch
) -> None:
    good = build(folder, data, embedder)
    write(folder, "b", "乙市标准化办法\n第一条 新的一条。\n")

    def full(*args: object) -> None:
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    monkeypatch.setattr(releases, "_write_manifest", full)
    with pytest.raises(ReleaseError, match=r"No space left on device.*still answers"):
        build(folder, data, embedder)
    assert data.live_id() == good
    assert [path.name for path in data.releases.iterdir()] == [good]


def test_a_disk_that_fills_while_switching_keeps_the_old_release(
    folder: Path, data: DataDirectory, embedder: Embedder, monkeypatch: pytest.MonkeyPatch
) -> None:
    good = build(folder, data, embedder)
    write(folder, "b", "乙市标准化办法\n第一条 新的一条。\n")

    def full(*args: object) -> None:
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    monkeypatch.setattr(releases.os, "replace", full)
    with pytest.raises(ReleaseError):
        build(folder, data, embedder)
    assert data.live_id() == good


_SLOW_BUILD = """
import sys, time
from pathlib import Path
from knowledge import releases
from knowledge.embedding import HashEmbeddings
write = releases._write_manifest
def slow(*args, **kwargs):
    print("writing", flush=True)
    time.sleep(600)
    write(*args, **kwargs)
releases._write_manifest = slow
releases.build(Path(sys.argv[1]), releases.DataDirectory(Path(sys.argv[2])), HashEmbeddings())
"""


def test_a_killed_build_leaves_the_old_release_and_the_next_build_cleans_up(
    folder: Path, data: DataDirectory, embedder: Embedder
) -> None:
    good = build(folder, data, embedder)
    write(folder, "b", "乙市标准化办法\n第一条 新的一条。\n")
    process = subprocess.Popen(
        [sys.executable, "-c", _SLOW_BUILD, str(folder), str(data.path)], stdout=subprocess.PIPE, cwd=ROOT
    )
    with process:
        assert process.stdout is not None
        assert process.stdout.readline() == b"writing\n"
        with pytest.raises(ReleaseError, match=r"is changing .*`build` since"):
            build(folder, data, embedder)
        process.send_signal(signal.SIGKILL)
        process.wait(timeout=120)
    assert data.live_id() == good
    opened(data, embedder).close()
    assert [p for p in data.releases.iterdir() if p.name.startswith(".building-")]
    new = build(folder, data, embedder)
    assert data.live_id() == new != good
    assert not [p for p in data.releases.iterdir() if p.name.startswith(".")]


def test_two_data_directories_never_touch(folder: Path, tmp_path: Path, embedder: Embedder) -> None:
    one, two = DataDirectory(tmp_path / "one"), DataDirectory(tmp_path / "two")
    first = build(folder, one, embedder)
    before = sorted(p.relative_to(one.path) for p in one.path.rglob("*"))
    write(folder, "b", "乙市标准化办法\n第一条 新的一条。\n")
    build(folder, two, embedder)
    assert one.live_id() == first
    assert sorted(p.relative_to(one.path) for p in one.path.rglob("*")) == before


def test_the_live_pointer_is_never_half_written(folder: Path, data: DataDirectory, embedder: Embedder) -> None:
    first = build(folder, data, embedder)
    write(folder, "b", "乙市标准化办法\n第一条 新的一条。\n")
    second = build(folder, data, embedder, switch=False)
    assert data.live_id() == first
    script = (
        "import sys; from pathlib import Path; from knowledge.releases import DataDirectory\n"
        "data = DataDirectory(Path(sys.argv[1])); names = sys.argv[2:]\n"
        "print('go', flush=True)\n"
        "while True:\n    for name in names: data.switch(name)\n"
    )
    process = subprocess.Popen(
        [sys.executable, "-c", script, str(data.path), first, second], stdout=subprocess.PIPE, cwd=ROOT
    )
    with process:
        assert process.stdout is not None
        process.stdout.readline()
        end = time.monotonic() + 0.5
        while time.monotonic() < end:
            assert data.live_id() in (first, second)
        process.kill()
    assert data.live_id() in (first, second)


def test_a_release_from_another_format_is_refused(folder: Path, data: DataDirectory, embedder: Embedder) -> None:
    release_id = build(folder, data, embedder)
    path = data.releases / release_id / "manifest.json"
    manifest = json.loads(path.read_text(encoding="utf-8"))
    path.write_text(json.dumps(manifest | {"format": 0}), encoding="utf-8")
    with pytest.raises(CorruptRelease, match="format"):
        open_release(data, release_id, embedder)


@pytest.mark.parametrize(
    ("change", "error", "says"),
    [
        (
            ("sources/policies.yaml", "source: 001_b8e2928b2c2566d5.txt", "source: missing.txt"),
            DataFileError,
            "missing.txt",
        ),
        (("sources/policies.yaml", "id: yangzhou-2011", "id: gdd-2009-draft"), DataFileError, "gdd-2009-draft"),
        (("rules/yangzhou-2011.yaml", "quote: 并批准发布", "quote: 并批准发表"), DataFileError, "并批准发表"),
        (
            ("rules/yangzhou-2011.yaml", "yuan: 150000, said: 15万元", "yuan: 160000, said: 15万元"),
            DataFileError,
            "160000",
        ),
        (("rules/yangzhou-2011.yaml", "said: 15万元", "said: 15万美元"), DataFileError, "15万美元"),
    ],
)
def test_a_wrong_data_file_is_named_with_its_line(
    change: tuple[str, str, str],
    error: type[BiaozhuntongError],
    says: str,
    tmp_path: Path,
    data: DataDirectory,
    embedder: Embedder,
) -> None:
    name, old, new = change
    folder = tmp_path / "knowledge"
    for part in ("sources", "rules"):
        (folder / part).mkdir(parents=True)
        for file in (PACKAGE / part).iterdir():
            (folder / part / file.name).write_bytes(file.read_bytes())
    good = build(folder, data, embedder)
    text = (folder / name).read_text(encoding="utf-8")
    assert old in text
    (folder / name).write_text(text.replace(old, new, 1), encoding="utf-8")
    with pytest.raises(error, match=says) as caught:
        build(folder, data, embedder)
    assert "line" in str(caught.value)
    assert Path(name).name in str(caught.value)
    assert data.live_id() == good


def test_a_document_of_a_kept_release_is_read_without_opening_it(
    folder: Path, data: DataDirectory, embedder: Embedder
) -> None:
    first = build(folder, data, embedder)
    name = next(iter(open_release(data, first, embedder).documents))
    before = open_release(data, first, embedder).documents[name]
    source = folder / before.policy.source
    source.write_text(source.read_text(encoding="utf-8") + "\n新增一句。", encoding="utf-8")
    second = build(folder, data, embedder)
    assert kept_document(data, first, name) == before
    later = kept_document(data, second, name)
    assert later is not None
    assert later.text.endswith("新增一句。")


@pytest.mark.parametrize("release_id", ["", "0" * 12, "../..", "live", "x" * 12])
def test_what_is_not_kept_has_no_document(
    folder: Path, data: DataDirectory, embedder: Embedder, release_id: str
) -> None:
    build(folder, data, embedder)
    assert kept_document(data, release_id, "a") is None
