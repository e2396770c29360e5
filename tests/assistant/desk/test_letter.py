"""The approved reply as a Word document, and what differs between two versions."""

from __future__ import annotations

from io import BytesIO

import pytest
from docx import Document
from hypothesis import given
from hypothesis import strategies as st

from assistant.answer import PrintedPlace
from assistant.desk.diff import diff_lines
from assistant.desk.errors import Refused
from assistant.desk.letter import letter_docx
from tests.assistant.desk.people import LETTER, LI, ZHANG, Office

ENGLISH = "We are a firm in Ningbo and led one industry standard, published in 2017. How much could we receive?"


def exported(bureau: Office, letter: str, change: tuple[str, str] = ("", "")) -> list[str]:
    inquiry = bureau.desk.receive(ZHANG, letter)
    text = bureau.desk.draft(inquiry)
    inquiry = bureau.desk.save(ZHANG, inquiry.id, 1, text.replace(*change) if change[0] else text)
    inquiry = bureau.desk.approve(LI, inquiry.id, inquiry.version, confirmed=True)
    name, data = bureau.desk.export(LI, inquiry.id)
    assert name.endswith(".docx")
    assert bureau.audit.actions[-1] == "reply.exported"
    return [paragraph.text for paragraph in Document(BytesIO(data)).paragraphs]


def test_a_letter_has_title_words_date_and_sources(bureau: Office) -> None:
    lines = exported(bureau, LETTER)
    assert lines[0] == "关于咨询事项的答复"
    assert "您好！您咨询的问题收悉，现答复如下：" in lines
    assert "2026年11月22日" in lines
    assert lines.index("宁波市标准化处") < lines.index("引用文件")
    assert any(line.startswith("[1] 《宁波市标准化工作奖励办法》（甬政发〔2016〕8号）") for line in lines)


def test_an_english_letter_is_english(bureau: Office) -> None:
    lines = exported(bureau, ENGLISH)
    assert lines[0] == "Reply to your inquiry"
    assert "Documents cited" in lines


def test_markers_are_counted_anew(bureau: Office) -> None:
    lines = exported(bureau, LETTER, ("按您来信所述", "（略）"))
    text = "\n".join(lines)
    assert "[1]" in text


def test_what_no_document_can_hold_is_left_out(bureau: Office) -> None:
    lines = exported(bureau, "宁波市企业主导制定行业标准奖励多少？", ("感谢您", "见附件\x0b\ufffe。\n感谢您"))
    assert any(line.startswith("见附件") for line in lines)


def test_only_an_approved_reply_is_exported(bureau: Office) -> None:
    inquiry = bureau.desk.receive(ZHANG, LETTER)
    with pytest.raises(Refused) as refusal:
        bureau.desk.export(ZHANG, inquiry.id)
    assert refusal.value.code == "not_approved"


@given(st.text(max_size=200), st.text(max_size=200))
def test_a_difference_tells_both_versions(old: str, new: str) -> None:
    lines = diff_lines(old, new)
    before = "\n".join("".join(p.text for p in line.pieces) for line in lines if line.change != "added")
    after = "\n".join("".join(p.text for p in line.pieces) for line in lines if line.change != "removed")
    assert (before, after) == (old, new)


def test_a_changed_word_is_told_within_its_line() -> None:
    lines = diff_lines("甲\n奖励30万元。", "甲\n奖励12万元。")
    assert [line.change for line in lines] == ["same", "removed", "added"]
    assert [piece.text for piece in lines[1].pieces if piece.changed] == ["30"]
    assert [piece.text for piece in lines[2].pieces if piece.changed] == ["12"]


def test_a_source_that_was_printed_has_its_page(bureau: Office) -> None:
    inquiry = bureau.desk.receive(ZHANG, LETTER)
    inquiry = bureau.desk.save(ZHANG, inquiry.id, 1, bureau.desk.draft(inquiry))
    inquiry = bureau.desk.approve(LI, inquiry.id, inquiry.version, confirmed=True)
    places = [PrintedPlace(page=page, box=(90.0, 100.0, 480.0, 116.0)) for page in (3, 4)]
    printed = tuple(
        source.model_copy(update={"citation": source.citation.model_copy(update={"places": places})})
        for source in inquiry.sources
    )
    data = letter_docx(inquiry.model_copy(update={"sources": printed}), bureau.desk.composer)
    lines = [paragraph.text for paragraph in Document(BytesIO(data)).paragraphs]
    assert any(line.startswith("[1] 《宁波市标准化工作奖励办法》") and "，第3–4页：“" in line for line in lines)
