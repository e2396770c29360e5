"""Archives opened with care: nothing is taken from what their heads say of sizes."""

from __future__ import annotations

import io
import zipfile
import zlib

from knowledge.errors import LimitError, SourceError
from knowledge.limits import MEGABYTE, Limits


def open_zip(data: bytes, name: str, limits: Limits) -> zipfile.ZipFile:
    """The archive, whose members are known to fit the limits by what it says of itself.

    Raises:
        LimitError: it has too many members, or is too large unpacked.
        SourceError: it is cut short or damaged.
    """
    try:
        archive = zipfile.ZipFile(io.BytesIO(data))
    except (zipfile.BadZipFile, ValueError, OverflowError) as error:
        raise SourceError(
            f"{name}: expected a whole file, got one that is cut short or damaged ({error}); fetch it again"
        ) from error
    members = archive.infolist()
    if len(members) > limits.members:
        raise LimitError(
            f"{name}: expected at most {limits.members} files inside, got {len(members)}; take out what is needed"
        )
    if sum(member.file_size for member in members) > limits.unpacked_megabytes * MEGABYTE:
        raise LimitError(_too_large(name, limits))
    return archive


def read_member(archive: zipfile.ZipFile, member: zipfile.ZipInfo, name: str, limits: Limits) -> bytes:
    """The content of one member, never more than the limit whatever its header says.

    Raises:
        LimitError: it is larger than it may be.
        SourceError: it is encrypted or damaged.
    """
    if member.flag_bits & 1:
        raise SourceError(f"{name}: expected a file without a password, got an encrypted one; save it without password")
    most = limits.unpacked_megabytes * MEGABYTE
    try:
        with archive.open(member) as file:
            data = file.read(most + 1)
    except (zipfile.BadZipFile, zlib.error, EOFError, OSError, NotImplementedError, RuntimeError) as error:
        raise SourceError(
            f"{name}: expected a whole file, got one whose part {member.filename!r} is damaged ({error}); fetch it again"
        ) from error
    if len(data) > most:
        raise LimitError(_too_large(name, limits))
    return data


def _too_large(name: str, limits: Limits) -> str:
    return (
        f"{name}: expected at most {limits.unpacked_megabytes} MB unpacked, got more; if the file is to be trusted, "
        "raise BZT_UNPACKED_MEGABYTES"
    )
