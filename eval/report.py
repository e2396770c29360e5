"""A run as one page of HTML that needs nothing else."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Iterator, Sequence
from difflib import SequenceMatcher
from itertools import pairwise
from typing import Literal, NamedTuple

from eval.dataset import Case, Value
from eval.metrics import DIMENSIONS, FIRST, Estimate, estimate, estimates, grouped, latency, policies_of, right
from eval.page import moment, page
from eval.record import Record, Run

Change = Literal["fixed", "broken", "changed", "same", "new"]
_STAGES = ("total", "understand", "retrieve", "extract", "rules", "compose", "verify")
# Upper ends of the classes of the latency chart, in milliseconds.
_CLASSES = (10.0, 25.0, 50.0, 100.0, 200.0, 400.0, 800.0)
# Shorter pieces of a gold text stand in many sentences by chance.
_SHORTEST_SHARED = 6


class Bar(NamedTuple):
    """A row of a chart, in hundredths of its width: a bar to `value`, a paler one to `beyond`, a line `low` to `high`."""

    name: str
    text: str
    value: float
    low: float | None = None
    high: float | None = None
    beyond: float | None = None


class Part(NamedTuple):
    """A piece of a quote, and whether the gold text holds it."""

    text: str
    gold: bool


class Row(NamedTuple):
    """A case of the page."""

    number: int
    record: Record
    outcome: Literal["right", "wrong"]
    change: Change | None
    before: Record | None
    policies: tuple[str, ...]
    quotes: dict[int, list[Part]]
    expected: list[tuple[str, str]]
    understanding: str
    holders: frozenset[str]
    times: list[Bar]


def report_html(run: Run, base: Run | None = None) -> str:
    """The page of a run; with a base, each case says how it changed since.

    Example:
        path.write_text(report_html(read_run(path_of_run)), encoding="utf-8")
    """
    rows = rows_of(run, base)
    records = run.records
    return page(
        "report.html",
        ["report.css"],
        run=run,
        base=base,
        rows=rows,
        right=sum(record.passed for record in records),
        critical=sum(record.case.critical and not record.passed for record in records),
        estimates=estimates(records),
        kinds=accuracy_bars(records, "kind"),
        groups={name: accuracy_bars(records, name) for name in DIMENSIONS if name != "kind"},
        ranks=rank_bars(records),
        classes=latency_bars(records),
        stages=stage_bars(records),
        latency=latency(records),
        choices=_choices(rows),
        dropped=_dropped(run, base),
        share=lambda value: f"{100 * value:.1f}",
        moment=moment,
    )


def change_of(record: Record, before: Record | None) -> Change:
    """How a case stands against the same case of an earlier run."""
    if before is None:
        return "new"
    if record.passed != before.passed:
        return "fixed" if record.passed else "broken"
    same = record.answer.model_copy(update={"provenance": before.answer.provenance}) == before.answer
    return "same" if same else "changed"


def marked(quote: str, golds: Iterable[str]) -> list[Part]:
    """A quote in pieces, those that a gold text holds told apart from the rest.

    A gold text that the quote holds in part (it began a sentence earlier) is marked as far as they agree.
    """
    held = [False] * len(quote)
    for gold in golds:
        spans = list(_found(gold, quote)) or list(_shared(gold, quote))
        for start, end in spans:
            held[start:end] = [True] * (end - start)
    parts: list[Part] = []
    start = 0
    for at in range(1, len(quote) + 1):
        if at == len(quote) or held[at] != held[start]:
            parts.append(Part(quote[start:at], held[start]))
            start = at
    return parts


def accuracy_bars(records: Sequence[Record], dimension: str) -> list[Bar]:
    """The share of right answers of each group with its interval, the lowest first."""
    found = ((group, estimate(members, right)) for group, members in grouped(records, dimension).items())
    bars = [_estimated(group, one) for group, one in found if one is not None]
    return sorted(bars, key=lambda bar: (bar.value, bar.name))


def rank_bars(records: Sequence[Record]) -> list[Bar]:
    """How many gold texts the search finds at each rank, and how many not at all."""
    ranks = [gold.rank for record in records if not record.stale for gold in record.ranks]
    names: list[int | None] = [*range(1, FIRST + 1), None]
    return _counted([(str(rank or "not found"), ranks.count(rank)) for rank in names])


def latency_bars(records: Sequence[Record]) -> list[Bar]:
    """How many answers took how long."""
    times = [record.timing_ms["total"] for record in records if "total" in record.timing_ms]
    edges = [0.0, *_CLASSES, float("inf")]
    classes = [
        (f"{low:g}–{high:g} ms" if high < edges[-1] else f"over {low:g} ms", low, high) for low, high in pairwise(edges)
    ]
    return _counted([(name, sum(low <= time < high for time in times)) for name, low, high in classes])


def stage_bars(records: Sequence[Record]) -> list[Bar]:
    """The median of each stage, and its 95th percentile paler behind it."""
    found = {stage: times for stage in _STAGES if (times := latency(records, stage))}
    longest = max((times.p95 for times in found.values()), default=0.0) or 1.0
    return [
        Bar(
            stage,
            f"{times.p50:.0f} · {times.p95:.0f} · {times.longest:.0f}",
            100 * times.p50 / longest,
            beyond=100 * times.p95 / longest,
        )
        for stage, times in found.items()
    ]


def rows_of(run: Run, base: Run | None) -> list[Row]:
    """The cases of a run as the page shows them."""
    before = {record.case.id: record for record in base.records} if base else {}
    return [
        _row(number, record, before.get(record.case.id), compared=base is not None)
        for number, record in enumerate(run.records, 1)
    ]


def _row(number: int, record: Record, before: Record | None, *, compared: bool) -> Row:
    change = change_of(record, before) if compared else None
    return Row(
        number=number,
        record=record,
        outcome="right" if record.passed else "wrong",
        change=change,
        before=before if change in ("fixed", "broken", "changed") else None,
        policies=policies_of(record) or ("none",),
        quotes={
            c.n: marked(c.quote, [gold.text for gold in record.ranks if c.n in gold.citations])
            for c in record.answer.citations
        },
        expected=list(expectations(record.case)),
        understanding=json.dumps(dict(record.stages.understanding), ensure_ascii=False, indent=1),
        holders=frozenset(clause for gold in record.ranks for clause in gold.clauses),
        times=_times(record),
    )


def expectations(case: Case) -> Iterator[tuple[str, str]]:
    """What a case expects of its answer, in words, as (name, text)."""
    yield "status", " or ".join(case.status)
    for value in case.values:
        yield "value", _valued(value)
    if case.total_yuan is not None:
        yield "total", f"{case.total_yuan:,} yuan"
    for group in case.must:
        yield "says", " / ".join(group)
    if case.must_not:
        yield "never says", " / ".join(case.must_not)
    if case.policy:
        yield "cites", ", ".join(case.policy)
    if case.warnings:
        yield "warns", ", ".join(case.warnings)
    if case.no_award:
        yield "awards", "nothing"
    if case.must_refuse:
        yield "refuses", "must not be `answered`"


def _valued(value: Value) -> str:
    measures: list[tuple[object, Callable[[], str]]] = [
        (value.yuan, lambda: f"{value.yuan:,} yuan"),
        (value.percent, lambda: f"{value.percent:g}%"),
        (value.year, lambda: f"the year {value.year}"),
        (value.day, lambda: f"{value.day}"),
        (value.number, lambda: f"{value.number:g} {'/'.join(value.unit)}".strip()),
    ]
    said = next(say() for measure, say in measures if measure is not None)
    return said if value.bound == "exact" else f"{said} ({value.bound.replace('_', ' ')})"


def _times(record: Record) -> list[Bar]:
    total = record.timing_ms.get("total", 0.0) or 1.0
    return [
        Bar(stage, f"{record.timing_ms[stage]:.1f} ms", min(100.0, 100 * record.timing_ms[stage] / total))
        for stage in _STAGES
        if stage in record.timing_ms
    ]


def _choices(rows: Sequence[Row]) -> dict[str, list[str]]:
    """What can be filtered by, and the values there are."""
    kinds: list[str] = sorted({row.record.case.kind for row in rows})
    policies = sorted({policy for row in rows for policy in row.policies})
    outcomes: list[str] = ["wrong", "right", "critical", "stale", "contract"]
    choices: dict[str, list[str]] = {
        "outcome": outcomes,
        "kind": kinds,
        "language": ["zh", "en"],
        "policy": policies,
        "split": ["train", "test"],
    }
    if changes := sorted({row.change for row in rows if row.change}):
        choices["change"] = [*changes]
    return choices


def _dropped(run: Run, base: Run | None) -> list[str]:
    """Cases of the base that are not asked any more."""
    asked = {record.case.id for record in run.records}
    return [record.case.id for record in base.records if record.case.id not in asked] if base else []


def _estimated(name: str, one: Estimate) -> Bar:
    text = f"{100 * one.mean:.1f}% [{100 * one.low:.0f}–{100 * one.high:.0f}] of {one.facts} facts"
    return Bar(name, text, 100 * one.mean, 100 * one.low, 100 * one.high)


def _counted(counts: Sequence[tuple[str, int]]) -> list[Bar]:
    most = max((count for _, count in counts), default=0) or 1
    return [Bar(name, str(count), 100 * count / most) for name, count in counts]


def _found(gold: str, quote: str) -> Iterator[tuple[int, int]]:
    start = quote.find(gold)
    while start >= 0:
        yield start, start + len(gold)
        start = quote.find(gold, start + 1)


def _shared(gold: str, quote: str) -> Iterator[tuple[int, int]]:
    for match in SequenceMatcher(None, gold, quote, autojunk=False).get_matching_blocks():
        if match.size >= min(_SHORTEST_SHARED, len(gold)):
            yield match.b, match.b + match.size
