"""What is asked, and what stays unanswered: counted by place, intent and topic, never by person or by words."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import date, timedelta
from functools import cached_property
from typing import Literal, Protocol

from assistant.answer import Answer
from assistant.question import Question, Understanding
from assistant.store.usage import Dimension, UsageCount
from knowledge.glossary import Glossary
from knowledge.places import Gazetteer

By = Literal["place", "intent"]
# Of places and intents, as many are told apart; the rest is counted together.
_TOLD_APART = 6
WEEKS = 12
# Nothing of these was answered, or not all of it.
UNANSWERED = ("abstained", "partial")


class Counts(Protocol):
    """Where questions are counted."""

    def counts(
        self,
        *by: Dimension,
        since: date | None = None,
        until: date | None = None,
        where: Mapping[Dimension, str] | None = None,
        limit: int = 1_000,
    ) -> tuple[UsageCount, ...]:
        """How many questions there were by these dimensions."""


class Notes(Protocol):
    """Counts questions."""

    def note(self, *, place: str, intent: str, status: str, topic: str, language: str) -> None:
        """Count one question of today."""


@dataclass(frozen=True)
class Noted:
    """What is counted of one question: words of closed vocabularies, empty where it said nothing of the kind."""

    place: str
    intent: str
    status: str
    topic: str
    language: str


@dataclass(frozen=True)
class Series:
    """How often something was asked, week by week; an empty `name` stands for questions without one."""

    name: str
    counts: tuple[int, ...]

    @property
    def total(self) -> int:
        """In all weeks together."""
        return sum(self.counts)


@dataclass(frozen=True)
class Weekly:
    """Questions by week: the Mondays of the weeks, and a series of each name, the most asked first.

    `others` counts what is not told apart.
    """

    weeks: tuple[date, ...]
    series: tuple[Series, ...]
    others: Series | None = None


class Counting:
    """Counts each answer that is given, by what its question was understood to be about.

    Args:
        store: where it is counted.
    """

    def __init__(self, store: Notes) -> None:
        self._store = store

    @cached_property
    def _understanding(self) -> Understanding:
        return Understanding(Glossary.load(), Gazetteer.load())

    def __call__(self, question: str, history: Sequence[str], answer: Answer) -> None:
        """Count one answer."""
        read = self._understanding.understand(question, history=history)
        self._store.note(**asdict(noted(read, answer)))


def noted(question: Question, answer: Answer) -> Noted:
    """What is counted of a question that was answered."""
    place = next((str(fact.value) for fact in answer.known if fact.input == "place"), "")
    return Noted(
        place=place or (question.places[0].name if question.places else ""),
        intent=question.topic,
        status=answer.status,
        topic=topic_of(question),
        language=answer.language,
    )


def topic_of(question: Question) -> str:
    """What a question was about, in one word: the work, else the part of a document, else what was asked of it."""
    work = next((thing.activity for thing in question.things if thing.activity), None)
    work = work or next(iter(question.slots.get("activity", ())), None)
    return work or question.attribute or next(iter(sorted(question.intents)), None) or question.topic


def weekly(store: Counts, by: By, *, today: date, weeks: int = WEEKS) -> Weekly:
    """Questions by place or by intent, in each of the last weeks; a week begins on Monday.

    Raises:
        StoreError: the counts cannot be read.
    """
    first = today - timedelta(days=today.weekday(), weeks=weeks - 1)
    mondays = tuple(first + timedelta(weeks=number) for number in range(weeks))
    found: dict[str, Counter[date]] = {}
    for one in store.counts("day", by, since=first, limit=100_000):
        day, name = one.values["day"], str(one.values[by])
        assert isinstance(day, date)
        found.setdefault(name, Counter())[day - timedelta(days=day.weekday())] += one.count
    series = [Series(name, tuple(counter[monday] for monday in mondays)) for name, counter in found.items()]
    series.sort(key=lambda one: (-one.total, one.name))
    rest = series[_TOLD_APART:]
    others = Series("", tuple(map(sum, zip(*(one.counts for one in rest), strict=True)))) if rest else None
    return Weekly(mondays, tuple(series[:_TOLD_APART]), others)


def unanswered(store: Counts, *, today: date, weeks: int = WEEKS, limit: int = 12) -> list[tuple[str, str, int]]:
    """What the corpus had no answer to, or only part of one, as (topic, place, questions), the most asked first.

    Raises:
        StoreError: the counts cannot be read.
    """
    since = today - timedelta(days=today.weekday(), weeks=weeks - 1)
    found: Counter[tuple[str, str]] = Counter()
    for status in UNANSWERED:
        for one in store.counts("topic", "place", since=since, where={"status": status}):
            found[str(one.values["topic"]), str(one.values["place"])] += one.count
    return [(topic, place, count) for (topic, place), count in found.most_common(limit)]


def totals(store: Counts, *, today: date, weeks: int = WEEKS) -> dict[str, int]:
    """Questions by how they were answered, in the last weeks."""
    since = today - timedelta(days=today.weekday(), weeks=weeks - 1)
    return {str(one.values["status"]): one.count for one in store.counts("status", since=since)}
