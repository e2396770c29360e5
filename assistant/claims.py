"""Turns an understood question into a claim that the reward rules can be applied to."""

from __future__ import annotations

from collections.abc import Mapping

from knowledge.places import PlaceMatch

from assistant.question import Question, Thing
from assistant.rewards import Claim, FactValue, Item
from knowledge.normalize import normalize
from knowledge.rules import PolicyRules

# Facts that a caller may give, by input name, and what they must be.
_TYPES: Mapping[str, tuple[type, ...]] = {
    "standard_level": (str,),
    "drafter_rank": (int,),
    "role": (str,),
    "standard_status": (str,),
    "location": (str,),
    "place": (str,),
    "committee": (str,),
    "grade": (str,),
}


def claim_of(question: Question, located: PlaceMatch | None, rules: PolicyRules | None) -> Claim:
    """The claim a question makes: one item for each thing it asks a reward for, and the facts it states.

    Args:
        question: understood, earlier turns filled in.
        located: where inside the policy's area the asker is, if the question says.
        rules: the policy's rules, whose questions back the turn may be answering.
    """
    things = question.things or (Thing(),)
    facts = {**_stated(question), **_answered(question, rules)}
    facts.update({k: v for k, v in question.facts.items() if k != "place" and _usable(k, v)})
    items = [_item(thing, question, located) for thing in things]
    return Claim(items=items, facts=facts)


def _item(thing: Thing, question: Question, located: PlaceMatch | None) -> Item:
    revising = thing.activity == "revise_standard"
    return Item(
        activity="formulate_standard" if revising else thing.activity,
        action="revise" if revising else None,
        level=thing.level,
        committee=thing.committee,
        count=thing.count if thing.count is not None else 1,
        role=question.first("role") if thing.activity in (None, "formulate_standard", "revise_standard") else None,
        rank=question.rank,
        place_group=question.first("location"),
        place=located.name if located and not question.first("location") else None,
        status=_status(question),
    )


def _status(question: Question) -> str | None:
    """Published where the turn says so at all: a published standard was proposed before."""
    said = question.slots.get("status", ())
    if "drafting" in said:
        return "drafting"
    return "published" if "published" in said else said[0] if said else None


def _stated(question: Question) -> dict[str, FactValue]:
    facts: dict[str, FactValue] = {}
    if export := question.first("export"):
        facts["has_export_sales"] = export == "exported"
    if listing := question.first("listing"):
        facts["innovative_listed"] = listing != "not_listed"
    if applicant := question.first("applicant"):
        facts["org_type"] = applicant
    if origin := question.first("origin"):
        facts["adopted_standard_origin"] = origin
    return facts


def _answered(question: Question, rules: PolicyRules | None) -> dict[str, FactValue]:
    """Facts that the turn gives by repeating an option of a rule's own yes-or-no question."""
    said = normalize(question.text).text.strip(" .。!！")
    facts: dict[str, FactValue] = {}
    for rule in rules.rules if rules else ():
        for condition in rule.conditions:
            if condition.options is None or condition.op != "==":
                continue
            for options in (condition.options.zh, condition.options.en):
                plain = [normalize(option).text for option in options]
                if said in plain:
                    met = plain.index(said) == 0
                    value = condition.value if not isinstance(condition.value, tuple) else condition.value[0]
                    facts[condition.input] = value if met else (not value if isinstance(value, bool) else "other")
    return facts


def _usable(name: str, value: object) -> bool:
    if isinstance(value, bool):
        return name not in _TYPES
    return isinstance(value, _TYPES.get(name, (str, int)))
