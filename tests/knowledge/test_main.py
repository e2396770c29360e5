"""The command line of the knowledge base: build, list, show, check."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

import knowledge.checks
import knowledge.embedding
from knowledge.__main__ import main
from knowledge.releases import DataDirectory, Release
from knowledge.settings import PACKAGE
from tests.contracts.files import contents
from tests.corpus import TEXTS, NarrowEmbeddings, write_corpus

ROOT = PACKAGE.parent
Run = Callable[..., tuple[int, str, str]]


@pytest.fixture
def run(monkeypatch: pytest.MonkeyPatch, capfdbinary: pytest.CaptureFixture[bytes]) -> Run:
    """Runs the command line in this process with the fake embedder: exit code, stdout, stderr."""
    monkeypatch.setattr(knowledge.embedding, "default_embedder", lambda *args, **more: NarrowEmbeddings())

    def command(*arguments: object) -> tuple[int, str, str]:
        code = main([str(argument) for argument in arguments])
        sys.stdout.flush()
        captured = capfdbinary.readouterr()
        return code, captured.out.decode("utf-8"), captured.err.decode("utf-8")

    return command


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """The small corpus, written out."""
    return write_corpus(tmp_path / "corpus")


# --- build ------------------------------------------------------------------------------------------------------------


def test_build_prints_the_release_it_made_and_shows_its_progress_apart(run: Run, folder: Path, tmp_path: Path) -> None:
    data = DataDirectory(tmp_path / "data")
    code, out, err = run("build", folder, "--data", data.path)
    assert code == 0
    assert out == f"{data.live_id()}\n"
    assert "documents" in err
    assert run("build", folder, "--data", data.path)[:2] == (0, out)


def test_an_empty_folder_builds_an_empty_release(run: Run, tmp_path: Path) -> None:
    (tmp_path / "nothing").mkdir()
    data = DataDirectory(tmp_path / "data")
    code, out, _ = run("build", tmp_path / "nothing", "--data", data.path)
    assert (code, out) == (0, f"{data.live_id()}\n")
    assert run("list", "--data", data.path)[:2] == (0, "")
    assert run("check", "--data", data.path)[0] == 0


def test_plain_text_files_build_without_a_manifest(run: Run, tmp_path: Path) -> None:
    (tmp_path / "plain").mkdir()
    (tmp_path / "plain" / "notice.txt").write_text("某市标准化办法\n第一条 支持企业制定标准。\n", encoding="utf-8")
    assert run("build", tmp_path / "plain", "--data", tmp_path / "data")[0] == 0
    code, out, _ = run("show", "notice", "--data", tmp_path / "data")
    policy = json.loads(out)
    assert (code, policy["title"], policy["doc_no"], policy["signed"]) == (0, "某市标准化办法", None, None)


def test_a_missing_folder_is_one_sentence_and_exit_2(run: Run, tmp_path: Path) -> None:
    code, out, err = run("build", tmp_path / "none", "--data", tmp_path / "data")
    assert (code, out) == (2, "")
    assert str(tmp_path / "none") in err
    assert err.count("\n") == 1


@pytest.mark.parametrize(
    ("harm", "says"),
    [
        (lambda folder: (folder / "sources" / "ningbo-2016.txt").unlink(), "ningbo-2016.txt"),
        (lambda folder: (folder / "sources" / "ningbo-2016.txt").write_text("x", encoding="utf-8"), "sha256"),
        (lambda folder: (folder / "sources" / "policies.yaml").write_text("policies: [", encoding="utf-8"), "YAML"),
        (lambda folder: (folder / "rules" / "other.yaml").write_text("policy: other\n", encoding="utf-8"), "other"),
        (lambda folder: (folder / "sources" / "stray.txt").write_bytes(b"\x00\xff\xfe"), "stray.txt"),
    ],
)
def test_bad_input_is_one_sentence_and_the_live_release_still_answers(
    run: Run, folder: Path, tmp_path: Path, harm: Callable[[Path], object], says: str
) -> None:
    data = DataDirectory(tmp_path / "data")
    assert run("build", folder, "--data", data.path)[0] == 0
    live = data.live_id()
    harm(folder)
    code, out, err = run("build", folder, "--data", data.path)
    assert (code, out) == (2, "")
    # Beside the progress bar, which ends with what was done.
    sentence = [line for line in err.splitlines() if says in line]
    assert len(sentence) == 1
    assert "Traceback" not in err
    assert data.live_id() == live
    assert run("check", "--data", data.path)[0] == 0


def test_two_data_directories_never_touch(
    run: Run, folder: Path, tmp_path: Path, small_data: DataDirectory, monkeypatch: pytest.MonkeyPatch
) -> None:
    before = contents(small_data.path)
    assert run("build", folder, "--data", tmp_path / "own")[0] == 0
    monkeypatch.setenv("BZT_DATA", str(small_data.path))
    (tmp_path / "nothing").mkdir()
    assert run("build", tmp_path / "nothing", "--data", tmp_path / "own")[0] == 0
    assert run("list", "--data", tmp_path / "own")[1] == ""
    assert run("list")[1].count("\n") == len(TEXTS)
    assert contents(small_data.path) == before


# --- list, show -------------------------------------------------------------------------------------------------------


def test_list_has_a_line_a_policy(run: Run, small_data: DataDirectory) -> None:
    code, out, err = run("list", "--data", small_data.path)
    assert code == 0
    assert [line.split("\t")[0] for line in out.splitlines()] == list(TEXTS)
    assert out.splitlines()[0].split("\t")[1:4] == ["in_force", "宁波市", "甬政发〔2016〕8号"]
    assert small_data.live_id() in err


@pytest.mark.parametrize("policy", list(TEXTS))
def test_show_text_is_the_stored_text_to_the_byte(run: Run, small_data: DataDirectory, policy: str) -> None:
    code, out, err = run("show", policy, "--text", "--data", small_data.path)
    assert (code, out, err) == (0, TEXTS[policy], "")


def test_show_text_keeps_every_kind_of_line_end(run: Run, tmp_path: Path) -> None:
    text = "某市办法\r\n第一条　企业给予奖励。\r第二条 支持\u2028标准。\n\n\n"
    (tmp_path / "in").mkdir()
    (tmp_path / "in" / "a.txt").write_bytes(text.encode())
    assert run("build", tmp_path / "in", "--data", tmp_path / "data")[0] == 0
    assert run("show", "a", "--text", "--data", tmp_path / "data")[1] == text


def test_show_tells_what_is_known_of_a_policy(run: Run, small_data: DataDirectory, small_release: Release) -> None:
    code, out, _ = run("show", "ningbo-2016", "--data", small_data.path)
    assert code == 0
    assert json.loads(out) == small_release.documents["ningbo-2016"].policy.model_dump(mode="json")


def test_show_clauses_covers_the_text_in_order(run: Run, small_data: DataDirectory, small_release: Release) -> None:
    code, out, _ = run("show", "ningbo-2020", "--clauses", "--data", small_data.path)
    assert code == 0
    rows = [line.split("\t") for line in out.splitlines()]
    starts = [int(row[0].split("-")[0]) for row in rows]
    assert starts == sorted(starts)
    assert [row[1] for row in rows if not row[1].startswith("(")] == [
        clause.clause_id for clause in small_release.documents["ningbo-2020"].clauses
    ]


def test_an_unknown_policy_is_one_sentence_that_names_those_there_are(run: Run, small_data: DataDirectory) -> None:
    code, out, err = run("show", "suzhou-2012", "--text", "--data", small_data.path)
    assert (code, out) == (2, "")
    assert err.count("\n") == 1
    assert all(policy in err for policy in TEXTS)


# --- check ------------------------------------------------------------------------------------------------------------


def test_check_proves_every_invariant(run: Run, small_data: DataDirectory) -> None:
    code, out, _ = run("check", "--data", small_data.path)
    assert code == 0
    assert [line[:4] for line in out.splitlines()[:-1]] == ["ok  "] * 5
    assert small_data.live_id() in out.splitlines()[-1]


def test_check_names_what_fails_and_exits_with_1(
    run: Run, small_data: DataDirectory, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(knowledge.checks, "check", lambda release: {"one": [], "two": ["a is not b"]})
    code, out, _ = run("check", "--data", small_data.path)
    assert code == 1
    assert out.splitlines()[:3] == ["ok   one", "FAIL two", "     a is not b"]


# --- wrong use ------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("command", [("list",), ("show", "x"), ("check",)])
def test_no_release_is_one_sentence_that_says_what_to_do(run: Run, tmp_path: Path, command: tuple[str, ...]) -> None:
    code, out, err = run(*command, "--data", tmp_path / "none")
    assert (code, out) == (2, "")
    assert err.count("\n") == 1
    assert "python -m knowledge build" in err


def test_a_damaged_release_gives_way_with_a_notice(run: Run, folder: Path, tmp_path: Path) -> None:
    data = DataDirectory(tmp_path / "data")
    run("build", folder, "--data", data.path)
    good = data.live_id()
    rules = folder / "rules" / "ningbo-2016.yaml"
    rules.write_text(rules.read_text(encoding="utf-8").replace("a reader", "another reader"), encoding="utf-8")
    run("build", folder, "--data", data.path)
    (data.releases / data.live_id() / "documents.jsonl").write_text("", encoding="utf-8")
    code, out, err = run("list", "--data", data.path)
    assert code == 0
    assert out.count("\n") == len(TEXTS)
    assert good in err
    assert "documents.jsonl" in err


@pytest.mark.parametrize("arguments", [[], ["destroy"], ["show"], ["list", "--no"]])
def test_wrong_arguments_exit_with_2(arguments: list[str]) -> None:
    with pytest.raises(SystemExit) as stop:
        main(arguments)
    assert stop.value.code == 2


# --- real runs ------------------------------------------------------------------------------------------------------------


def test_the_real_release_is_listed_shown_and_proved(release_dir: Path, release: Release) -> None:
    def process(*arguments: str) -> subprocess.CompletedProcess[bytes]:
        command = [sys.executable, "-m", "knowledge", *arguments, "--data", str(release_dir)]
        locale = {"LC_ALL": "POSIX", "PYTHONUTF8": "0", "PYTHONCOERCECLOCALE": "0"}
        return subprocess.run(command, cwd=ROOT, env={**os.environ, **locale}, capture_output=True, timeout=600)

    document = release.documents["guangdong-2010"]
    shown = process("show", "guangdong-2010", "--text")
    assert (shown.returncode, shown.stderr) == (0, b"")
    assert shown.stdout == document.text.encode() == (PACKAGE / "sources" / document.policy.source).read_bytes()
    proved = process("check")
    assert proved.returncode == 0
    assert b"FAIL" not in proved.stdout
    assert proved.stdout.count(b"ok  ") == 5


# --- describe -------------------------------------------------------------------------------------------------------------


def test_describe_proposes_an_entry_with_its_evidence(run: Run, folder: Path, tmp_path: Path) -> None:
    path = tmp_path / "new.txt"
    path.write_text(
        "宁波市标准化工作奖励办法\n甬政发〔2022〕9号\n第一条 总则。\n第二条 本办法自2022年5月1日起施行。\n"
        "原《宁波市标准化工作奖励办法》（甬政发〔2016〕8号）同时废止。\n",
        encoding="utf-8",
    )
    code, out, err = run("describe", path, "--folder", folder, "--json")
    assert (code, err) == (0, "")
    found = json.loads(out)
    assert found["policy"]["effective"] == "2022-05-01"
    assert found["policy"]["doc_no"] == "甬政发〔2022〕9号"
    assert found["policy"]["supersedes"] == ["ningbo-2016"]
    text = path.read_text(encoding="utf-8")
    assert all(p["quote"] == text[p["start"] : p["end"]] for p in found["proposals"])
    code, out, _ = run("describe", path, "--folder", folder)
    assert code == 0
    assert 'effective: "2022-05-01"' in out
    assert "“自2022年5月1日起施行”" in out


def test_describe_looks_for_older_versions_in_the_live_release(run: Run, folder: Path, tmp_path: Path) -> None:
    path = tmp_path / "new.txt"
    path.write_text("宁波市标准化工作奖励办法\n原办法（甬政发〔2016〕8号）同时废止。\n2022年5月1日\n", encoding="utf-8")
    data = ("--data", tmp_path / "data")
    run("build", folder, *data)
    assert json.loads(run("describe", path, "--json", *data)[1])["policy"]["supersedes"] == ["ningbo-2016"]


def test_describe_of_no_file_or_no_document_is_one_sentence(run: Run, tmp_path: Path) -> None:
    (tmp_path / "a.pdf").write_bytes(b"")
    for path in (tmp_path / "none.txt", tmp_path / "a.pdf"):
        code, out, err = run("describe", path)
        assert (code, out) == (2, "")
        assert err.count("\n") == 1
