"""The head that the tokens of a phrase make: its lists of choices, and how each entry is joined to the last."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Literal

from knowledge.drafting.axes import AXIS_OF, LOCAL, REST, SOME_STANDARD, Axis, Choice, Head
from knowledge.drafting.head_tokens import CHOSEN, counts_in, telling
from knowledge.drafting.level_tokens import NAMED
from knowledge.drafting.tokens import Token
from knowledge.drafting.vocabulary import any_of, load_vocabulary

# Directly in front of an entry: 国际标准化组织TC或SC秘书处、全国TC或SC秘书处 are no alternatives.
_OR = re.compile(r"或[^、,;]{0,4}$")
_LISTED = re.compile(r"^[”)）]*[^,;。]{0,2}[、和或及]")
_JOINED = re.compile(r"[、,;。和或及与/]|的")
_BREAK = re.compile(r"[,;。]")
_GUIDANCE = "指导性技术文件"
_WIDEST_BRACKET_GAP = 14
_NAME = re.compile(r"“[^“”]{2,12}”$")
_SHORT_BRACKET_GAP = 4
_HOLDING = re.compile(r"(?:举办|承办|主办|召开|协办)[^,;。]*$")


def read_head(tokens: Sequence[Token], plain: str, *, lead_named: bool = False, ranked: bool = False) -> Head:
    """The head that the tokens of a phrase make; `lead_named` where the document also speaks of a lead, `ranked`
    where it pays lower ranks too.

    Brackets: a level in brackets behind a level widens it, a rank in brackets behind a role defines it.
    """
    tokens = telling(tokens, plain)
    lists: dict[Axis, list[Choice]] = {}
    last_of: dict[Axis, Token] = {}
    nouns: set[str] = set()
    definition: str | None = None
    for token in tokens:
        axis = AXIS_OF.get(token.kind)
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
        drafts = "standard" in nouns and ("role" in lists or CHOSEN.search(plain, tokens[0].start, tokens[-1].end))
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
    if token.kind == "committee" and counts_in(plain, token):
        entries[-1] = replace(last, values=(*last.values, token.value))
        return True
    if token.kind != "level":
        return False
    if counts_in(plain, token) and (token.value == NAMED or _GUIDANCE in plain[token.start : token.end]):
        return True  # 行业标准（含“百湖”标准、国家标准化指导性技术文件）: counted in, and no level of its own
    if _is_pair(before, token, gap) or _is_bracketed(gap, token, counted=counts_in(plain, token)):
        if last.values == (LOCAL,) and token.value in ("provincial_local", "municipal_local"):
            entries[-1] = replace(last, values=(token.value,))  # 地方标准（省级）
        elif token.value not in last.values:
            entries[-1] = replace(last, values=(*last.values, token.value))
        return True
    # 市级农业地方规范, 省级农业地方标准或服务业地方标准: the level was said
    return token.value == LOCAL and _says_again(entries, gap)


def _is_bracketed(gap: str, token: Token, *, counted: bool) -> bool:
    """Whether a level stands in the bracket behind another: 行业标准（“百湖”团体标准）, 行业标准（含在国家备案的联盟标准）."""
    if "(" not in gap or ")" in gap:
        return False
    of_bodies = token.of == "standard" and token.value in ("group", "alliance", "enterprise")
    return len(gap) <= _SHORT_BRACKET_GAP or (of_bodies and (counted or _NAME.search(gap) is not None))


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
