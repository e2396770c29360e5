"""Names of roles that a document makes itself: 承办单位是指列第一、二位的单位，协办单位是指列第三位以后的单位."""

from __future__ import annotations

import re
from collections.abc import Sequence

from knowledge.drafting.tokens import Token

_NAME = r"[一-龥]{1,5}?(?:单位|企业|机构|方|者|人)"
_DEFINED = re.compile(
    rf"(?:(?<=所称)|(?<=所称的)|(?<=所称“)|(?<![一-龥]))(?P<name>{_NAME})”?(?:\([^()]*\))?,?"
    r"(?:是指|系指|指的是|指|即|是|为|:)(?P<means>[^,;。\n]{2,40})"
)
# Whose names say nothing of a place among the drafters.
_COMMON = re.compile(
    r"(?:申报|申请|起草|奖励|资助|补助|扶持|支持|受理|主管|获奖|完成|编制|制[定订]|享受|责任|第.*)(?:单位|企业|机构|方|者|人)"
)
# 会议承办单位: of no standard.
_OF_EVENT = re.compile(r"(?:会议|活动|论坛|大会|培训|赛事|年会|比赛)的?$")


def with_role_names(tokens: Sequence[Token], plain: str) -> list[Token]:
    """The tokens with the names that the document gives those who are first among the drafters, and those behind them.

    Only where it defines both by their ranks; a single definition may be of whoever asks for the money.
    """
    names = _names(tokens, plain)
    if not names:
        return list(tokens)
    added = [
        Token("role", value, found.start(), found.end())
        for name, value in names.items()
        for found in re.finditer(re.escape(name), plain)
        if not _OF_EVENT.search(plain, max(0, found.start() - 4), found.start())
    ]
    kept = [token for token in tokens if not any(token.start < new.end and new.start < token.end for new in added)]
    return sorted([*kept, *added], key=lambda token: token.start)


def _names(tokens: Sequence[Token], plain: str) -> dict[str, str]:
    """The names with their roles; a third and further one has its rank for one."""
    first: dict[str, str] = {}
    behind: dict[str, str] = {}
    for said in _DEFINED.finditer(plain):
        name, means = said["name"], said.span("means")
        ranks = [t.value for t in tokens if t.kind == "rank" and means[0] <= t.start and t.end <= means[1]]
        known = any(t.kind in ("role", "rank") and said.start("name") <= t.start < said.end("name") for t in tokens)
        if ranks and not known and _COMMON.fullmatch(name) is None:
            (first if ranks[0].startswith("rank:1") else behind).setdefault(name, ranks[0])
    if len(first) != 1 or not behind:
        return {}
    several = len(behind) > 1
    return {name: "lead" for name in first} | {n: rank if several else "participate" for n, rank in behind.items()}
