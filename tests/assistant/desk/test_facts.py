"""Facts as a form shows and gives them."""

from __future__ import annotations

from typing import Any

import pytest

from assistant.desk.facts import FIELDS, corrected, fields_of
from assistant.desk.records import Item
from knowledge.glossary import Glossary
from tests.assistant.desk.people import LETTER, ZHANG, Office

BARE = Item(text="奖励多少？", start=0, end=5)


def test_a_form_shows_what_was_recognised_with_labels(bureau: Office) -> None:
    item = bureau.desk.receive(ZHANG, LETTER).items[0]
    shown = {field.name: field for field in fields_of(item, "zh", Glossary.load())}
    assert tuple(shown) == FIELDS
    assert shown["place"].value == "宁波市"
    assert shown["level"].value == "industry"
    assert ("行业标准", "industry") in shown["level"].options
    assert shown["level"].label == "标准级别"
    assert shown["rank"].value is None


@pytest.mark.parametrize(
    ("given", "value"),
    [
        ({"rank": 2.0}, 2), ({"rank": 0}, None), ({"rank": "x"}, None), ({"count": 5000}, None), ({"level": "  "}, None),
        ({"event_at": "2024年5月"}, "2024-05"), ({"event_at": "2024"}, "2024"), ({"event_at": "2024-02-31"}, None),
        ({"event_at": "昨天"}, None), ({"place": " 宁波市  "}, "宁波市"), ({"place": "<b>" * 99}, ("<b>" * 99)[:60]),
    ],
)  # fmt: skip
def test_what_a_form_gives_is_a_fact_or_none(given: dict[str, Any], value: object) -> None:
    settled = corrected(BARE.model_copy(update={"settled": dict.fromkeys(given, "before")}), given)
    assert list(settled.values()) == [value]


def test_what_is_as_before_is_not_settled() -> None:
    assert corrected(BARE, {"rank": None, "level": "", "place": ""}) == {}
