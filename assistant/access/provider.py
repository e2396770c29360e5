"""What is set of an identity provider, and who it says somebody is. What asks it is in `assistant.access.oidc`."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from assistant.access.caller import Role
from knowledge.errors import BiaozhuntongError, UsageError


class ProviderError(BiaozhuntongError):
    """The identity provider did not say who somebody is, or said it wrongly. Its message holds no token and no code."""


class NoRole(ProviderError):
    """The provider knows somebody who has no role here."""


@dataclass(frozen=True, slots=True)
class Provider:
    """What is set of an identity provider.

    Attributes:
        issuer: its address, as its tokens name it.
        client_id: what it calls this application.
        client_secret: what this application proves itself with.
        role_claim: the claim of the id token that decides on the role, a word or a list of words.
        roles: the role that each word gives; of several, the highest.
        scope: what is asked for.
    """

    issuer: str
    client_id: str
    client_secret: str = field(repr=False)
    role_claim: str
    roles: Mapping[str, Role]
    scope: str = "openid profile"


@dataclass(frozen=True, slots=True)
class Person:
    """Who somebody is, by the provider.

    Attributes:
        subject: names the person for good, with the provider.
        name: how the person is called there.
        role: what the person may do here.
    """

    subject: str
    name: str
    role: Role


def roles_of(text: str) -> dict[str, Role]:
    """Roles by words of a claim, from `word=staff other-word=maintainer`.

    Raises:
        UsageError: a part is not of this form, or names no role.
    """
    roles: dict[str, Role] = {}
    for part in text.split():
        word, _, role = part.rpartition("=")
        if not word or role.upper() not in Role.__members__ or Role[role.upper()] is Role.VISITOR:
            raise UsageError(f"expected word=staff, word=maintainer or word=administrator, got {part!r}")
        roles[word] = Role[role.upper()]
    return roles
