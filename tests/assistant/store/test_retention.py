"""What is old is deleted while the server runs."""

from __future__ import annotations

import threading
from contextlib import closing
from pathlib import Path

import pytest

from assistant.store import open_store
from assistant.store.retention import Retention
from knowledge.errors import StoreError


def test_it_deletes_at_the_start_and_again_even_after_a_failure(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    days: list[int] = []
    thrice = threading.Event()

    def purge(given: int) -> dict[str, int]:
        days.append(given)
        if len(days) == 1:
            raise StoreError("the disk is full")
        if len(days) == 3:
            thrice.set()
        return {}

    with closing(open_store(tmp_path / "store.db")) as store:
        monkeypatch.setattr(store, "purge", purge)
        retention = Retention(store, 30, every=0.01)
        retention.start()
        assert thrice.wait(30)
        retention.stop()
    assert set(days) == {30}
    assert "the disk is full" in caplog.text


def test_it_stops_at_once(tmp_path: Path) -> None:
    with closing(open_store(tmp_path / "store.db")) as store:
        retention = Retention(store, 0)
        retention.start()
        retention.stop()
    assert not retention._thread.is_alive()
