"""Which rows a ceiling holds for."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.knowledge.drafting.test_doubts import rows

PAYMENTS = (
    "标准研制\n（一）主导制定国际标准、国家标准、省级地方标准的，每项分别奖励60万元、30万元、10万元。\n"
    "第三条 试点示范\n（一）承担国家级标准化试点并通过验收的，奖励20万元。\n（二）获得中国质量奖的，奖励100万元。\n"
)
TITLE_OF = {
    "international": "国际",
    "national": "国家",
    "provincial_local": "省",
}


def capped(said: str, folder: Path) -> dict[str, set[str]]:
    """The rows that each ceiling of a document holds for, by `scope amount`."""
    found: dict[str, set[str]] = {}
    for row in rows(PAYMENTS + said, folder):
        name = (
            TITLE_OF[row.level or ""]
            + {"formulate_standard": "标", "pilot_project": "试点", "award": "奖"}[row.activity]
        )
        for cap in row.cap:
            found.setdefault(f"{cap.scope} {cap.yuan or cap.count}", set()).add(name)
    return found


EVERY = {"国际标", "国家标", "省标", "国家试点", "国家奖"}


@pytest.mark.parametrize(
    ("said", "expected"),
    [
        ("同一单位每年不超过80万元。", {"organization_year 800000": EVERY}),
        ("单个企业奖励资金合计不超过80万元。", {"organization_year 800000": EVERY}),
        (
            "依照第二条取得的奖励，每年不超过75万元；依照第三条取得的奖励，每年不超过90万元。",
            {
                "organization_year 750000": {"国际标", "国家标", "省标"},
                "organization_year 900000": {"国家试点", "国家奖"},
            },
        ),
        ("同一单位依据第二条至第三条获得的奖励每年不超过75万元。", {"organization_year 750000": EVERY}),
        ("同一单位每年不超过80万元，第三条奖励不计入。", {"organization_year 800000": {"国际标", "国家标", "省标"}}),
        ("除国际标准外，同一单位每年不超过80万元。", {"organization_year 800000": EVERY - {"国际标"}}),
        ("同一单位每年不超过80万元（中国质量奖除外）。", {"organization_year 800000": EVERY - {"国家奖"}}),
        (
            "同一单位每年不超过80万元，其中地方标准不超过15万元。",
            {"organization_year 800000": EVERY, "organization_year 150000": {"省标"}},
        ),
        ("同一单位每年不超过80万元，其中标准类不超过15万元。", {"organization_year 800000": EVERY}),
        ("同一企业的贷款由银行发放，单户额度不超过500万元。", {}),
        ("两家以上单位参与的，同一标准奖励总额不超过30万元。", {}),
        ("全市每年奖励的省级地方标准不超过8项。", {"pool 8": {"省标"}}),
    ],
)
def test_a_ceiling_holds_for_what_its_words_name(said: str, expected: dict[str, set[str]], tmp_path: Path) -> None:
    assert capped(f"第四条 {said}", tmp_path) == expected


def test_a_ceiling_that_answers_a_question_holds_for_all(tmp_path: Path) -> None:
    text = (
        "问：标准怎么奖？\n答：主导制定国际标准的，每项奖励60万元。\n问：试点呢？\n答：承担国家级标准化试点的，奖励20万元。\n"
        "问：有没有上限？\n答：同一单位每年不超过70万元。\n"
    )
    assert [[cap.yuan for cap in row.cap] for row in rows(text, tmp_path)] == [[700_000], [700_000]]


def test_a_ceiling_beside_an_amount_holds_for_that(tmp_path: Path) -> None:
    said = "第四条 入选企业标准“领跑者”的，每个产品奖励2万元，同一企业每年不超过6万元。"
    assert [[cap.yuan for cap in row.cap] for row in rows(PAYMENTS + said, tmp_path)][-1] == [60_000]
