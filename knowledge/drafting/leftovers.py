"""What is left of a table when its columns were read: no number that its unit makes money is passed over in silence."""

from __future__ import annotations

from collections.abc import Sequence

from knowledge.drafting.cells import cell_tokens, headed_by
from knowledge.drafting.ledger import Ledger
from knowledge.drafting.statements import Statement
from knowledge.model import Span
from knowledge.rule_schema import IgnoreReason
from knowledge.table_figures import Figure, loose_figures, table_figures
from knowledge.tables import Column, Line, Table, is_number, is_of_giving

NO_UNIT = "nothing says in what unit of money the number in the cell is"
NO_CELLS = "the line is a row of no table that is understood"
NOT_READ = "what the number in the cell is, is not clear"


def account_for_figures(
    ledger: Ledger,
    table: Table,
    lines: Sequence[Line],
    columns: Sequence[Column],
    *,
    first: int,
    aside: IgnoreReason | None,
) -> None:
    """Sets aside every amount of a table that no part of its reading took up, and refuses those of its payments.

    Args:
        ledger: what was found so far.
        table: the table, with its `lines` and `columns`.
        first: the number of statements in front of the table.
        aside: why its amounts are no payments, where they are none.
    """
    taken = _taken(ledger, table.span, first)
    refused = {s.span.start for s in ledger.found.statements[first:] if s.shape == "unclear"}
    for figure in table_figures(table, columns):
        amount = figure.amount
        if any(amount.start < end and start < amount.end for start, end in taken):
            continue
        if figure.unit is not None:
            ledger.found.put_aside(amount, _reason(figure, aside))
        if aside is None and figure.cell.start not in refused and _may_be_paid(ledger, figure):
            refused.add(figure.cell.start)
            _refuse(ledger, figure, lines)


def account_for_loose_figures(ledger: Ledger) -> None:
    """Sets aside what is left of tables that were not recognised, and says so once for each line that gives anything."""
    stretches = [stretch for stretch in ledger.reading.stretches if stretch.table is not None]
    taken = _taken(ledger, Span(0, ledger.reading.size), 0)
    gives = any(statement.combinations for statement in ledger.found.statements)
    refused = -1
    for amount in loose_figures(ledger.plain, [stretch.table for stretch in stretches if stretch.table is not None]):
        if any(amount.start < end and start < amount.end for start, end in taken):
            continue
        ledger.found.put_aside(amount, "unclear")
        line = Span(ledger.plain.rfind("\n", 0, amount.start) + 1, ledger.reading.line_end(amount.end))
        tokens = ledger.reading.tokens_in(line)
        if line.start != refused and (gives or ledger.context.promises) and tokens:
            refused = line.start
            head = ledger.context.head(tokens)
            span = Span(amount.start, amount.end)
            ledger.say(Statement("unclear", span, (head.row(),), head, benefit="reward", needs_review=NO_CELLS))


def _taken(ledger: Ledger, within: Span, first: int) -> list[tuple[int, int]]:
    """The ranges of a part of the text that are a row's, a ceiling's, or set aside; rows are those behind the `first` ones."""
    found = ledger.found
    stated = found.statements[first:]
    quantities = [*(s.quantity for s in stated if s.quantity is not None), *found.low_ends.values()]
    quantities += [quantity for quantity, _ in found.set_aside.values()]
    quantities += [q for q in ledger.reading.quantities_in(within) if q.kind == "money"]
    spans = [(quantity.start, quantity.end) for quantity in quantities]
    spans += [(limit.span.start, limit.span.end) for limit in found.limits]
    return [(start, end) for start, end in spans if within.start <= start and end <= within.end]


def _reason(figure: Figure, aside: IgnoreReason | None) -> IgnoreReason:
    if aside is not None:
        return aside
    if figure.column.kind == "old":
        return "history"
    return {"total": "pot", "paid": "unclear", "other": "other"}[figure.kind]  # type: ignore[return-value]  # reasons


def _may_be_paid(ledger: Ledger, figure: Figure) -> bool:
    """Whether a row should say that a number is not understood: it is an amount, or stands where an amount would."""
    if figure.kind != "paid" or figure.column.kind not in ("amount", "label"):
        return False
    if figure.unit is not None or figure.column.kind == "amount":
        return True
    titles = figure.column.titles
    heads = ledger.context.head(headed_by([cell_tokens(ledger.reading, cell) for cell in titles]))
    return figure.cell is not figure.row[0] and (bool(heads) or any(is_of_giving(cell.text) for cell in titles))


def _refuse(ledger: Ledger, figure: Figure, lines: Sequence[Line]) -> None:
    at = figure.cell.start
    line = next((line for line in lines if line.span.start <= at < line.span.end), None)
    labels = [cell for cell in line.labels if not is_number(cell.text)] if line is not None else []
    ledger.context.said = []
    tokens = headed_by([cell_tokens(ledger.reading, cell) for cell in (*labels, *figure.column.titles)])
    head = ledger.ellipsis.resolved(ledger.context.head(tokens), 1, "amount")
    why = NO_UNIT if figure.unit is None else NOT_READ
    span = Span(figure.cell.start, figure.cell.end)
    ledger.say(Statement("unclear", span, (head.row(),), head, benefit="reward", needs_review=why))
