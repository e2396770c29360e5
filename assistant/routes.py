"""The API beside `/v1/ask`: search, policies, releases, rewards from facts, and answers in the chat-completions shape."""

from __future__ import annotations

import json
import logging
import time
import uuid
from collections.abc import AsyncGenerator, Callable, Iterable, Mapping
from contextlib import aclosing
from datetime import date
from typing import Annotated, Any, Literal

from fastapi import FastAPI, Query, Request
from fastapi.responses import JSONResponse, Response, StreamingResponse
from pydantic import BaseModel, ConfigDict, Field
from starlette.types import Receive, Scope, Send

from assistant.answer import Answer, Citation, CitedPolicy
from assistant.draft import cited_policy
from assistant.evaluation import EvaluateBody, Evaluation, evaluated
from assistant.live import LiveAssistant
from assistant.streaming import Item as Made
from assistant.streaming import new_text, read_stream
from assistant.web.markup import prefixes
from knowledge.errors import BiaozhuntongError, NoRelease
from knowledge.life import Kept
from knowledge.model import Document

_log = logging.getLogger(__name__)

MAX_TEXT = 20_000
MAX_TURNS = 100
# Of a turn, as clients of the OpenAI API send it.
MAX_PARTS = 100

Turns = Annotated[list[Annotated[str, Field(max_length=MAX_TEXT)]], Field(max_length=MAX_TURNS)]
"""What was said before, oldest first."""
MODEL_NAME = "biaozhuntong"
_STREAM = "text/event-stream"


class Found(BaseModel):
    """One clause of a search, best first; `text` is the clause, `start` and `end` its range of the stored text."""

    policy_id: str
    clause_id: str
    score: float
    text: str
    start: int
    end: int


class SearchResult(BaseModel):
    """What a search found, and in which release."""

    release: str
    results: list[Found]


class PolicyEntry(CitedPolicy):
    """One policy of the live release."""

    policy_id: str
    clauses: int
    rules: int
    superseded_by: str | None = None


class ClauseEntry(BaseModel):
    """A clause with its range of the stored text."""

    clause_id: str
    path: list[str]
    start: int
    end: int
    text: str


class PolicyText(PolicyEntry):
    """A policy with its stored text and its clauses."""

    text: str
    clause_list: list[ClauseEntry]


class ReleaseEntry(BaseModel):
    """A release that has answered. `built` is the time in UTC, null where the release does not say."""

    release: str
    live: bool
    built: str | None = None
    policies: list[str]


class ReleaseList(BaseModel):
    """The releases that have answered and are kept, the live one first. `rules` names the rules of the live one."""

    live: str
    rules: str
    releases: list[ReleaseEntry]


KeptReleases = Callable[[], Iterable[Kept]]
"""The releases that have answered and are kept, the last one first."""


class ModelCard(BaseModel):
    """The one model there is."""

    id: str = MODEL_NAME
    object: Literal["model"] = "model"
    created: int = 0
    owned_by: str = MODEL_NAME


class ModelList(BaseModel):
    """The models that a client of the OpenAI API may name."""

    object: Literal["list"] = "list"
    data: list[ModelCard]


class CompletionMessage(BaseModel):
    """An answer as a turn; `citations` are those of the answer's markers."""

    role: Literal["assistant"] = "assistant"
    content: str
    refusal: str | None = None
    citations: list[Citation]


class CompletionChoice(BaseModel):
    """The one choice there is."""

    index: int = 0
    message: CompletionMessage
    finish_reason: Literal["stop"] = "stop"
    logprobs: None = None


class Completion(BaseModel):
    """An answer in the chat-completions shape. `answer` is the whole of it; no tokens are counted."""

    id: str
    object: Literal["chat.completion"] = "chat.completion"
    created: int
    model: str = MODEL_NAME
    choices: list[CompletionChoice]
    usage: dict[str, int]
    answer: Answer


class ChatMessage(BaseModel):
    """A turn; `content` is text, or text parts as clients of the OpenAI API send them."""

    model_config = ConfigDict(extra="ignore")

    role: Literal["system", "developer", "user", "assistant", "tool"]
    content: str | Annotated[list[dict[str, Any]], Field(max_length=MAX_PARTS)] | None = None

    @property
    def text(self) -> str:
        """The words of the turn."""
        if isinstance(self.content, list):
            return "".join(str(part.get("text", "")) for part in self.content if part.get("type") == "text")
        return self.content or ""


class ChatBody(BaseModel):
    """A request in the chat-completions shape. What would steer a language model is accepted and has no effect."""

    model_config = ConfigDict(extra="ignore")

    model: str = MODEL_NAME
    messages: list[ChatMessage] = Field(min_length=1, max_length=2 * MAX_TURNS)
    stream: bool = False


def add_routes(
    app: FastAPI, assistant: LiveAssistant[Any], *, unreviewed: bool = False, kept: KeptReleases | None = None
) -> None:
    """Add every route of this module.

    Args:
        app: gets them.
        assistant: answers.
        unreviewed: whether rules that nobody has confirmed may compute, with a warning.
        kept: the releases there are; without it only the one that answers is known.
    """
    _add_corpus(app, assistant)
    _add_releases(app, assistant, kept)
    _add_rewards(app, assistant, unreviewed=unreviewed)
    _add_chat(app, assistant)


def wants_stream(request: Request) -> bool:
    """Whether a client asks for server-sent events."""
    return _STREAM in request.headers.get("accept", "")


class _EventStream(StreamingResponse):
    """Server-sent events from a generator that is closed when the client goes away."""

    def __init__(self, events: AsyncGenerator[str, None]) -> None:
        super().__init__(events, media_type=_STREAM, headers={"Cache-Control": "no-store"})
        self._events = events

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        try:
            await super().__call__(scope, receive, send)
        finally:
            await self._events.aclose()


# What a client may take for a sign of life, and else ignores.
_STILL_HERE = ": still here\n\n"


def answer_events(made: AsyncGenerator[Made | None, None]) -> StreamingResponse:
    """An answer as server-sent events while it is made.

    - `text`, `{"text"}`: what is new of the answer's text, to be put behind what came before.
    - `replace`, `{"text"}`: all of the text, to be put in the place of what came before.
    - `answer`: the whole answer as JSON; its `answer` is the text that was sent. The last event.
    - `error`, `{"error": {"code", "message"}}`: there will be no answer. The last event.
    """

    async def events() -> AsyncGenerator[str, None]:
        async with aclosing(_told(made)) as told:
            async for thing in told:
                match thing:
                    case None:
                        yield _STILL_HERE
                    case Answer():
                        yield _event(thing.model_dump(mode="json"), "answer")
                    case Exception():
                        yield _event({"error": problem(thing)}, "error")
                    case (name, text):
                        yield _event({"text": text}, name)

    return _EventStream(events())


_Told = tuple[Literal["text", "replace"], str] | Answer | Exception | None


async def _told(made: AsyncGenerator[Made | None, None], *, certain: bool = False) -> AsyncGenerator[_Told, None]:
    """What a client is told of an answer that is made, one thing after the other; an exception is the last of them.

    Args:
        made: the sentences and the answer.
        certain: whether sentences wait until it is certain that the answer will begin with them.
    """
    shown = ""
    try:
        async with aclosing(made):
            async for item in made:
                if item is None:
                    yield None
                elif not isinstance(item, Answer):
                    added = new_text(shown, item)
                    if added and (item.stands or not certain):
                        yield "text", added
                        shown += added
                elif new_text(shown, item) is None:
                    yield "replace", item.answer
                    yield item
                else:
                    for prefix in [*prefixes(item.answer), item.answer]:
                        if len(prefix) > len(shown):
                            yield "text", prefix[len(shown) :]
                            shown = prefix
                    yield item
    except Exception as error:
        if not isinstance(error, BiaozhuntongError):
            _log.exception("a question could not be answered")
        yield error


def problem(error: Exception) -> dict[str, str]:
    """What a client is told about an error: a code, and a sentence without the insides of the server."""
    if isinstance(error, NoRelease):
        return {"code": "no_release", "message": str(error)}
    if isinstance(error, BiaozhuntongError):
        return {"code": "unavailable", "message": str(error)}
    return {"code": "failed", "message": "the question could not be answered; the server's log says why"}


def _event(data: Mapping[str, Any], name: str | None = None) -> str:
    head = f"event: {name}\n" if name else ""
    return f"{head}data: {json.dumps(data, ensure_ascii=False)}\n\n"


def refused(status: int, code: str, message: str, **more: str) -> JSONResponse:
    """A refusal as every route gives it: a code for programs, a sentence for people."""
    return JSONResponse({"error": {"code": code, "message": message, **more}}, status_code=status)


def _entry(document: Document, rules: int) -> dict[str, Any]:
    policy = document.policy
    return {
        **cited_policy(policy).model_dump(),
        "policy_id": policy.id,
        "clauses": len(document.clauses),
        "rules": rules,
        "superseded_by": policy.superseded_by,
    }


def _clauses(document: Document) -> list[ClauseEntry]:
    return [
        ClauseEntry(clause_id=c.clause_id, path=list(c.path), start=c.start, end=c.end, text=c.text)
        for c in document.clauses
    ]


def _add_corpus(app: FastAPI, assistant: LiveAssistant[Any]) -> None:
    @app.get("/v1/search", summary="Search the clauses")
    def search(
        q: Annotated[str, Query(max_length=MAX_TEXT)], limit: Annotated[int, Query(ge=1, le=100)] = 10
    ) -> SearchResult:
        """Clauses for a query, best first."""
        with assistant.lease() as opened:
            hits = opened.search(q, limit=limit)
            found = [
                Found(
                    policy_id=hit.clause.policy_id,
                    clause_id=hit.clause.clause_id,
                    score=hit.score,
                    text=hit.clause.text,
                    start=hit.clause.start,
                    end=hit.clause.end,
                )
                for hit in hits
            ]
            return SearchResult(release=opened.release.release_id, results=found)

    @app.get("/v1/policies", summary="The policies")
    def policies() -> list[PolicyEntry]:
        """The policies of the live release, those kept for the record included."""
        release = assistant.release
        counted = [rule.policy_id for rule in release.rules.all]
        return [
            PolicyEntry.model_validate(_entry(document, counted.count(policy_id)))
            for policy_id, document in release.documents.items()
        ]

    @app.get("/v1/policies/{policy_id}", response_model=PolicyText, summary="A policy with its text")
    def policy(policy_id: str) -> PolicyText | JSONResponse:
        """One policy with its stored text and its clauses."""
        release = assistant.release
        document = release.documents.get(policy_id)
        if document is None:
            return refused(404, "not_found", f"no policy {policy_id!r} in release {release.release_id}")
        rules = sum(rule.policy_id == policy_id for rule in release.rules.all)
        return PolicyText.model_validate(
            {**_entry(document, rules), "text": document.text, "clause_list": _clauses(document)}
        )


def _add_releases(app: FastAPI, assistant: LiveAssistant[Any], kept: KeptReleases | None) -> None:
    @app.get("/v1/releases", summary="The releases")
    def releases() -> ReleaseList:
        """The releases that have answered and are still kept, and which of them answers now."""
        with assistant.lease() as opened:
            release = opened.release
            live, policies, rules = release.release_id, list(release.documents), release.rules.fingerprint
        there = {one.release: one for one in (kept() if kept else ())}
        own = there.pop(live, None)
        entries = [
            ReleaseEntry(release=live, live=True, built=own.built if own else None, policies=policies),
            *(
                ReleaseEntry(release=one.release, live=False, built=one.built, policies=list(one.policies))
                for one in there.values()
            ),
        ]
        return ReleaseList(live=live, rules=rules, releases=entries)


def _add_rewards(app: FastAPI, assistant: LiveAssistant[Any], *, unreviewed: bool) -> None:
    @app.post("/v1/rewards/evaluate", response_model=Evaluation, summary="Compute rewards")
    def evaluate(body: EvaluateBody) -> Evaluation | JSONResponse:
        """The rewards that one policy's rules give for stated work: amounts, conditions and the computing."""
        with assistant.lease() as opened:
            release = opened.release
            if body.policy_id not in release.documents:
                return refused(404, "not_found", f"no policy {body.policy_id!r} in release {release.release_id}")
            found = evaluated(release, body, body.asked_at or date.today(), with_unreviewed=unreviewed)
            return Evaluation(
                release=release.release_id,
                policy_id=body.policy_id,
                rewards=found.rows,
                total_yuan=found.outcome.total_yuan,
                warnings=list(found.outcome.warnings),
                citations=found.citations,
            )


def _add_chat(app: FastAPI, assistant: LiveAssistant[Any]) -> None:
    @app.get("/v1/models", summary="The models")
    def models() -> ModelList:
        """The one model there is, for clients that ask."""
        return ModelList(data=[ModelCard()])

    @app.post("/v1/chat/completions", response_model=Completion, summary="Ask in the chat-completions shape")
    def completions(body: ChatBody) -> Completion | Response:
        """Answers the last user turn. The whole answer, with its citations, stands beside the message as `answer`."""
        turns = [message.text for message in body.messages if message.role == "user" and message.text.strip()]
        if not turns:
            return refused(400, "bad_request", "expected a user message with text", type="invalid_request_error")
        question, history = turns[-1][:MAX_TEXT], [turn[:MAX_TEXT] for turn in turns[:-1]]
        head = {"id": f"chatcmpl-{uuid.uuid4().hex}", "created": int(time.time()), "model": MODEL_NAME}
        if not body.stream:
            return _completion(assistant.ask(question, history=history), head)
        assistant.wait()
        return _chunks(read_stream(lambda left: assistant.ask_stream(question, history=history, stopped=left)), head)


def _citations(answer: Answer) -> list[dict[str, Any]]:
    return [citation.model_dump(mode="json") for citation in answer.citations]


def _completion(answer: Answer, head: Mapping[str, Any]) -> Completion:
    return Completion(
        **head,
        choices=[CompletionChoice(message=CompletionMessage(content=answer.answer, citations=answer.citations))],
        # Nothing was generated by a model that counts tokens.
        usage={"prompt_tokens": 0, "completion_tokens": 0, "total_tokens": 0},
        answer=answer,
    )


def _chunks(made: AsyncGenerator[Made | None, None], head: Mapping[str, Any]) -> StreamingResponse:
    """The answer in pieces. Such a client can only append, so no sentence is sent that might be taken back."""

    def chunk(delta: Mapping[str, Any], finish: str | None = None, **more: object) -> str:
        choice = {"index": 0, "delta": delta, "finish_reason": finish, "logprobs": None}
        return _event({**head, "object": "chat.completion.chunk", "choices": [choice], **more})

    async def events() -> AsyncGenerator[str, None]:
        yield chunk({"role": "assistant", "content": ""})
        async with aclosing(_told(made, certain=True)) as told:
            async for thing in told:
                match thing:
                    case None:
                        yield _STILL_HERE
                    case Answer():
                        yield chunk({}, "stop", citations=_citations(thing), answer=thing.model_dump(mode="json"))
                    case Exception():
                        yield _event({"error": problem(thing)})
                    case (_, text):
                        yield chunk({"content": text})
        yield "data: [DONE]\n\n"

    return _EventStream(events())
