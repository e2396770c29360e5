from __future__ import annotations

import html
import re
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from assistant.web.evidence import (
    Passage,
    blocks,
    citation_href,
    document_html,
    documents_html,
    outline_fact,
    page_html,
    policy_facts,
    quote_digest,
    validity_badges,
)
from assistant.web.words import EN, ZH
from knowledge.model import Document, GoalPeriod
from tests.assistant.web.fakes import EVIL, cited, corpus_documents, document, evil_documents, policy

TODAY = date(2026, 11, 22)
DOCUMENTS = corpus_documents()


def passage(doc: Document, start: int, end: int) -> Passage:
    return Passage(start, end, quote_digest(doc.text[start:end]))


def shown_text(rendered: str) -> str:
    body = re.search(r'<div class="bz-doc".*?>\s*(.*)</div>', rendered, re.DOTALL)
    assert body
    paragraphs = re.findall(r"<p[^>]*>(.*?)</p>", body[1], re.DOTALL)
    return html.unescape(re.sub(r"<[^>]+>", "", "".join(paragraphs)))


@given(st.sampled_from(sorted(DOCUMENTS)), st.data())
def test_blocks_joined_are_the_text_and_marks_joined_are_the_quote(policy_id: str, data: st.DataObject) -> None:
    doc = DOCUMENTS[policy_id]
    start = data.draw(st.integers(0, len(doc.text) - 1))
    end = data.draw(st.integers(start + 1, min(len(doc.text), start + 600)))
    shown = blocks(doc, passage(doc, start, end))
    assert "".join(piece.text for block in shown for piece in block.pieces) == doc.text
    assert "".join(p.text for b in shown for p in b.pieces if p.marked) == doc.text[start:end]


@pytest.mark.parametrize("policy_id", sorted(DOCUMENTS))
def test_the_rendered_document_is_the_stored_text_character_for_character(policy_id: str) -> None:
    doc = DOCUMENTS[policy_id]
    assert shown_text(document_html(doc, None, ZH, TODAY)) == doc.text


def test_the_cited_sentence_is_marked_and_its_clause_stands_out() -> None:
    doc = DOCUMENTS["yangzhou-2011"]
    citation = cited(doc, 1, "对提出国际标准")
    rendered = document_html(doc, passage(doc, citation.start, citation.end), ZH, TODAY)
    marked = re.findall(r"<mark[^>]*>(.*?)</mark>", rendered, re.DOTALL)
    assert html.unescape("".join(marked)) == citation.quote
    assert rendered.count('id="bz-mark"') == 1
    assert rendered.count('class="bz-cited"') == 1


def test_a_page_mark_inside_a_quoted_sentence_stays_visible_but_pale() -> None:
    doc = document(policy("p", "标题", "Title", "甲市", "A"), "第一句到-3-这里结束。第二句。\n")
    rendered = document_html(doc, passage(doc, 0, 11), ZH, TODAY)
    assert re.search(
        r'<mark id="bz-mark">第一句到</mark><mark><span class="bz-dropped" title="页码">-3-</span></mark>', rendered
    )
    assert rendered.count('id="bz-mark"') == 1


def test_a_passage_whose_words_moved_is_not_highlighted_and_that_is_said() -> None:
    doc = DOCUMENTS["yangzhou-2011"]
    for moved in (Passage(100, 120, "000000000000"), Passage(0, 10**9, "x"), Passage(20, 10, "x")):
        rendered = document_html(doc, moved, ZH, TODAY)
        assert "<mark" not in rendered
        assert ZH.changed_text in rendered


def test_the_card_says_what_is_known_and_what_is_not() -> None:
    facts = {fact.label: (fact.value, fact.known) for fact in policy_facts(DOCUMENTS["yangzhou-2011"].policy, ZH)}
    assert facts["文号"] == ("文号未见", False)
    assert facts["发布机关"] == ("扬州市人民政府办公室", True)
    assert facts["成文日期"] == ("2011-01-24", True)
    assert facts["目标期"] == ("2011–2015", True)
    draft = {fact.label: (fact.value, fact.known) for fact in policy_facts(DOCUMENTS["gdd-2009-draft"].policy, EN)}
    assert draft["Posted"] == ("not stated", False)
    assert draft["Place"] == ("Guangzhou Development District", True)


@pytest.mark.parametrize(
    ("start", "end", "shown"),
    [(2010, None, "from 2010"), (None, 2015, "until 2015"), (2018, 2018, "2018"), (None, None, None)],
)
def test_a_goal_period_may_be_open(start: int | None, end: int | None, shown: str | None) -> None:
    period = GoalPeriod(start=date(start, 1, 1) if start else None, end=date(end, 12, 31) if end else None)
    facts = {fact.label: fact for fact in policy_facts(policy("x", "题", "T", "市", "C", goal_period=period), EN)}
    assert facts["Goal period"].value == (shown or EN.not_stated)


def test_validity_badges() -> None:
    texts = [badge.text for badge in validity_badges(DOCUMENTS["yangzhou-2011"].policy, ZH, TODAY)]
    assert texts == ["有效性未知", "目标期已过 (2015)"]
    assert [b.text for b in validity_badges(DOCUMENTS["yangzhou-2011"].policy, ZH, date(2014, 1, 1))] == ["有效性未知"]
    open_goal = policy("x", "题", "T", "市", "C", status="in_force", goal_period=GoalPeriod(start=date(2020, 1, 1)))
    assert [(b.text, b.tone) for b in validity_badges(open_goal, EN, TODAY)] == [("In force", "good")]


def test_the_place_in_the_outline_is_the_clause_s_and_an_unknown_one_is_said() -> None:
    doc = DOCUMENTS["yangzhou-2011"]
    found = doc.text.index("一、指导思想")
    heading = outline_fact(doc, passage(doc, found, found + 6), ZH)
    assert heading
    assert (heading.value, heading.known) == ("一、指导思想", True)
    citation = cited(doc, 1, "对提出国际标准")
    rendered = document_html(doc, passage(doc, citation.start, citation.end), ZH, TODAY)
    assert ZH.outline_unknown in rendered
    assert outline_fact(doc, None, ZH) is None


def test_what_stands_outside_the_outline_is_named_so() -> None:
    doc = DOCUMENTS["yangzhou-2011"]
    page_note = doc.clauses[0].model_copy(update={"kind": "metadata", "path": ()})
    doc = doc.model_copy(update={"clauses": (page_note, *doc.clauses[1:])})
    fact = outline_fact(doc, passage(doc, 0, 5), EN)
    assert fact
    assert (fact.value, fact.known) == ("publishing page", True)


def test_nothing_of_a_document_becomes_markup() -> None:
    doc = evil_documents()["evil"]
    for rendered in (
        document_html(doc, passage(doc, 0, 5), ZH, TODAY),
        documents_html({"evil": doc}, EN, TODAY),
        page_html(EVIL, documents_html({"evil": doc}, ZH, TODAY), ZH),
    ):
        assert "<img" not in rendered
        assert "<script" not in rendered
        assert "&lt;img src=x onerror=alert(1)&gt;" in rendered


def test_an_address_survives_odd_policy_ids() -> None:
    citation = cited(DOCUMENTS["yangzhou-2011"], 1, "对提出国际标准").model_copy(update={"policy_id": "../a?b&c"})
    assert citation_href(citation, "zh").startswith("sources/..%2Fa%3Fb%26c?start=")
