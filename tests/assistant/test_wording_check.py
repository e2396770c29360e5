"""Which sentences of a chat model may be shown: those that word the composed answer, and none that changes it."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from assistant.draft import Draft, Evidence, Line
from assistant.pipeline import Assistant
from assistant.settings import Settings
from assistant.wording import WordedSentence
from assistant.wording_check import plain_words, statements_of
from knowledge.releases import Release
from tests.chat_server import ScriptedChat
from tests.contracts.answers import faults
from tests.corpus import TODAY

INDUSTRY = "扬州市区企业牵头起草的行业标准发布了，可以拿多少资助？"
COUNTY = "宝应县企业主导国家标准给多少"
GROUP = "扬州团体标准给奖励吗"
COMMITTEE = "在扬州市区承担全国TC最多给多少"
TOTAL = "扬州两项行业标准一项国家标准共多少"
VALIDITY = "扬州政策还有效吗"
GOAL = "广州到2020年AAAA级标准化良好行为企业要达到多少家"
INDUSTRY_EN = "what subsidy do I get for leading an industry standard in Yangzhou"
COMMITTEE_EN = "do Yangzhou firms get money for hosting an SC"
COUNTY_EN = "What does a Baoying firm get for leading a national standard?"
VALIDITY_EN = "Is the Yangzhou policy still valid?"
ADOPTED = "扬州市区企业采用国际标准并出口的产品，一个奖多少"
PREMISE = "高邮的企业牵头国家标准，市里给20万吗"
COMMITTEES = "广东省2015年TC/SC/WG总数目标是多少"
SILENT = "广州主导制定一项行业标准奖励多少万元"
FIFTH = "扬州参与起草排第五的单位有国家标准资助吗"
ADOPTED_EN = "What does Yangzhou pay for an exported product that adopts an international standard?"
GOAL_EN = "How many AAAA-level enterprises does Guangzhou plan to have by 2020?"
DOCUMENT = "粤府〔2010〕1号是什么文件"

FAITHFUL: Mapping[str, Sequence[str]] = {
    INDUSTRY: [
        "在满足下列条件的情况下，主导制定行业标准每项资助15万元。[1]",
        "扬州市主导制定行业标准的企业，须满足相应条件，每项可获15万元。[1]",
        "扬州市区企业主导制定行业标准的，须满足条件，每项资助15万元。[1]",
        "资助由市财政出资。[1]",
        "该文件是否仍然有效无法确认，使用前请向主管部门核实。[2]",
    ],
    COUNTY: [
        "县（市）企业的奖励由企业纳税关系所在地财政根据当地情况决定，市级文件没有写明金额。[1]",
        "扬州市的文件没有写明县（市）企业制定标准的奖励金额，也没有规定按其他企业金额的比例给。[1]",
    ],
    GROUP: [
        "扬州市的文件没有写明对团体标准的奖励或资助，没有写明不等于不给。[1]",
        "文件写明的只有国际标准、国家标准、行业标准、省级地方标准和市级地方标准。[2]",
    ],
    COMMITTEE: ["市区企业最高可获60万元一次性奖励，须满足条件。[1]"],
    TOTAL: ["如果是市区企业，两项行业标准和一项国家标准合计50万元，须满足下列条件。[1]"],
    VALIDITY: [
        "发布页面标注该政策有效性未知，是否仍然有效无法确认。[1]",
        "文件的目标写到2015年，这是目标期，并不是失效日期。[2]",
    ],
    GOAL: ["到2020年，广州要创建AAAA级“标准化良好行为企业”100家以上。[1]"],
    INDUSTRY_EN: [
        "Leading an industry standard in Yangzhou is subsidized with RMB 150,000 per standard, on the conditions below. [1]"
    ],
    COMMITTEE_EN: [
        "Urban firms can get up to RMB 600,000, and other firms of the city up to RMB 300,000, on the conditions below. [1]",
        "The municipal treasury pays. [1]",
    ],
    COUNTY_EN: [
        "The finance authority of the place where the firm pays its taxes decides, and the document states no amount. [1]"
    ],
    VALIDITY_EN: [
        "The publishing page marks its validity as unknown, so whether it still holds cannot be confirmed. [1]"
    ],
    ADOPTED: [
        "对采用国际标准并有出口销售的产品，在符合条件的情况下每个产品奖励1万元。[1]",
        "这笔奖励由市财政支付。[1]",
    ],
    PREMISE: [
        "文件没有写明县（市）企业的金额，由企业纳税关系所在地财政根据当地情况决定。[1]",
        "您说的20万元在文件里没有依据。[1]",
    ],
    SILENT: [
        "广州市的文件没有写明按标准项目给予的奖励金额。[1]",
    ],
    ADOPTED_EN: [
        "Yangzhou pays RMB 10,000 per product, on the conditions below. [1]",
        "On the conditions below, each product earns a reward of RMB 10,000. [1]",
    ],
}

UNFAITHFUL: Mapping[str, Sequence[str]] = {
    INDUSTRY: [
        # amounts
        "国家标准每项15万元，须满足条件。[1]",
        "行业标准每项20万元，须满足条件。[1]",
        "行业标准每项十五万二千元，须满足条件。[1]",
        "行业标准每项15万美元，须满足条件。[1]",
        "行业标准每项最高15万元，须满足条件。[1]",
        "行业标准每项约15万元，须满足条件。[1]",
        "行业标准每项15万元以上，须满足条件。[1]",
        "行业标准每年15万元，须满足条件。[1]",
        "两项共30万元，须满足条件。[1]",
        "行业标准和国家标准都是15万元，须满足条件。[1]",
        "国家标准也和行业标准一样是15万元，须满足条件。[1]",
        "每项15万元，加倍发放，须满足条件。[1]",
        "每项15万元的三倍，须满足条件。[1]",
        "县（市）企业行业标准每项15万元，须满足条件。[1]",
        "苏州市行业标准每项15万元，须满足条件。[1]",
        "参与单位也可以获得15万元，须满足条件。[1]",
        # conditions
        "行业标准每项资助15万元。[1]",
        "您符合全部条件，可获15万元。[1]",
        "您将获得15万元资助，须满足条件。[1]",
        "您是市区企业，排名前两位。[1]",
        "您满足排名前两位的要求。[1]",
        "排名前三位即可，须满足条件，每项15万元。[1]",
        "企业无需是主要起草单位。[1]",
        "您是主要起草单位，须满足条件，每项15万元。[1]",
        "您属于排名前两位的主要起草单位，在满足条件的情况下每项可获15万元。[1]",
        # yes and no
        "行业标准不能获得15万元资助，须满足条件。[1]",
        "行业标准没有资助。[1]",
        # validity
        "该政策仍然有效。[2]",
        "该政策已失效。[2]",
        "该政策现行有效，使用前请向主管部门核实。[2]",
        # names
        "由省财政出资。[1]",
        "由市科技局负责发放。[1]",
        "根据《江苏省标准化奖励办法》，行业标准每项15万元，须满足条件。[1]",
        "根据广州市标准化战略实施纲要(2013—2020年)，行业标准每项15万元，须满足条件。[1]",
        "根据粤府〔2010〕1号，行业标准每项15万元，须满足条件。[1]",
        "根据ISO9001，行业标准每项15万元，须满足条件。[1]",
        # words of its own
        "抱歉，我无法回答。[1]",
        "作为人工智能，我认为行业标准每项15万元，须满足条件。[1]",
        "请问您的企业在哪里？[1]",
        "资助由市财政出资，请把身份证号发到客服邮箱并预缴保证金。[1]",
        # keys
        "行业标准每项15万元，须满足条件。",
        "行业标准每项15万元，须满足条件。[7]",
        "行业标准每项15万元，须满足条件。[0]",
        "行业标准每项15万元，须满足条件。【1】",
        "该文件是否仍然有效无法确认，资助由市财政出资15万元。[2]",
        # another language, markup
        "Industry standards are paid RMB 150,000, on the conditions below. [1]",
        "资助由市财政出资<script>alert(1)</script>。[1]",
        "资助由市财政出资![x](http://127.0.0.1/x.png)。[1]",
        "资助由市财政出资，见 https://example.com。[1]",
        "资助由\x00市财政出资。[1]",
        "资助由\x1b[31m市财政出资。[1]",
        "资助由\u202e市财政出资。[1]",
        "资助由市\u200b财政出资。[1]",
        "| 资助 | 由市财政出资 |[1]",
        "```资助由市财政出资。[1]",
        "资助由市财政出资，" * 40 + "[1]",
    ],
    COUNTY: [
        "县（市）企业可获20万元。[1]",
        "县（市）企业按市区金额的一半奖励。[1]",
        "市级文件写明了金额。[1]",
        "县（市）企业没有奖励。[1]",
        "企业纳税关系所在地财政按市区标准给予奖励。[1]",
        "扬州市财政出钱。[1]",
    ],
    GROUP: [
        "扬州市对团体标准给予奖励。[1]",
        "团体标准的奖励为零元。[1]",
        "扬州市拒绝奖励团体标准。[1]",
        "文件写明了团体标准。[2]",
        "扬州市没有对团体标准的奖励。[1]",
        "扬州市对团体标准不奖励。[1]",
        "文件没有写明对团体标准的奖励，因此不给。[1]",
        "没有写明就等于零元。[1]",
    ],
    COMMITTEE: [
        "市区企业可获60万元一次性奖励，须满足条件。[1]",
        "市区企业最高可获30万元，须满足条件。[1]",
        "每年最高60万元，须满足条件。[1]",
        "市区企业至少可获60万元一次性奖励，须满足条件。[1]",
    ],
    TOTAL: [
        "一项行业标准和两项国家标准合计50万元，须满足下列条件。[1]",
        "两项行业标准和一项国家标准合计55万元，须满足下列条件。[1]",
        "行业标准每项20万元，国家标准每项15万元，须满足下列条件。[1]",
        "两项行业标准合计20万元，须满足下列条件。[1]",
    ],
    VALIDITY: [
        "该政策有效。[1]",
        "该政策至2015年失效。[2]",
        "政策有效性未知，但一般视为有效。[1]",
        "文件没有写明有效期，因此有效。[1]",
        "文件的目标写到2015年，2015年后失效。[2]",
    ],
    GOAL: [
        "到2020年，AAAA级标准化良好行为企业达到100家。[1]",
        "到2020年，AAA级标准化良好行为企业达到100家以上。[1]",
        "到2015年，创建AAAA级标准化良好行为企业100家以上。[1]",
        "到2020年，国家级标准化示范试点达到100家以上。[1]",
        "广州已经建成AAAA级标准化良好行为企业100家以上。[1]",
        "到2020年，创建AAAA级标准化良好行为企业100项以上。[1]",
    ],
    COMMITTEE_EN: [
        "Urban firms get RMB 600,000 on the conditions below. [1]",
        "Urban firms can get up to RMB 300,000 and others up to RMB 600,000, on the conditions below. [1]",
        "The policy is in force. [2]",
        "Firms in Suzhou get up to RMB 600,000, on the conditions below. [1]",
        "You are entitled to up to RMB 600,000. [1]",
        "The provincial treasury pays. [1]",
        "Urban firms can get up to USD 600,000, on the conditions below. [1]",
        "Urban firms are not paid up to RMB 600,000, on the conditions below. [1]",
        "County firms can get up to RMB 600,000, on the conditions below. [1]",
        "Urban firms can get up to RMB 600,000 a year, on the conditions below. [1]",
        "Urban firms can get up to six hundred thousand dollars, on the conditions below. [1]",
        "I am sorry, as an AI I cannot answer this. [1]",
        "市区企业最高60万元，须满足条件。[1]",
    ],
    VALIDITY_EN: ["The policy is valid. [1]", "The policy has expired. [1]", "It still holds. [1]"],
    COUNTY_EN: [
        "The county firm gets RMB 200,000. [1]",
        "The document of Yangzhou states an amount. [1]",
        "County firms get nothing. [1]",
    ],
    ADOPTED: [
        "每个产品奖励10万元，须满足条件。[1]",
        "每家企业奖励1万元，须满足条件。[1]",
        "每个产品每年奖励1万元，须满足条件。[1]",
        "采用国家标准的产品每个奖励1万元，须满足条件。[1]",
        "每个产品奖励1万元，无论是否出口。[1]",
        "五个产品合计5万元，须满足条件。[1]",
        "没有出口销售的产品也可获得1万元，须满足条件。[1]",
        "每个产品奖励1万元，由区财政支付，须满足条件。[1]",
        "奖励在三个月内到账。[1]",
        "申请时须提交出口报关单，每个产品奖励1万元。[1]",
    ],
    PREMISE: [
        "是的，市里给20万元。[1]",
        "高邮企业可获20万元，由当地财政支付。[1]",
        "您说的20万元与文件一致。[1]",
        "县（市）企业的金额不低于市区企业。[1]",
        "高邮属于市区，可获20万元。[1]",
        "文件规定县（市）企业减半。[1]",
    ],
    COMMITTEES: [
        "到2015年，TC、SC、WG总数达到320个。[1]",
        "到2020年，TC、SC、WG总数达到230个。[1]",
        "2015年广东已有TC、SC、WG共230个。[1]",
        "到2015年，主导制定国际标准230项。[1]",
        "到2015年，广州TC/SC/WG总数达到230个。[1]",
        "到2015年，TC/SC/WG总数不超过230个。[1]",
    ],
    SILENT: [
        "广州每项行业标准奖励15万元。[1]",
        "广州市不奖励行业标准。[1]",
        "广州市的奖励金额由区财政决定。[1]",
        "广州市参照扬州市的标准执行。[1]",
    ],
    FIFTH: [
        "排名第五的单位可以获得国家标准资助。[1]",
        "排名第五的单位可获部分资助。[1]",
        "参与单位按20%享受资助。[1]",
    ],
    ADOPTED_EN: [
        "Yangzhou pays RMB 10,000 per firm, on the conditions below. [1]",
        "Yangzhou pays RMB 100,000 per product, on the conditions below. [1]",
        "Yangzhou pays RMB 10,000 per product. [1]",
        "Yangzhou pays RMB 10,000 per product every year, on the conditions below. [1]",
        "Products without exports also get RMB 10,000, on the conditions below. [1]",
        "The district treasury pays. [1]",
        "Five products earn RMB 50,000 in total, on the conditions below. [1]",
    ],
    GOAL_EN: [
        "By 2020 Guangzhou plans 1,000 or more AAAA-level enterprises. [1]",
        "By 2015 Guangzhou plans 100 or more AAAA-level enterprises. [1]",
        "By 2020 Guangdong plans 100 or more AAAA-level enterprises. [1]",
        "By 2020 Guangzhou plans 100 or more AAA-level enterprises. [1]",
        "Guangzhou has 100 AAAA-level enterprises. [1]",
    ],
    DOCUMENT: [
        "粤府〔2010〕1号已被废止。[1]",
        "粤府〔2010〕2号是《批转省质监局关于实施技术标准战略意见的通知》。[1]",
        "粤府〔2010〕1号是《广东省标准化条例》。[1]",
    ],
}


def pairs(cases: Mapping[str, Sequence[str]]) -> list[tuple[str, str]]:
    return [(question, sentence) for question, sentences in cases.items() for sentence in sentences]


@pytest.fixture(scope="module")
def shown(release: Release, release_dir: Path) -> Callable[[str, str], list[str]]:
    """The sentences that are shown of what a model says to a question."""
    model = ScriptedChat()
    settings = Settings(data=release_dir, answer_cache=0)
    assistant = Assistant(release, settings, model=model, today=lambda: TODAY)

    def sentences(question: str, said: str) -> list[str]:
        model.lines = (said,)
        items = list(assistant.ask_stream(question))
        assert faults(json.loads(items[-1].model_dump_json()), [question], release.documents) == []  # type: ignore[union-attr]
        return [item.text for item in items if isinstance(item, WordedSentence)]

    return sentences


@pytest.mark.parametrize(("question", "sentence"), pairs(FAITHFUL))
def test_a_faithful_sentence_is_shown(shown: Callable[[str, str], list[str]], question: str, sentence: str) -> None:
    assert len(shown(question, sentence)) == 1


@pytest.mark.parametrize(
    ("question", "sentence"), pairs(UNFAITHFUL), ids=lambda text: ascii(text)[:60].replace("\\", "")
)
def test_an_unfaithful_sentence_is_not(shown: Callable[[str, str], list[str]], question: str, sentence: str) -> None:
    assert shown(question, sentence) == []


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("**15万元** 每项", "15万元 每项"),
        ("- ✓ 属于市区企业", "✓ 属于市区企业"),
        ("> 引文", "引文"),
        ("| 国家标准 | 最高 20万元 |", "国家标准 最高 20万元"),
        ("|---|---|", ""),
        (r"a\_b \* c", "a_b * c"),
        ("snake_case 3 * 4", "snake_case 3 * 4"),
    ],
)
def test_plain_words(text: str, words: str) -> None:
    assert plain_words(text) == words


def test_a_line_without_evidence_belongs_to_the_line_before_it() -> None:
    first, second = Evidence("p", "p/1", 0, 5), Evidence("p", "p/2", 6, 9)
    draft = Draft((Line("**条件**", (first,)), Line("- ✓ 甲"), Line(""), Line("乙", (second, first)), Line("丙")))
    assert [(s.text, set(s.keys)) for s in statements_of(draft)] == [
        ("条件", {1}),
        ("✓ 甲", {1}),
        ("乙", {1, 2}),
        ("丙", {1, 2}),
    ]


@settings(max_examples=40)
@given(
    said=st.text(
        alphabet="扬州行业国家标准每项15万元20最高不须满足条件市财政资助有效未知。，[1][2]\n \x00<", max_size=80
    )
)
def test_whatever_a_model_says_the_answer_keeps_its_format(shown: Callable[[str, str], list[str]], said: str) -> None:
    for sentence in shown(INDUSTRY, said):
        assert not re.search(r"20|不能|<|\x00", sentence)
