"""The store: one database, and what is kept in it by topic."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta
from pathlib import Path

from sqlalchemy import URL

from assistant.store.audit import Audit
from assistant.store.conversations import Conversations
from assistant.store.database import Database, utc_now
from assistant.store.feedback import Feedback
from assistant.store.people import People
from assistant.store.replies import Replies
from assistant.store.schema import upgrade
from assistant.store.usage import Usage
from assistant.store.users import Users


class Store:
    """What is kept, by topic. Safe for the threads of a server, and beside other processes on the same database.

    Example:
        with closing(open_store(settings.database)) as store:
            conversation = store.conversations.create(caller.id, "国际标准的奖励")
    """

    def __init__(self, database: Database) -> None:
        self.database = database
        self.conversations = Conversations(database)
        self.feedback = Feedback(database)
        self.replies = Replies(database)
        self.audit = Audit(database)
        self.usage = Usage(database)
        self.users = Users(database)
        self.people = People(database)

    def purge(self, days: int) -> dict[str, int]:
        """Delete what nobody has touched for `days` days, and sign-ins that have expired; how much of each kind.

        Conversations, feedback, and inquiries that led to no approved reply. 0 days keep everything but the sign-ins.
        Replies, approvals, the audit trail and counts of use stay.
        """
        gone = {"sign_ins": self.users.end_expired_sessions()}
        if days > 0:
            before = self.database.now() - timedelta(days=days)
            gone["conversations"] = self.conversations.purge(before)
            gone["feedback"] = self.feedback.purge(before)
            gone["inquiries"] = self.replies.purge(before)
        if any(gone.values()):
            self.audit.note("program", "data.purge", None, days=days, **gone)
        return gone

    def close(self) -> None:
        """Give up all connections."""
        self.database.close()


def open_store(url: str | URL | Path, *, clock: Callable[[], datetime] = utc_now) -> Store:
    """Open the database at `url`, made and brought up to date where that is needed.

    Args:
        url: as `Settings.database`: `postgresql://…`, `sqlite:///…`, or the path of an SQLite file.
        clock: the moment, with its time zone.

    Raises:
        UsageError: the address is of no kind that is known.
        StoreError: the database cannot be reached, read, written or made, is damaged, or is of a newer version.
    """
    database = Database(url, clock)
    try:
        upgrade(database)
    except BaseException:
        database.close()
        raise
    return Store(database)
