"""Asks one case and writes down everything a comparison or a report needs of it."""

from __future__ import annotations

import hashlib
import traceback
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import fields, is_dataclass
from datetime import date
from pathlib import Path
from typing import Any, NamedTuple

from assistant.answer import Answer, Provenance, RewardRow
from assistant.evidence import Passage
from assistant.pipeline import Assistant
from assistant.question import Question
from assistant.retriever import Hit
from assistant.settings import Settings
from eval.dataset import Case, Evidence, occurrences
from eval.record import ClauseText, GoldRank, Record, Stages
from eval.score import case_faults, contract_faults
from knowledge.embedding import Embedder, Vectors
from knowledge.model import Span
from knowledge.progress import Progress

# As deep as the measures of retrieval look.
SEARCH_DEPTH = 10
# Settings that bear on what is answered; the others say where things are or how they are served.
_BEARING = (
    "max_question",
    "max_history",
    "max_history_text",
    "evidence_clauses",
    "evidence_confidence",
    "evidence_confidence_unscoped",
    "evidence_nearby",
    "unreviewed_rules",
)
_SCORER = ("dataset.py", "examine.py", "figures.py", "score.py")
# What only says where in the words a thing was read, or repeats the question.
_NOISE = frozenset({"alternatives", "asked_at", "confidence", "cue", "end", "facts", "start", "surface", "text"})
_ROOT = Path(__file__).resolve().parent.parent
_REMEMBERED = 8


class RememberingEmbedder(Embedder):
    """An embedder that keeps the vectors of the last few questions: asking and searching embed the same words."""

    def __init__(self, embedder: Embedder) -> None:
        self._embedder = embedder
        self._kept: dict[str, list[float]] = {}

    @property
    def fingerprint(self) -> str:
        """That of the embedder inside."""
        return self._embedder.fingerprint

    @property
    def dimension(self) -> int:
        """That of the embedder inside."""
        return self._embedder.dimension

    def embed_matrix(self, texts: Sequence[str], progress: Progress | None = None) -> Vectors:
        """Embed clauses; nothing is kept of them."""
        return self._embedder.embed_matrix(texts, progress)

    def embed_query(self, text: str) -> list[float]:
        """Embed a question, once while it is among the last few."""
        if text not in self._kept:
            while len(self._kept) >= _REMEMBERED:
                del self._kept[next(iter(self._kept))]
            self._kept[text] = self._embedder.embed_query(text)
        return list(self._kept[text])


class Corpus(NamedTuple):
    """What a run keeps of the release and of what answers from it; fields as in `Run`."""

    release: str
    made_from: Mapping[str, Any]
    places: Mapping[str, str | None]
    rules: Mapping[str, Mapping[str, Any]]
    clauses: tuple[ClauseText, ...]


def corpus_of(assistant: Assistant) -> Corpus:
    """What a run keeps of an opened assistant: every clause, the caller picks those it needs."""
    release = assistant.release
    made_from = {
        "analyzer": release.manifest.get("analyzer"),
        "embedder": release.embedder.fingerprint,
        "rules": release.rules.fingerprint,
        "prompts": _digest(sorted((_ROOT / "prompts").glob("*.yaml"))),
        "lexicon": _digest(sorted((_ROOT / "knowledge").glob("*.yaml"))),
        "code": _digest(path for name in ("assistant", "knowledge") for path in sorted((_ROOT / name).rglob("*.py"))),
        "scorer": _digest(_ROOT / "eval" / name for name in _SCORER),
        "settings": settings_of(assistant.settings),
    }
    documents = release.documents.values()
    return Corpus(
        release=release.release_id,
        made_from=made_from,
        places={d.policy.id: d.policy.place.name if d.policy.place else None for d in documents},
        rules={rule.rule_id: rule.model_dump(mode="json") for rule in release.rules.all},
        clauses=tuple(
            ClauseText(clause_id=clause.clause_id, policy_id=clause.policy_id, text=clause.text)
            for document in documents
            for clause in document.clauses
        ),
    )


def settings_of(settings: Settings) -> dict[str, Any]:
    """The settings that bear on answers, as plain JSON values."""
    return {name: getattr(settings, name) for name in _BEARING}


class Examiner:
    """Asks cases of one assistant.

    Args:
        assistant: who is asked.
        asked_at: the day on which cases are asked that name none.
    """

    def __init__(self, assistant: Assistant, asked_at: date) -> None:
        self._assistant = assistant
        self._asked_at = asked_at
        self._texts = {policy: document.text for policy, document in assistant.release.documents.items()}

    def record(self, case: Case) -> Record:
        """The record of one case; whatever goes wrong in asking it is a fault of the record."""
        try:
            return self._record(case)
        except Exception as error:  # any error at all: one question must not cost the run
            at = traceback.extract_tb(error.__traceback__)[-1]
            what = " ".join(f"{type(error).__name__}: {error}".split())
            reason = f"asking it raised {what} ({Path(at.filename).name}, line {at.lineno})"
            return lost(case, reason, self._assistant.release.release_id)

    def _record(self, case: Case) -> Record:
        seen = _Observed()
        answer = self._assistant.ask(
            case.question,
            history=case.history,
            facts=case.facts,
            asked_at=case.asked_at or self._asked_at,
            observe=seen,
        )
        found = self._search(case, seen)
        asked = [case.question, *case.history, *map(str, case.facts.values())]
        return Record(
            case=case,
            contract_faults=tuple(contract_faults(answer, asked, self._texts.get)),
            case_faults=tuple(case_faults(case, answer)),
            stale=tuple(self._stale(case)),
            found=tuple(hit.clause.clause_id for hit in found),
            ranks=tuple(self._rank(evidence, found, answer) for evidence in case.gold.texts),
            stages=seen.stages(answer),
            answer=answer.model_copy(update={"timing_ms": {}}),
            timing_ms=dict(answer.timing_ms),
        )

    def _search(self, case: Case, seen: _Observed) -> list[Hit]:
        """What the search finds for the question; after earlier turns, what answering it has found."""
        if not case.history:
            return self._assistant.search(case.question, limit=SEARCH_DEPTH)
        if not seen.hits and seen.question is not None:
            return self._assistant.search(seen.question.query, limit=SEARCH_DEPTH)
        return list({hit.clause.clause_id: hit for hit in seen.hits}.values())[:SEARCH_DEPTH]

    def _stale(self, case: Case) -> Iterator[str]:
        for evidence in case.gold.texts:
            if evidence.text not in self._texts.get(evidence.policy, ""):
                yield evidence.text

    def _rank(self, evidence: Evidence, found: Sequence[Hit], answer: Answer) -> GoldRank:
        gold = list(occurrences(evidence.text, self._texts.get(evidence.policy, "")))
        document = self._assistant.release.documents.get(evidence.policy)
        holders = [c.clause_id for c in document.clauses if _overlap(gold, c.spans)] if document else []
        quotes = [
            c.n for c in answer.citations if c.policy_id == evidence.policy and _overlap(gold, [(c.start, c.end)])
        ]
        return GoldRank(
            policy=evidence.policy,
            text=evidence.text,
            rank=next((n for n, hit in enumerate(found, 1) if hit.clause.clause_id in holders), None),
            cited=bool(quotes),
            citations=tuple(quotes),
            clauses=tuple(holders),
        )


def lost(case: Case, reason: str, release: str | None) -> Record:
    """The record of a case that got no answer."""
    answer = Answer(status="abstained", language=case.language, answer="", provenance=Provenance(release=release))
    return Record(case=case, contract_faults=(reason,), answer=answer)


def plain(value: object) -> Any:  # noqa: ANN401 - JSON is whatever it is
    """A value as plain JSON: without what is empty, without where in the words it was read, sets in order."""
    if is_dataclass(value) and not isinstance(value, type):
        return _plain_items((field.name, getattr(value, field.name)) for field in fields(value))
    if isinstance(value, tuple) and hasattr(value, "_asdict"):
        return _plain_items(value._asdict().items())
    if isinstance(value, Mapping):
        return _plain_items(sorted(value.items()))
    if isinstance(value, set | frozenset):
        return sorted(map(plain, value))
    if isinstance(value, list | tuple):
        return [plain(item) for item in value]
    return value if isinstance(value, str | int | float | bool | None) else str(value)


class _Observed:
    """What the stages told while a question was answered."""

    def __init__(self) -> None:
        self.question: Question | None = None
        self.hits: list[Hit] = []
        self._passages: list[Passage] = []
        self._take: Mapping[str, Callable[[Any], None]] = {
            "understanding": lambda question: setattr(self, "question", question),
            "retrieval": self.hits.extend,
            "passages": self._passages.extend,
        }

    def __call__(self, stage: str, product: object) -> None:
        if stage in self._take:
            self._take[stage](product)

    def stages(self, answer: Answer) -> Stages:
        """What each stage made; of several searches one after the other."""
        passages = (f"{p.clause.clause_id}:{p.span.start}-{p.span.end}" for p in self._passages)
        return Stages(
            understanding=plain(self.question) or {},
            retrieval=tuple(dict.fromkeys(hit.clause.clause_id for hit in self.hits)),
            passages=tuple(dict.fromkeys(passages)),
            rules=tuple(map(_row, answer.rewards)),
        )


def _row(row: RewardRow) -> str:
    amount = "" if row.yuan is None else f" {row.yuan}" + ("" if row.count is None else f"×{row.count}")
    return f"{row.rule_id} {row.status}{amount}"


def _plain_items(items: Iterable[tuple[str, object]]) -> dict[str, Any]:
    made = {name: plain(value) for name, value in items if name not in _NOISE}
    return {name: value for name, value in made.items() if value not in (None, False, "", [], {})}


def _overlap(gold: Collection[Span], parts: Iterable[tuple[int, int]]) -> bool:
    return any(start < span.end and span.start < end for start, end in parts for span in gold)


def _digest(files: Iterable[Path]) -> str:
    digest = hashlib.sha256()
    for path in files:
        digest.update(path.relative_to(_ROOT).as_posix().encode() + b"\0" + path.read_bytes() + b"\0")
    return digest.hexdigest()[:12]
