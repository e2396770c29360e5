from __future__ import annotations

import pytest

from knowledge.drafting.lexer import lex
from knowledge.drafting.vocabulary import folded
from knowledge.quantities import find_quantities


@pytest.mark.parametrize(
    ("text", "grades"),
    [
        ("一、二、三等奖", ["一等奖", "二等奖", "三等奖"]),
        ("AAAAA级、4A级", ["AAAAA", "4A"]),
        ("分三档奖励", []),
        ("国家标准三档依次为25万元、18万元、12万元", []),
        ("验收合格的，奖励5万元", []),
    ],
)
def test_grades(text: str, grades: list[str]) -> None:
    found = lex(folded(text), find_quantities(text))
    assert [token.value for token in found if token.kind == "grade"] == grades
