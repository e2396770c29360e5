from __future__ import annotations

from pathlib import Path

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
