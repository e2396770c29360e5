"""Runs written and read again."""

import json
from pathlib import Path

import pytest

from assistant.answer import Answer, Provenance
from eval.dataset import Case
from eval.record import ClauseText, GoldRank, Record, Run, Stages, read_run, write_run
from knowledge.errors import DataFileError


def _run() -> Run:
    case = Case(
        id="a/zh", fact_id="a", kind="fact", question="多少家?", language="zh", status=("answered",), split="test"
    )
    answer = Answer(status="answered", language="zh", answer="100家。", provenance=Provenance(release="r1"))
    record = Record(
        case=case,
        answer=answer,
        case_faults=("says none of x",),
        ranks=(GoldRank(policy="p", text="一百家", rank=2),),
        stages=Stages(understanding={"topic": "fact"}, retrieval=("p/1",), rules=("r exact 5×1",)),
        timing_ms={"total": 3.5},
    )
    return Run(
        release="r1", clauses=(ClauseText(clause_id="p/1", policy_id="p", text="一百家。"),), records=(record, record)
    )


def test_a_run_reads_back_as_it_was_written(tmp_path: Path) -> None:
    write_run(_run(), tmp_path / "run.json")
    assert read_run(tmp_path / "run.json") == _run()


def test_each_record_has_a_line(tmp_path: Path) -> None:
    write_run(_run(), tmp_path / "run.json")
    assert len((tmp_path / "run.json").read_text(encoding="utf-8").splitlines()) == 4


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("nonsense", "as JSON"),
        ("[]", "got 'list'"),
        ('{"format": 0}', "make a new one"),
        (json.dumps({"format": 1, "release": 3}), "wrong value at release"),
    ],
)
def test_what_is_no_run_is_refused_in_words(tmp_path: Path, text: str, said: str) -> None:
    path = tmp_path / "run.json"
    path.write_text(text, encoding="utf-8")
    with pytest.raises(DataFileError, match=said):
        read_run(path)


def test_a_missing_run_is_named(tmp_path: Path) -> None:
    with pytest.raises(DataFileError, match=r"none\.json"):
        read_run(tmp_path / "none.json")
