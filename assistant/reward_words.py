"""The words of a reward's trace and of the questions back, in both languages."""

from __future__ import annotations

from functools import lru_cache

from knowledge.errors import UsageError
from knowledge.glossary import Glossary
from knowledge.numerals import han_number
from knowledge.quantities import format_yuan_en, format_yuan_zh
from knowledge.rule_schema import Text


def _text(zh: str, en: str) -> Text:
    return Text(zh=zh, en=en)


_PHRASES = {
    "select": _text("适用规则：{0}", "rule: {0}"),
    "unstated": _text("文件对“{0}”没有规定奖励", "the text states no reward for: {0}"),
    "condition_met": _text("条件：{0}——符合", "condition: {0}: met"),
    "condition_unmet": _text("条件：{0}——不符合", "condition: {0}: not met"),
    "condition_unknown": _text("条件：{0}——待确认", "condition: {0}: to be confirmed"),
    "outside_window": _text("时间不在规则的有效期内", "the date lies outside the rule's period"),
    "base_exact": _text("文件规定的金额：{0}", "amount stated: {0}"),
    "base_up_to": _text("文件规定的金额：最高{0}", "amount stated: up to {0}"),
    "base_at_least": _text("文件规定的金额：不少于{0}", "amount stated: at least {0}"),
    "base_range": _text("文件规定的金额：{1}至{0}", "amount stated: {1} to {0}"),
    "by_reading": _text(
        "按“{0}”的一种理解，最高{1}；文件没有说明是否包括这种情况",
        "by one reading of “{0}” up to {1}; whether this case is meant is not stated",
    ),
    "raised_from": _text("此前为{0}", "it was {0} before"),
    "pot_share": _text("这是总额{0}中的份额", "this is a share of {0} in all"),
    "includes": _text("该金额已包含：{0}", "the amount includes: {0}"),
    "delegated": _text("金额由{0}确定，本文件没有规定", "the amount is set by {0}; this text does not state it"),
    "honour_only": _text("只有荣誉，没有奖金", "an honour without money"),
    "merit": _text("等次由评审确定，不能预先承诺", "the grade is the reviewers' choice; it cannot be promised"),
    "ratio": _text("{0} × {1}% = {2}", "{0} × {1}% = {2}"),
    "no_base": _text("作为计算基数的金额没有规定", "the amount it is a share of is not stated"),
    "upper_award": _text("上级奖励的金额", "the amount of the upper level's award"),
    "bonus": _text("另加：{0} + {1} = {2}", "bonus: {0} + {1} = {2}"),
    "bonus_open": _text("若{0}，另加{1}", "if {0}, {1} more"),
    "not_that": _text("不属于：{0}", "not: {0}"),
    "item_cap": _text("单项上限：{0}按{1}计", "ceiling of one item: {0} becomes {1}"),
    "count": _text("{0} × {1} = {2}", "{0} × {1} = {2}"),
    "count_unclear": _text(
        "“{0}”不是确定的整数，只写一项的金额", "“{0}” is no certain whole number: the amount is of one"
    ),
    "per_unstated": _text(
        "文件没有写明按什么计件，不能相乘", "the text does not say per what, so it is not multiplied"
    ),
    "per_organization": _text("按单位计，不因数量增加", "paid once per organization, whatever the number"),
    "series_once": _text("{0}个部分属同一系列，按一项计", "{0} parts of one series count once"),
    "series_open": _text("若属同一系列，只按一项计", "if they are parts of one series they count once"),
    "equal_split": _text("{1}家本地单位平分：{0} ÷ {1} = {2}", "shared equally by {1} local units: {0} ÷ {1} = {2}"),
    "best_rank": _text("多家本地单位时，只奖排名最前的一家", "of several local units only the best ranked is paid"),
    "best_ranked": _text("在本地单位中排名最前", "best ranked of the local units"),
    "negotiated": _text("多家本地单位时，由各单位协商分配", "several local units agree on the division"),
    "single": _text("多家本地单位时，合计只奖一份", "several local units get one award between them"),
    "not_highest": _text("就高不重复：不另计", "only the highest counts: not added"),
    "clash": _text("与另一规则“{0}”不一致，不能择一", "another rule says otherwise and neither prevails: {0}"),
    "count_cap": _text("数量上限{0}，按{1}计", "at most {0} count: {1} counted here"),
    "yuan_cap": _text("累计上限{0}：{1}按{2}计", "ceiling of {0} in all: {1} becomes {2}"),
    "pool": _text("在预算总额内安排，可能按比例调整", "paid out of a budget and may be scaled down"),
    "quota": _text("全部名额为{0}个，择优确定", "there are {0} places in all, given on merit"),
    "other_award_open": _text("与其他层级奖励就高不重复", "of this and other levels' awards only the higher counts"),
    "other_award_higher": _text(
        "其他层级奖励{0}不低于本项{1}：就高不重复，本项不另计",
        "another level's {0} is not below {1}: only the higher counts, this one is not added",
    ),
    "other_award_lower": _text(
        "本项{0}高于其他层级奖励{1}：就高计本项，不叠加",
        "{0} is above another level's {1}: this one counts, they do not add up",
    ),
    "total": _text("合计：{0} = {1}", "total: {0} = {1}"),
    "subtotal": _text("已写明部分合计：{0} = {1}", "total of the stated parts: {0} = {1}"),
    "not_before": _text("时间不早于文件签发的{0}", "dated on {0}, when the policy was signed, or later"),
    "window": _text("时间在{0}至{1}之间", "dated between {0} and {1}"),
    "window_since": _text("时间不早于{0}", "dated {0} or later"),
    "window_until": _text("时间不晚于{0}", "dated {0} or earlier"),
    "ask_activity": _text("您问的是哪一类工作？", "What was done?"),
    "ask_level": _text("是哪一级标准？", "Of which level is the standard?"),
    "ask_committee_level": _text("是哪一级技术委员会？", "Of which level is the committee?"),
    "ask_committee": _text(
        "是技术委员会（TC）、分技术委员会（SC）还是工作组（WG）？",
        "Is it a technical committee (TC), a subcommittee (SC) or a working group (WG)?",
    ),
    "ask_grade": _text("是哪一等次？", "Which grade?"),
    "ask_role": _text("是主导制定还是参与制定？", "Did your organization lead the drafting or take part in it?"),
    "ask_rank": _text(
        "贵单位在标准的起草单位中排名第几位？", "In which place is your organization named among the drafters?"
    ),
    "ask_place_group": _text("企业在本市的哪个区域？", "In which part of the city is the firm?"),
    "ask_event_on": _text("是哪年哪月批准发布（或完成）的？", "In which year and month was it published or completed?"),
    "ask_upper_award": _text("上级奖励的金额是多少？", "How much did the upper level award?"),
    "ask_best_ranked": _text(
        "贵单位是本地单位中排名最前的吗？", "Is your organization the best ranked of the local units?"
    ),
    "rank_one": _text("排名第{0}", "ranked {0}"),
    "rank_band": _text("排名第{0}至第{1}", "ranked {0} to {1}"),
    "rank_within": _text("排名前{0}位", "ranked {0} or better"),
    "rank_open": _text("排名第{0}及以后", "ranked {0} or lower"),
}

_ORDINALS_EN = (
    *("first", "second", "third", "fourth", "fifth", "sixth", "seventh", "eighth", "ninth", "tenth"),
    *("eleventh", "twelfth", "thirteenth", "fourteenth", "fifteenth", "sixteenth", "seventeenth", "eighteenth"),
    "nineteenth",
)

# The level of a committee; the glossary names levels of standards.
_COMMITTEE_LEVELS = {
    "international": _text("国际", "international"),
    "national": _text("全国", "national"),
    "provincial_local": _text("省级", "provincial"),
    "municipal_local": _text("市级", "municipal"),
}


def say(name: str, *values: Text) -> Text:
    """A phrase with its values put in, in both languages."""
    phrase = _PHRASES[name]
    return Text(zh=phrase.zh.format(*(v.zh for v in values)), en=phrase.en.format(*(v.en for v in values)))


def money(yuan: int) -> Text:
    """An amount in words of both languages."""
    return Text(zh=format_yuan_zh(yuan), en=format_yuan_en(yuan))


def plain(value: object) -> Text:
    """The same characters in both languages."""
    return Text(zh=str(value), en=str(value))


def role_name(role: str) -> Text:
    """A role of the rule vocabulary in words: lead, participate, or a band of ranks."""
    if not role.startswith("rank:"):
        return named("role", role)
    first, dash, last = role.removeprefix("rank:").partition("-")
    if not dash:
        return say("rank_one", ordinal(int(first)))
    return say("rank_band", ordinal(int(first)), ordinal(int(last))) if last else say("rank_open", ordinal(int(first)))


def ordinal(rank: int) -> Text:
    """A rank in words: a digit that neither the question nor the source prints would have no source."""
    if not 1 <= rank <= len(_ORDINALS_EN):
        return plain(rank)
    return Text(zh=han_number(rank), en=_ORDINALS_EN[rank - 1])


def either(texts: list[Text]) -> Text:
    """Several conditions of which one is enough."""
    return Text(zh="或".join(t.zh for t in texts), en=" or ".join(t.en for t in texts))


def committee_level(level: str) -> Text:
    """The level of a committee in words."""
    return _COMMITTEE_LEVELS.get(level) or named("level", level)


def named(slot: str, value: str) -> Text:
    """What the glossary calls a value; the value itself where it has no name."""
    glossary = _glossary()
    try:
        return Text(zh=glossary.label(slot, value, "zh"), en=glossary.label(slot, value, "en"))
    except UsageError:
        return plain(value)


def joined(parts: list[Text]) -> Text:
    """Several names as one."""
    return Text(zh="·".join(p.zh for p in parts), en=", ".join(p.en for p in parts))


@lru_cache(maxsize=1)
def _glossary() -> Glossary:
    return Glossary.load()
