"""The knobs of the knowledge side: where things live and which model embeds them."""

from __future__ import annotations

from pathlib import Path

from pydantic import Field
from pydantic_settings import BaseSettings, SettingsConfigDict

PACKAGE = Path(__file__).resolve().parent


class KnowledgeSettings(BaseSettings):
    """Settings read from the environment with the prefix `BZT_`."""

    model_config = SettingsConfigDict(env_prefix="BZT_", extra="ignore", protected_namespaces=())

    data: Path = Field(default=Path(".data"), description="The data directory: releases, database, model files.")
    knowledge: Path = Field(default=PACKAGE, description="The folder of policy documents, manifest and reward rules.")
    embedding_model: str | None = Field(
        default=None,
        description="A sentence-transformers model: a folder or a name. Default: multilingual-e5-small from its wheel.",
    )
    device: str | None = Field(default=None, description="cpu, cuda, ...; default: a GPU if there is one.")
    actor: str | None = Field(
        default=None, description="Who publishes, for the audit log; default: the user at the machine."
    )
    keep_releases: int = Field(
        default=20, ge=2, description="How many published releases are kept, the live one and those to roll back to."
    )
