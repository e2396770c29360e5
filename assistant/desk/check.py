"""Whether an edited reply still says only what its sources say: each sentence with its figures, amounts, quotes, markers.

A sentence that stands in the draft as it was composed has passed the gate already and needs no more than its sources. Any
other is held against what its markers open: what fails is marked, with the reason, and the person decides.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from itertools import pairwise
from typing import Literal

from assistant.answer import Answer, Citation
from assistant.desk.compose import ReplyComposer
from assistant.desk.records import Inquiry, Source, source_of
from assistant.draft import MARKER, Evidence, unrendered
from assistant.verify import computed_figures, is_sourced, money, numbers, source_text
from assistant.wording_check import SentenceCheck, is_money
from knowledge.glossary import Glossary
from knowledge.model import Document
from knowledge.places import Gazetteer
from knowledge.quantities import Quantity, find_quantities

Reason = Literal[
    "no_such_marker", "source_off", "source_gone", "no_source", "number", "amount", "contradicts", "promise", "quote"
]
AMOUNT_REASONS: frozenset[Reason] = frozenset({"amount", "contradicts", "no_source"})
"""The reasons that concern money: by default nobody can approve a reply in spite of them."""

_END = re.compile(r"(?:[。！？!?；;]|\.(?=\s|\[|$))[”’\"』」）)]*(?:\s*\[\d{1,3}\])*")
_OUTLINE = re.compile(r"^\s*(?:[（(]?\d{1,2}[）)]|\d{1,2}[.、](?!\d))")
_QUOTED = re.compile(r"“([^“”]{7,})”|「([^「」]{7,})」|\"([^\"]{7,})\"")
_DIGIT = re.compile(r"\d")
# What is counted in words: 三项, 五成. One and two are words of every letter (一并, 两个方面).
_COUNTED = ("count", "percent", "duration")
_EVERYDAY = 2
# Of a quote only the words count: width, spaces and the marks inside it are the typesetter's.
_NOT_WORDS = re.compile(r"[\s“”‘’\"'「」『』]")


@dataclass(frozen=True)
class Mark:
    """A marked sentence, `text[start:end]`; `what` is the figure, quote or marker that the reason is about."""

    start: int
    end: int
    reason: Reason
    what: str = ""


@dataclass(frozen=True)
class Sentence:
    """A sentence of a reply, `text[start:end]`, and the markers that stand for it: its own, or the next of its line."""

    start: int
    end: int
    text: str
    marks: tuple[int, ...]

    @cached_property
    def words(self) -> str:
        """The sentence without markers."""
        return MARKER.sub("", self.text).strip()


def sentences_of_reply(text: str) -> list[Sentence]:
    """The sentences of a reply, line by line."""
    return [sentence for start, line in _lines(text) for sentence in _of_line(line, start)]


def _lines(text: str) -> Iterator[tuple[int, str]]:
    at = 0
    for line in text.split("\n"):
        if line.strip():
            yield at, line
        at += len(line) + 1


def _of_line(line: str, start: int) -> list[Sentence]:
    ends = [match.end() for match in _END.finditer(line)]
    edges = [0, *ends, *([len(line)] if not ends or line[ends[-1] :].strip() else [])]
    found: list[Sentence] = []
    following: tuple[int, ...] = ()
    for begin, end in reversed(list(pairwise(edges))):
        words = line[begin:end]
        own = tuple(int(n) for n in MARKER.findall(words))
        following = own or following
        lead = len(words) - len(words.lstrip())
        found.append(Sentence(start + begin + lead, start + begin + len(words.rstrip()), words.strip(), following))
    return found[::-1]


class ReplyCheck:
    """Checks the texts of one inquiry's reply.

    Args:
        inquiry: with its questions answered and its sources.
        composer: writes the draft that sentences are compared with.
        documents: of the live release; a source must still stand in them.
    """

    def __init__(
        self,
        inquiry: Inquiry,
        composer: ReplyComposer,
        documents: Mapping[str, Document],
        glossary: Glossary,
        gazetteer: Gazetteer,
    ) -> None:
        self._inquiry = inquiry
        self._composer = composer
        self._documents = documents
        self._glossary = glossary
        self._gazetteer = gazetteer
        self._sources = {source.n: source for source in inquiry.sources}
        said = [inquiry.text, inquiry.subject, *inquiry.history]
        said += [str(value) for item in inquiry.items for value in item.settled.values()]
        contact = composer.contact
        self._said = numbers(" ".join(said)) | numbers(" ".join((contact.office, contact.phone, contact.address)))
        self._letter = _squeezed(" ".join((inquiry.text, *inquiry.history)))
        self._attributed = self._words("attributed")
        addressee = "|".join(map(re.escape, self._words("addressee")))
        self._addressee = re.compile(addressee, re.IGNORECASE)

    def _words(self, key: str) -> tuple[str, ...]:
        """A list of words among the templates of letters, in small letters."""
        lines = self._composer.reply.text(self._inquiry.language, key).split("\n")
        return tuple(line.strip().lower() for line in lines if line.strip())

    def marks(self, text: str) -> list[Mark]:
        """The sentences of a reply that are marked, in order; one sentence may be marked for several reasons."""
        found: list[Mark] = []
        for sentence in sentences_of_reply(text):
            wrong = self._marker_faults(sentence)
            if not wrong and _form(sentence) not in self._composed:
                wrong = list(self._faults(sentence))
            found += [Mark(sentence.start, sentence.end, reason, what) for reason, what in dict.fromkeys(wrong)]
        return found

    @cached_property
    def _composed(self) -> frozenset[tuple[str, tuple[int, ...]]]:
        return frozenset(_form(s) for s in sentences_of_reply(self._composer.compose(self._inquiry)))

    # --- the checks ---------------------------------------------------------------------------------------------------

    def _marker_faults(self, sentence: Sentence) -> list[tuple[Reason, str]]:
        found: list[tuple[Reason, str]] = []
        for n in sentence.marks:
            source = self._sources.get(n)
            if source is None:
                found.append(("no_such_marker", f"[{n}]"))
            elif not source.on:
                found.append(("source_off", f"[{n}]"))
            elif not self._stands(source.citation):
                found.append(("source_gone", f"[{n}]"))
        return found

    def _stands(self, citation: Citation) -> bool:
        document = self._documents.get(citation.policy_id)
        return document is not None and citation.quote in document.text

    def _faults(self, sentence: Sentence) -> Iterator[tuple[Reason, str]]:
        cited = [self._sources[n] for n in sentence.marks]
        yield from (("quote", quote) for quote in self._unliteral(sentence, cited))
        plain = _without_literal(sentence.words)
        amounts = self._amounts(plain)
        attributed = any(word in plain.lower() for word in self._attributed)
        if attributed and not cited:
            yield from (("number", said) for said in self._strange_numbers(plain, self._said))
            return
        if amounts and not cited:
            yield "no_source", amounts[0]
            return
        if cited:
            yield from self._money_faults(plain, cited)
            if "promise" in self._glossary.find_cues(plain):
                yield "promise", ""
        allowed = self._said.union(*(numbers(source_text(s.citation)) for s in cited), *map(self._computed, cited))
        yield from (("number", said) for said in self._strange_numbers(plain, allowed, apart=money(plain)))

    def _amounts(self, text: str) -> list[str]:
        return [q.text for q in _sums(text)] or [f"{v:,.0f}" for v in sorted(money(text))]

    def _money_faults(self, text: str, cited: Sequence[Source]) -> Iterator[tuple[Reason, str]]:
        """Amounts that no cited source states, and amounts that what was computed says otherwise."""
        stated = set[float]().union(*(money(source_text(s.citation)) for s in cited), *map(self._computed, cited))
        read = _sums(text)
        values = {value: f"{value:,.0f}" for value in money(text)}
        values |= {float(q.upper): q.text for q in read if q.upper is not None} | {float(q.value): q.text for q in read}
        strange = [said for value, said in values.items() if value not in stated]
        yield from (("amount", said) for said in dict.fromkeys(strange))
        if values and not strange and (what := self._contradicted(text, cited)):
            yield "contradicts", what

    def _contradicted(self, text: str, cited: Sequence[Source]) -> str:
        """What the computed answers of the cited sources say against the amounts of a sentence; empty for nothing."""
        faults: list[str | None] = []
        for item, check in self._checks:
            keys = [c.n for c in item.citations if source_of(cited, c)]
            if keys and any(row.yuan is not None for row in item.rewards):
                faults.append(check.amount_fault(self._addressee.sub(" ", text), keys))
        return self._figures_of(cited) if faults and None not in faults else ""

    def _figures_of(self, cited: Sequence[Source]) -> str:
        """The amounts that were computed from sources, for the person to compare."""
        found: list[str] = []
        for item in self._inquiry.items:
            for row in item.answer.rewards if item.answer else ():
                source = self._source_of_row(item.answer, row.citation)
                if row.yuan is not None and source in cited:
                    found += [f"{value:,}" for value in (row.yuan, row.total_yuan) if value is not None]
        return ", ".join(dict.fromkeys(found)) or "-"

    def _source_of_row(self, answer: Answer | None, n: int | None) -> Source | None:
        citation = next((c for c in answer.citations if c.n == n), None) if answer else None
        return source_of(self._inquiry.sources, citation) if citation else None

    def _computed(self, source: Source) -> set[float]:
        """The figures computed from a source, and the totals they are part of."""
        found: set[float] = set()
        for item in self._inquiry.items:
            if item.answer is None:
                continue
            rows = [r for r in item.answer.rewards if self._source_of_row(item.answer, r.citation) == source]
            found |= computed_figures(rows, item.answer.total_yuan if rows else None)
        return found

    def _unliteral(self, sentence: Sentence, cited: Sequence[Source]) -> Iterator[str]:
        """Quotes that stand neither in the sources, as far as the sentence names any, nor in the letter."""
        sources = cited or [source for source in self._sources.values() if source.on]
        held = [_squeezed(source_text(s.citation)) for s in sources] + [self._letter]
        for match in _QUOTED.finditer(sentence.words):
            quote = next(group for group in match.groups() if group)
            if not any(_squeezed(quote) in text for text in held):
                yield quote

    def _strange_numbers(self, text: str, allowed: set[float], apart: Iterable[float] = ()) -> Iterator[str]:
        """Numbers without a source; amounts are looked at apart."""
        amounts = {v for amount in apart for v in (amount, amount / 1e4, amount / 1e8)}
        for value in sorted(numbers(_OUTLINE.sub("", text)) - amounts):
            if not is_sourced(value, allowed):
                yield f"{value:g}"
        for quantity in find_quantities(text):
            in_words = quantity.kind in _COUNTED and not _DIGIT.search(quantity.text)
            if in_words and float(quantity.value) > _EVERYDAY and float(quantity.value) not in allowed:
                yield quantity.text

    @cached_property
    def _checks(self) -> list[tuple[Answer, SentenceCheck]]:
        """What holds amounts against what was computed, for each question's answer."""
        answers = [item.answer for item in self._inquiry.items if item.answer]
        return [(answer, self._check_of(answer)) for answer in answers]

    def _check_of(self, answer: Answer) -> SentenceCheck:
        evidence = [Evidence(c.policy_id, c.clause_id, c.start, c.end) for c in answer.citations]
        draft = unrendered(answer.answer, evidence)
        return SentenceCheck(answer, draft, self._documents, self._glossary, self._gazetteer, support=0.0)


def _sums(text: str) -> list[Quantity]:
    """The amounts of money of a text, in figures or in words."""
    return [q for q in find_quantities(text) if is_money(q)]


def _form(sentence: Sentence) -> tuple[str, tuple[int, ...]]:
    """What makes two sentences the same."""
    return "".join(sentence.words.split()), tuple(dict.fromkeys(sentence.marks))


def _without_literal(text: str) -> str:
    """A sentence without what it quotes: that is checked letter by letter."""
    return _QUOTED.sub(" ", text)


def _squeezed(text: str) -> str:
    return _NOT_WORDS.sub("", unicodedata.normalize("NFKC", text)).lower()
