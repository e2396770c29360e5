"""Serves the page and the API.

Usage: python app.py [--host HOST] [--port PORT] [--data DIR]
"""

from __future__ import annotations

import argparse
import gc
import os
import socket
import sys
from collections.abc import Callable, Mapping, Sequence
from contextlib import AbstractContextManager
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

from pydantic import ValidationError

from assistant.settings import Settings
from knowledge.console import utf8_streams
from knowledge.errors import BiaozhuntongError, UsageError

if TYPE_CHECKING:
    import uvicorn
    from fastapi import FastAPI
    from starlette.types import ASGIApp

    from assistant.answer import Answer
    from assistant.desk.setup import DeskSetup
    from assistant.live import LiveAssistant
    from assistant.store import Store
    from assistant.upkeep.tools import Tools
    from assistant.web.maintain_acts import Lease, Maintenance
    from knowledge.datadir import DataDirectory
    from knowledge.progress import Progress

    Lender = Callable[[], AbstractContextManager[Lease]]

# Python's collector looks through all that is loaded, half a million things, for each few that JSON or an answer makes:
# 256 KB of JSON held up everybody for 0.6 s, and for less than 0.1 s where it looks this much less often.
COLLECT_AFTER = (50_000, 10, 10)
# Open pages hold a connection each; they need not delay a shutdown.
SHUTDOWN_SECONDS = 2
BACKLOG = 128
LOOPBACK = ("127.0.0.1", "::1")


def main(argv: Sequence[str] | None = None) -> int:
    """Serve until stopped; 0 when stopped, 2 on wrong use, such as a port that is taken."""
    utf8_streams()
    try:
        settings = _settings(argv)
        with listen(settings.host, settings.port) as listener:
            _serve(settings, listener)
    except BiaozhuntongError as error:
        print(error, file=sys.stderr)
        return 2
    return 0


def _settings(argv: Sequence[str] | None) -> Settings:
    parser = argparse.ArgumentParser(prog="python app.py", description="Serve the page and the API of 标准通.")
    parser.add_argument("--host", help="address to listen on (default 127.0.0.1, this machine only)")
    parser.add_argument("--port", help="port to listen on (default 7860; 0 takes a free one)")
    parser.add_argument("--data", type=Path, help="the data directory (default ./.data, or BZT_DATA)")
    given = {name: value for name, value in vars(parser.parse_args(argv)).items() if value is not None}
    try:
        return Settings(**given)
    except ValidationError as error:
        first = error.errors()[0]
        where = ".".join(str(part) for part in first["loc"])
        raise UsageError(f"{where}: {first['msg']}, got {first['input']!r}") from None


def listen(host: str, port: int) -> socket.socket:
    """A listening socket, so that a page opened early waits instead of failing; `UsageError` if it cannot be had."""
    try:
        family, kind, protocol, _, address = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)[0]
        listener = socket.socket(family, kind, protocol)
    except OSError as error:
        raise UsageError(f"cannot listen on {host!r}: {error.strerror}; give an address of this machine") from error
    try:
        if sys.platform != "win32":
            listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        listener.bind(address)
        listener.listen(BACKLOG)
    except OSError as error:
        listener.close()
        raise UsageError(
            f"cannot listen on {host}:{port}: {error.strerror}; stop what uses it, or choose another with --port"
        ) from error
    return listener


def _serve(settings: Settings, listener: socket.socket) -> None:
    host, port = listener.getsockname()[:2]
    gc.set_threshold(*COLLECT_AFTER)
    # Uploads lie with the data, for this account alone; Gradio's own folder is shared with other programs of the machine.
    uploads = settings.data.resolve() / "uploads"
    uploads.mkdir(mode=0o700, parents=True, exist_ok=True)
    os.environ.setdefault("GRADIO_TEMP_DIR", str(uploads))
    # The page's libraries take seconds to import; the port is already held.
    import uvicorn

    from assistant.desk.setup import desk_of
    from assistant.live import live_assistant
    from assistant.store import open_store
    from assistant.store.replies import ReplyAudit
    from assistant.store.retention import Retention
    from assistant.upkeep.usage import Counting

    store = open_store(settings.database)
    office = desk_of(settings, store.replies, ReplyAudit(store.database))
    assistant = live_assistant(
        settings,
        answered=Counting(store.usage),
        standard_replies=office.book.find,
        switched=lambda opened: office.book.review(opened.release.documents),
    )
    app = application(settings, store, office, assistant)
    shown = f"[{host}]" if ":" in host else host
    print(f"标准通 Biaozhuntong: http://{shown}:{port}", file=sys.stderr, flush=True)
    if host not in LOOPBACK:
        print(exposure_notice(settings, has_accounts=bool(store.users.list())), file=sys.stderr, flush=True)
    assistant.start()
    retention = Retention(store, settings.retention_days)
    retention.start()
    try:
        uvicorn.Server(server_config(app, settings)).run(sockets=[listener])
    except KeyboardInterrupt:
        print(file=sys.stderr)
    finally:
        retention.stop()
        store.close()


def application(settings: Settings, store: Store, office: DeskSetup, assistant: LiveAssistant[Any]) -> FastAPI:
    """The whole application, as it is served.

    Args:
        settings: every knob.
        store: what is kept.
        office: the help desk's records, composer and standard replies.
        assistant: open, or being opened.

    Raises:
        UsageError: settings that belong together are not all there.
    """
    from assistant.access.setup import access_of
    from assistant.api import create_app
    from eval.drafts import make_draft
    from knowledge.life import answered
    from knowledge.releases import DataDirectory, kept_document, original

    def flag(answer: Answer, question: str, history: Sequence[str], note: str, facts: Mapping[str, Any]) -> None:
        make_draft(settings.data, answer, question, history=history, facts=facts, origin="flagged", note=note)

    def feed(
        answer: Answer, question: str, before: Sequence[str], facts: Mapping[str, object], reply: str, by: str
    ) -> None:
        make_draft(
            settings.data, answer, question, history=before, facts=facts, origin="reply", correction=reply, by=by
        )

    data = DataDirectory(settings.data)
    return create_app(
        assistant,
        host=settings.host,
        archive=partial(kept_document, data),
        originals=partial(original, data),
        flag=flag,
        access=access_of(settings, store),
        store=store,
        unreviewed=settings.unreviewed_rules,
        maintenance=_maintenance(settings, store, assistant.lease),
        desk=office.desk(assistant.lease, feed=feed),
        kept_releases=partial(answered, data),
    )


def server_config(app: ASGIApp, settings: Settings) -> uvicorn.Config:
    """How the application is served."""
    import uvicorn

    return uvicorn.Config(
        app,
        log_level="warning",
        server_header=False,
        timeout_graceful_shutdown=SHUTDOWN_SECONDS,
        lifespan="on",
        # What a proxy says of a client is believed only where a setting names the proxy.
        proxy_headers=bool(settings.trusted_proxies),
        forwarded_allow_ips=settings.trusted_proxies.split(),
    )


def _maintenance(settings: Settings, store: Store, lease: Lender) -> Maintenance:
    """What maintainers work on: the data directory, with the known answers as the judge of what they change."""
    from assistant.upkeep.changes import Changes
    from assistant.upkeep.jobs import Jobs
    from assistant.upkeep.logbook import Logbook
    from assistant.upkeep.reports import Reports
    from assistant.upkeep.rule_review import RuleReview
    from assistant.web.maintain_acts import Maintenance
    from eval.record import read_run
    from eval.report import report_html
    from knowledge.datadir import DataDirectory

    changes = Changes(
        DataDirectory(settings.data),
        Jobs(settings.data, "app:upkeep_tools"),
        upkeep_tools(settings.data),
        keep=settings.keep_releases,
        megabytes=settings.file_megabytes,
    )
    return Maintenance(
        changes=changes,
        rules=RuleReview(changes),
        reports=Reports(settings.data, lambda path: report_html(read_run(path))),
        lease=lease,
        logbook=Logbook(store.conversations, store.feedback, store.audit),
        counts=store.usage,
        megabytes=settings.file_megabytes,
    )


def upkeep_tools(data: Path) -> Tools:
    """What a change of the corpus is made and judged with. The processes that do long work import it by name."""
    from functools import lru_cache

    from assistant.upkeep.tools import Tools
    from eval.candidate import judge
    from knowledge.embedding import Embedder, default_embedder
    from knowledge.life import Verdict

    settings = Settings(data=data)

    @lru_cache(maxsize=2)
    def embedder(quick: bool) -> Embedder:
        return default_embedder(settings.data, settings.embedding_model, device=settings.device, quick=quick)

    def judged(data: DataDirectory, base: str, candidate: str, *, progress: Progress) -> Verdict:
        found = judge(data, base, candidate, settings=settings, progress=progress)
        return Verdict(found.passed, found.summary, found.report)

    return Tools(embedder, judged)


def exposure_notice(settings: Settings, *, has_accounts: bool) -> str:
    """What an operator is told who lets other machines in."""
    secure = (settings.public_url or "").startswith("https://")
    told = "Other machines can reach this: anybody there may ask"
    told += ", and use the API." if settings.anonymous_scopes else "; the API wants a key."
    if not secure:
        told += (
            " Nothing is encrypted: passwords and questions can be read on the way. Put a proxy with https before it, and"
            " set BZT_PUBLIC_URL and BZT_TRUSTED_PROXIES."
        )
    if not has_accounts:
        told += (
            " There is no account yet, so nobody can sign in: python -m assistant users add NAME --role administrator"
        )
    return told


if __name__ == "__main__":
    sys.exit(main())
