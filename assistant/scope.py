"""Decides which documents a question is about: the place and the year come before any similarity."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import lru_cache

from assistant.evidence import known_years, policy_years
from assistant.question import Question
from knowledge.model import Document
from knowledge.normalize import normalize
from knowledge.places import Gazetteer, PlaceMatch

# A run of this many characters of a title names the document; shorter ones are ordinary words.
_TITLE_RUN = 6
_BRACKETS = str.maketrans("〔〕【】[]", "()()()")
# What stands between two places that are each asked about: 广州和广州开发区.
_APART = ("和", "与", "及", "、", "跟", "同", "比", "还是", " and ", " or ", " than ", " with ", " from ")
# What a development zone is called without its name.
_ZONE_WORDS = ("开发区", "高新区", "development district", "development zone", "high tech zone", "high-tech zone")


@dataclass(frozen=True)
class Scope:
    """The documents a question is about.

    Attributes:
        documents: those that may answer; all of them when nothing narrows the question.
        named: whether the question names them, by place, title or number.
        located: the place inside a policy's area where the asker is (宝应, 广陵), if the question says.
        foreign: a place named that no document is made for.
        read_as: the place that a name of several was taken for, because of it alone there is a document (Taizhou).
        mentioned_only: the documents are of a larger area (the province) and may merely mention the place.
        past: documents that would have answered but for a newer one or a repeal, where nothing else is in scope.
    """

    documents: tuple[Document, ...]
    named: bool = False
    located: PlaceMatch | None = None
    foreign: str | None = None
    read_as: PlaceMatch | None = None
    mentioned_only: bool = False
    past: tuple[Document, ...] = ()


def find_scope(question: Question, documents: Iterable[Document], gazetteer: Gazetteer) -> Scope:
    """The documents that a question's places, titles, numbers and years point at.

    Superseded and repealed documents answer as history alone: see `standing`.
    """
    every = tuple(documents)
    standing_ones = standing(question, every)
    scope = _scope(question, standing_ones, gazetteer)
    if scope.named and not scope.documents and len(standing_ones) < len(every):
        past = _scope(question, tuple(d for d in every if d.policy.is_past), gazetteer)
        if past.documents and not past.mentioned_only:
            return Scope((), named=True, located=past.located, foreign=past.foreign, past=past.documents)
    return scope


def contested(places: Sequence[PlaceMatch], documents: Iterable[Document]) -> tuple[Document, ...]:
    """The documents of every place that one name may mean, where there are documents of more than one of them."""
    every = tuple(documents)
    for place in places:
        codes = {place.code, *place.alternatives}
        meant = tuple(d for d in every if d.policy.place and d.policy.place.code in codes)
        if len({d.policy.place.code for d in meant if d.policy.place}) > 1:
            return meant
    return ()


def standing(question: Question, documents: Iterable[Document]) -> tuple[Document, ...]:
    """The documents that may answer a question: those that nothing has replaced, unless it asks about the past.

    Past documents are asked for by a word (原来的规定, the former policy), by title or number, or by a year that is
    theirs alone and not the year of the asker's own doing. Whether a document holds is asked of every one.
    """
    every = tuple(documents)
    past = tuple(d for d in every if d.policy.is_past)
    if not past or question.topic in ("validity", "metadata", "coverage"):
        return every
    named_years = _years_of(every) & set(question.years)
    if "history" in question.intents or _known_by_year(question, past, every):
        comparing = "comparison" in question.intents or named_years - _years_of(past)
        return every if comparing else past
    if set(_named(question, every)) & set(past):
        return every
    return tuple(d for d in every if not d.policy.is_past)


def _known_by_year(question: Question, past: Sequence[Document], every: Sequence[Document]) -> bool:
    """Whether a year is named in which a past document was made, and none that nothing has replaced."""
    years = set(question.years) - ({question.event.year} if question.event else set())
    rest = [document for document in every if document not in past]
    return bool(years & _years_of(past) - _years_of(rest))


def _years_of(documents: Iterable[Document]) -> set[int]:
    return {year for document in documents for year in known_years(document)}


def _scope(question: Question, every: tuple[Document, ...], gazetteer: Gazetteer) -> Scope:
    titled = _named(question, every)
    if not question.places:
        chosen = titled or _the_zone(question, every)
        return Scope(chosen, named=True) if chosen else Scope(_of_year(question, every))
    # What names no place may hold anywhere, as the rules of a whole country do.
    placeless = tuple(d for d in every if d.policy.place is None and not _title_places(d.policy.title, gazetteer))
    found: dict[str, Document] = {}
    located: PlaceMatch | None = None
    foreign: str | None = None
    mentioned: dict[str, Document] = {}
    read_as: PlaceMatch | None = None
    own_of = {(place.code, place.name): _own(place, every, gazetteer) for place in question.places}
    held = [place for place in question.places if own_of[place.code, place.name]]
    for place in question.places:
        if any(_opens_name_of(place, other, question) for other in held):
            continue
        own = own_of[place.code, place.name]
        if not own and (other := _namesake(place, every, gazetteer)):
            place = read_as = other
            own = _own(place, every, gazetteer)
        if own:
            found.update((d.policy.id, d) for d in own)
            continue
        city = _holders(place, every)
        if city and _within_city(place):
            located = located or place
            found.update((d.policy.id, d) for d in city)
            continue
        foreign = foreign or place.name
        mentioned.update((d.policy.id, d) for d in city)
    if found:
        chosen = _of_year_by_place(question, tuple(found.values()))
        both = tuple(d for d in chosen if d in titled)
        return Scope(both or (*chosen, *placeless), named=True, located=located, foreign=foreign, read_as=read_as)
    if speaking := tuple(d for d in placeless if any(_speaks_of(d, place) for place in question.places)):
        return Scope(speaking, named=True)
    if mentioned:
        return Scope(_of_year(question, tuple(mentioned.values())), named=True, foreign=foreign, mentioned_only=True)
    return Scope(placeless, named=True, foreign=foreign)


def _opens_name_of(place: PlaceMatch, other: PlaceMatch, question: Question) -> bool:
    """Whether a place is named only as the area around another: 广州萝岗区 means the district, not also the city."""
    if place.code not in other.parents:
        return False
    first, second = sorted((place, other), key=lambda named: named.start)
    between = question.query[first.end : second.start]
    return not any(word in between for word in _APART)


def _namesake(place: PlaceMatch, documents: Sequence[Document], gazetteer: Gazetteer) -> PlaceMatch | None:
    """Of the other places that the same words may mean the one that has documents; null where none or several have."""
    held = {d.policy.place.code for d in documents if d.policy.place}
    codes = [code for code in place.alternatives if code in held]
    if not codes and not held & set(place.parents):
        # A district that shares its name: that of a city with documents.
        codes = [code for code in place.alternatives if held & set(gazetteer.ancestors(code)[:1])]
    if len(codes) != 1:
        return None
    code = codes[0]
    found = gazetteer.get(code)
    parents = gazetteer.ancestors(code)
    return place._replace(code=code, name=found.name, name_en=gazetteer.name(code, "en"), parents=parents)


def _own(place: PlaceMatch, documents: Sequence[Document], gazetteer: Gazetteer) -> list[Document]:
    """The documents made for a place itself."""
    return [document for document in documents if _is_of(document, place, gazetteer)]


def _is_of(document: Document, place: PlaceMatch, gazetteer: Gazetteer) -> bool:
    """Whether a document is made for a place: by code, or as one of the places its own name lists."""
    own = document.policy.place
    if own is None:
        return place.code in _title_places(document.policy.title, gazetteer)
    if own.code is not None:
        return place.code == own.code
    return place.name == own.name or place.code in {part.code for part in gazetteer.find(own.name)}


@lru_cache(maxsize=20_000)
def _title_places(title: str, gazetteer: Gazetteer) -> frozenset[str]:
    """The codes of the places that a title names."""
    return frozenset(place.code for place in gazetteer.find(title))


def _speaks_of(document: Document, place: PlaceMatch) -> bool:
    """Whether a document says the name of a place, as the gazetteer or as the question writes it."""
    return any(name in document.text for name in (place.name, place.surface))


def _within_city(place: PlaceMatch) -> bool:
    return place.level in ("district", "county", "zone")


def _holders(place: PlaceMatch, documents: Sequence[Document]) -> list[Document]:
    """Documents of the nearest larger area that has any."""
    for code in place.parents:
        if held := [d for d in documents if d.policy.place and d.policy.place.code == code]:
            return held
    return []


def _the_zone(question: Question, documents: Sequence[Document]) -> tuple[Document, ...]:
    """The documents of the one zone there is, where a question says "the development zone" without a name."""
    if not any(word in question.query for word in _ZONE_WORDS):
        return ()
    zones = {d.policy.place.name for d in documents if d.policy.place and d.policy.place.level == "zone"}
    return tuple(d for d in documents if d.policy.place and d.policy.place.name in zones) if len(zones) == 1 else ()


def _of_year(question: Question, documents: tuple[Document, ...]) -> tuple[Document, ...]:
    """Of several documents those known by a year that the question names; all where that settles nothing."""
    if not question.years or len(documents) < 2:
        return documents
    dated = tuple(d for d in documents if set(question.years) & set(policy_years(d)))
    return dated or documents


def _of_year_by_place(question: Question, documents: tuple[Document, ...]) -> tuple[Document, ...]:
    """The same for the documents of each place by itself: 扬州和广东2010年意见 keeps what there is of Yangzhou."""
    places = dict.fromkeys(document.policy.place for document in documents)
    by_place = [tuple(d for d in documents if d.policy.place == place) for place in places]
    return tuple(document for part in by_place for document in _of_year(question, part))


def _named(question: Question, documents: Sequence[Document]) -> tuple[Document, ...]:
    """The documents that a question, or the turns it goes on from, name by number or by a good part of the title.

    Titles of one place begin alike: where a part is of one title alone, what is common to several names none.
    """
    asked = _plain(" ".join((question.query, *question.documents)))
    asked_runs = _runs(asked)
    numbered = tuple(d for d in documents if d.policy.doc_no and _plain(d.policy.doc_no) in asked)
    parts = {d.policy.id: _runs(_plain(d.policy.title)) & asked_runs for d in documents}
    shared = Counter(part for found in parts.values() for part in found)
    own = {key for key, found in parts.items() if any(shared[part] == 1 for part in found)}
    titled = own or {key for key, found in parts.items() if found}
    return tuple(d for d in documents if d in numbered or d.policy.id in titled)


@lru_cache(maxsize=20_000)
def _runs(text: str) -> frozenset[str]:
    return frozenset(text[i : i + _TITLE_RUN] for i in range(len(text) - _TITLE_RUN + 1))


@lru_cache(maxsize=20_000)
def _plain(text: str) -> str:
    """Normalised text without spaces, and with one kind of bracket: a number is typed 〔2010〕, [2010] or 【2010】."""
    return "".join(normalize(text).text.translate(_BRACKETS).split())
