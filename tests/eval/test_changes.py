"""Clauses, rules and settings of two releases held against each other."""

from hypothesis import given
from hypothesis import strategies as st

from eval.changes import align, counterparts, different_words, field_changes, rule_changes
from tests.eval.results import clauses

GOALS = "到2015年,全市新增国家标准40项、行业标准60项。"
MONEY = "对主导制定国家标准的企业,市财政给予20万元的资助。"
OFFICE = "领导小组办公室设在市质监局,负责日常工作。"


def test_a_clause_that_moved_is_no_change() -> None:
    alignment = align(clauses(p_1=GOALS, p_2=MONEY, p_3=OFFICE), clauses(p_1=OFFICE, p_2=GOALS, p_3=MONEY))
    assert alignment.changes == ()
    assert alignment.same == {"p/1": "p/2", "p/2": "p/3", "p/3": "p/1"}


def test_a_clause_that_was_taken_out_renumbers_nothing() -> None:
    alignment = align(clauses(p_1=GOALS, p_2=MONEY, p_3=OFFICE), clauses(p_1=GOALS, p_2=OFFICE))
    (change,) = alignment.changes
    assert (change.kind, change.base_id, change.base_text, change.new_id) == ("removed", "p/2", MONEY, None)
    assert alignment.same["p/3"] == "p/2"
    assert {"p/1", "p/2", "p/3"} == alignment.neighbours[change]


def test_a_clause_that_was_put_in_is_added_behind_the_one_before_it() -> None:
    (change,) = align(clauses(p_1=GOALS, p_2=OFFICE), clauses(p_1=GOALS, p_2=MONEY, p_3=OFFICE)).changes
    assert (change.kind, change.new_id, change.new_text) == ("added", "p/2", MONEY)


def test_an_edited_clause_shows_its_old_and_new_words() -> None:
    (change,) = align(clauses(p_1=GOALS, p_2=MONEY), clauses(p_1=GOALS, p_2=MONEY.replace("20", "15"))).changes
    assert (change.kind, change.base_id, change.new_id) == ("edited", "p/2", "p/2")
    assert [(words.old, words.new) for words in change.words] == [("20", "15")]
    assert str(change.words[0]) == "家标准的企业,市财政给予[20 → 15]万元的资助。"


def test_a_clause_that_was_edited_and_moved_is_still_the_same() -> None:
    (change,) = align(clauses(p_1=GOALS, p_2=MONEY), clauses(p_1=MONEY.replace("20", "15"), p_2=GOALS)).changes
    assert (change.kind, change.base_id, change.new_id) == ("edited", "p/2", "p/1")


def test_other_words_at_the_same_place_are_another_clause() -> None:
    kinds = [change.kind for change in align(clauses(p_1=GOALS), clauses(p_1="依法保护商业秘密。")).changes]
    assert sorted(kinds) == ["added", "removed"]


def test_a_new_version_under_another_name_is_held_against_the_old_one() -> None:
    base = clauses(p_1=GOALS, p_2=MONEY, p_3=OFFICE)
    new = (*base, *clauses(q_1=GOALS, q_2=MONEY.replace("20", "30"), q_3=OFFICE))
    alignment = align(base, new)
    (change,) = alignment.changes
    assert (change.kind, change.policy_id, change.base_id, change.new_id) == ("edited", "q", "p/2", "q/2")
    assert counterparts(base, new) == {"q": "p"}
    assert alignment.same == {name: name for name in ("p/1", "p/2", "p/3")}


def test_a_document_that_shares_nothing_replaces_nothing() -> None:
    assert counterparts(clauses(p_1=GOALS), clauses(p_1=GOALS, q_1=OFFICE)) == {}
    assert counterparts((), clauses(q_1=OFFICE)) == {}


@given(st.lists(st.text("标准奖励万元0123456789 ,。", min_size=1, max_size=12), max_size=8))
def test_a_release_does_not_differ_from_itself(texts: list[str]) -> None:
    same = clauses(**{f"p_{n}": text for n, text in enumerate(texts)})
    assert align(same, same).changes == ()


@given(st.lists(st.text("甲乙丙丁戊0123", min_size=1, max_size=10), max_size=6), st.data())
def test_every_clause_is_accounted_for_once(texts: list[str], data: st.DataObject) -> None:
    others = data.draw(
        st.lists(st.sampled_from(texts) | st.text("甲乙丙丁戊0123", min_size=1), max_size=6) if texts else st.just([])
    )
    base = clauses(**{f"p_{n}": text for n, text in enumerate(texts)})
    new = clauses(**{f"p_{n}": text for n, text in enumerate(others)})
    alignment = align(base, new)
    removed = [change.base_id for change in alignment.changes if change.kind == "removed"]
    added = [change.new_id for change in alignment.changes if change.kind == "added"]
    assert sorted([*alignment.same, *filter(None, removed)]) == sorted(clause.clause_id for clause in base)
    assert sorted([*alignment.same.values(), *filter(None, added)]) == sorted(clause.clause_id for clause in new)


@given(st.text("标准12 万", max_size=12), st.text("标准12 万", max_size=12))
def test_the_words_shown_are_those_that_differ(old: str, new: str) -> None:
    found = different_words(old, new)
    assert (found == []) == (old == new)
    assert all(words.before + words.old + words.after in old for words in found)
    assert all(words.before + words.new + words.after in new for words in found)
    if len(found) == 1:
        (words,) = found
        assert (words.before + words.old + words.after, words.before + words.new + words.after) == (old, new)


def test_a_number_is_one_word() -> None:
    (words,) = different_words("奖励150万元", "奖励110万元")
    assert (words.old, words.new) == ("150", "110")


def test_a_rule_names_the_fields_that_differ() -> None:
    old = {"yuan": 200000, "start": 5, "conditions": [{"input": "rank", "op": "<=", "value": 2}], "clause_id": "p/1"}
    new = {"yuan": 150000, "start": 9, "conditions": [{"input": "rank", "op": "<=", "value": 1}], "clause_id": "p/2"}
    (change,) = rule_changes({"p.a": old}, {"p.a": new}, {"p/1": "p/2"}, {})
    assert [str(field) for field in change.fields] == ["yuan: 200,000 → 150,000", "conditions[rank].value: 2 → 1"]


def test_rules_come_and_go() -> None:
    kinds = {change.rule_id: change.kind for change in rule_changes({"p.a": {}}, {"p.b": {}}, {}, {})}
    assert kinds == {"p.a": "removed", "p.b": "added"}


def test_a_rule_of_a_new_version_is_held_against_that_of_the_old_one() -> None:
    old = {"rule_id": "p.a", "yuan": 1, "clause_id": "p/1"}
    (change,) = rule_changes(
        {"p.a": old}, {"p.a": old, "q.a": {"rule_id": "q.a", "yuan": 2, "clause_id": "q/1"}}, {}, {"q": "p"}
    )
    assert (change.rule_id, change.kind, [str(field) for field in change.fields]) == ("q.a", "edited", ["yuan: 1 → 2"])


def test_settings_are_named_by_their_path() -> None:
    (change,) = field_changes({"settings": {"x": 1, "y": 2}}, {"settings": {"x": 3, "y": 2}})
    assert str(change) == "settings.x: 1 → 3"
    assert field_changes({"a": False}, {"a": False, "b": None, "c": []}) == ()
