"""PDF: the text layer as paragraphs and tables, each printed line with its page and box.

Lines are joined to paragraphs where a full line goes on at the left edge. Running heads, feet and page numbers stay in
the text and are marked as dropped, in the middle of a sentence too. Pages that are pictures of text are read by OCR where
the extra `ocr` is installed, and refused where it is not.
"""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Iterator, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass, replace
from itertools import pairwise
from statistics import median

import pypdfium2 as pdfium
import pypdfium2.raw as raw

from knowledge.errors import LimitError, ScanError, SourceError
from knowledge.limits import Limits
from knowledge.loaders.pdf_page import read_page
from knowledge.loaders.printed import Box, Line, Page, Point, Table
from knowledge.loaders.source import Source, Writer
from knowledge.loaders.tables import Cell, table_lines
from knowledge.outline import find_markers
from knowledge.sentences import CLOSERS, END_MARKS

_FEWEST_CHARACTERS = 10
_MOST_UNREADABLE = 0.3
# Heads and feet stand in this share of the page's height, in lines no longer than this.
_MARGIN = 0.12
_LONGEST_HEAD = 60
_HEAD_SHARE = 0.3
_PAGE_NUMBER = re.compile(
    r"[\s\-—–·•~]*(?:第\s*)?(?:\d{1,4}|[ivxIVX]{1,5})(?:\s*页)?(?:\s*[/／,，]?\s*共?\s*\d{1,4}\s*页?)?[\s\-—–·•~]*"
)
_CLOSED = tuple(END_MARKS + "；;：:")
# Footnotes are smaller than the text by this factor, and begin with their mark.
_NOTE_SIZE = 0.85
_NOTE = re.compile(r"[①-⑳*※]|\[?\d{1,2}\]?|注\s*\d*[:：]")
# A line that does not fill its column to this share ends a paragraph, whatever it ends with.
_FULL = 0.8
# Paragraphs are indented where this share of the lines is.
_INDENTED = 0.15
# What stands above the part of a table on a further page.
_CONTINUED = re.compile(
    r"[（(]?\s*(?:续\s*表|接\s*上\s*[页表])\s*[\d一二三四五六七八九十.-]*[^，。；]{0,30}|表[^，。；]{0,40}[（(]\s*续\s*表?\s*[）)]"
)
# A number that goes on in the next line.
_PARTED_NUMBER = re.compile(r"\d[.,]?\n[\d%]|\d\n[.,]")
# Titles are larger than the text by this factor.
_TITLE_SIZE = 1.12
_NO_OCR = 'install the extra `ocr` (pip install "biaozhuntong[ocr]") or convert the scan to text first'


def parse(data: bytes, name: str, limits: Limits) -> Source:
    """The text of a PDF, with running heads dropped and the place of each printed line.

    Raises:
        ScanError: pages are pictures without text, and `limits.recognize` is off.
        SourceError: the file is damaged, encrypted, has too many pages or no text.
    """
    document = open_pdf(data, name)
    try:
        count = len(document)
        if not 0 < count <= limits.pages:
            raise LimitError(
                f"{name}: expected 1 to {limits.pages} pages, got {count}; split the file, or raise BZT_PAGES"
            )
        pages = []
        scans = []
        for number in range(1, count + 1):
            page = document[number - 1]
            found = read_page(page, number)
            if _is_scan(found):
                scans.append(number)
                if limits.recognize:
                    from knowledge.loaders.ocr import recognize

                    found = recognize(page, number)
            pages.append(found)
            page.close()
    finally:
        document.close()
    if scans and not limits.recognize:
        raise ScanError(f"{name}: expected text, got {_listed(scans, count)} without a text layer (a scan); {_NO_OCR}")
    if not any(page.characters for page in pages):
        raise SourceError(f"{name}: expected text, got empty pages; replace the file")
    writer = Writer()
    _Flow(pages, writer).write()
    if scans:
        writer.note(f"{_listed(scans, count)} recognised from a scan: compare every figure with the picture")
    if unclear := [number for number in scans if pages[number - 1].unreadable]:
        writer.note(f"{_listed(unclear, count)}: some of the picture is too unclear to be read, and is left out")
    if aside := [number for number, page in enumerate(pages, start=1) if page.aside]:
        writer.note(f"{_listed(aside, count)}: words printed in another direction than the rest were not read")
    return writer.source()


def open_pdf(data: bytes, name: str) -> pdfium.PdfDocument:
    """The document of a file's bytes, to be closed; `SourceError` where it is damaged or encrypted."""
    try:
        return pdfium.PdfDocument(data)
    except pdfium.PdfiumError as error:
        if raw.FPDF_GetLastError() == raw.FPDF_ERR_PASSWORD or "password" in str(error).lower():
            raise SourceError(
                f"{name}: expected a PDF without a password, got an encrypted one; save it without password"
            ) from error
        raise SourceError(
            f"{name}: expected a whole PDF, got one that is cut short or damaged; fetch it again"
        ) from error


def _is_scan(page: Page) -> bool:
    if page.characters < _FEWEST_CHARACTERS:
        return page.is_picture
    return page.unreadable > _MOST_UNREADABLE * page.characters


def _listed(pages: Sequence[int], count: int) -> str:
    if len(pages) == count:
        return f"{count} pages" if count > 1 else "one page"
    shown = ", ".join(map(str, pages[:10]))
    return f"page{'s' if len(pages) > 1 else ''} {shown}{' …' if len(pages) > 10 else ''} of {count}"


@dataclass(frozen=True, slots=True)
class _Body:
    """A line or table of the text, and the heads and feet printed between it and the one before."""

    block: Line | Table
    heads: tuple[Line, ...]


class _Flow:
    """Writes the pages of a document as one text."""

    def __init__(self, pages: Sequence[Page], writer: Writer) -> None:
        self._heads = set(_heads(pages))
        self._pages = [replace(page, blocks=tuple(_in_columns(page.blocks, self._heads))) for page in pages]
        self._writer = writer
        lines = [block for page in self._pages for block in page.blocks if isinstance(block, Line)]
        columns = [line.column for line in lines if not line.is_half]
        self._width = median(right - left for left, right in columns) if columns else 0.0
        self._size = median(line.size for line in lines) if lines else 0.0

        indented = sum(1 for line in lines if line.box[0] > line.column[0] + 0.7 * line.size)
        # Where paragraphs are indented, what is not goes on, however ragged the lines are.
        self._is_indenting = indented >= _INDENTED * len(lines)

    def write(self) -> None:
        bodies, last = self._bodies()
        bodies, last = _with_tables_joined(bodies, last)
        bodies = self._with_notes_behind(bodies)
        glues = [self._glue(one.block, other.block) for one, other in pairwise(bodies)]
        before = "\n"
        for body, glue in zip(bodies, [*glues, "\n"], strict=True):
            self._write_heads(body.heads, before)
            if isinstance(body.block, Table):
                self._write_table(body.block)
                before = ""
                continue
            # A word divided at the end of the line is one word.
            words = body.block.text[:-1] if glue == "-" else body.block.text
            start = self._writer.at
            self._writer.write(words)
            self._place(start, self._writer.at, body.block.page, body.block.box)
            before = "" if glue == "-" else glue
        self._write_heads(last, before if bodies else "")

    def _bodies(self) -> tuple[list[_Body], tuple[Line, ...]]:
        bodies: list[_Body] = []
        heads: list[Line] = []
        for page in self._pages:
            for block in page.blocks:
                if isinstance(block, Line) and block in self._heads:
                    heads.append(block)
                else:
                    bodies.append(_Body(block, tuple(heads)))
                    heads = []
        return bodies, tuple(heads)

    def _with_notes_behind(self, bodies: list[_Body]) -> list[_Body]:
        """The blocks with the footnotes of a page behind the paragraph that goes on over it."""
        found: list[_Body] = []
        waiting: list[_Body] = []
        index = 0
        while index < len(bodies):
            end = self._end_of_notes(bodies, index)
            if found and index < end < len(bodies) and self._goes_on_behind(found[-1], bodies[end]):
                waiting += bodies[index:end]
                index = end
            elif waiting and not self._goes_on_behind(found[-1], bodies[index]):
                found, waiting = found + waiting, []
            found.append(bodies[index])
            index += 1
        return found + waiting

    def _goes_on_behind(self, one: _Body, other: _Body) -> bool:
        return self._glue(one.block, other.block) != "\n"

    def _end_of_notes(self, bodies: Sequence[_Body], start: int) -> int:
        """Behind the last footnote of those at the bottom of a page which begin at `start`; `start` where none do."""
        first = bodies[start].block if start < len(bodies) else None
        if not isinstance(first, Line) or not _NOTE.match(first.text) or not self._is_small(first):
            return start
        end = start
        while end < len(bodies) and self._is_small(bodies[end].block) and bodies[end].block.page == first.page:
            end += 1
        return end if end == len(bodies) or bodies[end].block.page > first.page else start

    def _is_small(self, block: Line | Table) -> bool:
        return isinstance(block, Line) and block.size < _NOTE_SIZE * self._size

    def _write_heads(self, heads: Sequence[Line], before: str) -> None:
        """Writes what stands between two lines that `before` joins: nothing, a blank or a line end."""
        is_new = before == "\n" or self._writer.at == 0
        if not heads:
            self._writer.write("" if self._writer.at == 0 else before)
            return
        if self._writer.at:
            self._writer.write("\n", None if is_new else "page_mark")
        for count, head in enumerate(heads, start=1):
            start = self._writer.at
            self._writer.write(head.text, "page_mark")
            self._place(start, self._writer.at, head.page, head.box)
            self._writer.write("\n", None if is_new and count == len(heads) else "page_mark")

    def _write_table(self, table: Table) -> None:
        lines = table_lines(table.cells, is_printed=True)
        spans = self._writer.table(lines)
        for line, span in zip(lines, spans, strict=True):
            if line.row in table.rows:
                page, box = table.rows[line.row]
                self._place(*span, page, box)

    def _place(self, start: int, end: int, page: int, box: Box) -> None:
        printed = self._pages[page - 1]
        self._writer.place(start, end, page, printed.as_shown(box), printed.size)

    def _glue(self, one: Line | Table, other: Line | Table) -> str:
        """What joins two lines: a line end, a blank between Latin words, `-` for a divided word, or nothing."""
        if isinstance(one, Table) or isinstance(other, Table) or not self._goes_on(one, other):
            return "\n"
        if one.text.endswith("-") and one.text[-2:-1].isalpha() and other.text[:1].islower():
            return "-"
        if _PARTED_NUMBER.search(f"{one.text[-2:]}\n{other.text[:1]}"):
            return ""
        return " " if one.text[-1] < "\u2e80" and other.text[0] < "\u2e80" else ""

    def _goes_on(self, one: Line, other: Line) -> bool:
        size = max(one.size, other.size)
        if min(one.size, other.size) < 0.85 * size:
            return False
        right = one.column[1] if one.is_half else max(one.column[1], one.column[0] + self._width)
        is_full = one.box[2] >= right - 2.1 * size or (
            self._is_indenting
            and not one.text.rstrip(CLOSERS).endswith(_CLOSED)
            and one.box[2] >= right - (1 - _FULL) * (right - one.column[0])
        )
        is_indented = other.box[0] > other.column[0] + 0.7 * size
        is_apart = one.page == other.page and other.box[1] - one.box[3] > 1.6 * size
        if not is_apart and _is_centred(one) and _is_centred(other) and self._is_large(one, other):
            # A title is centred line by line.
            return not any(marker.start == 0 for marker in find_markers(other.text))
        if not is_full or is_indented or is_apart:
            return False
        closes = one.text.rstrip(CLOSERS).endswith(_CLOSED)
        return not (closes and any(marker.start == 0 for marker in find_markers(other.text)))

    def _is_large(self, one: Line, other: Line) -> bool:
        """Whether two lines are printed larger than the text, or belong to one title in brackets."""
        is_open = one.text.count("《") > one.text.count("》")
        return is_open or min(one.size, other.size) > _TITLE_SIZE * self._size


def _is_centred(line: Line) -> bool:
    return abs(line.box[0] + line.box[2] - sum(line.column)) <= 2 * line.size


def _heads(pages: Sequence[Page]) -> Iterator[Line]:
    """The running heads and feet: lines at the edge of the page that recur on others, or count pages."""
    edges: list[tuple[str, Line]] = []
    for page in pages:
        lines = sorted((block for block in page.blocks if isinstance(block, Line)), key=lambda line: line.box[1])
        edge = [
            line for line in lines if line.box[3] <= _MARGIN * page.height or line.box[1] >= (1 - _MARGIN) * page.height
        ]
        edges += [(_form(line.text), line) for line in edge if len(line.text) <= _LONGEST_HEAD]
    forms = Counter({form: len({line.page for other, line in edges if other == form}) for form, _ in edges})
    often = max(2, round(_HEAD_SHARE * len(pages)))
    sizes: defaultdict[str, list[float]] = defaultdict(list)
    for line in (block for page in pages for block in page.blocks if isinstance(block, Line)):
        sizes[_form(line.text)].append(line.size)
    for form, line in edges:
        # A head that repeats the title is smaller, and on the only page nothing else shows what it is.
        is_title = line.size * _NOTE_SIZE > min(sizes[form])
        repeats = forms[form] >= often or line.size < _NOTE_SIZE * max(sizes[form])
        if _PAGE_NUMBER.fullmatch(line.text) or (repeats and not is_title):
            yield line


def _in_columns(blocks: Sequence[Line | Table], heads: AbstractSet[Line]) -> Iterator[Line | Table]:
    """The blocks of a page, the lines of its text in the columns that these fill: heads and feet may stand beside them."""
    lines = [block for block in blocks if isinstance(block, Line) and block not in heads]
    usual = median(line.size for line in lines) if lines else 0.0
    edges: dict[Point, Point] = {}
    # The smallest last: they fill no column but their own.
    for line in sorted(lines, key=lambda line: line.size < _NOTE_SIZE * usual):
        if line.column not in edges or line.size >= _NOTE_SIZE * usual:
            left, right = edges.get(line.column, (line.box[0], line.box[2]))
            edges[line.column] = (min(left, line.box[0]), max(right, line.box[2]))
    for block in blocks:
        if isinstance(block, Line) and block not in heads:
            yield replace(block, column=edges[block.column])
        else:
            yield block


def _form(text: str) -> str:
    return re.sub(r"\d+", "#", "".join(text.split()))


def _with_tables_joined(bodies: Sequence[_Body], last: tuple[Line, ...]) -> tuple[list[_Body], tuple[Line, ...]]:
    """The blocks with a table that goes on over the page as one, and the heads and feet behind the last block.

    A repeated header is left out; the heads printed within such a table, and what says that it goes on (续表), follow it.
    """
    found: list[_Body] = []
    carried: tuple[Line, ...] = ()
    for body, follower in zip(bodies, [*bodies[1:], None], strict=True):
        before = found[-1].block if found else None
        if (
            isinstance(before, Table)
            and isinstance(body.block, Line)
            and _CONTINUED.fullmatch(body.block.text)
            and follower
            and isinstance(follower.block, Table)
            and _joined(before, follower.block)
        ):
            carried += (*body.heads, body.block)
            continue
        joined = _joined(before, body.block) if isinstance(before, Table) and isinstance(body.block, Table) else None
        if joined:
            found[-1] = replace(found[-1], block=joined)
            carried += body.heads
        else:
            found.append(replace(body, heads=carried + body.heads))
            carried = ()
    return found, carried + last


def _joined(one: Table, other: Table) -> Table | None:
    last = max(page for page, _ in one.rows.values())
    alike = len(one.columns) == len(other.columns) and all(
        abs(a - b) <= 6 for a, b in zip(one.columns, other.columns, strict=True)
    )
    if other.page != last + 1 or not alike:
        return None
    base = max(one.rows) + 1
    top = {(cell.row, cell.column, cell.text) for cell in one.cells if cell.row == 0}
    again = {(cell.row, cell.column, cell.text) for cell in other.cells if cell.row == 0}
    rest = [cell for cell in other.cells if cell.row > 0 or top != again]
    cells = [Cell(cell.row + base, cell.column, cell.text, cell.rows, cell.columns) for cell in rest]
    rows = {**one.rows, **{row + base: place for row, place in other.rows.items()}}
    return replace(one, cells=(*one.cells, *cells), rows=rows)
