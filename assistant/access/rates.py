"""How often somebody may ask: limits by caller and by address, over a moving window, in memory."""

from __future__ import annotations

import math
import time
from collections.abc import Iterable
from dataclasses import dataclass
from ipaddress import IPv6Address, ip_address
from typing import Literal

from limits import RateLimitItem, parse_many
from limits.storage import MemoryStorage
from limits.strategies import MovingWindowRateLimiter

Rate = Literal["page", "ask", "sign_in", "upload", "flag"]

# A household or an office has one such network of IPv6 addresses; whoever has one has all of them.
_NETWORK_BITS = 64
_SWEPT_EVERY = 1_000


@dataclass(frozen=True)
class RateLimits:
    """How often, as `limits` writes it (`60/minute;600/hour`): by caller, and by address, which an office shares.

    Attributes:
        page: any request.
        ask: questions and other events of a page.
        sign_in: attempts to sign in.
        upload: files.
        flag: answers reported as wrong.
        shared: by how much more an address may ask than one caller, except to sign in.
    """

    page: str = "1200/minute"
    ask: str = "240/minute"
    sign_in: str = "20/minute;200/hour"
    upload: str = "30/minute"
    flag: str = "6/minute;30/hour"
    shared: int = 5


def network_of(address: str) -> str:
    """What of a client's address is counted: IPv4 as it is, of IPv6 the network."""
    try:
        parsed = ip_address(address.partition("%")[0])
    except ValueError:
        return address
    if isinstance(parsed, IPv6Address):
        if parsed.ipv4_mapped is not None:
            return str(parsed.ipv4_mapped)
        return f"{IPv6Address(int(parsed) >> _NETWORK_BITS << _NETWORK_BITS)}/{_NETWORK_BITS}"
    return str(parsed)


class Limiter:
    """Counts requests of one process."""

    def __init__(self, limits: RateLimits | None = None) -> None:
        limits = limits or RateLimits()
        self._counts = MemoryStorage()
        self._window = MovingWindowRateLimiter(self._counts)
        self._until_swept = _SWEPT_EVERY
        self._own: dict[Rate, list[RateLimitItem]] = {
            "page": parse_many(limits.page),
            "ask": parse_many(limits.ask),
            "sign_in": parse_many(limits.sign_in),
            "upload": parse_many(limits.upload),
            "flag": parse_many(limits.flag),
        }
        self._shared: dict[Rate, list[RateLimitItem]] = {
            kind: items if kind == "sign_in" else [_times(item, limits.shared) for item in items]
            for kind, items in self._own.items()
        }

    def seconds_to_wait(self, kind: Rate, caller: str, address: str) -> int | None:
        """Counts a request.

        Args:
            kind: what is asked.
            caller: the id of the caller.
            address: of the client.

        Returns:
            None if it is allowed; else after how many whole seconds the next one may be.
        """
        network = network_of(address)
        wanted = [(item, ("caller", kind, caller)) for item in self._own[kind]]
        wanted += [(item, ("address", kind, network)) for item in self._shared[kind]]
        full = [(item, key) for item, key in wanted if not self._window.test(item, *key)]
        if full:
            return self._wait(full)
        for item, key in wanted:
            self._window.hit(item, *key)
        self._sweep()
        return None

    def _sweep(self) -> None:
        """From time to time, forgets who has not come for so long that nothing counts; the storage forgets nobody."""
        self._until_swept -= 1
        if not self._until_swept:
            self._until_swept = _SWEPT_EVERY
            for key in [key for key, hits in list(self._counts.events.items()) if not hits]:
                self._counts.clear(key)

    def _wait(self, full: Iterable[tuple[RateLimitItem, tuple[str, ...]]]) -> int:
        free = max(self._window.get_window_stats(item, *key).reset_time for item, key in full)
        return max(1, math.ceil(free - time.time()))


def _times(item: RateLimitItem, factor: int) -> RateLimitItem:
    return type(item)(item.amount * factor, item.multiples, item.namespace)
