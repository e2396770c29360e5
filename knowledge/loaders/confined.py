"""Parsing and drawing in a process of its own, with a ceiling on time and memory: a hostile file harms nothing but itself.

The process gets a line of JSON (format or page, name, limits) and the file's bytes on stdin, and answers with a line of JSON
(`worker.py`).
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Mapping
from typing import Any

from knowledge.errors import ScanError, SourceError
from knowledge.limits import Limits
from knowledge.loaders.formats import Format
from knowledge.loaders.pdf_picture import Picture
from knowledge.loaders.source import Source
from knowledge.settings import PACKAGE

# What a parser may need of the environment; nothing in it is secret.
_PASSED = ("PATH", "LANG", "LC_ALL", "SYSTEMROOT", "TMPDIR", "TEMP", "VIRTUAL_ENV")


def parse_confined(form: Format, data: bytes, name: str, limits: Limits) -> Source:
    """What `parse_as` gives, from a process of its own.

    Raises:
        ScanError: pages are pictures, and `limits.recognize` is off.
        SourceError: the file is at fault, or reading it went over the limits.
    """
    return Source.model_validate(_asked({"form": form}, data, name, limits)["source"])


def draw_confined(data: bytes, name: str, page: int, limits: Limits) -> Picture:
    """What `draw_page` gives, from a process of its own.

    Raises:
        SourceError: the file is at fault, has no such page, or drawing it went over the limits.
    """
    return Picture.model_validate_json(_asked({"page": page}, data, name, limits)["picture"])


def _asked(what: Mapping[str, str | int], data: bytes, name: str, limits: Limits) -> dict[str, Any]:
    """The reply of the process."""
    request = json.dumps({**what, "name": name, "limits": limits.model_dump()}).encode("utf-8")
    environment = {key: os.environ[key] for key in _PASSED if key in os.environ}
    environment |= {"PYTHONPATH": os.pathsep.join([str(PACKAGE.parent), *sys.path]), "PYTHONUTF8": "1"}
    environment |= {"OMP_NUM_THREADS": "1", "OPENBLAS_NUM_THREADS": "1"}
    try:
        done = subprocess.run(
            [sys.executable, "-P", "-W", "ignore", "-m", "knowledge.loaders.worker"],
            input=request + b"\n" + data,
            capture_output=True,
            timeout=limits.seconds,
            env=environment,
            check=False,
        )
    except subprocess.TimeoutExpired:
        raise SourceError(_too_slow(name, limits)) from None
    try:
        reply: dict[str, Any] = json.loads(done.stdout)
    except ValueError:
        raise SourceError(_died(name, limits, done.returncode)) from None
    if "error" in reply:
        raise (ScanError if reply.get("is_scan") else SourceError)(reply["error"])
    return reply


def _too_slow(name: str, limits: Limits) -> str:
    return f"{name}: expected to read it within {limits.seconds} seconds, it takes longer; split the file, or raise BZT_SECONDS"


def _died(name: str, limits: Limits, code: int) -> str:
    return (
        f"{name}: expected a file that can be read, its parser ended abnormally (code {code}); the file is damaged, or "
        f"needs more than {limits.memory_megabytes} MB: save it anew, or raise BZT_MEMORY_MEGABYTES"
    )
