"""What is written down of one case."""

from __future__ import annotations

import inspect
import re
from collections.abc import Sequence
from datetime import date

import pytest

from assistant import pipeline
from assistant.pipeline import Assistant
from assistant.settings import Settings
from eval.examine import Examiner, RememberingEmbedder, corpus_of, lost, plain, settings_of
from eval.runner import ASKED_AT
from knowledge.embedding import HashEmbeddings
from knowledge.places import PlaceMatch
from tests.eval.records import case

BUDGET = {"policy": "ningbo-2020", "text": "标准化工作经费800万元"}
GONE = {"policy": "ningbo-2020", "text": "标准化工作经费900万元"}
ELSEWHERE = {"policy": "suzhou-2020", "text": "奖励10万元"}


@pytest.fixture
def examiner(small_assistant: Assistant) -> Examiner:
    return Examiner(small_assistant, ASKED_AT)


def test_gold_that_is_gone_is_stale(examiner: Examiner) -> None:
    asked = case(
        "a/zh", question="宁波市每年安排多少标准化工作经费？", gold={"all_of": [BUDGET, GONE], "any_of": [ELSEWHERE]}
    )
    record = examiner.record(asked)
    assert record.stale == (GONE["text"], ELSEWHERE["text"])
    here, *missing = record.ranks
    assert (here.rank, here.cited) == (1, True)
    assert here.clauses
    assert here.citations == tuple(c.n for c in record.answer.citations if BUDGET["text"] in c.quote)
    assert [(gold.rank, gold.cited, gold.clauses) for gold in missing] == [(None, False, ()), (None, False, ())]


def test_after_earlier_turns_the_ranks_are_of_what_answering_found(examiner: Examiner) -> None:
    asked = case(
        "a/zh", question="那工作经费呢？", history=["宁波市到2025年新增国家标准多少项？"], gold={"all_of": [BUDGET]}
    )
    record = examiner.record(asked)
    assert record.found == record.stages.retrieval[:10]
    assert record.ranks[0].rank is not None


def test_where_answering_searched_for_nothing_the_search_is_for_what_was_understood(examiner: Examiner) -> None:
    record = examiner.record(case("a/zh", question="行业标准呢？", history=["宁波企业主导国家标准奖励多少？"]))
    assert record.stages.retrieval == ()
    assert record.stages.rules == ("ningbo-2016.drafting.industry exact 120000×1",)
    assert record.found


def test_the_case_decides_the_day_or_the_run_does(examiner: Examiner) -> None:
    question = "宁波市到2018年新增国家标准多少项？"
    now = examiner.record(case("a/zh", question=question))
    then = examiner.record(case("a/zh", question=question, asked_at=date(2017, 1, 1)))
    assert "horizon_passed" in now.answer.warnings
    assert "horizon_passed" not in then.answer.warnings


def test_plain_values_are_without_noise() -> None:
    place = PlaceMatch("330200", "宁波市", "Ningbo", "city", ("330000",), 3, 5, 0.9, "宁波")
    assert plain(place) == {
        "code": "330200",
        "name": "宁波市",
        "name_en": "Ningbo",
        "level": "city",
        "parents": ["330000"],
    }
    assert plain({"b": frozenset("yx"), "a": (1, None), "start": 4, "empty": []}) == {"a": [1, None], "b": ["x", "y"]}
    assert plain(date(2020, 1, 2)) == "2020-01-02"


class Counting(HashEmbeddings):
    """Counts what it embeds."""

    def __init__(self) -> None:
        super().__init__()
        self.embedded: list[str] = []

    def embed_query(self, text: str) -> list[float]:
        self.embedded.append(text)
        return super().embed_query(text)


def asked(embedder: RememberingEmbedder, texts: Sequence[str]) -> None:
    for text in texts:
        embedder.embed_query(text)


def test_a_question_is_embedded_once_while_it_is_among_the_last() -> None:
    inner = Counting()
    embedder = RememberingEmbedder(inner)
    asked(embedder, ["甲", "甲", "乙", "甲"])
    assert inner.embedded == ["甲", "乙"]
    asked(embedder, [str(number) for number in range(8)])
    asked(embedder, ["甲"])
    assert inner.embedded[-1] == "甲"
    assert embedder.embed_query("甲") == HashEmbeddings().embed_query("甲")
    assert (embedder.fingerprint, embedder.dimension) == (inner.fingerprint, inner.dimension)
    assert (embedder.embed_matrix(["甲"]) == inner.embed_matrix(["甲"])).all()


def test_a_vector_given_out_is_not_the_one_kept() -> None:
    embedder = RememberingEmbedder(HashEmbeddings())
    embedder.embed_query("甲").clear()
    assert embedder.embed_query("甲")


def test_what_a_run_was_made_from(small_assistant: Assistant) -> None:
    corpus = corpus_of(small_assistant)
    assert corpus.made_from["rules"] == small_assistant.release.rules.fingerprint
    assert all(corpus.made_from[name] for name in ("analyzer", "code", "embedder", "lexicon", "prompts", "scorer"))
    assert {clause.clause_id for clause in corpus.clauses} == set(small_assistant.release.clauses)
    assert corpus.places["shaoxing-2019-draft"] == "绍兴市"


def test_a_lost_case_says_why_and_fails() -> None:
    record = lost(case("a/zh", status=["abstained"]), "it ended", "r1")
    assert not record.passed
    assert record.faults == ("it ended",)
    assert record.answer.provenance.release == "r1"


def test_every_setting_that_an_answer_depends_on_is_kept_with_a_run() -> None:
    places = {"data", "embedding_model", "device"}
    of_a_chat_model = {"answer_cache", "evidence_tokens", "model_rewrites", "wording_support"}
    read = set(re.findall(r"\bsettings\.(\w+)", inspect.getsource(pipeline)))
    assert read - places - of_a_chat_model == settings_of(Settings()).keys()
