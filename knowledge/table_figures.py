"""Every number of a table that its unit makes money, whether or not the reading of its columns takes it up."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Literal

from knowledge.model import Span
from knowledge.quantities import Quantity, find_quantities
from knowledge.tables import (
    SCALE,
    Cell,
    Column,
    Row,
    Table,
    headings_of,
    in_words,
    is_number,
    is_sum,
    table_columns,
    unit_of,
)

FigureKind = Literal["total", "paid", "other"]

# Columns of numbers that are none of money, whatever the unit of the table.
_COUNTS = re.compile(
    r"序号|编号|顺序|数量|名额|个数|家数|人数|员工|人员|产量|销量|期限|时限|年限|年[度份]|分值|得分|分数|电话|方式|周期|页码|权重|比例|占比"
    r"|时间|日期|月份|文号|依据|邮编|\([%个项家人名张件天月年分]\)|no\.?$",
    re.IGNORECASE,
)
# A unit for what stands below: 奖励金额(万元), 单位:万元.
_UNIT_BELOW = re.compile(r"\([^()]*元[^()]*\)|单位[^,;。]{0,6}元|(?<![\d.十百千万亿])(?:[百千]?万|[亿百千])?元$")
_PIECE = re.compile(r"[^\s|:;、]+")
_LONGEST_TITLE = 60
# Numbers in words that end with them: 主导30,参与10, 企业年度限额40.
_AT_END = re.compile(r"[ \t]*(?:$|[、,;。/()和及])")
_CONTACT = re.compile(r"电话|传真|邮编|邮箱|网址|地址|联系|咨询|热线")
# A cell that is little but a number: 约60, 60*, 60(含).
_MOST_WORDS = 4
_MOST_ALONE = 2
_DIGITS_AND_MARKS = re.compile(r"[\d\s.,;:*()/~+×x\-—–≤≥<>=①-⑳]+")
# Longer ones are numbers of telephones.
_GREATEST = 10**9


@dataclass(frozen=True, slots=True)
class Figure:
    """A number in a cell of a table.

    Attributes:
        cell: where it stands, below `column`, in `row`.
        amount: in yuan, where the cell, its row, its column or the table say a unit; else the bare number.
        unit: that unit.
        kind: `total` in a row of totals, `paid` in a column of payments or of what nothing says, else `other`.
    """

    row: Row
    cell: Cell
    column: Column
    amount: Quantity
    unit: str | None
    kind: FigureKind


def table_figures(table: Table, columns: Sequence[Column]) -> Iterator[Figure]:
    """The numbers of a table that are money by their unit, or by nothing else than that no unit is said.

    Counts, years and shares are none; of the words of a cell those numbers that have no unit of their own, since amounts
    that have one are found in any text.
    """
    headings = {id(row) for row in table.rows[: headings_of(table)]}
    for row in table.rows:
        of_row = next((unit for cell in row if (unit := unit_of(cell.text)) and not is_number(cell.text)), None)
        is_total = any(is_sum(cell.text) for cell in row)
        for cell, column in zip(row, columns, strict=False):
            words = "".join(title.text for title in column.titles)
            own = unit_of(words)
            if not cell.text or column.kind == "ordinal" or (own is None and _COUNTS.search(words)):
                continue
            if id(row) in headings and not (table.unit and cell is not row[0] and is_number(cell.text)):
                continue
            unit = own or of_row or column.unit
            kind: FigureKind = "total" if is_total else "other" if column.kind in ("other", "remark") else "paid"
            for amount in _numbers(cell, unit, of_words=own is not None or column.kind == "amount"):
                yield Figure(row, cell, column, amount, unit, kind)


def _numbers(cell: Cell, unit: str | None, *, of_words: bool) -> Iterator[Quantity]:
    """The numbers of a cell without a unit of their own, in yuan."""
    scale = SCALE[unit] if unit else 1
    if in_words(cell.text):
        found = [q for q in find_quantities(cell.text + "元") if q.kind == "money" and q.start == 0]
    else:
        found = [q for q in find_quantities(cell.text) if q.kind == "number" and q.value < _GREATEST]
        if not of_words and len(_DIGITS_AND_MARKS.sub("", cell.text)) > _MOST_WORDS:
            found = [q for q in found if unit is not None and _AT_END.match(cell.text, q.end)]
    for quantity in found:
        start, end = quantity.start, min(quantity.end, len(cell.text))
        # 60万 says its scale.
        said = end == quantity.end and quantity.text[-1:] in ("万", "亿")
        yield replace(
            quantity,
            value=quantity.value * (1 if said else scale),
            upper=None,
            unit="CNY",
            kind="money",
            start=cell.start + start,
            end=cell.start + end,
            text=cell.text[start:end],
            shared_unit=True,
        )


def amounts_of_tables(plain: str, tables: Sequence[Table]) -> Iterator[Quantity]:
    """Every amount of a text whose unit stands elsewhere: in the heading of its column, a caption, a line above."""
    for table in tables:
        for figure in table_figures(table, table_columns(table)):
            if figure.unit is not None:
                yield figure.amount
    yield from loose_figures(plain, tables)


def loose_figures(plain: str, tables: Sequence[Table]) -> Iterator[Quantity]:
    """The numbers that stand alone in lines of no table below words that say a unit of money, in yuan.

    Such lines are what is left of a table whose cells nothing parts, or of a row that came apart from its table. The unit
    holds until a line is a sentence of words.

    Args:
        plain: the folded text.
        tables: those that were found in it.
    """
    unit: str | None = None
    at = 0
    read = [t.span for t in tables if any(column.unit for column in table_columns(t))]
    for line in plain.splitlines(keepends=True):
        span, at = Span(at, at + len(line.rstrip())), at + len(line)
        if any(table.start <= span.start < table.end for table in read):
            unit = _unit_below(line) or unit
            continue
        found = list(_alone(line, span.start, unit)) if unit and not _CONTACT.search(line) else []
        if not found and line.strip():
            unit = _unit_below(line) or (None if re.search(r"[。!?]", line) else unit)
        yield from found


def _unit_below(line: str) -> str | None:
    words = line.strip()
    found = _UNIT_BELOW.search(words) if len(words) <= _LONGEST_TITLE and not re.search(r"[。!?]", words) else None
    return unit_of(found[0]) if found else None


def _alone(line: str, start: int, unit: str | None) -> Iterator[Quantity]:
    """The numbers of a line that stand alone or end a phrase; the first piece may be the number of its row or caption."""
    pieces = list(_PIECE.finditer(line))
    is_short = len(line.strip()) <= _LONGEST_TITLE
    for piece in pieces[1:] or pieces:
        words = piece[0].rstrip("。,")
        stands_alone = len(_DIGITS_AND_MARKS.sub("", words)) <= _MOST_ALONE
        if stands_alone or (is_short and len(pieces) > 1):
            cell = Cell(start + piece.start(), start + piece.start() + len(words), words)
            yield from _numbers(cell, unit, of_words=stands_alone)
