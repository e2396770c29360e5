from __future__ import annotations

from collections.abc import Iterator

import pytest
from fastapi import FastAPI
from starlette.testclient import TestClient

from assistant.access import Accounts, Role
from assistant.access.page_sessions import PageSessions
from assistant.access.setup import AccessSetup
from assistant.api import create_app
from assistant.live import LiveAssistant
from tests.assistant.web.fakes import FakeAssistant, evil_documents

LOCAL = "http://127.0.0.1:7860"
PAGE = {"accept": "text/html"}


@pytest.fixture
def app(accounts: Accounts) -> FastAPI:
    return create_app(LiveAssistant(lambda: FakeAssistant(evil_documents())), access=AccessSetup(accounts))


@pytest.fixture
def hers(app: FastAPI) -> Iterator[TestClient]:
    with TestClient(app, base_url=LOCAL) as client:
        client.get("/", headers=PAGE)
        yield client


@pytest.fixture
def his(app: FastAPI) -> TestClient:
    client = TestClient(app, base_url=LOCAL)
    client.get("/", headers=PAGE)
    return client


def body(session: str) -> dict[str, object]:
    return {"data": [], "fn_index": 0, "session_hash": session}


def test_a_session_is_of_no_use_to_another_browser(hers: TestClient, his: TestClient, app: FastAPI) -> None:
    assert hers.post("/gradio_api/queue/join", json=body("hers")).status_code == 200
    assert (
        hers.post("/gradio_api/cancel", json={"session_hash": "hers", "fn_index": 0, "event_id": "x"}).status_code
        == 200
    )
    nobody = TestClient(app, base_url=LOCAL)
    for other in (his, nobody):
        ways = [
            other.post("/gradio_api/queue/join", json=body("hers")),
            other.post("/gradio_api/run/predict", json=body("hers")),
            other.post("/gradio_api/call/chat", json=body("hers")),
            other.post("/gradio_api/call/v2/chat", json=body("hers")),
            other.post("/gradio_api/cancel", json={"session_hash": "hers", "fn_index": 0, "event_id": "x"}),
            other.post(
                "/gradio_api/run/predict", content=b'{"session_hash": "own", "\\u0073ession_hash": "hers", "data": []}'
            ),
            other.get("/gradio_api/queue/data", params={"session_hash": "hers"}),
            other.get("/gradio_api/queue/data?session_hash=own&session_hash=hers"),
            other.get("/gradio_api/heartbeat/hers"),
            other.get("/gradio_api/heartbeat/hers/"),
            other.get("/gradio_api/call/chat/hers"),
            other.get("/gradio_api/call/v2/hers/"),
        ]
        assert [answer.status_code for answer in ways] == [403] * len(ways)
    assert his.post("/gradio_api/queue/join", json=body("his")).status_code == 200
    assert hers.post("/gradio_api/queue/join", json=body("hers")).status_code == 200


def test_who_signs_in_keeps_the_pages_that_are_open(hers: TestClient, accounts: Accounts) -> None:
    assert hers.post("/gradio_api/queue/join", json=body("hers")).status_code == 200
    token = accounts.open_session(accounts.users.create("wang", Role.STAFF), address="")
    hers.cookies.set("bz-session", token)
    own = {"sec-fetch-site": "same-origin"}
    assert hers.post("/gradio_api/queue/join", json=body("hers"), headers=own).status_code == 200


@pytest.mark.parametrize("sent", [b"", b"{", b"[]", b'{"session_hash": 3}', b"[" * 100_000])
def test_what_is_no_event_is_gradio_s_to_refuse(hers: TestClient, sent: bytes) -> None:
    answer = hers.post("/gradio_api/queue/join", content=sent, headers={"content-type": "application/json"})
    assert answer.status_code in (400, 422)


def test_the_longest_unused_makes_room() -> None:
    sessions = PageSessions(most=2)
    assert sessions.admits("a", "hers")
    assert sessions.admits("b", "hers")
    assert not sessions.admits("a", None)
    assert sessions.admits("c", "hers")
    assert sessions.admits("b", "his")
    assert not sessions.admits("c", "his")
    assert sessions.admits("d", None)
    assert sessions.admits("d", "his")


@pytest.mark.parametrize(
    ("public", "root"), [(None, LOCAL), ("https://answers.example.org", "https://answers.example.org")]
)
def test_a_page_s_own_address_is_not_what_a_request_says(accounts: Accounts, public: str | None, root: str) -> None:
    app = create_app(LiveAssistant(lambda: FakeAssistant()), access=AccessSetup(accounts, public_url=public))
    with TestClient(app, base_url=LOCAL) as client:
        said = {"x-forwarded-host": "elsewhere.test", "x-forwarded-proto": "ftp"}
        assert client.get("/config", headers=said).json()["root"] == root
        assert "elsewhere.test" not in client.get("/", headers=said | PAGE).text
