"""From a reward answer to the calculator: its address with what the answer took as known.

An answer does not hold the claim that it was computed of, so the address is made from its rows and known facts and then
computed: it is given only where the calculator says what the answer says.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date

from assistant.answer import Answer, RewardRow
from assistant.evaluation import MAX_COUNT, MAX_RANK, EvaluateBody, RewardItem
from assistant.known import fact_name
from assistant.rewards import Outcome, evaluate
from assistant.web.calculator import calculator_href
from knowledge.model import Document
from knowledge.rules import PolicyRules, Rule, RuleBook

# More than this is a table of all that is paid, which the calculator shows by itself.
_MOST_ITEMS = 5


def answer_in_calculator(
    answer: Answer, policies: Mapping[str, PolicyRules], documents: Mapping[str, Document], today: date
) -> str | None:
    """The address of the calculator for an answer.

    Null where its rewards are none of one policy's rules, or where the calculator would say something else.

    Args:
        answer: the answer.
        policies: the rules of the live release, by policy id.
        documents: its documents, by policy id.
        today: for validity.
    """
    by_id = {rule.rule_id: rule for policy in policies.values() for rule in policy.rules}
    rows = [(row, by_id[row.rule_id]) for row in answer.rewards if row.rule_id in by_id and row.status != "not_stated"]
    if not rows or len({rule.policy_id for _, rule in rows}) != 1:
        return None
    document = documents.get(rows[0][1].policy_id)
    if document is None:
        return None
    known = {fact.input: fact.value for fact in answer.known}
    items = list({_key(rule, row): _item(rule, row, known) for row, rule in rows}.values())
    listed = len({rule.level for _, rule in rows}) > 1 and not any(row.count for row, _ in rows)
    one = _one_item(items)
    facts = {"location": known["location"]} if isinstance(known.get("location"), str) else {}
    rulebook = RuleBook(policies, "")
    # Several rows are several things, or one of which something is not known: the answer says the same of both.
    for claimed in ([items] if len(items) <= _MOST_ITEMS and not listed else []) + ([one] if one else []):
        body = EvaluateBody(policy_id=document.policy.id, items=claimed, facts=facts, language=answer.language)
        if _agrees(answer, evaluate(rulebook, document.policy, body.claim, today), listed=listed):
            return calculator_href(body)
    return None


def _one_item(items: Sequence[RewardItem]) -> list[RewardItem] | None:
    """What all items have in common, as one; null where they are of different kinds of work or number."""
    first = items[0]
    if len({(item.activity, item.count) for item in items}) > 1:
        return None
    apart = [name for name in ("level", "committee", "grade") if len({getattr(item, name) for item in items}) > 1]
    common = {k: v for k, v in first.inputs.items() if all(item.inputs.get(k) == v for item in items)}
    return [first.model_copy(update={**dict.fromkeys(apart), "inputs": common})]


def _agrees(answer: Answer, outcome: Outcome, *, listed: bool) -> bool:
    """Whether a calculation says of every amount of an answer what the answer says; a list states amounts of one each."""
    if answer.total_yuan not in (None, outcome.total_yuan):
        return False
    if listed:
        return {(row.rule_id, row.yuan) for row in answer.rewards} <= {
            (line.rule_id, line.yuan) for line in outcome.rows
        }
    told = {(row.rule_id, row.status, row.yuan, row.total_yuan) for row in answer.rewards}
    return told <= {(line.rule_id, line.status, line.yuan, line.total_yuan) for line in outcome.rows}


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
