"""Printed rows that stand close: cells of several lines beside others, and cells that stand beside several rows."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import accumulate, pairwise
from math import inf
from statistics import median

from knowledge.loaders.printed import Line

# The boxes of lines one below the other may overlap by this share of their height.
_OVERLAP = 0.2
# The lines of a cell are this much nearer to each other than the cells are.
NEARER = 0.75
# Rows less far apart, in heights of a line, may as well be the lines of one cell.
CLOSE = 0.5
_FIGURE = re.compile(r"\d")

Row = Sequence[Line]


@dataclass(frozen=True, slots=True)
class Band:
    """Printed rows that stand close, as the rows of a table that they are: one, or several if a cell spans those."""

    span: range
    rows: tuple[Row, ...]


def find_bands(rows: Sequence[Row]) -> list[Band]:
    """The bands of a page, from the top; a printed row that is close to no other is one by itself.

    Rows that are close and in no order of a table's cells are bands by themselves, too.
    """
    groups = list(_groups(rows))
    found: list[Band] = []
    for index, span in enumerate(groups):
        above = max((_bottom(rows[number]) for number in groups[index - 1]), default=0.0) if index else -inf
        below = min(_top(rows[number]) for number in groups[index + 1]) if index + 1 < len(groups) else inf
        found += _bands(rows, span, above, below)
    return found


def _bands(rows: Sequence[Row], span: range, above: float, below: float) -> list[Band]:
    """The bands of rows that are close; `above` and `below` is where the rows beside them end and begin."""
    own = [rows[number] for number in span]
    if len(own) == 1:
        return [Band(span, (own[0],))]
    room = max(0.0, min(min(map(_top, own)) - above, below - max(map(_bottom, own))))
    if resolved := _stacked(own, room) or _spanned(own):
        return [Band(span, resolved)]
    # Where the bands of a table are close, too, the widest gap parts them.
    bottoms = list(accumulate(map(_bottom, own), max))
    gaps = [_top(row) - bottom for row, bottom in zip(own[1:], bottoms, strict=False)]
    widest = max(gaps)
    if widest <= 0:
        return [Band(range(number, number + 1), (rows[number],)) for number in span]
    cut = span.start + gaps.index(widest) + 1
    upper = _bands(rows, range(span.start, cut), above, _top(rows[cut]))
    return upper + _bands(rows, range(cut, span.stop), bottoms[cut - span.start - 1], below)


def _groups(rows: Sequence[Row]) -> Iterator[range]:
    start, bottom = 0, 0.0
    for index, row in enumerate(rows):
        if index > start and _top(row) >= bottom + CLOSE * _size(row):
            yield range(start, index)
            start, bottom = index, 0.0
        bottom = max(bottom, _bottom(row))
    if rows:
        yield range(start, len(rows))


def _stacked(rows: Sequence[Row], room: float) -> tuple[Row, ...] | None:
    """The rows as one whose cells have several lines; None where the lines are as far from each other as cells are."""
    stacks: list[list[Line]] = []
    for piece in sorted((piece for row in rows for piece in row), key=lambda piece: piece.box[0]):
        if stacks and piece.box[0] < max(other.box[2] for other in stacks[-1]):
            stacks[-1].append(piece)
        else:
            stacks.append([piece])
    # Where each row has a piece in each column, nothing shows that they are lines of cells.
    if len(stacks) < 2 or all(len(row) == len(stacks) for row in rows):
        return None
    for stack in stacks:
        stack.sort(key=lambda piece: piece.box[1])
        if sum(bool(_FIGURE.search(piece.text)) for piece in stack) > 1:
            return None
        for above, below in pairwise(stack):
            gap = below.box[1] - above.box[3]
            if not -_OVERLAP * below.size <= gap < NEARER * room:
                return None
    return (tuple(map(_as_one, stacks)),)


def _spanned(rows: Sequence[Row]) -> tuple[Row, ...] | None:
    """The rows that do not overlap each other, each with what stands beside several of them; None where they are none."""
    own = [list(rows[0])]
    beside: list[Row] = []
    for row in rows[1:]:
        if _top(row) >= _bottom(own[-1]) + CLOSE * _size(row):
            own.append(list(row))
        else:
            beside.append(row)
    edges = [(_top(row), _bottom(row)) for row in own]
    near = CLOSE * max(map(_size, rows))
    for row in beside:
        over = [
            index
            for index, (top, bottom) in enumerate(edges)
            if top - near < _bottom(row) and _top(row) < bottom + near
        ]
        for index in over:
            own[index] += row
        if len(over) < 2:
            return None
    ordered = [sorted(row, key=lambda piece: piece.box[0]) for row in own]
    if any(one.box[2] > other.box[0] for row in ordered for one, other in pairwise(row)):
        return None
    return tuple(map(tuple, ordered))


def _as_one(stack: Sequence[Line]) -> Line:
    text = stack[0].text
    for piece in stack[1:]:
        text += (" " if text[-1] < "\u2e80" and piece.text[0] < "\u2e80" else "") + piece.text
    box = (
        min(piece.box[0] for piece in stack),
        stack[0].box[1],
        max(piece.box[2] for piece in stack),
        stack[-1].box[3],
    )
    return Line(text, box, median(piece.size for piece in stack), stack[0].page)


def _top(row: Row) -> float:
    return min(piece.box[1] for piece in row)


def _bottom(row: Row) -> float:
    return max(piece.box[3] for piece in row)


def _size(row: Row) -> float:
    return max(piece.size for piece in row)
