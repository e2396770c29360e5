"""Any OpenAI-compatible chat endpoint, through LangChain.

An endpoint is a stranger: what it sends is bounded in time and in size, redirects are not followed, and no error tells
what was sent to it or came from it.
"""

from __future__ import annotations

import logging
import ssl
import threading
import time
from collections.abc import Generator, Iterator, Sequence
from contextlib import closing
from queue import Empty, SimpleQueue
from typing import Any

import httpx
from langchain_openai import ChatOpenAI
from pydantic import SecretStr

from assistant.chat_model import Message
from assistant.settings import Settings
from knowledge.errors import ChatModelError

# These write requests, and so the user's words, at their finer levels.
_TALKATIVE = ("openai", "httpx", "httpx2", "httpcore", "httpcore2", "langchain_openai")
# A token is rarely longer than this; the reply is cut here where an endpoint knows no limit of its own.
_CHARACTERS_A_TOKEN = 8
# Most bytes of one reply with all that is wrapped around its text.
_MAX_BYTES = 2_000_000
_CONNECT_SECONDS = 5.0
# Before the one retry.
_RETRY_WAIT = 0.25
# A silent endpoint is waited for in parts, so that a reader who left is not waited for.
_WAIT = 0.1
_END = object()


class OpenAIChat:
    """Any OpenAI-compatible endpoint, through LangChain's `ChatOpenAI`. Safe to use from several threads.

    Args:
        name: the model's name.
        url: the endpoint's base address.
        settings: the key and the limits.
    """

    def __init__(self, name: str, url: str, settings: Settings) -> None:
        self._name = name
        self._seconds = settings.model_seconds
        self._max_characters = settings.model_answer_tokens * _CHARACTERS_A_TOKEN
        for talkative in _TALKATIVE:
            logging.getLogger(talkative).setLevel(logging.WARNING)
        self._transport = _BoundedTransport()
        timeout = httpx.Timeout(settings.model_silence_seconds, connect=_CONNECT_SECONDS)
        self._chat = ChatOpenAI(
            model=name,
            base_url=url,
            # Never the key another program put into the environment.
            api_key=settings.model_key or SecretStr("none"),
            http_client=httpx.Client(transport=self._transport, timeout=timeout, follow_redirects=False),
            timeout=timeout,
            max_retries=0,
            max_completion_tokens=settings.model_answer_tokens,
            temperature=0,
            stream_usage=False,
            use_responses_api=False,
            cache=False,
        )

    @property
    def name(self) -> str:
        """The model's name, as it was set."""
        return self._name

    def stream(self, messages: Sequence[Message]) -> Generator[str, None, None]:
        """The reply's text; one retry where nothing came yet and the fault may pass, all within `model_seconds`."""
        deadline = time.monotonic() + self._seconds
        retried = False
        while True:
            came = False
            try:
                with closing(self._attempt(messages, deadline)) as pieces:
                    for text in pieces:
                        came = came or bool(text)
                        yield text
                if not came:
                    raise ChatModelError(f"the chat model `{self._name}` sent no text")
                return
            except ChatModelError as error:
                if came or retried or not error.passing or time.monotonic() + _RETRY_WAIT >= deadline:
                    raise
            retried = True
            time.sleep(_RETRY_WAIT)

    def _attempt(self, messages: Sequence[Message], deadline: float) -> Generator[str, None, None]:
        """One request. It is read in a thread of its own, so that nothing an endpoint does can hold the caller."""
        pieces: SimpleQueue[Any] = SimpleQueue()
        exchange = _Exchange(deadline)
        threading.Thread(target=self._read, args=(messages, exchange, pieces), name="chat-model", daemon=True).start()
        left = self._max_characters
        try:
            while left > 0:
                try:
                    piece = pieces.get(timeout=min(_WAIT, max(0.0, deadline - time.monotonic())))
                except Empty:
                    if time.monotonic() < deadline:
                        yield ""
                        continue
                    raise ChatModelError(
                        f"the chat model `{self._name}` took longer than {self._seconds:g} s; "
                        "raise BZT_MODEL_SECONDS if it is slow, or check the endpoint"
                    ) from None
                if piece is _END:
                    return
                if isinstance(piece, ChatModelError):
                    raise piece
                yield piece[:left]
                left -= len(piece)
        finally:
            exchange.abort()

    def _read(self, messages: Sequence[Message], exchange: _Exchange, pieces: SimpleQueue[Any]) -> None:
        self._transport.use(exchange)
        try:
            for chunk in self._chat.stream([(message.role, message.content) for message in messages]):
                if exchange.aborted:
                    return
                if text := chunk.text:
                    pieces.put(str(text))
            pieces.put(_END)
        except Exception as error:  # whatever a foreign endpoint provokes in three libraries
            pieces.put(self._fault(error))

    def _fault(self, error: Exception) -> ChatModelError:
        """What went wrong without a word of what was sent or came: only the kind of the error and its HTTP status."""
        status = getattr(error, "status_code", None)
        names = {kind.__name__ for kind in type(error).__mro__}
        passing = status in (408, 429) or (isinstance(status, int) and status >= 500)
        passing = passing or ("APIConnectionError" in names and "APITimeoutError" not in names)
        shown = f"HTTP {status}" if isinstance(status, int) else type(error).__name__
        hint = "check BZT_MODEL_KEY" if status in (401, 403) else "check BZT_MODEL_URL and the endpoint"
        return ChatModelError(f"the chat model `{self._name}` failed: {shown}; {hint}", passing=passing)


class _Exchange:
    """One request: until when it may last, and how to end it from outside."""

    def __init__(self, deadline: float) -> None:
        self.deadline = deadline
        self.aborted = False
        self._lock = threading.Lock()
        self._connection: httpx.HTTPTransport | None = None

    def connected(self, connection: httpx.HTTPTransport) -> None:
        """The connection that the request goes over."""
        with self._lock:
            self._connection = connection
            if self.aborted:
                connection.close()

    def abort(self) -> None:
        """Close the connection; its reader ends at the next byte or time-out."""
        with self._lock:
            self.aborted = True
            if self._connection is not None:
                self._connection.close()


class _BoundedTransport(httpx.BaseTransport):
    """A connection for each request, with a bound on the bytes that come and on how long they come."""

    def __init__(self) -> None:
        self._certificates: ssl.SSLContext = httpx.create_ssl_context()
        self._of_thread = threading.local()

    def use(self, exchange: _Exchange) -> None:
        """The exchange of the requests of the calling thread."""
        self._of_thread.exchange = exchange

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        exchange: _Exchange = self._of_thread.exchange
        # A packed reply would grow past its bound after it was counted.
        request.headers["Accept-Encoding"] = "identity"
        connection = httpx.HTTPTransport(verify=self._certificates)
        exchange.connected(connection)
        response = connection.handle_request(request)
        if response.headers.get("Content-Encoding", "identity").lower() != "identity":
            connection.close()
            raise httpx.RemoteProtocolError("the reply is packed", request=request)
        assert isinstance(response.stream, httpx.SyncByteStream)
        stream = _BoundedStream(response.stream, connection, exchange.deadline)
        return httpx.Response(response.status_code, headers=response.headers, stream=stream, request=request)


class _BoundedStream(httpx.SyncByteStream):
    def __init__(self, stream: httpx.SyncByteStream, connection: httpx.HTTPTransport, deadline: float) -> None:
        self._stream = stream
        self._connection = connection
        self._deadline = deadline

    def __iter__(self) -> Iterator[bytes]:
        left = _MAX_BYTES
        for chunk in self._stream:
            left -= len(chunk)
            if left < 0:
                raise httpx.RemoteProtocolError("the reply is too long")
            if time.monotonic() > self._deadline:
                raise httpx.ReadTimeout("the reply took too long")
            yield chunk

    def close(self) -> None:
        self._stream.close()
        self._connection.close()
