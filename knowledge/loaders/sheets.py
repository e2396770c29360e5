"""Spreadsheets (.xlsx, .csv): each row a line that says its headers, each sheet below its name.

What a sheet hides or strikes out is no text, and said; a raised digit is the mark of a note.
"""

from __future__ import annotations

import csv
import datetime
import io
import re
import warnings
import zipfile
from collections import Counter
from collections.abc import Iterator

from openpyxl import load_workbook
from openpyxl.cell.cell import Cell as SheetCell
from openpyxl.cell.rich_text import CellRichText, TextBlock
from openpyxl.worksheet.worksheet import Worksheet

from knowledge.errors import SourceError
from knowledge.limits import Limits
from knowledge.loaders.notes import raised
from knowledge.loaders.source import Source, Writer
from knowledge.loaders.tables import Cell, table_lines
from knowledge.loaders.text import decode
from knowledge.loaders.zips import open_zip, read_member

_DELIMITERS = ",\t;|"
_SNIFFED = 20
# A formula that was never computed, as programs write it that are no spreadsheets.
_UNCOMPUTED = re.compile(
    rb'<c(?![^>]*t="str")[^>]*>\s*(?:<f[^>]*/>|<f[ >][^<]*</f>|<f></f>)\s*(?:<v\s*/>|<v></v>)?\s*</c>'
)
_QUOTED = re.compile(r'"([^"]*)"')
_BRACKETED = re.compile(r"\[[^\]]*\]")
_PLACE = re.compile(r"[0#?]|General|G/通用格式")
# A comma behind the last place divides by a thousand; ! shows a mark that is none of the number's.
_SCALED = re.compile(r"[0#?],+(?![0#?,])|!")
# The line by which a table of text tells spreadsheets its mark between cells.
_TOLD = re.compile(r"\s*sep=(?P<mark>.)\s*", re.IGNORECASE)
_GIVEN_NAME = re.compile(r"(?:Sheet|工作表|表)\s*\d*", re.IGNORECASE)


def parse_xlsx(data: bytes, name: str, limits: Limits) -> Source:
    """The visible sheets of a workbook; of formulas the values that were last computed.

    Raises:
        SourceError: the file is damaged, encrypted, no workbook, or holds nothing.
    """
    with open_zip(data, name, limits) as archive:
        # Reading all proves that it unpacks within the limits.
        parts = {member.filename: read_member(archive, member, name, limits) for member in archive.infolist()}
    uncomputed = sum(len(_UNCOMPUTED.findall(part)) for path, part in parts.items() if "worksheets/" in path)
    try:
        with warnings.catch_warnings():
            # openpyxl warns of decorations it does not know.
            warnings.simplefilter("ignore")
            book = load_workbook(io.BytesIO(data), data_only=True, rich_text=True)
    except (ValueError, KeyError, TypeError, OSError, zipfile.BadZipFile, SyntaxError) as error:
        raise SourceError(
            f"{name}: expected a workbook, got one that cannot be read ({error}); save it as .xlsx again"
        ) from error
    writer = Writer()
    sheets = [sheet for sheet in book.worksheets if sheet.sheet_state == "visible"]
    unread: Counter[str] = Counter()
    for sheet in sheets:
        cells = list(_cells(sheet, unread))
        if not cells:
            continue
        # A name that the program gave says nothing.
        title = "" if _GIVEN_NAME.fullmatch(sheet.title.strip()) else sheet.title
        writer.write(f"{title}\n" if title else "")
        writer.table(table_lines(cells, title))
    if hidden := [sheet.title for sheet in book.worksheets if sheet not in sheets]:
        writer.note(f"hidden sheets were not read: {', '.join(hidden)}")
    if uncomputed:
        writer.note(
            f"{uncomputed} formulas have no computed value and were not read: open the workbook and save it anew"
        )
    for what, count in unread.items():
        writer.note(f"{count} {what}")
    return _filled(writer.source(), name)


def parse_csv(data: bytes, name: str, _limits: Limits) -> Source:
    """The rows of a table in commas, tabs, semicolons or bars.

    Raises:
        SourceError: the file is empty, not text, or no table.
    """
    text = decode(data, name)
    first, _, rest = text.partition("\n")
    if told := _TOLD.fullmatch(first):
        delimiter, text = told["mark"], rest
    else:
        lines = text.splitlines()[:_SNIFFED]
        counts = Counter({mark: min(line.count(mark) for line in lines if line.strip()) for mark in _DELIMITERS})
        delimiter = max(_DELIMITERS, key=lambda mark: counts[mark])
    try:
        rows = list(csv.reader(io.StringIO(text, newline=""), delimiter=delimiter))
        _check_closed(rows, text)
    except csv.Error as error:
        raise SourceError(
            f"{name}: expected rows in commas, got text that is no table ({error}); save it as .txt"
        ) from error
    writer = Writer()
    cells = [Cell(row, column, value) for row, values in enumerate(rows) for column, value in enumerate(values)]
    writer.table(table_lines(cells))
    return _filled(writer.source(), name)


def _check_closed(rows: list[list[str]], text: str) -> None:
    """Raises `csv.Error` where a quotation mark opens the rest of the file into one cell."""
    last = rows[-1][-1] if rows and rows[-1] else ""
    if "\n" in last.strip() and not text.rstrip().endswith('"'):
        raise csv.Error(f"a quotation mark in front of {last.split()[0]!r} is not closed")


def _filled(source: Source, name: str) -> Source:
    if not source.text.strip():
        raise SourceError(f"{name}: expected a table with rows, got an empty one; remove or replace it")
    return source


def _cells(sheet: Worksheet, unread: Counter[str]) -> Iterator[Cell]:
    """The cells that are shown; of what is not, each kind is counted by the words of its note."""
    spans = {
        (merged.min_row, merged.min_col): (merged.max_row - merged.min_row + 1, merged.max_col - merged.min_col + 1)
        for merged in sheet.merged_cells.ranges
    }
    hidden_rows = {index for index, dimension in sheet.row_dimensions.items() if dimension.hidden}
    hidden_columns = {
        column
        for dimension in sheet.column_dimensions.values()
        if dimension.hidden
        for column in range(dimension.min, min(dimension.max, sheet.max_column) + 1)
    }
    # The cells there are, not the rectangle that a stray format may stretch to a million rows.
    for (row, column), cell in sorted(sheet._cells.items()):
        if cell.comment is not None:
            unread["comments of cells were not read: look at them"] += 1
        if cell.value is None:
            continue
        if row in hidden_rows or column in hidden_columns:
            unread["cells of hidden rows and columns were not read"] += 1
            continue
        if cell.data_type == "e":
            unread["cells show an error in place of a value and were not read: mend the workbook and save it anew"] += 1
            continue
        if _is_struck(cell) or _has_struck(cell.value):
            unread["cells have struck-out words, which were left out"] += 1
        if text := "" if _is_struck(cell) else _text(cell):
            rows, columns = spans.get((row, column), (1, 1))
            yield Cell(row, column, text, rows, columns)


def _text(cell: SheetCell) -> str:
    """A value as the sheet shows it: shares in percent, dates by the day, whole numbers without a point."""
    value = cell.value
    if isinstance(value, CellRichText):
        return _rich(value)
    if isinstance(value, bool):
        return "是" if value else "否"
    if isinstance(value, datetime.datetime):
        day = f"{value.year}年{value.month}月{value.day}日"
        return day if value.time() == datetime.time() else f"{day} {value:%H:%M}"
    if isinstance(value, datetime.date):
        return f"{value.year}年{value.month}月{value.day}日"
    if isinstance(value, int | float):
        return _shown(value, (cell.number_format or "").split(";")[0])
    return str(value)


def _is_struck(cell: SheetCell) -> bool:
    return bool(cell.has_style and cell.font and cell.font.strike)


def _has_struck(value: object) -> bool:
    return isinstance(value, CellRichText) and any(
        isinstance(piece, TextBlock) and bool(piece.font.strike) for piece in value
    )


def _rich(value: CellRichText) -> str:
    """The words of a cell in several fonts."""
    text = ""
    for piece in value:
        if not isinstance(piece, TextBlock):
            text += piece
        elif not piece.font.strike:
            text += raised(piece.text, text) if piece.font.vertAlign == "superscript" else piece.text
    return text


def _shown(value: float, form: str) -> str:
    """A number with the words that its format puts around it (0"万元"); one that is shown scaled stays in full, without them."""
    if "%" in form:
        return f"{_plain(value * 100)}%"
    plain = _BRACKETED.sub("", form)
    words = _QUOTED.split(plain)
    if len(words) < 3 or _SCALED.search(_QUOTED.sub("", plain)):
        return _plain(value)
    first = next((index for index in range(0, len(words), 2) if _PLACE.search(words[index])), len(words))
    return "".join(words[1:first:2]) + _plain(value) + "".join(words[first + 1 :: 2])


def _plain(value: float) -> str:
    return f"{value:.10g}" if abs(value) < 10**10 else f"{value:.0f}"
