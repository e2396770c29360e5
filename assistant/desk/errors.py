"""What the help desk refuses, each with a code that a page has words for."""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal

from knowledge.errors import UsageError

if TYPE_CHECKING:
    from assistant.desk.records import Inquiry

RefusalCode = Literal[
    "not_staff", "not_found", "empty", "too_long", "file_type", "file_size", "file_unreadable", "no_question", "no_text",
    "newer_version", "wrong_status", "own_reply", "marked", "marked_amounts", "not_approved", "not_sourced", "no_section",
    "with_facts", "inbox_full",
]  # fmt: skip


class Refused(UsageError):
    """Something the desk does not do.

    Args:
        code: what for, by which a page finds its words.
        message: what was expected, what came, what to do.
    """

    def __init__(self, code: RefusalCode, message: str) -> None:
        self.code: RefusalCode = code
        super().__init__(message)


class Conflict(Refused):
    """Somebody saved in the meantime; `current` is what stands now. Nothing of either is lost."""

    def __init__(self, current: Inquiry) -> None:
        self.current = current
        super().__init__(
            "newer_version",
            f"expected the version that was opened, found version {current.version} of the inquiry `{current.id}`; "
            "look at both and save again",
        )
