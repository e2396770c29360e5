"""The calculator's form: which fields a policy's rules call for, and what an address says in them.

The whole state is the query of the address. `policy`, `where` and `lang` stand for the calculation; `1.activity`, `1.level`,
`1.count` and so on for the first item, with one `1.<input>` for each fact that a rule's condition names.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Literal, get_args

from assistant.evaluation import MAX_COUNT, MAX_ITEMS, MAX_RANK, MAX_YUAN, EvaluateBody, RewardItem
from assistant.reward_facts import FactValue, replies
from assistant.reward_words import committee_level, named, role_name
from assistant.web.words_calculator import CalculatorWords, both, calculator_words
from knowledge.model import Document
from knowledge.rule_schema import DRAFTING, Activity, Committee, Condition, Level, Rule, Text
from knowledge.rules import PolicyRules

Query = Sequence[tuple[str, str]]

# The place group of a firm outside the policy's area: no rule has it.
OUTSIDE = "outside"
# Inputs of conditions that a field of the form answers.
FIELD_OF: Mapping[str, str] = {
    "activity": "activity",
    "standard_level": "level",
    "committee_level": "level",
    "committee": "committee",
    "grade": "grade",
    "role": "role",
    "drafter_rank": "rank",
    "event_on": "event_on",
    "count": "count",
    "location": "where",
    "place": "where",
}
_OWN = frozenset({"activity", "level", "committee", "role", "rank", "grade", "count", "event_on"})
_COMMITTEE_LEVELS = ("international", "national", "provincial_local", "municipal_local")
# Facts that the ceilings over all items take.
_RECEIVED = ("received_activity_yuan", "received_year_yuan")
_ITEM = re.compile(r"([1-9]\d{0,2})\.([a-z][a-z0-9_]*)")
_MAX_VALUE = 200
_SHOWN_VALUE = 40


@dataclass(frozen=True)
class Choice:
    """A value that can be chosen: as it stands in an address, as the rules take it, and what a reader sees."""

    key: str
    value: FactValue
    label: Text


@dataclass(frozen=True)
class Question:
    """A fact that rules depend on: one of some choices, or a whole number between two limits."""

    input: str
    ask: Text
    choices: tuple[Choice, ...] = ()
    low: int = 0
    high: int = MAX_YUAN


@dataclass(frozen=True)
class Offer:
    """What one policy's rules can compute.

    Attributes:
        rules: those that may compute.
        declared: how many there are in all, so that a policy without any is told from one whose rules nobody confirmed.
    """

    document: Document
    policy: PolicyRules | None
    rules: tuple[Rule, ...]
    declared: int

    @property
    def activities(self) -> tuple[str, ...]:
        """The kinds of work that the rules pay for, in their order."""
        return tuple(dict.fromkeys(rule.activity for rule in self.rules))

    def of(self, activity: str) -> tuple[Rule, ...]:
        """The rules for one kind of work."""
        return tuple(rule for rule in self.rules if rule.activity == activity)

    def values(self, activity: str, axis: Literal["level", "committee", "grade", "place_group"]) -> tuple[str, ...]:
        """The values that rules for one kind of work have on an axis, in their order."""
        found = (getattr(rule, axis) for rule in self.of(activity))
        return tuple(dict.fromkeys(value for value in found if value is not None))

    def questions(self, activity: str) -> dict[str, Question]:
        """The facts that decide about one kind of work, beside those that have a field of their own."""
        rules = self.of(activity)
        conditions: dict[str, list[Condition]] = {}
        for rule in rules:
            for condition in rule.conditions:
                if condition.input not in FIELD_OF and condition.input not in _OWN:
                    conditions.setdefault(condition.input, []).append(condition)
        found = {name: _question(name, each) for name, each in conditions.items()}
        for name in _engine_inputs(rules):
            found.setdefault(name, _engine_question(name))
        return found

    def received(self, activities: Iterable[str]) -> tuple[str, ...]:
        """The facts about earlier payments that ceilings over several items need."""
        scopes = {
            cap.scope
            for activity in activities
            for rule in self.of(activity)
            for cap in rule.cap
            if cap.yuan is not None
        }
        return tuple(
            name for name in _RECEIVED if name.removeprefix("received_").removesuffix("_yuan") in _ends(scopes)
        )


def _ends(scopes: Iterable[str]) -> set[str]:
    return {scope.removeprefix("organization_") for scope in scopes}


def _engine_inputs(rules: Sequence[Rule]) -> Iterator[str]:
    """Facts that the rules take without a condition of their own."""
    if any(rule.ratio is not None and rule.ratio.of == "upper_level" for rule in rules):
        yield "upper_award_yuan"
    if any(rule.combine.policy == "max" and rule.combine.scope == "all_levels" for rule in rules):
        yield "other_award_yuan"
    if any(rule.dedupe is not None for rule in rules):
        yield "series"
    if any(rule.contest != "unstated" for rule in rules):
        yield "local_units"
    if any(rule.contest == "best_rank" for rule in rules):
        yield "best_ranked_local"


def _engine_question(name: str) -> Question:
    ask = both("received", name)
    if name in ("series", "best_ranked_local"):
        return Question(name, ask, _yes_no("yes", "no", True))
    if name == "local_units":
        return Question(name, ask, low=1, high=MAX_COUNT)
    return Question(name, ask)


def _yes_no(yes: str, no: str, value: bool) -> tuple[Choice, ...]:
    return tuple(Choice(_key(v), v, both(name)) for name, v in ((yes, value), (no, not value)))


def _question(name: str, conditions: Sequence[Condition]) -> Question:
    """One question for all conditions on an input."""
    ask = next((c.ask for c in conditions if c.ask), conditions[0].text)
    values = [v for c in conditions for v in (c.value if isinstance(c.value, tuple) else (c.value,))]
    if all(isinstance(v, int) and not isinstance(v, bool) for v in values):
        return Question(name, ask)
    choices: dict[FactValue, Choice] = {}
    for value, label in (reply for c in conditions for reply in _replies(c)):
        choices.setdefault(value, Choice(_key(value), value, label))
    if all(isinstance(v, bool) for v in values):
        if len(choices) == 2:
            return Question(name, ask, tuple(choices.values()))
        worded = any(c.ask for c in conditions)
        value = True if worded else bool(values[0])
        return Question(name, ask, _yes_no("yes", "no", value) if worded else _yes_no("holds", "holds_not", value))
    texts = {c.value: c.text for c in conditions if not isinstance(c.value, tuple) and c.op == "=="}
    for value in values:
        if value not in choices and not _covered(value, conditions):
            choices[value] = Choice(_key(value), value, texts.get(value) or _value_name(value))
    other = choices.pop("other", None) or Choice("other", "other", both("other_answer"))
    return Question(name, ask, (*choices.values(), other))


def _replies(condition: Condition) -> tuple[tuple[FactValue, Text], ...]:
    """What each reply to a condition's question says; of two replies the first stands for any of its values."""
    options = condition.options
    if isinstance(condition.value, tuple) and condition.op == "in" and options is not None and len(options.zh) == 2:
        texts = [Text(zh=zh, en=en) for zh, en in zip(options.zh, options.en, strict=True)]
        return ((condition.value[0], texts[0]), ("other", texts[1]))
    return replies(condition)


def _covered(value: FactValue, conditions: Sequence[Condition]) -> bool:
    """Whether everywhere a reply that stands for several values includes this one."""
    naming = [c for c in conditions if value == c.value or (isinstance(c.value, tuple) and value in c.value)]
    joint = [c for c in naming if isinstance(c.value, tuple) and len(_replies(c)) == 2 < len(c.value) + 1]
    return bool(joint) and len({c.value for c in naming}) == 1


def _value_name(value: FactValue) -> Text:
    return next(
        (text for slot in ("status", "level") if (text := named(slot, str(value))).zh != str(value)), _as_is(value)
    )


def _as_is(value: FactValue) -> Text:
    return Text(zh=str(value), en=str(value))


def _key(value: FactValue) -> str:
    return "yes" if value is True else "no" if value is False else str(value)


# --- fields ----------------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Options:
    """Choices under one heading of a select; without a heading where there is only one."""

    heading: str
    choices: tuple[tuple[str, str], ...]


@dataclass(frozen=True)
class Field:
    """A field as shown. `options` are empty for what is typed; `error` says what is wrong with `value`."""

    name: str
    label: str
    value: str = ""
    kind: Literal["select", "number", "date"] = "select"
    empty: str = ""
    options: tuple[Options, ...] = ()
    low: int = 0
    high: int = 0
    hint: str = ""
    error: str = ""

    @property
    def id(self) -> str:
        """The id of its element."""
        return "f-" + self.name.replace(".", "-")


@dataclass(frozen=True)
class Asked:
    """A question in a checklist: its choices as key and label, or a number field; `value` as it stands in the address."""

    name: str
    ask: str
    value: str
    choices: tuple[tuple[str, str], ...] = ()
    low: int = 0
    high: int = 0
    error: str = ""

    @property
    def id(self) -> str:
        """The id of its element."""
        return "f-" + self.name.replace(".", "-")


@dataclass(frozen=True)
class ItemForm:
    """One item: its fields, the questions that its conditions ask, and its heading."""

    number: int
    heading: str
    fields: tuple[Field, ...]
    questions: Mapping[str, Asked]
    activity: str


@dataclass
class Form:
    """What an address says, read against a policy.

    Attributes:
        items: every item, those without an activity included.
        complete: the numbers of the items that can be computed, in the order of the body's items.
        body: the claim; null where something is wrong or nothing is chosen.
        errors: what is wrong, by field name.
        ignored: names in the address that nothing reads.
        query: the address's own query, in order, without what is empty.
    """

    policy: Field
    where: Field | None = None
    received: list[Field] = field(default_factory=list)
    items: list[ItemForm] = field(default_factory=list)
    complete: list[int] = field(default_factory=list)
    body: EvaluateBody | None = None
    errors: dict[str, str] = field(default_factory=dict)
    ignored: list[str] = field(default_factory=list)
    query: list[tuple[str, str]] = field(default_factory=list)

    @property
    def link(self) -> list[tuple[str, str]]:
        """The query of a link to this calculation: without what is empty, the items numbered from 1."""
        numbers: dict[str, str] = {}
        link = []
        for name, value in self.query:
            number, dot, rest = name.partition(".")
            link.append((f"{numbers.setdefault(number, str(len(numbers) + 1))}.{rest}" if dot else name, value))
        return link


class Address:
    """The query of an address: the last value of each name that says something, items by number."""

    def __init__(self, query: Query) -> None:
        self.values: dict[str, str] = {}
        self.items: dict[int, dict[str, str]] = {}
        self.commands: dict[str, str] = {}
        self.unread: list[str] = []
        for name, value in query:
            self._read(name, value.strip()[:_MAX_VALUE])
        add, remove = self.commands.get("add"), self.commands.get("remove", "")
        # One more than can be computed tells that there are too many.
        numbers = [number for number in sorted(self.items) if str(number) != remove][: MAX_ITEMS + 1]
        self.items = {new: self.items[old] for new, old in enumerate(numbers, start=1)}
        if add or not self.items:
            self.items[len(self.items) + 1] = {}

    def _read(self, name: str, value: str) -> None:
        if match := _ITEM.fullmatch(name):
            item = self.items.setdefault(int(match[1]), {})
            if value:
                item[match[2]] = value
        elif name in ("add", "remove"):
            self.commands[name] = value
        elif name in ("policy", "where", "lang", *_RECEIVED):
            if value:
                self.values[name] = value
        elif name not in self.unread:
            self.unread.append(name)


class FormReader:
    """Reads an address against what a policy offers.

    Args:
        offer: the policy's rules; null where none is chosen.
        language: of the labels.
        today: the day of the question.
    """

    def __init__(self, address: Address, offer: Offer | None, language: Literal["zh", "en"], today: date) -> None:
        self._address = address
        self._offer = offer
        self._language: Literal["zh", "en"] = language
        self._today = today
        self._words: CalculatorWords = calculator_words(language)
        self.errors: dict[str, str] = {}
        self.query: list[tuple[str, str]] = []
        self.unused: list[str] = list(address.unread)

    def read(self, policy: Field) -> Form:
        """The form with every field, and the claim if all of it can be read."""
        form = Form(policy=policy, errors=self.errors, query=self.query, ignored=self.unused)
        if policy.error:
            self.errors[policy.name] = policy.error
        if self._offer is None or not self._offer.rules:
            self._keep("policy", policy.value)
            return form
        self._keep("policy", policy.value)
        facts: dict[str, FactValue] = {}
        form.where = self._where(facts)
        items: list[RewardItem] = []
        for number, given in self._address.items.items():
            shown, item = self._item(number, given)
            form.items.append(shown)
            if item is not None:
                form.complete.append(number)
                items.append(item)
        form.received = list(self._received(items, facts))
        if len(self._address.items) > MAX_ITEMS:
            self.errors["add"] = self._words.too_many.format(n=MAX_ITEMS)
        if items and not self.errors:
            form.body = EvaluateBody(
                policy_id=policy.value, items=items, facts=facts, asked_at=self._today, language=self._language
            )
        return form

    def _keep(self, name: str, value: str) -> None:
        if value:
            self.query.append((name, value))

    def _wrong(self, name: str, sentence: str, value: str, **limits: int) -> str:
        shown = value if len(value) <= _SHOWN_VALUE else value[:_SHOWN_VALUE] + "…"
        self.errors[name] = sentence.format(value=shown, **limits)
        return self.errors[name]

    # --- kinds of fields --------------------------------------------------------------------------------------------

    def _select(self, name: str, label: str, value: str, options: Sequence[Options], empty: str) -> Field:
        known = {key for group in options for key, _ in group.choices}
        error = self._wrong(name, self._words.wrong_choice, value) if value and value not in known else ""
        self._keep(name, value)
        return Field(name, label, value, "select", empty, tuple(o for o in options if o.choices), error=error)

    def _whole(self, name: str, value: str, low: int, high: int) -> tuple[int | None, str]:
        """A typed whole number, or what is wrong with it."""
        self._keep(name, value)
        if not value:
            return None, ""
        plain = value.replace(",", "")
        if plain.isascii() and plain.isdecimal() and len(plain) <= len(str(high)) and low <= int(plain) <= high:
            return int(plain), ""
        return None, self._wrong(name, self._words.wrong_number, value, low=low, high=high)

    def _day(self, name: str, value: str) -> tuple[date | None, str]:
        self._keep(name, value)
        if not value:
            return None, ""
        try:
            return date.fromisoformat(value), ""
        except ValueError:
            return None, self._wrong(name, self._words.wrong_date, value)

    # --- the firm ---------------------------------------------------------------------------------------------------

    def _where(self, facts: dict[str, FactValue]) -> Field | None:
        words, value = self._words, self._address.values.get("where", "")
        places = self._offer.policy.places if self._offer and self._offer.policy else None
        if places is None:
            self.unused += ["where"] if value else []
            return None
        groups = [(name, group.label.of(self._language)) for name, group in places.groups.items()]
        members = dict.fromkeys(member.name for group in places.groups.values() for member in group.members)
        options = [
            Options(words.where_groups, (*groups, (OUTSIDE, words.where_outside))),
            Options(words.where_members, tuple((name, name) for name in members)),
        ]
        shown = self._select("where", words.where, value, options, words.where_open)
        if not shown.error and value:
            facts["place" if value in members else "location"] = value
        return shown

    def _received(self, items: Sequence[RewardItem], facts: dict[str, FactValue]) -> Iterator[Field]:
        """What was paid before, where a ceiling counts it; it must be clear against which ceiling."""
        offer, words = self._offer, self._words
        named_fields = offer.received({item.activity for item in items}) if offer else ()
        for name in _RECEIVED:
            value = self._address.values.get(name, "")
            if name not in named_fields:
                self.unused += [name] if value else []
                continue
            whole, error = self._whole(name, value, 0, MAX_YUAN)
            kinds = {item.activity for item in items if offer and offer.received({item.activity})}
            years = {item.event_on.year if item.event_on else None for item in items}
            if whole and name == _RECEIVED[0] and len(kinds) > 1:
                error = self.errors[name] = words.only_one_kind
            elif whole and len(years) > 1:
                error = self.errors[name] = words.only_one_year
            if whole is not None and not error:
                facts[name] = whole
            label = words.received[name]
            yield Field(name, label, value, "number", words.optional, low=0, high=MAX_YUAN, error=error)

    # --- an item ----------------------------------------------------------------------------------------------------

    def _item(self, number: int, given: Mapping[str, str]) -> tuple[ItemForm, RewardItem | None]:
        words = self._words
        rest = dict(given)
        activity = self._activity(number, rest.pop("activity", ""))
        heading = words.item_n.format(n=number)
        known = activity.value if not activity.error else ""
        if not known:
            for name, value in rest.items():
                self._keep(f"{number}.{name}", value)
            return ItemForm(number, heading, (activity,), {}, ""), None
        values: dict[str, object] = {"activity": known}
        fields = [activity, *self._axes(number, known, rest, values), *self._amounts(number, known, rest, values)]
        inputs: dict[str, FactValue] = {}
        questions = dict(self._questions(number, known, rest, inputs))
        self._leave_out(number, rest)
        item = None if self.errors else RewardItem.model_validate({**values, "inputs": inputs})
        return ItemForm(number, heading, tuple(fields), questions, known), item

    def _leave_out(self, number: int, rest: Mapping[str, str]) -> None:
        """Names nothing reads are told, but for the facts of another kind of work, which was chosen before."""
        offer = self._offer
        others = {name for activity in offer.activities for name in offer.questions(activity)} if offer else set()
        self.unused += [f"{number}.{name}" for name in rest if name not in others | _OWN]

    def _activity(self, number: int, value: str) -> Field:
        words, offer = self._words, self._offer
        paid = offer.activities if offer else ()
        unlisted = [name for name in get_args(Activity) if name not in paid and name != "other"]
        options = [
            Options(words.paid, self._named("activity", paid)),
            Options(words.unlisted, self._named("activity", unlisted)),
        ]
        return self._select(f"{number}.activity", words.activity, value, options, words.choose)

    def _named(self, slot: str, values: Iterable[str]) -> tuple[tuple[str, str], ...]:
        return tuple((value, named(slot, value).of(self._language)) for value in values)

    def _axes(self, number: int, activity: str, rest: dict[str, str], values: dict[str, object]) -> Iterator[Field]:
        """Level, committee, grade and role, where the rules tell them apart."""
        assert self._offer is not None
        words, offer = self._words, self._offer
        of_committee = activity == "host_committee"
        levels = offer.values(activity, "level")
        if levels or activity in DRAFTING or of_committee:
            known: Sequence[str] = _COMMITTEE_LEVELS if of_committee else get_args(Level)
            more = [level for level in known if level not in levels]
            named_all = [
                tuple((v, (committee_level(v) if of_committee else named("level", v)).of(self._language)) for v in part)
                for part in (levels, more)
            ]
            options = [Options(words.paid, named_all[0]), Options(words.unlisted, named_all[1])]
            yield self._axis(number, "level", words.level, options, rest, values)
        committees = offer.values(activity, "committee")
        if committees:
            more = [name for name in get_args(Committee) if name not in committees]
            options = [
                Options(words.paid, self._named("committee", committees)),
                Options(words.unlisted, self._named("committee", more)),
            ]
            yield self._axis(number, "committee", words.committee, options, rest, values)
        grades = offer.values(activity, "grade")
        if grades:
            labels = {rule.grade: self._grade_label(rule) for rule in offer.of(activity) if rule.grade}
            options = [Options("", tuple((grade, labels[grade]) for grade in grades))]
            yield self._axis(number, "grade", words.grade, options, rest, values)
        if any(rule.role in ("lead", "participate") for rule in offer.of(activity)):
            roles = tuple((name, role_name(name).of(self._language)) for name in ("lead", "participate"))
            yield self._axis(number, "role", words.role, [Options("", roles)], rest, values)

    def _grade_label(self, rule: Rule) -> str:
        grade, option = str(rule.grade), rule.option.of(self._language)
        return grade if self._language == "zh" or grade.isascii() or option == grade else f"{option} ({grade})"

    def _axis(
        self,
        number: int,
        name: str,
        label: str,
        options: Sequence[Options],
        rest: dict[str, str],
        values: dict[str, object],
    ) -> Field:
        value = rest.pop(name, "")
        shown = self._select(f"{number}.{name}", label, value, options, self._words.unknown)
        if value and not shown.error:
            values[name] = value
        return shown

    def _amounts(self, number: int, activity: str, rest: dict[str, str], values: dict[str, object]) -> Iterator[Field]:
        """Rank, number and date."""
        assert self._offer is not None
        words, rules = self._words, self._offer.of(activity)
        ranked = any(rule.role or any(c.input == "drafter_rank" for c in rule.conditions) for rule in rules)
        if ranked:
            name, value = f"{number}.rank", rest.pop("rank", "")
            values["rank"], error = self._whole(name, value, 1, MAX_RANK)
            hint = words.rank_hint
            yield Field(name, words.rank, value, "number", low=1, high=MAX_RANK, hint=hint, error=error)
        name, value = f"{number}.count", rest.pop("count", "")
        whole, error = self._whole(name, value, 1, MAX_COUNT)
        values["count"] = 1 if whole is None else whole
        yield Field(name, words.count, value or "1", "number", low=1, high=MAX_COUNT, error=error)
        name, value = f"{number}.event_on", rest.pop("event_on", "")
        values["event_on"], error = self._day(name, value)
        stages = {rule.counts_when for rule in rules if rule.counts_when}
        label = words.event_on[stages.pop() if len(stages) == 1 else ""]
        yield Field(name, label, value, "date", hint=words.optional, error=error)

    def _questions(
        self, number: int, activity: str, rest: dict[str, str], inputs: dict[str, FactValue]
    ) -> Iterator[tuple[str, Asked]]:
        assert self._offer is not None
        for question in self._offer.questions(activity).values():
            name, value = f"{number}.{question.input}", rest.pop(question.input, "")
            ask, error = question.ask.of(self._language), ""
            if not question.choices:
                whole, error = self._whole(name, value, question.low, question.high)
                if whole is not None:
                    inputs[question.input] = whole
                yield question.input, Asked(name, ask, value, (), question.low, question.high, error)
                continue
            self._keep(name, value)
            chosen = next((choice for choice in question.choices if choice.key == value), None)
            if chosen is not None:
                inputs[question.input] = chosen.value
            elif value:
                error = self._wrong(name, self._words.wrong_choice, value)
            choices = tuple((choice.key, choice.label.of(self._language)) for choice in question.choices)
            yield question.input, Asked(name, ask, value if chosen else "", choices, error=error)
