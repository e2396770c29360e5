"""The addresses of maintenance beside its page: reports, charts, and the log as a workbook."""

from __future__ import annotations

from typing import Annotated, Literal

from fastapi import FastAPI, Query, Request
from fastapi.responses import HTMLResponse, Response

from assistant.access import caller_of
from assistant.upkeep import usage
from assistant.upkeep.exports import workbook
from assistant.upkeep.logbook import EXPORTED, Kind, table
from assistant.web.charts import weekly_bars
from assistant.web.maintain_acts import Maintenance, filter_of
from assistant.web.maintain_views import named, said
from assistant.web.words_maintain import maintain_words
from knowledge.errors import BiaozhuntongError

_XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
# A report runs its own script to filter its rows; shut in, it reaches neither our cookies nor any other address.
_SANDBOX = (
    "sandbox allow-scripts; default-src 'none'; style-src 'unsafe-inline'; script-src 'unsafe-inline'; img-src data:; "
    "base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
)
_PRIVATE = {"Cache-Control": "private, no-store"}


def add_maintenance(app: FastAPI, work: Maintenance) -> None:
    """Add the addresses; the access table guards them."""

    @app.get("/maintain/reports/{name}", include_in_schema=False)
    def report(name: str) -> Response:
        page = work.reports.page(name)
        if page is None:
            return Response("not found", 404, _PRIVATE, "text/plain")
        return HTMLResponse(page, headers={**_PRIVATE, "Content-Security-Policy": _SANDBOX})

    @app.get("/maintain/charts/{by}.svg", include_in_schema=False)
    def chart(by: Literal["place", "intent"], lang: str = "zh") -> Response:
        if work.counts is None:
            return Response("not found", 404, _PRIVATE, "text/plain")
        words = maintain_words(lang)
        weekly = usage.weekly(work.counts, by, today=work.today())
        title = words.by_place if by == "place" else words.by_intent
        return Response(weekly_bars(named(weekly, by, words), weekly.weeks, title), 200, _PRIVATE, "image/svg+xml")

    @app.get("/maintain/log.xlsx", include_in_schema=False)
    def log(
        request: Request,
        kind: Kind = "turns",
        since: Annotated[str, Query(max_length=20)] = "",
        until: Annotated[str, Query(max_length=20)] = "",
        place: Annotated[str, Query(max_length=100)] = "",
        status: Annotated[str, Query(max_length=20)] = "",
        reason: Annotated[str, Query(max_length=40)] = "",
        search: Annotated[str, Query(max_length=200)] = "",
        lang: str = "zh",
    ) -> Response:
        words = maintain_words(lang)
        limits = {"since": since, "until": until, "place": place, "status": status, "reason": reason, "search": search}
        if work.logbook is None:
            return Response("not found", 404, _PRIVATE, "text/plain")
        try:
            wanted = filter_of(limits, words)
            found = work.logbook.look(kind, wanted, by=caller_of(request).id, limit=EXPORTED)
        except BiaozhuntongError as error:
            return HTMLResponse(said(f"{words.refused}{error}", bad=True), 422, _PRIVATE)
        content = workbook(words.log_kinds[kind], words.log_heads, table(found))
        named_so = {"Content-Disposition": f'attachment; filename="biaozhuntong-{kind}-{work.today()}.xlsx"'}
        return Response(content, 200, {**_PRIVATE, **named_so}, _XLSX)
