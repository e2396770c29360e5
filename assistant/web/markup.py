"""Text becomes HTML here and nowhere else: everything is escaped, and answers may use a small part of markdown."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from functools import cache
from itertools import pairwise
from pathlib import Path
from typing import Any

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markdown_it import MarkdownIt
from markdown_it.renderer import RendererHTML
from markdown_it.rules_core import StateCore
from markdown_it.rules_inline import StateInline
from markdown_it.token import Token
from markupsafe import Markup, escape

from assistant.answer import STATE_OF_SIGN
from assistant.draft import MARKER

TEMPLATES = Path(__file__).resolve().parent / "templates"

# No links, images, code or raw HTML: an answer is prose, lists, tables and markers.
_MARKDOWN_RULES = (
    "paragraph",
    "heading",
    "list",
    "table",
    "blockquote",
    "hr",
    "emphasis",
    "newline",
    "escape",
    "entity",
)
# Keeps a marker on the line of the words it belongs to.
_JOINER = "\u2060"
_MARKERS = r"(?:\[\d{1,3}\])*"
_SENTENCE_END = re.compile(rf"[。！？；]{_MARKERS}|[.!?]{_MARKERS}(?=\s)")
_SHORT_NUMBER = re.compile(rf"(?=[^\[]*\d)[^\[]{{1,10}}{_MARKERS}")
# Markdown readers end a block at an empty line, and take a lone carriage return for a line break too.
_LINE_BREAK = re.compile(r"\s*[\r\n]\s*")
_NEWLINE = re.compile(r"\r\n?|\n")

# How answers list conditions (prompts: reward.condition_…).
_CHECK = re.compile(r"([✓✗？?])\s?")

Markers = Mapping[int, Markup]


def _cite(state: StateInline, silent: bool) -> bool:
    """Inline rule: `[n]` becomes a marker when the answer has a source n; otherwise it stays text."""
    match = MARKER.match(state.src, state.pos)
    if not match or int(match[1]) not in state.env["markers"]:
        return False
    if not silent:
        state.pending = state.pending.rstrip(" ") + (_JOINER if state.pending or state.tokens else "")
        state.push("cite", "", 0).content = match[1]
    state.pos = match.end()
    return True


def _render_check(_: RendererHTML, tokens: list[Token], index: int, __: object, env: dict[str, Any]) -> str:
    glyph = tokens[index].content
    # An answer says in words what is open or not met; what is met it only ticks.
    met = f'<span class="bz-sr">{escape(env["met"])} </span>' if glyph == "✓" and env["met"] else ""
    return f'<span class="bz-glyph">{glyph}</span> {met}'


def _render_cite(_: RendererHTML, tokens: list[Token], index: int, __: object, env: dict[str, Any]) -> str:
    return str(env["markers"][int(tokens[index].content)])


def _lines(state: StateCore) -> None:
    """Core rule: each line of an outer paragraph is a paragraph of its own, so that labelled lines stand apart."""
    tokens: list[Token] = []
    for token in state.tokens:
        if token.type == "inline" and tokens[-1].type == "paragraph_open" and tokens[-1].level == 0:
            opening = tokens.pop()
            parts = _split(token.children or [])
            for number, part in enumerate(parts):
                line = Token("inline", "", 0, children=part, level=token.level)
                tokens += [opening, line, *([_CLOSE] if number < len(parts) - 1 else [])]
        else:
            tokens.append(token)
    state.tokens = tokens


_CLOSE = Token("paragraph_close", "p", -1, block=True)


def _split(children: list[Token]) -> list[list[Token]]:
    """Inline tokens cut at the line breaks that are in no emphasis."""
    parts: list[list[Token]] = [[]]
    for child in children:
        if child.type in ("softbreak", "hardbreak") and child.level == 0:
            parts.append([])
        else:
            parts[-1].append(child)
    return parts


def _checks(state: StateCore) -> None:
    """Core rule: a list item that begins with ✓, ✗ or ？ is a condition met, not met or open."""
    for item, following in zip(state.tokens, state.tokens[2:], strict=False):
        first = following.children[0] if following.type == "inline" and following.children else None
        match = _CHECK.match(first.content) if item.type == "list_item_open" and first else None
        if first is None or match is None:
            continue
        item.attrSet("class", f"bz-check bz-{STATE_OF_SIGN[match[1]]}")
        first.content = first.content[match.end() :]
        glyph = "?" if match[1] == "？" else match[1]
        following.children = [Token("check", "", 0, content=glyph), *(following.children or [])]


def _short_cells(state: StateCore) -> None:
    """Core rule: a short table cell with a number, such as an amount, is kept on one line."""
    for cell, inline in pairwise(state.tokens):
        if cell.type == "td_open" and _SHORT_NUMBER.fullmatch(inline.content):
            cell.attrSet("class", "bz-short")


@cache
def _markdown() -> MarkdownIt:
    markdown = MarkdownIt("zero", {"html": False, "breaks": True}).enable(list(_MARKDOWN_RULES))
    markdown.inline.ruler.push("cite", _cite)
    markdown.add_render_rule("cite", _render_cite)
    markdown.core.ruler.push("lines", _lines)
    markdown.core.ruler.push("checks", _checks)
    markdown.core.ruler.push("short_cells", _short_cells)
    markdown.add_render_rule("check", _render_check)
    markdown.add_render_rule("table_open", lambda *_: '<div class="bz-scroll"><table>')
    markdown.add_render_rule("table_close", lambda *_: "</table></div>")
    return markdown


def markdown_html(text: str, markers: Markers, *, met: str = "") -> Markup:
    """Answer markdown as HTML.

    Args:
        text: the markdown.
        markers: the HTML of each `[n]`; an unknown `[n]` stays text.
        met: what a screen reader says of a condition that is ticked.
    """
    return Markup(_markdown().render(text, {"markers": markers, "met": met}))


@cache
def _plain_markdown() -> MarkdownIt:
    return MarkdownIt("zero", {"html": False, "breaks": True}).enable(list(_MARKDOWN_RULES))


def answer_tokens(text: str) -> list[Token]:
    """Answer markdown as the tokens of markdown-it, for other forms than HTML. Markers are text."""
    return _plain_markdown().parse(text)


def listed_conditions(text: str) -> list[str]:
    """The list items of answer markdown that begin with ✓, ✗ or ？, without that sign."""
    items = (line.strip().removeprefix("- ") for line in text.splitlines() if line.lstrip().startswith("- "))
    return [item[match.end() :] for item in items if (match := _CHECK.match(item))]


def plain_html(text: str) -> Markup:
    """Text as HTML: every character escaped, line breaks kept."""
    return Markup("<br>").join(_NEWLINE.split(text))


def one_line(html: str) -> str:
    """The same HTML without line breaks, so that a markdown reader takes it for one block and reads nothing inside."""
    return _LINE_BREAK.sub(" ", html).strip()


@cache
def _environment() -> Environment:
    return Environment(
        loader=FileSystemLoader(TEMPLATES, encoding="utf-8"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )


def template_html(name: str, **values: object) -> Markup:
    """A template of this folder, filled in; every value is escaped unless it is `Markup`."""
    return Markup(_environment().get_template(name).render(**values))


def prefixes(text: str) -> Iterator[str]:
    """`text` growing by a sentence at a time, ending with all of it; a table appears whole."""
    shown = 0
    for start, end in _steps(text):
        if text[start:end].strip():
            shown = end
            yield text[:shown]
    if shown < len(text):
        yield text


def _steps(text: str) -> Iterator[tuple[int, int]]:
    position, table_start = 0, -1
    for line in text.splitlines(keepends=True):
        end = position + len(line)
        if line.lstrip().startswith("|"):
            table_start = position if table_start < 0 else table_start
            position = end
            continue
        if table_start >= 0:
            yield table_start, position
            table_start = -1
        start = position
        for match in _SENTENCE_END.finditer(line):
            yield start, position + match.end()
            start = position + match.end()
        yield start, end
        position = end
    if table_start >= 0:
        yield table_start, position
