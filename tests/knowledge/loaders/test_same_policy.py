"""One policy in every format: whatever file it comes in, the same rows and the same facts are read from it."""

from __future__ import annotations

import base64
import csv
import io
import re
import zipfile
from collections import Counter
from collections.abc import Callable, Iterator
from email.message import EmailMessage
from pathlib import Path

import docx
import openpyxl
import pytest
from opencc import OpenCC
from reportlab.pdfbase import pdfmetrics
from reportlab.pdfbase.cidfonts import UnicodeCIDFont
from reportlab.pdfgen.canvas import Canvas

from knowledge.drafting import Draft, draft_rules
from knowledge.limits import Limits
from knowledge.loaders.formats import check_format, parse_as
from knowledge.manifest import described, document_of
from knowledge.model import Document
from knowledge.normalize import align
from knowledge.proposals import propose
from tests.knowledge.loaders import makers
from tests.knowledge.loaders.makers import FONT, HEIGHT, WIDTH, add_list, attach, numbered, saved_document, zip_file

HEAD = (
    "平州市人民政府办公室关于印发《平州市标准化专项资金管理办法》的通知",
    "平府办规〔2024〕3号",
    "各县（区）人民政府，市政府各部门、各直属单位：",
    "《平州市标准化专项资金管理办法》已经市政府第三十二次常务会议审议通过，现印发给你们，请认真贯彻执行。",
    "平州市人民政府办公室",
    "2024年3月15日",
    "平州市标准化专项资金管理办法",
)
ARTICLES = (
    "第一条 为规范标准化专项资金（以下简称专项资金）的使用，结合本市实际，制定本办法。",
    "第二条 专项资金由市财政预算安排，每年安排1000万元。",
    "第三条 本办法所称主导制定，是指在标准文本的起草单位中排名前三位；参与制定，是指排名第四位及以后。",
    "第四条 对主导制定标准并经批准发布的企业、事业单位和社会团体，按照下列标准给予一次性资助：",
    "（一）主导制定国际标准的，每项资助60万元；",
    "（二）主导制定国家标准的，每项资助30万元；",
    "（三）主导制定行业标准的，每项资助15万元。",
    "第五条 参与制定国际标准、国家标准、行业标准的，分别给予每项20万元、10万元、5万元的资助。",
    "第六条 对承担标准化技术委员会工作的单位，按下表给予一次性资助：",
)
TABLE = (
    ("承担机构", "资助金额（万元）", "备注"),
    ("国际标准化组织技术委员会（TC）秘书处", "100", "经批准成立"),
    ("全国专业标准化技术委员会（TC）秘书处", "50", "经批准成立"),
    ("全国专业标准化分技术委员会（SC）秘书处", "25", "经批准成立"),
)
END = (
    "第七条 同一单位同一年度获得的资助总额最高不超过200万元。",
    "第八条 本办法施行前已经发布的标准，仍按原办法执行。",
    "第九条 本办法自2024年5月1日起施行，有效期至2029年4月30日。《平州市标准化资助办法》（平府办〔2018〕12号）同时废止。",
)
LINES = (*HEAD, *ARTICLES, *("| " + " | ".join(row) + " |" for row in TABLE), *END)
TEXT = "\n".join(LINES) + "\n"
SHEET = (
    ("级别", "资助金额", "", "备注"),
    ("", "主导制定", "参与制定", ""),
    ("国际标准", "60", "20", "每项"),
    ("国家标准", "30", "10", ""),
)
SHEET_TEXT = """标准化资助标准
单位：万元
| 级别 | 主导制定 | 参与制定 | 备注 |
| 国际标准 | 60 | 20 | 每项 |
| 国家标准 | 30 | 10 | |
"""


# --- the files


def page(table: str | None = None) -> str:
    rows = "".join(f"<tr>{''.join(f'<td>{cell}</td>' for cell in row)}</tr>" for row in TABLE)
    above, below = ("".join(f"<p>{line}</p>" for line in lines) for lines in ((*HEAD, *ARTICLES), END))
    return f"{above}{table or f'<table>{rows}</table>'}{below}"


def template(main: str) -> str:
    """A page of a government's site around the document."""
    return (
        f"<!DOCTYPE html><html><head><meta charset='utf-8'><title>{HEAD[0]}_平州市人民政府</title></head><body>"
        "<div class='header'><a href='/'>首页</a><a href='/zw'>政务公开</a></div><div class='dqwz'>当前位置：<a>首页</a></div>"
        "<div class='info'>字体：【<a>大</a> <a>中</a> <a>小</a>】 <a href='#'>打印</a> 分享：微信</div>"
        f"{main}<p>附件：<a href='/1.docx'>1.资助申请表.docx</a></p>"
        "<div><h3>相关链接</h3><ul><li><a href='/a'>解读：国际标准最高奖励900万元</a></li>"
        "<li><a href='/b'>图解：奖励800万元</a></li></ul></div><div class='footer'>主办：平州市人民政府办公室</div></body></html>"
    )


def two_editors() -> str:
    above, below = page().split("<p>第五条")
    return template(f"<div class='TRS_Editor'>{above}</div><div class='TRS_Editor'><p>第五条{below}</div>")


def saved_page() -> bytes:
    message = EmailMessage()
    message.set_content(template(f"<div id='zoom'>{page()}</div>"), subtype="html", charset="gb18030")
    message.make_related()
    return message.as_bytes()


def markdown() -> bytes:
    head, *rows = ("| " + " | ".join(row) + " |" for row in TABLE)
    table = "\n".join((head, "|---|---|---|", *rows))
    return "\n\n".join((f"# {HEAD[0]}", *HEAD[1:], *ARTICLES, table, *END)).encode()


def word(*, counted: bool = False, nested: bool = False, tracked: bool = False) -> bytes:
    document = docx.Document()
    if counted:
        add_list(document, [("chineseCountingThousand", "第%1条"), ("chineseCounting", "（%2）")])
    for line in (*HEAD, *ARTICLES):
        parts = re.match(r"(第.条) |（.）", line)
        if counted and parts:
            numbered(document, line[parts.end() :], 0 if parts[1] else 1)
        elif tracked and "60万元" in line:
            paragraph = document.add_paragraph(line.split("60")[0])
            for change, name in (("del", "delText"), ("ins", "t")):
                text = f"<w:r><w:{name}>{'80' if change == 'del' else '60'}</w:{name}></w:r>"
                makers.append_xml(paragraph, f"<w:{change} w:id='1' w:author='x'>{text}</w:{change}>")
            paragraph.add_run(line.split("60")[1])
        else:
            document.add_paragraph(line)
    outer = document.add_table(rows=1, cols=1).cell(0, 0) if nested else None
    table = outer.add_table(rows=len(TABLE), cols=3) if outer else document.add_table(rows=len(TABLE), cols=3)
    for row, texts in enumerate(TABLE):
        for column, text in enumerate(texts):
            table.cell(row, column).text = text
    for line in END:
        if counted:
            numbered(document, line[4:], 0)
        else:
            document.add_paragraph(line)
    return saved_document(document)


def word_with_box() -> bytes:
    document = docx.Document()
    for line in LINES:
        if line.startswith("第五条"):
            box = f"<w:txbxContent><w:p><w:r><w:t>{line}</w:t></w:r></w:p></w:txbxContent>"
            makers.append_xml(document.add_paragraph(""), f"<w:r><w:pict>{box}</w:pict></w:r>")
        else:
            document.add_paragraph(line)
    return saved_document(document)


def printed(*, ruled: bool) -> bytes:
    """A PDF with centred titles, indented paragraphs wrapped within sentences, page numbers and a table on the second page."""
    pdfmetrics.registerFont(UnicodeCIDFont(FONT))
    pages: list[list[tuple[float, float, int, str]]] = [[]]
    top = 90.0

    def put(line: str, indent: float, size: int = 16) -> None:
        nonlocal top
        row, at = "", 90 + indent
        for char in [*line, "\0"]:
            width = pdfmetrics.stringWidth(row + char, FONT, size)
            if char == "\0" or at + width > 90 + 26 * 16:
                if top > HEIGHT - 110:
                    pages.append([])
                    top = 90.0
                pages[-1].append((at, top, size, row))
                top, row, at = top + 28, "", 90.0
            row += char

    for line in (*HEAD, *ARTICLES):
        if line in (HEAD[0], HEAD[-1]):
            for part in (line[:18], line[18:]):
                if part:
                    put(part, (26 * 16 - pdfmetrics.stringWidth(part, FONT, 20)) / 2, 20)
        else:
            put(line, 0 if line == HEAD[2] else 200 if line in HEAD[4:6] else 130 if line == HEAD[1] else 32)
    first = top
    top += 30 * len(TABLE) + 30
    for line in END:
        put(line, 32)

    def drawn(number: int, lines: list[tuple[float, float, int, str]]) -> Callable[[Canvas], None]:
        def draw(canvas: Canvas) -> None:
            for left, height, size, text in lines:
                canvas.setFont(FONT, size)
                canvas.drawString(left, HEIGHT - height, text)
            canvas.setFont(FONT, 14)
            canvas.drawCentredString(WIDTH / 2, 40, f"— {number} —")
            if number == 2:
                _draw_table(canvas, first - 10, ruled)

        return draw

    return makers.pdf(*(drawn(number, lines) for number, lines in enumerate(pages, start=1)))


def _draw_table(canvas: Canvas, top: float, ruled: bool) -> None:
    edges = (90, 335, 445, 512)
    canvas.setFont(FONT, 11)
    for number, row in enumerate(TABLE):
        y = HEIGHT - top - 30 * number
        for left, cell in zip(edges, row, strict=False):
            canvas.drawString(left + 5, y - 20, cell)
    if ruled:
        bottom = HEIGHT - top - 30 * len(TABLE)
        for number in range(len(TABLE) + 1):
            canvas.line(edges[0], HEIGHT - top - 30 * number, edges[-1], HEIGHT - top - 30 * number)
        for x in edges:
            canvas.line(x, HEIGHT - top, x, bottom)


def letter(*, attached: bytes | None = None) -> bytes:
    """A message of a Chinese mail program: its page in GB18030 and base64, declared as less."""
    body = base64.encodebytes((page() if attached is None else "<p>请查收。</p>").encode("gb18030")).decode()
    if attached is None:
        head = "MIME-Version: 1.0\nContent-Type: text/html; charset=gb2312\nContent-Transfer-Encoding: base64\n\n"
        return f"From: a@example.cn\n{head}{body}".encode()
    message = EmailMessage()
    message["From"], message["Subject"] = "a@example.cn", "转发：文件"
    message.set_content("请查收。")
    attach(message, "办法.docx", attached)
    return message.as_bytes()


def packed_in_windows(name: str, data: bytes) -> bytes:
    """An archive whose member has its name in GBK."""
    raw = name.encode("gbk")
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        archive.writestr(zipfile.ZipInfo("X" * len(raw)), data)
    return buffer.getvalue().replace(b"X" * len(raw), raw)


FILES: dict[str, Callable[[], bytes]] = {
    "gb18030.txt": lambda: TEXT.replace("\n", "\r\n").encode("gb18030"),
    "utf-16-le.txt": lambda: TEXT.encode("utf-16-le"),
    "utf-16-be.txt": lambda: TEXT.encode("utf-16-be"),
    "plain.html": lambda: makers.html_file(page()),
    "template.html": lambda: template(f"<div class='TRS_Editor'>{page()}</div>").encode(),
    "unnamed.html": lambda: template(f"<div class='x1'><div class='x2'>{page()}</div></div>").encode(),
    "bare.html": lambda: template(page()).encode(),
    "two-editors.html": lambda: two_editors().encode(),
    "saved.mht": saved_page,
    "saved.html": saved_page,
    "list.md": markdown,
    "plain.docx": word,
    "counted.docx": lambda: word(counted=True),
    "nested.docx": lambda: word(nested=True),
    "tracked.docx": lambda: word(tracked=True),
    "box.docx": word_with_box,
    "ruled.pdf": lambda: printed(ruled=True),
    "unruled.pdf": lambda: printed(ruled=False),
    "page.eml": letter,
    "attached.eml": lambda: letter(attached=word()),
    "named-in-gbk.zip": lambda: packed_in_windows("平州市/附件 办法.docx", word()),
    "pdf.zip": lambda: zip_file({"办法.pdf": printed(ruled=True)}),
}


# --- what is compared


def document_in(folder: Path, name: str, data: bytes) -> Document:
    path = folder / name
    path.write_bytes(data)
    source = parse_as(check_format(data, name), data, name, Limits())
    return document_of(described(path, source), source)


def rows_of(draft: Draft) -> Counter[tuple[object, ...]]:
    return Counter(
        (
            *(rule.activity, rule.level, rule.committee, rule.role, rule.yuan, rule.yuan_min, rule.bound, rule.per),
            *(rule.benefit, rule.payer, tuple((cap.scope, cap.yuan) for cap in rule.cap), bool(rule.needs_review)),
        )
        for rule in draft.rules
    )


def facts_of(document: Document) -> set[tuple[str, str]]:
    fields = ("doc_no", "issuer", "signed", "effective", "expires", "repeals", "transition", "reference")
    return {
        (proposal.field, re.sub(r"\s", "", align(str(proposal.value))))
        for proposal in propose(document)
        if proposal.field in fields
    }


Expected = tuple[Counter[tuple[object, ...]], set[tuple[str, str]]]


@pytest.fixture(scope="module")
def expected(tmp_path_factory: pytest.TempPathFactory) -> Expected:
    document = document_in(tmp_path_factory.mktemp("text"), "policy.txt", TEXT.encode())
    return rows_of(draft_rules(document)), facts_of(document)


def test_the_text_itself_is_read_in_full(expected: Expected) -> None:
    rows, facts = expected
    amounts = sorted(int(str(row[4])) // 10_000 for row in rows.elements())
    assert amounts == [5, 10, 15, 20, 25, 30, 50, 60, 100]
    assert {field for field, _ in facts} >= {
        "doc_no",
        "issuer",
        "signed",
        "effective",
        "expires",
        "repeals",
        "transition",
    }


@pytest.mark.parametrize("name", list(FILES))
def test_rows_and_facts_are_those_of_the_text(name: str, tmp_path: Path, expected: Expected) -> None:
    document = document_in(tmp_path, name, FILES[name]())
    draft, (rows, facts) = draft_rules(document), expected
    assert (rows_of(draft) - rows, rows - rows_of(draft)) == (Counter(), Counter())
    found = facts_of(document)
    assert facts <= found
    assert {(field, value) for field, value in found - facts if field not in ("transition", "reference")} == set()
    assert {(entry.yuan, entry.reason) for entry in draft.ignored} >= {(10_000_000, "budget"), (2_000_000, "cap")}


@pytest.mark.parametrize("encoding", ["cp950", "big5hkscs", "gb18030", "utf-16-be"])
def test_rows_of_the_text_in_traditional_characters_are_the_same(
    encoding: str, tmp_path: Path, expected: Expected
) -> None:
    # Big5 has no 〔 〕 in the oldest of its versions.
    text = OpenCC("s2tw").convert(TEXT).replace("〔", "（").replace("〕", "）")
    rows, facts = expected
    document = document_in(tmp_path, "policy.txt", text.encode(encoding))
    assert rows_of(draft_rules(document)) == rows
    dated = {(field, value) for field, value in facts if field in ("signed", "effective", "expires")}
    assert dated <= facts_of(document)


def sheet_files() -> Iterator[tuple[str, bytes]]:
    title = (("标准化资助标准", "", "", ""), ("单位：万元", "", "", ""))
    for encoding, mark in (("gb18030", ","), ("utf-8-sig", ","), ("utf-16", "\t")):
        text = io.StringIO()
        csv.writer(text, delimiter=mark).writerows([*title, *SHEET])
        yield f"{encoding}.csv", text.getvalue().encode(encoding)
    for is_merged in (True, False):
        book = openpyxl.Workbook()
        sheet = book.active
        assert sheet is not None
        for row in (*title, *SHEET):
            sheet.append([int(cell) if cell.isdecimal() else cell or None for cell in row])
        for cells in ("A1:D1", "A2:D2", "A3:A4", "B3:C3", "D3:D4") if is_merged else ():
            sheet.merge_cells(cells)
        buffer = io.BytesIO()
        book.save(buffer)
        yield f"{'merged' if is_merged else 'plain'}.xlsx", buffer.getvalue()


@pytest.mark.parametrize(("name", "data"), [pytest.param(*file, id=file[0]) for file in sheet_files()])
def test_rows_of_a_sheet_are_those_of_the_text(name: str, data: bytes, tmp_path: Path) -> None:
    rows = rows_of(draft_rules(document_in(tmp_path, "policy.txt", SHEET_TEXT.encode())))
    assert len(rows) == 4
    assert rows_of(draft_rules(document_in(tmp_path, name, data))) == rows
