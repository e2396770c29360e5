"""Texts to measure with: the policy documents of this repository, cut up and multiplied."""

from __future__ import annotations

import re
from pathlib import Path

SOURCES = Path(__file__).resolve().parents[2] / "knowledge" / "sources"
_SENTENCE = re.compile(r"[^。；！？\n]+[。；！？]?")


def sentences(shortest: int = 12, longest: int = 120) -> list[str]:
    """The sentences of all documents between two lengths in characters, in order."""
    texts = (path.read_text(encoding="utf-8") for path in sorted(SOURCES.glob("*.txt")))
    found = (sentence.strip() for text in texts for sentence in _SENTENCE.findall(text))
    return [sentence for sentence in found if shortest <= len(sentence) <= longest]


def clauses(count: int) -> list[str]:
    """`count` different clauses of three sentences, by starting over with another distance between the sentences."""
    parts = sentences()
    made = []
    for number in range(count):
        turn, start = divmod(number, len(parts))
        made.append("".join(parts[(start + step * (turn + 1)) % len(parts)] for step in range(3)))
    return made


def questions(count: int) -> list[str]:
    """`count` stretches of twelve characters out of sentences, spread over the documents."""
    parts = sentences(shortest=24)
    step = max(1, len(parts) // count)
    return [sentence[6:18] for sentence in parts[::step]][:count]
