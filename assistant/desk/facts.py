"""The facts of a question as staff see and correct them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any, Literal

from assistant.answer import Answer, Language
from assistant.desk.records import FactValue, Item
from assistant.settle import SettledName
from knowledge.glossary import Glossary

Widget = Literal["choice", "text", "number"]

# What belongs to the inquirer rather than to one question: corrected once for all questions of a letter.
COMMON: frozenset[str] = frozenset({"place", "location", "applicant", "listing"})
_WIDGETS: Mapping[SettledName, Widget] = {
    "place": "text",
    "location": "choice",
    "applicant": "choice",
    "activity": "choice",
    "level": "choice",
    "role": "choice",
    "rank": "number",
    "status": "choice",
    "listing": "choice",
    "event_at": "text",
    "count": "number",
}
FIELDS: tuple[SettledName, ...] = tuple(_WIDGETS)
"""The facts that can be corrected, in the order they are shown."""


@dataclass(frozen=True)
class FactField:
    """A fact of a question: its value, null where nobody said it, and the values it may have, with their labels."""

    name: SettledName
    label: str
    widget: Widget
    value: FactValue
    options: tuple[tuple[str, str], ...] = ()


def fields_of(item: Item, language: Language, glossary: Glossary) -> list[FactField]:
    """The facts of a question in the order of `FIELDS`."""
    stated = known_values(item.answer) | {name: item.settled[name] for name in FIELDS if name in item.settled}
    return [
        FactField(
            name,
            glossary.label("slot", name, language),
            widget,
            stated.get(name),
            tuple((glossary.label(name, value, language), value) for value in glossary.data.labels.get(name, {}))
            if widget == "choice"
            else (),
        )
        for name, widget in _WIDGETS.items()
    ]


def known_values(answer: Answer | None) -> dict[str, FactValue]:
    """What an answer took as stated: one value a fact; of several places the last, which is the nearest."""
    found: dict[str, FactValue] = {}
    for fact in answer.known if answer else ():
        if fact.input == "place" or fact.input not in found:
            found[fact.input] = fact.value
    counts = {row.count for row in answer.rewards if row.count} if answer else set()
    if len(counts) == 1 and (count := counts.pop()) > 1:
        found["count"] = count
    return found


def corrected(item: Item, given: Mapping[str, Any]) -> dict[str, FactValue]:
    """What is settled of a question after staff filled in its facts: only what differs from what the letter said.

    Args:
        item: the question before.
        given: values by name, as a form gives them; empty for unknown.
    """
    before = known_values(item.answer)
    settled = dict(item.settled)
    for name in FIELDS:
        if name not in given:
            continue
        value = _read(name, given[name])
        if name in settled or value != before.get(name):
            settled[name] = value
    return settled


def _read(name: SettledName, value: object) -> FactValue:
    """A value of a form: null for an empty one, and for a number or date that is none."""
    if value is None or (isinstance(value, str) and not value.strip()):
        return None
    if _WIDGETS[name] == "number":
        return int(value) if isinstance(value, (int, float)) and 0 < value <= 1000 else None
    text = " ".join(str(value).split())[:60]
    return _day(text) if name == "event_at" else text


def _day(text: str) -> str | None:
    """A year, month or day as `2024`, `2024-05` or `2024-05-31`."""
    digits = [int(part) for part in "".join(c if c.isdigit() else " " for c in text).split()][:3]
    if not digits or not 1900 <= digits[0] <= 2100:
        return None
    try:
        date(*[*digits, 1, 1][:3])
    except ValueError:
        return None
    return "-".join([f"{digits[0]}", *(f"{part:02}" for part in digits[1:])])
