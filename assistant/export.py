"""A conversation as a file to keep or to send on: Markdown, or a Word document.

Each answer stands with its sources, numbered as its markers are. All text of readers and documents is text: nothing of it
becomes a link, an image or HTML in the file.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date

from docx import Document as new_document
from docx.document import Document as DocxDocument
from docx.oxml.ns import qn
from docx.shared import Cm, Pt, RGBColor
from docx.text.paragraph import Paragraph
from markdown_it.token import Token

from assistant.answer import SIGN_OF_STATE, Answer, Citation, ConditionState, Language
from assistant.web.markup import answer_tokens
from assistant.web.render import AmountCell, RewardTable, reward_table
from assistant.web.words import Words, pages_label, words_for
from assistant.word_file import NOT_XML, docx_bytes

_MARKER = re.compile(r"(\[\d{1,3}\])")
_SPECIAL = re.compile(r"([\\`*_{}\[\]#|~!$])")
# What begins a list at the start of a line.
_LIST = re.compile(r"^(\d{1,9})?([-+=.)])")
_LINK = re.compile(r"(!?)\[([^\[\]]*)\](?=[(\[:])")
# A serif for reading and a sans for heads, as Chinese offices set them; every Word has both.
_BODY, _HEAD = "宋体", "黑体"
_STYLES = ("Normal", "Title", "Heading 1", "Heading 2", "Quote", "List Bullet", "List Bullet 2", "List Number")
_INK, _SOFT = RGBColor(0x1B, 0x2A, 0x33), RGBColor(0x50, 0x61, 0x6C)


@dataclass(frozen=True)
class ExportedTurn:
    """A question and its answer, which is null where there is none."""

    question: str
    answer: Answer | None


def conversation_markdown(title: str, turns: Sequence[ExportedTurn], *, language: Language, day: date) -> str:
    """The conversation as Markdown (CommonMark with tables).

    Args:
        title: of the conversation.
        turns: oldest first.
        language: of the file's own labels; answers keep theirs.
        day: when it was taken out.
    """
    words = words_for(language)
    lines = [f"# {_plain(title) or words.conversations}", "", words.exported_on.format(day=day.isoformat()), ""]
    for number, turn in enumerate(turns, 1):
        lines += [f"## {number}. {words.question}", "", _quoted(turn.question), ""]
        if turn.answer is None:
            lines += [words.unanswered, ""]
        else:
            lines += _answer_markdown(turn.answer)
    lines += ["---", "", words.disclaimer, ""]
    return "\n".join(lines)


def conversation_docx(title: str, turns: Sequence[ExportedTurn], *, language: Language, day: date) -> bytes:
    """The same as a Word document (.docx); for the arguments see `conversation_markdown`."""
    words = words_for(language)
    document = _styled(new_document())
    document.core_properties.title = _xml(title)
    document.core_properties.author = words.name
    document.add_heading(_xml(title) or words.conversations, 0)
    _note(document, words.exported_on.format(day=day.isoformat()))
    for number, turn in enumerate(turns, 1):
        document.add_heading(f"{number}. {words.question}", 1)
        document.add_paragraph(_xml(turn.question), style="Quote")
        if turn.answer is None:
            document.add_paragraph(words.unanswered)
        else:
            _add_answer(document, turn.answer)
    _note(document, words.disclaimer)
    return docx_bytes(document)


# --- what both forms say ------------------------------------------------------------------------------------------------


def _flags(answer: Answer, words: Words) -> str:
    flags = [words.status[answer.status], *(words.warnings[warning] for warning in answer.warnings)]
    return words.and_so_on.join(flag for flag in flags if flag)


def _amount(cell: AmountCell, words: Words) -> str:
    gap = " " if words.code == "en" else "，"
    figure = " ".join(part for part in (cell.figure, cell.arithmetic) if part)
    return gap.join(part for part in (figure, cell.per, cell.note) if part)


def _rewards(table: RewardTable, words: Words) -> Iterator[tuple[int, str]]:
    """The rewards as lines of a list, each with its depth; what the answer's own text lists is not said again."""
    colon = ": " if words.code == "en" else "："
    for view in table.rows:
        yield 0, f"{view.row.label}{colon}{_amount(view.amount, words)}{_marker(view.row.citation)}"
        for condition in () if table.shared_conditions else view.conditions:
            yield 1, _condition(condition.state, condition.text, condition.citation, words)
    if table.shared_conditions:
        yield 0, words.conditions
    for condition in table.shared_conditions:
        yield 1, _condition(condition.state, condition.text, condition.citation, words)
    if table.total:
        yield 0, f"{table.total_label}{colon}{table.total}" + (f" = {table.arithmetic}" if table.arithmetic else "")


def _condition(state: ConditionState, text: str, citation: int | None, words: Words) -> str:
    said = f" ({words.state[state]})" if words.code == "en" else f"（{words.state[state]}）"
    return f"{SIGN_OF_STATE[state]} {text}{said}{_marker(citation)}"


def _marker(citation: int | None) -> str:
    return f" [{citation}]" if citation else ""


def source_line(citation: Citation, words: Words) -> str:
    """A source as a reference names it: title, number, clause, date, validity."""
    policy = citation.policy
    title = policy.title_in(words.code)
    parts = [
        title if words.code == "en" else f"《{title.strip('《》')}》",
        policy.doc_no or words.doc_no_unseen,
        " › ".join(citation.clause_path) or words.outline_unknown,
        pages_label(citation.places, words),
        policy.signed or policy.posted or "",
        words.policy_status[policy.status],
    ]
    return (", " if words.code == "en" else "，").join(part for part in parts if part)


# --- Markdown -----------------------------------------------------------------------------------------------------------


def _answer_markdown(answer: Answer) -> list[str]:
    words = words_for(answer.language)
    lines = [f"### {words.answer}", ""]
    if flags := _flags(answer, words):
        lines += [f"*{flags}*", ""]
    lines += [_harmless(answer.answer), ""]
    table = reward_table(answer, words)
    if table and not table.folded:
        lines += [f"**{words.rewards}**", ""]
        lines += [f"{'  ' * depth}- {_plain(line, markers=True)}" for depth, line in _rewards(table, words)]
        lines += [""]
    if answer.question_back:
        lines += [_plain(answer.question_back.text), ""]
    if answer.citations:
        lines += [f"**{words.sources}**", ""]
        for citation in answer.citations:
            lines += [
                f"{citation.n}. {_plain(source_line(citation, words))}",
                "",
                f"   {_quoted(citation.quote, '   ')}",
                "",
            ]
    return lines


def _plain(text: str, *, markers: bool = False) -> str:
    """Text that Markdown shows as it is, on one line."""
    text = " ".join(text.split()).replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
    text = _SPECIAL.sub(r"\\\1", text)
    text = _LIST.sub(r"\1\\\2", text)
    return re.sub(r"\\\[(\d{1,3})\\\]", r"[\1]", text) if markers else text


def _quoted(text: str, indent: str = "") -> str:
    lines = [_plain(line) for line in text.splitlines()] or [""]
    return f"\n{indent}>\n{indent}".join(f"> {line}" for line in lines)


def _harmless(answer: str) -> str:
    """The answer's own Markdown, of which nothing is HTML, a link or an image."""
    for character in "&<`~":
        answer = answer.replace(character, f"&#{ord(character)};")
    return _LINK.sub(lambda link: f"{'&#33;' if link[1] else ''}&#91;{link[2]}&#93;", answer).replace("![", "&#33;[")


# --- Word ---------------------------------------------------------------------------------------------------------------


def _xml(text: str) -> str:
    return NOT_XML.sub("�", text)


def _styled(document: DocxDocument) -> DocxDocument:
    section = document.sections[0]
    section.left_margin = section.right_margin = Cm(2.6)
    section.top_margin = section.bottom_margin = Cm(2.4)
    for name in _STYLES:
        style = document.styles[name]
        headed = name.startswith(("Heading", "Title"))
        fonts = style.element.get_or_add_rPr().get_or_add_rFonts()
        for script in ("w:ascii", "w:hAnsi", "w:cs"):
            fonts.set(qn(script), "Arial" if headed else "Times New Roman")
        fonts.set(qn("w:eastAsia"), _HEAD if headed else _BODY)
        for theme in ("w:asciiTheme", "w:hAnsiTheme", "w:eastAsiaTheme", "w:cstheme"):
            fonts.attrib.pop(qn(theme), None)
        style.font.color.rgb = _INK
    for name, size in (("Title", 20), ("Heading 1", 14), ("Heading 2", 12), ("Normal", 11)):
        document.styles[name].font.size = Pt(size)
    document.styles["Normal"].paragraph_format.line_spacing = 1.4
    return document


def _note(document: DocxDocument, text: str) -> None:
    run = document.add_paragraph().add_run(_xml(text))
    run.font.size = Pt(9.5)
    run.font.color.rgb = _SOFT


def _add_answer(document: DocxDocument, answer: Answer) -> None:
    words = words_for(answer.language)
    document.add_heading(words.answer, 2)
    if flags := _flags(answer, words):
        document.add_paragraph().add_run(flags).bold = True
    _add_body(document, answer_tokens(answer.answer))
    table = reward_table(answer, words)
    if table and not table.folded:
        document.add_heading(words.rewards, 2)
        for depth, line in _rewards(table, words):
            _add_text(document.add_paragraph(style="List Bullet 2" if depth else "List Bullet"), line)
    if answer.question_back:
        document.add_paragraph(_xml(answer.question_back.text))
    if answer.citations:
        document.add_heading(words.sources, 2)
    for citation in answer.citations:
        document.add_paragraph(f"[{citation.n}] {_xml(source_line(citation, words))}")
        document.add_paragraph(_xml(citation.quote), style="Quote")


def _add_body(document: DocxDocument, tokens: Sequence[Token]) -> None:
    """Paragraphs, lists and tables of an answer."""
    rows: list[list[Token]] = []
    styles: list[str] = []
    for token in tokens:
        if token.type in ("bullet_list_open", "ordered_list_open"):
            styles.append("List Bullet" if token.type.startswith("bullet") else "List Number")
        elif token.type in ("bullet_list_close", "ordered_list_close"):
            styles.pop()
        elif token.type == "tr_open":
            rows.append([])
        elif token.type == "table_close":
            _add_table(document, rows)
            rows = []
        elif token.type == "inline" and rows:
            rows[-1].append(token)
        elif token.type == "inline":
            _add_inline(document.add_paragraph(style=styles[-1] if styles else None), token)


def _add_table(document: DocxDocument, rows: Sequence[Sequence[Token]]) -> None:
    table = document.add_table(len(rows), max(len(row) for row in rows), style="Table Grid")
    for row, cells in zip(table.rows, rows, strict=True):
        for cell, token in zip(row.cells, cells, strict=False):
            _add_inline(cell.paragraphs[0], token)
    document.add_paragraph()


def _add_inline(paragraph: Paragraph, token: Token) -> None:
    bold = 0
    for part in token.children or []:
        if part.type == "strong_open":
            bold += 1
        elif part.type == "strong_close":
            bold -= 1
        elif part.type in ("softbreak", "hardbreak"):
            paragraph.add_run().add_break()
        elif part.content:
            _add_text(paragraph, part.content, bold=bold > 0)


def _add_text(paragraph: Paragraph, text: str, *, bold: bool = False) -> None:
    """Text with its markers set small and high."""
    for piece in _MARKER.split(_xml(text)):
        if not piece:
            continue
        run = paragraph.add_run(piece)
        run.bold = bold or None
        run.font.superscript = bool(_MARKER.fullmatch(piece)) or None
