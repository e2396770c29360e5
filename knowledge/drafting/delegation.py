"""Payments whose amount somebody else sets: whether words say so, and what these payments are for."""

from __future__ import annotations

import re
from collections.abc import Sequence
from itertools import pairwise

from knowledge.drafting.alignment import rows_of
from knowledge.drafting.axes import Choice, Combination, Head
from knowledge.drafting.heads import united
from knowledge.drafting.ledger import Ledger
from knowledge.drafting.phrases import BENEFICIARY
from knowledge.drafting.tokens import AXIS_KINDS, Token
from knowledge.drafting.vocabulary import any_of
from knowledge.model import Span

_MONEY = "(?:奖励|资助|补助|奖补|扶持|配套|补贴|支持|激励|奖金)"
_AMOUNTS = rf"(?:(?:{_MONEY}|具体)的?(?:标准(?!化)|办法(?!》))|{_MONEY}措施|额度|数额|金额|方案|比例和限额)"
_SETS = "(?:确定|核定|审定|制定|规定|决定|自定|公布|明确|商定|约定)"
# Governments below the issuer.
_BELOW = (
    "(?:各(?:县|区|地|市|设区|州|旗|镇|乡|园区|功能区|开发区|街道)"
    "|县[(市区级]|[两三]县|区县|市、县|设区的?市|所在[县区地]|当地|属地|其(?=自行))"
)
_WHO = f"(?:由[^,;。]{{2,32}}?|{_BELOW}[^,;。]{{0,24}}?)"
_LEFT = re.compile(
    # 具体标准由各县确定, 资助额度根据规模，由市局核定, 补助方案报市政府审定
    rf"{_AMOUNTS}(?:[^;。]{{0,24}}?{_WHO}{_SETS}|[^,;。]{{0,10}},?报[^,;。]{{2,12}}{_SETS}|自定)"
    # 具体金额在年度申报公告中明确, 奖励额度按照《…评审规则》执行, 补助标准以当年核定为准
    rf"|{_AMOUNTS}(?:的计算方法)?[^,;。]{{0,4}},?(?:在|由|以|按照?|依照?)[^,;。]{{0,24}}"
    rf"(?:(?:公告|通知|指南|规则》|办法》|规定》)中?[^,;。]{{0,4}}(?:{_SETS}|执行|为准)|(?:核定|确定|公布)[^,;。]{{0,4}}为准)"
    # 由市局核定奖励额度, 各县可自行确定配套奖励
    rf"|{_WHO}(?:{_SETS}|{_BELOW}[^,;。]{{0,24}}设立)[^,;。]{{0,8}}{_MONEY}(?=的?(?:标准|额度|金额|数额|项目)|[,;。]|$)"
    # 由所在县人民政府参照上述规定，结合财力确定奖励金额
    rf"|由[^;。]{{2,32}}?(?:结合|根据|视|依据)[^,;。]{{2,14}}(?:{_SETS}|给予|安排)[^,;。]{{0,6}}{_MONEY}"
    # 由所在区安排补助
    rf"|由[^,;。]{{0,12}}(?:[区县市)]|政府|财政|部门)[^,;。]{{0,4}}安排{_MONEY}"
    # …的，由各县制定具体奖励办法; 农业标准化示范区的奖励按照市农业农村局有关规定执行
    rf"|的(?:企业|单位)?,由{_BELOW}[^,;。]{{0,8}}制[定订](?:具体)?的?{_MONEY}(?:办法|政策|细则)"
    rf"|的{_MONEY},?按照?[^,;。]{{1,14}}(?:局|委|部门|厅|办)[^,;。]{{0,4}}(?:规定|办法|政策|文件)执行"
    # 对…的奖励，由各区自行确定
    rf"|{_MONEY}[^,;。]{{0,4}},?{_WHO}自[行主]{_SETS}"
)
# 支持高校建设标准化研究中心，具体扶持金额由…确定: what is supported, whether or not it is one of the known things.
_SUPPORTED = re.compile(r"(?:^|[\s).、．])(?:支持|鼓励|资助|对|符合)[^,;。:]{4,},")
# 各县企业…奖励10万元；其余奖励由各县自行制定办法
_REST = re.compile(r"其[余他它]")
_IS_BELOW = re.compile(_BELOW)
_AMOUNT_LEFT = re.compile(rf"(?:具体|{_MONEY})(?:标准(?!化)|额度|数额|金额)|根据贡献")
_CASE_BY_CASE = re.compile(r"一事一议")
# 各县对辖区内单位的标准化奖励，由各县自行确定: of no one thing.
_OF_STANDARDS = re.compile(rf"标准化(?:工作)?{_MONEY}")
_OF_PRIZE = re.compile(r"获奖|奖项")
_REFERS_TO_ITEM = re.compile(r"前[条款项]|第[一二三四五六七八九十\d]+条")
_BETWEEN = re.compile("[^,;。、的]{0,6}[、和及与或][^,;。、的]{0,4}")
# 用于个人的部分由单位自行确定: how those who were paid share it out.
_SHARED_OUT = re.compile(r"由(?:各|该|获奖|申报|项目)?(?:单位|企业|机构|起草单位|获奖者)[^,;。]{0,6}(?:自[行主]|协商)")
# Leave to make a policy is no payment.
_OWN_POLICY = re.compile(r"制[定订][^,;。]{0,12}(?:政策|办法|细则|措施|规定)")
# 市级予以适当补助: who pays.
_PAYS = re.compile("(?:财政)?(?:可|另行|适当|酌情)?(?:予以|给予)")
_OTHER, _PRIZE = Choice(("other",), ""), Choice(("award",), "")


def is_left_to_others(ledger: Ledger, text: str, tokens: Sequence[Token]) -> bool:
    """Whether words say that somebody else sets what is paid for something; leave to make a policy is none of that."""
    left = _LEFT.search(text)
    if left is not None and _IS_BELOW.search(left.group()):
        return True
    if left is None and any_of(ledger.words.delegating).search(text) is None:
        return False
    if _SHARED_OUT.search(text) is not None or any_of(ledger.words.maximum).search(text) is not None:
        return False
    if left is None and _OWN_POLICY.search(text):
        return False
    given = any(token.kind == "giving" for token in tokens) or _AMOUNT_LEFT.search(text) is not None
    given = given or (left is not None and re.match(_MONEY, left.group()) is not None)
    said = any(t.kind in AXIS_KINDS or t.kind == "standard" for t in tokens)
    supported = left is not None and _SUPPORTED.search(text) is not None
    return given and (said or supported or BENEFICIARY.search(text) is not None)


def names_amounts(text: str) -> bool:
    """Whether words leave amounts to others without saying for what: 具体标准由各县确定, 一事一议."""
    return any(form.search(text) for form in (_CASE_BY_CASE, _AMOUNT_LEFT, _LEFT, _OF_STANDARDS))


def what_is_left(ledger: Ledger, explicit: Head, tokens: Sequence[Token], span: Span) -> tuple[Head, list[Combination]]:
    """What a payment is for whose amount somebody else sets; of `other` where nothing says it."""
    text = ledger.plain[slice(*span)]
    explicit = explicit.with_axis("level", tuple(c for c in explicit.of("level") if not _pays(c, text)))
    said = [choice for choice in (*_each_named(ledger, tokens), *explicit.of("activity")) if choice.values]
    activities = list({choice.values[0]: choice for choice in said}.values())
    named = activities or explicit.nouns - {"thing"} or explicit.of("committee") or explicit.of("grade")
    left = _LEFT.search(text)
    below = _OF_STANDARDS.search(text) or (left is not None and _IS_BELOW.search(left.group()))
    # 市区企业承担的，资助20万元；各县企业承担的，由县政府确定: of the same thing.
    goes_on = BENEFICIARY.search(text) and ledger.context.paid_in(ledger.reading.sentence_at(span.start))
    if not named and below and not goes_on and not _REFERS_TO_ITEM.search(text):
        head = Head({"activity": (_PRIZE if _OF_PRIZE.search(text) else _OTHER,)})
        place = explicit.of("place_group")
        if not place and _REST.match(text) and ledger.context.paid_in(ledger.reading.sentence_at(span.start)):
            place = ledger.context.said[-1][1].head.of("place_group")
        head = head.with_axis("place_group", place)
        return head, rows_of(head)
    if not named and _SUPPORTED.search(text):
        head = Head({"activity": (_PRIZE if _OF_PRIZE.search(text) else _OTHER,)})
        return head, rows_of(head)
    head = ledger.ellipsis.resolved(explicit, 1, "delegated")
    several = activities if len(activities) > 1 else head.of("activity") or (_OTHER,)
    if not named and ledger.context.refers:
        several = united(ledger.context.earlier()).of("activity") or several
    elif not named and explicit.of("role") and not ledger.context.said:
        # 参加会展的补助办法: a role makes no drafting
        head, several = Head({"activity": (_OTHER,)}), (_OTHER,)
    return head, [row for choice in several for row in rows_of(head.with_axis("activity", (choice,)))]


def _pays(level: Choice, text: str) -> bool:
    """Whether a level is that of the government that pays."""
    return any(_PAYS.match(text, found.end()) for found in re.finditer(re.escape(level.said), text))


def _each_named(ledger: Ledger, tokens: Sequence[Token]) -> list[Choice]:
    """The activities of a list, each of which is paid for: 制定标准、采用国际标准的奖励."""
    named = [token for token in tokens if token.kind == "activity"]
    listed = [t for a, b in pairwise(named) if _BETWEEN.fullmatch(ledger.plain, a.end, b.start) for t in (a, b)]
    return [Choice((token.value,), "") for token in listed]
