from __future__ import annotations

import time

from assistant.access.rates import Limiter, RateLimits


def test_who_came_once_is_not_remembered_for_ever() -> None:
    limiter = Limiter(RateLimits(page="5/second", shared=1))
    for number in range(1_500):
        assert limiter.seconds_to_wait("page", f"visitor:{number}", f"10.0.{number // 250}.{number % 250}") is None
    until = time.monotonic() + 60
    # The storage lets go of what has expired in a thread of its own, some time after it is asked.
    while any(hits for key, hits in list(limiter._counts.events.items()) if "visitor:" in key):
        assert time.monotonic() < until, "the storage lets go of nothing"
        limiter.seconds_to_wait("page", "late", "10.1.0.0")
        time.sleep(0.1)
    for number in range(1_000):
        limiter.seconds_to_wait("page", f"late:{number}", f"10.1.{number // 250}.{number % 250}")
    assert not [key for key in limiter._counts.events if "visitor:" in key]


def test_a_sweep_forgives_nobody() -> None:
    limiter = Limiter(RateLimits(page="3/hour", shared=10_000))
    assert [limiter.seconds_to_wait("page", "she", "10.0.0.1") for _ in range(3)] == [None] * 3
    for number in range(2_000):
        limiter.seconds_to_wait("page", f"visitor:{number}", "10.0.0.1")
    assert limiter.seconds_to_wait("page", "she", "10.0.0.1") is not None
