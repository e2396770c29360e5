"""One spelling for matching: half-width, simplified, lower case, with the way back to the original.

The mapping works on single characters, so every normalised character knows the character it came from, and a text that
is already normalised maps to itself.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache

import opencc

from knowledge.model import Span

_TO_SIMPLIFIED = opencc.OpenCC("t2s")
# A character maps to its final form within a few steps; more would be a cycle in the conversion tables.
_MAX_STEPS = 4
FINE_BLANKS = "\xa0\u1680\u202f\u205f" + "".join(map(chr, range(0x2000, 0x200B)))
"""Blanks of a printer's widths, with which web pages indent: an ordinary one says as much. A wide one (U+3000) parts cells."""
# As a digit, the mark of a note or an exponent would be one of the number in front of it: 60¹万元, 10⁵.
_RAISED = frozenset("⁰¹²³⁴⁵⁶⁷⁸⁹")


@dataclass(frozen=True, slots=True)
class Normalized:
    """A normalised text.

    `offsets` has one entry more than `text` has characters: the offset in the original of each normalised character,
    and the length of the original at the end.
    """

    text: str
    offsets: Sequence[int]

    def to_source_span(self, start: int, end: int) -> Span:
        """The range of the original that `text[start:end]` came from; empty where the range is empty.

        A character of the original that became several counts whole.
        """
        if end <= start:
            return Span(self.offsets[start], self.offsets[start])
        return Span(self.offsets[start], self.offsets[end - 1] + 1)


def _step(char: str) -> str:
    category = unicodedata.category(char)
    if category == "Cf":
        return ""
    if char in _RAISED:
        return char
    if category == "Cs":  # half a character, which the converter cannot encode
        return char
    folded = unicodedata.normalize("NFKC", char)
    return "".join(str(_TO_SIMPLIFIED.convert(c)).lower() for c in folded)


def _form(char: str) -> str:
    """The final form of one character: each character of the result maps to itself."""
    form = char
    for _ in range(_MAX_STEPS):
        following = "".join(map(_step, form))
        if following == form:
            return form
        form = following
    return form


class _Table(dict[int, str]):
    """A translation table that fills itself as characters are met."""

    def __missing__(self, code: int) -> str:
        form = self[code] = _form(chr(code))
        return form


_TABLE = _Table({code: chr(code).lower() for code in range(0x20, 0x7F)})


@lru_cache(maxsize=256)
def normalize(text: str) -> Normalized:
    """`text` in the spelling that matching uses: full-width to half-width, traditional to simplified, lower case.

    Characters without a form of their own (zero-width marks) vanish. Applying it twice changes nothing.
    """
    plain = text.translate(_TABLE)
    if len(plain) == len(text) and all(len(_TABLE[ord(c)]) == 1 for c in set(text)):
        return Normalized(plain, range(len(text) + 1))
    offsets: list[int] = []
    for index, char in enumerate(text):
        offsets.extend([index] * len(_TABLE[ord(char)]))
    offsets.append(len(text))
    return Normalized(plain, tuple(offsets))


def _aligned_form(char: str) -> str:
    form = (
        unicodedata.normalize("NFKC", char)
        if char == "\u3000" or char in FINE_BLANKS or "\uff00" <= char <= "\uffef"
        else str(_TO_SIMPLIFIED.convert(char))
    )
    return form if len(form) == 1 else char


class _AlignedTable(dict[int, str]):
    def __missing__(self, code: int) -> str:
        form = self[code] = _aligned_form(chr(code))
        return form


_ALIGNED = _AlignedTable()


@lru_cache(maxsize=64)
def align(text: str) -> str:
    """`text` in half-width and simplified characters, each at the offset it has in `text`; case and ① stay."""
    return text.translate(_ALIGNED)
