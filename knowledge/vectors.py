"""The vector index: clauses by meaning, in Chroma, through LangChain's interface.

Written once, never updated in place: updates and deletes make live records unreachable by search (chroma issue 7758),
and a second process never sees them. Chroma writes to its files even when it only reads, so it always works on a
private copy, made with the first search: the index stays as it was built, and any number of processes may use it.
"""

from __future__ import annotations

import hashlib
import json
import shutil
import threading
import time
import weakref
from collections.abc import Iterable, Iterator, Sequence
from contextlib import ExitStack, contextmanager, suppress
from functools import cached_property
from pathlib import Path
from tempfile import TemporaryDirectory, gettempdir
from typing import TYPE_CHECKING, Self, cast

import numpy as np
from filelock import FileLock, Timeout

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
_COPY, _IN_USE = "biaozhuntong-vectors-", "in-use.lock"
_TAKEN_WITHIN = 60.0  # seconds in which the maker of a copy has surely locked it
_COLLECTION = "clauses"  # ASCII only
_BATCH = 250
# A search weighs as many candidates as there are clauses, within these bounds: recall against exact search is 1.0 on
# policy clauses (docs/decisions/0002-embedding.md), and a search takes milliseconds.
_NARROWEST_SEARCH, _WIDEST_SEARCH = 256, 1024
_NEIGHBOURS = 32
# Looked at beyond the limit, so that of clauses that score alike the first by id are kept.
_BEYOND = 16


class VectorIndex:
    """Clauses by the nearness of their meaning to a question's. Close it, or use it in a `with` statement.

    Example:
        >>> VectorIndex.build(directory, ["a/1"], ["主导制定国际标准的奖励60万元"], embedder)
        >>> with VectorIndex.open(directory, embedder) as index:
        ...     index.search("reward for leading an international standard", limit=10)
        [('a/1', 0.87)]
    """

    def __init__(self, directory: Path, embedder: Embedder, count: int) -> None:
        self._directory = directory
        self._embedder = embedder
        self.count = count
        self._lock = threading.Lock()
        self._resources = ExitStack()
        # Also called when the index is forgotten, or the program ends.
        self._release = weakref.finalize(self, self._resources.close)

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
            ReleaseError: the directory holds something, ids, texts and vectors do not fit, or Chroma cannot write.
        """
        check_input(directory, ids, texts)
        matrix = embedder.embed_matrix(texts, progress) if vectors is None else vectors
        if matrix.shape != (len(ids), embedder.dimension):
            raise ReleaseError(
                f"{len(ids)} clauses need vectors of shape {(len(ids), embedder.dimension)}; got {matrix.shape}"
            )
        (directory / _STORE).mkdir(parents=True)
        try:
            with _client(directory / _STORE) as client:
                collection = _collection_of(client, embedder, len(ids))._collection
                for start in range(0, len(ids), _BATCH):
                    batch = slice(start, start + _BATCH)
                    collection.add(ids=list(ids[batch]), embeddings=matrix[batch], documents=list(texts[batch]))
        except OSError:
            raise
        except Exception as error:
            # Chroma's bindings raise errors of many types; on a disk that fills, one of their own.
            raise ReleaseError(
                f"the vector index could not be written to {directory} ({type(error).__name__}: {error}); the live release, "
                "if there is one, still answers. See that there is room on the disk, then do this again"
            ) from error
        manifest = {"embedder": embedder.fingerprint, "count": len(ids), "files": _digests(directory / _STORE)}
        text = json.dumps(manifest, indent=2, ensure_ascii=False) + "\n"
        (directory / _MANIFEST).write_text(text, encoding="utf-8")
        return cls(directory, embedder, len(ids))

    @classmethod
    def open(cls, directory: Path, embedder: Embedder) -> VectorIndex:
        """Open an index for searching; nothing in `directory` changes, then or later.

        Every file is compared with its digest. Chroma itself starts with the first search: importing it takes longer
        than many an answer, and not every answer needs it.

        Raises:
            CorruptRelease: there is no whole index there.
            EmbedderError: another embedding model made it.
        """
        try:
            manifest = json.loads((directory / _MANIFEST).read_text(encoding="utf-8"))
            made_by, count, expected = str(manifest["embedder"]), int(manifest["count"]), dict(manifest["files"])
            found = _digests(directory / _STORE)
        except (OSError, ValueError, KeyError, TypeError) as error:
            raise CorruptRelease(_broken(directory, f"{type(error).__name__}: {error}")) from error
        if changed := sorted(name for name in expected | found if expected.get(name) != found.get(name)):
            raise CorruptRelease(_broken(directory, f"not as it was built: {', '.join(changed)}"))
        if made_by != embedder.fingerprint:
            raise EmbedderError(
                f"the vectors in {directory} were made by {made_by!r} and the embedder now set is "
                f"{embedder.fingerprint!r}; set the first one again, or rebuild with `python -m knowledge build`"
            )
        return cls(directory, embedder, count)

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

    def ids(self) -> set[str]:
        """Every id in the index."""
        return set(self._store.get(include=[])["ids"])

    def get_vectors(self, ids: Sequence[str]) -> Vectors:
        """The stored vectors, one row an id, in the order asked for.

        Raises:
            KeyError: an id is not in the index.
        """
        rows: dict[str, Vectors] = {}
        for start in range(0, len(ids), _BATCH):
            found = self._store.get(ids=list(ids[start : start + _BATCH]), include=["embeddings"])
            rows.update(zip(found["ids"], np.asarray(found["embeddings"], dtype=np.float32), strict=True))
        matrix = np.zeros((len(ids), self._embedder.dimension), dtype=np.float32)
        for row, clause_id in enumerate(ids):
            matrix[row] = rows[clause_id]
        return matrix

    def cosines(self, ids: Sequence[str], vector: Sequence[float]) -> dict[str, float]:
        """How near each of some clauses is to a vector of length one, exactly; for ids that are in the index.

        All vectors are read once, at the first call: a place leaves a search too few clauses to go by neighbours.
        """
        rows, matrix = self._exact
        wanted = matrix[[rows[clause_id] for clause_id in ids]]
        return dict(zip(ids, map(float, wanted @ np.asarray(vector, dtype=np.float32)), strict=True))

    @cached_property
    def _exact(self) -> tuple[dict[str, int], Vectors]:
        ids = sorted(self.ids())
        return {clause_id: row for row, clause_id in enumerate(ids)}, self.get_vectors(ids)

    def close(self) -> None:
        """Release the files; a closed index cannot be searched."""
        self._release()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *exception: object) -> None:
        self.close()

    @property
    def _store(self) -> Chroma:
        with self._lock:
            if not self._release.alive:
                raise ReleaseError(f"the vector index in {self._directory} was closed; open it again to search it")
            return self._opened

    @cached_property
    def _opened(self) -> Chroma:
        try:
            _remove_abandoned_copies()
            copy = Path(self._resources.enter_context(TemporaryDirectory(prefix=_COPY, ignore_cleanup_errors=True)))
            # Held as long as the copy is in use; it falls with the process, however that ends.
            self._resources.enter_context(FileLock(copy / _IN_USE))
            shutil.copytree(self._directory / _STORE, copy / _STORE)
            client = self._resources.enter_context(_client(copy / _STORE))
            return _collection_of(client, self._embedder, self.count)
        except OSError as error:
            self._resources.close()
            raise ReleaseError(
                f"the vector index in {self._directory} cannot be copied to {gettempdir()} ({error}); make room there, "
                "or name another directory in TMPDIR"
            ) from error
        except Exception as error:
            # Chroma's bindings raise errors of many types for a broken file.
            self._resources.close()
            raise CorruptRelease(_broken(self._directory, f"{type(error).__name__}: {error}")) from error

    def _reach(self, limit: int) -> int:
        return min(limit + _BEYOND, self.count)


def _remove_abandoned_copies() -> None:
    """Remove the copies of processes that were killed."""
    for copy in Path(gettempdir()).glob(_COPY + "*"):
        with suppress(OSError, Timeout):
            if time.time() - copy.stat().st_mtime > _TAKEN_WITHIN:
                with FileLock(copy / _IN_USE, blocking=False):
                    shutil.rmtree(copy, ignore_errors=True)


@contextmanager
def _client(directory: Path) -> Iterator[Client]:
    # Imported late: chromadb takes a second.
    import chromadb
    from chromadb.config import Settings

    client = cast("Client", chromadb.PersistentClient(str(directory), Settings(anonymized_telemetry=False)))
    with client:
        yield client


def _collection_of(client: Client, embedder: Embedder, count: int) -> Chroma:
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


def _ranked(found: Iterable[tuple[LangChainDocument, float]], limit: int) -> list[tuple[str, float]]:
    hits = [(str(document.id), 1.0 - float(distance)) for document, distance in found]
    return sorted(hits, key=lambda hit: (-hit[1], hit[0]))[:limit]


def _digests(folder: Path) -> dict[str, str]:
    """The SHA-256 of every file below `folder`, by its relative path."""
    digests = {}
    for path in sorted(folder.rglob("*")):
        if path.is_file():
            with path.open("rb") as file:
                digests[path.relative_to(folder).as_posix()] = hashlib.file_digest(file, "sha256").hexdigest()
    return digests


def _broken(directory: Path, what: str) -> str:
    return f"the vector index in {directory} cannot be used ({what}); rebuild with `python -m knowledge build`"
