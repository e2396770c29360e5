from __future__ import annotations

import re
from collections.abc import Iterator

import pytest
from fastapi import FastAPI
from fastapi.responses import HTMLResponse, PlainTextResponse
from starlette.requests import ClientDisconnect, Request
from starlette.testclient import TestClient

from assistant.web.shell import MAX_BODY, Shell, dress

PAGE = (
    '<!doctype html><html lang="en"><head><meta property="og:image"\n content="https://x.test/a.png">'
    '<link rel="manifest" href="/manifest.json"><script>a</script><script type="module" src="./b.js"></script>'
    "</head><body>页</body></html>"
)


@pytest.fixture
def client() -> TestClient:
    app = FastAPI()

    @app.get("/")
    def page() -> HTMLResponse:
        return HTMLResponse(PAGE)

    @app.get("/config")
    @app.get("/monitoring")
    def other() -> PlainTextResponse:
        return PlainTextResponse("open")

    @app.post("/v1/ask")
    async def ask(request: Request) -> PlainTextResponse:
        return PlainTextResponse(str(len(await request.body())))

    app.add_middleware(Shell)
    return TestClient(app)


def test_the_page_names_no_other_site_and_each_script_carries_the_nonce() -> None:
    html = dress(PAGE, "abc")
    assert "x.test" not in html
    assert "manifest" not in html
    assert 'lang="zh-CN"' in html
    assert re.findall(r"<script nonce=\"(\w+)\"", html) == ["abc", "abc"]
    assert "web/page.js" in html
    assert "web/page.css" in html


def test_headers_are_strict_and_the_nonce_is_new_each_time(client: TestClient) -> None:
    one, two = client.get("/"), client.get("/")
    policy = one.headers["content-security-policy"]
    scripts = next(part for part in policy.split("; ") if part.startswith("script-src"))
    assert "unsafe" not in scripts
    assert "default-src 'none'" in policy
    assert "frame-ancestors 'none'" in policy
    assert "http" not in policy
    nonce = re.search(r"'nonce-([^']+)'", policy)
    assert nonce
    assert f'<script nonce="{nonce[1]}"' in one.text
    assert policy != two.headers["content-security-policy"]
    assert one.headers["x-content-type-options"] == "nosniff"
    assert one.headers["referrer-policy"] == "same-origin"
    assert int(one.headers["content-length"]) == len(one.content)


def test_only_the_routes_the_page_needs_are_open(client: TestClient) -> None:
    assert client.get("/config").text == "open"
    for closed in (
        "/monitoring",
        "/gradio_api/upload",
        "/gradio_api/file=/etc/passwd",
        "/gradio_api/deep_link",
        "/docs",
    ):
        assert client.get(closed).status_code == 404
        assert "content-security-policy" in client.get(closed).headers


def test_a_body_is_bounded_whether_it_says_its_length_or_not(client: TestClient) -> None:
    assert client.post("/v1/ask", content=b"x" * 1000).text == "1000"
    assert client.post("/v1/ask", content=b"x" * (MAX_BODY + 1)).status_code == 413
    assert client.post("/v1/ask", content=b"", headers={"content-length": "many"}).status_code == 413

    def endless() -> Iterator[bytes]:
        for _ in range(20):
            yield b"x" * (MAX_BODY // 10)

    with pytest.raises(ClientDisconnect):
        client.post("/v1/ask", content=endless())
