"""The formats there are: what their files are called, what their bytes look like, and who reads them."""

from __future__ import annotations

import re
import zipfile
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from importlib import import_module
from io import BytesIO
from typing import Literal

from knowledge.errors import LimitError, SourceError
from knowledge.limits import Limits
from knowledge.loaders.source import Source
from knowledge.loaders.text import decode

Format = Literal["text", "html", "mhtml", "markdown", "csv", "pdf", "docx", "xlsx", "eml", "zip"]
Parse = Callable[[bytes, str, Limits], Source]
"""One signature: the bytes, the name that errors call the file, the limits."""


@dataclass(frozen=True, slots=True)
class _Reader:
    endings: tuple[str, ...]
    module: str
    function: str = "parse"


_READERS: Mapping[Format, _Reader] = {
    "text": _Reader((".txt",), "text"),
    "html": _Reader((".html", ".htm"), "html"),
    "mhtml": _Reader((".mht", ".mhtml"), "archives", "parse_mhtml"),
    "markdown": _Reader((".md",), "markdown"),
    "csv": _Reader((".csv",), "sheets", "parse_csv"),
    "pdf": _Reader((".pdf",), "pdf"),
    "docx": _Reader((".docx",), "docx"),
    "xlsx": _Reader((".xlsx",), "sheets", "parse_xlsx"),
    "eml": _Reader((".eml",), "archives", "parse_eml"),
    "zip": _Reader((".zip",), "archives", "parse_zip"),
}
ENDINGS: Mapping[str, Format] = {ending: form for form, reader in _READERS.items() for ending in reader.endings}
"""The format that each ending of a file name promises."""
CONTAINERS: frozenset[Format] = frozenset({"zip", "eml"})
"""The formats of files that hold documents."""
MEMBER_ENDINGS = tuple(ending for ending, form in ENDINGS.items() if form not in CONTAINERS)
"""Endings of the files that are read inside archives and messages."""

# What the first bytes of files say that no reader takes, and what to do with such a file.
_FOREIGN = (
    (
        b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1",
        "an encrypted or old Office file",
        "save it without password as .docx or .xlsx",
    ),
    (b"{\\rtf", "a rich text file", "save it as .docx"),
    (b"Rar!\x1a\x07", "a RAR archive", "unpack it and give the documents"),
    (b"7z\xbc\xaf\x27\x1c", "a 7z archive", "unpack it and give the documents"),
    (b"\x1f\x8b", "a gzip archive", "unpack it and give the documents"),
    (b"\x89PNG", "a picture", "put the scan into a PDF"),
    (b"\xff\xd8\xff", "a picture", "put the scan into a PDF"),
    (b"GIF8", "a picture", "put the scan into a PDF"),
    (b"BM", "a picture", "put the scan into a PDF"),
    (b"II*\x00", "a picture", "put the scan into a PDF"),
    (b"MM\x00*", "a picture", "put the scan into a PDF"),
)
_NAMES: Mapping[Format, str] = {
    "text": "plain text",
    "html": "a web page",
    "mhtml": "a saved web page",
    "markdown": "Markdown",
    "csv": "a table of text",
    "pdf": "a PDF",
    "docx": "a Word document",
    "xlsx": "a workbook",
    "eml": "a message",
    "zip": "an archive",
}
# Formats of text look alike; any of them may be called what its owner says it is.
_TEXTS: frozenset[Format] = frozenset({"text", "html", "mhtml", "markdown", "csv", "eml"})
_PAGE = re.compile(
    rb"\s*(?:<\?xml[^>]*>\s*)?(?:<!--.*?-->\s*)*(?:<!doctype\s+html|<html[\s>])", re.IGNORECASE | re.DOTALL
)
# What browsers write at the head of a page saved with all that it shows.
_SAVED = re.compile(
    rb"(?:[A-Za-z-]+:[^\r\n]*\r?\n(?:[ \t]+[^\r\n]*\r?\n)*)*?content-type:\s*multipart/related", re.IGNORECASE
)
_HEAD = 2048


def parse_as(form: Format, data: bytes, name: str, limits: Limits) -> Source:
    """The source in the bytes of a file of that format.

    Raises:
        SourceError: the file is damaged, encrypted, empty, of another kind, or over a limit.
    """
    reader = _READERS[form]
    # Imported when needed: none of them is for plain text.
    parse: Parse = getattr(import_module(f"knowledge.loaders.{reader.module}"), reader.function)
    source = parse(data, name, limits)
    if len(source.text) > limits.characters:
        raise LimitError(
            f"{name}: expected at most {limits.characters:,} characters, got {len(source.text):,}; split the file, or "
            "raise BZT_CHARACTERS"
        )
    return source


def parse_member(data: bytes, name: str, limits: Limits) -> Source:
    """The source in a file inside an archive or a message.

    Raises:
        SourceError: as `parse_as` and `check_format` do.
    """
    form = check_format(data, name)
    try:
        return parse_as(form, data, name, limits)
    except (SourceError, MemoryError):
        raise
    except Exception as error:  # parsers of damaged files raise anything
        raise SourceError(damaged(name, error)) from error


def damaged(name: str, error: Exception) -> str:
    """What to say of a file that a parser gave up with an error of its own."""
    problem = f"{type(error).__name__}: {error}" if str(error) else type(error).__name__
    return f"{name}: expected a file that can be read, got a damaged one ({problem}); save it anew"


def check_format(data: bytes, name: str) -> Format:
    """The format that the name's ending promises and the bytes confirm.

    Raises:
        SourceError: the ending is unknown, the file is empty, or its bytes are those of another format.
    """
    ending = next((ending for ending in ENDINGS if name.lower().endswith(ending)), None)
    if ending is None:
        known = ", ".join(f"`{known}`" for known in sorted(ENDINGS))
        suffix = re.search(r"\.[^./\\]*\Z", name)
        raise SourceError(
            f"{name}: expected a file that ends in {known}, got `{suffix[0] if suffix else ''}`; save it as one of them"
        )
    promised = ENDINGS[ending]
    if not data.strip(b"\0 \t\r\n"):
        raise SourceError(f"{name}: expected the text of a policy document, got an empty file; remove or replace it")
    for magic, what, remedy in _FOREIGN:
        # Two letters are not enough to tell a picture from text.
        if data.startswith(magic) and (len(magic) > 2 or b"\0" in data[:16]):
            raise SourceError(f"{name}: expected {_NAMES[promised]}, got {what}; {remedy}")
    found = _sniffed(data, name)
    if found == promised or (found == "text" and promised in _TEXTS):
        return promised
    # A page saved whole is at times called an ordinary one, and is a message by its form.
    if found == "mhtml" and promised in ("html", "eml"):
        return found if promised == "html" else promised
    if found == "text" and not _is_text(data):
        raise SourceError(
            f"{name}: expected {_NAMES[promised]}, as its name says, got bytes of no kind; fetch it again"
        )
    remedy = f"rename it to `{_READERS[found].endings[0]}` if that is what it should be"
    if found in _TEXTS:
        remedy += "; it may be the error page of a download"
    raise SourceError(f"{name}: expected {_NAMES[promised]}, as its name says, got {_NAMES[found]}; {remedy}")


def _is_text(data: bytes) -> bool:
    try:
        decode(data, "")
    except SourceError:
        return False
    return True


def _sniffed(data: bytes, name: str) -> Format:
    if b"%PDF-" in data[:1024]:
        return "pdf"
    if data.startswith((b"PK\x03\x04", b"PK\x05\x06")):
        return _kind_of_zip(data, name)
    head = data[:_HEAD].removeprefix(b"\xef\xbb\xbf")
    if _SAVED.match(head.lstrip()):
        return "mhtml"
    return "html" if _PAGE.match(head) else "text"


def _kind_of_zip(data: bytes, name: str) -> Format:
    try:
        with zipfile.ZipFile(BytesIO(data)) as archive:
            names = set(archive.namelist())
    except (zipfile.BadZipFile, ValueError, OverflowError, NotImplementedError) as error:
        raise SourceError(
            f"{name}: expected a whole file, got one that is cut short or damaged ({error}); fetch it again"
        ) from error
    if "[Content_Types].xml" not in names:
        return "zip"
    if any(inner.startswith("xl/") for inner in names):
        return "xlsx"
    if any(inner.startswith("word/") for inner in names):
        return "docx"
    raise SourceError(f"{name}: expected a document, got an Office file of another kind; save it as .docx or .pdf")
