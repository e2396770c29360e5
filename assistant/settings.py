"""Every knob of the product, in one flat model. Each can be set as `BZT_NAME` in the environment."""

from __future__ import annotations

from pydantic import Field

from knowledge.settings import KnowledgeSettings


class Settings(KnowledgeSettings):
    """Settings of the assistant and its page, on top of those of the knowledge side."""

    host: str = Field(default="127.0.0.1", description="Address the page and the API listen on.")
    port: int = Field(default=7860, ge=0, le=65535)
    max_question: int = Field(default=2000, ge=100, description="Characters of a question that are read.")
    max_history: int = Field(default=12, ge=0, description="Earlier turns that are read.")
    evidence_clauses: int = Field(default=12, ge=1, description="Clauses looked at for an answer.")
    # How sure the best sentence must be before it may answer. Measurement: docs/decisions/0004-abstention.md.
    evidence_confidence: float = Field(default=0.5, ge=0, le=1)
    # The same for a question that names no place and no document.
    evidence_confidence_unscoped: float = Field(default=0.7, ge=0, le=1)
    evidence_tokens: int = Field(default=3000, ge=200, description="Token budget of an evidence pack for a chat model.")
