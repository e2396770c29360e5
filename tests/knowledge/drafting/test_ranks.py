from __future__ import annotations

import pytest

from knowledge.drafting.lexer import lex
from knowledge.drafting.vocabulary import folded
from knowledge.quantities import find_quantities


@pytest.mark.parametrize(
    ("text", "ranks"),
    [
        ("排名第一的单位", ["rank:1"]),
        ("第二至第五起草单位", ["rank:2-5"]),
        ("第2-5名", ["rank:2-5"]),
        ("排名前三位的起草单位", ["rank:1-3"]),
        ("第六名（含）以后", ["rank:6-"]),
        ("第五名以后（不含第五名）", ["rank:6-"]),
        ("第二、三起草单位", ["rank:2", "rank:3"]),
        ("第二条规定的第一批项目", []),
        ("第一年度", []),
    ],
)
def test_ranks(text: str, ranks: list[str]) -> None:
    found = lex(folded(text), find_quantities(text))
    assert [token.value for token in found if token.kind == "rank"] == ranks
