"""Files that hold files: archives (.zip), messages (.eml) and pages saved whole (.mht). What they hold is read in one text,
file below file.
"""

from __future__ import annotations

import email
import email.policy
import posixpath
import re
import zipfile
from email.message import EmailMessage, Message
from email.utils import parsedate_to_datetime

from knowledge.errors import ScanError, SourceError
from knowledge.limits import Limits
from knowledge.loaders import html
from knowledge.loaders.formats import MEMBER_ENDINGS, parse_member
from knowledge.loaders.source import Source, Writer
from knowledge.loaders.text import decode_declared
from knowledge.loaders.zips import open_zip, read_member

_UTF8_NAME = 0x800
_PASSED_ON = re.compile(r"(?:(?:转发|回复|答复|转|fwd?|re)\s*[:：]\s*)+", re.IGNORECASE)
# Messages within messages.
_DEEPEST_MESSAGE = 3


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
    return _whole(_message(message, name, limits, _DEEPEST_MESSAGE), name, "a message")


def parse_mhtml(data: bytes, name: str, _limits: Limits) -> Source:
    """A web page that a browser saved whole with what it shows; its frames are not read.

    Raises:
        SourceError: the file holds no web page, or none with text.
    """
    message = email.message_from_bytes(data, policy=email.policy.default)
    pages = [part for part in message.walk() if part.get_content_type() in ("text/html", "application/xhtml+xml")]
    if not pages:
        raise SourceError(f"{name}: expected a saved web page, got none inside; save the page again")
    source = html.parse_declared(_payload(pages[0]), _charset(pages[0]), name)
    frames = len(pages) - 1
    notes = (f"{frames} frames of the page were not read: save them by themselves if the document is there",)
    return source.model_copy(update={"notes": (*source.notes, *notes)}) if frames else source


def _message(message: EmailMessage, name: str, limits: Limits, depth: int) -> Writer:
    """The words of a message and what is attached to it; `depth` is how many messages may still stand in one another."""
    writer = Writer()
    _write_head(writer, message)
    body = message.get_body(preferencelist=("html", "plain"))
    if isinstance(body, EmailMessage) and (content := _payload(body)).strip():
        if body.get_content_subtype() == "html":
            writer.append(html.parse_declared(content, _charset(body), f"{name}: body"), "body")
        else:
            writer.append(Source(text=decode_declared(content, _charset(body), f"{name}: body")), "body")
        writer.break_line()
    for attachment in message.iter_attachments():
        inner = attachment.get_filename() or ""
        if attachment.get_content_type() == "message/rfc822":
            carried = attachment.get_content()
            if isinstance(carried, EmailMessage) and depth:
                writer.break_line()
                writer.append(_message(carried, name, limits, depth - 1).source(), inner or "message")
            else:
                writer.note(f"{inner or 'a message inside'} was not read: give it by itself")
        elif not inner:
            writer.note(f"an attachment without a name ({attachment.get_content_type()}) was not read")
        else:
            _append(writer, _payload(attachment), inner, name, limits)
    return writer


def _payload(part: Message) -> bytes:
    payload = part.get_payload(decode=True)
    return payload if isinstance(payload, bytes) else b""


def _charset(part: Message) -> str:
    return str(part.get_content_charset() or "")


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


def _write_head(writer: Writer, message: EmailMessage) -> None:
    """Subject, sender and date. That the message forwards something is no part of the title of what it forwards."""
    if subject := " ".join(str(message["subject"] or "").split()):
        passed_on = _PASSED_ON.match(subject)
        at = passed_on.end() if passed_on else 0
        writer.write(subject[:at], "site_chrome")
        writer.write(f"{subject[at:]}\n")
    if message["from"]:
        writer.write(f"来源：{' '.join(str(message['from']).split())}\n")
    try:
        sent = parsedate_to_datetime(str(message["date"])) if message["date"] else None
    except ValueError:
        sent = None
    if sent:
        writer.write(f"日期：{sent.year}年{sent.month}月{sent.day}日\n")


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
