from __future__ import annotations

import datetime
import io

import openpyxl
import pytest
from openpyxl.cell.rich_text import CellRichText, TextBlock
from openpyxl.cell.text import InlineFont
from openpyxl.comments import Comment
from openpyxl.styles import Font

from knowledge.errors import SourceError
from knowledge.limits import Limits
from knowledge.loaders.sheets import parse_csv, parse_xlsx
from knowledge.loaders.source import Source


def saved(book: openpyxl.Workbook) -> bytes:
    buffer = io.BytesIO()
    book.save(buffer)
    return buffer.getvalue()


def rows(source: Source) -> list[str]:
    return [source.text[row.start : row.end] for row in source.rows]


def test_values_are_read_as_the_sheet_shows_them() -> None:
    book = openpyxl.Workbook()
    sheet = book.active
    assert sheet is not None
    sheet.append(["比例", "日期", "金额", "次数"])
    sheet.append([0.2, datetime.datetime(2024, 2, 1), 1.5, 60.0])
    sheet["A2"].number_format, sheet["B2"].number_format = "0%", "yyyy-mm-dd"
    assert rows(parse_xlsx(saved(book), "a.xlsx", Limits())) == ["比例：20%；日期：2024年2月1日；金额：1.5；次数：60。"]


def test_merged_headers_are_a_path_and_the_sheet_names_its_rows() -> None:
    book = openpyxl.Workbook()
    sheet = book.active
    assert sheet is not None
    sheet.title = "奖励标准"
    sheet.append(["级别", "金额（万元）", None])
    sheet.append([None, "主导", "参与"])
    sheet.append(["国家标准", 30, 10])
    sheet.merge_cells("A1:A2")
    sheet.merge_cells("B1:C1")
    source = parse_xlsx(saved(book), "a.xlsx", Limits())
    assert rows(source) == ["级别：国家标准；金额（万元）/主导：30；金额（万元）/参与：10。"]
    assert source.rows[0].path == ("奖励标准",)


def test_hidden_rows_and_sheets_are_not_read_and_said() -> None:
    book = openpyxl.Workbook()
    sheet = book.active
    assert sheet is not None
    for line in (["级别", "金额"], ["国家", "30万元"], ["旧", "9万元"]):
        sheet.append(line)
    sheet.row_dimensions[3].hidden = True
    hidden = book.create_sheet("底稿")
    hidden.append(["x", "y"])
    hidden.sheet_state = "hidden"
    source = parse_xlsx(saved(book), "a.xlsx", Limits())
    assert source.text == "级别：国家；金额：30万元。\n"
    assert source.notes == ("hidden sheets were not read: 底稿", "2 cells of hidden rows and columns were not read")


def test_hidden_columns_are_not_read_and_said() -> None:
    book = openpyxl.Workbook()
    sheet = book.active
    assert sheet is not None
    for line in (["级别", "金额", "旧金额", "旧备注"], ["国家", "30万元", "9万元", "旧"]):
        sheet.append(line)
    sheet.column_dimensions.group("C", "D", hidden=True)
    source = parse_xlsx(saved(book), "a.xlsx", Limits())
    assert source.text == "级别：国家；金额：30万元。\n"
    assert source.notes == ("4 cells of hidden rows and columns were not read",)


def test_struck_out_and_raised_figures_are_none_of_the_amount() -> None:
    book = openpyxl.Workbook()
    sheet = book.active
    assert sheet is not None
    struck, mark = InlineFont(strike=True), InlineFont(vertAlign="superscript")
    sheet.append(["级别", "金额"])
    sheet.append(["国家", CellRichText("奖励", TextBlock(struck, "50"), "30", TextBlock(mark, "1"), "万元")])
    sheet.append(["行业", "15万元"])
    sheet.append(["团体", "5万元"])
    sheet["B4"].font = Font(strike=True)
    source = parse_xlsx(saved(book), "a.xlsx", Limits())
    assert source.text.splitlines()[:2] == ["级别：国家；金额：奖励30[注1]万元。", "级别：行业；金额：15万元。"]
    assert "5万元" not in source.text.splitlines()[2]
    assert source.notes == ("2 cells have struck-out words, which were left out",)


def test_errors_and_comments_are_said() -> None:
    book = openpyxl.Workbook()
    sheet = book.active
    assert sheet is not None
    for line in (["级别", "金额"], ["国家", "30万元"], ["行业", "#REF!"]):
        sheet.append(line)
    sheet["B2"].comment = Comment("另有10万元", "a")
    source = parse_xlsx(saved(book), "a.xlsx", Limits())
    assert "#REF!" not in source.text
    assert [note.split(" ", 1)[1][:8] for note in source.notes] == ["comments", "cells sh"]


def test_a_stray_cell_a_million_rows_below_costs_nothing() -> None:
    book = openpyxl.Workbook()
    sheet = book.active
    assert sheet is not None
    for line in (["级别", "金额"], ["国家", "30万元"]):
        sheet.append(line)
    sheet.cell(1_000_000, 2, "末行")
    assert rows(parse_xlsx(saved(book), "a.xlsx", Limits()))[-1] == "金额：末行。"


@pytest.mark.parametrize("mark", [",", "\t", ";"])
def test_the_mark_between_cells_is_found(mark: str) -> None:
    data = f'级别{mark}备注\n国家{mark}"以{mark}发布"\n'.encode()
    assert rows(parse_csv(data, "a.csv", Limits())) == [f"级别：国家；备注：以{mark.strip() or ' '}发布。"]


def test_the_line_that_tells_the_mark_is_no_row() -> None:
    data = "sep=;\r\n级别;金额（元）\r\n国家,行业;300,000\r\n".encode("gb18030")
    assert rows(parse_csv(data, "a.csv", Limits())) == ["级别：国家,行业；金额（元）：300,000。"]


def test_a_quotation_mark_that_is_not_closed_is_refused() -> None:
    with pytest.raises(SourceError, match=r"got text that is no table \(a quotation mark in front of '国家,30万元'"):
        parse_csv('级别,金额\n"国家,30万元\n行业,15万元\n'.encode(), "a.csv", Limits())
    closed = '级别,金额\n国家,"30万元\n限前两名"\n'.encode()
    assert rows(parse_csv(closed, "a.csv", Limits())) == ["级别：国家；金额：30万元 限前两名。"]


def test_an_empty_workbook_is_refused() -> None:
    with pytest.raises(SourceError, match="expected a table with rows"):
        parse_xlsx(saved(openpyxl.Workbook()), "a.xlsx", Limits())


@pytest.mark.parametrize("encoding", ["utf-8-sig", "gb18030", "utf-16"])
def test_a_sheet_saved_as_text_keeps_title_header_and_labels(encoding: str) -> None:
    lines = ["奖励标准,,", "级别,角色,金额（万元）", "国家标准,主导,30", ",参与,10", "注：每项。,,"]
    source = parse_csv("\r\n".join(lines).encode(encoding), "a.csv", Limits())
    assert source.text.splitlines()[0] == "奖励标准"
    assert rows(source) == [
        "级别：国家标准；角色：主导；金额（万元）：30。",
        "级别：国家标准；角色：参与；金额（万元）：10。",
    ]
    assert source.text.endswith("注：每项。\n")


@pytest.mark.parametrize(
    ("value", "form", "shown"),
    [
        (60, '0"万元"', "60万元"),
        (1.5, '#,##0.0"万元";[Red]-0.0"万元"', "1.5万元"),
        (600000, '"￥"#,##0', "￥600000"),
        (600000, '0!.0,"万元"', "600000"),
        (600000, '0.0,"千元"', "600000"),
        (60, "General", "60"),
        (60, "0_ ", "60"),
        (0.2, "0.00%", "20%"),
    ],
)
def test_a_number_is_read_with_the_unit_that_its_format_shows(value: float, form: str, shown: str) -> None:
    book = openpyxl.Workbook()
    sheet = book.active
    assert sheet is not None
    sheet.append(["级别", "奖励"])
    sheet.append(["国家标准", value])
    sheet["B2"].number_format = form
    assert rows(parse_xlsx(saved(book), "a.xlsx", Limits())) == [f"级别：国家标准；奖励：{shown}。"]


def test_a_formula_that_was_never_computed_is_said() -> None:
    book = openpyxl.Workbook()
    sheet = book.active
    assert sheet is not None
    sheet.append(["级别", "金额"])
    sheet.append(["国家标准", "=30*2"])
    assert [note[:10] for note in parse_xlsx(saved(book), "a.xlsx", Limits()).notes] == ["1 formulas"]
