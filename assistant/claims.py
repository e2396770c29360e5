"""Turns an understood question into a claim that the reward rules can be applied to."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import date
from difflib import SequenceMatcher
from functools import lru_cache

from rapidfuzz import fuzz

from assistant.mentions import Event
from assistant.question import BRANCH, Question
from assistant.reward_facts import replies
from assistant.rewards import Claim, FactValue, Item
from assistant.things import Thing
from knowledge.normalize import normalize
from knowledge.places import PlaceMatch
from knowledge.rule_schema import DRAFTING
from knowledge.rules import PolicyRules

# Facts that a caller may give, by input name, and what they must be.
_TYPES: Mapping[str, tuple[type, ...]] = {
    "standard_level": (str,),
    "drafter_rank": (int,),
    "role": (str,),
    "standard_status": (str,),
    "location": (str,),
    "place": (str,),
    "committee": (str,),
    "grade": (str,),
}
# The group of a place outside the policy's area; no rule has it, so that what a rule asks of the place is unmet.
_OUTSIDE = "outside"
# Facts that the words of a question are read for; conditions on them need no comparing of words.
_READ = frozenset({"has_export_sales", "innovative_listed", "proposed_project", "org_type"})
_PART = re.compile(r"[,，。;；?？!！\n]")
# What asks whether something holds does not say that it does.
_OPEN = re.compile(r"是否|是不是|有没有|要不要|需不需要|必须|需要|一定要|\b(?:whether|must|need|require\w*)\b")
_DENIAL = re.compile(r"没|未|不|非|无|\b(?:not?|never|without|un\w+)\b|n't\b")
_PLAIN = re.compile(
    r"(?:国际|国家|行业|地方|团体|企业)?标准(?!化)|贵?单位|企业|是否|已经?|[是的了被该没未不非无吗曾]|获得?|奖励|资助|补贴|多少|[\W_]"
    r"|\b(?:an?|the|is|are|was|were|has|have|been|be|by|to|of|it|no|not|standards?|national|international|industry|local|group)\b"
)
_PARTICLES = re.compile(r"是否|已经?|[是的了被该没未不非无吗曾]|获得?|\W|\b(?:an?|the|is|was|has|have|been|no|not)\b")
# The least that two wordings of one condition share, in percent, and the shortest wording compared.
_SAME_WORDS = 66
_SHORTEST_SAID = 3
# The shortest run of a rule's label that names it.
_LABEL_RUN = 4
# A year of the text itself: 2011年的文件.
_OF_TEXT = re.compile(
    r"\d{4}\s*年?(?:版|的?(?:政策|文件|意见|办法|规定|方案|通知|纲要|细则))|\b(?:the )?\d{4} (?:policy|document|opinions?|measures|rules|plan)\b"
)
EITHER = re.compile(r"还是|或者?|\bor\b")
# Ways to ask for all that is paid, rather than for the reward of something.
_EVERYTHING = re.compile(
    r"哪些|什么(?:样的)?(?:奖|补|资助|激励|政策|好处|优惠)|都有|所有|全部|标准化|\bwhat\b.*\b(?:incentives|rewards|subsidies|grants|kinds)|\blist\b|\bwhich (?:incentives|rewards|subsidies|grants)|standardi[sz]ation"
)


def claim_of(
    question: Question,
    located: PlaceMatch | None,
    rules: PolicyRules | None,
    *,
    outside: bool = False,
    years: Collection[int] = (),
) -> Claim:
    """The claim a question makes: one item for each thing it asks a reward for, and the facts it states.

    Args:
        question: understood, earlier turns filled in.
        located: where inside the policy's area the asker is, if the question says.
        rules: the policy's rules, whose questions back the turn may be answering.
        outside: whether the asker is at home outside the policy's area.
        years: those the policy is known by, which tell no time when something was done.
    """
    location = _OUTSIDE if outside and not BRANCH.search(question.query) else _location(question)
    things = _things(question, rules, location or _group_of(located, rules))
    given = {name: value for name, value in question.facts.items() if isinstance(value, (bool, int, str))}
    facts: dict[str, FactValue] = {
        **{name: value for name, value in given.items() if name != "place" and _usable(name, value)},
        # What is given beside a question holds until the question says otherwise.
        **_told_of(question, rules),
        **_stated(question),
        **_answered(question, rules),
    }
    if located is not None and _group_of(located, rules) is not None:
        facts.pop("location", None)
    if located is not None and location is None and _located_in_several(question, rules):
        located = None
    if located is not None and "place" not in question.carried and _group_of(located, rules) not in (None, location):
        # 在高邮注册、在市区办公: which of the two counts is the text's to say.
        apart = location is not None and location != _OUTSIDE and "location" not in question.carried
        located, location = (None, None) if apart else (located, location)
    items = [_item(thing, question, location, located, rules, years) for thing in things]
    return Claim(items=[item for each in items for item in _by_grade(each, question, rules)], facts=facts)


def _item(
    thing: Thing,
    question: Question,
    location: str | None,
    located: PlaceMatch | None,
    rules: PolicyRules | None,
    named: Collection[int] = (),
) -> Item:
    revising = thing.activity == "revise_standard"
    drafting = thing.activity is None or thing.activity in DRAFTING
    inputs: dict[str, FactValue] = {}
    if origin := thing.origin or (question.first("origin") if thing.activity == "adopt_standard" else None):
        inputs["adopted_standard_origin"] = origin
    if thing.exported is not None:
        inputs["has_export_sales"] = thing.exported
    if proposer := thing.proposer:
        inputs["proposed_project"] = proposer == "own"
    band = None if "rank" in thing.own else _band(question, rules)
    rank = thing.rank or (None if "rank" in thing.own else question.rank) or band
    roles = question.slots.get("role", ())
    # 主导和参与各奖多少: both are asked for.
    role = thing.role or (roles[0] if len(roles) == 1 and "role" not in thing.own else None)
    if len(roles) > 1 and question.rank is not None and "role" not in thing.own:
        role = roles[0]
    if question.band and rank is None and "rank" not in thing.own:
        role = "participate"
    dated = thing.activity not in ("adopt_standard", "host_committee")
    status = thing.status or (None if "status" in thing.own else _status(question))
    group = thing.location or (None if thing.place or "location" in thing.own else location)
    return Item(
        activity="formulate_standard" if revising else thing.activity,
        action="revise" if revising else None,
        level=thing.level,
        committee=thing.committee,
        count=thing.count if thing.count is not None else 1,
        unclear=thing.unclear,
        span=(thing.least, thing.most) if thing.least and thing.most else None,
        words=thing.words,
        group=_group_named(thing, question, rules),
        role=role if drafting else None,
        rank=rank if drafting else None,
        place_group=group,
        place=None if group else thing.place or (located.name if located else None),
        status=status if dated else None,
        event_on=_event_on(question.event or _year_of(question, named), rules),
        inputs=inputs,
    )


# --- what is asked for -----------------------------------------------------------------------------------------------


def _things(question: Question, rules: PolicyRules | None, group: str | None) -> tuple[Thing, ...]:
    things: Sequence[Thing] = _told_apart(question.things, rules)
    if not things:
        things = _unnamed(question, rules, group)
    things = [_as_drafting(thing, rules) for thing in things]
    spread = [part for thing in things for part in _spread(thing, question, rules)]
    return tuple(_joined_committees(spread, rules))


def _told_apart(things: Sequence[Thing], rules: PolicyRules | None) -> Sequence[Thing]:
    """The things without what only looked like other work: words that the rules themselves use name nothing else."""
    spoken = "".join(_spoken(rules)) if rules else ""
    return [thing for thing in things if not thing.unknown or any(word not in spoken for word in thing.unknown)]


def _spoken(rules: PolicyRules) -> Iterator[str]:
    """What the rules say of the work they pay for, normalised."""
    for rule in rules.rules:
        texts = [rule.label, rule.option, rule.group_label, *(c.text for c in rule.conditions)]
        said = [rule.quote, *(text.zh for text in texts), *(text.en for text in texts)]
        yield from (normalize(words).text for words in said)


def _unnamed(question: Question, rules: PolicyRules | None, group: str | None) -> Sequence[Thing]:
    """Nothing is named: everything, or for a place whose amounts others set, what is left to them."""
    delegated = [
        rule for rule in (rules.rules if rules else ()) if rule.delegated_to is not None and rule.place_group == group
    ]
    told = {silence.topic for rule in delegated for silence in rule.silent_on}
    told |= {silence.topic for silence in rules.silent_on} if rules else set()
    if "matching" in question.slots.get("benefit", ()):
        matching = [rule.activity for rule in (rules.rules if rules else ()) if rule.benefit == "matching"]
        if matching:
            return [Thing(activity) for activity in dict.fromkeys(matching)]
    if group is None or not delegated or _EVERYTHING.search(question.query) or set(question.points) - told:
        return (Thing(),)
    return [Thing(activity) for activity in dict.fromkeys(rule.activity for rule in delegated)]


def _spread(thing: Thing, question: Question, rules: PolicyRules | None) -> Iterator[Thing]:
    """A thing at every level as one thing for each level that is paid for."""
    if not thing.every_level or not (thing.count or question.total):
        yield thing
        return
    levels = dict.fromkeys(
        rule.level for rule in (rules.rules if rules else ()) if rule.activity == thing.activity and rule.level
    )
    yield from (replace(thing, level=level, count=thing.count or 1, every_level=False) for level in levels)


def _joined_committees(things: Sequence[Thing], rules: PolicyRules | None) -> Iterator[Thing]:
    """TC and SC as committees alike, where no rule tells them apart: whether each is paid for is the rules' matter."""
    apart = any(rule.committee for rule in (rules.rules if rules else ()))
    hosted = [thing for thing in things if thing.activity == "host_committee"]
    if apart or len(hosted) < 2 or len({thing.level for thing in hosted} - {None}) > 1:
        yield from things
        return
    counts = [thing.count for thing in hosted if thing.count]
    level = next((thing.level for thing in hosted if thing.level), None)
    joined = replace(hosted[0], committee=None, level=level, count=sum(counts) if len(counts) == len(hosted) else None)
    for thing in things:
        if thing is hosted[0]:
            yield joined
        elif thing.activity != "host_committee":
            yield thing


def _as_drafting(thing: Thing, rules: PolicyRules | None) -> Thing:
    """A standard with words behind it that only state a condition of the rules is the standard itself: 标准实施效果良好."""
    if not thing.beside or rules is None:
        return thing
    words = _content(thing.beside)
    conditions = [text for rule in rules.rules for c in rule.conditions for text in (c.text.zh, c.text.en)]
    known = any(words and words in _content(text) for text in conditions)
    return replace(thing, activity="formulate_standard", words="", beside="") if known else thing


def _group_named(thing: Thing, question: Question, rules: PolicyRules | None) -> str | None:
    """The group of rules that the question names by its own label, where the kind of work has no other name."""
    if rules is None or thing.activity not in (None, "other"):
        return None
    said = _content(thing.words or question.query)
    shared = {rule.group_id: _shared(_content(rule.group_label.zh), said) for rule in rules.rules}
    shared = {group: run for group, run in shared.items() if len(run) >= _LABEL_RUN}
    longest = max(map(len, shared.values()), default=0)
    best = [group for group, run in shared.items() if len(run) == longest]
    return best[0] if len(best) == 1 else None


def _shared(label: str, said: str) -> str:
    """The longest run of characters that a label and a question share."""
    match = SequenceMatcher(None, label, said, autojunk=False).find_longest_match()
    return label[match.a : match.a + match.size]


def _by_grade(item: Item, question: Question, rules: PolicyRules | None) -> Iterator[Item]:
    """The item at each grade that the question names in the source's own words: 二等奖, AAAA, first prize."""
    grades: dict[str, tuple[int, int]] = {}
    for rule in rules.rules if rules else ():
        if rule.grade is None or item.activity not in (None, rule.activity):
            continue
        for form in dict.fromkeys(normalize(text).text for text in (rule.grade, rule.option.zh, rule.option.en)):
            edge = r"(?<![a-z0-9])" if form[:1].isascii() else ""
            end = r"(?![a-z0-9])" if form[-1:].isascii() else ""
            if found := re.search(edge + re.escape(form) + end, question.query):
                grades.setdefault(rule.grade, found.span())
    if not grades:
        yield item
    for grade in grades:
        yield replace(item, grade=grade, activity=item.activity)


# --- facts -----------------------------------------------------------------------------------------------------------


def _location(question: Question) -> str | None:
    """Where inside the area the firm is; null where the words name both kinds of place or ask which pays."""
    said = question.slots.get("location", ())
    asks_payer = "who_pays" in question.intents and EITHER.search(question.query) and "location" not in question.carried
    return said[0] if len(said) == 1 and not asks_payer else None


def _group_of(located: PlaceMatch | None, rules: PolicyRules | None) -> str | None:
    groups = rules.place_groups_of(located.name, None) if located and rules else frozenset()
    return next(iter(groups)) if len(groups) == 1 else None


def _located_in_several(question: Question, rules: PolicyRules | None) -> bool:
    """Whether a question names places of different groups, so that none of them is the asker's."""
    groups = [rules.place_groups_of(place.name, None) for place in question.places] if rules else []
    return len({group for group in groups if group}) > 1


def _band(question: Question, rules: PolicyRules | None) -> int | None:
    """A rank that stands for a whole band (前两位), where all of it leads."""
    terms = rules.terms.values() if rules else ()
    most = next((term.rank_max for term in terms if term.role == "lead"), None)
    return question.band if question.band and most and question.band <= most else None


def _year_of(question: Question, named: Collection[int]) -> Event | None:
    """The year a question is about, where it is not one that the policy itself is known by."""
    years = [year for year in question.years if year not in named]
    if len(years) != 1 or _OF_TEXT.search(question.query):
        return None
    return Event(years[0], None)


def _told_of(question: Question, rules: PolicyRules | None) -> dict[str, FactValue]:
    """Facts for conditions that a policy words itself, where a part of the question says the same or its denial."""
    facts: dict[str, FactValue] = {}
    if question.received:
        facts["upper_award_yuan"] = facts["other_award_yuan"] = max(question.received.values())
    parts = [part for part in _PART.split(question.query) if part.strip() and not _OPEN.search(part)]
    for rule in rules.rules if rules else ():
        for condition in rule.conditions:
            if condition.op != "==" or not isinstance(condition.value, bool) or condition.input in _READ:
                continue
            texts = [t for text in (condition.text, condition.ask) if text for t in (text.zh, text.en)]
            said = next((s for t in texts for part in parts if (s := _says(part, t)) is not None), None)
            if said is not None:
                positive = _DENIAL.search(condition.text.zh) is None
                facts[condition.input] = condition.value if said == positive else not condition.value
    return facts


def _says(part: str, text: str) -> bool | None:
    """Whether a part of a question says what `text` does (true), denies it (false), or speaks of something else."""
    wanted, said = _content(text), _content(part)
    if len(wanted) < _SHORTEST_SAID:
        # Too short to compare: the same words must stand there.
        whole = _PARTICLES.sub("", normalize(text).text)
        same = len(whole) >= _SHORTEST_SAID and whole in _PARTICLES.sub("", part)
        return _DENIAL.search(part) is None if same else None
    found = fuzz.partial_ratio_alignment(wanted, said) if len(wanted) <= len(said) else None
    if found is None or found.score < _SAME_WORDS:
        return None
    return _DENIAL.search(part) is None


@lru_cache(maxsize=4096)
def _content(text: str) -> str:
    """The words of a text that tell it from others: without those of every standard and every question."""
    return _PLAIN.sub("", normalize(text).text)


def _event_on(event: Event | None, rules: PolicyRules | None) -> date | None:
    """The day of an event, as far as its year and month tell the rules apart; null where they do not."""
    if event is None:
        return None
    if event.month is not None:
        return date(event.year, event.month, 15)
    groups = rules.places.groups.values() if rules and rules.places else ()
    changes = {
        day[:4]
        for group in groups
        for member in group.members
        for day in (member.since, member.until)
        if day is not None
    }
    return None if str(event.year) in changes else date(event.year, 7, 1)


def _status(question: Question) -> str | None:
    """Published where the turn says so at all: a published standard was proposed before."""
    said = question.slots.get("status", ())
    if "drafting" in said:
        return "drafting"
    return "published" if "published" in said else said[0] if said else None


def _stated(question: Question) -> dict[str, FactValue]:
    facts: dict[str, FactValue] = {}
    exported = question.slots.get("export", ())
    if exported:
        facts["has_export_sales"] = "domestic_only" not in exported
    if listing := question.slots.get("listing", ()):
        facts["innovative_listed"] = "not_listed" not in listing
    if applicants := question.slots.get("applicant", ()):
        facts["org_type"] = "enterprise" if "enterprise" in applicants else applicants[0]
    elif {"innovative", "innovative_pilot"} & set(question.slots.get("listing", ())):
        facts["org_type"] = "enterprise"  # only enterprises are listed
    if proposer := question.first("proposer"):
        facts["proposed_project"] = proposer == "own"
    return facts


def _answered(question: Question, rules: PolicyRules | None) -> dict[str, FactValue]:
    """Facts that the turn gives by repeating an option of a rule's own question."""
    said = normalize(question.text).text.strip(" .。!！")
    facts: dict[str, FactValue] = {}
    for rule in rules.rules if rules else ():
        for condition in rule.conditions:
            for value, reply in replies(condition):
                if said in (normalize(reply.zh).text, normalize(reply.en).text):
                    facts[condition.input] = value
                    break
    return facts


def _usable(name: str, value: object) -> bool:
    if isinstance(value, bool):
        return name not in _TYPES
    return isinstance(value, _TYPES.get(name, (str, int)))
