"""The chat model adapter over real HTTP, with endpoints that misbehave in every way we know."""

from __future__ import annotations

import gzip
import logging
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator

import pytest
from pydantic import SecretStr

from assistant.chat_model import Breaker, ChatModel, open_chat_model
from assistant.openai_chat import OpenAIChat
from assistant.settings import Settings
from knowledge.errors import ChatModelError, UsageError
from tests import chat_server
from tests.chat_server import KEY, MODEL, Behaviour, Endpoint, ScriptedChat, chunk, sends, serve
from tests.contracts.chat_model import MESSAGES, SECRET, ChatModelContract

# Longer than an endpoint that behaves ever takes.
PATIENCE = 60.0
# For endpoints that do not: how long a reply, and how long a silence.
SECONDS, SILENCE = 0.6, 0.3
HASTE = {"model_seconds": SECONDS, "model_silence_seconds": SILENCE}
# An endpoint that is given up counts as given up in time within this many seconds more: the machine may be busy, and left
# alone such an endpoint goes on for half a minute at least.
GRACE = 15


def settings_for(url: str, **more: object) -> Settings:
    limits = {"model_seconds": PATIENCE, "model_silence_seconds": PATIENCE, "model_answer_tokens": 200}
    given = {"model": MODEL, "model_url": url, "model_key": KEY, "model_pause": 60.0, **limits, **more}
    return Settings.model_validate(given)


def adapter(endpoint: Endpoint, **more: object) -> OpenAIChat:
    return OpenAIChat(MODEL, endpoint.url, settings_for(endpoint.url, **more))


@pytest.fixture
def endpoint() -> Iterator[Endpoint]:
    with serve(chat_server.says("好。[1]")) as running:
        yield running


class TestOpenAIChat(ChatModelContract):
    @pytest.fixture
    def speaking(self, endpoint: Endpoint) -> Callable[..., ChatModel]:
        def make(*lines: str) -> ChatModel:
            endpoint.behave = chat_server.says(*lines)
            return adapter(endpoint)

        return make

    @pytest.fixture
    def failing(self, endpoint: Endpoint) -> Callable[[], ChatModel]:
        def make() -> ChatModel:
            endpoint.behave = chat_server.refuses(401)
            return adapter(endpoint)

        return make


class TestScriptedChat(ChatModelContract):
    """The fake of the other tests is as good as a real one."""

    @pytest.fixture
    def speaking(self) -> Callable[..., ChatModel]:
        return ScriptedChat

    @pytest.fixture
    def failing(self) -> Callable[[], ChatModel]:
        return lambda: ScriptedChat(error=ChatModelError("broken"))


class TestBreaker(ChatModelContract):
    @pytest.fixture
    def speaking(self) -> Callable[..., ChatModel]:
        return lambda *lines: Breaker(ScriptedChat(*lines), pause=60)

    @pytest.fixture
    def failing(self) -> Callable[[], ChatModel]:
        return lambda: Breaker(ScriptedChat(error=ChatModelError("broken")), pause=60)


def test_it_sends_what_any_compatible_endpoint_takes(endpoint: Endpoint) -> None:
    list(adapter(endpoint).stream(MESSAGES))
    sent = endpoint.requests[0]
    assert sent["model"] == MODEL
    assert sent["stream"] is True
    assert sent["temperature"] == 0
    assert [message["role"] for message in sent["messages"]] == ["system", "user"]
    assert endpoint.headers[0]["authorization"] == f"Bearer {KEY}"
    assert set(sent) <= {"model", "messages", "stream", "temperature", "max_completion_tokens", "max_tokens"}


def test_no_key_of_another_program_is_sent(endpoint: Endpoint, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("OPENAI_API_KEY", "sk-of-somebody-else")
    monkeypatch.setenv("OPENAI_BASE_URL", "http://127.0.0.1:9/v1")
    list(adapter(endpoint, model_key=None).stream(MESSAGES))
    assert "somebody" not in endpoint.headers[0]["authorization"]


FAILURES: dict[str, Behaviour] = {
    "silence": chat_server.silent,
    "slow line": chat_server.drips_a_line,
    "slow headers": chat_server.drips_headers,
    "malformed JSON": sends(b"data: {oops\n\n"),
    "JSON of another shape": sends(b'data: ["a", 1]\n\n'),
    "half an event": sends(b'data: {"choices": [{"delta": {"con'),
    "not UTF-8": sends(b'data: {"choices": [{"index": 0, "delta": {"content": "\xff\xfe"}}]}\n\n'),
    "web page": sends(b"<html><body>Sign in</body></html>", kind="text/html"),
    "plain JSON": sends(b'{"choices": [{"message": {"content": "x"}}]}', kind="application/json"),
    "nothing": sends(),
    "empty choices": sends(chunk(None, choices=[]), b"data: [DONE]\n\n"),
    "no choices": sends(b'data: {"object": "chat.completion.chunk"}\n\n'),
    "null": sends(b"data: null\n\n"),
    "empty text": sends(chunk(""), chunk(None), b"data: [DONE]\n\n"),
    "error event": sends(b'data: {"error": {"message": "overloaded"}}\n\n'),
    "unauthorized": chat_server.refuses(401),
    "forbidden": chat_server.refuses(403),
    "unknown model": chat_server.refuses(404),
    "too many requests": chat_server.refuses(429),
    "server error": chat_server.refuses(500),
    "redirect": sends(status=307, Location="http://127.0.0.1:9/v1/chat/completions"),
    "packed": sends(gzip.compress(chunk("x" * 10_000)), Content_Encoding="gzip"),
    "endless line": chat_server.endless_line,
    "dies before text": chat_server.dies_after(),
}


@pytest.mark.parametrize("behave", FAILURES.values(), ids=FAILURES)
def test_what_fails_fails_in_time_and_tells_nothing(
    endpoint: Endpoint, behave: Behaviour, caplog: pytest.LogCaptureFixture, capfd: pytest.CaptureFixture[str]
) -> None:
    caplog.set_level(logging.DEBUG)
    endpoint.behave = behave
    start = time.monotonic()
    with pytest.raises(ChatModelError) as caught:
        list(adapter(endpoint, **HASTE).stream(MESSAGES))
    assert time.monotonic() - start < SECONDS + GRACE
    told = f"{caught.value!r} {caught.value.__context__!r} {caplog.text} {''.join(capfd.readouterr())}"
    assert SECRET not in told
    assert KEY not in told
    assert len(endpoint.requests) <= 2


@pytest.mark.parametrize("status", [429, 500, 503])
def test_a_passing_fault_is_tried_once_more(endpoint: Endpoint, status: int) -> None:
    endpoint.behave = chat_server.in_turn(chat_server.refuses(status), chat_server.says("好。[1]"))
    assert "".join(adapter(endpoint).stream(MESSAGES)) == "好。[1]"
    assert len(endpoint.requests) == 2


@pytest.mark.parametrize("status", [400, 401, 404])
def test_a_lasting_fault_is_not_tried_again(endpoint: Endpoint, status: int) -> None:
    endpoint.behave = chat_server.in_turn(chat_server.refuses(status), chat_server.says("好。[1]"))
    with pytest.raises(ChatModelError, match=f"HTTP {status}"):
        list(adapter(endpoint).stream(MESSAGES))
    assert len(endpoint.requests) == 1


def test_never_more_than_two_requests(endpoint: Endpoint) -> None:
    endpoint.behave = chat_server.refuses(503)
    with pytest.raises(ChatModelError):
        list(adapter(endpoint).stream(MESSAGES))
    assert len(endpoint.requests) == 2


def test_what_came_before_the_end_stays(endpoint: Endpoint) -> None:
    endpoint.behave = chat_server.dies_after("第一句。[1]")
    pieces = adapter(endpoint).stream(MESSAGES)
    assert next(pieces).startswith("第一句。[1]")
    with pytest.raises(ChatModelError):
        list(pieces)
    assert len(endpoint.requests) == 1


def test_a_reply_without_end_is_cut(endpoint: Endpoint) -> None:
    endpoint.behave = chat_server.endless
    reply = "".join(adapter(endpoint).stream(MESSAGES))
    assert 0 < len(reply) <= 200 * 8


def test_a_slow_reply_is_cut_at_its_time(endpoint: Endpoint) -> None:
    endpoint.behave = chat_server.drips_text
    start = time.monotonic()
    with pytest.raises(ChatModelError, match="longer than"):
        list(adapter(endpoint, model_seconds=SECONDS).stream(MESSAGES))
    assert time.monotonic() - start < SECONDS + GRACE


@pytest.mark.parametrize(
    "behave", [chat_server.drips_a_line, chat_server.drips_headers, chat_server.drips_text, chat_server.silent]
)
def test_no_reader_is_left_behind(endpoint: Endpoint, behave: Behaviour) -> None:
    endpoint.behave = behave
    with pytest.raises(ChatModelError):
        list(adapter(endpoint, **HASTE).stream(MESSAGES))
    end = time.monotonic() + GRACE
    while any(thread.name == "chat-model" for thread in threading.enumerate()):
        assert time.monotonic() < end, "a thread still reads from the endpoint"
        time.sleep(0.02)


def test_an_endpoint_that_is_not_there() -> None:
    with serve(chat_server.silent) as gone:
        url = gone.url
    with pytest.raises(ChatModelError):
        list(OpenAIChat(MODEL, url, settings_for(url)).stream(MESSAGES))


# --- the breaker ------------------------------------------------------------------------------------------------------


def test_a_broken_model_is_left_alone_and_then_tried() -> None:
    now = [0.0]
    model = ScriptedChat("好。", error=ChatModelError("broken"))
    breaker = Breaker(model, pause=60, clock=lambda: now[0])
    for second, asked in ((0, 1), (1, 1), (59, 1), (60, 2), (61, 2), (119, 2)):
        now[0] = second
        with pytest.raises(ChatModelError):
            list(breaker.stream(MESSAGES))
        assert len(model.asked) == asked, second
    model.error = None
    now[0] = 121
    assert list(breaker.stream(MESSAGES)) == ["好。"]
    assert list(breaker.stream(MESSAGES)) == ["好。"]


def test_while_one_tries_the_others_do_not_wait() -> None:
    now = [0.0]
    model = ScriptedChat("好。", error=ChatModelError("broken"))
    breaker = Breaker(model, pause=60, clock=lambda: now[0])
    with pytest.raises(ChatModelError):
        list(breaker.stream(MESSAGES))
    model.error = None
    now[0] = 61
    trying = breaker.stream(MESSAGES)
    assert next(trying) == "好。"
    with pytest.raises(ChatModelError, match="left alone"):
        list(breaker.stream(MESSAGES))
    assert len(model.asked) == 2
    assert list(trying) == []
    assert list(breaker.stream(MESSAGES)) == ["好。"]


# --- settings ---------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "url",
    [
        None,
        "",
        "localhost:8080",
        "ftp://x/v1",
        "https://",
        "https://u:hidden@h/v1",
        "https://h/v1?key=hidden",
        "//h/v1",
    ],
)
def test_a_wrong_address_is_named_but_not_repeated(url: str | None) -> None:
    with pytest.raises(UsageError, match="BZT_MODEL_URL") as caught:
        open_chat_model(Settings(model=MODEL, model_url=url))
    assert "hidden" not in str(caught.value)


def test_without_a_model_there_is_none() -> None:
    assert open_chat_model(Settings(model_url="http://127.0.0.1:9/v1", model_key=SecretStr(KEY))) is None
    assert open_chat_model(Settings(model=" ")) is None


def test_the_key_is_in_no_print_of_the_settings(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("BZT_MODEL", MODEL)
    monkeypatch.setenv("BZT_MODEL_URL", "http://127.0.0.1:9/v1")
    monkeypatch.setenv("BZT_MODEL_KEY", KEY)
    settings = Settings()
    assert settings.model_key is not None
    assert settings.model_key.get_secret_value() == KEY
    assert KEY not in f"{settings!r} {settings} {settings.model_dump()} {settings.model_dump_json()}"


def test_without_a_model_its_client_is_not_imported() -> None:
    code = (
        "import sys; import assistant.pipeline; "
        "sys.exit(any(name in sys.modules for name in ('langchain_openai', 'openai', 'assistant.openai_chat')))"
    )
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0


def test_without_the_package_the_error_says_what_to_install(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "langchain_openai", None)
    monkeypatch.delitem(sys.modules, "assistant.openai_chat", raising=False)
    with pytest.raises(UsageError, match="langchain-openai"):
        open_chat_model(settings_for("http://127.0.0.1:9/v1"))
