"""The kept text of a document: the stored text without what was dropped, and the way back to the stored offsets."""

from __future__ import annotations

import re
from bisect import bisect_left, bisect_right
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

from knowledge.model import DroppedSpan, DropReason, Span, TableRow
from knowledge.normalize import align
from knowledge.sentences import paragraph_ends, sentence_ends, trimmed

# White space beyond this says no more than one line break does.
_LONGEST_BLANK = 16
_LONG_BLANK = re.compile(rf"\s{{{_LONGEST_BLANK + 1},}}")


INTERRUPTIONS: frozenset[DropReason] = frozenset({"page_mark", "gloss", "line_wrap"})
"""What may be dropped in the middle of a sentence that goes on behind it."""


@dataclass(frozen=True, slots=True)
class Row:
    """A row of a table as a range of the kept text, the number of its table and what stands above it."""

    start: int
    end: int
    table: int
    path: tuple[str, ...]


@dataclass(frozen=True)
class Kept:
    """The kept text.

    `at[i]` is the offset in the stored text of the kept character `i`. At `seams` something was dropped that no
    sentence runs on across: what stands on both sides does not belong together. All offsets but `at` point into `text`.
    """

    text: str
    # The same in simplified and half-width characters, offset for offset: what patterns are held against.
    plain: str
    at: Sequence[int]
    seams: frozenset[int]
    sentence_ends: Sequence[int]
    paragraph_ends: Sequence[int]
    # Rows of tables: no outline number stands in one, and no sentence ends in one.
    rows: Sequence[Row] = ()

    @classmethod
    def of(cls, stored: str, dropped: Sequence[DroppedSpan], rows: Sequence[TableRow] = ()) -> Kept:
        """The kept text of `stored`, whose dropped ranges and rows are ascending and apart."""
        keep = bytearray(b"\x01") * len(stored)
        for match in _LONG_BLANK.finditer(stored):
            stays = match.start() + max(0, match.group().find("\n"))
            keep[match.start() : match.end()] = bytes(match.end() - match.start())
            keep[stays] = 1
        for span in dropped:
            keep[span.start : span.end] = bytes(span.end - span.start)
        at = [index for index, kept in enumerate(keep) if kept]
        seams = {bisect_left(at, d.start) for d in dropped if d.reason not in INTERRUPTIONS} - {0, len(at)}
        text = "".join(map(stored.__getitem__, at))
        kept_rows = [Row(bisect_left(at, r.start), bisect_left(at, r.end), r.table, r.path) for r in rows]
        ends = sentence_ends(text, seams)
        return cls(
            text,
            align(text),
            at,
            frozenset(seams),
            _outside(ends, kept_rows),
            _outside(sorted({*paragraph_ends(text), *seams}), kept_rows),
            [row for row in kept_rows if row.start < row.end],
        )

    def stored(self, span: Span) -> Span:
        """The range of the stored text from the first to the last character of a range that is not empty."""
        return Span(self.at[span.start], self.at[span.end - 1] + 1)

    def stored_spans(self, span: Span) -> list[Span]:
        """The unbroken ranges of the stored text that a range of the kept text consists of."""
        spans = []
        first = span.start
        for index in range(span.start + 1, span.end + 1):
            if index == span.end or self.at[index] != self.at[index - 1] + 1:
                spans.append(self.stored(Span(first, index)))
                first = index
        return spans

    def trimmed(self, start: int, end: int) -> Span:
        """The range without the white space at its ends."""
        return trimmed(self.text, start, end)

    def sentence_ends_in(self, start: int, end: int) -> Sequence[int]:
        """Where sentences end strictly inside the range."""
        return _inside(self.sentence_ends, start, end)

    def paragraphs(self, start: int, end: int) -> list[Span]:
        """The paragraphs of the range, trimmed; none of them is empty."""
        bounds = [start, *_inside(self.paragraph_ends, start, end), end]
        spans = [self.trimmed(*pair) for pair in pairwise(bounds)]
        return [span for span in spans if span.start < span.end]


def _outside(offsets: Sequence[int], rows: Sequence[Row]) -> Sequence[int]:
    """The offsets that are not within a row."""
    if not rows:
        return offsets
    starts = [row.start for row in rows]
    at = (bisect_right(starts, offset) - 1 for offset in offsets)
    return [offset for offset, i in zip(offsets, at, strict=True) if i < 0 or not rows[i].start < offset < rows[i].end]


def _inside(offsets: Sequence[int], start: int, end: int) -> Sequence[int]:
    return offsets[bisect_right(offsets, start) : bisect_left(offsets, end)]
