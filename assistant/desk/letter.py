"""An approved reply as a Word document in letter form: the text, its markers raised, the documents cited at the end."""

from __future__ import annotations

from docx import Document as new_document
from docx.document import Document as WordDocument
from docx.enum.text import WD_ALIGN_PARAGRAPH
from docx.oxml.ns import qn
from docx.shared import Cm, Length, Pt
from docx.text.paragraph import Paragraph
from docx.text.run import Run

from assistant.desk.compose import ReplyComposer
from assistant.desk.records import Inquiry
from assistant.draft import MARKER
from assistant.word_file import NOT_XML, docx_bytes
from knowledge.pages import page_range

_BODY, _TITLE, _SMALL = Pt(12), Pt(18), Pt(10)


def letter_docx(inquiry: Inquiry, composer: ReplyComposer) -> bytes:
    """The approved version as .docx; markers are counted anew in the order of their first use."""
    assert inquiry.approval is not None
    language, say = inquiry.language, composer.reply.say
    text = inquiry.versions[inquiry.approval.version - 1].text
    numbers = {n: place for place, n in enumerate(dict.fromkeys(int(n) for n in MARKER.findall(text)), 1)}
    paper = _paper(language)
    title = paper.add_paragraph()
    title.alignment = WD_ALIGN_PARAGRAPH.CENTER
    _run(title, say(language, "letter.title"), _TITLE, bold=True)
    for line in text.split("\n"):
        if line.strip():
            _line(paper, line, numbers, language)
    _signed(paper, inquiry, composer)
    _sources(paper, inquiry, composer, numbers)
    paper.core_properties.title = say(language, "letter.title")
    paper.core_properties.author = composer.contact.office
    paper.core_properties.comments = ""
    return docx_bytes(paper)


def _paper(language: str) -> WordDocument:
    paper = new_document()
    section = paper.sections[0]
    section.page_width, section.page_height = Cm(21), Cm(29.7)
    section.left_margin = section.right_margin = Cm(2.8)
    section.top_margin = section.bottom_margin = Cm(2.6)
    style = paper.styles["Normal"]
    style.font.name = "Times New Roman" if language == "en" else "SimSun"
    style.font.size = _BODY
    style.element.get_or_add_rPr().get_or_add_rFonts().set(qn("w:eastAsia"), "SimSun")
    style.paragraph_format.line_spacing = 1.5
    style.paragraph_format.space_after = Pt(0)
    return paper


def _line(paper: WordDocument, line: str, numbers: dict[int, int], language: str) -> None:
    paragraph = paper.add_paragraph()
    if language == "zh" and not line.startswith("·"):
        paragraph.paragraph_format.first_line_indent = 2 * _BODY
    if line.startswith("·"):
        paragraph.paragraph_format.left_indent = 2 * _BODY
    at = 0
    for match in MARKER.finditer(line):
        _run(paragraph, line[at : match.start()])
        _run(paragraph, f"[{numbers[int(match[1])]}]").font.superscript = True
        at = match.end()
    _run(paragraph, line[at:])


def _signed(paper: WordDocument, inquiry: Inquiry, composer: ReplyComposer) -> None:
    assert inquiry.approval is not None
    day = inquiry.approval.at.astimezone().date()
    date = composer.reply.say(inquiry.language, "letter.date", year=day.year, month=day.month, day=day.day)
    for text in (composer.contact.office, date):
        if text:
            paragraph = paper.add_paragraph()
            paragraph.alignment = WD_ALIGN_PARAGRAPH.RIGHT
            _run(paragraph, text)


def _sources(paper: WordDocument, inquiry: Inquiry, composer: ReplyComposer, numbers: dict[int, int]) -> None:
    known = {source.n: source.citation for source in inquiry.sources}
    cited = [(place, known[n]) for n, place in numbers.items() if n in known]
    if not cited:
        return
    head = paper.add_paragraph()
    head.paragraph_format.space_before = Pt(18)
    _run(head, composer.reply.say(inquiry.language, "letter.sources"), _SMALL, bold=True)
    for place, citation in cited:
        words = composer.reply.say(
            inquiry.language,
            "letter.source",
            n=place,
            title=citation.policy.title,
            doc_no=citation.policy.doc_no,
            path=" › ".join(citation.clause_path),
            pages=page_range(citation.places),
            quote=" ".join(citation.quote.split()),
        )
        _run(paper.add_paragraph(), words, _SMALL)


def _run(paragraph: Paragraph, text: str, size: Length | None = None, *, bold: bool = False) -> Run:
    run = paragraph.add_run(NOT_XML.sub(" ", text))
    run.bold = bold
    if size is not None:
        run.font.size = size
    return run
