"""The words of a reply as the words of a standard one: without what was of the letter, its markers counted anew."""

from __future__ import annotations

import re
from collections.abc import Mapping

from assistant.answer import Answer, Citation, StandardLabel
from assistant.desk.compose import ReplyComposer
from assistant.desk.errors import Refused
from assistant.desk.records import Inquiry
from assistant.draft import MARKER, Evidence
from assistant.standard import StandardText, standard_answer
from knowledge.model import Document

_PREVIEW = StandardLabel(id="", approved="")


def standard_words(
    section: str,
    inquiry: Inquiry,
    composer: ReplyComposer,
    question: str,
    answer: Answer,
    documents: Mapping[str, Document],
) -> tuple[str, list[Citation]]:
    """The text of a standard reply and the citations of its markers.

    Args:
        section: what the approved reply says on the question.
        answer: the engine's to the question alone.

    Raises:
        Refused: the text cites nothing, or would not pass the gate that answers pass.
    """
    language = inquiry.language
    heads = [composer.reply.text(language, key).partition("{{")[0] for key in ("facts", "facts_none")]
    lines = [line for line in section.split("\n") if not any(head and line.startswith(head) for head in heads)]
    sources = {source.n: source for source in inquiry.sources if source.on}
    order: dict[int, int] = {}

    def counted(match: re.Match[str]) -> str:
        n = int(match[1])
        if n not in sources:
            raise Refused(
                "not_sourced", f"expected markers of sources in use, got [{n}]; switch its source on, or take it out"
            )
        return f"[{order.setdefault(n, len(order) + 1)}]"

    text = MARKER.sub(counted, "\n".join(lines)).strip()
    citations = [sources[n].citation.model_copy(update={"n": place}) for n, place in order.items()]
    if not citations:
        raise Refused("not_sourced", "expected a reply that rests on a source, got one without a marker; cite one")
    evidence = tuple(Evidence(c.policy_id, c.clause_id, c.start, c.end) for c in citations)
    head = composer.reply.say(language, "standard.label")
    found = StandardText(text, head, evidence, answer, _PREVIEW)
    made, faults = standard_answer(found, documents, question=question)
    if made is None:
        raise Refused("not_sourced", f"expected a reply that passes the gate of answers: {'; '.join(faults)}")
    return text, citations
