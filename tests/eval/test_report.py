"""The page of a run."""

from __future__ import annotations

import base64
import hashlib
import re
from html.parser import HTMLParser

import pytest
from hypothesis import given
from hypothesis import strategies as st

from assistant.answer import Answer, Citation, CitedPolicy, Provenance, RewardRow
from eval.record import GoldRank, Record, Run, Stages
from eval.report import change_of, expectations, marked, rank_bars, report_html, stage_bars
from tests.eval.records import answer, case, record

HOSTILE = (
    "<script>alert(1)</script>",
    "</script><script>alert(2)</script>",
    '"><img src=x onerror=alert(3)>',
    "' onmouseover='alert(4)",
    "</style><svg/onload=alert(5)>",
    "{{ 7 * 7 }}{% raw %}",
    "<!--",
    "]]>&lt;b&gt;",
    "javascript:alert(6)",
)


class Seen(HTMLParser):
    """The elements and attributes of a page."""

    def __init__(self) -> None:
        super().__init__()
        self.tags: list[str] = []
        self.attributes: list[tuple[str, str]] = []
        self.text: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append(tag)
        self.attributes += [(name, value or "") for name, value in attrs]

    def handle_data(self, data: str) -> None:
        self.text.append(data)


def seen(html: str) -> Seen:
    parser = Seen()
    parser.feed(html)
    return parser


def everywhere(text: str) -> Record:
    """A record with one text wherever a text can stand."""
    policy = CitedPolicy(title=text, title_en=text, doc_no=text, issuer=text)
    citation = Citation(
        n=1, policy_id=text, policy=policy, clause_id=text, clause_path=[text], quote=f"a {text} b", start=0, end=9
    )
    reward = RewardRow(rule_id=text, label=text, status="exact", yuan=5, count=2, total_yuan=10)
    reply = Answer(
        status="answered", language="zh", answer=text, citations=[citation], rewards=[reward], total_yuan=10,
        provenance=Provenance(release=text),
    )  # fmt: skip
    asked = case(
        "a/zh", question=text, history=[text], facts={text: text}, policy=[text], must=[[text]], must_not=[text],
        values=[{"number": 3, "unit": [text]}], gold={"all_of": [{"policy": text, "text": text + "!!"}]},
    )  # fmt: skip
    return Record(
        case=asked,
        answer=reply,
        contract_faults=(text,),
        case_faults=(text,),
        stale=(text,),
        found=(text,),
        ranks=(GoldRank(policy=text, text=text, rank=1, cited=True, citations=(1,), clauses=(text,)),),
        stages=Stages(understanding={text: text}, retrieval=(text,), passages=(text,), rules=(text,)),
        timing_ms={"total": 3.0, "rules": 1.0},
    )


def run_of(*records: Record, release: str = "r1") -> Run:
    return Run(release=release, made_from={"rules": release, "settings": {"a": 1}}, records=records)


@pytest.mark.parametrize("text", HOSTILE)
def test_hostile_text_stays_text(text: str) -> None:
    plain = seen(report_html(run_of(everywhere("harmless")), run_of(everywhere("harmful"))))
    page = seen(report_html(run_of(everywhere(text), release=text), run_of(everywhere(text + "?"))))
    assert page.tags == plain.tags
    assert [name for name, _ in page.attributes] == [name for name, _ in plain.attributes]
    assert not [name for name, _ in page.attributes if name.startswith("on") or name in ("style", "src", "href")]
    assert text in "".join(page.text)


@given(st.text(min_size=1, max_size=40))
def test_no_text_makes_an_element(text: str) -> None:
    wrong = record("a/zh", question=text, reply=answer(answer=text), faults=(text,))
    plain = record("a/zh", question="好", reply=answer(answer="好"), faults=("好",))
    assert seen(report_html(run_of(wrong))).tags == seen(report_html(run_of(plain))).tags


def test_the_page_allows_its_own_script_and_style_alone() -> None:
    html = report_html(run_of(record("a/zh")))
    (policy,) = re.findall(r'http-equiv="Content-Security-Policy" content="([^"]*)"', html)
    policy = policy.replace("&#39;", "'")
    assert policy.startswith("default-src 'none';")
    assert "unsafe" not in policy
    for name in ("style", "script"):
        (body,) = re.findall(rf"<{name}>(.*?)</{name}>", html, re.DOTALL)
        digest = base64.b64encode(hashlib.sha256(body.encode()).digest()).decode()
        assert f"{name}-src 'sha256-{digest}'" in policy
    assert not re.search(r"(?:src|href|url\()\s*=?\s*[\"'(]?https?:", html)


def test_answer_and_gold_stand_side_by_side() -> None:
    html = report_html(run_of(everywhere("一百家企业")))
    assert "<blockquote>a <mark>一百家企业</mark> b</blockquote>" in html
    assert "rank 1" in html
    assert "3 一百家企业" in html
    assert "not in the release" in html


def test_a_base_tells_what_changed() -> None:
    before, now = record("a/zh", faults=("no",)), record("a/zh")
    reworded = record("a/zh", reply=answer(answer="很好"))
    elsewhere = record("a/zh", reply=answer(provenance=Provenance(release="r2")))
    assert change_of(now, before) == "fixed"
    assert change_of(before, now) == "broken"
    assert change_of(now, reworded) == "changed"
    assert change_of(now, elsewhere) == "same"
    assert change_of(now, None) == "new"
    html = report_html(run_of(before, record("b/zh")), run_of(now, record("c/zh")))
    assert 'data-change="broken"' in html
    assert 'data-change="new"' in html
    assert "1 of its cases are not asked any more" in html
    assert "<code>c/zh</code>" in html


@pytest.mark.parametrize(
    ("quote", "golds", "held"),
    [
        ("到2015年达到一百家。", ["达到一百家"], ["达到一百家"]),
        ("一百家，一百家。", ["一百家"], ["一百家", "一百家"]),
        # the gold began a sentence earlier
        ("建设示范区二十个以上。", ["制定标准。建设示范区二十个"], ["建设示范区二十个"]),
        ("与之无关的一句话。", ["制定标准二十个"], []),
        ("一百家", [], []),
        ("", ["一"], []),
    ],
)
def test_the_gold_of_a_quote_is_marked(quote: str, golds: list[str], held: list[str]) -> None:
    parts = marked(quote, golds)
    assert "".join(part.text for part in parts) == quote
    assert [part.text for part in parts if part.gold] == held


def test_expectations_are_said_in_words() -> None:
    asked = case(
        "a/zh", values=[{"yuan": 600000, "bound": "up_to"}, {"percent": 2.5}, {"year": 2015}, {"day": "2011-01-24"}],
        total_yuan=5, must=[["a", "b"]], warnings=["draft_policy"],
    )  # fmt: skip
    said = list(expectations(asked))
    assert ("value", "600,000 yuan (up to)") in said
    assert ("value", "2.5%") in said
    assert ("value", "the year 2015") in said
    assert ("value", "2011-01-24") in said
    assert ("total", "5 yuan") in said
    assert ("says", "a / b") in said
    refused = case("a/zh", status=["abstained"], must_refuse=True, no_award=True)
    assert ("awards", "nothing") in list(expectations(refused))


def test_charts_count_what_there_is() -> None:
    ranks = (GoldRank(policy="p", text="t", rank=2), GoldRank(policy="p", text="u"))
    times = {"total": 40.0, "rules": 10.0}
    records = [record("a/zh", fields={"ranks": ranks, "timing_ms": times})]
    assert {bar.name: bar.text for bar in rank_bars(records) if bar.value} == {"2": "1", "not found": "1"}
    assert [(bar.name, bar.value) for bar in stage_bars(records)] == [("total", 100.0), ("rules", 25.0)]


def test_nothing_asked_is_a_page_too() -> None:
    assert "0 of 0 cases" in report_html(run_of())
