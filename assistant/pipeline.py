"""The order of the steps from a question to a verified answer. The only place that knows it."""

from __future__ import annotations

import logging
import re
import time
from collections.abc import Callable, Collection, Generator, Hashable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import date
from functools import partial
from itertools import pairwise

from assistant.answer import Answer, Citation, Provenance, RewardRow
from assistant.answer_cache import AnswerCache, answer_key
from assistant.chat_model import ChatModel, open_chat_model
from assistant.claims import claim_of
from assistant.compose import Composed, Composer, squeezed
from assistant.compose_rewards import RewardComposer
from assistant.draft import Evidence, cite, render
from assistant.evidence import EvidenceFinder, Passage, asks_for_list, confidence, known_years, parts_of
from assistant.follow_ups import document_follow_ups
from assistant.known import known_facts, without, without_facts
from assistant.listing import Listing, best_listing
from assistant.phrases import Phrases
from assistant.question import Question, Understanding
from assistant.retriever import ClauseRetriever, Hit
from assistant.rewards import evaluate
from assistant.rewriting import Rewriter
from assistant.scope import Scope, contested, find_scope, standing
from assistant.settings import Settings
from assistant.settle import settle
from assistant.standard import StandardReplies, standard_answer
from assistant.verify import answer_faults, verify_draft
from assistant.wording import WordedSentence, Wording
from knowledge.embedding import Embedder, default_embedder
from knowledge.glossary import Glossary
from knowledge.model import Document
from knowledge.normalize import normalize
from knowledge.places import Gazetteer
from knowledge.quantities import find_quantities
from knowledge.releases import DataDirectory, Release, open_live
from knowledge.rule_schema import DRAFTING

_log = logging.getLogger(__name__)

Observer = Callable[[str, object], None]
"""Told `("understanding", Question)`, `("retrieval", list[Hit])` and `("passages", list[Passage])`, once a search."""

# How many documents are set side by side in one answer.
_COMPARED = 4
# The share of a question about a payment that a sentence itself must hold to state that payment.
_SAME_PAYMENT = 0.7
_CONJUNCTION = re.compile(r"\s*(?:和|与|及|以及|跟|同|、|还是|或者?|,|and|or|versus|vs\.?|,\s*and)\s*")
# The share of a question that names no place which a sentence must hold to come near it.
_NEARBY_OVERLAP = 0.15
# How many sentences are shown as coming nearest.
_NEAREST = 3
# A document's own data are told of so many documents at once.
_ABOUT_AT_ONCE = 6
# Headings are looked for in no more documents than this.
_LISTED_FROM = 6
# From here on the best sentence stands alone.
_SURE = 0.6
_EACH = re.compile(r"分别|各(?:是|为|有|多少)|\b(?:each|respectively|both)\b")
# The share of a question a sentence must hold to be shown as what comes nearest, where nothing answers.
_NEARBY_COVERAGE = 0.3


class Assistant:
    """Answers questions from one release of the knowledge base. Safe to use from several threads.

    Example:
        assistant = Assistant.open(Settings())
        assistant.ask("扬州市区企业牵头起草的行业标准发布了，可以拿多少资助？").answer
    """

    def __init__(
        self,
        release: Release,
        settings: Settings,
        *,
        glossary: Glossary | None = None,
        gazetteer: Gazetteer | None = None,
        phrases: Phrases | None = None,
        model: ChatModel | None = None,
        standard_replies: StandardReplies | None = None,
        today: Callable[[], date] = date.today,
    ) -> None:
        self.release = release
        self.settings = settings
        self._today = today
        self._standard_replies = standard_replies
        self._glossary = glossary or Glossary.load()
        self._gazetteer = gazetteer or Gazetteer.load()
        self._phrases = phrases or Phrases()
        documents = dict(release.documents)
        self._understanding = Understanding(self._glossary, self._gazetteer, limit=settings.max_question)
        self._retriever = ClauseRetriever(release=release)
        self._finder = EvidenceFinder(
            self._glossary,
            self._gazetteer,
            documents,
            release.lexical.frequency,
            len(release.clauses),
            release.sentences.cosines,
            release.translations,
        )
        # Rules that no person has confirmed are not there at all, unless the settings let them answer.
        self._rules = release.rules if settings.unreviewed_rules else release.rules.confirmed()
        paying = {rule.policy_id for rule in self._rules.all}
        self._composer = Composer(self._phrases, self._glossary, documents, paying)
        self._rewards = RewardComposer(self._composer, self._rules)
        self._wording = self._wording_with(model) if model else None
        self._rewriter = (
            Rewriter(model, self._phrases, self._glossary, self._gazetteer)
            if model and settings.model_rewrites
            else None
        )
        self._cache = AnswerCache(settings.answer_cache)

    def _wording_with(self, model: ChatModel) -> Wording:
        return Wording(
            model,
            self._phrases,
            self._glossary,
            self._gazetteer,
            self.release.documents,
            budget=self.settings.evidence_tokens,
            support=self.settings.wording_support,
        )

    @classmethod
    def open(
        cls,
        settings: Settings,
        *,
        embedder: Embedder | None = None,
        notice: Callable[[str], None] | None = None,
        standard_replies: StandardReplies | None = None,
    ) -> Assistant:
        """Open the live release of the settings' data directory, and the chat model if one is set.

        Args:
            standard_replies: finds the approved reply to a question, see `assistant.standard`.

        Raises:
            NoRelease: nothing was built yet.
            CorruptRelease: no release there is whole.
            UsageError: a chat model is set wrongly.
        """
        model = open_chat_model(settings)
        data = DataDirectory(settings.data)
        data.require_live()  # says what to do before any model is looked for
        embedder = embedder or default_embedder(
            settings.data, settings.embedding_model, device=settings.device, quick=True
        )
        release = open_live(data, embedder, notice=notice or _log.warning)
        return cls(release, settings, model=model, standard_replies=standard_replies)

    def warm_up(self) -> None:
        """Load what is loaded at first use (the model, word lists), so that no reader waits for it."""
        for question in ("Which goals are set for standards in Yangzhuo?", "标准化工作的目标有哪些，奖励多少钱？"):
            turn = _Turn(question, (), None, self._today())
            self._answered(turn, _Clock())

    def close(self) -> None:
        """Let go of the release's files."""
        self.release.close()

    def search(self, query: str, *, limit: int = 10) -> list[Hit]:
        """Clauses for a query, best first; those of the place or the document that it names before all others."""
        question = self._understanding.read(query)
        scope = find_scope(question, self.release.documents.values(), self._gazetteer)
        return self._retriever.search(
            question.query,
            limit=limit,
            terms=[*self._terms(question), *_written_places(question)],
            policies=self._standing(question),
            preferred=[d.policy.id for d in scope.documents] if scope.named else (),
        )

    def ask(
        self,
        question: str,
        *,
        history: Sequence[str] = (),
        facts: Mapping[str, object] | None = None,
        asked_at: date | None = None,
        question_id: str | None = None,
        observe: Observer | None = None,
        forget: Collection[str] = (),
        settled: Mapping[str, object] | None = None,
    ) -> Answer:
        """Answer one question.

        Args:
            question: in Chinese or English.
            history: the user's earlier turns, oldest first.
            facts: what the user stated before, by input name.
            asked_at: the day it is asked; default today.
            question_id: given back in the answer.
            observe: told what each stage made of the question, as it happens.
            forget: names of facts (`Answer.known[].input`) that are taken neither from the history nor from `facts`.
            settled: facts that hold whatever the question says (`assistant.settle`), set by a person who handles it; even
                an empty mapping says that somebody does, who wants no standard reply but what the documents give.
        """
        *_, answer = self.ask_stream(
            question,
            history=history,
            facts=facts,
            asked_at=asked_at,
            question_id=question_id,
            observe=observe,
            forget=forget,
            settled=settled,
        )
        assert isinstance(answer, Answer)
        return answer

    def ask_stream(
        self,
        question: str,
        *,
        history: Sequence[str] = (),
        facts: Mapping[str, object] | None = None,
        asked_at: date | None = None,
        question_id: str | None = None,
        observe: Observer | None = None,
        forget: Collection[str] = (),
        settled: Mapping[str, object] | None = None,
        stopped: Callable[[], bool] = lambda: False,
    ) -> Generator[WordedSentence | Answer, None, None]:
        """Answer one question: the sentences of a chat model as they are verified, if one is set, then the answer.

        The answer is the last item and replaces what came before it; it begins with the sentences, one a line, unless
        too little of it was said. Without a model it is the only item. Closing the generator closes the model's stream.

        Args:
            stopped: whether nobody waits for the answer any more; asked from time to time while the model is waited
                for, and what follows is then the answer as far as it came. For the other arguments see `ask`.
        """
        clock = _Clock(observe)
        turns = self._latest(history)
        skipped = len(history) - len(turns)
        turn = _Turn(question, turns, facts, asked_at or self._today(), skipped, frozenset(forget), settled)
        if (standard := self._standard(turn, clock)) is not None:
            answer = standard
        elif self._wording is None:
            answer = self._answered(turn, clock)[1]
        elif (kept := self._cache.get(key := self._key(turn, self._wording))) and observe is None:
            answer = kept
        else:
            composed, answer = self._answered(turn, clock)
            answer = yield from self._worded(turn, composed, answer, key, clock, stopped)
        yield answer.model_copy(update={"id": question_id, "timing_ms": clock.times()})

    def _latest(self, history: Sequence[str]) -> tuple[str, ...]:
        """As many of the latest turns as are read, each as far as it is read."""
        latest: list[str] = []
        room = self.settings.max_history_text
        for turn in list(reversed(history))[: self.settings.max_history]:
            read = turn[: self.settings.max_question]
            room -= len(read)
            if room < 0:
                break
            latest.append(read)
        return tuple(reversed(latest))

    def _answered(self, turn: _Turn, clock: _Clock) -> tuple[Composed, Answer]:
        """The composed answer, before and after verification."""
        with clock.stage("understand"):
            understood = self._understanding.understand(
                turn.question,
                history=list(turn.history),
                facts=without_facts(turn.facts, turn.forget),
                asked_at=turn.day,
                keep=lambda earlier: without(earlier, turn.forget),
            )
            understood = settle(understood, turn.settled or {}, self._gazetteer)
        clock.made("understanding", understood)
        with clock.stage("compose"):
            composed = self._compose(understood, turn.day, clock)
        with clock.stage("verify"):
            answer = self._verified(understood, composed, turn.asked, None)
        known = known_facts(understood, self._glossary, skipped=turn.skipped, weighed=answer.status != "abstained")
        return composed, answer.model_copy(update={"known": known})

    def _standard(self, turn: _Turn, clock: _Clock) -> Answer | None:
        """The approved reply to a first question without facts, if there is one that passes the gate."""
        if self._standard_replies is None or turn.history or turn.facts or turn.forget or turn.settled is not None:
            return None
        documents = self.release.documents
        found = self._standard_replies(turn.question, lambda: self._answered(turn, clock)[1], documents)
        if found is None:
            return None
        made, faults = standard_answer(found, documents, question=turn.question)
        faults = faults or (self._unbacked(made) if made else ())
        for fault in faults:
            _log.warning("a standard reply was not shown: %s", fault)
        return None if faults else made

    # --- the words of a chat model --------------------------------------------------------------------------------------

    def _worded(
        self,
        turn: _Turn,
        composed: Composed,
        answer: Answer,
        key: str,
        clock: _Clock,
        stopped: Callable[[], bool],
    ) -> Generator[WordedSentence, None, Answer]:
        """The answer in the model's words where enough of them pass, else the composed one.

        Once the whole answer with the sentences so far passes the gate, none of them is taken back: one with which it
        would not pass is left out.
        """
        assert self._wording is not None
        if not answer.citations or not _is_shown_whole(composed, answer):
            return answer
        with clock.stage("model"):
            asked = turn.question[: self.settings.max_question]
            wording = self._wording.word(asked, answer, composed.draft, stopped=stopped)
            reworded: Answer | None = None
            for sentence in wording:
                if (draft := wording.draft()) is not None:
                    made = self._reworded(turn, replace(composed, draft=draft), answer, self._wording.model.name)
                    if made is None:
                        wording.drop()
                        continue
                    reworded = made
                text, evidence = render(wording.so_far())
                so_far = _with_words(
                    answer, text, cite(evidence, self.release.documents), _numbered(composed, evidence)
                )
                yield WordedSentence(sentence, so_far, stands=reworded is not None)
        answer = reworded or answer
        if wording.complete:
            self._cache.keep(key, answer)
        return answer

    def _reworded(self, turn: _Turn, composed: Composed, answer: Answer, model: str) -> Answer | None:
        """The same answer with another draft; null where the gate would drop anything of it."""
        draft, faults = verify_draft(
            composed.draft,
            self.release.documents,
            asked=turn.asked,
            rewards=composed.rewards,
            total=composed.total_yuan,
        )
        for fault in faults:
            _log.warning("a worded answer was not shown: %s", fault.reason)
        if faults:
            return None
        text, evidence = render(draft)
        reworded = _with_words(answer, text, cite(evidence, self.release.documents), _numbered(composed, evidence))
        reworded.provenance = answer.provenance.model_copy(update={"model": model})
        failures = [*answer_faults(reworded, self.release.documents), *self._unbacked(reworded)]
        for failure in failures:
            _log.warning("a worded answer was not shown: %s", failure)
        return None if failures else reworded

    def _key(self, turn: _Turn, wording: Wording) -> str:
        made_from = self._provenance().model_copy(update={"model": wording.model.name})
        facts = {**(turn.facts or {}), "settled": dict(turn.settled)} if turn.settled else turn.facts
        return answer_key(turn.question, turn.history, facts, turn.day, made_from, turn.forget)

    def _provenance(self) -> Provenance:
        return Provenance(
            release=self.release.release_id,
            rules=self.release.rules.fingerprint[:12],
            prompts=self._phrases.fingerprint,
            model=None,
        )

    # --- steps --------------------------------------------------------------------------------------------------------

    def _compose(self, question: Question, day: date, clock: _Clock) -> Composed:
        compose = self._composer
        match question.topic:
            case "empty":
                return compose.scope(question, "scope.empty")
            case "instruction":
                return compose.scope(question, "scope.instruction")
            case "greeting" | "thanks" | "out_of_scope" | "identity":
                keys = () if question.topic == "identity" else (f"scope.{question.topic}",)
                return self._spoken_of(question, day, clock) or compose.scope(question, *keys)
            case "coverage" if not question.places:
                return self._spoken_of(question, day, clock) or compose.coverage(question, ())
        if not self.release.documents:
            return compose.scope(question, "scope.empty_corpus")
        rivals = contested(question.places, self.release.documents.values())
        if rivals:
            # One city's amounts must not pass for those of another that is written alike (Taizhou).
            return compose.which_place(question, rivals)
        scope = find_scope(question, self.release.documents.values(), self._gazetteer)
        if scope.past:
            return compose.only_past(question, scope.past, day)
        if scope.foreign and not scope.documents:
            return compose.no_policy(question, _place_name(scope.foreign, question))
        composed = self._scoped(question, scope, day, clock)
        if scope.read_as is not None:
            composed = compose.with_reading(question, composed, scope.read_as.surface, scope.read_as.name)
        at_home = question.home is not None and question.home.name == scope.foreign and question.topic == "reward"
        if scope.foreign and scope.documents and not scope.mentioned_only and not at_home and composed.draft.evidence():
            return self._composer.with_foreign(question, composed, _place_name(scope.foreign, question))
        return composed

    def _spoken_of(self, question: Question, day: date, clock: _Clock) -> Composed | None:
        """The answer to what sounds like none of the product's business, where the documents do speak of it.

        What is off topic for standards (housing funds, tax rates) is the topic of other policies.
        """
        off_topic = question.topic != "coverage"
        if not self.release.documents or not self._finder.is_spoken_of(question, off_topic=off_topic):
            return None
        scope = find_scope(question, self.release.documents.values(), self._gazetteer)
        good = self._good(question, scope, clock)
        return self._stated(question, good, day) if good else None

    def _scoped(self, question: Question, scope: Scope, day: date, clock: _Clock) -> Composed:
        """The answer from the documents in scope."""
        match question.topic:
            case "coverage":
                return self._spoken_of(question, day, clock) or self._composer.coverage(question, scope.documents)
            case "validity":
                return self._about(question, scope, self._composer.validity, day, clock)
            case "metadata" if not self._composer.asks_of_part(question, scope.documents):
                return self._about(question, scope, self._composer.metadata, day, clock)
            case "reward" | "stacking":
                return self._reward(question, scope, day, clock)
            case "procedure":
                return self._procedure(question, scope, day, clock)
        return self._fact(question, scope, day, clock)

    def _about(
        self,
        question: Question,
        scope: Scope,
        write: Callable[[Question, Sequence[Document], date], Composed],
        day: date,
        clock: _Clock,
    ) -> Composed:
        """Questions about a document itself: of the documents in scope, or of all where none is named."""
        if scope.mentioned_only:
            return self._composer.no_policy(question, _place_name(scope.foreign or "", question))
        documents = scope.documents or tuple(self.release.documents.values())
        if question.attribute == "doc_no" and (referred := self._composer.referred_number(question)):
            return referred
        if len(documents) <= _ABOUT_AT_ONCE:
            return write(question, documents, day)
        # Too many to say it of each: the documents' own words on it, if they have any.
        good = self._good(question, scope, clock)
        return self._stated(question, good, day) if good else self._composer.which_place(question, documents)

    def _reward(self, question: Question, scope: Scope, day: date, clock: _Clock) -> Composed:
        book = self._rules
        if not book.all:
            return self._without_rules(question, scope, day, clock)
        if scope.mentioned_only:
            return self._composer.no_policy(question, _place_name(scope.foreign or "", question))
        paying = [d for d in scope.documents if d.policy.id in self._composer.reward_policies]
        if not scope.named:
            holders = [
                d
                for d in self.release.documents.values()
                if d.policy.id in self._composer.reward_policies and not d.policy.is_past
            ]
            return self._composer.which_place(question, holders or scope.documents)
        comparing = "comparison" in question.intents or _side_by_side(question)
        paid = {_place_of(d) for d in paying}
        silent = [d for d in scope.documents if d not in paying and _place_of(d) not in paid]
        # 注册在泰州，能领扬州的吗: the asker is at home elsewhere and asks of the place that pays.
        outside = scope.foreign is not None and question.home is not None and question.home.name == scope.foreign
        if not comparing and (silent or (scope.foreign and not outside)):
            # One place's amounts are never lent to another that is asked about.
            paying = []
            scope = replace(scope, documents=tuple(silent))
        if not scope.documents:
            return self._composer.no_policy(question, _place_name(scope.foreign or "", question))
        if not paying:
            if question.attribute == "definition":
                return self._fact(question, scope, day, clock)
            return self._unpaid(question, scope, day, clock)
        parts = []
        with clock.stage("rules"):
            # A year that names one of the documents is not when the asker did something.
            years = [year for document in paying for year in known_years(document)]
            for document in paying:
                rules = book.policies.get(document.policy.id)
                claim = claim_of(question, scope.located, rules, outside=outside, years=years)
                outcome = evaluate(book, document.policy, claim, day, with_unreviewed=self.settings.unreviewed_rules)
                parts.append(self._rewards.compose(question, document, outcome, day))
        if silent:
            parts.append(self._composer.not_stated(question, "notstated.per_item", silent, [], day))
        return parts[0] if len(parts) == 1 else self._rewards.together(question, parts)

    def _without_rules(self, question: Question, scope: Scope, day: date, clock: _Clock) -> Composed:
        """A payment asked of documents without any rules: in their words, but never one for other work."""
        if any(thing.level for thing in question.things) and not scope.named:
            return self._composer.which_place(question, scope.documents)
        held = scope.named and bool(scope.documents) and not scope.mentioned_only
        if held and any(thing.level or thing.activity for thing in question.things):
            return self._unpaid(question, scope, day, clock)
        composed = self._fact(question, scope, day, clock)
        if held and composed.status == "abstained":
            return self._composer.not_stated(question, "notstated.no_amount", scope.documents, [], day)
        return composed

    def _unpaid(self, question: Question, scope: Scope, day: date, clock: _Clock) -> Composed:
        """A reward is asked for where no rule states one: the sentence that answers, or what comes nearest to it."""
        passages = self._passages(question, scope, clock)
        if shown := self._unreviewed(question, passages):
            return self._composer.unreviewed(question, shown, day)
        if question.things and any(thing.level or thing.activity for thing in question.things):
            what = "notstated.per_item"
        else:
            # Another payment of the same document must not pass for the one asked about.
            stated = passages and passages[0].fits and passages[0].own_coverage >= _SAME_PAYMENT
            if stated and confidence(passages, question) >= self.settings.evidence_confidence:
                return self._composer.facts(question, [passages[:1]], day)
            what = "notstated.no_amount"
        near = [p for p in passages if p.own_coverage >= _NEARBY_COVERAGE]
        nearby = sorted(near, key=lambda p: -p.own_coverage)[:2]
        return self._composer.not_stated(question, what, scope.documents, nearby, day)

    def _unreviewed(self, question: Question, passages: Sequence[Passage]) -> list[Passage]:
        """The sentences on the work asked about with amounts, of documents whose rewards are in no rules yet."""
        stating = [
            p
            for p in passages
            if p.document.policy.id not in self._rules.policies
            and p.own_coverage >= _NEARBY_COVERAGE
            and any(quantity.kind in ("money", "percent") for quantity in find_quantities(p.text))
            and self._speaks_of(p.text, question)
        ]
        best = max((p.own_coverage for p in stating), default=0.0)
        return [p for p in stating if p.own_coverage >= best * 0.8][:2]

    def _speaks_of(self, text: str, question: Question) -> bool:
        """Whether a text names the work that rewards are asked for; true where none is named."""
        said = {(match.slot, match.value) for match in self._glossary.find_slots(text)}
        wanted = [
            {("level", thing.level), ("activity", None if thing.activity in DRAFTING else thing.activity)}
            for thing in question.things
        ]
        return not wanted or any(all(pair in said for pair in pairs if pair[1]) for pairs in wanted)

    def _procedure(self, question: Question, scope: Scope, day: date, clock: _Clock) -> Composed:
        """How to apply: a sentence that holds the words such an answer needs, or a plain 未见规定."""
        attribute = question.attribute or "procedure"
        asked = self._glossary.data.intents["procedure"].attributes.get(attribute)
        needed = asked.evidence if asked else ()
        every = self._passages(question, scope, clock)
        passages = [p for p in every if not needed or any(word in p.text for word in needed)]
        sure = confidence(passages, question)
        if not scope.named and len(self.release.documents) > 1:
            # One office's telephone or deadline must not pass for another's.
            if passages and sure >= self.settings.evidence_confidence_unscoped and self._finder.is_spoken_of(question):
                return self._stated(question, passages, day)
            return self._composer.which_place(question, scope.documents)
        if sure >= self.settings.evidence_confidence:
            return self._composer.facts(question, [passages[:1]], day)
        return self._composer.not_stated(question, f"notstated.{attribute}", scope.documents, [], day)

    def _fact(self, question: Question, scope: Scope, day: date, clock: _Clock) -> Composed:
        question = self._by_own_words(question, scope, clock)
        if overview := self._overview(question, scope, day, clock):
            return overview
        if parts := parts_of(question):
            found = [self._good(part, scope, clock) for part in parts]
            if all(found):
                return self._composer.facts(question, _by_document(best[0] for best in found), day)
        if (
            scope.named
            and 1 < len(scope.documents) <= _COMPARED
            and (len(question.places) > 1 or "comparison" in question.intents)
        ):
            groups = [
                self._passages(_asked_of(question, document, scope), replace(scope, documents=(document,)), clock)[:1]
                for document in scope.documents
            ]
            groups = [[p for p in group if p.fits and p.signs.coverage >= _NEARBY_COVERAGE] for group in groups]
            if any(groups):
                return self._composer.facts(question, [group for group in groups if group], day)
        good = self._good(question, scope, clock)
        if not good and question.years and "yes_no" in {match.kind for match in question.answer_types}:
            # A premise with a wrong year is answered with what the document does say.
            instead = self._good(replace(question, years=()), scope, clock)
            if instead:
                return self._composer.facts(question, [instead[:1]], day, lead="fact.instead")
        if not good:
            if scope.mentioned_only:
                return self._composer.no_policy(question, _place_name(scope.foreign or "", question))
            if not scope.named and not question.slots and not self._glossary.find_terms(question.query):
                return self._composer.scope(question, "scope.out_of_scope")
            if near := self._near(question, scope, clock):
                return self._composer.nearest(question, scope.documents if scope.named else (), near, day)
            return self._composer.nothing_found(question, scope.documents if scope.named else ())
        return self._stated(question, good, day)

    def _near(self, question: Question, scope: Scope, clock: _Clock) -> list[Passage]:
        """What comes nearest to a question that no sentence surely answers; none where that is of something else."""
        every = self._passages(question, scope, clock)
        related = scope.named or (bool(every) and every[0].signs.overlap >= _NEARBY_OVERLAP)
        if not related or confidence(every, question) < self.settings.evidence_nearby:
            return []
        return every[:_NEAREST]

    def _overview(self, question: Question, scope: Scope, day: date, clock: _Clock) -> Composed | None:
        """What is answered from what is known of whole documents: numbers referred to, goals, headings."""
        compose = self._composer
        asked = {match.kind for match in question.answer_types}
        if "doc_number" in asked and (referred := compose.referred_number(question)):
            return referred
        # A province's lists are none of a city that it merely mentions.
        about = scope.documents if scope.named and not scope.mentioned_only else ()
        goals = compose.goal_years(question, about, day) or compose.goal_figures(question, about, day, measured=True)
        if goals:
            return goals
        if listed := self._listing(question, scope, clock):
            return compose.outline_list(question, listed.document, listed.head, listed.items, day)
        return compose.goal_figures(question, about, day, measured=False)

    def _by_own_words(self, question: Question, scope: Scope, clock: _Clock) -> Question:
        """A follow-up by its own words where they say enough (工作经费呢), else with those of the turn before it."""
        own = replace(question, query=normalize(question.text).text)
        if own.query == question.query or not self._finder.units(own):
            return question
        return own if confidence(self._passages(own, scope, clock), own) >= _SURE else question

    def _listing(self, question: Question, scope: Scope, clock: _Clock) -> Listing | None:
        """The items under the heading a question names, in the documents named or else in those found first."""
        if scope.mentioned_only:
            return None
        if scope.named and len(scope.documents) <= _LISTED_FROM:
            return best_listing(question, scope.documents, self._glossary)
        if not asks_for_list(question):
            return None
        first = self._passages(question, scope, clock)[:_LISTED_FROM]
        found = {passage.document.policy.id: passage.document for passage in first}
        return best_listing(question, found.values(), self._glossary)

    def _stated(self, question: Question, good: Sequence[Passage], day: date) -> Composed:
        """Sentences that answer, best first, as far as they are shown."""
        sure = confidence(good, question) >= _SURE
        return self._composer.facts(question, _grouped(good, several=_several(question), sure=sure), day)

    def _good(self, question: Question, scope: Scope, clock: _Clock) -> list[Passage]:
        """The sentences that answer, best first; none where the best is too unsure."""
        every = self._passages(question, scope, clock)
        if "budget" in question.intents:
            # What is set aside in a year is asked for, not what a rule pays for one thing.
            every = [p for p in every if not self._is_reward(p)]
        passages = [p for p in every if p.fits]
        enough = self.settings.evidence_confidence if scope.named else self.settings.evidence_confidence_unscoped
        if confidence(every, question) < enough:
            return []
        return [p for p in passages if p.own_coverage >= passages[0].own_coverage * 0.5]

    def _is_reward(self, passage: Passage) -> bool:
        """Whether a passage is the wording of a reward rule."""
        rules = self._rules.for_policy(passage.document.policy.id)
        spans = [(rule.start, rule.end) for rule in rules if rule.start is not None and rule.end is not None]
        return any(start < passage.span.end and passage.span.start < end for start, end in spans)

    def _passages(self, question: Question, scope: Scope, clock: _Clock) -> list[Passage]:
        every = self._standing(question)
        policies = tuple(sorted(every)) if every is not None else None
        if scope.named:
            policies = tuple(document.policy.id for document in scope.documents)
        key = (question.query, question.text, question.years, question.answer_types, policies, scope.mentioned_only)
        held = clock.passages.get(key)
        if held is None:
            held = clock.passages[key] = self._searched(question, scope, policies, clock)
        return held

    def _searched(
        self, question: Question, scope: Scope, policies: Sequence[str] | None, clock: _Clock
    ) -> list[Passage]:
        with clock.stage("retrieve"):
            vector = clock.vectors.get(question.query)
            if vector is None:
                vector = clock.vectors[question.query] = self._retriever.vector(question.query)
            reworded = self._rewriter.rewrite(question) if self._rewriter else None
            hits = self._retriever.search(
                question.query,
                limit=self.settings.evidence_clauses,
                terms=[*self._terms(question), *([reworded] if reworded else [])],
                policies=policies,
                vector=vector,
            )
        clock.made("retrieval", hits)
        with clock.stage("extract"):
            required: Collection[str] = [scope.foreign] if scope.mentioned_only and scope.foreign else ()
            passages = self._finder.passages(question, hits, vector, required_places=required)
        clock.made("passages", passages)
        return passages

    def _standing(self, question: Question) -> set[str] | None:
        """The policies that may answer where none is named; None for all of them."""
        every = self.release.documents
        found = {document.policy.id for document in standing(question, every.values())}
        return found if len(found) < len(every) else None

    def _terms(self, question: Question) -> list[str]:
        if question.language == "en":
            return [*self._glossary.translate_terms(question.query), *self._finder.translated(question.query)]
        return self._glossary.expand(question.query)

    def _verified(
        self, question: Question, composed: Composed, asked: Sequence[str], question_id: str | None
    ) -> Answer:
        documents = self.release.documents
        draft, faults = verify_draft(
            composed.draft, documents, asked=asked, rewards=composed.rewards, total=composed.total_yuan
        )
        for fault in faults:
            _log.warning("a line was not shown: %s", fault.reason)
        text, evidence = render(draft)
        answer = Answer(
            id=question_id,
            status="partial" if faults and composed.status == "answered" else composed.status,
            language=question.language,
            answer=text,
            citations=cite(evidence, documents),
            rewards=_numbered(composed, evidence),
            total_yuan=composed.total_yuan,
            question_back=composed.question_back,
            suggestions=list(composed.suggestions or self._follow_ups(question, evidence)),
            warnings=list(composed.warnings),
            provenance=self._provenance(),
        )
        failures = [*answer_faults(answer, documents), *self._unbacked(answer)]
        if (composed.draft.evidence() and not evidence) or failures:
            _log.error("an answer failed verification and was withheld: %s", "; ".join(failures) or "no evidence left")
            return self._verified(question, self._composer.nothing_found(question, ()), asked, question_id)
        return answer

    def _follow_ups(self, question: Question, evidence: Sequence[Evidence]) -> tuple[str, ...]:
        """Questions to go on with after an answer that quotes documents: about the first of them."""
        if not evidence:
            return ()
        policy, language = self.release.documents[evidence[0].policy_id].policy, question.language
        return document_follow_ups(
            title=policy.title_in(language).strip("《》"),
            place=self._composer.place_name(policy, language) if policy.place else None,
            pays=policy.id in self._composer.reward_policies,
            is_known=question.topic == "validity",
            say=partial(self._composer.say, language),
        )

    def _unbacked(self, answer: Answer) -> list[str]:
        """Reward rows whose cited quote does not hold the words their amount was read from."""
        quotes = {citation.n: squeezed(citation.quote) for citation in answer.citations}
        said = {rule.rule_id: rule.said for rule in self._rules.all if rule.said}
        return [
            f"the quote of `{row.rule_id}` does not say {said[row.rule_id]}"
            for row in answer.rewards
            if row.yuan is not None
            and row.rule_id in said
            and squeezed(said[row.rule_id] or "") not in quotes.get(row.citation or 0, "")
        ]


class _Clock:
    """Milliseconds by stage, what each stage made, for whoever observes, and what was found for one question already."""

    def __init__(self, observe: Observer | None = None) -> None:
        self.passages: dict[Hashable, list[Passage]] = {}
        self.vectors: dict[str, list[float]] = {}
        self._start = time.perf_counter()
        self._times: dict[str, float] = {}
        self._observe = observe

    def made(self, stage: str, product: object) -> None:
        if self._observe is not None:
            self._observe(stage, product)

    @contextmanager
    def stage(self, name: str) -> Iterator[None]:
        start = time.perf_counter()
        try:
            yield
        finally:
            self._times[name] = self._times.get(name, 0.0) + (time.perf_counter() - start) * 1000

    def times(self) -> dict[str, float]:
        total = (time.perf_counter() - self._start) * 1000
        return {name: round(value, 1) for name, value in {"total": total, **self._times}.items()}


@dataclass(frozen=True)
class _Turn:
    """What is asked, with what was said before it, but for the first `skipped` turns."""

    question: str
    history: tuple[str, ...]
    facts: Mapping[str, object] | None
    day: date
    skipped: int = 0
    forget: frozenset[str] = frozenset()
    settled: Mapping[str, object] | None = None

    @property
    def asked(self) -> list[str]:
        """All that was said by whoever asks: an answer may repeat its numbers."""
        return [self.question, *self.history, *(str(value) for value in (self.settled or {}).values())]


def _with_words(answer: Answer, text: str, citations: list[Citation], rewards: list[RewardRow]) -> Answer:
    """The same answer in other words, with what they cite."""
    return answer.model_copy(update={"answer": text, "citations": citations, "rewards": rewards})


def _is_shown_whole(composed: Composed, answer: Answer) -> bool:
    """Whether the gate let all of a composed answer pass."""
    return render(composed.draft)[0] == answer.answer


def _numbered(composed: Composed, evidence: Sequence[Evidence]) -> list[RewardRow]:
    """The reward rows of an answer with the numbers of the citations they rest on."""
    number = {item: n for n, item in enumerate(evidence, 1)}
    rows = []
    for row, item in zip(composed.rewards, composed.row_evidence, strict=True):
        mark = number.get(item)
        conditions = [
            c.model_copy(update={"citation": mark if c.citation is not None else None}) for c in row.conditions
        ]
        rows.append(row.model_copy(update={"citation": mark, "conditions": conditions}))
    return rows


def _place_of(document: Document) -> str:
    policy = document.policy
    return policy.place.name if policy.place else policy.id


def _written_places(question: Question) -> list[str]:
    """The Chinese names of the places an English question names: documents write no others."""
    return [place.name for place in question.places] if question.language == "en" else []


def _place_name(name: str, question: Question) -> str:
    for place in question.places:
        if name in (place.name, place.surface):
            return place.name_en if question.language == "en" and place.name_en else place.name
    return name


def _side_by_side(question: Question) -> bool:
    """Whether places are named together (广州和扬州), so that each is asked about for itself."""
    places = sorted(question.places, key=lambda place: place.start)
    between = [question.query[a.end : b.start] for a, b in pairwise(places)]
    return any(_CONJUNCTION.fullmatch(words) for words in between)


def _asked_of(question: Question, document: Document, scope: Scope) -> Question:
    """A question to several documents as one to this one: a year that names another of them is not asked of it."""
    others = {year for other in scope.documents if other is not document for year in known_years(other)}
    return replace(question, years=tuple(year for year in question.years if year not in others))


def _by_document(passages: Iterable[Passage]) -> list[list[Passage]]:
    """Passages in order, each once, those of one document together."""
    groups: dict[str, list[Passage]] = {}
    for passage in passages:
        group = groups.setdefault(passage.document.policy.id, [])
        if passage.span not in [other.span for other in group]:
            group.append(passage)
    return list(groups.values())


def _several(question: Question) -> bool:
    """Whether a question asks for more than one fact."""
    return "comparison" in question.intents or bool(_EACH.search(question.query))


def _grouped(passages: Sequence[Passage], *, several: bool, sure: bool) -> list[list[Passage]]:
    """The best passage, with close seconds of the same document; other documents only where they answer as well.

    An unsure first place is shown with what comes next to it; a question for several facts with what states the others.
    """
    best = passages[0]
    most = 3 if several or not sure else 2
    groups: dict[str, list[Passage]] = {best.document.policy.id: [best]}
    for passage in passages[1:]:
        key = passage.document.policy.id
        near = passage.score >= best.score * (0.6 if several else 0.88 if sure else 0.75)
        if key in groups and len(groups[key]) < most and near:
            groups[key].append(passage)
        elif key not in groups and len(groups) < (3 if several else 2) and near:
            groups[key] = [passage]
    return list(groups.values())
