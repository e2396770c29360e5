"""What was asked and answered, and what readers said of it: found by day, place, status and reason; shown to maintainers.

Each look at it is noted in the audit trail, with what was looked for and how much was seen, without any of the words.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from typing import Any, Literal, Protocol

from assistant.store.conversations import LoggedTurn
from assistant.store.feedback import Opinion

Kind = Literal["turns", "opinions"]
# As many as are shown, and as many as a workbook holds.
SHOWN = 50
EXPORTED = 5_000
_BATCH = 200


class Turns(Protocol):
    """Where conversations are kept."""

    def log(
        self,
        *,
        status: str | None = None,
        search: str = "",
        since: datetime | None = None,
        until: datetime | None = None,
        limit: int = 100,
        offset: int = 0,
    ) -> tuple[LoggedTurn, ...]:
        """Everybody's turns that match, newest first."""


class Opinions(Protocol):
    """Where feedback is kept."""

    def list(
        self,
        *,
        reason: str | None = None,
        search: str = "",
        since: datetime | None = None,
        until: datetime | None = None,
        limit: int = 100,
        offset: int = 0,
    ) -> tuple[Opinion, ...]:
        """What everybody said that matches, newest first."""


class Trail(Protocol):
    """Where it is noted who looked at what."""

    def note(self, actor: str, action: str, target: str | None = None, **detail: Any) -> object:  # noqa: ANN401
        """Add an entry."""


@dataclass(frozen=True)
class Filter:
    """What is looked for. Days are whole days of UTC, both included; empty text and None stand for everything."""

    since: date | None = None
    until: date | None = None
    place: str = ""
    status: str = ""
    reason: str = ""
    search: str = ""

    def said(self) -> dict[str, str]:
        """The filter for the audit trail: which kinds of limits were set, and of the closed vocabularies their values."""
        days = {"since": str(self.since or ""), "until": str(self.until or "")}
        named = {**days, "status": self.status, "reason": self.reason}
        searched = {"searched": "yes"} if self.search else {}
        return {key: value for key, value in named.items() if value} | searched


@dataclass(frozen=True)
class Entry:
    """One answer of the log.

    Attributes:
        places: of the documents that the answer cites, and the one that the question was about.
        reasons, note: what its reader said, where somebody did.
    """

    at: datetime
    question: str
    answer: str
    status: str
    places: tuple[str, ...]
    vote: str = ""
    reasons: tuple[str, ...] = ()
    note: str = ""
    release: str = ""


class Logbook:
    """The log of one store."""

    def __init__(self, turns: Turns, opinions: Opinions, trail: Trail) -> None:
        self._turns, self._opinions, self._trail = turns, opinions, trail

    def look(self, kind: Kind, wanted: Filter, *, by: str, limit: int = SHOWN) -> list[Entry]:
        """The entries that match, newest first; noted under `by`, the id of who looks.

        Raises:
            BiaozhuntongError: the store cannot be read, or the look cannot be noted: then nothing is shown.
        """
        found: list[Entry] = []
        for entry in self._entries(kind, wanted):
            if len(found) == limit:
                break
            found.append(entry)
        action = "log.export" if limit > SHOWN else "log.view"
        self._trail.note(by, action, kind, entries=len(found), **wanted.said())
        return found

    def _entries(self, kind: Kind, wanted: Filter) -> Iterator[Entry]:
        offset = 0
        while True:
            batch = self._batch(kind, wanted, offset)
            yield from (entry for entry in batch if _fits(entry, wanted))
            offset += _BATCH
            if len(batch) < _BATCH:
                return

    def _batch(self, kind: Kind, wanted: Filter, offset: int) -> list[Entry]:
        limits: dict[str, Any] = {
            "search": wanted.search,
            "since": _moment(wanted.since),
            "until": _moment(wanted.until + timedelta(days=1)) if wanted.until else None,
            "limit": _BATCH,
            "offset": offset,
        }
        if kind == "turns":
            return [_of_turn(turn) for turn in self._turns.log(status=wanted.status or None, **limits)]
        return [_of_opinion(opinion) for opinion in self._opinions.list(reason=wanted.reason or None, **limits)]


def places_of(answer: Mapping[str, Any] | None) -> tuple[str, ...]:
    """The place that an answer took its question to be about, and those of the documents it cites."""
    answer = answer or {}
    named = [str(fact.get("value")) for fact in answer.get("known") or () if fact.get("input") == "place"]
    cited = [(citation.get("policy") or {}).get("place") for citation in answer.get("citations") or ()]
    return tuple(dict.fromkeys([*named, *(str(place) for place in cited if place)]))


def table(entries: Sequence[Entry]) -> Iterator[tuple[datetime, str, str, str, str, str, str, str, str]]:
    """The entries as rows of a workbook."""
    for entry in entries:
        yield (
            entry.at,
            entry.question,
            entry.answer,
            entry.status,
            "、".join(entry.places),
            entry.vote,
            "、".join(entry.reasons),
            entry.note,
            entry.release,
        )


def _fits(entry: Entry, wanted: Filter) -> bool:
    # What one of the two stores cannot look for.
    return (not wanted.place or wanted.place in entry.places) and (not wanted.status or wanted.status == entry.status)


def _of_turn(turn: LoggedTurn) -> Entry:
    return Entry(
        at=turn.created,
        question=turn.question,
        answer=turn.text,
        status=turn.status or "",
        places=places_of(turn.answer),
        vote=turn.vote or "",
        release=_release(turn.answer),
    )


def _of_opinion(opinion: Opinion) -> Entry:
    return Entry(
        at=opinion.created,
        question=opinion.question,
        answer=str((opinion.answer or {}).get("answer") or ""),
        status=str((opinion.answer or {}).get("status") or ""),
        places=places_of(opinion.answer),
        vote=opinion.vote,
        reasons=opinion.reasons,
        note=opinion.note,
        release=opinion.release or "",
    )


def _release(answer: Mapping[str, Any] | None) -> str:
    return str(((answer or {}).get("provenance") or {}).get("release") or "")


def _moment(day: date | None) -> datetime | None:
    return datetime.combine(day, time(), UTC) if day else None
