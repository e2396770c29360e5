from __future__ import annotations

import gc
import tempfile
from collections.abc import Sequence
from pathlib import Path

import pytest

from knowledge.embedding import Embedder, HashEmbeddings, Vectors
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


def test_closing_leaves_no_copy_behind(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    copies = tmp_path / "copies"
    copies.mkdir()
    monkeypatch.setattr(tempfile, "tempdir", str(copies))
    index = VectorIndex.build(tmp_path / "index", list(CLAUSES), list(CLAUSES.values()), EMBEDDER)
    assert list(copies.iterdir())
    index.close()
    assert not list(copies.iterdir())
    forgotten = VectorIndex.open(tmp_path / "index", EMBEDDER)
    del forgotten
    gc.collect()
    assert not list(copies.iterdir())


def test_a_failed_opening_leaves_no_copy_behind(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    VectorIndex.build(tmp_path / "index", ["a"], ["一"], EMBEDDER).close()
    copies = tmp_path / "copies"
    copies.mkdir()
    monkeypatch.setattr(tempfile, "tempdir", str(copies))
    (tmp_path / "index" / "chroma" / "chroma.sqlite3").write_bytes(b"")
    with pytest.raises(Exception, match="knowledge build"):
        VectorIndex.open(tmp_path / "index", EMBEDDER)
    assert not list(copies.iterdir())


def test_an_english_question_finds_the_chinese_clause(tmp_path: Path, embedder: Embedder) -> None:
    clauses = {
        "a": "主导制定国际标准的企业，每项奖励60万元。",
        "b": "承担全国专业标准化技术委员会秘书处工作的，奖励50万元。",
        "c": "加强组织领导，建立联席会议制度，明确责任分工。",
    }
    with VectorIndex.build(tmp_path / "index", list(clauses), list(clauses.values()), embedder) as index:
        assert index.search("reward for the secretariat of a national technical committee", 1)[0][0] == "b"
        assert index.search("set up a joint meeting and divide responsibilities", 1)[0][0] == "c"
