"""A composed answer as the parts of a letter: told apart by the heads of the templates it was composed with."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Literal

from assistant.answer import STATE_OF_SIGN, Answer, ConditionState, Language
from assistant.draft import MARKER
from assistant.phrases import Phrases
from assistant.wording_check import plain_words, unmarked

Kind = Literal["conclusion", "condition", "payer", "note", "silent", "validity", "left_out"]

# Lines that begin as these templates do. A letter has its own words for its basis, its end and whom to ask.
_HEADS: tuple[tuple[str, Kind], ...] = (
    ("reward.conditions_of", "condition"),
    ("reward.payer", "payer"),
    ("reward.note", "note"),
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
    # Whether it says more of the line before it.
    below: bool = False


def parts_of_answer(answer: Answer, phrases: Phrases) -> list[Part]:
    """The lines of an answer, in order, as parts of a letter. A table is a list, its head left out."""
    return list(_parts(answer, phrases))


def _parts(answer: Answer, phrases: Phrases) -> Iterator[Part]:
    reader = _Reader(phrases, answer.language)
    lines = answer.answer.splitlines()
    above: tuple[int, ...] = ()
    before: tuple[int, ...] = ()
    for number, line in enumerate(lines):
        marks = tuple(dict.fromkeys(int(n) for n in MARKER.findall(line)))
        bare = _MARKERS.sub("", line).rstrip()
        if bare.strip() == reader.conditions:
            above = marks
            continue
        head_of_table = bare.startswith("|") and number + 1 < len(lines) and _RULER.match(lines[number + 1])
        if not bare.strip() or _RULER.match(bare) or head_of_table:
            continue
        part = reader.part(bare, marks, above, before)
        before = part.marks
        yield part


class _Reader:
    """Tells the lines of answers apart by the templates of one language."""

    def __init__(self, phrases: Phrases, language: Language) -> None:
        def around(key: str) -> tuple[str, str]:
            text = phrases.text(language, key)
            return text.partition("{{")[0].rstrip(" "), text.rpartition("}}")[2]

        self._heads = [(around(key)[0].strip(), kind) for key, kind in _HEADS]
        self._states = [(*around(key), state) for key, state in _CONDITIONS]
        self._below = around("reward.group_conditions")[0]
        self.conditions = phrases.text(language, "reward.conditions").strip()

    def part(self, line: str, marks: tuple[int, ...], above: tuple[int, ...], before: tuple[int, ...]) -> Part:
        """A line as a part; `above` are the markers of the list's head, `before` those of the line before it."""
        for head, tail, state in self._states:
            if line.startswith(head):
                text = line.removeprefix(head).strip().removesuffix(tail)
                return Part("condition", unmarked(text), marks or above, state)
        if line.startswith(self._below):
            return Part("conclusion", plain_words(line), marks or before, below=True)
        bare = line.strip()
        head, kind = next(((h, k) for h, k in self._heads if h and bare.startswith(h)), ("", "conclusion"))
        if kind not in ("conclusion", "condition", "left_out"):
            bare = bare.removeprefix(head).strip()
        return Part(kind, _plain(bare), marks, quoted=bare.startswith(">"), listed=bare.startswith(("- ", "|")))


def with_states(text: str, words: Mapping[ConditionState, str]) -> str:
    """A line of conditions with words in the place of the signs ✓, ✗ and ？."""
    return _SIGN.sub(lambda match: match[1] + words[STATE_OF_SIGN[match[2]]], text)


_SIGN = re.compile(r"(^|[；;:：]\s*)([✓✗？?])\s?")


def _plain(line: str) -> str:
    """A line of markdown as a line of a letter: no emphasis, a row of a table as `first：second`."""
    if line.startswith("|"):
        cells = [unmarked(cell) for cell in _CELL.split(line.strip().strip("|")) if cell.strip()]
        return "：".join([cells[0], "，".join(cells[1:])]) if len(cells) > 1 else "".join(cells)
    return plain_words(line)
