"""What is done where a maintainer presses something on the maintenance pages, and what they then show."""

from __future__ import annotations

import logging
from collections.abc import Callable, Mapping, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any, Protocol

import gradio as gr

from assistant.access import Caller, Role, caller_of
from assistant.retriever import ClauseRetriever
from assistant.upkeep import documents, usage
from assistant.upkeep.changes import Changes
from assistant.upkeep.jobs import JobRunning
from assistant.upkeep.logbook import Filter, Kind, Logbook
from assistant.upkeep.reports import Reports
from assistant.upkeep.rule_review import REASONS, RuleReview
from assistant.web import maintain_views as views
from assistant.web.words import LANGUAGE_COOKIE
from assistant.web.words_maintain import MaintainWords, maintain_words
from knowledge.errors import BiaozhuntongError, UsageError
from knowledge.metadata import place_named
from knowledge.model import Policy
from knowledge.releases import Release
from knowledge.staging import Change

_log = logging.getLogger(__name__)

# Of the forms, in their order.
TEXTS = ("title", "title_en", "issuer", "issuer_en", "place", "doc_no")
DATES = ("signed", "posted", "effective", "expires")
FIELDS = (*TEXTS, *DATES, "goal_period", "status", "status_basis", "contact")
_FOUND = 10
_LIMITS = ("since", "until", "place", "status", "reason", "search")


class Lease(Protocol):
    """Lends the assistant that answers now."""

    @property
    def release(self) -> Release:
        """Its release."""


@dataclass(frozen=True)
class Maintenance:
    """What the pages work on.

    Attributes:
        lease: lends what answers now, for the retrieval test.
        logbook, counts: of the store; None where there is none.
        megabytes: the largest file that is taken.
        today: the clock.
    """

    changes: Changes
    rules: RuleReview
    reports: Reports
    lease: Callable[[], AbstractContextManager[Lease]]
    logbook: Logbook | None = None
    counts: usage.Counts | None = None
    megabytes: int = 100
    today: Callable[[], date] = date.today


def words_of(request: gr.Request) -> MaintainWords:
    """The words of the language that the reader has chosen."""
    return maintain_words(request.cookies.get(LANGUAGE_COOKIE))


def maintainer(request: gr.Request) -> Caller:
    """Who acts. The address is guarded already; this holds should it ever be mounted somewhere else.

    Raises:
        UsageError: it is nobody who may.
    """
    caller = caller_of(request)
    if not caller.may(Role.MAINTAINER):
        raise UsageError("expected a maintainer; sign in with an account that may maintain the corpus")
    return caller


def safely(act: Callable[..., Sequence[Any]], outputs: int) -> Callable[..., list[Any]]:
    """An event whose first output says what was done, or in a sentence why not; the `outputs` others then stay."""

    # Gradio puts the request in the place of the parameter that is annotated so.
    def safe(request: gr.Request, *given: Any) -> list[Any]:  # noqa: ANN401 - whatever the event takes
        words = words_of(request)
        try:
            maintainer(request)
            return list(act(*given, request=request))
        except BiaozhuntongError as error:
            said = f"{words.refused}{_sentence(error, words)}"
        except Exception:
            _log.exception("something a maintainer asked for failed")
            said = words.failed
        return [views.said(said, bad=True), *(gr.skip() for _ in range(outputs))]

    return safe


def _sentence(error: BiaozhuntongError, words: MaintainWords) -> str:
    """An error in the reader's language where it is one of these pages, else as the engine says it."""
    if isinstance(error, JobRunning) and error.job is not None:
        began = error.job.started[:16].replace("T", " ")
        return words.busy.format(by=error.job.by, what=words.job_kinds[error.job.kind], at=began)
    return str(error)


def usage_html(work: Maintenance, words: MaintainWords) -> str:
    """The charts and the topics without an answer."""
    if work.counts is None:
        return views.said(words.no_store)
    today = work.today()
    return views.usage(
        usage.weekly(work.counts, "place", today=today),
        usage.weekly(work.counts, "intent", today=today),
        usage.unanswered(work.counts, today=today),
        usage.totals(work.counts, today=today),
        words,
        stamp=f"{datetime.now(UTC):%Y%m%d%H%M%S}",
    )


class DocumentActs:
    """What is pressed among the documents."""

    def __init__(self, work: Maintenance) -> None:
        self._work = work

    def show(self, chosen: str, *, request: gr.Request) -> list[Any]:
        """The list."""
        return ["", self._list(chosen, words_of(request))]

    def act(self, pressed: str, chosen: str, *, request: gr.Request) -> list[Any]:
        """Open a document, switch one on or off, remove one, take over what one says of itself."""
        words, by = words_of(request), maintainer(request).name
        what, _, name = pressed.partition(":")
        if what == "open":
            return self._opened(name, words)
        if what == "use":
            return self._used(chosen, int(name), words)
        policy = self._policy(name if what != "supersede" else chosen)
        if what in ("on", "off"):
            staged = self._work.changes.switch(policy.id, on=what == "on", by=by)
            said = words.switched[what == "on"].format(title=policy.title)
        elif what == "remove":
            staged = self._work.changes.edit(Change(remove=(policy.id,)), by=by)
            said = words.removed.format(title=policy.title)
        elif what == "supersede":
            staged = self._work.changes.edit(Change(policy_id=policy.id, supersedes=(name,)), by=by)
            said = words.superseded.format(title=policy.title, old=name)
        else:
            raise UsageError(f"expected something that can be done with a document, got {pressed!r}")
        told = (
            " ".join([said, *staged.notes[: 3 if what != "remove" else 6]]) if what in ("remove", "supersede") else said
        )
        return [views.said(told), self._list(chosen, words), *(gr.skip() for _ in range(5 + len(FIELDS)))]

    def save(self, chosen: str, *values: Any, request: gr.Request) -> list[Any]:  # noqa: ANN401 - the form's fields
        """Put what was changed in the form into the change."""
        words, by = words_of(request), maintainer(request).name
        policy = self._policy(chosen)
        before = _form_of(policy)
        changed = {
            name: _field(name, str(value or "").strip(), words)
            for name, value, old in zip(FIELDS, values, before, strict=True)
            if str(value or "").strip() != (old or "")
        }
        if not changed:
            return [views.said(words.no_changes), gr.skip()]
        self._work.changes.describe(chosen, changed, by=by)
        names = "、".join(words.fields[name] for name in changed)
        return [views.said(words.saved_fields.format(names=names)), self._list(chosen, words)]

    def _opened(self, policy_id: str, words: MaintainWords) -> list[Any]:
        row = next((row for row in documents.rows(self._work.changes) if row.policy.id == policy_id), None)
        if row is None:
            raise UsageError(f"expected the id of a document, got {policy_id!r}")
        text = views.document_text(row.document, words) if row.document else ""
        there = row.mark != "removed" and row.document is not None
        found = documents.evidence(self._work.changes, policy_id) if there else []
        return [
            "",
            self._list(policy_id, words),
            gr.update(visible=True),
            views.document_head(row, words),
            text,
            views.evidence(found, words),
            policy_id,
            *_form_of(row.policy),
        ]

    def _used(self, chosen: str, number: int, words: MaintainWords) -> list[Any]:
        found = documents.evidence(self._work.changes, chosen)
        if not 0 <= number < len(found) or found[number].field not in FIELDS:
            raise UsageError("expected something that the document says of itself; open it again")
        proposal = found[number]
        form = [views.proposed_value(proposal) if name == proposal.field else gr.skip() for name in FIELDS]
        return [views.said(f"{words.take_over}：{words.fields[proposal.field]}"), *(gr.skip() for _ in range(6)), *form]

    def _policy(self, policy_id: str) -> Policy:
        policy = self._work.changes.policies().get(policy_id)
        if policy is None:
            raise UsageError(f"expected the id of a document, got {policy_id!r}")
        return policy

    def _list(self, chosen: str, words: MaintainWords) -> str:
        return views.documents(documents.rows(self._work.changes), words, chosen)


def _form_of(policy: Policy) -> list[str]:
    """A policy's entry as the form holds it."""
    goals = policy.goal_period
    told = {
        "place": policy.place.name if policy.place else "",
        "goal_period": f"{goals.start or ''}..{goals.end or ''}" if goals else "",
    }
    return [told[name] if name in told else str(getattr(policy, name) or "") for name in FIELDS]


def _field(name: str, value: str, words: MaintainWords) -> object:
    """A value of the form as the manifest holds it; an empty one is unknown."""
    if not value:
        return None
    if name in DATES:
        return _day(value, words.fields[name], words).isoformat()
    if name == "goal_period":
        start, _, end = value.partition("..")
        days = {"start": start.strip(), "end": end.strip()}
        return {key: _day(day, words.fields[name], words).isoformat() if day else None for key, day in days.items()}
    return place_named(value).model_dump(mode="json") if name == "place" else value


def _day(value: str, field: str, words: MaintainWords) -> date:
    """A day as typed.

    Raises:
        UsageError: it is none.
    """
    try:
        return date.fromisoformat(value)
    except ValueError:
        raise UsageError(words.bad_date.format(field=field, value=value)) from None


class ChangeActs:
    """What is pressed about a change."""

    def __init__(self, work: Maintenance) -> None:
        self._changes = work.changes

    def show(self, *, request: gr.Request) -> list[Any]:
        """How the change stands."""
        return ["", *self._state(words_of(request))]

    def tick(self, seen: str, *, request: gr.Request) -> list[Any]:
        """What has changed since `seen`; while a job goes on, its progress alone."""
        token = self._changes.token()
        if token == seen or not seen:
            return [gr.skip() for _ in range(9)]
        job, words = self._changes.jobs.last(), words_of(request)
        if job is not None and job.running:
            return [gr.skip(), gr.skip(), views.job(job, words), *(gr.skip() for _ in range(5)), token]
        return [gr.skip(), *self._state(words)]

    def upload(self, files: list[str] | None, replaces: str, *, request: gr.Request) -> list[Any]:
        """Stage uploaded documents."""
        words, by = words_of(request), maintainer(request).name
        if not files:
            raise UsageError(words.no_file)
        given = [Path(name) for name in files]
        self._changes.upload(given, by=by, policy_id=replaces or None)
        for path in given:  # copied by now; Gradio would keep them
            path.unlink(missing_ok=True)
        return ["", None, *self._state(words)]

    def act(self, pressed: str, why: str, *, request: gr.Request) -> list[Any]:
        """Build, evaluate, cancel, publish, override, discard, roll back."""
        words, by = words_of(request), maintainer(request).name
        why = (why or "").strip()
        what, _, name = pressed.partition(":")
        steps: Mapping[str, Callable[[], str]] = {
            "build": lambda: self._began(self._changes.build(by=by)),
            "evaluate": lambda: self._began(self._changes.evaluate(by=by)),
            "cancel": lambda: self._began(self._changes.jobs.cancel(by=by)),
            "publish": lambda: self._published(words, by, why, None),
            "override": lambda: self._published(words, by, why, why),
            "discard": lambda: words.discarded if self._changes.discard(by=by) else words.not_staged,
            "rollback": lambda: words.rolled_back.format(release=self._changes.rollback(name, by=by, why=why)),
        }
        if what not in steps:
            raise UsageError(f"expected something that can be done with a change, got {pressed!r}")
        said = steps[what]()
        kept = gr.skip() if what in ("build", "evaluate", "cancel") else ""
        return [views.said(said), kept, *self._state(words)]

    def _began(self, _job: object) -> str:
        return ""

    def _published(self, words: MaintainWords, by: str, why: str, override: str | None) -> str:
        if override is not None and not override:
            raise UsageError(words.need_reason)
        done = self._changes.publish(by=by, override=override, why=why)
        if not done.published:
            raise UsageError(words.still_blocked)
        return words.published.format(release=done.release, before=done.before)

    def _state(self, words: MaintainWords) -> list[Any]:
        token = self._changes.token()
        now = self._changes.underway()
        choices = [(words.replaces_nothing, "")]
        choices += [(policy.title, policy.id) for policy in self._changes.policies().values()]
        return [
            views.steps(now, words),
            views.job(now.job, words),
            views.candidate(now, words),
            views.decisions(now, words),
            views.differences(now, words),
            views.releases(self._changes.releases(), words),
            gr.update(choices=choices),
            token,
        ]


class RuleActs:
    """What is pressed about rules."""

    def __init__(self, work: Maintenance) -> None:
        self._work = work

    def show(self, chosen: str | None, opened: str, followed: str, *, request: gr.Request) -> list[Any]:
        """The documents to choose from, staged ones first, then those with rules; and the rules of one.

        That is the one `opened` among the documents since the section was last shown, with `followed` open.
        """
        words = words_of(request)
        rows = [row for row in documents.rows(self._work.changes) if row.mark != "removed" and row.document]
        rows.sort(key=lambda row: (row.mark != "added", not row.mark, not row.rules))
        choices = [(f"{row.policy.title}（{row.policy.id}）", row.policy.id) for row in rows]
        known = [name for _, name in choices]
        wanted = opened if opened and opened != followed else chosen
        chosen = next((name for name in (wanted, chosen, *known) if name in known), None)
        return ["", gr.update(choices=choices, value=chosen), opened, *self._shown(chosen, words)]

    def choose(self, chosen: str | None, *, request: gr.Request) -> list[Any]:
        """The rules of a document."""
        return ["", *self._shown(chosen, words_of(request))]

    def act(self, pressed: str, chosen: str, *, request: gr.Request) -> list[Any]:
        """Accept, edit, reject, reopen a proposal."""
        words, by = words_of(request), maintainer(request).name
        what, _, rest = pressed.partition(":")
        key, _, reason = rest.partition(":")
        if what == "edit":
            proposal = next((one for one in self._work.rules.of(chosen).proposed if one.key == key), None)
            if proposal is None:
                raise UsageError("there is no such proposal any more; open the document again")
            return ["", gr.skip(), gr.update(visible=True), proposal.text, key]
        if what == "accept":
            self._work.rules.accept(chosen, key, by=by)
            said = words.kept_rule
        elif what == "reject" and reason in REASONS:
            self._work.rules.reject(chosen, key, reason, by=by)
            said = words.rejected_rule
        elif what == "reopen":
            self._work.rules.reopen(chosen, key, by=by)
            said = words.reopened_rule
        else:
            raise UsageError(f"expected something that can be done with a rule, got {pressed!r}")
        return [views.said(said), *self._shown(chosen, words)]

    def save(self, text: str, key: str, chosen: str, *, request: gr.Request) -> list[Any]:
        """Keep a corrected rule."""
        words, by = words_of(request), maintainer(request).name
        self._work.rules.accept(chosen, key, by=by, text=text)
        return [views.said(words.kept_rule), *self._shown(chosen, words)]

    def _shown(self, chosen: str | None, words: MaintainWords) -> list[Any]:
        closed = [gr.update(visible=False), "", ""]
        if not chosen:
            return [views.said(words.nothing), *closed]
        confirmed = documents.rules_of(self._work.changes, chosen)
        return [views.rules(self._work.rules.of(chosen), confirmed, words), *closed]


class SearchActs:
    """The retrieval test."""

    def __init__(self, work: Maintenance) -> None:
        self._work = work

    def show(self, *, request: gr.Request) -> list[Any]:
        """The documents to search in."""
        with self._work.lease() as assistant:
            titles = _titles(assistant.release, words_of(request))
        return ["", gr.update(choices=[(words_of(request).everywhere, ""), *((t, name) for name, t in titles.items())])]

    def search(self, query: str, within: str, *, request: gr.Request) -> list[Any]:
        """Ranked clauses with the parts of their scores."""
        words = words_of(request)
        with self._work.lease() as assistant:
            retriever = ClauseRetriever(release=assistant.release)
            policies = [within] if within in assistant.release.documents else None
            found = retriever.explain((query or "").strip(), limit=_FOUND, policies=policies)
            titles = _titles(assistant.release, words)
        return ["", views.ranked(found, retriever.weights, titles, words)]


def _titles(release: Release, words: MaintainWords) -> dict[str, str]:
    return {name: document.policy.title_in(words.code) for name, document in release.documents.items()}


class LogActs:
    """The log of conversations and feedback."""

    def __init__(self, work: Maintenance) -> None:
        self._work = work

    def show(self, *, request: gr.Request) -> list[Any]:
        """The places to choose from; nothing of the log before somebody asks for it."""
        words = words_of(request)
        found = {policy.place.name for policy in self._work.changes.policies().values() if policy.place}
        listed = views.said(words.no_store) if self._work.logbook is None else gr.skip()
        return ["", listed, gr.update(choices=[(words.all, ""), *((name, name) for name in sorted(found))])]

    def look(self, *limits: str, request: gr.Request) -> list[Any]:
        """The entries that match."""
        words, by = words_of(request), maintainer(request).id
        if self._work.logbook is None:
            raise UsageError(words.no_store)
        kind: Kind = "opinions" if limits[0] == "opinions" else "turns"
        wanted = filter_of(dict(zip(_LIMITS, limits[1:], strict=True)), words)
        return ["", views.log(kind, self._work.logbook.look(kind, wanted, by=by), wanted, words)]


def filter_of(given: Mapping[str, str | None], words: MaintainWords) -> Filter:
    """What is looked for in the log, as typed.

    Raises:
        UsageError: a day is not one.
    """
    texts = {name: (given.get(name) or "").strip() for name in _LIMITS}
    days = {
        name: _day(texts[name], label, words) if texts[name] else None
        for name, label in (("since", words.since), ("until", words.until))
    }
    return Filter(
        since=days["since"],
        until=days["until"],
        place=texts["place"],
        status=texts["status"],
        reason=texts["reason"],
        search=texts["search"],
    )
