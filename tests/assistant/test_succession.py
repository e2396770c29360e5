"""Superseded and repealed documents: readable for the record, silent otherwise, history when asked."""

from __future__ import annotations

import copy
import hashlib
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
import yaml

from assistant.answer import Answer
from assistant.pipeline import Assistant
from assistant.settings import Settings
from knowledge.releases import DataDirectory, build, open_live
from tests.corpus import TEXTS, TODAY, NarrowEmbeddings, write_corpus

NEW_TEXT = (
    TEXTS["ningbo-2016"]
    .replace("宁波市标准化工作奖励办法", "宁波市标准化发展专项资金管理办法")
    .replace("〔2016〕8号", "〔2024〕5号")
    .replace("30万元、12万元", "50万元、20万元")
    .replace("到2018年,全市新增国家标准40项", "到2028年,全市新增国家标准90项")
)


def succeed(folder: Path, *, status: str = "in_force", supersedes: tuple[str, ...] = ("ningbo-2016",)) -> None:
    """Put a newer document with other amounts into a corpus."""
    path = folder / "sources" / "policies.yaml"
    manifest = yaml.safe_load(path.read_text(encoding="utf-8"))
    (folder / "sources" / "ningbo-2024.txt").write_bytes(NEW_TEXT.encode())
    entry: dict[str, Any] = copy.deepcopy(manifest["policies"][0])
    entry |= {
        "id": "ningbo-2024",
        "title": "宁波市标准化发展专项资金管理办法",
        "title_en": "Measures of Ningbo for the Special Fund of Standardization",
        "doc_no": "甬政发〔2024〕5号",
        "signed": "2024-03-01",
        "goal_period": None,
        "status": status,
        "supersedes": list(supersedes),
        "source": "ningbo-2024.txt",
        "sha256": hashlib.sha256(NEW_TEXT.encode()).hexdigest(),
    }
    manifest["policies"].append(entry)
    path.write_text(yaml.safe_dump(manifest, allow_unicode=True, sort_keys=False), encoding="utf-8")
    old = (folder / "rules" / "ningbo-2016.yaml").read_text(encoding="utf-8")
    new = old.replace("ningbo-2016", "ningbo-2024").replace("30万元", "50万元").replace("12万元", "20万元")
    new = new.replace("300000", "500000").replace("120000", "200000")
    (folder / "rules" / "ningbo-2024.yaml").write_text(new, encoding="utf-8")


def opened(folder: Path, data: Path) -> Assistant:
    directory = DataDirectory(data)
    build(folder, directory, NarrowEmbeddings())
    return Assistant(open_live(directory, NarrowEmbeddings()), Settings(data=data), today=lambda: TODAY)


@pytest.fixture(scope="module")
def asked(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Callable[[str], Answer]]:
    """Asks a corpus in which the document of 2024 supersedes that of 2016."""
    folder = write_corpus(tmp_path_factory.mktemp("succession") / "corpus")
    succeed(folder)
    assistant = opened(folder, folder.parent / "data")
    yield assistant.ask
    assistant.close()


def cited(answer: Answer) -> set[str]:
    return {citation.policy_id for citation in answer.citations}


@pytest.mark.parametrize(
    "question",
    [
        "宁波企业主导制定行业标准奖励多少？",
        "How much does Ningbo pay for leading an industry standard?",
        "主导制定行业标准奖励多少",
    ],
)
def test_only_the_newer_document_answers(asked: Callable[[str], Answer], question: str) -> None:
    answer = asked(question)
    assert "12万" not in answer.answer
    assert "120,000" not in answer.answer
    assert "ningbo-2016" not in cited(answer)
    assert all(row.yuan != 120_000 for row in answer.rewards)


@pytest.mark.parametrize(
    "question",
    [
        "宁波主导一项行业标准，2017年发布的，能拿多少？",
        "How much for an industry standard published in 2017 in Ningbo?",
    ],
)
def test_what_was_done_before_names_the_document_of_the_time_without_its_amount(
    asked: Callable[[str], Answer], question: str
) -> None:
    answer = asked(question)
    assert "甬政发〔2016〕8号" in answer.answer
    assert {"ningbo-2016", "ningbo-2024"} <= cited(answer)
    assert all(amount not in answer.answer for amount in ("12万", "120,000", "20万", "200,000"))
    assert all(row.yuan is None for row in answer.rewards)


def test_the_newer_amount_is_given(asked: Callable[[str], Answer]) -> None:
    answer = asked("宁波企业主导制定行业标准奖励多少？")
    assert {row.yuan for row in answer.rewards} == {200_000}
    assert "superseded" not in answer.warnings


@pytest.mark.parametrize(
    "question",
    [
        "宁波原来的政策主导制定行业标准奖励多少？",
        "《宁波市标准化工作奖励办法》主导制定行业标准奖励多少？",
        "甬政发〔2016〕8号里主导制定行业标准奖励多少？",
        "宁波2016年的办法，主导制定行业标准奖励多少？",
        "How much did the old policy of Ningbo pay for leading an industry standard?",
    ],
)
def test_the_former_amount_is_history_when_asked(asked: Callable[[str], Answer], question: str) -> None:
    answer = asked(question)
    assert {row.yuan for row in answer.rewards} == {120_000}
    assert "superseded" in answer.warnings
    assert "ningbo-2024" in cited(answer), "the document that holds now is named and cited"


def test_facts_follow_the_same_rule(asked: Callable[[str], Answer]) -> None:
    assert "90" in asked("宁波要新增多少项国家标准？").answer
    assert "40" not in asked("宁波要新增多少项国家标准？").answer
    then = asked("宁波原来的规定里要新增多少项国家标准？")
    assert "40" in then.answer
    assert "superseded" in then.warnings


def test_whether_the_former_document_holds_is_answered(asked: Callable[[str], Answer]) -> None:
    answer = asked("宁波市标准化工作奖励办法还有效吗？")
    assert answer.status == "answered"
    assert "宁波市标准化发展专项资金管理办法" in answer.answer
    assert "superseded" in answer.warnings


def test_both_are_set_side_by_side_when_asked(asked: Callable[[str], Answer]) -> None:
    answer = asked("2016年和2024年宁波的行业标准奖励有什么不同")
    assert {row.yuan for row in answer.rewards} == {120_000, 200_000}
    assert "superseded" in answer.warnings


def test_the_list_of_documents_tells_which_one_was_replaced(asked: Callable[[str], Answer]) -> None:
    lines = asked("宁波有哪些政策").answer.splitlines()
    (line,) = [line for line in lines if "宁波市标准化工作奖励办法" in line]
    assert "替代" in line


def test_search_leaves_out_what_was_replaced(tmp_path: Path) -> None:
    folder = write_corpus(tmp_path / "corpus")
    succeed(folder)
    assistant = opened(folder, tmp_path / "data")
    found = {hit.clause.policy_id for hit in assistant.search("主导制定行业标准奖励")}
    assert "ningbo-2024" in found
    assert "ningbo-2016" not in found
    assert "ningbo-2016" in {hit.clause.policy_id for hit in assistant.search("旧政策 主导制定行业标准奖励")}
    assert "ningbo-2016" in assistant.release.documents, "it stays readable"
    assistant.close()


def test_a_draft_replaces_nothing(tmp_path: Path) -> None:
    folder = write_corpus(tmp_path / "corpus")
    succeed(folder, status="draft")
    assistant = opened(folder, tmp_path / "data")
    answer = assistant.ask("《宁波市标准化工作奖励办法》主导制定行业标准奖励多少？")
    assert "superseded" not in answer.warnings
    assert {row.yuan for row in answer.rewards} == {120_000}
    assistant.close()


def test_a_place_with_nothing_but_a_repealed_document_gives_no_amount(tmp_path: Path) -> None:
    folder = write_corpus(tmp_path / "corpus")
    path = folder / "sources" / "policies.yaml"
    manifest = yaml.safe_load(path.read_text(encoding="utf-8"))
    for policy in manifest["policies"][:2]:
        policy["status"] = "repealed"
    path.write_text(yaml.safe_dump(manifest, allow_unicode=True, sort_keys=False), encoding="utf-8")
    assistant = opened(folder, tmp_path / "data")
    for question in ("宁波企业主导制定行业标准奖励多少？", "宁波要新增多少项国家标准？"):
        answer = assistant.ask(question)
        assert answer.status == "abstained"
        assert not answer.rewards
        assert "废止" in answer.answer
        assert "12万" not in answer.answer
        assert "superseded" in answer.warnings
    then = assistant.ask("宁波原来的政策主导制定行业标准奖励多少？")
    assert {row.yuan for row in then.rewards} == {120_000}
    assistant.close()
