"""The bilingual glossary: which words stand for which value, intent, kind of answer or domain term.

All words are data in `glossary.yaml`; this module reads them strictly and finds them in a text, longest first.
Spans are code points of the text as given, whatever its width, case or script.

    >>> glossary = Glossary.load()
    >>> [(match.slot, match.value) for match in glossary.find_slots("牵头制订国家、行業標準")]
    [('role', 'lead'), ('activity', 'formulate_standard'), ('level', 'national'), ('level', 'industry')]
"""

from __future__ import annotations

import hashlib
import re
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from functools import cached_property, lru_cache
from itertools import islice
from pathlib import Path
from typing import Any, Generic, Literal, NamedTuple, Self, TypeVar

from pydantic import Field, field_validator, model_validator

from knowledge.datafile import DataFile
from knowledge.errors import UsageError
from knowledge.model import Frozen, Span
from knowledge.normalize import normalize

Language = Literal["zh", "en"]
GLOSSARY_FILE = Path(__file__).with_name("glossary.yaml")

_P = TypeVar("_P")

_GAP = "…"
_GAP_PATTERN = r"[^。！？!?;；\n]{0,40}?"
_HYPHENS = "-‐‑–_"
_APOSTROPHES = "‘’`´＇"
_LOOSE = re.compile(rf"[\s{re.escape(_HYPHENS)}{_APOSTROPHES}]")
_SIBILANT = re.compile(r"(?:s|x|z|ch|sh)$")
_CONSONANT_Y = re.compile(r"[^aeiou\W]y$")
# How many words may stand between "how many" and the noun it counts.
_WORDS_BEFORE_NOUN = 6
_WORD = re.compile(r"[a-z][a-z']*")
_SENTENCE_START = re.compile(r"(?:^|[.?!,;:。？！，；：])\s*(?:(?:and|but|so|or|then|ok|okay|well|please) )*$")
# Characters before a word in which the start of its sentence is looked for.
_LONGEST_OPENING = 40
_Use = Literal["plain", "before_measure", "opening"]
# What joins the stems of a coordination; a count may stand before each: 3项国家、2项行业标准.
_ZH_COUNT = r"(?:(?:\d+|[一二两三四五六七八九十]+)[项个])"
_ZH_JOIN = rf"(?:(?:、|,|/|·|\+|和|与|及|或者|或|以及|还是|跟|兼|加){_ZH_COUNT}?|{_ZH_COUNT})"
_EN_JOIN = r"(?:,? (?:and|or) |,? ?& ?|, ?| ?/ ?)(?:(?:\d+|an?|the|one|two|three|four|five|six) )?"


# More than there are levels; keeps the search linear in hostile text.
_MOST_JOINED = 9


class Words(Frozen):
    """Surface forms in both languages, each once; the first of each is the usual one."""

    zh: tuple[str, ...] = ()
    en: tuple[str, ...] = ()

    @field_validator("zh", "en")
    @classmethod
    def _each_once(cls, forms: tuple[str, ...]) -> tuple[str, ...]:
        for form in forms:
            if not form.strip():
                raise ValueError("a form is empty; remove it")
            if forms.count(form) > 1:
                raise ValueError(f"{form!r} is in the list twice; keep one")
        return forms


class Term(Words):
    """Words in both languages that mean the same for retrieval."""


class SlotValue(Words):
    """The forms of one value of a slot.

    `stems` stand before a head of the slot, alone or joined; `bound_stems` (Chinese) only joined.
    `written` are the forms that documents use; by default the first Chinese form.
    """

    stems: Words = Words()
    bound_stems: tuple[str, ...] = ()
    written: tuple[str, ...] = ()


class Abbreviations(Frozen):
    """One-character stems that share a head when joined: 国、行标."""

    head: str
    stems: dict[str, str]


class Slot(Frozen):
    """A slot: its values, and what only looks like one.

    `hides` names slots whose matches inside a longer match of this slot are dropped.
    """

    hides: tuple[str, ...] = ()
    not_before: tuple[str, ...] = ()
    shields: Words = Words()
    heads: Words = Words()
    abbreviations: Abbreviations | None = None
    values: dict[str, SlotValue]


class Attribute(Words):
    """A part of an intent; a source sentence that answers it contains one of `evidence` (empty: any sentence may)."""

    evidence: tuple[str, ...] = ()


class Intent(Words):
    """Cues for an intent; `weak` ones only hint at it."""

    weak: Words = Words()
    attributes: dict[str, Attribute] = Field(default_factory=dict)


class AnswerType(Words):
    """Question words for a kind of answer.

    `before_measure` ones count only with a measure word or noun behind them, `opening` ones only at the start of a
    sentence.
    """

    before_measure: Words = Words()
    opening: Words = Words()
    measures: tuple[Words, ...] = ()


class Label(Frozen):
    """What a value is called on the screen."""

    zh: str
    en: str


class GlossaryFile(Frozen):
    """The shape of `glossary.yaml`."""

    slots: dict[str, Slot]
    intents: dict[str, Intent]
    answer_types: dict[str, AnswerType]
    stopwords: Words
    neutral: Words = Words()
    misspelt: dict[str, str] = Field(default_factory=dict)
    terms: tuple[Term, ...]
    labels: dict[str, dict[str, Label]]
    cues: dict[str, Words] = Field(default_factory=dict)

    @model_validator(mode="after")
    def _names_exist(self) -> Self:
        for name, slot in self.slots.items():
            unknown = set(slot.hides) - set(self.slots)
            if unknown:
                raise ValueError(f"slot `{name}` hides unknown slots {sorted(unknown)}; known: {sorted(self.slots)}")
            strangers = set(slot.abbreviations.stems if slot.abbreviations else ()) - set(slot.values)
            if strangers:
                raise ValueError(f"slot `{name}` abbreviates unknown values {sorted(strangers)}")
        return self

    @model_validator(mode="after")
    def _terms_are_distinct(self) -> Self:
        owner: dict[str, str] = {}
        for term in self.terms:
            if not term.zh or not term.en:
                raise ValueError(f"a term needs words in both languages; got {term.zh!r} and {term.en!r}")
            for form in term.zh:
                first = owner.setdefault(form, term.zh[0])
                if first != term.zh[0]:
                    raise ValueError(f"{form!r} is in two terms, {first!r} and {term.zh[0]!r}; keep it in one")
        return self


class SlotMatch(NamedTuple):
    """A value of a slot that a text names, and where."""

    slot: str
    value: str
    start: int
    end: int
    surface: str


class IntentMatch(NamedTuple):
    """A cue for an intent; `attribute` is the part that is asked for (materials, doc_no), `weak` cues only hint."""

    intent: str
    attribute: str | None
    cue: str
    start: int
    end: int
    weak: bool


class AnswerTypeMatch(NamedTuple):
    """A kind of answer that a question asks for.

    `measures` are the Chinese measure words the answer would carry (家, 户); empty where the question names none.
    """

    kind: str
    cue: str
    start: int
    end: int
    measures: tuple[str, ...]


class Squeezed(NamedTuple):
    """A text in matching form, and the offset in the original of each of its characters."""

    text: str
    offsets: Sequence[int]

    def span(self, start: int, end: int) -> Span:
        """The range of the original that `text[start:end]` came from."""
        return Span(self.offsets[start], self.offsets[end - 1] + 1)


class Found(NamedTuple, Generic[_P]):
    """Phrases met at `[start, end)` of a squeezed text, with what each stands for."""

    start: int
    end: int
    payloads: tuple[_P, ...]


def _is_cjk(char: str) -> bool:
    return "\u4e00" <= char <= "\u9fff" or "\u3000" <= char <= "\u303f" or "\u3400" <= char <= "\u4dbf"


def _is_latin(char: str) -> bool:
    return "a" <= char <= "z" or "0" <= char <= "9"


def _is_letter(char: str) -> bool:
    return "a" <= char <= "z"


@lru_cache(maxsize=64)
def squeeze(text: str) -> Squeezed:
    """`text` as surface forms are matched.

    Width, case and script are folded, hyphens between letters read as spaces, spaces beside Chinese are dropped.
    """
    normalized = normalize(text)
    plain = normalized.text
    if not _LOOSE.search(plain):
        return Squeezed(plain, normalized.offsets)
    chars: list[str] = []
    offsets: list[int] = []
    for index, original in enumerate(plain):
        char = _loosened(plain, index) if _LOOSE.match(original) else original
        if char == " " and (not chars or chars[-1] == " " or _is_cjk(chars[-1])):
            continue
        if chars and chars[-1] == " " and _is_cjk(char):
            chars.pop()
            offsets.pop()
        chars.append(char)
        offsets.append(normalized.offsets[index])
    if chars and chars[-1] == " ":
        chars.pop()
        offsets.pop()
    return Squeezed("".join(chars), (*offsets, len(text)))


def _loosened(text: str, index: int) -> str:
    char = text[index]
    if char in _APOSTROPHES:
        return "'"
    if char in _HYPHENS:
        between = 0 < index < len(text) - 1 and _is_letter(text[index - 1]) and _is_letter(text[index + 1])
        return " " if between else char
    return " "


def on_word_edges(text: str, start: int, end: int) -> bool:
    """Whether a match is a whole word where it is Latin; digits may follow letters (TC260) but not stand before."""
    if _is_latin(text[start]) and start and _is_latin(text[start - 1]):
        return False
    if end == len(text):
        return True
    last, following = text[end - 1], text[end]
    return not ((_is_letter(last) and _is_letter(following)) or (last.isdigit() and _is_latin(following)))


class Phrases(Generic[_P]):
    """Fixed phrases to be found in squeezed texts: a table by phrase, tried longest first at every character.

    Args:
        entries: phrases, each with what it stands for.
        squeezed: whether the phrases are in matching form already.
    """

    def __init__(self, entries: Iterable[tuple[str, _P]], *, squeezed: bool = False) -> None:
        table: dict[str, list[_P]] = defaultdict(list)
        for surface, payload in entries:
            form = surface if squeezed else squeeze(surface).text
            if form and payload not in table[form]:
                table[form].append(payload)
        self._table = {form: tuple(payloads) for form, payloads in table.items() if payloads}
        lengths: dict[str, set[int]] = defaultdict(set)
        for form in self._table:
            lengths[form[0]].add(len(form))
        self._lengths = {first: tuple(sorted(found, reverse=True)) for first, found in lengths.items()}

    def __len__(self) -> int:
        return len(self._table)

    def __contains__(self, form: str) -> bool:
        return form in self._table

    def find(self, text: str) -> Iterator[Found[_P]]:
        """Every phrase in `text` (squeezed), overlapping ones too, by start and then longest first."""
        table, size = self._table, len(text)
        for start, char in enumerate(text):
            for length in self._lengths.get(char, ()):
                end = start + length
                if end <= size:
                    payloads = table.get(text[start:end])
                    if payloads and on_word_edges(text, start, end):
                        yield Found(start, end, payloads)


def longest(found: Iterable[Found[_P]]) -> list[Found[_P]]:
    """Of overlapping matches the longest, then the first; in order of the text."""
    kept: list[Found[_P]] = []
    taken: set[int] = set()
    for match in sorted(found, key=lambda m: (m.start - m.end, m.start)):
        span = range(match.start, match.end)
        if taken.isdisjoint(span):
            taken.update(span)
            kept.append(match)
    return sorted(kept)


def _plural(form: str) -> str:
    if _CONSONANT_Y.search(form):
        return form[:-1] + "ies"
    return form + ("es" if _SIBILANT.search(form) else "s")


def _surfaces(words: Words) -> Iterator[str]:
    """Every form of both languages, with the regular plural of English ones."""
    yield from words.zh
    for form in words.en:
        yield form
        squeezed = squeeze(form).text
        if _is_letter(squeezed[-1]):
            yield _plural(squeezed)


def _gap_regex(surface: str) -> re.Pattern[str]:
    parts = [squeeze(part).text for part in surface.split(_GAP)]
    edges = [
        (r"(?<![a-z0-9])" if _is_latin(part[0]) else "")
        + re.escape(part)
        + (r"(?:s|es)?(?![a-z])" if _is_letter(part[-1]) else "")
        for part in parts
    ]
    return re.compile(_GAP_PATTERN.join(edges))


class _Cues(Generic[_P]):
    """Cues with and without a gap (`…`)."""

    def __init__(self, entries: Iterable[tuple[str, _P]]) -> None:
        listed = list(entries)
        self._phrases = Phrases((surface, payload) for surface, payload in listed if _GAP not in surface)
        self._gapped = [
            (squeeze(surface.split(_GAP)[0]).text, _gap_regex(surface), payload)
            for surface, payload in listed
            if _GAP in surface
        ]

    def find(self, text: str) -> list[Found[_P]]:
        """All cues in a squeezed text, without those inside a longer one that has no gap."""
        solid = list(self._phrases.find(text))
        gapped = [
            Found(match.start(), match.end(), (payload,))
            for opening, pattern, payload in self._gapped
            if opening in text
            for match in pattern.finditer(text)
        ]
        spans = {(found.start, found.end) for found in solid}
        return sorted(found for found in (*solid, *gapped) if not _inside_another(found, spans))


def _inside_another(found: Found[Any], spans: Iterable[tuple[int, int]]) -> bool:
    here = (found.start, found.end)
    return any(start <= found.start and found.end <= end and (start, end) != here for start, end in spans)


class _Named(NamedTuple):
    """A value named at a place inside a match (a coordination names several)."""

    slot: str
    value: str | None
    # Relative to the start of the match; None: the whole of it.
    at: tuple[int, int] | None = None


class _Coordination:
    """Finds stems joined before a shared head: 国际、国家和行业标准; national or industry standards; 国、行标."""

    def __init__(self, name: str, slot: Slot) -> None:
        self._name = name
        self._values: dict[str, tuple[str, bool]] = {}
        patterns = [
            self._pattern(slot, "zh", _ZH_JOIN, "(?:级的?|(?<=级)的)?", ""),
            self._pattern(slot, "en", _EN_JOIN, "(?: level)?", r"(?: ?\([^()]{1,12}\))?"),
        ]
        self._patterns = [pattern for pattern in patterns if pattern]
        if slot.abbreviations:
            self._patterns.append(self._short_pattern(slot.abbreviations))

    def _stem(self, stem: str, value: str, bound: bool) -> str:
        form = squeeze(stem).text
        self._values[form] = (value, bound)
        return form

    def _pattern(self, slot: Slot, language: Language, join: str, suffix: str, filler: str) -> re.Pattern[str] | None:
        stems = [self._stem(s, name, False) for name, v in slot.values.items() for s in getattr(v.stems, language)]
        if language == "zh":
            stems += [self._stem(s, name, True) for name, v in slot.values.items() for s in v.bound_stems]
        heads = {squeeze(head).text for head in getattr(slot.heads, language)}
        if not stems or not heads:
            return None
        if language == "en":
            heads |= {_plural(head) for head in heads}
        unit = f"(?:{_alternatives(stems)}){suffix}"
        space = " " if language == "en" else ""
        body = f"(?P<stems>{unit}(?:{join}{unit}){{0,{_MOST_JOINED}}}){filler}{space}(?:{_alternatives(heads)})"
        return re.compile(rf"(?<![a-z0-9]){body}(?![a-z])" if language == "en" else body)

    def _short_pattern(self, short: Abbreviations) -> re.Pattern[str]:
        stems = [self._stem(stem, value, True) for value, stem in short.stems.items()]
        unit = f"[{''.join(stems)}]"
        return re.compile(f"(?P<stems>{unit}(?:(?:{_ZH_JOIN})?{unit}){{1,{_MOST_JOINED}}}){short.head}")

    def find(self, text: str) -> Iterator[Found[_Named]]:
        """The coordinations of a squeezed text; each names its values with the span of the stem."""
        for pattern in self._patterns:
            for match in pattern.finditer(text):
                named = list(self._named(match))
                if named:
                    yield Found(match.start(), match.end(), tuple(named))

    @cached_property
    def _any_stem(self) -> re.Pattern[str]:
        return re.compile(_alternatives(self._values))

    def _named(self, match: re.Match[str]) -> Iterator[_Named]:
        stems = list(self._any_stem.finditer(match["stems"]))
        if all(self._values[stem.group()][1] for stem in stems) and len(stems) < 2:
            return
        offset = match.start("stems") - match.start()
        for index, stem in enumerate(stems):
            value, _ = self._values[stem.group()]
            last = index == len(stems) - 1
            end = match.end() - match.start() if last else offset + stem.end()
            yield _Named(self._name, value, (offset + stem.start(), end))


def _alternatives(forms: Iterable[str]) -> str:
    return "|".join(re.escape(form) for form in sorted(forms, key=lambda form: (-len(form), form)))


class Glossary:
    """The loaded glossary: finds slots, intents, answer types and terms in a text, and names values."""

    def __init__(self, data: GlossaryFile, fingerprint: str) -> None:
        self.data = data
        self.fingerprint = fingerprint
        self._slots = Phrases(_slot_entries(data))
        self._coordinations = [
            _Coordination(name, slot)
            for name, slot in data.slots.items()
            if slot.heads != Words() or slot.abbreviations
        ]
        self._intents = _Cues(_intent_entries(data))
        self._answers = _Cues(_answer_entries(data))
        self._measures = {kind: _measure_forms(answer) for kind, answer in data.answer_types.items()}
        self._claim_cues = Phrases((form, name) for name, words in data.cues.items() for form in (*words.zh, *words.en))
        self._terms = Phrases((surface, term) for term in data.terms for surface in _surfaces(term))
        self._neutral = Phrases((surface, True) for surface in _surfaces(data.neutral))
        self._misspelt = re.compile(_alternatives(data.misspelt)) if data.misspelt else None
        self._stopwords = {
            "zh": Phrases((word, True) for word in data.stopwords.zh),
            "en": Phrases((word, True) for word in data.stopwords.en),
        }

    @classmethod
    def load(cls, path: Path = GLOSSARY_FILE) -> Glossary:
        """Reads a glossary file; one that has not changed since is not read again.

        Raises:
            DataFileError: the file is missing, is not YAML, or has an unknown, missing or malformed key.
        """
        return _loaded(path, path.stat().st_mtime_ns if path.exists() else 0)

    def find_slots(self, text: str) -> list[SlotMatch]:
        """The slot values that `text` names, in order. Of forms of one slot that overlap the longest counts."""
        squeezed = squeeze(text)
        by_slot: dict[str, list[Found[_Named]]] = defaultdict(list)
        for found in self._slots.find(squeezed.text):
            for named in found.payloads:
                by_slot[named.slot].append(Found(found.start, found.end, (named,)))
        for coordination in self._coordinations:
            for found in coordination.find(squeezed.text):
                by_slot[found.payloads[0].slot].append(found)
        chosen = {
            slot: longest(_merged(f for f in found if self._stands_alone(slot, f, squeezed.text)))
            for slot, found in by_slot.items()
        }
        matches = {
            _slot_match(named, found, squeezed, text)
            for slot, kept in chosen.items()
            for found in kept
            if not self._is_hidden(slot, found, chosen)
            for named in found.payloads
            if named.value is not None
        }
        return sorted(matches, key=lambda match: (match.start, match.end, match.slot, match.value))

    def _stands_alone(self, slot: str, found: Found[_Named], text: str) -> bool:
        if found.payloads[0].value is None:
            return True
        return not text.startswith(self.data.slots[slot].not_before or ("\0",), found.end)

    def _is_hidden(self, slot: str, found: Found[_Named], chosen: Mapping[str, list[Found[_Named]]]) -> bool:
        return any(
            _inside_another(found, ((other.start, other.end) for other in kept if other.payloads[0].value is not None))
            for hiding, kept in chosen.items()
            if slot in self.data.slots[hiding].hides
        )

    def find_intents(self, text: str) -> list[IntentMatch]:
        """The cues for intents in `text`, in order. A cue inside a longer one is dropped."""
        squeezed = squeeze(text)
        matches = set()
        for found in self._intents.find(squeezed.text):
            start, end = squeezed.span(found.start, found.end)
            for intent, attribute, weak in found.payloads:
                matches.add(IntentMatch(intent, attribute, text[start:end], start, end, weak))
        return sorted(matches, key=lambda match: (match.start, match.end, match.intent, match.attribute or ""))

    def answer_types(self, text: str) -> list[AnswerTypeMatch]:
        """The kinds of answer `text` asks for, in order, with the measure words an answer would carry."""
        squeezed = squeeze(text)
        found = [
            (kind, extended, measures)
            for cue in self._answers.find(squeezed.text)
            for kind, use in cue.payloads
            for extended, measures in [self._with_measure(kind, cue, squeezed.text)]
            if use == "plain" or (measures if use == "before_measure" else _opens(squeezed.text, cue.start))
        ]
        spans = {(cue.start, cue.end) for _, cue, _ in found}
        matches = []
        for kind, cue, measures in found:
            if not _inside_another(cue, spans):
                start, end = squeezed.span(cue.start, cue.end)
                matches.append(AnswerTypeMatch(kind, text[start:end], start, end, measures))
        return sorted(set(matches), key=lambda match: (match.start, -match.end, match.kind))

    def _with_measure(self, kind: str, cue: Found[Any], text: str) -> tuple[Found[Any], tuple[str, ...]]:
        """The cue stretched over its measure word or counted noun, and the Chinese measure words meant."""
        forms, nouns = self._measures[kind]
        following = next((form for form in forms if text.startswith(form, cue.end)), None)
        if following:
            return Found(cue.start, cue.end + len(following), cue.payloads), forms[following]
        words = list(islice(_WORD.finditer(text, cue.end), _WORDS_BEFORE_NOUN))
        counted = [word for word in words if word.group() in nouns]
        # "how many AAAA-level enterprises": what is counted stands in the plural.
        plural = next((word for word in counted if word.group().endswith("s")), None)
        # "how many products a year" counts no years.
        noun = plural or next((word for word in counted if word == words[0]), None)
        return (Found(cue.start, noun.end(), cue.payloads), nouns[noun.group()]) if noun else (cue, ())

    def find_cues(self, text: str) -> frozenset[str]:
        """What the words of a statement make of it (negation, up_to, unknown, …); the longest where they overlap."""
        found = longest(self._claim_cues.find(squeeze(text).text))
        return frozenset(name for match in found for name in match.payloads)

    def find_terms(self, text: str) -> list[Term]:
        """The domain terms in `text`, each once, in order of first mention; the longest where they overlap."""
        found = longest(self._terms.find(squeeze(text).text))
        return list(dict.fromkeys(term for match in found for term in match.payloads))

    def translate_terms(self, text_en: str) -> list[str]:
        """Chinese search words for an English question, in its order: terms first, slot values for what is left."""
        squeezed = squeeze(text_en)
        entries: list[Found[str]] = [
            Found(found.start, found.end, tuple(term.zh[0] for term in found.payloads))
            for found in longest(self._terms.find(squeezed.text))
        ]
        covered = {i for found in entries for i in range(*squeezed.span(found.start, found.end))}
        words = [(squeezed.offsets[found.start], word) for found in entries for word in found.payloads]
        for match in self.find_slots(text_en):
            if covered.isdisjoint(range(match.start, match.end)):
                words += [(match.start, word) for word in self.written(match.slot, match.value)]
        return list(dict.fromkeys(word for _, word in sorted(words, key=lambda pair: pair[0])))

    def expand(self, text_zh: str) -> list[str]:
        """Other Chinese words for what `text_zh` says: synonyms of its terms, the written forms of its slot values."""
        folded = squeeze(text_zh).text
        words = [form for term in self.find_terms(text_zh) for form in term.zh]
        words += [form for match in self.find_slots(text_zh) for form in self.written(match.slot, match.value)]
        return [word for word in dict.fromkeys(words) if squeeze(word).text not in folded]

    def written(self, slot: str, value: str) -> tuple[str, ...]:
        """How documents write a slot value in Chinese."""
        found = self.data.slots[slot].values[value]
        return found.written or found.zh[:1]

    def respelled(self, text: str) -> str:
        """A normalised question with the usual misspellings of its words put right: 标淮 as 标准."""
        return self._misspelt.sub(lambda match: self.data.misspelt[match.group()], text) if self._misspelt else text

    def find_fillers(self, text: str) -> list[tuple[int, int]]:
        """The ranges of words that name nothing: question words, particles, and those that leave a standard what it is."""
        squeezed = squeeze(text)
        found = [*self._stopwords["zh"].find(squeezed.text), *self._stopwords["en"].find(squeezed.text)]
        found += self._neutral.find(squeezed.text)
        return sorted(squeezed.span(match.start, match.end) for match in longest(found))

    def content(self, text: str, language: Language) -> str:
        """`text` in matching form without question words and fillers; domain terms stay whole."""
        folded = squeeze(text).text
        kept = [(found.start, found.end) for found in self._terms.find(folded)]
        dropped: set[int] = set()
        for found in longest(self._stopwords[language].find(folded)):
            if not _inside_another(found, kept):
                dropped.update(range(found.start, found.end))
        joined = "".join(" " if index in dropped else char for index, char in enumerate(folded))
        return " ".join(joined.split())

    def label(self, kind: str, value: str, language: Language) -> str:
        """What a value is called in a language: `label("level", "industry", "en")` is "industry standard".

        Raises:
            UsageError: there is no such label.
        """
        labels = self.data.labels.get(kind, {})
        if value not in labels:
            known = ", ".join(labels) if labels else f"no such kind; kinds: {', '.join(self.data.labels)}"
            raise UsageError(f"no label for {kind} `{value}` in the glossary (known: {known}); add it under `labels`")
        return str(getattr(labels[value], language))


@lru_cache(maxsize=4)
def _loaded(path: Path, _changed: int) -> Glossary:
    file = DataFile(path)
    return Glossary(file.parse(GlossaryFile, file.content), file_fingerprint(path))


def _slot_entries(data: GlossaryFile) -> Iterator[tuple[str, _Named]]:
    for name, slot in data.slots.items():
        for surface in _surfaces(slot.shields):
            yield surface, _Named(name, None)
        for value, words in slot.values.items():
            for surface in _surfaces(words):
                yield surface, _Named(name, value)


def _intent_entries(data: GlossaryFile) -> Iterator[tuple[str, tuple[str, str | None, bool]]]:
    for name, intent in data.intents.items():
        for words, weak in ((Words(zh=intent.zh, en=intent.en), False), (intent.weak, True)):
            for surface in (*words.zh, *words.en):
                yield surface, (name, None, weak)
        for attribute, cues in intent.attributes.items():
            for surface in (*cues.zh, *cues.en):
                yield surface, (name, attribute, False)


def _answer_entries(data: GlossaryFile) -> Iterator[tuple[str, tuple[str, _Use]]]:
    for kind, answer in data.answer_types.items():
        uses: tuple[tuple[_Use, Words], ...] = (
            ("plain", answer),
            ("before_measure", answer.before_measure),
            ("opening", answer.opening),
        )
        for use, words in uses:
            for surface in (*words.zh, *words.en):
                yield surface, (kind, use)


def _opens(text: str, start: int) -> bool:
    return bool(_SENTENCE_START.search(text, max(0, start - _LONGEST_OPENING), start))


def _measure_forms(answer: AnswerType) -> tuple[dict[str, tuple[str, ...]], dict[str, tuple[str, ...]]]:
    """Chinese measure words, longest first, and English nouns, each with the Chinese measure words of its group."""
    forms = {form: group.zh for group in answer.measures for form in group.zh}
    nouns = {
        spelled: group.zh
        for group in answer.measures
        for noun in group.en
        for spelled in (squeeze(noun).text, _plural(squeeze(noun).text))
    }
    return dict(sorted(forms.items(), key=lambda item: -len(item[0]))), nouns


def _merged(found: Iterable[Found[_Named]]) -> list[Found[_Named]]:
    """One match a span: values that share a surface stay together; a plain surface beats the stems it is made of."""
    by_span: dict[tuple[int, int], list[_Named]] = defaultdict(list)
    for match in found:
        by_span[match.start, match.end].extend(match.payloads)
    return [Found(start, end, tuple(_plain_first(named))) for (start, end), named in by_span.items()]


def _plain_first(named: list[_Named]) -> list[_Named]:
    plain = [item for item in named if item.at is None]
    return plain or named


def _slot_match(named: _Named, found: Found[_Named], squeezed: Squeezed, text: str) -> SlotMatch:
    first, last = named.at or (0, found.end - found.start)
    start, end = squeezed.span(found.start + first, found.start + last)
    return SlotMatch(named.slot, str(named.value), start, end, text[start:end])


def file_fingerprint(path: Path) -> str:
    """The first 16 hexadecimal digits of the SHA-256 of a file's text, whatever its line ends."""
    return hashlib.sha256(path.read_text(encoding="utf-8").encode()).hexdigest()[:16]
