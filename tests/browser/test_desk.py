"""The help desk from end to end in a real browser: a letter comes in, a checked reply goes out, and answers from then on."""

from __future__ import annotations

import re
import threading
import time
from collections.abc import Iterator
from contextlib import closing
from dataclasses import dataclass
from io import BytesIO
from pathlib import Path
from unittest.mock import patch

import pytest
import uvicorn

pytest.importorskip("playwright.sync_api", reason="the playwright package is not installed")

from argon2 import PasswordHasher
from docx import Document
from playwright.sync_api import Page, expect

from app import listen
from assistant.access.caller import Role
from assistant.access.passwords import Passwords
from assistant.access.service import Accounts
from assistant.access.setup import AccessSetup
from assistant.api import create_app
from assistant.desk.setup import desk_of
from assistant.live import LiveAssistant
from assistant.pipeline import Assistant
from assistant.settings import Settings
from assistant.store import Store, open_store
from assistant.store.replies import ReplyAudit
from assistant.web.words_desk import ZH
from knowledge.releases import DataDirectory, build, open_live
from tests.assistant.web.fakes import EVIL
from tests.browser.conftest import NewPage
from tests.browser.test_page import ask, eventually
from tests.corpus import TEXTS, TODAY, NarrowEmbeddings, write_corpus

axe_api = pytest.importorskip("axe_playwright_python.sync_playwright", reason="axe-playwright-python is not installed")

pytestmark = pytest.mark.browser

PASSWORD = "correct horse 9 battery"
LETTER = f"""尊敬的领导：
您好！我公司是宁波市的一家企业。{EVIL}
请问主导制定国家标准奖励多少？
盼复，谢谢！联系电话：13800000000
"""
QUESTION = "宁波市企业主导制定国家标准奖励多少？"


@dataclass
class Office:
    """A served product with two members of staff."""

    address: str
    store: Store
    data: DataDirectory
    corpus: Path
    tokens: dict[str, str]
    fed: list[tuple[object, ...]]


@pytest.fixture(scope="module")
def office(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Office]:
    folder = tmp_path_factory.mktemp("desk")
    corpus = write_corpus(folder / "corpus")
    data = DataDirectory(folder / "data")
    build(corpus, data, NarrowEmbeddings())
    settings = Settings(
        data=data.path, contact_office="宁波市标准化处", contact_phone="0574-00000000", desk_second_approver=True
    )
    with closing(open_store(folder / "store.db")) as store:
        setup = desk_of(settings, store.replies, ReplyAudit(store.database))

        def opened() -> Assistant:
            release = open_live(data, NarrowEmbeddings())
            return Assistant(release, settings, standard_replies=setup.book.find, today=lambda: TODAY)

        live = LiveAssistant(opened, live=data.named, switched=lambda now: setup.book.review(now.release.documents))
        accounts = Accounts(store.users, passwords=Passwords(PasswordHasher(1, 8, 1)))
        people = [accounts.add(name, Role.STAFF, PASSWORD, actor="console") for name in ("张三", "李四")]
        tokens = {user.name: accounts.open_session(user, address="") for user in people}
        fed: list[tuple[object, ...]] = []
        desk = setup.desk(live.lease, feed=lambda *said: fed.append(said))
        listener = listen("127.0.0.1", 0)
        app = create_app(live, access=AccessSetup(accounts), store=store, desk=desk)
        server = uvicorn.Server(uvicorn.Config(app, log_level="error", timeout_graceful_shutdown=1))
        thread = threading.Thread(target=server.run, kwargs={"sockets": [listener]}, daemon=True)
        thread.start()
        while not server.started:
            time.sleep(0.02)
        live.wait()
        yield Office(f"http://127.0.0.1:{listener.getsockname()[1]}/", store, data, corpus, tokens, fed)
        server.should_exit = True
        thread.join(10)
        live.stop()


def desk_page(office: Office, new_page: NewPage, who: str, *, narrow: bool = False) -> Page:
    page = new_page(office.address + "login", narrow=narrow)
    page.context.add_cookies([{"name": "bz-session", "value": office.tokens[who], "url": office.address}])
    page.goto(office.address + "desk")
    expect(page.locator("#dk-inbox-title h2")).to_have_text(ZH.inbox)
    return page


def editor(page: Page) -> str:
    return page.locator("#dk-editor textarea").input_value()


def containing(words: str) -> re.Pattern[str]:
    return re.compile(re.escape(words))


def faults_of(page: Page) -> list[str]:
    found = axe_api.Axe().run(page, options={"runOnly": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa"]})
    return [f"{fault['id']}: {fault['nodes'][0]['html']}" for fault in found.response["violations"]]


def press(page: Page, name: str) -> None:
    page.locator(f"button#dk-{name}").click()


def state(page: Page, status: str) -> None:
    expect(page.locator("#dk-status .dk-badge")).to_have_text(ZH.states[status])


def take_in(page: Page, letter: str) -> None:
    press(page, "new")
    page.locator("#dk-paste textarea").fill(letter)
    expect(page.locator("#dk-paste textarea")).to_have_value(letter)
    page.wait_for_timeout(200)  # Gradio hears of it a moment later
    press(page, "take")
    expect(page.locator("#dk-editor textarea")).to_have_value(containing("现答复如下"))


def test_a_letter_is_answered_approved_and_becomes_a_standard_reply(office: Office, new_page: NewPage) -> None:
    page = desk_page(office, new_page, "张三")
    assert faults_of(page) == []
    take_in(page, LETTER)
    state(page, "new")
    assert page.evaluate("document.querySelectorAll('img, #dk-main script').length") == 0
    expect(page.locator("#dk-text mark")).to_have_text(["请问主导制定国家标准奖励多少？"])
    assert "30万元" in editor(page)
    # A fact is corrected and the reply follows; then it is put back.
    level = page.locator("#dk-fact-level input")
    level.click()
    page.get_by_role("option", name="行业标准").click()
    press(page, "correct")
    expect(page.locator("#dk-editor textarea")).to_have_value(containing("12万元"))
    level.click()
    page.get_by_role("option", name="国家标准").click()
    press(page, "correct")
    expect(page.locator("#dk-editor textarea")).to_have_value(containing("30万元"))
    # Without its source the sentence leaves the draft.
    source = page.locator("#dk-sources input").first
    source.uncheck()
    expect(page.locator("#dk-editor textarea")).not_to_have_value(containing("30万元"))
    source.check()
    expect(page.locator("#dk-editor textarea")).to_have_value(containing("30万元"))
    # An amount without a source is marked while it is typed, and cannot be approved.
    expect(page.locator("#dk-marks .dk-fine")).to_be_visible()
    right = editor(page)
    page.locator("#dk-editor textarea").fill(right.replace("30万元", "35万元"))
    expect(page.locator("#dk-marks button.dk-mark .dk-why").first).to_contain_text("35万元")
    expect(page.locator("#dk-editor .dk-under mark").first).to_contain_text("35万元")
    assert faults_of(page) == []
    page.locator("#dk-editor textarea").fill(right.replace("感谢您", "请附标准文本。\n感谢您"))
    expect(page.locator("#dk-marks .dk-fine")).to_be_visible()
    page.keyboard.press("Control+s")
    state(page, "drafting")
    press(page, "hand-in")
    state(page, "awaiting")
    press(page, "approve")
    expect(page.get_by_text(ZH.refusals["own_reply"])).to_be_visible()
    # A second person approves.
    other = desk_page(office, new_page, "李四")
    other.locator("#dk-list label").first.click()
    state(other, "awaiting")
    expect(other.locator("#dk-status .dk-note").first).to_contain_text("张三")
    press(other, "approve")
    state(other, "approved")
    with other.expect_download() as download:
        other.locator("a.dk-download").click()
    letter = Document(BytesIO(Path(download.value.path()).read_bytes()))
    text = "\n".join(paragraph.text for paragraph in letter.paragraphs)
    assert "30万元" in text
    assert "0574-00000000" in text
    assert "甬政发〔2016〕8号" in text
    assert "请附标准文本。" in text
    eventually(lambda: bool(office.fed))
    press(other, "sent")
    state(other, "answered")
    assert office.store.audit.faults() == []


def test_an_approved_reply_answers_in_the_chat_until_its_clause_changes(office: Office, new_page: NewPage) -> None:
    page = desk_page(office, new_page, "张三")
    take_in(page, QUESTION)
    press(page, "hand-in")
    state(page, "awaiting")
    other = desk_page(office, new_page, "李四")
    other.locator("#dk-list label").first.click()
    press(other, "approve")
    state(other, "approved")
    other.locator("#dk-standard .label-wrap").click()
    press(other, "promote")
    expect(other.locator("#dk-standards .dk-q")).to_have_text([QUESTION])
    chat = new_page(office.address)
    asked = "宁波市企业主导制定国家标准,奖励多少?"
    said = ask(chat, asked).inner_text()
    assert "标准答复" in said
    assert "30万元" in said
    # The reader sends the question on to the office.
    chat.locator("#bz-messages .bz-forward").last.click()
    chat.locator(".bz-forwarding textarea").fill("a@example.com")
    chat.locator(".bz-forwarding .bz-send").click()
    expect(chat.get_by_text("已转给工作人员。")).to_be_visible()
    sent = office.store.replies.inquiries(status="new")[0]
    assert (sent.channel, sent.text.endswith("a@example.com")) == ("chat", True)
    # The clause gets another wording: the reply is retired, and the engine answers again.
    changed = office.corpus.parent / "changed"
    text = TEXTS["ningbo-2016"].replace("的奖励。", "的奖励。奖金由市财政局拨付。")
    with patch.dict(TEXTS, {"ningbo-2016": text}):
        build(write_corpus(changed), office.data, NarrowEmbeddings())
    eventually(lambda: not any(reply.in_use for reply in office.store.replies.standards()))
    chat.goto(office.address)
    said = ask(chat, asked).inner_text()
    assert "标准答复" not in said
    assert "30万元" in said


def test_two_people_do_not_overwrite_each_other(office: Office, new_page: NewPage) -> None:
    page = desk_page(office, new_page, "张三")
    take_in(page, "绍兴市主导制定国家标准奖励多少？")
    other = desk_page(office, new_page, "李四")
    other.locator("#dk-list label").first.click()
    expect(other.locator("#dk-editor textarea")).to_have_value(containing("现答复如下"))
    page.locator("#dk-editor textarea").fill("张三写的答复。")
    press(page, "save")
    state(page, "drafting")
    other.locator("#dk-editor textarea").fill("李四写的答复。")
    press(other, "save")
    expect(other.locator("#dk-conflict .dk-their-text")).to_have_text("张三写的答复。")
    assert editor(other) == "李四写的答复。"
    press(other, "save-over")
    expect(other.locator("#dk-status .dk-meta")).to_contain_text("第 2 版")
    other.locator("#dk-versions .label-wrap").click()
    other.locator("#dk-compare input").click()
    other.get_by_role("option", name="第 1 版").click()
    expect(other.locator("#dk-difference del")).to_have_text("张三")
    expect(other.locator("#dk-difference ins")).to_have_text("李四")


def test_the_desk_fits_a_narrow_window_and_speaks_english(office: Office, new_page: NewPage) -> None:
    # More letters than the list has room for on a telephone.
    for _ in range(4):
        take_in(desk_page(office, new_page, "张三"), "绍兴市主导制定国家标准奖励多少？")
    page = desk_page(office, new_page, "张三", narrow=True)
    expect(page.locator("#dk-list label").nth(3)).to_be_attached()
    page.locator("#dk-list label").first.click()
    expect(page.locator("#dk-editor textarea")).to_be_visible()
    assert page.evaluate("document.documentElement.scrollWidth <= window.innerWidth")
    page.locator("#bz-switch").click()
    expect(page.locator("#dk-inbox-title h2")).to_have_text("Inbox")
    expect(page.locator("html")).to_have_attribute("lang", "en")
    assert faults_of(page) == []


def test_a_letter_is_uploaded_and_another_kind_of_file_refused(
    office: Office, new_page: NewPage, tmp_path: Path
) -> None:
    letter, formula = tmp_path / "letter.txt", tmp_path / "page.txt"
    letter.write_text("绍兴市的标准化目标是什么？", encoding="utf-8")
    formula.write_text("<!doctype html><html><script>alert(1)</script></html>", encoding="utf-8")
    page = desk_page(office, new_page, "张三")
    press(page, "new")
    page.locator("#dk-form input[type=file]").set_input_files(formula)
    expect(page.get_by_text(ZH.refusals["file_unreadable"])).to_be_visible()
    page.locator("#dk-form input[type=file]").set_input_files(letter)
    expect(page.locator("#dk-text mark")).to_have_text(["绍兴市的标准化目标是什么？"])


def test_visitors_see_no_desk(office: Office, new_page: NewPage) -> None:
    page = new_page(office.address + "desk/")
    assert "/login" in page.url
