"""What is wrong with one answer: against the contract of every answer, and against its own case."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterable
from functools import lru_cache
from math import isclose

from assistant.answer import Answer, RewardRow
from eval.dataset import Case, Value
from eval.figures import Figure, clean, days, figures

_AWARDING = frozenset({"exact", "up_to", "range"})
_MARKER = re.compile(r"\[(\d{1,2})\]")
_OUTLINE_NUMBER = re.compile(r"^\s*\d+[.、)](?!\d)", re.MULTILINE)
_BETWEEN_NUMBERS = re.compile(r"(?<=\d)\s+(?=\d)")
_MONEY_BEFORE = re.compile(r"(?:rmb|cny|yuan|[¥￥])\s*$", re.IGNORECASE)
_MONEY_AFTER = re.compile(r"\s*(?:元|yuan|rmb|cny)", re.IGNORECASE)


def faults(case: Case, answer: Answer, text_of: Callable[[str], str | None]) -> list[str]:
    """Everything wrong with an answer, one short line each; empty for a right answer.

    Args:
        case: the question and what is expected of its answer.
        answer: the answer as other programs read it.
        text_of: the stored text of a policy by its id, None for an unknown one.
    """
    asked = [case.question, *case.history, *map(str, case.facts.values())]
    return [*contract_faults(answer, asked, text_of), *case_faults(case, answer)]


def contract_faults(answer: Answer, asked: Iterable[str], text_of: Callable[[str], str | None]) -> list[str]:
    """What breaks the contract of any answer: markers, quotes, the source of each number, the arithmetic.

    Args:
        asked: the question, the earlier turns and the facts given; their numbers may be said again.
    """
    if not answer.answer.strip():
        return ["the answer is empty"]
    return [
        *_marker_faults(answer),
        *_quote_faults(answer, text_of),
        *_number_faults(answer, asked),
        *_arithmetic_faults(answer),
    ]


def case_faults(case: Case, answer: Answer) -> list[str]:
    """What falls short of the case: status, policy, phrases, figures with unit and bound, awards, warnings."""
    found = []
    if answer.status not in case.status:
        found.append(f"status {answer.status}, expected {' or '.join(case.status)}")
    if answer.language != case.language and case.kind != "noisy":
        found.append(f"language {answer.language}, expected {case.language}")
    body = _folded(answer.answer)
    found += [f"says none of {' / '.join(group[:6])}" for group in case.must if not any(holds(p, body) for p in group)]
    found += [f"says {phrase!r}" for phrase in case.must_not if holds(phrase, body)]
    if answer.status != "abstained":
        cited = {citation.policy_id for citation in answer.citations}
        found += [f"does not cite {policy}" for policy in case.policy if policy not in cited]
        found += [fault for value in case.values if (fault := value_fault(value, answer)) is not None]
        found += [f"lacks the warning {warning}" for warning in case.warnings if warning not in answer.warnings]
    return found + _award_faults(case, answer)


def holds(phrase: str, folded: str) -> bool:
    """Whether a text folded by the same rules holds a phrase; a number in it is never a part of a longer number."""
    pattern = _folded(phrase)
    left = r"(?<![\d.])" if pattern[:1].isdigit() else ""
    right = r"(?!\d)" if pattern[-1:].isdigit() else ""
    return re.search(left + re.escape(pattern) + right, folded) is not None


def _folded(text: str) -> str:
    """Lower case, half width, without markers, emphasis, thousands separators and spaces; two numbers stay two."""
    return re.sub(r"\s+", "", _BETWEEN_NUMBERS.sub("|", clean(text).lower()))


def _marker_faults(answer: Answer) -> list[str]:
    marks = {int(number) for number in _MARKER.findall(answer.answer)}
    numbers = [citation.n for citation in answer.citations]
    if sorted(numbers) != list(range(1, len(numbers) + 1)):
        return [f"citations are numbered {numbers}"]
    return [] if marks == set(numbers) else [f"markers {sorted(marks)} but citations {numbers}"]


def _quote_faults(answer: Answer, text_of: Callable[[str], str | None]) -> list[str]:
    found = []
    for citation in answer.citations:
        text = text_of(citation.policy_id)
        if text is None:
            found.append(f"[{citation.n}] cites {citation.policy_id!r}, which is not there")
        elif not citation.quote or citation.quote != text[citation.start : citation.end]:
            found.append(f"the quote of [{citation.n}] is not what stands at {citation.start}–{citation.end}")
    return found


# A product, a sum, or what a ceiling or a comparison makes of an amount.
_ARITHMETIC = re.compile(r"[=×]|上限|就高|ceiling|higher|above")


def _number_faults(answer: Answer, asked: Iterable[str]) -> list[str]:
    """Numbers of the answer that no source accounts for; money needs money as its source."""
    sources = [citation.quote for citation in answer.citations]
    sources += [json.dumps(citation.policy.model_dump(), ensure_ascii=False) for citation in answer.citations]
    sources += [" ".join(citation.clause_path) for citation in answer.citations]
    known = [figure for text in (*asked, *sources) for figure in _figures_of(text)]
    computed = {float(yuan) for row in answer.rewards for yuan in _amounts_of(row)}
    computed |= {float(row.count) for row in answer.rewards if row.count is not None}
    if answer.total_yuan is not None:
        computed.add(float(answer.total_yuan))
    computing = json.dumps([row.model_dump() for row in answer.rewards], ensure_ascii=False)
    digits = {
        number for figure in (*known, *_figures_of(computing)) for number in (figure.value, figure.digits)
    } | computed
    amounts = {figure.value for figure in known if not figure.counted and figure.measure == "number"} | computed
    # The arithmetic shown: products and sums of the trace.
    steps = "\n".join(step for row in answer.rewards for step in row.trace if _ARITHMETIC.search(step))
    amounts |= {figure.value for figure in _figures_of(steps) if _is_money(figure)}
    found = []
    for figure in _figures_of(_OUTLINE_NUMBER.sub("", answer.answer)):
        said = f"{figure.digits:g}" + ("%" if figure.measure == "percent" else "")
        if _is_money(figure):
            if figure.value not in amounts:
                found.append(f"the amount {figure.value:,.0f} yuan has no source")
        elif not {figure.value, figure.digits} & digits and figure.digits * 1e4 not in digits:
            found.append(f"the number {said} has no source")
    return list(dict.fromkeys(found))


def _arithmetic_faults(answer: Answer) -> list[str]:
    quoted = {figure.value for citation in answer.citations for figure in _figures_of(citation.quote)}
    found = []
    for row in answer.rewards:
        if row.status not in _AWARDING:
            continue
        if row.yuan is not None and row.yuan not in quoted:
            found.append(f"{row.rule_id} awards {row.yuan:,} yuan, which no quote states")
        if None not in (row.yuan, row.count, row.total_yuan) and row.total_yuan > row.yuan * row.count:  # type: ignore[operator]
            found.append(f"{row.rule_id}: {row.count} × {row.yuan:,} is not {row.total_yuan:,}")
    totals = [row.total_yuan for row in answer.rewards if row.status in _AWARDING and row.total_yuan is not None]
    if answer.total_yuan is not None and totals and answer.total_yuan > sum(totals):
        found.append(f"the total {answer.total_yuan:,} is more than the sum of its items {sum(totals):,}")
    return found


def _award_faults(case: Case, answer: Answer) -> list[str]:
    found = []
    if case.total_yuan is not None and answer.total_yuan not in (None, case.total_yuan):
        found.append(f"the total is {answer.total_yuan:,}, expected {case.total_yuan:,}")
    if case.no_award:
        granted = [row.rule_id for row in answer.rewards if row.status in _AWARDING and row.total_yuan]
        if granted or answer.total_yuan:
            found.append(f"awards {answer.total_yuan or ', '.join(granted)} where nothing is due")
    for value in case.values:
        if value.bound == "up_to":
            found += [
                f"{row.rule_id} promises {row.yuan:,} where the text says up to"
                for row in answer.rewards
                if row.yuan == value.yuan and row.status == "exact"
            ]
    return found


def value_fault(value: Value, answer: Answer) -> str | None:
    """What is wrong with one expected figure in the words of the answer; None if it is there as it should be."""
    text = clean(answer.answer)
    if value.day is not None:
        return None if value.day in days(text) else f"does not state {value.day}"
    said = [figure for figure in figures(text) if _measures(value, figure)]
    if not said:
        return f"does not state {_named(value)}"
    if value.bound == "any" or value.year is not None:
        return None
    if value.bound == "exact":
        bounded = all(figure.limit is not None for figure in said)
        return f"states {_named(value)} only as a limit" if bounded else None
    if any(value.bound in figure.wide_limits for figure in said):
        return None
    return f"states {_named(value)} without its bound ({value.bound})"


def _measures(value: Value, figure: Figure) -> bool:
    if value.percent is not None:
        return figure.measure == "percent" and isclose(figure.digits, value.percent)
    if figure.measure == "percent":
        return False
    if value.yuan is not None:
        return isclose(figure.value, value.yuan) and not figure.counted
    if value.year is not None:
        return figure.value == value.year and not figure.counted and not _MONEY_AFTER.match(figure.after)
    return value.number is not None and isclose(figure.value, value.number) and _has_unit(value.unit, figure)


def _has_unit(units: tuple[str, ...], figure: Figure) -> bool:
    """A Chinese unit stands right behind the number; a Latin one anywhere in its line."""
    line, behind = (figure.before + " " + figure.after).lower(), figure.after.lstrip()[:4]
    return not units or any(unit.lower() in (line if unit.isascii() else behind) for unit in units)


def _named(value: Value) -> str:
    if value.yuan is not None:
        return f"{value.yuan:,} yuan"
    if value.percent is not None:
        return f"{value.percent:g}%"
    if value.year is not None:
        return f"the year {value.year}"
    return f"{value.number:g}" + (f" ({'/'.join(value.unit[:3])})" if value.unit else "")


@lru_cache(maxsize=4096)  # the same quotes and titles come again and again
def _figures_of(text: str) -> tuple[Figure, ...]:
    return tuple(figures(clean(text)))


def _is_money(figure: Figure) -> bool:
    if figure.counted or figure.measure == "percent":
        return False
    return bool(figure.scaled or _MONEY_AFTER.match(figure.after) or _MONEY_BEFORE.search(figure.before))


def _amounts_of(row: RewardRow) -> list[int]:
    return [yuan for yuan in (row.yuan, row.yuan_min, row.total_yuan) if yuan is not None]
