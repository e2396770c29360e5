"""When a sentence is too unsure to answer: `python -m eval.bench.abstention [--data DIR] [--cases PATH]`.

Asks every case and keeps what the confidence of its best sentence was computed from; refits the logistic model of
`assistant.evidence.confidence` on the split `train`; prints what each threshold does on `test`. Every answerable question
is also weighed with the sentences that answer it withheld: then whatever is left should not answer.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Literal
from unittest.mock import patch

import numpy as np
from numpy.typing import NDArray
from sklearn.linear_model import LogisticRegression
from sklearn.metrics import roc_auc_score

from assistant.evidence import CONFIDENCE_CONSTANT, CONFIDENCE_WEIGHTS, Passage, confidence, features
from assistant.question import Question
from eval.bench.asking import Reader, options, squeezed
from eval.bench.timing import table
from eval.dataset import Case, Split, load_cases

# right: the best sentence holds the gold; wrong: another one is best; refuse: no document answers; withheld: the
# sentences that hold the gold were taken away.
Outcome = Literal["right", "wrong", "refuse", "withheld"]
_THRESHOLDS = (0.3, 0.4, 0.5, 0.6, 0.7, 0.8)
_NAMES = ("own coverage", "overlap", "lead", "shown")


@dataclass(frozen=True)
class Sample:
    """What was known of one best sentence, and whether it answers."""

    case: Case
    scoped: bool
    outcome: Outcome
    features: tuple[float, ...] | None

    @property
    def fits(self) -> bool:
        """Whether there was a sentence that states the kind of thing asked for; else nothing is answered anyhow."""
        return self.features is not None


def holds(passage: Passage, case: Case) -> bool:
    """Whether a sentence holds a gold text of the case or is part of one, white space aside."""
    own = squeezed(passage.text)
    golds = [squeezed(gold.text) for gold in case.gold.texts if gold.policy == passage.clause.policy_id]
    return any(gold in own or own in gold for gold in golds)


def rates(samples: Sequence[Sample], sure: Sequence[float], threshold: float) -> list[tuple[int, int]]:
    """How many of how many: right and answered; wrong and answered; to be refused and refused; withheld and refused."""

    def count(outcome: Outcome, *, answered: bool) -> tuple[int, int]:
        found = [value >= threshold for sample, value in zip(samples, sure, strict=True) if sample.outcome == outcome]
        return found.count(answered), len(found)

    return [
        count("right", answered=True),
        count("wrong", answered=True),
        count("refuse", answered=False),
        count("withheld", answered=False),
    ]


def main(data: Path | None, cases: Path) -> None:
    """Print the refitted model beside the one in use, and both at each threshold."""
    reader = Reader.of(data)
    samples = [sample for case in load_cases(cases) for sample in _samples(reader, case)]
    reader.close()
    asked = [sample for sample in samples if sample.outcome != "withheld"]
    model = _fit([sample for sample in asked if sample.case.split == "train"])
    models = {"in use": (CONFIDENCE_WEIGHTS, CONFIDENCE_CONSTANT), "refitted": model}
    print(f"{len(asked)} questions turned on the confidence of a sentence\n")
    print(_coefficients(models, [sample for sample in samples if sample.case.split == "test"]))
    shown: list[tuple[str, Split]] = [("in use", "train"), ("in use", "test"), ("refitted", "test")]
    for name, split in shown:
        print(f"\nAnswered and right, answered and wrong, refused, refused when withheld: {name}, split {split}")
        print(_thresholds([sample for sample in samples if sample.case.split == split], *models[name]))


def _samples(reader: Reader, case: Case) -> list[Sample]:
    """The first confidence that an answer turned on, if any did, and the same with its evidence withheld."""
    weighed: list[tuple[list[Passage], Question]] = []

    def recorded(passages: Sequence[Passage], question: Question) -> float:
        weighed.append((list(passages), question))
        return confidence(passages, question)

    with patch("assistant.pipeline.confidence", recorded):
        reader.ask(case.question, history=case.history, facts=case.facts, asked_at=case.asked_at)
    if not weighed:
        return []
    passages, question = weighed[0]
    scoped = reader.scope_of(question).named
    if case.must_refuse:
        return [Sample(case, scoped, "refuse", _features(passages, question))]
    best: Outcome = "right" if passages and holds(passages[0], case) else "wrong"
    found = [Sample(case, scoped, best, _features(passages, question))]
    left = [passage for passage in passages if not holds(passage, case)]
    if len(left) < len(passages):
        found.append(Sample(case, scoped, "withheld", _features(left, question)))
    return found


def _features(passages: Sequence[Passage], question: Question) -> tuple[float, ...] | None:
    return features(passages, question) if passages and passages[0].fits else None


def _fit(samples: Sequence[Sample]) -> tuple[tuple[float, ...], float]:
    fitting = [sample for sample in samples if sample.fits]
    model = LogisticRegression(C=1.0).fit(_matrix(fitting), [sample.outcome == "right" for sample in fitting])
    return tuple(float(weight) for weight in model.coef_[0]), float(model.intercept_[0])


def _matrix(samples: Sequence[Sample]) -> NDArray[np.float64]:
    return np.array([sample.features for sample in samples], dtype=np.float64)


def _sure(samples: Sequence[Sample], weights: Sequence[float], constant: float) -> list[float]:
    """The confidence of each sample under a model; 0 where no sentence fits."""
    return [
        float(1 / (1 + np.exp(-np.dot(weights, sample.features) - constant))) if sample.features is not None else 0.0
        for sample in samples
    ]


def _coefficients(models: dict[str, tuple[tuple[float, ...], float]], samples: Sequence[Sample]) -> str:
    """The models' weights and their area under the curve: of what was asked, and with what was withheld."""
    asked = [sample for sample in samples if sample.fits and sample.outcome != "withheld"]
    every = [sample for sample in samples if sample.fits]
    rows = [["", *_NAMES, "constant", "AUC", "AUC, withheld too"]]
    for name, (weights, constant) in models.items():
        areas = [
            roc_auc_score([sample.outcome == "right" for sample in part], _sure(part, weights, constant))
            for part in (asked, every)
        ]
        rows.append([name, *(f"{weight:.2f}" for weight in (*weights, constant)), *(f"{area:.3f}" for area in areas)])
    return table(rows)


def _thresholds(samples: Sequence[Sample], weights: Sequence[float], constant: float) -> str:
    """What each threshold does with questions that name a place, by language, and with those that do not."""
    columns = {
        "zh": [sample for sample in samples if sample.scoped and sample.case.language == "zh"],
        "en": [sample for sample in samples if sample.scoped and sample.case.language == "en"],
        "no place": [sample for sample in samples if not sample.scoped],
    }
    rows = [["", *columns]]
    for threshold in _THRESHOLDS:
        cells = []
        for column in columns.values():
            found = rates(column, _sure(column, weights, constant), threshold)
            cells.append(" ".join(f"{part}/{whole}" for part, whole in found))
        rows.append([f"{threshold:g}", *cells])
    return table(rows)


if __name__ == "__main__":
    given = options(__doc__ or "")
    main(given.data, given.cases)
