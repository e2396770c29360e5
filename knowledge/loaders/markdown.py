"""Markdown: its words without the marks, numbers of lists kept, tables as rows."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from markdown_it import MarkdownIt
from markdown_it.token import Token

from knowledge.limits import Limits
from knowledge.loaders.source import Source, Writer
from knowledge.loaders.tables import Cell, table_lines
from knowledge.loaders.text import decode

_TAG = re.compile(r"</?[A-Za-z][^<>]*>|<!--.*?-->", re.DOTALL)
_BREAK = re.compile(r"<br\s*/?>", re.IGNORECASE)
# YAML in front of the text, as site generators write it.
_FRONT = re.compile(r"\A---\r?\n.*?\r?\n---\r?\n", re.DOTALL)


def parse(data: bytes, name: str, _limits: Limits) -> Source:
    """The words of a Markdown document.

    Raises:
        SourceError: the file is empty or not text.
    """
    text = _FRONT.sub("", decode(data, name))
    tokens = MarkdownIt("commonmark").enable("table").parse(text)
    writer = Writer()
    _write(writer, tokens)
    return writer.source()


def _write(writer: Writer, tokens: Sequence[Token]) -> None:
    numbers: list[int] = []
    label = ""
    index = 0
    while index < len(tokens):
        token = tokens[index]
        if token.type == "table_open":
            end = next(i for i in range(index, len(tokens)) if tokens[i].type == "table_close")
            writer.table(table_lines(_cells(tokens[index:end])))
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
            writer.write(label + _inline(token))
            label = ""
        elif token.type in ("fence", "code_block", "html_block"):
            writer.break_line()
            writer.write(_TAG.sub("", _BREAK.sub("\n", token.content)) if token.type == "html_block" else token.content)
        elif token.type in ("heading_close", "paragraph_close"):
            writer.break_line()
        index += 1


def _inline(token: Token) -> str:
    return "".join(_words(token.children or []))


def _words(tokens: Sequence[Token]) -> Iterator[str]:
    for token in tokens:
        if token.type in ("text", "code_inline"):
            yield token.content
        elif token.type in ("softbreak", "hardbreak"):
            yield "\n"
        elif token.type == "html_inline":
            yield "\n" if _BREAK.fullmatch(token.content) else ""
        elif token.type == "image":
            yield token.content


def _cells(tokens: Sequence[Token]) -> Iterator[Cell]:
    row = column = -1
    for token in tokens:
        if token.type == "tr_open":
            row, column = row + 1, -1
        elif token.type in ("th_open", "td_open"):
            column += 1
        elif token.type == "inline":
            yield Cell(row, column, _inline(token))
