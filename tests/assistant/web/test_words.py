from __future__ import annotations

from dataclasses import asdict
from typing import get_args

import pytest

from assistant.answer import AnswerStatus, ConditionState, RewardStatus, Warning_
from assistant.web.words import EN, ZH, Words, script_labels, words_for
from knowledge.model import DropReason, PolicyStatus


@pytest.mark.parametrize("words", [ZH, EN])
def test_every_value_of_the_vocabularies_has_words(words: Words) -> None:
    assert set(words.status) == set(get_args(AnswerStatus))
    assert set(words.warnings) == set(get_args(Warning_))
    assert set(words.reward_status) == set(get_args(RewardStatus))
    assert set(words.state) == set(get_args(ConditionState))
    assert set(words.policy_status) == set(get_args(PolicyStatus))
    assert set(words.dropped) == set(get_args(DropReason))


def test_both_languages_label_the_same_things() -> None:
    chinese, english = asdict(ZH), asdict(EN)
    for name, value in chinese.items():
        other = english[name]
        assert bool(value) == bool(other), name
        assert not isinstance(value, dict) or set(value) == set(other), name


def test_the_language_is_chinese_unless_it_is_english() -> None:
    assert words_for("en-GB") is EN
    assert words_for("zh-CN") is ZH
    assert words_for("xx") is ZH
    assert words_for(None) is ZH


def test_the_script_gets_its_labels_in_both_languages() -> None:
    labels = script_labels()
    assert set(labels) == {"zh", "en"}
    assert labels["zh"]["close"] == ZH.close
    assert all(label for language in labels.values() for label in language.values())
