"""A policy that is switched off: in no release, its file and its rules kept for the day it comes back."""

from __future__ import annotations

from pathlib import Path

import pytest

from knowledge import life
from knowledge.datadir import DataDirectory
from knowledge.embedding import HashEmbeddings
from knowledge.errors import UsageError
from knowledge.life import Verdict
from knowledge.manifest import switched_off
from knowledge.releases import build, open_release, read_contents
from knowledge.staging import Change

EMBEDDER = HashEmbeddings()
OFF = Change(policy_id="ningbo-2016", fields={"enabled": False})
ON = Change(policy_id="ningbo-2016", fields={"enabled": True})


def passes(*_: object) -> Verdict:
    return Verdict(True, "nothing broke", {})


def published(data: DataDirectory, change: Change) -> str:
    staged = life.stage(data, EMBEDDER, change, by="alice")
    assert staged.built is not None, staged.faults
    return life.publish(data, passes, EMBEDDER, by="alice").release


def test_what_is_switched_off_is_in_no_release_and_comes_back_whole(data: DataDirectory) -> None:
    before = data.live_id()
    off = published(data, OFF)
    with_off = read_contents(data, off)
    assert "ningbo-2016" not in with_off.documents
    assert "ningbo-2016" not in with_off.rules.policies
    assert [policy.id for policy in switched_off(data.releases / off)] == ["ningbo-2016"]
    open_release(data, off, EMBEDDER).close()
    assert published(data, ON) == before, "the same corpus is the same release"


def test_switched_off_is_another_release_than_removed(data: DataDirectory) -> None:
    off = life.stage(data, EMBEDDER, OFF, by="alice").built
    life.reset(data, by="alice")
    gone = life.stage(data, EMBEDDER, Change(remove=("ningbo-2016",)), by="alice").built
    assert off is not None
    assert gone is not None
    assert off.release_id != gone.release_id


def test_a_release_with_a_policy_switched_off_is_a_folder_that_can_be_built(
    data: DataDirectory, tmp_path: Path
) -> None:
    off = published(data, OFF)
    other = DataDirectory(tmp_path / "other")
    assert build(data.releases / off, other, EMBEDDER) == off


def test_others_do_not_speak_of_what_is_off_and_stay_superseded(data: DataDirectory) -> None:
    life.stage(data, EMBEDDER, Change(policy_id="ningbo-2020", supersedes=("ningbo-2016",)), by="alice")
    life.publish(data, passes, EMBEDDER, by="alice")
    off = published(data, Change(policy_id="ningbo-2020", fields={"enabled": False}))
    old = read_contents(data, off).documents["ningbo-2016"].policy
    assert (old.status, old.superseded_by) == ("superseded", None)


def test_several_steps_without_building_are_built_by_the_next_empty_one(data: DataDirectory) -> None:
    assert life.edit(data, OFF, by="alice").built is None
    assert life.edit(data, Change(policy_id="ningbo-2020", fields={"issuer": "宁波市"}), by="bob").built is None
    with pytest.raises(UsageError, match="could not be built yet"):
        life.difference(data)
    built = life.stage(data, EMBEDDER, Change(), by="bob").built
    assert built is not None
    changed = life.difference(data)
    assert {change.policy_id: change.kind for change in changed.documents} == {
        "ningbo-2020": "edited",
        "ningbo-2016": "removed",
    }
