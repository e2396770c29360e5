"""The OpenAPI document and its examples, held against the routes themselves."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from starlette.testclient import TestClient

from assistant.access.setup import AccessSetup
from assistant.access.table import ANONYMOUS, MAX_DIALOGUE, TABLE
from assistant.answer import Answer
from assistant.api import create_app
from assistant.api_description import examples
from assistant.evaluation import Evaluation
from assistant.live import LiveAssistant
from assistant.pipeline import Assistant
from assistant.routes import Completion, PolicyEntry, PolicyText, ReleaseList, SearchResult
from knowledge.life import Kept

LOCAL = "http://127.0.0.1:7860"
REFUSED = ("4", "5")


@pytest.fixture(scope="module")
def client(assistant: Assistant) -> Iterator[TestClient]:
    kept = [Kept("older", False, False, False, "2026-01-01T00:00:00+00:00", ("a",), ())]
    app = create_app(LiveAssistant(lambda: assistant), flag=lambda *said: None, kept_releases=lambda: kept)
    with TestClient(app, base_url=LOCAL) as client:
        client.get("/v1/policies")  # waits for the opening
        yield client


@pytest.fixture(scope="module")
def document(client: TestClient) -> dict[str, Any]:
    found: dict[str, Any] = client.get("/v1/openapi.json").json()
    return found


def operations(document: dict[str, Any]) -> Iterator[tuple[str, str, dict[str, Any]]]:
    for path, methods in document["paths"].items():
        for method, operation in methods.items():
            yield method.upper(), path, operation


def test_every_address_for_programs_is_described_whole(document: dict[str, Any]) -> None:
    guarded = {guard.path for guard in TABLE if guard.path.startswith("/v1/") and guard.path != "/v1/openapi.json"}
    assert set(document["paths"]) == {*guarded, "/healthz", "/readyz", "/metrics"}
    for method, path, operation in operations(document):
        assert operation["summary"], path
        assert operation["description"], path
        assert operation["tags"], path
        refusals = {status for status in operation["responses"] if status.startswith(REFUSED)}
        if path.startswith("/v1/"):
            assert {"401", "403", "429", "500", "503"} <= refusals, path
            assert f"{method} {path}" in examples(), path
        if "413" in refusals:
            assert f" {MAX_DIALOGUE // 1024} KB" in operation["responses"]["413"]["description"]
        for status in refusals - {"503"}:
            shape = operation["responses"][status]["content"]["application/json"]
            assert shape["schema"] == {"$ref": "#/components/schemas/Problem"}
            assert shape["example"]["error"]["message"]
    assert "HTTPValidationError" not in str(document)


def test_what_needs_a_key_says_so(assistant: Assistant) -> None:
    closed = create_app(LiveAssistant(lambda: assistant), access=AccessSetup(anonymous=ANONYMOUS - {"ask"}))
    document = closed.openapi()
    assert document["paths"]["/v1/ask"]["post"]["security"] == [{"key": []}]
    assert document["paths"]["/v1/search"]["get"]["security"] == [{}, {"key": []}]
    assert document["paths"]["/metrics"]["get"]["security"] == [{"key": []}]
    assert "security" not in document["paths"]["/healthz"]["get"]


@pytest.mark.parametrize("name", sorted(examples()))
def test_every_example_is_answered_as_it_says(client: TestClient, name: str, assistant: Assistant) -> None:
    method, path = name.split(" ")
    example = examples()[name]
    given = example.get("parameters", {})
    response = client.request(
        method,
        path.format(**given),
        json=example.get("request"),
        params={key: value for key, value in given.items() if f"{{{key}}}" not in path} or None,
    )
    assert response.is_success, response.text
    found, told = response.json(), example["response"]
    if isinstance(told, list):  # the example shows one of them
        found, told = next(one for one in found if one["policy_id"] == told[0]["policy_id"]), told[0]
    assert set(found) == set(told)
    for key in ("total_yuan", "warnings", "status", "rewards"):
        assert found.get(key) == told.get(key)
    for citation in told.get("citations", ()):
        text = assistant.release.text(citation["policy_id"])
        assert citation["quote"] == text[citation["start"] : citation["end"]]
    shape = {
        "/v1/ask": Answer,
        "/v1/search": SearchResult,
        "/v1/rewards/evaluate": Evaluation,
        "/v1/policies": PolicyEntry,
        "/v1/policies/{policy_id}": PolicyText,
        "/v1/releases": ReleaseList,
        "/v1/chat/completions": Completion,
    }.get(path)
    if shape is not None:
        shape.model_validate(told)


def test_refusals_have_the_shape_that_is_described(client: TestClient) -> None:
    wrong = [
        client.post("/v1/ask", json={}),
        client.get("/v1/policies/nowhere"),
        client.post("/v1/rewards/evaluate", json={"policy_id": "nowhere", "items": [{"activity": "other"}]}),
        client.post("/v1/chat/completions", json={"messages": [{"role": "system", "content": "x"}]}),
        client.get("/v1/nothing"),
        client.get("/metrics"),
    ]
    assert [response.status_code for response in wrong] == [422, 404, 404, 400, 404, 401]
    for response in wrong:
        error = response.json()["error"]
        assert error["code"]
        assert error["message"]


def test_the_releases_that_answered_are_listed_with_the_live_one_first(
    client: TestClient, assistant: Assistant
) -> None:
    found = client.get("/v1/releases").json()
    live = assistant.release.release_id
    assert found["live"] == live
    assert [(entry["release"], entry["live"]) for entry in found["releases"]] == [(live, True), ("older", False)]


@pytest.mark.parametrize("language", ["zh", "en"])
def test_the_reference_shows_every_address_and_shape_and_needs_nothing_from_elsewhere(
    client: TestClient, document: dict[str, Any], language: str
) -> None:
    page = client.get("/docs", params={"lang": language})
    assert page.status_code == 200
    for _, path, operation in operations(document):
        assert f"<code>{path}</code>" in page.text
        assert operation["summary"] in page.text
    for name in document["components"]["schemas"]:
        assert f'id="shape-{name}"' in page.text
    assert "<script" not in page.text
    assert "http://" not in page.text
    assert "https://" not in page.text


def test_the_places_of_a_quote_are_described_and_may_be_missing(document: dict[str, Any]) -> None:
    citation = document["components"]["schemas"]["Citation"]
    assert citation["properties"]["places"]["items"] == {"$ref": "#/components/schemas/PrintedPlace"}
    assert "places" not in citation["required"]
    assert set(document["components"]["schemas"]["PrintedPlace"]["properties"]) == {"page", "box", "size", "file"}
