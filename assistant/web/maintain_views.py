"""The maintenance pages as HTML: what the domain tells, in the words of one language, every text of others escaped."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any
from urllib.parse import urlencode

from assistant.retriever import Explained, Weights
from assistant.upkeep.changes import Underway
from assistant.upkeep.documents import Row, Segment, by_clause, segments
from assistant.upkeep.jobs import Job
from assistant.upkeep.logbook import Entry, Filter
from assistant.upkeep.reports import Report
from assistant.upkeep.rule_review import REASONS, ProposedRule, Review
from assistant.upkeep.usage import Series, Weekly
from assistant.upkeep.verdicts import KeptVerdict
from assistant.web.evidence import status_badge
from assistant.web.markup import one_line, plain_html, template_html
from assistant.web.words import words_for
from assistant.web.words_maintain import SECTIONS, MaintainWords
from knowledge.diff import Words as WordsOf
from knowledge.diff import words as differing
from knowledge.errors import UsageError
from knowledge.glossary import Glossary
from knowledge.life import Kept
from knowledge.model import Clause, Document, Place
from knowledge.proposals import Proposal
from knowledge.quantities import format_yuan_en, format_yuan_zh
from knowledge.rule_schema import Rule
from knowledge.rules import PolicyRules

# Of what blocks, as many of each cause are shown; the report holds them all.
_SHOWN_OF_A_CAUSE = 3
_RELEASES_SHOWN = 8
# Characters shown on either side of what changed in a clause.
_AROUND = 14


def _html(template: str, words: MaintainWords, **values: object) -> str:
    return one_line(
        template_html(template, w=words, words=words_for(words.code), plain=plain_html, moment=moment, **values)
    )


def header(words: MaintainWords, name: str) -> str:
    """The head of the pages: where this is, who is signed in, the way back."""
    return _html("maintain_header.html", words, signed_in=name)


def navigation(words: MaintainWords) -> str:
    """Links to the sections."""
    return _html("maintain_nav.html", words, sections=[(name, words.sections[name]) for name in SECTIONS])


def said(text: str, *, bad: bool = False) -> str:
    """A sentence about what was just done; empty for none."""
    return one_line(template_html("maintain_said.html", text=text, bad=bad)) if text else ""


def heading(words: MaintainWords, section: str, hint: str) -> str:
    """The head of a section."""
    return _html("maintain_heading.html", words, title=words.sections[section], hint=hint)


# --- documents ----------------------------------------------------------------------------------------------------------


def documents(rows: Sequence[Row], words: MaintainWords, selected: str = "") -> str:
    """The list of documents."""
    return _html(
        "maintain_documents.html", words, rows=rows, selected=selected, place=_place_name, status_badge=status_badge
    )


def document_head(row: Row, words: MaintainWords) -> str:
    """The head of one document."""
    return _html("maintain_document_head.html", words, row=row)


@dataclass(frozen=True)
class _Run:
    """A paragraph of the preview: pieces of one clause, or one dropped range."""

    clause: Clause | None
    number: int
    reason: str
    pieces: tuple[Segment, ...]


def document_text(document: Document, words: MaintainWords) -> str:
    """The stored text with its clauses side by side with what is dropped, and why."""
    reasons: dict[str, int] = {}
    for dropped in document.dropped:
        reasons[dropped.reason] = reasons.get(dropped.reason, 0) + 1
    return _html(
        "maintain_document_text.html", words, document=document, runs=_runs(segments(document)), reasons=reasons
    )


def _runs(found: Sequence[Segment]) -> list[_Run]:
    runs: list[_Run] = []
    last = {segment.clause.clause_id: index for index, segment in enumerate(found) if segment.clause}
    index = 0
    while index < len(found):
        segment = found[index]
        # A clause keeps what interrupts it, such as a page mark.
        end = last[segment.clause.clause_id] if segment.clause else index
        pieces = tuple(found[index : end + 1])
        if segment.clause or segment.text.strip():
            reason = segment.dropped.reason if segment.dropped else ""
            pieces = _trimmed(pieces)
            runs.append(_Run(segment.clause, segment.number, reason, pieces))
        index = end + 1
    return runs


def _trimmed(pieces: tuple[Segment, ...]) -> tuple[Segment, ...]:
    """Pieces without the line ends around them, which would show as gaps."""
    first, *_, last = (*pieces, pieces[-1])
    if len(pieces) == 1:
        return (replace(first, text=first.text.strip()),)
    return (replace(first, text=first.text.lstrip()), *pieces[1:-1], replace(last, text=last.text.rstrip()))


def evidence(proposals: Sequence[Proposal], words: MaintainWords) -> str:
    """What a document says of itself; each value can be taken over by its place in the list."""
    statuses = words_for(words.code).policy_status
    values = [proposed_value(proposal) for proposal in proposals]
    shown = [
        statuses.get(value, value) if p.field == "status" else value for p, value in zip(proposals, values, strict=True)
    ]
    rows = list(zip(range(len(values)), proposals, values, shown, strict=True))
    return _html("maintain_evidence.html", words, rows=[row for row in rows if row[1].field != "reference"])


def proposed_value(proposal: Proposal) -> str:
    """A proposed value as a form holds it."""
    return proposal.value.name if isinstance(proposal.value, Place) else proposal.value or ""


def _place_name(place: Place | None, words: MaintainWords) -> str:
    return place.name_in(words.code) if place else words.unknown


# --- a change -------------------------------------------------------------------------------------------------------------


def job(now: Job | None, words: MaintainWords) -> str:
    """The job that is under way, with how far it is; or how the last one ended."""
    return _html("maintain_job.html", words, job=now) if now is not None else ""


def steps(now: Underway, words: MaintainWords) -> str:
    """How far a change is, step by step, and what to do next."""
    states = _step_states(now)
    listed = [(words.steps[number][1], states[number]) for number in range(len(words.steps))]
    return _html("maintain_steps.html", words, now=now, steps=listed)


def _step_states(now: Underway) -> list[str]:
    """Of each step whether it is done, to be done now, or later."""
    if now.state is None:
        return ["now", "todo", "todo", "todo"]
    if now.faults:
        return ["done", "bad", "todo", "todo"]
    if not now.built:
        return ["done", "now", "todo", "todo"]
    if now.verdict is None:
        return ["done", "done", "now", "todo"]
    return ["done", "done", "done" if now.verdict.passed else "bad", "now" if now.verdict.passed else "todo"]


def candidate(now: Underway, words: MaintainWords) -> str:
    """What keeps a change from being published, or what was judged of it."""
    report = _verdict(now.verdict) if now.verdict else None
    return _html("maintain_candidate.html", words, now=now, report=report)


def differences(now: Underway, words: MaintainWords) -> str:
    """What differs between the live release and the candidate."""
    statuses = words_for(words.code).policy_status

    def shown(field: str, value: object) -> str:
        return statuses.get(str(value), str(value)) if field == "status" else _plain_value(value)

    return _html("maintain_differences.html", words, now=now, shown=shown, said=lambda f, v: _said_of_rule(f, v, words))


def _said_of_rule(name: str, value: object, words: MaintainWords) -> str:
    """A field of a rule, or of what a rule file says for all its rules, in words."""
    if isinstance(value, int) and name in ("yuan", "yuan_min"):
        return _money(value, words)
    if name == "bound":
        return words.bound_names.get(str(value), str(value))
    if name == "ratio" and isinstance(value, Mapping):
        return words.share.format(percent=value["percent"])
    if name == "ignored" and isinstance(value, (list, tuple)):
        return "\n".join(f"{_money(one['yuan'], words)} · {one['quote']}" for one in value)
    if name == "terms" and isinstance(value, Mapping):
        return "\n".join(f"{one['text'][words.code]} · {one['quote']}" for one in value.values())
    return _plain_value(value)


def decisions(now: Underway, words: MaintainWords) -> str:
    """What can be decided about a change as it stands."""
    return _html("maintain_publish.html", words, now=now)


@dataclass(frozen=True)
class _Blocked:
    """One thing that blocks: its cause, the case with its question, where the change came in, and the clauses beside."""

    cause: str
    case: str
    question: str
    text: str
    stage: str
    notes: tuple[str, ...]
    clauses: tuple[_Beside, ...]


@dataclass(frozen=True)
class _Beside:
    """A changed clause beside a case, with its differing words."""

    name: str
    kind: str
    words: tuple[WordsOf, ...]


@dataclass(frozen=True)
class _Report:
    """A verdict as it is shown."""

    blocks: tuple[_Blocked, ...]
    counts: tuple[tuple[str, int], ...]
    more: int
    total: int


def _verdict(verdict: KeptVerdict) -> _Report:
    cases = {str(case.get("id")): case for case in verdict.report.get("cases") or ()}
    blocks = (verdict.report.get("gate") or {}).get("blocks") or ()
    told: Counter[str] = Counter()
    shown = []
    for block in blocks:
        told[str(block.get("cause"))] += 1
        if told[str(block.get("cause"))] <= _SHOWN_OF_A_CAUSE:
            shown.append(_blocked(block, cases.get(str(block.get("case")), {})))
    counts = tuple((str(name), int(count)) for name, count in (verdict.report.get("counts") or {}).items() if count)
    return _Report(tuple(shown), counts, len(blocks) - len(shown), len(blocks))


def _blocked(block: Mapping[str, Any], case: Mapping[str, Any]) -> _Blocked:
    side = case.get("new") or case.get("base") or {}
    return _Blocked(
        cause=str(block.get("cause")),
        case=str(block.get("case") or ""),
        question=str(side.get("question") or ""),
        text=str(block.get("text") or ""),
        stage=str(case.get("stage") or ""),
        notes=tuple(map(str, case.get("notes") or ())),
        clauses=tuple(map(_beside, case.get("clauses") or ())),
    )


def _beside(clause: Mapping[str, Any]) -> _Beside:
    old, new = str(clause.get("base_text") or ""), str(clause.get("new_text") or "")
    parts = differing(old, new) if old and new else (WordsOf(old=old, new=new),)
    shown = tuple(part.model_copy(update={"same": _middle_left_out(part.same)}) for part in parts)
    return _Beside(str(clause.get("new_id") or clause.get("base_id") or ""), str(clause.get("kind")), shown)


def _middle_left_out(text: str) -> str:
    return text if len(text) <= 2 * _AROUND else f"{text[:_AROUND]}…{text[-_AROUND:]}"


def _plain_value(value: object) -> str:
    """A value of a manifest or a rule in words."""
    if isinstance(value, Mapping):
        return str(
            value.get("name") or value.get("zh") or "; ".join(f"{key}: {one}" for key, one in value.items() if one)
        )
    if isinstance(value, (list, tuple)):
        return "、".join(map(_plain_value, value))
    return "" if value is None else str(value)


def releases(kept: Sequence[Kept], words: MaintainWords) -> str:
    """The releases that are kept, with what was done to each."""
    return _html("maintain_releases.html", words, releases=kept[:_RELEASES_SHOWN])


# --- rules ------------------------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class _Line:
    """One row of a rule in words."""

    label: str
    amount: str


def rules(review: Review, confirmed: PolicyRules | None, words: MaintainWords) -> str:
    """The proposed rules of a document with their clauses, and those that the corpus has, side by side."""
    document = review.document
    clauses = {clause.clause_id: clause for clause in document.clauses}
    shown = [_proposed(one, clauses, document, words) for one in review.proposed]
    taken = {f"{document.policy.id}.{one.decision.group}" for one in review.proposed if one.decision}
    there = [rule for rule in confirmed.rules if f"{rule.policy_id}.{rule.group_id}" not in taken] if confirmed else []
    return _html(
        "maintain_rules.html",
        words,
        review=review,
        proposed=sorted(shown, key=lambda one: one["rule"].outcome != "open"),
        confirmed=[
            (_clause(clause, [rule.quote for rule in own], document), [(rule, _rule_line(rule, words)) for rule in own])
            for clause, own in by_clause(document, there)
        ],
        policy=confirmed,
        reasons=REASONS,
        money=lambda yuan: _money(yuan, words),
    )


def _proposed(
    one: ProposedRule, clauses: Mapping[str, Clause], document: Document, words: MaintainWords
) -> dict[str, Any]:
    entry = one.group.entry
    lines = [_entry_line(entry, row, words) for row in entry["rows"]]
    label = (entry.get("label") or {}).get(words.code) or ""
    return {
        "rule": one,
        "label": label,
        # The sentence itself stands beside it.
        "conditions": [text for text in one.group.conditions if _squeezed(text) != _squeezed(one.quote)],
        "lines": lines,
        "clause": _clause(clauses.get(one.clause_id), [one.quote], document),
    }


def _squeezed(text: str) -> str:
    return "".join(text.split())


def _clause(clause: Clause | None, quotes: Sequence[str], document: Document) -> dict[str, Any] | None:
    """A clause's text in pieces, those told apart that a quote covers."""
    if clause is None:
        return None
    held = [False] * (clause.end - clause.start)
    text = document.text[clause.start : clause.end]
    for quote in quotes:
        at = text.find(quote)
        if at >= 0:
            held[at : at + len(quote)] = [True] * len(quote)
    pieces, start = [], 0
    for at in range(1, len(text) + 1):
        if at == len(text) or held[at] != held[start]:
            pieces.append((text[start:at], held[start]))
            start = at
    return {"clause": clause, "pieces": pieces}


def _entry_line(entry: Mapping[str, Any], row: Mapping[str, Any], words: MaintainWords) -> _Line:
    label = (row.get("label") or {}).get(words.code) or (entry.get("label") or {}).get(words.code) or ""
    both = {**entry, **row}
    return _Line(label, _amount(both.get, words))


def _rule_line(rule: Rule, words: MaintainWords) -> _Line:
    fields = rule.model_dump()
    return _Line(rule.label.zh if words.code == "zh" else rule.label.en, _amount(fields.get, words))


def _amount(get: Any, words: MaintainWords) -> str:  # noqa: ANN401 - how a field is had
    yuan, least = get("yuan"), get("yuan_min")
    if yuan is not None:
        low = f"{_money(least, words)}–" if least is not None else ""
        return f"{words.bounds.get(get('bound') or 'exact', '')}{low}{_money(yuan, words)}"
    ratio = get("ratio")
    if ratio is not None:
        return words.share.format(percent=ratio["percent"])
    return words.delegated if get("delegated_to") else words.honour


def _money(yuan: int, words: MaintainWords) -> str:
    return format_yuan_zh(yuan) if words.code == "zh" else format_yuan_en(yuan)


# --- retrieval ---------------------------------------------------------------------------------------------------------------


def ranked(found: Sequence[Explained], weights: Weights, titles: Mapping[str, str], words: MaintainWords) -> str:
    """Ranked clauses with the parts of each score."""
    widest = max((abs(part) for one in found for part in (one.lexical, one.dense, one.document)), default=0.0) or 1.0
    return _html("maintain_ranked.html", words, found=found, weights=weights, titles=titles, widest=widest)


# --- reports, log, usage -------------------------------------------------------------------------------------------------------


def reports(found: Sequence[Report], words: MaintainWords) -> str:
    """The list of reports."""
    return _html("maintain_reports.html", words, reports=found)


def log(kind: str, entries: Sequence[Entry], wanted: Filter, words: MaintainWords) -> str:
    """The entries of the log, and where to get them as a workbook."""
    asked = {
        "kind": kind,
        "since": wanted.since or "",
        "until": wanted.until or "",
        "place": wanted.place,
        "status": wanted.status,
        "reason": wanted.reason,
        "search": wanted.search,
        "lang": words.code,
    }
    export = "log.xlsx?" + urlencode({key: value for key, value in asked.items() if value})
    return _html("maintain_log.html", words, entries=entries, export=export, kind=kind)


def usage(
    places: Weekly,
    intents: Weekly,
    unanswered: Sequence[tuple[str, str, int]],
    totals: Mapping[str, int],
    words: MaintainWords,
    stamp: str,
) -> str:
    """Charts of the questions by week with their tables, and what stays unanswered."""
    charts = [
        (words.by_place, f"charts/place.svg?lang={words.code}&v={stamp}", named(places, "place", words), places.weeks),
        (
            words.by_intent,
            f"charts/intent.svg?lang={words.code}&v={stamp}",
            named(intents, "intent", words),
            intents.weeks,
        ),
    ]
    gaps = [(topic_name(topic, words), place or words.no_place, count) for topic, place, count in unanswered]
    most = max((count for _, _, count in gaps), default=1)
    return _html("maintain_usage.html", words, charts=charts, gaps=gaps, most=most, totals=totals)


def named(weekly: Weekly, by: str, words: MaintainWords) -> list[Series]:
    """The series of a chart under the names that a reader sees; the others together at the end."""
    names = {name: words.intents.get(name, name) for name in words.intents} if by == "intent" else {}
    empty = words.no_place if by == "place" else words.unknown
    found = [Series(names.get(one.name, one.name) or empty, one.counts) for one in weekly.series]
    return [*found, Series(words.others, weekly.others.counts)] if weekly.others else found


def topic_name(topic: str, words: MaintainWords) -> str:
    """What a topic is called."""
    if topic in words.topics:
        return words.topics[topic]
    try:
        return Glossary.load().label("activity", topic, words.code)
    except UsageError:
        return topic or words.unknown


def moment(at: datetime) -> str:
    """A moment to the minute, in UTC."""
    return f"{at:%Y-%m-%d %H:%M}"
