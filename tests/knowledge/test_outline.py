from __future__ import annotations

from pathlib import Path

import pytest

from knowledge.errors import DataFileError
from knowledge.model import Span
from knowledge.outline import OUTLINE_FILE, disorder, find_markers, is_flat, load_lexicon


def numbers(text: str, **options: bool) -> list[str]:
    return [text[marker.start : marker.bare_end] for marker in find_markers(text, **options)]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("第一章 总则\n第一条 为规范管理。\n第二条 本办法", ["第一章", "第一条", "第二条"]),
        ("一、目标\n（一）总体\n1．具体\n（1）其一\n①其一\n——分项", ["一", "（一）", "1", "（1）", "①", "——"]),
        ("一、目标。（一）总体。二、任务。", ["一", "（一）", "二"]),
        ("條件如下：1、註冊；2、納稅。", ["1", "2"]),
        ("(二)任务\n5.推动甲\n6.推动乙", ["(二)", "5", "6"]),
    ],
)
def test_markers_at_the_start_of_a_line_or_after_a_stop(text: str, expected: list[str]) -> None:
    assert numbers(text) == expected


@pytest.mark.parametrize(
    "text",
    [
        "按照第三条规定执行。依据第二章规定。",
        "第三条规定的单位\n第二条、第三条所列项目",
        "比例为1.5，2.5倍。5.12地震，2011.1.24发布。",
        "符合GB/T 1.1和GB/T19850-2004。",
        "推动一、二、三产业融合。一、二等奖。",
        "设立3-5个工作组。1加1目标。",
        "贯彻“质量第一、标准先行”理念",
        "《一、总则》与（见二、任务）",
        "附件:1.关于试点的通知2.建设方案(征求意见稿)",
        "附件：1.申请表\n2.承诺书\n3.名单",
        "见附件1.按要求填写",
        "产、学、研一体化",
        "广州——国际大都市",
    ],
)
def test_what_only_looks_like_a_marker_is_none(text: str) -> None:
    assert numbers(text) == []


def test_a_text_without_line_breaks_is_read_by_the_words_of_its_headings() -> None:
    text = (
        "某市标准化方案现结合实际制定本方案。一、指导思想全面落实科学发展理念，抓好标准化。"
        "二、工作目标(一)总体目标建成示范区，"
        + "实现标准化工作跨越式发展，" * 20
        + "。(二)具体目标1.企业标准水平提高。"
    )
    assert is_flat(text)
    assert numbers(text) == ["一", "二", "(一)", "(二)", "1"]


def test_a_text_with_paragraphs_is_not_flat() -> None:
    assert not is_flat("一、目标\n" + "推进标准化工作，" * 100 + "\n二、任务\n" + "落实责任，" * 100)


def test_a_number_far_ahead_of_its_list_is_text_within_a_line_but_order_can_be_waived() -> None:
    text = "一、目标。九、其他。"
    assert numbers(text) == ["一"]
    assert numbers(text, ordered=False) == ["一", "九"]


def test_disorder_counts_numbers_that_neither_open_nor_continue_a_list() -> None:
    assert disorder("一、甲\n（一）甲\n（二）乙\n二、乙\n（一）甲\n") == (0, 0)
    assert disorder("三、甲\n一、乙\n五、丙\n二、丁\n") == (2, 0.5)
    assert disorder("没有编号") == (0, 0)


def test_every_list_of_the_lexicon_is_filled_and_its_patterns_compile() -> None:
    lexicon = load_lexicon()
    assert all(getattr(lexicon, name) for name in type(lexicon).model_fields)


def test_a_lexicon_with_an_unknown_key_names_file_line_and_key(tmp_path: Path) -> None:
    path = tmp_path / "outline.yaml"
    path.write_text(OUTLINE_FILE.read_text(encoding="utf-8") + "\nheadlines: [总则]\n", encoding="utf-8")
    with pytest.raises(DataFileError, match="unknown key") as error:
        load_lexicon(path)
    assert error.value.key == "headlines"
    assert error.value.line == len(path.read_text(encoding="utf-8").splitlines())


def test_dotted_numbers_are_levels_below_the_number_they_name() -> None:
    text = "1 总则\n1.1 目的。\n1.2 范围。\n2 奖励\n2.1 金额：\n2.1.1 国际标准。\n2.1.2 国家标准。\n"
    found = [(text[m.start : m.bare_end], m.family) for m in find_markers(text)]
    assert found == [
        ("1", "num"),
        ("1.1", "dotted"),
        ("1.2", "dotted"),
        ("2", "num"),
        ("2.1", "dotted"),
        ("2.1.1", "dotted_deep"),
        ("2.1.2", "dotted_deep"),
    ]


@pytest.mark.parametrize(
    "text",
    [
        "一、目标\n1.5万元为上限。\n1.6万元为下限。",
        "投入比重为\n2.5 个百分点。\n",
        "1.1 只有一个带点的编号。",
        "12 个月内完成。\n3 年内完成。",
        "按照1.1条、1.2条执行。",
    ],
)
def test_decimals_and_counts_are_no_dotted_numbers(text: str) -> None:
    assert not [m for m in find_markers(text) if m.family in ("num", "dotted")]


def test_no_marker_stands_in_a_row_of_a_table() -> None:
    row = "序号：1；内容：一、制定标准；2、修订标准。"
    text = f"一、目标\n{row}\n二、任务\n"
    start = text.index(row)
    found = find_markers(text, tables=[Span(start, start + len(row))])
    assert [text[m.start : m.bare_end] for m in found] == ["一", "二"]
