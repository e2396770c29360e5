"""What the layout of a text adds to its sentences: indents, and lines that break off within a sentence: behind a comma, or
behind a semicolon where the lines are no list of entries.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from itertools import pairwise

from knowledge.kept import Kept
from knowledge.model import Span
from knowledge.outline import find_markers
from knowledge.sentences import is_row

_COMMAS, _SEMICOLONS = tuple(",，、"), tuple(";；")
_COLONS = tuple(":：")
_LINE = re.compile(r"[^\r\n]+")
# In a row of wide blanks, the first ones may be a cell; in one of tabs, bars or narrow blanks they are not.
_CELLS = r"\t|[|｜┃│]|\S[ \u3000]{2,}\S"
_INDENT = re.compile(
    rf"(?m)^(?:[ \t\u3000]+(?=[^\s|｜┃│])(?!.*(?:{_CELLS}))|[ \u3000]+(?=[^\s|｜┃│].*[\t|｜┃│])|\u3000+(?=\S.*\S[ ]{{2,}}\S))"
)
# A cell or an entry: 国家标准 | 30, 名称：…, 注：….
_APART = re.compile(rf"{_CELLS}|^\s*[^:：,，;；。]{{1,12}}[:：]")


def indents(kept: Kept) -> list[Span]:
    """The blanks at the beginning of lines, but for those that may stand for the empty first cell of a row."""
    return [Span(*match.span()) for match in _INDENT.finditer(kept.text)]


def broken_lines(kept: Kept) -> list[Span]:
    """The line ends of a kept text behind which the sentence goes on, with the blanks around them.

    A line that ends in a semicolon goes on in the next one where that has no number, no label and no cells; but the lines
    right below a lead-in (按下列标准奖励：) are entries, each by itself.
    """
    numbered = {marker.start for marker in find_markers(kept.text, kept.seams, ordered=False)}
    lines = [kept.trimmed(*match.span()) for match in _LINE.finditer(kept.text)]
    return list(_found(kept.text, [line for line in lines if line.start < line.end], numbered))


def _found(text: str, lines: Sequence[Span], numbered: set[int]) -> Iterator[Span]:
    entries = True
    for index, (line, following) in enumerate(pairwise(lines)):
        body, behind = text[slice(*line)], text[slice(*following)]
        if index and not text[slice(*lines[index - 1])].endswith((*_COMMAS, *_SEMICOLONS)):
            # The first line of a paragraph or of a list.
            entries = line.start not in numbered and text[slice(*lines[index - 1])].endswith(_COLONS)
        if not body.endswith((*_COMMAS, *_SEMICOLONS)) or following.start in numbered or _is_apart(body, behind):
            continue
        if text[line.end : following.start].count("\n") == 1 and (body.endswith(_COMMAS) or not entries):
            yield Span(line.end, following.start)


def _is_apart(line: str, following: str) -> bool:
    """Whether one of two lines is a row of cells, or the second begins with a label."""
    return any(is_row(words) for words in (line, following)) or _APART.search(following) is not None
