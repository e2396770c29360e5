"""Search over inquiries and replies, the same on both databases: a table of terms, made as for the index of the documents.

The terms are pairs of Han characters and whole other words. A term weighs more the fewer inquiries it stands in, and an
inquiry scores the share of the words' weight that it holds.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Final

from sqlalchemy import ColumnElement, Float, case, delete, exists, func, insert, select
from sqlalchemy.orm import Session

from assistant.store.tables import InquiryRow, ReplyTermRow, ReplyVersionRow
from assistant.store.types import holds, storable
from knowledge.analyzer import tokens

# Words of a search that are looked at; beyond that the rest of a long inquiry tells little new.
_MOST_TERMS: Final = 400
_HAN: Final = 0x2E80


def index(session: Session, inquiry_id: str, *texts: str) -> None:
    """Make `texts` what an inquiry is found by."""
    session.execute(delete(ReplyTermRow).where(ReplyTermRow.inquiry_id == inquiry_id))
    terms = sorted({term for text in texts for term in _terms(text)})
    if terms:
        session.execute(insert(ReplyTermRow), [{"term": term, "inquiry_id": inquiry_id} for term in terms])


def search(
    session: Session, words: str, limit: int, condition: ColumnElement[bool] | None
) -> Sequence[tuple[InquiryRow, float]]:
    """The inquiries nearest to `words` that meet `condition`, best first, each with its score between 0 and 1."""
    terms = list(dict.fromkeys(_terms(words)))[:_MOST_TERMS]
    if not terms:
        return _literal(session, words.strip(), limit, condition)
    counted = select(ReplyTermRow.term, func.count()).where(ReplyTermRow.term.in_(terms)).group_by(ReplyTermRow.term)
    counts = {term: count for term, count in session.execute(counted)}
    if not counts:
        return []
    total = session.scalar(select(func.count()).select_from(InquiryRow)) or 0
    # A word that stands nowhere weighs as much as one that stands in one inquiry.
    weights = {term: math.log1p(total / counts.get(term, 1)) for term in terms}
    score = func.sum(case(weights, value=ReplyTermRow.term, else_=0.0), type_=Float)
    query = (
        select(InquiryRow, score)
        .join(ReplyTermRow, ReplyTermRow.inquiry_id == InquiryRow.id)
        .where(ReplyTermRow.term.in_(counts))
        .group_by(InquiryRow.id)
        .order_by(score.desc(), InquiryRow.updated.desc(), InquiryRow.id)
        .limit(limit)
    )
    if condition is not None:
        query = query.where(condition)
    whole = sum(weights.values())
    return [(row, min(1.0, float(found) / whole)) for row, found in session.execute(query)]


def _literal(
    session: Session, words: str, limit: int, condition: ColumnElement[bool] | None
) -> Sequence[tuple[InquiryRow, float]]:
    """A single character or a sign is no term; it is looked for in the texts themselves."""
    if not words:
        return []
    written = exists().where(ReplyVersionRow.inquiry_id == InquiryRow.id, holds(ReplyVersionRow.text, words))
    query = select(InquiryRow).where(holds(InquiryRow.received, words) | written)
    if condition is not None:
        query = query.where(condition)
    query = query.order_by(InquiryRow.updated.desc(), InquiryRow.id).limit(limit)
    return [(row, 1.0) for row in session.scalars(query)]


def _terms(text: str) -> list[str]:
    """The terms that tell texts apart: a single character of Chinese stands nearly everywhere."""
    return [storable(term) for term in tokens(text) if len(term) > 1 or ord(term) < _HAN]
