"""The HTTP side: health, one question in and one answer out, the sources a marker opens, and the page.

The assistant is opened in the background so that the page is up at once; questions wait for it.
"""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Callable, Mapping, Sequence
from datetime import date
from pathlib import Path
from typing import Annotated, Any, Generic, TypeVar

import gradio as gr
from fastapi import FastAPI, Query, Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import HTMLResponse, JSONResponse
from fastapi.staticfiles import StaticFiles
from markupsafe import Markup
from pydantic import BaseModel, ConfigDict, Field
from starlette.middleware.trustedhost import TrustedHostMiddleware

from assistant.answer import Answer
from assistant.web.evidence import Passage, document_html, documents_html, notice_html, page_html
from assistant.web.page import MAX_FILE, Asks, Corpus, build_page, in_event_loop, problem_sentence, theme
from assistant.web.shell import Shell
from assistant.web.words import script_labels, words_for
from knowledge.errors import BiaozhuntongError, NoRelease

_log = logging.getLogger(__name__)

STATIC = Path(__file__).resolve().parent / "web" / "static"
LOOPBACK = ("127.0.0.1", "localhost")
AnyAssistant = TypeVar("AnyAssistant", bound=Asks)

MAX_TURNS = 100
MAX_TEXT = 20_000
# A question that comes while the assistant is being opened waits this long for it.
OPENING_SECONDS = 120.0
# After a failed opening, the next question tries again, but not more often than this.
RETRY_SECONDS = 2.0


class Opening(Generic[AnyAssistant]):
    """An assistant that is being opened in the background; it answers once it is there.

    Args:
        open_assistant: opens the assistant; may take seconds, may raise.
        warm_up: run in the background once it is open, so that the first question finds everything loaded.
    """

    def __init__(
        self, open_assistant: Callable[[], AnyAssistant], *, warm_up: Callable[[AnyAssistant], None] | None = None
    ) -> None:
        self._open = open_assistant
        self._warm_up = warm_up
        self._lock = threading.Lock()
        self._done = threading.Event()
        self._assistant: AnyAssistant | None = None
        self._error: Exception | None = None
        self._failed_at = 0.0
        self._started = False

    def start(self) -> None:
        """Begin the opening; the first question does it too."""
        with self._lock:
            if not self._started:
                self._open_in_background()

    def _open_in_background(self) -> None:
        self._started = True
        self._done.clear()
        threading.Thread(target=self._run, name="open-assistant", daemon=True).start()

    def _run(self) -> None:
        try:
            assistant = self._open()
        except Exception as error:
            self._error = error
            self._failed_at = time.monotonic()
            self._done.set()
            _log.warning("the assistant could not be opened: %s", error, exc_info=not _expected(error))
            return
        self._assistant = assistant
        self._done.set()
        if self._warm_up:
            try:
                self._warm_up(assistant)
            except Exception:
                _log.warning("the warm-up failed; the first question will show why", exc_info=True)

    def _get(self) -> AnyAssistant:
        self.start()
        with self._lock:
            failed = self._done.is_set() and self._assistant is None
            if failed and time.monotonic() - self._failed_at > RETRY_SECONDS:
                self._open_in_background()
        if not self._done.wait(OPENING_SECONDS):
            raise BiaozhuntongError("the assistant is still being opened; try again in a few seconds")
        if self._assistant is None:
            raise self._error if self._error and _expected(self._error) else BiaozhuntongError(str(self._error))
        return self._assistant

    @property
    def state(self) -> str:
        """`starting`, `ready` or `failed`, without waiting."""
        if not self._done.is_set():
            return "starting"
        return "ready" if self._assistant is not None else "failed"

    @property
    def release(self) -> Corpus:
        """The live release; waits for the opening, `BiaozhuntongError` if it failed."""
        return self._get().release

    def ask(
        self,
        question: str,
        *,
        history: Sequence[str] = (),
        facts: Mapping[str, Any] | None = None,
        asked_at: date | None = None,
    ) -> Answer:
        """Answer one question; waits for the opening, `BiaozhuntongError` if it failed."""
        return self._get().ask(question, history=list(history), facts=dict(facts or {}), asked_at=asked_at)


def _expected(error: Exception) -> bool:
    return isinstance(error, BiaozhuntongError)


class AskBody(BaseModel):
    """One question, as on the command line: only `question` is required."""

    model_config = ConfigDict(extra="forbid")

    id: str | None = Field(default=None, max_length=200)
    question: str = Field(max_length=MAX_TEXT)
    history: list[Annotated[str, Field(max_length=MAX_TEXT)]] = Field(default_factory=list, max_length=MAX_TURNS)
    facts: dict[str, Any] = Field(default_factory=dict)
    asked_at: date | None = None


def create_app(assistant: Opening[Any], *, host: str = LOOPBACK[0]) -> FastAPI:
    """The whole application: API, sources and page.

    Args:
        assistant: the assistant, open or being opened.
        host: the address it is served on; on loopback only loopback names are answered, so no other site's name can
            be pointed at it.
    """
    app = FastAPI(title="标准通", docs_url=None, redoc_url=None, openapi_url="/v1/openapi.json")
    app.add_exception_handler(BiaozhuntongError, _unavailable)
    app.add_exception_handler(RequestValidationError, _bad_request)
    app.add_exception_handler(Exception, _failed)
    _add_api(app, assistant)
    _add_sources(app, assistant)
    app.add_api_route("/web/words.json", script_labels, include_in_schema=False)
    app.mount("/web", StaticFiles(directory=STATIC), name="web")
    in_event_loop(lambda: _mount_page(app, build_page(assistant), host))
    app.add_middleware(Shell)
    if host in LOOPBACK:
        app.add_middleware(TrustedHostMiddleware, allowed_hosts=list(LOOPBACK), www_redirect=False)
    return app


def _mount_page(app: FastAPI, page: gr.Blocks, host: str) -> None:
    gr.mount_gradio_app(
        app,
        page,
        path="/",
        server_name=host,
        theme=theme(),
        footer_links=[],
        run_history=False,
        enable_monitoring=False,
        ssr_mode=False,
        pwa=False,
        mcp_server=False,
        show_error=False,
        max_file_size=MAX_FILE,
        allowed_paths=[],
    )


def _problem(status: int, code: str, message: str) -> JSONResponse:
    return JSONResponse({"error": {"code": code, "message": message}}, status_code=status)


def _unavailable(_: Request, error: Exception) -> JSONResponse:
    return _problem(503, "no_release" if isinstance(error, NoRelease) else "unavailable", str(error))


def _failed(_: Request, __: Exception) -> JSONResponse:
    return _problem(500, "failed", "the question could not be answered; the server's log says why")


def _bad_request(_: Request, error: Exception) -> JSONResponse:
    first = error.errors()[0] if isinstance(error, RequestValidationError) else {"loc": (), "msg": str(error)}
    where = ".".join(str(part) for part in first["loc"] if part != "body") or "the body"
    return _problem(422, "bad_request", f"{where}: {first['msg']}")


def _add_api(app: FastAPI, assistant: Opening[Any]) -> None:
    @app.get("/healthz")
    def healthz() -> JSONResponse:
        state = assistant.state
        release = assistant.release.release_id if state == "ready" else None
        return JSONResponse({"status": state, "release": release}, status_code=200 if state == "ready" else 503)

    @app.post("/v1/ask")
    def ask(body: AskBody) -> Answer:
        answer = assistant.ask(body.question, history=body.history, facts=body.facts, asked_at=body.asked_at)
        return answer.model_copy(update={"id": body.id})


def _add_sources(app: FastAPI, assistant: Opening[Any]) -> None:
    """The documents, for the panel (`fragment=1`) and as pages of their own."""

    def shown(title: str, body: Markup, language: str, fragment: bool, status: int = 200) -> HTMLResponse:
        page = body if fragment else page_html(title, body, words_for(language))
        return HTMLResponse(page, status_code=status)

    @app.get("/sources")
    def sources(lang: str = "zh", fragment: bool = False) -> HTMLResponse:
        words = words_for(lang)
        try:
            documents = assistant.release.documents
        except BiaozhuntongError as error:
            return shown(words.documents, notice_html(problem_sentence(error, words)), lang, fragment, 503)
        return shown(words.documents, documents_html(documents, words, date.today()), lang, fragment)

    @app.get("/sources/{policy_id}")
    def source(
        policy_id: str,
        start: Annotated[int | None, Query(ge=0)] = None,
        end: Annotated[int | None, Query(ge=0)] = None,
        v: str = "",
        lang: str = "zh",
        fragment: bool = False,
    ) -> HTMLResponse:
        words = words_for(lang)
        try:
            document = assistant.release.documents.get(policy_id)
        except BiaozhuntongError as error:
            return shown(words.documents, notice_html(problem_sentence(error, words)), lang, fragment, 503)
        if document is None:
            return shown(words.documents, notice_html(words.no_such_document), lang, fragment, 404)
        passage = Passage(start, end, v) if start is not None and end is not None else None
        body = document_html(document, passage, words, date.today())
        return shown(document.policy.title, body, lang, fragment)
