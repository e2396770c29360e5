"""A page served in this process, and a browser that reports everything it should not do."""

from __future__ import annotations

import shutil
import subprocess
import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from urllib.parse import urlsplit

import pytest
import uvicorn

from app import listen
from assistant.api import create_app
from assistant.live import LiveAssistant
from assistant.store import Store
from assistant.web.printed import Originals
from assistant.web.turns import Asks

playwright_api = pytest.importorskip("playwright.sync_api", reason="the playwright package is not installed")

from playwright.sync_api import Browser, BrowserContext, Page, expect, sync_playwright  # noqa: E402

# How long a step of a page may take is no subject of these tests, and a machine may be busy.
STEP_MS = 60_000
expect.set_options(timeout=STEP_MS)

ARGUMENTS = [
    "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking",
    "--disable-component-update", "--disable-sync",
]  # fmt: skip
WIDE = {"width": 1440, "height": 900}
NARROW = {"width": 390, "height": 844}


def missing() -> str | None:
    """What this machine lacks for a browser test, or null."""
    if shutil.which("chromium") is None:
        return "chromium is not installed (Debian package chromium)"
    if shutil.which("fc-list") is None:
        return "fc-list, which finds the fonts, is not installed (Debian package fontconfig)"
    fonts = subprocess.run(["fc-list", ":lang=zh"], capture_output=True, encoding="utf-8", check=True)
    return None if fonts.stdout.strip() else "no Chinese font is installed (Debian package fonts-noto-cjk)"


@dataclass
class Watch:
    """What a page asked for and complained about."""

    requests: list[str] = field(default_factory=list)
    complaints: list[str] = field(default_factory=list)

    def follow(self, page: Page) -> None:
        page.on("request", lambda request: self.requests.append(request.url))
        page.on("console", lambda message: self.complaints.append(message.text) if message.type == "error" else None)
        page.on("pageerror", lambda error: self.complaints.append(str(error)))
        page.on("dialog", lambda dialog: (self.complaints.append(f"dialog: {dialog.message}"), dialog.dismiss()))

    @property
    def strangers(self) -> list[str]:
        """Requests to anywhere but this machine."""
        return [url for url in self.requests if urlsplit(url).hostname not in ("127.0.0.1", None)]


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    if reason := missing():
        pytest.skip(reason)
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=shutil.which("chromium"), args=ARGUMENTS)
        yield browser
        browser.close()


@pytest.fixture
def watch() -> Watch:
    return Watch()


NewPage = Callable[..., Page]


@pytest.fixture
def new_page(browser: Browser, watch: Watch) -> Iterator[NewPage]:
    """Opens an address in a context of its own; at the end no page may have complained or asked another machine."""
    contexts: list[BrowserContext] = []

    def opened(address: str, *, narrow: bool = False, dark: bool = False) -> Page:
        context = browser.new_context(
            viewport=NARROW if narrow else WIDE,
            color_scheme="dark" if dark else "light",
            permissions=["clipboard-read", "clipboard-write"],
        )
        contexts.append(context)
        page = context.new_page()
        page.set_default_timeout(STEP_MS)
        watch.follow(page)
        page.goto(address)
        return page

    yield opened
    for context in contexts:
        context.close()
    assert watch.complaints == []
    assert watch.strangers == []


# What readers of the served pages flagged: answer, question, earlier turns, note.
FLAGGED: list[tuple[object, ...]] = []

Serve = Callable[..., str]


@pytest.fixture(scope="module")
def serve() -> Iterator[Serve]:
    """Serves the page over an assistant on a free port of this machine, and gives its address."""
    running: list[tuple[uvicorn.Server, threading.Thread]] = []

    def served(
        open_assistant: Callable[[], Asks], *, store: Store | None = None, originals: Originals | None = None
    ) -> str:
        listener = listen("127.0.0.1", 0)
        config = uvicorn.Config(
            create_app(
                LiveAssistant(open_assistant),
                flag=lambda *said: FLAGGED.append(said),
                store=store,
                originals=originals,
            ),
            log_level="error",
            timeout_graceful_shutdown=1,
        )
        server = uvicorn.Server(config)
        thread = threading.Thread(target=server.run, kwargs={"sockets": [listener]}, daemon=True)
        thread.start()
        while not server.started:
            time.sleep(0.02)
        running.append((server, thread))
        return f"http://127.0.0.1:{listener.getsockname()[1]}/"

    yield served
    for server, thread in running:
        server.should_exit = True
        thread.join(10)
