"""Questions to go on with, made from an answer: the same reward at another level or elsewhere, what else is paid, validity.

Each is one that the rules or the documents at hand answer; what an answer says already is not asked again.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Sequence
from itertools import islice

from assistant.answer import Language
from knowledge.rules import PolicyRules, Rule

MOST = 3

Say = Callable[..., str]
"""A phrase of the prompts by its key, in the answer's language."""


def reward_follow_ups(
    rules: PolicyRules, applied: Sequence[Rule], *, place: str, language: Language, say: Say
) -> tuple[str, ...]:
    """At most `MOST` questions after a reward answer.

    Args:
        rules: of the policy.
        applied: the rules that the answer names, the first one's reward being what it is about.
        place: of the policy, as the answer calls it.
        language: of the answer.
        say: gives the phrases.
    """

    def questions() -> Iterator[str]:
        if applied:
            yield from _level(rules, applied, language, say)
            yield from _place_group(rules, applied, language, say)
        yield from _another(rules, applied, place, language, say)
        yield say("example.validity", place=place)

    return tuple(islice(dict.fromkeys(questions()), MOST))


def document_follow_ups(*, title: str, place: str | None, pays: bool, is_known: bool, say: Say) -> tuple[str, ...]:
    """At most `MOST` questions after an answer that quotes a document.

    Args:
        title: of the document, as the answer calls it.
        place: of the document, as the answer calls it; null where it names none.
        pays: whether the document rewards anything.
        is_known: whether the answer is about the document's validity.
        say: gives the phrases.
    """
    questions = [say("example.reward", place=place)] if pays and place else []
    questions += [] if is_known else [say("follow.validity", title=title)]
    return tuple(questions[:MOST])


def _level(rules: PolicyRules, applied: Sequence[Rule], language: Language, say: Say) -> Iterator[str]:
    """The reward of the first rule for the next level, where the answer is about one level alone."""
    levels = {rule.level for rule in applied if rule.group_id == applied[0].group_id}
    rows = [rule for rule in rules.rules if rule.group_id == applied[0].group_id and rule.level]
    if len(levels) != 1 or levels == {None} or len({rule.level for rule in rows}) < 2:
        return
    place = next(number for number, rule in enumerate(rows) if rule.level in levels)
    other = next((r for r in [*rows[:place][::-1], *rows[place:]] if r.level not in levels), None)
    if other:
        yield say("follow.instead", text=_with_article(other.option.of(language), language))


def _place_group(rules: PolicyRules, applied: Sequence[Rule], language: Language, say: Say) -> Iterator[str]:
    """The same for firms elsewhere in the place, where the rules treat them otherwise."""
    named = {rule.place_group for rule in applied}
    activity = {rule.activity for rule in applied}
    if rules.places is None or None in named or len(named) > 1:
        return
    for name, group in rules.places.groups.items():
        if name not in named and any(r.place_group == name and r.activity in activity for r in rules.rules):
            yield say("follow.instead", text=group.label.of(language))
            return


def _another(rules: PolicyRules, applied: Sequence[Rule], place: str, language: Language, say: Say) -> Iterator[str]:
    """What else the policy pays an amount for."""
    done: Collection[str] = {rule.activity for rule in applied}
    for rule in rules.rules:
        if rule.activity not in done and rule.yuan is not None:
            yield say("follow.another", place=place, text=rule.group_label.of(language))
            return


def _with_article(text: str, language: Language) -> str:
    if language != "en":
        return text
    return f"{'an' if text[:1].casefold() in 'aeiou' else 'a'} {text}"
