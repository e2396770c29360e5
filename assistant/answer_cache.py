"""Answers that a chat model worded, kept in memory: the same question of the same knowledge is not worded twice."""

from __future__ import annotations

import json
import threading
from collections.abc import Collection, Mapping, Sequence
from datetime import date

from cachetools import LRUCache

from assistant.answer import Answer, Provenance


def answer_key(
    question: str,
    history: Sequence[str],
    facts: Mapping[str, object] | None,
    day: date,
    made_from: Provenance,
    forget: Collection[str] = (),
) -> str:
    """All that an answer depends on, in one string: what was asked, and what it is answered from."""
    asked = [question, list(history), dict(facts or {}), day.isoformat(), sorted(forget)]
    return json.dumps([*asked, made_from.model_dump()], ensure_ascii=False, sort_keys=True, default=repr)


class AnswerCache:
    """The last answers by key. Safe to use from several threads.

    Args:
        size: how many are kept; the one not asked for longest gives way.
    """

    def __init__(self, size: int) -> None:
        self._answers: LRUCache[str, Answer] = LRUCache(size)
        self._lock = threading.Lock()

    def get(self, key: str) -> Answer | None:
        """A copy of a kept answer."""
        with self._lock:
            kept = self._answers.get(key)
        return kept.model_copy(deep=True) if kept else None

    def keep(self, key: str, answer: Answer) -> None:
        """Keep a copy of an answer."""
        copy = answer.model_copy(deep=True)
        with self._lock:
            if self._answers.maxsize:
                self._answers[key] = copy
