"""The cookies that say who is asking: random, out of reach of scripts, not sent along from other sites."""

from __future__ import annotations

import hashlib
import re
import secrets
from http.cookies import SimpleCookie

from starlette.types import Scope

SESSION_COOKIE = "bz-session"
VISITOR_COOKIE = "bz-visitor"

_TOKEN = re.compile(r"[A-Za-z0-9_-]{43}")
# A cookie of this name is taken by a browser only over https, for this very host and for all of its paths.
_HOST_PREFIX = "__Host-"


def new_token() -> str:
    """256 random bits, to be kept by a browser or a program."""
    return secrets.token_urlsafe(32)


def token_hash(token: str) -> str:
    """What is kept of a token here: its SHA-256, in hexadecimal. The token is random, so no salt is needed."""
    return hashlib.sha256(token.encode("utf-8")).hexdigest()


def is_secure(scope: Scope) -> bool:
    """Whether a request came over https."""
    return scope.get("scheme") in ("https", "wss")


def cookie_name(name: str, *, secure: bool) -> str:
    """The name under which a cookie is kept."""
    return f"{_HOST_PREFIX}{name}" if secure else name


def read_token(cookies: dict[str, str], name: str, *, secure: bool) -> str | None:
    """The token in a cookie; None if there is none or it is not one of ours."""
    token = cookies.get(cookie_name(name, secure=secure), "")
    return token if _TOKEN.fullmatch(token) else None


def set_cookie(name: str, token: str, *, secure: bool, seconds: int) -> str:
    """The value of a `Set-Cookie` header; `seconds` of 0 removes the cookie."""
    kept = cookie_name(name, secure=secure)
    cookie: SimpleCookie = SimpleCookie({kept: token})
    morsel = cookie[kept]
    morsel["path"] = "/"
    morsel["max-age"] = seconds
    morsel["httponly"] = True
    morsel["samesite"] = "Lax"
    if secure:
        morsel["secure"] = True
    return morsel.OutputString()
