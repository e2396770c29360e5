"""Finds the clauses that may answer a question: BM25, vectors and the document's own score, fused by z-scores."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from langchain_core.callbacks import CallbackManagerForRetrieverRun
from langchain_core.documents import Document as LangChainDocument
from langchain_core.retrievers import BaseRetriever
from pydantic import ConfigDict

from knowledge.model import Clause
from knowledge.releases import Release

# How deep the lexical search goes whose results are narrowed to some policies afterwards.
_NARROWED = 1000


@dataclass(frozen=True)
class Weights:
    """How much each score counts. Set by measurement: docs/decisions/0003-retrieval.md."""

    lexical: float = 1.0
    dense: float = 0.6
    document: float = 0.5
    # What a clause of a preferred policy is put ahead by.
    preferred: float = 2.0


@dataclass(frozen=True)
class Hit:
    """One retrieved clause with the parts of its score: z-scores, and the raw cosine of the vectors."""

    clause: Clause
    score: float
    lexical: float
    dense: float
    document: float
    cosine: float


@dataclass(frozen=True)
class Explained:
    """One retrieved clause with everything its score is made of.

    Attributes:
        hit: the clause, its score, and the z-score of each side.
        bm25, document_bm25: the raw scores of the clause and of its document; None where that side did not find it.
        lexical, dense, document: what each side adds to the score: its z-score times its weight.
    """

    hit: Hit
    bm25: float | None
    document_bm25: float | None
    lexical: float
    dense: float
    document: float


@dataclass(frozen=True)
class _Scores:
    """The raw scores of each side: lexical and dense by clause, document by policy."""

    lexical: Mapping[str, float]
    dense: Mapping[str, float]
    by_document: Mapping[str, float]


def standardise(scores: Mapping[str, float]) -> dict[str, float]:
    """Scores as z-scores; all zero where they do not differ.

    Example:
        >>> standardise({"a": 1.0, "b": 3.0})
        {'a': -1.0, 'b': 1.0}
    """
    if not scores:
        return {}
    values = np.fromiter(scores.values(), dtype=np.float64)
    spread = float(values.std())
    mean = float(values.mean())
    return {key: (value - mean) / spread if spread > 1e-12 else 0.0 for key, value in scores.items()}


def fuse(
    lexical: Mapping[str, float],
    dense: Mapping[str, float],
    document: Mapping[str, float],
    weights: Weights,
) -> dict[str, tuple[float, float, float, float]]:
    """Weighted sum of z-scores for every id that any side found, as `(total, lexical, dense, document)`.

    A side that did not find an id gives it the lowest score that it gave to any.
    Args:
        lexical: BM25 scores by clause id.
        dense: cosine similarities by clause id.
        document: the score of each clause's document, by clause id.
        weights: how much each side counts.
    """
    sides = [standardise(side) for side in (lexical, dense, document)]
    floors = [min(side.values(), default=0.0) for side in sides]
    fused = {}
    for key in set(lexical) | set(dense):
        parts = [side.get(key, floor) for side, floor in zip(sides, floors, strict=True)]
        total = weights.lexical * parts[0] + weights.dense * parts[1] + weights.document * parts[2]
        fused[key] = (total, parts[0], parts[1], parts[2])
    return fused


class ClauseRetriever(BaseRetriever):
    """The hybrid retriever over one release, usable anywhere LangChain takes a retriever.

    Example:
        retriever = ClauseRetriever(release=release)
        hits = retriever.search("行业标准 资助", limit=5)
    """

    model_config = ConfigDict(arbitrary_types_allowed=True)

    release: Release
    weights: Weights = Weights()
    # How many candidates each side gives. 200 is every clause of a small corpus and enough of a large one.
    candidates: int = 200
    limit: int = 10

    def search(
        self,
        query: str,
        *,
        limit: int | None = None,
        terms: Sequence[str] = (),
        policies: Collection[str] | None = None,
        preferred: Collection[str] = (),
        vector: Sequence[float] | None = None,
    ) -> list[Hit]:
        """Clauses for a query, best first; equal scores in order of their ids.

        Args:
            query: the words searched for, in any language.
            limit: how many at most.
            terms: further search words for the lexical side, such as the Chinese terms of an English question.
            policies: only clauses of these policies.
            preferred: clauses of these policies first.
            vector: the query's vector, where the caller has it.
        """
        found = self._scores(query, terms, policies, vector)
        return self._fused(found, preferred)[: limit or self.limit] if found else []

    def explain(
        self,
        query: str,
        *,
        limit: int | None = None,
        terms: Sequence[str] = (),
        policies: Collection[str] | None = None,
    ) -> list[Explained]:
        """What `search` finds, with everything that each score is made of."""
        found = self._scores(query, terms, policies, None)
        return [self._explained(hit, found) for hit in self._fused(found)[: limit or self.limit]] if found else []

    def _explained(self, hit: Hit, found: _Scores) -> Explained:
        return Explained(
            hit,
            found.lexical.get(hit.clause.clause_id),
            found.by_document.get(hit.clause.policy_id),
            self.weights.lexical * hit.lexical,
            self.weights.dense * hit.dense,
            self.weights.document * hit.document,
        )

    def _scores(
        self,
        query: str,
        terms: Sequence[str],
        policies: Collection[str] | None,
        vector: Sequence[float] | None,
    ) -> _Scores | None:
        """The scores of every candidate; None where nothing is searched."""
        words = " ".join([query, *terms])
        if not words.strip() or not self.release.clauses:
            return None
        vector = self.vector(query) if vector is None else vector
        if policies is None:
            lexical = dict(self.release.lexical.search(words, self.candidates))
            dense = dict(self.release.vectors.search_vector(vector, self.candidates))
        else:
            inside = [clause.clause_id for policy in policies for clause in self.release.documents[policy].clauses]
            wanted = set(inside)
            # A place narrows the search after it was made, so that it needs more of it.
            found = self.release.lexical.search(words, _NARROWED)
            lexical = {key: score for key, score in found if key in wanted}
            dense = self.release.vectors.cosines(inside, vector)
        by_document = dict(self.release.document_index.search(words, len(self.release.documents)))
        return _Scores(lexical, dense, by_document)

    def _fused(self, found: _Scores, preferred: Collection[str] = ()) -> list[Hit]:
        keys = set(found.lexical) | set(found.dense)
        document = {key: found.by_document.get(self._policy(key), 0.0) for key in keys}
        fused = fuse(found.lexical, found.dense, document, self.weights)
        before = self.weights.preferred if preferred else 0.0
        ahead = set(preferred)
        hits = [
            Hit(
                self.release.clauses[key],
                total + before * (self._policy(key) in ahead),
                lex,
                den,
                doc,
                found.dense.get(key, 0.0),
            )
            for key, (total, lex, den, doc) in fused.items()
        ]
        return sorted(hits, key=lambda hit: (-hit.score, hit.clause.clause_id))

    def vector(self, query: str) -> list[float]:
        """A query's vector."""
        return self.release.embedder.embed_query(query)

    def _policy(self, clause_id: str) -> str:
        return self.release.clauses[clause_id].policy_id

    def _get_relevant_documents(
        self,
        query: str,
        *,
        run_manager: CallbackManagerForRetrieverRun,  # noqa: ARG002 - the signature is LangChain's
    ) -> list[LangChainDocument]:
        return [
            LangChainDocument(
                page_content=hit.clause.text,
                id=hit.clause.clause_id,
                metadata={**_address(hit.clause), "score": hit.score},
            )
            for hit in self.search(query)
        ]


def _address(clause: Clause) -> dict[str, Any]:
    return {
        "policy_id": clause.policy_id,
        "clause_id": clause.clause_id,
        "path": list(clause.path),
        "start": clause.start,
        "end": clause.end,
    }
