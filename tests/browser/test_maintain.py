"""Maintenance in a browser: a document from the upload to the answer and back, with real worker processes."""

from __future__ import annotations

import re
import shutil
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import closing
from dataclasses import dataclass
from datetime import date
from io import BytesIO
from urllib.parse import urlsplit

import pytest
import uvicorn
from argon2 import PasswordHasher

pytest.importorskip("playwright.sync_api", reason="the playwright package is not installed")

from axe_playwright_python.sync_playwright import Axe
from docx import Document as Docx
from playwright.sync_api import Browser, BrowserContext, Page, expect

from app import listen
from assistant.access import Accounts, Role
from assistant.access.passwords import Passwords
from assistant.access.setup import AccessSetup
from assistant.api import create_app
from assistant.live import LiveAssistant
from assistant.pipeline import Assistant
from assistant.settings import Settings
from assistant.store import open_store
from assistant.store.conversations import NewMessage
from assistant.upkeep.changes import Changes
from assistant.upkeep.jobs import Jobs
from assistant.upkeep.logbook import Logbook
from assistant.upkeep.reports import Reports
from assistant.upkeep.rule_review import RuleReview
from assistant.upkeep.tools import load_tools
from assistant.web.maintain_acts import Maintenance
from assistant.web.words_maintain import EN, SECTIONS, ZH
from knowledge.datadir import DataDirectory
from knowledge.releases import open_live
from tests.assistant.upkeep.tools import GO_ON
from tests.assistant.web.fakes import EVIL
from tests.browser.conftest import NARROW, STEP_MS, WIDE, Watch
from tests.browser.test_page import answers, ask, eventually, fits
from tests.corpus import TODAY, NarrowEmbeddings

pytestmark = pytest.mark.browser

TOOLS = "tests.assistant.upkeep.tools:waiting"
# Worker processes start anew for each job.
JOB_MS = 180_000
TEXT = (
    "温州市标准化工作奖励办法",
    "温政发〔2026〕3号",
    "第一条 为推进标准化工作,制定本办法。",
    "第二条 对主导制定国家标准、行业标准的企业,分别给予35万元、14万元的奖励。",
    "第三条 市财政每年安排标准化工作经费600万元。",
)


@dataclass(frozen=True)
class Served:
    """A running server, and what is behind it."""

    address: str
    data: DataDirectory
    live: LiveAssistant[Assistant]
    token: str


@pytest.fixture(scope="module")
def served(browser: object, small_data: DataDirectory, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    folder = tmp_path_factory.mktemp("maintain")
    shutil.copytree(small_data.path, folder / "data")
    data = DataDirectory(folder / "data")

    def open_assistant() -> Assistant:
        return Assistant(open_live(data, NarrowEmbeddings()), Settings(data=data.path), today=lambda: TODAY)

    with closing(open_store(folder / "kept.db")) as store:
        accounts = Accounts(store.users, passwords=Passwords(PasswordHasher(1, 8, 1)), note=store.audit.note)
        user = accounts.add(EVIL[:40], Role.MAINTAINER, "correct horse battery", actor="test")
        said = [
            NewMessage(role="user", text=EVIL),
            NewMessage(role="assistant", text=EVIL, answer={"status": "answered"}),
        ]
        store.conversations.create("visitor:1", "", said)
        for place in ("宁波市", EVIL):
            store.usage.note(place=place[:50], intent="reward", status="abstained", topic="award")
        changes = Changes(data, Jobs(data.path, TOOLS), load_tools(TOOLS, data.path))
        assistant = LiveAssistant(open_assistant, live=data.named)
        work = Maintenance(
            changes=changes,
            rules=RuleReview(changes, today=lambda: TODAY),
            reports=Reports(data.path),
            lease=assistant.lease,
            logbook=Logbook(store.conversations, store.feedback, store.audit),
            counts=store.usage,
            today=date.today,
        )
        app = create_app(assistant, access=AccessSetup(accounts), store=store, maintenance=work)
        listener = listen("127.0.0.1", 0)
        server = uvicorn.Server(uvicorn.Config(app, log_level="error", timeout_graceful_shutdown=1))
        thread = threading.Thread(target=server.run, kwargs={"sockets": [listener]}, daemon=True)
        thread.start()
        while not server.started:
            time.sleep(0.02)
        address = f"http://127.0.0.1:{listener.getsockname()[1]}/"
        yield Served(address, data, assistant, accounts.open_session(user, address="127.0.0.1"))
        changes.jobs.cancel(by="test")
        server.should_exit = True
        thread.join(10)
        assistant.stop()


Enter = Callable[..., Page]


@pytest.fixture
def enter(browser: Browser, watch: Watch, served: Served) -> Iterator[Enter]:
    """Opens a section as the maintainer; at the end nothing may have complained."""
    contexts: list[BrowserContext] = []

    def entered(section: str, *, narrow: bool = False, dark: bool = False, language: str = "zh") -> Page:
        context = browser.new_context(
            viewport=NARROW if narrow else WIDE, color_scheme="dark" if dark else "light", locale="zh-CN"
        )
        context.add_cookies(
            [
                {"name": "bz-session", "value": served.token, "url": served.address},
                {"name": "bz-language", "value": language, "url": served.address},
            ]
        )
        contexts.append(context)
        page = context.new_page()
        page.set_default_timeout(STEP_MS)
        watch.follow(page)
        page.goto(f"{served.address}maintain/#{section}")
        expect(page.locator(f"#bz-head-{section} .bz-title")).to_be_visible()
        return page

    yield entered
    for context in contexts:
        context.close()
    assert watch.complaints == []
    assert watch.strangers == []


def go(page: Page, section: str) -> None:
    page.locator(f".bz-nav a[href='#{section}']").click()
    expect(page.locator(f"#bz-head-{section} .bz-title")).to_be_visible()
    expect(page.locator(".bz-nav a[aria-current]")).to_have_text(ZH.sections[section])


def press(page: Page, value: str, *, sure: bool = False) -> None:
    button = page.locator(f"button.bz-act[value^='{value}']:visible").first
    if not sure:
        button.click()
        return
    button.click(trial=True)
    # At once, for the button asks only for some seconds.
    asked = button.evaluate("button => { button.click(); const said = button.innerText; button.click(); return said; }")
    assert ZH.sure in asked


def docx() -> bytes:
    document = Docx()
    for line in TEXT:
        document.add_paragraph(line)
    out = BytesIO()
    document.save(out)
    return out.getvalue()


def test_a_document_from_the_upload_to_the_answer_and_back(enter: Enter, served: Served) -> None:
    before = served.data.live_id()
    page = enter("change")
    page.set_input_files(
        "#bz-files input[type=file]",
        {"name": "wenzhou-2026.docx", "mimeType": "application/octet-stream", "buffer": docx()},
    )
    expect(page.locator("#bz-files")).to_contain_text("wenzhou-2026")
    page.locator("#bz-upload-go").click()
    expect(page.locator("#bz-job .bz-job-done")).to_be_visible(timeout=JOB_MS)
    expect(page.locator("#bz-differences")).to_contain_text(TEXT[0])
    expect(page.locator("#bz-candidate")).to_contain_text(ZH.not_judged)
    expect(page.locator("#bz-candidate")).to_contain_text(ZH.unexplained.format(policy="wenzhou-2026", n=3))

    # What is known of it, from its own words.
    go(page, "documents")
    row = page.locator("#bz-documents-list tr", has_text=TEXT[0])
    expect(row).to_contain_text(ZH.marks["added"])
    press(page, "open:wenzhou-2026")
    expect(page.locator("#bz-document-text .bz-clause").first).to_be_visible()
    page.get_by_role("tab", name=ZH.tab_about).click()
    expect(page.locator("#bz-field-doc_no textarea")).to_have_value("温政发〔2026〕3号")
    page.locator("#bz-field-issuer textarea").fill("温州市人民政府")
    page.locator("#bz-field-signed textarea").fill("2026年3月")
    page.locator("#bz-save").click()
    expect(page.locator("#bz-said-documents [role=alert]")).to_contain_text("2026年3月")
    page.locator("#bz-field-signed textarea").fill("2026-03-01")
    page.locator("#bz-save").click()
    expect(page.locator("#bz-said-documents [role=status]")).to_contain_text(ZH.fields["issuer"])

    # The rules of the document that was opened, each beside its clause.
    go(page, "rules")
    go(page, "documents")
    press(page, "open:ningbo-2016")
    expect(page.locator("#bz-document-head")).to_contain_text("宁波")
    go(page, "rules")
    expect(page.locator("#bz-rules-of input")).to_have_value(re.compile("ningbo-2016"))
    go(page, "documents")
    press(page, "open:wenzhou-2026")
    expect(page.locator("#bz-document-head")).to_contain_text(TEXT[0])
    go(page, "rules")
    expect(page.locator("#bz-rules-of input")).to_have_value(re.compile("wenzhou-2026"))
    expect(page.locator("#bz-rules-list .bz-rule").first).to_be_visible()
    assert "35万元" in "".join(page.locator("#bz-rules-list .bz-rule mark").all_text_contents())
    press(page, "edit:")
    text = page.locator("#bz-rule-text textarea")
    expect(text).to_have_value(re.compile("yuan: 350000"))
    text.fill(text.input_value().replace("yuan: 350000", "yuan: 360000"))
    page.locator("#bz-rule-save").click()
    expect(page.locator("#bz-said-rules [role=alert]")).to_contain_text("350000")
    page.locator("#bz-rule-leave").click()
    expect(text).to_be_hidden()
    press(page, "accept:")
    expect(page.locator("#bz-rules-list .bz-rule-accepted")).to_have_count(1)
    press(page, "accept:ignored")
    expect(page.locator("#bz-rules-list")).to_contain_text(ZH.none_open)

    # Judged; the page may be left meanwhile, and a second one sees it too.
    go(page, "change")
    expect(page.locator("#bz-candidate")).to_contain_text(ZH.not_built)
    expect(page.locator("#bz-candidate")).not_to_contain_text("wenzhou-2026")
    press(page, "build")
    expect(page.locator("#bz-candidate")).to_contain_text(ZH.not_judged, timeout=JOB_MS)
    press(page, "evaluate")
    expect(page.locator("#bz-job .bz-progress")).to_contain_text("3 / 10", timeout=JOB_MS)
    page.reload()
    expect(page.locator("#bz-job .bz-progress")).to_contain_text("3 / 10")
    other = enter("documents")
    press(other, "off:ningbo-2020")
    expect(other.locator("#bz-said-documents [role=alert]")).to_contain_text(ZH.job_kinds["evaluate"])
    other.context.close()
    (served.data.path / GO_ON).touch()
    expect(page.locator("#bz-candidate .bz-passed")).to_be_visible(timeout=JOB_MS)

    # Published, answered from, taken back.
    page.locator("#bz-why textarea").fill("新办法")
    press(page, "publish", sure=True)
    eventually(lambda: served.data.live_id() != before, JOB_MS / 1000)
    expect(page.locator("#bz-said-change [role=status]")).to_contain_text(served.data.live_id(), timeout=JOB_MS)
    eventually(lambda: served.live.release.release_id == served.data.live_id())
    page.goto(served.address)
    answer = ask(page, "温州企业主导制定国家标准奖励多少？")
    expect(answer).to_contain_text("35万元")
    page.goto(f"{served.address}maintain/#change")
    press(page, f"rollback:{before}", sure=True)
    expect(page.locator("#bz-said-change [role=status]")).to_contain_text(before, timeout=JOB_MS)
    assert served.data.live_id() == before
    last = [entry for entry in served.data.audit.entries() if entry.phase == "intent"][-2:]
    assert [(entry.action, entry.by, entry.why) for entry in last] == [
        ("publish", EVIL[:40], "新办法"),
        ("rollback", EVIL[:40], None),
    ]
    assert answers(page).count() == 0


@pytest.mark.parametrize(("narrow", "dark", "language"), [(False, False, "zh"), (True, True, "en")])
def test_every_section_can_be_read_by_everybody(enter: Enter, narrow: bool, dark: bool, language: str) -> None:
    words = ZH if language == "zh" else EN
    faults: list[str] = []
    page = enter("documents", narrow=narrow, dark=dark, language=language)
    press(page, "open:ningbo-2016")
    expect(page.locator("#bz-document-text .bz-clause").first).to_be_visible()
    for section in SECTIONS:
        page.goto(f"{urlsplit(page.url)._replace(fragment=section).geturl()}")
        expect(page.locator(f"#bz-head-{section} .bz-title")).to_have_text(words.sections[section])
        if section == "search":
            page.locator("#bz-query textarea").fill("国家标准")
            page.locator("#bz-query textarea").press("Enter")
            expect(page.locator("#bz-found .bz-part").first).to_be_visible()
        if section == "log":
            page.locator("#bz-log-go").click()
            expect(page.locator("#bz-log-list .bz-log-question").filter(has_text="<img")).to_be_visible()
        if section == "usage":
            expect(page.locator("#bz-usage img").first).to_be_visible()
        page.wait_for_timeout(400)
        assert fits(page), section
        found = Axe().run(page, options={"runOnly": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa"]})
        faults += [
            f"{section}: {v['id']}: {n['html']} {n['failureSummary']}"
            for v in found.response["violations"]
            for n in v["nodes"]
        ]
    assert faults == []
    assert page.evaluate("document.documentElement.lang") == ("zh-CN" if language == "zh" else "en")


def test_sections_are_reached_with_the_keyboard(enter: Enter) -> None:
    page = enter("documents")
    page.locator(".bz-nav a").first.focus()
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    expect(page.locator("#bz-head-change .bz-title")).to_be_focused()
    assert page.url.endswith("#change")
    page.go_back()
    expect(page.locator("#bz-head-documents .bz-title")).to_be_visible()
