"""The page of an evaluation run, in a browser."""

from __future__ import annotations

from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from eval.record import Run
from eval.report import report_html
from tests.browser.conftest import NewPage, Watch
from tests.eval.records import answer, record
from tests.eval.test_report import HOSTILE, everywhere

pytestmark = pytest.mark.browser


@pytest.fixture
def address(tmp_path: Path) -> str:
    records = [
        record("goal/zh", question="目标多少家？", kind="list"),
        record("goal/en", question="How many firms?", faults=("says none of 100",), critical=True),
        record("reward/zh", question="奖励多少？", policy=["p"], reply=answer(answer="六十万元")),
        *(everywhere(text) for text in HOSTILE),
    ]
    path = tmp_path / "report.html"
    path.write_text(report_html(Run(release="r1", records=tuple(records))), encoding="utf-8")
    return path.as_uri()


def visible(page: Page) -> list[str]:
    return page.locator("details.case:visible .asked").all_inner_texts()


def test_cases_are_filtered(address: str, new_page: NewPage) -> None:
    page = new_page(address)
    shown = page.locator("#shown")
    expect(shown).to_have_text("12 of 12 cases")
    page.select_option("select[name=outcome]", "critical")
    assert visible(page) == ["How many firms?"]
    page.select_option("select[name=outcome]", "right")
    page.select_option("select[name=kind]", "list")
    assert visible(page) == ["目标多少家？"]
    page.get_by_role("button", name="Clear").click()
    expect(shown).to_have_text("12 of 12 cases")
    page.fill("input[name=text]", "六十万")
    assert visible(page) == ["奖励多少？"]
    page.fill("input[name=text]", "nobody says this")
    expect(page.locator("#nothing")).to_be_visible()


@pytest.mark.parametrize("narrow", [False, True])
def test_hostile_text_does_nothing_and_fits(address: str, new_page: NewPage, watch: Watch, narrow: bool) -> None:
    page = new_page(address, narrow=narrow, dark=narrow)
    for one in page.locator("details.case > summary").all():
        one.click()
    page.wait_for_timeout(200)
    assert page.evaluate("document.documentElement.scrollWidth") <= page.evaluate("window.innerWidth")
    assert watch.requests == [address]
