"""What both command lines need of the terminal."""

from __future__ import annotations

import io
import sys


def utf8_streams() -> None:
    """Make stdout and stderr UTF-8 whatever the locale says; what cannot be encoded is escaped, never a crash."""
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(encoding="utf-8", errors="backslashreplace")
