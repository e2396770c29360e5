"""Every error the product raises on purpose.

BiaozhuntongError
├── UsageError              a command or a call was used wrongly
├── DataFileError           a YAML or JSON file a person maintains is wrong (names file, line, key, expectation)
├── SourceError             a policy document cannot be read
│   ├── ScanError           its pages are pictures of text
│   └── LimitError          reading it would cost more than it may
├── EmbedderError           the embedding model is missing or is not the one the release was built with
├── ChatModelError          a chat model did not answer; the composed answer is shown instead
├── StoreError              the database cannot be opened, read or written
│   └── NotKept             what was asked for is not there, or is somebody else's
└── ReleaseError
    ├── NoRelease           the data directory holds no live release yet
    └── CorruptRelease      a release does not match its own manifest

Each message says what was expected, what came, and what to do. What one room alone raises is defined there, under one of
these.
"""

from __future__ import annotations

from pathlib import Path


class BiaozhuntongError(Exception):
    """Base of all errors that are meant for a person; printed as one sentence, never as a traceback."""


class UsageError(BiaozhuntongError):
    """A command or a call was used wrongly."""


class DataFileError(BiaozhuntongError):
    """A maintained data file is wrong.

    Args:
        path: the file.
        problem: what was expected, what came, what to do.
        line: 1-based line number, where it is known.
        key: dotted key inside the file, where it is known.
    """

    def __init__(self, path: Path | str, problem: str, *, line: int | None = None, key: str | None = None) -> None:
        self.path, self.problem, self.line, self.key = Path(path), problem, line, key
        where = str(path) + (f", line {line}" if line else "") + (f", key `{key}`" if key else "")
        super().__init__(f"{where}: {problem}")


class SourceError(BiaozhuntongError):
    """A policy document cannot be read."""


class ScanError(SourceError):
    """Pages of a document are pictures of text and hold no text."""


class LimitError(SourceError):
    """Reading a document would take more room, files or characters than the limits allow."""


class EmbedderError(BiaozhuntongError):
    """The embedding model is missing, broken, or not the one the release was built with."""


class ChatModelError(BiaozhuntongError):
    """A chat model did not answer. Its message never holds what was sent or received.

    Args:
        message: what happened, what to do.
        passing: whether trying again at once may help.
    """

    def __init__(self, message: str, *, passing: bool = False) -> None:
        self.passing = passing
        super().__init__(message)


class StoreError(BiaozhuntongError):
    """The database cannot be opened, read or written. Its message never holds a password or what is kept."""


class NotKept(StoreError):
    """What was asked for is not in the database, or belongs to somebody else; nobody is told which."""


class ReleaseError(BiaozhuntongError):
    """A release cannot be built, opened or switched."""


class NoRelease(ReleaseError):
    """The data directory holds no live release yet."""


class CorruptRelease(ReleaseError):
    """A release does not match its own manifest."""
