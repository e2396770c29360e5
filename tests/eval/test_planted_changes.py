"""Changes planted in copies of the project's corpus: each is caught, named and blocked; a reformatting passes.

Real releases, real answers; nothing here is told which change was made.
"""

from __future__ import annotations

import re
import shutil
from collections.abc import Callable
from pathlib import Path

import pytest
import yaml

from assistant.settings import Settings
from eval.compare import CaseChange, Comparison, compare
from eval.comparison_report import describe_clause, describe_rule
from eval.dataset import Case
from eval.gate import Gate, gate
from eval.snapshot import Snapshot, snapshot
from knowledge.embedding import MODELS_FOLDER, Embedder, default_embedder
from knowledge.errors import DataFileError
from knowledge.releases import DataDirectory
from tests.eval.planted import Corpus, ask, few_cases

GOAL = "主导或参与研制60项各类国际标准"


@pytest.fixture(scope="module")
def data(tmp_path_factory: pytest.TempPathFactory, release_dir: Path, models_folder: Path) -> DataDirectory:
    """A data directory of this module's own, whose live release is of the project's documents."""
    folder = tmp_path_factory.mktemp("planted")
    (folder / MODELS_FOLDER).symlink_to(models_folder, target_is_directory=True)
    for part in ("releases", "live"):
        copy = shutil.copytree if (release_dir / part).is_dir() else shutil.copyfile
        copy(release_dir / part, folder / part)
    return DataDirectory(folder)


@pytest.fixture(scope="module")
def quick(data: DataDirectory) -> Embedder:
    return default_embedder(data.path, device="cpu", quick=True)


@pytest.fixture(scope="module")
def cases() -> list[Case]:
    return few_cases()


@pytest.fixture(scope="module")
def before(data: DataDirectory, quick: Embedder, cases: list[Case]) -> Snapshot:
    made = snapshot(ask(data, data.live_id(), quick, cases))
    assert [found.id for found in made.results if not found.right] == []
    return made


@pytest.fixture
def corpus(tmp_path: Path) -> Corpus:
    return Corpus(tmp_path / "corpus")


After = Callable[..., tuple[Comparison, Gate]]


@pytest.fixture
def after(data: DataDirectory, quick: Embedder, cases: list[Case], before: Snapshot, corpus: Corpus) -> After:
    """What becomes of the known answers once the corpus stands as it does now."""

    def changed(settings: Settings | None = None) -> tuple[Comparison, Gate]:
        release_id = corpus.build(data, quick)
        comparison = compare(before, snapshot(ask(data, release_id, quick, cases, settings)))
        return comparison, gate(comparison)

    return changed


def blocked(comparison: Comparison, found: Gate, cause: str) -> dict[str, CaseChange]:
    """The cases that block for this cause, by id."""
    changes = {change.id: change for change in comparison.cases}
    assert not found.passed
    return {block.case: changes[block.case] for block in found.blocks if block.cause == cause and block.case}


def test_an_amount_that_its_own_words_contradict_is_refused_before_any_question(
    corpus: Corpus, data: DataDirectory, quick: Embedder
) -> None:
    corpus.replace(corpus.rules("yangzhou-2011"), "yuan: 200000, said: 20万元", "yuan: 250000, said: 20万元")
    with pytest.raises(DataFileError, match=r"yangzhou-2011\.yaml, line \d+, key `rules\.0\.rows\.1`: .*250000"):
        corpus.build(data, quick)


def test_two_amounts_put_at_each_others_level_are_caught(corpus: Corpus, after: After) -> None:
    rules = corpus.rules("yangzhou-2011")
    corpus.replace(rules, "yuan: 200000, said: 20万元", "yuan: 150000, said:  15万元")
    corpus.replace(rules, "yuan: 150000, said: 15万元", "yuan: 200000, said: 20万元")
    comparison, found = after()
    broken = blocked(comparison, found, "broken")
    assert set(broken) == {
        "yz-national-standard/zh",
        "yz-national-standard/zh-rank2",
        "yz-industry-standard/zh",
        "yz-industry-standard/en-award",
    }
    change = broken["yz-national-standard/zh"]
    assert change.stage == "rules"
    assert [describe_rule(rule) for rule in change.rules] == [
        "rule yangzhou-2011.standard_drafting.national edited: yuan: 200,000 → 150,000; said: 20万元 → 15万元"
    ]
    assert change.clauses == ()


def test_a_changed_condition_is_caught(corpus: Corpus, after: After) -> None:
    corpus.replace(corpus.rules("yangzhou-2011"), "rank_max: 2", "rank_max: 1")
    comparison, found = after()
    broken = blocked(comparison, found, "broken")
    assert set(broken) == {"yz-national-standard/zh-rank2", "yz-international-standard/en-rank2"}
    change = broken["yz-national-standard/zh-rank2"]
    assert change.stage == "rules"
    assert any("conditions[drafter_rank].value: 2 → 1" in describe_rule(rule) for rule in change.rules)


def test_words_taken_out_of_a_clause_are_caught(corpus: Corpus, after: After) -> None:
    corpus.rewrite("guangdong-2018", GOAL, "")
    comparison, found = after()
    stale = blocked(comparison, found, "stale")
    assert set(stale) == {"gd18-international-standards/zh", "gd18-international-standards/en"}
    for change in stale.values():
        assert change.stage == "retrieval"
        assert change.result.gone == (GOAL,)
        assert [describe_clause(clause) for clause in change.clauses] == [
            f"clause guangdong-2018/1/3/d3 edited: 员会或对口单位落户广东,[{GOAL} → ∅]。"
        ]


def test_a_whole_clause_taken_out_is_caught(corpus: Corpus, after: After, before: Snapshot) -> None:
    clause = next(c for c in before.clauses if c.clause_id == "guangdong-2018/1/3/d3")
    corpus.rewrite("guangdong-2018", clause.text.strip(), "")
    comparison, found = after()
    change = blocked(comparison, found, "stale")["gd18-international-standards/zh"]
    assert change.stage == "retrieval"
    assert ("removed", clause.clause_id, clause.text) in [(c.kind, c.base_id, c.base_text) for c in change.clauses]


def test_a_number_edited_in_a_document_is_shown_old_and_new(corpus: Corpus, after: After) -> None:
    corpus.rewrite("guangdong-2018", GOAL, GOAL.replace("60", "80"))
    comparison, found = after()
    change = blocked(comparison, found, "stale")["gd18-international-standards/zh"]
    (clause,) = change.clauses
    assert [(words.old, words.new) for words in clause.words] == [("60", "80")]


def test_a_changed_threshold_is_caught(data: DataDirectory, after: After) -> None:
    comparison, found = after(Settings(data=data.path, evidence_confidence=0.99))
    broken = blocked(comparison, found, "broken")
    assert broken
    for change in broken.values():
        assert change.stage == "composing"
        assert "settings.evidence_confidence: 0.4 → 0.99" in change.notes
    assert comparison.rules == comparison.clauses == ()


def test_two_policies_at_each_others_place_are_caught(corpus: Corpus, after: After) -> None:
    corpus.swap_places("yangzhou-2011", "gdd-2009-draft")
    comparison, found = after()
    broken = blocked(comparison, found, "broken")
    assert {"yz-industry-standard/zh", "gdd-reward-fund/zh"} <= set(broken)
    assert "place yangzhou-2011: 扬州市 → 广州开发区、萝岗区" in broken["yz-industry-standard/zh"].notes
    assert "place gdd-2009-draft: 广州开发区、萝岗区 → 扬州市" in broken["gdd-reward-fund/zh"].notes
    assert broken["gdd-reward-fund/zh"].stage == "retrieval"
    assert broken["yz-industry-standard/zh"].stage in ("retrieval", "rules")


def test_a_reformatting_passes_without_a_flip(corpus: Corpus, after: After, before: Snapshot) -> None:
    for path in (corpus.manifest, *corpus.folder.glob("rules/*.yaml")):
        content = yaml.safe_load(path.read_text(encoding="utf-8"))
        turned = yaml.safe_dump(_turned(content), allow_unicode=True, sort_keys=False, width=200, indent=4)
        path.write_text(
            "# Put in another order.\n\n" + re.sub(r"^(\w)", r"\n\1", turned, flags=re.MULTILINE), encoding="utf-8"
        )
    comparison, found = after()
    assert found.passed
    assert {verdict: count for verdict, count in comparison.counts.items() if count} == {
        "still right": len(before.results)
    }
    assert not any(change.reworded for change in comparison.cases)
    assert comparison.clauses == comparison.rules == comparison.places == ()


def _turned(content: object) -> object:
    """The same with the keys of every mapping in the other order."""
    if isinstance(content, dict):
        return {key: _turned(content[key]) for key in reversed(content)}
    return [_turned(item) for item in content] if isinstance(content, list) else content
