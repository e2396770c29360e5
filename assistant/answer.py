"""The answer of one question, field for field as other programs read it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated, Literal

from pydantic import AfterValidator, BaseModel, ConfigDict, Field

AnswerStatus = Literal["answered", "partial", "clarify", "abstained"]
RewardStatus = Literal[
    "exact",
    "up_to",
    "range",
    "needs_input",
    "not_met",
    "not_stated",
    "delegated",
    "discretionary",
    "out_of_validity",
    "conflicting_sources",
]
NO_FIGURE: frozenset[RewardStatus] = frozenset({"not_met", "not_stated", "out_of_validity", "conflicting_sources"})
"""The states in which a figure would mislead: what the document pays others, or nobody, is not this reader's amount."""
ConditionState = Literal["met", "unmet", "unknown"]
STATE_OF_SIGN: Mapping[str, ConditionState] = {"✓": "met", "✗": "unmet", "？": "unknown", "?": "unknown"}
"""The signs before the conditions of an answer, in both languages."""
SIGN_OF_STATE: Mapping[ConditionState, str] = {"met": "✓", "unmet": "✗", "unknown": "?"}
Warning_ = Literal["validity_unknown", "horizon_passed", "draft_policy", "superseded", "rule_unreviewed"]
Language = Literal["zh", "en"]


# A tenth of a point is finer than any printer's stroke.
_Points = Annotated[float, AfterValidator(lambda points: round(points, 1))]


class _Part(BaseModel):
    model_config = ConfigDict(extra="forbid")


class CitedPolicy(_Part):
    """What an answer's reader sees of a cited policy. Dates are ISO; null where the source does not say."""

    title: str
    title_en: str | None = None
    doc_no: str | None = None
    issuer: str | None = None
    place: str | None = None
    signed: str | None = None
    posted: str | None = None
    status: str = "unknown"

    def title_in(self, language: str) -> str:
        """The title in a language; the Chinese one where there is no other."""
        return (self.title_en if language == "en" else None) or self.title


class PrintedPlace(_Part):
    """Where a line of a quote is printed.

    Attributes:
        page: counted from 1.
        box: left, top, right, bottom of the line in points (1/72 inch) from the page's top left corner.
        size: the page's width and height in points; null where it was not noted.
        file: the file's name within an archive or a message; null for a document of its own.
    """

    page: int = Field(ge=1)
    box: tuple[_Points, _Points, _Points, _Points]
    size: tuple[_Points, _Points] | None = None
    file: str | None = None


class Citation(_Part):
    """One marker of the answer: whole sentences of one clause, `quote == stored_text[start:end]`.

    `places` says where the quote's lines are printed; it is left out where the document's format has no pages.
    """

    n: int
    policy_id: str
    policy: CitedPolicy
    clause_id: str
    clause_path: list[str]
    quote: str
    start: int
    end: int
    places: list[PrintedPlace] = Field(default_factory=list, exclude_if=lambda places: not places)


class Condition(_Part):
    """A condition of a reward and whether the facts given meet it."""

    input: str
    state: ConditionState
    text: str
    citation: int | None = None


class RewardRow(_Part):
    """One rule applied to one item. `yuan` is for one unit of `per`, `total_yuan` for `count` of them; null where unstated."""

    rule_id: str
    label: str
    status: RewardStatus
    bound: str | None = None
    per: str | None = None
    yuan: int | None = None
    yuan_min: int | None = None
    count: int | None = None
    total_yuan: int | None = None
    conditions: list[Condition] = Field(default_factory=list)
    citation: int | None = None
    # The steps of the computing, in words, in order.
    trace: list[str] = Field(default_factory=list)


class QuestionBack(_Part):
    """The one fact that would decide most, asked for."""

    input: str
    text: str
    options: list[str] = Field(default_factory=list)


class KnownFact(_Part):
    """A fact the answer took as stated.

    Attributes:
        input: its name: place, level, rank, location, …; `forget` takes the same names.
        value: as the glossary and the rules have it; a place by its name.
        text: in the answer's language.
        turn: the place in the history of the turn that said it; null for the question itself and for `facts`.
        given: whether `facts` alone says it.
    """

    input: str
    value: str | int | bool
    text: str
    turn: int | None = None
    given: bool = False


class StandardLabel(_Part):
    """Says that an answer's words are a standard reply: its id, the day it was approved (ISO), the office that did."""

    id: str
    approved: str
    office: str = ""


class Provenance(_Part):
    """What an answer was made from."""

    release: str | None
    rules: str | None = None
    prompts: str | None = None
    model: str | None = None


class Answer(_Part):
    """The answer to one question."""

    id: str | None = None
    status: AnswerStatus
    language: Language
    answer: str
    citations: list[Citation] = Field(default_factory=list)
    rewards: list[RewardRow] = Field(default_factory=list)
    total_yuan: int | None = None
    question_back: QuestionBack | None = None
    # Further questions the reader may want to ask; for the page.
    suggestions: list[str] = Field(default_factory=list)
    warnings: list[Warning_] = Field(default_factory=list)
    # What the answer took as stated, by the question, earlier turns or `facts`.
    known: list[KnownFact] = Field(default_factory=list)
    # Set where the words are those of an approved standard reply.
    standard: StandardLabel | None = None
    provenance: Provenance
    timing_ms: dict[str, float] = Field(default_factory=dict)
