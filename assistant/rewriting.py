"""Rewords a question for retrieval with a chat model, never beyond the place, the year and the figures it names."""

from __future__ import annotations

import logging
import threading
import unicodedata
from collections.abc import Mapping, Sequence

from cachetools import LRUCache

from assistant.chat_model import ChatModel, Message
from assistant.mentions import find_years, language_of
from assistant.pack import without_tags
from assistant.phrases import Phrases
from assistant.question import Question
from assistant.verify import numbers
from knowledge.errors import ChatModelError
from knowledge.glossary import Glossary
from knowledge.places import Gazetteer
from knowledge.quantities import find_quantities

_log = logging.getLogger(__name__)
# A rewording that is this much longer than its question says something of its own.
_LONGEST = 3
_ROOM = 60
_KEPT = 256


class Rewriter:
    """Rewords questions, the same one once. Safe to use from several threads.

    Example:
        Rewriter(model, phrases, glossary, gazetteer).rewrite(question)  # "扬州市对主导制定行业标准的资助"
    """

    def __init__(self, model: ChatModel, phrases: Phrases, glossary: Glossary, gazetteer: Gazetteer) -> None:
        self._model = model
        self._phrases = phrases
        self._glossary = glossary
        self._gazetteer = gazetteer
        self._kept: LRUCache[tuple[object, ...], str | None] = LRUCache(_KEPT)
        self._lock = threading.Lock()

    def rewrite(self, question: Question) -> str | None:
        """The question reworded for retrieval; null where the model fails or goes beyond the question."""
        key = (question.query, question.years, tuple(place.code for place in question.places))
        with self._lock:
            if key in self._kept:
                return self._kept[key]
        try:
            reply = self._reply(question)
        except ChatModelError as error:
            _log.warning("%s", error)
            return None
        reason = self._fault(reply, question)
        if reason:
            _log.info("a reworded question was not used: %s", reason)
        reworded = None if reason or reply == question.query else reply
        with self._lock:
            self._kept[key] = reworded
        return reworded

    def _reply(self, question: Question) -> str:
        say, language = self._phrases.say, question.language
        messages = [
            Message("system", say(language, "rewriting.system")),
            Message("user", say(language, "rewriting.user", question=without_tags(question.query))),
        ]
        return "".join(self._model.stream(messages)).strip().strip('"“”')

    def _fault(self, reply: str, question: Question) -> str | None:
        asked = question.query
        if not reply or len(reply) > _LONGEST * len(asked) + _ROOM:
            return "it is empty or too long"
        if any(unicodedata.category(char).startswith("C") for char in reply):
            return "it is more than one line of text"
        if language_of(reply) != question.language:
            return "it is in another language"
        places = {place.code for place in question.places}
        within = places | {match.code for match in self._gazetteer.find(asked)}
        if {match.code for match in self._gazetteer.find(reply)} - within:
            return "it names another place"
        if set(find_years(reply)) - {*question.years, *find_years(asked)}:
            return "it names another year"
        if self._figures(reply) - self._figures(asked) or numbers(reply) - numbers(asked):
            return "it names another figure"
        if self._levels(reply) - self._levels(asked, question.slots):
            return "it names another level of standard"
        return None

    def _figures(self, text: str) -> set[tuple[str, object]]:
        return {(quantity.kind, quantity.value) for quantity in find_quantities(text)}

    def _levels(self, text: str, slots: Mapping[str, Sequence[str]] | None = None) -> set[str]:
        named = {match.value for match in self._glossary.find_slots(text) if match.slot == "level"}
        return named | set((slots or {}).get("level", ()))
