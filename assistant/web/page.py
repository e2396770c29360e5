"""The page as a Gradio app: what it shows, and which function runs when a person acts."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import AsyncGenerator, Callable, Collection, Generator, Mapping, Sequence
from contextlib import aclosing
from dataclasses import dataclass
from datetime import date
from typing import Any, Protocol, TypeVar

import gradio as gr
from gradio.events import api

from assistant.answer import Answer
from assistant.streaming import Item, read_stream
from assistant.web.evidence import source_href, validity_badges
from assistant.web.markup import one_line, template_html
from assistant.web.render import (
    answer_so_far,
    answer_steps,
    is_complete,
    notice_message,
    question_html,
    question_text,
    thinking_message,
)
from assistant.web.samples import PayingRule, sample_questions
from assistant.web.words import ZH, Words, words_for
from knowledge.errors import BiaozhuntongError, NoRelease
from knowledge.model import Document

_log = logging.getLogger(__name__)

# A question may be a page of pasted text; the engine decides how much of it to read.
MAX_QUESTION = 10_000
# Questions answered at once, and how many may wait before the page says it is busy.
CONCURRENT_QUESTIONS = 8
WAITING_QUESTIONS = 64
# The page takes no files; Gradio's default would be no limit at all.
MAX_FILE = "1kb"

# Set by the page's script when a reader switches; it holds a language tag and nothing else.
LANGUAGE_COOKIE = "bz-language"

Message = dict[str, Any]
# Of the question box, the conversation and the forgotten facts.
_Update = tuple[Any, Any, Any]
Built = TypeVar("Built")


class Rules(Protocol):
    """What the page reads of the reward rules."""

    @property
    def all(self) -> Sequence[PayingRule]:
        """Every rule."""


class Corpus(Protocol):
    """What the page reads of a release."""

    @property
    def release_id(self) -> str:
        """The id of the release that answers."""

    @property
    def documents(self) -> Mapping[str, Document]:
        """The documents by policy id."""

    @property
    def rules(self) -> Rules:
        """The reward rules."""


class Asks(Protocol):
    """What the page needs of the assistant."""

    @property
    def release(self) -> Corpus:
        """The release that answers now; `BiaozhuntongError` while there is none."""

    def ask(
        self,
        question: str,
        *,
        history: Sequence[str] = (),
        facts: Mapping[str, Any] | None = None,
        asked_at: date | None = None,
        forget: Collection[str] = (),
    ) -> Answer:
        """Answer one question; `history` holds the user's earlier turns, oldest first."""

    def ask_stream(
        self,
        question: str,
        *,
        history: Sequence[str] = (),
        facts: Mapping[str, Any] | None = None,
        asked_at: date | None = None,
        forget: Collection[str] = (),
        stopped: Callable[[], bool] = ...,
    ) -> Generator[Item, None, None]:
        """Answer one question: sentences as they are verified, then the answer. `stopped` tells that nobody waits."""


def theme() -> gr.themes.Base:
    """The page's own theme: system fonts with Chinese glyphs, calm blue-green, nothing fetched."""
    sans = ["PingFang SC", "Microsoft YaHei", "Noto Sans CJK SC", "Noto Sans SC", "system-ui", "sans-serif"]
    return gr.themes.Base(
        primary_hue=gr.themes.colors.teal,
        neutral_hue=gr.themes.colors.slate,
        font=[gr.themes.Font(name) for name in sans],
        font_mono=[gr.themes.Font("ui-monospace"), gr.themes.Font("monospace")],
    )


def earlier_questions(messages: Sequence[Message]) -> list[str]:
    """The user's turns of a conversation as the page holds it, oldest first."""
    return [question_text(_text(message)) for message in messages if message["role"] == "user"]


def _text(message: Message) -> str:
    content = message["content"]
    if isinstance(content, str):
        return content
    return "".join(part["text"] for part in content if part.get("type") == "text")


def problem_sentence(error: Exception, words: Words) -> str:
    """What a reader is told about an error: one sentence, never its insides."""
    return words.no_release if isinstance(error, NoRelease) else words.failed


def _user(text: str) -> Message:
    return {"role": "user", "content": question_html(text)}


def _assistant(content: str) -> Message:
    return {"role": "assistant", "content": content}


def header_html(words: Words) -> str:
    """The page's head; its `lang` tells the page's script which labels to use."""
    return one_line(template_html("header.html", words=words))


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
            "title": (doc.policy.title_en if words.code == "en" else None) or doc.policy.title,
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


class _Turns:
    """The functions behind the page's events, for one assistant."""

    def __init__(self, assistant: Asks) -> None:
        self.assistant = assistant

    async def ask(
        self, question: str, messages: list[Message], language: str, forgotten: list[str]
    ) -> AsyncGenerator[_Update, None]:
        """A turn, streamed: the question box, the conversation and the forgotten facts, several times over."""
        words = words_for(language)
        question = question.strip()
        if not question:
            gr.Info(words.empty_question, duration=4)
            yield gr.skip(), gr.skip(), gr.skip()
            return
        turns = [*messages, _user(question[:MAX_QUESTION])]
        async with aclosing(self._turn(turns, words, forgotten)) as updates:
            async for update in updates:
                yield update

    async def forget(
        self, fact: str, messages: list[Message], language: str, forgotten: list[str]
    ) -> AsyncGenerator[_Update, None]:
        """The last question again, without a fact that earlier turns stated; its answer takes the last one's place."""
        asked = [number for number, message in enumerate(messages) if message["role"] == "user"]
        if not fact or not asked:
            yield gr.skip(), gr.skip(), gr.skip()
            return
        forgotten = [*dict.fromkeys([*forgotten, fact])]
        async with aclosing(self._turn(messages[: asked[-1] + 1], words_for(language), forgotten)) as updates:
            async for update in updates:
                yield update

    async def _turn(self, turns: list[Message], words: Words, forgotten: list[str]) -> AsyncGenerator[_Update, None]:
        """The answer to the last of the turns while it appears: whole at last, or a sentence about a problem."""
        yield _busy(words), [*turns, _assistant(thinking_message(words))], forgotten
        *history, question = earlier_questions(turns)
        shown, whole = "", notice_message(words.failed)
        try:
            made = read_stream(
                lambda left: self.assistant.ask_stream(question, history=history, forget=forgotten, stopped=left)
            )
            async with aclosing(made):
                async for item in made:
                    if item is None:  # Gradio looks for a reader that left only when something comes
                        yield gr.skip(), gr.skip(), gr.skip()
                    elif isinstance(item, Answer):
                        *steps, whole = answer_steps(item, shown=shown, forgotten=forgotten)
                        for content in steps:
                            yield gr.skip(), [*turns, _assistant(content)], gr.skip()
                        forgotten = _still_forgotten(forgotten, item)
                    else:
                        shown = item.answer.answer
                        yield gr.skip(), [*turns, _assistant(answer_so_far(item.answer))], gr.skip()
        except Exception as error:
            if not isinstance(error, BiaozhuntongError):
                _log.exception("a question could not be answered")
            whole = notice_message(problem_sentence(error, words))
        yield _idle(words), [*turns, _assistant(whole)], forgotten

    def stop(self, messages: list[Message], language: str) -> tuple[Any, list[Message]]:
        """After a stop: what was shown of the unfinished answer gives way to a sentence that says so."""
        words = words_for(language)
        if messages and messages[-1]["role"] == "assistant":
            if is_complete(_text(messages[-1])):
                return _idle(words), messages
            messages = messages[:-1]
        return _idle(words), [*messages, _assistant(notice_message(words.stopped))]

    def new(self, language: str) -> tuple[Any, list[Message], list[str]]:
        """An empty conversation, of which nothing is forgotten."""
        return _idle(words_for(language)), [], []

    def chat(self, question: str, history: list[str] | None = None) -> dict[str, Any]:
        """Answer one question; `history` holds earlier turns. The answer has the fields of the command `ask --json`."""
        return self.assistant.ask(question, history=history or []).model_dump(mode="json")


def _still_forgotten(forgotten: Sequence[str], answer: Answer) -> list[str]:
    """What stays forgotten after an answer: a fact that its question states anew is known again."""
    stated = {fact.input for fact in answer.known if fact.turn is None}
    return [fact for fact in forgotten if fact not in stated]


def _busy(words: Words) -> dict[str, Any]:
    return gr.update(value="", submit_btn=False, stop_btn=words.stop)


def _idle(words: Words) -> dict[str, Any]:
    return gr.update(submit_btn=words.send, stop_btn=False)


@dataclass(frozen=True)
class _Parts:
    """The components of the page that events read or write."""

    language: gr.State
    # Facts of this conversation that its reader had forgotten, by name.
    forgotten: gr.State
    header: gr.Markdown
    new_chat: gr.Button
    switch: gr.Button
    messages: gr.Chatbot
    question: gr.Textbox
    # Filled and pressed by the page's script when a reader removes a known fact.
    fact: gr.Textbox
    forget: gr.Button
    foot: gr.Markdown

    @property
    def labelled(self) -> list[gr.components.Component]:
        """What changes with the language, in the order of `_labels`."""
        return [self.header, self.new_chat, self.switch, self.messages, self.question, self.foot]


def _labels(assistant: Asks, words: Words) -> list[Any]:
    return [
        header_html(words),
        words.new_chat,
        words.switch,
        gr.update(placeholder=welcome_html(assistant, words), label=words.chat_label),
        gr.update(label=words.ask_label, placeholder=words.ask_hint, submit_btn=words.send),
        _foot_html(words),
    ]


def in_event_loop(build: Callable[[], Built]) -> Built:
    """What `build` makes, made while an event loop runs: Gradio would otherwise start one and never close it."""

    async def building() -> Built:
        return build()

    try:
        asyncio.get_running_loop()
    except RuntimeError:
        return asyncio.run(building())
    return build()


def build_page(assistant: Asks) -> gr.Blocks:
    """The page, ready to be mounted or launched."""
    return in_event_loop(lambda: _build(assistant))


def _build(assistant: Asks) -> gr.Blocks:
    page: gr.Blocks
    with gr.Blocks(title=f"{ZH.name} · {ZH.purpose}", analytics_enabled=False, fill_width=True) as page:
        parts = _layout(ZH)
        _wire(page, parts, assistant)
    page.queue(max_size=WAITING_QUESTIONS, default_concurrency_limit=CONCURRENT_QUESTIONS)
    return page


def _layout(words: Words) -> _Parts:
    language, forgotten = gr.State(words.code), gr.State([])
    with gr.Row(elem_id="bz-top"):
        header = gr.Markdown(header_html(words), elem_id="bz-header", sanitize_html=True)
        new_chat = gr.Button(words.new_chat, elem_id="bz-new", size="sm", scale=0, min_width=0)
        switch = gr.Button(words.switch, elem_id="bz-switch", size="sm", scale=0, min_width=0)
    with gr.Row(elem_id="bz-main"):
        with gr.Column(elem_id="bz-chat", scale=3, min_width=0):
            messages = gr.Chatbot(
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
            question = gr.Textbox(
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
            fact = gr.Textbox(elem_id="bz-fact", show_label=False, container=False)
            forget = gr.Button(elem_id="bz-forget")
            foot = gr.Markdown(_foot_html(words), elem_id="bz-disclaimer", sanitize_html=True)
        # Filled by the page's script from `sources/…`; Gradio never writes into it.
        gr.Column(elem_id="bz-panel", scale=2, min_width=0)
    return _Parts(language, forgotten, header, new_chat, switch, messages, question, fact, forget, foot)


def _wire(page: gr.Blocks, parts: _Parts, assistant: Asks) -> None:
    turns = _Turns(assistant)
    quiet: dict[str, Any] = {"api_visibility": "private", "show_progress": "hidden"}
    at_once = {**quiet, "queue": False}

    def loaded(request: gr.Request) -> list[Any]:
        words = words_for(request.cookies.get(LANGUAGE_COOKIE))
        return [words.code, *_labels(assistant, words)]

    def switched(code: str) -> list[Any]:
        words = words_for("zh" if code == "en" else "en")
        return [words.code, *_labels(assistant, words)]

    page.load(loaded, None, [parts.language, *parts.labelled], **at_once)
    parts.switch.click(switched, parts.language, [parts.language, *parts.labelled], **at_once)
    talk, conversation = [parts.messages, parts.language, parts.forgotten], [parts.question, parts.messages]
    asking = parts.question.submit(
        turns.ask, [parts.question, *talk], [*conversation, parts.forgotten], concurrency_id="ask", **quiet
    )
    again = parts.forget.click(
        turns.forget, [parts.fact, *talk], [*conversation, parts.forgotten], concurrency_id="ask", **quiet
    )
    running: list[dict[str, Any]] = [asking, again]
    parts.question.stop(turns.stop, [parts.messages, parts.language], conversation, cancels=running, **at_once)
    parts.new_chat.click(turns.new, parts.language, [*conversation, parts.forgotten], cancels=running, **at_once)
    api(turns.chat, api_name="chat")


def _foot_html(words: Words) -> str:
    return one_line(template_html("foot.html", words=words))
