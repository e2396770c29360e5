"""The values that documents become: policies, spans, clauses.

Offsets are Unicode code points into a policy's stored text, half open.
The stored text is the document as received, decoded, with nothing removed.
"""

from __future__ import annotations

from datetime import date
from typing import Literal, NamedTuple

from pydantic import BaseModel, ConfigDict, Field

PolicyStatus = Literal["draft", "in_force", "superseded", "repealed", "expired", "unknown"]
PlaceLevel = Literal["country", "province", "city", "district", "county", "zone"]
DropReason = Literal[
    "site_chrome", "page_mark", "repeated", "news_lead", "separator", "contents", "gloss", "line_wrap", "blank"
]
ClauseKind = Literal["body", "front", "metadata"]


class Frozen(BaseModel):
    """An immutable value with a closed set of keys."""

    model_config = ConfigDict(frozen=True, extra="forbid")


class Span(NamedTuple):
    """A half-open range of code points in a policy's stored text."""

    start: int
    end: int


class DroppedSpan(Frozen):
    """A range of the stored text that is in no clause, and why."""

    start: int
    end: int
    reason: DropReason


class TableRow(Frozen):
    """A row of a table as a range of the stored text, the table's number, and what stands above it: caption, band."""

    start: int
    end: int
    table: int
    path: tuple[str, ...] = ()


class PageLine(Frozen):
    """A printed line as a range of the stored text, and where it stands.

    `page` counts from 1. `box` is left, top, right, bottom in points (1/72 inch) from the page's top left corner, and
    `size` the page's width and height; null where it was not noted. `file` is the name of the file within an archive or
    a message, null for a document of its own.
    """

    start: int
    end: int
    page: int
    box: tuple[float, float, float, float]
    # Left out where unknown: documents read before sizes were noted keep their digest.
    size: tuple[float, float] | None = Field(default=None, exclude_if=lambda size: size is None)
    file: str | None = None


class Place(Frozen):
    """A place a policy is made for. `code` is the GB/T 2260 code of six digits; null for a zone that has none."""

    code: str | None = None
    name: str
    name_en: str | None = None
    level: PlaceLevel
    # Code of the city or province that answers for a zone without a code of its own.
    parent: str | None = None

    def name_in(self, language: str) -> str:
        """The name in a language; the Chinese one where there is no other."""
        return (self.name_en if language == "en" else None) or self.name


class GoalPeriod(Frozen):
    """The years a policy's goals aim at. Not an expiry date."""

    start: date | None = None
    end: date | None = None


class Reference(Frozen):
    """Another document that a policy names: its title, its number, or both, as printed, and where."""

    title: str | None = None
    doc_no: str | None = None
    start: int
    end: int


class Policy(Frozen):
    """What is known about one policy document. Unknown stays null; nothing is guessed."""

    id: str
    title: str
    title_en: str | None = None
    issuer: str | None = None
    issuer_en: str | None = None
    place: Place | None = None
    doc_no: str | None = None
    signed: date | None = None
    posted: date | None = None
    effective: date | None = None
    expires: date | None = None
    goal_period: GoalPeriod | None = None
    status: PolicyStatus = "unknown"
    # Where the status comes from: the document's own words, or a sentence by the person who checked.
    status_basis: str | None = None
    status_checked: date | None = None
    supersedes: tuple[str, ...] = ()
    superseded_by: str | None = None
    # Whom to ask, as the document or the maintainer says it.
    contact: str | None = None
    contact_en: str | None = None
    source: str
    sha256: str
    references: tuple[Reference, ...] = ()
    # Said in a manifest alone: a policy that is switched off keeps its file and its rules, and is in no release.
    enabled: bool = Field(default=True, exclude=True)

    def title_in(self, language: str) -> str:
        """The title in a language; the Chinese one where there is no other."""
        return (self.title_en if language == "en" else None) or self.title

    @property
    def is_past(self) -> bool:
        """Whether another document has taken its place or it was repealed: it is kept for the record."""
        return self.status in ("superseded", "repealed") or self.superseded_by is not None


class Clause(Frozen):
    """The unit of citation and retrieval: an item of the outline, or a part of a long one.

    `spans` are what the clause owns of the stored text, ascending; between two of them lies only dropped text
    (a page mark in mid-sentence). `text` is the spans joined: what is indexed and read.
    `sentences` are whole sentences as ranges of the stored text, each inside `[start, end)`; a sentence that a page mark
    interrupts includes the mark, so that it can be quoted literally.
    """

    clause_id: str
    policy_id: str
    path: tuple[str, ...]
    kind: ClauseKind = "body"
    spans: tuple[Span, ...]
    text: str
    sentences: tuple[Span, ...]

    @property
    def start(self) -> int:
        """First code point of the clause in the stored text."""
        return self.spans[0].start

    @property
    def end(self) -> int:
        """One past the last code point of the clause in the stored text."""
        return self.spans[-1].end


class Document(Frozen):
    """A policy with its stored text, its clauses in order of the text, and everything that is in no clause.

    `lines` says where the text is printed, ascending; empty where the format has no pages. `notes` are sentences for the
    person who maintains the document: what of its file was not read, or is less sure.
    """

    policy: Policy
    text: str
    clauses: tuple[Clause, ...]
    dropped: tuple[DroppedSpan, ...]
    lines: tuple[PageLine, ...] = ()
    notes: tuple[str, ...] = ()
