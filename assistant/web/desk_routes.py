"""What stands beside the help desk's page: the approved reply as a file, and a question sent on from the chat."""

from __future__ import annotations

from fastapi import FastAPI, Request
from fastapi.responses import JSONResponse, Response
from pydantic import BaseModel, ConfigDict, Field

from assistant.access import caller_of
from assistant.desk.desk import Desk
from assistant.desk.errors import Refused
from assistant.routes import MAX_TEXT, Turns, refused
from assistant.word_file import DOCX_TYPE

_STATUS = {"not_staff": 403, "not_found": 404, "inbox_full": 503}


class ForwardBody(BaseModel):
    """A question for the office, with the turns before it, oldest first, and where the answer is wanted."""

    model_config = ConfigDict(extra="forbid")

    question: str = Field(max_length=MAX_TEXT, min_length=1)
    history: Turns = Field(default_factory=list)
    contact: str = Field(default="", max_length=200)


def add_forwarding(app: FastAPI, *, is_open: bool) -> None:
    """Add what tells the chat whether questions can be sent on."""

    @app.get("/chat/inquiries", include_in_schema=False)
    def forwarding() -> dict[str, bool]:
        return {"open": is_open}


def add_desk_routes(app: FastAPI, desk: Desk) -> None:
    """Add `/desk/replies/{id}` for staff, and `/chat/inquiries` for everybody who may ask."""

    @app.exception_handler(Refused)
    def not_done(_: Request, error: Exception) -> JSONResponse:
        code = error.code if isinstance(error, Refused) else "failed"
        return refused(_STATUS.get(code, 409), code, str(error))

    @app.get("/desk/replies/{inquiry_id}", include_in_schema=False)
    def reply(inquiry_id: str, request: Request) -> Response:
        name, data = desk.export(caller_of(request), inquiry_id)
        headers = {"Content-Disposition": f'attachment; filename="{name}"', "Cache-Control": "no-store"}
        return Response(data, media_type=DOCX_TYPE, headers=headers)

    @app.post("/chat/inquiries", status_code=201, include_in_schema=False)
    def forward(body: ForwardBody, request: Request) -> dict[str, str]:
        desk.forward(caller_of(request), body.question, body.history, body.contact)
        return {"status": "received"}
