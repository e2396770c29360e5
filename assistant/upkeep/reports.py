"""Reports of evaluations that a data directory keeps: what was held against what, how it came out, and the page to read."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

# As `eval.candidate` names them: the moment, then the two releases.
_NAME = re.compile(r"(\d{8}T\d{12})-([0-9a-z-]+)-([0-9a-z]+)\.html")
LAST = "last"

PageOfRun = Callable[[Path], str]
"""The page of a run of the known answers, from the file of the run."""


@dataclass(frozen=True)
class Report:
    """One report.

    Attributes:
        name: by which it is opened.
        at: when it was made.
        base, new: the two releases; of a run of one release `base` is empty.
        passed: what the gate said; None where it was not asked.
        counts: how many cases came out how.
    """

    name: str
    at: datetime
    base: str
    new: str
    passed: bool | None
    counts: tuple[tuple[str, int], ...] = ()


class Reports:
    """The reports of one data directory.

    Args:
        data: the data directory.
        page_of_run: makes the page of the last run; without it only comparisons are listed.
    """

    def __init__(self, data: Path, page_of_run: PageOfRun | None = None) -> None:
        self._folder = data / "eval" / "reports"
        self._last = data / "eval" / "last.json"
        self._page_of_run = page_of_run

    def list(self) -> list[Report]:
        """Every report, the newest first."""
        found = [self._comparison(path) for path in self._folder.glob("*.html") if _NAME.fullmatch(path.name)]
        if self._page_of_run is not None and (last := self._run()) is not None:
            found.append(last)
        return sorted(found, key=lambda report: report.at, reverse=True)

    def page(self, name: str) -> str | None:
        """The page of a report; None where there is none of that name, or its run cannot be read any more."""
        if name == LAST:
            return self._page_of_run(self._last) if self._page_of_run and self._last.is_file() else None
        path = self._folder / name
        return path.read_text(encoding="utf-8") if _NAME.fullmatch(name) and path.is_file() else None

    def _comparison(self, path: Path) -> Report:
        at, base, new = _NAME.fullmatch(path.name).groups()  # type: ignore[union-attr]  # the caller has matched it
        content = _read(path.with_suffix(".json"))
        counts = tuple((str(key), int(value)) for key, value in content.get("counts", {}).items() if value)
        moment = datetime.strptime(at, "%Y%m%dT%H%M%S%f").replace(tzinfo=UTC)
        return Report(path.name, moment, base, new, content.get("passed"), counts)

    def _run(self) -> Report | None:
        content = _read(self._last)
        try:
            at = datetime.fromisoformat(str(content["started"]))
            right = sum(not (record["contract_faults"] or record["case_faults"]) for record in content["records"])
            counts = (("right", right), ("wrong", len(content["records"]) - right))
            return Report(LAST, at, "", str(content["release"]), None, counts)
        except (KeyError, TypeError, ValueError):
            return None


def _read(path: Path) -> dict[str, Any]:
    try:
        content = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return {}
    return content if isinstance(content, dict) else {}
