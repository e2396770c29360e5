"""What a loader makes of a file, and the writer that loaders make it with."""

from __future__ import annotations

from collections.abc import Sequence

from knowledge.model import DroppedSpan, DropReason, Frozen, PageLine, Span, TableRow


class Source(Frozen):
    """The stored text of a document, and what its format says about ranges of it.

    `dropped` are ranges that the format shows to be no part of the document (running heads, menus), `rows` the rows of
    its tables, `lines` where it is printed; each ascending and apart. `notes` are sentences for the maintainer.
    """

    text: str
    dropped: tuple[DroppedSpan, ...] = ()
    rows: tuple[TableRow, ...] = ()
    lines: tuple[PageLine, ...] = ()
    notes: tuple[str, ...] = ()


class Writer:
    """Writes a stored text piece by piece and keeps count of the offsets."""

    def __init__(self) -> None:
        self._parts: list[str] = []
        self._at = 0
        self._dropped: list[DroppedSpan] = []
        self._rows: list[TableRow] = []
        self._lines: list[PageLine] = []
        self._notes: list[str] = []
        self._tables = 0

    @property
    def at(self) -> int:
        """The offset that the next character gets."""
        return self._at

    def write(self, text: str, drop: DropReason | None = None) -> None:
        """Append a text, perhaps as one that is no part of the document."""
        if not text:
            return
        start = self._at
        self._parts.append(text)
        self._at += len(text)
        if drop:
            self.drop(start, self._at, drop)

    def drop(self, start: int, end: int, reason: DropReason) -> None:
        """Mark a range behind the last one marked; one that adjoins it for the same reason continues it."""
        last = self._dropped[-1] if self._dropped else None
        if last and last.end == start and last.reason == reason:
            self._dropped[-1] = DroppedSpan(start=last.start, end=end, reason=reason)
        else:
            self._dropped.append(DroppedSpan(start=start, end=end, reason=reason))

    def break_line(self) -> None:
        """Begin a new line unless one has just begun."""
        if self._parts and not self._parts[-1].endswith("\n"):
            self.write("\n")

    def table(self, lines: Sequence[TableLine], drop: DropReason | None = None) -> list[Span]:
        """Append a table, a line of the stored text for each of its lines, and tell their ranges."""
        self._tables += 1
        spans = []
        for line in lines:
            self.break_line()
            start = self._at
            self.write(line.text, drop)
            spans.append(Span(start, self._at))
            if line.is_row and not drop:
                self._rows.append(TableRow(start=start, end=self._at, table=self._tables, path=line.path))
        self.break_line()
        return spans

    def place(
        self, start: int, end: int, page: int, box: tuple[float, float, float, float], size: tuple[float, float]
    ) -> None:
        """Say where a range is printed; see `PageLine`."""
        self._lines.append(PageLine(start=start, end=end, page=page, box=box, size=size))

    def note(self, sentence: str) -> None:
        """Tell the maintainer something."""
        self._notes.append(sentence)

    def append(self, source: Source, file: str) -> None:
        """Append what the loader of a file inside an archive or a message made of it."""
        base, tables = self._at, self._tables
        self.write(source.text)
        for span in source.dropped:
            self.drop(span.start + base, span.end + base, span.reason)
        for row in source.rows:
            shifted = {"start": row.start + base, "end": row.end + base, "table": row.table + tables}
            self._rows.append(row.model_copy(update=shifted))
            self._tables = max(self._tables, row.table + tables)
        self._lines += [
            line.model_copy(update={"start": line.start + base, "end": line.end + base, "file": file})
            for line in source.lines
        ]
        self._notes += [f"{file}: {note}" for note in source.notes]

    def source(self) -> Source:
        """What was written."""
        return Source(
            text="".join(self._parts),
            dropped=tuple(self._dropped),
            rows=tuple(self._rows),
            lines=tuple(self._lines),
            notes=tuple(self._notes),
        )


class TableLine(Frozen):
    """A table's line in the stored text: a row with its header path, or a caption, a band, a labelled value.

    `row` is the number of the row it comes from.
    """

    text: str
    is_row: bool
    path: tuple[str, ...] = ()
    row: int
