"""What a letter asks, and what it states beside that."""

from __future__ import annotations

import itertools
import zipfile
from email.message import EmailMessage
from pathlib import Path

import pytest
from docx import Document
from hypothesis import given
from hypothesis import strategies as st

from assistant.desk.errors import Refused
from assistant.desk.inquiry import (
    MOST_CHARACTERS,
    MOST_QUESTIONS,
    bare_question,
    checked_text,
    find_questions,
    read_inquiry,
    stated,
    subject_of,
)
from knowledge.glossary import Glossary
from knowledge.places import Gazetteer
from tests.assistant.desk.people import LETTER


def asked(text: str) -> list[str]:
    return [bare_question(item.text) for item in find_questions(text)]


def test_each_sentence_that_asks_is_a_question() -> None:
    assert asked(LETTER) == ["请问可以获得多少奖励？", "申报需要哪些材料？"]


def test_a_request_without_a_question_mark_asks() -> None:
    assert asked("我公司在扬州。请告知团体标准的奖励办法。谢谢。") == ["请告知团体标准的奖励办法。"]
    assert asked("We are a firm in Ningbo. Please advise on the grant for a national standard. Kind regards, Li") == [
        "Please advise on the grant for a national standard."
    ]


@pytest.mark.parametrize("text", ["您好！", "现咨询如下问题：", "望尽快答复，谢谢！", "特此致函，敬请答复。", "谢谢"])
def test_courtesies_and_what_leads_on_ask_nothing(text: str) -> None:
    assert asked(text) == []


@given(st.text(max_size=300))
def test_a_question_stands_in_the_text_where_it_says(text: str) -> None:
    items = find_questions(text)
    assert len(items) <= MOST_QUESTIONS
    assert all(text[item.start : item.end] == item.text for item in items)
    assert all(before.end <= after.start for before, after in itertools.pairwise(items))


def test_what_is_stated_is_the_case_without_courtesies_and_telephone_numbers() -> None:
    said = stated(LETTER, find_questions(LETTER), Glossary.load(), Gazetteer.load())
    assert "2017年牵头起草了一项行业标准" in said
    assert "咨询如下" not in said
    assert "13800000000" not in said
    assert "多少奖励" not in said


def test_a_subject_is_the_first_line_shortened() -> None:
    assert subject_of("\n\n  关于 奖励 的咨询\n正文", []) == "关于 奖励 的咨询"
    assert len(subject_of("长" * 500, [])) == 60


def test_a_letter_that_begins_with_a_salutation_is_called_by_its_first_question() -> None:
    assert subject_of(LETTER, find_questions(LETTER)) == "请问可以获得多少奖励？"
    english = "Dear Sir or Madam,\nIs there a grant?"
    assert subject_of(english, find_questions(english)) == "Is there a grant?"


def test_control_characters_are_blanks_and_an_empty_or_endless_text_is_refused() -> None:
    assert checked_text("标准\x00\u202e奖励\r\n多少？ ") == "标准  奖励\n多少？"
    for text, code in ((" \n\x07", "empty"), ("问" * (MOST_CHARACTERS + 1), "too_long")):
        with pytest.raises(Refused) as refused:
            checked_text(text)
        assert refused.value.code == code


def test_letters_are_read_from_text_word_and_mail(tmp_path: Path) -> None:
    plain = tmp_path / "信.txt"
    plain.write_text(LETTER, encoding="gb18030")
    word = Document()
    word.add_paragraph("我公司在宁波。请问奖励多少？")
    word.save(str(tmp_path / "letter.DOCX"))
    mail = EmailMessage()
    mail["Subject"], mail["From"] = "咨询奖励", "a@example.com"
    mail.set_content("我公司在宁波。请问奖励多少？")
    mail.add_alternative("<p>我公司在宁波。</p><script>alert('x')</script><p>请问奖励多少？</p>", subtype="html")
    (tmp_path / "mail.eml").write_bytes(mail.as_bytes())
    assert asked(read_inquiry(plain)) == ["请问可以获得多少奖励？", "申报需要哪些材料？"]
    assert asked(read_inquiry(tmp_path / "letter.DOCX")) == ["请问奖励多少？"]
    read = read_inquiry(tmp_path / "mail.eml")
    assert asked(read) == ["请问奖励多少？"]
    assert "alert" not in read
    assert subject_of(read, find_questions(read)) == "咨询奖励"


def refusal_of(path: Path) -> str:
    with pytest.raises(Refused) as refused:
        read_inquiry(path)
    return refused.value.code


def test_hostile_files_are_refused(tmp_path: Path) -> None:
    big = tmp_path / "big.txt"
    big.write_bytes(b"a" * (20 << 20))
    bomb = tmp_path / "bomb.docx"
    with zipfile.ZipFile(bomb, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("[Content_Types].xml", "<Types/>")
        archive.writestr("word/document.xml", b"<w:p>" + b"0" * (60 << 20))
    formula = tmp_path / "sheet.csv"
    formula.write_text('=HYPERLINK("http://x")', encoding="utf-8")
    page = tmp_path / "page.txt"
    page.write_text("<!doctype html><html><script>alert(1)</script></html>", encoding="utf-8")
    empty = tmp_path / "empty.txt"
    empty.write_text(" \n", encoding="utf-8")
    assert refusal_of(big) == "file_size"
    assert refusal_of(bomb) == "file_unreadable"
    assert refusal_of(formula) == "file_type"
    assert refusal_of(empty) == "file_unreadable"
    assert refusal_of(page) == "file_unreadable"


@pytest.mark.parametrize(
    ("text", "bare"),
    [
        ("您好，我公司牵头的国标奖多少？", "我公司牵头的国标奖多少？"),
        ("1. 您好！国标奖多少？", "国标奖多少？"),
        ("Hello, how much is it?", "how much is it?"),
        ("历史数据哪里查？", "历史数据哪里查？"),
    ],
)
def test_a_question_is_named_without_its_greeting(text: str, bare: str) -> None:
    assert bare_question(text) == bare
