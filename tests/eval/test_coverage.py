"""What the set asks, and what it leaves out."""

from __future__ import annotations

import io
from collections.abc import Sequence

from rich.console import Console

from eval.coverage import NO_POLICY, coverage, coverage_tables
from eval.dataset import Case, RuleRef
from tests.eval.records import case

TEXTS = {"p": "到2020年建设30个示范点。奖励20万元，奖励15万元。标准化很重要。", "q": "一、总则"}
RULES = [RuleRef("p.a", "p", "奖励20万元", 200_000), RuleRef("p.b", "p", "奖励15万元", 150_000)]


def cases() -> Sequence[Case]:
    gold = {"all_of": [{"policy": "p", "text": "奖励20万元"}]}
    return [
        case("a/zh", policy=["p"], gold=gold, values=[{"yuan": 200_000}]),
        case("a/en", policy=["p"], gold=gold, values=[{"yuan": 200_000}]),
        case("b/zh", gold={"all_of": [{"policy": "p", "text": "到2020年建设30个示范点"}]}),
        case("c/en", kind="out_of_scope"),
    ]


def test_each_policy_is_counted() -> None:
    p, q, none = coverage(cases(), TEXTS, RULES)
    assert (p.facts, p.cases, p.figures, p.figures_asked, p.rules, p.rules_asked) == (2, {"zh": 2, "en": 1}, 2, 1, 2, 1)
    assert (q.policy, q.facts, q.figures, q.rules) == ("q", 0, 0, 0)
    assert (none.policy, none.facts, none.cases["en"]) == (NO_POLICY, 1, 1)


def test_the_tables_say_it() -> None:
    console = Console(file=io.StringIO(), width=120)
    console.print(coverage_tables(cases(), TEXTS, RULES))
    assert isinstance(console.file, io.StringIO)
    text = console.file.getvalue()
    rows = [line.split() for line in text.splitlines()]
    assert ["p", "2", "2", "1", "1/2", "1/2"] in rows
    assert ["fact", "2", "+", "1", "–", "–"] in rows
    assert "4 cases of 3 facts: 2 Chinese, 2 English" in text
