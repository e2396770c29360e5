"""The gate before publishing: the known answers of the live release and of the one that is to replace it."""

from __future__ import annotations

import json
from collections.abc import Collection, Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, NamedTuple

from assistant.settings import Settings
from eval.answers import known_answers
from eval.compare import Comparison, compare
from eval.comparison_report import as_html, as_json, summary
from eval.dataset import CASES, Case, load_cases
from eval.gate import Gate, gate
from eval.runner import Opener, open_assistant
from knowledge.checks import check
from knowledge.embedding import Embedder, default_embedder
from knowledge.progress import Progress
from knowledge.releases import DataDirectory, Release, open_release

# Of each kind of entry, how many the publishing person is told at once; the page holds them all.
_SAID = 4
# Reports that are kept, the last ones.
_KEPT = 50


class Verdict(NamedTuple):
    """Whether a candidate may be published.

    Attributes:
        passed: whether nothing blocks it.
        summary: for the person who publishes: counts, what blocks, what to do, and where the report is.
        report: everything, as plain JSON values.
    """

    passed: bool
    summary: str
    report: dict[str, Any]


class Applicable(NamedTuple):
    """The cases that can be asked of two releases, and how many cannot, by the policy they need."""

    cases: tuple[Case, ...]
    skipped: Mapping[str, int]


def judge(
    data: DataDirectory,
    base: str,
    candidate: str,
    *,
    cases: Path = CASES,
    settings: Settings | None = None,
    embedder: Embedder | None = None,
    progress: Progress | None = None,
    opener: Opener = open_assistant,
) -> Verdict:
    """Compare the known answers of two releases, and prove the candidate's invariants.

    Args:
        data: where both releases are.
        base: the release that answers now.
        candidate: the release that is to answer.
        cases: a case file or a folder of them.
        settings: thresholds; by default those of the environment.
        embedder: opens the candidate; by default the one that the settings name.
        progress: told how many cases are done, of both releases together.
        opener: opens the assistant in a worker.

    Returns:
        The verdict. Its report is also written to `eval/reports` of the data directory, with a page to read.

    Raises:
        BiaozhuntongError: a release cannot be opened, or a case file is wrong.
    """
    settings = (settings or Settings()).model_copy(update={"data": data.path})
    embedder = embedder or default_embedder(data.path, settings.embedding_model, device=settings.device, quick=True)
    with _opened(data, base, embedder) as release:
        policies = set(release.documents)
    with _opened(data, candidate, embedder) as release:
        policies |= set(release.documents)
        broken = [f"{invariant}: {fault}" for invariant, faults in check(release).items() for fault in faults]
    applicable = applicable_cases(load_cases(cases), policies)
    comparison = Comparison(base=base, new=candidate, cases=())
    if applicable.cases:
        old, new = (
            known_answers(applicable.cases, settings, name, progress=_part(progress, before), opener=opener)
            for name, before in ((base, 0), (candidate, len(applicable.cases)))
        )
        if progress:
            progress(2 * len(applicable.cases), 2 * len(applicable.cases))
        comparison = compare(old, new)
    # What is wrong with the live answers too is not of this change: to refuse it would keep nothing away from readers.
    result = gate(comparison, known=True, broken=broken)
    return _verdict(data, comparison, result, applicable)


def _part(progress: Progress | None, before: int) -> Progress | None:
    """Progress of one of two releases, told as progress of both."""
    if progress is None:
        return None
    whole = progress
    return lambda done, total: whole(before + done, 2 * total)


def applicable_cases(cases: Sequence[Case], policies: Collection[str]) -> Applicable:
    """The cases that can be asked of releases with these policies.

    A case that names policies needs all of them. One that names none (what is off topic, places that no document is for)
    was written for the corpus of the others, and is asked where any of those can be.
    """
    needs = {case.id: {*case.policy, *(evidence.policy for evidence in case.gold.texts)} for case in cases}
    at_home = any(need and need <= set(policies) for need in needs.values())
    skipped: dict[str, int] = {}
    chosen = []
    for case in cases:
        missing = sorted(needs[case.id] - set(policies))
        if not missing and (needs[case.id] or at_home):
            chosen.append(case)
        else:
            reason = ", ".join(missing) or "none of its own"
            skipped[reason] = skipped.get(reason, 0) + 1
    return Applicable(tuple(chosen), skipped)


@contextmanager
def _opened(data: DataDirectory, release_id: str, embedder: Embedder) -> Iterator[Release]:
    release = open_release(data, release_id, embedder)
    try:
        yield release
    finally:
        release.close()


def _verdict(data: DataDirectory, comparison: Comparison, result: Gate, applicable: Applicable) -> Verdict:
    said = [summary(comparison, result, most=_SAID)]
    if not applicable.cases:
        said.insert(0, "No case can be asked of these releases: what becomes of their answers is not known.")
    if applicable.skipped:
        which = "; ".join(f"{count} that need {need}" for need, count in sorted(applicable.skipped.items()))
        said.append(f"Not asked, because their policies are in neither release: {which}.")
    report = as_json(comparison, result)
    report["asked"], report["skipped"] = len(applicable.cases), dict(applicable.skipped)
    page = _store(data.path / "eval" / "reports", report, as_html(comparison, result, notes=said[1:]))
    said.append(f"The whole report: {page}")
    return Verdict(result.passed, "\n".join(said), report)


def _store(folder: Path, report: Mapping[str, Any], page: str) -> Path:
    folder.mkdir(parents=True, exist_ok=True)
    at = datetime.now(UTC).strftime("%Y%m%dT%H%M%S%f")
    path = folder / f"{at}-{report['base']}-{report['new']}.html"
    path.with_suffix(".json").write_text(json.dumps(report, ensure_ascii=False), encoding="utf-8")
    path.write_text(page, encoding="utf-8")
    for ending in ("json", "html"):
        for old in sorted(folder.glob(f"*.{ending}"))[:-_KEPT]:
            old.unlink(missing_ok=True)
    return path
