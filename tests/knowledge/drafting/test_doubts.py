from __future__ import annotations

from pathlib import Path

import pytest

from knowledge.drafting import DraftedRule, draft_rules
from knowledge.manifest import describe, read_document

TITLE = "云泽市标准化奖励办法\n第一条 为推进标准化工作，制定本办法。\n第二条 "


def rows(clauses: str, folder: Path) -> tuple[DraftedRule, ...]:
    path = folder / "policy.txt"
    path.write_text(TITLE + clauses, encoding="utf-8")
    return draft_rules(read_document(describe(path), path)).rules


@pytest.mark.parametrize(
    ("clauses", "sign"),
    [
        ("在国际标准、国家标准制定中发挥主导作用的企业，分别奖励50万元、30万元。", "主导"),
        ("企业在国家标准研制过程中处于主导地位的，给予66万元奖励。", "主导"),
        ("试点园区牵头单位负责制定的行业标准，每项奖励10万元。", "制定的行业标准"),
        ("给予牵头单位负责人所在企业下列奖励：\n（一）国家标准，每项40万元；\n（二）行业标准，每项20万元。", "牵头"),
    ],
)
def test_an_amount_without_what_its_words_tell_of_is_refused(clauses: str, sign: str, tmp_path: Path) -> None:
    drafted = rows(clauses, tmp_path)
    assert drafted
    assert [row.yuan for row in drafted] == [None] * len(drafted)
    assert all(sign in (row.needs_review or "") for row in drafted)


def test_lead_and_participants_may_be_paid_alike(tmp_path: Path) -> None:
    (row,) = rows("主导或者参与制定国家标准的企业，每项奖励30万元。", tmp_path)
    assert (row.level, row.role, row.yuan) == ("national", None, 300_000)


@pytest.mark.parametrize(
    "clauses",
    [
        "市里对主导制定国家标准的单位已给予25万元的，本区只补足3万元差额部分。",
        "资助资金超过3万元的追回全部补助。",
        "对主导制定国家标准的企业，给予30万元授信额度。",
    ],
)
def test_what_stands_behind_an_amount_is_known_of_a_payment(clauses: str, tmp_path: Path) -> None:
    assert [row.yuan for row in rows(clauses, tmp_path) if row.yuan is not None] == []


def test_words_of_giving_behind_an_amount_may_be_qualified(tmp_path: Path) -> None:
    (row,) = rows("对承担全国标准化技术委员会秘书处的单位，给予30万元的一次性启动经费支持。", tmp_path)
    assert (row.activity, row.yuan) == ("host_committee", 300_000)


def test_the_lead_is_not_carried_on_to_those_who_draft_something_else(tmp_path: Path) -> None:
    lead, refused = rows("主导制定团体标准的，每项奖励3万元；制定地方标准的，每项奖励2万元。", tmp_path)
    assert (lead.role, lead.yuan) == ("lead", 30_000)
    assert refused.yuan is None
    assert refused.needs_review


def test_who_may_ask_for_it_is_who_is_paid(tmp_path: Path) -> None:
    text = "企业牵头起草的国家标准，可以申请补助。牵头起草，是指在起草单位中排序第一。\n第三条 国家标准每项补助30万元。"
    (row,) = (row for row in rows(text, tmp_path) if row.yuan)
    assert (row.level, row.role) == ("national", "lead")


def test_whom_the_amounts_above_are_for_may_be_said_behind_them(tmp_path: Path) -> None:
    text = "制定国际标准的，资助50万元。\n前款所称资助金额为排名第一的起草单位可获得的资助。"
    text += "\n第三条 制定本市地方标准的，资助4万元。"
    first, second = (row for row in rows(text, tmp_path) if row.yuan)
    assert (first.role, second.role) == ("rank:1", None)


def test_out_of_some_places_each_has_its_own(tmp_path: Path) -> None:
    text = "国家标准：前三位起草单位中，排名第一的每项奖励25万元，排名第二、第三的每项奖励10万元。"
    assert {(row.role, row.yuan) for row in rows(text, tmp_path)} == {("rank:1", 250_000), ("rank:2-3", 100_000)}


def test_firms_of_the_city_stay_so_to_the_end_of_the_sentence(tmp_path: Path) -> None:
    text = "市区企业主导制定国际标准的，每项奖励60万元；主导制定国家标准的，每项奖励25万元。"
    assert {row.place_group for row in rows(text, tmp_path)} == {"urban_district"}


def test_who_drafted_is_not_carried_on_to_what_is_chosen(tmp_path: Path) -> None:
    text = "第一起草单位制定的国家标准，每项奖励16万元；被省局评为“先进团体标准”的，每项奖励6万元。"
    first, refused = rows(text, tmp_path)
    assert (first.role, first.yuan, refused.yuan) == ("rank:1", 160_000, None)


def test_a_share_of_each_level_has_the_level_of_none(tmp_path: Path) -> None:
    text = "制定团体标准的，给予10万元补助；修订标准的，补助额度按同级标准制定补助的30%执行。"
    share = next(row for row in rows(text, tmp_path) if row.ratio)
    assert (share.activity, share.level) == ("revise_standard", None)


def test_tiers_have_the_names_that_the_text_counts(tmp_path: Path) -> None:
    text = "标准化研究课题结题的，分为优秀、良好、合格三个等次，每个课题依次补助3万元、2万元、1万元。"
    drafted = [(row.grade, row.yuan) for row in rows(text, tmp_path)]
    assert drafted == [("优秀", 30_000), ("良好", 20_000), ("合格", 10_000)]


def test_a_total_with_a_budgets_name_is_shared_out_among_drafters(tmp_path: Path) -> None:
    text = "国际标准制定。每项标准奖励总额45万元，其中第一起草单位30万元，第二起草单位15万元。"
    assert [(row.role, row.yuan) for row in rows(text, tmp_path)] == [("rank:1", 300_000), ("rank:2", 150_000)]


def test_drafting_behind_a_refused_share_is_refused_too(tmp_path: Path) -> None:
    text = "主持制定国家标准的，每项20万元；位列第二、第三的，减半兑现，即国家标准10万元/项、行业标准5万元/项。"
    assert {(row.role, row.yuan) for row in rows(text, tmp_path) if row.yuan} == {("lead", 200_000)}


def test_what_a_bracket_tells_of_another_is_no_payment(tmp_path: Path) -> None:
    assert rows("对标滨禾高新区（其国家标准奖励为40万元），我们作了系统修订。", tmp_path) == ()


def test_a_prize_goes_on_with_the_level_before_it_and_not_with_the_document_s_own(tmp_path: Path) -> None:
    text = "市标准创新奖由市人民政府设立，一等奖奖励10万元。"
    text += "\n第三条 获得省标准创新贡献奖一等奖的，奖励30万元；获得二等奖的，奖励20万元。"
    assert [row.level for row in rows(text, tmp_path)] == ["municipal_local", "provincial_local", "provincial_local"]


@pytest.mark.parametrize(
    "told",
    [
        "对标南江市（其国家标准奖励为40万元），我们作了修订。",
        "2020年发布的资助标准（国际标准65万元、国家标准33万元）同时停止使用。",
        "参加收费培训（每人补贴后1200元）的，费用不予报销。",
    ],
)
def test_a_bracket_that_is_behind_no_amount_pays_nothing(told: str, tmp_path: Path) -> None:
    drafted = rows("主导制定国家标准的，每项奖励25万元。\n第三条 " + told, tmp_path)
    assert [row.yuan for row in drafted if row.yuan] == [250_000]


def test_an_exception_in_a_bracket_behind_an_amount_is_paid(tmp_path: Path) -> None:
    drafted = rows("主导制定国家标准的，每项奖励25万元（强制性国家标准40万元）。", tmp_path)
    assert [row.yuan for row in drafted] == [250_000, 400_000]


def test_a_revision_is_a_share_of_drafting_whatever_level_is_named(tmp_path: Path) -> None:
    text = "主持制定国家标准的，奖励40万元。\n第三条 主持修订国家标准的，按照主持制定国家标准奖励金额的50%给予奖励。"
    *_, share = rows(text, tmp_path)
    assert share.ratio is not None
    assert (share.ratio.percent, share.ratio.of) == (50, "formulate")


def test_what_confirms_it_is_not_what_is_paid_for(tmp_path: Path) -> None:
    (row,) = rows("采用国际标准的产品，经认可后每个产品奖励6000元。", tmp_path)
    assert row.activity == "adopt_standard"


@pytest.mark.parametrize(
    "clause",
    [
        "总揽制定国家标准的企业，每项奖励30万元。",
        "企业参与环球标准、国家标准、行业标准制定的，分别奖励30万元、20万元。",
        "承担举国标准化技术委员会秘书处的，奖励40万元。",
        "国家标准起草单位次席至第三位的，每项奖励12万元。",
    ],
)
def test_unknown_words_in_front_of_what_is_read_are_refused(clause: str, tmp_path: Path) -> None:
    assert all(row.yuan is None for row in rows(clause, tmp_path))


@pytest.mark.parametrize(
    "clause",
    [
        "依法登记的社会团体组织制定国家标准的，每项奖励30万元。",
        "三家以上单位联合制定国家标准的，每项奖励30万元。",
        "新承担全国标准化技术委员会秘书处的，奖励40万元。",
    ],
)
def test_usual_words_in_front_of_it_are_not(clause: str, tmp_path: Path) -> None:
    assert all(row.yuan for row in rows(clause, tmp_path))
