"""Applies a policy's rules to one item: which rules may apply, their conditions, and the amount of each."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from decimal import ROUND_HALF_UP, Decimal
from itertools import combinations
from typing import Literal

from assistant.answer import ConditionState, RewardStatus
from assistant.reward_facts import AXES, Axis, Item, View, holds, state_of
from assistant.reward_words import committee_level, either, joined, money, named, plain, role_name, say
from knowledge.rule_schema import DRAFTING, Options, Ratio, Reading, Rule, Text

StepKind = Literal[
    "select",
    "condition",
    "base",
    "ratio",
    "bonus",
    "item_cap",
    "count",
    "series",
    "contest",
    "stack",
    "activity_cap",
    "year_cap",
    "pool",
    "other_award",
    "total",
]

PAYABLE: frozenset[RewardStatus] = frozenset({"exact", "up_to", "range"})
_PRICED: frozenset[RewardStatus] = PAYABLE | {"needs_input", "conflicting_sources"}
_STATUS_OF: Mapping[str, RewardStatus] = {"exact": "exact", "up_to": "up_to", "range": "range", "at_least": "range"}
# Where no rule lies on these axes the text says nothing; on the others the applicant falls outside.
_UNSTATED_AXES: frozenset[Axis] = frozenset({"activity", "level", "committee", "grade"})


@dataclass(frozen=True)
class CheckedCondition:
    """A condition, whether the facts meet it, and how to ask for the fact."""

    input: str
    state: ConditionState
    text: Text
    clause_id: str
    ask: Text | None = None
    options: Options | None = None
    otherwise: Literal["not_met", "not_stated", "open"] = "not_met"
    reading: Reading | None = None
    # What is paid more where it holds: the amount itself does not depend on it.
    adds_yuan: int | None = None


@dataclass(frozen=True)
class Step:
    """One step of the computing, in words, with the rule and clause it rests on."""

    kind: StepKind
    text: Text
    rule_id: str | None = None
    clause_id: str | None = None


@dataclass(frozen=True)
class RewardLine:
    """One rule applied to one item.

    Attributes:
        rule: null where the policy states nothing (`near` then holds what it does state for the same activity).
        yuan: for one unit of `per`; null where nothing can be said. `yuan_min` for a range.
        total_yuan: for `count` units, after every ceiling.
        branch: the value this line supposes of each undecided fact; lines that suppose different values exclude each
            other.
        blocked_by: the inputs without which the amount cannot be said, for `needs_input`.
        counted: whether the line enters the total (就高不重复 leaves the lower one out).
        of: the part of another reward that the amount is a share of, where it may be of several.
        above_cap_yuan: the part of `yuan` that the item's ceiling does not touch.
        reading: by which reading of the text alone the amount holds; such a line is in no total.
    """

    rule: Rule | None
    rule_id: str
    item: Item
    item_index: int
    label: Text
    status: RewardStatus
    bound: str | None = None
    per: str | None = None
    yuan: int | None = None
    yuan_min: int | None = None
    count: int = 1
    total_yuan: int | None = None
    conditions: tuple[CheckedCondition, ...] = ()
    steps: tuple[Step, ...] = ()
    payer: str | None = None
    branch: Mapping[str, str] = field(default_factory=dict)
    blocked_by: tuple[str, ...] = ()
    counted: bool = True
    above_cap_yuan: int = 0
    near: tuple[Rule, ...] = ()
    of: Text | None = None
    reading: Reading | None = None

    @property
    def failed(self) -> tuple[CheckedCondition, ...]:
        """The conditions that the facts do not meet."""
        return tuple(c for c in self.conditions if c.state == "unmet")

    @property
    def open(self) -> tuple[CheckedCondition, ...]:
        """The conditions that nobody has confirmed."""
        return tuple(c for c in self.conditions if c.state == "unknown")

    def told(self, *steps: Step) -> RewardLine:
        """The line with further steps in its trace."""
        return replace(self, steps=(*self.steps, *steps))

    def blocked(self, *inputs: str) -> RewardLine:
        """The line as one that cannot be said without these inputs."""
        status: RewardStatus = "needs_input" if self.status in PAYABLE else self.status
        return replace(self, status=status, blocked_by=tuple(dict.fromkeys((*self.blocked_by, *inputs))))

    def supposing(self, name: str, value: str) -> RewardLine:
        """The line as one that holds for one value of an undecided fact."""
        return replace(self, branch={**self.branch, name: value})


@dataclass(frozen=True)
class Rejected:
    """A rule that was considered and does not apply: the input it failed on, and the condition in words."""

    rule: Rule
    item_index: int
    input: str
    text: Text


def step(rule: Rule | None, kind: StepKind, phrase: str, *values: Text) -> Step:
    """A step in the words of `phrase`, resting on a rule."""
    return Step(kind, say(phrase, *values), rule.rule_id if rule else None, rule.clause_id if rule else None)


def item_lines(view: View) -> tuple[list[RewardLine], list[Rejected]]:
    """Every rule that may apply to the item, as lines for `count` units before the ceilings over all items.

    There is always at least one line: an item that no rule fits is not stated, or not met.
    """
    match = _Match(view)
    base = [rule for rule in match.alive if not rule.bonus]
    rejected = list(match.rejected())
    if not base:
        return [_unmatched(match)], rejected
    lines = [line for rule in base for line in _rule_lines(rule, match, base)]
    lines, replaced = _with_exceptions(lines, view)
    for bonus in (rule for rule in match.alive if rule.bonus):
        conditions = tuple(_own_conditions(bonus, view))
        lines = [_with_bonus(line, bonus, conditions) for line in lines]
    lines = _one_by_merit(lines, view)
    lines = [_finished(line, view) for line in lines]
    lines = _stacked(lines)
    lines, repeated = _without_repeats(lines)
    return lines, [*rejected, *replaced, *repeated]


# --- which rules may apply -------------------------------------------------------------------------------------------


class _Match:
    """The rules against the axes of one item."""

    def __init__(self, view: View) -> None:
        self.view = view
        self.states = {rule.rule_id: {axis: view.axis_state(rule, axis) for axis in AXES} for rule in view.rules}
        group = view.item.group
        self.alive = [
            rule
            for rule in view.rules
            if "unmet" not in self.states[rule.rule_id].values() and (group is None or rule.group_id == group)
        ]
        self.undecided = self._undecided([rule for rule in self.alive if not rule.bonus])

    def state(self, rule: Rule, axis: Axis) -> ConditionState:
        return self.states[rule.rule_id][axis]

    def same_activity(self) -> list[Rule]:
        return [r for r in self.view.rules if self.state(r, "activity") != "unmet" and not r.bonus]

    def rejected(self) -> Iterator[Rejected]:
        for rule in self.view.rules:
            if self.state(rule, "activity") != "unmet":
                for axis in AXES:
                    if self.state(rule, axis) == "unmet":
                        failed = _axis_condition(axis, rule, self.view, "unmet")
                        yield Rejected(rule, self.view.index, failed.input, failed.text)

    def decides(self, rule: Rule, axis: Axis, rules: Sequence[Rule]) -> bool:
        """Whether another value of the axis, all else alike, would give another amount that the text states."""
        if rule.delegated_to is not None:
            return False
        others = [a for a in self.undecided if a != axis]
        return any(
            getattr(other, axis) not in (None, getattr(rule, axis))
            and other.delegated_to is None
            and _price(other) != _price(rule)
            and all(None in (a := (getattr(other, o), getattr(rule, o))) or a[0] == a[1] for o in others)
            for other in rules
        )

    def _undecided(self, rules: Sequence[Rule]) -> tuple[Axis, ...]:
        """The axes on which rules suppose different values and nobody has said which."""
        return tuple(
            axis
            for axis in AXES
            if len({getattr(rule, axis) for rule in rules if self.state(rule, axis) == "unknown"}) > 1
        )


def _price(rule: Rule) -> tuple[object, ...]:
    return (rule.yuan, rule.yuan_min, rule.ratio, rule.bound, rule.benefit == "honour_only")


def _unmatched(match: _Match) -> RewardLine:
    """The line for an item that no rule fits: not stated, or outside what the text pays."""
    view, same = match.view, match.same_activity()
    if not same:
        drafting = [rule for rule in view.rules if view.activity in DRAFTING and rule.activity in DRAFTING]
        near = drafting or [rule for rule in view.rules if not rule.bonus]
        return _unstated(view, near)

    def distance(rule: Rule) -> int:
        return sum(match.state(rule, axis) == "unmet" for axis in AXES)

    closest = min(same, key=distance)
    failed = [axis for axis in AXES if match.state(closest, axis) == "unmet"]
    if _UNSTATED_AXES & set(failed):
        return _unstated(view, same)
    conditions = tuple(_axis_condition(axis, closest, view, "unmet") for axis in failed)
    if failed == ["role"]:
        # Every rank that is paid is named, not only the first.
        peers = [rule for rule in same if distance(rule) == 1 and match.state(rule, "role") == "unmet"]
        texts = list(dict.fromkeys(_axis_condition("role", rule, view, "unmet").text for rule in peers))
        conditions = (replace(conditions[0], text=either(texts)),)
        return replace(_blank(closest, view, "not_met", conditions), label=closest.group_label)
    return _blank(closest, view, "not_met", conditions)


def _unstated(view: View, near: Sequence[Rule]) -> RewardLine:
    known = [value for axis in ("level", "committee", "grade") if (value := view.single(axis))]
    label = plain(view.item.words) if view.item.words else _item_name(view)
    return RewardLine(
        rule=None,
        rule_id=".".join((view.policy.id, "not_stated", view.activity or "any", *known)),
        item=view.item,
        item_index=view.index,
        label=label,
        status="not_stated",
        count=view.item.count,
        near=tuple(near),
        steps=(step(None, "select", "unstated", label),),
    )


def _item_name(view: View) -> Text:
    """What the item is, in words: 修订标准·国家标准."""
    parts = [named("activity", view.activity or "other")]
    level = view.item.level or view.single("level")
    if level:
        parts.append(committee_level(level) if view.activity == "host_committee" else named("level", level))
    parts += [named(axis, value) for axis in ("committee", "grade") if (value := view.single(axis))]
    return joined(parts)


def _blank(rule: Rule, view: View, status: RewardStatus, conditions: tuple[CheckedCondition, ...]) -> RewardLine:
    """A line with its conditions, before any amount."""
    steps = [step(rule, "select", "select", rule.label)]
    steps += [step(rule, "condition", f"condition_{c.state}", c.text) for c in conditions]
    return RewardLine(
        rule=rule,
        rule_id=rule.rule_id,
        item=view.item,
        item_index=view.index,
        label=rule.label,
        status=status,
        bound=rule.bound if status in PAYABLE else None,
        per=rule.per,
        count=view.item.count,
        conditions=conditions,
        steps=tuple(steps),
        payer=rule.payer,
    )


# --- conditions ------------------------------------------------------------------------------------------------------


def _rule_lines(rule: Rule, match: _Match, rules: Sequence[Rule]) -> list[RewardLine]:
    """The lines of one rule: one, or one for each amount that its share may be taken of."""
    view = match.view
    conditions = (*_axis_conditions(rule, match), *_window_condition(rule, view), *_own_conditions(rule, view))
    failed = [c for c in conditions if c.state == "unmet"]
    if _outside_window(rule, view):
        line = _blank(rule, view, "out_of_validity", conditions)
        return [line.told(step(rule, "condition", "outside_window"))]
    readings = [c.reading for c in failed if c.reading is not None]
    if failed and len(readings) == len(failed) == 1:
        return [_supposing(_by_reading(_blank(rule, view, "up_to", conditions), rule, readings[0]), rule, match)]
    if failed:
        refused = any(c.otherwise == "not_met" for c in failed)
        return [_supposing(_blank(rule, view, "not_met" if refused else "not_stated", conditions), rule, match)]
    if rule.delegated_to is not None and rule.yuan is None:
        line = _blank(rule, view, "delegated", conditions).told(step(rule, "base", "delegated", rule.delegated_to))
        return [_supposing(line, rule, match)]
    line = _supposing(_blank(rule, view, "exact", conditions), rule, match)
    deciding = [
        _input(axis, rule, view)
        for axis in match.undecided
        if match.state(rule, axis) == "unknown" and match.decides(rule, axis, rules)
    ]
    # A participant without a place may be among the leaders or not: that has to be asked, not assumed.
    if view.role == "participate" and any(c.input == "drafter_rank" for c in line.open):
        deciding.append("drafter_rank")
    return [priced.blocked(*deciding) if deciding else priced for priced in _priced(line, rule, view)]


def _by_reading(line: RewardLine, rule: Rule, reading: Reading) -> RewardLine:
    """The line with what one reading of the text pays; the text does not say that it is the right one."""
    told = line.told(step(rule, "base", "by_reading", reading.label, money(reading.yuan)))
    return replace(told, bound="up_to", yuan=reading.yuan, counted=False, reading=reading)


def _supposing(line: RewardLine, rule: Rule, match: _Match) -> RewardLine:
    for axis in match.undecided:
        if match.state(rule, axis) == "unknown":
            line = line.supposing(_branch_key(axis, rule), str(getattr(rule, axis)))
    return line


def _own_conditions(rule: Rule, view: View) -> Iterator[CheckedCondition]:
    for c in rule.conditions:
        state = state_of(holds(c, view.fact(c.input)))
        yield CheckedCondition(c.input, state, c.text, rule.clause_id, c.ask, c.options, c.otherwise, c.reading)


def _axis_conditions(rule: Rule, match: _Match) -> Iterator[CheckedCondition]:
    """What the rule supposes of the item's axes, where that is open or worth showing."""
    for axis in AXES:
        value, state = getattr(rule, axis), match.state(rule, axis)
        defined = axis == "role" and value == "lead" and match.view.lead_rank_max is not None
        shown = state == "unknown" or axis in ("place_group", "role")
        if axis == "activity":
            shown = axis in match.undecided
        if value is not None and shown and not defined:
            yield _axis_condition(axis, rule, match.view, state)


def _axis_condition(axis: Axis, rule: Rule, view: View, state: ConditionState) -> CheckedCondition:
    name, text, ask, options = _input(axis, rule, view), rule.option, say(f"ask_{axis}"), None
    policy = view.rulebook.policies.get(view.policy.id)
    if axis == "activity":
        text = named("activity", rule.activity)
    elif axis == "role":
        text = role_name(str(rule.role))
        ask = say("ask_rank") if name == "drafter_rank" else ask
    elif axis == "level" and rule.activity == "host_committee":
        text, ask = committee_level(str(rule.level)), say("ask_committee_level")
    elif axis == "level":
        text = named("level", str(rule.level))
    elif axis == "place_group" and policy is not None and policy.places is not None and rule.place_group is not None:
        groups = policy.places.groups
        text, ask = groups[rule.place_group].text, policy.places.ask
        options = Options(zh=tuple(g.label.zh for g in groups.values()), en=tuple(g.label.en for g in groups.values()))
    if name == "event_on":
        ask, options = say("ask_event_on"), None
    return CheckedCondition(name, state, text, rule.clause_id, ask, options)


def _input(axis: Axis, rule: Rule, view: View) -> str:
    """The fact that decides an axis."""
    if axis == "place_group" and len(view.place_groups) > 1:
        # The place is known, but its group changed with time: when, not where, is the question.
        return "event_on"
    return _branch_key(axis, rule)


def _branch_key(axis: Axis, rule: Rule) -> str:
    if axis == "level":
        return "committee_level" if rule.activity == "host_committee" else "standard_level"
    if axis == "role":
        return "drafter_rank" if str(rule.role).startswith("rank:") else "role"
    return "location" if axis == "place_group" else axis


def _window_condition(rule: Rule, view: View) -> Iterator[CheckedCondition]:
    on = view.item.event_on
    if rule.window is None:
        signed = view.policy.signed
        if view.policy.effective is None and signed is not None and on is not None and on < signed:
            # The text names no day from which it holds; what happened before it was signed is left open.
            text = say("not_before", plain(signed))
            yield CheckedCondition("event_on", "unmet", text, rule.clause_id, otherwise="not_stated")
        return
    since, until = rule.window.since, rule.window.until
    if since and until:
        text = say("window", plain(since), plain(until))
    else:
        text = say("window_since", plain(since)) if since else say("window_until", plain(until))
    inside = None if on is None else not _outside_window(rule, view)
    yield CheckedCondition("event_on", state_of(inside), text, rule.clause_id, say("ask_event_on"))


def _outside_window(rule: Rule, view: View) -> bool:
    """Whether the event, or the question where the event's date is unknown, lies outside the stated validity."""
    since = rule.window.since if rule.window else view.policy.effective
    until = rule.window.until if rule.window else view.policy.expires
    on = view.item.event_on
    if on is None:
        return rule.window is None and until is not None and view.asked_at > until
    return (since is not None and on < since) or (until is not None and on > until)


# --- base amounts ----------------------------------------------------------------------------------------------------


def _priced(line: RewardLine, rule: Rule, view: View) -> list[RewardLine]:
    """The line with the base amount of one unit; several where a share may be of several amounts."""
    if rule.benefit == "honour_only":
        return [replace(line, bound=None).told(step(rule, "base", "honour_only"))]
    if rule.ratio is not None:
        return _shares(line, rule, rule.ratio, view)
    if rule.yuan is None:
        return [line]
    bound = rule.bound or "exact"
    steps = [step(rule, "base", f"base_{bound}", money(rule.yuan), money(rule.yuan_min or 0))]
    if rule.raised_from is not None:
        steps.append(step(rule, "base", "raised_from", money(rule.raised_from.yuan)))
    if rule.pot is not None:
        steps.append(step(rule, "base", "pot_share", money(rule.pot.yuan)))
    steps += [step(rule, "base", "includes", text) for text in rule.includes]
    return [replace(line, status=_STATUS_OF[bound], yuan=rule.yuan, yuan_min=rule.yuan_min).told(*steps)]


def _shares(line: RewardLine, rule: Rule, ratio: Ratio, view: View) -> list[RewardLine]:
    if ratio.of == "upper_level":
        upper = view.whole("upper_award_yuan")
        if upper is not None:
            return [_share(line, rule, ratio, upper, None, rule.bound or "exact")]
        asked = CheckedCondition(
            "upper_award_yuan", "unknown", say("upper_award"), rule.clause_id, say("ask_upper_award")
        )
        return [replace(line, conditions=(*line.conditions, asked)).blocked("upper_award_yuan")]
    bases = _ratio_bases(rule, ratio, view)
    if not bases:
        return [line.blocked("base_amount").told(step(rule, "ratio", "no_base"))]
    lines, of_lead = [], ratio.of == "lead"
    for base in bases:
        of_base = line
        for axis in AXES:
            if axis != _free_axis(ratio) and len({getattr(b, axis) for b in bases}) > 1:
                of_base = _of_base(of_base, base, axis, view, roles=of_lead)
            elif of_lead and axis == "level" and rule.level is None and base.level is not None:
                of_base = _named_after(of_base, _axis_condition(axis, base, view, "met").text)
        bound = "up_to" if "up_to" in (base.bound, rule.bound) else base.bound or "exact"
        lines.append(_share(of_base, rule, ratio, base.yuan or 0, base.yuan_min, bound))
    return lines


def _named_after(line: RewardLine, name: Text) -> RewardLine:
    """The line with what its share is of in its name."""
    of = name if line.of is None or line.of == name else joined([line.of, name])
    return replace(line, label=joined([line.label, name]), of=of)


def _of_base(line: RewardLine, base: Rule, axis: Axis, view: View, *, roles: bool) -> RewardLine:
    """The line for one of several amounts its share may be of; `roles` where share and amount are for different roles."""
    condition = _axis_condition(axis, base, view, "unknown")
    known = any(c.input == condition.input for c in line.conditions)
    conditions = line.conditions if known else (*line.conditions, condition)
    # The base is named after all that it is for (国家标准·主导单位); a share for those who take part has its level alone.
    name = condition.text if roles and axis in ("level", "activity", "place_group") else base.option
    told = _named_after(replace(line, conditions=conditions), name)
    return told.supposing(_branch_key(axis, base), str(getattr(base, axis))).blocked(_input(axis, base, view))


def _share(line: RewardLine, rule: Rule, ratio: Ratio, whole: int, least: int | None, bound: str) -> RewardLine:
    part = _part(whole, ratio)
    told = line.told(step(rule, "ratio", "ratio", money(whole), plain(ratio.percent), money(part)))
    low = None if least is None else _part(least, ratio)
    if least is not None and low is not None:
        told = told.told(step(rule, "ratio", "ratio", money(least), plain(ratio.percent), money(low)))
    status: RewardStatus = "needs_input" if line.blocked_by else _STATUS_OF[bound]
    return replace(told, status=status, bound=bound, yuan=part, yuan_min=low)


def _part(whole: int, ratio: Ratio) -> int:
    return int((Decimal(whole) * ratio.percent / 100).quantize(Decimal(1), ROUND_HALF_UP))


def _free_axis(ratio: Ratio) -> Axis:
    """The axis on which a share and its base differ."""
    return "role" if ratio.of == "lead" else "activity" if ratio.of == "formulate" else "grade"


def _ratio_bases(rule: Rule, ratio: Ratio, view: View) -> list[Rule]:
    """The rules whose amount the share is of: alike in everything but the axis that the share is about."""
    free = _free_axis(ratio)
    bases = [
        other
        for other in view.rules
        if other.yuan is not None
        and not other.bonus
        and other.instead_of is None
        and _is_of(other, rule, ratio)
        and all(_alike(other, rule, axis, view) for axis in AXES if axis != free)
    ]
    return [max(bases, key=lambda base: base.yuan or 0)] if ratio.of == "top_grade" and bases else bases


def _is_of(other: Rule, rule: Rule, ratio: Ratio) -> bool:
    if ratio.of == "lead":
        return other.role in ("lead", "rank:1")
    if ratio.of == "formulate":
        return other.activity == "formulate_standard"
    return other.grade is not None and other.rule_id != rule.rule_id


def _alike(other: Rule, rule: Rule, axis: Axis, view: View) -> bool:
    """Whether two rules lie alike on an axis; where the share's rule is for all values, the item decides."""
    mine, its = getattr(rule, axis), getattr(other, axis)
    return its is None or its == mine or (mine is None and view.axis_state(other, axis) != "unmet")


# --- exceptions, bonuses, merit --------------------------------------------------------------------------------------


def _with_exceptions(lines: list[RewardLine], view: View) -> tuple[list[RewardLine], list[Rejected]]:
    """Settle rules that replace others: they win where their own conditions hold, and lose where these fail."""
    rejected: list[Rejected] = []
    for line in lines:
        rule = line.rule
        targets = [
            other for other in lines if rule is not None and other is not line and _goes_by(other, rule.instead_of)
        ]
        if rule is None or not targets:
            continue
        shared = {c.input for c in targets[0].conditions}
        own = [c for c in line.conditions if c.input not in shared]
        unmet = [c for c in own if c.state == "unmet"]
        asked = next((c for c in own if c.state == "unknown"), None)
        if unmet:
            lines = [other for other in lines if other is not line]
            rejected += [Rejected(rule, view.index, c.input, c.text) for c in unmet]
        elif asked is None:
            lines = [other for other in lines if other not in targets]
            rejected += [
                Rejected(t.rule, view.index, c.input, say("not_that", c.text)) for t in targets if t.rule for c in own
            ]
        else:
            lines = [_either(other, asked, line) if other is line or other in targets else other for other in lines]
    return lines, rejected


def _goes_by(line: RewardLine, name: str | None) -> bool:
    return line.rule is not None and name in (line.rule.rule_id, f"{line.rule.policy_id}.{line.rule.group_id}")


def _either(line: RewardLine, asked: CheckedCondition, exception: RewardLine) -> RewardLine:
    """A rule or its exception, as long as nobody has said which case it is."""
    if line is exception:
        return line.supposing(asked.input, "exception").blocked(asked.input)
    contrary = replace(asked, text=say("not_that", asked.text))
    told = replace(line, conditions=(*line.conditions, contrary))
    return told.supposing(asked.input, "rule").blocked(asked.input)


def _with_bonus(line: RewardLine, bonus: Rule, conditions: Sequence[CheckedCondition]) -> RewardLine:
    if line.yuan is None or bonus.yuan is None or line.status not in _PRICED:
        return line
    if any(c.state == "unmet" for c in conditions):
        return line
    open_ = [c for c in conditions if c.state == "unknown"]
    if open_:
        known = {c.input for c in line.conditions}
        told = [step(bonus, "bonus", "bonus_open", c.text, money(bonus.yuan)) for c in open_]
        asked = [replace(c, adds_yuan=bonus.yuan) for c in open_ if c.input not in known]
        return replace(line, conditions=(*line.conditions, *asked)).told(*told)
    raised = line.yuan + bonus.yuan
    low = None if line.yuan_min is None else line.yuan_min + bonus.yuan
    told_sum = step(bonus, "bonus", "bonus", money(line.yuan), money(bonus.yuan), money(raised))
    above = line.above_cap_yuan + (bonus.yuan if bonus.above_cap else 0)
    return replace(line, yuan=raised, yuan_min=low, above_cap_yuan=above).told(told_sum)


def _one_by_merit(lines: list[RewardLine], view: View) -> list[RewardLine]:
    """Grades that reviewers choose become one line with the range; nobody can promise one of them."""
    if view.single("grade") is not None:
        return lines
    merit: dict[tuple[object, ...], list[RewardLine]] = {}
    out: list[RewardLine | tuple[object, ...]] = []
    for line in lines:
        if line.rule is None or line.rule.selection != "merit" or line.yuan is None:
            out.append(line)
            continue
        rest = {name: value for name, value in line.branch.items() if name != "grade"}
        key = (line.rule.group_id, tuple(sorted(rest.items())))
        if key not in merit:
            out.append(key)
        merit.setdefault(key, []).append(line)
    return [_by_merit(merit[entry]) if isinstance(entry, tuple) else entry for entry in out]


def _by_merit(peers: Sequence[RewardLine]) -> RewardLine:
    first, rule = peers[0], peers[0].rule
    amounts = [a for p in peers for a in (p.yuan, p.yuan_min) if a is not None]
    low, high = min(amounts), max(amounts)
    tiers = [s for p in peers[1:] for s in p.steps if s.kind == "base"]
    line = replace(
        first,
        label=rule.group_label if rule and len(peers) > 1 else first.label,
        status="discretionary",
        bound="range" if low < high else first.bound,
        yuan=high,
        yuan_min=low if low < high else None,
        conditions=tuple(c for c in first.conditions if c.input != "grade"),
        branch={name: value for name, value in first.branch.items() if name != "grade"},
        blocked_by=tuple(name for name in first.blocked_by if name != "grade"),
    )
    return line.told(*tiers, step(rule, "base", "merit"))


# --- ceiling of the item, number, several local units ----------------------------------------------------------------


def _finished(line: RewardLine, view: View) -> RewardLine:
    """The line from one unit to all of them."""
    rule = line.rule
    if rule is None or line.yuan is None or line.reading is not None:
        return line
    return _contested(_counted(_item_capped(line, rule), rule, view), rule, view)


def _item_capped(line: RewardLine, rule: Rule) -> RewardLine:
    for cap in rule.cap:
        if cap.scope != "item" or cap.yuan is None or line.yuan is None:
            continue
        most = cap.yuan + line.above_cap_yuan
        if line.yuan > most:
            told = line.told(step(rule, "item_cap", "item_cap", money(line.yuan), money(most)))
            low = None if line.yuan_min is None else min(line.yuan_min, most)
            line = replace(told, yuan=most, yuan_min=low)
    return line


def _counted(line: RewardLine, rule: Rule, view: View) -> RewardLine:
    count, yuan = line.item.count, line.yuan or 0
    if line.item.unclear and rule.per not in ("organization", None):
        return line.told(*_unclear(line, rule, yuan))
    if count == 1:
        return replace(line, total_yuan=yuan)
    series = view.fact("series")
    if rule.dedupe is not None and series is True:
        return replace(line, count=1, total_yuan=yuan).told(step(rule, "series", "series_once", plain(count)))
    if rule.per is None:
        return line.told(step(rule, "count", "per_unstated"))
    if rule.per == "organization":
        return replace(line, count=1, total_yuan=yuan).told(step(rule, "count", "per_organization"))
    line = replace(line, total_yuan=yuan * count)
    for amount in (line.yuan_min, yuan):
        if amount is not None:
            line = line.told(step(rule, "count", "count", money(amount), plain(count), money(amount * count)))
    return line.told(step(rule, "series", "series_open")) if rule.dedupe is not None and series is None else line


def _unclear(line: RewardLine, rule: Rule, yuan: int) -> Iterator[Step]:
    """The trace of a number that is not certain: nothing is multiplied, but for both ends of a span."""
    yield step(rule, "count", "count_unclear", plain(line.item.unclear))
    for end in line.item.span or ():
        yield step(rule, "count", "count", money(yuan), plain(end), money(yuan * end))


def _contested(line: RewardLine, rule: Rule, view: View) -> RewardLine:
    units = view.whole("local_units")
    if rule.contest == "unstated" or units is None or units < 2:
        return line
    if rule.contest == "equal_split":
        return _split(line, rule, units)
    line = line.told(step(rule, "contest", rule.contest))
    if rule.contest == "best_rank":
        best = view.fact("best_ranked_local")
        state = state_of(best if isinstance(best, bool) else None)
        asked = CheckedCondition("best_ranked_local", state, say("best_ranked"), rule.clause_id, say("ask_best_ranked"))
        line = replace(line, conditions=(*line.conditions, asked))
        refused = {"status": "not_met", "bound": None, "yuan": None, "yuan_min": None, "total_yuan": None}
        return replace(line, **refused) if best is False else line  # type: ignore[arg-type]
    status: RewardStatus = "up_to" if line.status in PAYABLE else line.status
    return replace(line, status=status, bound="up_to")


def _split(line: RewardLine, rule: Rule, units: int) -> RewardLine:
    share = (line.yuan or 0) // units
    total = None if line.total_yuan is None else share * line.count
    told = step(rule, "contest", "equal_split", money(line.yuan or 0), plain(units), money(share))
    return replace(line, yuan=share, total_yuan=total).told(told)


# --- several rules for one item --------------------------------------------------------------------------------------


def _stacked(lines: list[RewardLine]) -> list[RewardLine]:
    """Settle rules that pay for the same item at once: declared sum, declared maximum, undecided, or a clash."""
    for i, j in combinations(range(len(lines)), 2):
        a, b = lines[i], lines[j]
        if a.rule is None or b.rule is None or not (_competes(a) and _competes(b)) or _exclude_each_other(a, b):
            continue
        policies = {a.rule.combine.policy, b.rule.combine.policy}
        apart = _telling_apart(a, b)
        if "sum" in policies and "max" not in policies:
            continue
        if apart is not None:
            lines[i], lines[j] = (x.supposing(apart.input, x.rule_id).blocked(apart.input) for x in (a, b))
        elif "max" in policies:
            low = i if (a.total_yuan or 0) < (b.total_yuan or 0) else j
            lines[low] = left_out(lines[low])
        else:
            lines[i], lines[j] = _clashing(a, b.rule), _clashing(b, a.rule)
    return lines


def _competes(line: RewardLine) -> bool:
    return line.status in _PRICED and line.yuan is not None and line.counted


def _exclude_each_other(a: RewardLine, b: RewardLine) -> bool:
    return any(a.branch[name] != b.branch[name] for name in a.branch.keys() & b.branch.keys())


def _telling_apart(a: RewardLine, b: RewardLine) -> CheckedCondition | None:
    """An open condition that only one of two lines has, or that they word differently."""
    of_a, of_b = ({(c.input, c.text) for c in line.conditions} for line in (a, b))
    apart: Callable[[CheckedCondition], bool] = lambda c: (c.input, c.text) in of_a ^ of_b  # noqa: E731
    return next((c for c in (*a.open, *b.open) if apart(c)), None)


def left_out(line: RewardLine) -> RewardLine:
    """The line as one that a higher one shuts out."""
    return replace(line, counted=False, total_yuan=None).told(step(line.rule, "stack", "not_highest"))


def _clashing(line: RewardLine, other: Rule) -> RewardLine:
    told = line.told(step(line.rule, "stack", "clash", other.label))
    return replace(told, status="conflicting_sources", total_yuan=None)


def _without_repeats(lines: list[RewardLine]) -> tuple[list[RewardLine], list[Rejected]]:
    """One refusal is enough where the same condition fails for every row of a group, and none where a rank is paid."""
    groups: dict[tuple[object, ...], list[RewardLine]] = {}
    for line in lines:
        refused = line.rule is not None and line.status in ("not_met", "not_stated", "out_of_validity")
        inputs = tuple(c.input for c in line.failed)
        key = (line.status, line.rule.group_id, inputs) if refused and line.rule else (id(line),)
        groups.setdefault(key, []).append(line)
    kept = [_one_refusal(group) for group in groups.values() if not _paid_by_rank(group[0], lines)]
    rejected = [
        Rejected(line.rule, line.item_index, c.input, c.text) for line in lines if line.rule for c in line.failed
    ]
    return kept, rejected


def _paid_by_rank(line: RewardLine, lines: Sequence[RewardLine]) -> bool:
    """Whether a rank that is too low for leading is paid as what it is, so that there is nothing to refuse."""
    rank_only = bool(line.failed) and {c.input for c in line.failed} == {"drafter_rank"}
    return rank_only and any(other.rule and other.rule.role == "participate" and _competes(other) for other in lines)


def _one_refusal(lines: Sequence[RewardLine]) -> RewardLine:
    first = lines[0]
    if len(lines) == 1 or first.rule is None:
        return first
    open_ = {"standard_level", "committee_level", "committee", "grade"}
    conditions = tuple(c for c in first.conditions if c.state != "unknown" or c.input not in open_)
    return replace(first, label=first.rule.group_label, conditions=conditions, branch={})
