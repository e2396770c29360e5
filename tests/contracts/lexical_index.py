"""What every lexical index does."""

from __future__ import annotations

import multiprocessing
from collections.abc import Mapping, Sequence
from concurrent.futures import ProcessPoolExecutor, ThreadPoolExecutor
from pathlib import Path
from typing import Protocol

import pytest

from knowledge.errors import CorruptRelease, ReleaseError
from tests.contracts.files import contents

CLAUSES = {
    "a/1": "扬州市 主导制定国际标准的，每项奖励60万元。",
    "a/2": "扬州市 主导制定行业标准的，每项奖励15万元。",
    "a/3": "扬州市 承担TC秘书处工作的，一次性奖励20万元。",
    "b/1": "The city supports enterprises that adopt GB/T 1.1 and ISO 9001.",
    "b/2": "今天下午有阵雨，气温下降。",
    "c/1": "重复的一句。",
    "c/2": "重复的一句。",
    "c/3": "",
}


class LexicalSubject(Protocol):
    """The interface under test."""

    count: int

    def search(self, query: str, limit: int) -> list[tuple[str, float]]: ...

    def search_terms(self, terms: Mapping[str, float], limit: int) -> list[tuple[str, float]]: ...

    def frequency(self, term: str) -> int: ...

    def ids(self) -> set[str]: ...


class LexicalIndexContract:
    """Inherit, and say how to build and open."""

    def build(self, directory: Path, ids: Sequence[str], texts: Sequence[str]) -> LexicalSubject:
        raise NotImplementedError

    def open(self, directory: Path) -> LexicalSubject:
        raise NotImplementedError

    @pytest.fixture
    def directory(self, tmp_path: Path) -> Path:
        self.build(tmp_path / "index", list(CLAUSES), list(CLAUSES.values()))
        return tmp_path / "index"

    @pytest.fixture
    def subject(self, directory: Path) -> LexicalSubject:
        return self.open(directory)

    def test_holds_every_clause(self, subject: LexicalSubject) -> None:
        assert subject.ids() == set(CLAUSES)
        assert subject.count == len(CLAUSES)

    @pytest.mark.parametrize(
        ("question", "best"),
        [
            ("国际标准奖励多少", "a/1"),
            ("主導制定行業標準", "a/2"),
            ("tc 秘书处", "a/3"),
            ("gb/t 1.1", "b/1"),
            ("ISO9001", "b/1"),
            ("气温", "b/2"),
        ],
    )
    def test_finds_the_clause_that_shares_the_rarest_words(
        self, subject: LexicalSubject, question: str, best: str
    ) -> None:
        assert subject.search(question, 3)[0][0] == best

    def test_best_first_with_positive_scores(self, subject: LexicalSubject) -> None:
        scores = [score for _, score in subject.search("主导制定国际标准奖励", 10)]
        assert len(scores) >= 2
        assert scores == sorted(scores, reverse=True)
        assert all(score > 0 for score in scores)

    def test_clauses_that_score_alike_stand_in_order_of_id(self, tmp_path: Path) -> None:
        ids = [f"x/{i:02}" for i in (5, 3, 9, 1, 7)]
        index = self.build(tmp_path / "ties", ids, ["同一句话"] * 5)
        assert [clause_id for clause_id, _ in index.search("同一句话", 3)] == ["x/01", "x/03", "x/05"]

    def test_limit(self, subject: LexicalSubject) -> None:
        full = subject.search("标准", 100)
        assert len(full) == 2
        assert subject.search("标准", 1) == full[:1]
        assert subject.search("标准", 0) == []
        assert subject.search("标准", -1) == []

    @pytest.mark.parametrize("question", ["", " \n\t", "？！。", "😀", "鑫", "\x00", "zzz"])
    def test_nothing_shared_nothing_found(self, subject: LexicalSubject, question: str) -> None:
        assert subject.search(question, 5) == []

    @pytest.mark.parametrize("question", ['terms:"标准" AND (', "标准 OR *", "标准^3 ~", "a/1", "标准" * 5000])
    def test_a_question_is_text_and_never_query_syntax(self, subject: LexicalSubject, question: str) -> None:
        assert isinstance(subject.search(question, 5), list)

    def test_a_question_scores_as_its_terms_do(self, subject: LexicalSubject) -> None:
        assert subject.search("国际", 5) == subject.search_terms({"国": 1.0, "际": 1.0, "国际": 1.0}, 5)

    def test_a_weight_multiplies_the_share_of_its_term(self, subject: LexicalSubject) -> None:
        once = dict(subject.search_terms({"国际": 1.0}, 5))
        thrice = dict(subject.search_terms({"国际": 3.0}, 5))
        assert thrice == pytest.approx({key: 3 * score for key, score in once.items()}, rel=1e-5)
        assert [key for key, _ in subject.search_terms({"国际": 0.01, "行业": 5.0}, 2)] == ["a/2", "a/1"]

    def test_terms_without_weight_count_for_nothing(self, subject: LexicalSubject) -> None:
        assert subject.search_terms({"国际": 0.0, "": 1.0, "行业": -1.0}, 5) == []
        assert subject.search_terms({}, 5) == []

    def test_counts_the_clauses_that_hold_a_term(self, subject: LexicalSubject) -> None:
        held = {term: subject.frequency(term) for term in ("奖励", "国际", "gb/t", "没有", "")}
        assert held == {"奖励": 3, "国际": 1, "gb/t": 1, "没有": 0, "": 0}

    def test_building_twice_gives_the_same_answers(self, tmp_path: Path, subject: LexicalSubject) -> None:
        items = list(reversed(CLAUSES.items()))
        again = self.build(tmp_path / "again", [key for key, _ in items], [text for _, text in items])
        for question in ("主导制定国际标准奖励", "一句", "standard gb/t 标准"):
            assert again.search(question, 10) == subject.search(question, 10)

    def test_an_empty_corpus_finds_nothing(self, tmp_path: Path) -> None:
        self.build(tmp_path / "empty", [], [])
        index = self.open(tmp_path / "empty")
        assert (index.count, index.ids(), index.search("标准", 5)) == (0, set(), [])

    def test_reading_changes_no_file(self, directory: Path) -> None:
        before = contents(directory)
        self.open(directory).search("标准", 5)
        assert contents(directory) == before

    def test_threads_search_at_once(self, subject: LexicalSubject) -> None:
        expected = subject.search("国际标准", 5)
        with ThreadPoolExecutor(4) as pool:
            assert all(found == expected for found in pool.map(lambda _: subject.search("国际标准", 5), range(40)))

    def test_processes_search_at_once(self, directory: Path, subject: LexicalSubject) -> None:
        with ProcessPoolExecutor(2, mp_context=multiprocessing.get_context("spawn")) as pool:
            found = list(pool.map(self.search_once, [directory] * 2))
        assert found == [subject.search("国际标准", 5)] * 2

    def search_once(self, directory: Path) -> list[tuple[str, float]]:
        return self.open(directory).search("国际标准", 5)

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

    def test_a_damaged_file_is_noticed_or_harmless(self, directory: Path, subject: LexicalSubject) -> None:
        expected = subject.search("国际标准", 5)
        noticed = []
        for name, content in contents(directory).items():
            (directory / name).write_bytes(content[: len(content) // 2])
            try:
                assert self.open(directory).search("国际标准", 5) == expected, name
            except CorruptRelease as error:
                noticed.append(str(error))
            (directory / name).write_bytes(content)
        assert noticed
        assert all("knowledge build" in message for message in noticed)
