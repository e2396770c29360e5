"""What the reader finds: statements of what is paid for what, ceilings, and amounts that are neither."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Literal

from knowledge.drafting.axes import Combination, Head
from knowledge.drafting.limits import Limit
from knowledge.model import Span
from knowledge.quantities import Quantity
from knowledge.rule_schema import IgnoreReason, RuleBound

Shape = Literal["amount", "ratio", "bonus", "further", "honour", "delegated", "unclear"]


@dataclass(frozen=True)
class Statement:
    """One amount, share or honour and the combinations it is given for.

    Attributes:
        shape: `bonus` is added to other amounts (另加); a `further` payment (再给予) may be, or follow on a first one.
        span: the range of the kept text that says it.
        combinations: what it is given for, one row each.
        quantities: the amounts or the share that it states.
        above: what its rows inherit from: the head as resolved.
        excepts: it is for a narrower case of another amount: in the bracket behind that, or behind 其中.
        refused_list: its amounts could not be set against what they are for, so that nothing is taken over from it.
        around: the words that it stands below or behind: headings, what lines ask, its sentence up to it.
    """

    shape: Shape
    span: Span
    combinations: tuple[Combination, ...]
    head: Head
    quantity: Quantity | None = None
    percent: int | None = None
    ratio_of: str | None = None
    bound: RuleBound | None = None
    per: str | None = None
    benefit: str | None = None
    payer: str | None = None
    conditions: tuple[str, ...] = ()
    needs_review: str | None = None
    said_unit: str | None = None
    excepts: bool = False
    refused_list: bool = False
    around: tuple[Span, ...] = ()


@dataclass
class Findings:
    """What a document's text yields: statements, limits, and the purpose of every amount that is none of these."""

    statements: list[Statement] = field(default_factory=list)
    limits: list[Limit] = field(default_factory=list)
    set_aside: dict[int, tuple[Quantity, IgnoreReason]] = field(default_factory=dict)
    # Of a range stated by two bounds: the lower amount, by the offset of the upper one.
    low_ends: dict[int, Quantity] = field(default_factory=dict)

    def put_aside(self, quantity: Quantity, reason: IgnoreReason) -> None:
        """Says of an amount why no row pays it."""
        self.set_aside[quantity.start] = (quantity, reason)


def statements_with_rows(findings: Findings) -> Iterator[tuple[Statement, Combination]]:
    """Every statement with each of its combinations."""
    for statement in findings.statements:
        for combination in statement.combinations:
            yield statement, combination
