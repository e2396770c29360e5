"""The draft of a reply in an office's letter form, from the answers to an inquiry's questions and the sources in use."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import get_args

from assistant.answer import Answer, Citation, ConditionState, Language
from assistant.desk.inquiry import bare_question
from assistant.desk.records import Inquiry, Item, Source, source_of
from assistant.desk.sections import Part, parts_of_answer, with_states
from assistant.phrases import PROMPTS, Phrases
from knowledge.numerals import han_number


@dataclass(frozen=True)
class Contact:
    """Whom a reply tells to ask, from the settings; never what an old document says."""

    office: str = ""
    phone: str = ""
    address: str = ""


@dataclass
class _Letter:
    """The lines of a letter."""

    lines: list[str] = field(default_factory=list)

    def add(self, *lines: str) -> None:
        self.lines += [line for line in lines if line]

    def gap(self) -> None:
        if self.lines and self.lines[-1]:
            self.lines.append("")

    def text(self) -> str:
        return "\n".join(self.lines).strip()


class ReplyComposer:
    """Writes drafts.

    Args:
        phrases: of answers, by which their lines are told apart.
        reply: of letters (`prompts/reply`).
        contact: from the settings.
    """

    def __init__(self, phrases: Phrases, reply: Phrases, contact: Contact) -> None:
        self.phrases = phrases
        self.reply = reply
        self.contact = contact

    @classmethod
    def load(cls, contact: Contact) -> ReplyComposer:
        """With the templates in `prompts/`."""
        return cls(Phrases(), Phrases(PROMPTS / "reply"), contact)

    def compose(self, inquiry: Inquiry) -> str:
        """The whole draft: what rests on a source that is off is left out."""
        say, language = self.reply.say, inquiry.language
        letter = _Letter()
        letter.add(say(language, "opening"))
        spoken = [item for item in inquiry.items if item.on and item.answer]
        for place, item in enumerate(spoken, 1):
            letter.gap()
            if len(spoken) > 1:
                letter.add(heading_of(item, place, language, self.reply))
            letter.add(*self.section(item, inquiry.sources))
        letter.gap()
        letter.add(say(language, "subject_to"))
        if self.contact.office or self.contact.phone:
            office = self.contact.office or ("我们" if language == "zh" else "us")
            letter.add(say(language, "contact", office=office, phone=self.contact.phone, address=self.contact.address))
        letter.add(say(language, "thanks"))
        return letter.text()

    def section(self, item: Item, sources: Sequence[Source]) -> Iterator[str]:
        """What the reply says on one question: facts, basis, conclusion, conditions, what is open, what to do."""
        answer = item.answer
        assert answer is not None
        say, language = self.reply.say, answer.language
        numbers = {c.n: s for c in answer.citations if (s := source_of(sources, c)) is not None}
        parts = [part for part in parts_of_answer(answer, self.phrases) if part.kind != "left_out"]
        kept = [part for part in parts if all(n in numbers and numbers[n].on for n in part.marks)]
        yield self._facts(answer)
        if not answer.citations:
            yield say(language, "conclusion") + say(language, self._without_sources(answer))
        elif not any(part.marks for part in kept):
            yield say(language, "no_source")
            return
        else:
            yield from self._founded(answer, kept, numbers)
        yield from self._todo(answer, kept)

    def _without_sources(self, answer: Answer) -> str:
        back = answer.question_back
        return "need_fact" if back and back.input == "place" else "not_found"

    def _facts(self, answer: Answer) -> str:
        named: dict[str, list[str]] = {}
        for fact in answer.known:
            named.setdefault(fact.input, []).append(fact.text)
        joint = "、" if answer.language == "zh" else ", "
        facts = [joint.join(dict.fromkeys(texts)) for texts in named.values()]
        return self.reply.say(answer.language, "facts" if facts else "facts_none", facts=facts)

    def _founded(self, answer: Answer, kept: Sequence[Part], numbers: dict[int, Source]) -> Iterator[str]:
        say, language = self.reply.say, answer.language
        concluding = [part for part in kept if part.kind == "conclusion"]
        conditions = [part for part in kept if part.kind == "condition"]
        used = dict.fromkeys(n for part in [*concluding, *conditions] for n in part.marks)
        if used:
            yield self._basis(language, [(c, numbers[c.n]) for c in answer.citations if c.n in used])
        if concluding:
            first, *rest = concluding
            plain = not (first.listed or first.quoted)
            yield (say(language, "conclusion") + (self._line(first, language, numbers) if plain else "")).strip()
            yield from (self._line(part, language, numbers) for part in (rest if plain else concluding))
        if conditions:
            yield say(language, "conditions")
            yield from (self._line(part, language, numbers) for part in conditions)
        for kind in ("note", "payer", "silent", "validity"):
            yield from (self._line(part, language, numbers) for part in kept if part.kind == kind)

    def _basis(self, language: Language, cited: Sequence[tuple[Citation, Source]]) -> str:
        where: dict[tuple[str, tuple[str, ...]], list[tuple[Citation, Source]]] = {}
        for citation, source in cited:
            where.setdefault((citation.policy_id, tuple(citation.clause_path)), []).append((citation, source))
        items = [
            self.reply.say(
                language,
                "basis_item",
                **group[0][0].policy.model_dump(include={"title", "doc_no", "signed", "posted"}),
                **({"title_en": group[0][0].policy.title_en} if language == "en" else {}),
                path=" › ".join(group[0][0].clause_path),
                marks=_marks(source.n for _, source in group),
            )
            for group in where.values()
        ]
        return self.reply.say(language, "basis", items=items)

    def _line(self, part: Part, language: Language, numbers: dict[int, Source]) -> str:
        marks = _marks(numbers[n].n for n in part.marks)
        text = part.text.translate(_INNER_QUOTES) if part.quoted else with_states(part.text, self._states(language))
        if key := _key_of(part):
            text = self.reply.say(language, key, text=text)
        return f"{text} {marks}" if marks and language == "en" else f"{text}{marks}"

    def _states(self, language: Language) -> dict[ConditionState, str]:
        return {state: self.reply.say(language, f"state_{state}") for state in get_args(ConditionState)}

    def _todo(self, answer: Answer, kept: Sequence[Part]) -> Iterator[str]:
        say, language = self.reply.say, answer.language
        if answer.question_back:
            yield say(language, "ask_fact", text=answer.question_back.text)
        if any(part.state == "unknown" for part in kept):
            yield say(language, "ask_proof")
        if any(part.kind == "silent" for part in kept) or answer.status == "abstained":
            yield say(language, "ask_stated")


def _key_of(part: Part) -> str:
    """The template that a part of an answer is put into; empty for a line that stands as it is."""
    if part.kind == "condition":
        return f"condition_{part.state}" if part.state else "condition"
    if part.kind != "conclusion":
        return part.kind
    return "quote" if part.quoted else "listed" if part.listed else "below" if part.below else ""


_INNER_QUOTES = str.maketrans("“”", "‘’")


def heading_of(item: Item, place: int, language: Language, reply: Phrases) -> str:
    """The line above what a letter says on one of several questions."""
    number = han_number(place) if language == "zh" else str(place)
    return reply.say(language, "heading", number=number, question=bare_question(item.text))


def _marks(numbers: Iterable[int]) -> str:
    return "".join(f"[{n}]" for n in dict.fromkeys(numbers))
