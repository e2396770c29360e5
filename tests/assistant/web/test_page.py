from __future__ import annotations

import gradio as gr

from assistant.access.caller import Caller, Role
from assistant.web.page import CONCURRENT_QUESTIONS, build_page, header_html, links_for, welcome_html
from assistant.web.words import EN, ZH
from tests.assistant.web.fakes import FakeAssistant

STAFF = Caller("user:1", Role.STAFF, "王", "session")


def test_the_empty_page_names_documents_and_sample_questions_in_both_languages() -> None:
    chinese, english = welcome_html(FakeAssistant(), ZH), welcome_html(FakeAssistant(), EN)
    assert "扬州市区企业牵头起草的行业标准发布了，能拿多少资助？" in chinese
    assert "What subsidy do I get for leading an industry standard in the urban districts of Yangzhou?" in english
    assert "关于加快推进扬州市技术标准战略的实施意见" in chinese
    assert "征求意见稿" in chinese
    assert "Draft for comment" in english


def test_only_one_endpoint_is_public_and_the_page_reports_to_nobody() -> None:
    page = build_page(FakeAssistant())
    assert not page.analytics_enabled
    visible = [d["api_name"] for d in page.config["dependencies"] if d["api_visibility"] == "public"]
    assert visible == ["chat"]
    assert page._queue.default_concurrency_limit >= CONCURRENT_QUESTIONS
    assert page._queue.max_size


def test_messages_are_sanitized_again_in_the_browser() -> None:
    chatbot = next(block for block in build_page(FakeAssistant()).blocks.values() if isinstance(block, gr.Chatbot))
    assert chatbot.sanitize_html
    assert chatbot.latex_delimiters == []
    assert chatbot.allow_tags is False


def test_a_caller_is_shown_the_pages_that_are_served_and_theirs() -> None:
    visitor = Caller("visitor:1", Role.VISITOR, "", "visitor")
    served = ("calculator", "desk", "maintain", "login", "account")
    assert [address for address, _ in links_for(visitor, served, ZH)] == ["calculator", "login"]
    assert [address for address, _ in links_for(STAFF, served, ZH)] == ["calculator", "desk", "account"]
    assert links_for(STAFF, (), ZH) == []
    assert ZH.surfaces["desk"] in header_html(ZH, links_for(STAFF, served, ZH))
