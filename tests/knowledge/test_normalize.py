from __future__ import annotations

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from knowledge.model import Span
from knowledge.normalize import align, normalize

ANY_TEXT = st.text(st.characters(exclude_categories=("Cs",)), max_size=60)
CHINESE = st.text(alphabet="標準化战略１２ＡＢab，。（）《》㎡①㈠½İﬁ\u3000\u200b𠮷", max_size=40)


@pytest.mark.parametrize(
    ("written", "normal"),
    [
        ("１５万元", "15万元"),
        ("（ＴＣ／ＳＣ）", "(tc/sc)"),
        ("國際標準資助60萬元", "国际标准资助60万元"),
        ("GB/T\u300019850", "gb/t 19850"),
        ("㎡", "m2"),
        ("标\u200b准\ufeff化", "标准化"),
    ],
)
def test_one_spelling(written: str, normal: str) -> None:
    assert normalize(written).text == normal


@given(ANY_TEXT | CHINESE)
@example("İ")
@example("ﷺ")
@example("著名乾隆後臺裏面")
def test_applying_it_twice_changes_nothing(text: str) -> None:
    once = normalize(text).text
    assert normalize(once).text == once


@given(ANY_TEXT | CHINESE)
def test_offsets_lead_back_to_the_character_each_came_from(text: str) -> None:
    normal = normalize(text)
    assert len(normal.offsets) == len(normal.text) + 1
    assert normal.offsets[-1] == len(text)
    assert list(normal.offsets) == sorted(normal.offsets)
    for index, char in enumerate(normal.text):
        assert char in normalize(text[normal.offsets[index]]).text


@given(ANY_TEXT | CHINESE, st.data())
def test_a_span_leads_back_to_text_that_normalises_to_it(text: str, data: st.DataObject) -> None:
    normal = normalize(text)
    start = data.draw(st.integers(0, len(normal.text)))
    end = data.draw(st.integers(start, len(normal.text)))
    span = normal.to_source_span(start, end)
    assert 0 <= span.start <= span.end <= len(text)
    assert normal.text[start:end] in normalize(text[span.start : span.end]).text


def test_a_character_that_became_several_counts_whole() -> None:
    assert normalize("约３㎡地").to_source_span(2, 3) == Span(2, 3)
    assert normalize("约３㎡地").text == "约3m2地"


def test_an_empty_span_stays_where_it_is() -> None:
    assert normalize("标准").to_source_span(1, 1) == Span(1, 1)
    assert normalize("").to_source_span(0, 0) == Span(0, 0)


@given(ANY_TEXT | CHINESE)
def test_aligned_text_keeps_every_offset(text: str) -> None:
    assert len(align(text)) == len(text)
    assert align(align(text)) == align(text)


def test_aligned_text_is_simplified_and_half_width_but_keeps_circled_numbers() -> None:
    assert align("（一）總體要求：①ＴＣ") == "(一)总体要求:①TC"


def test_half_a_character_is_left_as_it_is() -> None:
    assert normalize("标\ud800准").text == "标\ud800准"


def test_a_raised_digit_is_no_digit_of_the_number_in_front_of_it() -> None:
    assert normalize("60¹万元，10⁵，⑥").text == "60¹万元,10⁵,6"
