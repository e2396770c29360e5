"""A composed answer as the parts of a letter: told apart by the heads of the templates it was composed with."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal

from assistant.answer import Answer, ConditionState, Language
from assistant.phrases import Phrases
from assistant.wording_check import plain_words, unmarked

Kind = Literal["conclusion", "condition", "silent", "validity", "left_out"]

# Lines that begin as these templates do. A letter has its own words for its basis, its end and whom to ask.
_HEADS: tuple[tuple[str, Kind], ...] = (
    ("reward.conditions_of", "condition"),
    ("reward.group_conditions", "condition"),
    ("reward.silent", "silent"),
    ("validity.title", "validity"),
    ("basis.line", "left_out"),
    ("notstated.ask", "left_out"),
    ("place.ask_there", "left_out"),
    ("answer.disclaimer", "left_out"),
    ("ask.place", "left_out"),
    ("place.which_short", "left_out"),
)
_CONDITIONS: tuple[tuple[str, ConditionState], ...] = (
    ("reward.condition_met", "met"),
    ("reward.condition_unmet", "unmet"),
    ("reward.condition_unknown", "unknown"),
)
_MARKERS = re.compile(r"(?:\s*\[\d{1,2}\])+(?=\s*\|?\s*$)|\[\d{1,2}\]")
_MARKER = re.compile(r"\[(\d{1,2})\]")
_RULER = re.compile(r"^\s*\|?[\s:|-]+\|?\s*$")
_CELL = re.compile(r"\s*\|\s*")


@dataclass(frozen=True)
class Part:
    """A line of an answer in plain words: what it is, the citations it rests on, whether a document's words."""

    kind: Kind
    text: str
    marks: tuple[int, ...]
    state: ConditionState | None = None
    quoted: bool = False
    listed: bool = False


def parts_of_answer(answer: Answer, phrases: Phrases) -> list[Part]:
    """The lines of an answer, in order, as parts of a letter. A table is a list, its head left out."""
    return list(_parts(answer, phrases))


def _parts(answer: Answer, phrases: Phrases) -> Iterator[Part]:
    language = answer.language
    heads = [(_head(phrases, language, key), kind) for key, kind in _HEADS]
    states = [(_head(phrases, language, key), state) for key, state in _CONDITIONS]
    conditions = _head(phrases, language, "reward.conditions")
    lines = answer.answer.splitlines()
    above: tuple[int, ...] = ()
    for number, line in enumerate(lines):
        marks = tuple(dict.fromkeys(int(n) for n in _MARKER.findall(line)))
        bare = _MARKERS.sub("", line).strip()
        if bare == conditions:
            above = marks
            continue
        head_of_table = bare.startswith("|") and number + 1 < len(lines) and _RULER.match(lines[number + 1])
        if not bare or _RULER.match(bare) or head_of_table:
            continue
        state = next((state for head, state in states if bare.startswith(head)), None)
        if state is not None:
            yield Part("condition", _condition(bare, states), marks or above, state)
            continue
        kind = next((kind for head, kind in heads if head and bare.startswith(head)), "conclusion")
        yield Part(kind, _plain(bare), marks, quoted=bare.startswith(">"), listed=bare.startswith(("- ", "|")))


def _head(phrases: Phrases, language: Language, key: str) -> str:
    """How the lines of a template begin."""
    return phrases.text(language, key).partition("{{")[0].strip()


def _condition(line: str, states: list[tuple[str, ConditionState]]) -> str:
    head = next(head for head, _ in states if line.startswith(head))
    return unmarked(line.removeprefix(head))


def _plain(line: str) -> str:
    """A line of markdown as a line of a letter: no emphasis, a row of a table as `first：second`."""
    if line.startswith("|"):
        cells = [unmarked(cell) for cell in _CELL.split(line.strip().strip("|")) if cell.strip()]
        return "：".join([cells[0], "，".join(cells[1:])]) if len(cells) > 1 else "".join(cells)
    return plain_words(line)
