"""What every keeper of the help desk's records does."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from assistant.answer import Answer, Citation, CitedPolicy, Provenance
from assistant.desk.errors import Conflict, Refused
from assistant.desk.records import Approval, Inquiry, Item, Person, Source, StandardReply, Version
from assistant.desk.store import DeskStore

MORNING = datetime(2026, 11, 22, 8, tzinfo=UTC)
ZHANG, LI = Person(id="user:1", name="张三"), Person(id="user:2", name="李四")
CITATION = Citation(
    n=1,
    policy_id="p",
    policy=CitedPolicy(title="办法"),
    clause_id="p/1",
    clause_path=["一"],
    quote="最高",
    start=0,
    end=2,
)


def inquiry(inquiry_id: str, text: str = "奖励多少？", *, by: Person = ZHANG, minutes: int = 0, **more: Any) -> Inquiry:
    at = MORNING + timedelta(minutes=minutes)
    answer = Answer(
        status="answered", language="zh", answer="最高 [1]", citations=[CITATION], provenance=Provenance(release="r1")
    )
    values: dict[str, Any] = {
        "id": inquiry_id,
        "channel": "pasted",
        "subject": "咨询",
        "text": text,
        "language": "zh",
        "received_at": at,
        "received_by": by,
        "items": (
            Item(
                text=text, start=0, end=len(text), settled={"place": "宁波市", "count": 2, "level": None}, answer=answer
            ),
        ),
        "sources": (Source(n=1, item=0, citation=CITATION, on=False),),
        "updated_at": at,
        "updated_by": by,
    }
    return Inquiry(**(values | more))


def with_version(kept: Inquiry, text: str, by: Person = ZHANG, **more: Any) -> Inquiry:
    at = kept.updated_at + timedelta(minutes=1)
    version = Version(number=len(kept.versions) + 1, text=text, by=by, at=at, marks=1)
    update = {"versions": (*kept.versions, version), "version": kept.version + 1, "updated_at": at, "updated_by": by}
    return kept.model_copy(update=update | {"status": "drafting", "approval": None} | more)


def with_reply(kept: Inquiry, by: Person) -> Inquiry:
    approval = Approval(
        version=len(kept.versions) + 1, by=by, at=kept.updated_at + timedelta(minutes=2), despite=("why",)
    )
    return with_version(kept, "答复 [1]", by, status="approved", approval=approval)


def standard(reply_id: str, *, key: str = "k", by: Person = ZHANG, minutes: int = 0) -> StandardReply:
    return StandardReply(
        id=reply_id,
        inquiry_id="i",
        question="奖励多少？",
        key=key,
        language="zh",
        text="最高 [1]",
        citations=(CITATION,),
        clauses=("一、最高",),
        rewards=(("rule", "up_to", 100, None),),
        by=by,
        at=MORNING + timedelta(minutes=minutes),
        release="r1",
    )


class DeskStoreContract:
    """Inherit, and give the fixture `desk`."""

    @pytest.fixture
    def desk(self) -> DeskStore:
        raise NotImplementedError

    def test_an_inquiry_comes_back_whole(self, desk: DeskStore) -> None:
        kept = with_reply(with_version(inquiry("a", history=("前文",)), "草稿\x00"), LI)
        desk.add(kept)
        assert desk.get("a") == kept
        with pytest.raises(Refused, match="inbox"):
            desk.get("b")

    def test_a_change_is_kept_with_every_version(self, desk: DeskStore) -> None:
        first = inquiry("a")
        desk.add(first)
        second = with_version(first, "一")
        third = with_version(second, "二", LI)
        desk.put(second, expected=1)
        desk.put(third, expected=2)
        assert desk.get("a") == third
        assert [(version.text, version.by) for version in desk.get("a").versions] == [("一", ZHANG), ("二", LI)]

    def test_a_change_of_what_changed_meanwhile_is_refused_with_what_stands(self, desk: DeskStore) -> None:
        first = inquiry("a")
        desk.add(first)
        theirs = with_version(first, "先")
        desk.put(theirs, expected=1)
        with pytest.raises(Conflict) as caught:
            desk.put(with_version(first, "后"), expected=1)
        assert caught.value.current == desk.get("a") == theirs

    def test_of_changes_at_once_one_is_kept(self, desk: DeskStore) -> None:
        first = inquiry("a")
        desk.add(first)

        def put(number: int) -> str | None:
            try:
                desk.put(with_version(first, f"{number}"), expected=1)
            except Conflict:
                return None
            return f"{number}"

        with ThreadPoolExecutor(4) as pool:
            kept = [text for text in pool.map(put, range(8)) if text is not None]
        assert len(kept) == 1
        assert [version.text for version in desk.get("a").versions] == kept

    def test_the_inbox_shows_the_latest_first(self, desk: DeskStore) -> None:
        for minutes, name in enumerate("abc"):
            desk.add(inquiry(name, minutes=minutes))
        desk.put(with_version(desk.get("a"), "文", updated_at=MORNING + timedelta(hours=1)), expected=1)
        assert [kept.id for kept in desk.inquiries()] == ["a", "c", "b"]
        assert [kept.id for kept in desk.inquiries(status="new")] == ["c", "b"]
        assert [kept.id for kept in desk.inquiries(limit=1)] == ["a"]
        assert desk.inquiries(status="answered") == []

    @pytest.mark.parametrize(
        ("words", "found"),
        [
            ("国际标准", ["a"]),
            ("國際標準", ["a"]),
            ("ＩＳＯ 国际", ["a"]),
            ("iso", ["a"]),
            ("答复", ["b"]),
            ("旧稿", []),
            ("咨询", ["b", "a"]),
            ("国际 团体", []),
            ("100%_x", ["b"]),
            ("%", ["b"]),
            ("_", ["b"]),
            ("\\", []),
            ("", ["b", "a"]),
        ],
    )
    def test_inquiries_are_found_by_the_words_of_letter_and_reply(
        self, desk: DeskStore, words: str, found: list[str]
    ) -> None:
        desk.add(inquiry("a", "我公司主导制定了ISO国际标准"))
        desk.add(with_version(with_version(inquiry("b", "团體标准100%_x"), "旧稿"), "正式答复"))
        assert [kept.id for kept in desk.inquiries(words=words)] == found

    def test_standard_replies_are_kept_by_question(self, desk: DeskStore) -> None:
        replies = [standard("a"), standard("b", key="other", minutes=1), standard("c", minutes=2)]
        for reply in replies:
            desk.add_standard(reply)
        assert list(desk.standards()) == replies[::-1]
        assert list(desk.standards(key="k")) == [replies[2], replies[0]]
        retired = replies[0].model_copy(update={"retired": "clause_gone", "retired_at": MORNING})
        desk.put_standard(retired)
        assert list(desk.standards(key="k")) == [replies[2], retired]
        assert desk.standards(key="none") == []
