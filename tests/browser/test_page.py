"""The page as a person uses it, in a real browser."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator

import pytest

pytest.importorskip("playwright.sync_api", reason="the playwright package is not installed")

from playwright.sync_api import Locator, Page, Route, expect

from assistant.web.turns import Asks
from assistant.web.words import EN, ZH
from knowledge.errors import NoRelease
from tests.assistant.web.fakes import EVIL, FakeAssistant, SlowAssistant, cited, corpus_documents, evil_documents
from tests.browser.conftest import FLAGGED, STEP_MS, NewPage, Serve, Watch

pytestmark = pytest.mark.browser

AMOUNT = "扬州市区企业牵头起草的行业标准发布了，能拿多少资助？"
QUOTE = cited(corpus_documents()["yangzhou-2011"], 1, "对提出国际标准", "15万元").quote
COUNTY = cited(corpus_documents()["yangzhou-2011"], 2, "县(市)").quote


@pytest.fixture(scope="module")
def assistant() -> FakeAssistant:
    return FakeAssistant(evil_documents())


@pytest.fixture(scope="module")
def address(serve: Serve, assistant: FakeAssistant) -> str:
    return serve(lambda: assistant)


@pytest.fixture(autouse=True)
def fresh(assistant: FakeAssistant) -> Iterator[None]:
    assistant.asked.clear()
    assistant.forgot.clear()
    yield
    if assistant.hold:
        assistant.hold.set()
        assistant.hold = None


def box(page: Page) -> Locator:
    return page.locator("#bz-question textarea")


def answers(page: Page) -> Locator:
    return page.locator("#bz-messages .bz-done")


def questions(page: Page) -> Locator:
    return page.locator("#bz-messages .bz-question-text")


def ready(page: Page) -> None:
    """Waits until the page shows what it opened with, and no turn is being answered."""
    expect(page.locator("#bz-question .submit-button")).to_be_visible()
    expect(page.locator("#bz-question .stop-button")).to_have_count(0)
    expect(page.locator("#bz-header .bz-loaded")).to_be_attached()
    expect(page.locator("#bz-evidence > *").first).to_be_attached()


def ask(page: Page, question: str) -> Locator:
    """Type a question, wait for its whole answer, and until the next one can be asked."""
    ready(page)
    asked, before = questions(page).count(), answers(page).count()
    box(page).fill(question)
    box(page).press("Enter")
    expect(questions(page)).to_have_count(asked + 1)
    expect(answers(page)).to_have_count(before + 1)
    ready(page)
    return answers(page).last


def eventually(holds: Callable[[], bool], seconds: float = STEP_MS / 1000) -> None:
    until = time.monotonic() + seconds
    while not holds():
        assert time.monotonic() < until, "it did not happen in time"
        time.sleep(0.02)


def said_by(button: Locator) -> Callable[[], list[str]]:
    """What stands on a button from now on; some of it only for a moment."""
    said = button.evaluate_handle(
        """button => {
            const said = [];
            new MutationObserver(() => said.push(button.textContent)).observe(button, { childList: true });
            return said;
        }"""
    )
    return lambda: list(said.json_value())


def shown(page: Page) -> str:
    return "".join(page.locator("#bz-panel mark").all_text_contents())


def fits(page: Page) -> bool:
    """Whether nothing of the page is wider than its window."""
    return bool(
        page.evaluate("document.documentElement.scrollWidth <= innerWidth && document.body.scrollWidth <= innerWidth")
    )


def in_view(page: Page, selector: str, frame: str) -> bool:
    """Whether the start of an element is inside what a frame shows."""
    script = """([selector, frame]) => {
        const one = document.querySelector(selector).getBoundingClientRect();
        const other = document.querySelector(frame).getBoundingClientRect();
        return one.top >= other.top - 1 && one.top < other.bottom - 20 && one.width > 0;
    }"""
    return bool(page.evaluate(script, [selector, frame]))


def test_an_answer_shows_its_amount_and_opens_its_clause_highlighted(new_page: NewPage, address: str) -> None:
    page = new_page(address)
    answer = ask(page, AMOUNT)
    expect(answer.locator(".bz-figure")).to_have_text("15万元")
    expect(answer.locator(".bz-unknown")).to_contain_text("排名前两位")
    expect(answer.locator(".bz-flags")).to_contain_text("文件的目标期已过")
    expect(page.locator("#bz-panel mark").first).to_be_visible()
    assert shown(page) == QUOTE
    eventually(lambda: in_view(page, "#bz-mark", ".bz-doc"))
    card = page.locator("#bz-panel .bz-card")
    for text in (
        "关于加快推进扬州市技术标准战略的实施意见",
        "文号未见",
        "扬州市",
        "2011-01-24",
        "2011-01-29",
        "有效性未知",
    ):
        expect(card).to_contain_text(text)


def test_the_answer_is_read_from_its_question_down(new_page: NewPage, address: str) -> None:
    page = new_page(address)
    for question in (AMOUNT, "再问多少", "扬州各级标准列个表"):
        ask(page, question)
    rows = page.locator("#bz-messages .user-row")

    def at_the_top() -> bool:
        top, frame = rows.last.bounding_box(), page.locator("#bz-messages").bounding_box()
        return bool(top and frame and 0 <= top["y"] - frame["y"] < 60)

    eventually(at_the_top)
    page.wait_for_timeout(300)
    assert at_the_top()


def test_a_marker_of_an_old_answer_opens_that_answer_s_source(new_page: NewPage, address: str) -> None:
    page = new_page(address)
    first = ask(page, AMOUNT)
    ask(page, "示范区")
    expect(page.locator("#bz-panel .bz-card h2")).to_contain_text("示范区")
    first = answers(page).first
    first.locator(".bz-body .bz-cite", has_text="2").click()
    expect(page.locator("#bz-panel .bz-card h2")).to_contain_text("扬州市技术标准战略")
    assert shown(page) == COUNTY
    expect(page.locator("#bz-panel nav .bz-sources li")).to_have_count(2)
    expect(page.locator("#bz-panel nav .bz-here .bz-cite")).to_contain_text("2")
    page.locator("#bz-panel nav .bz-open").first.click()
    expect(page.locator("#bz-panel nav .bz-here .bz-cite")).to_contain_text("1")
    assert shown(page) == QUOTE


def test_other_documents_are_folded_and_can_be_opened(new_page: NewPage, address: str) -> None:
    page = new_page(address)
    ask(page, AMOUNT)
    expect(page.locator("#bz-panel .bz-others .bz-documents")).to_have_count(0)
    page.locator("#bz-panel .bz-others summary").click()
    page.locator("#bz-panel .bz-others .bz-open", has_text="广州市标准化战略实施纲要").click()
    expect(page.locator("#bz-panel .bz-card h2")).to_contain_text("广州市标准化战略实施纲要")
    expect(page.locator("#bz-panel mark")).to_have_count(0)


def test_choices_samples_and_suggestions_ask_the_next_question(
    new_page: NewPage, address: str, assistant: FakeAssistant
) -> None:
    page = new_page(address)
    page.locator(".bz-welcome .bz-ask").first.click()
    expect(answers(page)).to_have_count(1)
    page.get_by_role("button", name="第二位").click()
    expect(answers(page)).to_have_count(2)
    page.locator(".bz-suggestions .bz-ask:visible").first.click()
    expect(answers(page)).to_have_count(3)
    assert assistant.asked[1] == ("第二位", [AMOUNT])
    assert assistant.asked[2][1] == [AMOUNT, "第二位"]
    expect(page.locator(".bz-replies:visible")).to_have_count(0 if "多少" not in assistant.asked[2][0] else 1)


def test_stopping_leaves_a_sentence_and_the_next_question_works(
    new_page: NewPage, address: str, assistant: FakeAssistant
) -> None:
    page = new_page(address)
    assistant.hold = threading.Event()
    box(page).fill(AMOUNT)
    box(page).press("Enter")
    expect(page.locator(".bz-thinking")).to_be_visible()
    page.locator("#bz-question .stop-button").click()
    expect(page.locator("#bz-messages")).to_contain_text(ZH.stopped)
    expect(page.locator("#bz-question .submit-button")).to_be_visible()
    assistant.hold.set()
    assistant.hold = None
    ask(page, "再问多少")
    expect(page.locator(".bz-thinking")).to_have_count(0)
    expect(answers(page)).to_have_count(1)


def test_english_by_a_switch_that_is_remembered(new_page: NewPage, address: str) -> None:
    page = new_page(address)
    expect(page.locator("h1")).to_have_text(ZH.name)
    page.locator("#bz-switch").click()
    expect(page.locator("h1")).to_have_text(EN.name)
    expect(page.locator(".bz-welcome h2")).to_have_text(EN.welcome)
    expect(page.locator("#bz-question .submit-button")).to_have_text(EN.send)
    expect(page.locator("html")).to_have_attribute("lang", "en")
    expect(page.locator("#bz-panel")).to_contain_text(EN.panel_hint)
    page.reload()
    expect(page.locator("h1")).to_have_text(EN.name)
    answer = ask(page, "what subsidy do I get for leading an industry standard in Yangzhou")
    expect(answer.locator(".bz-figure")).to_have_text("RMB 150,000")
    expect(page.locator("#bz-panel .bz-card")).to_contain_text(EN.doc_no_unseen)
    page.locator("#bz-switch").click()
    expect(page.locator("h1")).to_have_text(ZH.name)
    expect(page.locator("#bz-panel .bz-card")).to_contain_text(ZH.doc_no_unseen)
    expect(answer).to_contain_text("Reward estimate")


def test_hostile_text_stays_text_everywhere(new_page: NewPage, address: str) -> None:
    page = new_page(address)
    answer = ask(page, EVIL)
    expect(questions(page)).to_have_text(EVIL)
    expect(answer.locator(".bz-body")).to_contain_text("<img src=x onerror=alert(1)>")
    expect(page.locator("#bz-panel .bz-card h2")).to_have_text(EVIL)
    expect(page.locator("#bz-panel mark").first).to_be_visible()
    assert page.locator("#bz-messages img, #bz-panel img, #bz-messages script, #bz-panel script").count() == 0
    assert page.locator("a[href^='javascript']").count() == 0
    assert page.locator("#bz-messages .katex").count() == 0
    page.get_by_role("button", name=EVIL).first.click()
    expect(answers(page)).to_have_count(2)
    expect(questions(page).last).to_have_text(EVIL)


def test_two_readers_never_see_each_other(new_page: NewPage, address: str, assistant: FakeAssistant) -> None:
    one, two = new_page(address), new_page(address)
    ask(one, AMOUNT)
    expect(two.locator("#bz-messages .user-row")).to_have_count(0)
    ask(two, "示范区")
    ask(one, "再问多少")
    assert assistant.asked == [(AMOUNT, []), ("示范区", []), ("再问多少", [AMOUNT])]
    expect(one.locator("#bz-messages")).not_to_contain_text("示范区的建设方案")
    expect(two.locator("#bz-messages")).not_to_contain_text("再问多少")


def test_a_new_conversation_forgets_the_old_one(new_page: NewPage, address: str, assistant: FakeAssistant) -> None:
    page = new_page(address)
    ask(page, AMOUNT)
    page.locator("#bz-new").click()
    expect(page.locator(".bz-welcome")).to_be_visible()
    expect(page.locator("#bz-panel .bz-documents")).to_be_visible()
    ask(page, "示范区")
    assert assistant.asked[-1] == ("示范区", [])


@pytest.mark.parametrize("question", [AMOUNT, "扬州各级标准列个表", "合计", "<x>", "长" * 3000, "a" * 3000])
def test_a_narrow_window_never_scrolls_sideways(new_page: NewPage, address: str, question: str) -> None:
    page = new_page(address, narrow=True)
    expect(page.locator(".bz-welcome .bz-ask").first).to_be_visible()
    assert fits(page)
    answer = ask(page, question)
    assert fits(page)
    if answer.locator(".bz-body .bz-cite").count():
        answer.locator(".bz-body .bz-cite").first.click()
        expect(page.locator("#bz-panel mark").first).to_be_visible()
        assert fits(page)


def test_on_a_narrow_window_the_evidence_is_a_drawer(new_page: NewPage, address: str) -> None:
    page = new_page(address, narrow=True)
    answer = ask(page, AMOUNT)
    panel = page.locator("#bz-panel")
    expect(panel).to_be_hidden()
    marker = answer.locator(".bz-body .bz-cite").first
    marker.click()
    expect(panel).to_be_visible()
    expect(panel.locator("mark").first).to_be_visible()
    eventually(lambda: in_view(page, "#bz-mark", ".bz-doc"))
    page.locator(".bz-close").click()
    expect(panel).to_be_hidden()
    expect(marker).to_be_focused()
    marker.click()
    expect(panel).to_be_visible()
    page.keyboard.press("Escape")
    expect(panel).to_be_hidden()
    marker.click()
    expect(panel).to_be_visible()
    page.mouse.click(195, 30)  # beside the drawer
    expect(panel).to_be_hidden()
    expect(box(page)).to_be_enabled()
    box(page).focus()
    expect(box(page)).to_be_focused()


def test_everything_can_be_done_with_the_keyboard(new_page: NewPage, address: str) -> None:
    page = new_page(address)
    ready(page)
    box(page).focus()
    page.keyboard.type("示范区")
    page.keyboard.press("Enter")
    expect(answers(page)).to_have_count(1)
    marker = answers(page).locator(".bz-body .bz-cite").first
    for _ in range(30):
        page.keyboard.press("Shift+Tab")
        if marker.evaluate("link => link === document.activeElement"):
            break
    expect(marker).to_be_focused()
    assert float(marker.evaluate("link => parseFloat(getComputedStyle(link).outlineWidth)")) >= 2
    page.keyboard.press("Enter")
    expect(page.locator("#bz-panel mark").first).to_be_visible()


def test_screen_readers_get_names_not_markup(new_page: NewPage, address: str) -> None:
    page = new_page(address)
    answer = ask(page, AMOUNT)
    expect(page.get_by_role("textbox", name=ZH.ask_label)).to_be_visible()
    expect(page.get_by_role("complementary", name=ZH.panel)).to_be_visible()
    expect(page.get_by_role("group", name=ZH.answer)).to_be_visible()
    expect(answer.get_by_role("link", name="出处 1").first).to_be_visible()
    expect(page.get_by_role("region", name=ZH.full_text)).to_be_visible()
    labels = page.eval_on_selector_all("[aria-label]", "all => all.map(one => one.getAttribute('aria-label'))")
    assert not [label for label in labels if "<" in label]


def test_an_idle_page_does_nothing(new_page: NewPage, address: str) -> None:
    page = new_page(address)
    ask(page, AMOUNT)
    # What follows the answer takes as long as the machine lets it; then nothing happens any more.
    is_quiet = page.evaluate(
        """(most) => new Promise(done => {
            const quiet = () => setTimeout(() => done(true), 1000);
            let waiting = quiet();
            new MutationObserver(() => { clearTimeout(waiting); waiting = quiet(); })
                .observe(document.documentElement, { childList: true, subtree: true, attributes: true });
            setTimeout(() => done(false), most);
        })""",
        STEP_MS,
    )
    assert is_quiet


def test_an_answer_can_be_copied_with_its_markers_and_sources(new_page: NewPage, address: str) -> None:
    page = new_page(address)
    answer = ask(page, AMOUNT)
    labels = said_by(answer.locator(".bz-copy"))
    answer.locator(".bz-copy").click()
    eventually(lambda: ZH.copied in labels())
    text = page.evaluate("navigator.clipboard.readText()")
    assert "且标准已批准发布。[1]" in text
    assert "15万元" in text
    assert "实施意见" in text
    assert text.endswith(ZH.disclaimer)
    assert "还可以问" not in text


def test_a_wrong_answer_is_voted_down_with_reasons(new_page: NewPage, address: str) -> None:
    page = new_page(address, narrow=True)
    ask(page, AMOUNT)
    answer = ask(page, "列个表")
    answer.locator(".bz-down").click()
    form = answer.locator(".bz-voting")
    expect(form).to_contain_text(ZH.vote_kept)
    form.get_by_label(ZH.vote_reasons["wrong_answer"]).check()
    form.get_by_label(ZH.vote_reasons["outdated"]).check()
    form.get_by_label(ZH.vote_note).fill("应为 20 万 <b>")
    assert fits(page)
    form.get_by_role("button", name=ZH.vote_send).click()
    expect(answer.get_by_role("status")).to_have_text(ZH.vote_sent)
    expect(answer.locator(".bz-down")).to_have_attribute("aria-pressed", "true")
    _, question, history, note, _ = FLAGGED[-1]
    assert (question, history, note) == ("列个表", [AMOUNT], "wrong_answer, outdated: 应为 20 万 <b>")
    answer.locator(".bz-up").click()
    expect(answer.get_by_role("status")).to_have_text(ZH.vote_thanks)
    expect(answer.locator(".bz-up")).to_have_attribute("aria-pressed", "true")
    expect(answer.locator(".bz-down")).to_have_attribute("aria-pressed", "false")


def test_empty_and_very_long_questions(new_page: NewPage, address: str, assistant: FakeAssistant) -> None:
    page = new_page(address)
    expect(page.locator(".bz-welcome .bz-ask").first).to_be_visible()
    box(page).fill("   ")
    box(page).press("Enter")
    expect(page.get_by_text(ZH.empty_question)).to_be_visible()
    assert assistant.asked == []
    ask(page, "标准" * 5000)
    assert len(assistant.asked[0][0]) == 10_000
    assert fits(page)


def test_a_failing_engine_is_one_sentence(new_page: NewPage, address: str) -> None:
    page = new_page(address)
    box(page).fill("坏")
    box(page).press("Enter")
    expect(page.locator("#bz-messages")).to_contain_text(ZH.failed)
    expect(page.locator("body")).not_to_contain_text("secret detail")
    expect(page.locator("#bz-question .submit-button")).to_be_visible()


def test_without_a_release_the_page_says_what_to_do(new_page: NewPage, serve: Serve, watch: Watch) -> None:
    def closed() -> Asks:
        raise NoRelease("no release in /secret")

    page = new_page(serve(closed))
    expect(page.locator(".bz-welcome")).to_contain_text(ZH.no_release)
    box(page).fill("能拿多少")
    box(page).press("Enter")
    expect(page.locator("#bz-messages .bot-row")).to_contain_text(ZH.no_release)
    expect(page.locator("#bz-panel")).to_contain_text(ZH.no_release)
    expect(page.locator("body")).not_to_contain_text("/secret")
    # The browser itself reports every 503; nothing else may be there.
    assert {complaint for complaint in watch.complaints if "503" not in complaint} == set()
    watch.complaints.clear()


def test_a_source_opens_as_a_page_of_its_own(new_page: NewPage, address: str) -> None:
    page = new_page(address)
    ask(page, AMOUNT)
    href = page.locator("#bz-panel .bz-page-link").get_attribute("href")
    assert href
    alone = new_page(href, narrow=True)
    assert "".join(alone.locator("mark").all_text_contents()) == QUOTE
    assert fits(alone)


@pytest.fixture(scope="module")
def slow() -> SlowAssistant:
    return SlowAssistant()


@pytest.fixture(scope="module")
def slow_address(serve: Serve, slow: SlowAssistant) -> str:
    return serve(lambda: slow)


def begin(page: Page, question: str) -> None:
    """Ask without waiting for the answer."""
    ready(page)
    box(page).fill(question)
    box(page).press("Enter")
    expect(page.locator(".bz-thinking").last).to_be_visible()


def test_the_first_sentence_is_read_before_the_last_is_made(
    new_page: NewPage, slow_address: str, slow: SlowAssistant
) -> None:
    page = new_page(slow_address)
    slow.ended.clear()
    begin(page, AMOUNT)
    slow.go.release()
    body = page.locator("#bz-messages .bz-body")
    expect(body).to_contain_text("前提是")
    expect(body).not_to_contain_text("依据")
    assert slow.ended == []
    body.locator(".bz-cite").first.click()
    expect(page.locator("#bz-panel mark").first).to_be_visible()
    slow.go.release(2)
    expect(answers(page)).to_have_count(1)
    expect(body).to_contain_text("请向主管部门核实")
    assert body.inner_text().count("前提是") == 1
    assert slow.ended == ["whole"]


def test_stopping_ends_the_work(new_page: NewPage, slow_address: str, slow: SlowAssistant) -> None:
    page = new_page(slow_address)
    slow.ended.clear()
    begin(page, AMOUNT)
    slow.go.release()
    expect(page.locator("#bz-messages .bz-body")).to_contain_text("前提是")
    page.locator("#bz-question .stop-button").click()
    expect(page.locator("#bz-messages")).to_contain_text(ZH.stopped)
    expect(page.locator("#bz-messages .bz-body")).to_have_count(0)
    eventually(lambda: slow.ended == ["stopped"])
    slow.go.release(3)
    ask(page, "再问多少")
    assert slow.ended == ["stopped", "whole"]


# Does something in the very moment in which the first answer is whole, before Gradio has closed its turn.
AT_ONCE = """act => {
    const messages = document.querySelector("#bz-messages");
    const seen = new MutationObserver(() => {
        if (!messages.querySelector(".bz-done")) return;
        seen.disconnect();
        if (act) return messages.querySelector(act).click();
        const box = document.querySelector("#bz-question textarea");
        box.value = "示范区";
        box.dispatchEvent(new Event("input", { bubbles: true }));
        const enter = { key: "Enter", bubbles: true, cancelable: true };
        if (box.dispatchEvent(new KeyboardEvent("keydown", enter))) box.dispatchEvent(new KeyboardEvent("keypress", enter));
    });
    seen.observe(messages, { childList: true, subtree: true });
}"""


@pytest.mark.parametrize(("act", "asked"), [("", "示范区"), (".bz-ask", "第一位"), (".bz-again", AMOUNT)])
def test_what_is_pressed_while_a_turn_is_closed_is_done_after_it(
    new_page: NewPage, address: str, assistant: FakeAssistant, act: str, asked: str
) -> None:
    page = new_page(address)
    ready(page)
    page.evaluate(AT_ONCE, act)
    box(page).fill(AMOUNT)
    box(page).press("Enter")
    eventually(lambda: [question for question, _ in assistant.asked] == [AMOUNT, asked])
    expect(questions(page)).to_have_text([AMOUNT] if asked == AMOUNT else [AMOUNT, asked])
    ready(page)
    expect(answers(page)).to_have_count(1 if asked == AMOUNT else 2)
    expect(box(page)).to_have_value("")
    assert len(assistant.asked) == 2


def test_what_is_typed_while_a_question_is_on_its_way_is_not_lost(
    new_page: NewPage, address: str, assistant: FakeAssistant
) -> None:
    page = new_page(address)
    ready(page)
    held: list[Route] = []
    page.route("**/queue/join*", lambda route: route.continue_() if held else held.append(route))
    with page.expect_request("**/queue/join*"):
        box(page).fill(AMOUNT)
        box(page).press("Enter")
    box(page).press("Enter")  # twice is once
    box(page).fill("示范区")
    box(page).press("Enter")
    held[0].continue_()
    expect(questions(page)).to_have_text([AMOUNT, "示范区"])
    expect(answers(page)).to_have_count(2)
    ready(page)
    expect(box(page)).to_have_value("")
    assert [question for question, _ in assistant.asked] == [AMOUNT, "示范区"]


def test_a_question_waits_until_the_page_has_loaded(new_page: NewPage, address: str, assistant: FakeAssistant) -> None:
    page = new_page(f"{address}web/words.json")
    held: list[Route] = []
    page.route("**/run/predict*", lambda route: route.continue_() if held else held.append(route))
    with page.expect_request("**/run/predict*"):
        page.goto(address)
    box(page).fill(AMOUNT)
    box(page).press("Enter")
    page.wait_for_timeout(500)
    assert assistant.asked == []
    held[0].continue_()
    expect(questions(page)).to_have_text([AMOUNT])
    expect(answers(page)).to_have_count(1)
    ask(page, "再问多少")
    assert assistant.asked == [(AMOUNT, []), ("再问多少", [AMOUNT])]


def test_a_question_waits_for_the_answer_before_it(new_page: NewPage, slow_address: str, slow: SlowAssistant) -> None:
    page = new_page(slow_address)
    slow.ended.clear()
    slow.asked.clear()
    slow.go.release(3)
    ask(page, AMOUNT)
    box(page).fill("再问")
    page.locator(".bz-again").click()
    expect(page.locator(".bz-thinking").last).to_be_visible()
    expect(box(page)).to_have_value("再问")
    box(page).fill("再问多少")
    box(page).press("Enter")
    slow.go.release(6)
    expect(questions(page)).to_have_text([AMOUNT, "再问多少"])
    expect(answers(page)).to_have_count(2)
    # What is only typed is not sent.
    begin(page, "示范区")
    box(page).fill("列个表")
    box(page).press("Enter")
    box(page).fill("列个")
    slow.go.release(3)
    expect(answers(page)).to_have_count(3)
    ready(page)
    expect(box(page)).to_have_value("列个")
    assert slow.ended == ["whole"] * 4
    assert [question for question, _ in slow.asked] == [AMOUNT, AMOUNT, "再问多少", "示范区"]


def test_a_closed_window_ends_the_work(new_page: NewPage, slow_address: str, slow: SlowAssistant) -> None:
    page = new_page(slow_address)
    slow.ended.clear()
    slow.asked.clear()
    begin(page, AMOUNT)
    eventually(lambda: bool(slow.asked))
    page.close()
    eventually(lambda: slow.ended == ["stopped"])


def test_two_readers_at_once_see_their_own_answers(new_page: NewPage, slow_address: str, slow: SlowAssistant) -> None:
    one, two = new_page(slow_address), new_page(slow_address)
    slow.ended.clear()
    begin(one, AMOUNT)
    begin(two, "示范区")
    slow.go.release(6)
    expect(answers(one)).to_have_count(1)
    expect(answers(two)).to_have_count(1)
    expect(answers(one)).to_contain_text("前提是")
    expect(answers(two)).to_contain_text("征求意见稿")
    expect(one.locator("#bz-messages")).not_to_contain_text("征求意见稿，不是正式文件。")
    assert slow.ended == ["whole", "whole"]


def test_a_known_fact_of_an_earlier_turn_can_be_removed(
    new_page: NewPage, address: str, assistant: FakeAssistant
) -> None:
    page, other = new_page(address, narrow=True), new_page(address)
    first = ask(page, AMOUNT)
    expect(first.locator(".bz-known")).to_contain_text("市区")
    expect(first.locator(".bz-forget")).to_have_count(0)
    ask(other, AMOUNT)
    second = ask(page, "再问多少")
    remove = second.get_by_role("button", name=ZH.forget.format(text="市区"))
    assert (remove.bounding_box() or {"width": 0})["width"] >= 24
    remove.focus()
    page.keyboard.press("Enter")
    expect(page.locator("#bz-messages .bz-forget")).to_have_count(0)
    expect(answers(page)).to_have_count(2)
    expect(answers(page).last.locator(".bz-fact")).to_have_text(["行业标准"])
    expect(answers(page).last.locator(".bz-known")).to_be_focused()
    assert fits(page)
    assert assistant.asked[-1] == ("再问多少", [AMOUNT])
    assert assistant.forgot[-1] == ["location"]
    ask(page, "还有多少")
    assert assistant.forgot[-1] == ["location"]
    ask(other, "再问多少")
    assert assistant.forgot[-1] == []
    page.locator("#bz-new").click()
    expect(page.locator(".bz-welcome")).to_be_visible()
    ask(page, AMOUNT)
    assert assistant.forgot[-1] == []


def test_hostile_facts_stay_text(new_page: NewPage, address: str) -> None:
    page = new_page(address, narrow=True)
    ask(page, EVIL)
    answer = ask(page, "再问多少")
    expect(answer.locator(".bz-fact").first).to_contain_text("<img src=x onerror=alert(1)>")
    assert page.locator("#bz-messages img").count() == 0
    assert fits(page)
    answer.locator(".bz-forget").click()
    expect(answers(page).last.locator(".bz-fact")).to_have_count(1)


CONTRASTS = """() => {
    const parse = (text) => (text.match(/[\\d.]+/g) || []).map(Number);
    const light = ([r, g, b]) => [r, g, b].map((v) => v / 255)
        .map((v) => (v <= 0.03928 ? v / 12.92 : ((v + 0.055) / 1.055) ** 2.4))
        .reduce((sum, v, i) => sum + v * [0.2126, 0.7152, 0.0722][i], 0);
    const ground = (node) => {
        for (; node; node = node.parentElement) {
            const color = parse(getComputedStyle(node).backgroundColor);
            if (color.length && (color.length < 4 || color[3] > 0.99)) return color;
        }
        return [255, 255, 255];
    };
    const weak = [];
    const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
    while (walker.nextNode()) {
        const node = walker.currentNode.parentElement;
        const seen = node.checkVisibility({ visibilityProperty: true, opacityProperty: true });
        if (!seen || !walker.currentNode.data.trim()) continue;
        if (["SCRIPT", "STYLE"].includes(node.tagName)) continue;
        const [one, other] = [light(parse(getComputedStyle(node).color)), light(ground(node))].sort((a, b) => b - a);
        const ratio = (one + 0.05) / (other + 0.05);
        if (ratio < 4.5) weak.push(`${ratio.toFixed(2)} ${node.className} ${walker.currentNode.data.slice(0, 20)}`);
    }
    return weak;
}"""


@pytest.mark.parametrize("dark", [False, True])
def test_all_text_stands_out_from_its_ground(new_page: NewPage, address: str, dark: bool) -> None:
    page = new_page(address, dark=dark)
    ready(page)
    expect(page.locator(".bz-welcome .bz-ask").first).to_be_visible()
    eventually(lambda: page.evaluate(CONTRASTS) == [])
    for question in (AMOUNT, "subsidy", "扬州各级标准列个表", "示范区"):
        ask(page, question)
        expect(page.locator("#bz-panel mark").first).to_be_visible()
        assert page.evaluate(CONTRASTS) == []
