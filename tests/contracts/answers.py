"""What every answer promises to the programs that read it, whatever was asked: the rules of the answer format.

Independent of the gate in the product: it reads an answer as JSON, and knows of the release only the stored texts, the
sentences of the clauses and what is known of the policies.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from knowledge.model import Document

STATUS = {"answered", "partial", "clarify", "abstained"}
REWARD_STATUS = {
    "exact",
    "up_to",
    "range",
    "needs_input",
    "not_met",
    "not_stated",
    "delegated",
    "discretionary",
    "out_of_validity",
    "conflicting_sources",
}
WARNINGS = {"validity_unknown", "horizon_passed", "draft_policy", "superseded", "rule_unreviewed"}
KEYS = {
    "id",
    "status",
    "language",
    "answer",
    "citations",
    "rewards",
    "total_yuan",
    "question_back",
    "warnings",
    "provenance",
    "timing_ms",
}
_MARKER = re.compile(r"\[(\d{1,2})\]")
_DIGITS = re.compile(r"\d+(?:,\d{3})*(?:\.\d+)?")
_SCALE = {"万": 10_000, "亿": 100_000_000, "million": 1_000_000}
_OUTLINE = re.compile(r"^\s*(?:[-*>|]\s*)*\d+[.、)]", re.MULTILINE)
_CONTROL = re.compile(r"[\x00-\x08\x0b-\x1f\x7f]")


def faults(answer: Mapping[str, Any], asked: Sequence[str], documents: Mapping[str, Document]) -> list[str]:
    """What is wrong with an answer, each in a sentence; empty where it keeps every promise.

    Args:
        answer: one line of `ask --jsonl`, read.
        asked: the question and the user's earlier turns.
        documents: the documents of the release, by policy id.
    """
    found = list(_shape(answer))
    if found:
        return found
    found += _markers(answer)
    for citation in answer["citations"]:
        found += _citation(citation, documents)
    found += _numbers(answer, asked)
    found += _rewards(answer)
    found += _by_status(answer)
    return found


def _shape(answer: Mapping[str, Any]) -> Iterator[str]:
    if missing := KEYS - answer.keys():
        yield f"lacks {sorted(missing)}"
        return
    if answer["status"] not in STATUS:
        yield f"the status is {answer['status']!r}"
    if answer["language"] not in ("zh", "en"):
        yield f"the language is {answer['language']!r}"
    if not isinstance(answer["answer"], str) or not answer["answer"].strip():
        yield "the answer is empty"
    elif _CONTROL.search(answer["answer"]):
        yield "the answer holds control characters"
    if extra := set(answer["warnings"]) - WARNINGS:
        yield f"unknown warnings {sorted(extra)}"
    if len(set(answer["warnings"])) < len(answer["warnings"]):
        yield "a warning stands twice"
    provenance = answer["provenance"]
    if set(provenance) != {"release", "rules", "prompts", "model"}:
        yield f"the provenance holds {sorted(provenance)}"
    elif not all(provenance[key] for key in ("release", "rules", "prompts")):
        yield f"the provenance is not complete: {provenance}"
    if not isinstance(answer["timing_ms"].get("total"), float | int) or answer["timing_ms"]["total"] < 0:
        yield f"no total time in {answer['timing_ms']}"


def _markers(answer: Mapping[str, Any]) -> Iterator[str]:
    shown = [int(mark) for mark in _MARKER.findall(answer["answer"])]
    numbered = [citation["n"] for citation in answer["citations"]]
    if numbered != list(range(1, len(numbered) + 1)):
        yield f"the citations are numbered {numbered}"
    if list(dict.fromkeys(shown)) != numbered:
        yield f"the markers come as {list(dict.fromkeys(shown))}, the citations are {numbered}"
    pointed = [row.get("citation") for row in answer["rewards"]]
    pointed += [condition["citation"] for row in answer["rewards"] for condition in row["conditions"]]
    if out := {n for n in pointed if n is not None} - set(numbered):
        yield f"rewards point at {sorted(out)}"


def _citation(citation: Mapping[str, Any], documents: Mapping[str, Document]) -> Iterator[str]:
    n, document = citation["n"], documents.get(citation["policy_id"])
    if document is None:
        yield f"[{n}] names the policy {citation['policy_id']!r}"
        return
    start, end = citation["start"], citation["end"]
    if not 0 <= start < end <= len(document.text) or document.text[start:end] != citation["quote"]:
        yield f"the quote of [{n}] is not text[{start}:{end}]"
    clause = next((c for c in document.clauses if c.clause_id == citation["clause_id"]), None)
    if clause is None:
        yield f"[{n}] names the clause {citation['clause_id']!r}"
        return
    if list(clause.path) != citation["clause_path"]:
        yield f"[{n}] gives the path {citation['clause_path']}"
    # Whole sentences, and so never a heading alone: a heading is in no sentence.
    if start not in {s.start for s in clause.sentences} or end not in {s.end for s in clause.sentences}:
        yield f"[{n}] is not whole sentences: {citation['quote']!r}"
    policy = document.policy
    known = {
        "title": policy.title,
        "doc_no": policy.doc_no,
        "issuer": policy.issuer,
        "place": policy.place.name if policy.place else None,
        "signed": policy.signed.isoformat() if policy.signed else None,
        "posted": policy.posted.isoformat() if policy.posted else None,
        "status": policy.status,
    }
    if wrong := [key for key, value in known.items() if citation["policy"].get(key) != value]:
        yield f"[{n}] tells its policy's {', '.join(wrong)} wrong"


def _numbers(answer: Mapping[str, Any], asked: Sequence[str]) -> Iterator[str]:
    sources = list(asked)
    for citation in answer["citations"]:
        sources += [citation["quote"], *citation["clause_path"], *map(str, citation["policy"].values())]
    sourced = set().union(*map(values, sources), _computed(answer))
    body = _OUTLINE.sub("", _MARKER.sub("", answer["answer"]))
    for value in sorted(values(body) - sourced):
        if not {value * 10_000, value / 10_000} & sourced:
            yield f"the number {value:g} has no source"


def _computed(answer: Mapping[str, Any]) -> set[float]:
    figures = [row[key] for row in answer["rewards"] for key in ("yuan", "yuan_min", "count", "total_yuan")]
    traces = [step for row in answer["rewards"] for step in row.get("trace", [])]
    computed = {float(figure) for figure in [*figures, answer["total_yuan"]] if figure is not None}
    return computed.union(*map(values, traces))


def values(text: str) -> set[float]:
    """Every number of a text, as it is and, where it has a scale, in ones: 15万 is 15 and 150000."""
    plain = unicodedata.normalize("NFKC", text).lower()
    found: set[float] = set()
    for match in _DIGITS.finditer(plain):
        # 3,200 is one number, 12,5 and 1,2000 are two.
        parts = [match.group()] if re.fullmatch(r"\d{1,3}(,\d{3})+(\.\d+)?|[\d.]+", match.group()) else []
        for part in parts or match.group().split(","):
            value = float(part.replace(",", ""))
            found.add(value)
            tail = plain[match.end() :].lstrip()
            found.update(value * factor for unit, factor in _SCALE.items() if tail.startswith(unit))
    return found


def _rewards(answer: Mapping[str, Any]) -> Iterator[str]:
    for row in answer["rewards"]:
        name = row["rule_id"]
        if row["status"] not in REWARD_STATUS:
            yield f"{name} has the status {row['status']!r}"
        if any(condition["state"] not in ("met", "unmet", "unknown") for condition in row["conditions"]):
            yield f"{name} has a condition of an unknown state"
        if row["status"] in ("not_stated", "delegated", "not_met") and row["total_yuan"]:
            yield f"{name} is {row['status']} and has a total"
        if row["total_yuan"] is not None and row["yuan"] is not None and row["count"]:
            most = row["yuan"] * row["count"]
            if row["total_yuan"] > most:
                yield f"{name}: {row['total_yuan']} is more than {row['count']} × {row['yuan']}"
        if row["status"] in ("exact", "up_to", "range") and row.get("citation") is None:
            yield f"{name} has no citation"
    total = answer["total_yuan"]
    if total is not None and total > sum(row["total_yuan"] or 0 for row in answer["rewards"]):
        yield f"the total {total} is more than its parts"


def _by_status(answer: Mapping[str, Any]) -> Iterator[str]:
    status = answer["status"]
    if status in ("answered", "partial") and not answer["citations"]:
        yield f"{status} without a citation"
    if status == "clarify" and not answer["question_back"]:
        yield "clarify without a question"
    if answer["question_back"] and not answer["question_back"]["text"].strip():
        yield "an empty question back"
    if status == "abstained" and (answer["total_yuan"] or any(row["total_yuan"] for row in answer["rewards"])):
        yield "abstained with an amount"
