"""Answers "which …" from a document's own outline: the items under the heading that the question names."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass

import rjieba

from assistant.evidence import asks_for_list
from assistant.question import Question
from knowledge.glossary import Glossary
from knowledge.model import Clause, Document
from knowledge.normalize import normalize

# A run-in title longer than this is a sentence of substance, not the name of an item.
_TITLE_LENGTH = 48
# The part of a heading that a question's words must make up, where a list is asked for and where it is not.
_SHARE, _SHARE_UNASKED = 0.4, 0.9
_DASH_ITEM = re.compile(r"/d\d+$")
# Words for a document as such.
DOCUMENT_WORDS = (
    "包括 包含 建设 建成 具体 几种 文件 政策 方案 意见 纲要 办法 规定 通知 计划 规划 内容 方面 "
    "主要 提出 实施 推进 分别 设定 战略"
)
_NUMBER = re.compile(
    r"^\s*(?:第?[一二三四五六七八九十百\d]+[章节条、.．]?|[(（][一二三四五六七八九十\d]+[)）]|[①-⑳]|—+)\s*"
)


_DIGITS = {digit: value for value, digit in enumerate("一二三四五六七八九十", start=1)} | {"两": 2}
_QUOTED = re.compile(r"[“\"‘「『]([^”\"’」』]{2,30})[”\"’」』]")
_NUMBERED = re.compile(
    r"[哪这](?P<number>[两二三四五六七八九十])(?:个|大|类|项|种)(?P<noun>[\u3400-\u9fff]{1,4}?)(?=[?？。!！]|$)"
)


@dataclass(frozen=True)
class Listing:
    """The items under one heading: each with its title and the first clause of it.

    `agreement` is how far the question is about that heading, 0 to 1.
    """

    document: Document
    head: str
    items: tuple[tuple[str, Clause], ...]
    agreement: float


def best_listing(question: Question, documents: Iterable[Document], glossary: Glossary) -> Listing | None:
    """The items of the heading that a question is most about, over several documents; the first of equals."""
    found = [listing for document in documents if (listing := outline_items(question, document, glossary))]
    return max(found, key=lambda listing: listing.agreement, default=None)


def outline_items(question: Question, document: Document, glossary: Glossary) -> Listing | None:
    """The items under the heading a question names; null where it names none or the heading has no items.

    A heading's words in passing do not turn an answer into a list: the question asks for a list, or is the heading.
    """
    listing = asks_for_list(question) or bool({"list", "stage"} & question.intents)
    numbered = _NUMBERED.search(question.query)
    words = _content(question, document, glossary)
    best: tuple[float, tuple[str, ...], list[tuple[str, Clause]]] | None = None
    for head in sorted({path for clause in document.clauses for path in _heads(clause)}):
        title = re.sub(r"\W", "", normalize(_NUMBER.sub("", head[-1])).text)
        items = _children(document, head)
        names = [normalize(item).text for item, _ in items]
        score = max(_agreement(words, title, names), _counted(numbered, names))
        if len(items) > 1 and score >= (_SHARE if listing else _SHARE_UNASKED) and (best is None or score > best[0]):
            best = (score, head, items)
    return Listing(document, " › ".join(best[1]), tuple(best[2]), best[0]) if best else None


def _counted(numbered: re.Match[str] | None, items: list[str]) -> float:
    """1 where there are as many items as the question says, and each is called what it says: 哪四个区."""
    if numbered is None or len(items) != _DIGITS.get(numbered["number"], 0):
        return 0.0
    return float(all(numbered["noun"] in item for item in items))


# Names that the word classes do not cover: AAAA, 4K, 1加1.
_LATIN_NAME = re.compile(r"[a-zA-Z][a-zA-Z0-9]+|\d[a-zA-Z]\b|\d[加+]\d")


def _content(question: Question, document: Document, glossary: Glossary) -> list[tuple[str, ...]]:
    """The words of the question that do not merely name the document or its place, each with how it may be written."""
    text = question.query
    if quoted := _QUOTED.findall(text):
        return [(normalize(name).text,) for name in quoted]
    for place in question.places:
        text = text.replace(place.surface, " ")
    if question.language == "en":
        words = [tuple(normalize(form).text for form in term.zh) for term in glossary.find_terms(text)]
    else:
        tagged = rjieba.tag(glossary.content(text, "zh"))
        words = [(word,) for word, tag in tagged if len(word) > 1 and (tag[:1] in "nvjlabi" or word[0] == "第")]
        words += [(name,) for name in _LATIN_NAME.findall(text)]
    named = normalize(" ".join(filter(None, (document.policy.title, DOCUMENT_WORDS)))).text
    return [forms for forms in dict.fromkeys(words) if not any(form in named for form in forms)]


def _heads(clause: Clause) -> list[tuple[str, ...]]:
    return [clause.path[: depth + 1] for depth in range(len(clause.path))]


def _agreement(words: list[tuple[str, ...]], title: str, items: list[str]) -> float:
    """How far a question is about a heading, 0 to 1.

    Its words stand in the heading, or in every item below it (阶段 in 第一阶段, 第二阶段 …).
    """
    common = [forms for forms in words if items and any(all(form in item for item in items) for form in forms)]
    named = [max(held, key=len) for forms in words if (held := [form for form in forms if form in title])]
    if not words or any(forms not in common and not any(form in title for form in forms) for forms in words):
        return 0.0
    if common:
        return 1.0
    return sum(map(len, named)) / len(title) if title else 0.0


def _children(document: Document, head: tuple[str, ...]) -> list[tuple[str, Clause]]:
    items: dict[str, tuple[str, Clause]] = {}
    for clause in document.clauses:
        if clause.path[: len(head)] != head:
            continue
        if len(clause.path) == len(head):
            # A dash item has no label of its own; a paragraph is no item.
            label = clause.clause_id if _DASH_ITEM.search(clause.clause_id) else ""
        else:
            label = clause.path[len(head)]
        if not label or label in items:
            continue
        title = _item_title(document, clause, "" if label == clause.clause_id else label)
        if title is None:
            return []
        items[label] = (title, clause)
    return list(items.values())


def _item_title(document: Document, clause: Clause, label: str) -> str | None:
    """What an item is called: its heading, or its short first sentence; null where that is a sentence of substance."""
    if len(re.sub(r"\W", "", _NUMBER.sub("", label))) >= 2:
        return label
    first = clause.sentences[0] if clause.sentences else None
    words = document.text[first.start : first.end] if first else ""
    if not words or len(words) > _TITLE_LENGTH:
        return None
    return f"{label}. {words}" if label.isdigit() else f"{label} {words}".strip()
