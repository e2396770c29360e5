"""Tables in the lines of a text: rows of cells with what their column and row headings say."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal
from itertools import pairwise
from typing import Literal

from knowledge.model import Span
from knowledge.quantities import Quantity, find_quantities
from knowledge.sentences import is_row

_SEPARATOR = re.compile(r"\t+|[ ]*\|[ ]*|[ ]{2,}")
_TAB = re.compile(r"\t")
_BLANK = re.compile(" ")
_RULE_LINE = re.compile(r"[\s|:+\-—─━=]+")
# A unit behind a number is an amount, 美元 is other money.
_UNIT = re.compile(r"(?<![单美欧港日澳韩\d.十百千万亿])((?:[百千]?万|[亿百千])?元)(?![器素])")
_FOREIGN = re.compile(r"[美欧港日澳韩]元|[港外]币")
# 表中金额单位为万元, somewhere around the tables.
_UNIT_OF_TABLES = re.compile(
    r"(?:单位(?:均|统一)?[ \t]*[为是:(]?|均?以)[ \t]*(?:人民币)?[ \t]*((?:[百千]?万|[亿百千])?元)(?![以的])"
)
_NUMERAL = r"(?:\d{1,3}(?:,\d{3})+|\d+)(?:\.\d+)?"
_AMOUNT = re.compile(
    r"(?:人民币|rmb|¥|一次性|每[项个家件])?[ \t]*(?P<ceiling>最高|不超过|至多|≤)?[ \t]*"
    rf"(?P<number>{_NUMERAL}(?:[ \t]*(?:-|—|~|–|至)[ \t]*{_NUMERAL})?)[ \t]*"
    r"(?P<unit>亿元|万元|元|万)?(?:以内|封顶)?(?:[ \t]*/?[ \t]*每?[项个件人次张户家]|[ \t]*/[ \t]*[一-龥]{1,4})?"
)
# Numbers in the words of a cell whose unit its column says: 一等奖16、二等奖7; of a remark only such as are given.
_BARE = re.compile(rf"(?<![\d.a-z第/\-—+×x*])(?P<number>{_NUMERAL})(?=[ \t]*(?:$|[、,;。/()和及]))")
_BARE_GIVEN = re.compile(
    rf"(?:另?加|增加|[为按至的]|给予|奖励?|补助|资助|单位)(?P<number>{_NUMERAL})(?=[ \t]*(?:$|[,;。)]))"
)
# 10万(省): a sum of money by itself only below a heading that is about giving.
_TEN_THOUSANDS = re.compile(
    rf"(?<![\d.a-z第/\-—])(?P<number>{_NUMERAL})(?P<unit>[ \t]*万)(?=[ \t]*(?:$|[、,;。/()及和]))"
)
_OF_GIVING = re.compile(
    r"(?:奖励?|奖补|补助|补贴|资助|扶持|支持|配套|激励|奖金)(?:的?(?:金额|额度|标准|资金|数额|经费))?(?:\([^()]*\))?$"
)
_NOTHING = re.compile(
    r"[-—–―/\\×无0]*|不(?:予以?|再|另|作|给予|享受)?(?:安排)?(?:奖|补|资助|扶持|支持|给)[^,;。]{0,6}|不适用"
)
_CEILING = re.compile(r"最高|不超过|至多|≤|上限|封顶|以内|限额")
_IN_WORDS = re.compile(r"[一二两三四五六七八九十百千万]{1,6}")
_ORDINAL = re.compile(r"序号|编号|顺序|no\.?", re.IGNORECASE)
_NO_AMOUNT = re.compile(
    r"产量|销量|序号|编号|数量|名额|个数|期限|时限|年限|分值|得分|电话|投资|产值|周期|页码|家数|权重|预算|合计|小计|总额|总计|营收|收入|人员|人数|员工"
)
_OLD = re.compile(r"原(?!则)|(?:调整|修订|修改|变更)前|现行|旧|(?:去|上)年|往年|已(?:发|拨|兑)")
_REMARK = re.compile(r"备注|说明|条件|要求|备考|依据|文号|来源|文件|材料")
# 计量单位 | 项: what is counted.
_MEASURED = re.compile(r"(?:计[量算]|核算|计数|奖励|奖补|补助|资助)?单位")
_MEASURE = re.compile(r"(?:元/)?[每/]?[项个家件人次张户场期名届](?:次)?|[-—/]")
_OFFICE = re.compile(r"责任|主管|受理|牵头|部门|处室|科室|联系|时间|日期|方式")
_SUM = re.compile(r"合\s*计|总\s*计|小\s*计|共\s*计")
_TITLE = re.compile(r"序号|编号|[^\d,;。]{0,6}(?:类别|项目|级别|层级|种类|名称|类型|事项|内容|机构|等级|位次)")
_SECTION = re.compile(r"[一二三四五六七八九十]+、.*|.*类")
SCALE = {"元": 1, "百元": 100, "千元": 10**3, "万元": 10**4, "百万元": 10**6, "千万元": 10**7, "亿元": 10**8}
# Units that an amount is said in; of others the amounts are known, but nobody writes 60千元.
USUAL_UNITS = frozenset({"元", "万元", "亿元"})
_ENTRY = re.compile(r"[ \t]*(?P<label>[^:;。]{1,24}):[ \t]*(?P<value>[^:;。]{0,80}?)[ \t]*")
# A remark may have several sentences.
_REMARK_ENTRY = re.compile(r"[ \t]*(?P<label>[^:;。]{1,24}):[ \t]*(?P<value>.*?)[ \t]*")
_FEWEST_ENTRIES = 2
# What an entry ends with where the next one begins.
_ENDS_OF_ENTRY = ";。!?"
_NOT_MONEY = re.compile(r"[%年月日级名]|标准|A")
_FEWEST_LINES = 2
_LONGEST_CELL = 80
_LONGEST_SECTION = 20
# Of tables with one cell a line.
_FEWEST_COLUMNS, _MOST_COLUMNS = 3, 8
_LONGEST_TITLE = 16

ColumnKind = Literal["ordinal", "label", "amount", "cap", "old", "remark", "other"]


@dataclass(frozen=True, slots=True)
class Cell:
    """A cell: its words at `[start, end)` of the kept text."""

    start: int
    end: int
    text: str


Row = tuple[Cell, ...]


@dataclass(frozen=True, slots=True)
class Table:
    """Rows of cells; the first row is the heading, and a row of one cell is the heading of those below it.

    Attributes:
        span: its range in the kept text.
        caption: the line above it.
        unit: the unit of money that the caption, or else the text around its tables, says.
        gapless: blanks part its cells, so that no cell can be empty.
    """

    span: Span
    rows: tuple[Row, ...]
    caption: str
    unit: str | None = None
    gapless: bool = False


@dataclass(frozen=True, slots=True)
class Column:
    """What a column holds and its headings, the widest first; `unit` and `ceiling` as these say."""

    kind: ColumnKind
    titles: tuple[Cell, ...]
    unit: str | None
    ceiling: bool


@dataclass(frozen=True, slots=True)
class Entry:
    """A cell of a column of amounts.

    Attributes:
        cell: its words.
        column: which column it stands in.
        amount: where the cell is nothing but an amount, that.
        unit: the unit that the amounts of the cell borrow from the column or the table; null where they say their own.
        borrowed: the numbers that borrow it.
    """

    cell: Cell
    column: int
    amount: Quantity | None
    unit: str | None
    borrowed: tuple[Quantity, ...]


@dataclass(frozen=True, slots=True)
class Line:
    """A row with its headings (those above it, and cells to the left), its amounts and its remarks.

    `fits` is false where it has not as many cells as the table has columns, so that nobody can say which is which;
    `borrowed` are the amounts of the remarks without a unit of their own.
    """

    span: Span
    labels: Row
    entries: tuple[Entry, ...]
    remarks: Row
    fits: bool
    borrowed: tuple[Quantity, ...]


# --- finding tables --------------------------------------------------------------------------------------------------


_NUMBER_OF_CLAUSE = re.compile(
    r"(?m)^[ \t\u3000]*"
    r"(?:第[一二三四五六七八九十百零〇\d]+[条章节款]|附?[表件][一二三四五六七八九十\d]*|[一二三四五六七八九十]+、|\d+[.、．])"
)
# An article that says something: the blanks behind its number part no cells.
_ARTICLE = re.compile(
    r"(?m)^[ \t\u3000]*第[一二三四五六七八九十百零〇\d]+[条章节](?P<behind>[ \t\u3000]*)(?=[^\t\n|]*[,。;:])"
)


def find_tables(text: str, plain: str) -> list[Table]:
    """The tables of a text: at least two lines one below the other that are divided into as many cells."""
    # A wide space parts cells, but not a number from its clause (第一条　…); in the folded text it is an ordinary one.
    numbered = {match.end() for match in _NUMBER_OF_CLAUSE.finditer(text)}
    around = {at for match in _ARTICLE.finditer(plain) for at in range(*match.span("behind"))}
    spaced = "".join(
        "\xa0" if at in around else "\t" if wide == "\u3000" and at not in numbered else char
        for at, (wide, char) in enumerate(zip(text, plain, strict=True))
    )
    lines = [span for span in _lines(plain) if not _RULE_LINE.fullmatch(plain[slice(*span)]) or span.start == span.end]
    finder = _Finder(plain, spaced)
    for span, following in pairwise([*lines, Span(len(plain), len(plain)), None]):
        if span is not None:
            finder.take(span, following)
    found = [*finder.tables, *_stacked_tables(plain, [table.span for table in finder.tables])]
    return sorted(found, key=lambda table: table.span.start)


class _Finder:
    """Takes the lines of a text one by one and gathers those that are rows of one table."""

    def __init__(self, plain: str, spaced: str) -> None:
        self.tables: list[Table] = []
        self._plain = plain
        self._spaced = spaced
        self._rows: list[Row] = []
        self._caption = ""
        self._gapless = False

    def take(self, span: Span, following: Span | None) -> None:
        """Takes a line: a row of the table so far, the first of another, the heading of rows, or none of these."""
        body = self._plain[slice(*span)]
        row = self._row(span)
        head = self._rows[0] if self._rows else ()
        if row is not None and head and abs(len(head) - len(row)) <= 1 and not (_is_title(row) and len(self._rows) > 1):
            self._rows.append(row)
            return
        if row is None and head and following is not None and self._heads_rows(body, following):
            start = span.start + len(body) - len(body.lstrip())
            self._rows.append((Cell(start, start + len(body.strip()), body.strip()),))
            return
        self._close()
        if row is None and following is not None:
            row = self._heads_pairs(body, span, following)
        if row is not None:
            self._rows = [row]
            self._gapless = "\t" not in self._spaced[slice(*span)] and "|" not in body
        else:
            self._caption = body or self._caption

    def _heads_pairs(self, body: str, span: Span, following: Span) -> Row | None:
        """The heading of a table of two columns that a single blank parts: 级别 奖励(万元)."""
        head, first = _pair(body, span.start), _pair(self._plain[slice(*following)], following.start)
        if head is None or first is None or not _is_amount(first[1].text) or any(is_number(cell.text) for cell in head):
            return None
        return head if unit_of(head[1].text) or is_of_giving(head[1].text) else None

    def _row(self, span: Span) -> Row | None:
        body = self._spaced[slice(*span)]
        row = _cells(body, span.start)
        head = self._rows[0] if self._rows else ()
        if row is None and self._gapless and len(head) == 2 and (pair := _pair(body, span.start)) is not None:
            return pair if _is_amount(pair[1].text) or _states(pair[1].text) or in_words(pair[1].text) else None
        if head and len(head) != len(row or ()):
            single = self._gapless and " " in body.strip() and not _SEPARATOR.search(body.strip())
            separator = _TAB if "\t" in body else _BLANK if single else None
            exact = _split(body, span.start, separator, len(head) if separator is _BLANK else None) if separator else ()
            if len(exact) == len(head) and (separator is _TAB or any(_is_amount(cell.text) for cell in exact[1:])):
                return exact
        return row

    def _heads_rows(self, body: str, following: Span) -> bool:
        """Whether a line without cells is the heading of the rows below it: 一、标准类."""
        words = body.strip()
        row = self._row(following)
        if not words or len(words) > _LONGEST_SECTION or re.search(r"[。;:,]$", words) or row is None:
            return False
        return abs(len(self._rows[0]) - len(row)) <= 1 and any(_is_amount(cell.text) for cell in row[1:])

    def _close(self) -> None:
        rows = _with_corner(self._rows)
        self._rows = []
        if len(rows) >= _FEWEST_LINES and any(_holds_number(cell.text) for row in rows[1:] for cell in row):
            span = Span(rows[0][0].start, rows[-1][-1].end)
            unit = unit_of(self._caption) or _unit_around(self._plain, span)
            self.tables.append(Table(span, rows, self._caption, unit, self._gapless))
        elif rows:
            self._caption = self._plain[rows[-1][0].start : rows[-1][-1].end]


def _with_corner(rows: Sequence[Row]) -> tuple[Row, ...]:
    """The rows with an empty cell in the corner where blanks at the start of the heading were lost.

    Then each row has a cell more than the heading has, and that many amounts as it has.
    """
    if len(rows) > _FEWEST_LINES and len(rows[1]) == len(rows[0]) - 1 and all(_is_unit(c.text) for c in rows[1]):
        start = rows[1][0].start
        return (rows[0], (Cell(start, start, ""), *rows[1]), *rows[2:])
    body = [row for row in rows[1:] if len(row) > 1]
    lost = body and all(
        len(row) == len(rows[0]) + 1
        and not _is_amount(row[0].text)
        and all(_is_amount(cell.text) or says_nothing(cell.text) for cell in row[1:])
        for row in body
    )
    if not lost:
        return tuple(rows)
    start = rows[0][0].start
    return ((Cell(start, start, ""), *rows[0]), *rows[1:])


def _unit_around(plain: str, span: Span) -> str | None:
    """The unit that the text says for its tables: in front of them, else behind."""
    before = list(_UNIT_OF_TABLES.finditer(plain, 0, span.start))
    found = before[-1] if before else _UNIT_OF_TABLES.search(plain, span.end)
    return found.group(1) if found else None


def _is_title(row: Row) -> bool:
    return is_title([cell.text for cell in row])


def is_title(cells: Sequence[str]) -> bool:
    """Whether the cells of a row, folded, are the headings of columns, of which the first is one of names or numbers."""
    return bool(_TITLE.fullmatch(cells[0])) and not any(
        is_number(text) or _is_phrase(text) or _TEN_THOUSANDS.search(text) or not text or _states(text)
        for text in cells
    )


def find_entry_tables(plain: str) -> list[Table]:
    """Tables whose rows are written out with their headings: 级别：国际标准；主导（万元）：100；参与（万元）：30。

    A row says no heading of a cell that is empty: rows one below the other are of one table where the headings of one
    are among those of the other.
    """
    tables: list[Table] = []
    run: list[_Entries] = []
    caption = above = ""

    def close() -> None:
        if run:
            rows = _in_columns(run)
            span = Span(rows[0][0].start, rows[-1][-1].end)
            tables.append(Table(span, rows, caption, unit_of(caption) or _unit_around(plain, span)))
        run.clear()

    for span, entries in _lines_of_entries(plain):
        if not entries or not run or not _are_of_one_table(_headings(run), [label.text for label, _ in entries]):
            close()
            caption = above
        if entries:
            run.append(entries)
        elif plain[slice(*span)].strip():
            above = plain[slice(*span)]
    close()
    return tables


_Entries = list[tuple[Cell, Cell]]
"""The headings and cells of a row that is written out."""


def _lines_of_entries(plain: str) -> list[tuple[Span, _Entries]]:
    """The lines of a text, each with what it says as a row that is written out; nothing where it is none.

    Beside such a row a line with its headings is one whatever its cells hold: 授牌, or a remark of several sentences.
    """
    found = [(span, _entries(plain[slice(*span)], span.start)) for span in _lines(plain)]
    for order in (range(len(found)), range(len(found) - 1, -1, -1)):
        labels: list[str] = []
        for index in order:
            span, entries = found[index]
            if not entries and labels:
                entries = _entries_below(labels, plain[slice(*span)], span.start)
                found[index] = span, entries
            labels = [label.text for label, _ in entries]
    return found


def _entries_below(labels: Sequence[str], body: str, offset: int) -> _Entries:
    """The cells of a row written out with some of these headings, in their order; none where it is no such row."""
    places: list[tuple[int, str]] = []
    at = len(body) - len(body.lstrip())
    for label in labels:
        start = body.find(f"{label}:", at)
        while places and start > 0 and body[start - 1] not in _ENDS_OF_ENTRY:
            start = body.find(f"{label}:", start + 1)
        if start >= 0 and (places or start == at):
            places.append((start, label))
            at = start + len(label) + 1
    if len(places) < _FEWEST_ENTRIES:
        return []
    entries: _Entries = []
    for (start, label), end in zip(places, [*(start for start, _ in places[1:]), len(body)], strict=True):
        value = start + len(label) + 1
        words = body[value:end].rstrip().rstrip(_ENDS_OF_ENTRY)
        value += len(words) - len(words.lstrip())
        entries.append(
            (
                Cell(offset + start, offset + start + len(label), label),
                Cell(offset + value, offset + value + len(words.strip()), words.strip()),
            )
        )
    return entries


def _headings(rows: Sequence[_Entries]) -> list[str]:
    """The headings of rows of one table: those of the row that says most."""
    return max(([label.text for label, _ in row] for row in rows), key=len)


def _are_of_one_table(one: Sequence[str], other: Sequence[str]) -> bool:
    fewer, more = sorted((one, other), key=len)
    left = iter(more)
    return all(label in left for label in fewer)


def _in_columns(rows: Sequence[_Entries]) -> tuple[Row, ...]:
    """The headings, as the first row that has each says it, and the cells below them; empty where a row has none."""
    headings = _headings(rows)
    first: dict[str, Cell] = {}
    for label, _ in (entry for row in rows for entry in row):
        first.setdefault(label.text, label)
    placed: list[Row] = [tuple(first[heading] for heading in headings)]
    for row in rows:
        cells: list[Cell] = []
        at = row[0][0].start
        said = {label.text: value for label, value in row}
        for heading in headings:
            cell = said.get(heading, Cell(at, at, ""))
            at = cell.end
            cells.append(cell)
        placed.append(tuple(cells))
    return tuple(placed)


def _entries(body: str, offset: int) -> _Entries:
    """The headings and cells of a row that is written out; none where the line is no such row.

    Such a row has at least two entries, each with a heading, and the first names what the others are of.
    """
    entries: _Entries = []
    at = 0
    for part in body.rstrip().rstrip("。;").split(";"):
        match = _ENTRY.fullmatch(part)
        if match is None and entries and (remark := _REMARK_ENTRY.fullmatch(part)) and _REMARK.search(remark["label"]):
            match = remark
        if match is None and entries and _REMARK.search(entries[-1][0].text) and ":" not in part:
            # A remark of several phrases goes on behind a semicolon.
            label, value = entries[-1]
            end = offset + at + len(part.rstrip())
            entries[-1] = label, Cell(value.start, end, body[value.start - offset : end - offset])
            at += len(part) + 1
            continue
        if match is None:
            return []
        entries.append((_cell(match, "label", offset + at), _cell(match, "value", offset + at)))
        at += len(part) + 1
    numbered = bool(entries) and _ORDINAL.fullmatch(entries[0][0].text) is not None
    names_first = len(entries) > 1 and (numbered or not _is_amount(entries[0][1].text))
    values = [value.text for _, value in entries[numbered:]]
    states = any(_BARE.match(text) or _is_amount(text) or _states(text) or _is_phrase(text) for text in values)
    said = any(unit_of(label.text) and _holds_number(value.text) for label, value in entries)
    return entries if names_first and (states or said) else []


def _cell(match: re.Match[str], group: str, offset: int) -> Cell:
    return Cell(offset + match.start(group), offset + match.end(group), match[group])


def _stacked_tables(plain: str, taken: Sequence[Span]) -> Iterator[Table]:
    """Tables with one cell a line, as they come out of a page that was copied; their rows are numbered from 1."""
    cells = [
        Cell(span.start + len(body) - len(body.lstrip()), span.start + len(body.rstrip()), body.strip())
        for span in _lines(plain)
        if (body := plain[slice(*span)]).strip() and not any(t.start <= span.start < t.end for t in taken)
    ]
    at = 0
    while at < len(cells):
        rows, end = _stacked(cells, at) if _ORDINAL.fullmatch(cells[at].text) else ([], at + 1)
        if len(rows) > _FEWEST_LINES:
            caption = cells[at - 1].text if at else ""
            span = Span(cells[at].start, rows[-1][-1].end)
            yield Table(span, tuple(rows), caption, unit_of(caption) or _unit_around(plain, span), gapless=True)
        at = max(end, at + 1)


def _stacked(cells: Sequence[Cell], at: int) -> tuple[list[Row], int]:
    """The heading and the numbered rows of as many cells that begin at `at`, and where they end."""
    first = next((i for i in range(at, min(at + _MOST_COLUMNS, len(cells))) if cells[i].text == "1"), None)
    if first is None or first - at < _FEWEST_COLUMNS or any(len(c.text) > _LONGEST_TITLE for c in cells[at:first]):
        return [], at + 1
    section = first - 1 if _SECTION.fullmatch(cells[first - 1].text) and first - at > _FEWEST_COLUMNS else first
    width = section - at
    rows: list[Row] = [tuple(cells[at:section]), *((cell,) for cell in cells[section:first])]
    end, number = first, 1
    while end < len(cells) and cells[end].text == str(number):
        number += 1
        ends = [n for n in (width, width - 1, width + 1) if _follows(cells, end + n, number, last=n == width)]
        if not ends:
            return rows, end
        row = tuple(cells[end : end + ends[0]])
        if len(row) > width:  # the heading of the next rows
            rows += [row[:width], (row[width],)]
        else:
            rows.append(row)
        end += ends[0]
    return rows, end


def _follows(cells: Sequence[Cell], at: int, number: int, *, last: bool) -> bool:
    if at < len(cells) and cells[at].text == str(number):
        return True
    return last and at <= len(cells) and str(number) not in {cell.text for cell in cells[at : at + 2]}


def _lines(plain: str) -> Iterator[Span]:
    at = 0
    for line in plain.splitlines(keepends=True):
        yield Span(at, at + len(line.rstrip("\r\n")))
        at += len(line)


def _cells(body: str, offset: int) -> Row | None:
    """The cells of a line; null where it is no row of a table."""
    inner = body.strip()
    if not inner:
        return None
    separator = _SEPARATOR if _SEPARATOR.search(inner) else _BLANK if is_row(inner) else None
    if separator is None:
        return None
    row = _split(body, offset, separator)
    if separator is _BLANK and any(cell.text.count("(") != cell.text.count(")") for cell in row):
        return None  # 奖励标准表 (人民币 万元)
    if len(row) < 2 or any(len(cell.text) > _LONGEST_CELL for cell in row):
        return None
    return None if re.search(r"[。;]$", inner) and len(row) < 3 else row


def _pair(body: str, offset: int) -> Row | None:
    """The two cells that the only blank of a short line parts; null where it has none, or more."""
    words = body.strip()
    if words.count(" ") != 1 or len(words) > _LONGEST_SECTION * 2 or re.search(r"[\t|。;:,]", words):
        return None
    return _split(body, offset, _BLANK)


def _split(body: str, offset: int, separator: re.Pattern[str], most: int | None = None) -> Row:
    """The cells between the separators; bars at both ends of a line frame it."""
    start, end = 0, len(body.rstrip("\r"))
    if "|" in body:
        start += len(body) - len(body.lstrip()) + body.lstrip().startswith("|")
        end = len(body.rstrip()) - body.rstrip().endswith("|")
    else:
        start += len(body) - len(body.lstrip(" "))
        end = len(body.rstrip(" \r"))
    cells: list[Cell] = []
    at = start
    parts = list(separator.finditer(body, start, end))
    for match in [*(parts[: most - 1] if most else parts), None]:
        stop = match.start() if match else end
        raw = body[at:stop]
        lead = len(raw) - len(raw.lstrip())
        words = raw.strip()
        cells.append(Cell(offset + at + lead, offset + at + lead + len(words), words))
        at = match.end() if match else end
    return tuple(cells)


# --- reading tables --------------------------------------------------------------------------------------------------


def table_columns(table: Table) -> list[Column]:
    """What each column of a table holds, by its headings and cells."""
    heads = headings_of(table)
    body = [row for row in table.rows[heads:] if len(row) > 1]
    kinds: list[Column] = []
    for index in range(len(table.rows[0])):
        titles = _titles(table.rows[:heads], index)
        words = "".join(cell.text for cell in titles)
        unit = unit_of(words) or (None if _FOREIGN.search(words) else table.unit)
        held = [row[index].text for row in body if index < len(row) and row[index].text]
        kinds.append(Column(_kind(words, held, unit, index), titles, unit, bool(_CEILING.search(words))))
    if not any(column.kind == "label" for column in kinds):
        # 申报条件 | 奖励金额: the conditions are what is paid for.
        named = next((i for i, column in enumerate(kinds) if column.kind == "remark"), None)
        if named is not None:
            kinds[named] = replace(kinds[named], kind="label")
    amounts = [i for i, column in enumerate(kinds) if column.kind == "amount"]
    for i in amounts:
        words = "".join(cell.text for cell in kinds[i].titles)
        rest = [j for j in amounts if kinds[j].kind == "amount" and j != i]
        if rest and _OLD.search(words):
            kinds[i] = replace(kinds[i], kind="old")
        elif rest and kinds[i].ceiling and not any(kinds[j].ceiling for j in rest):
            kinds[i] = replace(kinds[i], kind="cap")
    return kinds


def _kind(words: str, held: Sequence[str], unit: str | None, index: int) -> ColumnKind:
    if _ORDINAL.search(words) or (index == 0 and held == [str(n + 1) for n in range(len(held))]):
        return "ordinal"
    stated = sum(_is_amount(text) and (unit is not None or _says_unit(text)) for text in held)
    # 牵头 heads the offices in charge, or what the lead is paid.
    if _NO_AMOUNT.search(words) or _OFFICE.search(words.replace("牵头", "") if stated else words):
        return "other"
    if _REMARK.search(words) or (_MEASURED.fullmatch(words) and held and all(map(_MEASURE.fullmatch, held))):
        return "remark"
    for_money = unit_of(words) is not None or (unit is not None and is_of_giving(words))
    listed = for_money and any(_BARE.search(text) for text in held)
    if stated or listed or any(map(_is_phrase, held)):
        return "amount"
    numbered = any(_TEN_THOUSANDS.search(text) or _BARE.match(text) for text in held)
    return "amount" if index and numbered and is_of_giving(words) else "label"


def headings_of(table: Table) -> int:
    """How many rows of headings a table has: one, or two where the second says units or tells apart what the first spans."""
    if len(table.rows) <= _FEWEST_LINES:
        return 1
    first, second = table.rows[:2]
    if (units := [cell.text for cell in second[1:] if cell.text]) and all(map(unit_of, units)) and not second[0].text:
        return 2
    spans = any(not cell.text for cell in first) or len({cell.text for cell in first}) < len(first)
    plain = len(second) == len(first) and not any(re.search(r"\d", c.text) or says_nothing(c.text) for c in second[1:])
    return 2 if spans and plain else 1


def _titles(headings: Sequence[Row], index: int) -> Row:
    titles: list[Cell] = []
    for depth, row in enumerate(headings):
        cell = row[index] if index < len(row) else None
        if cell is not None and not cell.text and depth < len(headings) - 1:
            cell = next((row[i] for i in range(index, -1, -1) if row[i].text), None)
        if cell is not None and cell.text:
            titles.append(cell)
    return tuple(titles)


def table_lines(table: Table) -> Iterator[Line]:
    """The rows of a table below its headings, each with what is said of its amounts."""
    columns = table_columns(table)
    above: dict[int, Cell] = {}
    section: Row = ()
    sole = [column for column in columns if column.kind == "amount"]
    for row in table.rows[headings_of(table) :]:
        filled = [cell for cell in row if cell.text]
        if any(is_sum(cell.text) for cell in row):
            continue
        if (
            len(filled) == 1
            and filled[0] is row[0]
            and not _is_amount(row[0].text)
            and (len(columns) > 2 or len(row) == 1)
        ):
            section, above = (row[0],), {}
            continue
        labels: list[Cell] = []
        entries: list[Entry] = []
        for index, (cell, column) in enumerate(zip(row, columns, strict=False)):
            if column.kind in ("amount", "cap", "old"):
                if cell.text:
                    entries.append(_entry(cell, index, column))
            elif column.kind == "label" and cell.text:
                labels.append(cell)
                above = {at: kept for at, kept in above.items() if at < index} | {index: cell}
            elif column.kind == "label" and index in above:
                labels.append(above[index])
        remarks = tuple(
            cell for cell, column in zip(row, columns, strict=False) if column.kind == "remark" and cell.text
        )
        unit = sole[0].unit if sole else table.unit
        given = [q for cell in remarks for q in _borrowed(cell, unit, _BARE_GIVEN)]
        yield Line(
            Span(row[0].start, row[-1].end),
            (*section, *labels),
            tuple(entries),
            remarks,
            _is_whole(row, columns, gapless=table.gapless),
            tuple(given),
        )


def _is_whole(row: Row, columns: Sequence[Column], *, gapless: bool) -> bool:
    """Whether the cells of a row stand in the columns; at most a remark may be left out at the end."""
    if len(row) == len(columns) or (len(row) > len(columns) and not any(c.text for c in row[len(columns) :])):
        return True
    missing = columns[len(row) :]
    if len(row) > len(columns) or (gapless and any(column.kind != "remark" for column in missing)):
        return False
    if not gapless:
        return True
    return all(
        (column.kind == "amount") == (_is_amount(cell.text) or says_nothing(cell.text) or _is_phrase(cell.text))
        for cell, column in zip(row, columns, strict=False)
        if column.kind in ("amount", "label")
    )


def _entry(cell: Cell, index: int, column: Column) -> Entry:
    amount, unit = _quantity(cell, column.unit, ceiling=column.ceiling) or (None, None)
    if amount is not None:
        return Entry(cell, index, amount, unit, (amount,) if unit else ())
    borrowed = () if says_nothing(cell.text) else tuple(_borrowed(cell, column.unit, _BARE))
    return Entry(cell, index, None, column.unit if borrowed else None, borrowed)


def _borrowed(cell: Cell, unit: str | None, pattern: re.Pattern[str]) -> Iterator[Quantity]:
    """The numbers in the words of a cell that borrow the unit of their column."""
    stated = [q for q in find_quantities(cell.text) if q.kind in ("money", "percent", "ratio", "date", "year")]
    found = [(match, unit) for match in pattern.finditer(cell.text)] if unit is not None else []
    found += [(match, "万元") for match in (_TEN_THOUSANDS.finditer(cell.text) if pattern is _BARE else ())]
    for match, of in found:
        start, end = match.span("number")
        if any(start < q.end and q.start < end for q in stated):
            continue
        value = Decimal(match["number"].replace(",", "")) * SCALE[of]
        end = match.end("unit") if "unit" in match.groupdict() else end
        yield Quantity(
            value, "CNY", "money", "exact", cell.start + start, cell.start + end, cell.text[start:end], shared_unit=True
        )


def is_sum(text: str) -> bool:
    """Whether a cell heads a row of totals: 合计."""
    return _SUM.fullmatch(text) is not None


def is_of_giving(title: str) -> bool:
    """Whether a heading says that something is given: 奖励金额."""
    return _OF_GIVING.search(title) is not None


def leaves_out(text: str) -> bool:
    """Whether a list of amounts has a place without one: 5万元/—."""
    return re.search(r"[/、,][ \t]*[-—–―/]|[-—–―/][ \t]*[/、,]", text) is not None


def says_nothing(text: str) -> bool:
    """Whether a cell says that nothing is paid: —, 不奖补."""
    return bool(text) and _NOTHING.fullmatch(text) is not None


def is_number(text: str) -> bool:
    """Whether a cell is a number, with or without words behind it."""
    return _BARE.match(text) is not None or _is_amount(text)


def _states(text: str) -> bool:
    return any(quantity.kind == "number" for quantity in find_quantities(text))


def _is_unit(text: str) -> bool:
    return unit_of(text) == text.strip("()")


def _holds_number(text: str) -> bool:
    return re.search(r"\d", text) is not None or in_words(text)


def in_words(text: str) -> bool:
    """Whether a cell is a numeral in words: 六十."""
    return _IN_WORDS.fullmatch(text) is not None


def _is_phrase(text: str) -> bool:
    return any(q.kind == "money" and q.unit == "CNY" for q in find_quantities(text))


def _is_amount(text: str) -> bool:
    return _AMOUNT.fullmatch(text) is not None and not _NOT_MONEY.search(text)


def _says_unit(text: str) -> bool:
    found = _AMOUNT.fullmatch(text)
    return found is not None and found["unit"] is not None


def unit_of(words: str) -> str | None:
    """The unit of money that words of a table say (奖励金额(万元)); none where they say an amount or other money."""
    found = None if _FOREIGN.search(words) else _UNIT.search(words)
    return found.group(1) if found else "万元" if "(万)" in words else None


def _quantity(cell: Cell, unit: str | None, *, ceiling: bool) -> tuple[Quantity, str | None] | None:
    """The amount of a cell and the unit it borrows; null where it says more, or nothing says the unit."""
    if not _is_amount(cell.text):
        return None
    found = _AMOUNT.fullmatch(cell.text)
    assert found is not None
    up_to = ceiling or _CEILING.search(cell.text) is not None
    stated = [q for q in find_quantities(cell.text) if q.kind == "money"]
    if len(stated) == 1:
        quantity = stated[0]
        bound = "up_to" if up_to else quantity.bound
        moved = replace(quantity, bound=bound, start=cell.start + quantity.start, end=cell.start + quantity.end)
        return moved, None
    if found["unit"] == "万":
        unit = "万元"  # 5万/项
    if stated or unit is None:
        return None
    amounts = [q for q in find_quantities(found["number"] + "元") if q.kind == "money"]
    if len(amounts) != 1:
        return None
    start, end = (cell.start + at for at in found.span("number"))
    stated_amount = replace(_scaled(amounts[0], unit), bound="up_to" if up_to else "exact", start=start, end=end)
    return replace(stated_amount, text=found["number"]), unit


def _scaled(quantity: Quantity, unit: str) -> Quantity:
    """An amount in a unit, of its number in yuan."""
    upper = quantity.upper * SCALE[unit] if quantity.upper is not None else None
    return replace(quantity, value=quantity.value * SCALE[unit], upper=upper)
