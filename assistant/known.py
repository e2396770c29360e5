"""What an answer took as stated: by the question, by earlier turns, by the facts given; and how to leave some of it out."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import replace

from assistant.answer import KnownFact, Language
from assistant.mentions import Event
from assistant.question import Question
from assistant.reward_words import ordinal, plain, say
from assistant.things import Thing
from knowledge.glossary import Glossary
from knowledge.places import PlaceMatch

Value = str | int | bool

# Facts of a claim under the names that rules and `facts` use, and as a question has them.
_SAME = {
    "standard_level": "level",
    "committee_level": "level",
    "drafter_rank": "rank",
    "standard_status": "status",
    "innovative_listed": "listing",
    "has_export_sales": "export",
    "org_type": "applicant",
    "adopted_standard_origin": "origin",
    "proposed_project": "proposer",
    "event_on": "event_at",
}
# In the order they are shown.
_SHOWN = (
    "place", "location", "applicant", "listing", "activity", "level", "origin", "committee", "role", "rank", "band",
    "proposer", "status", "export", "event_at",
)  # fmt: skip
_PLACE_ALONE = ("place",)
# Topics whose answers weigh what was done, and by whom; of the others only the place counts.
_WEIGHED = frozenset({"reward", "stacking", "procedure"})
_PLACED = _WEIGHED | {"fact", "coverage", "validity", "metadata"}
_TRUE_OR_FALSE = frozenset({"listing", "export", "proposer"})


def fact_name(name: str) -> str:
    """A fact's one name, whichever of its names is given."""
    return _SAME.get(name, name)


def without_facts(facts: Mapping[str, object] | None, forget: Collection[str]) -> dict[str, object]:
    """The facts that are not forgotten."""
    names = {fact_name(name) for name in forget}
    return {name: value for name, value in (facts or {}).items() if fact_name(name) not in names}


def without(turn: Question, forget: Collection[str]) -> Question:
    """A turn as if it had not said what is forgotten."""
    names = {fact_name(name) for name in forget}
    if not names:
        return turn
    things = (_without(thing, names) for thing in turn.things)
    left = replace(
        turn,
        slots={slot: values for slot, values in turn.slots.items() if slot not in names},
        things=tuple(thing for thing in things if thing),
    )
    if "place" in names:
        left = replace(left, places=(), home=None, query=_without_names(turn))
    if "rank" in names:
        left = replace(left, rank=None, band=None)
    return replace(left, event=None) if "event_at" in names else left


def _without(thing: Thing, names: set[str]) -> Thing | None:
    """A thing without what is forgotten; null where nothing but its number is left."""
    left = replace(
        thing,
        activity=None if "activity" in names else thing.activity,
        level=None if "level" in names else thing.level,
        every_level=thing.every_level and "level" not in names,
        committee=None if "committee" in names else thing.committee,
        rank=None if "rank" in names else thing.rank,
        role=None if "role" in names else thing.role,
        status=None if "status" in names else thing.status,
        proposer=None if "proposer" in names else thing.proposer,
        location=None if "location" in names else thing.location,
        place=None if "place" in names else thing.place,
        origin=None if "origin" in names else thing.origin,
        exported=None if "export" in names else thing.exported,
    )
    bare = Thing(count=left.count, least=left.least, most=left.most, unclear=left.unclear, own=left.own)
    return left if left != bare else None


def _without_names(turn: Question) -> str:
    """The words to search with, without the names of the places."""
    query = turn.query
    for place in sorted(turn.places, key=lambda place: -place.start):
        query = query[: place.start] + " " + query[place.end :]
    return query


def known_facts(question: Question, glossary: Glossary, *, skipped: int = 0, weighed: bool = True) -> list[KnownFact]:
    """What an answer to a question takes as stated, in the order it is shown.

    Args:
        question: understood, earlier turns filled in.
        glossary: for the words.
        skipped: turns of the history that are too old to be read.
        weighed: whether the answer looks at more than the place; one that finds no policy does not.
    """
    if question.topic not in _PLACED:
        return []
    shown = _SHOWN if weighed and question.topic in _WEIGHED else _PLACE_ALONE
    stated = _stated(question)
    turns = [(number, _stated(turn)) for number, turn in question.turns]
    facts = []
    for name in shown:
        for value in stated.get(name, ()):
            turn = _turn_of(name, value, turns, carried=name in question.carried)
            text = _text(name, value, question, glossary)
            facts.append(
                KnownFact(
                    input="rank" if name == "band" else name,
                    value=value,
                    text=text,
                    turn=turn if turn is None else turn + skipped,
                    given=name == "place" and not any(turn.get(name) for _, turn in turns),
                )
            )
    return [*facts, *_given(question, {fact.input for fact in facts}, shown, glossary)]


def _stated(question: Question) -> dict[str, tuple[Value, ...]]:
    """The values of every fact that a question states, earlier turns filled in or not."""
    things = question.things
    stated: dict[str, Iterable[Value | None]] = {
        **question.slots,
        "place": (place.name for place in question.places),
        "rank": (question.rank, *(thing.rank for thing in things)),
        "band": (question.band,),
        "event_at": (_when(question.event),),
    }
    for name in ("activity", "level", "committee"):
        said = [getattr(thing, name) for thing in things]
        stated[name] = said if any(said) else question.slots.get(name, ())
    for name in ("role", "status", "proposer", "location"):
        stated[name] = (*question.slots.get(name, ()), *(getattr(thing, name) for thing in things))
    # Every international standard names an origin; it counts where a standard is adopted.
    stated["origin"] = [thing.origin for thing in things]
    return {
        name: tuple(dict.fromkeys(value for value in values if value is not None)) for name, values in stated.items()
    }


def _when(event: Event | None) -> str | None:
    if event is None:
        return None
    return f"{event.year}-{event.month:02}" if event.month else str(event.year)


def _turn_of(
    name: str, value: Value, turns: Sequence[tuple[int, Mapping[str, Sequence[Value]]]], *, carried: bool
) -> int | None:
    """The latest turn that states a value, null for the last; where none does, the latest that states another."""
    *earlier, (_, own) = turns
    if value in own.get(name, ()):
        return None
    numbered = earlier[::-1]
    said = next((n for n, turn in numbered if value in turn.get(name, ())), None)
    if said is None and carried:
        said = next((n for n, turn in numbered if turn.get(name)), None)
    return said


def _given(
    question: Question, already: Collection[str], shown: Collection[str], glossary: Glossary
) -> Iterator[KnownFact]:
    """The facts given beside the question, where the question does not say otherwise."""
    for given, value in question.facts.items():
        name = fact_name(given)
        if name in shown and name not in already and _means_something(name, value, glossary):
            assert isinstance(value, (str, int))
            yield KnownFact(input=name, value=value, text=_text(name, value, question, glossary), given=True)


def _means_something(name: str, value: object, glossary: Glossary) -> bool:
    """Whether a given fact has a value that can be named; any other is nothing the answer took as stated."""
    if isinstance(value, bool):
        return name in _TRUE_OR_FALSE
    if name == "rank":
        return isinstance(value, int) and value > 0
    return isinstance(value, str) and value in glossary.data.labels.get(name, {})


def _text(name: str, value: Value, question: Question, glossary: Glossary) -> str:
    language: Language = question.language
    labels = glossary.data.labels
    if name == "place":
        return next((_place(place, language) for place in question.places if place.name == value), str(value))
    if name in ("rank", "band"):
        words = say("rank_one", ordinal(int(value))) if name == "rank" else say("rank_within", plain(value))
        return words.en if language == "en" else words.zh
    if str(value) in labels.get(name, {}):
        return glossary.label(name, str(value), language)
    return f"{glossary.label('slot', name, language)}{'：' if language == 'zh' else ': '}{_plain(value, language)}"


def _plain(value: Value, language: Language) -> str:
    if isinstance(value, bool):
        return {"zh": "是" if value else "否", "en": "yes" if value else "no"}[language]
    return str(value)


def _place(place: PlaceMatch, language: Language) -> str:
    return place.name_en if language == "en" and place.name_en else place.name
