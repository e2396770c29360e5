"""From a reward answer to the calculator: its address with what the answer took as known."""

from __future__ import annotations

from collections.abc import Mapping

from assistant.answer import Answer, RewardRow
from assistant.evaluation import MAX_COUNT, MAX_RANK, EvaluateBody, RewardItem
from assistant.known import fact_name
from assistant.web.calculator import calculator_href
from knowledge.rules import PolicyRules, Rule

# More than this is a table of all that is paid, which the calculator shows by itself.
_MOST_ITEMS = 5


def answer_in_calculator(answer: Answer, policies: Mapping[str, PolicyRules]) -> str | None:
    """The address of the calculator for an answer; null where its rewards are none of one policy's rules.

    Args:
        answer: the answer.
        policies: the rules of the live release, by policy id.
    """
    by_id = {rule.rule_id: rule for policy in policies.values() for rule in policy.rules}
    rows = [(row, by_id[row.rule_id]) for row in answer.rewards if row.rule_id in by_id and row.status != "not_stated"]
    if not rows or len({rule.policy_id for _, rule in rows}) != 1:
        return None
    known = {fact.input: fact.value for fact in answer.known}
    items = list({_key(rule, row): _item(rule, row, known) for row, rule in rows}.values())
    listed = len({rule.level for _, rule in rows}) > 1 and not any(row.count for row, _ in rows)
    if listed or len(items) > _MOST_ITEMS:
        items = [RewardItem(activity=rows[0][1].activity)]
    facts = {"location": known["location"]} if isinstance(known.get("location"), str) else {}
    body = EvaluateBody(policy_id=rows[0][1].policy_id, items=items, facts=facts, language=answer.language)
    return calculator_href(body)


def _key(rule: Rule, row: RewardRow) -> tuple[object, ...]:
    return rule.activity, rule.level, rule.committee, rule.grade, row.count


def _item(rule: Rule, row: RewardRow, known: Mapping[str, object]) -> RewardItem:
    rank, count = known.get("rank"), row.count or 1
    return RewardItem(
        activity=rule.activity,
        level=rule.level,
        committee=rule.committee,
        grade=rule.grade,
        rank=rank if isinstance(rank, int) and 1 <= rank <= MAX_RANK else None,
        count=min(max(count, 1), MAX_COUNT),
        inputs=_inputs(rule, row, known),
    )


def _inputs(rule: Rule, row: RewardRow, known: Mapping[str, object]) -> dict[str, bool | int | str]:
    """What is known of the conditions of a row."""
    states = {condition.input: condition.state for condition in row.conditions}
    inputs: dict[str, bool | int | str] = {}
    for condition in rule.conditions:
        state, wanted = states.get(condition.input, "unknown"), condition.value
        said = known.get(fact_name(condition.input))
        if state == "unknown" or fact_name(condition.input) == "rank":
            continue
        if isinstance(wanted, tuple):
            if isinstance(said, str) and said in wanted:
                inputs[condition.input] = said
        elif condition.op == "==" and isinstance(wanted, (bool, str)):
            refused: bool | str = not wanted if isinstance(wanted, bool) else "other"
            inputs[condition.input] = wanted if state == "met" else refused
    return inputs
