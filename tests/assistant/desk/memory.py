"""A keeper of the help desk's records in memory."""

from __future__ import annotations

from collections.abc import Sequence
from threading import Lock

from typing_extensions import override

from assistant.desk.errors import Conflict, Refused
from assistant.desk.records import Inquiry, StandardReply, Status
from assistant.desk.store import DeskStore
from knowledge.normalize import normalize


class MemoryDeskStore(DeskStore):
    """The help desk's records, as long as the process runs."""

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
        found = [i for i in every if status in (None, i.status) and _holds(i, words)]
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


def _holds(inquiry: Inquiry, words: str) -> bool:
    text = normalize("\n".join((inquiry.subject, inquiry.text, inquiry.reply))).text.lower()
    return all(word in text for word in normalize(words).text.lower().split())
