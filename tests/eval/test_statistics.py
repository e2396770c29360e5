"""The tests of the gate against their definitions, and against scipy where it has them."""

from itertools import combinations
from math import comb

import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.stats import binomtest

from eval.statistics import exact_mcnemar, holm, least_significant

COUNTS = st.integers(0, 60)
P_VALUES = st.lists(st.floats(0, 1), min_size=1, max_size=7)


@given(COUNTS, COUNTS)
def test_mcnemar_is_the_binomial_test_of_the_pairs_that_changed(worse: int, better: int) -> None:
    n = worse + better
    tail = sum(comb(n, k) for k in range(min(worse, better) + 1)) / 2**n
    assert exact_mcnemar(worse, better) == pytest.approx(min(1.0, 2 * tail))
    if n:
        assert exact_mcnemar(worse, better) == pytest.approx(binomtest(worse, n).pvalue)


@given(COUNTS, COUNTS)
def test_mcnemar_treats_both_directions_alike(worse: int, better: int) -> None:
    assert exact_mcnemar(worse, better) == pytest.approx(exact_mcnemar(better, worse))


@given(COUNTS, COUNTS)
def test_a_more_uneven_split_is_less_likely(worse: int, better: int) -> None:
    if worse >= better:
        assert exact_mcnemar(worse + 1, better) <= exact_mcnemar(worse, better) + 1e-12
    if worse > better:
        assert exact_mcnemar(worse - 1, better + 1) >= exact_mcnemar(worse, better) - 1e-12


def test_nothing_changed_is_no_evidence() -> None:
    assert exact_mcnemar(0, 0) == 1.0


@given(P_VALUES)
def test_holm_is_bonferroni_closed_over_all_subsets(p_values: list[float]) -> None:
    """By definition: a hypothesis falls if every set of hypotheses that holds it falls by Bonferroni."""
    everyone = range(len(p_values))
    for index, adjusted in enumerate(holm(p_values)):
        sets = [s for size in range(1, len(p_values) + 1) for s in combinations(everyone, size) if index in s]
        closed = max(min(1.0, len(s) * min(p_values[i] for i in s)) for s in sets)
        assert adjusted == pytest.approx(closed)


@given(P_VALUES)
def test_holm_keeps_the_order_and_never_lowers(p_values: list[float]) -> None:
    adjusted = holm(p_values)
    assert all(p <= q <= 1 for p, q in zip(p_values, adjusted, strict=True))
    for (p, q), (other_p, other_q) in combinations(zip(p_values, adjusted, strict=True), 2):
        assert p >= other_p or q <= other_q
        assert p <= other_p or q >= other_q


@given(P_VALUES, st.randoms())
def test_holm_does_not_depend_on_the_order(p_values: list[float], random: object) -> None:
    order = list(range(len(p_values)))
    random.shuffle(order)  # type: ignore[attr-defined]
    shuffled = holm([p_values[i] for i in order])
    assert [shuffled[order.index(i)] for i in range(len(order))] == pytest.approx(holm(p_values))


def test_holm_of_a_known_example() -> None:
    assert holm([0.01, 0.04, 0.03, 0.005]) == pytest.approx([0.03, 0.06, 0.06, 0.02])
    assert holm([]) == []


@given(st.integers(1, 60), st.floats(0.001, 0.2))
def test_the_least_number_of_changes_is_the_first_that_suffices(tests: int, alpha: float) -> None:
    least = least_significant(tests, alpha)
    assert exact_mcnemar(least, 0) * tests <= alpha
    assert least == 1 or exact_mcnemar(least - 1, 0) * tests > alpha


def test_six_changes_are_needed_for_one_test_at_five_percent() -> None:
    assert least_significant(1, 0.05) == 6
