"""Immutable releases of the knowledge base: built aside, switched in atomically, checked when opened.

A release holds

    sources/, rules/        what it was built from: the files as received, their manifest, the reward rules
    texts/, documents.jsonl the stored texts and their clauses
    lexical*/, vectors/     the indexes; sentences.npy, digests.json, translations.json: what retrieval needs beside them
    manifest.json           the digest of every file, and what the release was built with

A release is named by the hash of its content, so building the same documents, rules, analyzer and embedder twice gives
the same release. Its directory is itself a folder that `build` reads.
"""

from __future__ import annotations

import hashlib
import json
import os
import re
import shutil
import tempfile
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from knowledge.analyzer import ANALYZER_VERSION
from knowledge.audit import os_user
from knowledge.datadir import BUILDING, REBUILD, RELEASE_MANIFEST, DataDirectory
from knowledge.embedding import Embedder
from knowledge.errors import BiaozhuntongError, CorruptRelease, ReleaseError
from knowledge.files import Hold, remove_aside
from knowledge.lexical import LexicalIndex
from knowledge.manifest import copy_sources, load_corpus, switched_off
from knowledge.model import Clause, Document, DroppedSpan, PageLine, Policy
from knowledge.repairs import repair_digits
from knowledge.rules import RuleBook, load_rules
from knowledge.translation import Translations, translations
from knowledge.vectors import VectorIndex

# Raised when the layout of a release directory changes; an older release is then refused with a way out.
RELEASE_FORMAT = 5
Matrix = NDArray[np.float32]
_SENTENCES, _DIGESTS, _TRANSLATIONS = "sentences.npy", "digests.json", "translations.json"
_BATCH = 64
_RELEASE_ID = re.compile(r"[0-9a-f]{12}")
Progress = Callable[[str, int, int], None]

__all__ = [
    "RELEASE_FORMAT",
    "Built",
    "Contents",
    "Corpus",
    "DataDirectory",
    "Progress",
    "Release",
    "SentenceVectors",
    "build",
    "context",
    "explained",
    "kept_document",
    "no_progress",
    "open_live",
    "open_release",
    "opens",
    "original",
    "read_contents",
    "read_corpus",
    "sentence_texts",
    "write_release",
]


def no_progress(stage: str, done: int, total: int) -> None:
    """A progress callback that says nothing."""


def context(document: Document, clause: Clause) -> str:
    """What is indexed for a clause: its document's title, place and outline path, then its own words, its digits read."""
    policy = document.policy
    place = policy.place.name if policy.place else ""
    head = " ".join(part for part in (policy.title, place, " ".join(clause.path)) if part)
    return f"{head}\n{repair_digits(clause.text)[0]}"


@dataclass(frozen=True)
class Release:
    """One opened release: everything an answer is made from."""

    release_id: str
    directory: Path
    manifest: Mapping[str, Any]
    documents: Mapping[str, Document]
    rules: RuleBook
    lexical: LexicalIndex
    document_index: LexicalIndex
    vectors: VectorIndex
    sentences: SentenceVectors
    embedder: Embedder
    translations: Translations
    clauses: Mapping[str, Clause] = field(repr=False)
    hold: Hold = field(repr=False)

    def text(self, policy_id: str) -> str:
        """The stored text of a policy; KeyError if the release has none by that id."""
        return self.documents[policy_id].text

    def close(self) -> None:
        """Let go of the index files; the release may be removed now."""
        self.vectors.close()
        self.hold.close()


@dataclass(frozen=True)
class Contents:
    """What a release says, without its indexes: enough to compare it with another."""

    release_id: str
    manifest: Mapping[str, Any]
    documents: Mapping[str, Document]
    rules: RuleBook


@dataclass(frozen=True)
class Built:
    """A release that is there now, and how many of its clauses had to be embedded or had their vectors already."""

    release_id: str
    embedded: int
    reused: int


def build(
    folder: Path,
    data: DataDirectory,
    embedder: Embedder,
    *,
    progress: Progress = no_progress,
    switch: bool = True,
    by: str | None = None,
) -> str:
    """Build a release from a folder of policy documents and switch it in.

    Args:
        folder: a folder with `sources/policies.yaml`, or with `policies.yaml`, or with plain text files only.
        data: where the release goes.
        embedder: makes the vectors.
        progress: called as `(stage, done, total)`.
        switch: make the new release the live one.
        by: who builds, for the audit log; default: the user at the machine.

    Returns:
        The release id. A release of the same content is not built twice.

    Raises:
        BiaozhuntongError: a document, the manifest or a rule is wrong, or the disk is full. The live release stays.
    """
    by = by or os_user()
    with explained(data), data.writer(by, "build"):
        corpus = read_corpus(folder, embedder, progress)
        name, live = corpus.release_id, data.pointer()
        if not switch or name == live:
            write_release(corpus, data, embedder, progress)
            if switch:
                data.audit.append("build", "unchanged", by=by, release=name, before=live)
            return name
        with data.recorded("build", name, by=by, before=live, detail={"folder": str(folder.resolve())}):
            write_release(corpus, data, embedder, progress)
            data.switch(name)
        return name


@dataclass(frozen=True)
class Corpus:
    """A folder that was read: what a release of it will hold, and its name. `off`: policies that are switched off."""

    folder: Path
    documents: list[Document]
    rules: RuleBook
    release_id: str
    off: tuple[str, ...] = ()


def read_corpus(folder: Path, embedder: Embedder, progress: Progress = no_progress) -> Corpus:
    """Read a folder of policy documents and prove its rules, building nothing yet.

    Raises:
        BiaozhuntongError: a document, the manifest or a rule is wrong.
    """
    documents = load_corpus(folder, on_document=lambda done, total: progress("documents", done, total))
    off = switched_off(folder)
    names = tuple(policy.id for policy in off)
    rules = load_rules(folder / "rules", {document.policy.id: document for document in documents}, without=names)
    aside = [_aside(folder, policy) for policy in off]
    return Corpus(folder, documents, rules, _content_id(documents, rules, embedder, aside), names)


def _aside(folder: Path, policy: Policy) -> bytes:
    """What a release keeps of a policy that is switched off, so that it can be switched on again."""
    rules = folder / "rules" / f"{policy.id}.yaml"
    return policy.model_dump_json().encode() + b"\0" + (rules.read_bytes() if rules.is_file() else b"")


def write_release(corpus: Corpus, data: DataDirectory, embedder: Embedder, progress: Progress = no_progress) -> Built:
    """Make the release of a corpus beside the others, unless there is one that opens. For the holder of the writer's
    place.
    """
    name = corpus.release_id
    if (data.releases / name / RELEASE_MANIFEST).is_file() and opens(data, name, embedder):
        return Built(name, embedded=0, reused=sum(len(document.clauses) for document in corpus.documents))
    return _write(data, corpus, embedder, progress)


@contextmanager
def explained(data: DataDirectory) -> Iterator[None]:
    """Turn an error of the system into a sentence that says what became of the live release."""
    try:
        yield
    except OSError as error:
        raise ReleaseError(
            f"{data.path} could not be written ({_reason(error)}); the live release, if there is one, still "
            "answers. Free some space or fix the permissions, then do this again"
        ) from error


def _reason(error: OSError) -> str:
    """What the system said; of a folder that could not be copied, what it said of the first file."""
    if isinstance(error, shutil.Error):
        return str(error.args[0][0][2])
    return error.strerror or str(error)


def open_release(data: DataDirectory, release_id: str, embedder: Embedder) -> Release:
    """Open one release, checking it against its own manifest. It is not removed before it is closed.

    Raises:
        CorruptRelease: a file is missing or changed, or the analyzer or the embedder is not the one it was built with.
    """
    directory = data.releases / release_id
    hold = Hold(directory / RELEASE_MANIFEST)
    try:
        manifest = _read_manifest(directory)
        _check_engines(directory, manifest, embedder)
        contents = _contents(directory, manifest)
        documents = contents.documents
        return Release(
            release_id=release_id,
            directory=directory,
            manifest=manifest,
            documents=documents,
            rules=contents.rules,
            lexical=LexicalIndex.open(directory / "lexical"),
            document_index=LexicalIndex.open(directory / "lexical-documents"),
            vectors=VectorIndex.open(directory / "vectors", embedder),
            sentences=SentenceVectors.open(directory / _SENTENCES, documents.values()),
            embedder=embedder,
            translations=json.loads((directory / _TRANSLATIONS).read_text(encoding="utf-8")),
            clauses={clause.clause_id: clause for document in documents.values() for clause in document.clauses},
            hold=hold,
        )
    except BaseException:
        hold.close()
        raise


def read_contents(data: DataDirectory, release_id: str) -> Contents:
    """What a release says, checked against its manifest; whatever embedder it was built with.

    Raises:
        CorruptRelease: a file is missing or changed.
    """
    directory = data.releases / release_id
    hold = Hold(directory / RELEASE_MANIFEST)
    try:
        return _contents(directory, _read_manifest(directory))
    finally:
        hold.close()


def open_live(data: DataDirectory, embedder: Embedder, *, notice: Callable[[str], object] = str) -> Release:
    """Open the live release; if it is damaged, the last one that answered and is whole, telling `notice` why."""
    try:
        return open_release(data, data.live_id(), embedder)
    except CorruptRelease as error:
        for release_id in data.published():
            if release_id != data.named() and opens(data, release_id, embedder):
                notice(f"{error}. Answering from the last good release {release_id}")
                return open_release(data, release_id, embedder)
        raise


def kept_document(data: DataDirectory, release_id: str, policy_id: str) -> Document | None:
    """A document as a kept release holds it, live or not; None if the release or the document is not kept.

    Indexes are not opened, so it is quick and needs no embedder.
    """
    with suppress(OSError, ValueError, KeyError):  # a release that is being removed, or was damaged
        return next((d for d in kept_documents(data, release_id) if d.policy.id == policy_id), None)
    return None


def original(data: DataDirectory, release_id: str, policy: Policy) -> bytes | None:
    """The file that a kept release read a policy from; None where it is kept no more, or is not that file any more."""
    if not _RELEASE_ID.fullmatch(release_id):
        return None
    sources = data.releases / release_id / "sources"
    file = (sources / policy.source).resolve()
    if not file.is_relative_to(sources.resolve()):
        return None
    try:
        content = file.read_bytes()
    except OSError:
        return None
    return content if hashlib.sha256(content).hexdigest() == policy.sha256 else None


def kept_documents(data: DataDirectory, release_id: str) -> Iterator[Document]:
    """The documents of a kept release, read one by one without opening its indexes; none for what is no release id."""
    if _RELEASE_ID.fullmatch(release_id):
        yield from _read_documents(data.releases / release_id)


def _content_id(documents: Iterable[Document], rules: RuleBook, embedder: Embedder, aside: Iterable[bytes] = ()) -> str:
    digest = hashlib.sha256()
    for part in (str(RELEASE_FORMAT), ANALYZER_VERSION, embedder.fingerprint, rules.fingerprint):
        digest.update(part.encode() + b"\0")
    for document in documents:
        digest.update(document.model_dump_json().encode() + b"\0")
    for kept in aside:
        digest.update(b"off\0" + kept + b"\0")
    return digest.hexdigest()[:12]


def opens(data: DataDirectory, release_id: str, embedder: Embedder) -> bool:
    """Whether a release is whole and fits this program and its embedder."""
    try:
        open_release(data, release_id, embedder).close()
    except BiaozhuntongError:
        return False
    return True


def _write(data: DataDirectory, corpus: Corpus, embedder: Embedder, progress: Progress) -> Built:
    documents = corpus.documents
    data.releases.mkdir(parents=True, exist_ok=True)
    building = Path(tempfile.mkdtemp(dir=data.releases, prefix=BUILDING))
    try:
        _write_documents(building, documents)
        copy_sources(corpus.folder, documents, building / "sources")
        table = translations(document.text for document in documents)
        (building / _TRANSLATIONS).write_text(json.dumps(table, ensure_ascii=False), encoding="utf-8")
        _copy_rules(corpus.folder / "rules", building / "rules")
        clauses = [(clause.clause_id, context(doc, clause)) for doc in documents for clause in doc.clauses]
        ids, texts = [c[0] for c in clauses], [c[1] for c in clauses]
        LexicalIndex.build(building / "lexical", ids, texts)
        LexicalIndex.build(
            building / "lexical-documents",
            [doc.policy.id for doc in documents],
            [f"{doc.policy.title}\n" + "\n".join(clause.text for clause in doc.clauses) for doc in documents],
        )
        known = _KnownVectors(data, embedder)
        vectors, fresh = _vectors(texts, known, embedder, lambda done, total: progress("clauses", done, total))
        VectorIndex.build(building / "vectors", ids, texts, embedder, vectors=vectors)
        spoken = [text for doc in documents for text in sentence_texts(doc)]
        matrix, _ = _vectors(spoken, known, embedder, lambda done, total: progress("sentences", done, total))
        SentenceVectors.write(building / _SENTENCES, matrix)
        digests = {"clauses": list(map(_digest, texts)), "sentences": list(map(_digest, spoken))}
        (building / _DIGESTS).write_text(json.dumps(digests), encoding="utf-8")
        _write_manifest(building, corpus, ids, embedder)
        target = data.releases / corpus.release_id
        if target.exists():  # a damaged release of the same content
            remove_aside(target)
        os.replace(building, target)
        return Built(corpus.release_id, embedded=fresh, reused=len(texts) - fresh)
    except BaseException:
        shutil.rmtree(building, ignore_errors=True)
        raise


def _vectors(
    texts: list[str], known: _KnownVectors, embedder: Embedder, progress: Callable[[int, int], None]
) -> tuple[Matrix, int]:
    """Vectors of all texts, embedding only those that no kept release of the same embedder already holds; and how many
    of the texts that were.
    """
    held = known.find(texts)
    fresh = [text for text in dict.fromkeys(texts) if _digest(text) not in held]
    # Texts of like length together: a batch costs as much as its longest text.
    fresh.sort(key=len)
    progress(len(texts) - len(fresh), len(texts))
    for start in range(0, len(fresh), _BATCH):
        part = fresh[start : start + _BATCH]
        for text, vector in zip(part, embedder.embed_documents(part), strict=True):
            held[_digest(text)] = np.asarray(vector, dtype=np.float32)
        progress(len(texts) - len(fresh) + start + len(part), len(texts))
    if not texts:
        return np.zeros((0, embedder.dimension), dtype=np.float32), 0
    return np.stack([held[_digest(text)] for text in texts]), len(fresh)


class _KnownVectors:
    """Vectors that kept releases of the same embedder already hold."""

    def __init__(self, data: DataDirectory, embedder: Embedder) -> None:
        self._data = data
        self._embedder = embedder

    def find(self, texts: Iterable[str]) -> dict[str, Matrix]:
        """The vectors of those texts that are held, by digest. A damaged release only costs the reuse."""
        wanted = set(map(_digest, texts))
        found: dict[str, Matrix] = {}
        for release_id in self._data.ids():
            if wanted <= found.keys():
                break
            with suppress(BiaozhuntongError, OSError, ValueError, KeyError):
                found.update(self._held(self._data.releases / release_id, wanted - found.keys()))
        return found

    def _held(self, directory: Path, wanted: set[str]) -> dict[str, Matrix]:
        # Of whatever format: the digests say which text a vector is of.
        manifest = json.loads((directory / RELEASE_MANIFEST).read_text(encoding="utf-8"))
        if manifest["embedder"] != self._embedder.fingerprint:
            return {}
        digests = json.loads((directory / _DIGESTS).read_text(encoding="utf-8"))
        rows = {digest: row for row, digest in enumerate(digests["sentences"]) if digest in wanted}
        matrix = np.load(directory / _SENTENCES, allow_pickle=False)
        found = {digest: np.asarray(matrix[row], dtype=np.float32) for digest, row in rows.items()}
        ids = dict(zip(digests["clauses"], manifest["indexed"], strict=True))
        held = {digest: ids[digest] for digest in wanted & ids.keys()}
        if held:
            index = VectorIndex.open(directory / "vectors", self._embedder)
            try:
                found.update(zip(held, index.get_vectors(list(held.values())), strict=True))
            finally:
                index.close()
        return found


class SentenceVectors:
    """The vector of every sentence of a release, in the order of documents, clauses and sentences."""

    def __init__(self, matrix: Matrix, rows: Mapping[str, int]) -> None:
        self._matrix = matrix
        self._rows = rows

    @staticmethod
    def write(path: Path, matrix: Matrix) -> None:
        """Write the matrix; half precision, which moves a cosine by less than a thousandth."""
        np.save(path, matrix.astype(np.float16), allow_pickle=False)

    @classmethod
    def open(cls, path: Path, documents: Iterable[Document]) -> SentenceVectors:
        """Open the matrix for reading; `CorruptRelease` if it does not fit the documents."""
        rows: dict[str, int] = {}
        count = 0
        for document in documents:
            for clause in document.clauses:
                rows[clause.clause_id] = count
                count += len(clause.sentences)
        try:
            matrix = np.load(path, mmap_mode="r", allow_pickle=False)
        except (OSError, ValueError) as error:
            raise CorruptRelease(f"the sentence vectors {path} cannot be read ({error}); {REBUILD}") from error
        if len(matrix) != count:
            raise CorruptRelease(f"{path} should hold {count} sentences and holds {len(matrix)}; {REBUILD}")
        return cls(matrix, rows)

    def cosines(self, clause: Clause, query: Sequence[float]) -> list[float]:
        """How near each sentence of a clause is to a query's vector, both of length one."""
        start = self._rows[clause.clause_id]
        part = np.asarray(self._matrix[start : start + len(clause.sentences)], dtype=np.float32)
        return [float(value) for value in part @ np.asarray(query, dtype=np.float32)]


def sentence_texts(document: Document) -> list[str]:
    """What is embedded for each sentence: the nearest heading in front of its own words."""
    return [
        f"{clause.path[-1] if clause.path else ''} {document.text[s.start : s.end]}".strip()
        for clause in document.clauses
        for s in clause.sentences
    ]


def _digest(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()[:20]


def _write_documents(directory: Path, documents: Iterable[Document]) -> None:
    (directory / "texts").mkdir()
    with (directory / "documents.jsonl").open("w", encoding="utf-8") as file:
        for document in documents:
            # newline="": the stored text is kept to the letter, carriage returns too.
            (directory / "texts" / f"{document.policy.id}.txt").write_text(document.text, encoding="utf-8", newline="")
            file.write(document.model_dump_json(exclude={"text"}) + "\n")


def _read_documents(directory: Path) -> Iterator[Document]:
    with (directory / "documents.jsonl").open(encoding="utf-8") as file:
        for line in file:
            row = json.loads(line)
            policy = Policy.model_validate(row["policy"])
            with (directory / "texts" / f"{policy.id}.txt").open(encoding="utf-8", newline="") as stored:
                text = stored.read()
            yield Document(
                policy=policy,
                text=text,
                clauses=tuple(Clause.model_validate(clause) for clause in row["clauses"]),
                dropped=tuple(DroppedSpan.model_validate(span) for span in row["dropped"]),
                lines=tuple(PageLine.model_validate(line) for line in row.get("lines", ())),
                notes=tuple(row.get("notes", ())),
            )


def _copy_rules(folder: Path, target: Path) -> None:
    target.mkdir()
    for file in sorted(folder.glob("*.yaml")) if folder.is_dir() else []:
        shutil.copyfile(file, target / file.name)


def _hashed_files(directory: Path) -> dict[str, str]:
    """Digests of everything but the vector store, whose engine keeps the right to touch its own files."""
    return {
        path.relative_to(directory).as_posix(): hashlib.sha256(path.read_bytes()).hexdigest()
        for path in sorted(directory.rglob("*"))
        if path.is_file() and path.name != RELEASE_MANIFEST and "vectors" not in path.relative_to(directory).parts[:1]
    }


def _write_manifest(directory: Path, corpus: Corpus, ids: list[str], embedder: Embedder) -> None:
    manifest = {
        "format": RELEASE_FORMAT,
        "release": corpus.release_id,
        "built": datetime.now(UTC).isoformat(timespec="seconds"),
        "analyzer": ANALYZER_VERSION,
        "embedder": embedder.fingerprint,
        "rules": corpus.rules.fingerprint,
        "policies": [document.policy.id for document in corpus.documents],
        "off": list(corpus.off),
        "clauses": len(ids),
        "indexed": ids,
        "files": _hashed_files(directory),
    }
    with (directory / RELEASE_MANIFEST).open("w", encoding="utf-8") as file:
        json.dump(manifest, file, ensure_ascii=False, indent=1)
        file.flush()
        os.fsync(file.fileno())


def _read_manifest(directory: Path) -> dict[str, Any]:
    try:
        manifest = json.loads((directory / RELEASE_MANIFEST).read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        raise CorruptRelease(f"release {directory.name}: its manifest cannot be read ({error}); {REBUILD}") from error
    if not isinstance(manifest, dict) or manifest.get("format") != RELEASE_FORMAT:
        raise CorruptRelease(
            f"release {directory.name}: expected format {RELEASE_FORMAT}, found "
            f"{manifest.get('format') if isinstance(manifest, dict) else type(manifest).__name__}; {_remake(directory)}"
        )
    return manifest


def _contents(directory: Path, manifest: Mapping[str, Any]) -> Contents:
    _check_files(directory, manifest)
    documents = {document.policy.id: document for document in _read_documents(directory)}
    rules = load_rules(directory / "rules", documents, without=manifest.get("off", ()))
    return Contents(directory.name, manifest, documents, rules)


def _check_engines(directory: Path, manifest: Mapping[str, Any], embedder: Embedder) -> None:
    for key, found, what in (
        ("analyzer", ANALYZER_VERSION, "text analyzer"),
        ("embedder", embedder.fingerprint, "embedding model"),
    ):
        if manifest.get(key) != found:
            raise CorruptRelease(
                f"release {directory.name} was built with the {what} {manifest.get(key)!r}, "
                f"this program uses {found!r}; {_remake(directory)}"
            )


def _remake(directory: Path) -> str:
    """What to do about a release that this program cannot use: one that carries its sources is built from them."""
    if (directory / "sources").is_dir():
        return f"run `python -m knowledge build {directory}` to make a new one of the same documents"
    return REBUILD


def _check_files(directory: Path, manifest: Mapping[str, Any]) -> None:
    try:
        files = _hashed_files(directory)
    except OSError as error:
        raise CorruptRelease(f"release {directory.name} cannot be read: {error}; {REBUILD}") from error
    recorded = manifest.get("files", {})
    for name in sorted(set(files) | set(recorded)):
        if files.get(name) != recorded.get(name):
            what = "is missing" if name not in files else "was not there when it was built"
            what = "was changed after it was built" if name in files and name in recorded else what
            raise CorruptRelease(f"release {directory.name}: the file {name} {what}; {REBUILD}")
