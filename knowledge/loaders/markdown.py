"""Markdown: its words without the marks, numbers of lists kept, tables as rows, and what stands in it as HTML.

Struck-out words are left out, and said; a footnote stands where its text is written.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from markdown_it import MarkdownIt
from markdown_it.token import Token

from knowledge.errors import SourceError
from knowledge.limits import Limits
from knowledge.loaders import html
from knowledge.loaders.notes import raised
from knowledge.loaders.source import Source, Writer
from knowledge.loaders.tables import Cell, table_lines
from knowledge.loaders.text import decode

_BREAK = re.compile(r"<br\s*/?>", re.IGNORECASE)
_STRUCK = re.compile(r"<(?P<close>/?)(?:del|s|strike)\b", re.IGNORECASE)
_SUPERSCRIPT = re.compile(r"<(?P<close>/?)sup\b", re.IGNORECASE)
# YAML in front of the text, as site generators write it.
_FRONT = re.compile(r"\A---\r?\n.*?\r?\n---\r?\n", re.DOTALL)
# Where a footnote is referred to, and where its text begins.
_FOOTNOTE = re.compile(r"\[\^(?P<mark>[^\]\s]{1,20})\](?P<text>:[ \t]*)?")
# Lists and quotations within one another, deeper than which the parser leaves the text out.
_DEEPEST = 60


def parse(data: bytes, name: str, _limits: Limits) -> Source:
    """The words of a Markdown document.

    Raises:
        SourceError: the file is empty or not text, or its lists are nested too deep.
    """
    text = _FRONT.sub("", decode(data, name))
    # Of a line such as `[1]: …` the parser would make a link that nothing shows.
    parser = MarkdownIt("commonmark", {"maxNesting": _DEEPEST}).enable(["table", "strikethrough"]).disable("reference")
    tokens = parser.parse(text)
    if any(token.level >= _DEEPEST - 1 for token in tokens):
        raise SourceError(
            f"{name}: expected lists and quotations at most {_DEEPEST} deep, got deeper ones; take out marks that open none"
        )
    source = _Reader().read(tokens)
    if not source.text.strip():
        raise SourceError(f"{name}: expected a document with text, got marks alone; remove or replace it")
    return source


class _Reader:
    def __init__(self) -> None:
        self._writer = Writer()
        self._has_struck = False

    def read(self, tokens: Sequence[Token]) -> Source:
        self._write(tokens)
        if self._has_struck:
            self._writer.note("struck-out words were left out")
        return self._writer.source()

    def _write(self, tokens: Sequence[Token]) -> None:
        writer = self._writer
        numbers: list[int] = []
        label = ""
        index = 0
        while index < len(tokens):
            token = tokens[index]
            if token.type == "table_open":
                end = next(i for i in range(index, len(tokens)) if tokens[i].type == "table_close")
                writer.table(table_lines(self._cells(tokens[index:end])))
                index = end
            elif token.type == "ordered_list_open":
                numbers.append(int(token.attrs.get("start") or 1))
            elif token.type == "bullet_list_open":
                numbers.append(-1)
            elif token.type in ("ordered_list_close", "bullet_list_close"):
                numbers.pop()
            elif token.type == "list_item_open":
                # The number as written: a document's 3. stays 3. whatever a browser would count.
                label = f"{token.info}{token.markup} " if numbers[-1] >= 0 else "• "
            elif token.type == "inline":
                writer.break_line()
                writer.write(label + self._inline(token))
                label = ""
            elif token.type == "html_block":
                self._page(token.content)
            elif token.type in ("fence", "code_block"):
                writer.break_line()
                writer.write(token.content)
            elif token.type in ("heading_close", "paragraph_close"):
                writer.break_line()
            index += 1

    def _page(self, markup: str) -> None:
        """Writes what a browser shows of a piece of HTML."""
        try:
            source = html.parse_declared(markup.encode("utf-8"), "utf-8", "")
        except SourceError:
            # A comment, or a mark that closes something.
            return
        self._writer.break_line()
        self._writer.append(source, "HTML")

    def _inline(self, token: Token) -> str:
        words = mark = ""
        struck = is_raised = 0
        for part in token.children or []:
            if part.type in ("s_open", "s_close"):
                struck += 1 if part.type == "s_open" else -1
                self._has_struck = True
            elif part.type == "html_inline" and (tag := _STRUCK.match(part.content)):
                struck += -1 if tag["close"] else 1
                self._has_struck = True
            elif part.type == "html_inline" and (tag := _SUPERSCRIPT.match(part.content)):
                is_raised = 0 if tag["close"] else 1
                words, mark = words + (raised(mark, words) if mark else ""), ""
            elif struck > 0:
                continue
            elif is_raised:
                mark += part.content
            else:
                words += _words(part)
        return words + (raised(mark, words) if mark else "")

    def _cells(self, tokens: Sequence[Token]) -> Iterator[Cell]:
        row = column = -1
        for token in tokens:
            if token.type == "tr_open":
                row, column = row + 1, -1
            elif token.type in ("th_open", "td_open"):
                column += 1
            elif token.type == "inline":
                yield Cell(row, column, self._inline(token))


def _words(part: Token) -> str:
    if part.type == "text":
        return _FOOTNOTE.sub(lambda note: f"[注{note['mark']}]" + (" " if note["text"] else ""), part.content)
    if part.type in ("code_inline", "image"):
        return part.content
    if part.type in ("softbreak", "hardbreak"):
        return "\n"
    return "\n" if part.type == "html_inline" and _BREAK.fullmatch(part.content) else ""
