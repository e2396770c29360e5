"""The middleware in front of every route: who is asking, whether they may, and whether it is too often or too much."""

from __future__ import annotations

import hashlib
import hmac
import time
from collections.abc import Awaitable, Callable, Collection
from dataclasses import dataclass
from functools import partial
from typing import Literal
from urllib.parse import quote, urlsplit

from anyio import to_thread
from starlette.datastructures import Headers, MutableHeaders
from starlette.requests import ClientDisconnect, HTTPConnection, Request, cookie_parser
from starlette.responses import JSONResponse, RedirectResponse, Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from assistant.access.caller import Caller, NoCaller, Role
from assistant.access.cookies import (
    SESSION_COOKIE,
    VISITOR_COOKIE,
    is_secure,
    new_token,
    read_token,
    set_cookie,
    token_hash,
)
from assistant.access.page_sessions import OwnSession, PageSessions
from assistant.access.rates import Limiter, network_of
from assistant.access.service import KEY_PREFIX, Accounts
from assistant.access.table import ANONYMOUS, Guard, KeyScope, guard_of

VISITOR_SECONDS = 180 * 24 * 3600
_SAID_OF_ORIGIN = (b"x-forwarded-host", b"x-forwarded-proto")
_SAFE_METHODS = frozenset({"GET", "HEAD", "OPTIONS"})
# While an answer is being sent, whoever signed in is asked for again this often; a page listens for hours.
LOOK_AGAIN_SECONDS = 5


@dataclass(frozen=True, slots=True)
class Refusal:
    """Why a request is not answered, in both languages."""

    status: Literal[400, 401, 403, 404, 413, 429]
    code: Literal["bad_key", "cross_site", "forbidden", "not_found", "sign_in", "too_large", "too_often"]
    zh: str
    en: str

    def said(self, language: str) -> str:
        """The sentence of a language."""
        return self.en if language == "en" else self.zh


NOT_FOUND = Refusal(404, "not_found", "没有这个地址。", "There is no such address.")
SIGN_IN = Refusal(401, "sign_in", "请先登录。", "Please sign in first.")
BAD_KEY = Refusal(401, "bad_key", "API 密钥无效或已停用。", "The API key is not valid, or no longer.")
FORBIDDEN = Refusal(403, "forbidden", "您的账号无权使用此功能。", "Your account may not use this.")
WRONG_SCOPE = Refusal(403, "forbidden", "此 API 密钥不能用于该接口。", "This API key is not for this address.")
CROSS_SITE = Refusal(
    403, "cross_site", "请求来自其他网站，未予受理。", "The request came from another site and was refused."
)
OTHER_SESSION = Refusal(
    403,
    "forbidden",
    "此会话属于另一个浏览器，请刷新页面。",
    "This session belongs to another browser; reload the page.",
)
TOO_LARGE = Refusal(413, "too_large", "提交的内容过大。", "What was sent is too large.")


@dataclass(frozen=True, slots=True)
class Visit:
    """What else the pages of accounts need to know of a request.

    Attributes:
        form_token: stands in every form; only this browser's cookie makes it.
        secure: whether the browser came over https.
        address: of the client.
    """

    form_token: str
    secure: bool
    address: str


def visit_of(request: HTTPConnection) -> Visit:
    """The visit that a request belongs to; `NoCaller` if the middleware does not stand in front."""
    visit = request.scope.get("state", {}).get("visit")
    if not isinstance(visit, Visit):
        raise NoCaller("expected a visit; put assistant.access.Access around the application")
    return visit


RefusalPage = Callable[[Request, Refusal], Response]
"""What a person sees who may not."""


class Access:
    """ASGI middleware: puts the caller at `scope["state"]["caller"]` and lets through what the table allows.

    Args:
        app: what stands behind.
        accounts: knows sessions and keys; without it everybody is a visitor.
        anonymous: the scopes that need no account and no key.
        limiter: counts requests; without it nobody waits.
        public_url: the address at which browsers find this server, where a proxy stands before it that changes it.
        page: a refusal for a person; without it JSON.
    """

    def __init__(
        self,
        app: ASGIApp,
        *,
        accounts: Accounts | None = None,
        anonymous: Collection[KeyScope] = ANONYMOUS,
        limiter: Limiter | None = None,
        public_url: str | None = None,
        page: RefusalPage | None = None,
    ) -> None:
        self.app = app
        self._accounts = accounts
        self._anonymous = frozenset(anonymous)
        self._limiter = limiter
        self._public = urlsplit(public_url) if public_url else None
        self._page = page
        self._sessions = PageSessions()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Handle one connection."""
        if scope["type"] == "websocket":
            await send({"type": "websocket.close", "code": 1008, "reason": "no such address"})
            return
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        self._set_origin(scope)
        guard, headers = guard_of(scope["path"]), Headers(scope=scope)
        if guard is None:
            await _json(NOT_FOUND)(scope, receive, send)
            return
        secure = is_secure(scope) or (self._public is not None and self._public.scheme == "https")
        cookies = cookie_parser(headers.get("cookie", ""))
        given = read_token(cookies, VISITOR_COOKIE, secure=secure)
        visitor = given or new_token()
        caller, secret, refusal = await self._caller(headers, cookies, visitor, secure=secure)
        address = scope["client"][0] if scope.get("client") else ""
        state = scope.setdefault("state", {})
        state["caller"] = caller
        state["visit"] = Visit(_form_token(secret), secure, address)
        refusal = self._cross_site(scope, headers, caller) or (
            None if guard.anyone else refusal or self._refusal(guard, caller)
        )
        # A new visitor of every request would have the whole limit for each.
        who = caller.id if given or caller.via != "visitor" else f"address:{network_of(address)}"
        response = self._too_often(guard, scope, who, address)
        if response is None and refusal is not None:
            response = self._refused(refusal, scope, headers)
        if _is_page(scope, headers):
            send = _with_cookie(send, set_cookie(VISITOR_COOKIE, visitor, secure=secure, seconds=VISITOR_SECONDS))
        app = self.app
        if caller.via != "visitor" and not guard.anyone:
            app = _WhileAllowed(app, partial(self._still_may, guard, caller, headers, cookies, visitor, secure))
        if guard.session:
            # The browser, not the caller: who signs in keeps the pages that are open.
            browser = token_hash(given) if given else None if caller.via == "visitor" else caller.id
            app = OwnSession(app, self._sessions, browser, _json(OTHER_SESSION))
        await (response or _Bounded(app, guard.max_body))(scope, receive, send)

    def _set_origin(self, scope: Scope) -> None:
        """Gradio takes the address of its page from these headers, whoever sends them: they say what our setting says."""
        scope["headers"] = [(name, value) for name, value in scope["headers"] if name not in _SAID_OF_ORIGIN]
        if self._public is not None:
            said = (self._public.netloc.encode("ascii"), self._public.scheme.encode("ascii"))
            scope["headers"] += zip(_SAID_OF_ORIGIN, said, strict=True)

    async def _still_may(
        self, guard: Guard, caller: Caller, headers: Headers, cookies: dict[str, str], visitor: str, secure: bool
    ) -> bool:
        """Whether what a request showed still lets it through, as the same one."""
        now, _, refusal = await self._caller(headers, cookies, visitor, secure=secure, used=False)
        return now.id == caller.id and (refusal or self._refusal(guard, now)) is None

    async def _caller(
        self, headers: Headers, cookies: dict[str, str], visitor: str, *, secure: bool, used: bool = True
    ) -> tuple[Caller, str, Refusal | None]:
        """The caller, the secret that their cookie holds, and what is wrong with what they showed.

        `used` is as in `Accounts.by_session`.
        """
        unknown = Caller(f"visitor:{token_hash(visitor)[:32]}", Role.VISITOR, "", "visitor")
        scheme, _, key = headers.get("authorization", "").partition(" ")
        # Clients of other makers send some key because they must; only ours says who is asking.
        if scheme.casefold() == "bearer" and key.strip().startswith(KEY_PREFIX):
            known = (
                await to_thread.run_sync(partial(self._accounts.by_key, key.strip(), used=used))
                if self._accounts
                else None
            )
            return (known, key, None) if known else (unknown, visitor, BAD_KEY)
        token = read_token(cookies, SESSION_COOKIE, secure=secure)
        if token is not None and self._accounts is not None:
            signed_in = await to_thread.run_sync(partial(self._accounts.by_session, token, used=used))
            if signed_in is not None:
                return signed_in, token, None
        return unknown, visitor, None

    def _refusal(self, guard: Guard, caller: Caller) -> Refusal | None:
        if caller.via == "key":
            if guard.scope not in caller.scopes:
                return WRONG_SCOPE
            # A key with this very scope was given to somebody to read figures; it needs no account of an administrator.
            return None if guard.scope == "metrics" or caller.may(guard.role) else FORBIDDEN
        if guard.scope in self._anonymous:
            return None
        if caller.via == "visitor" and (guard.scope is not None or not caller.may(guard.role)):
            return SIGN_IN
        return None if caller.may(guard.role) else FORBIDDEN

    def _cross_site(self, scope: Scope, headers: Headers, caller: Caller) -> Refusal | None:
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
            own = {headers.get("host", "").casefold(), self._public.netloc.casefold() if self._public else ""} - {""}
            return None if urlsplit(origin).netloc.casefold() in own else CROSS_SITE
        return CROSS_SITE if caller.via == "session" else None

    def _too_often(self, guard: Guard, scope: Scope, who: str, address: str) -> Response | None:
        if self._limiter is None or guard.rate is None:
            return None
        sent = scope["method"] not in _SAFE_METHODS
        wait = self._limiter.seconds_to_wait(guard.rate if sent or guard.rate == "ask" else "page", who, address)
        if wait is None:
            return None
        refusal = Refusal(
            429,
            "too_often",
            f"操作过于频繁，请在 {wait} 秒后再试。",
            f"Too many requests. Please try again in {wait} seconds.",
        )
        response = self._refused(refusal, scope, Headers(scope=scope))
        response.headers["Retry-After"] = str(wait)
        return response

    def _refused(self, refusal: Refusal, scope: Scope, headers: Headers) -> Response:
        wants_page = "text/html" in headers.get("accept", "")
        if refusal is SIGN_IN and _is_page(scope, headers):
            query = scope["query_string"].decode("latin-1")
            wanted = scope["path"] + (f"?{query}" if query else "")
            return RedirectResponse(f"/login?next={quote(wanted, safe='')}", 303, {"Cache-Control": "no-store"})
        if wants_page and self._page is not None:
            return self._page(Request(scope), refusal)
        return _json(refusal)


def _form_token(secret: str) -> str:
    """What a form must hold. It follows from the cookie, which no other site can read, and does not give it away."""
    return hmac.new(secret.encode(), b"form", hashlib.sha256).hexdigest()


def _is_page(scope: Scope, headers: Headers) -> bool:
    """Whether a person looks at what comes back."""
    return scope["method"] in ("GET", "HEAD") and "text/html" in headers.get("accept", "")


def _json(refusal: Refusal) -> Response:
    said = {"error": {"code": refusal.code, "message": f"{refusal.zh} {refusal.en}"}}
    headers = {"Cache-Control": "no-store"} | ({"WWW-Authenticate": "Bearer"} if refusal.status == 401 else {})
    return JSONResponse(said, refusal.status, headers)


def _with_cookie(send: Send, cookie: str) -> Send:
    async def respond(message: Message) -> None:
        if message["type"] == "http.response.start":
            MutableHeaders(scope=message).append("Set-Cookie", cookie)
        await send(message)

    return respond


class _NoLonger(OSError):
    """Whoever a response is for may not have the rest of it; to what makes it, they have gone."""


class _WhileAllowed:
    """ASGI application: another one, whose responses end where whoever asked may not have them any more."""

    def __init__(self, app: ASGIApp, allowed: Callable[[], Awaitable[bool]]) -> None:
        self.app = app
        self._allowed = allowed

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        looked, ended = time.monotonic(), False

        async def respond(message: Message) -> None:
            nonlocal looked, ended
            if message.get("more_body") and time.monotonic() - looked >= LOOK_AGAIN_SECONDS:
                if not await self._allowed():
                    ended = True
                    await send({"type": "http.response.body", "body": b""})
                    raise _NoLonger
                looked = time.monotonic()
            await send(message)

        try:
            await self.app(scope, receive, respond)
        except (_NoLonger, ClientDisconnect):
            if not ended:
                raise


class _Bounded:
    """ASGI application: another one, with a bound on what it reads, whether or not the length was said before."""

    def __init__(self, app: ASGIApp, max_body: int) -> None:
        self.app = app
        self._max_body = max_body

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        length = Headers(scope=scope).get("content-length", "0")
        if not (length.isascii() and length.isdigit()) or int(length) > self._max_body:
            await _json(TOO_LARGE)(scope, receive, send)
            return
        seen, started = 0, False

        async def bounded() -> Message:
            nonlocal seen
            message = await receive()
            seen += len(message.get("body", b""))
            return message if seen <= self._max_body else {"type": "http.disconnect"}

        async def respond(message: Message) -> None:
            nonlocal started
            if seen <= self._max_body or started:
                started = True
                await send(message)

        try:
            await self.app(scope, bounded, respond)
        except Exception:
            if seen <= self._max_body:
                raise
        if seen > self._max_body and not started:
            await _json(TOO_LARGE)(scope, receive, send)
