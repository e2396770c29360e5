"""Tables that are printed without rules: rows whose pieces stand in columns."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise
from statistics import median

from knowledge.loaders.bands import CLOSE, NEARER, find_bands
from knowledge.loaders.printed import Box, Line, Table
from knowledge.loaders.tables import Cell
from knowledge.normalize import align

_FEWEST_ROWS = 3
_FEWEST_COLUMNS = 2
# From so many columns on rows are a table whatever stands in them; below it one column must hold figures.
_COLUMNS_OF_ANYTHING = 3
_FIGURES = re.compile(r"[^,;。:]{0,8}\d[^,;。:]{0,8}")
_MOSTLY = 0.6
# A piece this wide, in shares of the table's width, is a paragraph that ends the table.
_PARAGRAPH = 0.6
# Rows further apart than so many of their heights are not of one table.
_FAR = 3.0
# A line of labels and values is no row.
_LABELLED = ":"


def find_tables(rows: Sequence[Sequence[Line]], fewest: int = _FEWEST_COLUMNS) -> list[tuple[range, Table]]:
    """The tables among the printed rows of a page, each with the rows it is made of.

    Args:
        rows: the page's rows from the top, each the pieces that wide blanks part, from the left.
        fewest: how many columns a table must have.
    """
    bands = find_bands(rows)
    parts = [(row, band.span) for band in bands for row in band.rows]
    logical = [row for row, _ in parts]
    found: list[tuple[range, Table]] = []
    start = 0
    while start < len(logical):
        end = _end_of_run(logical, start)
        is_whole = end == len(parts) or parts[end][1] != parts[end - 1][1]
        table = _table(logical[start:end]) if end - start >= _FEWEST_ROWS and is_whole else None
        if table is not None and len(table.columns) >= fewest:
            found.append((range(parts[start][1].start, parts[end - 1][1].stop), table))
        start = max(end, start + 1)
    return found


def _end_of_run(rows: Sequence[Sequence[Line]], start: int) -> int:
    """Behind the last row of those that may be a table which begins with the row `start`."""
    if len(rows[start]) < _FEWEST_COLUMNS:
        return start
    end = start + 1
    left, right = _edges(rows[start])
    for index in range(start + 1, len(rows)):
        row = rows[index]
        if row[0].box[1] - rows[index - 1][-1].box[3] > _FAR * row[0].size:
            break
        if len(row) >= _FEWEST_COLUMNS:
            left, right = min(left, row[0].box[0]), max(right, row[-1].box[2])
            end = index + 1
        elif row[0].box[2] - row[0].box[0] > _PARAGRAPH * (right - left):
            break
    while end < len(rows) and _goes_on_below(rows[end], rows[end - 1]):
        end += 1
    return end


def _goes_on_below(row: Sequence[Line], above: Sequence[Line]) -> bool:
    """Whether a row is one piece that stands close below the beginning of a cell."""
    piece = row[0]
    if len(row) > 1 or piece.box[1] - max(other.box[3] for other in above) > CLOSE * piece.size:
        return False
    return any(abs(other.box[0] - piece.box[0]) < piece.size / 2 for other in above)


def _edges(row: Sequence[Line]) -> tuple[float, float]:
    return row[0].box[0], row[-1].box[2]


@dataclass(slots=True)
class _Row:
    """The cells of a row by the first and last column they stand in."""

    cells: dict[tuple[int, int], str]
    box: Box
    # The pieces as they are printed; one that stands beside several rows is in each of them.
    pieces: Sequence[Line] = ()


def _table(rows: Sequence[Sequence[Line]]) -> Table | None:
    """The rows as a table; None where their pieces stand in no columns, or hold what no table holds."""
    columns = _columns(rows)
    if len(columns) < _FEWEST_COLUMNS:
        return None
    placed: list[_Row] = []
    for row in rows:
        texts = _placed(row, columns)
        if texts is None:
            return None
        placed.append(_Row(texts, _around(row), row))
    placed = _joined(placed)
    if len(placed) < _FEWEST_ROWS or not _holds_data(placed, len(columns)):
        return None
    cells = tuple(_cells(placed))
    page = rows[0][0].page
    boxes = {number: (page, row.box) for number, row in enumerate(placed)}
    return Table(cells, boxes, tuple(left for left, _ in columns), page)


def _cells(rows: Sequence[_Row]) -> Iterator[Cell]:
    for number, row in enumerate(rows):
        above = rows[number - 1] if number else None
        for (first, last), text in row.cells.items():
            if above and _is_shared(above, row, (first, last)):
                continue
            below = number + 1
            while below < len(rows) and _is_shared(rows[below - 1], rows[below], (first, last)):
                below += 1
            yield Cell(number, first, text, below - number, last - first + 1)


def _is_shared(above: _Row, row: _Row, key: tuple[int, int]) -> bool:
    """Whether two rows have one printed piece in the same columns."""
    if key not in above.cells or above.cells[key] != row.cells.get(key):
        return False
    return any(piece is other for piece in above.pieces for other in row.pieces if piece.text == row.cells[key])


def _columns(rows: Sequence[Sequence[Line]]) -> list[tuple[float, float]]:
    """Left and right edge of each column: what the pieces of the fullest rows cover, each in its place from the left."""
    most = max(map(len, rows))
    full = [row for row in rows if len(row) == most]
    columns = [
        (min(row[place].box[0] for row in full), max(row[place].box[2] for row in full)) for place in range(most)
    ]
    return columns if all(one[1] <= other[0] for one, other in pairwise(columns)) else []


def _placed(row: Sequence[Line], columns: Sequence[tuple[float, float]]) -> dict[tuple[int, int], str] | None:
    """The pieces of a row by the columns they stand over; None where two of them want the same column."""
    cells: dict[tuple[int, int], str] = {}
    taken = -1
    for piece in row:
        left, _, right, _ = piece.box
        over = [index for index, (start, end) in enumerate(columns) if left < end and right > start]
        if not over:
            over = [min(range(len(columns)), key=lambda index: _distance(columns[index], left, right))]
        if over[0] <= taken:
            return None
        taken = over[-1]
        cells[over[0], over[-1]] = piece.text
    return cells


def _distance(column: tuple[float, float], left: float, right: float) -> float:
    return abs((column[0] + column[1]) - (left + right))


def _around(row: Sequence[Line]) -> Box:
    return (
        row[0].box[0],
        min(piece.box[1] for piece in row),
        row[-1].box[2],
        max(piece.box[3] for piece in row),
    )


def _joined(placed: Sequence[_Row]) -> list[_Row]:
    """The rows with the lines that go on in the cells above them, being nearer to them than rows are to each other.

    Two figures below each other are of two rows, however near: 20 and 15 are not 2015.
    """
    most = max(len(row.cells) for row in placed)
    gaps = [below.box[1] - above.box[1] for above, below in pairwise(placed) if len(below.cells) == most]
    usual = median(gaps) if gaps else 0.0
    found: list[_Row] = []
    last_top = 0.0
    for row in placed:
        goes_on = (
            found
            and len(row.cells) < most
            and all(key in found[-1].cells for key in row.cells)
            and row.box[1] - last_top < NEARER * usual
            and not any(_is_figure(text) and _is_figure(found[-1].cells[key]) for key, text in row.cells.items())
        )
        last_top = row.box[1]
        if goes_on:
            above = found[-1]
            for key, text in row.cells.items():
                above.cells[key] += text
            above.box = (above.box[0], above.box[1], max(above.box[2], row.box[2]), row.box[3])
        else:
            found.append(_Row(dict(row.cells), row.box, row.pieces))
    return found


def _holds_data(rows: Sequence[_Row], columns: int) -> bool:
    texts = [align(text) for row in rows for text in row.cells.values()]
    if sum(_LABELLED in text for text in texts) > (1 - _MOSTLY) * len(texts):
        return False
    return columns >= _COLUMNS_OF_ANYTHING or any(_is_of_figures(column) for column in _by_column(rows, columns))


def _by_column(rows: Sequence[_Row], columns: int) -> Iterator[list[str]]:
    for column in range(columns):
        yield [text for row in rows[1:] for (first, last), text in row.cells.items() if first == column == last]


def _is_of_figures(texts: Sequence[str]) -> bool:
    figures = sum(map(_is_figure, texts))
    return bool(texts) and figures >= _MOSTLY * len(texts)


def _is_figure(text: str) -> bool:
    return _FIGURES.fullmatch(align(text)) is not None
