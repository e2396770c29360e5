"""What differs between two releases: clauses by their words, rules by their fields."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from knowledge.clauses import cut
from knowledge.diff import Difference, align, compare, lines, marked, words
from knowledge.model import Document, Policy
from knowledge.releases import Contents
from knowledge.rules import RuleBook, load_rules
from tests.corpus import TEXTS, write_corpus

TEXT = TEXTS["ningbo-2016"]


def document(text: str, name: str = "p", **fields: object) -> Document:
    clauses, dropped = cut(name, text)
    policy = Policy.model_validate(
        {"id": name, "title": "办法", "source": "p.txt", "sha256": str(hash(text)), **fields}
    )
    return Document(policy=policy, text=text, clauses=clauses, dropped=dropped)


def contents(*documents: Document, rules: RuleBook | None = None, name: str = "r") -> Contents:
    by_id: Mapping[str, Document] = {d.policy.id: d for d in documents}
    return Contents(name, {}, by_id, rules or RuleBook({}, ""))


def between(old: str, new: str) -> Difference:
    return compare(contents(document(old)), contents(document(new)))


def test_the_same_differs_in_nothing() -> None:
    found = between(TEXT, TEXT)
    assert found.documents == ()
    assert found.summary() == "nothing differs"
    assert list(lines(found)) == ["r → r: nothing differs"]


def test_an_edited_clause_is_shown_in_its_old_and_new_words() -> None:
    (change,) = between(TEXT, TEXT.replace("30万元、12万元", "50万元、12万元")).documents
    (clause,) = change.clauses
    assert (clause.kind, clause.old_id, clause.new_id) == ("edited", "p/2", "p/2")
    assert [(w.old, w.new) for w in clause.words if not w.same] == [("30", "50")]
    assert "[-30-]{+50+}万元" in "\n".join(lines(between(TEXT, TEXT.replace("30万元、12万元", "50万元、12万元"))))


def test_a_clause_put_in_between_moves_the_others_and_edits_none() -> None:
    new = TEXT.replace("第三条", "第三条 设立标准创新贡献奖,每两年评选一次,奖励获奖单位。\n第四条", 1)
    new = new.replace("第五条 领导", "第六条 领导").replace("第四条 申报", "第五条 申报")
    (change,) = between(TEXT, new).documents
    assert [(c.kind, c.old_id, c.new_id) for c in change.clauses] == [
        ("added", None, "p/3"),
        ("edited", "p/3", "p/4"),
        ("edited", "p/4", "p/5"),
        ("edited", "p/5", "p/6"),
    ]
    # The number of an article is a word of it.
    assert all(len([w for w in c.words if not w.same]) == 1 for c in change.clauses[1:])


def test_words_at_another_address_are_moved() -> None:
    old = document(TEXT)
    moved = tuple(c.model_copy(update={"clause_id": c.clause_id.replace("p/", "p/one/")}) for c in old.clauses)
    (change,) = compare(contents(old), contents(old.model_copy(update={"clauses": moved}))).documents
    assert {c.kind for c in change.clauses} == {"moved"}
    assert [(c.old_id, c.new_id) for c in change.clauses] == [
        (before.clause_id, after.clause_id) for before, after in zip(old.clauses, moved, strict=True)
    ]


def test_a_removed_clause_and_a_layout_that_changed() -> None:
    (change,) = between(TEXT, TEXT.replace("第三条 到2018年,全市新增国家标准40项。\n", "")).documents
    assert [(c.kind, c.old_id) for c in change.clauses] == [("removed", "p/3")]
    (change,) = between(TEXT, TEXT.replace("第三条 到", "第三条  到")).documents
    assert change.clauses == ()  # the text differs, no clause does


@given(st.lists(st.sampled_from("甲乙丙丁戊己"), max_size=8), st.lists(st.sampled_from("甲乙丙丁戊己"), max_size=8))
def test_alignment_accounts_for_every_clause_once(before: list[str], after: list[str]) -> None:
    def made(letters: list[str]) -> Document:
        body = "".join(f"第{n}条 {letter * 12}应当支持企业标准化。\n" for n, letter in enumerate(letters, 1))
        return document("办法\n" + body)

    old, new = made(before).clauses, made(after).clauses
    pairs = align(old, new)
    assert [pair.new for pair in pairs if pair.new] == list(new)
    assert sorted(pair.old.clause_id for pair in pairs if pair.old) == sorted(clause.clause_id for clause in old)


@given(st.text(alphabet="标准60万元 a1.5,\n"), st.text(alphabet="标准60万元 a1.5,\n"))
def test_words_give_both_texts_back(old: str, new: str) -> None:
    stretches = words(old, new)
    assert "".join(w.same or w.old for w in stretches) == old
    assert "".join(w.same or w.new for w in stretches) == new
    assert marked(stretches) == " ".join(marked(stretches).split())


def test_a_number_is_never_split() -> None:
    assert marked(words("奖励100万元", "奖励1000万元")) == "奖励[-100-]{+1000+}万元"


def test_documents_come_and_go_with_what_is_known_of_them() -> None:
    base = contents(document(TEXT, "old", status="in_force"), document(TEXT, "gone"))
    new = TEXT.replace("30万元、12万元", "50万元、20万元")
    candidate = contents(
        document(TEXT, "old", status="superseded", superseded_by="new"), document(new, "new", supersedes=("old",))
    )
    found = compare(base, candidate)
    assert [(d.kind, d.policy_id, d.against) for d in found.documents] == [
        ("added", "new", "old"),
        ("edited", "old", None),
        ("removed", "gone", None),
    ]
    added, edited, removed = found.documents
    assert [(c.kind, c.old_id, c.new_id) for c in added.clauses] == [("edited", "old/2", "new/2")]
    assert {(f.field, f.old, f.new) for f in edited.metadata} == {
        ("status", "in_force", "superseded"),
        ("superseded_by", None, "new"),
    }
    assert {c.kind for c in removed.clauses} == {"removed"}
    assert "compared with old, which it supersedes" in "\n".join(lines(found))
    assert found.summary().startswith("added new; removed gone; edited old; clauses: ")


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return write_corpus(tmp_path / "corpus")


def test_rules_are_compared_field_by_field(folder: Path) -> None:
    path = folder / "rules" / "ningbo-2016.yaml"
    own = document(TEXT, "ningbo-2016")

    def release() -> Contents:
        return contents(own, rules=load_rules(folder / "rules"))

    before = release()
    text = path.read_text(encoding="utf-8")
    path.write_text(text.replace("bound: exact", "bound: up_to"), encoding="utf-8")
    (change,) = compare(before, release()).documents
    assert [(r.kind, r.rule) for r in change.rules] == [
        ("edited", "drafting.national"),
        ("edited", "drafting.industry"),
    ]
    assert {(f.field, f.old, f.new) for r in change.rules for f in r.fields} == {("bound", "exact", "up_to")}

    path.write_text(text[: text.index("  - level: industry")], encoding="utf-8")
    (change,) = compare(before, release()).documents
    (gone,) = change.rules
    assert gone.kind == "removed"
    assert ("yuan", 120000, None) in {(f.field, f.old, f.new) for f in gone.fields}
    assert "- rule" in "\n".join(lines(compare(before, release())))

    path.unlink()
    (change,) = compare(before, release()).documents
    assert [r.kind for r in change.rules] == ["removed", "removed"]


def test_what_a_file_says_for_all_its_rules_is_compared(folder: Path) -> None:
    own = document(TEXTS["ningbo-2020"], "ningbo-2020")
    before = contents(own, rules=load_rules(folder / "rules"))
    path = folder / "rules" / "ningbo-2020.yaml"
    path.write_text(path.read_text(encoding="utf-8").replace("budget", "goal"), encoding="utf-8")
    (change,) = compare(before, contents(own, rules=load_rules(folder / "rules"))).documents
    (shared,) = change.rules
    assert (shared.kind, shared.rule, [f.field for f in shared.fields]) == ("edited", "(file)", ["ignored"])
