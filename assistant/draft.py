"""An answer before it has markers: lines of markdown, each with the evidence it rests on.

Markers are numbered only after verification, so a line that is dropped never leaves a gap or an orphan.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace

from assistant.answer import Citation, CitedPolicy, PrintedPlace
from knowledge.model import Clause, Document, Policy, Span
from knowledge.pages import locate

MARKER = re.compile(r"\[(\d{1,3})\]")
"""A marker as `render` writes it; what looks like one in a document's own words gets full-width brackets."""
_MARKERS = re.compile(rf"\s*{MARKER.pattern}")


@dataclass(frozen=True)
class Evidence:
    """Whole sentences of one clause: the range of the stored text that a marker opens."""

    policy_id: str
    clause_id: str
    start: int
    end: int


@dataclass(frozen=True)
class Line:
    """One line or block of markdown and the evidence for what it says. The markers go to its end."""

    text: str
    evidence: tuple[Evidence, ...] = ()
    # Numbers that the arithmetic shown accounts for; a computed line may say them.
    computed: tuple[float, ...] = ()


@dataclass(frozen=True)
class Draft:
    """Lines in order. An empty text is a paragraph break."""

    lines: tuple[Line, ...] = ()

    def evidence(self) -> list[Evidence]:
        """All evidence, in order of first use, without repeats."""
        return list(dict.fromkeys(e for line in self.lines for e in line.evidence))

    def kept(self, lines: Sequence[Line]) -> Draft:
        """The same draft with only these lines."""
        return replace(self, lines=tuple(lines))


@dataclass
class DraftBuilder:
    """Collects lines. `add("")` ends a paragraph."""

    lines: list[Line] = field(default_factory=list)

    def add(self, text: str, *evidence: Evidence, computed: Sequence[float] = ()) -> None:
        """Append one line of markdown. What was said before is not said again."""
        line = Line(text, tuple(evidence), tuple(computed))
        if not text or line not in self.lines:
            self.lines.append(line)

    def done(self) -> Draft:
        """The finished draft."""
        return Draft(tuple(self.lines))


def sentences_of(document: Document, clause: Clause, start: int, end: int) -> Evidence:
    """Evidence for `[start, end)`: the whole sentences of the clause that it touches."""
    touched = [s for s in clause.sentences if s.start < end and start < s.end]
    if not touched:
        touched = [Span(clause.start, clause.end)]
    return Evidence(document.policy.id, clause.clause_id, touched[0].start, touched[-1].end)


def render(draft: Draft) -> tuple[str, list[Evidence]]:
    """The markdown with markers 1…n in order of first use, and the evidence behind each."""
    order: dict[Evidence, int] = {}
    out: list[str] = []
    for line in draft.lines:
        for evidence in line.evidence:
            order.setdefault(evidence, len(order) + 1)
        marks = "".join(f"[{order[e]}]" for e in dict.fromkeys(line.evidence))
        out.append(_with_marks(MARKER.sub("［\\1］", line.text), marks))
    text = re.sub(r"\n{3,}", "\n\n", "\n".join(out)).strip()
    return text, list(order)


def unrendered(text: str, evidence: Sequence[Evidence]) -> Draft:
    """The lines of a text with markers, and the evidence that each names; the inverse of `render`."""
    lines = []
    for line in text.splitlines():
        named = dict.fromkeys(int(n) for n in MARKER.findall(line))
        opened = tuple(evidence[n - 1] for n in named if 0 < n <= len(evidence))
        lines.append(Line(_MARKERS.sub("", line).rstrip(), opened))
    return Draft(tuple(lines))


def _with_marks(text: str, marks: str) -> str:
    """Markers at the end of the words, inside the last cell of a table row."""
    if not marks:
        return text
    if text.rstrip().endswith("|"):
        return f"{text.rstrip()[:-1].rstrip()} {marks} |"
    return f"{text} {marks}" if text[-1:].isascii() and text[-1:].isalnum() else f"{text}{marks}"


def cite(evidence: Sequence[Evidence], documents: Mapping[str, Document]) -> list[Citation]:
    """Citations 1…n for rendered evidence, quotes taken literally from the stored text."""
    citations = []
    for n, item in enumerate(evidence, 1):
        document = documents[item.policy_id]
        clause = next(c for c in document.clauses if c.clause_id == item.clause_id)
        citations.append(
            Citation(
                n=n,
                policy_id=item.policy_id,
                policy=cited_policy(document.policy),
                clause_id=item.clause_id,
                clause_path=list(clause.path),
                quote=document.text[item.start : item.end],
                start=item.start,
                end=item.end,
                places=_places(document, item),
            )
        )
    return citations


def _places(document: Document, quoted: Evidence) -> list[PrintedPlace]:
    lines = locate(document, quoted.start, quoted.end)
    return [PrintedPlace(page=line.page, box=line.box, size=line.size, file=line.file) for line in lines]


def cited_policy(policy: Policy) -> CitedPolicy:
    """What a citation says of its policy."""
    return CitedPolicy(
        title=policy.title,
        title_en=policy.title_en,
        doc_no=policy.doc_no,
        issuer=policy.issuer,
        place=policy.place.name if policy.place else None,
        signed=policy.signed.isoformat() if policy.signed else None,
        posted=policy.posted.isoformat() if policy.posted else None,
        status=policy.status,
    )
