from __future__ import annotations

from collections.abc import Sequence

import pytest

from knowledge.loaders.printed import Line
from knowledge.loaders.unruled import find_tables

Rows = Sequence[Sequence[tuple[float, str]]]

HEADER = [(100.0, "项目"), (220.0, "主导"), (320.0, "参与")]


def printed(rows: Rows, *, step: float = 24) -> list[list[Line]]:
    """Rows of pieces of 12 points, each given by its left edge."""
    found = []
    for number, row in enumerate(rows):
        top = 100 + number * step
        found.append([Line(text, (left, top, left + 12 * len(text), top + 12), 12, 1) for left, text in row])
    return found


def said(rows: Rows, *, step: float = 24) -> list[list[tuple[int, int, str, int]]]:
    return [
        [(cell.row, cell.column, cell.text, cell.columns) for cell in table.cells]
        for _, table in find_tables(printed(rows, step=step))
    ]


def test_pieces_in_columns_are_cells() -> None:
    rows = [
        HEADER,
        [(100, "国际标准"), (220, "60万元"), (320, "18万元")],
        [(100, "国家标准"), (220, "30万元"), (320, "9万元")],
    ]
    (cells,) = said(rows)
    assert cells[3:6] == [(1, 0, "国际标准", 1), (1, 1, "60万元", 1), (1, 2, "18万元", 1)]


def test_a_heading_over_two_columns_spans_them() -> None:
    rows = [
        [(100, "级别"), (220, "奖励金额万元级别奖励")],
        HEADER,
        [(100, "国际"), (220, "60"), (320, "18")],
        [(100, "国家"), (220, "30"), (320, "9")],
    ]
    (cells,) = said(rows)
    assert cells[1] == (0, 1, "奖励金额万元级别奖励", 2)


def test_headings_in_the_middle_of_their_columns_need_not_stand_over_the_figures() -> None:
    rows = [
        [(112, "级别"), (232, "角色"), (360, "金额")],
        [(100, "国际标准"), (220, "主导制定"), (320, "60")],
        [(100, "国家标准"), (220, "主导制定"), (320, "30")],
    ]
    (cells,) = said(rows)
    assert cells[2::3] == [(0, 2, "金额", 1), (1, 2, "60", 1), (2, 2, "30", 1)]


def test_a_line_close_below_a_cell_goes_on_in_it() -> None:
    rows = printed(
        [HEADER, [(100, "国际标准"), (220, "60"), (320, "18")], [(100, "全国技术"), (220, "40"), (320, "无")]]
    )
    last = Line("委员会", (100, 162, 136, 174), 12, 1)
    ((span, table),) = find_tables([*rows, [last]])
    assert span == range(4)
    assert "全国技术委员会" in [cell.text for cell in table.cells]


@pytest.mark.parametrize(
    "rows",
    [
        [[(100, "联系人：王"), (300, "电话：1234567")]] * 4,
        [
            [(100, "市场监督管理局"), (300, "财政局")],
            [(100, "科学技术局"), (300, "商务局")],
            [(100, "住建局"), (300, "农业局")],
        ],
        [HEADER, [(100, "国际标准"), (220, "60万元"), (320, "18万元")]],
        [[(100, "第一条 制定本办法。")], [(100, "第二条 本办法所称标准。")], [(100, "第三条 奖励。")]],
    ],
    ids=["labels", "signers", "two rows", "text"],
)
def test_what_is_no_table(rows: Rows) -> None:
    assert said(rows) == []


def test_a_paragraph_between_them_parts_two_tables() -> None:
    row = [(100.0, "国际标准"), (220.0, "60万元"), (320.0, "18万元")]
    paragraph = [(100.0, "第四条 下列标准的奖励由区财政承担，见下表所列。")]
    assert [len(cells) for cells in said([HEADER, row, row, paragraph, HEADER, row, row])] == [9, 9]


def test_figures_below_each_other_are_of_two_rows_however_near() -> None:
    rows = printed(
        [
            HEADER,
            [(100, "国际标准"), (220, "60"), (320, "经批准发布")],
            [(100, "国家标准"), (220, "30"), (320, "经批准发布")],
            [(100, "行业标准"), (220, "20"), (320, "经批准发布")],
        ]
    )
    near = [Line("地方标准", (100, 187, 148, 199), 12, 1), Line("15", (220, 187, 244, 199), 12, 1)]
    ((_, table),) = find_tables([*rows, near])
    assert [cell.text for cell in table.cells if cell.column == 1] == ["主导", "60", "30", "20", "15"]
