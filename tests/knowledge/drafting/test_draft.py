from __future__ import annotations

import json
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

import knowledge
from knowledge.__main__ import main
from knowledge.drafting import Draft, draft_rules
from knowledge.drafting.review import review_file
from knowledge.manifest import describe, load_corpus, read_document
from knowledge.model import Document
from knowledge.quantities import find_quantities
from knowledge.rules import load_rules

OWN = Path(knowledge.__file__).parent
FIELDS = {
    *("activity", "level", "committee", "role", "grade", "place_group", "yuan", "yuan_min", "ratio", "bound", "per"),
    *("benefit", "cap", "payer", "quote", "start", "end", "clause_id", "conditions", "needs_review"),
}


@pytest.fixture(scope="module")
def corpus() -> dict[str, Document]:
    return {document.policy.id: document for document in load_corpus(OWN)}


def draft_of(text: str, folder: Path) -> tuple[Document, Draft]:
    path = folder / "policy.txt"
    path.write_text(text, encoding="utf-8")
    document = read_document(describe(path), path)
    return document, draft_rules(document)


class TestCorpus:
    def test_yangzhou_gives_the_amounts_that_a_person_confirmed(self, corpus: dict[str, Document]) -> None:
        axes = ("activity", "level", "committee", "role", "place_group", "yuan", "bound", "per", "payer")
        reviewed = load_rules(OWN / "rules", corpus).for_policy("yangzhou-2011")
        drafted = draft_rules(corpus["yangzhou-2011"]).rules

        def paid(rules: object) -> set[tuple[object, ...]]:
            return {tuple(getattr(rule, axis) for axis in axes) for rule in rules if rule.yuan is not None}  # type: ignore[attr-defined]

        assert paid(drafted) == paid(reviewed)

    @pytest.mark.parametrize("policy_id", ["gdd-2009-draft", "guangzhou-2013", "guangdong-2010", "guangdong-2018"])
    def test_documents_without_rewards_give_no_amount(self, corpus: dict[str, Document], policy_id: str) -> None:
        draft = draft_rules(corpus[policy_id])
        assert [rule for rule in draft.rules if rule.yuan is not None or rule.ratio is not None] == []

    def test_budgets_and_thresholds_are_told_apart(self, corpus: dict[str, Document]) -> None:
        ignored = draft_rules(corpus["gdd-2009-draft"]).ignored
        assert [(entry.yuan, entry.reason) for entry in ignored] == [
            (50000000, "threshold"),
            (1000000, "budget"),
            (5000000, "budget"),
        ]


class TestInvariants:
    PIECES = st.sampled_from(
        [
            "主导制定", "参与制定", "修订", "国际标准", "国家标准", "行业标准", "、", "和", "，", "；", "。\n", "的，", "分别",
            "奖励", "给予", "补助", "50万元", "30万元", "10万元", "5000元", "最高", "不超过", "每项", "第一起草单位",
            "第二至第五名", "同一企业每年", "累计", "按主导单位的50%", "由10万元提高到", "（", "）", "一、", "（一）", "1.",
            "市财政", "安排", "年产值", "以上", "其中", "一等奖", "AAAA级", "试点", "TC", "秘书处", "减半", "：", "\t",
        ]
    )  # fmt: skip

    @settings(
        max_examples=150,
        deadline=None,
        suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
    )
    @given(st.lists(PIECES, max_size=40).map("".join))
    def test_every_amount_is_in_a_row_or_ignored_and_every_quote_is_literal(self, tmp_path: Path, text: str) -> None:
        document, draft = draft_of("某市标准化奖励办法\n" + text, tmp_path)
        for rule in draft.rules:
            assert rule.quote == document.text[rule.start : rule.end]
        held = {yuan for rule in draft.rules for yuan in (rule.yuan, rule.yuan_min)}
        held |= {entry.yuan for entry in draft.ignored}
        for clause in document.clauses:
            for quantity in find_quantities(clause.text):
                if quantity.kind == "money":
                    assert int(quantity.value) in held
        assert all(rule.needs_review for rule in draft.rules if _is_empty(rule))


def _is_empty(rule: object) -> bool:
    stated = rule.yuan is not None or rule.ratio is not None  # type: ignore[attr-defined]
    return not (stated or rule.delegated or rule.benefit == "honour_only")  # type: ignore[attr-defined]


class TestTables:
    def test_rows_written_out_with_their_headings(self, tmp_path: Path) -> None:
        text = (
            "某市标准化奖励办法\n第一条 奖励见下表（单位：万元）：\n"
            "标准类别：行业标准；主导制定：10；参与制定：3。\n标准类别：团体标准；主导制定：5；参与制定：1。\n"
        )
        document, draft = draft_of(text, tmp_path)
        paid = [(rule.level, rule.role, rule.yuan) for rule in draft.rules]
        assert paid == [
            ("industry", "lead", 100000),
            ("industry", "participate", 30000),
            ("group", "lead", 50000),
            ("group", "participate", 10000),
        ]
        folder = tmp_path / "rules"
        folder.mkdir()
        (folder / f"{document.policy.id}.yaml").write_text(review_file(draft), encoding="utf-8")
        assert len(load_rules(folder, {document.policy.id: document}).all) == 4

    def test_a_number_without_a_unit_is_no_amount(self, tmp_path: Path) -> None:
        _, draft = draft_of("某市标准化奖励办法\n级别：国家标准；主导制定：10；参与制定：3。\n", tmp_path)
        assert [(rule.role, rule.yuan) for rule in draft.rules] == [("lead", None), ("participate", None)]
        assert all("unit" in (rule.needs_review or "") for rule in draft.rules)


class TestTerms:
    def test_what_lead_means_is_read_from_the_document(self, tmp_path: Path) -> None:
        text = (
            "某市办法\n第一条 主导制定国家标准的，每项奖励20万元。\n第二条 本办法所称主导，是指起草单位排名前三位。\n"
        )
        document, draft = draft_of(text, tmp_path)
        assert draft.lead_rank == 3
        assert "排名前三位" in draft.rules[0].conditions[-1]
        folder = tmp_path / "rules"
        folder.mkdir()
        (folder / f"{document.policy.id}.yaml").write_text(review_file(draft), encoding="utf-8")
        book = load_rules(folder, {document.policy.id: document})
        assert book.policies[document.policy.id].terms["lead_drafter"].rank_max == 3


class TestCommand:
    TEXT = (
        "某市标准化奖励办法\n一、主导制定国家标准、行业标准的，分别奖励20、10万元。\n二、同一企业每年不超过50万元。\n"
    )

    @pytest.fixture
    def policy(self, tmp_path: Path) -> Path:
        path = tmp_path / "new-policy.txt"
        path.write_text(self.TEXT, encoding="utf-8")
        return path

    def test_json(self, policy: Path, capsys: pytest.CaptureFixture[str]) -> None:
        assert main(["draft-rules", str(policy), "--json"]) == 0
        out = json.loads(capsys.readouterr().out)
        assert set(out) == {"policy", "rules", "ignored"}
        assert [rule["yuan"] for rule in out["rules"]] == [200000, 100000]
        assert all(set(rule) == FIELDS for rule in out["rules"])
        assert out["rules"][0]["cap"] == [{"scope": "organization_year", "yuan": 500000, "count": None}]

    def test_table(self, policy: Path, capsys: pytest.CaptureFixture[str]) -> None:
        assert main(["draft-rules", str(policy)]) == 0
        assert "20万元" in capsys.readouterr().out

    def test_review_file(self, policy: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
        target = tmp_path / "review.yaml"
        assert main(["draft-rules", str(policy), "--review", str(target), "--id", "some-city"]) == 0
        assert "policy: some-city" in target.read_text(encoding="utf-8")
        assert main(["draft-rules", str(policy), "--review", str(target)]) == 2
        assert "expected a new file" in capsys.readouterr().err

    def test_a_file_that_cannot_be_read(self, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
        assert main(["draft-rules", str(tmp_path / "none.txt")]) == 2
        assert capsys.readouterr().err


def test_amounts_and_words_that_a_line_end_parts_are_read_whole(tmp_path: Path) -> None:
    text = (
        "岚桥市标准化奖励办法\n"
        "第一条 为了深入实施标准化战略，充分调动企业参与标准制定的积极性，根据有\n"
        "关规定，结合本市实际，制定本办法，由市场监管部门会同财政部门组织具体实施工\n"
        "作并做好监督。\n"
        "第二条 对主导制定国际标准、国家标准的企业和社会团体，分别给予一次性奖励1\n"
        "00万元、50万元；对排名第二位的起草单位，给予奖励10.\n"
        "5万元，对只是参\n"
        "与制定的单位给予表扬。\n"
    )
    document, draft = draft_of(text, tmp_path)
    assert [rule.yuan for rule in draft.rules if rule.yuan is not None] == [1_000_000, 500_000, 105_000, 105_000]
    (tmp_path / f"{document.policy.id}.yaml").write_text(review_file(draft), encoding="utf-8")
    assert len(load_rules(tmp_path, {document.policy.id: document}).all) == len(draft.rules)


@pytest.mark.parametrize("numbers", ["第{}条", "{}、"])
def test_a_wide_space_behind_the_number_of_a_clause_makes_no_table(tmp_path: Path, numbers: str) -> None:
    clauses = ("主导制定国家标准的企业，奖励30万元。", "市财政每年安排500万元。", "本办法自2024年1月1日起施行。")
    lines = (f"{numbers.format(n)}\u3000{clause}" for n, clause in zip("一二三", clauses, strict=True))
    _, draft = draft_of("岚桥市标准化奖励办法\n" + "\n".join(lines), tmp_path)
    assert [(rule.level, rule.yuan, rule.needs_review) for rule in draft.rules] == [("national", 300_000, None)]


def test_an_amount_of_something_that_nothing_says_is_given_is_refused(tmp_path: Path) -> None:
    clauses = (
        "第一条 主导制定国际标准的，奖励50万元（承担强制性任务的60万元）。",
        "第二条 国际标准译文审核每千字150元，国家标准文本印制每册60元。",
    )
    _, draft = draft_of("岚桥市标准化奖励办法\n" + "\n".join(clauses), tmp_path)
    assert [rule.yuan for rule in draft.rules if rule.yuan] == [500_000, 600_000]
    assert {amount.reason for amount in draft.ignored} == {"unclear"}


class TestFormerShares:
    FORMULATING = (
        "某市标准化奖励办法\n第一条 牵头制定国家标准的，每项奖励20万元。\n第二条 修订的，按制定标准奖励额的60%奖励"
    )

    @pytest.mark.parametrize(
        "aside",
        [
            "。市里曾按30%计，2022年起调整。",
            "。此前曾以40%核定，自2023年起调整。",
            "，早先仅按25%计算。",
            "。去年还是按50%算的，今年提高了。",
        ],
    )
    def test_a_share_that_was_once_paid_is_history(self, aside: str, tmp_path: Path) -> None:
        _, draft = draft_of(f"{self.FORMULATING}{aside}\n第三条 本办法自发布之日起施行。\n", tmp_path)
        assert [rule.ratio.percent for rule in draft.rules if rule.ratio] == [60]


class TestRemarksOfTables:
    @pytest.mark.parametrize("remark", ["含军用标准", "包括国家军用标准", "不含军用标准"])
    def test_what_a_remark_counts_in_or_leaves_out_does_not_head_the_row(self, remark: str, tmp_path: Path) -> None:
        table = f"项目 | 奖励金额 | 备注\n行业标准 | 8万元 | {remark}\n团体标准 | 3万元 | 发布后\n"
        _, draft = draft_of(f"某市标准化奖励办法\n第一条 对制定标准的单位给予奖励，标准见下表。\n{table}", tmp_path)
        assert [(rule.level, rule.yuan) for rule in draft.rules] == [("industry", 80_000), ("group", 30_000)]

    def test_a_standard_with_a_name_of_its_own_is_refused_in_a_table(self, tmp_path: Path) -> None:
        table = "项目 | 奖励金额\n国家标准 | 20万元\n浦江标准 | 3万元\n"
        _, draft = draft_of(f"某市标准化奖励办法\n第一条 对制定标准的单位给予奖励，标准见下表。\n{table}", tmp_path)
        assert [(rule.level, rule.yuan) for rule in draft.rules] == [("national", 200_000), (None, None)]


def test_a_level_with_an_attributive_word_is_of_the_committee_behind_it(tmp_path: Path) -> None:
    hosts = "首次承担全国性的TC、SC秘书处的，分别资助28万元、16万元；省级的TC秘书处，资助7万元。"
    _, draft = draft_of(f"某区标准化扶持办法\n第一条 {hosts}\n第二条 本办法自发布之日起施行。\n", tmp_path)
    assert [(rule.level, rule.committee, rule.yuan) for rule in draft.rules] == [
        ("national", "TC", 280_000),
        ("national", "SC", 160_000),
        ("provincial_local", "TC", 70_000),
    ]


def test_each_unit_with_a_prize_is_an_organization(tmp_path: Path) -> None:
    prize = "组织奖授予标准化管理成绩突出的单位，每个获奖单位奖金13万元。"
    _, draft = draft_of(f"某市标准创新贡献奖评选奖励办法\n第一条 {prize}\n第二条 自发布之日起施行。\n", tmp_path)
    assert [(rule.yuan, rule.per) for rule in draft.rules] == [(130_000, "organization")]


@pytest.mark.parametrize("missed", ["未获得贡献奖，但", "尚未入选质量标杆的，但", "没有获评示范项目，而"])
def test_what_the_payee_has_not_got_is_not_paid_for(missed: str, tmp_path: Path) -> None:
    drafts = f"{missed}主持制定国际标准、国家标准的单位，分别给予40万元、17万元的奖励。"
    _, draft = draft_of(f"某市标准化奖励办法\n第一条 {drafts}\n第二条 自发布之日起施行。\n", tmp_path)
    assert [(rule.activity, rule.level, rule.yuan) for rule in draft.rules] == [
        ("formulate_standard", "international", 400_000),
        ("formulate_standard", "national", 170_000),
    ]


@pytest.mark.parametrize("given", ["的额度给予一次性补助", "的标准给予支持"])
def test_giving_may_stand_behind_the_amount(given: str, tmp_path: Path) -> None:
    base = f"新获批国家技术标准创新基地的单位，按不超过50万元{given}。"
    _, draft = draft_of(f"某市标准化奖励办法\n第一条 {base}\n第二条 自发布之日起施行。\n", tmp_path)
    assert [(rule.yuan, rule.bound) for rule in draft.rules] == [(500_000, "up_to")]


def test_a_figure_of_nothing_is_no_payment(tmp_path: Path) -> None:
    _, draft = draft_of("主导制定国家标准的，每项奖励0万元。", tmp_path)
    assert all(rule.yuan is None for rule in draft.rules)


def test_an_item_numbered_by_no_numeral_is_passed_over(tmp_path: Path) -> None:
    _, draft = draft_of(
        "第一条 主导制定国家标准的，奖励30万元。\n第二条 第一一条所列标准属于修订的，减半奖励。", tmp_path
    )
    assert draft.rules[0].yuan == 300_000


def test_an_amount_that_a_remark_counts_in_is_none_of_its_own(tmp_path: Path) -> None:
    table = "| 项目 | 奖励金额 | 备注 |\n| --- | --- | --- |\n| 国家级标准化试点 | 27万元 | 含市级补助8万元 |\n"
    _, draft = draft_of("标准化奖励\n\n" + table, tmp_path)
    assert [rule.yuan for rule in draft.rules if rule.yuan] == [270_000]


def test_a_share_of_what_each_drafter_is_paid_is_of_drafting(tmp_path: Path) -> None:
    paid = "主持、参与制定国家标准的，分别补助40万元、10万元。\n"
    text = paid + "第三条 修订国家标准的，按照对应主持单位、参与单位补助金额的60%补助。"
    _, draft = draft_of(text, tmp_path)
    assert [(rule.ratio.percent, rule.ratio.of) for rule in draft.rules if rule.ratio] == [(60, "formulate")]
