"""Word documents (.docx): paragraphs with the numbers Word counts, tables, text boxes, footnotes and endnotes.

Tracked changes are read as accepted: what was inserted is text, what was deleted or struck out is not. Hidden text, comments,
field codes, page headers and footers are not text. A raised digit is the mark of a note. Pictures and embedded files are
not read, and said.
"""

from __future__ import annotations

import posixpath
import zipfile
from collections import Counter
from collections.abc import Iterator

from lxml.etree import _Element

from knowledge.errors import SourceError
from knowledge.limits import Limits
from knowledge.loaders.notes import raised
from knowledge.loaders.numbering import Numbering
from knowledge.loaders.source import Source, Writer
from knowledge.loaders.tables import Cell, table_lines
from knowledge.loaders.xml import attribute, child, children, local, parse_xml
from knowledge.loaders.zips import open_zip, read_member

_DELETED = {"del", "moveFrom"}
# Containers of what is not in the text: properties, comments, drawings' fallbacks, phonetic guides.
_SILENT = {"pPr", "rPr", "instrText", "delText", "delInstrText", "commentReference", "Fallback", "rt", "object"}
_WORDS = {"tab": "\t", "br": "\n", "cr": "\n", "noBreakHyphen": "-", "softHyphen": ""}
_OFF = {"0", "false", "off"}
# The parts with notes: what one of them is called there, where the text refers to it, and what the reader sees of it.
_NOTES = {
    "footnotes": ("footnote", "footnoteReference", "注"),
    "endnotes": ("endnote", "endnoteReference", "尾注"),
}
_MARKS = {reference: mark for _, reference, mark in _NOTES.values()}
# What a body may hold that is no text, and what to do about it.
_UNREAD = (
    (("blip", "imagedata"), "{} pictures were not read: look at them, and add what they say"),
    (("relIds",), "{} diagrams were not read: look at them, and add what they say"),
    (("OLEObject",), "{} embedded files were not read: give them by themselves"),
    (("altChunk",), "{} embedded documents were not read: open the file in Word and save it anew"),
)


def parse(data: bytes, name: str, limits: Limits) -> Source:
    """The text of a Word document.

    Raises:
        SourceError: the file is damaged, encrypted, or no Word document.
    """
    with open_zip(data, name, limits) as archive:
        parts = _Parts(archive, name, limits)
        return _Reader(parts).read()


class _Parts:
    """The XML parts of the package that make the text."""

    def __init__(self, archive: zipfile.ZipFile, name: str, limits: Limits) -> None:
        self.name = name
        self._archive, self._limits = archive, limits
        self._members = {member.filename.lower(): member for member in archive.infolist()}
        main = next((target for kind, target in self._related("_rels/.rels", "") if kind == "officeDocument"), "")
        self._main = main if main.lower() in self._members else "word/document.xml"
        document = self.part(self._main)
        body = child(document, "body")
        if body is None:
            raise SourceError(f"{name}: expected a Word document, got a package without text; save it as .docx again")
        self.body = body
        folder, file = posixpath.split(self._main)
        related = dict(self._related(f"{folder}/_rels/{file}.rels", folder))
        self.numbering = self.part(related.get("numbering", ""))
        self.styles = self.part(related.get("styles", ""))
        self.notes = {kind: self.part(related.get(kind, "")) for kind in _NOTES}

    def part(self, path: str) -> _Element | None:
        """The root of the part at `path`; None where there is none."""
        member = self._members.get(path.lower())
        if member is None:
            return None
        return parse_xml(read_member(self._archive, member, self.name, self._limits), self.name)

    def _related(self, path: str, folder: str) -> Iterator[tuple[str, str]]:
        for entry in children(self.part(path), "Relationship"):
            if attribute(entry, "TargetMode") != "External":
                target = posixpath.normpath(posixpath.join("/", folder, attribute(entry, "Target")))
                yield posixpath.basename(attribute(entry, "Type")), target.lstrip("/")


class _Raised(str):
    """Words that are printed raised."""


class _Reader:
    def __init__(self, parts: _Parts, numbering: Numbering | None = None) -> None:
        self._parts = parts
        self._numbering = numbering or Numbering(parts.numbering, parts.styles)
        self._contents = set(_contents_styles(parts.styles))
        self._raising = {
            attribute(style, "styleId") for style in children(parts.styles, "style") if _raises(child(style, "rPr"))
        }
        self._writer = Writer()
        # The words of a paragraph whose mark was deleted: it goes on in the next one.
        self._open = ""
        self._waiting: list[_Element] = []
        self._has_struck = False

    def read(self) -> Source:
        self._blocks(self._parts.body)
        self._finish()
        for note in self._notes():
            self._writer.break_line()
            self._writer.write(f"{note}\n")
        held = Counter(map(local, _shown(self._parts.body)))
        for kinds, sentence in _UNREAD:
            if count := sum(held[kind] for kind in kinds):
                self._writer.note(sentence.format(count))
        if self._has_struck:
            self._writer.note("struck-out words were left out")
        source = self._writer.source()
        if not source.text.strip():
            reason = "; ".join(source.notes) or "it is empty"
            raise SourceError(f"{self._parts.name}: expected a Word document with text, got one without ({reason})")
        return source

    def _blocks(self, container: _Element) -> None:
        for element in container:
            kind = local(element)
            if kind == "p":
                self._paragraph(element)
            elif kind == "tbl":
                self._finish()
                self._table(element)
            elif kind == "sdt":
                if (content := child(element, "sdtContent")) is not None:
                    self._blocks(content)
            elif kind not in _DELETED and kind not in _SILENT and len(element):
                self._blocks(element)

    def _table(self, table: _Element) -> None:
        """A table as rows; one that only lays out the page, with all in one column or tables in it, as what stands in it."""
        rows = [list(_row_cells(row)) for row in _rows(table) if not _is_deleted_row(row)]
        lays_out = any(_is_divided(inner) for row in rows for cell in row for inner in children(cell, "tbl"))
        if any(len(row) > 1 for row in rows) and not lays_out:
            self._writer.table(table_lines(self._cells(table)))
            return
        for cell in (cell for row in rows for cell in row):
            self._blocks(cell)
            self._finish()

    def _paragraph(self, paragraph: _Element) -> None:
        properties = child(paragraph, "pPr")
        words = self._words(paragraph)
        if _is_merged(properties):
            self._open += words
            self._waiting += _boxes(paragraph)
            return
        words, self._open = self._open + words, ""
        label = self._numbering.label(properties) if words.strip() else ""
        is_contents = attribute(child(properties, "pStyle"), "val") in self._contents
        self._writer.write(f"{label}{words}\n", "contents" if is_contents and words.strip() else None)
        boxes, self._waiting = [*self._waiting, *_boxes(paragraph)], []
        for box in boxes:
            self._blocks(box)

    def _finish(self) -> None:
        words, self._open = self._open, ""
        boxes, self._waiting = self._waiting, []
        if words:
            self._writer.write(f"{words}\n")
        for box in boxes:
            self._blocks(box)

    def _words(self, element: _Element) -> str:
        words = mark = ""
        for piece in self._inline(element):
            if isinstance(piece, _Raised):
                mark += piece
            elif piece:
                words += (raised(mark, words) if mark else "") + piece
                mark = ""
        return words + (raised(mark, words) if mark else "")

    def _inline(self, element: _Element) -> Iterator[str]:
        for part in element:
            kind = local(part)
            if kind == "t":
                words = part.text or ""
                yield _Raised(words) if self._is_raised(element) else words
            elif kind in _WORDS:
                yield "" if attribute(part, "type") in ("page", "column") else _WORDS[kind]
            elif kind == "sym":
                yield _symbol(part)
            elif kind in _MARKS:
                yield f"[{_MARKS[kind]}{attribute(part, 'id')}]"
            elif kind == "txbxContent" or kind in _DELETED or kind in _SILENT or (kind == "r" and _is_hidden(part)):
                continue
            elif kind == "r" and _is_struck(part):
                self._has_struck = True
            else:
                yield from self._inline(part)

    def _is_raised(self, run: _Element) -> bool:
        properties = child(run, "rPr")
        if child(properties, "vertAlign") is not None:
            return _raises(properties)
        return attribute(child(properties, "rStyle"), "val") in self._raising

    def _cells(self, table: _Element) -> Iterator[Cell]:
        """The cells of a table, those that are merged downwards as one."""
        open_at: dict[int, Cell] = {}
        rows = [row for row in _rows(table) if not _is_deleted_row(row)]
        for index, row in enumerate(rows):
            column = _number(child(child(row, "trPr"), "gridBefore"))
            for element in _row_cells(row):
                properties = child(element, "tcPr")
                span = max(1, _number(child(properties, "gridSpan")))
                merge = child(properties, "vMerge")
                above = open_at.get(column)
                if merge is not None and attribute(merge, "val") != "restart" and above:
                    cell = Cell(above.row, column, above.text, index - above.row + 1, above.columns)
                else:
                    if above:
                        yield above
                    cell = Cell(index, column, self._cell_text(element), 1, span)
                open_at[column] = cell
                column += span
            yield from _closed(open_at, index)
        yield from open_at.values()

    def _cell_text(self, cell: _Element) -> str:
        inner = _Reader(self._parts, self._numbering)
        inner._blocks(cell)
        inner._finish()
        self._has_struck = self._has_struck or inner._has_struck
        return inner._writer.source().text

    def _notes(self) -> Iterator[str]:
        for kind, (name, _, mark) in _NOTES.items():
            for note in children(self._parts.notes[kind], name):
                words = " ".join(filter(None, (self._words(part).strip() for part in children(note, "p"))))
                if attribute(note, "type") in ("", "normal") and words:
                    yield f"[{mark}{attribute(note, 'id')}] {words}"


def _closed(open_at: dict[int, Cell], row: int) -> Iterator[Cell]:
    """Takes out the cells that end above the row."""
    for column in [column for column, cell in open_at.items() if cell.row + cell.rows <= row]:
        yield open_at.pop(column)


def _is_divided(table: _Element) -> bool:
    """Whether a table has more than one column."""
    return any(len(list(_row_cells(row))) > 1 for row in _rows(table))


def _rows(table: _Element) -> Iterator[_Element]:
    for element in table:
        if local(element) == "tr":
            yield element
        elif local(element) in ("sdt", "sdtContent", "ins", "customXml"):
            yield from _rows(element)


def _row_cells(row: _Element) -> Iterator[_Element]:
    for element in row:
        if local(element) == "tc":
            yield element
        elif local(element) in ("sdt", "sdtContent", "customXml"):
            yield from _row_cells(element)


def _boxes(paragraph: _Element) -> Iterator[_Element]:
    """The text boxes anchored in a paragraph, each once: a drawing repeats them for older programs."""
    for element in paragraph:
        if local(element) in ("Fallback", *_DELETED):
            continue
        if local(element) == "txbxContent":
            yield element
        else:
            yield from _boxes(element)


def _contents_styles(styles: _Element | None) -> Iterator[str]:
    """Ids of the styles of a table of contents."""
    for style in children(styles, "style"):
        if attribute(child(style, "name"), "val").lower().startswith("toc "):
            yield attribute(style, "styleId")


def _is_on(element: _Element | None) -> bool:
    return element is not None and attribute(element, "val") not in _OFF


def _is_hidden(run: _Element) -> bool:
    properties = child(run, "rPr")
    return _is_on(child(properties, "vanish")) or _is_on(child(properties, "webHidden"))


def _is_struck(run: _Element) -> bool:
    properties = child(run, "rPr")
    return _is_on(child(properties, "strike")) or _is_on(child(properties, "dstrike"))


def _raises(properties: _Element | None) -> bool:
    return attribute(child(properties, "vertAlign"), "val") == "superscript"


def _shown(element: _Element) -> Iterator[_Element]:
    """All below an element but what was deleted and what older programs show instead."""
    for part in element:
        if local(part) not in ("Fallback", *_DELETED):
            yield part
            yield from _shown(part)


def _is_merged(properties: _Element | None) -> bool:
    """Whether the paragraph's mark was deleted, so that it and the next one are one."""
    return any(child(child(properties, "rPr"), name) is not None for name in _DELETED)


def _is_deleted_row(row: _Element) -> bool:
    return child(child(row, "trPr"), "del") is not None


def _number(element: _Element | None) -> int:
    value = attribute(element, "val")
    return int(value) if value.isdecimal() else 0


def _symbol(element: _Element) -> str:
    """A character given by its code; one of a symbol font has no meaning outside of it."""
    try:
        code = int(attribute(element, "char"), 16)
    except ValueError:
        return ""
    return "" if 0xE000 <= code <= 0xF8FF else chr(code)
