"""The tables of a run."""

from __future__ import annotations

import io

from rich.console import Console

from eval.tables import tables
from tests.eval.records import record


def test_the_tables_show_counts_and_means() -> None:
    records = [
        record("a/zh", fields={"timing_ms": {"total": 12.0}}),
        record("a/en", faults=("no",)),
        record("b/zh", kind="list", split="train", critical=True),
    ]
    console = Console(file=io.StringIO(), width=120)
    console.print(tables(records))
    assert isinstance(console.file, io.StringIO)
    text = console.file.getvalue()
    rows = [line.split() for line in text.splitlines()]
    assert ["fact", "1/2", "1", "0.500", "[0.500–0.500]", "–", "1.000", "–", "–", "–", "–"] in rows
    assert ["zh", "2/2", "2", "1.000", "[0.158–1.000]", "–", "1.000", "–", "–", "–", "–"] in rows
    assert ["critical", "1/1", "1", "1.000", "[0.025–1.000]", "–", "1.000", "–", "–", "–", "–"] in rows
    assert "latency: p50 12 ms, p95 12 ms, longest 12 ms" in text


def test_nothing_asked_is_no_error() -> None:
    console = Console(file=io.StringIO(), width=120)
    console.print(tables([]))
    assert isinstance(console.file, io.StringIO)
    assert "no answer was timed" in console.file.getvalue()
