"""Which words give money: 奖, 支持 and the like do so only beside what they give."""

from __future__ import annotations

import re

# A one-character verb (奖20万元) is one only directly in front of what it gives.
GIVEN = re.compile(r"[ \t]*(?:每|最高|不[得能可应]?(?:超过|高于|超出|突破)|人民币|¥|\d|[一二两三四五六七八九十百])")
_ENCOURAGING = re.compile(r"支持|扶持|配套|享受|激励")
# 扶持金额由30万元提高到50万元; 最高扶持分别为36万元、24万元
_ITS_AMOUNT = re.compile(
    r"(?:金额|额度)(?:由|从|为|提高|提升|增加|调整|最高|不(?:得)?超过|分别|依次|:|每|各|\d)|(?:分别|依次|各)(?:为|最高|不超过|\d)|为\d"
)
_WITH_MONEY = re.compile(r"(?:给予|予以|资金|经费|财政|一次性|的|元)[^,;。]{0,6}$")


def is_giving(plain: str, match: re.Match[str]) -> bool:
    """Whether the word gives: a single character or a verb that also means to encourage needs more beside it."""
    if match.group() == "奖金" and plain.startswith("奖", match.end()):
        return False  # 中国专利奖金奖
    if len(match.group()) == 1:
        return GIVEN.match(plain, match.end()) is not None
    if _ENCOURAGING.fullmatch(match.group()):
        before = _WITH_MONEY.search(plain, max(0, match.start() - 8), match.start())
        behind = (form.match(plain, match.end()) for form in (GIVEN, _ITS_AMOUNT))
        return before is not None or any(found is not None for found in behind)
    return True
