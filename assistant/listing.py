"""Answers "which …" from a document's own outline: the items under the heading that the question names."""

from __future__ import annotations

import re
from dataclasses import dataclass

import rjieba

from assistant.question import Question
from knowledge.glossary import Glossary
from knowledge.model import Clause, Document
from knowledge.normalize import normalize

# A run-in title longer than this is a sentence of substance, not the name of an item.
_TITLE_LENGTH = 48
# The part of a heading that a question's words must make up.
_SHARE = 0.4
# Words for a document as such.
_DOCUMENT_WORDS = "文件 政策 方案 意见 纲要 办法 规定 通知 计划 规划 内容 方面 主要 提出 实施 推进"
_NUMBER = re.compile(
    r"^\s*(?:第?[一二三四五六七八九十百\d]+[章节条、.．]?|[(（][一二三四五六七八九十\d]+[)）]|[①-⑳]|—+)\s*"
)


@dataclass(frozen=True)
class Listing:
    """The items under one heading: each with its title and the first clause of it."""

    head: str
    items: tuple[tuple[str, Clause], ...]


def outline_items(question: Question, document: Document, glossary: Glossary) -> Listing | None:
    """The items under the heading a question names; null where it names none or the heading has no items.

    Only for questions that ask for a list, so that a heading's words in passing do not turn an answer into a list.
    """
    if "list" not in {match.kind for match in question.answer_types} and "list" not in question.intents:
        return None
    words = _content(question, document, glossary)
    best: tuple[float, tuple[str, ...]] | None = None
    for head in sorted({path for clause in document.clauses for path in _heads(clause)}):
        title = re.sub(r"\W", "", normalize(_NUMBER.sub("", head[-1])).text)
        score = _agreement(words, title)
        if score and (best is None or score > best[0]):
            best = (score, head)
    if best is None:
        return None
    items = _children(document, best[1])
    return Listing(" › ".join(best[1]), tuple(items)) if len(items) > 1 else None


def _content(question: Question, document: Document, glossary: Glossary) -> list[str]:
    """The words of the question that do not merely name the document or its place."""
    text = question.query
    for place in question.places:
        text = text.replace(place.surface, " ")
    if question.language == "en":
        words = glossary.translate_terms(text)
    else:
        words = [
            word for word, tag in rjieba.tag(glossary.content(text, "zh")) if len(word) > 1 and tag[:1] in "nvjlabi"
        ]
    named = normalize(" ".join(filter(None, (document.policy.title, _DOCUMENT_WORDS)))).text
    return [word for word in dict.fromkeys(words) if word not in named]


def _heads(clause: Clause) -> list[tuple[str, ...]]:
    return [clause.path[: depth + 1] for depth in range(len(clause.path))]


def _agreement(words: list[str], title: str) -> float:
    """How far a question is about a heading: all its words stand in it, and they make up a good part of it."""
    if not words or not title or not all(word in title for word in words):
        return 0.0
    share = sum(map(len, words)) / len(title)
    return share if share >= _SHARE else 0.0


def _children(document: Document, head: tuple[str, ...]) -> list[tuple[str, Clause]]:
    items: dict[str, tuple[str, Clause]] = {}
    for clause in document.clauses:
        if clause.path[: len(head)] != head or len(clause.path) <= len(head):
            continue
        label = clause.path[len(head)]
        if label in items:
            continue
        title = label
        if len(re.sub(r"\W", "", _NUMBER.sub("", label))) < 2:
            first = clause.sentences[0] if clause.sentences else None
            words = document.text[first.start : first.end] if first else ""
            if not words or len(words) > _TITLE_LENGTH:
                return []
            title = f"{label}. {words}" if label.isdigit() else f"{label} {words}"
        items[label] = (title, clause)
    return list(items.values())
