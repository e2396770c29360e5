from __future__ import annotations

import pytest

from tests.contracts.loader import LoaderContract
from tests.knowledge.loaders import makers
from tests.knowledge.loaders.makers import ARTICLES, ROW_TEXTS, TITLE


class TestText(LoaderContract):
    ending = ".txt"
    words = (TITLE, *ARTICLES, *ROW_TEXTS)
    is_text = True

    @pytest.fixture
    def data(self) -> bytes:
        return makers.text_file()


class TestHtml(LoaderContract):
    ending = ".html"
    words = (TITLE, *ARTICLES, *ROW_TEXTS)
    rows = ROW_TEXTS
    is_text = True

    @pytest.fixture
    def data(self) -> bytes:
        return makers.html_file()


class TestMhtml(LoaderContract):
    ending = ".mht"
    words = (TITLE, *ARTICLES, *ROW_TEXTS)
    rows = ROW_TEXTS
    is_text = True

    @pytest.fixture
    def data(self) -> bytes:
        return makers.mhtml_file()


class TestMarkdown(LoaderContract):
    ending = ".md"
    words = (TITLE, *ARTICLES, *ROW_TEXTS)
    rows = ROW_TEXTS
    is_text = True

    @pytest.fixture
    def data(self) -> bytes:
        return makers.markdown_file()


class TestCsv(LoaderContract):
    ending = ".csv"
    words = ROW_TEXTS
    rows = ROW_TEXTS
    is_text = True

    @pytest.fixture
    def data(self) -> bytes:
        return makers.csv_file()


class TestXlsx(LoaderContract):
    ending = ".xlsx"
    words = (TITLE, *ROW_TEXTS)
    rows = ROW_TEXTS

    @pytest.fixture
    def data(self) -> bytes:
        return makers.xlsx_file()


class TestDocx(LoaderContract):
    ending = ".docx"
    words = (TITLE, *ARTICLES, *ROW_TEXTS)
    rows = ROW_TEXTS

    @pytest.fixture
    def data(self) -> bytes:
        return makers.docx_file()


class TestPdf(LoaderContract):
    ending = ".pdf"
    words = (TITLE, *ARTICLES, *ROW_TEXTS)
    rows = ROW_TEXTS

    @pytest.fixture
    def data(self) -> bytes:
        return makers.pdf_file()


class TestEml(LoaderContract):
    ending = ".eml"
    words = (f"转发：{TITLE}", "各单位", "办法.docx", TITLE, *ARTICLES, *ROW_TEXTS)
    rows = ROW_TEXTS
    is_text = True

    @pytest.fixture
    def data(self) -> bytes:
        return makers.eml_file()


class TestZip(LoaderContract):
    ending = ".zip"
    words = ("办法.docx", TITLE, *ARTICLES, *ROW_TEXTS)
    rows = ROW_TEXTS

    @pytest.fixture
    def data(self) -> bytes:
        return makers.zip_file()
