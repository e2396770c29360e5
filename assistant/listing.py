"""Answers "which …" from a document's own outline: the items under the heading that the question names."""

from __future__ import annotations

import re
from dataclasses import dataclass

from assistant.question import Question
from knowledge.glossary import Glossary
from knowledge.model import Clause, Document
from knowledge.normalize import normalize

# A run-in title longer than this is a sentence of substance, not the name of an item.
_TITLE_LENGTH = 48
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
    asked = re.sub(r"\s", "", _content(question, document, glossary))
    best: tuple[float, str] | None = None
    heads = {path for clause in document.clauses for path in _heads(clause)}
    for head in heads:
        title = re.sub(r"\W", "", normalize(_NUMBER.sub("", head[-1])).text)
        if len(title) < 2 or not asked:
            continue
        score = _agreement(asked, title)
        if score >= 0.8 and (best is None or (score, "".join(head)) > best):
            best = (score, "".join(head))
            chosen = head
    if best is None:
        return None
    items = _children(document, chosen)
    return Listing(" › ".join(chosen), tuple(items)) if len(items) > 1 else None


def _content(question: Question, document: Document, glossary: Glossary) -> str:
    text = question.query
    for place in question.places:
        text = text.replace(place.surface, " ")
    if document.policy.place:
        text = text.replace(normalize(document.policy.place.name).text, " ")
    if question.language == "en":
        return "".join(glossary.translate_terms(text)[:2])
    return glossary.content(text, question.language)


def _heads(clause: Clause) -> list[tuple[str, ...]]:
    return [clause.path[: depth + 1] for depth in range(len(clause.path))]


def _agreement(asked: str, title: str) -> float:
    """How far a question's words are a heading's words: the share of the question's pairs that the title holds."""
    pairs = [asked[i : i + 2] for i in range(len(asked) - 1)]
    if not pairs:
        return 0.0
    return sum(pair in title for pair in pairs) / len(pairs)


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
