"""The evidence panel: a policy's card and its whole text, with the cited sentence highlighted.

A marker in an answer is a link that says everything needed to open it: policy, range, and a digest of the quote, so it
opens the same words later, or says that the document has changed.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from itertools import pairwise
from typing import Literal
from urllib.parse import quote as url_quote
from urllib.parse import urlencode

from markupsafe import Markup

from assistant.answer import Citation
from assistant.web.markup import template_html
from assistant.web.words import Words, pages_label
from knowledge.model import Clause, Document, DroppedSpan, GoalPeriod, Policy, PolicyStatus
from knowledge.pages import locate

# Enough to notice that a document's text moved; not a secret.
_DIGEST_LENGTH = 12

BlockStyle = Literal["", "bz-cited", "bz-dropped", "bz-blank"]


def quote_digest(text: str) -> str:
    """A short digest of a quoted passage, in hexadecimal."""
    return hashlib.sha256(text.encode("utf-8")).hexdigest()[:_DIGEST_LENGTH]


def citation_href(citation: Citation, language: str, release: str | None = None) -> str:
    """The address of a citation, relative to the page: its document with the quote highlighted.

    It names the release that gave the answer, so that it opens the text as it was when the corpus has changed since.
    """
    query = urlencode(
        {
            "start": citation.start,
            "end": citation.end,
            "v": quote_digest(citation.quote),
            **({"release": release} if release else {}),
            "lang": language,
        }
    )
    return f"sources/{url_quote(citation.policy_id, safe='')}?{query}"


def source_href(policy_id: str, language: str) -> str:
    """The address of a whole document, relative to the page."""
    return f"sources/{url_quote(policy_id, safe='')}?{urlencode({'lang': language})}"


@dataclass(frozen=True)
class Passage:
    """A cited range of a stored text, half open, with the digest of the words that stood there."""

    start: int
    end: int
    digest: str

    def still_in(self, text: str) -> bool:
        """Whether the same words still stand there."""
        inside = 0 <= self.start < self.end <= len(text)
        return inside and quote_digest(text[self.start : self.end]) == self.digest


@dataclass(frozen=True)
class Piece:
    """A run of text inside a block, all of it marked or none of it."""

    text: str
    marked: bool
    # Why the run is in no clause; empty for a clause's own words.
    reason: str = ""


@dataclass(frozen=True)
class Block:
    """A paragraph of the rendered document: a clause, or a range that is in no clause."""

    pieces: tuple[Piece, ...]
    style: BlockStyle


@dataclass(frozen=True)
class _Part:
    start: int
    end: int
    dropped: DroppedSpan | None
    clause: Clause | None


def _parts(document: Document) -> list[_Part]:
    """Clause spans and dropped spans in order of the text; what neither covers belongs to no clause."""
    owned = [_Part(s.start, s.end, None, clause) for clause in document.clauses for s in clause.spans]
    owned += [_Part(d.start, d.end, d, None) for d in document.dropped]
    owned.sort(key=lambda part: part.start)
    parts: list[_Part] = []
    position = 0
    for part in [*owned, _Part(len(document.text), len(document.text), None, None)]:
        if position < part.start:
            parts.append(_Part(position, part.start, None, None))
        if part.start < part.end:
            parts.append(part)
        position = max(position, part.end)
    return parts


def _grouped(parts: Sequence[_Part]) -> Iterator[list[_Part]]:
    """Parts of one paragraph: a clause keeps what interrupts it (a page mark in mid-sentence)."""
    index = 0
    while index < len(parts):
        clause = parts[index].clause
        last = index
        if clause is not None:
            last = max(i for i in range(index, len(parts)) if parts[i].start < clause.end)
        yield list(parts[index : last + 1])
        index = last + 1


def _pieces(text: str, part: _Part, passage: Passage | None) -> Iterator[Piece]:
    reason = part.dropped.reason if part.dropped else ""
    cuts = {part.start, part.end}
    if passage:
        cuts |= {cut for cut in (passage.start, passage.end) if part.start < cut < part.end}
    edges = sorted(cuts)
    for start, end in pairwise(edges):
        marked = passage is not None and passage.start <= start and end <= passage.end
        yield Piece(text[start:end], marked, reason)


def blocks(document: Document, passage: Passage | None = None) -> list[Block]:
    """The stored text as paragraphs; their pieces joined are the text, character for character."""
    result = []
    for group in _grouped(_parts(document)):
        pieces = tuple(piece for part in group for piece in _pieces(document.text, part, passage))
        result.append(Block(pieces, _style(pieces, group[0].clause, passage)))
    return result


def _style(pieces: Sequence[Piece], clause: Clause | None, passage: Passage | None) -> BlockStyle:
    if clause is not None and passage is not None and clause.start <= passage.start < clause.end:
        return "bz-cited"
    if not any(piece.text.strip() for piece in pieces):
        return "bz-blank"
    return "bz-dropped" if all(piece.reason for piece in pieces) else ""


@dataclass(frozen=True)
class Fact:
    """A line of a document's card. `known` is false when the document does not say."""

    label: str
    value: str
    known: bool


def policy_facts(policy: Policy, words: Words) -> list[Fact]:
    """What is known about a document, in the order a reader looks for it; the unknown is said, not left out."""

    def fact(label: str, value: str | None, unknown: str = words.not_stated) -> Fact:
        return Fact(label, value or unknown, known=bool(value))

    english = words.code == "en"
    place = policy.place
    facts = [
        fact(words.doc_no, policy.doc_no, words.doc_no_unseen),
        fact(words.issuer, (policy.issuer_en if english else None) or policy.issuer),
        fact(words.place, place.name_in(words.code) if place else None),
        fact(words.signed, policy.signed.isoformat() if policy.signed else None),
        fact(words.posted, policy.posted.isoformat() if policy.posted else None),
    ]
    stated = ((words.effective, policy.effective), (words.expires, policy.expires))
    facts += [fact(label, day.isoformat()) for label, day in stated if day]
    if policy.goal_period:
        facts.append(fact(words.goal_period, _period(policy.goal_period, words)))
    return facts


def _period(period: GoalPeriod, words: Words) -> str | None:
    start, end = (day.year if day else None for day in (period.start, period.end))
    if start and end:
        return str(start) if start == end else f"{start}–{end}"
    return words.until.format(year=end) if end else words.since.format(year=start) if start else None


@dataclass(frozen=True)
class Badge:
    """A mark of a document or of an answer: what is well, what is to be noted, and what does not hold."""

    text: str
    tone: Literal["info", "good", "warn", "bad"]


_TONES: Mapping[PolicyStatus, Literal["good", "bad"]] = {
    "in_force": "good",
    "superseded": "bad",
    "repealed": "bad",
    "expired": "bad",
}


def status_badge(status: PolicyStatus, words: Words) -> Badge:
    """Whether a document holds."""
    return Badge(words.policy_status[status], _TONES.get(status, "warn"))


def validity_badges(policy: Policy, words: Words, today: date) -> list[Badge]:
    """The document's status, and whether the period its goals aim at has passed on `today`."""
    badges = [status_badge(policy.status, words)]
    end = policy.goal_period.end if policy.goal_period else None
    if end and end < today:
        badges.append(Badge(f"{words.goal_passed} ({end.year})", "warn"))
    return badges


def outline_fact(document: Document, passage: Passage | None, words: Words) -> Fact | None:
    """Where in the document's outline a passage stands; null without a passage or outside of all clauses."""
    if passage is None:
        return None
    clause = next((c for c in document.clauses if c.start <= passage.start < c.end), None)
    if clause is None:
        return None
    place = " › ".join(clause.path) or words.outline_outside.get(clause.kind)
    pages = pages_label(locate(document, passage.start, passage.end), words)
    value = " · ".join(part for part in (place or words.outline_unknown, pages) if part)
    return Fact(words.outline, value, known=bool(place or pages))


def document_html(
    document: Document,
    passage: Passage | None,
    words: Words,
    today: date,
    *,
    earlier: bool = False,
    page: int = 0,
    page_href: str = "",
) -> Markup:
    """A document's card and text. A passage whose words have moved is not highlighted, and that is said.

    Args:
        document: as its release holds it.
        passage: what is cited.
        words: the labels.
        today: by which a goal period has passed.
        earlier: whether this is the text of an earlier release, which the live one no longer holds.
        page: of the original, that can be shown; 0 for none.
        page_href: its address.
    """
    shown = passage if passage and passage.still_in(document.text) else None
    return template_html(
        "document.html",
        words=words,
        policy=document.policy,
        facts=policy_facts(document.policy, words),
        badges=validity_badges(document.policy, words, today),
        outline=outline_fact(document, shown, words),
        blocks=blocks(document, shown),
        reasons=sorted({words.dropped[d.reason] for d in document.dropped if d.reason not in ("blank", "separator")}),
        marked=shown is not None,
        moved=passage is not None and shown is None,
        earlier=earlier,
        page=page,
        page_href=page_href,
    )


def documents_html(documents: Mapping[str, Document], words: Words, today: date) -> Markup:
    """The documents of a release as a list of links with their validity."""
    entries = [
        {
            "policy": document.policy,
            "href": source_href(policy_id, words.code),
            "badges": validity_badges(document.policy, words, today),
        }
        for policy_id, document in documents.items()
    ]
    return template_html("documents.html", words=words, entries=entries)


def page_html(title: str, body: Markup, words: Words, *, root: str = "../") -> Markup:
    """A page of its own around a document or a list, for a link that is opened in a new tab; `root` is the way up."""
    return template_html("page.html", words=words, title=title, body=body, up=root)


def notice_html(text: str) -> Markup:
    """One sentence where a document would be."""
    return template_html("notice.html", text=text)
