"""The outline of a policy text: its markers (第一条, 一、, （一）, 1., (1), ①, ——).

What is data (heading titles, page furniture, news marks) is in `outline.yaml`.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Literal, get_args

from knowledge.datafile import DataFile
from knowledge.model import Frozen, Span
from knowledge.normalize import FINE_BLANKS, align
from knowledge.numerals import small_number
from knowledge.sentences import CLOSERS, END_MARKS, enclosed

OUTLINE_FILE = Path(__file__).parent / "outline.yaml"

Family = Literal[
    "annex",
    "part",
    "chapter",
    "section",
    "article",
    "cn",
    "cn_paren",
    "num",
    "dotted",
    "dotted_deep",
    "dotted_deepest",
    "num_paren",
    "circled",
    "dash",
]
# From the widest to the narrowest, as listed above; an item ends where one of its own family or a wider one begins.
FAMILIES: tuple[Family, ...] = get_args(Family)
DOTTED: tuple[Family, ...] = ("dotted", "dotted_deep", "dotted_deepest")
"""1.1, 1.1.1 and 1.1.1.1."""
RANK: dict[Family, int] = {family: rank for rank, family in enumerate(FAMILIES)}

_CN = "一二三四五六七八九十百零〇"
_DIGITS = "0-9０-９"
_BLANKS = f" \t　{FINE_BLANKS}"
_MARKER = re.compile(
    rf"(?P<annex>附件\s*[{_DIGITS}{_CN}]{{0,2}}\s*[:：]?(?=[{_BLANKS}]*(?:[\r\n]|\Z)))"
    rf"|(?P<part>第[{_CN}]{{1,3}}[编篇部](?:分)?)"
    rf"|(?P<chapter>第[{_CN}{_DIGITS}]{{1,4}}章)"
    rf"|(?P<section>第[{_CN}{_DIGITS}]{{1,4}}节)"
    rf"|(?P<article>第[{_CN}{_DIGITS}]{{1,5}}条)"
    rf"|(?P<cn>[{_CN}]{{1,3}}[、．.])"
    rf"|(?P<cn_paren>[（(][{_CN}]{{1,3}}[）)][、．.]?)"
    rf"|(?P<dots>[{_DIGITS}]{{1,2}}(?:[．.][{_DIGITS}]{{1,2}}){{1,3}})(?=[、．.{_BLANKS}]*[\u3400-\u9fff《“A-Za-z])"
    rf"|(?P<num>[{_DIGITS}]{{1,2}}[、．.])(?![{_DIGITS}])"
    rf"|(?P<bare>[{_DIGITS}]{{1,2}})(?=[{_BLANKS}]+[\u3400-\u9fff])"
    rf"|(?P<num_paren>[（(]?[{_DIGITS}]{{1,2}}[）)][、．.]?)"
    r"|(?P<circled>[①-⑳])"
    r"|(?P<dash>——|[●◆■▲•])"
)
_ANNEX_LIST = re.compile(r"附件?[:：]\s*\Z")
_LONGEST_ANNEX_TITLE = 120
# Items a damaged text may have lost between two numbers; a wider gap is no list.
_WIDEST_GAP = 3
# What follows the words of a heading title where they begin a sentence instead.
_GOES_ON = tuple("的和与及是要为，、,；;》”")
_LONGEST_AVERAGE_LINE = 150
# What makes 1.5 at the head of a line an amount.
_UNIT = re.compile(rf"[{_BLANKS}]*(?:[万萬亿億元倍%％年月日天米吨个個项項家]|公里|百分)")
_LABEL_TAIL = "、．. 　:："


class Metadata(Frozen):
    """Labels of lines about the document."""

    labels: tuple[str, ...]


class SiteChrome(Frozen):
    """Patterns of page furniture: of whole lines, of headings of links, and of words that may stand anywhere."""

    lines: tuple[str, ...]
    elsewhere: tuple[str, ...]
    inline: tuple[str, ...]


class News(Frozen):
    """Patterns of a news item around a document: what announces the document, and what shows that it is news."""

    marks: tuple[str, ...]
    cues: tuple[str, ...]


class Lexicon(Frozen):
    """What `outline.yaml` holds."""

    headings: frozenset[str]
    title_endings: tuple[str, ...]
    title_suffixes: tuple[str, ...]
    reference_followers: tuple[str, ...]
    reference_leaders: tuple[str, ...]
    metadata: Metadata
    site_chrome: SiteChrome
    news: News

    def heading_at(self, text: str, at: int) -> int:
        """Length of the heading title at offset `at`; 0 where there is none, or a sentence begins with its words."""
        length = max((len(title) for title in self.headings if text.startswith(title, at)), default=0)
        return 0 if text.startswith(_GOES_ON, at + length) else length


@lru_cache(maxsize=8)
def load_lexicon(path: Path = OUTLINE_FILE) -> Lexicon:
    """The lexicon in the file at `path`.

    Raises:
        DataFileError: the file is not YAML, lacks a key, or has one too many.
    """
    file = DataFile(path)
    return file.parse(Lexicon, file.content)


@dataclass(frozen=True, slots=True)
class Marker:
    """An outline number in a text: `text[start:end]`, or without its punctuation `text[start:bare_end]`.

    `above` are the numbers in front of the last one of a dotted number: 2 and 3 of 2.3.1.
    """

    start: int
    end: int
    family: Family
    number: int
    bare_end: int
    above: tuple[int, ...] = ()

    @property
    def opens(self) -> bool:
        """Whether it is the first number of an outline: 一、, 1., 1.1, but not 2.1."""
        return self.number == 1 and all(number == 1 for number in self.above)


def is_flat(text: str) -> bool:
    """Whether the text lost its line breaks, so that the end of a heading must be told from its words.

    Its lines are long, and more of its upper outline numbers stand within lines than at their starts.
    """
    text = align(text)
    lines = sum(1 for line in text.splitlines() if line.strip())
    if len(text) <= _LONGEST_AVERAGE_LINE * max(1, lines):
        return False
    upper = [m.start for m in _candidates(text) if RANK[m.family] <= RANK["cn_paren"]]
    at_line = sum(1 for start in upper if starts_line(text, start))
    in_line = sum(1 for start in upper if not starts_line(text, start) and follows_stop(text, start))
    return in_line > at_line


def starts_line(text: str, at: int) -> bool:
    """Whether only white space stands between the offset and the start of its line."""
    at = _blank_start(text, at)
    return at == 0 or text[at - 1] in "\r\n\f\v\u2028\u2029"


def follows_stop(text: str, at: int) -> bool:
    """Whether a sentence, a clause of a list or a lead-in ends directly before the offset."""
    at = _blank_start(text, at)
    before = text[max(0, at - 4) : at]
    return before[-1:] in tuple("；;：:") or before.rstrip(CLOSERS)[-1:] in tuple(END_MARKS)


def ends_line(text: str, at: int) -> bool:
    """Whether only white space stands between the offset and the end of its line."""
    while at < len(text) and text[at] in _BLANKS:
        at += 1
    return at == len(text) or text[at] in "\r\n\f\v\u2028\u2029"


def _blank_start(text: str, at: int) -> int:
    while at > 0 and text[at - 1] in _BLANKS:
        at -= 1
    return at


def _number(family: Family, label: str) -> int:
    if family == "circled":
        return ord(label) - ord("①") + 1
    if family == "dash":
        return 1
    numeral = re.sub(rf"[^{_CN}{_DIGITS}]", "", label)
    return small_number(numeral) if numeral else 1


def _candidates(text: str) -> list[Marker]:
    found = []
    for match in _MARKER.finditer(text):
        label = match.group().rstrip(_LABEL_TAIL)
        bare_end = match.start() + len(label)
        if match.lastgroup == "dots":
            *above, number = (int(part) for part in re.split("[．.]", label))
            if not _UNIT.match(text, match.end()):
                found.append(Marker(match.start(), match.end(), DOTTED[len(above) - 1], number, bare_end, tuple(above)))
            continue
        family: Family = "num" if match.lastgroup == "bare" else match.lastgroup  # type: ignore[assignment]  # its names
        found.append(Marker(match.start(), match.end(), family, _number(family, label), bare_end))
    return found


def _dotted_outline(text: str, candidates: Sequence[Marker]) -> frozenset[tuple[int, ...]]:
    """The dotted numbers that begin lines, where they count: 1.1 and with it 1.2, 2.1 or 1.1.1; else nothing."""
    starts = {(*m.above, m.number) for m in candidates if m.above and starts_line(text, m.start)}
    counts = any(
        {(*above, number + 1), (*above[:-1], above[-1] + 1, 1), (*above, number, 1)} & starts
        for *above, number in starts
        if number == 1
    )
    return frozenset(starts) if counts else frozenset()


class _Reader:
    """Decides, from the start of the text to its end, which candidates are markers."""

    def __init__(
        self, text: str, seams: Collection[int], lexicon: Lexicon, ordered: bool, tables: Sequence[Span]
    ) -> None:
        self._text, self._seams, self._lexicon, self._ordered = text, frozenset(seams), lexicon, ordered
        self._inside = enclosed(text)
        for start, end in tables:
            self._inside[start:end] = b"\x01" * (end - start)
        self._flat = is_flat(text)
        self._last: dict[Family, int] = {}
        self._found: list[Marker] = []
        self._candidates = _candidates(text)
        self._dotted = _dotted_outline(text, self._candidates)
        # The dotted number last accepted, by its family.
        self._last_dotted: dict[Family, tuple[int, ...]] = {}
        # The last entry of a list of annexes (附件:1.… 2.…), which is no outline.
        self._annexed: Marker | None = None

    def read(self) -> list[Marker]:
        for marker in self._candidates:
            if self._accepts(marker):
                if marker.above:
                    self._last_dotted[marker.family] = (*marker.above, marker.number)
                if marker.family != "dash":
                    self._last[marker.family] = marker.number
                self._forget_narrower(marker.family)
                self._found.append(marker)
        return self._found

    def _forget_narrower(self, family: Family) -> None:
        # Numbers such as 5. may run on below the next （二）, so `num` and `article` keep counting.
        for other in FAMILIES[RANK[family] + 1 :]:
            if other not in ("num", "article"):
                self._last.pop(other, None)

    def _accepts(self, marker: Marker) -> bool:
        if self._inside[marker.start] or self._is_reference(marker) or self._lists_annex(marker):
            return False
        if marker.family in DOTTED:
            return self._counts_dotted(marker)
        if marker.bare_end == marker.end and marker.family == "num" and (marker.number, 1) not in self._dotted:
            return False
        if marker.family == "annex":
            return self._starts_line(marker.start)
        if marker.family == "dash":
            return self._starts_line(marker.start) or follows_stop(self._text, marker.start)
        if not self._ordered:
            return (
                self._starts_line(marker.start)
                or follows_stop(self._text, marker.start)
                or self._after_bare_heading(marker)
            )
        last = self._last.get(marker.family, 0)
        if self._starts_line(marker.start):
            return last == 0 or marker.number <= last + _WIDEST_GAP
        if follows_stop(self._text, marker.start):
            return marker.number == 1 or last < marker.number <= last + _WIDEST_GAP
        return marker.number in (1, last + 1) and self._after_bare_heading(marker)

    def _counts_dotted(self, marker: Marker) -> bool:
        """Whether a dotted number begins a line and goes on from the last one, or opens a list where it may."""
        if not self._dotted or not self._starts_line(marker.start):
            return False
        last = self._last_dotted.get(marker.family)
        if last and last[:-1] == marker.above:
            return last[-1] < marker.number <= last[-1] + _WIDEST_GAP
        top = self._last.get("num")
        return marker.number == 1 and (top is None or marker.above[0] == top)

    def _lists_annex(self, marker: Marker) -> bool:
        if marker.family != "num":
            return False
        if marker.number == 1:
            opens = _ANNEX_LIST.search(self._text[max(0, marker.start - 12) : marker.start]) is not None
            self._annexed = marker if opens else None
            return opens
        last = self._annexed
        follows = (
            last is not None and marker.number == last.number + 1 and marker.start - last.end <= _LONGEST_ANNEX_TITLE
        )
        self._annexed = marker if follows else None
        return follows

    def _starts_line(self, at: int) -> bool:
        return starts_line(self._text, at) or any(o in self._seams for o in range(_blank_start(self._text, at), at + 1))

    def _after_bare_heading(self, marker: Marker) -> bool:
        """Whether the marker follows a heading that has no end mark, or opens one that the word list knows."""
        if not self._flat or marker.family in ("num_paren", "circled"):
            return False
        if marker.family in ("part", "chapter", "section", "cn") and self._lexicon.heading_at(self._text, marker.end):
            return True
        if not self._found or RANK[self._found[-1].family] >= RANK[marker.family]:
            return False
        between = self._text[self._found[-1].end : marker.start]
        return 2 <= len(between) <= 20 and not re.search(r"[，,。；;：:、！？\s]", between)

    def _is_reference(self, marker: Marker) -> bool:
        text, before = self._text, self._text[max(0, marker.start - 2) : marker.start]
        if before.endswith(self._lexicon.reference_leaders) and not self._starts_line(marker.start):
            return True
        if marker.family in ("part", "chapter", "section", "article"):
            return text.startswith(self._lexicon.reference_followers, marker.end)
        if marker.family == "cn":
            return bool(re.match(rf"[{_CN}]{{1,3}}(?:、|[产级类线等次批期届])", text[marker.end : marker.end + 4]))
        if marker.family in ("num", "num_paren"):
            return bool(re.match(r"[0-9０-９A-Za-z/.．\-－]", before[-1:]))
        return False


def is_heading(line: str) -> bool:
    """Whether the line (simplified, half-width) is a heading title of the word list, perhaps with a colon."""
    return line.rstrip(":").rstrip() in load_lexicon().headings


def find_markers(
    text: str, seams: Collection[int] = (), *, ordered: bool = True, tables: Sequence[Span] = ()
) -> list[Marker]:
    """The outline markers of `text` in order.

    Cross-references (按照第三条), decimals, dates, standard numbers, lists of annexes and what stands in quotes or
    brackets are not markers.

    Args:
        text: the text, cleaned, in any script.
        seams: offsets where the text was joined, which begin a line.
        ordered: whether a number must fit the numbers before it; False for a text whose order is lost.
        tables: ranges of rows of tables, whose numbers belong to no outline.
    """
    return _Reader(align(text), seams, load_lexicon(), ordered, tables).read()


def disorder(text: str) -> tuple[int, float]:
    """How many numbers of `text`, and what share, neither open a list nor continue the last one of their family."""
    last: dict[Family, int] = {}
    wrong = counted = 0
    for marker in find_markers(text, ordered=False):
        if marker.family in ("dash", "annex", *DOTTED):
            continue
        counted += 1
        wrong += marker.family in last and marker.number not in (1, last[marker.family] + 1)
        last[marker.family] = marker.number
    return wrong, wrong / max(1, counted)
