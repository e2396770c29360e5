"""Two runs case by case: what became of each known answer, which stage changed it, and what changed in the corpus."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from typing import Literal, NamedTuple

from eval.changes import (
    Alignment,
    ClauseChange,
    FieldChange,
    RuleChange,
    align,
    counterparts,
    field_changes,
    rule_changes,
)
from eval.record import Stage
from eval.snapshot import Result, Snapshot
from knowledge.errors import UsageError
from knowledge.model import Frozen

Verdict = Literal["fixed", "broken", "still failing", "still right", "stale", "flaky", "new", "removed"]
VERDICTS: tuple[Verdict, ...] = (
    "broken",
    "stale",
    "flaky",
    "fixed",
    "still failing",
    "still right",
    "new",
    "removed",
)
# Verdicts that are explained: something became of the answer.
_FLIPPED = frozenset({"fixed", "broken", "stale", "flaky"})
_SHOWN = 6


class CaseChange(Frozen):
    """What became of one case.

    Attributes:
        base, new: how it came out in each run; null where it was not asked.
        edited: what is expected of the answer was changed between the runs.
        reworded: the reader sees another answer.
        stage: the first stage that made something else of the question; null where none did.
        notes: what that stage made before and after, a line each.
        clauses: changed clauses in and beside its evidence.
        rules: changed rules that its answer was or is computed from.
    """

    id: str
    verdict: Verdict
    base: Result | None = None
    new: Result | None = None
    edited: bool = False
    reworded: bool = False
    stage: Stage | None = None
    notes: tuple[str, ...] = ()
    clauses: tuple[ClauseChange, ...] = ()
    rules: tuple[RuleChange, ...] = ()

    @property
    def result(self) -> Result:
        """The later of its results."""
        found = self.new or self.base
        assert found is not None  # a case that neither run asked is in no comparison
        return found

    @property
    def critical(self) -> bool:
        """Whether the case is critical, or was: taking the mark away does not let an answer through."""
        return any(side is not None and side.critical for side in (self.base, self.new))


class Comparison(Frozen):
    """Everything that differs between two runs.

    Attributes:
        cases: by id, in order.
        places: policies whose place differs, and policies that only one release has.
        made_from: fingerprints and settings that differ.
    """

    base: str
    new: str
    base_started: str = ""
    new_started: str = ""
    cases: tuple[CaseChange, ...]
    clauses: tuple[ClauseChange, ...] = ()
    rules: tuple[RuleChange, ...] = ()
    places: tuple[FieldChange, ...] = ()
    made_from: tuple[FieldChange, ...] = ()

    def having(self, *verdicts: Verdict) -> list[CaseChange]:
        """The cases of these verdicts."""
        return [change for change in self.cases if change.verdict in verdicts]

    @property
    def counts(self) -> dict[Verdict, int]:
        """How many cases there are of each verdict, in the order in which they matter."""
        found = Counter(change.verdict for change in self.cases)
        return {verdict: found[verdict] for verdict in VERDICTS}


def compare(base: Snapshot, new: Snapshot, repeats: Sequence[Snapshot] = ()) -> Comparison:
    """Compare two runs.

    Args:
        base: what answers were.
        new: what they would become.
        repeats: further runs of either, to find cases that do not come out the same each time.

    Raises:
        UsageError: a repeat is a run of something else.
    """
    alignment = align(base.clauses, new.clauses)
    rules = rule_changes(base.rules, new.rules, alignment.same, counterparts(base.clauses, new.clauses))
    places = _place_changes(base, new)
    made_from = field_changes(base.made_from, new.made_from)
    context = _Context(alignment, rules, (*places, *made_from))
    unsteady = _unsteady(base, new, repeats)
    olds, news = base.by_id, new.by_id
    return Comparison(
        base=base.release,
        new=new.release,
        base_started=base.started,
        new_started=new.started,
        cases=tuple(
            _case_change(case_id, olds.get(case_id), news.get(case_id), unsteady.get(case_id), context)
            for case_id in sorted({*olds, *news})
        ),
        clauses=alignment.changes,
        rules=rules,
        places=places,
        made_from=made_from,
    )


class _Context(NamedTuple):
    """What every case of a comparison is explained from."""

    alignment: Alignment
    rules: tuple[RuleChange, ...]
    surroundings: tuple[FieldChange, ...]


def _case_change(
    case_id: str, base: Result | None, new: Result | None, unsteady: str | None, context: _Context
) -> CaseChange:
    if base is None or new is None:
        return CaseChange(id=case_id, verdict="new" if base is None else "removed", base=base, new=new)
    verdict = "flaky" if unsteady else _verdict(base, new)
    change = CaseChange(
        id=case_id,
        verdict=verdict,
        base=base,
        new=new,
        edited=base.expects != new.expects,
        reworded=base.answer != new.answer,
    )
    if verdict not in _FLIPPED and not change.reworded:
        return change
    stage = first_stage(base, new, context.alignment)
    notes = [unsteady] if unsteady else []
    notes += _notes(stage, base, new, context)
    return change.model_copy(
        update={
            "stage": stage,
            "notes": tuple(notes),
            "clauses": tuple(_near(base, new, context.alignment)),
            "rules": tuple(rule for rule in context.rules if _bears_on(rule, base, new)),
        }
    )


def _verdict(base: Result, new: Result) -> Verdict:
    """What became of a case that both runs asked.

    A case whose gold only NEW holds could not be judged in BASE, and neither could one that expects something else
    since while its answer is the same: such cases are as good as new.
    """
    if new.stale:
        return "stale"
    if not new.right and (base.stale or (base.expects != new.expects and base.answer == new.answer)):
        return "new" if base.right or base.stale else "still failing"
    if new.right:
        return "still right" if base.right else "fixed"
    return "broken" if base.right else "still failing"


def first_stage(base: Result, new: Result, alignment: Alignment) -> Stage | None:
    """The first stage that made something else of the question; null where the answers are the same.

    A clause that only got another id is no difference; evidence that was found before and after but reads differently is
    one of retrieval.

    Args:
        base, new: two results of one case.
        alignment: the clauses of both releases.
    """
    if base.understanding != new.understanding:
        return "understanding"
    found = [alignment.same.get(name, name) for name in base.retrieval]
    if found != list(new.retrieval) or base.passages != new.passages or _reads_differently(base, alignment):
        return "retrieval"
    if base.rules != new.rules:
        return "rules"
    return "composing" if base.answer != new.answer else None


def _reads_differently(base: Result, alignment: Alignment) -> bool:
    edited = {change.base_id for change in alignment.changes if change.kind == "edited"}
    return bool(edited & {*base.retrieval} & {*base.evidence, *base.cited})


def _notes(stage: Stage | None, base: Result, new: Result, context: _Context) -> Iterator[str]:
    match stage:
        case "understanding":
            yield from map(str, field_changes(base.understanding, new.understanding)[:_SHOWN])
        case "retrieval":
            yield from _search_notes(base, new, context.alignment)
        case "rules":
            yield f"rows {', '.join(base.rules) or 'none'} → {', '.join(new.rules) or 'none'}"
    if base.says != new.says:
        yield f"answer {base.says} → {new.says}"
    elif base.answer != new.answer:
        yield "the answer has other words"
    else:
        yield "the answer is the same" + (", what is expected of it was edited" if base.expects != new.expects else "")
    if stage is not None:
        yield from (str(change) for change in context.surroundings if _concerns(change, base, new))


def _search_notes(base: Result, new: Result, alignment: Alignment) -> Iterator[str]:
    if base.ranks != new.ranks:
        yield f"evidence ranked {_ranks(base.ranks)} → {_ranks(new.ranks)}"
    before = [alignment.same.get(name, name) for name in base.retrieval]
    after = list(new.retrieval)
    if lost := [name for name in before if name not in after]:
        yield f"no longer found: {_some(lost)}"
    if gained := [name for name in after if name not in before]:
        yield f"found now: {_some(gained)}"
    if not lost and not gained and before != after:
        yield "the same clauses in another order"
    if before == after:
        yield "the same clauses, " + (
            "one of them edited" if _reads_differently(base, alignment) else "other sentences"
        )


def _concerns(change: FieldChange, base: Result, new: Result) -> bool:
    """Whether a change outside the case may have to do with it: a setting may, a policy of its own or its place may."""
    name, _, policy = change.field.partition(" ")
    clauses = (*base.evidence, *new.evidence, *base.cited, *new.cited)
    own = {*base.policies, *new.policies, *(clause.split("/")[0] for clause in clauses)}
    return name.startswith("settings.") or policy in own


def _near(base: Result, new: Result, alignment: Alignment) -> list[ClauseChange]:
    """The changed clauses in and beside the evidence and the citations of a case, and those its rules stand in."""
    about = {*base.evidence, *base.cited, *new.evidence, *new.cited}
    return [change for change in alignment.changes if about & alignment.neighbours[change]]


def _bears_on(rule: RuleChange, base: Result, new: Result) -> bool:
    rows = (*base.rules, *new.rules)
    return any(row.split(" ", 1)[0] == rule.rule_id for row in rows)


def _place_changes(base: Snapshot, new: Snapshot) -> tuple[FieldChange, ...]:
    found = []
    for policy in dict.fromkeys((*base.places, *new.places)):
        if policy not in new.places:
            found.append(FieldChange(field=f"policy {policy}", old="there", new="gone"))
        elif policy not in base.places:
            found.append(FieldChange(field=f"policy {policy}", old="not there", new="there"))
        elif base.places[policy] != new.places[policy]:
            found.append(FieldChange(field=f"place {policy}", old=base.places[policy], new=new.places[policy]))
    return tuple(found)


def _unsteady(base: Snapshot, new: Snapshot, repeats: Sequence[Snapshot]) -> dict[str, str]:
    """Why a case is flaky, by its id: it came out differently in two runs of one release."""
    found: dict[str, str] = {}
    for repeat in repeats:
        sides = [side for side in (base, new) if _origin(side) == _origin(repeat)]
        if not sides:
            raise UsageError(
                f"expected a repeated run of {base.release} or {new.release} with the same code and settings, got one of "
                f"{repeat.release}; give only runs of the releases compared"
            )
        results = sides[0].by_id
        for again in repeat.results:
            first = results.get(again.id)
            if first is not None and first.right != again.right:
                first_way, other_way = ("right", "wrong") if first.right else ("wrong", "right")
                found[again.id] = f"in two runs of {repeat.release} it came out {first_way} and {other_way}"
    return found


def _origin(made: Snapshot) -> tuple[str, Mapping[str, object]]:
    return made.release, made.made_from


def _ranks(ranks: Sequence[int | None]) -> str:
    return ", ".join("not found" if rank is None else str(rank) for rank in ranks) or "none"


def _some(names: Sequence[str]) -> str:
    return ", ".join(names[:_SHOWN]) + (f" and {len(names) - _SHOWN} more" if len(names) > _SHOWN else "")
