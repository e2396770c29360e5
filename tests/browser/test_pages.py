"""The plain pages beside the conversation: documents, a document, signing in. No fault against WCAG 2.1 A and AA."""

from __future__ import annotations

import pytest

pytest.importorskip("playwright.sync_api", reason="the playwright package is not installed")

from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page, expect

from assistant.web.evidence import quote_digest
from assistant.web.words import ZH
from tests.assistant.web.fakes import FakeAssistant, corpus_documents
from tests.browser.conftest import NewPage, Serve

pytestmark = pytest.mark.browser

AXE = {"runOnly": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa"]}
TEXT = corpus_documents()["yangzhou-2011"].text
START = TEXT.index("对提出国际标准")
PASSAGE = f"start={START}&end={START + 40}&v={quote_digest(TEXT[START : START + 40])}"


@pytest.fixture(scope="module")
def address(serve: Serve) -> str:
    return serve(FakeAssistant)


def fits(page: Page) -> bool:
    return bool(page.evaluate("document.documentElement.scrollWidth <= document.documentElement.clientWidth"))


@pytest.mark.parametrize(
    ("path", "narrow"),
    [
        ("sources", True),
        ("sources?lang=en", False),
        (f"sources/yangzhou-2011?{PASSAGE}", True),
        (f"sources/yangzhou-2011?{PASSAGE}&lang=en", False),
        ("sources/yangzhou-2011?start=3&end=9&v=0", False),
        ("sources/gdd-2009-draft?lang=en", True),
        ("login", False),
        ("login?lang=en", True),
        ("account", True),
        ("docs", True),
    ],
)
def test_nothing_is_out_of_reach(new_page: NewPage, address: str, path: str, narrow: bool) -> None:
    page = new_page(f"{address}{path}", narrow=narrow)
    page.evaluate("for (const fold of document.querySelectorAll('details')) fold.open = true")
    found = Axe().run(page, options=AXE)
    assert found.response["passes"]
    assert found.response["violations"] == [], found.generate_report()
    assert fits(page)


def test_a_document_is_read_with_the_keyboard(new_page: NewPage, address: str) -> None:
    page = new_page(f"{address}sources")
    page.keyboard.press("Tab")
    page.keyboard.press("Tab")
    expect(page.locator(".bz-documents a").first).to_be_focused()
    page.keyboard.press("Enter")
    expect(page.get_by_role("region", name=ZH.full_text)).to_be_visible()
