"""`compare` and `bless` on the command line."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import pytest

import eval.answers
import eval.gate_commands
from eval.__main__ import main
from eval.dataset import CASES, fingerprint, load_cases
from eval.record import Record, Run, write_run
from eval.snapshot import snapshot, write_snapshot
from knowledge.releases import DataDirectory
from tests.corpus import NarrowEmbeddings, write_corpus
from tests.eval.planted import ask
from tests.eval.test_snapshot import answer, case, run

RIGHT = Record(case=case(critical=True), answer=answer())
BROKEN = Record(case=case(critical=True), answer=answer("15万元[1]。"), case_faults=("does not state 20",))


@pytest.fixture
def files(tmp_path: Path) -> tuple[str, str]:
    """The files of a run and of a worse one."""
    made = {"base": run(RIGHT), "new": run(BROKEN, release="s")}
    for name, content in made.items():
        write_run(content, tmp_path / f"{name}.json")
    return str(tmp_path / "base.json"), str(tmp_path / "new.json")


def test_a_broken_critical_case_ends_with_1_and_is_told(
    files: tuple[str, str], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    page, content = tmp_path / "page.html", tmp_path / "all.json"
    assert main(["compare", *files, "--html", str(page), "--json", str(content)]) == 1
    out = capsys.readouterr().out
    for part in ("broken", "BLOCKED: 1 broken", "critical a/zh: '多少家？'", "does not state 20", "p (Holm)"):
        assert part in out
    assert "多少家？" in page.read_text(encoding="utf-8")
    assert json.loads(content.read_text(encoding="utf-8"))["counts"]["broken"] == 1


def test_a_run_against_itself_ends_with_0(files: tuple[str, str], capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["compare", files[0], files[0]]) == 0
    assert "PASSED" in capsys.readouterr().out


def test_a_baseline_is_read_like_a_run(files: tuple[str, str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    write_snapshot(snapshot(run(RIGHT)), tmp_path / "main.json")
    monkeypatch.setattr(eval.gate_commands, "BASELINE", tmp_path / "main.json")
    assert main(["compare", "baseline", files[0]]) == 0
    assert main(["compare", str(tmp_path / "main.json"), files[1]]) == 1


def test_a_repeated_run_finds_a_flaky_case(files: tuple[str, str], tmp_path: Path) -> None:
    write_run(run(BROKEN), tmp_path / "again.json")
    assert main(["compare", files[0], files[0], "--repeat", str(tmp_path / "again.json")]) == 1


def test_part_of_the_set_is_said_to_be_one(tmp_path: Path) -> None:
    other = Record(case=case("b/zh", critical=True), answer=answer())
    write_run(run(RIGHT, other), tmp_path / "all.json")
    write_run(run(RIGHT), tmp_path / "part.json")
    sides = [str(tmp_path / "all.json"), str(tmp_path / "part.json")]
    assert main(["compare", *sides]) == 1
    assert main(["compare", *sides, "--partial"]) == 0


@pytest.mark.parametrize("name", ["nothing", "live"])
def test_what_is_no_side_is_refused_in_one_sentence(
    name: str, files: tuple[str, str], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["compare", files[0], name, "--data", str(tmp_path)]) == 2
    captured = capsys.readouterr()
    assert (captured.out, captured.err.count("\n")) == ("", 1)


def test_releases_and_folders_are_asked(
    small_data: DataDirectory, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    data = DataDirectory(Path(shutil.copytree(small_data.path, tmp_path / "data")))
    monkeypatch.setattr("knowledge.embedding.default_embedder", lambda *_, **__: NarrowEmbeddings())
    monkeypatch.setattr(
        eval.answers,
        "run_cases",
        lambda cases, _, release_id, **__: ask(data, release_id, NarrowEmbeddings(), cases),
    )
    cases = tmp_path / "cases.yaml"
    cases.write_text(
        "kind: reward\nfacts: [{fact: a, policy: ningbo-2016, status: [answered, partial, clarify], critical: true,"
        " values: [{yuan: 300000}], asked: {zh: 宁波企业主导制定国家标准奖励多少？}}]",
        encoding="utf-8",
    )
    folder = write_corpus(tmp_path / "corpus")
    live, options = data.live_id(), ["--data", str(data.path), "--cases", str(cases)]
    assert main(["compare", "live", live, *options]) == 0
    assert main(["compare", live, str(folder), *options]) == 0
    rules = folder / "rules" / "ningbo-2016.yaml"
    rules.write_text(
        rules.read_text(encoding="utf-8").replace("300000", "120000").replace("said: 30万元", "said: 12万元"),
        encoding="utf-8",
    )
    assert main(["compare", live, str(folder), *options]) == 1
    assert data.live_id() == live


def blessable(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, made: Run) -> list[str]:
    monkeypatch.setattr(eval.gate_commands, "BASELINE", tmp_path / "main.json")
    (tmp_path / "eval").mkdir(exist_ok=True)
    write_run(made, tmp_path / "eval" / "last.json")
    return ["bless", "--data", str(tmp_path), "--by", "li"]


def test_the_last_run_is_blessed(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    cases = fingerprint(load_cases(CASES))
    command = blessable(tmp_path, monkeypatch, run(RIGHT, made_from={"cases": cases}))
    assert main([*command, "--reason", "first"]) == 0
    assert "no baseline → 1 of 1 cases right" in capsys.readouterr().out
    blessable(tmp_path, monkeypatch, run(BROKEN, made_from={"cases": cases}))
    assert main([*command, "--reason", "the amount changed"]) == 0
    assert "accepted as wrong: a/zh" in capsys.readouterr().out
    entries = [json.loads(line) for line in (tmp_path / "HISTORY.jsonl").read_text(encoding="utf-8").splitlines()]
    assert [(entry["by"], entry["why"]) for entry in entries] == [("li", "first"), ("li", "the amount changed")]


def test_a_run_of_other_cases_is_blessed_only_by_force(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    command = [*blessable(tmp_path, monkeypatch, run(RIGHT)), "--reason", "why"]
    assert main(command) == 2
    assert "another set of cases" in capsys.readouterr().err
    assert not (tmp_path / "main.json").exists()
    assert main([*command, "--force"]) == 0
    assert "accepted in spite of this: it asked another set" in capsys.readouterr().out


def test_blessing_needs_a_reason_and_a_run(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit, match="2"):
        main(["bless", "--data", str(tmp_path)])
    assert "--reason" in capsys.readouterr().err
    assert main(["bless", "--data", str(tmp_path), "--reason", "x"]) == 2
    assert "python -m eval run" in capsys.readouterr().err
