"""What a run of the evaluation set leaves behind: a record of each case, and what the run was made from."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any, Literal

from pydantic import Field, ValidationError

from assistant.answer import Answer
from eval.dataset import Case
from knowledge.errors import DataFileError
from knowledge.model import Frozen

# Raised when a field changes its meaning; a run of another format is refused.
RUN_FORMAT = 1

Stage = Literal["understanding", "retrieval", "rules", "composing"]


class Stages(Frozen):
    """What each stage made of a question, so that two runs can say where their answers part.

    Attributes:
        understanding: the question as understood: topic, places, slots, things, …; plain JSON values.
        retrieval: ids of the clauses that were found, best first; empty where nothing was searched for.
        passages: the sentences taken into account, best first, as `clause_id:start-end`.
        rules: the reward rows as `rule_id status yuan×count`, in order.
    """

    understanding: Mapping[str, Any] = Field(default_factory=dict)
    retrieval: tuple[str, ...] = ()
    passages: tuple[str, ...] = ()
    rules: tuple[str, ...] = ()


class GoldRank(Frozen):
    """Where the search for a case's question finds one of its gold texts.

    Attributes:
        rank: of the first clause that holds some of the text, from 1; None if none is among the first ten.
        cited: whether a quote of the answer holds some of the text.
        citations: the numbers of the quotes that do.
        clauses: ids of the clauses that hold some of the text.
    """

    policy: str
    text: str
    rank: int | None = None
    cited: bool = False
    citations: tuple[int, ...] = ()
    clauses: tuple[str, ...] = ()


class ClauseText(Frozen):
    """A clause of the release of a run, as far as a comparison needs it."""

    clause_id: str
    policy_id: str
    text: str


class Record(Frozen):
    """One case, its answer, and what is wrong with it.

    Attributes:
        contract_faults: breaches that hold for any answer: markers, quotes, numbers without a source, arithmetic.
        case_faults: what falls short of the case.
        stale: gold texts that the release does not hold to the letter.
        found: ids of the clauses that the search finds for the question, best first, at most ten; after earlier turns,
            what answering it has found.
        ranks: a rank for each gold text, in the order of `case.gold.texts`.
        answer: without `timing_ms`, so that two runs of one release are equal.
        timing_ms: by stage.
    """

    case: Case
    contract_faults: tuple[str, ...] = ()
    case_faults: tuple[str, ...] = ()
    stale: tuple[str, ...] = ()
    found: tuple[str, ...] = ()
    ranks: tuple[GoldRank, ...] = ()
    stages: Stages = Stages()
    answer: Answer
    timing_ms: Mapping[str, float] = Field(default_factory=dict)

    @property
    def faults(self) -> tuple[str, ...]:
        """Everything wrong with the answer."""
        return (*self.contract_faults, *self.case_faults)

    @property
    def passed(self) -> bool:
        """Whether nothing is wrong."""
        return not self.faults


class Run(Frozen):
    """The records of a run, in the order of the cases, and what they were made from.

    Attributes:
        release: id of the release asked.
        made_from: fingerprints of rules, prompts, embedder, settings that bear on answers, and the case set.
        places: the place of each policy of the release by policy id, null where it has none.
        rules: the reviewed amounts of the release by rule id, as plain JSON values.
        clauses: every clause of a policy that a case names or an answer cites.
        started: ISO time; seconds: how long the run took.
    """

    format: int = RUN_FORMAT
    release: str
    made_from: Mapping[str, Any] = Field(default_factory=dict)
    places: Mapping[str, str | None] = Field(default_factory=dict)
    rules: Mapping[str, Mapping[str, Any]] = Field(default_factory=dict)
    clauses: tuple[ClauseText, ...] = ()
    started: str = ""
    seconds: float = 0.0
    records: tuple[Record, ...] = ()


def read_run(path: Path) -> Run:
    """Read a run from its JSON file.

    Raises:
        DataFileError: the file is missing, is no JSON, or is not a run of this format.
    """
    try:
        content = json.loads(path.read_text(encoding="utf-8"))
    except OSError as error:
        raise DataFileError(path, f"expected the record of a run, got an error ({error.strerror})") from error
    except ValueError as error:
        raise DataFileError(path, f"expected the record of a run as JSON, got something else ({error})") from error
    if not isinstance(content, dict) or content.get("format") != RUN_FORMAT:
        found = content.get("format") if isinstance(content, dict) else type(content).__name__
        raise DataFileError(
            path,
            f"expected a run of format {RUN_FORMAT}, got {found!r}; make a new one with `python -m eval run --json`",
        )
    try:
        return Run.model_validate(content)
    except ValidationError as error:
        first = error.errors()[0]
        where = ".".join(str(part) for part in first["loc"])
        raise DataFileError(
            path, f"expected the record of a run, got a wrong value at {where}: {first['msg']}"
        ) from error


def write_run(run: Run, path: Path) -> None:
    """Write a run as JSON, one record a line, so that two of them can be compared with common tools."""
    head = json.loads(run.model_dump_json(exclude={"records"}))
    lines = ",\n".join(record.model_dump_json() for record in run.records)
    text = json.dumps(head, ensure_ascii=False)[:-1] + ', "records": [\n' + lines + "\n]}\n"
    path.write_text(text, encoding="utf-8")
