from __future__ import annotations

import io

import pytest
from PIL import Image
from reportlab.pdfgen.canvas import Canvas

from knowledge.errors import SourceError
from knowledge.limits import Limits
from knowledge.loaders.confined import draw_confined
from knowledge.loaders.pdf import open_pdf
from knowledge.loaders.pdf_page import read_page
from knowledge.loaders.pdf_picture import draw_page
from tests.knowledge.loaders.makers import pdf, put


def sized(width: float, height: float, rotation: int = 0) -> bytes:
    buffer = io.BytesIO()
    canvas = Canvas(buffer, pagesize=(width, height))
    canvas.setPageRotation(rotation)
    canvas.rect(width * 0.25, height * 0.25, width / 2, height / 2, fill=1)
    canvas.save()
    return buffer.getvalue()


def test_a_page_is_drawn_in_a_process_of_its_own() -> None:
    picture = draw_confined(pdf(lambda canvas: put(canvas, [(2, "第一条")])), "a.pdf", 1, Limits())
    assert Image.open(io.BytesIO(picture.content)).size == (picture.width, picture.height) == (1240, 1754)
    assert [round(side) for side in picture.size] == [595, 842]
    with pytest.raises(SourceError, match="expected a page from 1 to 1, got 2"):
        draw_confined(pdf(lambda canvas: put(canvas, [(2, "第一条")])), "a.pdf", 2, Limits())


@pytest.mark.parametrize(
    ("width", "height", "rotation"), [(14400, 14400, 0), (3, 3, 0), (14400, 4, 0), (595, 842, 90), (842, 1191, 270)]
)
def test_a_picture_is_bounded_whatever_the_page_measures(width: float, height: float, rotation: int) -> None:
    file = sized(width, height, rotation)
    picture = draw_page(file, "a.pdf", 1, Limits())
    assert min(picture.width, picture.height) >= 1
    assert max(picture.width, picture.height) <= 1754
    # As the places of lines have it.
    document = open_pdf(file, "a.pdf")
    shown = read_page(document[0], 1)
    document.close()
    assert picture.size == pytest.approx((shown.width, shown.height), abs=0.5)


def test_a_damaged_file_is_an_error() -> None:
    with pytest.raises(SourceError, match="damaged"):
        draw_page(b"%PDF-1.7 nothing", "a.pdf", 1, Limits())


def test_a_page_that_takes_too_long_is_given_up() -> None:
    with pytest.raises(SourceError, match=r"within 0 seconds|ended abnormally"):
        draw_confined(sized(100, 100), "a.pdf", 1, Limits(seconds=0))
