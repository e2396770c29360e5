"""The whole product in a browser: `python app.py` over a release built from the real documents."""

from __future__ import annotations

import re
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

pytest.importorskip("playwright.sync_api", reason="the playwright package is not installed")

from playwright.sync_api import expect

from tests.browser.conftest import NewPage
from tests.browser.test_page import answers, ask, eventually, fits, in_view, shown

pytestmark = pytest.mark.browser

ROOT = Path(__file__).resolve().parents[2]
MINUTES = 60
# To build the release, and until the first page and answer are there: no subject here, and a machine may be slow or busy.
BUILD_SECONDS = 30 * MINUTES
FIRST_MS = 5 * MINUTES * 1000


@pytest.fixture(scope="module")
def address(browser: object, data_dir: Path) -> Iterator[str]:
    """The address of the running product; asks for `browser` first, so that nothing is built where none is."""
    command = [sys.executable, "-m", "knowledge", "build", "--data", str(data_dir)]
    subprocess.run(command, cwd=ROOT, check=True, capture_output=True, timeout=BUILD_SECONDS)
    process = subprocess.Popen(
        [sys.executable, "app.py", "--port", "0", "--data", str(data_dir)],
        cwd=ROOT,
        stderr=subprocess.PIPE,
        encoding="utf-8",
    )
    assert process.stderr
    try:
        line = process.stderr.readline()
        found = re.search(r"http://127\.0\.0\.1:\d+", line)
        assert found, line
        yield found[0] + "/"
    finally:
        process.send_signal(signal.SIGINT)
        process.communicate(timeout=2 * MINUTES)


def test_a_firm_reads_its_amount_its_conditions_and_the_clause(new_page: NewPage, address: str) -> None:
    page = new_page(address)
    expect(page.locator(".bz-welcome .bz-ask").first).to_be_visible(timeout=FIRST_MS)
    answer = ask(page, "扬州市区企业牵头起草的行业标准发布了，能拿多少资助")
    expect(answer).to_contain_text("15万")
    expect(answer).to_contain_text("排名前两位")
    expect(page.locator("#bz-panel mark").first).to_be_visible()
    assert "15万元" in shown(page)
    assert "主要起草单位(排名前两位)" in shown(page)
    eventually(lambda: in_view(page, "#bz-mark", ".bz-doc"))
    expect(page.locator("#bz-panel .bz-card")).to_contain_text("文号未见")
    expect(page.locator("#bz-panel .bz-card")).to_contain_text("保障措施")


def test_the_same_in_english_on_a_narrow_window(new_page: NewPage, address: str) -> None:
    page = new_page(address, narrow=True)
    answer = ask(page, "what subsidy do I get for leading an industry standard in Yangzhou")
    expect(answer).to_contain_text("150,000")
    assert fits(page)
    answer.locator(".bz-cite").first.click()
    expect(page.locator("#bz-panel mark").first).to_be_visible()
    assert "15万元" in shown(page)
    assert fits(page)


def test_a_follow_up_is_understood_and_the_old_answer_stays(new_page: NewPage, address: str) -> None:
    page = new_page(address)
    ask(page, "扬州市区企业牵头起草的行业标准发布了，能拿多少资助")
    before = answers(page).first.inner_text()
    follow_up = ask(page, "那国家标准呢")
    expect(follow_up).to_contain_text("20万")
    assert answers(page).first.locator(".bz-body").inner_text() in before
