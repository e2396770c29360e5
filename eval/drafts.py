"""From use to cases: a conversation, a corrected reply or a flagged answer becomes a draft case that a person confirms.

A draft is a case file of its own (see `eval.dataset`) in the data directory, filled in as far as the answer given
allows. What only a person can know is left as `TODO`; a draft that still holds one is no case.
"""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Mapping, Sequence
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any, Literal, NamedTuple, get_args

import yaml

from assistant.answer import Answer
from eval.dataset import Case, Kind, load_cases, misquoted, repeated
from eval.figures import Figure, clean, figures
from knowledge.errors import BiaozhuntongError, UsageError
from knowledge.files import replace_file

Origin = Literal["conversation", "reply", "flagged"]
_ORIGINS = {"conversation": "conversation", "reply": "corrected reply", "flagged": "flagged answer"}

TODO = "TODO"
# Drafts that nobody has looked at yet; more are refused, so that a visitor cannot fill the disk.
MOST_WAITING = 500
_KINDS = get_args(Kind)
_ID = re.compile(r"[0-9]{8}-[0-9a-f]{8}")
_LEAD = re.compile(r"\*\*(.+?)\*\*")
_NAME = re.compile(r"[a-z0-9]+(?:-[a-z0-9]+)*")
_BOUNDS = {"exact": "exact", "up_to": "up_to", "at_least": "at_least"}


class Draft(NamedTuple):
    """A draft that waits for a person."""

    draft_id: str
    path: Path
    head: str

    @property
    def is_open(self) -> bool:
        """Whether something is still left to fill in."""
        return TODO in _without_comments(self.path.read_text(encoding="utf-8"))


def drafts_folder(data: Path) -> Path:
    """Where the drafts of a data directory wait."""
    return data / "eval" / "drafts"


def make_draft(
    data: Path,
    answer: Answer,
    question: str,
    *,
    history: Sequence[str] = (),
    facts: Mapping[str, Any] | None = None,
    asked_at: date | None = None,
    origin: Origin = "conversation",
    note: str = "",
    correction: str = "",
    by: str = "",
) -> Draft:
    """Write the draft of a case and give it back.

    Args:
        data: the data directory.
        answer: the answer that was given.
        origin: a `conversation` that was right (its figures and quotes are taken over), a `reply` that a person
            corrected (the figures of `correction` are), or a `flagged` answer (what is right is left to fill in).
        note: why, in the words of whoever flagged or reviewed it.
        by: who made it, if that is known.

    Raises:
        UsageError: the question is empty, or too many drafts are waiting.
    """
    if not question.strip():
        raise UsageError("expected the question that a draft case is about, got an empty one")
    folder = drafts_folder(data)
    folder.mkdir(parents=True, exist_ok=True)
    if len(waiting(data)) >= MOST_WAITING:
        raise UsageError(
            f"{MOST_WAITING} drafts are waiting already; confirm or discard some first (`python -m eval drafts`)"
        )
    now = datetime.now(UTC)
    asked = {"question": question, "history": list(history), "facts": dict(facts or {}), "note": note}
    digest = hashlib.sha256(json.dumps([asked, correction], ensure_ascii=False, sort_keys=True, default=str).encode())
    draft_id = f"{now:%Y%m%d}-{digest.hexdigest()[:8]}"
    content = {
        "kind": _kind(answer, history),
        "facts": [
            {
                "fact": f"use-{draft_id}",
                **_expected(answer, origin, correction),
                "asked": _asked(answer, asked, asked_at),
            }
        ],
    }
    head = _head(answer, origin, note, correction, by, now)
    text = head + _as_yaml(content)
    path = folder / f"{draft_id}.yaml"
    _write(path, text)
    return Draft(draft_id, path, head)


def waiting(data: Path) -> list[Draft]:
    """The drafts of a data directory, oldest first."""
    found = []
    for path in sorted(drafts_folder(data).glob("*.yaml")):
        text = path.read_text(encoding="utf-8")
        head = "".join(line + "\n" for line in text.splitlines() if line.startswith("#"))
        found.append(Draft(path.stem, path, head))
    return found


def discard(data: Path, draft_id: str) -> None:
    """Throw a draft away; `UsageError` if there is none of that id."""
    _find(data, draft_id).path.unlink()


def confirm(
    data: Path,
    draft_id: str,
    cases: Path,
    texts: Mapping[str, str],
    *,
    by: str,
    fact: str | None = None,
    kind: str | None = None,
) -> Case:
    """Turn a draft into a case of the set.

    Args:
        cases: the folder of the set; the case is appended to `from-use-<kind>.yaml` there.
        texts: the stored texts that its gold must be in, by policy id.
        by: who confirms it.
        fact: a telling name for the fact in place of the draft's.
        kind: another kind of case than the draft's.

    Raises:
        UsageError: no such draft, a `TODO` is left, the gold is not in the texts, or the set asks the same already.
        DataFileError: the draft breaks the form of a case file; names the line and the key.
    """
    if not by.strip():
        raise UsageError("expected who confirms the draft (--by NAME), got nothing")
    draft = _find(data, draft_id)
    if draft.is_open:
        raise UsageError(f"{draft.path}: a {TODO} is left; write what a right answer holds, then confirm it again")
    load_cases(draft.path)  # the form first, so that a mistake is told with its line
    content = yaml.safe_load(draft.path.read_text(encoding="utf-8"))
    kind = kind or content["kind"]
    if kind not in _KINDS:
        raise UsageError(f"expected a kind of case ({', '.join(_KINDS)}), got {kind!r}")
    entries = content["facts"]
    if fact is not None:
        if not _NAME.fullmatch(fact):
            raise UsageError(f"expected words joined by hyphens as the name of the fact, got {fact!r}")
        entries[0]["fact"] = fact
    target = cases / f"from-use-{kind.replace('_', '-')}.yaml"
    before = target.read_text(encoding="utf-8") if target.is_file() else f"kind: {kind}\nfacts:\n"
    stamp = (
        f"  # {', '.join(draft.head.splitlines()[:1]).lstrip('# ')}; confirmed by {by} on {date.today().isoformat()}\n"
    )
    body = _as_yaml(entries)
    _write(target, before.rstrip("\n") + "\n" + stamp + "".join(f"  {line}\n" for line in body.splitlines()))
    try:
        return _checked(cases, str(entries[0]["fact"]), texts, draft)
    except BiaozhuntongError:
        _restore(target, before if facts_in(before) else None)
        raise


def facts_in(text: str) -> bool:
    """Whether the text of a case file states any fact."""
    return bool((yaml.safe_load(text) or {}).get("facts"))


def _checked(cases: Path, fact: str, texts: Mapping[str, str], draft: Draft) -> Case:
    """The confirmed case after the whole set was read again with it; the draft is removed."""
    every = load_cases(cases)
    own = [case for case in every if case.fact_id == fact]
    wrong = [*misquoted(own, texts), *(fault for fault in repeated(every) if any(case.id in fault for case in own))]
    if wrong:
        raise UsageError(f"{draft.path}: {'; '.join(wrong)}")
    draft.path.unlink()
    return own[0]


def _find(data: Path, draft_id: str) -> Draft:
    found = [draft for draft in waiting(data) if draft.draft_id == draft_id]
    if not found or not _ID.fullmatch(draft_id):
        known = ", ".join(draft.draft_id for draft in waiting(data)[:5]) or "none"
        raise UsageError(f"expected the id of a waiting draft ({known}), got {draft_id!r}")
    return found[0]


def _kind(answer: Answer, history: Sequence[str]) -> str:
    if history:
        return "dialogue"
    if answer.rewards:
        return "reward"
    return "unanswerable" if answer.status == "abstained" else "fact"


def _asked(answer: Answer, asked: Mapping[str, Any], asked_at: date | None) -> dict[str, Any]:
    kept = {"question": asked["question"]}
    if asked["history"]:
        kept["history"] = asked["history"]
    if asked["facts"]:
        kept["facts"] = asked["facts"]
    if asked_at:
        kept["asked_at"] = asked_at.isoformat()
    return {answer.language: kept}


def _expected(answer: Answer, origin: Origin, correction: str) -> dict[str, Any]:
    """What a right answer holds, as far as is known; the keys of a case file."""
    if origin == "flagged":
        return {"status": list({answer.status, "answered"}), "must": [TODO]}
    found: dict[str, Any] = {"status": [answer.status]}
    gold = [{"policy": c.policy_id, "text": " ".join(c.quote.split("\n")).strip()} for c in answer.citations]
    if policies := list(dict.fromkeys(c.policy_id for c in answer.citations)):
        found["policy"] = policies
    if gold and origin == "conversation":
        found["gold"] = {"all_of": [g for g, c in zip(gold, answer.citations, strict=True) if g["text"] in c.quote]}
    if origin == "reply":
        found["values"] = _values_of(correction)
        found["must"] = [TODO]  # figures alone do not say what the reply means
        return found
    values = [_value(row.yuan, row.bound) for row in answer.rewards if row.yuan is not None]
    if values:
        found["values"] = [value for n, value in enumerate(values) if value not in values[:n]]
    if answer.total_yuan is not None:
        found["total_yuan"] = answer.total_yuan
    if answer.warnings:
        found["warnings"] = list(answer.warnings)
    if not answer.rewards and answer.status != "abstained":
        lead = _LEAD.search(answer.answer)
        found["must"] = [lead[1] if lead else TODO]
    return found


def _value(yuan: int, bound: str | None) -> dict[str, Any]:
    return {"yuan": yuan, "bound": _BOUNDS.get(bound or "", "any")}


def _values_of(text: str) -> list[dict[str, Any]]:
    """The money and the shares of a corrected reply."""
    found: list[dict[str, Any]] = []
    for figure in figures(clean(text)):
        value = _figure(figure)
        if value and value not in found:
            found.append(value)
    return found


def _figure(figure: Figure) -> dict[str, Any] | None:
    if figure.measure == "percent":
        return {"percent": figure.digits, "bound": figure.limit or "exact"}
    money = figure.scaled or re.match(r"\s*(?:元|yuan)", figure.after)
    if money and not figure.counted and figure.value == int(figure.value):
        return {"yuan": int(figure.value), "bound": figure.limit or "exact"}
    return None


def _head(answer: Answer, origin: Origin, note: str, correction: str, by: str, now: datetime) -> str:
    """The comment on top: where the draft is from, and what was answered."""
    lines = [f"draft from a {_ORIGINS[origin]} of {now:%Y-%m-%d}" + (f", by {by}" if by else "")]
    lines.append(f"release {answer.provenance.release}, status {answer.status}")
    if note:
        lines.append(f"note: {note}")
    lines += ["answered:", *(f"  {line}" for line in answer.answer.splitlines() if line.strip())]
    if correction:
        lines += ["corrected to:", *(f"  {line}" for line in correction.splitlines() if line.strip())]
    return "".join(f"# {_printable(line)}\n" for line in lines)


def _printable(text: str) -> str:
    """One line of a comment: nothing of a visitor's text can end the comment or hide."""
    return "".join(c if c.isprintable() else " " for c in " ".join(text.splitlines()))


class _Dumper(yaml.SafeDumper):
    """Quotes a string with line breaks that YAML would fold into a blank, such as U+0085."""


def _quoted(dumper: yaml.SafeDumper, text: str) -> yaml.ScalarNode:
    style = '"' if _FOLDED & set(text) else None
    return dumper.represent_scalar("tag:yaml.org,2002:str", text, style=style)


_FOLDED = frozenset("\r\x85\u2028\u2029")
_Dumper.add_representer(str, _quoted)


def _as_yaml(content: object) -> str:
    return yaml.dump(content, Dumper=_Dumper, allow_unicode=True, sort_keys=False, width=110)


def _without_comments(text: str) -> str:
    return "\n".join(line for line in text.splitlines() if not line.lstrip().startswith("#"))


def _write(path: Path, text: str) -> None:
    replace_file(path, text.encode(), mode=0o644)


def _restore(path: Path, text: str | None) -> None:
    if text is None:
        path.unlink()
    else:
        _write(path, text)
