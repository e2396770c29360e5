from __future__ import annotations

from pathlib import Path

import pytest
from pydantic import BaseModel, ConfigDict

from knowledge.datafile import DataFile
from knowledge.errors import DataFileError


class Reward(BaseModel):
    model_config = ConfigDict(extra="forbid")

    name: str
    yuan: int | None = None


def file(folder: Path, text: str) -> DataFile:
    path = folder / "data.yaml"
    path.write_text(text, encoding="utf-8")
    return DataFile(path)


def test_values_keep_their_kind_and_dates_and_words_stay_text(tmp_path: Path) -> None:
    content = file(tmp_path, 'a: 1\nb: 1.5\nc: 2011-01-24\nd: "007"\ne: no\nf: true\ng: null\nh: [x, {i: y}]\n').content
    assert content == {
        "a": 1,
        "b": 1.5,
        "c": "2011-01-24",
        "d": "007",
        "e": "no",
        "f": True,
        "g": None,
        "h": ["x", {"i": "y"}],
    }


def test_every_value_has_a_line(tmp_path: Path) -> None:
    data = file(tmp_path, "rewards:\n  - name: a\n\n  - name: b\n    yuan: 5\n")
    assert data.line(("rewards", 1, "yuan")) == 5
    assert data.line(("rewards", 1, "absent")) == 4
    assert data.line(()) == 1


def test_a_key_that_stands_twice_is_an_error(tmp_path: Path) -> None:
    with pytest.raises(DataFileError, match="line 3, key `a`: expected each key once"):
        file(tmp_path, "a: 1\nb: 2\na: 3\n")


@pytest.mark.parametrize("text", ["a: [1,\n", "a: b: c\n", "\tx"])
def test_what_is_no_yaml_is_an_error_with_its_line(tmp_path: Path, text: str) -> None:
    with pytest.raises(DataFileError, match=r"line \d+: expected YAML"):
        file(tmp_path, text)


def test_a_missing_file_and_another_encoding_are_errors(tmp_path: Path) -> None:
    with pytest.raises(DataFileError, match="can be read"):
        DataFile(tmp_path / "none.yaml")
    (tmp_path / "gbk.yaml").write_bytes("名称: 标准".encode("gb18030"))
    with pytest.raises(DataFileError, match="UTF-8"):
        DataFile(tmp_path / "gbk.yaml")


@pytest.mark.parametrize(
    ("text", "key", "line", "problem"),
    [
        ("name: a\nyuan: '5'\n", "yuan", 2, "integer, got '5'"),
        ("name: a\nyuan: true\n", "yuan", 2, "integer, got True"),
        ("yuan: 5\n", "name", 1, "expected this key"),
        ("name: a\nyaun: 5\n", "yaun", 2, "unknown key"),
    ],
)
def test_a_wrong_value_is_named_with_its_line_and_key(
    tmp_path: Path, text: str, key: str, line: int, problem: str
) -> None:
    data = file(tmp_path, text)
    with pytest.raises(DataFileError, match=problem) as error:
        data.parse(Reward, data.content)
    assert (error.value.key, error.value.line) == (key, line)


def test_an_empty_file_has_no_content(tmp_path: Path) -> None:
    assert file(tmp_path, "# nothing\n").content is None
