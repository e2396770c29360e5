from __future__ import annotations

from pathlib import Path
from typing import Any

import gradio as gr
import pytest
from fastapi import FastAPI
from starlette.testclient import TestClient

from assistant.web.blocks import OwnFiles
from assistant.web.page import in_event_loop

SECRET = "what nobody uploaded"
META = {"_type": "gradio.FileData"}


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("GRADIO_TEMP_DIR", str(tmp_path / "uploads"))
    return tmp_path / "uploads"


@pytest.fixture
def client(folder: Path) -> TestClient:
    def build() -> FastAPI:
        with OwnFiles(analytics_enabled=False) as page:
            text, file, said = gr.Textbox(), gr.UploadButton(), gr.Textbox()
            gr.Button().click(str, text, said, queue=False)
            file.upload(lambda path: Path(path).read_text(encoding="utf-8"), file, said, queue=False)
        app = FastAPI()
        gr.mount_gradio_app(app, page, path="/", ssr_mode=False, run_history=False)
        return app

    return TestClient(in_event_loop(build), raise_server_exceptions=False)


def predict(client: TestClient, event: int, given: object) -> Any:
    return client.post("/gradio_api/run/predict", json={"fn_index": event, "data": [given], "session_hash": "x"})


@pytest.mark.parametrize("event", [0, 1])
def test_an_event_reads_no_file_of_the_server(client: TestClient, folder: Path, tmp_path: Path, event: int) -> None:
    secret = tmp_path / "secret.txt"
    secret.write_text(SECRET, encoding="utf-8")
    link = {"path": "http://127.0.0.1:9/x", "meta": META}
    for given in ({"path": str(secret), "meta": META}, [{"deep": {"path": str(secret), "meta": META}}], link):
        answer = predict(client, event, given)
        assert answer.status_code != 200, given
        assert SECRET not in answer.text
    assert not any(path.is_file() for path in folder.rglob("*"))


def test_a_file_that_was_uploaded_to_the_page_is_read(client: TestClient) -> None:
    (path,) = client.post("/gradio_api/upload", files={"files": ("a.txt", SECRET.encode())}).json()
    answer = predict(client, 1, {"path": path, "meta": META})
    assert (answer.status_code, answer.json()["data"]) == (200, [SECRET])


def test_what_is_left_of_uploads_goes_when_the_server_stops(client: TestClient) -> None:
    with client:
        (path,) = client.post("/gradio_api/upload", files={"files": ("a.txt", SECRET.encode())}).json()
        assert Path(path).exists()
    assert not Path(path).exists()


def test_half_of_a_character_is_replaced(client: TestClient) -> None:
    body = b'{"fn_index": 0, "data": ["\\ud83d \\ud83d\\ude00 \\u626c"], "session_hash": "x"}'
    answer = client.post("/gradio_api/run/predict", content=body, headers={"content-type": "application/json"})
    assert (answer.status_code, answer.json()["data"]) == (200, ["\ufffd 😀 扬"])
