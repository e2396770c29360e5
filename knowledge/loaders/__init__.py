"""Readers of policy documents: one file a format, each with `parse(data, name, limits) -> Source`.

The text that a loader returns is the stored text that every offset points into. Plain text is decoded and otherwise as it
is; of every other format the text is what the file shows, in its order, and what the format shows to be no part of the
document (menus, running heads) is marked, not left out.
"""

from __future__ import annotations

import os
from functools import lru_cache
from importlib.util import find_spec
from pathlib import Path

from knowledge.errors import LimitError, ScanError, SourceError
from knowledge.limits import MEGABYTE, Limits
from knowledge.loaders import text
from knowledge.loaders.confined import parse_confined
from knowledge.loaders.formats import CONTAINERS, ENDINGS, check_format
from knowledge.loaders.source import Source
from knowledge.settings import KnowledgeSettings

LOADERS = ENDINGS
"""The formats by the endings of their files' names."""

__all__ = ["LOADERS", "Limits", "ScanError", "Source", "load", "read"]


def load(path: Path) -> str:
    """The stored text of the document at `path`; see `read`."""
    return read(path).text


def read(path: Path, limits: Limits | None = None) -> Source:
    """The document at `path`, read by the loader of its file name's ending.

    Everything but plain text is parsed in a process of its own, within the limits of time and memory.

    Args:
        path: the file.
        limits: what reading may cost; by default what the settings say.

    Raises:
        SourceError: the file is missing, empty, encrypted, damaged, not what its name says, over a limit, or a scan that
            cannot be recognised here.
    """
    limits = limits or _settings(_environment()).limits()
    name = str(path)
    data = _bytes(path, limits)
    form = check_format(data, name)
    if form == "text":
        return text.parse(data, name, limits)
    try:
        return parse_confined(form, data, name, limits)
    except ScanError:
        if find_spec("rapidocr") is not None:
            limits = limits.model_copy(update=_settings(_environment()).recognition())
        elif form in CONTAINERS:
            limits = limits.model_copy(update={"leave_out_scans": True})
        else:
            raise
    return parse_confined(form, data, name, limits)


def _environment() -> tuple[tuple[str, str], ...]:
    return tuple((key, value) for key, value in os.environ.items() if key.startswith("BZT_"))


@lru_cache(maxsize=4)
def _settings(_environment: tuple[tuple[str, str], ...]) -> KnowledgeSettings:
    """The settings, read anew only where the environment has changed: reading them takes as long as a short text."""
    return KnowledgeSettings()


def _bytes(path: Path, limits: Limits) -> bytes:
    try:
        size = path.stat().st_size
        if size > limits.file_megabytes * MEGABYTE:
            raise LimitError(
                f"{path}: expected at most {limits.file_megabytes} MB, got {size // MEGABYTE} MB; split the file, or "
                "raise BZT_FILE_MEGABYTES"
            )
        return path.read_bytes()
    except OSError as error:
        reason = error.strerror or type(error).__name__
        raise SourceError(f"{path}: expected a readable document, got an error from the system ({reason})") from error
