"""A comparison for people: in words, as tables of the terminal, as a page of its own, and as JSON."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Sequence
from typing import Any

from rich.table import Table

from eval.changes import ClauseChange, RuleChange
from eval.compare import VERDICTS, CaseChange, Comparison, Verdict
from eval.gate import REMEDIES, Block, Cause, Gate
from eval.page import moment, page

# Of each kind of entry, how many are shown in words; the page and the JSON hold them all.
_SHOWN = 12
_CLAUSE_SHOWN = 60
# A line of the terminal, and the changes shown beside one case there.
_LINE_SHOWN = 200
_BESIDE_SHOWN = 3
# Fields of a rule that are words of the source or about it; the page shows their old and new text.
_WORDINGS = frozenset({"quote", "said", "silent_on", "label", "clause_id", "start", "end", "includes"})
# What the notes of a case say of its stages is enough in a report.
_STAGES = {"understanding", "retrieval", "passages", "rules"}
# Verdicts whose cases are told one by one, the worst first.
_TOLD: tuple[Verdict, ...] = ("broken", "stale", "flaky", "fixed")


def summary(comparison: Comparison, result: Gate, *, most: int = _SHOWN) -> str:
    """The verdict, what changed in the corpus, what blocks with question, stage and reason, and what to do about it."""
    lines = ["PASSED: nothing blocks" if result.passed else f"BLOCKED: {_counted(result.blocks)}"]
    lines.append(f"{comparison.base} → {comparison.new}: {_verdicts(comparison)}")
    lines += _changes(comparison, most)
    lines += _blocks(comparison, result.blocks, most)
    lines += _others(comparison, result.blocks, most)
    if result.let_through:
        names = [block.case or block.text for block in result.let_through]
        lines.append(f"Let through, because the base has the same fault ({len(names)}): {', '.join(names[:most])}")
        lines += _more(len(names), most)
    return "\n".join([*lines, result.caveat] if comparison.cases else lines)


def verdict_table(comparison: Comparison) -> Table:
    """How many cases there are of each verdict: all, critical, by language."""
    table = Table("verdict")
    for name in ("cases", "critical", "zh", "en"):
        table.add_column(name, justify="right")
    for verdict in VERDICTS:
        changes = comparison.having(verdict)
        by_language = [sum(change.result.language == language for change in changes) for language in ("zh", "en")]
        table.add_row(verdict, *map(str, (len(changes), sum(change.critical for change in changes), *by_language)))
    return table


def group_table(result: Gate) -> Table:
    """The share of right facts by group before and after, of all facts and of the groups in which one changed."""
    table = Table("group")
    for name in ("facts", "base", "new", "worse", "better", "p", "p (Holm)"):
        table.add_column(name, justify="right")
    for group in result.groups:
        if group.name == "all" or group.worse or group.better:
            table.add_row(
                group.name,
                str(group.facts),
                f"{group.base:.3f}",
                f"{group.new:.3f}",
                str(group.worse),
                str(group.better),
                f"{group.p:.2g}",
                f"{group.adjusted:.2g}",
            )
    return table


def as_json(comparison: Comparison, result: Gate) -> dict[str, Any]:
    """Everything as plain JSON values; of cases that are still right with the same answer, the counts alone."""
    content = comparison.model_dump(mode="json", exclude={"cases"})
    return {
        "passed": result.passed,
        "counts": comparison.counts,
        "gate": result.model_dump(mode="json"),
        **content,
        "cases": [_case_json(change) for change in comparison.cases if _notable(change)],
    }


def as_html(comparison: Comparison, result: Gate, notes: Sequence[str] = ()) -> str:
    """A page that needs nothing but itself: everything that `as_json` holds, to filter and to read."""
    blocked: dict[str, list[Block]] = {"": []}
    for block in result.blocks:
        blocked.setdefault(block.case or "", []).append(block)
    cases = sorted(filter(_notable, comparison.cases), key=lambda change: VERDICTS.index(change.verdict))
    return page(
        "comparison.html",
        ["report.css", "comparison.css"],
        comparison=comparison,
        gate=result,
        blocked=blocked,
        remedies={cause: REMEDIES[cause] for cause in _causes(result.blocks)},
        cases=cases,
        choices=_choices(cases),
        notes=notes,
        moment=moment,
    )


def describe_clause(change: ClauseChange) -> str:
    """A changed clause in one line: an edited one by its old and new words."""
    name = change.new_id or change.base_id or ""
    moved = f" (was {change.base_id})" if change.base_id and change.new_id and change.base_id != change.new_id else ""
    if change.kind == "edited":
        return f"clause {name}{moved} edited: {' … '.join(map(str, change.words))}".replace("\n", " ")
    text = change.new_text or change.base_text or ""
    return f"clause {name} {change.kind}: {_short(text)}"


def describe_rule(change: RuleChange) -> str:
    """A changed rule in one line: the fields that differ, before and after."""
    fields = "; ".join(map(str, change.fields))
    return f"rule {change.rule_id} {change.kind}" + (f": {fields}" if fields else "")


def _brief_rule(change: RuleChange) -> str:
    """A changed rule for the terminal: what decides an amount in full, wordings only by the names of their fields."""
    telling = [field for field in change.fields if field.field.split(".")[0].split("[")[0] not in _WORDINGS]
    others = {field.field.split(".")[0].split("[")[0] for field in change.fields if field not in telling}
    said = "; ".join(_short(str(field), _LINE_SHOWN) for field in telling)
    named = f"wording of {', '.join(sorted(others))}" if others else ""
    detail = "; ".join(part for part in (said, named) if part)
    return f"rule {change.rule_id} {change.kind}" + (f": {detail}" if detail else "")


def _notable(change: CaseChange) -> bool:
    return change.verdict != "still right" or change.reworded or change.edited


def _choices(cases: Sequence[CaseChange]) -> dict[str, list[str]]:
    """What the page can be filtered by."""
    return {
        "verdict": list(dict.fromkeys(change.verdict for change in cases)),
        "stage": sorted({change.stage for change in cases if change.stage}),
        "kind": sorted({change.result.kind for change in cases}),
        "language": sorted({change.result.language for change in cases}),
        "marked": ["blocking", "critical", "edited"],
    }


def _case_json(change: CaseChange) -> dict[str, Any]:
    content = change.model_dump(mode="json", exclude={"base": _STAGES, "new": _STAGES})
    return {**content, "critical": change.critical}


def _verdicts(comparison: Comparison) -> str:
    counts = [f"{count} {verdict}" for verdict, count in comparison.counts.items() if count]
    reworded = sum(change.reworded for change in comparison.having("still right"))
    return ", ".join(counts or ["no cases"]) + (f" ({reworded} of them in other words)" if reworded else "")


def _counted(blocks: Sequence[Block]) -> str:
    causes = [block.cause for block in blocks]
    return ", ".join(f"{causes.count(cause)} {cause}" for cause in dict.fromkeys(causes))


def _causes(blocks: Sequence[Block]) -> list[Cause]:
    return list(dict.fromkeys(block.cause for block in blocks))


def _touched(comparison: Comparison) -> dict[str, int]:
    """How many answers that flipped have a changed clause or rule beside them, by that change in words."""
    found: dict[str, int] = defaultdict(int)
    for change in comparison.having(*_TOLD):
        for line in (*map(describe_clause, change.clauses), *map(describe_rule, change.rules)):
            found[line] += 1
    return found


def _changes(comparison: Comparison, most: int) -> Iterator[str]:
    touched = _touched(comparison)
    lines = [str(change) for change in (*comparison.made_from, *comparison.places)]
    told = [(describe_rule(rule), _brief_rule(rule)) for rule in comparison.rules]
    told += [(describe_clause(c), _short(describe_clause(c), _LINE_SHOWN)) for c in comparison.clauses]
    lines += [
        brief + (f" ({touched[whole]} answers flipped beside it)" if whole in touched else "") for whole, brief in told
    ]
    if lines:
        yield "What changed:"
        yield from _limited(lines, most)


def _blocks(comparison: Comparison, blocks: Sequence[Block], most: int) -> Iterator[str]:
    cases = {change.id: change for change in comparison.cases}
    for cause in _causes(blocks):
        own = [block for block in blocks if block.cause == cause]
        yield f"Blocks, {cause} ({len(own)}): {REMEDIES[cause]}"
        for block in own[:most]:
            if block.case is None:
                yield f"  {block.text}"
            else:
                yield from _told(cases[block.case], block.text)
        yield from _more(len(own), most)


def _others(comparison: Comparison, blocks: Sequence[Block], most: int) -> Iterator[str]:
    named = {block.case for block in blocks}
    for verdict in _TOLD:
        own = [change for change in comparison.having(verdict) if change.id not in named]
        if own:
            yield f"{verdict.capitalize()}, does not block ({len(own)}):"
            for change in own[:most]:
                yield from _told(change, "; ".join(change.result.faults))
            yield from _more(len(own), most)


def _told(change: CaseChange, reason: str) -> Iterator[str]:
    yield f"  {'critical ' if change.critical else ''}{change.id}: {change.result.question!r}"
    if reason:
        yield f"      {reason}"
    if change.stage is not None:
        yield f"      changed at {change.stage}: {_short('; '.join(change.notes), _LINE_SHOWN)}"
    elif change.notes:
        yield f"      {'; '.join(change.notes)}"
    rules = [_brief_rule(rule) for rule in change.rules]
    # The clauses of a rule that changed say the same at greater length.
    lines = (rules or [_short(describe_clause(clause), _LINE_SHOWN) for clause in change.clauses])[:_BESIDE_SHOWN]
    yield from (f"      {line}" for line in lines)
    if left := len(change.rules) + len(change.clauses) - len(lines):
        yield f"      … and {left} more changes beside it"


def _limited(lines: Sequence[str], most: int) -> Iterator[str]:
    yield from (f"  {line}" for line in lines[:most])
    yield from _more(len(lines), most)


def _more(count: int, most: int) -> Iterator[str]:
    if count > most:
        yield f"  … and {count - most} more"


def _short(text: str, most: int = _CLAUSE_SHOWN) -> str:
    flat = " ".join(text.split())
    return flat if len(flat) <= most else f"{flat[:most]}…"
