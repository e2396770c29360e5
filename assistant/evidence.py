"""Finds the sentences that answer a question of fact, and says how well they do.

A sentence answers when it holds enough of what the question is about, states the kind of thing that was asked for, and
breaks none of the question's constraints (year, code, quoted name). The right topic with the wrong year, or the right
number with the wrong unit, is no answer.
"""

from __future__ import annotations

import math
import re
from collections.abc import Callable, Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass, field, replace

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
# What nearness of meaning counts for beside shared words.
_NEARNESS = 0.5
# The logistic model of `features`, one weight for each: docs/decisions/0004-abstention.md.
CONFIDENCE_WEIGHTS, CONFIDENCE_CONSTANT = (1.1, 1.5, 0.45, 2.5, 0.9), -1.4
# What an enumeration counts for where a list is asked for.
_LISTED = 0.3
# A first sentence no longer than this is the run-in title of its clause.
_TITLE_LENGTH = 28
_MOST_FOLLOWING = 2
_CARRIES_ON = re.compile(r"(?:主要)?用于|其中|包括|具体(?:为|包括)|重点(?:是|包括)|即|分别|一是|也就是")
# The words of a document's title against its other words.
_TITLE_WEIGHT = 0.4
_ORGANISATION = re.compile(
    r"局|委|厅|部门|办公室|财政|小组|院|所|公司|协会|学会|中心|政府|企业|单位|机构|商会|组织|高校|联盟|会议"
)
_PERSON = re.compile(r"组长|领导|主任|省长|市长|主席|联系人|负责人|召集人|秘书长|专家|人员")
_PHONE = re.compile(r"\d{7,}|\d{3,4}-\d{7,8}")
_DOC_NUMBER = re.compile(r"〔\d{4}〕|\[\d{4}\]|号|gb/?t?\s*\d+|iso\s*\d+", re.IGNORECASE)


@dataclass(frozen=True)
class Unit:
    """A piece of what the question is about: any of its forms will do. `required` ones must stand in the sentence."""

    forms: tuple[str, ...]
    weight: float
    required: bool = False


@dataclass(frozen=True)
class _Forms:
    """How a question may put a word, and how documents write it."""

    asked: tuple[str, ...]
    written: tuple[str, ...]


@dataclass(frozen=True)
class Passage:
    """A sentence that may answer.

    Attributes:
        coverage: the weighted share of the question that the sentence and its context hold, 0 to 1.
        fits: whether it states the kind of thing asked for and keeps the constraints.
        focus: the part of the sentence that answers, as a range of the stored text.
        quantities: the quantities of the kind asked for, nearest first.
    """

    document: Document
    clause: Clause
    span: Span
    coverage: float
    own_coverage: float
    cosine: float
    score: float
    fits: bool
    focus: Span
    quantities: tuple[Quantity, ...] = field(default=(), repr=False)

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
        quoted = [match.group(1) for match in _QUOTED.finditer(question.query)]
        units = [Unit((name,), self._idf(name) * 1.5) for name in quoted]
        units += self._codes(text, question)
        text = _CODE.sub(" ", text) if question.language == "zh" else text
        units += self._words_zh(text) if question.language == "zh" else self._words_en(text)
        units += [Unit((normalize(place).text,), self._idf(place), required=True) for place in required_places]
        return tuple(dict.fromkeys(units))

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
            if question.language == "en" and code not in capitals:
                continue
            # TC is written 技术委员会 as well; AAAA is no other word for a certification.
            slots = [m for m in self._glossary.find_slots(code) if m.slot in ("committee", "level")]
            forms = (code, *(normalize(f).text for m in slots for f in self._glossary.written(m.slot, m.value)))
            known = self._frequency(code) > 0 or len(forms) > 1
            if known or question.language == "zh":
                yield Unit(forms, self._idf(code), required=known and len(code) > 1)

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
        for forms in self._known_words(text):
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
        units = self.units(question, required_places=required_places)
        if not units:
            return []
        found = [
            self._passage(question, units, hit, rank, sentence, cosine)
            for rank, hit in enumerate(hits)
            for sentence, cosine in zip(hit.clause.sentences, self._cosines(hit.clause, vector), strict=True)
        ]
        return _apart(sorted(found, key=lambda p: (-p.fits, -p.score, p.clause.clause_id, p.span.start)))

    def _passage(
        self, question: Question, units: Sequence[Unit], hit: Hit, rank: int, sentence: Span, cosine: float
    ) -> Passage:
        clause = hit.clause
        document = self._documents[clause.policy_id]
        sentence = _with_what_follows(document, clause, sentence)
        raw = document.text[sentence.start : sentence.end]
        own = normalize(raw).text
        around = normalize(" ".join((document.policy.title, *clause.path, clause.text))).text
        units = _without_title(units, normalize(document.policy.title).text)
        own_coverage = _coverage(units, own)
        coverage = max(own_coverage, _coverage(units, own, around))
        fitting, quantities = self._fitting(question, raw, own)
        fits = fitting and _keeps(units, own) and self._year_fits(question, document, clause, own)
        focus = _focus(units, raw, sentence, quantities)
        listing = "list" in {match.kind for match in question.answer_types}
        near = (cosine - _COSINE_FLOOR) / _COSINE_RANGE
        score = (
            coverage
            + 0.35 * own_coverage
            + 0.1 / (1 + rank)
            + _NEARNESS * near
            + _LISTED * listing * _enumerates(units, raw)
        )
        return Passage(
            document, clause, sentence, coverage, own_coverage, cosine, score, fits, focus, tuple(quantities)
        )

    def _idf(self, form: str) -> float:
        """How telling a word is: the inverse clause frequency of its rarest pair of characters."""
        pairs = [t for t in tokens(form) if len(t) > 1] or tokens(form) or [""]
        rarest = min((self._frequency(pair) for pair in pairs), default=0)
        return math.log(1 + (self._clauses + 1) / (rarest + 0.5))

    def _fitting(self, question: Question, raw: str, own: str) -> tuple[bool, list[Quantity]]:
        """Whether a sentence states what was asked for, and the quantities that do."""
        asked = [match for match in question.answer_types if match.cue not in _SOFT_COUNTS]
        kinds = {match.kind for match in asked}
        measures = {unit for match in asked for unit in match.measures}
        # 电话是多少 asks for a number, but not for a number of things.
        exact = {"phone", "doc_number"} & kinds
        wanted = None if exact else next((kind for kind in _QUANTITY_KINDS if kind in kinds), None)
        if wanted is None:
            return self._fitting_words(sorted(exact or kinds), own), []
        found = [q for q in find_quantities(raw) if q.kind in _QUANTITY_KINDS[wanted]]
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
            "place": lambda text: self._gazetteer.find(text) or _ORGANISATION.search(text),
        }
        asked = [checks[kind] for kind in kinds if kind in checks]
        return not asked or any(check(own) for check in asked)

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
            if part.group().count("、") >= 2
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
    if not passages or not passages[0].fits:
        return 0.0
    found = features(passages, question)
    weighted = sum(weight * value for weight, value in zip(CONFIDENCE_WEIGHTS, found, strict=True))
    return 1 / (1 + math.exp(-weighted - CONFIDENCE_CONSTANT))


def features(passages: Sequence[Passage], question: Question) -> tuple[float, float, float, float, float]:
    """What tells whether the first passage answers.

    Its coverage with and without its context, its nearness of meaning, its lead over the next different passage, and
    whether a quantity of the kind asked for was found.
    """
    best = passages[0]
    # Also over sentences that do not state the kind of thing asked for: a better one of those says that none is stated.
    others = [p.score for p in passages[1:] if p.text != best.text]
    lead = max(-0.5, min(best.score - max(others), 0.5)) if others else 0.5
    typed = bool(best.quantities) or any(match.kind == "phone" for match in question.answer_types)
    near = (best.cosine - _COSINE_FLOOR) / _COSINE_RANGE
    return best.coverage, best.own_coverage, near, lead, float(typed)


def _without_title(units: Sequence[Unit], title: str) -> list[Unit]:
    """The units with less weight on the words of the document's title: they name the document rather than a fact."""
    return [
        replace(unit, weight=unit.weight * _TITLE_WEIGHT) if any(form in title for form in unit.forms) else unit
        for unit in units
    ]


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


def _focus(units: Sequence[Unit], raw: str, sentence: Span, quantities: Sequence[Quantity]) -> Span:
    """The part of a sentence, between commas, that holds most of the question and, where one is asked for, a quantity."""
    best, best_score = sentence, -1.0
    for match in _SEGMENT.finditer(raw):
        own = normalize(match.group()).text
        has = any(match.start() <= q.start < match.end() for q in quantities)
        score = _coverage(units, own) + (1.0 if has else 0.0)
        if score > best_score + 1e-9:
            best, best_score = Span(sentence.start + match.start(), sentence.start + match.end()), score
    return best
