"""Ceilings over several payments: what they are over, and how much."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from knowledge.drafting.axes import Head
from knowledge.drafting.vocabulary import any_of, load_vocabulary
from knowledge.model import Span
from knowledge.quantities import Quantity

Scope = Literal["item", "organization_activity", "organization_year", "pool"]


@dataclass(frozen=True, slots=True)
class Limit:
    """A ceiling.

    Attributes:
        scope: what it is over, as in the rule vocabulary.
        yuan, count: how much, or how many; one of them.
        said: the document's words for it, at `span` of the kept text, in the sentence `sentence`.
        head: what the words in front of it name, which narrows the rules it holds for.
        over_all: whether it says that it holds for everything in the document.
        after: how many statements stand in front of it.
    """

    scope: Scope
    yuan: int | None
    count: int | None
    said: str
    span: Span
    sentence: Span
    head: Head
    over_all: bool
    after: int


def read_limit(words: str, span: Span, sentence: Span, quantity: Quantity, head: Head, after: int) -> Limit:
    """The limit that an amount or count is; `words` are those up to and with it, folded."""
    is_money = quantity.kind == "money"
    return Limit(
        _scope(words),
        int(quantity.value) if is_money else None,
        None if is_money else int(quantity.value),
        quantity.text,
        span,
        sentence,
        head,
        any_of(load_vocabulary().everything).search(words) is not None,
        after,
    )


def _scope(words: str) -> Scope:
    vocabulary = load_vocabulary()
    yearly = any_of(vocabulary.yearly).search(words) is not None
    if any_of(vocabulary.organizations).search(words):
        return "organization_year" if yearly else "organization_activity"
    if any_of((*vocabulary.pools, "资金", "经费", "预算")).search(words):
        return "pool"
    return "organization_year" if yearly else "item"
