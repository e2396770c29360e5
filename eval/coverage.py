"""What the evaluation set asks of a release, and what it leaves out."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import NamedTuple, get_args

from rich.box import SIMPLE_HEAD
from rich.console import Group, RenderableType
from rich.table import Table

from assistant.answer import Language
from eval.dataset import Case, Kind, RuleRef, figure_sentences, uncovered_rules
from knowledge.rules import RuleBook

NO_POLICY = "none"


class Coverage(NamedTuple):
    """How much of one policy is asked for.

    Attributes:
        figures, figures_asked: sentences with a figure, and those of them whose every figure is in a case's gold.
        rules, rules_asked: reward rules, and those that a case asks for with their amount.
    """

    policy: str
    facts: int
    cases: Mapping[Language, int]
    figures: int
    figures_asked: int
    rules: int
    rules_asked: int


def rule_refs(rules: RuleBook) -> list[RuleRef]:
    """What the checks need of each rule of a release."""
    return [RuleRef(rule.rule_id, rule.policy_id, rule.quote, rule.yuan) for rule in rules.all]


def coverage(cases: Sequence[Case], texts: Mapping[str, str], rules: Sequence[RuleRef]) -> list[Coverage]:
    """The coverage of each policy, and last of what is outside all of them."""
    sentences = list(figure_sentences(cases, texts))
    missing = {line.rpartition(" ")[2] for line in uncovered_rules(cases, rules)}
    found = []
    for policy in [*texts, NO_POLICY]:
        own = [case for case in cases if policy in _policies(case)]
        figures = [sentence for sentence in sentences if sentence.policy == policy]
        paid = [rule for rule in rules if rule.policy_id == policy]
        found.append(
            Coverage(
                policy,
                len({case.fact_id for case in own}),
                {language: sum(case.language == language for case in own) for language in get_args(Language)},
                len(figures),
                sum(not sentence.bare for sentence in figures),
                len(paid),
                sum(rule.rule_id not in missing for rule in paid),
            )
        )
    return found


def coverage_tables(cases: Sequence[Case], texts: Mapping[str, str], rules: Sequence[RuleRef]) -> RenderableType:
    """The coverage by policy, the cases by kind and policy, and the set as a whole."""
    return Group(_by_policy(coverage(cases, texts, rules)), _by_kind(cases, [*texts, NO_POLICY]), _totals(cases))


def _by_policy(rows: Iterable[Coverage]) -> Table:
    table = Table("policy", box=SIMPLE_HEAD)
    for name in ("facts", "zh", "en", "sentences with figures", "rules"):
        table.add_column(name, justify="right")
    for row in rows:
        table.add_row(
            row.policy,
            str(row.facts),
            str(row.cases["zh"]),
            str(row.cases["en"]),
            _of(row.figures_asked, row.figures),
            _of(row.rules_asked, row.rules),
        )
    return table


def _by_kind(cases: Iterable[Case], policies: Sequence[str]) -> Table:
    """Cases by kind and policy, Chinese and English."""
    counts = Counter((case.kind, policy, case.language) for case in cases for policy in _policies(case))
    table = Table("zh + en", box=SIMPLE_HEAD)
    for policy in policies:
        table.add_column(policy, justify="right")
    for kind in get_args(Kind):
        pairs = [(counts[kind, policy, "zh"], counts[kind, policy, "en"]) for policy in policies]
        table.add_row(kind, *(f"{zh} + {en}" if zh or en else "–" for zh, en in pairs))
    return table


def _totals(cases: Sequence[Case]) -> str:
    def count(**fields: object) -> int:
        return sum(all(getattr(case, name) == value for name, value in fields.items()) for case in cases)

    facts = len({case.fact_id for case in cases})
    return (
        f"{len(cases)} cases of {facts} facts: {count(language='zh')} Chinese, {count(language='en')} English; "
        f"{count(split='train')} train, {count(split='test')} test; {count(critical=True)} critical; "
        f"{count(must_refuse=True)} must be refused; {sum(bool(case.history) for case in cases)} with earlier turns"
    )


def _policies(case: Case) -> Iterator[str]:
    named = dict.fromkeys((*case.policy, *(evidence.policy for evidence in case.gold.texts)))
    yield from named or (NO_POLICY,)


def _of(part: int, whole: int) -> str:
    return f"{part}/{whole}" if whole else "–"
