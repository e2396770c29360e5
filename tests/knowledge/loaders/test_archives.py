from __future__ import annotations

import base64
import io
import zipfile
from email.message import EmailMessage

import pytest

from knowledge.errors import LimitError, ScanError, SourceError
from knowledge.limits import Limits
from knowledge.loaders.archives import parse_eml, parse_mhtml, parse_zip
from knowledge.loaders.formats import check_format
from tests.knowledge.loaders import makers
from tests.knowledge.loaders.makers import ARTICLES, attach, zip_file

LARGE_PARTS = {"[Content_Types].xml": b"<a/>", "word/document.xml": b"0" * (2 << 20)}


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
    raw = plain.getvalue().replace(b"abcdefgh", "標準.txt".encode("big5"))
    assert parse_zip(raw, "z.zip", Limits()).text.startswith("【標準.txt】")


@pytest.mark.parametrize(
    ("files", "complaint"),
    [
        ({}, "it is empty"),
        ({"a.exe": b"MZ"}, r"a\.exe was not read"),
        ({"in.zip": zip_file()}, r"in\.zip was not read: .*give it by itself"),
        ({f"{n:02}.pdf": b"x" for n in range(20)}, r"07\.pdf was left out: [^;]*; [^;]*; [^;]*; and 12 more"),
        ({"a.pdf": b"not a pdf"}, r"z\.zip: .*a\.pdf was left out: expected a PDF"),
        ({"a.txt": b""}, r"z\.zip: .*a\.txt was left out: .*empty file"),
    ],
)
def test_an_archive_without_a_document_to_read_is_refused(files: dict[str, bytes], complaint: str) -> None:
    with pytest.raises(SourceError, match=complaint):
        parse_zip(zip_file(files), "z.zip", Limits())


def encrypted(data: bytes, name: bytes) -> bytes:
    """The archive with the member of that name marked as encrypted."""
    marked = bytearray(data)
    for at, flag in ((marked.index(name) - 30, 6), (marked.rindex(name) - 46, 8)):
        marked[at + flag] |= 1
    return bytes(marked)


def test_bad_members_are_left_out_with_their_reason_and_the_others_read() -> None:
    good = "第一条 奖励。"
    files = {
        "a.txt": good.encode(),
        "b.pdf": b"%PDF-1.4",
        "c.docx": makers.docx_file()[:900],
        "d.txt": b"",
        "e.txt": b"x",
    }
    source = parse_zip(encrypted(zip_file(files), b"e.txt"), "z.zip", Limits())
    assert source.text == f"【a.txt】\n{good}\n"
    assert [note.partition(", got ")[0] for note in source.notes] == [
        "b.pdf was left out: expected a whole PDF",
        "c.docx was left out: expected a whole file",
        "d.txt was left out: expected the text of a policy document",
        "e.txt was left out: expected a file without a password",
    ]


def test_a_member_that_a_parser_gives_up_is_left_out(monkeypatch: pytest.MonkeyPatch) -> None:
    def give_up(*_: object) -> None:
        raise IndexError("list index out of range")

    monkeypatch.setattr("knowledge.loaders.markdown.parse", give_up)
    source = parse_zip(zip_file({"a.md": b"x", "b.txt": "乙。".encode()}), "z.zip", Limits())
    assert source.notes == (
        "a.md was left out: expected a file that can be read, got a damaged one (IndexError: list index out of range); "
        "save it anew",
    )


@pytest.mark.parametrize(
    ("files", "limits"),
    [
        ({"a.txt": b"ok", "b.txt": b"0" * 50}, Limits(characters=20)),
        ({"a.txt": b"ok", "b.docx": zip_file(LARGE_PARTS)}, Limits(unpacked_megabytes=1)),
        ({"a.txt": b"ok", "b.pdf": makers.pdf_file()}, Limits(pages=0)),
    ],
)
def test_a_member_over_a_limit_refuses_the_whole(files: dict[str, bytes], limits: Limits) -> None:
    # Nothing may be left out because it is large.
    with pytest.raises(LimitError, match=r"^z\.zip: b\."):
        parse_zip(zip_file(files), "z.zip", limits)


def test_a_scan_inside_is_left_out_where_it_cannot_be_recognised() -> None:
    files = {"a.txt": "甲。".encode(), "s.pdf": scanned()}
    source = parse_zip(zip_file(files), "z.zip", Limits(leave_out_scans=True))
    assert [note[:26] for note in source.notes] == ["s.pdf was left out: expect"]


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


def test_an_encrypted_member_alone_is_refused() -> None:
    with pytest.raises(SourceError, match="without a password"):
        parse_zip(encrypted(zip_file({"a.txt": "甲。".encode()}), b"a.txt"), "z.zip", Limits())


def scanned() -> bytes:
    def scan(canvas: makers.Canvas) -> None:
        from PIL import Image
        from reportlab.lib.utils import ImageReader

        canvas.drawImage(ImageReader(Image.new("L", (60, 80), 200)), 0, 0, makers.WIDTH, makers.HEIGHT)

    return makers.pdf(scan)


def test_a_scan_inside_says_which_file() -> None:
    with pytest.raises(ScanError, match=r"z\.zip: s\.pdf: .*one page without a text layer"):
        parse_zip(zip_file({"s.pdf": scanned()}), "z.zip", Limits())


def test_bad_attachments_are_left_out_with_their_reason() -> None:
    mail = message()
    mail.set_content("第一条 奖励。")
    attach(mail, "坏.pdf", b"%PDF-1.4")
    attach(mail, "包.zip", zip_file())
    source = parse_eml(mail.as_bytes(), "m.eml", Limits())
    assert source.text.endswith("第一条 奖励。\n")
    assert [note.partition(":")[0] for note in source.notes] == ["坏.pdf was left out", "包.zip was not read"]


def test_a_message_cut_short_is_refused() -> None:
    mail = message()
    mail.set_content("见附件。")
    attach(mail, "办法.txt", "第一条 奖励。".encode() * 50)
    with pytest.raises(SourceError, match="expected a message, got one that is cut short"):
        parse_eml(mail.as_bytes()[:-200], "m.eml", Limits())


def test_parts_that_nothing_parts_are_read_as_words() -> None:
    raw = "Subject: a\nMIME-Version: 1.0\nContent-Type: multipart/mixed\n\n第一条 奖励。\n"
    assert "第一条 奖励。" in parse_eml(raw.encode("gb18030"), "m.eml", Limits()).text


def test_head_lines_in_no_encoding_are_read() -> None:
    raw = "Subject: 关于印发办法的通知\nFrom: 局办 <a@example.cn>\n\n第一条 奖励。\n"
    source = parse_eml(raw.encode("gb18030"), "m.eml", Limits())
    assert source.text.splitlines()[:2] == ["关于印发办法的通知", "来源：局办 <a@example.cn>"]


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


def test_of_a_saved_page_and_its_frames_the_one_with_most_text_is_read() -> None:
    document = "".join(f"<p>{a}</p>" for a in ARTICLES)
    for first, notes in (("<html><frameset><frame src='a'></frameset></html>", 0), ("<p>导航。</p>", 1)):
        source = parse_mhtml(saved_page(first, document), "a.mht", Limits())
        assert source.text.split("\n")[:3] == list(ARTICLES)
        assert len(source.notes) == notes


def test_a_saved_page_cut_short_is_refused_and_a_mark_in_front_of_it_is_none_of_it() -> None:
    data = saved_page("".join(f"<p>{a}</p>" for a in ARTICLES))
    with pytest.raises(SourceError, match="a saved web page, got one that is cut short"):
        parse_mhtml(data[:-100], "a.mht", Limits())
    assert parse_mhtml(b"\xef\xbb\xbf" + data, "a.mht", Limits()).text.startswith(ARTICLES[0])


def test_a_saved_page_without_a_page_is_refused() -> None:
    with pytest.raises(SourceError, match="saved web page"):
        parse_mhtml(saved_page(), "a.mht", Limits())


def test_text_without_head_lines_is_no_message() -> None:
    with pytest.raises(SourceError, match="expected a message"):
        parse_eml("只是一段文字。".encode(), "m.eml", Limits())
