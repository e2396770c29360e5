from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from knowledge.numerals import chinese_number, han_number, small_number


@given(st.integers(1, 999))
def test_a_number_written_in_chinese_is_read_back(number: int) -> None:
    assert chinese_number(han_number(number)) == small_number(han_number(number)) == number


@pytest.mark.parametrize(
    ("number", "written"),
    [(1, "一"), (10, "十"), (12, "十二"), (20, "二十"), (31, "三十一"), (105, "一百零五"), (0, "0"), (1000, "1000")],
)
def test_numbers_as_they_are_written(number: int, written: str) -> None:
    assert han_number(number) == written


@pytest.mark.parametrize(
    ("numeral", "value"), [("二〇", 0), ("１２", 12), ("7", 7), ("两", 2), ("百", 100), ("十十", 20)]
)
def test_numbers_of_items_are_never_refused(numeral: str, value: int) -> None:
    assert small_number(numeral) == value
