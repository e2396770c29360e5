"""What is asked about where a standard is only part of the name."""

import pytest

from assistant.question import Understanding
from knowledge.glossary import Glossary
from knowledge.places import Gazetteer

UNDERSTANDING = Understanding(Glossary.load(), Gazetteer.load())


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("扬州国家标准验证点补贴", "国家标准验证点"),
        ("扬州企业建国家标准数据库有补贴吗", "国家标准数据库"),
        ("扬州参加行业标准评审会奖多少钱", "行业标准评审会"),
        ("扬州标准宣传给多少钱", "标准宣传"),
        ("How much does Yangzhou pay for a standards database subscription?", "standards database subscription"),
        ("What does Yangzhou pay for framing a national standard?", "framing a national standard"),
    ],
)
def test_other_work_is_called_what_the_asker_calls_it(text: str, words: str) -> None:
    (thing,) = UNDERSTANDING.read(text).things
    assert (thing.activity, thing.words) == ("other", words)


@pytest.mark.parametrize(
    "text",
    [
        "扬州行标补贴",
        "扬州LED照明国家标准补贴多少",
        "国标下来了能拿多少",
        "国标做完给多少",
        "扬州国家标准项目资助多少",
        "扬州市区 国标x3 行标x2",
        "what would an industry standard bring us in Yangzhou",
        "How much do we get in Yangzhou for our LED lighting national standard?",
        "what is Yangzhou giving for national standards nowadays",
    ],
)
def test_the_standard_itself_stays_drafting(text: str) -> None:
    assert {thing.activity for thing in UNDERSTANDING.read(text).things} == {"formulate_standard"}


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("扬州高新技术企业认定奖励多少", "高新技术企业认定"),
        ("扬州标准创新型企业梯度培育奖励", "标准创新型企业梯度培育"),
        ("扬州标准化服务机构补贴", "标准化服务机构"),
        ("扬州院士工作站奖励", "院士工作站"),
        ("扬州高企认定多少钱", "高企认定"),
        ("扬州企业上市给多少", "企业上市"),
        ("In Yangzhou, how much for digital transformation?", "digital transformation"),
        ("Yangzhou grant for young engineers", "young engineers"),
        ("What is the Yangzhou subsidy for digital transformation?", "digital transformation"),
    ],
)
def test_work_with_a_name_of_its_own_is_other_work(text: str, words: str) -> None:
    (thing,) = UNDERSTANDING.read(text).things
    assert (thing.activity, thing.words) == ("other", words)
    assert thing.unknown


@pytest.mark.parametrize(
    "text",
    [
        *("扬州有哪些奖励", "扬州企业可以申请哪些标准补贴", "What rewards does Yangzhou pay?"),
        *("扬州机械厂能拿多少钱", "扬州市场监管局给多少钱", "扬州农业标准奖励多少"),
    ],
)
def test_all_rewards_who_is_paid_and_a_field_of_standards_are_no_other_work(text: str) -> None:
    assert not any(thing.unknown for thing in UNDERSTANDING.read(text).things)


def test_a_later_turn_may_name_other_work() -> None:
    question = UNDERSTANDING.understand("高新技术企业认定呢", history=["扬州主导行标多少"])
    assert [thing.words for thing in question.things] == ["高新技术企业认定"]
