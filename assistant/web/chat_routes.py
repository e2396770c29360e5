"""What the page's script asks for beside Gradio: the reader's conversations, to list, rename, delete and take away.

Every route asks the store in the name of the caller, so a conversation of somebody else is not found.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from datetime import date
from typing import Annotated, Any, Literal
from urllib.parse import quote

from fastapi import FastAPI, Query, Request
from fastapi.responses import JSONResponse, Response
from pydantic import BaseModel, ConfigDict, Field

from assistant.access import caller_of
from assistant.answer import Answer
from assistant.export import ExportedTurn, conversation_docx, conversation_markdown
from assistant.known import without_facts
from assistant.routes import refused
from assistant.web.company import company_fields, fields_json
from assistant.web.conversations import Conversation, Conversations, Opinion, Turn, clean_title
from assistant.web.turns import Asks
from assistant.web.words import words_for
from assistant.word_file import DOCX_TYPE
from knowledge.errors import NotKept

MAX_SEARCH = 100
MAX_TITLE = 500
MAX_NOTE = 1_000
MAX_REASONS = 4

_TYPES = {
    "md": "text/markdown; charset=utf-8",
    "docx": DOCX_TYPE,
}
# What a file system may not take in a name.
_FILE_NAME = re.compile(r'[\\/:*?"<>|\x00-\x1f]+')

Reason = Literal["wrong_answer", "wrong_source", "outdated", "incomplete"]
Flag = Callable[[Answer, str, Sequence[str], str, Mapping[str, Any]], object]
"""Takes note of an answer that a reader holds to be wrong: the answer, the question, earlier turns, the reader's note, and
the facts given beside the question."""


class TitleBody(BaseModel):
    """Another title of a conversation."""

    model_config = ConfigDict(extra="forbid")

    title: str = Field(max_length=MAX_TITLE)


class VoteBody(BaseModel):
    """What a reader says an answer of theirs was worth."""

    model_config = ConfigDict(extra="forbid")

    answer: str = Field(min_length=1, max_length=100)
    verdict: Literal["up", "down"]
    reasons: list[Reason] = Field(default_factory=list, max_length=MAX_REASONS)
    note: str = Field(default="", max_length=MAX_NOTE)


def add_chat_routes(app: FastAPI, assistant: Asks, conversations: Conversations, flag: Flag | None = None) -> None:
    """The routes of the page's script under `/chat`.

    Args:
        app: gets them.
        assistant: its release says what is asked of a company.
        conversations: what is kept.
        flag: takes note of answers that readers hold to be wrong.
    """

    @app.exception_handler(NotKept)
    def not_yours(_: Request, __: Exception) -> JSONResponse:
        return refused(404, "not_found", words_for("zh").no_conversation)

    @app.get("/chat/company", include_in_schema=False)
    def company(lang: str = "zh") -> list[dict[str, object]]:
        release = assistant.release
        return fields_json(company_fields(release.documents, release.rules.policies), words_for(lang))

    @app.get("/chat/conversations", include_in_schema=False)
    def listed(request: Request, q: Annotated[str, Query(max_length=MAX_SEARCH)] = "") -> list[dict[str, str]]:
        return [_as_json(one) for one in conversations.all(caller_of(request).id, search=q.strip())]

    @app.patch("/chat/conversations/{conversation_id}", include_in_schema=False)
    def renamed(conversation_id: str, body: TitleBody, request: Request) -> Response:
        title = clean_title(body.title)
        if not title:
            return refused(422, "bad_request", words_for("zh").no_title)
        conversations.rename(caller_of(request).id, conversation_id, title)
        return Response(status_code=204)

    @app.delete("/chat/conversations/{conversation_id}", include_in_schema=False)
    def deleted(conversation_id: str, request: Request) -> Response:
        conversations.delete(caller_of(request).id, conversation_id)
        return Response(status_code=204)

    @app.get("/chat/conversations/{conversation_id}/export", include_in_schema=False)
    def exported(
        conversation_id: str,
        request: Request,
        form: Annotated[Literal["md", "docx"], Query(alias="format")] = "docx",
        lang: str = "zh",
    ) -> Response:
        owner = caller_of(request).id
        title = conversations.get(owner, conversation_id).title
        turns = [ExportedTurn(turn.question, turn.answer) for turn in conversations.turns(owner, conversation_id)]
        write = conversation_markdown if form == "md" else conversation_docx
        file = write(title, turns, language=words_for(lang).code, day=date.today())
        named = quote(f"{_FILE_NAME.sub(' ', title).strip() or 'conversation'}.{form}")
        headers = {"Content-Disposition": f"attachment; filename*=UTF-8''{named}", "Cache-Control": "no-store"}
        return Response(file, media_type=_TYPES[form], headers=headers)

    @app.post("/chat/feedback", include_in_schema=False, status_code=201)
    def voted(body: VoteBody, request: Request) -> dict[str, str]:
        said = Opinion(body.verdict, tuple(dict.fromkeys(body.reasons)), body.note.strip())
        *before, turn = conversations.vote(caller_of(request).id, body.answer, said)
        note = ": ".join(part for part in (", ".join(said.reasons), said.note) if part)
        if body.verdict == "down" and note and flag is not None and turn.answer is not None:
            flag(turn.answer, turn.question, [earlier.question for earlier in before], note, _taken(turn))
        return {"status": "noted"}


def _taken(turn: Turn) -> dict[str, Any]:
    """The facts given beside a question that its reader had not removed."""
    return without_facts(turn.facts, turn.forgotten)


def _as_json(one: Conversation) -> dict[str, str]:
    return {"id": one.id, "title": one.title, "updated": one.updated.isoformat()}
