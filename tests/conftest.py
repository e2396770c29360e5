"""What every test gets: a clean environment, no network, and what is dear to make, made once.

Two corpora stand ready: the project's own documents with the default embedding model (`release_dir`, `assistant`), and a
small invented one that builds in a second with a fake embedder (`small_release`, `small_assistant`).
"""

from __future__ import annotations

import hashlib
import os
import shutil
import socket
from collections.abc import Iterator
from pathlib import Path
from unittest.mock import patch

import hypothesis
import pytest
from filelock import FileLock

import knowledge.offline
from assistant.pipeline import Assistant
from assistant.settings import Settings
from knowledge import lexical, releases, translation, vectors
from knowledge.embedding import MODELS_FOLDER, Embedder, default_embedder
from knowledge.releases import DataDirectory, Release, build, open_live
from knowledge.settings import PACKAGE
from tests.corpus import TODAY, NarrowEmbeddings, write_corpus

_FOREIGN = ("BZT_", "OPENAI_", "LANGSMITH_", "LANGCHAIN_", "HF_", "TRANSFORMERS_", "GRADIO_", "CHROMA_")
_SHARED_DATA = "BZT_TEST_DATA"  # stays set: the workers of pytest-xdist read it too
_KEPT = {_SHARED_DATA, *knowledge.offline.SILENCED}

# Here and not in a fixture: libraries read these when they are first imported.
for name in [name for name in os.environ if name.startswith(_FOREIGN) and name not in _KEPT]:
    del os.environ[name]
# A busy machine is not a fault of what is tested, and the same tree gives the same result each time. Examples nobody has
# tried yet: pytest --hypothesis-profile exploring.
hypothesis.settings.register_profile(
    "patient", deadline=None, derandomize=True, suppress_health_check=[hypothesis.HealthCheck.too_slow]
)
hypothesis.settings.register_profile("exploring", hypothesis.settings.get_profile("patient"), derandomize=False)
hypothesis.settings.load_profile("patient")
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


@pytest.fixture(scope="session")
def release_dir(tmp_path_factory: pytest.TempPathFactory, models_folder: Path, embedder: Embedder) -> Path:
    """A data directory of this session whose live release is of the project's own documents. Copy it before changing it.

    The release is built once and kept beside the model from run to run: embedding takes a minute.
    """
    kept = DataDirectory(models_folder.parent / "releases-of-tests")
    folder = tmp_path_factory.mktemp("release")
    (folder / MODELS_FOLDER).symlink_to(models_folder, target_is_directory=True)
    own = DataDirectory(folder)
    with FileLock(f"{kept.path}.lock"):
        _set_aside_what_other_code_built(kept)
        release_id = build(PACKAGE, kept, embedder)
        shutil.copytree(kept.releases / release_id, own.releases / release_id)
    own.switch(release_id)
    return folder


def _set_aside_what_other_code_built(kept: DataDirectory) -> None:
    """A release is named by its content, so what other code made of it has the same name; its vectors are used again."""
    modules = (releases, lexical, translation, vectors)
    code = hashlib.sha256(b"".join(Path(str(module.__file__)).read_bytes() for module in modules)).hexdigest()
    stamp = kept.path / "code"
    if stamp.is_file() and stamp.read_text(encoding="utf-8") == code:
        return
    for name in kept.ids():
        if not name.endswith("-old"):
            aside = kept.releases / f"{name}-old"
            shutil.rmtree(aside, ignore_errors=True)
            (kept.releases / name).rename(aside)
    kept.path.mkdir(exist_ok=True)
    stamp.write_text(code, encoding="utf-8")


@pytest.fixture(scope="session")
def release(release_dir: Path) -> Iterator[Release]:
    """The release of the project's own documents, opened as the commands open it: questions are embedded in numpy."""
    opened = open_live(DataDirectory(release_dir), default_embedder(release_dir, quick=True))
    yield opened
    opened.close()


@pytest.fixture(scope="session")
def assistant(release: Release, release_dir: Path) -> Assistant:
    """The assistant over the project's own documents; today is always the same day."""
    return Assistant(release, Settings(data=release_dir), today=lambda: TODAY)


@pytest.fixture(scope="session")
def small_data(tmp_path_factory: pytest.TempPathFactory) -> DataDirectory:
    """A data directory with a release of the small invented corpus. Copy it before changing anything."""
    data = DataDirectory(tmp_path_factory.mktemp("small") / "data")
    build(write_corpus(data.path.parent / "corpus"), data, NarrowEmbeddings())
    return data


@pytest.fixture
def data(small_data: DataDirectory, tmp_path: Path) -> DataDirectory:
    """A copy of `small_data`, to be changed."""
    return DataDirectory(Path(shutil.copytree(small_data.path, tmp_path / "data")))


@pytest.fixture(scope="session")
def small_release(small_data: DataDirectory) -> Iterator[Release]:
    """The release of the small invented corpus, opened."""
    opened = open_live(small_data, NarrowEmbeddings())
    yield opened
    opened.close()


@pytest.fixture(scope="session")
def small_assistant(small_release: Release, small_data: DataDirectory) -> Assistant:
    """The assistant over the small invented corpus; today is always the same day."""
    return Assistant(small_release, Settings(data=small_data.path), today=lambda: TODAY)
