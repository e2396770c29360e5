"""Where the help desk keeps what it keeps: the seam, and a keeper in memory."""

from __future__ import annotations

from collections.abc import Sequence
from threading import Lock
from typing import Protocol

from typing_extensions import override

from assistant.desk.errors import Conflict, Refused
from assistant.desk.records import Inquiry, StandardReply, Status
from knowledge.normalize import normalize


class DeskStore(Protocol):
    """Keeps inquiries and standard replies. Values go in and come out; nothing here decides anything."""

    def add(self, inquiry: Inquiry) -> None:
        """Keep a new inquiry."""

    def get(self, inquiry_id: str) -> Inquiry:
        """The inquiry as it is now; `Refused` if there is none."""

    def put(self, inquiry: Inquiry, *, expected: int) -> None:
        """Keep an inquiry as it is now; `Conflict` if the kept one is not of the version `expected`."""

    def inquiries(self, *, status: Status | None = None, words: str = "", limit: int = 200) -> Sequence[Inquiry]:
        """The inquiries of a status in which all of these words stand, in the letter or the reply; the latest first."""

    def add_standard(self, reply: StandardReply) -> None:
        """Keep a new standard reply."""

    def put_standard(self, reply: StandardReply) -> None:
        """Keep a standard reply as it is now."""

    def standards(self, *, key: str | None = None) -> Sequence[StandardReply]:
        """All standard replies, or those of a question, the latest first; the retired ones too."""


def found_in(inquiry: Inquiry, words: str) -> bool:
    """Whether all words of a search stand in an inquiry: in the letter, the subject or the reply."""
    text = normalize("\n".join((inquiry.subject, inquiry.text, inquiry.reply))).text.lower()
    return all(word in text for word in normalize(words).text.lower().split())


class MemoryDeskStore(DeskStore):
    """Keeps everything in memory, as long as the process runs."""

    def __init__(self) -> None:
        self._lock = Lock()
        self._inquiries: dict[str, Inquiry] = {}
        self._standards: dict[str, StandardReply] = {}

    @override
    def add(self, inquiry: Inquiry) -> None:
        with self._lock:
            self._inquiries[inquiry.id] = inquiry

    @override
    def get(self, inquiry_id: str) -> Inquiry:
        with self._lock:
            kept = self._inquiries.get(inquiry_id)
        if kept is None:
            raise Refused("not_found", f"expected the id of an inquiry, got {inquiry_id!r}; choose one from the inbox")
        return kept

    @override
    def put(self, inquiry: Inquiry, *, expected: int) -> None:
        with self._lock:
            kept = self._inquiries[inquiry.id]
            if kept.version != expected:
                raise Conflict(kept)
            self._inquiries[inquiry.id] = inquiry

    @override
    def inquiries(self, *, status: Status | None = None, words: str = "", limit: int = 200) -> Sequence[Inquiry]:
        with self._lock:
            every = list(self._inquiries.values())
        found = [i for i in every if status in (None, i.status) and found_in(i, words)]
        return sorted(found, key=lambda i: (i.updated_at, i.id), reverse=True)[:limit]

    @override
    def add_standard(self, reply: StandardReply) -> None:
        self.put_standard(reply)

    @override
    def put_standard(self, reply: StandardReply) -> None:
        with self._lock:
            self._standards[reply.id] = reply

    @override
    def standards(self, *, key: str | None = None) -> Sequence[StandardReply]:
        with self._lock:
            found = [reply for reply in self._standards.values() if key in (None, reply.key)]
        return sorted(found, key=lambda reply: (reply.at, reply.id), reverse=True)
