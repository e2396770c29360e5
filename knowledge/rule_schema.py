"""The schema of reward rules: the vocabulary, the parts of a rule, the flat rule, and the file that holds them.

A file has groups with shared fields and one row for each combination the source pays differently. Keys are closed.
"""

from __future__ import annotations

import calendar
from collections.abc import Iterator, Mapping
from datetime import date
from typing import Annotated, Literal, TypeAlias

from pydantic import Field, StrictBool, StrictInt, StrictStr, model_validator

from knowledge.model import Frozen

Activity = Literal[
    "formulate_standard",
    "revise_standard",
    "adopt_standard",
    "host_committee",
    "pilot_project",
    "award",
    "certification",
    "front_runner",
    "event",
    "research",
    "training",
    "other",
]
Level = Literal[
    "international",
    "national",
    "industry",
    "provincial_local",
    "municipal_local",
    "group",
    "alliance",
    "enterprise",
]
Committee = Literal["TC", "SC", "WG"]
PlaceGroupName = Literal["urban_district", "county"]
RuleBound = Literal["exact", "up_to", "at_least", "range"]
Per = Literal["standard", "product", "committee", "project", "organization", "certificate", "event", "person"]
Benefit = Literal["reward", "subsidy", "matching", "honour_only"]
Payer = Literal["municipal", "county", "district", "provincial", "shared"]
CapScope = Literal["item", "organization_activity", "organization_year", "pool"]
# Work on the text of a standard: a level alone may stand for either.
DRAFTING: frozenset[Activity] = frozenset({"formulate_standard", "revise_standard"})
RatioBase = Literal["lead", "formulate", "upper_level", "top_grade"]
Stage = Literal["proposed", "approved", "published", "implemented", "accepted", "completed"]
Operator = Literal["==", "!=", "<=", ">=", "in", "not_in"]
# Why an amount of money is no reward. `elsewhere` is another place's, `pot` a total that rows share out, `cap` a ceiling,
# `unclear` one that cannot be set against what it is paid for.
IgnoreReason = Literal[
    "goal",
    "budget",
    "threshold",
    "history",
    "penalty",
    "example",
    "fee",
    "sponsor",
    "loan",
    "elsewhere",
    "cap",
    "pot",
    "unclear",
    "other",
]
# A role is `lead`, `participate` or a band of ranks with inclusive ends; an open end stays empty.
Role = Annotated[str, Field(pattern=r"^(lead|participate|rank:[1-9]\d*(-([1-9]\d*)?)?)$")]
Scalar: TypeAlias = StrictBool | StrictInt | StrictStr
YearMonth = Annotated[str, Field(pattern=r"^\d{4}-(0[1-9]|1[0-2])(-\d{2})?$")]


class Text(Frozen):
    """The same words in both languages."""

    zh: str
    en: str

    def of(self, language: Literal["zh", "en"]) -> str:
        """The words in one language."""
        return self.zh if language == "zh" else self.en


class Options(Frozen):
    """Replies to a question back, in both languages, in the same order."""

    zh: tuple[str, ...]
    en: tuple[str, ...]

    @model_validator(mode="after")
    def _aligned(self) -> Options:
        if len(self.zh) != len(self.en):
            raise ValueError(f"expected as many options in zh as in en, got {len(self.zh)} and {len(self.en)}")
        return self


class Ratio(Frozen):
    """A share of another amount: of what the lead gets, of the amount for formulating, of an upper level's award."""

    percent: int = Field(gt=0)
    of: RatioBase


class Cap(Frozen):
    """A ceiling on what is paid, in yuan or in number. `pool` is a budget that scales everybody's payment."""

    scope: CapScope
    yuan: int | None = Field(None, gt=0)
    count: int | None = Field(None, gt=0)
    said: str | None = None
    quote: str | None = None

    @model_validator(mode="after")
    def _complete(self) -> Cap:
        if self.yuan is None and self.count is None and self.scope != "pool":
            raise ValueError("expected `yuan` or `count`")
        if (self.yuan is None) != (self.said is None):
            raise ValueError("expected `yuan` and `said` together")
        return self


class Reading(Frozen):
    """What one reading of the words pays where a condition fails, though the text does not say that it is meant.

    Attributes:
        label: whom the words name, as they stand in the source.
        yuan, said: the amount, always a ceiling here, and the source's words for it.
        topic: the silence that says between which readings the text leaves the choice.
    """

    label: Text
    yuan: int = Field(gt=0)
    said: str
    topic: str = Field(pattern=r"^[a-z][a-z0-9_]*$")


class Condition(Frozen):
    """What a fact must be for the rule to pay.

    `otherwise` is what holds where the fact fails: `not_stated` where the text leaves the case open, `open` where by one
    `reading` of its words something is paid all the same.
    """

    input: str = Field(pattern=r"^[a-z][a-z0-9_]*$")
    op: Operator
    value: Scalar | tuple[Scalar, ...]
    text: Text
    ask: Text | None = None
    options: Options | None = None
    quote: str | None = None
    otherwise: Literal["not_met", "not_stated", "open"] = "not_met"
    reading: Reading | None = None

    @model_validator(mode="after")
    def _read(self) -> Condition:
        if (self.otherwise == "open") != (self.reading is not None):
            raise ValueError("expected `otherwise: open` and `reading` together")
        return self

    @model_validator(mode="after")
    def _typed(self) -> Condition:
        wants = "a list" if self.op in ("in", "not_in") else "a whole number" if self.op in ("<=", ">=") else None
        if wants == "a list" and not isinstance(self.value, tuple):
            raise ValueError(f"expected {wants} for `{self.op}`, got {self.value!r}")
        if wants != "a list" and isinstance(self.value, tuple):
            raise ValueError(f"expected one value for `{self.op}`, got a list")
        if wants == "a whole number" and (isinstance(self.value, bool) or not isinstance(self.value, int)):
            raise ValueError(f"expected {wants} for `{self.op}`, got {self.value!r}")
        return self


class Combine(Frozen):
    """How amounts for the same thing add up: all of them, only the highest, or the text does not say."""

    policy: Literal["sum", "max", "unstated"]
    scope: Literal["same_item", "same_org_year", "all_levels"] = "same_item"


class Exclusion(Frozen):
    """A payment that shuts this one out: `input` is the fact that it was received."""

    input: str = Field(pattern=r"^[a-z][a-z0-9_]*$")
    text: Text
    ask: Text | None = None


class Dedupe(Frozen):
    """Parts of one series count once."""

    key: Literal["series"]
    keep: Literal["once", "best_rank"] = "once"


class Window(Frozen):
    """The dates between which the event (the stage it counts at) must lie, both ends included."""

    since: date | None = None
    until: date | None = None


class Silence(Frozen):
    """A point the text leaves open, to be said as such; `topic` lets a composer pick the relevant ones."""

    topic: str = Field(pattern=r"^[a-z][a-z0-9_]*$")
    zh: str
    en: str

    def of(self, language: Literal["zh", "en"]) -> str:
        """The words in one language."""
        return self.zh if language == "zh" else self.en


class SaidAmount(Frozen):
    """An amount and the source's words for it."""

    yuan: int = Field(gt=0)
    said: str


class Term(Frozen):
    """A role as this document defines it, by the place in the list of drafters."""

    role: Literal["lead"] = "lead"
    rank_max: int = Field(gt=0)
    clause_id: str
    quote: str
    text: Text
    ask: Text
    options: Options | None = None


class PlaceMember(Frozen):
    """A place of a group; `since` and `until` (YYYY-MM or YYYY-MM-DD) where membership changed.

    `basis` says where the membership comes from: `document`, or the authority that draws the districts.
    """

    name: str
    code: str | None = Field(None, pattern=r"^\d{6}$")
    aliases: tuple[str, ...] = ()
    since: YearMonth | None = None
    until: YearMonth | None = None
    basis: str

    def may_hold(self, on: date | None) -> bool:
        """Whether the place may belong to the group on a date; true for an unknown date."""
        if on is None:
            return True
        first = _day(self.since, last=False) if self.since else date.min
        final = _day(self.until, last=True) if self.until else date.max
        return first <= on <= final


class PlaceGroup(Frozen):
    """The places inside a policy's area that it treats alike."""

    label: Text
    text: Text
    members: tuple[PlaceMember, ...] = ()


class Places(Frozen):
    """The place groups of a policy and the question that tells them apart."""

    ask: Text
    groups: Mapping[PlaceGroupName, PlaceGroup]


class Ignored(Frozen):
    """An amount of money in the document that is no reward."""

    quote: str
    yuan: int
    reason: IgnoreReason


class Rule(Frozen):
    """One amount for one combination, with everything its answer needs. Fields as in the rule vocabulary, and:

    Attributes:
        rule_id: policy, group and row, joined by dots.
        label: what is rewarded, whole: `group_label` and `option`, the row's part (the reply to "which level?").
        said_unit: the unit that the words for the amount borrow from a list's end or a table's heading (万元).
        start, end: the quote's range in the stored text; null when loaded without documents.
        conditions: the group's, the row's, the exclusions' and the definition of lead, in that order.
        bonus: the amount is added to another rule's for the same item; with `above_cap` on top of the item's ceiling.
        instead_of: the rule or group that this one replaces where its conditions hold (an exception in brackets).
        selection: `merit` where the reviewers choose the grade, so that nobody can promise an amount.
        delegated_to: who sets the amount, where the text does not.
        raised_from: the amount of the edition before, for the record.
    """

    rule_id: str
    policy_id: str
    group_id: str
    group_label: Text
    label: Text
    option: Text
    activity: Activity
    level: Level | None
    committee: Committee | None
    role: str | None
    grade: str | None
    place_group: PlaceGroupName | None
    yuan: int | None
    yuan_min: int | None
    ratio: Ratio | None
    bound: RuleBound | None
    per: Per | None
    benefit: Benefit
    cap: tuple[Cap, ...]
    payer: Payer | None
    said: str | None
    said_min: str | None
    said_unit: str | None = None
    quote: str
    clause_id: str
    start: int | None = None
    end: int | None = None
    conditions: tuple[Condition, ...]
    combine: Combine
    includes: tuple[Text, ...]
    dedupe: Dedupe | None
    contest: Literal["best_rank", "equal_split", "negotiated", "single", "unstated"]
    counts_when: Stage | None
    window: Window | None
    selection: Literal["merit"] | None
    bonus: bool
    above_cap: bool
    instead_of: str | None
    delegated_to: Text | None
    raised_from: SaidAmount | None
    pot: SaidAmount | None
    silent_on: tuple[Silence, ...]
    reviewed_by: str | None
    reviewed_on: date | None

    @property
    def reviewed(self) -> bool:
        """Whether a person has confirmed the rule."""
        return self.reviewed_by is not None and self.reviewed_on is not None

    def amounts(self) -> Iterator[tuple[int, str]]:
        """Every amount of the rule with the source's words for it."""
        pairs = [(self.yuan, self.said), (self.yuan_min, self.said_min)]
        pairs += [(c.yuan, c.said) for c in self.cap if c.quote is None]
        pairs += [(a.yuan, a.said) for a in (self.raised_from, self.pot) if a is not None]
        pairs += [(c.reading.yuan, c.reading.said) for c in self.conditions if c.reading is not None]
        for yuan, said in pairs:
            if yuan is not None and said is not None:
                yield yuan, said


# --- the file --------------------------------------------------------------------------------------------------------


class SharedFields(Frozen):
    """What a group says for all its rows, or a row for itself."""

    activity: Activity | None = None
    level: Level | None = None
    committee: Committee | None = None
    role: Role | None = None
    grade: str | None = None
    place_group: PlaceGroupName | None = None
    bound: RuleBound | None = None
    per: Per | None = None
    benefit: Benefit | None = None
    payer: Payer | None = None
    clause_id: str | None = None
    quote: str | None = None
    said_unit: str | None = None
    ratio: Ratio | None = None
    cap: tuple[Cap, ...] = ()
    conditions: tuple[Condition, ...] = ()
    combine: Combine | None = None
    excludes: tuple[Exclusion, ...] = ()
    includes: tuple[Text, ...] = ()
    dedupe: Dedupe | None = None
    contest: Literal["best_rank", "equal_split", "negotiated", "single", "unstated"] | None = None
    counts_when: Stage | None = None
    window: Window | None = None
    selection: Literal["merit"] | None = None
    bonus: bool = False
    above_cap: bool = False
    instead_of: str | None = None
    delegated_to: Text | None = None
    silent_on: tuple[Silence, ...] = ()


class RowEntry(SharedFields):
    """One combination of a group and its amount, with the source's own words for it (`said`)."""

    id: str | None = Field(None, pattern=r"^[a-z0-9][a-z0-9_.-]*$")
    label: Text | None = None
    yuan: int | None = Field(None, gt=0)
    said: str | None = None
    yuan_min: int | None = Field(None, gt=0)
    said_min: str | None = None
    raised_from: SaidAmount | None = None


class GroupEntry(SharedFields):
    """Rules that share what they pay for. A `pot` is a total that the rows divide."""

    id: str = Field(pattern=r"^[a-z][a-z0-9_]*$")
    label: Text
    pot: SaidAmount | None = None
    rows: tuple[RowEntry, ...] = Field(min_length=1)


class RuleFile(Frozen):
    """All that a policy's YAML file holds."""

    policy: str
    reviewed_by: str | None = None
    reviewed_on: date | None = None
    terms: Mapping[str, Term] = Field(default_factory=dict)
    places: Places | None = None
    rules: tuple[GroupEntry, ...] = ()
    silent_on: tuple[Silence, ...] = ()
    ignored: tuple[Ignored, ...] = ()


def _day(text: str, *, last: bool) -> date:
    """The day a YYYY-MM-DD names; for YYYY-MM its first or last day."""
    year, month, *day = (int(part) for part in text.split("-"))
    return date(year, month, day[0] if day else calendar.monthrange(year, month)[1] if last else 1)
