"""Finds the sentences that answer a question of fact, and says how well they do.

A sentence answers when it holds enough of what the question is about, states the kind of thing that was asked for, and
breaks none of the question's constraints (year, code, quoted name). The right topic with the wrong year, or the right
number with the wrong unit, is no answer.
"""

from __future__ import annotations

import math
import re
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import lru_cache
from typing import NamedTuple

import rjieba

from assistant.question import Question
from assistant.retriever import Hit
from knowledge.analyzer import tokens
from knowledge.glossary import Glossary
from knowledge.model import Clause, Document, Span
from knowledge.normalize import normalize
from knowledge.places import Gazetteer
from knowledge.quantities import Quantity, find_quantities
from knowledge.translation import Translations, stem

# What a clause's heading, document title or neighbouring sentence is worth against the sentence itself.
_CONTEXT_CREDIT = 0.5
# What a term is worth whose characters are there, but not as the term.
_PARTIAL_CREDIT = 0.6
_SEGMENT = re.compile(r"[^,，;；。！？!?]+[,，;；。！？!?]*")
_YEAR = re.compile(r"(?:19|20)\d\d\s*年?")
_CODE = re.compile(r"(?<![a-z0-9])(?=[a-z0-9/]*[a-z])[a-z0-9]+(?:[/.][a-z0-9]+)*(?![a-z0-9])")
_QUOTED = re.compile(r"[“\"‘「『《]([^”\"’」』》]{2,30})[”\"’」』》]")
_HAN = re.compile(r"[\u3400-\u9fff]")
_DIGIT = re.compile(r"\d")
_YEARLY = re.compile(r"年|\byear")
# Kinds of answer to which a figure in the question is what it is about: 85%是哪份文件提出的.
_ABOUT_A_FIGURE = frozenset({"body", "name", "doc_number", "place"})
# Kinds of answer that a sentence shows or does not: 电话是多少 asks for a number, but not for a number of things.
_EXACT_KINDS = frozenset({"phone", "doc_number", "basis", "person_name"})
_NUMBER_WORDS = dict(
    zip(("two", "three", "four", "five", "six", "seven", "eight", "nine", "ten"), "两三四五六七八九十", strict=True)
)
# What a number of things is counted in: 八大产业, 四位一体.
_MEASURES = "大个项种类位方家名条点"
_PLURAL_ASKED = re.compile(r"\b(?:which|what|list|name)\b(?: [\w-]+){0,3}? [\w-]+[^s\W]s\b")
# Verbs of goals; what was reached already is told with others.
_AIMING = re.compile(
    r"达到?|力争|争取|实现|建成|建设|创建|新建|新增|新设|培养|培育|引进|推动|完成|不少于|以上|不低于|制订|制定"
)
_EACH = re.compile(
    r"各(?:是|为|有|需|要|自|多少|几|给|达)|分别|\b(?:each|respectively|both)\b|\bhow (?:many|large|much)\b.*\band\b"
)
# Two things joined: without either of them a question for the other is left.
_TWO_ZH = re.compile(
    r"(?P<one>[^的,，、和与及在\s]{2,14})(?P<joint>和|与|及|以及)(?P<other>[^的,，、和与及\s]{2,14}?)(?=的|各|分别|需|要|是|有|为)"
)
_TWO_EN = re.compile(
    r"(?P<one>\b(?:how (?:many|much|large)|the|what)\b[^,?]*?)(?P<joint> and )(?P<other>(?:how (?:many|much|large)|the)\b[^,?]*?)"
    r"(?=\s(?:in|of|does|do|did|is|are|for|under|to|that|by|set)\b|[,?]|$)"
)
_LATIN = re.compile(r"[a-z][a-z'-]+")
_CAPITALS = re.compile(r"(?<![A-Za-z0-9])(?:[A-Z]{2,}|[A-Z]*\d+[A-Z]+)(?:/[A-Z0-9]+)*(?![a-z])")
# A document number names the document, not the fact: 粤府〔2010〕1号.
_DOC_NO = re.compile(r"[\u3400-\u9fff]{0,6}[〔\[]\d{4}[〕\]]\s*\d+\s*号")
# For each kind of answer that is a quantity, the kinds of quantity that give it; the first kind asked for decides.
_QUANTITY_KINDS = {
    "share": ("percent", "ratio"),
    "amount": ("money",),
    "count": ("count", "percent", "number"),
    "duration": ("duration", "date", "year"),
    "date": ("date", "year", "duration"),
}
_CUE_INTENTS = ("goal_or_figure", "definition", "list", "responsible_body", "comparison")
_CUE_WEIGHT = 0.3
# Words that name a count without asking for a number: 数量的目标是什么.
_SOFT_COUNTS = frozenset({"数量", "数目", "总数", "个数", "the number", "number of"})
# How much a word of a class tells about the question; classes not named (pronouns, particles, numbers) tell nothing.
_WORD_CLASSES = {
    "n": 1.0,
    "j": 1.0,
    "l": 1.0,
    "i": 1.0,
    "e": 1.0,
    "a": 0.8,
    "b": 0.8,
    "v": 0.6,
    "s": 0.5,
    "t": 0.3,
    "z": 0.5,
    "x": 0.5,
}
# The cosines of the default model lie between these for sentences with nothing and with everything in common.
_COSINE_FLOOR, _COSINE_RANGE = 0.78, 0.12
# A sentence that holds less of a question and is no nearer to it in meaning has nothing to do with it.
_RELATED_NEARNESS, _RELATED_SHARE = 0.85, 0.15
# What a part of a sentence counts for that shows an office, a place or a list where one is asked for.
_SHOWN = 0.6
_SHOWN_KINDS = frozenset({"body", "person", "place", "phone", "doc_number", "basis"})
# So many 、 make a list.
_ENUMERATED = 2
# A greater lead says no more.
_MOST_LEAD = 0.5
# The share of its pairs of characters that a sentence has in common with one that says the same.
_ALIKE = 0.8
# What a single character of a question counts beside a pair.
_CHARACTER = 0.5
# Beyond this a clause is no worse for being found later.
_LOWEST_STANDING = -6.0
# The logistic model of `features`, one weight for each: docs/decisions/0004-abstention.md.
CONFIDENCE_WEIGHTS, CONFIDENCE_CONSTANT = (0.88, 1.9, 4.2, 0.64), -1.69
# A first sentence no longer than this is the run-in title of its clause.
_TITLE_LENGTH = 28
_MOST_FOLLOWING = 2
_CARRIES_ON = re.compile(r"(?:主要)?用于|其中|包括|具体(?:为|包括)|重点(?:是|包括)|即|分别|一是|也就是")
# The words of a document's title against its other words.
_TITLE_WEIGHT = 0.4
_ORGANISATION = re.compile(
    r"局|委|厅|部门|办公室|财政|小组|院|所|公司|协会|学会|中心|政府|企业|单位|机构|商会|组织|高校|联盟|会议"
)
# Words for documents as such: 你有哪些政策 asks about no subject.
_DOCUMENT_WORDS = frozenset(
    {
        "政策",
        "文件",
        "城市",
        "地方",
        "地区",
        "省份",
        "知识库",
        "数据库",
        "资料库",
        "资料",
        "文档",
        "知道",
        "收录",
        "涵盖",
        "覆盖",
        "支持",
        "policy",
        "document",
    }
)
_PERSON = re.compile(r"组长|(?:分管|主要|主管)领导|主任|省长|市长|主席|联系人|负责人|召集人|秘书长|专家|人员")
_PERSON_NAME = re.compile(
    r"(?:联系人|负责人|组长|主任|局长|市长|省长|书记|同志)[:\s]*[\u4e00-\u9fff]{2,3}(?=[,;、)\s]|$)"
)
_BASIS = re.compile(r"(?:根据|依据|按照|依照|贯彻|落实).{0,120}?[《<〈]")
_PHONE = re.compile(r"\d{7,}|\d{3,4}-\d{7,8}")
_DOC_NUMBER = re.compile(r"〔\d{4}〕|\[\d{4}\]|号|gb/?t?\s*\d+|iso\s*\d+", re.IGNORECASE)


@dataclass(frozen=True)
class Unit:
    """A piece of what the question is about: any of its forms will do. `required` ones must stand in the sentence."""

    forms: tuple[str, ...]
    weight: float
    required: bool = False


class Signs(NamedTuple):
    """What speaks for a sentence.

    Attributes:
        coverage: the weighted share of the question's terms that the sentence and its context hold, 0 to 1.
        own_coverage: the share that the sentence itself holds.
        nearness: how near its meaning is, about 0 to 1.
        overlap: the weighted share of the question's characters and their pairs that the sentence holds.
        around: the same of its clause, headings and title.
        standing: how far its clause is behind the one that was found first, 0 or less.
        listed: how far it lists things beside the question's words, where a list is asked for.
        quantity: whether it states a quantity of the kind asked for, 0 or 1.
    """

    coverage: float
    own_coverage: float
    nearness: float
    overlap: float
    around: float
    standing: float
    listed: float
    quantity: float


# Fitted to put the sentence that answers first, on own and on invented policies: docs/decisions/0003-retrieval.md.
SCORE_WEIGHTS = Signs(0.25, 0.36, 0.49, 0.44, 0.12, 0.11, 0.11, 0.28)


@dataclass(frozen=True)
class _Asked:
    """What a question is compared with sentences by.

    Attributes:
        units: what it is about.
        terms: its characters and pairs with their weights.
        of_figure: whether it asks what a figure of its own is of.
    """

    question: Question
    units: tuple[Unit, ...]
    terms: Mapping[str, float]
    of_figure: bool

    def share(self, text: str) -> float:
        """The weighted share of the terms that a text holds."""
        total = sum(self.terms.values())
        held = _tokens_of(text)
        return sum(weight for term, weight in self.terms.items() if term in held) / total if total else 0.0


@dataclass(frozen=True)
class _Forms:
    """How a question may put a word, and how documents write it."""

    asked: tuple[str, ...]
    written: tuple[str, ...]


@dataclass(frozen=True)
class _Around:
    """What stands around the sentences of a clause, and what it is worth."""

    document: Document
    text: str
    share: float
    standing: float


@dataclass(frozen=True)
class Passage:
    """A sentence that may answer.

    Attributes:
        signs: what speaks for it.
        score: the weighted sum of the signs.
        fits: whether it states the kind of thing asked for and keeps the constraints.
        focus: the part of the sentence that answers, as a range of the stored text.
        quantities: the quantities of the kind asked for, nearest first.
    """

    document: Document
    clause: Clause
    span: Span
    signs: Signs
    score: float
    fits: bool
    focus: Span
    quantities: tuple[Quantity, ...] = field(default=(), repr=False)

    @property
    def own_coverage(self) -> float:
        """The weighted share of the question that the sentence itself holds, 0 to 1."""
        return self.signs.own_coverage

    @property
    def text(self) -> str:
        """The sentence, to the letter."""
        return self.document.text[self.span.start : self.span.end]


class EvidenceFinder:
    """Weighs sentences against a question.

    Args:
        documents: the documents of the release.
        frequency: in how many clauses a term of the analyzer stands.
        clauses: how many clauses there are.
        cosines: how near each sentence of a clause is to a query's vector.
        translations: English stems with the corpus's words for them.
    """

    def __init__(
        self,
        glossary: Glossary,
        gazetteer: Gazetteer,
        documents: dict[str, Document],
        frequency: Callable[[str], int],
        clauses: int,
        cosines: Callable[[Clause, Sequence[float]], list[float]],
        translations: Translations,
    ) -> None:
        self._glossary = glossary
        self._gazetteer = gazetteer
        self._documents = documents
        self._frequency = frequency
        self._clauses = clauses
        self._cosines = cosines
        self._translations = translations
        # Words that say what kind of thing is asked for; documents need not repeat them.
        self._cue_words = frozenset(
            normalize(cue).text for name in _CUE_INTENTS for cue in glossary.data.intents[name].zh
        )
        self._stopwords = frozenset(
            normalize(word).text for words in (glossary.data.stopwords.zh, glossary.data.stopwords.en) for word in words
        )

    def units(self, question: Question, *, required_places: Collection[str] = ()) -> tuple[Unit, ...]:
        """What the question is about, without its place, its years and its question words."""
        text = self._about(question, keep_places=bool(required_places))
        quoted = [match.group(1) for match in _QUOTED.finditer(question.query) if _HAN.search(match.group(1))]
        units = [Unit((name,), self._idf(name) * 1.5) for name in quoted]
        units += self._codes(text, question)
        units += self._figures(text, question)
        if question.language == "zh":
            # 可采标率 target: English words in a Chinese question are words, not codes.
            units += self._words_en(" ".join(_LATIN.findall(text)))
            units += self._words_zh(_CODE.sub(" ", text))
        else:
            units += self._words_en(text)
        units += [Unit((normalize(place).text,), self._idf(place), required=True) for place in required_places]
        return tuple(dict.fromkeys(units))

    def is_spoken_of(self, question: Question, *, off_topic: bool = True) -> bool:
        """Whether the documents say a word of the question that is neither a place nor a word for documents as such.

        Args:
            off_topic: the question sounds like none of the product's business: then every word that makes it sound so
                must be theirs, and it must be Chinese, because by way of a dictionary they speak of everything.
        """
        if off_topic:
            cues = [m.cue for m in self._glossary.find_intents(question.query) if m.intent == "out_of_scope"]
            if question.language == "en" or not all(map(self._is_held, cues)):
                return False
        if question.language == "en":
            terms = self._glossary.find_terms(self._about(question, keep_places=False))
            return any(not set(term.zh) & _DOCUMENT_WORDS for term in terms)
        return any(
            any(map(self._is_held, unit.forms))
            for unit in self.units(question)
            if not any(form in _DOCUMENT_WORDS for form in unit.forms)
        )

    def _is_held(self, words: str) -> bool:
        """Whether every character and pair of some words stands in the documents."""
        return all(self._frequency(term) for term in tokens(words))

    def _about(self, question: Question, *, keep_places: bool) -> str:
        """The question's words without place and year."""
        text = question.query
        for place in () if keep_places else question.places:
            text = text.replace(place.surface, " ")
        return _YEAR.sub(" ", _DOC_NO.sub(" ", text))

    def _codes(self, text: str, question: Question) -> Iterator[Unit]:
        """AAAA, 4K, TC/SC/WG: what a question turns on, so a sentence without them does not answer it."""
        # In an English question only what is written in capitals or holds a digit is a code.
        capitals = {word.lower() for word in _CAPITALS.findall(question.text)}
        for match in _CODE.finditer(text):
            code = match.group()
            if code not in capitals and (question.language == "en" or code.isalpha()):
                continue
            # TC is written 技术委员会 as well; AAAA is no other word for a certification.
            slots = [m for m in self._glossary.find_slots(code) if m.slot in ("committee", "level")]
            same = [f for m in slots for f in self._glossary.written(m.slot, m.value)]
            same += [f for term in self._glossary.find_terms(code) for f in term.zh if not slots]
            forms = (code, *(normalize(f).text for f in same))
            known = self._frequency(code) > 0 or len(forms) > 1
            if known or question.language == "zh":
                # A grade or a number of a standard that no document writes is asked for in vain.
                yield Unit(forms, self._idf(code), required=len(code) > 1 and (known or code in capitals))

    def _figures(self, text: str, question: Question) -> Iterator[Unit]:
        """Quantities that the question itself names: 98%, 1300个. Asked what they are of, the sentence must hold them."""
        kinds = {match.kind for match in question.answer_types}
        about_it = bool(kinds & _ABOUT_A_FIGURE or question.intents & {"definition", "metadata"})
        required = about_it and not kinds & set(_QUANTITY_KINDS)
        if "yes_no" in kinds:
            return  # whether it is that figure is asked; the sentence may well state another
        for quantity in find_quantities(text):
            if quantity.kind not in ("count", "percent", "money", "number") or not _DIGIT.search(quantity.text):
                continue
            surface = "".join(normalize(quantity.text).text.split())
            number = f"{quantity.value:g}"
            forms = tuple(dict.fromkeys([surface] if quantity.kind in ("percent", "money") else [surface, number]))
            yield Unit(forms, self._idf(number), required=required)

    def _words_zh(self, text: str) -> Iterator[Unit]:
        for word, tag in rjieba.tag(text):
            weight = _WORD_CLASSES.get(tag[:1], 0.0)
            if not weight or len(word) < 2 or word in self._stopwords:
                continue
            weight *= _CUE_WEIGHT if word in self._cue_words else 1.0
            forms = dict.fromkeys([word, *(normalize(f).text for t in self._glossary.find_terms(word) for f in t.zh)])
            yield Unit(tuple(forms), weight * self._idf(word))

    def _words_en(self, text: str) -> Iterator[Unit]:
        """Each domain term as documents write it; a word that nothing translates counts against every sentence."""
        rest = text
        for word, digit in _NUMBER_WORDS.items():
            if re.search(rf"\b{word}\b", rest):
                counted = tuple(f"{digit}{measure}" for measure in _MEASURES)
                yield Unit(counted, min(map(self._idf, counted)))
                rest = re.sub(rf"\b{word}\b", " ", rest)
        for forms in self._known_words(rest):
            here = [form for form in forms.asked if form in rest and form not in self._stopwords]
            if here and forms.written:
                yield Unit(forms.written, max(map(self._idf, forms.written)))
                for form in sorted(here, key=len, reverse=True):
                    rest = rest.replace(form, " ")
        for word in self._content_en(rest):
            if self._frequency(word):
                continue
            if translated := self._translations.get(stem(word)):
                yield Unit(tuple(translated), min(map(self._idf, translated)))
            else:
                # The corpus has no word for it; its share counts against every sentence.
                yield Unit((word,), self._idf("") * 0.4)

    def translated(self, text: str) -> list[str]:
        """The corpus's words for the ordinary words of an English question."""
        return [form for word in self._content_en(text) for form in self._translations.get(stem(word), ())[:3]]

    def _content_en(self, text: str) -> list[str]:
        """The words of an English question that say something, each once."""
        words = _LATIN.findall(self._glossary.content(text, "en"))
        return [word for word in dict.fromkeys(words) if len(word) > 2 and word not in self._stopwords]

    def _known_words(self, rest: str) -> list[_Forms]:
        """Domain terms and slot values in the question: how the asker may have put them, and how documents write them."""
        found = [
            _Forms(tuple(normalize(f).text for f in (*term.zh, *term.en)), tuple(normalize(f).text for f in term.zh))
            for term in self._glossary.find_terms(rest)
        ]
        for match in self._glossary.find_slots(rest):
            written = tuple(normalize(form).text for form in self._glossary.written(match.slot, match.value))
            found.append(_Forms((normalize(match.surface).text,), written))
        return found

    def passages(
        self,
        question: Question,
        hits: Sequence[Hit],
        vector: Sequence[float],
        *,
        required_places: Collection[str] = (),
    ) -> list[Passage]:
        """The sentences of the retrieved clauses, best first."""
        units, terms = self.units(question, required_places=required_places), self._question_terms(question)
        of_figure = any(unit.required for unit in self._figures(question.query, question))
        asked = _Asked(question, units, terms, of_figure)
        said = any(len(term) > 1 and not term.isdigit() for term in asked.terms)
        if not said and not any(unit.required for unit in asked.units):
            return []  # no word to go by: a number, a single character
        first = hits[0].score if hits else 0.0
        found = [passage for hit in hits for passage in self._of_hit(asked, hit, vector, hit.score - first)]
        return _apart(sorted(found, key=lambda p: (-p.fits, -p.score, p.clause.clause_id, p.span.start)))

    def _question_terms(self, question: Question) -> dict[str, float]:
        """The characters and pairs of the question without its place and its question words, each with its weight."""
        text = self._about(question, keep_places=False)
        if question.language == "zh":
            text = self._glossary.content(text, "zh")
        else:
            text = " ".join([*self._glossary.translate_terms(text), *self.translated(text)])
        return {term: self._rarity(term) * (1.0 if len(term) > 1 else _CHARACTER) for term in tokens(text)}

    def _of_hit(self, asked: _Asked, hit: Hit, vector: Sequence[float], standing: float) -> Iterator[Passage]:
        """The sentences of a clause, weighed."""
        document = self._documents[hit.clause.policy_id]
        title = _plain(document.policy.title)
        context = _plain(" ".join((title, *hit.clause.path, hit.clause.text)))
        asked = replace(asked, units=tuple(_without_title(asked.units, title)))
        around, standing = asked.share(context), max(standing, _LOWEST_STANDING)
        for sentence, cosine in zip(hit.clause.sentences, self._cosines(hit.clause, vector), strict=True):
            yield self._passage(asked, hit.clause, sentence, cosine, _Around(document, context, around, standing))

    def _passage(self, asked: _Asked, clause: Clause, sentence: Span, cosine: float, around: _Around) -> Passage:
        document, question, units = around.document, asked.question, asked.units
        sentence = _with_what_follows(document, clause, sentence)
        raw = document.text[sentence.start : sentence.end]
        own = _plain(raw)
        own_coverage = _coverage(units, own)
        fitting, quantities = self._fitting(asked, raw, own)
        listing = asks_for_list(question)
        signs = Signs(
            coverage=max(own_coverage, _coverage(units, own, around.text)),
            own_coverage=own_coverage,
            nearness=(cosine - _COSINE_FLOOR) / _COSINE_RANGE,
            overlap=asked.share(own),
            around=around.share,
            standing=around.standing,
            listed=_enumerates(units, raw) if listing else 0.0,
            quantity=float(bool(quantities)),
        )
        score = sum(weight * sign for weight, sign in zip(SCORE_WEIGHTS, signs, strict=True))
        fits = fitting and _keeps(units, own) and self._year_fits(question, document, clause, own)
        focus = _focus(units, raw, sentence, quantities, self._shows(question, listing=listing))
        return Passage(document, clause, sentence, signs, score, fits, focus, tuple(quantities))

    def _idf(self, form: str) -> float:
        """How telling a word is: the inverse clause frequency of its rarest pair of characters."""
        pairs = [t for t in tokens(form) if len(t) > 1] or tokens(form) or [""]
        return max(map(self._rarity, pairs))

    def _rarity(self, term: str) -> float:
        """The inverse clause frequency of a term of the analyzer."""
        return math.log(1 + (self._clauses + 1) / (self._frequency(term) + 0.5))

    def _fitting(self, asked: _Asked, raw: str, own: str) -> tuple[bool, list[Quantity]]:
        """Whether a sentence states what was asked for, and the quantities that do."""
        question = asked.question
        types = [m for m in question.answer_types if m.cue not in _SOFT_COUNTS and not m.cue.startswith("哪几")]
        kinds = {match.kind for match in types}
        measures = {unit for match in types for unit in match.measures}
        exact = _EXACT_KINDS & kinds
        wanted = None if exact else next((kind for kind in _QUANTITY_KINDS if kind in kinds), None)
        if wanted is None:
            return asked.of_figure or self._fitting_words(sorted(exact or kinds), own), []
        if wanted == "count" and not measures and any(_ends(question.query, match.end) for match in types):
            # 罚多少, 能贷多少: how much of anything; 多少研究生 asks for a number of something.
            found = list(_quantities_of(raw))
            return bool(found), found
        of_kind = _QUANTITY_KINDS[wanted]
        if wanted == "date" and any(_YEARLY.search(match.cue) for match in types if match.kind == "date"):
            of_kind = ("date", "year")
        found = [q for q in _quantities_of(raw) if q.kind in of_kind]
        if wanted == "count":
            measured = [q for q in found if not measures or q.unit in measures]
            found = measured or [q for q in found if q.kind == "count" and q.unit in "个项家名人"]
        return bool(found), found

    def _fitting_words(self, kinds: Sequence[str], own: str) -> bool:
        checks: dict[str, Callable[[str], object]] = {
            "body": _ORGANISATION.search,
            "person": _PERSON.search,
            "phone": _PHONE.search,
            "doc_number": _DOC_NUMBER.search,
            "basis": _BASIS.search,
            "person_name": _PERSON_NAME.search,
            "place": lambda text: self._gazetteer.find(text) or _ORGANISATION.search(text),
        }
        asked = [checks[kind] for kind in kinds if kind in checks]
        return not asked or any(check(own) for check in asked)

    def _shows(self, question: Question, *, listing: bool) -> Callable[[str], bool]:
        """Whether a part of a sentence shows what is asked for where that is no quantity: an office, a place, a list."""
        asked = {match.kind for match in question.answer_types} & _SHOWN_KINDS
        kinds = ["person"] if "person" in asked else sorted(asked)

        def shows(part: str) -> bool:
            listed = listing and part.count("、") >= _ENUMERATED
            return listed or (bool(kinds) and self._fitting_words(kinds, part))

        return shows

    def _year_fits(self, question: Question, document: Document, clause: Clause, own: str) -> bool:
        if not question.years or set(question.years) & set(known_years(document)):
            return True
        here = {
            int(q.value) if q.kind == "year" else int(str(int(q.value))[:4])
            for q in find_quantities(own)
            if q.kind in ("year", "date") and q.value >= 1900
        }
        if here:
            return any(min(here) <= year <= max(here) for year in question.years)
        around = set(policy_years(document)) | {
            int(y) for y in re.findall(r"(?:19|20)\d\d", " ".join((*clause.path, clause.text)))
        }
        return any(year in around for year in question.years)


def asks_for_list(question: Question) -> bool:
    """Whether a question asks for several things: 哪些领域, which three strategies."""
    listed = "list" in {match.kind for match in question.answer_types}
    return listed or (question.language == "en" and _PLURAL_ASKED.search(question.query) is not None)


def parts_of(question: Question) -> tuple[Question, ...]:
    """A question for two things of one kind as a question for each: 工作经费和奖励经费各是多少; none for any other."""
    if not _EACH.search(question.query) or len(question.places) > 1 or len(question.years) > 1:
        return ()
    match = _TWO_ZH.search(question.query) if question.language == "zh" else _TWO_EN.search(question.query)
    if match is None:
        return ()
    text = question.query
    alone = (
        text[: match.start("joint")] + text[match.end("other") :],
        text[: match.start("one")] + text[match.start("other") :],
    )
    return tuple(replace(question, query=part, text=part) for part in alone)


def known_years(document: Document) -> list[int]:
    """The years that name a policy: of its id, its number and its dates."""
    policy = document.policy
    years = [int(y) for y in re.findall(r"(?:19|20)\d\d", " ".join(filter(None, (policy.id, policy.doc_no))))]
    years += [day.year for day in (policy.signed, policy.posted, policy.effective) if day]
    return list(dict.fromkeys(years))


def policy_years(document: Document) -> list[int]:
    """All years of a policy: those that name it, those of its title and the ends of its goal period."""
    policy = document.policy
    years = [*known_years(document), *(int(y) for y in re.findall(r"(?:19|20)\d\d", policy.title))]
    if policy.goal_period:
        years += [day.year for day in (policy.goal_period.start, policy.goal_period.end) if day]
    return list(dict.fromkeys(years))


def _ends(text: str, at: int) -> bool:
    """Whether a text says nothing more from a position on."""
    return not re.sub(r"[\W呢啊呀吗吧]", "", text[at:])


def goal_sentences(document: Document) -> list[tuple[Clause, Span]]:
    """The sentences of a document that set a goal with a figure, in order: 建成…10个, 达到85%以上."""
    return [
        (clause, sentence)
        for clause in document.clauses
        for sentence in clause.sentences
        if _sets_goal(document.text[sentence.start : sentence.end])
    ]


def _sets_goal(text: str) -> bool:
    counted = [q for q in find_quantities(text) if q.kind in ("count", "percent") and _DIGIT.search(q.text)]
    return bool(counted) and _AIMING.search(text) is not None


def _apart(passages: Sequence[Passage]) -> list[Passage]:
    """The passages without those that overlap a better one."""
    kept: list[Passage] = []
    for passage in passages:
        beside = (other for other in kept if other.clause.clause_id == passage.clause.clause_id)
        if not any(other.span.start < passage.span.end and passage.span.start < other.span.end for other in beside):
            kept.append(passage)
    return kept


def _enumerates(units: Sequence[Unit], raw: str) -> float:
    """How far a sentence lists things beside the words of the question: 石油化工、汽车船舶…等八大特色产业."""
    return max(
        (
            _coverage(units, normalize(part.group()).text)
            for part in _SEGMENT.finditer(raw)
            if part.group().count("、") >= _ENUMERATED
        ),
        default=0.0,
    )


def _with_what_follows(document: Document, clause: Clause, sentence: Span) -> Span:
    """A sentence that needs the next one to say anything: a title in front of its text, or "第二阶段(2019年)。".

    Also a sentence whose next one only carries it on (用于…, 其中…).
    """
    at = clause.sentences.index(sentence)
    end = sentence.end
    for following in clause.sentences[at + 1 : at + 1 + _MOST_FOLLOWING]:
        words = document.text[following.start : following.end]
        is_title = sentence.end - sentence.start <= _TITLE_LENGTH and sentence.start == clause.sentences[0].start
        if not (is_title and end == sentence.end) and not _CARRIES_ON.match(words):
            break
        end = following.end
    return Span(sentence.start, end)


def confidence(passages: Sequence[Passage], question: Question) -> float:
    """How likely the first passage answers, between 0 and 1.

    A logistic model of `features`, fitted on the training part of the evaluation set (docs/decisions/0004-abstention.md).
    """
    if not passages or not passages[0].fits or not _is_related(passages[0].signs):
        return 0.0
    found = features(passages, question)
    weighted = sum(weight * value for weight, value in zip(CONFIDENCE_WEIGHTS, found, strict=True))
    return 1 / (1 + math.exp(-weighted - CONFIDENCE_CONSTANT))


def _is_related(signs: Signs) -> bool:
    """Whether a sentence has anything to do with a question: some of its words, or nearly its meaning."""
    return signs.nearness >= _RELATED_NEARNESS or max(signs.own_coverage, signs.overlap) >= _RELATED_SHARE


class Features(NamedTuple):
    """What tells whether the first passage answers.

    Its own share of the question by terms and by characters, its lead over the next sentence that says something else,
    and whether it shows what is asked for: a quantity of that kind, a telephone number.
    """

    own_coverage: float
    overlap: float
    lead: float
    shown: float


def features(passages: Sequence[Passage], question: Question) -> Features:
    """The features of the first passage."""
    best = passages[0]
    # Also over sentences that do not state the kind of thing asked for: a better one of those says that none is stated.
    # Another city's sentence with another number says that the question is answered, not that it is not.
    others = [p.score for p in passages[1:] if not _alike(p, best)]
    lead = max(-_MOST_LEAD, min(best.score - max(others), _MOST_LEAD)) if others else _MOST_LEAD
    shown = bool(best.quantities) or any(match.kind in _EXACT_KINDS for match in question.answer_types)
    return Features(best.signs.own_coverage, best.signs.overlap, lead, float(shown))


def _alike(one: Passage, other: Passage) -> bool:
    """Whether two sentences say the same, but for a number or a name."""
    first, second = (_pairs(passage.text) for passage in (one, other))
    return len(first & second) >= _ALIKE * min(len(first), len(second))


def _pairs(text: str) -> set[str]:
    plain = re.sub(r"[\d\W]", "", text)
    return {plain[i : i + 2] for i in range(len(plain) - 1)}


def _without_title(units: Sequence[Unit], title: str) -> list[Unit]:
    """The units with less weight on the words of the document's title: they name the document rather than a fact."""
    return [
        replace(unit, weight=unit.weight * _TITLE_WEIGHT) if any(form in title for form in unit.forms) else unit
        for unit in units
    ]


@lru_cache(maxsize=20_000)
def _plain(text: str) -> str:
    """A text as words are compared. The same sentences are weighed for many questions."""
    return normalize(text).text


@lru_cache(maxsize=2_000)
def _tokens_of(text: str) -> frozenset[str]:
    return frozenset(tokens(text))


@lru_cache(maxsize=10_000)
def _quantities_of(text: str) -> tuple[Quantity, ...]:
    return tuple(find_quantities(text))


def _coverage(units: Sequence[Unit], own: str, around: str = "") -> float:
    total = sum(unit.weight for unit in units)
    if not total:
        return 0.0
    got = sum(
        unit.weight * max(_credit(unit, own), _CONTEXT_CREDIT * _credit(unit, around) if around else 0.0)
        for unit in units
    )
    return got / total


def _credit(unit: Unit, text: str) -> float:
    """1 where a form stands in the text as it is; less where only its characters do."""
    if any(_stands(form, text) for form in unit.forms):
        return 1.0
    best = 0.0
    for form in unit.forms:
        pairs = [form[i : i + 2] for i in range(len(form) - 1)]
        if len(pairs) > 1:
            best = max(best, sum(pair in text for pair in pairs) / len(pairs))
    return best * _PARTIAL_CREDIT


def _keeps(units: Iterable[Unit], own: str) -> bool:
    return all(any(_stands(form, own) for form in unit.forms) for unit in units if unit.required)


def _stands(form: str, text: str) -> bool:
    """Whether a form stands in a text; a code as a whole, so that AAA is not found in AAAA."""
    if form not in text:
        return False
    return not form.isascii() or re.search(rf"(?<![a-z0-9]){re.escape(form)}(?![a-z0-9])", text) is not None


def _focus(
    units: Sequence[Unit], raw: str, sentence: Span, quantities: Sequence[Quantity], shows: Callable[[str], bool]
) -> Span:
    """The part of a sentence, between commas, that holds most of the question and shows what is asked for."""
    best, best_score = sentence, -1.0
    for match in _SEGMENT.finditer(raw):
        own = _plain(match.group())
        has = any(match.start() <= q.start < match.end() for q in quantities)
        score = _coverage(units, own) + (1.0 if has else _SHOWN if shows(own) else 0.0)
        if score > best_score + 1e-9:
            best, best_score = Span(sentence.start + match.start(), sentence.start + match.end()), score
    return best
