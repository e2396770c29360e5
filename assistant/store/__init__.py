"""What is kept between questions: conversations, accounts, replies, feedback, the audit trail. See `open_store`."""

from assistant.store.store import Store, open_store

__all__ = ["Store", "open_store"]
