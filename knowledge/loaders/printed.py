"""What is printed on a page: lines and tables with their boxes, in points from the top left corner of the page."""

from __future__ import annotations

from dataclasses import dataclass

from knowledge.loaders.tables import Cell

Box = tuple[float, float, float, float]
"""Left, top, right, bottom."""
Point = tuple[float, float]


@dataclass(frozen=True, slots=True)
class Line:
    """A printed line and the left and right edge of the column it stands in; `is_half` where there are two."""

    text: str
    box: Box
    size: float
    page: int
    column: Point = (0.0, 0.0)
    is_half: bool = False


@dataclass(frozen=True, slots=True)
class Table:
    """A table: its cells, the boxes of its rows by their number, and where its columns begin."""

    cells: tuple[Cell, ...]
    rows: dict[int, tuple[int, Box]]
    columns: tuple[float, ...]
    page: int


@dataclass(frozen=True, slots=True)
class Page:
    """A page's lines and tables in reading order, its width and height, and how it is filled.

    Boxes, width and height are those of the page turned clockwise by `turn` degrees, so that its text is upright;
    `aside` characters are printed in another direction than it, and not read.
    """

    blocks: tuple[Line | Table, ...]
    width: float
    height: float
    characters: int
    unreadable: int
    is_picture: bool
    turn: int = 0
    aside: int = 0

    @property
    def size(self) -> Point:
        """Width and height of the page as it is shown."""
        return (self.height, self.width) if self.turn in (90, 270) else (self.width, self.height)

    def as_shown(self, box: Box) -> Box:
        """Where a box stands on the page as it is shown."""
        left, top, right, bottom = box
        if self.turn == 90:
            return top, self.width - right, bottom, self.width - left
        if self.turn == 180:
            return self.width - right, self.height - bottom, self.width - left, self.height - top
        if self.turn == 270:
            return self.height - bottom, left, self.height - top, right
        return box
