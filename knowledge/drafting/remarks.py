"""The remarks of a table beside its amounts: which of the amounts in them are payments of their own."""

from __future__ import annotations

import re
from collections.abc import Sequence

from knowledge.drafting.axes import AXES, Head
from knowledge.drafting.ledger import Ledger
from knowledge.drafting.limits import COUNTED
from knowledge.drafting.purpose import is_over_organization
from knowledge.drafting.settle import refuse
from knowledge.drafting.statements import Statement
from knowledge.drafting.vocabulary import any_of
from knowledge.model import Span
from knowledge.rule_schema import DRAFTING
from knowledge.tables import Cell, Line

# 参与单位不扶持: who is paid nothing.
_NOT_PAID = re.compile(r"不(?:再|予|另)?(?:扶持|奖|补|资助|支持|给予|享受)")
# 获评优秀的奖励3万元, 第二张起每张3万元: a narrower case than the row's, whatever it is.
_NARROWER = re.compile(r"的|起|第|其中|提名|首[次个张项]|属")
# 分两年拨付，每年15万元; 其中市级奖励12万元: a part of what the row pays.
_PART = re.compile(
    r"分[期批次年两二三四五]|其中|(?<!优)先(?!进)|首[期付]|尾款|余[款额]|每年|[市省区县]级?(?:财政)?(?:承担|负担|各|奖|补|资|出|分)"
)
# 第四项起不再奖励，即每家8万元: what the row's own amounts come to.
_COMES_TO = re.compile(r"(?<![立当])即|(?<!公)共|合计|总计|累计|相当于|折合")
_SHARE = ("percent", "half", "ratio")
NOT_OWN = "whether the remark pays an amount of its own is not clear"


def role_in_remarks(ledger: Ledger, line: Line, head: Head) -> Head:
    """The head with the role that only a remark says: 限前三名."""
    parts = [part for cell in line.remarks if not _NOT_PAID.search(cell.text) for part in clauses(cell)]
    read = [ledger.reading.tokens_in(Span(part.start, part.end)) for part in parts]
    # 第二至第五起草单位不超过4万元: who is paid another amount.
    tokens = [token for part in read if all(token.kind != "money" for token in part) for token in part]
    said = ledger.context.head([token for token in tokens if token.kind in ("role", "rank")])
    if head.of("role") or not said.of("role") or head.single("activity") not in DRAFTING:
        return head
    return head.with_axis("role", said.of("role"))


def clauses(cell: Cell) -> list[Cell]:
    """The clauses of a remark, as cells."""
    found = re.finditer("[^;。]+", cell.text)
    return [Cell(cell.start + part.start(), cell.start + part.end(), part.group()) for part in found]


def settle_remark(ledger: Ledger, cell: Cell, first: int, paid: Sequence[Statement]) -> None:
    """Keeps of the amounts that a remark states those of a case that is none of its row's.

    Another is a ceiling on what the row pays, a part of it, or a duty of those who are paid; or it is refused.

    Args:
        ledger: the state of the reading.
        cell: the remark, or a clause of it.
        first: the number of statements in front of it.
        paid: what the row itself pays.
    """
    stated = ledger.found.statements[first:]
    del ledger.found.statements[first:]
    parts = _are_parts(stated, paid)
    for statement in stated:
        quantity = statement.quantity
        if quantity is None or (statement.shape != "amount" and not parts):
            ledger.found.statements.append(statement)
            continue
        words = _words_of(ledger, cell, statement)
        other = _of_another_case(ledger, words, paid)
        if statement.bound == "up_to" and _is_ceiling(ledger, words, cell, other=other):
            said = ledger.plain[words.start : statement.span.end]
            ledger.limit(said, statement.span, quantity, statement.head, ledger.reading.sentence_at(words.start))
        elif parts or (not other and any(form.search(ledger.plain, *words) for form in (_PART, _COMES_TO, _NOT_PAID))):
            ledger.found.put_aside(quantity, "pot")
        elif not other and statement.bound == "at_least":
            ledger.found.put_aside(quantity, "threshold")
        elif other or _is_narrower(ledger, words, statement):
            ledger.found.statements.append(statement)
        else:
            ledger.found.statements.append(statement)
            refuse(ledger.found, len(ledger.found.statements) - 1, NOT_OWN)


def _words_of(ledger: Ledger, cell: Cell, statement: Statement) -> Span:
    """The words of a remark in front of an amount that are its own."""
    before = [q.end for q in ledger.reading.quantities_in(Span(cell.start, statement.span.start)) if q.kind == "money"]
    return Span(max([cell.start, *before]), statement.span.start)


def _are_parts(stated: Sequence[Statement], paid: Sequence[Statement]) -> bool:
    """Whether several amounts add up to one that the row pays: 立项后拨付8万元，验收后再拨付12万元."""
    values = [s.quantity.value for s in stated if s.quantity is not None and s.bound == "exact"]
    return len(values) > 1 and any(s.quantity is not None and s.quantity.value == sum(values) for s in paid)


def _of_another_case(ledger: Ledger, words: Span, paid: Sequence[Statement]) -> bool:
    """Whether words name a level, a role, a grade or a kind of standard that the row's amounts are not for."""
    if any_of(ledger.words.kinds_of_standards).search(ledger.plain, *words):
        return True
    head = ledger.context.head(ledger.reading.tokens_in(words))
    rows = [row for statement in paid for row in statement.combinations]
    return any(
        value not in {row[axis] for row in rows}
        for axis in AXES
        for choice in head.of(axis)
        for value in choice.values
        if axis != "activity" or value != "formulate_standard"
    )


def _is_ceiling(ledger: Ledger, words: Span, cell: Cell, *, other: bool) -> bool:
    """Whether an amount at most is one of all that is paid: for everything of somebody, altogether, or of the row's own case."""
    text = ledger.plain[slice(*words)]
    behind = ledger.plain[words.end : cell.end]
    share = any(token.kind in _SHARE for token in ledger.reading.tokens_in(words))
    summed = any_of(ledger.words.sums).search(text + behind.split(",")[0]) is not None
    narrower = _NARROWER.search(text) is not None or any_of(ledger.words.narrowing).search(text) is not None
    return summed or share or is_over_organization(text) or not (other or narrower)


def _is_narrower(ledger: Ledger, words: Span, statement: Statement) -> bool:
    """Whether an amount is for a narrower case than the row's, and for one thing."""
    several = any(
        q.kind == "count" and q.unit in COUNTED and q.value > 1 and "每" not in ledger.plain[q.end : words.end]
        for q in ledger.reading.quantities_in(words)
    )
    text = ledger.plain[slice(*words)]
    narrower = _NARROWER.search(text) is not None or any_of(ledger.words.narrowing).search(text) is not None
    return narrower and not several and statement.bound not in ("up_to", "at_least")
