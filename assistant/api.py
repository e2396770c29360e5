"""The HTTP side: health, one question in and one answer out, the sources a marker opens, and the page.

The assistant is opened in the background so that the page is up at once; questions wait for it.
"""

from __future__ import annotations

import json
from collections.abc import AsyncGenerator
from contextlib import aclosing
from datetime import date
from pathlib import Path
from typing import Annotated, Any, Literal
from urllib.parse import urlsplit

import gradio as gr
from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse, PlainTextResponse, RedirectResponse, Response
from fastapi.staticfiles import StaticFiles
from pydantic import BaseModel, ConfigDict, Field, field_validator
from starlette.middleware.trustedhost import TrustedHostMiddleware

from assistant.access import CHAT, DESK, MAINTAIN, Access, Limiter, caller_of
from assistant.access.setup import AccessSetup
from assistant.answer import Answer
from assistant.api_description import describe
from assistant.desk.desk import Desk
from assistant.live import LiveAssistant
from assistant.routes import (
    MAX_TEXT,
    MAX_TURNS,
    KeptReleases,
    Turns,
    add_routes,
    answer_events,
    problem,
    refused,
    wants_stream,
)
from assistant.store import Store
from assistant.streaming import Item, read_stream
from assistant.telemetry import METRICS_TYPE, RequestLog, Telemetry
from assistant.web.access_pages import add_pages, refusal_page
from assistant.web.calculator import add_calculator
from assistant.web.chat_routes import Flag, add_chat_routes
from assistant.web.conversations import Conversations, MemoryConversations, StoredConversations
from assistant.web.desk_page import build_desk
from assistant.web.desk_routes import add_desk_routes, add_forwarding
from assistant.web.maintain_acts import Maintenance
from assistant.web.maintain_page import build_maintenance
from assistant.web.maintain_routes import add_maintenance
from assistant.web.page import MAX_FILE, build_page, in_event_loop, theme
from assistant.web.printed import Originals, PagePictures
from assistant.web.reference import add_reference
from assistant.web.shell import Shell
from assistant.web.sources import Archive, add_sources, no_archive
from assistant.web.words import script_labels
from knowledge.errors import BiaozhuntongError

STATIC = Path(__file__).resolve().parent / "web" / "static"
LOOPBACK = ("127.0.0.1", "localhost")

MAX_NOTE = 1_000
MAX_FACTS = 20_000

FactNames = Annotated[list[Annotated[str, Field(max_length=100)]], Field(max_length=MAX_TURNS)]


class FlagBody(BaseModel):
    """An answer that a reader holds to be wrong. `reason` is one of a few; `note` is in the reader's words."""

    model_config = ConfigDict(extra="forbid")

    question: str = Field(max_length=MAX_TEXT, min_length=1)
    history: Turns = Field(default_factory=list)
    forget: FactNames = Field(default_factory=list)
    reason: Literal["amount", "source", "unanswered", "outdated", "other"]
    note: str = Field(default="", max_length=MAX_NOTE)


class State(BaseModel):
    """The state of the server."""

    status: Literal["starting", "ready", "failed"]


class Health(State):
    """The state of the server, and the release it answers from; null until there is one."""

    release: str | None


class Noted(BaseModel):
    """That a report was kept."""

    status: Literal["noted"] = "noted"


class AskBody(BaseModel):
    """One question, as on the command line: only `question` is required."""

    model_config = ConfigDict(extra="forbid")

    id: str | None = Field(default=None, max_length=200)
    question: str = Field(max_length=MAX_TEXT)
    history: Turns = Field(default_factory=list)
    facts: dict[str, Any] = Field(default_factory=dict)
    asked_at: date | None = None
    # Names of known facts that are taken neither from the history nor from `facts`.
    forget: FactNames = Field(default_factory=list)

    @field_validator("facts")
    @classmethod
    def _sendable(cls, facts: dict[str, Any]) -> dict[str, Any]:
        # Elsewhere pydantic sees to both; half of a surrogate pair can be in JSON, but in no answer.
        try:
            size = len(json.dumps(facts, ensure_ascii=False).encode("utf-8"))
        except UnicodeEncodeError:
            raise ValueError("expected Unicode text, got half of a surrogate pair") from None
        if size > MAX_FACTS:
            raise ValueError(f"expected at most {MAX_FACTS:,} bytes, got {size:,}")
        return facts


def create_app(
    assistant: LiveAssistant[Any],
    *,
    host: str = LOOPBACK[0],
    archive: Archive = no_archive,
    originals: Originals | None = None,
    flag: Flag | None = None,
    access: AccessSetup | None = None,
    store: Store | None = None,
    unreviewed: bool = False,
    maintenance: Maintenance | None = None,
    desk: Desk | None = None,
    kept_releases: KeptReleases | None = None,
) -> FastAPI:
    """The whole application: API, sources and page.

    Args:
        assistant: the assistant, open or being opened.
        archive: finds the documents that earlier answers cite, in the release that gave them.
        originals: finds the files that documents were read from, whose pages are then shown as printed.
        flag: takes note of answers that readers hold to be wrong; without it there is no such route.
        host: the address it is served on; on loopback only loopback names are answered, so no other site's name can
            be pointed at it.
        access: who may sign in, and how often somebody may ask; without it everybody is a visitor and nobody waits.
        store: keeps what readers ask and are told; without it, that lasts as long as the process.
        unreviewed: whether reward rules that nobody has confirmed may compute, with a warning.
        maintenance: what maintainers work on; without it there are no such pages.
        desk: the help desk; without it there is none.
        kept_releases: the releases that have answered; without it only the live one is listed.
    """
    access = access or AccessSetup()
    app = FastAPI(title="标准通", docs_url=None, redoc_url=None, openapi_url="/v1/openapi.json")
    app.add_exception_handler(BiaozhuntongError, _unavailable)
    app.add_exception_handler(RequestValidationError, _bad_request)
    app.add_exception_handler(Exception, _failed)
    telemetry = Telemetry()
    _add_api(app, assistant, telemetry)
    add_routes(app, assistant, unreviewed=unreviewed, kept=kept_releases)
    add_calculator(app, assistant, unreviewed=unreviewed)
    if flag is not None:
        _add_flags(app, assistant, flag)
    add_sources(app, assistant, archive, PagePictures(originals) if originals else None)
    mounted = [CHAT.path, *([DESK.path] if desk else []), *([MAINTAIN.path] if maintenance else [])]
    add_pages(app, access.accounts, mounted=mounted, provider=access.provider, public_url=access.public_url)
    app.add_api_route("/web/words.json", script_labels, include_in_schema=False)
    app.mount("/web", StaticFiles(directory=STATIC), name="web")
    kept: Conversations = StoredConversations(store) if store else MemoryConversations()
    add_chat_routes(app, assistant, kept, flag)
    if maintenance is not None:
        work, megabytes = maintenance, maintenance.megabytes
        add_maintenance(app, work)
        in_event_loop(lambda: _mount_page(app, build_maintenance(work), host, MAINTAIN.path, f"{megabytes}mb"))
    add_forwarding(app, is_open=desk is not None)
    if desk is not None:
        add_desk_routes(app, desk)
        opened = build_desk(desk, caller=caller_of)
        in_event_loop(lambda: _mount_page(app, opened, host, DESK.path, f"{DESK.upload_megabytes}mb"))
    describe(app, anonymous=access.anonymous)
    add_reference(app)
    surfaces = ["calculator", "login", "account", *(path.strip("/") for path in mounted)]
    page = build_page(assistant, conversations=kept, caller=caller_of, surfaces=surfaces)
    in_event_loop(lambda: _mount_page(app, page, host))
    app.add_middleware(
        Access,
        accounts=access.accounts,
        anonymous=access.anonymous,
        limiter=Limiter(access.rates) if access.rates else None,
        public_url=access.public_url,
        page=refusal_page,
    )
    app.add_middleware(Shell)
    app.add_middleware(RequestLog, telemetry=telemetry)
    if host in LOOPBACK:
        proxied = urlsplit(access.public_url).hostname if access.public_url else None
        names = [*LOOPBACK, *([proxied] if proxied else [])]
        app.add_middleware(TrustedHostMiddleware, allowed_hosts=names, www_redirect=False)
    return app


def _mount_page(app: FastAPI, page: gr.Blocks, host: str, path: str = CHAT.path, max_file_size: str = MAX_FILE) -> None:
    if path != CHAT.path:
        # The page at `/` would take the address without the slash for one of its own. Relative, as for a proxy's folder.
        app.add_api_route(path, lambda: RedirectResponse(f"{path.rpartition('/')[2]}/"), include_in_schema=False)
    gr.mount_gradio_app(
        app,
        page,
        path=path,
        server_name=host,
        theme=theme(),
        footer_links=[],
        run_history=False,
        enable_monitoring=False,
        ssr_mode=False,
        pwa=False,
        mcp_server=False,
        show_error=False,
        max_file_size=max_file_size,
        allowed_paths=[],
    )


def _unavailable(_: Request, error: Exception) -> JSONResponse:
    return refused(503, **problem(error))


def _failed(_: Request, error: Exception) -> JSONResponse:
    return refused(500, **problem(error))


def _bad_request(_: Request, error: Exception) -> JSONResponse:
    first = error.errors()[0] if isinstance(error, RequestValidationError) else {"loc": (), "msg": str(error)}
    where = ".".join(str(part) for part in first["loc"] if part != "body") or "the body"
    return refused(422, "bad_request", f"{where}: {first['msg']}")


def _add_api(app: FastAPI, assistant: LiveAssistant[Any], telemetry: Telemetry) -> None:
    @app.get("/healthz", response_model=Health, responses={503: {"model": Health}}, summary="Whether it answers")
    def healthz() -> JSONResponse:
        """The state of the server, and the release it answers from; 503 until it can answer."""
        state = assistant.state
        release = assistant.release.release_id if state == "ready" else None
        return JSONResponse({"status": state, "release": release}, status_code=200 if state == "ready" else 503)

    @app.get("/readyz", response_model=State, responses={503: {"model": State}}, summary="Whether it is ready")
    def readyz() -> JSONResponse:
        """For a balancer: 503 until questions can be answered."""
        state = assistant.state
        return JSONResponse({"status": state}, status_code=200 if state == "ready" else 503)

    @app.get("/metrics", response_class=PlainTextResponse, summary="Counts for Prometheus")
    def metrics() -> Response:
        """Requests, answers and times in the Prometheus text format, without a word of any question."""
        return Response(telemetry.text(), media_type=METRICS_TYPE)

    @app.post("/v1/ask", response_model=Answer, summary="Ask a question")
    def ask(body: AskBody, request: Request) -> Answer | Response:
        """One answer as JSON, or while it is made as server-sent events for a client that accepts them.

        The events: `text` (`{"text"}`, to append), `replace` (`{"text"}`, in the place of all text before), at the end
        `answer` (the answer as JSON) or `error`. A client that goes away ends the work.
        """
        given: dict[str, Any] = body.model_dump(include={"history", "facts", "asked_at", "forget"})

        def named(answer: Answer) -> Answer:
            telemetry.answered(answer)
            return answer.model_copy(update={"id": body.id})

        if not wants_stream(request):
            return named(assistant.ask(body.question, **given))
        assistant.wait()
        made = read_stream(lambda left: assistant.ask_stream(body.question, stopped=left, **given))

        async def items() -> AsyncGenerator[Item | None, None]:
            async with aclosing(made):
                async for item in made:
                    yield named(item) if isinstance(item, Answer) else item

        return answer_events(items())


def _add_flags(app: FastAPI, assistant: LiveAssistant[Any], flag: Flag) -> None:
    @app.post("/v1/flag", status_code=201, summary="Report an answer")
    def flagged(body: FlagBody) -> Noted:
        """Takes note of an answer that a reader holds to be wrong: it is asked again and kept for the maintainers."""
        # Asked again rather than taken from the sender: what is kept is what was answered, not what somebody claims.
        answer = assistant.ask(body.question, history=body.history, forget=body.forget)
        flag(answer, body.question, body.history, f"{body.reason}: {body.note}" if body.note else body.reason, {})
        return Noted()
