"""From an inquiry's coming in to the reply that went out: versions, two people, approval, audit."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from assistant.access.caller import Caller, Role
from assistant.desk.errors import Conflict, Refused
from assistant.desk.records import Inquiry
from assistant.pipeline import Assistant
from tests.assistant.desk.people import LETTER, LI, QUESTION, VISITOR, ZHANG, Office, office

WRONG = "贵公司可获奖励15万元。[1]"


def saved(bureau: Office, text: str | None = None, letter: str = LETTER) -> Inquiry:
    inquiry = bureau.desk.receive(ZHANG, letter)
    return bureau.desk.save(ZHANG, inquiry.id, inquiry.version, text or bureau.desk.draft(inquiry))


def code_of(refusal: pytest.ExceptionInfo[Refused]) -> str:
    return refusal.value.code


def test_the_way_of_a_reply(bureau: Office) -> None:
    inquiry = bureau.desk.receive(ZHANG, LETTER)
    assert inquiry.status == "new"
    inquiry = bureau.desk.save(ZHANG, inquiry.id, inquiry.version, bureau.desk.draft(inquiry))
    assert (inquiry.status, inquiry.versions[0].composed) == ("drafting", True)
    inquiry = bureau.desk.hand_in(ZHANG, inquiry.id, inquiry.version)
    assert inquiry.status == "awaiting"
    inquiry = bureau.desk.approve(LI, inquiry.id, inquiry.version)
    assert inquiry.approval
    assert (inquiry.status, inquiry.approval.by.name) == ("approved", "李四")
    inquiry = bureau.desk.mark_answered(LI, inquiry.id, inquiry.version)
    assert (inquiry.status, inquiry.version) == ("answered", 5)
    assert bureau.audit.actions == [
        "inquiry.received", "reply.saved", "reply.handed_in", "reply.approved", "reply.answered",
    ]  # fmt: skip
    with pytest.raises(Refused) as refusal:
        bureau.desk.save(ZHANG, inquiry.id, inquiry.version, "新的答复。")
    assert code_of(refusal) == "wrong_status"


def test_every_saved_text_is_kept_and_an_edit_ends_an_approval(bureau: Office) -> None:
    inquiry = saved(bureau)
    inquiry = bureau.desk.approve(LI, inquiry.id, inquiry.version)
    first = inquiry.reply
    inquiry = bureau.desk.save(ZHANG, inquiry.id, inquiry.version, first + "\n请尽快补充材料。")
    assert inquiry.approval is None
    assert inquiry.status == "drafting"
    assert [version.text for version in inquiry.versions] == [first, inquiry.reply]
    again = bureau.desk.save(ZHANG, inquiry.id, inquiry.version, inquiry.reply)
    assert again.version == inquiry.version


def test_saving_over_a_newer_version_is_refused_and_both_stand(bureau: Office) -> None:
    inquiry = saved(bureau)
    newer = bureau.desk.save(LI, inquiry.id, inquiry.version, inquiry.reply + "\n请尽快补充材料。")
    with pytest.raises(Conflict) as conflict:
        bureau.desk.save(ZHANG, inquiry.id, inquiry.version, inquiry.reply + "\n请来电咨询。")
    assert conflict.value.current == newer
    assert bureau.desk.get(ZHANG, inquiry.id) == newer
    after = bureau.desk.save(ZHANG, inquiry.id, newer.version, inquiry.reply + "\n请来电咨询。")
    assert [version.by.name for version in after.versions] == ["张三", "李四", "张三"]


@pytest.mark.parametrize("act", ["settle", "choose_sources", "choose_questions", "hand_in", "approve", "reask"])
def test_no_change_is_made_to_an_older_version(bureau: Office, act: str) -> None:
    inquiry = saved(bureau)
    more: dict[str, tuple[Any, ...]] = {
        "settle": (0, {"level": "national"}),
        "choose_sources": ((),),
        "choose_questions": ({0},),
    }
    with pytest.raises(Conflict):
        getattr(bureau.desk, act)(LI, inquiry.id, inquiry.version - 1, *more.get(act, ()))
    assert bureau.desk.get(LI, inquiry.id) == inquiry


def test_two_people_see_each_other_on_one_inquiry(bureau: Office) -> None:
    inquiry = saved(bureau)
    zhang, li = inquiry.updated_by, bureau.desk.receive(LI, LETTER).updated_by
    bureau.desk.presence.at(inquiry.id, zhang)
    assert bureau.desk.presence.others(inquiry.id, li) == [zhang]
    assert bureau.desk.presence.others(inquiry.id, zhang) == []
    bureau.desk.presence.at(None, zhang)
    assert bureau.desk.presence.others(inquiry.id, li) == []


def test_who_went_away_is_seen_no_more(bureau: Office) -> None:
    inquiry = saved(bureau)
    bureau.desk.presence.at(inquiry.id, inquiry.updated_by)
    other = bureau.desk.receive(LI, LETTER).updated_by
    assert bureau.desk.presence.others(inquiry.id, other)
    bureau.clock.now += timedelta(minutes=1)
    assert bureau.desk.presence.others(inquiry.id, other) == []


def test_a_second_person_approves_where_the_settings_ask(small_assistant: Assistant) -> None:
    bureau = office(small_assistant, second_approver=True)
    inquiry = saved(bureau)
    with pytest.raises(Refused) as refusal:
        bureau.desk.approve(LI, inquiry.id, inquiry.version)
    assert code_of(refusal) == "wrong_status"
    inquiry = bureau.desk.hand_in(ZHANG, inquiry.id, inquiry.version)
    with pytest.raises(Refused) as refusal:
        bureau.desk.approve(ZHANG, inquiry.id, inquiry.version)
    assert code_of(refusal) == "own_reply"
    assert bureau.desk.approve(LI, inquiry.id, inquiry.version).status == "approved"


def test_who_handed_in_anothers_text_is_no_second_person(small_assistant: Assistant) -> None:
    bureau = office(small_assistant, second_approver=True)
    inquiry = saved(bureau)
    inquiry = bureau.desk.hand_in(LI, inquiry.id, inquiry.version)
    with pytest.raises(Refused) as refusal:
        bureau.desk.approve(LI, inquiry.id, inquiry.version)
    assert code_of(refusal) == "own_reply"


def test_nobody_approves_an_amount_without_a_source(bureau: Office) -> None:
    inquiry = saved(bureau, WRONG)
    assert inquiry.versions[-1].marks == 1
    for confirmed in (False, True):
        with pytest.raises(Refused) as refusal:
            bureau.desk.approve(LI, inquiry.id, inquiry.version, confirmed=confirmed)
        assert code_of(refusal) == "marked_amounts"


def test_an_amount_that_names_no_source_is_about_an_amount_too(bureau: Office) -> None:
    inquiry = saved(bureau, "贵公司可获奖励15万元。")
    with pytest.raises(Refused) as refusal:
        bureau.desk.approve(LI, inquiry.id, inquiry.version, confirmed=True)
    assert code_of(refusal) == "marked_amounts"


def test_other_marks_are_approved_only_when_confirmed_and_that_is_audited(bureau: Office) -> None:
    inquiry = saved(bureau, "请于5个工作日内补充材料。")
    with pytest.raises(Refused) as refusal:
        bureau.desk.approve(LI, inquiry.id, inquiry.version)
    assert code_of(refusal) == "marked"
    inquiry = bureau.desk.approve(LI, inquiry.id, inquiry.version, confirmed=True)
    assert inquiry.approval
    assert inquiry.approval.despite == ("number: 5",)
    assert bureau.audit.entries[-1][3]["despite"] == ["number: 5"]


@pytest.mark.parametrize(("refuse", "code"), [("all", "marked_amounts"), ("none", None)])
def test_the_settings_say_what_nobody_can_approve(small_assistant: Assistant, refuse: str, code: str | None) -> None:
    bureau = office(small_assistant, refuse_marked=refuse)
    inquiry = saved(bureau, "请于5个工作日内补充材料。" if refuse == "all" else WRONG)
    if code is None:
        assert bureau.desk.approve(LI, inquiry.id, inquiry.version, confirmed=True).status == "approved"
        return
    with pytest.raises(Refused) as refusal:
        bureau.desk.approve(LI, inquiry.id, inquiry.version, confirmed=True)
    assert code_of(refusal) == code


def test_facts_of_the_applicant_are_corrected_for_all_questions_others_for_one(bureau: Office) -> None:
    inquiry = bureau.desk.receive(ZHANG, LETTER)
    inquiry = bureau.desk.settle(ZHANG, inquiry.id, 1, 0, {"place": "绍兴市", "level": "national"})
    assert inquiry.items[0].settled == {"place": "绍兴市", "level": "national"}
    assert inquiry.items[1].settled == {"place": "绍兴市"}
    assert "30万元" not in bureau.desk.draft(inquiry)
    same = bureau.desk.settle(ZHANG, inquiry.id, inquiry.version, 0, {"place": "绍兴市", "level": "national"})
    assert same.version == inquiry.version


def test_a_fact_given_as_the_letter_has_it_is_no_correction(bureau: Office) -> None:
    inquiry = bureau.desk.receive(ZHANG, LETTER)
    assert bureau.desk.settle(ZHANG, inquiry.id, 1, 0, {"level": "industry", "rank": None, "count": None}) == inquiry


def test_a_question_put_in_other_words_is_added(bureau: Office) -> None:
    inquiry = bureau.desk.receive(ZHANG, "我公司在宁波，主导制定了国家标准，盼告。")
    assert inquiry.items == ()
    inquiry = bureau.desk.add_question(ZHANG, inquiry.id, 1, "国家标准奖励多少")
    assert "30万元" in bureau.desk.draft(inquiry)


def test_a_question_of_the_chat_comes_with_what_was_said_before(bureau: Office) -> None:
    inquiry = bureau.desk.forward(VISITOR, "那行业标准呢？", ["宁波企业主导制定国家标准奖励多少？"])
    assert (inquiry.channel, inquiry.received_by.id) == ("chat", VISITOR.id)
    assert "12万元" in bureau.desk.draft(inquiry)
    assert bureau.desk.inbox(ZHANG) == [inquiry]


def test_where_the_answer_is_wanted_stands_below_the_question(bureau: Office) -> None:
    inquiry = bureau.desk.forward(VISITOR, "宁波主导制定国家标准的奖励", contact="a@example.com")
    assert inquiry.text == "宁波主导制定国家标准的奖励\n\na@example.com"
    assert [item.text for item in inquiry.items] == ["宁波主导制定国家标准的奖励"]
    assert "example" not in bureau.desk.draft(inquiry)


def test_an_inbox_full_of_the_chats_questions_takes_no_more(bureau: Office, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("assistant.desk.desk.MOST_WAITING", 1)
    bureau.desk.forward(VISITOR, QUESTION)
    with pytest.raises(Refused) as refusal:
        bureau.desk.forward(VISITOR, QUESTION)
    assert code_of(refusal) == "inbox_full"
    assert bureau.desk.receive(ZHANG, QUESTION)


def test_visitors_do_nothing_at_the_desk(bureau: Office) -> None:
    inquiry = saved(bureau)
    acts: list[tuple[str, tuple[Any, ...]]] = [
        ("receive", (LETTER,)), ("inbox", ()), ("get", (inquiry.id,)), ("settle", (inquiry.id, 2, 0, {})),
        ("choose_sources", (inquiry.id, 2, ())), ("choose_questions", (inquiry.id, 2, ())), ("reask", (inquiry.id, 2)),
        ("add_question", (inquiry.id, 2, "x")), ("save", (inquiry.id, 2, "x")), ("hand_in", (inquiry.id, 2)),
        ("send_back", (inquiry.id, 2)), ("approve", (inquiry.id, 2)), ("mark_answered", (inquiry.id, 2)),
        ("export", (inquiry.id,)), ("promote", (inquiry.id, 0)), ("retire", ("x",)),
    ]  # fmt: skip
    key = Caller(id="key:1", role=Role.VISITOR, name="", via="key")
    for caller in (VISITOR, key):
        for name, given in acts:
            with pytest.raises(Refused) as refusal:
                getattr(bureau.desk, name)(caller, *given)
            assert code_of(refusal) == "not_staff", name
    assert bureau.desk.get(ZHANG, inquiry.id) == inquiry


def test_past_replies_are_found_by_words_of_letter_or_reply(bureau: Office) -> None:
    inquiry = saved(bureau)
    bureau.desk.receive(ZHANG, "绍兴的目标是什么？")
    assert [i.id for i in bureau.desk.inbox(ZHANG, words="行业标准 12万元")] == [inquiry.id]
    assert bureau.desk.inbox(ZHANG, words="行业标准 不存在") == []
    assert [i.id for i in bureau.desk.inbox(ZHANG, status="drafting")] == [inquiry.id]


def test_an_approved_edit_feeds_the_evaluation_set_and_an_unedited_reply_does_not(bureau: Office) -> None:
    inquiry = saved(bureau)
    bureau.desk.approve(LI, inquiry.id, inquiry.version)
    assert bureau.fed == []
    inquiry = bureau.desk.receive(ZHANG, LETTER)
    edited = bureau.desk.draft(inquiry).replace("二、关于", "请附发布公告。\n\n二、关于")
    inquiry = bureau.desk.save(ZHANG, inquiry.id, 1, edited)
    bureau.desk.approve(LI, inquiry.id, inquiry.version)
    answer, question, before, settled, section, by = bureau.fed[0]
    assert (question, settled, by) == ("请问可以获得多少奖励？", {}, "李四")
    assert answer.rewards
    assert "行业标准" in before[0]
    assert "请附发布公告。" in section
    assert "材料" not in section
    assert len(bureau.fed) == 2
