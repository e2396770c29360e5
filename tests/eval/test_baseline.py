"""Moving the baseline: with a reason, on a sound run, and written down."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from eval.baseline import BASELINE, bless, figures
from eval.record import Record, Run
from eval.snapshot import read_snapshot
from knowledge.errors import UsageError
from tests.eval.results import made, result, wrong
from tests.eval.test_snapshot import answer, case, run


def sound(*records: Record, release: str = "r") -> Run:
    return run(*(records or (Record(case=case(), answer=answer()),)), release=release, made_from={"cases": "c"})


def history(path: Path) -> list[dict[str, Any]]:
    return [json.loads(line) for line in (path.parent / "HISTORY.jsonl").read_text(encoding="utf-8").splitlines()]


def test_a_blessing_is_written_down_with_figures_before_and_after(tmp_path: Path) -> None:
    path = tmp_path / "baselines" / "main.json"
    bless(sound(), reason="first", by="li", cases="c", path=path)
    broken = Record(case=case(), answer=answer("15万元[1]。"), case_faults=("does not state 20",))
    blessed = bless(sound(broken, release="s"), reason=" the amount\nchanged ", by="wang", cases="c", path=path)
    first, second = history(path)
    assert (first["why"], first["before"], first["changed"]) == ("first", None, {})
    assert (second["why"], second["by"], second["release"]) == ("the amount changed", "wang", "s")
    assert (second["before"]["right"], second["after"]["right"]) == (1, 0)
    assert (second["changed"], second["broken"], second["forced"]) == ({"broken": 1}, ["a/zh"], [])
    assert blessed.entry.model_dump(mode="json") == second
    assert read_snapshot(path).release == "s"


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"reason": "  "}, "expected a reason"),
        ({"cases": "d"}, "another set of cases"),
        (
            {"run": sound(Record(case=case(), answer=answer(), contract_faults=("x",)))},
            "1 answers break .* first a/zh: x",
        ),
        (
            {"run": sound(Record(case=case(status=["abstained"], must_refuse=True), answer=answer()))},
            "1 questions that must be refused are answered",
        ),
    ],
)
def test_what_is_not_fit_is_refused_and_changes_nothing(tmp_path: Path, changes: dict[str, Any], said: str) -> None:
    path = tmp_path / "main.json"
    with pytest.raises(UsageError, match=said):
        bless(**{"run": sound(), "reason": "why", "by": "li", "cases": "c", "path": path, **changes})
    assert list(tmp_path.iterdir()) == []


def test_force_accepts_objections_and_keeps_them(tmp_path: Path) -> None:
    path = tmp_path / "main.json"
    faulty = sound(Record(case=case(), answer=answer(), contract_faults=("x",)))
    bless(faulty, reason="why", by="li", cases="d", force=True, path=path)
    (entry,) = history(path)
    assert [objection.split()[0] for objection in entry["forced"]] == ["it", "1"]
    with pytest.raises(UsageError, match="expected a reason"):
        bless(faulty, reason="", by="li", cases="d", force=True, path=path)


def test_the_figures_of_a_run() -> None:
    found = figures(
        made(
            result("a/zh", critical=True),
            wrong("a/en", critical=True),
            result("b/zh", must_refuse=True, status="abstained"),
            wrong("c/zh", must_refuse=True, contract_faults=("x",), gone=("甲",)),
        )
    )
    assert found.model_dump() == {
        "cases": 4,
        "right": 2,
        "facts": 3,
        "rate": 0.5,
        "critical": 2,
        "critical_right": 1,
        "must_refuse": 2,
        "refused": 1,
        "stale": 1,
        "contract_faults": 1,
    }


def test_the_baseline_of_the_project_is_small_and_accounted_for() -> None:
    kept = read_snapshot(BASELINE)
    assert BASELINE.stat().st_size < 2_500_000
    last = history(BASELINE)[-1]
    assert (last["release"], last["after"]) == (kept.release, figures(kept).model_dump())
