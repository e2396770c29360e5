from __future__ import annotations

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from knowledge.drafting.lexer import Token, lex
from knowledge.drafting.vocabulary import folded
from knowledge.quantities import find_quantities


def tokens(text: str) -> list[Token]:
    return lex(folded(text), find_quantities(text))


def of_kind(text: str, kind: str) -> list[str]:
    return [token.value for token in tokens(text) if token.kind == kind]


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
    assert of_kind(text, "rank") == ranks


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
    assert of_kind(text, "level") == levels


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
    assert of_kind(text, "grade") == grades


def test_encouraging_is_not_giving() -> None:
    assert of_kind("支持企业主导制定国家标准", "giving") == []
    assert of_kind("给予经费支持", "giving") != []


def test_a_document_that_is_drawn_up_is_no_standard() -> None:
    assert of_kind("修订《奖励办法》，制定实施细则", "activity") == []


@given(
    st.text(
        alphabet="主导参与制定修订国际家行业标准第一二三至名前后分别奖励万元0123、，；（）级试点AC/省市", max_size=60
    )
)
def test_tokens_never_overlap_and_lie_in_the_text(text: str) -> None:
    found = tokens(text)
    assert all(0 <= token.start < token.end <= len(text) for token in found)
    assert all(one.end <= other.start for one, other in pairwise(found))
