"""The embedding model behind one small seam: texts in, unit vectors out.

`Embedder` is a LangChain `Embeddings` that also knows what it is: two embedders with the same fingerprint make the same
vectors. `SentenceTransformerEmbeddings` runs any sentence-transformers model; `HashEmbeddings` is a fake for tests.
"""

from __future__ import annotations

import hashlib
import json
import threading
from abc import ABC, abstractmethod
from collections import Counter
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
from langchain_core.embeddings import Embeddings
from numpy.typing import NDArray

import knowledge.offline  # noqa: F401 - before anything of Hugging Face is imported
from knowledge import e5
from knowledge.analyzer import tokens
from knowledge.errors import EmbedderError
from knowledge.numpy_bert import NumpyBert
from knowledge.progress import Progress

if TYPE_CHECKING:
    from sentence_transformers import SentenceTransformer

Vectors = NDArray[np.float32]

MODELS_FOLDER = "models"
_BATCH = 32
_SAMPLES, _SAMPLE_BYTES = 64, 65_536
_WEIGHT_SUFFIXES = {".safetensors", ".bin", ".pt"}
_ENCODE: dict[str, Any] = {"normalize_embeddings": True, "show_progress_bar": False, "batch_size": _BATCH}


class Embedder(Embeddings, ABC):
    """Texts in, vectors of length one out; safe to call from several threads."""

    @property
    @abstractmethod
    def fingerprint(self) -> str:
        """Names the model and its weights. Cheap: nothing is loaded to find it."""

    @property
    @abstractmethod
    def dimension(self) -> int:
        """Components of a vector."""

    @abstractmethod
    def embed_matrix(self, texts: Sequence[str], progress: Progress | None = None) -> Vectors:
        """Embed clauses: one row a text, float32, each of length one."""

    @abstractmethod
    def embed_query(self, text: str) -> list[float]:
        """Embed a question."""

    def embed_documents(self, texts: list[str]) -> list[list[float]]:
        """Embed clauses, as LangChain asks for them."""
        return [[float(value) for value in row] for row in self.embed_matrix(texts)]


class SentenceTransformerEmbeddings(Embedder):
    """Any sentence-transformers model, with the prompts of its own configuration.

    Making one is cheap: the model loads when the first text comes.

    Args:
        model: the model's directory.
        device: a torch device; by default a GPU if there is one.
        name: what the fingerprint calls the model; by default the directory's name.
        quick: embed questions in numpy, where the model allows it, as long as sentence-transformers is not needed for
            anything else: for commands that answer one question and end.

    Raises:
        EmbedderError: the directory holds no model.

    Example:
        >>> SentenceTransformerEmbeddings("models/bge-m3").embed_query("国际标准奖励多少")
        [0.0123, …]
    """

    def __init__(
        self, model: Path | str, device: str | None = None, name: str | None = None, *, quick: bool = False
    ) -> None:
        self._directory = Path(model)
        self._quick = quick
        self._name = name or self._directory.name
        self._device = device
        self._lock = threading.Lock()
        if not any((self._directory / file).is_file() for file in ("modules.json", "config.json")):
            raise EmbedderError(
                f"{self._directory} should be the directory of a sentence-transformers model and holds neither "
                "modules.json nor config.json; check BZT_EMBEDDING_MODEL"
            )

    @cached_property
    def fingerprint(self) -> str:
        """Name, dimension, prompts and a hash of weights and configuration: `bge-m3:1024:query:3f2a…`."""
        prompts = "+".join(sorted(self._prompts)) or "plain"
        return f"{self._name}:{self.dimension}:{prompts}:{_digest(self._directory)}"

    @cached_property
    def dimension(self) -> int:
        """Components of a vector, from the model's files; only a model that does not say so is loaded for it."""
        return _stated_dimension(self._directory) or len(self.embed_query("?"))

    def embed_matrix(self, texts: Sequence[str], progress: Progress | None = None) -> Vectors:
        """Embed clauses with the model's document prompt: one row a text, float32, each of length one."""
        matrix = np.zeros((len(texts), self.dimension), dtype=np.float32)
        for start in range(0, len(texts), _BATCH):
            batch = list(texts[start : start + _BATCH])
            with self._lock:
                matrix[start : start + len(batch)] = self._loaded.encode_document(batch, **_ENCODE)
            if progress:
                progress(start + len(batch), len(texts))
        return matrix

    def embed_query(self, text: str) -> list[float]:
        """Embed a question with the model's query prompt."""
        with self._lock:
            if "_loaded" not in self.__dict__ and self._numpy_bert is not None:
                vector = self._numpy_bert.encode(self._prompts.get("query", "") + text)
            else:
                model = self._loaded
                with _one_thread():
                    vector = model.encode_query(text, **_ENCODE)
        return [float(value) for value in vector]

    @cached_property
    def _prompts(self) -> dict[str, str]:
        prompts = _read_json(self._directory / "config_sentence_transformers.json").get("prompts") or {}
        return {str(name): str(prompt) for name, prompt in prompts.items() if prompt}

    @cached_property
    def _numpy_bert(self) -> NumpyBert | None:
        return NumpyBert.load(self._directory) if self._quick else None

    @cached_property
    def _loaded(self) -> SentenceTransformer:
        # Imported with the first text: torch takes seconds, and most commands embed nothing.
        from sentence_transformers import SentenceTransformer
        from transformers.utils import logging

        logging.disable_progress_bar()  # type: ignore[no-untyped-call]
        try:
            return SentenceTransformer(str(self._directory), device=self._device, local_files_only=True)
        except Exception as error:
            # transformers, safetensors and torch raise errors of many types for a broken file.
            raise EmbedderError(
                f"the embedding model in {self._directory} cannot be loaded ({type(error).__name__}: {error}); "
                "delete that directory to have the default model made again, or name another in BZT_EMBEDDING_MODEL"
            ) from error


class HashEmbeddings(Embedder):
    """A tiny fake for tests: texts that share terms are near. Deterministic, with nothing to load."""

    def __init__(self, dimension: int = 64) -> None:
        self._dimension = dimension

    @property
    def fingerprint(self) -> str:
        """Names the fake and its dimension."""
        return f"hash-embeddings:{self._dimension}"

    @property
    def dimension(self) -> int:
        """Components of a vector."""
        return self._dimension

    def embed_matrix(self, texts: Sequence[str], progress: Progress | None = None) -> Vectors:
        """Embed texts: one row a text, float32, each of length one."""
        matrix = np.zeros((len(texts), self._dimension), dtype=np.float32)
        for row, text in enumerate(texts):
            matrix[row] = self._vector(text)
            if progress:
                progress(row + 1, len(texts))
        return matrix

    def embed_query(self, text: str) -> list[float]:
        """Embed a question, as any other text."""
        return [float(value) for value in self._vector(text)]

    def _vector(self, text: str) -> Vectors:
        vector = np.zeros(self._dimension, dtype=np.float32)
        for term, times in Counter(tokens(text)).items():
            code = int.from_bytes(hashlib.blake2b(term.encode("utf-8"), digest_size=8).digest(), "little")
            vector[(code >> 1) % self._dimension] += times if code & 1 else -times
        length = float(np.linalg.norm(vector))
        if not length:
            vector[0] = length = 1.0
        return vector / np.float32(length)


def default_embedder(
    data: Path, model: str | None = None, device: str | None = None, *, quick: bool = False
) -> SentenceTransformerEmbeddings:
    """The embedder that the settings name.

    Args:
        data: the data directory; the default model is made in it once, which takes some seconds and 480 MB.
        model: a model's directory, or its name on the Hugging Face hub. A name is looked up in the local cache first
            and fetched only if it is not there: the one case in which the product uses the network.
        device: a torch device; by default a GPU if there is one.
        quick: see SentenceTransformerEmbeddings.

    Raises:
        EmbedderError: there is no such model.
    """
    if model is None:
        return SentenceTransformerEmbeddings(e5.convert(data / MODELS_FOLDER / e5.MODEL_NAME), device, quick=quick)
    if Path(model).is_dir():
        return SentenceTransformerEmbeddings(model, device, quick=quick)
    return SentenceTransformerEmbeddings(_from_hub(model), device, name=model, quick=quick)


@contextmanager
def _one_thread() -> Iterator[None]:
    """One text is little work: on a busy machine, threads that wait for each other take ten times as long as one."""
    import torch

    threads = torch.get_num_threads()
    torch.set_num_threads(1)
    try:
        yield
    finally:
        torch.set_num_threads(threads)


def _from_hub(name: str) -> Path:
    from huggingface_hub import snapshot_download
    from huggingface_hub.errors import HfHubHTTPError, HFValidationError, LocalEntryNotFoundError

    other_formats = ["onnx/*", "openvino/*", "*.msgpack", "*.h5", "*.ot", "*.onnx"]
    try:
        try:
            return Path(snapshot_download(name, local_files_only=True))
        except LocalEntryNotFoundError:
            return Path(snapshot_download(name, ignore_patterns=other_formats))
    except (OSError, HfHubHTTPError, HFValidationError) as error:
        raise EmbedderError(
            f"the embedding model {name!r} is neither a directory nor a model of the Hugging Face hub that is cached "
            f"or can be fetched ({type(error).__name__}); give the directory of a sentence-transformers model in "
            "BZT_EMBEDDING_MODEL, or leave it unset for the default model"
        ) from error


def _stated_dimension(directory: Path) -> int | None:
    """What the model's files say of its dimension: the last module that changes it, or the truncation."""
    truncated = _read_json(directory / "config_sentence_transformers.json").get("truncate_dim")
    if truncated:
        return int(truncated)
    found = None
    for module in _read_json(directory / "modules.json") or [{"path": ""}]:
        config = _read_json(directory / str(module.get("path", "")) / "config.json")
        for key in ("hidden_size", "word_embedding_dimension", "embedding_dimension", "out_features"):
            found = config.get(key, found)
    return int(found) if found else None


def _digest(directory: Path) -> str:
    """A hash of a model's files, 16 hex digits: configuration whole, weights by their size and evenly spaced samples.

    Reading gigabytes at every start would cost seconds; a model that was trained further differs everywhere.
    """
    digest = hashlib.sha256()
    for path in sorted(directory.rglob("*")):
        if path.is_file() and path.suffix in {".json", ".txt", ".model", *_WEIGHT_SUFFIXES}:
            digest.update(path.relative_to(directory).as_posix().encode("utf-8"))
            digest.update(_samples(path) if path.suffix in _WEIGHT_SUFFIXES else path.read_bytes())
    return digest.hexdigest()[:16]


def _samples(path: Path) -> bytes:
    size = path.stat().st_size
    step = max(size // _SAMPLES, _SAMPLE_BYTES)
    digest = hashlib.sha256(str(size).encode("ascii"))
    with path.open("rb") as file:
        for start in range(0, size, step):
            file.seek(start)
            digest.update(file.read(_SAMPLE_BYTES))
    return digest.digest()


def _read_json(path: Path) -> Any:  # noqa: ANN401 - whatever the file holds
    try:
        return json.loads(path.read_text(encoding="utf-8"))
    except FileNotFoundError:
        return {}
    except ValueError as error:
        raise EmbedderError(f"{path} should be JSON and is not ({error}); delete the model's directory") from error
