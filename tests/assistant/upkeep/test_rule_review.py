"""Proposals taken over, corrected, rejected and taken back; nothing that the document does not bear out is kept."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest
import yaml

from assistant.upkeep import documents
from assistant.upkeep.changes import Changes
from assistant.upkeep.rule_review import IGNORED, Review, RuleReview
from knowledge.errors import UsageError
from knowledge.staging import Change

TODAY = date(2026, 11, 22)
TEXT = """温州市标准化工作奖励办法
第一条 为推进标准化工作,制定本办法。
第二条 对主导制定国家标准、行业标准的企业,分别给予30万元、12万元的奖励。
第三条 对承担全国专业标准化技术委员会秘书处的单位,一次性给予50万元的奖励。
第四条 市财政每年安排标准化工作经费800万元。
"""


@pytest.fixture
def reviewing(changes: Changes, tmp_path: Path) -> RuleReview:
    (tmp_path / "wenzhou-2026.txt").write_text(TEXT, encoding="utf-8")
    changes.edit(Change(files=(tmp_path / "wenzhou-2026.txt",)), by="alice")
    return RuleReview(changes, today=lambda: TODAY)


def review(reviewing: RuleReview) -> Review:
    return reviewing.of("wenzhou-2026")


def file_of(changes: Changes) -> dict[str, object]:
    content = yaml.safe_load(changes.rules_file("wenzhou-2026").read_text(encoding="utf-8"))
    assert isinstance(content, dict)
    return content


def key_of(found: Review, words: str) -> str:
    return next(one.key for one in found.proposed if words in one.quote)


def test_each_proposal_names_its_clause_and_its_sentence(reviewing: RuleReview) -> None:
    found = review(reviewing)
    assert {one.clause_id for one in found.proposed} == {"wenzhou-2026/2", "wenzhou-2026/3"}
    assert all(one.quote in found.document.text for one in found.proposed)
    assert [amount["yuan"] for amount in found.ignored] == [8_000_000]
    assert found.open == len(found.proposed) + 1


def test_what_is_accepted_stands_in_the_staged_file_with_its_reviewer(reviewing: RuleReview, changes: Changes) -> None:
    key = key_of(review(reviewing), "30万元")
    reviewing.accept("wenzhou-2026", key, by="alice")
    reviewing.accept("wenzhou-2026", IGNORED, by="bob")
    content = file_of(changes)
    assert (content["reviewed_by"], content["reviewed_on"]) == ("alice、bob", "2026-11-22")
    rules = documents.rules_of(changes, "wenzhou-2026")
    assert rules is not None
    assert sorted(rule.yuan or 0 for rule in rules.rules) == [120_000, 300_000]
    assert all(rule.reviewed for rule in rules.rules)
    found = review(reviewing)
    decided = {one.key: one.outcome for one in found.proposed}
    assert decided.pop(key) == "accepted"
    assert set(decided.values()) == {"open"}
    assert found.ignored_by is not None
    assert found.ignored_by.by == "bob"


def test_the_words_that_say_who_is_paid_are_conditions_of_what_is_accepted(
    reviewing: RuleReview, changes: Changes
) -> None:
    one = next(one for one in review(reviewing).proposed if "50万元" in one.quote)
    assert one.group.conditions
    reviewing.accept("wenzhou-2026", one.key, by="alice")
    rules = documents.rules_of(changes, "wenzhou-2026")
    assert rules is not None
    for rule in rules.rules:
        written = [condition for condition in rule.conditions if condition.input.startswith("as_written_")]
        assert [condition.text.zh for condition in written] == list(one.group.conditions)
        assert all(condition.quote in TEXT for condition in written if condition.quote)


def test_an_amount_that_its_own_words_contradict_is_refused(reviewing: RuleReview, changes: Changes) -> None:
    one = next(one for one in review(reviewing).proposed if "30万元" in one.quote)
    with pytest.raises(UsageError, match="300000"):
        reviewing.accept("wenzhou-2026", one.key, by="alice", text=one.text.replace("yuan: 300000", "yuan: 400000"))
    with pytest.raises(UsageError, match="expected words that stand literally"):
        reviewing.accept("wenzhou-2026", one.key, by="alice", text=one.text.replace("分别给予", "分别奖励"))
    for nonsense in ("rows: [", "just words", "- a\n- b", "rows: 3"):
        with pytest.raises(UsageError, match="expected"):
            reviewing.accept("wenzhou-2026", one.key, by="alice", text=nonsense)
    assert not changes.rules_file("wenzhou-2026").exists(), "nothing of it was kept"
    assert review(reviewing).open == len(review(reviewing).proposed) + 1


def test_a_correction_is_kept_and_told_from_the_proposal(reviewing: RuleReview, changes: Changes) -> None:
    one = next(one for one in review(reviewing).proposed if "50万元" in one.quote)
    reviewing.accept("wenzhou-2026", one.key, by="alice", text=one.text.replace("bound: exact", "bound: up_to"))
    rules = documents.rules_of(changes, "wenzhou-2026")
    assert rules is not None
    assert [rule.bound for rule in rules.rules] == ["up_to"]
    assert next(p.outcome for p in review(reviewing).proposed if p.key == one.key) == "corrected"


def test_what_is_rejected_is_noted_as_no_reward_and_can_be_taken_back(reviewing: RuleReview, changes: Changes) -> None:
    key = key_of(review(reviewing), "50万元")
    reviewing.reject("wenzhou-2026", key, "history", by="alice")
    (entry,) = file_of(changes)["ignored"]  # type: ignore[misc]  # a list of the file
    assert (entry["yuan"], entry["reason"]) == (500_000, "history")
    reviewing.accept("wenzhou-2026", key, by="bob")
    content = file_of(changes)
    assert content["ignored"] == []
    assert len(content["rules"]) == 1  # type: ignore[arg-type]
    reviewing.reopen("wenzhou-2026", key, by="bob")
    assert file_of(changes)["rules"] == []
    assert next(one.outcome for one in review(reviewing).proposed if one.key == key) == "open"


def test_another_text_is_reviewed_anew(reviewing: RuleReview, changes: Changes, tmp_path: Path) -> None:
    reviewing.accept("wenzhou-2026", IGNORED, by="alice")
    assert review(reviewing).ignored_by is not None
    (tmp_path / "wenzhou-2026.txt").write_text(TEXT.replace("30万元", "35万元"), encoding="utf-8")
    changes.edit(Change(files=(tmp_path / "wenzhou-2026.txt",)), by="alice")
    found = review(reviewing)
    assert found.ignored_by is None
    with pytest.raises(UsageError, match="no such proposal any more"):
        reviewing.accept("wenzhou-2026", "0" * 12, by="alice")
