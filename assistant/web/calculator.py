"""The reward calculator: a page whose whole state is its address, with every figure as the evaluator gives it.

Nothing is computed here. An amount of the page is an amount of a line, a total or a scenario of `evaluated`; what is open
there is open here.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from functools import partial
from typing import Any, Literal, NamedTuple, Protocol
from urllib.parse import urlencode

from fastapi import FastAPI, Request
from fastapi.responses import HTMLResponse
from markupsafe import Markup

from assistant.answer import NO_FIGURE, SIGN_OF_STATE, Citation, Warning_
from assistant.evaluation import EvaluateBody, Evaluated, RewardItem, Ruled, evaluated, usable_rules
from assistant.live import LiveAssistant
from assistant.reward_lines import PAYABLE, CheckedCondition, RewardLine
from assistant.reward_words import committee_level, named
from assistant.rewards import Outcome, in_total, policy_warnings, total_of
from assistant.web.calculator_form import FIELD_OF, Address, Asked, Field, Form, FormReader, Offer, Options
from assistant.web.evidence import Badge, citation_href, source_href, validity_badges
from assistant.web.markup import template_html
from assistant.web.render import money
from assistant.web.words import Words, pages_label, problem_sentence, words_for
from assistant.web.words_calculator import CalculatorWords, calculator_words
from knowledge.errors import BiaozhuntongError
from knowledge.model import Document
from knowledge.rule_schema import Text

Axis = Literal["level", "grade", "place_group"]
_AXES: tuple[Axis, ...] = ("level", "grade", "place_group")
# Letters of a bar's label.
_BAR_LABEL = 44


def add_calculator(
    app: FastAPI, assistant: LiveAssistant[Any], *, unreviewed: bool = False, today: Callable[[], date] = date.today
) -> None:
    """Add the page. `unreviewed` lets rules that nobody has confirmed compute, with a warning."""

    @app.get("/calculator", include_in_schema=False)
    def calculator(request: Request) -> HTMLResponse:
        query = request.query_params.multi_items()
        words = words_for(request.query_params.get("lang"))
        try:
            with assistant.lease() as opened:
                page = calculator_page(opened.release, query, today(), with_unreviewed=unreviewed)
        except BiaozhuntongError as error:
            page = CalculatorPage(_closed(words, problem_sentence(error, words)), 503)
        return HTMLResponse(page.html, status_code=page.status, headers={"Cache-Control": "no-store"})


class CalculatorPage(NamedTuple):
    """The page and its status: 404 for a policy that is not there, 503 without a release."""

    html: Markup
    status: int


class Released(Ruled, Protocol):
    """What the page reads of a release."""

    @property
    def release_id(self) -> str:
        """The id of the release that answers."""


def calculator_href(body: EvaluateBody) -> str:
    """The address of the calculation of a claim, relative to the page, in the language of the claim."""
    query: list[tuple[str, str]] = [("policy", body.policy_id)]
    where = body.facts.get("place", body.facts.get("location"))
    query += [("where", str(where))] if where is not None else []
    query += [(name, _plain(value)) for name, value in body.facts.items() if name.startswith("received_")]
    for number, item in enumerate(body.items, start=1):
        given = item.model_dump(mode="json", exclude={"inputs", "action", "activity"}, exclude_defaults=True)
        revised = item.activity == "formulate_standard" and item.action == "revise"
        query.append((f"{number}.activity", "revise_standard" if revised else item.activity))
        query += [(f"{number}.{name}", _plain(value)) for name, value in {**given, **item.inputs}.items()]
    return _href([*query, *_lang(body.language)])


def _plain(value: object) -> str:
    return "yes" if value is True else "no" if value is False else str(value)


def _lang(code: str) -> list[tuple[str, str]]:
    return [("lang", code)] if code == "en" else []


def _href(query: Iterable[tuple[str, str]]) -> str:
    return f"calculator?{urlencode(list(query))}"


def calculator_page(
    release: Released, query: Sequence[tuple[str, str]], today: date, *, with_unreviewed: bool = False
) -> CalculatorPage:
    """The page of an address.

    Args:
        release: the live release.
        query: the names and values of the address.
        today: for validity and warnings.
        with_unreviewed: whether rules that nobody has confirmed may compute.
    """
    words = words_for(next((value for name, value in query if name == "lang"), None))
    address = Address(query)
    wanted = address.values.get("policy") or _preferred(release, today, with_unreviewed=with_unreviewed)
    document = release.documents.get(wanted)
    offer = _offer(release, document, with_unreviewed=with_unreviewed) if document else None
    select = _policy_field(release, wanted, words)
    form = FormReader(address, offer, words.code, today).read(select)
    found = evaluated(release, form.body, today, with_unreviewed=with_unreviewed) if form.body else None
    view = _View(
        release, words, form, offer, today, found, partial(evaluated, release, with_unreviewed=with_unreviewed)
    )
    return CalculatorPage(view.html(), 404 if wanted and document is None else 200)


def _offer(release: Ruled, document: Document, *, with_unreviewed: bool) -> Offer:
    name = document.policy.id
    rules = usable_rules(release.rules, name, with_unreviewed=with_unreviewed)
    return Offer(document, release.rules.policies.get(name), rules, len(release.rules.for_policy(name)))


def _preferred(release: Ruled, today: date, *, with_unreviewed: bool) -> str:
    """The one policy that computes and is neither a draft nor past; nothing where there are several."""
    current = [
        name
        for name, document in release.documents.items()
        if usable_rules(release.rules, name, with_unreviewed=with_unreviewed)
        and not {"draft_policy", "superseded"} & set(policy_warnings(document.policy, today))
    ]
    return current[0] if len(current) == 1 else ""


def _policy_field(release: Ruled, value: str, words: Words) -> Field:
    own = calculator_words(words.code)
    ruled = {name for name in release.documents if release.rules.for_policy(name)}
    titles = {name: document.policy.title_in(words.code) for name, document in release.documents.items()}
    options = tuple(
        Options(heading, tuple((name, title) for name, title in titles.items() if (name in ruled) == there))
        for heading, there in ((own.with_rules, True), (own.without_rules, False))
    )
    wrong = own.wrong_policy.format(value=value[:40]) if value and value not in titles else ""
    shown = tuple(group for group in options if group.choices)
    return Field("policy", own.policy, value, "select", own.choose_policy, shown, error=wrong)


def _closed(words: Words, sentence: str) -> Markup:
    own = calculator_words(words.code)
    return template_html("calculator_closed.html", words=words, own=own, sentence=sentence, switch=_switch([], words))


def _switch(query: Iterable[tuple[str, str]], words: Words) -> str:
    """The address of the same in the other language."""
    return _href([*query, *_lang("zh" if words.code == "en" else "en")])


# --- what is shown ---------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Figure:
    """An amount with its bound in words, or why there is none; `yuan` is null where there is none."""

    text: str
    yuan: int | None = None
    bound: str = ""


@dataclass(frozen=True)
class Check:
    """A condition as a line of a checklist. `asked` is its question, `fill` the id of the field that answers it."""

    state: str
    glyph: str
    text: str
    asked: Asked | None = None
    fill: str = ""
    above: bool = False


@dataclass(frozen=True)
class LineView:
    """One rule applied to one item."""

    rule_id: str
    label: str
    status: str
    figure: Figure
    unit: str
    notes: tuple[str, ...]
    payer: str
    checks: tuple[Check, ...]
    trace: tuple[str, ...]
    citation: int | None
    total_yuan: int | None


@dataclass(frozen=True)
class ItemView:
    """An item's lines with what they come to, and the questions that stand in none of its checklists."""

    number: int
    heading: str
    figure: Figure
    lines: tuple[LineView, ...]
    more: tuple[Asked, ...]


@dataclass(frozen=True)
class TotalView:
    """The total, or why it is open."""

    label: str
    figure: Figure
    notes: tuple[str, ...] = ()
    reasons: tuple[str, ...] = ()
    scenarios: tuple[tuple[str, Figure], ...] = ()
    stated: Figure | None = None
    stated_label: str = ""


@dataclass(frozen=True)
class Bar:
    """A bar of the chart; `share` is its length in percent of the longest, `short` as much of its label as fits."""

    short: str
    label: str
    figure: Figure
    share: float
    chosen: bool


@dataclass(frozen=True)
class Chart:
    """A comparison of amounts."""

    title: str
    bars: tuple[Bar, ...]
    note: str


class _Refusal(NamedTuple):
    label: str
    why: str


class _View:
    """Puts the page together."""

    def __init__(
        self,
        release: Released,
        words: Words,
        form: Form,
        offer: Offer | None,
        today: date,
        found: Evaluated | None,
        evaluate: Callable[[EvaluateBody, date], Evaluated],
    ) -> None:
        self._release = release
        self._words = words
        self._own: CalculatorWords = calculator_words(words.code)
        self._form = form
        self._offer = offer
        self._today = today
        self._found = found
        self._evaluate = evaluate

    def html(self) -> Markup:
        """The whole page."""
        form, offer = self._form, self._offer
        query = [*form.link, *_lang(self._words.code)]
        return template_html(
            "calculator.html",
            words=self._words,
            own=self._own,
            form=form,
            offer=offer,
            policy=self._policy() if offer else None,
            total=self._total(),
            items=self._items(),
            chart=self._chart(),
            sources=list(self._sources()),
            pages_label=pages_label,
            silences=self._silences(),
            rejected=self._rejected(),
            starts=list(self._starts()),
            share=_href(query),
            switch=_switch(form.link, self._words),
            summary=self._own.wrong_n.format(n=len(form.errors)) if form.errors else "",
            ignored=self._own.ignored.format(names=self._own.joiner.join(form.ignored[:8])) if form.ignored else "",
        )

    def _policy(self) -> dict[str, object]:
        assert self._offer is not None
        policy, own = self._offer.document.policy, self._own
        warnings: Sequence[Warning_] = policy_warnings(policy, self._today)
        if self._found is not None:
            warnings = self._found.outcome.warnings
        elif any(not rule.reviewed for rule in self._offer.rules):
            warnings = (*warnings, "rule_unreviewed")
        badges: list[Badge] = validity_badges(policy, self._words, self._today)
        newer = policy.superseded_by if policy.superseded_by in self._release.documents else None
        return {
            "title": policy.title_in(self._words.code),
            "href": source_href(policy.id, self._words.code),
            "badges": badges,
            "warnings": [(warning, own.warning_text[warning]) for warning in warnings],
            "newer": _href([("policy", newer), *_lang(self._words.code)]) if newer else "",
            "silent": "" if self._offer.rules else own.unsigned if self._offer.declared else own.no_rules,
        }

    def _starts(self) -> Iterator[tuple[str, str, str]]:
        """The kinds of work that the policy rewards: address, name, and what the policy calls the reward."""
        offer, words = self._offer, self._words
        if offer is None or self._found is not None:
            return
        where = [(name, value) for name, value in self._form.query if name in ("policy", "where")]
        for activity in offer.activities:
            query = [*where, ("1.activity", activity), *_lang(words.code)]
            labels = dict.fromkeys(rule.group_label.of(words.code) for rule in offer.of(activity))
            yield _href(query), named("activity", activity).of(words.code), self._own.joiner.join(labels)

    # --- figures ----------------------------------------------------------------------------------------------------

    def _figure(self, yuan: int | None, bound: str | None, why: str = "") -> Figure:
        """An amount in the words of its bound; a figure is never shown without it."""
        if yuan is None:
            return Figure(why or self._own.open_figure)
        words = self._words
        prefix = {"up_to": words.up_to, "range": words.up_to, "at_least": words.at_least}.get(bound or "", "")
        gap = " " if prefix and words.code == "en" else ""
        return Figure(f"{prefix}{gap}{money(yuan, words)}", yuan, bound or "")

    def _line_figure(self, line: RewardLine) -> Figure:
        why = self._words.reward_status[line.status]
        if line.status in NO_FIGURE or line.yuan is None:
            return Figure(why or self._own.honour)
        if line.total_yuan is None:
            return self._unit_figure(line)
        if line.count == 1 and line.total_yuan == line.yuan:
            return self._unit_figure(line)
        return self._figure(line.total_yuan, line.bound)

    def _unit_figure(self, line: RewardLine) -> Figure:
        if line.bound == "range" and line.yuan_min is not None and line.yuan is not None:
            low, high = money(line.yuan_min, self._words), money(line.yuan, self._words)
            return Figure(f"{low}–{high}", line.yuan, "range")
        return self._figure(line.yuan, line.bound)

    def _unit(self, line: RewardLine) -> str:
        """What is paid for one, and how many times."""
        if line.yuan is None or line.status in NO_FIGURE:
            return ""
        per = self._words.per.get(line.per or "", "")
        if line.total_yuan in (None, line.yuan) and line.count == 1:
            return per
        figure = self._unit_figure(line).text
        each = self._own.per_each.format(per=per, figure=figure).strip()
        return f"{each} × {line.count}" if line.count != 1 and line.total_yuan is not None else each

    # --- the total --------------------------------------------------------------------------------------------------

    def _total(self) -> TotalView | None:
        if self._found is None:
            return None
        own, outcome = self._own, self._found.outcome
        counted = [line for line in outcome.rows if in_total(line)]
        notes = [step.text.of(self._words.code) for step in outcome.steps]
        if outcome.total_yuan is not None:
            opened = {(line.item_index, c.input) for line in counted for c in line.open}
            label = own.total_if if opened else own.total
            notes += [own.to_confirm.format(n=len(opened))] if opened else []
            notes += {"up_to": [own.ceiling_note], "at_least": [own.floor_note]}.get(outcome.total_bound or "", [])
            figure = self._figure(outcome.total_yuan, outcome.total_bound)
            return TotalView(label, figure, (*notes, *self._beside()))
        nothing = all(line.status in ("not_met", "not_stated", "out_of_validity") for line in outcome.rows)
        stated = None
        if outcome.stated_yuan is not None:
            stated = self._figure(outcome.stated_yuan, total_of(outcome.rows).bound)
        return TotalView(
            label=own.result,
            figure=Figure(own.nothing if nothing else own.open_total),
            notes=(*(notes if stated else ()), *self._beside()),
            reasons=tuple(dict.fromkeys(self._reasons(outcome))),
            scenarios=tuple(self._scenarios(outcome)),
            stated=stated,
            stated_label=self._on_terms(own.stated, any(line.open for line in counted)),
        )

    def _beside(self) -> Iterator[str]:
        """Reservations about the total: budgets, and items that are not in it."""
        assert self._found is not None
        yield from (note.of(self._words.code) for note in self._found.outcome.notes)
        for item in self._form.items:
            if item.number not in self._form.complete:
                yield self._own.without_item.format(n=item.number)

    def _scenarios(self, outcome: Outcome) -> Iterator[tuple[str, Figure]]:
        for scenario in outcome.scenarios:
            label = self._own.if_place.format(label=scenario.label.of(self._words.code))
            hangs = any(c.input not in ("location", "event_on") for line in outcome.rows for c in line.open)
            yield self._on_terms(label, hangs), self._figure(scenario.total_yuan, scenario.bound)

    def _on_terms(self, label: str, hangs: bool) -> str:
        """A label of an amount that still hangs on conditions."""
        return self._own.if_met.format(text=label) if hangs else label

    def _reasons(self, outcome: Outcome) -> Iterator[str]:
        """Why the whole is not said: the facts that decide, and the lines that are no part of it."""
        code, reasons = self._words.code, self._own.reasons
        asked = [missing.ask.of(code) for missing in outcome.missing if missing.decides]
        yield from asked
        for line in outcome.rows:
            kind = _why_open(line)
            if kind is not None and not (kind == "branch" and asked):
                text = next((c.text.of(code) for c in line.failed), "")
                who = line.rule.delegated_to.of(code) if line.rule and line.rule.delegated_to else ""
                yield reasons[kind].format(label=line.label.of(code), text=text, who=who)

    # --- items ------------------------------------------------------------------------------------------------------

    def _items(self) -> list[ItemView]:
        if self._found is None:
            return []
        shown = []
        for index, number in enumerate(self._form.complete):
            lines = [line for line in self._found.outcome.rows if line.item_index == index]
            seen: set[str] = set()
            views = tuple(self._line(line, number, seen) for line in lines)
            item = next(item for item in self._form.items if item.number == number)
            more = tuple(asked for name, asked in item.questions.items() if name not in seen)
            shown.append(ItemView(number, self._heading(index), self._item_figure(lines), views, more))
        return shown

    def _item_figure(self, lines: Sequence[RewardLine]) -> Figure:
        total = total_of(lines)
        states = {line.status for line in lines}
        why = self._words.reward_status[next(iter(states))] if len(states) == 1 else ""
        return self._figure(total.yuan, total.bound, why)

    def _heading(self, index: int) -> str:
        assert self._form.body is not None
        return _item_heading(self._form.body.items[index], self._words)

    def _line(self, line: RewardLine, number: int, seen: set[str]) -> LineView:
        assert self._found is not None
        own, code = self._own, self._words.code
        shown = line.rule or next(iter(line.near), None)
        notes = []
        if line.reading is not None:
            notes.append(own.by_reading)
        elif not line.counted:
            notes.append(own.not_added)
        if line.branch and line.yuan is not None:
            notes.append(own.one_of)
        return LineView(
            rule_id=line.rule_id,
            label=line.label.of(code),
            status=line.status,
            figure=self._line_figure(line),
            unit=self._unit(line),
            notes=tuple(notes),
            payer=own.payers.get(line.payer or "", ""),
            checks=tuple(self._check(condition, number, seen) for condition in line.conditions),
            trace=tuple(step.text.of(code) for step in line.steps),
            citation=self._found.citation_of(shown) if shown else None,
            total_yuan=line.total_yuan,
        )

    def _check(self, condition: CheckedCondition, number: int, seen: set[str]) -> Check:
        item = next(item for item in self._form.items if item.number == number)
        name, text = condition.input, condition.text.of(self._words.code)
        glyph = SIGN_OF_STATE[condition.state]
        if name in item.questions:
            first = name not in seen
            seen.add(name)
            return Check(condition.state, glyph, text, item.questions[name] if first else None, above=not first)
        target = FIELD_OF.get(name, "")
        fields = [*item.fields, *([self._form.where] if self._form.where else [])]
        wanted = target if target == "where" else f"{number}.{target}"
        fill = next((field.id for field in fields if field.name == wanted), "")
        return Check(condition.state, glyph, text, fill=fill if condition.state != "met" else "")

    # --- the basis --------------------------------------------------------------------------------------------------

    def _sources(self) -> Iterator[tuple[Citation, str]]:
        if self._found is not None:
            for citation in self._found.citations:
                yield citation, citation_href(citation, self._words.code, self._release.release_id)

    def _silences(self) -> tuple[list[str], list[str]]:
        """What the rules leave open that apply here, and what the policy leaves open as a whole."""
        if self._found is None or self._offer is None:
            return [], []
        general = set(self._offer.policy.silent_on) if self._offer.policy else set()
        silent = self._found.outcome.silent_on
        code = self._words.code
        return [s.of(code) for s in silent if s not in general], [s.of(code) for s in silent if s in general]

    def _rejected(self) -> list[_Refusal]:
        if self._found is None:
            return []
        code, several = self._words.code, len(self._form.complete) > 1
        why: dict[tuple[int, str], list[str]] = {}
        labels: dict[tuple[int, str], str] = {}
        for refused in self._found.outcome.rejected:
            key = (refused.item_index, refused.rule.rule_id)
            labels[key] = refused.rule.label.of(code)
            why.setdefault(key, []).append(refused.text.of(code))
        return [
            _Refusal(
                f"{self._own.item_short.format(n=self._form.complete[key[0]])} {label}" if several else label,
                self._own.joiner.join(dict.fromkeys(why[key])),
            )
            for key, label in labels.items()
        ]

    # --- the chart --------------------------------------------------------------------------------------------------

    def _chart(self) -> Chart | None:
        """The amounts of several items, or of one item at the other levels that the rules know."""
        if self._found is None or self._form.body is None or not self._found.outcome.rows:
            return None
        if len(self._form.complete) > 1:
            figures = [
                (f"{self._own.item_short.format(n=item.number)} {item.heading}", item.figure, False)
                for item in self._items()
            ]
            return self._bars(self._own.chart_items, figures, "")
        return self._along_axis(self._form.body)

    def _along_axis(self, body: EvaluateBody) -> Chart | None:
        assert self._offer is not None
        item = body.items[0]
        for axis in _AXES:
            values = self._offer.values(item.activity, axis)
            if len(values) < 2:
                continue
            figures = [self._at(body, axis, value) for value in values]
            return self._bars(self._own.chart_axes[axis], figures, self._own.chart_note)
        return None

    def _at(self, body: EvaluateBody, axis: Axis, value: str) -> tuple[str, Figure, bool]:
        """The name of a value, what the claim comes to with it, and whether it is the value that was chosen."""
        item = body.items[0]
        if axis == "place_group":
            facts = {name: fact for name, fact in body.facts.items() if name != "place"}
            changed = body.model_copy(update={"facts": {**facts, "location": value}})
            chosen = body.facts.get("location") == value
        else:
            changed = body.model_copy(update={"items": [item.model_copy(update={axis: value})]})
            chosen = getattr(item, axis) == value
        lines = self._evaluate(changed, self._today).outcome.rows
        return self._value_name(item, axis, value), self._item_figure(lines), chosen

    def _value_name(self, item: RewardItem, axis: Axis, value: str) -> str:
        code = self._words.code
        places = self._offer.policy.places if self._offer and self._offer.policy else None
        if axis == "place_group" and places is not None:
            return next((group.label.of(code) for name, group in places.groups.items() if name == value), value)
        if axis == "level":
            return _level_name(item.activity, value).of(code)
        return value

    def _bars(self, title: str, figures: Sequence[tuple[str, Figure, bool]], note: str) -> Chart | None:
        longest = max((figure.yuan or 0 for _, figure, _ in figures), default=0)
        if not longest:
            return None
        bars = tuple(
            Bar(_shortened(label), label, figure, round(100 * (figure.yuan or 0) / longest, 2), chosen)
            for label, figure, chosen in figures
        )
        return Chart(title, bars, note)


def _shortened(label: str) -> str:
    """As much of a label as fits on a narrow screen: a letter is half as wide as a Chinese character."""
    width = 0
    for place, char in enumerate(label):
        width += 1 if char.isascii() else 2
        if width > _BAR_LABEL:
            return label[:place].rstrip() + "…"
    return label


def _why_open(line: RewardLine) -> str | None:
    """The reason for which a line is no settled part of the total; null where it is, or where a question is the reason."""
    if in_total(line) or (line.rule is not None and line.rule.benefit == "honour_only" and line.status == "exact"):
        return None
    if line.reading is not None:
        return "reading"
    if not line.counted:
        return "not_counted"
    if line.status == "needs_input":
        return "no_base" if "base_amount" in line.blocked_by else None
    if line.status in PAYABLE:
        return "branch" if line.branch else "not_multiplied"
    return line.status


def _level_name(activity: str, level: str) -> Text:
    return committee_level(level) if activity == "host_committee" else named("level", level)


def _item_heading(item: RewardItem, words: Words) -> str:
    """What an item is, in words: 制定标准 · 国家标准 × 3."""
    parts = [named("activity", item.activity).of(words.code)]
    if item.level:
        parts.append(_level_name(item.activity, item.level).of(words.code))
    parts += [named("committee", item.committee).of(words.code)] if item.committee else []
    parts += [item.grade] if item.grade else []
    return " · ".join(parts) + (f" × {item.count}" if item.count != 1 else "")
