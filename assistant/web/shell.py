"""What stands around the page on its way to a browser: strict headers, only the routes it needs, our own head."""

from __future__ import annotations

import re
import secrets

from starlette.datastructures import MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from assistant.access.table import CHAT, DESK, MAINTAIN, guard_of

# The longest conversation a browser sends back with a question is far below this.
MAX_BODY = 8 * 1024 * 1024

# Gradio styles its parts with inline styles; scripts run only from here or with this response's nonce, and no text is
# ever evaluated as code.
_POLICY = (
    "default-src 'none'; script-src 'self' 'nonce-{nonce}'; style-src 'self' 'unsafe-inline'; "
    "img-src 'self' data: blob:; font-src 'self' data:; connect-src 'self'; worker-src 'self' blob:; base-uri 'self'; "
    "form-action 'self'; frame-ancestors 'none'"
)
_HEADERS = {
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    # Nothing to other sites; our own forms say where they come from.
    "Referrer-Policy": "same-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Permissions-Policy": "camera=(), microphone=(), geolocation=()",
}

# The files of each Gradio page: its style sheets and its script, by where it is mounted.
_FILES = {
    CHAT.path: (("page.css",), "page.js"),
    DESK.path: (("page.css", "desk.css"), "desk.js"),
    MAINTAIN.path: (("page.css", "maintain.css"), "maintain.js"),
}
_SCRIPT = re.compile(r"<script(?=[\s>])")
_MANIFEST = re.compile(r"<link\s+rel=\"manifest\"[^>]*>")
_PREVIEW_META = re.compile(r"<meta\s+(?:property=\"og:|name=\"twitter:)[^>]*>", re.DOTALL)


def _head(path: str) -> str:
    styles, script = _FILES[path]
    # Addresses are relative, so that a proxy may serve everything below a folder of its own.
    web = "web" if path == CHAT.path else "../web"
    sheets = "".join(f'<link rel="stylesheet" href="{web}/{name}">' for name in styles)
    icon = f'<link rel="icon" href="{web}/icon.svg" type="image/svg+xml">'
    return f'{icon}{sheets}<script type="module" src="{web}/{script}"></script>'


def dress(html: str, nonce: str, path: str = CHAT.path) -> str:
    """Gradio's page with our language, style sheet and script, a nonce on each script, and no links to other sites.

    Args:
        html: the page as Gradio makes it.
        nonce: of this response.
        path: where the page is mounted.
    """
    html = _MANIFEST.sub("", _PREVIEW_META.sub("", html))
    html = html.replace('lang="en"', 'lang="zh-CN"', 1)
    html = _SCRIPT.sub(f'<script nonce="{nonce}"', html)
    return html.replace("</head>", f"{_head(path)}</head>", 1)


class Shell:
    """ASGI middleware: closed routes, bounded bodies, security headers, and `dress` on Gradio's page."""

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Handle one connection."""
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        nonce = secrets.token_urlsafe(16)
        path = scope["path"]
        respond = _with_headers(send, nonce)
        if guard_of(path) is None:
            await _refuse(respond, 404, b"not found")
        elif _declared_length(scope) > MAX_BODY:
            await _refuse(respond, 413, b"request too large")
        else:
            mounted = path.rstrip("/") or CHAT.path
            respond = _dressed(respond, nonce, mounted) if mounted in _FILES else respond
            await self.app(scope, _bounded(receive), respond)


def _declared_length(scope: Scope) -> int:
    length = dict(scope["headers"]).get(b"content-length", b"0")
    return int(length) if length.isdigit() else MAX_BODY + 1


def _bounded(receive: Receive) -> Receive:
    """A body that ends, as if the client had left, once it is longer than `MAX_BODY`."""
    seen = 0

    async def bounded() -> Message:
        nonlocal seen
        message = await receive()
        seen += len(message.get("body", b""))
        return message if seen <= MAX_BODY else {"type": "http.disconnect"}

    return bounded


def _with_headers(send: Send, nonce: str) -> Send:
    async def respond(message: Message) -> None:
        if message["type"] == "http.response.start":
            headers = MutableHeaders(scope=message)
            headers["Content-Security-Policy"] = _POLICY.format(nonce=nonce)
            for name, value in _HEADERS.items():
                headers[name] = value
            # Gradio lets pages of any site read its answers, cookies included.
            for name in [name for name in headers if name.startswith("access-control-")]:
                del headers[name]
        await send(message)

    return respond


def _dressed(send: Send, nonce: str, path: str) -> Send:
    """Holds the page until it is whole, then sends it dressed."""
    start: Message | None = None
    body = b""

    async def respond(message: Message) -> None:
        nonlocal start, body
        if message["type"] == "http.response.start":
            start = message
            return
        if message["type"] != "http.response.body" or start is None:
            await send(message)
            return
        body += message.get("body", b"")
        if message.get("more_body"):
            return
        headers = MutableHeaders(scope=start)
        if headers.get("content-type", "").startswith("text/html"):
            body = dress(body.decode("utf-8"), nonce, path).encode("utf-8")
            headers["Cache-Control"] = "no-store"
        headers["Content-Length"] = str(len(body))
        await send(start)
        await send({"type": "http.response.body", "body": body})

    return respond


async def _refuse(send: Send, status: int, text: bytes) -> None:
    headers = [(b"content-type", b"text/plain; charset=utf-8"), (b"content-length", str(len(text)).encode())]
    await send({"type": "http.response.start", "status": status, "headers": headers})
    await send({"type": "http.response.body", "body": text})
