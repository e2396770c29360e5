"""The corpus: which policy documents there are, what is known about each, and each cut into clauses.

A folder has a manifest (`policies.yaml`) beside its documents, or none: then its text files are policies of which
nothing is known but the first line.
"""

from __future__ import annotations

import hashlib
import re
import shutil
import unicodedata
from collections.abc import Collection, Iterable
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import yaml

from knowledge.clauses import cut
from knowledge.datafile import DataFile, Location
from knowledge.errors import DataFileError, SourceError
from knowledge.loaders import LOADERS, Source, read
from knowledge.metadata import find_references, find_title, propose_place
from knowledge.model import Document, Policy
from knowledge.places import Gazetteer
from knowledge.progress import Progress

MANIFEST = "policies.yaml"
_ID = re.compile(r"[a-z0-9]+(?:-[a-z0-9]+)*")
_LONGEST_SLUG = 60
_WIDTH = 120

"""Called after each document with how many are done and how many there are."""


@dataclass(frozen=True, slots=True)
class ManifestEntry:
    """One policy of a manifest and the file its text is in."""

    policy: Policy
    path: Path


def load_manifest(path: Path) -> list[ManifestEntry]:
    """The entries of the manifest at `path`, in its order; file names in it are relative to its folder.

    Raises:
        DataFileError: a key is unknown or missing, a value is wrong, an id stands twice, a named policy or file does
            not exist, or a file's sha256 is not the one written down.
    """
    file = DataFile(path)
    content = file.content if isinstance(file.content, dict) else {}
    listed = content.pop("policies", None)
    if not isinstance(listed, list):
        raise file.error("expected a list of policies under the key `policies`")
    for key in content:
        raise file.error("unknown key; a manifest holds `policies` alone", (key,))
    entries: list[ManifestEntry] = []
    for index, values in enumerate(listed):
        location: Location = ("policies", index)
        if not isinstance(values, dict):
            raise file.error(f"expected the keys of one policy, got {values!r}", location)
        if "references" in values:
            raise file.error("unknown key; references are read from the document itself", (*location, "references"))
        policy = file.parse(Policy, values, location)
        if any(entry.policy.id == policy.id for entry in entries):
            raise file.error(
                f"expected each id once, got {policy.id!r} again; give this policy another", (*location, "id")
            )
        entries.append(_checked(file, policy, location))
    return _linked(file, entries)


def known_policies(folder: Path) -> list[Policy]:
    """The policies of the manifest of a folder, without their documents; none where it has no manifest.

    Raises:
        DataFileError: the manifest is wrong.
    """
    manifest = (folder / "sources" if (folder / "sources").is_dir() else folder) / MANIFEST
    return [entry.policy for entry in load_manifest(manifest)] if manifest.is_file() else []


def load_corpus(folder: Path, on_document: Progress | None = None) -> list[Document]:
    """Every policy of `folder` with its text and clauses, in the manifest's order or by file name.

    `folder` holds `sources/`, or is itself the folder of the documents. A folder with nothing in it is an empty corpus.
    Policies that are switched off are left out, and so is what others say of them; what one of them superseded stays so.

    Raises:
        SourceError: the folder is missing or holds only files of other kinds, or a document cannot be read.
        DataFileError: the manifest is wrong, or does not know one of the documents beside it.
    """
    if not folder.is_dir():
        raise SourceError(f"{folder}: expected a folder of policy documents, and there is none of that name")
    sources = sources_of(folder)
    manifest = sources / MANIFEST
    entries = load_manifest(manifest) if manifest.is_file() else _unlisted(sources)
    stray = sorted({path.name for path in _documents(sources)} - {entry.path.name for entry in entries})
    if stray:
        raise DataFileError(manifest, f"expected an entry for every document beside it, got none for {stray[0]!r}")
    if not entries and not manifest.is_file() and (other := _files(sources)):
        raise SourceError(
            f"{sources}: expected policy documents ({_endings()}), got only files of other kinds, such as "
            f"{other[0].name!r}; convert them first"
        )
    read_from = [entry for entry in entries if entry.policy.enabled]
    there = {entry.policy.id for entry in read_from}
    documents = []
    for count, entry in enumerate(read_from, start=1):
        documents.append(read_document(_among(entry.policy, there), entry.path))
        if on_document:
            on_document(count, len(read_from))
    return documents


def switched_off(folder: Path) -> tuple[Policy, ...]:
    """The policies of a folder's manifest that are switched off; none where it has no manifest.

    Raises:
        DataFileError: the manifest is wrong.
    """
    return tuple(policy for policy in known_policies(folder) if not policy.enabled)


def read_document(policy: Policy, path: Path) -> Document:
    """The policy with the text of the file at `path`, its clauses, and the references the text makes."""
    return document_of(policy, read(path))


def document_of(policy: Policy, source: Source) -> Document:
    """The policy with the text that a loader made of its file, its clauses, and the references the text makes."""
    clauses, dropped = cut(policy.id, source.text, source.dropped, source.rows)
    references = find_references(source.text, policy.doc_no)
    return Document(
        policy=policy.model_copy(update={"references": references}),
        text=source.text,
        clauses=clauses,
        dropped=dropped,
        lines=source.lines,
        notes=source.notes,
    )


def copy_sources(folder: Path, documents: Iterable[Document], target: Path) -> None:
    """Write the files that `documents` were read from into the new folder `target`, and a manifest of them; with the files
    of policies that are switched off.

    A folder without a manifest gets one, of what was found out about its documents.

    Raises:
        SourceError: a file changed since it was read.
    """
    sources = sources_of(folder)
    target.mkdir()
    for policy in (*(document.policy for document in documents), *switched_off(folder)):
        content = (sources / policy.source).read_bytes()
        if hashlib.sha256(content).hexdigest() != policy.sha256:
            raise SourceError(f"{sources / policy.source}: it changed while it was read; do this again")
        (target / policy.source).parent.mkdir(parents=True, exist_ok=True)
        (target / policy.source).write_bytes(content)
    if (sources / MANIFEST).is_file():
        shutil.copyfile(sources / MANIFEST, target / MANIFEST)
        return
    policies = [document.policy.model_dump(mode="json", exclude={"references"}) for document in documents]
    with (target / MANIFEST).open("w", encoding="utf-8") as file:
        yaml.safe_dump({"policies": policies}, file, allow_unicode=True, sort_keys=False, width=_WIDTH)


def sources_of(folder: Path) -> Path:
    """Where the documents of a folder are: in `sources/`, or in the folder itself."""
    return folder / "sources" if (folder / "sources").is_dir() else folder


def describe(path: Path, taken: Iterable[str] = ()) -> Policy:
    """What a bare file tells about its policy: an id from its name, its first line as the title, the place named there.

    Everything else stays unknown.

    Args:
        path: the document.
        taken: ids that other policies have.

    Raises:
        SourceError: the document cannot be read.
    """
    source = read(path)
    return described(path, source, taken)


def described(path: Path, source: Source, taken: Iterable[str] = ()) -> Policy:
    """As `describe`, of a file that is read already. A table without a title is called as its file is."""
    title = find_title(source.text, source.dropped, source.rows) or path.stem
    return Policy(
        id=_slug(path.stem, set(taken)),
        title=title,
        place=propose_place(title, _gazetteer()),
        source=path.name,
        sha256=_sha256(path),
    )


@cache
def _gazetteer() -> Gazetteer:
    return Gazetteer.load()


def _unlisted(folder: Path) -> list[ManifestEntry]:
    entries: list[ManifestEntry] = []
    for path in _documents(folder):
        policy = describe(path, (entry.policy.id for entry in entries))
        entries.append(ManifestEntry(policy, path))
    return entries


def _documents(folder: Path) -> list[Path]:
    """The files of a folder that can be documents; one called README is about the folder."""
    return [p for p in _files(folder) if p.suffix.lower() in LOADERS and p.stem.lower() != "readme"]


def _files(folder: Path) -> list[Path]:
    """The files of a folder but hidden ones, in order of their names."""
    return sorted(path for path in folder.iterdir() if path.is_file() and not path.name.startswith("."))


def _endings() -> str:
    return ", ".join(f"*{ending}" for ending in sorted(LOADERS))


def _checked(file: DataFile, policy: Policy, location: Location) -> ManifestEntry:
    if not _ID.fullmatch(policy.id):
        raise file.error(f"expected lower-case letters, digits and hyphens, got {policy.id!r}", (*location, "id"))
    path = file.path.parent / policy.source
    if Path(policy.source).is_absolute() or ".." in Path(policy.source).parts:
        raise file.error(f"expected a file in the folder of the manifest, got {policy.source!r}", (*location, "source"))
    if not path.is_file():
        raise file.error(
            f"expected a document beside the manifest, and there is no {policy.source!r}", (*location, "source")
        )
    actual = _sha256(path)
    if policy.sha256 != actual:
        problem = f"expected {actual}, the hash of {policy.source!r}, got {policy.sha256!r}; one of the two was changed"
        raise file.error(problem, (*location, "sha256"))
    return ManifestEntry(policy, path)


def _check_succession(file: DataFile, policies: list[Policy]) -> None:
    known = {policy.id for policy in policies}
    for index, policy in enumerate(policies):
        named = [("supersedes", name) for name in policy.supersedes]
        named += [("superseded_by", policy.superseded_by)] if policy.superseded_by else []
        for key, name in named:
            if name not in known or name == policy.id:
                raise file.error(
                    f"expected the id of another policy of the manifest, got {name!r}", ("policies", index, key)
                )


def _linked(file: DataFile, entries: list[ManifestEntry]) -> list[ManifestEntry]:
    """The entries with each succession known from both of its ends; what only a draft supersedes still stands."""
    policies = [entry.policy for entry in entries]
    _check_succession(file, policies)
    successor = {old: new.id for new in policies if new.status != "draft" for old in new.supersedes}
    successor |= {policy.id: policy.superseded_by for policy in policies if policy.superseded_by}
    for index, policy in enumerate(policies):
        if policy.id in _followed(policy.id, successor):
            raise file.error(
                f"expected one direction of succession, got {policy.id!r} among its own successors", ("policies", index)
            )
    return [ManifestEntry(_succeeded(entry.policy, successor.get(entry.policy.id)), entry.path) for entry in entries]


def _among(policy: Policy, there: Collection[str]) -> Policy:
    """A policy without what it says of policies that are not there."""
    kept = tuple(name for name in policy.supersedes if name in there)
    successor = policy.superseded_by if policy.superseded_by in there else None
    return policy.model_copy(update={"supersedes": kept, "superseded_by": successor})


def _succeeded(policy: Policy, successor: str | None) -> Policy:
    if successor is None:
        return policy
    status = "superseded" if policy.status in ("in_force", "unknown") else policy.status
    return policy.model_copy(update={"superseded_by": successor, "status": status})


def _followed(policy_id: str, successor: dict[str, str]) -> list[str]:
    """The successors of a policy, nearest first; a circle is followed once."""
    found: list[str] = []
    while (following := successor.get(policy_id)) is not None and following not in found:
        found.append(following)
        policy_id = following
    return found


def _sha256(path: Path) -> str:
    try:
        return hashlib.sha256(path.read_bytes()).hexdigest()
    except OSError as error:
        raise SourceError(
            f"{path}: expected a file that can be read, got an error from the system ({error.strerror})"
        ) from error


def _slug(stem: str, taken: set[str]) -> str:
    """An id in ASCII for a file name: Chinese in pinyin; what neither can say, or is taken, is told apart by a short hash."""
    plain = unicodedata.normalize("NFKC", stem).lower()
    read = plain if plain.isascii() else _in_pinyin(plain)
    slug = "-".join(re.findall(r"[a-z0-9]+", read))
    if len(slug) > _LONGEST_SLUG:
        slug = slug[: slug.rfind("-", 1, _LONGEST_SLUG + 1) if "-" in slug[1:_LONGEST_SLUG] else _LONGEST_SLUG]
    digest = hashlib.sha256(stem.encode("utf-8")).hexdigest()[:8]
    if not slug or any(char.isalnum() and not char.isascii() for char in read):
        slug = f"{slug or 'policy'}-{digest}"
    return f"{slug}-{digest}" if slug in taken else slug


def _in_pinyin(text: str) -> str:
    """The text with each Chinese character as a syllable of its own."""
    # Imported when needed: most names are in ASCII.
    from pypinyin import lazy_pinyin

    return " ".join(lazy_pinyin(text, v_to_u=False))
