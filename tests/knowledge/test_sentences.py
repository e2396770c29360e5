from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from knowledge.sentences import line_wraps, paragraph_ends, sentences


def said(text: str) -> list[str]:
    return [text[slice(*span)] for span in sentences(text)]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("奖励60万元。另行配套！可以吗？", ["奖励60万元。", "另行配套！", "可以吗？"]),
        ("对国际标准；国家标准；分别奖励。", ["对国际标准；国家标准；分别奖励。"]),
        ("实现“先进标准。产业化”目标。完。", ["实现“先进标准。产业化”目标。", "完。"]),
        ("打造“广州创造”。实施计划。", ["打造“广州创造”。", "实施计划。"]),
        ("他说：“奖励60万元。”企业很高兴。", ["他说：“奖励60万元。”", "企业很高兴。"]),
        ("提出“学标准。”的口号。", ["提出“学标准。”的口号。"]),
        ("按规定办理（见附件。）另行通知。", ["按规定办理（见附件。）", "另行通知。"]),
        ("《办法》已印发。\n请执行", ["《办法》已印发。", "请执行"]),
        ("有一个（没有关上的括号。第二句。", ["有一个（没有关上的括号。", "第二句。"]),
        ("比例不低于1.5。标准为GB/T 1.1。", ["比例不低于1.5。", "标准为GB/T 1.1。"]),
        ("The city pays RMB 1.5 million. It ends.", ["The city pays RMB 1.5 million.", "It ends."]),
        ("加强研究,\r\n提高地位。下一句。", ["加强研究,\r\n提高地位。", "下一句。"]),
        ("", []),
        (" \n ", []),
    ],
)
def test_sentences_end_where_a_reader_would_end_them(text: str, expected: list[str]) -> None:
    assert said(text) == expected


def test_lines_of_a_wrapped_text_are_one_paragraph() -> None:
    text = (
        "    一、支持企业主导制定国际标准、国家标准\n"
        "和行业标准，对主导制定国际标准的，每项给予\n"
        "100万元奖励；主导制定国家标准的，每项给予50\n"
        "万元奖励；主导制定行业标准的，每项给予30万\n"
        "元奖励。\n"
        "    二、本政策自印发之日起施行。\n"
    )
    assert said(text)[0].endswith("每项给予30万\n元奖励。")
    assert len(said(text)) == 2


def test_lines_of_different_length_are_paragraphs() -> None:
    text = "某市标准化工作意见\n总体要求\n全面推进标准化工作取得实效\n保障措施\n加强领导\n落实资金\n"
    assert len(said(text)) == 6


WRAPPED = """第六条 对参与研制国家标准、行业标准的企事业单位,给予参
与奖励;其中排名第二位、第三位的分别奖励12万元、8万元,奖励1
0万元的为排名第四位的单位,提交的材料包括已经发布的IEC
standard 以及其他能够证明研制工作的材料,并由申报单位盖章
    第七条 申报单位应当在规定的时间内向市场监管部门提出申请
并附上证明材料。
"""


def test_the_line_ends_that_part_words_and_numbers_of_a_wrapped_text() -> None:
    around = [WRAPPED[span.start - 2 : span.end + 2] for span in line_wraps(WRAPPED)]
    assert around == ["予参\n与奖", "励1\n0万", "申请\n并附"]


HEADED = (
    "南江市标准化奖励办法\n"
    "一、奖励标准\n"
    "（一）主导制定国际标准、国家标准的，每项分别奖励\n"
    "60万元、30万元；承担国际标准化技术委员会（TC）、分\n"
    "技术委员会（SC）秘书处的，分别奖励80万元、40万元\n"
    "。\n"
    "（二）参与制定的，按主导制定奖励额的30%奖励。\n"
    "（三）修订上述标准的，按制定同级标准奖励额的百分之\n"
    "五十奖励。\n"
    "二、附则\n"
    "本办法自2024年6月1日起施行。\n"
    "南江市市场监督管理局\n"
)


def test_a_text_of_headings_and_short_items_is_wrapped_where_its_long_lines_are() -> None:
    around = [HEADED[span.start - 2 : span.end + 2] for span in line_wraps(HEADED)]
    assert around == ["奖励\n60", "、分\n技术", "万元\n。\n", "分之\n五十"]


def test_the_number_of_an_article_is_no_cell_of_a_table() -> None:
    assert len(line_wraps(HEADED.replace("（三）", "第三条  "))) == len(line_wraps(HEADED))


@pytest.mark.parametrize(
    ("text", "parted"),
    [
        ("给予奖励1\n00万元。", True),
        ("给予奖励10.\n5万元。", True),
        ("每项60\n30万元。", False),
        ("奖励1\n\n00万元。", False),
    ],
)
def test_half_a_number_goes_on_in_the_next_line_however_short_the_text(text: str, parted: bool) -> None:
    assert bool(line_wraps(text)) == parted


@pytest.mark.parametrize(
    "line",
    [
        "国际标准\t60万元\t18万元\t以正式发布之日为准\t一次性奖励",
        "国际标准   60万元   18万元   以正式发布之日为准   一次性奖励",
        "对主导制定国际标准并且正式发布的企业给予奖励60万元",
    ],
)
def test_rows_and_entries_of_one_width_are_no_wrapped_text(line: str) -> None:
    assert line_wraps("\n".join([line] * 6)) == []


def test_a_title_above_a_table_is_no_part_of_its_head() -> None:
    rows = [
        f"| {level}标准 | 主导制定 | {amount} | 每项 |"
        for level, amount in zip("甲乙丙丁戊己", range(60, 0, -10), strict=True)
    ]
    text = "\n".join(["平州市标准化资助项目和标准一览表", *rows, "本表自发布之日起施行。"])
    assert line_wraps(text) == []
    assert len(paragraph_ends(text)) == len(rows) + 2


@given(st.text(alphabet="标准奖励1050万元.。；：，（）\n\r a", max_size=160))
def test_a_line_wrap_is_one_line_end_and_blanks(text: str) -> None:
    for span in line_wraps(text):
        assert text[slice(*span)].strip() == ""
        assert len(text[slice(*span)].splitlines()) <= 2


def test_a_blank_line_always_ends_a_paragraph() -> None:
    text = "标准，\n\n战略"
    assert [text[:end] for end in paragraph_ends(text)] == ["标准，\n", "标准，\n\n", text]


@given(st.text(alphabet="标准。！？；：，“”《》（）()\n\r 1.aB", max_size=120))
def test_sentences_hold_everything_but_white_space(text: str) -> None:
    at = 0
    for start, end in sentences(text):
        assert start < end
        assert text[at:start].strip() == ""
        assert text[start:end] == text[start:end].strip()
        at = end
    assert text[at:].strip() == ""
