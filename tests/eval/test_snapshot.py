"""Runs made small, written and read again."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from assistant.answer import Answer, Citation, CitedPolicy, Provenance, RewardRow
from eval.dataset import Case
from eval.record import ClauseText, GoldRank, Record, Run, Stages
from eval.snapshot import read_snapshot, snapshot, write_snapshot
from knowledge.errors import DataFileError


def case(case_id: str = "a/zh", **changes: Any) -> Case:
    fields = {"id": case_id, "fact_id": case_id.split("/")[0], "kind": "fact", "question": "多少家？", "language": "zh"}
    return Case.model_validate({**fields, "status": ["answered"], "split": "test", **changes})


def answer(text: str = "20万元[1]。", *, start: int = 5, **changes: Any) -> Answer:
    cited = Citation(
        n=1,
        policy_id="p",
        policy=CitedPolicy(title="办法"),
        clause_id="p/1",
        clause_path=["一"],
        quote="奖励20万元。",
        start=start,
        end=start + 7,
    )
    fields = {
        "status": "answered",
        "language": "zh",
        "answer": text,
        "citations": [cited],
        "provenance": Provenance(release="r"),
    }
    return Answer.model_validate({**fields, **changes})


def run(*records: Record, **changes: Any) -> Run:
    return Run.model_validate(
        {"release": "r", "records": records, "rules": {"p.a": {"yuan": 5, "cap": [], "per": None}}, **changes}
    )


def test_a_snapshot_reads_back_as_it_was_written(tmp_path: Path) -> None:
    row = RewardRow(rule_id="p.a", label="奖励", status="exact", yuan=200000, count=2, total_yuan=400000)
    made = snapshot(
        run(
            Record(
                case=case(gold={"all_of": [{"policy": "p", "text": "20万元"}]}, policy=["q"]),
                answer=answer(rewards=[row], total_yuan=400000),
                case_faults=("x",),
                ranks=(GoldRank(policy="p", text="20万元", rank=None, clauses=("p/1",)),),
                stages=Stages(
                    understanding={"topic": "reward", "query": "多少家?"},
                    retrieval=("p/1", "p/2"),
                    passages=("p/2:9-14", "p/1:5-12", "z/1:0-3"),
                    rules=("p.a exact 200000×2",),
                ),
            ),
            clauses=(ClauseText(clause_id="p/1", policy_id="p", text="奖励20万元。"),),
            places={"p": "扬州市"},
            made_from={"cases": "c"},
        )
    )
    write_snapshot(made, tmp_path / "deep" / "base.json")
    assert read_snapshot(tmp_path / "deep" / "base.json") == made
    (found,) = made.results
    assert (found.policies, found.evidence, found.cited, found.ranks) == (("q", "p"), ("p/1",), ("p/1",), (None,))
    assert found.passages == "1+5 0+7 z/1+3"
    assert found.understanding == {"topic": "reward"}
    assert found.says == "answered · exact 200,000 × 2 · total 400,000"
    assert list(tmp_path.rglob(".*")) == []


def test_results_stand_in_order_one_a_line(tmp_path: Path) -> None:
    first, second = (Record(case=case(name), answer=answer()) for name in ("b/zh", "a/zh"))
    write_snapshot(snapshot(run(first, second)), tmp_path / "one.json")
    write_snapshot(snapshot(run(second, first)), tmp_path / "two.json")
    text = (tmp_path / "one.json").read_text(encoding="utf-8")
    assert text == (tmp_path / "two.json").read_text(encoding="utf-8")
    assert [json.loads(line.rstrip(","))["id"] for line in text.splitlines() if '"expects"' in line] == ["a/zh", "b/zh"]


def test_a_release_or_a_place_in_the_text_is_not_another_answer() -> None:
    same, moved, other = (
        snapshot(run(Record(case=case(), answer=given))).results[0].answer
        for given in (answer(), answer(start=9, provenance=Provenance(release="s")), answer("15万元[1]。"))
    )
    assert same == moved != other


def test_what_is_expected_has_a_fingerprint_of_its_own() -> None:
    def expects(**changes: Any) -> str:
        return snapshot(run(Record(case=case(**changes), answer=answer()))).results[0].expects

    assert expects() == expects(critical=True, split="train", fact_id="other")
    assert len({expects(), expects(must=[["x"]]), expects(question="几家？"), expects(values=[{"yuan": 5}])}) == 4


@pytest.mark.parametrize(
    ("gold", "stale", "gone"),
    [
        ({"all_of": ["甲乙", "丙丁"]}, ("丙丁",), ("丙丁",)),
        ({"any_of": ["甲乙", "丙丁"]}, ("丙丁",), ()),
        ({"any_of": ["甲乙", "丙丁"]}, ("甲乙", "丙丁"), ("甲乙", "丙丁")),
        ({"all_of": ["甲乙"], "any_of": ["丙丁"]}, (), ()),
    ],
)
def test_a_case_is_stale_without_the_gold_it_needs(
    gold: dict[str, list[str]], stale: tuple[str, ...], gone: tuple[str, ...]
) -> None:
    texts = {key: [{"policy": "p", "text": text} for text in values] for key, values in gold.items()}
    (found,) = snapshot(run(Record(case=case(gold=texts), answer=answer(), stale=stale))).results
    assert (found.gone, found.stale) == (gone, bool(gone))


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("nonsense", "as JSON"),
        ("[]", "got 'list'"),
        ('{"format": 0}', "make a new one"),
        ('{"format": 1, "release": 3}', "wrong value at release"),
    ],
)
def test_what_is_no_snapshot_is_refused_in_words(tmp_path: Path, text: str, said: str) -> None:
    path = tmp_path / "base.json"
    path.write_text(text, encoding="utf-8")
    with pytest.raises(DataFileError, match=said):
        read_snapshot(path)
    with pytest.raises(DataFileError, match=r"none\.json: .* eval bless"):
        read_snapshot(tmp_path / "none.json")
