"""The routes of the page's script: whose conversations they show, change and judge."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest
from fastapi.testclient import TestClient

from assistant.access.cookies import VISITOR_COOKIE, token_hash
from assistant.api import create_app
from assistant.live import LiveAssistant
from assistant.store import Store, open_store
from assistant.web.conversations import StoredConversations
from tests.assistant.web.fakes import EVIL, FakeAssistant

LOCAL = "http://127.0.0.1:7860"
PAGE = {"accept": "text/html"}


@pytest.fixture
def flagged() -> list[tuple[object, ...]]:
    return []


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    with closing(open_store(tmp_path / "store.db")) as store:
        yield store


@pytest.fixture
def kept(store: Store) -> StoredConversations:
    return StoredConversations(store)


@pytest.fixture
def client(store: Store, flagged: list[tuple[object, ...]]) -> Iterator[TestClient]:
    app = create_app(LiveAssistant(FakeAssistant), store=store, flag=lambda *said: flagged.append(said))
    with TestClient(app, base_url=LOCAL) as client:
        client.get("/sources", headers=PAGE)  # a page gives a browser its name
        yield client


@pytest.fixture
def owner(client: TestClient) -> str:
    """What the client is called."""
    return f"visitor:{token_hash(client.cookies[VISITOR_COOKIE])[:32]}"


def start(kept: StoredConversations, owner: str, *questions: str) -> tuple[str, str]:
    """A conversation and its last answer."""
    made, answered = kept.start(owner, questions[0]), ""
    for question in questions:
        turn = kept.ask(owner, made.id, question)
        answered = kept.answer(owner, made.id, turn, FakeAssistant().ask(question))
    return made.id, answered


def test_conversations_are_listed_renamed_and_deleted(
    client: TestClient, kept: StoredConversations, owner: str
) -> None:
    made, _ = start(kept, owner, "能拿多少")
    (listed,) = client.get("/chat/conversations").json()
    assert (listed["id"], listed["title"]) == (made, "能拿多少")
    assert client.get("/chat/conversations", params={"q": "没有"}).json() == []
    assert client.patch(f"/chat/conversations/{made}", json={"title": f" {EVIL}\n\u202e "}).status_code == 204
    (listed,) = client.get("/chat/conversations").json()
    assert listed["title"] == EVIL
    assert client.patch(f"/chat/conversations/{made}", json={"title": " \n "}).status_code == 422
    assert client.patch(f"/chat/conversations/{made}", json={"title": "x" * 501}).status_code == 422
    assert client.delete(f"/chat/conversations/{made}").status_code == 204
    assert client.get("/chat/conversations").json() == []


def test_another_s_conversation_is_not_found(client: TestClient, kept: StoredConversations, owner: str) -> None:
    made, answered = start(kept, "visitor:else", "能拿多少")
    assert client.get("/chat/conversations").json() == []
    for forged in (made, "made-up", "%2e%2e", EVIL.replace("/", "")):
        address = f"/chat/conversations/{forged}"
        assert client.patch(address, json={"title": "x"}).status_code == 404
        assert client.delete(address).status_code == 404
    assert client.post("/chat/feedback", json={"answer": answered, "verdict": "up"}).status_code == 404
    assert kept.get("visitor:else", made).title == "能拿多少"


def test_a_conversation_is_taken_away_as_a_file(client: TestClient, kept: StoredConversations, owner: str) -> None:
    made, _ = start(kept, owner, "能拿/多少\n<b>")
    word = client.get(f"/chat/conversations/{made}/export")
    assert word.content.startswith(b"PK")
    assert word.headers["content-disposition"].startswith("attachment; filename*=UTF-8''%E8%83%BD%E6%8B%BF%20%E5%A4%9A")
    text = client.get(f"/chat/conversations/{made}/export", params={"format": "md", "lang": "en"})
    assert text.headers["content-type"] == "text/markdown; charset=utf-8"
    assert "能拿/多少 &lt;b&gt;" in text.text
    assert client.get(f"/chat/conversations/{made}/export", params={"format": "exe"}).status_code == 422
    other, _ = start(kept, "visitor:else", "示范区")
    assert client.get(f"/chat/conversations/{other}/export").status_code == 404


def test_another_site_cannot_delete(client: TestClient, kept: StoredConversations, owner: str) -> None:
    made, _ = start(kept, owner, "能拿多少")
    refused = client.delete(f"/chat/conversations/{made}", headers={"sec-fetch-site": "cross-site"})
    assert refused.status_code == 403
    assert kept.get(owner, made)


def test_a_vote_against_an_answer_hands_on_what_was_answered(
    client: TestClient, store: Store, kept: StoredConversations, owner: str, flagged: list[tuple[object, ...]]
) -> None:
    _, answered = start(kept, owner, "扬州", "能拿多少")
    against = {"answer": answered, "verdict": "down", "reasons": ["wrong_answer", "outdated"], "note": "应为20万"}
    assert client.post("/chat/feedback", json=against).status_code == 201
    (_, question, history, note, _) = flagged[0]
    assert (question, history, note) == ("能拿多少", ["扬州"], "wrong_answer, outdated: 应为20万")
    for body in ({"reasons": [], "note": ""}, {"verdict": "up"}):
        assert client.post("/chat/feedback", json=against | body).status_code == 201
    assert len(flagged) == 1
    (kept_opinion,) = store.feedback.list()
    assert (kept_opinion.vote, kept_opinion.question, kept_opinion.release) == ("up", "能拿多少", "fake-release")
    for wrong in ({"reasons": ["bad"]}, {"note": "x" * 1001}, {"verdict": "sideways"}, {"more": 1}):
        assert client.post("/chat/feedback", json=against | wrong).status_code == 422


def test_two_browsers_have_two_names(client: TestClient, kept: StoredConversations, owner: str) -> None:
    start(kept, owner, "能拿多少")
    other = TestClient(client.app, base_url=LOCAL)
    other.get("/sources", headers=PAGE)
    assert other.get("/chat/conversations").json() == []
    assert len(client.get("/chat/conversations").json()) == 1
