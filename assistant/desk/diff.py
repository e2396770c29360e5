"""What differs between two versions of a reply: line by line, and within a changed line piece by piece."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher
from itertools import zip_longest
from typing import Literal

Change = Literal["same", "added", "removed"]
# Characters of Chinese, words of anything else: what a reader sees as one piece.
_PIECE = re.compile(r"[A-Za-z0-9]+|\s+|.", re.DOTALL)
# Lines less alike than this are another line each.
_ALIKE = 0.4


@dataclass(frozen=True)
class Piece:
    """A run of a line, changed or not."""

    text: str
    changed: bool


@dataclass(frozen=True)
class DiffLine:
    """A line of the older or the newer version, or of both."""

    change: Change
    pieces: tuple[Piece, ...]


def diff_lines(old: str, new: str) -> list[DiffLine]:
    """The lines of both versions in order; a changed line stands as removed, then as added."""
    before, after = old.split("\n"), new.split("\n")
    found: list[DiffLine] = []
    for tag, a, b, c, d in SequenceMatcher(None, before, after, autojunk=False).get_opcodes():
        if tag == "equal":
            found += [DiffLine("same", (Piece(line, False),)) for line in before[a:b]]
        else:
            found += _changed(before[a:b], after[c:d])
    return found


def _changed(before: Sequence[str], after: Sequence[str]) -> Iterator[DiffLine]:
    for old, new in zip_longest(before, after):
        if old is None or new is None:
            yield DiffLine("added" if old is None else "removed", (Piece(new if old is None else old, True),))
            continue
        first, second = _PIECE.findall(old), _PIECE.findall(new)
        matcher = SequenceMatcher(None, first, second, autojunk=False)
        if matcher.ratio() < _ALIKE:
            yield DiffLine("removed", (Piece(old, True),))
            yield DiffLine("added", (Piece(new, True),))
            continue
        codes = matcher.get_opcodes()
        yield DiffLine("removed", _pieces((("".join(first[a:b]), tag) for tag, a, b, *_ in codes)))
        yield DiffLine("added", _pieces((("".join(second[c:d]), tag) for tag, _, _, c, d in codes)))


def _pieces(runs: Iterator[tuple[str, str]]) -> tuple[Piece, ...]:
    return tuple(Piece(text, tag != "equal") for text, tag in runs if text)
