"""Programs that write to a store in a process of their own: `python -m tests.assistant.store.writers NAME URL …`."""

from __future__ import annotations

import sys
import time
from pathlib import Path

from sqlalchemy import text

from assistant.store import Store, open_store
from assistant.store.conversations import NewMessage

OWNER = "user:ann"


def turns(store: Store, conversation_id: str, name: str, count: str) -> None:
    """Append turns and note each; a line for every one that is confirmed."""
    for number in range(int(count)):
        words = f"{name} {number}"
        store.conversations.append(
            OWNER, conversation_id, NewMessage(role="user", text=words), NewMessage(role="assistant", text=words)
        )
        store.audit.note(OWNER, "turn", conversation_id, n=number, name=name)
        print(number, flush=True)


def half(store: Store, conversation_id: str) -> None:
    """Stop in the middle of a change, with some of it written."""
    with store.database.write() as session:
        session.execute(text("UPDATE conversations SET title = 'half'"))
        session.execute(text("DELETE FROM messages WHERE conversation_id = :id"), {"id": conversation_id})
        print("half", flush=True)
        time.sleep(600)


if __name__ == "__main__":
    _, program, url, *arguments = sys.argv
    opened = open_store(url if "://" in url else Path(url))
    {"turns": turns, "half": half}[program](opened, *arguments)
    opened.close()
