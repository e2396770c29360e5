"""A document as the reader of amounts takes it: its words as tokens, and the stretches that are read one by one."""

from __future__ import annotations

import re
from bisect import bisect_left, bisect_right
from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from itertools import pairwise
from typing import Literal

from knowledge.drafting.axes import DISTRICT, LOCAL
from knowledge.drafting.broken_lines import broken_lines, indents
from knowledge.drafting.level_names import with_level_names
from knowledge.drafting.lexer import lex
from knowledge.drafting.role_names import with_role_names
from knowledge.drafting.tokens import Token
from knowledge.drafting.vocabulary import folded
from knowledge.kept import Kept
from knowledge.model import Document, DroppedSpan, Span
from knowledge.normalize import FINE_BLANKS
from knowledge.numerals import HAN
from knowledge.outline import RANK, Marker, find_markers
from knowledge.places import Gazetteer, PlaceMatch
from knowledge.quantities import Quantity, find_quantities
from knowledge.sentences import END_MARKS, enclosed
from knowledge.tables import Table, find_entry_tables, find_tables, table_lines

StretchKind = Literal["text", "heading", "lead_in", "question", "title_sentence", "table"]

# The level of 地方标准 behind the short name of a place.
_LEVEL_OF_PLACE = {"province": "provincial_local", "city": "municipal_local"}
# How high the government of a level stands, as `rank_of_issuer` counts.
_RANK_OF = {"municipal_local": 2, "provincial_local": 3, "national": 4, "international": 5}
# Who pays where a level gives.
_WHICH_LOCAL = re.compile(r"(?:地方)?标准[,:]$")
_GIVERS = {"provincial_local": "provincial", "municipal_local": "municipal", DISTRICT: "district"}
_GIVES_BY_ITSELF = re.compile(
    r"(?:财政)?(?:分别|再|另|统一|给予|予以|按|一次性|每|最高|奖励|资助|补助|奖补|补贴|配套|扶持|对|不)"
)
_NUMERALS = frozenset(HAN) - set("万亿")
_PHRASE_MARKS = tuple(",;。:(“")
_LONGEST_HEADING = 40
_ENDS_OPEN = ";,、"
_CITY_TITLE = re.compile(r"[^省县区市,。]{2,5}市(?![场县区])")
_PARTS_OF_TOTAL = re.compile(r"[ \t]*其中[,:]")
# 国家标准：…, 二是…: a line that begins something of its own, whatever ends the one before it.
_OWN_LINE = re.compile(r"[ \t]*(?:[^:,;。\n]{2,24}:|[一二三四五六七八九十]{1,2}是)")
_ENTRY_LINE = re.compile(r"(?m)^[^:,;。\n]{2,8}:")
# Characters at the end of a document in which its issuer signs.
_SIGNATURE = 40
_WITHOUT_FINE_BLANKS = str.maketrans(dict.fromkeys(FINE_BLANKS, " "))


def _with_plain_amounts(plain: str, quantities: Sequence[Quantity]) -> str:
    """The text with amounts as others write them, each character at its offset.

    Chinese numerals are digits (贰拾万元, whose value its quantity has), and a comma in a number (10,000元) parts no phrases.
    """
    chars = list(plain)
    for quantity in quantities:
        if quantity.kind == "money":
            for at in range(quantity.start, quantity.end):
                chars[at] = "'" if chars[at] == "," else "1" if chars[at] in _NUMERALS else chars[at]
    return "".join(chars)


@dataclass(frozen=True, slots=True)
class Stretch:
    """A part of a sentence that is read at once.

    Attributes:
        span: its range in the kept text.
        kind: what it is for those below it: a heading, a lead-in (下列…：), a question, the title sentence of an item.
        rank: of the outline number it begins with, widest 0; null without one.
        opens_paragraph: whether it begins an item or a paragraph.
    """

    span: Span
    kind: StretchKind
    rank: int | None = None
    opens_paragraph: bool = False
    table: Table | None = None


def _without_layout(document: Document) -> Kept:
    """The kept text, its lines not indented and its sentences not parted by line ends."""
    dropped = [d for d in document.dropped if d.reason != "blank"]
    text = document.text.translate(_WITHOUT_FINE_BLANKS)
    kept = Kept.of(text, dropped)
    layout = [stored for span in (*indents(kept), *broken_lines(kept)) for stored in kept.stored_spans(span)]
    taken = {at for start, end in layout for at in range(start, end)}
    wraps = [DroppedSpan(start=at, end=at + 1, reason="line_wrap") for at in taken]
    return Kept.of(text, sorted([*dropped, *wraps], key=lambda d: d.start)) if wraps else kept


class Reading:
    """The words of a document without what is no policy (`kept`), its quantities, tokens and stretches."""

    def __init__(self, document: Document, gazetteer: Gazetteer) -> None:
        self.document = document
        self.kept = _without_layout(document)
        self.plain = folded(self.kept.text)
        self._tables = [*find_tables(self.kept.text, self.plain), *find_entry_tables(self.plain)]
        self.quantities: Sequence[Quantity] = self._with_units(find_quantities(self.kept.text))
        self.plain = _with_plain_amounts(self.plain, self.quantities)
        self._quantity_starts = [quantity.start for quantity in self.quantities]
        self.size = len(self.plain)
        self._gazetteer = gazetteer
        lexed = with_level_names(with_role_names(lex(self.plain, self.quantities), self.plain), self.plain)
        self._tokens = self._with_givers([self._with_place(token) for token in lexed if token.kind != "shield"])
        self._shields = [token for token in lexed if token.kind == "shield"]
        self._starts = [token.start for token in self._tokens]
        self._shield_starts = [token.start for token in self._shields]
        self.markers = find_markers(self.kept.text, self.kept.seams, ordered=False)

    def _with_units(self, stated: Sequence[Quantity]) -> list[Quantity]:
        """The quantities with those in words of tables that borrow a unit from their column: 一等奖16、二等奖7."""
        lines = [line for table in self._tables for line in table_lines(table)]
        borrowed = [q for line in lines for entry in line.entries if entry.amount is None for q in entry.borrowed]
        borrowed += [quantity for line in lines for quantity in line.borrowed]
        taken = {at for quantity in borrowed for at in range(quantity.start, quantity.end)}
        kept = [q for q in stated if q.kind == "money" or not taken.intersection(range(q.start, q.end))]
        return sorted([*kept, *borrowed], key=lambda quantity: quantity.start)

    def _with_place(self, token: Token) -> Token:
        """The token; of 地方标准 behind the name of a province or a city (广西地方标准) with the level that the name says."""
        if token.kind != "level" or token.value != LOCAL:
            return token
        place = next((match for match in self._places if match.end == token.start), None)
        level = _LEVEL_OF_PLACE.get(place.level) if place is not None else None
        return replace(token, value=level) if level else token

    def _with_givers(self, tokens: Sequence[Token]) -> list[Token]:
        """The tokens; a level that is not of what is paid for but gives (国家标准的，市级奖励30万元) is a payer."""
        done: list[Token] = []
        last: Token | None = None
        for token in tokens:
            if token.kind == "money":
                last = None
            elif token.kind == "level":
                # 地方标准，省级每项12万元: which of them
                told = (
                    last is not None and last.value == LOCAL and _WHICH_LOCAL.match(self.plain, last.end, token.start)
                )
                if last is not None and token.value in _GIVERS and not told and self._gives_itself(token):
                    token = replace(token, kind="payer", value=_GIVERS[token.value], of="")
                last = token
            done.append(token)
        return done

    def _gives_itself(self, token: Token) -> bool:
        """Whether a level begins a phrase as the one who gives."""
        return (
            self.plain[token.start - 1 : token.start] in _PHRASE_MARKS
            and _GIVES_BY_ITSELF.match(self.plain, token.end) is not None
        )

    def tokens_in(self, span: Span) -> list[Token]:
        """The tokens that lie wholly in a range."""
        first = bisect_left(self._starts, span.start)
        last = bisect_left(self._starts, span.end)
        return [token for token in self._tokens[first:last] if token.end <= span.end]

    def shields_in(self, span: Span) -> list[Token]:
        """The words in a range that only look like something to be paid for."""
        first, last = (bisect_left(self._shield_starts, edge) for edge in span)
        return [token for token in self._shields[first:last] if token.end <= span.end]

    def quantities_in(self, span: Span) -> list[Quantity]:
        """The quantities that lie wholly in a range."""
        first, last = (bisect_left(self._quantity_starts, edge) for edge in span)
        return [quantity for quantity in self.quantities[first:last] if quantity.end <= span.end]

    @cached_property
    def names_lead(self) -> bool:
        """Whether the document speaks of a lead of the drafting at all."""
        return any(token.kind == "role" and token.value == "lead" for token in self._tokens)

    @cached_property
    def ranks_lower(self) -> bool:
        """Whether the document tells places below the first ones apart."""
        return any(token.kind == "rank" and not token.value.startswith("rank:1") for token in self._tokens)

    def number_at(self, at: int) -> int | None:
        """The outline number that begins at an offset."""
        marker = self._marked.get(at)
        return marker.number if marker is not None else None

    def number_ends(self, at: int) -> int:
        """Where the outline number that begins at an offset ends; the offset itself where none does."""
        marker = self._marked.get(at)
        return marker.end if marker is not None else at

    @cached_property
    def _marked(self) -> dict[int, Marker]:
        return {marker.start: marker for marker in self.markers}

    def line_end(self, at: int) -> int:
        """Where the line around an offset ends."""
        end = self.plain.find("\n", at)
        return end if end >= 0 else self.size

    def sentence_at(self, at: int) -> Span:
        """The sentence around an offset."""
        ends = self.kept.sentence_ends
        index = bisect_right(ends, at)
        end = ends[index] if index < len(ends) else self.size
        return self.kept.trimmed(ends[index - 1] if index else 0, end)

    @cached_property
    def stretches(self) -> list[Stretch]:
        """Every stretch of the text, in order."""
        covered = [table.span for table in self._tables]
        found = [Stretch(table.span, "table", opens_paragraph=True, table=table) for table in self._tables]
        found += [
            self._stretch(span, self._marked.get(span.start))
            for span in self._cut(covered)
            if not any(table.start <= span.start < table.end for table in covered)
        ]
        return self._with_title_sentences(sorted(found, key=lambda stretch: stretch.span.start))

    def _cut(self, tables: Sequence[Span]) -> list[Span]:
        inside = enclosed(self.kept.text)
        bounds = {0, self.size, *self.kept.sentence_ends, *(marker.start for marker in self.markers)}
        amounts = {quantity.start for quantity in self.quantities if quantity.kind == "money"}
        # A semicolon between amounts parts one list of them.
        bounds |= {i + 1 for i, c in enumerate(self.plain) if c == ";" and not inside[i] and i + 1 not in amounts}
        # Lines of entries are apart, though they look like a text that was wrapped.
        bounds |= {match.start() for match in _ENTRY_LINE.finditer(self.plain)}
        # 其中 goes on with the total in front of it.
        bounds -= {i for i in bounds if _PARTS_OF_TOTAL.match(self.plain, i)}
        bounds |= {edge for table in tables for edge in table}
        spans = [self.kept.trimmed(*pair) for pair in pairwise(sorted(bounds))]
        return [span for span in spans if span.start < span.end]

    def _stretch(self, span: Span, marker: Marker | None) -> Stretch:
        rank = RANK[marker.family] if marker is not None else None
        opens = rank is not None or (self.opens_line(span.start) and not self.goes_on(span.start))
        return Stretch(span, self._kind(span), rank, opens)

    def _kind(self, span: Span) -> StretchKind:
        last = self.plain[span.end - 1]
        if last == ":":
            return "lead_in"
        if last == "?":
            return "question"
        whole_line = self.opens_line(span.start) and self._closes_line(span.end)
        if whole_line and last not in END_MARKS + _ENDS_OPEN and span.end - span.start <= _LONGEST_HEADING:
            return "heading"
        return "text"

    def _with_title_sentences(self, stretches: list[Stretch]) -> list[Stretch]:
        """The stretches with each short first sentence of an item that has more below it told apart."""
        done = []
        for stretch, following in zip(stretches, [*stretches[1:], None], strict=True):
            short = stretch.span.end - stretch.span.start <= _LONGEST_HEADING
            more = following is not None and following.rank is None
            if (
                stretch.rank is not None
                and stretch.kind == "text"
                and short
                and more
                and self.plain[stretch.span.end - 1] == "。"
            ):
                stretch = Stretch(stretch.span, "title_sentence", stretch.rank, stretch.opens_paragraph)
            done.append(stretch)
        return done

    def goes_on(self, at: int) -> bool:
        """Whether a line begins at an offset that goes on with the sentence of the line before it."""
        line = self.plain.rfind("\n", 0, at)
        opens = line >= 0 and not self.plain[line:at].strip() and _OWN_LINE.match(self.plain, at) is None
        return opens and self.plain[self.plain.rfind("\n", 0, line) + 1 : line].rstrip().endswith(tuple(_ENDS_OPEN))

    def opens_line(self, at: int) -> bool:
        """Whether nothing stands in front of an offset in its line."""
        return not self.plain[self.plain.rfind("\n", 0, at) + 1 : at].strip()

    def _closes_line(self, at: int) -> bool:
        end = self.plain.find("\n", at)
        return not self.plain[at : end if end >= 0 else self.size].strip()

    # --- places ------------------------------------------------------------------------------------------------------

    @cached_property
    def _places(self) -> list[PlaceMatch]:
        return self._gazetteer.find(self.kept.text)

    def other_places(self, span: Span) -> list[PlaceMatch]:
        """The places named in the range that are neither the document's own, around it, nor inside it."""
        named = (match for match in self._places if span.start <= match.start < span.end)
        return [match for match in named if not any(self._related(match, own) for own in self._own_places)]

    @cached_property
    def rank_of_issuer(self) -> int:
        """How high the issuing government stands: 3 for a province, 2 for a city, 1 below; 0 where nothing says so."""
        place = self.document.policy.place
        title = folded(self.document.policy.title)
        if place is not None:
            rank = {"country": 4, "province": 3, "city": 2}.get(place.level, 1)
            # The treasury of a county-level city is called a city's.
            return max(rank, 2) if place.name.endswith("市") or _CITY_TITLE.match(title) else rank
        for rank, form in ((1, "[区县镇乡]|新区|开发区"), (2, "市"), (3, "省|自治区")):
            if re.search(rf"(?:我|本|全)(?:{form})", self.plain) or re.search(
                rf"^[^市省]{{2,6}}(?:{form})(?!场)", title
            ):
                return rank
        return 0

    @cached_property
    def levels_above(self) -> frozenset[str]:
        """The levels above the government that issues the document; above a province where nothing says which it is."""
        return frozenset(
            level for level, rank in _RANK_OF.items() if rank > (self.rank_of_issuer or _RANK_OF["provincial_local"])
        )

    @cached_property
    def _own_places(self) -> list[str]:
        own = self.document.policy.place
        if own is not None and own.code is not None:
            return [own.code]
        head = next(iter(self.kept.sentence_ends), 0)
        edges = (match for match in self._places if match.start < head or match.end > self.size - _SIGNATURE)
        return [match.code for match in edges]

    def _related(self, match: PlaceMatch, own: str) -> bool:
        codes = (match.code, *match.alternatives)
        return match.level == "country" or any(
            self._gazetteer.contains(own, code) or self._gazetteer.contains(code, own) for code in codes
        )
