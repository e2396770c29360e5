"""Sentences that hold for payments stated elsewhere, and quotas of prizes."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
import yaml

from knowledge.drafting import Draft, draft_rules
from knowledge.drafting.review import review_file
from knowledge.manifest import describe, read_document

PAID = "第一条 主导制定国家标准、行业标准的，分别奖励30万元、15万元。"
PRIZE = "第二条 获得市标准创新贡献奖一等奖的，奖励10万元。"


def draft_of(folder: Path, *lines: str) -> Draft:
    path = folder / "policy.txt"
    path.write_text("\n".join(("临湖市标准奖励办法", "", *lines)) + "\n", encoding="utf-8")
    return draft_rules(read_document(describe(path), path))


def field(draft: Draft, activity: str, key: str) -> Any:
    groups = yaml.safe_load(review_file(draft))["rules"]
    return next(group.get(key) for group in groups if group["activity"] == activity)


@pytest.mark.parametrize(
    ("sentence", "key", "value"),
    [
        ("同一标准由两家以上本市单位共同起草的，只奖励排名最前的单位。", "contest", "best_rank"),
        ("多家单位联合制定的，奖励资金平均分配。", "contest", "equal_split"),
        ("两个以上单位共同完成的，奖金由各单位自行协商分配。", "contest", "negotiated"),
        ("系列标准按一项标准计算。", "dedupe", {"key": "series", "keep": "once"}),
        ("分部分发布的系列标准，以排名最高的一项计奖。", "dedupe", {"key": "series", "keep": "best_rank"}),
        ("对同时符合省、市政策的，可叠加享受。", "combine", {"policy": "sum", "scope": "same_item"}),
    ],
)
def test_a_provision_becomes_a_field_and_a_condition(tmp_path: Path, sentence: str, key: str, value: object) -> None:
    draft = draft_of(tmp_path, PAID, PRIZE, f"第三条 {sentence}")
    assert field(draft, "formulate_standard", key) == value
    assert [rule.yuan for rule in draft.rules] == [300_000, 150_000, 100_000]
    assert all(any(sentence in words for words in rule.conditions) for rule in draft.rules[:2])


def test_what_an_amount_includes_holds_for_its_own_sentence(tmp_path: Path) -> None:
    draft = draft_of(tmp_path, PAID.replace("。", "（含省级奖励部分）。"), PRIZE)
    assert field(draft, "formulate_standard", "includes")[0]["zh"].startswith("主导制定国家标准")
    assert field(draft, "award", "includes") is None


def test_another_fund_shuts_out(tmp_path: Path) -> None:
    draft = draft_of(tmp_path, PAID, PRIZE, "第三条 已获得市级其他财政资金资助的同一项目，不再重复奖励。")
    for activity in ("formulate_standard", "award"):
        assert field(draft, activity, "excludes")[0]["input"] == "other_award_received"


def test_series_and_drafters_are_of_standards(tmp_path: Path) -> None:
    draft = draft_of(tmp_path, PAID, PRIZE, "第三条 系列标准按一项标准计算。")
    assert field(draft, "award", "dedupe") is None


def test_transitions_stand_with_every_row_and_pay_nothing(tmp_path: Path) -> None:
    sentence = "2021年8月1日前发布的标准，仍按原办法（国家标准奖励10万元）执行。"
    draft = draft_of(tmp_path, PAID, f"第三条 {sentence}")
    assert [rule.yuan for rule in draft.rules] == [300_000, 150_000]
    assert all(any(sentence in words for words in rule.conditions) for rule in draft.rules)
    assert [(entry.yuan, entry.reason) for entry in draft.ignored] == [(100_000, "history")]


def test_quotas_of_prizes_are_ceilings_in_number(tmp_path: Path) -> None:
    draft = draft_of(
        tmp_path,
        "第一条 市标准创新贡献奖每两年评选一次，一等奖不超过2项、二等奖不超过5项。",
        "第二条 对获得一等奖、二等奖的，分别奖励10万元、6万元。",
    )
    assert [(rule.grade, [(cap.scope, cap.count) for cap in rule.cap]) for rule in draft.rules] == [
        ("一等奖", [("pool", 2)]),
        ("二等奖", [("pool", 5)]),
    ]
