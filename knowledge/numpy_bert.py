"""Embeds questions with a BERT model in plain numpy, from the files of a sentence-transformers model.

Importing torch and sentence-transformers takes longer than answering a question from the command line does. A question
is short, so numpy computes the same vector (to the sixth digit) in a tenth of a second, and is ready in one.
Clauses, and every model of another kind, go through sentence-transformers.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any, Literal, NamedTuple, Self

import numpy as np
from numpy.typing import NDArray
from safetensors import safe_open
from threadpoolctl import ThreadpoolController  # type: ignore[import-untyped]
from tokenizers import Tokenizer

from knowledge.errors import EmbedderError

Floats = NDArray[np.float32]
Pooling = Literal["mean", "cls"]

_WORDS = "embeddings.word_embeddings.weight"
_POOLING: dict[str | None, Pooling] = {"mean": "mean", "mean_tokens": "mean", "cls": "cls", "cls_token": "cls"}


class _Shape(NamedTuple):
    layers: int
    heads: int
    positions: int
    eps: float
    pooling: Pooling


class NumpyBert:
    """A BERT encoder with mean or first-token pooling; for one thread at a time.

    Example:
        >>> NumpyBert.load(directory).encode("query: 国际标准奖励多少").shape
        (384,)
    """

    def __init__(self, directory: Path, shape: _Shape) -> None:
        self._shape = shape
        # Kept open: of the vocabulary's hundreds of megabytes, a question reads some rows.
        file: Any = safe_open(directory / "model.safetensors", framework="numpy")
        self._words = file.get_slice(_WORDS)
        self._weights = {
            name: _laid_out(name, file.get_tensor(name).astype(np.float32, copy=False))
            for name in file.keys()  # noqa: SIM118 - a file, not a dict
            if name != _WORDS
        }
        self._tokenizer = Tokenizer.from_file(str(directory / "tokenizer.json"))
        self._tokenizer.enable_truncation(shape.positions)
        self._tokenizer.no_padding()
        self._threads = ThreadpoolController()

    @classmethod
    def load(cls, directory: Path) -> Self | None:
        """The model in `directory`, or None where it is of a kind this cannot run.

        Raises:
            EmbedderError: it is of the right kind, and its files cannot be read.
        """
        shape = _shape(directory)
        if shape is None:
            return None
        try:
            return cls(directory, shape)
        except Exception as error:
            # tokenizers and safetensors raise bare exceptions from their Rust side.
            raise EmbedderError(
                f"the embedding model in {directory} cannot be read ({error}); delete that directory to have the "
                "default model made again, or name another in BZT_EMBEDDING_MODEL"
            ) from error

    def encode(self, text: str) -> Floats:
        """The vector of `text`, of length one; what is beyond the model's window is cut off."""
        # The products are small: on a busy machine, threads that wait for each other take ten times as long as one.
        with self._threads.limit(limits=1, user_api="blas"):
            return self._encode(text)

    def _encode(self, text: str) -> Floats:
        ids = self._tokenizer.encode(text).ids
        states = np.stack([self._words[i] for i in ids]).astype(np.float32, copy=False)
        states += self._weights["embeddings.position_embeddings.weight"][: len(ids)]
        states += self._weights["embeddings.token_type_embeddings.weight"][0]
        states = self._norm(states, "embeddings.LayerNorm")
        for layer in range(self._shape.layers):
            states = self._layer(states, f"encoder.layer.{layer}.")
        pooled: Floats = states.mean(axis=0) if self._shape.pooling == "mean" else states[0]
        unit: Floats = pooled / np.linalg.norm(pooled)
        return unit

    def _layer(self, states: Floats, name: str) -> Floats:
        mixed = self._linear(self._attention(states, name + "attention.self."), name + "attention.output.dense")
        states = self._norm(states + mixed, name + "attention.output.LayerNorm")
        wide = _gelu(self._linear(states, name + "intermediate.dense"))
        return self._norm(states + self._linear(wide, name + "output.dense"), name + "output.LayerNorm")

    def _attention(self, states: Floats, name: str) -> Floats:
        length, width = states.shape
        size = width // self._shape.heads
        query, key, value = (
            self._linear(states, name + part).reshape(length, self._shape.heads, size).transpose(1, 0, 2)
            for part in ("query", "key", "value")
        )
        scores = query @ key.transpose(0, 2, 1) / np.float32(np.sqrt(size))
        weights = np.exp(scores - scores.max(axis=-1, keepdims=True))
        weights /= weights.sum(axis=-1, keepdims=True)
        mixed: Floats = (weights @ value).transpose(1, 0, 2).reshape(length, width)
        return mixed

    def _linear(self, states: Floats, name: str) -> Floats:
        moved: Floats = states @ self._weights[name + ".weight"] + self._weights[name + ".bias"]
        return moved

    def _norm(self, states: Floats, name: str) -> Floats:
        centred = states - states.mean(axis=-1, keepdims=True)
        variance = np.square(centred).mean(axis=-1, keepdims=True)
        scaled = centred / np.sqrt(variance + np.float32(self._shape.eps))
        moved: Floats = scaled * self._weights[name + ".weight"] + self._weights[name + ".bias"]
        return moved


def _laid_out(name: str, tensor: Floats) -> Floats:
    """A weight as it is multiplied with: the matrix of a layer transposed once and not in every product."""
    matrix = tensor.ndim == 2 and name.startswith("encoder.")
    return np.ascontiguousarray(tensor.T) if matrix else tensor


def _gelu(values: Floats) -> Floats:
    """The exact GELU; its error function after Abramowitz and Stegun 7.1.26, which errs by less than 1.5e-7."""
    scaled = np.abs(values) / np.float32(np.sqrt(2))
    t = 1 / (1 + np.float32(0.3275911) * scaled)
    tail = ((((1.061405429 * t - 1.453152027) * t + 1.421413741) * t - 0.284496736) * t + 0.254829592) * t
    erf = np.copysign(1 - tail * np.exp(-np.square(scaled)), values)
    half: Floats = values * np.float32(0.5)
    return half + half * erf


def _shape(directory: Path) -> _Shape | None:
    """What the configuration says, where it describes exactly what this module computes; else None."""
    config = _read(directory / "config.json")
    transformer = _read(directory / "sentence_bert_config.json")
    modules = [str(module.get("type", "")).rpartition(".")[2] for module in _read(directory / "modules.json")]
    pooling = _pooling(_read(directory / "1_Pooling" / "config.json"))
    plain = (
        config.get("model_type") == "bert"
        and config.get("architectures") == ["BertModel"]
        and config.get("hidden_act") == "gelu"
        and config.get("position_embedding_type", "absolute") == "absolute"
        and not transformer.get("do_lower_case")
        and not _read(directory / "config_sentence_transformers.json").get("truncate_dim")
        and modules in (["Transformer", "Pooling"], ["Transformer", "Pooling", "Normalize"])
        and all((directory / name).is_file() for name in ("model.safetensors", "tokenizer.json"))
    )
    if not plain or pooling is None:
        return None
    limits = (
        config["max_position_embeddings"],
        transformer.get("max_seq_length"),
        _read(directory / "tokenizer_config.json").get("model_max_length"),
    )
    return _Shape(
        layers=int(config["num_hidden_layers"]),
        heads=int(config["num_attention_heads"]),
        positions=min(int(limit) for limit in limits if limit),
        eps=float(config["layer_norm_eps"]),
        pooling=pooling,
    )


def _pooling(config: dict[str, Any]) -> Pooling | None:
    """The pooling mode under its present key, or under those of before sentence-transformers 5.4."""
    modes = [key.removeprefix("pooling_mode_") for key, on in config.items() if on is True and "pooling_mode_" in key]
    mode = config.get("pooling_mode", modes[0] if len(modes) == 1 else None)
    if not config.get("include_prompt", True):
        return None
    return _POOLING.get(mode)


def _read(path: Path) -> Any:  # noqa: ANN401 - whatever the file holds
    try:
        return json.loads(path.read_text(encoding="utf-8"))
    except (FileNotFoundError, ValueError):
        return {}
