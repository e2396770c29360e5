"""Policies laid out anew, with the same meaning: wrapped lines, other numbers, lines joined and parted.

The rows must stay those of the policy as it stands. None may be wrong that is not wrong there; the bound on rows that are
no longer right is what was measured, with a little room.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from knowledge.drafting import draft_rules
from knowledge.manifest import describe, read_document
from tests.knowledge.drafting.cases import Case, cases, compare

Change = Callable[[str], str]

_CN = "一二三四五六七八九十"
_ITEM = re.compile(rf"(?m)^[（(]([{_CN}]+)[）)]")
_INNER = re.compile(r"(?m)^(?:\d{1,2}[.．、]|[（(]\d{1,2}[）)]|①)")
_CELLS = re.compile(r"\t|[|｜┃]|\S[ \u3000]{2,}\S")
_HEADING = re.compile(rf"(?m)^((?:[{_CN}]+、|[（(][{_CN}]+[）)])[^，。；：？\d\n]{{2,20}})$")


def _each_line(change: Callable[[str], Iterator[str]]) -> Change:
    """The change of each line that is no row of a table."""

    def changed(text: str) -> str:
        return "\n".join(
            part for line in text.split("\n") for part in ([line] if _CELLS.search(line) else change(line))
        )

    return changed


def _wrapped(width: int, indent: str = "") -> Change:
    """Lines broken after so many characters; no mark opens a line, no digits are parted."""

    def broken(line: str) -> Iterator[str]:
        rest = indent + line if len(line) > width else line
        while len(rest) > width:
            at = width
            while re.match(r"[\d.,][\d.,]", rest[at - 1 : at + 1]):
                at -= 1
            at += rest[at] in "，。；：、）》”"
            yield rest[:at]
            rest = rest[at:]
        yield rest

    return _each_line(broken)


def _parted_at_semicolons(line: str) -> Iterator[str]:
    yield from re.split(r"(?<=；)(?![^（]*）)(?=.)", line)


def _with_items(numbered: Callable[[int], str]) -> Change:
    def number(match: re.Match[str]) -> str:
        tens, _, ones = match[1].rpartition("十")
        value = (10 if "十" in match[1] else 0) + (_CN.index(ones) + 1 if ones else 0)
        return numbered(value) if not tens else match[0]

    # Of items with numbers of their own inside them nothing else would say where they end.
    return lambda text: text if _INNER.search(text) else _ITEM.sub(number, text)


def _with_running_heads(text: str) -> str:
    """A page mark and the title within every third line that has two commas, where there are several."""
    title = text.strip().split("\n")[0]
    lines = text.split("\n")
    long = [i for i, line in enumerate(lines) if line.count("，") > 1 and not _CELLS.search(line)]
    for page, i in enumerate(long[::3] if len(long) > 3 else [], start=1):
        before, _, behind = lines[i].rpartition("，")
        lines[i] = f"{before}，\n— {page} —\n{title}\n{behind}"
    return "\n".join(lines)


CHANGES: dict[str, Change] = {
    "page marks and heads within sentences": _with_running_heads,
    "wrapped after 28 characters": _wrapped(28),
    "wrapped after 36 characters, paragraphs indented": _wrapped(36, "　　"),
    "a line for each part of a list": _each_line(_parted_at_semicolons),
    "items numbered ①": _with_items(lambda n: chr(ord("①") + n - 1)),
    "items numbered by words": _with_items(lambda n: f"{_CN[n - 1] if n <= 10 else '十' + _CN[n - 11]}是"),
    "items without numbers": _with_items(lambda _: ""),
    "lines indented": lambda text: re.sub(r"(?m)^(?=\S)", "　　", text),
    "lines indented by the blanks of a web page": lambda text: re.sub(r"(?m)^(?=\S)", "\u2003\xa0", text),
    "headings with a colon": lambda text: _HEADING.sub(r"\1：", text),
}


@pytest.mark.parametrize("layout", CHANGES)
def test_the_rows_do_not_depend_on_the_layout(layout: str, tmp_path: Path) -> None:
    expected = right = 0
    for case in _policies():
        before = compare(case.draft(), case.rows)
        path = tmp_path / case.path.name
        path.write_text(CHANGES[layout](case.path.read_text(encoding="utf-8")), encoding="utf-8")
        after = compare(draft_rules(read_document(describe(path), path)), case.rows)
        assert set(after.wrong) <= set(before.wrong), case.path.stem
        expected += before.matched
        right += after.matched
    assert expected > 600
    assert right >= 0.98 * expected


def _policies() -> list[Case]:
    """A quarter of the policies of full length."""
    return cases("y*")[1::4]
