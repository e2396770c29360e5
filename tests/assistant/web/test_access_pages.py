from __future__ import annotations

import re
from collections.abc import Iterator
from html import unescape
from urllib.parse import urlsplit

import pytest
from argon2 import PasswordHasher
from hypothesis import given
from hypothesis import strategies as st
from starlette.testclient import TestClient

from assistant.access import Accounts, Role
from assistant.access.passwords import Passwords
from assistant.access.setup import AccessSetup
from assistant.api import create_app
from assistant.live import LiveAssistant
from assistant.store import open_store
from assistant.web.access_pages import safe_next
from assistant.web.words_access import EN_ACCESS, ZH_ACCESS
from tests.assistant.web.fakes import EVIL, FakeAssistant, evil_documents

LOCAL = "http://127.0.0.1:7860"
PAGE = {"accept": "text/html", "sec-fetch-site": "same-origin"}
PASSWORD = "correct horse 电池 staple"


@pytest.fixture(scope="module")
def accounts(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Accounts]:
    store = open_store(tmp_path_factory.mktemp("pages") / "accounts.db")
    accounts = Accounts(store.users, passwords=Passwords(PasswordHasher(1, 8, 1)), note=store.audit.note)
    yield accounts
    store.close()


@pytest.fixture(scope="module")
def served(accounts: Accounts) -> Iterator[TestClient]:
    app = create_app(LiveAssistant(lambda: FakeAssistant(evil_documents())), access=AccessSetup(accounts))
    with TestClient(app, base_url=LOCAL) as client:
        yield client


@pytest.fixture
def client(served: TestClient) -> TestClient:
    """A browser of its own that shares the server."""
    return TestClient(served.app, base_url=LOCAL, follow_redirects=False, headers=PAGE)


@pytest.fixture
def name(accounts: Accounts, request: pytest.FixtureRequest) -> str:
    name = f"u{abs(hash(request.node.nodeid))}"
    accounts.add(name, Role.STAFF, PASSWORD, actor="console")
    return name


def form_token(html: str) -> str:
    found = re.search(r'name="form" value="(\w+)"', html)
    assert found
    return found[1]


def sign_in(client: TestClient, name: str, password: str = PASSWORD, **fields: str):  # noqa: ANN201
    token = form_token(client.get("/login").text)
    return client.post("/login", data={"name": name, "password": password, "form": token} | fields)


def test_somebody_signs_in_goes_where_they_wanted_and_out(client: TestClient, name: str) -> None:
    asked = client.get("/account")
    assert asked.status_code == 303
    page = client.get(asked.headers["location"])
    assert ZH_ACCESS.sign_in_lead in page.text
    assert page.headers["cache-control"] == "no-store"
    wanted = re.search(r'name="next" value="([^"]*)"', page.text)
    assert wanted
    answer = sign_in(client, name, next=unescape(wanted[1]))
    assert (answer.status_code, answer.headers["location"]) == (303, "/account")
    cookie = answer.headers["set-cookie"]
    assert "HttpOnly" in cookie
    assert "SameSite=Lax" in cookie
    account = client.get("/account")
    assert name in account.text
    assert ZH_ACCESS.roles[Role.STAFF] in account.text
    assert client.get("/login").headers["location"] == "/"
    out = client.post("/logout", data={"form": form_token(account.text)})
    assert out.status_code == 303
    assert "bz-session" not in client.cookies
    assert client.get("/account").status_code == 303


def test_a_session_ends_on_the_server_too(client: TestClient, name: str) -> None:
    sign_in(client, name)
    token = client.cookies["bz-session"]
    client.post("/logout", data={"form": form_token(client.get("/account").text)})
    client.cookies.set("bz-session", token)
    assert client.get("/account").status_code == 303


def test_signing_in_gives_a_new_token_each_time(client: TestClient, name: str) -> None:
    planted = {"cookie": f"bz-session={'x' * 43}"}
    tokens = {"x" * 43}
    for _ in range(2):
        sign_in(client, name)
        tokens.add(client.cookies["bz-session"])
        client.cookies.clear()
        assert client.get("/account", headers=planted).status_code == 303
    assert len(tokens) == 3


def test_a_wrong_password_says_nothing_of_the_account(client: TestClient, name: str) -> None:
    for who in (name, "somebody-else"):
        answer = sign_in(client, who, "wrong", lang="en")
        assert answer.status_code == 403
        assert EN_ACCESS.refused in unescape(answer.text)
        assert "bz-session" not in client.cookies
        assert "wrong" not in re.sub(re.escape(EN_ACCESS.refused), "", unescape(answer.text)).replace("wrong pass", "")


def test_a_form_of_another_browser_is_not_taken(client: TestClient, served: TestClient, name: str) -> None:
    other = TestClient(served.app, base_url=LOCAL, headers=PAGE)
    theirs = form_token(other.get("/login").text)
    client.get("/login")
    for token in (theirs, "", "ü"):
        answer = client.post("/login", data={"name": name, "password": PASSWORD, "form": token})
        assert answer.status_code == 403
        assert ZH_ACCESS.form_expired in answer.text
        assert "bz-session" not in client.cookies
    sign_in(client, name)
    assert client.post("/logout", data={"form": theirs}).status_code == 403
    assert client.post("/account/password", data={"form": theirs}).status_code == 403
    assert client.get("/account").status_code == 200


def test_the_name_in_the_head_leads_to_the_front_page(client: TestClient) -> None:
    for address in ("/login", "/account"):
        page = client.get(address, follow_redirects=True)
        assert 'class="brand" href="./"' in page.text


def test_another_site_cannot_sign_anybody_in_or_out(client: TestClient, name: str) -> None:
    token = form_token(client.get("/login").text)
    fields = {"name": name, "password": PASSWORD, "form": token}
    cross = {"sec-fetch-site": "cross-site", "origin": "https://evil.test"}
    assert client.post("/login", data=fields, headers=cross).status_code == 403
    sign_in(client, name)
    token = form_token(client.get("/account").text)
    assert client.post("/logout", data={"form": token}, headers=cross).status_code == 403
    assert client.get("/account").status_code == 200


def test_a_new_password(client: TestClient, name: str) -> None:
    sign_in(client, name)
    token, session = form_token(client.get("/account?lang=en").text), client.cookies["bz-session"]

    def change(**fields: str) -> tuple[int, str]:
        answer = client.post("/account/password", data={"form": token, "lang": "en"} | fields)
        return answer.status_code, unescape(answer.text)

    new = {"new": "another long one", "again": "another long one"}
    assert EN_ACCESS.old_password_wrong in change(old="wrong", **new)[1]
    assert EN_ACCESS.passwords_differ in change(old=PASSWORD, new="another long one", again="x")[1]
    assert EN_ACCESS.weak_password in change(old=PASSWORD, new="short", again="short")[1]
    assert change(old=PASSWORD, **new)[0] == 303
    assert client.cookies["bz-session"] != session
    assert EN_ACCESS.password_changed in client.get("/account?changed=1&lang=en").text


def test_out_everywhere(client: TestClient, served: TestClient, name: str) -> None:
    other = TestClient(served.app, base_url=LOCAL, headers=PAGE, follow_redirects=False)
    sign_in(other, name)
    sign_in(client, name)
    client.post("/logout", data={"form": form_token(client.get("/account").text), "everywhere": "1"})
    assert other.get("/account").status_code == 303


def test_a_page_above_the_role_says_so_to_a_person(client: TestClient, name: str) -> None:
    sign_in(client, name)
    answer = client.get("/maintain/")
    assert answer.status_code == 403
    assert ZH_ACCESS.forbidden_lead in answer.text
    assert "content-security-policy" in answer.headers
    assert 'href="../web/access.css"' in answer.text


def test_what_a_request_says_stays_text(client: TestClient, name: str) -> None:
    for answer in (sign_in(client, EVIL, "x"), client.get("/login", params={"next": EVIL, "lang": EVIL})):
        assert "<img" not in answer.text
        assert "<script" not in answer.text


def test_long_fields_and_bodies_are_refused(client: TestClient) -> None:
    assert sign_in(client, "x" * 5_000).status_code == 422
    token = form_token(client.get("/login").text)
    assert client.post("/login", data={"name": "x" * 100_000, "form": token}).status_code == 413


def test_without_accounts_nobody_signs_in() -> None:
    app = create_app(LiveAssistant(lambda: FakeAssistant(evil_documents())))
    client = TestClient(app, base_url=LOCAL, headers=PAGE)
    assert sign_in(client, "admin", "admin").status_code == 403


@pytest.mark.parametrize("wanted", ["/", "/desk/", "/maintain?x=1", "/account", "/sources/扬州?start=1&end=2#x"])
def test_one_may_go_back_to_an_address_of_this_site(wanted: str) -> None:
    assert safe_next(wanted) == wanted


@pytest.mark.parametrize(
    "wanted",
    [
        "",
        "https://evil.test",
        "//evil.test",
        "/\\evil.test",
        "\\\\evil.test",
        "/desk\r\nSet-Cookie: a=b",
        "/\t/evil.test",
        "javascript:alert(1)",
        "desk",
        "/login?next=/login",
        "/logout",
        "/%2f/evil.test",
        "/.//evil.test",
        "/nowhere",
        "http:///desk",
    ],
)
def test_one_may_go_nowhere_else(wanted: str) -> None:
    assert safe_next(wanted) == "/"


@given(st.text(st.sampled_from("/\\:.@?#desk\t\r\n%2f "), max_size=12))
def test_no_text_leads_to_another_site(wanted: str) -> None:
    went = safe_next(wanted)
    assert went.startswith("/")
    assert not went.startswith(("//", "/\\"))
    assert not urlsplit(went).netloc
