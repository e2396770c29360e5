from __future__ import annotations

import io
from datetime import date

import pytest
from docx import Document
from hypothesis import given, settings
from hypothesis import strategies as st
from markdown_it import MarkdownIt

from assistant.answer import Language, PrintedPlace
from assistant.export import ExportedTurn, conversation_docx, conversation_markdown, source_line
from assistant.web.words import EN, ZH
from tests.assistant.web.fakes import EVIL, FakeAssistant, evil_documents

DAY = date(2026, 11, 22)


def turns(*questions: str) -> list[ExportedTurn]:
    assistant = FakeAssistant(evil_documents())
    return [ExportedTurn(question, assistant.ask(question)) for question in questions]


def paragraphs(file: bytes) -> list[str]:
    document = Document(io.BytesIO(file))
    cells = [cell.text for table in document.tables for row in table.rows for cell in row.cells]
    return [*(paragraph.text for paragraph in document.paragraphs), *cells]


def kinds(markdown: str) -> set[str]:
    """What a reader that takes all of CommonMark, HTML too, makes of it."""
    tokens = MarkdownIt("commonmark", {"html": True}).enable("table").parse(markdown)
    return {part.type for token in tokens for part in (token, *(token.children or []))}


DRAFT = FakeAssistant().ask("示范区")
LIVE = {"html_block", "html_inline", "link_open", "image", "code_inline", "code_block", "fence"}


def test_an_answer_stands_with_its_numbered_sources_conditions_and_validity() -> None:
    markdown = conversation_markdown("标题", turns("能拿多少"), language="zh", day=DAY)
    lines = paragraphs(conversation_docx("标题", turns("能拿多少"), language="zh", day=DAY))
    for text in (markdown, "\n".join(lines)):
        for said in (
            "2026-11-22", "能拿多少", "每项标准可获 15万元 资助", "主导制定行业标准：15万元，每项标准，条件满足时 [1]",
            "? 在标准起草单位中排名前两位（待确认） [1]", "文件的目标期已过",
            "《关于加快推进扬州市技术标准战略的实施意见》，文号未见",
            "有效性未知", "作为标准主要起草单位(排名前两位)", ZH.disclaimer,
        ):  # fmt: skip
            assert said in text
    assert "[1] 《关于加快推进扬州市技术标准战略的实施意见》，文号未见，原文层级不明，有效性未知" in lines


def test_tables_totals_and_languages() -> None:
    file = conversation_docx("t", turns("列个表", "合计", "subsidy"), language="en", day=DAY)
    document = Document(io.BytesIO(file))
    (table,) = document.tables
    assert [cell.text for cell in table.rows[1].cells] == ["国际标准", "60万元"]
    lines = paragraphs(file)
    assert "合计：70万元 = 3 × 20万元 + 2 × 5万元" in lines
    assert "主导制定国家标准：60万元 = 3 × 20万元 [1]" in lines
    assert "✗ registered in an urban district (not met)" in lines
    assert EN.disclaimer in lines
    superscript = [r.text for p in document.paragraphs for r in p.runs if r.font.superscript]
    assert "[1]" in superscript


def test_a_question_without_an_answer_says_so() -> None:
    open_turn = [ExportedTurn("第一行\n第二行", None)]
    assert ZH.unanswered in conversation_markdown("", open_turn, language="zh", day=DAY)
    lines = paragraphs(conversation_docx("", open_turn, language="zh", day=DAY))
    assert ZH.unanswered in lines
    assert ZH.conversations in lines
    assert "第一行\n第二行" in lines


@pytest.mark.parametrize("language", ["zh", "en"])
def test_hostile_text_stays_text(language: Language) -> None:
    markdown = conversation_markdown(EVIL, turns(EVIL), language=language, day=DAY)
    assert not kinds(markdown) & LIVE
    assert "<img" not in markdown
    assert any(EVIL in line for line in paragraphs(conversation_docx(EVIL, turns(EVIL), language=language, day=DAY)))


WILD = st.text(st.characters(codec=None), max_size=60) | st.text(
    list("[]()!<>`*_#-+1. :\n|&\\~ab\x00\x0b"), max_size=40
)


@settings(max_examples=30)
@given(WILD, WILD)
def test_any_text_gives_files_that_open_and_do_nothing(text: str, said: str) -> None:
    turn = ExportedTurn(text, DRAFT.model_copy(update={"answer": said}))
    assert not kinds(conversation_markdown(text, [turn], language="zh", day=DAY)) & (LIVE - {"code_block"})
    assert paragraphs(conversation_docx(text, [turn], language="zh", day=DAY))


def test_a_source_names_its_printed_pages() -> None:
    places = [PrintedPlace(page=page, box=(90.0, 100.0, 480.0, 116.0)) for page in (3, 4)]
    citation = DRAFT.citations[0].model_copy(update={"places": places})
    assert "，第3–4页，" in source_line(citation, ZH)
    assert ", pp. 3–4, " in source_line(citation, EN)
    alone = citation.model_copy(update={"places": places[:1]})
    assert "，第3页，" in source_line(alone, ZH)
    assert ", p. 3, " in source_line(alone, EN)
    attached = alone.model_copy(update={"places": [places[0].model_copy(update={"file": "附件.pdf"})]})
    assert "，附件.pdf 第3页，" in source_line(attached, ZH)
