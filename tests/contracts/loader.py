"""What every loader does."""

from __future__ import annotations

from pathlib import Path

import pytest

from knowledge.checks import cover_faults, overlap_faults
from knowledge.errors import SourceError
from knowledge.limits import Limits
from knowledge.loaders import Source, read
from knowledge.loaders.formats import check_format, parse_as
from knowledge.manifest import described, document_of
from knowledge.model import Document


class LoaderContract:
    """Inherit, and say the ending, the bytes of a good file, and words of its text in their order.

    `rows` are the lines that its table becomes; a format of text cannot tell that it is cut short.
    """

    ending: str
    words: tuple[str, ...]
    rows: tuple[str, ...] = ()
    is_text = False

    @pytest.fixture
    def data(self) -> bytes:
        raise NotImplementedError

    @pytest.fixture
    def source(self, data: bytes) -> Source:
        name = f"policy{self.ending}"
        return parse_as(check_format(data, name), data, name, Limits())

    @pytest.fixture
    def document(self, data: bytes, source: Source, tmp_path: Path) -> Document:
        path = tmp_path / f"policy{self.ending}"
        path.write_bytes(data)
        return document_of(described(path, source), source)

    def test_the_words_stand_in_order(self, source: Source) -> None:
        at = -1
        for word in self.words:
            found = source.text.find(word, at + 1)
            assert found > at, f"{word!r} behind {source.text[:at]!r}"
            at = found

    def test_each_row_of_a_table_is_a_line_with_its_headers(self, source: Source) -> None:
        assert tuple(source.text[row.start : row.end] for row in source.rows) == self.rows

    def test_every_range_lies_in_the_text_ascending_and_apart(self, source: Source) -> None:
        for ranges in (source.dropped, source.rows, source.lines):
            last = 0
            for span in ranges:
                assert last <= span.start < span.end <= len(source.text)
                last = span.end

    def test_every_character_is_in_a_clause_or_dropped(self, document: Document) -> None:
        assert [*overlap_faults(document), *cover_faults(document)] == []

    def test_every_row_is_a_clause_of_its_own_and_one_sentence(self, document: Document) -> None:
        clauses = {clause.text.splitlines()[-1]: clause for clause in document.clauses}
        for row in self.rows:
            assert document.text[slice(*clauses[row].sentences[-1])].endswith(row)

    def test_a_process_of_its_own_gives_the_same(self, data: bytes, source: Source, tmp_path: Path) -> None:
        path = tmp_path / f"policy{self.ending}"
        path.write_bytes(data)
        assert read(path) == source

    @pytest.mark.parametrize("content", [b"", b" \r\n", b"\0" * 100])
    def test_an_empty_file_is_refused(self, tmp_path: Path, content: bytes) -> None:
        self._refused(tmp_path, content, "empty")

    def test_a_file_cut_short_is_refused(self, data: bytes, tmp_path: Path) -> None:
        if self.is_text:
            pytest.skip("text has no end of its own")
        self._refused(tmp_path, data[: len(data) // 2], "cut short|damaged")

    @pytest.mark.parametrize(
        ("content", "what"),
        [
            (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(512), "old Office file"),
            (b"\x89PNG\r\n\x1a\n" + bytes(range(256)), "a picture"),
            (b"\x7fELF\x02\x01\x01" + bytes(range(256)) * 4, "expected"),
        ],
    )
    def test_a_file_of_another_kind_is_refused_and_named(self, tmp_path: Path, content: bytes, what: str) -> None:
        self._refused(tmp_path, content, what)

    def _refused(self, folder: Path, content: bytes, complaint: str) -> None:
        path = folder / f"policy{self.ending}"
        path.write_bytes(content)
        with pytest.raises(SourceError, match=complaint) as error:
            read(path)
        assert str(path) in str(error.value)
        assert "\n" not in str(error.value)
