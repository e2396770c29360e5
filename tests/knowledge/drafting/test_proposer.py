"""What a chat model proposes for refused sentences becomes a row only where the document's own words prove it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import pytest

from knowledge.drafting import Draft, draft_rules
from knowledge.drafting.proposer import Refused, with_proposals
from knowledge.manifest import describe, read_document

SENTENCE = "主导、参与制定国际标准、国家标准的，分别奖励50万元、20万元。"
TEXT = f"""临湖市标准奖励办法

第一条 主导制定行业标准的，奖励15万元。
第二条 {SENTENCE}
第三条 年销售收入20万元以下的企业不予奖励。
"""
ROW = {
    "activity": "formulate_standard",
    "level": "international",
    "role": "lead",
    "yuan": 500_000,
    "bound": "exact",
    "per": "standard",
    "quote": SENTENCE,
    "said": "50万元",
}


class Says:
    """A proposer that gives the same rows for every sentence."""

    name = "test-model"

    def __init__(self, *rows: Mapping[str, Any]) -> None:
        self.rows = rows
        self.asked: list[Refused] = []

    def propose(self, refused: Refused) -> Sequence[Mapping[str, Any]]:
        self.asked.append(refused)
        return self.rows


def drafted(folder: Path, proposer: Says) -> Draft:
    path = folder / "policy.txt"
    path.write_text(TEXT, encoding="utf-8")
    document = read_document(describe(path), path)
    return with_proposals(draft_rules(document), document, proposer)


def test_only_refused_sentences_are_asked_about(tmp_path: Path) -> None:
    proposer = Says()
    draft = drafted(tmp_path, proposer)
    assert [refused.sentence for refused in proposer.asked] == [SENTENCE]
    assert [rule.yuan for rule in draft.rules] == [150_000, None]


def test_a_proved_row_is_marked_for_a_person(tmp_path: Path) -> None:
    draft = drafted(tmp_path, Says(ROW))
    row = draft.rules[1]
    assert (row.yuan, row.level, row.role, row.quote) == (500_000, "international", "lead", SENTENCE)
    assert row.needs_review is not None
    assert row.needs_review.startswith("proposed by test-model")
    assert [entry.yuan for entry in draft.ignored] == [200_000, 200_000]


@pytest.mark.parametrize(
    "wrong",
    [
        {"yuan": 600_000},
        {"yuan": 600_000, "said": "60万元"},
        {"said": "15万元", "yuan": 150_000},
        {"quote": "主导制定国际标准的，奖励50万元"},
        {"quote": "年销售收入20万元以下的企业不予奖励。", "said": "20万元", "yuan": 200_000},
        {"level": "industry"},
        {"level": "group"},
        {"role": "rank:1"},
        {"committee": "TC"},
        {"grade": "一等奖"},
        {"activity": "host_committee"},
        {"activity": "anything"},
        {"yuan": "many"},
    ],
    ids=str,
)
def test_what_the_words_do_not_bear_out_is_dropped(tmp_path: Path, wrong: Mapping[str, Any]) -> None:
    draft = drafted(tmp_path, Says({**ROW, **wrong}))
    assert [rule.yuan for rule in draft.rules] == [150_000, None]


def test_two_amounts_for_one_case_are_both_dropped(tmp_path: Path) -> None:
    draft = drafted(tmp_path, Says(ROW, {**ROW, "yuan": 200_000, "said": "20万元"}))
    assert [rule.yuan for rule in draft.rules] == [150_000, None]
