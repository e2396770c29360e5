"""What a stretch leaves out and takes from elsewhere: from the words before it, the lead-ins and headings above it, and
the payments it refers to (上述, 前条).
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property
from typing import NamedTuple

from knowledge.drafting.asked import Asked, asked_in, gives, holds_at, payee_of_all
from knowledge.drafting.axes import (
    AXES,
    DISTRICT,
    REST,
    Axis,
    Choice,
    Head,
    read_head,
    rest_after,
)
from knowledge.drafting.heads import alike, fitting_levels, implied_activity, united
from knowledge.drafting.lexer import Token
from knowledge.drafting.statements import Shape, Statement
from knowledge.drafting.stretches import Reading, Stretch
from knowledge.drafting.vocabulary import any_of, folded, load_vocabulary
from knowledge.model import Span
from knowledge.numerals import chinese_number
from knowledge.outline import RANK
from knowledge.rule_schema import DRAFTING

# A title that is a whole sentence says what to strive for; its roles and levels are nobody's.
_ENCOURAGES = re.compile(r"鼓励|支持|推动|加强|提升|引导|促进|加快|强化|推进|培育|实施|开展")
# 获评示范点的，由县局授牌。at the head of an item is no title.
_IS_HONOURED = re.compile(r"的[^,;。]{0,6},[^。]*(?:授牌|表扬|表彰|颁发)")
_ALTERNATIVES = re.compile(r"(?:条件|情形|情况|要求)之一")
# 各县(市、区)人民政府，市级有关部门: whom a letter is to.
_ADDRESSED = re.compile(
    r"(?:各|[省市区县]|有关)[^。;:\d]*(?:部门|单位|企业|机构|政府|局|办|委员会|委|园区|公司|院所|办事处|协会)(?:\([^()]*\))?:"
)
# How much narrower a part without a number is than what it stands in.
_WITHIN = 0.1
# 按上述三个位次, 按前款所列名次: the ranks that were paid before.
_PLACES_AGAIN = re.compile(
    r"(?:上述|前述|前款|前条|前项|上款|以上|相同|同样)[^,;。]{0,8}(?:位次|名次|排名|顺序|序位|位序|次序)"
)
# Narrower than any outline number.
_INNERMOST = 1000.0
_SHARED_BY_ADDED: tuple[Axis, ...] = ("level", "role", "committee", "grade")
_LABEL = re.compile(
    r"(?:[a-z一二三四五六七八九十甲乙丙丁]类[:、.])?(?P<words>[^:,;。]{2,24}?)(?:\([^()]{2,30}\))?[:。]"
)
# What a guide is divided by besides numbers, and what one of its items is divided by.
_DIVISIONS = {
    "item": re.compile(r"(?:事项|专题|方向|类别|项目|任务|专项)[一二三四五六七八九十\d]{1,3}[:、. ]"),
    "label": re.compile(r"【[^】\n]{2,14}】"),
}
# A line that says what is given, or how, ends the conditions listed above it.
_WHAT_IS_GIVEN = re.compile(
    r"(?:支持|扶持|奖励|资助|补助|奖补|补贴|审核|受理|办理|申报)(?:标准|金额|额度|方式|政策|内容|材料|流程|程序|力度):"
)
_PRIZE_TITLE = re.compile(
    r"(?P<of>[省市])(?:人民)?(?:政府)?[^省市,。《》]{2,12}奖(?!励|补|金|资|项)[^,。]{0,8}(?:办法|细则|规定|方案|条例|规则)"
)
_NUMERAL = "[一二三四五六七八九十百\\d]{1,4}"
# 第五条、第六条; 第3至第5条; 上述第(一)至第(三)项; 第四条第(二)项.
_ITEMS_NAMED = re.compile(
    rf"第(?:(?P<article>{_NUMERAL}(?:条?(?:至|到|-|—|、|和|及|与)第?{_NUMERAL})*)条(?:第\(?(?P<inner>{_NUMERAL})\)?项)?"
    rf"|(?P<item>\({_NUMERAL}\)(?:项?(?:至|到|-|—|、|和|及|与)第?\({_NUMERAL}\))*)项)"
)
_LAST_ITEMS = re.compile("前(?P<count>[两二三四五])[条项]")
_PRIZE_NAMED = re.compile(r"[^,;。、:的()《》]{0,14}?奖(?!励|补|金|资|项)")
_FOUNDS = re.compile(r"(?:设立|所称|评选)(?:本)?“?[一-龥]{0,4}$")
_IS_FOUNDED = re.compile(
    r"”?(?:\([^()]*\))?(?:,?(?:是|为)[^,;。]{0,12}(?:设立|最高|荣誉)|,?每[一两二三1-3]?[年届]|(?:下|共)?设(?!区)"
    r"|(?:共)?分为|,?由[^,;。]{2,14}设立)"
)
# 这两类标准奖励额度相同，主持的…: of all levels that the question names.
_ALL_ALIKE = re.compile(r"相同|一样|一致|同等|同样|不分")
# Stretches at the top of a document among which its title is.
_TITLE_LINES = 4


@dataclass(frozen=True)
class Frame:
    """What a heading, lead-in or question above a stretch says for everything below it.

    `span` is its range; `alternatives`: what is below are conditions (符合下列条件之一), which name no other thing to be
    paid for; `titles`: it is the title of a numbered item.
    """

    head: Head = field(default_factory=Head)
    gives: str | None = None
    aligning: bool = False
    up_to: bool = False
    per: str | None = None
    payer: str | None = None
    alternatives: bool = False
    leads_in: bool = False
    titles: bool = False
    span: Span = field(default=Span(0, 0))


class _Item(NamedTuple):
    """An outline number: how wide it is, how many statements stand in front of it, and its number."""

    rank: int
    first: int
    number: int | None


class Context:
    """Where the reader stands in the outline, and what was said so far.

    Attributes:
        said: the statements of the item or paragraph so far, each with the index of its stretch.
        index: of the stretch that is read.
        refers: whether it refers to payments before it.
    """

    def __init__(self, reading: Reading, statements: Sequence[Statement]) -> None:
        self._reading = reading
        self._plain = reading.plain
        self._words = load_vocabulary()
        # Every statement of the document so far; the reader adds to it.
        self._statements = statements
        self._above: list[tuple[float, Frame]] = []
        # The outline numbers so far.
        self._items: list[_Item] = []
        # The payments that the stretch names by the numbers of their items (第五条), where it does.
        self._named: Sequence[Statement] = ()
        self.said: list[tuple[int, Statement]] = []
        self.index = 0
        self.refers = False
        self._names_subject = self._goes_on_within = False
        # The sentence that the stretch stands in, and whether it begins it.
        self._sentence = Span(0, 0)
        self._opened = True
        # The numbered items that the stretch is in, each with where it begins; and where the widest below a chapter does.
        self._open: list[tuple[int, int]] = []
        self._item_start = 0
        # Where the innermost item begins, or what the last heading or question is above.
        self._opens = 0
        # What the paragraph is headed by in its own line (国际标准：主导…；参与…, 国际标准。主导…).
        self._label: Head | None = None
        # What lines of their own in the same item ask of those who are paid (支持对象：第一起草单位).
        self._asked: list[Asked] = []
        # The same with those that hold again where a later line of the same width says what is given (3.支持标准：…).
        self._lines: list[Asked] = []
        # The conditions that a document names for all that it pays.
        self._conditions: list[Span] = []
        # How wide the parts are that a guide is divided into without numbers (事项一, 【扶持标准】).
        self._divisions: dict[str, float] = {}

    @cached_property
    def is_about_giving(self) -> bool:
        """Whether a heading at the top of the document says that it is about giving money."""
        about = any_of(self._words.about_giving)
        top = [
            stretch
            for stretch in self._reading.stretches[:_TITLE_LINES]
            if stretch.kind in ("heading", "title_sentence")
        ]
        if about.search(folded(self._reading.document.policy.title)):
            return True
        return any(about.search(self._plain, *stretch.span) for stretch in top)

    @cached_property
    def _title_prize_level(self) -> str | None:
        """The level of the prize that the whole document is about: 云川省标准创新贡献奖评选办法."""
        found = _PRIZE_TITLE.search(folded(self._reading.document.policy.title))
        return {"省": "provincial_local", "市": "municipal_local"}[found["of"]] if found else None

    @cached_property
    def _founded_prizes(self) -> dict[str, tuple[str, int]]:
        """The names of the prizes that the document founds or describes, by their level, and where it last does.

        省标准创新贡献奖每两年评选一次, 市政府设立市标准创新奖.
        """
        named: dict[str, tuple[str, int]] = {}
        for token in self._reading.tokens_in(Span(0, self._reading.size)):
            if token.kind == "level" and token.of == "award" and (prize := _PRIZE_NAMED.match(self._plain, token.end)):
                opens = _FOUNDS.search(self._plain, max(0, token.start - 8), token.start)
                if opens or _IS_FOUNDED.match(self._plain, prize.end()):
                    known, _ = named.get(token.value, ("", 0))
                    named[token.value] = known + prize.group(), token.start
        return named

    def _own_prize_level(self, explicit: Head) -> str | None:
        """The level of the prize that the document is about, where the words name no other one."""
        if (own := self._title_prize_level) is not None:
            return None if _another_prize(explicit, folded(self._reading.document.policy.title)) else own
        if len(self._founded_prizes) != 1 or self._levels_said("award", in_stretch=False):
            return None
        level, (names, at) = next(iter(self._founded_prizes.items()))
        headed = any(frame.head.single("activity") == "award" for frame in self.frames())
        # 对获得一等奖的论文: in another item a grade alone is of any prize.
        named = explicit.of("activity") or at >= self._item_start or headed
        return level if named and not _another_prize(explicit, names) else None

    @property
    def promises(self) -> bool:
        """Whether a heading or lead-in above, or the top of the document, says that money is given."""
        return self.is_about_giving or any(frame.gives for frame in self.frames())

    @property
    def drafting_label(self) -> Head | None:
        """The line's own label where it is about drafting at one level: 团体标准制定类。…; else null."""
        label = self._label
        drafts = label is not None and label.single("activity") in DRAFTING
        return label if label is not None and drafts and label.single("level") else None

    def head(self, tokens: Sequence[Token]) -> Head:
        """The head that the tokens of a phrase make."""
        return read_head(tokens, self._plain, lead_named=self._reading.names_lead, ranked=self._reading.ranks_lower)

    def last(self) -> Statement | None:
        """The last statement of the same stretch."""
        return next((statement for index, statement in reversed(self.said) if index == self.index), None)

    def told(self) -> Head:
        """What the last words in front of the stretch in its paragraph that pay nothing name; empty without such words."""
        at = self.index
        while at > 0 and not self._reading.stretches[at].opens_paragraph:
            at -= 1
            span = self._reading.stretches[at].span
            if all(quantity.kind != "money" for quantity in self._reading.quantities_in(span)):
                head = self.head(self._reading.tokens_in(span))
                if head.of("activity"):
                    return head
        return Head()

    def paid_in(self, sentence: Span) -> bool:
        """Whether a statement of the item so far stands in the sentence."""
        return any(sentence.start <= statement.span.start < sentence.end for _, statement in self.said)

    def _last_of_sentence(self) -> Head | None:
        """What the last statement of the same sentence is for: 市区企业主导…的，奖励20万元；主导…的，奖励10万元."""
        start = self._sentence.start
        return next((said.head for _, said in reversed(self.said) if said.span.start >= start), None)

    def enter(self, stretch: Stretch) -> None:
        """Leaves the items that the stretch is not in."""
        if stretch.rank is not None:
            self._leave(stretch.rank)
            self._above.append((stretch.rank, Frame()))
            if self._reading.opens_line(stretch.span.start):
                self._opens = stretch.span.start
            self._items.append(_Item(stretch.rank, len(self._statements), self._reading.number_at(stretch.span.start)))
        elif stretch.opens_paragraph:
            self._divide(stretch)
        if stretch.opens_paragraph:
            if stretch.rank is not None:
                wider = [start for rank, start in self._open if RANK["article"] <= rank < stretch.rank]
                self._open = [item for item in self._open if item[0] < stretch.rank]
                self._open.append((stretch.rank, stretch.span.start))
                self._item_start = (wider or [stretch.span.start])[0]
            elif not self._items:
                self._item_start = stretch.span.start
            self._ask(stretch)
            if not (self._items or self._asked or self._divisions):
                self._opens = stretch.span.start
            self.said = []
            self._label = self._label_of(stretch)
        sentence = self._reading.sentence_at(stretch.span.start)
        if not stretch.opens_paragraph and self._reading.goes_on(stretch.span.start):
            sentence = Span(self._sentence.start, sentence.end)
        self._sentence = sentence
        self._opened = stretch.span.start <= self._sentence.start
        self._names_subject = self._plain.startswith(("对", "凡"), stretch.span.start)
        self._goes_on_within = self._plain.startswith("其中", stretch.span.start)
        self._named = self._named_items(stretch)
        self.refers = bool(self._named) or any_of(self._words.referring).search(self._plain, *stretch.span) is not None

    def _ask(self, stretch: Stretch) -> None:
        """Leaves what lines asked of which the stretch is no part, and takes up what it asks itself."""
        if stretch.rank is not None and self._reading.opens_line(stretch.span.start):
            follows = gives(self._reading, stretch)
            self._lines = [asked for asked in self._lines if holds_at(asked, stretch.rank, gives=True)]
            self._asked = [asked for asked in self._lines if holds_at(asked, stretch.rank, gives=follows)]
        rank = self._items[-1].rank if self._items else None
        if (asked := asked_in(self._reading, stretch, rank, self.head)) is not None:
            if self.said:
                self._asked, self._lines = [], []
            if asked.heads and not any(frame.head.of("activity") for rank, frame in self._above if rank >= 0):
                self._conditions.append(
                    asked.span
                )  # for all that a document pays: which of it is meant is nowhere said
                return
            levels = fitting_levels(asked.head, asked.head.single("activity")).of("level")
            asked = replace(asked, head=asked.head.with_axis("level", levels))
            self._asked.insert(0, asked)
            self._lines.insert(0, asked)

    def _label_of(self, stretch: Stretch) -> Head | None:
        label = _LABEL.match(self._plain, *stretch.span)
        if label is None or self._reading.quantities_in(Span(*label.span("words"))):
            return None
        tokens = self._reading.tokens_in(Span(*label.span("words")))
        if any(token.kind == "giving" for token in tokens):
            return None
        head = self.head(tokens)
        return head if head.of("level") else None

    def _divide(self, stretch: Stretch) -> None:
        """Leaves what is in the part of a guide before the one that the stretch begins."""
        for kind, form in _DIVISIONS.items():
            if said := form.match(self._plain, *stretch.span):
                rank = self._divisions.get(kind, (self._above[-1][0] if self._above else -1.0) + _WITHIN)
                self._leave(rank)
                self._divisions[kind] = rank
                self._opens = stretch.span.start
                if kind == "item":
                    self._asked, self._lines = [], []
                gives = any_of(self._words.about_giving).search(said.group()) is not None
                self._above.append((rank, Frame(gives="plain" if gives else None)))
                return
        listed = next((at for at, (_, frame) in enumerate(self._above) if frame.alternatives), None)
        if listed is not None and _WHAT_IS_GIVEN.match(self._plain, *stretch.span):
            del self._above[listed:]

    def _leave(self, rank: float) -> None:
        while self._above and self._above[-1][0] >= rank:
            self._above.pop()
        self._divisions = {kind: width for kind, width in self._divisions.items() if width < rank}

    @cached_property
    def _payee_of_all(self) -> tuple[Choice, ...]:
        """The one role that an article without amounts says is paid; none without such an article."""
        return payee_of_all(self._reading, self.head)

    def earlier(self) -> Sequence[Statement]:
        """What a stretch refers to as 上述 or 前条: the payments of its own item so far, or else of the item before.

        An item that only pays shares of others (修订…的50%) is passed over: what they are of is meant.
        """
        if self._named:
            return self._named
        said = self._statements
        if not self._items or self._items[-1].first < len(said):
            return said[self._items[-1].first if self._items else 0 :]
        rank, end = self._items[-1].rank, self._items[-1].first
        start = max((item.first for item in self._items if item.rank <= rank and item.first < end), default=0)
        if start and all(statement.shape == "ratio" for statement in said[start:end]):
            start = max((item.first for item in self._items if item.rank <= rank and item.first < start), default=0)
        return said[start:end]

    def _named_items(self, stretch: Stretch) -> Sequence[Statement]:
        """The payments of the items that the stretch names by number; none where it names none that pays."""
        own = self._reading.number_ends(stretch.span.start) if stretch.rank is not None else stretch.span.start
        found = _ITEMS_NAMED.search(self._plain, own, stretch.span.end)
        last = _LAST_ITEMS.search(self._plain, own, stretch.span.end)
        if found is None and last is not None and self._items:
            before = [i for i, item in enumerate(self._items[:-1]) if item.rank == self._items[-1].rank]
            return self._statements_of(before[-chinese_number(last["count"].replace("两", "二")) :])
        if found is None:
            return ()
        items = self._numbered(found["article"] or found["item"], article=found["article"] is not None)
        if found["inner"] and items:
            first, end = items[0], self._end_of(items[0])
            number = _number(found["inner"])
            items = [i for i in range(first + 1, end) if self._items[i].number == number][:1]
        return self._statements_of(items)

    def _numbered(self, words: str, *, article: bool) -> list[int]:
        """The last items in front of this one that have the numbers, all of one rank; none where one is missing."""
        numbers: list[int] = []
        for mark, numeral in re.findall(rf"(至|到|-|—)?第?\(?({_NUMERAL})", words):
            number = _number(numeral)
            numbers += range(numbers[-1] + 1, number + 1) if mark and numbers else [number]
        ranks = [item.rank for item in reversed(self._items)]
        if article and RANK["article"] in ranks:
            ranks = [RANK["article"]]
        for rank in dict.fromkeys(ranks):
            of = {item.number: i for i, item in enumerate(self._items[:-1]) if item.rank == rank}
            if all(number in of for number in numbers) and self._statements_of([of[n] for n in numbers]):
                return [of[number] for number in numbers]
        return []

    def _end_of(self, index: int) -> int:
        """The index of the item behind the one at `index` and all that is inside it."""
        rank = self._items[index].rank
        return next((i for i, o in enumerate(self._items) if i > index and o.rank <= rank), len(self._items))

    def _statements_of(self, items: Sequence[int]) -> Sequence[Statement]:
        said: list[Statement] = []
        for index in items:
            end = self._end_of(index)
            behind = self._items[end].first if end < len(self._items) else len(self._statements)
            said += self._statements[self._items[index].first : behind]
        return said

    def keep(self, stretch: Stretch, frame: Frame) -> None:
        """Holds the frame that the stretch is for everything below it."""
        if not frame.leads_in or stretch.kind == "question":
            self._opens = stretch.span.start
        if stretch.rank is not None:
            self._above[-1] = (stretch.rank, frame)
        elif (stretch.kind == "title_sentence" and self._above) or self._heads_division(stretch):
            self._above[-1] = (self._above[-1][0], frame)
        elif self.index == 0:
            # A title tells whose policy it is and for whom: 市级…, 支持企业参与…; no amount is told by that.
            own = ("provincial_local", "municipal_local", DISTRICT)
            levels = frame.head.of("level")
            kept = tuple(c for c in levels if c.values[0] not in own or "standard" in c.of)
            head = frame.head.with_axis("role", ()).with_axis("level", kept)
            if head.single("activity") == "revise_standard":
                head = head.with_axis("activity", ())  # (2023年修订) is of the document
            self._above.append((-1, replace(frame, head=head)))
        else:
            # Without a number of its own it stands just below the item that it is in.
            rank = next((rank for rank, _ in reversed(self._above) if rank == int(rank) and rank >= 0), -1) + 0.5
            if stretch.kind != "heading" and self._divisions:
                rank = max(rank, max(self._divisions.values()) + _WITHIN)
            self._leave(rank)
            self._above.append((rank, frame))

    def _heads_division(self, stretch: Stretch) -> bool:
        """Whether the stretch is the title of a part without a number (事项二：…), which `enter` has entered."""
        return stretch.kind == "heading" and any(form.match(self._plain, *stretch.span) for form in _DIVISIONS.values())

    def below(self, frame: Frame) -> None:
        """Enters what the row of a table says, below everything else, until `leave_below`."""
        self._above.append((_INNERMOST, frame))

    def leave_below(self) -> None:
        """Leaves the row of a table."""
        self._leave(_INNERMOST)

    def frame_of(self, stretch: Stretch) -> Frame | None:
        """What the stretch says for those below it; null where it is ordinary text."""
        if stretch.kind == "text" or (stretch.rank is None and _ADDRESSED.fullmatch(self._plain, *stretch.span)):
            return None
        tokens = self._reading.tokens_in(stretch.span)
        head = self.head(tokens)
        if stretch.kind == "title_sentence" and _IS_HONOURED.search(self._plain, *stretch.span):
            return None
        encourages = stretch.kind == "title_sentence" and _ENCOURAGES.search(self._plain, *stretch.span)
        if encourages:
            axes: tuple[Axis, ...] = ("activity", "level") if head.single("activity") in DRAFTING else ("activity",)
            head = Head({axis: head.of(axis) for axis in axes if head.of(axis)})
        giving = [token for token in tokens if token.kind == "giving"]
        text = self._plain[slice(*stretch.span)]
        return Frame(
            head,
            self._given(stretch, giving),
            any(token.kind == "aligning" for token in tokens),
            stretch.kind == "lead_in" and any_of(self._words.at_most).search(text) is not None,
            next((token.value for token in tokens if token.kind == "per"), None),
            next((token.value for token in tokens if token.kind == "payer"), None),
            _ALTERNATIVES.search(text) is not None,
            stretch.kind in ("lead_in", "question"),
            stretch.kind in ("heading", "title_sentence") and stretch.rank is not None,
            stretch.span,
        )

    def _given(self, stretch: Stretch, giving: Sequence[Token]) -> str | None:
        """The kind of benefit that a heading or lead-in promises for what is listed below it."""
        if stretch.kind == "title_sentence":
            return None
        if giving:
            return giving[-1].value
        about = any_of(self._words.about_giving).search(self._plain, *stretch.span)
        return "plain" if about is not None else None

    def frames(self) -> list[Frame]:
        """The frames above, the nearest first."""
        label = [Frame(self._label, titles=True)] if self._label is not None else []
        above = [frame for _, frame in reversed(self._above)]
        axes: tuple[Axis, ...] = ("level", "committee", "grade")
        asked = [Frame(Head({axis: a.head.of(axis) for axis in axes if a.head.of(axis)})) for a in self._asked]
        named = [Frame(Head({"activity": a.head.of("activity")})) for a in self._asked if a.head.of("activity")]
        return label + asked + above + named

    def around(self, at: int, activity: str | None) -> tuple[Span, ...]:
        """The words that an amount at an offset stands below or behind: headings, and those of its item up to it.

        Of what is asked for all that a document pays, levels of standards say nothing of what is paid.
        """
        asked = self._conditions if activity in ("host_committee", "pilot_project", "award") else []
        above = [frame.span for rank, frame in self._above if rank >= 0 and frame.span.end]
        in_table = self._reading.stretches[self.index].table is not None
        own = self._plain.rfind("\n", 0, at) + 1 if in_table else min(self._opens, self._sentence.start)
        return (*asked, *above, Span(min(own, at), at))

    @property
    def only_title_names_activity(self) -> bool:
        """Whether nothing but the document's title says what is paid for here."""
        headed = self._label is not None or any(frame.head.of("activity") for rank, frame in self._above if rank > -1)
        return not self.said and not headed

    def resolved(self, explicit: Head, count: int, shape: Shape, *, anew: bool = False) -> Head:
        """The head with what it leaves out taken from before and above; only from above where it begins `anew`."""
        above = next((frame for frame in self.frames() if frame.alternatives and frame.head.of("activity")), None)
        if above is not None:
            return above.head
        last = self.said[-1][1].head if self.said and not anew else None
        if not explicit and last is not None and shape == "amount" and not anew:
            single = {axis: last.of(axis) for axis in AXES if len(last.of(axis)) == 1}
            lists = {axis: last.of(axis) for axis in AXES if len(last.of(axis)) == count > 1}
            return Head({**single, **lists}, last.nouns)
        head = self._with_activity(explicit, last, shape)
        activity = head.single("activity")
        head = fitting_levels(head, activity)
        follows = last is not None and (last.single("activity") is None or alike(last.single("activity"), activity))
        added = shape in ("bonus", "further")
        if added:
            # It goes to all that was paid before, and has of each axis what these share.
            for axis in _SHARED_BY_ADDED:
                if not head.of(axis):
                    head = head.with_axis(axis, self._shared(axis, activity))
        if (shape != "delegated" or explicit.of("role")) and not (added and self._paid_so_far(activity)):
            head = self._with_role(head, explicit, last if follows else None)
        # 国际标准第一起草单位50万元，其他起草单位的奖励金额另行确定: at the level before it.
        goes_on = shape == "delegated" and explicit.of("role") and self.last() is not None
        if shape in ("amount", "honour") or goes_on:
            head = self._with_level(head, explicit, last if follows else None)
        elif shape != "delegated" and len(head.of("level")) > 1 and len(head.of("level")) != count:
            head = head.with_axis("level", ())
        if (shape == "ratio" or added) and not head.of("level"):
            head = head.with_axis("level", self._level_of_item(activity, explicit))
        for axis in ("committee", "grade"):
            if not added and not head.of(axis) and activity in ("host_committee", "award", "certification"):
                head = self._with_single(head, axis, last if follows and not explicit.of("activity") else None)
        if set(explicit.lists) == {"place_group"} and count == 1 and self.last() is not None:
            head = self._with_same(head)
        if not head.of("place_group"):
            head = self._with_single(head, "place_group", self._last_of_sentence())
        if activity not in (*DRAFTING, "research", None):
            head = head.with_axis("role", ())  # 在行业排名首位的“领跑者”
        return self.with_list(head, count, last if follows else None)

    def _with_activity(self, head: Head, last: Head | None, shape: Shape) -> Head:
        if head.of("activity"):
            drafting = head.of("activity")[0].values[0] in ("formulate_standard", "revise_standard")
            if not (drafting and head.of("committee") and "standard" not in head.nouns):
                return head
        implied = implied_activity(head)
        if implied is None and "thing" in head.nouns and not (self.refers and self.said):
            return head
        known = [last] if last is not None else []
        known += [frame.head for frame in self.frames()]
        if self.refers and (earlier := self.earlier()):
            # 上述标准 below the heading 专利与标准融合: of what is referred to, and not of what is no activity.
            unlike = next((head.single("activity") for head in known if head.of("activity")), None) == "other"
            known.insert(0 if self._named or unlike else len(known), united(earlier))
        if self._named and not _of_one_kind(known[0].of("activity")):
            # In addition to what 第五条至第八条 pay, for drafting and for other things.
            known = [known[0].with_axis("activity", ())] if implied == "formulate_standard" else []
        if implied == "formulate_standard":
            for other in known:
                if other.single("activity") in ("formulate_standard", "revise_standard"):
                    return head.with_axis("activity", other.of("activity"))
            return head.with_axis("activity", (Choice((implied,), ""),))
        if implied is not None:
            return head.with_axis("activity", (Choice((implied,), ""),))
        for other in known:
            if other.of("activity"):
                unlike = "project" in head.nouns and other.single("activity") not in _PROJECTS
                return head if unlike else head.with_axis("activity", other.of("activity"))
            if other.of("level") and not head.of("level") and implied_activity(other) == "formulate_standard":
                return head.with_axis("activity", (Choice(("formulate_standard",), ""),))
        if head.of("role") and (shape != "amount" or head.of("level") or _DRAFTS.search(_said(head, "role"))):
            return head.with_axis("activity", (Choice(("formulate_standard",), ""),))
        return head

    def _with_role(self, head: Head, explicit: Head, last: Head | None) -> Head:
        activity = head.single("activity")
        if activity not in ("formulate_standard", "revise_standard", "research", None) and head.of("role"):
            return head.with_axis("role", ())
        if activity not in ("formulate_standard", "revise_standard", None):
            return head
        if head.of("role"):
            if (
                head.single("role") == "lead"
                and last is not None
                and last.definition == last.single("role") is not None
            ):
                # 第一起草单位牵头制定国际标准的…；牵头制定国家标准的…: the same lead again.
                return replace(head.with_axis("role", last.of("role")), definition=last.definition)
            return self._ranked(head, last)
        goes_on = not explicit.of("activity") or self.last() is not None or not (self._names_subject or self._opened)
        role = last.single("role") if last is not None else None
        # 参与制定国际标准的…；制定国家标准的…: taking part is told apart from drafting, and not carried on.
        if last is not None and role and goes_on and not (role == "participate" and explicit.of("activity")):
            return head.with_axis("role", last.of("role"))
        asked = next((asked.head.of("role") for asked in self._asked if asked.head.of("role")), ())
        titled = any(frame.titles and frame.head.single("role") == "lead" for frame in self.frames())
        # 主导制定国家标准。支持对象：排名首位的单位: what the lead is.
        if asked and not (titled and [choice.values for choice in asked] == [("rank:1",)]):
            return head.with_axis("role", asked)
        for frame in self.frames():
            above = frame.head.single("activity")
            if frame.head.single("role") and (above is None or alike(above, activity)):
                return head.with_axis("role", frame.head.of("role"))
        return head.with_axis("role", self._payee_of_all) if activity in DRAFTING else head

    def _ranked(self, head: Head, last: Head | None) -> Head:
        """The head with its ranks made exact by the ranks in front: the rest, and an open band that excludes its start."""
        before = last.of("role")[-1].values[0] if last is not None and last.of("role") else None
        entries = []
        for choice in head.of("role"):
            value = choice.values[0]
            if value.startswith(REST):
                value = _rest(value, before)
            elif "open_end" in head.nouns and value.endswith("-") and before is not None:
                after = rest_after(before)
                if after is not None and int(value[5:-1]) + 1 == int(after[5:-1]):
                    value = after
            entries.append(replace(choice, values=(value,)))
            before = value
        return head.with_axis("role", tuple(entries))

    def _with_level(self, head: Head, explicit: Head, last: Head | None) -> Head:
        activity = head.single("activity")
        if head.of("level") or activity in ("adopt_standard", "front_runner"):
            return head
        goes_on = last is not None and not explicit.of("activity") and last.single("level") is not None
        if activity == "award" and not goes_on and (levels := self._prize_levels(explicit)):
            return head.with_axis("level", levels)
        if explicit.of("activity") and activity == "award":
            return head
        if activity == "other" and explicit.of("activity") and not _is_edition(explicit):
            return head  # 注册专家: of what a heading says of standards it has no level
        here = self._levels_said(activity, in_stretch=True)
        if explicit.of("activity") and activity not in _GAPPING and not here:
            return self._with_single(head, "level", None)
        # A committee named in full is another one; TC, SC or 分技术委员会 alone go on with the last.
        whole = any("标准化" in choice.said for choice in explicit.of("committee"))
        said = here or ([] if whole else self._levels_said(activity, in_stretch=False))
        if len(set(said)) == 1 and last is not None:
            return head.with_axis("level", (Choice((said[0],), ""),))
        narrowed = head.of("role") or explicit.of("grade") or (explicit.of("activity") and activity in DRAFTING)
        if not said and last is not None and narrowed and (levels := self._levels_here(activity)):
            return head.with_axis("level", levels)
        if len(set(here)) > 1 and last is not None and (self._alternates(head) or (head.of("committee") and not whole)):
            return head.with_axis("level", (Choice((here[-1],), ""),))
        # The level of a prize in any other title or heading is the policy's own, and tells no rows apart.
        if said or activity == "award":
            return head
        if self.refers and self.earlier():
            return head  # 上述标准: the levels are those of the payments before, not the title's
        return self._with_item_levels(self._with_single(head, "level", None), activity)

    def _paid_so_far(self, activity: str | None) -> list[tuple[int, Statement]]:
        """The payments for the activity in this item, each with the index of its stretch."""
        paid = [*self.said] or [(-1, statement) for statement in self._named]
        return [(i, s) for i, s in paid if s.combinations and alike(s.head.single("activity"), activity)]

    def _shared(self, axis: Axis, activity: str | None) -> tuple[Choice, ...]:
        """The one value of an axis that the payments of this stretch have, or those of its item; none where they differ.

        What begins with 其中 is of the payments just before it.
        """
        # Shares of revising are none of what drafting is paid.
        paid = self._paid_so_far(activity)
        paid = [(i, s) for i, s in paid if s.shape != "ratio" or s.head.single("activity") == activity]
        near = [self.index, *(index for index, _ in paid[-1:] if self._goes_on_within)]
        here = [statement for index, statement in paid if index in near]
        here = here or [statement for _, statement in paid]
        if axis == "level" and activity and any(statement.shape == "unclear" for statement in here):
            return ()  # what was refused may be of another level
        alike_in = {
            statement.head.of(axis)[0].values if len(statement.head.of(axis)) == 1 else () for statement in here
        }
        if len(alike_in) == 1 and len(only := alike_in.pop()) > 1:
            return (Choice(only, ""),)  # 团体标准（含联盟标准）: of both
        values = {row[axis] for statement in here for row in statement.combinations}
        value = values.pop() if len(values) == 1 else None
        return (Choice((value,), ""),) if value else ()

    def _with_same(self, head: Head) -> Head:
        """The head with all that the amount in front was for: 承担TC或SC秘书处的，市区企业奖励50万元，县企业奖励20万元."""
        last = self.said[-1][1]
        axes: tuple[Axis, ...] = ("level", "committee", "grade")
        for axis in axes:
            paid = {row[axis] for row in last.combinations}
            if not head.of(axis):
                head = head.with_axis(axis, tuple(c for c in last.head.of(axis) if paid.issuperset(c.values)))
        return head

    def matched_level(self, head: Head, explicit: Head) -> tuple[Choice, ...]:
        """The level at which another government's award is matched, left to the payments before: 验收后按1:1配套."""
        if explicit.of("activity") or not self.said:
            return ()
        return self._shared("level", head.single("activity"))

    def _level_of_item(self, activity: str | None, explicit: Head) -> tuple[Choice, ...]:
        """The level that the line's label or the item's title gives to shares and surcharges; none without one."""
        before = self._shared("level", activity) if not explicit.of("activity") else ()
        if activity == "award" and before:
            return before  # 提名奖 of the one prize before it
        if activity == "award" and (named := self._prize_levels(explicit)):
            return named if len(named) == 1 else ()
        # The title of an item is that of its own lines, and not of what they refer to (上述额度的50%).
        titled = next((f.head for _, f in self._above[-1:] if f.titles and self.said and not self.refers), None)
        paid = {row["level"] for _, s in self._paid_so_far(activity) for row in s.combinations}
        for above in (self._label, titled):
            if above is not None and above.single("level") and paid - {above.single("level"), None}:
                return ()  # 地方标准。…省地方标准…，市地方标准…；修订的减半: of both
            if above is not None and fitting_levels(above, activity).single("level"):
                return fitting_levels(above, activity).of("level")
        return ()

    def _with_item_levels(self, head: Head, activity: str | None) -> Head:
        """The head with all levels that the title of its own item names: 3.行业标准和地方标准。第一起草单位资助20万元."""
        if head.of("level") or (asked := self._asked_levels(activity)):
            return head if head.of("level") else head.with_axis("level", asked)
        frame = next(iter(self.frames()), None)
        alike_all = frame is not None and frame.leads_in and _ALL_ALIKE.search(self._plain, *self._sentence)
        if frame is None or not (frame.titles or alike_all) or activity not in DRAFTING:
            return head
        return head.with_axis("level", fitting_levels(frame.head, activity).of("level"))

    def _prize_levels(self, explicit: Head) -> tuple[Choice, ...]:
        """The levels of the prize that is meant where its words name none: of its heading, its document, or who is asked."""
        if not explicit.of("activity") and (higher := self._higher_prize()):
            return higher
        if own := self._own_prize_level(explicit):
            return (Choice((own,), ""),)
        return self._asked_levels("award") or self._higher_prize()

    def _higher_prize(self) -> tuple[Choice, ...]:
        """The level of the prize that the nearest heading or question with one names, where that is no prize of the issuer."""
        for frame in self.frames():
            levels = fitting_levels(frame.head, "award").of("level")
            if levels and (frame.head.single("activity") == "award" or any("award" in choice.of for choice in levels)):
                above = {value for choice in levels for value in choice.values} <= self._reading.levels_above
                return levels if above and len(levels) == 1 else ()
        return ()

    def _asked_levels(self, activity: str | None) -> tuple[Choice, ...]:
        """The levels that the nearest line that asks for any names: 支持对象：获得国家级、省级…的单位."""
        levels = (fitting_levels(asked.head, activity).of("level") for asked in self._asked)
        return next((choices for choices in levels if choices), ())

    def _levels_said(self, activity: str | None, *, in_stretch: bool) -> list[str]:
        """The single levels that the payments so far name, in order; an empty list where one named several."""
        levels = []
        for index, statement in self.said:
            if (in_stretch and index != self.index) or not alike(statement.head.single("activity"), activity):
                continue
            if len(statement.head.of("level")) > 1:
                return []
            if level := statement.head.single("level"):
                levels.append(level)
        return levels

    def _levels_here(self, activity: str | None) -> tuple[Choice, ...]:
        """The several levels that were paid last in this sentence, at which the next role is paid too; else none.

        Of committees only those that one amount was for.
        """
        here = self._reading.sentence_at(self._reading.stretches[self.index].span.start)
        last = self.said[-1][1] if self.said else None
        if last is None or last.span.start < here.start or not alike(last.head.single("activity"), activity):
            return ()
        levels = last.head.of("level")
        if activity in DRAFTING:
            paid = {value for choice in levels for value in choice.values}
        else:
            paid = {row["level"] or "" for row in last.combinations}
        return levels if len(paid) > 1 else ()

    def _alternates(self, head: Head) -> bool:
        """Whether the same role was paid before, at the level that stood in front of it."""
        role = head.single("role")
        return role is not None and any(
            index == self.index and statement.head.single("role") == role and statement.head.single("level")
            for index, statement in self.said
        )

    def _with_single(self, head: Head, axis: Axis, last: Head | None) -> Head:
        if last is not None and last.single(axis):
            return head.with_axis(axis, last.of(axis))
        activity = head.single("activity")
        for frame in self.frames():
            above = fitting_levels(frame.head, activity)
            if above.single(axis) and above.single("activity") in (activity, None):
                return head.with_axis(axis, above.of(axis))
            if above.of(axis):
                return head
        return head

    def _places_named(self, earlier: Head) -> tuple[Choice, ...]:
        """The ranks of the payments before, where the stretch refers to their places: 按上述三个位次，依次奖励…."""
        if not _PLACES_AGAIN.search(self._plain, *self._reading.stretches[self.index].span):
            return ()
        return earlier.of("role") if all(c.values[0].startswith("rank:") for c in earlier.of("role")) else ()

    def with_list(self, head: Head, count: int, last: Head | None) -> Head:
        """The head with a list from before or above where several amounts have none to go with."""
        if count == 1:
            return head
        if (
            last is not None
            and len(last.of("level")) == count
            and head.of("level") in ((), last.of("level"))
            and _is_chain(head)
        ):
            # 第二、三起草单位 behind a list of levels: the amounts go by level again.
            roles = tuple(replace(role, join="or" if index else "first") for index, role in enumerate(head.of("role")))
            return head.with_axis("role", roles).with_axis("level", last.of("level"))
        if any(len(choices) == count for choices in head.lists.values()):
            return head
        known = [last] if last is not None else []
        known += [united([statement for _, statement in self.said])] if self.said else []
        known += [frame.head for frame in self.frames()]
        if self.refers and (earlier := self.earlier()):
            known.append(united(earlier))
            if (ranks := self._places_named(known[-1])) and len(ranks) == count and not _is_ranked(head):
                return head.with_axis("role", ranks)
        for other in known:
            for axis in ("level", "grade", "committee", "role"):
                levels = {value for choice in other.of("level") for value in choice.values}
                if axis == "grade" and levels and head.single("level") not in {None, *levels}:
                    continue  # another prize has grades of its own
                same = [choice.values for choice in other.of(axis)] == [c.values for c in head.of(axis)] * count
                if len(other.of(axis)) == count and (same or not head.of(axis)):
                    return head.with_axis(axis, other.of(axis))
        return head


def _is_ranked(head: Head) -> bool:
    return any(value.startswith(("rank:", REST)) for choice in head.of("role") for value in choice.values)


# What 国家级项目 may be, where its item says so.
_PROJECTS = ("pilot_project", "research")
# Activities whose level a later part of the sentence may leave out though it names the activity again.
_GAPPING = ("formulate_standard", "revise_standard", "host_committee")
# 牵头单位 leads anything (标准联合体), 起草单位 a standard.
_DRAFTS = re.compile("起草|编")


def _said(head: Head, axis: Axis) -> str:
    return "".join(choice.said for choice in head.of(axis))


def _is_edition(head: Head) -> bool:
    return any_of(load_vocabulary().editions).search(_said(head, "activity")) is not None


def _number(numeral: str) -> int:
    """The number of an item; 0, which no item has, for a numeral that is none (第一一条)."""
    try:
        return int(numeral) if numeral.isdecimal() else chinese_number(numeral)
    except ValueError:
        return 0


def _of_one_kind(activities: Sequence[Choice]) -> bool:
    named = {value for choice in activities for value in choice.values}
    return len(named) <= 1 or named <= set(DRAFTING)


def _another_prize(explicit: Head, own: str) -> bool:
    """Whether the words name a prize that `own` does not speak of."""
    parts = {"项目奖", "单位奖", "成果奖", ""}
    return any(choice.said not in parts and choice.said not in own for choice in explicit.of("activity"))


def _rest(value: str, before: str | None) -> str:
    """The ranks behind those before: all of them, or up to the place that the text names (rest-5)."""
    after = rest_after(before) if before else None
    last = value.removeprefix(REST)
    if after is None:
        return "participate"
    return after.removesuffix("-") + last if last else after


def _is_chain(head: Head) -> bool:
    """Whether the roles are ranks that share one noun: 第二、三起草单位."""
    return "chain" in head.nouns and all(role.values[0].startswith("rank:") for role in head.of("role"))
