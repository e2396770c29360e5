"""A draft as a table in a terminal."""

from __future__ import annotations

from collections import Counter

from rich.console import Console
from rich.table import Table

from knowledge.drafting.draft import Draft, DraftedRule
from knowledge.quantities import format_yuan_zh

_BOUNDS = {"exact": "", "up_to": "≤ ", "at_least": "≥ ", "range": ""}


def print_draft(draft: Draft, console: Console | None = None) -> None:
    """Print the rows, what needs a person's look, and the amounts that are none of them."""
    console = console or Console()
    table = Table(title=f"{draft.policy.title} ({draft.policy.id})")
    for heading in ("what is paid for", "amount", "per", "payer, ceilings", "look at first", "clause"):
        table.add_column(heading, overflow="fold")
    for rule in draft.rules:
        named = (rule.activity, rule.level, rule.committee, rule.role, rule.grade, rule.place_group)
        ceilings = (f"{cap.scope} {format_yuan_zh(cap.yuan) if cap.yuan else cap.count}" for cap in rule.cap)
        table.add_row(
            " · ".join(part for part in named if part),
            _amount(rule),
            rule.per or "",
            "; ".join(part for part in (rule.payer, *ceilings) if part),
            rule.needs_review or "",
            rule.clause_id.partition("/")[2],
        )
    console.print(table)
    unsure = sum(rule.needs_review is not None for rule in draft.rules)
    reasons = Counter(entry.reason for entry in draft.ignored)
    console.print(
        f"{len(draft.rules)} rows, {unsure} to be looked at first; amounts that are no payment: {len(draft.ignored)}"
    )
    for entry in draft.ignored:
        console.print(
            f"  {format_yuan_zh(entry.yuan)}\t{entry.reason}\t{' '.join(entry.quote.split())[:60]}", highlight=False
        )
    if reasons.get("unclear"):
        console.print("Lists that do not align were refused: their rows have no amount.")


def _amount(rule: DraftedRule) -> str:
    if rule.ratio is not None:
        return f"{rule.ratio.percent}% of {rule.ratio.of}"
    if rule.yuan is None:
        return rule.benefit if rule.benefit == "honour_only" else "—"
    low = f"{format_yuan_zh(rule.yuan_min)}–" if rule.yuan_min is not None else ""
    return _BOUNDS[rule.bound or "exact"] + low + format_yuan_zh(rule.yuan)
