"""Tables in the lines of a text: rows of cells with what their column and row headings say."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from knowledge.model import Span
from knowledge.quantities import Quantity, find_quantities
from knowledge.sentences import is_row

_SEPARATOR = re.compile(r"\t+|[ ]*\|[ ]*|[ ]{2,}")
_BLANK = re.compile(" ")
_RULE_LINE = re.compile(r"[\s|:+\-—─━=]+")
_UNIT = re.compile(r"(亿元|万元|元)")
_NUMBER = re.compile(
    r"(?:人民币|rmb|¥|一次性|每[项个家件])?[ \t]*(?:最高|不超过|至多|≤)?[ \t]*"
    r"(\d+(?:\.\d+)?)(?:[ \t]*(?:-|—|~|–|至)[ \t]*(\d+(?:\.\d+)?))?"
)
_CEILING = re.compile(r"最高|不超过|至多|≤|上限|封顶|以内")
_NO_AMOUNT = re.compile(r"序号|编号|数量|名额|个数|期限|时限|年限|分值|得分|电话|投资|产值|周期|页码|家数|权重")
_REMARK = re.compile(r"备注|说明|条件|要求|备考|依据|文号|来源|文件")
_SCALE = {"元": 1, "万元": 10**4, "亿元": 10**8}
_ENTRY = re.compile(r"[ \t]*(?P<label>[^:;。]{1,24}):[ \t]*(?P<value>[^:;。]{0,80}?)[ \t]*")
_FEWEST_LINES = 2
_LONGEST_CELL = 80


@dataclass(frozen=True, slots=True)
class Cell:
    """A cell: its words at `[start, end)` of the kept text."""

    start: int
    end: int
    text: str


@dataclass(frozen=True, slots=True)
class TableAmount:
    """An amount of a table with the ranges of the headings that say what it is for.

    Attributes:
        quantity: the amount, with the unit of its cell, its column or the table.
        line: the range of its row.
        headings: cells to the left of it and above it, and the remarks of its row.
        unit: the unit where the cell itself has none (万元).
    """

    quantity: Quantity
    line: Span
    headings: tuple[Cell, ...]
    remarks: tuple[Cell, ...]
    unit: str | None


@dataclass(frozen=True, slots=True)
class Table:
    """Rows of cells; the first row is the heading."""

    span: Span
    rows: tuple[tuple[Cell, ...], ...]
    caption: str


def find_tables(text: str, plain: str) -> list[Table]:
    """The tables of a text: at least two lines one below the other that are divided into as many cells."""
    lines = list(_lines(plain))
    # A wide space parts cells; in the folded text it is an ordinary one.
    spaced = "".join("\t" if wide == "\u3000" else char for wide, char in zip(text, plain, strict=True))
    tables: list[Table] = []
    run: list[tuple[Cell, ...]] = []
    above = ""
    for span in [*lines, Span(len(plain), len(plain))]:
        body = plain[slice(*span)]
        cells = _cells(spaced[slice(*span)], span.start)
        if cells is None and body and _RULE_LINE.fullmatch(body) and run:
            continue
        if cells is not None and (not run or _fits(run[0], cells)):
            run.append(cells)
            continue
        if len(run) >= _FEWEST_LINES and any(_NUMBER.search(cell.text) for row in run[1:] for cell in row):
            tables.append(Table(Span(run[0][0].start, run[-1][-1].end), tuple(run), above))
        if run and cells is not None:
            run = [cells]
            continue
        run = []
        above = body or above
    return tables


def find_entry_tables(plain: str) -> list[Table]:
    """Tables whose rows are written out with their headings: 级别：国际标准；主导（万元）：100；参与（万元）：30。"""
    tables: list[Table] = []
    run: list[tuple[Cell, ...]] = []
    labels: tuple[str, ...] = ()
    caption = above = ""

    def close() -> None:
        if len(run) > 1:
            tables.append(Table(Span(run[0][0].start, run[-1][-1].end), tuple(run), caption))
        run.clear()

    for span in _lines(plain):
        entries = _entries(plain[slice(*span)], span.start)
        found = tuple(label.text for label, _ in entries)
        if not entries or found != labels:
            close()
            labels = found
            caption = above
            if entries:
                run.append(tuple(label for label, _ in entries))
        if entries:
            run.append(tuple(value for _, value in entries))
        elif plain[slice(*span)].strip():
            above = plain[slice(*span)]
    close()
    return tables


def _entries(body: str, offset: int) -> list[tuple[Cell, Cell]]:
    """The headings and cells of a row that is written out; none where the line is no such row.

    Such a row has at least two entries, each with a heading, and the first names what the others are of.
    """
    entries: list[tuple[Cell, Cell]] = []
    at = 0
    for part in body.rstrip().rstrip("。;").split(";"):
        match = _ENTRY.fullmatch(part)
        if match is None:
            return []
        entries.append((_cell(match, "label", offset + at), _cell(match, "value", offset + at)))
        at += len(part) + 1
    names_first = len(entries) > 1 and not _holds_amount(entries[0][1].text)
    return entries if names_first and any(_holds_amount(value.text) for _, value in entries) else []


def _cell(match: re.Match[str], group: str, offset: int) -> Cell:
    return Cell(offset + match.start(group), offset + match.end(group), match[group])


def _fits(head: Sequence[Cell], row: Sequence[Cell]) -> bool:
    return abs(len(head) - len(row)) <= 1


def _lines(plain: str) -> Iterator[Span]:
    at = 0
    for line in plain.splitlines(keepends=True):
        yield Span(at, at + len(line.rstrip("\r\n")))
        at += len(line)


def _cells(body: str, offset: int) -> tuple[Cell, ...] | None:
    """The cells of a line; null where it is no row of a table."""
    inner = body.strip(" |\r\t") if "|" in body else body.strip(" \r")
    if not inner or _RULE_LINE.fullmatch(body):
        return None
    separator = _SEPARATOR if _SEPARATOR.search(inner) else _BLANK if is_row(inner) else None
    if separator is None:
        return None
    start = offset + body.index(inner)
    cells: list[Cell] = []
    at = 0
    for match in [*separator.finditer(inner), None]:
        end = match.start() if match else len(inner)
        raw = inner[at:end]
        lead = len(raw) - len(raw.lstrip())
        words = raw.strip()
        cells.append(Cell(start + at + lead, start + at + lead + len(words), words))
        at = match.end() if match else end
    if len(cells) < 2 or any(len(cell.text) > _LONGEST_CELL for cell in cells):
        return None
    return None if re.search(r"[。;]$", inner) and len(cells) < 3 else tuple(cells)


@dataclass(frozen=True, slots=True)
class TablePhrase:
    """A cell that says amounts in words (每项最高100万元), with the cells that say what they are for."""

    cell: Cell
    headings: tuple[Cell, ...]
    remarks: tuple[Cell, ...]


def table_phrases(table: Table) -> Iterator[TablePhrase]:
    """Every cell that says amounts or shares in words, row by row."""
    heading = table.rows[0]
    above: dict[int, Cell] = {}
    for row in table.rows[1:]:
        labels: list[Cell] = []
        remarks = tuple(cell for i, cell in enumerate(row) if i < len(heading) and _REMARK.search(heading[i].text))
        for column, cell in enumerate(row):
            title = heading[column].text if column < len(heading) else ""
            if _REMARK.search(title) or _NO_AMOUNT.search(title) or _holds_amount(cell.text):
                continue
            if _is_phrase(cell):
                yield TablePhrase(cell, tuple(labels), remarks)
            elif cell.text:
                labels.append(cell)
                above[column] = cell
            elif column in above:
                labels.append(above[column])


def _is_phrase(cell: Cell) -> bool:
    return any(q.kind == "money" and q.unit == "CNY" for q in find_quantities(cell.text))


def table_amounts(table: Table) -> Iterator[TableAmount]:
    """Every amount of the table that is a cell of its own, row by row."""
    heading = table.rows[0]
    shared = _unit(table.caption)
    above: dict[int, Cell] = {}
    for row in table.rows[1:]:
        labels: list[Cell] = []
        remarks = [cell for i, cell in enumerate(row) if i < len(heading) and _REMARK.search(heading[i].text)]
        amounts: list[tuple[int, Cell]] = []
        for column, cell in enumerate(row):
            title = heading[column].text if column < len(heading) else ""
            if _REMARK.search(title) or (_NO_AMOUNT.search(title) and not _UNIT.search(title)):
                continue
            if _holds_amount(cell.text):
                amounts.append((column, cell))
            elif _is_phrase(cell):
                continue
            elif cell.text:
                labels.append(cell)
                above[column] = cell
            elif column in above and not amounts:
                labels.append(above[column])
        line = Span(row[0].start, row[-1].end)
        for column, cell in amounts:
            title_cell = heading[column] if column < len(heading) else None
            unit = _unit(title_cell.text if title_cell else "") or shared
            quantity = _quantity(
                cell,
                unit,
                ceiling=bool(title_cell and _CEILING.search(title_cell.text)) or bool(_CEILING.search(table.caption)),
            )
            if quantity is not None:
                headings = (*labels, *((title_cell,) if title_cell else ()))
                yield TableAmount(quantity[0], line, headings, tuple(remarks), quantity[1])


def _holds_amount(text: str) -> bool:
    return bool(_NUMBER.match(text)) and not re.search(r"[%年月日级家名]|标准|A", text)


def _unit(words: str) -> str | None:
    found = _UNIT.search(words)
    return found.group(1) if found else None


def _quantity(cell: Cell, unit: str | None, *, ceiling: bool) -> tuple[Quantity, str | None] | None:
    """The amount of a cell and the unit it borrows; null where nothing says the unit."""
    stated = [q for q in find_quantities(cell.text) if q.kind == "money"]
    if len(stated) == 1:
        quantity = stated[0]
        bound = "up_to" if ceiling or _CEILING.search(cell.text) else quantity.bound
        moved = replace(quantity, bound=bound, start=cell.start + quantity.start, end=cell.start + quantity.end)
        return moved, None
    number = _NUMBER.match(cell.text)
    if number is not None and cell.text.startswith("万", number.end()):
        unit = "万元"  # 5万/项
    if stated or number is None or unit is None:
        return None
    words = number.group() + unit
    found = [q for q in find_quantities(words) if q.kind == "money"]
    if len(found) != 1:
        return None
    start = cell.start + number.start(1)
    end = cell.start + number.end()
    bound = "up_to" if ceiling or _CEILING.search(cell.text) else "exact"
    return replace(found[0], bound=bound, start=start, end=end, text=cell.text[number.start(1) : number.end()]), unit
