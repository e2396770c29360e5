"""What no file may do: take more time or memory than it is given, or pass for another kind."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

import knowledge.loaders
from knowledge.errors import ScanError, SourceError
from knowledge.limits import Limits
from knowledge.loaders import read
from knowledge.loaders.formats import check_format
from knowledge.settings import KnowledgeSettings
from tests.knowledge.loaders import makers
from tests.knowledge.loaders.makers import HEIGHT, WIDTH


@pytest.mark.parametrize(
    ("name", "data", "complaint"),
    [
        ("a.pdf", makers.docx_file(), "expected a PDF, as its name says, got a Word document; rename it to `.docx`"),
        ("a.docx", makers.xlsx_file(), "expected a Word document, as its name says, got a workbook"),
        ("a.docx", makers.zip_file({"a.txt": b"x"}), "got an archive"),
        ("a.txt", makers.pdf_file(), "expected plain text, as its name says, got a PDF"),
        ("a.pdf", makers.html_file("<p>404</p>"), "got a web page; .* it may be the error page of a download"),
        ("a.docx", b"plain words", "got plain text"),
        ("a.xlsx", bytes(range(256)), "expected a workbook, as its name says, got bytes of no kind; fetch it again"),
        ("a.zip", makers.docx_file(), "got a Word document"),
    ],
)
def test_a_name_that_lies_is_refused_with_what_the_file_is(name: str, data: bytes, complaint: str) -> None:
    with pytest.raises(SourceError, match=complaint):
        check_format(data, name)


@pytest.mark.parametrize("name", ["a.md", "a.csv", "a.html", "a.eml"])
def test_text_may_be_called_any_kind_of_text(name: str) -> None:
    assert check_format("标准".encode(), name) == knowledge.loaders.LOADERS[name[1:]]


def test_a_file_over_the_limit_is_not_even_read(tmp_path: Path) -> None:
    path = tmp_path / "a.txt"
    path.write_bytes(b"x" * (2 << 20))
    with pytest.raises(SourceError, match=r"at most 1 MB, got 2 MB.*BZT_FILE_MEGABYTES"):
        read(path, Limits(file_megabytes=1))


def test_the_limits_are_settings(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("BZT_CHARACTERS", "3")
    assert KnowledgeSettings().limits() == Limits(characters=3)
    path = tmp_path / "a.md"
    path.write_text("四个字了", encoding="utf-8")
    with pytest.raises(SourceError, match="at most 3 characters, got 5"):
        read(path)


def test_a_file_that_takes_too_long_is_given_up(tmp_path: Path) -> None:
    path = tmp_path / "a.html"
    path.write_bytes(makers.html_file("<p>字</p>" * 2_000_000))
    with pytest.raises(SourceError, match=r"within 1 seconds|parser ended abnormally"):
        read(path, Limits(seconds=1))


@pytest.mark.skipif(sys.platform != "linux", reason="other systems do not limit the address space")
def test_a_file_that_takes_too_much_memory_is_given_up(tmp_path: Path) -> None:
    path = tmp_path / "a.html"
    path.write_bytes(makers.html_file("<p>字</p>" * 2_000_000))
    with pytest.raises(SourceError, match=r"MB of memory|parser ended abnormally|cannot be read"):
        read(path, Limits(memory_megabytes=300))


def test_a_scan_is_refused_without_the_extra_and_recognised_with_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "scan.pdf"
    path.write_bytes(_scan())
    with monkeypatch.context() as without:
        without.setattr(knowledge.loaders, "find_spec", lambda name: None)
        with pytest.raises(ScanError, match=r"biaozhuntong\[ocr\]"):
            read(path)
    pytest.importorskip("rapidocr")
    source = read(path)
    assert makers.TITLE in source.text
    assert "60万元" in source.text
    assert source.notes == ("one page recognised from a scan: compare every figure with the picture",)
    line = next(line for line in source.lines if "60万元" in source.text[line.start : line.end])
    assert line.page == 1
    assert abs(line.box[1] - (100 + 2 * 28 - 16)) < 8


def _scan() -> bytes:
    """A page that is a picture of the policy."""
    import pypdfium2
    from reportlab.lib.utils import ImageReader

    rendered = pypdfium2.PdfDocument(makers.pdf_file())[0].render(scale=2).to_pil()
    return makers.pdf(lambda canvas: canvas.drawImage(ImageReader(rendered), 0, 0, WIDTH, HEIGHT))
