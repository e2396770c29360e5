"""A turn of the conversation as HTML: the question, the answer with its markers, amounts, warnings and sources.

Everything a turn needs is inside its message. Nothing is looked up in a list beside it, so a marker of an old answer
keeps opening that answer's source.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal

from markupsafe import Markup

from assistant.answer import NO_FIGURE, Answer, Citation, Condition, KnownFact, RewardRow
from assistant.known import fact_name
from assistant.web.evidence import Badge, citation_href
from assistant.web.markup import (
    Markers,
    listed_conditions,
    markdown_html,
    one_line,
    plain_html,
    prefixes,
    template_html,
)
from assistant.web.words import Words, pages_label, words_for

_TABLE = re.compile(r"^\s*\|", re.MULTILINE)
_WAN = 10_000
# Amounts below a hundredth of 万 read better in yuan.
_FINEST_WAN = 100
# How much of a quote a marker shows when the pointer rests on it.
_TOOLTIP_LENGTH = 120


def question_html(text: str, words: Words, turn_id: str = "") -> str:
    """A user's turn as one line of HTML, every character of it text; with its id it can be changed."""
    return one_line(template_html("question.html", body=plain_html(text), words=words, turn_id=turn_id))


@dataclass(frozen=True)
class Kept:
    """What is known of an answer that the reader's conversation keeps.

    Attributes:
        id: names the answer, so that its reader can say what it was worth.
        vote: what its reader said of it, `up` or `down`.
        calculator: the address of the calculator with what the answer knows; null where it pays nothing.
        facts: what the reader's company said beside the question.
    """

    id: str
    vote: str | None = None
    calculator: str | None = None
    facts: Mapping[str, object] = field(default_factory=dict)


def notice_message(text: str) -> str:
    """One plain sentence in the place of an answer."""
    return one_line(template_html("notice.html", text=text))


def unanswered_message(text: str, words: Words) -> str:
    """One plain sentence in the place of an answer that was not made, and a button that asks for it again."""
    return one_line(template_html("unanswered.html", text=text, words=words))


def thinking_message(words: Words) -> str:
    """What stands in the place of an answer while it is made."""
    return one_line(template_html("thinking.html", words=words))


def answer_so_far(answer: Answer) -> str:
    """An answer that is still being made as one line of HTML."""
    words = words_for(answer.language)
    return _message(answer, words, _markers(answer, words), answer.answer, done=False, going=True)


def answer_steps(answer: Answer, *, shown: str = "", kept: Kept | None = None) -> Iterator[str]:
    """The answer as HTML, growing by a sentence at a time; the last one is complete.

    Args:
        answer: the answer.
        shown: the text that stands there already; steps that show no more are left out.
        kept: where the conversation keeps it.
    """
    words = words_for(answer.language)
    markers = _markers(answer, words)
    for prefix in prefixes(answer.answer):
        if len(prefix) > len(shown) or not answer.answer.startswith(shown):
            yield _message(answer, words, markers, prefix, done=False)
    yield _message(answer, words, markers, answer.answer, done=True, kept=kept)


def answer_html(answer: Answer, *, kept: Kept | None = None) -> str:
    """The complete answer as one line of HTML; `kept` where a conversation keeps it."""
    words = words_for(answer.language)
    return _message(answer, words, _markers(answer, words), answer.answer, done=True, kept=kept)


@dataclass(frozen=True)
class Chip:
    """What is known of one fact.

    Attributes:
        input: names it.
        text: in the answer's language.
        removable: whether something other than the question says it.
        given: whether the reader's company says it.
    """

    input: str
    text: str
    removable: bool
    given: bool


def known_chips(answer: Answer, words: Words, facts: Mapping[str, object] | None = None) -> list[Chip]:
    """The facts an answer took as stated, one for each name.

    Args:
        answer: the answer.
        words: of its language.
        facts: given beside the question; one that a condition asks for is shown though the engine has no name for it.
    """
    named: dict[str, list[KnownFact]] = {}
    for fact in answer.known:
        named.setdefault(fact.input, []).append(fact)
    chips = [
        Chip(
            name,
            words.and_so_on.join(fact.text for fact in facts),
            removable=any(fact.given or fact.turn is not None for fact in facts),
            given=any(fact.given for fact in facts),
        )
        for name, facts in named.items()
    ]
    asked = {c.input: c for row in answer.rewards for c in row.conditions if c.state != "unknown"}
    for name, condition in asked.items():
        if name in (facts or {}) and fact_name(name) not in named:
            state = (
                f" ({words.state[condition.state]})" if words.code == "en" else f"（{words.state[condition.state]}）"
            )
            chips.append(Chip(name, f"{condition.text}{state}", removable=True, given=True))
    return chips


def head_badges(answer: Answer, words: Words) -> list[Badge]:
    """What a reader must know before the answer: what kind it is, and whether its documents hold."""
    badges = []
    if answer.standard:
        badges.append(Badge(words.standard_reply.format(day=answer.standard.approved), "good"))
    if status := words.status[answer.status]:
        badges.append(Badge(status, "info"))
    badges += [Badge(words.warnings[warning], "warn") for warning in answer.warnings]
    if answer.citations and all(citation.policy.status == "in_force" for citation in answer.citations):
        badges.append(Badge(words.in_force, "good"))
    return badges


def _message(
    answer: Answer,
    words: Words,
    markers: Markers,
    text: str,
    *,
    done: bool,
    going: bool = False,
    kept: Kept | None = None,
) -> str:
    """An answer of which `text` is shown; `going` where the words after it are not made yet."""
    return one_line(
        template_html(
            "answer.html",
            words=words,
            answer=answer,
            body=markdown_html(text, markers, met=words.state["met"]),
            done=done,
            going=going,
            badges=head_badges(answer, words),
            known=known_chips(answer, words, kept.facts if kept else None),
            kept=kept,
            markers=markers,
            rewards=reward_table(answer, words, unlisted=not going),
            pages_label=pages_label,
            sources=[
                (markers[c.n], citation_href(c, words.code, answer.provenance.release), c) for c in answer.citations
            ],
        )
    )


def money(yuan: int, words: Words) -> str:
    """An amount for a reader: 万元 in Chinese where it comes out even, whole yuan with separators otherwise."""
    if words.code == "en":
        return f"RMB {yuan:,}"
    if yuan >= _WAN and yuan % _FINEST_WAN == 0:
        return f"{Decimal(yuan) / _WAN:,f}万元"
    return f"{yuan:,}元"


@dataclass(frozen=True)
class AmountCell:
    """A reward's figure as shown. `figure` is empty where no figure may be shown; `note` says why or on what terms."""

    figure: str
    per: str
    note: str
    arithmetic: str


@dataclass(frozen=True)
class RewardView:
    """A reward row with its words chosen, and those of its conditions that the answer does not list already."""

    row: RewardRow
    amount: AmountCell
    conditions: tuple[Condition, ...]


@dataclass(frozen=True)
class RewardTable:
    """All rewards of an answer: the rows, the conditions they share, and the total with its arithmetic.

    `folded` where the answer's own table shows the same.
    """

    rows: tuple[RewardView, ...]
    shared_conditions: tuple[Condition, ...]
    total: str
    total_label: str
    arithmetic: str
    folded: bool


def reward_table(answer: Answer, words: Words, *, unlisted: bool = True) -> RewardTable | None:
    """The rewards of an answer as shown, or null when it has none.

    Args:
        answer: the answer.
        words: of its language.
        unlisted: whether to show the conditions that its text does not list; a text still being made may list them yet.
    """
    if not answer.rewards:
        return None
    rows = tuple(
        RewardView(row, _amount(row, words), _unlisted(row, answer) if unlisted else ()) for row in answer.rewards
    )
    shared = len(rows) > 1 and all(view.conditions == rows[0].conditions for view in rows)
    total, label, arithmetic = _total(answer, words)
    return RewardTable(
        rows,
        shared_conditions=rows[0].conditions if shared else (),
        total=total,
        total_label=label,
        arithmetic=arithmetic,
        folded=_TABLE.search(answer.answer) is not None,
    )


def _unlisted(row: RewardRow, answer: Answer) -> tuple[Condition, ...]:
    listed = listed_conditions(answer.answer)
    return tuple(c for c in row.conditions if not any(item.startswith(c.text) for item in listed))


def _amount(row: RewardRow, words: Words) -> AmountCell:
    note = words.reward_status[row.status]
    per = words.per.get(row.per or "", "")
    if row.yuan is None or row.status in NO_FIGURE:
        return AmountCell("", "", note or words.reward_status["not_stated"], "")
    if _open(row):
        note = words.if_met
    if row.count and row.count > 1 and row.total_yuan == row.yuan * row.count:
        arithmetic = f"= {row.count} × {money(row.yuan, words)}"
        return AmountCell(_prefixed(row.total_yuan, row, words), "", note, arithmetic)
    return AmountCell(_bounded(row.yuan, row, words), per, note, "")


def _open(row: RewardRow) -> bool:
    """Whether the figure still hangs on something unknown."""
    return row.status == "needs_input" or any(condition.state == "unknown" for condition in row.conditions)


def _bounded(yuan: int, row: RewardRow, words: Words) -> str:
    if row.bound == "range" and row.yuan_min is not None:
        return f"{money(row.yuan_min, words)}–{money(yuan, words)}"
    return _prefixed(yuan, row, words)


def _prefixed(yuan: int, row: RewardRow, words: Words) -> str:
    prefix = {"up_to": words.up_to, "range": words.up_to, "at_least": words.at_least}.get(row.bound or "", "")
    gap = " " if prefix and words.code == "en" else ""
    return f"{prefix}{gap}{money(yuan, words)}"


def _total(answer: Answer, words: Words) -> tuple[str, str, str]:
    """The total, its label and its arithmetic. A single item without a count needs no total line."""
    counted = [row for row in answer.rewards if row.total_yuan is not None]
    if answer.total_yuan is None or not counted or (len(counted) == 1 and (counted[0].count or 1) == 1):
        return "", "", ""
    label = words.total_up_to if any(row.bound in ("up_to", "range") for row in counted) else words.total
    if any(_open(row) for row in counted):
        label = f"{label} ({words.if_met})" if words.code == "en" else f"{label}（{words.if_met}）"
    return money(answer.total_yuan, words), label, _sum(counted, answer.total_yuan, words)


def _sum(rows: Sequence[RewardRow], total: int, words: Words) -> str:
    """`3 × 20万元 + 2 × 5万元`, if that is the whole arithmetic; a cap is explained by the rows' own steps."""
    if sum(row.total_yuan or 0 for row in rows) != total:
        return ""
    if not all(row.yuan is not None and row.yuan * (row.count or 1) == row.total_yuan for row in rows):
        return ""
    return " + ".join(f"{row.count or 1} × {money(row.yuan or 0, words)}" for row in rows)


def _markers(answer: Answer, words: Words) -> Markers:
    return {citation.n: _marker(citation, answer.provenance.release, words) for citation in answer.citations}


def _marker(citation: Citation, release: str | None, words: Words) -> Markup:
    quote = " ".join(citation.quote.split())
    tooltip = quote if len(quote) <= _TOOLTIP_LENGTH else quote[:_TOOLTIP_LENGTH] + "…"
    return template_html(
        "marker.html",
        n=citation.n,
        href=citation_href(citation, words.code, release),
        label=words.source_n.format(n=citation.n),
        tooltip=f"{citation.policy.title}\n{tooltip}",
    )
