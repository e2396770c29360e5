from __future__ import annotations

import json
import math
from collections import Counter
from collections.abc import Sequence
from pathlib import Path

import pytest

from knowledge.analyzer import tokens
from knowledge.errors import CorruptRelease
from knowledge.lexical import LexicalIndex
from tests.contracts.lexical_index import CLAUSES, LexicalIndexContract


class TestTantivy(LexicalIndexContract):
    def build(self, directory: Path, ids: Sequence[str], texts: Sequence[str]) -> LexicalIndex:
        return LexicalIndex.build(directory, ids, texts)

    def open(self, directory: Path) -> LexicalIndex:
        return LexicalIndex.open(directory)


def test_scores_are_those_of_bm25(tmp_path: Path) -> None:
    """k1 = 1.2, b = 0.75, on lengths short enough that tantivy stores them exactly."""
    clauses = {clause_id: text for clause_id, text in CLAUSES.items() if len(tokens(text)) < 40}
    index = LexicalIndex.build(tmp_path / "index", list(clauses), list(clauses.values()))
    bags = {clause_id: Counter(tokens(text)) for clause_id, text in clauses.items()}
    average = sum(bag.total() for bag in bags.values()) / len(bags)

    def score(bag: Counter[str], question: str) -> float:
        total = 0.0
        for term in tokens(question):
            holders = sum(term in other for other in bags.values())
            if holders and bag[term]:
                idf = math.log(1 + (len(bags) - holders + 0.5) / (holders + 0.5))
                total += idf * bag[term] * 2.2 / (bag[term] + 1.2 * (0.25 + 0.75 * bag.total() / average))
        return total

    for question in ("国际标准奖励", "行业标准", "奖励奖励"):
        expected = {key: value for key, bag in bags.items() if (value := score(bag, question))}
        assert dict(index.search(question, 10)) == pytest.approx(expected, rel=1e-4)


def test_refuses_what_another_analyzer_made(tmp_path: Path) -> None:
    LexicalIndex.build(tmp_path / "index", ["a"], ["标准"])
    manifest = tmp_path / "index" / "lexical.json"
    manifest.write_text(
        json.dumps(json.loads(manifest.read_text(encoding="utf-8")) | {"analyzer": "other/0"}), encoding="utf-8"
    )
    with pytest.raises(CorruptRelease, match="'other/0' made it"):
        LexicalIndex.open(tmp_path / "index")


def test_progress_counts_up_to_all(tmp_path: Path) -> None:
    seen: list[tuple[int, int]] = []
    ids = [str(number) for number in range(600)]
    LexicalIndex.build(tmp_path / "index", ids, ["标准"] * 600, progress=lambda *step: seen.append(step))
    assert seen == [(256, 600), (512, 600), (600, 600)]
