"""Answers written from evidence: nothing said that has none."""

from __future__ import annotations

from datetime import date

import pytest

from assistant.compose import Composer, clause_words, find_words
from assistant.draft import render
from assistant.evidence import Passage, Signs
from assistant.phrases import Phrases
from assistant.question import Question
from knowledge.glossary import Glossary
from knowledge.model import Clause, Document, Policy, Span
from knowledge.releases import Release
from tests.corpus import TODAY

ZH = Question(text="问", language="zh", topic="fact", query="问")
EN = Question(text="ask", language="en", topic="fact", query="ask")


SIGNS = Signs(1.0, 1.0, 0.9, 1.0, 1.0, 0.0, 0.0, 1.0)


@pytest.fixture(scope="module")
def composer(small_release: Release) -> Composer:
    return Composer(Phrases(), Glossary.load(), dict(small_release.documents), {"ningbo-2016"})


@pytest.fixture(scope="module")
def empty() -> Composer:
    return Composer(Phrases(), Glossary.load(), {}, ())


def passage(release: Release, clause_id: str, words: str) -> Passage:
    clause = release.clauses[clause_id]
    document = release.documents[clause.policy_id]
    span = next(s for s in clause.sentences if words in document.text[s.start : s.end])
    start = document.text.index(words, span.start)
    return Passage(document, clause, span, SIGNS, 2.0, True, Span(start, start + len(words)))


def text_of(composed: object) -> str:
    return render(composed.draft)[0]  # type: ignore[attr-defined]


@pytest.mark.parametrize("question", [ZH, EN])
def test_small_talk_rests_on_no_document_and_offers_what_can_be_asked(composer: Composer, question: Question) -> None:
    composed = composer.scope(question, "scope.greeting")
    assert composed.status == "abstained"
    assert composed.draft.evidence() == []
    assert composed.suggestions
    assert ("Ningbo" if question is EN else "宁波市") in text_of(composed)


@pytest.mark.parametrize("question", [ZH, EN])
def test_an_empty_corpus_says_so_and_suggests_nothing(empty: Composer, question: Question) -> None:
    for composed in (empty.scope(question), empty.coverage(question, ()), empty.nothing_found(question, ())):
        assert composed.status == "abstained"
        assert composed.suggestions == ()
        assert text_of(composed)


def test_a_place_without_policy_is_named_with_those_there_are(composer: Composer) -> None:
    composed = composer.no_policy(ZH, "杭州市")
    text = text_of(composed)
    assert composed.status == "abstained"
    assert "杭州市" in text
    assert "宁波市" in text
    assert composed.draft.evidence() == []


def test_a_missing_place_is_asked_for_with_the_places_as_options(composer: Composer, small_release: Release) -> None:
    composed = composer.which_place(ZH, list(small_release.documents.values()))
    assert composed.status == "clarify"
    assert composed.question_back is not None
    assert composed.question_back.input == "place"
    assert composed.question_back.options[:2] == ["宁波市", "绍兴市"]
    english = composer.which_place(EN, list(small_release.documents.values())).question_back
    assert english is not None
    assert english.options[:2] == ["Ningbo", "Shaoxing"]


def test_coverage_names_every_document_with_its_own_words_behind_it(composer: Composer, small_release: Release) -> None:
    composed = composer.coverage(ZH, list(small_release.documents.values()))
    assert composed.status == "answered"
    for document in small_release.documents.values():
        assert document.policy.title in text_of(composed)
    assert {e.policy_id for e in composed.draft.evidence()} == set(small_release.documents)


def test_a_fact_leads_with_what_answers_and_quotes_the_whole_sentence(
    composer: Composer, small_release: Release
) -> None:
    found = passage(small_release, "ningbo-2020/1/p1", "全市新增国家标准60项")
    composed = composer.facts(ZH, [[found]], TODAY)
    text, evidence = render(composed.draft)
    assert text.index("**全市新增国家标准60项**") < text.index("> 到2025年,全市新增国家标准60项,建成标准化试点120个。")
    assert {(e.start, e.end) for e in evidence} == {tuple(found.span)}
    assert set(composed.warnings) == {"validity_unknown", "horizon_passed"}


def test_facts_of_several_documents_are_kept_apart_with_the_warnings_of_each(
    composer: Composer, small_release: Release
) -> None:
    groups = [
        [passage(small_release, "ningbo-2016/3", "全市新增国家标准40项")],
        [passage(small_release, "shaoxing-2019-draft/1", "全市新增国家标准25项")],
    ]
    composed = composer.facts(ZH, groups, TODAY)
    assert {e.policy_id for e in composed.draft.evidence()} == {"ningbo-2016", "shaoxing-2019-draft"}
    assert "draft_policy" in composed.warnings
    assert "征求意见稿" in text_of(composed)


def test_a_goal_period_is_over_only_after_its_last_day(composer: Composer, small_release: Release) -> None:
    policy = small_release.documents["ningbo-2016"].policy
    assert composer.warnings(policy, date(2018, 12, 31)) == ()
    assert composer.warnings(policy, date(2019, 1, 1)) == ("horizon_passed",)


@pytest.mark.parametrize(
    ("status", "warning"),
    [
        ("draft", "draft_policy"),
        ("unknown", "validity_unknown"),
        ("superseded", "superseded"),
        ("repealed", "superseded"),
        ("expired", "superseded"),
    ],
)
def test_every_doubtful_status_has_its_warning(
    composer: Composer, small_release: Release, status: str, warning: str
) -> None:
    policy = small_release.documents["ningbo-2016"].policy.model_copy(update={"status": status})
    assert warning in composer.warnings(policy, date(2017, 1, 1))


def test_not_stated_names_what_and_where_and_whom_to_ask(composer: Composer, small_release: Release) -> None:
    documents = [small_release.documents["ningbo-2020"]]
    composed = composer.not_stated(ZH, "notstated.deadline", documents, [], TODAY)
    text = text_of(composed)
    assert composed.status == "abstained"
    for words in ("未见规定", "宁波市标准化发展规划(2020—2025年)", "申报时间", "请向"):
        assert words in text
    near = passage(small_release, "ningbo-2020/3/p1", "市财政每年安排标准化工作经费800万元")
    assert composer.not_stated(ZH, "notstated.no_amount", documents, [near], TODAY).status == "partial"


@pytest.mark.parametrize(
    ("attribute", "policy", "shown"),
    [
        ("doc_no", "ningbo-2016", "甬政发〔2016〕8号"),
        ("date", "ningbo-2016", "2016-03-01"),
        ("issuer", "ningbo-2016", "宁波市人民政府"),
        ("title", "ningbo-2020", "宁波市标准化发展规划(2020—2025年)"),
    ],
)
def test_metadata_that_is_known_is_told(
    composer: Composer, small_release: Release, attribute: str, policy: str, shown: str
) -> None:
    question = Question(text="问", language="zh", topic="metadata", attribute=attribute, query="问")
    composed = composer.metadata(question, [small_release.documents[policy]], TODAY)
    assert composed.status == "answered"
    assert shown in text_of(composed)


@pytest.mark.parametrize("attribute", ["doc_no", "date", "issuer"])
def test_metadata_that_is_unknown_is_not_guessed(composer: Composer, small_release: Release, attribute: str) -> None:
    question = Question(text="问", language="zh", topic="metadata", attribute=attribute, query="问")
    composed = composer.metadata(question, [small_release.documents["ningbo-2020"]], TODAY)
    assert composed.status == "partial"
    assert "未见" in text_of(composed)


def test_a_second_place_without_policy_makes_an_answer_partial(composer: Composer, small_release: Release) -> None:
    answered = composer.facts(ZH, [[passage(small_release, "ningbo-2016/3", "全市新增国家标准40项")]], TODAY)
    composed = composer.with_foreign(ZH, answered, "杭州市")
    assert composed.status == "partial"
    assert "杭州市" in text_of(composed).splitlines()[0]
    assert composed.draft.evidence() == answered.draft.evidence()


# --- documents that are no plain prose ---------------------------------------------------------------------------------


def marked_document(text: str, *dropped: Span) -> tuple[Document, Clause]:
    """One clause over the whole text but for the dropped spans."""
    edges = [0, *(edge for span in dropped for edge in span), len(text)]
    spans = tuple(Span(a, b) for a, b in zip(edges[::2], edges[1::2], strict=True))
    clause = Clause(
        clause_id="p/1",
        policy_id="p",
        path=("一、目标",),
        spans=spans,
        text="".join(text[s.start : s.end] for s in spans),
        sentences=(Span(0, len(text)),),
    )
    policy = Policy(id="p", title="办法", source="p.txt", sha256="0")
    return Document(policy=policy, text=text, clauses=(clause,), dropped=()), clause


def test_a_page_mark_in_mid_sentence_is_quoted_and_not_shown(composer: Composer) -> None:
    text = "新增标准-3-50项。"
    document, clause = marked_document(text, Span(4, 7))
    whole = Span(0, len(text))
    assert clause_words(document, clause, whole) == "新增标准50项。"
    found = Passage(document, clause, whole, SIGNS, 2.0, True, whole)
    assert composer.shown(found) == "新增标准50项。"
    evidence = composer.evidence(found)
    assert document.text[evidence.start : evidence.end] == text


def test_markup_in_a_document_is_shown_as_it_is_written(composer: Composer) -> None:
    text = "<b>标准</b>*重点*`码`|表|#号。"
    document, clause = marked_document(text)
    whole = Span(0, len(text))
    shown = composer.shown(Passage(document, clause, whole, SIGNS, 2.0, True, whole))
    assert shown.replace("\\", "") == text
    for char in "<>*`|#":
        assert f"\\{char}" in shown


def test_a_long_sentence_is_cut_around_what_answers(composer: Composer) -> None:
    text = "甲" * 300 + "新增国家标准60项" + "乙" * 300 + "。"
    document, clause = marked_document(text)
    focus = Span(300, 310)
    shown = composer.shown(Passage(document, clause, Span(0, len(text)), SIGNS, 2.0, True, focus))
    assert "新增国家标准60项" in shown
    assert len(shown) < 360
    assert shown.startswith("……")
    assert shown.endswith("……")


def test_words_are_found_whatever_the_space_between_them() -> None:
    text = "甬政发 〔2016〕 8号。"
    document, _ = marked_document(text)
    found = find_words(document, lambda words: "2016" in words)
    assert found is not None
    assert (found.start, found.end) == (0, len(text))
    assert find_words(document, lambda words: "没有" in words) is None
