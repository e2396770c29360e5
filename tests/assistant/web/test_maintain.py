"""The maintenance pages without a browser: who may see them, what hostile text becomes, what the events answer."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from contextlib import closing
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import pytest
from argon2 import PasswordHasher
from lxml import html
from starlette.testclient import TestClient

from assistant.access import Accounts, Role
from assistant.access.passwords import Passwords
from assistant.access.setup import AccessSetup
from assistant.api import create_app
from assistant.live import LiveAssistant
from assistant.retriever import ClauseRetriever
from assistant.store import Store, open_store
from assistant.store.conversations import NewMessage
from assistant.upkeep import documents
from assistant.upkeep.changes import Changes, Underway
from assistant.upkeep.jobs import Job, Jobs
from assistant.upkeep.logbook import Entry, Filter, Logbook
from assistant.upkeep.reports import Reports
from assistant.upkeep.rule_review import RuleReview
from assistant.upkeep.tools import load_tools
from assistant.upkeep.usage import Series, Weekly
from assistant.upkeep.verdicts import KeptVerdict
from assistant.web import maintain_views as views
from assistant.web.charts import weekly_bars
from assistant.web.maintain_acts import Maintenance
from assistant.web.words_maintain import EN, SECTIONS, ZH, MaintainWords, maintain_words
from knowledge.datadir import DataDirectory
from knowledge.diff import Difference, DocumentChange, FieldChange, RuleChange
from knowledge.model import Policy
from knowledge.proposals import Proposal
from knowledge.releases import Release
from knowledge.rule_schema import Text
from tests.assistant.upkeep.tools import blocks
from tests.assistant.web.fakes import EVIL, FakeAssistant, evil_documents

LOCAL = "http://127.0.0.1:7860"
PAGE = {"accept": "text/html", "sec-fetch-site": "same-origin"}
TODAY = date(2026, 11, 22)
TOOLS = "tests.assistant.upkeep.tools:passing"


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    with closing(open_store(tmp_path / "kept.db")) as store:
        yield store


@pytest.fixture
def work(data: DataDirectory, store: Store) -> Maintenance:
    changes = Changes(data, Jobs(data.path, TOOLS), load_tools(TOOLS, data.path))
    assistant = LiveAssistant(lambda: FakeAssistant(evil_documents()))
    return Maintenance(
        changes=changes,
        rules=RuleReview(changes, today=lambda: TODAY),
        reports=Reports(data.path),
        lease=assistant.lease,  # type: ignore[arg-type]  # its release has no index
        logbook=Logbook(store.conversations, store.feedback, store.audit),
        counts=store.usage,
        today=lambda: TODAY,
    )


@pytest.fixture
def accounts(store: Store) -> Accounts:
    return Accounts(store.users, passwords=Passwords(PasswordHasher(1, 8, 1)), note=store.audit.note)


@pytest.fixture
def client(work: Maintenance, accounts: Accounts) -> Iterator[TestClient]:
    app = create_app(
        LiveAssistant(lambda: FakeAssistant(evil_documents())), access=AccessSetup(accounts), maintenance=work
    )
    with TestClient(app, base_url=LOCAL, follow_redirects=False, headers=PAGE) as client:
        yield client


def signed_in(client: TestClient, accounts: Accounts, role: Role) -> None:
    user = accounts.add(role.name, role, "correct horse battery", actor="test")
    client.cookies.set("bz-session", accounts.open_session(user, address="127.0.0.1"))


ADDRESSES = (
    "/maintain/",
    "/maintain/config",
    "/maintain/reports/last",
    "/maintain/charts/place.svg",
    "/maintain/log.xlsx",
)


def test_only_maintainers_come_in(client: TestClient, accounts: Accounts) -> None:
    for address in ADDRESSES:
        assert client.get(address).status_code == 303, "a visitor is sent to sign in"
    signed_in(client, accounts, Role.STAFF)
    for address in ADDRESSES:
        assert client.get(address).status_code == 403
    event = {"data": [], "fn_index": 0, "session_hash": "x"}
    for address in (
        "/maintain/gradio_api/queue/join",
        "/maintain/gradio_api/run/predict",
        "/maintain/gradio_api/upload",
    ):
        assert client.post(address, json=event).status_code == 403
    signed_in(client, accounts, Role.MAINTAINER)
    page = client.get("/maintain/")
    assert page.status_code == 200
    assert "maintain.js" in page.text
    assert "'unsafe-inline'" not in page.headers["content-security-policy"].split("style-src")[0]
    assert client.get("/maintain/reports/../../live").status_code == 404


def test_a_report_is_shut_in(client: TestClient, accounts: Accounts, data: DataDirectory) -> None:
    folder = data.path / "eval" / "reports"
    folder.mkdir(parents=True)
    name = "20261122T101010000000-abc-def.html"
    (folder / name).write_text("<script>1</script>", encoding="utf-8")
    report = {"passed": False, "counts": {"broken": 2, "fixed": 0}}
    (folder / name).with_suffix(".json").write_text(json.dumps(report), encoding="utf-8")
    (folder / "secret.html").write_text("no", encoding="utf-8")
    signed_in(client, accounts, Role.MAINTAINER)
    answer = client.get(f"/maintain/reports/{name}")
    assert answer.status_code == 200
    policy = answer.headers["content-security-policy"]
    assert policy.startswith("sandbox allow-scripts;")
    assert "allow-same-origin" not in policy
    assert "default-src 'none'" in policy
    assert client.get("/maintain/reports/secret.html").status_code == 404
    (listed,) = Reports(data.path).list()
    assert (listed.base, listed.new, listed.passed, listed.counts) == ("abc", "def", False, (("broken", 2),))


def test_the_log_is_exported_under_the_callers_name(client: TestClient, accounts: Accounts, store: Store) -> None:
    said = [NewMessage(role="user", text="=1+1"), NewMessage(role="assistant", text="…", answer={"status": "answered"})]
    store.conversations.create("visitor:1", "", said)
    signed_in(client, accounts, Role.MAINTAINER)
    answer = client.get("/maintain/log.xlsx", params={"status": "answered", "since": "2026-01-01"})
    assert answer.headers["content-disposition"].startswith("attachment; filename=")
    assert answer.content.startswith(b"PK")
    (noted,) = store.audit.list(action="log")
    assert noted.actor == accounts.named("MAINTAINER").owner
    assert client.get("/maintain/log.xlsx", params={"since": "yesterday"}).status_code == 422


def test_charts_are_pictures_that_run_nothing(client: TestClient, accounts: Accounts, store: Store) -> None:
    store.usage.note(place="<script>", intent="reward", status="answered")
    signed_in(client, accounts, Role.MAINTAINER)
    answer = client.get("/maintain/charts/place.svg")
    assert answer.headers["content-type"] == "image/svg+xml"
    assert "<script" not in answer.text
    assert "&lt;script&gt;" in answer.text
    assert client.get("/maintain/charts/evil.svg").status_code == 422


def test_bars_of_a_week_fill_the_height_they_should() -> None:
    svg = weekly_bars([Series("甲", (4, 0)), Series("乙", (4, 8))], [date(2026, 11, 9), date(2026, 11, 16)], "<t>")
    bars = [float(height) for height in re.findall(r'height="([\d.]+)" fill="#\w+"><title>', svg)]
    assert len(bars) == 3
    assert bars[0] == bars[1]
    assert bars[2] == pytest.approx(2 * bars[0], rel=0.01)
    assert "&lt;t&gt;" in svg


# --- events ------------------------------------------------------------------------------------------------------------------


def test_no_event_is_offered_as_an_api(client: TestClient, accounts: Accounts) -> None:
    signed_in(client, accounts, Role.MAINTAINER)
    config = client.get("/maintain/config").json()
    assert {d["api_visibility"] for d in config["dependencies"]} == {"private"}
    assert client.get("/maintain/gradio_api/info").json()["named_endpoints"] == {}


# --- what hostile text becomes -----------------------------------------------------------------------------------------------


def evil_policy() -> Policy:
    return Policy(id="evil", title=EVIL, doc_no=EVIL, source=f"{EVIL}.txt", sha256="0", status_basis=EVIL)


def harmless(page: str) -> None:
    """No element, attribute or scheme of the text came through, and it is one block for a markdown reader."""
    assert "\n" not in page
    for element in html.fragment_fromstring(page, create_parent="div").iter():
        assert element.tag not in ("script", "iframe", "object", "style")
        for name, value in element.attrib.items():
            assert not name.startswith("on")
            if name in ("href", "src"):
                assert value.partition("?")[0].startswith(("../", "#", "log.xlsx", "reports/", "charts/"))


@pytest.mark.parametrize("words", [ZH, EN])
def test_hostile_text_is_text_everywhere(words: MaintainWords) -> None:
    document = next(iter(evil_documents().values()))
    row = documents.Row(evil_policy(), True, "added", document, problem=EVIL)
    harmless(views.documents([row], words))
    harmless(views.document_head(row, words))
    harmless(views.document_text(document, words))
    job = Job(id="1", kind="stage", by=EVIL, started="2026", state="failed", message=EVIL)
    for state in ("running", "failed", "lost", "cancelled", "done"):
        harmless(views.job(job.model_copy(update={"state": state, "result": {"notes": [EVIL]}, "stage": EVIL}), words))
    entry = Entry(datetime(2026, 11, 22, tzinfo=UTC), EVIL, EVIL, EVIL, (EVIL,), "down", (EVIL,), EVIL)
    harmless(views.log("turns", [entry], Filter(search=EVIL, place='"><b'), words))
    harmless(views.said(EVIL, bad=True))
    harmless(views.header(words, EVIL))
    weekly = Weekly((TODAY,), (Series(EVIL, (1,)),))
    harmless(views.usage(weekly, weekly, [(EVIL, EVIL, 1)], {EVIL: 1}, words, "1"))


@pytest.mark.parametrize("words", [ZH, EN])
def test_a_verdict_names_the_stage_and_the_clauses_beside_each_broken_case(words: MaintainWords) -> None:
    found = blocks(DataDirectory(Path()), "a", "b", progress=lambda *_: None)
    verdict = KeptVerdict(
        base="a",
        candidate="b",
        seal="s",
        passed=False,
        summary="",
        report=found.report,
        by="王芳",
        at="2026-11-22T10:00:00",
    )
    state: Any = type("State", (), {"base": "a"})()
    shown = views.candidate(Underway("a", state, built=True, verdict=verdict), words)
    for part in (words.causes["broken"], "q1", words.case_stages["rules"], "ningbo-2016/2", "&lt;b&gt;多少&lt;/b&gt;"):
        assert part in shown
    assert "<b>" not in shown


@pytest.mark.parametrize("words", [ZH, EN])
def test_what_came_with_a_rule_is_said_in_words(words: MaintainWords) -> None:
    rule = RuleChange(
        kind="added",
        rule="a.1",
        label="国家标准",
        fields=(
            FieldChange(field="yuan", old=None, new=300_000),
            FieldChange(field="bound", old=None, new="up_to"),
            FieldChange(field="quote", old=None, new="<b>最高30万元</b>"),
        ),
    )
    shared = RuleChange(
        kind="added",
        rule="(file)",
        label="",
        fields=(FieldChange(field="ignored", old=[], new=[{"quote": "安排500万元", "yuan": 5_000_000}]),),
    )
    change = DocumentChange(kind="added", policy_id="a", title="办法", rules=(rule, shared))
    state: Any = type("State", (), {"base": "a"})()
    now = Underway("a", state, difference=Difference(base="a", candidate="b", documents=(change,)))
    shown = html.fromstring(views.differences(now, words)).text_content()
    for part in (words.rule_fields["yuan"], words.bound_names["up_to"], words.for_all_rules, "<b>最高30万元</b>"):
        assert part in shown
    assert views.differences(now, words).count("<b>") == 0
    for raw in ("up_to", "(file)", "300000"):
        assert raw not in shown


@pytest.mark.parametrize("words", [ZH, EN])
def test_amounts_that_are_not_explained_are_told_before_the_evaluation(words: MaintainWords) -> None:
    state: Any = type("State", (), {"base": "a"})()
    shown = views.candidate(Underway("a", state, built=True, unexplained={"wenzhou-2026": 3}), words)
    assert words.unexplained.format(policy="wenzhou-2026", n=3) in shown


# --- words -------------------------------------------------------------------------------------------------------------------


def test_both_languages_name_the_same_things() -> None:
    for name, value in vars(ZH).items():
        other = getattr(EN, name)
        assert type(value) is type(other), name
        if isinstance(value, dict):
            assert value.keys() == other.keys(), name
        if isinstance(value, str):
            assert sorted(re.findall(r"\{\w*\}", value)) == sorted(re.findall(r"\{\w*\}", other)), name
    assert set(ZH.sections) == set(SECTIONS)
    assert maintain_words("fr") is ZH


def test_the_parts_of_a_score_are_shown(small_release: Release) -> None:
    retriever = ClauseRetriever(release=small_release)
    found = retriever.explain("国家标准奖励", limit=3)
    shown = views.ranked(found, retriever.weights, {}, ZH)
    assert shown.count("<tr>") == 4
    first = found[0]
    assert first.hit.score == pytest.approx(first.lexical + first.dense + first.document)
    assert f"{first.hit.score:.2f}" in shown


@pytest.mark.parametrize(("words", "note"), [(ZH, "从施行日期"), (EN, "counted from")])
def test_how_a_proposed_value_follows_is_said_in_the_language_of_the_page(words: MaintainWords, note: str) -> None:
    said = Text(zh="从施行日期 2024-03-01 起算", en="counted from `effective` 2024-03-01")
    proposal = Proposal(field="expires", value="2029-02-28", start=0, end=5, quote="有效期5年", note=said)
    shown = views.evidence([proposal], words)
    assert note in shown
    assert ("counted" in shown) == (words is EN)
