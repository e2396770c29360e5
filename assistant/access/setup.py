"""How access is set up: the settings, as the parts that the application is made of."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING

from assistant.access.rates import RateLimits
from assistant.access.service import Accounts, Lockout, SessionLimits
from assistant.access.table import ANONYMOUS, KeyScope

if TYPE_CHECKING:
    from assistant.settings import Settings
    from assistant.store import Store


@dataclass(frozen=True)
class AccessSetup:
    """What the application needs to know of access.

    Attributes:
        accounts: knows sessions and keys; without it everybody is a visitor.
        anonymous: the scopes that need no account and no key.
        rates: how often somebody may ask; without it nobody waits.
        public_url: the address at which browsers find the server, where a proxy before it changes it.
    """

    accounts: Accounts | None = None
    anonymous: Collection[KeyScope] = ANONYMOUS
    rates: RateLimits | None = None
    public_url: str | None = None


def accounts_of(settings: Settings, store: Store) -> Accounts:
    """The accounts of a store, with sessions and lockouts as the settings say."""
    return Accounts(
        store.users,
        limits=SessionLimits(timedelta(minutes=settings.session_idle_minutes), timedelta(hours=settings.session_hours)),
        lockout=Lockout(settings.lock_after, longest=timedelta(minutes=settings.lock_minutes)),
        note=store.audit.note,
    )


def access_of(settings: Settings, store: Store) -> AccessSetup:
    """Access as the settings say, with the accounts of a store."""
    rates = RateLimits(
        settings.rate_page,
        settings.rate_ask,
        settings.rate_sign_in,
        settings.rate_upload,
        settings.rate_flag,
        settings.rate_shared,
    )
    return AccessSetup(
        accounts_of(settings, store),
        anonymous=settings.anonymous_scopes,
        rates=rates,
        public_url=settings.public_url,
    )
