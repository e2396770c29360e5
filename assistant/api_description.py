"""The OpenAPI document, completed: what each address needs, what it answers when it refuses, and an example of each.

The examples (`api_examples.json`) were answered by the product over its own documents; the tests ask them again.
"""

from __future__ import annotations

import json
from collections.abc import Collection, Iterator, Mapping
from functools import cache
from importlib.metadata import version
from pathlib import Path
from typing import Any

from fastapi import FastAPI
from fastapi.openapi.utils import get_openapi

from assistant.access.table import ANONYMOUS, TABLE, Guard, KeyScope

EXAMPLES = Path(__file__).with_name("api_examples.json")

_DESCRIPTION = """\
Answers questions on standardization policies, in Chinese and English, from the documents and reward rules of one release.
Every statement of an answer is cited to the exact clause, every amount is computed from a rule, and what the documents do
not say is said to be unstated.

Amounts are whole yuan. Dates are ISO 8601. Offsets are Unicode code points into a policy's stored text, half open: a quote
is `text[start:end]`. Every refusal has the shape `{"error": {"code", "message"}}`.
"""
_TAGS = [
    {"name": "Answers", "description": "Questions in, cited answers out."},
    {"name": "Rewards", "description": "What a policy's rules pay for stated work."},
    {"name": "Corpus", "description": "The documents that answers rest on."},
    {"name": "Operation", "description": "For those who run the server."},
]
_TAG_OF: Mapping[KeyScope, str] = {
    "ask": "Answers",
    "chat": "Answers",
    "flag": "Answers",
    "rewards": "Rewards",
    "search": "Corpus",
    "policies": "Corpus",
    "releases": "Corpus",
}
_REFUSALS: Mapping[str, tuple[str, str, str]] = {
    "400": ("What was sent cannot be answered.", "bad_request", "expected a user message with text"),
    "401": ("Signing in or a valid API key is needed.", "bad_key", "The API key is not valid, or no longer."),
    "403": ("The key or the account may not do this.", "forbidden", "This API key is not for this address."),
    "404": ("There is no such thing.", "not_found", "no policy 'nowhere-2020' in release 9c138e76ad7c"),
    "413": ("The body is larger than {kilobytes} KB.", "too_large", "What was sent is too large."),
    "422": ("A field is missing or wrong; the message names it.", "bad_request", "question: Field required"),
    "429": (
        "Too many requests; `Retry-After` says how many seconds to wait.",
        "too_often",
        "Please try again in 7 seconds.",
    ),
    "500": (
        "Something went wrong inside.",
        "failed",
        "the question could not be answered; the server's log says why",
    ),
    "503": ("There is no release to answer from, or it is still being opened.", "no_release", "no release is live"),
}
_PROBLEM = {
    "type": "object",
    "title": "Problem",
    "description": "Why there is no answer: a code for programs, a sentence for people.",
    "required": ["error"],
    "properties": {
        "error": {
            "type": "object",
            "required": ["code", "message"],
            "properties": {
                "code": {"type": "string", "description": "Stable, for programs."},
                "message": {"type": "string", "description": "For people; names the field that is wrong."},
            },
        }
    },
}
_KEY = {
    "type": "http",
    "scheme": "bearer",
    "description": "An API key with the scope of the address. Keys are made with `python -m assistant keys`.",
}
_STREAMS: Mapping[str, str] = {
    "/v1/ask": 'For clients that send `Accept: text/event-stream`. Events: `text` and `replace` (`{"text"}`), then `answer` '
    "(the answer as JSON) or `error`.",
    "/v1/chat/completions": 'With `"stream": true`: chunks as of the OpenAI API; the last one before `[DONE]` carries '
    "`citations` and `answer`.",
}
_NEED_A_RELEASE = frozenset({"ask", "chat", "flag", "rewards", "search", "policies", "releases"})


def describe(app: FastAPI, *, anonymous: Collection[KeyScope] = ANONYMOUS) -> None:
    """Complete the OpenAPI document of an application, which is made when it is first asked for.

    Args:
        app: with all its routes.
        anonymous: the scopes that need no account and no key.
    """

    def openapi() -> dict[str, Any]:
        if app.openapi_schema is None:
            app.openapi_schema = _completed(
                get_openapi(
                    title="标准通 Biaozhuntong",
                    version=version("biaozhuntong"),
                    description=_DESCRIPTION,
                    routes=app.routes,
                    tags=_TAGS,
                ),
                anonymous,
            )
        return app.openapi_schema

    app.openapi = openapi  # type: ignore[method-assign]


@cache
def examples() -> dict[str, dict[str, Any]]:
    """A request and its answer, by method and address (`POST /v1/ask`)."""
    found: dict[str, dict[str, Any]] = json.loads(EXAMPLES.read_text(encoding="utf-8"))
    return found


def _completed(document: dict[str, Any], anonymous: Collection[KeyScope]) -> dict[str, Any]:
    schemas = document.setdefault("components", {}).setdefault("schemas", {})
    for name in ("HTTPValidationError", "ValidationError"):
        schemas.pop(name, None)
    schemas["Problem"] = _PROBLEM
    document["components"]["securitySchemes"] = {"key": _KEY}
    guards = {guard.path: guard for guard in TABLE}
    for path, methods in document["paths"].items():
        for method, operation in methods.items():
            _complete(path, method, operation, guards.get(path, Guard(path)), anonymous)
    return document


def _complete(path: str, method: str, operation: dict[str, Any], guard: Guard, anonymous: Collection[KeyScope]) -> None:
    operation["tags"] = [_TAG_OF.get(guard.scope, "Operation") if guard.scope else "Operation"]
    if not guard.anyone:
        key: list[dict[str, list[str]]] = [{"key": []}] if guard.scope else []
        operation["security"] = [*([{}] if guard.scope in anonymous else []), *key]
        operation["x-scope"] = guard.scope
    for status in _refusals(path, method, operation, guard):
        said, code, message = _REFUSALS[status]
        shape = {"schema": {"$ref": "#/components/schemas/Problem"}}
        example = {"error": {"code": code, "message": message}}
        operation["responses"][status] = {
            "description": said.format(kilobytes=guard.max_body // 1024),
            "content": {"application/json": {**shape, "example": example}},
        }
    shown = examples().get(f"{method.upper()} {path}", {})
    if "request" in shown:
        operation["requestBody"]["content"]["application/json"]["example"] = shown["request"]
    for parameter in operation.get("parameters", ()):
        if parameter["name"] in shown.get("parameters", {}):
            parameter["example"] = shown["parameters"][parameter["name"]]
    answered = next(answer for status, answer in operation["responses"].items() if status.startswith("2"))
    if "response" in shown:
        answered["content"]["application/json"]["example"] = shown["response"]
    if path in _STREAMS:
        answered["content"]["text/event-stream"] = {"schema": {"type": "string", "description": _STREAMS[path]}}


def _refusals(path: str, method: str, operation: Mapping[str, Any], guard: Guard) -> Iterator[str]:
    if path == "/v1/chat/completions":
        yield "400"
    if not guard.anyone:
        yield from ("401", "403", "429")
    if "{" in path or guard.scope == "rewards":
        yield "404"
    if method == "post":
        yield "413"
    if "422" in operation["responses"]:
        yield "422"
    if guard.scope in _NEED_A_RELEASE:
        yield from ("500", "503")
