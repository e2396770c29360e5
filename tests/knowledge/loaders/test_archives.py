from __future__ import annotations

import base64
import io
import zipfile
from email.message import EmailMessage

import pytest

from knowledge.errors import ScanError, SourceError
from knowledge.limits import Limits
from knowledge.loaders.archives import parse_eml, parse_mhtml, parse_zip
from knowledge.loaders.formats import check_format
from tests.knowledge.loaders import makers
from tests.knowledge.loaders.makers import ARTICLES, attach, zip_file


def test_documents_stand_below_their_names_in_order() -> None:
    source = parse_zip(zip_file({"b.txt": "乙。".encode(), "a.txt": "甲。".encode()}), "z.zip", Limits())
    assert source.text == "【a.txt】\n甲。\n【b.txt】\n乙。\n"
    assert [source.text[d.start : d.end] for d in source.dropped] == ["【a.txt】", "【b.txt】"]


def test_offsets_of_a_file_inside_point_into_the_whole_text() -> None:
    files = {"a.docx": makers.docx_file(), "b.pdf": makers.pdf_file(), "c.html": makers.html_file()}
    source = parse_zip(zip_file(files), "z.zip", Limits())
    assert [source.text[r.start : r.end] for r in source.rows] == [*makers.ROW_TEXTS] * 3
    assert [row.table for row in source.rows] == [1, 1, 2, 2, 3, 3]
    assert {line.file for line in source.lines} == {"b.pdf"}
    assert source.text[source.lines[0].start : source.lines[0].end] == makers.TITLE


def test_what_is_not_read_is_said() -> None:
    source = parse_zip(
        zip_file({"a.txt": "甲。".encode(), "b.exe": b"MZ", ".DS_Store": b"x", "in.zip": zip_file()}), "z.zip", Limits()
    )
    assert [note.split()[0] for note in source.notes] == ["b.exe", "in.zip"]


def test_names_in_the_chinese_encoding_of_windows_are_read() -> None:
    # zipfile writes such names in UTF-8 only, so the bytes are put in by hand.
    plain = io.BytesIO()
    with zipfile.ZipFile(plain, "w") as archive:
        archive.writestr("abcdefgh", "甲。")
    raw = plain.getvalue().replace(b"abcdefgh", "办法.txt".encode("gb18030"))
    assert parse_zip(raw, "z.zip", Limits()).text.startswith("【办法.txt】")


@pytest.mark.parametrize(
    ("files", "complaint"),
    [
        ({}, "it is empty"),
        ({"a.exe": b"MZ"}, r"a\.exe was not read"),
        ({"a.pdf": b"not a pdf"}, r"z\.zip: a\.pdf: expected a PDF"),
        ({"a.txt": b""}, r"z\.zip: a\.txt: .*empty file"),
    ],
)
def test_an_archive_without_a_document_to_read_is_refused(files: dict[str, bytes], complaint: str) -> None:
    with pytest.raises(SourceError, match=complaint):
        parse_zip(zip_file(files), "z.zip", Limits())


def test_a_bomb_is_refused_before_and_while_it_unpacks() -> None:
    data = zip_file({"a.txt": b"0" * (3 << 20)})
    with pytest.raises(SourceError, match=r"at most 1 MB unpacked.*BZT_UNPACKED_MEGABYTES"):
        parse_zip(data, "z.zip", Limits(unpacked_megabytes=1))
    # A head that lies about the size.
    lying = data.replace((3 << 20).to_bytes(4, "little"), (10).to_bytes(4, "little"))
    with pytest.raises(SourceError, match=r"damaged|at most 1 MB"):
        parse_zip(lying, "z.zip", Limits(unpacked_megabytes=1))
    with pytest.raises(SourceError, match="at most 2 files inside, got 3"):
        parse_zip(zip_file({f"{n}.txt": b"x" for n in range(3)}), "z.zip", Limits(members=2))


def test_an_encrypted_member_is_refused() -> None:
    data = bytearray(zip_file({"a.txt": "甲。".encode()}))
    for head, at in ((b"PK\x03\x04", 6), (b"PK\x01\x02", 8)):
        data[data.index(head) + at] |= 1
    with pytest.raises(SourceError, match="without a password"):
        parse_zip(bytes(data), "z.zip", Limits())


def test_a_scan_inside_says_which_file() -> None:
    def scan(canvas: makers.Canvas) -> None:
        from PIL import Image
        from reportlab.lib.utils import ImageReader

        canvas.drawImage(ImageReader(Image.new("L", (60, 80), 200)), 0, 0, makers.WIDTH, makers.HEIGHT)

    with pytest.raises(ScanError, match=r"z\.zip: s\.pdf: .*one page without a text layer"):
        parse_zip(zip_file({"s.pdf": makers.pdf(scan)}), "z.zip", Limits())


def message(subject: str = "关于印发办法的通知") -> EmailMessage:
    mail = EmailMessage()
    mail["Subject"], mail["From"], mail["Date"] = subject, "局办 <a@example.cn>", "Mon, 01 Jan 2024 08:00:00 +0800"
    return mail


def test_the_page_of_a_message_is_taken_where_it_has_one() -> None:
    mail = message()
    mail.set_content("纯文本")
    mail.add_alternative(f"<html><body>{''.join(f'<p>{a}</p>' for a in ARTICLES)}</body></html>", subtype="html")
    source = parse_eml(mail.as_bytes(), "m.eml", Limits())
    assert source.text.splitlines()[0] == "关于印发办法的通知"
    assert "日期：2024年1月1日" in source.text
    assert all(article in source.text for article in ARTICLES)
    assert "纯文本" not in source.text


def test_attachments_are_read_and_others_said() -> None:
    mail = message()
    mail.set_content("见附件。")
    attach(mail, "办法.txt", "第一条 奖励。".encode("gb18030"))
    attach(mail, "图.png", b"x")
    source = parse_eml(mail.as_bytes(), "m.eml", Limits())
    assert source.text.endswith("【办法.txt】\n第一条 奖励。\n")
    assert [note.split()[0] for note in source.notes] == ["图.png"]


def test_that_a_message_forwards_something_is_no_part_of_its_title() -> None:
    mail = message("转发：Fw: 关于印发办法的通知")
    mail.set_content("见附件。")
    source = parse_eml(mail.as_bytes(), "m.eml", Limits())
    assert [source.text[d.start : d.end] for d in source.dropped] == ["转发：Fw: "]
    assert source.text.startswith("转发：Fw: 关于印发办法的通知\n")


@pytest.mark.parametrize(("declared", "encoding"), [("gb2312", "gb18030"), ("us-ascii", "utf-8"), ("gbk", "utf-8")])
def test_the_encoding_a_message_declares_is_checked(declared: str, encoding: str) -> None:
    page = base64.encodebytes(f"<p>{ARTICLES[1]}堃㎡</p>".encode(encoding)).decode()
    head = f"Subject: a\nMIME-Version: 1.0\nContent-Type: text/html; charset={declared}\nContent-Transfer-Encoding: base64\n\n"
    assert f"{ARTICLES[1]}堃㎡" in parse_eml((head + page).encode(), "m.eml", Limits()).text


def test_a_message_inside_is_read_and_what_has_no_name_is_said() -> None:
    inner, mail = message("内层通知"), message()
    inner.set_content(ARTICLES[1])
    mail.set_content("见附件。")
    mail.add_attachment(inner)
    mail.add_attachment(b"x", maintype="image", subtype="png")
    source = parse_eml(mail.as_bytes(), "m.eml", Limits())
    assert "内层通知" in source.text
    assert ARTICLES[1] in source.text
    assert [note for note in source.notes if "image/png" in note]


def saved_page(*pages: str, encoding: str = "gb18030") -> bytes:
    head = 'From: <Saved by a browser>\r\nMIME-Version: 1.0\r\nContent-Type: multipart/related;\r\n\tboundary="--B"\r\n\r\n'
    parts = "".join(
        "----B\r\nContent-Type: text/html\r\nContent-Transfer-Encoding: base64\r\n\r\n"
        f"{base64.encodebytes(page.encode(encoding)).decode()}\r\n"
        for page in pages
    )
    return f"{head}{parts}----B--\r\n".encode()


@pytest.mark.parametrize("name", ["a.mht", "a.mhtml", "a.html", "a.htm"])
def test_a_page_saved_whole_is_read_whatever_it_is_called(name: str) -> None:
    data = saved_page(f"<html><body>{''.join(f'<p>{a}</p>' for a in ARTICLES)}</body></html>", "<p>广告。</p>")
    assert check_format(data, name) == "mhtml"
    source = parse_mhtml(data, name, Limits())
    assert source.text.split("\n")[:3] == list(ARTICLES)
    assert [note.split()[0] for note in source.notes] == ["1"]


def test_a_saved_page_without_a_page_is_refused() -> None:
    with pytest.raises(SourceError, match="saved web page"):
        parse_mhtml(saved_page(), "a.mht", Limits())


def test_text_without_head_lines_is_no_message() -> None:
    with pytest.raises(SourceError, match="expected a message"):
        parse_eml("只是一段文字。".encode(), "m.eml", Limits())
