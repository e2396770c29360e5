"""How access is set up: the settings, as the parts that the application is made of."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING

from assistant.access.provider import Provider, roles_of
from assistant.access.rates import RateLimits
from assistant.access.service import Accounts, Lockout, SessionLimits
from assistant.access.table import ANONYMOUS, KeyScope
from knowledge.errors import UsageError

if TYPE_CHECKING:
    from assistant.access.oidc import OpenIdConnect
    from assistant.settings import Settings
    from assistant.store import Store


@dataclass(frozen=True)
class AccessSetup:
    """What the application needs to know of access.

    Attributes:
        accounts: knows sessions and keys; without it everybody is a visitor.
        anonymous: the scopes that need no account and no key.
        rates: how often somebody may ask; without it nobody waits.
        provider: signs in people who have no password here.
        public_url: the address at which browsers find the server, where a proxy before it changes it.
    """

    accounts: Accounts | None = None
    anonymous: Collection[KeyScope] = ANONYMOUS
    rates: RateLimits | None = None
    provider: OpenIdConnect | None = None
    public_url: str | None = None


def provider_of(settings: Settings) -> OpenIdConnect | None:
    """The identity provider of the settings; None where none is set.

    Raises:
        UsageError: it is set in part, or the packages for it are not installed.
    """
    if settings.oidc_issuer is None:
        return None
    roles = roles_of(settings.oidc_roles)
    if not settings.oidc_client_id or settings.oidc_client_secret is None or not roles:
        raise UsageError(
            "expected BZT_OIDC_CLIENT_ID, BZT_OIDC_CLIENT_SECRET and BZT_OIDC_ROLES beside BZT_OIDC_ISSUER, got not all"
        )
    try:
        from assistant.access.oidc import OpenIdConnect
    except ImportError:
        raise UsageError(
            "an identity provider needs packages that are not installed: install them with "
            'pip install "biaozhuntong[oidc]", or leave BZT_OIDC_ISSUER unset'
        ) from None
    secret = settings.oidc_client_secret.get_secret_value()
    return OpenIdConnect(
        Provider(settings.oidc_issuer, settings.oidc_client_id, secret, settings.oidc_role_claim, roles)
    )


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
        provider=provider_of(settings),
        public_url=settings.public_url,
    )
