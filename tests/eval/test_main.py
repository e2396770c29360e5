"""The command line of the evaluation."""

from __future__ import annotations

from pathlib import Path

import pytest

from eval.__main__ import LAST_RUN, main
from eval.record import read_run

CASES = """kind: fact
facts:
  - fact: yz-budget
    policy: yangzhou-2011
    status: [answered, partial]
    asked:
      zh: 扬州市每年安排多少标准化专项资金？
  - fact: nothing
    status: [abstained]
    asked:
      en: What is the weather like?
"""


@pytest.fixture
def case_file(tmp_path: Path) -> Path:
    path = tmp_path / "cases.yaml"
    path.write_text(CASES, encoding="utf-8")
    return path


def test_a_run_is_told_and_kept(
    case_file: Path, release_dir: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    target = tmp_path / "run.json"
    code = main(["run", "--cases", str(case_file), "--data", str(release_dir), "--json", str(target), "--workers", "1"])
    captured = capsys.readouterr()
    run = read_run(target)
    assert [record.case.id for record in run.records] == ["yz-budget/zh", "nothing/en"]
    assert code == (0 if all(record.passed for record in run.records) else 1)
    assert f"of 2 cases are right; release {run.release}" in captured.out
    assert "2/2" in captured.err
    assert read_run(release_dir / LAST_RUN) == run


def test_an_unknown_release_is_one_sentence(
    case_file: Path, release_dir: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["run", "--cases", str(case_file), "--data", str(release_dir), "--release", "none"]) == 2
    captured = capsys.readouterr()
    assert captured.out == ""
    assert "got 'none'; there are: " in captured.err
    assert "Traceback" not in captured.err


def test_a_wrong_case_file_is_one_sentence(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["run", "--cases", str(tmp_path / "none.yaml")]) == 2
    captured = capsys.readouterr()
    assert captured.out == ""
    assert captured.err.count("\n") == 1
    assert "found nothing there" in captured.err


@pytest.mark.parametrize("arguments", [["run", "--workers", "0"], ["run", "--asked-at", "yesterday"], []])
def test_wrong_use_is_told(arguments: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as ended:
        main(arguments)
    assert ended.value.code == 2
    assert "Traceback" not in capsys.readouterr().err


def test_the_page_of_a_run_and_what_changed_since(
    case_file: Path, release_dir: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    page, base = tmp_path / "run.html", tmp_path / "base.json"
    given = ["run", "--cases", str(case_file), "--data", str(release_dir), "--workers", "1"]
    assert main([*given, "--base", str(base)]) == 2
    assert "base.json" in capsys.readouterr().err
    main([*given, "--json", str(base)])
    main([*given, "--html", str(page), "--base", str(base)])
    assert 'data-change="same"' in page.read_text(encoding="utf-8")


def test_the_cases_are_checked_against_a_release(
    case_file: Path, release_dir: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["check-cases", "--data", str(release_dir)]) == 0
    assert "sound; release" in capsys.readouterr().out
    assert main(["check-cases", "--cases", str(case_file), "--data", str(release_dir)]) == 1
    assert "no case for the rule" in capsys.readouterr().out


def test_draft_commands_are_there(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    assert main(["drafts", "--data", str(tmp_path)]) == 0
    assert "Traceback" not in capsys.readouterr().err
