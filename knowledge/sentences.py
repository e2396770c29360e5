"""Where paragraphs and sentences of a Chinese text end.

A sentence ends at 。！？ (or their half-width forms), with the quotes and brackets that close behind it, and at the end
of a paragraph; never inside a pair of quotes or brackets, and not at ；.
"""

from __future__ import annotations

import re
import unicodedata
from bisect import bisect_left, bisect_right
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import accumulate, pairwise

from knowledge.model import Span

CLOSERS = "》”’」』）)】〕］]"
END_MARKS = "。！？!?"

_OPENER_OF = {
    "》": "《",
    "”": "“",
    "’": "‘",
    "」": "「",
    "』": "『",
    "】": "【",
    "〕": "〔",
    "］": "[",
    "]": "[",
    "）": "(",
    ")": "(",
}
_OPENERS = {
    "《": "《",
    "“": "“",
    "‘": "‘",
    "「": "「",
    "『": "『",
    "【": "【",
    "〔": "〔",
    "［": "[",
    "[": "[",
    "（": "(",
    "(": "(",
}
# A pair wider than this is two strays, not a pair.
_WIDEST_PAIR = 400
# Lines of a wrapped text differ by this many columns: no mark may begin a line, and half-width marks were wide in print.
_RAGGED = 8
# Columns of a page.
_NARROWEST_PAGE, _WIDEST_PAGE = 30, 120
_FEWEST_FULL = 3
# Shares of the lines: how many are full in a text that is mostly prose, and how many wider than these there may be.
_FULL, _WIDER = 0.4, 0.1
# The same for a text with many headings and short items, whose long lines without an end mark are nearly all full.
_FULL_AMONG_SHORT, _WIDER_AMONG_SHORT, _FULL_OF_LONG = 0.08, 0.02, 0.7
# After a closing quote these show that the sentence goes on around the quotation.
_GOES_ON = "，,、；;：:。.的之等和与及"
_STOP = re.compile(r"[。！？!?]+|(?<=[A-Za-z)])\.(?=\s+[A-Z“\"]|\s*\Z)")
# A paragraph begins with a line that is indented by more than a stray blank.
_INDENTED = 2
_MARK = re.compile("[。;；,，:：!！?？]")
_HAN_OR_DIGIT = re.compile(r"[一-龥\d]")
_FEWEST_CELLS, _LONGEST_CELL = 3, 16
_NUMERAL = "0123456789."
# A number goes on with these: 30 / %, 1 / ∶0.5.
_OF_NUMBERS = "%％‰∶"
# 1 / 00万元, 10. / 5万元, 20 / ,000元 and 20, / 000元: no number begins with such a half.
_HALF_NUMBER = re.compile(
    r"(?:.?\d\n0{1,4}(?:\.\d)?[万亿元\d].*|\d\.\n\d{1,2}[万亿元%].*|.?\d\n[,，]\d{3}(?!\d).*|\d[,，]\n\d{3}[万亿元,，].*)"
)
# What parts the cells of a table that is written as text; blanks behind the number of an article (第五条  …) do not.
_NUMERAL_OF_ARTICLE = r"[一二三四五六七八九十百零〇\d]"
_NO_ARTICLE = "".join(rf"(?<!第{_NUMERAL_OF_ARTICLE * digits}[条章节])" for digits in range(1, 5))
_IN_TABLE = re.compile(rf"(?<=\S)\t|[|｜]|(?<=\S){_NO_ARTICLE}[ \u3000]{{2,}}\S")
_MARKS = frozenset(",;:()!?")
# A line that ends so may be an entry of its own, though it is full; no word is parted behind it where many end so.
_ENTRY_ENDS = frozenset("元%％）)】》”项个家名")
_MANY_ENTRIES = 0.4
_FIRST_HAN = "\u2e80"
_LINE_END = re.compile(r"\r\n|\n|\r|\f|\v|\u2028|\u2029")


def enclosed(text: str) -> bytearray:
    """One byte a character: 1 where it stands between a matched pair of quotes or brackets, the marks excluded."""
    step = [0] * (len(text) + 1)
    open_marks: list[tuple[str, int]] = []
    for index, char in enumerate(text):
        if char in "\n\r":
            open_marks.clear()
        elif char in _OPENERS:
            open_marks.append((_OPENERS[char], index))
        elif char in _OPENER_OF:
            for depth in range(len(open_marks) - 1, -1, -1):
                if open_marks[depth][0] == _OPENER_OF[char]:
                    start = open_marks[depth][1]
                    del open_marks[depth:]
                    if index - start <= _WIDEST_PAIR:
                        step[start + 1] += 1
                        step[index] -= 1
                    break
    return bytearray(1 if depth > 0 else 0 for depth in accumulate(step[:-1]))


def paragraph_ends(text: str) -> list[int]:
    """Offsets at which a paragraph ends: every line end but those in the middle of a sentence.

    A line end is in the middle of a sentence after a comma, and, in a text wrapped to a fixed width, after a full line
    that has no end mark. A blank line always ends a paragraph.
    """
    lines = list(_lines(text))
    full = _wrap_of(line.body for line in lines)
    ends = []
    for line, following in zip(lines, [*lines[1:], None], strict=True):
        is_within = following is not None and line.body.strip() and following.body.strip() and _goes_on(line.body, full)
        if not is_within or (following is not None and _IN_TABLE.search(following.body)):
            ends.append(line.end)
    return ends


def line_wraps(text: str) -> list[Span]:
    """The line ends within a word, a number or a Chinese sentence, with the blanks around them.

    Such a line end parts 参 / 与 and 1 / 00万元, and says nothing. They are known in a text wrapped to a fixed width, but
    for a number whose second half is none. A line end between Latin words stands for a blank.
    """
    lines = list(_lines(text))
    full = _wrap_of(line.body for line in lines)
    found = []
    for line, following in pairwise(lines):
        indent = _indent(following.body)
        if not line.body.strip() or not following.body.strip() or indent >= _INDENTED or is_row(line.body):
            continue
        if _IN_TABLE.search(following.body):
            continue
        if _HALF_NUMBER.fullmatch(line.body[-2:] + "\n" + following.body.lstrip()[:6]) or (
            full is not None and _is_full(line.body, full) and _parts_words(line.body[-1], following.body[indent], full)
        ):
            found.append(Span(line.start + len(line.body), following.start + indent))
    return found


def is_row(line: str) -> bool:
    """Whether single blanks part the line into the cells of a table's row: 国家标准 30万元 9万元."""
    cells = line.strip().split(" ")
    return (
        len(cells) >= _FEWEST_CELLS
        and _MARK.search(line) is None
        and all(len(cell) <= _LONGEST_CELL and _HAN_OR_DIGIT.search(cell) for cell in cells)
    )


def _parts_words(before: str, behind: str, full: _Wrap) -> bool:
    if (behind.isdigit() or behind in _OF_NUMBERS) and before in _NUMERAL:
        return True
    if before in _ENTRY_ENDS:
        return not full.of_entries
    return before >= _FIRST_HAN or behind >= _FIRST_HAN or (before + behind).isupper()


@dataclass(frozen=True, slots=True)
class _Line:
    """A line from `start` to `end`, behind its line end, and its words without the blanks behind them."""

    start: int
    end: int
    body: str


def _lines(text: str) -> Iterator[_Line]:
    at = 0
    for end in [*(match.end() for match in _LINE_END.finditer(text)), len(text)]:
        yield _Line(at, end, text[at:end].rstrip())
        at = end


def _indent(line: str) -> int:
    return len(line) - len(line.lstrip())


def _goes_on(line: str, full: _Wrap | None) -> bool:
    if line[-1] in "，,、":
        return True
    return full is not None and _is_full(line, full)


def _is_full(line: str, full: _Wrap) -> bool:
    return full.measure(line) >= full.width - _RAGGED and not _is_ended(line) and not _IN_TABLE.search(line)


def _is_ended(line: str) -> bool:
    return line.rstrip()[-1] in END_MARKS + "；;：:"


def _columns(line: str) -> int:
    """How wide a line is printed: two columns for a Chinese character or a mark, one for a Latin letter, digit or blank."""
    return sum(2 if unicodedata.east_asian_width(c) in "WFA" or c in _MARKS else 1 for c in line)


def _characters(line: str) -> int:
    """How wide a line is where each character counts as two columns: programs wrap lines after so many of them."""
    return 2 * len(line)


@dataclass(frozen=True, slots=True)
class _Wrap:
    """The width in columns that a text was wrapped to, how its lines are measured, how many of them are full, and whether
    many of these may be entries."""

    measure: Callable[[str], int]
    width: int
    full: int
    of_entries: bool


def _wrap_of(lines: Iterable[str]) -> _Wrap | None:
    """How a text was wrapped, or None for a text whose lines are paragraphs. The rows of a table may all be as wide, and are
    not looked at."""
    running = [line for line in lines if line.strip() and not _IN_TABLE.search(line) and not is_row(line)]
    found = [wrap for measure in (_columns, _characters) if (wrap := _wrap_by(measure, running)) is not None]
    return max(found, key=lambda wrap: wrap.full, default=None)


def _wrap_by(measure: Callable[[str], int], lines: Sequence[str]) -> _Wrap | None:
    """The widest width that many lines have, give or take, that end within a sentence, and that hardly any goes beyond."""
    widths = sorted(map(measure, lines))
    unended = sorted(measure(line) for line in lines if not _is_ended(line))
    count = len(widths)
    long = len(unended) - bisect_left(unended, _NARROWEST_PAGE)
    for width in sorted(set(widths), reverse=True):
        wider = count - bisect_right(widths, width)
        if width < _NARROWEST_PAGE or wider > _WIDER * count:
            return None
        full = bisect_right(unended, width) - bisect_left(unended, width - _RAGGED)
        among_short = wider <= _WIDER_AMONG_SHORT * count and full >= max(
            _FULL_AMONG_SHORT * count, _FULL_OF_LONG * long
        )
        if width <= _WIDEST_PAGE and full >= _FEWEST_FULL and (full >= _FULL * count or among_short):
            entries = sum(width - _RAGGED <= measure(line) <= width and line[-1] in _ENTRY_ENDS for line in lines)
            if full >= _FULL * count or entries <= _MANY_ENTRIES * full:
                return _Wrap(measure, width, full, entries > _MANY_ENTRIES * full)
    return None


def sentence_ends(text: str, seams: Iterable[int] = ()) -> list[int]:
    """Offsets at which a sentence ends, ascending, the end of the text included.

    `seams` are offsets where the text was joined and a sentence ends in any case.
    """
    inside = enclosed(text)
    ends = {*paragraph_ends(text), *seams}
    for match in _STOP.finditer(text):
        end = match.end()
        while end < len(text) and text[end] in CLOSERS:
            end += 1
        quoted = end > match.end() and end < len(text) and text[end] in _GOES_ON
        if not (inside[end - 1] or quoted):
            ends.add(end)
    return sorted(end for end in ends if 0 < end <= len(text))


def trimmed(text: str, start: int, end: int) -> Span:
    """The range without the white space at its ends; empty where there is nothing else."""
    while start < end and text[start].isspace():
        start += 1
    while end > start and text[end - 1].isspace():
        end -= 1
    return Span(start, end)


def sentences(text: str, seams: Iterable[int] = ()) -> list[Span]:
    """The sentences of `text` in order; between two of them stands only white space."""
    spans = []
    at = 0
    for end in sentence_ends(text, seams):
        span = trimmed(text, at, end)
        if span.start < span.end:
            spans.append(span)
        at = end
    return spans
