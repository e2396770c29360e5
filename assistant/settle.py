"""Facts that a person who handles a question has settled: they hold whatever the words of the question say."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import replace
from typing import Any, Literal, get_args

from assistant.known import fact_name, without
from assistant.mentions import Event
from assistant.question import Question
from assistant.things import Thing
from knowledge.places import Gazetteer

SettledName = Literal[
    "place", "location", "applicant", "listing", "activity", "level", "committee", "role", "rank", "proposer", "status",
    "export", "count", "event_at",
]  # fmt: skip
SETTLED: tuple[SettledName, ...] = get_args(SettledName)
"""The facts that can be settled, as `Answer.known` names them, and `count`."""

# What is said of one thing a reward is asked for, and what of the whole question.
_OF_A_THING = frozenset({"activity", "level", "committee", "role", "proposer", "status", "location"})
_OF_THE_QUESTION = frozenset(
    {"location", "applicant", "listing", "activity", "level", "committee", "role", "proposer", "status", "export"}
)
_WHEN = re.compile(r"(\d{4})(?:-(\d{1,2}))?(?:-\d{1,2})?")


def settle(question: Question, facts: Mapping[str, Any], gazetteer: Gazetteer) -> Question:
    """The question as if it had said these facts; a null takes a fact out of it.

    Args:
        question: understood, earlier turns filled in.
        facts: values by name (`SETTLED`), as the glossary has them; a place by its name, a rank and a count as numbers,
            a date as `2024`, `2024-05` or `2024-05-31`.
        gazetteer: reads the place.
    """
    facts = {name: value for given, value in facts.items() if (name := fact_name(given)) in SETTLED}
    if not facts:
        return question
    things = tuple(_settled_thing(thing, facts) for thing in question.things)
    left = without(question, [name for name in facts if name not in _OF_A_THING | {"count", "rank"}])
    left = replace(left, things=things or _new_thing(facts), slots=_settled_slots(question, facts))
    if "rank" in facts:
        left = replace(left, rank=facts["rank"], band=None, person_rank=False)
    if facts.get("event_at") and (when := _WHEN.fullmatch(str(facts["event_at"]))):
        left = replace(left, event=Event(int(when[1]), int(when[2]) if when[2] else None))
    if facts.get("place"):
        places = tuple(gazetteer.find(str(facts["place"])))
        left = replace(left, places=places, query=f"{places[0].name if places else ''}{left.query}")
    return left


def _settled_slots(question: Question, facts: Mapping[str, Any]) -> dict[str, tuple[str, ...]]:
    slots = {slot: values for slot, values in question.slots.items() if slot not in facts}
    given = {slot: (str(facts[slot]),) for slot in _OF_THE_QUESTION & facts.keys() if facts[slot]}
    return slots | given


def _settled_thing(thing: Thing, facts: Mapping[str, Any]) -> Thing:
    """A thing a reward is asked for, with what is settled of all of them."""
    own = {name: facts[name] for name in _OF_A_THING & facts.keys()}
    if "rank" in facts:
        own["rank"] = facts["rank"]
    if "level" in facts:
        own["every_level"] = False
    if "location" in facts:
        own["place"] = None
    if "export" in facts:
        own["exported"] = None if facts["export"] is None else facts["export"] == "exported"
    if "count" in facts:
        own |= {"count": facts["count"], "least": None, "most": None, "unclear": ""}
    return replace(thing, **own, own=thing.own - facts.keys())


def _new_thing(facts: Mapping[str, Any]) -> tuple[Thing, ...]:
    """What a question that names no work asks a reward for, where the facts name it."""
    named = {name: facts[name] for name in ("activity", "level", "committee") if facts.get(name)}
    return (replace(Thing(**named), count=facts.get("count")),) if named else ()
