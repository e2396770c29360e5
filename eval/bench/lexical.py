"""BM25 on tantivy against BM25 on bm25s, same terms: `python -m eval.bench.lexical [CLAUSES]`.

bm25s is not among the product's packages: `pip install bm25s` first.
"""

from __future__ import annotations

import importlib
import sys
import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

from eval.bench.corpus import clauses, questions
from eval.bench.timing import median_ms, seconds, table
from knowledge.analyzer import tokens
from knowledge.lexical import LexicalIndex

# By name, because it is installed for this measurement alone.
bm25s: Any = importlib.import_module("bm25s")

Search = Callable[[str], list[str]]
_TOP = 10


def main(count: int) -> None:
    """Build both indexes over `count` clauses, ask both the same questions, print what each took."""
    texts, asked = clauses(count), questions(200)
    terms = sum(len(tokens(text)) for text in texts)
    analysis = seconds(lambda: [tokens(text) for text in texts])
    with tempfile.TemporaryDirectory() as folder:
        ours = _measure(Path(folder) / "tantivy", _build_tantivy, _open_tantivy, texts, asked)
        other = _measure(Path(folder) / "bm25s", _build_bm25s, _open_bm25s, texts, asked)
        same = sum(len(set(one) & set(two)) for one, two in zip(ours[-1], other[-1], strict=True)) / sum(
            len(one) for one in ours[-1]
        )
    head = ["", "build s", "open ms", "query ms", "disk MB"]
    rows = [
        [name, *(f"{value:.2f}" for value in measured[:4])] for name, measured in (("tantivy", ours), ("bm25s", other))
    ]
    ratio = ["bm25s / tantivy", *(f"{b / a:.2f}" for a, b in zip(ours[:4], other[:4], strict=True))]
    print(f"{count} clauses, {terms} terms; analysis alone, in both builds: {analysis:.2f} s")
    print(table([head, *rows, ratio]))
    print(f"share of tantivy's ten best that are among bm25s's ten best: {same:.3f}")


Measured = tuple[float, float, float, float, list[list[str]]]


def _measure(
    folder: Path,
    build: Callable[[Path, list[str]], None],
    open_: Callable[[Path], Search],
    texts: list[str],
    asked: list[str],
) -> Measured:
    built = seconds(lambda: build(folder, texts))
    opened = 1000 * seconds(lambda: open_(folder))
    search = open_(folder)
    search(asked[0])
    queried = median_ms(search, asked)
    disk = sum(path.stat().st_size for path in folder.rglob("*") if path.is_file()) / 1e6
    return built, opened, queried, disk, [search(question) for question in asked]


def _build_tantivy(folder: Path, texts: list[str]) -> None:
    LexicalIndex.build(folder, [f"{number:06}" for number in range(len(texts))], texts)


def _open_tantivy(folder: Path) -> Search:
    index = LexicalIndex.open(folder)
    return lambda question: [clause_id for clause_id, _ in index.search(question, _TOP)]


def _build_bm25s(folder: Path, texts: list[str]) -> None:
    index = bm25s.BM25(k1=1.2, b=0.75, method="lucene")
    index.index([tokens(text) for text in texts], show_progress=False)
    index.save(folder, show_progress=False)


def _open_bm25s(folder: Path) -> Search:
    index = bm25s.BM25.load(folder, mmap=True)

    def search(question: str) -> list[str]:
        known = [term for term in tokens(question) if term in index.vocab_dict]
        found = index.retrieve([known], k=_TOP, show_progress=False, return_as="documents")
        return [f"{number:06}" for number in found[0]]

    return search


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 5000)
