"""Whose payment an amount is: sentences that tell what somebody else pays must not become rows that are paid."""

from __future__ import annotations

from pathlib import Path

import pytest

from knowledge.drafting import draft_rules
from knowledge.manifest import describe, read_document

AMOUNT, YUAN = "37万元", 370_000
# An issuer, its own level, the one above and the one below.
ISSUERS = {
    "city": ("岭川市", "市", "省", "区"),
    "district": ("东陵区", "区", "市", "镇"),
    "province": ("湖北省", "省", "国家", "市"),
}
OTHERS = {
    "a place": [
        "东屏市的做法是，主导制定国家标准的每项奖励{amount}",
        "目前东屏市给予主导制定国家标准的企业每项{amount}奖励",
        "东屏市市场监督管理局对主导制定行业标准的企业奖励{amount}",
        "从东屏市来看，国家标准每项奖励{amount}",
        "宁波、温州等地对主导制定国际标准的奖励{amount}",
        "东屏市政府近期印发文件，对主导制定国家标准的给予{amount}奖励",
    ],
    "a government above": [
        "{above}里对主导制定国家标准的给予{amount}奖励",
        "中央财政对承担国家级标准化试点的给予{amount}补助",
        "主导制定国家标准的，由上级财政给予{amount}奖励",
        "主导制定国家标准的企业可另向{above}申请{amount}奖励",
    ],
    "an office beside it": [
        "农业农村局对主导制定农业地方标准的奖励{amount}",
        "{own}科技局按每项国家标准{amount}给予补助",
        "主导制定卫生行业标准的，由卫健委奖励{amount}",
    ],
    "a government below": [
        "园区管委会再奖励主导制定国家标准的企业{amount}",
        "{below}政府对主导制定国家标准的再给予{amount}奖励",
        "主导制定国家标准的，所在园区另奖励{amount}",
    ],
    "a body": [
        "行业协会对主导制定团体标准的会员单位奖励{amount}",
        "华辰公司给予标准主要起草人{amount}奖励",
        "主导制定国家标准的员工，由公司奖励{amount}",
    ],
    "another time": [
        "第一届标准创新贡献奖获奖单位各获得{amount}奖励",
        "按立项时国家标准每项{amount}的标准奖励",
        "早些年国家标准的奖励是每项{amount}",
    ],
    "a thought": [
        "国家标准的奖励初步考虑为每项{amount}",
        "倘若企业外迁，则国家标准只补{amount}",
    ],
    "a charge": ["外文版翻译加收{amount}"],
    "a speaker": [
        "网友留言：主导制定国家标准奖励{amount}",
        "有企业反映，主导制定国家标准的奖励{amount}偏低",
    ],
}
OWN = [
    "{own}财政对主导制定地方标准的企业给予{amount}奖励",
    "{own}市场监管局对主导制定地方标准的企业奖励{amount}",
    "主导制定地方标准的，由{own}政府给予{amount}奖励",
    "我{own}对主导制定地方标准的企业一次性给予{amount}奖励",
    "{own}、{below}两级财政对主导制定地方标准的单位按1:1给予奖励{amount}",
    "专项资金对主导制定地方标准的单位资助{amount}",
    "经{above}市场监管局批准立项的标准化试点，给予{amount}补助",
    "{above}市场监管局对标准化试点验收合格的，{own}财政补助{amount}",
    "协会主导制定团体标准的，每项奖励{amount}",
    "主导制定地方标准的企业给予{amount}奖励",
    "县级以上政府对主导制定地方标准的单位奖励{amount}",
    "承办首届标准化论坛的，每场奖励{amount}",
    "{below}政府承担标准化试点的，奖励{amount}",
    "企业可向{own}市场监督管理局申请制定地方标准的奖励{amount}",
]


def _paid(folder: Path, clause: str, issuer: str, *, behind: bool) -> set[int | None]:
    """The amounts that the draft pays where the clause stands in its own article, or behind a payment in an article."""
    name, own, above, below = ISSUERS[issuer]
    said = clause.format(own=own, above=above, below=below, amount=AMOUNT) + "。"
    articles = [
        "第二条 主导制定国际标准、国家标准的，每项分别奖励80万元、50万元。" + (said if behind else ""),
        *([] if behind else ["第三条 " + said]),
        "第四条 参与制定行业标准的，每项奖励5万元。",
    ]
    path = folder / "policy.txt"
    text = "\n".join([f"{name}标准化奖励办法", *articles, f"{name}市场监督管理局", ""])
    path.write_text(text, encoding="utf-8")
    return {rule.yuan for rule in draft_rules(read_document(describe(path), path)).rules}


@pytest.mark.parametrize("behind", [True, False], ids=["behind-a-payment", "an-article"])
@pytest.mark.parametrize("issuer", ISSUERS)
class TestSubject:
    @pytest.mark.parametrize("family", OTHERS)
    def test_what_others_pay_is_no_row(self, family: str, issuer: str, behind: bool, tmp_path: Path) -> None:
        for clause in OTHERS[family]:
            paid = _paid(tmp_path, clause, issuer, behind=behind)
            assert (clause, YUAN in paid) == (clause, False)
            assert {800_000, 500_000, 50_000} <= paid

    def test_what_the_issuer_pays_is(self, issuer: str, behind: bool, tmp_path: Path) -> None:
        assert [clause for clause in OWN if YUAN not in _paid(tmp_path, clause, issuer, behind=behind)] == []


def test_a_zone_and_a_society_pay_as_issuers(tmp_path: Path) -> None:
    path = tmp_path / "policy.txt"
    rows = {
        "临皋高新技术产业开发区标准化奖励办法": "主导制定国家标准的，由管委会奖励37万元。",
        "石桥镇标准化奖励办法": "主导制定国家标准的，由镇里奖励37万元。",
        "临皋市标准化学会奖励办法": "学会对主导制定团体标准的会员单位奖励37万元。",
    }
    for title, said in rows.items():
        path.write_text(f"{title}\n第一条 {said}\n", encoding="utf-8")
        assert [rule.yuan for rule in draft_rules(read_document(describe(path), path)).rules] == [YUAN], title
