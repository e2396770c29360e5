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
