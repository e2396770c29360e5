from __future__ import annotations

import pytest

from knowledge.errors import SourceError
from knowledge.limits import Limits
from knowledge.loaders.markdown import parse
from knowledge.loaders.source import Source


def read(text: str) -> Source:
    return parse(text.encode(), "a.md", Limits())


@pytest.mark.parametrize("written", ["~~50~~30万元", "<del>50</del>30万元", "<s>50</s>30万元", "~~50~~ 30万元"])
def test_struck_out_words_are_left_out_and_said(written: str) -> None:
    source = read(f"奖励{written}。\n")
    assert source.text.replace(" ", "") == "奖励30万元。\n"
    assert source.notes == ("struck-out words were left out",)


@pytest.mark.parametrize(
    ("written", "shown"),
    [
        ("奖励60[^1]万元。\n\n[^1]: 限前两名。", "奖励60[注1]万元。\n[注1] 限前两名。\n"),
        ("奖励60<sup>1</sup>万元。", "奖励60[注1]万元。\n"),
        ("面积30m<sup>2</sup>", "面积30m²\n"),
        ("奖励60万元。\n\n[注]: 限前两名。", "奖励60万元。\n[注]: 限前两名。\n"),
    ],
)
def test_notes_and_their_marks_are_neither_lost_nor_digits(written: str, shown: str) -> None:
    assert read(written).text == shown


def test_a_table_in_html_is_rows_and_what_a_browser_hides_is_no_text() -> None:
    rows = "".join(f"<tr><td>{a}</td><td>{b}</td></tr>\n" for a, b in (("级别", "金额"), ("国家", 30), ("行业", 15)))
    source = read(f"甲。\n\n<table>\n{rows}</table>\n\n<script>\nvar a = 1\n</script>\n\n<!-- 乙。 -->\n\n丙。\n")
    assert source.text == "甲。\n级别：国家；金额：30。\n级别：行业；金额：15。\n丙。\n"
    assert len(source.rows) == 2


@pytest.mark.parametrize("text", ["---\ntitle: x\n---\n", "#\n\n-\n", "<!-- 甲 -->\n"])
def test_marks_alone_are_no_document(text: str) -> None:
    with pytest.raises(SourceError, match=r"a\.md: expected a document with text"):
        read(text)


def test_what_is_nested_too_deep_to_be_read_is_refused() -> None:
    assert read("> " * 50 + "甲。\n").text == "甲。\n"
    with pytest.raises(SourceError, match="at most 60 deep"):
        read("> " * 70 + "甲。\n")
    with pytest.raises(SourceError, match="at most 60 deep"):
        read("\n".join("  " * depth + "- 甲" for depth in range(70)))
