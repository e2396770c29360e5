from __future__ import annotations

from collections.abc import Sequence
from types import SimpleNamespace

import pytest
from PIL import Image
from reportlab.lib.utils import ImageReader
from reportlab.pdfgen.canvas import Canvas

from knowledge.limits import Limits
from knowledge.loaders import ocr
from knowledge.loaders.pdf import parse
from knowledge.loaders.source import Source
from tests.knowledge.loaders import makers

Piece = tuple[str, tuple[float, float, float, float], float]


def recognised(monkeypatch: pytest.MonkeyPatch, pieces: Sequence[Piece]) -> Source:
    """A scanned page on which these pieces are found: words, box in points, certainty."""
    scale = 200 / 72
    boxes = [
        [(x0 * scale, y0 * scale), (x1 * scale, y0 * scale), (x1 * scale, y1 * scale), (x0 * scale, y1 * scale)]
        for _, (x0, y0, x1, y1), _ in pieces
    ]
    result = SimpleNamespace(boxes=boxes, txts=[text for text, _, _ in pieces], scores=[score for *_, score in pieces])
    monkeypatch.setattr(ocr, "_engine", lambda: lambda _picture: result)

    def scan(canvas: Canvas) -> None:
        canvas.drawImage(ImageReader(Image.new("L", (60, 80), 200)), 0, 0, makers.WIDTH, makers.HEIGHT)

    return parse(makers.pdf(scan), "s.pdf", Limits(recognize=True))


LINE = "第八条 同一单位同一年度获得的资助总额不超过200万"


def test_the_end_of_a_sentence_is_of_it_however_high_its_box(monkeypatch: pytest.MonkeyPatch) -> None:
    pieces = [
        ("本办法自发布之日起施行，由主管部门负责解释和修订。", (84, 100, 507, 117), 0.9),
        (LINE, (116, 128, 507, 145), 0.9),
        ("元。", (83, 152, 111, 175), 0.9),
    ]
    assert recognised(monkeypatch, pieces).text.splitlines()[1] == f"{LINE}元。"


def test_what_is_too_unclear_is_left_out_and_said(monkeypatch: pytest.MonkeyPatch) -> None:
    source = recognised(monkeypatch, [(LINE, (84, 100, 507, 117), 0.9), ("8O0万元", (84, 130, 200, 147), 0.3)])
    assert source.text.strip() == LINE
    assert ["compare every figure" in note or "too unclear" in note for note in source.notes] == [True, True]
