"""Policies of full length as offices file them: from Word, a web page or a PDF the rows are drafted that the text gives."""

from __future__ import annotations

import html
import re
from collections.abc import Callable
from pathlib import Path

import docx
import pytest
from reportlab.pdfbase import pdfmetrics
from reportlab.pdfbase.cidfonts import UnicodeCIDFont
from reportlab.pdfgen.canvas import Canvas

from knowledge.drafting import draft_rules
from tests.knowledge.drafting.cases import Case, cases, compare
from tests.knowledge.loaders.makers import FONT, HEIGHT, WIDTH, add_list, numbered, pdf, saved_document
from tests.knowledge.loaders.test_same_policy import document_in

_CN = "一二三四五六七八九十"
_ARTICLE = re.compile(r"第([一二三四五六七八九十]+)条[ 　]+")
_OPENS = "，。；：、）》”？％%"


def _rows(lines: list[str]) -> list[list[str]]:
    cells = [[cell.strip() for cell in re.split(r"\t|\|", line.strip().strip("|"))] for line in lines]
    return [row for row in cells if not all(re.fullmatch(r":?-{2,}:?", cell) for cell in row)]


def _blocks(text: str) -> list[str | list[list[str]]]:
    """The paragraphs and, as their rows, the tables of a text."""
    found: list[str | list[list[str]]] = []
    table: list[str] = []
    for line in [*text.split("\n"), ""]:
        if "\t" in line.strip() or line.count("|") > 1:
            table.append(line)
            continue
        if table:
            rows = _rows(table)
            widest = max(map(len, rows))
            found.append([[*row, *[""] * (widest - len(row))] for row in rows])
            table = []
        if line.strip():
            found.append(line.strip())
    return found


def word(text: str) -> bytes:
    """Articles counted by Word, as long as they run on from the first."""
    document = docx.Document()
    add_list(document, [("chineseCountingThousand", "第%1条")])
    document.sections[0].header.paragraphs[0].text = "内部资料：去年奖励500万元"
    count = 0
    for block in _blocks(text):
        if not isinstance(block, str):
            table = document.add_table(rows=len(block), cols=len(block[0]))
            for row, cells in enumerate(block):
                for column, words in enumerate(cells):
                    table.cell(row, column).text = words
        elif (article := _ARTICLE.match(block)) and count < 10 and article[1] == _CN[count]:
            numbered(document, block[article.end() :], 0)
            count += 1
        else:
            document.add_paragraph(block)
    return saved_document(document)


def page(text: str) -> bytes:
    """Indented by the blanks of web pages, with words and numbers divided by markup."""

    def parted(words: str) -> str:
        return re.sub(r"(\d)(?=\d)|(主)(?=导)", r"<span>\1\2</span>", html.escape(words, quote=False))

    def shown(block: str | list[list[str]]) -> str:
        if isinstance(block, str):
            return f"<p>&emsp;&nbsp;{parted(block)}<span>&nbsp;</span></p>"
        rows = ("".join(f"<td><p>{parted(cell)}</p></td>" for cell in row) for row in block)
        return f"<table>{''.join(f'<tr>{row}</tr>' for row in rows)}</table>"

    main = "\n".join(map(shown, _blocks(text)))
    return (
        "<!DOCTYPE html><html><head><meta charset='utf-8'></head><body><div class='nav'><a href='/'>首页</a></div>"
        f"<div class='TRS_Editor'>{main}</div><ul><li><a href='/a'>图解：奖励900万元</a></li>"
        "<li><a href='/b'>解读：奖励800万元</a></li></ul><div class='footer'>主办：平州市人民政府</div></body></html>"
    ).encode()


def printed(text: str) -> bytes:
    """Lines of 30 characters; the title is the running head, smaller and beside the text."""
    pdfmetrics.registerFont(UnicodeCIDFont(FONT))
    blocks = [block for block in _blocks(text) if isinstance(block, str)]
    pages: list[list[tuple[float, str]]] = [[]]
    for block in blocks:
        row, indent = "", 28.0
        for piece in [*re.findall(r"[A-Za-z0-9.]+|.", block), "\0"]:
            width = indent + pdfmetrics.stringWidth(row + piece, FONT, 14)
            if piece == "\0" or (width > 30 * 14 and piece not in _OPENS):
                if len(pages[-1]) == 28:
                    pages.append([])
                pages[-1].append((indent, row))
                row, indent = "", 0.0
            row += piece

    def drawn(number: int, lines: list[tuple[float, str]]) -> Callable[[Canvas], None]:
        def draw(canvas: Canvas) -> None:
            canvas.setFont(FONT, 14)
            for count, (indent, line) in enumerate(lines):
                canvas.drawString(85 + indent, HEIGHT - 80 - 25 * count, line)
            canvas.setFont(FONT, 8)
            canvas.drawString(30, HEIGHT - 30, blocks[0])
            canvas.drawCentredString(WIDTH / 2, 35, f"第{number}页 共{len(pages)}页")

        return draw

    return pdf(*(drawn(number, lines) for number, lines in enumerate(pages, start=1)))


def _policies() -> list[Case]:
    return cases("y*")[2::16]


@pytest.mark.parametrize(("name", "made"), [("a.docx", word), ("a.html", page), ("a.pdf", printed)])
def test_the_rows_are_those_of_the_text(name: str, made: Callable[[str], bytes], tmp_path: Path) -> None:
    expected = right = 0
    for case in _policies():
        text = case.path.read_text(encoding="utf-8")
        if name == "a.pdf" and any(not isinstance(block, str) for block in _blocks(text)):
            continue
        before = compare(case.draft(), case.rows)
        after = compare(draft_rules(document_in(tmp_path, name, made(text))), case.rows)
        assert set(after.wrong) <= set(before.wrong), case.path.stem
        expected += before.matched
        right += after.matched
    assert expected > 90
    assert right >= 0.98 * expected
