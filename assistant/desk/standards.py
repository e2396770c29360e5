"""The book of standard replies: which question each answers, and when one is retired by itself.

A reply rests on its clauses. When the text of one of them leaves the corpus or changes, when what is known of a cited
policy changes, or when the same question is computed otherwise, the reply is retired, and the engine answers again.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Mapping, Sequence
from datetime import UTC, datetime
from typing import Protocol
from uuid import uuid4

from assistant.answer import Answer, Citation, RewardRow, StandardLabel
from assistant.desk.records import Person, StandardReply
from assistant.desk.store import DeskStore
from assistant.draft import Evidence, cited_policy
from assistant.mentions import language_of
from assistant.phrases import Phrases
from assistant.standard import StandardText, normalised_question
from knowledge.errors import BiaozhuntongError
from knowledge.model import Clause, Document

_log = logging.getLogger(__name__)

Figures = tuple[tuple[str, str, int | None, int | None], ...]
"""What was computed for a question: rule, status, amount of one, total."""


class AuditLog(Protocol):
    """Takes note of what was done."""

    def note(self, actor: Person, action: str, subject: str, detail: Mapping[str, object]) -> None:
        """Keep an entry: who did what to which thing."""


PROGRAM = Person(id="program", name="标准通")
"""Who does what happens by itself."""


class StandardBook:
    """Standard replies by question. Safe to use from several threads, as far as the store is.

    Args:
        store: keeps them.
        audit: told of every reply that begins or ends.
        reply: the templates of letters (`prompts/reply`).
        office: who approves, as the chat names it.
        clock: the time.
    """

    def __init__(
        self,
        store: DeskStore,
        audit: AuditLog,
        reply: Phrases,
        *,
        office: str = "",
        clock: Callable[[], datetime] = lambda: datetime.now(UTC),
    ) -> None:
        self._store = store
        self._audit = audit
        self._reply = reply
        self._office = office
        self._clock = clock

    def find(
        self, question: str, engine_answer: Callable[[], Answer], documents: Mapping[str, Document]
    ) -> StandardText | None:
        """The standard reply to a question, if one holds against the live release; see `assistant.standard`.

        One that holds no more is retired on the way. A store that fails is no reason not to answer.
        """
        try:
            key, language = normalised_question(question), language_of(question)
            kept = next((r for r in self._store.standards(key=key) if r.in_use and r.language == language), None)
            if kept is None:
                return None
            if reason := self._outdated(kept, documents):
                self._retire(kept, reason, PROGRAM)
                return None
            answer = engine_answer()
            if figures_of(answer.rewards) != kept.rewards:
                self._retire(kept, "amount_changed", PROGRAM)
                return None
        except BiaozhuntongError:
            _log.warning("the standard replies could not be read", exc_info=True)
            return None
        found = (_found(citation, text, documents) for citation, text in zip(kept.citations, kept.clauses, strict=True))
        evidence = tuple(passage for passage in found if passage is not None)
        label = StandardLabel(id=kept.id, approved=kept.at.date().isoformat(), office=self._office)
        return StandardText(kept.text, self._reply.say(language, "standard.label"), evidence, answer, label)

    def review(self, documents: Mapping[str, Document]) -> list[StandardReply]:
        """Retire what no longer holds against these documents, at the switch of a release; gives what was retired."""
        checked = [(kept, self._outdated(kept, documents)) for kept in self._store.standards() if kept.in_use]
        return [self._retire(kept, reason, PROGRAM) for kept, reason in checked if reason]

    def add(
        self,
        *,
        inquiry_id: str,
        question: str,
        text: str,
        citations: Sequence[Citation],
        answer: Answer,
        documents: Mapping[str, Document],
        by: Person,
    ) -> StandardReply:
        """Begin a standard reply; one that answers the same question until now is retired."""
        key, language = normalised_question(question), language_of(question)
        for kept in self._store.standards(key=key):
            if kept.in_use and kept.language == language:
                self._retire(kept, "replaced", by)
        reply = StandardReply(
            id=uuid4().hex,
            inquiry_id=inquiry_id,
            question=question,
            key=key,
            language=language,
            text=text,
            citations=tuple(citations),
            clauses=tuple(clause.text if (clause := _clause(c, documents)) else "" for c in citations),
            rewards=figures_of(answer.rewards),
            by=by,
            at=self._clock(),
            release=answer.provenance.release,
        )
        self._store.add_standard(reply)
        self._audit.note(by, "standard.begun", reply.id, {"inquiry": inquiry_id, "clauses": _clause_ids(reply)})
        return reply

    def retire(self, reply_id: str, by: Person) -> StandardReply | None:
        """End a standard reply by hand; None if there is none in use of that id."""
        kept = next((reply for reply in self._store.standards() if reply.id == reply_id and reply.in_use), None)
        return self._retire(kept, "by_hand", by) if kept else None

    def all(self) -> Sequence[StandardReply]:
        """All standard replies, the latest first; the retired ones too."""
        return self._store.standards()

    def _outdated(self, reply: StandardReply, documents: Mapping[str, Document]) -> str:
        for citation, text in zip(reply.citations, reply.clauses, strict=True):
            if _found(citation, text, documents) is None:
                return "clause_gone"
            if cited_policy(documents[citation.policy_id].policy) != citation.policy:
                return "policy_changed"
        return ""

    def _retire(self, reply: StandardReply, reason: str, by: Person) -> StandardReply:
        ended = reply.model_copy(update={"retired": reason, "retired_at": self._clock()})
        self._store.put_standard(ended)
        self._audit.note(by, "standard.ended", reply.id, {"reason": reason, "clauses": _clause_ids(reply)})
        return ended


def figures_of(rows: Sequence[RewardRow]) -> Figures:
    """What was computed, by which a later computing is compared."""
    return tuple((row.rule_id, row.status, row.yuan, row.total_yuan) for row in rows)


def _clause_ids(reply: StandardReply) -> list[str]:
    return list(dict.fromkeys(citation.clause_id for citation in reply.citations))


def _clause(citation: Citation, documents: Mapping[str, Document]) -> Clause | None:
    document = documents.get(citation.policy_id)
    return next((c for c in document.clauses if c.clause_id == citation.clause_id), None) if document else None


def _found(citation: Citation, text: str, documents: Mapping[str, Document]) -> Evidence | None:
    """The passage of a citation in these documents: in the clause of the same text, wherever that stands now."""
    document = documents.get(citation.policy_id)
    if document is None or not text:
        return None
    same = [clause for clause in document.clauses if clause.text == text]
    for clause in sorted(same, key=lambda clause: clause.clause_id != citation.clause_id):
        start = document.text.find(citation.quote, clause.start, clause.end)
        if start >= 0:
            return Evidence(citation.policy_id, clause.clause_id, start, start + len(citation.quote))
    return None
