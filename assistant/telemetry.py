"""What an operator sees: a request id on every reply, one log line a request without personal text, and metrics."""

from __future__ import annotations

import json
import logging
import re
import time
import uuid

from prometheus_client import CollectorRegistry, Counter, Histogram, generate_latest
from prometheus_client.exposition import CONTENT_TYPE_LATEST
from starlette.datastructures import Headers, MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from assistant.answer import Answer

_log = logging.getLogger("biaozhuntong.requests")

METRICS_TYPE = CONTENT_TYPE_LATEST
# What a client may send as its own id; anything else is replaced.
_REQUEST_ID = re.compile(r"[A-Za-z0-9._-]{1,64}")
# Routes by their first parts, so that neither ids nor texts become labels.
_KNOWN = re.compile(
    r"/(healthz|readyz|metrics|sources|web|v1/(?:[a-z]+(?:/(?:evaluate|completions))?)|gradio_api/[a-z_-]+)(?:/|$)"
)
_SECONDS = (0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30)


class Telemetry:
    """Counters of one server. Each has its own registry, so that two in one process do not share figures."""

    def __init__(self) -> None:
        self.registry = CollectorRegistry()
        self._requests = Counter(
            "bzt_requests_total", "Requests by route and status.", ["route", "status"], registry=self.registry
        )
        self._seconds = Histogram(
            "bzt_request_seconds", "Time to the last byte.", ["route"], buckets=_SECONDS, registry=self.registry
        )
        self._answers = Counter(
            "bzt_answers_total", "Answers by status, language and release.", ["status", "language", "release"],
            registry=self.registry,
        )  # fmt: skip

    def answered(self, answer: Answer) -> None:
        """Count an answer; nothing of its words is kept."""
        self._answers.labels(answer.status, answer.language, answer.provenance.release or "none").inc()

    def requested(self, route: str, status: int, seconds: float) -> None:
        """Count a request."""
        self._requests.labels(route, str(status)).inc()
        self._seconds.labels(route).observe(seconds)

    def text(self) -> bytes:
        """The figures in the exposition format of Prometheus."""
        return generate_latest(self.registry)


def route_of(path: str) -> str:
    """The kind of a path, one of a few."""
    match = _KNOWN.match(path)
    return match[1] if match else ("page" if path == "/" else "other")


class RequestLog:
    """ASGI middleware: gives every request an id, counts it, and writes one JSON line about it."""

    def __init__(self, app: ASGIApp, *, telemetry: Telemetry) -> None:
        self.app = app
        self._telemetry = telemetry

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Handle one connection."""
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        given = Headers(scope=scope).get("x-request-id", "")
        request_id = given if _REQUEST_ID.fullmatch(given) else uuid.uuid4().hex
        start, status = time.perf_counter(), 500

        async def respond(message: Message) -> None:
            nonlocal status
            if message["type"] == "http.response.start":
                status = message["status"]
                MutableHeaders(scope=message)["X-Request-ID"] = request_id
            await send(message)

        try:
            await self.app(scope, receive, respond)
        finally:
            seconds = time.perf_counter() - start
            route = route_of(scope["path"])
            self._telemetry.requested(route, status, seconds)
            line = {"id": request_id, "method": scope["method"], "route": route, "status": status}
            _log.info(json.dumps({**line, "ms": round(seconds * 1000, 1)}))
