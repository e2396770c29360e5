from __future__ import annotations

from urllib.parse import quote, unquote

import pytest
from hypothesis import given
from hypothesis import strategies as st

from assistant.access import DESK, MAINTAIN, TABLE, Role, guard_of
from assistant.access.table import API_SCOPES, SURFACES, canonical, is_plain


@pytest.mark.parametrize(
    ("path", "role"),
    [
        ("/", Role.VISITOR),
        ("/config", Role.VISITOR),
        ("/gradio_api/queue/join", Role.VISITOR),
        ("/desk", Role.STAFF),
        ("/desk/", Role.STAFF),
        ("/DESK/Config", Role.STAFF),
        ("/desk./config ", Role.STAFF),
        ("/desk/gradio_api/queue/join/", Role.STAFF),
        ("/desk/gradio_api/upload_progress", Role.STAFF),
        ("/maintain/gradio_api/upload", Role.MAINTAINER),
        ("/metrics", Role.ADMINISTRATOR),
        ("/v1/policies/扬州-2011", Role.VISITOR),
    ],
)
def test_an_address_needs_its_role_however_it_is_written(path: str, role: Role) -> None:
    guard = guard_of(path)
    assert guard is not None
    assert guard.role is role


@pytest.mark.parametrize(
    "path",
    [
        "",
        "desk",
        "//desk",
        "/desk//config",
        "/desk/../config",
        "/./desk",
        "/x/..",
        "/desk\\config",
        "/desk%2fconfig",
        "/desk%252Fconfig",
        "/%2e%2e/desk",
        "/desk\x00",
        "/monitoring",
        "/desk/monitoring",
        "/gradio_api/upload",
        "/gradio_api/file=/etc/passwd",
        "/desk/gradio_api/file=/tmp/a.docx",
        "/gradio_api/proxy=https://x.test",
        "/maintain/gradio_api/proxy=x",
        "/gradio_api/component_server",
        "/gradio_api/dev/reload",
        "/gradio_api/run/ask",
        "/gradio_api/api/predict",
        "/openapi.json",
        "/admin",
        "/deskx",
    ],
)
def test_what_is_not_listed_or_oddly_written_does_not_exist(path: str) -> None:
    assert guard_of(path) is None


parts = st.sampled_from(
    ["desk", "Desk", "DESK", "maintain", ".", "..", "", "%2e", "%2f", "config", "gradio_api", "a b", " "]
)


@given(st.lists(parts, min_size=1, max_size=6).map("/".join))
def test_no_spelling_of_a_guarded_address_needs_less(tail: str) -> None:
    path = "/" + tail
    guard = guard_of(path)
    folded = [part for part in unquote(unquote(path)).casefold().split("/") if part.strip(". ")]
    if guard is not None and folded:
        if folded[0] == "desk":
            assert guard.role is DESK.role
        if folded[0] == "maintain":
            assert guard.role is MAINTAIN.role


@given(st.text(max_size=30))
def test_the_canonical_form_is_stable(path: str) -> None:
    once = canonical("/" + path)
    assert once.startswith("/")
    assert not is_plain(once) or canonical(once) == once or "%" in once
    guard_of("/" + quote(path))


def test_each_address_is_listed_once() -> None:
    assert len({guard.path for guard in TABLE}) == len(TABLE)


def test_an_event_of_a_page_is_short() -> None:
    for surface in SURFACES:
        for route in ("queue/join", "run/predict", "call/chat", "call/v2/chat"):
            guard = guard_of(f"{surface.path.rstrip('/')}/gradio_api/{route}")
            assert guard is not None
            assert guard.max_body == 256 * 1024


def test_no_program_sends_more_than_is_read_at_once() -> None:
    assert max(guard.max_body for guard in TABLE if guard.scope in API_SCOPES) == 1024 * 1024
