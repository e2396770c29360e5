"""A claim against the rules of one policy, with the clauses that its amounts rest on.

What `/v1/rewards/evaluate` gives and the calculator shows: both take their figures from here.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any, Literal, Protocol

from pydantic import BaseModel, ConfigDict, Field

from assistant.answer import Citation, Language, RewardRow, Warning_
from assistant.compose_rewards import rule_evidence
from assistant.draft import Evidence, cite
from assistant.reward_facts import Claim, FactValue, Item
from assistant.rewards import Outcome, evaluate, policy_warnings, to_rows
from knowledge.model import Document
from knowledge.rule_schema import Activity, Committee, Level
from knowledge.rules import Rule, RuleBook

MAX_ITEMS = 50
MAX_COUNT = 10_000
MAX_RANK = 1_000
MAX_FACT = 200
MAX_YUAN = 10_000_000_000


class _Body(BaseModel):
    model_config = ConfigDict(extra="forbid")


class RewardItem(_Body):
    """One kind of work and how many of it, in the words of the rule vocabulary."""

    activity: Activity
    level: Level | Literal["local"] | None = None
    action: Literal["revise"] | None = None
    committee: Committee | None = None
    role: Literal["lead", "participate"] | None = None
    rank: int | None = Field(default=None, ge=1, le=MAX_RANK, description="Place among the drafters.")
    grade: str | None = Field(default=None, max_length=MAX_FACT, description="The source's own label, such as 一等奖.")
    count: int = Field(default=1, ge=1, le=MAX_COUNT)
    event_on: date | None = Field(default=None, description="When it was published, accepted or completed.")
    inputs: dict[str, bool | int | str] = Field(
        default_factory=dict, description="Facts about this work by the input names of the rules' conditions."
    )


class EvaluateBody(_Body):
    """What was done, by whom, for one policy. `facts` hold for all items (location, standard_status, …)."""

    policy_id: str
    items: list[RewardItem] = Field(min_length=1, max_length=MAX_ITEMS)
    facts: dict[str, bool | int | str] = Field(default_factory=dict)
    asked_at: date | None = None
    language: Language = "zh"

    @property
    def claim(self) -> Claim:
        """The same as the rules take it."""
        return Claim(items=[_item(item) for item in self.items], facts=dict(self.facts))


class Evaluation(BaseModel):
    """The rewards of a claim. `total_yuan` is null where an amount is open."""

    release: str
    policy_id: str
    rewards: list[RewardRow]
    total_yuan: int | None
    warnings: list[Warning_]
    citations: list[Citation]


class Ruled(Protocol):
    """What an evaluation reads of a release."""

    @property
    def documents(self) -> Mapping[str, Document]:
        """The documents by policy id."""

    @property
    def rules(self) -> RuleBook:
        """The reward rules."""


@dataclass(frozen=True)
class Evaluated:
    """An outcome, its rows in one language, and the clauses they cite; `citation_of` gives a rule's number among them."""

    outcome: Outcome
    rows: list[RewardRow]
    citations: list[Citation]
    numbers: Mapping[str, int]

    def citation_of(self, rule: Rule) -> int | None:
        """The number of the citation that shows a rule's clause; null where no row cites it."""
        return self.numbers.get(rule.rule_id)


def usable_rules(rules: RuleBook, policy_id: str, *, with_unreviewed: bool = False) -> tuple[Rule, ...]:
    """The rules of a policy that may compute: those a person has confirmed, or all of them."""
    return tuple(rule for rule in rules.for_policy(policy_id) if rule.reviewed or with_unreviewed)


def evaluated(release: Ruled, body: EvaluateBody, asked_at: date, *, with_unreviewed: bool = False) -> Evaluated:
    """Apply the rules of a policy of the release to what was done.

    Where the policy has rules but none that may compute, there are no rows, and the warnings say that nobody has
    confirmed them: nothing can be said of what the text states.

    Raises:
        KeyError: the release has no such policy.
    """
    document = release.documents[body.policy_id]
    there = release.rules.for_policy(body.policy_id)
    if there and not usable_rules(release.rules, body.policy_id, with_unreviewed=with_unreviewed):
        return Evaluated(_unconfirmed(document, asked_at), [], [], {})
    outcome = evaluate(release.rules, document.policy, body.claim, asked_at, with_unreviewed=with_unreviewed)
    cited: list[Evidence] = []
    numbers: dict[str, int] = {}

    def citation_of(rule: Rule) -> int:
        evidence = rule_evidence(rule, document)
        if evidence not in cited:
            cited.append(evidence)
        numbers[rule.rule_id] = cited.index(evidence) + 1
        return numbers[rule.rule_id]

    rows = to_rows(outcome, body.language, citation_of)
    return Evaluated(outcome, rows, cite(cited, {body.policy_id: document}), numbers)


def _unconfirmed(document: Document, asked_at: date) -> Outcome:
    nothing: dict[str, Any] = dict.fromkeys(
        ("rows", "rejected", "scenarios", "missing", "silent_on", "notes", "steps"), ()
    )
    return Outcome(
        policy_id=document.policy.id,
        total_yuan=None,
        total_bound=None,
        stated_yuan=None,
        warnings=(*policy_warnings(document.policy, asked_at), "rule_unreviewed"),
        **nothing,
    )


def _item(item: RewardItem) -> Item:
    inputs: dict[str, FactValue] = dict(item.inputs)
    return Item(**item.model_dump(exclude={"inputs"}), inputs=inputs)
