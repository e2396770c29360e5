"""What the help desk keeps: inquiries with their questions, facts, sources and every version of the reply.

All of it is immutable and of plain JSON, so that a store keeps it as it is.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Literal, get_args

from pydantic import Field

from assistant.answer import Answer, Citation, Language
from knowledge.model import Frozen

Status = Literal["new", "drafting", "awaiting", "approved", "answered"]
STATUSES: tuple[Status, ...] = get_args(Status)
Channel = Literal["pasted", "file", "chat"]
FactValue = str | int | bool | None


class Person(Frozen):
    """Who did something: the id that owns it, and the name that is shown."""

    id: str
    name: str


class Item(Frozen):
    """One question of an inquiry.

    Attributes:
        text: the question in the inquiry's words, `inquiry.text[start:end]`.
        on: whether the reply speaks of it.
        settled: facts that staff corrected, by name; null takes out what the inquiry says.
        answer: what the engine made of it, null before it was asked.
    """

    text: str
    start: int
    end: int
    on: bool = True
    settled: dict[str, FactValue] = Field(default_factory=dict)
    answer: Answer | None = None


class Source(Frozen):
    """A passage that the reply may rest on. Its number stays the same for as long as the inquiry is kept.

    Attributes:
        n: the number of its marker in the reply.
        item: the first question it was found for.
        on: whether staff let the reply use it.
    """

    n: int
    item: int
    citation: Citation
    on: bool = True


class Version(Frozen):
    """One saved state of the reply. `marks` counts the sentences that were marked when it was saved."""

    number: int
    text: str
    by: Person
    at: datetime
    composed: bool = False
    marks: int = 0


class Approval(Frozen):
    """Who approved which version. `despite` are the reasons of sentences that were marked and confirmed."""

    version: int
    by: Person
    at: datetime
    despite: tuple[str, ...] = ()


class Inquiry(Frozen):
    """An inquiry and its reply. `version` counts changes; a change made to an older one is refused."""

    id: str
    version: int = 1
    status: Status = "new"
    channel: Channel
    subject: str
    text: str
    language: Language
    received_at: datetime
    received_by: Person
    # The earlier turns of a conversation it was forwarded from.
    history: tuple[str, ...] = ()
    items: tuple[Item, ...] = ()
    sources: tuple[Source, ...] = ()
    # The sentences the engine composed for the facts and sources as they are now.
    composed: str = ""
    versions: tuple[Version, ...] = ()
    handed_in_by: Person | None = None
    approval: Approval | None = None
    answered_at: datetime | None = None
    updated_at: datetime
    updated_by: Person

    @property
    def reply(self) -> str:
        """The reply as last saved; empty where there is none."""
        return self.versions[-1].text if self.versions else ""


class StandardReply(Frozen):
    """An approved reply that answers its question from then on.

    Attributes:
        key: the question without what does not change it (`normalised_question`).
        text: lines with markers 1…n.
        citations: what the markers open.
        clauses: the text of each cited clause at the time, by which it is known again.
        rewards: what was computed: rule, status, amount of one, total.
        retired: why it is used no more; empty while it is.
    """

    id: str
    inquiry_id: str
    question: str
    key: str
    language: Language
    text: str
    citations: tuple[Citation, ...]
    clauses: tuple[str, ...]
    rewards: tuple[tuple[str, str, int | None, int | None], ...]
    by: Person
    at: datetime
    release: str | None
    retired: Literal["", "clause_gone", "policy_changed", "amount_changed", "by_hand", "replaced"] = ""
    retired_at: datetime | None = None

    @property
    def in_use(self) -> bool:
        """Whether it may answer."""
        return not self.retired


def source_of(sources: Sequence[Source], citation: Citation) -> Source | None:
    """The source that is the same passage as a citation."""
    same = (s for s in sources if _place_of(s.citation) == _place_of(citation))
    return next(same, None)


def _place_of(citation: Citation) -> tuple[str, str, str]:
    return citation.policy_id, citation.clause_id, citation.quote
