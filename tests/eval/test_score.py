from __future__ import annotations

from datetime import date
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from assistant.answer import Answer, Citation, CitedPolicy, Provenance, RewardRow
from eval.dataset import Case, Value
from eval.figures import clean, days, figures
from eval.score import case_faults, contract_faults, faults, holds

TEXT = (
    "一、奖励\n市财政给予60万元、20万元和15万元的资助。按不超过60万元给予一次性奖励。"
    "98%以上的企业达标,建设示范区10个,新增500项,完成10.6 万个。"
)


def quote(words: str, n: int = 1) -> Citation:
    start = TEXT.index(words)
    return Citation(
        n=n,
        policy_id="a-2020",
        policy=CitedPolicy(title="意见", doc_no="府〔2011〕7号", signed="2011-01-24"),
        clause_id="a-2020/1",
        clause_path=["一、奖励"],
        quote=words,
        start=start,
        end=start + len(words),
    )


WHOLE = quote(TEXT[5:])


def answer(text: str, **changes: Any) -> Answer:
    fields: dict[str, Any] = {
        "status": "answered",
        "language": "zh",
        "answer": text,
        "citations": [WHOLE] if "[1]" in text else [],
        "provenance": Provenance(release=None),
    }
    return Answer(**fields | changes)


def case(**changes: Any) -> Case:
    fields: dict[str, Any] = {
        "id": "x/zh",
        "fact_id": "x",
        "kind": "reward",
        "question": "资助多少？",
        "language": "zh",
        "status": ["answered"],
        "split": "test",
    }
    return Case.model_validate(fields | changes)


def row(**changes: Any) -> RewardRow:
    return RewardRow(**{"rule_id": "r", "label": "奖励", "status": "exact", "yuan": 150000, "count": 1} | changes)


def text_of(policy: str) -> str | None:
    return TEXT if policy == "a-2020" else None


def broken(reply: Answer, *asked: str) -> list[str]:
    return contract_faults(reply, asked, text_of)


def value_faults(text: str, language: str = "zh", **value: Any) -> list[str]:
    wanted = case(values=[Value(**value)], language=language)
    return case_faults(wanted, answer(text, language=language))


def test_a_right_answer_has_no_faults() -> None:
    wanted = case(policy="a-2020", values=[Value(yuan=150_000)], must=[["资助", "grant"]], gold={})
    reply = answer("资助 **15 万元**。[1]", rewards=[row(total_yuan=150000)], total_yuan=150000)
    assert faults(wanted, reply, text_of) == []


# ---- figures: value, unit and bound ----


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("每项15万元", {"yuan": 150_000}),
        ("每项 15 万", {"yuan": 150_000}),
        ("每项**150,000**元", {"yuan": 150_000}),
        ("RMB 150,000 for each", {"yuan": 150_000}),
        ("0.15 million yuan", {"yuan": 150_000}),
        ("１５万元", {"yuan": 150_000}),
        ("| 行业标准 | 15万元 [1] |", {"yuan": 150_000}),
        ("最高60万元", {"yuan": 600_000, "bound": "up_to"}),
        ("按不超过60万元给予", {"yuan": 600_000, "bound": "up_to"}),
        ("不超过：市区60万元", {"yuan": 600_000, "bound": "up_to"}),
        ("60万元以内", {"yuan": 600_000, "bound": "up_to"}),
        ("up to RMB 600,000", {"yuan": 600_000, "bound": "up_to"}),
        ("The ceiling is RMB 600,000.", {"yuan": 600_000, "bound": "up_to"}),
        ("| 企业 | 最高金额 |\n|---|---|\n| 市区 | 60万元 |", {"yuan": 600_000, "bound": "up_to"}),
        ("每年不低于500万元", {"yuan": 5_000_000, "bound": "at_least"}),
        ("100家以上", {"number": 100, "unit": "家", "bound": "at_least"}),
        ("100 AAAA enterprises or more", {"number": 100, "unit": "enterprise", "bound": "at_least"}),
        ("at least 100 firms", {"number": 100, "unit": ("家", "firm"), "bound": "at_least"}),
        ("98%以上的企业", {"percent": 98, "bound": "at_least"}),
        ("百分之98以上", {"percent": 98, "bound": "at_least"}),
        ("more than 98 percent", {"percent": 98, "bound": "at_least"}),
        ("完成10.6万个", {"number": 106_000, "unit": "个"}),
        ("约50人左右", {"number": 50, "unit": "人", "bound": "any"}),
        ("到2015年", {"year": 2015}),
        ("2009年5月8日前", {"day": date(2009, 5, 8)}),
        ("by 8 May 2009", {"day": date(2009, 5, 8)}),
        ("on May 8th, 2009", {"day": date(2009, 5, 8)}),
        ("二〇〇九年五月八日", {"day": date(2009, 5, 8)}),
        ("二〇一〇年十二月二十七日", {"day": date(2010, 12, 27)}),
    ],
)
def test_a_figure_is_recognised(text: str, value: dict[str, Any]) -> None:
    assert value_faults(text, "en" if text.isascii() else "zh", **value) == []


@pytest.mark.parametrize(
    ("text", "value", "says"),
    [
        ("170万元", {"yuan": 700_000}, "does not state 700,000 yuan"),
        ("最高500万元", {"yuan": 500_000}, "does not state"),
        ("1,150,000 yuan", {"yuan": 150_000}, "does not state"),
        ("15万家", {"yuan": 150_000}, "does not state"),
        ("15%", {"number": 15}, "does not state"),
        ("23%", {"percent": 2.3}, "does not state 2.3%"),
        ("2.3%", {"percent": 23}, "does not state 23%"),
        ("98家", {"percent": 98}, "does not state 98%"),
        ("100家", {"number": 100, "unit": "项"}, "does not state 100"),
        ("100 家、20 项", {"number": 20, "unit": "家"}, "does not state 20"),
        ("2300个", {"number": 230, "unit": "个"}, "does not state 230"),
        ("60万元", {"yuan": 600_000, "bound": "up_to"}, "without its bound"),
        ("最高30万元。市区60万元", {"yuan": 600_000, "bound": "up_to"}, "without its bound"),
        ("100家", {"number": 100, "unit": "家", "bound": "at_least"}, "without its bound"),
        ("不超过500万元", {"yuan": 5_000_000, "bound": "at_least"}, "without its bound"),
        ("最高15万元", {"yuan": 150_000}, "only as a limit"),
        ("up to 150,000 yuan", {"yuan": 150_000}, "only as a limit"),
        ("10个以上", {"number": 10, "unit": "个"}, "only as a limit"),
        ("2015万元", {"year": 2015}, "does not state the year 2015"),
        ("2015元", {"year": 2015}, "does not state the year 2015"),
        ("2009年5月", {"day": date(2009, 5, 8)}, "does not state 2009-05-08"),
        ("2009年5月18日", {"day": date(2009, 5, 8)}, "does not state 2009-05-08"),
        ("2009年13月8日", {"day": date(2009, 5, 8)}, "does not state 2009-05-08"),
    ],
)
def test_a_look_alike_is_not_the_figure(text: str, value: dict[str, Any], says: str) -> None:
    found = value_faults(text, "en" if text.isascii() else "zh", **value)
    assert len(found) == 1
    assert says in found[0]


def test_one_plain_mention_is_enough_for_an_exact_figure() -> None:
    assert value_faults("最高一档15万元。行业标准为15万元。", yuan=150_000) == []


def test_a_figure_is_not_asked_of_an_abstention() -> None:
    wanted = case(values=[Value(yuan=150_000)], status=["answered", "abstained"], policy="a-2020")
    assert case_faults(wanted, answer("未见规定", status="abstained")) == []


@given(st.integers(min_value=1, max_value=10**9))
def test_thousands_separators_change_nothing(number: int) -> None:
    grouped = [figure.value for figure in figures(clean(f"RMB {number:,} in all"))]
    assert grouped == [float(number)]


@given(st.dates(min_value=date(1000, 1, 1)))
def test_a_date_is_read_in_each_form(day: date) -> None:
    for text in (f"{day}", f"{day.year}年{day.month}月{day.day}日", f"{day.day} {day:%B} {day.year}"):
        assert day in days(clean(text))


# ---- the case's other expectations ----


def test_a_status_outside_the_set_is_a_fault() -> None:
    assert case_faults(case(), answer("15万", status="clarify")) == ["status clarify, expected answered"]


def test_an_answer_in_another_language_is_a_fault() -> None:
    assert case_faults(case(), answer("yes", language="en")) == ["language en, expected zh"]
    assert case_faults(case(kind="noisy"), answer("yes", language="en")) == []


def test_each_group_needs_one_phrase() -> None:
    wanted = case(must=[["质监局", "quality"], ["财政局"]])
    assert case_faults(wanted, answer("设在市质监局")) == ["says none of 财政局"]


def test_a_forbidden_phrase_is_a_fault() -> None:
    wanted = case(must_not=["20万", "200,000"])
    assert case_faults(wanted, answer("给 **20** 万元")) == ["says '20万'"]
    assert case_faults(wanted, answer("RMB 200,000")) == ["says '200,000'"]
    assert case_faults(wanted, answer("给120万元,编号200,0001")) == []


@pytest.mark.parametrize(
    ("phrase", "text", "held"),
    [
        ("70万", "170万", False),
        ("5万", "1.5万", False),
        ("100", "1000家", False),
        ("100", "100[1]家", True),
        ("60", "160 与 600", False),
        ("GB/T19850", "gb/t 19850-2004", True),
        ("3-5", "3-5个", True),
        ("3-5", "13-5个", False),
        ("15万", "1 5万", False),
    ],
)
def test_a_number_in_a_phrase_is_no_part_of_a_longer_one(phrase: str, text: str, held: bool) -> None:
    wanted = case(must=[[phrase]])
    assert (case_faults(wanted, answer(text)) == []) is held


def test_holds_reads_folded_text() -> None:
    assert holds("Shenzhen", "shenzhen,zhuhai")


def test_every_policy_named_is_cited() -> None:
    wanted = case(policy=["a-2020", "b-2021"], status=["answered", "abstained"])
    assert case_faults(wanted, answer("[1]")) == ["does not cite b-2021"]
    assert case_faults(wanted, answer("没有", status="abstained")) == []


def test_a_warning_is_expected() -> None:
    wanted = case(warnings=["validity_unknown"])
    assert case_faults(wanted, answer("好")) == ["lacks the warning validity_unknown"]
    assert case_faults(wanted, answer("好", warnings=["validity_unknown", "horizon_passed"])) == []


def test_a_wrong_total_is_a_fault() -> None:
    assert case_faults(case(total_yuan=300_000), answer("30万", total_yuan=150_000)) == [
        "the total is 150,000, expected 300,000"
    ]


@pytest.mark.parametrize("changes", [{"total_yuan": 150_000}, {"rewards": [row(total_yuan=150_000)]}])
def test_an_award_where_nothing_is_due_is_a_fault(changes: dict[str, Any]) -> None:
    found = case_faults(case(no_award=True), answer("不符合", **changes))
    assert len(found) == 1
    assert "where nothing is due" in found[0]


def test_a_reward_that_is_not_met_is_no_award() -> None:
    unmet = row(status="not_met", total_yuan=None)
    assert case_faults(case(no_award=True), answer("不符合", rewards=[unmet])) == []


def test_a_ceiling_is_no_promise() -> None:
    wanted = case(values=[Value(yuan=600_000, bound="up_to")])
    found = case_faults(wanted, answer("最高60万元", rewards=[row(yuan=600_000)]))
    assert found == ["r promises 600,000 where the text says up to"]
    assert case_faults(wanted, answer("最高60万元", rewards=[row(yuan=600_000, status="up_to")])) == []


# ---- the contract of every answer ----


def test_an_empty_answer_is_a_fault() -> None:
    assert broken(answer("  \n")) == ["the answer is empty"]


@pytest.mark.parametrize("text", ["15万元。", "15万元。[1][2]", "15万元。[2]"])
def test_markers_and_citations_match(text: str) -> None:
    found = broken(answer(text, citations=[WHOLE]))
    assert [fault for fault in found if fault.startswith("markers")]


def test_citations_count_from_one() -> None:
    assert "numbered" in broken(answer("好[2]", citations=[quote("一、奖励", 2)]))[0]


def test_a_quote_is_literal() -> None:
    bent = WHOLE.model_copy(update={"quote": WHOLE.quote.replace("60", "61", 1)})
    moved = WHOLE.model_copy(update={"start": WHOLE.start - 1})
    unknown = WHOLE.model_copy(update={"policy_id": "b-2021"})
    assert "is not what stands" in broken(answer("好[1]", citations=[bent]))[0]
    assert "is not what stands" in broken(answer("好[1]", citations=[moved]))[0]
    assert "which is not there" in broken(answer("好[1]", citations=[unknown]))[0]


@pytest.mark.parametrize(
    "text",
    [
        "15万元[1]",
        "RMB 150,000 [1]",
        "建设10个[1]",
        "98%[1]",
        "2011年1月24日[1]",
        "府〔2011〕7号[1]",
        "1. 好\n2. 好[1]",
    ],
)
def test_a_number_with_a_source_may_be_said(text: str) -> None:
    assert broken(answer(text)) == []


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("25万元[1]", "the amount 250,000 yuan has no source"),
        ("RMB 16,000 [1]", "the amount 16,000 yuan has no source"),
        ("10万元[1]", "the amount 100,000 yuan has no source"),
        ("500元[1]", "the amount 500 yuan has no source"),
        ("建设11个[1]", "the number 11 has no source"),
        ("99%[1]", "the number 99% has no source"),
        ("9.8%[1]", "the number 9.8% has no source"),
    ],
)
def test_a_number_without_a_source_is_a_fault(text: str, says: str) -> None:
    assert broken(answer(text)) == [says]


def test_what_was_asked_may_be_said_again() -> None:
    assert broken(answer("没有 33 万元的规定"), "有33万吗") == []
    assert broken(answer("没有 33 万元的规定")) != []


def test_the_arithmetic_accounts_for_its_numbers() -> None:
    two = row(count=2, total_yuan=300_000)
    assert broken(answer("2 × 15万元 = 30万元[1]", rewards=[two], total_yuan=300_000)) == []
    assert "the amount 300,000 yuan has no source" in broken(answer("2 × 15万元 = 30万元[1]"), "2项")


def test_an_award_stands_in_a_quote() -> None:
    assert "which no quote states" in broken(answer("好[1]", rewards=[row(yuan=170_000)]))[0]
    assert broken(answer("好[1]", rewards=[row(yuan=170_000, status="not_met")])) == []


def test_totals_add_up() -> None:
    wrong = row(count=2, total_yuan=450_000)
    assert "2 × 150,000 is not 450,000" in broken(answer("好[1]", rewards=[wrong]))[0]
    capped = row(count=4, total_yuan=300_000)
    assert broken(answer("好[1]", rewards=[capped], total_yuan=300_000)) == []
    found = broken(answer("好[1]", rewards=[row(total_yuan=150_000)], total_yuan=300_000))
    assert "more than the sum" in found[0]
