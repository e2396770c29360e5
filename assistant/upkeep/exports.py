"""Tables as workbooks, in which nothing that somebody wrote is ever read as a formula."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime
from io import BytesIO

from openpyxl import Workbook
from openpyxl.cell.cell import ILLEGAL_CHARACTERS_RE
from openpyxl.styles import Alignment, Font
from openpyxl.utils import get_column_letter

# The longest text that a cell holds.
_LONGEST = 32_767
_WIDEST = 80
_NARROWEST = 10

Value = str | int | float | datetime | None


def workbook(title: str, heads: Sequence[str], rows: Iterable[Sequence[Value]]) -> bytes:
    """One sheet as an XLSX file. Text is stored as text and marked as such, whatever sign it begins with.

    Args:
        title: the sheet's name.
        heads: the names of the columns.
        rows: the values; a moment is written in UTC.
    """
    book = Workbook()
    sheet = book.active
    sheet.title = "".join(sign for sign in title if sign not in r"[]:*?/\ ")[:31] or "Sheet"
    widths = [len(head) for head in heads]
    lines: list[Sequence[Value]] = [heads, *rows]
    for number, row in enumerate(lines, start=1):
        for column, value in enumerate(row, start=1):
            cell = sheet.cell(number, column)
            if isinstance(value, str):
                cell.value = ILLEGAL_CHARACTERS_RE.sub("", value)[:_LONGEST]
                cell.data_type = "s"  # openpyxl takes text that begins with = for a formula
                cell.quotePrefix = True  # and so do programs that edit the sheet
                cell.alignment = Alignment(wrap_text=True, vertical="top")
            else:
                cell.value = value.replace(tzinfo=None) if isinstance(value, datetime) else value
            widths[column - 1] = max(widths[column - 1], min(len(str(value or "")), _WIDEST))
            if number == 1:
                cell.font = Font(bold=True)
    for column, width in enumerate(widths, start=1):
        sheet.column_dimensions[get_column_letter(column)].width = max(_NARROWEST, 1.6 * width if width < 20 else width)
    sheet.freeze_panes = "A2"
    out = BytesIO()
    book.save(out)
    return out.getvalue()
