"""Who pays an amount, where its sentence names somebody: the subject of the words of giving, set against the issuer.

Only what stands as an agent is taken: at the start of a phrase with a verb behind it (省里对…, 农业农村局另给予…), behind 由,
as a source (向省申请, 东屏市的做法是), or as a speaker (网友留言). Firms and other bodies are paid more often than they pay, so
with them somebody has to be named whom they give it.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property, lru_cache
from typing import Literal

from knowledge.drafting.stretches import Reading
from knowledge.drafting.vocabulary import any_of, either, folded, load_vocabulary
from knowledge.model import Span

# `doubtful`: an office beside the issuer, or a government below it; whether the document means to pay is for a person.
Standing = Literal["own", "doubtful", "others", "elsewhere"]
Kind = Literal["office", "zone", "level", "place", "topic", "body", "fund", "ruling", "told", "source"]

_TOP, _TAIL = 160, 60  # characters that name the document's own places and offices
_CITY = 2
_RANKS = {"国": 4, "中": 4, "上": 5, "省": 3, "自": 3, "设": 2, "市": 2, "州": 2, "县": 1, "区": 1}
_LEVEL = re.compile(r"(?:国家|国务院|中央|上级|省|自治区|自治州|设区市|市|州|县|区|镇|乡|村|街道)")
_JOINED = re.compile("[、和及与或]|会同|联合")
_BRACKETED = re.compile(r"\([^()]*\)")
_REST = re.compile("^(?:里|本?级|级?层面)")
_BEGINS = ("", ",", ";", ":", "。", " ", ")")
_INDEFINITE = re.compile("有的|部分|一些|不少|有些|个别|多数|许多")
_WHOEVER = re.compile(".{1,2}以上|各|属地|当地|所在地|有关|相关|责任|我|本|该")
_PLACE = (
    r"(?P<place>(?!各|该|本|我|全|其他|每|有的|部分|示范|试点)[一-龥]{2,4}?(?<![上超城都股])"
    r"(?:省|市|自治区|自治州|县|高新区|开发区|新区|经开区|区))"
)
_NAMED_PLACE = re.compile(_PLACE + "(?!场|级)")
_EXPLAINS = re.compile(r"[^,;。\n]{2,24}(?:负责解释|负责组织实施|牵头实施|为主管部门)")


@dataclass(frozen=True, slots=True)
class _Agent:
    """Who is named as giving: `name` as it stands, from `start` in the segment, and where the verb begins."""

    kind: Kind
    name: str
    start: int
    verb: int


class Payers:
    """Tells whose payments the sentences of a document are."""

    def __init__(self, reading: Reading) -> None:
        self._reading = reading

    def standing(self, ahead: Span) -> Standing:
        """Whose payment an amount is by the words of its sentence in front of it; `own` where they name nobody."""
        words = self._reading.plain[slice(*ahead)]
        segment = _segment(words)
        shift = ahead.end - len(segment)
        agents = [agent for agent in _agents(segment) if not _is_closed(agent, segment[agent.verb :])]
        if self._is_elsewhere(segment, shift) and not self._is_renewed(segment):
            return "elsewhere"
        if not agents:
            return "own"
        last = max(agents, key=lambda agent: (agent.start, agent.kind == "told", len(agent.name)))
        if last.kind != "told" and self._is_renewed(segment[last.verb :]):
            return "own"
        return self._of(last)

    def _is_renewed(self, words: str) -> bool:
        """Whether the issuer is named again as a subject: …，区级再奖励."""
        level = "市" if self._is_city else {3: "省", 1: "[区县]", 4: "国家"}.get(self._own_rank, "市")
        form = (
            rf"(?:^|[,;(])(?:由|再由)?(?:[我本][省市州县区镇]|本(?:办法|细则|政策|意见|措施)|{level}(?:本?级|财政|里))"
        )
        return re.search(form, words) is not None

    def _is_elsewhere(self, segment: str, shift: int) -> bool:
        """Whether places that are not the document's are where it is paid: 杭州、宁波等地."""
        for match in self._reading.other_places(Span(shift, shift + len(segment))):
            before, behind = segment[: match.start - shift], segment[match.end - shift :]
            if before[-1:] in _BEGINS and _patterns()["where_at_once"].match(behind):
                return True
        return False

    # --- whose an agent is -------------------------------------------------------------------------------------------

    def _of(self, agent: _Agent) -> Standing:
        if agent.kind == "told":
            return "others"
        if agent.kind in ("place", "topic"):
            return self._of_place(agent.name)
        found = [self._of_one(part, agent.kind) for part in _JOINED.split(agent.name) if part]
        if "own" in found or not found:
            return "own"
        order: tuple[Standing, ...] = ("elsewhere", "others", "doubtful")
        return next(one for one in order if one in found)

    def _of_one(self, name: str, kind: Kind) -> Standing:
        words = load_vocabulary().agents
        name = _BRACKETED.sub("", name)
        if kind == "body":
            return "own" if name in self._own_names or self._is_issuer(name) else "others"
        if kind == "zone" or any_of((*words["zones"], *words["towns"])).search(name):
            return "own" if self._is_own_zone(name) else "doubtful"
        level = _LEVEL.match(name)
        rest = name
        if level is not None and not _WHOEVER.match(name):
            rank, rest = self._rank(level.group()), _REST.sub("", name[level.end() :])
            if rank > self._own_rank:
                return "others"
            if rank < self._own_rank:
                return "own" if "财政" in rest else "doubtful"
        elif place := _NAMED_PLACE.match(name):
            if not self._is_here(place["place"]):
                return "elsewhere"
            rest = name[place.end() :]
        if kind in ("fund", "level", "source") or not rest or _WHOEVER.match(name):
            return "own"
        known = any(word in rest for word in words["standing"]) or rest in self._own_names
        return "own" if known else "doubtful"

    def _is_own_zone(self, name: str) -> bool:
        """Whether the document is a zone's, of which 管委会 is the office, or a town's."""
        words = load_vocabulary().agents
        small = [word for word in words["towns"] if word in name]
        own = small or [*words["zones"], "新区"]
        return _INDEFINITE.match(name) is None and any(word in self._title for word in own)

    def _of_place(self, name: str) -> Standing:
        return "own" if all(self._is_here(one["place"]) for one in _NAMED_PLACE.finditer(name)) else "elsewhere"

    def _rank(self, level: str) -> int:
        if level[0] == "市" and self._is_city:
            return self._own_rank
        return _RANKS.get(level[0], 0)

    def _is_issuer(self, name: str) -> bool:
        """Whether a body of that kind issued the document: 学会 in the rules of a society."""
        return any(name.endswith(form) and form in self._title for form in load_vocabulary().agents["bodies"])

    def _is_here(self, name: str) -> bool:
        if any_of(load_vocabulary().hearsay["no_names"]).search(name):
            return True
        return any(name[at : at + 2] in self._own_names for at in range(len(name) - 1))

    @cached_property
    def _title(self) -> str:
        """The title and what the document says first, with the name of the place."""
        policy, plain = self._reading.document.policy, self._reading.plain
        return (
            folded(policy.title) + plain[:_TOP].partition("。")[0] + (folded(policy.place.name) if policy.place else "")
        )

    @cached_property
    def _own_names(self) -> str:
        return own_names(self._reading)

    @cached_property
    def _own_rank(self) -> int:
        return self._reading.rank_of_issuer or _CITY

    @cached_property
    def _is_city(self) -> bool:
        """Whether 市 is the issuer's own level, as it is of a city that is a province."""
        place = self._reading.document.policy.place
        return self._own_rank == _CITY or (place is not None and place.name.endswith("市") and self._own_rank != 1)


def own_names(reading: Reading) -> str:
    """Where a document names its place and its offices: title, top, signature, and who is said to explain or carry it out."""
    policy, plain = reading.document.policy, reading.plain
    explains = (found.group() for found in _EXPLAINS.finditer(plain))
    place = folded(policy.place.name) if policy.place else ""
    signature = plain[-_TAIL:].rpartition("。")[2]
    return ";".join([folded(policy.title), plain[:_TOP].partition("。")[0], signature, place, *explains])


def _segment(words: str) -> str:
    """The words since the last semicolon; with those before it where they only go on with a list."""
    before, mark, last = words.rpartition(";")
    goes_on = mark and _patterns()["new"].search(last) is None
    return before + "," + last if goes_on else last


def _agents(segment: str) -> Iterator[_Agent]:
    for kind, pattern in _patterns().items():
        if kind in _KINDS:
            for found in pattern.finditer(segment):
                yield _Agent(_KINDS[kind], found["name"], found.start("name"), found.end())


def _is_closed(agent: _Agent, behind: str) -> bool:
    """Whether what an agent does only says who is paid: 省财政给予补助的，; 省局对其验收合格的，."""
    if agent.kind == "told":
        return re.search(r"的[^,;。]{0,6},", behind) is not None and "对" not in behind
    if agent.kind == "body":
        return re.search(r"的[^,;。]{0,4},", behind) is not None
    if agent.kind == "ruling":
        phrase = behind.partition(",")[0]
        return phrase.startswith("的") or ("," in behind and "对" not in phrase and "的" in phrase)
    return _patterns()["closed"].search(behind) is not None


_KINDS: dict[str, Kind] = {
    "office": "office",
    "by": "office",
    "by_body": "body",
    "zone": "zone",
    "level": "level",
    "place": "place",
    "topic": "topic",
    "practice": "place",
    "body": "body",
    "fund": "fund",
    "ruling": "ruling",
    "told": "told",
    "source": "source",
    "gets": "source",
}


@lru_cache(maxsize=1)
def _patterns() -> dict[str, re.Pattern[str]]:
    vocabulary = load_vocabulary()
    said = {name: either(forms) for name, forms in vocabulary.agents.items()}
    gives = either([*(form for forms in vocabulary.giving.values() for form in forms), "提供", "赔付", "安排"])
    start = rf"(?:^|(?<=[,;:。()“\s.])){said['connectives']}{{0,2}}"
    no_agent = rf"(?!{said['no_beginnings']}|同(?!济)|当(?!地)|经(?!济|信|开|贸|发|委))"
    by_rule = "按(?![^,;。:]{0,10}分[配享成担])"  # 由片区内企业按贡献分配: who shares it out
    letter = r"[^的对给获,;。:()…\s\d]"
    body = rf"(?:有的)?(?:{letter}(?:{letter}|\([一-龥、]{{1,4}}\)){{0,17}}?)??"
    adverbs = rf"{said['adverbs']}{{0,3}}"
    towards = r"(?:对(?!标(?!准)|接|外|应|口|照|比|症)|给(?!予))"
    given = rf"(?>{gives})(?!的(?!标准|额度|金额)|政策|办法|对象|金额|额度)"
    verb = rf"(?={towards}|向(?!社会|上)|为(?!主|其|第|准)|{given}|按(?!规定的)|的?{said['practices']}[是为:])"
    to_body = rf"(?={towards}[^,;。]|[为向][^,;。]{{2,}}(?:授信|提供|发放|垫付)|{given}[^,;。]*?{said['recipients']})"
    shielded = "".join(rf"(?<!{word})" for word in vocabulary.agents["no_offices"])
    office = rf"{said['offices']}{shielded}(?!员?会|[法理事]|公室)"
    zone = either([*vocabulary.agents["zones"], *vocabulary.agents["towns"]])
    forms = {
        "office": rf"{start}{no_agent}(?P<name>{body}{office}){adverbs}{verb}",
        "zone": rf"{start}{no_agent}(?P<name>{body}{zone}){adverbs}(?={towards}|{given}[^,;。]*?{said['recipients']}|另|再|按)",
        "level": (
            rf"{start}(?P<name>{said['levels']}(?:、{said['levels']})*)(?:(?:里|级?层面){adverbs}|级?{adverbs}(?={towards})|(?<=上级){adverbs}(?=给予|予以|发放|拨付|下达))"
        ),
        "fund": rf"{start}{no_agent}(?P<name>{body}{said['funds']}){adverbs}(?={towards}|{given})",
        "by": rf"(?<![自经理缘因])由(?P<name>{body}{office}|{body}{zone}|{said['levels']}里?){adverbs}(?={given}|对|按)",
        "by_body": rf"(?<![自经理缘因])由(?P<name>{body}{said['bodies']}){adverbs}(?={given}|对|{by_rule}|支付|垫付)",
        "body": rf"{start}{no_agent}(?P<name>{body}{said['bodies']}){adverbs}{to_body}",
        "place": (
            rf"{start}{no_agent}(?P<name>{_PLACE}(?:[、和及与][一-龥]{{2,4}}[省市县区])*){adverbs}"
            rf"(?={towards}|{given}|的{said['practices']}(?:[是为:,]|来看)|[^,;。的]{{0,12}}?{said['rulings']}|执行)"
        ),
        "topic": (
            rf"{start}(?P<name>[一-龥]{{2,3}}(?<![上超城都股本我全各该])市)(?!场|级|内|区|政府|财政|本级)(?=[^的,;。]*$)"
        ),
        "practice": (
            rf"{start}(?:按照?|据|参照|要?是?照|从|以|在)(?P<name>{_PLACE}){adverbs}"
            rf"(?=的?(?:现行|有关)?{said['practices']}|来看|为例|为代表|,)"
        ),
        "ruling": rf"{start}{no_agent}(?P<name>{body}{office}){adverbs}[^,;。的]{{0,6}}?{said['rulings']}(?!书面|申请)",
        "told": (
            rf"{start}(?P<name>[^的对给获,;。:()…\s\d]{{0,12}}?(?:{said['speakers']}|有(?:企业|单位|公司)|某[^,;。的]{{0,6}}(?:企业|单位|公司)))"
            rf"[^,;。的]{{0,6}}?{said['speech']}(?!申请|书面|申报|符合)"
        ),
        "source": rf"(?:向|从)(?P<name>{said['levels']}|{body}{office}){adverbs}(?={said['sources']}[^,;。的]*$)",
        "gets": rf"(?:获得?|享受|得到|领取)(?P<name>{said['levels']})级?(?:财政)?(?=(?:奖励|补助|资助|奖补|补贴)[^,;。的]*$)",
        "new": rf"对|的|{gives}",
        "closed": rf"^(?:{gives})+的|{gives}[^,;。]{{0,12}}的(?!,?(?:给予|奖励))[^,;。]{{0,8}},|{said['acts']}[^,;。]{{0,10}},",
        "where_at_once": r"(?:、[一-龥]{2,4}){0,3}等(?:地|市|城市|省)",
    }
    return {name: re.compile(form) for name, form in forms.items()}
