"""One page of a PDF: its characters as printed lines and tables.

All coordinates are points from the top left corner of the page as it is shown.
"""

from __future__ import annotations

import ctypes
import math
import re
from bisect import bisect_right
from collections import Counter, defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import pairwise
from statistics import median

import pypdfium2 as pdfium
import pypdfium2.raw as raw

from knowledge.loaders.notes import raised
from knowledge.loaders.printed import Box, Line, Page, Point, Table
from knowledge.loaders.tables import Cell
from knowledge.loaders.unruled import find_tables
from knowledge.outline import find_markers

_LARGEST_GRID = 20_000
_MOST_STROKES = 5_000
# Points within which two rules are one, and two of them meet.
_SNAP = 2.5
_THIN = 3.0
# A text at another angle is a watermark or a stamp.
_STRAIGHT = 0.1
# Ems between characters: a blank of Latin text, of Chinese text, and what parts two columns.
_LATIN_GAP, _HAN_GAP, _COLUMN_GAP = 0.22, 0.8, 1.5
# Tables without rules are looked for twice: narrow blanks part the cells only where there are many.
_UNRULED = ((0.75, 3), (_COLUMN_GAP, 2))
# Behind the number of an article a narrow blank is one, though programs that set the lines leave it out: 第四条 修订….
_ARTICLE, _ARTICLE_GAP = re.compile(r"第[一二三四五六七八九十百零〇\d]{1,5}[编章节条]"), 0.15
# Nor is a blank of the text one where the characters touch.
_NO_GAP = 0.05
# A character is raised that is smaller than its line by this factor, and ends above it by this share of its height.
_RAISED_SIZE, _RAISED = 0.9, 0.15
# Characters printed twice are this many points apart at most, and this share of their width.
_SHIFTED, _OVERPRINTED = 4.0, 0.45
_FEWEST_COLUMN_LINES = 5
_MOST_CROSSING = 0.3
_FULL_COLUMN = 0.75
# Where the paragraphs are short, this share of the lines ends at the edge of a column that is so many ems wide.
_MARKED_FULL, _MARKED_WIDTH = 0.3, 10.0
# Ems that a full line may leave free in its cell.
_FULL_CELL = 2.2


@dataclass(frozen=True, slots=True)
class Glyph:
    """A printed character; `follows_blank` where the text has a blank in front of it."""

    char: str
    left: float
    top: float
    right: float
    bottom: float
    follows_blank: bool = False

    @property
    def size(self) -> float:
        """Its height, which is about its em."""
        return self.bottom - self.top

    @property
    def middle(self) -> float:
        """Half way between top and bottom."""
        return (self.top + self.bottom) / 2


def read_page(page: pdfium.PdfPage, number: int) -> Page:
    """The lines and tables of a page in reading order; `number` counts from 1."""
    characters, unreadable = _characters(page)
    view, aside = _upright(page, characters)
    glyphs = _glyphs(characters, view)
    count = len(glyphs) + unreadable
    tables = [_Grid(*rules) for rules in _grids(list(_strokes(page, view)))]
    found: list[Table] = []
    for grid in tables:
        inside = [glyph for glyph in glyphs if grid.holds(glyph)]
        if inside:
            glyphs = [glyph for glyph in glyphs if not grid.holds(glyph)]
            found.append(grid.table(inside, number))
    left = list(_rows(glyphs))
    # Side by side, two columns of running text look like a table.
    gutter = _gutter([_segments(row, _COLUMN_GAP) for row in left])
    for gap, fewest in _UNRULED if gutter is None else ():
        pieces = [[_line(segment, number) for segment in _segments(row, gap)] for row in left]
        taken: set[int] = set()
        for span, table in find_tables(pieces, fewest):
            taken |= set(span)
            found.append(table)
        left = [row for index, row in enumerate(left) if index not in taken]
    blocks = _in_order(_lines([_segments(row, _COLUMN_GAP) for row in left], number), found)
    picture = _is_picture(page, view)
    return Page(tuple(blocks), view.width, view.height, count, unreadable, picture, view.turn, aside)


class _View:
    """How the page's own coordinates become those of the page turned clockwise by `rotation` degrees."""

    def __init__(self, page: pdfium.PdfPage, rotation: int) -> None:
        self._left, self._bottom, self._right, self._top = page.get_cropbox()
        self._rotation = rotation
        self.turn = (rotation - page.get_rotation()) % 360
        width, height = self._right - self._left, self._top - self._bottom
        self.width, self.height = (height, width) if self._rotation in (90, 270) else (width, height)

    def point(self, x: float, y: float) -> Point:
        x, y = x - self._left, y - self._bottom
        width, height = self._right - self._left, self._top - self._bottom
        if self._rotation == 90:
            return y, x
        if self._rotation == 180:
            return width - x, y
        if self._rotation == 270:
            return height - y, width - x
        return x, height - y

    def box(self, left: float, bottom: float, right: float, top: float) -> Box:
        (x0, y0), (x1, y1) = self.point(left, bottom), self.point(right, top)
        return min(x0, x1), min(y0, y1), max(x0, x1), max(y0, y1)


# --- characters


@dataclass(frozen=True, slots=True)
class _Character:
    """A character in the page's own coordinates; `angle` is clockwise, in degrees, 0, 90, 180 or 270."""

    char: str
    box: Box
    angle: int
    follows_blank: bool


def _characters(page: pdfium.PdfPage) -> tuple[list[_Character], int]:
    """The printed characters, and how many more have no meaning in Unicode."""
    text = page.get_textpage()
    try:
        return _read_characters(text.raw, text.count_chars())
    finally:
        text.close()


def _upright(page: pdfium.PdfPage, characters: list[_Character]) -> tuple[_View, int]:
    """The page turned so that most of its text is upright, and how many characters are put aside as they are not then.

    Tables too wide for a page are printed sideways on it, with the page number as on every other.
    """
    angles = Counter(character.angle for character in characters)
    shown = page.get_rotation()
    angle, most = max(angles.items(), key=lambda found: found[1], default=(0, 0))
    if 2 * most <= len(characters) or (angle + shown) % 360 == 0:
        return _View(page, shown), 0
    count = len(characters)
    characters[:] = [character for character in characters if character.angle == angle]
    return _View(page, -angle % 360), count - len(characters)


def _glyphs(characters: Sequence[_Character], view: _View) -> list[Glyph]:
    """The characters as they stand in the view, each once where bold text or a shadow is the same text printed twice."""
    found: list[Glyph] = []
    near: defaultdict[tuple[str, int, int], list[Glyph]] = defaultdict(list)
    for character in characters:
        glyph = Glyph(character.char, *view.box(*character.box), follows_blank=character.follows_blank)
        if glyph.size <= 0:
            continue
        column, row = int(glyph.left // _SHIFTED), int(glyph.top // _SHIFTED)
        around = ((glyph.char, column + x, row + y) for x in (-1, 0, 1) for y in (-1, 0, 1))
        if not any(_is_same(other, glyph) for place in around for other in near.get(place, ())):
            near[glyph.char, column, row].append(glyph)
            found.append(glyph)
    return found


def _read_characters(text: raw.FPDF_TEXTPAGE, count: int) -> tuple[list[_Character], int]:
    rectangle = raw.FS_RECTF()
    pointer = ctypes.byref(rectangle)
    found: list[_Character] = []
    unreadable = high = 0
    is_blank = False
    for index in range(count):
        code = raw.FPDFText_GetUnicode(text, index)
        if 0xD800 <= code < 0xDC00:
            high = code
            continue
        if 0xDC00 <= code < 0xE000:
            code = 0x10000 + ((high - 0xD800) << 10) + (code - 0xDC00)
        # pdfium says 2 for the hyphen at the end of a line.
        code = ord("-") if code == 2 else code
        char = chr(code)
        if char.isspace() or code in (0, 0xFEFF, 0x200B):
            unreadable += code == 0
            # pdfium adds blanks of its own where characters stand apart.
            is_blank = is_blank or (char.isspace() and raw.FPDFText_IsGenerated(text, index) == 0)
            continue
        if code == 0xFFFD or 0xE000 <= code < 0xF900 or code < 0x20:
            unreadable += 1
            continue
        if not raw.FPDFText_GetLooseCharBox(text, index, pointer):
            continue
        angle = raw.FPDFText_GetCharAngle(text, index)
        if abs(math.remainder(angle, math.pi / 2)) > _STRAIGHT:
            continue
        box = (rectangle.left, rectangle.bottom, rectangle.right, rectangle.top)
        found.append(_Character(char, box, round(angle / (math.pi / 2)) % 4 * 90, is_blank))
        is_blank = False
    return found, unreadable


def _is_same(one: Glyph, other: Glyph) -> bool:
    """Whether two equal characters stand so near that they are one: no two of a line overlap so far."""
    near = min(_SHIFTED, _OVERPRINTED * min(one.right - one.left, other.right - other.left))
    return abs(one.left - other.left) <= near and abs(one.top - other.top) <= near


# --- lines


def _lines(rows: Sequence[Sequence[Sequence[Glyph]]], page: int) -> list[Line]:
    """The lines of running text in reading order: where it stands in two columns, the left one first."""
    gutter = _gutter(rows)
    if gutter is None:
        return _in_column([_line([g for segment in row for g in segment], page) for row in rows])
    lines: list[Line] = []
    left: list[Line] = []
    right: list[Line] = []
    for row in rows:
        if any(segment[0].left < gutter < segment[-1].right for segment in row):
            lines += [*_in_column(left, True), *_in_column(right, True), _line([g for s in row for g in s], page)]
            left, right = [], []
            continue
        for side, segments in (
            (left, [s for s in row if s[-1].right <= gutter]),
            (right, [s for s in row if s[0].left >= gutter]),
        ):
            if segments:
                side.append(_line([g for s in segments for g in s], page))
    lines += [*_in_column(left, True), *_in_column(right, True)]
    whole = iter(_in_column([line for line in lines if not line.is_half]))
    return [line if line.is_half else next(whole) for line in lines]


def _in_column(lines: list[Line], is_half: bool = False) -> list[Line]:
    if not lines:
        return []
    column = (min(line.box[0] for line in lines), max(line.box[2] for line in lines))
    return [replace(line, column=column, is_half=is_half) for line in lines]


def _rows(glyphs: Sequence[Glyph]) -> Iterator[list[Glyph]]:
    """The characters by rows, from the top, each from the left."""
    row: list[Glyph] = []
    middle = size = 0.0
    for glyph in sorted(glyphs, key=lambda g: g.middle):
        if row and glyph.middle - middle > 0.5 * max(size, min(glyph.size, 2 * size)) * 0.9:
            yield sorted(row, key=lambda g: g.left)
            row = []
        row.append(glyph)
        middle = sum(g.middle for g in row[-40:]) / len(row[-40:])
        size = max(g.size for g in row[-40:])
    if row:
        yield sorted(row, key=lambda g: g.left)


def _segments(row: Sequence[Glyph], gap: float) -> list[list[Glyph]]:
    """A row cut where a blank stands that is wider than `gap` ems."""
    segments = [[row[0]]]
    for before, glyph in pairwise(row):
        if glyph.left - before.right > gap * max(before.size, glyph.size):
            segments.append([])
        segments[-1].append(glyph)
    return segments


def _gutter(rows: Sequence[Sequence[Sequence[Glyph]]]) -> float | None:
    """Where the blank between two columns of running text is; None where the text stands in one.

    Few rows cross it, and on both sides text runs on from line to line: in a table it does not.
    """
    gaps = [(one[-1].right, other[0].left) for row in rows for one, other in pairwise(row)]
    if len(gaps) < _FEWEST_COLUMN_LINES:
        return None
    edges = [glyph for row in rows for segment in row for glyph in (segment[0], segment[-1])]
    left, right = min(g.left for g in edges), max(g.right for g in edges)
    gutter = max(
        ((a + b) / 2 for a, b in gaps),
        key=lambda x: sum(a < x < b for a, b in gaps),
    )
    if not left + 0.3 * (right - left) < gutter < right - 0.3 * (right - left):
        return None
    segments = [segment for row in rows for segment in row]
    crossing = sum(1 for s in segments if s[0].left < gutter < s[-1].right)
    sides = ([s for s in segments if s[-1].right <= gutter], [s for s in segments if s[0].left >= gutter])
    if crossing > _MOST_CROSSING * len(rows) or min(map(len, sides)) < _FEWEST_COLUMN_LINES:
        return None
    return gutter if all(map(_is_running, sides)) else None


def _is_running(lines: Sequence[Sequence[Glyph]]) -> bool:
    """Whether most lines of a column are full, or enough of them where articles or items begin in it."""
    left, right = min(line[0].left for line in lines), max(line[-1].right for line in lines)
    if median(line[-1].right - line[0].left for line in lines) >= _FULL_COLUMN * (right - left):
        return True
    size = median(glyph.size for line in lines for glyph in line)
    full = sum(1 for line in lines if line[-1].right >= right - 1.5 * size)
    if full < _MARKED_FULL * len(lines) or right - left < _MARKED_WIDTH * size:
        return False
    return any(marker.start == 0 for line in lines for marker in find_markers("".join(glyph.char for glyph in line)))


def _line(glyphs: Sequence[Glyph], page: int) -> Line:
    size, bottom = median(g.size for g in glyphs), median(g.bottom for g in glyphs)
    article = _ARTICLE.match("".join(glyph.char for glyph in glyphs[:8]))
    text = mark = ""
    for number, glyph in enumerate(glyphs):
        is_raised = glyph.size < _RAISED_SIZE * size and glyph.bottom < bottom - _RAISED * size
        if mark and not is_raised:
            text, mark = text + raised(mark, text), ""
        behind_article = article is not None and number == article.end()
        text += " " if number and not mark and _are_apart(glyphs[number - 1], glyph, behind_article) else ""
        if is_raised:
            mark += glyph.char
        else:
            text += glyph.char
    text += raised(mark, text) if mark else ""
    box = (
        glyphs[0].left,
        min(g.top for g in glyphs),
        max(g.right for g in glyphs),
        max(g.bottom for g in glyphs),
    )
    return Line(text, box, median(g.size for g in glyphs), page)


def _are_apart(one: Glyph, other: Glyph, behind_article: bool) -> bool:
    """Whether a blank stands between two characters of a line."""
    # The box of 一 may be as flat as its stroke.
    gap = (other.left - one.right) / max(1.0, one.size, other.size)
    if gap > (_NO_GAP if other.follows_blank else _ARTICLE_GAP if behind_article else math.inf):
        return True
    is_latin = one.char < "\u2e80" and other.char < "\u2e80" and (one.char.isalpha() or other.char.isalpha())
    return gap > (_LATIN_GAP if is_latin else _HAN_GAP)


def _in_order(lines: Sequence[Line], tables: Sequence[Table]) -> Iterator[Line | Table]:
    """The lines with the tables among them, each behind the last line above it; in two columns, of its own column."""
    placed: list[Line | Table] = list(lines)
    for table in sorted(tables, key=_top):
        left, right = _sides(table)
        beside = [i for i, block in enumerate(placed) if isinstance(block, Line) and block.is_half]
        own = [i for i in beside if _sides(placed[i])[0] < right and left < _sides(placed[i])[1]]
        # One that is as wide as both columns stands in none.
        reach = own if own and len(own) < len(beside) else range(len(placed))
        above = [i for i in reach if _top(placed[i]) < _top(table)]
        at = above[-1] + 1 if above else reach[0] if reach else 0
        while at < len(placed) and isinstance(placed[at], Table) and _top(placed[at]) < _top(table):
            at += 1
        placed.insert(at, table)
    yield from placed


def _sides(block: Line | Table) -> Point:
    if isinstance(block, Line):
        return block.column
    boxes = [box for _, box in block.rows.values()]
    return min((box[0] for box in boxes), default=0.0), max((box[2] for box in boxes), default=0.0)


def _top(block: Line | Table) -> float:
    if isinstance(block, Line):
        return block.box[1]
    return min((box[1] for _, box in block.rows.values()), default=0.0)


# --- ruled tables


@dataclass(frozen=True, slots=True)
class _Stroke:
    """A straight rule: at `at` across the axis, from `start` to `end` along it."""

    is_vertical: bool
    at: float
    start: float
    end: float


def _strokes(page: pdfium.PdfPage, view: _View) -> Iterator[_Stroke]:
    count = 0
    for item in page.get_objects(filter=[raw.FPDF_PAGEOBJ_PATH], max_depth=1):
        fill, stroked = ctypes.c_int(), ctypes.c_int()
        raw.FPDFPath_GetDrawMode(item.raw, ctypes.byref(fill), ctypes.byref(stroked))
        if not (fill.value or stroked.value):
            continue
        box = view.box(*item.get_bounds())
        if min(box[2] - box[0], box[3] - box[1]) <= _THIN:
            ends: Iterator[tuple[Point, Point]] = iter([((box[0], box[1]), (box[2], box[3]))])
        elif stroked.value:
            ends = _edges(item, view)
        else:
            continue
        for one, other in ends:
            count += 1
            if count > _MOST_STROKES:
                return
            if stroke := _straight(one, other):
                yield stroke


def _edges(item: pdfium.PdfObject, view: _View) -> Iterator[tuple[Point, Point]]:
    """The straight segments of a path."""
    matrix = item.get_matrix()
    first = last = (0.0, 0.0)
    x, y = ctypes.c_float(), ctypes.c_float()
    for index in range(raw.FPDFPath_CountSegments(item.raw)):
        segment = raw.FPDFPath_GetPathSegment(item.raw, index)
        raw.FPDFPathSegment_GetPoint(segment, ctypes.byref(x), ctypes.byref(y))
        point = view.point(*matrix.on_point(x.value, y.value))
        kind = raw.FPDFPathSegment_GetType(segment)
        if kind == raw.FPDF_SEGMENT_MOVETO:
            first = point
        elif kind == raw.FPDF_SEGMENT_LINETO:
            yield last, point
        last = point
        if raw.FPDFPathSegment_GetClose(segment):
            yield last, first


def _straight(one: Point, other: Point) -> _Stroke | None:
    (x0, y0), (x1, y1) = one, other
    width, height = abs(x1 - x0), abs(y1 - y0)
    if height <= _THIN and width > 2 * _THIN:
        return _Stroke(False, (y0 + y1) / 2, min(x0, x1), max(x0, x1))
    if width <= _THIN and height > 2 * _THIN:
        return _Stroke(True, (x0 + x1) / 2, min(y0, y1), max(y0, y1))
    return None


def _grids(strokes: Sequence[_Stroke]) -> Iterator[tuple[list[_Stroke], list[float], list[float]]]:
    """The groups of rules that meet, with the columns and rows they part, where they part any."""
    groups: list[list[_Stroke]] = []
    for stroke in strokes:
        met = [group for group in groups if any(_meet(stroke, other) for other in group)]
        joined = [stroke, *(other for group in met for other in group)]
        groups = [group for group in groups if not any(group is other for other in met)]
        groups.append(joined)
    for group in groups:
        xs = _levels(s.at for s in group if s.is_vertical)
        ys = _levels(s.at for s in group if not s.is_vertical)
        if len(xs) >= 2 and len(ys) >= 2 and len(xs) + len(ys) > 4 and len(xs) * len(ys) <= _LARGEST_GRID:
            yield group, xs, ys


def _meet(one: _Stroke, other: _Stroke) -> bool:
    if one.is_vertical == other.is_vertical:
        is_near = abs(one.at - other.at) <= _SNAP
        return is_near and one.start <= other.end + _SNAP and other.start <= one.end + _SNAP
    return one.start - _SNAP <= other.at <= one.end + _SNAP and other.start - _SNAP <= one.at <= other.end + _SNAP


def _levels(values: Iterator[float]) -> list[float]:
    levels: list[float] = []
    for value in sorted(values):
        if not levels or value - levels[-1] > 2 * _SNAP:
            levels.append(value)
    return levels


class _Grid:
    """A ruled table: elementary cells, joined where no rule stands between them."""

    def __init__(self, strokes: Sequence[_Stroke], xs: list[float], ys: list[float]) -> None:
        self._xs, self._ys = xs, ys
        self._rules: defaultdict[tuple[bool, int], list[_Stroke]] = defaultdict(list)
        for stroke in strokes:
            levels = xs if stroke.is_vertical else ys
            nearest = min(range(len(levels)), key=lambda i: abs(levels[i] - stroke.at))
            self._rules[stroke.is_vertical, nearest].append(stroke)
        self._owner = {(row, column): (row, column) for row in range(len(ys) - 1) for column in range(len(xs) - 1)}
        for row, column in list(self._owner):
            if column + 2 < len(xs) and not self._parts(True, column + 1, (ys[row] + ys[row + 1]) / 2):
                self._join((row, column), (row, column + 1))
            if row + 2 < len(ys) and not self._parts(False, row + 1, (xs[column] + xs[column + 1]) / 2):
                self._join((row, column), (row + 1, column))

    def holds(self, glyph: Glyph) -> bool:
        """Whether the character stands in the table."""
        return (
            self._xs[0] <= (glyph.left + glyph.right) / 2 <= self._xs[-1]
            and self._ys[0] <= glyph.middle <= self._ys[-1]
        )

    def table(self, glyphs: Sequence[Glyph], page: int) -> Table:
        """The table with these characters in it."""
        inside: defaultdict[tuple[int, int], list[Glyph]] = defaultdict(list)
        for glyph in glyphs:
            row = min(bisect_right(self._ys, glyph.middle), len(self._ys) - 1) - 1
            column = min(bisect_right(self._xs, (glyph.left + glyph.right) / 2), len(self._xs) - 1) - 1
            inside[self._root((max(row, 0), max(column, 0)))].append(glyph)
        members: defaultdict[tuple[int, int], list[tuple[int, int]]] = defaultdict(list)
        for place in self._owner:
            members[self._root(place)].append(place)
        cells = []
        for root, own in inside.items():
            rows, columns = [r for r, _ in members[root]], [c for _, c in members[root]]
            top, left = min(rows), min(columns)
            text = _unwrapped([_line(row, page) for row in _rows(own)], self._xs[max(columns) + 1])
            cells.append(Cell(top, left, text, max(rows) - top + 1, max(columns) - left + 1))
        boxes = {
            row: (page, (self._xs[0], self._ys[row], self._xs[-1], self._ys[row + 1]))
            for row in range(len(self._ys) - 1)
        }
        return Table(tuple(cells), boxes, tuple(self._xs), page)

    def _parts(self, is_vertical: bool, level: int, at: float) -> bool:
        return any(s.start - _SNAP <= at <= s.end + _SNAP for s in self._rules[is_vertical, level])

    def _root(self, place: tuple[int, int]) -> tuple[int, int]:
        while self._owner[place] != place:
            place = self._owner[place]
        return place

    def _join(self, one: tuple[int, int], other: tuple[int, int]) -> None:
        one, other = self._root(one), self._root(other)
        self._owner[max(one, other)] = min(one, other)


def _unwrapped(lines: Sequence[Line], right: float) -> str:
    """The words of a cell that ends at `right`: a line that fills it goes on in the next one."""
    text = lines[0].text
    for line, following in pairwise(lines):
        is_full = line.box[2] > right - _FULL_CELL * line.size
        is_han = line.text[-1] >= "\u2e80" or following.text[0] >= "\u2e80"
        text += ("" if is_full and is_han else " ") + following.text
    return text


def _is_picture(page: pdfium.PdfPage, view: _View) -> bool:
    """Whether pictures cover half of the page."""
    covered = 0.0
    for item in page.get_objects(filter=[raw.FPDF_PAGEOBJ_IMAGE], max_depth=3):
        left, top, right, bottom = view.box(*item.get_bounds())
        width = min(right, view.width) - max(left, 0.0)
        covered += max(0.0, width) * max(0.0, min(bottom, view.height) - max(top, 0.0))
    return bool(covered >= 0.5 * view.width * view.height)
