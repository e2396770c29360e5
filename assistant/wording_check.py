"""Whether a sentence that a chat model wrote says only what the composed answer and its citations say.

A sentence may word things anew; it may not claim anything. Its amounts, figures, names and places must stand in what it
cites, each amount beside the level, place and bound it has there, and words that turn a claim (不, 最高, 须, 未知, 已失效)
must be those of the statement that it words. A sentence in doubt is dropped: the composed answer says it anyway.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property

from assistant.answer import Answer, Language, RewardRow
from assistant.draft import Draft, Line, render
from assistant.mentions import language_of
from assistant.verify import money, numbers
from knowledge.glossary import Glossary, SlotMatch, squeeze
from knowledge.model import Document
from knowledge.places import Gazetteer
from knowledge.quantities import Quantity, find_quantities

# Longer sentences say too much at once to be held against their sources.
_LONGEST: Mapping[Language, int] = {"zh": 300, "en": 700}
_MARKUP = re.compile(r"[<>`\\|{}]|!\[|\]\(|\w+://|www\.|^#|^\s*```|\[[^\]]*\]|［|【")
_HAN = re.compile(r"[\u3400-\u9fff]")
_LATIN = re.compile(r"[A-Za-z][A-Za-z0-9/.\-]*")
_WORD = re.compile(r"[a-z0-9]+(?:[.,'-][a-z0-9]+)*")
_TITLE = re.compile(r"《([^》]*)》")
_NUMERAL = re.compile(
    r"[零〇二两俩三仨四五六七八九十百千万亿廿卅壹贰叁肆伍陆柒捌玖拾佰仟]+|几|数[十百千万亿项个家]|第一|若干"
)
_EN_NUMERAL = re.compile(
    r"\b(?:two|three|four|five|six|seven|eight|nine|ten|eleven|twelve|\w+teen|twenty|thirty|forty|fifty|sixty|seventy|"
    r"eighty|ninety|hundreds?|thousands?|millions?|billions?|dozens?|first|second|third|fourth|fifth|sixth|seventh|"
    r"eighth|ninth|tenth|several|few|both|couple|pair)\b"
)
_RATE = re.compile(
    r"每[\u4e00-\u9fff]|年度|按年|按月|逐年|\b(?:annual|annually|yearly|monthly|weekly|daily|apiece|respectively)\b"
)
_PER = re.compile(
    r"\b(?:per|each|every)\s+(?:[\w-]+\s+){0,2}?([a-z]+?)s?\b(?=\s*(?:[^\s\w]|$|is\b|on\b|in\b|for\b|under\b|that\b|which\b))|"
    r"\ban?\s+(year|month|week|day|quarter|head|person)\b"
)
_CURRENCY = re.compile(
    r"美元|美金|欧元|英镑|日元|港元|港币|澳元|加元|韩元|卢布|比特币|[$€£₽₩฿]|\b(?:usd|eur|gbp|jpy|hkd|dollars?|euros?|pounds?)\b"
)
_BODY = re.compile(
    r"[\u4e00-\u9fff]{2}(?:局|厅|委|部门|委员会|办公室|办|财政|政府|法院|中心|协会|银行|机构|领导|热线|平台)"
)
_SEGMENT = re.compile(r"[，；;。!！?？：:\n]|(?<!\d)[,.](?!\d)|(?<=\d)[,.](?=\s|$)|(?<!\d)[,.](?=\d)")
_EMPHASIS = re.compile(r"\\([\\`*_#<>|~])|\*\*|__|(?<!\w)[*_](?=\S)|(?<=\S)[*_](?!\w)")
_OPENING = re.compile(r"^\s*(?:[>\-*•–·]\s*)+")
_COMMAS = str.maketrans("，；", "。。")
# The slots that tell one amount of a policy from another.
_PAIRING = ("level", "committee", "location", "role", "export", "applicant")
# Those that a sentence may only name where its sources do.
_NAMED = (*_PAIRING, "payer", "listing", "benefit")
# Claims that a sentence may only make where the very part of the statement that it words makes them …
_ASSERTING = frozenset(
    {"unmet", "refusal", "denial", "valid", "invalid", "confirmed", "stated"}
    | {"promise", "approximate", "fraction", "inference", "accomplished", "addition"}
)
# … or where the statement as a whole does.
_LIMITING = frozenset({"draft", "superseded", "up_to", "at_least", "only"})
# What holds a statement back and so must not be lost, from a close wording and from any.
_HOLDING_BACK = frozenset({"unmet", "invalid", "draft", "superseded", "up_to", "at_least", "only"})
_ALWAYS_HOLDING_BACK = frozenset({"unknown", "unstated", "distinction"})
_WARNING = frozenset({"unknown", "draft", "superseded", "invalid"})
_VALIDITY = frozenset({"valid", "invalid", "superseded", "draft"})
_NEGATIVE = frozenset({"negation", "denial", "unmet", "refusal", "unstated", "distinction"})
# How much of a segment must stand in a statement to be a wording of it, and to be a close one.
_ALIKE = 0.3
_CLOSE = 0.6
# Of the share of a sentence's words that must be sourced, what must be of each part of it.
_SHARE_OF_A_PART = 2 / 3
_CONDITIONS_LEFT_OUT = "it states an amount without saying that there are conditions"
# The longest run of words of which nothing stands in the sources: characters of Chinese, words of English.
_UNSUPPORTED_RUN: Mapping[Language, int] = {"zh": 6, "en": 3}


@dataclass(frozen=True)
class Statement:
    """A line of the composed answer in plain words.

    Attributes:
        line: the line.
        text: its words without markup.
        keys: the numbers of the citations it rests on, its own or those of the line before it that it belongs to.
    """

    line: Line
    text: str
    keys: frozenset[int]

    @property
    def quotes(self) -> bool:
        """Whether it shows a document's words rather than what the product makes of them."""
        return self.line.text.startswith(">")


@dataclass(frozen=True)
class _Unit:
    """A part of a statement or quote that a part of a sentence is held against."""

    part: str
    text: str
    grams: frozenset[str]
    cues: frozenset[str]
    whole: frozenset[str]
    stated: bool


@dataclass(frozen=True)
class _Amount:
    """An amount of money and the slot values it stands beside."""

    quantity: Quantity
    slots: Mapping[str, frozenset[str]]


def statements_of(draft: Draft) -> list[Statement]:
    """The lines of a draft as statements, with the numbers that `render` gives their evidence."""
    number = {evidence: n for n, evidence in enumerate(render(draft)[1], 1)}
    found: list[Statement] = []
    before: frozenset[int] = frozenset()
    for line in draft.lines:
        keys = frozenset(number[evidence] for evidence in line.evidence) or before
        text = plain_words(line.text)
        if text:
            found.append(Statement(line, text, keys))
        before = keys
    return found


def plain_words(text: str) -> str:
    """A line of markdown as its words alone."""
    words = " ".join(cell.strip() for cell in unmarked(text).split("|") if cell.strip(" -:"))
    return words.strip()


def unmarked(text: str) -> str:
    """A line of markdown without emphasis, escapes, and the mark of a list or quote before it."""
    return _OPENING.sub("", _EMPHASIS.sub(lambda match: match.group(1) or "", text)).strip()


class SentenceCheck:
    """Holds sentences against one composed answer.

    Args:
        answer: the composed answer as it is shown.
        draft: its lines.
        documents: the documents of the release.
        support: the share of a sentence's words that must stand in what it cites.
    """

    def __init__(
        self,
        answer: Answer,
        draft: Draft,
        documents: Mapping[str, Document],
        glossary: Glossary,
        gazetteer: Gazetteer,
        *,
        support: float,
    ) -> None:
        self.statements = statements_of(draft)
        self._answer = answer
        self._documents = documents
        self._glossary = glossary
        self._gazetteer = gazetteer
        self._support = support
        self._language: Language = answer.language
        self._quotes = {c.n: c.quote for c in answer.citations}
        self._about = {
            c.n: " ".join(str(v) for v in (*c.policy.model_dump().values(), *c.clause_path) if v)
            for c in answer.citations
        }

    def fault(self, text: str, keys: Iterable[int]) -> str | None:
        """Why a sentence must not be shown; null where it may.

        Args:
            text: its words, without markers.
            keys: the citations it names.
        """
        cited = frozenset(keys)
        if not cited or not cited <= self._quotes.keys():
            return "it cites nothing, or what is not there"
        checks: Sequence[Callable[[_Sentence], str | None]] = (
            self._form,
            self._names,
            self._figures,
            self._amounts,
            self._claims,
            self._conditions,
            self._words,
        )
        sentence = _Sentence(text, cited, self._glossary, [s for s in self.statements if s.keys & cited])
        return next((reason for check in checks if (reason := check(sentence))), None)

    def amount_fault(self, text: str, keys: Iterable[int]) -> str | None:
        """Why the amounts of a sentence are not what was computed for the case that it names; null where they are.

        Whether it also says that there are conditions is not asked: a letter says that once for all its sentences.
        """
        cited = frozenset(keys)
        sentence = _Sentence(text, cited, self._glossary, [s for s in self.statements if s.keys & cited])
        fault = self._amounts(sentence)
        return None if fault == _CONDITIONS_LEFT_OUT else fault

    def warns(self, statement: Statement) -> bool:
        """Whether a statement says that a policy may not hold, or not any more."""
        return bool(self._cues(statement.text) & _WARNING)

    def said_by(self, statement: Statement, sentences: Sequence[tuple[str, frozenset[int]]]) -> bool:
        """Whether sentences that passed say all that a statement says."""
        near = [text for text, keys in sentences if statement.keys & keys]
        keys = frozenset[int]().union(*(k for _, k in sentences if statement.keys & k)) if near else frozenset()
        own = frozenset(statement.keys)
        if not near or not own <= keys:
            return False
        text = "\n".join(near)
        said = {_value(q) for q in find_quantities(text)}
        if not {_value(q) for q in find_quantities(statement.text)} <= said:
            return False
        cues = self._cues(text)
        if not (self._cues(statement.text) - {"met", "valid"}) <= cues:
            return False
        slots = {(m.slot, m.value) for m in _slots(self._glossary, text)}
        wanted = {(m.slot, m.value) for m in _slots(self._glossary, statement.text) if m.slot in _PAIRING}
        if not wanted <= slots:
            return False
        grams = self._grams(statement.text)
        return bool(grams) and len(grams & self._grams(text)) >= _CLOSE * len(grams)

    # --- the checks ---------------------------------------------------------------------------------------------------

    def _form(self, sentence: _Sentence) -> str | None:
        text = sentence.text
        if len(text) > _LONGEST[self._language]:
            return "it is too long"
        if any(unicodedata.category(char) in ("Cc", "Cf", "Co", "Cs", "Cn", "Zl", "Zp") for char in text):
            return "it holds control characters"
        if _MARKUP.search(text):
            return "it holds markup or an address"
        if text.rstrip().endswith(("?", "？")):
            return "it asks"
        if "speaker" in sentence.cues:
            return "it speaks of itself"
        own_words = _TITLE.sub("", text)
        if not _HAN.search(own_words) and not _LATIN.search(own_words):
            return "it has no words"
        if language_of(own_words) != self._language:
            return "it is in another language than the question"
        return None

    def _names(self, sentence: _Sentence) -> str | None:
        support = _squeezed(self._sources(sentence))
        for title in _TITLE.findall(sentence.text):
            if not _squeezed(title) or _squeezed(title) not in support:
                return "it names a policy that it does not cite"
        own = _squeezed(sentence.text)
        cited = {c.policy_id for c in self._answer.citations if c.n in sentence.keys}
        for policy_id, document in self._documents.items():
            names = [name for name in (document.policy.title, document.policy.doc_no) if name]
            if policy_id not in cited and any(_squeezed(n) in own and _squeezed(n) not in support for n in names):
                return "it names a policy that it does not cite"
        places = {match.code for match in self._gazetteer.find(sentence.text)}
        if places - {match.code for match in self._gazetteer.find(self._sources(sentence))}:
            return "it names a place that its sources do not"
        if any(body not in support for body in _bodies(sentence.text)):
            return "it names a body that its sources do not"
        named = {(m.slot, m.value) for m in sentence.slots if m.slot in _NAMED}
        if named - {(m.slot, m.value) for m in _slots(self._glossary, self._sources(sentence))}:
            return "it names a case that its sources do not"
        known = set(_WORD.findall(self._sources(sentence).lower()))
        strange = (word.lower().strip(".") for word in self._proper(sentence.text))
        if any(part not in known for word in strange for part in _WORD.findall(word)):
            return "it holds a name or code that its sources do not"
        return None

    def _proper(self, text: str) -> Iterator[str]:
        """Latin words of a Chinese sentence; in an English one those that are written as names."""
        for match in _LATIN.finditer(text):
            word = match.group()
            first = not text[: match.start()].strip(" \"'“‘(")
            if self._language == "zh" or (word != "I" and any(c.isupper() for c in (word[1:] if first else word))):
                yield word

    def _figures(self, sentence: _Sentence) -> str | None:
        sources = self._sources(sentence)
        support = _squeezed(sources)
        sourced = [q for part in self._parts(sentence) for q in find_quantities(part)]
        values = {_value(q) for q in sourced}
        years = {str(q.value)[:4] for q in sourced if q.kind in ("year", "date")}
        rest = list(sentence.text)
        for quantity in sentence.quantities:
            rest[quantity.start : quantity.end] = " " * (quantity.end - quantity.start)
            if quantity.kind == "money" or (_value(quantity) in values and quantity.kind != "ordinal"):
                continue
            if quantity.kind == "ordinal" and _squeezed(quantity.text) in support:
                continue
            if quantity.kind == "year" and str(quantity.value) in years:
                continue
            if quantity.kind in ("count", "number") and self._counted(sentence, quantity):
                continue
            return f"the figure {quantity.text!r} has no source"
        left = "".join(rest)
        if numbers(left) - numbers(sources):
            return "a number has no source"
        for numeral in _NUMERAL.finditer(left):
            around = _squeezed(left[max(0, numeral.start() - 1) : numeral.end() + 1])
            if not any(part in support for part in (around, around[1:], around[:-1]) if len(part) > 1):
                return f"the numeral {numeral.group()!r} has no source"
        words = set(_WORD.findall(sources.lower()))
        if any(match.group() not in words for match in _EN_NUMERAL.finditer(left.lower())):
            return "a number in words has no source"
        rates = {_squeezed(m.group()) for m in _RATE.finditer(sentence.text.lower())}
        per = _per(sentence.text) - _per(sources)
        if per or any(rate not in support for rate in rates):
            return "it says per what, and its sources do not"
        return None

    def _counted(self, sentence: _Sentence, quantity: Quantity) -> bool:
        """Whether a count is the count of a computed row, of the same kind of thing where the sentence says of what."""
        rows = [row for row in self._answer.rewards if row.count == quantity.value]
        behind = [m for m in sentence.slots if m.slot == "level" and m.start >= quantity.end]
        named = behind[0].value if behind and behind[0].start - quantity.end <= 2 else None
        return any(named is None or ("level", named) in self._row_slots(row) for row in rows)

    def _amounts(self, sentence: _Sentence) -> str | None:
        said = [q for q in sentence.quantities if is_money(q)]
        if money(sentence.text) - {float(q.value) for q in said} or _CURRENCY.search(sentence.text.lower()):
            return "an amount of money is not one of the computed ones"
        if not said:
            return None
        computed = [amount for s in sentence.near if self._states_amounts(s) for amount in self._paired(s.text)]
        apart = len({_value(amount.quantity) for amount in computed}) > 1
        used: set[tuple[str, str]] = set()
        for amount in self._paired(sentence.text):
            slots = next((s for c in computed if (s := self._allowed(amount, c, apart=apart)) is not None), None)
            if slots is None:
                return f"the amount {amount.quantity.text!r} is not what is computed for this case"
            used |= slots
        if {(m.slot, m.value) for m in sentence.slots if m.slot in ("level", "committee", "location")} - used:
            return "it names a case beside an amount of another"
        held_back = any("conditional" in self._cues(s.text) for s in sentence.near if _shares_money(s.text, said))
        if held_back and "conditional" not in sentence.cues:
            return _CONDITIONS_LEFT_OUT
        return None

    def _states_amounts(self, statement: Statement) -> bool:
        """Whether amounts may be taken from a line: never from a document's words alone, only from what was computed."""
        listed = statement.line.text.startswith("-") and not self._answer.rewards
        return not statement.quotes and not listed

    def _paired(self, text: str) -> list[_Amount]:
        """The amounts of a text, each with the last value of each slot named before it, else the first one after it."""
        slots = [m for m in _slots(self._glossary, text) if m.slot in _PAIRING]
        found = []
        for quantity in find_quantities(text):
            if not is_money(quantity):
                continue
            beside: dict[str, frozenset[str]] = {}
            for slot in _PAIRING:
                before = [m for m in slots if m.slot == slot and m.end <= quantity.start]
                after = [m for m in slots if m.slot == slot and m.start >= quantity.end]
                near = max(before, key=_end) if before else min(after, key=_end) if after else None
                if near:
                    beside[slot] = frozenset({near.value})
            found.append(_Amount(quantity, beside))
        return found

    def _allowed(self, said: _Amount, computed: _Amount, *, apart: bool) -> set[tuple[str, str]] | None:
        """The slot values an amount may be said with; null where it is not this computed one."""
        if _value(said.quantity) != _value(computed.quantity):
            return None
        rows = [
            row
            for row in self._answer.rewards
            if float(said.quantity.value) in (row.yuan, row.yuan_min, row.total_yuan)
        ]
        if said.quantity.value == self._answer.total_yuan:
            rows = self._answer.rewards
        of_rows = set().union(*map(self._row_slots, rows)) if rows else set()
        of_line = {(slot, value) for slot, values in computed.slots.items() for value in values}
        named = {(slot, value) for slot, values in said.slots.items() for value in values}
        for slot, value in named:
            own = computed.slots.get(slot)
            if value not in (own or ()) and (own or (slot, value) not in of_rows):
                return None
        distinguishing = {pair for pair in of_line if pair[0] in ("level", "committee", "location")}
        if apart and said.quantity.value != self._answer.total_yuan and not distinguishing <= named:
            return None
        return of_line | of_rows

    def _row_slots(self, row: RewardRow) -> set[tuple[str, str]]:
        texts = [row.label, *(c.text for c in row.conditions if c.state != "unmet")] if row.yuan is not None else []
        return {(m.slot, m.value) for text in texts for m in _slots(self._glossary, text) if m.slot in _PAIRING}

    def _claims(self, sentence: _Sentence) -> str | None:
        """Words that turn a claim are those of the statement that each part of the sentence words."""
        stated = {s.text for s in sentence.near if not s.quotes}
        units = [unit for part in self._parts(sentence) for unit in self._units(part, stated=part in stated)]
        for segment in _segments(sentence.text):
            cues, grams = self._cues(segment), self._grams(segment)
            # A document's words on its own validity are not the finding on it.
            fit = [u for u in units if u.stated] if cues & _VALIDITY else units
            unit = max(fit, key=lambda u: len(grams & u.grams) / (len(grams) or 1), default=None)
            alike = len(grams & unit.grams) / len(grams) if unit and grams else 0.0
            if unit is None or alike < _ALIKE:
                if cues & (_ASSERTING | _NEGATIVE | _LIMITING | {"unknown"}):
                    return "it denies or asserts what no statement speaks of"
                continue
            if reason := self._turned(segment, unit, sentence, close=alike >= _CLOSE):
                return reason
        return None

    def _turned(self, segment: str, unit: _Unit, sentence: _Sentence, *, close: bool) -> str | None:
        """What a part of a sentence makes of the part of a statement that it words, if it changes it."""
        cues = self._cues(segment)
        if bool(cues & _NEGATIVE) != bool(unit.cues & _NEGATIVE):
            return "it turns a yes into a no, or a no into a yes"
        if new := (cues & _ASSERTING - unit.cues) | (cues & _LIMITING - unit.whole):
            return f"it claims {', '.join(sorted(new))}, and its source does not"
        if lost := unit.cues & (_ALWAYS_HOLDING_BACK | (_HOLDING_BACK if close else frozenset())) - cues:
            return f"it leaves out {', '.join(sorted(lost))}"
        if "valid" in cues and "unknown" in unit.whole and "unknown" not in sentence.cues:
            return "it leaves out that the validity is unknown"
        here, there = find_quantities(segment), find_quantities(unit.text)
        kinds = {q.kind for q in here} & {q.kind for q in there} - {"money"}
        if any({q.value for q in here if q.kind == k}.isdisjoint(q.value for q in there if q.kind == k) for k in kinds):
            return "it gives one thing the figure of another"
        named = {(m.slot, m.value) for m in _slots(self._glossary, segment) if m.slot in _PAIRING}
        known = {(m.slot, m.value) for m in _slots(self._glossary, unit.part)}
        if named - known.union(*map(self._row_slots, self._answer.rewards)):
            return "it says of one case what is said of another"
        return None

    def _conditions(self, sentence: _Sentence) -> str | None:
        """A condition is said to be met, or taken for granted of the asker, only where it is known to be."""
        conditions = [c for row in self._answer.rewards for c in row.conditions]
        held_back = {"conditional"} | _NEGATIVE
        for segment in _segments(sentence.text):
            cues, grams = self._cues(segment), self._grams(segment)
            if not cues & {"asker", "met"} or cues & held_back:
                continue
            named = [c for c in conditions if _overlap(self._grams(c.text), grams)]
            meant = named or ([] if sentence.cues & held_back else conditions)
            if any(c.state != "met" for c in meant):
                return "it takes a condition for met"
        return None

    def _words(self, sentence: _Sentence) -> str | None:
        """Most words stand in the sources, nearly as many of each part, and nowhere do many in a row not."""
        support = self._sources(sentence)
        known_of = self._known_zh if self._language == "zh" else self._known_en
        known = known_of(sentence.text, support)
        enough = bool(known) and sum(known) >= self._support * len(known)
        parts = [part for segment in _segments(sentence.text) if (part := known_of(segment, support))]
        enough = enough and all(sum(part) >= self._support * _SHARE_OF_A_PART * len(part) for part in parts)
        longest = max(len(run) for run in "".join("x" if here else " " for here in known).split("x"))
        if not enough or longest > _UNSUPPORTED_RUN[self._language]:
            return "too few of its words stand in what it cites"
        return None

    def _known_zh(self, text: str, support: str) -> list[bool]:
        words, source = _squeezed(text), _squeezed(support)
        words = re.sub(r"[^\w]", "", words)
        pairs = [words[i : i + 2] in source for i in range(len(words) - 1)]
        return [any(pairs[max(0, i - 1) : i + 1]) for i in range(len(words))]

    def _known_en(self, text: str, support: str) -> list[bool]:
        known = set(self._grams(support))
        words = _WORD.findall(self._glossary.content(text, "en"))
        return [_stem(word) in known for word in words]

    # --- what a sentence is held against ------------------------------------------------------------------------------

    def _parts(self, sentence: _Sentence) -> list[str]:
        """The statements and quotes behind a sentence, and what is known of the policies."""
        return [
            *(s.text for s in sentence.near),
            *(" ".join(self._quotes[n].split()) for n in sorted(sentence.keys)),
            *(self._about[n] for n in sorted(sentence.keys)),
        ]

    def _sources(self, sentence: _Sentence) -> str:
        return " ; ".join(self._parts(sentence))

    def _units(self, part: str, *, stated: bool) -> Iterator[_Unit]:
        whole = self._cues(part)
        for segment in _segments(part):
            yield _Unit(part, segment, self._grams(segment), self._cues(segment), whole, stated)

    def _cues(self, text: str) -> frozenset[str]:
        return self._glossary.find_cues(text)

    def _grams(self, text: str) -> frozenset[str]:
        """What two texts are compared by: pairs of characters in Chinese, word stems in English."""
        if self._language == "zh":
            words = re.sub(r"[^\w]", "", _squeezed(text))
            return frozenset(words[i : i + 2] for i in range(len(words) - 1))
        return frozenset(_stem(word) for word in _WORD.findall(self._glossary.content(text, "en")))


@dataclass(frozen=True)
class _Sentence:
    """A sentence with what is read of it."""

    text: str
    keys: frozenset[int]
    glossary: Glossary
    near: Sequence[Statement]

    @cached_property
    def quantities(self) -> list[Quantity]:
        return find_quantities(self.text)

    @cached_property
    def cues(self) -> frozenset[str]:
        return self.glossary.find_cues(self.text)

    @cached_property
    def slots(self) -> list[SlotMatch]:
        return _slots(self.glossary, self.text)


def _slots(glossary: Glossary, text: str) -> list[SlotMatch]:
    """The slot values of a text; a comma ends what is named together (市区企业，两项行业标准)."""
    return glossary.find_slots(text.translate(_COMMAS))


def _value(quantity: Quantity) -> tuple[object, ...]:
    """What makes two quantities the same: what is measured, how much, and as what kind of bound."""
    kind = "money" if is_money(quantity) else quantity.kind
    unit = "CNY" if kind == "money" and not quantity.unit else quantity.unit
    return kind, quantity.value, unit, quantity.bound, quantity.upper


def is_money(quantity: Quantity) -> bool:
    """Whether a quantity is held to the standard of money: 15万 with no unit nearly always is."""
    return quantity.kind == "money" or (
        quantity.kind == "number" and quantity.text.rstrip()[-1:] in ("万", "亿", "w", "W")
    )


def _per(text: str) -> set[str]:
    """What an English text counts by: standard of "per industry standard", year of "a year"."""
    return {match.group(1) or match.group(2) for match in _PER.finditer(text.lower())}


def _overlap(condition: frozenset[str], segment: frozenset[str]) -> bool:
    """Whether a part of a sentence speaks of a condition: they share half of the shorter one."""
    shorter = min(len(condition), len(segment))
    return shorter > 0 and 2 * len(condition & segment) >= shorter


def _shares_money(text: str, said: Sequence[Quantity]) -> bool:
    values = {q.value for q in said}
    return any(q.kind == "money" and q.value in values for q in find_quantities(text))


def _segments(text: str) -> list[str]:
    return [part.strip() for part in _SEGMENT.split(text) if part.strip()]


def _bodies(text: str) -> list[str]:
    return [_squeezed(match.group()) for match in _BODY.finditer(text)]


def _squeezed(text: str) -> str:
    return re.sub(r"[\s《》“”\"'‘’*]", "", squeeze(text).text)


def _stem(word: str) -> str:
    """A word cut to its beginning: enough to hold reward, rewards and rewarded together."""
    return word[:6]


def _end(match: SlotMatch) -> int:
    return match.end
