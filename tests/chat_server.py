"""A chat endpoint on loopback that does what a test tells it to, well or badly, over real HTTP."""

from __future__ import annotations

import json
import threading
import time
from collections.abc import Callable, Generator, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from assistant.chat_model import Message

KEY = "sk-test-9f2c61d0"
MODEL = "test-model-7b"


class ScriptedChat:
    """A chat model without an endpoint: it says its lines, or raises its error.

    Attributes:
        asked: the messages it was sent, in order.
    """

    name = MODEL

    def __init__(self, *lines: str, error: Exception | None = None) -> None:
        self.lines = lines
        self.error = error
        self.asked: list[list[Message]] = []

    def stream(self, messages: Sequence[Message]) -> Generator[str, None, None]:
        """The lines, a few characters at a time, then the error if there is one."""
        self.asked.append(list(messages))
        text = "\n".join(self.lines)
        for start in range(0, len(text), 4):
            yield text[start : start + 4]
        if self.error:
            raise self.error


@dataclass
class Endpoint:
    """A running endpoint.

    Attributes:
        url: its base address.
        requests: the bodies it was sent, in order.
        headers: the headers of each request.
        behave: what it does with the next requests.
        closing: set when the test is over; a handler that waits waits for it.
    """

    url: str
    behave: Behaviour
    requests: list[dict[str, Any]] = field(default_factory=list)
    headers: list[dict[str, str]] = field(default_factory=list)
    closing: threading.Event = field(default_factory=threading.Event)

    def prompt(self) -> str:
        """All that the last request told the model."""
        return "\n".join(message["content"] for message in self.requests[-1]["messages"])


class Handler(BaseHTTPRequestHandler):
    """One request; `write` sends a piece and tells whether anybody still listens."""

    protocol_version = "HTTP/1.1"
    endpoint: Endpoint

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers.get("Content-Length", 0)))
        self.endpoint.requests.append(json.loads(body))
        self.endpoint.headers.append({name.lower(): value for name, value in self.headers.items()})
        self.close_connection = True
        self.endpoint.behave(self)

    def start(self, status: int = 200, kind: str = "text/event-stream", **headers: str) -> None:
        self.send_response(status)
        self.send_header("Content-Type", kind)
        self.send_header("Connection", "close")
        for name, value in headers.items():
            self.send_header(name.replace("_", "-"), value)
        self.end_headers()

    def write(self, data: bytes) -> bool:
        try:
            self.wfile.write(data)
            self.wfile.flush()
        except OSError:
            return False
        return not self.endpoint.closing.is_set()

    def log_message(self, *_: Any) -> None:
        """Nothing: a test reads its own output."""


Behaviour = Callable[[Handler], None]


@contextmanager
def serve(behave: Behaviour) -> Iterator[Endpoint]:
    """An endpoint that behaves so until the block ends."""
    endpoint = Endpoint("", behave)
    handler = type("Bound", (Handler,), {"endpoint": endpoint})
    server = ThreadingHTTPServer(("127.0.0.1", 0), handler)
    server.daemon_threads = True
    endpoint.url = f"http://127.0.0.1:{server.server_address[1]}/v1"
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True)
    thread.start()
    try:
        yield endpoint
    finally:
        endpoint.closing.set()
        server.shutdown()
        server.server_close()


def chunk(text: str | None, **more: Any) -> bytes:
    """One event of a streamed reply."""
    delta = {} if text is None else {"content": text}
    choice = {"index": 0, "delta": delta, "finish_reason": None if text is not None else "stop"}
    event = {"id": "x", "object": "chat.completion.chunk", "created": 1, "model": MODEL, "choices": [choice]}
    return b"data: " + json.dumps(event | more, ensure_ascii=False).encode() + b"\n\n"


def says(*sentences: str, size: int = 3) -> Behaviour:
    """Replies with these lines, a few characters at a time."""
    text = "\n".join(sentences)

    def behave(handler: Handler) -> None:
        handler.start()
        for start in range(0, len(text), size):
            if not handler.write(chunk(text[start : start + size])):
                return
        handler.write(chunk(None) + b"data: [DONE]\n\n")

    return behave


def sends(*parts: bytes, status: int = 200, kind: str = "text/event-stream", **headers: str) -> Behaviour:
    """Sends these bytes as the body."""

    def behave(handler: Handler) -> None:
        handler.start(status, kind, **headers)
        for part in parts:
            if not handler.write(part):
                return

    return behave


def refuses(status: int) -> Behaviour:
    """An error status whose body repeats what was sent, as some proxies do."""

    def behave(handler: Handler) -> None:
        handler.start(status, "application/json")
        told = {"message": f"{handler.headers['Authorization']} {json.dumps(handler.endpoint.requests[-1])}"}
        handler.write(json.dumps({"error": told}).encode())

    return behave


def silent(handler: Handler) -> None:
    """Takes the request and says nothing."""
    handler.endpoint.closing.wait(30)


def drips_a_line(handler: Handler) -> None:
    """Sends one event byte by byte, and never the end of its line."""
    handler.start()
    while handler.write(b"d"):
        time.sleep(0.02)


def drips_headers(handler: Handler) -> None:
    """Sends its headers letter by letter."""
    handler.wfile.write(b"HTTP/1.1 200 OK\r\nX-Slow: ")
    while handler.write(b"a"):
        time.sleep(0.02)


def drips_text(handler: Handler) -> None:
    """Sends whole events of one letter each, slowly and for ever."""
    handler.start()
    while handler.write(chunk("字")):
        time.sleep(0.02)


def endless(handler: Handler) -> None:
    """Sends text as fast as it can, and never ends."""
    handler.start()
    while handler.write(chunk("没有尽头的文字" * 50)):
        pass


def endless_line(handler: Handler) -> None:
    """Sends one line without an end as fast as it can."""
    handler.start()
    while handler.write(b"x" * 65536):
        pass


def dies_after(*sentences: str) -> Behaviour:
    """Sends these lines, announces more, and closes the connection."""

    def behave(handler: Handler) -> None:
        handler.send_response(200)
        handler.send_header("Content-Type", "text/event-stream")
        handler.send_header("Transfer-Encoding", "chunked")
        handler.end_headers()
        body = chunk("\n".join(sentences) + "\n")
        handler.write(f"{len(body):x}\r\n".encode() + body + b"\r\nffff\r\ndata: ")
        handler.connection.close()

    return behave


def in_turn(*behaviours: Behaviour) -> Behaviour:
    """One behaviour a request, the last one from then on."""
    left: Sequence[Behaviour] = list(behaviours)
    counter = iter(range(10**6))

    def behave(handler: Handler) -> None:
        left[min(next(counter), len(left) - 1)](handler)

    return behave
