"""Reward answers over the project's own documents: amounts, refusals, premises, and what they read like."""

import re

import pytest

from assistant.answer import Answer
from assistant.pipeline import Assistant

PAYABLE = {"exact", "up_to", "range"}


def ask(assistant: Assistant, *turns: str) -> Answer:
    """The answer to the last turn."""
    return assistant.ask(turns[-1], history=turns[:-1])


def granted(answer: Answer) -> list[tuple[int | None, int | None, int | None]]:
    """Amount, count and total of every row that pays."""
    return [(row.yuan, row.count, row.total_yuan) for row in answer.rewards if row.status in PAYABLE]


@pytest.mark.parametrize(
    ("question", "yuan", "count", "total"),
    [
        ("扬州市区企业牵头的行业标准发布了，能拿多少？", 150_000, 1, 150_000),
        ("What does Yangzhou pay an urban firm for leading a national standard?", 200_000, 1, 200_000),
        ("扬州市区企业主导国际标准三项，合计多少？", 600_000, 3, 1_800_000),
        ("扬州市区六个采标产品全出口，总共多少？", 10_000, 6, 60_000),
        ("扬州市区，10个采标产品，其中4个没有出口，能奖多少", 10_000, 6, 60_000),
    ],
)
def test_one_reward(assistant: Assistant, question: str, yuan: int, count: int, total: int) -> None:
    answer = ask(assistant, question)
    assert granted(answer) == [(yuan, count, total)]
    assert answer.total_yuan == total
    assert answer.warnings == ["validity_unknown", "horizon_passed"]


@pytest.mark.parametrize(
    ("question", "total"),
    [
        ("扬州市区1个国际2个国家3个行业标准一共多少钱", 1_450_000),
        ("扬州市区一项行业标准(第一起草、已发布)，另有3个产品采用国际标准并出口，总共多少", 180_000),
        ("If an urban Yangzhou firm leads one standard at each of the five levels, what is the sum?", 1_020_000),
        ("扬州市区两项国家标准排第一，三项行业标准排第三，都发布了，总共能拿多少", 400_000),
    ],
)
def test_sums_are_those_asked_for(assistant: Assistant, question: str, total: int) -> None:
    answer = ask(assistant, question)
    assert answer.total_yuan == total == sum(row[2] or 0 for row in granted(answer))


@pytest.mark.parametrize(
    "question", ["扬州国标和行标的资助差几万？各多少", "How do Yangzhou's national and industry grants compare?"]
)
def test_amounts_set_side_by_side_are_not_added(assistant: Assistant, question: str) -> None:
    answer = ask(assistant, question)
    assert answer.total_yuan is None
    assert not re.search("合计|in total|35万|350,000", answer.answer)


def test_a_difference_is_arithmetic_and_stands_in_the_trace(assistant: Assistant) -> None:
    answer = ask(assistant, "扬州国际标准和市级地方标准的资助相差多少？")
    assert "60 − 2 = 58（万元）" in answer.answer
    assert any("58" in step for step in answer.rewards[0].trace)


def test_a_ceiling_is_neither_multiplied_nor_added(assistant: Assistant) -> None:
    answer = ask(assistant, "扬州市区创新型企业同时承担了一个TC和一个SC，奖励怎么算？")
    assert [(row.status, row.yuan, row.total_yuan) for row in answer.rewards] == [("up_to", 600_000, None)]
    assert answer.total_yuan is None
    assert "按每个委员会还是按每家企业" in answer.answer


@pytest.mark.parametrize(
    "question",
    [
        "扬州县里企业的标准资助是不是按市区的一半给？",
        "Do county enterprises in Yangzhou get half of the urban amount?",
        "高邮的企业行业标准发布了排第一，能拿15万吗？",
        "扬州县市企业是按注册地还是纳税地找财政要奖励？",
    ],
)
def test_the_counties_decide_themselves(assistant: Assistant, question: str) -> None:
    answer = ask(assistant, question)
    assert {row.status for row in answer.rewards} == {"delegated"}
    assert re.search("纳税|pays its taxes", answer.answer)
    assert granted(answer) == []


@pytest.mark.parametrize(
    ("question", "words"),
    [
        ("扬州市区企业在国家标准起草单位中排第五，有资助吗？", "排名前两位"),
        ("扬州采标产品只在国内卖，奖不奖？", "有出口销售"),
        (
            "Our company is registered in Nanjing. Can we claim the Yangzhou grant for a national standard?",
            "urban districts",
        ),
        ("扬州市区企业的国家标准刚立项还没发布，现在能领吗？", "批准发布"),
        ("扬州产品采用国家标准并出口有奖励吗", "国际标准或国外先进标准"),
    ],
)
def test_a_refusal_names_the_condition(assistant: Assistant, question: str, words: str) -> None:
    answer = ask(assistant, question)
    assert "not_met" in {row.status for row in answer.rewards}
    assert granted(answer) == []
    assert words in answer.answer
    assert answer.question_back is None


@pytest.mark.parametrize(
    "question",
    [
        "扬州团体标准奖励多少？",
        "扬州修订国家标准给多少资助？",
        "扬州承担省级技术委员会有奖励吗？",
        "扬州国家级农业标准化示范区奖励多少",
        "Yangzhou: we are a university and lead a national standard. Eligible?",
    ],
)
def test_not_stated_has_no_figure(assistant: Assistant, question: str) -> None:
    answer = ask(assistant, question)
    assert answer.status == "abstained"
    assert granted(answer) == []
    assert not re.search(r"\d+万|RMB", answer.answer)
    assert answer.citations


@pytest.mark.parametrize(
    ("question", "said"),
    [
        ("扬州给主导行业标准的企业发60万，对吗？", "不符"),
        ("扬州行业标准奖励是15万吗", "一致"),
        ("扬州国际标准60万、国家标准20万，对不对", "一致"),
        ("扬州行业标准20万、国家标准15万，对吗", "不符"),
        ("扬州市区创新型企业成立全国标委会就一定有60万，对吗？", "是上限"),
        ("宝应企业制定国家标准，市财政直接给10万，是不是？", "没有依据"),
    ],
)
def test_premises(assistant: Assistant, question: str, said: str) -> None:
    assert said in ask(assistant, question).answer.splitlines()[0]


def test_of_two_amounts_offered_neither_is_called_wrong(assistant: Assistant) -> None:
    answer = ask(assistant, "扬州省级地方标准资助是5万元还是2万元？")
    assert not re.search("不符|一致", answer.answer)


@pytest.mark.parametrize(
    ("question", "words", "status"),
    [
        ("一项行业标准前两位都是扬州市区企业，是各拿15万还是两家分？", "各得全额还是分享", "partial"),
        ("扬州采标奖励一家企业最多能报几个产品？", "产品数量是否有上限", "partial"),
        ("扬州政策里的“市区企业”是按注册地还是按纳税地认定？", "注册地、纳税地还是经营地", "abstained"),
    ],
)
def test_a_point_left_open_comes_first(assistant: Assistant, question: str, words: str, status: str) -> None:
    answer = ask(assistant, question)
    assert answer.answer.startswith("未见规定")
    assert words in answer.answer.splitlines()[0]
    assert answer.status == status


@pytest.mark.parametrize("question", ["扬州怎么算主导起草单位？", "What counts as a lead drafter in Yangzhou?"])
def test_a_definition_is_the_documents_own(assistant: Assistant, question: str) -> None:
    answer = ask(assistant, question)
    assert answer.status == "answered"
    assert "作为标准主要起草单位(排名前两位)" in answer.answer
    assert answer.rewards == []


def test_a_participant_is_asked_for_the_rank(assistant: Assistant) -> None:
    answer = ask(assistant, "扬州市区企业参与起草的国家标准已发布，能拿多少？")
    assert answer.status == "clarify"
    assert answer.question_back is not None
    assert answer.question_back.input == "drafter_rank"
    assert "第三位及以后" in answer.answer


def test_jiangdu_is_asked_for_the_date(assistant: Assistant) -> None:
    answer = ask(assistant, "江都的企业主导制定国家标准能拿多少？")
    assert answer.question_back is not None
    assert answer.question_back.input == "event_on"
    assert {row.status for row in answer.rewards} == {"exact", "delegated"}
    dated = ask(assistant, "江都的企业主导制定国家标准能拿多少？", "2012年3月发布的")
    assert granted(dated) == [(200_000, 1, 200_000)]


def test_all_levels_are_a_table_of_drafting_alone(assistant: Assistant) -> None:
    answer = ask(assistant, "扬州各级标准的资助金额分别是多少？")
    assert answer.status == "answered"
    assert {row.yuan for row in answer.rewards if row.yuan} == {600_000, 200_000, 150_000, 50_000, 20_000}
    assert "1万元" not in answer.answer


def test_everything_is_one_line_for_each_reward(assistant: Assistant) -> None:
    answer = ask(assistant, "扬州有哪些标准化奖励")
    lines = [line for line in answer.answer.splitlines() if line.startswith("- ")]
    assert len(lines) == 3
    assert all(amount in answer.answer for amount in ("60万元", "1万元", "最高 30万元"))


@pytest.mark.parametrize(
    ("question", "first"),
    [
        ("扬州做哪一级标准资助最高？", "国际标准：**60万元**"),
        ("扬州的标准资助里哪一级给得最少？", "市级地方标准：**2万元**"),
    ],
)
def test_the_highest_and_the_lowest_come_first(assistant: Assistant, question: str, first: str) -> None:
    assert first in ask(assistant, question).answer.splitlines()[0]


def test_whose_money_it_is_comes_first_where_it_is_asked(assistant: Assistant) -> None:
    answer = ask(assistant, "扬州制定标准的钱谁来出，市里还是县里")
    first = answer.answer.splitlines()[0]
    assert "市财政" in first
    assert "纳税" in first


@pytest.mark.parametrize("question", ["扬州行标补贴", "How much is Yangzhou's grant for an industry standard?"])
def test_at_most_three_open_points_and_no_line_twice(assistant: Assistant, question: str) -> None:
    lines = ask(assistant, question).answer.splitlines()
    spoken = [line for line in lines if line.strip()]
    assert len(spoken) == len(set(spoken))
    silent = next(line for line in lines if re.match(r"\*\*(文件没有说清的|What the document leaves open)", line))
    assert len(re.split("；|; ", silent)) <= 4


def test_another_place_beside_one_that_pays_borrows_nothing(assistant: Assistant) -> None:
    answer = ask(assistant, "广州没写金额就按扬州的算，广州行业标准能拿多少？")
    assert granted(answer) == []
    assert "15万" not in answer.answer


def test_a_chain_of_replies_settles_every_condition(assistant: Assistant) -> None:
    answer = ask(assistant, "扬州行业标准补贴", "市区企业", "排名第二", "已经批准发布", "由本单位提出")
    assert {c.state for row in answer.rewards for c in row.conditions} == {"met"}
    assert answer.question_back is None


@pytest.mark.parametrize(
    "question",
    [
        "广陵的企业没列入创新型企业，成立全国标准化工作组，有奖励吗",
        "宝应的企业没有列入创新型试点，承担了全国TC秘书处，能不能拿30万",
        "Urban firm not on the innovative list hosting a national SC in Yangzhou: how much?",
    ],
)
def test_what_one_reading_pays_is_said_with_the_doubt_and_in_no_total(assistant: Assistant, question: str) -> None:
    answer = ask(assistant, question)
    assert answer.status == "partial"
    assert answer.total_yuan is None
    assert [(row.status, row.bound, row.yuan, row.total_yuan) for row in answer.rewards] == [
        ("up_to", "up_to", 300_000, None)
    ]
    (listed,) = [c for c in answer.rewards[0].conditions if c.input == "innovative_listed"]
    assert listed.state == "unmet"
    assert re.search("没有说明|does not say", answer.answer)


@pytest.mark.parametrize(
    "question",
    [
        "扬州国标资助20万要交企业所得税吗",
        "扬州国家标准20万是一次性给还是分几年给？",
        "Is the 200,000 for a national standard in Yangzhou taxable?",
        "Is Yangzhou's grant for a national standard paid in instalments?",
    ],
)
def test_taxes_and_instalments_are_open_points(assistant: Assistant, question: str) -> None:
    answer = ask(assistant, question)
    assert answer.status == "partial"
    assert answer.answer.startswith(("未见规定", "Not stated"))


@pytest.mark.parametrize(
    "question", ["扬州国标资助是20万美元吗", "Does Yangzhou pay USD 200,000 for a national standard?"]
)
def test_another_currency_is_corrected(assistant: Assistant, question: str) -> None:
    answer = ask(assistant, question)
    assert re.search("没有写明以外币|no foreign currency", answer.answer.splitlines()[0])
    assert [row.yuan for row in answer.rewards if row.status == "exact"] == [200_000]


def test_what_was_published_before_is_left_open_for_every_place(assistant: Assistant) -> None:
    answer = ask(assistant, "江都企业2010年发布的行标能拿多少")
    assert answer.status == "abstained"
    assert "印发以前" in answer.answer
    assert "行业标准的奖励" not in answer.answer
