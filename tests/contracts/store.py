"""What the store does on every database."""

from __future__ import annotations

import json
import threading
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from alembic.autogenerate import compare_metadata
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import select, text

from assistant.access.caller import Role
from assistant.desk.records import Person
from assistant.store import Store, open_store, schema
from assistant.store.conversations import Message, NewMessage
from assistant.store.database import Database
from assistant.store.tables import Base
from assistant.store.users import User
from knowledge.errors import NotKept, StoreError, UsageError
from tests.contracts.desk_store import inquiry, standard, with_reply

ANN, BOB = "user:ann", "visitor:bob"
START = datetime(2026, 11, 22, 8, tzinfo=UTC)
Url = str | Path


class Clock:
    """A clock that goes on by a second whenever it is read."""

    def __init__(self) -> None:
        self.moment = START
        self._lock = threading.Lock()

    def __call__(self) -> datetime:
        with self._lock:
            self.moment += timedelta(seconds=1)
            return self.moment


def asked(words: str) -> NewMessage:
    return NewMessage(role="user", text=words)


def answered(words: str, **more: object) -> NewMessage:
    return NewMessage(role="assistant", text=words, answer={"status": "answered", **more})


def texts(messages: tuple[Message, ...]) -> list[str]:
    return [message.text for message in messages]


class StoreContract:
    """Inherit, and say where a database with the tables is (`url`) and one without (`empty_url`)."""

    @pytest.fixture
    def url(self) -> Url:
        raise NotImplementedError

    @pytest.fixture
    def empty_url(self) -> Url:
        raise NotImplementedError

    @pytest.fixture
    def clock(self) -> Clock:
        return Clock()

    @pytest.fixture
    def store(self, url: Url, clock: Clock) -> Iterator[Store]:
        opened = open_store(url, clock=clock)
        yield opened
        opened.close()

    # --- the schema -----------------------------------------------------------------------------------------------------

    def test_the_migrations_make_what_the_models_say(self, empty_url: Url) -> None:
        database = Database(empty_url)
        schema.upgrade(database)
        with database.engine.connect() as connection:
            context = MigrationContext.configure(connection, opts={"compare_type": True})
            assert compare_metadata(context, Base.metadata) == []
        assert schema.current(database) == schema.head()
        database.close()

    def test_every_revision_can_be_upgraded_with_what_it_holds(self, empty_url: Url) -> None:
        database = Database(empty_url)
        steps = [step.revision for step in ScriptDirectory(str(schema.MIGRATIONS)).walk_revisions()][::-1]
        for revision in steps:
            schema.upgrade(database, revision)
            assert schema.current(database) == revision
            if revision == "0001":
                with database.connection() as connection:
                    connection.execute(text(_A_CONVERSATION), {"now": START})
        database.close()
        store = open_store(empty_url)
        assert [head.title for head in store.conversations.list(ANN)] == ["from the first version"]
        store.close()

    def test_a_database_of_a_newer_version_is_refused(self, url: Url) -> None:
        database = Database(url)
        schema.upgrade(database)
        with database.connection() as connection:
            connection.execute(text("UPDATE alembic_version SET version_num = '9999'"))
        database.close()
        with pytest.raises(StoreError, match=r"9999.*newer version"):
            open_store(url)

    def test_tables_of_something_else_are_left_alone(self, empty_url: Url) -> None:
        database = Database(empty_url)
        with database.connection() as connection:
            connection.execute(text("CREATE TABLE users (shoe_size INTEGER)"))
        with pytest.raises(StoreError, match="something else"):
            open_store(empty_url)
        with database.connection() as connection:
            connection.execute(text("SELECT shoe_size FROM users"))
        database.close()

    def test_two_that_open_an_empty_database_at_once_both_get_it(self, empty_url: Url) -> None:
        with ThreadPoolExecutor(4) as pool:
            for store in pool.map(lambda _: open_store(empty_url), range(4)):
                assert store.conversations.list(ANN) == ()
                store.close()

    # --- conversations --------------------------------------------------------------------------------------------------

    def test_a_conversation_comes_back_as_it_was_kept(self, store: Store, url: Url, clock: Clock) -> None:
        question = NewMessage(
            role="user", text="主导制定国际标准奖励多少？", facts={"place": "宁波"}, forgotten=["level"]
        )
        answer = answered(
            "最高100万元 [1]", citations=[{"n": 1, "quote": "给予“一次性”奖励"}], rewards=[], total_yuan=None
        )
        kept = store.conversations.create(ANN, "国际标准", [question, answer])
        store.close()
        again = open_store(url, clock=clock)
        found = again.conversations.get(ANN, kept.id)
        again.close()
        assert found == kept
        assert [(m.role, m.text, m.answer, m.facts, m.forgotten) for m in found.messages] == [
            ("user", question.text, None, {"place": "宁波"}, ("level",)),
            ("assistant", answer.text, answer.answer, {}, ()),
        ]
        assert found.title == "国际标准"
        assert found.created == found.updated == START + timedelta(seconds=1)

    def test_messages_stay_in_the_order_they_came(self, store: Store) -> None:
        kept = store.conversations.create(ANN)
        for number in range(12):
            store.conversations.append(ANN, kept.id, asked(f"q{number}"), answered(f"a{number}"))
        expected = [f"{kind}{number}" for number in range(12) for kind in "qa"]
        assert texts(store.conversations.get(ANN, kept.id).messages) == expected

    def test_the_last_changed_conversation_is_first(self, store: Store) -> None:
        first, second, third = (store.conversations.create(ANN, title) for title in ("a", "b", "c"))
        store.conversations.append(ANN, first.id, asked("more"))
        store.conversations.rename(ANN, second.id, "renamed")
        assert [head.title for head in store.conversations.list(ANN)] == ["a", "c", "renamed"]
        assert [head.id for head in store.conversations.list(ANN, limit=1, offset=1)] == [third.id]

    def test_conversations_of_the_same_moment_stand_in_one_order(self, url: Url) -> None:
        store = open_store(url, clock=lambda: START)
        ids = {store.conversations.create(ANN).id for _ in range(5)}
        assert [head.id for head in store.conversations.list(ANN)] == sorted(ids)
        store.close()

    @pytest.mark.parametrize(
        ("search", "found"),
        [
            ("国际标准", ["奖励"]),
            ("奖励", ["奖励", "100%_done"]),
            ("ISO 国际", ["奖励"]),
            ("iso", ["奖励"]),
            ("0%_d", ["100%_done"]),
            ("%", ["100%_done"]),
            ("\\", []),
            ("国际 标准化", []),
            ("  ", ["奖励", "100%_done"]),
        ],
    )
    def test_search_looks_for_every_word_in_titles_and_texts(self, store: Store, search: str, found: list[str]) -> None:
        store.conversations.create(ANN, "100%_done", [asked("奖励")])
        store.conversations.create(ANN, "奖励", [asked("ISO 国际标准")])
        store.conversations.create(BOB, "奖励", [asked("ISO 国际标准")])
        assert [head.title for head in store.conversations.list(ANN, search=search)] == found

    def test_nobody_reaches_the_conversation_of_another(self, store: Store) -> None:
        kept = store.conversations.create(ANN, "a", [asked("q"), answered("a")])
        attempts: list[Callable[[], object]] = [
            lambda: store.conversations.get(BOB, kept.id),
            lambda: store.conversations.rename(BOB, kept.id, "b"),
            lambda: store.conversations.delete(BOB, kept.id),
            lambda: store.conversations.append(BOB, kept.id, asked("b")),
            lambda: store.conversations.replace_from(BOB, kept.id, kept.messages[0].id, asked("b")),
            lambda: store.conversations.answer(BOB, kept.id, kept.messages[0].id, answered("b")),
            lambda: store.conversations.get(ANN, "no such"),
        ]
        messages = set()
        for attempt in attempts:
            with pytest.raises(NotKept) as caught:
                attempt()
            messages.add(str(caught.value))
        assert len(messages) == 1  # nobody learns that it is there
        assert store.conversations.get(ANN, kept.id) == kept

    def test_a_deleted_conversation_takes_its_messages_along(self, store: Store) -> None:
        kept = store.conversations.create(ANN, "a", [asked("q")])
        store.conversations.delete(ANN, kept.id)
        with pytest.raises(NotKept):
            store.conversations.get(ANN, kept.id)
        with store.database.read() as session:
            assert session.execute(text("SELECT count(*) FROM messages")).scalar_one() == 0

    def test_an_answer_takes_its_place_after_its_question(self, store: Store) -> None:
        kept = store.conversations.create(ANN, "a", [asked("q1")])
        store.conversations.append(ANN, kept.id, asked("q2 of another tab"), answered("a2"))
        first = store.conversations.answer(ANN, kept.id, kept.messages[0].id, answered("a1"))
        second = store.conversations.answer(ANN, kept.id, kept.messages[0].id, answered("a1 again"))
        found = store.conversations.get(ANN, kept.id).messages
        assert texts(found) == ["q1", "a1 again", "q2 of another tab", "a2"]
        assert found[1] == second
        assert store.conversations.holding(ANN, second.id).messages == found
        for owner, message_id in ((ANN, first.id), (BOB, second.id)):
            with pytest.raises(NotKept):
                store.conversations.holding(owner, message_id)
        with pytest.raises(NotKept):
            store.conversations.answer(ANN, kept.id, first.id, answered("to what is gone"))

    def test_a_question_asked_anew_takes_the_place_of_what_followed(self, store: Store) -> None:
        kept = store.conversations.create(ANN, "a", [asked("q1"), answered("a1"), asked("q2"), answered("a2")])
        new = store.conversations.replace_from(ANN, kept.id, kept.messages[2].id, asked("q3"))
        found = store.conversations.get(ANN, kept.id).messages
        assert (texts(found), found[-1]) == (["q1", "a1", "q3"], new)
        with pytest.raises(NotKept):
            store.conversations.replace_from(ANN, kept.id, kept.messages[2].id, asked("late"))
        assert store.conversations.get(ANN, kept.id).messages == found

    def test_answers_at_once_each_follow_their_question(self, store: Store) -> None:
        kept = store.conversations.create(ANN, "a", [asked(f"{n}") for n in range(6)])

        def answer(number: int) -> None:
            for attempt in range(3):
                question_id = kept.messages[number].id
                store.conversations.answer(ANN, kept.id, question_id, answered(f"{number} {attempt}"))

        with ThreadPoolExecutor(6) as pool:
            list(pool.map(answer, range(6)))
        found = texts(store.conversations.get(ANN, kept.id).messages)
        assert found == [words for n in range(6) for words in (f"{n}", f"{n} 2")]

    def test_what_many_tabs_append_at_once_is_all_there_turn_by_turn(self, store: Store) -> None:
        kept = store.conversations.create(ANN)

        def talk(tab: int) -> None:
            for turn in range(5):
                store.conversations.append(ANN, kept.id, asked(f"{tab}.{turn} q"), answered(f"{tab}.{turn} a"))

        with ThreadPoolExecutor(6) as pool:
            list(pool.map(talk, range(6)))
        found = texts(store.conversations.get(ANN, kept.id).messages)
        assert sorted(found) == sorted(f"{tab}.{turn} {kind}" for tab in range(6) for turn in range(5) for kind in "qa")
        assert [q[:-2] for q in found[::2]] == [a[:-2] for a in found[1::2]]
        for tab in range(6):
            assert [q for q in found[::2] if q.startswith(f"{tab}.")] == [f"{tab}.{turn} q" for turn in range(5)]

    def test_what_cannot_be_kept_to_the_letter_is_kept_readable(self, store: Store) -> None:
        kept = store.conversations.create(ANN, "a\x00b", [answered("half \ud83d", note="\udc00")])
        assert (kept.title, texts(kept.messages)) == ("a\ufffdb", ["half \ufffd"])
        assert store.conversations.get(ANN, kept.id) == kept

    def test_long_texts_and_odd_signs_are_kept(self, store: Store) -> None:
        words = "标准🏢\r\n'\"; DROP TABLE messages; -- %s :x \u202e" * 20_000
        kept = store.conversations.create(ANN, "t", [asked(words)])
        assert texts(store.conversations.get(ANN, kept.id).messages) == [words]

    def test_purging_deletes_what_lay_untouched(self, store: Store, clock: Clock) -> None:
        store.conversations.create(ANN, "old")
        touched = store.conversations.create(ANN, "touched")
        limit = clock()
        store.conversations.append(ANN, touched.id, asked("q"))
        assert store.conversations.purge(limit) == 1
        assert [head.title for head in store.conversations.list(ANN)] == ["touched"]

    @given(data=st.data())
    @settings(
        max_examples=15,
        suppress_health_check=[
            HealthCheck.function_scoped_fixture,
            HealthCheck.differing_executors,
            HealthCheck.too_slow,
        ],
    )
    def test_whatever_owners_do_each_sees_what_a_list_of_their_own_would_hold(
        self, store: Store, data: st.DataObject
    ) -> None:
        owners = st.sampled_from([ANN, BOB, "user:bo", "user:b%"])
        model: dict[str, dict[str, list[str]]] = {}
        everything: list[str] = []
        for head_owner in [ANN, BOB, "user:bo", "user:b%"]:
            for head in store.conversations.list(head_owner, limit=1000):
                store.conversations.delete(head_owner, head.id)
            model[head_owner] = {}
        for _ in range(data.draw(st.integers(1, 12))):
            owner, words = data.draw(owners), data.draw(st.text(max_size=8).filter(lambda t: "\x00" not in t))
            action = data.draw(st.sampled_from(["create", "append", "replace", "delete"]))
            if action == "create" or not everything:
                kept = store.conversations.create(owner, words, [asked(words)])
                model[owner][kept.id] = [words]
                everything.append(kept.id)
                continue
            target = data.draw(st.sampled_from(everything))
            mine = target in model[owner]
            try:
                if action == "append":
                    store.conversations.append(owner, target, answered(words))
                    model[owner][target].append(words)
                elif action == "replace":
                    last = store.conversations.get(owner, target).messages[-1]
                    store.conversations.replace_from(owner, target, last.id, answered(words))
                    model[owner][target][-1] = words
                else:
                    store.conversations.delete(owner, target)
                    del model[owner][target]
            except NotKept:
                assert not mine
            else:
                assert mine
        for owner, expected in model.items():
            assert {
                head.id: texts(store.conversations.get(owner, head.id).messages)
                for head in store.conversations.list(owner, limit=1000)
            } == expected

    # --- accounts -------------------------------------------------------------------------------------------------------

    def test_an_account_is_found_by_its_name_however_written(self, store: Store) -> None:
        kept = store.users.create(" Ｗang Li ", Role.STAFF, password_hash="h")
        assert store.users.named("WANG LI") == store.users.get(kept.id) == kept
        assert (kept.name, kept.role, kept.disabled, kept.failures) == ("Ｗang Li", Role.STAFF, False, 0)
        assert kept.owner == f"user:{kept.id}"
        assert store.users.named("wang") is None

    def test_two_accounts_never_share_a_name_or_a_subject(self, store: Store) -> None:
        store.users.create("王丽", Role.STAFF, subject="https://id.example|7")
        other = store.users.create("wang", Role.STAFF)
        for attempt in (
            lambda: store.users.create("王丽", Role.STAFF),
            lambda: store.users.create("WANG", Role.STAFF),
            lambda: store.users.create("li", Role.STAFF, subject="https://id.example|7"),
            lambda: store.users.change(other.id, name="王丽"),
            lambda: store.users.change(other.id, subject="https://id.example|7"),
            lambda: store.users.create("  ", Role.STAFF),
        ):
            with pytest.raises(UsageError):
                attempt()
        assert [user.name for user in store.users.list()] == ["wang", "王丽"]

    def test_an_account_changes_only_where_told(self, store: Store) -> None:
        kept = store.users.create("a", Role.STAFF, password_hash="h")
        assert "password_hash" not in repr(kept)
        changed = store.users.change(kept.id, role=Role.MAINTAINER, disabled=True, locked_until=START)
        assert store.users.get(kept.id) == changed
        assert (changed.name, changed.password_hash, changed.created) == ("a", "h", kept.created)
        assert (changed.role, changed.disabled, changed.locked_until) == (Role.MAINTAINER, True, START)
        assert store.users.change(kept.id, locked_until=None, password_hash=None).password_hash is None
        with pytest.raises(NotKept):
            store.users.change("no such", disabled=True)

    def test_failures_at_once_all_count(self, store: Store) -> None:
        kept = store.users.create("a", Role.STAFF)
        with ThreadPoolExecutor(4) as pool:
            counts = list(pool.map(lambda _: store.users.note_failure(kept.id), range(12)))
        assert sorted(counts) == list(range(1, 13))
        assert store.users.note_failure("no such") == 0

    def test_a_sign_in_lives_until_it_is_ended(self, store: Store, clock: Clock) -> None:
        user, other = store.users.create("a", Role.STAFF), store.users.create("b", Role.STAFF)
        for token, owner in (("t1", user), ("t2", user), ("t3", other)):
            store.users.add_session(owner.id, token, expires=START + timedelta(hours=1))
        found = store.users.session("t1")
        assert found is not None
        assert (found.user, found.expires) == (user, START + timedelta(hours=1))
        store.users.touch_session("t1", START + timedelta(hours=9))
        touched = store.users.session("t1")
        assert touched is not None
        assert touched.seen > found.seen
        assert touched.expires == START + timedelta(hours=9)
        store.users.end_session("t2")
        assert store.users.session("t2") is None
        clock.moment = START + timedelta(hours=2)
        assert store.users.end_expired_sessions() == 1
        assert store.users.session("t3") is None
        store.users.end_sessions(user.id)
        assert store.users.session("t1") is None
        with pytest.raises(NotKept):
            store.users.add_session("no such", "t4", expires=START)

    def test_a_key_holds_until_it_is_revoked_by_its_owner(self, store: Store) -> None:
        user, other = store.users.create("a", Role.STAFF), store.users.create("b", Role.STAFF)
        key = store.users.add_key(user.id, "hash", "bzt_ab", "reports", ["ask", "search"])
        assert store.users.key("hash") == key
        assert (key.user, key.scopes, key.used, key.revoked) == (user, ("ask", "search"), None, None)
        store.users.touch_key(key.id)
        with pytest.raises(NotKept):
            store.users.revoke_key(other.id, key.id)
        store.users.revoke_key(user.id, key.id)
        with pytest.raises(NotKept):
            store.users.revoke_key(user.id, key.id)
        [found] = store.users.keys(user.id)
        assert found.used is not None
        assert found.revoked is not None
        assert store.users.keys(other.id) == ()
        assert store.users.keys() == (found,)

    def test_a_deleted_account_takes_its_sign_ins_and_keys_along(self, store: Store) -> None:
        user = store.users.create("a", Role.STAFF)
        store.users.add_session(user.id, "t", expires=START)
        store.users.add_key(user.id, "hash", "bzt_ab", "", [])
        store.people.delete(user.owner, ANN)
        assert (store.users.get(user.id), store.users.session("t"), store.users.key("hash")) == (None, None, None)

    # --- what maintainers see ---------------------------------------------------------------------------------------------

    def test_the_log_pairs_each_answer_with_its_question(self, store: Store) -> None:
        first = store.conversations.create(ANN, "a", [asked("q1"), answered("a1"), asked("q2"), answered("a2 ISO")])
        refused = NewMessage(role="assistant", text="未见规定", answer={"status": "abstained"})
        store.conversations.create(BOB, "b", [asked("天气"), refused, asked("no answer yet")])
        store.feedback.give(ANN, "down", question="q1", answer=None, message_id=first.messages[1].id)
        log = store.conversations.log()
        assert {(turn.question, turn.text, turn.status, turn.vote) for turn in log} == {
            ("q1", "a1", "answered", "down"),
            ("q2", "a2 ISO", "answered", None),
            ("天气", "未见规定", "abstained", None),
        }
        assert [turn.question for turn in store.conversations.log(status="abstained")] == ["天气"]
        assert [turn.question for turn in store.conversations.log(search="iso")] == ["q2"]
        assert [turn.text for turn in store.conversations.log(search="天气")] == ["未见规定"]
        assert [
            turn.conversation_id for turn in store.conversations.log(until=first.created + timedelta(microseconds=1))
        ] == [first.id] * 2
        assert [turn.question for turn in store.conversations.log(since=first.created + timedelta(microseconds=1))] == [
            "天气"
        ]
        assert store.conversations.log(limit=1, offset=1) == log[1:2]

    def test_feedback_keeps_the_answer_as_it_was(self, store: Store) -> None:
        kept = store.conversations.create(ANN, "a", [asked("q"), answered("a")])
        said = store.feedback.give(
            ANN,
            "down",
            question="q",
            answer={"status": "answered", "provenance": {"release": "r1"}},
            message_id=kept.messages[1].id,
            reasons=["amount", "source"],
            note="应为100万元\x00",
        )
        assert (said.vote, said.reasons, said.note, said.release) == (
            "down",
            ("amount", "source"),
            "应为100万元\ufffd",
            "r1",
        )
        store.conversations.delete(ANN, kept.id)
        assert store.feedback.list() == (said,)

    def test_a_second_opinion_of_the_same_reader_replaces_the_first(self, store: Store) -> None:
        def give(owner: str, vote: str) -> None:
            store.feedback.give(owner, vote, question="q", answer=None, message_id="m")  # type: ignore[arg-type]

        with ThreadPoolExecutor(4) as pool:
            list(pool.map(lambda number: give(ANN, "down"), range(8)))
        give(BOB, "down")
        give(ANN, "up")
        assert [(said.owner, said.vote) for said in store.feedback.list()] == [(ANN, "up"), (BOB, "down")]
        assert set(store.feedback.given(ANN, ["m", "n"])) == {"m"}

    def test_feedback_is_filtered(self, store: Store, clock: Clock) -> None:
        for question, vote, reasons in (
            ("奖励", "down", ["amount"]),
            ("ISO", "down", ["amount_other"]),
            ("期限", "up", []),
        ):
            store.feedback.give(
                ANN, vote, question=question, answer={"provenance": {"release": question}}, reasons=reasons
            )  # type: ignore[arg-type]
        limit = clock()
        store.feedback.give(BOB, "up", question="末", answer=None, note="iso 很好")

        def found(**filters: Any) -> list[str]:
            return [said.question for said in store.feedback.list(**filters)]

        assert found() == ["末", "期限", "ISO", "奖励"]
        assert found(reason="amount") == ["奖励"]
        assert found(search="iso") == ["末", "ISO"]
        assert found(since=limit) == ["末"]
        assert found(until=limit, limit=1, offset=1) == ["ISO"]
        assert store.feedback.purge(limit) == 3
        assert found() == ["末"]

    def test_usage_is_counted_by_whatever_is_asked_for(self, store: Store, clock: Clock) -> None:
        for _ in range(3):
            store.usage.note(
                place="宁波市", intent="reward", status="answered", topic="国际标准", language="zh", channel="chat"
            )
        clock.moment += timedelta(days=1)
        store.usage.note(place="宁波市", intent="reward", status="abstained", topic="团体标准")
        store.usage.note(status="abstained", topic="团体标准")
        store.usage.note(status="abstained", topic="计量")

        def counts(*by: Any, **more: Any) -> list[tuple[Any, ...]]:
            return [(*found.values.values(), found.count) for found in store.usage.counts(*by, **more)]

        day = START.date()
        assert counts("day") == [(day, 3), (day + timedelta(days=1), 3)]
        assert counts("topic", where={"status": "abstained"}) == [("团体标准", 2), ("计量", 1)]
        assert counts("place", "status") == [
            ("宁波市", "answered", 3),
            ("", "abstained", 2),
            ("宁波市", "abstained", 1),
        ]
        assert counts(since=day, until=day + timedelta(days=1)) == [(3,)]
        assert counts(until=day) == []
        assert counts("topic", limit=1) == [("国际标准", 3)]
        with pytest.raises(UsageError, match="topic"):
            store.usage.note(topic="我公司主导制定了一项国际标准，" * 9)

    def test_questions_at_once_are_all_counted(self, store: Store) -> None:
        with ThreadPoolExecutor(4) as pool:
            list(pool.map(lambda _: store.usage.note(topic="t"), range(20)))
        assert [found.count for found in store.usage.counts("topic")] == [20]

    # --- one person's data ----------------------------------------------------------------------------------------------

    def person(self, store: Store) -> User:
        """Somebody who left traces everywhere, beside somebody else who did too."""
        users = [store.users.create(name, Role.STAFF, password_hash="SECRET") for name in ("ann", "bob")]
        for user, other in (users, users[::-1]):
            store.users.add_session(user.id, f"token of {user.name}", expires=START + timedelta(days=1))
            key = store.users.add_key(user.id, f"SECRET {user.name}", "bzt_", user.name, ["ask"])
            for owner in (user.owner, f"key:{key.id}"):
                store.conversations.create(owner, f"of {user.name}", [asked("q"), answered("a")])
            store.feedback.give(user.owner, "down", question="q", answer=None, note=f"of {user.name}")
            me, them = Person(id=user.owner, name=user.name), Person(id=other.owner, name=other.name)
            asked_by_me = inquiry(f"chat {user.name}", by=me, channel="chat")
            answered_by_me = with_reply(inquiry(f"letter {user.name}", by=them, channel="chat"), me)
            for one in (asked_by_me, answered_by_me):
                store.replies.add(one)
            store.replies.add_standard(standard(f"s {user.name}", by=me))
            store.audit.note("program", "account.create", user.owner)
        return users[0]

    def test_all_that_is_kept_about_a_person_is_given_out_and_nothing_else(self, store: Store) -> None:
        person = self.person(store)
        data = store.people.export(person.owner)
        assert {kind: len(rows) for kind, rows in data.items() if isinstance(rows, list)} == {
            "account": 1,
            "sign_ins": 1,
            "keys": 1,
            "conversations": 2,
            "feedback": 1,
            "inquiries": 2,
            "reply_versions": 1,
            "approvals": 1,
            "standard_replies": 1,
            "audit": 1,
        }
        text = json.dumps(data, ensure_ascii=False)
        assert "SECRET" not in text
        assert "token of" not in text
        assert "of bob" not in text
        assert [message["text"] for message in data["conversations"][0]["messages"]] == ["q", "a"]
        nobody = store.people.export("visitor:nobody")
        assert not any(rows for rows in nobody.values() if isinstance(rows, list))

    def test_a_deleted_person_is_nowhere_and_the_records_still_hold(self, store: Store) -> None:
        person = self.person(store)
        other = store.users.named("bob")
        assert other is not None
        before = store.people.export(other.owner)
        gone = store.people.delete(person.owner, "user:admin")
        assert gone == {"conversations": 2, "feedback": 1, "inquiries": 1, "accounts": 1, "records_kept": 5}
        after = store.people.export(person.owner)
        assert not any(rows for rows in after.values() if isinstance(rows, list))
        everything = self.dump(store).replace("letter ann", "").replace("s ann", "")
        assert (person.id in everything, "'ann'" in everything, "of ann" in everything) == (False, False, False)
        entries = store.audit.list(limit=1000)
        assert (entries[0].action, entries[0].actor) == ("person.delete", "user:admin")
        assert store.audit.faults() == []
        by = {reply.id: reply.by for reply in store.replies.standards()}
        assert by["s bob"].name == "bob"
        assert by["s ann"] == Person(id=entries[0].target or "", name=entries[0].target or "")
        approved = store.replies.get("letter ann")
        assert (approved.versions[0].by, approved.approval and approved.approval.by) == (by["s ann"], by["s ann"])
        assert approved.received_by.name == "bob"
        # What the other one has is what it was, but for the name in the inquiry that was answered.
        rest = store.people.export(other.owner)
        for kind in before.keys() - {"exported", "inquiries"}:
            assert rest[kind] == before[kind], kind
        assert [row["id"] for row in rest["inquiries"]] == [row["id"] for row in before["inquiries"]]

    def dump(self, store: Store) -> str:
        """Everything in the database, as text."""
        with store.database.read() as session:
            return "\n".join(
                str(row) for table in Base.metadata.sorted_tables for row in session.execute(select(table))
            )

    def test_what_is_old_is_purged_and_what_must_stay_stays(self, store: Store, clock: Clock) -> None:
        self.person(store)
        clock.moment += timedelta(days=100)
        store.conversations.create(ANN, "new")
        assert store.purge(0) == {"sign_ins": 2}
        assert store.purge(200) == {"sign_ins": 0, "conversations": 0, "feedback": 0, "inquiries": 0}
        assert store.purge(99) == {"sign_ins": 0, "conversations": 4, "feedback": 2, "inquiries": 2}
        assert [head.title for head in store.conversations.list(ANN)] == ["new"]
        assert len(store.replies.standards()) == 2
        assert {kept.id for kept in store.replies.inquiries()} == {"letter ann", "letter bob"}
        assert [entry.detail["days"] for entry in store.audit.list(action="data.purge")] == [99, 0]
        assert store.audit.faults() == []

    # --- the audit trail ------------------------------------------------------------------------------------------------

    def test_the_trail_tells_who_did_what(self, store: Store) -> None:
        store.audit.note(ANN, "account.create", BOB, role="staff")
        store.audit.note(BOB, "reply.approve", "r1", version=2, note="数\x00 \ud800")
        store.audit.note("program", "reply.retire", "r1")
        assert [(entry.seq, entry.actor, entry.action, entry.target, entry.detail) for entry in store.audit.list()] == [
            (3, "program", "reply.retire", "r1", {}),
            (2, BOB, "reply.approve", "r1", {"version": 2, "note": "数\x00 \ufffd"}),
            (1, ANN, "account.create", BOB, {"role": "staff"}),
        ]
        assert store.audit.faults(store.audit.head()) == []

        def found(**filters: Any) -> list[int]:
            return [entry.seq for entry in store.audit.list(**filters)]

        assert found(action="reply") == [3, 2]
        assert found(action="rep") == []
        assert found(limit=1) == [3]

    @pytest.mark.parametrize("statement", ["UPDATE audit SET action = 'x'", "DELETE FROM audit"])
    def test_no_entry_can_be_changed_or_deleted(self, store: Store, statement: str) -> None:
        entry = store.audit.note(ANN, "account.create")
        with pytest.raises(StoreError), store.database.write() as session:
            session.execute(text(statement))
        assert store.audit.list() == (entry,)

    def test_who_appends_at_once_makes_one_chain(self, store: Store, url: Url, clock: Clock) -> None:
        other = open_store(url, clock=clock)
        with ThreadPoolExecutor(6) as pool:
            list(pool.map(lambda n: (store, other)[n % 2].audit.note(f"user:{n % 3}", "x", n=n), range(30)))
        other.close()
        entries = store.audit.list(limit=1000)
        assert [entry.seq for entry in entries] == list(range(30, 0, -1))
        assert sorted(entry.detail["n"] for entry in entries) == list(range(30))
        assert {entry.actor for entry in entries} == {"user:0", "user:1", "user:2"}
        assert store.audit.faults() == []

    @pytest.mark.parametrize(
        ("tampering", "fault"),
        [
            ("UPDATE audit SET action = 'y' WHERE seq = 2", "entry 2: it is not as it was written"),
            ("UPDATE audit SET detail = '{\"n\": 7}' WHERE seq = 2", "entry 2: it is not as it was written"),
            ("DELETE FROM audit WHERE seq = 2", "entry 3: expected number 2"),
            ("DELETE FROM audit WHERE seq = 3", "the end of the trail was cut off"),
        ],
    )
    def test_tampering_beside_the_program_is_found(self, store: Store, tampering: str, fault: str) -> None:
        for number in range(3):
            store.audit.note(ANN, "x", n=number)
        head = store.audit.head()
        with store.database.connection() as connection:
            for statement in self.without_triggers(tampering):
                connection.execute(text(statement.replace(":", "\\:")))
        assert any(fault in found for found in store.audit.faults(head))

    def without_triggers(self, statement: str) -> list[str]:
        """What somebody with the rights to the database would do to get `statement` past the triggers."""
        raise NotImplementedError

    # --- faults ---------------------------------------------------------------------------------------------------------

    def test_an_error_never_tells_what_was_kept(self, store: Store) -> None:
        with pytest.raises(StoreError) as caught, store.database.write() as session:
            session.execute(
                text("INSERT INTO sessions SELECT :secret, 'no such', :t, :t, :t"), {"secret": "S3CRET", "t": START}
            )
        assert "S3CRET" not in str(caught.value)
        assert caught.value.__cause__ is None

    def test_what_an_error_interrupts_leaves_nothing(self, store: Store) -> None:
        def interrupted() -> None:
            with store.database.write() as session:
                session.execute(text("UPDATE conversations SET title = 'half'"))
                raise RuntimeError

        kept = store.conversations.create(ANN, "a")
        with pytest.raises(RuntimeError):
            interrupted()
        assert store.conversations.get(ANN, kept.id).title == "a"


_A_CONVERSATION = f"""
INSERT INTO conversations (id, owner, title, created, updated) VALUES ('c', '{ANN}', 'from the first version', :now, :now)
"""
