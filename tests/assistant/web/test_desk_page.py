"""The help desk's page and routes: every word in both languages, nothing of a letter taken for markup, roles kept."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import fields
from io import BytesIO
from typing import Any, get_args

import pytest
from docx import Document
from fastapi import FastAPI
from starlette.testclient import TestClient

from assistant.access.caller import Caller
from assistant.desk.check import Reason
from assistant.desk.diff import diff_lines
from assistant.desk.errors import RefusalCode
from assistant.desk.records import STATUSES
from assistant.pipeline import Assistant
from assistant.web.desk_layout import new_session
from assistant.web.desk_page import _html, _pieces, _when, build_desk
from assistant.web.desk_routes import add_desk_routes
from assistant.web.words_desk import EN, ZH, DeskWords, desk_words
from tests.assistant.desk.people import LI, QUESTION, VISITOR, ZHANG, Office, office
from tests.assistant.web.fakes import EVIL


@pytest.mark.parametrize("words", [ZH, EN])
def test_every_code_has_its_words(words: DeskWords) -> None:
    assert set(words.refusals) == set(get_args(RefusalCode))
    assert set(words.reasons) == set(get_args(Reason))
    assert set(words.states) == set(STATUSES)
    assert not [field.name for field in fields(words) if getattr(words, field.name) in ("", {})]


def test_both_languages_fill_in_the_same() -> None:
    for field in fields(DeskWords):
        zh, en = (str(getattr(words, field.name)) for words in (ZH, EN))
        assert set(re.findall(r"{\w+}", zh)) == set(re.findall(r"{\w+}", en)), field.name
    assert (desk_words("en-GB"), desk_words(None)) == (EN, ZH)


def markup(html: str) -> list[str]:
    return re.findall(r"<(?:img|script|a)\b[^>]*>", html)


def test_nothing_of_a_letter_is_taken_for_markup(small_assistant: Assistant) -> None:
    desk = office(small_assistant).desk
    evil = Caller(id="user:9", role=ZHANG.role, name=EVIL, via="session")
    inquiry = desk.receive(evil, f"{EVIL}\n{QUESTION}", subject=EVIL)
    inquiry = desk.save(evil, inquiry.id, 1, f"答复 {EVIL}")
    session = new_session()
    shown: list[tuple[str, dict[str, Any]]] = [
        ("desk_letter.html", {"inquiry": inquiry, "pieces": _pieces(inquiry), "when": _when}),
        ("desk_status.html", {"inquiry": inquiry, "others": EVIL, "when": _when, "no_contact": True}),
        ("desk_diff.html", {"lines": diff_lines("", inquiry.reply)}),
        ("desk_conflict.html", {"inquiry": inquiry, "text": inquiry.reply, "when": _when}),
        (
            "desk_marks.html",
            {"lines": [(mark, inquiry.reply, EVIL) for mark in desk.marks(inquiry, "9项。")], "many": 1},
        ),
        ("desk_notice.html", {"text": EVIL, "refused": True}),
    ]
    for name, values in shown:
        html = _html(name, session, **values)
        assert "alert(1)" in html, name
        assert markup(html) == [], name
        assert "\n" not in html


def test_the_page_has_a_private_event_for_everything(small_assistant: Assistant) -> None:
    page = build_desk(office(small_assistant).desk, caller=lambda _: ZHANG)
    events = page.config["dependencies"]
    assert len(events) > 20
    assert {event["api_visibility"] for event in events} == {"private"}


@pytest.fixture
def served(small_assistant: Assistant) -> Iterator[tuple[Office, TestClient, dict[str, Caller]]]:
    bureau, who, app = office(small_assistant), {"caller": VISITOR}, FastAPI()
    add_desk_routes(app, bureau.desk)

    async def as_caller(scope: Any, receive: Any, send: Any) -> None:
        await app({**scope, "state": who}, receive, send)

    with TestClient(as_caller) as client:
        yield bureau, client, who


def test_an_approved_reply_is_taken_away_as_a_file_by_staff_alone(
    served: tuple[Office, TestClient, dict[str, Caller]],
) -> None:
    bureau, client, who = served
    inquiry = bureau.desk.receive(ZHANG, QUESTION)
    inquiry = bureau.desk.save(ZHANG, inquiry.id, 1, bureau.desk.draft(inquiry))
    address = f"/desk/replies/{inquiry.id}"
    assert client.get(address).status_code == 403
    who["caller"] = LI
    assert client.get("/desk/replies/none").status_code == 404
    assert client.get(address).json()["error"]["code"] == "not_approved"
    bureau.desk.approve(LI, inquiry.id, inquiry.version)
    answer = client.get(address)
    assert "attachment" in answer.headers["content-disposition"]
    assert "12万元" in "\n".join(p.text for p in Document(BytesIO(answer.content)).paragraphs)


def test_a_question_of_the_chat_is_sent_on(served: tuple[Office, TestClient, dict[str, Caller]]) -> None:
    bureau, client, _ = served
    sent = client.post("/chat/inquiries", json={"question": QUESTION, "history": ["你好"]})
    assert (sent.status_code, sent.json()) == (201, {"status": "received"})
    kept = bureau.desk.inbox(ZHANG)[0]
    assert (kept.channel, kept.history, kept.received_by.id) == ("chat", ("你好",), VISITOR.id)
    for body in ({}, {"question": ""}, {"question": "x", "more": 1}):
        assert client.post("/chat/inquiries", json=body).status_code == 422
    assert client.post("/chat/inquiries", json={"question": " \x00 "}).status_code == 409
