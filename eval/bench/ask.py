"""How long an answer takes: `python -m eval.bench.ask [--data DIR] [--cases PATH | --questions FILE]`.

Cold: a new process that answers one question and ends. Warm: every question of the evaluation set, or of a file of
question lines as `ask --jsonl` takes them, once, in one process that is up.
"""

from __future__ import annotations

import argparse
import json
import math
import statistics
import subprocess
import sys
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

from assistant.answer import Answer
from assistant.pipeline import Assistant
from assistant.settings import Settings
from eval.bench.timing import seconds, table
from eval.dataset import CASES, load_cases

_COLD = ("扬州市区企业牵头起草的行业标准发布了，可以拿多少资助？", "广州到2020年AAAA级标准化良好行为企业要达到多少家")
_RUNS = 3
_STAGES = ("understand", "rules", "retrieve", "extract", "verify")


@dataclass(frozen=True)
class Asked:
    """A question with its earlier turns."""

    question: str
    history: tuple[str, ...] = ()


def main() -> None:
    """Print the cold start, the warm latencies by kind of answer and by stage, and the ratio of rewards to facts."""
    options = _options()
    settings = Settings() if options.data is None else Settings(data=options.data)
    print(_cold(settings.data) + "\n")
    asked = _lines(options.questions) if options.questions else _cases(options.cases)
    assistant = Assistant.open(settings)
    assistant.warm_up()
    answers = [assistant.ask(one.question, history=one.history) for one in asked]
    print(_warm(answers))


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--data", type=Path, help="data directory (default: BZT_DATA or ./.data)")
    parser.add_argument("--cases", type=Path, default=CASES, help="a case file or a folder of them")
    parser.add_argument("--questions", type=Path, metavar="FILE", help="question lines instead of cases")
    return parser.parse_args()


def _cases(path: Path) -> list[Asked]:
    return [Asked(case.question, case.history) for case in load_cases(path)]


def _lines(path: Path) -> list[Asked]:
    rows = (json.loads(line) for line in path.read_text(encoding="utf-8").splitlines())
    return [Asked(row["question"], tuple(row.get("history", ()))) for row in rows]


def _cold(data: Path) -> str:
    rows = [["a new process", "s, best", "s, worst"]]
    for question in _COLD:
        times = [seconds(lambda question=question: _ask(question, data)) for _ in range(_RUNS)]  # type: ignore[misc]
        rows.append([question, f"{min(times):.2f}", f"{max(times):.2f}"])
    return table(rows)


def _ask(question: str, data: Path) -> None:
    command = [sys.executable, "-m", "assistant", "ask", question, "--json", "--data", str(data)]
    subprocess.run(command, check=True, stdout=subprocess.DEVNULL)


def _warm(answers: Sequence[Answer]) -> str:
    groups: dict[str, list[float]] = defaultdict(list)
    for answer in answers:
        groups[_kind(answer)].append(answer.timing_ms["total"])
        groups["all"].append(answer.timing_ms["total"])
    rows = [["warm, ms", "questions", "p50", "p95", "worst"]]
    rows += [[name, *_spread(times)] for name, times in sorted(groups.items(), key=lambda group: group[0] == "all")]
    stages = [["stage, ms", "questions", "p50", "p95", "worst"]]
    by_stage = {name: [a.timing_ms[name] for a in answers if name in a.timing_ms] for name in _STAGES}
    stages += [[name, *_spread(times)] for name, times in by_stage.items() if times]
    text = f"{table(rows)}\n\n{table(stages)}"
    if groups["rewards"] and groups["facts"]:
        ratio = statistics.median(groups["rewards"]) / statistics.median(groups["facts"])
        text += f"\n\na reward takes {ratio:.2f} times as long as a fact, at the median"
    return text


def _kind(answer: Answer) -> str:
    if answer.rewards:
        return "rewards"
    return "facts" if answer.citations else "no basis"


def _spread(times: Iterable[float]) -> tuple[str, ...]:
    ordered = sorted(times)
    p95 = ordered[math.ceil(0.95 * len(ordered)) - 1]
    return (str(len(ordered)), *(f"{value:.1f}" for value in (statistics.median(ordered), p95, ordered[-1])))


if __name__ == "__main__":
    main()
