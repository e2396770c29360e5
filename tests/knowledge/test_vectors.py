from __future__ import annotations

import errno
import gc
import hashlib
import json
import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Sequence
from pathlib import Path

import pytest

from knowledge.embedding import Embedder, HashEmbeddings, Vectors
from knowledge.errors import CorruptRelease, ReleaseError
from knowledge.vectors import VectorIndex
from tests.contracts.lexical_index import CLAUSES
from tests.contracts.vector_index import EMBEDDER, VectorIndexContract


class TestChroma(VectorIndexContract):
    def build(
        self, directory: Path, ids: Sequence[str], texts: Sequence[str], vectors: Vectors | None = None
    ) -> VectorIndex:
        return VectorIndex.build(directory, ids, texts, EMBEDDER, vectors=vectors)

    def open(self, directory: Path, embedder: HashEmbeddings = EMBEDDER) -> VectorIndex:
        return VectorIndex.open(directory, embedder)


@pytest.fixture
def copies(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Where private copies go."""
    folder = tmp_path / "copies"
    folder.mkdir()
    monkeypatch.setattr(tempfile, "tempdir", str(folder))
    return folder


@pytest.fixture
def directory(tmp_path: Path) -> Path:
    VectorIndex.build(tmp_path / "index", list(CLAUSES), list(CLAUSES.values()), EMBEDDER)
    return tmp_path / "index"


def test_opening_starts_nothing(directory: Path, copies: Path) -> None:
    with VectorIndex.open(directory, EMBEDDER) as index:
        assert index.count == len(CLAUSES)
        assert not list(copies.iterdir())


def test_no_copy_is_left_behind(directory: Path, copies: Path) -> None:
    index = VectorIndex.open(directory, EMBEDDER)
    index.search("标准", 1)
    assert list(copies.iterdir())
    index.close()
    assert not list(copies.iterdir())

    forgotten = VectorIndex.open(directory, EMBEDDER)
    forgotten.search("标准", 1)
    del forgotten
    gc.collect()
    assert not list(copies.iterdir())


def test_the_copy_of_a_killed_program_is_removed_by_the_next(directory: Path, copies: Path) -> None:
    code = f"""
import os
from pathlib import Path
from knowledge.embedding import HashEmbeddings
from knowledge.vectors import VectorIndex
index = VectorIndex.open(Path({str(directory)!r}), HashEmbeddings())
index.search("标准", 1)
os.kill(os.getpid(), 9)
"""
    environment = {**os.environ, "TMPDIR": str(copies)}
    run = subprocess.run([sys.executable, "-c", code], env=environment, timeout=300, check=False)
    assert run.returncode == -9
    (abandoned,) = copies.iterdir()
    with VectorIndex.open(directory, EMBEDDER) as used:
        used.search("标准", 1)
        assert abandoned.exists()  # too young to be sure
        for copy in copies.iterdir():
            os.utime(copy, (0, 0))
        with VectorIndex.open(directory, EMBEDDER) as index:
            assert index.search("标准", 1) == used.search("标准", 1)
            assert not abandoned.exists()
            assert len(list(copies.iterdir())) == 2


def test_a_full_disk_is_one_clear_error_and_not_for_ever(
    directory: Path, copies: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(*_: object, **__: object) -> None:
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    with VectorIndex.open(directory, EMBEDDER) as index:
        with monkeypatch.context() as patch:
            patch.setattr(shutil, "copytree", full)
            with pytest.raises(ReleaseError, match=r"No space left.*TMPDIR"):
                index.search("标准", 1)
        assert not list(copies.iterdir())
        assert len(index.search("标准", 1)) == 1


def test_an_index_that_chroma_cannot_read_is_one_clear_error(directory: Path, copies: Path) -> None:
    """Whole by its digests, and yet of another make."""
    (directory / "chroma" / "chroma.sqlite3").write_bytes(b"\x13" * 4096)
    manifest = json.loads((directory / "vectors.json").read_text(encoding="utf-8"))
    manifest["files"]["chroma.sqlite3"] = hashlib.sha256(b"\x13" * 4096).hexdigest()
    (directory / "vectors.json").write_text(json.dumps(manifest), encoding="utf-8")
    with VectorIndex.open(directory, EMBEDDER) as index, pytest.raises(CorruptRelease, match="knowledge build"):
        index.search("标准", 1)
    assert not list(copies.iterdir())


def test_exact_cosines_are_those_of_the_search(directory: Path) -> None:
    with VectorIndex.open(directory, EMBEDDER) as index:
        vector = EMBEDDER.embed_query("标准")
        found = dict(index.search_vector(vector, index.count))
        assert index.cosines(sorted(found), vector) == pytest.approx(found, abs=1e-3)
        with pytest.raises(KeyError):
            index.cosines(["none"], vector)


def test_an_english_question_finds_the_chinese_clause(tmp_path: Path, embedder: Embedder) -> None:
    clauses = {
        "a": "主导制定国际标准的企业，每项奖励60万元。",
        "b": "承担全国专业标准化技术委员会秘书处工作的，奖励50万元。",
        "c": "加强组织领导，建立联席会议制度，明确责任分工。",
    }
    with VectorIndex.build(tmp_path / "index", list(clauses), list(clauses.values()), embedder) as index:
        assert index.search("reward for the secretariat of a national technical committee", 1)[0][0] == "b"
        assert index.search("set up a joint meeting and divide responsibilities", 1)[0][0] == "c"
