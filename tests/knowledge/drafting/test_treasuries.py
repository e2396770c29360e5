"""Which treasury pays, and whether words name it."""

from __future__ import annotations

from pathlib import Path

import pytest

from knowledge.drafting.treasuries import names_payer
from tests.knowledge.drafting.test_doubts import rows

BUDGET = "第三条 市财政每年安排标准化专项资金500万元。\n"


@pytest.mark.parametrize(
    ("said", "payer"),
    [
        ("", None),
        (BUDGET, "municipal"),
        (BUDGET + "第四条 奖励资金由受益财政承担。", None),
        (BUDGET + "第四条 奖励资金由哪一级财政承担？", "municipal"),
        (BUDGET + "第四条 所需资金由市、区财政按1:1分担。", "shared"),
        (BUDGET + "第四条 各县企业的奖励资金由同级财政承担。", "municipal"),
        ("第三条 市区企业所需资金由市财政承担。县域企业所需资金由县财政承担。", None),
        ("第三条 奖励资金由市财政承担。", "municipal"),
    ],
)
def test_who_bears_the_money_decides(said: str, payer: str | None, tmp_path: Path) -> None:
    text = f"主导制定国家标准的，每项奖励20万元。\n第二条 本办法由市市场监管局解释。\n{said}"
    assert [row.payer for row in rows(text, tmp_path)] == [payer]


def test_words_name_a_treasury() -> None:
    assert names_payer("所需资金由市财政承担", "municipal")
    assert names_payer("由市财政、县财政各承担50%", "shared")
    assert not names_payer("奖励资金由受益财政承担", "municipal")
    assert not names_payer("由市财政承担", "shared")
