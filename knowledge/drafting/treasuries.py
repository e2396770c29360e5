"""Which treasury pays what a document promises, and whether words name it."""

from __future__ import annotations

import re

from knowledge.drafting.stretches import Reading
from knowledge.drafting.vocabulary import any_of, folded, load_vocabulary

_TREASURY = re.compile("财政(?!部|局|厅|资金|预算|年度|体制|状况|情况|所|补)")


def general_payer(reading: Reading) -> str | None:
    """Who pays everything, where the document says so in a sentence of its own; null where it names nobody or one unknown.

    Who bears the money decides. A budget (市级财政每年安排专项资金) says who pays only where no sentence says who bears it:
    由受益财政承担 beside it leaves open which treasury that is, and so do sentences that name several.
    """
    words = load_vocabulary()
    about_all = any_of((*words.everything, *words.funds["named"]))
    bearing, arranging = any_of(words.funds["bearing"]), any_of(words.funds["arranging"])
    borne: set[str | None] = set()
    arranged: str | None = None
    for stretch in reading.stretches:
        text, tokens = reading.plain[slice(*stretch.span)], reading.tokens_in(stretch.span)
        if not about_all.search(text) or any(token.kind in ("level", "role", "rank") for token in tokens):
            continue
        payers = {token.value for token in tokens if token.kind == "payer"}
        payer = payers.pop() if len(payers) == 1 else "shared" if payers else None
        if bearing.search(text):
            asks_or_below = text.rstrip().endswith("?") or any_of(words.funds["below"]).search(text)
            if payer or (_TREASURY.search(text) and not asks_or_below):
                borne.add(payer)
        elif arranging.search(text):
            arranged = arranged or payer
    if borne:
        return borne.pop() if len(borne) == 1 else None
    return arranged


def names_payer(text: str, payer: str) -> bool:
    """Whether words name the treasury that a rule's `payer` stands for."""
    named = {value for value, words in load_vocabulary().payers.items() if any_of(words).search(folded(text))}
    return payer in named or (payer == "shared" and len(named) > 1)


def says_who_bears(text: str) -> bool:
    """Whether a sentence says which treasury bears the money of all payments, known by name or not: 由受益财政承担."""
    words, said = load_vocabulary(), folded(text)
    about = any_of((*words.everything, *words.funds["named"])).search(said)
    return bool(about and any_of(words.funds["bearing"]).search(said) and _TREASURY.search(said))
