"""The middleware in front of every route: who is asking, and whether they may."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from typing import Literal
from urllib.parse import quote, urlsplit

from anyio import to_thread
from starlette.datastructures import Headers, MutableHeaders
from starlette.requests import cookie_parser
from starlette.responses import JSONResponse, RedirectResponse, Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from assistant.access.caller import Caller, Role
from assistant.access.cookies import (
    SESSION_COOKIE,
    VISITOR_COOKIE,
    is_secure,
    new_token,
    read_token,
    set_cookie,
    token_hash,
)
from assistant.access.service import KEY_PREFIX, Accounts
from assistant.access.table import ANONYMOUS, Guard, KeyScope, guard_of

VISITOR_SECONDS = 180 * 24 * 3600
_SAFE_METHODS = frozenset({"GET", "HEAD", "OPTIONS"})


@dataclass(frozen=True, slots=True)
class Refusal:
    """Why somebody may not: nobody is signed in (401), it is not for them (403), or another site sent it (403)."""

    status: Literal[401, 403]
    code: Literal["sign_in", "bad_key", "forbidden", "cross_site"]
    zh: str
    en: str


SIGN_IN = Refusal(401, "sign_in", "请先登录。", "Please sign in first.")
BAD_KEY = Refusal(401, "bad_key", "API 密钥无效或已停用。", "The API key is not valid, or no longer.")
FORBIDDEN = Refusal(403, "forbidden", "您的账号无权使用此功能。", "Your account may not use this.")
WRONG_SCOPE = Refusal(403, "forbidden", "此 API 密钥不能用于该接口。", "This API key is not for this address.")
CROSS_SITE = Refusal(
    403, "cross_site", "请求来自其他网站，未予受理。", "The request came from another site and was refused."
)


class Access:
    """ASGI middleware: puts the caller at `scope["state"]["caller"]` and lets through what the table allows.

    Args:
        app: what stands behind.
        accounts: knows sessions and keys.
        anonymous: the scopes that need no account and no key.
    """

    def __init__(self, app: ASGIApp, *, accounts: Accounts, anonymous: Collection[KeyScope] = ANONYMOUS) -> None:
        self.app = app
        self._accounts = accounts
        self._anonymous = frozenset(anonymous)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Handle one connection."""
        if scope["type"] == "websocket":
            await send({"type": "websocket.close", "code": 1008, "reason": "no such address"})
            return
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        guard = guard_of(scope["path"])
        if guard is None:
            await _problem(404, "not_found", "没有这个地址。", "There is no such address.")(scope, receive, send)
            return
        headers = Headers(scope=scope)
        secure = is_secure(scope)
        cookies = cookie_parser(headers.get("cookie", ""))
        visitor = read_token(cookies, VISITOR_COOKIE, secure=secure)
        new_visitor = None
        if visitor is None:
            visitor = new_visitor = new_token()
        caller, refusal = await self._caller(headers, cookies, visitor, secure=secure)
        scope.setdefault("state", {})["caller"] = caller
        refusal = _cross_site(scope, headers, caller) or (
            None if guard.anyone else refusal or self._refusal(guard, caller)
        )
        if refusal is not None:
            await _refused(refusal, scope, headers)(scope, receive, send)
            return
        if new_visitor is not None and _is_page(scope, headers):
            send = _with_cookie(send, set_cookie(VISITOR_COOKIE, visitor, secure=secure, seconds=VISITOR_SECONDS))
        await self.app(scope, receive, send)

    async def _caller(
        self, headers: Headers, cookies: dict[str, str], visitor: str, *, secure: bool
    ) -> tuple[Caller, Refusal | None]:
        unknown = Caller(f"visitor:{token_hash(visitor)[:32]}", Role.VISITOR, "", "visitor")
        scheme, _, key = headers.get("authorization", "").partition(" ")
        # Clients of other makers send some key because they must; only ours says who is asking.
        if scheme.casefold() == "bearer" and key.strip().startswith(KEY_PREFIX):
            known = await to_thread.run_sync(self._accounts.by_key, key.strip())
            return (known, None) if known else (unknown, BAD_KEY)
        token = read_token(cookies, SESSION_COOKIE, secure=secure)
        if token is not None:
            return await to_thread.run_sync(self._accounts.by_session, token) or unknown, None
        return unknown, None

    def _refusal(self, guard: Guard, caller: Caller) -> Refusal | None:
        if caller.via == "key":
            if guard.scope not in caller.scopes:
                return WRONG_SCOPE
            # A key with this very scope was given to somebody to read figures; it needs no account of an administrator.
            return None if guard.scope == "metrics" or caller.may(guard.role) else FORBIDDEN
        if guard.scope in self._anonymous:
            return None
        if caller.via == "visitor" and guard.scope is not None:
            return SIGN_IN
        if caller.may(guard.role):
            return None
        return SIGN_IN if caller.via == "visitor" else FORBIDDEN


def _cross_site(scope: Scope, headers: Headers, caller: Caller) -> Refusal | None:
    """Refuses what another site made a browser send along with our cookie.

    Browsers say where a request comes from. A program that says nothing may act for a visitor, whose cookie no other
    site makes it send, and never for somebody who is signed in.
    """
    if scope["method"] in _SAFE_METHODS or caller.via == "key":
        return None
    site, origin = headers.get("sec-fetch-site"), headers.get("origin")
    if site is not None:
        return None if site in ("same-origin", "none") else CROSS_SITE
    if origin is not None:
        return None if urlsplit(origin).netloc.casefold() == headers.get("host", "").casefold() else CROSS_SITE
    return CROSS_SITE if caller.via == "session" else None


def _is_page(scope: Scope, headers: Headers) -> bool:
    """Whether a person looks at what comes back."""
    return scope["method"] in ("GET", "HEAD") and "text/html" in headers.get("accept", "")


def _refused(refusal: Refusal, scope: Scope, headers: Headers) -> Response:
    if refusal is SIGN_IN and _is_page(scope, headers):
        query = scope["query_string"].decode("latin-1")
        wanted = scope["path"] + (f"?{query}" if query else "")
        return RedirectResponse(f"/login?next={quote(wanted, safe='')}", status_code=303)
    response = _problem(refusal.status, refusal.code, refusal.zh, refusal.en)
    if refusal.status == 401:
        response.headers["WWW-Authenticate"] = "Bearer"
    return response


def _problem(status: int, code: str, zh: str, en: str) -> Response:
    message = f"{zh} {en}"
    return JSONResponse({"error": {"code": code, "message": message}}, status, {"Cache-Control": "no-store"})


def _with_cookie(send: Send, cookie: str) -> Send:
    async def respond(message: Message) -> None:
        if message["type"] == "http.response.start":
            MutableHeaders(scope=message).append("Set-Cookie", cookie)
        await send(message)

    return respond
