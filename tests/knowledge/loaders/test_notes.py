from __future__ import annotations

import pytest

from knowledge.loaders.notes import raised


@pytest.mark.parametrize(
    ("mark", "before", "written"),
    [
        ("1", "奖励60", "[注1]"),
        ("[12]", "标准", "[注12]"),
        ("（3）", "标准", "[注3]"),
        ("2", "100 km", "²"),
        ("①", "60", "①"),
        ("th", "20", "th"),
        ("", "60", ""),
    ],
)
def test_a_raised_mark_never_reads_as_a_digit(mark: str, before: str, written: str) -> None:
    assert raised(mark, before) == written
