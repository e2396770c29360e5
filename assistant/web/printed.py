"""A page of a document as it is printed: the original's picture with the quoted lines marked over it."""

from __future__ import annotations

import logging
import threading
import time
from collections import OrderedDict
from collections.abc import Callable
from dataclasses import dataclass
from urllib.parse import quote as url_quote
from urllib.parse import urlencode

from markupsafe import Markup

from assistant.web.evidence import Passage
from assistant.web.markup import template_html
from assistant.web.words import Words
from knowledge.errors import BiaozhuntongError, SourceError
from knowledge.limits import MEGABYTE, Limits
from knowledge.loaders.confined import draw_confined
from knowledge.loaders.pdf_picture import Picture
from knowledge.model import Document, PageLine, Policy
from knowledge.pages import locate

_log = logging.getLogger(__name__)

# A page of a usual document takes a second or two, most of it the start of the process.
LIMITS = Limits(seconds=20, memory_megabytes=1024)
# Some 300 pages of text, or a few dozen scans.
ROOM = 32 * MEGABYTE
# One page is drawn at a time; so many more may wait for so long.
MOST_WAITING = 4
LONGEST_WAIT = 15.0
# A page that could not be drawn is not tried again sooner.
RETRY_SECONDS = 300.0
_MOST_FAILED = 1000
# Points that a mark stands out from its line.
_MARGIN = 1.5

Originals = Callable[[str, Policy], bytes | None]
"""The file that a release read a policy from, by release id; None if it is not kept."""
Draw = Callable[[bytes, str, int, Limits], Picture]


class Busy(BiaozhuntongError):
    """Too many pages are being drawn."""


class PagePictures:
    """Pages as pictures, drawn when they are first asked for and kept while there is room. Safe to use from several threads.

    Args:
        originals: finds the files.
        draw: draws a page, within limits.
        room: how many bytes of pictures are kept.
        clock: seconds that only grow.
    """

    def __init__(
        self,
        originals: Originals,
        *,
        draw: Draw = draw_confined,
        room: int = ROOM,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._originals = originals
        self._draw = draw
        self._room = room
        self._clock = clock
        self._kept: OrderedDict[tuple[str, int], Picture] = OrderedDict()
        self._failed: OrderedDict[tuple[str, int], float] = OrderedDict()
        self._lock = threading.Lock()
        self._drawing = threading.Lock()
        self._places = threading.BoundedSemaphore(1 + MOST_WAITING)

    def find(self, release_id: str, policy: Policy, page: int) -> Picture | None:
        """A page of the file that a release read a policy from; None where there is no such file or it cannot be drawn.

        Raises:
            Busy: too many others wait for a page.
        """
        key = (policy.sha256, page)
        if (kept := self._look(key)) is not None:
            return kept
        if not self._places.acquire(blocking=False):
            raise Busy("too many pages are being drawn; ask again in a few seconds")
        try:
            if not self._drawing.acquire(timeout=LONGEST_WAIT):
                raise Busy("a page takes long to draw; ask again in a few seconds")
            try:
                # Perhaps drawn while this one waited.
                return self._look(key) or self._fresh(key, release_id, policy)
            finally:
                self._drawing.release()
        finally:
            self._places.release()

    def _look(self, key: tuple[str, int]) -> Picture | None:
        with self._lock:
            if key in self._kept:
                self._kept.move_to_end(key)
            return self._kept.get(key)

    def _fresh(self, key: tuple[str, int], release_id: str, policy: Policy) -> Picture | None:
        if self._clock() < self._failed.get(key, 0.0):
            return None
        data = self._originals(release_id, policy)
        if data is None:
            return None
        try:
            picture = self._draw(data, policy.source, key[1], LIMITS)
        except SourceError as error:
            _log.warning("page %d of %s could not be drawn: %s", key[1], policy.id, error)
            self._failed[key] = self._clock() + RETRY_SECONDS
            if len(self._failed) > _MOST_FAILED:
                self._failed.popitem(last=False)
            return None
        self._keep(key, picture)
        return picture

    def _keep(self, key: tuple[str, int], picture: Picture) -> None:
        with self._lock:
            self._kept[key] = picture
            while sum(len(kept.content) for kept in self._kept.values()) > self._room:
                self._kept.popitem(last=False)


def page_count(document: Document) -> int:
    """How many pages of the original can be shown; 0 for a format without pages, and for a file within another one."""
    if any(line.file for line in document.lines):
        return 0
    return max((line.page for line in document.lines), default=0)


def first_page(document: Document, passage: Passage | None) -> int:
    """The page that a passage begins on; the first page of the document without one, 0 where no page can be shown."""
    if not page_count(document):
        return 0
    return next((line.page for line in _lines(document, passage)), 1)


@dataclass(frozen=True)
class Opened:
    """A document that a reader has open.

    Attributes:
        document: as the release holds it.
        release: the id of the release.
        passage: what is cited; null where nothing is, or its words have moved.
        query: the release and the passage as the address names them, to be carried on to other pages.
        earlier: whether the live release no longer holds this text.
        moved: whether the cited words are not in the text any more.
    """

    document: Document
    release: str
    passage: Passage | None
    query: dict[str, str | int]
    earlier: bool = False
    moved: bool = False

    def text_href(self, root: str, language: str) -> str:
        """The address of the document's text, seen from `root`."""
        return f"{root}{self._path}?{urlencode({**self.query, 'lang': language})}"

    def page_href(self, page: int, root: str, language: str) -> str:
        """The address of a page of the original."""
        return f"{root}{self._path}/pages/{page}?{urlencode({**self.query, 'lang': language})}"

    def picture_href(self, page: int, root: str) -> str:
        """The address of the picture of a page."""
        return f"{root}{self._path}/pages/{page}/picture?{urlencode(self.query)}"

    @property
    def _path(self) -> str:
        return f"sources/{url_quote(self.document.policy.id, safe='')}"


@dataclass(frozen=True)
class Mark:
    """A quoted line over the picture: its corner, width and height in points."""

    x: float
    y: float
    width: float
    height: float


def marks(document: Document, passage: Passage | None, page: int) -> list[Mark]:
    """The quoted lines of a page."""
    return [_mark(line) for line in _lines(document, passage) if line.page == page]


def printed_html(opened: Opened, page: int, picture: Picture, words: Words, *, root: str) -> Markup:
    """A page of the original with the quoted lines marked, and the ways to the pages beside it and to the text.

    Args:
        opened: the document.
        page: counted from 1.
        picture: of the page.
        words: the labels.
        root: the way from the page that shows this to the root of the site; empty within the panel.
    """
    document, passage, count = opened.document, opened.passage, page_count(opened.document)
    lines = [line for line in _lines(document, passage) if line.page == page]
    quoted = " ".join(document.text[line.start : line.end] for line in lines)
    return template_html(
        "printed.html",
        words=words,
        policy=document.policy,
        page=page,
        count=count,
        picture=picture,
        source=opened.picture_href(page, root),
        marks=[_mark(line) for line in lines],
        quoted=quoted,
        elsewhere=[other for other in dict.fromkeys(line.page for line in _lines(document, passage)) if other != page],
        before=opened.page_href(page - 1, root, words.code) if page > 1 else "",
        after=opened.page_href(page + 1, root, words.code) if page < count else "",
        text=opened.text_href(root, words.code),
        earlier=opened.earlier,
        moved=opened.moved,
    )


def _lines(document: Document, passage: Passage | None) -> list[PageLine]:
    return locate(document, passage.start, passage.end) if passage else []


def _mark(line: PageLine) -> Mark:
    left, top, right, bottom = line.box
    return Mark(
        x=round(left - _MARGIN, 1),
        y=round(top - _MARGIN, 1),
        width=round(right - left + 2 * _MARGIN, 1),
        height=round(bottom - top + 2 * _MARGIN, 1),
    )
