"""An edited sentence is marked as soon as its figure, amount, quote or marker has no source."""

from __future__ import annotations

import itertools

import pytest
from hypothesis import given
from hypothesis import strategies as st

from assistant.desk.check import Mark, sentences_of_reply
from assistant.desk.records import Inquiry
from tests.assistant.desk.people import LETTER, ZHANG, Office


@pytest.fixture
def inquiry(bureau: Office) -> Inquiry:
    return bureau.desk.receive(ZHANG, LETTER)


def found(marks: list[Mark]) -> list[tuple[str, str]]:
    return [(mark.reason, mark.what) for mark in marks]


def added(bureau: Office, inquiry: Inquiry, sentence: str) -> list[tuple[str, str]]:
    return found(bureau.desk.marks(inquiry, f"{bureau.desk.draft(inquiry)}\n{sentence}"))


@pytest.mark.parametrize(
    "sentence",
    [
        "综上，贵公司可以申请行业标准奖励12万元。[1]",
        "以上由我处负责解释，如有疑问请来电0574-00000000。",
        "文件要求“对主导制定国家标准、行业标准的企业,分别给予30万元、12万元的奖励”。[1]",
        "贵公司来信所述2017年的标准，请附发布公告。",
        "请尽快补充材料。",
        "依据甬政发〔2016〕8号文件，请在2016年3月1日以后申请。[1]",
    ],
)
def test_an_own_sentence_with_its_source_passes(bureau: Office, inquiry: Inquiry, sentence: str) -> None:
    assert added(bureau, inquiry, sentence) == []


@pytest.mark.parametrize(
    ("sentence", "reason"),
    [
        ("贵公司可获奖励13万元。[1]", "amount"),
        ("贵公司可获奖励十三万元。[1]", "amount"),
        ("贵公司可获奖励130,000元。[1]", "amount"),
        ("贵公司的行业标准可获奖励30万元。[1]", "contradicts"),
        ("国家标准奖励12万元。[1]", "contradicts"),
        ("行业标准奖励最高12万元。[1]", "contradicts"),
        ("贵公司可获奖励12万元。", "no_source"),
        ("贵公司可获奖励十二万元。", "no_source"),
        ("行业标准奖励12万元。[9]", "no_such_marker"),
        ("请于2027年5月1日前申报。[1]", "number"),
        ("请于5个工作日内申报。", "number"),
        ("奖励比例为百分之四十五。[1]", "number"),
        ("保证贵公司一定能获得奖励12万元。[1]", "promise"),
        ("文件规定“对行业标准一律给予重奖并优先安排”。[1]", "quote"),
        ("文件规定“每项给予奖励，不限数量”。", "quote"),
    ],
)
def test_a_sentence_without_a_source_for_what_it_says_is_marked(
    bureau: Office, inquiry: Inquiry, sentence: str, reason: str
) -> None:
    marks = added(bureau, inquiry, sentence)
    assert reason in [why for why, _ in marks]


def test_the_marked_range_is_the_sentence_alone(bureau: Office, inquiry: Inquiry) -> None:
    text = bureau.desk.draft(inquiry).replace("12万元", "15万元")
    marks = bureau.desk.marks(inquiry, text)
    assert marks
    for mark in marks:
        assert "15万元" in text[mark.start : mark.end]
        assert "\n" not in text[mark.start : mark.end]


def test_a_source_that_is_switched_off_marks_what_names_it(bureau: Office, inquiry: Inquiry) -> None:
    text = bureau.desk.draft(inquiry)
    off = bureau.desk.choose_sources(ZHANG, inquiry.id, 1, ())
    assert {reason for reason, _ in found(bureau.desk.marks(off, text))} == {"source_off"}


def test_an_amount_of_other_facts_is_marked_once_the_facts_are_corrected(bureau: Office, inquiry: Inquiry) -> None:
    text = bureau.desk.draft(inquiry)
    national = bureau.desk.settle(ZHANG, inquiry.id, 1, 0, {"level": "national"})
    assert "30万元" in bureau.desk.draft(national)
    assert "contradicts" in {reason for reason, _ in found(bureau.desk.marks(national, text))}


def test_what_the_letter_claims_is_no_source_for_an_amount(bureau: Office) -> None:
    inquiry = bureau.desk.receive(ZHANG, "听说宁波企业主导制定行业标准能拿50万元，奖励多少？")
    assert ("amount", "50万元") in added(bureau, inquiry, "贵公司可获50万元。[1]")
    assert added(bureau, inquiry, "您说的50万元系误传。") == []


@given(st.text(max_size=400))
def test_every_character_but_blanks_is_in_one_sentence(text: str) -> None:
    sentences = sentences_of_reply(text)
    assert all(text[s.start : s.end] == s.text for s in sentences)
    assert all(a.end <= b.start for a, b in itertools.pairwise(sentences))
    covered = "".join(s.text for s in sentences)
    assert "".join(covered.split()) == "".join(text.split())


def test_a_sentence_without_a_marker_rests_on_the_next_of_its_line() -> None:
    one, two, three = sentences_of_reply("甲有3项。乙有4项。[2]\n丙有5项。")
    assert (one.marks, two.marks, three.marks) == ((2,), (2,), ())
