"""The documents that a marker opens: their text, for the panel (`fragment=1`) and as pages of their own, and the pages of
their originals.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from typing import Annotated, Any

from fastapi import FastAPI, Path, Query, Response
from fastapi.responses import HTMLResponse
from markupsafe import Markup

from assistant.live import LiveAssistant
from assistant.web.evidence import Passage, document_html, documents_html, notice_html, page_html
from assistant.web.printed import Busy, Opened, PagePictures, first_page, page_count, printed_html
from assistant.web.words import Words, problem_sentence, words_for
from knowledge.errors import BiaozhuntongError
from knowledge.loaders.pdf_picture import Picture
from knowledge.model import Document

Archive = Callable[[str, str], Document | None]
"""The document of a release by release id and policy id, whether or not the release is live; None if it is not kept."""
# The ways from these pages to the root of the site; the panel is there already.
_FROM_DOCUMENT, _FROM_PAGE = "../", "../../../"
_LARGEST_PAGE = 100_000
_PICTURE_SECONDS = 600

Offset = Annotated[int | None, Query(ge=0)]
PageNumber = Annotated[int, Path(ge=1, le=_LARGEST_PAGE)]


def no_archive(_release_id: str, _policy_id: str) -> Document | None:
    """An archive that keeps nothing."""
    return None


def add_sources(
    app: FastAPI, assistant: LiveAssistant[Any], archive: Archive, pictures: PagePictures | None = None
) -> None:
    """Add the pages at `/sources`.

    Args:
        app: gets them.
        assistant: whose release holds the documents.
        archive: finds the documents that earlier answers cite.
        pictures: of the originals' pages; without it only the texts are shown.
    """
    _add_texts(app, assistant, archive, has_pictures=pictures is not None)
    if pictures is not None:
        _add_pages(app, assistant, archive, pictures)


def _add_texts(app: FastAPI, assistant: LiveAssistant[Any], archive: Archive, *, has_pictures: bool) -> None:
    @app.get("/sources", include_in_schema=False)
    def sources(lang: str = "zh", fragment: bool = False) -> HTMLResponse:
        words = words_for(lang)
        try:
            documents = assistant.release.documents
        except BiaozhuntongError as error:
            return _shown(words.documents, notice_html(problem_sentence(error, words)), words, fragment, 503)
        return _shown(words.documents, documents_html(documents, words, date.today()), words, fragment)

    @app.get("/sources/{policy_id}", include_in_schema=False)
    def source(
        policy_id: str,
        start: Offset = None,
        end: Offset = None,
        v: str = "",
        release: str = "",
        lang: str = "zh",
        fragment: bool = False,
    ) -> HTMLResponse:
        words, passage = words_for(lang), _passage(start, end, v)
        try:
            opened = _opened(assistant, archive, policy_id, passage, release)
        except BiaozhuntongError as error:
            return _shown(words.documents, notice_html(problem_sentence(error, words)), words, fragment, 503)
        if opened is None:
            return _shown(words.documents, notice_html(words.no_such_document), words, fragment, 404)
        page = first_page(opened.document, opened.passage) if has_pictures else 0
        body = document_html(
            opened.document,
            passage,
            words,
            date.today(),
            earlier=opened.earlier,
            page=page,
            page_href=opened.page_href(page, "" if fragment else _FROM_DOCUMENT, words.code),
        )
        return _shown(opened.document.policy.title, body, words, fragment)


def _add_pages(app: FastAPI, assistant: LiveAssistant[Any], archive: Archive, pictures: PagePictures) -> None:
    @app.get("/sources/{policy_id}/pages/{page}", include_in_schema=False)
    def printed(
        policy_id: str,
        page: PageNumber,
        start: Offset = None,
        end: Offset = None,
        v: str = "",
        release: str = "",
        lang: str = "zh",
        fragment: bool = False,
    ) -> HTMLResponse:
        words = words_for(lang)

        def told(sentence: str, status: int) -> HTMLResponse:
            return _shown(words.documents, notice_html(sentence), words, fragment, status, root=_FROM_PAGE)

        try:
            opened = _opened(assistant, archive, policy_id, _passage(start, end, v), release)
            if opened is None:
                return told(words.no_such_document, 404)
            picture = _picture(opened, page, pictures)
        except Busy:
            return told(words.page_busy, 503)
        except BiaozhuntongError as error:
            return told(problem_sentence(error, words), 503)
        if picture is None:
            return told(words.no_such_page, 404)
        body = printed_html(opened, page, picture, words, root="" if fragment else _FROM_PAGE)
        return _shown(opened.document.policy.title, body, words, fragment, root=_FROM_PAGE)

    @app.get("/sources/{policy_id}/pages/{page}/picture", include_in_schema=False)
    def picture(
        policy_id: str, page: PageNumber, start: Offset = None, end: Offset = None, v: str = "", release: str = ""
    ) -> Response:
        try:
            opened = _opened(assistant, archive, policy_id, _passage(start, end, v), release)
            found = _picture(opened, page, pictures) if opened else None
        except BiaozhuntongError:
            return Response(status_code=503, headers={"Retry-After": "5"})
        if found is None:
            return Response(status_code=404)
        kept = {"Cache-Control": f"private, max-age={_PICTURE_SECONDS}"}
        return Response(found.content, media_type=found.media_type, headers=kept)


def _passage(start: int | None, end: int | None, digest: str) -> Passage | None:
    return Passage(start, end, digest) if start is not None and end is not None else None


def _opened(
    assistant: LiveAssistant[Any], archive: Archive, policy_id: str, passage: Passage | None, release_id: str
) -> Opened | None:
    """The document with the passage, in the live release or else in the one that the answer came from.

    Raises:
        BiaozhuntongError: there is no release.
    """
    live = assistant.release
    document: Document | None = live.documents.get(policy_id)
    query: dict[str, str | int] = {}
    if passage:
        query = {"start": passage.start, "end": passage.end, "v": passage.digest}
        query |= {"release": release_id} if release_id else {}
        if document is not None and passage.still_in(document.text):
            return Opened(document, live.release_id, passage, query)
        # An answer of an earlier release: its own text is shown, if it is still kept.
        kept = archive(release_id, policy_id)
        if kept is not None and passage.still_in(kept.text):
            return Opened(kept, release_id, passage, query, earlier=True)
    if document is None:
        return None
    return Opened(document, live.release_id, None, query, moved=passage is not None)


def _picture(opened: Opened, page: int, pictures: PagePictures) -> Picture | None:
    if page > page_count(opened.document):
        return None
    return pictures.find(opened.release, opened.document.policy, page)


def _shown(
    title: str, body: Markup, words: Words, fragment: bool, status: int = 200, *, root: str = _FROM_DOCUMENT
) -> HTMLResponse:
    return HTMLResponse(body if fragment else page_html(title, body, words, root=root), status_code=status)
