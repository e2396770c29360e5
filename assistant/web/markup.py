"""Text becomes HTML here and nowhere else: everything is escaped, and answers may use a small part of markdown."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from functools import cache
from pathlib import Path
from typing import Any

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markdown_it import MarkdownIt
from markdown_it.renderer import RendererHTML
from markdown_it.rules_inline import StateInline
from markdown_it.token import Token
from markupsafe import Markup

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
_MARKER = re.compile(r"\[(\d{1,3})\]")
_MARKERS = r"(?:\[\d{1,3}\])*"
_SENTENCE_END = re.compile(rf"[。！？；]{_MARKERS}|[.!?]{_MARKERS}(?=\s)")
# Markdown readers end a block at an empty line, and take a lone carriage return for a line break too.
_LINE_BREAK = re.compile(r"\s*[\r\n]\s*")
_NEWLINE = re.compile(r"\r\n?|\n")

Markers = Mapping[int, Markup]


def _cite(state: StateInline, silent: bool) -> bool:
    """Inline rule: `[n]` becomes a marker when the answer has a source n; otherwise it stays text."""
    match = _MARKER.match(state.src, state.pos)
    if not match or int(match[1]) not in state.env["markers"]:
        return False
    if not silent:
        state.push("cite", "", 0).content = match[1]
    state.pos = match.end()
    return True


def _render_cite(_: RendererHTML, tokens: list[Token], index: int, __: object, env: dict[str, Any]) -> str:
    return str(env["markers"][int(tokens[index].content)])


@cache
def _markdown() -> MarkdownIt:
    markdown = MarkdownIt("zero", {"html": False, "breaks": True}).enable(list(_MARKDOWN_RULES))
    markdown.inline.ruler.push("cite", _cite)
    markdown.add_render_rule("cite", _render_cite)
    markdown.add_render_rule("table_open", lambda *_: '<div class="bz-scroll"><table>')
    markdown.add_render_rule("table_close", lambda *_: "</table></div>")
    return markdown


def markdown_html(text: str, markers: Markers) -> Markup:
    """Answer markdown as HTML. `markers` gives the HTML of each `[n]`; an unknown `[n]` stays text."""
    return Markup(_markdown().render(text, {"markers": markers}))


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
