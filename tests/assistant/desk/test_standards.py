"""An approved reply becomes a standard one, answers its very question, and is retired with its clause."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pytest

from assistant.answer import Answer
from assistant.desk.errors import Refused
from assistant.desk.records import Inquiry, StandardReply
from assistant.pipeline import Assistant
from assistant.settings import Settings
from knowledge.model import Document
from tests.assistant.desk.people import LETTER, LI, QUESTION, VISITOR, ZHANG, Office
from tests.corpus import TODAY


def approved(bureau: Office, letter: str = QUESTION, more: str = "") -> Inquiry:
    inquiry = bureau.desk.receive(ZHANG, letter)
    text = bureau.desk.draft(inquiry).replace("具体以主管部门", f"{more}\n具体以主管部门" if more else "具体以主管部门")
    inquiry = bureau.desk.save(ZHANG, inquiry.id, 1, text)
    return bureau.desk.approve(LI, inquiry.id, inquiry.version)


def promoted(bureau: Office, **more: Any) -> StandardReply:
    return bureau.desk.promote(LI, approved(bureau, **more).id, 0)


@pytest.fixture
def chat(bureau: Office, small_assistant: Assistant) -> Assistant:
    """An assistant of the same release that asks the book."""
    settings = Settings(data=small_assistant.settings.data)
    return Assistant(small_assistant.release, settings, standard_replies=bureau.book.find, today=lambda: TODAY)


def changed(documents: Mapping[str, Document], **policy: Any) -> dict[str, Document]:
    """The documents with something else known of each policy."""
    return {
        name: document.model_copy(update={"policy": document.policy.model_copy(update=policy)})
        for name, document in documents.items()
    }


def without_clause(documents: Mapping[str, Document], clause_id: str) -> dict[str, Document]:
    return {
        name: document.model_copy(update={"clauses": tuple(c for c in document.clauses if c.clause_id != clause_id)})
        for name, document in documents.items()
    }


def test_it_answers_the_same_question_first_with_label_source_and_date(bureau: Office, chat: Assistant) -> None:
    reply = promoted(bureau, more="申报时请附标准文本。")
    answer = chat.ask(QUESTION.replace("，", ",").replace("？", "?"))
    assert answer.standard
    assert (answer.standard.id, answer.standard.office) == (reply.id, "宁波市标准化处")
    assert answer.standard.approved == "2026-11-22"
    assert "标准答复" in answer.answer
    assert "申报时请附标准文本。" in answer.answer
    assert "12万元" in answer.answer
    assert [row.yuan for row in answer.rewards] == [120_000]
    assert answer.citations[0].quote in chat.release.documents["ningbo-2016"].text
    # What was of the letter, and whom it tells to ask, is not part of it.
    assert not any(word in answer.answer for word in ("您好", "来信", "0574", "感谢"))


def test_only_a_first_turn_without_facts_is_answered_with_it(bureau: Office, chat: Assistant) -> None:
    promoted(bureau)
    more: list[dict[str, Any]] = [
        {"history": ["绍兴呢？"]}, {"facts": {"rank": 3}}, {"forget": ["level"]}, {"settled": {}},
    ]  # fmt: skip
    assert chat.ask(QUESTION).standard
    assert not any(chat.ask(QUESTION, **given).standard for given in more)
    assert not chat.ask(QUESTION.replace("行业", "国家")).standard


def test_another_reply_to_the_question_takes_its_place(bureau: Office, chat: Assistant) -> None:
    first = promoted(bureau)
    second = promoted(bureau, more="申报时请附标准文本。")
    kept = {reply.id: reply.retired for reply in bureau.book.all()}
    assert kept == {first.id: "replaced", second.id: ""}
    answer = chat.ask(QUESTION)
    assert answer.standard
    assert answer.standard.id == second.id


def test_it_is_retired_with_its_clause_at_a_use_and_at_a_switch(bureau: Office, chat: Assistant) -> None:
    documents = chat.release.documents
    reply = promoted(bureau)
    gone = without_clause(documents, reply.citations[0].clause_id)
    assert bureau.book.review(documents) == []
    assert bureau.book.find(QUESTION, lambda: chat.ask(QUESTION, settled={}), gone) is None
    assert bureau.book.all()[0].retired == "clause_gone"
    assert not chat.ask(QUESTION).standard
    again = promoted(bureau)
    assert [(r.id, r.retired) for r in bureau.book.review(gone)] == [(again.id, "clause_gone")]
    assert bureau.audit.actions.count("standard.ended") == 2


def test_it_is_retired_when_the_policy_is_no_longer_what_it_was(bureau: Office, chat: Assistant) -> None:
    promoted(bureau)
    retired = bureau.book.review(changed(chat.release.documents, status="repealed"))
    assert [reply.retired for reply in retired] == ["policy_changed"]


def test_it_is_retired_when_the_amount_is_computed_otherwise(bureau: Office, chat: Assistant) -> None:
    promoted(bureau)

    def other() -> Answer:
        return chat.ask(QUESTION, settled={"level": "national"})

    assert bureau.book.find(QUESTION, other, chat.release.documents) is None
    assert bureau.book.all()[0].retired == "amount_changed"


def test_a_clause_that_moved_is_found_by_its_text(bureau: Office, chat: Assistant) -> None:
    promoted(bureau)
    document = chat.release.documents["ningbo-2016"]
    renamed = tuple(c.model_copy(update={"clause_id": f"{c.clause_id}x"}) for c in document.clauses)
    moved = {**chat.release.documents, "ningbo-2016": document.model_copy(update={"clauses": renamed})}
    found = bureau.book.find(QUESTION, lambda: chat.ask(QUESTION, settled={}), moved)
    assert found
    assert found.evidence[0].clause_id.endswith("x")


def test_staff_retire_one_by_hand(bureau: Office, chat: Assistant) -> None:
    reply = promoted(bureau)
    bureau.desk.retire(ZHANG, reply.id)
    assert not chat.ask(QUESTION).standard
    with pytest.raises(Refused):
        bureau.desk.retire(ZHANG, reply.id)


def code_of(bureau: Office, inquiry: Inquiry, index: int = 0) -> str:
    with pytest.raises(Refused) as refusal:
        bureau.desk.promote(LI, inquiry.id, index)
    return refusal.value.code


def test_what_is_not_approved_or_rests_on_the_letters_facts_becomes_none(bureau: Office) -> None:
    assert code_of(bureau, bureau.desk.receive(ZHANG, QUESTION)) == "not_approved"
    assert code_of(bureau, approved(bureau, LETTER)) == "with_facts"
    assert code_of(bureau, approved(bureau), 5) == "no_question"


def test_a_reply_whose_parts_cannot_be_told_becomes_none(bureau: Office) -> None:
    inquiry = bureau.desk.receive(ZHANG, QUESTION)
    inquiry = bureau.desk.save(ZHANG, inquiry.id, 1, "请来电咨询。")
    inquiry = bureau.desk.approve(LI, inquiry.id, inquiry.version)
    assert code_of(bureau, inquiry) == "no_section"


def test_words_without_a_source_become_no_standard_reply(bureau: Office) -> None:
    inquiry = bureau.desk.receive(ZHANG, QUESTION)
    text = bureau.desk.draft(inquiry).replace("具体以主管部门", "请于5个工作日内申报。\n具体以主管部门")
    inquiry = bureau.desk.save(ZHANG, inquiry.id, 1, text)
    inquiry = bureau.desk.approve(LI, inquiry.id, inquiry.version, confirmed=True)
    assert code_of(bureau, inquiry) == "not_sourced"


def test_a_store_that_fails_is_no_reason_not_to_answer(
    bureau: Office, chat: Assistant, monkeypatch: pytest.MonkeyPatch
) -> None:
    from knowledge.errors import StoreError

    def fail(**_: object) -> None:
        raise StoreError("the disk is gone")

    promoted(bureau)
    monkeypatch.setattr(bureau.store, "standards", fail)
    answer = chat.ask(QUESTION)
    assert answer.standard is None
    assert answer.rewards


def test_a_visitor_forwards_and_nothing_else(bureau: Office) -> None:
    with pytest.raises(Refused) as refusal:
        bureau.desk.promote(VISITOR, approved(bureau).id, 0)
    assert refusal.value.code == "not_staff"
