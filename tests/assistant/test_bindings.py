"""Which of several things a rank, a state, a role, a place or a number is said of."""

from typing import Any

import pytest

from assistant.question import Understanding
from assistant.things import Thing
from knowledge.glossary import Glossary
from knowledge.places import Gazetteer

UNDERSTANDING = Understanding(Glossary.load(), Gazetteer.load())
DRAFT, REVISE = "formulate_standard", "revise_standard"


def said(text: str, *sides: str) -> list[tuple[Any, ...]]:
    """Of each thing of a question its level, its number, and what is said of it."""
    return [(t.level, t.count, *(getattr(t, side) for side in sides)) for t in UNDERSTANDING.read(text).things]


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("两项国标，一项发布了，另一项还没有", [("national", 1, "published"), ("national", 1, "drafting")]),
        ("国标两项已发布，一项国标未发布", [("national", 2, "published"), ("national", 1, "drafting")]),
        ("四项行标里头三项已批准一项没批", [("industry", 3, "published"), ("industry", 1, "drafting")]),
        ("国标已发布，行标未发布", [("national", None, "published"), ("industry", None, "drafting")]),
        ("2项国标已发布，1项行标", [("national", 2, "published"), ("industry", 1, None)]),
        ("3项国标、2项行标都没发布", [("national", 3, None), ("industry", 2, None)]),
        (
            "one is published and the other isn't, both are national standards",
            [("national", 1, "published"), ("national", 1, "drafting")],
        ),
        (
            "three national standards, two published and one still in draft",
            [("national", 2, "published"), ("national", 1, "drafting")],
        ),
        (
            "two standards, one published and one still a draft, both national",
            [("national", 1, "published"), ("national", 1, "drafting")],
        ),
        ("两项国标，一项发布了，一项还是草案", [("national", 1, "published"), ("national", 1, "drafting")]),
    ],
)
def test_states(text: str, found: list[tuple[Any, ...]]) -> None:
    assert said(text, "status") == found


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("2项国标我们排第一，1项行标排第三", [("national", 2, 1), ("industry", 1, 3)]),
        ("两项国标和三项行标，国标排第一，行标排第三", [("national", 2, 1), ("industry", 3, 3)]),
        ("主导国标1项（排第一），参与国标2项（排第四）", [("national", 1, 1), ("national", 2, 4)]),
        ("国标：第一起草的2项，第二起草的1项", [("national", 2, 1), ("national", 1, 2)]),
        ("国标甲我们第二，国标乙我们第三", [("national", None, 2), ("national", None, 3)]),
        (
            "two national standards, one where we ranked first, one where we ranked third",
            [("national", 1, 1), ("national", 1, 3)],
        ),
        (
            "2 national standards ranked 1st and 1 industry standard ranked 3rd",
            [("national", 2, 1), ("industry", 1, 3)],
        ),
    ],
)
def test_ranks(text: str, found: list[tuple[Any, ...]]) -> None:
    assert said(text, "rank") == found


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("三项国标，其中一项是修订，两项是制定", [("national", 1, REVISE), ("national", 2, DRAFT)]),
        ("修订国标2项，制定行标1项", [("national", 2, REVISE), ("industry", 1, DRAFT)]),
        ("四个行标，有一个是修订的", [("industry", 1, REVISE), ("industry", 3, DRAFT)]),
        ("3 national standards, one of them a revision", [("national", 1, REVISE), ("national", 2, DRAFT)]),
    ],
)
def test_drafting_and_revising(text: str, found: list[tuple[Any, ...]]) -> None:
    assert said(text, "activity") == found


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("国标一项主导一项参与", [("national", 1, "lead"), ("national", 1, "participate")]),
        ("主持一项国标参与一项行标", [("national", 1, "lead"), ("industry", 1, "participate")]),
        ("主导修订一项国标，参与制定两项行标", [("national", 1, "lead"), ("industry", 2, "participate")]),
        ("牵头2项国标和1项行标", [("national", 2, None), ("industry", 1, None)]),
    ],
)
def test_roles(text: str, found: list[tuple[Any, ...]]) -> None:
    assert said(text, "role") == found


@pytest.mark.parametrize(
    ("text", "places"),
    [
        ("在广陵主导国标一项，在高邮主导行标一项", ["广陵区", "高邮市"]),
        ("我们在扬州广陵和宝应都有厂，各主导一项国标", ["广陵区", "宝应县"]),
        ("在广陵主导国标一项、行标一项", [None, None]),
    ],
)
def test_places(text: str, places: list[str | None]) -> None:
    assert [thing.place for thing in UNDERSTANDING.read(text).things] == places


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("做了五项标准：国标2、行标2、市地标1", [("national", 2), ("industry", 2), ("municipal_local", 1)]),
        ("国标x3 行标x2 省地标x1", [("national", 3), ("industry", 2), ("provincial_local", 1)]),
        ("国际1、国家2、行业3个标准", [("international", 1), ("national", 2), ("industry", 3)]),
        ("no national standards but 3 industry standards", [("industry", 3)]),
        ("国家标准2项每项20万，那10项多少", [("national", 10)]),
    ],
)
def test_numbers(text: str, found: list[tuple[Any, ...]]) -> None:
    assert said(text) == found


def test_what_is_unknown_of_one_thing_is_not_taken_from_another() -> None:
    published, open_ = UNDERSTANDING.read("2项国标已发布，1项行标").things
    assert published.status == "published"
    assert open_ == Thing(DRAFT, level="industry", count=1, own=frozenset({"status"}))


def test_a_share_of_a_number_is_no_number() -> None:
    (thing,) = UNDERSTANDING.read("12个采标产品，出口的占一半").things
    assert (thing.count, thing.unclear) == (None, "占一半")
