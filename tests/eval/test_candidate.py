"""The verdict before publishing: known answers asked of two releases, invariants proved, the report kept."""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import pytest
import yaml

import eval.answers
from assistant.settings import Settings
from eval.candidate import Verdict, applicable_cases, judge
from eval.dataset import Case
from eval.examine import lost
from eval.record import Run
from knowledge.errors import CorruptRelease
from knowledge.releases import DataDirectory, build
from tests.corpus import NarrowEmbeddings, write_corpus
from tests.eval.planted import ask
from tests.eval.records import case
from tests.eval.test_runner import open_small

CASES = """
kind: reward
defaults: {policy: ningbo-2016, status: [answered, partial, clarify], critical: true}
facts:
  - fact: national
    values: [{yuan: 300000}]
    gold: 分别给予30万元、12万元的奖励
    asked: {zh: 宁波企业主导制定国家标准奖励多少？}
  - {fact: budget, policy: ningbo-2020, critical: false, asked: {zh: 宁波市每年安排多少标准化工作经费？}}
  - {fact: elsewhere, policy: yangzhou-2011, asked: {zh: 扬州国家标准奖励多少？}}
"""
Judges = Callable[..., Verdict]


@pytest.fixture
def asked(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Cases are asked in this process: the releases that were, in order."""
    releases: list[str] = []

    def run(cases: Sequence[Case], settings: Settings, release_id: str, **_: object) -> Run:
        releases.append(release_id)
        return ask(DataDirectory(settings.data), release_id, NarrowEmbeddings(), cases)

    monkeypatch.setattr(eval.answers, "run_cases", run)
    return releases


@pytest.fixture
def verdict(data: DataDirectory, tmp_path: Path) -> Judges:
    """The verdict on a release made of the small corpus after a change."""

    def of(change: Callable[[Path], object] = str, cases: str = CASES) -> Verdict:
        file = tmp_path / "cases.yaml"
        file.write_text(cases, encoding="utf-8")
        shutil.rmtree(tmp_path / "corpus", ignore_errors=True)
        folder = write_corpus(tmp_path / "corpus")
        change(folder)
        candidate = build(folder, data, NarrowEmbeddings(), switch=False)
        return judge(data, data.live_id(), candidate, cases=file, embedder=NarrowEmbeddings(), opener=open_small)

    return of


def swap_amounts(folder: Path) -> None:
    path = folder / "rules" / "ningbo-2016.yaml"
    content = yaml.safe_load(path.read_text(encoding="utf-8"))
    first, second = content["rules"][0]["rows"]
    for key in ("yuan", "said"):
        first[key], second[key] = second[key], first[key]
    path.write_text(yaml.safe_dump(content, allow_unicode=True), encoding="utf-8")


def test_a_candidate_with_a_wrong_amount_is_blocked_and_the_report_kept(verdict: Judges, data: DataDirectory) -> None:
    found = verdict(swap_amounts)
    assert not found.passed
    for part in (
        "BLOCKED: 1 broken",
        "critical national/zh: '宁波企业主导制定国家标准奖励多少？'",
        "does not state 300,000 yuan",
        "changed at rules",
        "rule ningbo-2016.drafting.national edited: yuan: 300,000 → 120,000",
        "Not asked, because their policies are in neither release: 1 that need yangzhou-2011.",
    ):
        assert part in found.summary
    (page,) = (data.path / "eval" / "reports").glob("*.html")
    assert str(page) in found.summary
    assert json.loads(page.with_suffix(".json").read_text(encoding="utf-8")) == found.report
    assert found.report["skipped"] == {"yangzhou-2011": 1}
    assert found.report["asked"] == 2


def test_a_release_is_asked_once(verdict: Judges, data: DataDirectory, asked: list[str]) -> None:
    first = verdict()
    assert first.passed
    assert first.report["counts"]["still right"] == 2
    assert verdict().passed
    assert asked == [data.live_id()]


def test_other_code_or_other_cases_ask_again(
    verdict: Judges, asked: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    verdict()
    verdict(cases=CASES.replace("多少标准化", "几多标准化"))
    assert len(asked) == 2
    monkeypatch.setattr(eval.answers, "code_fingerprint", lambda: "other")
    verdict()
    assert len(asked) == 3


def test_a_case_that_got_no_answer_is_asked_again(
    verdict: Judges, data: DataDirectory, asked: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    run = eval.answers.run_cases

    def lose_one(*given: Any, **options: Any) -> Run:
        made = run(*given, **options)
        return made.model_copy(update={"records": (*made.records[:-1], lost(made.records[-1].case, "killed", None))})

    monkeypatch.setattr(eval.answers, "run_cases", lose_one)
    assert [block["cause"] for block in verdict().report["gate"]["let_through"]] == ["contract"]
    assert list((data.path / "eval").glob("runs/*")) == []


def test_where_no_case_applies_nothing_is_known_and_the_invariants_decide(
    verdict: Judges, asked: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    foreign = CASES.replace("ningbo", "yangzhou")
    found = verdict(cases=foreign)
    assert found.passed
    assert found.summary.startswith(
        "No case can be asked of these releases: what becomes of their answers is not known."
    )
    monkeypatch.setattr("eval.candidate.check", lambda release: {"1 spans": ["p: 3–5 overlaps"], "2 cover": []})
    assert asked == []
    broken = verdict(cases=foreign)
    assert not broken.passed
    assert "BLOCKED: 1 invariant" in broken.summary
    assert "1 spans: p: 3–5 overlaps" in broken.summary


def test_a_release_that_is_not_there_is_an_error(data: DataDirectory) -> None:
    with pytest.raises(CorruptRelease):
        judge(data, data.live_id(), "none", cases=Path("none"), embedder=NarrowEmbeddings(), opener=open_small)


def test_which_cases_apply() -> None:
    own = case("own/zh", policy=["a"])
    gold = case("gold/zh", gold={"any_of": [{"policy": "b", "text": "甲乙"}]})
    both, none = case("both/zh", policy=["a", "b"]), case("none/zh")
    chosen, skipped = applicable_cases([own, gold, both, none], {"a"})
    assert [one.id for one in chosen] == ["own/zh", "none/zh"]
    assert skipped == {"b": 2}
    assert applicable_cases([own, gold, both, none], {"a", "b", "c"}).skipped == {}
    chosen, skipped = applicable_cases([own, gold, both, none], {"c"})
    assert chosen == ()
    assert skipped == {"a": 1, "b": 1, "a, b": 1, "none of its own": 1}


def test_only_the_last_runs_and_reports_are_kept(
    verdict: Judges, data: DataDirectory, asked: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("eval.candidate._KEPT", 2)
    monkeypatch.setattr("eval.answers._KEPT", 1)
    for code in ("one", "two", "three"):
        monkeypatch.setattr(eval.answers, "code_fingerprint", lambda code=code: code)
        verdict()
    assert len(asked) == 3
    assert len(list((data.path / "eval" / "runs").iterdir())) == 1
    assert len(list((data.path / "eval" / "reports").iterdir())) == 4
