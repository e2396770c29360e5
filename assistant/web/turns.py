"""What runs when a reader asks, asks again, edits, forgets a fact, stops, or opens a conversation.

What a browser sends along is only the id of its conversation; the turns are read from the store, for the owner who asks.
"""

from __future__ import annotations

import logging
from collections.abc import AsyncGenerator, Callable, Collection, Generator, Mapping, Sequence
from contextlib import aclosing
from dataclasses import dataclass
from datetime import date
from typing import Any, Protocol

import anyio.to_thread
import gradio as gr

from assistant.access.caller import Caller
from assistant.answer import Answer
from assistant.streaming import Item, read_stream
from assistant.web.calculator_link import answer_in_calculator
from assistant.web.company import Fact, company_facts, company_fields
from assistant.web.conversations import Conversations, Turn, title_of
from assistant.web.render import (
    Kept,
    answer_html,
    answer_so_far,
    answer_steps,
    notice_message,
    question_html,
    thinking_message,
    unanswered_message,
)
from assistant.web.samples import PayingRule
from assistant.web.words import Words, problem_sentence, words_for
from knowledge.errors import BiaozhuntongError, NotKept
from knowledge.model import Document
from knowledge.rules import PolicyRules

_log = logging.getLogger(__name__)

# A question may be a page of pasted text; the engine decides how much of it to read.
MAX_QUESTION = 10_000

Message = dict[str, Any]
Update = tuple[Any, Any, Any]
"""Of the question box, the messages, and the id of the conversation."""

_UNCHANGED: Update = (gr.skip(), gr.skip(), gr.skip())


class Rules(Protocol):
    """What the page reads of the reward rules."""

    @property
    def all(self) -> Sequence[PayingRule]:
        """Every rule."""

    @property
    def policies(self) -> Mapping[str, PolicyRules]:
        """The rules by policy id."""


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


def shown_turns(turns: Sequence[Turn], words: Words, kept: Callable[[Turn, Answer], Kept]) -> list[Message]:
    """Kept turns as the page shows them; a question that was never answered says so.

    Args:
        turns: oldest first.
        words: of the page.
        kept: what is shown with an answer that is kept.
    """
    messages = []
    for turn in turns:
        messages.append(_user(turn.question, words, turn.id))
        if turn.answer is None:
            messages.append(_assistant(unanswered_message(words.unanswered, words)))
        else:
            messages.append(_assistant(answer_html(turn.answer, kept=kept(turn, turn.answer))))
    return messages


def _user(text: str, words: Words, turn_id: str) -> Message:
    return {"role": "user", "content": question_html(text, words, turn_id)}


def _assistant(content: str) -> Message:
    return {"role": "assistant", "content": content}


def busy(words: Words) -> dict[str, Any]:
    """The question box while an answer is made; the page's script takes the question out of it, and nothing else."""
    return gr.update(submit_btn=False, stop_btn=words.stop)


def idle(words: Words) -> dict[str, Any]:
    """The question box while it waits for a question."""
    return gr.update(submit_btn=words.send, stop_btn=False)


@dataclass(frozen=True)
class _Asked:
    """A question about to be answered, and the turns before it."""

    conversation_id: str
    turn_id: str
    question: str
    before: tuple[Turn, ...]
    forgotten: tuple[str, ...]


class Turns:
    """The functions behind the page's events.

    Args:
        assistant: answers.
        conversations: keeps questions and answers.
        caller: who sends a request.
    """

    def __init__(self, assistant: Asks, conversations: Conversations, caller: Callable[[Any], Caller]) -> None:
        self.assistant = assistant
        self.conversations = conversations
        self.caller = caller

    # --- events ---------------------------------------------------------------------------------------------------------

    async def ask(
        self, question: str, conversation: str, act: str, language: str, company: str, request: gr.Request
    ) -> AsyncGenerator[Update, None]:
        """A turn, streamed. `act` is `edit:` and the id of the last question where this one takes its place."""
        words = words_for(language)
        question = question.strip()[:MAX_QUESTION]
        if not question:
            gr.Info(words.empty_question, duration=4)
            yield _UNCHANGED
            return
        owner = self.caller(request).id
        async with aclosing(self._turn(owner, words, company, self._asking, conversation, question, act)) as updates:
            async for update in updates:
                yield update

    async def again(
        self, conversation: str, language: str, company: str, request: gr.Request
    ) -> AsyncGenerator[Update, None]:
        """The last question once more; its answer takes the last one's place."""
        owner = self.caller(request).id
        async with aclosing(
            self._turn(owner, words_for(language), company, self._asking_again, conversation, "")
        ) as updates:
            async for update in updates:
                yield update

    async def forget(
        self, fact: str, conversation: str, language: str, company: str, request: gr.Request
    ) -> AsyncGenerator[Update, None]:
        """The last question again, without a fact that earlier turns stated; its answer takes the last one's place."""
        if not fact:
            yield _UNCHANGED
            return
        owner = self.caller(request).id
        async with aclosing(
            self._turn(owner, words_for(language), company, self._asking_again, conversation, fact)
        ) as updates:
            async for update in updates:
                yield update

    def stop(self, conversation: str, language: str, request: gr.Request) -> Update:
        """After a stop: what was shown of the unfinished answer gives way to a sentence that says so."""
        words = words_for(language)
        try:
            turns = self.conversations.turns(self.caller(request).id, conversation) if conversation else ()
        except NotKept:
            return idle(words), [_assistant(notice_message(words.no_conversation))], ""
        messages = shown_turns(turns, words, self._shown)
        if turns and turns[-1].answer is None:
            messages[-1] = _assistant(unanswered_message(words.stopped, words))
        return idle(words), messages, conversation

    def open(self, conversation: str, language: str, request: gr.Request) -> Update:
        """A kept conversation; nothing of it, and no id, where this reader has none of that name."""
        words = words_for(language)
        try:
            turns = self.conversations.turns(self.caller(request).id, conversation)
        except NotKept:
            return idle(words), [_assistant(notice_message(words.no_conversation))], ""
        return idle(words), shown_turns(turns, words, self._shown), conversation

    def ended(self, language: str) -> dict[str, Any]:
        """The question box after a turn. Gradio drops what is pressed before it has closed the turn; this runs after."""
        return idle(words_for(language))

    def new(self, language: str) -> Update:
        """An empty conversation."""
        return idle(words_for(language)), [], ""

    def chat(self, question: str, history: list[str] | None = None) -> dict[str, Any]:
        """Answer one question; `history` holds earlier turns. The answer has the fields of the command `ask --json`."""
        return self.assistant.ask(question, history=history or []).model_dump(mode="json")

    # --- a turn ---------------------------------------------------------------------------------------------------------

    def _asking(self, owner: str, conversation: str, question: str, act: str) -> _Asked:
        """Keeps a new question; a conversation begins with its first one."""
        if not conversation:
            conversation = self.conversations.start(owner, title_of(question)).id
        turns = tuple(self.conversations.turns(owner, conversation))
        edited = turns[-1].id if turns and act == f"edit:{turns[-1].id}" else ""
        before = turns[:-1] if edited else turns
        turn_id = self.conversations.ask(owner, conversation, question, instead_of=edited)
        return _Asked(conversation, turn_id, question, before, _forgotten(before))

    def _asking_again(self, owner: str, conversation: str, fact: str) -> _Asked:
        """The last question that was kept, with one more fact forgotten."""
        turns = tuple(self.conversations.turns(owner, conversation)) if conversation else ()
        if not turns:
            raise NotKept("expected a conversation with a question, there is none")
        last = turns[-1]
        forgotten = [*_forgotten(turns), *([fact] if fact else [])]
        return _Asked(conversation, last.id, last.question, turns[:-1], tuple(dict.fromkeys(forgotten)))

    async def _turn(
        self, owner: str, words: Words, company: str, begin: Callable[..., _Asked], *given: str
    ) -> AsyncGenerator[Update, None]:
        """The answer to a question while it appears: whole and kept at last, or a sentence about a problem."""
        try:
            asked = await anyio.to_thread.run_sync(lambda: begin(owner, *given))
        except NotKept:
            yield idle(words), [_assistant(notice_message(words.no_conversation))], ""
            return
        shown = [*shown_turns(asked.before, words, self._shown), _user(asked.question, words, asked.turn_id)]
        yield busy(words), [*shown, _assistant(thinking_message(words))], asked.conversation_id
        async with aclosing(self._answer(owner, words, asked, company)) as contents:
            async for content in contents:
                if content:
                    yield gr.skip(), [*shown, _assistant(content)], gr.skip()
                else:  # Gradio looks for a reader that left only when something comes
                    yield _UNCHANGED

    async def _answer(self, owner: str, words: Words, asked: _Asked, company: str) -> AsyncGenerator[str, None]:
        """The message of an answer while it grows; now and then an empty one."""
        history = [turn.question for turn in asked.before]
        shown = ""
        try:
            facts = await anyio.to_thread.run_sync(self._facts, company)
            made = read_stream(
                lambda left: self.assistant.ask_stream(
                    asked.question, history=history, facts=facts, forget=asked.forgotten, stopped=left
                )
            )
            async with aclosing(made):
                async for item in made:
                    if item is None:
                        yield ""
                    elif isinstance(item, Answer):
                        kept = await anyio.to_thread.run_sync(self._keep, owner, asked, item, facts)
                        for step in answer_steps(item, shown=shown, kept=kept):
                            yield step
                    else:
                        shown = item.answer.answer
                        yield answer_so_far(item.answer)
        except Exception as error:
            if not isinstance(error, BiaozhuntongError):
                _log.exception("a question could not be answered")
            yield unanswered_message(problem_sentence(error, words), words)

    def _facts(self, company: str) -> dict[str, Fact]:
        """What the reader's company says beside the question."""
        if not company:
            return {}
        release = self.assistant.release
        return company_facts(company, company_fields(release.documents, release.rules.policies))

    def _keep(self, owner: str, asked: _Asked, answer: Answer, facts: Mapping[str, Fact]) -> Kept:
        forgotten = _still_forgotten(asked.forgotten, answer)
        answer_id = self.conversations.answer(
            owner, asked.conversation_id, asked.turn_id, answer, facts=facts, forgotten=forgotten
        )
        return Kept(answer_id, None, self._calculator(answer), facts)

    def _shown(self, turn: Turn, answer: Answer) -> Kept:
        return Kept(turn.answer_id, turn.vote, self._calculator(answer), turn.facts)

    def _calculator(self, answer: Answer) -> str | None:
        if not answer.rewards:
            return None
        try:
            release = self.assistant.release
            return answer_in_calculator(answer, release.rules.policies, release.documents, date.today())
        except BiaozhuntongError:  # no release just now; the answer is shown without the link
            return None


def _forgotten(turns: Sequence[Turn]) -> tuple[str, ...]:
    """What is forgotten after these turns."""
    return next((turn.forgotten for turn in reversed(turns) if turn.answer is not None), ())


def _still_forgotten(forgotten: Sequence[str], answer: Answer) -> tuple[str, ...]:
    """What stays forgotten after an answer: a fact that its question states anew is known again."""
    stated = {fact.input for fact in answer.known if fact.turn is None}
    return tuple(fact for fact in forgotten if fact not in stated)
