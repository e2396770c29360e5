"""Signs that an amount has a second reading: words beside it that the first one leaves unread, or that contradict it.

Each sign was looked for in every policy of the tests, where it must not speak of a row that is right.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from knowledge.drafting.axes import Head
from knowledge.drafting.slots import READ, strange_payee, strange_words, unread_words
from knowledge.drafting.tokens import Token
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
    r"|(?:主席|主任委员)[^,;。]{0,6}[、和或及][^,;。]{0,12}秘书处[^;。]{0,30}(?:分别|依次)"
)
# 担任TC主席或者秘书处单位的，奖励75万元: hosting is paid, too, and alike.
_OFFICE_OR_HOST = re.compile(
    r"(?:主席|主任委员|召集人)(?:单位)?(?:或者?|、|和|及)[^,;。、]{0,10}秘书处(?:单位|工作)?的?,?(?!.*(?:分别|依次|各))"
)
_PERSON = re.compile(r"个人|人员|专家|员工")
# A prize may be for drafting; nothing else that is paid for is.
_DRAFTS = re.compile(r"(?:制[定订修]|起草|修[订编]|研制|编制)[^,;。]{0,12}标准(?!化)")
# 30万元/项, 2万元每人次; 30万元以内的一次性奖励, 10万元的工作经费.
_UNIT_BEHIND = re.compile(r"^(?:[ \t]*/[ \t]*(?:人次|场次|[一-龥])|每[一-龥]{1,3}(?=[,;。]|$))")
_MODIFIERS = re.compile(
    r"^(?:[ \t”]|以内|人民币|整|的|一次性|落户|启动|开办|建设|工作|运行|运营|前期|培训|推广|项目|标准化?|资金|经费|作为|作|用于)+"
)
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
    open_words = unread_words(plain, words, tokens)
    levels = {value for choice in head.of("level") for value in choice.values}
    if activity in DRAFTING and explicit.of("level") and not levels:
        return f"it is not clear which level {explicit.of('level')[0].said} is"
    if odd := strange_words(plain, words, tokens, explicit, activity):
        return odd
    if activity in LEVELLED and not explicit.of("level"):
        for found in _LEVEL_WORDS.finditer(plain, *words):
            if open_words[found.start() - words.start] != READ and found.lastgroup not in levels:
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


def holds_office(plain: str, words: Span, head: Head, per: str | None) -> bool:
    """Whether somebody who holds an office in a committee is paid, and nobody who hosts it: 担任主席的专家，每人3万元."""
    if _OFFICE_OR_HOST.search(plain, *words):
        return False
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
    if head.of("role"):
        return None
    for text in (words, lead_in):
        signs = [found for forms in vocabulary.role_signs.values() if (found := any_of(forms).search(text))]
        if len(signs) == 1:
            return f"whom {signs[0].group()} makes the one who is paid is not clear"
    return None


def strange_tail(after: str) -> str | None:
    """What stands behind an amount, up to the next mark, where it is nothing that stands behind a payment: 3万元差额部分.

    A payment ends there, or goes on with a word of giving (30万元的一次性奖励) or with the next entry of its list.
    """
    tail = _MODIFIERS.sub("", _UNIT_BEHIND.sub("", after))
    known = not tail or tail.startswith("、") or any_of(load_vocabulary().behind_amounts).match(tail)
    return None if known and after != "的" else after
