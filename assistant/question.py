"""Understands a question: what is asked, about which place and year, with which facts; and carries a dialogue forward.

`Understanding.read` reads one turn by itself; `understand` folds the earlier turns in, which fill what the new turn leaves
out, and only that.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from typing import Any, Literal

from assistant.mentions import (
    Event,
    Language,
    Rank,
    find_counts,
    find_documents,
    find_event,
    find_ranks,
    find_years,
    language_of,
)
from assistant.objects import named_work
from assistant.things import Found, Thing, find_things, own_rank
from knowledge.glossary import AnswerTypeMatch, Glossary, IntentMatch, SlotMatch
from knowledge.normalize import normalize
from knowledge.places import WITHIN_CITY, Gazetteer, PlaceMatch
from knowledge.quantities import Quantity, find_quantities

Topic = Literal[
    "empty",
    "greeting",
    "thanks",
    "identity",
    "instruction",
    "out_of_scope",
    "coverage",
    "validity",
    "metadata",
    "reward",
    "stacking",
    "procedure",
    "fact",
]
# Topics that say something about the asker's own case; a follow-up may inherit them.
_CARRIED_TOPICS = frozenset({"reward", "fact", "validity", "metadata", "procedure", "stacking"})
# Facts about the asker's company: they stay true whatever is asked next.
_COMPANY_SLOTS = frozenset({"location", "listing", "applicant"})
# Facts about one piece of work: they belong to the topic they were said in.
_WORK_SLOTS = frozenset({"level", "activity", "role", "committee", "status", "export", "proposer", "origin"})
# Slots that name what a reward is asked for.
_NAMED_WORK = frozenset({"level", "activity", "committee", "origin"})
# Of these each piece of work has its own.
_OWN_SLOTS = frozenset({"status", "role", "proposer"})
_PAID_WORK = frozenset({"formulate_standard", "revise_standard", "adopt_standard", "host_committee"})
_COUNTED_WORK = frozenset({"adopt_standard", "host_committee"})
_REWARD_TOPICS = frozenset({"reward", "stacking"})
# Parts of a procedure that are asked of nothing else; materials or a deadline may be those of another matter.
_OWN_PROCEDURE = frozenset({"contact", "time_to_pay"})
# What is asked of a reward besides its amount; alone in a turn it is asked of the reward spoken of before.
_SIDE_INTENTS = frozenset({"who_pays", "eligibility", "total", "reward_amount", "stacking", "highest", "lowest"})
# What asks for no amount, whatever was spoken of before.
_BESIDE_AMOUNTS = frozenset({"responsible_body", "definition", "budget"})
_MONEY_BENEFITS = frozenset({"reward", "subsidy", "matching", "money"})
_FOLLOW_UP = re.compile(
    r"^(?:那么?|如果|要是|换成|换做|假如|假设|还有|另外|以及|再|又|若|and\b|what about|how about|what if|if (?:it|we|i|they|the)\b|then\b|also\b|same |but (?:what|if)\b|suppose\b|plus\b|another\b|one more\b)|呢[?？。!！\s]*$|的话[?？。!！\s]*$",
    re.IGNORECASE,
)
_ADDING = re.compile(
    r"^(?:那么?|如果|要是|若)?(?:我们)?(?:再|还|另外|又)*(?:加上?|外加|另加|多)(?:了|一)?|^(?:and |what if |if )?(?:we |i )?(?:also )?(?:add|plus|another|one more|an additional)\b|^(?:and )?(?:we|i) also\b|^as well as\b|\bas well[?.!\s]*$",
    re.IGNORECASE,
)
# 国标多少: how much, where nothing is counted.
_BARE_AMOUNT = re.compile(r"多少(?![家个项名人种份条次年件类所座位届%])|几万|几个钱|\bhow much\b")
# Words for further work; with a number of it, it is counted beside what was spoken of before.
_ASKING = re.compile(r"[?？]|还是|哪|什么|怎|吗|几[个项家]|多少")
_THOUSANDS = re.compile(r"(?<![\w.,])(\d{1,4})k\b(?! (?:yuan|rmb|cny))")
_SPEAKS_OF_WORK = re.compile(r"标|产品|委员会|standard|product|committee|\b(?:TC|SC|WG)\b", re.IGNORECASE)
_SPEAKS_OF_STANDARDS = re.compile(r"标准|[国行团企省市地]标")
_BARE_LEVEL_ZH = re.compile(
    r"(国际|国家|行业|省级地方|市级地方|省级|市级|团体)(\s*[:x×*]?\s*\d{1,2}(?:项|个)?(?=[、,;和及与。 ]|$|标准))"
)
_BARE_LEVEL_EN = re.compile(
    r"((?<![\w-])(?:\d{1,3}|an?|one|two|three|four|five|six|seven|eight|nine|ten|both|all|each)(?: (?:more|further|new|are|were|of them))* (?:international|national|industry|provincial|municipal))"
    r"(?=\s*(?:$|[,.;?!+&/]|(?:and|plus|too|as well|ranked|published|where|in total|altogether)\b))"
)
_OTHER_AWARD = re.compile(r"级的$|\bones?$")
# How far behind the payer an amount may stand that it has paid.
_PAID_WITHIN = 24
_PAID_OUT = re.compile(
    r"奖|给|发|补|拿|资助|\b(?:award\w*|reward\w*|paid|gave|given|grant\w*|subsid\w+|received|got)\b"
)
# 主导单位的一半: a share of what that role is paid.
_SHARE_OF = re.compile(r"(?:单位|企业)?的(?:几成|一半|\d|百分|金额|多少|比例)|'?s? (?:share|amount)\b")
# 别人牵头: the role is another's.
_THEIRS = re.compile(r"(?:别人|人家|其他单位|别的单位|其他公司|别的公司|对方|他们)(?:是|单位|公司)?$")
# Further words on a number that the turn before gave.
_OF_THOSE = re.compile(
    r"^有?[一两二三四五六\d]{1,2}[项个](?:是|没|未|已|还|尚|排|参与|参编|牵头|修订|发布)|^(?:其中|里面|当中|(?:one|two|three|\d+) of (?:them|those|these)\b|of (?:them|those|these)\b)"
)
# What a question may state of the asker's own case; an instruction to the assistant states nothing.
_FACT_SLOTS = frozenset({"status", "listing", "export", "proposer", "role", "location"})
_TOLD_END_ZH, _TOLD_END_EN = re.compile(r"[,，。;；!！?？\n]"), re.compile(r"[.;!?\n]")
_PAYING = re.compile(
    r"一样多|给|奖|补贴|补助|资助|拿|扶持|\b(?:pays?|paid|reward\w*|grants?|subsid\w+|awards?|generous)\b"
)
_DONE_IN = re.compile(r"(?:^|[^存])(?:在|于)$|\b(?:in|at)(?: the)?\s*$")
_FURTHER = re.compile(
    r"还有|另外|另有|再加|又有|此外|\b(?:also|too|as well|plus|besides|additional|in addition|on top)\b"
)
_AND_STATED = re.compile(r"^and\b|^以及|^和")
_FIRST_PERSON = re.compile(
    r"我们|我司|我厂|我公司|本公司|我们厂|咱|俺|我\b|我(?=在|是|做|牵|排)|\b(?:we|our|us|i|my|ours)\b"
)
# What makes a location the name of an amount: 市区的一半, the urban amount.
_REFERENCE = re.compile(
    r"(?:企业)?的?(?:一半|金额|标准的|几成|比例|数额|百分|待遇|那么多)"
    r"|(?:[ -](?:firms?|companies|enterprises?|districts?)'?s?)?'?s? (?:amount|rate|figure|sum|level)\b"
)
_NOT_LISTED = re.compile(
    r"(?:不是|并非|非|不属于|不算|不在|没有?|未|尚未)(?:被)?(?:列入|列为|入选|评为|评上|认定为?|获评|进入?|获得|取得)?(?:年度)?(?:市级?的?)?$"
    r"|\b(?:not|never|without|no)(?: yet)?(?: been)?(?: listed| designated| recogni[sz]ed)?(?: an?| any| as| on| in| among| the| part of){0,3}(?: municipal)?\s*$"
)
# 梯度培育呢: what is asked about next.
_WHAT_OF = re.compile(r"呢(?=[?？。!！\s]*$)")
# How far apart two words of one location (county or county-level city) may stand.
_ONE_NAME = 30
_OFFERED_NEXT = re.compile(r"(?:企业)?的?(?:标准|算|给)?(?:,|，)?还是|(?: \w+)? or\b")
_OFFERED_BEFORE = re.compile(r"还是(?:按|算|属于|在)?$|\bor (?:an? |the )?$")
# Before the name of a body that is not the applicant: 跟着协会, through an association.
_HELPER = re.compile(
    r"(?:跟着?|随|通过|经|由|和|与|同|配合|协助|帮|找|向|\b(?:through|via|with|by|under|from|for)(?: the| an?)?)\s*$"
)
_FIRM_OF = re.compile(r"的?(?:企业|公司|厂|单位)|(?:-based)? (?:firm|company|enterprise)s?\b")
_PARTNER = re.compile(rf"(?:{_FIRM_OF.pattern})\s*(?:一起|一块|共同|合作|联合|合编|\b(?:together|jointly))")
# Where the asker is at home, before the name of a place.
_HOME = re.compile(
    r"(?:注册(?:地|在|于)?|设立|设在|位于|坐落|总部|工商|纳税|登记|来自|我们(?:公司|企业|厂)?在|我司在|公司在|企业在|厂在|人在)(?:地)?(?:在|于|是|是在)?$"
    r"|(?:总部|母公司|注册地)(?:在|位于|设在)$"
    r"|\b(?:hq|headquarters|head office|parent(?: company)?|parent firm) (?:is |are )?(?:in|at)(?: the)?\s*$"
    r"|\b(?:registered|based|located|situated|headquartered|incorporated|come|comes|firm|company|enterprise|plant|factory|we are|we're) (?:in|from|at)(?: the)?\s*$"
)
BRANCH = re.compile(r"分厂|分公司|子公司|分支|\b(?:branch|subsidiary|(?:plant|factory|office) in)\b")
# The year inside a document number names the document, not a time.
_DOC_NO = re.compile(r"[〔\[]\d{4}[〕\]]\s*\d+\s*号")
_CONTROL = re.compile(r"[\x00-\x08\x0b-\x1f\x7f\u200b-\u200f\u2028-\u202e\u2060-\u206f\ufeff]")


@dataclass(frozen=True)
class Question:
    """A question understood.

    Attributes:
        text: the question as asked, cleaned of control characters.
        topic: what kind of reply it wants.
        attribute: the part that is asked of a procedure or of a document's metadata (materials, deadline, doc_no, …).
        places: places named, most specific first; carried over from earlier turns when the turn names none.
        documents: numbers and titles of documents named; carried over when the turn names neither a document nor a place.
        years: calendar years named.
        slots: values of each slot, in order of mention.
        things: what rewards are asked for.
        listed: all that the dialogue has named so far, each with what was said of it.
        rank: the asker's place among the drafters.
        band: a lowest place among which the asker is (前两位), where no single one is said.
        person_rank: whether a place is named that a person holds among the drafters, not the firm.
        received: what other treasuries have paid already, in yuan, by the level of the payer.
        event: when the work was published or completed.
        home: the place where the asker says to be at home.
        claimed_yuan: amounts of money that the question itself states.
        foreign_money: amounts in another currency, in the question's words.
        answer_types: kinds of answer the words ask for.
        query: the words to search with.
        points: what is asked that texts tend to leave open, by its topic in the rules (series, stacking, …).
        total: whether a sum is asked for.
        fragment: whether the turn is nothing but the names of things, as typed into a search box.
        carried: what was filled in from earlier turns.
        turns: each turn read by itself, this one last, with its number; of turns read as one that of the last.
    """

    text: str
    language: Language
    topic: Topic
    attribute: str | None = None
    intents: frozenset[str] = frozenset()
    places: tuple[PlaceMatch, ...] = ()
    documents: tuple[str, ...] = ()
    years: tuple[int, ...] = ()
    slots: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    things: tuple[Thing, ...] = ()
    listed: tuple[Thing, ...] = ()
    rank: int | None = None
    band: int | None = None
    received: Mapping[str, int] = field(default_factory=dict)
    person_rank: bool = False
    event: Event | None = None
    home: PlaceMatch | None = None
    claimed_yuan: tuple[int, ...] = ()
    foreign_money: tuple[str, ...] = ()
    answer_types: tuple[AnswerTypeMatch, ...] = ()
    query: str = ""
    points: tuple[str, ...] = ()
    total: bool = False
    fragment: bool = False
    carried: tuple[str, ...] = ()
    turns: tuple[tuple[int, Question], ...] = ()
    facts: Mapping[str, object] = field(default_factory=dict)
    asked_at: date | None = None

    def first(self, slot: str) -> str | None:
        """The first value of a slot, if any."""
        values = self.slots.get(slot, ())
        return values[0] if values else None


def clean(text: str, limit: int) -> str:
    """A question without control characters, at most `limit` characters long."""
    text = text.encode("utf-8", "replace").decode("utf-8")  # half a surrogate pair can be in JSON, but in no answer
    return _CONTROL.sub(" ", unicodedata.normalize("NFC", text)).strip()[:limit]


def _within(place: PlaceMatch, other: PlaceMatch) -> bool:
    """Whether a place is another one, or lies in it."""
    return place.code == other.code or other.code in place.parents


class Understanding:
    """Reads questions with the glossary and the gazetteer."""

    def __init__(self, glossary: Glossary, gazetteer: Gazetteer, *, limit: int = 2000) -> None:
        self.glossary = glossary
        self.gazetteer = gazetteer
        self.limit = limit

    def understand(
        self,
        text: str,
        *,
        history: Sequence[str] = (),
        facts: Mapping[str, object] | None = None,
        asked_at: date | None = None,
        keep: Callable[[Question], Question] = lambda earlier: earlier,
    ) -> Question:
        """The question with what earlier turns fill in.

        Args:
            text: the new turn.
            history: the user's earlier turns, oldest first.
            facts: what the user stated of the company or the work, by input name.
            asked_at: the day the question is asked.
            keep: what is kept of an earlier turn.
        """
        state: Question | None = None
        turns = [*history, text]
        *history, text = joined = _joined(turns)
        earlier = [keep(self.read(turn, asked_at)) for turn in history]
        for read in earlier:
            if read.topic in _CARRIED_TOPICS:
                before, state = state, self._carry(state, read)
                if before and before.topic in _REWARD_TOPICS and (read.topic, state.topic) == ("fact", "procedure"):
                    # Asked in passing: 那国家标准呢 goes on with what was spoken of.
                    state = replace(state, topic=before.topic, attribute=before.attribute, query=before.query)
                if not state.listed:
                    state = replace(state, listed=_listed(state, state.things, state))
        own = self.read(text, asked_at)
        question = self._carry(state, own)
        facts = self._of_these_places(facts or {}, question.places)
        if not question.places and isinstance(place := facts.get("place"), str):
            question = replace(question, places=tuple(self.gazetteer.find(place)))
        return replace(
            question,
            facts=facts,
            asked_at=asked_at,
            turns=tuple(zip(_numbers(turns, joined), (*earlier, own), strict=True)),
        )

    def _of_these_places(self, facts: Mapping[str, object], places: Sequence[PlaceMatch]) -> Mapping[str, object]:
        """The facts that may hold for the places of a question.

        A firm of one city is none of another, and where in the city it is gives way to a district that is named.
        """
        place = facts.get("place")
        if not places or not isinstance(place, str):
            return facts
        own = self.gazetteer.find(place)
        if not all(any(_within(one, other) or _within(other, one) for other in own) for one in places):
            return {}
        if any(one.code != other.code and _within(one, other) for one in places for other in own):
            return {name: value for name, value in facts.items() if name != "location"}
        return facts

    def read(self, text: str, asked_at: date | None = None) -> Question:
        """One turn by itself; `asked_at` is what 去年 is counted from."""
        text = clean(text, self.limit)
        plain = _spelled_out(self.glossary.respelled(normalize(text).text))
        slots = [_denied(match, plain) for match in self.glossary.find_slots(plain)]
        intents = self.glossary.find_intents(plain)
        named = frozenset(match.intent for match in intents if not match.weak)
        places = _without_level_places(self.gazetteer.find(plain) or self.gazetteer.find_fuzzy(plain), slots)
        places = places if "comparison" in named else _without_partners(places, plain)
        told = _told(intents, plain)
        if "stacking" in named:
            # 与省级的叠加, stack it with the provincial one: another level's award, not a level of standard.
            slots = [m for m in slots if m.slot != "level" or not _OTHER_AWARD.search(m.surface)]
        slots = [m for m in _without_references(slots, plain) if m.slot not in _FACT_SLOTS or not _inside(m, told)]
        places = _where_done(places, slots, plain)
        values, ranks = _values(slots), [rank for rank in find_ranks(plain) if not _inside(rank, told)]
        money = [q for q in find_quantities(plain) if _is_yuan(q, plain)]
        foreign = tuple(
            plain[q.start : q.end] for q in find_quantities(plain) if q.kind == "money" and q.unit != "CNY"
        ) or tuple(dict.fromkeys(plain[m.start : m.end] for m in intents if m.attribute == "currency"))
        received = _received(slots, money, plain)
        claimed = tuple(int(q.value) for q in money if int(q.value) not in received.values())
        claimed += tuple(int(match.group(1)) * 1000 for match in _THOUSANDS.finditer(plain))
        known = self._known(plain, slots, intents, ranks, places)
        found = find_things(
            plain,
            slots,
            find_counts(plain),
            [rank for rank in ranks if not rank.person],
            places=places,
            known=known,
            every_level="every_level" in named,
        )
        things = () if "list" in named and _is_all(found, values) else found.things
        fragment = bool(things) and _is_fragment(plain, [*known, *((p.start, p.end) for p in places)])
        topic, attribute = self._topic(
            plain,
            values,
            intents,
            places,
            ranks=ranks,
            claimed=claimed,
            things=things,
            fragment=fragment,
        )
        if topic == "reward" and _is_bare(things, values, ranks) and not _points(intents):
            things = self._named_work(plain, slots, intents, places, known) or things
        event = find_event(plain, asked_at)
        years = find_years(_DOC_NO.sub(" ", plain))
        if event and topic in _REWARD_TOPICS and plain.count(str(event.year)) == 1:
            # When a standard was published does not tell which document is meant.
            years = [year for year in years if year != event.year]
        summed = len(things) > 1 and all(thing.count for thing in things) and "comparison" not in named
        return Question(
            text=text,
            language=language_of(text),
            topic=topic,
            attribute=attribute,
            intents=named,
            places=tuple(places),
            documents=tuple(find_documents(text)),
            years=tuple(years),
            slots=_values(found.slots),
            things=things,
            rank=None if any(thing.rank for thing in things) else own_rank(plain, found.ranks),
            band=next((rank.value for rank in found.ranks if rank.band), None),
            received=received,
            person_rank=any(rank.person for rank in ranks),
            event=event,
            home=_home(places, plain),
            claimed_yuan=claimed,
            foreign_money=foreign,
            answer_types=tuple(self.glossary.answer_types(plain)),
            query=plain,
            points=_points(intents),
            total="total" in named or summed,
            fragment=fragment,
        )

    def _known(
        self,
        plain: str,
        slots: Sequence[SlotMatch],
        intents: Sequence[IntentMatch],
        ranks: Sequence[Rank],
        places: Sequence[PlaceMatch],
    ) -> list[tuple[int, int]]:
        """The ranges of words whose meaning is known."""
        known = [(m.start, m.end) for m in slots] + [(m.start, m.end) for m in intents]
        known += [(m.start, m.end) for m in self.glossary.answer_types(plain)]
        known += [(m.start, m.end) for m in find_quantities(plain)] + [(m.start, m.end) for m in ranks]
        known += [(m.start, m.end) for m in places]
        known += [(m.start, m.end) for m in find_counts(plain)]
        return [*known, *self.glossary.find_fillers(plain)]

    def _named_work(
        self,
        plain: str,
        slots: Sequence[SlotMatch],
        intents: Sequence[IntentMatch],
        places: Sequence[PlaceMatch],
        known: Sequence[tuple[int, int]],
    ) -> tuple[Thing, ...]:
        """Work that a reward is asked for by a name of its own, in words of no known meaning: 梯度培育奖励."""
        paid = [m for m in slots if m.slot == "benefit"]
        payments = [(m.start, m.end) for m in paid if m.value != "money"]
        payments += [match.span() for match in _WHAT_OF.finditer(plain)]
        amounts = [(m.start, m.end) for m in paid if m.value == "money"]
        amounts += [match.span() for match in _BARE_AMOUNT.finditer(plain)]
        breaks = [(p.start, p.end) for p in places] + [(m.start, m.end) for m in intents]
        breaks += [(c.start, c.end) for c in find_counts(plain)]
        found = named_work(plain, payments, amounts, [b for b in breaks if b not in (*payments, *amounts)], known)
        return (Thing("other", words=found.words, unknown=found.unknown),) if found else ()

    def _topic(
        self,
        plain: str,
        slots: Mapping[str, tuple[str, ...]],
        intents: Sequence[IntentMatch],
        places: Sequence[PlaceMatch],
        *,
        ranks: Sequence[Rank],
        claimed: Sequence[int],
        things: Sequence[Thing],
        fragment: bool,
    ) -> tuple[Topic, str | None]:
        if not re.search(r"\w", plain):
            return "empty", None
        named = {match.intent for match in intents if not match.weak}
        attributes = {match.intent: match.attribute for match in intents if match.attribute}
        money = bool(_MONEY_BENEFITS & set(slots.get("benefit", ())))
        work = bool(_NAMED_WORK & slots.keys()) or "role" in slots
        domain = bool(money or work or places or slots or self.glossary.find_terms(plain))
        spoken = bool(money or work or places or slots)
        if topic := _small_talk(named, plain, domain=domain, spoken=spoken):
            return topic, None
        if "coverage" in named and not work and not money:
            return "coverage", None
        if "validity" in named:
            return "validity", None
        asked = {match.kind for match in self.glossary.answer_types(plain)}
        figure = bool({"goal_or_figure", "budget"} & named)
        done = bool(ranks or {"role", "status", "export", "listing"} & slots.keys() or find_event(plain))
        payable = bool({"level", "committee", "role", "origin"} & slots.keys())
        hinted = any(match.intent == "reward_amount" for match in intents)
        loosely = hinted or bool({"total", "loose_amount"} & named)
        reward = "reward_amount" in named or money or (work and bool(claimed) and not figure)
        reward = reward or (work and not figure and bool({"highest", "lowest"} & named))
        reward = reward or (loosely and "location" in slots and not figure)
        reward = reward or (work and done and not figure and bool(loosely or _FIRST_PERSON.search(plain) or not asked))
        reward = reward or (payable and hinted and not figure)
        counted = any(thing.count or thing.unclear for thing in things) and not _ASKING.search(plain)
        reward = reward or (work and counted and not asked and not named - {"total"} and not figure)
        timeless = not find_years(plain) or any(place.level in WITHIN_CITY for place in places)
        bare = not figure and timeless and bool(_BARE_AMOUNT.search(plain))
        paid = {"level", "role"} & slots.keys() or {thing.activity for thing in things} & _PAID_WORK
        reward = reward or (bare and bool(paid))
        reward = reward or (bool(claimed) and bool({"eligibility", "who_pays"} & named) and not figure)
        reward = reward or (bool(claimed) and "applicant" in slots and "yes_no" in asked and not figure)
        reward = reward or ("eligibility" in named and "applicant" in slots and bool(places) and not figure)
        paying = bool(_PAYING.search(plain))
        revised = any(thing.activity == "revise_standard" for thing in things)
        checked = bool(revised or {"role", "status"} & slots.keys()) and "yes_no" in asked
        reward = reward or (bool(things) and paying and not figure and (checked or bool({"highest", "lowest"} & named)))
        reward = reward or (fragment and not named - {"every_level"} and not asked)
        reward = reward or (
            "comparison" in named
            and (len(places) > 1 or work)
            and not figure
            and bool(_PAYING.search(plain))
            and not named & {"list"}
        )
        reward = reward or (bool(ranks) and "yes_no" in asked and not named & {"metadata", "responsible_body", "stage"})
        if "out_of_scope" in named and not payable and not done and not ("open_point" in named and (money or claimed)):
            return "out_of_scope", None
        if "definition" in named and (work or ranks) and ("role" in slots or ranks) and not figure:
            return "reward", "definition"
        if "stacking" in named and reward:
            return "stacking", None
        about = reward or work or "location" in slots or claimed or "payer" in slots
        if "open_point" in named and about and (paying or not figure or work):
            return "reward", None
        applying = any(match.intent == "procedure" and not match.attribute for match in intents)
        if "procedure" in attributes and (reward or applying or attributes["procedure"] in _OWN_PROCEDURE):
            return "procedure", attributes["procedure"]
        if "metadata" in attributes and not work:
            return "metadata", attributes["metadata"]
        if reward and ("budget" not in named or (work and done)) and (work or "goal_or_figure" not in named):
            return "reward", None
        if work and ({"eligibility", "who_pays"} & named) and "goal_or_figure" not in named:
            return "reward", None
        if applying:
            return "procedure", None
        if "out_of_scope" in named and not (money or work):
            return "out_of_scope", None
        return "fact", None

    def _carry(self, earlier: Question | None, turn: Question) -> Question:
        if earlier is None or turn.topic not in _CARRIED_TOPICS:
            return turn
        if not turn.documents and not turn.places:
            turn = replace(turn, documents=earlier.documents)
        follows = _follows(turn, earlier)
        carried: list[str] = []
        places = turn.places
        if not places or _name_a_level(turn, earlier):
            places, carried = earlier.places, [*carried, "place"] if earlier.places else carried
        slots = dict(turn.slots)
        moved = bool(turn.places) and _names(turn.places) != _names(earlier.places)
        adds = not moved and _adds(turn, earlier)
        for slot, values in earlier.slots.items():
            if slot in slots or (slot == "location" and moved) or (adds and slot in _OWN_SLOTS):
                continue
            if slot in _COMPANY_SLOTS or (follows and _same_work(turn, earlier, slot)):
                slots[slot] = values
                carried.append(slot)
        sums = _asks_sum(turn) and not moved
        if sums and len(earlier.things) < 2 <= len(earlier.listed):
            return _summed(turn, earlier, places, slots, carried)
        if not follows and not adds:
            listed = turn.things if moved else _listed(earlier, turn.things, turn)
            return replace(turn, places=places, slots=slots, listed=listed, carried=tuple(carried))
        topic, attribute = (turn.topic, turn.attribute) if _has_topic(turn) else (earlier.topic, earlier.attribute)
        reward = earlier.topic in _REWARD_TOPICS
        if reward and (sums or adds or turn.claimed_yuan) and topic == "fact":
            topic, attribute = "reward", None
        elif reward and turn.topic == "fact" and not turn.things and not _NAMED_WORK & turn.slots.keys():
            topic, attribute = self._beside_the_amount(turn) or (topic, attribute)
        unsaid = not turn.things and not turn.slots.keys() - {"applicant", "benefit"} and not find_counts(turn.query)
        if reward and unsaid and _WHAT_OF.search(turn.query):
            spans = [(p.start, p.end) for p in turn.places] + self.glossary.find_fillers(turn.query)
            found_slots = self.glossary.find_slots(turn.query)
            known_spans = [*spans, *((m.start, m.end) for m in found_slots)]
            turn = replace(turn, things=self._named_work(turn.query, found_slots, [], turn.places, known_spans))
        if adds:
            things = _added(earlier, turn)
            slots = {slot: values for slot, values in slots.items() if slot not in _OWN_SLOTS}
        else:
            things = _merged_things(earlier, turn) if reward else turn.things
        own_place = turn.rank is not None or turn.band is not None or "role" in turn.slots or adds
        return replace(
            turn,
            topic=topic,
            attribute=attribute,
            places=places,
            years=turn.years or earlier.years,
            slots=slots,
            things=things,
            listed=things if moved or adds else _listed(earlier, things, turn),
            rank=(None if adds else turn.rank) if own_place else earlier.rank,
            band=(None if adds else turn.band) if own_place else earlier.band,
            event=turn.event or earlier.event,
            home=turn.home or (None if moved else earlier.home),
            answer_types=turn.answer_types or earlier.answer_types,
            intents=turn.intents | earlier.intents,
            query=f"{earlier.query} {turn.query}" if topic != "reward" else turn.query,
            points=turn.points or earlier.points if not _NAMED_WORK & turn.slots.keys() else turn.points,
            total=turn.total or earlier.total or (adds and len(things) > 1),
            carried=tuple(carried),
        )

    def _beside_the_amount(self, turn: Question) -> tuple[Topic, str | None] | None:
        """What a turn asks about the reward before it that is no amount: when to apply (什么时候申报), who is in charge."""
        if "procedure" in turn.intents:
            asked = [match.attribute for match in self.glossary.find_intents(turn.query) if match.intent == "procedure"]
            return "procedure", next((attribute for attribute in asked if attribute), None)
        return ("fact", None) if turn.intents & _BESIDE_AMOUNTS else None


def _denied(match: SlotMatch, plain: str) -> SlotMatch:
    """A listing that the words before it deny as that: 不是创新型试点, not on any innovative list."""
    if match.slot == "listing" and _NOT_LISTED.search(plain[: match.start]):
        return match._replace(value="not_listed")
    return match


def _without_partners(places: Sequence[PlaceMatch], plain: str) -> list[PlaceMatch]:
    """Without the places of firms that one works with: 和南京的公司一起起草."""
    partners = [p for p in places if _PARTNER.match(plain, p.end) and _HELPER.search(plain[: p.start])]
    kept = [place for place in places if place not in partners]
    return kept or list(places)


def _is_bare(things: Sequence[Thing], slots: Mapping[str, tuple[str, ...]], ranks: Sequence[Rank]) -> bool:
    """Whether no kind of work is named, or standards alone, which may be part of another name."""
    plainly = all(thing == Thing("formulate_standard") for thing in things)
    return plainly and not {"role", "activity", "status", "level", "committee"} & slots.keys() and not ranks


def _is_yuan(quantity: Quantity, plain: str) -> bool:
    """Whether a quantity is an amount of yuan; 15万 alone is one, 15 alone is not."""
    if quantity.kind == "money":
        return quantity.unit == "CNY"
    scaled = re.search(r"[万w]|thousand|million|\dk$|\d,\d{3}", plain[quantity.start : quantity.end])
    return quantity.kind == "number" and scaled is not None and quantity.value >= 1000


def _values(slots: Iterable[SlotMatch]) -> dict[str, tuple[str, ...]]:
    found: dict[str, list[str]] = {}
    for match in slots:
        values = found.setdefault(match.slot, [])
        if match.value not in values:
            values.append(match.value)
    return {slot: tuple(values) for slot, values in found.items()}


def _home(places: Sequence[PlaceMatch], plain: str) -> PlaceMatch | None:
    """The place where the asker is: 注册在泰州, based in Nanjing; 南京企业 where another place is named too."""
    said = next((place for place in places if _HOME.search(plain[: place.start])), None)
    firms = [place for place in places if _FIRM_OF.match(plain, place.end)] if len(places) > 1 else []
    owner = next(iter(firms), None)
    # 南京企业在扬州有分厂: at home is the firm, not its branch.
    return owner or said if BRANCH.search(plain) else said or owner


def _joined(turns: Sequence[str]) -> list[str]:
    """The turns, each that only goes on with a number of the one before (其中一项是修订) as one with it."""
    out: list[str] = []
    for turn in turns:
        goes_on = bool(out) and _OF_THOSE.search(normalize(turn).text) is not None
        if goes_on and len(out) > 1 and not _SPEAKS_OF_WORK.search(out[-1]):
            out = [*out[:-2], f"{out[-2]}，{out[-1]}"]  # the turn before only gave the number
        out = [*out[:-1], f"{out[-1]}，{turn}"] if goes_on else [*out, turn]
    return out


def _numbers(turns: Sequence[str], joined: Sequence[str]) -> list[int]:
    """The number of the last turn that each joined one is made of."""
    numbers: list[int] = []
    at = -1
    for text in joined:
        made: str | None = None
        while made != text:
            at += 1
            made = turns[at] if made is None else f"{made}，{turns[at]}"
        numbers.append(at)
    return numbers


def _spelled_out(plain: str) -> str:
    """A question with 标准 and "standard" put where a number makes plain that they are meant: 国际1、国家2, plus one national."""
    if _SPEAKS_OF_STANDARDS.search(plain):
        plain = _BARE_LEVEL_ZH.sub(r"\1标准\2", plain)
    return _BARE_LEVEL_EN.sub(r"\1 standard", plain)


def _is_fragment(plain: str, known: Iterable[tuple[int, int]]) -> bool:
    """Whether a turn is nothing but known words, as people type into a search box: 扬州团标, hosting an SC."""
    covered = {index for start, end in known for index in range(start, end)}
    return not any(char.isalnum() and index not in covered for index, char in enumerate(plain))


def _is_all(found: Found, slots: Mapping[str, tuple[str, ...]]) -> bool:
    """Whether a list is asked of all that has to do with standards, not of drafting them: 标准方面有哪些补贴."""
    plainly = all(thing == Thing("formulate_standard") for thing in found.things)
    return plainly and not {"role", "activity", "status", "level"} & slots.keys() and not found.ranks


def _received(slots: Iterable[SlotMatch], money: Sequence[Quantity], plain: str) -> dict[str, int]:
    """Amounts that another level has paid: 省里已经奖了20万, a provincial award of 300,000."""
    found: dict[str, int] = {}
    for payer in (match for match in slots if match.slot == "payer" and match.value in ("provincial", "district")):
        for quantity in money:
            between = plain[payer.end : quantity.start]
            near = 0 <= quantity.start - payer.end <= _PAID_WITHIN and not _TOLD_END_ZH.search(between)
            if near and (_PAID_OUT.search(between) or _PAID_OUT.search(payer.surface)):
                found.setdefault(payer.value, int(quantity.value))
    return found


def _told(intents: Iterable[IntentMatch], plain: str) -> list[tuple[int, int]]:
    """The ranges of what the assistant is told to say or do."""
    end_of = _TOLD_END_EN if language_of(plain) == "en" else _TOLD_END_ZH
    found = []
    for match in intents:
        if match.intent == "instruction":
            end = end_of.search(plain, match.end)
            found.append((match.start, end.start() if end else len(plain)))
    return found


def _inside(match: SlotMatch | Rank, ranges: Iterable[tuple[int, int]]) -> bool:
    return any(start <= match.start < end for start, end in ranges)


def _where_done(places: Sequence[PlaceMatch], slots: Sequence[SlotMatch], plain: str) -> list[PlaceMatch]:
    """Of places far apart the one where the work was done: 上海和扬州都有公司，在扬州主导国标."""
    verbs = [m for m in slots if m.slot == "role" or (m.slot == "activity" and m.value != "other")]
    done = [
        place
        for place in places
        if _DONE_IN.search(plain[: place.start])
        and any(plain[place.end : verb.start].strip() == "" for verb in verbs if verb.start >= place.end)
    ]
    if len({place.code for place in done}) != 1:
        return list(places)
    code = done[0].code
    return [p for p in places if code in (p.code, *p.parents) or p.code in done[0].parents]


def _points(intents: Iterable[IntentMatch]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(m.attribute for m in intents if m.intent == "open_point" and m.attribute))


def _small_talk(named: set[str], plain: str, *, domain: bool, spoken: bool) -> Topic | None:
    """Turns that are not about any policy. A greeting before a question is only a greeting.

    Args:
        domain: whether a word of the domain is said at all; in a courtesy one (it, well) is often an accident.
        spoken: whether a place, an amount or a kind of work is said.
    """
    if "out_of_scope" in named and not domain:
        return "out_of_scope"
    if "instruction" in named and not domain:
        return "instruction"
    if "identity" in named and not domain:
        return "identity"
    # A short remark in either language: 好的谢谢你, thanks, that helps a lot.
    short = len(re.sub(r"\W", "", plain)) <= 12 or (plain.isascii() and len(plain.split()) <= 7)
    for topic in ("greeting", "thanks"):
        if topic in named and not spoken and short:
            return topic
    return None


def _names(places: Iterable[PlaceMatch]) -> set[str]:
    return {place.name for place in places}


def _without_level_places(places: Sequence[PlaceMatch], slots: Sequence[SlotMatch]) -> list[PlaceMatch]:
    """Without the province of 江苏省地方标准 where a place inside it is named: it says which level is meant."""
    naming = [place for place in places if _names_level(place, slots)]
    return [
        place
        for place in places
        if place not in naming or not any(place.code in other.parents for other in places if other not in naming)
    ]


def _names_level(place: PlaceMatch, slots: Sequence[SlotMatch]) -> bool:
    """Whether the name of a place is part of a level's: 江苏省地方标准, Jiangsu provincial standard."""
    return any(
        match.slot == "level"
        and match.value.endswith("local")
        and match.start - 1 <= place.end
        and place.start < match.end
        for match in slots
    )


def _without_references(slots: Sequence[SlotMatch], plain: str) -> list[SlotMatch]:
    """Without what is said of others: the urban amount beside the firm's own place, an association one works with."""
    locations = [match for match in slots if match.slot == "location"]
    references = [match for match in locations if _REFERENCE.match(plain, match.end)]
    theirs = [
        match
        for match in slots
        if match.slot == "role" and (_THEIRS.search(plain[: match.start]) or _SHARE_OF.match(plain, match.end))
    ]
    helpers = [match for match in slots if match.slot == "applicant" and _HELPER.search(plain[: match.start])]
    if len(references) == len(locations):
        references = []
    # 按市区还是县: offered, not said.
    references += [
        m
        for m in locations
        if (_OFFERED_NEXT.match(plain, m.end) or _OFFERED_BEFORE.search(plain[: m.start]))
        and not any(n is not m and n.value == m.value and abs(n.start - m.start) <= _ONE_NAME for n in locations)
    ]
    return [match for match in slots if match not in references and match not in helpers and match not in theirs]


def _name_a_level(turn: Question, earlier: Question) -> bool:
    """Whether a turn's only place is the larger area of the earlier one, named with a level of standard."""
    levels = turn.slots.get("level", ())
    if len(turn.places) != 1 or not any(level.endswith("local") for level in levels):
        return False
    return any(turn.places[0].code in place.parents for place in earlier.places)


def _follows(turn: Question, earlier: Question) -> bool:
    """Whether a turn leans on the one before: it starts or ends like one, or names no work of its own."""
    if _FOLLOW_UP.search(turn.query) or _ADDING.search(turn.query):
        return True
    if turn.fragment and not turn.places and earlier.topic in _REWARD_TOPICS:
        return True
    if turn.claimed_yuan and earlier.topic in _REWARD_TOPICS and not _NAMED_WORK & turn.slots.keys():
        return True
    if turn.topic in _REWARD_TOPICS:
        asks_all = "list" in turn.intents and bool(turn.places)
        return earlier.topic in _REWARD_TOPICS and not (_NAMED_WORK & turn.slots.keys() or asks_all)
    return not _has_topic(turn)


def _has_topic(turn: Question) -> bool:
    """Whether a turn says by itself what kind of reply it wants."""
    if turn.topic != "fact":
        return True
    if turn.intents & _SIDE_INTENTS and not turn.places:
        return False
    return len(re.sub(r"\W|呢|那", "", turn.query)) > 8 and bool(turn.answer_types)


def _same_work(turn: Question, earlier: Question, slot: str) -> bool:
    """Whether a slot of the earlier work still holds: not when the new turn speaks of another kind of work."""
    if slot not in _WORK_SLOTS:
        return True
    new = {thing.activity for thing in turn.things if thing.activity}
    old = {thing.activity for thing in earlier.things if thing.activity}
    return not new or not old or bool(new & old)


def _adds(turn: Question, earlier: Question) -> bool:
    """Whether a turn tells of further work beside that spoken of before: 还有1项国标, and two industry standards too."""
    if not turn.things or not earlier.things or earlier.topic not in _REWARD_TOPICS:
        return False
    if _ADDING.search(turn.query):
        return True
    numbered = any(thing.count or thing.unclear for thing in turn.things) and bool(_NAMED_WORK & turn.slots.keys())
    stated = _AND_STATED.search(turn.query) is not None and "?" not in turn.query
    return numbered and (stated or _FURTHER.search(turn.query) is not None)


def _added(earlier: Question, turn: Question) -> tuple[Thing, ...]:
    """The things of both turns, each with what was said of it."""
    old = tuple(replace(thing, count=thing.count if thing.unclear else thing.count or 1) for thing in _settled(earlier))
    new = replace(turn, things=tuple(_filled(thing, old[0], turn) for thing in turn.things))
    return (*old, *_settled(new))


def _settled(question: Question) -> tuple[Thing, ...]:
    """The things of a question with what it says of all of them made their own, so that other things do not share it."""

    def settled(thing: Thing) -> Thing:
        said: dict[str, Any] = {"rank": thing.rank or (None if "rank" in thing.own else question.rank)}
        for slot in _OWN_SLOTS:
            said[slot] = getattr(thing, slot) or (None if slot in thing.own else _strongest(question, slot))
        drafted = thing.activity is None or (
            thing.activity.endswith("_standard") and thing.activity != "adopt_standard"
        )
        if not drafted:
            return thing
        return replace(thing, **said, own=thing.own | said.keys())

    return tuple(settled(thing) for thing in question.things)


def _strongest(question: Question, slot: str) -> str | None:
    """The value of a slot that decides: not yet published wherever that is said."""
    values = question.slots.get(slot, ())
    return next((v for v in ("drafting", "published") if v in values), question.first(slot))


def _asks_sum(turn: Question) -> bool:
    """Whether a turn asks for the sum of what was spoken of, and names no work itself: 一共呢, how much altogether."""
    return "total" in turn.intents and not _NAMED_WORK & turn.slots.keys() and not find_counts(turn.query)


def _summed(
    turn: Question,
    earlier: Question,
    places: tuple[PlaceMatch, ...],
    slots: Mapping[str, tuple[str, ...]],
    carried: Sequence[str],
) -> Question:
    """The sum of everything that the dialogue named, each with what was said of it."""
    things = tuple(replace(t, count=t.count if t.unclear else t.count or 1) for t in earlier.listed)
    return replace(
        turn,
        topic="reward",
        attribute=None,
        places=places,
        slots={slot: values for slot, values in slots.items() if slot not in _OWN_SLOTS},
        things=things,
        listed=things,
        home=turn.home or earlier.home,
        event=turn.event or earlier.event,
        intents=turn.intents | (earlier.intents - {"list", "highest", "lowest", "comparison"}),
        total=True,
        carried=tuple(carried),
    )


def _listed(earlier: Question, things: Sequence[Thing], turn: Question) -> tuple[Thing, ...]:
    """What the dialogue has named so far; a thing named again stands for the earlier one of its kind."""

    def kind(thing: Thing) -> tuple[object, ...]:
        return (thing.activity, thing.level, thing.committee)

    new = _settled(replace(turn, things=tuple(things)))
    if not all(thing.level or thing.activity in _COUNTED_WORK for thing in new):
        return earlier.listed
    kinds = {kind(thing) for thing in new}
    return (*(thing for thing in earlier.listed if kind(thing) not in kinds), *new)


def _merged_things(earlier: Question, turn: Question) -> tuple[Thing, ...]:
    """The new turn's things, with what they leave out taken from the earlier turn's."""
    old, new = earlier.things, turn.things
    if not old:
        return new
    if any(thing.unknown for thing in new):
        return new
    if not (_NAMED_WORK | {"role"}) & turn.slots.keys():
        said = {slot for slot in _OWN_SLOTS if slot in turn.slots} | ({"rank"} if turn.rank is not None else set())
        unsaid: dict[str, Any] = dict.fromkeys(said)
        old = tuple(replace(thing, **unsaid, own=thing.own - said) for thing in old)
        counts = find_counts(turn.query)
        if counts and (len(old) == 1 or counts[0].each):
            return tuple(_recounted(thing, turn) for thing in old)
        return old
    base = replace(old[0], rank=None, role=None, status=None, proposer=None, own=frozenset())
    return tuple(_filled(thing, base, turn) for thing in new)


def _recounted(thing: Thing, turn: Question) -> Thing:
    """A thing with the number that a later turn gives for it."""
    counts = find_counts(turn.query)
    count = counts[0]
    if thing.activity == "adopt_standard" and len(counts) > 1 and turn.slots.get("export") == ("domestic_only",):
        # 10个产品，其中3个不出口: the rest is exported.
        values = [c.value for c in counts]
        return replace(thing, count=max(values) - min(values), exported=True, least=None, most=None, unclear="")
    if count.unclear:
        least = count.value if count.most else None
        return replace(thing, count=None, least=least, most=count.most, unclear=count.unclear)
    return replace(thing, count=_count_for(thing, turn) or thing.count, least=None, most=None, unclear="")


def _count_for(thing: Thing, turn: Question) -> int:
    """The number a turn gives for a thing it does not name: of products those that are exported."""
    counts = find_counts(turn.query)
    if thing.activity == "adopt_standard" and len(counts) > 1:
        return min(count.value for count in counts)
    return counts[0].value


def _filled(thing: Thing, base: Thing, turn: Question) -> Thing:
    """A new thing completed from an earlier one of the same kind of work."""
    drafting = {"formulate_standard", "revise_standard"}
    said = bool({"activity", "role"} & turn.slots.keys())
    if base.activity == "adopt_standard" and not said and (origin := turn.first("origin")):
        return replace(base, origin=origin, count=thing.count or base.count)
    if thing.activity in drafting and thing.level and not said:
        # A level alone may be of what was spoken of before: 国际标准 of an adoption, 省级 of a committee.
        if base.activity == "adopt_standard" and thing.level == "international":
            return replace(base, origin="international", count=thing.count or base.count)
        if base.activity == "host_committee" and not re.search(r"标准(?!化)|standard(?!i)|标", turn.query):
            return replace(base, level=thing.level, count=thing.count or base.count)
        if base.activity == "revise_standard":
            return Thing("revise_standard", level=thing.level, count=thing.count or base.count)
    if thing.activity != base.activity and not (thing.activity in drafting and base.activity in drafting):
        return thing
    return replace(
        thing,
        level=thing.level or (base.level if not thing.every_level else None),
        committee=thing.committee or base.committee,
        count=thing.count or base.count,
        origin=thing.origin or base.origin,
    )
