"""Which tokens of a phrase tell what is paid for: not what a standard was before, who else pays, or what approves it."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace

from knowledge.drafting.approvers import CONFERRED, ISSUED
from knowledge.drafting.axes import AXIS_OF, LOCAL
from knowledge.drafting.tokens import Token
from knowledge.rule_schema import DRAFTING

_IN_WIDENING = re.compile(r"\((?:含|包括|包含)[^()]*$")
_WIDEST_WIDENING = 40
# 团体标准转化为国家标准: what a standard of another level became.
RAISED = re.compile(r"(?:(?:转化|上升|升格|升级|提升|转变)[为成到至]?|(?:采纳|吸纳|转|晋升)[为成])$")
_PRIZE_OF = re.compile(r"(?:[金银铜]|优秀|特别)?奖(?!励|补|金|资|[ \t]*\d|[一二三四五六七八九十]+万)")
# 国家级、省级主管部门批准的: the level is the office's.
_LISTED_TO_OFFICE = re.compile(
    r"(?:[、和及或与/](?:国家|省|市)级)*[、和及或与/](?:[国省市]|自治区)[^,;。、]{2,24}?(?:部门|局|委)"
)
_MEETS = re.compile(r"[^,;。、]{0,4}(?:年会|会议|全会|大会|论坛)")
_PARTED = re.compile("[,;。、的]")
_CERTIFIED = re.compile(r"的[^,;。、的\d]{0,8}(?:国际|国家|行业|地方|团体|企业|联盟)标准(?!化)")
# A standard that was chosen for something: 团体标准被认定为示范项目.
CHOSEN = re.compile(r"标准(?:被|入选|列入|纳入|获评)")
# 纳入国家、省级应用示范的团体标准.
_CHOSEN_FOR = re.compile(
    r"(?:入选|列入|纳入|获评)为?[^,;。的]{2,20}(?:试点|示范)[^,;。的]{0,6}的(?=(?:团体|企业|地方|行业)标准)"
)

# 每项补助起草单位3万元, 给予起草单位2万元
_PAID_DRAFTER = re.compile(r"(?:奖励|补助|资助|补贴|奖补|给予|支持|扶持)(?:起草|制定|编制|研制)(?:单位|企业|机构|者)")
_GIVES = 2


def telling(tokens: Sequence[Token], plain: str) -> list[Token]:
    """The tokens of a phrase that tell what is paid for."""
    tokens = _of_chosen(_said_by_offices(_without_stars(without_payees(tokens, plain)), plain), plain)
    return _not_in_passing(_own_levels(_as_raised(_after_colon(tokens, plain), plain), plain), plain)


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
    chosen = CHOSEN.search(plain, tokens[0].start, tokens[-1].end)
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
    """The tokens without the levels in the name of what has a level in front of it: 省级“团体标准优秀案例”."""

    def is_in_name(token: Token) -> bool:
        quoted = plain[token.start - 1 : token.start] == "“"
        return quoted and any(t.kind == "level" and t.end == token.start - 1 for t in tokens)

    return [token for token in tokens if token.kind != "level" or not is_in_name(token)]


def _without_stars(tokens: Sequence[Token]) -> Sequence[Token]:
    """The tokens without the stars of whoever drafts: 五星级饭店主导制定行业标准."""
    named = {token.value for token in tokens if token.kind == "activity"}
    if not named or not named <= DRAFTING:
        return tokens
    return [token for token in tokens if token.kind != "grade" or not token.value.endswith("星级")]


def without_payees(tokens: Sequence[Token], plain: str) -> Sequence[Token]:
    """The tokens without the drafters that a verb of giving names, where the words say what they do: 修订…的，补助起草单位3万元."""
    work = [token for token in tokens if token.kind == "activity" and token.value in DRAFTING]
    paid = [token for token in work if _PAID_DRAFTER.match(plain, token.start - _GIVES)]
    return tokens if len(paid) == len(work) else [token for token in tokens if token not in paid]


def _not_in_passing(tokens: Sequence[Token], plain: str) -> list[Token]:
    """The tokens without bodies that only meet and nobody hosts (技术机构年会), without what a prize is of (专利金奖) and what
    was certified: 经权威机构认证的团体标准.

    The level of a body that meets is that of its meeting.
    """
    bodies = [token for token in tokens if token.kind == "committee" or token.value == "host_committee"]
    met = [token.start for token in bodies if _MEETS.match(plain, token.end)]
    return [
        replace(token, of="event") if _is_of_meeting(token, met, plain) else token
        for token in tokens
        if token.kind != "activity"
        or not (
            (token.value == "other" and _PRIZE_OF.match(plain, token.end))
            or (token.value == "host_committee" and token.start in met)
            or (token.value == "certification" and _CERTIFIED.match(plain, token.end))
        )
    ]


def _is_of_meeting(token: Token, met: Sequence[int], plain: str) -> bool:
    """Whether a level is that of a body at one of `met`: 全国专业标准化技术委员会年会."""
    return (
        token.kind == "level"
        and token.of == "committee"
        and any(token.end <= at and not _PARTED.search(plain, token.end, at) for at in met)
    )


def counts_in(plain: str, token: Token) -> bool:
    """Whether a token stands in a bracket that counts something in: （含分技术委员会、工作组）."""
    return _IN_WIDENING.search(plain, max(0, token.start - _WIDEST_WIDENING), token.start) is not None


def _after_colon(tokens: Sequence[Token], plain: str) -> Sequence[Token]:
    """The tokens, without those in front of a colon that the words behind it take up again (…：国际的100万元)."""
    if not tokens:
        return tokens
    colon = plain.rfind(":", tokens[0].end, tokens[-1].start)
    if colon < 0:
        return tokens
    again = {AXIS_OF.get(token.kind) for token in tokens if token.start > colon}
    return [token for token in tokens if token.start > colon or AXIS_OF.get(token.kind) not in again]
