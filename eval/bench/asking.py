"""The evaluation cases as the assistant reads them, and averages over them: what several measurements share."""

from __future__ import annotations

import argparse
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from assistant.pipeline import Assistant
from assistant.question import Question
from assistant.scope import Scope, find_scope
from assistant.settings import Settings
from eval.__main__ import CASES
from eval.dataset import Case


def options(description: str) -> argparse.Namespace:
    """The command line of a measurement: `--data DIR` and `--cases PATH`."""
    parser = argparse.ArgumentParser(description=description)
    parser.add_argument("--data", type=Path, help="data directory (default: BZT_DATA or ./.data)")
    parser.add_argument("--cases", type=Path, default=CASES, help="a case file or a folder of them")
    return parser.parse_args()


def settings(data: Path | None) -> Settings:
    """The settings of the environment, with another data directory if one is given."""
    return Settings() if data is None else Settings(data=data)


@dataclass(frozen=True)
class Reading:
    """A case with what the assistant reads in it.

    Attributes:
        terms: the further search words of the lexical side.
        policies: the policies its place narrows the search to; None where nothing does.
    """

    case: Case
    question: Question
    scope: Scope
    terms: tuple[str, ...]
    policies: frozenset[str] | None


class Reader(Assistant):
    """The assistant with its first steps laid open."""

    def reading(self, case: Case) -> Reading:
        """A case as `ask` would read it, up to the search."""
        question = self._understanding.understand(
            case.question, history=case.history, facts=case.facts, asked_at=case.asked_at
        )
        scope = find_scope(question, self.release.documents.values(), self._gazetteer)
        policies = frozenset(document.policy.id for document in scope.documents) if scope.named else None
        return Reading(case, question, scope, tuple(self._terms(question)), policies)


def squeezed(text: str) -> str:
    """A text without white space: documents are printed with line breaks and spaces anywhere."""
    return "".join(text.split())


def means_by_fact(cases: Sequence[Case], values: Sequence[float]) -> list[float]:
    """For each fact the mean of its paraphrases, given one value a case; in order of the facts' first cases."""
    by_fact: dict[str, list[float]] = defaultdict(list)
    for case, value in zip(cases, values, strict=True):
        by_fact[case.fact_id].append(value)
    return [mean(found) for found in by_fact.values()]


def mean(values: Sequence[float]) -> float:
    """The mean; 0 for none."""
    return sum(values) / len(values) if values else 0.0
