from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from knowledge.loaders.tables import Cell, one_line, table_lines


def cells(*rows: tuple[str, ...]) -> list[Cell]:
    return [Cell(row, column, text) for row, texts in enumerate(rows) for column, text in enumerate(texts)]


def said(found: list[Cell]) -> list[str]:
    return [line.text for line in table_lines(found)]


def test_a_row_says_its_headers_and_keeps_its_remarks() -> None:
    lines = table_lines(cells(("级别", "金额", "备注"), ("国家标准", "30万元", "限前两名"), ("行业标准", "15万元", "")))
    assert [line.text for line in lines] == [
        "级别：国家标准；金额：30万元；备注：限前两名。",
        "级别：行业标准；金额：15万元。",
    ]
    assert all(line.is_row for line in lines)


def test_headers_of_two_rows_are_a_path() -> None:
    header = [Cell(0, 0, "级别", rows=2), Cell(0, 1, "奖励金额（万元）", columns=2), Cell(0, 3, "备注", rows=2)]
    header += [Cell(1, 1, "主导"), Cell(1, 2, "参与")]
    body = [Cell(2, 0, "国际标准"), Cell(2, 1, "60"), Cell(2, 2, "20"), Cell(2, 3, "以发布为准")]
    assert said([*header, *body]) == [
        "级别：国际标准；奖励金额（万元）/主导：60；奖励金额（万元）/参与：20；备注：以发布为准。"
    ]


def test_a_cell_over_several_rows_is_said_in_each() -> None:
    rows = [*cells(("类别", "级别", "金额")), Cell(1, 0, "制定", rows=2), Cell(1, 1, "国家"), Cell(1, 2, "30万元")]
    rows += [Cell(2, 1, "行业"), Cell(2, 2, "15万元")]
    assert said(rows) == ["类别：制定；级别：国家；金额：30万元。", "类别：制定；级别：行业；金额：15万元。"]


def test_bands_across_the_table_are_the_path_of_the_rows_below_them() -> None:
    rows = [Cell(0, 0, "奖励标准表", columns=2), Cell(1, 0, "级别"), Cell(1, 1, "金额")]
    rows += [Cell(2, 0, "一、制定", columns=2), Cell(3, 0, "国家"), Cell(3, 1, "30万元")]
    rows += [Cell(4, 0, "二、修订", columns=2), Cell(5, 0, "国家"), Cell(5, 1, "15万元")]
    lines = table_lines(rows)
    assert [line.text for line in lines if not line.is_row] == ["奖励标准表", "一、制定", "二、修订"]
    assert [line.path for line in lines if line.is_row] == [("奖励标准表", "一、制定"), ("奖励标准表", "二、修订")]


def test_a_form_of_metadata_is_lines_and_no_rows() -> None:
    lines = table_lines(
        cells(("索引号", "A1", "发布机构：", "平州市人民政府"), ("名称", "办法", "文号", "平政〔2024〕1号"))
    )
    assert [line.text for line in lines] == [
        "索引号：A1",
        "发布机构：平州市人民政府",
        "名称：办法",
        "文号：平政〔2024〕1号",
    ]
    assert not any(line.is_row for line in lines)


FLAT = (
    ("奖励标准", "", "", ""),
    ("单位：万元", "", "", ""),
    ("级别", "金额", "", "备注"),
    ("", "主导", "参与", ""),
    ("国际标准", "60", "20", "每项"),
    ("注：不重复奖励。", "", "", ""),
)


def test_a_header_of_two_rows_needs_no_joined_cells() -> None:
    lines = table_lines(cells(*FLAT))
    assert [line.text for line in lines] == [
        "奖励标准",
        "单位：万元",
        "级别：国际标准；金额/主导：60；金额/参与：20；备注：每项。",
        "注：不重复奖励。",
    ]
    assert [line.path for line in lines if line.is_row] == [("奖励标准", "单位：万元")]


def test_what_is_empty_below_a_label_is_the_label_s() -> None:
    head = ("序号", "级别", "角色", "金额")
    body = (("1", "国家", "主导", "30"), ("2", "", "参与", "10"), ("3", "行业", "主导", "15"), ("", "", "合计", "55"))
    assert said(cells(head, *body)) == [
        "序号：1；级别：国家；角色：主导；金额：30。",
        "序号：2；级别：国家；角色：参与；金额：10。",
        "序号：3；级别：行业；角色：主导；金额：15。",
        "角色：合计；金额：55。",
    ]


@pytest.mark.parametrize(
    "body",
    [
        [("", "主导", "30"), ("国家", "参与", "10"), ("", "主导", "15")],
        [("国家", "主导", "30"), ("一、其他", "", ""), ("", "参与", "10")],
        [("国家", "主导", "30"), ("行业", "", ""), ("团体", "参与", "10")],
    ],
)
def test_a_label_is_not_carried_where_it_may_be_another_s(body: list[tuple[str, str, str]]) -> None:
    lines = table_lines(cells(("级别", "角色", "金额"), *body))
    rows = [line.text for line in lines if line.is_row]
    assert len(rows) == sum(1 for row in body if row[1])
    assert [row.startswith("级别：") for row in rows] == [bool(row[0]) for row in body if row[1]]
    assert not any("行业" in line.path for line in lines)


def test_on_paper_an_empty_cell_is_empty() -> None:
    found = cells(("级别", "角色", "金额"), ("国家", "主导", "30"), ("", "参与", "10"))
    assert [line.text for line in table_lines(found, is_printed=True)][1] == "角色：参与；金额：10。"


def test_amounts_are_no_header() -> None:
    assert said(cells(("国家标准", "30万元"), ("行业标准", "15万元"))) == ["国家标准；30万元。", "行业标准；15万元。"]


def test_one_column_is_no_table() -> None:
    lines = table_lines([Cell(0, 0, "第一条 甲。"), Cell(1, 0, "第二条 乙。"), Cell(1, 1, "")])
    assert [(line.text, line.is_row) for line in lines] == [("第一条 甲。", False), ("第二条 乙。", False)]


@pytest.mark.parametrize(
    ("text", "line"),
    [("第一名10万元\n第二名5万元", "第一名10万元 第二名5万元"), ("ISO\r\n9001", "ISO 9001"), (" 一 \r\n", "一")],
)
def test_a_cell_of_several_lines_is_one(text: str, line: str) -> None:
    assert one_line(text) == line


def test_a_span_beyond_the_table_costs_nothing() -> None:
    huge = 10**9
    assert said([Cell(0, 0, "级别"), Cell(0, 1, "金额"), Cell(1, 0, "国家", rows=huge, columns=huge)])


_CELLS = st.builds(
    Cell,
    st.integers(0, 5),
    st.integers(0, 5),
    st.text(alphabet="级别金额备注30万元。；：\n ", max_size=8),
    st.integers(1, 3),
    st.integers(1, 3),
)


@given(st.lists(_CELLS, max_size=20))
def test_any_table_gives_lines_that_are_whole(found: list[Cell]) -> None:
    for line in table_lines(found):
        assert line.text.strip()
        assert "\n" not in line.text


def test_a_second_header_heads_the_rows_below_it() -> None:
    rows = cells(
        ("序号", "级别", "主导（万元）"),
        ("1", "国际标准", "60"),
        ("二、技术组织", "", ""),
        ("序号", "项目名称", "奖励标准"),
        ("1", "全国TC秘书处", "每家30万元"),
    )
    assert [line.text for line in table_lines(rows)] == [
        "序号：1；级别：国际标准；主导（万元）：60。",
        "二、技术组织",
        "序号：1；项目名称：全国TC秘书处；奖励标准：每家30万元。",
    ]
