"""Signing in and out, and the account page: plain forms, without a script."""

from __future__ import annotations

import hmac
from collections.abc import Collection
from typing import TYPE_CHECKING, Annotated
from urllib.parse import parse_qsl, urlencode, urlsplit

from fastapi import FastAPI, Form, Query, Request
from fastapi.responses import HTMLResponse, RedirectResponse, Response
from starlette.requests import HTTPConnection

from assistant.access import Accounts, Visit, caller_of, guard_of, visit_of
from assistant.access.cookies import SESSION_COOKIE, read_token, set_cookie
from assistant.access.middleware import Refusal
from assistant.access.passwords import MAX_LENGTH, MIN_LENGTH, WeakPassword
from assistant.access.provider import NoRole, ProviderError
from assistant.access.service import SignInRefused
from assistant.access.table import CHAT, DESK, MAINTAIN
from assistant.web.markup import template_html
from assistant.web.words import EN, LANGUAGE_COOKIE, ZH, Words, words_for
from assistant.web.words_access import access_words
from knowledge.errors import BiaozhuntongError

if TYPE_CHECKING:
    from assistant.access.oidc import OpenIdConnect

_MAX_FIELD = 2_000

Field = Annotated[str, Form(max_length=_MAX_FIELD)]


def safe_next(wanted: str) -> str:
    """Where to go after signing in: an address of this site, or the front page.

    Args:
        wanted: what the request names; anybody may have written it.
    """
    parts = urlsplit(wanted)
    path = parts.path
    own = wanted.startswith("/") and not (parts.scheme or parts.netloc) and wanted.isprintable() and "\\" not in wanted
    if not own or guard_of(path) is None or path.startswith(("/login", "/logout")):
        return CHAT.path
    return wanted


def _words(request: HTTPConnection, given: str = "") -> Words:
    return words_for(given or request.query_params.get("lang") or request.cookies.get(LANGUAGE_COOKIE))


def _page(
    request: HTTPConnection, template: str, title: str, words: Words, *, status: int = 200, **values: object
) -> HTMLResponse:
    path = request.scope["path"]
    query = {
        **dict(parse_qsl(request.scope["query_string"].decode("latin-1"))),
        "lang": (EN if words is ZH else ZH).code,
    }
    html = template_html(
        template,
        title=title,
        words=words,
        own=access_words(words.code),
        other=EN if words is ZH else ZH,
        # Relative, so that a proxy may serve everything below a folder of its own.
        root="../" * (path.count("/") - 1) or "./",
        switch_href=f"?{urlencode(query)}",
        max_length=MAX_LENGTH,
        min_length=MIN_LENGTH,
        **values,
    )
    return HTMLResponse(html, status, {"Cache-Control": "no-store"})


def refusal_page(request: HTTPConnection, refusal: Refusal) -> Response:
    """What a person sees who may not."""
    words = _words(request)
    own = access_words(words.code)
    lead = own.forbidden_lead if refusal.code == "forbidden" else refusal.said(words.code)
    return _page(request, "refused.html", own.forbidden, words, status=refusal.status, lead=lead)


def _is_ours(visit: Visit, form: str) -> bool:
    """Whether a form was filled in on a page that was made for this browser."""
    return hmac.compare_digest(visit.form_token.encode(), form.encode())


def _with_session(response: Response, visit: Visit, token: str, seconds: int) -> Response:
    response.headers.append("Set-Cookie", set_cookie(SESSION_COOKIE, token, secure=visit.secure, seconds=seconds))
    response.headers["Cache-Control"] = "no-store"
    return response


def signed_in_response(visit: Visit, accounts: Accounts, token: str, wanted: str) -> Response:
    """To where somebody wanted to go, with the cookie of the new session."""
    seconds = int(accounts.limits.whole.total_seconds())
    return _with_session(RedirectResponse(safe_next(wanted), status_code=303), visit, token, seconds)


def sign_in_page(
    request: Request,
    words: Words,
    *,
    wanted: str = "",
    name: str = "",
    problem: str = "",
    status: int = 200,
    provider: bool = False,
) -> Response:
    """The form to sign in with."""
    wanted = safe_next(wanted)
    href = f"{'../' * (request.scope['path'].count('/') - 1)}login/provider?{urlencode({'next': wanted})}"
    return _page(
        request,
        "login.html",
        access_words(words.code).sign_in,
        words,
        status=status,
        form_token=visit_of(request).form_token,
        next=wanted,
        typed=name,
        problem=problem,
        provider_href=href if provider else "",
    )


def add_pages(
    app: FastAPI,
    accounts: Accounts | None,
    *,
    mounted: Collection[str] = (CHAT.path,),
    provider: OpenIdConnect | None = None,
    public_url: str | None = None,
) -> None:
    """Add `/login`, `/logout` and `/account`.

    Args:
        app: the application.
        accounts: knows who may sign in; without it nobody may.
        mounted: the paths of the Gradio pages there are.
        provider: signs people in who have no password here.
        public_url: where browsers find the server; without it, where this request found it.
    """
    _add_sign_in(app, accounts, provider is not None)
    if accounts is not None and provider is not None:
        _add_provider(app, accounts, provider, public_url)
    if accounts is not None:
        _add_account(app, accounts, mounted)


def _add_sign_in(app: FastAPI, accounts: Accounts | None, provider: bool) -> None:
    @app.get("/login", include_in_schema=False)
    def form(request: Request, wanted: Annotated[str, Query(alias="next")] = "") -> Response:
        if caller_of(request).via == "session":
            return RedirectResponse(safe_next(wanted), status_code=303)
        return sign_in_page(request, _words(request), wanted=wanted, provider=provider)

    @app.post("/login", include_in_schema=False)
    def sign_in(
        request: Request,
        name: Field = "",
        password: Field = "",
        form: Field = "",
        wanted: Annotated[str, Form(alias="next", max_length=_MAX_FIELD)] = "",
        lang: Field = "",
    ) -> Response:
        words, visit = _words(request, lang), visit_of(request)
        own = access_words(words.code)
        if not _is_ours(visit, form):
            return sign_in_page(request, words, wanted=wanted, problem=own.form_expired, status=403, provider=provider)
        try:
            if accounts is None:
                raise SignInRefused("there are no accounts here")
            token = accounts.sign_in(name, password, address=visit.address)
        except SignInRefused:
            return sign_in_page(
                request, words, wanted=wanted, name=name, problem=own.refused, status=403, provider=provider
            )
        # A session that this browser had belongs to somebody who is no longer in front of it.
        _end_session(request, accounts)
        return signed_in_response(visit, accounts, token, wanted)


def _add_provider(app: FastAPI, accounts: Accounts, provider: OpenIdConnect, public_url: str | None) -> None:
    def failed(request: Request, error: BiaozhuntongError) -> Response:
        words = _words(request)
        own = access_words(words.code)
        problem = own.no_role if isinstance(error, NoRole) else own.provider_failed
        return sign_in_page(request, words, problem=problem, status=403, provider=True)

    @app.get("/login/provider", include_in_schema=False)
    def leave(request: Request, wanted: Annotated[str, Query(alias="next")] = "") -> Response:
        base = public_url or str(request.base_url).rstrip("/")
        try:
            address = provider.start(
                browser=visit_of(request).form_token,
                redirect_uri=f"{base}/login/provider/callback",
                wanted=safe_next(wanted),
            )
        except ProviderError as error:
            return failed(request, error)
        return RedirectResponse(address, 303, {"Cache-Control": "no-store"})

    @app.get("/login/provider/callback", include_in_schema=False)
    def come_back(request: Request, state: str = "", code: str = "") -> Response:
        visit = visit_of(request)
        try:
            person, wanted = provider.finish(browser=visit.form_token, state=state, code=code)
            token = accounts.sign_in_as(person.subject, person.name, person.role, address=visit.address)
        except (ProviderError, SignInRefused) as error:
            return failed(request, error)
        _end_session(request, accounts)
        return signed_in_response(visit, accounts, token, wanted)


def _end_session(request: Request, accounts: Accounts) -> None:
    token = read_token(request.cookies, SESSION_COOKIE, secure=visit_of(request).secure)
    if token is not None:
        accounts.sign_out(token)


def _add_account(app: FastAPI, accounts: Accounts, mounted: Collection[str]) -> None:
    def page(request: Request, words: Words, *, problem: str = "", done: str = "", status: int = 200) -> Response:
        caller, own = caller_of(request), access_words(words.code)
        surfaces = ((CHAT, own.chat), (DESK, own.desk), (MAINTAIN, own.maintain))
        root = "../" * (request.scope["path"].count("/") - 1)
        places = [
            {"href": f"{root}{surface.path.lstrip('/')}" or "./", "label": label}
            for surface, label in surfaces
            if surface.path in mounted and caller.may(surface.role)
        ]
        return _page(
            request,
            "account.html",
            own.account,
            words,
            status=status,
            form_token=visit_of(request).form_token,
            caller=caller,
            places=places,
            problem=problem,
            done=done,
            has_password=accounts.has_password(caller),
        )

    @app.get("/account", include_in_schema=False)
    def account(request: Request, changed: bool = False) -> Response:
        words = _words(request)
        return page(request, words, done=access_words(words.code).password_changed if changed else "")

    @app.post("/account/password", include_in_schema=False)
    def password(
        request: Request, old: Field = "", new: Field = "", again: Field = "", form: Field = "", lang: Field = ""
    ) -> Response:
        words, visit = _words(request, lang), visit_of(request)
        own = access_words(words.code)
        if not _is_ours(visit, form):
            return page(request, words, problem=own.form_expired, status=403)
        if new != again:
            return page(request, words, problem=own.passwords_differ, status=422)
        try:
            token = accounts.change_password(caller_of(request), old, new, address=visit.address)
        except WeakPassword:
            return page(request, words, problem=own.weak_password, status=422)
        except SignInRefused:
            return page(request, words, problem=own.old_password_wrong, status=403)
        answer = RedirectResponse(f"/account?{urlencode({'changed': '1', 'lang': words.code})}", status_code=303)
        return _with_session(answer, visit, token, int(accounts.limits.whole.total_seconds()))

    @app.post("/logout", include_in_schema=False)
    def sign_out(request: Request, form: Field = "", everywhere: bool = Form(False), lang: Field = "") -> Response:
        words, visit, caller = _words(request, lang), visit_of(request), caller_of(request)
        if not _is_ours(visit, form):
            return page(request, words, problem=access_words(words.code).form_expired, status=403)
        if everywhere:
            accounts.sign_out_everywhere(caller)
        _end_session(request, accounts)
        return _with_session(RedirectResponse(CHAT.path, status_code=303), visit, "", 0)
