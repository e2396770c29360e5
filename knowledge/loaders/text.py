"""Plain text, in UTF-8, UTF-16 with a byte order mark, GB18030 or Big5."""

from __future__ import annotations

import codecs
from pathlib import Path

from knowledge.errors import SourceError

_BOMS = ((codecs.BOM_UTF8, "utf-8-sig"), (codecs.BOM_UTF16_LE, "utf-16"), (codecs.BOM_UTF16_BE, "utf-16"))
_LEGACY = ("gb18030", "big5")
# The most frequent characters and marks of Chinese prose in both scripts: a wrong decoding hits next to none of them.
_FREQUENT = frozenset(
    "的一是在不了有和人这中大为上个国我以要他时来用们生到作地于出会可主发年同工也能下过子说产种面而方后多定行学法所民得经"
    "這為個國時來們會發過說產種後學經實標準對開關業務應權部員資獎勵標各市及"
    "，。、；：（）《》“”「」"
)
# Below this share of control characters a file is still text (form feeds, stray bells); binaries are far above.
_MAX_CONTROL_SHARE = 0.01


def load(path: Path) -> str:
    """The text of the file at `path`, decoded and otherwise as it is; a byte order mark is not part of it.

    Raises:
        SourceError: the file is missing, unreadable, empty or not text.
    """
    try:
        data = path.read_bytes()
    except OSError as error:
        reason = error.strerror or type(error).__name__
        raise SourceError(f"{path}: expected a readable text file, got an error from the system ({reason})") from error
    text = _decode(path, data)
    if not text.strip():
        raise SourceError(f"{path}: expected the text of a policy document, got an empty file; remove or replace it")
    controls = sum(1 for c in text if c < " " and c not in "\t\n\r\f\v")
    if "\0" in text or controls > _MAX_CONTROL_SHARE * len(text):
        raise SourceError(f"{path}: expected a text file, got binary data; save the document as plain text first")
    return text


def _decode(path: Path, data: bytes) -> str:
    for bom, encoding in _BOMS:
        if data.startswith(bom):
            return _strict(path, data, encoding)
    try:
        return data.decode("utf-8")
    except UnicodeDecodeError:
        pass
    readings = []
    for encoding in _LEGACY:
        try:
            readings.append(data.decode(encoding))
        except UnicodeDecodeError:
            continue
    if not readings or b"\0" in data:
        raise SourceError(
            f"{path}: expected text in UTF-8, GB18030 or Big5, got other bytes; save the document as UTF-8"
        )
    return max(readings, key=_familiarity)


def _strict(path: Path, data: bytes, encoding: str) -> str:
    try:
        return data.decode(encoding)
    except UnicodeDecodeError as error:
        raise SourceError(
            f"{path}: the byte order mark promises {encoding}, but byte {error.start} does not fit; save it as UTF-8"
        ) from error


def _familiarity(text: str) -> float:
    """Share of the non-ASCII characters that are frequent in Chinese prose."""
    foreign = [c for c in text if c > "\x7f"]
    return sum(c in _FREQUENT for c in foreign) / max(1, len(foreign))
