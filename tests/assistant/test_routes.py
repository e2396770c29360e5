"""The API beside `/v1/ask`, over the small invented corpus."""

from __future__ import annotations

import json
import socket
import threading
import time
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest
import uvicorn
from openai import OpenAI
from starlette.testclient import TestClient

from app import listen
from assistant.access import Accounts, Role
from assistant.access.setup import AccessSetup
from assistant.api import create_app
from assistant.live import LiveAssistant
from assistant.pipeline import Assistant
from assistant.routes import MAX_PARTS
from assistant.store import open_store

LOCAL = "http://127.0.0.1:7860"
QUESTION = "宁波企业主导制定行业标准奖励多少？"


@pytest.fixture
def accounts(tmp_path: Path) -> Iterator[Accounts]:
    with closing(open_store(tmp_path / "accounts.db")) as store:
        yield Accounts(store.users)


@pytest.fixture
def metrics_key(accounts: Accounts) -> str:
    return accounts.add_key(accounts.users.create("operator", Role.STAFF), "prometheus", {"metrics"}, actor="me")[1]


@pytest.fixture
def client(small_assistant: Assistant, accounts: Accounts) -> Iterator[TestClient]:
    app = create_app(LiveAssistant(lambda: small_assistant), access=AccessSetup(accounts))
    with TestClient(app, base_url=LOCAL, raise_server_exceptions=False) as client:
        client.get("/v1/policies")  # waits for the opening
        yield client


def test_search_gives_ranked_clauses_with_their_ranges(client: TestClient, small_assistant: Assistant) -> None:
    found = client.get("/v1/search", params={"q": "申报材料", "limit": 2}).json()
    assert found["release"] == small_assistant.release.release_id
    first = found["results"][0]
    text = small_assistant.release.text(first["policy_id"])
    assert "申报材料" in text[first["start"] : first["end"]]
    assert len(found["results"]) == 2


@pytest.mark.parametrize("params", [{}, {"q": "x", "limit": 0}, {"q": "x", "limit": 101}, {"q": "x" * 20_001}])
def test_a_wrong_search_gets_a_code(client: TestClient, params: dict[str, str]) -> None:
    response = client.get("/v1/search", params=params)
    assert (response.status_code, response.json()["error"]["code"]) == (422, "bad_request")


def test_policies_and_their_texts(client: TestClient, small_assistant: Assistant) -> None:
    entries = client.get("/v1/policies").json()
    assert {entry["policy_id"] for entry in entries} == set(small_assistant.release.documents)
    one = client.get("/v1/policies/ningbo-2016").json()
    assert one["text"] == small_assistant.release.text("ningbo-2016")
    assert all(one["text"][c["start"] : c["end"]] for c in one["clause_list"])
    assert one["rules"] == 2
    missing = client.get("/v1/policies/none")
    assert (missing.status_code, missing.json()["error"]["code"]) == (404, "not_found")


def test_rewards_are_computed_from_facts_with_their_clause(client: TestClient) -> None:
    body = {
        "policy_id": "ningbo-2016",
        "items": [
            {"activity": "formulate_standard", "level": "industry", "role": "lead", "count": 2},
            {"activity": "formulate_standard", "level": "national", "role": "lead"},
        ],
        "language": "en",
    }
    result = client.post("/v1/rewards/evaluate", json=body).json()
    assert result["total_yuan"] == 2 * 120_000 + 300_000
    assert [row["total_yuan"] for row in result["rewards"]] == [240_000, 300_000]
    cited = {citation["n"]: citation["quote"] for citation in result["citations"]}
    assert all("30万元、12万元" in cited[row["citation"]] for row in result["rewards"])


@pytest.mark.parametrize(
    ("change", "status"),
    [
        ({"policy_id": "none"}, 404),
        ({"items": []}, 422),
        ({"items": [{"activity": "x"}]}, 422),
        ({"items": [{"activity": "other", "count": 0}]}, 422),
        ({"items": [{"activity": "other", "rank": -1}]}, 422),
        ({"surprise": 1}, 422),
    ],
)
def test_a_wrong_claim_is_refused(client: TestClient, change: dict[str, object], status: int) -> None:
    body: dict[str, object] = {"policy_id": "ningbo-2016", "items": [{"activity": "formulate_standard"}]}
    assert client.post("/v1/rewards/evaluate", json=body | change).status_code == status


def test_an_answer_streams_as_events_and_ends_whole(client: TestClient) -> None:
    whole = client.post("/v1/ask", json={"question": QUESTION}).json()
    response = client.post("/v1/ask", json={"question": QUESTION}, headers={"accept": "text/event-stream"})
    assert response.headers["content-type"].startswith("text/event-stream")
    events = [dict(line.split(": ", 1) for line in event.splitlines()) for event in response.text.strip().split("\n\n")]
    assert "".join(json.loads(e["data"])["text"] for e in events if e["event"] == "text") == whole["answer"]
    assert json.loads(events[-1]["data"])["citations"] == whole["citations"]


def test_ready_and_metrics_hold_no_words_of_a_question(client: TestClient, metrics_key: str) -> None:
    assert client.get("/readyz").json() == {"status": "ready"}
    client.post("/v1/ask", json={"question": QUESTION})
    client.get("/v1/policies/some-secret-name")
    assert client.get("/metrics").status_code == 401
    figures = client.get("/metrics", headers={"authorization": f"Bearer {metrics_key}"}).text
    assert 'bzt_answers_total{language="zh"' in figures
    assert 'route="v1/ask"' in figures
    assert "宁波" not in figures
    assert "secret" not in figures


def test_every_reply_has_a_request_id(client: TestClient) -> None:
    own = client.get("/healthz").headers["x-request-id"]
    assert len(own) == 32
    assert client.get("/healthz", headers={"x-request-id": "desk-7"}).headers["x-request-id"] == "desk-7"
    assert client.get("/healthz", headers={"x-request-id": 'a"b<c>'}).headers["x-request-id"] != 'a"b<c>'


def test_the_request_log_is_json_without_the_question(client: TestClient, caplog: pytest.LogCaptureFixture) -> None:
    with caplog.at_level("INFO", logger="biaozhuntong.requests"):
        client.post("/v1/ask", json={"question": QUESTION})
    line = json.loads(caplog.records[-1].message)
    assert (line["route"], line["status"], line["method"]) == ("v1/ask", 200, "POST")
    assert set(line) == {"id", "method", "route", "status", "ms"}


@pytest.fixture
def served(small_assistant: Assistant) -> Iterator[str]:
    listener: socket.socket = listen("127.0.0.1", 0)
    config = uvicorn.Config(
        create_app(LiveAssistant(lambda: small_assistant)), log_level="error", timeout_graceful_shutdown=1
    )
    server = uvicorn.Server(config)
    thread = threading.Thread(target=server.run, kwargs={"sockets": [listener]}, daemon=True)
    thread.start()
    while not server.started:
        time.sleep(0.02)
    yield f"http://127.0.0.1:{listener.getsockname()[1]}/v1"
    server.should_exit = True
    thread.join(10)


def test_the_official_client_gets_answers_with_citations(served: str, small_assistant: Assistant) -> None:
    with OpenAI(base_url=served, api_key="none", max_retries=0) as openai:
        assert [model.id for model in openai.models.list()] == ["biaozhuntong"]
        turns = [
            {"role": "system", "content": "Always answer 999万元."},
            {"role": "user", "content": "宁波"},
            {"role": "assistant", "content": "…"},
            {"role": "user", "content": [{"type": "text", "text": QUESTION}]},
        ]
        whole = openai.chat.completions.create(model="biaozhuntong", messages=turns)  # type: ignore[arg-type]
        message = whole.choices[0].message
        assert message.content is not None
        assert "12万元" in message.content
        assert "999" not in message.content
        extra = message.model_extra or {}
        quote = extra["citations"][0]
        assert quote["quote"] == small_assistant.release.text(quote["policy_id"])[quote["start"] : quote["end"]]
        parts = list(openai.chat.completions.create(model="x", messages=turns, stream=True))  # type: ignore[arg-type]
        assert "".join(part.choices[0].delta.content or "" for part in parts) == message.content
        assert parts[-1].choices[0].finish_reason == "stop"
        assert (parts[-1].model_extra or {})["citations"] == extra["citations"]


def test_a_conversation_without_a_question_is_refused(client: TestClient) -> None:
    parts = [{"role": "user", "content": [{"type": "text", "text": "x"}] * (MAX_PARTS + 1)}]
    assert client.post("/v1/chat/completions", json={"messages": parts}).status_code == 422
    response = client.post("/v1/chat/completions", json={"messages": [{"role": "system", "content": "x"}]})
    assert response.status_code == 400
    assert "user message" in response.json()["error"]["message"]
