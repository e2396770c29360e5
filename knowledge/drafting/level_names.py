"""Names that a document gives to levels: A类：国家级试点；B类：省级试点, or 一类奖项是指中国标准创新贡献奖."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import replace

from knowledge.drafting.level_tokens import NAMED
from knowledge.drafting.tokens import Token

_LABEL = r"(?:[a-e]|第?[一二三四五]|[甲乙丙丁戊])[类档]"
_WHAT = r"(?:标准|项目|奖项|奖|试点|荣誉|平台|技术组织|组织)?"
_DEFINED = re.compile(
    rf"(?:(?<=所称)|(?<=所称的)|(?<![一-龥a-z\d]))(?P<label>{_LABEL}){_WHAT}”?(?:是指|系指|指的是|指|即|包括|为|是|:)"
    rf"(?P<means>[^;。\n“”:]{{2,40}}?)(?=[,、]?“?{_LABEL}|[;。\n“”:]|$)"
)


def with_level_names(tokens: Sequence[Token], plain: str) -> list[Token]:
    """The tokens with the levels in place of the names that the document defines by levels, outside the definitions.

    Only where it so defines two at least, without an amount. A name of several levels, or defined twice, or one of several
    names for a level, is one that no level tells (`NAMED`), and refused.
    """
    defined = list(_definitions(tokens, plain))
    means = {label: level for label, level, _ in defined}
    if len(means) < 2:
        return list(tokens)
    levels = [level.value for _, level, _ in defined]
    means = {
        label: level if levels.count(level.value) == 1 else replace(level, value=NAMED)
        for label, level in means.items()
    }
    inside = [span for _, _, span in defined]
    added = [
        Token("level", level.value, found.start(), found.end(), of=level.of)
        for label, level in means.items()
        for found in re.finditer(rf"(?<![a-z第]){re.escape(label)}(?!似|型|别)", plain)
        if not any(start <= found.start() < end for start, end in inside)
    ]
    kept = [token for token in tokens if not any(token.start < new.end and new.start < token.end for new in added)]
    return sorted([*kept, *added], key=lambda token: token.start)


def _definitions(tokens: Sequence[Token], plain: str) -> Iterator[tuple[str, Token, tuple[int, int]]]:
    """Each name with the level that it is defined by, and where that is said."""
    for said in _DEFINED.finditer(plain):
        start, end = said.span("means")
        inside = [token for token in tokens if start <= token.start and token.end <= end]
        levels = [token for token in inside if token.kind == "level"]
        paid = any(token.kind in ("money", "percent", "giving") for token in inside)
        if levels and not paid:
            yield said["label"], levels[0] if len(levels) == 1 else replace(levels[0], value=NAMED), said.span()
