"""Proves the invariants of a release: what `python -m knowledge check` prints."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from knowledge.model import Clause, Document, Span
from knowledge.releases import Release
from knowledge.rules import audit_money, audit_rules

MAX_CLAUSE = 500


def check(release: Release) -> dict[str, list[str]]:
    """Faults by invariant, each a sentence; an empty list where the invariant holds."""
    documents = list(release.documents.values())
    return {
        "1 spans lie inside the text and do not overlap": [f for d in documents for f in overlap_faults(d)],
        "2 every character is in a clause or dropped with a reason": [f for d in documents for f in cover_faults(d)],
        "3 every rule's quote and amount stand in its clause": audit_rules(release.rules, release.documents),
        "4 every amount of money is in a rule or ignored with a reason": audit_money(documents, release.rules),
        "5 the indexes hold exactly the clauses of the release": list(_index_faults(release)),
    }


def overlap_faults(document: Document) -> Iterator[str]:
    """Faults of invariant 1, and of what a clause's own parts promise."""
    length, last = len(document.text), 0
    name = document.policy.id
    for span, owner in _owned(document):
        if not 0 <= span.start < span.end <= length:
            yield f"{name}: the span {span.start}–{span.end} of {owner} lies outside the text of {length} characters"
        if span.start < last:
            yield f"{name}: the span {span.start}–{span.end} of {owner} overlaps the one before it, which ends at {last}"
        last = max(last, span.end)
    for clause in document.clauses:
        yield from _clause_faults(document, clause)


def cover_faults(document: Document) -> Iterator[str]:
    """Faults of invariant 2: characters that nobody accounts for."""
    at = 0
    for span, _ in [*_owned(document), (Span(len(document.text), len(document.text)), "end")]:
        missing = document.text[at : span.start]
        if missing:
            yield f"{document.policy.id}: {at}–{span.start} is in no clause and not dropped: {missing[:30]!r}"
        at = max(at, span.end)


def _owned(document: Document) -> list[tuple[Span, str]]:
    owned = [(span, clause.clause_id) for clause in document.clauses for span in clause.spans]
    owned += [(Span(drop.start, drop.end), f"dropped:{drop.reason}") for drop in document.dropped]
    return sorted(owned)


def _clause_faults(document: Document, clause: Clause) -> Iterator[str]:
    if clause.text != "".join(document.text[s.start : s.end] for s in clause.spans):
        yield f"{clause.clause_id}: its text is not its spans joined"
    if len(clause.text) > MAX_CLAUSE:
        yield f"{clause.clause_id}: {len(clause.text)} characters, more than {MAX_CLAUSE}"
    for sentence in clause.sentences:
        if not clause.start <= sentence.start < sentence.end <= clause.end:
            yield f"{clause.clause_id}: the sentence {sentence.start}–{sentence.end} lies outside the clause"


def _index_faults(release: Release) -> Iterator[str]:
    clauses = set(release.clauses)
    sides: Sequence[tuple[str, set[str]]] = (
        ("lexical index", release.lexical.ids()),
        ("vectors", release.vectors.ids()),
    )
    for name, ids in sides:
        if extra := sorted(ids - clauses)[:5]:
            yield f"the {name} holds what is no clause: {', '.join(extra)}"
        if missing := sorted(clauses - ids)[:5]:
            yield f"the {name} lacks {', '.join(missing)}"
