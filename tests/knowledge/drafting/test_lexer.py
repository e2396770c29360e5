from __future__ import annotations

from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st

from knowledge.drafting.lexer import lex
from knowledge.drafting.tokens import Token
from knowledge.drafting.vocabulary import folded
from knowledge.quantities import find_quantities


def tokens(text: str) -> list[Token]:
    return lex(folded(text), find_quantities(text))


def of_kind(text: str, kind: str) -> list[str]:
    return [token.value for token in tokens(text) if token.kind == kind]


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
