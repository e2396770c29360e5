"""Tables as lines of text: each row a sentence of its own that says its headers.

A row of the table

    | 级别     | 奖励金额（万元） || 备注       |
    |          | 主导   | 参与   |            |
    | 国际标准 | 60     | 20     | 以发布为准 |

becomes 级别：国际标准；奖励金额（万元）/主导：60；奖励金额（万元）/参与：20；备注：以发布为准。
"""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import pairwise

from knowledge.loaders.source import TableLine
from knowledge.normalize import align
from knowledge.outline import find_markers, load_lexicon
from knowledge.sentences import CLOSERS, END_MARKS
from knowledge.tables import is_title

_DEEPEST_HEADER = 3
_LONGEST_HEADER_CELL = 40
_LONGEST_LABEL = 12
_SERIAL = re.compile(r"\d{1,3}[.、]?")
_TOTAL = re.compile(r"[合小总共]\s*计")
_AMOUNT = re.compile(r"[\d.,\s]+(?:%|万元|元|万|亿元|项|个|家)?", re.ASCII)


@dataclass(frozen=True, slots=True)
class Cell:
    """A cell, its first row and column (from 0) and how many rows and columns it spans."""

    row: int
    column: int
    text: str
    rows: int = 1
    columns: int = 1


def table_lines(cells: Iterable[Cell], caption: str = "", *, is_printed: bool = False) -> list[TableLine]:
    """The lines of a table in order of its rows; empty rows and columns are left out.

    A cell that spans rows or columns is said in each row once. A row in one cell across the whole table, or with nothing but
    its first cell, is a caption in front of the header and a band below it; both are the path of the rows that follow. What
    is empty under a label at the head of a row, or beside one in a header of two rows, is read as spanned by it: formats
    of plain cells cannot say that cells are joined. Only in a header where the table `is_printed`: on paper a label may stand
    in the middle of its rows. Labels of metadata beside their values (索引号, 发布机构) make no rows but
    lines `label：value`. A table of one column is no table.
    """
    grid = _Grid(list(cells), is_printed)
    if grid.columns < 2:
        return [TableLine(text=cell.text, is_row=False, row=cell.row) for cell in grid.first_column()]
    return list(grid.lines(caption))


def one_line(text: str) -> str:
    """The text of a cell in one line, a blank for each line end."""
    return " ".join(text.split())


class _Grid:
    def __init__(self, cells: Sequence[Cell], is_printed: bool) -> None:
        filled = [Cell(c.row, c.column, one_line(c.text), c.rows, c.columns) for c in cells]
        filled = [cell for cell in filled if cell.text]
        self._rows = sorted({cell.row for cell in filled})
        self._columns = sorted({cell.column for cell in filled})
        self._at: dict[tuple[int, int], Cell] = {}
        self._is_form = False
        for cell in filled:
            # Only where something begins: a file may claim any number of rows and columns.
            for row in _from(self._rows, cell.row, cell.rows):
                for column in _from(self._columns, cell.column, cell.columns):
                    self._at.setdefault((row, column), cell)
        if self.columns > 1:
            self._spread(is_printed)

    @property
    def columns(self) -> int:
        """How many columns hold anything."""
        return len(self._columns)

    def _spread(self, is_printed: bool) -> None:
        """Lets labels span what is empty beside them in the header and below them at the heads of rows."""
        rows = [row for row in self._rows if len(self._distinct(row)) > 1]
        depth = 2 if len(rows) > 2 and self._spread_header(rows[0], rows[1]) else 1
        columns = [] if is_printed else list(self._leading(rows[depth:]))
        place = {row: index for index, row in enumerate(self._rows)}
        for above, row in pairwise(rows[depth:]):
            is_total = any(_TOTAL.search(cell.text) for _, cell in self._distinct(row))
            if not is_total and place[row] == place[above] + 1:
                self._spread_down(above, row, columns)

    def _leading(self, body: Sequence[int]) -> Iterator[int]:
        """The columns at the head of the rows whose labels may hold for rows below: not of serial numbers, none joined."""
        is_first = True
        for column in self._columns:
            cells = [cell for row in body if (cell := self._at.get((row, column)))]
            is_serial = is_first and all(_SERIAL.fullmatch(align(cell.text)) for cell in cells)
            is_first = is_first and is_serial
            if is_serial:
                continue
            # A label that is not in the first row stands in the middle of its rows, or elsewhere.
            if not body or (body[0], column) not in self._at or any(cell.rows > 1 for cell in cells):
                return
            yield column

    def _spread_header(self, top: int, below: int) -> bool:
        """Joins a header of two rows that are not joined themselves, and tells whether there is one."""
        first = self._columns[0]
        cells = [cell for row in (top, below) for _, cell in self._distinct(row)]
        corner = self._at.get((top, first))
        free = [column for column in self._columns if (below, column) in self._at and (top, column) not in self._at]
        if not free or corner is None or self._at.get((below, first), corner) is not corner:
            return False
        if not all(_is_header(cell.text) for cell in cells):
            return False
        last: Cell | None = None
        for column in self._columns:
            if (top, column) in self._at:
                last = self._at[top, column]
            elif column in free and last:
                wider = replace(last, columns=column - last.column + 1)
                for spanned in _from(self._columns, wider.column, wider.columns):
                    self._at[top, spanned] = wider
                last = wider
        for column in self._columns:
            if (below, column) not in self._at and (top, column) in self._at:
                deeper = replace(self._at[top, column], rows=below - top + 1)
                self._at[top, column] = self._at[below, column] = deeper
        return True

    def _spread_down(self, above: int, row: int, columns: Sequence[int]) -> None:
        for column in columns:
            label = self._at.get((above, column))
            if (row, column) in self._at or label is None or not _is_header(label.text):
                return
            self._at[row, column] = label

    def first_column(self) -> Iterator[Cell]:
        """The cells of a table that has but one column."""
        seen = None
        for row in self._rows:
            cell = self._at.get((row, self._columns[0]))
            if cell and cell is not seen:
                yield cell
            seen = cell

    def lines(self, caption: str) -> Iterator[TableLine]:
        rows = list(self._rows)
        # One row of such labels shows that all of the table is a form.
        self._is_form = any((names := self._labels(row)) and all(map(_is_label, names)) for row in rows)
        path = (caption,) if caption else ()
        while rows and (text := self._band(rows[0])):
            path = (*path, text)
            yield TableLine(text=text, is_row=False, row=rows.pop(0))
        depth = self._header_depth(rows)
        headers = self._headers(rows[:depth])
        base = path
        for row in rows[depth:]:
            if text := self._band(row):
                path = (*base, text) if self._is_heading(row) else path
                yield TableLine(text=text, is_row=False, row=row)
            elif labelled := list(self._labelled(row)):
                yield from labelled
            elif self._heads_others(row):
                headers = self._headers([row])
            else:
                yield TableLine(text=self._sentence(row, headers), is_row=True, path=path, row=row)

    def _band(self, row: int) -> str:
        """The text of a row that is one cell, across the table or at its beginning, else nothing."""
        found = self._distinct(row)
        return found[0][1].text if len(found) == 1 and (found[0][0] == self._columns[0]) else ""

    def _is_heading(self, row: int) -> bool:
        """Whether a band is the heading of the rows below it; a first cell alone may be a row with nothing in it."""
        cell = self._at[row, self._columns[0]]
        is_across = len(_from(self._columns, cell.column, cell.columns)) == len(self._columns)
        return is_across or any(marker.start == 0 for marker in find_markers(cell.text))

    def _heads_others(self, row: int) -> bool:
        """Whether a row is the header of those below it: sheets hold one table below another."""
        cells = [align(cell.text) for _, cell in self._distinct(row)]
        return row != self._rows[-1] and is_title(cells) and all(map(_is_header, cells))

    def _distinct(self, row: int) -> list[tuple[int, Cell]]:
        """The cells of a row, each with the first column it stands in."""
        found: list[tuple[int, Cell]] = []
        for column in self._columns:
            cell = self._at.get((row, column))
            if cell and not any(cell is other for _, other in found):
                found.append((column, cell))
        return found

    def _header_depth(self, rows: Sequence[int]) -> int:
        if len(rows) < 2 or list(self._labelled(rows[0])):
            return 0
        first = self._distinct(rows[0])
        if len(first) < 2 or not all(_is_header(cell.text) for _, cell in first):
            return 0
        bottom = max(cell.row + cell.rows for _, cell in first)
        depth = sum(1 for row in rows if row < bottom)
        if depth == 1 and any(cell.columns > 1 for _, cell in first) and len(rows) > 2:
            depth = 2 if all(_is_header(cell.text) for _, cell in self._distinct(rows[1])) else 1
        return depth if depth <= _DEEPEST_HEADER and depth < len(rows) else 1

    def _headers(self, rows: Sequence[int]) -> dict[int, str]:
        headers = {}
        for column in self._columns:
            words = [cell.text.rstrip("：:") for row in rows if (cell := self._at.get((row, column)))]
            headers[column] = "/".join(dict.fromkeys(words))
        return headers

    def _labels(self, row: int) -> list[str]:
        """What would be the labels of a row of labels and values; empty where it is none."""
        cells = [cell.text for _, cell in self._distinct(row)]
        return cells[::2] if len(cells) > 1 and all(len(name) <= _LONGEST_LABEL for name in cells[::2]) else []

    def _labelled(self, row: int) -> Iterator[TableLine]:
        """The row as labelled values, where every other cell is a label of metadata."""
        names = self._labels(row)
        if not names or not (self._is_form or all(map(_is_label, names))):
            return
        values = [*[cell.text for _, cell in self._distinct(row)][1::2], ""]
        for name, value in zip(names, values, strict=False):
            yield TableLine(text=f"{name.rstrip('：:')}：{value}", is_row=False, row=row)

    def _sentence(self, row: int, headers: dict[int, str]) -> str:
        parts = []
        for column, cell in self._distinct(row):
            header = headers.get(column, "")
            parts.append(f"{header}：{cell.text}" if header else cell.text)
        words = ""
        for part in parts:
            words += ("" if not words or words[-1] in "；;" or _is_closed(words) else "；") + part
        return words if _is_closed(words) else f"{words.rstrip('；;')}。"


def _from(taken: Sequence[int], first: int, count: int) -> Sequence[int]:
    return taken[bisect_left(taken, first) : bisect_left(taken, first + count)]


def _is_closed(words: str) -> bool:
    return words.rstrip(CLOSERS)[-1:] in tuple(END_MARKS)


def _is_header(text: str) -> bool:
    return len(text) <= _LONGEST_HEADER_CELL and not _is_closed(text) and not _AMOUNT.fullmatch(align(text))


def _is_label(text: str) -> bool:
    plain = "".join(align(text).split()).strip("【】[]").rstrip(":")
    return plain in load_lexicon().metadata.labels
