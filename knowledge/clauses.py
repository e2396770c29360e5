"""A cleaned text cut into clauses along its outline.

A clause is an item of the outline, a paragraph below a heading, or a part of a long one; it begins with the headings
that stand directly above it, so that no heading is alone. Its address is its place in the outline: `yangzhou-2011/4/3`.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from itertools import pairwise

from knowledge.cleaning import blanks, clean, is_scrambled
from knowledge.kept import Kept
from knowledge.layout import pieces_of_outline, pieces_of_scrambled
from knowledge.model import Clause, DroppedSpan, Span, TableRow
from knowledge.prose import Piece, unsilenced

MAX_CLAUSE = 500
"""No clause is longer, in code points of its text."""

_LEAD_IN = "：:"


def cut(
    policy_id: str, text: str, known: Sequence[DroppedSpan] = (), rows: Sequence[TableRow] = ()
) -> tuple[tuple[Clause, ...], tuple[DroppedSpan, ...]]:
    """The clauses of a policy's stored text and every range that is in none, white space included.

    Each character of `text` is in exactly one of the two.

    Args:
        policy_id: what the ids of the clauses begin with.
        text: the stored text.
        known: ranges that the file's format shows to be no part of the document, ascending and apart.
        rows: the rows of its tables, ascending and apart; each becomes a clause.
    """
    dropped = clean(text, known)
    kept = Kept.of(text, dropped, rows)
    clauses = _split(policy_id, kept, is_scrambled(text, known))
    taken = [(d.start, d.end) for d in dropped] + [(s.start, s.end) for c in clauses for s in c.spans]
    return tuple(clauses), tuple(sorted([*dropped, *blanks(text, taken)], key=lambda d: d.start))


def split(policy_id: str, text: str, dropped: Sequence[DroppedSpan]) -> list[Clause]:
    """The clauses of `text` in order, without the ranges `dropped` (ascending and apart).

    Their spans do not overlap, lie outside `dropped`, and hold every other character but white space between clauses.
    """
    return _split(policy_id, Kept.of(text, dropped), is_scrambled(text))


def _split(policy_id: str, kept: Kept, scrambled: bool) -> list[Clause]:
    pieces = pieces_of_scrambled(kept) if scrambled else pieces_of_outline(kept)
    seen: set[str] = set()
    clauses = []
    for piece in pieces:
        for part in _parts(kept, piece):
            clause_id = _unused("/".join((policy_id, *part.address)), seen)
            clauses.append(_clause(kept, policy_id, clause_id, part))
    return clauses


def _unused(address: str, seen: set[str]) -> str:
    unique, count = address, 1
    while unique in seen:
        count += 1
        unique = f"{address}@{count}"
    seen.add(unique)
    return unique


def _clause(kept: Kept, policy_id: str, clause_id: str, piece: Piece) -> Clause:
    return Clause(
        clause_id=clause_id,
        policy_id=policy_id,
        path=piece.path,
        kind=piece.kind,
        spans=tuple(kept.stored_spans(Span(piece.start, piece.end))),
        text=kept.text[piece.start : piece.end],
        sentences=tuple(map(kept.stored, _sentences(kept, piece))),
    )


def _sentences(kept: Kept, piece: Piece) -> list[Span]:
    """The sentences of a piece, without headings and outline numbers in front; never none."""
    found = []
    at = piece.start
    for end in [*kept.sentence_ends_in(piece.start, piece.end), piece.end]:
        span = unsilenced(kept, kept.trimmed(at, end), piece.silent)
        at = end
        if span.start == span.end:
            continue
        if kept.text[span.end - 1] in _LEAD_IN and end < piece.end and piece.kind == "body":
            # A lead-in (下列条件：) is read with what it leads to.
            at = span.start
            continue
        found.append(span)
    return found or [Span(piece.start, piece.end)]


def _parts(kept: Kept, piece: Piece) -> Iterator[Piece]:
    """The piece itself, or its parts at sentence ends where it is longer than a clause may be."""
    start, end = kept.trimmed(piece.start, piece.end)
    if start == end:
        return
    *base, last = piece.address
    for count, bounds in enumerate(pairwise([start, *_cuts(kept, start, end, piece.silent), end]), start=1):
        span = kept.trimmed(*bounds)
        address = piece.address if count == 1 else (*base, f"{last}~{count}")
        silent = tuple(s for s in piece.silent if s.start < span.end and s.end > span.start)
        yield replace(piece, start=span.start, end=span.end, address=address, silent=silent)


def _cuts(kept: Kept, start: int, end: int, silent: Sequence[Span]) -> list[int]:
    """Where to cut the range so that no part is longer than a clause may be, in parts of about equal length."""
    if end - start <= MAX_CLAUSE:
        return []
    target = (end - start) / -(-(end - start) // MAX_CLAUSE)
    cuts: list[int] = []
    at, reached = start, start
    for stop in [*_stops(kept, start, end, silent), end]:
        nearer = reached - at >= target * 0.6 and abs(reached - at - target) <= abs(stop - at - target)
        if reached > at and (stop - at > MAX_CLAUSE or nearer):
            cuts.append(reached)
            at = reached
        reached = stop
    return cuts


def _stops(kept: Kept, start: int, end: int, silent: Sequence[Span]) -> list[int]:
    """Where the range may be cut: at the ends of sentences that are no heading, and within one that is too long."""
    stops: list[int] = []
    at = start
    for stop in [*kept.sentence_ends_in(start, end), end]:
        first = unsilenced(kept, kept.trimmed(at, stop), silent)
        if first.start == first.end and stop < end:
            continue
        if stop - at > MAX_CLAUSE:
            stops += _breaks(kept.text, at, stop)
        stops.append(stop)
        at = stop
    return stops[:-1]


def _breaks(text: str, start: int, end: int) -> list[int]:
    """Cuts within one sentence: behind the last ； of each stretch, else a comma, else white space, else anywhere."""
    breaks = []
    while end - start > MAX_CLAUSE:
        window = text[start : start + MAX_CLAUSE]
        ends = (max(window.rfind(mark) for mark in marks) + 1 for marks in ("；;", "，,、", " \t\n　"))
        start += next((cut for cut in ends if cut > MAX_CLAUSE // 3), MAX_CLAUSE)
        breaks.append(start)
    return breaks
