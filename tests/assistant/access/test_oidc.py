"""Signing in with an identity provider that runs beside the test, honest and not."""

from __future__ import annotations

import base64
import hashlib
import threading
import time
from collections.abc import Iterator
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
import uvicorn
from fastapi import FastAPI, Form, Request
from fastapi.responses import JSONResponse
from joserfc import jwt
from joserfc.jwk import OctKey, RSAKey
from pydantic import SecretStr
from starlette.testclient import TestClient

from app import listen
from assistant.access import Accounts, Role
from assistant.access.oidc import OpenIdConnect
from assistant.access.provider import NoRole, Provider, ProviderError, roles_of
from assistant.access.setup import AccessSetup, provider_of
from assistant.api import create_app
from assistant.live import LiveAssistant
from assistant.settings import Settings
from assistant.web.words_access import ZH_ACCESS
from knowledge.errors import UsageError
from tests.assistant.access.conftest import Notes
from tests.assistant.web.fakes import FakeAssistant, evil_documents

LOCAL = "http://127.0.0.1:7860"
PAGE = {"accept": "text/html"}
CLIENT, SECRET = "biaozhuntong", "a secret of both"
BROWSER, BACK = "this browser", f"{LOCAL}/login/provider/callback"


class FakeProvider:
    """An identity provider; `claims` and the others are what it says next."""

    def __init__(self) -> None:
        self.key, self.other_key = (RSAKey.generate_key(2048, {"kid": "1", "use": "sig"}) for _ in range(2))
        self.claims: dict[str, Any] = {}
        self.signing: Any = self.key
        self.header: dict[str, Any] = {"alg": "RS256", "kid": "1"}
        self.metadata: dict[str, str] = {}
        self.codes: dict[str, dict[str, str]] = {}
        self.issuer = ""

    def agree(self, address: str) -> str:
        """Somebody signs in there: the code with which the browser comes back."""
        asked = {name: values[0] for name, values in parse_qs(urlsplit(address).query).items()}
        assert asked["response_type"] == "code"
        assert asked["code_challenge_method"] == "S256"
        assert asked["scope"] == "openid profile"
        code = f"code {len(self.codes)}"
        self.codes[code] = asked
        return code

    def app(self) -> FastAPI:
        app = FastAPI()

        @app.get("/.well-known/openid-configuration")
        def metadata() -> dict[str, str]:
            own = {
                "issuer": self.issuer,
                "authorization_endpoint": f"{self.issuer}/authorize",
                "token_endpoint": f"{self.issuer}/token",
                "jwks_uri": f"{self.issuer}/keys",
            }
            return own | self.metadata

        @app.get("/keys")
        def keys() -> dict[str, Any]:
            return {"keys": [self.key.as_dict(private=False)]}

        @app.post("/token")
        def token(
            request: Request, code: str = Form(""), code_verifier: str = Form(""), redirect_uri: str = Form("")
        ) -> JSONResponse:
            basic = base64.b64encode(f"{CLIENT}:{SECRET}".encode()).decode()
            asked = self.codes.pop(code, None)
            digest = hashlib.sha256(code_verifier.encode()).digest()
            challenge = base64.urlsafe_b64encode(digest).decode().rstrip("=")
            if (
                asked is None
                or request.headers["authorization"] != f"Basic {basic}"
                or asked["code_challenge"] != challenge
                or asked["redirect_uri"] != redirect_uri
            ):
                return JSONResponse({"error": "invalid_grant"}, 400)
            now = int(time.time())
            claims = {
                "iss": self.issuer,
                "aud": CLIENT,
                "sub": "42",
                "nonce": asked["nonce"],
                "iat": now,
                "exp": now + 60,
            }
            kept = {name: value for name, value in (claims | self.claims).items() if value is not None}
            signed = jwt.encode(self.header, kept, self.signing, algorithms=[self.header["alg"]])
            return JSONResponse({"access_token": "at", "token_type": "Bearer", "id_token": signed})

        return app


@pytest.fixture(scope="module")
def running() -> Iterator[FakeProvider]:
    fake, listener = FakeProvider(), listen("127.0.0.1", 0)
    fake.issuer = f"http://127.0.0.1:{listener.getsockname()[1]}"
    server = uvicorn.Server(uvicorn.Config(fake.app(), log_level="error", timeout_graceful_shutdown=1))
    thread = threading.Thread(target=server.run, kwargs={"sockets": [listener]}, daemon=True)
    thread.start()
    while not server.started:
        time.sleep(0.02)
    yield fake
    server.should_exit = True
    thread.join(10)


@pytest.fixture
def fake(running: FakeProvider) -> FakeProvider:
    running.claims = {"groups": ["all", "policy"], "preferred_username": "wang"}
    running.signing, running.header, running.metadata = running.key, {"alg": "RS256", "kid": "1"}, {}
    return running


class Later:
    def __init__(self) -> None:
        self.seconds = 0.0

    def __call__(self) -> float:
        return self.seconds


@pytest.fixture
def later() -> Later:
    return Later()


@pytest.fixture
def oidc(fake: FakeProvider, later: Later) -> OpenIdConnect:
    roles = roles_of("policy=staff keepers=maintainer a=b=administrator")
    return OpenIdConnect(Provider(fake.issuer, CLIENT, SECRET, "groups", roles), now=later)


def started(oidc: OpenIdConnect, fake: FakeProvider) -> tuple[str, str]:
    """The state and the code of somebody who signed in there."""
    address = oidc.start(browser=BROWSER, redirect_uri=BACK, wanted="/desk/")
    return parse_qs(urlsplit(address).query)["state"][0], fake.agree(address)


def test_the_provider_says_who_somebody_is(oidc: OpenIdConnect, fake: FakeProvider) -> None:
    state, code = started(oidc, fake)
    person, wanted = oidc.finish(browser=BROWSER, state=state, code=code)
    assert (person.subject, person.name, person.role) == (f"{fake.issuer} 42", "wang", Role.STAFF)
    assert wanted == "/desk/"


@pytest.mark.parametrize(
    ("said", "role"),
    [(["policy", "keepers"], Role.MAINTAINER), ("keepers", Role.MAINTAINER), (["a=b"], Role.ADMINISTRATOR)],
)
def test_the_highest_of_the_roles_counts(oidc: OpenIdConnect, fake: FakeProvider, said: object, role: Role) -> None:
    fake.claims["groups"] = said
    state, code = started(oidc, fake)
    assert oidc.finish(browser=BROWSER, state=state, code=code)[0].role is role


@pytest.mark.parametrize("said", [None, [], ["all"], "", 3, {"policy": True}, ["POLICY"], [["policy"]]])
def test_whom_no_word_gives_a_role_has_none(oidc: OpenIdConnect, fake: FakeProvider, said: object) -> None:
    fake.claims["groups"] = said
    state, code = started(oidc, fake)
    with pytest.raises(NoRole):
        oidc.finish(browser=BROWSER, state=state, code=code)


@pytest.mark.parametrize(
    "claims",
    [
        {"iss": "https://evil.test"},
        {"iss": None},
        {"aud": "another"},
        {"aud": [CLIENT, "another"]},
        {"azp": "another"},
        {"nonce": "x"},
        {"nonce": None},
        {"exp": 1},
        {"exp": None},
        {"iat": None},
        {"iat": 4_000_000_000},
        {"sub": None},
        {"at_hash": "x"},
    ],
)
def test_a_token_that_is_not_for_us_now_is_not_taken(
    oidc: OpenIdConnect, fake: FakeProvider, claims: dict[str, object]
) -> None:
    fake.claims |= claims
    state, code = started(oidc, fake)
    with pytest.raises(ProviderError):
        oidc.finish(browser=BROWSER, state=state, code=code)


def test_a_token_signed_by_somebody_else_is_not_taken(oidc: OpenIdConnect, fake: FakeProvider) -> None:
    for signing, alg in ((fake.other_key, "RS256"), (OctKey.import_key(SECRET * 3), "HS256")):
        fake.signing, fake.header = signing, {"alg": alg, "kid": "1"}
        state, code = started(oidc, fake)
        with pytest.raises(ProviderError):
            oidc.finish(browser=BROWSER, state=state, code=code)


def test_an_attempt_is_good_once_for_its_browser_and_not_for_long(
    oidc: OpenIdConnect, fake: FakeProvider, later: Later
) -> None:
    state, code = started(oidc, fake)
    with pytest.raises(ProviderError, match="browser"):
        oidc.finish(browser="another", state=state, code=code)
    for again in (state, "", "made up"):
        with pytest.raises(ProviderError, match="attempt"):
            oidc.finish(browser=BROWSER, state=again, code=code)
    state, code = started(oidc, fake)
    later.seconds += 601
    with pytest.raises(ProviderError, match="late"):
        oidc.finish(browser=BROWSER, state=state, code=code)
    state, _ = started(oidc, fake)
    with pytest.raises(ProviderError, match="refused"):
        oidc.finish(browser=BROWSER, state=state, code="")
    state, _ = started(oidc, fake)
    with pytest.raises(ProviderError, match="try again"):
        oidc.finish(browser=BROWSER, state=state, code="made up")


@pytest.mark.parametrize(
    "metadata",
    [{"issuer": "https://evil.test"}, {"token_endpoint": "http://evil.test/token"}, {"jwks_uri": "file:///x"}],
)
def test_a_provider_that_names_others_is_not_asked(
    oidc: OpenIdConnect, fake: FakeProvider, metadata: dict[str, str]
) -> None:
    fake.metadata = metadata
    with pytest.raises(ProviderError, match="BZT_OIDC_ISSUER"):
        oidc.start(browser=BROWSER, redirect_uri=BACK, wanted="/")


def test_a_provider_that_is_not_there_is_said_in_a_sentence() -> None:
    away = OpenIdConnect(Provider("http://127.0.0.1:9", CLIENT, SECRET, "groups", {"a": Role.STAFF}))
    with pytest.raises(ProviderError, match="cannot be asked"):
        away.start(browser=BROWSER, redirect_uri=BACK, wanted="/")
    with pytest.raises(UsageError, match="https"):
        OpenIdConnect(Provider("http://idp.test", CLIENT, SECRET, "groups", {"a": Role.STAFF}))
    assert SECRET not in repr(Provider("http://idp.test", CLIENT, SECRET, "groups", {}))


@pytest.fixture
def client(oidc: OpenIdConnect, accounts: Accounts) -> Iterator[TestClient]:
    app = create_app(
        LiveAssistant(lambda: FakeAssistant(evil_documents())), access=AccessSetup(accounts, provider=oidc)
    )
    with TestClient(app, base_url=LOCAL, follow_redirects=False, headers=PAGE) as client:
        yield client


def come_back(client: TestClient, fake: FakeProvider, wanted: str = "/account") -> Any:
    assert ZH_ACCESS.with_provider in client.get("/login").text
    left = client.get("/login/provider", params={"next": wanted})
    assert left.status_code == 303
    address = left.headers["location"]
    assert address.startswith(f"{fake.issuer}/authorize?")
    asked = parse_qs(urlsplit(address).query)
    assert asked["redirect_uri"] == [BACK]
    return client.get("/login/provider/callback", params={"state": asked["state"][0], "code": fake.agree(address)})


def test_somebody_signs_in_with_the_provider(
    client: TestClient, fake: FakeProvider, accounts: Accounts, notes: Notes
) -> None:
    answer = come_back(client, fake)
    assert (answer.status_code, answer.headers["location"]) == (303, "/account")
    account = client.get("/account")
    assert "wang" in account.text
    assert ZH_ACCESS.change_password not in account.text
    assert "account.signed_in" in notes.events
    user = accounts.named("wang")
    assert user.password_hash is None
    client.cookies.delete("bz-session")
    fake.claims["groups"] = ["keepers"]
    come_back(client, fake)
    assert accounts.named("wang").role is Role.MAINTAINER
    accounts.set_disabled(user, True, actor="console")
    client.cookies.delete("bz-session")
    assert come_back(client, fake).status_code == 403


def test_a_name_does_not_make_somebody_somebody_else(
    client: TestClient, fake: FakeProvider, accounts: Accounts
) -> None:
    own = accounts.add("wang", Role.ADMINISTRATOR, "correct horse battery", actor="console")
    come_back(client, fake)
    caller = accounts.by_session(client.cookies["bz-session"])
    assert caller is not None
    assert caller.id != own.owner
    assert caller.role is Role.STAFF
    assert caller.name.startswith("wang (")


def test_another_browser_or_another_site_gets_no_session(client: TestClient, fake: FakeProvider) -> None:
    client.get("/login")
    address = client.get("/login/provider", params={"next": "https://evil.test"}).headers["location"]
    state, code = parse_qs(urlsplit(address).query)["state"][0], fake.agree(address)
    other = TestClient(client.app, base_url=LOCAL, headers=PAGE, follow_redirects=False)
    answer = other.get("/login/provider/callback", params={"state": state, "code": code})
    assert answer.status_code == 403
    assert ZH_ACCESS.provider_failed in answer.text
    assert "bz-session" not in other.cookies
    assert come_back(client, fake, "https://evil.test").headers["location"] == "/"
    fake.claims["groups"] = []
    client.cookies.delete("bz-session")
    assert ZH_ACCESS.no_role in come_back(client, fake).text


def test_the_settings_make_a_provider_whole_or_not_at_all() -> None:
    assert provider_of(Settings()) is None
    whole = {
        "oidc_issuer": "https://idp.test",
        "oidc_client_id": "x",
        "oidc_client_secret": SecretStr("y"),
        "oidc_roles": "a=staff",
    }
    assert provider_of(Settings(**whole)) is not None
    for name in ("oidc_client_id", "oidc_client_secret", "oidc_roles"):
        with pytest.raises(UsageError, match="BZT_OIDC"):
            provider_of(Settings(**{key: value for key, value in whole.items() if key != name}))
    for roles in ("a", "a=visitor", "=staff", "a=root"):
        with pytest.raises(UsageError, match="word=staff"):
            roles_of(roles)
