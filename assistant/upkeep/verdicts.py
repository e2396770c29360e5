"""What was judged: the verdict on a candidate, kept until it is published, and only for exactly what it is about."""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from pydantic import ValidationError

from knowledge.datadir import DataDirectory
from knowledge.files import replace_file
from knowledge.life import Gate, Judged, Verdict, seal
from knowledge.model import Frozen

# Verdicts that are kept, the last ones.
_KEPT = 20


class KeptVerdict(Frozen):
    """A verdict with what it is about: two releases and the digest of the candidate; who had it made, and when."""

    base: str
    candidate: str
    seal: str
    passed: bool
    summary: str
    report: Mapping[str, Any]
    by: str
    at: str


class Verdicts:
    """The verdicts of one data directory."""

    def __init__(self, data: DataDirectory) -> None:
        self._data = data
        self._folder = data.path / "upkeep" / "verdicts"

    def keep(self, judged: Judged, verdict: Verdict, *, by: str) -> KeptVerdict:
        """Write a verdict down."""
        kept = KeptVerdict(
            base=judged.base,
            candidate=judged.candidate,
            seal=judged.seal,
            passed=verdict.passed,
            summary=verdict.summary,
            report=verdict.report,
            by=by,
            at=datetime.now(UTC).isoformat(timespec="seconds"),
        )
        self._folder.mkdir(parents=True, exist_ok=True)
        content = json.dumps(kept.model_dump(mode="json"), ensure_ascii=False, default=str)
        replace_file(self._file(judged.base, judged.candidate), content.encode())
        for old in sorted(self._folder.glob("*.json"), key=lambda path: path.stat().st_mtime_ns)[:-_KEPT]:
            old.unlink(missing_ok=True)
        return kept

    def of(self, base: str, candidate: str) -> KeptVerdict | None:
        """The verdict on a candidate as it is now; None where it was not judged, or is another by now."""
        try:
            kept = KeptVerdict.model_validate_json(self._file(base, candidate).read_bytes())
            return kept if kept.seal == seal(self._data, candidate) else None
        except (OSError, ValidationError):
            return None

    def gate(self) -> Gate:
        """A gate that gives the verdict that was kept, and lets nothing through that has none."""

        def given(_data: DataDirectory, base: str, candidate: str) -> Verdict:
            kept = self.of(base, candidate)
            if kept is None:
                return Verdict(False, "the candidate was not evaluated: run the evaluation, then publish", {})
            return Verdict(kept.passed, kept.summary, dict(kept.report))

        return given

    def _file(self, base: str, candidate: str) -> Path:
        return self._folder / f"{base}-{candidate}.json"
