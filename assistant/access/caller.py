"""Who is asking: the caller of a request, and what each role may do."""

from __future__ import annotations

from dataclasses import dataclass
from enum import IntEnum
from typing import Literal


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
    owner), `user:…` for an account, `key:…` for an API key.
    """

    id: str
    role: Role
    name: str
    via: Literal["visitor", "session", "key"]

    def may(self, role: Role) -> bool:
        """Whether this caller may do what `role` may."""
        return self.role >= role
