"""A stopwatch and a table."""

from __future__ import annotations

import statistics
import time
from collections.abc import Callable, Iterable, Sequence


def seconds(work: Callable[[], object]) -> float:
    """How long one call takes."""
    start = time.perf_counter()
    work()
    return time.perf_counter() - start


def median_ms(work: Callable[[str], object], inputs: Iterable[str]) -> float:
    """The median time of a call over the inputs, in milliseconds."""
    return statistics.median(1000 * seconds(lambda item=item: work(item)) for item in inputs)  # type: ignore[misc]


def table(rows: Sequence[Sequence[str]]) -> str:
    """Rows as lines of aligned columns; the first row is the head."""
    widths = [max(len(row[column]) for row in rows) for column in range(len(rows[0]))]
    return "\n".join("  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)) for row in rows)
