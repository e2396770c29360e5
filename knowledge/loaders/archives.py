"""Files that hold files: archives (.zip), messages (.eml) and pages saved whole (.mht). What they hold is read in one text,
file below file. A file inside that is damaged, encrypted or not what its name says is left out, and said.
"""

from __future__ import annotations

import email
import email.policy
import posixpath
import re
import zipfile
from email.errors import CloseBoundaryNotFoundDefect
from email.message import EmailMessage, Message
from email.utils import parsedate_to_datetime

from knowledge.errors import LimitError, ScanError, SourceError
from knowledge.limits import Limits
from knowledge.loaders import html
from knowledge.loaders.formats import CONTAINERS, ENDINGS, MEMBER_ENDINGS, parse_member
from knowledge.loaders.source import Source, Writer
from knowledge.loaders.text import decode, decode_declared
from knowledge.loaders.zips import open_zip, read_member

_UTF8_NAME = 0x800
_PASSED_ON = re.compile(r"(?:(?:转发|回复|答复|转|fwd?|re)\s*[:：]\s*)+", re.IGNORECASE)
# Messages within messages.
_DEEPEST_MESSAGE = 3
_BOM = b"\xef\xbb\xbf"
# So many of the files that cannot be read are named with the reason.
_LISTED = 8


def parse_zip(data: bytes, name: str, limits: Limits) -> Source:
    """The documents of an archive in order of their names, each below a line with its name, which is dropped.
    An archive inside is not read.

    Raises:
        LimitError: the archive, or a file in it, is over a limit.
        SourceError: the archive is damaged, or holds no document that can be read.
    """
    writer = Writer()
    with open_zip(data, name, limits) as archive:
        members = sorted((_decoded_name(m), m) for m in archive.infolist() if not m.is_dir())
        left = limits.unpacked_megabytes * 2**20
        for inner, member in members:
            if _is_litter(inner):
                continue
            if not _is_read(writer, inner):
                continue
            try:
                content = read_member(archive, member, inner, limits)
            except LimitError as error:
                raise LimitError(f"{name}: {error}") from error
            except SourceError as error:
                _leave_out(writer, inner, error)
                continue
            left -= len(content)
            if left < 0:
                raise LimitError(
                    f"{name}: expected less when unpacked; raise BZT_UNPACKED_MEGABYTES if it is to be trusted"
                )
            _append(writer, content, inner, name, limits)
    return _whole(writer, name, "an archive")


def parse_eml(data: bytes, name: str, limits: Limits) -> Source:
    """The subject, sender, date and words of a message, and its attachments that can be read.

    Raises:
        LimitError: an attachment is over a limit.
        SourceError: the file is no message, is cut short, or holds nothing that can be read.
    """
    message = _parsed(data, name, "a message")
    if not isinstance(message, EmailMessage) or not any(
        message[key] for key in ("from", "subject", "date", "mime-version")
    ):
        raise SourceError(
            f"{name}: expected a message with its head lines, got none; save it from the mail program again"
        )
    return _whole(_message(message, name, limits, _DEEPEST_MESSAGE), name, "a message")


def parse_mhtml(data: bytes, name: str, _limits: Limits) -> Source:
    """A web page that a browser saved whole with what it shows: of the page and its frames the one with most text.

    Raises:
        SourceError: the file is cut short, holds no web page, or none with text.
    """
    message = _parsed(data, name, "a saved web page")
    pages = []
    problem = SourceError(f"{name}: expected a saved web page, got none inside; save the page again")
    for part in message.walk():
        if part.get_content_type() in ("text/html", "application/xhtml+xml"):
            try:
                pages.append(html.parse_declared(_payload(part), _charset(part), name))
            except SourceError as error:
                # That of a frame set says nothing where a frame has a text.
                problem = error
    if not pages:
        raise problem
    source = max(pages, key=_kept)
    if frames := len(pages) - 1:
        note = f"{frames} other frames of the page were not read: save them by themselves if the document is there"
        return source.model_copy(update={"notes": (*source.notes, note)})
    return source


def _parsed(data: bytes, name: str, what: str) -> Message:
    message = email.message_from_bytes(data.removeprefix(_BOM), policy=email.policy.default)
    if any(isinstance(defect, CloseBoundaryNotFoundDefect) for defect in message.defects):
        raise SourceError(f"{name}: expected {what}, got one that is cut short; save it again")
    return message


def _kept(source: Source) -> int:
    """How many characters of a text are not dropped."""
    return len(source.text) - sum(span.end - span.start for span in source.dropped)


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
    elif not message.is_multipart() and (content := _payload(message)).strip():
        # It is said to have parts, and not what is between them.
        writer.append(Source(text=decode(content, f"{name}: body")), "body")
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
        elif _is_read(writer, inner):
            _append(writer, _payload(attachment), inner, name, limits)
    return writer


def _payload(part: Message) -> bytes:
    payload = part.get_payload(decode=True)
    return payload if isinstance(payload, bytes) else b""


def _charset(part: Message) -> str:
    return str(part.get_content_charset() or "")


def _is_read(writer: Writer, inner: str) -> bool:
    """Whether files of that name are read inside others; one that is not is said."""
    if inner.lower().endswith(MEMBER_ENDINGS):
        return True
    if inner.lower().endswith(tuple(ending for ending, form in ENDINGS.items() if form in CONTAINERS)):
        writer.note(f"{inner} was not read: it holds files of its own; give it by itself")
    else:
        writer.note(f"{inner} was not read: it is none of {', '.join(MEMBER_ENDINGS)}")
    return False


def _leave_out(writer: Writer, inner: str, error: SourceError) -> None:
    writer.note(f"{inner} was left out: {str(error).removeprefix(f'{inner}: ')}")


def _append(writer: Writer, content: bytes, inner: str, name: str, limits: Limits) -> None:
    try:
        source = parse_member(content, inner, limits)
    except LimitError as error:
        raise LimitError(f"{name}: {error}") from error
    except ScanError as error:
        if not limits.leave_out_scans:
            raise ScanError(f"{name}: {error}") from error
        _leave_out(writer, inner, error)
        return
    except SourceError as error:
        _leave_out(writer, inner, error)
        return
    writer.break_line()
    writer.write(f"【{inner}】", "separator")
    writer.write("\n")
    writer.append(source, inner)
    writer.break_line()


def _whole(writer: Writer, name: str, what: str) -> Source:
    source = writer.source()
    if len("".join(source.text.split())) <= len(source.text) - _kept(source) and not source.rows:
        more = [f"and {len(source.notes) - _LISTED} more"] if len(source.notes) > _LISTED else []
        held = "; ".join((*source.notes[:_LISTED], *more)) or "it is empty"
        raise SourceError(f"{name}: expected {what} with policy documents, got none that can be read ({held})")
    return source


def _write_head(writer: Writer, message: EmailMessage) -> None:
    """Subject, sender and date. That the message forwards something is no part of the title of what it forwards."""
    if subject := _header(message, "subject"):
        passed_on = _PASSED_ON.match(subject)
        at = passed_on.end() if passed_on else 0
        writer.write(subject[:at], "site_chrome")
        writer.write(f"{subject[at:]}\n")
    if sender := _header(message, "from"):
        writer.write(f"来源：{sender}\n")
    try:
        sent = parsedate_to_datetime(str(message["date"])) if message["date"] else None
    except ValueError:
        sent = None
    if sent:
        writer.write(f"日期：{sent.year}年{sent.month}月{sent.day}日\n")


def _header(message: Message, key: str) -> str:
    """A head line in one line; one that is not encoded as it should be is in the encoding that fits it best."""
    raw = next((str(value) for name, value in message.raw_items() if name.lower() == key), "")
    try:
        raw.encode("utf-8")
        words = str(message[key] or "")
    except UnicodeEncodeError:
        # The parser keeps bytes that are no ASCII as surrogates.
        words = decode(raw.encode("ascii", "surrogateescape"), key)
    return " ".join(words.split())


def _decoded_name(member: zipfile.ZipInfo) -> str:
    """The member's name; one that is not marked as UTF-8 is in the Chinese encoding of the machine that packed it."""
    name = member.filename
    if not member.flag_bits & _UTF8_NAME:
        try:
            return decode(name.encode("cp437"), name)
        except (UnicodeEncodeError, SourceError):
            pass
    return name


def _is_litter(name: str) -> bool:
    """Whether a file is what an operating system leaves in archives."""
    return (
        name.startswith("__MACOSX/") or posixpath.basename(name).startswith((".", "~$")) or name.endswith("Thumbs.db")
    )
