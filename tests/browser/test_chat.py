"""The chat from end to end: conversations that last, a company told once, answers judged, taken away, and in reach of all."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest

pytest.importorskip("playwright.sync_api", reason="the playwright package is not installed")

from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page, expect

from assistant.store import open_store
from assistant.web.words import EN, ZH, Words
from tests.assistant.web.fakes import EVIL, FakeAssistant, evil_documents
from tests.browser.conftest import FLAGGED, NewPage, Serve
from tests.browser.test_page import AMOUNT, answers, ask, box, eventually, fits, questions, ready

pytestmark = pytest.mark.browser

# The address of a conversation that is kept.
NAMED = re.compile(r"\?c=")
STANDARDS = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa"]


@pytest.fixture(scope="module")
def assistant() -> FakeAssistant:
    return FakeAssistant(evil_documents())


@pytest.fixture(scope="module")
def address(serve: Serve, assistant: FakeAssistant) -> str:
    return serve(lambda: assistant)


def violations(page: Page) -> list[str]:
    """What axe holds against the page as it stands: rule and place."""
    page.wait_for_timeout(350)  # drawers have come to rest
    found = Axe().run(page, options={"runOnly": STANDARDS}).response["violations"]
    return [f"{one['id']}: {node['html'][:160]}" for one in found for node in one["nodes"]]


def open_drawer(page: Page) -> None:
    page.locator(".bz-menu").click()
    expect(page.locator("#bz-drawer")).to_be_visible()


def test_conversations_are_kept_found_renamed_and_deleted(new_page: NewPage, address: str) -> None:
    page = new_page(address)
    ask(page, AMOUNT)
    expect(page).to_have_url(NAMED)
    first = page.url
    page.locator("#bz-new").click()
    expect(page.locator(".bz-welcome")).to_be_visible()
    expect(page).not_to_have_url(NAMED)
    ask(page, "示范区")
    open_drawer(page)
    expect(page.locator(".bz-kept-title")).to_have_text(["示范区", AMOUNT])
    page.locator(".bz-search").fill("牵头")
    expect(page.locator(".bz-kept-title")).to_have_count(1)
    page.locator(".bz-kept-open").click()
    expect(questions(page)).to_have_text(AMOUNT)
    expect(page).to_have_url(first)
    page.reload()
    expect(answers(page)).to_have_count(1)
    expect(answers(page).locator(".bz-figure")).to_have_text("15万元")
    ask(page, "再问多少")
    expect(answers(page)).to_have_count(2)
    open_drawer(page)
    expect(page.locator(".bz-here .bz-kept-title")).to_have_text(AMOUNT)
    page.get_by_role("button", name=ZH.rename, exact=True).click()
    page.get_by_label(ZH.title).fill(f"我的标题 {EVIL}")
    page.keyboard.press("Enter")
    expect(page.locator(".bz-here .bz-kept-title")).to_have_text(f"我的标题 {EVIL}")
    assert page.locator("#bz-drawer img").count() == 0
    page.get_by_role("button", name=ZH.delete, exact=True).click()
    page.get_by_role("button", name=ZH.cancel, exact=True).click()
    expect(page.locator(".bz-kept-title")).to_have_count(2)
    page.get_by_role("button", name=ZH.delete, exact=True).click()
    page.get_by_role("button", name=ZH.delete, exact=True).click()
    expect(page.locator(".bz-kept-title")).to_have_count(1)
    expect(page.locator("#bz-messages .user-row")).to_have_count(0)
    page.keyboard.press("Escape")
    expect(page.locator(".bz-welcome")).to_be_visible()
    page.goto(first)
    expect(page.locator("#bz-messages")).to_contain_text(ZH.no_conversation)


def test_an_address_of_somebody_else_s_conversation_opens_nothing(new_page: NewPage, address: str) -> None:
    one = new_page(address)
    ask(one, AMOUNT)
    other = new_page(one.url)
    expect(other.locator("#bz-messages")).to_contain_text(ZH.no_conversation)
    expect(other.locator("#bz-messages .user-row")).to_have_count(0)
    open_drawer(other)
    expect(other.locator("#bz-drawer [role=status]")).to_have_text(ZH.no_conversations)
    other.keyboard.press("Escape")
    ask(other, "示范区")
    one.reload()
    expect(answers(one)).to_have_count(1)
    expect(one.locator("#bz-messages")).not_to_contain_text("示范区的建设方案")


def test_the_last_question_is_answered_again_and_changed(
    new_page: NewPage, address: str, assistant: FakeAssistant
) -> None:
    page = new_page(address)
    ask(page, AMOUNT)
    asked = len(assistant.asked)
    answers(page).locator(".bz-again").click()
    eventually(lambda: len(assistant.asked) == asked + 1)
    ready(page)
    expect(answers(page)).to_have_count(1)
    page.locator(".bz-edit").click()
    expect(page.locator("#bz-editing")).to_contain_text(ZH.editing)
    expect(box(page)).to_have_value(AMOUNT)
    box(page).fill("示范区")
    box(page).press("Enter")
    expect(questions(page)).to_have_text("示范区")
    expect(page.locator("#bz-editing")).to_have_count(0)
    expect(answers(page)).to_have_count(1)
    ask(page, "再问多少")
    expect(questions(page)).to_have_text(["示范区", "再问多少"])


def tell_company(page: Page) -> None:
    page.locator("#bz-header .bz-company-open").click()
    panel = page.locator("#bz-company-panel")
    panel.locator("select").select_option(label="扬州市")
    panel.get_by_label("市区企业").check()
    panel.get_by_label("已列入").check()


def test_a_company_is_told_once_and_stays_in_the_browser(
    new_page: NewPage, address: str, assistant: FakeAssistant
) -> None:
    page = new_page(address)
    expect(page.locator(".bz-welcome .bz-ask").first).to_be_visible()
    tell_company(page)
    panel = page.locator("#bz-company-panel")
    panel.locator("input[type=text]").fill(EVIL)
    page.keyboard.press("Escape")
    expect(page.locator("#bz-header .bz-company-open")).to_have_text(EVIL)
    answer = ask(page, AMOUNT)
    facts = {"place": "扬州市", "location": "urban_district", "innovative_listed": True}
    assert assistant.given[-1] == facts
    assert EVIL not in json.dumps(assistant.given[-1])
    expect(answer.locator(".bz-given").first).to_contain_text("place=扬州市")
    answer.locator(".bz-given .bz-forget[value=innovative_listed]").click()
    expect(page.locator(".bz-given")).to_have_count(1)
    ready(page)
    assert assistant.forgot[-1] == ["innovative_listed"]
    page.reload()
    expect(page.locator("#bz-header .bz-company-open")).to_have_text(EVIL)
    assert page.locator("#bz-top img").count() == 0
    ask(page, "再问多少")
    assert assistant.given[-1] == facts
    page.locator("#bz-header .bz-company-open").click()
    panel.get_by_role("button", name=ZH.company_clear).click()
    page.keyboard.press("Escape")
    ask(page, "还有多少")
    assert assistant.given[-1] == {}
    assert page.evaluate("localStorage.getItem('bz-company')") is None
    assert new_page(address).evaluate("localStorage.length") == 0


def test_a_conversation_is_taken_away_as_a_file(new_page: NewPage, address: str) -> None:
    page = new_page(address)
    ask(page, AMOUNT)
    open_drawer(page)
    for label, suffix in ((ZH.export_docx, ".docx"), (ZH.export_markdown, ".md")):
        with page.expect_download() as download:
            page.get_by_role("link", name=label).click()
        assert download.value.suggested_filename.endswith(suffix)
        assert Path(download.value.path()).stat().st_size > 500


@pytest.mark.parametrize("words", [ZH, EN])
@pytest.mark.parametrize("narrow", [False, True])
def test_everything_is_in_reach_of_everybody(new_page: NewPage, address: str, words: Words, narrow: bool) -> None:
    page = new_page(address, narrow=narrow)
    expect(page.locator(".bz-welcome .bz-ask").first).to_be_visible()
    if words is EN:
        page.locator("#bz-switch").click()
        expect(page.locator("h1")).to_have_text(EN.name)
    faults: dict[str, Any] = {"empty": violations(page)}
    tell_company(page) if words is ZH else page.locator("#bz-header .bz-company-open").click()
    expect(page.locator("#bz-company-panel")).to_be_visible()
    faults["company"] = violations(page)
    page.keyboard.press("Escape")
    answer = ask(page, AMOUNT if words is ZH else "What subsidy do I get for leading an industry standard?")
    faults["answer"] = violations(page)
    answer.locator(".bz-down").click()
    faults["voting"] = violations(page)
    answer.locator(".bz-body .bz-cite").first.click()
    expect(page.locator("#bz-panel mark").first).to_be_visible()
    faults["source"] = violations(page)
    if narrow:
        page.locator(".bz-close:visible").click()
    open_drawer(page)
    expect(page.locator(".bz-here .bz-kept-menu")).to_be_visible()
    faults["conversations"] = violations(page)
    assert fits(page)
    assert {name: found for name, found in faults.items() if found} == {}


def test_the_keyboard_reaches_the_drawers_and_comes_back(new_page: NewPage, address: str) -> None:
    page = new_page(address)
    ask(page, "示范区")
    page.locator(".bz-menu").focus()
    page.keyboard.press("Enter")
    expect(page.locator("#bz-drawer")).to_be_visible()
    assert page.evaluate("document.activeElement.closest('#bz-drawer') !== null")
    for _ in range(12):
        page.keyboard.press("Tab")
        focused = page.evaluate(
            "document.activeElement.closest('#bz-drawer') ? 'drawer' : document.activeElement.tagName"
        )
        assert focused in ("drawer", "BODY")
    page.keyboard.press("Escape")
    expect(page.locator("#bz-drawer")).to_be_hidden()
    expect(page.locator(".bz-menu")).to_be_focused()
    expect(page.locator("#bz-live")).to_contain_text("示范区的建设方案")
    assert page.locator("#bz-messages [role=log]").get_attribute("aria-live") == "off"


def test_a_restart_loses_nothing(new_page: NewPage, serve: Callable[..., str], tmp_path: Path) -> None:
    with closing(open_store(tmp_path / "store.db")) as store:
        first = serve(FakeAssistant, store=store)
        page = new_page(first)
        ask(page, AMOUNT)
        answers(page).locator(".bz-up").click()
        expect(answers(page).locator(".bz-up")).to_have_attribute("aria-pressed", "true")
        expect(page).to_have_url(NAMED)
        named = page.url
        cookies = page.context.cookies()
    with closing(open_store(tmp_path / "store.db")) as store:
        second = serve(FakeAssistant, store=store)
        page = new_page(
            f"{second}web/words.json"
        )  # a page of its own session would meet the other browser's cookie half-way
        page.context.add_cookies([{"name": c["name"], "value": c["value"], "url": second} for c in cookies])
        page.goto(named.replace(first, second))
        expect(answers(page)).to_have_count(1)
        expect(answers(page).locator(".bz-up")).to_have_attribute("aria-pressed", "true")
        ask(page, "再问多少")
        open_drawer(page)
        expect(page.locator(".bz-kept-title")).to_have_text([AMOUNT])
    assert not any(said[1] == AMOUNT for said in FLAGGED)
