"""Lists out of a document's own outline."""

from __future__ import annotations

import pytest

from assistant.listing import Listing, best_listing, outline_items
from assistant.question import Understanding
from knowledge.glossary import Glossary
from knowledge.places import Gazetteer
from knowledge.releases import Release


@pytest.fixture(scope="module")
def understanding() -> Understanding:
    return Understanding(Glossary.load(), Gazetteer.load())


def listed(release: Release, understanding: Understanding, question: str, policy: str) -> Listing | None:
    return outline_items(understanding.understand(question), release.documents[policy], understanding.glossary)


@pytest.mark.parametrize("question", ["宁波标准化规划有哪些重点任务", "宁波的重点任务有哪些？"])
def test_a_heading_that_is_asked_for_gives_its_items_in_order(
    small_release: Release, understanding: Understanding, question: str
) -> None:
    found = listed(small_release, understanding, question, "ningbo-2020")
    assert found is not None
    assert "重点任务" in found.head
    assert [clause.clause_id for _, clause in found.items] == [f"ningbo-2020/2/{n}" for n in (1, 2, 3)]
    for (title, clause), words in zip(found.items, ("服务平台", "专业人才", "国际标准化合作"), strict=True):
        assert words in title
        assert words in clause.text


@pytest.mark.parametrize(
    ("question", "policy"),
    [
        ("宁波标准化规划有哪些重点任务", "ningbo-2016"),  # no outline at all
        ("宁波有哪些验收程序", "ningbo-2020"),  # no such heading
        ("宁波有哪些保障措施", "ningbo-2020"),  # a heading with a paragraph and no items
        ("宁波有哪些", "ningbo-2020"),
        ("宁波每年培训多少标准化骨干", "ningbo-2020"),
    ],
)
def test_no_list_where_there_is_none(
    small_release: Release, understanding: Understanding, question: str, policy: str
) -> None:
    assert listed(small_release, understanding, question, policy) is None


@pytest.mark.parametrize(
    ("question", "policy", "count"),
    [
        ("广州有哪些保障措施", "guangzhou-2013", 4),
        ("扬州的保障措施有哪些", "yangzhou-2011", 4),
        ("广州开发区有哪些保障措施", "gdd-2009-draft", 4),
        ("广东2018年试点方案有哪些主要任务", "guangdong-2018", 4),
        ("广东2018年试点分几个阶段", "guangdong-2018", 3),
        ("What are the main tasks of Guangzhou?", "guangzhou-2013", 5),
    ],
)
def test_items_are_of_the_document_each_once_and_in_its_order(
    release: Release, understanding: Understanding, question: str, policy: str, count: int
) -> None:
    found = listed(release, understanding, question, policy)
    assert found is not None
    assert len(found.items) == count
    starts = [clause.start for _, clause in found.items]
    assert starts == sorted(set(starts))
    assert len({title for title, _ in found.items}) == count
    assert {clause.policy_id for _, clause in found.items} == {policy}


def test_as_many_items_of_one_name_as_the_question_counts(release: Release, understanding: Understanding) -> None:
    found = listed(release, understanding, "广东试点要建成哪四个区？", "guangdong-2018")
    assert found is not None
    assert [title[-2] for title, _ in found.items] == list("区区区区")
    assert listed(release, understanding, "广东试点要建成哪三个区？", "guangdong-2018") is None


def test_a_quoted_name_is_all_that_a_list_is_chosen_by(release: Release, understanding: Understanding) -> None:
    question = understanding.understand("“先进标准+”工程包括哪几个方面？")
    found = best_listing(question, release.documents.values(), understanding.glossary)
    assert found is not None
    assert found.document.policy.id == "guangdong-2018"
    assert all("先进标准+" in title for title, _ in found.items)
