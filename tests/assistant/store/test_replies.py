"""The help desk's records, in memory and in both databases."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import closing
from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import text

from assistant.store import Store, open_store
from assistant.store.replies import Replies, ReplyAudit
from knowledge.errors import StoreError, UsageError
from tests.assistant.desk.memory import MemoryDeskStore
from tests.contracts.desk_store import LI, MORNING, ZHANG, DeskStoreContract, inquiry, with_reply, with_version


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    with closing(open_store(tmp_path / "store.db", clock=lambda: MORNING)) as opened:
        yield opened


class TestMemory(DeskStoreContract):
    @pytest.fixture
    def desk(self) -> MemoryDeskStore:
        return MemoryDeskStore()


class TestSqlite(DeskStoreContract):
    @pytest.fixture
    def desk(self, store: Store) -> Replies:
        return store.replies


class TestPostgresql(DeskStoreContract):
    @pytest.fixture
    def desk(self, postgres_url: str) -> Iterator[Replies]:
        with closing(open_store(postgres_url)) as opened:
            yield opened.replies


def test_a_version_that_is_kept_is_never_another_one(store: Store) -> None:
    kept = with_version(inquiry("a"), "一")
    store.replies.add(kept)
    changed = kept.versions[0].model_copy(update={"text": "别的"})
    for versions in ((changed,), ()):
        with pytest.raises(UsageError, match="never changed"):
            store.replies.put(
                kept.model_copy(update={"versions": versions, "status": "awaiting"}), expected=kept.version
            )
    assert store.replies.get("a") == kept


def test_approvals_stay_when_the_reply_is_changed_after_them(store: Store) -> None:
    approved = with_reply(inquiry("a"), LI)
    store.replies.add(approved)
    store.replies.put(with_version(approved, "改了"), expected=approved.version)
    assert store.replies.get("a").approval is None
    assert approved.approval is not None
    [kept] = store.people.export(LI.id)["approvals"]
    assert kept["document"] == approved.approval.model_dump(mode="json")


def test_what_was_never_approved_is_purged(store: Store) -> None:
    approved = with_reply(inquiry("a"), LI)
    store.replies.add(approved)
    store.replies.put(with_version(approved, "改了"), expected=approved.version)
    store.replies.add(inquiry("b"))
    store.replies.add(inquiry("c", minutes=10))
    assert store.replies.purge(MORNING + timedelta(minutes=5)) == 1
    assert {kept.id for kept in store.replies.inquiries()} == {"a", "c"}


def test_what_staff_do_is_in_the_audit_trail(store: Store) -> None:
    ReplyAudit(store.database).note(
        ZHANG, "reply.approved", "a", {"reply_version": 2, "target": "b", "despite": ["why"]}
    )
    [entry] = store.audit.list()
    assert (entry.actor, entry.action, entry.target) == (ZHANG.id, "reply.approved", "a")
    assert entry.detail == {"reply_version": 2, "target": "b", "despite": ["why"]}


def test_a_record_of_another_version_of_the_program_is_told(store: Store) -> None:
    store.replies.add(inquiry("a"))
    with store.database.connection() as connection:
        connection.execute(text("UPDATE inquiries SET document = replace(document, 'subject', 'topic')"))
    with pytest.raises(StoreError, match="another version of the program"):
        store.replies.get("a")
