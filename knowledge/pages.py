"""Where a quote stands on the printed page."""

from __future__ import annotations

from bisect import bisect_right

from knowledge.model import Document, PageLine


def locate(document: Document, start: int, end: int) -> list[PageLine]:
    """The printed lines that hold any of `document.text[start:end]`, in order; none where the format has no pages.

    A line is given whole: its page, counted from 1, and its box in points from the page's top left corner.
    """
    first = bisect_right(document.lines, start, key=lambda line: line.end)
    found = []
    for line in document.lines[first:]:
        if line.start >= end:
            break
        found.append(line)
    return found
