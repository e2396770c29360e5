"""Reads a document's amounts in order and says of each what it is paid for, or why no rule pays it.

The text is taken in stretches: sentences, cut at semicolons and outline numbers. What a stretch leaves out it takes from
the stretch before it in the same item, from the lead-ins (下列…给予奖励：) and from the headings above it.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from decimal import Decimal
from itertools import pairwise
from typing import Literal

from knowledge.drafting.axes import (
    AXES,
    SOME_STANDARD,
    Axis,
    Choice,
    Combination,
    Head,
    Misaligned,
    align_lists,
    is_qualified,
)
from knowledge.drafting.ceilings import with_ceilings
from knowledge.drafting.cells import (
    AXIS_LOST,
    beside,
    cell_tokens,
    headed_by,
    is_understood,
    narrows,
    stages_of,
    told_apart,
)
from knowledge.drafting.conditions import condition_words
from knowledge.drafting.context import Context, Frame, alike, fitting_levels, united
from knowledge.drafting.doubts import LEVELLED, holds_office, strange_tail, unheard, unread
from knowledge.drafting.hearsay import Hearsay
from knowledge.drafting.lexer import AXIS_KINDS, NAMED, Token
from knowledge.drafting.limits import find_quotas, read_limit
from knowledge.drafting.purpose import Purpose, Surroundings, purpose
from knowledge.drafting.settle import drop_restated, refuse_lost_levels
from knowledge.drafting.shares import base_by_head, is_payment_share, percent_of, share_base, share_bound
from knowledge.drafting.statements import Findings, Shape, Statement
from knowledge.drafting.stretches import Reading, Stretch
from knowledge.drafting.vocabulary import any_of, load_vocabulary
from knowledge.model import Span
from knowledge.numerals import chinese_number
from knowledge.quantities import Quantity
from knowledge.rule_schema import DRAFTING, IgnoreReason
from knowledge.tables import (
    Cell,
    Column,
    Entry,
    Line,
    Table,
    is_number,
    leaves_out,
    says_nothing,
    table_columns,
    table_lines,
)

# Between two amounts of one list.
_EACH = r"(?:[ \t]*/[ \t]*[项个家人次件张户])?"
_LIST_GAP = re.compile(
    rf"(?:以内)?(?:{_EACH}[ \t]*(?=[、和及与或,]))?[ \t]*(?:(?:、|和|及|与|或|/|以及|,和|,|;)[ \t]*)"
    r"(?:最高|不超过|最高不超过|不低于|不少于|每项|每个|每件|一次性|人民币|给予|奖励|各)*[ \t]*"
)
# An exception in the bracket behind an amount: 30万元（强制性国家标准40万元）.
_BRACKETED_AMOUNT = re.compile(r"(?:[ \t]*/[项个家人次件张])?[ \t]*\((?P<words>[^()]{2,40})\)")
# 22万元补助（农业领域的26万元）: the bracket behind an amount and the noun that gives it.
_OPENS_BRACKET = re.compile(r"[ \t]*的?(?:一次性)?(?:奖励|补助|资助|奖补|补贴|扶持|支持)?(?:资金|经费)?[ \t]*\(")
# 40万/项(封顶)
_CEILING_BEHIND = re.compile(r"(?:[ \t]*/[ \t]*[项个家人次件张])?[ \t]*\((?:封顶|上限|以内)\)")
_LEFT_OUT = re.compile(r"除外|除[^,;。]{1,12}外|不含|不包括")
_BOUNDS_GAP = re.compile(r"(?:以上)?[,、且但]{0,2}(?:不高于|最高|不超过|最多|至多|至)?[^,;。\d]{0,4}")
_COMMA_GAP = re.compile(rf"{_EACH}[ \t]*,[ \t]*(?:和)?[ \t]*")
_MARKS = ",;。:?!\n"
_BENEFICIARY = re.compile(r"对[^。;]{2,}的|凡[^。;]{2,}的|的[,，]|的(?:个人|单位|企业|组织|集体|同志|人员)[,，由给予]")
# 获得市长质量奖提名奖的企业，主导制定国家标准的; but not 主导制定国家标准的，且入选示范项目的.
_CONDITION_OF_PAYEE = re.compile(r"\s*(?!且|并|同时).+(?:的(?P<who>企业|单位|组织|机构|主体|个人)|的),")
# Who was paid: a table that names firms is a report.
_RECIPIENT = re.compile(r"[一-龥]{2}(?:公司|集团|研究院|研究所|大学|医院)$")
# A remark that is about the amount itself: 每项, 最高.
# What a table of changes is called.
_COMPARES = re.compile(r"对照|对比|新旧")
_SHORT_REMARK = re.compile(r"[^\d,;。]{1,8}|[按以]?每[^\d,;。]{1,4}(?:计算?|计发|核算|为单位)?[,;].*")
# The number that a ceiling in a remark is of: 最多奖励3项, 3项封顶.
_NUMBER_BEHIND = re.compile(r"[^,;。、()]{0,4}?\d")
_NUMBER_BEFORE = re.compile(r"\d[^,;。、()]{0,2}$")
# Honours that other rules provide for: 按照国家有关规定给予表彰.
_BY_RULES = re.compile(r"(?:按|依|根据)[照据]?[^,;。]{0,10}(?:规定|办法|程序|要求)|可以|有关规定|适当")
# What a lower government has to do is no rule of this one: 各县(市)应安排资金，按1:1配套.
_DUTY = re.compile(r"应当?(?:安排|统筹|落实|足额|按)")
# Shares of what is no work on standards: interest, rent, machines.
_FOREIGN_COSTS = re.compile(r"利息|贷款|租金|房租|设备|投资额|融资")
_NO_MONEY = re.compile(r"不(?:再|另)?(?:发放?|给予?|予|设|颁发|安排|奖励)[^,;。]{0,6}(?:奖金|资金|物质|现金)")
# Who is honoured: 获得提名的单位和个人，由…颁发证书; 对先进个人，由…通报表扬.
_HONOURED = re.compile(
    r"的(?:个人|单位|企业|组织|集体)[、和及与或](?:个人|单位|企业|组织|集体|人员)(?:[,由给予])|对[^,;。]{2,},由"
    r"|(?:项目|试点|示范|基地),由"
)
_NEW_PAYEE = re.compile(r"对[^,;。]{2,}|[^,;。]{2,}的(?:[,单企个机组奖补资给每\d]|最高|分别)")
_PAYEES = r"(?:先进|优秀|获奖)?(?:组织|单位|企业|集体|机构|团体|个人|自然人|工作者)"
_PAYEES_LISTED = re.compile(rf"(?P<names>{_PAYEES}(?:[、和及与或]{_PAYEES})+),?(?:分别|依次|各)[^,;。]*$")
_PERSON = re.compile(r"人$|者$")
_LATER_PAYMENT = re.compile(r"再|另|后")
# 考核优秀的，再给予5万元: a further payment to those of whom the words before spoke.
_FURTHER = re.compile(r"(?:再|另外?|额外)(?:行|次)?(?:一次性)?(?:给予|给|予以|奖|补|资助|支持|扶持|拨付)[^,;。]*$")
# 每项不超过100万元，其中立项后先行拨付45万元: a part of what was stated before.
_ADVANCED_PART = re.compile(
    r"(?:其中[^;。]*?(?:先行?|预先?|首[期次批]|前期)|[(,][^,;。]{0,16}预)(?:拨付|预拨|支付|兑付|拨给?|付)[^,;。]{0,4}$"
)
# 30万元，其中市财政20万元、区财政10万元: who bears it.
_BORNE_PART = re.compile(r"(?:[,(]其中[,:]?|、|,)(?:由|各)?[^,;。、每]{0,6}财政(?:各|承担|负担|分别承担|安排|出资)*")
_INSTALMENT = re.compile(r"拨付[^,;。]*$")
# Those of whom the words before spoke: 对入选的企业.
_SAME_PAYEE = re.compile(
    r"\d分(?:\(含\))?(?:及?以[上下]|[至到~-]|不足|的)|(?:入选|获评|获批|立项|批准筹建|建成|发布|优秀|首次承担|达标|符合条件|通过(?:[^,;。的]{0,4}(?:评审|验收|考核|评估|评价))?)的|上述|前述|该"
)
_WHOSE_AMOUNTS = re.compile(
    r"(?:为|是|适用于)[^,;。]{2,20}(?:额度|标准|金额|数额|(?:可获得?|所得|所获|享受)的(?:资助|奖励|补助|扶持|奖补|补贴))"
)
_ENTRY = re.compile(r"[^:,;。]{2,8}:[^:,;。]{1,30};")
_LABEL = re.compile(r"(?:一次性)?(?:奖励|资助|补助|扶持)?(?:金额|额度|标准|数额)?")
_FILLERS = re.compile(
    r"一次性|通过|验收|获批|列入|承担|入选|标准|地方|级|类|单位|企业|产品|最高|不超过|每|研制|项目|[\s的为是:、.和及与(（]|[\d]+[、.)]"
)
_MOST_RESIDUE = 2
# Characters between the last word that is read and an amount that no verb gives; rows that are right had at most 3.
_MOST_UNREAD = 3
_COSTS = re.compile("费|资金|款|投入|支出")
_TITLE_IN_LINE = re.compile(r"[^【】,;。]{0,12}【[^【】]{2,24}】")
# 获奖标准为国际标准的，另奖励6万元: the prize has a level of its own.
_WHOSE_LEVEL = "whether its level is that of what was paid before or of a standard is not clear"
_UNKNOWN = "what is paid for is not one of the known activities"
_LIMITED = re.compile(r"(?:仅?限|最多(?:奖励|补助|资助)?|至多)$")
# Between a total and the parts of it that each gets.
_SHARED_AMONG = re.compile(r"其中|按.{0,8}分配|分别(?:为|获得|得|分得|享有)|\(|^,[由按]")
_IN_TOTAL = re.compile(r"总额|总计|合计|共计")
_COUNTED = "项个张件种"
_COUNTED_TIERS = re.compile(
    r"分(?:为|成)?(?:[^,;。]{0,40}元)?(?P<n>[二两三四五六七八九十\d])(?:个)?(?P<tier>档次?|等次|等级|级|类)"
)
_REVISING_IN_BRACKET = re.compile(r"制[定订]\(修[订编]\)")
_PRIZES = re.compile(r"[一-龥]{2,14}奖(?:[、和及与][一-龥]{2,14}奖)+(?!励|金|补|项|资)")
_PRIZE_PREFIX = re.compile(
    r"^(?:.*?(?:获得|荣获|获评|获))?(?:.*?(?:标准创新|标准化|质量|科学技术|科技)(?=[一-龥]{2,}奖))?"
)
_CLOSED_BAND = re.compile(r"rank:(\d+)-(\d+)")
# The number of tiers behind the amounts: 分6万元、4万元、2万元三档.
_TIERS_BEHIND = re.compile(r"(?P<n>[二两三四五六七八九十\d])(?:个)?(?P<tier>档次?|等次|等级)")
_CN_DIGITS = "一二三四五六七八九十"
# Who else sets the amount, and what is left to them: 由所在区安排补助, 补助标准以当年核定为准.
_LEFT_TO = re.compile(
    r"由[^,;。]{0,12}(?:[区县市]|政府|财政|部门)[^,;。]{0,4}安排(?:补助|奖励|奖补|资助)"
    r"|(?:具体|[补奖扶]助?[励持]?|资助)标准以[^。;]{2,24}(?:核定|确定|公布)[^,;。]{0,4}为准"
    r"|(?:(?:奖励|补助|奖补|资助|扶持|具体)标准|额度|数额|金额|方案)[^,;。]{0,10}"
    r"(?:由[^,;。]{2,32}(?:确定|核定|审定|公布)|,?报[^,;。]{2,12}(?:审定|确定))"
    r"|由[^,;。]{2,24}(?:核定|确定|审定)[^,;。]{0,4}(?:资助|补助|奖励|奖补|补贴|扶持)[^,;。]{0,2}(?:额度|金额|数额|标准)"
)
_AMOUNT_LEFT = re.compile(r"(?:具体|补助|奖励|奖补|资助|扶持)(?:标准|额度|数额|金额)|根据贡献")
# Leave to make a policy is no payment.
_OWN_POLICY = re.compile(r"制[定订][^,;。]{0,12}(?:政策|办法|细则|措施|规定)")


@dataclass(frozen=True)
class TableRow:
    """A row of a table as it is read: its stretch is the table's, `labels` the tokens of the cells that head it."""

    stretch: Stretch
    line: Line
    labels: Sequence[Sequence[Token]]
    caption: str

    def part(self, cell: Cell) -> Stretch:
        """A cell of it as a stretch of its own."""
        return replace(self.stretch, span=Span(cell.start, cell.end), kind="text", table=None)


class Reader:
    """Walks the stretches of one document; see `read`."""

    def __init__(self, reading: Reading) -> None:
        self._reading = reading
        self._plain = reading.plain
        self._found = Findings()
        self._hearsay = Hearsay(reading)
        self._context = Context(reading, self._found.statements)
        # The last stretch that pays a share of costs.
        self._cost_share = self._foreign_share = -1
        # Exceptions in brackets inside a list of amounts, each by the end of the amount that it is an exception of.
        self._exceptions: dict[int, Token] = {}
        # What the entries in front in the same line say (项目类别：国际标准；资助对象：主导单位；…).
        self._entries: list[Token] = []
        self._words = load_vocabulary()

    def read(self) -> Findings:
        """The findings of the whole document."""
        for index, stretch in enumerate(self._reading.stretches):
            self._context.index = index
            self._context.enter(stretch)
            if stretch.table is not None:
                self._read_table(stretch, stretch.table)
                continue
            if self._context.refers:
                self._name_payees(stretch)
            self._count_limits(stretch)
            if stretch.opens_paragraph:
                self._entries = []
            groups = self._groups(stretch)
            if not groups and _ENTRY.fullmatch(self._plain, *stretch.span):
                self._entries += self._reading.tokens_in(stretch.span)
            elif groups:
                self._read_groups(stretch, groups)
                self._honour_behind(stretch, groups[-1][-1].end)
            elif frame := self._context.frame_of(stretch):
                self._context.keep(stretch, frame)
            else:
                self._without_amount(stretch)
        drop_restated(self._found)
        refuse_lost_levels(self._found)
        self._found.statements[:] = with_ceilings(self._reading, self._found.statements)
        return self._found

    # --- amounts of a stretch ----------------------------------------------------------------------------------------

    def _groups(self, stretch: Stretch) -> list[list[Token]]:
        """The amounts and shares of the stretch, those of one list together."""
        groups: list[list[Token]] = []
        for token in self._reading.tokens_in(stretch.span):
            if token.kind not in ("money", "percent", "ratio", "half"):
                continue
            last = groups[-1][-1] if groups else None
            if last is not None and self._parts_list(last, token):
                self._exceptions[last.end] = token
            elif last is not None and (span := self._between_bounds(last, token)) is not None:
                groups[-1][-1] = span
            elif last is not None and last.kind == token.kind and self._continues(groups[-1], token):
                groups[-1].append(token)
            else:
                groups.append([token])
        return groups

    def _parts_list(self, last: Token, token: Token) -> bool:
        """Whether an amount is an exception in the bracket behind one of a list: 60万元、30万元（强制性的40万元）、20万元."""
        bracket = _BRACKETED_AMOUNT.match(self._plain, last.end)
        if bracket is None or not bracket.start("words") < token.start < bracket.end("words"):
            return False
        goes_on = _LIST_GAP.match(self._plain, bracket.end())
        if goes_on is None or len(self._reading.quantities_in(Span(*bracket.span("words")))) > 1:
            return False
        return any(q.start == goes_on.end() for q in self._reading.quantities if q.kind == "money")

    def _between_bounds(self, low: Token, high: Token) -> Token | None:
        """One range from two bounds side by side (不低于2万元、不高于6万元); null where they are none."""
        first, second = low.quantity, high.quantity
        if first is None or second is None or (low.kind, high.kind) != ("money", "money"):
            return None
        gap = self._plain[low.end : high.start]
        if first.bound != "at_least" or second.bound != "up_to" or _BOUNDS_GAP.fullmatch(gap) is None:
            return None
        if first.upper is not None or second.upper is not None or first.value >= second.value:
            return None
        self._found.low_ends[high.start] = first
        whole = replace(second, value=first.value, upper=second.value)
        return replace(low, end=high.end, quantity=whole)

    def _continues(self, group: Sequence[Token], token: Token) -> bool:
        gap = self._plain[group[-1].end : token.start]
        if group[-1].end in self._exceptions:
            gap = gap[gap.index(")") + 1 :]
        if gap.strip() == "(":
            return True  # 50万元（30万元、10万元）, as the things are: 技术委员会（分技术委员会、工作组）
        if _LIST_GAP.fullmatch(gap) is None:
            return False
        return "," not in gap or _COMMA_GAP.fullmatch(gap) is not None

    def _read_groups(self, stretch: Stretch, groups: list[list[Token]]) -> None:
        at = stretch.span.start
        last: tuple[Purpose, int] | None = None
        for index, group in enumerate(groups):
            following = groups[index + 1][0].start if index + 1 < len(groups) else stretch.span.end
            if group[0].kind == "money" and self._is_old(group, following):
                self._set_aside(group, "history")
                continue
            if not_own := self._hearsay.reason(Span(group[0].start, group[-1].end)):
                self._set_aside(group, not_own)
                last = (not_own, group[-1].end)
                at = self._behind_not_own(at, group)
                continue
            if group[0].kind != "money":
                if self._is_old(group, following):
                    continue  # 由20%提高到25%
                at = self._read_share(group, at, following)
                continue
            around = self._surroundings(at, group, following)
            around = replace(around, within=self._within(last, group))
            meant: Purpose = purpose(around)
            last = (meant, group[-1].end)
            if meant in ("payment", "cap", "budget", "other") and self._is_pot(groups[index:]):
                self._share_out(group, at)
                at = group[-1].end
                last = None if meant in ("payment", "cap") else last
                continue
            if meant == "payment":
                self._pay(group, at, following, around)
                for end in (amount.end for amount in group if amount.end in self._exceptions):
                    excepted = self._exceptions[end]
                    close = self._plain.index(")", excepted.end)
                    self._pay([excepted], end, close, self._surroundings(end, [excepted], close))
                at = self._advanced(group, following)
            elif meant == "cap":
                self._limit(group, at)
                at = group[-1].end
            else:
                told = meant == "other" and around.names_things
                self._set_aside(
                    [*group, *(self._exceptions[a.end] for a in group if a.end in self._exceptions)],
                    "unclear" if told else meant,
                )
                if told:
                    at = self._behind_not_own(at, group)

    def _within(self, last: tuple[Purpose, int] | None, group: Sequence[Token]) -> Purpose | None:
        """What the amount in front is for, where this one is a part of it or an exception in its bracket."""
        if last is None:
            return None
        meant, end = last
        between = self._plain[end : group[0].start]
        if meant == "cap" and (
            ("其中" in between and "每" not in between) or (between.lstrip().startswith("(") and ")" not in between)
        ):
            return "cap"
        borne = _BORNE_PART.fullmatch(between) is not None and (meant == "pot" or "其中" in between)
        if borne or (meant == "payment" and _ADVANCED_PART.search(between)):
            return "pot"
        told = any(token.kind == "giving" for token in self._reading.tokens_in(Span(end, group[0].start)))
        changed = any_of(self._words.grows).search(between) is not None
        return meant if meant in ("budget", "history", "goal") and not told and not changed else None

    def _behind_not_own(self, at: int, group: Sequence[Token]) -> int:
        """Where the words for the next amount begin behind one that is only told of: behind it, if its words name anything."""
        phrase = re.split(f"[{_MARKS}(]", self._plain[at : group[0].start])[-1]
        tokens = self._reading.tokens_in(Span(group[0].start - len(phrase), group[0].start))
        return group[-1].end if any(token.kind in AXIS_KINDS for token in tokens) else at

    def _share_out(self, group: Sequence[Token], at: int) -> None:
        """Sets a total aside; the shares that follow are of what it is for."""
        self._set_aside(group, "pot")
        tokens = self._own_words(at, group[0].start)
        head = self._context.resolved(self._context.head(tokens), 1, "amount").with_axis("role", ())
        benefit = self._gives(tokens, "", True) or "reward"
        self._context.said.append(
            (self._context.index, Statement("amount", Span(group[0].start, group[-1].end), (), head, benefit=benefit))
        )

    def _own_words(self, at: int, end: int) -> list[Token]:
        """The tokens in front of an amount that are its own.

        A phrase that gives something without an amount (第一起草单位按全额奖励，) has its own roles, and they end with it.
        """
        tokens = [*self._entries, *self._reading.tokens_in(Span(at, end))]
        if (label := _TITLE_IN_LINE.match(self._plain, at, end)) is not None:
            # 【地方标准】主导制定省级地方标准的: the title says in general what its words say.
            said = {token.kind for token in tokens if token.start >= label.end()}
            tokens = [token for token in tokens if token.start >= label.end() or token.kind not in said]
        for comma in reversed([i for i in range(at, end) if self._plain[i] == ","]):
            before = [token for token in tokens if token.end <= comma]
            after = [token for token in tokens if token.start > comma]
            roles = [sum(token.kind in ("role", "rank") for token in part) for part in (before, after)]
            if all(roles) and any(token.kind == "giving" for token in before):
                return after
        return tokens

    def _advanced(self, group: Sequence[Token], following: int) -> int:
        """Where the words for the next amount begin: behind a bracket that belongs to this one."""
        end = group[-1].end
        bracket = re.compile(r"(?:[ \t]*/[项个家人次件张])?[ \t]*\([^()]{0,40}\)").match(self._plain, end, following)
        return bracket.end() if bracket else end

    def _value(self, token: Token) -> Decimal:
        assert token.quantity is not None
        return token.quantity.value

    def _is_old(self, group: Sequence[Token], following: int) -> bool:
        between = self._plain[group[-1].end : following]
        return (
            len(between) <= 14
            and any_of(self._words.grows).search(between) is not None
            and following < len(self._plain)
        )

    def _is_pot(self, groups: Sequence[Sequence[Token]]) -> bool:
        """Whether the amounts that follow share this one out: 60万元，其中第一起草单位40万元、第二20万元."""
        shares = [token for group in groups[1:] for token in group]
        if len(groups[0]) != 1 or len(shares) < 2 or any(token.kind != "money" for token in shares):
            return False
        if self._hearsay.reason(Span(shares[0].start, shares[0].end)):
            return False  # 30万元（其中市级20万元、区级10万元）
        if _BORNE_PART.fullmatch(self._plain[groups[0][-1].end : shares[0].start]):
            return False
        total, parts = self._value(groups[0][0]), sum(map(self._value, shares), Decimal(0))
        phrase = re.split(f"[{_MARKS}]", self._plain[: groups[0][0].start])[-1]
        in_total = _IN_TOTAL.search(phrase) is not None
        if in_total and parts == total:
            return True
        among = _SHARED_AMONG.search(self._plain[groups[0][-1].end : shares[0].start]) is not None
        return among and (parts == total or (in_total and parts < total))

    def _surroundings(self, at: int, group: Sequence[Token], following: int) -> Surroundings:
        plain = self._plain
        start, end = group[0].start, group[-1].end
        before = plain[at:start]
        behind = plain[end:following].removeprefix("(含)")
        after = re.split(f"[{_MARKS}()]", behind, maxsplit=1)[0]
        tokens = [*self._entries, *self._reading.tokens_in(Span(at, start))]
        named = [token for token in tokens if token.kind in AXIS_KINDS]
        told = any(token.kind in ("level", "role", "rank", "grade", "committee") for token in named)
        sentence = self._reading.sentence_at(start)
        return Surroundings(
            sentence=plain[slice(*sentence)],
            within=None,
            before=before,
            phrase=any_of(self._words.grows).split(re.split(f"[{_MARKS}(]", before)[-1])[-1],
            after=after,
            up_to=self._up_to(group, before, after),
            paid_before=any(index == self._context.index for index, _ in self._context.said)
            or self._paid_in_sentence(sentence),
            paid_alike=(alike := self._paid_alike(tokens)),
            follows_share=alike and self._context.said[-1][1].shape == "ratio",
            names_things=bool(named),
            has_beneficiary=told or _BENEFICIARY.search(before) is not None,
            capped_before=any(limit.sentence == sentence and limit.yuan for limit in self._found.limits[-2:]),
            cost_share=self._cost_share == self._context.index,
            others_payer=self._paid_above(tokens),
            others_place=self._reading.names_other_place(Span(sentence.start, start)),
            gives=self._gives(tokens, after, bool(named), Span(at, start)) is not None,
        )

    def _paid_above(self, tokens: Sequence[Token]) -> bool:
        """Whether only a higher government than the issuer pays: that tells of its policy, and is none of this one's."""
        ranks = {"municipal": 2, "provincial": 3}
        own = self._reading.rank_of_issuer
        if not own or not any(ranks.get(token.value, 0) > own for token in tokens if token.kind == "payer"):
            return False
        return all(ranks.get(token.value, 0) > own for token in tokens if token.kind == "payer")

    def _paid_in_sentence(self, sentence: Span) -> bool:
        return any(sentence.start <= statement.span.start < sentence.end for _, statement in self._context.said)

    def _paid_alike(self, tokens: Sequence[Token]) -> bool:
        """Whether the payment in front, in the same item, is for the activity that the words name, if they name one."""
        if not self._context.said:
            return False
        named = self._context.head(tokens).of("activity")
        return not named or self._context.said[-1][1].head.of("activity")[:1] == named[:1]

    def _up_to(self, group: Sequence[Token], before: str, after: str) -> bool:
        if any(token.quantity is not None and token.quantity.bound == "up_to" for token in group):
            return True
        if any_of(self._words.at_most).match(after):
            return True
        phrase = re.split(f"[{_MARKS}(]", before)[-1]
        return any_of(self._words.at_most).search(phrase) is not None

    def _only_lists(self, tokens: Sequence[Token], before: Span) -> bool:
        """Whether the phrase in front of an amount is nothing but what it is for: 国家标准：主导40万元; 金额：40万元."""
        phrase = re.split(f"[{_MARKS}(/】]", self._plain[slice(*before)])[-1]
        named = [token for token in tokens if token.kind in AXIS_KINDS]
        if _LABEL.fullmatch(phrase.strip()):
            return bool(named) or any(frame.head.lists for frame in self._context.frames())
        start = before.end - len(phrase)
        left = [
            char
            for index, char in enumerate(phrase, start=start)
            if not any(token.start <= index < token.end for token in tokens)
        ]
        return bool(named) and len(_FILLERS.sub("", "".join(left))) <= _MOST_RESIDUE

    def _gives(self, tokens: Sequence[Token], after: str, named: bool, before: Span | None = None) -> str | None:
        """The kind of benefit that holds for an amount; `plain` where the words only give; None where none do."""
        giving = [token.value for token in tokens if token.kind == "giving"]
        behind = [v for v, forms in self._words.giving.items() if v != "plain" and any_of(forms).search(after)]
        for value in (*behind, *reversed(giving)):
            if value != "plain":
                return value
        kept = next((s.benefit for _, s in reversed(self._context.said) if s.benefit), None)
        frames = self._context.frames()
        above = next((frame.gives for frame in frames if frame.gives not in (None, "plain")), None)
        if above is None and before is not None and self._context.promises and self._only_lists(tokens, before):
            # A line that only lists amounts, in a document or below a heading that is about giving.
            above = "reward"
        known = any(frame.head.of("activity") for frame in frames)
        added = any(token.kind == "bonus" for token in tokens)
        if giving or added or (kept and named) or (above and (named or known)):
            return kept if kept and not giving else above or "reward"
        if kept and before is not None and not self._goes_on_giving(tokens, before):
            return None
        return kept

    def _goes_on_giving(self, tokens: Sequence[Token], before: Span) -> bool:
        """Whether an amount without a word of giving may take it from the last payment: in its sentence, or as a line of a list."""
        if self._context.last() is not None or self._paid_in_sentence(self._reading.sentence_at(before.end)):
            return True
        return self._only_lists(tokens, before)

    # --- payments ----------------------------------------------------------------------------------------------------

    def _excepted(self, explicit: Head, at: int, start: int) -> Head | None:
        """The head of an exception in the bracket behind an amount: that amount's, with what the bracket names instead."""
        before = self._plain[at:start]
        main = self._context.last()
        if main is None or _OPENS_BRACKET.match(before) is None or ")" in before:
            return None
        here = (s for index, s in self._context.said if index == self._context.index and s.span.end == at)
        main = next(here, main)
        if main.head.single("activity") in DRAFTING and explicit.single("activity") == "other":
            explicit = explicit.with_axis("activity", ())  # 13万元（上升为国家军用标准的17万元）
        # Of lists in front of it the exception is of the entry that its amount is for.
        of = {axis: {row[axis] for row in main.combinations} for axis in AXES}
        own = {
            a: (Choice((v,), ""),) for a, vs in of.items() if len(vs) == 1 and len(main.head.of(a)) > 1 for v in vs if v
        }
        return Head({**main.head.lists, **own, **explicit.lists}, main.head.nouns | explicit.nouns)

    def _pay(self, group: Sequence[Token], at: int, following: int, around: Surroundings) -> None:
        start = group[0].start
        tokens = self._own_words(at, start)
        words = self._plain[at:start]
        explicit = self._explicit(group, at, following, around, tokens)
        adds = any(token.kind == "bonus" for token in tokens)
        narrowed = self._only_narrows(explicit, adds=adds or _FURTHER.search(words) is not None)
        whose_level = narrowed and bool(explicit.of("level"))
        if narrowed:
            explicit = Head() if self._context.said else Head({}, explicit.nouns & {SOME_STANDARD})
        further = not explicit and _FURTHER.search(words) is not None
        shape: Shape = "bonus" if adds else "further" if further else "amount"
        exception = self._excepted(explicit, at, start)
        if exception is not None:
            head = fitting_levels(exception, exception.single("activity"))
        else:
            head = self._paid_head(group, at, around, explicit, shape)
        per = self._per(
            tokens, around.after, head, elided=_goes_on(words, tokens) or set(explicit.lists) == {"place_group"}
        )
        if len(head.of("committee")) < 2 and holds_office(self._plain, Span(at, start), head, per):
            head = head.with_axis("activity", (Choice(("other",), ""),)).with_axis("committee", ())
        benefit = self._gives(tokens, around.after, bool(explicit)) or "reward"
        common = {
            "per": per,
            "benefit": "reward" if benefit == "plain" else benefit,
            "payer": self._payer(tokens),
            "conditions": self._conditions(at, start),
        }
        headline = (
            len(group) == 1
            and around.up_to
            and not explicit
            and not around.has_beneficiary
            and not self._names_payee(words)
        )
        if headline and not head.of("activity"):
            # 最高奖励300万! in a headline: nobody is paid for anything.
            self._set_aside(group, "other")
            return
        if self._tells_of_raise(group, tokens, head):
            self._set_aside(group, "other")
            return
        if self._foreign_share == self._context.index:
            self._refuse(group, Head(), _UNKNOWN, **common)
            return
        reason = (
            self._hearsay.doubt(Span(start, group[-1].end))
            or self._second_reading(Span(at, start), tokens, explicit, head, per)
            or self._lost(words, explicit, head, shape)
            or (self._not_said_given(tokens, start, around) if exception is None else None)
            or (_WHOSE_LEVEL if whose_level else None)
        )
        if reason:
            self._refuse(group, head, reason, **common)
            return
        head = self._listed(group, head, tokens, words, around)
        breaks = [self._plain[a.end : b.start] for a, b in pairwise(group)]
        kinds = {token.kind for token in tokens}
        payees = _listed_payees(head, len(group), words)
        try:
            if payees:
                rows = [_rows(head) for _ in group]
            else:
                rows = align_lists(head, len(group), breaks, respectively="aligning" in kinds and "same" not in kinds)
        except Misaligned as error:
            self._refuse(group, head, str(error), refused_list=True, **common)
            return
        if further:
            shape = "amount" if _INSTALMENT.search(words) else "bonus"
        unsure = self._doubt(head)
        for token, row, payee in zip(group, rows, payees or [per] * len(group), strict=True):
            combinations = [one for one in row if one["level"] != NAMED]
            widened = any(NAMED in choice.values and len(choice.values) > 1 for choice in head.of("level"))
            if len(combinations) < len(row) and not (widened and combinations):
                self._refuse_named(token, row, head, keep=bool(combinations), **common)
            if not combinations:
                continue
            statement = Statement(
                shape,
                Span(token.start, token.end),
                tuple(combinations),
                head,
                token.quantity,
                bound=self._bound(token, words, around),
                needs_review=unsure,
                excepts=exception is not None,
                **{**common, "per": payee},  # type: ignore[arg-type]  # the fields named above
            )
            self._say(statement, aside=exception is not None)
        self._cost_share = -1

    def _tells_of_raise(self, group: Sequence[Token], tokens: Sequence[Token], head: Head) -> bool:
        """Whether an amount was stated before and is only said to be new: 省级奖励由5万元提高到7万元后，原规定不再执行."""
        if len(group) > 1 or all(token.kind != "grows" for token in tokens):
            return False
        raised = {row["level"] for row in _rows(head)} - {None}
        return any(
            s.quantity is not None
            and s.quantity.value == self._value(group[0])
            and alike(s.head.single("activity"), head.single("activity"))
            and raised <= {row["level"] for row in s.combinations}
            for _, s in self._context.said
        )

    def _only_narrows(self, explicit: Head, *, adds: bool) -> bool:
        """Whether the words of a further payment only say when it is made: 纳入专利的，再增加4万元; 转化为国际标准的，另奖5万元."""
        if not adds or not (self._context.said or self._context.refers or SOME_STANDARD in explicit.nouns):
            return False
        if explicit.single("activity") == "other":
            return True
        if not self._context.said:
            return False
        paid = self._context.said[-1][1].head.single("activity")
        return (
            set(explicit.lists) == {"level"}
            and explicit.nouns <= {"standard", SOME_STANDARD}
            and paid in ("award", "pilot_project")
        )

    def _refuse_named(
        self, token: Token, row: Sequence[Combination], head: Head, *, keep: bool, **common: object
    ) -> None:
        """Refuses the amount of a standard with a name of its own, whose level nobody says."""
        named = tuple({**one, "level": None} for one in row if one["level"] == NAMED)
        self._say(
            Statement(
                "unclear",
                Span(token.start, token.end),
                named,
                head,
                needs_review="a standard with a name of its own; its level is not said",
                **common,  # type: ignore[arg-type]  # fields of a statement
            )
        )
        if not keep:
            self._set_aside([token], "unclear")

    def _explicit(
        self, group: Sequence[Token], at: int, following: int, around: Surroundings, tokens: Sequence[Token]
    ) -> Head:
        """What an amount's own words say: those in front of it, an activity behind it, and its bracket."""
        start, end = group[0].start, group[-1].end
        explicit = self._context.head(tokens)
        if payee := self._payee_role(tokens):
            explicit = explicit.with_axis("role", payee)
        if said_last := self._said_last(at, start, explicit):
            explicit = explicit.with_axis("activity", said_last)
        behind = self._reading.tokens_in(Span(end, min(following, end + len(around.after))))
        if not explicit.of("role") and around.after.startswith(("对", "给", "奖给")):
            # 一律按4.4万元对第一起草单位奖励
            explicit = explicit.with_axis("role", self._context.head(behind).of("role"))
        if not explicit.of("activity") and (late := self._context.head(behind)).of("activity"):
            explicit = explicit.with_axis("activity", late.of("activity"))
        bracketed = self._bracket_head(group, following) or Head()
        for axis in AXES:
            if bracketed.of(axis):
                explicit = explicit.with_axis(axis, bracketed.of(axis))
        return explicit

    def _paid_head(self, group: Sequence[Token], at: int, around: Surroundings, explicit: Head, shape: Shape) -> Head:
        """What an amount is for, with what its words leave out; empty where somebody new is paid for something unknown."""
        start = group[0].start
        words = self._plain[at:start]
        sized = around.paid_before and any(at <= where < start for where in self._found.set_aside)
        known = sized or shape != "amount" or _LATER_PAYMENT.search(words) or _SAME_PAYEE.search(words)
        anew = not explicit and not known and _NEW_PAYEE.search(words) is not None
        if anew and not any(frame.leads_in and frame.head for frame in self._context.frames()):
            return Head()
        return self._context.resolved(explicit, len(group), shape, anew=anew)

    def _second_reading(
        self, words: Span, tokens: Sequence[Token], explicit: Head, head: Head, per: str | None
    ) -> str | None:
        """Why the amount cannot be set against what it seems to be for; null where nothing speaks against it."""
        if not head.of("activity"):
            return _UNKNOWN
        if self._counts_several(words):
            return "the amount is for several things at once"
        if (
            explicit.of("role")
            and not head.of("role")
            and head.single("activity") == "adopt_standard"
            and ({t.value for t in tokens if t.kind == "activity"} & set(DRAFTING))
        ):
            return "whether taking a standard over or drafting one is paid for is not clear"
        if self._plain.endswith("共", words.start, words.end):
            return "the amount is for several together"
        if self._conditions_differ(words, head):
            return "its conditions name two things, and which of them is paid for is not clear"
        lead_in = next((frame.words for frame in self._context.frames() if frame.leads_in), "")
        return unheard(self._plain[slice(*words)], lead_in, head) or unread(
            self._plain, words, [*tokens, *self._reading.shields_in(words)], explicit, head, per
        )

    def _conditions_differ(self, words: Span, head: Head) -> bool:
        """Whether those who have one thing must have another: 获得市长质量奖提名奖的企业，主导制定国家标准的."""
        paid = {value for choice in head.of("activity") for value in choice.values}
        payees: list[set[str]] = []
        at = words.start
        for phrase in re.split("(?<=[,;。:])", self._plain[slice(*words)]):
            found = _CONDITION_OF_PAYEE.fullmatch(phrase)
            said = self._context.head(self._reading.tokens_in(Span(at, at + len(phrase))))
            named = {value for choice in said.of("activity") for value in choice.values}
            named |= {"formulate_standard"} if not named and "standard" in said.nouns else set()
            if found is not None and named and (payees or found["who"]):
                payees.append(named)
            at += len(phrase)
        return len(payees) > 1 and not any(alike(a, b) for a in paid for b in payees[-1])

    def _not_said_given(self, tokens: Sequence[Token], start: int, around: Surroundings) -> str | None:
        """What an amount is of by words that are none of giving or of what is paid for: 译文审核费每千字150元; else null."""
        if odd := strange_tail(around.after):
            return f"{odd} behind it is not known of a payment"
        phrase = start - len(around.phrase)
        gives = any(token.kind == "giving" and token.start >= phrase for token in tokens)
        if gives or any(any_of(forms).search(around.after) for forms in self._words.giving.values()):
            return None
        read = max((token.end for token in tokens if token.end <= start), default=phrase)
        left = _FILLERS.sub("", self._plain[max(read, phrase) : start])
        costs = _COSTS.search(left) is not None
        return f"nothing says that {left} is given" if len(left) > _MOST_UNREAD or costs else None

    def _lost(self, words: str, explicit: Head, head: Head, shape: Shape) -> str | None:
        """Why what the amount takes over from the one before is not to be relied on; null where it is."""
        if _OPENS_BRACKET.match(words) and _LEFT_OUT.search(words):
            return "what the bracket leaves out is not told apart from what the amount is for"
        before = self._context.said[-1][1] if self._context.said else None
        if not explicit and (last := self._context.last()) is not None and last.shape == "unclear":
            return "what it goes on from was refused"
        if before is None or shape != "amount":
            return None
        axes: tuple[Axis, ...] = ("level", "committee", "grade")
        taken = [axis for axis in axes if not explicit.of(axis) and head.of(axis)]
        if before.refused_list and any(set(head.of(axis)) <= set(before.head.of(axis)) for axis in taken):
            return "the list that it takes over was refused"
        activity = head.single("activity")
        bodies = {s.head.single("committee") for _, s in self._context.said if s.head.of("committee")}
        if "committee" in taken and len(bodies) > 1 and not explicit and self._context.last() is None:
            return "which of the committees before it this is for is not said"
        levelled = activity in LEVELLED and before.head.of("level") and alike(before.head.single("activity"), activity)
        if (
            levelled
            and not _LATER_PAYMENT.search(words)
            and not head.of("level")
            and not explicit.nouns
            and not self._context.refers
        ):
            return "which of the levels before it this is for is not said"
        if not explicit and activity in DRAFTING and before.head.of("role") and not head.of("role"):
            return "which of the drafters before it this is for is not said"
        drafts = {one.single("activity") for one in (explicit, before.head)} == {"formulate_standard"}
        anew = drafts and explicit.of("level") and not explicit.of("role") and _OPENS_BRACKET.match(words) is None
        if anew and head.single("role") == "lead":
            # 主导制定团体标准的，奖励3万元；制定地方标准的，奖励2万元
            return "whether the lead alone is paid, as before it, is not said"
        return None

    def _listed(
        self, group: Sequence[Token], head: Head, tokens: Sequence[Token], words: str, around: Surroundings
    ) -> Head:
        """The head with lists that stand between the lines: places one by one, prizes by name, tiers by number."""
        if any(token.kind == "aligning" for token in tokens) and (ranks := _single_ranks(head, len(group))):
            head = head.with_axis("role", ranks)
        if prizes := _named_prizes(head, len(group), words):
            head = head.with_axis("grade", prizes)
        if tiers := self._unnamed_tiers(head, len(group), words, around.after):
            head = head.with_axis("grade", tiers)
        bracketed = len(group) == 2 and self._plain[group[0].end : group[1].start].strip() == "("
        return head.with_axis("activity", pair) if bracketed and (pair := _drafting_pair(head)) else head

    def _payee_role(self, tokens: Sequence[Token]) -> tuple[Choice, ...]:
        """The roles behind the verb of giving, who are paid: 主持或参与…的，分别奖励主持单位50万元; none where none are."""
        gives = max((token.end for token in tokens if token.kind == "giving"), default=None)
        if gives is None:
            return ()
        behind = [token for token in tokens if token.start >= gives and token.kind in ("role", "rank")]
        before = [token for token in tokens if token.end <= gives and token.kind in ("role", "rank")]
        return self._context.head(behind).of("role") if behind and before else ()

    def _said_last(self, at: int, start: int, explicit: Head) -> tuple[Choice, ...]:
        """The activity of the phrase that gives, where the words before it name another: …并通过认证的，标准制定补助8万元."""
        comma = self._plain.rfind(",", at, start)
        if comma < 0 or not explicit.of("activity"):
            return ()
        last = [t for t in self._reading.tokens_in(Span(comma, start)) if t.kind == "activity"]
        before = [t for t in self._reading.tokens_in(Span(at, comma)) if t.kind == "activity"]
        if not last or not before or {t.value for t in last} & {c.values[0] for c in explicit.of("activity")}:
            return ()
        return self._context.head(last).of("activity")

    def _names_payee(self, words: str) -> bool:
        """Whether the words name somebody or something to be paid: …的, 对…, a firm, a project."""
        return (
            re.search(r"[对凡]|的|每", words) is not None or any_of(self._words.organizations).search(words) is not None
        )

    def _counts_more(self, span: Span) -> bool:
        """Whether somebody must have several things to be paid: 当年主持起草标准3项以上的，另奖5万元."""
        return any(
            q.kind == "count" and q.unit == "项" and q.bound == "at_least" and q.value > 1
            for q in self._reading.quantities_in(span)
        )

    def _counts_several(self, span: Span) -> bool:
        """Whether what is paid for is counted, so that the amount is no one thing's: 国家标准2项，奖励60万元."""
        prizes = [quota.span.end for quota in find_quotas(self._reading)]
        each = max((t.start for t in self._reading.tokens_in(span) if t.kind == "per"), default=span.start)
        return any(
            q.kind == "count"
            and q.unit in _COUNTED
            and q.bound == "exact"
            and q.value > 1
            and q.text[0].isdecimal()
            and q.end not in prizes
            and not q.end <= each  # 推广示范项目6个，每个项目给予4万元
            for q in self._reading.quantities_in(span)
        )

    def _unnamed_tiers(self, head: Head, count: int, words: str, behind: str) -> tuple[Choice, ...]:
        """The tiers that a text counts and does not name: 分三档，依次…; none where it names them or counts otherwise."""
        counted = _COUNTED_TIERS.search(words) or _TIERS_BEHIND.match(behind)
        if counted is None or count < 2 or len(head.of("grade")) > 1:
            return ()
        numeral = counted.group("n")
        if (int(numeral) if numeral.isdecimal() else chinese_number(numeral.replace("两", "二"))) != count:
            return ()
        names = [f"第{_CN_DIGITS[index]}{counted.group('tier')}" for index in range(count)]
        return tuple(Choice((name,), name, "and" if index else "first") for index, name in enumerate(names))

    def _say(self, statement: Statement, *, aside: bool = False) -> None:
        """Takes a statement down; one made `aside` is not what the next one goes on from."""
        said = self._context.said
        said.insert(len(said) - aside, (self._context.index, statement))
        self._found.statements.append(statement)

    def _refuse(self, group: Sequence[Token], head: Head, reason: str, **common: object) -> None:
        single = {axis: head.single(axis) for axis in AXES}
        statement = Statement(
            "unclear",
            Span(group[0].start, group[-1].end),
            (single,),
            head,
            needs_review=reason,
            **common,  # type: ignore[arg-type]  # fields of a statement
        )
        self._say(statement)
        self._set_aside(group, "unclear")

    def _doubt(self, head: Head) -> str | None:
        if not head.of("activity"):
            return _UNKNOWN
        if any(value.startswith("rest") for choice in head.of("role") for value in choice.values):
            return "which ranks the remaining drafters have is not stated"
        return None

    def _bracket_head(self, group: Sequence[Token], following: int) -> Head | None:
        """What a bracket directly behind a single amount says it is for: 100万元（国际标准）."""
        if len(group) != 1:
            return None
        bracket = re.compile(r"(?:[ \t]*/[项个家人次件张])?[ \t]*\(([^()]{1,20})\)").match(
            self._plain, group[-1].end, following
        )
        if bracket is None:
            return None
        inside = self._reading.tokens_in(Span(bracket.start(1), bracket.end(1)))
        head = self._context.head(inside)
        return head or None

    def _bound(self, token: Token, words: str, around: Surroundings) -> Literal["exact", "up_to", "at_least", "range"]:
        quantity = token.quantity
        assert quantity is not None
        if quantity.upper is not None:
            return "range"
        if quantity.bound != "exact":
            return quantity.bound
        phrase = re.split(f"[{_MARKS}(]", words)[-1]
        behind = any_of(self._words.at_most).match(around.after) or _CEILING_BEHIND.match(self._plain, token.end)
        if any_of(self._words.at_most).search(phrase) or behind:
            return "up_to"
        if any_of(self._words.at_least).search(phrase):
            return "at_least"
        here = self._reading.tokens_in(Span(token.start - len(words), token.start))
        giving = any(t.kind in ("giving", "bonus") for t in here)
        last = next((s for index, s in reversed(self._context.said) if index == self._context.index), None)
        if not giving and last is not None and last.bound == "up_to":
            return "up_to"
        if not giving and any(frame.up_to for frame in self._context.frames()):
            return "up_to"
        return "exact"

    def _per(self, tokens: Sequence[Token], after: str, head: Head, *, elided: bool) -> str | None:
        activity = head.single("activity") or (head.of("activity")[0].values[0] if head.of("activity") else None)
        said = [token for token in tokens if token.kind == "per"]
        behind = re.match(r"[ \t]*/[ \t]*", after)
        if behind:
            here = self._reading.tokens_in(Span(tokens[-1].end if tokens else 0, self._reading.size))
            said += [token for token in here if token.kind == "per"][:1]
        # 每人每次 is per person.
        while len(said) > 1 and said[-1].start == said[-2].end:
            said.pop()
        value = said[-1].value if said else None
        if value == "event" and activity in ("host_committee", "award"):
            return None
        if value is None and elided:
            value = next((s.per for index, s in reversed(self._context.said) if index == self._context.index), None)
        if value is None:
            value = next((frame.per for frame in self._context.frames() if frame.per is not None), None)
        if (
            value is None
            and activity in DRAFTING
            and tokens
            and self._counts_more(Span(tokens[0].start, tokens[-1].end))
        ):
            return "organization"
        if value:
            return value
        if value == "":
            measure = self._plain[said[-1].start : said[-1].end] if said else "每项"
            if activity == "front_runner":
                return "standard" if "项" in measure else "product"
            return _MEASURED.get(activity or "", "project" if "项" in measure else None)
        return self._words.usual_per.get(activity or "")

    def _payer(self, tokens: Sequence[Token]) -> str | None:
        said = next((token.value for token in reversed(tokens) if token.kind == "payer"), None)
        if said:
            return said
        last = next((s.payer for index, s in reversed(self._context.said) if index == self._context.index), None)
        return last or next((frame.payer for frame in self._context.frames() if frame.payer), None)

    def _conditions(self, at: int, start: int) -> tuple[str, ...]:
        words = condition_words(self._reading, Span(at, start))
        return (words,) if words else ()

    def _cell_conditions(self, cells: Sequence[Cell]) -> tuple[str, ...]:
        return tuple(words for cell in cells for words in self._conditions(cell.start, cell.end))

    # --- tables ------------------------------------------------------------------------------------------------------

    def _read_table(self, stretch: Stretch, table: Table) -> None:
        """The amounts of a table, each with what its row and column say."""
        above = self._plain[max(0, stretch.span.start - 200) : stretch.span.start]
        caption = above.rstrip("| \t\n").rpartition("\n")[2]
        lines = list(table_lines(table))
        columns = table_columns(table)
        aside = self._of_no_payments(table, lines, caption)
        unclear = self._unclear_columns(columns)
        first = len(self._found.statements)
        again = aside is None and self._says_again(lines, columns, caption)
        for line in lines:
            if aside is not None:
                for quantity in (q for entry in line.entries for q in (entry.amount, *entry.borrowed) if q is not None):
                    self._found.set_aside[quantity.start] = (quantity, aside)
                continue
            heading = tuple(cell for cell in line.remarks if narrows(cell, cell_tokens(self._reading, cell)))
            line = replace(line, labels=(*line.labels, *heading))
            row = TableRow(stretch, line, [cell_tokens(self._reading, cell) for cell in line.labels], caption)
            for entry in line.entries:
                if again and columns[entry.column].kind != "old":
                    self._compare_cell(entry)
                    continue
                self._read_cell(row, entry, columns[entry.column], unclear.get(entry.column))
            if again:
                continue
            self._read_remarks(row, [column for column in columns if column.kind == "amount"])
        self._settle(first, [line.span for line in lines])
        self._context.said = []
        self._entries = []

    def _of_no_payments(self, table: Table, lines: Sequence[Line], caption: str) -> IgnoreReason | None:
        """Why the amounts of a table are no payments: it reports what was paid, or nothing says that it gives any."""
        words = caption + ";".join(cell.text for row in table.rows[:2] for cell in row)
        reports = (*self._words.purposes["report_tables"], *self._words.purposes["reports"])
        if any_of(reports).search(words) or any(_RECIPIENT.search(c.text) for line in lines for c in line.labels):
            return "history"
        if not_own := self._hearsay.reason(Span(table.span.start, table.span.start)):
            return not_own
        tokens = self._reading.tokens_in(table.span)
        told = any_of(self._words.about_giving).search(words) or any(token.kind == "giving" for token in tokens)
        return None if told or self._context.promises else "other"

    def _amounts_of(self, entry: Entry) -> list[Quantity]:
        """The amounts of money that a cell states."""
        here = self._reading.quantities_in(Span(entry.cell.start, entry.cell.end))
        return [q for q in (entry.amount, *entry.borrowed, *here) if q is not None and q.kind == "money"]

    def _stated(self) -> set[Decimal]:
        """Every amount that the text so far states, whatever it is for."""
        paid = [s.quantity for s in self._found.statements if s.quantity is not None]
        return {q.value for q in (*paid, *(q for q, _ in self._found.set_aside.values()))} | {
            Decimal(limit.yuan) for limit in self._found.limits if limit.yuan is not None
        }

    def _says_again(self, lines: Sequence[Line], columns: Sequence[Column], caption: str) -> bool:
        """Whether a table sets former rules beside those that the text above it states (修改前 | 修改后), or says it compares."""
        if all(column.kind != "old" for column in columns):
            return False
        titles = caption + "".join(cell.text for column in columns for cell in column.titles)
        if _COMPARES.search(titles):
            return True
        new = [
            q for line in lines for e in line.entries if columns[e.column].kind != "old" for q in self._amounts_of(e)
        ]
        return sum(quantity.value in self._stated() for quantity in new) * 2 > len(new)

    def _compare_cell(self, entry: Entry) -> None:
        """Sets aside what a table of changes says again; an amount that the text above does not state is refused."""
        amounts = self._amounts_of(entry)
        if all(quantity.value in self._stated() for quantity in amounts):
            for quantity in amounts:
                self._found.set_aside[quantity.start] = (quantity, "other")
        else:
            self._entries = []
            self._context.said = []
            self._refuse_cell(entry, "a table of changes, and the text above it does not state this amount")

    def _unclear_columns(self, columns: Sequence[Column]) -> dict[int, str]:
        """Of several columns of amounts those whose headings do not tell them apart, and why."""
        amounts = {i: column for i, column in enumerate(columns) if column.kind == "amount"}
        heads = {i: self._context.head(self._title_tokens(column)) for i, column in amounts.items()}
        if len(heads) < 2:
            return {}
        # What stands above one column may hold for the next without a heading.
        untitled = any(not column.titles for column in amounts.values())
        stages = {i: stages_of("".join(cell.text for cell in column.titles)) for i, column in amounts.items()}
        said = {i: ([[c.values for c in head.of(a)] for a in AXES], stages[i]) for i, head in heads.items()}
        return {
            i: f"what the column {''.join(c.text for c in amounts[i].titles)} is for is not clear"
            for i, head in heads.items()
            if untitled or not (head or stages[i]) or sum(words == said[i] for words in said.values()) > 1
        }

    def _title_tokens(self, column: Column) -> list[Token]:
        return headed_by([cell_tokens(self._reading, cell) for cell in column.titles])

    def _read_cell(self, row: TableRow, entry: Entry, column: Column, unclear: str | None) -> None:
        """The amounts, the honour or the delegation that one cell states."""
        if column.kind == "old":
            for quantity in (entry.amount, *entry.borrowed):
                if quantity is not None:
                    self._found.set_aside[quantity.start] = (quantity, "history")
            return
        titles = [cell_tokens(self._reading, cell) for cell in column.titles]
        self._entries = headed_by([*row.labels, *titles])
        self._context.said = []
        if column.kind == "cap":
            self._cap_cell(entry, column)
            return
        if not row.line.fits:
            unclear = "the cells of the row do not stand below the headings"
        elif row.labels and not is_understood(row.line.labels[-1], row.labels[-1]):
            unclear = f"what {row.line.labels[-1].text} is, is not clear"
        states = entry.amount is not None or self._groups(row.part(entry.cell))
        if leaves_out(entry.cell.text) and entry.amount is None:
            unclear = "a part of the list has no amount"
        if unclear is not None and states:
            self._refuse_cell(entry, unclear)
        elif entry.amount is not None:
            self._pay_cell(row, entry.amount, entry.unit, column)
        elif not says_nothing(entry.cell.text):
            known = len(self._found.statements), len(self._found.limits), len(self._found.set_aside)
            self._read_words(row, entry.cell, column)
            if known == (len(self._found.statements), len(self._found.limits), len(self._found.set_aside)) and (
                entry.borrowed or (column.unit is None and is_number(entry.cell.text))
            ):
                self._refuse_cell(entry, "what the number in the cell is, is not clear")

    def _refuse_cell(self, entry: Entry, reason: str) -> None:
        for quantity in self._amounts_of(entry):
            self._found.set_aside[quantity.start] = (quantity, "unclear")
        head = self._context.resolved(self._context.head(self._entries), 1, "amount")
        single = {axis: head.single(axis) for axis in AXES}
        span = Span(entry.cell.start, entry.cell.end)
        self._say(Statement("unclear", span, (single,), head, benefit="reward", needs_review=reason))

    def _pay_cell(self, row: TableRow, quantity: Quantity, unit: str | None, column: Column) -> None:
        """An amount that fills its cell."""
        tokens = self._entries
        head = self._context.resolved(self._context.head(tokens), 1, "amount")
        short = [cell for cell in row.line.remarks if _SHORT_REMARK.fullmatch(cell.text)]
        words = ";".join([*(cell.text for cell in (*row.line.labels, *column.titles, *short)), row.caption])
        up_to = quantity.bound == "up_to" or self._is_ceiling(words)
        # 按每个产品计，每家不超过5万元: what stands in front of the comma.
        phrases = [Span(cell.start, cell.start + len(re.split("[,;]", cell.text)[0])) for cell in short]
        each = [t for phrase in phrases for t in self._reading.tokens_in(phrase) if t.kind == "per"]
        own = Span(quantity.start, self._reading.line_end(quantity.end))
        each += [t for t in self._reading.tokens_in(own)[1:2] if t.kind == "per" and t.start <= quantity.end + 1]
        per = self._per([*tokens, *each], "", head, elided=True)
        giving = self._gives(tokens, row.caption, True)
        head, reason = self._role_in_remarks(row, head)
        for cell in (*row.line.labels, *column.titles):
            words_of = Span(cell.start, cell.end)
            here = cell_tokens(self._reading, cell)
            reason = reason or self._second_reading(words_of, here, head, head, per)
        reason = reason or (None if head.of("activity") else _UNKNOWN)
        known = reason is None
        if not known:
            self._found.set_aside[quantity.start] = (quantity, "unclear")
        bound = "range" if quantity.upper is not None else "up_to" if up_to else "exact"
        statement = Statement(
            "amount" if known else "unclear",
            Span(quantity.start, quantity.end),
            tuple(_rows(head)),
            head,
            quantity if known else None,
            bound=bound if known else None,  # type: ignore[arg-type]  # one of the bounds
            per=per,
            benefit="reward" if giving in (None, "plain") else giving,
            payer=self._payer(tokens),
            conditions=self._cell_conditions(
                (*row.line.labels, *(c for c in column.titles if stages_of(c.text)), *row.line.remarks)
            ),
            needs_review=reason or self._doubt(head),
            said_unit=unit,
        )
        self._say(statement)

    def _role_in_remarks(self, row: TableRow, head: Head) -> tuple[Head, str | None]:
        """The head with the role that only a remark says (限前三名), and why it is unclear where that shares the amount out."""
        tokens = [t for cell in row.line.remarks for t in self._reading.tokens_in(Span(cell.start, cell.end))]
        said = self._context.head([token for token in tokens if token.kind in ("role", "rank")])
        if head.of("role") or not said.of("role") or head.single("activity") not in DRAFTING:
            return head, None
        if len(said.of("role")) > 1 or any(token.kind in ("half", "percent") for token in tokens):
            return head, "the remark divides the amount among several"
        return head.with_axis("role", said.of("role")), None

    def _cap_cell(self, entry: Entry, column: Column) -> None:
        """The ceiling that a column of its own states for the payments of the row."""
        if entry.amount is None:
            return
        words = "".join(cell.text for cell in column.titles)
        span = Span(entry.amount.start, entry.amount.end)
        sentence = self._reading.sentence_at(span.start)
        self._found.limits.append(read_limit(words, span, sentence, entry.amount, Head(), len(self._found.statements)))

    def _is_ceiling(self, words: str) -> bool:
        """Whether words around a table's amounts make them ceilings; a limit with a number of its own does not: 不超过4项."""
        ceilings = any_of(self._words.at_most).finditer(words)
        return any(
            not _NUMBER_BEHIND.match(words, found.end()) and not _NUMBER_BEFORE.search(words[: found.start()])
            for found in ceilings
        )

    def _read_words(self, row: TableRow, cell: Cell, column: Column | None) -> None:
        """What a cell says in words, below what heads it."""
        part = row.part(cell)
        benefit = self._gives(self._entries, row.caption, True) or "reward"
        up_to = column is not None and column.ceiling
        before = len(self._found.statements)
        tokens = self._reading.tokens_in(part.span)
        self._entries = beside(self._entries, tokens, cell, cell_tokens(self._reading, cell))
        self._context.below(Frame(gives=benefit, up_to=up_to))
        if groups := self._groups(part):
            self._read_groups(part, groups)
        else:
            shape: Shape | None = "honour" if any(token.kind == "honour" for token in tokens) else None
            if column is not None and any_of(self._words.delegating).search(cell.text):
                shape = "delegated"
            if shape is not None:
                self._grant(shape, part, self._entries, part.span.end)
        self._context.leave_below()
        words = self._cell_conditions((*row.line.labels, *row.line.remarks))
        for index, statement in enumerate(self._found.statements[before:], start=before):
            self._found.statements[index] = replace(
                statement, conditions=(*words, *statement.conditions), excepts=statement.excepts or column is None
            )

    def _read_remarks(self, row: TableRow, columns: Sequence[Column]) -> None:
        """What the remarks of a row add to its amounts: a further payment, another amount for a narrower case, a ceiling."""
        titles = [cell_tokens(self._reading, cell) for column in columns[:1] for cell in column.titles]
        for cell in row.line.remarks:
            tokens = self._reading.tokens_in(Span(cell.start, cell.end))
            self._count_limits(row.part(cell))
            heads = [*row.labels, *(titles if len(columns) == 1 else []), tokens]
            self._entries = [token for token in headed_by(heads) if token not in tokens]
            self._context.said = []
            honours = any(token.kind == "honour" for token in tokens) and all(
                says_nothing(entry.cell.text) for entry in row.line.entries
            )
            changes = any(token.kind in ("bonus", "giving") or is_qualified(self._said(token)) for token in tokens)
            capped = any(token.quantity is not None and token.quantity.bound == "up_to" for token in tokens)
            money = any(token.kind == "money" for token in tokens)
            if honours or (money and (changes or capped or row.line.borrowed)):
                self._read_words(row, cell, None)

    def _said(self, token: Token) -> str:
        return self._plain[token.start : token.end]

    def _settle(self, first: int, lines: Sequence[Span]) -> None:
        """Refuses the amounts of a table that are not told apart."""
        stated = self._found.statements[first:]
        for at, settled in enumerate(told_apart(stated, lines)):
            if settled is None:
                quantity = stated[at].quantity
                assert quantity is not None
                self._found.set_aside[quantity.start] = (quantity, "unclear")
                settled = replace(stated[at], shape="unclear", quantity=None, bound=None, needs_review=AXIS_LOST)
            self._found.statements[first + at] = settled

    # --- shares ------------------------------------------------------------------------------------------------------

    def _read_share(self, group: Sequence[Token], at: int, following: int) -> int:
        """Reads a percentage or ratio; returns where the words for the next amount begin."""
        start, end = group[0].start, group[-1].end
        before = self._plain[at:start]
        phrase = re.split(f"[{_MARKS}(]", before)[-1]
        after = re.split(f"[{_MARKS}]", self._plain[end:following], maxsplit=1)[0]
        if not is_payment_share(group[0], phrase, after, "".join(re.split(f"[{_MARKS}(]", before)[-2:])):
            return at
        of, base_start = share_base(phrase, start, halved=group[0].kind == "half")
        tokens = self._own_words(at, start)
        if of == "costs":
            self._cost_share = self._context.index
            self._foreign_share = self._context.index if _FOREIGN_COSTS.search(phrase) else -1
            return at
        explicit = self._context.head(self._own_words(at, base_start))
        if group[0].kind == "half" and of is None and not explicit:
            return at
        if any(token.kind == "bonus" for token in tokens):
            head = self._context.resolved(self._context.head(tokens), 1, "bonus")
            self._share_refused(group, head, tokens, after, at, "a surcharge in percent of another amount")
            return end
        head = self._context.resolved(explicit, len(group), "ratio")
        grades = [row["grade"] for _, statement in self._context.said for row in statement.combinations]
        halved = group[0].kind == "half"
        of = base_by_head(of, head, explicit, phrase, after, halved=halved, grades_paid=grades)
        if of == "upper_level":
            head = self._matched(head, explicit, len(group))
        if len(group) == 1 and len(head.of("grade")) > 1:
            head = head.with_axis("grade", ())  # of every grade alike, as of several levels
        if not head.of("activity") and _DUTY.search(before):
            return at
        if (
            of is None
            or (not head.of("activity") and of != "upper_level")
            or self._is_own(of, Span(start - len(phrase), start))
        ):
            why = _UNKNOWN if of and not head.of("activity") else "what the share is a share of is not clear"
            self._share_refused(group, head, tokens, after, at, why)
            return end
        breaks = [self._plain[a.end : b.start] for a, b in pairwise(group)]
        aligning = any(token.kind == "aligning" for token in tokens)
        if aligning and (ranks := _single_ranks(head, len(group))):
            head = head.with_axis("role", ranks)
        try:
            rows = align_lists(
                self._context.with_list(head, len(group), None),
                len(group),
                breaks,
                respectively=aligning and len(group) > 1,
            )
        except Misaligned as error:
            self._share_refused(group, head, tokens, after, at, str(error))
            return end
        for token, combinations in zip(group, rows, strict=True):
            percent = percent_of(token)
            if percent is None:
                self._share_refused([token], head, tokens, after, at, "the share is no whole percentage")
                continue
            benefit = (
                "matching" if of == "upper_level" and "配套" in phrase + after else self._gives(tokens, after, True)
            )
            self._say(
                Statement(
                    "ratio",
                    Span(token.start, token.end),
                    tuple(combinations),
                    head,
                    percent=percent,
                    ratio_of=of,
                    bound=share_bound(token, phrase),
                    per=self._words.usual_per.get(combinations[0]["activity"] or ""),
                    benefit="reward" if benefit in (None, "plain") else benefit,
                    payer=self._payer(tokens),
                    conditions=self._conditions(at, max(at, base_start)),
                    needs_review=self._doubt(head),
                )
            )
        return end

    def _matched(self, head: Head, explicit: Head, count: int) -> Head:
        """What another treasury's award is for that shares are paid of."""
        names = explicit.of("activity") or explicit.nouns & {"standard", SOME_STANDARD}
        if not names and self._context.only_title_names_activity:
            head = head.with_axis("activity", ())  # what a title is about is not all that another treasury pays for
        if not head.of("level") and len(explicit.of("level")) == count > 1:
            head = head.with_axis("level", explicit.of("level"))  # 获得省、市资金的，分别按1:1、1:0.5配套
        if count == 1:
            head = head.with_axis("level", tuple(choice for choice in head.of("level") if choice.of - {"", "thing"}))
            if not head.of("level"):
                head = head.with_axis("level", self._context.matched_level(head, explicit))
        return head

    def _share_refused(
        self, group: Sequence[Token], head: Head, tokens: Sequence[Token], after: str, at: int, reason: str
    ) -> None:
        single = {axis: head.single(axis) for axis in AXES}
        self._say(
            Statement(
                "unclear",
                Span(group[0].start, group[-1].end),
                (single,),
                head,
                per=self._words.usual_per.get(head.single("activity") or ""),
                benefit=self._gives(tokens, after, True) or "reward",
                payer=self._payer(tokens),
                conditions=self._conditions(at, group[0].start),
                needs_review=reason,
            )
        )

    def _is_own(self, of: str | None, phrase: Span) -> bool:
        """Whether what seems to be another government's award is paid here: 省级的，按国家级项目扶持额度的50%."""
        if of != "upper_level":
            return False
        paid = {row["level"] for _, statement in self._context.said for row in statement.combinations}
        said = {token.value for token in self._reading.tokens_in(phrase) if token.kind == "level"}
        return bool(paid & said)

    # --- limits, honours, delegation ---------------------------------------------------------------------------------

    def _limit(self, group: Sequence[Token], at: int) -> None:
        sentence = self._reading.sentence_at(group[0].start)
        words = self._plain[at : group[-1].end]
        head = self._context.head(self._reading.tokens_in(Span(at, group[0].start)))
        if head.of("activity") and self._context.last() is None:
            # 每家企业不超过16万元，其中每项4万元: what follows is of the same thing.
            self._context.said.append((self._context.index, Statement("amount", Span(at, at), (), head)))
        for token in group:
            assert token.quantity is not None
            self._found.limits.append(
                read_limit(
                    words, Span(token.start, token.end), sentence, token.quantity, head, len(self._found.statements)
                )
            )

    def _count_limits(self, stretch: Stretch) -> None:
        """How many things an organization, or all together, are paid for: 每家企业每年不超过3项."""
        for quantity in self._reading.quantities_in(stretch.span):
            before = self._plain[stretch.span.start : quantity.start]
            phrase = re.split(f"[{_MARKS}(]", before)[-1]
            limited = quantity.bound == "up_to" or _LIMITED.search(phrase) is not None
            if quantity.kind != "count" or quantity.unit not in _COUNTED or not limited:
                continue
            if any_of(self._words.organizations).search(phrase) or any_of(self._words.yearly).search(phrase):
                span = Span(quantity.start, quantity.end)
                head = self._context.head(self._reading.tokens_in(Span(span.start - len(phrase), span.start)))
                sentence = self._reading.sentence_at(span.start)
                self._found.limits.append(
                    read_limit(phrase, span, sentence, quantity, head, len(self._found.statements))
                )

    def _set_aside(self, group: Sequence[Token], reason: IgnoreReason) -> None:
        for token in group:
            if token.quantity is not None and token.kind == "money":
                # A range of two bounds begins at the lower and has the offsets of the upper one.
                for start in (token.start, token.quantity.start):
                    self._found.set_aside[start] = (token.quantity, reason)

    def _without_amount(self, stretch: Stretch) -> None:
        """Honours, and payments whose amount somebody else sets."""
        tokens = self._reading.tokens_in(stretch.span)
        text = self._plain[slice(*stretch.span)]
        honours = [token for token in tokens if token.kind == "honour"]
        giving = [token for token in tokens if token.kind == "giving"]
        delegating = any_of(self._words.delegating).search(text) or _LEFT_TO.search(text)
        at = stretch.span.start
        payee = text[: honours[0].start - at] if honours else ""
        named = any(token.kind in AXIS_KINDS and token.end <= at + len(payee) for token in tokens)
        unpaid = _NO_MONEY.search(text) and (named or _NEW_PAYEE.search(payee))
        if honours and (unpaid or _BENEFICIARY.search(payee) or _HONOURED.search(payee)):
            self._grant("honour", stretch, tokens, honours[0].start)
        elif (
            delegating
            and (giving or _AMOUNT_LEFT.search(text))
            and (_OWN_POLICY.search(text) is None or "额" in text)
            and any_of(self._words.maximum).search(text) is None
            and (_BENEFICIARY.search(text) or any(t.kind in ("place", "role", "level", "activity") for t in tokens))
        ):
            self._grant("delegated", stretch, tokens, stretch.span.end)
        elif giving and not honours and self._context.said and _BENEFICIARY.search(text):
            # 对主导制定国家标准的予以奖励。每项50万元: what follows is for these, and not for those before.
            head = self._context.head(tokens)
            if head.of("activity") or head.of("level"):
                benefit = self._gives(tokens, "", True)
                payees = Statement("amount", Span(at, at), (), head, benefit=benefit)
                self._context.said.append((self._context.index, payees))

    def _honour_behind(self, stretch: Stretch, at: int) -> None:
        """An honour for something else behind the last amount of a stretch: …奖励15万元，提名奖给予书面表彰."""
        for token in self._reading.tokens_in(Span(at, stretch.span.end)):
            if token.kind == "honour":
                phrase = max(self._plain.rfind(mark, at, token.start) for mark in ",;") + 1
                if phrase and any(t.kind in AXIS_KINDS for t in self._reading.tokens_in(Span(phrase, token.start))):
                    rest = replace(stretch, span=self._reading.kept.trimmed(phrase, stretch.span.end))
                    self._grant("honour", rest, self._reading.tokens_in(rest.span), token.start)
                return

    def _name_payees(self, stretch: Stretch) -> None:
        """Gives the amounts above the role that the stretch says they are for: 以上额度为主导单位额度."""
        said = _WHOSE_AMOUNTS.search(self._plain, *stretch.span)
        head = self._context.head(self._reading.tokens_in(Span(*said.span()))) if said else Head()
        if not head.single("role"):
            return
        earlier = self._context.earlier()
        for index, statement in enumerate(self._found.statements):
            if statement in earlier and not statement.head.of("role"):
                rows = tuple({**row, "role": head.single("role")} for row in statement.combinations)
                self._found.statements[index] = replace(
                    statement, combinations=rows, head=statement.head.with_axis("role", head.of("role"))
                )

    def _grant(self, shape: Shape, stretch: Stretch, tokens: Sequence[Token], end: int) -> None:
        explicit = self._context.head([token for token in tokens if token.end <= end])
        text = self._plain[slice(*stretch.span)]
        alone = shape == "honour" and (
            _NO_MONEY.search(text)
            or ((self._context.promises or self._found.statements) and not _BY_RULES.search(text))
        )
        if not explicit and not alone:
            return
        named = explicit.of("activity") or explicit.of("level") or explicit.of("grade")
        if shape == "honour" and explicit and not named and not alone:
            return
        head = Head() if shape == "honour" and not named else self._context.resolved(explicit, 1, shape)
        rows: list[Combination]
        if (
            not explicit.of("activity")
            and shape == "delegated"
            and len(paid := united(self._context.earlier()).of("activity")) > 1
        ):
            rows = [{**row, "activity": choice.values[0]} for choice in paid for row in _rows(head)]
        elif head.of("activity"):
            rows = _rows(head)
        else:
            rows = _rows(head.with_axis("activity", (Choice(("other",), ""),)))
        self._say(
            Statement(
                shape,
                stretch.span,
                tuple(rows),
                head,
                per=self._words.usual_per.get(head.single("activity") or ""),
                benefit="honour_only" if shape == "honour" else self._gives(tokens, "", True) or "reward",
                payer=self._payer(tokens),
                conditions=self._conditions(stretch.span.start, end),
            )
        )


_MEASURED = {
    "formulate_standard": "standard",
    "revise_standard": "standard",
    "adopt_standard": "product",
    "pilot_project": "project",
    "research": "project",
    "host_committee": "committee",
    "event": "event",
    "certification": "certificate",
}


def _rows(head: Head) -> list[Combination]:
    return align_lists(head, 1, [], respectively=False)[0]


def _named_prizes(head: Head, count: int, words: str) -> tuple[Choice, ...]:
    """Prizes that are told apart by their names, as grades: 标准创新重大贡献奖、优秀贡献奖; none where they are not."""
    if count < 2 or head.single("activity") != "award" or any(len(choices) > 1 for choices in head.lists.values()):
        return ()
    for listed in _PRIZES.finditer(words):
        names = re.split("[、和及与]", listed.group())
        if len(names) == count:
            labels = [_PRIZE_PREFIX.sub("", name) for name in names]
            return tuple(Choice((label,), label, "and" if i else "first") for i, label in enumerate(labels))
    return ()


def _listed_payees(head: Head, count: int, words: str) -> Sequence[str | None]:
    """What each of several amounts is per, where they differ by who is paid: 获奖的组织、个人分别奖励100万元、10万元."""
    listed = _PAYEES_LISTED.search(words) if count > 1 and all(len(c) == 1 for c in head.lists.values()) else None
    if listed is None:
        return []
    per = ["person" if _PERSON.search(name) else "organization" for name in re.split("[、和及与或]", listed["names"])]
    return per if len(per) == count == len(set(per)) else []


def _goes_on(words: str, tokens: Sequence[Token]) -> bool:
    """Whether the words in front of an amount go on with a list (、二等奖奖励6万元) or leave the giving out."""
    return words.startswith("、") or not any(token.kind == "giving" for token in tokens)


def _single_ranks(head: Head, count: int) -> tuple[Choice, ...]:
    """The places of a band one by one, where each has an amount of its own: 排名前三的，分别为50、30、20万元."""
    band = _CLOSED_BAND.fullmatch(head.single("role") or "")
    if band is None or count < 2 or any(len(c) == count for c in head.lists.values()):
        return ()
    first, last = int(band[1]), int(band[2])
    if last - first + 1 != count:
        return ()
    return tuple(Choice((f"rank:{n}",), str(n), "and" if n > first else "first") for n in range(first, last + 1))


def _drafting_pair(head: Head) -> tuple[Choice, ...]:
    """Drafting and, in its bracket, revising: 制定（修订）…40万元（20万元）; none where the head says it otherwise."""
    said = [choice.said for choice in head.of("activity")]
    if len(said) != 1 or _REVISING_IN_BRACKET.fullmatch(said[0]) is None:
        return ()
    return (Choice(("formulate_standard",), said[0]), Choice(("revise_standard",), said[0], "and"))
