"""The figures of a run as tables of the terminal."""

from __future__ import annotations

import sys
from collections.abc import Iterator, Sequence

from rich.box import SIMPLE_HEAD
from rich.console import Console, Group, RenderableType
from rich.table import Table

from eval.metrics import DIMENSIONS, MEASURES, Estimate, estimate, estimates, grouped, latency
from eval.record import Record

_WIDTH = 120
# What the tables by group show; all measures of the whole set stand in a table of their own.
_SHOWN = {
    "right": "right",
    "value accuracy": "values",
    "status accuracy": "status",
    "citation recall": "cited",
    "rejection rate": "refused",
    "recall@5": "R@5",
    "MRR@10": "MRR",
}


def wide_console() -> Console:
    """The console of stdout; a file or a pipe is taken to be as wide as the tables."""
    return Console() if sys.stdout.isatty() else Console(width=_WIDTH)


def tables(records: Sequence[Record]) -> RenderableType:
    """Every table of a run: the measures of the whole set, the groups of each dimension, the latency."""
    return Group(
        "Means over facts: the paraphrases of one fact count once. Intervals: 95%.",
        overall(records),
        *(by_group(records, dimension) for dimension in DIMENSIONS),
        latency_line(records),
    )


def overall(records: Sequence[Record]) -> Table:
    """Each measure over the whole set with its interval."""
    table = Table("measure", box=SIMPLE_HEAD)
    for name in ("mean", "from", "to", "facts", "cases"):
        table.add_column(name, justify="right")
    for name, one in estimates(records).items():
        table.add_row(name, _share(one.mean), _share(one.low), _share(one.high), str(one.facts), str(one.cases))
    return table


def by_group(records: Sequence[Record], dimension: str) -> Table:
    """The groups of one dimension: right cases as counts, and the main measures as means over facts."""
    table = Table(dimension, box=SIMPLE_HEAD)
    for name in ("cases", "facts", *_SHOWN.values()):
        table.add_column(name, justify="right")
    for group, members in sorted(grouped(records, dimension).items()):
        table.add_row(group, *_cells(members))
    return table


def latency_line(records: Sequence[Record]) -> str:
    """How long the answers took."""
    times = latency(records)
    if times is None:
        return "no answer was timed"
    return f"latency: p50 {times.p50:.0f} ms, p95 {times.p95:.0f} ms, longest {times.longest:.0f} ms"


def _cells(records: Sequence[Record]) -> Iterator[str]:
    yield f"{sum(record.passed for record in records)}/{len(records)}"
    yield str(len({record.case.fact_id for record in records}))
    for name in _SHOWN:
        yield _estimated(estimate(records, MEASURES[name]), bounds=name == "right")


def _estimated(one: Estimate | None, *, bounds: bool) -> str:
    if one is None:
        return "–"
    return _share(one.mean) + (f" [{_share(one.low)}–{_share(one.high)}]" if bounds else "")


def _share(value: float) -> str:
    return f"{value:.3f}"
