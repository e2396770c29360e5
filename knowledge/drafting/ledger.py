"""The one state that the parts of the reading share: the document, where it is read, and what was found so far."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace

from knowledge.drafting.axes import Head
from knowledge.drafting.context import Context
from knowledge.drafting.ellipsis import EllipsisResolver
from knowledge.drafting.heads import implied_activity
from knowledge.drafting.hearsay import Hearsay
from knowledge.drafting.limits import Limit, read_limit
from knowledge.drafting.statements import Findings, Statement
from knowledge.drafting.stretches import Reading
from knowledge.drafting.tokens import Token
from knowledge.drafting.vocabulary import load_vocabulary
from knowledge.model import Span
from knowledge.quantities import Quantity
from knowledge.rule_schema import IgnoreReason

# 【地方标准】主导制定…, 第四条（地方标准资助）制定、修订…, but （一）主导制定….
_TITLE_IN_LINE = re.compile(
    r"[^【】,;。]{0,12}【[^【】]{2,24}】"
    r"|(?:第[一二三四五六七八九十百\d]+条|[一二三四五六七八九十\d]+[、.]|\([一二三四五六七八九十\d]+\))?[ \t]*"
    r"\((?![一二三四五六七八九十\d]{1,3}\))[^(),;。]{2,24}\)"
)


# 在标准研制方面, 支持企业开展标准研制: what is to be furthered, in front of who is paid.
_FURTHERED = re.compile(
    r"[^,;。:]*?(?:(?<![一-龥])(?:积极|大力|重点|进一步)?(?:支持|鼓励|引导|推动|促进|加强|加快|强化|推进|培育|围绕|聚焦|结合|为(?!主))"
    r"[^,;。:\d]*(?<!的)|在[^,;。:\d]{2,20}(?:方面|领域|环节)),"
)


# Behind a ceiling: what begins another thought, or a ceiling for each of several.
_ANEW = re.compile("[;。]|每|单[个项件]|同一")


class Ledger:
    """What the parts read from and write to.

    Attributes:
        reading: the document; `plain` its folded text.
        words: the vocabulary.
        context: what stands above and before the stretch that is read.
        ellipsis: completes heads from the context.
        hearsay: what the text only tells of.
        found: the statements, limits and amounts set aside so far.
        entries: what the entries in front in the same line say (项目类别：国际标准；资助对象：主导单位；…), or the
            headings of a table's cell.
        exceptions: those in brackets inside a list of amounts, each by the end of the amount that it is an exception of.
        cost_share, foreign_share: the index of the last stretch that pays a share of costs, and of such as are none of
            the work on standards; -1 where none does.
    """

    def __init__(self, reading: Reading) -> None:
        self.reading = reading
        self.plain = reading.plain
        self.words = load_vocabulary()
        self.found = Findings()
        self.hearsay = Hearsay(reading)
        self.context = Context(reading, self.found.statements)
        self.ellipsis = EllipsisResolver(reading, self.context)
        self.entries: list[Token] = []
        self.exceptions: dict[int, Token] = {}
        self.cost_share = self.foreign_share = -1

    def own_words(self, at: int, end: int) -> list[Token]:
        """The tokens in front of an amount that are its own.

        A phrase that gives something without an amount (第一起草单位按全额奖励，) has its own roles, and they end with it.
        """
        tokens = [*self.entries, *self.reading.tokens_in(Span(at, end))]
        opens = at == self.reading.stretches[self.context.index].span.start
        if opens and (label := _TITLE_IN_LINE.match(self.plain, at, end)) is not None:
            # 【地方标准】主导制定省级地方标准的: the title says in general what its words say.
            said = {token.kind for token in tokens if token.start >= label.end()}
            tokens = [token for token in tokens if token.start >= label.end() or token.kind not in said]
        while (furthered := _FURTHERED.match(self.plain, at, end)) is not None:
            # What the words behind it name is not what is furthered.
            said = {token.kind for token in tokens if token.start >= furthered.end()}
            said |= {"role", "rank"} if said & {"role", "rank"} else set()
            tokens = [token for token in tokens if not at <= token.start < furthered.end() or token.kind not in said]
            at = furthered.end()
        for comma in reversed([i for i in range(at, end) if self.plain[i] == ","]):
            before = [token for token in tokens if token.end <= comma]
            after = [token for token in tokens if token.start > comma]
            roles = [sum(token.kind in ("role", "rank") for token in part) for part in (before, after)]
            if all(roles) and any(token.kind == "giving" for token in before):
                return after
        return tokens

    def say(self, statement: Statement, *, aside: bool = False) -> None:
        """Takes a statement down; one made `aside` is not what the next one goes on from."""
        statement = replace(
            statement, around=self.context.around(statement.span.start, statement.head.single("activity"))
        )
        said = self.context.said
        said.insert(len(said) - aside, (self.context.index, statement))
        self.found.statements.append(statement)

    def refuse(self, group: Sequence[Token], head: Head, reason: str, **common: object) -> None:
        """Takes amounts down as refused; `common` are fields of the statement."""
        statement = Statement(
            "unclear",
            Span(group[0].start, group[-1].end),
            (head.row(),),
            head,
            needs_review=reason,
            **common,  # type: ignore[arg-type]  # fields of a statement
        )
        self.say(statement)
        self.set_aside(group, "unclear")

    def limit(
        self, words: str, span: Span, quantity: Quantity, head: Head, sentence: Span, *, row: Span | None = None
    ) -> None:
        """Takes a ceiling down; `words` are those up to and with it, `row` that of a table for which it holds."""
        after = len(self.found.statements)
        limit = replace(read_limit(words, span, sentence, quantity, head, after), row=row)
        self.found.limits.append(self._within(self.found.limits[-1], limit) if self.found.limits else limit)

    def _within(self, last: Limit, limit: Limit) -> Limit:
        """A ceiling behind another of its sentence, over what that is over: 全年不超过200万元，其中地方标准不超过24万元."""
        between = self.plain[last.span.end : limit.span.start]
        narrower = limit.scope in ("item", "organization_activity") and last.scope in ("organization_year", "pool")
        # 其中标准类不超过75万元: of what is not clear, and it is not of all.
        told = bool(limit.head) or implied_activity(limit.head) is not None
        same = limit.yuan and last.yuan and last.sentence == limit.sentence and not _ANEW.search(between)
        if narrower and told and same:
            return replace(limit, scope=last.scope)
        return limit

    def set_aside(self, group: Sequence[Token], reason: IgnoreReason) -> None:
        """Says of amounts why no row pays them."""
        for token in group:
            if token.quantity is not None and token.kind == "money":
                # A range of two bounds begins at the lower and has the offsets of the upper one.
                for start in (token.start, token.quantity.start):
                    self.found.set_aside[start] = (token.quantity, reason)
