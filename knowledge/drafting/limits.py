"""Ceilings over several payments: what they are over, and how much."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Literal

from knowledge.drafting.axes import Head
from knowledge.drafting.stretches import Reading
from knowledge.drafting.vocabulary import any_of, load_vocabulary
from knowledge.model import Span
from knowledge.quantities import Quantity

# The measures of what is counted besides prizes.
COUNTED = "项个张件种"
Scope = Literal["item", "organization_activity", "organization_year", "pool"]


@dataclass(frozen=True, slots=True)
class Limit:
    """A ceiling.

    Attributes:
        scope: what it is over, as in the rule vocabulary.
        yuan, count: how much, or how many; one of them.
        span: of the document's words for it in the kept text, in the sentence `sentence`.
        head: what the words in front of it name, which narrows the rules it holds for.
        over_all: whether it says that it holds for everything in the document.
        after: how many statements stand in front of it.
        row: of one in a column of a table, the row that it holds for.
    """

    scope: Scope
    yuan: int | None
    count: int | None
    span: Span
    sentence: Span
    head: Head
    over_all: bool
    after: int
    row: Span | None = None


def read_limit(words: str, span: Span, sentence: Span, quantity: Quantity, head: Head, after: int) -> Limit:
    """The limit that an amount or count is; `words` are those up to and with it, folded."""
    is_money = quantity.kind == "money"
    return Limit(
        _scope(words, counted=not is_money),
        int(quantity.value) if is_money else None,
        None if is_money else int(quantity.value),
        span,
        sentence,
        head,
        any_of(load_vocabulary().everything).search(words) is not None,
        after,
    )


@dataclass(frozen=True, slots=True)
class Quota:
    """How many prizes of a grade are given, at `span` of the kept text."""

    grade: str
    count: int
    span: Span


def find_quotas(reading: Reading) -> list[Quota]:
    """The quotas of prizes: 一等奖不超过3项、二等奖5项; the first for each grade."""
    found: dict[str, Quota] = {}
    for grade in reading.tokens_in(Span(0, reading.size)):
        if grade.kind != "grade":
            continue
        for quantity in reading.quantities_in(Span(grade.end, min(reading.size, grade.end + _WIDEST_QUOTA))):
            between = reading.plain[grade.end : quantity.start]
            if quantity.kind == "count" and quantity.unit in _COUNTED_PRIZES and _QUOTA_GAP.fullmatch(between):
                span = Span(grade.start, quantity.end)
                found.setdefault(grade.value, Quota(grade.value, int(quantity.value), span))
    return list(found.values())


_WIDEST_QUOTA = 14
_COUNTED_PRIZES = "项个名家"
_QUOTA_GAP = re.compile(r"(?:名额)?(?:各|为|设|不超过|不多于|最多|至多|总数不超过)?")


# 团体标准, 企业标准: whose standard it is, not who is paid.
_OF_A_STANDARD = re.compile("(?:团体|企业|联盟|协会)标准|组织奖")
# 两家以上单位参与的，同一标准奖励总额不超过30万元
_FOR_ONE = re.compile("(?:同一|该|每[项个]|单[项个]|一[项个])(?:标准|项目|产品|课题)(?!制)")
# How many all together: 全区每年不超过15项, 每届评选不超过6个.
_ALTOGETHER = re.compile("全[市区县省州]|新区|园区|总数|总计|评选|每届|推荐")


def _scope(words: str, *, counted: bool) -> Scope:
    vocabulary, said = load_vocabulary(), _OF_A_STANDARD.sub("", words)
    yearly = any_of(vocabulary.yearly).search(said) is not None
    if not yearly and _FOR_ONE.search(said.rpartition(",")[2]):
        return "item"
    if counted and _ALTOGETHER.search(said):
        return "pool"
    if any_of(vocabulary.organizations).search(said):
        return "organization_year" if yearly else "organization_activity"
    if any_of((*vocabulary.pools, "资金", "经费", "预算")).search(said):
        return "pool"
    return ("pool" if counted else "organization_year") if yearly else "item"
