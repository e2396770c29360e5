"""A citation of a PDF, from the answer to the printed page."""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import partial

import pytest

pytest.importorskip("playwright.sync_api", reason="the playwright package is not installed")

from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page, expect

from assistant.pipeline import Assistant
from assistant.settings import Settings
from assistant.web.words import EN, ZH
from knowledge.releases import open_live, original
from tests.browser.conftest import NewPage, Serve
from tests.browser.test_page import ask, eventually, fits, in_view
from tests.browser.test_pages import AXE
from tests.corpus import NarrowEmbeddings
from tests.printed import printed_data

pytestmark = pytest.mark.browser

QUESTION = "宁波市主导制定国家标准奖励多少？"
DRAWN = "image => image.complete && image.naturalWidth > 1000"


@pytest.fixture(scope="module")
def address(serve: Serve, tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    data = printed_data(tmp_path_factory.mktemp("printed"))
    release = open_live(data, NarrowEmbeddings())
    assistant = Assistant(release, Settings(data=data.path))
    assistant.ask(QUESTION)  # loads what is loaded at first use
    yield serve(lambda: assistant, originals=partial(original, data))
    release.close()


def is_drawn(page: Page) -> None:
    """The picture of the page is there; what polls in the page itself would need more than its security policy allows."""
    picture = page.locator(".bz-print img")
    eventually(lambda: bool(picture.evaluate(DRAWN)))


def marked(page: Page, count: int) -> None:
    """The picture is there, with so many lines marked, the first of them in view."""
    expect(page.locator(".bz-print rect")).to_have_count(count)
    picture = page.locator(".bz-print img")
    expect(picture).to_be_visible()
    is_drawn(page)
    eventually(lambda: in_view(page, "#bz-mark", ".bz-doc"))


def test_a_quote_is_found_on_its_printed_pages(new_page: NewPage, address: str) -> None:
    page = new_page(address)
    answer = ask(page, QUESTION)
    expect(answer.locator(".bz-source-page")).to_have_text("第2–3页")
    panel = page.locator("#bz-panel")
    expect(panel.locator(".bz-facts")).to_contain_text("第二章 奖励 › 第五条 · 第2–3页")
    panel.get_by_role("link", name=ZH.show_page.format(n=2)).press("Enter")
    frame = panel.get_by_role("region", name=ZH.page_of.format(n=2, count=3))
    expect(frame).to_be_focused()
    marked(page, 2)
    expect(panel.get_by_role("img", name=re.compile("原件第2页"))).to_be_visible()
    expect(panel).to_contain_text(ZH.goes_on.format(pages=3))
    expect(panel.locator("nav .bz-here")).to_have_count(1)
    panel.get_by_role("link", name=ZH.page_after).click()
    marked(page, 1)
    expect(panel.locator("figcaption")).to_contain_text("每项标准分别给予30万元、12万元的一次性奖励。")
    panel.get_by_role("checkbox", name=ZH.enlarge).check()
    eventually(lambda: in_view(page, "#bz-mark", ".bz-doc"))
    found = Axe().run(page, options=AXE)
    assert found.response["violations"] == [], found.generate_report()
    panel.get_by_role("link", name=ZH.as_text).click()
    expect(panel.locator("mark").first).to_be_visible()


def test_on_a_phone_the_page_fits_and_the_way_back_leads_to_the_answer(new_page: NewPage, address: str) -> None:
    page = new_page(address, narrow=True)
    answer = ask(page, "How much does Ningbo pay for leading a national standard?")
    expect(answer.locator(".bz-source-page")).to_have_text("pp. 2–3")
    marker = answer.locator(".bz-body .bz-cite").first
    marker.click()
    # The panel speaks the page's language, the answer its question's.
    page.locator("#bz-panel").get_by_role("link", name=ZH.show_page.format(n=2)).click()
    marked(page, 2)
    assert fits(page)
    page.locator("#bz-panel .bz-close").click()
    expect(marker).to_be_focused()


def test_a_printed_page_is_a_page_of_its_own_without_scripts(new_page: NewPage, address: str) -> None:
    page = new_page(f"{address}sources/ningbo-2024?lang=en", narrow=True)
    page.get_by_role("link", name=EN.show_page.format(n=1)).click()
    is_drawn(page)
    assert fits(page)
    expect(page.get_by_role("link", name=EN.page_before)).to_have_count(0)
    page.get_by_role("link", name=EN.page_after).click()
    expect(page.get_by_role("heading", name=EN.page_of.format(n=2, count=3))).to_be_visible()
    found = Axe().run(page, options=AXE)
    assert found.response["violations"] == [], found.generate_report()
    page.get_by_role("link", name=EN.as_text).click()
    expect(page.get_by_role("region", name=EN.full_text)).to_be_visible()
