"""Which answers are the same question again, and that a kept one cannot be changed from outside."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from datetime import date
from typing import Any

import pytest

from assistant.answer import Answer, Provenance
from assistant.answer_cache import AnswerCache, answer_key

DAY = date(2026, 11, 22)
MADE_FROM = Provenance(release="r1", rules="u1", prompts="p1", model="m1")
ASKED: dict[str, Any] = {"question": "行标奖多少", "history": ["扬州"], "facts": {"drafter_rank": 2}, "day": DAY}


def answer(text: str) -> Answer:
    return Answer(status="answered", language="zh", answer=text, provenance=MADE_FROM)


@pytest.mark.parametrize(
    "other",
    [
        {"question": "行标奖多少？"},
        {"history": []},
        {"history": ["扬州", ""]},
        {"facts": {"drafter_rank": 3}},
        {"facts": {"drafter_rank": "2"}},
        {"facts": None},
        {"day": date(2026, 11, 23)},
        *(
            {"made_from": MADE_FROM.model_copy(update={name: "other"})}
            for name in ("release", "rules", "prompts", "model")
        ),
    ],
)
def test_whatever_an_answer_depends_on_tells_it_apart(other: dict[str, Any]) -> None:
    asked = {**ASKED, "made_from": MADE_FROM}
    assert answer_key(**{**asked, **other}) != answer_key(**asked)


def test_the_order_of_facts_does_not() -> None:
    one = answer_key("问", [], {"a": 1, "b": 2}, DAY, MADE_FROM)
    assert one == answer_key("问", [], {"b": 2, "a": 1}, DAY, MADE_FROM)


def test_facts_of_any_kind_make_a_key() -> None:
    assert answer_key("问", ["\ud800"], {"a": {1, 2}, "b": object}, DAY, MADE_FROM)


def test_a_kept_answer_is_given_back_as_it_was() -> None:
    cache = AnswerCache(2)
    given = answer("甲")
    cache.keep("k", given)
    given.answer = "乙"
    first = cache.get("k")
    assert first is not None
    first.warnings.append("draft_policy")
    second = cache.get("k")
    assert second is not None
    assert (second.answer, second.warnings) == ("甲", [])
    assert cache.get("other") is None


def test_the_one_not_asked_for_longest_gives_way() -> None:
    cache = AnswerCache(2)
    cache.keep("a", answer("a"))
    cache.keep("b", answer("b"))
    assert cache.get("a")
    cache.keep("c", answer("c"))
    assert [bool(cache.get(key)) for key in "abc"] == [True, False, True]


def test_a_cache_of_none_keeps_none() -> None:
    cache = AnswerCache(0)
    cache.keep("a", answer("a"))
    assert cache.get("a") is None


def test_threads_may_share_it() -> None:
    cache = AnswerCache(8)

    def use(n: int) -> bool:
        key = str(n % 16)
        cache.keep(key, answer(key))
        kept = cache.get(key)
        return kept is None or kept.answer == key

    with ThreadPoolExecutor(8) as pool:
        assert all(pool.map(use, range(400)))
