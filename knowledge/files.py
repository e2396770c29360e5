"""What releases ask of the file system: files replaced in one step, and directories that stay while somebody reads them."""

from __future__ import annotations

import fcntl
import os
import shutil
import tempfile
import weakref
from contextlib import suppress
from pathlib import Path

from knowledge.errors import CorruptRelease

# Every temporary of these functions starts so; whoever holds the writer's place may remove what a kill left of them.
WRITING, REMOVING = ".writing-", ".removing-"


def replace_file(path: Path, content: bytes, *, mode: int = 0o600) -> None:
    """Give `path` a new content in one step that a kill cannot split, and that is on the disk when this returns."""
    handle, temporary = tempfile.mkstemp(dir=path.parent, prefix=WRITING)
    try:
        with os.fdopen(handle, "wb") as file:
            os.fchmod(handle, mode)
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        os.replace(temporary, path)
    except BaseException:
        Path(temporary).unlink(missing_ok=True)
        raise
    sync_directory(path.parent)


def sync_directory(directory: Path) -> None:
    """Make names that were written into `directory` last through a power failure, where the system can."""
    with suppress(OSError):
        descriptor = os.open(directory, os.O_RDONLY)
        try:
            os.fsync(descriptor)
        finally:
            os.close(descriptor)


def remove_aside(directory: Path) -> None:
    """Remove a directory so that nobody sees a half of it: it loses its name first."""
    aside = Path(tempfile.mkdtemp(dir=directory.parent, prefix=REMOVING))
    os.replace(directory, aside)
    shutil.rmtree(aside, ignore_errors=True)


class Hold:
    """A reader's hold on a directory, by a shared lock on one file of it; it falls with `close` or with the process.

    Raises:
        CorruptRelease: the file cannot be opened, or the directory is being removed.
    """

    def __init__(self, file: Path) -> None:
        try:
            descriptor = os.open(file, os.O_RDONLY)
        except OSError as error:
            raise CorruptRelease(
                f"{file} cannot be read ({error.strerror}); run `python -m knowledge build`"
            ) from error
        self._close = weakref.finalize(self, os.close, descriptor)
        try:
            fcntl.flock(descriptor, fcntl.LOCK_SH | fcntl.LOCK_NB)
            there = os.stat(file).st_ino == os.fstat(descriptor).st_ino
        except (BlockingIOError, FileNotFoundError):
            there = False
        except OSError:  # a file system without locks: nothing is ever removed there, see `unused`
            there = True
        if not there:
            self.close()
            raise CorruptRelease(f"{file.parent} is being removed; ask again")

    def close(self) -> None:
        """Let go."""
        self._close()


def unused(file: Path) -> int | None:
    """A descriptor that keeps new readers of `file` away until it is closed, or None where somebody holds the file."""
    try:
        descriptor = os.open(file, os.O_RDONLY)
    except OSError:
        return None
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError:
        os.close(descriptor)
        return None
    return descriptor
