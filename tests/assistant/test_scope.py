"""Which documents a question is about: place and year decide, before any similarity."""

from __future__ import annotations

import pytest

from assistant.question import Understanding
from assistant.scope import Scope, find_scope
from knowledge.glossary import Glossary
from knowledge.model import Document
from knowledge.places import Gazetteer
from knowledge.releases import Release


@pytest.fixture(scope="module")
def understanding() -> Understanding:
    return Understanding(Glossary.load(), Gazetteer.load())


class Finder:
    def __init__(self, understanding: Understanding, documents: list[Document]) -> None:
        self.understanding = understanding
        self.documents = documents

    def __call__(self, *turns: str) -> Scope:
        question = self.understanding.understand(turns[-1], history=turns[:-1])
        return find_scope(question, self.documents, self.understanding.gazetteer)

    def ids(self, *turns: str) -> list[str]:
        return [document.policy.id for document in self(*turns).documents]


@pytest.fixture(scope="module")
def scope(understanding: Understanding, small_release: Release) -> Finder:
    return Finder(understanding, list(small_release.documents.values()))


@pytest.fixture(scope="module")
def own(understanding: Understanding, release: Release) -> Finder:
    return Finder(understanding, list(release.documents.values()))


BOTH = ["ningbo-2016", "ningbo-2020"]


@pytest.mark.parametrize(
    ("question", "ids"),
    [
        ("宁波主导制定国家标准奖励多少", BOTH),
        ("What does Ningbo pay for a national standard?", BOTH),
        ("宁波2020年的规划提出什么目标", ["ningbo-2020"]),
        ("2016年宁波对国家标准奖励多少", ["ningbo-2016"]),
        ("宁波到2018年新增国家标准多少项", ["ningbo-2016"]),
        ("宁波到2025年新增国家标准多少项", ["ningbo-2020"]),
        ("甬政发〔2016〕8号的奖励是多少", ["ningbo-2016"]),
        ("甬政发[2016]8号的奖励是多少", ["ningbo-2016"]),
        ("《宁波市标准化工作奖励办法》里领导小组办公室设在哪里", ["ningbo-2016"]),
        ("标准化工作奖励办法对行业标准奖励多少", ["ningbo-2016"]),
        ("绍兴支持什么企业制定标准", ["shaoxing-2019-draft"]),
        ("绍兴和宁波的目标", ["shaoxing-2019-draft", *BOTH]),
    ],
)
def test_place_title_number_and_year_name_the_documents(scope: Finder, question: str, ids: list[str]) -> None:
    found = scope(question)
    assert sorted(document.policy.id for document in found.documents) == sorted(ids)
    assert found.named
    assert found.foreign is None


def test_a_question_that_names_nothing_is_about_every_document(scope: Finder) -> None:
    found = scope("新增国家标准多少项")
    assert not found.named
    assert len(found.documents) == 3


def test_a_year_alone_narrows_without_naming(scope: Finder) -> None:
    found = scope("2025年新增国家标准多少项")
    assert [document.policy.id for document in found.documents] == ["ningbo-2020"]
    assert not found.named


def test_a_year_that_no_document_is_known_by_settles_nothing(scope: Finder) -> None:
    assert sorted(scope.ids("宁波1999年的目标")) == BOTH


@pytest.mark.parametrize("question", ["杭州主导制定国家标准奖励多少", "How much does Hangzhou pay for a standard?"])
def test_a_place_without_documents_is_foreign_and_borrows_none(scope: Finder, question: str) -> None:
    found = scope(question)
    assert found.documents == ()
    assert found.foreign == "杭州市"


def test_a_foreign_place_beside_a_known_one_is_remembered(scope: Finder) -> None:
    found = scope("杭州和宁波主导制定国家标准分别奖励多少")
    assert {document.policy.id for document in found.documents} == set(BOTH)
    assert found.foreign == "杭州市"


def test_a_district_stands_in_its_city(scope: Finder) -> None:
    found = scope("宁波市鄞州区的企业制定国家标准奖励多少")
    assert {document.policy.id for document in found.documents} == set(BOTH)
    assert found.foreign is None


@pytest.mark.parametrize("question", ["宝应的企业采用国际标准奖多少", "高邮的企业制定国家标准奖多少"])
def test_a_county_is_located_in_the_area_of_its_city(own: Finder, question: str) -> None:
    found = own(question)
    assert [document.policy.id for document in found.documents] == ["yangzhou-2011"]
    assert found.located is not None
    assert found.located.name[:2] == question[:2]


@pytest.mark.parametrize("question", ["苏州主导制定国家标准奖励多少", "南京的标准化奖励", "深圳国际标准奖励多少"])
def test_another_city_is_not_lent_a_document(own: Finder, question: str) -> None:
    found = own(question)
    assert "yangzhou-2011" not in [document.policy.id for document in found.documents]
    assert found.foreign is not None
    assert not found.documents or found.mentioned_only


def test_a_city_of_a_province_may_at_most_be_mentioned_by_the_province(own: Finder) -> None:
    found = own("深圳要建设什么样的标准国际化创新城市")
    assert found.mentioned_only
    assert {document.policy.id for document in found.documents} == {"guangdong-2010", "guangdong-2018"}


def test_the_year_picks_between_the_documents_of_a_province(own: Finder) -> None:
    assert own.ids("广东省2010年的意见里提出什么目标") == ["guangdong-2010"]
    assert own.ids("广东2018年试点方案的目标") == ["guangdong-2018"]


def test_a_zone_is_not_its_city(own: Finder) -> None:
    assert own.ids("广州开发区每年安排多少专项成果奖励经费") == ["gdd-2009-draft"]
    assert own.ids("广州到2020年AAAA级企业多少家") == ["guangzhou-2013"]


def test_no_documents_no_scope(understanding: Understanding) -> None:
    assert Finder(understanding, [])("宁波国家标准奖励多少").documents == ()
    assert Finder(understanding, [])("国家标准奖励多少").documents == ()


def placeless(document: Document, title: str, text: str = "") -> Document:
    policy = document.policy.model_copy(update={"id": title, "title": title, "place": None, "doc_no": None})
    return document.model_copy(update={"policy": policy, "text": text or title})


def test_a_title_names_the_place_that_no_manifest_knows(understanding: Understanding, small_release: Release) -> None:
    document = small_release.documents["ningbo-2016"]
    documents = [
        placeless(document, "关于杭州市养犬管理的规定"),
        placeless(document, "关于温州市养犬管理的规定"),
        placeless(document, "个人所得税专项附加扣除办法"),
    ]
    found = Finder(understanding, documents)
    # What names no place may hold anywhere; another city's does not.
    assert found.ids("杭州养犬要登记吗") == ["关于杭州市养犬管理的规定", "个人所得税专项附加扣除办法"]
    assert found.ids("苏州的规定") == ["个人所得税专项附加扣除办法"]
    assert found("苏州的规定").foreign == "苏州市"


def test_a_document_without_a_place_is_found_by_the_place_it_speaks_of(
    understanding: Understanding, small_release: Release
) -> None:
    document = placeless(small_release.documents["ningbo-2016"], "稳岗补贴办法", "本办法适用于杭州市的企业。")
    scope = Finder(understanding, [document])("杭州稳岗补贴多少")
    assert scope.named
    assert scope.foreign is None
    assert len(scope.documents) == 1


def test_a_year_picks_only_among_the_documents_of_its_place(scope: Finder) -> None:
    assert scope.ids("宁波2020年和绍兴的目标") == ["ningbo-2020", "shaoxing-2019-draft"]


@pytest.mark.parametrize("named", ["甬政发〔2016〕8号", "《宁波市标准化工作奖励办法》"])
def test_a_document_named_by_number_or_title_stays_the_one_spoken_of(scope: Finder, named: str) -> None:
    assert scope.ids(f"{named}是谁发的？", "什么时候发布的") == ["ningbo-2016"]
    assert scope.ids(f"{named}是谁发的？", "绍兴支持什么企业制定标准") == ["shaoxing-2019-draft"]
