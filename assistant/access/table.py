"""Which role or scope each address needs. What is not listed here does not exist for anybody.

Addresses are written as FastAPI writes them (`{name}`, `{name:path}`). A request is held against the table by the
canonical form of its path, so that no other spelling of an address is guarded less.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import lru_cache
from typing import Literal, get_args
from urllib.parse import unquote

from starlette.routing import compile_path

from assistant.access.caller import Role
from assistant.access.rates import Rate

KeyScope = Literal["ask", "search", "rewards", "policies", "releases", "chat", "flag", "metrics", "desk", "maintain"]
# What may be asked without an account or a key, unless a setting says otherwise: what the page itself offers everybody.
ANONYMOUS: frozenset[KeyScope] = frozenset({"ask", "search", "rewards", "policies", "releases", "chat", "flag"})
KEY_SCOPES: frozenset[KeyScope] = frozenset(get_args(KeyScope))
# Those of programs; the others are of pages, which want somebody.
API_SCOPES: frozenset[KeyScope] = KEY_SCOPES - {"desk", "maintain"}

# The longest conversation that comes back with a question is far below this, and a form far below that. Reading JSON holds
# up everybody: 1 MB of empty lists for a twentieth of a second.
MAX_DIALOGUE = 1024 * 1024
MAX_FORM = 64 * 1024
# A page sends a letter or a rule at most. Gradio walks through whatever comes while everybody waits: this much of empty
# lists takes it a tenth of a second.
MAX_EVENT = 256 * 1024
_MB = 1024 * 1024


@dataclass(frozen=True, slots=True)
class Guard:
    """What an address needs.

    Attributes:
        path: the address, in FastAPI's notation.
        role: the role that is needed.
        scope: what an API key must be for; without it the address is not for API keys. Whether a visitor may use an
            address with a scope is a setting.
        anyone: whether it is open whatever comes with the request, such as a check of the server's health.
        rate: what is counted when something is sent; looking at a page is counted as that, but for questions. None
            for files that a page consists of, and for checks of the server.
        max_body: the longest request body, in bytes.
        session: whether it names a session of a page, which belongs to one browser.
    """

    path: str
    role: Role = Role.VISITOR
    scope: KeyScope | None = None
    anyone: bool = False
    rate: Rate | None = "page"
    max_body: int = MAX_FORM
    session: bool = False


@dataclass(frozen=True, slots=True)
class Surface:
    """A Gradio page of its own.

    Attributes:
        path: where it is mounted.
        role: the role that is needed for everything below.
        upload_megabytes: the largest upload; 0 takes none. None is handed out again.
        scope: what an API key must be for.
    """

    path: str
    role: Role
    upload_megabytes: int
    scope: KeyScope | None = None


CHAT = Surface("/", Role.VISITOR, 0)
DESK = Surface("/desk", Role.STAFF, 5, "desk")
MAINTAIN = Surface("/maintain", Role.MAINTAINER, 110, "maintain")
SURFACES = (DESK, MAINTAIN, CHAT)

# What a page asks of Gradio. Its other routes (proxying, saved links, monitoring, recording, editing) are closed.
_GRADIO_READ = (
    "",
    "/config",
    "/gradio_api/startup-events",
    "/gradio_api/app_id",
    "/gradio_api/info",
    "/gradio_api/openapi.json",
    "/gradio_api/user",
    "/gradio_api/login_check",
)
_GRADIO_STATIC = (
    "/theme.css",
    "/favicon.ico",
    "/robots.txt",
    "/assets/{path:path}",
    "/static/{path:path}",
    "/svelte/{path:path}",
)
_GRADIO_SESSION = (
    "/gradio_api/queue/data",
    "/gradio_api/heartbeat/{session}",
    "/gradio_api/call/{name}/{event}",
    "/gradio_api/cancel",
    "/gradio_api/reset",
)
_GRADIO_EVENTS = (
    "/gradio_api/queue/join",
    "/gradio_api/run/predict",
    "/gradio_api/call/{name}",
    "/gradio_api/call/v2/{name}",
)
# Uploads are taken and never handed out again, not even to whom they came from.
_GRADIO_FILES = ("/gradio_api/upload_progress",)

_OWN = (
    Guard("/healthz", anyone=True, rate=None),
    Guard("/readyz", anyone=True, rate=None),
    Guard("/web/{path:path}", anyone=True, rate=None),
    Guard("/metrics", Role.ADMINISTRATOR, "metrics"),
    Guard("/v1/openapi.json", anyone=True),
    Guard("/v1/ask", rate="ask", max_body=MAX_DIALOGUE, scope="ask"),
    Guard("/v1/search", rate="ask", scope="search"),
    Guard("/v1/rewards/evaluate", rate="ask", max_body=MAX_DIALOGUE, scope="rewards"),
    Guard("/v1/policies", scope="policies"),
    Guard("/v1/policies/{policy_id}", scope="policies"),
    Guard("/v1/releases", scope="releases"),
    Guard("/v1/models", scope="chat"),
    Guard("/v1/chat/completions", rate="ask", max_body=MAX_DIALOGUE, scope="chat"),
    Guard("/v1/flag", scope="flag", rate="flag", max_body=MAX_DIALOGUE),
    Guard("/chat/company"),
    Guard("/chat/conversations"),
    Guard("/chat/conversations/{conversation_id}"),
    Guard("/chat/conversations/{conversation_id}/export"),
    Guard("/chat/feedback", rate="ask"),
    Guard("/chat/inquiries", rate="flag", max_body=MAX_DIALOGUE),
    Guard("/desk/replies/{inquiry_id}", Role.STAFF),
    Guard("/sources"),
    Guard("/sources/{policy_id}"),
    Guard("/sources/{policy_id}/pages/{page}"),
    Guard("/sources/{policy_id}/pages/{page}/picture"),
    Guard("/calculator"),
    Guard("/docs"),
    Guard("/login", anyone=True, rate="sign_in"),
    Guard("/login/provider", anyone=True, rate="sign_in"),
    Guard("/login/provider/callback", anyone=True, rate="sign_in"),
    Guard("/logout", anyone=True),
    Guard("/account", Role.STAFF),
    Guard("/account/password", Role.STAFF, rate="sign_in"),
    Guard("/maintain/reports/{name}", Role.MAINTAINER),
    Guard("/maintain/charts/{by}.svg", Role.MAINTAINER),
    Guard("/maintain/log.xlsx", Role.MAINTAINER),
)


def _of_surface(surface: Surface) -> tuple[Guard, ...]:
    base = surface.path.rstrip("/")
    files = surface.upload_megabytes * _MB

    def guard(route: str, rate: Rate | None = "page", max_body: int = MAX_FORM, session: bool = False) -> Guard:
        path = f"{base}{route}" or "/"
        return Guard(path, surface.role, surface.scope, rate=rate, max_body=max_body, session=session)

    guards = [guard(route, "ask", MAX_EVENT, session=True) for route in _GRADIO_EVENTS]
    guards += [guard(route, session=True) for route in _GRADIO_SESSION]
    guards += map(guard, _GRADIO_READ)
    guards += [guard(route, None) for route in _GRADIO_STATIC]
    if files:
        guards += [guard("/gradio_api/upload", "upload", files), *map(guard, _GRADIO_FILES)]
    return tuple(guards)


TABLE: tuple[Guard, ...] = (*_OWN, *(guard for surface in SURFACES for guard in _of_surface(surface)))
_PATTERNS = tuple((compile_path(guard.path.casefold())[0], guard) for guard in TABLE)

# Other ways to write a path: what a server, a proxy or a file system might read as `/`, `.` or nothing.
_ODD = re.compile(r"//|\\|[\x00-\x1f\x7f]|/\.{1,2}(?:/|$)|%(?:25)*(?:2e|2f|5c|00)", re.IGNORECASE)
_PASSES = 3


def is_plain(path: str) -> bool:
    """Whether a decoded path has one reading only: no empty or dotted part, no backslash, no second encoding."""
    return path.startswith("/") and not _ODD.search(path)


def canonical(path: str) -> str:
    """The form of a decoded path by which it is guarded: small letters, one slash, no trailing slash, dot or blank."""
    for _ in range(_PASSES):
        path = unquote(path)
    parts = [part.rstrip(". ") for part in path.replace("\\", "/").casefold().split("/")]
    return "/" + "/".join(part for part in parts if part)


@lru_cache(maxsize=1024)
def guard_of(path: str) -> Guard | None:
    """What the address of a request needs; None for an address that does not exist.

    Args:
        path: the path as ASGI gives it, decoded once.
    """
    if not is_plain(path):
        return None
    wanted = canonical(path)
    return next((guard for pattern, guard in _PATTERNS if pattern.match(wanted)), None)
