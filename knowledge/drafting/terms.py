"""What a document means by its words: the place among the drafters that leads, and whose the local standards are."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

from knowledge.drafting.stretches import Reading
from knowledge.drafting.tokens import Token
from knowledge.model import Span
from knowledge.rule_schema import Level

# 本项所称地方标准，仅指省级地方标准; 地方标准限于省标准化主管部门发布的标准; and no sentence that states an amount.
_LOCAL_MEANS = re.compile(
    # 地方标准包括哪些？答：仅指省级地方标准。
    r"地方标准”?(?:\([^()]*\))?(?:,?|(?:包括|是|指|是指)(?:哪些|什么|哪[一几]级的?)(?:标准)?\?\s*(?:答:)?)(?:[仅只均特专]|一律)?"
    r"(?P<verb>是指|系指|指的是|指|限于|限定?为|限|不含|不包括|不包含|即|[是为](?=[^,;。]*标准[,;。\n]))"
    r"(?P<what>[^;。\n\d]{2,40}?)(?=[;。\n])"
)
_LEFT_OUT = re.compile(
    r"(?:不含|不包括|不包含|不指|除)[^,;。]*|[^,;。]*(?:除外|不在此列|不计入|不在其列|不纳入|不予)[^,;。]*"
)
_ISSUED = r"(?=[^,;。]*(?:级|标准|发布|批准|颁布|制定|备案))"
_ISSUERS: dict[Level, re.Pattern[str]] = {
    "provincial_local": re.compile(r"(?:省|自治区)(?![内外])" + _ISSUED),
    "municipal_local": re.compile(r"市(?!场|区|面|民|级?及?以上)" + _ISSUED),
}


@dataclass(frozen=True, slots=True)
class LeadTerm:
    """The document counts as lead whoever is named among the first `rank_max` drafters; it says so at `span`."""

    rank_max: int
    span: Span


def find_lead_term(reading: Reading) -> LeadTerm | None:
    """The first definition of a lead by rank; null where the document gives none."""
    defining = re.compile(r"[^。;]{0,16}?(?:是指|系指|指的是|指|即|是|应为|须为|认定为|\()")
    for lead in reading.tokens_in(Span(0, reading.size)):
        match = defining.match(reading.plain, lead.end) if (lead.kind, lead.value) == ("role", "lead") else None
        if match is None:
            continue
        end = reading.sentence_at(match.start()).end
        behind = reading.tokens_in(Span(match.end(), min(end, match.end() + 60)))
        ranks = [token for token in behind if token.kind == "rank"]
        for at, token in enumerate(ranks):
            if token.value.startswith("rank:1") and (last := _last_place(reading.plain, ranks[at:])) is not None:
                return LeadTerm(last, reading.sentence_at(match.start()))
    return None


def _last_place(plain: str, ranks: Sequence[Token]) -> int | None:
    """Up to which place the first of the ranks goes with those listed behind it (第一、二位); null where it has no end."""
    last = ranks[0].value.removeprefix("rank:").rpartition("-")[2]
    for one, other in pairwise(ranks):
        if plain[one.end : other.start] not in ("、", "和", "或", "及", "与") or not other.value[5:].isdecimal():
            break
        last = other.value[5:]
    return int(last) if last else None


def find_local_level(plain: str) -> Level | None:
    """Whose standards a document means by local standards; null where it does not say so, or not of one level alone."""
    meant: set[Level] = set()
    for said in _LOCAL_MEANS.finditer(plain):
        excludes = said["verb"].startswith("不")
        what = re.split(",", said["what"])[0] if excludes else _LEFT_OUT.sub("", said["what"])
        named: set[Level] = {level for level, issuer in _ISSUERS.items() if issuer.search(what)}
        meant |= set(_ISSUERS) - named if excludes and len(named) == 1 else named
    return meant.pop() if len(meant) == 1 else None
