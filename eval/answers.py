"""Known answers of a release: asked now, or kept from when the same code asked the same cases of it."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Sequence
from contextlib import suppress
from pathlib import Path

from assistant.settings import Settings
from eval.dataset import Case, fingerprint
from eval.examine import settings_of
from eval.runner import ASKED_AT, Opener, open_assistant, run_cases
from eval.snapshot import Snapshot, read_snapshot, snapshot, write_snapshot
from knowledge.errors import DataFileError
from knowledge.progress import Progress

_ROOT = Path(__file__).resolve().parent.parent
# What an answer and its score are made by.
_CODE = ("assistant/**/*.py", "knowledge/**/*.py", "knowledge/*.yaml", "prompts/*.yaml", "eval/*.py", "constraints.txt")
# Snapshots that are kept, the last ones used.
_KEPT = 8


def known_answers(
    cases: Sequence[Case],
    settings: Settings,
    release_id: str,
    *,
    progress: Progress | None = None,
    opener: Opener = open_assistant,
) -> Snapshot:
    """How the cases come out on a release; kept in the data directory, so that a second look costs nothing.

    Args:
        cases: what is asked.
        settings: where the release is, and the thresholds.
        release_id: a release of the data directory.
        progress: told how many cases are done.
        opener: opens the assistant in a worker.

    Raises:
        BiaozhuntongError: the release cannot be opened.
    """
    folder = settings.data / "eval" / "runs"
    path = folder / f"{release_id}-{_key(cases, settings, opener)}.json"
    with suppress(DataFileError):
        kept = read_snapshot(path)
        path.touch()
        return kept
    run = run_cases(cases, settings, release_id, progress=progress, opener=opener)
    made = snapshot(run)
    # A case that got no answer may have been ended from outside: it is asked again next time.
    if all(record.answer.answer for record in run.records):
        write_snapshot(made, path)
        _forget(folder)
    return made


def code_fingerprint() -> str:
    """A digest of everything outside a release that an answer and its score are made by, versions included."""
    digest = hashlib.sha256()
    for pattern in _CODE:
        for path in sorted(_ROOT.glob(pattern)):
            digest.update(path.relative_to(_ROOT).as_posix().encode() + b"\0" + path.read_bytes() + b"\0")
    return digest.hexdigest()[:12]


def _key(cases: Sequence[Case], settings: Settings, opener: Opener) -> str:
    parts = (
        code_fingerprint(),
        fingerprint(cases),
        ASKED_AT.isoformat(),
        f"{opener.__module__}.{opener.__qualname__}",
        json.dumps(settings_of(settings), sort_keys=True),
    )
    return hashlib.sha256("\0".join(parts).encode()).hexdigest()[:12]


def _forget(folder: Path) -> None:
    for old in sorted(folder.glob("*.json"), key=lambda path: path.stat().st_mtime_ns, reverse=True)[_KEPT:]:
        old.unlink(missing_ok=True)
