"""Files of every format that hold one small policy, made here rather than kept as bytes."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Sequence
from email.message import EmailMessage

import docx
import openpyxl
from docx.document import Document as WordDocument
from docx.oxml import parse_xml
from docx.text.paragraph import Paragraph
from reportlab.lib.pagesizes import A4
from reportlab.pdfbase import pdfmetrics
from reportlab.pdfbase.cidfonts import UnicodeCIDFont
from reportlab.pdfgen.canvas import Canvas

TITLE = "平州市标准化奖励办法"
ARTICLES = (
    "第一条 为推进标准化工作，制定本办法。",
    "第二条 对主导制定国际标准的企业，每项奖励60万元。",
    "第三条 本办法自2024年2月1日起施行，有效期5年。",
)
HEADER = ("级别", "金额", "备注")
ROWS = (("国际标准", "60万元", "以发布为准"), ("国家标准", "30万元", "限前两名"))
ROW_TEXTS = ("级别：国际标准；金额：60万元；备注：以发布为准。", "级别：国家标准；金额：30万元；备注：限前两名。")

FONT = "STSong-Light"
WIDTH, HEIGHT = A4
_W = 'xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main"'


def text_file() -> bytes:
    return "\n".join((TITLE, *ARTICLES, *ROW_TEXTS)).encode()


def html_file(body: str | None = None) -> bytes:
    cells = "".join(f"<tr>{''.join(f'<td>{cell}</td>' for cell in row)}</tr>" for row in (HEADER, *ROWS))
    main = body or f"<h1>{TITLE}</h1>{''.join(f'<p>{a}</p>' for a in ARTICLES)}<table>{cells}</table>"
    return f'<!DOCTYPE html><html><head><meta charset="utf-8"></head><body>{main}</body></html>'.encode()


def mhtml_file() -> bytes:
    message = EmailMessage()
    message["Subject"] = TITLE
    message.set_content(html_file().decode(), subtype="html")
    message.make_related()
    message.add_related(b"p {}", maintype="text", subtype="css")
    return message.as_bytes()


def markdown_file() -> bytes:
    table = "\n".join("| " + " | ".join(row) + " |" for row in (HEADER, ("---",) * 3, *ROWS))
    return "\n\n".join((f"# {TITLE}", *ARTICLES, table)).encode()


def csv_file() -> bytes:
    return "\r\n".join(",".join(row) for row in (HEADER, *ROWS)).encode("gb18030")


def xlsx_file() -> bytes:
    book = openpyxl.Workbook()
    sheet = book.active
    assert sheet is not None
    sheet.title = TITLE
    for row in (HEADER, *ROWS):
        sheet.append(row)
    return _saved(book)


def docx_file() -> bytes:
    document = docx.Document()
    for line in (TITLE, *ARTICLES):
        document.add_paragraph(line)
    table = document.add_table(rows=0, cols=3)
    for row in (HEADER, *ROWS):
        for cell, text in zip(table.add_row().cells, row, strict=True):
            cell.text = text
    return _saved(document)


def pdf_file() -> bytes:
    def draw(canvas: Canvas) -> None:
        put(canvas, [(8, TITLE), *((2, article) for article in ARTICLES)])
        ruled(canvas, (HEADER, *ROWS), top=300)

    return pdf(draw)


def eml_file() -> bytes:
    message = EmailMessage()
    message["Subject"], message["From"] = f"转发：{TITLE}", "office@example.cn"
    message["Date"] = "Mon, 01 Jan 2024 08:00:00 +0800"
    message.set_content("各单位：现转发办法。")
    attach(message, "办法.docx", docx_file())
    return message.as_bytes()


def attach(message: EmailMessage, name: str, data: bytes) -> None:
    message.add_attachment(data, maintype="application", subtype="octet-stream", filename=name)


def zip_file(files: dict[str, bytes] | None = None) -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in ({"办法.docx": docx_file()} if files is None else files).items():
            archive.writestr(name, data)
    return buffer.getvalue()


# --- PDF


def pdf(*pages: object, **options: object) -> bytes:
    """A PDF with a page for each function that draws one."""
    pdfmetrics.registerFont(UnicodeCIDFont(FONT))
    buffer = io.BytesIO()
    canvas = Canvas(buffer, pagesize=A4, **options)
    for draw in pages:
        canvas.setFont(FONT, 16)
        assert callable(draw)
        draw(canvas)
        canvas.showPage()
    canvas.save()
    return buffer.getvalue()


def put(
    canvas: Canvas, lines: Sequence[tuple[float, str]], *, top: float = 100, left: float = 90, step: float = 28
) -> None:
    """Draws lines of 16 points; each is indented by so many ems."""
    for count, (indent, text) in enumerate(lines):
        canvas.drawString(left + indent * 16, HEIGHT - top - count * step, text)


def ruled(canvas: Canvas, rows: Sequence[Sequence[str]], *, top: float, left: float = 90, width: float = 130) -> None:
    """Draws a table with a rule around every cell."""
    height, columns = 30, len(rows[0])
    canvas.setFont(FONT, 12)
    for row in range(len(rows) + 1):
        y = HEIGHT - top - row * height
        canvas.line(left, y, left + columns * width, y)
    for column in range(columns + 1):
        x = left + column * width
        canvas.line(x, HEIGHT - top, x, HEIGHT - top - len(rows) * height)
    for row, cells in enumerate(rows):
        for column, cell in enumerate(cells):
            canvas.drawString(left + column * width + 5, HEIGHT - top - row * height - 20, cell)


# --- Word


def saved_document(document: WordDocument) -> bytes:
    return _saved(document)


def numbered(document: WordDocument, text: str, level: int, list_id: int = 90) -> Paragraph:
    """A paragraph that Word numbers by itself."""
    paragraph = document.add_paragraph(text)
    properties = paragraph._p.get_or_add_pPr()
    properties.append(parse_xml(f'<w:numPr {_W}><w:ilvl w:val="{level}"/><w:numId w:val="{list_id}"/></w:numPr>'))
    return paragraph


def add_list(document: WordDocument, levels: Sequence[tuple[str, str]], list_id: int = 90) -> None:
    """A list of levels, each with a number format and a text such as 第%1条."""
    root = document.part.numbering_part.element
    body = "".join(
        f'<w:lvl w:ilvl="{index}"><w:start w:val="1"/><w:numFmt w:val="{form}"/><w:lvlText w:val="{text}"/></w:lvl>'
        for index, (form, text) in enumerate(levels)
    )
    root.insert(0, parse_xml(f'<w:abstractNum {_W} w:abstractNumId="{list_id}">{body}</w:abstractNum>'))
    root.append(parse_xml(f'<w:num {_W} w:numId="{list_id}"><w:abstractNumId w:val="{list_id}"/></w:num>'))


def append_xml(paragraph: Paragraph, xml: str) -> None:
    """Appends Word XML, in which `w:` is bound, to a paragraph."""
    for child in parse_xml(f"<w:p {_W}>{xml}</w:p>"):
        paragraph._p.append(child)


def _saved(document: WordDocument | openpyxl.Workbook) -> bytes:
    buffer = io.BytesIO()
    document.save(buffer)
    return buffer.getvalue()


def with_notes(data: bytes, kind: str, *notes: str) -> bytes:
    """The Word document with notes of a kind, `footnote` or `endnote`, counted from 1."""
    body = "".join(
        f'<w:{kind} w:id="{number}"><w:p><w:r><w:t>{note}</w:t></w:r></w:p></w:{kind}>'
        for number, note in enumerate(notes, start=1)
    )
    kinds = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
    related = f'<Relationship Id="rNotes" Type="{kinds}/{kind}s" Target="{kind}s.xml"/></Relationships>'
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        files = {name: archive.read(name) for name in archive.namelist()}
    path = "word/_rels/document.xml.rels"
    files[path] = files[path].replace(b"</Relationships>", related.encode())
    files[f"word/{kind}s.xml"] = f"<w:{kind}s {_W}>{body}</w:{kind}s>".encode()
    return zip_file(files)
