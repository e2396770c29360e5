"""`python -m knowledge`: build a release of the knowledge base, look into it, prove it, change it and go back."""

from __future__ import annotations

import argparse
import importlib
import json
import os
import sys
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from knowledge.console import progress_bars, utf8_streams
from knowledge.errors import BiaozhuntongError, UsageError
from knowledge.life_commands import add_life_commands, tell_changes
from knowledge.settings import KnowledgeSettings

if TYPE_CHECKING:
    from knowledge.drafting.proposer import Proposer
    from knowledge.model import Policy
    from knowledge.releases import Release


def main(argv: Sequence[str] | None = None) -> int:
    """Run one command; 0 done, 1 something fell short, 2 wrong use or unusable input."""
    utf8_streams()
    arguments = _parser().parse_args(argv)
    settings = KnowledgeSettings()
    if arguments.data is not None:
        settings.data = arguments.data
    try:
        command: Callable[[argparse.Namespace, KnowledgeSettings], int] = arguments.command
        return command(arguments, settings)
    except BiaozhuntongError as error:
        print(error, file=sys.stderr)
        return 2
    except BrokenPipeError:  # the reader of a pipe went away
        sys.stderr.close()
        return 0


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m knowledge", description=__doc__)
    commands = parser.add_subparsers(required=True, metavar="COMMAND")

    def add(
        name: str, command: Callable[[argparse.Namespace, KnowledgeSettings], int], text: str
    ) -> argparse.ArgumentParser:
        sub = commands.add_parser(name, help=text, description=text)
        sub.add_argument("--data", type=Path, help="the data directory (default: ./.data, or BZT_DATA)")
        sub.set_defaults(command=command)
        return sub

    build = add("build", _build, "Build a release from a folder of policy documents and make it the live one.")
    build.add_argument("folder", nargs="?", type=Path, help="default: the project's knowledge/")
    add("list", _list, "List the policies of the live release.")
    show = add("show", _show, "Show one policy: its metadata, its stored text or its clauses.")
    show.add_argument("policy")
    show.add_argument("--text", action="store_true", help="the stored text, to the letter")
    show.add_argument("--clauses", action="store_true", help="the clauses and what was dropped, with reasons")
    describe = add("describe", _describe, "Propose a document's entry for the manifest, each value with its evidence.")
    describe.add_argument("file", type=Path)
    describe.add_argument(
        "--folder", type=Path, help="the corpus among which older versions are looked for; default: the live release"
    )
    describe.add_argument("--json", action="store_true", help="policy, proposals and notes as one JSON object")
    draft = add("draft-rules", _draft_rules, "Propose reward rules from one document, for a person to review.")
    draft.add_argument("file", type=Path, help="the policy document")
    draft.add_argument("--json", action="store_true", help="rows, ignored amounts and policy as JSON")
    draft.add_argument("--review", type=Path, metavar="YAML", help="write a rule file for a person to edit")
    draft.add_argument("--id", help="the policy's id in that file (default: made from the file's name)")
    add("check", _check, "Prove the invariants of the live release.")
    add_life_commands(add)
    return parser


def _build(arguments: argparse.Namespace, settings: KnowledgeSettings) -> int:
    from knowledge.audit import os_user
    from knowledge.datadir import DataDirectory
    from knowledge.embedding import default_embedder
    from knowledge.life import rebuild

    folder: Path = arguments.folder or settings.knowledge
    if not folder.is_dir():
        raise UsageError(f"expected a folder of policy documents, found none at {folder}")
    data, by = DataDirectory(settings.data), settings.actor or os_user()
    with progress_bars() as progress:
        embedder = default_embedder(settings.data, settings.embedding_model, device=settings.device)
        before = data.pointer()
        release_id = rebuild(folder, data, embedder, by=by, keep=settings.keep_releases, progress=progress)
    tell_changes(data, before, release_id)
    print(release_id)
    return 0


def _list(_arguments: argparse.Namespace, settings: KnowledgeSettings) -> int:
    release = _live(settings)
    print(f"release {release.release_id}, built {release.manifest['built']}", file=sys.stderr)
    for document in release.documents.values():
        policy = document.policy
        fields = (policy.id, policy.status, policy.place.name if policy.place else "-", policy.doc_no or "-")
        print("\t".join((*fields, f"{len(document.clauses)} clauses", policy.title)))
    return 0


def _show(arguments: argparse.Namespace, settings: KnowledgeSettings) -> int:
    release = _live(settings)
    document = release.documents.get(arguments.policy)
    if document is None:
        known = ", ".join(list(release.documents)[:20])
        raise UsageError(f"no policy `{arguments.policy}` in release {release.release_id}; it holds: {known or 'none'}")
    if arguments.text:
        sys.stdout.buffer.write(document.text.encode("utf-8"))
        sys.stdout.buffer.flush()
        return 0
    if arguments.clauses:
        rows = [(c.start, c.end, c.clause_id, " > ".join(c.path), c.text) for c in document.clauses]
        rows += [(d.start, d.end, f"({d.reason})", "", document.text[d.start : d.end]) for d in document.dropped]
        for start, end, name, path, text in sorted(rows):
            print(f"{start}-{end}\t{name}\t{path}\t{' '.join(text.split())}")
        return 0
    print(document.policy.model_dump_json(indent=2))
    return 0


def _describe(arguments: argparse.Namespace, settings: KnowledgeSettings) -> int:
    from knowledge.loaders import read
    from knowledge.manifest import described, document_of
    from knowledge.proposals import entry_text, propose, proposed_entry

    path: Path = arguments.file
    if not path.is_file():
        raise UsageError(f"expected a policy document, found no file at {path}")
    known = _known(arguments.folder, settings)
    source = read(path)
    document = document_of(described(path, source, [policy.id for policy in known]), source)
    proposals = propose(document, known=[policy for policy in known if policy.sha256 != document.policy.sha256])
    entry = proposed_entry(document.policy, proposals)
    if arguments.json:
        found = {
            "policy": entry.model_dump(mode="json", exclude={"references"}),
            "proposals": [proposal.model_dump(mode="json") for proposal in proposals],
            "notes": list(document.notes),
        }
        print(json.dumps(found, ensure_ascii=False, indent=2))
    else:
        print(entry_text(entry, proposals, document.notes))
    return 0


def _known(folder: Path | None, settings: KnowledgeSettings) -> list[Policy]:
    """The policies of the folder, else of the live release, else of the folder that releases are built from."""
    from knowledge.datadir import DataDirectory
    from knowledge.manifest import known_policies
    from knowledge.releases import kept_documents

    data = DataDirectory(settings.data)
    if folder is None and (live := data.pointer()) is not None:
        return [document.policy for document in kept_documents(data, live)]
    return known_policies(folder or settings.knowledge)


def _check(_arguments: argparse.Namespace, settings: KnowledgeSettings) -> int:
    from knowledge.checks import check

    release = _live(settings)
    faults = check(release)
    for invariant, found in faults.items():
        print(f"{'ok  ' if not found else 'FAIL'} {invariant}")
        for fault in found:
            print(f"     {fault}")
    clauses = sum(len(document.clauses) for document in release.documents.values())
    print(
        f"release {release.release_id}: {len(release.documents)} policies, {clauses} clauses, {len(release.rules.all)} rules"
    )
    return 1 if any(faults.values()) else 0


def _draft_rules(arguments: argparse.Namespace, _settings: KnowledgeSettings) -> int:
    from knowledge.drafting import draft_rules
    from knowledge.drafting.proposer import with_proposals
    from knowledge.drafting.review import review_file
    from knowledge.drafting.table import print_draft
    from knowledge.manifest import describe, read_document
    from knowledge.proposals import propose, proposed_entry

    policy = describe(arguments.file)
    if arguments.id is not None:
        policy = policy.model_copy(update={"id": arguments.id})
    document = read_document(policy, arguments.file)
    for note in document.notes:
        print(f"note: {note}", file=sys.stderr)
    draft = draft_rules(document)
    if (proposer := _proposer()) is not None:
        draft = with_proposals(draft, document, proposer)
    # What the document says of itself is proposed with its rows: number, dates, status.
    draft = draft.model_copy(update={"policy": proposed_entry(policy, propose(document))})
    if arguments.review is not None:
        if arguments.review.exists():
            raise UsageError(
                f"expected a new file for the review, and {arguments.review} is there already; choose another"
            )
        arguments.review.write_text(review_file(draft), encoding="utf-8")
        print(
            f"wrote {arguments.review}: correct and sign it, then `python -m knowledge stage` it with its document, or save it "
            f"as knowledge/rules/{policy.id}.yaml",
            file=sys.stderr,
        )
    if arguments.json:
        print(draft.model_dump_json())
    elif arguments.review is None:
        print_draft(draft)
    return 0


def _proposer() -> Proposer | None:
    """The chat model that may propose rows; null where none is set. Only the command knows of the assistant."""
    if not os.environ.get("BZT_MODEL"):
        return None
    proposer: Proposer | None = importlib.import_module("assistant.rule_proposer").open_proposer()
    return proposer


def _live(settings: KnowledgeSettings) -> Release:
    from knowledge.embedding import default_embedder
    from knowledge.releases import DataDirectory, open_live

    data = DataDirectory(settings.data)
    data.require_live()  # says what to do before any model is looked for
    embedder = default_embedder(settings.data, settings.embedding_model, device=settings.device, quick=True)
    return open_live(data, embedder, notice=lambda message: print(message, file=sys.stderr))


if __name__ == "__main__":
    sys.exit(main())
