"""Spreadsheets (.xlsx, .csv): each row a line that says its headers, each sheet below its name."""

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
from openpyxl.worksheet.worksheet import Worksheet

from knowledge.errors import SourceError
from knowledge.limits import Limits
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
            book = load_workbook(io.BytesIO(data), data_only=True)
    except (ValueError, KeyError, TypeError, OSError, zipfile.BadZipFile, SyntaxError) as error:
        raise SourceError(
            f"{name}: expected a workbook, got one that cannot be read ({error}); save it as .xlsx again"
        ) from error
    writer = Writer()
    sheets = [sheet for sheet in book.worksheets if sheet.sheet_state == "visible"]
    for sheet in sheets:
        cells = list(_cells(sheet))
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
    return _filled(writer.source(), name)


def parse_csv(data: bytes, name: str, _limits: Limits) -> Source:
    """The rows of a table in commas, tabs, semicolons or bars.

    Raises:
        SourceError: the file is empty, not text, or no table.
    """
    text = decode(data, name)
    lines = text.splitlines()[:_SNIFFED]
    counts = Counter({mark: min(line.count(mark) for line in lines if line.strip()) for mark in _DELIMITERS})
    delimiter = max(_DELIMITERS, key=lambda mark: counts[mark])
    try:
        rows = list(csv.reader(io.StringIO(text, newline=""), delimiter=delimiter))
    except csv.Error as error:
        raise SourceError(
            f"{name}: expected rows in commas, got text that is no table ({error}); save it as .txt"
        ) from error
    writer = Writer()
    cells = [Cell(row, column, value) for row, values in enumerate(rows) for column, value in enumerate(values)]
    writer.table(table_lines(cells))
    return _filled(writer.source(), name)


def _filled(source: Source, name: str) -> Source:
    if not source.text.strip():
        raise SourceError(f"{name}: expected a table with rows, got an empty one; remove or replace it")
    return source


def _cells(sheet: Worksheet) -> Iterator[Cell]:
    spans = {
        (merged.min_row, merged.min_col): (merged.max_row - merged.min_row + 1, merged.max_col - merged.min_col + 1)
        for merged in sheet.merged_cells.ranges
    }
    hidden_rows = {index for index, dimension in sheet.row_dimensions.items() if dimension.hidden}
    # The cells there are, not the rectangle that a stray format may stretch to a million rows.
    for (row, column), cell in sorted(sheet._cells.items()):
        if row not in hidden_rows and (text := _text(cell)):
            rows, columns = spans.get((row, column), (1, 1))
            yield Cell(row, column, text, rows, columns)


def _text(cell: SheetCell) -> str:
    """A value as the sheet shows it: shares in percent, dates by the day, whole numbers without a point."""
    value = cell.value
    if value is None:
        return ""
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
