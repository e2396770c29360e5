from __future__ import annotations

from pathlib import Path

import pytest

from tests.knowledge.drafting.test_doubts import rows


@pytest.mark.parametrize(
    "text",
    [
        "（一）标准化试点\nA类项目补助20万元/个，B类项目补助9万元/个。\n附件1\nA类：国家级标准化试点项目\nB类：省级标准化试点项目",
        "本办法所称“甲类项目”是指国家级标准化试点，“乙类项目”是指省级标准化试点。\n（一）标准化试点\n"
        "甲类项目、乙类项目通过验收的，分别奖励20万元、9万元。",
        "第三条 标准化试点分为两类，一类项目为国家级标准化试点；二类项目为省级标准化试点。\n第四条 标准化试点\n"
        "（一）一类项目\n每个奖励20万元。\n（二）二类项目\n每个奖励9万元。",
    ],
)
def test_a_name_that_the_document_defines_by_a_level_is_that_level(text: str, tmp_path: Path) -> None:
    assert [(row.level, row.yuan) for row in rows(text, tmp_path)] == [
        ("national", 200_000),
        ("provincial_local", 90_000),
    ]


def test_a_name_of_several_levels_is_refused(tmp_path: Path) -> None:
    text = (
        "（一）标准化试点\nA类项目补助20万元/个，B类项目补助9万元/个。\n附件1\nA类：国家级标准化试点、省级标准化试点\n"
        "B类：市级标准化试点"
    )
    assert [(row.level, row.yuan) for row in rows(text, tmp_path)] == [(None, None), ("municipal_local", 90_000)]


@pytest.mark.parametrize(
    ("text", "levels"),
    [
        (
            "承担秘书处的奖励\n（一）国际：TC，50万元；SC，30万元；\n（二）省级：TC，8万元。",
            ["international"] * 2 + ["provincial_local"],
        ),
        (
            "承担标准化技术委员会秘书处的，分两种。第一种是全国的：技术委员会（TC）50万元，分技术委员会（SC）30万元。"
            "第二种是省里的：技术委员会（TC）8万元。",
            ["national"] * 2 + ["provincial_local"],
        ),
        (
            "第五条 技术委员会\n（一）国际标准化组织：\n技术委员会秘书处，给予不超过50万元的资助；\n"
            "分技术委员会秘书处，给予不超过30万元的资助。\n（二）全国专业标准化技术委员会：\n技术委员会秘书处，给予不超过8万元的资助。",
            ["international"] * 2 + ["national"],
        ),
    ],
)
def test_a_level_that_heads_committees_is_theirs(text: str, levels: list[str], tmp_path: Path) -> None:
    found = [(row.level, row.committee, row.yuan) for row in rows(text, tmp_path)]
    assert found == list(zip(levels, ["TC", "SC", "TC"], [500_000, 300_000, 80_000], strict=True))


def test_the_prize_of_the_nearest_heading_is_meant(tmp_path: Path) -> None:
    text = (
        "颍泽市标准创新贡献奖管理办法\n第一条 设立颍泽市标准创新贡献奖，每两年评选一次。\n第二条 奖金为：\n"
        "（一）一等奖每项20万元；\n"
        "（二）二等奖每项10万元。\n第三条 获得上级标准创新贡献奖的，另行给予奖励：\n"
        "（一）国家奖。一等奖60万元。\n（二）省奖。一等奖30万元。"
    )
    assert [(row.level, row.yuan) for row in rows(text, tmp_path)][2:] == [
        ("national", 600_000),
        ("provincial_local", 300_000),
    ]


def test_a_question_is_of_all_its_levels_where_they_are_paid_alike(tmp_path: Path) -> None:
    text = "问：行业标准和省级地方标准怎么奖？\n答：这两类标准奖励额度相同，主持的每项奖励10万元，参与的每项奖励3万元。"
    assert sorted((str(row.level), str(row.role), row.yuan or 0) for row in rows(text, tmp_path)) == [
        ("industry", "lead", 100_000),
        ("industry", "participate", 30_000),
        ("provincial_local", "lead", 100_000),
        ("provincial_local", "participate", 30_000),
    ]
