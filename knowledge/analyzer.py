"""Turns text into the terms of the lexical index: the same way for clauses and for questions.

Runs of Han characters (and kana, hangul) become single characters and overlapping pairs, which needs no dictionary
and knows no unknown word. Everything else becomes whole words: `1.5`, `4k`, `aaaa`, `gb/t`.

>>> tokens("主導制定GB/T標準")
['主', '导', '制', '定', '主导', '导制', '制定', 'gb/t', 'gb', '标', '准', '标准']
"""

from __future__ import annotations

import re
import unicodedata
from functools import cache
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from opencc import OpenCC

# Written into every lexical index; an index made by another version is rebuilt, never searched.
ANALYZER_VERSION = "han-uni-bigram/1"

_CJK = (
    "\u3007\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff\U00020000-\U0003ffff"  # 〇 and Han
    "\u3040-\u30ff\u31f0-\u31ff"  # kana
    "\uac00-\ud7af"  # hangul
)
_WORD = rf"[^\W_{_CJK}]+"
_RUN = re.compile(
    rf"(?P<cjk>[{_CJK}]+)"
    rf"|(?P<decimal>\d+(?:\.\d+)+(?![^\W\d_{_CJK}]))"
    rf"|(?P<code>{_WORD}(?:/{_WORD})+)"
    rf"|(?P<word>{_WORD})"
)
_THOUSANDS = re.compile(r"(?<![\d.,])\d{1,3}(?:,\d{3})+(?![\d,])")
_LETTERS_OR_DIGITS = re.compile(r"\d+|[^\W\d_]+")


class _Simplified(dict[int, str]):
    """A table for `str.translate` that learns traditional → simplified one character at a time."""

    def __missing__(self, code: int) -> str:
        character = chr(code)
        # Single characters only: the phrase dictionaries would make a term depend on its neighbours.
        simplified = _converter().convert(character) if code > 0x2E7F else character
        self[code] = simplified
        return simplified


_SIMPLIFIED = _Simplified()


@cache
def _converter() -> OpenCC:
    from opencc import OpenCC

    return OpenCC("t2s")


def normalize(text: str) -> str:
    """NFKC, lower case, simplified characters, no thousands separators. Changes lengths: never use it for offsets."""
    text = _THOUSANDS.sub(lambda number: number.group().replace(",", ""), text)
    return unicodedata.normalize("NFKC", text).lower().translate(_SIMPLIFIED)


def tokens(text: str) -> list[str]:
    """The terms of a text, with repetitions; none contains white space.

    A code such as `gb/t` or `iso9001` gives itself and its parts of two characters and more.
    """
    terms: list[str] = []
    for run in _RUN.finditer(normalize(text)):
        found = run.group()
        if run.lastgroup == "cjk":
            terms.extend(found)
            terms.extend(found[i : i + 2] for i in range(len(found) - 1))
        elif run.lastgroup == "decimal":
            terms.append(found)
        else:
            terms.extend(_word_and_parts(found))
    return terms


def _word_and_parts(word: str) -> list[str]:
    parts = {part: None for piece in word.split("/") for part in (piece, *_LETTERS_OR_DIGITS.findall(piece))}
    return [word, *(part for part in parts if part != word and len(part) > 1)]
