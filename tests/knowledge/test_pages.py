from __future__ import annotations

from knowledge.model import Document, DroppedSpan, PageLine, Policy
from knowledge.pages import locate, page_range

BOX = (0.0, 0.0, 10.0, 10.0)
LINES = tuple(PageLine(start=a, end=b, page=page, box=BOX) for a, b, page in ((0, 5, 1), (5, 9, 1), (11, 14, 2)))


def pages(start: int, end: int, *dropped: DroppedSpan) -> list[int]:
    document = Document(
        policy=Policy(id="a", title="a", source="a", sha256="0"),
        text="x" * 14,
        clauses=(),
        dropped=dropped,
        lines=LINES,
    )
    return [line.start for line in locate(document, start, end)]


def test_a_quote_is_on_every_line_that_holds_any_of_it() -> None:
    assert pages(0, 5) == [0]
    assert pages(4, 6) == [0, 5]
    assert pages(8, 12) == [5, 11]
    assert pages(9, 11) == []
    assert pages(13, 14) == [11]


def test_a_running_head_within_a_quote_is_no_line_of_it() -> None:
    assert pages(0, 14, DroppedSpan(start=5, end=10, reason="page_mark")) == [0, 11]
    # A gloss is dropped within its line.
    assert pages(0, 14, DroppedSpan(start=6, end=8, reason="gloss")) == [0, 5, 11]


def test_pages_are_told_as_a_figure() -> None:
    assert page_range(LINES) == "1–2"
    assert page_range(LINES[:2]) == "1"
    assert page_range(()) == ""


def test_a_document_read_before_sizes_were_noted_keeps_its_digest() -> None:
    assert "size" not in LINES[0].model_dump_json()
    assert '"size":[595.0,842.0]' in LINES[0].model_copy(update={"size": (595.0, 842.0)}).model_dump_json()
