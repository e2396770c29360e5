from __future__ import annotations

from html.parser import HTMLParser
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from assistant.answer import Answer, Condition, Provenance, RewardRow, StandardLabel
from assistant.web.render import (
    Kept,
    answer_html,
    answer_steps,
    head_badges,
    known_chips,
    money,
    notice_message,
    question_html,
    reward_table,
    thinking_message,
    unanswered_message,
)
from assistant.web.words import EN, ZH
from tests.assistant.web.fakes import EVIL, FakeAssistant, evil_documents


class Reader(HTMLParser):
    """Collects tags with their attributes, and the text."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self.text = ""
        self.feed(html)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attrs)))

    def handle_data(self, data: str) -> None:
        self.text += data


def answer(question: str) -> Answer:
    return FakeAssistant(evil_documents()).ask(question)


def row(**fields: Any) -> RewardRow:
    return RewardRow(
        **{"rule_id": "r", "label": "奖励", "status": "exact", "bound": "exact", "per": "standard", **fields}
    )


def rewarded(*rows: RewardRow, **fields: Any) -> Answer:
    base = {"status": "answered", "language": "zh", "answer": "好。", "provenance": Provenance(release="r")}
    return Answer(**{**base, "rewards": list(rows), **fields})


@given(st.text())
def test_a_question_is_shown_as_it_was_asked_on_one_line_of_html(text: str) -> None:
    message = question_html(text, ZH, "t1")
    assert "\n" not in message
    assert "\r" not in message
    shown = Reader(message.replace("<br>", "\n").partition("<button")[0]).text
    assert shown.strip() == text.replace("\r\n", "\n").replace("\r", "\n").strip()


@pytest.mark.parametrize("question", ["能拿多少", "列个表", "合计", "示范区", "subsidy", "<", "别的"])
def test_every_message_is_one_line_so_that_markdown_reads_nothing_in_it(question: str) -> None:
    for step in answer_steps(answer(question)):
        assert "\n" not in step
        assert "\r" not in step
        assert step.startswith('<div class="bz-answer')


def test_steps_grow_and_only_the_last_is_complete() -> None:
    steps = list(answer_steps(answer("能拿多少")))
    assert len(steps) > 3
    assert ["bz-done" in step for step in steps] == [False] * (len(steps) - 1) + [True]
    assert steps[-1] == answer_html(answer("能拿多少"))


def test_a_marker_is_a_link_that_says_everything_to_open_it() -> None:
    given_answer = answer("能拿多少")
    citation = given_answer.citations[0]
    links = [a for tag, a in Reader(answer_html(given_answer)).tags if tag == "a" and "bz-cite" in (a["class"] or "")]
    assert f"start={citation.start}&end={citation.end}" in str(links[0]["href"])
    assert str(links[0]["href"]).startswith("sources/yangzhou-2011?")
    assert "国际标准研制项目" in str(links[0]["title"])


def test_hostile_text_adds_no_tag_and_no_attribute() -> None:
    reader = Reader(answer_html(answer("<")))
    assert not {"img", "script", "iframe", "svg"} & {tag for tag, _ in reader.tags}
    for tag, attributes in reader.tags:
        assert not [name for name in attributes if name.startswith("on")]
        assert tag != "a" or str(attributes["href"]).startswith("sources/evil?")
        assert set(attributes) <= {"class", "lang", "href", "title", "type", "value", "scope"}
    assert reader.text.count("<script>") >= 5
    assert EVIL in [attributes.get("value") for _, attributes in reader.tags]


def test_warnings_status_and_choices_are_said_in_plain_words() -> None:
    text = Reader(answer_html(answer("能拿多少"))).text
    for words in (
        "文件是否仍有效未经确认",
        "文件的目标期已过",
        "贵单位在标准前言的起草单位中排第几位？",
        "第二位",
        "如果是国家标准呢？",
    ):
        assert words in text
    assert "部分回答" in Reader(answer_html(answer("示范区"))).text
    assert "未见规定" in Reader(answer_html(answer("别的"))).text


def test_conditions_show_their_state() -> None:
    html = answer_html(answer("subsidy"))
    for mark, state, text in (
        ("?", "to confirm", "one of the first two"),
        ("✓", "met", "approved"),
        ("✗", "not met", "urban"),
    ):
        assert mark in html
        assert state in html
        assert text in html
    assert 'lang="en"' in html


def test_conditions_that_the_answer_lists_are_not_listed_again() -> None:
    condition = Condition(input="a", state="unknown", text="排名前两位")
    given_row = row(yuan=150000, status="needs_input", conditions=[condition])
    listed = reward_table(rewarded(given_row, answer="条件\n- ？排名前两位（待确认）"), ZH)
    spoken = reward_table(rewarded(given_row, answer="须排名前两位。"), ZH)
    assert listed
    assert spoken
    assert (listed.rows[0].conditions, spoken.rows[0].conditions) == ((), (condition,))
    assert listed.rows[0].amount.note == ZH.if_met


def test_rewards_that_the_answer_s_own_table_shows_are_folded() -> None:
    table = "| 级别 | 金额 |\n|---|---|\n| 行业标准 | 15万元 |"
    assert '<details class="bz-rewards">' in answer_html(rewarded(row(yuan=150000), answer=table))
    assert '<section class="bz-rewards">' in answer_html(rewarded(row(yuan=150000), answer="15万元。"))


@pytest.mark.parametrize(
    ("yuan", "chinese", "english"),
    [
        (150000, "15万元", "RMB 150,000"),
        (600000, "60万元", "RMB 600,000"),
        (12345600, "1,234.56万元", "RMB 12,345,600"),
        (15050, "15,050元", "RMB 15,050"),
        (800, "800元", "RMB 800"),
        (0, "0元", "RMB 0"),
    ],
)
def test_money(yuan: int, chinese: str, english: str) -> None:
    assert money(yuan, ZH) == chinese
    assert money(yuan, EN) == english


@given(st.integers(min_value=0, max_value=10**12))
def test_money_never_changes_the_amount(yuan: int) -> None:
    shown = money(yuan, ZH).replace(",", "")
    value = float(shown.removesuffix("万元")) * 10000 if shown.endswith("万元") else float(shown.removesuffix("元"))
    assert round(value) == yuan


def figures(*rows: RewardRow, **fields: Any) -> list[str]:
    table = reward_table(rewarded(*rows, **fields), ZH)
    assert table is not None
    return [f"{view.amount.figure}|{view.amount.note}" for view in table.rows]


def test_a_bound_is_never_left_out() -> None:
    assert figures(row(yuan=600000, bound="up_to", status="up_to")) == ["最高60万元|"]
    assert figures(row(yuan=600000, bound="at_least")) == ["不少于60万元|"]
    assert figures(row(yuan=500000, yuan_min=100000, bound="range", status="range")) == ["10万元–50万元|"]


def test_several_of_one_kind_show_their_sum_and_how_it_comes_about() -> None:
    table = reward_table(rewarded(row(yuan=200000, count=3, total_yuan=600000, bound="up_to")), ZH)
    assert table
    assert (table.rows[0].amount.figure, table.rows[0].amount.arithmetic) == ("最高60万元", "= 3 × 20万元")
    capped = reward_table(rewarded(row(yuan=200000, count=3, total_yuan=500000), total_yuan=500000), ZH)
    assert capped
    assert (capped.rows[0].amount.figure, capped.rows[0].amount.per, capped.total) == ("20万元", "每项标准", "50万元")


def test_an_open_condition_makes_the_figure_conditional() -> None:
    assert figures(row(yuan=150000, status="needs_input")) == ["15万元|条件满足时"]


@pytest.mark.parametrize("status", ["not_met", "not_stated", "out_of_validity", "conflicting_sources"])
def test_no_figure_where_it_would_mislead(status: str) -> None:
    assert figures(row(yuan=150000, status=status)) == [f"|{ZH.reward_status[status]}"]


def test_what_is_not_stated_is_said_not_shown_as_zero() -> None:
    assert figures(row(yuan=None, status="delegated")) == ["|由下级财政自行确定"]
    assert figures(row(yuan=None, status="exact", bound=None)) == ["|文件未规定"]


def total(*rows: RewardRow, total_yuan: int | None) -> tuple[str, str, str]:
    table = reward_table(rewarded(*rows, total_yuan=total_yuan), ZH)
    assert table is not None
    return table.total_label, table.total, table.arithmetic


def test_the_total_shows_its_arithmetic() -> None:
    three = row(yuan=200000, count=3, total_yuan=600000)
    two = row(yuan=50000, count=2, total_yuan=100000)
    assert total(three, two, total_yuan=700000) == ("合计", "70万元", "3 × 20万元 + 2 × 5万元")


def test_a_capped_total_shows_no_arithmetic_that_does_not_add_up() -> None:
    three = row(yuan=200000, count=3, total_yuan=600000)
    assert total(three, total_yuan=500000) == ("合计", "50万元", "")
    assert total(row(yuan=200000, count=3, total_yuan=500000), total_yuan=500000) == ("合计", "50万元", "")


def test_a_total_of_ceilings_is_a_ceiling_and_open_conditions_are_said() -> None:
    up_to = row(yuan=600000, bound="up_to", status="up_to", count=2, total_yuan=1200000)
    open_row = row(yuan=50000, count=1, total_yuan=50000, status="needs_input")
    assert total(up_to, total_yuan=1200000)[0] == "合计最高"
    assert total(up_to, open_row, total_yuan=1250000)[0] == "合计最高（条件满足时）"


def test_a_single_item_needs_no_total() -> None:
    assert total(row(yuan=150000, count=1, total_yuan=150000), total_yuan=150000) == ("", "", "")


def test_shared_conditions_are_listed_once() -> None:
    html = answer_html(answer("列个表"))
    assert html.count("在标准起草单位中排名前两位") == 1
    assert html.count("每项标准") == 5


def test_sentences_in_place_of_an_answer_are_escaped() -> None:
    assert "<b>" not in notice_message("<b>")
    assert "<b>" not in unanswered_message("<b>", ZH)
    assert ZH.again in unanswered_message("x", ZH)
    assert ZH.thinking in thinking_message(ZH)


def test_an_answer_that_is_kept_can_be_asked_again_and_judged() -> None:
    html = answer_html(answer("能拿多少"), kept=Kept('a"1', "up"))
    buttons = {str(a["class"]): a["value"] for tag, a in Reader(html).tags if tag == "button" and "value" in a}
    assert buttons["bz-up bz-pressed"] == 'a"1'
    assert buttons["bz-down"] == 'a"1'
    assert "bz-again" in html
    loose = answer_html(answer("能拿多少"))
    assert "bz-copy" in loose
    assert "bz-up" not in loose


def test_a_fact_of_the_company_that_only_a_condition_names_is_shown_and_can_be_removed() -> None:
    staff = Condition(input="employees", state="met", text="职工 50 人以上")
    open_point = Condition(input="profit", state="unknown", text="盈利")
    row = RewardRow(rule_id="r", label="奖励", status="exact", yuan=1, conditions=[staff, open_point])
    facts = {"employees": 60, "profit": True, "place": "扬州市"}
    (chip,) = known_chips(rewarded(row), ZH, facts)
    assert (chip.input, chip.text, chip.removable, chip.given) == ("employees", "职工 50 人以上（已满足）", True, True)
    assert known_chips(rewarded(row), ZH) == []
    html = answer_html(rewarded(row), kept=Kept("a", facts=facts))
    assert 'class="bz-forget" value="employees"' in html
    assert ZH.company_used in html


def test_the_head_says_whether_the_documents_hold() -> None:
    known = answer("能拿多少")
    citation = known.citations[0]
    standing = citation.model_copy(update={"policy": citation.policy.model_copy(update={"status": "in_force"})})
    held = known.model_copy(update={"citations": [standing], "warnings": []})
    assert [(badge.text, badge.tone) for badge in head_badges(held, ZH)] == [(ZH.in_force, "good")]
    assert ZH.in_force not in answer_html(known)
    label = StandardLabel(id="s", approved="2026-11-02")
    assert "标准答复，2026-11-02 审定" in answer_html(known.model_copy(update={"standard": label}))


def test_a_ticked_condition_is_said_in_words_too() -> None:
    ticked = rewarded(answer="条件：\n\n- ✓ 标准已经批准发布\n- ？排名前两位（待确认）")
    html = answer_html(ticked)
    assert html.count(f'<span class="bz-sr">{ZH.state["met"]} </span>') == 1
    assert 'bz-met"><span class="bz-glyph">✓</span>' in html.replace("<p>", "")
