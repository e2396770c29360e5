"""Questions to start from, made from the documents and rules of the release, whatever city they are from."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Protocol

from assistant.answer import Language
from knowledge.model import Document, Policy

MOST_SAMPLES = 4

# The level to ask about: the one most drafters deal with, if the rules pay it.
_LEVELS: Mapping[str, Mapping[Language, str]] = {
    "industry": {"zh": "行业标准", "en": "an industry standard"},
    "national": {"zh": "国家标准", "en": "a national standard"},
    "group": {"zh": "团体标准", "en": "a group standard"},
    "international": {"zh": "国际标准", "en": "an international standard"},
}
_REWARD: Mapping[Language, tuple[str, str]] = {
    "zh": ("{where}企业牵头起草的{level}发布了，能拿多少资助？", "{place}各级标准的资助金额列个表"),
    "en": (
        "What subsidy do I get for leading {level} in {where}?",
        "List the amounts for each level of standard in {place}",
    ),
}
# Where in the place a rule pays, as one would say it.
_WHERE: Mapping[str, Mapping[Language, str]] = {
    "urban_district": {"zh": "{place}区", "en": "the urban districts of {place}"},
}
_GOALS: Mapping[Language, str] = {"zh": "《{title}》提出了哪些目标？", "en": "What are the goals of “{title}”?"}


class PayingRule(Protocol):
    """What is read of a reward rule: whose it is, and what it pays for."""

    @property
    def policy_id(self) -> str:
        """The policy that pays."""

    @property
    def activity(self) -> str:
        """What is paid for."""

    @property
    def level(self) -> str | None:
        """The level of standard it pays, if it tells them apart."""

    @property
    def place_group(self) -> str | None:
        """The part of the place it pays in, if not all of it."""


def sample_questions(documents: Mapping[str, Document], rules: Sequence[PayingRule], language: Language) -> list[str]:
    """At most `MOST_SAMPLES` questions: amounts of a policy that pays for standards, then goals of the others."""
    samples: list[str] = []
    paying = _paying(documents, rules)
    if paying:
        policy, rule = paying
        place = policy.place.name_in(language) if policy.place else ""
        part = _WHERE.get(rule.place_group or "")
        where = part[language].format(place=place) if part else place
        words = {"place": place, "where": where, "level": _LEVELS[rule.level or ""][language]}
        samples = [question.format_map(words) for question in _REWARD[language]]
    for document in documents.values():
        if paying is None or document.policy.id != paying[0].id:
            samples.append(_GOALS[language].format(title=document.policy.title_in(language).strip("《》")))
    return samples[:MOST_SAMPLES]


def _paying(documents: Mapping[str, Document], rules: Sequence[PayingRule]) -> tuple[Policy, PayingRule] | None:
    """The first rule that pays for drafting standards, by the order of `_LEVELS`, and its policy; it has a place."""
    for level in _LEVELS:
        for rule in rules:
            document = documents.get(rule.policy_id)
            if document and document.policy.place and (rule.activity, rule.level) == ("formulate_standard", level):
                return document.policy, rule
    return None
