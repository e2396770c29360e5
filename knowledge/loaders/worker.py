"""The process that one file is parsed or drawn in; see `confined.py`. Run as `python -m knowledge.loaders.worker`."""

from __future__ import annotations

import json
import os
import sys

from knowledge.errors import ScanError, SourceError
from knowledge.limits import MEGABYTE, Limits
from knowledge.loaders.formats import Format, damaged, parse_as
from knowledge.loaders.pdf_picture import draw_page

# Pages are nested deeper than Python's own ceiling of calls.
_DEEPEST_CALL = 10_000


def _confine(limits: Limits) -> None:
    """Put the ceilings on this process, where the system has them."""
    sys.setrecursionlimit(_DEEPEST_CALL)
    try:
        import resource
    except ImportError:  # Windows: the time alone is limited
        return
    most = limits.memory_megabytes * MEGABYTE
    resource.setrlimit(resource.RLIMIT_AS, (most, most))
    resource.setrlimit(resource.RLIMIT_CPU, (limits.seconds, limits.seconds + 1))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))


def _answer(request: dict[str, object], data: bytes) -> dict[str, object]:
    limits, name = Limits.model_validate(request["limits"]), str(request["name"])
    _confine(limits)
    try:
        if "page" in request:
            return {"picture": draw_page(data, name, int(str(request["page"])), limits).model_dump_json()}
        form: Format = request["form"]  # type: ignore[assignment]  # written by parse_confined
        return {"source": parse_as(form, data, name, limits).model_dump(mode="json")}
    except ScanError as error:
        return {"error": str(error), "is_scan": True}
    except SourceError as error:
        return {"error": str(error)}
    except MemoryError:
        return {"error": _too_big(name, limits)}
    except Exception as error:  # parsers of damaged files raise anything
        return {"error": damaged(name, error)}


def _too_big(name: str, limits: Limits) -> str:
    return (
        f"{name}: expected to read it within {limits.memory_megabytes} MB of memory, it takes more; split the file, or "
        "raise BZT_MEMORY_MEGABYTES"
    )


def main() -> None:
    """Answer one request on stdin."""
    # What libraries print must not mix with the answer.
    answer = os.dup(sys.stdout.fileno())
    os.dup2(sys.stderr.fileno(), sys.stdout.fileno())
    request = json.loads(sys.stdin.buffer.readline())
    reply = json.dumps(_answer(request, sys.stdin.buffer.read()))
    with os.fdopen(answer, "w", encoding="utf-8") as file:
        file.write(reply)


if __name__ == "__main__":
    main()
