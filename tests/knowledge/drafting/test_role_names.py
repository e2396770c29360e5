from pathlib import Path

import pytest

from knowledge.drafting import Draft, draft_rules
from knowledge.manifest import describe, read_document


def draft_of(text: str, folder: Path) -> Draft:
    path = folder / "policy.txt"
    path.write_text(f"某市标准化奖励细则\n{text}\n第九条 本细则自发布之日起施行。\n", encoding="utf-8")
    return draft_rules(read_document(describe(path), path))


class TestNamesOfRoles:
    @pytest.mark.parametrize(
        ("first", "behind", "defined"),
        [
            (
                "主办方",
                "协办方",
                "本细则所称主办方，是指起草单位名单中排名首位的单位；协办方，是指排名第二至第五的单位。",
            ),
            ("执笔单位", "会稿单位", "执笔单位指前言中排名前两位的起草单位，会稿单位指其余起草单位。"),
            ("挂帅单位", "随行单位", "挂帅单位，即标准署名第一的单位；随行单位，即署名第二名及以后的单位。"),
        ],
    )
    def test_names_that_the_document_defines_by_ranks_are_roles(
        self, first: str, behind: str, defined: str, tmp_path: Path
    ) -> None:
        paid = f"第四条 制定国家标准的，支持{first}每项20万元、{behind}每项5万元。"
        draft = draft_of(f"第三条 {defined}\n{paid}", tmp_path)
        assert [(rule.role, rule.yuan) for rule in draft.rules] == [("lead", 200_000), ("participate", 50_000)]
        assert draft.lead_rank == (2 if "前两位" in defined else 1)

    def test_whoever_asks_for_the_money_is_no_role(self, tmp_path: Path) -> None:
        draft = draft_of(
            "第三条 申报单位是指标准的第一起草单位；受益企业是指第二起草单位。\n"
            "第四条 制定国家标准的，每项奖励申报单位20万元。",
            tmp_path,
        )
        assert [rule.role for rule in draft.rules] == [None]

    def test_those_who_hold_a_meeting_are_no_drafters(self, tmp_path: Path) -> None:
        draft = draft_of(
            "第三条 承办单位指标准起草单位中列第一、二位的单位，协办单位指列第三位以后的单位。\n"
            "第四条 标准化论坛承办单位，给予每次3万元补助。",
            tmp_path,
        )
        assert [(rule.activity, rule.role) for rule in draft.rules] == [("event", None)]
        assert draft.lead_rank == 2


class TestTables:
    def test_an_article_that_names_the_table_says_who_is_paid_by_it(self, tmp_path: Path) -> None:
        draft = draft_of(
            "第三条 标准制定项目的支持额度按附表一执行，拨付给牵头单位。参与单位按牵头单位的30%支持。\n"
            "附表一 标准制定项目支持额度\n项目 | 额度\n国家标准 | 20万元\n行业标准 | 10万元",
            tmp_path,
        )
        assert {(rule.level, rule.role, rule.yuan) for rule in draft.rules if rule.yuan} == {
            ("national", "lead", 200_000),
            ("industry", "lead", 100_000),
        }

    def test_an_article_that_names_several_roles_does_not(self, tmp_path: Path) -> None:
        draft = draft_of(
            "第三条 牵头单位、参与单位按附表一奖励，参与单位减半。\n"
            "附表一 标准制定项目支持额度\n项目 | 额度\n国家标准 | 20万元\n行业标准 | 10万元",
            tmp_path,
        )
        assert [rule.yuan for rule in draft.rules if rule.yuan and rule.role] == []

    @pytest.mark.parametrize(
        ("other", "rows"), [("按制定的50%", [(None, 50)]), ("按制定的30%", [("lead", 50), ("participate", 30)])]
    )
    def test_one_share_for_the_lead_and_the_others_is_one_row(
        self, other: str, rows: list[tuple[str | None, int]], tmp_path: Path
    ) -> None:
        draft = draft_of(
            "第三条 奖励额度见下表。\n类别 | 级别 | 主持单位（万元） | 参加单位（万元）\n"
            f"标准制定 | 国家标准 | 20 | 6\n标准修订 | 各级标准 | 按制定的50% | {other}",
            tmp_path,
        )
        assert [(rule.role, rule.ratio.percent) for rule in draft.rules if rule.ratio] == rows


def test_other_drafters_are_those_whose_places_a_bracket_names(tmp_path: Path) -> None:
    text = (
        "（二）国家标准：\n主要起草单位（排名第一），每项给予不超过25万元的资助；\n"
        "其他起草单位（排名第二至第四），每项给予不超过8万元的资助。"
    )
    assert [(row.role, row.yuan) for row in draft_of(text, tmp_path).rules][1:] == [("rank:2-4", 80_000)]
