"""`python -m eval run`: ask every case and say which answers fall short."""

from __future__ import annotations

import argparse
import json
import sys
from collections import defaultdict
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import NamedTuple

from rich.console import Console
from rich.progress import track
from rich.table import Table

from assistant.answer import Answer
from eval.dataset import Case, load_cases, misquoted
from eval.score import faults
from knowledge.errors import BiaozhuntongError

CASES = Path(__file__).parent / "cases"


class Record(NamedTuple):
    """One case with its answer and what is wrong with it."""

    case: Case
    answer: Answer
    faults: list[str]

    @property
    def passed(self) -> bool:
        """Whether nothing is wrong."""
        return not self.faults


def run(
    cases: Sequence[Case], ask: Callable[[Case], Answer], text_of: Callable[[str], str | None], console: Console
) -> list[Record]:
    """Ask every case in order, with a progress bar on the console."""
    records = []
    for case in track(cases, "asking", console=console):
        answer = ask(case)
        records.append(Record(case, answer, faults(case, answer, text_of)))
    return records


def rate(records: Sequence[Record]) -> float:
    """The share of right answers, with the paraphrases of one fact counting once together; 0 for none."""
    by_fact: dict[str, list[bool]] = defaultdict(list)
    for record in records:
        by_fact[record.case.fact_id].append(record.passed)
    return sum(sum(passed) / len(passed) for passed in by_fact.values()) / len(by_fact) if by_fact else 0.0


def summary(records: Sequence[Record]) -> Table:
    """Right answers by kind, language and split. `rate` counts each fact once."""
    table = Table("kind")
    for name in ("zh", "en", "train", "test", "rate"):
        table.add_column(name, justify="right")
    kinds = list(dict.fromkeys(record.case.kind for record in records))
    for kind in [*kinds, None]:
        rows = [record for record in records if kind in (None, record.case.kind)]
        counts = [
            _count([record for record in rows if choose(record.case)])
            for choose in (_language("zh"), _language("en"), _split("train"), _split("test"))
        ]
        table.add_row(
            kind or "all", *counts, f"{rate(rows):.3f}", style=None if kind else "bold", end_section=kind == kinds[-1]
        )
    return table


def as_json(records: Sequence[Record]) -> str:
    """The run as JSON: a line of totals and a record for each case."""
    rows = [
        {
            **record.case.model_dump(
                mode="json", include={"id", "fact_id", "kind", "language", "split", "critical", "question"}
            ),
            "passed": record.passed,
            "faults": record.faults,
            "answer": record.answer.model_dump(mode="json"),
        }
        for record in records
    ]
    passed = sum(record.passed for record in records)
    return json.dumps(
        {"cases": len(rows), "passed": passed, "rate": rate(records), "records": rows}, ensure_ascii=False
    )


def main(arguments: Sequence[str] | None = None) -> int:
    """The command line. 0: every answer is right; 1: some fall short; 2: wrong use or unusable input."""
    parser = argparse.ArgumentParser(prog="python -m eval", description="Known questions and their answers.")
    commands = parser.add_subparsers(dest="command", required=True)
    command = commands.add_parser("run", help="ask every case and list the answers that fall short")
    command.add_argument("--cases", type=Path, default=CASES, help="a case file or a folder of them")
    command.add_argument("--data", type=Path, help="data directory (default: BZT_DATA or ./.data)")
    command.add_argument("--json", type=Path, metavar="FILE", help="write every answer and its faults here")
    options = parser.parse_args(arguments)
    try:
        return _run(options.cases, options.data, options.json)
    except (BiaozhuntongError, OSError) as error:
        print(error, file=sys.stderr)
        return 2


def _run(path: Path, data: Path | None, target: Path | None) -> int:
    notes, out = Console(stderr=True), Console()
    cases = load_cases(path)
    # Here and not at the top: opening the libraries of the assistant takes seconds, a wrong case file should not.
    from assistant.pipeline import Assistant
    from assistant.settings import Settings

    assistant = Assistant.open(Settings() if data is None else Settings(data=data))
    texts = {policy: document.text for policy, document in assistant.release.documents.items()}
    for stale in misquoted(cases, texts):
        notes.print(f"stale: {stale}", markup=False)

    def ask(case: Case) -> Answer:
        return assistant.ask(case.question, history=case.history, facts=case.facts, asked_at=case.asked_at)

    records = run(cases, ask, texts.get, notes)
    if target is not None:
        target.write_text(as_json(records), encoding="utf-8")
    out.print(summary(records))
    short = [record for record in records if not record.passed]
    for record in short:
        mark = "critical " if record.case.critical else ""
        out.print(
            f"{mark}{record.case.id}: {record.case.question!r}\n    {'; '.join(record.faults)}",
            markup=False,
            soft_wrap=True,
        )
    out.print(f"{len(records) - len(short)} of {len(records)} cases are right", markup=False)
    return 1 if short else 0


def _count(records: Sequence[Record]) -> str:
    return f"{sum(record.passed for record in records)}/{len(records)}" if records else "–"


def _language(language: str) -> Callable[[Case], bool]:
    return lambda case: case.language == language


def _split(split: str) -> Callable[[Case], bool]:
    return lambda case: case.split == split


if __name__ == "__main__":
    sys.exit(main())
