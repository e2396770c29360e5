"""Documents of which nothing is known but their text: no manifest, no reviewed rules."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from assistant.pipeline import Assistant
from assistant.settings import Settings
from knowledge.releases import DataDirectory, build, open_live
from tests.corpus import TODAY, NarrowEmbeddings

TAIZHOU = """台州市标准化专项资金管理办法
第一条 为规范标准化专项资金管理，制定本办法。
第二条 主导制定国际标准的，每项给予100万元奖励；主导制定国家标准、行业标准的，\
每项分别给予50万元、20万元奖励；参与制定的，按主导单位的30%给予奖励。
第三条 承担全国专业标准化技术委员会秘书处工作的，一次性奖励30万元。
第四条 申报材料包括申请表、标准文本和营业执照复印件，每年5月31日前报市市场监督管理局。
第五条 本办法自2024年1月1日起施行，有效期5年。
"""
OTHER_TAIZHOU = """泰州市标准化奖励办法
第一条 主导制定国家标准的，每项给予35万元奖励。
"""


def opened(folder: Path, texts: dict[str, str]) -> Assistant:
    sources = folder / "sources"
    sources.mkdir()
    for name, text in texts.items():
        (sources / f"{name}.txt").write_text(text, encoding="utf-8")
    data = DataDirectory(folder / "data")
    build(sources, data, NarrowEmbeddings())
    return Assistant(open_live(data, NarrowEmbeddings()), Settings(data=data.path), today=lambda: TODAY)


@pytest.fixture(scope="module")
def taizhou(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Assistant]:
    assistant = opened(tmp_path_factory.mktemp("taizhou"), {"a": TAIZHOU})
    yield assistant
    assistant.close()


@pytest.fixture(scope="module")
def both(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Assistant]:
    assistant = opened(tmp_path_factory.mktemp("both"), {"a": TAIZHOU, "b": OTHER_TAIZHOU})
    yield assistant
    assistant.close()


@pytest.mark.parametrize(
    ("question", "words"),
    [
        ("台州主导制定国家标准奖励多少？", "50万元"),
        ("参与制定国家标准在台州能拿多少", "30%"),
        ("台州承担全国TC秘书处奖多少钱？", "30万元"),
        ("How much does Taizhou pay for leading an industry standard?", "20万元"),
    ],
)
def test_what_a_document_pays_is_quoted_and_not_denied(taizhou: Assistant, question: str, words: str) -> None:
    answer = taizhou.ask(question)
    assert answer.status == "partial"
    assert words in "".join(citation.quote for citation in answer.citations)
    assert words in answer.answer
    assert "rule_unreviewed" in answer.warnings
    assert not answer.rewards
    assert "未见规定" not in answer.answer
    assert "Not stated" not in answer.answer


@pytest.mark.parametrize("question", ["台州制定团体标准奖励多少？", "台州高新技术企业认定奖励多少"])
def test_what_it_does_not_pay_is_not_answered_with_another_payment(taizhou: Assistant, question: str) -> None:
    answer = taizhou.ask(question)
    assert "rule_unreviewed" not in answer.warnings
    assert answer.status in ("partial", "abstained")
    assert answer.answer.startswith(("未见规定", "收录的文件里没有找到"))


def test_how_long_a_document_says_it_holds_is_not_denied(taizhou: Assistant) -> None:
    answer = taizhou.ask("台州的办法有效期多久？")
    assert "有效期5年" in answer.answer
    assert "没有写明有效期" not in answer.answer
    assert "有效期5年" in "".join(citation.quote for citation in answer.citations)


def test_a_name_that_two_cities_share_means_the_one_that_is_held(taizhou: Assistant) -> None:
    answer = taizhou.ask("What does Taizhou pay for a national standard?")
    assert {citation.policy_id for citation in answer.citations} == {"a"}


def test_where_both_are_held_the_question_is_which(both: Assistant) -> None:
    answer = both.ask("What does Taizhou pay for a national standard?")
    assert answer.status == "clarify"
    assert answer.question_back is not None
    assert answer.question_back.options[:2] == ["Taizhou (台州市)", "Taizhou (泰州市)"]
    assert "350,000" not in answer.answer
    assert "35万" not in answer.answer
    assert "35万元" in both.ask("泰州主导制定国家标准奖励多少？").answer
    assert "50万元" in both.ask("台州主导制定国家标准奖励多少？").answer
