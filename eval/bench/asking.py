"""The evaluation cases as the assistant reads them, and averages over them: what several measurements share."""

from __future__ import annotations

import argparse
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

from assistant.pipeline import Assistant
from assistant.question import Question
from assistant.scope import Scope, find_scope
from assistant.settings import Settings
from eval.dataset import CASES, Case
from knowledge.embedding import default_embedder
from knowledge.releases import DataDirectory, open_live


def options(description: str) -> argparse.Namespace:
    """The command line of a measurement: `--data DIR` and `--cases PATH`."""
    parser = argparse.ArgumentParser(description=description)
    parser.add_argument("--data", type=Path, help="data directory (default: BZT_DATA or ./.data)")
    parser.add_argument("--cases", type=Path, default=CASES, help="a case file or a folder of them")
    return parser.parse_args()


@dataclass(frozen=True)
class Reading:
    """A case with what the assistant reads in it.

    Attributes:
        terms: the further search words of the lexical side.
        policies: the policies its place narrows the search to; None where nothing does.
    """

    case: Case
    question: Question
    terms: tuple[str, ...]
    policies: frozenset[str] | None


class Reader(Assistant):
    """The assistant with its first steps laid open."""

    @classmethod
    def of(cls, data: Path | None) -> Reader:
        """The reader of a data directory's live release; None: the one that the environment names."""
        settings = Settings() if data is None else Settings(data=data)
        embedder = default_embedder(settings.data, settings.embedding_model, device=settings.device, quick=True)
        return cls(open_live(DataDirectory(settings.data), embedder), settings)

    def reading(self, case: Case) -> Reading:
        """A case as `ask` would read it, up to the search."""
        question = self._understanding.understand(
            case.question, history=case.history, facts=case.facts, asked_at=case.asked_at
        )
        scope = self.scope_of(question)
        policies = frozenset(document.policy.id for document in scope.documents) if scope.named else None
        return Reading(case, question, tuple(self._terms(question)), policies)

    def scope_of(self, question: Question) -> Scope:
        """The documents that a question is about."""
        return find_scope(question, self.release.documents.values(), self._gazetteer)


def squeezed(text: str) -> str:
    """A text without white space: documents are printed with line breaks and spaces anywhere."""
    return "".join(text.split())


def means_by_fact(cases: Sequence[Case], values: Sequence[float]) -> dict[str, float]:
    """For each fact the mean of its paraphrases, given one value a case."""
    by_fact: dict[str, list[float]] = defaultdict(list)
    for case, value in zip(cases, values, strict=True):
        by_fact[case.fact_id].append(value)
    return {fact: mean(found) for fact, found in by_fact.items()}


def mean(values: Iterable[float]) -> float:
    """The mean; 0 for none."""
    values = list(values)
    return sum(values) / len(values) if values else 0.0
