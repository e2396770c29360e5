from __future__ import annotations

import logging
from datetime import timedelta

import pytest
from argon2 import PasswordHasher

from assistant.access import Accounts, Caller, Role
from assistant.access.passwords import Passwords, WeakPassword, check_password
from assistant.access.service import Lockout, SignInRefused, log_event
from assistant.store import Store
from assistant.store.users import User
from knowledge.errors import UsageError
from tests.assistant.access.conftest import Clock, Notes

PASSWORD = "correct horse 电池 staple"
HOME = "192.0.2.7"


@pytest.fixture
def user(accounts: Accounts) -> User:
    return accounts.add("Wang", Role.STAFF, PASSWORD, actor="console")


def caller(accounts: Accounts, token: str) -> Caller:
    found = accounts.by_session(token)
    assert found is not None
    return found


def refused(accounts: Accounts, name: str, password: str) -> None:
    with pytest.raises(SignInRefused):
        accounts.sign_in(name, password, address=HOME)


def test_somebody_signs_in_and_out(accounts: Accounts, user: User, notes: Notes) -> None:
    token = accounts.sign_in(" wANG ", PASSWORD, address=HOME)
    assert caller(accounts, token) == Caller(user.owner, Role.STAFF, "Wang", "session")
    accounts.sign_out(token)
    assert accounts.by_session(token) is None
    assert notes.events == ["account.added", "account.signed_in", "account.signed_out"]
    assert notes.taken[1] == (user.owner, "account.signed_in", user.owner, {"network": "192.0.2.0/24"})


def test_neither_words_nor_work_tell_whether_there_is_an_account(accounts: Accounts, user: User, store: Store) -> None:
    said, work = set(), []

    class Counting(Passwords):
        def matches(self, kept: str | None, password: str) -> bool:
            work.append(password)
            return super().matches(kept, password)

    counting = Accounts(store.users, passwords=Counting(PasswordHasher(1, 8, 1)))
    off = counting.add("off", Role.STAFF, PASSWORD, actor="me")
    counting.set_disabled(off, True, actor="me")
    counting.users.create("provider only", Role.STAFF, subject="x")
    for name in ("Wang", "nobody", "off", "provider only", ""):
        with pytest.raises(SignInRefused) as error:
            counting.sign_in(name, "wrong password", address=HOME)
        said.add(str(error.value))
    refused(counting, "off", PASSWORD)
    assert len(said) == 1
    assert len(work) == 6


def test_wrong_passwords_lock_for_longer_each_time(accounts: Accounts, user: User, clock: Clock, notes: Notes) -> None:
    for _ in range(5):
        refused(accounts, "wang", "wrong")
    refused(accounts, "wang", PASSWORD)
    clock.now += timedelta(seconds=61)
    refused(accounts, "wang", "wrong")
    clock.now += timedelta(seconds=61)
    refused(accounts, "wang", PASSWORD)
    clock.now += timedelta(seconds=60)
    assert accounts.sign_in("wang", PASSWORD, address=HOME)
    for _ in range(4):
        refused(accounts, "wang", "wrong")
    assert accounts.sign_in("wang", PASSWORD, address=HOME)
    assert [detail["seconds"] for _, action, _, detail in notes.taken if action == "account.locked"] == [60, 120]


def test_a_lock_never_lasts_longer_than_the_longest() -> None:
    lockout = Lockout(failures=3, first=timedelta(minutes=1), longest=timedelta(minutes=15))
    assert [lockout.after(n) for n in (2, 3, 4, 1000)] == [
        None,
        timedelta(minutes=1),
        timedelta(minutes=2),
        timedelta(minutes=15),
    ]


def test_a_session_ends_unused_and_ends_in_all(accounts: Accounts, user: User, clock: Clock) -> None:
    token = accounts.sign_in("wang", PASSWORD, address=HOME)
    for _ in range(42):
        assert accounts.by_session(token)
        clock.now += timedelta(hours=4)
    assert accounts.by_session(token) is None
    token = accounts.sign_in("wang", PASSWORD, address=HOME)
    clock.now += timedelta(hours=8)
    assert accounts.by_session(token) is None


def test_another_password_ends_every_other_session(accounts: Accounts, user: User) -> None:
    here, there = (accounts.sign_in("wang", PASSWORD, address=HOME) for _ in range(2))
    me = caller(accounts, here)
    with pytest.raises(SignInRefused):
        accounts.change_password(me, "wrong", "another long one", address=HOME)
    with pytest.raises(WeakPassword):
        accounts.change_password(me, PASSWORD, "short", address=HOME)
    assert accounts.by_session(there)
    token = accounts.change_password(me, PASSWORD, "another long one", address=HOME)
    assert accounts.by_session(here) is None
    assert accounts.by_session(there) is None
    assert caller(accounts, token) == me
    refused(accounts, "wang", PASSWORD)


def test_a_stolen_session_cannot_guess_the_password(accounts: Accounts, user: User) -> None:
    me = caller(accounts, accounts.sign_in("wang", PASSWORD, address=HOME))
    for _ in range(5):
        with pytest.raises(SignInRefused):
            accounts.change_password(me, "wrong", "another long one", address=HOME)
    with pytest.raises(SignInRefused):
        accounts.change_password(me, PASSWORD, "another long one", address=HOME)


def test_roles_and_switches_hold_at_once(accounts: Accounts, user: User) -> None:
    token = accounts.sign_in("wang", PASSWORD, address=HOME)
    key = accounts.add_key(user, "bot", {"ask"}, actor="me")[1]
    accounts.set_role(user, Role.MAINTAINER, actor="me")
    assert caller(accounts, token).role is Role.MAINTAINER
    accounts.set_disabled(user, True, actor="me")
    assert accounts.by_session(token) is None
    assert accounts.by_key(key) is None
    accounts.set_disabled(user, False, actor="me")
    assert accounts.by_session(token) is None
    assert accounts.by_key(key) is not None


def test_signing_out_everywhere(accounts: Accounts, user: User) -> None:
    tokens = [accounts.sign_in("wang", PASSWORD, address=HOME) for _ in range(3)]
    accounts.sign_out_everywhere(caller(accounts, tokens[0]))
    assert not any(accounts.by_session(token) for token in tokens)


def test_keys_are_told_once_and_can_be_revoked(accounts: Accounts, user: User, store: Store) -> None:
    kept, token = accounts.add_key(user, "统计", {"ask", "search"}, actor="me")
    found = accounts.by_key(token)
    assert found == Caller(f"key:{kept.id}", Role.STAFF, "统计", "key", frozenset({"ask", "search"}))
    assert token.startswith(kept.prefix)
    assert len(kept.prefix) <= 10
    assert token.encode() not in store.database.file.read_bytes()
    accounts.revoke_key(kept.prefix, actor="me")
    assert accounts.by_key(token) is None
    for wrong in (kept.prefix, "bzt_", ""):
        with pytest.raises(UsageError, match="keys list"):
            accounts.revoke_key(wrong, actor="me")
    for scopes in ((), ("everything",), ("ask", "Search")):
        with pytest.raises(UsageError, match="ask, chat"):
            accounts.add_key(user, "x", scopes, actor="me")
    with pytest.raises(UsageError, match="label"):
        accounts.add_key(user, " ", {"ask"}, actor="me")


@pytest.mark.parametrize(
    ("password", "why"),
    [("short", "12 to 256"), ("a" * 300, "12 to 256"), ("ababababababab", "different"), ("my name is WANG!", "name")],
)
def test_passwords_that_are_easily_guessed_are_not_accepted(password: str, why: str) -> None:
    with pytest.raises(WeakPassword, match=why):
        check_password(password, "wang")


def test_a_password_is_the_same_in_full_and_half_width(accounts: Accounts) -> None:
    accounts.add("li", Role.STAFF, "ｐａｓｓ１２３４ｗｏｒｄ", actor="me")
    assert accounts.sign_in("ＬＩ", "pass1234word", address=HOME)


def test_a_hash_of_another_cost_is_renewed(accounts: Accounts, user: User, store: Store) -> None:
    dearer = Accounts(store.users, passwords=Passwords(PasswordHasher(2, 16, 1)))
    before = store.users.get(user.id)
    dearer.sign_in("wang", PASSWORD, address=HOME)
    after = store.users.get(user.id)
    assert before is not None
    assert after is not None
    assert after.password_hash != before.password_hash
    assert accounts.sign_in("wang", PASSWORD, address=HOME)


def test_nothing_secret_reaches_the_log(store: Store, passwords: Passwords, caplog: pytest.LogCaptureFixture) -> None:
    accounts = Accounts(store.users, passwords=passwords, note=log_event)
    with caplog.at_level(logging.DEBUG):
        user = accounts.add("wang", Role.STAFF, PASSWORD, actor="console")
        token = accounts.sign_in("wang", PASSWORD, address=HOME)
        refused(accounts, PASSWORD, "the name")
        key = accounts.add_key(user, "bot", {"ask"}, actor="console")[1]
        accounts.by_key(key)
        accounts.sign_out(token)
    assert "account.signed_in" in caplog.text
    for secret in (PASSWORD, token, key, "the name", HOME, "$argon2"):
        assert secret not in caplog.text
        assert secret not in repr(accounts.by_key(key))
