"""What an amount of money is for: a payment, a ceiling, or something that no rule pays out."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from functools import lru_cache, partial
from typing import Literal

from knowledge.drafting.phrases import MARKS
from knowledge.drafting.vocabulary import any_of, either, load_vocabulary
from knowledge.rule_schema import IgnoreReason

Purpose = Literal["payment"] | IgnoreReason

_YEAR_OF_GOAL = re.compile(r"到(?:20)\d\d年|(?:20)\d\d年底?前")
_CONDITION = re.compile(r"的[^,;。]{0,4},")
_GIVES = re.compile(r"给予|予以")
_THOSE_OF = re.compile(r"及?以[上下]的")
_SINGLE = re.compile(r"单(?:次|场|项|个|笔|件|户|家|人|期|班)")
_WHO = re.compile(r"的(?:企业|单位|项目|机构|组织|个人|申请人|产品)")
_NOT_GIVEN = re.compile(r"的?(?:不予?|不再|取消|不得)")
_BEYOND = re.compile(r"(?<!不)(?:超过|达到|高于|低于|不足|少于|未达|不低于)$")
# 自筹资金应当不少于40万元: somebody's duty; 4亿元以上为大型: a class of firms.
_REQUIRED = re.compile(
    r"(?:应当?|必须|须|需)(?:在|为|达到?|不少于|不低于)?$|不得(?:少于|低于)$"
    r"|(?:应当?|必须|须|保证|确保|承诺)[^,;。]{0,12}(?:不少于|不低于|达到?|满)$"
)
_IS_CLASS = re.compile(
    r"^(?:\(含\))?(?:及?以[上下])?的?(?:为|属于?|划为|列为|视为|是)[^,;。]{0,4}[大中小微特][^,;。]{0,2}型"
)
_LOAN_NAMED = re.compile(r"贷(?!款|记)”?(?:(?!给予|予以|财政|贴息|补|奖)[^;。]){0,24}$")
_LENT = re.compile(r"的?[^,;。]{0,8}(?:(?:贷款|授信|信用额度|担保)(?!贴息|利息|费)|股权|增信|流动资金贷款)")
_OR_MORE = re.compile(r"及?以[上下]")
_LAST_YEAR = re.compile(r"(?:去年|上年度?|前年|过去[一二两三五]年|近[几两三五]年来?)(?:[,，]|[全我]|共|累计)")
# What one firm by its name was paid.
_NAMED_FIRM = re.compile(r"[一-龥]{2,}(?:有限公司|股份公司|集团公司|有限责任公司)[^,;。]*,?[^,;。]*$")
_BY_THE_YEAR = re.compile(r"^(?:一次性)?每年度?(?:最高|最多)?(?:给予|资助|补助|补贴|奖励|支持|扶持|奖补|激励)")
_YEAR_BEFORE = re.compile(r"(?:去年|前年|往年)(?!发布|获|制|立项|完成|实施|新|度|已|经|通过|以|同)[^,;。]*$")
# What was given out altogether.
_THIS_TIME = re.compile(r"(?:本届|本次|此次|今年|全年)[^,;。]{0,20}总额(?:为|达|共)?$")
# 共有17家企业获得奖补，合计466万元.
_PAID_TO_MANY = re.compile(
    r"共有?\d+(?:余)?[家个户][^,;。]{0,6}(?:获得?|享受|领取)了?[^,;。的每]{0,6}(?:[,，](?:兑现|发放|拨付|支付|下达)[^,;。每]{0,6})?$"
    r"|\d+(?:余)?[家个户项名件人][^,;。]{0,8}(?:获得?|享受|领取|兑现|得到)了?[^,;。的]{0,10}[,，]?(?:共计|合计|累计|共|总计|总额|金额)[^,;。每]{0,8}$"
)
# 受益主体148家, 惠及企业63家: how many had it. 2023年，全县兑现农业奖补资金712.6万元.
_HOW_MANY_HAD_IT = re.compile(
    r"(?:受益|惠及)[^,;。\d]{0,8}\d+余?[家户个名]"
    r"|^(?:20)\d\d年度?[,，]?[全本我][省市县区镇][^,;。的每]{0,6}(?:兑现|发放|拨付|支付|下达)"
)
# 对原牵头单位再奖励5万元: who led it, and nothing of former amounts.
_WHO_DID_IT = re.compile(r"[对给向]原[一-龥]{0,6}(?:单位|企业|机构|组织|人)")
# 由市财政和区县财政各承担一半，共给予36万元: what several treasuries pay together.
_BORNE_TOGETHER = re.compile(r"财政[^;。]{0,14}(?:承担|负担|分担|分摊|各半|共担)[^;。]{0,12}共[^,;。]*$")
# 前期已按规定领取10万元补助的，核减已领部分: who had it before.
_HAD_BEFORE = re.compile(r"已(?:经)?[^,;。]{0,24}(?:领取|领|获得?|享受|得到|取得)了?[^,;。\d给奖]{0,4}$")
# 服务经费每年45万元由市财政保障.
_COVERED = re.compile(r"由[^,;。]{0,10}(?:保障|列支|解决)")
# 对市级标准化技术机构，每年安排工作经费25万元: funds of a body that is not said to have done anything for them.
# 市级标准化资金每年安排400万元.
_SET_ASIDE = re.compile(
    r"(?:安排|落实|保障|核拨)[^,;。]{0,8}经费(?:为|约)?$|(?:资金|经费)[^,;。]{0,6}(?:安排|列支|预算)(?:为|约)?$"
    r"|(?:年度|当年|全年|总)预算(?:安排|资金|规模|总额)?(?:为|约|是)?$"
)
# 本办法所称专项资金，是指…用于主导标准制修订…的资助资金，每年安排640万元: what a fund is for, and its size.
_FUND_IS_FOR = re.compile(
    r"(?:所称|资金|经费|基金)[^。;]{0,30}?(?:是指|系指|指的是|用于|用以)(?!(?:补助|奖励|资助|补贴)?[^,;。]{0,12}(?:每|各))"
)
_ITS_SIZE = re.compile(
    r"^(?:其中)?(?:总)?(?:每年度?|年度|全年|规模|总额|总量|额度|首期|首年|(?:20)\d\d年度?)*(?:拟|计划|由[^,;。]{2,12})?"
    r"(?:安排|列支|预算|规模|总额|总量|额度|投入|筹集|统筹|设立|控制在|保持在)*(?:资金|经费)?(?:为|约|约为|共|共计|达)?"
    r"(?:每年度?)?(?:人民币|不超过|不低于|不少于|最高)?$"
)
# 市级年度奖励资金总盘子为1600万元
_WHOLE_FUND = re.compile(r"(?:总盘子|总规模|资金规模|资金池|资金总量)(?:为|约|共|控制在)*$")
# 支持资金从县级乡村振兴专项资金中安排，年度安排180万元: of the money itself, and of nobody who gets it.
_MONEY_IS = re.compile(
    r"[^,;。:对凡的]{0,24}?(?:资金|经费|基金)(?:[^,;。:]{0,6}?(?:从|由|在|自|纳入|列入)[^;。:]{2,30}?(?:资金|经费|预算|财政|专项|科目)[^;。]*"
    r"|[^,;。]{0,4}?(?:每年|年度|全年|本年|当年|总量|总额|规模|额度)[^,;。]{0,10})"
)
_WHO_GETS_IT = re.compile(r"的[,企单个组]|对|每[项个家件户张人位名场期]|标准(?!化)|试点|示范|秘书处|奖(?!励|补|金)")
_DONE_FOR_IT = re.compile(r"的|承担|承办|获|通过|完成|新?成立|落户|列入|凡")
# A day on which something happened, not from which something holds.
_ON_A_DAY = re.compile(r"(?:\d{4}年)?\d{1,2}月\d{1,2}日[,，]")
# By how much an amount changed.
_DIFFERENCE = re.compile(
    r"(?:比|较)(?:上一?[届年次]|去年|往年|以往|同期)[^,;。]{0,6}$|(?:比|较)[^,;。]{2,14}(?:提高|增加|上调|增长|高出|多出)(?:了)?$"
)
# A further payment, not a ceiling on the last one.
_ADDED = re.compile(r"再|另|后(?:给予|奖励|补助|资助)")
# 每项不高于4万元（被行业标准采信的，不高于8万元）: another case with a ceiling of its own.
_CASE_IN_BRACKET = re.compile(r"[^,;。()]{0,8}\((?!分)[^(),;。]{2,24}的,[^(),;。首期次批预]*$")
# What those get who tell on others.
_TOLD_ON = re.compile(r"举报人|举报奖|线索|(?:对|可|欢迎|鼓励|拨打)[^;。]{0,14}举报|(?:^|,)举报")
# About so much, so much altogether: what a payment never is.
_ROUGHLY = re.compile(r"(?:约|大概|将近|接近|(?<!最)近)$")
_OR_SO = re.compile("左右|上下|余[,;。]")
_ALTOGETHER = re.compile(r"(?:合计|共计|总计|累计)(?:资金|金额|约|达|为)*$")
_TAKEN_AWAY = re.compile(
    r"(?:扣减|扣罚|扣除|扣回|核减|罚没|退还|退回|收回|追回|上缴|减少|减发|扣发|少给)(?:(?!给予|予以|后)[^,;。的])*$"
)
_ROUNDED = re.compile("四舍五入|取整|舍去")
# What experts and travellers are paid by the day or hour.
_BY_THE_HOUR = re.compile(r"每(?:半?天|日|学时|课时|餐|小时)(?:按|为)?$")
_COUNTED_AS = re.compile("不足|未满|不满|尾数")
_FOR_EACH = re.compile("(?:单个|单项|单一|每[项个件])(?:标准|项目|产品|课题)")
_BETWEEN_SIZE_AND_AMOUNT = 14


@dataclass(frozen=True, slots=True)
class Surroundings:
    """The words around an amount, folded.

    Attributes:
        sentence: all of its sentence.
        before: from the last amount, or the start of the passage, up to it.
        phrase: the same from the last comma or other mark.
        after: from its end to the next mark or amount.
        up_to: whether it is stated as a ceiling.
        paid_before: whether a payment stands in front of it in the passage.
        paid_alike: whether one for the same activity does in its item.
        follows_share: whether the last payment in its item was a share, which a ceiling tops.
        names_things: whether the words since the last amount name an activity, level, role or other axis.
        has_beneficiary: whether they name a level, role, rank, grade or committee, or say 对…的.
        capped_before: whether a ceiling stands in front of it in the sentence.
        cost_share: whether a share of the costs is paid in the same passage, which this amount then tops.
        within: what the amount in front is for, where this one only parts it or stands in its bracket.
        others_payer: whether a government above the document's pays it, in a reference to that government's policy.
        gives: whether words of giving hold for it.
        in_bracket: whether words in a bracket that opens behind no amount state it: 对标南江市（其国家标准奖励为40万元）.
    """

    sentence: str
    before: str
    phrase: str
    after: str
    up_to: bool
    paid_before: bool
    paid_alike: bool
    follows_share: bool
    names_things: bool
    has_beneficiary: bool
    capped_before: bool
    cost_share: bool
    within: Purpose | None
    others_payer: bool
    gives: bool
    in_bracket: bool


def purpose(around: Surroundings) -> Purpose:
    """What the amount is for; `payment` only where something is given."""
    if around.within is not None:
        return around.within
    for name, holds in _CHECKS:
        if holds(around):
            return name
    return "payment" if around.gives and not around.in_bracket else "other"


@lru_cache(maxsize=1)
def _patterns() -> dict[str, re.Pattern[str]]:
    words = load_vocabulary()
    cues = {name: either(forms) for name, forms in words.purposes.items()}
    giving = either(form for forms in words.giving.values() for form in forms)
    organization = f"{either(words.one_organization)}(?:个|家|户)?[^,;。、]{{0,6}}?{either(words.organizations)}"
    return {
        **{name: re.compile(pattern) for name, pattern in cues.items()},
        "giving": re.compile(giving),
        "elsewhere": re.compile(f"(?<![境国海]){cues['elsewhere']}(?!场)"),  # 境外市场 is no other city
        "reported_paying": re.compile(
            f"{cues['reported']}[^,;。]{{0,16}}{cues['report']}|{cues['report']}[^,;。]{{0,4}}了"
        ),
        "size_before": re.compile(f"{cues['size']}[^,;。、:]{{0,{_BETWEEN_SIZE_AND_AMOUNT}}}$"),
        "past_before": re.compile(f"(?:{cues['past']})(?!则|因|料|材|创)[^,;。]{{0,14}}$"),
        "example_start": re.compile(
            f"(?:^|[,;。(:?])[ \t]*[如若]?(?:{cues['example']})|(?<![案范实先惯条])(?:{cues['example']})[:,]"
        ),
        "organization": re.compile(f"{organization}|{either(words.organizations)}(?:年度|每年|全年|当年)"),
        "same": re.compile(r"同一|单个|单家|单一|同一家|一家"),
    }


def is_over_organization(words: str) -> bool:
    """Whether words speak of all that one firm or body gets: 每家企业, 同一单位."""
    return _patterns()["organization"].search(words) is not None


def _no_payment(around: Surroundings) -> bool:
    """Whether the amount is an estimate, or a matter of rounding."""
    if _ROUGHLY.search(around.phrase) or _BY_THE_HOUR.search(around.phrase) or _OR_SO.match(around.after):
        return True
    counted = around.phrase.endswith("按") and around.after.startswith("计") and _COUNTED_AS.search(around.before)
    return bool(counted) or _ROUNDED.search(around.sentence) is not None


def _penalty(around: Surroundings) -> bool:
    if _TAKEN_AWAY.search(around.phrase):
        return True
    if around.up_to and not around.names_things and _patterns()["penalty"].search(around.before):
        return True  # 处以1至3倍罚款，最高不超过10万元
    return _patterns()["penalty"].search(around.phrase + around.after) is not None


def _example(around: Surroundings) -> bool:
    return _patterns()["example_start"].search(around.sentence) is not None


def _elsewhere(around: Surroundings) -> bool:
    return around.others_payer or (
        _patterns()["elsewhere"].search(around.before) is not None and not around.names_things
    )


def _history(around: Surroundings) -> bool:
    if _patterns()["past_before"].search(_WHO_DID_IT.sub("", around.phrase)) or _DIFFERENCE.search(around.phrase):
        return True
    if any(cue.search(around.before) for cue in (_YEAR_BEFORE, _PAID_TO_MANY)) or _THIS_TIME.search(around.phrase):
        return True
    if _ON_A_DAY.match(around.sentence) or _LAST_YEAR.match(around.sentence):
        return True
    if _HAD_BEFORE.search(around.phrase) and "的" in around.after:
        return True
    if _patterns()["reports"].search(around.sentence) or _HOW_MANY_HAD_IT.search(around.sentence):
        return True
    if _NAMED_FIRM.search(around.before):
        return True
    if _ALTOGETHER.search(around.phrase) and not (around.up_to or around.has_beneficiary):
        return True
    if _BORNE_TOGETHER.search(around.before):
        return False
    # Those who were paid before (已获资助的企业，) are who is paid now.
    said_of = _CONDITION.split(around.before)[-1]
    return _patterns()["reported_paying"].search(said_of + around.after) is not None


def _suggested(around: Surroundings) -> bool:
    if _TOLD_ON.search(around.before + around.after):
        return True
    return _patterns()["suggestion"].search(around.before) is not None


def _beyond(around: Surroundings) -> bool:
    """Whether the amount says who or what is meant: 余额超过100万元的企业."""
    who = around.after == "的" or _WHO.match(around.after) is not None or _NOT_GIVEN.match(around.after) is not None
    return who and _BEYOND.search(around.phrase) is not None


def _threshold(around: Surroundings) -> bool:
    if _THOSE_OF.match(around.after) or _beyond(around):
        return True
    if _IS_CLASS.match(around.after):
        return True
    gives = _patterns()["giving"].search(around.phrase) is not None
    if not gives and (_OR_MORE.match(around.after) or _REQUIRED.search(around.phrase)):
        return True
    size = _patterns()["size_before"].search(around.phrase)
    if size is None:
        return False
    return _patterns()["giving"].search(around.phrase, size.start()) is None


def _loan(around: Surroundings) -> bool:
    """Whether a bank lends the amount: “标准贷”，每户300万元; 500万元的信用贷款."""
    return (
        _LOAN_NAMED.search(around.before) is not None or _LENT.match(around.after) is not None or _cued("loan", around)
    )


def _fee(around: Surroundings) -> bool:
    """Whether somebody has to pay the amount: 收取工本费，每册60元."""
    if _cued("fee", around):
        return True
    ahead = re.split(f"[{MARKS}]", around.before)[-2:-1]
    named = any(match.end() == len(part) for part in ahead for match in _patterns()["fee"].finditer(part))
    return named and _patterns()["giving"].search(around.phrase + around.after) is None


def _cued(name: str, around: Surroundings) -> bool:
    if _patterns()[name].search(around.phrase + around.after) is None:
        return False
    if any(match.end() == len(around.phrase) for match in _patterns()[name].finditer(around.phrase)):
        return True
    return _patterns()["giving"].search(around.phrase) is None


def _budget(around: Surroundings) -> bool:
    if _COVERED.match(around.after) and ("经费" in around.phrase or "费用" in around.phrase):
        return True
    if _ITS_SIZE.match(around.phrase) and _FUND_IS_FOR.search(around.before) and not around.paid_before:
        return True
    if _WHOLE_FUND.search(around.phrase):
        return True
    if _SET_ASIDE.search(around.phrase) and not _DONE_FOR_IT.search(around.before):
        return True
    if _MONEY_IS.fullmatch(around.before) and _WHO_GETS_IT.search(around.before) is None:
        return True
    if around.has_beneficiary or (around.paid_before and _GIVES.search(around.phrase + around.after)):
        return False
    return _patterns()["budget"].search(around.before + around.after) is not None


def _cap(around: Surroundings) -> bool:
    if not around.up_to or around.cost_share:
        return False
    words = load_vocabulary()
    # Where a ceiling was raised, the words for it stand in front of the old one.
    words_for_it = around.phrase or re.split("[,;。:]", around.before)[-1]
    if any_of(words.at_most).fullmatch(around.phrase.strip()):
        words_for_it = around.before  # 每家企业每年得到的奖励，最多25万元
    summed = any_of(words.sums).search(words_for_it + around.after) is not None
    over = is_over_organization(around.before)
    if (
        around.has_beneficiary
        and around.names_things
        and around.gives
        and not over
        and _BY_THE_YEAR.search(around.phrase)
    ):
        return False  # 承担分技术委员会的，每年资助不超过30万元
    if around.gives and not over and not summed and any_of(words.kinds_of_standards).search(around.phrase):
        return False  # 推荐性标准每项不高于28万元
    if summed and (over or around.paid_before or any_of(words.everything).search(around.before)):
        return True
    for_each = around.gives and around.has_beneficiary and _FOR_EACH.match(around.phrase) and not around.paid_before
    if for_each and not over and not summed:
        return False  # 对主导国际标准制定的企业，单个标准给予最高100万元奖励
    if _patterns()["same"].search(around.before) and (over or any_of(words.things).search(around.before)):
        return True
    if summed and any_of(words.yearly).search(words_for_it):
        return True  # 单位获得的扶持资金全年累计不得超过260万元
    if summed and any_of(words.pools).search(around.before):
        return True
    if around.paid_before and not around.has_beneficiary and _SINGLE.search(around.phrase):
        return True
    if around.follows_share and not around.has_beneficiary and _ADDED.search(around.phrase) is None:
        return True
    if around.paid_alike and _SINGLE.match(around.phrase):
        return True  # 单个秘书处区级配套不超过45万元
    if around.capped_before and not around.has_beneficiary:
        return True
    if _CASE_IN_BRACKET.match(around.before):
        return False
    return around.paid_before and not around.names_things and _ADDED.search(around.phrase) is None


def _goal(around: Surroundings) -> bool:
    if around.gives and _patterns()["giving"].search(around.phrase):
        return False
    if _patterns()["goal_reached"].search(around.phrase):
        return True
    if around.gives and around.names_things:
        return False
    return _patterns()["goal"].search(around.before) is not None or _YEAR_OF_GOAL.search(around.before) is not None


_CHECKS: tuple[tuple[Purpose, Callable[[Surroundings], bool]], ...] = (
    ("example", _example),
    ("penalty", _penalty),
    ("elsewhere", _elsewhere),
    ("threshold", _threshold),
    ("history", _history),
    ("other", _suggested),
    ("fee", _fee),
    ("sponsor", partial(_cued, "sponsor")),
    ("loan", _loan),
    ("cap", _cap),
    ("budget", _budget),
    ("goal", _goal),
    ("other", _no_payment),
)
