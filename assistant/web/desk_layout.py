"""The help desk's page as it is laid out: what lies where, before any inquiry is open."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, fields
from typing import Any, TypedDict

import gradio as gr

from assistant.desk.facts import FIELDS
from assistant.desk.inquiry import ENDINGS, MOST_CHARACTERS
from assistant.web.words_desk import DeskWords

# How often an open page says that somebody is there, and looks whether anything came in.
SECONDS_BETWEEN_SIGNS = 15


class Session(TypedDict):
    """What one open page is at."""

    language: str
    id: str
    version: int
    # The question whose facts are shown.
    item: int
    # The draft that stood in the editor when it was filled, by which an edit is known.
    draft: str


def new_session(language: str = "zh") -> Session:
    """A page on which nothing is open yet."""
    return Session(language=language, id="", version=0, item=0, draft="")


@dataclass(frozen=True)
class Inbox:
    """The parts of the left pane."""

    title: gr.Markdown
    new: gr.Button
    form: gr.Column
    paste: gr.Textbox
    take: gr.Button
    upload: gr.UploadButton
    upload_hint: gr.Markdown
    search: gr.Textbox
    state: gr.Dropdown
    list: gr.Radio
    empty: gr.Markdown


@dataclass(frozen=True)
class Letter:
    """The parts of the pane in the middle."""

    text: gr.Markdown
    work: gr.Column
    outdated: gr.Row
    outdated_note: gr.Markdown
    reask: gr.Button
    items: gr.Radio
    answer_this: gr.Checkbox
    add: gr.Textbox
    facts_title: gr.Markdown
    correct: gr.Button
    sources_title: gr.Markdown
    sources: gr.CheckboxGroup
    links: gr.Markdown


@dataclass(frozen=True)
class Reply:
    """The parts of the right pane."""

    head: gr.Markdown
    work: gr.Column
    conflict: gr.Column
    conflict_note: gr.Markdown
    save_over: gr.Button
    text: gr.Textbox
    # Pressed by the page's script when somebody who types makes a pause.
    check: gr.Button
    marks: gr.Markdown
    confirm: gr.Checkbox
    save: gr.Button
    redraft: gr.Button
    hand_in: gr.Button
    approve: gr.Button
    send_back: gr.Button
    sent: gr.Button
    links: gr.Markdown
    versions: gr.Accordion
    compare: gr.Dropdown
    difference: gr.Markdown
    standard: gr.Accordion
    standard_hint: gr.Markdown
    promote: gr.Button
    standards: gr.Markdown
    which: gr.Dropdown
    retire: gr.Button


@dataclass(frozen=True)
class Parts:
    """The components of the page."""

    session: gr.State
    header: gr.Markdown
    switch: gr.Button
    inbox: Inbox
    letter: Letter
    facts: Mapping[str, Any]
    reply: Reply
    # What was done, or why it was not.
    notice: gr.Markdown
    timer: gr.Timer

    @property
    def all(self) -> list[Any]:
        """Everything that an event may change."""
        panes = [getattr(pane, field.name) for pane in (self.inbox, self.letter, self.reply) for field in fields(pane)]
        return [self.session, self.header, self.switch, self.notice, *panes, *self.facts.values()]


def layout(words: DeskWords) -> Parts:
    """Lay the page out in one language, within the page that is being built."""
    session = gr.State(new_session(words.code))
    with gr.Row(elem_id="bz-top"):
        header = _markdown("bz-header")
        switch = gr.Button(words.switch, elem_id="bz-switch", size="sm", scale=0, min_width=0)
    with gr.Row(elem_id="dk-main"):
        with gr.Column(elem_id="dk-inbox", min_width=0):
            inbox = _inbox(words)
        with gr.Column(elem_id="dk-letter", min_width=0):
            letter, facts = _letter(words)
        with gr.Column(elem_id="dk-reply", min_width=0):
            reply = _reply(words)
    notice = _markdown("dk-notice")
    return Parts(session, header, switch, inbox, letter, facts, reply, notice, gr.Timer(SECONDS_BETWEEN_SIGNS))


def _markdown(elem_id: str, value: str = "") -> gr.Markdown:
    return gr.Markdown(value, elem_id=elem_id, sanitize_html=True, latex_delimiters=[])


def _button(name: str, label: str, **more: Any) -> gr.Button:  # noqa: ANN401
    return gr.Button(label, elem_id=f"dk-{name}", size="sm", min_width=0, scale=0, **more)


def _inbox(words: DeskWords) -> Inbox:
    with gr.Row(elem_id="dk-inbox-head"):
        title = _markdown("dk-inbox-title")
        new = _button("new", words.new, variant="primary")
    with gr.Column(visible=False, elem_id="dk-form") as form:
        paste = gr.Textbox(
            label=words.paste,
            placeholder=words.paste_hint,
            lines=7,
            max_lines=14,
            max_length=MOST_CHARACTERS,
            elem_id="dk-paste",
        )
        with gr.Row(elem_id="dk-form-row"):
            take = _button("take", words.take, variant="primary")
            upload = gr.UploadButton(
                words.upload,
                file_types=list(ENDINGS),
                file_count="single",
                elem_id="dk-upload",
                size="sm",
                min_width=0,
                scale=0,
            )
        upload_hint = _markdown("dk-upload-hint", words.upload_hint)
    search = gr.Textbox(label=words.search, placeholder=words.search_hint, lines=1, max_lines=1, elem_id="dk-search")
    state = gr.Dropdown([(words.all_states, "")], value="", label=words.state, elem_id="dk-state")
    entries = gr.Radio([], label=words.inbox, elem_id="dk-list", show_label=False, container=False, visible=False)
    return Inbox(title, new, form, paste, take, upload, upload_hint, search, state, entries, _markdown("dk-empty"))


def _letter(words: DeskWords) -> tuple[Letter, dict[str, Any]]:
    text = _markdown("dk-text")
    with gr.Column(visible=False, elem_id="dk-letter-work") as work:
        with gr.Row(visible=False, elem_id="dk-outdated") as outdated:
            outdated_note = _markdown("dk-outdated-note", words.outdated)
            reask = _button("reask", words.reask)
        items = gr.Radio([], label=words.question, elem_id="dk-items", container=False)
        answer_this = gr.Checkbox(label=words.answer_this, value=True, elem_id="dk-answer-this", container=False)
        add = gr.Textbox(
            label=words.add_question,
            placeholder=words.add_hint,
            submit_btn=words.add,
            lines=1,
            max_lines=3,
            elem_id="dk-add",
        )
        facts_title = _markdown("dk-facts-title")
        with gr.Row(elem_id="dk-facts"):
            facts: dict[str, Any] = {name: _fact(name) for name in FIELDS}
        correct = _button("correct", words.correct)
        sources_title = _markdown("dk-sources-title")
        sources = gr.CheckboxGroup([], label=words.sources, elem_id="dk-sources", show_label=False, container=False)
        links = _markdown("dk-links")
    parts = Letter(
        text, work, outdated, outdated_note, reask, items, answer_this, add, facts_title, correct, sources_title, sources, links
    )  # fmt: skip
    return parts, facts


def _fact(name: str) -> Any:  # noqa: ANN401
    common: dict[str, Any] = {"elem_id": f"dk-fact-{name}", "min_width": 150, "interactive": True}
    if name in ("rank", "count"):
        return gr.Number(value=None, precision=0, minimum=1, **common)
    if name in ("place", "event_at"):
        return gr.Textbox(lines=1, max_lines=1, max_length=60, **common)
    return gr.Dropdown([], **common)


def _reply(words: DeskWords) -> Reply:
    head = _markdown("dk-status")
    with gr.Column(visible=False, elem_id="dk-reply-work") as work:
        with gr.Column(visible=False, elem_id="dk-conflict") as conflict:
            conflict_note = _markdown("dk-conflict-note")
            save_over = _button("save-over", words.save_over)
        text = gr.Textbox(label=words.reply_label, lines=20, max_lines=40, elem_id="dk-editor", interactive=True)
        check = _button("check", "")
        marks = _markdown("dk-marks")
        confirm = gr.Checkbox(label=words.confirm, value=False, visible=False, elem_id="dk-confirm", container=False)
        with gr.Row(elem_id="dk-actions"):
            save = _button("save", words.save, variant="primary")
            hand_in = _button("hand-in", words.hand_in, visible=False)
            approve = _button("approve", words.approve)
            send_back = _button("send-back", words.send_back, visible=False)
            sent = _button("sent", words.sent, visible=False)
            redraft = _button("redraft", words.redraft)
            links = _markdown("dk-reply-links")
        with gr.Accordion(words.versions, open=False, elem_id="dk-versions") as versions:
            compare = gr.Dropdown([], label=words.compare, elem_id="dk-compare")
            difference = _markdown("dk-difference")
        with gr.Accordion(words.standard, open=False, elem_id="dk-standard") as standard:
            standard_hint = _markdown("dk-standard-hint", words.standard_hint)
            promote = _button("promote", words.promote)
            standards = _markdown("dk-standards")
            which = gr.Dropdown([], label=words.choose_standard, elem_id="dk-which", visible=False)
            retire = _button("retire", words.retire, visible=False)
    return Reply(
        head, work, conflict, conflict_note, save_over, text, check, marks, confirm, save, redraft, hand_in, approve, send_back,
        sent, links, versions, compare, difference, standard, standard_hint, promote, standards, which, retire,
    )  # fmt: skip
