"""What a comparison needs of a run, small enough for version control: the form of a baseline."""

from __future__ import annotations

import hashlib
import json
import unicodedata
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from pydantic import Field, ValidationError

from assistant.answer import Answer, AnswerStatus, Language
from eval.dataset import Case, Kind
from eval.record import ClauseText, Record, Run, Stages
from knowledge.errors import DataFileError
from knowledge.files import replace_file
from knowledge.model import Frozen

# Raised when a field changes its meaning; a snapshot of another format is refused.
SNAPSHOT_FORMAT = 1
_DIGEST = 12
# What says where a case belongs, and not what a right answer to it is.
_NO_EXPECTATION = frozenset({"id", "fact_id", "kind", "split", "critical"})


class Result(Frozen):
    """One case and how it came out.

    Attributes:
        policies: those the case names, in its expectations or its gold.
        expects: a digest of the question and of what a right answer to it is; differs where the case was edited.
        gone: gold without which the case cannot be judged any more: a text of `all_of` that the release does not hold,
            or all those of `any_of`.
        evidence: ids of the clauses that hold gold.
        ranks: where the search finds each gold text, from 1; null where it does not.
        cited: ids of the clauses that the answer cites.
        understanding, retrieval, rules: what the stages made, as in `Stages`.
        passages: the sentences taken into account, best first: the place of their clause in `retrieval`, and their length.
            Where they stand moves with every edit before them.
        says: the answer in one line: status, amounts, warnings.
        answer: a digest of all that a reader sees of the answer; where it is the same, nothing changed for them.
    """

    id: str
    fact_id: str
    kind: Kind
    language: Language
    question: str
    policies: tuple[str, ...] = ()
    critical: bool = False
    must_refuse: bool = False
    expects: str
    contract_faults: tuple[str, ...] = ()
    case_faults: tuple[str, ...] = ()
    gone: tuple[str, ...] = ()
    evidence: tuple[str, ...] = ()
    ranks: tuple[int | None, ...] = ()
    cited: tuple[str, ...] = ()
    understanding: Mapping[str, Any] = Field(default_factory=dict)
    retrieval: tuple[str, ...] = ()
    passages: str = ""
    rules: tuple[str, ...] = ()
    status: AnswerStatus
    says: str
    answer: str

    @property
    def faults(self) -> tuple[str, ...]:
        """Everything wrong with the answer."""
        return (*self.contract_faults, *self.case_faults)

    @property
    def right(self) -> bool:
        """Whether nothing is wrong with the answer."""
        return not self.faults

    @property
    def stale(self) -> bool:
        """Whether the release no longer holds the evidence that the case was written from."""
        return bool(self.gone)


class Snapshot(Frozen):
    """The results of a run, by case id in order, and what they were made from; fields as in `Run`."""

    format: int = SNAPSHOT_FORMAT
    release: str
    started: str = ""
    made_from: Mapping[str, Any] = Field(default_factory=dict)
    places: Mapping[str, str | None] = Field(default_factory=dict)
    rules: Mapping[str, Mapping[str, Any]] = Field(default_factory=dict)
    clauses: tuple[ClauseText, ...] = ()
    results: tuple[Result, ...] = ()

    @property
    def by_id(self) -> dict[str, Result]:
        """The results by case id."""
        return {result.id: result for result in self.results}


def snapshot(run: Run) -> Snapshot:
    """The snapshot of a run, its results in order of their ids."""
    results = sorted(map(_result, run.records), key=lambda result: result.id)
    return Snapshot(
        release=run.release,
        started=run.started,
        made_from=dict(run.made_from),
        places=dict(run.places),
        rules={rule_id: _filled(rule) for rule_id, rule in run.rules.items()},
        clauses=run.clauses,
        results=tuple(results),
    )


def expectation(case: Case) -> str:
    """The fingerprint of a question and of what a right answer to it is."""
    return _digest(case.model_dump(mode="json", exclude=set(_NO_EXPECTATION)))


def write_snapshot(made: Snapshot, path: Path) -> None:
    """Write a snapshot in one step, one result, clause and rule a line, so that version control shows what changed."""
    head = made.model_dump(mode="json", exclude={"rules", "clauses", "results"})
    parts = [json.dumps(head, ensure_ascii=False, sort_keys=True)[1:-1]]
    rules = [f"{json.dumps(key)}: {_line(rule)}" for key, rule in sorted(made.rules.items())]
    parts.append('"rules": {\n' + ",\n".join(rules) + "\n}")
    parts += [
        f'"{name}": [\n' + ",\n".join(_line(row.model_dump(mode="json", exclude_defaults=True)) for row in rows) + "\n]"
        for name, rows in (("clauses", made.clauses), ("results", made.results))
    ]
    path.parent.mkdir(parents=True, exist_ok=True)
    replace_file(path, ("{" + ",\n".join(parts) + "}\n").encode(), mode=0o644)


def read_snapshot(path: Path) -> Snapshot:
    """Read a snapshot from its JSON file.

    Raises:
        DataFileError: the file is missing, is no JSON, or is not a snapshot of this format.
    """
    try:
        content = json.loads(path.read_text(encoding="utf-8"))
    except OSError as error:
        raise DataFileError(
            path, f"expected a baseline, got an error ({error.strerror}); make one with `python -m eval bless`"
        ) from error
    except ValueError as error:
        raise DataFileError(path, f"expected a baseline as JSON, got something else ({error})") from error
    found = content.get("format") if isinstance(content, dict) else type(content).__name__
    if found != SNAPSHOT_FORMAT:
        raise DataFileError(
            path,
            f"expected a baseline of format {SNAPSHOT_FORMAT}, got {found!r}; make a new one with `python -m eval bless`",
        )
    try:
        return Snapshot.model_validate(content)
    except ValidationError as error:
        first = error.errors()[0]
        where = ".".join(str(part) for part in first["loc"])
        raise DataFileError(path, f"expected a baseline, got a wrong value at {where}: {first['msg']}") from error


def _result(record: Record) -> Result:
    case, answer = record.case, record.answer
    named = (*case.policy, *(evidence.policy for evidence in case.gold.texts))
    return Result(
        id=case.id,
        fact_id=case.fact_id,
        kind=case.kind,
        language=case.language,
        question=case.question,
        policies=tuple(dict.fromkeys(named)),
        critical=case.critical,
        must_refuse=case.must_refuse,
        expects=expectation(case),
        contract_faults=record.contract_faults,
        case_faults=record.case_faults,
        gone=_gone(case, record.stale),
        evidence=tuple(dict.fromkeys(name for rank in record.ranks for name in rank.clauses)),
        ranks=tuple(rank.rank for rank in record.ranks),
        cited=tuple(dict.fromkeys(citation.clause_id for citation in answer.citations)),
        understanding=_understood(record),
        retrieval=record.stages.retrieval,
        passages=" ".join(_sentences(record.stages)),
        rules=record.stages.rules,
        status=answer.status,
        says=_says(answer),
        answer=_digest(_read(answer)),
    )


def _gone(case: Case, stale: tuple[str, ...]) -> tuple[str, ...]:
    required = [evidence.text for evidence in case.gold.all_of if evidence.text in stale]
    alternatives = [evidence.text for evidence in case.gold.any_of]
    if alternatives and all(text in stale for text in alternatives):
        required += alternatives
    return tuple(dict.fromkeys(required))


def _understood(record: Record) -> dict[str, Any]:
    """What was understood, without the words looked for where they are those of the question."""
    understood = dict(record.stages.understanding)
    if _folded(str(understood.get("query", ""))) == _folded(record.case.question):
        del understood["query"]
    return understood


def _folded(text: str) -> str:
    return unicodedata.normalize("NFKC", text).casefold()


def _sentences(stages: Stages) -> Iterator[str]:
    places = {clause: place for place, clause in enumerate(stages.retrieval)}
    for passage in stages.passages:
        clause, _, span = passage.rpartition(":")
        start, _, end = span.partition("-")
        yield f"{places.get(clause, clause)}+{int(end) - int(start)}"


def _says(answer: Answer) -> str:
    parts: list[str] = [answer.status]
    parts += [_amount(row.status, row.yuan, row.count) for row in answer.rewards]
    if answer.total_yuan is not None:
        parts.append(f"total {answer.total_yuan:,}")
    return " · ".join(dict.fromkeys([*parts, *answer.warnings]))


def _amount(status: str, yuan: int | None, count: int | None) -> str:
    if yuan is None:
        return status
    return f"{status} {yuan:,}" + (f" × {count}" if count not in (None, 1) else "")


def _read(answer: Answer) -> dict[str, Any]:
    """What a reader sees: not where a quote stands, nor which release it is of."""
    return {
        "status": answer.status,
        "answer": answer.answer,
        "quotes": [(citation.policy.model_dump(), citation.quote) for citation in answer.citations],
        "rewards": [row.model_dump() for row in answer.rewards],
        "total": answer.total_yuan,
        "asks": answer.question_back.model_dump() if answer.question_back else None,
        "warnings": answer.warnings,
    }


def _filled(rule: Mapping[str, Any]) -> dict[str, Any]:
    return {key: value for key, value in rule.items() if value not in (None, [], {})}


def _digest(value: object) -> str:
    text = json.dumps(value, ensure_ascii=False, sort_keys=True, default=str)
    return hashlib.sha256(text.encode()).hexdigest()[:_DIGEST]


def _line(value: object) -> str:
    return json.dumps(value, ensure_ascii=False, sort_keys=True)
