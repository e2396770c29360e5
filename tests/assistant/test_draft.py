"""Lines become numbered markdown: markers in order, quotes to the letter."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from assistant.answer import Citation
from assistant.draft import (
    MARKER,
    Draft,
    DraftBuilder,
    Evidence,
    Line,
    cite,
    cited_policy,
    render,
    sentences_of,
    unrendered,
)
from knowledge.model import Clause, Document, PageLine, Policy, Span
from knowledge.releases import Release

EVIDENCE = [Evidence("p", f"p/{n}", n, n + 1) for n in range(1, 9)]

lines = st.builds(
    Line,
    text=st.text(alphabet="甲乙a1[]|。 \n", max_size=20),
    evidence=st.lists(st.sampled_from(EVIDENCE), max_size=3).map(tuple),
)


@given(st.lists(lines, max_size=12))
def test_markers_run_from_one_in_order_of_first_use(drafted: list[Line]) -> None:
    text, evidence = render(Draft(tuple(drafted)))
    marks = [int(n) for n in MARKER.findall(text)]
    assert list(dict.fromkeys(marks)) == list(range(1, len(evidence) + 1))
    assert evidence == Draft(tuple(drafted)).evidence()


@given(st.lists(lines, max_size=12), st.data())
def test_a_line_that_falls_away_leaves_no_gap(drafted: list[Line], data: st.DataObject) -> None:
    kept = [line for line in drafted if data.draw(st.booleans())]
    text, evidence = render(Draft(tuple(drafted)).kept(kept))
    assert set(map(int, MARKER.findall(text))) == set(range(1, len(evidence) + 1))
    assert set(evidence) == {e for line in kept for e in line.evidence}


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("奖励15万元", "奖励15万元[1]"),
        ("15 standards", "15 standards[1]"),
        ("RMB 15", "RMB 15[1]"),
        ("| 国家标准 | 20万元 |", "| 国家标准 | 20万元[1] |"),
        ("见[3]所列", "见［3］所列[1]"),
        ("[100]", "［100］[1]"),
        ("[2010]", "[2010][1]"),
    ],
)
def test_where_a_marker_goes(text: str, shown: str) -> None:
    rendered, _ = render(Draft((Line(text, (EVIDENCE[0],)),)))
    assert rendered.replace(" [1]", "[1]") == shown


def test_the_same_evidence_has_one_number_and_stands_once_a_line() -> None:
    out = DraftBuilder()
    out.add("甲", EVIDENCE[0], EVIDENCE[0])
    out.add("乙", EVIDENCE[1])
    out.add("丙", EVIDENCE[0])
    assert render(out.done())[0] == "甲[1]\n乙[2]\n丙[1]"


def test_what_was_said_is_not_said_again_but_paragraphs_end_as_often_as_they_do() -> None:
    out = DraftBuilder()
    for text in ("甲", "", "甲", "", "乙"):
        out.add(text)
    out.add("甲", EVIDENCE[0])
    assert [line.text for line in out.done().lines] == ["甲", "", "", "乙", "甲"]
    assert render(out.done())[0] == "甲\n\n乙\n甲[1]"


def test_nothing_renders_to_nothing() -> None:
    assert render(Draft()) == ("", [])


@pytest.fixture(scope="module")
def clause(small_release: Release) -> tuple[Document, Clause]:
    document = small_release.documents["ningbo-2020"]
    return document, small_release.clauses["ningbo-2020/2/1"]


def test_evidence_is_whole_sentences(clause: tuple[Document, Clause]) -> None:
    document, item = clause
    first, second = item.sentences
    inside_second = sentences_of(document, item, second.start + 3, second.start + 5)
    assert inside_second == Evidence("ningbo-2020", item.clause_id, second.start, second.end)
    across = sentences_of(document, item, first.end - 1, second.start + 1)
    assert across == Evidence("ningbo-2020", item.clause_id, first.start, second.end)


def test_evidence_that_touches_no_sentence_is_the_whole_clause(clause: tuple[Document, Clause]) -> None:
    document, item = clause
    heading = sentences_of(document, item, item.start, item.start + 1)
    assert (heading.start, heading.end) == (item.start, item.end)


def test_a_citation_is_the_stored_text_with_its_address_and_its_policy(small_release: Release) -> None:
    wanted = [
        Evidence(c.policy_id, c.clause_id, c.sentences[0].start, c.sentences[0].end)
        for c in small_release.clauses.values()
    ]
    for n, citation in enumerate(cite(wanted, small_release.documents), 1):
        document = small_release.documents[citation.policy_id]
        assert citation.n == n
        assert citation.quote == document.text[citation.start : citation.end]
        assert citation.clause_path == list(small_release.clauses[citation.clause_id].path)
        assert citation.policy == cited_policy(document.policy)


def test_a_cited_policy_keeps_unknown_as_null(small_release: Release) -> None:
    known = cited_policy(small_release.documents["ningbo-2016"].policy)
    assert (known.doc_no, known.place, known.signed, known.posted) == (
        "甬政发〔2016〕8号",
        "宁波市",
        "2016-03-01",
        None,
    )
    unknown = cited_policy(small_release.documents["ningbo-2020"].policy)
    assert unknown.doc_no is unknown.issuer is unknown.signed is unknown.title_en is None
    assert unknown.status == "unknown"


def test_a_clause_without_sentences_is_cited_whole() -> None:
    text = "附件"
    item = Clause(clause_id="p/1", policy_id="p", path=(), spans=(Span(0, 2),), text=text, sentences=())
    policy = Policy(id="p", title="附件", source="p.txt", sha256="0")
    document = Document(policy=policy, text=text, clauses=(item,), dropped=())
    assert sentences_of(document, item, 0, 1) == Evidence("p", "p/1", 0, 2)


def test_a_rendered_text_gives_its_draft_back() -> None:
    one, two = Evidence("p", "p/1", 0, 5), Evidence("p", "p/2", 5, 9)
    draft = Draft((Line("行业标准 15万元。", (two,)), Line(""), Line("- led, published", (one, two))))
    assert unrendered(*render(draft)) == draft
    assert unrendered("没有第三个[3]", [one, two]) == Draft((Line("没有第三个"),))


def test_a_quote_of_a_printed_document_has_its_pages_and_boxes() -> None:
    sentence = Span(0, 6)
    clause = Clause(
        clause_id="p/1", policy_id="p", path=(), spans=(sentence,), text="第一句话。\n", sentences=(sentence,)
    )
    document = Document(
        policy=Policy(id="p", title="题", source="p.pdf", sha256="0"),
        text="第一句话。\n",
        clauses=(clause,),
        dropped=(),
    )
    quoted = [Evidence("p", "p/1", 0, 6)]
    (bare,) = cite(quoted, {"p": document})
    assert "places" not in bare.model_dump_json()
    line = PageLine(start=0, end=6, page=3, box=(90.04, 100.0, 186.26, 116.0), size=(595.27, 841.89))
    (printed,) = cite(quoted, {"p": document.model_copy(update={"lines": (line,)})})
    assert printed.model_dump(mode="json")["places"] == [
        {"page": 3, "box": [90.0, 100.0, 186.3, 116.0], "size": [595.3, 841.9], "file": None}
    ]
    assert printed.model_copy(update={"places": []}) == bare
    assert Citation.model_validate_json(printed.model_dump_json()) == printed
