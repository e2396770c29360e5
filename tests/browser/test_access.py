"""Signing in and the account page in Chromium: a walk from end to end, its looks at several widths, and accessibility."""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator

import pytest
import uvicorn
from argon2 import PasswordHasher
from playwright.sync_api import expect

from app import listen
from assistant.access import Accounts, Role
from assistant.access.passwords import Passwords
from assistant.access.setup import AccessSetup
from assistant.api import create_app
from assistant.live import LiveAssistant
from assistant.store import open_store
from assistant.web.words_access import EN_ACCESS, ZH_ACCESS
from tests.assistant.web.fakes import FakeAssistant, evil_documents
from tests.browser.conftest import NewPage

axe_api = pytest.importorskip("axe_playwright_python.sync_playwright", reason="axe-playwright-python is not installed")
pytestmark = pytest.mark.browser

PASSWORD = "correct horse 电池 staple"
NEW = "another long sentence"


@pytest.fixture(scope="module")
def address(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    store = open_store(tmp_path_factory.mktemp("access") / "accounts.db")
    accounts = Accounts(store.users, passwords=Passwords(PasswordHasher(1, 8, 1)), note=store.audit.note)
    accounts.add("王芳", Role.MAINTAINER, PASSWORD, actor="console")
    listener = listen("127.0.0.1", 0)
    app = create_app(LiveAssistant(lambda: FakeAssistant(evil_documents())), access=AccessSetup(accounts), store=store)
    server = uvicorn.Server(uvicorn.Config(app, log_level="error", timeout_graceful_shutdown=1))
    thread = threading.Thread(target=server.run, kwargs={"sockets": [listener]}, daemon=True)
    thread.start()
    while not server.started:
        time.sleep(0.02)
    yield f"http://127.0.0.1:{listener.getsockname()[1]}/"
    server.should_exit = True
    thread.join(10)
    store.close()


def faults_of(page: object) -> list[str]:
    found = axe_api.Axe().run(page, options={"runOnly": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa"]})
    return [f"{fault['id']}: {fault['nodes'][0]['html']}" for fault in found.response["violations"]]


def test_somebody_signs_in_changes_the_password_and_signs_out(address: str, new_page: NewPage) -> None:
    page = new_page(address + "account")
    assert page.url.endswith("/login?next=%2Faccount")
    assert faults_of(page) == []
    # By keyboard alone: the name has the focus.
    expect(page.locator("input[name=name]")).to_be_focused()
    page.keyboard.type("王芳")
    page.keyboard.press("Tab")
    page.keyboard.type(PASSWORD)
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", name=ZH_ACCESS.account)).to_be_visible()
    expect(page).to_have_url(address + "account")
    expect(page.get_by_text(ZH_ACCESS.roles[Role.MAINTAINER])).to_be_visible()
    assert faults_of(page) == []
    page.get_by_role("link", name="English").click()
    page.get_by_label(EN_ACCESS.old_password).fill(PASSWORD)
    page.get_by_label(EN_ACCESS.new_password, exact=True).fill(NEW)
    page.get_by_label(EN_ACCESS.again).fill(NEW)
    page.get_by_role("button", name=EN_ACCESS.change_password).click()
    page.get_by_role("status").get_by_text(EN_ACCESS.password_changed).wait_for()
    page.get_by_role("button", name=EN_ACCESS.sign_out, exact=True).click()
    page.wait_for_url(address)
    page.goto(address + "account")
    assert "/login" in page.url


def test_the_pages_fit_a_telephone_and_the_dark(address: str, new_page: NewPage) -> None:
    for narrow, dark in ((True, False), (False, True)):
        page = new_page(address + "login?lang=en", narrow=narrow, dark=dark)
        assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
        assert faults_of(page) == []
        assert page.get_by_role("button", name=EN_ACCESS.sign_in).bounding_box()["height"] >= 44
