from __future__ import annotations

from collections.abc import Sequence

import pytest
from hypothesis import given
from hypothesis import strategies as st

from knowledge.loaders.bands import find_bands
from knowledge.loaders.printed import Line
from knowledge.loaders.tables import table_lines
from knowledge.loaders.unruled import find_tables

Pieces = Sequence[tuple[float, float, str]]


def printed(*rows: Pieces) -> list[list[Line]]:
    """Rows of pieces of 12 points, each given by its left and top edge."""
    return [
        [Line(text, (left, top, left + 12 * len(text), top + 12), 12, 1) for left, top, text in pieces]
        for pieces in rows
    ]


def texts(rows: Sequence[Sequence[Line]]) -> list[list[list[str]]]:
    return [[[piece.text for piece in row] for row in band.rows] for band in find_bands(rows)]


def said(rows: Sequence[Sequence[Line]]) -> list[str]:
    return [line.text for _, table in find_tables(rows) for line in table_lines(table.cells, is_printed=True)]


WRAPPED = (
    [(100, 100, "承担机构"), (300, 100, "金额")],
    [(100, 128, "全国专业标准化技术委")],
    [(300, 136, "50万元")],
    [(100, 143, "员会秘书处")],
    [(100, 172, "国际标准化组织技术委")],
    [(300, 180, "90万元")],
    [(100, 187, "员会秘书处")],
)


def test_a_cell_of_two_lines_is_one_beside_a_line_half_way_between_them() -> None:
    assert texts(printed(*WRAPPED))[1:] == [
        [["全国专业标准化技术委员会秘书处", "50万元"]],
        [["国际标准化组织技术委员会秘书处", "90万元"]],
    ]
    assert said(printed(*WRAPPED)) == [
        "承担机构：全国专业标准化技术委员会秘书处；金额：50万元。",
        "承担机构：国际标准化组织技术委员会秘书处；金额：90万元。",
    ]


def spanned(step: float) -> list[list[Line]]:
    rows: list[Pieces] = [[(100, 100, "级别"), (200, 100, "角色"), (300, 100, "金额（万元）")]]
    for number, (level, lead, other) in enumerate((("国际标准", "60", "20"), ("国家标准", "30", "10"))):
        top = 100 + step + 2 * step * number
        rows += [
            [(200, top, "主导"), (300, top, lead)],
            [(100, top + step / 2, level)],
            [(200, top + step, "参与"), (300, top + step, other)],
        ]
    return printed(*rows)


def test_a_label_half_way_between_two_rows_is_that_of_both() -> None:
    assert said(spanned(26)) == [
        "级别：国际标准；角色：主导；金额（万元）：60。",
        "级别：国际标准；角色：参与；金额（万元）：20。",
        "级别：国家标准；角色：主导；金额（万元）：30。",
        "级别：国家标准；角色：参与；金额（万元）：10。",
    ]


@pytest.mark.parametrize("step", [14, 17, 20, 24, 30])
def test_amounts_of_two_rows_are_never_one(step: float) -> None:
    found = [piece.text for band in find_bands(spanned(step)) for row in band.rows for piece in row]
    assert not {"6020", "3010", "主导参与", "2030"} & set(found)
    assert {"60", "20", "30", "10"} <= set(found)


def test_a_header_of_two_rows_beside_labels_half_way_between_them() -> None:
    rows = printed(
        [(200, 100, "奖励金额（万元）")],
        [(100, 113, "级别"), (400, 113, "备注")],
        [(200, 126, "主导"), (300, 126, "参与")],
        [(100, 152, "国际标准"), (200, 152, "60"), (300, 152, "20"), (400, 152, "每项")],
        [(100, 178, "国家标准"), (200, 178, "30"), (300, 178, "10"), (400, 178, "每项")],
    )
    assert said(rows) == [
        "级别：国际标准；奖励金额（万元）/主导：60；奖励金额（万元）/参与：20；备注：每项。",
        "级别：国家标准；奖励金额（万元）/主导：30；奖励金额（万元）/参与：10；备注：每项。",
    ]


def test_lines_of_running_text_stay_as_they_are() -> None:
    rows = printed(*([(100, 100 + 15 * number, "为推进标准化工作制定本办法")] for number in range(6)))
    assert texts(rows) == [[["为推进标准化工作制定本办法"]]] * 6


_PIECES = st.lists(
    st.tuples(st.sampled_from([100.0, 160.0, 300.0]), st.text(alphabet="标准60", min_size=1, max_size=4)),
    min_size=1,
    max_size=1,
)


@given(st.lists(st.tuples(st.integers(0, 30), _PIECES), min_size=1, max_size=8))
def test_no_word_is_lost(found: list[tuple[int, list[tuple[float, str]]]]) -> None:
    top, rows = 0, []
    for gap, pieces in found:
        top += gap
        rows += printed([(left, top, text) for left, text in pieces])
    bands = find_bands(rows)
    assert [number for band in bands for number in band.span] == sorted({n for band in bands for n in band.span})
    said = "".join(piece.text for band in bands for row in band.rows for piece in row)
    assert all(piece.text in said for row in rows for piece in row)
