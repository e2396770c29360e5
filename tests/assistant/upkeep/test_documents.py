from __future__ import annotations

from pathlib import Path

import pytest

from assistant.upkeep import documents
from assistant.upkeep.changes import Changes
from knowledge.errors import UsageError
from knowledge.staging import Change
from tests.corpus import TEXTS


def test_the_list_says_how_each_document_was_read_and_what_the_change_does(changes: Changes, tmp_path: Path) -> None:
    before = {row.policy.id: row for row in documents.rows(changes)}
    assert {row.mark for row in before.values()} == {""}
    first = before["ningbo-2016"]
    assert first.live
    assert first.document is not None
    assert (first.rules, first.reviewed, first.format) == (2, True, ".txt")

    (tmp_path / "wenzhou.txt").write_text(TEXTS["ningbo-2020"].replace("宁波", "温州"), encoding="utf-8")
    changes.edit(Change(files=(tmp_path / "wenzhou.txt",)), by="alice")
    changes.describe("ningbo-2020", {"issuer": "宁波市人民政府"}, by="alice")
    changes.switch("ningbo-2016", on=False, by="alice")
    changes.edit(Change(remove=("shaoxing-2019-draft",)), by="alice")
    after = {row.policy.id: row for row in documents.rows(changes)}
    assert {name: row.mark for name, row in after.items()} == {
        "ningbo-2016": "off",
        "ningbo-2020": "edited",
        "wenzhou": "added",
        "shaoxing-2019-draft": "removed",
    }
    assert after["ningbo-2016"].document is not None, "what is switched off can still be looked at"
    assert after["wenzhou"].document is not None
    assert not after["wenzhou"].live


def test_segments_joined_are_the_text(changes: Changes) -> None:
    for row in documents.rows(changes):
        assert row.document is not None
        found = documents.segments(row.document)
        assert "".join(segment.text for segment in found) == row.document.text
        numbered = [segment.number for segment in found if segment.clause]
        assert sorted(set(numbered)) == list(range(1, len(row.document.clauses) + 1))
        assert all(segment.dropped or segment.clause for segment in found if segment.text.strip())


def test_what_a_document_says_of_itself_is_proposed_with_its_words(changes: Changes) -> None:
    found = {proposal.field: proposal for proposal in documents.evidence(changes, "ningbo-2016")}
    assert found["doc_no"].value == "甬政发〔2016〕8号"
    text = changes.document("ningbo-2016").text
    assert all(text[p.start : p.end] == p.quote for p in found.values())


def test_rules_stand_beside_their_clause(changes: Changes) -> None:
    rules = documents.rules_of(changes, "ningbo-2016")
    assert rules is not None
    ((clause, own),) = documents.by_clause(changes.document("ningbo-2016"), rules.rules)
    assert clause is not None
    assert clause.clause_id == "ningbo-2016/2"
    assert [rule.yuan for rule in own] == [300_000, 120_000]
    assert documents.rules_of(changes, "shaoxing-2019-draft") is None


def test_there_is_no_document_of_another_name(changes: Changes) -> None:
    with pytest.raises(UsageError, match="expected the id of a policy"):
        changes.document("../../etc/passwd")
