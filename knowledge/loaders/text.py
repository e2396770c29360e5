"""Plain text, in UTF-8, UTF-16, GB18030 or Big5."""

from __future__ import annotations

import codecs
import re
from collections.abc import Sequence

from knowledge.errors import SourceError
from knowledge.limits import Limits
from knowledge.loaders.source import Source

_BOMS = ((codecs.BOM_UTF8, "utf-8-sig"), (codecs.BOM_UTF16_LE, "utf-16"), (codecs.BOM_UTF16_BE, "utf-16"))
# Windows writes cp950 and calls it Big5; Hong Kong adds characters of its own.
_LEGACY = ("gb18030", "cp950", "big5hkscs")
_CONTAINING = {"gb2312": "gb18030", "gbk": "gb18030", "x-gbk": "gb18030", "big5": "cp950", "unicode": "utf-16"}
_WIDE = ("utf-16-le", "utf-16-be")
# In a reading with the bytes of each pair changed round, or of what is no text, the characters come from everywhere.
_FEWEST_EXPECTED = 0.95
_EXPECTED = re.compile(r"[\t\r\n -~\u2010-\u2027\u3000-\u301f\u4e00-\u9fff\uff01-\uff5e]")
# The most frequent characters and marks of Chinese prose in both scripts: a wrong decoding hits next to none of them.
_FREQUENT = frozenset(
    "的一是在不了有和人这中大为上个国我以要他时来用们生到作地于出会可主发年同工也能下过子说产种面而方后多定行学法所民得经"
    "這為個國時來們會發過說產種後學經實標準對開關業務應權部員資獎勵標各市及"
    "，。、；：（）《》“”「」"
)
# Text of which this share is frequent is in the encoding it is read in, and no character has more bytes than this.
_FEWEST_FAMILIAR = 0.1
_WIDEST = 4
# Private use, kana, Greek and Cyrillic: what characters of the one encoding are in the other.
_STRANGE = re.compile(r"[\ue000-\uf8ff\u3040-\u30ff\u0370-\u04ff]")
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
    # Programs that join texts leave the mark of each in front of the whole.
    text = _decoded(data, name).lstrip("\ufeff")
    if not text.strip():
        raise SourceError(f"{name}: expected the text of a policy document, got an empty file; remove or replace it")
    controls = len(_CONTROL.findall(text))
    if "\0" in text or controls > _MAX_CONTROL_SHARE * len(text):
        raise SourceError(f"{name}: expected a text file, got binary data; save the document as plain text first")
    return text


def decode_declared(data: bytes, declared: str, name: str) -> str:
    """The text of bytes whose format says how they are encoded; what it says may be wrong or empty.

    Raises:
        SourceError: they are none, blank, or not text.
    """
    encoding = declared.strip().lower()
    if not encoding or data.startswith(tuple(bom for bom, _ in _BOMS)):
        return decode(data, name)
    try:
        # They say gb2312 and big5 and mean what contains it.
        text = data.decode(_CONTAINING.get(encoding, encoding))
    except (UnicodeDecodeError, LookupError):
        return decode(data, name)
    try:
        # A single-byte encoding fits any bytes.
        return max(text, decode(data, name), key=_familiarity)
    except SourceError:
        return text


def _decoded(data: bytes, name: str) -> str:
    for bom, encoding in _BOMS:
        if data.startswith(bom):
            return _strict(data, name, encoding)
    if (wide := _wide(data)) is not None:
        return wide
    try:
        return data.decode("utf-8")
    except UnicodeDecodeError:
        pass
    if b"\0" in data:
        raise SourceError(_unreadable(name, "other bytes"))
    readings = [wide for encoding in _WIDE if (wide := _wide_as(data, encoding)) is not None]
    misfits = []
    for encoding in ("utf-8", *_LEGACY):
        try:
            readings.append(data.decode(encoding))
        except UnicodeDecodeError as error:
            misfits.append(error)
    if not readings:
        raise SourceError(_unreadable(name, _fitting(data, misfits)))
    return max(readings, key=_familiarity)


def _fitting(data: bytes, misfits: Sequence[UnicodeDecodeError]) -> str:
    """What bytes are that fit no encoding: one that fits most of them, if it does, and where it ends."""
    best = max(misfits, key=lambda error: error.start)
    fitting = data[: best.start].decode(best.encoding)
    if _familiarity(fitting) < _FEWEST_FAMILIAR:
        return "other bytes"
    if best.end >= len(data) - _WIDEST:
        return f"{best.encoding.upper()} that is cut short in the middle of a character"
    return f"{best.encoding.upper()} up to line {fitting.count(chr(10)) + 1} and other bytes in it"


def _unreadable(name: str, got: str) -> str:
    return f"{name}: expected text in UTF-8, UTF-16, GB18030 or Big5, got {got}; mend it and save the document as UTF-8"


def _wide(data: bytes) -> str | None:
    """The text of UTF-16 without a byte order mark; None for other bytes.

    Line ends and digits have a zero byte in it, which no other encoding of text has.
    """
    if b"\0" not in data:
        return None
    return next((text for encoding in _WIDE if (text := _wide_as(data, encoding)) is not None), None)


def _wide_as(data: bytes, encoding: str) -> str | None:
    if len(data) % 2:
        return None
    try:
        text = data.decode(encoding)
    except UnicodeDecodeError:
        return None
    return text if len(_EXPECTED.findall(text)) >= _FEWEST_EXPECTED * len(text) else None


def _strict(data: bytes, name: str, encoding: str) -> str:
    try:
        return data.decode(encoding)
    except UnicodeDecodeError as error:
        raise SourceError(
            f"{name}: the byte order mark promises {encoding}, but byte {error.start} does not fit; save it as UTF-8"
        ) from error


def _familiarity(text: str) -> float:
    """Share of the non-ASCII characters that are frequent in Chinese prose, less that of those that are never in it."""
    foreign = [c for c in text if c > "\x7f"]
    strange = len(_STRANGE.findall(text))
    return (sum(c in _FREQUENT for c in foreign) - strange) / max(1, len(foreign))
