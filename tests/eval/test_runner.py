"""Cases asked in worker processes."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from datetime import date
from pathlib import Path

import pytest

from assistant.answer import Answer
from assistant.pipeline import Assistant
from assistant.settings import Settings
from eval.dataset import Case
from eval.record import Run
from eval.runner import EvaluationError, run_cases
from knowledge.errors import NoRelease
from knowledge.releases import DataDirectory, open_live, open_release
from tests.corpus import NarrowEmbeddings
from tests.eval.records import case

ROOT = Path(__file__).parents[2]
QUESTIONS = {
    "budget/zh": "宁波市每年安排多少标准化工作经费？",
    "reward/zh": "宁波企业主导国家标准奖励多少？",
    "reward/en": "How much does Ningbo pay for leading an industry standard?",
    "goal/zh": "宁波市到2018年新增国家标准多少项？",
    "office/zh": "宁波领导小组办公室设在哪里？",
    "elsewhere/zh": "苏州国家标准奖励多少？",
}
GOLD = {"budget/zh": {"all_of": [{"policy": "ningbo-2020", "text": "标准化工作经费800万元"}]}}


class Brittle(Assistant):
    """An assistant whom some words harm."""

    def ask(self, question: str, **given: object) -> Answer:  # type: ignore[override]
        if "raise" in question:
            raise ZeroDivisionError("nothing to\ndivide")
        if "die" in question:
            os._exit(7)
        if "once" in question:
            mark = self.settings.data / "died-once"
            if not mark.exists():
                mark.touch()
                os._exit(7)
        if "hang" in question:
            time.sleep(600)
        return super().ask(question, **given)  # type: ignore[arg-type]


def open_small(settings: Settings, release_id: str | None) -> Assistant:
    data = DataDirectory(settings.data)
    embedder = NarrowEmbeddings()
    release = open_release(data, release_id, embedder) if release_id else open_live(data, embedder)
    return Brittle(release, settings)


def open_nothing(settings: Settings, release_id: str | None) -> Assistant:
    raise NoRelease(f"no release in {settings.data}")


def open_and_end(settings: Settings, release_id: str | None) -> Assistant:
    os._exit(3)


def cases_of(questions: dict[str, str]) -> list[Case]:
    return [
        case(case_id, question=question, status=["answered", "partial"], gold=GOLD.get(case_id, {}))
        for case_id, question in questions.items()
    ]


def asked(data: DataDirectory, questions: dict[str, str], *, workers: int, case_seconds: float = 300) -> Run:
    settings = Settings(data=data.path)
    return run_cases(cases_of(questions), settings, workers=workers, opener=open_small, case_seconds=case_seconds)


def timeless(run: Run) -> Run:
    records = tuple(record.model_copy(update={"timing_ms": {}}) for record in run.records)
    return run.model_copy(update={"records": records, "started": "", "seconds": 0.0})


def test_a_run_is_the_same_whatever_the_number_of_workers(small_data: DataDirectory) -> None:
    one, two = (asked(small_data, QUESTIONS, workers=workers) for workers in (1, 2))
    assert [record.case.id for record in one.records] == list(QUESTIONS)
    assert timeless(one) == timeless(two)
    assert all(record.timing_ms["total"] > 0 for record in one.records)


def test_a_record_holds_what_each_stage_made(small_data: DataDirectory) -> None:
    progress: list[tuple[int, int]] = []
    run = run_cases(
        cases_of(QUESTIONS),
        Settings(data=small_data.path),
        small_data.live_id(),
        workers=1,
        opener=open_small,
        progress=lambda done, total: progress.append((done, total)),
    )
    assert progress == [(done, len(QUESTIONS)) for done in range(1, len(QUESTIONS) + 1)]
    budget, reward, *_ = run.records
    assert budget.ranks[0].rank == 1
    assert budget.ranks[0].cited
    assert budget.ranks[0].clauses == (budget.found[0],) == (budget.stages.retrieval[0],)
    assert budget.stages.passages[0].startswith(f"{budget.found[0]}:")
    assert budget.stages.understanding["places"][0]["name"] == "宁波市"
    assert budget.stale == ()
    assert reward.stages.rules == ("ningbo-2016.drafting.national exact 300000×1",)
    assert budget.answer.timing_ms == {}
    assert run.release == small_data.live_id()
    assert run.places["ningbo-2020"] == "宁波市"
    assert run.rules["ningbo-2016.drafting.national"]["yuan"] == 300_000
    assert {clause.policy_id for clause in run.clauses} == {"ningbo-2016", "ningbo-2020"}
    assert run.made_from["asked_at"] == "2026-11-22"
    assert run.made_from["settings"]["evidence_clauses"] == 12


def test_a_case_that_raises_costs_that_case(small_data: DataDirectory) -> None:
    wrong, right = asked(small_data, {"a/zh": "raise", "b/zh": QUESTIONS["goal/zh"]}, workers=1).records
    assert wrong.contract_faults[0].startswith("asking it raised ZeroDivisionError: nothing to divide (test_runner.py")
    assert right.passed


def test_a_case_that_ends_its_process_costs_that_case(small_data: DataDirectory) -> None:
    questions = {"a/zh": QUESTIONS["goal/zh"], "b/zh": "die", "c/zh": QUESTIONS["budget/zh"]}
    first, lost, last = asked(small_data, questions, workers=2).records
    assert first.passed
    assert last.passed
    assert lost.contract_faults == ("the process that asked it ended (exit code 7)",)
    assert lost.answer.answer == ""


def test_a_case_whose_process_is_ended_once_is_asked_again(small_data: DataDirectory) -> None:
    (small_data.path / "died-once").unlink(missing_ok=True)
    (record,) = asked(small_data, {"a/zh": "宁波 once 标准化工作经费 多少"}, workers=1).records
    assert (small_data.path / "died-once").exists()
    assert "ended" not in " ".join(record.faults)
    assert record.answer.answer


def test_a_case_that_hangs_is_given_up(small_data: DataDirectory) -> None:
    hung, right = asked(small_data, {"a/zh": "hang", "b/zh": QUESTIONS["goal/zh"]}, workers=2, case_seconds=15).records
    assert hung.contract_faults == ("it took more than 15 s",)
    assert right.passed


def test_a_release_that_cannot_be_opened_is_one_sentence(tmp_path: Path) -> None:
    with pytest.raises(EvaluationError, match="no release in"):
        run_cases(cases_of(QUESTIONS), Settings(data=tmp_path), workers=2, opener=open_nothing)


def test_a_worker_that_ends_at_the_start_is_told(tmp_path: Path) -> None:
    with pytest.raises(EvaluationError, match=r"before it had opened the release.*exit code 3"):
        run_cases(cases_of(QUESTIONS), Settings(data=tmp_path), workers=1, opener=open_and_end)


def test_no_case_makes_an_empty_run(small_data: DataDirectory) -> None:
    run = run_cases([], Settings(data=small_data.path), workers=4, opener=open_small)
    assert run.records == ()
    assert run.release == small_data.live_id()


def test_the_day_of_a_run_is_written_down(small_data: DataDirectory) -> None:
    run = run_cases([], Settings(data=small_data.path), opener=open_small, asked_at=date(2015, 1, 2))
    assert run.made_from["asked_at"] == "2015-01-02"


INTERRUPTED = """
import signal
import sys
from pathlib import Path
from assistant.settings import Settings
from eval.runner import run_cases
from tests.eval.test_runner import cases_of, open_small

if __name__ == "__main__":
    # A process that was started in the background ignores interrupts, and so does what it starts.
    signal.signal(signal.SIGINT, signal.default_int_handler)
    cases = cases_of({f"a{number}/zh": f"宁波市到2018年新增国家标准多少项？{number}" for number in range(3000)})
    settings = Settings(data=Path(sys.argv[1]))
    try:
        run_cases(cases, settings, workers=2, opener=open_small, progress=lambda done, total: print(done, flush=True))
    except KeyboardInterrupt:
        print("stopped")
"""


def left_of(group: int, seconds: float = 60) -> list[int]:
    """The group, if it still has a process after some seconds."""
    until = time.monotonic() + seconds
    while time.monotonic() < until:
        try:
            os.killpg(group, 0)
        except ProcessLookupError:
            return []
        time.sleep(0.1)
    return [group]


def test_an_interrupt_ends_every_process_in_silence(small_data: DataDirectory, tmp_path: Path) -> None:
    script = tmp_path / "interrupted.py"
    script.write_text(INTERRUPTED, encoding="utf-8")
    started = subprocess.Popen(
        [sys.executable, str(script), str(small_data.path)],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        encoding="utf-8",
        env={**os.environ, "PYTHONPATH": os.pathsep.join([str(ROOT), *sys.path])},
        start_new_session=True,
    )
    assert started.stdout is not None
    started.stdout.readline()
    os.killpg(started.pid, signal.SIGINT)  # as a terminal does: to every process of the group
    out, error = started.communicate(timeout=300)
    assert (out.splitlines()[-1], error, started.returncode) == ("stopped", "", 0)
    assert left_of(started.pid) == []
