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
from collections.abc import Iterable, Iterator, Mapping, Sequence
from functools import cached_property
from pathlib import Path
from typing import Literal, NamedTuple

from gb2260.data import data as revisions
from pydantic import Field

from knowledge.datafile import DataFile
from knowledge.errors import UsageError
from knowledge.glossary import Found, Language, Phrases, file_fingerprint, longest, squeeze
from knowledge.model import Frozen, Place, PlaceLevel

PLACES_FILE = Path(__file__).with_name("places.yaml")

_GENERIC_NAMES = frozenset({"市辖区", "县", "市", "晋城市市辖区", "自治区直辖县级行政区划", "自治区直辖县级行政单位"})
_RANK: Mapping[PlaceLevel, int] = {"country": 0, "province": 1, "city": 2, "zone": 3, "district": 4, "county": 4}
_SUFFIX = re.compile(r"(?<=.)(?:特别行政区|自治区|自治州|自治县|自治旗|林区|特区|地区|省|市|区|县|盟|旗)$")
_ENGLISH_SUFFIX = {"区": "District", "县": "County", "旗": "Banner", "盟": "League"}
# Words that may follow an English name, by the last character of the Chinese one.
_ENGLISH_KINDS = {
    "省": ("province",),
    "市": ("city", "municipality", "prefecture"),
    "区": ("district", "city", "province", "autonomous region"),
    "县": ("county", "autonomous county"),
    "州": ("prefecture", "autonomous prefecture"),
    "旗": ("banner",),
    "盟": ("league",),
}
# What may stand between a place and the smaller one that belongs to it: 扬州的宝应, 深圳市光明.
_BETWEEN = re.compile(r"(?:市|省|的|下属|下辖|所辖)?\s?$")
_LATIN = re.compile(r"[a-z]{2}")

Kind = Literal["full", "short", "small", "word", "english", "english_small"]
_CONFIDENCE: Mapping[Kind, float] = {
    "full": 1.0,
    "short": 0.95,
    "english": 0.95,
    "word": 0.9,
    "small": 0.8,
    "english_small": 0.75,
}


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
    common: str
    not_places: str
    peoples: tuple[str, ...]
    changes: tuple[Change, ...] = Field(default=())


class PlaceMatch(NamedTuple):
    """A place that a text names.

    `code` is the GB/T 2260 code, or the id of a zone that has none; `parents` are the codes above it, nearest first.
    `alternatives` are the other places that the same words may mean; `confidence` (0 to 1) falls with their number.
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
    code: str
    name: str
    level: PlaceLevel
    parents: tuple[str, ...]
    name_en: str
    # Names it had before.
    former: tuple[str, ...]
    current: bool


class _Entry(NamedTuple):
    code: str
    kind: Kind


class Gazetteer:
    """All places, by code and by name."""

    def __init__(self, data: PlacesFile, fingerprint: str) -> None:
        self.fingerprint = fingerprint
        self._data = data
        self._readings = {char: sound for sound, chars in _pairs(data.pinyin) for char in chars}
        self._people = re.compile(f"(?:{'|'.join(sorted(data.peoples, key=len, reverse=True))})+(?=自治)")
        self._ordinary = frozenset(data.ordinary.split())
        self._common = frozenset(data.common.split())
        self._units = {unit.code: unit for unit in self._all_units()}
        self._names: Phrases[_Entry] = Phrases(self._chinese_names())

    @classmethod
    def load(cls, path: Path = PLACES_FILE) -> Gazetteer:
        """Reads the gazetteer; English names follow with the first text in Latin letters.

        Raises:
            DataFileError: the file is missing, is not YAML, or has an unknown, missing or malformed key.
        """
        file = DataFile(path)
        return cls(file.parse(PlacesFile, file.content), file_fingerprint(path))

    def find(self, text: str) -> list[PlaceMatch]:
        """The places named in `text`, in order."""
        squeezed = squeeze(text)
        plain = squeezed.text
        found = [f for f in self._names.find(plain) if (f := self._credible(f, plain)).payloads]
        if _LATIN.search(plain):
            found += list(self._english_names.find(plain))
        kept = longest(found)
        return []

    # -- placeholder
