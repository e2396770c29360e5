"""Sentences weighed against questions: the kind of thing asked for, the year, the place, the words."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st

from assistant.evidence import (
    EvidenceFinder,
    Passage,
    asks_for_list,
    confidence,
    goal_sentences,
    parts_of,
    policy_years,
)
from assistant.question import Question, Understanding
from assistant.retriever import ClauseRetriever
from knowledge.glossary import Glossary
from knowledge.places import Gazetteer
from knowledge.releases import Release


class Finder:
    """The finder with what it needs around it: question in, passages of all or some policies out."""

    def __init__(self, release: Release) -> None:
        glossary, gazetteer = Glossary.load(), Gazetteer.load()
        self.understanding = Understanding(glossary, gazetteer)
        self.retriever = ClauseRetriever(release=release)
        self.finder = EvidenceFinder(
            glossary,
            gazetteer,
            dict(release.documents),
            release.lexical.frequency,
            len(release.clauses),
            release.sentences.cosines,
            release.translations,
        )

    def read(self, text: str) -> Question:
        return self.understanding.understand(text)

    def __call__(self, text: str, *policies: str, places: tuple[str, ...] = ()) -> list[Passage]:
        question = self.read(text)
        vector = self.retriever.vector(question.query)
        hits = self.retriever.search(question.query, limit=12, policies=policies or None, vector=vector)
        return self.finder.passages(question, hits, vector, required_places=places)

    def confidence(self, text: str, *policies: str) -> float:
        return confidence(self(text, *policies), self.read(text))


@pytest.fixture(scope="module")
def find(small_release: Release) -> Finder:
    return Finder(small_release)


@pytest.mark.parametrize(
    ("question", "policy", "words"),
    [
        ("到2025年新增国家标准多少项", "ningbo-2020", "新增国家标准60项"),
        ("到2025年建成标准化试点多少个", "ningbo-2020", "标准化试点120个"),
        ("每年培训多少标准化骨干", "ningbo-2020", "标准化骨干500人次"),
        ("每年安排多少标准化工作经费", "ningbo-2020", "800万元"),
        ("领导小组办公室设在哪里", "ningbo-2016", "市市场监管局"),
        ("申报材料有哪些", "ningbo-2016", "标准文本和营业执照"),
        ("支持什么企业制定标准", "shaoxing-2019-draft", "纺织企业"),
    ],
)
def test_the_sentence_that_states_what_is_asked_comes_first(
    find: Finder, question: str, policy: str, words: str
) -> None:
    best = find(question, policy)[0]
    assert best.fits
    assert words in best.text
    assert best.document.text[best.focus.start : best.focus.end] in best.text


def test_the_focus_holds_the_quantity_that_is_asked_for(find: Finder) -> None:
    best = find("到2025年建成标准化试点多少个", "ningbo-2020")[0]
    assert "120个" in best.document.text[best.focus.start : best.focus.end]
    assert [q.value for q in best.quantities if q.unit == "个"] == [120]


@pytest.mark.parametrize(
    ("question", "policy"),
    [
        ("到2030年新增国家标准多少项", "ningbo-2020"),  # the right topic of another year
        ("到2025年新增国家标准多少万元", "ningbo-2020"),  # the right number with another unit
        ("领导小组的联系电话是多少", "ningbo-2016"),
    ],
)
def test_the_right_topic_alone_is_no_answer(find: Finder, question: str, policy: str) -> None:
    good = [p for p in find(question, policy) if p.fits and p.signs.coverage > 0.8]
    assert not any("60项" in p.text or "领导小组" in p.text for p in good)


@pytest.mark.parametrize(
    ("question", "words"),
    [("60项指的是什么", "60项"), ("哪份文件提出120个试点", "120个"), ("which document sets 120 pilots", "120个")],
)
def test_a_figure_in_a_question_about_it_must_stand_in_the_sentence(find: Finder, question: str, words: str) -> None:
    good = [passage for passage in find(question) if passage.fits]
    assert good
    assert all(words in passage.text for passage in good)


def test_a_bare_how_much_is_answered_by_any_quantity(find: Finder) -> None:
    best = find("每年安排工作经费多少", "ningbo-2020")[0]
    assert best.fits
    assert "800万元" in best.text


def test_a_year_is_no_length_of_time(find: Finder) -> None:
    good = [p for p in find("新增国家标准的目标是到哪一年", "ningbo-2020") if p.fits]
    assert all(q.kind in ("date", "year") for p in good for q in p.quantities)


@pytest.mark.parametrize(
    ("question", "parts"),
    [
        ("工作经费和培训经费各是多少", ["工作经费各是多少", "培训经费各是多少"]),
        ("宁波的国家标准与试点分别是多少", ["宁波的国家标准分别是多少", "宁波的试点分别是多少"]),
        (
            "how large are the working budget and the reward fund",
            ["how large are the working budget", "the reward fund"],
        ),
        ("工作经费是多少", []),
        ("宁波和绍兴的目标分别是多少", []),
    ],
)
def test_a_question_for_two_things_is_two_questions(find: Finder, question: str, parts: list[str]) -> None:
    assert [part.query for part in parts_of(find.read(question))] == parts


@pytest.mark.parametrize(
    ("question", "is_list"),
    [
        ("重点领域有哪些", True),
        ("which three strategies are there", True),
        ("how many pilots", False),
        ("谁负责", False),
    ],
)
def test_what_asks_for_several_things(find: Finder, question: str, is_list: bool) -> None:
    assert asks_for_list(find.read(question)) == is_list


def test_goals_are_the_sentences_with_a_figure_to_reach(small_release: Release) -> None:
    document = small_release.documents["ningbo-2020"]
    found = [document.text[span.start : span.end] for _, span in goal_sentences(document)]
    assert any("60项" in text for text in found)
    assert not any("领导小组" in text for text in found)


def test_an_english_number_word_finds_what_is_counted(find: Finder) -> None:
    units = find.finder.units(find.read("Which four parties work together?"))
    assert any("四个" in unit.forms for unit in units)


def test_documents_speak_only_of_what_they_say(find: Finder) -> None:
    assert not find.finder.is_spoken_of(find.read("公积金怎么提取"))
    assert not find.finder.is_spoken_of(find.read("Tell me a joke about standards"))
    assert find.finder.is_spoken_of(find.read("纺织企业有哪些政策"), off_topic=False)


def test_a_required_place_must_stand_in_the_sentence(find: Finder) -> None:
    assert not any(p.fits for p in find("杭州的目标", places=("杭州市",)))


def test_passages_are_ordered_and_lie_in_their_clauses(find: Finder) -> None:
    found = find("国家标准")
    assert [(-p.fits, -p.score) for p in found] == sorted((-p.fits, -p.score) for p in found)
    for passage in found:
        assert passage.clause.start <= passage.span.start < passage.span.end <= passage.clause.end
        assert passage.span.start <= passage.focus.start <= passage.focus.end <= passage.span.end
        assert passage.clause.policy_id == passage.document.policy.id
        assert passage.text == passage.document.text[passage.span.start : passage.span.end]
        assert 0 <= passage.own_coverage <= passage.signs.coverage + 1e-9 <= 1 + 1e-6


@pytest.mark.parametrize("question", ["的", "？？？", "多少", "1"])
def test_a_question_about_nothing_finds_nothing(find: Finder, question: str) -> None:
    assert find.confidence(question) < 0.5


def test_no_hits_no_passages_no_confidence(find: Finder) -> None:
    question = find.read("到2025年新增国家标准多少项")
    assert find.finder.passages(question, [], find.retriever.vector("x")) == []
    assert confidence([], question) == 0


def test_confidence_tells_answers_from_neighbours(find: Finder) -> None:
    sure = find.confidence("到2025年新增国家标准多少项", "ningbo-2020")
    unsure = find.confidence("专利申请的年费减免比例是多少", "ningbo-2020")
    assert 0 <= unsure < sure <= 1


@pytest.fixture(scope="module")
def property_finder(small_release: Release) -> Finder:
    return Finder(small_release)


@hypothesis_settings(max_examples=60)
@given(st.text(alphabet="标准国家奖励多少项AI TC/SC2025年宁波the of how many？?🙂、（）", max_size=40))
def test_any_question_can_be_weighed(property_finder: Finder, text: str) -> None:
    found = property_finder(text)
    assert 0 <= confidence(found, property_finder.read(text)) <= 1
    assert all(0 <= p.own_coverage <= 1 + 1e-9 for p in found)


def test_english_words_find_the_sentence_through_the_dictionary(find: Finder) -> None:
    best = find("training of standardization talent in universities", "ningbo-2020")[0]
    assert best.clause.clause_id == "ningbo-2020/2/2"


def test_a_policy_is_known_by_the_years_it_names(small_release: Release) -> None:
    assert policy_years(small_release.documents["ningbo-2016"]) == [2016, 2018]
    assert set(policy_years(small_release.documents["ningbo-2020"])) == {2020, 2025}
    assert policy_years(small_release.documents["shaoxing-2019-draft"]) == [2019]
