"""The words around an amount: its phrase up to the next mark, and signs in them of somebody who is paid."""

from __future__ import annotations

import re

# Between two phrases.
MARKS = ",;。:?!\n"
BENEFICIARY = re.compile(r"对[^。;]{2,}的|凡[^。;]{2,}的|的[,，]|的(?:个人|单位|企业|组织|集体|同志|人员)[,，由给予]")
NEW_PAYEE = re.compile(r"对[^,;。]{2,}|[^,;。]{2,}的(?:[,单企个机组奖补资给每\d]|最高|分别)")
# 22万元补助（农业领域的26万元）: the bracket behind an amount and the noun that gives it.
OPENS_BRACKET = re.compile(r"[ \t]*的?(?:一次性)?(?:奖励|补助|资助|奖补|补贴|扶持|支持)?(?:资金|经费)?[ \t]*\(")
# Words that may stand between what is paid for and its amount.
FILLERS = re.compile(
    r"一次性|通过|验收|获批|列入|承担|入选|标准|地方|级|类|单位|企业|产品|最高|不[得能可应]?(?:超过|高于)|每|研制|项目|[\s的为是:、.和及与(（]|[\d]+[、.)]"
)
# Behind an amount, in front of its bracket: 30万元/项(…).
UNIT_BEHIND = r"(?:[ \t]*/[项个家人次件张])?[ \t]*"


def last_phrase(words: str, marks: str = MARKS + "(", *, count: int = 1) -> str:
    """What stands behind the last of the marks; of several phrases all, without the marks between them."""
    return "".join(re.split(f"[{marks}]", words)[-count:])


def first_phrase(words: str, marks: str = MARKS) -> str:
    """What stands in front of the first of the marks."""
    return re.split(f"[{marks}]", words, maxsplit=1)[0]
