"""Readings printed within a text: 標(biāo)準(zhǔn), as copies of pages with learners' marks have them."""

from __future__ import annotations

import re
import unicodedata
from functools import lru_cache
from itertools import product

from knowledge.model import Span

# A bracket with letters of pinyin behind Chinese characters; tone marks, or tones as digits.
# A line may end between any two of them.
_BRACKETED = re.compile(
    r"(?<=[\u3400-\u9fff])[(（][ \n]?([a-zà-ɜḿǹ'’]{1,24}(?:\n[a-zà-ɜḿǹ'’]{1,23})?[1-5]?)[ \n]?[)）]", re.IGNORECASE
)
_LONGEST_WORD = 4
_MOST_READINGS = 64


def find_glosses(text: str) -> list[Span]:
    """The brackets that hold nothing but the reading of the characters in front of them; ascending.

    Units and letters of a list in brackets, such as 米(m) and 标准(a), are no readings.
    """
    found = []
    for match in _BRACKETED.finditer(text):
        reading = _toneless(match[1])
        before = text[max(0, match.start() - _LONGEST_WORD) : match.start()]
        if any(reading in _readings(before[-size:]) for size in range(1, len(before) + 1)):
            found.append(Span(*match.span()))
    return found


def _toneless(reading: str) -> str:
    plain = unicodedata.normalize("NFD", reading.lower()).replace("u\u0308", "v")
    return "".join(char for char in plain if "a" <= char <= "z")


@lru_cache(maxsize=4096)
def _readings(word: str) -> frozenset[str]:
    from pypinyin import Style, pinyin

    syllables = pinyin(word, style=Style.NORMAL, heteronym=True, errors="ignore")
    if len(syllables) != len(word):
        return frozenset()
    combinations = zip(product(*syllables), range(_MOST_READINGS), strict=False)
    return frozenset("".join(parts).replace("ü", "v") for parts, _ in combinations)
