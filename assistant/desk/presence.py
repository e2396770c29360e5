"""Who has an inquiry open just now, so that two people do not work on one without knowing."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta
from threading import Lock

from assistant.desk.records import Person

SECONDS = 45
"""How long a person counts as there after the last sign."""


class Presence:
    """Signs of people, kept in memory: they tell of now, and nothing is lost with them. Safe from several threads."""

    def __init__(self, clock: Callable[[], datetime]) -> None:
        self._clock = clock
        self._lock = Lock()
        self._seen: dict[str, dict[str, tuple[Person, datetime]]] = {}

    def at(self, inquiry_id: str | None, person: Person) -> None:
        """A person has this inquiry open, and no other; null where none."""
        with self._lock:
            for people in self._seen.values():
                people.pop(person.id, None)
            self._seen = {opened: people for opened, people in self._seen.items() if people}
            if inquiry_id is not None:
                self._seen.setdefault(inquiry_id, {})[person.id] = (person, self._clock())

    def others(self, inquiry_id: str, person: Person) -> list[Person]:
        """Who else has it open."""
        limit = self._clock() - timedelta(seconds=SECONDS)
        with self._lock:
            there = list(self._seen.get(inquiry_id, {}).values())
        return [other for other, at in there if other.id != person.id and at >= limit]
