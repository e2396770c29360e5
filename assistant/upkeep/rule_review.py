"""Reward rules proposed from a document, taken over, corrected or rejected by a person, one sentence of the source at a time.

What is taken over stands in the working copy's rule file with the name of who reviewed it. The words that say who is paid go
along as conditions, which an answer lists as not known, until a person puts better ones in their place. Each new file is
proved against its document before it is kept, so that no decision leaves a file behind that does not load. What was decided
is kept in `upkeep/reviews/POLICY.json` of the data directory for as long as the document's text stays the same.
"""

from __future__ import annotations

import hashlib
import json
import tempfile
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from functools import lru_cache
from io import StringIO
from pathlib import Path
from typing import Any, Literal, get_args

import yaml
from ruamel.yaml import YAML
from ruamel.yaml.error import YAMLError

from assistant.upkeep.changes import Changes
from knowledge.drafting import draft_rules
from knowledge.drafting.review import ProposedGroup, Unsettled, proposals
from knowledge.errors import DataFileError, UsageError
from knowledge.files import replace_file
from knowledge.model import Document, Frozen
from knowledge.rule_schema import IgnoreReason
from knowledge.rules import load_rules
from knowledge.staging import Change

Outcome = Literal["open", "accepted", "corrected", "rejected"]
REASONS: tuple[IgnoreReason, ...] = get_args(IgnoreReason)
# The key of all amounts that the draft took for no reward.
IGNORED = "ignored"
_WIDTH = 120
_DIGITS = 12


class Decision(Frozen):
    """What somebody decided of one proposal. `group` is the id under which it stands in the file."""

    outcome: Outcome
    by: str
    on: date
    group: str | None = None
    reason: IgnoreReason | None = None


class _Review(Frozen):
    """The decisions on the proposals of one text of a document."""

    sha256: str
    decisions: Mapping[str, Decision] = {}


@dataclass(frozen=True)
class ProposedRule:
    """One proposal: a group of rows from one sentence, and what became of it."""

    key: str
    group: ProposedGroup
    text: str
    decision: Decision | None

    @property
    def outcome(self) -> Outcome:
        """What became of it."""
        return self.decision.outcome if self.decision else "open"

    @property
    def clause_id(self) -> str:
        """The clause that it stands in."""
        return str(self.group.entry["clause_id"])

    @property
    def quote(self) -> str:
        """The sentence that it is read from."""
        return str(self.group.entry["quote"])


@dataclass(frozen=True)
class Review:
    """Everything proposed from a document, with what was decided.

    Attributes:
        ignored: amounts that are no reward, and whether somebody has confirmed that.
        unsettled: what the text seems to reward, and no rule can be made of it as it stands.
    """

    document: Document
    proposed: tuple[ProposedRule, ...]
    ignored: tuple[Mapping[str, Any], ...]
    ignored_by: Decision | None
    unsettled: tuple[Unsettled, ...]

    @property
    def open(self) -> int:
        """How many proposals nobody has decided on."""
        pending = sum(one.outcome == "open" for one in self.proposed)
        return pending + (1 if self.ignored and self.ignored_by is None else 0)


class RuleReview:
    """The review of rules over one working copy.

    Args:
        changes: the working copy.
        today: the day that a review is dated with.
    """

    def __init__(self, changes: Changes, today: Any = date.today) -> None:  # noqa: ANN401 - a clock
        self._changes, self._today = changes, today
        self._folder = changes.data.path / "upkeep" / "reviews"

    def of(self, policy_id: str) -> Review:
        """What is proposed from a document as it is staged, else live, and what was decided.

        Raises:
            BiaozhuntongError: there is no such document, or its file cannot be read.
        """
        document = self._changes.document(policy_id)
        parts = _proposals(document)
        decisions = self._decisions(document)
        return Review(
            document=document,
            proposed=tuple(
                ProposedRule(key, group, _text(group.entry), decisions.get(key))
                for key, group in _keyed(parts.groups, document)
            ),
            ignored=parts.ignored,
            ignored_by=decisions.get(IGNORED),
            unsettled=parts.unsettled,
        )

    def accept(self, policy_id: str, key: str, *, by: str, text: str | None = None) -> None:
        """Take a proposal over, as it is or as corrected in `text` (one group, in the rule file's notation).

        Raises:
            UsageError: there is no such proposal, or the rule does not stand in the document; nothing was kept.
        """
        review = self.of(policy_id)
        if key == IGNORED:
            self._keep(review, key, Decision(outcome="accepted", by=by, on=self._today()), None, review.ignored)
            return
        proposal = _named(review, key)
        corrected = text is not None and text.strip() != proposal.text.strip()
        entry = _parsed(text or "") if corrected else proposal.group.entry
        decision = Decision(outcome="corrected" if corrected else "accepted", by=by, on=self._today())
        self._keep(review, key, decision, entry, ())

    def reject(self, policy_id: str, key: str, reason: IgnoreReason, *, by: str) -> None:
        """Say that a proposal is no reward; each of its amounts is written down as ignored, with the reason.

        Raises:
            UsageError: there is no such proposal, or what was decided cannot be kept.
        """
        review = self.of(policy_id)
        proposal = _named(review, key)
        amounts = [
            {"quote": proposal.quote, "yuan": row[name], "reason": reason}
            for row in proposal.group.entry["rows"]
            for name in ("yuan", "yuan_min")
            if row.get(name) is not None
        ]
        decision = Decision(outcome="rejected", by=by, on=self._today(), reason=reason)
        self._keep(review, key, decision, None, amounts)

    def reopen(self, policy_id: str, key: str, *, by: str) -> None:
        """Take a decision back; what it put into the file leaves it."""
        self._keep(self.of(policy_id), key, None, None, (), by=by)

    # --- inside ---------------------------------------------------------------------------------------------------------

    def _keep(
        self,
        review: Review,
        key: str,
        decision: Decision | None,
        entry: Mapping[str, Any] | None,
        ignored: Sequence[Mapping[str, Any]],
        *,
        by: str = "",
    ) -> None:
        """Put a decision into the rule file in the place of an earlier one, prove the file, and keep both."""
        policy_id, person = review.document.policy.id, decision.by if decision else by
        file = _File(self._changes.rules_file(policy_id), policy_id)
        decisions = dict(self._decisions(review.document))
        earlier = decisions.pop(key, None)
        if earlier is not None:
            file.take_out(earlier, _amounts_of(review, key))
        if entry is not None and decision is not None:
            group = file.add(entry, _proposals(review.document).shared)
            decision = decision.model_copy(update={"group": group})
        file.ignore(ignored)
        file.sign(person, self._today())
        with tempfile.TemporaryDirectory() as folder:
            path = Path(folder) / f"{policy_id}.yaml"
            path.write_text(file.text(), encoding="utf-8")
            _prove(path, review.document)
            self._changes.edit(Change(files=(path,)), by=person)
        if decision is not None:
            decisions[key] = decision
        self._write(review.document, decisions)

    def _decisions(self, document: Document) -> Mapping[str, Decision]:
        try:
            kept = _Review.model_validate_json(self._file(document).read_bytes())
        except (OSError, ValueError):
            return {}
        return kept.decisions if kept.sha256 == document.policy.sha256 else {}

    def _write(self, document: Document, decisions: Mapping[str, Decision]) -> None:
        self._folder.mkdir(parents=True, exist_ok=True)
        kept = _Review(sha256=document.policy.sha256, decisions=decisions)
        replace_file(self._file(document), kept.model_dump_json().encode())

    def _file(self, document: Document) -> Path:
        return self._folder / f"{document.policy.id}.json"


class _File:
    """A rule file being changed; comments and the layout of other groups stay."""

    def __init__(self, path: Path, policy_id: str) -> None:
        self._yaml = YAML()
        self._yaml.preserve_quotes = True
        self._yaml.width = _WIDTH
        self._yaml.indent(mapping=2, sequence=4, offset=2)
        text = path.read_text(encoding="utf-8") if path.is_file() else ""
        self._content: Any = self._yaml.load(text) or {"policy": policy_id, "reviewed_by": None, "reviewed_on": None}

    def add(self, entry: Mapping[str, Any], shared: Mapping[str, Any]) -> str:
        """Add a group, with the definitions that it needs; the id it has in the file."""
        there = {group["id"] for group in self._content.get("rules") or ()}
        name, number = str(entry.get("id")), 2
        while name in there:
            name, number = f"{entry.get('id')}_{number}", number + 1
        roles = {part.get("role") for part in (entry, *entry.get("rows", ())) if isinstance(part, Mapping)}
        places = {part.get("place_group") for part in (entry, *entry.get("rows", ())) if isinstance(part, Mapping)}
        if "lead" in roles and "terms" in shared and not self._content.get("terms"):
            self._content["terms"] = shared["terms"]
        if places - {None} and "places" in shared and not self._content.get("places"):
            self._content["places"] = shared["places"]
        self._content["rules"] = [*(self._content.get("rules") or ()), {**entry, "id": name}]
        return name

    def ignore(self, amounts: Sequence[Mapping[str, Any]]) -> None:
        """Write amounts down that are no reward; each once."""
        there = self._ignored()
        self._content["ignored"] = there + [dict(amount) for amount in amounts if dict(amount) not in there]

    def take_out(self, decision: Decision, amounts: Sequence[tuple[str, int]]) -> None:
        """Take out what an earlier decision put in: its group, or the amounts that it had ignored."""
        groups = self._content.get("rules") or []
        self._content["rules"] = [group for group in groups if group["id"] != decision.group]
        if decision.group is None:
            self._content["ignored"] = [i for i in self._ignored() if (i["quote"], i["yuan"]) not in amounts]

    def sign(self, by: str, on: date) -> None:
        """Say who reviewed the file, beside those who did before, and when."""
        known = [name for name in str(self._content.get("reviewed_by") or "").split("、") if name and name != by]
        self._content["reviewed_by"] = "、".join([*known, by])
        self._content["reviewed_on"] = on.isoformat()

    def text(self) -> str:
        """The file as text."""
        self._content.setdefault("rules", [])
        out = StringIO()
        self._yaml.dump(self._content, out)
        return out.getvalue()

    def _ignored(self) -> list[dict[str, Any]]:
        return [dict(entry) for entry in self._content.get("ignored") or ()]


def _prove(path: Path, document: Document) -> None:
    """Hold a rule file against its document.

    Raises:
        UsageError: it says something that the document does not; the message names the key.
    """
    try:
        load_rules(path.parent, {document.policy.id: document})
    except DataFileError as error:
        where = f"`{error.key}`: " if error.key else ""
        raise UsageError(f"{where}{error.problem}") from error


def _amounts_of(review: Review, key: str) -> list[tuple[str, int]]:
    """Quote and yuan of each amount that a decision on this key may have ignored."""
    if key == IGNORED:
        return [(str(amount["quote"]), int(amount["yuan"])) for amount in review.ignored]
    proposal = _named(review, key)
    rows = proposal.group.entry["rows"]
    return [(proposal.quote, row[name]) for row in rows for name in ("yuan", "yuan_min") if row.get(name) is not None]


def _named(review: Review, key: str) -> ProposedRule:
    for proposal in review.proposed:
        if proposal.key == key:
            return proposal
    raise UsageError("there is no such proposal any more: the document has changed; look at it again")


def _parsed(text: str) -> dict[str, Any]:
    """One group from the words of a person.

    Raises:
        UsageError: it is not YAML, or not one group.
    """
    try:
        content = YAML(typ="safe").load(text)
    except YAMLError as error:
        mark = getattr(error, "problem_mark", None)
        where = f"line {mark.line + 1}: " if mark else ""
        raise UsageError(f"{where}expected YAML; {getattr(error, 'problem', None) or 'it cannot be parsed'}") from error
    if isinstance(content, list) and len(content) == 1:
        content = content[0]
    if not isinstance(content, dict) or not isinstance(content.get("rows"), list):
        raise UsageError("expected one group of a rule file: its keys, with `rows`")
    return content


def _keyed(groups: Sequence[ProposedGroup], document: Document) -> list[tuple[str, ProposedGroup]]:
    """Each group with its conditions, and a name that follows from what it says."""
    whole = [group._replace(entry=_conditioned(group, document)) for group in groups]
    return [(hashlib.sha256(_text(group.entry).encode()).hexdigest()[:_DIGITS], group) for group in whole]


def _conditioned(group: ProposedGroup, document: Document) -> dict[str, Any]:
    """A group's entry with the words that say who is paid as conditions; the sentence itself is its quote already."""
    own = [words for words in group.conditions if _squeezed(words) != _squeezed(str(group.entry["quote"]))]
    conditions = [_condition(words, document) for words in own]
    rows = group.entry["rows"]
    rest = {key: value for key, value in group.entry.items() if key != "rows"}
    return {**rest, **({"conditions": conditions} if conditions else {}), "rows": rows}


def _condition(words: str, document: Document) -> dict[str, Any]:
    """The document's own words as something that has to be so, and that no question tells."""
    name = hashlib.sha256(words.encode()).hexdigest()[:_DIGITS]
    quoted = {"quote": words} if words in document.text else {}
    said = {"zh": words, "en": f"as the document says: {words}"}
    return {"input": f"as_written_{name}", "op": "==", "value": True, "text": said, **quoted}


def _squeezed(text: str) -> str:
    return "".join(text.split())


def _text(entry: Mapping[str, Any]) -> str:
    return str(yaml.safe_dump(dict(entry), allow_unicode=True, sort_keys=False, width=_WIDTH))


@lru_cache(maxsize=8)
def _drafted(document: str) -> Any:  # noqa: ANN401 - `Proposals`, which the cache would hide
    return proposals(draft_rules(Document.model_validate_json(document)))


def _proposals(document: Document) -> Any:  # noqa: ANN401 - as above
    return _drafted(json.dumps(json.loads(document.model_dump_json()), ensure_ascii=False))
