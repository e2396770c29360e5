"""Writes answers from evidence with the templates in `prompts/`. Nothing is said here that has no evidence behind it."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date

import rjieba

from assistant.answer import AnswerStatus, Language, QuestionBack, RewardRow, Warning_
from assistant.draft import Draft, DraftBuilder, Evidence, sentences_of
from assistant.evidence import Passage, asks_for_list, goal_sentences
from assistant.listing import DOCUMENT_WORDS
from assistant.phrases import Phrases
from assistant.question import Question
from knowledge.glossary import Glossary
from knowledge.model import Clause, Document, Policy, Reference, Span
from knowledge.normalize import normalize
from knowledge.proposals import propose
from knowledge.quantities import find_quantities

# A quoted sentence longer than this is shown in part, around what answers; the marker still opens all of it.
_QUOTE_SHOWN = 320
_GOAL = "目标"
# What every document here is about.
_SUBJECT = "标准化工作"
_MEASURED_GOALS = frozenset({"量化目标"})
# Goals listed of one document.
_GOALS_SHOWN = 14
# The sign of the issuer that a document's number begins with.
_AGENCY = re.compile(r"[〔\[【(（]")
# What a question may be about beside a document as a whole.
_MATTERS = frozenset({"activity", "committee", "level"})
# What a document says itself of how long it holds.
_OWN_TERM = ("effective", "expires", "transition")
# Pairs of characters that a question must share with the title of a document referred to before it means that one.
_REFERENCE_PAIRS = 4


@dataclass(frozen=True)
class Composed:
    """An answer before verification."""

    status: AnswerStatus
    draft: Draft
    rewards: tuple[RewardRow, ...] = ()
    total_yuan: int | None = None
    question_back: QuestionBack | None = None
    suggestions: tuple[str, ...] = ()
    warnings: tuple[Warning_, ...] = ()
    # What each reward row and its conditions rest on, by row.
    row_evidence: tuple[Evidence, ...] = ()


class Composer:
    """Composes all answers but those on rewards.

    Args:
        documents: the documents of the release by policy id.
        reward_policies: the ids of those that have reward rules.
    """

    def __init__(
        self, phrases: Phrases, glossary: Glossary, documents: Mapping[str, Document], reward_policies: Collection[str]
    ) -> None:
        self.phrases = phrases
        self.glossary = glossary
        self.documents = documents
        self.reward_policies = reward_policies
        self._terms: dict[str, list[Evidence]] = {}

    # --- replies that rest on no document -----------------------------------------------------------------------------

    def scope(self, question: Question, *keys: str) -> Composed:
        """What the product answers, with examples; for greetings and for what is none of its business."""
        language, out = question.language, DraftBuilder()
        for key in keys:
            out.add(self.say(language, key))
        out.add("")
        out.add(self.say(language, "scope.what"))
        if not self.documents:
            out.add(self.say(language, "scope.empty_corpus"))
            return Composed("abstained", out.done())
        out.add(self.say(language, "scope.places", places=self.places(language)))
        return Composed("abstained", out.done(), suggestions=self.examples(language))

    def no_policy(self, question: Question, place: str) -> Composed:
        """A place that the corpus holds nothing of."""
        language, out = question.language, DraftBuilder()
        out.add(self.say(language, "place.none", place=place))
        if self.documents:
            out.add(self.say(language, "place.have", places=self.places(language)))
        out.add(self.say(language, "place.ask_there", place=place))
        return Composed("abstained", out.done(), suggestions=self.examples(language))

    def only_past(self, question: Question, documents: Sequence[Document], asked_at: date) -> Composed:
        """A place whose documents were all replaced or repealed: said so, with how to ask for what held then."""
        language, out = question.language, DraftBuilder()
        warnings: list[Warning_] = []
        for document in documents:
            text = self.validity_text(document.policy, asked_at, language)
            out.add(
                self.say(language, "validity.answer", title=self.title(document.policy, language), text=text),
                self.status_evidence(document) or self.title_evidence(document),
            )
            warnings += self.warnings(document.policy, asked_at)
        out.add(self.say(language, "validity.none_stands"))
        self.ask_line(out, documents, language)
        return Composed("abstained", out.done(), warnings=tuple(dict.fromkeys(warnings)))

    def which_place(self, question: Question, documents: Sequence[Document]) -> Composed:
        """The place is missing and decides: ask for it before any figure."""
        language, out = question.language, DraftBuilder()
        places = {d.policy.place.name: self.place_name(d.policy, language) for d in documents if d.policy.place}
        said = Counter(places.values())
        # Two cities that are written alike are told apart by their own names.
        names = [name if said[name] == 1 else f"{name} ({own})" for own, name in places.items()]
        out.add(self.say(language, "place.which"))
        out.add(self.say(language, "place.have", places=self.places(language)))
        back = QuestionBack(
            input="place",
            text=self.say(language, "place.which_short"),
            options=[*names, self.say(language, "place.other")],
        )
        return Composed("clarify", out.done(), question_back=back)

    def nothing_found(self, question: Question, documents: Sequence[Document]) -> Composed:
        """No document supports an answer: say so, what was searched, whom to ask."""
        language, out = question.language, DraftBuilder()
        out.add(self.say(language, "scope.no_basis"))
        places = [self.place_name(d.policy, language) for d in documents if d.policy.place]
        if places:
            out.add(self.say(language, "notstated.searched", places=list(dict.fromkeys(places))))
        self.ask_line(out, documents, language)
        return Composed("abstained", out.done(), suggestions=self.examples(language))

    # --- replies from the documents -----------------------------------------------------------------------------------

    def coverage(self, question: Question, documents: Sequence[Document]) -> Composed:
        """Which policies there are: those in scope, or all."""
        language, out = question.language, DraftBuilder()
        if not self.documents:
            return self.scope(question)
        out.add(self.say(language, "coverage.lead"))
        for document in documents or list(self.documents.values()):
            policy = document.policy
            out.add(
                self.say(
                    language,
                    "coverage.item",
                    place=self.place_name(policy, language) if policy.place else "",
                    title=self.basis(policy, language),
                    status=self.glossary.label("policy_status", policy.status, language),
                ),
                self.title_evidence(document),
            )
        return Composed("answered", out.done(), suggestions=self.examples(language))

    def facts(
        self, question: Question, groups: Sequence[Sequence[Passage]], asked_at: date, *, lead: str | None = None
    ) -> Composed:
        """Sentences that answer, one group a document, the fact first; `lead` is a template that goes before all."""
        language, out = question.language, DraftBuilder()
        if lead:
            out.add(self.say(language, lead))
            out.add("")
        if len(groups) > 1:
            out.add(self.say(language, "fact.apart"))
        warnings: list[Warning_] = []
        for passages in groups:
            document = passages[0].document
            for number, passage in enumerate(passages):
                evidence = self.evidence(passage)
                where = self.where(document.policy, passage.clause, language)
                if number == 0 and passage.focus != passage.span:
                    focus = document.text[passage.focus.start : passage.focus.end]
                    out.add(self.say(language, "fact.lead", focus=_inline(focus).strip("，,；;。：: ")), evidence)
                    out.add("")
                out.add(self.say(language, "fact.source" if number == 0 else "fact.also", where=where), evidence)
                out.add("")
                out.add(self.say(language, "quote.block", text=self.shown(passage)), evidence)
                out.add("")
            warnings += self.warnings(document.policy, asked_at)
            self.validity_line(out, document, asked_at, language)
        out.add(self.say(language, "answer.disclaimer"))
        return Composed("answered", out.done(), warnings=tuple(dict.fromkeys(warnings)))

    def unreviewed(self, question: Question, passages: Sequence[Passage], asked_at: date) -> Composed:
        """What a document pays, in its own words alone: its rewards are in no reviewed rule, so nothing is computed."""
        documents = list(dict.fromkeys(passage.document.policy.id for passage in passages))
        whole = [replace(passage, focus=passage.span) for passage in passages]
        groups = [[p for p in whole if p.document.policy.id == policy] for policy in documents]
        told = self.facts(question, groups, asked_at, lead="reward.own_words")
        return replace(told, status="partial", warnings=tuple(dict.fromkeys((*told.warnings, "rule_unreviewed"))))

    def outline_list(
        self, question: Question, document: Document, head: str, items: Sequence[tuple[str, Clause]], asked_at: date
    ) -> Composed:
        """The items under a heading, as a list."""
        language, out = question.language, DraftBuilder()
        where = self.basis(document.policy, language)
        out.add(
            self.say(language, "fact.list", where=f"{where} {head}".strip()), self.evidence_of(document, items[0][1])
        )
        out.add("")
        for text, clause in items:
            out.add(self.say(language, "fact.list_item", text=_inline(text)), self.evidence_of(document, clause))
        out.add("")
        self.validity_line(out, document, asked_at, language)
        out.add(self.say(language, "answer.disclaimer"))
        return Composed("answered", out.done(), warnings=self.warnings(document.policy, asked_at))

    def not_stated(
        self, question: Question, what: str, documents: Sequence[Document], nearby: Sequence[Passage], asked_at: date
    ) -> Composed:
        """The documents of the place do not say; show the nearest they come to it, if anything."""
        language, out = question.language, DraftBuilder()
        warnings: list[Warning_] = []
        for document in documents[:3]:
            where = self.basis(document.policy, language)
            lead = self.say(language, "notstated.lead", where=where, what=self.say(language, what))
            out.add(lead, self.title_evidence(document))
            warnings += self.warnings(document.policy, asked_at)
        out.add("")
        if nearby:
            out.add(self.say(language, "notstated.nearby"))
            out.add("")
            for passage in nearby:
                out.add(self.say(language, "quote.block", text=self.shown(passage)), self.evidence(passage))
                out.add("")
        self.ask_line(out, documents, language)
        for document in documents[:3]:
            self.validity_line(out, document, asked_at, language)
        status: AnswerStatus = "partial" if nearby else "abstained"
        return Composed(status, out.done(), warnings=tuple(dict.fromkeys(warnings)))

    def validity(self, question: Question, documents: Sequence[Document], asked_at: date) -> Composed:
        """Whether a policy still holds: the basis, the goal period, whom to ask."""
        language, out = question.language, DraftBuilder()
        warnings: list[Warning_] = []
        for document in documents:
            policy = document.policy
            text = self.validity_text(policy, asked_at, language)
            basis = self.status_evidence(document)
            out.add(
                self.say(language, "validity.answer", title=self.title(policy, language), text=text),
                basis or self.title_evidence(document),
            )
            self.successor_line(out, policy, language)
            self._stated_term(out, document, language)
            if policy.status == "unknown" and not self._own_term(document):
                out.add(self.say(language, "validity.silent"))
            if policy.goal_period and policy.goal_period.end:
                year = policy.goal_period.end.year
                if found := self.find_text(document, str(year)):
                    out.add(self.say(language, "validity.goal", year=year), found)
            if basis:
                out.add("")
                out.add(self.say(language, "quote.block", text=_inline(document.text[basis.start : basis.end])), basis)
            out.add("")
            warnings += self.warnings(policy, asked_at)
        self.ask_line(out, documents, language)
        return Composed("answered", out.done(), warnings=tuple(dict.fromkeys(warnings)))

    def _own_term(self, document: Document) -> list[Evidence]:
        """The sentences in which a document says from when and until when it holds."""
        policy = document.policy.id
        if policy not in self._terms:
            found = [p for p in propose(document) if p.field in _OWN_TERM]
            spans = [find_span(document, proposal.start, proposal.end) for proposal in found]
            self._terms[policy] = list(dict.fromkeys(span for span in spans if span is not None))
        return self._terms[policy]

    def metadata(self, question: Question, documents: Sequence[Document], asked_at: date) -> Composed:
        """A document's number, dates, issuer or title, cited where the document shows it."""
        language, out = question.language, DraftBuilder()
        found = False
        warnings: list[Warning_] = []
        for document in documents:
            policy = document.policy
            out.add(
                self.say(language, "metadata.document", title=self.title(policy, language)),
                self.title_evidence(document),
            )
            values = self._metadata_values(document, question, language)
            for key, value, evidence in values:
                found = True
                out.add(self.say(language, f"metadata.{key}", value=value), evidence)
            if not values:
                where = self.basis(policy, language)
                what = self.say(language, f"notstated.{question.attribute or 'doc_no'}")
                out.add(self.say(language, "notstated.lead", where=where, what=what), self.title_evidence(document))
            out.add("")
            warnings += self.warnings(policy, asked_at)
        return Composed("answered" if found else "partial", out.done(), warnings=tuple(dict.fromkeys(warnings)))

    def asks_of_part(self, question: Question, documents: Sequence[Document]) -> bool:
        """Whether what sounds like a question for a document's title is one for the name of something in it."""
        if question.attribute != "title":
            return False
        named = any(match.kind == "person_name" for match in question.answer_types)
        return named or not any(_is_all_title(question, document, self.glossary) for document in documents)

    def _metadata_values(
        self, document: Document, question: Question, language: Language
    ) -> list[tuple[str, str, Evidence]]:
        dated = any(match.kind == "date" for match in question.answer_types)
        attribute = "date" if dated else question.attribute or "doc_no"
        policy, title = document.policy, self.title_evidence(document)
        values: list[tuple[str, str, Evidence]] = []
        if attribute == "doc_no" and (referred := self._reference(document, question)):
            evidence = find_span(document, referred.start, referred.end) or title
            values.append(("doc_no", referred.doc_no or "", evidence))
        elif attribute == "doc_no" and policy.doc_no:
            values.append(("doc_no", policy.doc_no, self.find_text(document, policy.doc_no) or title))
        if attribute == "date":
            for key, day in (("signed", policy.signed), ("posted", policy.posted)):
                if day:
                    values.append((key, day.isoformat(), self.find_date(document, day) or title))
        if attribute == "issuer" and policy.issuer:
            name = policy.issuer_en if language == "en" and policy.issuer_en else policy.issuer
            values.append(("issuer", name, self.find_text(document, policy.issuer) or title))
        if attribute == "title":
            values.append(("title", self.title(policy, language), title))
        return values

    def goal_years(self, question: Question, documents: Sequence[Document], asked_at: date) -> Composed | None:
        """The period that a document's goals are set for, where a question asks for that and for no goal in particular."""
        if not _asks_for_goal_years(question, self.glossary):
            return None
        language, out = question.language, DraftBuilder()
        warnings: list[Warning_] = []
        for document in documents:
            period = document.policy.goal_period
            if period is None or period.end is None or not _is_all_title(question, document, self.glossary):
                continue
            years = [str(day.year) for day in (period.start, period.end) if day]
            shown = find_words(document, _holds_all(years))
            evidence = shown or self.find_text(document, years[-1]) or self.title_evidence(document)
            where = self.title(document.policy, language)
            out.add(self.say(language, "fact.goal_years", where=where, years=years), evidence)
            out.add("")
            out.add(self.say(language, "quote.block", text=self._quoted(document, evidence)), evidence)
            out.add("")
            warnings += self.warnings(document.policy, asked_at)
            self.validity_line(out, document, asked_at, language)
        if not out.lines:
            return None
        out.add(self.say(language, "answer.disclaimer"))
        return Composed("answered", out.done(), warnings=tuple(dict.fromkeys(warnings)))

    def goal_figures(
        self, question: Question, documents: Sequence[Document], asked_at: date, *, measured: bool
    ) -> Composed | None:
        """The goals of the documents that are set in figures, as a list; null where a question does not ask for them.

        Args:
            measured: only where the question says that figures are wanted: 量化目标, numerical targets.
        """
        if not _asks_for_goals(question, self.glossary, measured=measured):
            return None
        language, out = question.language, DraftBuilder()
        warnings: list[Warning_] = []
        for document in documents:
            if not _is_all_title(question, document, self.glossary) or not (goals := goal_sentences(document)):
                continue
            where = self.basis(document.policy, language)
            evidence = [sentences_of(document, clause, span.start, span.end) for clause, span in goals[:_GOALS_SHOWN]]
            out.add(self.say(language, "fact.list", where=where), evidence[0])
            out.add("")
            for item in evidence:
                out.add(self.say(language, "fact.list_item", text=self._quoted(document, item)), item)
            out.add("")
            warnings += self.warnings(document.policy, asked_at)
            self.validity_line(out, document, asked_at, language)
        if not out.lines:
            return None
        out.add(self.say(language, "answer.disclaimer"))
        return Composed("answered", out.done(), warnings=tuple(dict.fromkeys(warnings)))

    def nearest(
        self, question: Question, documents: Sequence[Document], nearby: Sequence[Passage], asked_at: date
    ) -> Composed:
        """No sentence surely answers: say so, and show what comes nearest as no more than that."""
        language, out = question.language, DraftBuilder()
        out.add(self.say(language, "scope.no_basis"))
        out.add("")
        out.add(self.say(language, "notstated.nearby"))
        out.add("")
        warnings: list[Warning_] = []
        for passage in nearby:
            evidence = self.evidence(passage)
            where = self.where(passage.document.policy, passage.clause, language)
            out.add(self.say(language, "fact.source", where=where), evidence)
            out.add("")
            out.add(self.say(language, "quote.block", text=self.shown(passage)), evidence)
            out.add("")
            warnings += self.warnings(passage.document.policy, asked_at)
        self.ask_line(out, documents, language)
        return Composed("partial", out.done(), warnings=tuple(dict.fromkeys(warnings)))

    def _quoted(self, document: Document, evidence: Evidence) -> str:
        return _cut_right(_inline(document.text[evidence.start : evidence.end]), _QUOTE_SHOWN)

    def referred_number(self, question: Question) -> Composed | None:
        """The number of a document that one of those held refers to, where the question means that one."""
        language, out = question.language, DraftBuilder()
        for document in self.documents.values():
            referred = self._reference(document, question)
            if referred is None:
                continue
            evidence = find_span(document, referred.start, referred.end) or self.title_evidence(document)
            out.add(self.say(language, "metadata.doc_no", value=referred.doc_no or ""), evidence)
            out.add("")
            out.add(self.say(language, "quote.block", text=self._quoted(document, evidence)), evidence)
            out.add("")
        return Composed("answered", out.done()) if out.lines else None

    def with_reading(self, question: Question, composed: Composed, surface: str, name: str) -> Composed:
        """An answer about one of several places of a name, with the place it was taken for said first."""
        out = DraftBuilder()
        out.add(self.say(question.language, "place.read_as", surface=surface, name=name))
        out.add("")
        return replace(composed, draft=Draft((*out.lines, *composed.draft.lines)))

    def with_foreign(self, question: Question, composed: Composed, place: str) -> Composed:
        """An answer that also says of which place named nothing is held."""
        out = DraftBuilder()
        out.add(self.say(question.language, "place.none", place=place))
        out.add("")
        status = "partial" if composed.status == "answered" else composed.status
        return replace(composed, status=status, draft=Draft((*out.lines, *composed.draft.lines)))

    def _reference(self, document: Document, question: Question) -> Reference | None:
        """A document that this one refers to by number and that the question means rather than this one."""
        asked = normalize(question.query).text

        def shared(title: str) -> int:
            plain = squeezed(title)
            return sum(plain[i : i + 2] in asked for i in range(len(plain) - 1))

        known = [reference for reference in document.policy.references if reference.doc_no]
        signed = next((r for r in known if squeezed(_AGENCY.split(r.doc_no or "")[0]) in squeezed(asked)), None)
        if signed:
            return signed
        best = max(known, key=lambda reference: shared(reference.title or ""), default=None)
        if best is None or shared(best.title or "") <= max(shared(document.policy.title), _REFERENCE_PAIRS):
            return None
        return best

    # --- parts ----------------------------------------------------------------------------------------------------------

    def say(self, language: Language, key: str, **values: object) -> str:
        """A template filled in."""
        return self.phrases.say(language, key, **values)

    def title(self, policy: Policy, language: Language) -> str:
        """A policy's title; in English its English title with the original behind it."""
        if language == "en" and policy.title_en:
            return f"{policy.title_en} (《{policy.title}》)"
        return policy.title

    def place_name(self, policy: Policy, language: Language) -> str:
        """The name of a policy's place; its title where the place is unknown."""
        if not policy.place:
            return policy.title
        return policy.place.name_in(language)

    def places(self, language: Language) -> list[str]:
        """The places there are policies of, at most a dozen."""
        named = [d.policy for d in self.documents.values() if d.policy.place]
        return list(dict.fromkeys(self.place_name(policy, language) for policy in named))[:12]

    def examples(self, language: Language) -> tuple[str, ...]:
        """Sample questions that this corpus can answer."""
        named = [d.policy for d in self.documents.values() if d.policy.place]
        paying = [policy for policy in named if policy.id in self.reward_policies]
        chosen = (
            ("example.reward", paying),
            ("example.goal", named[1:] or named),
            ("example.validity", paying or named),
        )
        return tuple(
            self.say(language, key, place=self.place_name(policies[0], language))
            for key, policies in chosen
            if policies
        )

    def basis(self, policy: Policy, language: Language) -> str:
        """A policy named as an office names it: title, number, date."""
        # A title that names no place is told with it: 广东省《批转省质监局…意见的通知》.
        shown = policy.title_in(language)
        place = self.place_name(policy, language) if policy.place else ""
        return self.say(
            language,
            "basis.title",
            place="" if place.rstrip("省市区县") in shown else place,
            title=policy.title,
            title_en=policy.title_en,
            doc_no=policy.doc_no,
            signed=policy.signed.isoformat() if policy.signed else None,
            posted=policy.posted.isoformat() if policy.posted else None,
        )

    def where(self, policy: Policy, clause: Clause, language: Language) -> str:
        """A policy and the outline path of a clause."""
        path = " › ".join(label.strip() for label in clause.path)
        return self.say(language, "basis.where", basis=self.basis(policy, language), path=path)

    def ask_line(self, out: DraftBuilder, documents: Sequence[Document], language: Language) -> None:
        """Whom to ask: as a document says it, cited there, else the authority of the place."""
        for document in documents:
            policy = document.policy
            if said := (policy.contact_en or policy.contact if language == "en" else policy.contact):
                shown = self.find_text(document, policy.contact) if policy.contact else None
                out.add(self.say(language, "notstated.ask", contact=said), *([shown] if shown else []))
                return
        named = next((document.policy for document in documents if document.policy.place), None)
        place = self.place_name(named, language) if named else ""
        contact = self.say(language, "contact.default" if named else "contact.nowhere", place=place)
        out.add(self.say(language, "notstated.ask", contact=contact))

    def warnings(self, policy: Policy, asked_at: date) -> tuple[Warning_, ...]:
        """What must be said with every answer from a policy."""
        found: list[Warning_] = []
        if policy.status == "unknown":
            found.append("validity_unknown")
        if policy.status == "draft":
            found.append("draft_policy")
        if policy.is_past or policy.status == "expired":
            found.append("superseded")
        if policy.goal_period and policy.goal_period.end and policy.goal_period.end < asked_at:
            found.append("horizon_passed")
        return tuple(found)

    def validity_text(self, policy: Policy, asked_at: date, language: Language) -> str:
        """What is to be said of a policy's validity, in one paragraph."""
        page = (
            policy.status == "unknown" and policy.status_basis and policy.status_basis in self.documents[policy.id].text
        )
        if policy.superseded_by and policy.status != "repealed":
            texts = [self.say(language, "validity.superseded")]
        else:
            texts = [self.say(language, "validity.unknown_page" if page else f"validity.{policy.status}")]
        if "horizon_passed" in self.warnings(policy, asked_at):
            texts.append(self.say(language, "validity.horizon"))
        return ("" if language == "zh" else " ").join(texts)

    def validity_line(self, out: DraftBuilder, document: Document, asked_at: date, language: Language) -> None:
        """The validity of a policy as one line; nothing where a maintainer confirmed it and no goal period passed."""
        policy = document.policy
        if policy.status == "in_force" and not self.warnings(policy, asked_at):
            return
        text = self.validity_text(policy, asked_at, language)
        evidence = self.status_evidence(document)
        out.add(self.say(language, "validity.title", text=text), *([evidence] if evidence else []))
        if policy.status == "unknown":
            self._stated_term(out, document, language)
        self.successor_line(out, policy, language)

    def _stated_term(self, out: DraftBuilder, document: Document, language: Language) -> None:
        """From when and until when a document says that it holds, in its own words."""
        for evidence in self._own_term(document):
            words = _inline(document.text[evidence.start : evidence.end])
            out.add(self.say(language, "validity.stated", text=words), evidence)

    def successor_line(self, out: DraftBuilder, policy: Policy, language: Language) -> None:
        """The document that took a policy's place, cited there; nothing where none is known."""
        successor = self.documents.get(policy.superseded_by or "")
        if successor is not None:
            title = self.title(successor.policy, language)
            out.add(self.say(language, "validity.successor", title=title), self.title_evidence(successor))

    # --- evidence -------------------------------------------------------------------------------------------------------

    def evidence(self, passage: Passage) -> Evidence:
        """The evidence of a passage: its whole sentence."""
        return Evidence(passage.document.policy.id, passage.clause.clause_id, passage.span.start, passage.span.end)

    def evidence_of(self, document: Document, clause: Clause) -> Evidence:
        """The first sentence of a clause."""
        first = clause.sentences[0] if clause.sentences else Span(clause.start, clause.end)
        return Evidence(document.policy.id, clause.clause_id, first.start, first.end)

    def title_evidence(self, document: Document) -> Evidence:
        """Where the document shows its own title, else its first sentence."""
        return self.find_text(document, document.policy.title) or self.evidence_of(document, document.clauses[0])

    def status_evidence(self, document: Document) -> Evidence | None:
        """Where the document itself shows its status."""
        basis = document.policy.status_basis
        return self.find_text(document, basis) if basis else None

    def find_text(self, document: Document, words: str) -> Evidence | None:
        """The sentence in which some words stand, white space aside; null if none does."""
        return find_words(document, lambda text: squeezed(words) in squeezed(text))

    def find_date(self, document: Document, day: date) -> Evidence | None:
        """The sentence in which a date stands, however it is written."""
        wanted = int(day.strftime("%Y%m%d"))
        return find_words(
            document, lambda text: any(q.kind == "date" and int(q.value) == wanted for q in find_quantities(text))
        )

    def shown(self, passage: Passage) -> str:
        """A sentence as it is shown: page marks out, a long one cut around what answers."""
        document, span, focus = passage.document, passage.span, passage.focus
        text = _inline(clause_words(document, passage.clause, span))
        if len(text) <= _QUOTE_SHOWN:
            return text
        before = (
            clause_words(document, passage.clause, Span(span.start, focus.start)) if focus.start > span.start else ""
        )
        after = clause_words(document, passage.clause, Span(focus.end, span.end)) if focus.end < span.end else ""
        middle = clause_words(document, passage.clause, focus)
        room = max(0, _QUOTE_SHOWN - len(middle)) // 2
        head = _cut_left(_inline(before), room)
        tail = _cut_right(_inline(after), room)
        return f"{head}{_inline(middle)}{tail}"


def _holds_all(words: Sequence[str]) -> Callable[[str], bool]:
    return lambda text: all(word in text for word in words)


def _goal_forms(question: Question, glossary: Glossary) -> list[str]:
    """How a question may have put "goal", longest first; none where it speaks of no goal."""
    terms = [term for term in glossary.find_terms(question.query) if _GOAL in term.zh]
    forms = {form.lower() for term in terms for form in (*term.zh, *term.en)}
    return sorted(forms, key=lambda form: (-len(form), form))


def _measured_forms(question: Question, glossary: Glossary) -> list[str]:
    terms = [term for term in glossary.find_terms(question.query) if _MEASURED_GOALS & set(term.zh)]
    return sorted(
        {form.lower() for term in terms for form in (*term.zh, *term.en)}, key=lambda form: (-len(form), form)
    )


def _asks_for_goal_years(question: Question, glossary: Glossary) -> bool:
    if question.slots.keys() & _MATTERS or any(
        q.kind in ("number", "money", "percent") for q in find_quantities(question.query)
    ):
        return False  # a goal in particular, or its figure
    yearly = any(match.kind == "date" and re.search(r"年|year", match.cue) for match in question.answer_types)
    claimed = bool(question.years) and any(match.kind == "yes_no" for match in question.answer_types)
    return (yearly or claimed) and bool(_goal_forms(question, glossary))


def _asks_for_goals(question: Question, glossary: Glossary, *, measured: bool) -> bool:
    if not asks_for_list(question) and "list" not in question.intents:
        return False
    return bool(_measured_forms(question, glossary)) or (not measured and bool(_goal_forms(question, glossary)))


def _is_all_title(question: Question, document: Document, glossary: Glossary) -> bool:
    """Whether a question says nothing but goal words and words of a document's title."""
    text = question.query
    said = [place.surface for place in question.places] + [match.cue for match in question.answer_types]
    for words in (*_measured_forms(question, glossary), *_goal_forms(question, glossary), *said):
        text = text.replace(words, " ")
    title = normalize(" ".join((document.policy.title, DOCUMENT_WORDS, _SUBJECT))).text
    if question.language == "en":
        left = [tuple(normalize(form).text for form in term.zh) for term in glossary.find_terms(text)]
    else:
        tagged = rjieba.tag(glossary.content(text, "zh"))
        left = [(word,) for word, tag in tagged if len(word) > 1 and tag[:1] in "nvjlab"]
    return all(any(form in title for form in forms) for forms in left)


def clause_words(document: Document, clause: Clause, span: Span) -> str:
    """A clause's own words inside a range, without the dropped text in between."""
    parts = [
        document.text[max(s.start, span.start) : min(s.end, span.end)]
        for s in clause.spans
        if s.start < span.end and span.start < s.end
    ]
    return "".join(parts)


def find_span(document: Document, start: int, end: int) -> Evidence | None:
    """The whole sentences over a range of the stored text; null if no clause has any."""
    for clause in document.clauses:
        if clause.start < end and start < clause.end and any(s.start < end and start < s.end for s in clause.sentences):
            return sentences_of(document, clause, start, end)
    return None


def find_words(document: Document, holds: Callable[[str], bool]) -> Evidence | None:
    """The first sentence for which `holds(text)` is true."""
    for clause in document.clauses:
        for sentence in clause.sentences:
            if holds(document.text[sentence.start : sentence.end]):
                return sentences_of(document, clause, sentence.start, sentence.end)
    return None


def squeezed(text: str) -> str:
    """A text for comparing words: one spelling, no white space, no quotation marks."""
    return re.sub(r"[\s《》“”\"]", "", normalize(text).text)


def _inline(text: str) -> str:
    """Words of a document as one line of markdown, nothing in it read as markup."""
    line = re.sub(r"\s*\n\s*", "", text.strip()) if re.search(r"[\u3400-\u9fff]", text) else " ".join(text.split())
    return re.sub(r"([\\`*_#<>|~])", r"\\\1", " ".join(line.split()))


def _cut_left(text: str, room: int) -> str:
    return text if len(text) <= room else "……" + text[len(text) - room :]


def _cut_right(text: str, room: int) -> str:
    return text if len(text) <= room else text[:room] + "……"
