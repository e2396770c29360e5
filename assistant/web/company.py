"""What a reader may tell of their company once for all questions: fields made from the rules of the live release.

A field is a place with rules, a part of that place that the rules treat apart, or what a rule asks of the applicant. The
answers stay in the reader's browser and come along with each question; here they are held against the fields.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from assistant.reward_facts import replies
from assistant.web.calculator_form import FIELD_OF
from assistant.web.words import Words, words_for
from knowledge.model import Document
from knowledge.rule_schema import Condition, Text
from knowledge.rules import PolicyRules

# What a rule asks of a piece of work and not of whoever did it, beside what a form has a field for; a company has no one
# answer to it.
_OF_WORK = frozenset(
    {"standard_status", "adopted_standard_origin", "proposed_project", "upper_award_yuan", "other_award_yuan"}
)
_MOST_SENT = 4_000
_LARGEST = 10**12

Fact = str | int | bool


@dataclass(frozen=True)
class Choice:
    """One answer to a field."""

    value: Fact
    label: Text


@dataclass(frozen=True)
class Field:
    """One thing to tell of a company.

    Attributes:
        name: of the fact, as questions are given it.
        label: what is asked.
        choices: the answers; none where the answer is a whole number.
        place: the place whose rules ask it, by name; null for the place itself.
    """

    name: str
    label: Text
    choices: tuple[Choice, ...]
    place: str | None = None

    def takes(self, value: object) -> bool:
        """Whether `value` is an answer to it."""
        if not self.choices:
            return isinstance(value, int) and not isinstance(value, bool) and 0 <= value <= _LARGEST
        return any(choice.value == value and type(choice.value) is type(value) for choice in self.choices)


def company_fields(documents: Mapping[str, Document], policies: Mapping[str, PolicyRules]) -> tuple[Field, ...]:
    """The fields that the rules of a release ask for, the place first; none where no policy has rules and a place.

    Args:
        documents: of the release, by policy id.
        policies: the rules, by policy id.
    """
    fields: dict[tuple[str, str | None], Field] = {}
    places: dict[str, Choice] = {}
    for policy_id, rules in policies.items():
        document = documents.get(policy_id)
        place = document.policy.place if document else None
        if place is None or not rules.rules:
            continue
        places[place.name] = Choice(place.name, Text(zh=place.name, en=place.name_en or place.name))
        for field in _fields_of(rules, place.name):
            fields.setdefault((field.name, field.place), field)
    if not places:
        return ()
    label = Text(zh=words_for("zh").company_place, en=words_for("en").company_place)
    return (Field("place", label, tuple(places.values())), *fields.values())


def _fields_of(rules: PolicyRules, place: str) -> Iterator[Field]:
    if rules.places is not None:
        groups = tuple(Choice(name, group.label) for name, group in rules.places.groups.items())
        yield Field("location", rules.places.ask, groups, place)
    for rule in rules.rules:
        for condition in rule.conditions:
            if condition.input not in FIELD_OF.keys() | _OF_WORK and (field := _field_of(condition, place)) is not None:
                yield field


def _field_of(condition: Condition, place: str) -> Field | None:
    """The field of a condition; null where its answers cannot be told apart."""
    label = condition.ask or condition.text
    if condition.op in ("<=", ">="):
        return Field(condition.input, label, (), place)
    choices = tuple(Choice(value, text) for value, text in replies(condition) if isinstance(value, (str, int)))
    return Field(condition.input, label, choices, place) if choices else None


def company_facts(sent: str, fields: Sequence[Field]) -> dict[str, Fact]:
    """The facts of a company as a browser sends them; what is no answer to a field of its place is left out.

    Args:
        sent: a JSON object of facts by name, or nothing.
        fields: of the live release.
    """
    try:
        given = json.loads(sent[:_MOST_SENT]) if sent else {}
    except (ValueError, RecursionError):
        return {}
    if not isinstance(given, dict):
        return {}
    place = given.get("place")
    known = {field.name: field for field in fields if field.place in (None, place)}
    facts = {name: value for name, value in given.items() if name in known and known[name].takes(value)}
    return facts if "place" in facts else {}


def fields_json(fields: Sequence[Field], words: Words) -> list[dict[str, object]]:
    """The fields for the page's script, in one language."""
    return [
        {
            "name": field.name,
            "label": field.label.of(words.code),
            "place": field.place,
            "choices": [{"value": choice.value, "label": choice.label.of(words.code)} for choice in field.choices],
        }
        for field in fields
    ]
