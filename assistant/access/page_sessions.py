"""The sessions of Gradio pages: each belongs to the browser that used it first.

Gradio lets a page choose the name of its session, and hands the state and the events of a session to whoever names it. The
names are random; still, one that leaks must be of no use to anybody else.
"""

from __future__ import annotations

import json
import re
from collections import OrderedDict
from threading import Lock

from starlette.requests import Request
from starlette.responses import Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

# As many pages as may be open at once; the one that was longest unused makes room.
_MOST = 50_000
_SESSION = re.compile(r"/gradio_api/(?:heartbeat|call/[^/]+)/([^/]+)/?$")


class PageSessions:
    """Which browser each session belongs to, as long as the process runs."""

    def __init__(self, most: int = _MOST) -> None:
        self._most = most
        self._lock = Lock()
        self._owners: OrderedDict[str, str] = OrderedDict()

    def admits(self, session: str, browser: str | None) -> bool:
        """Whether a session is this browser's; the first that names it makes it its own.

        Args:
            session: as the page calls it.
            browser: what only one browser has; None for a program that cannot be known again, which owns nothing.
        """
        with self._lock:
            owner = self._owners.get(session)
            if owner is None:
                if browser is not None:
                    self._owners[session] = browser
                    if len(self._owners) > self._most:
                        self._owners.popitem(last=False)
                return True
            self._owners.move_to_end(session)
            return owner == browser


class OwnSession:
    """ASGI application: another one, for requests whose session is the browser's own.

    Args:
        app: what stands behind.
        sessions: whose sessions they are.
        browser: who asks, as `PageSessions.admits` wants it.
        refused: the answer to anybody else.
    """

    def __init__(self, app: ASGIApp, sessions: PageSessions, browser: str | None, refused: Response) -> None:
        self.app = app
        self._sessions = sessions
        self._browser = browser
        self._refused = refused

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Handle one request."""
        named = [*_in_address(scope)]
        if scope["method"] == "POST":
            messages = await _whole(receive)
            named += _in_body(b"".join(message.get("body", b"") for message in messages))
            receive = _again(messages, receive)
        if all(self._sessions.admits(session, self._browser) for session in named):
            await self.app(scope, receive, send)
        else:
            await self._refused(scope, receive, send)


def _in_address(scope: Scope) -> list[str]:
    # An event that Gradio does not know is taken for a session of that name.
    in_path = _SESSION.search(scope["path"]) if scope["method"] != "POST" else None
    return [in_path[1]] if in_path else Request(scope).query_params.getlist("session_hash")


def _in_body(body: bytes) -> list[str]:
    try:
        sent = json.loads(body)
    except (ValueError, RecursionError):  # Gradio refuses it too
        return []
    session = sent.get("session_hash") if isinstance(sent, dict) else None
    return [session] if isinstance(session, str) else []


async def _whole(receive: Receive) -> list[Message]:
    messages = [await receive()]
    while messages[-1].get("more_body"):
        messages.append(await receive())
    return messages


def _again(messages: list[Message], receive: Receive) -> Receive:
    left = iter(messages)

    async def again() -> Message:
        return next(left, None) or await receive()

    return again
