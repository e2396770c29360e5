"""Computes what a policy's rules pay for what somebody has done: amounts, conditions, and why.

Conditions have three values: met, unmet, unknown. A missing fact is never a default: where it only confirms, the amount
stands with the condition open; where it decides between amounts, every branch is given and the fact is asked for.

The order of computing, each a step of the trace: rules by place and date, conditions, base amount, share of another
amount, bonus, ceiling of the item, number and series, several local units, same-item combination, ceiling by activity,
ceiling by year, budget pool, awards of other levels.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import Literal

from assistant.answer import Condition as ShownCondition
from assistant.answer import Language, RewardRow, Warning_
from assistant.reward_facts import Claim, FactValue, Item, View
from assistant.reward_lines import (
    PAYABLE,
    CheckedCondition,
    Rejected,
    RewardLine,
    Step,
    StepKind,
    item_lines,
    left_out,
    step,
)
from assistant.reward_words import money, plain, say
from knowledge.model import Policy
from knowledge.rule_schema import Cap, Options, Rule, Silence, Text
from knowledge.rules import RuleBook

__all__ = [
    "CheckedCondition",
    "Claim",
    "FactValue",
    "Item",
    "Missing",
    "Outcome",
    "Rejected",
    "RewardLine",
    "Scenario",
    "Step",
    "Total",
    "evaluate",
    "in_total",
    "policy_warnings",
    "to_rows",
    "total_of",
]

# Facts that say what was paid before, by the ceiling they count against.
_RECEIVED = {"organization_activity": "received_activity_yuan", "organization_year": "received_year_yuan"}
_CAP_STEPS: Mapping[str, StepKind] = {"organization_activity": "activity_cap", "organization_year": "year_cap"}
# Of facts that decide amounts, the one that tells most apart is asked first.
_ASKED_FIRST = (
    "activity",
    "standard_level",
    "committee_level",
    "committee",
    "grade",
    "role",
    "drafter_rank",
    "location",
    "event_on",
)


@dataclass(frozen=True)
class Missing:
    """A fact that nobody gave. `decides`: an amount depends on it; else it only confirms."""

    input: str
    ask: Text
    options: Options
    decides: bool
    stake_yuan: int


@dataclass(frozen=True)
class Scenario:
    """The total if an undecided fact had one value; null where even then something stays unsaid."""

    input: str
    value: str
    label: Text
    total_yuan: int | None
    bound: str | None


@dataclass(frozen=True)
class Outcome:
    """Everything the rules say about a claim.

    Attributes:
        rows: the lines, item by item.
        rejected: the rules that were considered and do not apply, each with the condition it failed on.
        total_yuan: what all items come to; null if any part is unknown, unstated or one of several branches.
        total_bound: `up_to` where any part of the total is a ceiling.
        stated_yuan: the sum of the parts that are stated, where the whole is not.
        scenarios: the totals by place group, where that is what keeps the total open.
        missing: what to ask, the most decisive first.
        silent_on: what the text leaves open: first the rules that apply, then the policy as a whole.
        notes: reservations about the amounts (budget pools).
        steps: the sum, where there are several parts.
    """

    policy_id: str
    rows: tuple[RewardLine, ...]
    rejected: tuple[Rejected, ...]
    total_yuan: int | None
    total_bound: str | None
    stated_yuan: int | None
    scenarios: tuple[Scenario, ...]
    missing: tuple[Missing, ...]
    silent_on: tuple[Silence, ...]
    notes: tuple[Text, ...]
    warnings: tuple[Warning_, ...]
    steps: tuple[Step, ...]

    @property
    def delegated(self) -> tuple[RewardLine, ...]:
        """The lines whose amount somebody else sets."""
        return tuple(line for line in self.rows if line.status == "delegated")


def evaluate(
    rulebook: RuleBook, policy: Policy, claim: Claim, asked_at: date, *, with_unreviewed: bool = False
) -> Outcome:
    """Apply a policy's rules to a claim.

    Args:
        rulebook: the rules of the release.
        policy: the policy whose rules apply; another place's rules are never borrowed.
        claim: what was done, and the facts given.
        asked_at: the day of the question, for the warnings.
        with_unreviewed: also use rules that no person has confirmed; the outcome then says so.

    Example:
        >>> evaluate(release.rules, policy, Claim([Item("formulate_standard", "industry", rank=2)]), date.today())
    """
    rules = [rule for rule in rulebook.for_policy(policy.id) if rule.reviewed or with_unreviewed]
    lines: list[RewardLine] = []
    rejected: list[Rejected] = []
    for index, item in enumerate(claim.items):
        found, refused = item_lines(View(rulebook, policy, claim, item, index, asked_at, rules))
        lines += found
        rejected += refused
    lines = _only_highest(lines)
    lines = _capped(lines, "organization_activity", claim)
    lines = _capped(lines, "organization_year", claim)
    lines = [_beside_other_award(_from_pool(line), claim) for line in lines]
    total = total_of(lines)
    return Outcome(
        policy_id=policy.id,
        rows=tuple(lines),
        rejected=tuple(rejected),
        total_yuan=total.yuan,
        total_bound=total.bound,
        stated_yuan=total.stated,
        scenarios=tuple(_scenarios(lines, rulebook, policy)),
        missing=tuple(_missing(lines)),
        silent_on=_silences(lines, rulebook, policy),
        notes=tuple(dict.fromkeys(s.text for line in lines for s in line.steps if s.kind == "pool")),
        warnings=_warnings(policy, asked_at, lines),
        steps=total.steps,
    )


def policy_warnings(policy: Policy, asked_at: date) -> tuple[Warning_, ...]:
    """What a reader must know about a policy's validity on a day."""
    past_goal = policy.goal_period is not None and policy.goal_period.end is not None
    over = policy.expires is not None and policy.expires < asked_at
    found: list[tuple[Warning_, bool]] = [
        ("validity_unknown", policy.status == "unknown"),
        ("horizon_passed", past_goal and policy.goal_period.end < asked_at),  # type: ignore[union-attr, operator]
        ("draft_policy", policy.status == "draft"),
        ("superseded", policy.is_past or policy.status == "expired" or over),
    ]
    return tuple(warning for warning, holds in found if holds)


def to_rows(outcome: Outcome, language: Language, citation_of: Callable[[Rule], int | None]) -> list[RewardRow]:
    """The outcome as an answer shows it.

    Args:
        outcome: what `evaluate` gave.
        language: of labels, conditions and trace.
        citation_of: the number of the citation that shows a rule's clause, or null where it is not cited.
    """
    rows = [_row(line, language, citation_of) for line in outcome.rows]
    summed = [row for row, line in zip(rows, outcome.rows, strict=True) if in_total(line)]
    if summed:
        summed[-1].trace.extend(s.text.of(language) for s in outcome.steps)
    return rows


def _row(line: RewardLine, language: Language, citation_of: Callable[[Rule], int | None]) -> RewardRow:
    shown = line.rule or next(iter(line.near), None)
    citation = citation_of(shown) if shown else None
    return RewardRow(
        rule_id=line.rule_id,
        label=line.label.of(language),
        status=line.status,
        bound=line.bound,
        per=line.per,
        yuan=line.yuan,
        yuan_min=line.yuan_min,
        count=line.count,
        total_yuan=line.total_yuan,
        conditions=[
            ShownCondition(input=c.input, state=c.state, text=c.text.of(language), citation=citation)
            for c in line.conditions
        ],
        citation=citation,
        trace=[s.text.of(language) for s in line.steps],
    )


# --- ceilings over all items -----------------------------------------------------------------------------------------


def _only_highest(lines: list[RewardLine]) -> list[RewardLine]:
    """就高不重复 over everything of a year: only the highest line counts."""
    rivals = [line for line in lines if _combines(line, "same_org_year") and in_total(line)]
    best = max(rivals, key=lambda line: line.total_yuan or 0, default=None)
    return [left_out(line) if line in rivals and line is not best else line for line in lines]


def _combines(line: RewardLine, scope: str) -> bool:
    """Whether only the highest counts within a scope."""
    return line.rule is not None and line.rule.combine.policy == "max" and line.rule.combine.scope == scope


def _capped(
    lines: list[RewardLine], scope: Literal["organization_activity", "organization_year"], claim: Claim
) -> list[RewardLine]:
    """Apply the ceilings of one scope, line by line, until they are used up."""
    before = claim.facts.get(_RECEIVED[scope])
    received = before if isinstance(before, int) else 0
    paid: dict[tuple[object, ...], int] = {}
    number: dict[tuple[object, ...], int] = {}
    out = []
    for line in lines:
        for cap in line.rule.cap if line.rule else ():
            if cap.scope != scope or line.total_yuan is None or not line.counted:
                continue
            year = line.item.event_on.year if line.item.event_on else None
            key = (cap, year, line.rule.activity if line.rule and scope == "organization_activity" else None)
            line = _capped_in_number(line, cap, number.get(key, 0))
            line = _capped_in_yuan(line, cap, paid.get(key, received))
            if not line.branch:
                number[key] = number.get(key, 0) + line.count
                paid[key] = paid.get(key, received) + (line.total_yuan or 0)
        out.append(line)
    return out


def _capped_in_number(line: RewardLine, cap: Cap, before: int) -> RewardLine:
    if cap.count is None or line.yuan is None or before + line.count <= cap.count:
        return line
    count = max(0, cap.count - before)
    told = line.told(step(line.rule, _CAP_STEPS[cap.scope], "count_cap", plain(cap.count), plain(count)))
    return replace(told, count=count, total_yuan=line.yuan * count)


def _capped_in_yuan(line: RewardLine, cap: Cap, before: int) -> RewardLine:
    if cap.yuan is None or line.total_yuan is None or before + line.total_yuan <= cap.yuan:
        return line
    rest = max(0, cap.yuan - before)
    words = (money(cap.yuan), money(line.total_yuan), money(rest))
    told = line.told(step(line.rule, _CAP_STEPS[cap.scope], "yuan_cap", *words))
    return replace(told, total_yuan=rest)


def _from_pool(line: RewardLine) -> RewardLine:
    for cap in line.rule.cap if line.rule and line.yuan is not None else ():
        if cap.scope == "pool":
            line = line.told(step(line.rule, "pool", "pool"))
            if cap.count is not None:
                line = line.told(step(line.rule, "pool", "quota", plain(cap.count)))
    return line


def _beside_other_award(line: RewardLine, claim: Claim) -> RewardLine:
    """就高不重复 across levels: of this and another level's award the higher counts."""
    if line.total_yuan is None or not _combines(line, "all_levels"):
        return line
    other = line.item.inputs.get("other_award_yuan", claim.facts.get("other_award_yuan"))
    if not isinstance(other, int) or isinstance(other, bool):
        return line.told(step(line.rule, "other_award", "other_award_open"))
    if other < line.total_yuan:
        return line.told(step(line.rule, "other_award", "other_award_lower", money(line.total_yuan), money(other)))
    told = line.told(step(line.rule, "other_award", "other_award_higher", money(other), money(line.total_yuan)))
    return replace(told, counted=False, total_yuan=None)


# --- totals ----------------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Total:
    """What some lines come to: the whole where nothing is open, else null; `stated` is the sum of what is settled."""

    yuan: int | None
    bound: str | None
    stated: int | None
    steps: tuple[Step, ...]


def in_total(line: RewardLine) -> bool:
    """Whether a line is a settled part of the total."""
    return line.status in PAYABLE and line.total_yuan is not None and not line.branch and line.counted


def total_of(lines: Sequence[RewardLine]) -> Total:
    """The sum of what is settled; the whole only where nothing is left open."""
    counted = [line for line in lines if in_total(line)]
    if not counted:
        return Total(None, None, None, ())
    whole = all(in_total(line) or line.status == "not_met" or _is_left_out(line) or _is_honour(line) for line in lines)
    stated = sum(line.total_yuan or 0 for line in counted)
    steps: tuple[Step, ...] = ()
    if len(counted) > 1:
        parts = [money(line.total_yuan or 0) for line in counted]
        added = Text(zh=" + ".join(p.zh for p in parts), en=" + ".join(p.en for p in parts))
        steps = (Step("total", say("total" if whole else "subtotal", added, money(stated))),)
    return Total(stated if whole else None, _bound_of(counted), stated, steps)


def _is_left_out(line: RewardLine) -> bool:
    """Whether a higher amount shuts a line out; what only one reading pays is not settled by that."""
    return not line.counted and line.reading is None


def _is_honour(line: RewardLine) -> bool:
    return line.rule is not None and line.rule.benefit == "honour_only" and line.status == "exact"


def _bound_of(lines: Sequence[RewardLine]) -> str:
    bounds = {line.bound for line in lines}
    if bounds & {"up_to", "range"}:
        return "up_to"
    return "at_least" if "at_least" in bounds else "exact"


def _scenarios(lines: Sequence[RewardLine], rulebook: RuleBook, policy: Policy) -> Iterator[Scenario]:
    """The total for each place group, where the place is what keeps it open."""
    supposed = {line.branch["location"] for line in lines if "location" in line.branch}
    rules = rulebook.policies.get(policy.id)
    if len(supposed) < 2 or rules is None or rules.places is None:
        return
    for value, group in rules.places.groups.items():
        chosen = [
            line
            for line in lines
            if line.branch.get("location", value) == value and line.status != "not_met" and line.counted
        ]
        if value in supposed:
            settled = bool(chosen) and all(_settled_by_place(line) for line in chosen)
            total = sum(line.total_yuan or 0 for line in chosen) if settled else None
            yield Scenario("location", value, group.label, total, _bound_of(chosen) if settled else None)


def _settled_by_place(line: RewardLine) -> bool:
    """Whether nothing but the place keeps a line's total open."""
    place = {"location", "event_on"}
    return line.total_yuan is not None and set(line.branch) <= place and set(line.blocked_by) <= place


# --- what to ask, what stays open ------------------------------------------------------------------------------------


def _missing(lines: Sequence[RewardLine]) -> list[Missing]:
    found: dict[str, Missing] = {}
    for line in lines:
        if line.status in ("not_met", "not_stated", "out_of_validity"):
            continue
        for asked in line.open:
            if asked.ask is None:
                continue
            decides = asked.input in line.blocked_by or asked.input in line.branch or _dates_place(asked, line)
            stake = line.total_yuan or line.yuan or 0
            before = found.get(asked.input)
            options = asked.options or _options(asked.input, lines)
            entry = before or Missing(asked.input, asked.ask, options, decides, stake)
            found[asked.input] = replace(
                entry, decides=entry.decides or decides, stake_yuan=max(entry.stake_yuan, stake)
            )
    return sorted(found.values(), key=_urgency)


def _dates_place(asked: CheckedCondition, line: RewardLine) -> bool:
    return asked.input == "event_on" and "location" in line.branch


def _urgency(missing: Missing) -> tuple[int, int]:
    if not missing.decides:
        return (len(_ASKED_FIRST) + 1, -missing.stake_yuan)
    return (_ASKED_FIRST.index(missing.input) if missing.input in _ASKED_FIRST else len(_ASKED_FIRST), 0)


def _options(name: str, lines: Sequence[RewardLine]) -> Options:
    """The replies that the lines themselves suppose, in their own words."""
    texts = [c.text for line in lines if name in line.branch for c in line.conditions if c.input == name and line.rule]
    return Options(zh=tuple(dict.fromkeys(t.zh for t in texts)), en=tuple(dict.fromkeys(t.en for t in texts)))


def _silences(lines: Sequence[RewardLine], rulebook: RuleBook, policy: Policy) -> tuple[Silence, ...]:
    involved = [rule for line in lines for rule in ((line.rule,) if line.rule else line.near)]
    own = rulebook.policies.get(policy.id)
    found = [silence for rule in involved for silence in rule.silent_on]
    return tuple(dict.fromkeys([*found, *(own.silent_on if own else ())]))


def _warnings(policy: Policy, asked_at: date, lines: Sequence[RewardLine]) -> tuple[Warning_, ...]:
    unreviewed: tuple[Warning_, ...] = ("rule_unreviewed",)
    drafted = any(line.rule is not None and not line.rule.reviewed for line in lines)
    return policy_warnings(policy, asked_at) + (unreviewed if drafted else ())
