"""What every vector index does."""

from __future__ import annotations

import multiprocessing
from collections.abc import Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor, ThreadPoolExecutor
from pathlib import Path
from typing import Protocol

import numpy as np
import pytest

from knowledge.embedding import HashEmbeddings, Vectors
from knowledge.errors import CorruptRelease, EmbedderError, ReleaseError
from tests.contracts.files import contents
from tests.contracts.lexical_index import CLAUSES

EMBEDDER = HashEmbeddings()


class VectorSubject(Protocol):
    """The interface under test."""

    count: int

    def search(self, query: str, limit: int) -> list[tuple[str, float]]: ...

    def search_vector(self, vector: Vectors, limit: int) -> list[tuple[str, float]]: ...

    def ids(self) -> set[str]: ...

    def get_vectors(self, ids: Sequence[str]) -> Vectors: ...

    def close(self) -> None: ...


class VectorIndexContract:
    """Inherit, and say how to build and open."""

    def build(
        self, directory: Path, ids: Sequence[str], texts: Sequence[str], vectors: Vectors | None = None
    ) -> VectorSubject:
        raise NotImplementedError

    def open(self, directory: Path, embedder: HashEmbeddings = EMBEDDER) -> VectorSubject:
        raise NotImplementedError

    @pytest.fixture
    def directory(self, tmp_path: Path) -> Path:
        self.build(tmp_path / "index", list(CLAUSES), list(CLAUSES.values())).close()
        return tmp_path / "index"

    @pytest.fixture
    def subject(self, directory: Path) -> Iterator[VectorSubject]:
        index = self.open(directory)
        yield index
        index.close()

    def test_holds_every_clause(self, subject: VectorSubject) -> None:
        assert subject.ids() == set(CLAUSES)
        assert subject.count == len(CLAUSES)

    @pytest.mark.parametrize("clause_id", ["a/1", "a/2", "a/3", "b/1", "b/2"])
    def test_a_clause_is_nearest_to_itself(self, subject: VectorSubject, clause_id: str) -> None:
        best, score = subject.search(CLAUSES[clause_id], 1)[0]
        assert best == clause_id
        assert score == pytest.approx(1.0, abs=1e-5)

    def test_scores_are_the_cosines_best_first(self, subject: VectorSubject) -> None:
        question = "主导制定国际标准奖励"
        cosines = EMBEDDER.embed_matrix(list(CLAUSES.values())) @ np.array(EMBEDDER.embed_query(question))
        found = subject.search(question, len(CLAUSES))
        assert dict(found) == pytest.approx(dict(zip(CLAUSES, map(float, cosines), strict=True)), abs=1e-5)
        assert [score for _, score in found] == sorted((score for _, score in found), reverse=True)

    def test_a_vector_finds_what_its_text_finds(self, subject: VectorSubject) -> None:
        vector = np.array(EMBEDDER.embed_query("国际标准"), dtype=np.float32)
        assert subject.search_vector(vector, 4) == subject.search("国际标准", 4)

    def test_clauses_that_score_alike_stand_in_order_of_id(self, tmp_path: Path) -> None:
        ids = [f"x/{i:02}" for i in (5, 3, 9, 1, 7)]
        index = self.build(tmp_path / "ties", ids, ["同一句话"] * 5)
        assert [clause_id for clause_id, _ in index.search("同一句话", 3)] == ["x/01", "x/03", "x/05"]
        index.close()

    def test_limit(self, subject: VectorSubject) -> None:
        full = subject.search("标准", 100)
        assert len(full) == len(CLAUSES)
        assert subject.search("标准", 2) == full[:2]
        assert subject.search("标准", 0) == []
        assert subject.search("标准", -1) == []

    def test_an_empty_question_is_answered(self, subject: VectorSubject) -> None:
        assert len(subject.search("", 3)) == 3

    def test_finds_what_exact_search_finds(self, tmp_path: Path) -> None:
        """Two thousand clauses in tight clusters, which is what near-identical policies look like."""
        random = np.random.default_rng(7)
        size = 2000
        centres = random.normal(size=(40, EMBEDDER.dimension))
        matrix = centres[random.integers(40, size=size)] + 0.3 * random.normal(size=(size, EMBEDDER.dimension))
        matrix = (matrix / np.linalg.norm(matrix, axis=1, keepdims=True)).astype(np.float32)
        ids = [f"x/{i}" for i in range(size)]
        index = self.build(tmp_path / "large", ids, [""] * size, vectors=matrix)
        missed = 0
        for question in matrix[::50]:
            exact = {ids[i] for i in np.argsort(-(matrix @ question))[:20]}
            missed += len(exact - {clause_id for clause_id, _ in index.search_vector(question, 20)})
        index.close()
        assert missed <= 1  # of 800

    def test_vectors_come_back_as_they_went_in(self, subject: VectorSubject) -> None:
        wanted = ["b/1", "a/1"]
        expected = EMBEDDER.embed_matrix([CLAUSES[clause_id] for clause_id in wanted])
        np.testing.assert_allclose(subject.get_vectors(wanted), expected, atol=1e-6)
        assert subject.get_vectors([]).shape == (0, EMBEDDER.dimension)
        with pytest.raises(KeyError, match="no/such"):
            subject.get_vectors(["a/1", "no/such"])

    def test_vectors_at_hand_are_not_made_again(self, tmp_path: Path, subject: VectorSubject) -> None:
        ids = list(CLAUSES)
        other = self.build(tmp_path / "reused", ids, ["another text"] * len(ids), vectors=subject.get_vectors(ids))
        assert dict(other.search("国际标准", 5)) == pytest.approx(dict(subject.search("国际标准", 5)))
        other.close()

    def test_refuses_vectors_that_do_not_fit(self, tmp_path: Path) -> None:
        with pytest.raises(ReleaseError, match="shape"):
            self.build(tmp_path / "bad", ["a", "b"], ["x", "y"], vectors=np.zeros((1, 64), dtype=np.float32))

    def test_an_empty_corpus_finds_nothing(self, tmp_path: Path) -> None:
        self.build(tmp_path / "empty", [], []).close()
        index = self.open(tmp_path / "empty")
        assert (index.count, index.ids(), index.search("标准", 5)) == (0, set(), [])
        assert index.get_vectors([]).shape == (0, EMBEDDER.dimension)
        index.close()

    def test_reading_changes_no_file(self, directory: Path) -> None:
        before = contents(directory)
        self.search_once(directory)
        assert contents(directory) == before

    def test_opens_twice_at_once(self, directory: Path) -> None:
        first, second = self.open(directory), self.open(directory)
        expected = second.search("国际标准", 5)
        assert first.search("国际标准", 5) == expected
        first.close()
        assert second.search("国际标准", 5) == expected
        second.close()
        second.close()

    def test_closing_gives_back_every_file(self, directory: Path) -> None:
        self.search_once(directory)
        before = len(list(Path("/proc/self/fd").iterdir()))
        for _ in range(3):
            self.search_once(directory)
        assert len(list(Path("/proc/self/fd").iterdir())) <= before

    def test_threads_search_at_once(self, subject: VectorSubject) -> None:
        expected = subject.search("国际标准", 5)
        with ThreadPoolExecutor(4) as pool:
            assert all(found == expected for found in pool.map(lambda _: subject.search("国际标准", 5), range(40)))

    def test_processes_search_at_once(self, directory: Path) -> None:
        before = contents(directory)
        with ProcessPoolExecutor(2, mp_context=multiprocessing.get_context("spawn")) as pool:
            found = list(pool.map(self.search_once, [directory] * 2))
        assert found == [self.search_once(directory)] * 2
        assert contents(directory) == before

    def test_refuses_another_embedder(self, directory: Path) -> None:
        with pytest.raises(EmbedderError, match="knowledge build"):
            self.open(directory, HashEmbeddings(dimension=32))

    def test_refuses_a_directory_in_use(self, directory: Path) -> None:
        with pytest.raises(ReleaseError, match="not empty"):
            self.build(directory, ["a"], ["b"])

    def test_refuses_ids_that_do_not_fit(self, tmp_path: Path) -> None:
        with pytest.raises(ReleaseError, match="2 ids and 1 texts"):
            self.build(tmp_path / "short", ["a", "b"], ["x"])
        with pytest.raises(ReleaseError, match="'a' came twice"):
            self.build(tmp_path / "twice", ["a", "a"], ["x", "y"])

    def test_an_absent_index_is_one_clear_error(self, tmp_path: Path) -> None:
        with pytest.raises(CorruptRelease, match="knowledge build"):
            self.open(tmp_path / "nowhere")

    def test_every_damaged_file_is_one_clear_error(self, directory: Path) -> None:
        for name, content in contents(directory).items():
            for damaged in (content[: len(content) // 2], content[:-1] + b"\x13"):
                if damaged != content:
                    (directory / name).write_bytes(damaged)
                    with pytest.raises(CorruptRelease, match="knowledge build"):
                        self.open(directory)
            (directory / name).write_bytes(content)

    def test_a_closed_index_says_so(self, directory: Path) -> None:
        for index in (self.open(directory), self.open(directory)):
            index.close()
            with pytest.raises(ReleaseError, match="closed"):
                index.search("标准", 1)

    def search_once(self, directory: Path) -> list[tuple[str, float]]:
        index = self.open(directory)
        try:
            return index.search("国际标准", 5)
        finally:
            index.close()
