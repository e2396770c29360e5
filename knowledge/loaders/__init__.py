"""Readers of policy documents: one file a format, each with `load(path) -> str`.

A loader decodes and changes nothing: the text it returns is the stored text that every offset points into.
"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from knowledge.errors import SourceError
from knowledge.loaders import text

LOADERS: dict[str, Callable[[Path], str]] = {".txt": text.load}


def load(path: Path) -> str:
    """The stored text of the document at `path`, read by the loader of its file name's ending.

    Raises:
        SourceError: the ending is unknown, or the file cannot be read as text.
    """
    loader = LOADERS.get(path.suffix.lower())
    if loader is None:
        known = ", ".join(f"`{ending}`" for ending in sorted(LOADERS))
        raise SourceError(f"{path}: expected a file that ends in {known}, got `{path.suffix}`; convert it first")
    return loader(path)
