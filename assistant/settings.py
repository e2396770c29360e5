"""Every knob of the product, in one flat model. Each can be set as `BZT_NAME` in the environment."""

from __future__ import annotations

from pathlib import Path
from typing import Literal

from pydantic import Field, SecretStr, field_validator

from knowledge.settings import KnowledgeSettings

DATABASE_FILE = "biaozhuntong.db"


class Settings(KnowledgeSettings):
    """Settings of the assistant and its page, on top of those of the knowledge side."""

    host: str = Field(default="127.0.0.1", description="Address the page and the API listen on.")
    port: int = Field(default=7860, ge=0, le=65535)
    max_question: int = Field(default=2000, ge=100, description="Characters of a question that are read.")
    max_history: int = Field(default=12, ge=0, description="Earlier turns that are read.")
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

    database_url: SecretStr | None = Field(
        default=None,
        description="postgresql://… or sqlite:///…; unset, the file biaozhuntong.db in the data directory.",
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

    @field_validator("model", "model_url", "model_key", "database_url", mode="before")
    @classmethod
    def _blank_is_unset(cls, value: object) -> object:
        return None if isinstance(value, str) and not value.strip() else value
