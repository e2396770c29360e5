"""The data directory: where releases live, which one answers, who may write, and what was done to it.

models/                 embedding models
releases/ID/            one release, never changed after it was built
live                    the id of the release that answers; replaced in one step
staged/                 the working copy of a change that is not published yet
verdicts/ID.json        what the gate said of a release, in full
pinned                  releases that are kept whatever their age, one id a line
audit.jsonl             what was done to the releases, by whom, when and why
writer.lock, .writer    one writer at a time, and who that is
"""

from __future__ import annotations

import json
import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from datetime import UTC, datetime
from logging import getLogger
from pathlib import Path
from typing import Any

from filelock import FileLock, Timeout

from knowledge.audit import Action, AuditLog, Entry, effective, open_intent, os_user, trail
from knowledge.errors import CorruptRelease, NoRelease, ReleaseError
from knowledge.files import REMOVING, WRITING, replace_file

REBUILD = "run `python -m knowledge build` to make a new one"
BUILDING, STAGING = ".building-", ".staging-"
RELEASE_MANIFEST = "manifest.json"
_log = getLogger(__name__)


@dataclass(frozen=True)
class DataDirectory:
    """The place where releases live. Two data directories never touch each other."""

    path: Path

    @property
    def releases(self) -> Path:
        """The folder of all releases."""
        return self.path / "releases"

    @property
    def live_file(self) -> Path:
        """The file that names the live release."""
        return self.path / "live"

    @property
    def staged(self) -> Path:
        """The working copy of a change."""
        return self.path / "staged"

    @property
    def audit(self) -> AuditLog:
        """What was done here."""
        return AuditLog(self.path / "audit.jsonl")

    def verdict_file(self, release_id: str) -> Path:
        """Where the gate's whole report on a release is kept."""
        return self.path / "verdicts" / f"{release_id}.json"

    # --- which release answers ---------------------------------------------------------------------------------------

    def live_id(self) -> str:
        """The id of the live release; `NoRelease` if there is none."""
        try:
            name = self.named()
        except FileNotFoundError:
            raise NoRelease(
                f"no release in {self.path}: run `python -m knowledge build` first, or point --data elsewhere"
            ) from None
        except OSError as error:
            raise ReleaseError(f"the live pointer {self.live_file} cannot be read: {error.strerror}") from error
        if not name or "/" in name or not (self.releases / name).is_dir():
            raise CorruptRelease(f"{self.live_file} names the release {name!r}, which is not there; {REBUILD}")
        return name

    def named(self) -> str:
        """What the live pointer says, whether or not there is such a release; `OSError` if it cannot be read."""
        return self.live_file.read_text(encoding="utf-8", errors="replace").strip()

    def pointer(self) -> str | None:
        """The same, or None where there is no pointer that can be read."""
        try:
            return self.named()
        except OSError:
            return None

    def require_live(self) -> None:
        """Raise `NoRelease` where nothing was built yet. What is merely damaged is for `open_live` to get around."""
        with suppress(CorruptRelease):
            self.live_id()

    def ids(self) -> list[str]:
        """All complete releases, newest first."""
        found = [d for d in self.releases.glob("*") if (d / RELEASE_MANIFEST).is_file() and not d.name.startswith(".")]
        return [d.name for d in sorted(found, key=lambda d: (d / RELEASE_MANIFEST).stat().st_mtime_ns, reverse=True)]

    def published(self) -> list[str]:
        """The releases here that have answered, the last one first; behind them those that the log does not know.

        A candidate that was never published is not among them.
        """
        entries, here = self.audit.entries(), self.ids()
        known = {entry.release for entry in entries}
        answered = list(dict.fromkeys(reversed([e.release for e in effective(entries, self.pointer()) if e.release])))
        recent = [release_id for release_id in answered if release_id in here]
        recent += [release_id for release_id in here if release_id not in known]
        live = self.pointer()
        return [live, *(r for r in recent if r != live)] if live in here else recent

    def trail(self) -> list[str]:
        """The releases that lead to the live one, which is the last: where a rollback goes."""
        return trail(self.audit.entries(), self.pointer())

    # --- writing -----------------------------------------------------------------------------------------------------

    def switch(self, release_id: str) -> None:
        """Make a release the live one, in one step that a kill cannot split."""
        replace_file(self.live_file, (release_id + "\n").encode())

    @contextmanager
    def recorded(self, action: Action, release_id: str | None, *, by: str, **fields: Any) -> Iterator[None]:  # noqa: ANN401
        """Write down what is about to be done to a release, and afterwards whether it was.

        Raises:
            OSError: the intent could not be written; nothing was done.
        """
        intent = self.audit.append(action, "intent", by=by, release=release_id, **fields)
        try:
            yield
        finally:
            try:
                self._settle(intent)
            except OSError as error:
                _log.warning(
                    "%s: the log could not be completed (%s); the next change completes it",
                    self.audit.path,
                    error.strerror,
                )

    @contextmanager
    def writer(self, by: str | None = None, doing: str = "build") -> Iterator[None]:
        """Hold the one writer's place, and put in order what a killed writer left; `ReleaseError` when it is taken."""
        self.path.mkdir(parents=True, exist_ok=True)
        lock = FileLock(self.path / "writer.lock", timeout=0.2)
        try:
            lock.acquire()
        except Timeout:
            raise ReleaseError(
                f"{self._holder()}; wait until that is done, then do this again, or use another --data"
            ) from None
        try:
            self._put_in_order()
            now = datetime.now(UTC).isoformat(timespec="seconds")
            holder = {"by": by or os_user(), "doing": doing, "since": now, "pid": os.getpid()}
            with suppress(OSError):  # only tells the next one who is here
                self._holder_file.write_text(json.dumps(holder, ensure_ascii=False), encoding="utf-8")
            yield
        finally:
            self._holder_file.unlink(missing_ok=True)
            lock.release()

    @property
    def _holder_file(self) -> Path:
        return self.path / ".writer"

    def _holder(self) -> str:
        try:
            held = json.loads(self._holder_file.read_text(encoding="utf-8"))
            return (
                f"{held['by']} is changing {self.path}: `{held['doing']}` since {held['since']} (process {held['pid']})"
            )
        except (OSError, ValueError, KeyError, TypeError):
            return f"somebody else is changing {self.path}"

    def _put_in_order(self) -> None:
        aside = self.path / f"{STAGING}old"
        if aside.is_dir() and not self.staged.exists():
            os.replace(aside, self.staged)
        places = (self.path, self.releases, self.path / "verdicts")
        for place in places:
            for leftover in [p for kind in (BUILDING, STAGING, WRITING, REMOVING) for p in place.glob(f"{kind}*")]:
                shutil.rmtree(leftover) if leftover.is_dir() else leftover.unlink(missing_ok=True)
        if (intent := open_intent(self.audit.entries())) is not None:
            self._settle(intent)

    def _settle(self, intent: Entry) -> None:
        """Write down what became of an intent, which the state of the directory tells."""
        if intent.action == "stage":
            came_about = self.staged_candidate() == intent.release
        elif intent.action == "reset":
            came_about = not self.staged.exists()
        else:
            came_about = self.pointer() == intent.release
        fields = {"release": intent.release, "before": intent.before}
        self.audit.append(intent.action, "done" if came_about else "undone", by=intent.by, **fields)

    # --- the candidate -----------------------------------------------------------------------------------------------

    def staged_candidate(self) -> str | None:
        """The release that was built from the working copy; None where nothing is staged or it could not be built."""
        try:
            found = json.loads((self.staged / "staged.json").read_text(encoding="utf-8"))["candidate"]
        except (OSError, ValueError, KeyError, TypeError):
            return None
        return str(found) if found else None

    # --- pins --------------------------------------------------------------------------------------------------------

    def pinned(self) -> list[str]:
        """The releases that are kept whatever their age."""
        try:
            return (self.path / "pinned").read_text(encoding="utf-8").split()
        except FileNotFoundError:
            return []

    def pin(self, release_ids: list[str]) -> None:
        """Keep exactly these whatever their age."""
        replace_file(self.path / "pinned", "".join(f"{name}\n" for name in release_ids).encode())
