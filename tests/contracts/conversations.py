"""What every keeper of conversations does, wherever it keeps them."""

from __future__ import annotations

import pytest

from assistant.answer import Answer, Provenance
from assistant.web.conversations import Conversations, Opinion
from knowledge.errors import NotKept

ANA, BO = "visitor:ana", "visitor:bo"


def answer(text: str) -> Answer:
    return Answer(status="answered", language="zh", answer=text, provenance=Provenance(release="r1"))


class ConversationsContract:
    """Inherit, and give the fixture `conversations`."""

    @pytest.fixture
    def conversations(self) -> Conversations:
        raise NotImplementedError

    def test_turns_come_back_whole_and_in_order(self, conversations: Conversations) -> None:
        made = conversations.start(ANA, "标题")
        first = conversations.ask(ANA, made.id, "一 <b>\n二")
        kept = conversations.answer(ANA, made.id, first, answer("好。[1]"), forgotten=["level"])
        conversations.ask(ANA, made.id, "三")
        one, two = conversations.turns(ANA, made.id)
        assert (one.question, one.answer, one.answer_id, one.forgotten) == (
            "一 <b>\n二",
            answer("好。[1]"),
            kept,
            ("level",),
        )
        assert (two.question, two.answer, two.answer_id) == ("三", None, "")
        assert conversations.get(ANA, made.id).title == "标题"

    def test_the_latest_comes_first(self, conversations: Conversations) -> None:
        old, new = conversations.start(ANA, "旧"), conversations.start(ANA, "新")
        conversations.ask(ANA, new.id, "一")
        conversations.ask(ANA, old.id, "二")
        assert [one.id for one in conversations.all(ANA)] == [old.id, new.id]
        conversations.rename(ANA, new.id, "别名")
        assert [one.title for one in conversations.all(ANA)] == ["旧", "别名"]

    def test_titles_questions_and_answers_are_searched(self, conversations: Conversations) -> None:
        for title, question, said in (("扬州", "行业标准", "十五万"), ("Rank", "second", "Yes"), ("别的", "x", "y")):
            made = conversations.start(ANA, title)
            conversations.answer(ANA, made.id, conversations.ask(ANA, made.id, question), answer(said))
        for search, titles in (
            ("扬州", ["扬州"]),
            ("行业", ["扬州"]),
            ("十五", ["扬州"]),
            ("rank", ["Rank"]),
            ("%", []),
            ("_", []),
        ):
            assert [one.title for one in conversations.all(ANA, search=search)] == titles

    def test_an_answer_takes_the_place_of_the_one_before(self, conversations: Conversations) -> None:
        made = conversations.start(ANA, "t")
        turn = conversations.ask(ANA, made.id, "一")
        gone = conversations.answer(ANA, made.id, turn, answer("甲"))
        kept = conversations.answer(ANA, made.id, turn, answer("乙"), forgotten=["place"])
        (one,) = conversations.turns(ANA, made.id)
        assert (one.answer, one.answer_id, one.forgotten) == (answer("乙"), kept, ("place",))
        assert kept != gone
        with pytest.raises(NotKept):
            conversations.turns_to(ANA, gone)

    def test_a_question_takes_the_place_of_a_turn_and_all_after_it(self, conversations: Conversations) -> None:
        made = conversations.start(ANA, "t")
        for question in ("一", "二", "三"):
            conversations.answer(ANA, made.id, conversations.ask(ANA, made.id, question), answer(question))
        second = conversations.turns(ANA, made.id)[1].id
        conversations.ask(ANA, made.id, "别的", instead_of=second)
        assert [turn.question for turn in conversations.turns(ANA, made.id)] == ["一", "别的"]
        with pytest.raises(NotKept):
            conversations.ask(ANA, made.id, "又", instead_of=second)
        assert [turn.question for turn in conversations.turns(ANA, made.id)] == ["一", "别的"]

    def test_an_answer_is_found_with_the_turns_before_it(self, conversations: Conversations) -> None:
        made = conversations.start(ANA, "t")
        ids = [
            conversations.answer(ANA, made.id, conversations.ask(ANA, made.id, q), answer(q))
            for q in ("一", "二", "三")
        ]
        assert [turn.question for turn in conversations.turns_to(ANA, ids[1])] == ["一", "二"]

    def test_what_is_said_of_an_answer_stays_with_it(self, conversations: Conversations) -> None:
        made = conversations.start(ANA, "t")
        turn = conversations.ask(ANA, made.id, "一")
        kept = conversations.answer(ANA, made.id, turn, answer("甲"))
        assert [one.question for one in conversations.vote(ANA, kept, Opinion("down", ("outdated",), "旧"))] == ["一"]
        assert [one.vote for one in conversations.turns(ANA, made.id)] == ["down"]
        conversations.vote(ANA, kept, Opinion("up"))
        assert [one.vote for one in conversations.turns(ANA, made.id)] == ["up"]
        conversations.answer(ANA, made.id, turn, answer("乙"))
        assert [one.vote for one in conversations.turns(ANA, made.id)] == [None]

    def test_two_tabs_do_not_take_each_other_s_questions(self, conversations: Conversations) -> None:
        made = conversations.start(ANA, "t")
        first, second = conversations.ask(ANA, made.id, "一"), conversations.ask(ANA, made.id, "二")
        conversations.answer(ANA, made.id, first, answer("甲"))
        conversations.answer(ANA, made.id, second, answer("乙"))
        conversations.answer(ANA, made.id, first, answer("丙"))
        shown = [(one.question, one.answer and one.answer.answer) for one in conversations.turns(ANA, made.id)]
        assert shown == [("一", "丙"), ("二", "乙")]

    def test_what_is_deleted_is_gone(self, conversations: Conversations) -> None:
        made = conversations.start(ANA, "t")
        kept = conversations.answer(ANA, made.id, conversations.ask(ANA, made.id, "一"), answer("甲"))
        conversations.delete(ANA, made.id)
        assert list(conversations.all(ANA)) == []
        with pytest.raises(NotKept):
            conversations.turns(ANA, made.id)
        with pytest.raises(NotKept):
            conversations.turns_to(ANA, kept)

    def test_nobody_reaches_what_is_another_s(self, conversations: Conversations) -> None:
        made = conversations.start(ANA, "t")
        turn = conversations.ask(ANA, made.id, "一")
        kept = conversations.answer(ANA, made.id, turn, answer("甲"))
        own = conversations.start(BO, "t").id
        assert [one.id for one in conversations.all(BO)] == [own]
        for act in (
            lambda: conversations.get(BO, made.id),
            lambda: conversations.turns(BO, made.id),
            lambda: conversations.turns_to(BO, kept),
            lambda: conversations.ask(BO, made.id, "x"),
            lambda: conversations.ask(BO, own, "x", instead_of=turn),
            lambda: conversations.answer(BO, made.id, turn, answer("x")),
            lambda: conversations.answer(BO, own, turn, answer("x")),
            lambda: conversations.vote(BO, kept, Opinion("down")),
            lambda: conversations.rename(BO, made.id, "x"),
            lambda: conversations.delete(BO, made.id),
        ):
            with pytest.raises(NotKept):
                act()
        (one,) = conversations.turns(ANA, made.id)
        assert (one.question, one.answer) == ("一", answer("甲"))
        assert list(conversations.turns(BO, own)) == []
