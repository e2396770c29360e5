"""A help desk over the small corpus, and the people at it."""

from __future__ import annotations

from collections.abc import Mapping
from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

from assistant.access.caller import Caller, Role
from assistant.desk.compose import Contact, ReplyComposer
from assistant.desk.desk import Desk
from assistant.desk.records import Person
from assistant.desk.standards import StandardBook
from assistant.desk.store import DeskStore
from assistant.pipeline import Assistant
from tests.assistant.desk.memory import MemoryDeskStore

ZHANG = Caller(id="user:1", role=Role.STAFF, name="张三", via="session")
LI = Caller(id="user:2", role=Role.STAFF, name="李四", via="session")
VISITOR = Caller(id="visitor:abc", role=Role.VISITOR, name="", via="visitor")
CONTACT = Contact("宁波市标准化处", "0574-00000000", "宁波市某路 1 号")

LETTER = """尊敬的领导：
您好！我公司是宁波市的一家企业，2017年牵头起草了一项行业标准，已批准发布。现就有关问题咨询如下：
1、请问可以获得多少奖励？
2、申报需要哪些材料？
盼复，谢谢！联系电话：13800000000
"""
QUESTION = "宁波市的企业主导制定一项行业标准，已发布，奖励多少？"


@dataclass
class Audit:
    """Takes note in memory."""

    entries: list[tuple[str, str, str, Mapping[str, object]]] = field(default_factory=list)

    def note(self, actor: Person, action: str, subject: str, detail: Mapping[str, object]) -> None:
        self.entries.append((actor.id, action, subject, detail))

    @property
    def actions(self) -> list[str]:
        return [action for _, action, *_ in self.entries]


@dataclass
class Clock:
    """A time that goes on by a second at each look."""

    now: datetime = datetime(2026, 11, 22, 9, 0, tzinfo=UTC)

    def __call__(self) -> datetime:
        self.now += timedelta(seconds=1)
        return self.now


@dataclass
class Office:
    """A desk with everything it is made of."""

    desk: Desk
    book: StandardBook
    store: DeskStore
    audit: Audit
    fed: list[tuple[Any, ...]]
    clock: Clock


def office(assistant: Assistant, **more: Any) -> Office:
    """A desk over an assistant."""
    store, audit, clock = more.pop("store", None) or MemoryDeskStore(), Audit(), Clock()
    composer = ReplyComposer.load(more.pop("contact", CONTACT))
    book = StandardBook(store, audit, composer.reply, office=CONTACT.office, clock=clock)
    fed: list[tuple[Any, ...]] = []

    def lease() -> AbstractContextManager[Assistant]:
        return nullcontext(assistant)

    desk = Desk(lease, store, audit, book, composer, feed=lambda *said: fed.append(said), clock=clock, **more)
    return Office(desk, book, store, audit, fed, clock)
