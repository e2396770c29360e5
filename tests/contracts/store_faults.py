"""What no kill and no second process does to the store, on every database."""

from __future__ import annotations

import subprocess
import sys
from collections import Counter
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest

from assistant.store import Store, open_store
from tests.assistant.store.writers import OWNER
from tests.contracts.store import Url, asked, texts

ROOT = Path(__file__).resolve().parents[2]


def start(program: str, url: Url, *arguments: str) -> subprocess.Popen[str]:
    command = [sys.executable, "-m", "tests.assistant.store.writers", program, str(url), *arguments]
    return subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, text=True)


class StoreFaultsContract:
    """Inherit, and say where a database with the tables is (`url`)."""

    @pytest.fixture
    def url(self) -> Url:
        raise NotImplementedError

    @pytest.fixture
    def store(self, url: Url) -> Iterator[Store]:
        with closing(open_store(url)) as opened:
            yield opened

    def test_a_kill_loses_nothing_that_was_confirmed_and_keeps_no_half(self, url: Url, store: Store) -> None:
        kept = store.conversations.create(OWNER, "t")
        with start("turns", url, kept.id, "w", "100000") as writer:
            assert writer.stdout is not None
            while int(writer.stdout.readline()) < 15:
                pass
            writer.kill()
            confirmed = 16 + len(writer.stdout.readlines())
        found = texts(store.conversations.get(OWNER, kept.id).messages)
        turns = len(found) // 2
        assert found == [f"w {number}" for number in range(turns) for _ in range(2)]
        # At most the turn under way was kept beyond what was confirmed, and noted or not.
        assert turns in (confirmed, confirmed + 1)
        assert len(store.audit.list(limit=100_000)) in (confirmed, turns)
        assert store.audit.faults() == []
        store.conversations.append(OWNER, kept.id, asked("after"))

    def test_a_kill_in_the_middle_of_a_change_leaves_what_was_there(self, url: Url, store: Store) -> None:
        kept = store.conversations.create(OWNER, "t", [asked("q")])
        with start("half", url, kept.id) as writer:
            assert writer.stdout is not None
            assert writer.stdout.readline() == "half\n"
            assert store.conversations.get(OWNER, kept.id) == kept  # reading neither waits nor sees it
            writer.kill()
        assert store.conversations.get(OWNER, kept.id) == kept
        store.conversations.append(OWNER, kept.id, asked("after"))
        assert texts(store.conversations.get(OWNER, kept.id).messages) == ["q", "after"]

    def test_two_processes_write_side_by_side(self, url: Url, store: Store) -> None:
        kept = store.conversations.create(OWNER, "t")
        writers = [start("turns", url, kept.id, name, "12") for name in "ab"]
        for writer in writers:
            assert writer.communicate()[0].split() == [str(number) for number in range(12)]
            assert writer.returncode == 0
        found = texts(store.conversations.get(OWNER, kept.id).messages)
        assert found[::2] == found[1::2]
        for name in "ab":
            assert [words for words in found[::2] if words.startswith(name)] == [f"{name} {n}" for n in range(12)]
        assert Counter(entry.detail["name"] for entry in store.audit.list(limit=1000)) == {"a": 12, "b": 12}
        assert store.audit.faults() == []
