"""What is old is deleted while the server runs: when it starts, and once a day."""

from __future__ import annotations

import logging
import threading
from typing import Final

from assistant.store.store import Store
from knowledge.errors import StoreError

_log = logging.getLogger(__name__)

DAY_SECONDS: Final = 24 * 3600


class Retention:
    """Deletes what nobody has touched for `days` days, in a thread of its own.

    Args:
        store: it may be closed after `stop`.
        days: as `Settings.retention_days`; 0 keeps everything but expired sign-ins.
        every: seconds from one time to the next.
    """

    def __init__(self, store: Store, days: int, *, every: float = DAY_SECONDS) -> None:
        self._store, self._days, self._every = store, days, every
        self._stopped = threading.Event()
        self._thread = threading.Thread(target=self._run, name="retention", daemon=True)

    def start(self) -> None:
        """Begin, with what is old by now."""
        self._thread.start()

    def stop(self) -> None:
        """End; waits for a deletion under way."""
        self._stopped.set()
        self._thread.join()

    def _run(self) -> None:
        while True:
            try:
                self._store.purge(self._days)
            except StoreError as error:  # the next time may go well
                _log.warning("what is old was not deleted: %s", error)
            if self._stopped.wait(self._every):
                return
