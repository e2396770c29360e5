"""What of a document's text is not the document: page furniture, page marks, rules, a news item around it, repeats.

Nothing is removed from the stored text. `clean` only says which ranges become no clause, and why.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Sequence
from functools import lru_cache
from itertools import groupby, pairwise

from knowledge.glosses import find_glosses
from knowledge.kept import INTERRUPTIONS
from knowledge.model import DroppedSpan, DropReason, Span
from knowledge.normalize import align
from knowledge.outline import Marker, disorder, ends_line, find_markers, load_lexicon, starts_line
from knowledge.prose import LONGEST_TITLE
from knowledge.sentences import END_MARKS, line_wraps, sentences, trimmed

# A sentence shorter than this may recur for good reasons, however the text came about.
_SHORTEST_REPEAT = 12
# In a text whose outline is in order, only the repeat of a whole passage is a mistake of the copy: a sentence of a
# reward clause may well recur below another heading, and means something else there.
_SHORTEST_PASSAGE = 200
_PASSAGE_SENTENCES = 3
# Share of repeated text, and count and share of numbers out of order, from which a text counts as scrambled.
_SCRAMBLED_REPEATS = 0.08
_SCRAMBLED_NUMBERS = 3
_SCRAMBLED_DISORDER = 0.15
# A line beside so many page marks is printed on every page.
_FEWEST_HEADS = 2
_SHORTEST_HEAD = 4
# A page in the middle of running text holds at least so many characters.
_SHORTEST_PAGE = 100
_LONGEST_NEWS_LEAD = 3000
# A numbered sentence up to this length is the title of what follows.
_LONGEST_TITLE = 40

# Each with the fewest marks that count pages where they stand within lines.
_PAGE_STYLES = (
    # -3-, — 3 —, in running text too; never within 1-3-5 or A-3-B.
    (
        re.compile(
            r"(?<![\w\-—–])[\-—–][ \t]?(?P<n>\d{1,3})[ \t]?[\-—–](?![A-Za-z\-—–]|\d{2}|\d\D{0,3}[\-—–])", re.ASCII
        ),
        2,
    ),
    # 第3页, but 见第3页 is a reference.
    (re.compile(r"第\s?(?P<n>\d{1,3})\s?页(?:[\s,/]{0,2}\(?共\s?\d{1,3}\s?页\)?)?"), 3),
    (re.compile(r"(?m)^[ \t]*(?P<n>\d{1,3})(?:[ \t]*/[ \t]*\d{1,3})?[ \t]*(?=\r?$)"), 2),
)
_RULE = re.compile(r"[━─═﹏]{3,}|\*{5,}|(?m:^[ \t]*[-=_*~#—·.…]{4,}[ \t]*(?=\r?$))")
# Links to other pages stand in the last part of a page, and are no statements.
_END_OF_PAGE = 0.5
_STATES = re.compile(r"[。;；]")
_ATTACHED = ("附件", "附表", "附录")
# Where the text refers to a note; at the beginning of a line the note itself stands.
# A raised digit behind a Latin letter (m²) or a power of ten (10⁵) is an exponent.
_NOTE_MARK = re.compile(r"(?<=[^\s])\[尾?注\d{1,3}\]|(?<![\sA-Za-z⁰¹²³⁴-⁹])(?<!10)[⁰¹²³⁴-⁹]{1,3}(?![⁰¹²³⁴-⁹])")
# Digits of money with blanks between them: no amount begins with 0 but a fraction, and thousands go in groups of three.
_PARTED_AMOUNT = re.compile(
    r"(?<![\d.,] )(?<![\d.,])(?:\d{1,3}(?: \d{3})*? 0\d{2}|\d{1,3}(?: \d{3}){2,}|\d(?: 0){1,4})(?=[ ]?[万亿]?元)"
)
# A line that ends so is a paragraph's last, page or no page.
_CLOSES_PARAGRAPH = tuple(END_MARKS + "：:；;”》）)")


def clean(text: str, known: Sequence[DroppedSpan] = ()) -> list[DroppedSpan]:
    """The ranges of `text` that belong to no clause, ascending and apart, each with its reason.

    White space between clauses is not in the list: it is known only once the clauses are (`blanks`).

    Args:
        text: the stored text.
        known: ranges that are known to be no part of the document, ascending and apart.
    """
    plain = align(text)
    found: tuple[tuple[DropReason, Iterable[Span]], ...] = (
        ("site_chrome", _site_chrome(plain)),
        ("news_lead", _news_lead(plain)),
        ("page_mark", _page_marks(plain)),
        ("separator", [Span(*match.span()) for match in _RULE.finditer(plain)]),
        ("gloss", sorted([*find_glosses(text), *(Span(*match.span()) for match in _NOTE_MARK.finditer(plain))])),
        ("line_wrap", sorted([*_line_wraps(text, plain), *_blanks_in_amounts(plain)])),
    )
    dropped = list(known)
    for reason, spans in found:
        dropped = _with(dropped, spans, reason)
    return _with(dropped, _repeats(text, dropped, known), "repeated")


def is_scrambled(text: str, known: Sequence[DroppedSpan] = ()) -> bool:
    """Whether the text came out of order: sentences repeat and the numbering does not run on.

    The ranges that are known to be no part of the document are not looked at: menus repeat.
    """
    text = _without(text, known) if known else text
    if _repeated_share(text) < _SCRAMBLED_REPEATS:
        return False
    count, share = _disorder(text)
    return count >= _SCRAMBLED_NUMBERS and share >= _SCRAMBLED_DISORDER


def _without(text: str, spans: Iterable[DroppedSpan]) -> str:
    at, parts = 0, []
    for span in spans:
        parts.append(text[at : span.start])
        at = span.end
    return "".join([*parts, text[at:]])


def blanks(text: str, taken: Iterable[tuple[int, int]]) -> list[DroppedSpan]:
    """White space outside the ranges `taken`, as dropped spans.

    Raises:
        ValueError: something other than white space is outside of them.
    """
    found, at = [], 0
    for start, end in [*sorted(taken), (len(text), len(text))]:
        if start > at:
            left = text[at:start].strip()
            if left:
                raise ValueError(f"expected every character in a clause or a dropped span, got {left!r} after {at}")
            found.append(DroppedSpan(start=at, end=start, reason="blank"))
        at = max(at, end)
    return found


def _with(dropped: list[DroppedSpan], spans: Iterable[Span], reason: DropReason) -> list[DroppedSpan]:
    """`dropped` and the parts of `spans` that are not in it yet, ascending."""
    result = list(dropped)
    for span in spans:
        result += [DroppedSpan(start=start, end=end, reason=reason) for start, end in _outside(span, dropped)]
    return sorted(result, key=lambda d: d.start)


def _outside(span: Span, dropped: list[DroppedSpan]) -> Iterator[Span]:
    at = span.start
    for other in dropped:
        if other.end <= at or other.start >= span.end:
            continue
        if other.start > at:
            yield Span(at, other.start)
        at = other.end
    if at < span.end:
        yield Span(at, span.end)


def _lines(text: str) -> Iterator[Span]:
    at = 0
    for line in text.splitlines(keepends=True):
        body = line.strip()
        if body:
            start = at + line.index(body)
            yield Span(start, start + len(body))
        at += len(line)


@lru_cache(maxsize=1)
def _chrome_patterns() -> tuple[re.Pattern[str], re.Pattern[str]]:
    chrome = load_lexicon().site_chrome
    return _any_of(chrome.lines), _any_of(chrome.inline)


def _any_of(patterns: Iterable[str]) -> re.Pattern[str]:
    return re.compile("|".join(f"(?:{pattern})" for pattern in patterns), re.IGNORECASE)


def _site_chrome(plain: str) -> list[Span]:
    line_pattern, inline = _chrome_patterns()
    lines = [span for span in _lines(plain) if line_pattern.fullmatch(plain, *span)]
    lines = sorted({*lines, *_elsewhere(plain)})
    words = (Span(*match.span()) for match in inline.finditer(plain))
    return lines + [word for word in words if not any(line.start <= word.start < line.end for line in lines)]


def _elsewhere(plain: str) -> Iterator[Span]:
    """The titles below 相关链接 and the like at the end of a page: they say what stands elsewhere."""
    below = False
    heading = _any_of(load_lexicon().site_chrome.elsewhere)
    for span in _lines(plain):
        line = plain[slice(*span)]
        if span.start >= len(plain) * _END_OF_PAGE and heading.fullmatch(line):
            below = True
        elif below:
            is_title = len(line) <= LONGEST_TITLE and not _STATES.search(line) and not _opens(line)
            if not is_title:
                return
            yield span


def _opens(line: str) -> bool:
    """Whether a line opens a part of the document: an item of its outline, or its attachments."""
    return line.startswith(_ATTACHED) or any(marker.start == 0 for marker in find_markers(line, ordered=False))


def _news_lead(plain: str) -> list[Span]:
    """The news item in front of a document it carries, up to and with the mark that announces the document."""
    news = load_lexicon().news
    limit = min(len(plain) * 2 // 3, _LONGEST_NEWS_LEAD)
    for match in _any_of(news.marks).finditer(plain, 0, limit):
        before = plain[: match.start()].rstrip(" \t")
        stands_apart = starts_line(plain, match.start()) or before.endswith(tuple(END_MARKS))
        if stands_apart and _any_of(news.cues).search(plain, 0, match.end()):
            return [Span(len(plain) - len(plain.lstrip()), match.end())]
    return []


def _page_marks(plain: str) -> list[Span]:
    spans: list[Span] = []
    for style, fewest in _PAGE_STYLES:
        spans += _page_run(plain, [(int(m["n"]), Span(*m.span())) for m in style.finditer(plain)], fewest)
    return sorted(spans)


def _page_run(plain: str, candidates: list[tuple[int, Span]], fewest: int) -> list[Span]:
    """The candidates that count pages: one by one from 1, 2 or 3 upwards, at least `fewest` of them, a page apart.

    A mark that is alone in its line and more than a bare number needs neither distance nor company.
    """
    run: list[tuple[int, Span]] = []
    for number, span in candidates:
        sure = _is_sure(plain, span)
        if run and 1 <= number - run[-1][0] <= 2 and (sure or span.start - run[-1][1].end >= _SHORTEST_PAGE):
            run.append((number, span))
        elif number <= 3 and (not run or (len(run) == 1 and not _is_sure(plain, run[0][1]))):
            run = [(number, span)]
    sure = any(_is_sure(plain, span) for _, span in run)
    # Where half of the bare numbers that are alone in their lines count nothing, they are the cells of a table.
    of_table = not sure and 2 * len(run) <= sum(_is_alone(plain, span) for _, span in candidates)
    if of_table or (len(run) < fewest and not sure):
        return []
    return [_with_line_breaks(plain, span) for span in _with_running_heads(plain, [span for _, span in run])]


def _with_running_heads(plain: str, marks: Sequence[Span]) -> Iterator[Span]:
    """The page marks, each with the line above or below it that stands so at others too: the title on every page."""
    alone = [mark for mark in marks if _is_alone(plain, mark)]
    beside = {mark: [line for line in _lines_beside(plain, mark) if line.start < line.end] for mark in alone}
    counts = Counter(plain[slice(*line)] for line in {line for lines in beside.values() for line in lines})
    for mark in marks:
        heads = [
            line
            for line in beside.get(mark, ())
            if counts[plain[slice(*line)]] >= _FEWEST_HEADS and _SHORTEST_HEAD <= line.end - line.start <= LONGEST_TITLE
        ]
        edges = [mark, *heads]
        yield Span(min(edge.start for edge in edges), max(edge.end for edge in edges))


def _lines_beside(plain: str, mark: Span) -> tuple[Span, Span]:
    """The lines directly above and below the line of a mark, without the blanks around them; empty where they are."""
    above = plain.rfind("\n", 0, mark.start)
    below = plain.find("\n", mark.end)
    before = trimmed(plain, plain.rfind("\n", 0, max(above, 0)) + 1, max(above, 0))
    end = plain.find("\n", below + 1) if below >= 0 else -1
    behind = trimmed(plain, below + 1, end if end >= 0 else len(plain)) if below >= 0 else Span(mark.end, mark.end)
    return before, behind


def _is_sure(plain: str, span: Span) -> bool:
    return _is_alone(plain, span) and not plain[slice(*span)].strip().isdecimal()


def _is_alone(plain: str, span: Span) -> bool:
    return starts_line(plain, span.start) and ends_line(plain, span.end)


def _with_line_breaks(plain: str, span: Span) -> Span:
    """The mark, with the line breaks around it where the sentence goes on over the page."""
    start, end = span
    while start > 0 and plain[start - 1].isspace():
        start -= 1
    while end < len(plain) and plain[end].isspace():
        end += 1
    inside_text = start > 0 and end < len(plain)
    if not (inside_text and _is_alone(plain, span)) or plain[start - 1] in _CLOSES_PARAGRAPH:
        return span
    opens_item = any(marker.start == 0 for marker in find_markers(plain[end : end + 12]))
    return span if opens_item else Span(start, end)


def _blanks_in_amounts(plain: str) -> Iterator[Span]:
    """The blanks that part the digits of one amount; 1 5万元 may be number 1 and 5万元, and stays as it is."""
    for match in _PARTED_AMOUNT.finditer(plain):
        yield from (Span(at, at + 1) for at in range(*match.span()) if plain[at] == " ")


def _line_wraps(text: str, plain: str) -> Iterator[Span]:
    """The line ends that part a word or sentence of a wrapped text, but for those in front of an item of the outline."""
    items = {marker.start for marker in find_markers(plain, ordered=False)}
    return (span for span in line_wraps(text) if span.end not in items)


def _key(sentence: str) -> str:
    return "".join(sentence.split())


@lru_cache(maxsize=64)
def _repeated_share(text: str) -> float:
    keys = [_key(text[slice(*span)]) for span in sentences(text)]
    counts = Counter(key for key in keys if len(key) >= _SHORTEST_REPEAT)
    repeated = sum((count - 1) * len(key) for key, count in counts.items())
    return repeated / max(1, sum(map(len, keys)))


@lru_cache(maxsize=64)
def _disorder(text: str) -> tuple[int, float]:
    return disorder(text)


def _repeats(text: str, dropped: list[DroppedSpan], known: Sequence[DroppedSpan]) -> list[Span]:
    """The repeated sentences to leave out, runs of them joined."""
    if _repeated_share(text) == 0:
        return []
    seams = [offset for d in dropped if d.reason not in INTERRUPTIONS for offset in (d.start, d.end)]
    units = [span for span in sentences(text, seams) if not _is_within(span, dropped)]
    keys = [_key(text[slice(*span)]) for span in units]
    places: defaultdict[str, list[int]] = defaultdict(list)
    for index, key in enumerate(keys):
        if len(key) >= _SHORTEST_REPEAT:
            places[key].append(index)
    out = _all_but_one(text, units, places) if is_scrambled(text, known) else _second_passages(keys, places)
    return list(_joined(units, sorted(out)))


def _is_within(span: Span, dropped: list[DroppedSpan]) -> bool:
    index = bisect_right(dropped, span.start, key=lambda d: d.start) - 1
    return index >= 0 and span.end <= dropped[index].end


def _all_but_one(text: str, units: list[Span], places: dict[str, list[int]]) -> set[int]:
    """All copies of each sentence but the one that stands nearest below a heading, or else the first."""
    distance = _distances(text, units, places)
    out: set[int] = set()
    for indices in places.values():
        kept = min(indices, key=lambda index: (distance[index], index))
        out |= set(indices) - {kept}
    return out


def _distances(text: str, units: list[Span], places: dict[str, list[int]]) -> list[float]:
    """How many sentences each one stands below its heading; infinite below a joint of the copy."""
    marker_at = {marker.start: marker for marker in find_markers(text, ordered=False)}
    joints = _joints([marker_at.get(span.start) for span in units], places)
    distance: list[float] = []
    for index, span in enumerate(units):
        if span.start in marker_at:
            distance.append(0 if span.end - span.start <= _LONGEST_TITLE else 1)
        else:
            distance.append(distance[-1] + 1 if distance and index not in joints else float("inf"))
    return distance


def _joints(markers: list[Marker | None], places: dict[str, list[int]]) -> set[int]:
    """Sentences that only seem to follow the one before them.

    Where the copies of a sentence are followed by different ones, one of which carries the numbering on, the others
    came there by mistake. `markers` holds the marker that each sentence begins with.
    """
    runs_on: list[bool] = []
    last: Marker | None = None
    for marker in markers:
        runs_on.append(
            marker is not None
            and last is not None
            and marker.family == last.family
            and (marker.family == "dash" or marker.number == last.number + 1)
        )
        last = marker or last
    joints: set[int] = set()
    for indices in places.values():
        followers = [index + 1 for index in indices if index + 1 < len(markers)]
        if any(runs_on[index] for index in followers):
            joints |= {index for index in followers if not runs_on[index]}
    return joints


def _second_passages(keys: list[str], places: dict[str, list[int]]) -> set[int]:
    """Passages that repeat at once or at length; a single sentence may recur elsewhere."""
    out: set[int] = set()
    for indices in places.values():
        for first, second in pairwise(indices):
            alike = 0
            while first + alike < second and second + alike < len(keys) and keys[first + alike] == keys[second + alike]:
                alike += 1
            size = sum(map(len, keys[second : second + alike]))
            if first + alike == second or (alike >= _PASSAGE_SENTENCES and size >= _SHORTEST_PASSAGE):
                out |= set(range(second, second + alike))
    return out


def _joined(units: list[Span], out: list[int]) -> Iterator[Span]:
    for _, group in groupby(enumerate(out), key=lambda pair: pair[1] - pair[0]):
        run = [index for _, index in group]
        yield Span(units[run[0]].start, units[run[-1]].end)
