"""What stands around the page on its way to a browser: strict headers, our own head."""

from __future__ import annotations

import re
import secrets

from starlette.datastructures import MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from assistant.access.table import CHAT, DESK, MAINTAIN

# Gradio styles its parts with inline styles; scripts run only from here or with this response's nonce, and no text is
# ever evaluated as code.
_POLICY = (
    "default-src 'none'; script-src 'self' 'nonce-{nonce}'; style-src 'self' 'unsafe-inline'; "
    "img-src 'self' data: blob:; font-src 'self' data:; connect-src 'self'; worker-src 'self' blob:; base-uri 'self'; "
    "form-action 'self'; frame-ancestors 'none'"
)
# What a page may ask a browser for, and ours never does. Copying is left: answers are copied.
_FEATURES = (
    "accelerometer",
    "browsing-topics",
    "camera",
    "display-capture",
    "geolocation",
    "gyroscope",
    "magnetometer",
    "microphone",
    "midi",
    "payment",
    "publickey-credentials-get",
    "serial",
    "usb",
)
_HEADERS = {
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    # Nothing to other sites; our own forms say where they come from.
    "Referrer-Policy": "same-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Permissions-Policy": ", ".join(f"{feature}=()" for feature in _FEATURES),
}

_HTTPS_ONLY = f"max-age={365 * 24 * 3600}"

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
    """ASGI middleware: security headers on every answer, and `dress` on Gradio's pages."""

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Handle one connection."""
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        nonce = secrets.token_urlsafe(16)
        respond = _with_headers(scope, send, nonce)
        mounted = scope["path"].rstrip("/") or CHAT.path
        respond = _dressed(respond, nonce, mounted) if mounted in _FILES else respond
        await self.app(scope, receive, respond)


def _with_headers(scope: Scope, send: Send, nonce: str) -> Send:
    async def respond(message: Message) -> None:
        if message["type"] == "http.response.start":
            headers = MutableHeaders(scope=message)
            # A page that was made elsewhere brings a policy of its own, which shuts it in.
            headers.setdefault("Content-Security-Policy", _POLICY.format(nonce=nonce))
            for name, value in _HEADERS.items():
                headers[name] = value
            visit = scope.get("state", {}).get("visit")
            if visit is not None and visit.secure:
                headers["Strict-Transport-Security"] = _HTTPS_ONLY
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
