from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from knowledge.clauses import cut
from knowledge.glosses import find_glosses

TEXT = (
    "平州市標(biāo)準(zhǔn)化獎勵辦法\n第一條 對主導(dǎo)制定國際標(biāo)準(zhǔn)的企業，獎勵60萬元。\n"
    "第二條 本辦法自發(fā)布之日起施行。\n"
)


@pytest.mark.parametrize(
    ("text", "glosses"),
    [
        ("標(biāo)準(zhǔn)化", ["(biāo)", "(zhǔn)"]),
        ("獎（jiǎng）勵", ["（jiǎng）"]),
        ("标准(biaozhun)化", ["(biaozhun)"]),
        ("戰略(zhànlüè)", ["(zhànlüè)"]),
        ("女(nǚ)", ["(nǚ)"]),
    ],
)
def test_the_reading_of_what_stands_in_front_is_a_gloss(text: str, glosses: list[str]) -> None:
    assert [text[slice(*span)] for span in find_glosses(text)] == glosses


@pytest.mark.parametrize(
    "text", ["长度(m)", "标准(a)和标准(b)", "质量(kg)", "联盟(alliance)", "标准(zhang)", "(biāo)標", "见(见附件)"]
)
def test_other_brackets_are_none(text: str) -> None:
    assert find_glosses(text) == []


def test_clauses_read_without_glosses_and_quotes_stay_literal() -> None:
    clauses, dropped = cut("a", TEXT)
    assert [clause.clause_id for clause in clauses] == ["a/1", "a/2"]
    assert "對主導制定國際標準的企業，獎勵60萬元。" in clauses[0].text
    assert TEXT[slice(*clauses[0].sentences[0])] == "對主導(dǎo)制定國際標(biāo)準(zhǔn)的企業，獎勵60萬元。"
    assert {TEXT[d.start : d.end] for d in dropped if d.reason == "gloss"} == {"(biāo)", "(zhǔn)", "(dǎo)", "(fā)"}


@given(st.text(alphabet="標準(biāozhǔn)（）a化 ", max_size=40))
def test_glosses_are_ascending_and_apart(text: str) -> None:
    last = 0
    for span in find_glosses(text):
        assert last <= span.start < span.end <= len(text)
        last = span.end
