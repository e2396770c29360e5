"""Where a quote stands on the printed page."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterable
from typing import Protocol

from knowledge.model import Document, PageLine


def locate(document: Document, start: int, end: int) -> list[PageLine]:
    """The printed lines that hold any of `document.text[start:end]`, in order; none where the format has no pages.

    A line is given whole: its page, counted from 1, and its box in points from the page's top left corner. What is printed
    between two parts of a sentence and dropped (a running head, a page number) is not among them.
    """
    first = bisect_right(document.lines, start, key=lambda line: line.end)
    found = []
    for line in document.lines[first:]:
        if line.start >= end:
            break
        if not _is_dropped(document, line):
            found.append(line)
    return found


class Printed(Protocol):
    """A printed line, or a place of a citation."""

    @property
    def page(self) -> int:
        """Counted from 1."""

    @property
    def file(self) -> str | None:
        """The file within an archive or a message."""


def page_range(places: Iterable[Printed]) -> str:
    """The pages as a figure, `3` or `3–5`; empty where there are none."""
    pages = sorted({place.page for place in places})
    return "–".join(map(str, dict.fromkeys((pages[0], pages[-1])))) if pages else ""


def _is_dropped(document: Document, line: PageLine) -> bool:
    index = bisect_right(document.dropped, line.start, key=lambda span: span.start) - 1
    return index >= 0 and line.end <= document.dropped[index].end
