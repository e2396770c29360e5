"""Amounts that are stated for one case: which they are, and what tells them apart."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Sequence

from knowledge.drafting.statements import Statement
from knowledge.drafting.vocabulary import any_of, folded, load_vocabulary
from knowledge.rule_schema import DRAFTING

# Everything that may tell two payments of these apart is an axis; two amounts for one case lack one.
CLOSED = (*DRAFTING, "host_committee", "adopt_standard")
# 年销售收入2亿元以上的, 采用3项以上.
_THRESHOLD = re.compile(r"[\d.]+[一-龥]{0,2}以[上下]")


def narrowed_to(statement: Statement) -> frozenset[str]:
    """Which part of a case an amount is for by its words: 强制性, 首次, and the stages that they name."""
    words = ";".join([*statement.conditions, *(choice.said for choice in statement.head.of("level"))])
    words = folded(words)
    return stages_of(words) | set(any_of(load_vocabulary().narrowing).findall(words)) | set(_THRESHOLD.findall(words))


def stages_of(words: str) -> frozenset[str]:
    """The stages that words name: 立项, 验收后."""
    return frozenset(stage for stage, forms in load_vocabulary().stages.items() if any_of(forms).search(words))


def clashing(statements: Sequence[Statement | None]) -> dict[int, set[int]]:
    """The statements with another amount for a case of theirs, each with these others."""
    cases: defaultdict[tuple[str | None, ...], set[int]] = defaultdict(set)
    for at, statement in enumerate(statements):
        if statement is not None and statement.shape in ("amount", "ratio") and not statement.excepts:
            for row in statement.combinations:
                cases[statement.shape, statement.ratio_of, *row.values()].add(at)
    found: defaultdict[int, set[int]] = defaultdict(set)
    for held in cases.values():
        for at in held:
            found[at] |= {other for other in held if _amount(statements[other]) != _amount(statements[at])}
    return {at: others for at, others in found.items() if others}


def _amount(statement: Statement | None) -> object:
    if statement is not None and statement.shape == "ratio":
        return statement.percent
    quantity = statement.quantity if statement is not None else None
    return (quantity.value, quantity.upper) if quantity is not None else None
