"""The help desk's page: inbox, inquiry with its facts and evidence, reply. What staff do is done by `assistant.desk`."""

from __future__ import annotations

import logging
from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from pathlib import Path
from typing import Any

import gradio as gr

from assistant.access.caller import Caller
from assistant.desk.check import Mark
from assistant.desk.desk import Desk
from assistant.desk.diff import diff_lines
from assistant.desk.errors import Conflict, Refused
from assistant.desk.facts import FIELDS, fields_of
from assistant.desk.inquiry import bare_question
from assistant.desk.records import STATUSES, Inquiry, Person, Source, StandardReply, Status, source_of
from assistant.web.blocks import OwnFiles
from assistant.web.desk_layout import Session, layout, new_session
from assistant.web.evidence import citation_href
from assistant.web.markup import one_line, plain_html, template_html
from assistant.web.page import CallerOf, in_event_loop
from assistant.web.words import LANGUAGE_COOKIE, clause_label, words_for
from assistant.web.words_desk import ZH, DeskWords, desk_words
from knowledge.errors import BiaozhuntongError

_log = logging.getLogger(__name__)

_SIGNS: Mapping[str, str] = {"new": "○", "drafting": "◐", "awaiting": "◑", "approved": "●", "answered": "✓"}
_QUOTE_SHOWN = 160

Updates = dict[Any, Any]


def build_desk(desk: Desk, *, caller: CallerOf) -> gr.Blocks:
    """The page, ready to be mounted at `/desk/`.

    Args:
        desk: does the work.
        caller: who sends a request.
    """
    return in_event_loop(_DeskPage(desk, caller).build)


class _DeskPage:
    """Puts the page together, and answers its events."""

    def __init__(self, desk: Desk, caller: CallerOf) -> None:
        self.desk = desk
        self.caller = caller

    def build(self) -> gr.Blocks:
        """The page."""
        page: gr.Blocks
        with OwnFiles(title=f"{ZH.name} · {ZH.title}", analytics_enabled=False, fill_width=True) as page:
            self.parts = layout(ZH)
            self._wire(page)
        page.queue(max_size=64, default_concurrency_limit=8)
        return page

    def _wire(self, page: gr.Blocks) -> None:
        parts = self.parts
        inbox, letter, reply = parts.inbox, parts.letter, parts.reply
        at_once: dict[str, Any] = {"api_visibility": "private", "show_progress": "hidden", "queue": False}

        def on(event: Callable[..., Any], act: Callable[..., Updates], *given: Any, **more: Any) -> None:  # noqa: ANN401
            event(act, [parts.session, *given], parts.all, **at_once, **more)

        page.load(self.loaded, [parts.session], parts.all, **at_once)
        on(parts.switch.click, self.switched, reply.text, inbox.search, inbox.state)
        on(inbox.new.click, self.show_form)
        on(inbox.take.click, self.take, inbox.paste)
        on(inbox.upload.upload, self.take_file, inbox.upload)
        on(inbox.search.input, self.listed, inbox.search, inbox.state, trigger_mode="always_last")
        on(inbox.state.input, self.listed, inbox.search, inbox.state)
        on(inbox.list.input, self.open, inbox.list)
        on(letter.items.input, self.look_at, letter.items)
        on(letter.answer_this.input, self.answer_this, letter.answer_this, reply.text)
        on(letter.add.submit, self.add_question, letter.add, reply.text)
        on(letter.reask.click, self.reask, reply.text)
        on(letter.correct.click, self.correct, reply.text, *parts.facts.values())
        on(letter.sources.input, self.choose, letter.sources, reply.text, trigger_mode="always_last")
        on(reply.check.click, self.checked, reply.text, trigger_mode="always_last")
        on(reply.save.click, self.save, reply.text)
        on(reply.save_over.click, self.save_over, reply.text)
        on(reply.redraft.click, self.redraft)
        on(reply.hand_in.click, self.hand_in, reply.text)
        on(reply.approve.click, self.approve, reply.text, reply.confirm)
        on(reply.send_back.click, self.send_back)
        on(reply.sent.click, self.mark_answered)
        on(reply.compare.input, self.compare, reply.compare, reply.text)
        on(reply.promote.click, self.promote)
        on(reply.retire.click, self.retire, reply.which)
        on(parts.timer.tick, self.tick, inbox.search, inbox.state)

    # --- the page as a whole ------------------------------------------------------------------------------------------

    def loaded(self, session: Session, request: gr.Request) -> Updates:
        """What a page shows that was just opened, in its reader's language."""
        session = new_session(desk_words(request.cookies.get(LANGUAGE_COOKIE)).code)
        shown = {
            **self._nothing_open(session),
            **self._listed(session, self.caller(request)),
            **self._standards(session),
        }
        return _merged(self._labels(session), shown)

    def switched(self, session: Session, text: str, words: str, state: str, request: gr.Request) -> Updates:
        """The same page in the other language; nothing that was typed is lost."""
        session = {**session, "language": "zh" if session["language"] == "en" else "en"}
        caller = self.caller(request)
        shown = {**self._listed(session, caller, words, state), **self._standards(session)}
        updates = _merged(self._labels(session), shown)
        if not session["id"]:
            return _merged(updates, self._nothing_open(session))
        return _merged(updates, self._do(session, caller, lambda: self.desk.get(caller, session["id"]), text=text))

    def tick(self, session: Session, words: str, state: str, request: gr.Request) -> Updates:
        """From time to time: a sign that somebody is here, and what came in meanwhile."""
        caller = self.caller(request)
        updates = {self.parts.session: session, **self._listed(session, caller, words, state)}
        if session["id"]:
            self.desk.presence.at(session["id"], _person(caller))
            try:
                updates |= {self.parts.reply.head: self._head(session, caller, self.desk.get(caller, session["id"]))}
            except BiaozhuntongError:
                _log.debug("an inquiry that is open is there no more", exc_info=True)
        return updates

    # --- what comes in ------------------------------------------------------------------------------------------------

    def show_form(self, session: Session) -> Updates:
        """The form for a new inquiry."""
        return {self.parts.session: session, self.parts.inbox.form: gr.update(visible=True)}

    def take(self, session: Session, text: str, request: gr.Request) -> Updates:
        """A pasted letter."""
        caller = self.caller(request)
        return self._received(session, caller, lambda: self.desk.receive(caller, text))

    def take_file(self, session: Session, path: str, request: gr.Request) -> Updates:
        """A letter in a file; the file itself is not kept."""
        caller = self.caller(request)

        def read() -> Inquiry:
            try:
                return self.desk.receive_file(caller, Path(path))
            finally:
                Path(path).unlink(missing_ok=True)

        return self._received(session, caller, read)

    def _received(self, session: Session, caller: Caller, act: Callable[[], Inquiry]) -> Updates:
        updates = self._do(session, caller, act, done="received", at_first=True)
        if updates[self.parts.session]["id"] == session["id"]:
            return updates
        form = {self.parts.inbox.paste: "", self.parts.inbox.form: gr.update(visible=False)}
        return {**updates, **self._listed(updates[self.parts.session], caller), **form}

    def listed(self, session: Session, words: str, state: str, request: gr.Request) -> Updates:
        """The inbox for a search and a status."""
        return {self.parts.session: session, **self._listed(session, self.caller(request), words, state)}

    def open(self, session: Session, inquiry_id: str, request: gr.Request) -> Updates:
        """An inquiry of the inbox."""
        caller = self.caller(request)
        return self._do(session, caller, lambda: self.desk.get(caller, inquiry_id), at_first=True)

    # --- facts and evidence -------------------------------------------------------------------------------------------

    def look_at(self, session: Session, item: int, request: gr.Request) -> Updates:
        """The facts of another question of the letter."""
        caller = self.caller(request)
        session = {**session, "item": item}
        try:
            return {self.parts.session: session, **self._facts(session, self.desk.get(caller, session["id"]))}
        except BiaozhuntongError as error:
            return self._refused(session, error)

    def answer_this(self, session: Session, wanted: bool, text: str, request: gr.Request) -> Updates:
        """Whether the reply speaks of the question that is looked at."""
        caller = self.caller(request)

        def change() -> Inquiry:
            inquiry = self.desk.get(caller, session["id"])
            on = {n for n, item in enumerate(inquiry.items) if (wanted if n == session["item"] else item.on)}
            return self.desk.choose_questions(caller, inquiry.id, session["version"], on)

        return self._do(session, caller, change, text=text)

    def add_question(self, session: Session, question: str, text: str, request: gr.Request) -> Updates:
        """A question that was not recognised."""
        caller = self.caller(request)

        def add() -> Inquiry:
            return self.desk.add_question(caller, session["id"], session["version"], question)

        return {**self._do(session, caller, add, text=text), self.parts.letter.add: ""}

    def reask(self, session: Session, text: str, request: gr.Request) -> Updates:
        """All questions anew, from the release that is live now."""
        caller = self.caller(request)

        def ask() -> Inquiry:
            return self.desk.reask(caller, session["id"], session["version"])

        return self._do(session, caller, ask, text=text, done="reasked")

    def correct(self, session: Session, text: str, request: gr.Request, *values: object) -> Updates:
        """The facts of the question that is looked at, as staff left them: their values in the order of `FIELDS`."""
        caller = self.caller(request)

        def settle() -> Inquiry:
            named: dict[str, object] = dict(zip(FIELDS, values, strict=True))
            return self.desk.settle(caller, session["id"], session["version"], session["item"], named)

        return self._do(session, caller, settle, text=text, done="corrected")

    def choose(self, session: Session, on: list[int], text: str, request: gr.Request) -> Updates:
        """The sources that are in use."""
        caller = self.caller(request)

        def change() -> Inquiry:
            return self.desk.choose_sources(caller, session["id"], session["version"], on)

        return self._do(session, caller, change, text=text)

    # --- the reply ----------------------------------------------------------------------------------------------------

    def checked(self, session: Session, text: str, request: gr.Request) -> Updates:
        """The marks of a text while it is typed."""
        caller = self.caller(request)
        try:
            marks = self.desk.marks(self.desk.get(caller, session["id"]), text)
        except BiaozhuntongError as error:
            return self._refused(session, error)
        return {self.parts.session: session, **self._marked(session, text, marks)}

    def save(self, session: Session, text: str, request: gr.Request) -> Updates:
        """The next version of the reply."""
        caller = self.caller(request)

        def save() -> Inquiry:
            return self.desk.save(caller, session["id"], session["version"], text)

        return self._do(session, caller, save, text=text, done="saved")

    def save_over(self, session: Session, text: str, request: gr.Request) -> Updates:
        """The next version of the reply, after the newer one was looked at."""
        caller = self.caller(request)

        def save() -> Inquiry:
            current = self.desk.get(caller, session["id"])
            return self.desk.save(caller, current.id, current.version, text)

        return self._do(session, caller, save, text=text, done="saved")

    def redraft(self, session: Session, request: gr.Request) -> Updates:
        """The draft as it is composed now, in the place of what stands in the editor; saved versions stay."""
        caller = self.caller(request)
        try:
            inquiry = self.desk.get(caller, session["id"])
            draft = self.desk.draft(inquiry)
            marks = self.desk.marks(inquiry, draft)
        except BiaozhuntongError as error:
            return self._refused(session, error)
        session = {**session, "draft": draft}
        return {
            self.parts.session: session,
            self.parts.reply.text: draft,
            **self._marked(session, draft, marks),
        }

    def hand_in(self, session: Session, text: str, request: gr.Request) -> Updates:
        """Save, then give to another person."""
        caller = self.caller(request)

        def hand_in() -> Inquiry:
            saved = self.desk.save(caller, session["id"], session["version"], text)
            return self.desk.hand_in(caller, saved.id, saved.version)

        return self._do(session, caller, hand_in, text=text, done="handed_in")

    def approve(self, session: Session, text: str, confirmed: bool, request: gr.Request) -> Updates:
        """Approve what is saved. What was typed since is saved first, unless the reply awaits another's approval."""
        caller = self.caller(request)

        def approve() -> Inquiry:
            inquiry = self.desk.get(caller, session["id"])
            version = session["version"]
            if inquiry.status in ("new", "drafting"):
                version = self.desk.save(caller, inquiry.id, version, text).version
            return self.desk.approve(caller, inquiry.id, version, confirmed=confirmed)

        return self._do(session, caller, approve, text=text, done="approved")

    def send_back(self, session: Session, request: gr.Request) -> Updates:
        """Back to be worked on."""
        caller = self.caller(request)

        def send_back() -> Inquiry:
            return self.desk.send_back(caller, session["id"], session["version"])

        return self._do(session, caller, send_back, done="sent_back")

    def mark_answered(self, session: Session, request: gr.Request) -> Updates:
        """The reply went out."""
        caller = self.caller(request)

        def mark() -> Inquiry:
            return self.desk.mark_answered(caller, session["id"], session["version"])

        return self._do(session, caller, mark, done="answered")

    def compare(self, session: Session, number: int, text: str, request: gr.Request) -> Updates:
        """What stands in the editor beside an earlier version."""
        caller = self.caller(request)
        try:
            inquiry = self.desk.get(caller, session["id"])
            known = {version.number: version.text for version in inquiry.versions} | {0: self.desk.draft(inquiry)}
        except BiaozhuntongError as error:
            return self._refused(session, error)
        shown = _html("desk_diff.html", session, lines=diff_lines(known.get(number, ""), text))
        return {self.parts.session: session, self.parts.reply.difference: shown}

    def promote(self, session: Session, request: gr.Request) -> Updates:
        """Let the approved reply answer the question that is looked at."""
        try:
            self.desk.promote(self.caller(request), session["id"], session["item"])
        except BiaozhuntongError as error:
            return self._refused(session, error)
        return {
            self.parts.session: session,
            **self._standards(session),
            **self._told(session, _words(session).promoted),
        }

    def retire(self, session: Session, reply_id: str, request: gr.Request) -> Updates:
        """End a standard reply."""
        try:
            self.desk.retire(self.caller(request), reply_id or "")
        except BiaozhuntongError as error:
            return self._refused(session, error)
        told = self._told(session, _words(session).retired_now)
        return {self.parts.session: session, **self._standards(session), **told}

    # --- what is shown ------------------------------------------------------------------------------------------------

    def _do(
        self,
        session: Session,
        caller: Caller,
        act: Callable[[], Inquiry],
        *,
        text: str | None = None,
        done: str = "",
        at_first: bool = False,
    ) -> Updates:
        """What a change makes of the page, or why it was refused.

        Args:
            act: makes the change, gives the inquiry.
            text: what stands in the editor; kept unless it is the draft as it was composed before.
            done: which sentence says that it worked.
            at_first: whether another inquiry is opened, so that nothing of the last one stays.
        """
        try:
            inquiry = act()
            outdated = self.desk.is_outdated(inquiry)
            untouched = at_first or text is None or text == session["draft"]
            draft = self.desk.draft(inquiry)
            shown = (inquiry.reply if at_first or text is None else "") or draft if untouched else str(text)
            marks = self.desk.marks(inquiry, shown)
        except Conflict as conflict:
            return self._conflict(session, conflict.current)
        except Exception as error:
            return self._refused(session, error)
        self.desk.presence.at(inquiry.id, _person(caller))
        item = 0 if at_first else min(session["item"], max(len(inquiry.items) - 1, 0))
        opened: Session = {
            "language": session["language"],
            "id": inquiry.id,
            "version": inquiry.version,
            "item": item,
            "draft": draft,
        }
        return {
            self.parts.session: opened,
            **self._listed(opened, caller),
            **self._letter(opened, inquiry, outdated),
            **self._facts(opened, inquiry),
            **self._reply(opened, caller, inquiry, shown),
            **self._marked(opened, shown, marks),
            **self._told(opened, _words(opened).done[done] if done else ""),
        }

    def _told(self, session: Session, text: str, *, refused: bool = False) -> Updates:
        """A sentence on what was done, or why it was not; empty for nothing."""
        return {self.parts.notice: _html("desk_notice.html", session, text=text, refused=refused) if text else ""}

    def _refused(self, session: Session, error: Exception) -> Updates:
        words = _words(session)
        if not isinstance(error, BiaozhuntongError):
            _log.exception("the help desk could not do what was asked")
        said = words.refusals[error.code] if isinstance(error, Refused) else words.failed
        return {self.parts.session: session, **self._told(session, said, refused=True)}

    def _conflict(self, session: Session, current: Inquiry) -> Updates:
        """Somebody saved in the meantime: what they saved is shown, and what stands in the editor stays."""
        words, reply = _words(session), self.parts.reply
        note = _html("desk_conflict.html", session, inquiry=current, text=plain_html(current.reply), when=_when)
        return {
            self.parts.session: session,
            reply.conflict: gr.update(visible=True),
            reply.conflict_note: note,
            **self._told(session, words.refusals["newer_version"], refused=True),
        }

    def _labels(self, session: Session) -> Updates:
        """Everything that says the same whatever is open."""
        words, inbox, letter, reply = _words(session), self.parts.inbox, self.parts.letter, self.parts.reply
        states = [(words.all_states, ""), *((words.states[state], state) for state in STATUSES)]
        return {
            self.parts.header: _html("desk_header.html", session),
            self.parts.switch: words.switch,
            inbox.title: _html("desk_title.html", session, title=words.inbox, hint=""),
            inbox.new: words.new,
            inbox.paste: gr.update(label=words.paste, placeholder=words.paste_hint),
            inbox.take: words.take,
            inbox.upload: gr.update(label=words.upload),
            inbox.upload_hint: words.upload_hint,
            inbox.search: gr.update(label=words.search, placeholder=words.search_hint),
            inbox.state: gr.update(label=words.state, choices=states),
            inbox.list: gr.update(label=words.inbox),
            letter.reask: words.reask,
            letter.items: gr.update(label=words.question),
            letter.answer_this: gr.update(label=words.answer_this),
            letter.add: gr.update(label=words.add_question, placeholder=words.add_hint, submit_btn=words.add),
            letter.outdated_note: words.outdated,
            letter.facts_title: _html("desk_title.html", session, title=words.facts, hint=words.facts_hint),
            letter.correct: words.correct,
            letter.sources_title: _html("desk_title.html", session, title=words.sources, hint=words.sources_hint),
            letter.sources: gr.update(label=words.sources),
            reply.save_over: gr.update(value=words.save_over),
            reply.text: gr.update(label=words.reply_label),
            reply.confirm: gr.update(label=words.confirm),
            reply.save: gr.update(value=words.save),
            reply.redraft: gr.update(value=words.redraft),
            reply.hand_in: gr.update(value=words.hand_in),
            reply.approve: gr.update(value=words.approve),
            reply.send_back: gr.update(value=words.send_back),
            reply.sent: gr.update(value=words.sent),
            reply.versions: gr.update(label=words.versions),
            reply.compare: gr.update(label=words.compare),
            reply.standard: gr.update(label=words.standard),
            reply.standard_hint: words.standard_hint,
            reply.promote: gr.update(value=words.promote),
            reply.which: gr.update(label=words.choose_standard),
            reply.retire: gr.update(value=words.retire),
        }

    def _nothing_open(self, session: Session) -> Updates:
        letter, reply = self.parts.letter, self.parts.reply
        return {
            self.parts.session: session,
            letter.text: _html("desk_empty.html", session),
            letter.work: gr.update(visible=False),
            reply.head: _html("desk_status.html", session, inquiry=None, others="", when=_when, no_contact=False),
            reply.work: gr.update(visible=False),
        }

    def _listed(self, session: Session, caller: Caller, words: str = "", state: str = "") -> Updates:
        labels, inbox = _words(session), self.parts.inbox
        chosen: Status | None = next((known for known in STATUSES if known == state), None)
        try:
            found = self.desk.inbox(caller, status=chosen, words=words or "")
        except BiaozhuntongError as error:
            return self._refused(session, error)
        entries = [(_entry(inquiry, labels), inquiry.id) for inquiry in found]
        ids = [inquiry_id for _, inquiry_id in entries]
        empty = "" if entries else labels.nothing_found if words or state else labels.empty_inbox
        return {
            inbox.list: gr.update(
                choices=entries, value=session["id"] if session["id"] in ids else None, visible=bool(entries)
            ),
            inbox.empty: gr.update(value=empty, visible=bool(empty)),
        }

    def _letter(self, session: Session, inquiry: Inquiry, outdated: bool) -> Updates:
        words, letter = _words(session), self.parts.letter
        items = [
            (words.question_n.format(n=n, text=bare_question(item.text)), n - 1)
            for n, item in enumerate(inquiry.items, 1)
        ]
        sources = [(_source_label(source, words), source.n) for source in inquiry.sources]
        open_ = inquiry.status != "answered"
        return {
            letter.text: _html("desk_letter.html", session, inquiry=inquiry, pieces=_pieces(inquiry), when=_when),
            letter.work: gr.update(visible=True),
            letter.outdated: gr.update(visible=outdated and open_),
            letter.items: gr.update(choices=items, value=session["item"] if items else None, visible=bool(items)),
            letter.answer_this: gr.update(visible=len(items) > 1, interactive=open_),
            letter.add: gr.update(
                visible=open_, info=None if items else words.no_questions, value="", submit_btn=words.add
            ),
            letter.correct: gr.update(interactive=open_, visible=bool(items)),
            letter.sources: gr.update(
                choices=sources,
                value=[source.n for source in inquiry.sources if source.on],
                visible=bool(sources),
                interactive=open_,
            ),
            letter.links: _html("desk_links.html", session, links=_links(inquiry, words)),
        }

    def _facts(self, session: Session, inquiry: Inquiry) -> Updates:
        words, letter = _words(session), self.parts.letter
        if not inquiry.items:
            return {part: gr.update(visible=False) for part in self.parts.facts.values()}
        item = inquiry.items[session["item"]]
        updates: Updates = {letter.answer_this: gr.update(value=item.on)}
        for field in fields_of(item, words.code, self.desk.glossary):
            more: dict[str, Any] = {"info": None}
            if field.widget == "choice":
                more["choices"] = [(words.unknown, ""), *field.options]
            if field.widget == "text":
                more["placeholder"] = words.placeholders.get(field.name, "")
            value = field.value if field.widget == "number" else field.value or ""
            updates[self.parts.facts[field.name]] = gr.update(label=field.label, value=value, visible=True, **more)
        return updates

    def _head(self, session: Session, caller: Caller, inquiry: Inquiry) -> str:
        others = (", " if session["language"] == "en" else "、").join(
            person.name for person in self.desk.presence.others(inquiry.id, _person(caller))
        )
        contact = self.desk.composer.contact
        return _html(
            "desk_status.html",
            session,
            inquiry=inquiry,
            others=others,
            when=_when,
            no_contact=not (contact.office or contact.phone),
        )

    def _reply(self, session: Session, caller: Caller, inquiry: Inquiry, text: str) -> Updates:
        words, reply = _words(session), self.parts.reply
        status, second = inquiry.status, self.desk.second_approver
        open_ = status in ("new", "drafting")
        choices = [
            (words.version_n.format(n=version.number, by=version.by.name), version.number)
            for version in reversed(inquiry.versions)
        ]
        return {
            reply.head: self._head(session, caller, inquiry),
            reply.work: gr.update(visible=True),
            reply.conflict: gr.update(visible=False),
            reply.text: gr.update(value=text, interactive=status != "answered"),
            reply.save: gr.update(visible=status != "answered", variant="primary" if open_ else "secondary"),
            reply.redraft: gr.update(visible=status != "answered"),
            reply.hand_in: gr.update(visible=open_ and second),
            reply.approve: gr.update(visible=status == "awaiting" or (open_ and not second)),
            reply.send_back: gr.update(visible=status in ("awaiting", "approved")),
            reply.sent: gr.update(visible=status == "approved"),
            reply.links: _html("desk_actions.html", session, inquiry=inquiry),
            reply.compare: gr.update(choices=[(words.draft_now, 0), *choices], value=None),
            reply.difference: "" if inquiry.versions else words.no_versions,
            reply.promote: gr.update(interactive=inquiry.approval is not None),
        }

    def _marked(self, session: Session, text: str, marks: Sequence[Mark]) -> Updates:
        words = _words(session)
        lines = [
            (mark, text[mark.start : mark.end], words.reasons[mark.reason].format(what=mark.what)) for mark in marks
        ]
        many = len({mark.start for mark in marks})
        return {
            self.parts.reply.marks: _html("desk_marks.html", session, lines=lines, many=many),
            self.parts.reply.confirm: gr.update(visible=bool(marks), value=False),
        }

    def _standards(self, session: Session) -> Updates:
        words, reply = _words(session), self.parts.reply
        known: Sequence[StandardReply] = self.desk.book.all()
        choices = [(entry.question, entry.id) for entry in known if entry.in_use]
        return {
            reply.standards: _html("desk_standards.html", session, standards=known, when=_when),
            reply.which: gr.update(choices=choices, value=None, label=words.choose_standard, visible=bool(choices)),
            reply.retire: gr.update(visible=bool(choices)),
        }


def _merged(labels: Updates, shown: Updates) -> Updates:
    """Both updates of a component in one: its labels, and what it shows."""
    both = {part: {**labels[part], **update} for part, update in shown.items() if _is_update(labels.get(part), update)}
    return {**labels, **shown, **both}


def _is_update(*values: object) -> bool:
    return all(isinstance(value, dict) and "__type__" in value for value in values)


def _words(session: Session) -> DeskWords:
    return desk_words(session["language"])


def _html(name: str, session: Session, **values: object) -> str:
    return one_line(template_html(name, words=_words(session), **values))


def _person(caller: Caller) -> Person:
    return Person(id=caller.id, name=caller.name)


def _when(at: datetime) -> str:
    """A moment in the server's own time, to the minute."""
    return f"{at.astimezone():%Y-%m-%d %H:%M}"


def _entry(inquiry: Inquiry, words: DeskWords) -> str:
    state = f"{_SIGNS[inquiry.status]} {words.states[inquiry.status]}"
    at = f"{inquiry.updated_at.astimezone():%m-%d %H:%M}"
    return f"{inquiry.subject}\n{state} · {at} · {words.channels[inquiry.channel]}"


def _source_label(source: Source, words: DeskWords) -> str:
    citation = source.citation
    title = citation.policy.title_in(words.code)
    where = clause_label(citation, words_for(words.code))
    quote = " ".join(citation.quote.split())
    shown = quote if len(quote) <= _QUOTE_SHOWN else quote[: _QUOTE_SHOWN - 1] + "…"
    number = citation.policy.doc_no or words.doc_no_unseen
    head = f"[{source.n}] {where}".strip()
    return "\n".join((head, f"《{title}》（{number}）", shown))


def _links(inquiry: Inquiry, words: DeskWords) -> list[tuple[int, str]]:
    """The sources by number, with the address that opens each in its document."""
    return [
        (source.n, "../" + citation_href(source.citation, words.code, _release_of(inquiry, source)))
        for source in inquiry.sources
    ]


def _release_of(inquiry: Inquiry, source: Source) -> str | None:
    """The release that a source was found in."""
    answers = (item.answer for item in inquiry.items if item.answer)
    return next((a.provenance.release for a in answers if any(source_of([source], c) for c in a.citations)), None)


def _pieces(inquiry: Inquiry) -> list[tuple[str, bool]]:
    """The letter in runs: those that ask, and the rest; line breaks kept."""
    pieces, at = [], 0
    for item in sorted(inquiry.items, key=lambda item: item.start):
        if item.start >= at and inquiry.text[item.start : item.end] == item.text:
            pieces += [(plain_html(inquiry.text[at : item.start]), False), (plain_html(item.text), True)]
            at = item.end
    return [*pieces, (plain_html(inquiry.text[at:]), False)]
