"""Standard replies (标准答复): an approved reply that answers its question, and the gate it passes each time.

The words are those of the people who approved them. Everything else of the answer is of the live release: its
citations are made anew from the documents, its rewards computed anew. Where the words no longer agree with either, they
are not shown.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from assistant.answer import Answer, RewardRow, StandardLabel
from assistant.draft import Draft, Evidence, Line, cite, render, unrendered
from assistant.verify import answer_faults, verify_draft
from knowledge.model import Document

_WORD = re.compile(r"[a-z0-9]+")


@dataclass(frozen=True)
class StandardText:
    """The words of a standard reply.

    Attributes:
        text: lines with markers 1…n.
        head: the line that says above them what they are.
        evidence: the passages of the live release that the markers open.
        answer: the engine's own answer, whose rewards, warnings and provenance stay.
        label: for whoever shows it.
    """

    text: str
    head: str
    evidence: tuple[Evidence, ...]
    answer: Answer
    label: StandardLabel


StandardReplies = Callable[[str, Callable[[], Answer], Mapping[str, Document]], StandardText | None]
"""The standard reply to a question, if there is one that still holds. Given the question, the engine's answer to it, made
only when it is looked at, and the documents of the live release."""


def normalised_question(text: str) -> str:
    """A question without what does not change what it asks: width, case, spaces, punctuation.

    Words of Latin letters keep their borders.
    """
    plain = unicodedata.normalize("NFKC", text).lower()
    kept = "".join(c if unicodedata.category(c)[0] in "LN" or c in "%±+" else " " for c in plain)
    pieces: list[str] = []
    for piece in kept.split():
        border = pieces and _WORD.fullmatch(pieces[-1][-1]) and _WORD.fullmatch(piece[0])
        pieces.append(f" {piece}" if border else piece)
    return "".join(pieces)


def standard_answer(
    found: StandardText, documents: Mapping[str, Document], *, question: str
) -> tuple[Answer | None, Sequence[str]]:
    """The engine's answer with the words of a standard reply; null and the faults where the gate would drop any of them.

    Args:
        found: the standard reply.
        documents: of the live release.
        question: as it was asked; its numbers may be repeated.
    """
    answer = found.answer
    lines = [Line(found.head), Line(""), *unrendered(found.text, found.evidence).lines]
    draft, faults = verify_draft(
        Draft(tuple(lines)), documents, asked=[question], rewards=answer.rewards, total=answer.total_yuan
    )
    if faults:
        return None, [fault.reason for fault in faults]
    text, evidence = render(draft)
    made = answer.model_copy(
        update={
            "answer": text,
            "citations": cite(evidence, documents),
            "rewards": [_row(row, answer, evidence) for row in answer.rewards],
            "standard": found.label,
        }
    )
    failures = answer_faults(made, documents)
    return (None, failures) if failures else (made, ())


def _row(row: RewardRow, answer: Answer, evidence: Sequence[Evidence]) -> RewardRow:
    """A reward row whose markers are those of the new text; null where the text does not cite its passage."""
    numbers = {(e.policy_id, e.clause_id, e.start, e.end): n for n, e in enumerate(evidence, 1)}
    moved = {c.n: numbers.get((c.policy_id, c.clause_id, c.start, c.end)) for c in answer.citations}
    conditions = [c.model_copy(update={"citation": moved.get(c.citation or 0)}) for c in row.conditions]
    return row.model_copy(update={"citation": moved.get(row.citation or 0), "conditions": conditions})
