from __future__ import annotations

from pathlib import Path

import pytest

from tests.knowledge.drafting.test_doubts import rows


def test_an_amount_told_once_more_is_no_second_row(tmp_path: Path) -> None:
    text = "每主导制定1项国家标准奖励25万元。\n第三条 与原来相比，国家标准的奖励由18万元提高到25万元。"
    (row,) = (row for row in rows(text, tmp_path) if row.yuan)
    assert (row.level, row.role) == ("national", "lead")


def test_another_amount_without_a_role_stays(tmp_path: Path) -> None:
    text = "每主导制定1项国家标准奖励25万元。\n第三条 国家标准的提案获批立项的，每项奖励5万元。"
    assert {(row.role, row.yuan) for row in rows(text, tmp_path) if row.yuan} == {("lead", 250_000), (None, 50_000)}


def test_amounts_whose_level_was_lost_are_refused(tmp_path: Path) -> None:
    text = "制定国家标准的，奖励25万元。\n第三条 制定先进标准的，奖励9万元。\n第四条 制定特色标准的，奖励6万元。"
    assert [row.yuan for row in rows(text, tmp_path)] == [250_000, None, None]


LEADS = "主导制定国家标准的，每项奖励25万元；参与制定国家标准的，每项奖励8万元。\n"


def test_a_level_paid_by_roles_is_not_paid_without_one(tmp_path: Path) -> None:
    text = LEADS + "第三条 以前发布的标准按原政策兑现，即国家标准每项12万元、行业标准每项6万元。"
    assert [row.yuan for row in rows(text, tmp_path) if row.yuan] == [250_000, 80_000]


def test_a_document_whose_drafters_are_told_apart_pays_no_level_alone(tmp_path: Path) -> None:
    text = "本办法所称标准制定，以标准文本中排名第一的起草单位为准。\n第三条 国家标准每项奖励25万元，行业标准每项奖励10万元。"
    assert all(row.yuan is None or row.role for row in rows(text, tmp_path))


def test_all_drafters_of_another_level_may_be_paid_alike(tmp_path: Path) -> None:
    text = LEADS + "第三条 制定、修订省级地方标准的，每项分别奖励6万元、3万元。"
    paid = {(row.activity, row.level, row.role): row.yuan for row in rows(text, tmp_path)}
    assert paid["formulate_standard", "provincial_local", None] == 60_000
    assert paid["revise_standard", "provincial_local", None] == 30_000


def test_who_asks_for_the_money_is_no_role(tmp_path: Path) -> None:
    text = (
        "国家标准分两档，依次补助20万元、10万元。\n第三条 由排名第一的起草单位申报标准项目，补助由各起草单位协商分配。"
    )
    assert [row.yuan for row in rows(text, tmp_path)] == [200_000, 100_000]


def test_hosting_without_a_committee_is_refused_beside_committees(tmp_path: Path) -> None:
    text = "承担全国技术委员会、分技术委员会秘书处的，分别奖励40万元、20万元。\n第三条 承担全国标准化技术机构秘书处的，奖励30万元。"
    assert [row.yuan for row in rows(text, tmp_path) if row.yuan] == [400_000, 200_000]


def test_amounts_that_clash_are_refused(tmp_path: Path) -> None:
    text = "主导制定国家标准的，每项奖励25万元。\n第三条 企业主导制定国家标准并发布的，每项奖励40万元。"
    assert [row.yuan for row in rows(text, tmp_path)] == [None, None]


def test_amounts_that_known_words_tell_apart_stay(tmp_path: Path) -> None:
    text = "主导制定推荐性国家标准的，每项奖励25万元。\n第三条 主导制定强制性国家标准的，每项奖励40万元。"
    assert [row.yuan for row in rows(text, tmp_path)] == [250_000, 400_000]


def test_a_list_with_an_entry_that_is_not_known_is_refused(tmp_path: Path) -> None:
    text = "参与制定团体标准、市级地方标准、企业联合标准的，分别奖励1.5万元、2万元。"
    assert [row.yuan for row in rows(text, tmp_path)] == [None]


def test_amounts_against_levels_and_grades_are_refused(tmp_path: Path) -> None:
    text = "主导制定的国家标准、行业标准、地方标准获得优秀、良好的，分别奖励6万元、2万元、1万元。"
    assert [row.yuan for row in rows(text, tmp_path)] == [None]


def test_another_place_is_paid_for_all_that_the_first_was(tmp_path: Path) -> None:
    text = "承担全国技术委员会或分技术委员会秘书处的，市区企业奖励50万元，县（市）企业奖励20万元。"
    paid = {(row.committee, row.place_group, row.yuan) for row in rows(text, tmp_path)}
    assert paid == {(c, p, y) for c in ("TC", "SC") for p, y in (("urban_district", 500_000), ("county", 200_000))}


@pytest.mark.parametrize(
    "paid",
    [
        "省级地方标准发布实施后，对承担单位按每项6万元给予补助。",
        "省级地方标准分为一档、二档，每项分别资助6万元、3万元。",
    ],
)
def test_who_drafts_or_what_is_ranked_needs_no_role(paid: str, tmp_path: Path) -> None:
    drafted = [row for row in rows(LEADS + "第三条 " + paid, tmp_path) if row.level == "provincial_local"]
    assert drafted
    assert all(row.yuan and row.role is None for row in drafted)


def test_roles_are_of_drafting_alone(tmp_path: Path) -> None:
    text = "入选企业标准“领跑者”的，奖励3万元，在此基础上，所在行业排名首位的再给予2万元奖励。"
    assert [(row.role, row.yuan) for row in rows(text, tmp_path)] == [(None, 30_000), (None, 20_000)]


def test_shares_that_clash_are_refused(tmp_path: Path) -> None:
    share = "参与制定国家标准的，按主导单位奖励的{}%奖励。"
    text = f"主导制定国家标准的，每项奖励25万元。\n第三条 {share.format(30)}\n第四条 {share.format(40)}"
    assert [row.ratio for row in rows(text, tmp_path) if row.yuan is None] == [None, None]


@pytest.mark.parametrize(
    "item",
    [
        "技术组织\n面向群体：新承担全国专业标准化技术委员会秘书处的单位。\n额度：TC 35万元，SC 15万元。",
        "试点建设\n本项所称试点，是指由国家标准委下达的服务业标准化试点。通过验收的，每个补助18万元。",
        "示范工程\n受益一方：建成省级标准化示范区的乡镇。\n发放标准：每个示范区一次性补助12万元。",
        "国家级标准化示范项目和省级标准化示范项目\n通过考核的，每个项目奖励10万元。",
        "技术委员会\n任务由国家标准化管理委员会批复。秘书处落户我市的，补助25万元。",
    ],
)
def test_an_amount_without_the_level_that_its_item_names_is_refused(item: str, tmp_path: Path) -> None:
    drafted = rows(f"支持下列项目。\n（一）{item}", tmp_path)
    assert drafted
    assert all(row.yuan is None and row.needs_review for row in drafted)


def test_a_prize_of_the_issuer_and_what_is_paid_once_more_have_no_level(tmp_path: Path) -> None:
    text = (
        "支持下列项目。\n（一）市标准创新贡献奖\n一等奖奖励20万元，二等奖奖励10万元。\n"
        "（二）国家级、省级标准化试点通过验收的，分别补助20万元、10万元。其中考核优秀的，另给予3万元。"
    )
    drafted = [(row.activity, row.level, row.yuan) for row in rows(text, tmp_path)]
    assert drafted == [
        ("award", None, 200_000),
        ("award", None, 100_000),
        ("pilot_project", "national", 200_000),
        ("pilot_project", "provincial_local", 100_000),
        ("pilot_project", None, 30_000),
    ]
