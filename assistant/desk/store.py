"""Where the help desk keeps what it keeps: the seam."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol

from assistant.desk.records import Inquiry, StandardReply, Status


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
