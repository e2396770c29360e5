"""What every test gets: a clean environment, no network, and the default embedding model, made once."""

from __future__ import annotations

import os
import socket
from collections.abc import Iterator
from pathlib import Path
from unittest.mock import patch

import pytest

import knowledge.offline
from knowledge.embedding import MODELS_FOLDER, Embedder, default_embedder

_FOREIGN = ("BZT_", "OPENAI_", "LANGSMITH_", "LANGCHAIN_", "HF_", "TRANSFORMERS_", "GRADIO_", "CHROMA_")
_SHARED_DATA = "BZT_TEST_DATA"  # stays set: the workers of pytest-xdist read it too
_KEPT = {_SHARED_DATA, *knowledge.offline.SILENCED}

# Here and not in a fixture: libraries read these when they are first imported.
for name in [name for name in os.environ if name.startswith(_FOREIGN) and name not in _KEPT]:
    del os.environ[name]
os.environ["HF_HUB_OFFLINE"] = os.environ["TRANSFORMERS_OFFLINE"] = "1"


@pytest.fixture(autouse=True)
def clean_environment() -> Iterator[None]:
    """What a test sets is gone after it."""
    with patch.dict(os.environ):
        yield


@pytest.fixture(scope="session", autouse=True)
def no_network() -> Iterator[None]:
    """A connection to anywhere but this machine fails the test that makes it."""
    connect = socket.socket.connect

    def refuse(self: socket.socket, address: object) -> None:
        if self.family == socket.AF_UNIX or (
            isinstance(address, tuple) and address[0] in ("127.0.0.1", "::1", "localhost")
        ):
            return connect(self, address)  # type: ignore[arg-type]
        raise AssertionError(f"a test reached for the network: {address!r}")

    with patch.object(socket.socket, "connect", refuse):
        yield


@pytest.fixture(scope="session")
def models_folder(request: pytest.FixtureRequest) -> Path:
    """Where the converted model is kept from run to run: under BZT_TEST_DATA, or in pytest's cache."""
    cache = request.config.cache
    assert cache is not None
    shared = os.environ.get(_SHARED_DATA)
    folder = (Path(shared) if shared else cache.mkdir("biaozhuntong")) / MODELS_FOLDER
    folder.mkdir(parents=True, exist_ok=True)
    return folder.resolve()


@pytest.fixture(scope="session")
def data_dir(tmp_path_factory: pytest.TempPathFactory, models_folder: Path) -> Path:
    """A data directory of this session, empty but for the model."""
    folder = tmp_path_factory.mktemp("data")
    (folder / MODELS_FOLDER).symlink_to(models_folder, target_is_directory=True)
    return folder


@pytest.fixture(scope="session")
def embedder(data_dir: Path) -> Embedder:
    """The default embedder: multilingual-e5-small on sentence-transformers, on the CPU."""
    return default_embedder(data_dir, device="cpu")
