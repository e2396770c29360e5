"""Digits that a scan confused with letters: l.5万元 is 1.5万元, 2O项 is 20项.

Only what stands where a number must stand is read so: in front of a unit, or in a list that ends with one. A reading is a
guess, so it is told apart from what is printed, and a person decides.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from knowledge.model import Span
from knowledge.normalize import align

_DIGIT_OF = str.maketrans("lIOo", "1100")
_TOKEN = r"[\dlIOo]+(?:\.[\dlIOo]+)?"
_UNIT = r"(?:[万亿元项家个年月日名人件次倍](?!目)|[%％‰]|百分点)"
_NUMBERS = re.compile(
    rf"(?<![A-Za-z\d./\-])(?P<numbers>{_TOKEN}(?:[ ]?[、,和及至~\-—][ ]?{_TOKEN})*)(?=[ ]?{_UNIT})", re.ASCII
)
_EACH = re.compile(_TOKEN, re.ASCII)
_MONEY = re.compile(r"[ ]?(?:万|亿|元)")


@dataclass(frozen=True, slots=True)
class Repair:
    """A number that is read otherwise than it is printed: `text[start:end]` is `said` and read as `read`."""

    start: int
    end: int
    said: str
    read: str

    @property
    def span(self) -> Span:
        """The range as a pair."""
        return Span(self.start, self.end)


def repair_digits(text: str) -> tuple[str, tuple[Repair, ...]]:
    """The text with confused digits read as digits, of the same length, and each place where it differs.

    >>> repair_digits("奖励l.5万元，支持2O项；参加O2O项目")[0]
    '奖励1.5万元，支持20项；参加O2O项目'
    """
    plain = align(text)
    repairs = [
        Repair(at.start(), at.end(), text[slice(*at.span())], at.group().translate(_DIGIT_OF))
        for match in _NUMBERS.finditer(plain)
        for at in _EACH.finditer(plain, *match.span("numbers"))
        if _is_confused(plain, at)
    ]
    read, last = [], 0
    for repair in repairs:
        read += [text[last : repair.start], repair.read]
        last = repair.end
    return ("".join([*read, text[last:]]) if repairs else text), tuple(repairs)


def _is_confused(plain: str, token: re.Match[str]) -> bool:
    """Whether a token is a number but for its letters: one that would begin with an idle zero is a name (O2O)."""
    said = token.group()
    if said.isdigit() or not re.search("[lIOo]", said):
        return False
    whole, _, _ = said.translate(_DIGIT_OF).partition(".")
    if len(whole) > 1 and whole[0] == "0":
        return False
    is_lone_one = said in ("l", "I") and _MONEY.match(plain, token.end()) is not None
    return is_lone_one or any(char.isdigit() for char in said)
