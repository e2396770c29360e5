from __future__ import annotations

import re
from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import Any

import pytest
import yaml

import knowledge
from knowledge.errors import DataFileError
from knowledge.manifest import describe, load_corpus, read_document
from knowledge.model import Clause, Document, Policy, Span
from knowledge.rules import RuleBook, audit_money, audit_rules, load_rules

OWN = Path(knowledge.__file__).parent
TEXT = (
    "第三条 对主导制定国家标准、行业标准的企业,分别奖励20、15万元;参与的按主导单位的50%给予奖励。"
    "同一单位全年不超过100万元。\n第四条 年度预算500万元。"
)


@pytest.fixture(scope="module")
def corpus() -> dict[str, Document]:
    return {document.policy.id: document for document in load_corpus(OWN)}


@pytest.fixture(scope="module")
def rulebook(corpus: dict[str, Document]) -> RuleBook:
    return load_rules(OWN / "rules", corpus)


def document(text: str = TEXT, policy_id: str = "p", cut: int | None = None) -> Document:
    """A document with one clause up to `cut` and another for the rest."""
    cut = text.index("\n") if cut is None else cut
    parts = [(1, Span(0, cut)), (2, Span(cut, len(text)))]
    return Document(
        policy=Policy(id=policy_id, title="某市办法", source="p.txt", sha256="0"),
        text=text,
        clauses=tuple(
            Clause(
                clause_id=f"{policy_id}/{n}",
                policy_id=policy_id,
                path=(f"第{n}条",),
                spans=(span,),
                text=text[span.start : span.end],
                sentences=(span,),
            )
            for n, span in parts
        ),
        dropped=(),
    )


def valid() -> dict[str, Any]:
    return {
        "policy": "p",
        "reviewed_by": "a reader",
        "reviewed_on": "2026-01-01",
        "rules": [
            {
                "id": "drafting",
                "label": {"zh": "主导制定奖励", "en": "reward for leading"},
                "activity": "formulate_standard",
                "benefit": "reward",
                "role": "lead",
                "per": "standard",
                "clause_id": "p/1",
                "quote": "对主导制定国家标准、行业标准的企业,分别奖励20、15万元",
                "said_unit": "万元",
                "cap": [{"scope": "organization_year", "yuan": 1000000, "said": "100万元", "quote": "不超过100万元"}],
                "rows": [
                    {"level": "national", "label": {"zh": "国家标准", "en": "national"}, "yuan": 200000, "said": "20"},
                    {
                        "level": "industry",
                        "label": {"zh": "行业标准", "en": "industry"},
                        "yuan": 150000,
                        "said": "15万元",
                    },
                ],
            },
            {
                "id": "sharing",
                "label": {"zh": "参与制定奖励", "en": "reward for taking part"},
                "activity": "formulate_standard",
                "benefit": "reward",
                "role": "participate",
                "clause_id": "p/1",
                "quote": "参与的按主导单位的50%给予奖励",
                "rows": [{"ratio": {"percent": 50, "of": "lead"}}],
            },
        ],
        "ignored": [{"quote": "年度预算500万元", "yuan": 5000000, "reason": "budget"}],
    }


Load = Callable[..., RuleBook]


@pytest.fixture
def load(tmp_path: Path) -> Load:
    """Writes rules as `p.yaml` and loads them against `document()`; text is written as it is."""

    def write_and_load(content: dict[str, Any] | str, *, against: Document | None = None) -> RuleBook:
        text = content if isinstance(content, str) else yaml.safe_dump(content, allow_unicode=True, sort_keys=False)
        (tmp_path / "p.yaml").write_text(text, encoding="utf-8")
        return load_rules(tmp_path, {"p": against or document()})

    return write_and_load


class TestOwnRules:
    def test_every_reward_of_yangzhou_is_there(self, rulebook: RuleBook) -> None:
        amounts = {rule.rule_id.removeprefix("yangzhou-2011."): rule.yuan for rule in rulebook.all}

        assert amounts == {
            "standard_drafting.international": 600_000,
            "standard_drafting.national": 200_000,
            "standard_drafting.industry": 150_000,
            "standard_drafting.provincial_local": 50_000,
            "standard_drafting.municipal_local": 20_000,
            "adopt_international": 10_000,
            "host_committee.urban_district": 600_000,
            "host_committee.county": 300_000,
            "county_delegation.formulate_standard": None,
            "county_delegation.adopt_standard": None,
        }

    def test_quotes_and_amounts_stand_in_their_clauses(self, rulebook: RuleBook, corpus: dict[str, Document]) -> None:
        assert audit_rules(rulebook, corpus) == []
        for rule in rulebook.all:
            assert corpus[rule.policy_id].text[rule.start : rule.end] == rule.quote

    def test_every_amount_of_the_corpus_is_accounted_for(self, rulebook: RuleBook, corpus: dict[str, Document]) -> None:
        assert audit_money(corpus.values(), rulebook) == []
        assert {entry.reason for _, entry in rulebook.ignored} == {"budget", "threshold"}

    def test_every_text_is_there_in_both_languages(self, rulebook: RuleBook) -> None:
        for rule in rulebook.all:
            texts = [rule.label, rule.option, rule.group_label, *(c.text for c in rule.conditions), *rule.silent_on]
            texts += [c.ask for c in rule.conditions if c.ask is not None]
            assert all(_has_han(text.zh) and not _has_han(text.en) for text in texts)

    def test_rules_are_reviewed_with_a_date(self, rulebook: RuleBook) -> None:
        assert {(rule.reviewed_by, rule.reviewed_on) for rule in rulebook.all} == {("maintainers", date(2026, 11, 22))}

    def test_ceilings_are_never_exact(self, rulebook: RuleBook) -> None:
        assert {rule.bound for rule in rulebook.all if rule.activity == "host_committee"} == {"up_to"}

    @pytest.mark.parametrize(
        ("place", "on", "groups"),
        [
            ("广陵区", None, {"urban_district"}),
            ("321003", None, {"urban_district"}),
            ("高邮", None, {"county"}),
            ("江都", None, {"urban_district", "county"}),
            ("江都", date(2011, 10, 31), {"county"}),
            ("江都", date(2011, 11, 1), {"urban_district", "county"}),
            ("江都", date(2011, 11, 30), {"urban_district", "county"}),
            ("江都", date(2011, 12, 1), {"urban_district"}),
            ("321088", date(2013, 1, 1), {"urban_district"}),
            ("苏州", None, set()),
        ],
    )
    def test_a_place_belongs_to_its_group_at_the_time(
        self, rulebook: RuleBook, place: str, on: date | None, groups: set[str]
    ) -> None:
        assert rulebook.policies["yangzhou-2011"].place_groups_of(place, on) == groups


def _has_han(text: str) -> bool:
    return any("\u4e00" <= char <= "\u9fff" for char in text)


class TestExpanding:
    def test_rows_take_what_their_group_says(self, load: Load) -> None:
        national, industry, sharing = load(valid()).for_policy("p")

        assert (national.rule_id, national.label.zh) == ("p.drafting.national", "主导制定奖励·国家标准")
        assert (national.activity, national.role, national.per, national.bound) == (
            "formulate_standard",
            "lead",
            "standard",
            "exact",
        )
        assert industry.yuan == 150_000
        assert (sharing.rule_id, sharing.yuan, sharing.ratio and sharing.ratio.percent) == ("p.sharing", None, 50)
        assert TEXT[national.start : national.end] == national.quote

    def test_a_definition_is_a_condition_of_every_rule_for_that_role(self, load: Load) -> None:
        content = valid()
        text = {"zh": "排名第一", "en": "first"}
        content["terms"] = {"lead": {"rank_max": 1, "clause_id": "p/1", "quote": "主导制定", "text": text, "ask": text}}

        national, _, sharing = load(content).for_policy("p")
        assert [(c.input, c.op, c.value) for c in national.conditions] == [("drafter_rank", "<=", 1)]
        assert sharing.conditions == ()

    def test_a_folder_that_is_not_there_holds_no_rules(self, tmp_path: Path) -> None:
        assert load_rules(tmp_path / "nothing", {}).all == ()

    def test_the_fingerprint_follows_the_content_not_the_layout(self, load: Load) -> None:
        content = valid()
        first = load(content).fingerprint
        assert load("# a comment\n" + yaml.safe_dump(content, allow_unicode=True)).fingerprint == first
        content["rules"][0]["label"]["en"] = "another"
        assert load(content).fingerprint != first

    def test_a_rule_is_unreviewed_until_somebody_signs(self, load: Load) -> None:
        content = valid()
        assert all(rule.reviewed for rule in load(content).all)
        del content["reviewed_by"]
        assert not any(rule.reviewed for rule in load(content).all)
        assert load(content).confirmed().policies == {}

    def test_what_somebody_signed_is_confirmed(self, load: Load) -> None:
        book = load(valid())
        assert book.confirmed() == book


def change(path: str, value: object) -> Callable[[dict[str, Any]], None]:
    """Sets a dotted key of the rules; `DELETE` removes it."""

    def apply(content: dict[str, Any]) -> None:
        *way, last = [int(part) if part.isdigit() else part for part in path.split(".")]
        target: Any = content
        for part in way:
            target = target[part]
        if value is DELETE:
            del target[last]
        else:
            target[last] = value

    return apply


DELETE = object()
FAULTS: list[tuple[str, object, str, str]] = [
    # what is changed, to what, the key the error names, words of the error
    ("colour", "red", "colour", "unknown key"),
    ("rules.0.colour", "red", "rules.0.colour", "unknown key"),
    ("rules.0.rows.1.yuan", 160000, "rules.0.rows.1", "150000"),
    ("rules.0.rows.0.yuan", 250000, "rules.0.rows.0", "200000"),
    ("rules.0.rows.0.yuan", "200000", "rules.0.rows.0.yuan", "integer"),
    ("rules.0.rows.0.yuan", DELETE, "rules.0.rows.0", "together"),
    ("rules.0.rows.1.said", DELETE, "rules.0.rows.1", "together"),
    ("rules.0.said_unit", DELETE, "rules.0.rows.0", "said_unit"),
    ("rules.0.rows.1.said", "15万元整", "rules.0.rows.1.said", "states"),
    ("rules.0.rows.1", {"level": "industry", "yuan": 50000, "said": "5万元"}, "rules.0.rows.1.said", "'5万元'"),
    ("rules.0.rows.0.level", "galactic", "rules.0.rows.0.level", "'national'"),
    ("rules.0.rows.1.level", "national", "rules.0.rows.1", "unique"),
    ("rules.0.clause_id", "p/9", "rules.0.clause_id", "--clauses"),
    ("rules.0.clause_id", "p/2", "rules.0.quote", "literally"),
    ("rules.0.quote", "分别奖励20、15万圆", "rules.0.quote", "literally"),
    ("rules.0.quote", DELETE, "rules.0.rows.0", "`quote`"),
    ("rules.0.role", "rank:two", "rules.0.role", "pattern"),
    ("rules.0.place_group", "county", "rules.0.rows.0.place_group", "`places`"),
    ("rules.0.instead_of", "nothing", "rules.0.rows.0.instead_of", "'p.nothing'"),
    ("rules.0.pot", {"yuan": 400000, "said": "40万元"}, "rules.0.pot", "350000"),
    ("rules.0.cap.0.said", "90万元", "rules.0.cap", "1000000"),
    ("rules.0.cap.0.quote", "不超过900万元", "rules.0.cap", "words of the document"),
    ("rules.0.cap.0.scope", "life", "rules.0.cap.0.scope", "'pool'"),
    ("rules.1.rows.0.ratio.percent", 40, "rules.1.rows.0.ratio", "40%"),
    ("rules.1.rows.0.ratio", DELETE, "rules.1.rows.0", "says why"),
    ("rules.1.rows", [], "rules.1.rows", "at least 1"),
    ("ignored.0.quote", "年度预算600万元", "ignored.0.quote", "words of the document"),
    ("ignored.0.yuan", 6000000, "ignored.0.yuan", "6000000"),
    ("ignored.0.reason", "whim", "ignored.0.reason", "'budget'"),
    ("policy", "q", "policy", "'p'"),
    ("reviewed_on", "yesterday", "reviewed_on", "date"),
]


class TestFaults:
    @pytest.mark.parametrize(("path", "value", "key", "words"), FAULTS, ids=[f"{f[0]}={f[1]!s:.20}" for f in FAULTS])
    def test_a_wrong_file_is_refused_with_line_key_and_expectation(
        self, load: Load, tmp_path: Path, path: str, value: object, key: str, words: str
    ) -> None:
        content = valid()
        change(path, value)(content)

        with pytest.raises(DataFileError) as caught:
            load(content)

        message = str(caught.value)
        assert message.startswith(str(tmp_path / "p.yaml"))
        assert caught.value.line is not None
        assert (caught.value.key or "").startswith(key)
        assert words in message

    def test_the_line_is_where_the_key_stands(self, load: Load) -> None:
        content = valid()
        content["rules"][0]["rows"][1]["yuan"] = 160000

        with pytest.raises(DataFileError) as caught:
            load(content)

        lines = yaml.safe_dump(content, allow_unicode=True, sort_keys=False).splitlines()
        assert caught.value.line is not None
        assert "level: industry" in lines[caught.value.line - 1]

    def test_a_ceiling_may_not_be_called_exact(self, load: Load) -> None:
        text = "对主导制定的企业按不超过60万元给予奖励。\n其他。"
        row = {"yuan": 600000, "said": "60万元"}
        group = {**valid()["rules"][0], "quote": text[: text.index("。")], "cap": [], "rows": [row]}

        with pytest.raises(DataFileError, match="ceiling"):
            load({"policy": "p", "rules": [group]}, against=document(text))
        group["bound"] = "up_to"
        assert load({"policy": "p", "rules": [group]}, against=document(text)).all[0].bound == "up_to"

    def test_shares_must_make_up_their_pot(self, load: Load) -> None:
        content = valid()
        content["rules"][0]["pot"] = {"yuan": 200000, "said": "20"}

        with pytest.raises(DataFileError, match="got 350000"):
            load(content)

    @pytest.mark.parametrize(
        ("text", "words"),
        [
            ("policy: p\npolicy: p\n", "once"),
            ("policy: p\non: true\n", "unknown key"),
            ("policy: p\nrules: [\n", "YAML"),
            ("policy: p\nrules:\n  - {id: g, bonus: yes}\n", "p.yaml, line 3"),
            ("", "policy"),
        ],
    )
    def test_yaml_that_means_something_else_is_refused(self, load: Load, text: str, words: str) -> None:
        with pytest.raises(DataFileError, match=words):
            load(text)

    def test_rules_without_their_document_are_refused(self, tmp_path: Path) -> None:
        (tmp_path / "p.yaml").write_text("policy: p\n", encoding="utf-8")

        with pytest.raises(DataFileError, match="id of a document"):
            load_rules(tmp_path, {"q": document(policy_id="q")})

    def test_conditions_compare_what_can_be_compared(self, load: Load) -> None:
        text = {"zh": "某事", "en": "a fact"}
        for op, value in (("in", "one"), ("==", ["one"]), ("<=", "two"), (">=", True)):
            content = valid()
            content["rules"][0]["conditions"] = [{"input": "fact", "op": op, "value": value, "text": text}]
            with pytest.raises(DataFileError, match="expected"):
                load(content)


class TestAudits:
    def test_a_rule_whose_document_changed_is_found(self, load: Load) -> None:
        rulebook = load(valid())

        changed = document(TEXT.replace("15万元", "25万元"))
        faults = audit_rules(rulebook, {"p": changed})
        assert any(fault.startswith("p.drafting.industry: expected words") for fault in faults)
        assert audit_rules(rulebook, {}) == ["p: there are rules, but no document"]

    def test_a_rule_changed_behind_the_loaders_back_is_found(self, load: Load) -> None:
        rulebook = load(valid())
        policy = rulebook.policies["p"]
        wrong = policy.rules[1].model_copy(update={"yuan": 990000})
        object.__setattr__(policy, "rules", (policy.rules[0], wrong))

        assert audit_rules(rulebook, {"p": document()}) == [
            "p.drafting.industry: expected [150000], which is what '15万元' says in the quote, got 990000"
        ]

    def test_money_in_no_rule_is_found(self, load: Load) -> None:
        content = valid()
        content["ignored"] = []
        content["rules"][0]["cap"] = []

        faults = audit_money([document()], load(content))
        assert [fault.split(" at ")[0] for fault in faults] == ["p/1: '100万元'", "p/2: '500万元'"]

    def test_money_of_a_policy_without_rules_is_found(self) -> None:
        assert len(audit_money([document()], RuleBook({}, ""))) == 4

    def test_the_same_figure_elsewhere_is_not_accounted_for(self, load: Load) -> None:
        text = TEXT + "另安排500万元。"

        faults = audit_money([document(text)], load(valid(), against=document(text)))
        assert len(faults) == 1
        assert "'500万元'" in faults[0]

    def test_an_amount_across_a_page_mark_is_seen_whole(self) -> None:
        text = "每年安排50-3-0万元经费。"
        spans = (Span(0, 6), Span(9, len(text)))
        clause = Clause(
            clause_id="p/1",
            policy_id="p",
            path=("一",),
            spans=spans,
            text="".join(text[s.start : s.end] for s in spans),
            sentences=(Span(0, len(text)),),
        )
        paged = document(text, cut=1).model_copy(update={"clauses": (clause,)})

        faults = audit_money([paged], RuleBook({}, ""))
        assert faults[0].startswith("p/1: '500万元' at 4–12")


@pytest.mark.parametrize(
    ("zh", "told"), [("区划自2011年起变化，文件没有列出", True), ("20万元由谁出，文件没有写明", False)]
)
def test_what_is_left_open_is_said_without_figures_of_other_origin(zh: str, told: bool, load: Load) -> None:
    content = valid() | {"silent_on": [{"topic": "districts", "zh": zh, "en": "not stated"}]}
    if not told:
        assert load(content).policies["p"].silent_on
        return
    with pytest.raises(DataFileError, match=r"got 2011 in .*say it without"):
        load(content)


def open_condition(**reading: Any) -> dict[str, Any]:
    text = {"zh": "列入名单", "en": "listed"}
    label = {"zh": "其他企业", "en": "others"}
    return {
        "input": "listed",
        "op": "==",
        "value": True,
        "text": text,
        "otherwise": "open",
        **({"reading": {"label": label, "topic": "others", **reading}} if reading else {}),
    }


def test_an_open_condition_states_the_reading_it_rests_on(load: Load) -> None:
    file = valid()
    file["rules"][0]["rows"][1]["conditions"] = [open_condition(yuan=150000, said="15万元")]
    (rule,) = [r for r in load(file).all if r.level == "industry" and r.role == "lead"]
    assert rule.conditions[-1].reading is not None
    assert rule.conditions[-1].reading.yuan == 150_000


@pytest.mark.parametrize(("reading", "problem"), [({}, "reading"), ({"yuan": 160000, "said": "16万元"}, "quote")])
def test_a_reading_that_the_source_does_not_bear_out(load: Load, reading: dict[str, Any], problem: str) -> None:
    file = valid()
    file["rules"][0]["rows"][1]["conditions"] = [open_condition(**reading)]
    with pytest.raises(DataFileError, match=problem):
        load(file)


def test_bare_amounts_under_a_heading_with_their_unit_are_audited(tmp_path: Path) -> None:
    path = tmp_path / "policy.txt"
    path.write_text("奖励标准\n\n项目\t奖励金额（万元）\t名额\n国家标准\t30\t5\n行业标准\t15\t10\n", encoding="utf-8")
    document = read_document(describe(path), path)
    faults = audit_money([document], RuleBook({}, ""))
    assert [re.search("'(.+?)'", fault)[1] for fault in faults] == ["30", "15"]  # type: ignore[index]  # each names one
