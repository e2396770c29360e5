"""Which rows a ceiling or a provision holds for, by what its words name and by where it stands."""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Callable, Sequence
from typing import NamedTuple

from knowledge.drafting.axes import LOCAL, Axis, Combination, Head
from knowledge.drafting.head_reader import read_head
from knowledge.drafting.heads import alike, implied_activity
from knowledge.drafting.limits import Limit, Scope
from knowledge.drafting.provisions import Provision, holds_for
from knowledge.drafting.statements import Statement
from knowledge.drafting.stretches import Reading
from knowledge.model import Clause, Span
from knowledge.numerals import han_number, small_number

PlaceOf = Callable[[Span], tuple[Clause, Span]]

_NUMBER = "[一二三四五六七八九十百\\d]+"
_ARTICLES = re.compile(f"第(?P<first>{_NUMBER})(?P<unit>[条章])(?:[至到—-]+第?(?P<last>{_NUMBER})(?P=unit))?")
# What a ceiling leaves out: 除国际标准外, 第九条奖补不计入, (中国质量奖除外).
_EXCEPTED = re.compile("(?:除|不含|不包括)[^,;。()]{2,24}?(?:外|,|$|\\))|[^,;。()]{2,24}(?:不计入|除外|不受|不占)")
_AMENDED = re.compile("改为|调整为|修订为|增加一[条项款]")
_AXES: tuple[Axis, ...] = ("activity", "level", "committee", "place_group")
_GIVEN = re.compile("奖|补|资助|扶持|支持|资金")
# What a level is the level of where that is nothing that a rule is for: 市级每年预算, 县级奖补资金.
_NO_NOUNS = {"", "thing"}
_LOCAL_LEVELS = ("local", "provincial_local", "municipal_local")


class _Named(NamedTuple):
    """What the words around a ceiling name: articles that it is over, articles and payments that it leaves out, and what
    is told by the words from the last comma to it.
    """

    articles: frozenset[str]
    left_out: frozenset[str]
    excepted: tuple[Head, ...]
    own: Head


class _Whereabouts(NamedTuple):
    """Where words stand: their clause, and the statements beside them.

    `alone` means that no amount of the clause stands between the heading above the words and the one below them; `leads`
    that the first such amount stands behind them, in an item of its own: they are part of what leads the items in.
    """

    clause: Clause
    beside: frozenset[int]
    alone: bool
    leads: bool
    ahead: bool


class Holding:
    """The rows of a document that its ceilings and provisions hold for."""

    def __init__(self, reading: Reading, statements: Sequence[Statement], place_of: PlaceOf) -> None:
        self._reading, self._plain = reading, reading.plain
        self._place_of = place_of
        self._in_order = sorted(statements, key=lambda statement: statement.span.start)
        self._offsets = [statement.span.start for statement in self._in_order]
        self._paid = [s.span.start for s in self._in_order if s.shape != "unclear" and not s.needs_review]
        self._heads = [stretch.span.start for stretch in reading.stretches if stretch.kind in ("heading", "question")]
        self._items = [stretch.span.start for stretch in reading.stretches if stretch.rank is not None]
        self._paying = {self._place_of(s.span)[0].clause_id for s in self._in_order}
        self._known: dict[tuple[Span, Span], _Whereabouts] = {}
        self._named: dict[Span, _Named] = {}

    def limited(self, limit: Limit, statement: Statement, row: Combination, clause: Clause) -> bool:
        """Whether a ceiling is over a row."""
        if limit.row is not None:
            return limit.row.start <= statement.span.start < limit.row.end
        named = self._names(limit)
        if _stands_in(clause, named.left_out) or (named.articles and not _stands_in(clause, named.articles)):
            return False
        if any(_is_of(head, row) and _does(head, row) for head in named.excepted):
            return False
        if not named.excepted and not (
            _is_of(limit.head, row, graded=limit.count is not None) and _does(named.own, row)
        ):
            return False
        if named.articles or limit.over_all or limit.head.single("activity"):
            return True
        where = self._where(limit.span, Span(limit.sentence.start, limit.span.start))
        if where.beside:
            return id(statement) in where.beside
        if where.alone:
            return limit.scope in ("organization_year", "pool") or (
                limit.scope == "organization_activity" and self._is_of_all(limit)
            )
        if where.leads:
            return clause.path[:-1] == where.clause.path[:-1] and statement.span.start > limit.span.start
        behind = statement.span.start > limit.span.start
        return where.clause.clause_id == clause.clause_id and behind == where.ahead

    def scope(self, limit: Limit) -> Scope:
        """What a ceiling is over: one for each firm that stands by itself is over all that the firm gets from the document."""
        alone = self._where(limit.span, Span(limit.sentence.start, limit.span.start)).alone
        return "organization_year" if alone and limit.scope == "organization_activity" else limit.scope

    def _is_of_all(self, limit: Limit) -> bool:
        """Whether a ceiling for each firm is on money that the document gives: 单个企业扶持金额最高120万元, no 单户贷款额度."""
        phrase = self._plain[self._plain.rfind(",", limit.sentence.start, limit.span.start) + 1 : limit.span.start]
        return limit.yuan is not None and _GIVEN.search(phrase) is not None

    def provided(self, provision: Provision, statement: Statement, row: Combination, clause: Clause) -> bool:
        """Whether a provision holds for a row: one beside payments for these, one that stands alone for all."""
        if not holds_for(provision.kind, row["activity"]):
            return False
        if provision.kind == "transition":
            return True
        where = self._where(provision.span, provision.sentence)
        if where.beside:
            return id(statement) in where.beside
        return where.clause.clause_id not in self._paying or where.clause.clause_id == clause.clause_id

    def _where(self, span: Span, beside: Span) -> _Whereabouts:
        known = self._known.get((span, beside))
        if known is None:
            clause = self._place_of(span)[0]
            first, last = (bisect_left(self._offsets, edge) for edge in beside)
            above = bisect_left(self._heads, span.start)
            since = self._heads[above - 1] if above else 0
            until = self._heads[above] if above < len(self._heads) else len(self._plain)
            own = [at for at in self._paid if since <= at < until and self._clause_at(at) == clause.clause_id]
            ahead = bool(own) and min(own) > span.start
            in_item = ahead and any(span.start < at <= min(own) for at in self._items)
            known = _Whereabouts(
                clause,
                frozenset(id(statement) for statement in self._in_order[first:last]),
                not own,
                in_item and len(clause.path) > 1,
                ahead,
            )
            self._known[span, beside] = known
        return known

    def _clause_at(self, at: int) -> str:
        return self._place_of(Span(at, at))[0].clause_id

    def _names(self, limit: Limit) -> _Named:
        """What a ceiling's words name: 依照第四条取得的奖励, 第九条奖补不计入, 除国际标准外."""
        known = self._named.get(limit.span)
        if known is None:
            ends = [self._plain.rfind(mark, limit.sentence.start, limit.span.start) + 1 for mark in ";。"]
            start = max(limit.sentence.start, *ends)
            segment = self._plain[start : limit.sentence.end].partition(";")[0]
            number = _ARTICLES.match(segment.lstrip())
            excepted = [Span(start + m.start(), start + m.end()) for m in _EXCEPTED.finditer(segment)]
            amended = _AMENDED.search(segment) is not None
            said = _articles_in(segment[: limit.span.start - start]) if not amended else frozenset()
            left_out = frozenset(article for span in excepted for article in _articles_in(self._plain[slice(*span)]))
            heads = (read_head(self._reading.tokens_in(span), self._plain) for span in excepted)
            numbered = _articles_in(number.group()) if number else frozenset()
            phrase = Span(self._plain.rfind(",", start, limit.span.start) + 1 or start, limit.span.start)
            own = read_head(self._reading.tokens_in(phrase), self._plain)
            known = _Named(said - left_out - numbered, left_out, tuple(head for head in heads if head), own)
            self._named[limit.span] = known
        return known


def _articles_in(words: str) -> frozenset[str]:
    """The articles that words name, with those between: 第四条至第六条."""
    return frozenset(article for match in _ARTICLES.finditer(words) for article in _each(match))


def _each(match: re.Match[str]) -> list[str]:
    first, last = (small_number(number) for number in (match["first"], match["last"] or match["first"]))
    numbers = range(first, last + 1)
    flat = [f"{han_number(n)}、" for n in numbers] if match["unit"] == "条" else []
    return [f"第{said}{match['unit']}" for n in numbers for said in (han_number(n), str(n))] + flat


def _stands_in(clause: Clause, articles: frozenset[str]) -> bool:
    return any(part.startswith(article) for part in clause.path for article in articles)


def _is_of(head: Head, row: Combination, *, graded: bool = False) -> bool:
    """Whether a row is one of those that a head names; any is where it names nothing.

    A level counts where something has it (市级地方标准); 市级每年预算 says whose money it is. Grades are of prizes that are
    counted (组织奖每届不超过3个); 三类奖励合计 is of no grade.
    """
    for axis in (*_AXES, "grade") if graded else _AXES:
        choices = [choice for choice in head.of(axis) if axis != "level" or choice.of - _NO_NOUNS]
        values = {value for choice in choices for value in choice.values}
        if LOCAL in values:
            values.update(_LOCAL_LEVELS)
        if values and row[axis] not in values:
            return False
    return True


def _does(head: Head, row: Combination) -> bool:
    """Whether a row is for the activity that the nouns of a head imply; any is where they imply none."""
    implied = None if head.of("activity") else implied_activity(head)
    return implied is None or alike(implied, row["activity"])
