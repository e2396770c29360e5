"""Pages that are pictures of text, recognised by RapidOCR, whose models ship in its wheel (extra `ocr`)."""

from __future__ import annotations

import logging
from functools import cache
from typing import TYPE_CHECKING, Any

import numpy as np

from knowledge.loaders.pdf_page import Line, Page

if TYPE_CHECKING:
    import pypdfium2 as pdfium
    from rapidocr import RapidOCR

# Pixels a point: 200 dots an inch are what small print of a document needs.
_SCALE = 200 / 72
# A page of more pixels than these is rendered smaller.
_MOST_PIXELS = 12_000_000
_SUREST_NOISE = 0.5


@cache
def _engine() -> RapidOCR:
    from rapidocr import RapidOCR

    logging.getLogger("RapidOCR").setLevel(logging.ERROR)
    return RapidOCR(params={"Global.log_level": "error", "EngineConfig.onnxruntime.intra_op_num_threads": 1})


def recognize(page: pdfium.PdfPage, number: int) -> Page:
    """The lines that are read in the picture of a page; `number` counts from 1."""
    width, height = page.get_size()
    scale = min(_SCALE, (_MOST_PIXELS / max(1.0, width * height)) ** 0.5)
    picture = np.asarray(page.render(scale=scale).to_numpy())
    result: Any = _engine()(picture[:, :, :3])
    boxes, texts, scores = result.boxes, result.txts, result.scores
    lines: list[Line] = []
    for corners, text, score in zip(*((), (), ()) if boxes is None else (boxes, texts, scores), strict=True):
        if score < _SUREST_NOISE or not text.strip():
            continue
        xs, ys = [float(x) / scale for x, _ in corners], [float(y) / scale for _, y in corners]
        lines.append(Line(text.strip(), (min(xs), min(ys), max(xs), max(ys)), max(ys) - min(ys), number))
    rows = _rows(lines)
    edges = (min((line.box[0] for line in rows), default=0.0), max((line.box[2] for line in rows), default=0.0))
    blocks = tuple(Line(line.text, line.box, line.size, number, edges) for line in rows)
    return Page(blocks, height, sum(len(line.text) for line in blocks), 0, True)


def _rows(lines: list[Line]) -> list[Line]:
    """The pieces found, those that stand side by side as one line, from the top."""
    rows: list[Line] = []
    for line in sorted(lines, key=lambda line: ((line.box[1] + line.box[3]) / 2, line.box[0])):
        last = rows[-1] if rows else None
        if last and (line.box[1] + line.box[3]) / 2 < last.box[3] - 0.3 * last.size:
            left, right = sorted((last, line), key=lambda part: part.box[0])
            box = (left.box[0], min(left.box[1], right.box[1]), right.box[2], max(left.box[3], right.box[3]))
            rows[-1] = Line(f"{left.text} {right.text}", box, max(left.size, right.size), line.page)
        else:
            rows.append(line)
    return rows
