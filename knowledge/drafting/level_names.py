"""Names that a document gives to levels: A类：国家级试点；B类：省级试点, or 一类奖项是指中国标准创新贡献奖."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from knowledge.drafting.lexer import Token

_LABEL = r"(?:[a-e]|第?[一二三四五]|[甲乙丙丁戊])[类档]"
_WHAT = r"(?:标准|项目|奖项|奖|试点|荣誉|平台|技术组织|组织)?"
_DEFINED = re.compile(
    rf"(?:(?<=所称)|(?<=所称的)|(?<![一-龥a-z\d]))(?P<label>{_LABEL}){_WHAT}”?(?:是指|系指|指的是|指|即|包括|为|是|:)"
    r"(?P<means>[^;。\n“”:]{2,40})"
)


def with_level_names(tokens: Sequence[Token], plain: str) -> list[Token]:
    """The tokens with the levels in place of the names that the document defines by one level each, outside the definitions.

    Only where it so defines two at least, without an amount, and no two of one level.
    """
    defined = list(_definitions(tokens, plain))
    means = {label: level for label, level, _ in defined}
    levels = {level.value for level in means.values()}
    if len(means) < 2 or not len(means) == len(levels) == len(defined):
        return list(tokens)
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
        if len(levels) == 1 and not paid:
            yield said["label"], levels[0], said.span()
