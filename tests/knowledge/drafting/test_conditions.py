"""What a row keeps of its clause as conditions: words that say more than the row, without number, verb and amount."""

from __future__ import annotations

from pathlib import Path

import pytest

from knowledge.drafting import Draft, draft_rules
from knowledge.manifest import describe, read_document


def draft_of(tmp_path: Path, *lines: str) -> Draft:
    file = tmp_path / "policy.txt"
    file.write_text("\n".join(["云台市标准化奖励办法", *lines]), encoding="utf-8")
    return draft_rules(read_document(describe(file), file))


@pytest.mark.parametrize(
    ("clause", "conditions"),
    [
        (
            "第一条 主导制定团体标准，被20家以上企业采用的，每项奖励5万元。",
            ("主导制定团体标准，被20家以上企业采用的",),
        ),
        ("第一条 对新获得认证的产品，每张证书奖励1万元。", ("对新获得认证的产品",)),
        ("第一条 主导制定国家标准的企业，一次性给予30万元奖励。", ()),
        ("第一条 主导制定国家标准的奖励由每项20万元提高到30万元。", ()),
        ("第一条 修订国家标准的，按制定同类标准奖励额的50%给予奖励。", ()),
    ],
)
def test_what_the_row_says_itself_is_no_condition(tmp_path: Path, clause: str, conditions: tuple[str, ...]) -> None:
    (rule,) = draft_of(tmp_path, clause).rules
    assert rule.conditions == conditions


def test_of_a_second_amount_the_first_ones_verb_is_left_out(tmp_path: Path) -> None:
    draft = draft_of(tmp_path, "第一条 国家级标准化试点通过验收的，给予20万元资助，省级试点连续三年合格的给予10万元。")
    assert [rule.conditions for rule in draft.rules] == [("国家级标准化试点通过验收的",), ("省级试点连续三年合格的",)]


def test_of_a_table_remarks_are_kept_as_they_stand(tmp_path: Path) -> None:
    draft = draft_of(
        tmp_path, "奖励标准：", "类别\t主导制定（万元）\t备注", "国际标准\t60\tISO、IEC发布的", "国家标准\t30\t"
    )
    assert [(rule.yuan, rule.conditions) for rule in draft.rules] == [
        (600_000, ("ISO、IEC发布的",)),
        (300_000, ()),
    ]
