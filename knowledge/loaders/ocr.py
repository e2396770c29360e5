"""Pages that are pictures of text, recognised by RapidOCR, whose models ship in its wheel (extra `ocr`)."""

from __future__ import annotations

import logging
from collections.abc import Iterator, Sequence
from dataclasses import replace
from functools import cache
from statistics import median
from typing import TYPE_CHECKING, Any

import numpy as np

from knowledge.loaders.printed import Line, Page, Table
from knowledge.loaders.unruled import find_tables

if TYPE_CHECKING:
    import pypdfium2 as pdfium
    from rapidocr import RapidOCR

# Pixels a point: 200 dots an inch are what small print of a document needs.
_SCALE = 200 / 72
# A page of more pixels than these is rendered smaller.
_MOST_PIXELS = 12_000_000
_SUREST_NOISE = 0.5
# The heights of boxes around lines of one size differ by up to this factor.
_ABOUT = 1.45


@cache
def _engine() -> RapidOCR:
    from rapidocr import RapidOCR

    logging.getLogger("RapidOCR").setLevel(logging.ERROR)
    return RapidOCR(params={"Global.log_level": "error", "EngineConfig.onnxruntime.intra_op_num_threads": 1})


def recognize(page: pdfium.PdfPage, number: int) -> Page:
    """The lines that are read in the picture of a page, and how many pieces are not; `number` counts from 1."""
    width, height = page.get_size()
    scale = min(_SCALE, (_MOST_PIXELS / max(1.0, width * height)) ** 0.5)
    picture = np.asarray(page.render(scale=scale).to_numpy())
    result: Any = _engine()(picture[:, :, :3])
    boxes, texts, scores = result.boxes, result.txts, result.scores
    lines: list[Line] = []
    unclear = 0
    for corners, text, score in zip(*((), (), ()) if boxes is None else (boxes, texts, scores), strict=True):
        if score < _SUREST_NOISE or not text.strip():
            unclear += 1
            continue
        xs, ys = [float(x) / scale for x, _ in corners], [float(y) / scale for _, y in corners]
        lines.append(Line(text.strip(), (min(xs), min(ys), max(xs), max(ys)), max(ys) - min(ys), number))
    rows = _rows(_of_one_size(lines))
    blocks = tuple(_blocks(rows))
    return Page(blocks, width, height, sum(len(line.text) for line in lines), unclear, True)


def _of_one_size(lines: Sequence[Line]) -> list[Line]:
    """The lines with the usual size where theirs is about that: a box around 元。 is higher than one around a whole line."""
    usual = median(line.size for line in lines) if lines else 0.0
    return [replace(line, size=usual) if usual / _ABOUT < line.size < usual * _ABOUT else line for line in lines]


def _blocks(rows: Sequence[Sequence[Line]]) -> Iterator[Line | Table]:
    """The rows as lines, and as tables where their pieces stand in columns."""
    tables = {index: (span, table) for span, table in find_tables(rows) for index in span}
    plain = [_joined(row) for index, row in enumerate(rows) if index not in tables]
    edges = (min((line.box[0] for line in plain), default=0.0), max((line.box[2] for line in plain), default=0.0))
    for index, row in enumerate(rows):
        if index not in tables:
            yield replace(_joined(row), column=edges)
        elif (found := tables[index])[0].start == index:
            yield found[1]


def _rows(lines: Sequence[Line]) -> list[list[Line]]:
    """The pieces found by rows, from the top, each from the left."""
    rows: list[list[Line]] = []
    for line in sorted(lines, key=lambda line: ((line.box[1] + line.box[3]) / 2, line.box[0])):
        bottom = max((piece.box[3] for piece in rows[-1]), default=0.0) if rows else 0.0
        if rows and (line.box[1] + line.box[3]) / 2 < bottom - 0.3 * line.size:
            rows[-1].append(line)
        else:
            rows.append([line])
    return [sorted(row, key=lambda piece: piece.box[0]) for row in rows]


def _joined(row: Sequence[Line]) -> Line:
    """The pieces of a row as one line."""
    tops, bottoms = [piece.box[1] for piece in row], [piece.box[3] for piece in row]
    box = (row[0].box[0], min(tops), max(piece.box[2] for piece in row), max(bottoms))
    return Line(" ".join(piece.text for piece in row), box, max(piece.size for piece in row), row[0].page)
