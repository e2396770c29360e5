"""The baseline: the known answers as they were last accepted, and the record of every time that it was moved."""

from __future__ import annotations

import json
from collections import defaultdict
from datetime import UTC, datetime
from pathlib import Path
from typing import NamedTuple

from pydantic import Field

from eval.compare import Verdict, compare
from eval.record import Run
from eval.snapshot import Result, Snapshot, read_snapshot, snapshot, write_snapshot
from knowledge.errors import UsageError
from knowledge.model import Frozen

BASELINE = Path(__file__).resolve().parent / "baselines" / "main.json"
_HISTORY = "HISTORY.jsonl"


class Figures(Frozen):
    """How a run came out.

    Attributes:
        right, critical_right: cases with nothing wrong, of all and of the critical ones.
        rate: the share of right answers, each fact counted once.
        stale: cases whose evidence the release no longer holds.
        refused: of the cases that must be refused, those not answered.
    """

    cases: int
    right: int
    facts: int
    rate: float
    critical: int
    critical_right: int
    must_refuse: int
    refused: int
    stale: int
    contract_faults: int


class Blessing(Frozen):
    """One line of the history: who moved the baseline, when, why, and what that accepted.

    Attributes:
        forced: objections that were overruled, in words; empty if there was none.
        changed: cases by what became of them since the baseline before; empty for the first one.
        broken: ids of the cases that were right before and are accepted as wrong.
    """

    at: str
    by: str
    why: str
    release: str
    cases: str
    before: Figures | None = None
    after: Figures
    changed: dict[Verdict, int] = Field(default_factory=dict)
    broken: tuple[str, ...] = ()
    forced: tuple[str, ...] = ()


class Blessed(NamedTuple):
    """What a blessing did: its line of the history, and where the baseline is."""

    entry: Blessing
    path: Path


def figures(made: Snapshot) -> Figures:
    """How a run came out, in numbers."""
    results = made.results
    facts: dict[str, list[bool]] = defaultdict(list)
    for result in results:
        facts[result.fact_id].append(result.right)
    critical = [result for result in results if result.critical]
    refusals = [result for result in results if result.must_refuse]
    return Figures(
        cases=len(results),
        right=_right(results),
        facts=len(facts),
        rate=round(sum(sum(each) / len(each) for each in facts.values()) / len(facts), 4) if facts else 0.0,
        critical=len(critical),
        critical_right=_right(critical),
        must_refuse=len(refusals),
        refused=sum(result.status != "answered" for result in refusals),
        stale=sum(result.stale for result in results),
        contract_faults=sum(bool(result.contract_faults) for result in results),
    )


def bless(run: Run, *, reason: str, by: str, cases: str, force: bool = False, path: Path = BASELINE) -> Blessed:
    """Make a run the baseline, and write down who did it, when, why and what it accepts.

    Args:
        run: the run to accept.
        reason: why, for those who read the history.
        by: who.
        cases: the fingerprint of the case set that a baseline is of.
        force: accept the run in spite of objections; they are written down.
        path: the baseline; the history is beside it.

    Raises:
        UsageError: there is no reason, or there are objections and `force` is not given. Nothing was changed.
        DataFileError: the baseline that is there cannot be read.
    """
    if not reason.strip():
        raise UsageError("expected a reason for moving the baseline, got none; say why with --reason")
    made = snapshot(run)
    objections = _objections(made, cases)
    if objections and not force:
        raise UsageError(
            f"the run is not fit to be the baseline: {'; '.join(objections)}. Mend that and run again; --force accepts it "
            "all the same and writes this down"
        )
    before = read_snapshot(path) if path.is_file() else None
    comparison = compare(before, made) if before is not None else None
    entry = Blessing(
        at=datetime.now(UTC).isoformat(timespec="seconds"),
        by=by,
        why=" ".join(reason.split()),
        release=made.release,
        cases=str(made.made_from.get("cases")),
        before=figures(before) if before is not None else None,
        after=figures(made),
        changed={verdict: n for verdict, n in comparison.counts.items() if n} if comparison else {},
        broken=tuple(change.id for change in comparison.having("broken")) if comparison else (),
        forced=tuple(objections),
    )
    write_snapshot(made, path)
    with (path.parent / _HISTORY).open("a", encoding="utf-8") as file:
        file.write(json.dumps(entry.model_dump(mode="json"), ensure_ascii=False) + "\n")
    return Blessed(entry, path)


def _objections(made: Snapshot, cases: str) -> list[str]:
    found = []
    if made.made_from.get("cases") != cases:
        found.append(
            f"it asked another set of cases ({made.made_from.get('cases')}) than the one in eval/cases ({cases})"
        )
    if at_fault := [result for result in made.results if result.contract_faults]:
        first = at_fault[0]
        found.append(
            f"{len(at_fault)} answers break what holds for any answer, first {first.id}: {'; '.join(first.contract_faults)}"
        )
    if answered := [result for result in made.results if result.must_refuse and result.status == "answered"]:
        found.append(f"{len(answered)} questions that must be refused are answered, first {answered[0].id}")
    return found


def _right(results: tuple[Result, ...] | list[Result]) -> int:
    return sum(result.right for result in results)
