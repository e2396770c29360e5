from __future__ import annotations

from knowledge.model import Document, PageLine, Policy
from knowledge.pages import locate

BOX = (0.0, 0.0, 10.0, 10.0)
LINES = tuple(PageLine(start=a, end=b, page=page, box=BOX) for a, b, page in ((0, 5, 1), (5, 9, 1), (11, 14, 2)))


def pages(start: int, end: int) -> list[int]:
    document = Document(
        policy=Policy(id="a", title="a", source="a", sha256="0"), text="x" * 14, clauses=(), dropped=(), lines=LINES
    )
    return [line.start for line in locate(document, start, end)]


def test_a_quote_is_on_every_line_that_holds_any_of_it() -> None:
    assert pages(0, 5) == [0]
    assert pages(4, 6) == [0, 5]
    assert pages(8, 12) == [5, 11]
    assert pages(9, 11) == []
    assert pages(13, 14) == [11]
