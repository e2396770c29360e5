"""Copies of the project's corpus with a change planted, their releases, and the known answers of those."""

from __future__ import annotations

import hashlib
import re
import shutil
from collections.abc import Sequence
from pathlib import Path

import yaml

from assistant.pipeline import Assistant
from assistant.settings import Settings
from eval.dataset import CASES, Case, fingerprint, load_cases
from eval.examine import Examiner, corpus_of
from eval.record import Run
from eval.runner import ASKED_AT
from knowledge.embedding import Embedder
from knowledge.releases import DataDirectory, build, open_release
from knowledge.settings import PACKAGE

# Of every document but one, rewards with and without conditions, a refusal: few enough to be asked many times.
CASES_ASKED = (
    "yz-international-standard/zh",
    "yz-international-standard/en-rank2",
    "yz-national-standard/zh",
    "yz-national-standard/zh-rank2",
    "yz-industry-standard/zh",
    "yz-industry-standard/en-award",
    "yz-main-drafter-definition/zh",
    "gdd-reward-fund/zh",
    "gd10-committees/zh",
    "gd18-committees/zh",
    "gd18-international-standards/zh",
    "gd18-international-standards/en",
    "other-place-jiangsu/zh",
)


def few_cases() -> list[Case]:
    """Some cases of the project, all of them critical."""
    found = {case.id: case for case in load_cases(CASES)}
    return [found[case_id] for case_id in CASES_ASKED]


class Corpus:
    """A copy of the project's documents, manifest and rules, to be changed."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        for part in ("sources", "rules"):
            shutil.copytree(PACKAGE / part, folder / part)

    @property
    def manifest(self) -> Path:
        return self.folder / "sources" / "policies.yaml"

    def rules(self, policy: str) -> Path:
        return self.folder / "rules" / f"{policy}.yaml"

    def source(self, policy: str) -> Path:
        known = yaml.safe_load(self.manifest.read_text(encoding="utf-8"))["policies"]
        return self.folder / "sources" / next(entry["source"] for entry in known if entry["id"] == policy)

    def replace(self, path: Path, old: str, new: str) -> None:
        """Change a file in the one place where it says `old`."""
        text = path.read_text(encoding="utf-8")
        assert text.count(old) == 1, f"{old!r} stands {text.count(old)} times in {path.name}"
        path.write_text(text.replace(old, new), encoding="utf-8")

    def rewrite(self, policy: str, old: str, new: str) -> None:
        """Change the text of a document, and its hash in the manifest with it."""
        path = self.source(policy)
        before = path.read_bytes()
        assert before.count(old.encode()) == 1, f"{old!r} stands {before.count(old.encode())} times in {path.name}"
        after = before.replace(old.encode(), new.encode())
        path.write_bytes(after)
        self.replace(self.manifest, hashlib.sha256(before).hexdigest(), hashlib.sha256(after).hexdigest())

    def swap_places(self, one: str, other: str) -> None:
        """Give two policies each other's place, line for line."""
        text = self.manifest.read_text(encoding="utf-8")
        places = {
            policy: re.search(rf"- id: {re.escape(policy)}\n(?:.*\n)*?(    place: .*\n)", text)
            for policy in (one, other)
        }
        first, second = (places[policy] for policy in (one, other))
        assert first
        assert second
        lines = {first.span(1): second.group(1), second.span(1): first.group(1)}
        for (start, end), line in sorted(lines.items(), reverse=True):
            text = text[:start] + line + text[end:]
        self.manifest.write_text(text, encoding="utf-8")

    def build(self, data: DataDirectory, embedder: Embedder) -> str:
        return build(self.folder, data, embedder, switch=False)


def ask(
    data: DataDirectory, release_id: str, embedder: Embedder, cases: Sequence[Case], settings: Settings | None = None
) -> Run:
    """A run in this process: starting workers takes longer than asking a few cases."""
    release = open_release(data, release_id, embedder)
    try:
        assistant = Assistant(release, settings or Settings(data=data.path))
        corpus = corpus_of(assistant)
        examiner = Examiner(assistant, ASKED_AT)
        return Run(
            release=corpus.release,
            made_from={**corpus.made_from, "cases": fingerprint(cases)},
            places=corpus.places,
            rules=corpus.rules,
            clauses=corpus.clauses,
            records=tuple(examiner.record(case) for case in cases),
        )
    finally:
        release.close()
