"""Results and snapshots made by hand, right unless told otherwise."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from eval.record import ClauseText
from eval.snapshot import Result, Snapshot


def result(case_id: str, **changes: Any) -> Result:
    fields = {
        "id": case_id,
        "fact_id": case_id.split("/")[0],
        "kind": "fact",
        "language": case_id.split("/")[-1][:2],
        "question": f"{case_id}?",
        "policies": ("p",),
        "expects": "e",
        "status": "answered",
        "says": "answered",
        "answer": "a",
        "evidence": ("p/1",),
        "cited": ("p/1",),
        "retrieval": ("p/1", "p/2"),
        "passages": "0+5",
    }
    return Result.model_validate({**fields, **changes})


def wrong(case_id: str, **changes: Any) -> Result:
    return result(case_id, **{"case_faults": ("does not state 5",), "answer": "b", "says": "abstained", **changes})


def many(prefix: str, count: int, *, right: bool = True, **changes: Any) -> list[Result]:
    """One case of each of so many facts."""
    return [(result if right else wrong)(f"{prefix}{n:03}/zh", **changes) for n in range(count)]


def clauses(**texts: str) -> tuple[ClauseText, ...]:
    """Clauses by id, with `_` for the slash: `p_1="…"`."""
    return tuple(
        ClauseText(clause_id=name.replace("_", "/"), policy_id=name.split("_")[0], text=text)
        for name, text in texts.items()
    )


def made(*results: Result, release: str = "r", **changes: Any) -> Snapshot:
    fields: Mapping[str, Any] = {"release": release, "results": sorted(results, key=lambda r: r.id), **changes}
    return Snapshot.model_validate(fields)


def ids(changes: Sequence[Any]) -> list[str]:
    return [change.id for change in changes]
