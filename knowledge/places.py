"""The gazetteer: which places a text names, how they contain each other, and what they are called in English.

Codes and names come from the `gb2260` package (GB/T 2260, all its revisions); everything newer, zones without a code,
aliases and English names are data in `places.yaml`. Names are matched longest first, in either script and language; a
name that several places share is decided by the other places of the text, then by level.

    >>> gazetteer = Gazetteer.load()
    >>> [(place.name, place.parents) for place in gazetteer.find("寶應的企业")]
    [('宝应县', ('321000', '320000'))]
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from functools import cache, cached_property
from operator import eq
from pathlib import Path
from typing import Literal, NamedTuple

from gb2260.data import data as revisions
from rapidfuzz.distance import OSA

from knowledge.datafile import DataFile
from knowledge.errors import UsageError
from knowledge.glossary import Found, Language, Phrases, Squeezed, file_fingerprint, squeeze
from knowledge.model import Frozen, Place, PlaceLevel

PLACES_FILE = Path(__file__).with_name("places.yaml")

Kind = Literal["full", "short", "small", "doubtful", "word", "english", "english_small"]
# How sure a name is by its kind. The short name of a county is less sure than that of a city; a full name made of an
# ordinary word (合作市) is doubtful; a word of the language counts only behind the place it belongs to.
_CONFIDENCE: Mapping[Kind, float] = {
    "full": 1.0,
    "short": 0.95,
    "english": 0.95,
    "word": 0.9,
    "small": 0.8,
    "doubtful": 0.8,
    "english_small": 0.75,
}
_CHOSEN = 0.9  # a name of several places, decided by level or preference and not by the text
_MISSPELT = 0.6
WITHIN_CITY: frozenset[PlaceLevel] = frozenset({"district", "county", "zone"})
"""Levels of places that lie in a city."""
_RANK: Mapping[PlaceLevel, int] = {"country": 0, "province": 1, "city": 2, "zone": 3, "district": 4, "county": 4}
_NOT_UNITS = re.compile(r"市辖区$|^县$|^市$|直辖(?:县级)?行政")
_SUFFIX = re.compile(r"(?<=.)(?:特别行政区|自治区|自治州|自治县|自治旗|特区|地区|省|市|区|县|盟|旗)$")
_ENGLISH_KIND = {"区": "District", "县": "County", "旗": "Banner", "盟": "League"}
# Words that may follow an English name, by the last character of the Chinese one.
_ENGLISH_SUFFIXES = {
    "省": ("province",),
    "市": ("city", "municipality", "prefecture"),
    "区": ("district", "city", "province", "autonomous region", "prefecture"),
    "县": ("county", "autonomous county"),
    "州": ("prefecture", "autonomous prefecture"),
    "旗": ("banner",),
    "盟": ("league",),
}
# What may stand between a place and the smaller one that belongs to it: 扬州的宝应, 深圳市光明.
_BETWEEN = re.compile(r"(?:市|省|的|下属|下辖|所辖)?\s?$")
_LONGEST_BETWEEN = 3
_LATIN = re.compile(r"[a-z]{2}")
_HAN = re.compile(r"[\u4e00-\u9fff]")
_HAN_RUN = re.compile(r"[\u4e00-\u9fff]{2,}")
_LATIN_WORD = re.compile(r"(?<![a-z0-9'])[a-z]{6,}(?![a-z0-9'])")
# Endings of English words that no name has; -jing, -qing and -xing are Chinese.
_ENGLISH_ENDING = re.compile(r"(?:(?<![jqx])ing|ed|er|ly|al)$")
# Syllables that are English words: a name made of these alone is not recognised in parts (long an).
_ENGLISH_SYLLABLES = frozenset(
    re.findall(
        r"\w+",
        "a an he me she long song pan can ban fan man men pen ten you gun hen tie tan ping pang rang sang sun run ran lie"
        " die due bin chi ding gang bang hang dang wan guide mine wine nan fen dong ling",
    )
)
_SMALLEST_ENGLISH = 4
_SHORTEST_NAME = 2  # 和县: one character and its kind
_LONG_ENGLISH = 9
_LONGEST_TYPO = 5


class Country(Frozen):
    """The country that all codes belong to."""

    code: str
    name: str
    en: str


class Zone(Frozen):
    """A zone without a code of its own; `id` stands for the code, `parent` is the code of the place it lies in."""

    id: str
    name: str
    en: str
    parent: str
    aliases: tuple[str, ...] = ()


class Change(Frozen):
    """A unit that is newer than the package's last revision, with the codes it replaces."""

    code: str
    name: str
    replaces: tuple[str, ...] = ()


class PlacesFile(Frozen):
    """The shape of `places.yaml`."""

    country: Country
    english: dict[str, str]
    pinyin: str
    readings: dict[str, str]
    aliases: dict[str, tuple[str, ...]]
    prefer: dict[str, str]
    zones: tuple[Zone, ...]
    dissolved: dict[str, str]
    ordinary: str
    particles: str
    common: str
    sayings: str
    not_places: str
    peoples: tuple[str, ...]
    changes: tuple[Change, ...]


class PlaceMatch(NamedTuple):
    """A place that a text names.

    `code` is the GB/T 2260 code, or the id of a zone that has none; `parents` are the codes above it, nearest first.
    `alternatives` are other places that the same words may mean; `confidence` (0 to 1) falls with their number.
    """

    code: str
    name: str
    name_en: str
    level: PlaceLevel
    parents: tuple[str, ...]
    start: int
    end: int
    confidence: float
    surface: str
    alternatives: tuple[str, ...] = ()


class _Unit(NamedTuple):
    """A place as the tables have it; `successor` is where a dissolved one went."""

    code: str
    name: str
    level: PlaceLevel
    parents: tuple[str, ...]
    former: tuple[str, ...] = ()
    successor: str | None = None
    current: bool = True


class _Entry(NamedTuple):
    """A name of a place, and of which kind it is."""

    code: str
    kind: Kind


class Gazetteer:
    """All places of the country, by code and by name."""

    def __init__(self, data: PlacesFile, fingerprint: str) -> None:
        self.data = data
        self.fingerprint = fingerprint
        self._sounds = {c: sound for sound, _, chars in (s.partition(":") for s in data.pinyin.split()) for c in chars}
        self._people = re.compile(f"(?<=..)(?:{'|'.join(sorted(data.peoples, key=len, reverse=True))})+(?=自治|区$)")
        self._ordinary = frozenset(data.ordinary.split())
        self._common = frozenset(data.common.split())
        self._sayings = Phrases((saying, True) for saying in data.sayings.split())
        self._not_places = frozenset(data.not_places.split())
        self._units = {unit.code: unit for unit in _units(data, self._short)}
        self._names = Phrases(self._chinese_names())

    @classmethod
    def load(cls, path: Path = PLACES_FILE) -> Gazetteer:
        """Reads the gazetteer. English names are prepared at the first text in Latin letters.

        Raises:
            DataFileError: the file is missing, is not YAML, or has an unknown, missing or malformed key.
        """
        file = DataFile(path)
        return cls(file.parse(PlacesFile, file.content), file_fingerprint(path))

    # By code

    def get(self, code: str) -> Place:
        """The place of a GB/T 2260 code or zone id; a dissolved unit keeps its code.

        Raises:
            UsageError: there is no such code.
        """
        unit = self._unit(code)
        parent = unit.parents[0] if unit.parents else None
        own = None if unit.level == "zone" else unit.code
        return Place(code=own, name=unit.name, name_en=self._english(unit), level=unit.level, parent=parent)

    def name(self, code: str, language: Language) -> str:
        """What a place is called: `name("321023", "en")` is "Baoying County".

        Raises:
            UsageError: there is no such code.
        """
        unit = self._unit(code)
        return unit.name if language == "zh" else self._english(unit)

    def ancestors(self, code: str) -> tuple[str, ...]:
        """The codes of the places that a place lies in, nearest first, without the country."""
        return self._unit(code).parents

    def successor(self, code: str) -> str | None:
        """The code of the unit that took over a dissolved one; null for one that exists."""
        return self._unit(code).successor

    def contains(self, outer: str, inner: str) -> bool:
        """Whether `inner` lies in `outer` or is it; a dissolved unit lies where its area went, too."""
        if outer == self.data.country.code:
            return True
        unit = self._unit(inner)
        lies_in = {unit.code, *unit.parents}
        if unit.successor:
            lies_in |= {unit.successor, *self._unit(unit.successor).parents}
        return outer in lies_in

    def _unit(self, code: str) -> _Unit:
        try:
            return self._units[code]
        except KeyError:
            raise UsageError(
                f"expected a GB/T 2260 code of six digits or the id of a zone in places.yaml, got {code!r}"
            ) from None

    # By name

    def find(self, text: str) -> list[PlaceMatch]:
        """The places that `text` names, in its order."""
        squeezed = squeeze(text)
        plain = squeezed.text
        sayings = list(self._sayings.find(plain))
        raw = [f for f in self._names.find(plain) if not any(s.start <= f.start and f.end <= s.end for s in sayings)]
        found = [self._credible(f, plain) for f in raw]
        if _LATIN.search(plain):
            found += self._english_names.find(plain)
        kept = self._longest(f for f in found if f.payloads)
        kept += self._behind_ancestors(raw, kept, plain)
        return self._matches(sorted(kept), squeezed, text)

    def find_fuzzy(self, text: str) -> list[PlaceMatch]:
        """The provinces and cities that misspelt words of `text` probably mean; empty where a name is spelt right.

        Chinese names are recognised by their sound and a shared character (杨州), English ones by one wrong, missing or
        swapped letter (Guangzhuo). Ordinary words are left alone.
        """
        if self.find(text):
            return []
        squeezed = squeeze(text)
        found = [*self._homophones(squeezed.text), *self._misspelt(squeezed.text)]
        return [
            match._replace(confidence=round(match.confidence * _MISSPELT, 2))
            for match in self._matches(self._longest(found), squeezed, text)
        ]

    def _credible(self, found: Found[_Entry], text: str) -> Found[_Entry]:
        """The match without the readings that the words around it make unlikely: 提高|安全 is no 高安."""
        start, end = found.start, found.end
        left = start > 0 and text[start - 1 : start + 1] in self._common
        # 高邮|政策: where another word follows, the name need not lose its last character.
        right = text[end - 1 : end + 1] in self._common and text[end : end + 2] not in self._common
        if not (left or right):
            return Found(start, end, tuple(entry for entry in found.payloads if entry.kind != "word"))
        allowed = {"full", "short"}
        if left and right:
            allowed.remove("short")
        # 形成|都市|圈 is no 成都市.
        if left and text[end - 2 : end] in self._common:
            allowed.remove("full")
        return Found(start, end, tuple(entry for entry in found.payloads if entry.kind in allowed))

    def _longest(self, found: Iterable[Found[_Entry]]) -> list[Found[_Entry]]:
        """Of overlapping matches the longest, then the one of the higher place, then the first."""

        def order(match: Found[_Entry]) -> tuple[int, int, int]:
            rank = min(_RANK[self._units[entry.code].level] for entry in match.payloads)
            return (match.start - match.end, rank, match.start)

        kept: list[Found[_Entry]] = []
        taken: set[int] = set()
        for match in sorted(found, key=order):
            if taken.isdisjoint(range(match.start, match.end)):
                taken.update(range(match.start, match.end))
                kept.append(match)
        return kept

    def _behind_ancestors(
        self, raw: Iterable[Found[_Entry]], kept: Iterable[Found[_Entry]], text: str
    ) -> Iterator[Found[_Entry]]:
        """The readings of doubtful names that belong to the place named right before them: 江门|台山, 深圳|光明."""
        ending = {found.end: found for found in kept}
        taken = {index for found in ending.values() for index in range(found.start, found.end)}
        for match in sorted(raw, key=lambda found: (found.start, -found.end)):
            if not taken.isdisjoint(range(match.start, match.end)):
                continue
            between = range(match.start, match.start - _LONGEST_BETWEEN - 1, -1)
            before = next(
                (end for end in between if end in ending and _BETWEEN.fullmatch(text, end, match.start)), None
            )
            if before is None:
                continue
            above = {entry.code for entry in ending[before].payloads}
            cut = text[match.end - 1 : match.end + 1] in self._common
            fitting = tuple(
                entry
                for entry in match.payloads
                if above & set(self._units[entry.code].parents) and not (cut and entry.kind == "word")
            )
            if fitting:
                ending[match.end] = Found(match.start, match.end, fitting)
                taken.update(range(match.start, match.end))
                yield ending[match.end]

    def _matches(self, kept: Sequence[Found[_Entry]], squeezed: Squeezed, text: str) -> list[PlaceMatch]:
        certain = {codes[0] for found in kept if len(codes := self._codes(found)) == 1}
        return [self._match(found, certain, squeezed, text) for found in kept]

    def _codes(self, found: Found[_Entry]) -> list[str]:
        """The places that a match may mean; dissolved ones only where no living one has the name."""
        codes = sorted({entry.code for entry in found.payloads})
        codes = [code for code in codes if self._units[code].current] or codes
        # 吉林 means the province, not its city of that name.
        return [code for code in codes if not set(self._units[code].parents) & set(codes)]

    def _match(self, found: Found[_Entry], certain: set[str], squeezed: Squeezed, text: str) -> PlaceMatch:
        codes = self._codes(found)
        near = [code for code in codes if any(self._related(code, other) for other in certain)]
        likely = self._likely(near or codes, squeezed.text[found.start : found.end])
        unit = self._units[likely[0]]
        confidence = max(_CONFIDENCE[entry.kind] for entry in found.payloads if entry.code == unit.code)
        if any(_RANK[self._units[code].level] == _RANK[unit.level] for code in near or codes if code != unit.code):
            confidence *= _CHOSEN / len(likely)
        start, end = squeezed.span(found.start, found.end)
        others = [code for code in (near or codes) if code != unit.code]
        return PlaceMatch(
            code=unit.code,
            name=unit.name,
            name_en=self._english(unit),
            level=unit.level,
            parents=unit.parents,
            start=start,
            end=end,
            confidence=round(confidence, 2),
            surface=text[start:end],
            alternatives=tuple(others),
        )

    def _related(self, code: str, other: str) -> bool:
        one, two = self._units[code], self._units[other]
        return code != other and (
            code in two.parents or other in one.parents or (bool(one.parents) and one.parents[:1] == two.parents[:1])
        )

    def _likely(self, codes: list[str], form: str) -> list[str]:
        """The codes that a shared name most likely means: the preferred one, or all of the highest level."""
        preferred = self.data.prefer.get(form) or self.data.prefer.get(form.split()[0])
        if preferred in codes:
            return [preferred]
        highest = min(_RANK[self._units[code].level] for code in codes)
        return [code for code in codes if _RANK[self._units[code].level] == highest]

    # Names

    def _short(self, name: str) -> str:
        """A name without its people and its kind: 恩施土家族苗族自治州 is 恩施; one character keeps its kind."""
        short = _SUFFIX.sub("", self._people.sub("", name))
        return short if len(short) > 1 else name

    def _chinese_names(self) -> Iterator[tuple[str, _Entry]]:
        for unit in self._units.values():
            if unit.level != "country":
                for name in (unit.name, *unit.former):
                    yield from self._forms(name, unit)
        for zone in self.data.zones:
            for alias in zone.aliases:
                if _HAN.search(alias):
                    yield alias, _Entry(zone.id, "short" if len(alias) > 2 else "small")
        for code, aliases in self.data.aliases.items():
            for alias in aliases:
                if _HAN.search(alias):
                    yield alias, _Entry(code, "short")

    def _forms(self, name: str, unit: _Unit) -> Iterator[tuple[str, _Entry]]:
        short = self._short(name)
        # The name of a renamed unit now means its successor; a dissolved one keeps its own.
        code = unit.code
        if unit.successor and self._short(self._units[unit.successor].name) == short:
            code = unit.successor
        if unit.level in ("province", "city", "zone"):
            yield name, _Entry(code, "full")
            if short != name:
                yield short, _Entry(code, "word" if short in self._ordinary else "short")
            if name.endswith("自治州"):
                yield from ((short + kind, _Entry(code, "full")) for kind in ("州", "自治州"))
            return
        ordinary = short in self._ordinary or name in self._ordinary
        whole: Kind = "word" if name in self._ordinary else "doubtful" if ordinary or len(name) < 3 else "full"
        yield name, _Entry(code, whole)
        if short != name:
            yield short, _Entry(code, "word" if ordinary else "small")
        if name.endswith("自治县"):
            yield from ((short + kind, _Entry(code, "full")) for kind in ("县", "自治县"))

    def _english(self, unit: _Unit) -> str:
        if unit.level == "country":
            return self.data.country.en
        if unit.level == "zone":
            return next(zone.en for zone in self.data.zones if zone.id == unit.code)
        if unit.code in self.data.english:
            return self.data.english[unit.code]
        kind = _ENGLISH_KIND.get(unit.name[-1], "")
        spelt = re.sub("(?<=[Ll])v", "ü", self._pinyin(self._short(unit.name)))
        if unit.level in ("province", "city"):
            return spelt + (" League" if kind == "League" else "")
        return f"{spelt} {kind}".strip()

    def _pinyin(self, short: str) -> str:
        """The name in letters, an apostrophe before a syllable that begins with a vowel: Xi'an."""
        if short in self.data.readings:
            return self.data.readings[short].capitalize()
        if len(short) == _SHORTEST_NAME and _SUFFIX.search(short):
            short = short[0]
        spelt = ""
        for char in short:
            sound = self._sounds[char]
            spelt += f"'{sound}" if spelt and sound[0] in "aeo" else sound
        return spelt.capitalize()

    @cached_property
    def _english_names(self) -> Phrases[_Entry]:
        forms = ((name.lower().replace("-", " "), entry) for name, entry in self._english_forms())
        return Phrases(((name, entry) for name, entry in forms if name not in self._not_places), squeezed=True)

    def _english_forms(self) -> Iterator[tuple[str, _Entry]]:
        for unit in self._units.values():
            if unit.level == "zone":
                zone = next(zone for zone in self.data.zones if zone.id == unit.code)
                names = [name for name in (zone.en, *zone.aliases) if not _HAN.search(name)]
                yield from ((name, _Entry(unit.code, "english")) for name in _spellings(names))
            elif unit.current and unit.level != "country":
                yield from self._english_forms_of(unit)
        for code, aliases in self.data.aliases.items():
            names = [alias for alias in aliases if not _HAN.search(alias)]
            yield from ((name, _Entry(code, "english")) for name in _spellings(names))

    def _english_forms_of(self, unit: _Unit) -> Iterator[tuple[str, _Entry]]:
        large = unit.level in ("province", "city")
        short = self._short(unit.name)
        stem = self._pinyin(short)
        own = self.data.english.get(unit.code)
        if _SUFFIX.search(short) and len(short) == _SHORTEST_NAME:
            # 和县 is "He County" or "Hexian", never "He".
            yield f"{stem}{self._sounds[short[1]]}", _Entry(unit.code, "english_small")
            yield from ((f"{stem} {kind}", _Entry(unit.code, "english")) for kind in _ENGLISH_SUFFIXES[short[1]])
            return
        syllables = [self._sounds[char] for char in short]
        apart = " ".join(syllables) if len(syllables) > 1 and not set(syllables) <= _ENGLISH_SYLLABLES else None
        for name in _spellings([stem, *([own] if own else []), *([apart] if apart else [])]):
            for suffix in _ENGLISH_SUFFIXES.get(unit.name[-1], ()):
                yield f"{name} {suffix}", _Entry(unit.code, "english")
            folded = name.lower()
            if large:
                yield name, _Entry(unit.code, "english")
            elif len(folded) >= _SMALLEST_ENGLISH:
                yield name, _Entry(unit.code, "english_small")

    # Misspelt names

    @cached_property
    def _by_sound(self) -> dict[tuple[str, ...], list[tuple[str, str]]]:
        """Provinces and cities by the sounds of their short names: (short name, code)."""
        table: dict[tuple[str, ...], list[tuple[str, str]]] = defaultdict(list)
        for unit in self._units.values():
            if unit.level in ("province", "city") and unit.current:
                short = self._short(unit.name)
                if len(short) <= _LONGEST_TYPO:
                    table[_sounds(short)].append((short, unit.code))
        return table

    def _homophones(self, text: str) -> Iterator[Found[_Entry]]:
        for run in _HAN_RUN.finditer(text):
            for start in range(run.start(), run.end() - 1):
                for end in range(start + 2, min(start + _LONGEST_TYPO, run.end()) + 1):
                    entries = self._sounding_like(text[start:end], text[end : end + 1])
                    if entries and self._stands_free(text, start, end):
                        yield Found(start, end, entries)

    def _sounding_like(self, window: str, following: str) -> tuple[_Entry, ...]:
        if window in self._common or window in self._ordinary:
            return ()
        return tuple(
            _Entry(code, "short")
            for name, code in self._by_sound.get(_sounds(window), ())
            if following == self._units[code].name[len(name) :][:1] or any(map(eq, name, window))
        )

    def _stands_free(self, text: str, start: int, end: int) -> bool:
        """Whether the words on both sides end and begin where the name would."""
        before, after = text[start - 1 : start + 1] if start else "", text[end - 1 : end + 1]
        # 洋州|市区: where another word or the kind of the place follows, the name need not lose its last character.
        follows = text[end : end + 2] in self._common or bool(_SUFFIX.search("·" + text[end : end + 1], 1))
        if before in self._common or (after in self._common and not follows):
            return False
        left = (
            start == 0
            or not _HAN.match(text[start - 1])
            or text[start - 1] in self.data.particles
            or text[max(0, start - 2) : start] in self._common
        )
        right = (
            end == len(text)
            or not _HAN.match(text[end])
            or text[end] in self.data.particles
            or bool(_SUFFIX.match("·" + text[end], 1))
            or text[end : end + 2] in self._common
        )
        return left and right

    def _misspelt(self, text: str) -> Iterator[Found[_Entry]]:
        for word in _LATIN_WORD.finditer(text):
            spelt = word.group()
            if spelt in self._not_places or spelt in self._english_names or _ENGLISH_ENDING.search(spelt):
                continue
            allowed = 2 if len(spelt) >= _LONG_ENGLISH else 1
            near: dict[int, list[_Entry]] = defaultdict(list)
            for name, code in self._english_cities:
                if name[0] == spelt[0]:
                    distance = OSA.distance(spelt, name, score_cutoff=allowed)
                    if distance <= allowed:
                        near[distance].append(_Entry(code, "english"))
            if near:
                yield Found(word.start(), word.end(), tuple(near[min(near)]))

    @cached_property
    def _english_cities(self) -> list[tuple[str, str]]:
        large = [u for u in self._units.values() if u.current and u.level in ("province", "city")]
        named = [(self.data.english.get(u.code, self._pinyin(self._short(u.name))), u.code) for u in large]
        folded = [(name.lower().replace("'", "").replace("ü", "v"), code) for name, code in named]
        return [(name, code) for name, code in folded if len(name) >= 6 and " " not in name]


def _spellings(names: Iterable[str]) -> list[str]:
    """Names with and without the apostrophe, and with the letters that stand for ü."""
    spelt: dict[str, None] = {}
    for name in names:
        for form in (name, name.replace("'", "")):
            spelt[form] = None
            for vowel in ("ü", "v", "u"):
                spelt[re.sub("(?<=[Ll])[üv]", vowel, form)] = None
    return list(spelt)


def _sounds(text: str) -> tuple[str, ...]:
    return tuple(map(_sound, text))


@cache
def _sound(char: str) -> str:
    # Importing it takes a third of a second, and only a text without a known place needs it.
    from pypinyin import lazy_pinyin

    return "".join(lazy_pinyin(char))


def _units(data: PlacesFile, short: Callable[[str], str]) -> Iterator[_Unit]:
    """Every place: the country, the units of all revisions with what became of the dissolved ones, the zones."""
    current = _valid(revisions[None]) | {change.code: change.name for change in data.changes}
    replaced = {old: change.code for change in data.changes for old in change.replaces if old != change.code}
    gone = (replaced.keys() | data.dissolved.keys()) - {change.code for change in data.changes}
    names = {code: [name] for code, name in current.items()}
    for revision in sorted((year for year in revisions if year), key=_moment, reverse=True):
        for code, name in _valid(revisions[revision]).items():
            names.setdefault(code, []).append(name)
    living = {(code[:2], name) for code, name in current.items() if code not in gone}
    by_short = {(code[:2], short(name)): code for code, name in current.items() if code not in gone}
    yield _Unit(data.country.code, data.country.name, "country", ())
    for code, (name, *others) in names.items():
        exists = code in current and code not in gone
        former = tuple(n for n in dict.fromkeys(others) if n != name and (code[:2], n) not in living)
        successor = data.dissolved.get(code) or replaced.get(code) or by_short.get((code[:2], short(name)))
        yield _Unit(
            code=code,
            name=name,
            level=_level(code, name),
            parents=_parents(code, names),
            former=former,
            successor=None if exists else successor,
            current=exists,
        )
    for zone in data.zones:
        yield _Unit(zone.id, zone.name, "zone", (zone.parent, *_parents(zone.parent, names)))


def _valid(revision: Mapping[int, str]) -> dict[str, str]:
    return {str(code): name for code, name in revision.items() if not _NOT_UNITS.search(name)}


def _moment(revision: int) -> int:
    """A revision's year or month as a month: 2004 is 200400."""
    return revision if revision > 9999 else revision * 100


def _parents(code: str, names: Mapping[str, object]) -> tuple[str, ...]:
    above = (code[:4] + "00", code[:2] + "0000")
    return tuple(dict.fromkeys(parent for parent in above if parent in names and parent != code))


def _level(code: str, name: str) -> PlaceLevel:
    if code.endswith("0000"):
        return "province"
    if code.endswith("00"):
        return "city"
    return "district" if name.endswith("区") else "county"
