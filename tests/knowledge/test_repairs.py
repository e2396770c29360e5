from __future__ import annotations

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from knowledge.quantities import find_quantities, money_yuan
from knowledge.repairs import repair_digits


@pytest.mark.parametrize(
    ("text", "read"),
    [
        ("奖励l.5万元", "奖励1.5万元"),
        ("奖励2O万元", "奖励20万元"),
        ("奖励１O萬元", "奖励10萬元"),
        ("分别奖励6O、2O、l5万元", "分别奖励60、20、15万元"),
        ("提高到5O%", "提高到50%"),
        ("每项l万元", "每项1万元"),
        ("O.5亿元", "0.5亿元"),
    ],
)
def test_letters_in_a_number_in_front_of_a_unit_are_digits(text: str, read: str) -> None:
    repaired, repairs = repair_digits(text)
    assert repaired == read
    assert all(text[slice(*repair.span)] == repair.said for repair in repairs)
    assert all(repair.read in read for repair in repairs)


@pytest.mark.parametrize(
    "text", ["O2O项目", "ISO 9001", "IO项", "TC10O个", "图l.5", "第l章", "60万元", "l", "A4l项", "O2O家"]
)
def test_anything_else_stays_as_it_is(text: str) -> None:
    assert repair_digits(text) == (text, ())


def test_an_amount_that_was_guessed_is_flagged_and_never_half_read() -> None:
    [guessed] = find_quantities("奖励I5万元")
    assert (guessed.value, guessed.text, guessed.repaired) == (Decimal(150_000), "I5万元", True)
    [printed] = find_quantities("奖励15万元")
    assert not printed.repaired
    assert money_yuan("l.5万元") == 15_000


@given(st.text(alphabet="lIOo0123.、万元项奖%A-", max_size=30))
def test_the_length_stays_and_what_is_read_needs_no_further_repair(text: str) -> None:
    repaired, repairs = repair_digits(text)
    assert len(repaired) == len(text)
    assert (repaired == text) == (not repairs)
