"""The amounts of a table, each with what its row and column say, and what the remarks of a row add to them."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from decimal import Decimal

from knowledge.drafting.alignment import rows_of
from knowledge.drafting.amounts import amount_groups, read_groups
from knowledge.drafting.axes import AXES, Head, is_qualified
from knowledge.drafting.cells import (
    AXIS_LOST,
    beside,
    cell_tokens,
    counts_in,
    headed_by,
    is_understood,
    narrows,
    payees_named,
    shares_alike,
    told_apart,
)
from knowledge.drafting.doubts import LEVELLED
from knowledge.drafting.frames import Frame
from knowledge.drafting.grants import count_limits, grant
from knowledge.drafting.ledger import Ledger
from knowledge.drafting.leftovers import account_for_figures
from knowledge.drafting.level_tokens import NAMED
from knowledge.drafting.manner import benefit_of, conditions_of, payer_of, per_of
from knowledge.drafting.one_case import stages_of
from knowledge.drafting.remarks import clauses, role_in_remarks, settle_remark
from knowledge.drafting.second_readings import NAMED_STANDARD, UNKNOWN, doubt, second_reading
from knowledge.drafting.settle import refuse
from knowledge.drafting.statements import Shape, Statement
from knowledge.drafting.stretches import Stretch
from knowledge.drafting.tokens import Token
from knowledge.drafting.vocabulary import any_of
from knowledge.model import Span
from knowledge.quantities import Quantity
from knowledge.rule_schema import DRAFTING, IgnoreReason
from knowledge.tables import (
    USUAL_UNITS,
    Cell,
    Column,
    Entry,
    Line,
    Table,
    is_number,
    is_of_giving,
    leaves_out,
    says_nothing,
    table_columns,
    table_lines,
)

_ROLES = ("role", "rank")
# A remark that is about the amount itself: 每项, 最高.
_SHORT_REMARK = re.compile(r"[^\d,;。]{1,8}|[按以]?每[^\d,;。]{1,4}(?:计算?|计发|核算|为单位)?[,;].*")
# The number that a ceiling in a remark is of: 最多奖励3项, 3项封顶.
_NUMBER_BEHIND = re.compile(r"[^,;。、()]{0,4}?\d")
_NUMBER_BEFORE = re.compile(r"\d[^,;。、()]{0,2}$")


@dataclass(frozen=True)
class TableRow:
    """A row of a table as it is read: its stretch is the table's, `labels` the tokens of the cells that head it."""

    stretch: Stretch
    line: Line
    labels: Sequence[Sequence[Token]]
    caption: str

    def part(self, cell: Cell) -> Stretch:
        """A cell of it as a stretch of its own."""
        return replace(self.stretch, span=Span(cell.start, cell.end), kind="text", table=None)


def read_table(ledger: Ledger, stretch: Stretch, table: Table) -> None:
    """The amounts of a table, each with what its row and column say."""
    above = ledger.plain[max(0, stretch.span.start - 200) : stretch.span.start]
    caption = above.rstrip("| \t\n").rpartition("\n")[2]
    lines = list(table_lines(table))
    columns = table_columns(table)
    lines, columns = _with_remarks(ledger, lines, columns)
    aside = _of_no_payments(ledger, table, caption)
    unclear = _unclear_columns(ledger, columns)
    first = len(ledger.found.statements)
    again = aside is None and _says_again(ledger, lines, columns, caption)
    for line in lines:
        if aside is not None:
            for quantity in (q for entry in line.entries for q in (entry.amount, *entry.borrowed) if q is not None):
                ledger.found.put_aside(quantity, aside)
            continue
        heading = tuple(cell for cell in line.remarks if narrows(cell, cell_tokens(ledger.reading, cell)))
        line = replace(line, labels=(*line.labels, *heading))
        row = TableRow(stretch, line, [cell_tokens(ledger.reading, cell) for cell in line.labels], caption)
        own = len(ledger.found.statements)
        for entry in line.entries:
            if again and columns[entry.column].kind != "old":
                _compare_cell(ledger, entry)
                continue
            _read_cell(ledger, row, entry, columns[entry.column], unclear.get(entry.column))
        if again:
            continue
        _read_remarks(ledger, row, [column for column in columns if column.kind == "amount"], own)
    _settle(ledger, first, [line.span for line in lines])
    ledger.found.statements[first:] = shares_alike(ledger.found.statements[first:])
    account_for_figures(ledger, table, lines, columns, first=first, aside=aside)
    ledger.context.said = []
    ledger.entries = []


def _with_remarks(ledger: Ledger, lines: Sequence[Line], columns: Sequence[Column]) -> tuple[list[Line], list[Column]]:
    """A table whose columns of words about amounts (计发规则) are remarks, beside one of amounts.

    The heading of such a column names nothing that is paid for, and none of its cells is an amount.
    """
    entries = [entry for line in lines for entry in line.entries]
    sums = {entry.column for entry in entries if entry.amount is not None}
    kept = {
        i
        for i, column in enumerate(columns)
        if column.kind != "amount"
        or i in sums
        or not sums
        or column.unit
        or not column.titles
        or is_of_giving("".join(cell.text for cell in column.titles))
        or ledger.context.head(_title_tokens(ledger, column))
        or stages_of("".join(cell.text for cell in column.titles))
    }
    if len(kept) == len(columns):
        return list(lines), list(columns)
    moved = [
        replace(
            line,
            entries=tuple(entry for entry in line.entries if entry.column in kept),
            remarks=(*line.remarks, *(entry.cell for entry in line.entries if entry.column not in kept)),
        )
        for line in lines
    ]
    return moved, [c if i in kept else replace(c, kind="remark") for i, c in enumerate(columns)]


def _of_no_payments(ledger: Ledger, table: Table, caption: str) -> IgnoreReason | None:
    """Why the amounts of a table are no payments: it reports what was paid, or nothing says that it gives any."""
    words = caption + ";".join(cell.text for row in table.rows[:2] for cell in row)
    reports = (*ledger.words.purposes["report_tables"], *ledger.words.purposes["reports"])
    if any_of(reports).search(words):
        return "history"
    tokens = ledger.reading.tokens_in(table.span)
    told = any_of(ledger.words.about_giving).search(words) or any(token.kind == "giving" for token in tokens)
    return None if told or ledger.context.promises else "other"


def _amounts_of(ledger: Ledger, entry: Entry) -> list[Quantity]:
    """The amounts of money that a cell states."""
    here = ledger.reading.quantities_in(Span(entry.cell.start, entry.cell.end))
    return [q for q in (entry.amount, *entry.borrowed, *here) if q is not None and q.kind == "money"]


def _stated(ledger: Ledger) -> set[Decimal]:
    """Every amount that the text so far states, whatever it is for."""
    paid = [s.quantity for s in ledger.found.statements if s.quantity is not None]
    return {q.value for q in (*paid, *(q for q, _ in ledger.found.set_aside.values()))} | {
        Decimal(limit.yuan) for limit in ledger.found.limits if limit.yuan is not None
    }


def _says_again(ledger: Ledger, lines: Sequence[Line], columns: Sequence[Column], caption: str) -> bool:
    """Whether a table sets former rules beside those that the text above it states (修改前 | 修改后), or says it compares."""
    if all(column.kind != "old" for column in columns):
        return False
    titles = caption + "".join(cell.text for column in columns for cell in column.titles)
    if any_of(ledger.words.comparing_tables).search(titles):
        return True
    new = [q for line in lines for e in line.entries if columns[e.column].kind != "old" for q in _amounts_of(ledger, e)]
    return sum(quantity.value in _stated(ledger) for quantity in new) * 2 > len(new)


def _compare_cell(ledger: Ledger, entry: Entry) -> None:
    """Sets aside what a table of changes says again; an amount that the text above does not state is refused."""
    amounts = _amounts_of(ledger, entry)
    if all(quantity.value in _stated(ledger) for quantity in amounts):
        for quantity in amounts:
            ledger.found.put_aside(quantity, "other")
    else:
        ledger.entries = []
        ledger.context.said = []
        _refuse_cell(ledger, entry, "a table of changes, and the text above it does not state this amount")


def _unclear_columns(ledger: Ledger, columns: Sequence[Column]) -> dict[int, str]:
    """Of several columns of amounts those whose headings do not tell them apart, and why."""
    amounts = {i: column for i, column in enumerate(columns) if column.kind == "amount"}
    strange = {
        i: f"amounts in {column.unit} are not read"
        for i, column in amounts.items()
        if column.unit not in (None, *USUAL_UNITS)
    }
    heads = {i: ledger.context.head(_title_tokens(ledger, column)) for i, column in amounts.items() if i not in strange}
    if len(heads) < 2:
        return strange
    # What stands above one column may hold for the next without a heading.
    untitled = any(not column.titles for column in amounts.values())
    stages = {i: stages_of("".join(cell.text for cell in column.titles)) for i, column in amounts.items()}
    said = {i: ([[c.values for c in head.of(a)] for a in AXES], stages[i]) for i, head in heads.items()}
    return strange | {
        i: f"what the column {''.join(c.text for c in amounts[i].titles)} is for is not clear"
        for i, head in heads.items()
        if untitled or not (head or stages[i]) or sum(words == said[i] for words in said.values()) > 1
    }


def _title_tokens(ledger: Ledger, column: Column) -> list[Token]:
    return headed_by([cell_tokens(ledger.reading, cell) for cell in column.titles])


def _read_cell(ledger: Ledger, row: TableRow, entry: Entry, column: Column, unclear: str | None) -> None:
    """The amounts, the honour or the delegation that one cell states."""
    if column.kind == "old":
        for quantity in (entry.amount, *entry.borrowed):
            if quantity is not None:
                ledger.found.put_aside(quantity, "history")
        return
    titles = [cell_tokens(ledger.reading, cell) for cell in column.titles]
    ledger.entries = headed_by([*row.labels, *titles])
    ledger.context.said = []
    if column.kind == "cap":
        _cap_cell(ledger, row.line, entry, column)
        return
    if not row.line.fits:
        unclear = "the cells of the row do not stand below the headings"
    elif (strange := _strange_label(ledger, row)) is not None:
        unclear = f"what {strange.text} is, is not clear"
    states = entry.amount is not None or amount_groups(ledger, row.part(entry.cell))
    if leaves_out(entry.cell.text) and entry.amount is None:
        unclear = "a part of the list has no amount"
    if unclear is not None and states:
        _refuse_cell(ledger, entry, unclear)
    elif entry.amount is not None:
        _pay_cell(ledger, row, entry, entry.amount, column)
    elif not says_nothing(entry.cell.text):
        known = len(ledger.found.statements), len(ledger.found.limits), len(ledger.found.set_aside)
        _read_words(ledger, row, entry.cell, column)
        if known == (len(ledger.found.statements), len(ledger.found.limits), len(ledger.found.set_aside)) and (
            entry.borrowed or (column.unit is None and is_number(entry.cell.text))
        ):
            _refuse_cell(ledger, entry, "what the number in the cell is, is not clear")


def _strange_label(ledger: Ledger, row: TableRow) -> Cell | None:
    """The last heading of a row where it is not understood; a blank one is where what is paid for has no levels."""
    if not row.labels:
        return None
    cell, tokens = row.line.labels[-1], row.labels[-1]
    levelled = ledger.context.head(ledger.entries).single("activity") in (None, *LEVELLED)
    if says_nothing(cell.text) and not levelled:
        return None
    return None if is_understood(cell, tokens) else cell


def _refuse_cell(ledger: Ledger, entry: Entry, reason: str) -> None:
    for quantity in _amounts_of(ledger, entry):
        ledger.found.put_aside(quantity, "unclear")
    head = ledger.ellipsis.resolved(ledger.context.head(ledger.entries), 1, "amount")
    span = Span(entry.cell.start, entry.cell.end)
    ledger.say(Statement("unclear", span, (head.row(),), head, benefit="reward", needs_review=reason))


def _pay_cell(ledger: Ledger, row: TableRow, entry: Entry, quantity: Quantity, column: Column) -> None:
    """An amount that fills its cell."""
    tokens = ledger.entries
    head = ledger.ellipsis.resolved(ledger.context.head(tokens), 1, "amount")
    short = [cell for cell in row.line.remarks if _SHORT_REMARK.fullmatch(cell.text)]
    words = ";".join([*(cell.text for cell in (*row.line.labels, *column.titles, *short)), row.caption])
    up_to = quantity.bound == "up_to" or _is_ceiling(ledger, words)
    # 按每个产品计，每家不超过5万元: what stands in front of the comma.
    phrases = [Span(cell.start, cell.start + len(re.split("[,;]", cell.text)[0])) for cell in short]
    each = [t for phrase in phrases for t in ledger.reading.tokens_in(phrase) if t.kind == "per"]
    own = Span(quantity.start, max(quantity.end, entry.cell.end))
    each += [t for t in ledger.reading.tokens_in(own)[1:2] if t.kind == "per" and t.start <= quantity.end + 1]
    per = per_of(ledger, [*tokens, *each], "", head, elided=True)
    giving = benefit_of(ledger, tokens, row.caption, True)
    head = role_in_remarks(ledger, row.line, head)
    reason: str | None = None
    if not head.of("role") and head.single("activity") in DRAFTING:
        head = head.with_axis("role", ledger.context.head(payees_named(ledger.reading, row.caption)).of("role"))
    for cell in (*row.line.labels, *column.titles):
        words_of = Span(cell.start, cell.end)
        here = cell_tokens(ledger.reading, cell)
        reason = reason or second_reading(ledger, words_of, here, head, head, per)
    rows = rows_of(head)
    if any(row["level"] == NAMED for row in rows):
        reason = reason or NAMED_STANDARD
        rows = [{**row, "level": None if row["level"] == NAMED else row["level"]} for row in rows]
    reason = reason or (None if head.of("activity") else UNKNOWN)
    known = reason is None
    if not known:
        ledger.found.put_aside(quantity, "unclear")
    bound = "range" if quantity.upper is not None else "up_to" if up_to else "exact"
    statement = Statement(
        "amount" if known else "unclear",
        Span(quantity.start, quantity.end),
        tuple(rows),
        head,
        quantity if known else None,
        bound=bound if known else None,  # type: ignore[arg-type]  # one of the bounds
        per=per,
        benefit="reward" if giving in (None, "plain") else giving,
        payer=payer_of(ledger, tokens),
        conditions=_cell_conditions(
            ledger, (*row.line.labels, *(c for c in column.titles if stages_of(c.text)), *row.line.remarks)
        ),
        needs_review=reason or doubt(head),
        said_unit=entry.unit,
    )
    ledger.say(statement)


def _cap_cell(ledger: Ledger, line: Line, entry: Entry, column: Column) -> None:
    """The ceiling that a column of its own states for the payments of the row."""
    words = "".join(cell.text for cell in column.titles)
    for amount in [entry.amount] if entry.amount is not None else _amounts_of(ledger, entry):
        span = Span(amount.start, amount.end)
        ledger.limit(words, span, amount, Head(), ledger.reading.sentence_at(span.start), row=line.span)


def _is_ceiling(ledger: Ledger, words: str) -> bool:
    """Whether words around a table's amounts make them ceilings; a limit with a number of its own does not: 不超过4项."""
    ceilings = any_of(ledger.words.at_most).finditer(words)
    return any(
        not _NUMBER_BEHIND.match(words, found.end()) and not _NUMBER_BEFORE.search(words[: found.start()])
        for found in ceilings
    )


def _read_words(ledger: Ledger, row: TableRow, cell: Cell, column: Column | None) -> None:
    """What a cell says in words, below what heads it."""
    part = row.part(cell)
    benefit = benefit_of(ledger, ledger.entries, row.caption, True) or "reward"
    up_to = column is not None and column.ceiling
    before = len(ledger.found.statements)
    tokens = ledger.reading.tokens_in(part.span)
    ledger.entries = beside(ledger.entries, tokens, cell, cell_tokens(ledger.reading, cell))
    ledger.context.below(Frame(gives=benefit, up_to=up_to))
    if groups := amount_groups(ledger, part):
        read_groups(ledger, part, groups)
    else:
        shape: Shape | None = "honour" if any(token.kind == "honour" for token in tokens) else None
        if column is not None and any_of(ledger.words.delegating).search(cell.text):
            shape = "delegated"
        if shape is not None:
            grant(ledger, shape, part, ledger.entries, part.span.end)
    ledger.context.leave_below()
    words = _cell_conditions(ledger, (*row.line.labels, *row.line.remarks))
    for index, statement in enumerate(ledger.found.statements[before:], start=before):
        ledger.found.statements[index] = replace(
            statement, conditions=(*words, *statement.conditions), excepts=statement.excepts or column is None
        )


def _read_remarks(ledger: Ledger, row: TableRow, columns: Sequence[Column], own: int) -> None:
    """What the remarks of a row add to its amounts: a further payment, another amount for a narrower case, a ceiling.

    `own` is the number of statements in front of the row.
    """
    paid = ledger.found.statements[own:]
    titles = [cell_tokens(ledger.reading, cell) for column in columns[:1] for cell in column.titles]
    above = [*row.labels, *(titles if len(columns) == 1 else [])]
    empty = all(says_nothing(entry.cell.text) for entry in row.line.entries)
    for cell in row.line.remarks:
        limits = len(ledger.found.limits)
        count_limits(ledger, row.part(cell))
        ledger.context.said = []
        for part in _parts_that_pay(ledger, cell, empty=empty, borrowed=bool(row.line.borrowed)):
            tokens = ledger.reading.tokens_in(Span(part.start, part.end))
            own_role = any(token.kind in _ROLES for token in tokens)
            ledger.entries = [
                token
                for token in headed_by([*above, tokens])
                if token not in tokens and not (own_role and token.kind in _ROLES)
            ]
            first = len(ledger.found.statements)
            _read_words(ledger, row, part, None)
            if paid or any(is_number(label.text) for label in row.line.labels):
                settle_remark(ledger, part, first, paid)
        ledger.found.limits[limits:] = [
            limit if limit.over_all else replace(limit, row=row.line.span) for limit in ledger.found.limits[limits:]
        ]


def _parts_that_pay(ledger: Ledger, cell: Cell, *, empty: bool, borrowed: bool) -> list[Cell]:
    """The clauses of a remark that may state a payment, a ceiling or, where the row has no amount, an honour."""
    tokens = ledger.reading.tokens_in(Span(cell.start, cell.end))
    changes = any(
        token.kind in ("bonus", "giving") or is_qualified(ledger.plain[token.start : token.end]) for token in tokens
    )
    capped = any(token.quantity is not None and token.quantity.bound == "up_to" for token in tokens)
    kinds = {"money"} if changes or capped or borrowed else set()
    kinds |= {"honour"} if empty else set()
    return [
        part
        for part in clauses(cell)
        if not counts_in(part)
        and any(token.kind in kinds for token in ledger.reading.tokens_in(Span(part.start, part.end)))
    ]


def _cell_conditions(ledger: Ledger, cells: Sequence[Cell]) -> tuple[str, ...]:
    return tuple(words for cell in cells for words in conditions_of(ledger, cell.start, cell.end))


def _settle(ledger: Ledger, first: int, lines: Sequence[Span]) -> None:
    """Refuses the amounts of a table that are not told apart."""
    stated = ledger.found.statements[first:]
    for at, settled in enumerate(told_apart(stated, lines)):
        if settled is None:
            refuse(ledger.found, first + at, AXIS_LOST)
        else:
            ledger.found.statements[first + at] = settled
