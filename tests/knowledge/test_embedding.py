from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

from knowledge import e5
from knowledge.embedding import Embedder, HashEmbeddings, SentenceTransformerEmbeddings, default_embedder
from knowledge.errors import EmbedderError
from knowledge.numpy_bert import NumpyBert
from tests.contracts.embedder import LONGER_THAN_ANY_WINDOW, TEXTS, EmbedderContract
from tests.knowledge.tiny_e5 import HIDDEN, TinyE5


@pytest.fixture(scope="module")
def tiny(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The directory of a sentence-transformers model with random weights."""
    folder = tmp_path_factory.mktemp("tiny")
    (folder / "weights").write_bytes(TinyE5().to_bytes())
    return e5.convert(folder / "tiny", folder / "weights")


@pytest.fixture
def changeable(tmp_path: Path) -> Path:
    (tmp_path / "weights").write_bytes(TinyE5().to_bytes())
    return e5.convert(tmp_path / "tiny", tmp_path / "weights")


def edit(path: Path, **changes: object) -> None:
    path.write_text(json.dumps(json.loads(path.read_text(encoding="utf-8")) | changes), encoding="utf-8")


class TestHashEmbeddings(EmbedderContract):
    @pytest.fixture
    def subject(self) -> Embedder:
        return HashEmbeddings()


class TestDefaultEmbedder(EmbedderContract):
    @pytest.fixture
    def subject(self, embedder: Embedder) -> Embedder:
        return embedder


class TestQuick(EmbedderContract):
    """Questions in numpy until a clause is embedded."""

    @pytest.fixture
    def subject(self, tiny: Path) -> Embedder:
        return SentenceTransformerEmbeddings(tiny, device="cpu", quick=True)


class TestModels:
    def test_making_one_is_cheap(self, tiny: Path) -> None:
        code = (
            "import sys; from pathlib import Path; from knowledge.embedding import SentenceTransformerEmbeddings;"
            f"model = SentenceTransformerEmbeddings(Path({str(tiny)!r}), quick=True);"
            "print(model.fingerprint, model.dimension, len(model.embed_query('标准')));"
            "assert not {'torch', 'transformers', 'sentence_transformers'} & set(sys.modules)"
        )
        run = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, timeout=300, check=True)
        assert run.stdout.split() == [SentenceTransformerEmbeddings(tiny).fingerprint, str(HIDDEN), str(HIDDEN)]

    def test_the_models_own_prompts_apply(self, tiny: Path) -> None:
        from sentence_transformers import SentenceTransformer

        plain = SentenceTransformer(str(tiny), device="cpu", local_files_only=True)
        model = SentenceTransformerEmbeddings(tiny, device="cpu")
        np.testing.assert_allclose(model.embed_query("标准"), plain.encode("query: 标准"), atol=1e-6)
        np.testing.assert_allclose(model.embed_matrix(["标准"])[0], plain.encode("passage: 标准"), atol=1e-6)

    def test_two_copies_have_one_fingerprint(self, tiny: Path, changeable: Path) -> None:
        assert SentenceTransformerEmbeddings(tiny).fingerprint == SentenceTransformerEmbeddings(changeable).fingerprint

    @pytest.mark.parametrize("changed", ["weights", "prompts", "vocabulary", "pooling"])
    def test_another_model_has_another_fingerprint(self, changeable: Path, changed: str) -> None:
        before = SentenceTransformerEmbeddings(changeable).fingerprint
        if changed == "weights":
            data = bytearray((changeable / "model.safetensors").read_bytes())
            data[-1] ^= 1
            (changeable / "model.safetensors").write_bytes(data)
        elif changed == "prompts":
            edit(changeable / "config_sentence_transformers.json", prompts={"query": "q: "})
        elif changed == "vocabulary":
            edit(changeable / "tokenizer.json", version="2.0")
        else:
            edit(changeable / "1_Pooling" / "config.json", pooling_mode="cls")
        assert SentenceTransformerEmbeddings(changeable).fingerprint != before

    def test_a_directory_without_a_model_is_one_clear_error(self, tmp_path: Path) -> None:
        with pytest.raises(EmbedderError, match="BZT_EMBEDDING_MODEL"):
            default_embedder(tmp_path, model=str(tmp_path))

    @pytest.mark.parametrize("name", ["no-such/model", "no such model", "a/b/c", "BAAI/bge-m3"])
    def test_a_name_that_nothing_has_is_one_clear_error(self, tmp_path: Path, name: str) -> None:
        with pytest.raises(EmbedderError, match="BZT_EMBEDDING_MODEL"):
            default_embedder(tmp_path, model=name)

    @pytest.mark.parametrize("quick", [False, True])
    @pytest.mark.parametrize("file", ["model.safetensors", "tokenizer.json", "config.json"])
    def test_a_damaged_model_is_one_clear_error(self, changeable: Path, file: str, quick: bool) -> None:
        path = changeable / file
        path.write_bytes(path.read_bytes()[: path.stat().st_size // 2])
        with pytest.raises(EmbedderError, match=r"delete"):
            SentenceTransformerEmbeddings(changeable, device="cpu", quick=quick).embed_query("标准")

    def test_a_model_without_modules_gets_the_usual_ones(self, changeable: Path) -> None:
        for name in ("modules.json", "config_sentence_transformers.json", "sentence_bert_config.json"):
            (changeable / name).unlink()
        model = SentenceTransformerEmbeddings(changeable, device="cpu")
        assert model.dimension == HIDDEN
        assert model.embed_matrix(["标准"]).shape == (1, HIDDEN)

    def test_a_truncated_model_says_so(self, changeable: Path) -> None:
        edit(changeable / "config_sentence_transformers.json", truncate_dim=16)
        model = SentenceTransformerEmbeddings(changeable, device="cpu", quick=True)
        assert model.dimension == 16
        assert len(model.embed_query("标准")) == 16


class TestNumpyBert:
    @pytest.mark.parametrize("pooling", ["mean", "cls"])
    def test_agrees_with_sentence_transformers(self, changeable: Path, pooling: str) -> None:
        edit(changeable / "1_Pooling" / "config.json", pooling_mode=pooling)
        slow = SentenceTransformerEmbeddings(changeable, device="cpu")
        quick = SentenceTransformerEmbeddings(changeable, device="cpu", quick=True)
        for text in [*TEXTS, LONGER_THAN_ANY_WINDOW]:
            np.testing.assert_allclose(quick.embed_query(text), slow.embed_query(text), atol=2e-6)

    def test_agrees_on_the_default_model(self, data_dir: Path, embedder: Embedder) -> None:
        model = NumpyBert.load(data_dir / "models" / e5.MODEL_NAME)
        assert model is not None
        for text in [*TEXTS, "主导制定国际标准的企业能拿多少奖励？" * 8]:
            np.testing.assert_allclose(model.encode("query: " + text), embedder.embed_query(text), atol=2e-6)

    @pytest.mark.parametrize(
        ("file", "changes"),
        [
            ("config.json", {"model_type": "xlm-roberta"}),
            ("config.json", {"hidden_act": "relu"}),
            ("config.json", {"position_embedding_type": "relative_key"}),
            ("1_Pooling/config.json", {"pooling_mode": "max"}),
            ("1_Pooling/config.json", {"include_prompt": False}),
            ("sentence_bert_config.json", {"do_lower_case": True}),
            ("config_sentence_transformers.json", {"truncate_dim": 16}),
        ],
    )
    def test_leaves_models_of_another_kind_alone(self, changeable: Path, file: str, changes: dict[str, object]) -> None:
        assert NumpyBert.load(changeable) is not None
        edit(changeable / file, **changes)
        assert NumpyBert.load(changeable) is None
