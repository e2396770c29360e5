"""A page of a PDF as a picture, as it is printed."""

from __future__ import annotations

import io
import math
from typing import Literal

import pypdfium2 as pdfium
from pydantic import ConfigDict

from knowledge.errors import SourceError
from knowledge.limits import Limits
from knowledge.loaders.pdf import open_pdf
from knowledge.model import Frozen

# An A4 page at 150 dots an inch, which can be read at twice the width of a panel.
_LONGEST_SIDE = 1754
_MOST_SCALED = 150 / 72
_QUALITY = 82


class Picture(Frozen):
    """A page as a picture. `size` is the page's width and height in points; `width` and `height` are in pixels."""

    model_config = ConfigDict(ser_json_bytes="base64", val_json_bytes="base64")

    media_type: Literal["image/webp"] = "image/webp"
    content: bytes
    width: int
    height: int
    size: tuple[float, float]


def draw_page(data: bytes, name: str, number: int, limits: Limits) -> Picture:
    """Page `number` of a PDF, counted from 1, at most 1754 pixels wide or high.

    Raises:
        SourceError: the file is damaged, encrypted, has too many pages, or no such page.
    """
    document = open_pdf(data, name)
    try:
        count = len(document)
        if not 1 <= number <= min(count, limits.pages):
            raise SourceError(f"{name}: expected a page from 1 to {min(count, limits.pages)}, got {number}")
        return _drawn(document[number - 1], name)
    finally:
        document.close()


def _drawn(page: pdfium.PdfPage, name: str) -> Picture:
    width, height = page.get_size()
    if not (math.isfinite(width) and math.isfinite(height) and min(width, height) > 0):
        raise SourceError(f"{name}: expected a page with a width and a height, got {width} x {height} points")
    image = page.render(scale=min(_MOST_SCALED, (_LONGEST_SIDE - 1) / max(width, height))).to_pil()
    held = io.BytesIO()
    image.convert("RGB").save(held, "WEBP", quality=_QUALITY)
    return Picture(content=held.getvalue(), width=image.width, height=image.height, size=(width, height))
