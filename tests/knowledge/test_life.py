"""Staged, judged, published, rolled back: what answers is always what somebody decided, and the log tells who and why."""

from __future__ import annotations

import hashlib
import json
import shutil
from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule

from knowledge import life
from knowledge.datadir import DataDirectory
from knowledge.embedding import Embedder, HashEmbeddings
from knowledge.errors import BiaozhuntongError, CorruptRelease, NoRelease, ReleaseError, UsageError
from knowledge.life import Publication, Staged, Verdict, kept
from knowledge.releases import build, open_release
from knowledge.staging import Change
from tests.corpus import TEXTS, write_corpus

EMBEDDER = HashEmbeddings()
NEW = TEXTS["ningbo-2016"].replace("40项", "50项")


class Counting(HashEmbeddings):
    """Remembers what it embedded."""

    def __init__(self) -> None:
        super().__init__()
        self.seen: list[str] = []

    def embed_documents(self, texts: list[str]) -> list[list[float]]:
        self.seen.extend(texts)
        return super().embed_documents(texts)


@pytest.fixture
def stage(data: DataDirectory, tmp_path: Path) -> Callable[..., Staged]:
    def staged(text: str = NEW, name: str = "ningbo-2016.txt", embedder: Embedder = EMBEDDER, **more: object) -> Staged:
        (tmp_path / name).write_text(text, encoding="utf-8")
        return life.stage(data, embedder, Change((tmp_path / name,), **more), by="alice")  # type: ignore[arg-type]

    return staged


def passes(*_: object) -> Verdict:
    return Verdict(True, "nothing broke", {"fixed": ["q1"]})


def fails(*_: object) -> Verdict:
    return Verdict(False, "q2 broke", {"broken": ["q2"]})


def publish(data: DataDirectory, gate: life.Gate = passes, **more: str) -> Publication:
    return life.publish(data, gate, EMBEDDER, by="bob", **more)  # type: ignore[arg-type]


# --- stage ------------------------------------------------------------------------------------------------------------------


def test_a_candidate_is_built_beside_the_live_release(data: DataDirectory, stage: Callable[..., Staged]) -> None:
    live = data.live_id()
    staged = stage()
    assert staged.built is not None
    assert data.live_id() == staged.base == live != staged.built.release_id
    release = open_release(data, staged.built.release_id, EMBEDDER)
    assert release.text("ningbo-2016") == NEW
    release.close()
    entry = data.audit.entries()[-2]
    assert (entry.action, entry.phase, entry.by, entry.before) == ("stage", "intent", "alice", live)
    assert entry.detail == {"files": ["ningbo-2016.txt"]}


def test_only_clauses_whose_words_changed_are_embedded(data: DataDirectory, stage: Callable[..., Staged]) -> None:
    counting = Counting()
    staged = stage(embedder=counting)
    assert staged.built is not None
    total = len(open_clauses(data, staged.built.release_id))
    assert (staged.built.embedded, staged.built.reused) == (1, total - 1)
    assert len(counting.seen) == 2  # one clause with its context, and the one sentence in it
    assert all("50项" in text for text in counting.seen)
    again = stage(embedder=counting)
    assert again.built is not None
    assert (again.built.embedded, len(counting.seen)) == (0, 2)


def open_clauses(data: DataDirectory, release_id: str) -> list[str]:
    release = open_release(data, release_id, EMBEDDER)
    release.close()
    return list(release.clauses)


def test_changes_add_up_until_they_are_published_or_thrown_away(
    data: DataDirectory, stage: Callable[..., Staged]
) -> None:
    first = stage()
    second = stage("苏州市办法\n第一条 支持标准化。\n", "suzhou-2024.txt")
    assert first.built is not None
    assert second.built is not None
    found = life.difference(data)
    assert [(d.kind, d.policy_id) for d in found.documents] == [("added", "suzhou-2024"), ("edited", "ningbo-2016")]
    assert first.built.release_id not in data.ids()  # a candidate that was given up
    assert life.reset(data, by="alice")
    assert data.ids() == [data.live_id()]
    assert not life.reset(data, by="alice")
    with pytest.raises(UsageError, match="nothing is staged"):
        life.difference(data)


def test_rules_that_do_not_stand_keep_the_candidate_from_being_built(
    data: DataDirectory, stage: Callable[..., Staged], tmp_path: Path
) -> None:
    changed = TEXTS["ningbo-2016"].replace("30万元、12万元", "50万元、20万元")
    staged = stage(changed)
    assert staged.built is None
    assert "ningbo-2016.drafting.national" in staged.faults[0]
    with pytest.raises(UsageError, match="could not be built yet"):
        publish(data)
    rules = data.staged / "rules" / "ningbo-2016.yaml"
    text = rules.read_text(encoding="utf-8")
    for old, new in (("30万元", "50万元"), ("12万元", "20万元"), ("300000", "500000"), ("120000", "200000")):
        text = text.replace(old, new)
    rules.write_text(text, encoding="utf-8")
    corrected = life.stage(data, EMBEDDER, Change(), by="alice")  # edited by hand, built as it is
    assert corrected.built is not None
    assert corrected.faults == []
    yuan = {f.new for d in life.difference(data).documents for r in d.rules for f in r.fields if f.field == "yuan"}
    assert yuan == {500000, 200000}


def test_a_wrong_change_stages_nothing(data: DataDirectory, stage: Callable[..., Staged]) -> None:
    stage()
    before, candidate = life.staging.digest(data.staged), data.staged_candidate()
    with pytest.raises(BiaozhuntongError):
        stage("甲\n乙。", "ningbo-2020.txt", policy_id="x")
    assert (life.staging.digest(data.staged), data.staged_candidate()) == (before, candidate)


def test_an_empty_change_of_nothing_says_what_to_do(data: DataDirectory) -> None:
    with pytest.raises(UsageError, match="name the files"):
        life.stage(data, EMBEDDER, Change(), by="alice")


def test_a_change_needs_a_live_release(tmp_path: Path) -> None:
    with pytest.raises(NoRelease, match="knowledge build"):
        life.stage(DataDirectory(tmp_path / "none"), EMBEDDER, Change(remove=("a",)), by="alice")


def test_a_damaged_live_release_is_no_ground_to_build_on(data: DataDirectory, stage: Callable[..., Staged]) -> None:
    (data.releases / data.live_id() / "sources" / "ningbo-2016.txt").write_text("x", encoding="utf-8")
    with pytest.raises(CorruptRelease, match=r"sources/ningbo-2016\.txt was changed"):
        stage()


def test_a_working_copy_of_unknown_state_is_kept_and_named(data: DataDirectory, stage: Callable[..., Staged]) -> None:
    stage()
    (data.staged / "staged.json").write_text("{", encoding="utf-8")
    with pytest.raises(UsageError, match="stage --reset"):
        stage()
    assert (data.staged / "sources" / "ningbo-2016.txt").is_file()
    assert life.reset(data, by="alice")


def test_a_release_is_itself_a_folder_to_build_from(
    data: DataDirectory, stage: Callable[..., Staged], tmp_path: Path
) -> None:
    staged = stage(NEW)
    assert staged.built is not None
    candidate = data.releases / staged.built.release_id
    assert build(candidate, DataDirectory(tmp_path / "other"), EMBEDDER) == staged.built.release_id
    assert (
        hashlib.sha256((candidate / "sources" / "ningbo-2016.txt").read_bytes()).digest()
        == hashlib.sha256(NEW.encode()).digest()
    )


# --- publish ----------------------------------------------------------------------------------------------------------------


def test_what_passes_is_published(data: DataDirectory, stage: Callable[..., Staged]) -> None:
    before, asked = data.live_id(), []

    def gate(*arguments: object) -> Verdict:
        asked.append(arguments)
        return passes()

    staged = stage()
    assert staged.built is not None
    candidate = staged.built.release_id
    done = publish(data, gate, why="the office moved")
    assert asked == [(data, before, candidate)]
    assert (done.published, done.release, done.before, data.live_id()) == (True, candidate, before, candidate)
    assert not data.staged.exists()
    entry = next(e for e in data.audit.entries() if e.action == "publish")
    assert (entry.by, entry.why, entry.override) == ("bob", "the office moved", None)
    assert entry.detail["changes"] == "edited ningbo-2016; clauses: 1 edited"
    report = data.verdict_file(candidate).read_bytes()
    assert json.loads(report)["report"] == {"fixed": ["q1"]}
    assert entry.verdict == {
        "passed": True,
        "summary": "nothing broke",
        "report_sha256": hashlib.sha256(report).hexdigest(),
    }
    with pytest.raises(UsageError, match="nothing is staged"):
        publish(data)


@pytest.mark.parametrize(
    ("gate", "says"),
    [
        (fails, "q2 broke"),
        (lambda *_: 1 / 0, "the gate broke.*ZeroDivisionError"),
        (lambda *_: None, "the gate broke"),
        (lambda *_: Verdict("yes", "yes"), "the gate broke.*'yes'"),  # type: ignore[arg-type]
        (lambda *_: exit(0), "the gate broke.*SystemExit"),
    ],
)
def test_what_fails_or_breaks_is_blocked_and_can_be_overridden_with_a_reason(
    gate: life.Gate, says: str, data: DataDirectory, stage: Callable[..., Staged]
) -> None:
    before = data.live_id()
    stage()
    done = publish(data, gate)
    assert not done.published
    assert data.live_id() == before
    assert data.audit.entries()[-1].phase == "blocked"
    (candidate,) = [release for release in kept(data) if release.candidate]
    assert candidate.history[-1].verdict is not None
    assert not candidate.history[-1].verdict["passed"]
    with pytest.raises(UsageError, match="reason"):
        publish(data, gate, override="  ")
    done = publish(data, gate, override="checked by hand")
    assert done.published
    assert data.live_id() == done.release
    entry = [e for e in data.audit.entries() if e.phase == "intent"][-1]
    assert (entry.override, entry.verdict and entry.verdict["passed"]) == ("checked by hand", False)


def test_an_override_that_was_not_needed_is_not_recorded(data: DataDirectory, stage: Callable[..., Staged]) -> None:
    stage()
    publish(data, override="just in case")
    assert [e.override for e in data.audit.entries() if e.action == "publish"] == [None, None]


def test_a_change_that_changes_nothing_is_not_published(data: DataDirectory, stage: Callable[..., Staged]) -> None:
    stage(TEXTS["ningbo-2016"])
    with pytest.raises(UsageError, match="live already"):
        publish(data)
    assert life.difference(data).documents == ()


def test_a_candidate_made_from_what_is_no_longer_live_is_refused(
    data: DataDirectory, stage: Callable[..., Staged], tmp_path: Path
) -> None:
    stage()
    folder = tmp_path / "plain"
    folder.mkdir()
    (folder / "x.txt").write_text("某某办法\n第一条 支持标准化。\n", encoding="utf-8")
    build(folder, data, EMBEDDER)
    for act in (lambda: publish(data), stage):
        with pytest.raises(ReleaseError, match=r"was made from the release .* is live now.*--reset"):
            act()


# --- rollback -----------------------------------------------------------------------------------------------------------------


def test_each_rollback_goes_one_further_back(data: DataDirectory, stage: Callable[..., Staged]) -> None:
    steps = [data.live_id()]
    for number in (41, 42):
        stage(TEXTS["ningbo-2016"].replace("40项", f"{number}项"))
        steps.append(publish(data).release)
    assert life.rollback(data, EMBEDDER, by="bob", why="wrong goal") == steps[1] == data.live_id()
    assert life.rollback(data, EMBEDDER, by="bob") == steps[0]
    with pytest.raises(UsageError, match=f"no release before.*{steps[2]}|no release before.*{steps[1]}"):
        life.rollback(data, EMBEDDER, by="bob")
    assert life.rollback(data, EMBEDDER, steps[2], by="bob") == data.live_id()
    assert life.rollback(data, EMBEDDER, by="bob") == steps[0]
    assert next(e.why for e in data.audit.entries() if e.action == "rollback") == "wrong goal"


def test_a_damaged_release_is_passed_over_or_refused(data: DataDirectory, stage: Callable[..., Staged]) -> None:
    first = data.live_id()
    stage(TEXTS["ningbo-2016"].replace("40项", "41项"))
    second = publish(data).release
    stage()
    publish(data)
    (data.releases / second / "documents.jsonl").write_text("", encoding="utf-8")
    with pytest.raises(CorruptRelease, match=r"documents\.jsonl"):
        life.rollback(data, EMBEDDER, second, by="bob")
    assert life.rollback(data, EMBEDDER, by="bob") == first


def test_there_is_no_way_around_the_gate(data: DataDirectory, stage: Callable[..., Staged]) -> None:
    staged = stage()
    assert staged.built is not None
    with pytest.raises(UsageError, match="never published"):
        life.rollback(data, EMBEDDER, staged.built.release_id, by="bob")
    with pytest.raises(UsageError, match="is live already"):
        life.rollback(data, EMBEDDER, data.live_id(), by="bob")
    with pytest.raises(UsageError, match=f"no release `nobody`.*{data.live_id()}"):
        life.rollback(data, EMBEDDER, "nobody", by="bob")


def test_a_lost_pointer_comes_back(data: DataDirectory) -> None:
    live = data.live_id()
    data.live_file.unlink()
    assert [release.live for release in kept(data)] == [False]
    assert life.rollback(data, EMBEDDER, by="bob") == live == data.live_id()


# --- which releases are kept -------------------------------------------------------------------------------------------------


def publications(data: DataDirectory, stage: Callable[..., Staged], numbers: range, keep: int) -> list[str]:
    made = []
    for number in numbers:
        stage(TEXTS["ningbo-2016"].replace("40项", f"{number}项"))
        made.append(life.publish(data, passes, EMBEDDER, by="bob", keep=keep).release)
    return made


def test_the_last_ones_the_pinned_and_the_open_stay(data: DataDirectory, stage: Callable[..., Staged]) -> None:
    first = data.live_id()
    reader = open_release(data, first, EMBEDDER)
    (second,) = publications(data, stage, range(60, 61), keep=2)
    life.pin(data, second, by="alice")
    with pytest.raises(UsageError, match="no release"):
        life.pin(data, "nobody", by="alice")
    made = publications(data, stage, range(70, 73), keep=2)
    assert set(data.ids()) == {first, second, *made[-2:]}
    assert reader.vectors.search("标准", 1)  # its index is copied only now
    reader.close()
    life.unpin(data, second, by="alice", keep=2)
    assert set(data.ids()) == set(made[-2:])
    assert {p.stem for p in (data.path / "verdicts").iterdir()} == set(made[-2:])
    removed = [name for e in data.audit.entries() if e.action == "remove" for name in e.detail["releases"]]
    assert {first, second} <= set(removed)
    with pytest.raises(UsageError, match="not pinned"):
        life.unpin(data, second, by="alice")
    assert data.audit.faults() == []


def test_the_list_tells_who_when_why_and_the_verdict(data: DataDirectory, stage: Callable[..., Staged]) -> None:
    stage()
    done = publish(data, fails, override="urgent", why="new year")
    stage("苏州市办法\n第一条 支持标准化。\n", "suzhou-2024.txt")
    candidate, live, before = kept(data)
    assert (candidate.candidate, candidate.live, live.live, before.live) == (True, False, True, False)
    assert live.release == done.release
    assert (live.history[-1].phase, before.history[0].action) == ("done", "build")
    assert candidate.policies == (*TEXTS, "suzhou-2024")
    assert life.doubts(data) == []


def test_a_pointer_moved_by_hand_is_noticed(data: DataDirectory, stage: Callable[..., Staged]) -> None:
    first = data.live_id()
    stage()
    publish(data)
    data.live_file.write_text(first, encoding="utf-8")
    assert "does not say who" in life.doubts(data)[0]
    assert life.rollback(data, EMBEDDER, by="bob") != first


def test_a_release_whose_manifest_is_gone_wrong_is_still_listed(data: DataDirectory) -> None:
    (data.releases / data.live_id() / "manifest.json").write_text("{", encoding="utf-8")
    assert [release.built for release in kept(data)] == [None]


# --- any sequence --------------------------------------------------------------------------------------------------------------


class Lives(RuleBasedStateMachine):
    """Any sequence of changes leaves a live release that opens and a log that verifies."""

    root: Path

    @initialize()
    def begin(self) -> None:
        self.folder = self.root / str(len(list(self.root.iterdir())))
        shutil.copytree(self.root / "built", self.folder)
        self.data = DataDirectory(self.folder)

    # A step may be refused; then nothing was switched.
    def _try(self, act: Callable[[], object]) -> None:
        before = self.data.live_id()
        try:
            act()
        except BiaozhuntongError:
            assert self.data.live_id() == before

    @rule(number=st.integers(1, 3), name=st.sampled_from(["ningbo-2016", "x", "y"]))
    def stage(self, number: int, name: str) -> None:
        path = self.folder / "given" / f"{name}.txt"
        path.parent.mkdir(exist_ok=True)
        path.write_text(f"宁波市办法\n第一条 新增国家标准{number}项。\n", encoding="utf-8")
        remove = ("ningbo-2016",) if name == "ningbo-2016" else ()
        change = Change((), remove=remove) if remove else Change((path,))
        self._try(lambda: life.stage(self.data, EMBEDDER, change, by="s", keep=2))

    @rule()
    def reset(self) -> None:
        self._try(lambda: life.reset(self.data, by="s", keep=2))

    @rule(gate=st.sampled_from([passes, passes, fails]), override=st.sampled_from([None, "because"]))
    def publish(self, gate: life.Gate, override: str | None) -> None:
        self._try(lambda: life.publish(self.data, gate, EMBEDDER, by="p", override=override, keep=2))

    @rule()
    def rollback(self) -> None:
        self._try(lambda: life.rollback(self.data, EMBEDDER, by="r", keep=2))

    @rule(release=st.integers(0, 4))
    def rollback_to(self, release: int) -> None:
        names = self.data.ids()
        self._try(lambda: life.rollback(self.data, EMBEDDER, names[release % len(names)], by="r", keep=2))

    @rule()
    def build(self) -> None:
        self._try(lambda: life.rebuild(self.root / "corpus", self.data, EMBEDDER, by="b", keep=2))

    @invariant()
    def the_live_release_opens_and_the_log_verifies(self) -> None:
        live = self.data.live_id()
        open_release(self.data, live, EMBEDDER).close()
        assert life.doubts(self.data) == []
        found = kept(self.data)
        assert [release.release for release in found if release.live] == [live]
        assert live == self.data.trail()[-1]
        # The last two that answered, the live one, the candidate and what it was made from.
        assert len(found) <= 5
        assert self.data.published()[0] == live


def test_any_sequence_of_changes_leaves_a_live_release_that_opens(built: Path, tmp_path: Path) -> None:
    class Here(Lives):
        root = tmp_path

    shutil.copytree(built, tmp_path / "built")
    write_corpus(tmp_path / "corpus")
    run = settings(max_examples=6, stateful_step_count=10, deadline=None, suppress_health_check=list(HealthCheck))
    Here.TestCase.settings = run
    Here.TestCase("runTest").runTest()
