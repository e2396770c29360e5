"""What a stretch gives or limits besides amounts to be paid: ceilings in money or number, honours, payments that others set."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace

from knowledge.drafting.alignment import rows_of
from knowledge.drafting.axes import Choice, Head
from knowledge.drafting.delegation import is_left_to_others, names_amounts, what_is_left
from knowledge.drafting.heads import fitting_levels
from knowledge.drafting.ledger import Ledger
from knowledge.drafting.limits import COUNTED
from knowledge.drafting.manner import benefit_of, conditions_of, payer_of
from knowledge.drafting.phrases import BENEFICIARY, NEW_PAYEE, last_phrase
from knowledge.drafting.statements import Shape, Statement
from knowledge.drafting.stretches import Stretch
from knowledge.drafting.tokens import AXIS_KINDS, Token
from knowledge.drafting.vocabulary import any_of, either
from knowledge.model import Span
from knowledge.rule_schema import DRAFTING

# Honours that other rules provide for: 按照国家有关规定给予表彰.
_BY_RULES = re.compile(r"可以?|适当")
_NO_MONEY = re.compile(r"不(?:再|另)?(?:发放?|给予?|予|设|颁发|安排|奖励)[^,;。]{0,6}(?:奖金|资金|物质|现金)")
# Who is honoured: 获得提名的单位和个人，由…颁发证书; 对先进个人，由…通报表扬; 获提名奖的只予…; 在“领跑者”中择优授予.
_HONOURED = re.compile(
    r"的(?:个人|单位|企业|组织|集体)[、和及与或](?:个人|单位|企业|组织|集体|人员)(?:[,由给予])|对[^,;。]{2,},由"
    r"|(?:项目|试点|示范|基地|企业|单位|个人|集体),(?:由|(?:给予|予以|进行|只|颁发|授予|发给)?$)"
    r"|对[^,;。]{2,}(?:,|给予|予以|进行|只)(?:颁发|授予|发给)?$|的(?:只|仅|一律|均)(?:予|给予|予以|作)?$|在[^,;。]{2,}中(?:择优|评选)"
)
_CONFERRED_BY = re.compile(r"(?:\S{0,4}[:：])?(?:没有,|无,)?由[^,;。的对]{2,12}?(?:发文|予以|给予|进行|颁发|统一)*")
_TAKEN_BACK = re.compile(r"取消|撤销|收回|追回|弄虚作假|虚假")
_WHOSE_AMOUNTS = re.compile(
    r"(?:为|是|适用于)[^,;。]{2,20}(?:额度|标准|金额|数额|(?:可获得?|所得|所获|享受)的(?:资助|奖励|补助|扶持|奖补|补贴))"
    # 前条所列标准的第一起草单位按全额奖励
    r"|的[^,;。的]{2,16}按全额"
)
_LIMITED = re.compile(r"(?:仅?限|最多(?:奖励|补助|资助)?|至多)$")
# A person or firm that is praised, whatever it is called: 先进个人, 优秀工作者.
_DISTINGUISHED = re.compile(r"先进(?!水平|标准|技术)|优秀|突出|工作者")
# Persons and firms honoured for what they did at large: 对积极参加标准化活动、成效明显的标准化工作者, 入选国际组织负责人的个人.
_OF_MERIT = re.compile(r"(?:工作者|的个人|的人员|的专家|先进(?:个人|集体|单位))[,、由的给予]")
_HONOUR = Choice(("award",), "")
# 其他起草单位的奖励金额由市局另行确定
_LEFT_BEHIND = re.compile(r"[^,;。]{2,20}的?(?:奖励|补助|资助|奖补|扶持|补贴|激励)(?:额度|金额|数额|标准)")


def take_limit(ledger: Ledger, group: Sequence[Token], at: int) -> None:
    """Takes amounts down as ceilings; their words begin at `at`."""
    sentence = ledger.reading.sentence_at(group[0].start)
    words = ledger.plain[at : group[-1].end]
    head = ledger.context.head(ledger.reading.tokens_in(Span(at, group[0].start)))
    if head.of("activity") and ledger.context.last() is None:
        # 每家企业不超过16万元，其中每项4万元: what follows is of the same thing.
        ledger.context.said.append((ledger.context.index, Statement("amount", Span(at, at), (), head)))
    for token in group:
        assert token.quantity is not None
        ledger.limit(words, Span(token.start, token.end), token.quantity, head, sentence)


def count_limits(ledger: Ledger, stretch: Stretch) -> None:
    """How many things an organization, or all together, are paid for: 每家企业每年不超过3项."""
    for quantity in ledger.reading.quantities_in(stretch.span):
        before = ledger.plain[stretch.span.start : quantity.start]
        phrase = last_phrase(before)
        limited = quantity.bound == "up_to" or _LIMITED.search(phrase) is not None
        if quantity.kind != "count" or quantity.unit not in COUNTED or not limited:
            continue
        if any_of(ledger.words.organizations).search(phrase) or any_of(ledger.words.yearly).search(phrase):
            span = Span(quantity.start, quantity.end)
            head = ledger.context.head(ledger.reading.tokens_in(Span(span.start - len(phrase), span.start)))
            ledger.limit(
                _with_payee(ledger, before, phrase), span, quantity, head, ledger.reading.sentence_at(span.start)
            )


def _with_payee(ledger: Ledger, before: str, phrase: str) -> str:
    """A phrase of a ceiling, with the one firm that its sentence speaks of: 同一企业总额不超过80万元，每年不超过6项."""
    words = ledger.words
    one = f"{either(words.one_organization)}[^,;。]{{0,6}}?{either(words.organizations)}"
    said = None if any_of(words.organizations).search(phrase) else re.search(one, before[before.rfind(";") + 1 :])
    return f"{said.group()},{phrase}" if said else phrase


def read_without_amount(ledger: Ledger, stretch: Stretch) -> None:
    """Honours, and payments whose amount somebody else sets."""
    tokens = ledger.reading.tokens_in(stretch.span)
    text = ledger.plain[slice(*stretch.span)]
    honours = [token for token in tokens if token.kind == "honour"]
    giving = [token for token in tokens if token.kind == "giving"]
    at = stretch.span.start
    payee = text[: honours[0].start - at] if honours else ""
    named = any(token.kind in AXIS_KINDS and token.end <= at + len(payee) for token in tokens)
    unpaid = _NO_MONEY.search(text) and (named or NEW_PAYEE.search(payee))
    ranked = any(token.kind == "rank" and token.end <= at + len(payee) for token in tokens)
    if (
        honours
        and not _TAKEN_BACK.search(payee)
        and (
            unpaid or ranked or BENEFICIARY.search(payee) or _HONOURED.search(payee) or _is_below_a_head(ledger, payee)
        )
    ):
        grant(ledger, "honour", stretch, tokens, honours[0].start)
    elif is_left_to_others(ledger, text, tokens):
        grant(ledger, "delegated", stretch, tokens, stretch.span.end)
    elif giving and not honours and ledger.context.said and BENEFICIARY.search(text):
        # 对主导制定国家标准的予以奖励。每项50万元: what follows is for these, and not for those before.
        head = ledger.context.head(tokens)
        if head.of("activity") or head.of("level"):
            benefit = benefit_of(ledger, tokens, "", True)
            payees = Statement("amount", Span(at, at), (), head, benefit=benefit)
            ledger.context.said.append((ledger.context.index, payees))


def delegation_behind(ledger: Ledger, stretch: Stretch, at: int) -> None:
    """What others set for somebody else behind the last amount: …奖励50万元，其他起草单位的奖励金额由市局另行确定."""
    comma = ledger.plain.find(",", at, stretch.span.end)
    if comma < 0:
        return
    rest = replace(stretch, span=ledger.reading.kept.trimmed(comma + 1, stretch.span.end))
    tokens = ledger.reading.tokens_in(rest.span)
    payee = any(token.kind in ("role", "rank", "level", "committee") for token in tokens)
    text = ledger.plain[slice(*rest.span)]
    if payee and _LEFT_BEHIND.match(text) and is_left_to_others(ledger, text, tokens):
        grant(ledger, "delegated", rest, tokens, rest.span.end)


def honour_behind(ledger: Ledger, stretch: Stretch, at: int) -> None:
    """An honour for something else behind the last amount of a stretch: …奖励15万元，提名奖给予书面表彰."""
    for token in ledger.reading.tokens_in(Span(at, stretch.span.end)):
        if token.kind == "honour":
            phrase = max(ledger.plain.rfind(mark, at, token.start) for mark in ",;") + 1
            if phrase and any(t.kind in AXIS_KINDS for t in ledger.reading.tokens_in(Span(phrase, token.start))):
                rest = replace(stretch, span=ledger.reading.kept.trimmed(phrase, stretch.span.end))
                grant(ledger, "honour", rest, ledger.reading.tokens_in(rest.span), token.start)
            return


def _is_below_a_head(ledger: Ledger, payee: str) -> bool:
    """Whether an honour names only who confers it, first in an item whose heading or question says for what.

    （三）三类奖项 由区政府发文通报表扬.
    """
    heads = any(frame.head.of("activity") and frame.span.start > 0 for frame in ledger.context.frames())
    return heads and not ledger.context.said and _CONFERRED_BY.fullmatch(payee) is not None


def name_payees(ledger: Ledger, stretch: Stretch) -> None:
    """Gives the amounts above the role that the stretch says they are for: 以上额度为主导单位额度."""
    said = _WHOSE_AMOUNTS.search(ledger.plain, *stretch.span)
    head = ledger.context.head(ledger.reading.tokens_in(Span(*said.span()))) if said else Head()
    if not head.single("role"):
        return
    earlier = ledger.context.earlier()
    for index, statement in enumerate(ledger.found.statements):
        drafts = {row["activity"] for row in statement.combinations} <= {*DRAFTING}
        if statement in earlier and drafts and not statement.head.of("role"):
            rows = tuple({**row, "role": head.single("role")} for row in statement.combinations)
            ledger.found.statements[index] = replace(
                statement, combinations=rows, head=statement.head.with_axis("role", head.of("role"))
            )


def grant(ledger: Ledger, shape: Shape, stretch: Stretch, tokens: Sequence[Token], end: int) -> None:
    """Takes an honour or a delegation down, whose words end at `end`; nothing where they do not say for what."""
    explicit = ledger.context.head([token for token in tokens if token.end <= end])
    text = ledger.plain[slice(*stretch.span)]
    alone = shape == "honour" and (
        _NO_MONEY.search(text) or ((ledger.context.promises or ledger.found.statements) and not _BY_RULES.search(text))
    )
    if not explicit and not (alone if shape == "honour" else names_amounts(text)):
        return
    ranked = any(choice.values[0].startswith("rank") for choice in explicit.of("role"))
    named = ranked or explicit.of("activity") or explicit.of("level") or explicit.of("grade")
    if shape == "honour":
        if explicit and not (named or alone):
            return
        below = not explicit and _is_below_a_head(ledger, ledger.plain[stretch.span.start : end])
        head = ledger.ellipsis.resolved(explicit, 1, shape) if named or below else Head()
        bodies = {s.head.single("committee") for _, s in ledger.context.said}
        if len(bodies) > 1 and not explicit.of("committee"):
            head = head.with_axis("committee", ())  # 秘书处考核优秀的: of all of them alike
        person = _OF_MERIT.search(text) is not None
        if person or not head.of("activity") or (head.single("activity") == "other" and _DISTINGUISHED.search(text)):
            head = fitting_levels(head, "award") if person else head
            head = head.with_axis("activity", (_HONOUR,)).with_axis("role", () if person else head.of("role"))
        if len(head.of("level")) > 1 and not head.of("grade") and head.single("activity") not in DRAFTING:
            head = head.with_axis("level", ())  # of every level alike, as of shares
        rows = rows_of(head)
    else:
        head, rows = what_is_left(ledger, explicit, tokens, stretch.span)
    ledger.say(
        Statement(
            shape,
            stretch.span,
            tuple(rows),
            head,
            per=ledger.words.usual_per.get(head.single("activity") or ""),
            benefit="honour_only" if shape == "honour" else benefit_of(ledger, tokens, "", True) or "reward",
            payer=payer_of(ledger, tokens),
            conditions=conditions_of(ledger, stretch.span.start, end),
        )
    )
