"""The sentences of answers: the same in both languages, and an error that names file and key where one is broken."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest
from jinja2 import Environment, meta

from assistant.answer import Language
from assistant.phrases import PROMPTS, Phrases
from knowledge.errors import DataFileError


@pytest.fixture(scope="module")
def phrases() -> Phrases:
    return Phrases()


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A folder with two small files of templates."""
    for language in ("zh", "en"):
        (tmp_path / f"{language}.yaml").write_text('hello: "{{ name }}!"\nplain: x\n', encoding="utf-8")
    return tmp_path


def variables(text: str) -> set[str]:
    return meta.find_undeclared_variables(Environment().parse(text))


def test_every_template_says_the_same_things_in_both_languages(phrases: Phrases) -> None:
    for key in sorted(phrases.keys()):
        zh, en = variables(phrases.text("zh", key)), variables(phrases.text("en", key))
        # English has a title's English form beside the original, and needs no verb for what is paid.
        assert zh - {"verb"} == en - {"title_en"}, key


def test_every_template_is_a_sentence_of_its_language(phrases: Phrases) -> None:
    for key in sorted(phrases.keys()):
        assert phrases.text("zh", key).strip(), key
        assert phrases.text("en", key).strip(), key
        written = phrases.text("en", key)
        assert not any("\u3400" <= char <= "\u9fff" for char in written), key


def test_no_template_states_a_number_of_its_own(phrases: Phrases) -> None:
    for language in ("zh", "en"):
        for key in sorted(phrases.keys()):
            literal = "".join(
                str(data) for _, kind, data in Environment().lex(phrases.text(language, key)) if kind == "data"
            )
            assert not any(char.isdigit() for char in literal), f"{language} {key}"


@pytest.mark.parametrize("language", ["zh", "en"])
def test_every_template_can_be_filled_in(phrases: Phrases, language: Language) -> None:
    for key in sorted(phrases.keys()):
        values: dict[str, object] = dict.fromkeys(variables(phrases.text(language, key)), "甲")
        values |= {name: ["甲", "乙"] for name in ("places", "titles", "points") if name in values}
        assert phrases.say(language, key, **values).strip(), key


def test_values_are_put_in_as_they_are(folder: Path) -> None:
    assert Phrases(folder).say("zh", "hello", name="<b>{{ 1 + 1 }}&") == "<b>{{ 1 + 1 }}&!"


@pytest.mark.parametrize("language", ["zh", "en"])
@pytest.mark.parametrize("text", ["{{ name", "{% if %}", "{{ nobody }}", "{{ name | nofilter }}", "{{ name.upper( }}"])
def test_a_broken_template_is_named_with_its_file_and_its_key(folder: Path, language: Language, text: str) -> None:
    path = folder / f"{language}.yaml"
    path.write_text(f'hello: "{text}"\nplain: x\n', encoding="utf-8")
    with pytest.raises(DataFileError) as error:
        Phrases(folder).say(language, "hello", name="x")
    assert (error.value.path, error.value.key) == (path, "hello")


def test_templates_reach_nothing_outside(folder: Path) -> None:
    (folder / "zh.yaml").write_text("hello: \"{{ ''.__class__.__mro__ }}\"\nplain: x\n", encoding="utf-8")
    with pytest.raises(DataFileError) as error:
        Phrases(folder).say("zh", "hello")
    assert error.value.key == "hello"


def test_a_key_of_one_language_alone_is_an_error(folder: Path) -> None:
    (folder / "zh.yaml").write_text("hello: x\nplain: x\nmore: x\n", encoding="utf-8")
    with pytest.raises(DataFileError, match="more") as error:
        Phrases(folder)
    assert error.value.path == folder / "en.yaml"


@pytest.mark.parametrize("text", ["", "- a\n- b\n", "a: [1]\n", "1: x\n", "a: {b: c}\n", "a: 'unclosed\n", "a: \x00\n"])
def test_a_file_that_is_no_mapping_of_texts_is_an_error(folder: Path, text: str) -> None:
    (folder / "en.yaml").write_text(text, encoding="utf-8")
    with pytest.raises(DataFileError) as error:
        Phrases(folder)
    assert error.value.path == folder / "en.yaml"


@pytest.mark.parametrize("harm", ["missing", "latin1"])
def test_a_file_that_cannot_be_read_is_an_error(folder: Path, harm: str) -> None:
    if harm == "missing":
        (folder / "en.yaml").unlink()
    else:
        (folder / "en.yaml").write_bytes("hello: caf\xe9\n".encode("latin-1"))
    with pytest.raises(DataFileError) as error:
        Phrases(folder)
    assert error.value.path == folder / "en.yaml"


def test_an_unknown_key_is_an_error(folder: Path) -> None:
    with pytest.raises(DataFileError) as error:
        Phrases(folder).say("en", "goodbye")
    assert (error.value.path, error.value.key) == (folder / "en.yaml", "goodbye")


def test_the_fingerprint_changes_with_any_word(tmp_path: Path, phrases: Phrases) -> None:
    copy = tmp_path / "prompts"
    shutil.copytree(PROMPTS, copy)
    assert Phrases(copy).fingerprint == phrases.fingerprint
    path = copy / "en.yaml"
    path.write_text(path.read_text(encoding="utf-8").replace("Hello!", "Hi!"), encoding="utf-8")
    assert Phrases(copy).fingerprint != phrases.fingerprint
