"""Shares of a payment in percent or parts: whether one is paid, and what it is a share of."""

from __future__ import annotations

import re
from collections.abc import Sequence
from fractions import Fraction

from knowledge.drafting.axes import Head
from knowledge.drafting.lexer import lex
from knowledge.drafting.tokens import Token
from knowledge.drafting.vocabulary import any_of, load_vocabulary
from knowledge.rule_schema import RuleBound

_STATED_SIZE = re.compile(r"^(?:\(含\))?(?:及?以上|及?以下|以内)")
# 奖励金额为制定同级标准的三分之一以内
_OF_DRAFTING = re.compile(
    r"(?:奖励|补助|资助|奖补|扶持)(?:额度|金额|标准)?(?:为|按照?|不超过)[^,;。]{0,8}制[定订][^,;。]*的$"
    r"|按照?[^,;。]*制[定订][^,;。]*(?:奖励|补助|资助|奖补|扶持)[^,;。]{0,4}的$"
)
_REACHING = re.compile(r"(?:达到|超过|达|不低于|不少于|低于|占|高于|比例|率|比重|增长|下降)[^,;。按]{0,10}$")
# 补助额不超过同类标准制定补助额的50%, 按牵头制定奖励的50%发放: a share of another payment, and no part of one's own.
_OF_PAYMENT = re.compile(r"(?P<when>[^,;。]*?)(?:不(?:得)?(?:超过|高于)|按照?|参照)(?P<base>[^,;。]{2,20}的)$")
_IN_PARTS = re.compile(r"后$|先|预|首|余|剩|尾|[一二三两]期|分[期批次年两二三]|第[一二三]年")
_PAYMENT = re.compile(r"奖励|补助|资助|奖补|扶持|补贴|奖金|额度|金额")
_OPENS_BASE = re.compile(
    r"按照|按|参照|以|享受|为|(?:给予|予以|不超过|不得超过|不高于)(?=[^,;。]{0,16}(?:奖|补|资助|扶持)[^,;。]{0,6}的$)"
)
_SHARED_OUT = re.compile(r"(?:财政|级|政府)[^,;。]{0,8}(?:承担|负担)|分担|分级|共担")
_PAID_BY_SHARE = re.compile(
    r"(?:补贴|补助|资助|奖励|报销)[^,;。]{0,12}的$|按|参照|给予|享受|为|以|(?:单位|标准|奖励|金额|额度|资金|等奖|档)[^,;。]{0,3}的"
)
_PAYS_SHARE = re.compile(
    r"配套|给予|奖励|补助|资助|补贴|执行|发放|计算|计发|兑现|匹配|标准|比例|核定|享受|予以|扶持|支持|$"
)
# Of what somebody else paid out: 按上级实际到账资金的50%.
_RECEIVED = re.compile(
    r"(?:国拨|省拨|上级|[国省市]家?级?)(?:财政)?(?:实际(?:到账|到位|拨付|下达|给予)?[^,;。]{0,4})?(?:资金|经费|奖励|补助|资助|奖金|补贴)"
)
# 按制定国家标准奖励的50%: the level of standards, and nobody's payment.
_OF_STANDARDS = re.compile(r"(?:地方|计量)?标准(?!化)")
_BASES = ("lead", "formulate", "upper_level", "top_grade", "above")


def share_bound(token: Token, phrase: str) -> RuleBound:
    """How the share bounds what is paid: 不超过制定奖励的50%."""
    bound = token.quantity.bound if token.quantity else "exact"
    return "up_to" if bound == "exact" and any_of(load_vocabulary().at_most).search(phrase) else bound


def is_payment_share(token: Token, phrase: str, after: str, ahead: str) -> bool:
    """Whether somebody is paid the share, so that it is no threshold, part of a payment, or part of who bears it.

    Args:
        token: the share.
        phrase: the words in front of it from the last mark.
        after: those behind it up to the next.
        ahead: the phrase with the one before it.
    """
    if any_of(load_vocabulary().bonus).search(phrase):
        return True
    if any_of(load_vocabulary().purposes["penalty"]).search(phrase + after):
        return False
    if _STATED_SIZE.match(after) and not (after.startswith("以内") and _OF_DRAFTING.search(phrase)):
        return False
    of_payment = _is_of_payment(phrase, ahead)
    if "按" not in phrase and _REACHING.search(phrase) and not of_payment:
        return False
    own = _RECEIVED.sub("", phrase)
    in_parts = any_of(load_vocabulary().instalments).search(own if of_payment else own + after)
    if _SHARED_OUT.search(phrase + after) or in_parts:
        return False
    if token.kind == "half":
        return True
    if token.kind == "ratio":
        # 市级试点的配套资助，按市级资助额的1:1执行
        of_upper = any_of(load_vocabulary().shares["upper_level"]).search(phrase) is not None
        said = ahead if of_upper else phrase
        return "配套" in said + after
    return _PAID_BY_SHARE.search(phrase) is not None and _PAYS_SHARE.search(after) is not None


def _is_of_payment(phrase: str, ahead: str) -> bool:
    """Whether a share is of another of the document's payments, and not of taxes, units or what is paid in parts."""
    found = _OF_PAYMENT.search(phrase)
    if found is None or _PAYMENT.search(ahead) is None or _IN_PARTS.search(found["when"]):
        return False
    return any(any_of(load_vocabulary().shares[of]).search(found["base"]) for of in ("lead", "formulate", "top_grade"))


def share_base(phrase: str, start: int, *, halved: bool) -> tuple[str | None, int]:
    """What the share is of by its own words (`costs` for expenses, `above` for 上述), and where those begin.

    `halved`: 省级的减半 names what is halved, and not of what.
    """
    opening = list(_OPENS_BASE.finditer(phrase))
    said_from = opening[-1].start() if opening else 0
    base = phrase[said_from:]
    at = start - len(phrase) + said_from
    costs = any_of(load_vocabulary().shares["costs"]).findall(base)
    if costs and not (_RECEIVED.search(base) and set(costs) <= {"实际", "到账", "经费"}):
        return "costs", at
    known = ("lead", "formulate", "top_grade") if halved and not opening else _BASES
    hits = [
        (match.end(), match.end() - match.start(), of)
        for of in known
        for match in any_of(load_vocabulary().shares[of]).finditer(base)
        if of != "upper_level" or _PAYMENT.search(match.group()) or not _OF_STANDARDS.match(base, match.end())
    ]
    if not hits:
        return None, at if opening else start
    end, length, of = max(hits)
    if of == "formulate" and any_of(load_vocabulary().roles["lead"]).search(base):
        of = "lead"  # 按主导制定奖励额度的30%
    if of == "lead" and any_of(load_vocabulary().roles["participate"]).search(base):
        of = "above"  # 对应主持单位、参与单位补助金额的60%: of what each of them is paid
    return of, at if opening else at + end - length


def base_by_head(
    of: str | None,
    head: Head,
    explicit: Head,
    phrase: str,
    after: str,
    *,
    halved: bool,
    grades_paid: Sequence[str | None],
) -> str | None:
    """The base, where the share's own words leave it to what is paid for: a revision is a share of formulating.

    Args:
        of: what the share's own words say.
        head: what it is paid for.
        explicit: the part of that which its words say.
        phrase: the words in front of it from the last mark.
        after: those behind it up to the next.
        halved: whether it is a half by name.
        grades_paid: the grades of the payments before it, in order.
    """
    revises = head.single("activity") == "revise_standard"
    if of in ("upper_level", "top_grade"):
        return of
    if revises and (of in (None, "above", "formulate") or "制" in phrase):
        return "formulate"
    role = head.single("role") or ""
    if explicit.of("role") and (role == "participate" or role.startswith("rank:")):
        return "lead"
    if of == "lead" or of == "formulate":
        return of
    if "配套" in phrase + after:
        return "upper_level"
    return "top_grade" if explicit.of("grade") and not halved and _is_top(explicit, phrase, grades_paid) else None


def _is_top(explicit: Head, phrase: str, grades_paid: Sequence[str | None]) -> bool:
    """Whether a share for a lower prize can only be of the highest: 按一等的40%; not 分别按相应奖项的30%, each of its own."""
    grades = [token.value for token in lex(phrase, []) if token.kind == "grade"]
    if grades:
        return grades[-1] == next(iter(grades_paid), grades[-1])
    return len(grades_paid) < 2 or bool(explicit.of("activity"))


def percent_of(token: Token) -> int | None:
    """The share in whole percent; null where it is none."""
    if token.kind == "half":
        share = Fraction(token.value or 50)
        return int(share) if share.denominator == 1 else None
    if token.quantity is None or token.quantity.upper is not None:
        return None
    value = token.quantity.value * (100 if token.kind == "ratio" else 1)
    return int(value) if value == value.to_integral_value() and value > 0 else None
