"""What was asked how often: counts by day, place, intent, status and topic, for charts. No words of questions, nobody's id."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Final, Literal

from sqlalchemy import func, select

from assistant.store.database import Database
from assistant.store.tables import UsageRow
from knowledge.errors import UsageError

Dimension = Literal["day", "place", "intent", "status", "topic", "language", "channel"]
DIMENSIONS: Final[tuple[Dimension, ...]] = ("day", "place", "intent", "status", "topic", "language", "channel")
# A topic or a place is a word of the glossary or the gazetteer; anything longer is somebody's sentence.
_LONGEST = 60


@dataclass(frozen=True, slots=True, kw_only=True)
class UsageCount:
    """How many questions share the values of the dimensions that were asked for; "" where a question had none."""

    values: Mapping[Dimension, str | date]
    count: int


class Usage:
    """The counts.

    Raises:
        StoreError: (every method) the database cannot be read or written.
    """

    def __init__(self, database: Database) -> None:
        self._database = database

    def note(
        self,
        *,
        place: str = "",
        intent: str = "",
        status: str = "",
        topic: str = "",
        language: str = "",
        channel: str = "",
    ) -> None:
        """Count one question of today (UTC).

        Args:
            place: the place it was about, by the gazetteer's name.
            topic: what it was about, in a word of the glossary; of what stayed unanswered, what the bureau should add.
            channel: `chat`, `desk`, `api`.

        Raises:
            UsageError: a value is too long to be a word of a vocabulary.
        """
        values = {"place": place, "intent": intent, "status": status, "topic": topic}
        values |= {"language": language, "channel": channel}
        for name, value in values.items():
            if len(value) > _LONGEST:
                raise UsageError(
                    f"`{name}`: expected a word of at most {_LONGEST} characters, got {len(value)} of them"
                )
        counted = self._database.insert(UsageRow).values(day=self._database.now().date(), count=1, **values)
        counted = counted.on_conflict_do_update(index_elements=list(DIMENSIONS), set_={"count": UsageRow.count + 1})
        with self._database.write() as session:
            session.execute(counted)

    def counts(
        self,
        *by: Dimension,
        since: date | None = None,
        until: date | None = None,
        where: Mapping[Dimension, str] | None = None,
        limit: int = 1_000,
    ) -> tuple[UsageCount, ...]:
        """How many questions there were by these dimensions, most first; by day, the days in order.

        Args:
            since: the first day.
            until: the day after the last one.
            where: only questions with these values, such as `{"status": "abstained"}`.
        """
        columns = {name: getattr(UsageRow, name) for name in DIMENSIONS}
        total = func.sum(UsageRow.count)
        query = select(*(columns[name] for name in by), total).group_by(*(columns[name] for name in by))
        if since is not None:
            query = query.where(UsageRow.day >= since)
        if until is not None:
            query = query.where(UsageRow.day < until)
        for name, value in (where or {}).items():
            query = query.where(columns[name] == value)
        days = [UsageRow.day] if "day" in by else []
        query = query.order_by(*days, total.desc(), *(columns[name] for name in by)).limit(limit)
        with self._database.read() as session:
            return tuple(
                UsageCount(values=dict(zip(by, row[:-1], strict=True)), count=int(row[-1]))
                for row in session.execute(query)
                if row[-1] is not None  # the sum of no rows
            )
