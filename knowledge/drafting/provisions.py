"""Sentences that hold for payments stated elsewhere: what an amount includes, what shuts it out, series, several claimants,
quotas of prizes, stacking, transition.

They change no amount; their words become conditions of the rows that they hold for, and fields of the rule file.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal

from knowledge.drafting.stretches import Reading
from knowledge.model import Span
from knowledge.rule_schema import DRAFTING

ProvisionKind = Literal["includes", "excludes", "series", "contest", "sum", "transition"]

_OF_OTHERS = r"(?:国家|中央|上级|省|市|区|县|镇|其他|各级|财政|同类)"
_PATTERNS: dict[ProvisionKind, re.Pattern[str]] = {
    "includes": re.compile(
        rf"(?<!不)(?:已?包含|已?包括|内含|(?<!不)含)[^。;,]{{0,10}}{_OF_OTHERS}[^。;,]{{0,10}}(?:奖|补|资助|资金|配套|部分|两级)"
    ),
    "excludes": re.compile(
        r"(?:已|曾)[^。;]{0,4}(?:获|享受|取得|得到|列入)[^。;]{0,36}(?:不再|不得|不予|不可|不能|不重复)[^。;]{0,8}"
        r"(?:享受|奖|资助|补|申|支持|安排|扶持|重复)"
    ),
    "series": re.compile(
        r"(?:系列标准|系列化|分部分|多部分|多个部分|若干部分|系列的)[^。;]{0,40}(?:[一1](?:项|个|次)|其中|单独|合并|最高|最前)"
    ),
    "contest": re.compile(
        r"(?:[两二三多2-9](?:家|个)|多家|若干)(?:\(?含[^()]{0,4}\)?)?(?:及?以上)?[^。;]{0,24}(?:单位|企业|主体|机构|组织)"
        r"[^。;]{0,40}(?:最前|靠前|最高|平均|均分|均摊|协商|约定|自行分配|分配|只奖|仅奖|只资助|仅资助|只补|仅补|一次)"
    ),
    "sum": re.compile(
        r"(?:可以?|准予|允许)[^。;不]{0,8}(?:叠加|累加|同时享受|重复享受|兼得)|(?<!不)(?<!不得)(?<!不可)(?:叠加享受|累加计算)"
    ),
    "transition": re.compile(
        r"(?:以前|之前|日前|月前|年前)[^。]{0,60}(?:仍|继续|按|依|参照|适用)[^。]{0,20}(?:原|旧|此前|当时|之前)"
        r"|(?:原|旧)(?:办法|政策|规定|细则)[^。]{0,20}(?:继续|仍然?)(?:执行|有效|适用)"
    ),
}
_BEST = re.compile(r"最前|靠前|排名最高|最高(?:排名|名次|位次)|领先")
_EQUAL = re.compile(r"平均|均分|均摊")
_NEGOTIATED = re.compile(r"协商|约定|分配|商定")


@dataclass(frozen=True, slots=True)
class Provision:
    """One such sentence, at `sentence` of the kept text; `value` is how it is settled (best_rank, once, …)."""

    kind: ProvisionKind
    value: str
    span: Span
    sentence: Span


def find_provisions(reading: Reading) -> list[Provision]:
    """The provisions of a document, in the order of their kinds and places."""
    return list(_find(reading))


def holds_for(kind: ProvisionKind, activity: str | None) -> bool:
    """Whether a provision can speak of an activity at all: series and several drafters are of standards."""
    return kind not in ("series", "contest") or activity in DRAFTING or (kind == "contest" and activity == "award")


def _find(reading: Reading) -> Iterator[Provision]:
    for kind, pattern in _PATTERNS.items():
        for match in pattern.finditer(reading.plain):
            sentence = reading.sentence_at(match.start())
            yield Provision(kind, _value(kind, match.group()), Span(*match.span()), sentence)


def _value(kind: ProvisionKind, words: str) -> str:
    if kind == "series":
        return "best_rank" if _BEST.search(words) else "once"
    if kind == "contest":
        if _EQUAL.search(words):
            return "equal_split"
        if _NEGOTIATED.search(words):
            return "negotiated"
        return "best_rank" if _BEST.search(words) else "single"
    return ""
