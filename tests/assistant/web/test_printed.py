"""Pages of originals: who gets which, how often they are drawn, and what is refused."""

from __future__ import annotations

import io
import threading
from collections.abc import Iterator
from functools import partial
from pathlib import Path

import pytest
from PIL import Image
from starlette.testclient import TestClient

from assistant.answer import Citation
from assistant.api import create_app
from assistant.draft import cite, sentences_of
from assistant.live import LiveAssistant
from assistant.web import printed
from assistant.web.evidence import Passage, citation_href, quote_digest
from assistant.web.printed import Busy, PagePictures, first_page, marks, page_count
from assistant.web.words import EN, ZH
from knowledge.datadir import DataDirectory
from knowledge.errors import SourceError
from knowledge.limits import Limits
from knowledge.loaders.pdf_picture import Picture
from knowledge.model import Document, Policy
from knowledge.releases import kept_document, original
from tests.assistant.web.fakes import FakeAssistant, corpus_documents
from tests.printed import POLICY, QUOTE, printed_data

LOCAL = "http://127.0.0.1:7860"
ANY = Picture(content=b"x" * 100, width=1, height=1, size=(1.0, 1.0))


@pytest.fixture(scope="module")
def data(tmp_path_factory: pytest.TempPathFactory) -> DataDirectory:
    return printed_data(tmp_path_factory.mktemp("printed"))


@pytest.fixture(scope="module")
def document(data: DataDirectory) -> Document:
    found = kept_document(data, data.live_id(), POLICY)
    assert found is not None
    return found


@pytest.fixture(scope="module")
def citation(document: Document) -> Citation:
    clause = next(c for c in document.clauses if QUOTE in c.text)
    start = document.text.index(QUOTE)
    return cite([sentences_of(document, clause, start, start + len(QUOTE))], {POLICY: document})[0]


def client_of(documents: dict[str, Document], data: DataDirectory, release_id: str) -> TestClient:
    assistant = FakeAssistant(documents, release_id=release_id)
    app = create_app(
        LiveAssistant(lambda: assistant), archive=partial(kept_document, data), originals=partial(original, data)
    )
    return TestClient(app, base_url=LOCAL, raise_server_exceptions=False)


@pytest.fixture(scope="module")
def client(data: DataDirectory, document: Document) -> Iterator[TestClient]:
    documents = {POLICY: document, "yangzhou-2011": corpus_documents()["yangzhou-2011"]}
    with client_of(documents, data, data.live_id()) as client:
        client.get("/sources")  # waits for the opening
        yield client


def page_address(citation: Citation, page: int, release: str) -> str:
    return "/" + citation_href(citation, "zh", release).replace("?", f"/pages/{page}?")


def passage_of(citation: Citation) -> Passage:
    return Passage(citation.start, citation.end, quote_digest(citation.quote))


def test_a_citation_leads_to_its_lines_over_the_picture_of_the_page(
    client: TestClient, data: DataDirectory, citation: Citation
) -> None:
    assert [place.page for place in citation.places] == [2, 2, 3]
    assert ZH.show_page.format(n=2) in client.get("/" + citation_href(citation, "zh", "")).text
    shown = client.get(page_address(citation, 2, data.live_id()))
    assert shown.status_code == 200
    assert shown.text.count("<rect") == 2
    assert ZH.goes_on.format(pages=3) in shown.text
    assert 'src="../../../sources/ningbo-2024/pages/2/picture?' in shown.text
    assert "<script" not in shown.text
    answer = client.get(page_address(citation, 2, data.live_id()).replace("?", "/picture?"))
    assert answer.headers["content-type"] == "image/webp"
    assert "default-src 'none'" in answer.headers["content-security-policy"]
    image = Image.open(io.BytesIO(answer.content)).convert("L")
    assert image.size == (1240, 1754)
    # The line is printed where its mark is drawn.
    left, top, right, bottom = (value * 1754 / 841.9 for value in citation.places[0].box)
    ink = image.crop((int(left), int(top), int(right), int(bottom)))
    assert ink.getextrema()[0] < 60
    assert image.crop((0, int(top), int(left) - 10, int(bottom))).getextrema()[0] > 200


def test_a_document_without_pages_offers_none(client: TestClient) -> None:
    assert "/pages/" not in client.get("/sources/yangzhou-2011").text
    assert client.get("/sources/yangzhou-2011/pages/1").status_code == 404
    assert client.get("/sources/yangzhou-2011/pages/1/picture").status_code == 404


@pytest.mark.parametrize(
    ("page", "status"),
    [
        ("0", 422),
        ("-1", 422),
        ("4", 404),
        ("99999", 404),
        ("100001", 422),
        ("9" * 400, 422),
        ("1e3", 422),
        ("2.5", 422),
        ("NaN", 422),
        ("../../policies.yaml", 404),
        ("..%2f..%2fpolicies.yaml", 404),
        ("2%00", 404),
    ],
)
def test_a_page_that_is_none_is_refused(client: TestClient, page: str, status: int) -> None:
    for address in (f"/sources/{POLICY}/pages/{page}", f"/sources/{POLICY}/pages/{page}/picture"):
        assert client.get(address, follow_redirects=False).status_code == status


@pytest.mark.parametrize("release", ["", "../x", "0" * 12, "zzzzzzzzzzzz", "live", "x" * 5000])
def test_whatever_release_a_request_names_only_a_kept_one_is_read(
    data: DataDirectory, citation: Citation, release: str
) -> None:
    # The policy has left the live release since.
    with client_of(corpus_documents(), data, "fake-release") as client:
        client.get("/sources")
        assert client.get(page_address(citation, 2, release)).status_code == 404
        assert client.get(page_address(citation, 2, release).replace("?", "/picture?")).status_code == 404


def test_a_removed_document_is_shown_for_an_answer_of_a_kept_release_only(
    data: DataDirectory, citation: Citation
) -> None:
    with client_of(corpus_documents(), data, "fake-release") as client:
        client.get("/sources")
        shown = client.get(page_address(citation, 2, data.live_id()))
        assert shown.status_code == 200
        assert ZH.earlier_text in shown.text
        assert client.get(f"/sources/{POLICY}/pages/2").status_code == 404
        other = citation.model_copy(update={"quote": "没有这句话。"})
        assert client.get(page_address(other, 2, data.live_id())).status_code == 404


def test_an_original_that_is_gone_or_changed_is_not_shown(
    data: DataDirectory, document: Document, tmp_path: Path
) -> None:
    assert original(data, data.live_id(), document.policy) is not None
    for update in ({"sha256": "0" * 64}, {"source": "../manifest.json"}, {"source": "/etc/hostname"}, {"source": "x"}):
        assert original(data, data.live_id(), document.policy.model_copy(update=update)) is None
    assert original(DataDirectory(tmp_path), data.live_id(), document.policy) is None
    assert original(data, "../" + data.live_id(), document.policy) is None


def test_a_passage_that_moved_marks_nothing(client: TestClient, data: DataDirectory, citation: Citation) -> None:
    moved = citation.model_copy(update={"quote": "没有这句话。"})
    shown = client.get(page_address(moved, 2, data.live_id()).replace("lang=zh", "lang=en")).text
    assert EN.changed_text in shown
    assert "<rect" not in shown


def test_pages_of_files_within_a_file_are_named_but_not_shown(document: Document, citation: Citation) -> None:
    assert (page_count(document), first_page(document, passage_of(citation)), first_page(document, None)) == (3, 2, 1)
    assert len(marks(document, passage_of(citation), 3)) == 1
    lines = tuple(line.model_copy(update={"file": "附件.pdf"}) for line in document.lines)
    held = document.model_copy(update={"lines": lines})
    assert (page_count(held), first_page(held, passage_of(citation))) == (0, 0)


class Drawer:
    """Counts what it is asked to draw."""

    def __init__(self, *, fails: bool = False) -> None:
        self.drawn: list[int] = []
        self.fails = fails

    def __call__(self, data: bytes, name: str, page: int, limits: Limits) -> Picture:
        self.drawn.append(page)
        assert limits.seconds <= 20
        if self.fails:
            raise SourceError("damaged")
        return ANY


def test_a_page_is_drawn_once_and_kept_while_there_is_room(document: Document) -> None:
    draw = Drawer()
    pictures = PagePictures(lambda *_: b"%PDF", draw=draw, room=250)
    for page in (1, 1, 2, 1, 3, 1, 2):
        assert pictures.find("r", document.policy, page) == ANY
    assert draw.drawn == [1, 2, 3, 2]


def test_a_page_that_cannot_be_drawn_is_not_tried_at_every_request(document: Document) -> None:
    now = [0.0]
    draw = Drawer(fails=True)
    pictures = PagePictures(lambda *_: b"%PDF", draw=draw, clock=lambda: now[0])
    for moment in (0.0, 10.0, 290.0, 301.0):
        now[0] = moment
        assert pictures.find("r", document.policy, 1) is None
    assert draw.drawn == [1, 1]


def test_who_asks_while_many_wait_is_told_to_come_back(document: Document, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(printed, "LONGEST_WAIT", 0.05)
    begun, go = threading.Event(), threading.Event()

    def slow(data: bytes, name: str, page: int, limits: Limits) -> Picture:
        begun.set()
        assert go.wait(60)
        return ANY

    pictures = PagePictures(lambda *_: b"%PDF", draw=slow)
    first = threading.Thread(target=pictures.find, args=("r", document.policy, 1))
    first.start()
    assert begun.wait(60)
    with pytest.raises(Busy):
        pictures.find("r", document.policy, 2)
    go.set()
    first.join()
    assert pictures.find("r", document.policy, 1) == ANY


def test_a_policy_whose_file_is_not_kept_has_no_pages(document: Document) -> None:
    def none(_release: str, _policy: Policy) -> None:
        return None

    assert PagePictures(none, draw=Drawer()).find("r", document.policy, 1) is None
