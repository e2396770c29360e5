from __future__ import annotations

from collections.abc import Callable
from datetime import date
from functools import cache
from pathlib import Path
from typing import Any

import pytest
import yaml
from hypothesis import given, settings
from hypothesis import strategies as st

import knowledge
from assistant.answer import RewardRow
from assistant.rewards import Claim, Item, Outcome, RewardLine, evaluate, policy_warnings, to_rows
from knowledge.model import GoalPeriod, Policy
from knowledge.rules import RuleBook, load_rules

CASES: list[dict[str, Any]] = yaml.safe_load(Path(__file__).with_name("reward_cases.yaml").read_text(encoding="utf-8"))
TODAY = date(2026, 11, 22)
YANGZHOU = Policy(
    id="yangzhou-2011",
    title="关于加快推进扬州市技术标准战略的实施意见",
    signed=date(2011, 1, 24),
    goal_period=GoalPeriod(start=date(2011, 1, 1), end=date(2015, 12, 31)),
    source="x.txt",
    sha256="0",
)
DRAFTING = "formulate_standard"


@cache
def own_rules() -> RuleBook:
    return load_rules(Path(knowledge.__file__).parent / "rules")


@pytest.fixture
def rulebook() -> RuleBook:
    return own_rules()


def ask_yangzhou(rulebook: RuleBook, *items: Item, asked_at: date = TODAY, **facts: Any) -> Outcome:
    return evaluate(rulebook, YANGZHOU, Claim(items, facts), asked_at)


# --- the policy of Yangzhou ------------------------------------------------------------------------------------------


@pytest.mark.parametrize("case", CASES, ids=[case["name"] for case in CASES])
def test_yangzhou(rulebook: RuleBook, case: dict[str, Any]) -> None:
    items = [Item(**{**item, **_dated(item)}) for item in case["items"]]
    asked_at = date.fromisoformat(case.get("asked_at", TODAY.isoformat()))
    outcome = ask_yangzhou(rulebook, *items, asked_at=asked_at, **case.get("facts", {}))

    assert [_shown(line, want) for line, want in zip(outcome.rows, case["rows"], strict=True)] == case["rows"]
    if "total" in case:
        assert outcome.total_yuan == case["total"]
    if "stated" in case:
        assert outcome.stated_yuan == case["stated"]
    if "total_bound" in case:
        assert outcome.total_bound == case["total_bound"]
    if "ask_next" in case:
        assert outcome.missing[0].input == case["ask_next"]
    if "options" in case:
        assert list(outcome.missing[0].options.zh) == case["options"]
    if "warnings" in case:
        assert list(outcome.warnings) == case["warnings"]
    if "scenarios" in case:
        assert {s.value: s.total_yuan for s in outcome.scenarios} == case["scenarios"]


def _dated(item: dict[str, Any]) -> dict[str, date]:
    return {"event_on": date.fromisoformat(item["event_on"])} if "event_on" in item else {}


def _shown(line: RewardLine, want: dict[str, Any]) -> dict[str, Any]:
    own = {
        "failed": [c.input for c in line.failed],
        "unknown": [c.input for c in line.open],
        "label": line.label.zh,
    }
    return {name: own[name] if name in own else getattr(line, name) for name in want}


def test_the_arithmetic_of_a_sum_stands_in_the_trace_of_its_last_row(rulebook: RuleBook) -> None:
    outcome = ask_yangzhou(
        rulebook,
        Item(DRAFTING, "national", rank=1, count=3),
        Item(DRAFTING, "provincial_local", rank=1, count=2),
        location="urban_district",
    )

    zh, en = (to_rows(outcome, language, lambda rule: 1) for language in ("zh", "en"))  # type: ignore[arg-type]

    assert "20万元 × 3 = 60万元" in zh[0].trace
    assert zh[1].trace[-1] == "合计：60万元 + 10万元 = 70万元"
    assert en[1].trace[-1] == "total: RMB 600,000 + RMB 100,000 = RMB 700,000"
    assert all(not _has_han(text) for row in en for text in (row.label, *row.trace, *(c.text for c in row.conditions)))


def _has_han(text: str) -> bool:
    return any("\u4e00" <= char <= "\u9fff" for char in text)


def test_every_step_names_the_clause_it_rests_on(rulebook: RuleBook) -> None:
    outcome = ask_yangzhou(rulebook, Item(DRAFTING, "national", rank=1, place_group="urban_district"))

    assert {step.clause_id for step in outcome.rows[0].steps} == {"yangzhou-2011/4/3"}


def test_rejected_rules_say_what_they_failed_on(rulebook: RuleBook) -> None:
    outcome = ask_yangzhou(rulebook, Item(DRAFTING, "national", rank=1, place_group="county"))

    rejected = {(r.rule.rule_id, r.input) for r in outcome.rejected}
    assert ("yangzhou-2011.standard_drafting.national", "location") in rejected
    assert ("yangzhou-2011.standard_drafting.industry", "standard_level") in rejected


def test_rows_cite_the_clause_of_their_rule_and_unstated_ones_the_nearest(rulebook: RuleBook) -> None:
    outcome = ask_yangzhou(
        rulebook,
        Item(DRAFTING, "national", rank=1, place_group="urban_district"),
        Item(DRAFTING, "group", place_group="urban_district"),
        Item("training"),
    )

    rows = to_rows(outcome, "zh", lambda rule: {"yangzhou-2011/4/3": 7}[rule.clause_id])

    assert [row.citation for row in rows] == [7, 7, 7]
    assert {c.citation for c in rows[0].conditions} == {7}


def test_silences_of_the_rules_come_before_those_of_the_policy_without_repeats(rulebook: RuleBook) -> None:
    outcome = ask_yangzhou(rulebook, Item(DRAFTING, rank=1, place_group="urban_district"))

    topics = [silence.topic for silence in outcome.silent_on]
    assert topics.index("two_local_units") < topics.index("stacking")
    assert len(topics) == len(set(topics))


def test_another_policy_borrows_nothing(rulebook: RuleBook) -> None:
    elsewhere = Policy(id="guangzhou-2013", title="t", source="s", sha256="0", status="in_force")

    outcome = evaluate(rulebook, elsewhere, Claim([Item(DRAFTING, "national", rank=1)]), TODAY)

    assert [line.status for line in outcome.rows] == ["not_stated"]
    assert outcome.total_yuan is None
    assert outcome.warnings == ()


_inputs = st.fixed_dictionaries(
    {},
    optional={
        "activity": st.sampled_from([DRAFTING, "adopt_standard", "host_committee", "training", "revise_standard"]),
        "level": st.sampled_from(["international", "national", "industry", "local", "group", "enterprise"]),
        "role": st.sampled_from(["lead", "participate"]),
        "rank": st.integers(1, 6),
        "count": st.integers(0, 40),
        "place_group": st.sampled_from(["urban_district", "county", "elsewhere"]),
        "place": st.sampled_from(["江都", "宝应", "苏州"]),
        "status": st.sampled_from(["proposed", "published"]),
        "event_on": st.dates(date(2005, 1, 1), date(2026, 1, 1)),
    },
)


@settings(max_examples=150, deadline=None)
@given(st.lists(_inputs, max_size=3), st.booleans())
def test_whatever_is_claimed_the_outcome_holds_together(items: list[dict[str, Any]], listed: bool) -> None:
    outcome = ask_yangzhou(own_rules(), *(Item(**item) for item in items), innovative_listed=listed)

    assert {line.item_index for line in outcome.rows} == set(range(len(items)))
    for line in outcome.rows:
        if line.status in ("delegated", "not_stated", "not_met", "out_of_validity"):
            assert line.yuan is None
            assert line.total_yuan is None
        if line.total_yuan is not None and line.yuan is not None:
            assert line.total_yuan == line.yuan * line.count
    if outcome.total_yuan is not None:
        assert outcome.total_yuan == sum(line.total_yuan or 0 for line in outcome.rows)
        assert all(line.status in ("exact", "up_to", "not_met") for line in outcome.rows)
    assert len(to_rows(outcome, "en", lambda rule: None)) == len(outcome.rows)


# --- small policies of our own, one shape each -----------------------------------------------------------------------

Ask = Callable[..., Outcome]
POLICY = Policy(id="p", title="某市办法", source="p.txt", sha256="0", status="in_force")


@pytest.fixture
def ask(tmp_path: Path) -> Ask:
    """Evaluates items against rules given as YAML; `top` is the head of the file."""

    def evaluate_yaml(
        rules: str, *items: Item, top: str = "", policy: Policy = POLICY, asked_at: date = TODAY, **facts: Any
    ) -> Outcome:
        text = f'policy: p\nreviewed_by: a reader\nreviewed_on: "2026-01-01"\n{top}\nrules:\n{rules}'
        (tmp_path / "p.yaml").write_text(text, encoding="utf-8")
        return evaluate(load_rules(tmp_path), policy, Claim(items, facts), asked_at)

    return evaluate_yaml


def group(fields: str, *rows: str, name: str = "g", label: str = "奖励") -> str:
    """A group of rules in YAML: `fields` and `rows` are the inside of flow mappings."""
    shared = f"activity: formulate_standard, benefit: reward, per: standard, clause_id: p/1, quote: 原文, {fields}"
    merged = {**yaml.safe_load("{" + shared + "}"), "id": name, "label": {"zh": label, "en": name}}
    merged["rows"] = [yaml.safe_load("{" + row + "}") for row in rows]
    return yaml.safe_dump([merged], allow_unicode=True)


def lines(outcome: Outcome) -> list[tuple[str, int | None, int | None]]:
    return [(line.status, line.yuan, line.total_yuan) for line in outcome.rows]


PAIR = (
    "role: lead, level: national, yuan: 200000, said: 20万元",
    "role: participate, level: national, yuan: 50000, said: 5万元",
)


class TestAmounts:
    def test_lead_and_participant_are_paid_apart(self, ask: Ask) -> None:
        rules = group("", *PAIR)

        assert lines(ask(rules, Item(DRAFTING, "national", role="lead"))) == [("exact", 200000, 200000)]
        assert lines(ask(rules, Item(DRAFTING, "national", role="participate"))) == [("exact", 50000, 50000)]
        assert lines(ask(rules, Item(DRAFTING, "national", rank=1))) == [("exact", 200000, 200000)]
        unknown = ask(rules, Item(DRAFTING, "national"))
        assert lines(unknown) == [("needs_input", 200000, 200000), ("needs_input", 50000, 50000)]
        assert unknown.missing[0].input == "role"

    def test_where_lead_is_not_defined_a_bare_lead_is_enough(self, ask: Ask) -> None:
        outcome = ask(group("", PAIR[0]), Item(DRAFTING, "national", role="lead"))

        assert [(c.input, c.state) for c in outcome.rows[0].conditions] == [("role", "met")]

    def test_where_lead_is_not_defined_second_place_is_not_decided(self, ask: Ask) -> None:
        outcome = ask(group("", PAIR[0]), Item(DRAFTING, "national", rank=2))

        assert lines(outcome) == [("exact", 200000, 200000)]
        assert [(c.input, c.state) for c in outcome.rows[0].conditions] == [("role", "unknown")]

    def test_only_leaders_are_paid(self, ask: Ask) -> None:
        outcome = ask(group("", PAIR[0]), Item(DRAFTING, "national", role="participate"))

        assert lines(outcome) == [("not_met", None, None)]
        assert [c.input for c in outcome.rows[0].failed] == ["role"]

    DEFINED = """
terms:
  lead: {rank_max: 2, clause_id: p/1, quote: 原文, text: {zh: 前两名, en: first two}, ask: {zh: 第几？, en: 'Which?'}}
"""

    @pytest.mark.parametrize(
        ("facts", "expected"),
        [
            ({"rank": 2}, [("exact", 200000)]),
            ({"rank": 3}, [("exact", 50000)]),
            ({"role": "participate", "rank": 2}, [("exact", 200000)]),
            ({"role": "lead"}, [("exact", 200000)]),
            ({"role": "participate"}, [("needs_input", 200000), ("needs_input", 50000)]),
            ({}, [("needs_input", 200000), ("needs_input", 50000)]),
        ],
    )
    def test_where_lead_is_defined_by_rank_the_rank_decides(
        self, ask: Ask, facts: dict[str, Any], expected: list[tuple[str, int]]
    ) -> None:
        outcome = ask(group("", *PAIR), Item(DRAFTING, "national", **facts), top=self.DEFINED)

        assert [(line.status, line.yuan) for line in outcome.rows] == expected
        if len(expected) > 1:
            assert outcome.missing[0].input == "drafter_rank"
            assert outcome.missing[0].decides

    BANDS = (
        'role: "rank:1", yuan: 300000, said: 30万元',
        'role: "rank:2-5", yuan: 100000, said: 10万元',
        'role: "rank:6-", yuan: 20000, said: 2万元',
    )

    @pytest.mark.parametrize(("rank", "yuan"), [(1, 300000), (2, 100000), (5, 100000), (6, 20000), (60, 20000)])
    def test_bands_of_ranks_include_their_ends(self, ask: Ask, rank: int, yuan: int) -> None:
        assert lines(ask(group("", *self.BANDS), Item(DRAFTING, "national", rank=rank))) == [("exact", yuan, yuan)]

    def test_bands_without_a_rank_are_a_table_and_taking_part_is_not_first(self, ask: Ask) -> None:
        leading = ask(group("", *self.BANDS), Item(DRAFTING, role="lead"))
        taking_part = ask(group("", *self.BANDS), Item(DRAFTING, role="participate"))

        assert [line.yuan for line in leading.rows] == [300000, 100000, 20000]
        assert leading.missing[0].input == "drafter_rank"
        assert leading.missing[0].options.zh == ("排名第一", "排名第二至第五", "排名第六及以后")
        assert [line.yuan for line in taking_part.rows] == [100000, 20000]

    def test_a_rank_that_no_band_pays_is_told_every_band(self, ask: Ask) -> None:
        (line,) = ask(group("", *self.BANDS[:2]), Item(DRAFTING, "national", rank=7)).rows

        assert (line.status, line.label.zh) == ("not_met", "奖励")
        assert [c.text.zh for c in line.failed] == ["排名第一或排名第二至第五"]

    ONE_LEADS = """
terms:
  lead: {rank_max: 1, clause_id: p/1, quote: 原文, text: {zh: 第一, en: first}, ask: {zh: 第几？, en: 'Which?'}}
"""

    def test_where_only_the_first_leads_whoever_takes_part_does_not(self, ask: Ask) -> None:
        outcome = ask(group("", *PAIR), Item(DRAFTING, "national", role="participate"), top=self.ONE_LEADS)

        assert lines(outcome) == [("exact", 50000, 50000)]

    def test_a_share_of_a_range_is_a_range(self, ask: Ask) -> None:
        lead = "role: lead, bound: range, yuan_min: 300000, yuan: 500000, said: 30-50万元"
        rules = group("", lead, "role: participate, ratio: {percent: 20, of: lead}")

        (row,) = ask(rules, Item(DRAFTING, "national", role="participate", count=2)).rows
        assert (row.bound, row.yuan_min, row.yuan, row.total_yuan) == ("range", 60000, 100000, 200000)
        assert "6万元 × 2 = 12万元" in [s.text.zh for s in row.steps]

    def test_a_share_of_several_amounts_names_what_it_is_of(self, ask: Ask) -> None:
        made = group("", *(f"{row}, label: {{zh: 标{i}, en: s{i}}}" for i, row in enumerate(PAIR)))
        revised = group("activity: revise_standard", "ratio: {percent: 50, of: formulate}", name="r")

        rows = ask(made + revised, Item(DRAFTING, "national", action="revise")).rows
        assert [(row.yuan, row.of.zh) for row in rows if row.of] == [(100000, "标0"), (25000, "标1")]

    def test_a_number_that_is_not_certain_is_not_multiplied(self, ask: Ask) -> None:
        item = Item(DRAFTING, "national", role="lead", unclear="两三项", span=(2, 3))

        (row,) = ask(group("", *PAIR), item).rows
        assert (row.status, row.yuan, row.total_yuan) == ("exact", 200000, None)
        assert [s.text.zh for s in row.steps][-2:] == ["20万元 × 2 = 40万元", "20万元 × 3 = 60万元"]

    def test_only_the_group_that_was_named_is_applied(self, ask: Ask) -> None:
        rules = group("", "yuan: 200000, said: 20万元", name="a") + group("", "yuan: 50000, said: 5万元", name="b")

        assert lines(ask(rules, Item(DRAFTING, group="b"))) == [("exact", 50000, 50000)]

    def test_tiers_by_merit_are_a_range_until_the_grade_is_known(self, ask: Ask) -> None:
        rules = group(
            "activity: award, per: project, selection: merit",
            "grade: 一等奖, yuan: 100000, said: 10万元",
            "grade: 二等奖, yuan: 50000, said: 5万元",
            "grade: 三等奖, yuan: 20000, said: 2万元",
        )

        outcome = ask(rules, Item("award"))
        assert [(r.status, r.bound, r.yuan_min, r.yuan) for r in outcome.rows] == [
            ("discretionary", "range", 20000, 100000)
        ]
        assert outcome.total_yuan is None
        assert lines(ask(rules, Item("award", grade="二等奖"))) == [("exact", 50000, 50000)]
        assert lines(ask(rules, Item("award", grade="特等奖"))) == [("not_stated", None, None)]

    def test_levels_that_pay_alike_are_no_question_of_the_amount_and_never_summed(self, ask: Ask) -> None:
        rules = group("", "level: national, yuan: 200000, said: 20万元", "level: industry, yuan: 200000, said: 20万元")

        outcome = ask(rules, Item(DRAFTING))
        assert lines(outcome) == [("exact", 200000, 200000), ("exact", 200000, 200000)]
        assert outcome.total_yuan is None

    def test_a_crossing_list_tells_making_from_revising(self, ask: Ask) -> None:
        rules = group(
            "level: national, bound: up_to",
            "activity: formulate_standard, yuan: 500000, said: 50万元",
            "activity: revise_standard, yuan: 300000, said: 30万元",
        )

        assert lines(ask(rules, Item(DRAFTING, "national"))) == [("up_to", 500000, 500000)]
        assert lines(ask(rules, Item(DRAFTING, "national", action="revise"))) == [("up_to", 300000, 300000)]

    def test_a_pot_pays_the_share_not_the_pot(self, ask: Ask) -> None:
        pot = "pot: {yuan: 600000, said: 60万元}"
        rules = group(pot, 'role: "rank:1", yuan: 400000, said: 40万元', 'role: "rank:2", yuan: 200000, said: 20万元')

        outcome = ask(rules, Item(DRAFTING, rank=2))
        assert lines(outcome) == [("exact", 200000, 200000)]
        assert "这是总额60万元中的份额" in [s.text.zh for s in outcome.rows[0].steps]

    def test_a_range_keeps_both_ends(self, ask: Ask) -> None:
        rules = group("bound: range", "yuan: 50000, yuan_min: 30000, said: 3-5万元")

        row = ask(rules, Item(DRAFTING, count=2)).rows[0]
        assert (row.status, row.yuan_min, row.yuan, row.total_yuan) == ("range", 30000, 50000, 100000)

    def test_a_floor_is_said_as_one(self, ask: Ask) -> None:
        outcome = ask(group("bound: at_least", "yuan: 50000, said: 5万元"), Item(DRAFTING))

        assert (outcome.rows[0].status, outcome.rows[0].bound, outcome.total_bound) == ("range", "at_least", "at_least")

    def test_the_amount_before_a_raise_is_history(self, ask: Ask) -> None:
        rules = group("", "yuan: 500000, said: 50万元, raised_from: {yuan: 100000, said: 10万元}")

        outcome = ask(rules, Item(DRAFTING))
        assert lines(outcome) == [("exact", 500000, 500000)]
        assert "此前为10万元" in [s.text.zh for s in outcome.rows[0].steps]

    def test_an_honour_brings_no_money_and_keeps_no_total_open(self, ask: Ask) -> None:
        rules = group("activity: award, benefit: honour_only", "label: {zh: 表彰, en: an honour}")
        rules += group("", "yuan: 10000, said: 1万元", name="h")

        outcome = ask(rules, Item("award"), Item(DRAFTING))
        assert lines(outcome) == [("exact", None, None), ("exact", 10000, 10000)]
        assert outcome.total_yuan == 10000

    def test_a_deferred_amount_is_not_zero(self, ask: Ask) -> None:
        rules = group("delegated_to: {zh: 年度申报指南, en: the yearly guide}", "level: national")

        outcome = ask(rules, Item(DRAFTING, "national"))
        assert lines(outcome) == [("delegated", None, None)]
        assert outcome.delegated == outcome.rows

    def test_an_amount_that_includes_others_says_so(self, ask: Ask) -> None:
        rules = group("includes: [{zh: 省、市两级, en: province and city}]", "yuan: 10000, said: 1万元")

        assert "该金额已包含：省、市两级" in [s.text.zh for s in ask(rules, Item(DRAFTING)).rows[0].steps]


class TestShares:
    LEADS = (
        "role: lead, level: international, yuan: 1000000, said: 100万元",
        "role: lead, level: national, yuan: 300000, said: 30万元",
    )

    def test_participants_get_a_share_of_what_the_lead_gets(self, ask: Ask) -> None:
        rules = group("", *self.LEADS, "role: participate, ratio: {percent: 20, of: lead}")

        outcome = ask(rules, Item(DRAFTING, "national", role="participate", count=2))
        assert lines(outcome) == [("exact", 60000, 120000)]
        assert "30万元 × 20% = 6万元" in [s.text.zh for s in outcome.rows[0].steps]

    def test_a_share_of_an_undecided_level_is_a_table(self, ask: Ask) -> None:
        rules = group("", *self.LEADS, "role: participate, ratio: {percent: 20, of: lead}")

        outcome = ask(rules, Item(DRAFTING, role="participate"))
        assert lines(outcome) == [("needs_input", 200000, 200000), ("needs_input", 60000, 60000)]
        assert outcome.missing[0].input == "standard_level"
        assert outcome.missing[0].options.zh == ("国际标准", "国家标准")
        assert outcome.total_yuan is None

    def test_revising_gets_a_share_of_making(self, ask: Ask) -> None:
        rules = group("bound: up_to", *self.LEADS)
        rules += group("activity: revise_standard", "ratio: {percent: 50, of: formulate}", name="r")

        outcome = ask(rules, Item(DRAFTING, "national", role="lead", action="revise"))
        assert [(r.status, r.bound, r.yuan) for r in outcome.rows] == [("up_to", "up_to", 150000)]

    def test_a_share_of_the_highest_grade(self, ask: Ask) -> None:
        rules = group(
            "activity: award, per: project",
            "grade: 一等奖, yuan: 100000, said: 10万元",
            "grade: 二等奖, yuan: 50000, said: 5万元",
            "grade: 提名奖, ratio: {percent: 30, of: top_grade}",
        )

        assert lines(ask(rules, Item("award", grade="提名奖"))) == [("exact", 30000, 30000)]

    def test_a_match_needs_the_upper_award(self, ask: Ask) -> None:
        rules = group(
            "benefit: matching, cap: [{scope: item, yuan: 300000, said: 30万元}]",
            "ratio: {percent: 50, of: upper_level}",
        )

        unknown = ask(rules, Item(DRAFTING))
        assert lines(unknown) == [("needs_input", None, None)]
        assert unknown.missing[0].input == "upper_award_yuan"
        assert lines(ask(rules, Item(DRAFTING), upper_award_yuan=200000)) == [("exact", 100000, 100000)]
        assert lines(ask(rules, Item(DRAFTING), upper_award_yuan=1000000)) == [("exact", 300000, 300000)]

    def test_a_share_of_nothing_stated_is_not_an_amount(self, ask: Ask) -> None:
        rules = group("", "role: participate, ratio: {percent: 20, of: lead}")

        outcome = ask(rules, Item(DRAFTING, "national", role="participate"))
        assert lines(outcome) == [("needs_input", None, None)]
        assert outcome.total_yuan is None


class TestExceptionsAndBonuses:
    MANDATORY = (
        "conditions: [{input: standard_kind, op: '==', value: mandatory, text: {zh: 强制性标准, en: mandatory},"
        " ask: {zh: 是强制性标准吗？, en: 'Is it mandatory?'}}]"
    )

    def rules(self) -> str:
        return group(
            "level: national",
            "id: plain, yuan: 200000, said: 20万元",
            f"id: mandatory, yuan: 300000, said: 30万元, instead_of: g.plain, {self.MANDATORY}",
        )

    def test_an_exception_wins_where_its_case_is_known(self, ask: Ask) -> None:
        outcome = ask(self.rules(), Item(DRAFTING, "national", inputs={"standard_kind": "mandatory"}))

        assert lines(outcome) == [("exact", 300000, 300000)]
        assert ("p.g.plain", "standard_kind") in {(r.rule.rule_id, r.input) for r in outcome.rejected}

    def test_an_exception_loses_where_its_case_is_not(self, ask: Ask) -> None:
        outcome = ask(self.rules(), Item(DRAFTING, "national", inputs={"standard_kind": "voluntary"}))

        assert lines(outcome) == [("exact", 200000, 200000)]

    def test_rule_and_exception_both_stand_while_nobody_has_said(self, ask: Ask) -> None:
        outcome = ask(self.rules(), Item(DRAFTING, "national"))

        assert lines(outcome) == [("needs_input", 200000, 200000), ("needs_input", 300000, 300000)]
        assert outcome.total_yuan is None
        assert outcome.missing[0].input == "standard_kind"

    BONUS = (
        "bonus: true, yuan: 50000, said: 5万元, conditions: [{input: strategic, op: '==', value: true,"
        " text: {zh: 属于战略性新兴产业, en: strategic industry}, ask: {zh: 是吗？, en: 'Is it?'}}]"
    )

    def test_a_bonus_is_added_before_the_number(self, ask: Ask) -> None:
        rules = group("", "level: national, yuan: 200000, said: 20万元", f"id: extra, {self.BONUS}")

        outcome = ask(rules, Item(DRAFTING, "national", count=2), strategic=True)
        assert lines(outcome) == [("exact", 250000, 500000)]
        assert [s.kind for s in outcome.rows[0].steps][-2:] == ["bonus", "count"]

    def test_an_open_bonus_is_mentioned_and_not_added(self, ask: Ask) -> None:
        rules = group("", "level: national, yuan: 200000, said: 20万元", f"id: extra, {self.BONUS}")

        outcome = ask(rules, Item(DRAFTING, "national"))
        assert lines(outcome) == [("exact", 200000, 200000)]
        assert "若属于战略性新兴产业，另加5万元" in [s.text.zh for s in outcome.rows[0].steps]
        assert lines(ask(rules, Item(DRAFTING, "national"), strategic=False)) == [("exact", 200000, 200000)]

    def test_the_ceiling_of_an_item_holds_for_the_bonus_too_unless_it_stands_above(self, ask: Ask) -> None:
        cap = "cap: [{scope: item, yuan: 220000, said: 22万元}]"
        row = "level: national, yuan: 200000, said: 20万元"

        below = ask(group(cap, row, f"id: extra, {self.BONUS}"), Item(DRAFTING, "national"), strategic=True)
        above = ask(
            group(cap, row, f"id: extra, above_cap: true, {self.BONUS}"), Item(DRAFTING, "national"), strategic=True
        )
        assert lines(below) == [("exact", 220000, 220000)]
        assert lines(above) == [("exact", 250000, 250000)]


class TestCeilings:
    ROW = "yuan: 50000, said: 5万元"

    def test_five_a_product_thirty_a_firm(self, ask: Ask) -> None:
        rules = group("cap: [{scope: organization_activity, yuan: 300000, said: 30万元}]", self.ROW)

        outcome = ask(rules, Item(DRAFTING, count=10))
        assert lines(outcome) == [("exact", 50000, 300000)]
        assert "累计上限30万元：50万元按30万元计" in [s.text.zh for s in outcome.rows[0].steps]

    def test_a_ceiling_is_used_up_across_items(self, ask: Ask) -> None:
        rules = group(
            "cap: [{scope: organization_year, yuan: 300000, said: 30万元}]",
            "level: national, yuan: 200000, said: 20万元",
            "level: industry, yuan: 150000, said: 15万元",
        )

        outcome = ask(rules, Item(DRAFTING, "national"), Item(DRAFTING, "industry"))
        assert [line.total_yuan for line in outcome.rows] == [200000, 100000]
        assert outcome.total_yuan == 300000

    def test_each_year_has_its_own_ceiling(self, ask: Ask) -> None:
        rules = group("cap: [{scope: organization_year, yuan: 60000, said: 6万元}]", self.ROW)
        first, second = Item(DRAFTING, event_on=date(2020, 1, 1)), Item(DRAFTING, event_on=date(2021, 1, 1))

        assert ask(rules, first, second).total_yuan == 100000
        assert ask(rules, first, first).total_yuan == 60000

    def test_what_was_paid_before_counts_against_the_ceiling(self, ask: Ask) -> None:
        rules = group("cap: [{scope: organization_year, yuan: 60000, said: 6万元}]", self.ROW)

        assert lines(ask(rules, Item(DRAFTING), received_year_yuan=40000)) == [("exact", 50000, 20000)]
        assert lines(ask(rules, Item(DRAFTING), received_year_yuan=90000)) == [("exact", 50000, 0)]

    def test_a_ceiling_in_number(self, ask: Ask) -> None:
        rules = group("cap: [{scope: organization_activity, count: 5}]", self.ROW)

        outcome = ask(rules, Item(DRAFTING, count=3), Item(DRAFTING, count=4))
        assert [(r.count, r.total_yuan) for r in outcome.rows] == [(3, 150000), (2, 100000)]

    def test_branches_do_not_use_up_each_others_ceiling(self, ask: Ask) -> None:
        rules = group(
            "cap: [{scope: organization_year, yuan: 250000, said: 25万元}]",
            "level: national, yuan: 200000, said: 20万元",
            "level: industry, yuan: 150000, said: 15万元",
        )

        outcome = ask(rules, Item(DRAFTING, count=2))
        assert [line.total_yuan for line in outcome.rows] == [250000, 250000]

    def test_a_pool_may_scale_what_is_paid(self, ask: Ask) -> None:
        outcome = ask(group("cap: [{scope: pool, count: 10}]", self.ROW), Item(DRAFTING))

        assert lines(outcome) == [("exact", 50000, 50000)]
        assert [n.zh for n in outcome.notes] == ["在预算总额内安排，可能按比例调整", "全部名额为10个，择优确定"]

    def test_paid_once_per_organization_whatever_the_number(self, ask: Ask) -> None:
        assert lines(ask(group("per: organization", self.ROW), Item(DRAFTING, count=7))) == [("exact", 50000, 50000)]


class TestCombination:
    def two(self, first: str, second: str) -> str:
        return group(first, "yuan: 200000, said: 20万元", name="a", label="甲") + group(
            second, "yuan: 50000, said: 5万元", name="b", label="乙"
        )

    def test_two_rules_that_clash_are_both_shown_and_neither_wins(self, ask: Ask) -> None:
        outcome = ask(self.two("", ""), Item(DRAFTING))

        assert lines(outcome) == [("conflicting_sources", 200000, None), ("conflicting_sources", 50000, None)]
        assert outcome.total_yuan is None

    def test_additive_rules_add_up(self, ask: Ask) -> None:
        outcome = ask(self.two("", "combine: {policy: sum}"), Item(DRAFTING))

        assert outcome.total_yuan == 250000

    def test_of_rules_that_do_not_add_only_the_highest_counts(self, ask: Ask) -> None:
        outcome = ask(self.two("combine: {policy: max}", "combine: {policy: max}"), Item(DRAFTING))

        assert [(r.yuan, r.counted) for r in outcome.rows] == [(200000, True), (50000, False)]
        assert outcome.total_yuan == 200000

    def test_rules_for_different_cases_are_alternatives_until_the_case_is_known(self, ask: Ask) -> None:
        def named(prize: str) -> str:
            ask_ = "ask: {zh: 哪个奖？, en: 'Which?'}"
            text = f"text: {{zh: {prize}, en: {prize}}}"
            return f"conditions: [{{input: prize, op: '==', value: {prize}, {text}, {ask_}}}]"

        rules = self.two(named("one"), named("two"))

        assert lines(ask(rules, Item(DRAFTING))) == [("needs_input", 200000, 200000), ("needs_input", 50000, 50000)]
        decided = ask(rules, Item(DRAFTING), prize="two")
        assert lines(decided) == [("not_met", None, None), ("exact", 50000, 50000)]

    def test_of_a_years_awards_only_the_highest_counts(self, ask: Ask) -> None:
        rules = group(
            "combine: {policy: max, scope: same_org_year}",
            "level: national, yuan: 200000, said: 20万元",
            "level: industry, yuan: 150000, said: 15万元",
        )

        outcome = ask(rules, Item(DRAFTING, "industry"), Item(DRAFTING, "national"))
        assert [line.counted for line in outcome.rows] == [False, True]
        assert outcome.total_yuan == 200000

    def test_of_several_levels_awards_only_the_higher_counts(self, ask: Ask) -> None:
        rules = group("combine: {policy: max, scope: all_levels}", "yuan: 200000, said: 20万元")

        lower = ask(rules, Item(DRAFTING), other_award_yuan=100000)
        higher = ask(rules, Item(DRAFTING), other_award_yuan=300000)
        unknown = ask(rules, Item(DRAFTING))
        assert (lower.total_yuan, higher.total_yuan, unknown.total_yuan) == (200000, None, 200000)
        assert [s.kind for s in unknown.rows[0].steps][-1] == "other_award"

    def test_a_payment_that_shuts_this_one_out(self, ask: Ask) -> None:
        rules = group(
            "excludes: [{input: received_district_award, text: {zh: 未获得区级奖励, en: no district award},"
            " ask: {zh: 是否已获区级奖励？, en: 'Was a district award received?'}}]",
            "yuan: 200000, said: 20万元",
        )

        assert lines(ask(rules, Item(DRAFTING), received_district_award=True)) == [("not_met", None, None)]
        assert lines(ask(rules, Item(DRAFTING), received_district_award=False)) == [("exact", 200000, 200000)]
        assert ask(rules, Item(DRAFTING)).missing[0].input == "received_district_award"

    def test_parts_of_a_series_count_once(self, ask: Ask) -> None:
        rules = group("dedupe: {key: series, keep: once}", "yuan: 200000, said: 20万元")

        assert ask(rules, Item(DRAFTING, count=10, inputs={"series": True})).total_yuan == 200000
        assert ask(rules, Item(DRAFTING, count=10, inputs={"series": False})).total_yuan == 2000000
        undeclared = group("", "yuan: 200000, said: 20万元")
        assert ask(undeclared, Item(DRAFTING, count=10, inputs={"series": True})).total_yuan == 2000000
        unknown = ask(rules, Item(DRAFTING, count=10))
        assert "若属同一系列，只按一项计" in [s.text.zh for s in unknown.rows[0].steps]

    @pytest.mark.parametrize(
        ("contest", "facts", "expected"),
        [
            ("equal_split", {}, ("exact", 100000)),
            ("negotiated", {}, ("up_to", 200000)),
            ("single", {}, ("up_to", 200000)),
            ("best_rank", {"best_ranked_local": True}, ("exact", 200000)),
            ("best_rank", {"best_ranked_local": False}, ("not_met", None)),
            ("unstated", {}, ("exact", 200000)),
        ],
    )
    def test_several_local_units(
        self, ask: Ask, contest: str, facts: dict[str, Any], expected: tuple[str, int | None]
    ) -> None:
        rules = group(f"contest: {contest}", "yuan: 200000, said: 20万元")

        row = ask(rules, Item(DRAFTING), local_units=2, **facts).rows[0]
        assert (row.status, row.yuan) == expected


class TestTimeAndReview:
    WINDOW = 'window: {since: "2020-01-01", until: "2022-12-31"}'
    ROW = "yuan: 50000, said: 5万元"

    @pytest.mark.parametrize(
        ("on", "status"),
        [
            (date(2019, 12, 31), "out_of_validity"),
            (date(2020, 1, 1), "exact"),
            (date(2022, 12, 31), "exact"),
            (date(2023, 1, 1), "out_of_validity"),
        ],
    )
    def test_the_window_includes_both_ends(self, ask: Ask, on: date, status: str) -> None:
        assert ask(group(self.WINDOW, self.ROW), Item(DRAFTING, event_on=on)).rows[0].status == status

    def test_without_a_date_the_window_is_a_condition(self, ask: Ask) -> None:
        outcome = ask(group(self.WINDOW, self.ROW), Item(DRAFTING))

        assert lines(outcome) == [("exact", 50000, 50000)]
        assert outcome.missing[0].input == "event_on"

    def test_a_policy_that_has_ended_pays_for_its_time_only(self, ask: Ask) -> None:
        ended = POLICY.model_copy(update={"effective": date(2016, 1, 1), "expires": date(2020, 12, 31)})

        inside = ask(group("", self.ROW), Item(DRAFTING, event_on=date(2018, 1, 1)), policy=ended)
        now = ask(group("", self.ROW), Item(DRAFTING), policy=ended)
        assert (inside.rows[0].status, now.rows[0].status) == ("exact", "out_of_validity")
        assert inside.warnings == ("superseded",)

    def test_rules_nobody_confirmed_answer_only_on_request(self, tmp_path: Path) -> None:
        (tmp_path / "p.yaml").write_text(f"policy: p\nrules:\n{group('', self.ROW)}", encoding="utf-8")
        rulebook, claim = load_rules(tmp_path), Claim([Item(DRAFTING)])

        assert lines(evaluate(rulebook, POLICY, claim, TODAY)) == [("not_stated", None, None)]
        drafted = evaluate(rulebook, POLICY, claim, TODAY, with_unreviewed=True)
        assert lines(drafted) == [("exact", 50000, 50000)]
        assert drafted.warnings == ("rule_unreviewed",)

    @pytest.mark.parametrize(
        ("status", "warnings"),
        [
            ("draft", ("draft_policy",)),
            ("superseded", ("superseded",)),
            ("repealed", ("superseded",)),
            ("unknown", ("validity_unknown",)),
            ("in_force", ()),
        ],
    )
    def test_warnings_follow_the_policys_status(self, status: Any, warnings: tuple[str, ...]) -> None:
        assert policy_warnings(POLICY.model_copy(update={"status": status}), TODAY) == warnings


class TestConditions:
    def rule(self, op: str, value: str) -> str:
        condition = f"{{input: fact, op: '{op}', value: {value}, text: {{zh: 某事, en: a fact}}}}"
        return group(f"conditions: [{condition}]", "yuan: 50000, said: 5万元")

    @pytest.mark.parametrize(
        ("op", "value", "fact", "state"),
        [
            ("==", "true", True, "met"),
            ("==", "true", False, "unmet"),
            ("==", "1", True, "unmet"),
            ("!=", "local", "national", "met"),
            ("!=", "local", "local", "unmet"),
            ("<=", "2", 2, "met"),
            ("<=", "2", 3, "unmet"),
            (">=", "2", 1, "unmet"),
            (">=", "2", 2, "met"),
            (">=", "2", "many", "unknown"),
            ("in", "[a, b]", "b", "met"),
            ("in", "[a, b]", "c", "unmet"),
            ("not_in", "[a, b]", "c", "met"),
            ("not_in", "[a, b]", "a", "unmet"),
        ],
    )
    def test_three_values(self, ask: Ask, op: str, value: str, fact: Any, state: str) -> None:
        row = ask(self.rule(op, value), Item(DRAFTING, inputs={"fact": fact})).rows[0]

        assert [c.state for c in row.conditions] == [state]
        assert row.status == ("not_met" if state == "unmet" else "exact")

    def test_a_fact_of_the_item_goes_before_one_of_the_claim(self, ask: Ask) -> None:
        row = ask(self.rule("==", "true"), Item(DRAFTING, inputs={"fact": True}), fact=False).rows[0]

        assert row.status == "exact"

    def test_a_negative_number_is_refused(self) -> None:
        with pytest.raises(ValueError, match="0 or more"):
            Item(DRAFTING, count=-1)


def test_rows_are_what_an_answer_shows(rulebook: RuleBook) -> None:
    outcome = ask_yangzhou(rulebook, Item("host_committee", "national", place_group="county"), innovative_listed=True)

    (row,) = to_rows(outcome, "en", lambda rule: 2)

    assert row == RewardRow(
        rule_id="yangzhou-2011.host_committee.county",
        label="one-off reward for establishing a national technical committee, subcommittee or working group"
        " (TC, SC, WG): other firms of the city",
        status="up_to",
        bound="up_to",
        yuan=300000,
        count=1,
        total_yuan=300000,
        conditions=row.conditions,
        citation=2,
        trace=row.trace,
    )
    assert "amount stated: up to RMB 300,000" in row.trace
