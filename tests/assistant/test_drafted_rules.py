"""From a new document to answers: its rules are drafted, a person signs them, a release is built of both."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from assistant.pipeline import Assistant
from assistant.settings import Settings
from knowledge.drafting import draft_rules
from knowledge.drafting.review import review_file
from knowledge.manifest import describe, read_document
from knowledge.releases import DataDirectory, build, open_live
from tests.corpus import TODAY, NarrowEmbeddings

TEXT = """台州市标准化专项资金管理办法
第一条 主导制定国际标准的，每项给予100万元奖励；主导制定国家标准、行业标准的，每项分别给予50万元、20万元奖励。
第二条 承担全国专业标准化技术委员会秘书处工作的，一次性奖励30万元。
第三条 所需资金由市财政承担。
第四条 本办法自2025年1月1日起施行，有效期5年。
"""
QUESTION = "台州主导制定国家标准奖励多少？"


def _folder(root: Path, *, signed: bool, text: str = TEXT) -> Path:
    (root / "sources").mkdir()
    (root / "rules").mkdir()
    source = root / "sources" / "taizhou.txt"
    source.write_text(text, encoding="utf-8")
    policy = describe(source)
    rules = review_file(draft_rules(read_document(policy, source)))
    if signed:
        rules = rules.replace("reviewed_by: null", "reviewed_by: a reader")
        rules = rules.replace("reviewed_on: null", 'reviewed_on: "2026-11-22"')
    (root / "rules" / f"{policy.id}.yaml").write_text(rules, encoding="utf-8")
    return root


def _opened(root: Path, *, unreviewed_rules: bool) -> Assistant:
    data = DataDirectory(root / "data")
    build(root, data, NarrowEmbeddings())
    settings = Settings(data=data.path, unreviewed_rules=unreviewed_rules)
    return Assistant(open_live(data, NarrowEmbeddings()), settings, today=lambda: TODAY)


@pytest.fixture
def asked(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[tuple[list[int | None], tuple[str, ...]]]:
    signed, allowed = request.param
    assistant = _opened(_folder(tmp_path, signed=signed), unreviewed_rules=allowed)
    answer = assistant.ask(QUESTION)
    yield [row.yuan for row in answer.rewards], tuple(answer.warnings)
    assistant.close()


@pytest.mark.parametrize("asked", [(True, False)], indirect=True)
def test_signed_rules_answer(asked: tuple[list[int | None], tuple[str, ...]]) -> None:
    amounts, warnings = asked
    assert amounts == [500000]
    assert "rule_unreviewed" not in warnings


@pytest.mark.parametrize("asked", [(False, False)], indirect=True)
def test_rules_that_nobody_signed_do_not_answer(asked: tuple[list[int | None], tuple[str, ...]]) -> None:
    assert asked[0] == []


@pytest.mark.parametrize("asked", [(False, True)], indirect=True)
def test_they_answer_with_a_warning_where_the_settings_say_so(asked: tuple[list[int | None], tuple[str, ...]]) -> None:
    amounts, warnings = asked
    assert amounts == [500000]
    assert "rule_unreviewed" in warnings


def test_the_payer_and_the_term_are_cited_where_the_document_says_them(tmp_path: Path) -> None:
    assistant = _opened(_folder(tmp_path, signed=True), unreviewed_rules=False)
    answer = assistant.ask(QUESTION)
    assistant.close()
    quotes = {citation.n: citation.quote for citation in answer.citations}
    cited = {
        start: [quotes[int(n)] for n in re.findall(r"\[(\d+)\]", line)]
        for line in answer.answer.splitlines()
        if line.startswith(start := line[:5])
    }
    assert cited["**谁出钱"] == ["所需资金由市财政承担。"]
    assert cited["文件自己写"] == ["本办法自2025年1月1日起施行，有效期5年。"]


SHARED = """台州市标准化专项资金管理办法
第一条 对主导制定国家标准、行业标准的企业，分别给予50万元、20万元奖励；参与制定的，按主导制定奖励额的30%给予奖励。
第二条 市财政每年安排标准化专项资金500万元。
第三条 奖励资金由受益财政承担。
"""


def test_a_share_is_named_after_whom_it_is_paid_and_an_unknown_treasury_in_its_own_words(tmp_path: Path) -> None:
    assistant = _opened(_folder(tmp_path, signed=True, text=SHARED), unreviewed_rules=False)
    listed = assistant.ask("台州制定标准的各项奖励分别是多少，由谁出钱？")
    asked = assistant.ask("台州参与制定国家标准、行业标准分别奖励多少？")
    assistant.close()
    amounts = {row.label: row.yuan for row in listed.rewards}
    assert amounts["制定标准·参与起草单位·国家标准"] == 150_000
    assert "国家标准·参与起草单位 | 15万元" in listed.answer
    assert "主导（主要起草）单位 | 15万元" not in listed.answer
    assert "文件的原文是“奖励资金由受益财政承担”" in listed.answer
    assert "市财政" not in listed.answer
    assert [row.label for row in asked.rewards] == ["制定标准·参与起草单位·国家标准", "制定标准·参与起草单位·行业标准"]
