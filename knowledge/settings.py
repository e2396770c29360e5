"""The knobs of the knowledge side: where things live and which model embeds them."""

from __future__ import annotations

from pathlib import Path

from pydantic import Field
from pydantic_settings import BaseSettings, SettingsConfigDict

from knowledge.limits import Limits

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
    # What reading one file may cost. A PDF of 300 pages takes about 10 seconds and 200 MB.
    file_megabytes: int = Field(default=100, gt=0, description="The largest document, in MB.")
    unpacked_megabytes: int = Field(default=400, gt=0, description="What an archive may hold unpacked, in MB.")
    members: int = Field(default=2000, gt=0, description="How many files an archive may hold.")
    pages: int = Field(default=2000, gt=0, description="How many pages a PDF may have.")
    characters: int = Field(default=5_000_000, gt=0, description="The longest text of a document.")
    seconds: int = Field(default=120, gt=0, description="How long reading one document may take.")
    memory_megabytes: int = Field(default=1536, gt=0, description="How much memory reading one document may take.")
    ocr_seconds: int = Field(default=1800, gt=0, description="How long recognising a scan may take.")
    ocr_memory_megabytes: int = Field(default=6144, gt=0, description="How much memory recognising a scan may take.")

    def limits(self) -> Limits:
        """What reading one file may cost."""
        return Limits(**{name: getattr(self, name) for name in Limits.model_fields if hasattr(self, name)})

    def recognition(self) -> dict[str, int | bool]:
        """The limits that are others where a scan is recognised."""
        return {"recognize": True, "seconds": self.ocr_seconds, "memory_megabytes": self.ocr_memory_megabytes}
