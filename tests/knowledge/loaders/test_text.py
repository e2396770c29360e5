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
        (SIMPLIFIED.encode()[:-4], "UTF-8 that is cut short in the middle of a character"),
        (SIMPLIFIED.encode("gb18030")[:-3], "GB18030 that is cut short in the middle of a character"),
        (SIMPLIFIED.encode() + b"\x80\n" + SIMPLIFIED.encode(), "UTF-8 up to line 4 and other bytes in it"),
        ((SIMPLIFIED * 9).encode() + SIMPLIFIED.encode("gb18030"), "UTF-8 up to line 28 and other bytes in it"),
        (bytes(range(128, 256)) * 9, "got other bytes"),
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


@pytest.mark.parametrize("encoding", ["utf-16-le", "utf-16-be"])
def test_wide_characters_are_told_without_mark_and_line_end(encoding: str) -> None:
    text = "对主导制定国际标准的企业，每项奖励六十万元。"
    assert b"\0" not in text.encode(encoding)
    assert decode(text.encode(encoding), "a.txt") == text


def test_marks_in_front_of_the_text_are_none_of_it() -> None:
    assert decode("\ufeff\ufeff第一条。".encode(), "a.txt") == "第一条。"


@pytest.mark.parametrize("encoding", ["cp950", "big5hkscs"])
@pytest.mark.parametrize(
    "text",
    [
        "第二條 獎勵60萬元。",
        "第一條 為推進標準化工作，制定本辦法。\r\n（一）國家標準，每項獎勵30萬元；\r\n",
        "級別;金額;備註\r\n國際標準;60萬元;限前兩名\r\n",
        "附則①：主導制定者，由財政局撥付50%，最高100萬元；「同一項目」不重複獎勵。",
    ],
)
def test_big5_is_told_from_gb18030(text: str, encoding: str) -> None:
    if encoding == "big5hkscs":
        text = text.replace("①", "")
    assert decode(text.encode(encoding), "a.txt") == text


@pytest.mark.parametrize(
    "text", ["第二条 奖励60万元。", "级别;金额\r\n国际标准;60万元\r\n", "（一）总则", "①②③ 每平方米㎡"]
)
def test_gb18030_is_told_from_big5(text: str) -> None:
    assert decode(text.encode("gb18030"), "a.txt") == text


@pytest.mark.parametrize("heading", ["第三章 監督管理", "第四章 附則"])
def test_a_heading_alone_shows_its_encoding(heading: str) -> None:
    assert decode(heading.encode("cp950"), "a.txt") == heading


@pytest.mark.parametrize(
    ("declared", "encoding"),
    [("gb2312", "gb18030"), ("iso-8859-1", "gb18030"), ("windows-1252", "utf-8"), ("no such", "utf-8"), ("", "utf-16")],
)
def test_what_a_format_says_of_its_encoding_is_checked(declared: str, encoding: str) -> None:
    assert decode_declared(SIMPLIFIED.encode(encoding), declared, "a.eml") == SIMPLIFIED
