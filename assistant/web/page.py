"""The page as a Gradio app: what it shows, and which function runs when a person acts."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any, TypeVar

import gradio as gr
from gradio.events import api

from assistant.access.caller import Caller, Role
from assistant.web.blocks import OwnFiles
from assistant.web.conversations import Conversations, MemoryConversations
from assistant.web.evidence import source_href, validity_badges
from assistant.web.markup import one_line, template_html
from assistant.web.samples import sample_questions
from assistant.web.turns import MAX_QUESTION, Asks, Turns
from assistant.web.words import LANGUAGE_COOKIE, ZH, Words, words_for
from knowledge.errors import BiaozhuntongError, NoRelease

# Questions answered at once, and how many may wait before the page says it is busy.
CONCURRENT_QUESTIONS = 8
WAITING_QUESTIONS = 64
# The page takes no files; Gradio's default would be no limit at all.
MAX_FILE = "1kb"

# The product's other pages by address, and who may open them.
_SURFACES = {"calculator": Role.VISITOR, "desk": Role.STAFF, "maintain": Role.MAINTAINER}

Built = TypeVar("Built")
CallerOf = Callable[[Any], Caller]
"""Who sends a request, Gradio's or Starlette's."""


def theme() -> gr.themes.Base:
    """The page's own theme: system fonts with Chinese glyphs, calm blue-green, nothing fetched."""
    sans = ["PingFang SC", "Microsoft YaHei", "Noto Sans CJK SC", "Noto Sans SC", "system-ui", "sans-serif"]
    return gr.themes.Base(
        primary_hue=gr.themes.colors.teal,
        neutral_hue=gr.themes.colors.slate,
        font=[gr.themes.Font(name) for name in sans],
        font_mono=[gr.themes.Font("ui-monospace"), gr.themes.Font("monospace")],
    )


def header_html(words: Words, links: Sequence[tuple[str, str]] = (), *, loaded: bool = True) -> str:
    """The page's head, which tells the page's script what it needs to know.

    Args:
        words: of the page; the head's `lang` says which labels the script uses.
        links: addresses and labels.
        loaded: whether the page knows which conversation it shows; until then the script sends no question.
    """
    return one_line(template_html("header.html", words=words, links=links, loaded=loaded))


def links_for(caller: Caller, surfaces: Collection[str], words: Words) -> list[tuple[str, str]]:
    """The product's other pages that a caller may open, of those that are served: address and label."""
    open_to_caller = [address for address, role in _SURFACES.items() if caller.may(role)]
    open_to_caller.append("login" if caller.via == "visitor" else "account")
    return [(address, words.surfaces[address]) for address in open_to_caller if address in surfaces]


def welcome_html(assistant: Asks, words: Words) -> str:
    """The empty conversation: what can be asked, and of which documents."""
    try:
        corpus = assistant.release
    except BiaozhuntongError as error:
        return one_line(
            template_html("welcome.html", words=words, samples=[], covered=[], notice=_waiting(error, words))
        )
    today = date.today()
    covered = [
        {
            "title": doc.policy.title_in(words.code),
            "href": source_href(policy_id, words.code),
            "badges": validity_badges(doc.policy, words, today),
        }
        for policy_id, doc in corpus.documents.items()
    ]
    samples = sample_questions(corpus.documents, corpus.rules.all, words.code)
    return _welcome(words, samples=samples, covered=covered)


def _welcome(
    words: Words, *, samples: Sequence[str] = (), covered: Sequence[Mapping[str, Any]] = (), notice: str = ""
) -> str:
    return one_line(template_html("welcome.html", words=words, samples=samples, covered=covered, notice=notice))


def _waiting(error: BiaozhuntongError, words: Words) -> str:
    return words.no_release if isinstance(error, NoRelease) else words.loading


@dataclass(frozen=True)
class _Parts:
    """The components of the page that events read or write. Those after `foot` are the script's: filled and pressed."""

    language: gr.State
    header: gr.Markdown
    new_chat: gr.Button
    switch: gr.Button
    messages: gr.Chatbot
    question: gr.Textbox
    foot: gr.Markdown
    # The id of the conversation that is shown; empty for a new one.
    conversation: gr.Textbox
    # What an action is about: the conversation to open, the fact to forget, or the question to edit.
    subject: gr.Textbox
    # Facts of the reader's company, as JSON.
    company: gr.Textbox
    open: gr.Button
    again: gr.Button
    forget: gr.Button

    @property
    def labelled(self) -> list[gr.components.Component]:
        """What changes with the language, in the order of `_Page.labels`."""
        return [self.header, self.new_chat, self.switch, self.messages, self.question, self.foot]

    @property
    def talk(self) -> list[gr.components.Component]:
        """What a turn changes."""
        return [self.question, self.messages, self.conversation]


def in_event_loop(build: Callable[[], Built]) -> Built:
    """What `build` makes, made while an event loop runs: Gradio would otherwise start one and never close it."""

    async def building() -> Built:
        return build()

    try:
        asyncio.get_running_loop()
    except RuntimeError:
        return asyncio.run(building())
    return build()


def visitor(_: object) -> Caller:
    """One visitor for everybody; for a page that is not told who asks."""
    return Caller("visitor:", Role.VISITOR, "", "visitor")


def build_page(
    assistant: Asks,
    *,
    conversations: Conversations | None = None,
    caller: CallerOf = visitor,
    surfaces: Collection[str] = (),
) -> gr.Blocks:
    """The page, ready to be mounted or launched.

    Args:
        assistant: answers.
        conversations: keeps what is asked and answered; without it, for as long as the process lasts.
        caller: who sends a request, and so whose conversations it may see.
        surfaces: addresses of the product's other pages that are served beside this one.
    """
    page = _Page(assistant, conversations or MemoryConversations(), caller, surfaces)
    return in_event_loop(page.build)


class _Page:
    """Puts the page together for one assistant."""

    def __init__(
        self, assistant: Asks, conversations: Conversations, caller: CallerOf, surfaces: Collection[str]
    ) -> None:
        self.assistant = assistant
        self.turns = Turns(assistant, conversations, caller)
        self.caller = caller
        self.surfaces = surfaces

    def build(self) -> gr.Blocks:
        """The page."""
        page: gr.Blocks
        with OwnFiles(title=f"{ZH.name} · {ZH.purpose}", analytics_enabled=False, fill_width=True) as page:
            self._wire(page, _layout(ZH))
        page.queue(max_size=WAITING_QUESTIONS, default_concurrency_limit=CONCURRENT_QUESTIONS)
        return page

    def labels(self, words: Words, request: gr.Request) -> list[Any]:
        """The values of the labelled parts in one language."""
        return [
            header_html(words, links_for(self.caller(request), self.surfaces, words)),
            words.new_chat,
            words.switch,
            gr.update(placeholder=welcome_html(self.assistant, words), label=words.chat_label),
            gr.update(label=words.ask_label, placeholder=words.ask_hint, submit_btn=words.send),
            _foot_html(words),
        ]

    def loaded(self, request: gr.Request) -> list[Any]:
        """What a page shows that was just opened, in its reader's language: the conversation its address names."""
        words = words_for(request.cookies.get(LANGUAGE_COOKIE))
        named = request.query_params.get("c", "")
        talk = self.turns.open(named, words.code, request) if named else self.turns.new(words.code)
        return [words.code, *self.labels(words, request), *talk]

    def switched(self, code: str, request: gr.Request) -> list[Any]:
        """The same in the other language."""
        words = words_for("zh" if code == "en" else "en")
        return [words.code, *self.labels(words, request)]

    def _wire(self, page: gr.Blocks, parts: _Parts) -> None:
        turns = self.turns
        quiet: dict[str, Any] = {"api_visibility": "private", "show_progress": "hidden"}
        at_once, asks = {**quiet, "queue": False}, {**quiet, "concurrency_id": "ask"}
        labelled: list[Any] = [parts.language, *parts.labelled]
        page.load(self.loaded, None, [*labelled, *parts.talk], **at_once)
        parts.switch.click(self.switched, parts.language, labelled, **at_once)
        known: list[Any] = [parts.conversation, parts.language]
        asked: list[Any] = [*known, parts.company]
        running: list[Any] = [
            parts.question.submit(
                turns.ask,
                [parts.question, parts.conversation, parts.subject, parts.language, parts.company],
                parts.talk,
                **asks,
            ),
            parts.again.click(turns.again, asked, parts.talk, **asks),
            parts.forget.click(turns.forget, [parts.subject, *asked], parts.talk, **asks),
        ]
        for turn in running:
            turn.success(turns.ended, parts.language, parts.question, **at_once)
        parts.question.stop(turns.stop, known, parts.talk, cancels=running, **at_once)
        parts.open.click(turns.open, [parts.subject, parts.language], parts.talk, cancels=running, **at_once)
        parts.new_chat.click(turns.new, parts.language, parts.talk, cancels=running, **at_once)
        api(turns.chat, api_name="chat")


def _layout(words: Words) -> _Parts:
    language = gr.State(words.code)
    with gr.Row(elem_id="bz-top"):
        header = gr.Markdown(header_html(words, loaded=False), elem_id="bz-header", sanitize_html=True)
        new_chat = gr.Button(words.new_chat, elem_id="bz-new", size="sm", scale=0, min_width=0)
        switch = gr.Button(words.switch, elem_id="bz-switch", size="sm", scale=0, min_width=0)
    with gr.Row(elem_id="bz-main"):
        with gr.Column(elem_id="bz-chat", scale=3, min_width=0):
            messages = _messages(words)
            question = _question(words)
            conversation, subject, company = (
                gr.Textbox(elem_id=f"bz-{name}", show_label=False, container=False)
                for name in ("conversation", "subject", "company")
            )
            opening, again, forget = (gr.Button(elem_id=f"bz-{name}") for name in ("open", "again", "forget"))
            foot = gr.Markdown(_foot_html(words), elem_id="bz-disclaimer", sanitize_html=True)
        # Filled by the page's script from `sources/…`; Gradio never writes into it.
        gr.Column(elem_id="bz-panel", scale=2, min_width=0)
    return _Parts(
        language,
        header,
        new_chat,
        switch,
        messages,
        question,
        foot,
        conversation,
        subject,
        company,
        opening,
        again,
        forget,
    )


def _messages(words: Words) -> gr.Chatbot:
    return gr.Chatbot(
        elem_id="bz-messages",
        label=words.chat_label,
        show_label=False,
        container=False,
        sanitize_html=True,
        allow_tags=False,
        latex_delimiters=[],
        buttons=[],
        layout="bubble",
        autoscroll=False,
        height="100%",
        placeholder=_welcome(words, notice=words.loading),
    )


def _question(words: Words) -> gr.Textbox:
    return gr.Textbox(
        elem_id="bz-question",
        label=words.ask_label,
        placeholder=words.ask_hint,
        show_label=True,
        lines=1,
        max_lines=6,
        max_length=MAX_QUESTION,
        submit_btn=words.send,
        html_attributes=gr.InputHTMLAttributes(enterkeyhint="send", autocomplete="off"),
    )


def _foot_html(words: Words) -> str:
    return one_line(template_html("foot.html", words=words))
