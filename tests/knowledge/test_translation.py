"""English words into the words of a corpus."""

from __future__ import annotations

import os
import subprocess
import sys

import pytest
from hypothesis import given
from hypothesis import strategies as st

from knowledge.settings import PACKAGE
from knowledge.translation import stem, translations

TEXTS = ["建设标准化服务平台,培育标准化专业人才。", "推动国际合作,吸引专家参加会议;在高等学校开设课程。"]


@pytest.fixture(scope="module")
def table() -> dict[str, tuple[str, ...]]:
    return translations(TEXTS)


@pytest.mark.parametrize(
    ("word", "chinese"),
    [
        ("platform", "平台"),
        ("Platforms", "平台"),
        ("talented", "人才"),
        ("experts", "专家"),
        ("meetings", "会议"),
        ("cooperation", "合作"),
        ("course", "课程"),
        ("standardization", "标准化"),
    ],
)
def test_an_english_word_has_the_words_of_the_corpus(
    table: dict[str, tuple[str, ...]], word: str, chinese: str
) -> None:
    assert chinese in table[stem(word)]


def test_only_words_of_the_corpus_are_there(table: dict[str, tuple[str, ...]]) -> None:
    assert "tax" not in table
    assert all(any(word in text for text in TEXTS) for words in table.values() for word in words)


def test_the_more_exact_translation_comes_first_and_there_are_not_too_many() -> None:
    found = translations(["会议室里开会议,召开大会,会面,会见,聚会,见面,开会,集会,例会,晚会,年会,全会,峰会,座谈会"])
    assert found["meet"].index("会议") < 6
    assert len(found["meet"]) <= 12
    assert len(set(found["meet"])) == len(found["meet"])


def test_words_that_only_glue_a_definition_together_translate_nothing(table: dict[str, tuple[str, ...]]) -> None:
    assert not {"the", "to", "of", "and", "a", "in", "sb", "sth"} & table.keys()


def test_a_word_is_not_found_across_a_comma_or_a_line() -> None:
    assert "平台" not in {word for words in translations(["水平,台湾", "水平\n台风"]).values() for word in words}


def test_traditional_texts_are_read_as_simplified_ones() -> None:
    assert "标准化" in translations(["推動標準化"])["standard"]


def test_no_texts_no_table() -> None:
    assert translations([]) == {}
    assert translations(["", "only English", "。，"]) == {}


@pytest.mark.parametrize(
    ("one", "other"), [("region", "regions"), ("Exchange", "exchanges"), ("offices", "office"), ("training", "trained")]
)
def test_forms_of_a_word_have_one_stem(one: str, other: str) -> None:
    assert stem(one) == stem(other)


@given(st.text(max_size=30))
def test_any_word_has_a_stem_in_lower_case(word: str) -> None:
    assert stem(word) == stem(word.lower())


def test_the_same_texts_give_the_same_table_in_any_order(table: dict[str, tuple[str, ...]]) -> None:
    assert translations(TEXTS[::-1]) == table
    assert list(translations(TEXTS)) == sorted(table)


def test_the_dictionary_is_read_as_utf8_whatever_the_locale_says() -> None:
    code = "from knowledge.translation import translations; print(ascii(translations(['\\u5e73\\u53f0'])['platform']))"
    posix = {**os.environ, "LC_ALL": "POSIX", "PYTHONUTF8": "0", "PYTHONCOERCECLOCALE": "0"}
    ran = subprocess.run(
        [sys.executable, "-c", code], env=posix, cwd=PACKAGE.parent, capture_output=True, encoding="ascii", timeout=300
    )
    assert (ran.returncode, ran.stdout, ran.stderr) == (0, "('\\u5e73\\u53f0',)\n", "")
