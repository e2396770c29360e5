"""The items of an outline: which stands below which, where their headings end, what they are called."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import Literal

from knowledge.kept import Kept
from knowledge.model import Span
from knowledge.outline import RANK, Marker, is_flat, load_lexicon
from knowledge.prose import COLONS, ends_as_title, is_metadata_line, is_signed_line
from knowledge.sentences import END_MARKS

_LONGEST_HEADING = 50
_LONGEST_TITLE_SENTENCE = 40
_LONGEST_LED_HEADING = 15
_LONGEST_LONE_HEADING = 30
_LONGEST_SIGNER = 30
_OPEN_ENDS = (*COLONS, "；", ";", "，", ",", "、")
_DIGIT = re.compile(r"[0-9]")
_COMMA = re.compile(r"[,、]")
_ANNEX_LINE = re.compile(r"(?:附件?|抄送|抄报|主送)\s*:|\((?:此件|此页)")
_CONTACT_LINE = re.compile(r"(?:联系人|联系电话|咨询电话)\s*:|\(联系人")

_Headed = Literal["surely", "likely", "no"]


@dataclass(slots=True)
class Item:
    """An item of the outline; offsets point into the kept text.

    Its own words end at `own_end`, where its children begin, and with its children it ends at `end`. `head_end` is the end
    of its heading if it `is_headed`, else the end of its number.
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
    """Items numbered in one row, the unnumbered heading right above them, and the signature, annex list and title below them."""

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


class _Outline:
    def __init__(self, kept: Kept, markers: Sequence[Marker]) -> None:
        self._kept, self._markers = kept, markers
        self._flat = is_flat(kept.text)

    def blocks(self) -> Iterator[Block]:
        heading: Span | None = None
        run: list[tuple[Marker, int]] = []
        count = 0
        following: list[Marker | None] = [*self._markers[1:], None]
        for marker, after in zip(self._markers, following, strict=True):
            end = after.start if after else len(self._kept.text)
            run.append((marker, end))
            restarts = after is not None and (after.family == "annex" or self._restarts(run, after))
            if after is not None and not restarts:
                continue
            lone = self._lone_heading(marker, end) if restarts else None
            tail = lone.start if lone else self._tail(marker, end)
            run[-1] = (marker, tail)
            count += 1
            prefix = (f"part{count}",) if count > 1 and run[0][0].family != "annex" else ()
            yield Block(heading, tuple(self._tree(run, prefix)), Span(tail, tail if lone else end))
            heading, run = lone, []

    def _restarts(self, run: Sequence[tuple[Marker, int]], marker: Marker) -> bool:
        """Whether a number one begins a new outline rather than a list below the last item."""
        first = run[0][0]
        if marker.number != 1 or marker.family == "dash" or RANK[marker.family] > RANK[first.family]:
            return False
        return RANK[marker.family] == RANK[first.family] or self._tail(*run[-1]) < run[-1][1]

    def _lone_heading(self, marker: Marker, end: int) -> Span | None:
        """The unnumbered heading (申报材料) that stands right above a new row of numbers."""
        paragraphs = self._kept.paragraphs(marker.end, end)
        if len(paragraphs) < 2 or self._tail(marker, end) < end:
            return None
        line = self._kept.plain[slice(*paragraphs[-1])]
        return (
            paragraphs[-1]
            if len(line) <= _LONGEST_LONE_HEADING and not line.endswith((*END_MARKS, *_OPEN_ENDS[2:]))
            else None
        )

    def _tail(self, marker: Marker, end: int) -> int:
        """Where, below the last words of an item, a signature, a list of annexes or the title of another text begins."""
        paragraphs = self._kept.paragraphs(marker.end, end)
        lines = [self._kept.plain[slice(*span)] for span in paragraphs]
        for index in range(1, len(lines)):
            line = lines[index]
            if is_signed_line(line):
                while (
                    index > 1
                    and len(lines[index - 1]) <= _LONGEST_SIGNER
                    and not lines[index - 1].endswith((*END_MARKS, *_OPEN_ENDS))
                ):
                    index -= 1  # noqa: PLW2901 - steps back over the names above the date
                return paragraphs[index].start
            if _ANNEX_LINE.match(line) or ends_as_title(line) or is_metadata_line(line):
                return paragraphs[index].start
            if index > 1 and _CONTACT_LINE.match(line):
                return paragraphs[index].start
        return end

    def _tree(self, run: Sequence[tuple[Marker, int]], prefix: tuple[str, ...]) -> list[Item]:
        top: list[Item] = []
        above: list[Item] = []
        for marker, own_end in run:
            while above and RANK[above[-1].marker.family] >= RANK[marker.family]:
                above.pop()
            row = above[-1].children if above else top
            address = (*(above[-1].address if above else prefix), self._component(marker, row))
            item = Item(marker, address, own_end, own_end, marker.end)
            row.append(item)
            above.append(item)
            for parent in above:
                parent.end = own_end
        self._name(top)
        return top

    def _component(self, marker: Marker, row: Sequence[Item]) -> str:
        if marker.family == "dash":
            return f"d{1 + sum(item.marker.family == 'dash' for item in row)}"
        return f"a{marker.number}" if marker.family == "annex" else str(marker.number)

    def _name(self, row: Sequence[Item]) -> None:
        """Finds the headings and labels of the items of one row and all below them."""
        kept = self._kept
        headed = {id(item): self._headed(item) for item in row}
        for item in row:
            self._name(item.children)
            alike = [headed[id(other)][0] for other in row if other.marker.family == item.marker.family]
            how, head_end = headed[id(item)]
            item.is_headed = how == "surely" or (how == "likely" and len(alike) > 1 and "no" not in alike)
            if item.is_headed:
                item.head_end = head_end
                item.label = label(kept.text[item.start : head_end])
            elif item.marker.family != "dash":
                item.label = kept.text[item.start : item.marker.bare_end]
        if any(item.children and item.marker.family not in ("dash", "article") for item in row):
            for item in row:
                item.label = self._title_label(item) or item.label

    def _title_label(self, item: Item) -> str:
        """The title sentence that an unheaded item begins with, as its label; empty where it begins with none."""
        end = next(iter(self._kept.sentence_ends_in(item.marker.end, item.own_end)), item.own_end)
        closed = self._kept.text[end - 1] in END_MARKS and is_title_sentence(self._kept, item.marker.end, end)
        return (
            label(self._kept.text[item.start : end])
            if closed and not item.is_headed and item.marker.family != "dash"
            else ""
        )

    def _headed(self, item: Item) -> tuple[_Headed, int]:
        """Whether the item begins with a heading, and where that ends; likely, where it could be a short sentence instead."""
        if item.marker.family == "dash":
            return "no", 0
        if known := self._known_title(item):
            return "surely", known
        paragraphs = self._kept.paragraphs(item.marker.end, item.own_end)
        if not paragraphs:
            return ("surely", item.marker.end) if item.children else ("no", 0)
        line = paragraphs[0]
        words = self._kept.plain[slice(*line)]
        if len(words) > _LONGEST_HEADING or self._kept.sentence_ends_in(*line) or words.endswith(_OPEN_ENDS[2:]):
            return "no", 0
        if len(paragraphs) == 1 and not item.children:
            return ("surely", line.end) if item.marker.family in ("part", "chapter", "section") else ("no", 0)
        return self._heading_kind(item, words), line.end

    def _heading_kind(self, item: Item, words: str) -> _Headed:
        """How surely the words, a line with more below it, are a heading."""
        if words.endswith(tuple(COLONS)):
            return "surely" if len(words) <= _LONGEST_LED_HEADING and not _COMMA.search(words) else "no"
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
