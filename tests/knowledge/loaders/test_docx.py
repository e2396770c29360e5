from __future__ import annotations

import docx
import pytest
from docx.document import Document as WordDocument

from knowledge.errors import SourceError
from knowledge.limits import Limits
from knowledge.loaders.docx import parse
from knowledge.loaders.numbering import written
from knowledge.loaders.source import Source
from tests.knowledge.loaders.makers import add_list, append_xml, numbered, saved_document, with_notes, zip_file

_DRAWING = (
    '<w:r xmlns:mc="http://schemas.openxmlformats.org/markup-compatibility/2006" '
    'xmlns:wps="http://schemas.microsoft.com/office/word/2010/wordprocessingShape" xmlns:v="urn:schemas-microsoft-com:vml">'
    "<mc:AlternateContent><mc:Choice Requires='wps'><w:drawing><wps:txbx>{box}</wps:txbx></w:drawing></mc:Choice>"
    "<mc:Fallback><w:pict><v:textbox>{box}</v:textbox></w:pict></mc:Fallback></mc:AlternateContent></w:r>"
)
_BOX = "<w:txbxContent><w:p><w:r><w:t>框内文字。</w:t></w:r></w:p></w:txbxContent>"


def read(document: WordDocument) -> Source:
    return parse(saved_document(document), "a.docx", Limits())


def lines(document: WordDocument) -> list[str]:
    return read(document).text.splitlines()


def test_the_numbers_that_word_counts_are_in_the_text() -> None:
    document = docx.Document()
    add_list(document, [("chineseCountingThousand", "第%1条"), ("chineseCounting", "（%2）"), ("decimal", "%3.")])
    for text, level in [("总则。", 0), ("奖励：", 0), ("甲；", 1), ("细项；", 2), ("乙。", 1), ("附则。", 0)]:
        numbered(document, text, level)
    numbered(document, "新条。", 0)
    assert lines(document) == [
        "第一条 总则。",
        "第二条 奖励：",
        "（一）甲；",
        "1. 细项；",
        "（二）乙。",
        "第三条 附则。",
        "第四条 新条。",
    ]


def test_a_level_begins_anew_below_the_next_wider_one_and_may_name_both() -> None:
    document = docx.Document()
    add_list(document, [("decimal", "%1"), ("decimal", "%1.%2")])
    for text, level in [("总则", 0), ("目的", 1), ("范围", 1), ("奖励", 0), ("金额", 1)]:
        numbered(document, text, level)
    assert lines(document) == ["1 总则", "1.1 目的", "1.2 范围", "2 奖励", "2.1 金额"]


@pytest.mark.parametrize(
    ("number", "form", "expected"),
    [
        (10, "chineseCounting", "十"),
        (21, "japaneseCounting", "二十一"),
        (105, "chineseCountingThousand", "一百零五"),
        (110, "chineseCounting", "一百一十"),
        (3, "decimalEnclosedCircle", "③"),
        (28, "lowerLetter", "bb"),
        (4, "upperRoman", "IV"),
        (12, "decimalFullWidth", "１２"),
        (7, "decimalZero", "07"),
        (2, "chineseLegalSimplified", "贰"),
        (5, "unheardOf", "5"),
    ],
)
def test_number_formats(number: int, form: str, expected: str) -> None:
    assert written(number, form) == expected


def test_tracked_changes_are_read_as_accepted() -> None:
    document = docx.Document()
    paragraph = document.add_paragraph("奖励")
    append_xml(paragraph, '<w:del w:id="1" w:author="a"><w:r><w:delText>50</w:delText></w:r></w:del>')
    append_xml(paragraph, '<w:ins w:id="2" w:author="a"><w:r><w:t>60</w:t></w:r></w:ins>')
    append_xml(paragraph, '<w:moveFrom w:id="3" w:author="a"><w:r><w:t>旧</w:t></w:r></w:moveFrom>')
    append_xml(paragraph, "<w:r><w:t>万元。</w:t></w:r>")
    assert lines(document) == ["奖励60万元。"]


def test_a_paragraph_whose_end_was_deleted_goes_on_in_the_next() -> None:
    document = docx.Document()
    first = document.add_paragraph("给予奖励")
    first._p.get_or_add_pPr()
    append_xml(first, '<w:pPr><w:rPr><w:del w:id="1" w:author="a"/></w:rPr></w:pPr>')
    first._p.remove(first._p.pPr)
    document.add_paragraph("60万元。")
    assert lines(document) == ["给予奖励60万元。"]


def test_hidden_text_and_field_codes_are_not_text() -> None:
    document = docx.Document()
    paragraph = document.add_paragraph("见")
    append_xml(paragraph, "<w:r><w:rPr><w:vanish/></w:rPr><w:t>隐藏</w:t></w:r>")
    append_xml(paragraph, "<w:r><w:instrText> PAGE </w:instrText></w:r><w:r><w:t>第二条。</w:t></w:r>")
    assert lines(document) == ["见第二条。"]


def test_a_raised_digit_is_the_mark_of_a_note_or_an_exponent() -> None:
    document = docx.Document()
    style = document.styles.add_style("Mark", docx.enum.style.WD_STYLE_TYPE.CHARACTER)
    style.font.superscript = True
    paragraph = document.add_paragraph("奖励6")
    paragraph.add_run("1").font.superscript = True
    paragraph.add_run("万元，另奖5")
    paragraph.add_run("[2]", style=style)
    paragraph.add_run("万元；面积30m")
    paragraph.add_run("2").font.superscript = True
    append_xml(
        paragraph,
        '<w:r><w:rPr><w:rStyle w:val="Mark"/><w:vertAlign w:val="baseline"/></w:rPr><w:t>60</w:t></w:r>',
    )
    assert lines(document) == ["奖励6[注1]万元，另奖5[注2]万元；面积30m²60"]


def test_a_text_box_is_read_once() -> None:
    document = docx.Document()
    append_xml(document.add_paragraph("如图："), _DRAWING.format(box=_BOX))
    assert lines(document) == ["如图：", "框内文字。"]


def test_merged_cells_are_said_in_each_row_they_cover() -> None:
    document = docx.Document()
    table = document.add_table(rows=3, cols=3)
    for column, text in enumerate(("类别", "级别", "金额")):
        table.cell(0, column).text = text
    table.cell(1, 0).merge(table.cell(2, 0)).text = "制定"
    for row, (level, amount) in enumerate((("国家", "30万元"), ("行业", "15万元")), start=1):
        table.cell(row, 1).text, table.cell(row, 2).text = level, amount
    source = read(document)
    assert [source.text[row.start : row.end] for row in source.rows] == [
        "类别：制定；级别：国家；金额：30万元。",
        "类别：制定；级别：行业；金额：15万元。",
    ]


def test_a_table_of_contents_is_marked_as_such() -> None:
    document = docx.Document()
    style = document.styles.add_style("TOC 1", docx.enum.style.WD_STYLE_TYPE.PARAGRAPH)
    document.add_paragraph("一、总则\t1", style=style)
    document.add_paragraph("一、总则")
    source = read(document)
    assert [(source.text[d.start : d.end], d.reason) for d in source.dropped] == [("一、总则\t1\n", "contents")]


def test_a_package_without_a_document_is_refused() -> None:
    with pytest.raises(SourceError, match="without text"):
        parse(zip_file({"word/document.xml": b"<a/>", "[Content_Types].xml": b"<a/>"}), "a.docx", Limits())


def test_a_part_that_declares_entities_is_refused() -> None:
    bomb = (
        b'<!DOCTYPE d [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;&a;">]><d><body><p><r><t>&b;</t></r></p></body></d>'
    )
    with pytest.raises(SourceError, match="entities of its own"):
        parse(zip_file({"word/document.xml": bomb, "[Content_Types].xml": b"<a/>"}), "a.docx", Limits())


@pytest.mark.parametrize(("kind", "mark"), [("footnote", "[注1]"), ("endnote", "[尾注1]")])
def test_notes_stand_below_the_text_with_the_mark_it_refers_to_them_by(kind: str, mark: str) -> None:
    document = docx.Document()
    append_xml(
        document.add_paragraph("奖励60万元"), f'<w:r><w:{kind}Reference w:id="1"/></w:r><w:r><w:t>。</w:t></w:r>'
    )
    source = parse(with_notes(saved_document(document), kind, "限前两名。"), "a.docx", Limits())
    assert source.text == f"奖励60万元{mark}。\n{mark} 限前两名。\n"


def test_a_table_of_one_column_lays_out_the_page() -> None:
    document = docx.Document()
    cell = document.add_table(rows=1, cols=1).cell(0, 0)
    cell.text = "第一条 奖励如下："
    inner = cell.add_table(rows=2, cols=2)
    for row, texts in enumerate((("级别", "金额"), ("国家", "30万元"))):
        inner.cell(row, 0).text, inner.cell(row, 1).text = texts
    cell.add_paragraph("第二条 附则。")
    source = read(document)
    assert list(filter(None, source.text.splitlines())) == [
        "第一条 奖励如下：",
        "级别：国家；金额：30万元。",
        "第二条 附则。",
    ]
    assert len(source.rows) == 1


def test_a_table_that_holds_tables_lays_out_the_page() -> None:
    document = docx.Document()
    outer = document.add_table(rows=2, cols=2)
    for at, text in (((0, 0), "事项"), ((0, 1), "内容"), ((1, 0), "标准奖励")):
        outer.cell(*at).text = text
    inner = outer.cell(1, 1).add_table(rows=3, cols=2)
    for row, texts in enumerate((("级别", "金额（万元）"), ("国家标准", "30"), ("行业标准", "20"))):
        inner.cell(row, 0).text, inner.cell(row, 1).text = texts
    text = read(document).text
    assert list(filter(None, text.splitlines())) == [
        "事项",
        "内容",
        "标准奖励",
        "级别：国家标准；金额（万元）：30。",
        "级别：行业标准；金额（万元）：20。",
    ]


def test_struck_out_words_are_left_out_and_said() -> None:
    document = docx.Document()
    paragraph = document.add_paragraph("奖励")
    append_xml(paragraph, "<w:r><w:rPr><w:strike/></w:rPr><w:t>50</w:t></w:r><w:r><w:t>60万元。</w:t></w:r>")
    source = read(document)
    assert source.text == "奖励60万元。\n"
    assert source.notes == ("struck-out words were left out",)


def test_a_text_box_of_a_paragraph_that_goes_on_in_the_next_is_read() -> None:
    document = docx.Document()
    paragraph = document.add_paragraph("如")
    append_xml(paragraph, _DRAWING.format(box=_BOX))
    append_xml(paragraph, "<w:pPr><w:rPr><w:del w:id='1' w:author='x'/></w:rPr></w:pPr>")
    paragraph._p.insert(0, paragraph._p[-1])
    document.add_paragraph("图：")
    assert lines(document) == ["如图：", "框内文字。"]


def test_what_is_no_text_is_said_and_nothing_else_is_refused() -> None:
    document = docx.Document()
    picture = (
        '<w:r xmlns:a="http://schemas.openxmlformats.org/drawingml/2006/main"><w:drawing><a:blip/></w:drawing></w:r>'
    )
    append_xml(document.add_paragraph(""), picture)
    with pytest.raises(SourceError, match=r"with text.*1 pictures were not read"):
        read(document)
    document.add_paragraph("第一条 总则。")
    assert [note[:10] for note in read(document).notes] == ["1 pictures"]
