"""Where a document is read: the headings, lead-ins and questions above a stretch, and what its item has said so far."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace
from functools import cached_property

from knowledge.drafting.asked import Asked, asked_in, gives, holds_at
from knowledge.drafting.axes import DISTRICT, Axis, Choice, Head
from knowledge.drafting.frames import Frame
from knowledge.drafting.head_reader import read_head
from knowledge.drafting.heads import alike, fitting_levels
from knowledge.drafting.references import References
from knowledge.drafting.statements import Statement
from knowledge.drafting.stretches import Reading, Stretch
from knowledge.drafting.tokens import Token
from knowledge.drafting.vocabulary import any_of, folded, load_vocabulary
from knowledge.model import Span
from knowledge.outline import RANK
from knowledge.rule_schema import DRAFTING

# How much narrower a part without a number is than what it stands in.
_WITHIN = 0.1
# Narrower than any outline number.
_INNERMOST = 1000.0
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
# Stretches at the top of a document among which its title is.
_TITLE_LINES = 4


class Context:
    """Where the reader stands in the outline, and what was said so far.

    Attributes:
        said: the statements of the item or paragraph so far, each with the index of its stretch.
        index: of the stretch that is read.
        refers: whether it refers to payments before it.
        named: the payments that it names by the numbers of their items (第五条), where it does.
        names_subject, goes_on_within: whether it begins with whom it is about (对, 凡), or with 其中.
        sentence: the one that it stands in.
        opened: whether it begins that sentence.
        item_start: where the widest of the numbered items that it is in begins, below a chapter.
        label: what its paragraph is headed by in its own line (国际标准：主导…；参与…, 国际标准。主导…).
        asked: what lines of their own in the same item ask of those who are paid (支持对象：第一起草单位).
    """

    def __init__(self, reading: Reading, statements: Sequence[Statement]) -> None:
        self._reading = reading
        self._plain = reading.plain
        self._words = load_vocabulary()
        self._references = References(reading, statements)
        self._above: list[tuple[float, Frame]] = []
        self.named: Sequence[Statement] = ()
        self.said: list[tuple[int, Statement]] = []
        self.index = 0
        self.refers = False
        self.names_subject = self.goes_on_within = False
        self.sentence = Span(0, 0)
        self.opened = True
        # The numbered items that the stretch is in, each with where it begins.
        self._open: list[tuple[int, int]] = []
        self.item_start = 0
        # Where the innermost item begins, or what the last heading or question is above.
        self._opens = 0
        self.label: Head | None = None
        self.asked: list[Asked] = []
        # These with those that hold again where a later line of the same width says what is given (3.支持标准：…).
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

    @property
    def promises(self) -> bool:
        """Whether a heading or lead-in above, or the top of the document, says that money is given."""
        return self.is_about_giving or any(frame.gives for frame in self.frames())

    @property
    def drafting_label(self) -> Head | None:
        """The line's own label where it is about drafting at one level: 团体标准制定类。…; else null."""
        label = self.label
        drafts = label is not None and label.single("activity") in DRAFTING
        return label if label is not None and drafts and label.single("level") else None

    @property
    def item_title(self) -> Head | None:
        """The title of the innermost item; null where it has none."""
        return self._above[-1][1].head if self._above and self._above[-1][1].titles else None

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

    def enter(self, stretch: Stretch) -> None:
        """Leaves the items that the stretch is not in."""
        if stretch.rank is not None:
            self._leave(stretch.rank)
            self._above.append((stretch.rank, Frame()))
            if self._reading.opens_line(stretch.span.start):
                self._opens = stretch.span.start
            self._references.enter(stretch.rank, stretch.span.start)
        elif stretch.opens_paragraph:
            self._divide(stretch)
        if stretch.opens_paragraph:
            if stretch.rank is not None:
                wider = [start for rank, start in self._open if RANK["article"] <= rank < stretch.rank]
                self._open = [item for item in self._open if item[0] < stretch.rank]
                self._open.append((stretch.rank, stretch.span.start))
                self.item_start = (wider or [stretch.span.start])[0]
            elif self._references.rank is None:
                self.item_start = stretch.span.start
            self._ask(stretch)
            if self._references.rank is None and not (self.asked or self._divisions):
                self._opens = stretch.span.start
            self.said = []
            self.label = self._label_of(stretch)
        sentence = self._reading.sentence_at(stretch.span.start)
        if not stretch.opens_paragraph and self._reading.goes_on(stretch.span.start):
            sentence = Span(self.sentence.start, sentence.end)
        self.sentence = sentence
        self.opened = stretch.span.start <= self.sentence.start
        self.names_subject = self._plain.startswith(("对", "凡"), stretch.span.start)
        self.goes_on_within = self._plain.startswith("其中", stretch.span.start)
        self.named = self._references.named(stretch)
        self.refers = bool(self.named) or any_of(self._words.referring).search(self._plain, *stretch.span) is not None

    def _ask(self, stretch: Stretch) -> None:
        """Leaves what lines asked of which the stretch is no part, and takes up what it asks itself."""
        if stretch.rank is not None and self._reading.opens_line(stretch.span.start):
            follows = gives(self._reading, stretch)
            self._lines = [asked for asked in self._lines if holds_at(asked, stretch.rank, gives=True)]
            self.asked = [asked for asked in self._lines if holds_at(asked, stretch.rank, gives=follows)]
        if (asked := asked_in(self._reading, stretch, self._references.rank, self.head)) is not None:
            if self.said:
                self.asked, self._lines = [], []
            if asked.heads and not any(frame.head.of("activity") for rank, frame in self._above if rank >= 0):
                # For all that a document pays: which of it is meant is nowhere said.
                self._conditions.append(asked.span)
                return
            levels = fitting_levels(asked.head, asked.head.single("activity")).of("level")
            asked = replace(asked, head=asked.head.with_axis("level", levels))
            self.asked.insert(0, asked)
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
                    self.asked, self._lines = [], []
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

    def earlier(self) -> Sequence[Statement]:
        """What the stretch refers to: the items that it names, else its own item so far or the one before."""
        return self.named or self._references.previous()

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

    def frames(self) -> list[Frame]:
        """The frames above, the nearest first."""
        label = [Frame(self.label, titles=True)] if self.label is not None else []
        above = [frame for _, frame in reversed(self._above)]
        axes: tuple[Axis, ...] = ("level", "committee", "grade")
        asked = [Frame(Head({axis: a.head.of(axis) for axis in axes if a.head.of(axis)})) for a in self.asked]
        named = [Frame(Head({"activity": a.head.of("activity")})) for a in self.asked if a.head.of("activity")]
        return label + asked + above + named

    def around(self, at: int, activity: str | None) -> tuple[Span, ...]:
        """The words that an amount at an offset stands below or behind: headings, and those of its item up to it.

        Of what is asked for all that a document pays, levels of standards say nothing of what is paid.
        """
        asked = self._conditions if activity in ("host_committee", "pilot_project", "award") else []
        above = [frame.span for rank, frame in self._above if rank >= 0 and frame.span.end]
        in_table = self._reading.stretches[self.index].table is not None
        own = self._plain.rfind("\n", 0, at) + 1 if in_table else min(self._opens, self.sentence.start)
        return (*asked, *above, Span(min(own, at), at))

    @property
    def only_title_names_activity(self) -> bool:
        """Whether nothing but the document's title says what is paid for here."""
        headed = self.label is not None or any(frame.head.of("activity") for rank, frame in self._above if rank > -1)
        return not self.said and not headed

    def asked_levels(self, activity: str | None, committee: str | None = None) -> tuple[Choice, ...]:
        """The levels that the nearest line that asks for any names: 支持对象：获得国家级、省级…的单位.

        Where it names several levels of several committees, only the one of the `committee` that is paid for.
        """
        for asked in self.asked:
            levels = fitting_levels(asked.head, activity).of("level")
            if committee is not None and len(levels) > 1 and len(asked.head.of("committee")) > 1:
                named = self._committees_in(asked.span)
                levels = tuple(c for c in levels if (c.values[0], committee) in named)
                return levels if len(levels) == 1 else ()
            if levels:
                return levels
        return ()

    def _committees_in(self, words: Span) -> set[tuple[str, str]]:
        """The committees that words name, each with the level in front of it: 全国…分技术委员会、省…技术委员会."""
        tokens = [t for t in self._reading.tokens_in(words) if t.kind in ("level", "committee")]
        named, level = set(), ""
        for token, then in zip(tokens, [*tokens[1:], None], strict=True):
            if token.kind == "level":
                level = token.value
            elif level and not (then is not None and then.kind == "committee" and then.start == token.end):
                named.add((level, token.value))  # 技术委员会分技术委员会 is one of these
        return named

    def levels_said(self, activity: str | None, *, in_stretch: bool) -> list[str]:
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
