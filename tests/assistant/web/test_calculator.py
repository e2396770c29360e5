from __future__ import annotations

import re
import tempfile
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date
from functools import cache
from html import unescape
from html.parser import HTMLParser
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl, urlsplit

import pytest
from fastapi import FastAPI
from fastapi.testclient import TestClient
from hypothesis import given, settings
from hypothesis import strategies as st

import knowledge
from assistant.evaluation import MAX_ITEMS, EvaluateBody, Evaluated, evaluated, usable_rules
from assistant.live import LiveAssistant
from assistant.reward_words import committee_level, named
from assistant.rewards import total_of
from assistant.web.calculator import add_calculator, calculator_href, calculator_page
from assistant.web.calculator_form import Address, Field, FormReader, Offer
from assistant.web.render import money
from assistant.web.shell import Shell
from assistant.web.words import words_for
from assistant.web.words_calculator import EN, ZH
from knowledge.errors import NoRelease
from knowledge.model import Document, Policy
from knowledge.rule_schema import Text
from knowledge.rules import RuleBook, load_rules
from tests.assistant.test_rewards import DRAFTING, PAIR, group
from tests.assistant.web.fakes import EVIL, corpus_documents, document
from tests.corpus import TODAY

Query = list[tuple[str, str]]


@dataclass(frozen=True, repr=False)
class Release:
    documents: Mapping[str, Document]
    rules: RuleBook
    release_id: str = "r1"


def invented(
    folder: Path, rules: str, *, top: str = "", signed: bool = True, title: str = "某市办法", **policy: Any
) -> Release:
    """A release of one invented policy `p` with rules in YAML."""
    review = 'reviewed_by: a reader\nreviewed_on: "2026-01-01"\n' if signed else ""
    (folder / "p.yaml").write_text(f"policy: p\n{review}{top}\nrules:\n{rules}", encoding="utf-8")
    about = Policy(**{"id": "p", "title": title, "source": "p.txt", "sha256": "0", "status": "in_force", **policy})
    return Release({"p": document(about, "原文写明了奖励。\n")}, load_rules(folder))


@cache
def own() -> Release:
    """The project's documents with their clauses as one each, and the project's rules."""
    documents = dict(corpus_documents())
    rules = load_rules(Path(knowledge.__file__).parent / "rules")
    documents = {name: _with_clauses(documents[name], rules) for name in ("yangzhou-2011", "guangzhou-2013")}
    return Release(documents, replace(rules, policies={"yangzhou-2011": rules.policies["yangzhou-2011"]}))


@cache
def example() -> Release:
    """The invented revision under examples/."""
    folder = Path(knowledge.__file__).parents[1] / "examples" / "yangzhou-2024"
    text = next(folder.glob("*.txt")).read_text(encoding="utf-8")
    target = Path(tempfile.mkdtemp())
    (target / "yangzhou-2024.yaml").write_text((folder / "rules.yaml").read_text(encoding="utf-8"), encoding="utf-8")
    rules = load_rules(target)
    about = Policy(
        id="yangzhou-2024", title="2024年修订", source="x", sha256="0", status="in_force", signed=date(2024, 2, 20)
    )
    return Release({"yangzhou-2024": _with_clauses(document(about, text), rules)}, rules)


def _with_clauses(doc: Document, rules: RuleBook) -> Document:
    """The document with its clauses under the ids that the rules name."""
    ids = {rule.clause_id: rule.quote for rule in rules.for_policy(doc.policy.id)}
    named = {
        next(c.clause_id for c in doc.clauses if quote[:20] in doc.text[c.start : c.end]): wanted
        for wanted, quote in ids.items()
    }
    clauses = tuple(c.model_copy(update={"clause_id": named.get(c.clause_id, c.clause_id)}) for c in doc.clauses)
    return doc.model_copy(update={"clauses": clauses})


def shown(release: Release, *query: tuple[str, str], with_unreviewed: bool = False) -> str:
    return str(calculator_page(release, list(query), TODAY, with_unreviewed=with_unreviewed).html)


def words(html: str) -> str:
    """What a reader reads of a page."""
    return " ".join(unescape(re.sub(r"<[^>]*>", " ", html)).split())


def total(html: str) -> int | None:
    sum_ = re.search(r'<p class="bzc-sum[^>]*>(.*?)</p>', html, re.DOTALL)
    assert sum_ is not None
    yuan = re.search(r'data-yuan="(\d+)"', sum_[1])
    return int(yuan[1]) if yuan else None


def rows(html: str) -> list[tuple[str, int | None]]:
    found = re.findall(r'<article class="[^"]*" data-rule="([^"]*)"(?: data-total="(\d+)")?>', html)
    return [(unescape(rule), int(yuan) if yuan else None) for rule, yuan in found]


def figures(html: str) -> list[tuple[str, int | None]]:
    """The amount that stands at each rule, as it is read and in yuan."""
    found = re.findall(r'<p class="bzc-amount"><strong class="[^"]*"(?: data-yuan="(\d+)")?>([^<]*)<', html)
    return [(unescape(text), int(yuan) if yuan else None) for yuan, text in found]


def bars(html: str) -> list[tuple[str, int | None]]:
    """The chart's table: a label, and yuan where an amount is given."""
    table = re.search(r'<table id="bzc-chart-table">.*?</table>', html, re.DOTALL)
    rows_ = (
        re.findall(r'<th scope="row">([^<]*)</th><td><span class="[^"]*"(?: data-yuan="(\d+)")?>', table[0])
        if table
        else []
    )
    return [(unescape(label), int(yuan) if yuan else None) for label, yuan in rows_]


def bar_of(release: Release, body: EvaluateBody, found: Evaluated, label: str) -> int | None:
    """What the evaluator says of a bar: an item's part of the whole, or the item with another value."""
    if len(body.items) > 1:
        number = int(re.findall(r"\d+", label)[0])
        return total_of([line for line in found.outcome.rows if line.item_index == number - 1]).yuan
    (item,) = body.items
    rules = [rule for rule in release.rules.for_policy(body.policy_id) if rule.activity == item.activity]
    label = label.removesuffix(" · 当前").removesuffix(" · chosen")
    for axis in ("level", "grade"):
        for value in dict.fromkeys(getattr(rule, axis) for rule in rules if getattr(rule, axis)):
            names = {committee_level(value), named("level", value)} if axis == "level" else {Text(zh=value, en=value)}
            if label in {name.of(body.language) for name in names}:
                other = body.model_copy(update={"items": [item.model_copy(update={axis: value})]})
                return evaluated(release, other, TODAY).outcome.total_yuan
    places = release.rules.policies[body.policy_id].places
    assert places is not None
    place = next(name for name, group_ in places.groups.items() if group_.label.of(body.language) == label)
    facts = {name: value for name, value in body.facts.items() if name != "place"} | {"location": place}
    return evaluated(release, body.model_copy(update={"facts": facts}), TODAY).outcome.total_yuan


def foreign(html: str) -> list[str]:
    """Elements and attributes that the page itself never has."""
    found = []

    class Reader(HTMLParser):
        def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
            values = dict(attrs)
            found.extend(name for name in values if name.startswith("on") or name == "style")
            if tag in ("img", "iframe", "object", "base") or (
                tag == "script" and values.get("src") != "web/calculator.js"
            ):
                found.append(tag)
            if tag == "a" and not re.match(r"(#|\./|sources|calculator\?)", values.get("href") or ""):
                found.append(f"href {values.get('href')}")

    Reader().feed(html)
    return found


def query_of(href: str) -> Query:
    return parse_qsl(urlsplit(href).query)


# --- the figures -----------------------------------------------------------------------------------------------------


def bodies(release: Release, policy: str) -> st.SearchStrategy[EvaluateBody]:
    """Claims in the words of a policy's rules, and of none."""
    rules = release.rules.for_policy(policy)
    offer = Offer(release.documents[policy], release.rules.policies[policy], rules, len(rules))

    def item(activity: str) -> st.SearchStrategy[dict[str, Any]]:
        grades = offer.values(activity, "grade")
        inputs = {
            name: st.sampled_from([choice.value for choice in question.choices])
            if question.choices
            else st.integers(question.low, min(question.high, 2_000_000))
            for name, question in offer.questions(activity).items()
        }
        ranked = any(
            rule.role or any(c.input == "drafter_rank" for c in rule.conditions) for rule in offer.of(activity)
        )
        role = any(rule.role in ("lead", "participate") for rule in offer.of(activity))
        levelled = bool(offer.values(activity, "level")) or activity in (DRAFTING, "revise_standard", "host_committee")
        levels = [
            "international",
            "national",
            "provincial_local",
            *(["group", "industry"] if activity == DRAFTING else []),
        ]
        return st.fixed_dictionaries(
            {"activity": st.just(activity)},
            optional={
                **({"level": st.sampled_from(levels)} if levelled else {}),
                **({"grade": st.sampled_from(grades)} if grades else {}),
                **({"rank": st.integers(1, 8)} if ranked else {}),
                **({"role": st.sampled_from(["lead", "participate"])} if role else {}),
                "count": st.integers(1, 30),
                "event_on": st.dates(date(2009, 1, 1), date(2026, 1, 1)),
                "inputs": st.fixed_dictionaries({}, optional=inputs),
            },
        )

    places = ["urban_district", "county", "outside"] if offer.policy and offer.policy.places else []
    facts: st.SearchStrategy[dict[str, Any]] = st.just({})
    if places:
        facts = st.one_of(
            st.fixed_dictionaries({}, optional={"location": st.sampled_from(places)}),
            st.fixed_dictionaries({"place": st.sampled_from(["江都市", "江都区", "宝应县"])}),
        )
    activities = [*offer.activities, "revise_standard", "training"]
    return st.builds(
        EvaluateBody,
        policy_id=st.just(policy),
        items=st.lists(st.sampled_from(activities).flatmap(item), min_size=1, max_size=3),
        facts=facts,
        asked_at=st.just(TODAY),
        language=st.sampled_from(["zh", "en"]),
    )


def check_same(release: Release, body: EvaluateBody) -> None:
    found: Evaluated = evaluated(release, body, TODAY)
    html = str(calculator_page(release, query_of(calculator_href(body)), TODAY).html)
    assert total(html) == found.outcome.total_yuan
    assert rows(html) == [(row.rule_id, row.total_yuan) for row in found.rows]
    own_words = words_for(body.language)
    for row, (text, yuan) in zip(found.rows, figures(html), strict=True):
        told = row.status not in ("not_met", "not_stated", "out_of_validity", "conflicting_sources", "delegated")
        wanted = (row.yuan if row.total_yuan is None else row.total_yuan) if told and row.yuan is not None else None
        assert yuan == wanted
        assert wanted is None or text.endswith(money(wanted, own_words))
        if wanted is not None and row.bound == "up_to":
            assert text.startswith(own_words.up_to)
        if wanted is not None and row.bound == "range":
            assert own_words.up_to in text or "–" in text
    for label, yuan in bars(html):
        assert yuan == bar_of(release, body, found, label)
    for warning in found.outcome.warnings:
        assert f"bzc-w-{warning}" in html
    if found.outcome.total_bound == "up_to" and found.outcome.total_yuan is not None:
        assert (EN if body.language == "en" else ZH).ceiling_note in words(html)
    for citation in found.citations:
        assert unescape(html).count(citation.quote) == 1


@settings(max_examples=60, deadline=None)
@given(st.data())
def test_every_figure_is_the_evaluators(data: st.DataObject) -> None:
    check_same(own(), data.draw(bodies(own(), "yangzhou-2011")))


@settings(max_examples=40, deadline=None)
@given(st.data())
def test_every_figure_of_the_example_is_the_evaluators(data: st.DataObject) -> None:
    check_same(example(), data.draw(bodies(example(), "yangzhou-2024")))


MIXED = (
    group(
        "combine: {policy: max, scope: all_levels}, dedupe: {key: series}, contest: equal_split,"
        " cap: [{scope: organization_activity, yuan: 500000, said: 50万元},"
        " {scope: organization_year, yuan: 800000, said: 80万元}]",
        *PAIR,
        "role: lead, level: industry, bound: range, yuan_min: 30000, yuan: 50000, said: 3-5万元",
        "role: participate, level: industry, ratio: {percent: 20, of: lead}",
    )
    + group(
        "activity: award, per: project, selection: merit, benefit: reward",
        "grade: 一等奖, yuan: 100000, said: 10万元",
        "grade: 二等奖, yuan: 50000, said: 5万元",
        name="prize",
    )
    + group(
        "activity: pilot_project, per: project, benefit: matching", "ratio: {percent: 50, of: upper_level}", name="m"
    )
    + group(
        "activity: certification, per: organization, bound: at_least", "grade: AAAA, yuan: 30000, said: 3万元", name="c"
    )
    + group("activity: event, per: event, benefit: honour_only", "label: {zh: 表彰, en: honour}", name="h")
    + group(
        "activity: research, per: null, bound: up_to",
        "yuan: 40000, said: 4万元, excludes: [{input: other_fund, text: {zh: 未获其他资金, en: no other fund}}],"
        " conditions: [{input: firms, op: '>=', value: 20, text: {zh: 二十家以上采用, en: 20 firms}}]",
        name="x",
    )
)


@pytest.fixture(scope="module")
def mixed(tmp_path_factory: pytest.TempPathFactory) -> Release:
    return invented(tmp_path_factory.mktemp("rules"), MIXED)


@settings(max_examples=80, deadline=None)
@given(data=st.data())
def test_every_figure_of_other_shapes_is_the_evaluators(mixed: Release, data: st.DataObject) -> None:
    check_same(mixed, data.draw(bodies(mixed, "p")))


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ("1.activity=formulate_standard&1.level=national&1.role=lead&1.count=2", "40万元"),
        # 50万元 in all for one kind of work
        ("1.activity=formulate_standard&1.level=national&1.role=lead&1.count=3", "50万元"),
        ("1.activity=formulate_standard&1.level=national&1.role=lead&received_activity_yuan=450000", "5万元"),
        ("1.activity=formulate_standard&1.level=industry&1.role=lead", "最高5万元"),
        ("1.activity=formulate_standard&1.level=industry&1.role=participate", "最高1万元"),
        ("1.activity=formulate_standard&1.level=national&1.role=lead&1.local_units=2", "10万元"),
        ("1.activity=award&1.grade=二等奖", "5万元"),
        ("1.activity=award", "合计待定"),
        ("1.activity=pilot_project", "合计待定"),
        ("1.activity=pilot_project&1.upper_award_yuan=300000", "15万元"),
        ("1.activity=certification&1.grade=AAAA&1.count=4", "不少于3万元"),
        ("1.activity=research&1.firms=20", "最高4万元"),
        ("1.activity=research&1.firms=19", "没有可计的金额"),
        ("1.activity=research&1.count=2", "合计待定"),
        ("1.activity=training", "没有可计的金额"),
        ("1.activity=formulate_standard&1.level=national&1.role=lead&2.activity=award", "合计待定"),
        ("1.activity=formulate_standard&1.level=national&1.role=lead&2.activity=award&2.grade=一等奖", "30万元"),
    ],
)
def test_what_the_total_says(mixed: Release, query: str, expected: str) -> None:
    sum_ = re.search(r'<p class="bzc-sum[^>]*>(.*?)</p>', shown(mixed, *parse_qsl(query)), re.DOTALL)
    assert sum_ is not None
    assert words(sum_[1]) == expected


def test_the_part_that_is_stated_is_no_total(mixed: Release) -> None:
    query = "1.activity=formulate_standard&1.level=national&1.role=lead&2.activity=award"
    html = shown(mixed, *parse_qsl(query))
    assert total(html) is None
    assert f"{ZH.stated} 20万元" in words(html)
    assert ZH.reasons["discretionary"].format(label="奖励") in words(html)


def test_an_exclusion_and_a_count_are_asked_in_their_place(mixed: Release) -> None:
    html = shown(mixed, ("1.activity", "research"))
    assert 'name="1.other_fund" value="no"' in html
    assert '<label for="f-1-firms">' in html
    refused = words(shown(mixed, ("1.activity", "research"), ("1.other_fund", "yes")))
    assert "未获其他资金" in refused
    assert "不符合条件" in refused


def test_a_sum_shows_its_arithmetic_and_the_ceilings_their_step() -> None:
    item = "{n}.activity=formulate_standard&{n}.level={level}&{n}.rank=1&{n}.count={count}"
    query = "&".join(
        [
            "where=urban_district",
            item.format(n=1, level="national", count=3),
            item.format(n=2, level="industry", count=2),
        ]
    )
    html = words(shown(own(), *parse_qsl(query)))
    assert "20万元 × 3 = 60万元" in html
    assert "合计：60万元 + 30万元 = 90万元" in html


def test_a_place_that_is_open_gives_each_case_and_no_total() -> None:
    html = shown(own(), ("1.activity", "adopt_standard"))
    assert total(html) is None
    assert "若是市区企业（条件满足时） 1万元" in words(html)
    assert "若是县（市）企业（条件满足时） 定不下来" in words(html)


def test_the_other_levels_are_compared_with_the_same_rules() -> None:
    html = shown(own(), ("1.activity", DRAFTING), ("1.level", "national"), ("1.rank", "1"), ("where", "urban_district"))
    table = re.search(r'<table id="bzc-chart-table">.*?</table>', html, re.DOTALL)
    assert table is not None
    assert [int(yuan) for yuan in re.findall(r'data-yuan="(\d+)"', table[0])] == [600000, 200000, 150000, 50000, 20000]
    assert "国家标准 · 当前" in words(table[0])


# --- the address -----------------------------------------------------------------------------------------------------


@settings(max_examples=60, deadline=None)
@given(data=st.data())
def test_a_link_says_all_of_a_claim(mixed: Release, data: st.DataObject) -> None:
    body = data.draw(bodies(mixed, "p"))
    assert read(mixed, query_of(calculator_href(body)), body.language) == body


def read(release: Release, query: Query, language: Any = "zh") -> EvaluateBody | None:
    rules = usable_rules(release.rules, "p")
    offer = Offer(release.documents["p"], release.rules.policies["p"], rules, len(rules))
    return FormReader(Address(query), offer, language, TODAY).read(Field("policy", "", "p")).body


NAMES = [
    "policy", "where", "lang", "add", "remove", "received_activity_yuan", "received_year_yuan", "1.activity", "1.level",
    "1.committee", "1.role", "1.rank", "1.grade", "1.count", "1.event_on", "1.local_units", "1.series", "1.firms",
    "1.other_fund", "2.activity", "x", "1.surprise", "99.count", "0.level",
]  # fmt: skip
VALUES = st.one_of(
    st.text(max_size=30),
    st.sampled_from(
        ["", "p", "yes", "national", DRAFTING, "award", "research", "-1", "0", "1e9", "9" * 60, "²", "３", EVIL]
    ),
)


@settings(max_examples=150, deadline=None)
@given(st.lists(st.tuples(st.sampled_from(NAMES) | st.text(max_size=8), VALUES), max_size=10))
def test_no_address_breaks_the_page(query: Query) -> None:
    release = _invented_once()
    page = calculator_page(release, query, TODAY)
    assert page.status in (200, 404)
    again = [part for part in Address(query).values.items() if part[0] == "lang"]
    link = re.search(r'data-share="([^"]*)"', str(page.html))
    assert link is not None
    second = calculator_page(release, [*query_of(unescape(link[1])), *again], TODAY)
    kept = re.search(r'data-share="([^"]*)"', str(second.html))
    assert kept is not None
    assert kept[1] == link[1]


@cache
def _invented_once() -> Release:
    return invented(Path(tempfile.mkdtemp()), MIXED)


@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize("activity", ["", DRAFTING, "research"])
def test_what_an_address_says_is_never_markup(mixed: Release, name: str, activity: str) -> None:
    html = shown(mixed, ("1.activity", activity), (name, EVIL), (EVIL, name))
    assert foreign(html) == []


def test_what_a_policy_says_is_never_markup(tmp_path: Path) -> None:
    texts = f"{{zh: '{EVIL}', en: '{EVIL}'}}"
    condition = f"{{input: a, op: '==', value: true, text: {texts}, ask: {texts}}}"
    fields = f"conditions: [{condition}], silent_on: [{{topic: t, zh: '{EVIL}', en: '{EVIL}'}}]"
    release = invented(tmp_path, group(fields, f"grade: '{EVIL}', yuan: 50000, said: 5万元", label=EVIL), title=EVIL)
    for lang in ("zh", "en"):
        html = shown(release, ("policy", "p"), ("1.activity", DRAFTING), ("lang", lang))
        assert EVIL in unescape(html)
        assert foreign(html) == []


@pytest.mark.parametrize(
    ("name", "value", "sentence"),
    [
        ("1.count", "abc", ZH.wrong_number.format(low=1, high=10000, value="abc")),
        ("1.count", "0", ZH.wrong_number.format(low=1, high=10000, value="0")),
        ("1.rank", "-2", ZH.wrong_number.format(low=1, high=1000, value="-2")),
        ("1.rank", "２", ZH.wrong_number.format(low=1, high=1000, value="２")),
        ("1.level", "planet", ZH.wrong_choice.format(value="planet")),
        ("1.activity", "dance", ZH.wrong_choice.format(value="dance")),
        ("1.series", "perhaps", ZH.wrong_choice.format(value="perhaps")),
        ("1.event_on", "2026-02-31", ZH.wrong_date.format(value="2026-02-31")),
        ("1.local_units", "0", ZH.wrong_number.format(low=1, high=10000, value="0")),
        ("received_year_yuan", "-5", ZH.wrong_number.format(low=0, high=10_000_000_000, value="-5")),
    ],
)
def test_wrong_input_is_told_at_its_field_and_no_amount_is_shown(
    mixed: Release, name: str, value: str, sentence: str
) -> None:
    given_ = {"1.activity": DRAFTING, "1.level": "national", "1.role": "lead", name: value}
    html = shown(mixed, *given_.items())
    field = "f-" + name.replace(".", "-")
    assert f'<span class="bzc-error" id="{field}-error">{sentence}</span>' in unescape(html)
    assert f'aria-describedby="{field}-error"' in html
    assert "data-yuan" not in html
    assert "data-total" not in html


def test_money_received_before_must_belong_to_one_kind_of_work(mixed: Release) -> None:
    both = group(
        "cap: [{scope: organization_activity, yuan: 500000, said: 50万元}]",
        "activity: formulate_standard, yuan: 200000, said: 20万元",
        "activity: adopt_standard, yuan: 10000, said: 1万元",
    )
    release = invented(Path(tempfile.mkdtemp()), both)
    query = [("1.activity", DRAFTING), ("2.activity", "adopt_standard"), ("received_activity_yuan", "450000")]
    html = shown(release, *query)
    assert ZH.only_one_kind in html
    assert "data-yuan" not in html
    assert total(shown(release, query[0], query[2])) == 50_000


def test_items_are_added_and_removed_by_their_buttons(mixed: Release) -> None:
    query = [("1.activity", DRAFTING), ("1.level", "national"), ("2.activity", "award"), ("2.grade", "一等奖")]
    added = shown(mixed, *query, ("add", "1"))
    assert 'name="3.activity"' in added
    assert total(added) is None  # the role is open
    assert ZH.without_item.format(n=3) in added
    removed = shown(mixed, *query, ("remove", "1"))
    assert 'name="2.activity"' not in removed
    assert total(removed) == 100_000


def test_too_many_items_are_refused_as_a_whole(mixed: Release) -> None:
    html = shown(mixed, *((f"{number}.activity", "award") for number in range(1, 400)))
    assert ZH.too_many.format(n=MAX_ITEMS) in html
    assert "data-yuan" not in html
    assert html.count('class="bzc-item"') == MAX_ITEMS + 1


def test_names_that_nothing_reads_are_told(mixed: Release) -> None:
    html = shown(mixed, ("1.activity", "award"), ("1.ranks", "2"), ("foo", "bar"))
    assert ZH.ignored.format(names="foo、1.ranks") in unescape(html)


# --- policies that do not compute ------------------------------------------------------------------------------------


def test_a_policy_without_rules_shows_no_figure() -> None:
    html = shown(own(), ("policy", "guangzhou-2013"), ("1.activity", DRAFTING))
    assert ZH.no_rules in html
    assert "data-yuan" not in html


def test_rules_that_nobody_confirmed_show_no_figure_unless_they_may(tmp_path: Path) -> None:
    release = invented(tmp_path, group("", *PAIR), signed=False)
    query = [("policy", "p"), ("1.activity", DRAFTING), ("1.level", "national"), ("1.role", "lead")]
    closed = shown(release, *query)
    assert ZH.unsigned in closed
    assert "data-yuan" not in closed
    opened = shown(release, *query, with_unreviewed=True)
    assert total(opened) == 200_000
    assert ZH.warning_text["rule_unreviewed"] in opened


@pytest.mark.parametrize(
    ("about", "warning"),
    [
        ({"status": "draft"}, "draft_policy"),
        ({"status": "superseded"}, "superseded"),
        ({"status": "unknown"}, "validity_unknown"),
        ({"expires": date(2020, 1, 1)}, "superseded"),
    ],
)
def test_a_policy_that_may_not_hold_says_so_before_any_amount(
    tmp_path: Path, about: dict[str, Any], warning: str
) -> None:
    release = invented(tmp_path, group("", *PAIR), **about)
    for query in ([], [("1.activity", DRAFTING), ("1.level", "national"), ("1.role", "lead")]):
        html = shown(release, ("policy", "p"), *query)
        assert ZH.warning_text[warning] in html
        assert html.index(ZH.warning_text[warning]) < html.index("bzc-details")
    if about["status" if "status" in about else "expires"] in ("draft", "superseded"):
        assert ZH.choose_first in shown(release)


def test_a_newer_policy_is_linked(tmp_path: Path) -> None:
    release = invented(tmp_path, group("", *PAIR), status="superseded", superseded_by="q")
    newer = release.documents["p"].model_copy(
        update={"policy": release.documents["p"].policy.model_copy(update={"id": "q", "superseded_by": None})}
    )
    html = shown(replace(release, documents={**release.documents, "q": newer}), ("policy", "p"))
    assert 'href="calculator?policy=q"' in html


def test_an_empty_corpus_asks_for_nothing() -> None:
    page = calculator_page(Release({}, RuleBook({}, "0")), [("1.activity", DRAFTING)], TODAY)
    assert page.status == 200
    assert ZH.choose_first in page.html


def client_of(open_assistant: Any) -> TestClient:
    app = FastAPI()
    add_calculator(app, LiveAssistant(open_assistant), today=lambda: TODAY)
    app.add_middleware(Shell)
    return TestClient(app)


def test_the_route_gives_the_page_with_its_status_and_a_strict_policy(mixed: Release) -> None:
    @dataclass
    class Assistant:
        release: Release = mixed

        def close(self) -> None:
            """Holds nothing open."""

    client = client_of(Assistant)
    page = client.get("/calculator", params={"1.activity": "award", "1.grade": "一等奖"})
    assert (page.status_code, total(page.text)) == (200, 100_000)
    assert "'unsafe-eval'" not in page.headers["content-security-policy"]
    assert page.headers["cache-control"] == "no-store"
    assert client.get("/calculator", params={"policy": "q"}).status_code == 404
    english = client.get("/calculator", params={"lang": "en"})
    assert 'lang="en"' in english.text
    assert (
        re.search(r"[\u4e00-\u9fff]", words(english.text.replace("中文", "").replace("标", "").replace("某市办法", "")))
        is None
    )
    assert "<script>" not in page.text  # no inline script


def test_without_a_release_the_page_says_what_to_do() -> None:
    def none() -> Any:
        raise NoRelease("no release")

    page = client_of(none).get("/calculator")
    assert page.status_code == 503
    assert "knowledge build" in page.text
