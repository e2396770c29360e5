"""The vector index: clauses by meaning, in Chroma, through LangChain's interface.

Written once, never updated in place: updates and deletes make live records unreachable by search (chroma issue 7758),
and a second process never sees them. Chroma also writes to its files when it only reads, so an index is
opened from a private copy: the release stays as it was built, and any number of processes may open it.
"""

from __future__ import annotations

import json
import shutil
import weakref
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import ExitStack, contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, Self, cast

import numpy as np

import knowledge.offline  # noqa: F401 - before chromadb is imported
from knowledge.embedding import Embedder, Vectors
from knowledge.errors import CorruptRelease, EmbedderError, ReleaseError
from knowledge.lexical import check_input
from knowledge.progress import Progress

if TYPE_CHECKING:
    from chromadb.api.client import Client
    from langchain_chroma import Chroma
    from langchain_core.documents import Document as LangChainDocument

_MANIFEST = "vectors.json"
_STORE = "chroma"
_COPY = "biaozhuntong-vectors-"
_COLLECTION = "clauses"  # ASCII only
_BATCH = 250
# Recall against exact search is 1.0 on real clauses with these; a search that looks at every one of up to
# `_WIDEST_SEARCH` clauses still takes milliseconds.
_NARROWEST_SEARCH, _WIDEST_SEARCH = 256, 1024
_NEIGHBOURS = 32
# Looked at beyond the limit, so that of clauses that score alike the first by id are kept.
_BEYOND = 16


class VectorIndex:
    """Clauses by the nearness of their meaning to a question's. Close it, or use it in a `with` statement.

    Example:
        >>> VectorIndex.build(directory, ["a/1"], ["主导制定国际标准的奖励60万元"], embedder).close()
        >>> with VectorIndex.open(directory, embedder) as index:
        ...     index.search("reward for leading an international standard", limit=10)
        [('a/1', 0.87)]
    """

    def __init__(self, store: Chroma, count: int, dimension: int, release: Callable[[], None]) -> None:
        self._store = store
        self._collection = store._collection  # langchain-chroma offers no other way to read vectors back
        self.count = count
        self._dimension = dimension
        # Also called when the index is forgotten, or the program ends.
        self._release = weakref.finalize(self, release)

    @classmethod
    def build(
        cls,
        directory: Path,
        ids: Sequence[str],
        texts: Sequence[str],
        embedder: Embedder,
        vectors: Vectors | None = None,
        progress: Progress | None = None,
    ) -> VectorIndex:
        """Write the vectors of `texts` into `directory`, which must be absent or empty, and open the index.

        Args:
            directory: where the index will live.
            ids: one id a text, all different.
            texts: what is embedded: the clause with its context in front.
            embedder: makes the vectors; its fingerprint is written beside them.
            vectors: the vectors, one row a text, where the caller has them already.
            progress: passed to the embedder.

        Raises:
            ReleaseError: the directory holds something, or ids, texts and vectors do not fit.
        """
        check_input(directory, ids, texts)
        matrix = embedder.embed_matrix(texts, progress) if vectors is None else vectors
        if matrix.shape != (len(ids), embedder.dimension):
            raise ReleaseError(
                f"{len(ids)} clauses need vectors of shape {(len(ids), embedder.dimension)}; got {matrix.shape}"
            )
        (directory / _STORE).mkdir(parents=True)
        with _client(directory / _STORE) as client:
            collection = _store(client, embedder, len(ids))._collection
            for start in range(0, len(ids), _BATCH):
                batch = slice(start, start + _BATCH)
                collection.add(ids=list(ids[batch]), embeddings=matrix[batch], documents=list(texts[batch]))
        manifest = {"embedder": embedder.fingerprint, "dimension": embedder.dimension, "count": len(ids)}
        text = json.dumps(manifest, indent=2, ensure_ascii=False) + "\n"
        (directory / _MANIFEST).write_text(text, encoding="utf-8")
        return cls.open(directory, embedder)

    @classmethod
    def open(cls, directory: Path, embedder: Embedder) -> VectorIndex:
        """Open an index for searching; nothing in `directory` changes.

        Raises:
            CorruptRelease: there is no whole index there.
            EmbedderError: another embedding model made it.
        """
        made_by, count = _read_manifest(directory)
        if made_by != embedder.fingerprint:
            raise EmbedderError(
                f"the vectors in {directory} were made by {made_by!r} and the embedder now set is "
                f"{embedder.fingerprint!r}; set the first one again, or rebuild with `python -m knowledge build`"
            )
        try:
            with ExitStack() as resources:
                copy = resources.enter_context(TemporaryDirectory(prefix=_COPY, ignore_cleanup_errors=True))
                shutil.copytree(directory / _STORE, copy, dirs_exist_ok=True)
                client = resources.enter_context(_client(Path(copy)))
                store = _store(client, embedder, count)
                _check_readable(store, count, embedder.dimension)
                return cls(store, count, embedder.dimension, resources.pop_all().close)
        except Exception as error:
            # Chroma's bindings raise errors of many types for a broken file.
            raise CorruptRelease(_broken(directory, f"{type(error).__name__}: {error}")) from error

    def search(self, query: str, limit: int) -> list[tuple[str, float]]:
        """The clauses nearest to `query`: (id, cosine similarity), best first, at most `limit`."""
        if limit <= 0 or not self.count:
            return []
        return _ranked(self._store.similarity_search_with_score(query, k=self._reach(limit)), limit)

    def search_vector(self, vector: Sequence[float] | Vectors, limit: int) -> list[tuple[str, float]]:
        """The same for a vector that is already at hand."""
        if limit <= 0 or not self.count:
            return []
        values = np.asarray(vector, dtype=np.float32).tolist()
        found = self._store.similarity_search_by_vector_with_relevance_scores(values, k=self._reach(limit))
        return _ranked(found, limit)

    def _reach(self, limit: int) -> int:
        return min(limit + _BEYOND, self.count)

    def ids(self) -> set[str]:
        """Every id in the index."""
        return set(self._collection.get(include=[])["ids"])

    def get_vectors(self, ids: Sequence[str]) -> Vectors:
        """The stored vectors, one row an id, in the order asked for.

        Raises:
            KeyError: an id is not in the index.
        """
        if not ids:
            return np.zeros((0, self._dimension), dtype=np.float32)
        found = self._collection.get(ids=list(ids), include=["embeddings"])
        rows = dict(zip(found["ids"], np.asarray(found["embeddings"], dtype=np.float32), strict=True))
        return np.stack([rows[clause_id] for clause_id in ids])

    def close(self) -> None:
        """Release the files; the index cannot be searched afterwards."""
        self._release()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *exception: object) -> None:
        self.close()


@contextmanager
def _client(directory: Path) -> Iterator[Client]:
    # Imported late: chromadb takes a second.
    import chromadb
    from chromadb.config import Settings

    client = cast("Client", chromadb.PersistentClient(str(directory), Settings(anonymized_telemetry=False)))
    with client:
        yield client


def _store(client: Client, embedder: Embedder, count: int) -> Chroma:
    from langchain_chroma import Chroma

    width = min(max(count, _NARROWEST_SEARCH), _WIDEST_SEARCH)
    # langchain-chroma gives Chroma no embedding function of its own, so Chroma never makes one.
    return Chroma(
        collection_name=_COLLECTION,
        embedding_function=embedder,
        client=client,
        collection_configuration={
            "hnsw": {"space": "cosine", "ef_search": width, "ef_construction": width, "max_neighbors": _NEIGHBOURS}
        },
    )


def _check_readable(store: Chroma, count: int, dimension: int) -> None:
    found = store._collection.count()
    if found != count:
        raise ValueError(f"it should hold {count} vectors and holds {found}")
    if count:
        store.similarity_search_by_vector_with_relevance_scores([1.0] + [0.0] * (dimension - 1), k=1)


def _ranked(found: Iterable[tuple[LangChainDocument, float]], limit: int) -> list[tuple[str, float]]:
    hits = [(str(document.id), 1.0 - float(distance)) for document, distance in found]
    return sorted(hits, key=lambda hit: (-hit[1], hit[0]))[:limit]


def _read_manifest(directory: Path) -> tuple[str, int]:
    try:
        manifest = json.loads((directory / _MANIFEST).read_text(encoding="utf-8"))
        return str(manifest["embedder"]), int(manifest["count"])
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise CorruptRelease(_broken(directory, f"{type(error).__name__}: {error}")) from error


def _broken(directory: Path, what: str) -> str:
    return f"the vector index in {directory} cannot be used ({what}); rebuild with `python -m knowledge build`"
