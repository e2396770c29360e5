"""What every embedder does."""

from __future__ import annotations

import threading
from concurrent.futures import ThreadPoolExecutor

import numpy as np
import pytest
from langchain_core.embeddings import Embeddings

from knowledge.embedding import Embedder

TEXTS = [
    "主导制定国际标准的，每项奖励60万元。",
    "采用国际标准或国外先进标准的出口产品，每个产品奖励1万元。",
    "The city supports enterprises in drafting standards.",
    "",
    "😀 <b>１２３</b>\n\t标准",
]
LONGER_THAN_ANY_WINDOW = "标准" * 1500


class EmbedderContract:
    """Inherit, and give a fixture `subject` that makes the embedder."""

    @pytest.fixture
    def subject(self) -> Embedder:
        raise NotImplementedError

    def test_is_an_embeddings_of_langchain(self, subject: Embedder) -> None:
        assert isinstance(subject, Embeddings)

    def test_one_unit_vector_a_text(self, subject: Embedder) -> None:
        matrix = subject.embed_matrix(TEXTS)
        assert matrix.shape == (len(TEXTS), subject.dimension)
        assert matrix.dtype == np.float32
        np.testing.assert_allclose(np.linalg.norm(matrix, axis=1), 1.0, atol=1e-5)

    def test_no_texts_no_vectors(self, subject: Embedder) -> None:
        assert subject.embed_matrix([]).shape == (0, subject.dimension)
        assert subject.embed_documents([]) == []

    def test_lists_hold_the_same_numbers_as_the_matrix(self, subject: Embedder) -> None:
        rows = subject.embed_documents(TEXTS[:2])
        assert all(isinstance(value, float) for row in rows for value in row)
        np.testing.assert_allclose(np.array(rows), subject.embed_matrix(TEXTS[:2]), atol=1e-6)

    @pytest.mark.parametrize("text", [*TEXTS, LONGER_THAN_ANY_WINDOW], ids=lambda text: text[:8])
    def test_a_question_is_a_list_of_floats_of_length_one(self, subject: Embedder, text: str) -> None:
        vector = subject.embed_query(text)
        assert len(vector) == subject.dimension
        assert all(type(value) is float for value in vector)
        assert np.linalg.norm(vector) == pytest.approx(1.0, abs=1e-5)

    def test_same_text_same_vector_whatever_its_neighbours(self, subject: Embedder) -> None:
        alone = subject.embed_matrix(TEXTS[:1])[0]
        among = subject.embed_matrix([TEXTS[0], TEXTS[1] * 3, TEXTS[2]])[0]
        np.testing.assert_allclose(alone, among, atol=1e-5)

    def test_a_question_is_nearest_to_the_text_it_shares_words_with(self, subject: Embedder) -> None:
        texts = ["主导制定国际标准的企业奖励六十万元", "今天下午有阵雨，气温下降", "食堂中午供应牛肉面和米饭"]
        scores = subject.embed_matrix(texts) @ np.array(subject.embed_query("企业主导制定国际标准奖励"))
        assert int(np.argmax(scores)) == 0

    def test_progress_counts_up_to_all(self, subject: Embedder) -> None:
        seen: list[tuple[int, int]] = []
        texts = [f"第{i}条" for i in range(70)]
        subject.embed_matrix(texts, progress=lambda done, total: seen.append((done, total)))
        assert [done for done, _ in seen] == sorted({done for done, _ in seen})
        assert seen[-1] == (70, 70)
        assert {total for _, total in seen} == {70}

    def test_threads_get_what_one_gets(self, subject: Embedder) -> None:
        questions = [f"第{i}项标准奖励多少" for i in range(8)]
        expected = [subject.embed_query(question) for question in questions]
        start = threading.Barrier(4)

        def ask(question: str) -> list[float]:
            if question in questions[:4]:
                start.wait(timeout=30)
            return subject.embed_query(question)

        with ThreadPoolExecutor(4) as pool:
            np.testing.assert_allclose(list(pool.map(ask, questions)), expected, atol=1e-5)

    def test_the_fingerprint_is_one_stable_line(self, subject: Embedder) -> None:
        assert subject.fingerprint == subject.fingerprint
        assert subject.fingerprint.strip()
        assert "\n" not in subject.fingerprint
        assert str(subject.dimension) in subject.fingerprint
