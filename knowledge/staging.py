"""The working copy of a change to the corpus: the live release's own sources with some files added, replaced or removed.

It lies in `DATA/staged/`, is seeded from the live release, and may also be edited by hand. A change is made in a copy of it
that takes its place in one step, so that a change that fails, or is killed, has not happened.
"""

from __future__ import annotations

import hashlib
import json
import os
import shutil
import tempfile
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import asdict, dataclass, field
from datetime import date
from io import StringIO
from pathlib import Path
from typing import Any

from rapidfuzz import fuzz
from ruamel.yaml import YAML

from knowledge.datadir import STAGING, DataDirectory
from knowledge.datafile import DataFile, Value
from knowledge.errors import CorruptRelease, DataFileError, UsageError
from knowledge.loaders import load, read
from knowledge.manifest import (
    MANIFEST,
    describe,
    described,
    document_of,
    load_corpus,
    load_manifest,
    switched_off,
)
from knowledge.model import Document, Place, Policy
from knowledge.proposals import Proposal, propose, proposed_entry
from knowledge.rule_schema import RuleFile
from knowledge.rules import UnexplainedAmount, Unproved, load_rules, unexplained_amounts, unproved

STATE = "staged.json"
PARTS = ("sources", "rules")
_YAML = (".yaml", ".yml")
# Set by what is done, never by a person.
_KEPT_FIELDS = ("id", "source", "sha256", "references")
# What ties two policies together is said by a person: it ends the answers of one of them.
_LINKS = ("supersedes", "superseded_by")
FIELDS = tuple(name for name in Policy.model_fields if name not in _KEPT_FIELDS)


@dataclass(frozen=True)
class Change:
    """What one `stage` command asks for.

    Attributes:
        files: documents, rule files (`policy:` at the top) and fragments of a manifest (`policies:` at the top).
        policy_id: the id of the one document of `files`; with no document, the policy whose `fields` change.
        fields: what is known of that policy, by the manifest's keys.
        supersedes: policies that it supersedes.
        remove: policies that leave, with their rules.
        remove_rules: policies whose rules leave.
    """

    files: tuple[Path, ...] = ()
    policy_id: str | None = None
    fields: Mapping[str, object] = field(default_factory=dict)
    supersedes: tuple[str, ...] = ()
    remove: tuple[str, ...] = ()
    remove_rules: tuple[str, ...] = ()


@dataclass(frozen=True)
class State:
    """What is known of a working copy: the release it was seeded from, the candidate that was built from it, and the
    digest of the files as they were then.
    """

    base: str
    by: str
    at: str
    candidate: str | None
    digest: str | None


def read_state(data: DataDirectory) -> State | None:
    """What is staged in a data directory; None where nothing is.

    Raises:
        UsageError: the working copy is there and what is known of it cannot be read.
    """
    if not data.staged.is_dir():
        return None
    try:
        return State(**json.loads((data.staged / STATE).read_text(encoding="utf-8")))
    except (OSError, ValueError, TypeError) as error:
        raise UsageError(
            f"{data.staged / STATE} cannot be read ({error}); copy what you need from {data.staged}, then start anew with "
            "`python -m knowledge stage --reset`"
        ) from error


@contextmanager
def draft(data: DataDirectory, live: str) -> Iterator[Path]:
    """A copy of the working copy to change, or of the live release's sources where nothing is staged. It is thrown away
    at the end unless `take` put it in the working copy's place. For the holder of the writer's place.

    Raises:
        CorruptRelease: the live release has no sources.
    """
    source = data.staged if data.staged.is_dir() else data.releases / live
    copy = Path(tempfile.mkdtemp(dir=data.path, prefix=STAGING))
    try:
        for part in PARTS:
            if (source / part).is_dir():
                shutil.copytree(source / part, copy / part)
        if not (copy / "sources" / MANIFEST).is_file():
            raise CorruptRelease(
                f"{source} holds no sources to change; run `python -m knowledge build` to make a release that does"
            )
        yield copy
    finally:
        shutil.rmtree(copy, ignore_errors=True)


def take(data: DataDirectory, copy: Path, state: State) -> None:
    """Put a draft in the working copy's place, with what is known of it. A kill leaves the one or the other."""
    (copy / STATE).write_text(json.dumps(asdict(state), ensure_ascii=False, indent=1), encoding="utf-8")
    old = data.path / f"{STAGING}old"  # the writer's place puts it back where the kill came between
    if data.staged.exists():
        os.replace(data.staged, old)
    os.replace(copy, data.staged)
    shutil.rmtree(old, ignore_errors=True)


def clear(data: DataDirectory) -> None:
    """Throw the working copy away; the name goes first, so that no half of it is ever seen."""
    if data.staged.exists():
        aside = Path(tempfile.mkdtemp(dir=data.path, prefix=STAGING))
        os.replace(data.staged, aside)
        shutil.rmtree(aside, ignore_errors=True)


def digest(folder: Path) -> str:
    """One SHA-256 over the names and contents of the files of a working copy."""
    found = hashlib.sha256()
    for part in PARTS:
        for path in sorted((folder / part).rglob("*")):
            if path.is_file():
                found.update(path.relative_to(folder).as_posix().encode() + b"\0")
                found.update(hashlib.sha256(path.read_bytes()).digest())
    return found.hexdigest()


def apply(folder: Path, change: Change, today: date) -> list[str]:
    """Make a change in a working copy. What a person should know of it comes back, each a sentence.

    Raises:
        UsageError: the change names what is not there, or does not say what belongs together.
        DataFileError, SourceError: a file of it is wrong; the message names the file that was given.
    """
    given = _Given.sorted(change.files)
    manifest = _Manifest(folder)
    notes = [note for policy_id in change.remove for note in manifest.remove(policy_id)]
    target = _target(manifest, given, change)
    for document in given.documents:
        named = given.named(document)
        told = manifest.put(document, target or named, described_by_hand=named is not None)
        notes += [
            note for key, note in told if key not in change.fields and not (key == "supersedes" and change.supersedes)
        ]
    for file in given.fragments:
        manifest.merge(file)
    if target is not None:
        manifest.describe(target, change.fields)
        notes += [note for old in change.supersedes for note in manifest.supersede(target, old, today)]
    notes += manifest.newcomers()
    manifest.write()
    for policy_id in change.remove_rules:
        _remove_rules(folder, policy_id)
    for file in given.rules:
        _put_rules(folder, file)
    with _named_as_given(folder, given):
        load_manifest(folder / "sources" / MANIFEST)
        load_rules(folder / "rules")
    return notes


@dataclass(frozen=True)
class Proof:
    """What a working copy lacks before it can be built (`faults`, each over some lines), and the amounts to be explained."""

    faults: list[str]
    unexplained: list[UnexplainedAmount]


def prove(folder: Path, shown: Path) -> Proof:
    """Whether every rule of a working copy stands in its document. `shown` is the folder's name in the messages."""
    documents = {document.policy.id: document for document in load_corpus(folder)}
    book = load_rules(folder / "rules", without={policy.id for policy in switched_off(folder)})
    found = unproved(book, documents)
    faults = []
    for policy_id in dict.fromkeys(fault.policy_id for fault in found):
        own = [fault for fault in found if fault.policy_id == policy_id]
        faults.append(_report(policy_id, own, documents.get(policy_id), shown / "rules" / f"{policy_id}.yaml"))
    return Proof(faults, unexplained_amounts(documents.values(), book))


# --- the files of a change ---------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class _Given:
    """The files of a change by their kind."""

    documents: list[Path]
    fragments: list[DataFile]
    rules: list[DataFile]

    @classmethod
    def sorted(cls, files: Sequence[Path]) -> _Given:
        given = cls([], [], [])
        for path in files:
            if path.is_dir():
                raise UsageError(f"expected files, got the folder {path}; name the files in it")
            if path.suffix.lower() not in _YAML:
                if any(path.name == other.name for other in given.documents):
                    raise UsageError(
                        f"two of the files are called {path.name!r}; one would replace the other: rename one"
                    )
                load(path)  # says what is wrong with a file that is no document
                given.documents.append(path)
                continue
            file = DataFile(path)
            keys = file.content if isinstance(file.content, dict) else {}
            if "policies" in keys:
                given.fragments.append(file)
            elif "policy" in keys:
                file.parse(RuleFile, file.content)
                given.rules.append(file)
            else:
                raise file.error("expected `policy:` (reward rules) or `policies:` (entries of a manifest) at the top")
        return given

    def named(self, document: Path) -> str | None:
        """The id that a fragment of the same command gives a document."""
        for file in self.fragments:
            for _, entry in _entries(file):
                if entry.get("source") == document.name:
                    return str(entry.get("id"))
        return None


def _entries(file: DataFile) -> Iterator[tuple[int, dict[str, Value]]]:
    content = file.content if isinstance(file.content, dict) else {}
    listed = content.get("policies")
    if not isinstance(listed, list) or len(content) > 1:
        raise file.error("expected a list of policies under the key `policies`, and no other key")
    for index, entry in enumerate(listed):
        if not isinstance(entry, dict) or not isinstance(entry.get("id"), str):
            raise file.error("expected the keys of one policy, with its `id`", ("policies", index))
        yield index, entry


def _target(manifest: _Manifest, given: _Given, change: Change) -> str | None:
    """The policy that `--as`, the metadata and `--supersedes` are about."""
    if change.policy_id is None and not change.fields and not change.supersedes:
        return None
    if len(given.documents) == 1:
        return change.policy_id or given.named(given.documents[0]) or manifest.id_for(given.documents[0])
    if given.documents:
        raise UsageError(
            f"an id, metadata and what is superseded belong to one document, got {len(given.documents)}; stage one at a time"
        )
    if change.policy_id is None:
        raise UsageError("expected a document, or the id of a staged policy (--as), that the metadata belong to")
    manifest.require(change.policy_id)
    return change.policy_id


@contextmanager
def _named_as_given(folder: Path, given: _Given) -> Iterator[None]:
    """Let errors name the file that the person gave, not the working copy's."""
    names = {f"{_policy_of(file)}.yaml": file.path for file in given.rules}
    try:
        yield
    except DataFileError as error:
        path = names.get(error.path.name) or Path("staged") / error.path.relative_to(folder)
        raise DataFileError(path, error.problem, line=error.line, key=error.key) from error


def _policy_of(file: DataFile) -> str:
    return file.parse(RuleFile, file.content).policy


def _put_rules(folder: Path, file: DataFile) -> None:
    target = folder / "rules" / f"{_policy_of(file)}.yaml"
    known = {entry.policy.id for entry in load_manifest(folder / "sources" / MANIFEST)}
    if _policy_of(file) not in known:
        raise file.error(
            f"expected the id of a staged policy ({', '.join(known) or 'there are none'}), got {_policy_of(file)!r}; stage its "
            "document too",
            ("policy",),
        )
    target.parent.mkdir(exist_ok=True)
    shutil.copyfile(file.path, target)


def _remove_rules(folder: Path, policy_id: str) -> None:
    path = folder / "rules" / f"{policy_id}.yaml"
    if not path.is_file():
        raise UsageError(f"`{policy_id}` has no rules that could be removed")
    path.unlink()


# --- the manifest ------------------------------------------------------------------------------------------------------


class _Manifest:
    """The manifest of a working copy, changed entry by entry; comments and the layout of other entries stay."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._path = folder / "sources" / MANIFEST
        self._known = [entry.policy for entry in load_manifest(self._path)]
        self._yaml = YAML()
        self._yaml.preserve_quotes = True
        self._yaml.width = 10_000
        self._yaml.indent(mapping=2, sequence=4, offset=2)
        self._yaml.representer.add_representer(type(None), _null)
        self._content: Any = self._yaml.load(self._path.read_text(encoding="utf-8"))
        self._before = {str(entry["id"]) for entry in self._policies}

    def newcomers(self) -> list[str]:
        """What is known of each policy that was added since the manifest was read."""
        return [
            f"added {entry['id']} {entry['title']}: "
            + ", ".join(
                f"{key} {_said(entry.get(key))}" for key in ("place", "status", "signed", "effective", "issuer")
            )
            for entry in self._policies
            if entry["id"] not in self._before
        ]

    @property
    def _policies(self) -> Any:  # noqa: ANN401 - ruamel's sequence
        return self._content["policies"]

    def write(self) -> None:
        """Write it back."""
        text = StringIO()
        self._yaml.dump(self._content, text)
        self._path.write_text(text.getvalue(), encoding="utf-8")

    def require(self, policy_id: str) -> Any:  # noqa: ANN401 - ruamel's mapping
        """The entry of a policy.

        Raises:
            UsageError: there is none by that id.
        """
        for entry in self._policies:
            if entry["id"] == policy_id:
                return entry
        known = ", ".join(str(entry["id"]) for entry in self._policies)
        raise UsageError(f"no policy `{policy_id}` is staged; there are: {known or 'none'}")

    def id_for(self, document: Path) -> str:
        """The policy whose file or id has the document's name, else an id made from that name."""
        for entry in self._policies:
            if document.name == entry["source"] or document.stem == entry["id"]:
                return str(entry["id"])
        return describe(document, [str(entry["id"]) for entry in self._policies]).id

    def put(self, document: Path, policy_id: str | None, *, described_by_hand: bool) -> list[tuple[str, str]]:
        """Take a document in, as a new policy or in the place of the text it had.

        A new policy says what its document says of itself, unless a person describes it in the same change.

        Returns:
            Notes, each with the key of the manifest that it is about, or an empty one.
        """
        policy_id = policy_id or self.id_for(document)
        holder = next((e for e in self._policies if e["source"] == document.name and e["id"] != policy_id), None)
        if holder is not None:
            raise UsageError(
                f"{document.name!r} is the file of `{holder['id']}`; give the new document's file another name, or stage it "
                f"--as {holder['id']}"
            )
        entry = next((e for e in self._policies if e["id"] == policy_id), None)
        target = self._folder / "sources" / document.name
        if entry is None:
            shutil.copyfile(document, target)
            policy, proposals = self._read(target, policy_id)
            keys = {"id", "title", "place", "status", "source", "sha256"}
            if described_by_hand:
                self._policies.append(policy.model_dump(mode="json", include=keys))
                return []
            found = proposed_entry(policy, [p for p in proposals if p.field not in _LINKS])
            keys |= {"status_basis", *(p.field for p in proposals if p.field in FIELDS and p.field not in _LINKS)}
            self._policies.append(found.model_dump(mode="json", include=keys))
            # The title and the place are told with the newcomer itself, where they are what its first line says.
            first_line = {"title": policy.title, "place": policy.place}
            return [(p.field, _told(policy_id, p)) for p in _surest(proposals) if first_line.get(p.field) != p.value]
        if entry["source"] != document.name:
            (self._folder / "sources" / entry["source"]).unlink()
        shutil.copyfile(document, target)
        entry["source"], entry["sha256"] = document.name, hashlib.sha256(target.read_bytes()).hexdigest()
        notes = [("", f"replaced the text of {policy_id}")]
        policy, proposals = self._read(target, policy_id)
        if policy.title != entry["title"]:
            notes.append(
                (
                    "title",
                    f"its first line reads {policy.title!r}, its title stays {entry['title']!r} (--title changes it)",
                )
            )
        return notes + [(p.field, note) for p, note in _stale(entry, proposals)]

    def _read(self, path: Path, policy_id: str) -> tuple[Policy, list[Proposal]]:
        """What the name and the first line of a document tell, and what it says about itself."""
        source = read(path)
        policy = described(path, source).model_copy(update={"id": policy_id})
        there = {entry["id"] for entry in self._policies}
        return policy, propose(document_of(policy, source), known=[p for p in self._known if p.id in there])

    def merge(self, file: DataFile) -> None:
        """Take the entries of a fragment in: a known id changes the keys that it names, another is a new policy."""
        for index, values in _entries(file):
            where = ("policies", index)
            entry = next((e for e in self._policies if e["id"] == values["id"]), None)
            if "references" in values:
                raise file.error("unknown key; references are read from the document itself", (*where, "references"))
            source = values.get("source", entry["source"] if entry else None)
            path = self._folder / "sources" / str(source)
            if source is None or not path.is_file():
                raise file.error(
                    f"expected `source` to be a document that is staged already or with this command, got {source!r}",
                    (*where, "source"),
                )
            values = {"sha256": hashlib.sha256(path.read_bytes()).hexdigest(), **values, "source": source}
            plain = json.loads(json.dumps(entry, default=str)) if entry else {}
            file.parse(Policy, {**plain, **values}, where)
            if entry is None:
                self._policies.append(values)
            else:
                entry.update(values)

    def describe(self, policy_id: str, fields: Mapping[str, object]) -> None:
        """Write down what is known of a policy.

        Raises:
            UsageError: a value is not of the kind its key asks for.
        """
        entry = self.require(policy_id)
        for key, value in fields.items():
            entry[key] = value

    def supersede(self, policy_id: str, old_id: str, today: date) -> list[str]:
        """Write down that one policy supersedes another, at both."""
        if policy_id == old_id:
            raise UsageError(f"`{policy_id}` cannot supersede itself")
        new, old = self.require(policy_id), self.require(old_id)
        if old_id not in (new.get("supersedes") or []):
            new["supersedes"] = [*(new.get("supersedes") or []), old_id]
        old["superseded_by"] = policy_id
        old["status"] = "superseded"
        old["status_basis"] = f"被《{new['title']}》取代"
        old["status_checked"] = today.isoformat()
        return [f"{old_id} is superseded by {policy_id}"]

    def remove(self, policy_id: str) -> list[str]:
        """Take a policy out, with its file and rules; what other entries say of it goes too."""
        entry = self.require(policy_id)
        (self._folder / "sources" / entry["source"]).unlink()
        (self._folder / "rules" / f"{policy_id}.yaml").unlink(missing_ok=True)
        self._policies.remove(entry)
        notes = [f"removed {policy_id}"]
        for other in self._policies:
            if policy_id in (other.get("supersedes") or []):
                other["supersedes"] = [name for name in other["supersedes"] if name != policy_id]
                notes.append(f"{other['id']} no longer says that it supersedes {policy_id}")
            if other.get("superseded_by") == policy_id:
                other.update(superseded_by=None, status="unknown", status_basis=None, status_checked=None)
                notes.append(
                    f"{other['id']} was superseded by it; its status is unknown now: say what it is with "
                    f"`stage --as {other['id']} --status …`"
                )
        return notes


def _surest(proposals: Sequence[Proposal]) -> list[Proposal]:
    """The first proposal of each key, and everything that is no key; references are left to `describe`."""
    first: dict[object, Proposal] = {}
    for p in proposals:
        if p.field != "reference":
            first.setdefault(p.field if p.field in FIELDS and p.field not in _LINKS else (p.field, p.value), p)
    return list(first.values())


def _told(policy_id: str, proposal: Proposal) -> str:
    """A proposal as a sentence with its evidence, and what to do about one that is not taken over."""
    value = proposal.value.name if isinstance(proposal.value, Place) else proposal.value
    why = f" ({proposal.note.en})" if proposal.note else ""
    evidence = f"{why}, from “{' '.join(proposal.quote.split())}”"
    if proposal.field == "supersedes":
        return f"{policy_id} seems to supersede {value}{evidence}; if it does, say --supersedes {value}"
    if proposal.field == "superseded_by":
        return f"{policy_id} seems to be superseded by {value}{evidence}; if it is, stage --as {value} --supersedes {policy_id}"
    if value is None:
        return f"{policy_id}: {proposal.field} is left unknown{evidence}"
    return f"{policy_id}: {proposal.field} {value}{evidence}"


def _stale(entry: Mapping[str, Any], proposals: Sequence[Proposal]) -> Iterator[tuple[Proposal, str]]:
    """What an entry says otherwise than the new text of its document."""
    for proposal in _surest(proposals):
        kept = entry.get(proposal.field)
        if (
            proposal.field not in FIELDS
            or proposal.field in ("title", "goal_period", *_LINKS)
            or kept is None
            or proposal.value is None
        ):
            continue
        values = [
            p.value.name if isinstance(p.value, Place) else p.value for p in proposals if p.field == proposal.field
        ]
        if _said(kept) not in values:
            quote = " ".join(proposal.quote.split())
            yield (
                proposal,
                f"its text reads “{quote}”, its {proposal.field} stays {_said(kept)} (--{proposal.field.replace('_', '-')} "
                "changes it)",
            )


def _said(value: Any) -> str:  # noqa: ANN401 - a value of the manifest
    return "unknown" if value is None else str(value["name"] if isinstance(value, Mapping) else value)


def _null(representer: Any, _value: None) -> Any:  # noqa: ANN401 - ruamel's representer and node
    """Unknown is said, not left blank."""
    return representer.represent_scalar("tag:yaml.org,2002:null", "null")


# --- rules that no longer stand ------------------------------------------------------------------------------------------


def _report(policy_id: str, faults: list[Unproved], document: Document | None, file: Path) -> str:
    """One message for all that a policy's new text does not bear out: each rule, its quote, and what to do."""
    by_quote: dict[tuple[str | None, str], list[Unproved]] = {}
    for fault in faults:
        by_quote.setdefault((fault.quote, fault.problem), []).append(fault)
    said = [f"`{policy_id}`: {len(faults)} of its rules do not stand in the staged document."]
    for (quote, problem), own in by_quote.items():
        said += [f"  {fault.name}" for fault in own]
        if quote is not None:
            said.append(f"    quote: {quote}")
        hint = _hint(document, own[0]) if document and quote else None
        said.append(f"    {hint or problem}")
    said.append(
        f"  Write the new quotes and amounts into {file} and run `python -m knowledge stage`, or stage a corrected rule file, "
        f"or take the rules out with `python -m knowledge stage --remove-rules {policy_id}`."
    )
    return "\n".join(said)


def _hint(document: Document, fault: Unproved) -> str | None:
    """Where the words stand now, or which sentence is most like them."""
    quote = str(fault.quote)
    here = next((c for c in document.clauses if document.text.find(quote, c.start, c.end) >= 0), None)
    if here is not None:
        return (
            None
            if here.clause_id == fault.clause_id
            else f"the words stand in {here.clause_id} now: set clause_id to that"
        )
    sentences = [(c.clause_id, document.text[s.start : s.end]) for c in document.clauses for s in c.sentences]
    if not sentences:
        return None
    clause_id, nearest = max(sentences, key=lambda sentence: fuzz.ratio(quote, sentence[1]))
    return f"these words are not in it; most like them, in {clause_id}: {' '.join(nearest.split())}"
