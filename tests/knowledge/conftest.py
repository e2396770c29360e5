"""A data directory with the small corpus, to be changed."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from knowledge.datadir import DataDirectory
from knowledge.embedding import HashEmbeddings
from knowledge.releases import build
from tests.corpus import write_corpus


@pytest.fixture(scope="session")
def built(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A data directory with the small corpus. Copy it before changing it."""
    folder = tmp_path_factory.mktemp("built")
    build(write_corpus(folder / "corpus"), DataDirectory(folder / "data"), HashEmbeddings())
    return folder / "data"


@pytest.fixture
def data(built: Path, tmp_path: Path) -> DataDirectory:
    """A copy of its own."""
    return DataDirectory(Path(shutil.copytree(built, tmp_path / "data")))
