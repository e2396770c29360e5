"""What all Word documents share that are given out."""

from __future__ import annotations

import re
from io import BytesIO
from typing import Final

from docx.document import Document

DOCX_TYPE: Final = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"
NOT_XML: Final = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]")
"""What XML cannot hold; Word would not open the file."""


def docx_bytes(document: Document) -> bytes:
    """The document as a file (.docx)."""
    held = BytesIO()
    document.save(held)
    return held.getvalue()
