from __future__ import annotations

import re

import pytest
from fastapi import FastAPI
from fastapi.responses import HTMLResponse, PlainTextResponse
from starlette.testclient import TestClient

from assistant.web.shell import Shell, dress

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
    def other() -> PlainTextResponse:
        return PlainTextResponse("open", headers={"Access-Control-Allow-Origin": "https://evil.test"})

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


def test_gradio_lets_no_other_site_read_its_answers(client: TestClient) -> None:
    response = client.get("/config", headers={"origin": "https://evil.test"})
    assert response.text == "open"
    assert not [name for name in response.headers if name.startswith("access-control-")]


def test_each_page_of_its_own_takes_its_own_files() -> None:
    html = dress(PAGE, "abc", "/desk")
    assert 'href="../web/desk.css"' in html
    assert 'src="../web/desk.js"' in html
