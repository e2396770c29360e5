"""Raised marks: those of notes, which must not read as digits of the number in front of them, and exponents."""

from __future__ import annotations

import re

_NOTE_MARK = re.compile(r"[\[(（〔]?\s*(?:注\s*)?(\d{1,3})\s*[\])）〕]?")
_EXPONENTS = str.maketrans("0123456789", "⁰¹²³⁴⁵⁶⁷⁸⁹")


def raised(mark: str, before: str) -> str:
    """How a raised mark behind the text `before` is written: `[注1]` for a note, m² for an exponent, others as they are.

    >>> raised("1", "奖励60万元"), raised("[12]", "60"), raised("2", "m"), raised("①", "元")
    ('[注1]', '[注12]', '²', '①')
    """
    number = _NOTE_MARK.fullmatch(mark.strip())
    if number is None:
        return mark
    last = before[-1:]
    return number[1].translate(_EXPONENTS) if last.isascii() and last.isalpha() else f"[注{number[1]}]"
