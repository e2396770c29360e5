"""Where the clauses of a kept text begin and end, and their addresses and paths."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from itertools import pairwise

from knowledge.items import Block, Item, blocks, is_title_sentence, label, lone_heading
from knowledge.kept import Kept, Row
from knowledge.model import Span
from knowledge.outline import RANK, Marker, find_markers, load_lexicon
from knowledge.prose import COLONS, LITTLE, PACK, Piece, prose, unsilenced
from knowledge.sentences import END_MARKS

_LONGEST_LEAD_IN = 160
# Items this short are read together with their siblings; after a lead-in (以下条件：) somewhat longer ones too.
_SHORT_ITEM = 40
_SHORT_LISTED_ITEM = 80
# From so many markers on a text has an outline.
_FEWEST_MARKERS = 2


def pieces_of_outline(kept: Kept) -> list[Piece]:
    """The pieces of a text whose order can be trusted, ascending; together they hold all of it but white space."""
    return _row_by_row(kept, _accompanied(kept, _ordered(kept)))


def pieces_of_scrambled(kept: Kept) -> list[Piece]:
    """The pieces of a text whose order is lost: cut at markers and seams, and none claims a place in an outline."""
    markers = find_markers(kept.text, kept.seams, ordered=False, tables=_tables(kept))
    first = markers[0].start if markers else len(kept.text)
    pieces = _accompanied(kept, [*prose(kept, Span(0, first), "", "front"), *_runs(kept, markers)])
    scattered = [replace(piece, address=(f"s{count}",), path=()) for count, piece in enumerate(pieces, start=1)]
    return _row_by_row(kept, scattered)


def _tables(kept: Kept) -> list[Span]:
    return [Span(row.start, row.end) for row in kept.rows]


def _row_by_row(kept: Kept, pieces: list[Piece]) -> list[Piece]:
    """The pieces with every row of a table in one of its own: `t1/3` is the third row of the first table."""
    if not kept.rows:
        return pieces
    counts: Counter[int] = Counter()
    addressed: list[tuple[Row, str]] = []
    for row in kept.rows:
        counts[row.table] += 1
        addressed.append((row, str(counts[row.table])))
    ends = [row.end for row in kept.rows]
    return [part for piece in pieces for part in _parted(kept, piece, addressed[bisect_right(ends, piece.start) :])]


def _parted(kept: Kept, piece: Piece, rows: Sequence[tuple[Row, str]]) -> Iterator[Piece]:
    """The piece cut where its rows begin and end; a heading above a row goes with it."""
    at = piece.start
    for row, number in rows:
        if row.start >= piece.end:
            break
        between = kept.trimmed(at, max(at, row.start))
        if unsilenced(kept, between, piece.silent).start < between.end:
            yield _part(piece, at, row.start)
            at = row.start
        part = _part(piece, at, min(row.end, piece.end))
        yield replace(part, address=(f"t{row.table}", number), path=tuple(dict.fromkeys((*piece.path, *row.path))))
        at = part.end
    if kept.trimmed(at, piece.end).start < piece.end:
        yield _part(piece, at, piece.end)


def _part(piece: Piece, start: int, end: int) -> Piece:
    silent = tuple(span for span in piece.silent if start <= span.start < end)
    return replace(piece, start=start, end=end, silent=silent)


def _accompanied(kept: Kept, pieces: Iterable[Piece]) -> list[Piece]:
    """The pieces, with each that is nothing but a heading joined to the one below it, or the last to the one above."""
    done: list[Piece] = []
    waiting: Piece | None = None
    for piece in pieces:
        if not kept.text[piece.start : piece.end].strip():
            continue
        if waiting:
            piece = replace(piece, start=waiting.start, silent=waiting.silent + piece.silent)
        span = kept.trimmed(piece.start, piece.end)
        waiting = piece if unsilenced(kept, span, piece.silent).start == span.end else None
        if not waiting:
            done.append(piece)
    if waiting and done:
        last = done.pop()
        return [*done, replace(last, end=waiting.end, silent=last.silent + waiting.silent)]
    return [*done, waiting] if waiting else done


def _ordered(kept: Kept) -> Iterator[Piece]:
    markers = find_markers(kept.text, kept.seams, tables=_tables(kept))
    if len(markers) < _FEWEST_MARKERS:
        yield from prose(kept, Span(0, len(kept.text)), "", "body")
        return
    heading = lone_heading(kept, 0, markers[0].start)
    yield from prose(kept, Span(0, heading.start if heading else markers[0].start), "front", "front")
    for block in blocks(kept, markers):
        yield from _Layout(kept, block).pieces()
        for piece in prose(kept, block.tail, "end", "body"):
            is_statement = any(mark in kept.text[piece.start : piece.end] for mark in END_MARKS)
            yield piece if is_statement or piece.kind == "metadata" else replace(piece, kind="front")


def _runs(kept: Kept, markers: Sequence[Marker]) -> Iterator[Piece]:
    """The text from the first marker on, cut at markers and seams.

    A title goes with the narrower item that follows it; where none does, what it was the title of is lost, and it stays
    with the text in front of it.
    """
    if not markers:
        return
    at = {m.start: m for m in markers}
    starts = sorted({*at, *(seam for seam in kept.seams if seam > markers[0].start)})
    runs: list[Span] = []
    opened = starts[0]
    for start, end in pairwise([*starts, len(kept.text)]):
        marker, following = at.get(start), at.get(end)
        if marker and is_title_sentence(kept, marker.end, end):
            leads_in = kept.text[kept.trimmed(start, end).end - 1] in COLONS
            opens = following is not None and RANK[marker.family] < RANK[following.family] < RANK["dash"] + leads_in
            if opens and end not in kept.seams:
                continue
            if runs:
                opened = runs.pop().start
        runs.append(Span(opened, end))
        opened = end
    lexicon = load_lexicon()
    quiet = [Span(m.start, m.end + lexicon.heading_at(kept.plain, m.end)) for m in markers]
    for start, end in runs:
        yield Piece(start, end, (), (), "body", tuple(span for span in quiet if start <= span.start < end))


class _Layout:
    """The pieces that the items of one block make."""

    def __init__(self, kept: Kept, block: Block) -> None:
        self._kept, self._block = kept, block
        # Headings and outline numbers, ascending.
        self._quiet = [block.heading] if block.heading else []
        for item in block.items:
            self._quiet += self._quiet_of(item)

    def pieces(self) -> Iterator[Piece]:
        heading, items = self._block.heading, self._block.items
        path = (label(self._kept.text[slice(*heading)]),) if heading else ()
        start = heading.start if heading else items[0].start
        if heading and _are_short(items, _SHORT_LISTED_ITEM):
            yield from self._packed(items, items[0].address, path, start)
            return
        for item in items:
            yield from self._pieces(item, path, start)
            start = item.end

    def _quiet_of(self, item: Item) -> Iterator[Span]:
        leads_in = item.is_headed and self._kept.text[item.head_end - 1] in COLONS
        yield Span(item.start, item.marker.end if leads_in else item.head_end)
        for child in item.children:
            yield from self._quiet_of(child)

    def _pieces(self, item: Item, path: tuple[str, ...], start: int) -> Iterator[Piece]:
        """The pieces of an item and all below it; `start` is where the headings that wait above it begin."""
        below = (*path, item.label) if item.label else path
        if self._is_short_list(item):
            yield from self._packed(item.children, item.address, below, start)
            return
        body = self._kept.trimmed(item.head_end if item.is_headed else item.start, item.own_end)
        others = item.children
        if item.children and (body.start == body.end or self._leads_in(body)):
            yield from self._pieces(item.children[0], below, start)
            others = item.children[1:]
        else:
            yield from self._own(item, below, start, body)
        for child in others:
            yield from self._pieces(child, below, child.start)

    def _own(self, item: Item, path: tuple[str, ...], start: int, body: Span) -> Iterator[Piece]:
        """The pieces of an item's own words: one, or below a heading one a paragraph."""
        if not item.is_headed or body.start == body.end:
            yield self._piece(start, item.own_end, item.address, path)
            return
        for count, group in enumerate(_grouped(self._kept, self._kept.paragraphs(*body)), start=1):
            yield self._piece(start if count == 1 else group.start, group.end, (*item.address, f"p{count}"), path)

    def _leads_in(self, body: Span) -> bool:
        return self._kept.text[body.end - 1] in COLONS and body.end - body.start <= _LONGEST_LEAD_IN

    def _is_short_list(self, item: Item) -> bool:
        own = self._kept.trimmed(item.start, item.own_end)
        longest = _SHORT_LISTED_ITEM if self._kept.text[own.end - 1] in COLONS else _SHORT_ITEM
        return _are_short(item.children, longest)

    def _packed(
        self, row: Sequence[Item], address: tuple[str, ...], path: tuple[str, ...], start: int
    ) -> Iterator[Piece]:
        """A row of short items with what stands above it, in as few pieces as they fit into."""
        for item in row[1:]:
            if item.end - start > PACK:
                yield self._piece(start, item.start, address, path)
                start, address = item.start, item.address
        yield self._piece(start, row[-1].end, address, path)

    def _piece(self, start: int, end: int, address: tuple[str, ...], path: tuple[str, ...]) -> Piece:
        silent = self._quiet[bisect_left(self._quiet, (start, 0)) : bisect_left(self._quiet, (end, 0))]
        return Piece(start, end, address, path, "body", tuple(silent))


def _are_short(row: Sequence[Item], longest: int) -> bool:
    """Whether the items are a list of at least two, none long, none wider than （一）, none with items below it."""
    return len(row) > 1 and all(
        not item.children and item.end - item.start <= longest and RANK[item.marker.family] >= RANK["cn_paren"]
        for item in row
    )


def _grouped(kept: Kept, paragraphs: Sequence[Span]) -> list[Span]:
    """The paragraphs below a heading, the little ones joined to their neighbours."""
    groups: list[Span] = []
    for span in paragraphs:
        last = groups[-1] if groups else None
        if last and (last.end - last.start < LITTLE or kept.text[last.end - 1] in COLONS):
            groups[-1] = Span(last.start, span.end)
        else:
            groups.append(span)
    if len(groups) > 1 and groups[-1].end - groups[-1].start < LITTLE:
        tail = groups.pop()
        groups[-1] = Span(groups[-1].start, tail.end)
    return groups
