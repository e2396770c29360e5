"""BM25, vectors and their fusions on the evaluation cases: `python -m eval.bench.retrieval [--data DIR] [--cases PATH]`.

A clause is right when it holds a gold text of the case, white space aside. Weights are chosen on the split `train`; all
other figures are of `test`. Every search is made once; the weights are tried on the parts of its scores.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cache
from itertools import product
from pathlib import Path
from tempfile import TemporaryDirectory

import numpy as np
from numpy.typing import NDArray

from assistant.answer import Language
from assistant.retriever import ClauseRetriever, Weights
from eval.bench.asking import Reader, Reading, mean, means_by_fact, options, squeezed
from eval.bench.timing import table
from eval.dataset import Case, Evidence, Split, load_cases
from eval.metrics import Needs as Groups
from eval.metrics import recall, reciprocal_rank
from knowledge.lexical import LexicalIndex
from knowledge.model import Clause
from knowledge.releases import Release
from knowledge.vectors import VectorIndex

# The constant of reciprocal rank fusion, as its authors set it.
_RRF = 60
_DENSE = (0.0, 0.2, 0.4, 0.6, 0.8, 1.0)
_DOCUMENT = (0.0, 0.25, 0.5, 1.0)
_BM25, _VECTORS = Weights(1, 0, 0), Weights(0, 1, 0)
_LANGUAGES: tuple[Language, ...] = ("zh", "en")
# How many pairs of weights are set beside the ones in use.
_SHOWN = 5
ByFact = Sequence[Mapping[str, float]]
Tried = Mapping[tuple[float, float], ByFact]
Ranker = Callable[["Search"], list[str]]


def rrf(rankings: Iterable[Sequence[str]], k: int = _RRF) -> dict[str, float]:
    """Reciprocal rank fusion: for every id the sum of 1 / (k + rank) over the rankings that hold it; ranks from 1."""
    scores: dict[str, float] = {}
    for ranking in rankings:
        for rank, key in enumerate(ranking, 1):
            scores[key] = scores.get(key, 0.0) + 1 / (k + rank)
    return scores


def gold_groups(case: Case, texts: Mapping[Clause, str]) -> list[frozenset[str]]:
    """For each evidence that a case needs the ids of the clauses that hold it; alternatives are one need.

    Args:
        texts: the clauses with their texts, squeezed.
    """

    def holders(*wanted: Evidence) -> frozenset[str]:
        return frozenset(
            clause.clause_id
            for clause, text in texts.items()
            if any(clause.policy_id == one.policy and squeezed(one.text) in text for one in wanted)
        )

    groups = [holders(evidence) for evidence in case.gold.all_of]
    return [*groups, holders(*case.gold.any_of)] if case.gold.any_of else groups


@dataclass(frozen=True)
class Search:
    """What one search gave: every clause it reached, in order of the ids, with its lexical, dense and document z-score."""

    ids: tuple[str, ...]
    parts: NDArray[np.float64]

    def by(self, weights: Weights) -> list[str]:
        """The ids by the weighted sum, best first."""
        return self._order(self.parts @ np.array([weights.lexical, weights.dense, weights.document]))

    def by_rank(self) -> list[str]:
        """The ids by the reciprocal rank fusion of BM25 and the vectors."""
        scores = rrf([self.by(_BM25), self.by(_VECTORS)])
        return self._order(np.array([scores[key] for key in self.ids]))

    def _order(self, scores: NDArray[np.float64]) -> list[str]:
        # Rounded, so that what is equal stays in order of the ids.
        return [self.ids[row] for row in np.argsort(-scores.round(9), kind="stable")]


@dataclass(frozen=True)
class Asked:
    """A case ready to be searched for."""

    reading: Reading
    vector: list[float]
    groups: Groups

    @property
    def case(self) -> Case:
        """The case that asks."""
        return self.reading.case


@dataclass(frozen=True)
class Searches:
    """The searches for some cases, in one way, in order of the cases."""

    cases: Sequence[Case]
    groups: Sequence[Groups]
    found: Sequence[Search]

    def figures(self, rank: Ranker) -> tuple[float, float, float]:
        """R@1, R@5 and MRR@10, the paraphrases of a fact counting once together."""
        rankings = [(rank(search), groups) for search, groups in zip(self.found, self.groups, strict=True)]
        measures = (
            [recall(ranking, groups, 1) for ranking, groups in rankings],
            [recall(ranking, groups, 5) for ranking, groups in rankings],
            [reciprocal_rank(ranking, groups) for ranking, groups in rankings],
        )
        first, fifth, tenth = (mean(means_by_fact(self.cases, measure).values()) for measure in measures)
        return first, fifth, tenth

    def by_fact(self, weights: Weights) -> dict[str, float]:
        """MRR@10 of each fact."""
        found = zip(self.found, self.groups, strict=True)
        return means_by_fact(self.cases, [reciprocal_rank(search.by(weights), groups) for search, groups in found])


class Bench:
    """The cases, and the searches for them in one release."""

    def __init__(self, release: Release, asked: Sequence[Asked]) -> None:
        self._asked = asked
        every = len(release.clauses)
        self._retriever = ClauseRetriever(release=release, candidates=every, limit=every)

    @cache  # noqa: B019 - a bench lives as long as its program
    def searches(self, language: Language, split: Split, *, scoped: bool = True, terms: bool = True) -> Searches:
        """The searches with or without the scope of the place and the further terms; each is made once."""
        chosen = [a for a in self._asked if a.case.language == language and a.case.split == split]
        found = [self._search(asked, scoped, terms) for asked in chosen]
        return Searches([a.case for a in chosen], [a.groups for a in chosen], found)

    def _search(self, asked: Asked, scoped: bool, terms: bool) -> Search:
        reading = asked.reading
        hits = self._retriever.search(
            reading.question.query,
            terms=reading.terms if terms else (),
            policies=reading.policies if scoped else None,
            vector=asked.vector,
        )
        hits.sort(key=lambda hit: hit.clause.clause_id)
        parts = np.array([(hit.lexical, hit.dense, hit.document) for hit in hits], dtype=np.float64).reshape(-1, 3)
        return Search(tuple(hit.clause.clause_id for hit in hits), parts)


def main(data: Path | None, cases: Path) -> None:
    """Print the methods on `test`, the weights on `train`, and what the words in front of a clause are worth."""
    reader = Reader.of(data)
    asked, lost = _asked(reader, [case for case in load_cases(cases) if case.gold.texts])
    facts = {one.case.fact_id for one in asked}
    print(f"{len(asked)} questions about {len(facts)} facts; gold of {lost} more that no clause holds")
    bench = Bench(reader.release, asked)
    print("\nThe methods, split test\n" + _methods(bench))
    pairs = product(_DENSE, _DOCUMENT)
    tried = {pair: _by_fact(bench, Weights(1.0, *pair)) for pair in pairs}
    print("\nMRR@10 by weight, split train: zh en, without the place zh en\n" + _sweep(tried))
    own = _by_fact(bench, Weights())
    print("\nMRR@10 of all four ahead of the weights set, with its standard error\n" + _ahead(own, tried))
    with TemporaryDirectory() as folder:
        print(
            "\nWhat stands in front of a clause, split test\n" + _contexts(bench, reader.release, asked, Path(folder))
        )
    reader.close()


def _asked(reader: Reader, cases: Sequence[Case]) -> tuple[list[Asked], int]:
    """The cases that a clause can answer, and how many cases none can."""
    texts = {clause: squeezed(clause.text) for clause in reader.release.clauses.values()}
    found = []
    for case in cases:
        groups = gold_groups(case, texts)
        if all(groups):
            reading = reader.reading(case)
            found.append(Asked(reading, reader.release.embedder.embed_query(reading.question.query), groups))
    return found, len(cases) - len(found)


def _methods(bench: Bench) -> str:
    rankers: dict[str, Ranker] = {
        "BM25": _by(_BM25),
        "vectors": _by(_VECTORS),
        "RRF": Search.by_rank,
        "z-scores, no document": _by(replace(Weights(), document=0.0)),
        "z-scores": _by(Weights()),
    }
    ways: dict[str, dict[str, bool]] = {"": {}, ", no place": {"scoped": False}, ", no terms": {"terms": False}}
    columns = {
        f"{language}{way}": bench.searches(language, "test", **how)
        for language, (way, how) in product(_LANGUAGES, ways.items())
    }
    head = ["R@1 R@5 MRR@10", *(f"{name} ({len(column.cases)})" for name, column in columns.items())]
    rows = [[name, *(_three(column.figures(rank)) for column in columns.values())] for name, rank in rankers.items()]
    return table([head, *rows])


def _sweep(tried: Tried) -> str:
    """MRR@10 on `train` for each pair of weights."""
    rows = [["dense \\ document", *(f"{document:g}" for document in _DOCUMENT)]]
    rows += [
        [f"{dense:g}", *(_three(mean(part.values()) for part in tried[dense, one]) for one in _DOCUMENT)]
        for dense in _DENSE
    ]
    return table(rows)


def _ahead(own: ByFact, tried: Tried) -> str:
    """The best pairs of weights on `train`, and by how much they are better than those that are set."""
    rows = []
    for (dense, document), other in tried.items():
        facts = dict.fromkeys(fact for part in own for fact in part)
        ahead = np.array(
            [mean(b[fact] - a[fact] for a, b in zip(own, other, strict=True) if fact in a) for fact in facts]
        )
        error = float(ahead.std(ddof=1)) / len(ahead) ** 0.5
        rows.append((float(ahead.mean()), f"{dense:g}", f"{document:g}", f"{error:.4f}"))
    best = sorted(rows, reverse=True)[:_SHOWN]
    return table([["dense", "document", "ahead", "±"], *([d, o, f"{gain:+.4f}", e] for gain, d, o, e in best)])


def _by_fact(bench: Bench, weights: Weights) -> ByFact:
    """MRR@10 of every fact of `train`: zh and en, then the same without the place."""
    parts = [bench.searches(lang, "train", scoped=scoped) for scoped, lang in product((True, False), _LANGUAGES)]
    return [part.by_fact(weights) for part in parts]


def _contexts(bench: Bench, release: Release, asked: Sequence[Asked], folder: Path) -> str:
    """The product's index against one of the clauses' own words."""
    ids, texts = list(release.clauses), [clause.text for clause in release.clauses.values()]
    lexical = LexicalIndex.build(folder / "lexical", ids, texts)
    rows = [["R@1 R@5 MRR@10", "zh", "en", "zh, no place", "en, no place"]]
    with VectorIndex.build(folder / "vectors", ids, texts, release.embedder) as vectors:
        bare = Bench(replace(release, lexical=lexical, vectors=vectors), asked)
        rankers: dict[str, Weights] = {"BM25": _BM25, "vectors": _VECTORS, "z-scores": Weights()}
        for (name, weights), (what, one) in product(
            rankers.items(), {"title, place, path": bench, "own words": bare}.items()
        ):
            columns = [one.searches(lang, "test", scoped=scoped) for scoped, lang in product((True, False), _LANGUAGES)]
            rows.append([f"{name}: {what}", *(_three(column.figures(_by(weights))) for column in columns)])
    return table(rows)


def _by(weights: Weights) -> Ranker:
    return lambda search: search.by(weights)


def _three(figures: Iterable[float]) -> str:
    return " ".join(f"{figure:.3f}" for figure in figures)


if __name__ == "__main__":
    given = options(__doc__ or "")
    main(given.data, given.cases)
