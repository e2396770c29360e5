"""Web pages: the whole visible text, of which all but title, metadata, document and attachments counts as furniture.

Which elements hold the document is known from the names that common templates use (`pages.yaml`), or else found as the
narrowest element in which most of the page's sentences stand. Struck-out words are left out, and said.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import lru_cache
from pathlib import Path
from urllib.parse import urlsplit

from lxml import etree
from lxml import html as lxml_html
from lxml.etree import _Element

from knowledge.datafile import DataFile
from knowledge.errors import SourceError
from knowledge.limits import Limits
from knowledge.loaders.notes import raised
from knowledge.loaders.source import Source, Writer
from knowledge.loaders.tables import Cell, table_lines
from knowledge.loaders.text import decode_declared
from knowledge.model import DropReason, Frozen
from knowledge.normalize import align
from knowledge.outline import find_markers, load_lexicon

PAGES_FILE = Path(__file__).with_name("pages.yaml")

_UNSEEN = {"script", "style", "noscript", "template", "iframe", "object", "svg", "canvas", "input", "select", "button"}
_UNSEEN |= {"textarea", "head", "audio", "video", "map", "rt", "rp"}
_INLINE = {
    "a",
    "abbr",
    "b",
    "big",
    "bdi",
    "bdo",
    "cite",
    "code",
    "em",
    "font",
    "i",
    "ins",
    "kbd",
    "label",
    "mark",
}
_INLINE |= {
    "q",
    "ruby",
    "samp",
    "small",
    "span",
    "strong",
    "sub",
    "sup",
    "time",
    "tt",
    "u",
    "var",
    "img",
}
_OPENED, _CLOSED = re.compile(r"<html[\s>]", re.IGNORECASE), re.compile(r"</(?:html|body)\s*>", re.IGNORECASE)
_NO_END = "the page has no end: it may be cut short; compare it with the site"
# Where the address of what a page shows within a frame stands, by the frame's element.
_FRAMES = {"iframe": "src", "frame": "src", "embed": "src", "object": "data"}
_NO_ADDRESS = ("about:", "javascript:")
# A frame as small as this many pixels shows nothing.
_SMALLEST_FRAME = 10
_CHARSET = re.compile(rb"<meta[^>]+charset\s*=\s*[\"']?\s*([\w-]+)", re.IGNORECASE)
_HIDDEN = re.compile(r"display\s*:\s*none|visibility\s*:\s*hidden", re.IGNORECASE)
_KEPT_LINES = re.compile(r"white-space\s*:\s*(?:pre|break-spaces)", re.IGNORECASE)
_BLANKS = re.compile(r"[ \t\r\n\f]+")
_PROSE_MARK = re.compile(r"[，。；、：,;:]")
# An element named like a document's holds at least this share of the page's sentences; without a name, most of them.
_NAMED_SHARE = 0.3
_MOST = 0.75
# A table with a longer cell, or one in a cell, lays out the page.
_LONGEST_CELL = 800
_FEWEST_LABELS = 2
_LONGEST_LABEL = 12
# Another element is a part of the document with this share of the sentences and an outline.
_PART_SHARE = 0.1
_FEWEST_MARKERS = 2
# A list of links within the document leads elsewhere.
_LISTING = ("ul", "ol", "div", "dl", "table", "section")
_FEWEST_LINKS = 2
_LINKED_SHARE = 0.75
_SENTENCE_END = re.compile(r"[。；]")
_STRUCK = ("del", "s", "strike")
_STRUCK_STYLE = re.compile(r"text-decoration[^;]*line-through", re.IGNORECASE)


class Pages(Frozen):
    """What `pages.yaml` holds."""

    main: tuple[str, ...]
    chrome: tuple[str, ...]
    chrome_tags: tuple[str, ...]
    title: tuple[str, ...]
    attachments: tuple[str, ...]


@lru_cache(maxsize=1)
def load_pages(path: Path = PAGES_FILE) -> Pages:
    """The names that the templates of web pages use.

    Raises:
        DataFileError: the file is not YAML, lacks a key, or has one too many.
    """
    file = DataFile(path)
    return file.parse(Pages, file.content)


def parse(data: bytes, name: str, _limits: Limits) -> Source:
    """The visible text of a web page, its furniture marked as dropped.

    Raises:
        SourceError: the file holds no web page, or none with visible text.
    """
    declared = _CHARSET.search(data[:4096])
    return parse_declared(data, declared[1].decode("ascii") if declared else "", name)


def parse_declared(data: bytes, declared: str, name: str) -> Source:
    """As `parse`, of a page whose encoding is declared outside of it, or not at all.

    Raises:
        SourceError: the file holds no web page, or none with visible text.
    """
    markup = decode_declared(data, declared, name).lstrip("\ufeff")
    # An encoding declared within text that is decoded already would be refused.
    markup = re.sub(r"^\s*<\?xml[^>]*\?>", "", markup)
    parser = lxml_html.HTMLParser(no_network=True, remove_comments=True, remove_pis=True, huge_tree=True)
    try:
        root = lxml_html.document_fromstring(markup, parser=parser)
    except (etree.ParserError, etree.XMLSyntaxError, ValueError) as error:
        raise SourceError(
            f"{name}: expected a web page, got markup that cannot be read ({error}); save it anew"
        ) from error
    if any(entry.type == etree.ErrorTypes.ERR_RESOURCE_LIMIT for entry in parser.error_log):
        raise SourceError(
            f"{name}: expected a web page, got one whose elements are nested too deep to be read whole; save it as text"
        )
    source = _Page(root).read()
    if not source.text.strip():
        reason = f" ({'; '.join(source.notes)})" if source.notes else ""
        raise SourceError(
            f"{name}: expected a web page with text, got one without{reason}; save the page with its text"
        )
    if _OPENED.search(markup) and not _CLOSED.search(markup):
        return source.model_copy(update={"notes": (*source.notes, _NO_END)})
    return source


class _Page:
    def __init__(self, root: _Element) -> None:
        self._writer = Writer()
        self._pages = load_pages()
        self._root = root
        body = root.find("body")
        self._body = root if body is None else body
        self._weights = self._weighed()
        self._mains = self._found_mains()
        self._kept = set(self._kept_elements())
        # Whether a line has just begun, and whether a blank is due before the next word of the line.
        self._fresh, self._blank = True, False
        self._lists: list[int] = []
        self._last = ""
        self._keeps_lines = False

    def read(self) -> Source:
        self._walk(self._body, False)
        if any(True for element in self._body.iter() if _is_struck(element) and _text(element)):
            self._writer.note("struck-out words were left out")
        if frames := sum(1 for element in self._root.iter(*_FRAMES) if _shows_frame(element)):
            self._writer.note(f"{frames} frames of the page were not read: save by itself what they show")
        attached = [_text(element) for element in self._body.iter("a") if self._is_attachment(element)]
        if attached:
            self._writer.note(f"attachments of the page are not in this file: {', '.join(dict.fromkeys(attached))}")
        return self._writer.source()

    # --- what is kept

    def _kept_elements(self) -> Iterator[_Element]:
        yield from self._mains
        if self._body in self._mains:
            return
        heading = next((e for e in self._body.iter("h1") if _text(e)), None)
        if heading is None:
            named = (e for e in self._body.iter() if _named(e, self._pages.title) and not self._is_chrome(e))
            heading = next((e for e in named if 4 <= len(_text(e)) <= 120), None)
        if heading is not None and not self._is_around_main(heading):
            yield heading
        for element in self._body.iter():
            if _is_seen(element) and not self._is_around_main(element) and self._is_metadata(element):
                yield element
            elif element.tag == "a" and self._is_attachment(element):
                around = element.getparent()
                # With the words in front of the link (附件：), unless much else stands there.
                is_close = around is not None and len(_text(around)) <= 2 * len(_text(element)) + _LONGEST_LABEL
                yield around if is_close else element

    def _found_mains(self) -> list[_Element]:
        """The elements that hold the document, none within another: one, unless the page parts it."""
        total = self._weights[self._body]
        for name in self._pages.main:
            named = [element for element in self._weights if _named(element, (name,)) and not self._is_chrome(element)]
            best = max(named, key=lambda element: self._weights[element], default=None)
            if best is not None and self._weights[best] >= max(1, _NAMED_SHARE * total):
                return [best, *self._other_mains(best)]
        main = self._body
        while total:
            heavy = [e for e in main if isinstance(e.tag, str) and self._weights.get(e, 0) >= _MOST * total]
            if not heavy or heavy[0].tag in ("p", "ul", "ol", *_INLINE):
                break
            if heavy[0].tag == "table" and _is_data_table(heavy[0]):
                break
            main = heavy[0]
        return [main]

    def _other_mains(self, best: _Element) -> Iterator[_Element]:
        """Further elements with a fair share of the sentences and an outline of their own: a part of the document."""
        fewest = _PART_SHARE * self._weights[self._body]
        for element in best.xpath(
            "ancestor-or-self::*/preceding-sibling::* | ancestor-or-self::*/following-sibling::*"
        ):
            if self._weights.get(element, 0) >= fewest and len(find_markers(_lines(element))) >= _FEWEST_MARKERS:
                yield element

    def _is_around_main(self, element: _Element) -> bool:
        return any(_contains(element, main) for main in self._mains)

    def _weighed(self) -> dict[_Element, int]:
        """How many characters of sentences stand in each element, outside of links and furniture."""
        weights: dict[_Element, int] = {}
        for element in reversed([element for element in self._body.iter() if isinstance(element.tag, str)]):
            own = [element.text, *(part.tail for part in element)]
            size = sum(len(words) for words in own if words and _PROSE_MARK.search(words))
            is_furniture = element.tag == "a" or not _is_seen(element) or self._is_chrome(element)
            weights[element] = 0 if is_furniture else size + sum(weights.get(part, 0) for part in element)
        return weights

    def _is_furniture(self, element: _Element) -> bool:
        """Whether an element within the document is none of it: it leads elsewhere, and holds no sentence."""
        is_chrome = self._is_chrome(element)
        if not is_chrome and element.tag not in _LISTING:
            return False
        links = [link for link in element.iter("a") if link.get("href") and _text(link)]
        if len(links) < (1 if is_chrome else _FEWEST_LINKS) or any(map(self._is_attachment, links)):
            return False
        text = _text(element)
        if _SENTENCE_END.search(text) or self._is_around_main(element):
            return False
        return is_chrome or sum(len(_text(link)) for link in links) >= _LINKED_SHARE * len(text)

    def _is_chrome(self, element: _Element) -> bool:
        return element.tag in self._pages.chrome_tags or _named(element, self._pages.chrome)

    def _is_metadata(self, element: _Element) -> bool:
        """Whether the element is a table or list of labels such as 索引号 and 发布日期, and little else."""
        if element.tag not in ("table", "ul", "dl", "div", "p"):
            return False
        words = "".join(_text(element).split())
        labels = sum(1 for label in load_lexicon().metadata.labels if label in words)
        return labels >= _FEWEST_LABELS and len(words) <= 120 * labels

    def _is_attachment(self, element: _Element) -> bool:
        path = _path_of(element.get("href") or "")
        return path.lower().endswith(self._pages.attachments) and bool(_text(element))

    # --- the text

    def _walk(self, element: _Element, kept: bool) -> None:
        if not _is_seen(element):
            return
        kept = element in self._kept or (kept and not self._is_furniture(element))
        drop: DropReason | None = None if kept else "site_chrome"
        tag = element.tag
        if tag == "br":
            self._break(drop)
            return
        if tag == "table" and _is_data_table(element):
            self._break(drop)
            # Its lines end themselves.
            caption = _caption(element)
            self._writer.write(f"{caption}\n" if caption else "", drop)
            self._writer.table(table_lines(_cells(element), caption), drop)
            return
        if tag == "sup" and not self._fresh:
            self._raised(element, drop)
            return
        is_block = tag not in _INLINE
        if is_block:
            self._break(drop)
        kept_lines, self._keeps_lines = self._keeps_lines, self._keeps_lines or _keeps_lines(element)
        if tag in ("ol", "ul"):
            self._lists.append(_start(element) if tag == "ol" else -1)
        elif tag == "li" and self._lists:
            self._number(element, drop)
        self._words(element.text, drop)
        for part in element:
            if isinstance(part.tag, str):
                self._walk(part, kept)
            self._words(part.tail, drop)
        self._keeps_lines = kept_lines
        if tag in ("ol", "ul"):
            self._lists.pop()
        if is_block:
            self._break(drop)

    def _number(self, element: _Element, drop: DropReason | None) -> None:
        """Writes the number that a browser shows in front of an item of an ordered list."""
        number = self._lists[-1]
        if number < 0 or "list-style" in (element.get("style") or "") or not _text(element):
            return
        self._words(f"{number}. ", drop)
        self._lists[-1] = number + 1

    def _words(self, text: str | None, drop: DropReason | None) -> None:
        if not text:
            return
        first, *others = text.splitlines() or [""] if self._keeps_lines else [text]
        self._line(first, drop)
        for line in others:
            self._break(drop)
            self._line(line, drop)

    def _line(self, text: str, drop: DropReason | None) -> None:
        words = _BLANKS.sub(" ", text.replace("\u200b", ""))
        inner = words.strip(" ")
        if not inner:
            self._blank = True
            return
        due = (self._blank or words.startswith(" ")) and not self._fresh
        self._writer.write((" " if due else "") + inner, drop)
        self._last = inner[-1]
        self._fresh = False
        self._blank = words.endswith(" ")

    def _raised(self, element: _Element, drop: DropReason | None) -> None:
        mark = raised(_text(element), "" if self._blank else self._last)
        self._words(mark, drop)

    def _break(self, drop: DropReason | None) -> None:
        if not self._fresh:
            self._writer.write("\n", drop)
        self._fresh, self._blank = True, False


def _shows_frame(element: _Element) -> bool:
    """Whether a frame shows a page or a file: one that counts visitors is hidden, or a few pixels large."""
    address = (element.get(_FRAMES[element.tag]) or "").strip()
    sizes = [int(size) for key in ("width", "height") if (size := element.get(key) or "").isdecimal()]
    is_hidden = element.get("hidden") is not None or bool(_HIDDEN.search(element.get("style") or ""))
    return (
        bool(address)
        and not is_hidden
        and not address.startswith(_NO_ADDRESS)
        and min(sizes, default=99) >= _SMALLEST_FRAME
    )


def _path_of(address: str) -> str:
    """The path of a link; empty where the link is none."""
    try:
        return urlsplit(address).path
    except ValueError:
        return ""


def _text(element: _Element) -> str:
    return _BLANKS.sub(" ", "".join(map(str, element.itertext()))).strip()


def _lines(element: _Element) -> str:
    """The words of an element, a line for each piece of text."""
    return "\n".join(words for piece in element.itertext() if (words := str(piece).strip()))


def _contains(element: _Element, other: _Element) -> bool:
    return element is other or any(ancestor is element for ancestor in other.iterancestors())


def _is_seen(element: _Element) -> bool:
    if not isinstance(element.tag, str) or element.tag in _UNSEEN or element.get("hidden") is not None:
        return False
    return not (_HIDDEN.search(element.get("style") or "") or _is_struck(element))


def _keeps_lines(element: _Element) -> bool:
    return element.tag == "pre" or bool(_KEPT_LINES.search(element.get("style") or ""))


def _is_struck(element: _Element) -> bool:
    return element.tag in _STRUCK or bool(_STRUCK_STYLE.search(element.get("style") or ""))


@lru_cache(maxsize=64)
def _words_pattern(names: tuple[str, ...]) -> re.Pattern[str]:
    return re.compile(rf"(?:^|\s)(?:{'|'.join(map(re.escape, names))})(?:\s|$)", re.IGNORECASE)


def _named(element: _Element, names: tuple[str, ...]) -> bool:
    if not isinstance(element.tag, str):
        return False
    pattern = _words_pattern(names)
    return any((words := element.get(key)) and pattern.search(words) for key in ("id", "class"))


def _start(element: _Element) -> int:
    start = element.get("start") or ""
    return int(start) if start.isdecimal() else 1


def _is_data_table(table: _Element) -> bool:
    """Whether a table holds data rather than the layout of the page."""
    if any(True for _ in table.iterdescendants("table")):
        return False
    rows = list(table.iter("tr"))
    cells = [cell for row in rows for cell in row if cell.tag in ("td", "th")]
    if len(rows) < 2 or len(cells) < 4:
        words = [align(_text(cell)).rstrip(":") for cell in cells]
        return any(word in load_lexicon().metadata.labels for word in words)
    return max(len(_text(cell)) for cell in cells) <= _LONGEST_CELL


def _caption(table: _Element) -> str:
    caption = table.find("caption")
    return "" if caption is None else _text(caption)


def _cells(table: _Element) -> Iterator[Cell]:
    taken: set[tuple[int, int]] = set()
    for row, element in enumerate(table.iter("tr")):
        column = 0
        for cell in element:
            if cell.tag not in ("td", "th"):
                continue
            while (row, column) in taken:
                column += 1
            rows, columns = _span(cell, "rowspan"), _span(cell, "colspan")
            taken |= {(row + r, column + c) for r in range(rows) for c in range(columns)}
            yield Cell(row, column, _cell_text(cell), rows, columns)
            column += columns


def _cell_text(cell: _Element) -> str:
    return "".join("\n" if part is None else _BLANKS.sub(" ", part) for part in _cell_parts(cell))


def _cell_parts(cell: _Element) -> Iterator[str | None]:
    """The words of a cell, and None where a line ends."""
    if cell.text:
        yield cell.text
    for part in cell:
        if _is_seen(part):
            if part.tag not in _INLINE:
                yield None
            if part.tag == "sup":
                yield raised(
                    _text(part), (part.getprevious().tail if part.getprevious() is not None else cell.text) or ""
                )
            else:
                yield from _cell_parts(part)
        if part.tail:
            yield part.tail


def _span(cell: _Element, name: str) -> int:
    value = cell.get(name) or ""
    return min(int(value), 200) if value.isdecimal() and int(value) > 0 else 1
