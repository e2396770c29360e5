"""What only all the amounts of a document together show: amounts told once more, and levels and roles that the reading lost."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import replace
from itertools import pairwise

from knowledge.drafting.axes import AXES, LOCAL, Combination
from knowledge.drafting.heads import LEVELS_OF
from knowledge.drafting.one_case import CLOSED, clashing, narrowed_to
from knowledge.drafting.statements import Findings, Statement
from knowledge.drafting.stretches import Reading
from knowledge.drafting.vocabulary import any_of, load_vocabulary
from knowledge.model import Span
from knowledge.rule_schema import DRAFTING

# Levels of which a document that tells drafters apart pays each drafter his own amount; societies publish the others.
_TOLD_APART = ("international", "national", "industry", "provincial_local", "municipal_local", LOCAL)
# What has a level, and what of it is of no level where the issuer has it itself.
_LEVELLED = (*DRAFTING, "host_committee", "pilot_project", "award", "certification")
_OWN_KINDS = ("award", "certification")
# What is of so few kinds that two amounts for one case are no two kinds of it.
_ONE_KIND = (*CLOSED, "award")
# Of these a document that names the level of one names it of all.
_LEVELLED_ALIKE = ("pilot_project", "research", "front_runner", "award")
# Characters between a share and the same in other words.
_SAME_BREATH = 24
_ONCE_MORE = re.compile(r"另|再|换届")
# The term of those who host is over, and begins again.
_RENEWED = re.compile(r"(?:换届|届满|连任|续任)[^,;。委会]*的?,[^,;。]*$")
# The same, what a district or county has of its own (新区标准化研究课题), and a level of those who do it (省级以上龙头企业).
_MORE_OR_OWN = re.compile(
    _ONCE_MORE.pattern + r"|[区县镇](?:级|长)?(?:标准|质量|政府|人民政府)|级(?:及?以上)?[^,;。的]{0,6}企业(?!标准)"
)
# 由排名第一的起草单位提出申请: who comes to ask for all drafters.
_ASKS = re.compile(r"申报|申请|申领|协商|提出")
# 对起草单位每项补助5万元: whoever drafts.
_DRAFTER = re.compile(r"(?:承担|起草|制定|研制|编制|完成)单位")
# 团体标准转化为国家标准的, 提案获得立项的: paid whoever drafts, beside what drafters are paid.
_EARLIER_OR_LATER = re.compile(r"提案|(?:转化|上升|升格|升级|提升)[为成到至]")


def drop_restated(findings: Findings) -> None:
    """Drops amounts for drafting that a row with a role has too: 国家标准的奖励提高到25万元 tells of the lead's once more.

    And shares that are said twice side by side: 奖励减半，也就是按制定奖励额的50%发放.
    """
    twice = [i for i, (one, then) in enumerate(pairwise(findings.statements), start=1) if _is_share_again(one, then)]
    findings.statements[:] = [s for i, s in enumerate(findings.statements) if i not in twice]
    paid = {case for s in findings.statements for case in _cases(s, with_role=True)}

    def again(statement: Statement) -> bool:
        cases = list(_cases(statement, with_role=False))
        return bool(cases) and len(cases) == len(statement.combinations) and paid.issuperset(cases)

    for statement in filter(again, findings.statements):
        if statement.quantity is not None:
            findings.put_aside(statement.quantity, "other")
    findings.statements[:] = [statement for statement in findings.statements if not again(statement)]


def _is_share_again(one: Statement, then: Statement) -> bool:
    """Whether the second of two statements is the first one's share of the same in other words."""
    alike = (one.shape, one.percent, one.ratio_of, one.combinations) == (
        then.shape,
        then.percent,
        then.ratio_of,
        then.combinations,
    )
    return one.shape == "ratio" and alike and 0 < then.span.start - one.span.end < _SAME_BREATH


def _cases(statement: Statement, *, with_role: bool) -> Iterator[tuple[object, ...]]:
    """What drafting an amount is stated for, whoever does it, with the amount; of the rows with or those without a role."""
    if statement.quantity is None:
        return
    for row in statement.combinations:
        if row["activity"] in DRAFTING and row["level"] and (row["role"] is not None) == with_role:
            yield (*(row[axis] for axis in AXES if axis != "role"), statement.quantity.value)


def refuse_lost_levels(findings: Findings, reading: Reading) -> None:
    """Refuses amounts for drafting without a level, in a document that names levels of standards.

    The level was said where the reading did not find it, or something that no level tells is paid. What is added to other
    amounts has theirs, and so has who else drafted what its paragraph pays by level (其余参与单位每项1万元).
    """
    tokens = reading.tokens_in(Span(0, reading.size))
    if not any(token.kind == "level" and token.of == "standard" for token in tokens):
        return
    paid = {reading.line_end(s.span.start) for s in findings.statements for row in s.combinations if row["level"]}
    for at, statement in enumerate(findings.statements):
        lost = any(row["activity"] in DRAFTING and row["level"] is None for row in statement.combinations)
        others = reading.line_end(statement.span.start) in paid and statement.head.of("role")
        if lost and not others and statement.shape == "amount" and statement.quantity and not statement.excepts:
            refuse(findings, at, "the document pays by level, and which level this is for is not said")


def refuse_unlike_siblings(findings: Findings, reading: Reading) -> None:
    """Refuses amounts without a place or a level where others for the same have one: 市区企业50万元, 外乡企业30万元.

    Words that nobody knows stand where the others say theirs. What is paid once more (另给予) is for whatever was paid before,
    and a level that the issuer alone has (区长质量奖) is none of the rows.
    """
    rows = [row for s in findings.statements for row in s.combinations]
    placed = {_kind_of(row) for row in rows if row["place_group"] and row["activity"] != "other"}
    levelled = [s for s in findings.statements if any(row["level"] for row in s.combinations)]
    for at, statement in enumerate(findings.statements):
        before = Span(reading.sentence_at(statement.span.start).start, statement.span.start)
        if statement.quantity is None or statement.shape != "amount" or statement.excepts:
            continue
        if any(_kind_of(row) in placed and not row["place_group"] for row in statement.combinations):
            refuse(findings, at, "others for the same are told apart by place, and which place this is for is not said")
        elif _MORE_OR_OWN.search(reading.plain, *before) or any(row["level"] for row in statement.combinations):
            continue
        elif not statement.head.of("level") and any(_is_levelled(s, statement, reading) for s in levelled):
            refuse(findings, at, "the document pays by level, and which level this is for is not said")


def _is_levelled(one: Statement, other: Statement, reading: Reading) -> bool:
    """Whether a statement says the level of what another is for too: of the same paragraph, or both of ungraded pilots."""
    activity = one.head.single("activity")
    if activity not in _LEVELLED_ALIKE or activity != other.head.single("activity"):
        return False
    pilots = {"试点" in "".join(c.said for c in s.head.of("activity")) for s in (one, other)} == {True}
    ungraded = pilots and not other.head.of("grade")
    return ungraded or reading.line_end(one.span.start) == reading.line_end(other.span.start)


def _kind_of(row: Combination) -> tuple[str | None, ...]:
    """What a row is for but its role and place; all work on the text of a standard is one."""
    drafting = row["activity"] in DRAFTING
    return ("" if drafting else row["activity"], row["level"], row["committee"], None if drafting else row["grade"])


def refuse_lost_roles(findings: Findings, reading: Reading) -> None:
    """Refuses amounts for drafting without a role where the document pays drafters by their roles.

    A document that pays the lead may pay all drafters of another level alike, and then says what they do
    (制定、修订省级地方标准的). An amount that only names the level (即国家标准10万元), or a level that others are paid for by
    roles, has a role that was said where the reading did not find it.
    """
    by_role = {(row["activity"], row["level"]) for s in findings.statements for row in s.combinations if row["role"]}
    by_role = {case for case in by_role if case[0] in DRAFTING}
    named = _names_drafters(reading)
    for at, statement in enumerate(findings.statements):
        rows = [row for row in statement.combinations if row["activity"] in DRAFTING and row["role"] is None]
        rows = [row for row in rows if row["level"] in _TOLD_APART]
        if not rows or statement.quantity is None or statement.shape != "amount" or statement.excepts:
            continue
        before = Span(reading.sentence_at(statement.span.start).start, statement.span.start)
        if _EARLIER_OR_LATER.search(reading.plain, *before):
            continue
        meant = statement.head.of("role") or (by_role and _says_who(reading, before, rows))
        if (named and not meant) or any((row["activity"], row["level"]) in by_role for row in rows):
            refuse(findings, at, "which of the drafters that the document names are paid is not said")


def _says_who(reading: Reading, before: Span, rows: Sequence[Combination]) -> bool:
    """Whether the words in front of an amount say that standards are drafted, or by whom, or rank them."""
    drafts = any(token.kind == "activity" and token.value in DRAFTING for token in reading.tokens_in(before))
    return drafts or _DRAFTER.search(reading.plain, *before) is not None or any(row["grade"] for row in rows)


def refuse_lost_committees(findings: Findings, reading: Reading) -> None:
    """Refuses amounts for hosting without a level or a committee, where others of the document have one.

    What is paid once more (另给予) is for whatever was paid before.
    """
    rows = [row for s in findings.statements if s.quantity for row in s.combinations if row["committee"]]
    named = {row["level"] for row in rows}
    for at, statement in enumerate(findings.statements):
        hosts = [row for row in statement.combinations if row["activity"] == "host_committee"]
        before = Span(reading.sentence_at(statement.span.start).start, statement.span.start)
        more = _ONCE_MORE.search(reading.plain, *before)
        if statement.quantity is None or statement.shape != "amount" or statement.excepts:
            continue
        # 对换届后继续承担的: of whichever committee its sentence paid before.
        renewed = _RENEWED.search(reading.plain, before.start, before.end) is not None
        if not renewed and any(not row["committee"] and row["level"] in named for row in hosts):
            refuse(findings, at, "which of the committees that the document names is meant is not said")
        elif not more and any(not row["level"] and (any(named) or not row["committee"]) for row in hosts):
            refuse(findings, at, "the document pays by level, and which level this is for is not said")


def refuse_unclaimed_levels(findings: Findings, reading: Reading) -> None:
    """Refuses amounts for drafting, committees, pilots and prizes without a level in an item that names one.

    It stands in a heading, a question, a line that asks something of those who are paid, or the words before the amount. What
    is paid once more, or to who else drafted, is for what its item pays by level; a prize of the issuer itself has no other
    beside it.
    """
    for at, statement in enumerate(findings.statements):
        activities = {row["activity"] for row in statement.combinations if row["level"] is None}
        kinds = {activity for activity in activities if activity in _LEVELLED}
        share = statement.shape == "ratio"
        if not kinds or (statement.quantity is None and not share) or (share and kinds & set(DRAFTING)):
            continue
        own = statement.around[-1]
        last = Span(reading.sentence_at(statement.span.start).start, statement.span.start)
        others = statement.head.of("role") and activities <= set(DRAFTING)
        more = others or statement.shape != "amount" or statement.excepts or _ONCE_MORE.search(reading.plain, *last)
        # A share may be of what several levels that its sentence names pay.
        for words in (*statement.around[:-1], Span(own.start, max(own.start, last.start)) if share else own):
            beside = [s for s in findings.statements if s.around[-1].start == own.start or words in s.around[:-1]]
            claimed = {row["level"] for s in beside for row in s.combinations} if more else set()
            named = {level for activity in kinds for level in _levels_named(reading, words, activity or "")}
            if not named <= claimed:
                refuse(findings, at, "its item names a level, and whether this is for that level is not said")
                break


def _levels_named(reading: Reading, words: Span, activity: str) -> set[str]:
    """The levels that words name of what is done, with those that only parts of words tell of."""
    tokens = reading.tokens_in(words)
    read = [*tokens, *reading.shields_in(words)]
    fits = LEVELS_OF[activity]
    levels = [token.value for token in tokens if token.kind == "level" and token.of in fits]
    for level, signs in load_vocabulary().level_signs.items():
        if level in reading.levels_above and activity != "certification":
            found = any_of(signs).finditer(reading.plain, *words)
            levels += [level for sign in found if not any(t.start <= sign.start() < t.end for t in read)]
    # A prize of the issuer's level is its own.
    return {level for level in levels if activity not in _OWN_KINDS or level in reading.levels_above}


def _drafters_named(reading: Reading, statement: Statement) -> str:
    """The words of the phrase in front of an amount that say which of several who do a thing is paid."""
    if statement.quantity is None or statement.head.of("role"):
        return ""
    end = statement.quantity.start
    start = max(reading.plain.rfind(mark, 0, end) for mark in ",;。:|") + 1
    named = (token for token in reading.tokens_in(Span(start, end)) if token.kind in ("role", "rank"))
    return "".join(reading.plain[token.start : token.end] for token in named)


def refuse_clashing(findings: Findings, reading: Reading) -> None:
    """Refuses amounts that differ for one case, where no words that are known tell them apart.

    One of them is of another level, role or prize, or only told of. Certificates, pilots and the like are of many kinds, and
    stay, to be looked at, but where those who take part are told apart (其中第一承担单位30万元，第二承担单位12万元): who is paid
    how much has no place in a row for these.
    """
    refused = []
    for at, others in clashing(findings.statements).items():
        statement = findings.statements[at]
        if not any(row["activity"] in _ONE_KIND for row in statement.combinations):
            drafters = {_drafters_named(reading, findings.statements[i]) for i in (at, *others)}
            if len(drafters - {""}) > 1:
                refused.append(at)
            continue
        # Amounts of one list go with entries of its own each.
        beside = [other for i in others if (other := findings.statements[i]).head is not statement.head]
        # 对获奖单位，每家8万元；对获奖人员，每人2万元
        beside = [other for other in beside if {other.per, statement.per} != {"person", "organization"}]
        if any(_alike(narrowed_to(other), narrowed_to(statement)) for other in beside):
            refused.append(at)
    for at in refused:
        refuse(findings, at, "several amounts for one case, and nothing tells them apart")


def _alike(one: frozenset[str], other: frozenset[str]) -> bool:
    """Whether two parts of a case are the same; that a standard was published goes without saying."""
    differs = one ^ other
    return not differs or (len(differs) == 1 and differs <= {"published", "implemented"})


def _names_drafters(reading: Reading) -> bool:
    """Whether the document tells drafters of standards apart, other than to say who of them asks for the money.

    Where the lead and those who take part are named as one (主导或参与制定) or only societies draft, it does not.
    """
    for token in reading.tokens_in(Span(0, reading.size)):
        if token.kind != "rank" and (token.kind != "role" or token.value != "lead"):
            continue
        sentence = reading.sentence_at(token.start)
        words = reading.plain[slice(*sentence)]
        beside = reading.tokens_in(sentence)
        levels = {t.value for t in beside if t.kind == "level"}
        as_one = any(t.kind == "role" and t.value == "participate" for t in beside)
        if "标准" in words and not as_one and (not levels or levels & set(_TOLD_APART)) and not _ASKS.search(words):
            return True
    return False


def refuse(findings: Findings, at: int, why: str) -> None:
    """Makes the statement at an index one without an amount or share, that says why."""
    statement = findings.statements[at]
    if statement.quantity is not None:
        findings.put_aside(statement.quantity, "unclear")
    findings.statements[at] = replace(
        statement, shape="unclear", quantity=None, percent=None, ratio_of=None, bound=None, needs_review=why
    )
