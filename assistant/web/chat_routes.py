"""What the page's script asks for beside Gradio: the reader's conversations, to list, rename, delete and take away.

Every route asks the store in the name of the caller, so a conversation of somebody else is not found.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Annotated, Any

from fastapi import FastAPI, Query, Request
from fastapi.responses import JSONResponse, Response
from pydantic import BaseModel, ConfigDict, Field

from assistant.access.caller import Caller
from assistant.web.conversations import Conversation, Conversations, NotYours, clean_title
from assistant.web.words import words_for

MAX_SEARCH = 100
MAX_TITLE = 500


class TitleBody(BaseModel):
    """Another title of a conversation."""

    model_config = ConfigDict(extra="forbid")

    title: str = Field(max_length=MAX_TITLE)


def add_chat_routes(app: FastAPI, conversations: Conversations, caller: Callable[[Any], Caller]) -> None:
    """The routes of the page's script under `/chat`."""

    @app.exception_handler(NotYours)
    def not_yours(_: Request, __: Exception) -> JSONResponse:
        return _refused(404, "not_found", words_for("zh").no_conversation)

    @app.get("/chat/conversations", include_in_schema=False)
    def listed(request: Request, q: Annotated[str, Query(max_length=MAX_SEARCH)] = "") -> list[dict[str, str]]:
        return [_as_json(one) for one in conversations.all(caller(request).id, search=q.strip())]

    @app.patch("/chat/conversations/{conversation_id}", include_in_schema=False)
    def renamed(conversation_id: str, body: TitleBody, request: Request) -> Response:
        title = clean_title(body.title)
        if not title:
            return _refused(422, "bad_request", words_for("zh").no_title)
        conversations.rename(caller(request).id, conversation_id, title)
        return Response(status_code=204)

    @app.delete("/chat/conversations/{conversation_id}", include_in_schema=False)
    def deleted(conversation_id: str, request: Request) -> Response:
        conversations.delete(caller(request).id, conversation_id)
        return Response(status_code=204)


def _as_json(one: Conversation) -> dict[str, str]:
    return {"id": one.id, "title": one.title, "updated": one.updated.isoformat()}


def _refused(status: int, code: str, message: str) -> JSONResponse:
    return JSONResponse({"error": {"code": code, "message": message}}, status_code=status)
