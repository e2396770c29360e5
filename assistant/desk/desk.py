"""The help desk: what staff do with an inquiry, from its coming in to the reply that went out.

Every change is made against the version that was opened; one made against an older version is refused, and both stand.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Collection, Mapping, Sequence
from contextlib import AbstractContextManager
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Literal, Protocol
from uuid import uuid4

from assistant.access.caller import Caller, Role
from assistant.answer import Answer
from assistant.desk.check import AMOUNT_REASONS, Mark, ReplyCheck
from assistant.desk.compose import ReplyComposer, heading_of
from assistant.desk.errors import Conflict, Refused
from assistant.desk.facts import COMMON, corrected
from assistant.desk.inquiry import (
    MOST_QUESTIONS,
    bare_question,
    checked_text,
    find_questions,
    read_inquiry,
    stated,
    subject_of,
)
from assistant.desk.letter import letter_docx
from assistant.desk.presence import Presence
from assistant.desk.promote import standard_words
from assistant.desk.records import (
    Approval,
    Channel,
    FactValue,
    Inquiry,
    Item,
    Person,
    Source,
    StandardReply,
    Status,
    Version,
    source_of,
)
from assistant.desk.standards import AuditLog, StandardBook, figures_of
from assistant.desk.store import DeskStore
from assistant.mentions import language_of
from knowledge.errors import BiaozhuntongError
from knowledge.glossary import Glossary
from knowledge.model import Document
from knowledge.places import Gazetteer

_log = logging.getLogger(__name__)

RefuseMarked = Literal["amounts", "all", "none"]
# Earlier questions of a letter that a question is read with, beside what the letter states.
_QUESTIONS_BEFORE = 3
# New inquiries from the chat that nobody has opened; more are refused, so that a visitor cannot fill the disk.
MOST_WAITING = 500
MOST_REPLY = 30_000


class Corpus(Protocol):
    """What the desk reads of a release."""

    @property
    def release_id(self) -> str:
        """Its id."""

    @property
    def documents(self) -> Mapping[str, Document]:
        """Its documents by policy id."""


class Engine(Protocol):
    """What the desk needs of the assistant."""

    @property
    def release(self) -> Corpus:
        """The release it answers from."""

    def ask(self, question: str, *, history: Sequence[str] = (), settled: Mapping[str, object] | None = None) -> Answer:
        """Answer one question; `settled` facts hold whatever it says."""


Lease = Callable[[], AbstractContextManager[Engine]]
"""The assistant of the live release, kept open until the block ends."""

Feed = Callable[[Answer, str, Sequence[str], Mapping[str, FactValue], str, str], object]
"""Takes an approved edit as the draft of an evaluation case: the engine's answer, the question, what was said before it,
the settled facts, the reply as approved, by whom."""


class Desk:
    """The help desk over one store.

    Args:
        lease: the assistant that answers now.
        store: keeps inquiries and standard replies.
        audit: told of everything that is done.
        book: the standard replies.
        composer: writes drafts, with the office's contact.
        second_approver: whether a reply is approved by another person than the one who wrote it.
        refuse_marked: which marked sentences nobody can approve: those about amounts, all, or none.
        feed: takes approved edits for the evaluation set; none where it is None.
        clock: the time, with its zone.
    """

    def __init__(
        self,
        lease: Lease,
        store: DeskStore,
        audit: AuditLog,
        book: StandardBook,
        composer: ReplyComposer,
        *,
        glossary: Glossary | None = None,
        gazetteer: Gazetteer | None = None,
        second_approver: bool = False,
        refuse_marked: RefuseMarked = "amounts",
        feed: Feed | None = None,
        clock: Callable[[], datetime] = lambda: datetime.now(UTC),
    ) -> None:
        self._lease = lease
        self._store = store
        self._audit = audit
        self.book = book
        self.composer = composer
        self.glossary = glossary or Glossary.load()
        self._gazetteer = gazetteer or Gazetteer.load()
        self.second_approver = second_approver
        self._refuse_marked = refuse_marked
        self._feed = feed
        self._clock = clock
        self.presence = Presence(clock)

    # --- what comes in ------------------------------------------------------------------------------------------------

    def receive(self, caller: Caller, text: str, *, subject: str = "", channel: Channel = "pasted") -> Inquiry:
        """A new inquiry from its text, read and answered by the engine, for staff to work on."""
        return self._received(_staff(caller), text, subject=subject, channel=channel, history=())

    def receive_file(self, caller: Caller, path: Path) -> Inquiry:
        """A new inquiry from a letter in a file (.txt, .docx, .eml); see `read_inquiry`."""
        person = _staff(caller)
        return self._received(person, read_inquiry(path), subject="", channel="file", history=())

    def forward(self, caller: Caller, question: str, history: Sequence[str] = (), contact: str = "") -> Inquiry:
        """A question of the chat for staff to answer; anybody may send one.

        Args:
            caller: who sends it.
            question: as it was asked in the chat.
            history: the turns before it, oldest first.
            contact: where the answer is wanted; stands below the question.

        Raises:
            Refused: the question is empty or too long, or too many wait already.
        """
        waiting = [i for i in self._store.inquiries(status="new", limit=MOST_WAITING) if i.channel == "chat"]
        if len(waiting) >= MOST_WAITING:
            raise Refused("inbox_full", f"{MOST_WAITING} inquiries from the chat are waiting; try again later")
        question = checked_text(question)
        text = f"{question}\n\n{checked_text(contact)}" if contact.strip() else question
        return self._received(_person(caller), text, subject=question, channel="chat", history=tuple(history))

    def _received(
        self, person: Person, text: str, *, subject: str, channel: Channel, history: tuple[str, ...]
    ) -> Inquiry:
        text = checked_text(text)
        items = find_questions(text)
        if not items and channel == "chat":
            asked = text.partition("\n\n")[0]
            items = [Item(text=asked, start=0, end=len(asked))]
        now = self._clock()
        inquiry = Inquiry(
            id=uuid4().hex,
            channel=channel,
            subject=subject_of(subject or text, items),
            text=text,
            language=language_of(text),
            received_at=now,
            received_by=person,
            history=history,
            items=tuple(items),
            updated_at=now,
            updated_by=person,
        )
        inquiry = self._answered(inquiry, range(len(items)))
        self._store.add(inquiry)
        self._audit.note(person, "inquiry.received", inquiry.id, {"channel": channel, "questions": len(items)})
        return inquiry

    # --- what there is ------------------------------------------------------------------------------------------------

    def inbox(self, caller: Caller, *, status: Status | None = None, words: str = "") -> Sequence[Inquiry]:
        """The inquiries of a status in which all words stand, in the letter or the reply; the latest first."""
        _staff(caller)
        return self._store.inquiries(status=status, words=words)

    def get(self, caller: Caller, inquiry_id: str) -> Inquiry:
        """An inquiry as it is now; `Refused` if there is none."""
        _staff(caller)
        return self._store.get(inquiry_id)

    def draft(self, inquiry: Inquiry) -> str:
        """The reply as the engine composes it from the facts and sources as they are."""
        return self.composer.compose(inquiry)

    def marks(self, inquiry: Inquiry, text: str) -> list[Mark]:
        """What is wrong with a text as the reply to an inquiry, sentence by sentence."""
        with self._lease() as engine:
            documents = engine.release.documents
            return ReplyCheck(inquiry, self.composer, documents, self.glossary, self._gazetteer).marks(text)

    def is_outdated(self, inquiry: Inquiry) -> bool:
        """Whether its evidence is of another release than the live one."""
        with self._lease() as engine:
            live = engine.release.release_id
        return any(item.answer and item.answer.provenance.release != live for item in inquiry.items)

    # --- facts and sources --------------------------------------------------------------------------------------------

    def settle(self, caller: Caller, inquiry_id: str, expected: int, index: int, given: Mapping[str, Any]) -> Inquiry:
        """Correct the facts of a question and answer it anew; place and kind of applicant hold for all questions."""
        inquiry = self._open(caller, inquiry_id, expected)
        _item(inquiry, index)
        items = list(inquiry.items)
        for number, item in enumerate(items):
            own = given if number == index else {name: value for name, value in given.items() if name in COMMON}
            items[number] = item.model_copy(update={"settled": corrected(item, own)})
        changed = [n for n, item in enumerate(items) if item.settled != inquiry.items[n].settled]
        if not changed:
            return inquiry
        inquiry = self._answered(inquiry.model_copy(update={"items": tuple(items)}), changed)
        names = sorted(items[index].settled)
        return self._kept(caller, inquiry, expected, "inquiry.facts", {"question": index + 1, "facts": names})

    def reask(self, caller: Caller, inquiry_id: str, expected: int) -> Inquiry:
        """Answer all questions anew, from the release that is live now."""
        inquiry = self._open(caller, inquiry_id, expected)
        inquiry = self._answered(inquiry, range(len(inquiry.items)))
        return self._kept(caller, inquiry, expected, "inquiry.reasked", {})

    def choose_sources(self, caller: Caller, inquiry_id: str, expected: int, on: Collection[int]) -> Inquiry:
        """Switch sources on and off by number: what rests on one that is off leaves the draft."""
        inquiry = self._open(caller, inquiry_id, expected)
        sources = tuple(source.model_copy(update={"on": source.n in on}) for source in inquiry.sources)
        if sources == inquiry.sources:
            return inquiry
        off = [source.n for source in sources if not source.on]
        return self._kept(
            caller, inquiry.model_copy(update={"sources": sources}), expected, "inquiry.sources", {"off": off}
        )

    def choose_questions(self, caller: Caller, inquiry_id: str, expected: int, on: Collection[int]) -> Inquiry:
        """Choose by index the questions that the reply speaks of."""
        inquiry = self._open(caller, inquiry_id, expected)
        items = tuple(item.model_copy(update={"on": n in on}) for n, item in enumerate(inquiry.items))
        if items == inquiry.items:
            return inquiry
        return self._kept(
            caller, inquiry.model_copy(update={"items": items}), expected, "inquiry.questions", {"on": sorted(on)}
        )

    def add_question(self, caller: Caller, inquiry_id: str, expected: int, text: str) -> Inquiry:
        """A question that the letter asks in words that were not taken for one."""
        inquiry = self._open(caller, inquiry_id, expected)
        text = " ".join(checked_text(text).split())[:1000]
        if len(inquiry.items) >= MOST_QUESTIONS:
            raise Refused(
                "too_long", f"expected at most {MOST_QUESTIONS} questions in one reply; answer the rest in another"
            )
        at = max(inquiry.text.find(text), 0)
        end = at + len(text) if inquiry.text[at : at + len(text)] == text else at
        items = (*inquiry.items, Item(text=text, start=at, end=end))
        inquiry = self._answered(inquiry.model_copy(update={"items": items}), [len(items) - 1])
        return self._kept(caller, inquiry, expected, "inquiry.question_added", {})

    def _answered(self, inquiry: Inquiry, indices: Collection[int]) -> Inquiry:
        """The inquiry with these questions answered by the engine, and their passages among its sources."""
        items, sources = list(inquiry.items), list(inquiry.sources)
        with self._lease() as engine:
            for index in sorted(indices):
                answer = engine.ask(
                    bare_question(items[index].text),
                    history=self._before(inquiry, index),
                    settled=items[index].settled,
                )
                items[index] = items[index].model_copy(update={"answer": answer})
                for citation in answer.citations:
                    if source_of(sources, citation) is None:
                        sources.append(Source(n=len(sources) + 1, item=index, citation=citation))
        return inquiry.model_copy(update={"items": tuple(items), "sources": tuple(sources)})

    def _before(self, inquiry: Inquiry, index: int) -> list[str]:
        """What a question is read with: the conversation before, what the letter states, the questions before it."""
        said = stated(inquiry.text, inquiry.items, self.glossary, self._gazetteer)
        earlier = [bare_question(item.text) for item in inquiry.items[:index]][-_QUESTIONS_BEFORE:]
        return [*inquiry.history, *([said] if said else []), *earlier]

    # --- the reply ----------------------------------------------------------------------------------------------------

    def save(self, caller: Caller, inquiry_id: str, expected: int, text: str) -> Inquiry:
        """Keep a text as the next version of the reply; an approval of an earlier one is over."""
        inquiry = self._open(caller, inquiry_id, expected)
        text = _reply_text(text)
        if text == inquiry.reply:
            return inquiry
        return self._kept(caller, self._with_version(caller, inquiry, text), expected, "reply.saved", {})

    def _with_version(self, caller: Caller, inquiry: Inquiry, text: str) -> Inquiry:
        version = Version(
            number=len(inquiry.versions) + 1,
            text=text,
            by=_person(caller),
            at=self._clock(),
            composed=text == self.draft(inquiry),
            marks=len(self.marks(inquiry, text)),
        )
        versions = (*inquiry.versions, version)
        return inquiry.model_copy(
            update={"versions": versions, "status": "drafting", "approval": None, "handed_in_by": None}
        )

    def hand_in(self, caller: Caller, inquiry_id: str, expected: int) -> Inquiry:
        """Give the saved reply to another person for approval."""
        inquiry = self._open(caller, inquiry_id, expected)
        _status(inquiry, "drafting")
        update = {"status": "awaiting", "handed_in_by": _person(caller)}
        return self._kept(caller, inquiry.model_copy(update=update), expected, "reply.handed_in", {})

    def send_back(self, caller: Caller, inquiry_id: str, expected: int) -> Inquiry:
        """Give a reply that awaits approval, or was approved, back to be worked on."""
        inquiry = self._open(caller, inquiry_id, expected)
        _status(inquiry, "awaiting", "approved")
        update = {"status": "drafting", "approval": None, "handed_in_by": None}
        return self._kept(caller, inquiry.model_copy(update=update), expected, "reply.sent_back", {})

    def approve(self, caller: Caller, inquiry_id: str, expected: int, *, confirmed: bool = False) -> Inquiry:
        """Approve the saved reply.

        Args:
            confirmed: whether the person approves in spite of marked sentences; that is kept and audited.

        Raises:
            Refused: nothing is saved, another person has to approve, or sentences are marked and not confirmed, or about
                amounts, which the settings let nobody confirm.
        """
        inquiry = self._open(caller, inquiry_id, expected)
        _status(inquiry, "drafting", "awaiting")
        person = _person(caller)
        if self.second_approver:
            _status(inquiry, "awaiting")
            if person.id in (inquiry.versions[-1].by.id, inquiry.handed_in_by.id if inquiry.handed_in_by else ""):
                raise Refused("own_reply", "expected another person than the one who wrote the reply to approve it")
        marks = self.marks(inquiry, inquiry.reply)
        despite = self._despite(marks, confirmed=confirmed)
        approval = Approval(version=len(inquiry.versions), by=person, at=self._clock(), despite=despite)
        update = {"status": "approved", "approval": approval}
        inquiry = self._kept(
            caller,
            inquiry.model_copy(update=update),
            expected,
            "reply.approved",
            {"reply_version": approval.version, "despite": list(despite)},
        )
        self._feed_edits(inquiry, person)
        return inquiry

    def _despite(self, marks: Sequence[Mark], *, confirmed: bool) -> tuple[str, ...]:
        """The reasons a person approves in spite of."""
        refused = {
            "amounts": [mark for mark in marks if mark.reason in AMOUNT_REASONS],
            "all": list(marks),
            "none": [],
        }[self._refuse_marked]
        if refused:
            raise Refused(
                "marked_amounts",
                f"expected a reply whose figures have a source, {len(refused)} of its sentences have none or another; "
                "change them",
            )
        if marks and not confirmed:
            raise Refused(
                "marked", f"expected a reply without marked sentences, got {len(marks)}; change or confirm them"
            )
        return tuple(f"{mark.reason}: {mark.what}" if mark.what else mark.reason for mark in marks)

    def _feed_edits(self, inquiry: Inquiry, person: Person) -> None:
        """Give what staff changed to the evaluation set. A failure there is no reason to lose the approval."""
        if self._feed is None or inquiry.reply == self.draft(inquiry):
            return
        for index, item in enumerate(inquiry.items):
            if not (item.on and item.answer):
                continue
            try:
                section = self._section(inquiry, index) or inquiry.reply
                before = self._before(inquiry, index)
                self._feed(item.answer, bare_question(item.text), before, item.settled, section, person.name)
            except BiaozhuntongError as error:
                _log.warning("an approved edit is in no draft case: %s", error)

    def mark_answered(self, caller: Caller, inquiry_id: str, expected: int) -> Inquiry:
        """Say that the approved reply went out; it is changed no more."""
        inquiry = self._open(caller, inquiry_id, expected)
        _status(inquiry, "approved")
        update = {"status": "answered", "answered_at": self._clock()}
        return self._kept(caller, inquiry.model_copy(update=update), expected, "reply.answered", {})

    def export(self, caller: Caller, inquiry_id: str) -> tuple[str, bytes]:
        """The approved reply as a Word document: a name for the file, and its bytes."""
        person = _staff(caller)
        inquiry = self._store.get(inquiry_id)
        if inquiry.approval is None:
            raise Refused("not_approved", "expected an approved reply, got one that is not; have it approved first")
        self._audit.note(person, "reply.exported", inquiry.id, {"reply_version": inquiry.approval.version})
        day = inquiry.approval.at.date()
        return f"reply-{day:%Y%m%d}-{inquiry.id[:8]}.docx", letter_docx(inquiry, self.composer)

    # --- standard replies ---------------------------------------------------------------------------------------------

    def promote(self, caller: Caller, inquiry_id: str, index: int) -> StandardReply:
        """Let an approved reply answer its question from now on.

        Raises:
            Refused: it is not approved; the question alone is answered otherwise than with the letter's facts; the part
                of the reply on this question cannot be told; or the words do not pass the gate of answers.
        """
        person = _staff(caller)
        inquiry = self._store.get(inquiry_id)
        if inquiry.approval is None:
            raise Refused("not_approved", "expected an approved reply, got one that is not; have it approved first")
        item = _item(inquiry, index)
        question = bare_question(item.text)
        section = self._section(inquiry, index)
        if section is None:
            raise Refused(
                "no_section",
                "expected the heading above what the reply says on this question, it was changed; put it back",
            )
        with self._lease() as engine:
            documents = engine.release.documents
            alone = engine.ask(question, settled={})
            if item.answer is None or figures_of(alone.rewards) != figures_of(item.answer.rewards):
                raise Refused(
                    "with_facts",
                    "expected a question that is answered the same without the letter, it rests on facts of the letter",
                )
            text, citations = standard_words(section, inquiry, self.composer, question, alone, documents)
            return self.book.add(
                inquiry_id=inquiry.id,
                question=question,
                text=text,
                citations=citations,
                answer=alone,
                documents=documents,
                by=person,
            )

    def retire(self, caller: Caller, reply_id: str) -> StandardReply:
        """End a standard reply; `Refused` if there is none in use of that id."""
        ended = self.book.retire(reply_id, _staff(caller))
        if ended is None:
            raise Refused("not_found", f"expected the id of a standard reply in use, got {reply_id!r}")
        return ended

    def _section(self, inquiry: Inquiry, index: int) -> str | None:
        """What the saved reply says on one question, without opening and end; null where that cannot be told."""
        say, language = self.composer.reply.say, inquiry.language
        lines = inquiry.reply.split("\n")
        spoken = [n for n, item in enumerate(inquiry.items) if item.on and item.answer]
        ends = [say(language, "subject_to"), say(language, "thanks")]
        last = min((lines.index(end) for end in ends if end in lines), default=None)
        if index not in spoken or last is None:
            return None
        if len(spoken) == 1:
            first = lines.index(opening) + 1 if (opening := say(language, "opening")) in lines else 0
            return "\n".join(lines[first:last]).strip() or None
        heads = [
            heading_of(inquiry.items[n], place, language, self.composer.reply) for place, n in enumerate(spoken, 1)
        ]
        if any(lines.count(head) != 1 for head in heads):
            return None
        starts = [lines.index(head) for head in heads] + [last]
        place = spoken.index(index)
        return "\n".join(lines[starts[place] + 1 : starts[place + 1]]).strip() or None

    # --- changing -----------------------------------------------------------------------------------------------------

    def _open(self, caller: Caller, inquiry_id: str, expected: int) -> Inquiry:
        """The inquiry that a change is made to, if it is still as it was opened and may be changed."""
        _staff(caller)
        inquiry = self._store.get(inquiry_id)
        if inquiry.version != expected:
            raise Conflict(inquiry)
        if inquiry.status == "answered":
            raise Refused("wrong_status", "expected an inquiry that is not answered yet; its reply went out already")
        return inquiry

    def _kept(
        self, caller: Caller, inquiry: Inquiry, expected: int, action: str, detail: Mapping[str, object]
    ) -> Inquiry:
        person = _person(caller)
        changed = inquiry.model_copy(
            update={"version": expected + 1, "updated_at": self._clock(), "updated_by": person}
        )
        self._store.put(changed, expected=expected)
        self._audit.note(person, action, inquiry.id, {"version": changed.version, **detail})
        return changed


def _person(caller: Caller) -> Person:
    return Person(id=caller.id, name=caller.name)


def _staff(caller: Caller) -> Person:
    if not caller.may(Role.STAFF):
        raise Refused("not_staff", "expected a member of staff; sign in with an account that may write replies")
    return _person(caller)


def _status(inquiry: Inquiry, *wanted: Status) -> None:
    if not inquiry.versions:
        raise Refused("no_text", "expected a saved reply, got none; save one first")
    if inquiry.status not in wanted:
        raise Refused(
            "wrong_status", f"expected a reply that is {' or '.join(wanted)}, got one that is {inquiry.status}"
        )


def _item(inquiry: Inquiry, index: int) -> Item:
    if not 0 <= index < len(inquiry.items):
        raise Refused("no_question", f"expected a question of the inquiry, got number {index + 1}")
    return inquiry.items[index]


def _reply_text(text: str) -> str:
    text = text.replace("\r\n", "\n").strip()
    if not text:
        raise Refused("no_text", "expected the text of a reply, got none; write it, or take the draft")
    if len(text) > MOST_REPLY:
        raise Refused(
            "too_long", f"expected a reply of at most {MOST_REPLY:,} characters, got {len(text):,}; shorten it"
        )
    return text
