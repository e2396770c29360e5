from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

import pytest
from starlette.testclient import TestClient

from assistant.answer import Answer
from assistant.api import create_app
from assistant.live import LiveAssistant
from assistant.web.evidence import citation_href
from assistant.web.words import EN, ZH
from knowledge.errors import NoRelease
from knowledge.model import Document
from tests.assistant.web.fakes import EVIL, FakeAssistant, cited, corpus_documents, evil_documents

LOCAL = "http://127.0.0.1:7860"


def client_of(opening: LiveAssistant[Any], **options: Any) -> TestClient:
    return TestClient(create_app(opening), base_url=LOCAL, raise_server_exceptions=False, **options)


@pytest.fixture(scope="module")
def assistant() -> FakeAssistant:
    return FakeAssistant(evil_documents())


@pytest.fixture(scope="module")
def client(assistant: FakeAssistant) -> Iterator[TestClient]:
    with client_of(LiveAssistant(lambda: assistant)) as client:
        client.get("/sources")  # waits for the opening
        yield client


def failing() -> FakeAssistant:
    raise NoRelease("no release in .data: run `python -m knowledge build` first")


def test_health_names_the_release(client: TestClient) -> None:
    response = client.get("/healthz")
    assert (response.status_code, response.json()) == (200, {"status": "ready", "release": "fake-release"})


def test_one_question_gives_one_answer_with_its_id(client: TestClient, assistant: FakeAssistant) -> None:
    response = client.post("/v1/ask", json={"id": "q1", "question": "能拿多少", "history": ["扬州"]})
    assert response.status_code == 200
    answer = response.json()
    assert (answer["id"], answer["total_yuan"], answer["citations"][0]["n"]) == ("q1", 150000, 1)
    assert assistant.asked[-1] == ("能拿多少", ["扬州"])


@pytest.mark.parametrize(
    "body",
    [
        b"{",
        b"[]",
        b'{"question": 3}',
        b'{"history": []}',
        b'{"question": "x", "more": 1}',
        b'{"question": "x", "asked_at": "?"}',
        b'{"question": "x", "facts": {"place": "\\ud83d"}}',
        b'{"question": "x", "facts": {"place": [' + b"[]," * 9_000 + b"[]]}}",
    ],
)
def test_a_wrong_request_gets_a_code_and_a_sentence(client: TestClient, body: bytes) -> None:
    response = client.post("/v1/ask", content=body, headers={"content-type": "application/json"})
    assert response.status_code == 422
    assert response.json()["error"]["code"] == "bad_request"
    assert response.json()["error"]["message"]


def test_a_failing_engine_gives_no_traceback(client: TestClient) -> None:
    response = client.post("/v1/ask", json={"question": "坏"})
    assert response.status_code == 500
    assert response.json()["error"]["code"] == "failed"
    assert "secret" not in response.text


def test_a_source_is_a_page_of_its_own_or_a_fragment(client: TestClient) -> None:
    citation = cited(corpus_documents()["yangzhou-2011"], 1, "对提出国际标准")
    href = "/" + citation_href(citation, "en")
    whole, part = client.get(href), client.get(href + "&fragment=1")
    assert whole.text.startswith("<!doctype html>")
    assert part.text.startswith("<article")
    for text in (whole.text, part.text):
        assert "<mark" in text
        assert EN.doc_no_unseen in text
    assert "content-security-policy" in whole.headers


def test_unknown_sources_and_bad_ranges_are_said_plainly(client: TestClient) -> None:
    missing = client.get("/sources/none", params={"lang": "en"})
    assert missing.status_code == 404
    assert EN.no_such_document in missing.text
    assert client.get("/sources/yangzhou-2011", params={"start": -1, "end": 5}).status_code == 422
    assert client.get("/sources/yangzhou-2011", params={"start": "x"}).status_code == 422


def test_hostile_documents_and_parameters_stay_text(client: TestClient) -> None:
    for address in ("/sources", "/sources/evil", "/sources/evil?start=0&end=5&v=x"):
        text = client.get(address, params={"lang": EVIL}).text
        assert "<img" not in text
        assert "<script>" not in text


def test_files_of_the_machine_and_other_names_are_out_of_reach(client: TestClient) -> None:
    assert client.get("/web/page.css").status_code == 200
    for path in ("/web/../api.py", "/web/%2e%2e/api.py", "/gradio_api/file=/etc/passwd", "/openapi.json"):
        assert client.get(path).status_code == 404
    assert client.get("/healthz", headers={"host": "evil.test"}).status_code == 400


def test_the_page_is_served_with_everything_from_here(client: TestClient) -> None:
    html = client.get("/").text
    assert "标准通" in html
    assert not re.findall(r"""(?:src|href|content)=["'](?:https?:)?//""", html)
    labels = client.get("/web/words.json").json()
    assert labels["en"]["close"] == EN.close


def test_without_a_release_every_door_says_so() -> None:
    with client_of(LiveAssistant(failing)) as client:
        asked = client.post("/v1/ask", json={"question": "x"})
        assert asked.status_code == 503
        assert asked.json()["error"]["code"] == "no_release"
        assert ZH.no_release in client.get("/sources").text
        assert EN.no_release in client.get("/sources/x", params={"lang": "en"}).text
        assert client.get("/healthz").json() == {"status": "failed", "release": None}


def test_a_citation_of_an_earlier_release_opens_the_text_of_its_time() -> None:
    document = corpus_documents()["yangzhou-2011"]
    citation = cited(document, 1, "对提出国际标准")
    changed = document.model_copy(update={"text": "新" * len(document.text), "clauses": (), "dropped": ()})
    kept = {("r1", "yangzhou-2011"): document}

    def archive(release_id: str, policy_id: str) -> Document | None:
        return kept.get((release_id, policy_id))

    assistant = FakeAssistant({"yangzhou-2011": changed})
    app = create_app(LiveAssistant(lambda: assistant), archive=archive)
    with TestClient(app, base_url=LOCAL) as client:
        then = client.get("/" + citation_href(citation, "zh", "r1")).text
        assert "<mark" in then
        assert ZH.earlier_text in then
        gone = client.get("/" + citation_href(citation, "zh", "r0")).text
        assert "<mark" not in gone
        assert ZH.changed_text in gone
        moved = client.get("/" + citation_href(citation, "zh", "r1").replace("yangzhou-2011", "none"))
        assert moved.status_code == 404


def test_a_flag_hands_on_what_was_answered(assistant: FakeAssistant) -> None:
    noted: list[tuple[str, str, list[str], str]] = []

    def flag(answer: Answer, question: str, history: Sequence[str], note: str, _: Mapping[str, Any]) -> None:
        noted.append((answer.status, question, list(history), note))

    app = create_app(LiveAssistant(lambda: assistant), flag=flag)
    with TestClient(app, base_url=LOCAL) as client:
        body = {"question": "能拿多少", "history": ["扬州"], "reason": "amount", "note": "应为20万"}
        assert client.post("/v1/flag", json=body).status_code == 201
        assert client.post("/v1/flag", json=body | {"reason": "bad"}).status_code == 422
        assert client.post("/v1/flag", json=body | {"note": "x" * 1001}).status_code == 422
        assert client.post("/v1/flag", json=body | {"question": ""}).status_code == 422
    assert noted == [("answered", "能拿多少", ["扬州"], "amount: 应为20万")]


def test_without_a_place_for_flags_there_is_no_such_door(client: TestClient) -> None:
    assert client.post("/v1/flag", json={"question": "x", "reason": "other"}).status_code in (404, 405)
