"""What a document says about itself, proposed for its entry in the manifest, each value with the words it is read from.

Nothing here is believed: a person confirms the values in the manifest. A value that the document only hints at (自发布之日起
施行, where no date of publication is printed) is proposed without one, so that the person sees what to look for.
"""

from __future__ import annotations

import json
import re
from calendar import monthrange
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from functools import cached_property, lru_cache
from itertools import pairwise
from pathlib import Path
from typing import Literal

from rapidfuzz.fuzz import ratio

from knowledge.datafile import DataFile
from knowledge.kept import Kept
from knowledge.metadata import (
    CN_DATE,
    DATE,
    DOC_NO,
    find_date,
    find_references,
    leader,
    plain_number,
    propose_place,
    title_span,
    title_words,
)
from knowledge.model import Document, Frozen, Place, Policy, PolicyStatus, Span
from knowledge.normalize import align
from knowledge.numerals import small_number
from knowledge.outline import load_lexicon
from knowledge.places import Gazetteer
from knowledge.prose import is_signed_line, spaced
from knowledge.rule_schema import Text
from knowledge.sentences import END_MARKS

PROPOSALS_FILE = Path(__file__).with_name("proposals.yaml")

Field = Literal[
    "title",
    "issuer",
    "place",
    "doc_no",
    "signed",
    "posted",
    "effective",
    "expires",
    "status",
    "goal_period",
    "contact",
    "supersedes",
    "superseded_by",
    "repeals",
    "transition",
    "reference",
]
_DATED: tuple[Field, ...] = ("signed", "posted", "effective", "expires")
# Characters from the start in which a document's own number stands, and around a date in which its signer does.
_HEAD = 1200
_LONGEST_SIGNER = 40
_LONGEST_LABELLED = 60
# Titles this like, in percent of their characters, and with the same subjects, are of two versions of one document. Of 20
# invented pairs, versions (another year, 试行 dropped, 若干 for 十条) are at 80 and above, different documents of one city that
# have one subject at 75 and below; those of two subjects (专利 for 标准化) reach 84.
_ALIKE = 78
_SHORTEST_TITLE = 6

_ANY_DATE = rf"(?:{DATE.pattern}|{CN_DATE.pattern})"
_BARE_DATE = re.sub(r"\(\?P<[a-z]>", "(?:", _ANY_DATE)
_NUMBER = r"(?:\d{1,3}|[一二两三四五六七八九十]{1,3})"
_TITLED = re.compile(r"《(?P<title>[^《》]*(?:《[^《》]*》[^《》]*)*)》(?:\s*\((?P<note>[^()]{0,60})\))?")
_TRANSITION = re.compile(
    r"(?:以前|之前|之日前|[日月年行布]前).{0,60}(?:仍|继续|按照?|依照?|参照|适用).{0,20}(?:原|旧|此前|当时|之前|过去)"
    r"|(?:原|旧)(?:办法|政策|规定|意见|文件|标准).{0,20}(?:继续|仍然?)(?:执行|有效|适用)"
    r"|(?:\d{4}年.{0,8}|[施实执]行|[印颁]?发|公?布|之|以)前(?:已|已经)?[\u4e00-\u9fff]{1,12}的.{0,30}?(?:按照?|依照?|适用)《"
)
# A notice that carries another document, whose title it names.
_ANNOUNCES = re.compile(
    r"(?:印发|发布|公布|下发|征求|征集)[^《》]{0,12}《(?P<title>[^《》]*(?:《[^《》]*》[^《》]*)*)》"
)
_YEARS = re.compile(r"\(?\d{4}\s*(?:[-—–~至]\s*\d{4})?\s*年?(?:度|版)?\)?")
_WRAPPING = re.compile(
    r"^.*?(?:关于)?(?:印发|发布|公布|转发|修订|修改)?《|》.*$|^.{0,30}?关于(?:印发|发布|公布|转发)?|的通知$"
)
_TITLED_YEARS = re.compile(r"(?P<start>20\d\d)\s*年?\s*[-—–~至到]+\s*(?P<end>20\d\d)\s*年?")
_AIMED_YEAR = re.compile(
    r"(?:[从自](?P<start>20\d\d)年)?(?<![期行日限止])到(?P<end>20\d\d)年(?:底|末|年底)?(?=[,，、:：])"
)
_TELEPHONE = r"(?<!\d)(?:0\d{2,3}[-—– ]?\d{7,8}|1\d{10}|400[-—– ]?\d{3}[-—– ]?\d{4}|12345|\d{7,8})(?!\d)"
_HALF_WIDTH = str.maketrans("０１２３４５６７８９", "0123456789")
# The number of an order or announcement, which has no year in brackets.
_ORDER_NO = re.compile(
    r"[\u4e00-\u9fff]{2,30}(?:令|公告|通告)\s*(?:\(\s*)?(?:[12]\d{3}\s*年\s*)?第?\s*"
    r"(?:\d{1,4}|[〇零一二三四五六七八九十百]{1,6})\s*号(?:\s*\))?"
)
# How far behind such a number the document is named that it brings.
_ORDERED = 200
# What stands beside a title to say that the document is none any more.
_ENDED = r"[(\[【〔]\s*(?:本|该)?(?:文件?|办法|政策)?\s*(?:现)?(?P<word>{words})\s*[)\]】〕]"
_EDITION = re.compile(r"\((?:[^()]{0,4}(?:试行|暂行|修订|修正)[^()]{0,4})\)|试行|暂行|修订(?:版)?")


class Words(Frozen):
    """What `proposals.yaml` holds."""

    labels: Mapping[str, tuple[str, ...]]
    statuses: Mapping[PolicyStatus, tuple[str, ...]]
    drafts: tuple[str, ...]
    begins: tuple[str, ...]
    signing: tuple[str, ...]
    posting: tuple[str, ...]
    repealing: tuple[str, ...]
    terms: tuple[str, ...]
    own_terms: tuple[str, ...]
    announcing: tuple[str, ...]
    asking: tuple[str, ...]
    complaining: tuple[str, ...]
    subjects: tuple[str, ...]
    selves: tuple[str, ...]
    others: tuple[str, ...]
    bodies: tuple[str, ...]


@lru_cache(maxsize=1)
def load_words(path: Path = PROPOSALS_FILE) -> Words:
    """The words in the file at `path`.

    Raises:
        DataFileError: the file is not YAML, lacks a key, or has one too many.
    """
    file = DataFile(path)
    return file.parse(Words, file.content)


class Proposal(Frozen):
    """A value for a key of the manifest and the words it is read from: `quote` is `text[start:end]`.

    `value` is text (a date as 2024-01-31, a period as 2021-01-01..2025-12-31, an unknown end left out), or the place's keys;
    null where the document has the words and not the value.
    `note` says how the value follows where the quote alone does not show it. `repeals`, `transition` and `reference`
    are no keys of the manifest: they tell the person what to look at.
    """

    field: Field
    value: str | Place | None
    start: int
    end: int
    quote: str
    note: Text | None = None


def propose(document: Document, gazetteer: Gazetteer | None = None, known: Iterable[Policy] = ()) -> list[Proposal]:
    """What the document says about itself, the surest value of each field first.

    Args:
        document: the document; what its policy says already is not looked at, but for its id.
        gazetteer: finds the place; by default the project's own.
        known: policies of the corpus, among which older and newer versions are looked for.
    """
    return _Reader(document, gazetteer or Gazetteer.load()).read([p for p in known if p.id != document.policy.id])


def proposed_entry(policy: Policy, proposals: Sequence[Proposal]) -> Policy:
    """The policy with the first value proposed for each of its keys; `status_basis` is the quote of the status."""
    first: dict[str, Proposal] = {}
    for proposal in proposals:
        if proposal.value is not None:
            first.setdefault(proposal.field, proposal)
    values: dict[str, object] = {
        field: first[field].value for field in ("title", "issuer", "place", "doc_no", "contact") if field in first
    }
    values |= {field: date.fromisoformat(str(first[field].value)) for field in _DATED if field in first}
    if "goal_period" in first:
        start, _, end = str(first["goal_period"].value).partition("..")
        values["goal_period"] = {"start": start or None, "end": end or None}
    if "status" in first:
        values |= {"status": first["status"].value, "status_basis": first["status"].quote}
    values["supersedes"] = tuple(dict.fromkeys(str(p.value) for p in proposals if p.field == "supersedes"))
    values["superseded_by"] = str(first["superseded_by"].value) if "superseded_by" in first else None
    return Policy.model_validate({**policy.model_dump(), **values})


def entry_text(entry: Policy, proposals: Sequence[Proposal], notes: Sequence[str] = ()) -> str:
    """The entry in YAML for `policies.yaml`, with the evidence as comments, to be confirmed line by line."""
    lines = ["# Proposed from the document's own words: confirm each value, then take the comments out."]
    lines += [f"# {note}" for note in notes]
    values = entry.model_dump(mode="json", exclude={"references"})
    for index, (key, value) in enumerate(values.items()):
        for proposal in proposals:
            if proposal.field == key:
                lines.append(f"    # {_evidence(proposal)}")
        written = json.dumps(value, ensure_ascii=False)
        lines.append(f"{'  - ' if index == 0 else '    '}{key}: {written}")
    others = [proposal for proposal in proposals if proposal.field not in values]
    lines += [f"    # {proposal.field}: {_evidence(proposal)}" for proposal in others]
    return "\n".join(lines)


def _evidence(proposal: Proposal) -> str:
    value = proposal.value.name if isinstance(proposal.value, Place) else proposal.value
    note = f" ({proposal.note.en})" if proposal.note else ""
    quote = " ".join(proposal.quote.split())
    return f"{value or '?'}{note} <- {proposal.start}-{proposal.end} “{quote}”"


def _in_half_width(number: str) -> str:
    return number.translate(_HALF_WIDTH)


@dataclass(frozen=True, slots=True)
class _Find:
    """A value and the range of the kept text it is read from."""

    value: str
    span: Span
    note: Text | None = None


_NO_BASE = Text(zh="文中没有起算的日期，请查实", en="the day it counts from is not in the text; look it up")
_NO_START = Text(zh="不知道施行日期，请从施行日期起算", en="the day it came into force is not known; count from it")
_BASES = {"posted": "发布日期", "signed": "成文日期"}


def _counted_from(base: str, day: str) -> Text:
    return Text(zh=f"从{_BASES[base]} {day} 起算", en=f"counted from `{base}` {day}")


def _last_day(effective: str) -> Text:
    return Text(
        zh=f"从施行日期 {effective} 起算，这是最后一天", en=f"counted from `effective` {effective}, its last day"
    )


class _Reader:
    def __init__(self, document: Document, gazetteer: Gazetteer) -> None:
        self._document, self._gazetteer = document, gazetteer
        self._kept = Kept.of(document.text, [d for d in document.dropped if d.reason != "blank"])
        self._plain = self._kept.plain
        self._words = load_words()

    def read(self, known: Sequence[Policy]) -> list[Proposal]:
        found: list[tuple[Field, _Find]] = []
        readers: tuple[tuple[Field, Iterator[_Find]], ...] = (
            ("title", self._titles()),
            ("issuer", self._issuers()),
            ("doc_no", self._numbers()),
            ("signed", self._signed()),
            ("posted", self._labelled_dates("posted")),
        )
        for field, finds in readers:
            found += [(field, find) for find in _distinct(finds)]
        dates: dict[str, str] = {field: find.value for field, find in reversed(found)}
        effective = list(_distinct(self._effective(dates)))
        dated = [find for find in effective if find.value]
        expires = _distinct(self._expires(dated[0].value if dated else ""))
        found += [("effective", find) for find in effective]
        found += [("expires", find) for find in expires]
        found += [("status", find) for find in _distinct(self._statuses())]
        found += [("goal_period", find) for find in self._goal_periods()]
        found += [("contact", find) for find in _distinct(self._contacts())]
        proposals = [self._proposal(field, find) for field, find in found]
        proposals[1:1] = self._places(proposals)
        repeals = [self._proposal("repeals", find) for find in self._repeals()]
        proposals += repeals
        proposals += [self._proposal("transition", find) for find in self._transitions()]
        proposals += self._references(proposals)
        return [*proposals, *self._succession(proposals, known)]

    # --- evidence

    def _proposal(self, field: Field, find: _Find) -> Proposal:
        start, end = self._kept.stored(find.span)
        quote = self._document.text[start:end]
        return Proposal(field=field, value=find.value or None, start=start, end=end, quote=quote, note=find.note)

    @cached_property
    def _sentences(self) -> list[Span]:
        bounds = [0, *self._kept.sentence_ends, len(self._plain)]
        spans = (self._kept.trimmed(start, end) for start, end in pairwise(bounds))
        return [span for span in spans if span.start < span.end]

    def _sentence_at(self, at: int) -> Span:
        return next((span for span in self._sentences if span.start <= at < span.end), Span(at, at + 1))

    def _labelled(self, field: str) -> Iterator[Span]:
        """Where the values behind the labels of a field stand: to the end of the line or the next label."""
        # A short label may be the end of another word (单位名称); a long one may follow a title without a line end.
        names = sorted(self._words.labels[field], key=len, reverse=True)
        labels = "|".join(spaced(n) if len(n) > 2 else rf"(?<![\u4e00-\u9fff]){spaced(n)}" for n in names)
        everything = "|".join(spaced(label) for labels in self._words.labels.values() for label in labels)
        pattern = re.compile(rf"[【\[]?\s*(?:{labels})\s*[】\]]?\s*[:：][ \t]*")
        following = re.compile(rf"[\r\n]|[【\[]?\s*(?:{everything})\s*[】\]]?\s*[:：]|[━─═]|\s{{2,}}")
        for match in pattern.finditer(self._plain):
            limit = min(len(self._plain), match.end() + _LONGEST_LABELLED)
            stop = following.search(self._plain, match.end(), limit)
            span = self._kept.trimmed(match.end(), stop.start() if stop else limit)
            if span.start < span.end:
                yield span
        yield from self._below(names)

    def _below(self, names: Sequence[str]) -> Iterator[Span]:
        """The lines below those that are a label and nothing else, as a copied table has them, but no other label."""
        every = {label for labels in self._words.labels.values() for label in labels} | set(
            load_lexicon().metadata.labels
        )
        lines = [Span(*match.span()) for match in re.finditer(r"[^\r\n]*\S[^\r\n]*", self._plain[:_HEAD])]
        for label, value in pairwise(lines):
            said, below = ("".join(self._plain[slice(*span)].split()).rstrip(":") for span in (label, value))
            if said in names and below not in every:
                yield self._kept.trimmed(*value)

    # --- fields

    def _titles(self) -> Iterator[_Find]:
        for span in self._labelled("title"):
            yield _Find(self._kept.text[slice(*span)], span)
        span = title_span(self._kept)
        if span.start == span.end:
            return
        if announced := _ANNOUNCES.search(self._plain, *span):
            yield self._announced(Span(*announced.span("title")))
        elif (order := _ORDER_NO.match(self._plain, span.start)) and (
            ordered := _TITLED.search(self._plain, order.end(), order.end() + _ORDERED)
        ):
            yield self._announced(Span(*ordered.span("title")))
        yield _Find(title_words(self._kept, span), span)

    def _announced(self, named: Span) -> _Find:
        """The title of the document that a notice carries: as it stands above the document, or as the notice names it."""
        words = self._plain[slice(*named)]
        suffixes = "|".join(map(re.escape, load_lexicon().title_suffixes))
        above = re.compile(rf"{re.escape(words)}(?:\((?:{suffixes})\))").search(self._plain, named.end)
        span = Span(*above.span()) if above else named
        return _Find(
            self._kept.text[slice(*span)], span, Text(zh="通知所印发的文件", en="the document that the notice carries")
        )

    def _issuers(self) -> Iterator[_Find]:
        for span in self._labelled("issuer"):
            dated = re.compile(_BARE_DATE).search(self._plain, *span)
            span = self._kept.trimmed(span.start, dated.start() if dated else span.end)
            if self._plain[slice(*span)].endswith("文件"):
                span = Span(span.start, span.end - 2)
            if span.start < span.end:
                yield _Find(self._kept.text[slice(*span)], span)
        for signer, _ in self._signatures():
            if signer.start < signer.end:
                yield _Find("、".join(self._kept.text[slice(*signer)].split()), signer)
        title = title_span(self._kept)
        named = re.compile(
            rf"[\u4e00-\u9fff、 ]{{0,36}}?(?:{self._bodies})(?=(?:等.{{1,6}})?\s*(?:关于|印发|转发|批转))"
        ).match(self._plain, *title)
        if named:
            yield _Find("、".join(self._kept.text[slice(*named.span())].split()), Span(*named.span()))

    @cached_property
    def _bodies(self) -> str:
        return "|".join(sorted(map(re.escape, self._words.bodies), key=len, reverse=True))

    def _signatures(self) -> Iterator[tuple[Span, Span]]:
        """The signers, perhaps an empty range, and the dates of signatures; those with a signer first."""
        named, bare = [], []
        for match in re.compile(_BARE_DATE).finditer(self._plain):
            line = self._line_around(match.start())
            is_line = is_signed_line(self._plain[slice(*line)].strip())
            is_official = CN_DATE.fullmatch(match.group()) is not None
            if not (is_line or is_official):
                continue
            signer = self._signer(match.start())
            if signer:
                named.append((signer, Span(*match.span())))
            elif is_line or self._stands_apart(match):
                bare.append((Span(match.start(), match.start()), Span(*match.span())))
        yield from named
        yield from bare

    def _stands_apart(self, match: re.Match[str]) -> bool:
        """Whether a date is no part of a sentence, in a text that lost its line ends."""
        return self._plain[match.start() - 1 : match.start()] in tuple(END_MARKS + ")》") and not re.match(
            r"[起前至到之以,，、的和与及]", self._plain[match.end() : match.end() + 1]
        )

    def _signer(self, dated: int) -> Span | None:
        """The names of bodies directly in front of a date: behind a sentence's end, or in lines of their own."""
        start = max(0, dated - 3 * _LONGEST_SIGNER)
        names = re.compile(rf"(?:[\u4e00-\u9fff]{{2,{_LONGEST_SIGNER}}}?(?:{self._bodies})[\s、]*){{1,6}}\Z")
        for at in range(start, dated):
            opens = at == 0 or self._plain[at - 1] in END_MARKS + "\r\n)" or at in self._kept.seams
            if opens and not self._plain[at].isspace() and names.match(self._plain, at, dated):
                return self._kept.trimmed(at, dated)
        return None

    def _line_around(self, at: int) -> Span:
        start = max(self._plain.rfind(mark, 0, at) for mark in "\r\n") + 1
        end = min((e for mark in "\r\n" if (e := self._plain.find(mark, at)) >= 0), default=len(self._plain))
        return Span(start, end)

    def _numbers(self) -> Iterator[_Find]:
        for span in self._labelled("doc_no"):
            if match := DOC_NO.search(self._plain, *span):
                yield self._number(match)
        for match in DOC_NO.finditer(self._plain, 0, _HEAD):
            start = match.start() + leader(match["agency"])
            before = self._plain[max(0, start - 1) : start]
            if start == match.start() and (not before or before in "\r\n \t:：。)" or before.isdigit()):
                yield self._number(match)
        for match in _ORDER_NO.finditer(self._plain, 0, _HEAD):
            is_line = self._line_around(match.start()).start, self._line_around(match.end()).end
            if self._plain[slice(*is_line)].strip() == match.group().strip():
                words = "".join(self._kept.text[slice(*match.span())].split())
                yield _Find(_in_half_width(words), self._kept.trimmed(*match.span()))

    def _number(self, match: re.Match[str]) -> _Find:
        span = Span(match.start() + leader(match["agency"]), match.end())
        return _Find(_in_half_width(self._kept.text[slice(*span)]), span)

    def _labelled_dates(self, field: str) -> Iterator[_Find]:
        for span in self._labelled(field):
            match = re.compile(_BARE_DATE).match(self._plain, span.start)
            if match and (day := find_date(match.group())):
                yield _Find(day.isoformat(), Span(*match.span()))

    def _signed(self) -> Iterator[_Find]:
        yield from self._labelled_dates("signed")
        spans = [span for _, span in self._signatures()]
        for span in spans:
            if day := find_date(self._plain[slice(*span)]):
                yield _Find(day.isoformat(), span)
        if spans:
            return
        for match in re.finditer(rf"(?P<date>{_BARE_DATE})\s*印发\s*(?=[\r\n]|\Z)", self._plain):
            if day := find_date(match["date"]):
                yield _Find(day.isoformat(), Span(*match.span()), Text(zh="印发日期", en="the day it was printed"))

    def _goal_periods(self) -> Iterator[_Find]:
        """The years that the title names, else the last one that the goals aim at."""
        title = title_span(self._kept)
        if named := _TITLED_YEARS.search(self._plain, *title):
            yield _Find(f"{named['start']}-01-01..{named['end']}-12-31", Span(*named.span()))
            return
        aims = [match for match in _AIMED_YEAR.finditer(self._plain) if self._is_own(match.start())]
        if aims:
            last = max(aims, key=lambda match: match["end"])
            start = f"{last['start']}-01-01" if last["start"] else ""
            yield _Find(
                f"{start}..{last['end']}-12-31",
                Span(*last.span()),
                Text(zh="目标所指的最后一年", en="the last year that goals aim at"),
            )

    def _contacts(self) -> Iterator[_Find]:
        """Whom to ask: the words from a label to the telephone number behind it, but where complaints go."""
        asking, complaining = ("|".join(map(re.escape, w)) for w in (self._words.asking, self._words.complaining))
        pattern = re.compile(
            rf"(?<![\u4e00-\u9fff])(?:{asking})[^\u3002;\r\n]{{0,60}}?(?:{_TELEPHONE})(?:[、,， ]{{1,2}}(?:{_TELEPHONE}))*"
        )
        for match in pattern.finditer(self._plain):
            if not re.search(complaining, match.group()):
                yield _Find(self._kept.text[slice(*match.span())], Span(*match.span()))

    def _effective(self, dates: Mapping[str, str]) -> Iterator[_Find]:
        yield from self._labelled_dates("effective")
        begins = "|".join(self._words.begins)
        dated = re.compile(rf"[自从于由]\s*(?P<date>{_BARE_DATE})\s*(?:零时)?(?:起|开始)?(?:正式|试)?(?:{begins}|试行)")
        for match in dated.finditer(self._plain):
            day = find_date(match["date"])
            if day and self._is_own(match.start()):
                yield _Find(day.isoformat(), Span(*match.span()))
        period = re.compile(
            rf"(?:{self._terms})限?(?:为|是|[:：])?[自从]?\s*(?P<date>{_BARE_DATE})起?\s*[-—–~至到]+\s*{_BARE_DATE}"
        )
        for match in period.finditer(self._plain):
            day = find_date(match["date"])
            if day and self._is_own(match.start()) and self._is_own_term(match):
                yield _Find(day.isoformat(), Span(*match.span()))
        acts = "|".join((*self._words.signing, *self._words.posting))
        counted = re.compile(
            rf"自(?P<act>{acts}|[\u4e00-\u9fff]{{0,8}}?(?:{acts}))之?日起(?:满)?"
            rf"\s*(?:(?P<n>{_NUMBER})\s*(?P<unit>日|天|个月|年)(?:之?后|起))?(?:开始|正式|试)?(?:{begins}|试行)"
        )
        for match in counted.finditer(self._plain):
            if self._is_own(match.start()):
                yield self._counted(match, dates)

    def _counted(self, match: re.Match[str], dates: Mapping[str, str]) -> _Find:
        """The day that words such as 自发布之日起30日后施行 make of the dates found."""
        is_posted = match["act"].endswith(self._words.posting)
        order = ("posted", "signed") if is_posted else ("signed", "posted")
        base = next((field for field in order if dates.get(field)), "")
        if not base:
            return _Find("", Span(*match.span()), _NO_BASE)
        day = date.fromisoformat(dates[base])
        if match["n"]:
            day = _later(day, small_number(match["n"]), match["unit"])
        return _Find(day.isoformat(), Span(*match.span()), _counted_from(base, dates[base]))

    @property
    def _terms(self) -> str:
        return "|".join((*self._words.terms, *self._words.own_terms))

    def _is_own_term(self, match: re.Match[str]) -> bool:
        """Whether a term is the document's where its word alone may be a project's: its own name stands in front of the
        word, or the sentence says when it comes into force.
        """
        if match.group().startswith(self._words.terms):
            return True
        before = self._before(match)
        return before.endswith(self._words.selves) or self._begins(before)

    def _is_own_end(self, match: re.Match[str]) -> bool:
        """Whether the end of a term, or the day that something ends on, is the document's own."""
        if match["stop"]:
            before = self._before(match)
            return "》" not in before and (self._begins(before) or any(word in before for word in self._words.selves))
        return not match.group().startswith(self._words.own_terms) or self._is_own_term(match)

    def _before(self, match: re.Match[str]) -> str:
        """The sentence in front of a match."""
        return self._plain[self._sentence_at(match.start()).start : match.start()].rstrip("的")

    def _begins(self, words: str) -> bool:
        return re.search(rf"起(?:正式|试)?(?:{'|'.join(self._words.begins)})", words) is not None

    def _expires(self, effective: str) -> Iterator[_Find]:
        yield from self._labelled_dates("expires")
        begins = "|".join((*self._words.begins, "试行"))
        until = re.compile(
            rf"(?:{'|'.join(self._words.terms)}|{begins})(?:[^。;\n]{{0,30}}?)(?:至|到)\s*(?P<date>{_BARE_DATE})\s*(?:止|为止|结束|失效|废止)?"
            rf"|自\s*{_BARE_DATE}\s*(?:起)?\s*(?:{begins})?\s*[,，]?\s*(?:至|到)\s*(?P<end>{_BARE_DATE})\s*(?:止|为止|有效)"
            rf"|(?P<stop>{_BARE_DATE})\s*(?:起)?(?:自动|自行)?(?:失效|废止|终止)"
        )
        for match in until.finditer(self._plain):
            day = find_date(match["date"] or match["end"] or match["stop"])
            if not (self._is_own(match.start()) and self._is_own_end(match)):
                continue
            # What ends before the document begins is another one.
            if day and not day.isoformat() <= effective:
                yield _Find(day.isoformat(), Span(*match.span()))
        term = re.compile(
            rf"(?:{self._terms})(?:限)?(?:暂?定?为|暂定|为期|是|[:：])?\s*(?P<n>{_NUMBER})\s*(?P<unit>年|个月)"
        )
        for match in term.finditer(self._plain):
            if not (self._is_own(match.start()) and self._is_own_term(match)):
                continue
            if not effective:
                yield _Find("", Span(*match.span()), _NO_START)
                continue
            end = _later(date.fromisoformat(effective), small_number(match["n"]), match["unit"]) - timedelta(days=1)
            yield _Find(end.isoformat(), Span(*match.span()), _last_day(effective))

    def _is_own(self, at: int) -> bool:
        """Whether the sentence speaks of the document itself and not of an application, a certificate, another one."""
        sentence = self._sentence_at(at)
        words = self._plain[slice(*sentence)]
        if any(word in words for word in (*self._words.selves, *self._words.announcing)):
            return True
        return "《" not in words and not any(word in words for word in self._words.others)

    def _statuses(self) -> Iterator[_Find]:
        for span in self._labelled("status"):
            said = self._plain[slice(*span)]
            names = [(name, word) for name, words in self._words.statuses.items() for word in words]
            hit = next((name for name, word in sorted(names, key=lambda n: -len(n[1])) if said.startswith(word)), None)
            yield _Find(hit or "unknown", span)
        title = title_span(self._kept)
        ended = {word: name for name, words in self._words.statuses.items() if name != "in_force" for word in words}
        longest = "|".join(sorted(map(re.escape, ended), key=len, reverse=True))
        for said_so in re.compile(_ENDED.format(words=longest)).finditer(self._plain, 0, title.end + 20):
            yield _Find(ended[said_so["word"]], Span(*said_so.span()))
        drafts = "|".join(map(re.escape, self._words.drafts))
        front = self._kept.trimmed(title.start, min(len(self._plain), title.end + 20))
        pattern = re.compile(rf"\(?(?:{drafts})\)?|征求.{{0,60}}意见")
        if match := pattern.search(self._plain, *front):
            yield _Find("draft", Span(*match.span()))

    def _places(self, proposals: Sequence[Proposal]) -> list[Proposal]:
        found: list[Proposal] = []
        for field in ("title", "issuer"):
            for proposal in proposals:
                if proposal.field == field and isinstance(proposal.value, str):
                    place = propose_place(proposal.value, self._gazetteer) or self._only_place(proposal.value)
                    if place and place not in [other.value for other in found]:
                        update = {"field": "place", "value": place, "note": None}
                        found.append(proposal.model_copy(update=update))
        return found

    def _only_place(self, words: str) -> Place | None:
        """The narrowest place of the words where all others that they name contain it."""
        found = self._gazetteer.find(words)
        narrowest = max(found, key=lambda match: len(match.parents), default=None)
        if narrowest is None or narrowest.alternatives:
            return None
        own = {narrowest.code, *narrowest.parents}
        return self._gazetteer.get(narrowest.code) if all(match.code in own for match in found) else None

    def _repeals(self) -> Iterator[_Find]:
        for sentence in self._sentences:
            words = self._plain[slice(*sentence)]
            said = re.search("|".join(self._words.repealing), words)
            if said is None or "不得" in words[: said.start()]:
                continue
            at, end = said.span()
            for match in _TITLED.finditer(self._plain, sentence.start, sentence.start + at):
                number = DOC_NO.search(self._plain, *match.span("note")) if match["note"] else None
                title = self._kept.text[slice(*match.span("title"))]
                written = _in_half_width(self._kept.text[slice(*number.span())]) if number else ""
                name = f"《{title}》" + (f"({written})" if written else "")
                yield _Find(name, Span(match.start(), sentence.start + end))

    def _transitions(self) -> Iterator[_Find]:
        for sentence in self._sentences:
            if _TRANSITION.search(self._plain, *sentence):
                yield _Find(self._kept.text[slice(*sentence)], sentence)

    def _references(self, proposals: Sequence[Proposal]) -> list[Proposal]:
        own = next((str(p.value) for p in proposals if p.field == "doc_no"), None)
        return [
            Proposal(
                field="reference",
                value=_in_half_width(f"《{r.title}》({r.doc_no})" if r.title else r.doc_no or ""),
                start=r.start,
                end=r.end,
                quote=self._document.text[r.start : r.end],
            )
            for r in find_references(self._document.text, own)
            if not any(d.start <= r.start < d.end for d in self._document.dropped)
        ]

    # --- versions

    def _succession(self, proposals: Sequence[Proposal], known: Sequence[Policy]) -> Iterator[Proposal]:
        """The known policies that this one replaces, or that replace it."""
        entry = proposed_entry(self._document.policy, proposals)
        title = next((p for p in proposals if p.field == "title"), None)
        for other in known:
            repeal = next((p for p in proposals if p.field == "repeals" and _names(str(p.value), other)), None)
            if repeal:
                note = Text(zh=f"废止 {other.id}（{other.title}）", en=f"repeals {other.id} ({other.title})")
                yield repeal.model_copy(update={"field": "supersedes", "value": other.id, "note": note})
            elif title and is_same_document(entry, other):
                order = _order(entry, other)
                if order:
                    field = "supersedes" if order > 0 else "superseded_by"
                    newer, older = Text(zh="较新", en="newer"), Text(zh="较旧", en="older")
                    age = newer if order > 0 else older
                    note = Text(zh=f"与《{other.title}》相似，{age.zh}", en=f"alike and {age.en}: {other.title}")
                    yield title.model_copy(update={"field": field, "value": other.id, "note": note})


def is_same_document(one: Policy, other: Policy) -> bool:
    """Whether two policies are, by place or issuer and title, versions of one document."""
    same_place = one.place is not None and other.place is not None and _same_place(one.place, other.place)
    same_issuer = one.issuer is not None and one.issuer == other.issuer
    both_placed = one.place is not None and other.place is not None
    if not (same_place or (same_issuer and not both_placed)):
        return False
    titles = _core(one.title), _core(other.title)
    alike = min(map(len, titles)) >= _SHORTEST_TITLE and ratio(*titles) >= _ALIKE
    return alike and _subjects(titles[0]) == _subjects(titles[1])


def _subjects(title: str) -> set[str]:
    """What the title says the document is about, and whether it is the rules below another one."""
    return {subject for subject in load_words().subjects if subject in title}


def _same_place(one: Place, other: Place) -> bool:
    return one.code == other.code if one.code or other.code else one.name == other.name


def _core(title: str) -> str:
    """A title without what differs between versions: years, 试行, the notice around it, brackets."""
    plain = align(title)
    core = _EDITION.sub("", _YEARS.sub("", _WRAPPING.sub("", plain)))
    return re.sub(r"[\W_]", "", core) or re.sub(r"[\W_]", "", plain)


def _names(repealed: str, policy: Policy) -> bool:
    """Whether the words of a repeal name the policy, by number or by title."""
    number = DOC_NO.search(repealed)
    if number and policy.doc_no:
        return plain_number(number.group()) == plain_number(policy.doc_no)
    title = re.sub(r"\W", "", repealed)
    return len(title) >= _SHORTEST_TITLE and title == re.sub(r"\W", "", policy.title)


def _order(one: Policy, other: Policy) -> int:
    """1 if the first is newer, -1 if it is older, 0 where the dates do not tell."""
    for dates in (
        (one.effective, other.effective),
        (one.signed, other.signed),
        (one.posted, other.posted),
        (one.signed or one.posted or one.effective, other.signed or other.posted or other.effective),
    ):
        first, second = dates
        if first and second and first != second:
            return 1 if first > second else -1
    years = [match.group() for policy in (one, other) if (match := re.search(r"(?:19|20)\d\d", policy.title))]
    return (years[0] > years[1]) - (years[0] < years[1]) if len(years) == 2 else 0


def _distinct(finds: Iterable[_Find]) -> Iterator[_Find]:
    seen: set[str] = set()
    for find in finds:
        if find.value not in seen:
            seen.add(find.value)
            yield find


def _later(day: date, count: int, unit: str) -> date:
    """The day so many days, months or years later; the last of its month where that month is shorter."""
    if unit in ("日", "天"):
        return day + timedelta(days=count)
    months = day.month - 1 + count * (12 if unit == "年" else 1)
    year, month = day.year + months // 12, months % 12 + 1
    return date(year, month, min(day.day, monthrange(year, month)[1]))
