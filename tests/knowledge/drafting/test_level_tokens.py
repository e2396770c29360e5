from __future__ import annotations

import pytest

from knowledge.drafting.lexer import lex
from knowledge.drafting.vocabulary import folded
from knowledge.quantities import find_quantities


@pytest.mark.parametrize(
    ("text", "levels"),
    [
        ("国际、国家和行业标准", ["international", "national", "industry"]),
        ("省、市地方标准", ["provincial_local", "municipal_local"]),
        ("国家级、省级标准化试点", ["national", "provincial_local"]),
        ("省市场监督管理局", []),
        ("市级财政", []),
        ("行业协会", []),
        ("企业标准化工作", []),
        ("国家标准化管理委员会", []),
        ("国家标准奖励20万元", ["national"]),
    ],
)
def test_levels(text: str, levels: list[str]) -> None:
    found = lex(folded(text), find_quantities(text))
    assert [token.value for token in found if token.kind == "level"] == levels
