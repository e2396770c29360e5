"""The calculator as a person uses it: with the mouse, with the keyboard, without script, on a narrow screen."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass

import pytest

pytest.importorskip("playwright.sync_api", reason="the playwright package is not installed")

from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Locator, Page, expect

from assistant.web.words_calculator import EN, ZH
from tests.assistant.web.test_calculator import Release, own
from tests.browser.conftest import NARROW, STEP_MS, NewPage, Serve
from tests.browser.test_page import eventually, said_by

pytestmark = pytest.mark.browser

LEADING = "where=urban_district&1.activity=formulate_standard&1.level=national&1.rank=1&1.count=3"
OPEN = "1.activity=formulate_standard&1.level=industry&2.activity=host_committee&2.level=national"
WRONG = "1.activity=formulate_standard&1.level=planet&1.count=many"
AXE = {"runOnly": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa"]}


@dataclass
class Assistant:
    """Holds the release; the calculator asks nothing of it."""

    release: Release

    def close(self) -> None:
        """Holds nothing open."""


@pytest.fixture(scope="module")
def address(serve: Serve) -> str:
    opened: Callable[[], object] = lambda: Assistant(own())  # noqa: E731
    return serve(opened) + "calculator"  # type: ignore[arg-type]


def total(page: Page) -> Locator:
    return page.locator("#result .bzc-sum")


def fits(page: Page) -> bool:
    return bool(page.evaluate("document.documentElement.scrollWidth <= document.documentElement.clientWidth"))


def test_a_case_is_computed_as_it_is_told_and_the_link_gives_it_again(new_page: NewPage, address: str) -> None:
    page = new_page(address)
    expect(total(page)).to_have_text(ZH.start)
    page.get_by_label(ZH.activity).select_option("formulate_standard")
    expect(total(page)).to_have_text(ZH.open_total)
    page.get_by_label(ZH.where).select_option("urban_district")
    page.get_by_label(ZH.level, exact=True).select_option("national")
    expect(total(page)).to_have_text("20万元")
    page.get_by_label(ZH.count, exact=True).fill("3")
    page.get_by_label(re.compile(ZH.rank)).fill("2")
    page.get_by_label(re.compile(ZH.rank)).press("Tab")
    expect(total(page)).to_have_text("60万元")
    expect(page.locator("#result")).to_contain_text(ZH.to_confirm.format(n=3))

    page.get_by_role("radio", name="已经批准发布", exact=True).check()
    page.get_by_role("radio", name="由本单位提出", exact=True).check()
    page.get_by_role("radio", name="是企业", exact=True).check()
    expect(page.locator("#result .bzc-label").first).to_have_text(ZH.total)
    expect(page.locator(".bzc-check.bzc-met")).to_have_count(5)

    page.get_by_role("button", name=ZH.add).click()
    second = page.locator("#f-2-activity")
    expect(second).to_be_focused()
    second.select_option("adopt_standard")
    expect(total(page)).to_have_text("61万元")

    button = page.get_by_role("button", name=ZH.copy_link)
    labels = said_by(button)
    button.click()
    eventually(lambda: ZH.copied in labels())
    link = page.evaluate("navigator.clipboard.readText()")
    assert link == page.url
    assert "1.level=national" in link
    again = new_page(link)
    expect(total(again)).to_have_text("61万元")

    again.get_by_role("button", name=ZH.remove.format(n=2)).click()
    expect(total(again)).to_have_text("60万元")
    again.locator("figcaption a").first.click()
    expect(again.locator("mark").first).to_be_visible()


def test_it_is_used_with_the_keyboard_alone(new_page: NewPage, address: str) -> None:
    page = new_page(f"{address}?{LEADING}")
    page.keyboard.press("Tab")
    expect(page.get_by_role("link", name=ZH.skip)).to_be_focused()
    page.keyboard.press("Enter")
    expect(page.locator("#result")).to_be_focused()
    seen = []
    for _ in range(40):
        page.keyboard.press("Tab")
        here = page.evaluate("[document.activeElement.id, getComputedStyle(document.activeElement).outlineStyle]")
        seen.append(here[0])
        if here[0] == "f-1-standard_status-0":
            break
    assert [i for i in seen if i in (
        "f-policy", "f-where", "f-1-activity", "f-1-level")] == ["f-policy", "f-where", "f-1-activity", "f-1-level"]  # fmt: skip
    page.keyboard.press("ArrowRight")
    expect(page.locator("#f-1-standard_status-1")).to_be_focused()
    expect(page.locator(".bzc-check.bzc-met")).to_have_count(3)
    page.keyboard.press("Tab")
    expect(page.locator("#f-1-proposed_project-0")).to_be_focused()


def test_wrong_input_is_told_at_its_field(new_page: NewPage, address: str) -> None:
    page = new_page(f"{address}?{WRONG}")
    expect(total(page)).to_have_text(ZH.no_figure_yet)
    count = page.get_by_label(ZH.count, exact=True)
    expect(count).to_have_attribute("aria-invalid", "true")
    page.locator("#result .bzc-reasons a").last.click()
    expect(count).to_be_in_viewport()
    count.fill("2")
    page.get_by_label(ZH.level, exact=True).select_option("national")
    expect(page.locator("[aria-invalid]")).to_have_count(0)


def test_it_works_without_script(browser: Browser, address: str) -> None:
    context = browser.new_context(java_script_enabled=False, viewport=NARROW)
    page = context.new_page()
    page.set_default_timeout(STEP_MS)
    page.goto(address)
    page.locator("#f-1-activity").select_option("adopt_standard")
    with page.expect_navigation():
        page.get_by_role("button", name=ZH.compute).click()
    page.locator("#f-where").select_option("urban_district")
    page.locator("#f-1-count").fill("4")
    page.get_by_role("radio", name="有出口销售", exact=True).check()
    with page.expect_navigation():
        page.get_by_role("button", name=ZH.add).click()
    expect(total(page)).to_have_text("4万元")
    expect(page.locator("#f-2-activity")).to_be_visible()
    context.close()


@pytest.mark.parametrize(
    ("query", "narrow"),
    [
        ("", False),
        (LEADING, True),
        (OPEN, False),
        (WRONG, True),
        ("policy=guangzhou-2013", True),
        (f"{LEADING}&lang=en", False),
        ("lang=en", True),
        (f"{OPEN}&lang=en", True),
    ],
)
def test_nothing_is_out_of_reach(new_page: NewPage, address: str, query: str, narrow: bool) -> None:
    """No fault against WCAG 2.1 A and AA with every fold open, and nothing wider than the screen."""
    page = new_page(f"{address}?{query}", narrow=narrow)
    page.evaluate("for (const fold of document.querySelectorAll('details')) fold.open = true")
    found = Axe().run(page, options=AXE)
    assert found.response["passes"]
    assert found.response["violations"] == [], found.generate_report()
    assert fits(page)
    assert page.title().startswith((EN if "lang=en" in query else ZH).title)
