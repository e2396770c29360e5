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
