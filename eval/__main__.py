"""`python -m eval`: known questions, their right answers, and which answers fall short.

Exit codes: 0 every answer is right; 1 some fall short; 2 wrong use or unusable input.
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Sequence
from datetime import date
from pathlib import Path

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn

from eval.dataset import CASES, check_gold, load_cases
from eval.draft_commands import add_draft_commands
from eval.gate_commands import LAST_RUN, add_gate_commands
from eval.record import Run, read_run, write_run
from eval.report import report_html
from eval.runner import ASKED_AT, default_workers, open_kept, run_cases
from eval.tables import tables, wide_console
from knowledge.console import utf8_streams
from knowledge.errors import BiaozhuntongError


def main(arguments: Sequence[str] | None = None) -> int:
    """The command line. 0: every answer is right; 1: some fall short; 2: wrong use or unusable input."""
    utf8_streams()
    options = _parser().parse_args(arguments)
    try:
        code: int = options.command(options)
        return code
    except (BiaozhuntongError, OSError) as error:
        print(error, file=sys.stderr)
        return 2
    except KeyboardInterrupt:
        return 130


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m eval", description="Known questions and their answers.")
    commands = parser.add_subparsers(required=True, metavar="COMMAND")
    run = commands.add_parser("run", help="ask every case and list the answers that fall short")
    run.add_argument("--cases", type=Path, default=CASES, metavar="PATH", help="a case file or a folder of them")
    run.add_argument("--release", metavar="R", help="a kept release (default: the live one)")
    run.add_argument("--json", type=Path, metavar="FILE", help="write the run here: every answer, and what led to it")
    run.add_argument("--html", type=Path, metavar="FILE", help="write the run as a page here")
    run.add_argument("--base", type=Path, metavar="FILE", help="an earlier run (its JSON): the page shows what changed")
    run.add_argument("--data", type=Path, metavar="DIR", help="data directory (default: BZT_DATA or ./.data)")
    run.add_argument("--workers", type=_positive, metavar="N", help=f"processes (default here: {default_workers()})")
    run.add_argument(
        "--asked-at",
        type=_day,
        default=ASKED_AT,
        metavar="DAY",
        help=f"the day of cases that name none (default: {ASKED_AT})",
    )
    run.set_defaults(command=_run)
    check = commands.add_parser("check-cases", help="prove the cases against a release, and say what they leave out")
    check.add_argument("--cases", type=Path, default=CASES, metavar="PATH", help="a case file or a folder of them")
    check.add_argument("--release", metavar="R", help="a kept release (default: the live one)")
    check.add_argument("--data", type=Path, metavar="DIR", help="data directory (default: BZT_DATA or ./.data)")
    check.set_defaults(command=_check)
    add_draft_commands(commands)
    add_gate_commands(commands)
    return parser


def _run(options: argparse.Namespace) -> int:
    notes, out = Console(stderr=True), wide_console()
    cases = load_cases(options.cases)
    base = read_run(options.base) if options.base else None
    # Here and not at the top: a wrong case file should be told at once.
    from assistant.settings import Settings

    settings = Settings() if options.data is None else Settings(data=options.data)
    with _bar(notes) as bar:
        task = bar.add_task("opening the release", total=len(cases))
        run = run_cases(
            cases,
            settings,
            options.release,
            workers=options.workers,
            asked_at=options.asked_at,
            progress=lambda done, total: bar.update(task, completed=done, total=total, description="asking"),
        )
    last = settings.data / LAST_RUN
    last.parent.mkdir(parents=True, exist_ok=True)
    for path in filter(None, (last, options.json)):
        write_run(run, path)
    if options.html:
        options.html.write_text(report_html(run, base), encoding="utf-8")
    out.print(tables(run.records))
    _list_short(run, out)
    return 0 if all(record.passed for record in run.records) else 1


def _check(options: argparse.Namespace) -> int:
    cases, out = load_cases(options.cases), wide_console()
    from assistant.settings import Settings
    from eval.coverage import coverage_tables, rule_refs

    settings = Settings() if options.data is None else Settings(data=options.data)
    release = open_kept(settings, options.release)
    texts = {policy: document.text for policy, document in release.documents.items()}
    rules = rule_refs(release.rules)
    release.close()
    out.print(coverage_tables(cases, texts, rules))
    faults = check_gold(cases, texts, rules)
    for fault in faults:
        out.print(fault, markup=False, soft_wrap=True)
    out.print(
        f"{len(faults)} faults; release {release.release_id}" if faults else f"sound; release {release.release_id}"
    )
    return 1 if faults else 0


def _list_short(run: Run, out: Console) -> None:
    short = sorted((record for record in run.records if not record.passed), key=lambda record: not record.case.critical)
    for record in short:
        mark = ("critical " if record.case.critical else "") + ("stale " if record.stale else "")
        out.print(
            f"{mark}{record.case.id}: {record.case.question!r}\n    {'; '.join(record.faults)}",
            markup=False,
            soft_wrap=True,
        )
    out.print(
        f"{len(run.records) - len(short)} of {len(run.records)} cases are right; release {run.release}, {run.seconds} s",
        markup=False,
    )


def _bar(console: Console) -> Progress:
    return Progress(
        TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeElapsedColumn(), console=console
    )


def _positive(text: str) -> int:
    if not text.isdigit() or int(text) < 1:
        raise argparse.ArgumentTypeError(f"expected a whole number from 1, got {text!r}")
    return int(text)


def _day(text: str) -> date:
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise argparse.ArgumentTypeError(f"expected a day like 2026-11-22, got {text!r}") from None


if __name__ == "__main__":
    sys.exit(main())
