"""What an amount depends on: activity, level, committee, role, grade, place; and lists of it set against lists of amounts."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from itertools import product
from typing import Literal

from knowledge.drafting.approvers import CONFERRED, ISSUED
from knowledge.drafting.lexer import NAMED, Token
from knowledge.drafting.vocabulary import any_of, folded, load_vocabulary

Axis = Literal["activity", "level", "committee", "role", "grade", "place_group"]
AXES: tuple[Axis, ...] = ("activity", "level", "committee", "role", "grade", "place_group")
Combination = Mapping[Axis, str | None]

_AXIS_OF: dict[str, Axis] = {
    "activity": "activity",
    "level": "level",
    "committee": "committee",
    "role": "role",
    "rank": "role",
    "grade": "grade",
    "place": "place_group",
}
# Directly in front of an entry: 国际标准化组织TC或SC秘书处、全国TC或SC秘书处 are no alternatives.
_OR = re.compile(r"或[^、,;]{0,4}$")
_LISTED = re.compile(r"^[”)）]*[^,;。]{0,2}[、和或及]")
_JOINED = re.compile(r"[、,;。和或及与/]|的")
# 团体标准转化为国家标准: what a standard of another level became.
RAISED = re.compile(r"(?:(?:转化|上升|升格|升级|提升|转变)[为成到至]?|(?:采纳|吸纳|转|晋升)[为成])$")
_BREAK = re.compile(r"[,;。]")
_BESIDES = re.compile(
    r"(?:[、和及与]?(?:国家|省|市|区|县)级?){0,3}(?:财政)?(?:奖励|补助|资助|奖补|扶持|资金|配套)[^,;。]{0,4}基础上"
)
_PAYER_BEGINS = re.compile(r",[^,;。]{0,2}$")
_PAYER_GIVES = re.compile(r"(?:财政)?(?:分别|再|另|另行|一次性|按){1,3}[^,;。]{0,12}(?:给予|予以|奖励|补助|资助|配套)")
_IN_WIDENING = re.compile(r"\((?:含|包括|包含)[^()]*$")
_WIDEST_WIDENING = 40
_GUIDANCE = "指导性技术文件"
_PRIZE_OF = re.compile(r"(?:[金银铜]|优秀|特别)?奖(?!励|补|金|资|[ \t]*\d|[一二三四五六七八九十]+万)")
# 国家级、省级主管部门批准的: the level is the office's.
_LISTED_TO_OFFICE = re.compile(
    r"(?:[、和及或与/](?:国家|省|市)级)*[、和及或与/](?:[国省市]|自治区)[^,;。、]{2,24}?(?:部门|局|委)"
)
_MEETS = re.compile(r"[^,;。、]{0,4}(?:年会|会议|全会|大会|论坛)")
# Levels that only the issuer's place can tell apart, and one that the rule vocabulary has no word for.
# A standard that was chosen for something: 团体标准被认定为示范项目.
_CHOSEN = re.compile(r"标准(?:被|入选|列入|纳入|获评)")
# 纳入国家、省级应用示范的团体标准.
_CHOSEN_FOR = re.compile(
    r"(?:入选|列入|纳入|获评)为?[^,;。的]{2,20}(?:试点|示范)[^,;。的]{0,6}的(?=(?:团体|企业|地方|行业)标准)"
)
_WIDEST_BRACKET_GAP = 14
_SHORT_BRACKET_GAP = 4
# The drafters behind those named before.
REST = "rest"
# A standard that is named without its level.
SOME_STANDARD = "some standard"
LOCAL, DISTRICT = "local", "district"


@dataclass(frozen=True, slots=True)
class Choice:
    """One entry of a list: the values that it stands for (two for 国家（行业）标准), and how it is joined to the last.

    `said` are its words, with what qualifies them (强制性国家), so that two entries may have the same value; `of` is what
    a level is the level of.
    """

    values: tuple[str, ...]
    said: str
    join: Literal["first", "and", "or", "slash", "break"] = "first"
    of: frozenset[str] = frozenset()


@dataclass(frozen=True)
class Head:
    """What a phrase says of each axis, and what else it says about the payment.

    `nouns` are what its levels are levels of; `definition` is a rank in brackets behind a role.
    """

    lists: Mapping[Axis, tuple[Choice, ...]] = field(default_factory=dict)
    nouns: frozenset[str] = frozenset()
    definition: str | None = None

    def __bool__(self) -> bool:
        return bool(self.lists)

    def of(self, axis: Axis) -> tuple[Choice, ...]:
        """The entries of one axis; none where the head does not speak of it."""
        return self.lists.get(axis, ())

    def single(self, axis: Axis) -> str | None:
        """The value of an axis where the head names exactly one."""
        choices = self.of(axis)
        return choices[0].values[0] if len(choices) == 1 and len(choices[0].values) == 1 else None

    def row(self) -> Combination:
        """One row of it: the value of each axis that has a single one."""
        return {axis: self.single(axis) for axis in AXES}

    def with_axis(self, axis: Axis, choices: tuple[Choice, ...]) -> Head:
        """The head with other entries for an axis; without it where there are none."""
        lists = {**self.lists, axis: choices}
        return replace(self, lists={name: entries for name, entries in lists.items() if entries})


def read_head(tokens: Sequence[Token], plain: str, *, lead_named: bool = False, ranked: bool = False) -> Head:
    """The head that the tokens of a phrase make; `lead_named` where the document also speaks of a lead, `ranked`
    where it pays lower ranks too.

    Brackets: a level in brackets behind a level widens it, a rank in brackets behind a role defines it.
    """
    tokens = _of_chosen(_said_by_offices(tokens, plain), plain)
    tokens = _counted_in(_own_levels(_as_raised(_after_colon(tokens, plain), plain), plain), plain)
    lists: dict[Axis, list[Choice]] = {}
    last_of: dict[Axis, Token] = {}
    nouns: set[str] = set()
    definition: str | None = None
    for token in tokens:
        axis = _AXIS_OF.get(token.kind)
        if axis is None:
            if token.kind == "standard":
                nouns.add(SOME_STANDARD)
            continue
        role = last_of.get("role")
        if token.kind == "rank" and role is not None and _in_bracket_behind(plain, role, token):
            if role.kind == "role":
                definition = definition or token.value
                continue
            if role.value == REST and token.value.startswith("rank:"):
                # 其他起草单位（前五名）: the rest, up to that place; 其他起草单位（排名第二至第五）: these places.
                value = re.sub("^rank:1-", f"{REST}-", token.value)
                lists["role"][-1] = replace(lists["role"][-1], values=(value,))
                continue
        if token.of:
            nouns.add(token.of)
        before = last_of.get(axis)
        gap = plain[before.end : token.start] if before else ""
        entries = lists.setdefault(axis, [])
        if not (before is not None and entries and _joins_last(entries, before, token, plain)):
            _add(entries, _choices(token, plain), gap if before else None)
        last_of[axis] = token
    if len(levels := lists.get("level", [])) > 1:
        lists["level"] = _own_entries(levels)
    if grades := _prizes(tokens, plain):
        lists["grade"] = grades
    if "activity" in lists:
        if _holds_event(lists["activity"], tokens, plain):
            lists["activity"] = [entry for entry in lists["activity"] if entry.values == ("event",)]
            nouns -= {"committee"}
            lists["level"] = [replace(entry, of=frozenset({"event"})) for entry in lists.get("level", [])]
            lists["committee"] = []
        drafts = "standard" in nouns and ("role" in lists or _CHOSEN.search(plain, tokens[0].start, tokens[-1].end))
        lists["activity"] = _main_activities(lists["activity"], drafts=bool(drafts))
        if _names_prizes(lists):
            lists["activity"] = [replace(lists["activity"][0], values=("award",))]  # 专利金奖 is a prize
    if "role" in lists:
        lists["role"], definition = _main_roles(lists["role"], definition, lead_named=lead_named, ranked=ranked)
    return Head({axis: tuple(entries) for axis, entries in lists.items() if entries}, frozenset(nouns), definition)


def _own_entries(levels: list[Choice]) -> list[Choice]:
    """The levels that have an entry, and an amount, of their own."""
    # 地方标准，省级每项12万元: which local standards is said behind it.
    levels = [entry for entry, then in zip(levels, [*levels[1:], None], strict=True) if not _is_told(entry, then)]
    # 省级以上试点，国家级20万元: what is at least asked for is no entry of its own.
    least = {entry.said for entry in levels if entry.said.endswith("以上")}
    levels = [entry for entry in levels if entry.said not in least] or levels
    # 国家标准、行业标准（含国家军用标准）: what a bracket counts in stands in the list beside it.
    first = {entry.values[0] for entry in levels}
    return [
        replace(entry, values=(entry.values[0], *(value for value in entry.values[1:] if value not in first)))
        for entry in levels
    ]


_HOLDING = re.compile(r"(?:举办|承办|主办|召开|协办)[^,;。]*$")


def _holds_event(activities: Sequence[Choice], tokens: Sequence[Token], plain: str) -> bool:
    """Whether a meeting of a committee is held, and no committee hosted: 举办ISO技术机构年会."""
    named = {entry.values for entry in activities}
    if ("event",) not in named or not named <= {("event",), ("host_committee",)}:
        return False
    event = next(token for token in tokens if token.kind == "activity" and token.value == "event")
    before = plain[max(0, event.start - 40) : event.start]
    return "秘书处" not in before and _HOLDING.search(before) is not None


def _names_prizes(lists: Mapping[Axis, Sequence[Choice]]) -> bool:
    """Whether a thing of a neighbouring kind is given a prize: 中国专利金奖、银奖."""
    other = [choice.values for choice in lists["activity"]] == [("other",)]
    grades = lists.get("grade", ())
    return other and bool(grades) and all(value.endswith("奖") for choice in grades for value in choice.values)


def _joins_last(entries: list[Choice], before: Token, token: Token, plain: str) -> bool:
    """Whether a token belongs to the last entry of its list, which then says both; else it is one of its own."""
    last = entries[-1]
    gap = plain[before.end : token.start]
    taking_part = token.kind == "role" and token.value == "participate"
    if taking_part and not gap and before.value == "lead" and last.said.endswith("单位"):
        entries[-1] = replace(last, values=(token.value,))  # 作为主要起草单位参与制定
        return True
    if token.kind == "committee" and not gap:
        entries[-1] = replace(last, values=(token.value,))  # 技术委员会分技术委员会 is one of these
        return True
    if token.kind == "committee" and _counts_in(plain, token):
        entries[-1] = replace(last, values=(*last.values, token.value))
        return True
    if token.kind != "level":
        return False
    if _counts_in(plain, token) and (token.value == NAMED or _GUIDANCE in plain[token.start : token.end]):
        return True  # 行业标准（含“百湖”标准、国家标准化指导性技术文件）: counted in, and no level of its own
    if _is_pair(before, token, gap) or ("(" in gap and ")" not in gap and len(gap) <= _SHORT_BRACKET_GAP):
        if last.values == (LOCAL,) and token.value in ("provincial_local", "municipal_local"):
            entries[-1] = replace(last, values=(token.value,))  # 地方标准（省级）
        elif token.value not in last.values:
            entries[-1] = replace(last, values=(*last.values, token.value))
        return True
    # 市级农业地方规范, 省级农业地方标准或服务业地方标准: the level was said
    return token.value == LOCAL and _says_again(entries, gap)


def _is_told(level: Choice, behind: Choice | None) -> bool:
    """Whether a level is that of local standards, and the entry behind it says of which."""
    local = ("provincial_local", "municipal_local")
    return (
        level.values == (LOCAL,)
        and behind is not None
        and behind.values[0] in local
        and (behind.of == frozenset({""}) or behind.join == "break")
    )


def _is_pair(before: Token, token: Token, gap: str) -> bool:
    """Whether two levels are said as one: 省市级."""
    return not gap and (before.value, token.value) == ("provincial_local", "municipal_local")


def _says_again(levels: Sequence[Choice], gap: str) -> bool:
    """Whether 地方标准 is of the level in front of it."""
    return not _JOINED.search(gap) or levels[-1].values[0] in ("provincial_local", "municipal_local")


def _as_raised(tokens: Sequence[Token], plain: str) -> Sequence[Token]:
    """The tokens without the levels that a standard had before (团体标准转化为国家标准): what it became is paid for."""
    levels = [token for token in tokens if token.kind == "level"]
    raised = [t.start for t in levels if RAISED.search(plain[max(0, t.start - 4) : t.start])]
    if not raised:
        return tokens
    # 对该团体标准的发布团体: the one before it was raised.
    before = [t for t in levels if t.start < raised[0] or plain[max(0, t.start - 1) : t.start] in ("该", "原", "此")]
    return [token for token in tokens if token not in before]


def _of_chosen(tokens: Sequence[Token], plain: str) -> Sequence[Token]:
    """The tokens without the list that a standard of its own level was chosen for: 团体标准入选国家级团体标准应用示范."""
    if not tokens:
        return tokens
    if (choice := _CHOSEN_FOR.search(plain, max(0, tokens[0].start - 4), tokens[-1].end)) is not None:
        return [token for token in tokens if not choice.start() <= token.start < choice.end()]
    chosen = _CHOSEN.search(plain, tokens[0].start, tokens[-1].end)
    if chosen is None or not any(t.kind == "level" and t.of == "standard" and t.end <= chosen.start() for t in tokens):
        return tokens
    behind = [token for token in tokens if token.start > chosen.start()]
    if {token.value for token in behind if token.kind == "activity"} != {"pilot_project"}:
        return tokens
    return [token for token in tokens if token not in behind or token.kind not in ("level", "activity")]


def _said_by_offices(tokens: Sequence[Token], plain: str) -> Sequence[Token]:
    """The tokens without levels that only offices say, where what they issued says its own: 经国家标准委批准的省级试点.

    Of local standards the office says whose they are.
    """
    levels = [token for token in tokens if token.kind == "level"]
    own = [t for t in levels if t.of not in (ISSUED, CONFERRED) and not _LISTED_TO_OFFICE.match(plain, t.end)]
    offices = [token for token in levels if token.of == ISSUED]
    if not own:
        return tokens
    if {token.value for token in own} == {LOCAL} and len(offices) == 1:
        local = {token: replace(token, value=offices[0].value) for token in own}
        return [local.get(token, token) for token in tokens if token not in offices]
    return [token for token in tokens if token.kind != "level" or token.of not in (ISSUED, CONFERRED)]


def _own_levels(tokens: Sequence[Token], plain: str) -> list[Token]:
    """The tokens without the levels of those who pay (在国家、省奖励的基础上, 市级分别再给予) and those in the name of what
    has a level in front of it: 省级“团体标准优秀案例”."""
    first = min((t.start for t in tokens if t.kind == "grade" or (t.kind == "level" and t.of)), default=None)

    def is_payers(token: Token) -> bool:
        if _BESIDES.match(plain, token.end):
            return True
        begins = _PAYER_BEGINS.search(plain, max(0, token.start - 3), token.start)
        behind = first is not None and token.start > first and token.of == ""
        return behind and begins is not None and _PAYER_GIVES.match(plain, token.end) is not None

    def is_in_name(token: Token) -> bool:
        quoted = plain[token.start - 1 : token.start] == "“"
        return quoted and any(t.kind == "level" and t.end == token.start - 1 for t in tokens)

    return [token for token in tokens if token.kind != "level" or not (is_payers(token) or is_in_name(token))]


def _counted_in(tokens: Sequence[Token], plain: str) -> list[Token]:
    """The tokens without what a bracket counts in, and what meets in a body that nobody hosts.

    国家标准（含国家计量技术规范）; 技术机构年会. Nor of what a prize is, where the prize is paid for: 专利金奖.
    """
    nouns = any(token.of == "standard" for token in tokens)
    return [
        token
        for token in tokens
        if token.kind != "activity"
        or not (
            (token.value == "other" and nouns and _counts_in(plain, token))
            or (token.value == "other" and _PRIZE_OF.match(plain, token.end))
            or (token.value == "host_committee" and _MEETS.match(plain, token.end))
        )
    ]


def _counts_in(plain: str, token: Token) -> bool:
    """Whether a token stands in a bracket that counts something in: （含分技术委员会、工作组）."""
    return _IN_WIDENING.search(plain, max(0, token.start - _WIDEST_WIDENING), token.start) is not None


def _after_colon(tokens: Sequence[Token], plain: str) -> Sequence[Token]:
    """The tokens, without those in front of a colon that the words behind it take up again (…：国际的100万元)."""
    if not tokens:
        return tokens
    colon = plain.rfind(":", tokens[0].end, tokens[-1].start)
    if colon < 0:
        return tokens
    again = {_AXIS_OF.get(token.kind) for token in tokens if token.start > colon}
    return [token for token in tokens if token.start > colon or _AXIS_OF.get(token.kind) not in again]


def _prizes(tokens: Sequence[Token], plain: str) -> list[Choice]:
    """A list of prizes of which the first names no grade (质量奖、质量奖提名奖), as a list of grades; else nothing."""
    named = [
        token for token in tokens if token.kind == "grade" or (token.kind == "activity" and token.value == "award")
    ]
    entries: list[Choice] = []
    for index, token in enumerate(named):
        gap = plain[named[index - 1].end : token.start] if index else ""
        joined = index > 0 and _LISTED.search(gap) is not None
        value = token.value if token.kind == "grade" else ""
        if index and not joined:
            if not (token.kind == "grade" and entries[-1].values == ("",)):
                return []
            entries[-1] = Choice((value,), token.value, entries[-1].join)
        else:
            entries.append(Choice((value,), plain[token.start : token.end], "and" if entries else "first"))
    listed = len(entries) > 1 and entries[0].values == ("",)
    return entries if listed and all(entry.values != ("",) for entry in entries[1:]) else []


def _in_bracket_behind(plain: str, role: Token, rank: Token) -> bool:
    """Whether a rank stands in the first bracket behind a role, which it then defines: 主要起草单位(排名前两位)."""
    gap = plain[role.end : rank.start]
    return "(" in gap and ")" not in gap and gap.index("(") <= _WIDEST_BRACKET_GAP


def _choices(token: Token, plain: str) -> Choice:
    said = plain[token.start : token.end]
    if token.kind == "activity" and any_of(load_vocabulary().both_drafting_and_revising).fullmatch(said):
        return Choice(("formulate_standard",), said)
    return Choice((token.value,), said, of=frozenset({token.of}))


def _add(entries: list[Choice], choice: Choice, gap: str | None) -> None:
    for entry in entries:
        qualified = {entry.said[:3], choice.said[:3]} & {"强制性", "推荐性"}
        if entry.values == choice.values and (entry.said == choice.said or not qualified):
            entries[entries.index(entry)] = replace(entry, of=entry.of | choice.of)
            return
    join: Literal["first", "and", "or", "slash", "break"] = "first"
    if entries and gap is not None:
        join = "slash" if gap.strip() == "/" else "or" if _OR.search(gap) else "break" if _BREAK.search(gap) else "and"
    entries.append(replace(choice, join=join))


def _main_activities(entries: list[Choice], *, drafts: bool) -> list[Choice]:
    """Drafting and revising stay beside each other; of other activities the one the vocabulary lists first counts.

    Where someone drafts a standard (`drafts`) the rest only narrows that (且入选示范项目), but for prizes, which are paid
    for what was drafted.
    """
    order = list(load_vocabulary().activities)
    drafting = {"formulate_standard", "revise_standard"}
    named = {entry.values[0] for entry in entries}
    if drafts and named & drafting and not named & {"award", "front_runner"}:
        return [entry for entry in entries if entry.values[0] in drafting]
    if named <= drafting or len(named) == 1:
        return entries
    first = min(named, key=order.index)
    return [replace(entry, join="first") for entry in entries if entry.values[0] == first][:1]


def _is_top(ranks: Sequence[Choice]) -> bool:
    return len(ranks) == 1 and ranks[0].values[0].startswith("rank:1-")


def _main_roles(
    entries: list[Choice], definition: str | None, *, lead_named: bool, ranked: bool
) -> tuple[list[Choice], str | None]:
    """A rank beside a role: the first places define a lead; any other rank says more than the role does."""
    ranks = [entry for entry in entries if entry.values[0].startswith(("rank", "rest"))]
    roles = [entry for entry in entries if entry not in ranks]
    if not ranks or not roles:
        return entries, definition
    leads = len(roles) == 1 and roles[0].values[0] == "lead" and len(ranks) == 1
    if leads and ranks[0].values[0].startswith("rank:1") and not ranked:
        return [replace(roles[0], join="first")], ranks[0].values[0]
    if len(roles) == 1 and roles[0].values[0] == "participate" and ranks[0].values[0] == REST:
        return [replace(roles[0], join="first")], definition
    if lead_named and len(roles) == 1 and roles[0].values[0] == "participate" and _is_top(ranks):
        # Beside a lead of its own, the first places only narrow who takes part.
        return [replace(roles[0], join="first")], ranks[0].values[0]
    if {role.values[0] for role in roles} == {"lead", "participate"}:
        return [replace(entry, join="and" if index else "first") for index, entry in enumerate(entries)], definition
    if leads and ranks[0].values[0].startswith("rank:1"):
        definition = ranks[0].values[0]
    return [replace(entry, join="and" if index else "first") for index, entry in enumerate(ranks)], definition


class Misaligned(Exception):
    """Lists of things and of amounts that cannot be set against each other; the message says why."""


def align_lists(head: Head, count: int, breaks: Sequence[str], *, respectively: bool) -> list[list[Combination]]:
    """For each of `count` amounts the combinations it is paid for.

    Args:
        head: what the amounts depend on.
        count: how many amounts there are.
        breaks: what stands between one amount and the next.
        respectively: whether the text says 分别, 依次 or the like.

    Raises:
        Misaligned: the lists differ in length, or could be paired in more than one way.
    """
    if count == 1:
        if respectively and any(len(choices) > 1 for choices in head.lists.values() if not _alike(choices)):
            raise Misaligned("several things are listed against one amount, said to be paid respectively")
        return [_combinations(head)]
    several = {axis: choices for axis, choices in head.lists.items() if len(choices) > 1}
    fitting = [axis for axis, choices in several.items() if len(choices) == count]
    if len(fitting) > 1:
        fitting = [axis for axis in fitting if not _alike(several[axis])] or fitting
    if len(fitting) == 1:
        levels = several.get("level", ())
        # 国际、国家、省级TC及SC…分别80万元、40万元: one amount for each level, one of them lost, is as likely.
        if (
            respectively
            and len(levels) > count
            and not _alike(levels)
            and (fitting[0] == "committee" or _alike(several[fitting[0]]))
        ):
            raise Misaligned(f"{count} amounts could go with a list of {count} or with {len(levels)} levels")
        grades = several.get("grade", ())
        if respectively and grades and fitting[0] != "grade":
            # 国家标准、行业标准、地方标准…获得优秀、良好的，分别奖励6万元、2万元、1万元: each grade is paid something of its own.
            raise Misaligned(f"{count} amounts are listed against {len(grades)} grades")
        return _one_by_one(head, fitting[0], [(choice,) for choice in several[fitting[0]]])
    if len(fitting) > 1:
        raise Misaligned(f"{count} amounts could go with either of two lists of {count}")
    crossed = _crossed(head, several, count, breaks)
    if crossed is not None:
        return crossed
    grouped = [
        (axis, groups)
        for axis, choices in several.items()
        for groups in (_groups(choices, ("first", "break")), _groups(choices, ("first", "break", "and", "or")))
        if len(groups) == count
    ]
    if len(grouped) == 1:
        return _one_by_one(head, *grouped[0])
    listed = max((len(choices) for choices in several.values()), default=1)
    raise Misaligned(f"{count} amounts are listed against {listed} things")


def rows_of(head: Head) -> list[Combination]:
    """The rows of a head that has one amount."""
    return align_lists(head, 1, [], respectively=False)[0]


def _alike(choices: Sequence[Choice]) -> bool:
    return all(choice.join in ("first", "or", "slash") for choice in choices)


def _groups(choices: Sequence[Choice], opening: Sequence[str]) -> list[tuple[Choice, ...]]:
    """The entries in groups, each opened by one that is joined in an `opening` way.

    By their wider separators 国际标准，国家、行业标准，地方标准 are three groups, and TC、SC/WG are two.
    """
    groups: list[list[Choice]] = []
    for choice in choices:
        if choice.join in opening or not groups:
            groups.append([choice])
        else:
            groups[-1].append(choice)
    return [tuple(group) for group in groups]


def _one_by_one(head: Head, axis: Axis, groups: Sequence[tuple[Choice, ...]]) -> list[list[Combination]]:
    return [_combinations(head.with_axis(axis, group)) for group in groups]


def _crossed(
    head: Head, several: Mapping[Axis, Sequence[Choice]], count: int, breaks: Sequence[str]
) -> list[list[Combination]] | None:
    """Two lists against one list of amounts, where the marks between the amounts show which list is the outer one."""
    if len(several) != 2:
        return None
    (first, outer), (second, inner) = several.items()
    if len(outer) * len(inner) != count:
        return None
    readings = [
        (a, b) for a, b in ((first, second), (second, first)) if _marks_groups(breaks, len(several[a]), len(several[b]))
    ]
    if len(readings) != 1:
        raise Misaligned(f"{count} amounts for {len(outer)} by {len(inner)} cases, and nothing shows their order")
    a, b = readings[0]
    return [
        _combinations(head.with_axis(a, (one,)).with_axis(b, (other,)))
        for one, other in product(several[a], several[b])
    ]


def _marks_groups(breaks: Sequence[str], outer: int, inner: int) -> bool:
    """Whether another mark stands after every `inner` amounts than between the others."""
    if len(breaks) != outer * inner - 1:
        return False
    ends = {breaks[i].strip() for i in range(len(breaks)) if (i + 1) % inner == 0}
    within = {breaks[i].strip() for i in range(len(breaks)) if (i + 1) % inner != 0}
    return bool(within) and not ends & within


def _combinations(head: Head) -> list[Combination]:
    """The rows for one amount: one a level or grade; roles, drafting and revising, and all committees alike are one."""
    options: list[list[str | None]] = []
    for axis in AXES:
        values = [value for choice in head.of(axis) for value in choice.values]
        if axis == "level" and not values and _adopts_international(head):
            values = ["international"]
        options.append([value or None for value in _paid_alike(axis, list(dict.fromkeys(values)))] or [None])
    return [dict(zip(AXES, values, strict=True)) for values in product(*options)]


def _adopts_international(head: Head) -> bool:
    """Whether international standards, and no others, are taken over: 采用国际标准, but not 采用国际标准和国外先进标准."""
    said = "".join(choice.said for choice in head.of("activity"))
    return head.single("activity") == "adopt_standard" and "国际标准" in said and "国外" not in said


def _paid_alike(axis: Axis, values: list[str]) -> list[str | None]:
    if axis == "activity":
        return [values[0]] if values else []
    if axis == "role":
        return _roles_alike(values)
    if axis == "committee" and set(values) == {"TC", "SC", "WG"}:
        return [None]
    if axis == "place_group" and len(values) > 1:
        return [None]
    return list(values)


def _roles_alike(values: list[str]) -> list[str | None]:
    if {"lead", "participate"} <= set(values):
        return [None]
    bands = [_band(value) for value in values if value.startswith("rank:")]
    merged: list[tuple[int, int | None]] = []
    for first, last in sorted(bands, key=lambda band: band[0]):
        if merged and merged[-1][1] is not None and first == merged[-1][1] + 1:
            merged[-1] = (merged[-1][0], last)
        else:
            merged.append((first, last))
    if merged and len(bands) == len(values):
        return [_role(first, last) for first, last in merged]
    return list(values)


def _band(role: str) -> tuple[int, int | None]:
    first, dash, last = role.removeprefix("rank:").partition("-")
    return int(first), int(last) if last else None if dash else int(first)


def _role(first: int, last: int | None) -> str:
    return f"rank:{first}-" if last is None else f"rank:{first}" if first == last else f"rank:{first}-{last}"


def rest_after(role: str) -> str | None:
    """The ranks behind a band: rank:1 is followed by rank:2-."""
    if not role.startswith("rank:"):
        return "rank:2-" if role == "lead" else None
    last = _band(role)[1]
    return None if last is None else _role(last + 1, None)


def is_qualified(said: str) -> bool:
    """Whether an entry is only a part of its level: 强制性国家标准."""
    said = folded(said)
    return said.startswith(("强制性", "推荐性")) or said.endswith("文件")
