"""The commands `compare` and `bless`: what becomes of the known answers, and which of them are accepted."""

from __future__ import annotations

import argparse
import json
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import TYPE_CHECKING

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn

from eval.baseline import BASELINE, bless
from eval.compare import compare
from eval.dataset import CASES, fingerprint, load_cases
from eval.record import read_run
from eval.snapshot import Snapshot, read_snapshot, snapshot
from eval.tables import wide_console
from knowledge.audit import os_user
from knowledge.errors import UsageError

if TYPE_CHECKING:
    from argparse import _SubParsersAction

    from assistant.settings import Settings
    from knowledge.progress import Progress as Report

LAST_RUN = Path("eval") / "last.json"
_LIVE, _BASELINE = "live", "baseline"
_SIDE = (
    "a run's file, the id of a kept release, `live`, `baseline` (the answers last accepted), or a folder of policy "
    "documents, which is built aside"
)


def add_gate_commands(commands: _SubParsersAction[argparse.ArgumentParser]) -> None:
    """Add both commands to the parser of `python -m eval`."""
    sides = commands.add_parser("compare", help="compare two runs case by case; exit 1 if the gate fails")
    sides.add_argument("base", metavar="BASE", help=f"what the answers were: {_SIDE}")
    sides.add_argument("new", metavar="NEW", help="what they would become: the same")
    sides.add_argument(
        "--repeat", type=Path, action="append", default=[], metavar="FILE", help="a further run of either"
    )
    sides.add_argument("--partial", action="store_true", help="NEW asks a part of the cases on purpose")
    sides.add_argument(
        "--known",
        action="store_true",
        help="faults of any answer do not block where BASE has the same (accepted by bless)",
    )
    sides.add_argument("--cases", type=Path, default=CASES, metavar="PATH", help="what releases are asked")
    sides.add_argument("--html", type=Path, metavar="FILE", help="write a page of everything here")
    sides.add_argument("--json", type=Path, metavar="FILE", help="write everything here")
    sides.add_argument("--data", type=Path, metavar="DIR", help="data directory (default: BZT_DATA or ./.data)")
    sides.set_defaults(command=_compare)
    accept = commands.add_parser("bless", help="make a run the baseline, with a reason")
    accept.add_argument("--reason", required=True, help="why; kept in the history")
    accept.add_argument(
        "--run", type=Path, metavar="FILE", help="the run (default: the last one of the data directory)"
    )
    accept.add_argument(
        "--by", default=None, metavar="NAME", help="who (default: BZT_ACTOR, or the user of this machine)"
    )
    accept.add_argument(
        "--force", action="store_true", help="accept in spite of objections; they are kept in the history"
    )
    accept.add_argument("--data", type=Path, metavar="DIR", help="data directory (default: BZT_DATA or ./.data)")
    accept.set_defaults(command=_bless)


def _compare(options: argparse.Namespace) -> int:
    # Here and not at the top: these take a second to open, and every worker of a run opens this file.
    from eval.comparison_report import as_html, as_json, group_table, summary, verdict_table
    from eval.gate import gate

    settings = _settings(options.data)
    for name in (options.base, options.new):
        _require_side(name, settings)  # asking a release takes a minute; a name that is wrong should be told before
    base, new = (_side(name, settings, options.cases) for name in (options.base, options.new))
    comparison = compare(base, new, [_read(path) for path in options.repeat])
    result = gate(comparison, partial=options.partial, known=options.known)
    if options.html is not None:
        options.html.write_text(as_html(comparison, result), encoding="utf-8")
    if options.json is not None:
        options.json.write_text(json.dumps(as_json(comparison, result), ensure_ascii=False), encoding="utf-8")
    out = wide_console()
    out.print(verdict_table(comparison))
    out.print(group_table(result))
    out.print(summary(comparison, result), markup=False, highlight=False, soft_wrap=True)
    return 0 if result.passed else 1


def _bless(options: argparse.Namespace) -> int:
    settings = _settings(options.data)
    path = options.run or settings.data / LAST_RUN
    if options.run is None and not path.is_file():
        raise UsageError(
            f"expected a run at {path}, found none; make one with `python -m eval run`, or name it with --run"
        )
    blessed = bless(
        read_run(path),
        reason=options.reason,
        by=options.by or settings.actor or os_user(),
        cases=fingerprint(load_cases(CASES)),
        force=options.force,
        path=BASELINE,
    )
    entry = blessed.entry
    before = f"{entry.before.right} of {entry.before.cases}" if entry.before else "no baseline"
    print(f"{blessed.path}: {before} → {entry.after.right} of {entry.after.cases} cases right, release {entry.release}")
    print(", ".join(f"{count} {verdict}" for verdict, count in entry.changed.items()) or "the first baseline")
    for objection in entry.forced:
        print(f"accepted in spite of this: {objection}")
    for case_id in entry.broken:
        print(f"accepted as wrong: {case_id}")
    return 0


def _require_side(name: str, settings: Settings) -> None:
    """Refuse a word of the command line that stands for no known answers."""
    from knowledge.releases import DataDirectory

    if name in (_LIVE, _BASELINE) or Path(name).exists() or name in DataDirectory(settings.data).ids():
        return
    raise UsageError(f"expected {_SIDE}; got {name!r}, which is none of these (data directory {settings.data})")


def _side(name: str, settings: Settings, cases: Path) -> Snapshot:
    """The known answers that a word of the command line stands for."""
    if name == _BASELINE:
        return read_snapshot(BASELINE)
    path = Path(name)
    if path.is_file():
        return _read(path)
    from eval.answers import known_answers
    from knowledge.releases import DataDirectory

    data = DataDirectory(settings.data)
    release_id = data.live_id() if name == _LIVE else _built(path, settings) if path.is_dir() else name
    with _progress(f"asking {release_id}") as progress:
        return known_answers(load_cases(cases), settings, release_id, progress=progress)


def _read(path: Path) -> Snapshot:
    """The file of a run or of a baseline."""
    with suppress(OSError, ValueError):  # what is neither is refused in words below
        content = json.loads(path.read_text(encoding="utf-8"))
        if isinstance(content, dict) and "records" in content:
            return snapshot(read_run(path))
    return read_snapshot(path)


def _built(folder: Path, settings: Settings) -> str:
    """The id of the release of a folder's documents, built if need be and not switched in."""
    from knowledge.embedding import default_embedder
    from knowledge.releases import DataDirectory, build

    embedder = default_embedder(settings.data, settings.embedding_model, device=settings.device)
    with _progress("building") as progress:
        return build(
            folder,
            DataDirectory(settings.data),
            embedder,
            progress=lambda _stage, done, total: progress(done, total),
            switch=False,
        )


@contextmanager
def _progress(what: str) -> Iterator[Report]:
    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeElapsedColumn())
    with Progress(*columns, console=Console(stderr=True)) as bars:
        task = bars.add_task(what, total=None)
        yield lambda done, total: bars.update(task, completed=done, total=total)


def _settings(data: Path | None) -> Settings:
    # Here and not at the top: a wrong command line should be told at once.
    from assistant.settings import Settings

    return Settings() if data is None else Settings(data=data)
