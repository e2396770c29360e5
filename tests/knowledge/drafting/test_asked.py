from __future__ import annotations

from pathlib import Path

import pytest

from tests.knowledge.drafting.test_doubts import rows


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (
            "方向一：标准化技术组织\n支持对象：承担全国标准化技术委员会（TC）、分技术委员会（SC）秘书处的单位。\n"
            "支持标准：新承担TC、SC秘书处的，分别给予一次性奖补35万元和16万元。",
            [("national", "TC", 350_000), ("national", "SC", 160_000)],
        ),
        (
            "（一）标准化技术委员会\n1.支持条件：承担国际标准化组织技术委员会秘书处满一年的单位。\n2.支持标准：一次性资助40万元。",
            [("international", "TC", 400_000)],
        ),
        (
            "（一）试点示范\n【申报对象】承担省级社会管理综合标准化试点并通过验收的单位。\n【资助额度】每个项目资助15万元。",
            [("provincial_local", None, 150_000)],
        ),
        (
            "（一）试点示范\n支持对象\n获批国家级、省级标准化试点的单位。\n支持标准\n分别给予20万元、10万元补助。",
            [("national", None, 200_000), ("provincial_local", None, 100_000)],
        ),
    ],
)
def test_a_level_that_is_asked_in_a_line_before_is_that_of_the_amounts(
    text: str, expected: list[tuple[str, str | None, int]], tmp_path: Path
) -> None:
    assert [(row.level, row.committee, row.yuan) for row in rows(text, tmp_path)] == expected


def test_what_is_asked_for_one_item_is_not_asked_for_the_next(tmp_path: Path) -> None:
    text = (
        "支持下列项目。\n（一）试点示范\n支持对象：获批国家级标准化试点的单位。\n支持标准：每个项目补助22万元。\n"
        "（二）示范推广\n支持标准：标准化试点经验在全市推广的，每个项目补助3万元。"
    )
    first, *others = rows(text, tmp_path)
    assert (first.level, first.yuan) == ("national", 220_000)
    assert all(row.level != "national" for row in others)


@pytest.mark.parametrize(
    ("text", "level"),
    [
        ("国家级标准化试点验收合格的，资助24万元；验收评定为优秀的，在此基础上另增加7万元。", "national"),
        ("国家级标准化试点验收合格的，资助24万元。考核优秀的，在此基础上增加7万元。", "national"),
        ("国家级试点验收后补助20万元，省级试点补助10万元；评为优秀的，再增加7万元。", None),
    ],
)
def test_what_is_added_has_the_one_level_of_what_it_is_added_to(text: str, level: str | None, tmp_path: Path) -> None:
    assert [row.level for row in rows(text, tmp_path) if row.yuan == 70_000] == [level]


def test_what_is_asked_for_all_that_is_paid_is_no_level_of_one_thing(tmp_path: Path) -> None:
    text = (
        "支持下列项目。\n一、申报条件\n（一）上年度获得国家级标准化试点称号的企业优先。\n"
        "二、补助标准\n（一）标准化试点项目验收合格的，补助8万元。\n（二）标准化培训每期补助1万元。"
    )
    pilot, training = rows(text, tmp_path)
    assert pilot.yuan is None
    assert pilot.needs_review
    assert training.yuan == 10_000


def test_a_draft_that_is_chosen_for_something_is_still_what_is_paid_for(tmp_path: Path) -> None:
    text = "主导制定团体标准的，每项奖励3万元。其中被列为国家团体标准应用示范的，再增加2万元。"
    added = rows(text, tmp_path)[-1]
    assert (added.activity, added.level, added.role, added.yuan) == ("formulate_standard", "group", "lead", 20_000)


@pytest.mark.parametrize(
    "text", ["获得省级质量奖项的组织，按省级奖金1:1给予配套。", "获得省级以上标准化奖项的单位，由管委会给予1:0.5配套。"]
)
def test_a_share_of_another_prize_is_for_a_prize(text: str, tmp_path: Path) -> None:
    (row,) = rows(text, tmp_path)
    assert (row.activity, row.level) == ("award", "provincial_local")
    assert row.ratio is not None
    assert row.ratio.of == "upper_level"


@pytest.mark.parametrize(
    ("text", "level"),
    [
        ("问：获得中国标准创新贡献奖怎么奖励？\n答：一等奖奖励50万元，二等奖奖励30万元。", "national"),
        (
            "问：省里奖励了，市里还给吗？\n答：获得省标准创新贡献奖的，可以申请。对获奖单位，另行给予一等奖18万元、二等奖9万元。",
            "provincial_local",
        ),
        ("问：市标准创新奖有奖金吗？\n答：一等奖奖励20万元，二等奖奖励10万元。", None),
    ],
)
def test_a_prize_of_a_government_above_has_the_level_of_the_question(
    text: str, level: str | None, tmp_path: Path
) -> None:
    assert [(row.activity, row.level) for row in rows(text, tmp_path)] == [("award", level)] * 2


def test_who_is_asked_is_paid_what_a_later_line_gives(tmp_path: Path) -> None:
    text = (
        "（三）参与制定国家标准\n1.支持对象：标准前言所列起草单位中排名第二至第四位的单位。\n2.申报条件：同上。\n"
        "3.支持标准：每项资助6万元。\n（四）标准化试点\n1.支持对象：承担国家级、省级标准化试点的单位。\n"
        "2.申报材料：验收文件。\n3.支持标准：每个项目分别资助25万元、12万元。"
    )
    assert [(row.level, row.role, row.yuan) for row in rows(text, tmp_path)] == [
        ("national", "rank:2-4", 60_000),
        ("national", None, 250_000),
        ("provincial_local", None, 120_000),
    ]
