"""Running text without outline numbers as pieces: front matter, signatures, whole documents of plain paragraphs."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from itertools import pairwise

from knowledge.kept import Kept
from knowledge.model import ClauseKind, Span
from knowledge.outline import is_heading, load_lexicon
from knowledge.sentences import END_MARKS

PACK = 380
"""What running text is packed into, in characters."""
LITTLE = 40
"""What is shorter than this does not stand alone, in characters."""
LONGEST_TITLE = 80
COLONS = "：:"

OPEN_ENDS = (*COLONS, "；", ";", "，", ",", "、")
_CN_DAY = r"[一二][〇○零O0一二三四五六七八九]{3}年[一二三四五六七八九十]{1,2}月[一二三四五六七八九十]{1,3}日"
_CONTACT = r"(?:\s*\([^()\n]{0,80}\))?"
# A date in Chinese numerals is how an official document is signed.
_SIGNED = re.compile(_CN_DAY + _CONTACT)
_SIGNED_LINE = re.compile(rf"(?:{_CN_DAY}|[12][0-9]{{3}}\s*年\s*[0-9]{{1,2}}\s*月\s*[0-9]{{1,2}}\s*日){_CONTACT}")
_ENDS_IN_DOC_NO = re.compile(r"[〔\[(【][12][0-9]{3}[〕\])】]\s*[0-9]{1,5}\s*号\s*\Z")
_BRACKETED_END = re.compile(r"\s*\([^()]{1,12}\)\s*\Z")


@dataclass(frozen=True, slots=True)
class Piece:
    """A range of the kept text that becomes one clause, or several when it is long.

    `silent` are the ranges within it that are no sentence: headings, titles, outline numbers; ascending.
    """

    start: int
    end: int
    address: tuple[str, ...]
    path: tuple[str, ...] = ()
    kind: ClauseKind = "body"
    silent: tuple[Span, ...] = ()


def unsilenced(kept: Kept, span: Span, silent: Sequence[Span]) -> Span:
    """The range from where no silent range covers it, which may leave it empty. Silent ranges are ascending."""
    start = span.start
    for quiet in silent:
        if quiet.start <= start < quiet.end:
            start = kept.trimmed(min(quiet.end, span.end), span.end).start
    return Span(start, span.end)


@dataclass(slots=True)
class _Group:
    """Paragraphs that become one piece."""

    start: int
    end: int
    kind: ClauseKind
    path: tuple[str, ...] = ()
    silent: list[Span] = field(default_factory=list)
    is_titles_only: bool = False
    is_closed: bool = False


@dataclass(frozen=True, slots=True)
class _Paragraph:
    span: Span
    line: str
    # The title that the paragraph opens with, or is.
    title: Span | None
    is_heading: bool = False

    @property
    def is_title(self) -> bool:
        return self.title == self.span


def prose(kept: Kept, span: Span, name: str, kind: ClauseKind) -> Iterator[Piece]:
    """The pieces of unnumbered text, packed paragraph by paragraph: `name/1`, `name/2`, or `p1`, `p2` without a name.

    Lines about the document (发布日期:…) make pieces of their own: `meta/1`.
    """
    counts: Counter[str] = Counter()
    for group in _groups(_paragraphs(kept, span), kind):
        prefix = "meta" if group.kind == "metadata" else name
        counts[prefix] += 1
        number = str(counts[prefix])
        address = (prefix, number) if prefix else (f"p{number}",)
        yield Piece(group.start, group.end, address, group.path, group.kind, tuple(group.silent))


def is_signed_line(line: str) -> bool:
    """Whether the line (simplified, half-width) is the date of a signature."""
    return _SIGNED_LINE.fullmatch(line) is not None


def is_metadata_line(line: str) -> bool:
    """Whether the line (simplified, half-width) says something about the document: 发布日期:2010-01-15."""
    return _metadata_line().match(line) is not None


def ends_as_title(line: str) -> bool:
    """Whether the line (simplified, half-width) can be a title: short, and it ends with 意见, 方案(试行), …"""
    return len(line) <= LONGEST_TITLE and _BRACKETED_END.sub("", line).endswith(load_lexicon().title_endings)


@lru_cache(maxsize=1)
def _metadata_line() -> re.Pattern[str]:
    labels = "|".join(map(spaced, load_lexicon().metadata.labels))
    return re.compile(rf"[【\[]?\s*(?:{labels})\s*[】\]]?\s*:")


def spaced(label: str) -> str:
    """A pattern for a label whose characters may be set apart: 索 引 号."""
    return "[ \\t]{0,4}".join(map(re.escape, label))


def _groups(paragraphs: Sequence[_Paragraph], kind: ClauseKind) -> list[_Group]:
    groups: list[_Group] = []
    for paragraph in paragraphs:
        span, last = paragraph.span, groups[-1] if groups else None
        if is_metadata_line(paragraph.line):
            if last and (last.kind == "metadata" or last.is_titles_only):
                last.kind, last.end, last.is_titles_only = "metadata", span.end, False
            else:
                groups.append(_Group(span.start, span.end, "metadata"))
            continue
        if last and last.kind == kind and _continues(last, paragraph):
            last.end, last.is_titles_only = span.end, last.is_titles_only and paragraph.is_title
        else:
            path = (paragraph.line.rstrip(": "),) if paragraph.is_heading else ()
            last = _Group(span.start, span.end, kind, path, is_titles_only=paragraph.is_title)
            groups.append(last)
        last.silent += [paragraph.title] if paragraph.title else []
        last.is_closed = is_signed_line(paragraph.line) or _SIGNED.sub("", paragraph.line)[-1:] != paragraph.line[-1:]
    return _without_strays(groups)


def _continues(group: _Group, paragraph: _Paragraph) -> bool:
    if group.is_titles_only:
        return not (paragraph.is_heading and group.path)
    return not (group.is_closed or paragraph.title or paragraph.span.end - group.start > PACK)


def _without_strays(groups: list[_Group]) -> list[_Group]:
    """The groups with a last one that is nothing but a title, or next to nothing, joined to the one before it."""
    if len(groups) < 2:
        return groups
    last, before = groups[-1], groups[-2]
    is_little = last.end - last.start < LITTLE and last.kind == before.kind and not before.is_closed and not last.silent
    if last.is_titles_only or is_little:
        before.end = last.end
        before.silent += last.silent
        return groups[:-1]
    return groups


def _paragraphs(kept: Kept, span: Span) -> list[_Paragraph]:
    """The paragraphs of the range, cut behind a signature and, where they are long, at sentences too."""
    spans: list[Span] = []
    for paragraph in kept.paragraphs(*span):
        cuts = [m.end() for m in _SIGNED.finditer(kept.plain, *paragraph)]
        for part in pairwise([paragraph.start, *cuts, paragraph.end]):
            spans += _packed_sentences(kept, kept.trimmed(*part))
    known = _known_titles(kept.plain)
    found: list[_Paragraph] = []
    index = 0
    while index < len(spans):
        here = spans[index]
        if index + 1 < len(spans) and _is_wrapped_title(kept, here, spans[index + 1], known):
            here = Span(here.start, spans[index + 1].end)
            found.append(_Paragraph(here, kept.plain[slice(*here)], here))
            index += 2
            continue
        line = kept.plain[slice(*here)]
        if is_heading(line):
            found.append(_Paragraph(here, line, here, is_heading=True))
        else:
            found.append(_Paragraph(here, line, _title(kept, here, known)))
        index += 1
    return found


def _packed_sentences(kept: Kept, span: Span) -> Iterator[Span]:
    """The range in stretches of whole sentences, of about equal length and not much more than a pack."""
    if span.start == span.end:
        return
    target = (span.end - span.start) / -(-(span.end - span.start) // PACK)
    start = reached = span.start
    for end in [*kept.sentence_ends_in(*span), span.end]:
        if reached > start and (end - start > PACK or reached - start >= target):
            yield kept.trimmed(start, reached)
            start = reached
        reached = end
    if start < span.end:
        yield kept.trimmed(start, span.end)


def _is_wrapped_title(kept: Kept, first: Span, second: Span, known: Sequence[str]) -> bool:
    head, rest = kept.plain[slice(*first)], kept.plain[slice(*second)]
    if len(head) + len(rest) > LONGEST_TITLE:
        return False
    if "".join((head + rest).split()) in known:
        return True
    opens = head.startswith("关于") and not head.endswith((*END_MARKS, *OPEN_ENDS))
    return opens and not ends_as_title(head) and ends_as_title(rest)


def _title(kept: Kept, span: Span, known: Sequence[str]) -> Span | None:
    """The title that the paragraph opens with."""
    line = kept.plain[slice(*span)]
    if _ENDS_IN_DOC_NO.search(line):
        return None
    opens_document = not kept.plain[: span.start].strip() and not line.endswith((*END_MARKS, *OPEN_ENDS))
    if ends_as_title(line) or (opens_document and len(line) <= LONGEST_TITLE):
        return span
    title = next((title for title in known if line.startswith(title)), "")
    if not title:
        return None
    suffixes = "|".join(map(re.escape, load_lexicon().title_suffixes))
    suffix = re.compile(rf"\s*\((?:{suffixes})\)").match(line, len(title))
    return Span(span.start, span.start + (suffix.end() if suffix else len(title)))


def _known_titles(plain: str) -> list[str]:
    """Titles of documents that the text names in 《》, longest first."""
    endings = load_lexicon().title_endings
    titles = {title for title in re.findall(r"《([^《》\n]{6,80})》", plain) if title.endswith(endings)}
    return sorted(titles, key=lambda title: (-len(title), title))
