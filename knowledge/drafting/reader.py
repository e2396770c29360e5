"""Walks a document's stretches in order and hands each to the part that reads it.

The text is taken in stretches: sentences, cut at semicolons and outline numbers. What a stretch leaves out it takes from
the stretch before it in the same item, from the lead-ins (下列…给予奖励：) and from the headings above it.
"""

from __future__ import annotations

import re

from knowledge.drafting.amounts import amount_groups, read_groups
from knowledge.drafting.ceilings import with_ceilings
from knowledge.drafting.frames import read_frame
from knowledge.drafting.grants import count_limits, delegation_behind, honour_behind, name_payees, read_without_amount
from knowledge.drafting.ledger import Ledger
from knowledge.drafting.leftovers import account_for_loose_figures
from knowledge.drafting.settle import (
    drop_restated,
    refuse_clashing,
    refuse_lost_committees,
    refuse_lost_levels,
    refuse_lost_roles,
    refuse_unclaimed_levels,
    refuse_unlike_siblings,
)
from knowledge.drafting.statements import Findings
from knowledge.drafting.stretches import Reading, Stretch
from knowledge.drafting.table_reader import read_table

_ENTRY = re.compile(r"[^:,;。]{2,8}:[^:,;。]{1,30};")


def read_amounts(reading: Reading) -> Findings:
    """What each amount of the document is paid for, or why no rule pays it; with its limits, honours and delegations."""
    ledger = Ledger(reading)
    for index, stretch in enumerate(reading.stretches):
        ledger.context.index = index
        ledger.context.enter(stretch)
        if stretch.table is not None:
            read_table(ledger, stretch, stretch.table)
        else:
            _read_text(ledger, stretch)
    account_for_loose_figures(ledger)
    found = ledger.found
    drop_restated(found)
    refuse_lost_levels(found, reading)
    refuse_lost_roles(found, reading)
    refuse_lost_committees(found, reading)
    refuse_unlike_siblings(found, reading)
    refuse_unclaimed_levels(found, reading)
    refuse_clashing(found, reading)
    found.statements[:] = with_ceilings(reading, found.statements)
    return found


def _read_text(ledger: Ledger, stretch: Stretch) -> None:
    if ledger.context.refers:
        name_payees(ledger, stretch)
    count_limits(ledger, stretch)
    if stretch.opens_paragraph:
        ledger.entries = []
    groups = amount_groups(ledger, stretch)
    if not groups and _ENTRY.fullmatch(ledger.plain, *stretch.span):
        ledger.entries += ledger.reading.tokens_in(stretch.span)
    elif groups:
        read_groups(ledger, stretch, groups)
        honour_behind(ledger, stretch, groups[-1][-1].end)
        delegation_behind(ledger, stretch, groups[-1][-1].end)
    elif frame := read_frame(ledger.reading, stretch, ledger.context.head):
        ledger.context.keep(stretch, frame)
    else:
        read_without_amount(ledger, stretch)
