"""The command line for the life of a corpus change."""

from __future__ import annotations

import json
import sys
import types
from collections.abc import Callable
from pathlib import Path

import pytest

import knowledge.embedding
from knowledge.__main__ import main
from knowledge.datadir import DataDirectory
from knowledge.life import Verdict
from knowledge.settings import PACKAGE
from tests.corpus import TEXTS, NarrowEmbeddings, write_corpus

Run = Callable[..., tuple[int, str, str]]
EXAMPLE = PACKAGE.parent / "examples" / "yangzhou-2024"


@pytest.fixture
def data(tmp_path: Path) -> DataDirectory:
    return DataDirectory(tmp_path / "data")


@pytest.fixture
def run(monkeypatch: pytest.MonkeyPatch, capfdbinary: pytest.CaptureFixture[bytes], data: DataDirectory) -> Run:
    """Runs the command line in this process with the fake embedder: exit code, stdout, stderr."""
    monkeypatch.setattr(knowledge.embedding, "default_embedder", lambda *args, **more: NarrowEmbeddings())
    monkeypatch.setenv("BZT_ACTOR", "王芳")

    def command(*arguments: object) -> tuple[int, str, str]:
        code = main([*(str(argument) for argument in arguments), "--data", str(data.path)])
        sys.stdout.flush()
        captured = capfdbinary.readouterr()
        return code, captured.out.decode("utf-8"), captured.err.decode("utf-8")

    return command


@pytest.fixture
def built(run: Run, tmp_path: Path) -> str:
    """The small corpus is live; its release."""
    return run("build", write_corpus(tmp_path / "corpus"))[1].strip()


@pytest.fixture
def judge(monkeypatch: pytest.MonkeyPatch) -> list[Verdict]:
    """What the gate of the evaluation set says, in order."""
    verdicts = [Verdict(False, "1 case broken: q2"), Verdict(True, "no case broken")]
    gate = types.ModuleType("eval.candidate")
    gate.judge = lambda *_, progress: (progress(1, 1), verdicts.pop(0))[1]  # type: ignore[attr-defined]
    monkeypatch.setitem(sys.modules, "eval.candidate", gate)
    return verdicts


@pytest.fixture
def changed(tmp_path: Path) -> Path:
    path = tmp_path / "ningbo-2016.txt"
    path.write_text(TEXTS["ningbo-2016"].replace("40项", "50项"), encoding="utf-8")
    return path


def test_a_change_is_staged_compared_judged_published_and_taken_back(
    run: Run, built: str, judge: list[Verdict], changed: Path
) -> None:
    code, candidate, err = run("stage", changed)
    candidate = candidate.strip()
    assert code == 0
    assert "clauses embedded: 1, reused: 12" in err
    assert "edited ningbo-2016; clauses: 1 edited" in err
    code, out, _ = run("diff")
    assert (code, out.splitlines()[0]) == (0, f"{built} → {candidate}: edited ningbo-2016; clauses: 1 edited")
    assert "[-40-]{+50+}项" in out
    assert json.loads(run("diff", "--json")[1])["documents"][0]["clauses"][0]["kind"] == "edited"
    code, out, err = run("publish")
    assert (code, out) == (1, "")
    assert "1 case broken: q2" in err
    assert f"{built} still answers" in err
    code, out, err = run("publish", "--why", "new goals")
    assert (code, out) == (0, f"{candidate}\n")
    assert f"returns to {built}" in err
    code, out, _ = run("releases")
    assert code == 0
    first, *rows = out.splitlines()
    assert first.startswith(f"* {candidate}  3 policies")
    assert first.endswith("live")
    for words in (
        "王芳  publish, blocked  gate: failed",
        "王芳  publish  gate: passed  why: new goals",
        "edited ningbo-2016",
    ):
        assert any(words in row for row in rows)
    code, out, _ = run("rollback", "--why", "wrong goals")
    assert (code, out) == (0, f"{built}\n")
    found = json.loads(run("releases", "--json")[1])
    assert [(r["release"], r["live"]) for r in found] == [(built, True), (candidate, False)]
    assert found[0]["history"][-2]["why"] == "wrong goals"
    assert Path(found[1]["report"]).is_file()


def test_an_overridden_gate_says_so(run: Run, built: str, judge: list[Verdict], changed: Path) -> None:
    run("stage", changed)
    code, out, err = run("publish", "--override", "checked by hand")
    assert code == 0
    assert "overridden" in err
    assert "override: checked by hand" in run("releases")[1]
    assert out.strip() != built


def test_a_gate_that_is_not_there_lets_nothing_pass(
    run: Run, built: str, changed: Path, monkeypatch: pytest.MonkeyPatch, data: DataDirectory
) -> None:
    monkeypatch.setitem(sys.modules, "eval.candidate", None)
    run("stage", changed)
    code, _, err = run("publish")
    assert code == 1
    assert "the gate broke" in err
    assert data.live_id() == built


def test_what_cannot_be_built_is_explained_and_exits_with_1(run: Run, built: str, changed: Path) -> None:
    changed.write_text(TEXTS["ningbo-2016"].replace("30万元", "50万元"), encoding="utf-8")
    code, out, err = run("stage", changed)
    assert (code, out) == (1, "")
    assert "ningbo-2016.drafting.national" in err
    assert "--remove-rules ningbo-2016" in err
    code, _, err = run("publish")
    assert code == 2
    assert err.count("\n") == 1
    assert run("stage", "--remove-rules", "ningbo-2016")[0] == 0
    assert run("stage", "--reset")[::2] == (0, "the candidate is gone\n")
    assert run("stage", "--reset")[::2] == (0, "nothing was staged\n")


def test_metadata_are_options(run: Run, built: str, tmp_path: Path, data: DataDirectory) -> None:
    (tmp_path / "x.txt").write_text("标准化办法\n第一条 支持企业。\n", encoding="utf-8")
    options = ("--as", "suzhou-2024", "--place", "苏州市", "--signed", "2024-01-02", "--status", "draft")
    assert run("stage", tmp_path / "x.txt", *options, "--supersedes", "ningbo-2016")[0] == 0
    (change, other) = json.loads(run("diff", "--json")[1])["documents"]
    fields = {field["field"]: field["new"] for field in change["metadata"]}
    assert (fields["place"]["code"], fields["signed"], fields["status"]) == ("320500", "2024-01-02", "draft")
    assert {field["field"]: field["new"] for field in other["metadata"]}["superseded_by"] == "suzhou-2024"
    assert run("stage", "--as", "suzhou-2024", "--place", "330100", "--signed", "")[0] == 0
    fields = {f["field"]: f["new"] for f in json.loads(run("diff", "--json")[1])["documents"][0]["metadata"]}
    assert fields["place"]["name"] == "杭州市"
    assert fields.get("signed") is None
    code, _, err = run("stage", "--as", "suzhou-2024", "--place", "哪里")
    assert (code, err.splitlines()[-1].startswith("expected a GB/T 2260 code")) == (2, True)
    with pytest.raises(SystemExit):
        run("stage", "--as", "suzhou-2024", "--signed", "yesterday")


def test_releases_are_pinned(run: Run, built: str) -> None:
    assert run("releases", "--pin", built)[1].splitlines()[0].endswith("live pinned")
    assert run("releases", "--unpin", built)[1].splitlines()[0].endswith("live")
    assert run("releases", "--unpin", built)[0] == 2


def test_a_changed_log_is_named_and_exits_with_1(run: Run, built: str, data: DataDirectory) -> None:
    log = data.audit.path
    log.write_text(log.read_text(encoding="utf-8").replace("王芳", "somebody", 1), encoding="utf-8")
    code, out, err = run("releases")
    assert code == 1
    assert built in out
    assert "line 2" in err


def test_a_build_says_what_it_changed(run: Run, built: str, tmp_path: Path) -> None:
    folder = tmp_path / "corpus"
    (folder / "rules" / "ningbo-2020.yaml").unlink()
    code, _, err = run("build", folder)
    assert code == 0
    assert f"against {built}: edited ningbo-2020; rules: 1 removed" in err


@pytest.mark.parametrize(
    "arguments", [("stage", "x.txt"), ("diff",), ("publish",), ("rollback",), ("releases", "--pin", "x")]
)
def test_where_there_is_nothing_each_command_says_what_to_do(run: Run, arguments: tuple[str, ...]) -> None:
    code, out, err = run(*arguments)
    assert (code, out) == (2, "")
    assert err.count("\n") == 1


def test_an_empty_list(run: Run) -> None:
    assert run("releases") == (0, "", "")


def test_the_example_of_a_revision_is_staged_against_the_projects_documents(run: Run, data: DataDirectory) -> None:
    assert run("build", PACKAGE)[0] == 0
    code, _, err = run("stage", *EXAMPLE.iterdir(), "--as", "yangzhou-2024", "--supersedes", "yangzhou-2011")
    assert code == 0, err
    added, old = json.loads(run("diff", "--json")[1])["documents"]
    assert (added["policy_id"], added["against"], old["policy_id"]) == (
        "yangzhou-2024",
        "yangzhou-2011",
        "yangzhou-2011",
    )
    yuan = {
        rule["rule"]: (f["old"], f["new"]) for rule in added["rules"] for f in rule["fields"] if f["field"] == "yuan"
    }
    assert yuan == {
        "standard_drafting.international": (600_000, 800_000),
        "standard_drafting.national": (200_000, 300_000),
        "standard_drafting.municipal_local": (20_000, 30_000),
        "group_standard": (None, 40_000),
        "adopt_international": (10_000, 20_000),
        "host_committee.urban_district": (600_000, 500_000),
    }
    assert {f["new"] for f in old["metadata"] if f["field"] == "status"} == {"superseded"}
    assert "is in no rule" not in err
    assert (
        "虚构" in (EXAMPLE / "扬州市技术标准战略实施意见2024(虚构示例).txt").read_text(encoding="utf-8").splitlines()[0]
    )
