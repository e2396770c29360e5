"""Lets a chat model word a composed answer: sentence by sentence, each verified before anybody sees it.

The composed answer is what is true; the model only says it more fluently. A sentence that passes takes the place of the
line it says in full; every other line of the composed answer stays, so that no amount, condition or warning can be lost.
"""

from __future__ import annotations

import logging
import re
from collections.abc import Callable, Generator, Iterable, Iterator, Mapping, Sequence
from contextlib import closing
from dataclasses import dataclass
from itertools import pairwise, takewhile

from assistant.answer import Answer
from assistant.chat_model import ChatModel, Message
from assistant.draft import Draft, Line, render
from assistant.pack import count_tokens, evidence_pack, without_tags
from assistant.phrases import Phrases
from assistant.wording_check import SentenceCheck, Statement, unmarked
from knowledge.errors import ChatModelError
from knowledge.glossary import Glossary
from knowledge.model import Document
from knowledge.places import Gazetteer

_log = logging.getLogger(__name__)
# What the model is told to write where it cannot word the answer.
NO_WORDING = "NO_ANSWER"
# Sentences asked for, and the most that are shown.
_ASKED_FOR, _MOST = 4, 12
# A line longer than this is no sentence; it is skipped to its end.
_LONGEST_LINE = 2000
_MARKERS = re.compile(r"\s*\[(\d{1,2})\]")
_ENDING = re.compile(r"(?:[。！？!?]|\.(?=\s|\[))[”’\"」』）)]*(?:\s*\[\d{1,2}\])*[ \t]*[。.]?(?=[^\s\[。.])|\n")
_NUMBERING = re.compile(r"^\s*(?:\d{1,2}[.、)）]\s+|[（(]\d{1,2}[）)]\s*)")
_THINKING, _THOUGHT_END = "<think>", "</think>"
_THOUGHT = re.compile(f"{_THINKING}.*?{_THOUGHT_END}", re.DOTALL)
_COLONS = ("：", ":")
_STRUCTURE = ("- ", "> ", "|", "  ")


@dataclass(frozen=True)
class WordedSentence:
    """A verified sentence of an answer that is still being worded.

    Attributes:
        text: markdown with its markers.
        answer: the answer as far as it is worded: the sentences so far, one a line, and all that is not words.
        stands: whether the answer that follows begins with these sentences. Where none does in the end, the composed
            answer follows instead.
    """

    text: str
    answer: Answer
    stands: bool


def sentences_in(pieces: Iterable[str]) -> Iterator[str]:
    """Cut a streamed reply into sentences, each with the markers behind it.

    What a model thinks aloud (`<think>…</think>`) is no part of its reply, and a line without an end is skipped.
    """
    buffer, skipping = "", False
    for piece in pieces:
        buffer = _THOUGHT.sub("", buffer + piece)
        head, thought, tail = buffer.partition(_THINKING)
        *whole, rest = _cut(head)
        for sentence in whole:
            if not skipping:
                yield sentence
            skipping = False
        if len(rest) > _LONGEST_LINE:
            rest, skipping = "", True
        # Of a thought only its end matters, and that may come in two pieces.
        buffer = rest + thought + tail[-len(_THOUGHT_END) :]
    if not skipping:
        yield from _cut(buffer.partition(_THINKING)[0])


def _cut(text: str) -> list[str]:
    """The sentences of a text; the last one may not be finished."""
    parts, start = [], 0
    for end in _ENDING.finditer(text):
        parts.append(text[start : end.end()])
        start = end.end()
    return [*parts, text[start:]]


def read_sentence(raw: str) -> tuple[str, frozenset[int]]:
    """The words of a sentence and the numbers it cites."""
    keys = frozenset(int(n) for n in _MARKERS.findall(raw))
    return unmarked(_NUMBERING.sub("", _MARKERS.sub("", raw.strip()))), keys


class Wording:
    """Words composed answers with a chat model.

    Args:
        budget: tokens of what the model is given of one answer.
        support: the share of a sentence's words that must stand in what it cites.
    """

    def __init__(
        self,
        model: ChatModel,
        phrases: Phrases,
        glossary: Glossary,
        gazetteer: Gazetteer,
        documents: Mapping[str, Document],
        *,
        budget: int,
        support: float,
    ) -> None:
        self.model = model
        self._phrases = phrases
        self._glossary = glossary
        self._gazetteer = gazetteer
        self._documents = documents
        self._budget = budget
        self._support = support

    def word(
        self, question: str, answer: Answer, draft: Draft, *, stopped: Callable[[], bool] = lambda: False
    ) -> WordingOf:
        """Begin to word one answer: iterate over the sentences, then ask for the draft.

        Args:
            question: as the user asked it.
            answer: the composed answer as it is shown.
            draft: its lines.
            stopped: whether nobody waits for it any more; looked at while the model speaks or is silent.
        """
        check = SentenceCheck(answer, draft, self._documents, self._glossary, self._gazetteer, support=self._support)
        return WordingOf(self.model, self._messages(question, answer), check, draft, stopped)

    def _messages(self, question: str, answer: Answer) -> list[Message] | None:
        """What the model is given; null where the composed answer alone is over the budget."""
        say, language = self._phrases.say, answer.language
        facts, asked = without_tags(answer.answer), without_tags(question)
        left = self._budget - count_tokens(facts) - count_tokens(asked)
        if left < 0:
            return None
        pack = evidence_pack(answer, left)
        keys = "".join(f"[{citation.n}]" for citation in answer.citations)
        system = say(
            language, "wording.system", keys=keys, right=f"[{answer.citations[0].n}]", most=_ASKED_FOR, none=NO_WORDING
        )
        user = say(language, "wording.user", question=asked, facts=facts, evidence=pack.text)
        return [Message("system", system), Message("user", user)]


class WordingOf:
    """The wording of one answer.

    Attributes:
        complete: whether the model's reply came to its end.
    """

    def __init__(
        self,
        model: ChatModel,
        messages: Sequence[Message] | None,
        check: SentenceCheck,
        draft: Draft,
        stopped: Callable[[], bool],
    ) -> None:
        self._model = model
        self._stopped = stopped
        self._messages = messages
        self._check = check
        self._draft = draft
        self._evidence = render(draft)[1]
        self._lines: list[Line] = []
        self._kept: list[tuple[str, frozenset[int]]] = []
        self.complete = False

    def __iter__(self) -> Generator[str, None, None]:
        """The sentences that passed with their markers, as they come. Never raises for what the model does."""
        if self._messages is None:
            self.complete = True
            return
        try:
            with closing(self._model.stream(self._messages)) as pieces:
                for raw in sentences_in(takewhile(lambda _: not self._stopped(), pieces)):
                    if (sentence := self._take(raw)) is not None:
                        yield sentence
                    if len(self._lines) >= _MOST:
                        break
            self.complete = not self._stopped()
        except ChatModelError as error:
            _log.warning("%s", error)

    def _take(self, raw: str) -> str | None:
        text, keys = read_sentence(raw)
        if not text or text.startswith(NO_WORDING):
            return None
        if reason := self._check.fault(text, keys):
            # The sentence itself is not logged: a question's words may stand in it.
            _log.info("a sentence of the chat model was not shown: %s", reason)
            return None
        if any(text == other for other, _ in self._kept):
            return None
        computed = {value for s in self._check.statements if s.keys & keys for value in s.line.computed}
        self._kept.append((text, keys))
        self._lines.append(Line(text, tuple(self._evidence[n - 1] for n in sorted(keys)), tuple(sorted(computed))))
        return render(self.so_far())[0].splitlines()[-1]

    def so_far(self) -> Draft:
        """The sentences, and nothing else."""
        return Draft(tuple(self._lines))

    def drop(self) -> None:
        """Take the last sentence back: the answer with it would not pass."""
        self._kept.pop()
        self._lines.pop()

    def draft(self) -> Draft | None:
        """The sentences, and of the composed answer all that they do not say; null where they say too little of it."""
        replaced = {s.line for s in self._replaceable() if self._check.said_by(s, self._kept)}
        if not replaced:
            return None
        return Draft((*self._lines, Line(""), *(line for line in self._draft.lines if line not in replaced)))

    def _replaceable(self) -> Iterator[Statement]:
        """The lines that sentences may stand for: prose that opens no list, table or quote, and warns of nothing."""
        lines = [line for line in self._draft.lines if line.text.strip()]
        opening = {line for line, after in pairwise(lines) if after.text.startswith(_STRUCTURE)}
        for statement in self._check.statements:
            line = statement.line
            structural = line.text.startswith(_STRUCTURE) or line.text.rstrip().endswith(_COLONS) or line in opening
            if line.evidence and not structural and not self._check.warns(statement):
                yield statement
