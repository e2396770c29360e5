"""Plain text, in UTF-8, UTF-16 with a byte order mark, GB18030 or Big5."""

from __future__ import annotations

import codecs
import re

from knowledge.errors import SourceError
from knowledge.limits import Limits
from knowledge.loaders.source import Source

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
_CONTROL = re.compile(r"[^\t\n\r\f\v -\U0010ffff]")


def parse(data: bytes, name: str, _limits: Limits) -> Source:
    """The text of a plain text file, decoded and otherwise as it is; a byte order mark is not part of it.

    Raises:
        SourceError: the file is empty or not text.
    """
    return Source(text=decode(data, name))


def decode(data: bytes, name: str) -> str:
    """The text that the bytes of the file called `name` are, in the encoding that fits them best.

    Raises:
        SourceError: they are none, blank, or not text.
    """
    text = _decoded(data, name)
    if not text.strip():
        raise SourceError(f"{name}: expected the text of a policy document, got an empty file; remove or replace it")
    controls = len(_CONTROL.findall(text))
    if "\0" in text or controls > _MAX_CONTROL_SHARE * len(text):
        raise SourceError(f"{name}: expected a text file, got binary data; save the document as plain text first")
    return text


def _decoded(data: bytes, name: str) -> str:
    for bom, encoding in _BOMS:
        if data.startswith(bom):
            return _strict(data, name, encoding)
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
            f"{name}: expected text in UTF-8, GB18030 or Big5, got other bytes; save the document as UTF-8"
        )
    return max(readings, key=_familiarity)


def _strict(data: bytes, name: str, encoding: str) -> str:
    try:
        return data.decode(encoding)
    except UnicodeDecodeError as error:
        raise SourceError(
            f"{name}: the byte order mark promises {encoding}, but byte {error.start} does not fit; save it as UTF-8"
        ) from error


def _familiarity(text: str) -> float:
    """Share of the non-ASCII characters that are frequent in Chinese prose."""
    foreign = [c for c in text if c > "\x7f"]
    return sum(c in _FREQUENT for c in foreign) / max(1, len(foreign))
