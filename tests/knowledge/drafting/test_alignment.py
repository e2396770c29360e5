from __future__ import annotations

import pytest

from knowledge.drafting.alignment import Misaligned, align_lists
from knowledge.drafting.axes import Choice, Head

LEVELS = (
    Choice(("international",), "国际"),
    Choice(("national",), "国家", "and"),
    Choice(("industry",), "行业", "and"),
)
ROLES = (Choice(("lead",), "主导"), Choice(("participate",), "参与", "and"))
EITHER = (Choice(("lead",), "主导"), Choice(("participate",), "参与", "or"))


def test_one_by_one() -> None:
    rows = align_lists(Head({"level": LEVELS}), 3, ["、", "、"], respectively=True)
    assert [row[0]["level"] for row in rows] == ["international", "national", "industry"]


@pytest.mark.parametrize("count", [2, 4, 5])
def test_lists_of_different_length_are_refused(count: int) -> None:
    with pytest.raises(Misaligned, match="against 3 things"):
        align_lists(Head({"level": LEVELS}), count, ["、"] * (count - 1), respectively=True)


def test_one_amount_said_respectively_is_refused() -> None:
    with pytest.raises(Misaligned):
        align_lists(Head({"level": LEVELS}), 1, [], respectively=True)


def test_one_amount_is_paid_for_each() -> None:
    assert len(align_lists(Head({"level": LEVELS}), 1, [], respectively=False)[0]) == 3


def test_roles_alike_are_one_row() -> None:
    rows = align_lists(Head({"role": EITHER, "level": LEVELS}), 3, ["、", "、"], respectively=True)
    assert [[entry["role"] for entry in row] for row in rows] == [[None], [None], [None]]


def test_crossed_lists_need_marks_that_show_their_order() -> None:
    head = Head({"role": ROLES, "level": LEVELS})
    rows = align_lists(head, 6, ["、", "、", "和", "、", "、"], respectively=True)
    assert [(row[0]["role"], row[0]["level"]) for row in rows][3:5] == [
        ("participate", "international"),
        ("participate", "national"),
    ]
    with pytest.raises(Misaligned, match="nothing shows their order"):
        align_lists(head, 6, ["、"] * 5, respectively=True)


def test_two_lists_of_the_same_length_are_refused() -> None:
    with pytest.raises(Misaligned, match="either of two lists"):
        align_lists(Head({"role": ROLES, "level": LEVELS[:2]}), 2, ["、"], respectively=True)


def test_wider_marks_group_a_list() -> None:
    levels = (*LEVELS[:2], Choice(("industry",), "行业", "slash"))
    rows = align_lists(Head({"level": levels}), 2, ["、"], respectively=True)
    assert [[entry["level"] for entry in row] for row in rows] == [["international"], ["national", "industry"]]


def test_neighbouring_ranks_alike_are_one_band() -> None:
    ranks = (Choice(("rank:2",), "第二"), Choice(("rank:3",), "第三", "and"))
    assert [row["role"] for row in align_lists(Head({"role": ranks}), 1, [], respectively=False)[0]] == ["rank:2-3"]
