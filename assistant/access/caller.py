"""Who is asking: the caller of a request, and what each role may do."""

from __future__ import annotations

from dataclasses import dataclass
from enum import IntEnum
from typing import TYPE_CHECKING, Literal

from starlette.requests import HTTPConnection

from knowledge.errors import BiaozhuntongError

if TYPE_CHECKING:  # takes seconds to import, which a command need not wait for
    import gradio as gr


class Role(IntEnum):
    """What a person may do; each role may do what the ones below it may.

    A visitor chats. Staff write replies. A maintainer changes the corpus. An administrator manages accounts.
    """

    VISITOR = 0
    STAFF = 1
    MAINTAINER = 2
    ADMINISTRATOR = 3


@dataclass(frozen=True, slots=True)
class Caller:
    """The person or program behind a request.

    `id` names the owner of what is kept for them: `visitor:…` for a browser that is not signed in (one cookie, one
    owner), `user:…` for an account, `key:…` for an API key. `scopes` says what an API key is for; nobody else has any.
    """

    id: str
    role: Role
    name: str
    via: Literal["visitor", "session", "key"]
    scopes: frozenset[str] = frozenset()

    def may(self, role: Role) -> bool:
        """Whether this caller may do what `role` may."""
        return self.role >= role


class NoCaller(BiaozhuntongError):
    """A request came past the middleware that says who is asking."""


def caller_of(request: HTTPConnection | gr.Request) -> Caller:
    """The caller of a request, as the middleware `assistant.access.Access` found it.

    Raises:
        NoCaller: the middleware does not stand in front of what was asked.
    """
    # Gradio's request holds the real one.
    connection = request if isinstance(request, HTTPConnection) else request.request
    caller = connection.scope.get("state", {}).get("caller") if connection is not None else None
    if not isinstance(caller, Caller):
        raise NoCaller(
            "expected the caller of a request, found none; put assistant.access.Access around the application"
        )
    return caller
