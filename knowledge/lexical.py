"""The lexical index: BM25 over the analyzer's terms, on tantivy.

Built once, then only read: any number of threads and processes may search it at once. The same clauses give the same
files' worth of scores and the same order; clauses that score alike stand in the order of their ids.
"""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Mapping, Sequence
from pathlib import Path

import tantivy

from knowledge.analyzer import ANALYZER_VERSION, tokens
from knowledge.errors import CorruptRelease, ReleaseError
from knowledge.progress import Progress

_MANIFEST = "lexical.json"
_INDEX = "tantivy"
_ID, _TERMS = "id", "terms"
_WRITER_BYTES = 64_000_000
_PROGRESS_STEP = 256


class LexicalIndex:
    """Clauses by the words they share with a question.

    Example:
        >>> LexicalIndex.build(directory, ["a/1"], ["主导制定国际标准的奖励60万元"])
        >>> LexicalIndex.open(directory).search("国际标准奖励多少", limit=10)
        [('a/1', 2.71)]
    """

    def __init__(self, index: tantivy.Index, count: int) -> None:
        self._searcher = index.searcher()
        self._schema = index.schema
        self.count = count

    @classmethod
    def build(
        cls, directory: Path, ids: Sequence[str], texts: Sequence[str], progress: Progress | None = None
    ) -> LexicalIndex:
        """Write the index of `texts` into `directory`, which must be absent or empty, and open it.

        Args:
            directory: where the index will live.
            ids: one id a text, all different.
            texts: what is searched: the clause with its context in front.
            progress: called after every few hundred texts.

        Raises:
            ReleaseError: the directory holds something, the ids do not fit the texts, or tantivy cannot write.
        """
        check_input(directory, ids, texts)
        (directory / _INDEX).mkdir(parents=True)
        try:
            _write(directory / _INDEX, sorted(zip(ids, texts, strict=True)), progress)
        except ValueError as error:  # what tantivy's bindings make of an error of the system
            raise ReleaseError(
                f"the lexical index could not be written to {directory} ({error}); the live release, if there is one, still "
                "answers. See that there is room on the disk, then do this again"
            ) from error
        manifest = {"analyzer": ANALYZER_VERSION, "count": len(ids)}
        (directory / _MANIFEST).write_text(json.dumps(manifest, indent=2) + "\n", encoding="utf-8")
        return cls.open(directory)

    @classmethod
    def open(cls, directory: Path) -> LexicalIndex:
        """Open an index for searching; nothing in `directory` changes.

        Raises:
            CorruptRelease: there is no whole index there, or another version of the analyzer made it.
        """
        try:
            manifest = json.loads((directory / _MANIFEST).read_text(encoding="utf-8"))
            made_by, count = manifest["analyzer"], int(manifest["count"])
            index = tantivy.Index.open(str(directory / _INDEX))
            found = index.searcher().num_docs
        except (OSError, ValueError, KeyError, TypeError) as error:
            raise CorruptRelease(_broken(directory, str(error))) from error
        if made_by != ANALYZER_VERSION:
            raise CorruptRelease(_broken(directory, f"analyzer {made_by!r} made it, this is {ANALYZER_VERSION!r}"))
        if found != count:
            raise CorruptRelease(_broken(directory, f"it should hold {count} clauses and holds {found}"))
        return cls(index, count)

    def search(self, query: str, limit: int) -> list[tuple[str, float]]:
        """The clauses that share terms with `query`: (id, BM25 score), best first, at most `limit`."""
        return self.search_terms(Counter(tokens(query)), limit)

    def search_terms(self, terms: Mapping[str, float], limit: int) -> list[tuple[str, float]]:
        """The same for terms of the analyzer, each with a weight that multiplies its share of the score."""
        wanted = {term: weight for term, weight in terms.items() if term and weight > 0}
        if not wanted or limit <= 0 or not self.count:
            return []
        # In a fixed order: a sum of floats depends on it.
        query = tantivy.Query.boolean_query([(tantivy.Occur.Should, self._term(t, wanted[t])) for t in sorted(wanted)])
        hits = self._searcher.search(query, min(limit, self.count), count=False).hits
        found = [(str(self._searcher.doc(address)[_ID][0]), float(score)) for score, address in hits]
        return sorted(found, key=lambda hit: (-hit[1], hit[0]))

    def frequency(self, term: str) -> int:
        """In how many clauses a term of the analyzer stands."""
        return int(self._searcher.doc_freq(_TERMS, term))

    def ids(self) -> set[str]:
        """Every id in the index."""
        if not self.count:
            return set()
        hits = self._searcher.search(tantivy.Query.all_query(), self.count, count=False).hits
        return {str(self._searcher.doc(address)[_ID][0]) for _, address in hits}

    def _term(self, term: str, weight: float) -> tantivy.Query:
        query = tantivy.Query.term_query(self._schema, _TERMS, term, index_option="freq")
        return query if weight == 1 else tantivy.Query.boost_query(query, float(weight))


def _write(directory: Path, texts: Sequence[tuple[str, str]], progress: Progress | None) -> None:
    index = tantivy.Index(_schema(), path=str(directory))
    # One thread makes one segment, so that ties always stand in the order of writing.
    writer = index.writer(heap_size=_WRITER_BYTES, num_threads=1)
    for done, (clause_id, text) in enumerate(texts, start=1):
        writer.add_document(tantivy.Document(**{_ID: clause_id, _TERMS: " ".join(tokens(text))}))
        if progress and (done % _PROGRESS_STEP == 0 or done == len(texts)):
            progress(done, len(texts))
    writer.commit()
    writer.wait_merging_threads()


def _schema() -> tantivy.Schema:
    builder = tantivy.SchemaBuilder()
    builder.add_text_field(_ID, stored=True, tokenizer_name="raw", index_option="basic")
    builder.add_text_field(_TERMS, stored=False, tokenizer_name="whitespace", index_option="freq")
    return builder.build()


def check_input(directory: Path, ids: Sequence[str], texts: Sequence[str]) -> None:
    """Refuse what no index can be built from: texts without ids, an id twice, a directory in use."""
    if len(ids) != len(texts):
        raise ReleaseError(f"an index needs one text for each id; got {len(ids)} ids and {len(texts)} texts")
    if len(set(ids)) != len(ids):
        twice = next(clause_id for clause_id, times in Counter(ids).items() if times > 1)
        raise ReleaseError(f"an index needs ids that differ; {twice!r} came twice")
    if directory.exists() and any(directory.iterdir()):
        raise ReleaseError(f"{directory} is not empty; an index is written once, into a new directory")


def _broken(directory: Path, what: str) -> str:
    return f"the lexical index in {directory} cannot be used ({what}); rebuild with `python -m knowledge build`"
