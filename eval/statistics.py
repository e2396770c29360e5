"""The two tests behind the gate: the exact McNemar test for paired outcomes, and Holm's correction for many tests."""

from __future__ import annotations

from collections.abc import Sequence

from scipy.stats import binomtest


def exact_mcnemar(worse: int, better: int) -> float:
    """The two-sided p-value of the exact McNemar test.

    Args:
        worse: pairs that went from right to wrong.
        better: pairs that went from wrong to right. Pairs that stayed what they were do not enter.

    Returns:
        How likely a split at least this uneven is if both directions were equally likely; 1 where nothing changed.
    """
    return float(binomtest(worse, worse + better, 0.5).pvalue) if worse + better else 1.0


def holm(p_values: Sequence[float]) -> list[float]:
    """P-values corrected for looking at all of them together, in the given order (Holm 1979, step down)."""
    adjusted = [0.0] * len(p_values)
    highest = 0.0
    for rank, index in enumerate(sorted(range(len(p_values)), key=p_values.__getitem__)):
        highest = max(highest, min(1.0, (len(p_values) - rank) * p_values[index]))
        adjusted[index] = highest
    return adjusted


def least_significant(tests: int, alpha: float) -> int:
    """How many pairs must change, all for the worse, before the smallest of so many p-values can reach `alpha`.

    Args:
        tests: how many p-values are corrected together, at least one.
        alpha: the level of significance, above 0.
    """
    pairs = 1
    while exact_mcnemar(pairs, 0) * tests > alpha:
        pairs += 1
    return pairs
