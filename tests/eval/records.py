"""Records as a test needs them."""

from __future__ import annotations

from typing import Any

from assistant.answer import Answer, Provenance
from eval.dataset import Case
from eval.record import Record


def case(case_id: str, **changes: object) -> Case:
    """A case of the fact and the language that its id names."""
    fact, tag = case_id.split("/")
    fields = {"id": case_id, "fact_id": fact, "kind": "fact", "question": f"{fact} {tag}?", "language": tag[:2]}
    return Case.model_validate({**fields, "status": ["answered"], "split": "test", **changes})


def answer(**changes: Any) -> Answer:
    """An answer of one word."""
    fields: dict[str, Any] = {"status": "answered", "language": "zh", "answer": "好"}
    return Answer(**{**fields, "provenance": Provenance(release="r1"), **changes})


def record(
    case_id: str, *, faults: tuple[str, ...] = (), reply: Answer | None = None, fields: Any = None, **changes: object
) -> Record:
    """A record of a case; `changes` are of the case, `fields` of the record."""
    return Record(case=case(case_id, **changes), case_faults=faults, answer=reply or answer(), **(fields or {}))
