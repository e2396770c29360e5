from __future__ import annotations

import io
import json
from pathlib import Path

import pytest
from rich.console import Console

from assistant.answer import Answer, Provenance
from eval.__main__ import Record, as_json, main, rate, run, summary
from eval.dataset import Case


def case(fact: str, tag: str, **changes: object) -> Case:
    fields = {"id": f"{fact}/{tag}", "fact_id": fact, "kind": "fact", "question": f"{fact} {tag}?", "language": tag[:2]}
    return Case.model_validate({**fields, "status": ["answered"], "split": "test", **changes})


def reply(case: Case) -> Answer:
    """Answers in Chinese only, whatever was asked."""
    return Answer(status="answered", language="zh", answer="好", provenance=Provenance(release="r1"))


def records(*cases: Case) -> list[Record]:
    return run(cases, reply, lambda policy: None, Console(file=io.StringIO()))


def test_each_case_is_asked_and_scored_in_order() -> None:
    right, wrong = records(case("a", "zh"), case("a", "en"))
    assert right.passed
    assert (wrong.case.id, wrong.faults) == ("a/en", ["language zh, expected en"])


def test_the_paraphrases_of_a_fact_count_once() -> None:
    assert rate(records(case("a", "zh"), case("a", "zh-2"), case("a", "zh-3"), case("b", "en"))) == 0.5
    assert rate(records(case("a", "zh"), case("a", "en"))) == 0.5
    assert rate([]) == 0.0


def test_the_summary_counts_by_kind_language_and_split() -> None:
    console = Console(file=io.StringIO(), width=80)
    console.print(summary(records(case("a", "zh"), case("a", "en"), case("b", "zh", kind="list", split="train"))))
    assert isinstance(console.file, io.StringIO)
    rows = [[cell.strip() for cell in line.split("│")[1:-1]] for line in console.file.getvalue().splitlines()]
    assert ["fact", "1/1", "0/1", "–", "1/2", "0.500"] in rows
    assert ["list", "1/1", "–", "1/1", "–", "1.000"] in rows
    assert ["all", "2/2", "0/1", "1/1", "1/2", "0.750"] in rows


def test_the_json_holds_every_answer() -> None:
    data = json.loads(as_json(records(case("a", "zh"), case("b", "en", critical=True))))
    assert (data["cases"], data["passed"], data["rate"]) == (2, 1, 0.5)
    assert data["records"][1]["faults"] == ["language zh, expected en"]
    assert data["records"][1]["critical"] is True
    assert data["records"][0]["answer"]["provenance"]["release"] == "r1"


def test_a_wrong_case_file_is_one_sentence(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["run", "--cases", str(tmp_path / "none.yaml")]) == 2
    captured = capsys.readouterr()
    assert captured.out == ""
    assert captured.err.count("\n") == 1
    assert "found nothing there" in captured.err
