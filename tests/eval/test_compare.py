"""What becomes of a case between two runs, and which stage changed it."""

from __future__ import annotations

import pytest

from eval.compare import CaseChange, compare
from eval.snapshot import Result, Snapshot
from knowledge.errors import UsageError
from tests.eval.results import clauses, ids, made, result, wrong

EMPTY = made()


def change(base: Result, new: Result, **sides: object) -> CaseChange:
    """The one change between two runs of one case."""
    olds = {"clauses": clauses(p_1="甲乙丙丁", p_2="戊己庚辛"), **sides}
    (found,) = compare(made(base, **olds), made(new, release="s", **olds)).cases
    return found


@pytest.mark.parametrize(
    ("base", "new", "verdict"),
    [
        (result("a/zh"), result("a/zh"), "still right"),
        (result("a/zh"), wrong("a/zh"), "broken"),
        (wrong("a/zh"), result("a/zh"), "fixed"),
        (wrong("a/zh"), wrong("a/zh"), "still failing"),
        (result("a/zh"), wrong("a/zh", gone=("甲",)), "stale"),
        (result("a/zh"), result("a/zh", gone=("甲",)), "stale"),
        (wrong("a/zh", gone=("甲",)), wrong("a/zh", gone=("甲",)), "stale"),
        (wrong("a/zh", gone=("甲",)), result("a/zh"), "fixed"),
        # Its evidence is new: that it was not answered before says nothing.
        (wrong("a/zh", gone=("甲",)), wrong("a/zh"), "new"),
        # More is expected of the same answer than before.
        (result("a/zh"), wrong("a/zh", expects="f", answer="a"), "new"),
        (result("a/zh"), wrong("a/zh", expects="f"), "broken"),
        (wrong("a/zh"), wrong("a/zh", expects="f"), "still failing"),
        (result("a/zh"), result("a/zh", expects="f"), "still right"),
    ],
)
def test_the_verdict_of_a_case(base: Result, new: Result, verdict: str) -> None:
    assert change(base, new).verdict == verdict


def test_cases_come_and_go() -> None:
    verdicts = [case.verdict for case in compare(made(result("a/zh")), made(result("b/zh"))).cases]
    assert verdicts == ["removed", "new"]


def test_a_case_that_comes_out_differently_each_time_is_flaky() -> None:
    base, new = made(result("a/zh"), result("b/zh")), made(result("a/zh"), wrong("b/zh"), release="s")
    again = made(wrong("a/zh"), wrong("b/zh"), release="s")
    first, second = compare(base, new, [again]).cases
    assert (first.verdict, second.verdict) == ("flaky", "broken")
    assert first.notes[0] == "in two runs of s it came out right and wrong"


def test_a_repeat_of_something_else_is_refused() -> None:
    with pytest.raises(UsageError, match="one of t"):
        compare(made(), made(release="s"), [made(release="t")])
    with pytest.raises(UsageError, match="with the same code and settings"):
        compare(made(), made(), [made(made_from={"code": "other"})])


@pytest.mark.parametrize(
    ("differs", "stage", "note"),
    [
        ({"understanding": {"topic": "fact"}, "retrieval": ()}, "understanding", "topic: none → fact"),
        ({"retrieval": ("p/2", "p/1")}, "retrieval", "the same clauses in another order"),
        ({"retrieval": ("p/1", "p/9")}, "retrieval", "no longer found: p/2"),
        ({"retrieval": ("p/1", "p/9"), "ranks": (None,)}, "retrieval", "evidence ranked none → not found"),
        ({"passages": "0+4"}, "retrieval", "the same clauses, other sentences"),
        ({"rules": ("r exact 5×1",)}, "rules", "rows none → r exact 5×1"),
        ({}, "composing", "answer answered → abstained"),
    ],
)
def test_the_first_stage_that_differs_is_named(differs: dict[str, object], stage: str, note: str) -> None:
    found = change(result("a/zh"), wrong("a/zh", **differs))
    assert found.stage == stage
    assert note in found.notes


def test_a_case_whose_answer_is_the_same_has_no_stage() -> None:
    found = change(wrong("a/zh", expects="d", answer="a", says="answered"), result("a/zh"))
    assert (found.verdict, found.stage, found.edited) == ("fixed", None, True)
    assert found.notes == ("the answer is the same, what is expected of it was edited",)


def test_a_clause_with_another_number_is_not_another_find() -> None:
    base = made(result("a/zh"), clauses=clauses(p_1="甲乙丙丁", p_2="戊己庚辛"))
    new = made(
        wrong("a/zh", retrieval=("p/2", "p/3"), evidence=("p/2",)),
        clauses=clauses(p_1="壬癸子丑", p_2="甲乙丙丁", p_3="戊己庚辛"),
    )
    (found,) = compare(base, new).cases
    assert found.stage == "composing"
    assert [clause.new_id for clause in found.clauses] == ["p/1"]


def test_evidence_that_reads_differently_is_one_of_retrieval() -> None:
    base = made(result("a/zh"), clauses=clauses(p_1="奖励20万元。", p_2="戊己庚辛"))
    new = made(wrong("a/zh"), clauses=clauses(p_1="奖励15万元。", p_2="戊己庚辛"))
    (found,) = compare(base, new).cases
    assert (found.stage, found.notes[0]) == ("retrieval", "the same clauses, one of them edited")


def test_only_changes_beside_the_evidence_are_shown_with_a_case() -> None:
    texts = {"p_1": "甲乙丙丁", "p_2": "戊己庚辛", "p_3": "壬癸子丑", "p_4": "寅卯辰巳", "p_5": "午未申酉"}
    base = made(result("a/zh"), clauses=clauses(**texts))
    new = made(wrong("a/zh"), clauses=clauses(**{**texts, "p_2": "戊己庚新", "p_5": "午未申新"}))
    comparison = compare(base, new)
    assert [clause.base_id for clause in comparison.clauses] == ["p/2", "p/5"]
    assert [clause.base_id for clause in comparison.cases[0].clauses] == ["p/2"]


def test_only_rules_of_its_rows_are_shown_with_a_case() -> None:
    base = made(result("a/zh", rules=("p.a exact 5×1",)), rules={"p.a": {"yuan": 5}, "p.b": {"yuan": 5}})
    new = made(wrong("a/zh", rules=("p.a exact 6×1",)), rules={"p.a": {"yuan": 6}, "p.b": {"yuan": 7}})
    comparison = compare(base, new)
    assert [rule.rule_id for rule in comparison.rules] == ["p.a", "p.b"]
    assert [str(field) for rule in comparison.cases[0].rules for field in rule.fields] == ["yuan: 5 → 6"]


def test_settings_and_the_places_of_its_policy_are_named_with_a_case() -> None:
    def run(answer: Result, release: str, place: str, threshold: float) -> Snapshot:
        surroundings = {"p": place, "q": place, **({"n": "新"} if release == "s" else {"o": "旧"})}
        return made(
            answer, release=release, places=surroundings, made_from={"settings": {"x": threshold}, "code": place}
        )

    comparison = compare(run(result("a/zh"), "r", "甲", 0.5), run(wrong("a/zh"), "s", "乙", 0.9))
    assert [str(place) for place in comparison.places] == [
        "place p: 甲 → 乙",
        "place q: 甲 → 乙",
        "policy o: there → gone",
        "policy n: not there → there",
    ]
    assert comparison.cases[0].notes[-2:] == ("place p: 甲 → 乙", "settings.x: 0.5 → 0.9")


def test_a_right_answer_in_other_words_is_told() -> None:
    found = change(result("a/zh"), result("a/zh", answer="b"))
    assert (found.verdict, found.reworded, found.stage) == ("still right", True, "composing")


def test_a_case_that_was_critical_stays_so() -> None:
    assert change(result("a/zh", critical=True), result("a/zh")).critical


def test_every_case_is_counted_once() -> None:
    comparison = compare(made(result("a/zh"), result("b/zh"), wrong("c/zh")), made(wrong("a/zh"), result("b/zh")))
    assert {verdict: count for verdict, count in comparison.counts.items() if count} == {
        "broken": 1,
        "still right": 1,
        "removed": 1,
    }
    assert ids(comparison.having("removed", "broken")) == ["a/zh", "c/zh"]
    assert compare(EMPTY, EMPTY).cases == ()
