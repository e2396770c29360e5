"""From a question to a claim: items, facts, and what decides between the rules of a policy."""

from datetime import date
from functools import lru_cache

import pytest

from assistant.claims import claim_of
from assistant.question import Understanding
from assistant.rewards import Claim
from knowledge.glossary import Glossary
from knowledge.places import Gazetteer
from knowledge.rules import PolicyRules, load_rules
from knowledge.settings import PACKAGE

GAZETTEER = Gazetteer.load()
UNDERSTANDING = Understanding(Glossary.load(), GAZETTEER)


@lru_cache
def rules() -> PolicyRules:
    """The rules of Yangzhou: five levels, adoption, committees, and what is left to the counties."""
    return load_rules(PACKAGE / "rules").policies["yangzhou-2011"]


def claim(*turns: str, facts: dict[str, object] | None = None, outside: bool = False) -> Claim:
    """The claim of a dialogue, with the first place inside the city as where the firm is."""
    question = UNDERSTANDING.understand(turns[-1], history=turns[:-1], facts=facts, asked_at=date(2026, 1, 1))
    located = next((p for p in question.places if p.level in ("district", "county")), None)
    return claim_of(question, located, rules(), outside=outside)


def test_a_bare_lead_gives_no_rank() -> None:
    item = claim("扬州市区企业牵头国家标准").items[0]
    assert (item.role, item.rank, item.place_group) == ("lead", None, "urban_district")


def test_a_band_is_a_rank_where_all_of_it_leads() -> None:
    assert claim("扬州行标排前两名给几万").items[0].rank == 2
    item = claim("扬州行标排前五名给几万").items[0]
    assert (item.rank, item.role) == (None, "participate")


def test_revising_is_an_action() -> None:
    item = claim("扬州修订国家标准给多少").items[0]
    assert (item.activity, item.action, item.level) == ("formulate_standard", "revise", "national")


@pytest.mark.parametrize("text", ["一个TC和一个SC", "一个SC加一个WG"])
def test_committees_that_no_rule_tells_apart_are_one_item(text: str) -> None:
    items = claim(f"扬州市区创新型企业同时承担了{text}，奖励怎么算？").items
    assert [(item.activity, item.committee, item.count) for item in items] == [("host_committee", None, 2)]


def test_kinds_of_committee_named_as_kinds_are_not_counted() -> None:
    assert [item.count for item in claim("扬州成立TC、SC、WG奖多少").items] == [1]


def test_one_at_each_level_is_one_item_for_each_level_paid_for() -> None:
    items = claim("扬州五个级别各做一项标准一共多少").items
    assert [item.level for item in items] == [
        "international",
        "national",
        "industry",
        "provincial_local",
        "municipal_local",
    ]
    assert {item.count for item in items} == {1}


@pytest.mark.parametrize("text", ["扬州县里企业能拿市区金额的一半吗", "扬州县市企业的奖励由谁出"])
def test_a_county_question_without_a_thing_is_about_what_is_left_to_the_counties(text: str) -> None:
    assert {item.activity for item in claim(text).items} == {"formulate_standard", "adopt_standard"}


def test_everything_is_asked_for_as_everything() -> None:
    assert [item.activity for item in claim("宝应企业有哪些标准化奖励").items] == [None]


def test_two_places_of_different_kinds_are_each_answered_where_each_is_asked_for() -> None:
    items = claim("宝应县和广陵区的企业主导国家标准分别给多少").items
    assert [(item.place, item.place_group) for item in items] == [("宝应县", None), ("广陵区", None)]


def test_two_places_of_different_kinds_are_nobodys() -> None:
    item = claim("宝应县和广陵区的企业主导国家标准给多少").items[0]
    assert (item.place, item.place_group) == (None, None)


def test_registered_in_one_place_and_working_in_another_is_left_open() -> None:
    item = claim("在高邮注册、在扬州市区办公，国标能拿多少").items[0]
    assert (item.place, item.place_group) == (None, None)


def test_a_question_about_the_payer_names_treasuries_not_the_firm() -> None:
    assert claim("扬州制定标准的钱谁来出，市里还是县里").items[0].place_group is None


def test_outside_is_a_group_that_no_rule_has() -> None:
    assert claim("我公司注册在泰州，能领扬州的国标资助吗", outside=True).items[0].place_group == "outside"
    assert claim("泰州企业在扬州有分公司，能领扬州的国标资助吗", outside=True).items[0].place_group != "outside"


@pytest.mark.parametrize(
    ("text", "day"),
    [
        ("江都企业2012年发布的国家标准", date(2012, 7, 1)),
        ("江都企业2011年12月发布的国家标准", date(2011, 12, 15)),
        ("江都企业2011年发布的国家标准", None),
        ("江都企业去年发布的国家标准", date(2025, 7, 1)),
        ("a Jiangdu firm's national standard published in March 2012", date(2012, 3, 15)),
        ("扬州2011年发布的政策，国家标准奖多少", None),
    ],
)
def test_the_day_of_the_event(text: str, day: date | None) -> None:
    assert claim(text).items[0].event_on == day


@pytest.mark.parametrize(
    ("text", "facts"),
    [
        ("产品采标但没有出口，扬州奖不奖", {"has_export_sales": False}),
        ("Our products adopt international standards but are sold only at home", {"has_export_sales": False}),
        ("扬州高校牵头国家标准", {"org_type": "university"}),
        ("扬州企业和高校牵头国家标准", {"org_type": "enterprise"}),
        ("扬州企业未列入创新型企业名单，成立全国TC", {"innovative_listed": False, "org_type": "enterprise"}),
        ("国标发布了但不是我们提出的项目", {"proposed_project": False}),
        ("扬州市区，不是创新型试点，设立了全国工作组", {"innovative_listed": False}),
        (
            "a firm not on any innovative list set up a TC in Yangzhou",
            {"innovative_listed": False, "org_type": "enterprise"},
        ),
    ],
)
def test_facts_that_are_said(text: str, facts: dict[str, object]) -> None:
    assert claim(text).facts == facts


@pytest.mark.parametrize(
    ("reply", "name", "value"),
    [
        ("市区企业", "place_group", "urban_district"),
        ("a firm in a county or county-level city", "place_group", "county"),
        ("排名第三或更后", "rank", 3),
        ("ranked second", "rank", 2),
        ("尚未发布", "status", "drafting"),
        ("yes, published", "status", "published"),
    ],
)
def test_replies_to_the_questions_back(reply: str, name: str, value: object) -> None:
    assert getattr(claim("扬州行业标准补贴多少", reply).items[0], name) == value


@pytest.mark.parametrize(
    ("question", "reply", "name", "value"),
    [
        ("扬州市区企业成立全国TC奖多少", "已列入", "innovative_listed", True),
        ("扬州市区企业成立全国TC奖多少", "no, not listed", "innovative_listed", False),
        ("扬州采标奖多少", "没有出口", "has_export_sales", False),
        ("扬州行标多少", "another organization did", "proposed_project", False),
        ("扬州行标多少", "是高校、科研院所或其他单位", "org_type", "other"),
    ],
)
def test_replies_that_are_facts(question: str, reply: str, name: str, value: object) -> None:
    assert claim(question, reply).facts[name] == value


def test_the_origin_of_an_adopted_standard_is_a_fact_of_the_item() -> None:
    assert claim("扬州采标奖多少", "其他标准").items[0].inputs == {"adopted_standard_origin": "other"}
    assert claim("扬州10个采标产品，其中4个没有出口").items[0].inputs == {"has_export_sales": True}


def test_given_facts_are_used_where_they_are_of_the_right_type() -> None:
    given: dict[str, object] = {"drafter_rank": 3, "standard_level": 7, "place": "扬州", "org_type": "enterprise"}
    assert claim("扬州国标多少", facts=given).facts == {"drafter_rank": 3, "org_type": "enterprise"}


def test_a_kind_of_place_that_is_only_offered_is_not_said() -> None:
    item = claim("江都2011年5月发布的国标按市区还是县给").items[0]
    assert (item.place_group, item.place) == (None, "江都区")


def test_the_place_of_a_partner_is_not_the_askers() -> None:
    item = claim("我们和南京的公司一起起草国标，我们在扬州市区，多少").items[0]
    assert item.place_group == "urban_district"


def test_of_products_the_exported_ones_count_in_a_later_turn() -> None:
    item = claim("扬州采标产品奖多少", "10个产品呢，其中3个不出口").items[0]
    assert (item.count, item.inputs["has_export_sales"]) == (7, True)
