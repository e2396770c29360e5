"""The log, its workbook, and the counts, over a real store."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import closing
from datetime import UTC, date, datetime, timedelta
from io import BytesIO
from pathlib import Path

import openpyxl
import pytest

from assistant.answer import Answer, Provenance
from assistant.pipeline import Assistant
from assistant.store import Store, open_store
from assistant.store.conversations import NewMessage
from assistant.upkeep import usage
from assistant.upkeep.exports import workbook
from assistant.upkeep.logbook import SHOWN, Filter, Logbook, table

TODAY = date(2026, 11, 22)


class Clock:
    def __init__(self) -> None:
        self.now = datetime(2026, 11, 20, 9, tzinfo=UTC)

    def __call__(self) -> datetime:
        return self.now


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def store(tmp_path: Path, clock: Clock) -> Iterator[Store]:
    with closing(open_store(tmp_path / "log.db", clock=clock)) as store:
        yield store


@pytest.fixture
def logbook(store: Store) -> Logbook:
    return Logbook(store.conversations, store.feedback, store.audit)


def answer(text: str, status: str = "answered", place: str = "扬州市") -> dict[str, object]:
    known = [{"input": "place", "value": place, "text": place, "turn": None}]
    made = Answer(status=status, language="zh", answer=text, known=known, provenance=Provenance(release="abc"))  # type: ignore[arg-type]
    return made.model_dump(mode="json")


def asked(store: Store, question: str, reply: dict[str, object]) -> None:
    said = NewMessage(role="user", text=question)
    store.conversations.create("visitor:1", "", [said, NewMessage(role="assistant", text="…", answer=reply)])


def test_entries_are_found_by_day_place_status_and_words(store: Store, logbook: Logbook, clock: Clock) -> None:
    asked(store, "扬州奖多少", answer("15万元"))
    clock.now += timedelta(days=1)
    asked(store, "宁波呢", answer("未见规定", "abstained", "宁波市"))
    for wanted, questions in (
        (Filter(), ["宁波呢", "扬州奖多少"]),
        (Filter(place="宁波市"), ["宁波呢"]),
        (Filter(status="answered"), ["扬州奖多少"]),
        (Filter(since=date(2026, 11, 21)), ["宁波呢"]),
        (Filter(until=date(2026, 11, 20)), ["扬州奖多少"]),
        (Filter(search="扬州"), ["扬州奖多少"]),
        (Filter(place="广州市"), []),
    ):
        assert [entry.question for entry in logbook.look("turns", wanted, by="user:2")] == questions, wanted


def test_feedback_is_found_by_its_reason_whoever_gave_it(store: Store, logbook: Logbook) -> None:
    store.feedback.give(
        "visitor:1", "down", question="扬州", answer=answer("15万元"), reasons=["amount"], note="应为20万"
    )
    store.feedback.give("visitor:2", "up", question="宁波", answer=answer("30万元", place="宁波市"))
    (entry,) = logbook.look("opinions", Filter(reason="amount"), by="user:2")
    assert (entry.note, entry.vote, entry.places, entry.release) == ("应为20万", "down", ("扬州市",), "abc")
    assert not hasattr(entry, "owner")


def test_each_look_is_in_the_audit_trail_without_any_words(store: Store, logbook: Logbook) -> None:
    asked(store, "扬州的秘密", answer("15万元"))
    logbook.look("turns", Filter(search="秘密", status="answered"), by="user:2")
    logbook.look("opinions", Filter(), by="user:2", limit=SHOWN + 1)
    export, view = store.audit.list(action="log")
    assert (view.actor, view.action, view.target) == ("user:2", "log.view", "turns")
    assert view.detail == {"entries": 1, "status": "answered", "searched": "yes"}
    assert export.action == "log.export"
    assert "秘密" not in str(store.audit.list())


def test_nothing_in_the_workbook_is_a_formula(store: Store, logbook: Logbook) -> None:
    evil = ["=1+1", "+cmd|' /C calc'!A0", "-2+3", "@SUM(A1)", "\t=1", '=HYPERLINK("http://x")', "\x00\x08 bell"]
    for question in evil:
        asked(store, question, answer(question))
    content = workbook(
        "问答[记录]:*", ["时间", "=提问"], [row[:2] for row in table(logbook.look("turns", Filter(), by="u"))]
    )
    sheet = openpyxl.load_workbook(BytesIO(content)).active
    assert sheet.max_row == len(evil) + 1
    for row in sheet.iter_rows():
        for cell in row:
            assert cell.data_type != "f"
            if isinstance(cell.value, str):
                assert cell.quotePrefix
    asked_for = {sheet.cell(number, 2).value for number in range(2, sheet.max_row + 1)}
    assert {"=1+1", "@SUM(A1)"} <= asked_for


def test_signs_that_no_sheet_holds_are_left_out_and_long_text_is_cut() -> None:
    sheet = openpyxl.load_workbook(BytesIO(workbook("x", ["a"], [["\x00\x08 bell"], ["长" * 40_000]]))).active
    assert [sheet["A2"].value, len(sheet["A3"].value)] == [" bell", 32_767]


# --- counts -----------------------------------------------------------------------------------------------------------------


def test_an_answer_is_counted_by_place_intent_and_topic_and_never_by_its_words(
    store: Store, small_assistant: Assistant
) -> None:
    counting = usage.Counting(store.usage)
    question = "我是张三，宁波主导制定国家标准奖多少？"
    counting(question, [], small_assistant.ask(question))
    (one,) = store.usage.counts("place", "intent", "status", "topic", "language")
    assert one.values == {
        "place": "宁波市",
        "intent": "reward",
        "status": one.values["status"],
        "topic": "formulate_standard",
        "language": "zh",
    }
    assert one.values["status"] in ("answered", "partial", "clarify")
    assert "张三" not in str(store.usage.counts("place", "intent", "topic"))


def test_weeks_are_counted_from_monday_and_the_rarest_together(store: Store, clock: Clock) -> None:
    for number, place in enumerate("甲乙丙丁戊己庚辛"):
        for _ in range(10 - number):
            store.usage.note(place=place, intent="reward", status="abstained", topic="award")
    clock.now = datetime(2026, 11, 1, 9, tzinfo=UTC)
    store.usage.note(place="甲", intent="fact", status="partial", topic="deadline")
    found = usage.weekly(store.usage, "place", today=TODAY)
    assert (found.weeks[0], found.weeks[-1], len(found.weeks)) == (date(2026, 8, 31), date(2026, 11, 16), 12)
    first = found.series[0]
    assert (first.name, first.counts[-1], first.counts[-4], first.total) == ("甲", 10, 1, 11)
    assert [one.name for one in found.series] == list("甲乙丙丁戊己")
    assert found.others is not None
    assert found.others.total == 4 + 3
    gaps = usage.unanswered(store.usage, today=TODAY)
    assert gaps[0] == ("award", "甲", 10)
    assert ("deadline", "甲", 1) in gaps
    assert usage.totals(store.usage, today=TODAY) == {"abstained": 52, "partial": 1}
