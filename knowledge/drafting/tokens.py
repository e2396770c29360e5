"""Typed tokens: what the words of a policy mean to a reward rule."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Literal

from knowledge.quantities import Quantity

Kind = Literal[
    "activity",
    "level",
    "standard",
    "role",
    "rank",
    "grade",
    "committee",
    "place",
    "payer",
    "giving",
    "honour",
    "aligning",
    "same",
    "per",
    "grows",
    "bonus",
    "half",
    "money",
    "percent",
    "ratio",
    "shield",
]
AXIS_KINDS: tuple[Kind, ...] = ("activity", "level", "role", "rank", "grade", "committee", "place")


@dataclass(frozen=True, slots=True)
class Token:
    """A word that means something to a reward rule, at `[start, end)` of the text it was found in.

    Attributes:
        value: a value of the rule vocabulary, a role for a rank (`rank:2-5`), a grade's label; empty where none applies.
        of: what a level is the level of (standard, committee, pilot, award …).
        quantity: the amount, share or ratio, for tokens of those kinds.
    """

    kind: Kind
    value: str
    start: int
    end: int
    of: str = ""
    quantity: Quantity | None = None


def shifted(token: Token, by: int) -> Token:
    """The token at offsets moved by `by`."""
    return replace(token, start=token.start + by, end=token.end + by)
