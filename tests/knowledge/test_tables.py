"""Tables in plain text: which lines are rows, what their columns hold, and what heads each amount."""

from __future__ import annotations

import pytest

from knowledge.tables import Line, find_entry_tables, find_tables, table_columns, table_lines


def lines_of(text: str) -> list[Line]:
    """The rows of the only table of a text."""
    (table,) = find_tables(text, text)
    return list(table_lines(table))


def said(line: Line) -> tuple[str, tuple[int | str, ...]]:
    """The headings of a row, and its amounts in yuan or, where a cell says more, its words."""
    labels = "/".join(cell.text for cell in line.labels)
    return labels, tuple(int(e.amount.value) if e.amount else e.cell.text for e in line.entries)


@pytest.mark.parametrize(
    "text",
    [
        "级别|主导|参与\n国际标准|80|20\n国家标准|40|—",
        "| 级别 | 主导 | 参与 |\n|---|---|---|\n| 国际标准 | 80 | 20 |\n| 国家标准 | 40 | — |",
        "级别\t主导\t参与\n国际标准\t80\t20\n国家标准\t40\t—",
        "级别   主导   参与\n国际标准   80   20\n国家标准   40   —",
        "级别 主导 参与\n国际标准 80 20\n国家标准 40 —",
        "主导   参与\n国际标准   80   20\n国家标准   40   —",
    ],
)
def test_every_way_to_part_cells_gives_the_same_rows(text: str) -> None:
    rows = [said(line) for line in lines_of(f"奖励标准(单位:万元)\n{text}")]
    assert rows == [("国际标准", (800000, 200000)), ("国家标准", (400000, "—"))]


def test_ten_thousands_without_their_yuan_are_amounts_below_a_heading_of_giving() -> None:
    text = "| 事项 | 奖励标准 |\n| 秘书处 | 30万 |\n| 标准化示范项目 | 10万(省) |\n| 国际标准 | 40万(主导)、5万(参与) |"
    borrowed = [[(int(q.value), q.text) for q in entry.borrowed] for line in lines_of(text) for entry in line.entries]
    assert borrowed == [[(300000, "30")], [(100000, "10万")], [(400000, "40万"), (50000, "5万")]]


def test_cells_one_below_the_other_are_rows_by_their_numbers() -> None:
    cells = [
        "序号",
        "项目",
        "额度(万元)",
        "一、标准类",
        "1",
        "国际标准",
        "80",
        "2",
        "国家标准",
        "40",
        "二、试点类",
        "3",
        "省级试点",
        "8",
    ]
    rows = [said(line) for line in lines_of("\n".join(["奖励一览表", *cells]))]
    assert rows == [
        ("一、标准类/国际标准", (800000,)),
        ("一、标准类/国家标准", (400000,)),
        ("二、试点类/省级试点", (80000,)),
    ]


def test_a_heading_of_two_rows_spans_the_columns_below_it() -> None:
    text = "单位:万元\n| 级别 | 主导 | | 参与 | |\n| | 市区 | 县 | 市区 | 县 |\n| 国家标准 | 40 | 30 | 9 | 6 |"
    (table,) = find_tables(text, text)
    titles = ["".join(cell.text for cell in column.titles) for column in table_columns(table)]
    assert titles == ["级别", "主导市区", "主导县", "参与市区", "参与县"]
    assert said(next(table_lines(table))) == ("国家标准", (400000, 300000, 90000, 60000))


def test_a_row_that_lost_a_cell_to_blanks_does_not_fit() -> None:
    first, second = lines_of("单位:万元\n类别   国际   国家   省\n技术委员会   80   40   10\n工作组   20   8")
    assert (first.fits, second.fits) == (True, False)


def test_columns_of_former_amounts_and_of_ceilings_pay_nothing() -> None:
    text = "项目|原标准(万元)|现标准(万元)|单位年度最高(万元)|名额\n国际标准|40|50|200|3\n国家标准|20|25|100|5"
    (table,) = find_tables(text, text)
    assert [column.kind for column in table_columns(table)] == ["label", "old", "amount", "cap", "other"]


def test_numbers_in_words_borrow_the_unit_of_their_column() -> None:
    (line,) = lines_of("项目|额度(万元)\n标准创新奖|一等奖16、二等奖7、三等奖3")
    (entry,) = line.entries
    assert entry.amount is None
    assert [(int(q.value), q.text) for q in entry.borrowed] == [(160000, "16"), (70000, "7"), (30000, "3")]


def test_remarks_lend_no_unit_to_counts_and_years() -> None:
    text = "项目|额度(万元)|备注\n国家标准|40|强制性标准另加5;限3项,2024年起\n行业标准|20|每项"
    assert [int(q.value) for q in lines_of(text)[0].borrowed] == [50000]


def test_rows_written_out_with_their_headings_are_one_table_though_cells_are_empty() -> None:
    text = (
        "奖励标准(单位:万元)\n"
        "序号:1;级别:团体标准;主导:授牌;备注:不发奖金。\n"
        "序号:2;级别:国际标准;主导:80;参与:—;备注:以发布为准。同一标准只奖一次。\n"
        "序号:3;级别:国家标准;主导:40;参与:10。\n"
        "注:同一单位每年不超过3项。"
    )
    (table,) = find_entry_tables(text)
    assert [cell.text for cell in table.rows[0]] == ["序号", "级别", "主导", "参与", "备注"]
    assert [said(line) for line in table_lines(table)] == [
        ("团体标准", ("授牌",)),
        ("国际标准", (800000, "—")),
        ("国家标准", (400000, 100000)),
    ]
    assert [text[cell.start : cell.end] for row in table.rows for cell in row] == [
        cell.text for row in table.rows for cell in row
    ]


def test_rows_written_out_with_other_headings_are_another_table() -> None:
    text = "级别:国际标准;主导:80万元\n级别:国家标准;主导:40万元\n项目:全国TC;金额:30万元\n项目:全国SC;金额:20万元"
    assert [[cell.text for cell in table.rows[0]] for table in find_entry_tables(text)] == [
        ["级别", "主导"],
        ["项目", "金额"],
    ]
