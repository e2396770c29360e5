from __future__ import annotations

import json
from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from assistant.web.company import Field, company_facts, company_fields, fields_json
from assistant.web.words import EN, ZH
from knowledge.rule_schema import Condition, Text
from tests.assistant.web.fakes import corpus_documents, real_rules

POLICIES = real_rules().policies
FIELDS = company_fields(corpus_documents(), POLICIES)


def field(name: str, fields: tuple[Field, ...] = FIELDS) -> Field:
    return next(one for one in fields if one.name == name)


def other_city() -> tuple[Field, ...]:
    """The fields where another city's rules ask something that no rule here asks."""
    rules = POLICIES["yangzhou-2011"]
    staff = Condition(input="employees", op=">=", value=50, text=Text(zh="职工 50 人以上", en="50 or more employees"))
    made = rules.rules[0].model_copy(update={"conditions": (staff,)})
    policies = {**POLICIES, "guangzhou-2013": replace(rules, policy_id="guangzhou-2013", rules=(made,), places=None)}
    return company_fields(corpus_documents(), policies)


def test_the_fields_are_what_the_rules_ask_of_a_company() -> None:
    assert [one.name for one in FIELDS] == ["place", "location", "org_type", "has_export_sales", "innovative_listed"]
    assert [choice.value for choice in field("place").choices] == ["扬州市"]
    assert [choice.value for choice in field("location").choices] == ["urban_district", "county"]
    assert [(choice.value, choice.label.zh) for choice in field("has_export_sales").choices] == [
        (True, "有出口销售"),
        (False, "没有出口"),
    ]


def test_another_city_s_rules_bring_other_fields() -> None:
    fields = other_city()
    assert [choice.value for choice in field("place", fields).choices] == ["扬州市", "广州市"]
    staff = field("employees", fields)
    assert (staff.place, staff.choices, staff.label.zh) == ("广州市", (), "职工 50 人以上")
    assert company_facts(json.dumps({"place": "广州市", "employees": 60}), fields) == {
        "place": "广州市",
        "employees": 60,
    }
    assert company_facts(json.dumps({"place": "扬州市", "employees": 60}), fields) == {"place": "扬州市"}
    assert company_facts(json.dumps({"place": "广州市", "location": "county"}), fields) == {"place": "广州市"}


def test_the_script_gets_them_in_both_languages() -> None:
    for words in (ZH, EN):
        listed: list[dict[str, Any]] = fields_json(FIELDS, words)
        assert listed[0]["label"] == words.company_place
        assert {one["place"] for one in listed} == {None, "扬州市"}
        assert json.loads(json.dumps(listed)) == listed


@pytest.mark.parametrize(
    ("sent", "facts"),
    [
        (
            '{"place": "扬州市", "location": "county", "has_export_sales": false}',
            {"place": "扬州市", "location": "county", "has_export_sales": False},
        ),
        ('{"place": "扬州市", "has_export_sales": 1, "org_type": true, "location": "<b>"}', {"place": "扬州市"}),
        ('{"place": "扬州市", "drafter_rank": 1, "standard_status": "published", "name": "某公司"}', {"place": "扬州市"}),
        ('{"location": "urban_district", "innovative_listed": true}', {}),
        ('{"place": "南京市", "location": "urban_district"}', {}),
        ('{"place": ["扬州市"]}', {}),
        ("[1]", {}), ("{", {}), ("", {}), ("null", {}), ("[" * 5000, {}),
    ],
)  # fmt: skip
def test_only_answers_to_the_fields_are_taken(sent: str, facts: dict[str, object]) -> None:
    assert company_facts(sent, FIELDS) == facts


@given(
    st.recursive(
        st.none() | st.booleans() | st.integers() | st.text(), lambda x: st.lists(x) | st.dictionaries(st.text(), x)
    )
)
def test_whatever_a_browser_sends_gives_facts_of_the_fields(sent: object) -> None:
    facts = company_facts(json.dumps(sent), FIELDS)
    assert all(field(name).takes(value) for name, value in facts.items())


def test_without_rules_there_is_nothing_to_tell() -> None:
    assert company_fields(corpus_documents(), {}) == ()
    assert company_fields({}, POLICIES) == ()
