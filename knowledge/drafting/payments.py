"""Payments: what an amount, or a list of them, is paid for, as one statement each, or the reason why it is refused."""

from __future__ import annotations

import re
from collections.abc import Sequence
from itertools import pairwise

from knowledge.drafting.alignment import Misaligned, align_lists, rows_of
from knowledge.drafting.axes import AXES, SOME_STANDARD, Axis, Choice, Combination, Head
from knowledge.drafting.doubts import holds_office
from knowledge.drafting.head_tokens import RAISED, without_payees
from knowledge.drafting.heads import fitting_levels
from knowledge.drafting.ledger import Ledger
from knowledge.drafting.level_tokens import NAMED
from knowledge.drafting.listed import listed_payees, listed_things, strange_item, with_lists
from knowledge.drafting.manner import benefit_of, bound_of, conditions_of, payer_of, per_of
from knowledge.drafting.phrases import NEW_PAYEE, OPENS_BRACKET, UNIT_BEHIND
from knowledge.drafting.purpose import Surroundings
from knowledge.drafting.second_readings import (
    NAMED_STANDARD,
    UNKNOWN,
    doubt,
    lost,
    misread,
    not_said_given,
    said_behind,
    second_reading,
    tells_of_raise,
)
from knowledge.drafting.statements import Shape, Statement
from knowledge.drafting.tokens import Token
from knowledge.drafting.vocabulary import any_of
from knowledge.model import Span
from knowledge.rule_schema import DRAFTING

_BRACKET = re.compile(UNIT_BEHIND + r"\(([^()]{1,20})\)")
# 考核优秀的，再给予5万元: a further payment to those of whom the words before spoke.
_FURTHER = re.compile(
    r"(?:再|另外?|额外)(?:行|次)?(?:一次性)?(?:按|给予|给|予以|奖|补|资助|支持|扶持|拨付)[^,;。]*$|(?<![每较比])增加$"
)
_APPROVED = re.compile(r"经[^,;。经]{0,16}(?:审核|审批|审定|核定|审查|核准|公示)[^,;。]{0,4}后,")
# Somebody or something to be paid: …的, 对…, 每项.
_NAMES_PAYEE = re.compile(r"[对凡]|的|每")
_WHO_IS_PAID = re.compile(r"的(?:企业|单位|机构|组织|主体)?[,:]$")
_INSTALMENT = re.compile(r"拨付[^,;。]*$")
# Those of whom the words before spoke: 对入选的企业.
_SAME_PAYEE = re.compile(
    r"^[ \t,;]*其中"
    r"|获奖的?(?:单位|组织|企业|个人|集体|团队|人员|者)|上述|前述|该"
    r"|\d分(?:\(含\))?(?:及?以[上下]|[至到~-]|不足|的)|(?:入选|获评|获批|立项|批准筹建|建成|发布|优秀|首次承担|达标|符合条件|通过(?:[^,;。的]{0,4}(?:评审|验收|考核|评估|评价))?)的"
)
# Those again for whom the term of what the words before are about is over: 换届连任的, 到期续展的.
_ONCE_MORE = {
    "host_committee": re.compile(r"^[ \t,;]*对?(?:换届|届满|任满|连任|续任)[^,;。]{0,10}的"),
    "certification": re.compile(r"^[ \t,;]*(?:到期|期满|续展|续期|复评|复审|再认证)[^,;。]{0,10}的"),
}
# 其中涉及主导产业的，每项奖励20万元: a narrower case of the one before.
_OUT_OF_THESE = re.compile(r"[ \t,;]*其中,?[^,;。]{2,}的,")
# 评出组织奖5个、个人奖8个。对获奖组织，每个奖励6万元: of whatever prize.
_WINNERS = re.compile(r"获奖的?(?:单位|组织|企业|个人|集体|团队|人员|者)[,每给奖]")
# Those who got what the words before are about: 获批单位, 入选项目.
_WHO_GOT_IT = re.compile(
    r"(?:获奖|获批|获评|入选|入围|中选|当选|获选)的?(?:单位|组织|企业|个人|集体|团队|人员|者|项目|地区)[,每给奖按最的]"
)
_MONEY_OF_UPPER = r"(?:补助|资助|奖励|资金|配套|经费|扶持|奖补)[^,;。]{0,6}的[^,;。]{0,6},"
_NOTHING_FROM_ABOVE = re.compile(
    r"[ \t,;]*(?:[对如若]|其中)?(?:上级|国家|中央|省|市|自治区){1,2}(?:级|级?财政|部门|[和、]省级?)?"
    rf"(?:未|没有|无|不)(?:再|予|明确)?(?:安排|给予|下达|拨付|设立|提供|发放)?[^,;。的]{{0,6}}?{_MONEY_OF_UPPER}"
    r"|[ \t,;]*对?(?:未|没有|无)(?:获|得到?|取得|享受|获得)?[^,;。的]{0,2}(?:上级|国家|省级?|市级?)[^,;。的]{0,4}"
    rf"{_MONEY_OF_UPPER}"
)
# 获奖标准为国际标准的，另奖励6万元: the prize has a level of its own.
_WHOSE_LEVEL = "whether its level is that of what was paid before or of a standard is not clear"


def pay(ledger: Ledger, group: Sequence[Token], at: int, following: int, around: Surroundings) -> None:
    """Takes a payment down, or refuses it.

    Args:
        ledger: the state of the reading.
        group: the amounts of one list.
        at: where their own words begin.
        following: where the words behind them end.
        around: what stands about them.
    """
    start = group[0].start
    tokens = ledger.own_words(at, start)
    words = ledger.plain[at:start]
    explicit = _own_head(ledger, group, at, following, around, tokens)
    raised = _raised_alike(ledger, len(group), explicit, tokens)
    explicit = explicit if raised is None else raised
    adds = raised is not None or any(token.kind == "bonus" for token in tokens)
    if (kind := _added_to_kind(ledger, explicit, words, adds=adds)) is not None:
        adds, explicit = True, kind
    narrowed = _only_narrows(ledger, explicit, adds=adds or _FURTHER.search(words) is not None)
    whose_level = narrowed and bool(explicit.of("level")) and not _is_chosen_draft(ledger, explicit)
    if narrowed:
        explicit = Head() if ledger.context.said else Head({}, explicit.nouns & {SOME_STANDARD})
    further = (not explicit or _is_same_again(ledger, explicit)) and _FURTHER.search(words) is not None
    shape: Shape = "bonus" if adds else "further" if further else "amount"
    exception = _excepted(ledger, explicit, at, start)
    if exception is not None:
        head = fitting_levels(exception, exception.single("activity"))
    else:
        head = _paid_head(ledger, group, at, around, explicit, shape)
    per = per_of(
        ledger, tokens, around.after, head, elided=_goes_on(words, tokens) or set(explicit.lists) == {"place_group"}
    )
    if len(head.of("committee")) < 2 and holds_office(ledger.plain, Span(at, start), head, per):
        head = head.with_axis("activity", (Choice(("other",), ""),)).with_axis("committee", ())
        per = per or ("person" if "个人" in words else None)
    benefit = benefit_of(ledger, tokens, around.after, bool(explicit)) or "reward"
    common = {
        "per": per,
        "benefit": "reward" if benefit == "plain" else benefit,
        "payer": payer_of(ledger, tokens),
        "conditions": conditions_of(ledger, at, start),
    }
    headline = not head.of("activity") and not explicit and _is_headline(ledger, group, words, around)
    if headline or tells_of_raise(ledger, group, tokens, head):
        ledger.set_aside(group, "other")
        return
    if ledger.foreign_share == ledger.context.index:
        ledger.refuse(group, Head(), UNKNOWN, **common)
        return
    reason = (
        ledger.hearsay.doubt(Span(start, group[-1].end))
        or misread(ledger, group)
        or said_behind(ledger, explicit, group[-1].end, following)
        or second_reading(ledger, Span(at, start), tokens, explicit, head, per)
        or lost(ledger, words, explicit, head, shape)
        or (not_said_given(ledger, tokens, start, around) if exception is None else None)
        or (_WHOSE_LEVEL if whose_level else None)
    )
    if reason:
        ledger.refuse(group, head, reason, **common)
        return
    said = head
    head = with_lists(ledger, group, head, tokens, words, around)
    if len(group) > 1 and head == said and (item := strange_item(ledger.plain, Span(at, start), tokens, head)):
        ledger.refuse(group, head, f"what {item} in the list is, is not clear", refused_list=True, **common)
        return
    payees = listed_payees(head, len(group), words) or listed_things(ledger.plain, head, len(group), tokens, per)
    try:
        rows = [rows_of(head) for _ in group] if payees else _aligned(ledger, group, head, tokens)
    except Misaligned as error:
        ledger.refuse(group, head, str(error), refused_list=True, **common)
        return
    if further:
        shape = "amount" if _INSTALMENT.search(words) else "bonus"
    unsure = doubt(head)
    for token, row, payee in zip(group, rows, payees or [per] * len(group), strict=True):
        combinations = [one for one in row if one["level"] != NAMED]
        widened = any(NAMED in choice.values and len(choice.values) > 1 for choice in head.of("level"))
        if len(combinations) < len(row) and not (widened and combinations):
            _refuse_named(ledger, token, row, head, keep=bool(combinations), **common)
        if not combinations:
            continue
        statement = Statement(
            shape,
            Span(token.start, token.end),
            tuple(combinations),
            head,
            token.quantity,
            bound=bound_of(ledger, token, words, around),
            needs_review=unsure,
            excepts=exception is not None or (not explicit and _OUT_OF_THESE.match(words) is not None),
            **{**common, "per": payee},  # type: ignore[arg-type]  # the fields named above
        )
        ledger.say(statement, aside=exception is not None)
    ledger.cost_share = -1


def _aligned(ledger: Ledger, group: Sequence[Token], head: Head, tokens: Sequence[Token]) -> list[list[Combination]]:
    """The rows of each amount of a list."""
    breaks = [ledger.plain[a.end : b.start] for a, b in pairwise(group)]
    kinds = {token.kind for token in tokens}
    return align_lists(head, len(group), breaks, respectively="aligning" in kinds and "same" not in kinds)


def _is_same_again(ledger: Ledger, explicit: Head) -> bool:
    """Whether words name nothing but what the amounts before them are for: 秘书处考核优秀的，再给予6万元."""
    again = explicit.single("activity") if set(explicit.lists) == {"activity"} else None
    paid = {row["activity"] for _, statement in ledger.context.said for row in statement.combinations}
    return again == "host_committee" and paid == {again}


def _excepted(ledger: Ledger, explicit: Head, at: int, start: int) -> Head | None:
    """The head of an exception in the bracket behind an amount: that amount's, with what the bracket names instead."""
    before = ledger.plain[at:start]
    main = ledger.context.last()
    if main is None or OPENS_BRACKET.match(before) is None or ")" in before:
        return None
    here = (s for index, s in ledger.context.said if index == ledger.context.index and s.span.end == at)
    main = next(here, main)
    if main.head.single("activity") in DRAFTING and explicit.single("activity") == "other":
        explicit = explicit.with_axis("activity", ())  # 13万元（上升为国家军用标准的17万元）
    # Of lists in front of it the exception is of the entry that its amount is for.
    of = {axis: {row[axis] for row in main.combinations} for axis in AXES}
    own = {a: (Choice((v,), ""),) for a, vs in of.items() if len(vs) == 1 and len(main.head.of(a)) > 1 for v in vs if v}
    return Head({**main.head.lists, **own, **explicit.lists}, main.head.nouns | explicit.nouns)


def _raised_alike(ledger: Ledger, count: int, explicit: Head, tokens: Sequence[Token]) -> Head | None:
    """What a payment is for that is alike for all levels to which a standard is raised; null for any other.

    团体标准…，其中转化为国家标准、行业标准的，另奖10万元: it is paid for the standard that is raised, and not for drafting those.
    """
    if count > 1 or len(explicit.of("level")) < 2:
        return None
    levels = [token for token in tokens if token.kind == "level" and token.of == "standard"]
    first = next((t.start for t in levels if RAISED.search(ledger.plain, max(0, t.start - 4), t.start)), None)
    if first is None:
        return None
    before = ledger.context.head([token for token in tokens if token.end <= first])
    return Head({axis: before.of(axis) for axis in AXES if before.of(axis)}, before.nouns | {SOME_STANDARD})


def _added_to_kind(ledger: Ledger, explicit: Head, words: str, *, adds: bool) -> Head | None:
    """What a further payment is for that is made for a kind of standards (强制性标准再奖励5万元); null for any other.

    It is added to what is paid for such standards, and to drafting where revising is paid too.
    """
    named = any_of(ledger.words.kinds_of_standards).search(words) is not None
    if not named or not (adds or _FURTHER.search(words)) or not set(explicit.lists) <= {"activity", "level", "role"}:
        return None
    if explicit.of("activity"):
        return explicit if explicit.single("activity") in DRAFTING else None
    return explicit.with_axis("activity", (Choice((_drafting_paid(ledger),), ""),))


def _drafting_paid(ledger: Ledger) -> str:
    """The work on standards that the amounts of the item are for: drafting, or revising where they are for that alone."""
    said = [statement for _, statement in ledger.context.said if statement.shape != "ratio"]
    done = {row["activity"] for statement in said for row in statement.combinations}
    return "revise_standard" if done & DRAFTING == {"revise_standard"} else "formulate_standard"


def _only_narrows(ledger: Ledger, explicit: Head, *, adds: bool) -> bool:
    """Whether the words of a further payment only say when it is made: 纳入专利的，再增加4万元; 转化为国际标准的，另奖5万元."""
    if not adds or not (ledger.context.said or ledger.context.refers or SOME_STANDARD in explicit.nouns):
        return False
    if explicit.single("activity") == "other":
        return True
    if not ledger.context.said:
        return False
    if _is_chosen_draft(ledger, explicit):
        return True
    paid = ledger.context.said[-1][1].head.single("activity")
    if (
        paid == "pilot_project"
        and not explicit.nouns
        and _paid_levels(ledger) >= {c.values[0] for c in explicit.of("level")}
    ):
        return False  # 立项时，国家级5万元、省级3万元；验收后，国家级再奖15万元
    return (
        set(explicit.lists) == {"level"}
        and explicit.nouns <= {"standard", SOME_STANDARD}
        and paid in ("award", "pilot_project")
    )


def _is_chosen_draft(ledger: Ledger, explicit: Head) -> bool:
    """Whether words behind 其中 say what some of the standards before them were chosen for: 其中被列为国家应用示范的."""
    stretch = ledger.reading.stretches[ledger.context.index]
    if not ledger.context.said or not ledger.plain.startswith("其中", stretch.span.start):
        return False
    paid = ledger.context.said[-1][1].head.single("activity")
    return paid in DRAFTING and explicit.single("activity") in ("pilot_project", "award")


def _paid_levels(ledger: Ledger) -> set[str | None]:
    """The levels that the payments of the item so far are for."""
    return {row["level"] for _, statement in ledger.context.said for row in statement.combinations}


def _refuse_named(
    ledger: Ledger, token: Token, row: Sequence[Combination], head: Head, *, keep: bool, **common: object
) -> None:
    """Refuses the amount of a standard with a name of its own, whose level nobody says."""
    named = tuple({**one, "level": None} for one in row if one["level"] == NAMED)
    ledger.say(
        Statement(
            "unclear",
            Span(token.start, token.end),
            named,
            head,
            needs_review=NAMED_STANDARD,
            **common,  # type: ignore[arg-type]  # fields of a statement
        )
    )
    if not keep:
        ledger.set_aside([token], "unclear")


def _own_head(
    ledger: Ledger, group: Sequence[Token], at: int, following: int, around: Surroundings, tokens: Sequence[Token]
) -> Head:
    """What an amount's own words say: those in front of it, an activity behind it, and its bracket."""
    start, end = group[0].start, group[-1].end
    if (unmatched := _without_upper(ledger, ledger.plain[at:start], start)) is not None:
        return unmatched
    explicit = ledger.context.head(tokens)
    if payee := _payee_role(ledger, tokens):
        explicit = explicit.with_axis("role", payee)
    if last := _said_last(ledger, at, start, explicit):
        explicit = explicit.with_axis("activity", last)
    if not explicit.of("activity") and not ledger.context.said and _WHO_GOT_IT.search(ledger.plain, at, start):
        explicit = _with_told(explicit, ledger.context.told())
    if not explicit.of("activity") and not ledger.context.said and _WINNERS.search(ledger.plain, at, start):
        explicit = explicit.with_axis("activity", (Choice(("award",), ""),))
    label = ledger.context.drafting_label
    if (
        label
        and explicit.single("activity") == "pilot_project"
        and any_of(ledger.words.chosen).search(ledger.plain, at, start)
    ):
        explicit = label  # 团体标准制定类。列入国家团体标准应用示范项目的: only which of them are paid
    behind = ledger.reading.tokens_in(Span(end, min(following, end + len(around.after))))
    if not explicit.of("role") and around.after.startswith(("对", "给", "奖给")):
        # 一律按4.4万元对第一起草单位奖励
        explicit = explicit.with_axis("role", ledger.context.head(behind).of("role"))
    if not explicit.of("activity") and (late := ledger.context.head(behind)).of("activity"):
        # 给予20万元奖励的对象为主导制定国家标准的单位: all of it stands behind the amount.
        explicit = explicit.with_axis("activity", late.of("activity")) if explicit else late
    bracketed = _bracket_head(ledger, group, following) or Head()
    for axis in AXES:
        if bracketed.of(axis):
            explicit = explicit.with_axis(axis, bracketed.of(axis))
    return explicit


def _without_upper(ledger: Ledger, words: str, start: int) -> Head | None:
    """What a fixed amount is for where no other treasury pays that the share in front of it is of; null for any other.

    对承担国家级、省级试点的单位，按上级补助的50%配套；上级未安排补助的，分别给予8万元、3万元.
    """
    last = ledger.context.said[-1][1] if ledger.context.said else None
    if last is None or last.ratio_of != "upper_level" or _NOTHING_FROM_ABOVE.match(words) is None:
        return None
    sentence = ledger.reading.sentence_at(start)
    if not sentence.start <= last.span.start < start:
        return None
    head = ledger.context.head(ledger.reading.tokens_in(Span(sentence.start, last.span.start)))
    head = head.with_axis("level", tuple(choice for choice in head.of("level") if choice.of - {""}))
    # 省级未给予补助的: of those of several levels it may be for one.
    several = len(head.of("level")) > 1 and "上级" not in words
    return head if head.of("activity") and not several else None


def _with_told(explicit: Head, told: Head) -> Head:
    """What words say of those who got something, with what the words before say it is: 对获奖单位, 一等奖18万元."""
    axes: tuple[Axis, ...] = ("activity", "level", "committee")
    for axis in axes:
        if not explicit.of(axis) and len(told.of(axis)) == 1:
            explicit = explicit.with_axis(axis, told.of(axis))
    return explicit


def _paid_head(
    ledger: Ledger, group: Sequence[Token], at: int, around: Surroundings, explicit: Head, shape: Shape
) -> Head:
    """What an amount is for, with what its words leave out; empty where somebody new is paid for something unknown."""
    start = group[0].start
    # 经市局审核通过后，奖励10万元: such a step makes no later payment of it.
    words = _APPROVED.sub("", ledger.plain[at:start])
    sized = around.paid_before and any(at <= where < start for where in ledger.found.set_aside)
    last = ledger.context.said[-1][1].head.single("activity") if ledger.context.said else None
    again = _ONCE_MORE.get(last or "")
    known = (
        sized
        or shape != "amount"
        or (again and again.match(words))
        or any_of(ledger.words.later).search(words)
        or _SAME_PAYEE.search(words)
    )
    anew = not explicit and not known and NEW_PAYEE.search(words) is not None
    if anew and not any(frame.leads_in and frame.head for frame in ledger.context.frames()):
        return Head()
    return ledger.ellipsis.resolved(explicit, len(group), shape, anew=anew)


def _payee_role(ledger: Ledger, tokens: Sequence[Token]) -> tuple[Choice, ...]:
    """The roles behind the verb of giving, who are paid: 主持或参与…的，分别奖励主持单位50万元; none where none are."""
    gives = max((token.end for token in tokens if token.kind == "giving"), default=None)
    if gives is None:
        return ()
    named = [token for token in tokens if token.kind in ("role", "rank")]
    behind = [token for token in named if token.start >= gives]
    before = [token for token in named if token.end <= gives]
    if not behind and {"lead", "participate"} <= {token.value for token in before}:
        # 主导或参与…制定的，主导单位分别给予25万元
        behind = [token for token in before[-1:] if _WHO_IS_PAID.search(ledger.plain, 0, token.start)]
    return ledger.context.head(behind).of("role") if behind and before else ()


def _said_last(ledger: Ledger, at: int, start: int, explicit: Head) -> tuple[Choice, ...]:
    """The activity of the phrase that gives, where the words before it name another: …并通过认证的，标准制定补助8万元."""
    comma = ledger.plain.rfind(",", at, start)
    if comma < 0 or not explicit.of("activity"):
        return ()
    named = without_payees(ledger.reading.tokens_in(Span(at, start)), ledger.plain)
    last = [t for t in named if t.kind == "activity" and t.start > comma]
    last = [t for t in last if not ledger.plain.startswith("后", t.end)]  # 采用国际标准的产品，经认可后每个奖励6000元
    before = [t for t in named if t.kind == "activity" and t.start < comma]
    if not last or not before or {t.value for t in last} & {c.values[0] for c in explicit.of("activity")}:
        return ()
    return ledger.context.head(last).of("activity")


def _is_headline(ledger: Ledger, group: Sequence[Token], words: str, around: Surroundings) -> bool:
    """Whether an amount at most is paid to nobody and nothing that its words name: 最高奖励300万! in a headline."""
    named = _NAMES_PAYEE.search(words) or any_of(ledger.words.organizations).search(words)
    return len(group) == 1 and around.up_to and not around.has_beneficiary and named is None


def _bracket_head(ledger: Ledger, group: Sequence[Token], following: int) -> Head | None:
    """What a bracket directly behind a single amount says it is for: 100万元（国际标准）."""
    if len(group) != 1:
        return None
    bracket = _BRACKET.match(ledger.plain, group[-1].end, following)
    if bracket is None:
        return None
    return ledger.context.head(ledger.reading.tokens_in(Span(bracket.start(1), bracket.end(1)))) or None


def _goes_on(words: str, tokens: Sequence[Token]) -> bool:
    """Whether the words in front of an amount go on with a list (、二等奖奖励6万元) or leave the giving out."""
    return words.startswith("、") or not any(token.kind == "giving" for token in tokens)
