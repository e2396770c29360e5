from __future__ import annotations

import json
from collections.abc import AsyncIterator, Iterator
from datetime import timedelta
from typing import Any

import gradio as gr
import pytest
from fastapi import FastAPI, Request
from starlette.responses import StreamingResponse
from starlette.testclient import TestClient
from starlette.websockets import WebSocketDisconnect

from assistant.access import Access, Accounts, Caller, Limiter, NoCaller, RateLimits, Role, caller_of, middleware
from assistant.access.table import MAX_DIALOGUE, MAX_FORM
from tests.assistant.access.conftest import Clock

LOCAL = "http://127.0.0.1:7860"
OWN = {"sec-fetch-site": "same-origin"}
PAGE = {"accept": "text/html"}


def whole_app(accounts: Accounts, **options: Any) -> FastAPI:
    app = FastAPI(openapi_url=None)

    async def who(request: Request) -> dict[str, Any]:
        caller = caller_of(request)
        await request.body()
        return {"id": caller.id, "role": caller.role.name, "via": caller.via, "name": caller.name}

    for path in ("/", "/desk/", "/maintain/config", "/v1/ask", "/metrics", "/login", "/healthz", "/account"):
        app.add_api_route(path, who, methods=["GET", "POST"])
    app.add_middleware(Access, accounts=accounts, **options)
    return app


@pytest.fixture
def client(accounts: Accounts) -> Iterator[TestClient]:
    with TestClient(whole_app(accounts), base_url=LOCAL, follow_redirects=False) as client:
        yield client


def session_of(accounts: Accounts, role: Role, name: str = "") -> str:
    return accounts.open_session(accounts.users.create(name or role.name, role), address="")


def signed_in(accounts: Accounts, client: TestClient, role: Role) -> None:
    client.cookies.set("bz-session", session_of(accounts, role))


def test_a_visitor_is_known_again_by_a_cookie_that_no_script_reads(client: TestClient) -> None:
    first = client.get("/", headers=PAGE)
    cookie = first.headers["set-cookie"]
    assert "HttpOnly" in cookie
    assert "SameSite=Lax" in cookie
    assert "Secure" not in cookie
    again = client.get("/", headers=PAGE)
    assert again.headers["set-cookie"] == cookie
    assert again.json() == first.json()
    assert "set-cookie" not in client.get("/").headers
    assert first.json()["id"].startswith("visitor:")
    assert client.cookies["bz-visitor"] not in first.text


def test_two_visitors_are_two_owners(accounts: Accounts) -> None:
    ids = {TestClient(whole_app(accounts), base_url=LOCAL).get("/", headers=PAGE).json()["id"] for _ in range(2)}
    assert len(ids) == 2


def test_over_https_cookies_are_for_this_host_alone(accounts: Accounts) -> None:
    client = TestClient(whole_app(accounts), base_url="https://office.test")
    cookie = client.get("/", headers=PAGE).headers["set-cookie"]
    assert cookie.startswith("__Host-bz-visitor=")
    assert "Secure" in cookie
    client.cookies.set("bz-session", session_of(accounts, Role.STAFF))
    assert client.get("/desk/").status_code == 401


@pytest.mark.parametrize("token", ["", "x", "a" * 42, "a" * 44, "<script>" + "a" * 35])
def test_a_made_up_visitor_is_given_a_new_token(client: TestClient, token: str) -> None:
    response = client.get("/", headers=PAGE | {"cookie": f"bz-visitor={token}"})
    assert "bz-visitor" in response.headers["set-cookie"]


@pytest.mark.parametrize(
    ("role", "expected"),
    [
        (None, {"/": 200, "/desk/": 401, "/maintain/config": 401, "/metrics": 401, "/account": 401}),
        (Role.STAFF, {"/": 200, "/desk/": 200, "/maintain/config": 403, "/metrics": 403, "/account": 200}),
        (Role.MAINTAINER, {"/": 200, "/desk/": 200, "/maintain/config": 200, "/metrics": 403}),
        (Role.ADMINISTRATOR, {"/": 200, "/desk/": 200, "/maintain/config": 200, "/metrics": 200}),
    ],
)
def test_each_role_may_what_the_table_says(
    accounts: Accounts, client: TestClient, role: Role | None, expected: dict[str, int]
) -> None:
    if role is not None:
        signed_in(accounts, client, role)
    assert {path: client.get(path).status_code for path in expected} == expected


@pytest.mark.parametrize(
    "path", ["//desk/", "/desk/%2e%2e/desk/", "/x%2F..%2Fdesk/", "/%2fdesk/", "/desk%5c", "/DESK/", "/desk%252f"]
)
def test_no_spelling_gets_past_the_guard(client: TestClient, path: str) -> None:
    assert client.get(LOCAL + path).status_code in (401, 404)


def test_a_person_is_sent_to_sign_in_and_back(client: TestClient) -> None:
    response = client.get("/desk/?lang=en&x=a%20b", headers=PAGE)
    assert response.status_code == 303
    assert response.headers["location"] == "/login?next=%2Fdesk%2F%3Flang%3Den%26x%3Da%2520b"


def test_a_session_ends_unused_and_ends_in_all(accounts: Accounts, client: TestClient, clock: Clock) -> None:
    signed_in(accounts, client, Role.STAFF)
    for _ in range(40):
        clock.now += timedelta(hours=4)
        assert client.get("/desk/").status_code == 200
    clock.now += timedelta(hours=9)
    assert client.get("/desk/").status_code == 401
    client.cookies.set("bz-session", session_of(accounts, Role.STAFF, "b"))
    for _ in range(42):
        clock.now += timedelta(hours=4)
        client.get("/desk/")
    clock.now += timedelta(minutes=1)
    assert client.get("/desk/").status_code == 401


def test_a_key_may_what_its_scopes_say_and_no_more(accounts: Accounts, client: TestClient) -> None:
    account = accounts.users.create("desk", Role.STAFF)
    _, ask = accounts.add_key(account, "bot", {"ask"}, actor="me")
    _, figures = accounts.add_key(account, "prometheus", {"metrics"}, actor="me")
    _, high = accounts.add_key(account, "high", {"maintain"}, actor="me")

    def status(path: str, token: str) -> int:
        return client.get(path, headers={"authorization": f"Bearer {token}"}).status_code

    assert [status(path, ask) for path in ("/v1/ask", "/metrics", "/desk/", "/", "/healthz")] == [
        200,
        403,
        403,
        403,
        200,
    ]
    assert [status(path, figures) for path in ("/v1/ask", "/metrics")] == [403, 200]
    assert status("/maintain/config", high) == 403
    assert status("/v1/ask", ask[:-1] + "!") == 401
    assert status("/v1/ask", "sk-of-another-maker") == 200


def test_the_api_may_be_closed_to_callers_without_a_name(accounts: Accounts) -> None:
    client = TestClient(whole_app(accounts, anonymous=frozenset({"search"})), base_url=LOCAL)
    response = client.post("/v1/ask")
    assert (response.status_code, response.json()["error"]["code"]) == (401, "sign_in")
    assert response.headers["www-authenticate"] == "Bearer"
    assert client.get("/", headers=PAGE).status_code == 200
    signed_in(accounts, client, Role.STAFF)
    assert client.post("/v1/ask", headers=OWN).status_code == 200


@pytest.mark.parametrize(
    ("headers", "status"),
    [
        ({"sec-fetch-site": "same-origin"}, 200),
        ({"origin": LOCAL}, 200),
        ({"sec-fetch-site": "cross-site", "origin": LOCAL}, 403),
        ({"sec-fetch-site": "same-site"}, 403),
        ({"origin": "https://evil.test"}, 403),
        ({"origin": "null"}, 403),
        ({"origin": "http://127.0.0.1:1"}, 403),
        ({}, 403),
    ],
)
def test_another_site_cannot_act_for_somebody_signed_in(
    accounts: Accounts, client: TestClient, headers: dict[str, str], status: int
) -> None:
    signed_in(accounts, client, Role.STAFF)
    assert client.post("/desk/", headers=headers).status_code == status
    assert client.post("/login", headers=headers).status_code == status


def test_a_program_without_a_session_need_not_say_where_it_is(client: TestClient) -> None:
    assert client.post("/v1/ask").status_code == 200
    assert client.post("/v1/ask", headers={"origin": "https://evil.test"}).status_code == 403


def test_there_are_no_websockets(client: TestClient) -> None:
    with pytest.raises(WebSocketDisconnect), client.websocket_connect("/gradio_api/queue/join"):
        pass


def test_a_gradio_event_knows_its_caller_and_nothing_else_does(client: TestClient) -> None:
    caller = Caller("user:1", Role.STAFF, "a", "session")
    inner = Request({"type": "http", "state": {"caller": caller}})
    assert caller_of(gr.Request(inner)) is caller
    assert caller_of(inner) is caller
    for empty in (gr.Request(), Request({"type": "http"}), Request({"type": "http", "state": {"caller": "me"}})):
        with pytest.raises(NoCaller, match="Access"):
            caller_of(empty)


def test_a_refusal_is_said_in_both_languages(client: TestClient) -> None:
    said = json.loads(client.get("/desk/").text)["error"]["message"]
    assert "请先登录" in said
    assert "sign in" in said


def test_a_body_is_bounded_whether_it_says_its_length_or_not(client: TestClient) -> None:
    for path, most in (("/login", MAX_FORM), ("/v1/ask", MAX_DIALOGUE)):
        assert client.post(path, content=b"x" * most).status_code == 200
        assert client.post(path, content=b"x" * (most + 1)).status_code == 413
        assert client.post(path, content=b"", headers={"content-length": "many"}).status_code == 413

        def endless(most: int = most) -> Iterator[bytes]:
            for _ in range(20):
                yield b"x" * (most // 10)

        response = client.post(path, content=endless())
        assert (response.status_code, response.json()["error"]["code"]) == (413, "too_large")


@pytest.mark.parametrize("key", [False, True])
def test_what_is_still_being_sent_ends_with_the_account(
    accounts: Accounts, key: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(middleware, "LOOK_AGAIN_SECONDS", 0)
    user = accounts.users.create("clerk", Role.STAFF)
    app, closed = FastAPI(openapi_url=None), []

    async def parts() -> AsyncIterator[str]:
        try:
            yield "one"
            yield "two"
            accounts.set_disabled(user, True, actor="test")
            yield "three"
            yield "four"
        finally:
            closed.append(True)

    app.add_api_route("/v1/ask", lambda: StreamingResponse(parts()), methods=["POST"])
    app.add_middleware(Access, accounts=accounts)
    token = accounts.add_key(user, "k", ["ask"], actor="test")[1] if key else accounts.open_session(user, address="")
    headers = {"authorization": f"Bearer {token}"} if key else {"cookie": f"bz-session={token}", **OWN}
    response = TestClient(app, base_url=LOCAL).post("/v1/ask", headers=headers)
    assert (response.status_code, response.text, closed) == (200, "onetwo", [True])


def test_who_asks_too_often_is_told_how_long_to_wait(accounts: Accounts) -> None:
    limiter = Limiter(RateLimits(ask="3/minute", sign_in="2/minute", shared=2))
    client = TestClient(whole_app(accounts, limiter=limiter), base_url=LOCAL)
    client.get("/", headers=PAGE)
    assert [client.post("/v1/ask").status_code for _ in range(4)] == [200, 200, 200, 429]
    refused = client.post("/v1/ask")
    assert 1 <= int(refused.headers["retry-after"]) <= 60
    assert refused.headers["retry-after"] in refused.json()["error"]["message"]
    assert client.get("/").status_code == 200
    other = TestClient(whole_app(accounts, limiter=limiter), base_url=LOCAL)
    other.get("/", headers=PAGE)
    assert [other.post("/v1/ask").status_code for _ in range(4)] == [200, 200, 200, 429]
    # The address has had its share, whoever asks now.
    third = TestClient(whole_app(accounts, limiter=limiter), base_url=LOCAL)
    assert third.post("/v1/ask").status_code == 429
    assert [third.post("/login").status_code for _ in range(3)] == [200, 200, 429]
    assert third.get("/login").status_code == 200


def test_files_of_a_page_and_checks_of_the_server_are_not_counted(accounts: Accounts) -> None:
    limiter = Limiter(RateLimits(page="1/minute", shared=1))
    client = TestClient(whole_app(accounts, limiter=limiter), base_url=LOCAL)
    assert [client.get("/").status_code for _ in range(2)] == [200, 429]
    assert {client.get(path).status_code for path in ("/healthz", "/healthz")} == {200}
    assert {client.get(path).status_code for path in ("/assets/a.js", "/web/page.css")} == {404}


def test_a_client_without_a_cookie_is_counted_by_its_address(accounts: Accounts) -> None:
    limiter = Limiter(RateLimits(ask="3/minute", shared=5))
    client = TestClient(whole_app(accounts, limiter=limiter), base_url=LOCAL)
    assert [client.post("/v1/ask").status_code for _ in range(4)] == [200, 200, 200, 429]


def test_behind_a_proxy_that_ends_https_the_public_address_counts(accounts: Accounts) -> None:
    app = whole_app(accounts, public_url="https://answers.test")
    client = TestClient(app, base_url="http://10.0.0.5:7860")
    assert "Secure" in client.get("/", headers=PAGE).headers["set-cookie"]
    cookie = {"cookie": f"__Host-bz-session={session_of(accounts, Role.STAFF)}"}
    assert client.post("/desk/", headers=cookie | {"origin": "https://answers.test"}).status_code == 200
    assert client.post("/desk/", headers=cookie | {"origin": "https://evil.test"}).status_code == 403
