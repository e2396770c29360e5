"""What blocks, what does not, and what is said about it."""

from __future__ import annotations

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from eval.compare import compare
from eval.comparison_report import as_html, as_json, summary
from eval.gate import REMEDIES, Gate, GateSettings, gate
from eval.snapshot import Result
from tests.eval.results import clauses, made, many, result, wrong

CRITICAL = {"critical": True}
LOST = {"gone": ("奖励20万元",)}


def judged(base: list[Result], new: list[Result], **options: object) -> Gate:
    return gate(compare(made(*base), made(*new, release="s")), **options)  # type: ignore[arg-type]


def causes(found: Gate) -> list[str]:
    return [block.cause for block in found.blocks]


@pytest.mark.parametrize(
    ("base", "new", "expected"),
    [
        (result("a/zh"), result("a/zh"), []),
        (result("a/zh"), wrong("a/zh"), []),
        (result("a/zh", **CRITICAL), wrong("a/zh", **CRITICAL), ["broken"]),
        # Taking the mark off in the same change does not help.
        (result("a/zh", **CRITICAL), wrong("a/zh"), ["broken"]),
        (wrong("a/zh", **CRITICAL), wrong("a/zh", **CRITICAL), []),
        (wrong("a/zh", **CRITICAL), result("a/zh", **CRITICAL), []),
        # A known answer that lost its evidence.
        (result("a/zh", **CRITICAL), wrong("a/zh", **CRITICAL, **LOST), ["stale"]),
        (result("a/zh", **CRITICAL), result("a/zh", **CRITICAL, **LOST), ["stale"]),
        (result("a/zh"), wrong("a/zh", **LOST), ["stale"]),
        (result("a/zh"), result("a/zh", **LOST), []),
        (wrong("a/zh"), wrong("a/zh", **LOST), []),
        (wrong("a/zh", **CRITICAL, **LOST), wrong("a/zh", **CRITICAL, **LOST), []),
        # Its evidence was confirmed for the new release alone.
        (wrong("a/zh", **CRITICAL, **LOST), result("a/zh", **CRITICAL, expects="f"), []),
        (wrong("a/zh", **CRITICAL, **LOST), wrong("a/zh", **CRITICAL, expects="f"), ["unmet"]),
        (result("a/zh", **CRITICAL), result("a/zh", **CRITICAL, expects="f", answer="b"), []),
        # Faults of any answer, critical or not, and whatever it was before.
        (result("a/zh"), wrong("a/zh", contract_faults=("the quote of [1] is not there",)), ["contract"]),
        (wrong("a/zh", contract_faults=("x",)), wrong("a/zh", contract_faults=("x",)), ["contract"]),
        (result("a/zh", must_refuse=True, status="abstained"), wrong("a/zh", must_refuse=True), ["refusal"]),
        (wrong("a/zh", must_refuse=True), wrong("a/zh", must_refuse=True), ["refusal"]),
        (result("a/zh", must_refuse=True), result("a/zh", must_refuse=True, status="clarify"), []),
    ],
)
def test_what_blocks(base: Result, new: Result, expected: list[str]) -> None:
    found = judged([base], [new])
    assert causes(found) == expected
    assert found.passed == (not expected)


def test_a_critical_case_that_is_not_asked_any_more_blocks_unless_that_was_meant() -> None:
    base = [result("a/zh", critical=True), result("b/zh")]
    assert causes(judged(base, [])) == ["removed"]
    assert judged(base, [], partial=True).passed


def test_a_new_case_does_not_block_but_its_faults_do() -> None:
    assert judged([], [wrong("a/zh", critical=True)]).passed
    assert causes(judged([], [wrong("a/zh", contract_faults=("x",))])) == ["contract"]
    assert causes(judged([], [wrong("a/zh", must_refuse=True)])) == ["refusal"]


def test_known_faults_are_let_through_only_where_the_base_has_the_same() -> None:
    one, two = wrong("a/zh", contract_faults=("x",)), wrong("a/zh", contract_faults=("x", "y"))
    refused, answered = (result("b/zh", must_refuse=True, status=status) for status in ("abstained", "answered"))
    assert judged([one], [one], known=True).passed
    assert [block.case for block in judged([one], [one], known=True).let_through] == ["a/zh"]
    comparison = compare(made(one), made(one))
    assert "Let through, because the base has the same fault (1): a/zh" in summary(
        comparison, gate(comparison, known=True)
    )
    assert judged([answered], [answered], known=True).passed
    assert causes(judged([one], [two], known=True)) == ["contract"]
    assert causes(judged([refused], [answered], known=True)) == ["refusal"]


def test_a_flaky_critical_case_blocks() -> None:
    base, new, again = (
        made(result("a/zh", critical=True)),
        made(result("a/zh"), release="s"),
        made(wrong("a/zh"), release="s"),
    )
    assert causes(gate(compare(base, new, [again]))) == ["flaky"]


def test_a_broken_invariant_blocks() -> None:
    found = judged([], [], broken=["3 every rule's quote: p.a says 20"])
    assert [(block.cause, block.text) for block in found.blocks] == [("invariant", "3 every rule's quote: p.a says 20")]


# --- averages ---------------------------------------------------------------------------------------------------------


def lose(count: int, *, of: int = 100, gain: int = 0) -> Gate:
    base = [*many("k", of), *many("g", gain, right=False)]
    new = [*many("k", count, right=False), *many("k", of)[count:], *many("g", gain)]
    return judged(base, new)


def test_a_significant_drop_beyond_the_tolerance_blocks() -> None:
    found = lose(12)
    assert causes(found) == ["drop"] * 4  # all, its kind, its language, its policy
    assert "all: 1.000 → 0.880 of 100 facts (12 worse, 0 better; exact McNemar p = 0.00049" in found.blocks[0].text


def test_a_drop_that_chance_explains_does_not_block() -> None:
    assert lose(7).passed  # 7 % lost, p = 0.016, of four groups 0.063
    assert lose(12, gain=8).passed


def test_a_drop_within_the_tolerance_does_not_block() -> None:
    assert lose(12, of=2000).passed
    assert not gate(
        compare(made(*many("k", 2000)), made(*many("k", 12, right=False), *many("k", 2000)[12:])),
        GateSettings(gate_tolerance=0.0),
    ).passed


def test_the_level_is_a_setting() -> None:
    base, new = made(*many("k", 100)), made(*many("k", 12, right=False), *many("k", 100)[12:])
    assert gate(compare(base, new), GateSettings(gate_alpha=0.0001)).passed


def test_paraphrases_of_one_fact_count_once() -> None:
    base = [*many("k", 50), *(result(f"one/zh-{n}") for n in range(20))]
    new = [*many("k", 50), *(wrong(f"one/zh-{n}") for n in range(20))]
    found = judged(base, new)
    assert found.passed
    everything = next(group for group in found.groups if group.name == "all")
    assert (everything.facts, everything.worse, round(everything.new, 3)) == (51, 1, 0.98)


def test_a_drop_in_one_group_is_seen_beside_gains_elsewhere() -> None:
    rewards, facts = many("r", 40, kind="reward", policies=("q",)), many("f", 60)
    base = [*rewards, *many("f", 20, right=False), *facts[20:]]
    new = [*many("r", 20, right=False, kind="reward", policies=("q",)), *rewards[20:], *facts]
    assert [block.text.split(":")[0] for block in judged(base, new).blocks] == ["kind reward", "policy q"]


def test_what_cannot_be_judged_enters_no_average() -> None:
    base = [*many("k", 30), *many("s", 30, gone=("x",)), *many("o", 5)]
    new = [*many("k", 30), *many("s", 30), *many("t", 30, gone=("x",)), *many("n", 5)]
    assert next(group for group in judged(base, new).groups if group.name == "all").facts == 30


def test_the_caveat_says_how_few_changes_show_nothing() -> None:
    found = lose(3)
    assert "with 4 groups looked at, fewer than 8 facts that changed can never be significant at 0.05" in found.caveat
    assert "(6 for one group alone)" in found.caveat
    assert "4 of the groups have fewer facts" in lose(1, of=5).caveat
    assert "nothing is known of averages" in judged([], []).caveat


@given(st.lists(st.booleans(), max_size=30), st.data())
def test_a_run_passes_against_itself(rights: list[bool], data: st.DataObject) -> None:
    marks = data.draw(st.lists(st.booleans(), min_size=len(rights), max_size=len(rights)))
    same = [
        (result if right else wrong)(f"c{n}/zh", critical=mark)
        for n, (right, mark) in enumerate(zip(rights, marks, strict=True))
    ]
    assert judged(same, same).passed


@given(st.lists(st.tuples(st.booleans(), st.booleans(), st.booleans()), min_size=1, max_size=25))
def test_every_critical_loss_is_named_and_mending_it_never_hurts(rows: list[tuple[bool, bool, bool]]) -> None:
    def side(index: int, mended: frozenset[int] = frozenset()) -> list[Result]:
        return [
            (result if row[index] or n in mended else wrong)(f"c{n}/zh", critical=row[2]) for n, row in enumerate(rows)
        ]

    found = judged(side(0), side(1))
    lost = {n for n, (before, now, critical) in enumerate(rows) if critical and before and not now}
    assert {block.case for block in found.blocks if block.cause == "broken"} == {f"c{n}/zh" for n in lost}
    mended = judged(side(0), side(1, frozenset(lost)))
    assert {block.case for block in mended.blocks} <= {block.case for block in found.blocks}


# --- what people read -------------------------------------------------------------------------------------------------


def _report() -> tuple[str, str, dict[str, object]]:
    base = made(
        result("a/zh", critical=True, question="<script>alert(1)</script>", rules=("p.a exact 200000×1",)),
        result("b/zh", critical=True),
        clauses=clauses(p_1="奖励20万元。"),
        rules={"p.a": {"yuan": 200000}},
    )
    new = made(
        wrong("a/zh", critical=True, question="<script>alert(1)</script>", rules=("p.a exact 150000×1",)),
        wrong("b/zh", critical=True, gone=("奖励20万元",)),
        clauses=clauses(p_1="奖励15万元。"),
        rules={"p.a": {"yuan": 150000}},
        release="s",
    )
    comparison = compare(base, new)
    found = gate(comparison)
    return summary(comparison, found), as_html(comparison, found, notes=["a <b>note</b>"]), as_json(comparison, found)


def test_the_summary_names_question_stage_reason_and_remedy() -> None:
    said, _, _ = _report()
    for part in (
        "BLOCKED: 1 broken, 1 stale",
        "r → s: 1 broken, 1 stale",
        "rule p.a edited: yuan: 200,000 → 150,000 (1 answers flipped beside it)",
        "clause p/1 edited: 奖励[20 → 15]万元。 (2 answers flipped beside it)",
        "critical a/zh: '<script>alert(1)</script>'",
        "does not state 5",
        "changed at retrieval: the same clauses, one of them edited; answer answered → abstained",
        "the text is gone: '奖励20万元'",
        REMEDIES["stale"],
    ):
        assert part in said


def test_the_page_holds_no_markup_of_what_it_shows_and_needs_nothing_else() -> None:
    _, page, _ = _report()
    assert "<script>alert" not in page
    assert "&lt;script&gt;alert(1)&lt;/script&gt;" in page
    assert "a &lt;b&gt;note" in page
    assert "奖励<del>20</del><ins>15</ins>万元。" in page
    assert "://" not in page
    assert 'src="' not in page


def test_the_json_is_plain() -> None:
    _, _, content = _report()
    assert json.loads(json.dumps(content)) == content
    assert content["passed"] is False
    assert content["counts"] == {
        **dict.fromkeys(("flaky", "fixed", "still failing", "still right", "new", "removed"), 0),
        "broken": 1,
        "stale": 1,
    }


def test_a_long_list_is_cut_and_says_so() -> None:
    base, new = made(*many("k", 20, critical=True)), made(*many("k", 20, right=False, critical=True), release="s")
    comparison = compare(base, new)
    assert "… and 17 more" in summary(comparison, gate(comparison), most=3)


def test_what_changed_without_blocking_is_told_too() -> None:
    comparison = compare(made(result("a/zh"), wrong("b/zh")), made(wrong("a/zh"), result("b/zh")))
    said = summary(comparison, gate(comparison))
    assert "PASSED" in said
    assert "Broken, does not block (1):" in said
    assert "Fixed, does not block (1):" in said
