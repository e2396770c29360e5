"""Files that hold files: archives (.zip) and messages (.eml). What they hold is read in one text, file below file."""

from __future__ import annotations

import email
import email.policy
import posixpath
import zipfile
from collections.abc import Iterator
from email.message import EmailMessage
from email.utils import parsedate_to_datetime

from knowledge.errors import ScanError, SourceError
from knowledge.limits import Limits
from knowledge.loaders.formats import MEMBER_ENDINGS, parse_member
from knowledge.loaders.source import Source, Writer
from knowledge.loaders.zips import open_zip, read_member

_UTF8_NAME = 0x800


def parse_zip(data: bytes, name: str, limits: Limits) -> Source:
    """The documents of an archive in order of their names, each below a line with its name, which is dropped.
    An archive inside is not read.

    Raises:
        SourceError: the archive is damaged, encrypted, too large, or holds no document that can be read.
    """
    writer = Writer()
    with open_zip(data, name, limits) as archive:
        members = sorted((_decoded_name(m), m) for m in archive.infolist() if not m.is_dir())
        left = limits.unpacked_megabytes * 2**20
        for inner, member in members:
            if _is_litter(inner):
                continue
            content = read_member(archive, member, f"{name}: {inner}", limits)
            left -= len(content)
            if left < 0:
                raise SourceError(
                    f"{name}: expected less when unpacked; raise BZT_UNPACKED_MEGABYTES if it is to be trusted"
                )
            _append(writer, content, inner, name, limits)
    return _whole(writer, name, "an archive")


def parse_eml(data: bytes, name: str, limits: Limits) -> Source:
    """The subject, sender, date and words of a message, and its attachments that can be read.

    Raises:
        SourceError: the file is no message, or an attachment is damaged.
    """
    message = email.message_from_bytes(data, policy=email.policy.default)
    if not isinstance(message, EmailMessage) or not any(
        message[key] for key in ("from", "subject", "date", "mime-version")
    ):
        raise SourceError(
            f"{name}: expected a message with its head lines, got none; save it from the mail program again"
        )
    writer = Writer()
    for line in _head(message):
        writer.write(f"{line}\n")
    body = message.get_body(preferencelist=("html", "plain"))
    if isinstance(body, EmailMessage):
        ending = ".html" if body.get_content_subtype() == "html" else ".txt"
        content = str(body.get_content()).encode("utf-8")
        if content.strip():
            # The text is decoded, whatever the page says of its encoding.
            writer.append(parse_member(b"\xef\xbb\xbf" + content, f"body{ending}", limits), "body")
            writer.break_line()
    for attachment in message.iter_attachments():
        inner = attachment.get_filename() or ""
        payload = attachment.get_payload(decode=True)
        if inner and isinstance(payload, bytes):
            _append(writer, payload, inner, name, limits)
    return _whole(writer, name, "a message")


def _append(writer: Writer, content: bytes, inner: str, name: str, limits: Limits) -> None:
    if not inner.lower().endswith(MEMBER_ENDINGS):
        writer.note(f"{inner} was not read: it is none of {', '.join(MEMBER_ENDINGS)}")
        return
    try:
        source = parse_member(content, inner, limits)
    except ScanError as error:
        raise ScanError(f"{name}: {error}") from error
    except SourceError as error:
        raise SourceError(f"{name}: {error}") from error
    writer.break_line()
    writer.write(f"【{inner}】", "separator")
    writer.write("\n")
    writer.append(source, inner)
    writer.break_line()


def _whole(writer: Writer, name: str, what: str) -> Source:
    source = writer.source()
    dropped = sum(span.end - span.start for span in source.dropped)
    if len("".join(source.text.split())) <= dropped and not source.rows:
        held = "; ".join(source.notes) or "it is empty"
        raise SourceError(f"{name}: expected {what} with policy documents, got none that can be read ({held})")
    return source


def _head(message: EmailMessage) -> Iterator[str]:
    if message["subject"]:
        yield " ".join(str(message["subject"]).split())
    if message["from"]:
        yield f"来源：{' '.join(str(message['from']).split())}"
    try:
        sent = parsedate_to_datetime(str(message["date"])) if message["date"] else None
    except ValueError:
        sent = None
    if sent:
        yield f"日期：{sent.year}年{sent.month}月{sent.day}日"


def _decoded_name(member: zipfile.ZipInfo) -> str:
    """The member's name; one that is not marked as UTF-8 is in the Chinese encoding of the machine that packed it."""
    name = member.filename
    if not member.flag_bits & _UTF8_NAME:
        for encoding in ("utf-8", "gb18030"):
            try:
                return name.encode("cp437").decode(encoding)
            except (UnicodeEncodeError, UnicodeDecodeError):
                continue
    return name


def _is_litter(name: str) -> bool:
    """Whether a file is what an operating system leaves in archives."""
    return (
        name.startswith("__MACOSX/") or posixpath.basename(name).startswith((".", "~$")) or name.endswith("Thumbs.db")
    )
