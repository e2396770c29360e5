"""The maintenance pages as a Gradio app: what they show, and which function runs when a maintainer acts.

Each section has one channel for what is pressed in its views: a hidden box that the page's script fills with the value of
the button (`open:yangzhou-2011`), and a hidden button that it presses. Everything is done under the name of the caller.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, get_args

import gradio as gr

from assistant.upkeep import usage
from assistant.web import maintain_views as views
from assistant.web.blocks import OwnFiles
from assistant.web.maintain_acts import (
    FIELDS,
    ChangeActs,
    DocumentActs,
    LogActs,
    Maintenance,
    RuleActs,
    SearchActs,
    maintainer,
    safely,
    usage_html,
    words_of,
)
from assistant.web.page import in_event_loop
from assistant.web.words import words_for
from assistant.web.words_maintain import SECTIONS, ZH, MaintainWords
from knowledge.loaders import LOADERS
from knowledge.model import PolicyStatus

# How often an open page looks whether something has changed; a look costs reading one small file. It counts as an event
# of the caller, of which 240 a minute are allowed.
TICK_SECONDS = 1.5
_LONGEST = 2_000
_LONGEST_RULE = 20_000


def build_maintenance(work: Maintenance) -> gr.Blocks:
    """The pages, ready to be mounted."""
    return in_event_loop(lambda: _build(work))


def _build(work: Maintenance) -> gr.Blocks:
    page: gr.Blocks
    with OwnFiles(title=f"{words_for('zh').name} · {ZH.title}", analytics_enabled=False, fill_width=True) as page:
        _Page(page, work).build()
    page.queue(max_size=64, default_concurrency_limit=8)
    return page


@dataclass
class _Channel:
    """What is pressed in the views of a section comes through here; `show` is pressed when the section is opened."""

    value: gr.Textbox
    press: gr.Button
    show: gr.Button
    said: gr.Markdown


Labelled = Callable[[MaintainWords], Any]


@dataclass
class _Page:
    """The layout of the pages and their events."""

    page: gr.Blocks
    work: Maintenance
    labelled: list[tuple[gr.components.Component, Labelled]] = field(default_factory=list)

    def build(self) -> None:
        """Lay everything out and connect it."""
        with gr.Row(elem_id="bz-top"):
            header = self._markdown("bz-header")
            switch = gr.Button(words_for("zh").switch, elem_id="bz-switch", size="sm", scale=0, min_width=0)
        self._label(switch, lambda w: words_for(w.code).switch)
        with gr.Row(elem_id="bz-desk"):
            nav = self._markdown("bz-nav")
            with gr.Column(elem_id="bz-sections", min_width=0):
                for section in SECTIONS:
                    with gr.Column(elem_id=f"bz-sec-{section}", elem_classes="bz-section", min_width=0):
                        getattr(self, f"_{section}")()
        self._label(nav, views.navigation)

        def loaded(request: gr.Request) -> list[Any]:
            words = words_of(request)
            return [views.header(words, maintainer(request).name), *(told(words) for _, told in self.labelled)]

        self.page.load(loaded, None, [header, *(component for component, _ in self.labelled)], **_AT_ONCE)

    # --- parts ------------------------------------------------------------------------------------------------------------

    def _markdown(self, name: str, value: str = "") -> gr.Markdown:
        return gr.Markdown(value, elem_id=name, sanitize_html=True, latex_delimiters=[])

    def _label(self, component: gr.components.Component, told: Labelled) -> None:
        self.labelled.append((component, told))

    def _textbox(self, name: str, told: Callable[[MaintainWords], dict[str, Any]], **more: Any) -> gr.Textbox:  # noqa: ANN401
        more = {"max_length": _LONGEST, "lines": 1, **more}
        box = gr.Textbox(elem_id=name, **more, **told(ZH))
        self._label(box, lambda w: gr.update(**told(w)))
        return box

    def _dropdown(self, name: str, told: Callable[[MaintainWords], dict[str, Any]], **more: Any) -> gr.Dropdown:  # noqa: ANN401
        box = gr.Dropdown(elem_id=name, **more, **told(ZH))
        self._label(box, lambda w: gr.update(**told(w)))
        return box

    def _button(self, name: str, told: Callable[[MaintainWords], str], **more: Any) -> gr.Button:  # noqa: ANN401
        button = gr.Button(told(ZH), elem_id=name, scale=0, min_width=0, **more)
        self._label(button, told)
        return button

    def _channel(self, section: str, hint: Callable[[MaintainWords], str]) -> _Channel:
        """The head of a section, where it says what was done, and its hidden channel."""
        head = self._markdown(f"bz-head-{section}")
        self._label(head, lambda w: views.heading(w, section, hint(w)))
        said = self._markdown(f"bz-said-{section}")
        value = gr.Textbox(elem_id=f"bz-act-{section}", show_label=False, container=False, elem_classes="bz-hidden")
        press = gr.Button(elem_id=f"bz-do-{section}", elem_classes="bz-hidden")
        show = gr.Button(elem_id=f"bz-show-{section}", elem_classes="bz-hidden")
        return _Channel(value, press, show, said)

    # --- documents -----------------------------------------------------------------------------------------------------------

    def _documents(self) -> None:
        channel = self._channel("documents", lambda w: w.documents_hint)
        chosen = self._opened = gr.State("")
        listed = self._markdown("bz-documents-list", _WAITING)
        with gr.Column(visible=False, elem_id="bz-document", min_width=0) as detail:
            head = self._markdown("bz-document-head")
            with gr.Tabs(elem_id="bz-document-tabs"):
                with gr.Tab(ZH.tab_text, id="text") as text_tab:
                    text = self._markdown("bz-document-text")
                with gr.Tab(ZH.tab_about, id="about") as about_tab, gr.Row(elem_id="bz-about"):
                    with gr.Column(min_width=280, elem_id="bz-form"):
                        form = self._form()
                        save = self._button("bz-save", lambda w: w.save_fields, variant="primary")
                    with gr.Column(min_width=280):
                        proposed = self._markdown("bz-evidence-list")
        self._label(text_tab, lambda w: gr.update(label=w.tab_text))
        self._label(about_tab, lambda w: gr.update(label=w.tab_about))
        acts = DocumentActs(self.work)
        opened = [listed, detail, head, text, proposed, chosen, *form]
        channel.show.click(safely(acts.show, 1), [chosen], [channel.said, listed], **_QUIET)
        channel.press.click(safely(acts.act, len(opened)), [channel.value, chosen], [channel.said, *opened], **_QUIET)
        save.click(safely(acts.save, 1), [chosen, *form], [channel.said, listed], **_QUIET)

    def _form(self) -> list[gr.components.Component]:
        def told(name: str) -> Callable[[MaintainWords], dict[str, Any]]:
            return lambda w: {"label": w.fields[name], "placeholder": w.field_hints.get(name, "")}

        def status() -> gr.Dropdown:
            names = get_args(PolicyStatus)
            return self._dropdown(
                "bz-field-status",
                lambda w: {
                    "label": w.fields["status"],
                    "choices": [(words_for(w.code).policy_status[name], name) for name in names],
                },
                value="unknown",
            )

        return [status() if name == "status" else self._textbox(f"bz-field-{name}", told(name)) for name in FIELDS]

    # --- a change ------------------------------------------------------------------------------------------------------------

    def _change(self) -> None:
        channel = self._channel("change", lambda w: w.change_hint)
        seen = gr.State("")
        steps = self._markdown("bz-steps", _WAITING)
        job = self._markdown("bz-job")
        with gr.Row(elem_id="bz-upload"):
            files = gr.File(
                elem_id="bz-files", file_count="multiple", file_types=sorted(LOADERS), type="filepath", height=120
            )
            self._label(files, lambda w: gr.update(label=w.upload))
            with gr.Column(min_width=240):
                replaces = self._dropdown(
                    "bz-replaces", lambda w: {"label": w.replaces}, choices=[(ZH.replaces_nothing, "")], value=""
                )
                upload = self._button("bz-upload-go", lambda w: w.upload_go, variant="primary")
                hint = self._markdown("bz-upload-hint")
                self._label(hint, lambda w: self._upload_hint(w))
        candidate = self._markdown("bz-candidate")
        why = self._textbox("bz-why", lambda w: {"label": w.why, "info": w.why_hint}, lines=2)
        decisions = self._markdown("bz-decisions")
        differences = self._markdown("bz-differences")
        releases = self._markdown("bz-releases")
        acts = ChangeActs(self.work)
        state = [steps, job, candidate, decisions, differences, releases, replaces, seen]
        channel.show.click(safely(acts.show, len(state)), None, [channel.said, *state], **_QUIET)
        channel.press.click(
            safely(acts.act, len(state) + 1), [channel.value, why], [channel.said, why, *state], **_QUIET
        )
        upload.click(safely(acts.upload, len(state) + 1), [files, replaces], [channel.said, files, *state], **_QUIET)
        timer = gr.Timer(TICK_SECONDS)
        timer.tick(safely(acts.tick, len(state)), seen, [channel.said, *state], **_AT_ONCE)

    def _upload_hint(self, words: MaintainWords) -> str:
        formats = "、".join(sorted(ending.removeprefix(".") for ending in LOADERS))
        return words.upload_hint.format(formats=formats, megabytes=self.work.megabytes)

    # --- rules -----------------------------------------------------------------------------------------------------------------

    def _rules(self) -> None:
        channel = self._channel("rules", lambda w: w.rules_hint)
        edited, followed = gr.State(""), gr.State("")
        chosen = self._dropdown("bz-rules-of", lambda w: {"label": w.choose_document}, choices=[])
        with gr.Column(visible=False, elem_id="bz-editor", min_width=0) as editor:
            text = self._textbox(
                "bz-rule-text",
                lambda w: {"label": w.editor, "info": w.editor_hint},
                lines=14,
                max_lines=30,
                max_length=_LONGEST_RULE,
            )
            with gr.Row():
                save = self._button("bz-rule-save", lambda w: w.save_rule, variant="primary")
                leave = self._button("bz-rule-leave", lambda w: w.cancel_edit)
        listed = self._markdown("bz-rules-list", _WAITING)
        acts = RuleActs(self.work)
        shown = [listed, editor, text, edited]
        told = [channel.said, chosen, followed, *shown]
        channel.show.click(safely(acts.show, 6), [chosen, self._opened, followed], told, **_QUIET)
        chosen.input(safely(acts.choose, 4), chosen, [channel.said, *shown], **_QUIET)
        channel.press.click(safely(acts.act, 4), [channel.value, chosen], [channel.said, *shown], **_QUIET)
        save.click(safely(acts.save, 4), [text, edited, chosen], [channel.said, *shown], **_QUIET)
        leave.click(lambda: [gr.update(visible=False), ""], None, [editor, edited], **_AT_ONCE)

    # --- retrieval ---------------------------------------------------------------------------------------------------------------

    def _search(self) -> None:
        channel = self._channel("search", lambda w: w.search_hint)
        with gr.Row(elem_id="bz-search-form"):
            query = self._textbox("bz-query", lambda w: {"label": w.query, "placeholder": w.query_hint}, scale=3)
            within = self._dropdown("bz-within", lambda w: {"label": w.within}, choices=[(ZH.everywhere, "")], value="")
            go = self._button("bz-search-go", lambda w: w.search_go, variant="primary")
        found = self._markdown("bz-found")
        acts = SearchActs(self.work)
        channel.show.click(safely(acts.show, 1), None, [channel.said, within], **_QUIET)
        for event in (go.click, query.submit):
            event(safely(acts.search, 1), [query, within], [channel.said, found], **_QUIET)

    # --- reports, log, usage ---------------------------------------------------------------------------------------------------

    def _reports(self) -> None:
        channel = self._channel("reports", lambda w: w.reports_hint)
        listed = self._markdown("bz-reports-list", _WAITING)

        def show(request: gr.Request) -> list[Any]:
            return ["", views.reports(self.work.reports.list(), words_of(request))]

        channel.show.click(safely(show, 1), None, [channel.said, listed], **_QUIET)

    def _log(self) -> None:
        channel = self._channel("log", lambda w: w.log_hint)
        with gr.Row(elem_id="bz-log-form"):
            kind = self._dropdown(
                "bz-log-kind",
                lambda w: {"label": w.log_kind, "choices": [(text, name) for name, text in w.log_kinds.items()]},
                value="turns",
            )
            since = self._textbox("bz-log-since", lambda w: {"label": w.since, "placeholder": w.day_hint})
            until = self._textbox("bz-log-until", lambda w: {"label": w.until, "placeholder": w.day_hint})
            place = self._dropdown("bz-log-place", lambda w: {"label": w.place}, choices=[(ZH.all, "")], value="")
            status = self._dropdown(
                "bz-log-status", lambda w: {"label": w.status, "choices": _choices(w, w.statuses)}, value=""
            )
            reason = self._dropdown(
                "bz-log-reason", lambda w: {"label": w.reason, "choices": _choices(w, w.reasons)}, value=""
            )
            search = self._textbox("bz-log-search", lambda w: {"label": w.words})
            go = self._button("bz-log-go", lambda w: w.log_go, variant="primary")
        listed = self._markdown("bz-log-list")
        acts = LogActs(self.work)
        limits = [kind, since, until, place, status, reason, search]
        channel.show.click(safely(acts.show, 2), None, [channel.said, listed, place], **_QUIET)
        for event in (go.click, search.submit):
            event(safely(acts.look, 1), limits, [channel.said, listed], **_QUIET)

    def _usage(self) -> None:
        channel = self._channel("usage", lambda w: w.usage_hint.format(weeks=usage.WEEKS))
        shown = self._markdown("bz-usage", _WAITING)

        def show(request: gr.Request) -> list[Any]:
            return ["", usage_html(self.work, words_of(request))]

        channel.show.click(safely(show, 1), None, [channel.said, shown], **_QUIET)


# Until a section's first event fills it.
_WAITING = '<p class="bz-empty" role="status">…</p>'
_QUIET: Mapping[str, Any] = {"api_visibility": "private", "show_progress": "hidden"}
_AT_ONCE: Mapping[str, Any] = {**_QUIET, "queue": False}


def _choices(words: MaintainWords, named: Mapping[str, str]) -> list[tuple[str, str]]:
    return [(words.all, ""), *((text, name) for name, text in named.items())]
