"""What only all the amounts of a document together show: amounts told once more, and levels that the reading lost."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterator
from dataclasses import replace

from knowledge.drafting.axes import AXES, Combination
from knowledge.drafting.statements import Findings, Statement
from knowledge.rule_schema import DRAFTING


def drop_restated(findings: Findings) -> None:
    """Drops amounts for drafting that a row with a role has too: 国家标准的奖励提高到25万元 tells of the lead's once more."""
    paid = {case for s in findings.statements for case in _cases(s, with_role=True)}

    def again(statement: Statement) -> bool:
        cases = list(_cases(statement, with_role=False))
        return bool(cases) and len(cases) == len(statement.combinations) and paid.issuperset(cases)

    for statement in filter(again, findings.statements):
        if statement.quantity is not None:
            findings.put_aside(statement.quantity, "other")
    findings.statements[:] = [statement for statement in findings.statements if not again(statement)]


def _cases(statement: Statement, *, with_role: bool) -> Iterator[tuple[object, ...]]:
    """What drafting an amount is stated for, whoever does it, with the amount; of the rows with or those without a role."""
    if statement.quantity is None:
        return
    for row in statement.combinations:
        if row["activity"] in DRAFTING and row["level"] and (row["role"] is not None) == with_role:
            yield (*(row[axis] for axis in AXES if axis != "role"), statement.quantity.value)


def refuse_lost_levels(findings: Findings, levels_named: Collection[str]) -> None:
    """Refuses amounts for drafting that differ for one case without a level, in a document that tells levels apart.

    What tells them apart is then a level that was said where the reading did not find it. `levels_named`: the levels of
    standards that the document names anywhere.
    """
    cases: defaultdict[tuple[str | None, ...], list[int]] = defaultdict(list)
    for index, statement in enumerate(findings.statements):
        row: Combination = statement.combinations[0] if len(statement.combinations) == 1 else {}
        drafted = row.get("activity") in DRAFTING and statement.shape == "amount" and statement.quantity is not None
        if drafted and row["level"] is None and not statement.excepts:
            cases[tuple(row.values())].append(index)
    for same in cases.values():
        amounts = {quantity.value for at in same if (quantity := findings.statements[at].quantity)}
        if not levels_named or len(amounts) < 2:
            continue
        for at in same:
            statement = findings.statements[at]
            if statement.quantity is not None:
                findings.put_aside(statement.quantity, "unclear")
            why = "several amounts for one case, and no level that tells them apart"
            findings.statements[at] = replace(statement, shape="unclear", quantity=None, bound=None, needs_review=why)
