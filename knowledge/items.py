"""The items of an outline: which stands below which, where their headings end, what they are called."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import Literal

from knowledge.kept import Kept
from knowledge.model import Span
from knowledge.outline import RANK, Family, Marker, is_flat, is_heading, load_lexicon
from knowledge.prose import COLONS, OPEN_ENDS, ends_as_title, is_metadata_line, is_signed_line
from knowledge.sentences import END_MARKS

_LONGEST_HEADING = 50
_LONGEST_TITLE_SENTENCE = 40
_LONGEST_LED_HEADING = 15
_LONGEST_LONE_HEADING = 30
_LONGEST_SIGNER = 30
_SHORTEST_TITLE = 8
_CLOSED_OR_OPEN = (*END_MARKS, *OPEN_ENDS)
_DIGIT = re.compile(r"[0-9]")
_COMMA = re.compile(r"[,、]")
_ANNEX_LINE = re.compile(r"(?:附件?|抄送|抄报|主送)\s*:|\((?:此件|此页)")
_CONTACT_LINE = re.compile(r"(?:联系人|联系电话|咨询电话)\s*:|\(联系人")

_Headed = Literal["surely", "likely", "no"]


@dataclass(slots=True)
class Item:
    """An item of the outline; offsets point into the kept text.

    Its own words end at `own_end`, where its children begin, and with its children it ends at `end`. `head_end` is the
    end of its heading if it `is_headed`, else the end of its number.
    """

    marker: Marker
    address: tuple[str, ...]
    own_end: int
    end: int
    head_end: int
    is_headed: bool = False
    label: str = ""
    children: list[Item] = field(default_factory=list)

    @property
    def start(self) -> int:
        """Where the item's number begins."""
        return self.marker.start


@dataclass(frozen=True, slots=True)
class Block:
    """Items numbered in one row, the unnumbered heading above them, and the signature, annex list, title below them."""

    heading: Span | None
    items: tuple[Item, ...]
    tail: Span


def blocks(kept: Kept, markers: Sequence[Marker]) -> list[Block]:
    """The blocks of a text that has markers, ascending, with the text from the first marker to the end."""
    return list(_Outline(kept, markers).blocks())


def is_title_sentence(kept: Kept, start: int, end: int) -> bool:
    """Whether the range is one short sentence, as a title is."""
    span = kept.trimmed(start, end)
    return span.end - span.start <= _LONGEST_TITLE_SENTENCE and not kept.sentence_ends_in(*span)


def label(words: str) -> str:
    """A heading as one line without the mark at its end."""
    return " ".join(words.split()).rstrip("。：:；;！？!? ")


def _first_signer(lines: Sequence[str], dated: int) -> int:
    """Index of the first of the names that stand above the date of a signature; the first line is never one."""
    first = dated
    while first > 1 and len(lines[first - 1]) <= _LONGEST_SIGNER and not lines[first - 1].endswith(_CLOSED_OR_OPEN):
        first -= 1
    return first


def lone_heading(kept: Kept, start: int, end: int) -> Span | None:
    """The last paragraph of the range if it is a heading title of the word list without a number."""
    paragraphs = kept.paragraphs(start, end)
    return paragraphs[-1] if paragraphs and is_heading(kept.plain[slice(*paragraphs[-1])]) else None


def _ranks(markers: Sequence[Marker]) -> dict[Family, int]:
    """How wide each family is: as everywhere, but for 1、 with （一）（二） below it and 2、 after them."""
    families = [marker.family for marker in markers]
    if "num" not in families or "cn_paren" not in families or families.index("cn_paren") < families.index("num"):
        return RANK
    last, crossed = 0, False
    for marker in markers:
        if marker.family == "num":
            if crossed and marker.number == last + 1:
                return {**RANK, "num": RANK["cn_paren"], "cn_paren": RANK["num"]}
            last, crossed = marker.number, False
        elif marker.family == "cn_paren":
            crossed = last > 0
    return RANK


def _component(marker: Marker, row: Sequence[Item], parent: Item | None) -> str:
    """The last part of an item's address; `row` holds the items before it.

    A dotted number that does not stand below the item it names keeps all its parts.
    """
    if marker.above and (parent is None or parent.marker.number != marker.above[-1]):
        return ".".join(map(str, (*marker.above, marker.number)))
    if marker.family == "dash":
        before = row[-1].address[-1] if row and row[-1].marker.family == "dash" else "d0"
        return f"d{int(before[1:]) + 1}"
    return f"a{marker.number}" if marker.family == "annex" else str(marker.number)


class _Outline:
    def __init__(self, kept: Kept, markers: Sequence[Marker]) -> None:
        self._kept, self._markers = kept, markers
        self._flat = is_flat(kept.text)

    def blocks(self) -> Iterator[Block]:
        heading = lone_heading(self._kept, 0, self._markers[0].start)
        run: list[tuple[Marker, int]] = []
        count = 0
        following: list[Marker | None] = [*self._markers[1:], None]
        for marker, after in zip(self._markers, following, strict=True):
            end = after.start if after else len(self._kept.text)
            run.append((marker, end))
            restarts = after is not None and (after.family == "annex" or self._restarts(run, after))
            if after is not None and not restarts:
                continue
            tail = self._tail(marker, end)
            last_line = self._last_line(marker, end) if restarts else None
            run[-1] = (marker, min(tail, last_line.start) if last_line else tail)
            count += 1
            prefix = (f"part{count}",) if count > 1 and run[0][0].family != "annex" else ()
            tail_end = last_line.start if last_line else end
            yield Block(heading, tuple(self._tree(run, prefix)), Span(min(tail, tail_end), tail_end))
            heading, run = last_line, []

    def _restarts(self, run: Sequence[tuple[Marker, int]], marker: Marker) -> bool:
        """Whether a number one begins a new outline rather than a list below the last item."""
        first = run[0][0]
        if not marker.opens or marker.family == "dash" or RANK[marker.family] > RANK[first.family]:
            return False
        return RANK[marker.family] == RANK[first.family] or self._tail(*run[-1]) < run[-1][1]

    def _last_line(self, marker: Marker, end: int) -> Span | None:
        """The unnumbered heading (申报材料) below an item that belongs to a new row of numbers."""
        paragraphs = self._kept.paragraphs(marker.end, end)
        if len(paragraphs) < 2:
            return None
        if known := lone_heading(self._kept, marker.end, end):
            return known
        line = self._kept.plain[slice(*paragraphs[-1])]
        is_short = len(line) <= _LONGEST_LONE_HEADING and not line.endswith((*END_MARKS, *OPEN_ENDS[2:]))
        return paragraphs[-1] if is_short and self._tail(marker, end) == end else None

    def _tail(self, marker: Marker, end: int) -> int:
        """Where, below an item's words, a signature, a list of annexes or another text's title begins; or `end`."""
        paragraphs = self._kept.paragraphs(marker.end, end)
        lines = [self._kept.plain[slice(*span)] for span in paragraphs]
        for index, line in enumerate(lines[1:], start=1):
            if is_signed_line(line):
                return paragraphs[_first_signer(lines, index)].start
            opens_title = len(line) >= _SHORTEST_TITLE and ends_as_title(line)
            is_contact = index > 1 and _CONTACT_LINE.match(line) is not None
            if opens_title or is_contact or is_metadata_line(line) or is_heading(line) or _ANNEX_LINE.match(line):
                return paragraphs[index].start
        return end

    def _tree(self, run: Sequence[tuple[Marker, int]], prefix: tuple[str, ...]) -> list[Item]:
        rank = _ranks([marker for marker, _ in run])
        top: list[Item] = []
        above: list[Item] = []
        for marker, own_end in run:
            while above and rank[above[-1].marker.family] >= rank[marker.family]:
                above.pop()
            row = above[-1].children if above else top
            address = (*(above[-1].address if above else prefix), _component(marker, row, above[-1] if above else None))
            item = Item(marker, address, own_end, own_end, marker.end)
            row.append(item)
            above.append(item)
            for parent in above:
                parent.end = own_end
        self._name(top)
        return top

    def _name(self, row: Sequence[Item]) -> None:
        """Finds the headings and labels of the items of one row and all below them."""
        kept = self._kept
        headings = [self._headed(item) for item in row]
        hows: dict[Family, list[_Headed]] = {}
        for item, (how, _) in zip(row, headings, strict=True):
            hows.setdefault(item.marker.family, []).append(how)
        headed_rows = {family for family, alike in hows.items() if len(alike) > 1 and "no" not in alike}
        for item, (how, head_end) in zip(row, headings, strict=True):
            self._name(item.children)
            item.is_headed = how == "surely" or (how == "likely" and item.marker.family in headed_rows)
            if item.is_headed:
                item.head_end = head_end
                item.label = label(kept.text[item.start : head_end])
            elif item.marker.family != "dash":
                item.label = kept.text[item.start : item.marker.bare_end]
        if any(item.children for item in row):
            for item in row:
                if not item.is_headed and item.marker.family not in ("dash", "article"):
                    item.label = self._title_label(item) or item.label

    def _title_label(self, item: Item) -> str:
        """The title sentence that an item without a heading begins with, as its label; empty where there is none."""
        end = next(iter(self._kept.sentence_ends_in(item.marker.end, item.own_end)), item.own_end)
        closed = self._kept.text[end - 1] in END_MARKS and is_title_sentence(self._kept, item.marker.end, end)
        return label(self._kept.text[item.start : end]) if closed else ""

    def _headed(self, item: Item) -> tuple[_Headed, int]:
        """Whether the item begins with a heading, and its end; likely, where it could be a short sentence instead."""
        if item.marker.family == "dash":
            return "no", 0
        if known := self._known_title(item):
            return "surely", known
        paragraphs = self._kept.paragraphs(item.marker.end, item.own_end)
        if not paragraphs:
            return ("surely", item.marker.end) if item.children else ("no", 0)
        line = paragraphs[0]
        words = self._kept.plain[slice(*line)]
        if len(words) > _LONGEST_HEADING or self._kept.sentence_ends_in(*line) or words.endswith(OPEN_ENDS[2:]):
            return "no", 0
        if len(paragraphs) == 1 and not item.children:
            return ("surely", line.end) if item.marker.family in ("part", "chapter", "section") else ("no", 0)
        return self._heading_kind(item, words), line.end

    def _heading_kind(self, item: Item, words: str) -> _Headed:
        """How surely the words, a line with more below it, are a heading."""
        if words.endswith(tuple(COLONS)):
            is_short = len(words) <= _LONGEST_LED_HEADING and not _COMMA.search(words)
            return "surely" if is_short and item.marker.family != "article" else "no"
        if words.endswith(tuple(END_MARKS)):
            return "no" if _DIGIT.search(words) or item.marker.family == "article" else "likely"
        return "surely"

    def _known_title(self, item: Item) -> int:
        """End of the title from the word list that opens the item's words; 0 where none does."""
        plain = self._kept.plain
        if RANK[item.marker.family] > RANK["cn_paren"]:
            return 0
        at = self._kept.trimmed(item.marker.end, item.own_end).start
        end = at + load_lexicon().heading_at(plain, at)
        if end == at or end > item.own_end:
            return 0
        if end == item.own_end or plain[end] in "。: \t\r\n":
            return end + (end < item.own_end and plain[end] in "。:")
        stop = next(iter(self._kept.sentence_ends_in(at, item.own_end)), item.own_end)
        return end if self._flat and not is_title_sentence(self._kept, at, stop) else 0
