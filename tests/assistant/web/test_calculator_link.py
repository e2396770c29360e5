from __future__ import annotations

import re
from urllib.parse import parse_qs, urlsplit

import pytest

from assistant.answer import Answer
from assistant.pipeline import Assistant
from assistant.web.calculator import calculator_page
from assistant.web.calculator_link import answer_in_calculator
from tests.corpus import TODAY


def link(assistant: Assistant, answer: Answer) -> str:
    href = answer_in_calculator(answer, assistant.release.rules.policies, assistant.release.documents, TODAY)
    assert href
    return href


def query(href: str) -> dict[str, list[str]]:
    return parse_qs(urlsplit(href).query)


@pytest.mark.parametrize(
    ("question", "wanted"),
    [
        (
            "扬州市区企业主导制定的3项国家标准发布了，排名第二，项目由本单位提出，奖励多少",
            {"1.activity": ["formulate_standard"], "1.level": ["national"], "1.rank": ["2"], "1.count": ["3"],
             "where": ["urban_district"]},
        ),
        ("扬州市区企业产品采用国际标准并出口，奖励多少", {"1.activity": ["adopt_standard"], "1.has_export_sales": ["yes"]}),
        ("扬州市各级标准的资助金额列个表", {"1.activity": ["formulate_standard"]}),
        ("What does Yangzhou pay an urban firm that leads a national standard?", {"1.level": ["national"], "lang": ["en"]}),
    ],
)  # fmt: skip
def test_the_calculator_opens_with_what_the_answer_knows(
    assistant: Assistant, question: str, wanted: dict[str, list[str]]
) -> None:
    answer = assistant.ask(question, asked_at=TODAY)
    href = link(assistant, answer)
    given = query(href)
    assert given["policy"] == ["yangzhou-2011"]
    assert {name: given.get(name) for name in wanted} == wanted
    pairs = [(name, value) for name, values in given.items() for value in values]
    page = calculator_page(assistant.release, pairs, TODAY)
    assert page.status == 200
    assert "bzc-error" not in page.html


def test_the_calculator_says_the_same_amount(assistant: Assistant) -> None:
    answer = assistant.ask(
        "扬州市区企业主导制定的3项国家标准发布了，排名第二，项目由本单位提出，奖励多少", asked_at=TODAY
    )
    assert answer.total_yuan == 600_000
    pairs = [(name, value) for name, values in query(link(assistant, answer)).items() for value in values]
    assert "60万元" in calculator_page(assistant.release, pairs, TODAY).html


def test_an_answer_without_a_rule_has_no_link(assistant: Assistant) -> None:
    for question in ("广州市2020年标准化工作的目标有哪些？", "扬州团体标准奖励多少"):
        answer = assistant.ask(question, asked_at=TODAY)
        assert (
            answer_in_calculator(answer, assistant.release.rules.policies, assistant.release.documents, TODAY) is None
        )


@pytest.mark.parametrize(
    "question",
    [
        "扬州市区企业牵头的标准发布了，资助多少？",
        "扬州市区企业主导制定2项国家标准，排名第一，1项行业标准，排名第三，能拿多少？",
        "扬州市区企业主导3项国标（已发布）、2项省地标（未发布），合计多少",
        "扬州市区企业制定两三项国家标准能拿多少",
        "扬州市各级标准的资助金额列个表",
        "扬州宝应的企业主导行业标准，奖励多少？",
    ],
)
def test_no_link_leads_to_another_amount(assistant: Assistant, question: str) -> None:
    """Levels that are open, ranks that differ, numbers that are not certain: such an address must not say a sum."""
    answer = assistant.ask(question, asked_at=TODAY)
    release = assistant.release
    href = answer_in_calculator(answer, release.rules.policies, release.documents, TODAY)
    if href is not None:
        pairs = [(name, value) for name, values in query(href).items() for value in values]
        html = str(calculator_page(release, pairs, TODAY).html)
        total = re.search(r'<p class="bzc-sum[^>]*>.*?data-yuan="(\d+)"', html)
        assert (int(total[1]) if total else None) == answer.total_yuan
