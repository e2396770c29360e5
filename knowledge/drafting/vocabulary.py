"""The words of reward policies, read from `vocabulary.yaml`, and patterns made of them."""

from __future__ import annotations

import re
from collections.abc import Iterable
from functools import lru_cache
from pathlib import Path

from knowledge.datafile import DataFile
from knowledge.model import Frozen
from knowledge.normalize import align

VOCABULARY_FILE = Path(__file__).with_name("vocabulary.yaml")

Words = tuple[str, ...]
Values = dict[str, Words]


class Levels(Frozen):
    """Words for the level of a standard, committee, pilot or prize, and what must stand behind them."""

    stems: Values
    abroad: Words
    abbreviated: Values
    offices: Values
    issuing: Words
    conferring: Words
    middles: Words
    heads: dict[str, str]
    not_before: Words


class Cells(Frozen):
    """Words that fill a cell of a table and need no noun there."""

    levels: Values
    place_groups: Values


class Vocabulary(Frozen):
    """What `vocabulary.yaml` holds; each key is explained there."""

    activities: Values
    both_drafting_and_revising: Words
    activity_shields: Words
    levels: Levels
    cells: Cells
    not_standards: Words
    roles: Values
    role_shields: Words
    chosen: Words
    role_signs: Values
    level_signs: Values
    rank_nouns: Words
    about_giving: Words
    behind_amounts: Words
    remaining_drafters: Words
    committees: Values
    committee_shields: Words
    place_groups: Values
    place_shields: Words
    payers: Values
    funds: Values
    giving: Values
    giving_shields: Words
    honours: Words
    aligning: Words
    aligning_shields: Words
    same_for_each: Words
    bonus: Words
    grows: Words
    later: Words
    at_most: Words
    at_least: Words
    referring: Words
    sums: Words
    totals: Words
    yearly: Words
    organizations: Words
    usual_payees: Words
    one_organization: Words
    things: Words
    everything: Words
    pools: Words
    purposes: Values
    hearsay: Values
    agents: Values
    editions: Words
    shares: Values
    foreign_costs: Words
    comparing_tables: Words
    instalments: Words
    half: Words
    delegating: Words
    maximum: Words
    narrowing: Words
    kinds_of_standards: Words
    stages: Values
    measured_nouns: Values
    usual_per: dict[str, str]


@lru_cache(maxsize=2)
def load_vocabulary(path: Path = VOCABULARY_FILE) -> Vocabulary:
    """The vocabulary in the file at `path`.

    Raises:
        DataFileError: the file is not YAML, lacks a key, or has one too many.
    """
    file = DataFile(path)
    return file.parse(Vocabulary, file.content)


def folded(text: str) -> str:
    """`text` as words are matched, each character at its offset: simplified, half-width, Latin letters small, drawn bars plain."""
    return align(text).translate(_LOWER)


_LOWER = {code: code + 32 for code in range(ord("A"), ord("Z") + 1)} | dict.fromkeys(map(ord, "│┃║"), "|")


def either(words: Iterable[str]) -> str:
    """A pattern for any of the words, the longest first; Latin words only whole."""
    return "(?:" + "|".join(map(_form, sorted(map(folded, words), key=lambda w: (-len(w), w)))) + ")"


def any_of(words: Iterable[str]) -> re.Pattern[str]:
    """The compiled pattern for any of the words."""
    return _compiled(tuple(words))


@lru_cache(maxsize=256)
def _compiled(words: Words) -> re.Pattern[str]:
    return re.compile(either(words))


# A part of a prize, or in front of an amount somebody who is paid, with the verb: 制定国际标准的单位奖50万元.
_PAYEES_AND_VERB = frozenset({"单位奖", "项目奖", "成果奖"})


def _form(word: str) -> str:
    escaped = re.escape(word)
    if word.endswith("奖") and len(word) > 1:
        # 单位奖 is a prize, 单位奖励 is not.
        escaped += "(?!励|补|金(?!奖)|资|状|项)"
    if word in _PAYEES_AND_VERB:
        escaped = f"(?:{escaped}(?![ \\t]*\\d)|(?:(?<![一-龥])|(?<=[设获得和与及为奖])){escaped})"
    latin = word[0].isascii() and word[0].isalpha()
    return f"(?<![a-z]){escaped}(?![a-z])" if latin and word.isalpha() and word.isascii() else escaped
