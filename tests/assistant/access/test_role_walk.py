"""Every route and every Gradio event of the whole application, asked as everybody.

The application is taken as it is: its routes, its Gradio pages and their events are found, not listed, so a route or a page
that nobody gave a role fails here before anybody can use it.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from contextlib import closing
from dataclasses import dataclass

import gradio as gr
import pytest
from fastapi import FastAPI
from gradio.routes import App as GradioApp
from starlette.applications import Starlette
from starlette.responses import PlainTextResponse
from starlette.routing import BaseRoute, Mount, Route
from starlette.testclient import TestClient

from app import application
from assistant.access import SURFACES, TABLE, Access, Accounts, Guard, Role, caller_of, guard_of
from assistant.access.setup import accounts_of
from assistant.access.table import ANONYMOUS, KEY_SCOPES
from assistant.desk.setup import desk_of
from assistant.live import LiveAssistant
from assistant.settings import Settings
from assistant.store import Store, open_store
from assistant.store.replies import ReplyAudit
from assistant.web.blocks import OwnFiles
from assistant.web.page import in_event_loop
from tests.assistant.web.fakes import FakeAssistant, evil_documents

LOCAL = "http://127.0.0.1:7860"
_PAGE_SESSION = re.compile(r"(/gradio_api/(?:heartbeat|call/x)/)x$")
_PARAMETER = re.compile(r"\{[^}]+\}")
# What comes back from behind the guard; no route of the product answers so.
REACHED = 299


@dataclass(frozen=True)
class Asker:
    """Somebody with what they show, and the role and scopes that come with it."""

    name: str
    role: Role
    headers: Mapping[str, str]
    scopes: frozenset[str] | None = None

    def may(self, guard: Guard) -> int:
        """The status of a refusal, or `REACHED`: the table, read by this test in its own words."""
        if guard.anyone:
            return REACHED
        if self.scopes is not None:
            enough = guard.scope == "metrics" or self.role >= guard.role
            return REACHED if guard.scope in self.scopes and enough else 403
        if guard.scope in ANONYMOUS or self.role >= guard.role:
            return REACHED
        return 401 if self.role is Role.VISITOR else 403


@dataclass(frozen=True)
class Address:
    """A way in: a path with its parameters filled in, and a method."""

    path: str
    method: str
    declared: str


@pytest.fixture(scope="module")
def settings(tmp_path_factory: pytest.TempPathFactory) -> Settings:
    often = "1000000/minute"
    return Settings(
        data=tmp_path_factory.mktemp("walk"),
        rate_page=often,
        rate_ask=often,
        rate_sign_in=often,
        rate_upload=often,
        rate_flag=often,
    )


@pytest.fixture(scope="module")
def store(settings: Settings) -> Iterator[Store]:
    with closing(open_store(settings.database)) as opened:
        yield opened


@pytest.fixture(scope="module")
def accounts(settings: Settings, store: Store) -> Accounts:
    return accounts_of(settings, store)


def served(settings: Settings, store: Store) -> FastAPI:
    """The application as it is served, over an assistant with canned answers."""
    office = desk_of(settings, store.replies, ReplyAudit(store.database))
    return application(settings, store, office, LiveAssistant(lambda: FakeAssistant(evil_documents())))


@pytest.fixture(scope="module")
def app(settings: Settings, store: Store) -> FastAPI:
    return served(settings, store)


@pytest.fixture(scope="module")
def askers(accounts: Accounts) -> list[Asker]:
    found = [Asker("visitor", Role.VISITOR, {})]
    for role in (Role.STAFF, Role.MAINTAINER, Role.ADMINISTRATOR):
        user = accounts.users.create(role.name, role)
        cookie = {"cookie": f"bz-session={accounts.open_session(user, address='')}", "sec-fetch-site": "same-origin"}
        found.append(Asker(role.name.lower(), role, cookie))
        for scope in sorted(KEY_SCOPES) if role is Role.STAFF else ["ask", "maintain"]:
            token = accounts.add_key(user, scope, [scope], actor="console")[1]
            bearer = {"authorization": f"Bearer {token}"}
            found.append(Asker(f"{role.name.lower()}'s key for {scope}", role, bearer, frozenset({scope})))
    return found


def gradio_pages(app: Starlette) -> dict[str, GradioApp]:
    """The Gradio pages of an application by where they are mounted."""
    return {
        route.path or "/": route.app
        for route in app.routes
        if isinstance(route, Mount) and isinstance(route.app, GradioApp)
    }


def addresses(routes: list[BaseRoute], prefix: str = "") -> Iterator[Address]:
    """Every way in, those of mounted applications included."""
    for route in routes:
        path = prefix + getattr(route, "path", "")
        if isinstance(route, Mount):
            inner = getattr(route.app, "routes", None)
            if inner is None:
                yield Address(f"{path}/x", "GET", f"{path}/{{path:path}}")
            else:
                yield from addresses(list(inner), path.rstrip("/"))
        elif (router := getattr(route, "original_router", None)) is not None:  # of FastAPI, included
            yield from addresses(list(router.routes), prefix)
        elif isinstance(route, Route) or hasattr(route, "methods"):
            for method in sorted(getattr(route, "methods", None) or {"GET"}):
                yield Address(_PARAMETER.sub("x", path) or "/", method, path)
        else:
            raise AssertionError(f"a kind of route that nobody thought of: {route!r}")


def undeclared(app: Starlette) -> list[str]:
    """Own routes that the table does not name, and Gradio pages that are no surface."""
    pages = gradio_pages(app)
    surfaces = {surface.path for surface in SURFACES}
    own = [route for route in app.routes if not (isinstance(route, Mount) and isinstance(route.app, GradioApp))]
    named = {guard.path for guard in TABLE} | {"/web/words.json"}  # beside the files below /web, which all may read
    missing = {address.declared for address in addresses(own) if address.declared not in named}
    return sorted(missing | (set(pages) - surfaces))


def guards_of(app: Starlette) -> list[tuple[Address, Guard | None]]:
    found = list(addresses(list(app.routes)))
    assert len(found) > 80
    return [(address, guard_of(address.path)) for address in found]


def test_every_route_has_a_declared_role(app: FastAPI) -> None:
    assert undeclared(app) == []


def test_a_route_or_page_without_a_role_is_found(settings: Settings, store: Store) -> None:
    app = served(settings, store)
    app.add_api_route("/v1/everything", lambda: "all of it")
    app.mount("/back-office", in_event_loop(GradioApp))
    app.mount("/files", Starlette(routes=[Route("/all", lambda request: PlainTextResponse("all"))]))
    assert undeclared(app) == ["/back-office", "/files/all", "/v1/everything"]
    # Until somebody gives it a role it is there for nobody.
    app.router.routes.insert(0, app.router.routes.pop())
    client = TestClient(app, base_url=LOCAL)
    assert client.get("/v1/everything").status_code == 404
    assert client.get("/files/all").status_code == 404


def test_what_is_below_a_surface_is_closed_or_needs_its_role(app: FastAPI) -> None:
    for path, page in gradio_pages(app).items():
        role = next(surface.role for surface in SURFACES if surface.path == path)
        for address in addresses(list(page.routes), path.rstrip("/")):
            guard = guard_of(address.path)
            if (
                path == "/"
                and guard is not None
                and guard.path in {own.path for own in TABLE if not own.path.startswith("/gradio")}
            ):
                continue
            assert guard is None or guard.role is role, address


def test_every_route_refuses_whom_the_table_refuses(app: FastAPI, askers: list[Asker]) -> None:
    client = TestClient(app, base_url=LOCAL, follow_redirects=False)
    asked = 0
    for address, guard in guards_of(app):
        for asker in askers:
            expected = 404 if guard is None else asker.may(guard)
            if expected == REACHED:
                continue
            answer = client.request(address.method, address.path, headers=dict(asker.headers))
            assert (answer.status_code, address, asker.name) == (expected, address, asker.name)
            if address.method != "HEAD":
                assert set(answer.json()) == {"error"}, (address, asker)
            asked += 1
    assert asked > 500


def test_everybody_reaches_what_the_table_gives_them(app: FastAPI, askers: list[Asker]) -> None:
    """The guard as it stands before the application, with nothing behind it: some routes never end."""
    options = next(middleware.kwargs for middleware in app.user_middleware if middleware.cls is Access)
    client = TestClient(Access(PlainTextResponse("", REACHED), **options), base_url=LOCAL)
    for address, guard in guards_of(app):
        for asker in askers:
            if guard is not None:
                # A session of a page belongs to the first who names it.
                path = _PAGE_SESSION.sub(rf"\1{asker.name}", address.path)
                status = client.request(address.method, path, headers=dict(asker.headers)).status_code
                assert (status, address, asker.name) == (asker.may(guard), address, asker.name)


def spellings(path: str) -> list[str]:
    """Other ways to write an address."""
    head, _, rest = path.lstrip("/").partition("/")
    return [
        f"//{head}/{rest}",
        f"/{head}//{rest}",
        f"/./{head}/{rest}",
        f"/x/../{head}/{rest}",
        f"/{head}%2f{rest}",
        f"/{head}%252f{rest}",
        f"/%2e/{head}/{rest}",
        f"/{head.upper()}/{rest}",
        f"/{head}./{rest}",
        f"/{head};x/{rest}",
        f"/{head}%00/{rest}",
        f"/{head}\\{rest}",
        f"/{head}/{rest}/",
        f"/{head}/{rest}%20",
    ]


def test_every_event_of_a_page_refuses_whom_its_page_refuses(app: FastAPI, askers: list[Asker]) -> None:
    client = TestClient(app, base_url=LOCAL, follow_redirects=False)
    for path, page in gradio_pages(app).items():
        surface = next(surface for surface in SURFACES if surface.path == path)
        guard, base = Guard(path, surface.role, surface.scope), path.rstrip("/")
        fns = page.get_blocks().fns
        assert fns
        few = {"visitor", "staff", "maintainer", "administrator", "staff's key for ask", "staff's key for maintain"}
        for asker in [asker for asker in askers if asker.name in few]:
            refused = asker.may(guard)
            for number, fn in fns.items():
                body = {"data": [None] * len(fn.inputs), "fn_index": number, "session_hash": "abc123"}
                names = [str(fn.api_name), str(number)]
                ways = {"/gradio_api/queue/join", "/gradio_api/run/predict"}
                ways |= {f"/gradio_api/call/{name}" for name in names}
                ways |= {f"/gradio_api/{kind}/{names[0]}" for kind in ("call/v2", "run", "api")}
                for way in sorted(ways):
                    if refused != REACHED or guard_of(base + way) is None:
                        answer = client.post(base + way, json=body, headers=dict(asker.headers))
                        expected = 404 if guard_of(base + way) is None else refused
                        assert (answer.status_code, way, asker.name) == (expected, way, asker.name)
                        assert set(answer.json()) == {"error"}


def test_no_other_spelling_lets_anybody_in(app: FastAPI, askers: list[Asker]) -> None:
    options = next(middleware.kwargs for middleware in app.user_middleware if middleware.cls is Access)
    client = TestClient(Access(PlainTextResponse("", REACHED), **options), base_url=LOCAL)
    guarded = [guard for guard in TABLE if guard.role > Role.VISITOR]
    assert guarded
    for guard in guarded:
        for spelling in spellings(_PARAMETER.sub("x", guard.path)):
            for asker in askers[:2]:
                if asker.role < guard.role:
                    status = client.get(LOCAL + spelling, headers=dict(asker.headers)).status_code
                    assert status in (401, 403, 404), (spelling, asker)


def test_what_gradio_leaves_open_is_closed_to_everybody(app: FastAPI, askers: list[Asker]) -> None:
    client = TestClient(app, base_url=LOCAL, follow_redirects=False)
    for surface in SURFACES:
        base = surface.path.rstrip("/")
        for way in (
            "/monitoring",
            "/monitoring/summary",
            "/monitoring/x",
            "/login",
            "/token",
            "/manifest.json",
            "/pwa_icon",
            "/gradio_api/token",
            "/gradio_api/proxy=https://x.hf.space/y",
            "/gradio_api/file/etc/passwd",
            "/gradio_api/stream/x/1/2/playlist.m3u8",
            "/gradio_api/component_server",
            "/gradio_api/custom_component/x/client/component/index.js",
            "/gradio_api/deep_link",
            "/gradio_api/dev/reload",
            "/gradio_api/process_recording",
            "/gradio_api/vibe-edit",
            "/gradio_api/vibe-code",
            "/gradio_api/run-history/connect",
            "/gradio_api/runs",
            "/gradio_api/profiling/traces",
            "/gradio_api/mcp",
            "/gradio_api/file=/etc/passwd",
            "/proxy=https://x.hf.space/y",
            "/file=/etc/passwd",
            "/queue/join",
            "/upload",
            "/dev/reload",
        ):
            if base + way == "/login":
                continue
            for asker in (askers[0], next(asker for asker in askers if asker.name == "administrator")):
                for method in ("GET", "POST"):
                    answer = client.request(method, base + way, headers=dict(asker.headers))
                    assert (answer.status_code, base + way) == (404, base + way)
        if not surface.upload_megabytes:
            for way in ("/gradio_api/upload", "/gradio_api/upload_progress"):
                assert client.post(base + way).status_code == 404


def test_every_page_reads_only_what_was_uploaded_to_it(app: FastAPI) -> None:
    assert {path: type(page.get_blocks()) for path, page in gradio_pages(app).items()} == {
        surface.path: OwnFiles for surface in SURFACES
    }


def test_a_private_event_of_the_desk_answers_staff_alone(askers: list[Asker], accounts: Accounts) -> None:
    def build() -> FastAPI:
        with gr.Blocks(analytics_enabled=False) as page:
            who = gr.Textbox()

            def secret(request: gr.Request) -> str:
                return f"seen by {caller_of(request).name}"

            page.load(secret, None, who, api_visibility="private", queue=False)
        app = FastAPI()
        gr.mount_gradio_app(app, page, path="/desk", run_history=False, footer_links=[])
        app.add_middleware(Access, accounts=accounts)
        return app

    client = TestClient(in_event_loop(build), base_url=LOCAL)
    for asker in askers:
        body = {"data": [], "fn_index": 0, "session_hash": asker.name}
        answer = client.post("/desk/gradio_api/run/predict", json=body, headers=dict(asker.headers))
        allowed = asker.role >= Role.STAFF and (asker.scopes is None or "desk" in asker.scopes)
        assert answer.status_code == (200 if allowed else 401 if asker.role is Role.VISITOR else 403), asker
        assert ("seen by" in answer.text) == allowed
        if asker.name == "staff":
            assert answer.json()["data"] == ["seen by STAFF"]
        for closed in ("/desk/gradio_api/run/secret", "/desk/gradio_api/api/secret"):
            assert client.post(closed, json=body, headers=dict(asker.headers)).status_code == 404
        for data in ("/desk/config", "/desk/gradio_api/info", "/desk/", "/desk/theme.css", "/desk/assets/x.js"):
            assert (client.get(data, headers=dict(asker.headers)).status_code in (401, 403)) == (not allowed)
