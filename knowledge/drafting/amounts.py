"""The amounts of a stretch in order: which of them are one list, and what each is for: a payment, a ceiling, a total, or none."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace
from decimal import Decimal

from knowledge.drafting.grants import take_limit
from knowledge.drafting.ledger import Ledger
from knowledge.drafting.manner import benefit_of
from knowledge.drafting.payments import pay
from knowledge.drafting.phrases import BENEFICIARY, FILLERS, MARKS, UNIT_BEHIND, first_phrase, last_phrase
from knowledge.drafting.purpose import Purpose, Surroundings, purpose
from knowledge.drafting.share_reader import read_share
from knowledge.drafting.statements import Statement
from knowledge.drafting.stretches import Stretch
from knowledge.drafting.tokens import AXIS_KINDS, Token
from knowledge.drafting.vocabulary import any_of
from knowledge.model import Span

# Between two amounts of one list.
_EACH = r"(?:[ \t]*/[ \t]*[项个家人次件张户])?"
_LIST_GAP = re.compile(
    rf"(?:以内)?(?:{_EACH}[ \t]*(?=[、和及与或,]))?[ \t]*(?:(?:、|和|及|与|或|/|以及|,和|,|;)[ \t]*)"
    r"(?:最高|不超过|最高不超过|不低于|不少于|每项|每个|每件|一次性|人民币|给予|奖励|各)*[ \t]*"
)
# An exception in the bracket behind an amount: 30万元（强制性国家标准40万元）.
_BRACKETED_AMOUNT = re.compile(UNIT_BEHIND + r"\((?P<words>[^()]{2,40})\)")
_BRACKET = re.compile(UNIT_BEHIND + r"\([^()]{0,40}\)")
_BOUNDS_GAP = re.compile(r"(?:以上)?[,、且但]{0,2}(?:不高于|最高|不超过|最多|至多|至)?[^,;。\d]{0,4}")
_AT_MOST_BEHIND = re.compile(r"(?:\(含\))?及?以[下内]")
_COMMA_GAP = re.compile(rf"{_EACH}[ \t]*,[ \t]*(?:和)?[ \t]*")
# 每项不超过100万元，其中立项后先行拨付45万元: a part of what was stated before.
_ADVANCED_PART = re.compile(
    r"(?:其中[^;。]*?(?:先行?|预先?|首[期次批]|前期)|[(,][^,;。]{0,16}预)(?:拨付|预拨|支付|兑付|拨给?|付)[^,;。]{0,4}$"
)
# An amount, with what may stand between it and its bracket: 13万元/项的一次性奖励.
_BEHIND_AMOUNT = re.compile(
    r"(?:[元圆]|[\d.]+万?)(?:整|人民币|以内|左右)?(?:(?:/|每)[一-龥]{1,3})?的?(?:一次性)?"
    r"(?:奖励|补助|资助|奖补|补贴|扶持|支持|激励|配套)?(?:资金|经费|奖金|金)?[ \t]*$"
)
# 30万元，其中市财政20万元、区财政10万元: who bears it.
_BORNE_PART = re.compile(r"(?:[,(]其中[,:]?|、|,)(?:由|各)?[^,;。、每]{0,6}财政(?:各|承担|负担|分别承担|安排|出资)*")
# Between a total and the parts of it that each gets.
_SHARED_AMONG = re.compile(r"其中|按.{0,8}分配|分别(?:为|获得|得|分得|享有)|\([^)]*$|^,[由按]")


def amount_groups(ledger: Ledger, stretch: Stretch) -> list[list[Token]]:
    """The amounts and shares of the stretch, those of one list together."""
    groups: list[list[Token]] = []
    for token in ledger.reading.tokens_in(stretch.span):
        if token.kind not in ("money", "percent", "ratio", "half"):
            continue
        last = groups[-1][-1] if groups else None
        if last is not None and _parts_list(ledger, last, token):
            ledger.exceptions[last.end] = token
        elif last is not None and (span := _between_bounds(ledger, last, token)) is not None:
            groups[-1][-1] = span
        elif last is not None and last.kind == token.kind and _continues(ledger, groups[-1], token):
            groups[-1].append(token)
        else:
            groups.append([token])
    return groups


def _parts_list(ledger: Ledger, last: Token, token: Token) -> bool:
    """Whether an amount is an exception in the bracket behind one of a list: 60万元、30万元（强制性的40万元）、20万元."""
    bracket = _BRACKETED_AMOUNT.match(ledger.plain, last.end)
    if bracket is None or not bracket.start("words") < token.start < bracket.end("words"):
        return False
    goes_on = _LIST_GAP.match(ledger.plain, bracket.end())
    if goes_on is None or len(ledger.reading.quantities_in(Span(*bracket.span("words")))) > 1:
        return False
    return any(q.start == goes_on.end() for q in ledger.reading.quantities if q.kind == "money")


def _between_bounds(ledger: Ledger, low: Token, high: Token) -> Token | None:
    """One range from two bounds side by side (不低于2万元、不高于6万元); null where they are none."""
    first, second = low.quantity, high.quantity
    if first is None or second is None or (low.kind, high.kind) != ("money", "money"):
        return None
    gap = ledger.plain[low.end : high.start]
    if first.bound != "at_least" or second.bound != "up_to" or _BOUNDS_GAP.fullmatch(gap) is None:
        return None
    if first.upper is not None or second.upper is not None or first.value >= second.value:
        return None
    ledger.found.low_ends[high.start] = first
    whole = replace(second, value=first.value, upper=second.value)
    behind = _AT_MOST_BEHIND.match(ledger.plain, high.end)  # 3万元以上5万元以下
    return replace(low, end=behind.end() if behind else high.end, quantity=whole)


def _continues(ledger: Ledger, group: Sequence[Token], token: Token) -> bool:
    gap = ledger.plain[group[-1].end : token.start]
    if group[-1].end in ledger.exceptions:
        gap = gap[gap.index(")") + 1 :]
    if gap.strip() == "(":
        return True  # 50万元（30万元、10万元）, as the things are: 技术委员会（分技术委员会、工作组）
    if _LIST_GAP.fullmatch(gap) is None:
        return False
    return "," not in gap or _COMMA_GAP.fullmatch(gap) is not None


def read_groups(ledger: Ledger, stretch: Stretch, groups: list[list[Token]]) -> None:
    """Takes down what each of the stretch's amounts and shares is for."""
    at = stretch.span.start
    last: tuple[Purpose, int] | None = None
    for index, group in enumerate(groups):
        following = groups[index + 1][0].start if index + 1 < len(groups) else stretch.span.end
        if group[0].kind == "money" and _is_old(ledger, group, following):
            ledger.set_aside(group, "history")
            continue
        if any(token.quantity is not None and not token.quantity.value for token in group):
            ledger.set_aside(group, "unclear")  # nothing is paid: a figure that was not read whole
            continue
        if not_own := ledger.hearsay.reason(Span(group[0].start, group[-1].end)):
            ledger.set_aside(group, not_own)
            last = (not_own, group[-1].end)
            at = _behind_not_own(ledger, at, group)
            continue
        if group[0].kind != "money":
            if _is_old(ledger, group, following):
                continue  # 由20%提高到25%
            at = read_share(ledger, group, at, following)
            continue
        around = _surroundings(ledger, at, group, following)
        around = replace(around, within=_within(ledger, last, group))
        meant: Purpose = purpose(around)
        last = (meant, group[-1].end)
        if meant in ("payment", "cap", "budget", "other") and _is_pot(ledger, groups[index:]):
            _share_out(ledger, group, at)
            at = group[-1].end
            shared = ledger.reading.tokens_in(Span(at, groups[index + 1][0].start))
            to_drafters = any(token.kind in ("role", "rank") for token in shared)
            last = None if meant in ("payment", "cap") or to_drafters else last
            continue
        if meant == "payment":
            pay(ledger, group, at, following, around)
            for end in (amount.end for amount in group if amount.end in ledger.exceptions):
                excepted = ledger.exceptions[end]
                close = ledger.plain.index(")", excepted.end)
                pay(ledger, [excepted], end, close, _surroundings(ledger, end, [excepted], close))
            at = _advanced(ledger, group, following)
        elif meant == "cap":
            take_limit(ledger, group, at)
            at = group[-1].end
        else:
            told = meant == "other" and around.names_things
            ledger.set_aside(
                [*group, *(ledger.exceptions[a.end] for a in group if a.end in ledger.exceptions)],
                "unclear" if told else meant,
            )
            if told:
                at = _behind_not_own(ledger, at, group)


def _within(ledger: Ledger, last: tuple[Purpose, int] | None, group: Sequence[Token]) -> Purpose | None:
    """What the amount in front is for, where this one is a part of it or an exception in its bracket."""
    if last is None:
        return None
    meant, end = last
    between = ledger.plain[end : group[0].start]
    if meant == "cap" and (
        ("其中" in between and "每" not in between) or (between.lstrip().startswith("(") and ")" not in between)
    ):
        return "cap"
    borne = _BORNE_PART.fullmatch(between) is not None and (meant == "pot" or "其中" in between)
    if borne or (meant == "payment" and _ADVANCED_PART.search(between)):
        return "pot"
    told = any(token.kind == "giving" for token in ledger.reading.tokens_in(Span(end, group[0].start)))
    changed = any_of(ledger.words.grows).search(between) is not None
    return meant if meant in ("budget", "history", "goal") and not told and not changed else None


def _behind_not_own(ledger: Ledger, at: int, group: Sequence[Token]) -> int:
    """Where the words for the next amount begin behind one that is only told of: behind it, if its words name anything."""
    phrase = last_phrase(ledger.plain[at : group[0].start])
    tokens = ledger.reading.tokens_in(Span(group[0].start - len(phrase), group[0].start))
    return group[-1].end if any(token.kind in AXIS_KINDS for token in tokens) else at


def _share_out(ledger: Ledger, group: Sequence[Token], at: int) -> None:
    """Sets a total aside; the shares that follow are of what it is for."""
    ledger.set_aside(group, "pot")
    tokens = ledger.own_words(at, group[0].start)
    head = ledger.ellipsis.resolved(ledger.context.head(tokens), 1, "amount").with_axis("role", ())
    benefit = benefit_of(ledger, tokens, "", True) or "reward"
    ledger.context.said.append(
        (ledger.context.index, Statement("amount", Span(group[0].start, group[-1].end), (), head, benefit=benefit))
    )


def _advanced(ledger: Ledger, group: Sequence[Token], following: int) -> int:
    """Where the words for the next amount begin: behind a bracket that belongs to this one."""
    end = group[-1].end
    bracket = _BRACKET.match(ledger.plain, end, following)
    return bracket.end() if bracket else end


def _is_old(ledger: Ledger, group: Sequence[Token], following: int) -> bool:
    between = ledger.plain[group[-1].end : following]
    return (
        len(between) <= 14 and any_of(ledger.words.grows).search(between) is not None and following < len(ledger.plain)
    )


def _is_pot(ledger: Ledger, groups: Sequence[Sequence[Token]]) -> bool:
    """Whether the amounts that follow share this one out: 60万元，其中第一起草单位40万元、第二20万元."""
    shares = [token for group in groups[1:] for token in group]
    if len(groups[0]) != 1 or len(shares) < 2 or any(token.kind != "money" for token in shares):
        return False
    if ledger.hearsay.reason(Span(shares[0].start, shares[0].end)):
        return False  # 30万元（其中市级20万元、区级10万元）
    if _BORNE_PART.fullmatch(ledger.plain[groups[0][-1].end : shares[0].start]):
        return False
    total, parts = _value(groups[0][0]), sum(map(_value, shares), Decimal(0))
    phrase = last_phrase(ledger.plain[: groups[0][0].start], MARKS)
    own = Span(groups[0][0].start - len(phrase), groups[0][0].start)
    parts_of = Span(groups[0][-1].end, shares[-1].start)
    if all(any(token.kind == "committee" for token in ledger.reading.tokens_in(words)) for words in (own, parts_of)):
        return False  # 技术委员会60万元、分技术委员会40万元、工作组20万元
    in_total = any_of(ledger.words.totals).search(phrase) is not None
    if in_total and parts == total:
        return True
    if parts == total and _in_instalments(ledger, parts_of, shares):
        return True
    among = _SHARED_AMONG.search(ledger.plain[groups[0][-1].end : shares[0].start]) is not None
    return among and parts == total


def _in_instalments(ledger: Ledger, words: Span, shares: Sequence[Token]) -> bool:
    """Whether the parts of one payment are paid at different times: 90万元，批准后拨付54万元，通过验收后拨付36万元."""
    if any(token.kind in AXIS_KINDS and token.kind != "activity" for token in ledger.reading.tokens_in(words)):
        return False
    instalments = any_of(ledger.words.instalments)
    return all(instalments.search(last_phrase(ledger.plain[: share.start], MARKS)) for share in shares)


def _value(token: Token) -> Decimal:
    assert token.quantity is not None
    return token.quantity.value


def _surroundings(ledger: Ledger, at: int, group: Sequence[Token], following: int) -> Surroundings:
    plain = ledger.plain
    start, end = group[0].start, group[-1].end
    before = plain[at:start]
    behind = plain[end:following].removeprefix("(含)")
    after = first_phrase(behind, MARKS + "()")
    tokens = [*ledger.entries, *ledger.reading.tokens_in(Span(at, start))]
    named = [token for token in tokens if token.kind in AXIS_KINDS]
    told = any(token.kind in ("level", "role", "rank", "grade", "committee") for token in named)
    sentence = ledger.reading.sentence_at(start)
    return Surroundings(
        sentence=plain[slice(*sentence)],
        within=None,
        before=before,
        phrase=any_of(ledger.words.grows).split(last_phrase(before))[-1],
        after=after,
        up_to=_up_to(ledger, group, before, after),
        paid_before=any(index == ledger.context.index for index, _ in ledger.context.said)
        or ledger.context.paid_in(sentence),
        paid_alike=(alike := _paid_alike(ledger, tokens)),
        follows_share=alike and ledger.context.said[-1][1].shape == "ratio",
        names_things=bool(named),
        has_beneficiary=told or BENEFICIARY.search(before) is not None,
        capped_before=any(limit.sentence == sentence and limit.yuan for limit in ledger.found.limits[-2:]),
        cost_share=ledger.cost_share == ledger.context.index,
        others_payer=_paid_above(ledger, tokens),
        gives=benefit_of(ledger, tokens, after, bool(named), Span(at, start)) is not None,
        in_bracket=_in_bracket(plain[sentence.start : start]),
    )


def _in_bracket(before: str) -> bool:
    """Whether the words in front of an amount open a bracket that is not one behind another amount, and say something."""
    opened, closed = before.rfind("("), before.rfind(")")
    if opened <= closed or not FILLERS.sub("", before[opened + 1 :]):
        return False
    return _BEHIND_AMOUNT.search(before, 0, opened) is None


def _paid_above(ledger: Ledger, tokens: Sequence[Token]) -> bool:
    """Whether only a higher government than the issuer pays: that tells of its policy, and is none of this one's."""
    ranks = {"municipal": 2, "provincial": 3}
    own = ledger.reading.rank_of_issuer
    if not own or not any(ranks.get(token.value, 0) > own for token in tokens if token.kind == "payer"):
        return False
    return all(ranks.get(token.value, 0) > own for token in tokens if token.kind == "payer")


def _paid_alike(ledger: Ledger, tokens: Sequence[Token]) -> bool:
    """Whether the payment in front, in the same item, is for the activity that the words name, if they name one."""
    if not ledger.context.said:
        return False
    named = ledger.context.head(tokens).of("activity")
    return not named or ledger.context.said[-1][1].head.of("activity")[:1] == named[:1]


def _up_to(ledger: Ledger, group: Sequence[Token], before: str, after: str) -> bool:
    if any(token.quantity is not None and token.quantity.bound == "up_to" for token in group):
        return True
    if any_of(ledger.words.at_most).match(after):
        return True
    return any_of(ledger.words.at_most).search(last_phrase(before)) is not None
