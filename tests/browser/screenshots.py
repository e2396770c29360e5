"""Takes the pictures of the README from a running page.

Usage: python -m tests.browser.screenshots [ADDRESS] [FOLDER]
       (default http://127.0.0.1:7860/ and docs/images)
"""

from __future__ import annotations

import shutil
import sys
from pathlib import Path

from playwright.sync_api import Browser, Page, expect, sync_playwright

from tests.browser.conftest import ARGUMENTS, NARROW, WIDE, missing

AMOUNT = "扬州市区企业牵头起草的行业标准发布了，能拿多少资助？"
TABLE = "扬州市各级标准的资助金额列个表"
TOLD = "主导制定的行业标准发布了，排名第二，能拿多少？"
ENGLISH = "What subsidy do I get for leading an industry standard in the urban districts of Yangzhou?"

CALCULATED = (
    "where=urban_district&1.activity=formulate_standard&1.level=national&1.rank=1&1.count=3"
    "&1.standard_status=published&1.proposed_project=yes"
)


def ask(page: Page, question: str) -> None:
    """Ask and wait until the answer and, on a wide window, its source stand still."""
    answers = page.locator("#bz-messages .bz-done")
    before = answers.count()
    page.locator("#bz-question textarea").fill(question)
    page.locator("#bz-question textarea").press("Enter")
    expect(answers).to_have_count(before + 1, timeout=60_000)
    page.wait_for_timeout(1200)
    # The caret would blink in some pictures and not in others.
    page.locator("#bz-question textarea").blur()


def start_again(page: Page) -> None:
    """An empty conversation."""
    page.locator("#bz-new").click()
    expect(page.locator(".bz-welcome")).to_be_visible()


def tell_company(page: Page) -> None:
    """What the first questions of "my company" ask, told."""
    page.locator("#bz-header .bz-company-open").click()
    panel = page.locator("#bz-company-panel")
    panel.locator("select").select_option(index=1)
    for question in panel.locator("fieldset").all()[:2]:
        question.locator("input").first.check()
    panel.locator("h2").click()  # no field keeps the focus
    page.wait_for_timeout(300)


def pictures(browser: Browser, address: str, folder: Path, *, narrow: bool) -> None:
    """All pictures of one window size."""
    size = "390" if narrow else "1440"
    page = browser.new_context(viewport=NARROW if narrow else WIDE).new_page()

    def take(name: str) -> None:
        page.screenshot(path=folder / f"{name}-{size}.png")

    page.goto(address)
    expect(page.locator(".bz-welcome .bz-ask").first).to_be_visible(timeout=60_000)
    page.wait_for_timeout(500)
    take("empty")
    ask(page, AMOUNT)
    take("answer")
    if narrow:
        page.locator(".bz-body .bz-cite").first.click()
        page.wait_for_timeout(800)
        take("evidence")
        page.locator(".bz-close").click()
    start_again(page)
    ask(page, TABLE)
    take("table")
    start_again(page)
    tell_company(page)
    take("company")
    page.keyboard.press("Escape")
    ask(page, TOLD)
    page.locator("#bz-messages .bubble-wrap").evaluate("frame => { frame.scrollTop = frame.scrollHeight; }")
    page.wait_for_timeout(300)
    take("company-answer")
    page.locator(".bz-menu").click()
    expect(page.locator(".bz-kept-title").first).to_be_visible()
    page.wait_for_timeout(300)
    take("conversations")
    page.keyboard.press("Escape")
    start_again(page)
    page.locator("#bz-switch").click()
    page.wait_for_timeout(500)
    ask(page, ENGLISH)
    take("english")
    page.goto(f"{address}calculator?{CALCULATED}")
    page.wait_for_timeout(500)
    take("calculator")
    page.context.close()


def main(address: str = "http://127.0.0.1:7860/", folder: str = "docs/images") -> int:
    """Take them all; 2 where the machine has no browser or no Chinese font."""
    if reason := missing():
        print(reason, file=sys.stderr)
        return 2
    target = Path(folder)
    target.mkdir(parents=True, exist_ok=True)
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=shutil.which("chromium"), args=ARGUMENTS)
        for narrow in (False, True):
            pictures(browser, address, target, narrow=narrow)
        browser.close()
    return 0


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
