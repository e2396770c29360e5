"""Signs that an amount has a second reading: words beside it that the first one leaves unread, or that contradict it.

Each sign was looked for in every policy of the tests, where it must not speak of a row that is right.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from knowledge.drafting.axes import Head
from knowledge.drafting.lexer import Token
from knowledge.drafting.vocabulary import any_of, load_vocabulary
from knowledge.model import Span
from knowledge.rule_schema import DRAFTING

# Words of a level; in these activities one that is not read is a level that the row lacks.
_LEVEL_WORDS = re.compile(
    r"(?P<international>国际(?!化|先进))|(?P<national>国家(?=级|标准)|全国(?!性?推广|团体标准信息|平台|率先|首))"
    r"|(?P<provincial_local>省级)|(?P<municipal_local>市级)"
)
LEVELLED = (*DRAFTING, "host_committee", "pilot_project")
# Offices that somebody holds in a committee.
_OFFICE = re.compile(r"(?:主席|召集人|秘书长?(?!处)|委员)[^,;。]{0,8}(?:专家|个人|人员|人才|员工|的人)")
_HOLDS_OFFICE = re.compile(
    r"(?:当选|担任|出任|选任)[^,;。]{0,40}(?:主席|召集人|秘书长?(?!处)|主任|委员)(?!会|单位)"
    # 承担TC主席、秘书处的，分别给予
    r"|(?:主席|主任委员)[^,;。]{0,6}[、和或及][^,;。]{0,12}秘书处[^;。]{0,12}(?:分别|依次)"
)
_PERSON = re.compile(r"个人|人员|专家|员工")
# A prize may be for drafting; nothing else that is paid for is.
_DRAFTS = re.compile(r"(?:制[定订修]|起草|修[订编]|研制|编制)[^,;。]{0,12}标准(?!化)")
# 30万元/项, 2万元每人次; 30万元以内的一次性奖励, 10万元的工作经费.
_UNIT_BEHIND = re.compile(r"^(?:[ \t]*/[ \t]*(?:人次|场次|[一-龥])|每[一-龥]{1,3}(?=[,;。]|$))")
_MODIFIERS = re.compile(
    r"^(?:[ \t”]|以内|人民币|整|的|一次性|落户|启动|开办|建设|工作|运行|运营|前期|培训|推广|项目|标准化?|资金|经费|作为|作|用于)+"
)
_READ = "·"
# 作为居首的起草者完成国家标准
_AS_WHOM = re.compile(r"作为[一-龥]{2,12}(?=[,;。]|完成|·+者)")
_PAYEE = re.compile(
    r"(?P<kind>[一-龥]{2,5}?)(?:单位|企业|机构|团队|人员|专家|协会|会员|起草者|编写者|编制者|参与者)(?!所)"
)
_PHRASE_ENDS = ",;。:"
_UNREAD_RUN = re.compile(r"[一-龥]+$")
# Levels that no name of a place goes in front of.
_TOLD_BY_NAME = ("international", "national", "industry", "group", "alliance")
# How unread words end that stand directly in front of these where nothing is said that changes them.
_USUAL_BEFORE = {
    "activity": re.compile(
        r"(?:标准|对|按照?|在|团体|新|身份|年|面|并|且|单位|和|与|及|或者?|组织|级|每|企业|所|的|协会|学会|联盟|位|非|由|联合"
        r"|共同|自主|率先|首次|以|承担|完成|指|中|者|公司|机构|院|校|后|项目|为|是|各|均|其|可|须|应|经|已|家|方|将|向|给|申请|申报|扶持|支持|资助|奖励|补助|鼓励|技术)$"
    ),
    "standard": re.compile(
        r"(?:以|的|协同|军用|通用|强制性|推荐性|产品|前款|前条|上述|对|于|且|并|获得|自|和|与|及|或者?|该|为|按|每|项|一个|新|在|类|级|其他|系列)$"
    ),
    "level": re.compile(
        r"(?:的|完成|项|含|标准|和|与|及|或者?|发布|公布|实施|立项|推荐|备注|为|成|至|业|领域|产业|类|协会|学会|团体|联盟|承担|新增了?|对|将|该|其|”|属于?|限"
        r"|按|在|上|级|部|部门|先进|优秀|领先|比照|首项|其中|通过|参照|适用|说明|以|经|向|单位|企业|于|中|后|年|日|每|达到|高于|严于|获得?|提出|担任|所列|上述|[一二三四五六七八九]是(?:提高|增加|新增|取消)?了?|即|增加了?|提高了?|取消了?)$"
    ),
    "committee": re.compile(
        r"(?:承担|或者?|的|化|专业|含|其|对|和|与|及|一次性|领域|业|成立|筹建|组建|获批|批准|设立?|担任|新|为|由|在|落户|引进|国家)$"
    ),
    "rank": re.compile(
        r"(?:其中|作为|第|单位|企业|的|标准|中|属|对|由|且|以|限|署|为|列|指|按照?|行业|者|和|与|及|或者?|是|在|前言|名单|主要|区内|团体|机构|院所|排)$"
    ),
}
# What an activity is paid per, besides nothing and a firm.
_PER = {
    "formulate_standard": {"standard", "project", "person"},
    "revise_standard": {"standard", "project", "person"},
    "adopt_standard": {"product", "certificate", "standard", "project"},
    "host_committee": {"committee", "project"},
    "pilot_project": {"project"},
    "research": {"project"},
}


def unread(plain: str, words: Span, tokens: Sequence[Token], explicit: Head, head: Head, per: str | None) -> str | None:
    """Why the words in front of an amount have another reading than the head made of them; null where they have none.

    Args:
        plain: the folded text.
        words: the range of the amount's own words.
        tokens: the tokens in it.
        explicit: the head of these words.
        head: the same with what it takes from before and above.
        per: what the amount is per.
    """
    paid = [value for choice in head.of("activity") for value in choice.values]
    # 制定、修订 are one kind of work.
    activity = paid[0] if len(paid) == 1 or (paid and set(paid) <= set(DRAFTING)) else ""
    open_words = _open_words(plain, words, tokens)
    levels = {value for choice in head.of("level") for value in choice.values}
    if activity in DRAFTING and explicit.of("level") and not levels:
        return f"it is not clear which level {explicit.of('level')[0].said} is"
    if activity in DRAFTING and (as_whom := _AS_WHOM.search(open_words)):
        return f"whom {as_whom.group()} makes the one who is paid is not clear"
    if odd := _strange_before(words, tokens, explicit, activity, open_words):
        return f"what {odd} says is not clear"
    if activity in LEVELLED and not explicit.of("level"):
        for found in _LEVEL_WORDS.finditer(plain, *words):
            if open_words[found.start() - words.start] != _READ and found.lastgroup not in levels:
                return f"it is not clear which level {found.group()} is"
    if holds_office(plain, words, head, per):
        return "an office that a person holds; whether it is hosting a committee is not clear"
    if activity in DRAFTING and _HOLDS_OFFICE.search(plain, *words):
        return "an office that a person holds; whether drafting is paid for is not clear"
    if per not in (None, "organization") and per not in _PER.get(activity, {per}):
        return f"an amount per {per} does not go with what is paid for before it"
    if not explicit.of("activity") and not explicit.nouns and (payee := strange_payee(open_words)):
        return f"it is not clear what {payee} are paid for"
    return None


def _strange_before(words: Span, tokens: Sequence[Token], explicit: Head, activity: str, open_words: str) -> str | None:
    """Unread words directly in front of one that is read, where only known ones stand: 总揽制定, 环球标准, 举国技术委员会.

    They say who drafts, which standard, or of whom the committee is, in a way that nobody knows.
    """
    kinds = {"host_committee": {"committee"}}.get(activity, set())
    kinds |= {"activity", "rank", "level"} if activity in DRAFTING else set()
    if activity in DRAFTING and (not explicit.of("level") or any(token.kind == "aligning" for token in tokens)):
        kinds.add("standard")  # beside levels that have one amount, another standard changes nothing
    for token in tokens:
        usual = _USUAL_BEFORE.get(token.kind)
        if usual is None or token.kind not in kinds or not words.start <= token.start < words.end:
            continue
        if token.kind == "activity" and token.value not in DRAFTING:
            continue
        if token.kind == "level" and (token.of != "standard" or token.value not in _TOLD_BY_NAME):
            continue
        run = _UNREAD_RUN.search(open_words, 0, token.start - words.start)
        if run is None or usual.search(run.group()) is not None:
            continue
        # 主导编制物流国家标准: behind who drafts a word says for which trade.
        if token.kind != "level" or run.start() == 0 or open_words[run.start() - 1] in _PHRASE_ENDS:
            return run.group()
    return None


def holds_office(plain: str, words: Span, head: Head, per: str | None) -> bool:
    """Whether somebody who holds an office in a committee is paid, and nobody who hosts it: 担任主席的专家，每人3万元."""
    held = _HOLDS_OFFICE.search(plain, *words) is not None
    office = _OFFICE.search(plain, *words) or (held and (head.of("committee") or _PERSON.search(plain, *words)))
    return head.single("activity") == "host_committee" and bool(per == "person" or office)


def unheard(words: str, lead_in: str, head: Head) -> str | None:
    """Why an amount lacks what its words or its lead-in tell of: drafting, a committee, a role; null where it lacks nothing.

    Only parts of words are looked for, so that a word which was read as something else is seen too. Where one text tells of
    the lead and of those who take part, both are paid alike.
    """
    activity = head.single("activity")
    if activity not in DRAFTING:
        drafts = _DRAFTS.search(words) if activity not in (None, "award") else None
        return f"whether {drafts.group()} is paid for is not clear" if drafts else None
    vocabulary = load_vocabulary()
    if body := any_of(vocabulary.committee_signs).search(words):
        return f"whether drafting or {body.group()} is paid for is not clear"
    if head.of("role"):
        return None
    for text in (words, lead_in):
        signs = [found for forms in vocabulary.role_signs.values() if (found := any_of(forms).search(text))]
        if len(signs) == 1:
            return f"whom {signs[0].group()} makes the one who is paid is not clear"
    return None


def _open_words(plain: str, words: Span, tokens: Sequence[Token]) -> str:
    """The words with everything that is read blanked out."""
    chars = list(plain[slice(*words)])
    for token in tokens:
        if words.start <= token.start and token.end <= words.end:
            chars[token.start - words.start : token.end - words.start] = _READ * (token.end - token.start)
    return "".join(chars)


def strange_tail(after: str) -> str | None:
    """What stands behind an amount, up to the next mark, where it is nothing that stands behind a payment: 3万元差额部分.

    A payment ends there, or goes on with a word of giving (30万元的一次性奖励) or with the next entry of its list.
    """
    tail = _MODIFIERS.sub("", _UNIT_BEHIND.sub("", after))
    known = not tail or tail.startswith("、") or any_of(load_vocabulary().behind_amounts).match(tail)
    return None if known and after != "的" else after


def strange_payee(open_words: str) -> str | None:
    """Payees whose kind is named, and by no word that is known: 委员单位."""
    vocabulary = load_vocabulary()
    for found in re.finditer(
        r"(?P<kind>[一-龥]{2,5}?)(?:单位|企业|机构|团队|人员|专家|协会|会员|起草者|编写者|编制者|参与者)(?!所)",
        open_words,
    ):
        kind = re.split(r"[对给向将把]|并且?|且|或者?", found["kind"])[-1]
        if len(kind) > 1 and any_of(vocabulary.usual_payees).search(kind) is None:
            return found.group()
    return None
