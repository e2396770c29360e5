"""Signing in with an identity provider: OpenID Connect, code flow with PKCE, state and nonce."""

from __future__ import annotations

import hmac
import logging
import secrets
import time
from collections import OrderedDict
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from threading import Lock
from typing import Any
from urllib.parse import urlsplit

import httpx2
from authlib.common.errors import AuthlibBaseError
from authlib.integrations.httpx_client import OAuth2Client
from authlib.oidc.core import CodeIDToken
from httpx2 import HTTPError, InvalidURL
from joserfc import jwt
from joserfc.errors import JoseError
from joserfc.jwk import KeySet

from assistant.access.provider import NoRole, Person, Provider, ProviderError
from knowledge.errors import UsageError

_log = logging.getLogger(__name__)

# A key of both sides' signs nothing here: whoever has the client's secret must not be able to make tokens.
_ALGORITHMS = ("RS256", "RS384", "RS512", "PS256", "PS384", "PS512", "ES256", "ES384", "ES512")
_SECONDS_TO_ANSWER = 10
_SECONDS_TO_SIGN_IN = 600
# Attempts under way; the oldest makes room.
_MOST_ATTEMPTS = 10_000
_METADATA_SECONDS = 3600
# Clocks of two machines differ.
_LEEWAY_SECONDS = 60
_LOOPBACK = ("127.0.0.1", "localhost", "::1")


@dataclass(frozen=True, slots=True)
class _Attempt:
    nonce: str
    verifier: str
    browser: str
    redirect_uri: str
    wanted: str
    since: float


class OpenIdConnect:
    """Sends people to the provider, and reads what it says when they come back.

    Args:
        provider: what is set.
        now: seconds that go on, for the time an attempt may take.
    """

    def __init__(self, provider: Provider, *, now: Callable[[], float] = time.monotonic) -> None:
        _check_address(provider.issuer)
        self._provider = provider
        self._now = now
        self._lock = Lock()
        self._attempts: OrderedDict[str, _Attempt] = OrderedDict()
        self._metadata: tuple[float, dict[str, Any]] | None = None

    def start(self, *, browser: str, redirect_uri: str, wanted: str) -> str:
        """The address to send somebody to.

        Args:
            browser: what only this browser shows again when it comes back.
            redirect_uri: where it comes back to.
            wanted: where the person wants to go after that.

        Raises:
            ProviderError: the provider cannot be asked.
        """
        metadata = self._discover()
        state, nonce, verifier = (secrets.token_urlsafe(32) for _ in range(3))
        with self._client(redirect_uri) as client:
            address, _ = client.create_authorization_url(
                str(metadata["authorization_endpoint"]), state=state, nonce=nonce, code_verifier=verifier
            )
        with self._lock:
            self._attempts[state] = _Attempt(nonce, verifier, browser, redirect_uri, wanted, self._now())
            while len(self._attempts) > _MOST_ATTEMPTS:
                self._attempts.popitem(last=False)
        return str(address)

    def finish(self, *, browser: str, state: str, code: str) -> tuple[Person, str]:
        """Who came back, and where they wanted to go. An attempt is good for once.

        Raises:
            ProviderError: the attempt is unknown, too old or of another browser; the provider refused, or its token is not
                for us, not its own, or too old.
            NoRole: none of the person's words gives a role.
        """
        with self._lock:
            attempt = self._attempts.pop(state, None)
        if attempt is None or self._now() - attempt.since > _SECONDS_TO_SIGN_IN:
            raise ProviderError("expected an answer to an attempt under way, got none or one too late; sign in again")
        if not code:
            raise ProviderError("the identity provider refused; try again")
        if not hmac.compare_digest(attempt.browser.encode(), browser.encode()):
            raise ProviderError("expected the browser that began to sign in, got another; sign in again")
        try:
            claims = self._claims(attempt, code)
        except (AuthlibBaseError, JoseError, HTTPError, InvalidURL, ValueError, KeyError, TypeError) as error:
            # Only the kind of the error: its words may hold what the provider sent.
            _log.warning("the identity provider did not say who somebody is: %s", type(error).__name__)
            raise ProviderError("the identity provider did not say who this is; try again") from None
        return self._person(claims), attempt.wanted

    def _claims(self, attempt: _Attempt, code: str) -> Mapping[str, Any]:
        metadata = self._discover()
        with self._client(attempt.redirect_uri) as client:
            token = client.fetch_token(
                str(metadata["token_endpoint"]),
                grant_type="authorization_code",
                code=code,
                code_verifier=attempt.verifier,
            )
        keys = KeySet.import_key_set(_json(str(metadata["jwks_uri"])))
        decoded = jwt.decode(token["id_token"], keys, algorithms=list(_ALGORITHMS))
        claims = CodeIDToken(
            decoded.claims,
            decoded.header,
            options={
                "iss": {"essential": True, "value": self._provider.issuer},
                "aud": {"essential": True, "value": self._provider.client_id},
            },
            params={
                "nonce": attempt.nonce,
                "client_id": self._provider.client_id,
                "access_token": token.get("access_token"),
            },
        )
        claims.validate(leeway=_LEEWAY_SECONDS)
        return dict(claims)

    def _person(self, claims: Mapping[str, Any]) -> Person:
        said = claims.get(self._provider.role_claim)
        words = [said] if isinstance(said, str) else said if isinstance(said, list) else []
        roles = [self._provider.roles[word] for word in words if isinstance(word, str) and word in self._provider.roles]
        if not roles:
            raise NoRole("the identity provider knows this person, who has no role here; ask an administrator")
        name = next((str(claims[key]) for key in ("preferred_username", "name", "email") if claims.get(key)), "")
        # Only the issuer's own subject names a person for good: names and addresses are given to others.
        return Person(f"{self._provider.issuer} {claims['sub']}", name or str(claims["sub"]), max(roles))

    def _client(self, redirect_uri: str) -> OAuth2Client:
        return OAuth2Client(
            self._provider.client_id,
            self._provider.client_secret,
            scope=self._provider.scope,
            redirect_uri=redirect_uri,
            code_challenge_method="S256",
            timeout=_SECONDS_TO_ANSWER,
        )

    def _discover(self) -> dict[str, Any]:
        """What the provider says of itself, asked again every hour."""
        kept = self._metadata
        if kept is not None and self._now() - kept[0] < _METADATA_SECONDS:
            return kept[1]
        issuer = self._provider.issuer
        try:
            metadata: dict[str, Any] = _json(f"{issuer.rstrip('/')}/.well-known/openid-configuration")
            if metadata["issuer"] != issuer:
                raise ValueError("another issuer")
            for endpoint in ("authorization_endpoint", "token_endpoint", "jwks_uri"):
                _check_address(str(metadata[endpoint]))
        except (AuthlibBaseError, HTTPError, InvalidURL, ValueError, KeyError, UsageError) as error:
            _log.warning("the identity provider %s cannot be asked: %s", issuer, type(error).__name__)
            raise ProviderError(
                "the identity provider cannot be asked; try again, or look at BZT_OIDC_ISSUER"
            ) from None
        self._metadata = (self._now(), metadata)
        return metadata


def _json(address: str) -> Any:  # noqa: ANN401 - as the provider sends it
    answer = httpx2.get(address, timeout=_SECONDS_TO_ANSWER)
    answer.raise_for_status()
    return answer.json()


def _check_address(address: str) -> None:
    parts = urlsplit(address)
    if parts.scheme != "https" and not (parts.scheme == "http" and parts.hostname in _LOOPBACK):
        raise UsageError(f"expected an https address of an identity provider, got {address!r}; see BZT_OIDC_ISSUER")
