from __future__ import annotations

import json
import re
import signal
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from starlette.responses import PlainTextResponse
from starlette.testclient import TestClient
from starlette.types import Receive, Scope, Send

import app
from assistant.settings import Settings
from knowledge.errors import UsageError

ROOT = Path(__file__).resolve().parents[1]


@contextmanager
def running(*arguments: str) -> Iterator[subprocess.Popen[str]]:
    process = subprocess.Popen(
        [sys.executable, "app.py", *arguments], cwd=ROOT, stderr=subprocess.PIPE, text=True, encoding="utf-8"
    )
    try:
        yield process
        process.send_signal(signal.SIGINT)
        _, rest = process.communicate(timeout=120)
        assert process.returncode == 0
        assert "Traceback" not in rest
    finally:
        if process.poll() is None:
            process.kill()
            process.communicate()


def fetch(url: str, seconds: float = 120) -> tuple[int, str]:
    try:
        with urllib.request.urlopen(url, timeout=seconds) as response:
            return response.status, response.read().decode("utf-8")
    except urllib.error.HTTPError as error:
        with error:
            return error.code, error.read().decode("utf-8")


@pytest.fixture
def taken() -> Iterator[int]:
    with socket.create_server(("127.0.0.1", 0)) as server:
        yield server.getsockname()[1]


def test_a_taken_port_is_one_sentence_and_exit_2(taken: int, capsys: pytest.CaptureFixture[str]) -> None:
    assert app.main(["--port", str(taken)]) == 2
    error = capsys.readouterr().err
    assert error.count("\n") == 1
    assert f"127.0.0.1:{taken}" in error
    assert "--port" in error


@pytest.mark.parametrize("port", ["x", "-1", "70000"])
def test_a_port_that_is_none_is_one_sentence_and_exit_2(port: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert app.main([f"--port={port}"]) == 2
    error = capsys.readouterr().err
    assert error.count("\n") == 1
    assert error.startswith("port: ")
    assert repr(port) in error


def test_an_address_that_is_not_this_machine_s_is_refused() -> None:
    with pytest.raises(UsageError, match=r"203\.0\.113\.7"):
        app.listen("203.0.113.7", 0)


def test_a_database_that_cannot_be_opened_is_one_sentence_and_exit_2(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "biaozhuntong.db").write_bytes(b"no database" * 1000)
    assert app.main(["--port", "0", "--data", str(tmp_path)]) == 2
    error = capsys.readouterr().err
    assert error.count("\n") == 1
    assert "biaozhuntong.db: it is no SQLite database" in error


def test_the_page_is_up_before_the_knowledge_and_stops_quietly(tmp_path: Path) -> None:
    with running("--port", "0", "--data", str(tmp_path / "empty")) as process:
        assert process.stderr is not None
        line = process.stderr.readline()
        address = re.search(r"http://127\.0\.0\.1:\d+", line)
        assert address, line
        status, page = fetch(address[0] + "/")
        assert status == 200
        assert "标准通" in page
        deadline = time.monotonic() + 300
        while (health := json.loads(fetch(address[0] + "/healthz")[1]))["status"] == "starting":
            assert time.monotonic() < deadline
            time.sleep(0.2)
        assert health == {"status": "failed", "release": None}
        status, text = fetch(address[0] + "/sources")
        assert status == 503
        assert "python -m knowledge build" in text


def test_an_operator_who_lets_others_in_is_told_what_is_open() -> None:
    told = app.exposure_notice(Settings(host="0.0.0.0"), has_accounts=False)
    assert "encrypted" in told
    assert "users add" in told
    assert "API." in told
    safe = Settings(host="0.0.0.0", public_url="https://answers.test", anonymous="")
    told = app.exposure_notice(safe, has_accounts=True)
    assert "wants a key" in told
    assert "encrypted" not in told
    assert "users add" not in told


@pytest.mark.parametrize(
    ("proxies", "seen"),
    [("", "127.0.0.1 http"), ("10.0.0.0/8", "127.0.0.1 http"), ("127.0.0.0/8", "203.0.113.9 https")],
)
def test_a_proxy_is_believed_only_if_a_setting_names_it(proxies: str, seen: str) -> None:
    async def who(scope: Scope, receive: Receive, send: Send) -> None:
        await PlainTextResponse(f"{scope['client'][0]} {scope['scheme']}")(scope, receive, send)

    config = app.server_config(who, Settings(trusted_proxies=proxies))
    config.load()
    client = TestClient(config.loaded_app, base_url="http://127.0.0.1", client=("127.0.0.1", 5))
    forwarded = {"x-forwarded-for": "198.51.100.1, 203.0.113.9", "x-forwarded-proto": "https"}
    assert client.get("/", headers=forwarded).text == seen
