"""Every knob of the product, in one flat model. Each can be set as `BZT_NAME` in the environment."""

from __future__ import annotations

from ipaddress import ip_network
from pathlib import Path
from typing import Literal
from urllib.parse import urlsplit

from limits import parse_many
from pydantic import Field, SecretStr, field_validator

from assistant.access.rates import RateLimits
from assistant.access.table import ANONYMOUS, API_SCOPES, KeyScope
from knowledge.settings import KnowledgeSettings

DATABASE_FILE = "biaozhuntong.db"


class Settings(KnowledgeSettings):
    """Settings of the assistant and its page, on top of those of the knowledge side."""

    host: str = Field(default="127.0.0.1", description="Address the page and the API listen on.")
    port: int = Field(default=7860, ge=0, le=65535)
    max_question: int = Field(default=2000, ge=100, description="Characters of a question that are read.")
    max_history: int = Field(default=12, ge=0, description="Earlier turns that are read.")
    # What is read of a dialogue is searched with as well: on one core, twelve turns of 2,000 characters of nothing but
    # counts took 5 seconds, 6,000 characters take 1. Three full turns fit, or twelve of 500 characters.
    max_history_text: int = Field(
        default=6000, ge=0, description="Characters of earlier turns that are read, the latest first; whole turns."
    )
    evidence_clauses: int = Field(default=12, ge=1, description="Clauses looked at for an answer.")
    # How sure the best sentence must be before it may answer. Measurement: docs/decisions/0004-abstention.md.
    evidence_confidence: float = Field(default=0.4, ge=0, le=1)
    # The same for a question that names no place and no document.
    evidence_confidence_unscoped: float = Field(default=0.6, ge=0, le=1)
    # From here on what comes nearest is shown, as no answer.
    evidence_nearby: float = Field(default=0.18, ge=0, le=1)
    unreviewed_rules: bool = Field(
        default=False, description="Whether reward rules that no person has confirmed may answer, with a warning."
    )
    evidence_tokens: int = Field(
        default=3000, ge=200, description="Token budget of what a chat model is given of one answer."
    )

    # A chat model that words the answers. Without `model` there is none, and nothing of it is imported.
    model: str | None = Field(default=None, description="Name of a chat model; unset, answers are composed.")
    model_url: str | None = Field(
        default=None, description="Base address of its OpenAI-compatible endpoint, with the /v1."
    )
    model_key: SecretStr | None = Field(default=None, description="Its key, where the endpoint wants one.")
    model_seconds: float = Field(default=30, gt=0, le=600, description="Longest time one answer waits for the model.")
    model_silence_seconds: float = Field(
        default=10, gt=0, le=600, description="Longest silence of the endpoint before it is given up."
    )
    model_pause: float = Field(
        default=60, ge=0, description="Seconds in which an endpoint that failed is not asked again."
    )
    model_answer_tokens: int = Field(default=700, ge=50, description="Most tokens the model may write for one answer.")
    model_rewrites: bool = Field(
        default=False, description="Whether the model may reword a question for retrieval, within its place and year."
    )
    # The share of a sentence's words that must stand in what it cites. Measurement: docs/decisions/0006-chat-model.md.
    wording_support: float = Field(default=0.6, ge=0, le=1)
    answer_cache: int = Field(default=256, ge=0, description="Worded answers kept in memory; 0 keeps none.")

    # Access. Rates are written as `60/minute;600/hour`; they count by caller, and by address times `rate_shared`.
    anonymous: str = Field(
        default=" ".join(sorted(ANONYMOUS)),
        description="What of the API needs neither an account nor a key: scopes, separated by spaces; empty for nothing.",
    )
    session_idle_minutes: int = Field(default=480, gt=0, description="A session ends after so long without use.")
    session_hours: int = Field(default=168, gt=0, description="A session ends after so long in any case.")
    lock_after: int = Field(
        default=5, ge=2, description="Wrong passwords after which an account is locked for a minute."
    )
    lock_minutes: int = Field(default=15, ge=1, description="The longest lock; each further wrong password doubles it.")
    rate_page: str = Field(default=RateLimits.page, description="Requests of any kind.")
    rate_ask: str = Field(default=RateLimits.ask, description="Questions and other events.")
    rate_sign_in: str = Field(default=RateLimits.sign_in, description="Attempts to sign in; the same by address.")
    rate_upload: str = Field(default=RateLimits.upload, description="Uploads.")
    rate_flag: str = Field(default=RateLimits.flag, description="Answers reported as wrong.")
    rate_shared: int = Field(default=RateLimits.shared, ge=1, description="How many callers may share one address.")
    trusted_proxies: str = Field(
        default="",
        description="Addresses or networks of proxies that are believed about the client's address and https, by spaces.",
    )
    oidc_issuer: str | None = Field(default=None, description="The identity provider people sign in with; unset, none.")
    oidc_client_id: str | None = Field(default=None, description="What the identity provider calls this application.")
    oidc_client_secret: SecretStr | None = Field(default=None, description="What this application proves itself with.")
    oidc_role_claim: str = Field(default="groups", description="The claim of its id token that decides on the role.")
    oidc_roles: str = Field(
        default="", description="The roles its words give: `word=staff other=maintainer`; who has none cannot sign in."
    )
    public_url: str | None = Field(
        default=None, description="https://… where browsers find the server, if a proxy stands before it."
    )

    database_url: SecretStr | None = Field(
        default=None,
        description="postgresql://… or sqlite:///…; unset, the file biaozhuntong.db in the data directory.",
    )

    retention_days: int = Field(
        default=365,
        ge=0,
        description="Days after which what nobody touched is deleted: conversations, feedback, inquiries without a reply; "
        "0 keeps everything.",
    )

    # The help desk. Replies tell to ask here, never where an old document says.
    contact_office: str = Field(default="", max_length=100, description="The office that answers inquiries.")
    contact_phone: str = Field(default="", max_length=60, description="Its telephone.")
    contact_address: str = Field(default="", max_length=200, description="Its address.")
    desk_second_approver: bool = Field(
        default=False, description="Whether a reply is approved by another person than the one who wrote it."
    )
    desk_refuse_marked: Literal["amounts", "all", "none"] = Field(
        default="amounts",
        description="Which marked sentences of a reply nobody can approve: those about amounts, all, or none.",
    )

    @property
    def database(self) -> str | Path:
        """What `open_store` takes: the address of the database, or the file in the data directory."""
        return self.database_url.get_secret_value() if self.database_url else self.data / DATABASE_FILE

    @property
    def anonymous_scopes(self) -> frozenset[KeyScope]:
        """`anonymous`, as a set."""
        return frozenset(scope for scope in API_SCOPES if scope in self.anonymous.split())

    @field_validator("anonymous")
    @classmethod
    def _scopes(cls, value: str) -> str:
        unknown = set(value.split()) - API_SCOPES
        if unknown:
            raise ValueError(f"expected scopes out of {', '.join(sorted(API_SCOPES))}")
        return value

    @field_validator("rate_page", "rate_ask", "rate_sign_in", "rate_upload", "rate_flag")
    @classmethod
    def _rates(cls, value: str) -> str:
        try:
            parse_many(value)
        except ValueError:
            raise ValueError("expected rates such as 60/minute;600/hour") from None
        return value

    @field_validator("trusted_proxies")
    @classmethod
    def _networks(cls, value: str) -> str:
        for part in value.split():
            ip_network(part, strict=False)
        return value

    @field_validator("public_url")
    @classmethod
    def _address(cls, value: str | None) -> str | None:
        parts = urlsplit(value or "https://unset")
        if parts.scheme not in ("http", "https") or not parts.netloc or parts.path not in ("", "/") or parts.query:
            raise ValueError("expected an address such as https://answers.example.org, without a path")
        return value.rstrip("/") if value else None

    @field_validator(
        "model",
        "model_url",
        "model_key",
        "database_url",
        "public_url",
        "oidc_issuer",
        "oidc_client_secret",
        mode="before",
    )
    @classmethod
    def _blank_is_unset(cls, value: object) -> object:
        return None if isinstance(value, str) and not value.strip() else value
