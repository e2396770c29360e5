"""Understands a question: what is asked, about which place and year, with which facts; and carries a dialogue forward.

`Understanding.read` reads one turn by itself; `understand` folds the earlier turns in, which fill what the new turn leaves
out, and only that.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from typing import Literal

from knowledge.places import Gazetteer, PlaceMatch

from assistant.mentions import Count, Language, find_counts, find_ranks, find_years, language_of
from knowledge.glossary import AnswerTypeMatch, Glossary, IntentMatch, SlotMatch
from knowledge.normalize import normalize
from knowledge.quantities import find_quantities

Topic = Literal[
    "empty",
    "greeting",
    "thanks",
    "identity",
    "instruction",
    "out_of_scope",
    "coverage",
    "validity",
    "metadata",
    "reward",
    "stacking",
    "procedure",
    "fact",
]
# Topics that say something about the asker's own case; a follow-up may inherit them.
_CARRIED_TOPICS = frozenset({"reward", "fact", "validity", "metadata", "procedure", "stacking"})
# Facts about the asker's company: they stay true whatever is asked next.
_COMPANY_SLOTS = frozenset({"location", "listing", "applicant"})
# Facts about one piece of work: they belong to the topic they were said in.
_WORK_SLOTS = frozenset({"level", "activity", "role", "committee", "status", "export"})
_MONEY_BENEFITS = frozenset({"reward", "subsidy", "matching", "money"})
_FOLLOW_UP = re.compile(
    r"^(?:那么?|如果|要是|换成|换做|假如|假设|还有|另外|以及|再|又|and\b|what about|how about|what if|if (?:it|we|i|they)\b|then\b|also\b|same )|呢[?？。!！\s]*$",
    re.IGNORECASE,
)
# The year inside a document number names the document, not a time.
_DOC_NO = re.compile(r"[〔\[]\d{4}[〕\]]\s*\d+\s*号")
_CONTROL = re.compile(r"[\x00-\x08\x0b-\x1f\x7f\u200b-\u200f\u2028-\u202e\u2060-\u206f\ufeff]")


@dataclass(frozen=True)
class Thing:
    """One thing a reward is asked for: a kind of work at a level, and how many of it; None where not said."""

    activity: str | None = None
    level: str | None = None
    committee: str | None = None
    count: int | None = None


@dataclass(frozen=True)
class Question:
    """A question understood.

    Attributes:
        text: the question as asked, cleaned of control characters.
        topic: what kind of reply it wants.
        attribute: the part that is asked of a procedure or of a document's metadata (materials, deadline, doc_no, …).
        places: places named, most specific first; carried over from earlier turns when the turn names none.
        years: calendar years named.
        slots: values of each slot, in order of mention.
        things: what rewards are asked for.
        rank: the asker's place among the drafters.
        claimed_yuan: amounts of money that the question itself states.
        answer_types: kinds of answer the words ask for.
        query: the words to search with.
        total: whether a sum is asked for.
        carried: what was filled in from earlier turns.
    """

    text: str
    language: Language
    topic: Topic
    attribute: str | None = None
    intents: frozenset[str] = frozenset()
    places: tuple[PlaceMatch, ...] = ()
    years: tuple[int, ...] = ()
    slots: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    things: tuple[Thing, ...] = ()
    rank: int | None = None
    claimed_yuan: tuple[int, ...] = ()
    answer_types: tuple[AnswerTypeMatch, ...] = ()
    query: str = ""
    total: bool = False
    carried: tuple[str, ...] = ()
    facts: Mapping[str, object] = field(default_factory=dict)
    asked_at: date | None = None

    def first(self, slot: str) -> str | None:
        """The first value of a slot, if any."""
        values = self.slots.get(slot, ())
        return values[0] if values else None


def clean(text: str, limit: int) -> str:
    """A question without control characters, at most `limit` characters long."""
    text = text.encode("utf-8", "replace").decode("utf-8")  # half a surrogate pair can be in JSON, but in no answer
    return _CONTROL.sub(" ", unicodedata.normalize("NFC", text)).strip()[:limit]


class Understanding:
    """Reads questions with the glossary and the gazetteer."""

    def __init__(self, glossary: Glossary, gazetteer: Gazetteer, *, limit: int = 2000) -> None:
        self.glossary = glossary
        self.gazetteer = gazetteer
        self.limit = limit

    def understand(
        self,
        text: str,
        *,
        history: Sequence[str] = (),
        facts: Mapping[str, object] | None = None,
        asked_at: date | None = None,
    ) -> Question:
        """The question with what earlier turns fill in.

        Args:
            text: the new turn.
            history: the user's earlier turns, oldest first.
            facts: what the user stated of the company or the work, by input name.
            asked_at: the day the question is asked.
        """
        state: Question | None = None
        for turn in history:
            read = self.read(turn)
            if read.topic in _CARRIED_TOPICS:
                state = self._carry(state, read)
        question = self._carry(state, self.read(text))
        facts = facts or {}
        if not question.places and isinstance(place := facts.get("place"), str):
            question = replace(question, places=tuple(self.gazetteer.find(place)))
        return replace(question, facts=facts, asked_at=asked_at)

    def read(self, text: str) -> Question:
        """One turn by itself."""
        text = clean(text, self.limit)
        plain = normalize(text).text
        slots = self.glossary.find_slots(plain)
        intents = self.glossary.find_intents(plain)
        places = self.gazetteer.find(plain) or self.gazetteer.find_fuzzy(plain)
        values = _values(slots)
        ranks = find_ranks(plain)
        things = _things(plain, slots, find_counts(plain))
        topic, attribute = self._topic(plain, values, intents, places, things)
        return Question(
            text=text,
            language=language_of(text),
            topic=topic,
            attribute=attribute,
            intents=frozenset(match.intent for match in intents if not match.weak),
            places=tuple(places),
            years=tuple(find_years(_DOC_NO.sub(" ", plain))),
            slots=values,
            things=things,
            rank=ranks[0].value if ranks else None,
            claimed_yuan=tuple(int(q.value) for q in find_quantities(plain) if q.kind == "money" and q.unit == "CNY"),
            answer_types=tuple(self.glossary.answer_types(plain)),
            query=plain,
            total=any(match.intent == "total" for match in intents),
        )

    def _topic(
        self,
        plain: str,
        slots: Mapping[str, tuple[str, ...]],
        intents: Sequence[IntentMatch],
        places: Sequence[PlaceMatch],
        things: Sequence[Thing],
    ) -> tuple[Topic, str | None]:
        if not re.search(r"\w", plain):
            return "empty", None
        named = {match.intent for match in intents if not match.weak}
        attributes = {match.intent: match.attribute for match in intents if match.attribute}
        money = bool(_MONEY_BENEFITS & set(slots.get("benefit", ())))
        work = any(thing.activity or thing.level for thing in things) or "role" in slots
        domain = bool(money or work or places or slots or self.glossary.find_terms(plain))
        if topic := _small_talk(named, plain, domain=domain):
            return topic, None
        if "coverage" in named and not work and not money:
            return "coverage", None
        if "validity" in named:
            return "validity", None
        reward = "reward_amount" in named or money
        if "stacking" in named and reward:
            return "stacking", None
        applying = any(match.intent == "procedure" and not match.attribute for match in intents)
        if "procedure" in attributes and (reward or applying or attributes["procedure"] == "contact"):
            return "procedure", attributes["procedure"]
        if "metadata" in attributes and not work:
            return "metadata", attributes["metadata"]
        if reward and "budget" not in named and (work or "goal_or_figure" not in named):
            return "reward", None
        if work and ({"eligibility", "who_pays"} & named) and "goal_or_figure" not in named:
            return "reward", None
        if applying:
            return "procedure", None
        if "out_of_scope" in named and not (money or work):
            return "out_of_scope", None
        return "fact", None

    def _carry(self, earlier: Question | None, turn: Question) -> Question:
        if earlier is None or turn.topic not in _CARRIED_TOPICS:
            return turn
        follows = _follows(turn)
        carried: list[str] = []
        places = turn.places
        if not places and (follows or turn.topic in _CARRIED_TOPICS):
            places, carried = earlier.places, [*carried, "place"] if earlier.places else carried
        slots = dict(turn.slots)
        moved = bool(turn.places) and _names(turn.places) != _names(earlier.places)
        for slot, values in earlier.slots.items():
            if slot in slots or (slot == "location" and moved):
                continue
            if slot in _COMPANY_SLOTS or (follows and _same_work(turn, earlier, slot)):
                slots[slot] = values
                carried.append(slot)
        if not follows:
            return replace(turn, places=places, slots=slots, carried=tuple(carried))
        topic, attribute = (turn.topic, turn.attribute) if _own_topic(turn) else (earlier.topic, earlier.attribute)
        return replace(
            turn,
            topic=topic,
            attribute=attribute,
            language=turn.language,
            places=places,
            years=turn.years or earlier.years,
            slots=slots,
            things=_merged_things(earlier.things, turn),
            rank=turn.rank if turn.rank is not None else earlier.rank,
            answer_types=turn.answer_types or earlier.answer_types,
            intents=turn.intents | earlier.intents,
            query=f"{earlier.query} {turn.query}" if topic != "reward" else turn.query,
            total=turn.total or earlier.total,
            carried=tuple(carried),
        )


def _values(slots: Iterable[SlotMatch]) -> dict[str, tuple[str, ...]]:
    found: dict[str, list[str]] = {}
    for match in slots:
        values = found.setdefault(match.slot, [])
        if match.value not in values:
            values.append(match.value)
    return {slot: tuple(values) for slot, values in found.items()}


def _small_talk(named: set[str], plain: str, *, domain: bool) -> Topic | None:
    """Turns that are not about any policy. A greeting before a question is only a greeting."""
    if "out_of_scope" in named and not domain:
        return "out_of_scope"
    if "instruction" in named and not domain:
        return "instruction"
    if "identity" in named and not domain:
        return "identity"
    short = len(re.sub(r"\W", "", plain)) <= 12
    for topic in ("greeting", "thanks"):
        if topic in named and not domain and short:
            return topic  # type: ignore[return-value]  # both are topics
    return None


def _names(places: Iterable[PlaceMatch]) -> set[str]:
    return {place.name for place in places}


def _follows(turn: Question) -> bool:
    """Whether a turn leans on the one before: it starts or ends like one, or names no topic of its own."""
    return bool(_FOLLOW_UP.search(turn.query)) or not _own_topic(turn)


def _own_topic(turn: Question) -> bool:
    if turn.topic == "reward":
        return bool(turn.things) or "reward_amount" in turn.intents
    if turn.topic == "fact":
        return len(re.sub(r"\W|呢|那", "", turn.query)) > 8 and bool(turn.answer_types)
    return True


def _same_work(turn: Question, earlier: Question, slot: str) -> bool:
    """Whether a slot of the earlier work still holds: not when the new turn speaks of another kind of work."""
    if slot not in _WORK_SLOTS:
        return True
    new = {thing.activity for thing in turn.things if thing.activity}
    old = {thing.activity for thing in earlier.things if thing.activity}
    return not new or not old or bool(new & old)


def _merged_things(earlier: Sequence[Thing], turn: Question) -> tuple[Thing, ...]:
    """The new turn's things, with what they leave out taken from the earlier turn's single thing."""
    if not earlier:
        return turn.things
    base = earlier[0]
    counts = [count for count in find_counts(turn.query) if count.unit or not turn.things]
    if not turn.things:
        if counts and len(earlier) == 1:
            return (replace(base, count=counts[0].value),)
        return tuple(earlier)
    merged = []
    for thing in turn.things:
        if thing.activity and base.activity and thing.activity != base.activity:
            merged.append(thing)
        else:
            merged.append(
                Thing(
                    activity=thing.activity or base.activity,
                    level=thing.level or (base.level if not thing.activity else None),
                    committee=thing.committee or base.committee,
                    count=thing.count or base.count,
                )
            )
    return tuple(merged)


def _things(plain: str, slots: Sequence[SlotMatch], counts: Sequence[Count]) -> tuple[Thing, ...]:
    """What rewards are asked for, each with the count that stands next to it."""
    activities = list(dict.fromkeys(m.value for m in slots if m.slot == "activity"))
    committees = [m for m in slots if m.slot == "committee"]
    adopting = [m for m in slots if m.slot == "activity" and m.value == "adopt_standard"]
    levels = [m for m in slots if m.slot == "level" and not _inside(m, adopting) and not _beside(m, committees, plain)]
    heads: list[tuple[int, int, Thing]] = []
    drafting = (
        "revise_standard"
        if "revise_standard" in activities and "formulate_standard" not in activities
        else "formulate_standard"
    )
    heads += [(m.start, m.end, Thing(activity=drafting, level=m.value)) for m in _distinct(levels)]
    if adopting:
        heads.append((adopting[0].start, adopting[-1].end, Thing(activity="adopt_standard")))
    kinds = list(dict.fromkeys(m.value for m in committees))
    if kinds or "host_committee" in activities:
        at = committees or [m for m in slots if m.value == "host_committee"]
        heads += [
            (m.start, m.end, Thing(activity="host_committee", committee=m.value if m.slot == "committee" else None))
            for m in _distinct(at)
        ]
    if not heads:
        others = [m for m in slots if m.slot == "activity"]
        heads = [(m.start, m.end, Thing(activity=m.value)) for m in _distinct(others)[:1]]
    heads.sort(key=lambda head: head[0])
    return tuple(_counted(heads, counts, plain))


def _inside(match: SlotMatch, others: Iterable[SlotMatch]) -> bool:
    return any(other.start <= match.start and match.end <= other.end for other in others)


def _beside(match: SlotMatch, committees: Iterable[SlotMatch], plain: str) -> bool:
    """Whether a level belongs to a committee: 国家级TC, national technical committee."""
    for other in committees:
        if match.start < other.end and other.start < match.end:
            return True
        between = plain[match.end : other.start] if match.end <= other.start else None
        if (
            between is not None
            and len(between) <= 12
            and "标准" not in between.removeprefix("标准化")
            and "," not in between
        ):
            return True
    return False


def _distinct(matches: Iterable[SlotMatch]) -> list[SlotMatch]:
    seen: dict[str, SlotMatch] = {}
    for match in matches:
        seen.setdefault(match.value, match)
    return list(seen.values())


def _counted(heads: Sequence[tuple[int, int, Thing]], counts: Sequence[Count], plain: str) -> list[Thing]:
    """Give each thing its count: the nearest before it with no other thing between, else the one right after it."""
    things = []
    used: set[int] = set()
    for index, (start, end, thing) in enumerate(heads):
        floor = heads[index - 1][1] if index else 0
        ceiling = heads[index + 1][0] if index + 1 < len(heads) else len(plain)
        before = [c for c in counts if floor <= c.start and c.end <= start and c.start not in used]
        after = [c for c in counts if end <= c.start < min(ceiling, end + 8) and c.start not in used]
        choice = before[-1] if before else after[0] if after else None
        if choice:
            used.add(choice.start)
            thing = replace(thing, count=choice.value)
        things.append(thing)
    each = next((c for c in counts if c.each), None)
    if each is not None:
        things = [
            replace(thing, count=each.value) if thing.count is None or each.start in used else thing for thing in things
        ]
    elif len(things) == 1 and things[0].count is None and len(counts) == 1:
        things = [replace(things[0], count=counts[0].value)]
    return things
