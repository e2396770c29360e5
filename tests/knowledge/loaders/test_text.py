from __future__ import annotations

from pathlib import Path

import pytest

from knowledge.errors import SourceError
from knowledge.loaders import load
from knowledge.loaders.text import decode, decode_declared

SIMPLIFIED = "关于推进标准化工作的意见\r\n一、总体要求\r\n对制定国际标准的企业，奖励100万元。\r\n"
TRADITIONAL = "關於推進標準化工作的意見\n一、總體要求\n對制定國際標準的企業，獎勵100萬元。\n"


def written(folder: Path, data: bytes, name: str = "policy.txt") -> Path:
    path = folder / name
    path.write_bytes(data)
    return path


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-16-be", "gb18030"])
def test_the_encoding_is_found_and_nothing_else_is_changed(tmp_path: Path, encoding: str) -> None:
    assert load(written(tmp_path, SIMPLIFIED.encode(encoding))) == SIMPLIFIED


@pytest.mark.parametrize("encoding", ["utf-8", "big5", "cp950", "utf-16-be", "gb18030"])
def test_traditional_text_is_read_too(tmp_path: Path, encoding: str) -> None:
    assert load(written(tmp_path, TRADITIONAL.encode(encoding))) == TRADITIONAL


@pytest.mark.parametrize(
    ("data", "complaint"),
    [
        (b"", "empty file"),
        (b" \r\n\t\n", "empty file"),
        (b"\x89PNG\r\n\x1a\n\x00\x00\x00\rIHDR" + bytes(range(256)), "a picture"),
        (b"\xfe\x00\xff\x01" + bytes(range(256)), "UTF-16, GB18030 or Big5"),
        ("标准".encode() + b"\x00\x01\x02\x03", "binary data"),
        (b"\xef\xbb\xbf" + b"\xff\xfe\xfd", "byte order mark"),
    ],
)
def test_what_is_no_text_is_refused_in_one_sentence(tmp_path: Path, data: bytes, complaint: str) -> None:
    path = written(tmp_path, data)
    with pytest.raises(SourceError, match=complaint) as error:
        load(path)
    assert str(path) in str(error.value)
    assert "\n" not in str(error.value)


def test_a_missing_file_and_a_folder_are_refused(tmp_path: Path) -> None:
    with pytest.raises(SourceError, match="No such file"):
        load(tmp_path / "none.txt")
    with pytest.raises(SourceError, match=str(tmp_path)):
        load(tmp_path)


def test_the_loader_is_chosen_by_the_ending(tmp_path: Path) -> None:
    assert load(written(tmp_path, SIMPLIFIED.encode(), "policy.TXT")) == SIMPLIFIED
    with pytest.raises(SourceError, match=r"`\.txt`.*`\.wps`"):
        load(written(tmp_path, b"x", "policy.wps"))


@pytest.mark.parametrize("heading", ["第三章 監督管理", "第四章 附則"])
def test_a_heading_alone_shows_its_encoding(heading: str) -> None:
    assert decode(heading.encode("cp950"), "a.txt") == heading


@pytest.mark.parametrize(
    ("declared", "encoding"),
    [("gb2312", "gb18030"), ("iso-8859-1", "gb18030"), ("windows-1252", "utf-8"), ("no such", "utf-8"), ("", "utf-16")],
)
def test_what_a_format_says_of_its_encoding_is_checked(declared: str, encoding: str) -> None:
    assert decode_declared(SIMPLIFIED.encode(encoding), declared, "a.eml") == SIMPLIFIED
