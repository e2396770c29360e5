"""The API's reference as a page of this server, made from its own OpenAPI document: no script, nothing from elsewhere."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from fastapi import FastAPI
from fastapi.responses import HTMLResponse
from markupsafe import Markup

from assistant.web.markup import template_html
from assistant.web.words import words_for
from assistant.web.words_reference import ReferenceWords, reference_words

_REF = "#/components/schemas/"
_CODE = re.compile(r"`([^`]+)`")
_NO_ANSWER = frozenset("45")


def add_reference(app: FastAPI) -> None:
    """Add the page at `/docs`."""

    @app.get("/docs", include_in_schema=False)
    def reference(lang: str = "zh") -> HTMLResponse:
        return HTMLResponse(reference_html(app.openapi(), lang))


def reference_html(document: Mapping[str, Any], language: str) -> Markup:
    """The page of an OpenAPI document."""
    words = words_for(language)
    own = reference_words(words.code)
    operations = list(_operations(document, own))
    sections = [
        {**tag, "operations": [one for one in operations if one.tag == tag["name"]]} for tag in document.get("tags", ())
    ]
    return template_html(
        "reference.html",
        words=words,
        own=own,
        info=document["info"],
        about=[prose(part) for part in document["info"].get("description", "").split("\n\n") if part.strip()],
        sections=[section for section in sections if section["operations"]],
        shapes=list(_shapes(document)),
        switch="docs?lang=" + ("zh" if words.code == "en" else "en"),
        prose=prose,
    )


@dataclass(frozen=True)
class Member:
    """A parameter or a field: its name, its type in words, and what it means. `shape` is what its type links to."""

    name: str
    type: str
    shape: str
    meaning: Markup
    required: bool


@dataclass(frozen=True)
class Refused:
    """An answer that is none."""

    status: str
    code: str
    meaning: str


@dataclass(frozen=True)
class Operation:
    """One address with one method."""

    id: str
    method: str
    path: str
    summary: str
    meaning: tuple[Markup, ...]
    tag: str
    key: str
    parameters: tuple[Member, ...]
    body: str
    body_example: str
    status: str
    answer: str
    answer_example: str
    stream: Markup
    refused: tuple[Refused, ...]


def _operations(document: Mapping[str, Any], own: ReferenceWords) -> Iterator[Operation]:
    for path, methods in document["paths"].items():
        for method, operation in methods.items():
            answers = operation["responses"]
            status = next(code for code in answers if code.startswith("2"))
            content = answers[status].get("content", {})
            asked = operation.get("requestBody", {}).get("content", {}).get("application/json", {})
            told = content.get("application/json", {})
            yield Operation(
                id=re.sub(r"[^a-z0-9]+", "-", f"{method} {path}".lower()).strip("-"),
                method=method.upper(),
                path=path,
                summary=operation.get("summary", path),
                meaning=tuple(prose(part) for part in operation.get("description", "").split("\n\n") if part.strip()),
                tag=operation["tags"][0],
                key=_key(operation, own),
                parameters=tuple(
                    _member(p["name"], {**p["schema"], **p}, p.get("required", False))
                    for p in operation.get("parameters", ())
                ),
                body=_shape(asked.get("schema", {})),
                body_example=_json(asked.get("example")),
                status=status,
                answer=_shape(told.get("schema", {})),
                answer_example=_json(told.get("example")),
                stream=prose(content.get("text/event-stream", {}).get("schema", {}).get("description", "")),
                refused=tuple(_refused(answers)),
            )


def _refused(answers: Mapping[str, Any]) -> Iterator[Refused]:
    for status, answer in sorted(answers.items()):
        if status[0] in _NO_ANSWER:
            example = answer.get("content", {}).get("application/json", {}).get("example", {})
            yield Refused(status, example.get("error", {}).get("code", ""), answer["description"])


def _key(operation: Mapping[str, Any], own: ReferenceWords) -> str:
    if "security" not in operation:
        return own.open_to_all
    words = own.key_optional if {} in operation["security"] else own.needs_key
    return words.format(scope=operation.get("x-scope"))


def _shapes(document: Mapping[str, Any]) -> Iterator[tuple[str, tuple[Markup, ...], list[Member]]]:
    """Every shape by name, with what it means and its fields."""
    for name, schema in sorted(document["components"]["schemas"].items()):
        required = set(schema.get("required", ()))
        members = [_member(field, inner, field in required) for field, inner in schema.get("properties", {}).items()]
        meaning = tuple(prose(part) for part in schema.get("description", "").split("\n\n") if part.strip())
        yield name, meaning, members


def _member(name: str, schema: Mapping[str, Any], required: bool) -> Member:
    limits = [
        f"{word} {schema[key]}"
        for key, word in (("minimum", "≥"), ("maximum", "≤"), ("minLength", "length ≥"), ("maxLength", "length ≤"))
        if key in schema
    ]
    default = schema.get("default")
    limits += [f"default {json.dumps(default, ensure_ascii=False)}"] if default not in (None, [], {}) else []
    meaning = schema.get("description", "")
    told = f"{meaning} ({', '.join(limits)})" if meaning and limits else meaning or ", ".join(limits)
    return Member(name, _type(schema), _shape(schema), prose(told), required)


def _type(schema: Mapping[str, Any]) -> str:
    """A type in words: `array of RewardRow`, `string or null`, `"lead", "participate"`."""
    if "$ref" in schema:
        return str(schema["$ref"]).removeprefix(_REF)
    if "const" in schema:
        return json.dumps(schema["const"], ensure_ascii=False)
    if "enum" in schema:
        return ", ".join(json.dumps(value, ensure_ascii=False) for value in schema["enum"])
    if parts := schema.get("anyOf") or schema.get("allOf") or schema.get("oneOf"):
        return " or ".join(dict.fromkeys(_type(part) for part in parts))
    kind = str(schema.get("type", "any"))
    if kind == "array":
        return f"array of {_type(schema.get('items', {}))}"
    if kind == "object" and isinstance(schema.get("additionalProperties"), Mapping):
        return f"object of {_type(schema['additionalProperties'])}"
    return f"{kind} ({schema['format']})" if "format" in schema else kind


def _shape(schema: Mapping[str, Any]) -> str:
    """The name of the one shape that a schema is made of; nothing where it is none of them."""
    if "$ref" in schema:
        return str(schema["$ref"]).removeprefix(_REF)
    parts = [schema.get("items", {}), *(schema.get("anyOf") or ())]
    return next((name for part in parts if part and (name := _shape(part))), "")


def _json(value: object) -> str:
    return "" if value is None else json.dumps(value, ensure_ascii=False, indent=2)


def prose(text: str) -> Markup:
    """A sentence of the document as HTML: what stands between backticks is code, all else is text."""
    html = Markup()
    for place, part in enumerate(_CODE.split(" ".join(text.split()))):
        html += Markup("<code>{}</code>").format(part) if place % 2 else Markup("{}").format(part)
    return html
