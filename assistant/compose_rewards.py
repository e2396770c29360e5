"""Writes the answer to a question about a reward from what the rules came to."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import date
from functools import partial
from itertools import groupby
from typing import Any

from assistant.answer import AnswerStatus, Language, QuestionBack, RewardRow
from assistant.claims import EITHER
from assistant.compose import Composed, Composer, find_words
from assistant.draft import Draft, DraftBuilder, Evidence, Line, sentences_of
from assistant.follow_ups import reward_follow_ups
from assistant.question import Question
from assistant.reward_words import committee_level, joined, ordinal
from assistant.rewards import CheckedCondition, Missing, Outcome, RewardLine, to_rows
from knowledge.drafting.treasuries import names_payer, says_who_bears
from knowledge.model import Document
from knowledge.quantities import find_quantities, format_yuan_en, format_yuan_zh
from knowledge.rule_schema import DRAFTING, Cap
from knowledge.rules import Rule, RuleBook, Silence

# Lines without an amount whose conditions are shown all the same.
_EXPLAINED = ("not_met", "discretionary")
_PAYABLE = ("exact", "up_to", "range", "needs_input")
# How many of the points a text is silent on are said with an answer; the evidence panel has room for no more.
_SILENCES_SHOWN = 3
# Points that matter only where the question touches them.
_ONLY_IF_ASKED = frozenset(
    {
        *("revision", "other_levels", "before_policy", "series", "procedure", "proof", "indirect_export"),
        *("other_applicants", "taxation", "instalments", "use_of_money", "repeated"),
    }
)
_ONLY_IF_COUNTED = frozenset({"product_cap", "yearly_cap", "per_committee"})
# What a question for a list wants all values of.
_LISTED_INPUTS = frozenset({"activity", "standard_level", "committee_level", "committee", "grade", "location"})
_LISTING = frozenset({"list", "every_level", "highest", "lowest", "comparison"})
# The points that bear on a refusal, by the fact it fails on.
_ABOUT_INPUT: Mapping[str, frozenset[str]] = {
    "drafter_rank": frozenset({"participants"}),
    "location": frozenset({"urban_firm", "district_changes"}),
    "has_export_sales": frozenset({"indirect_export"}),
    "innovative_listed": frozenset({"other_firms"}),
    "event_on": frozenset({"before_policy"}),
    "org_type": frozenset({"other_applicants"}),
    "proposed_project": frozenset({"proposer_and_drafter"}),
}
# Conditions whose words are a bare value, said with what it is a value of.
_VALUED_INPUTS: Mapping[str, str] = {
    "activity": "activity",
    "standard_level": "level",
    "committee_level": "committee_level",
    "committee": "committee",
    "grade": "grade",
    "role": "role",
}


# Steps of the computing that a reader needs in words.
_TOLD_STEPS = frozenset({"series", "contest", "stack", "activity_cap", "year_cap", "other_award", "item_cap"})
# What a table's rows differ by, by the fact that tells them apart.
_AXIS_OF: Mapping[str, str] = {**_VALUED_INPUTS, "drafter_rank": "role", "location": "place_group"}


def rule_evidence(rule: Rule, document: Document) -> Evidence:
    """The whole sentences of a document that state a rule."""
    clause = next(c for c in document.clauses if c.clause_id == rule.clause_id)
    start, end = (
        (rule.start, rule.end) if rule.start is not None and rule.end is not None else (clause.start, clause.end)
    )
    return sentences_of(document, clause, start, end)


class RewardComposer:
    """Composes reward answers with the parts of the general composer and the rules of the release."""

    def __init__(self, composer: Composer, book: RuleBook) -> None:
        self._c = composer
        self._book = book

    def compose(self, question: Question, document: Document, outcome: Outcome, asked_at: date) -> Composed:
        """The answer for one policy."""
        writer = _Writer(self._c, question, document, outcome, self._book.for_policy(document.policy.id))
        writer.write(asked_at)
        rows = to_rows(replace(outcome, steps=outcome.steps if writer.sums else ()), question.language, lambda _: 1)
        if writer.difference and rows:
            rows[0].trace.append(writer.difference)
        if writer.brief:
            rows = []
        back = self._question_back(question, outcome) if writer.asks else None
        return Composed(
            status=writer.status(),
            draft=writer.out.done(),
            rewards=tuple(rows),
            row_evidence=tuple(writer.evidence_of_line(line) for line in outcome.rows)[: len(rows)],
            total_yuan=writer.total_yuan,
            question_back=back,
            suggestions=self._follow_ups(question, document, outcome),
            warnings=tuple(dict.fromkeys([*self._c.warnings(document.policy, asked_at), *outcome.warnings])),
        )

    def together(self, question: Question, parts: Sequence[Composed]) -> Composed:
        """The answers of several policies, kept apart."""
        silent = any(not part.rewards for part in parts)
        lines: list[Line] = [Line(self._c.say(question.language, "reward.apart_silent" if silent else "fact.apart"))]
        for part in parts:
            lines += [Line(""), *part.draft.lines]
        rows: tuple[RewardRow, ...] = tuple(row for part in parts for row in part.rewards)
        statuses = {part.status for part in parts}
        status: AnswerStatus = next(iter(statuses)) if len(statuses) == 1 else "partial"
        return Composed(
            status="clarify" if "clarify" in statuses else status,
            draft=Draft(tuple(lines)),
            rewards=rows,
            row_evidence=tuple(e for part in parts for e in part.row_evidence),
            question_back=next((part.question_back for part in parts if part.question_back), None),
            suggestions=parts[0].suggestions,
            warnings=tuple(dict.fromkeys(w for part in parts for w in part.warnings)),
        )

    def _question_back(self, question: Question, outcome: Outcome) -> QuestionBack | None:
        first = next(iter(_asked_back(question, outcome)), None)
        if first is None:
            return None
        options = first.options.zh if question.language == "zh" else first.options.en
        return QuestionBack(input=first.input, text=first.ask.of(question.language), options=list(options))

    def _follow_ups(self, question: Question, document: Document, outcome: Outcome) -> tuple[str, ...]:
        language = question.language
        return reward_follow_ups(
            self._book.policies[document.policy.id],
            [line.rule for line in outcome.rows if line.rule],
            place=self._c.place_name(document.policy, language),
            language=language,
            say=partial(self._c.say, language),
        )


def _asked_back(question: Question, outcome: Outcome) -> list[Missing]:
    """What to ask the asker, the most decisive first; nothing that the question wants all values of."""
    if _lists(question):
        return [missing for missing in outcome.missing if missing.decides and missing.input not in _LISTED_INPUTS]
    # Whose money it is, or what the conditions are, can be said without knowing which level is meant.
    aside = {"who_pays", "eligibility"} & question.intents and "reward_amount" not in question.intents
    kept = set() if "who_pays" in question.intents else {"location"}
    skipped = _LISTED_INPUTS - kept if aside else frozenset()
    return [missing for missing in outcome.missing if missing.input not in skipped]


def _lists(question: Question) -> bool:
    kinds = {match.kind for match in question.answer_types}
    return bool(_LISTING & question.intents) or "list" in kinds


class _Writer:
    """Writes one reward answer, line by line.

    Attributes:
        sums: whether the answer adds several things up.
        total_yuan: the total that the question asks for; null where it asks for none or nothing settles it.
        difference: the arithmetic of a difference that was asked for.
        brief: whether a point that the text leaves open, or a definition, is all that was asked.
    """

    def __init__(
        self,
        composer: Composer,
        question: Question,
        document: Document,
        outcome: Outcome,
        rules: Sequence[Rule],
    ) -> None:
        self.c = composer
        self.rules = rules
        self.question = question
        self.language: Language = question.language
        self.document = document
        self.outcome = outcome
        self.out = DraftBuilder()
        self.place = composer.place_name(document.policy, self.language)
        self.readings = [line for line in outcome.rows if line.reading is not None]
        self.payable = [
            line
            for line in outcome.rows
            if line.status in _PAYABLE and line.yuan is not None and line not in self.readings
        ]
        self.items = len({line.item_index for line in outcome.rows})
        self.points = [s for topic in question.points for s in outcome.silent_on if s.topic == topic]
        self.defines = question.attribute == "definition" and self._definition() is not None
        delegated = all(line.status == "delegated" for line in outcome.rows)
        unnamed = not question.things and bool(self.points) and not delegated
        self.brief = unnamed or (self.defines and question.rank is None)
        self.sums = question.total and self.items > 1
        self.difference: str | None = None
        self.total_yuan = self._asked_total()

    def write(self, asked_at: date) -> None:
        """The whole answer: conclusion, conditions, who pays, basis, open points, validity, whom to ask."""
        self._lead()
        if not self.brief:
            self._amounts()
            self._caps()
            self._notes()
            self._others()
            self._all_conditions()
        self._closing(asked_at)

    def status(self) -> AnswerStatus:
        """How far the question is answered."""
        statuses = {line.status for line in self.outcome.rows}
        if self.brief:
            return "answered" if self.defines else "abstained"
        if statuses == {"not_stated"} or not statuses:
            return "abstained"
        if self.points:
            return "partial"
        if self.asks and _asked_back(self.question, self.outcome)[0].decides:
            return "clarify"
        if self.readings:
            return "partial"
        if "not_stated" in statuses or "conflicting_sources" in statuses:
            return "partial"
        return "answered"

    @property
    def asks(self) -> bool:
        """Whether a fact is worth asking for: one is missing, and the answer is more than a refusal."""
        delegated = any(line.status == "delegated" for line in self.outcome.rows)
        refused = any(line.status == "not_met" for line in self.outcome.rows)
        back = _asked_back(self.question, self.outcome)
        if self.brief or not back:
            return False
        return bool(self.payable) or (delegated and not refused and back[0].decides)

    # --- what goes before the amounts ---------------------------------------------------------------------------------

    def _lead(self) -> None:
        """Replies that come before any amount: a definition, an open point, a premise, who pays."""
        if self.defines and (term := self._definition()):
            line, text, quote = term
            self._add("reward.term", [self.evidence_of_line(line)], place=self.place, text=text)
            self.out.add("")
            self._add("quote.block", [self.evidence_of_line(line)], text=quote)
            self.out.add("")
        for point in self.points:
            self._add("reward.point", self._clause_evidence(), text=point.of(self.language))
        if self.question.person_rank and (term := self._definition()):
            self._add("reward.person_rank", [self.evidence_of_line(term[0])], text=term[1])
        if self._asks_payer() and not self.brief:
            self._payers()
        self._premise()

    def _asks_payer(self) -> bool:
        """Whether it is asked whose money it is, or somebody's is supposed: 是省财政出的吧."""
        supposed = {"provincial", "district", "shared"} & set(self.question.slots.get("payer", ()))
        checks = "yes_no" in {match.kind for match in self.question.answer_types}
        return "who_pays" in self.question.intents or bool(supposed and checks)

    def _definition(self) -> tuple[RewardLine, str, str] | None:
        """The condition that says who counts as a lead drafter: its line, its words, and those of the source."""
        for line in self.outcome.rows:
            for condition in line.rule.conditions if line.rule else ():
                if condition.input == "drafter_rank":
                    return (
                        line,
                        condition.text.of(self.language),
                        condition.quote or (line.rule or condition).quote or "",
                    )
        return None

    def _premise(self) -> None:
        """A premise of the question that names an amount is confirmed or corrected before anything else."""
        asked = {match.kind for match in self.question.answer_types}
        claimed = self.question.claimed_yuan
        if self.question.foreign_money and self.payable:
            said = self._join(self.question.foreign_money)
            self._add("reward.currency", [self.evidence_of_line(self.payable[0])], claimed=said)
        checks = "yes_no" in asked or "amount" not in asked or "instruction" in self.question.intents
        if not claimed or not checks or self.points:
            return
        hosted = [thing for thing in self.question.things if thing.activity == "host_committee"]
        if len(hosted) > self.items and len(set(claimed)) > 1:
            # 60万 for a TC and 30万 for an SC: amounts of other cases than those the text tells apart.
            said = self._join(map(self._as_asked, claimed))
            self._add("reward.corrected", self._clause_evidence(), computed=claimed, claimed=said)
            return
        known = {line.yuan for line in self.payable} | {line.total_yuan for line in self.payable} | {self.total_yuan}
        wrong = [yuan for yuan in claimed if yuan not in known]
        if wrong and len(wrong) < len(claimed) and EITHER.search(self.question.query):
            return  # 5万元还是2万元: offered, not claimed
        claimed = tuple(wrong) if wrong else claimed
        said = self._join(map(self._as_asked, claimed))
        if not self.payable:
            refused = {line.rule.yuan for line in self.outcome.rows if line.rule}
            if any(line.status == "delegated" for line in self.outcome.rows) and not set(wrong) <= refused:
                self._add("reward.unfounded", self._clause_evidence(), computed=claimed, claimed=said)
            return
        true = {line.yuan for line in self.payable} | {line.total_yuan for line in self.payable} | {self.total_yuan}
        evidence = [self.evidence_of_line(self.payable[0])]
        if not set(claimed) & true:
            open_ = any(line.count > 1 and line.total_yuan is None for line in self.payable)
            self._add("reward.unfounded" if open_ else "reward.corrected", evidence, computed=claimed, claimed=said)
        elif len(claimed) == 1 and {line.bound for line in self.payable if line.yuan == claimed[0]} == {"up_to"}:
            self._add("reward.only_ceiling", evidence, computed=claimed, claimed=said)
        elif len(claimed) == len(self.payable) == 1 or list(claimed) == [line.yuan for line in self.payable]:
            self._add("reward.confirmed", evidence, computed=claimed, claimed=said)
        elif len(claimed) == len(self.payable) and self.items > 1:
            self._add("reward.corrected", evidence, computed=claimed, claimed=said)

    # --- the amounts --------------------------------------------------------------------------------------------------

    def _amounts(self) -> None:
        groups = {line.rule.group_id for line in self.payable if line.rule}
        if self.items > 1 and self.payable:
            self._several()
        elif len(groups) > 1:
            self._by_group()
        elif len(self.payable) > 1:
            self._table()
        else:
            for line in self.payable:
                self._single(line)

    def _single(self, line: RewardLine) -> None:
        """One amount, multiplied where there are several of it."""
        assert line.yuan is not None
        values: dict[str, Any] = dict(
            place=self.place,
            group=self._group(line),
            what=self._what(line),
            amount=self._amount(line.yuan),
            low=self._amount(line.yuan_min) if line.yuan_min else "",
            open=bool(line.open),
            only=next((c.text.of(self.language) for c in line.open if c.input in line.blocked_by), ""),
        )
        if line.count != 1 and line.total_yuan is not None:
            plain = line.yuan * line.count == line.total_yuan
            computed: list[int] = []
            if plain and line.yuan_min is not None:
                key = "reward.counted_range"
                computed = [line.yuan_min * line.count]
                values["low_total"] = self._amount(computed[0])
            else:
                key = "reward.counted_up_to" if line.bound == "up_to" else "reward.counted"
                key = key if plain else "reward.capped"
            total = self._amount(line.total_yuan)
            counted = self._counted_name(line)
            values |= {"count": line.count, "total": total, "counted": counted}
            self._add(key, [self.evidence_of_line(line)], computed=computed, **values)
            return
        key = "reward.range" if line.bound == "range" else f"reward.{line.bound or 'exact'}"
        self._add(key, [self.evidence_of_line(line)], **values)
        if line.count > 1 and line.total_yuan is None:
            self._add("reward.not_multiplied", [self.evidence_of_line(line)], count=line.count)
        self._uncounted(line)

    def _uncounted(self, line: RewardLine) -> None:
        """What a number that is not certain comes to: nothing, or both ends of a span."""
        if not line.item.unclear or line.yuan is None or line.total_yuan is not None:
            return
        ends = [(count, line.yuan * count) for count in line.item.span or ()]
        sums = self._list(f"{count} × {self._amount(line.yuan)} = {self._amount(total)}" for count, total in ends)
        self._add(
            "reward.count_unclear",
            [self.evidence_of_line(line)],
            words=line.item.unclear,
            sums=sums,
            computed=[value for end in ends for value in end],
        )

    def _table(self) -> None:
        """Every branch in a table, where a fact that decides is missing or all of them are asked for."""
        payable = self.payable
        self._extreme()
        axis = self.c.say(self.language, f"axis.{self._axis()}")
        notes = [self._note(line) for line in payable]
        alike = len(set(notes)) == 1
        self._add(
            "reward.table",
            [self.evidence_of_line(payable[0])],
            place=self.place,
            group=self._group(payable[0]),
            axis=axis,
            note=notes[0] if alike else "",
        )
        self.out.add("")
        self.out.add(self.c.say(self.language, "reward.table_head" if alike else "reward.table_head_notes", axis=axis))
        for line, note in zip(payable, notes, strict=True):
            key = "reward.table_row" if alike else "reward.table_row_notes"
            option = self._row_name(line)
            self._add(key, [self.evidence_of_line(line)], option=option, amount=self._bounded(line), note=note)
        self.out.add("")
        for line in payable:
            if self.question.total and line.count > 1 and line.total_yuan is not None:
                self._item(line, whole=False)

    def _extreme(self) -> None:
        """The highest or lowest row, where it is what was asked for."""
        rows = [line for line in self.payable if line.yuan is not None and line.bound == "exact"]
        wanted = [name for name in ("highest", "lowest") if name in self.question.intents]
        if len(wanted) != 1 or len({line.yuan for line in rows}) < 2 or "list" in self.question.intents:
            return
        choose = max if wanted[0] == "highest" else min
        best = choose(rows, key=lambda line: line.yuan or 0)
        option = best.rule.option.of(self.language) if best.rule else best.label.of(self.language)
        values: dict[str, Any] = {
            "place": self.place,
            "group": self._group(best),
            "option": option,
            "amount": self._bounded(best),
        }
        self._add(f"reward.{wanted[0]}", [self.evidence_of_line(best)], **values)

    def _axis(self) -> str:
        """What the amounts of a table differ by."""
        for axis in ("activity", "level", "committee", "grade", "role", "place_group"):
            if len({getattr(line.rule, axis) for line in self.payable if line.rule}) > 1:
                return axis
        supposed = [name for line in self.payable for name in line.branch]
        apart = [n for n in supposed if len({line.branch.get(n) for line in self.payable}) > 1]
        return next((_AXIS_OF[name] for name in apart if name in _AXIS_OF), "case")

    def _by_group(self) -> None:
        """All that is paid for, one line for each reward."""
        self._add("reward.all", [], place=self.place)
        for _, lines in groupby(self.payable, key=lambda line: line.rule.group_id if line.rule else line.rule_id):
            group = list(lines)
            parts = self._list(self._part(line) for line in group)
            per = self._per(group[0]) if len({line.per for line in group}) == 1 and len(group) > 1 else ""
            evidence = dict.fromkeys(self.evidence_of_line(line) for line in group)
            self._add("reward.group", list(evidence), group=self._group(group[0]), parts=parts, per=per)
            texts = [self._marked(c) for c in _merged(group) if not _told_by_row(c, group)]
            if texts:
                self._add("reward.group_conditions", [], texts=self._list(texts))

    def _part(self, line: RewardLine) -> str:
        name = self._option(line) or self._per(line)
        return self.c.say(self.language, "reward.part", name=name, amount=self._bounded(line))

    def _several(self) -> None:
        """Several things at once: the sum where it is asked for, then each with its amount."""
        groups = {line.rule.group_id for line in self.payable if line.rule}
        evidence = [self.evidence_of_line(self.payable[0])]
        if self.sums and self.total_yuan is not None:
            self._sum(evidence)
        else:
            group = self._group(self.payable[0]) if len(groups) == 1 else ""
            self._add("reward.several", evidence, place=self.place, group=group)
        for line in self.payable:
            self._item(line, whole=len(groups) > 1)
        self._differ()
        self.out.add("")

    def _caps(self) -> None:
        """The ceilings that hold for what is paid, whether they were reached here or not."""
        told: dict[str, Evidence] = {}
        for line in self.payable:
            for cap in line.rule.cap if line.rule else ():
                values = {
                    "yuan": self._amount(cap.yuan) if cap.yuan is not None else "",
                    "count": cap.count or "",
                    "per": self._per(line),
                }
                text = self.c.say(self.language, f"reward.cap_{cap.scope}", **values)
                told.setdefault(text, self._cap_evidence(line, cap))
        if told:
            self._add("reward.caps", list(dict.fromkeys(told.values())), texts=self._list(told))

    def _notes(self) -> None:
        """How the amounts came about, where another award, a series, a contest or a ceiling changed them."""
        told: dict[str, list[RewardLine]] = {}
        for line in self.outcome.rows:
            for said in dict.fromkeys(s.text.of(self.language) for s in line.steps if s.kind in _TOLD_STEPS):
                told.setdefault(said, []).append(line)
        texts = [
            said
            if len(lines) == len(self.outcome.rows)
            else self.c.say(self.language, "reward.note_of", names=names, text=said)
            for said, lines in told.items()
            for names in [self._join(dict.fromkeys(self._name(line) for line in lines))]
        ]
        if texts:
            amounts = [int(q.value) for said in told for q in find_quantities(said)]
            lines = [line for found in told.values() for line in found]
            evidence = list(dict.fromkeys(self.evidence_of_line(line) for line in lines))
            self._add("reward.note", evidence, texts=self._list(texts), computed=amounts)

    def _cap_evidence(self, line: RewardLine, cap: Cap) -> Evidence:
        """The sentence a ceiling stands in; that of the rule where it is said in the same words."""
        for clause in self.document.clauses if cap.quote else ():
            at = self.document.text.find(cap.quote or "", clause.start, clause.end)
            if at >= 0:
                return sentences_of(self.document, clause, at, at + len(cap.quote or ""))
        return self.evidence_of_line(line)

    def _sum(self, evidence: Sequence[Evidence]) -> None:
        parts = [line for line in self.payable if line.counted and line.total_yuan is not None]
        added = " + ".join(self._amount(line.total_yuan or 0) for line in parts)
        bounds = {line.bound for line in parts}
        key = "reward.total_up_to" if bounds & {"up_to", "range"} else "reward.total"
        condition = next((s for s in self.outcome.scenarios if s.total_yuan == self.total_yuan), None)
        self._add(
            key,
            evidence,
            place=self.place,
            total=self._amount(self.total_yuan or 0),
            sum=added if len(parts) > 1 else "",
            supposed=condition.label.of(self.language) if condition and self.outcome.total_yuan is None else "",
            open=any(line.open for line in parts),
        )

    def _differ(self) -> None:
        """How far two amounts lie apart, as arithmetic."""
        rows = [line for line in self.payable if line.status in _PAYABLE and line.bound == "exact"]
        counted = any(line.count > 1 for line in rows)
        sums = [line.total_yuan if counted else line.yuan for line in rows]
        amounts = sorted({amount for amount in sums if amount is not None}, reverse=True)
        if "comparison" not in self.question.intents or len(rows) != 2 or len(amounts) != 2:
            return
        scale = 10_000 if self.language == "zh" and not any(amount % 10_000 for amount in amounts) else 1
        high, low = (amount // scale for amount in amounts)
        unit = "yuan" if self.language == "en" else "万元" if scale > 1 else "元"
        numbers = {"high": f"{high:,}", "low": f"{low:,}", "apart": f"{high - low:,}"}
        shown = self.c.say(self.language, "reward.difference", **numbers, unit=unit)
        self.difference = shown.strip("- ")
        self.out.add(
            shown, self.evidence_of_line(rows[0]), computed=[float(high - low), float(amounts[0] - amounts[1])]
        )

    def _item(self, line: RewardLine, *, whole: bool) -> None:
        """One line of a list; `whole` names the reward too."""
        assert line.yuan is not None
        group = self._group(line) if whole else ""
        values: dict[str, Any] = {"group": group, "amount": self._amount(line.yuan), "rank": self._rank(line)}
        if line.count != 1 and line.total_yuan is not None:
            plain = line.yuan * line.count == line.total_yuan
            key = "reward.item_count_up_to" if line.bound in ("up_to", "range") else "reward.item_count"
            total = self._amount(line.total_yuan)
            option = self._option(line) or (self._per_noun(line) if not whole else "")
            values |= {"count": str(line.count), "total": total, "option": option}
            self._add(key if plain else "reward.item_capped", [self.evidence_of_line(line)], **values)
            return
        key = "reward.item_up_to" if line.bound in ("up_to", "range") else "reward.item_exact"
        self._add(key, [self.evidence_of_line(line)], **values, what=self._what(line))
        self._uncounted(line)

    def _rank(self, line: RewardLine) -> str:
        """The place and the rank a line is for, where the things of a question differ by them."""
        ranks = {row.item.rank for row in self.outcome.rows if row.item.rank is not None}
        places = {row.item.place for row in self.outcome.rows if row.item.place is not None}
        place = line.item.place if len(places) > 1 and line.item.place else ""
        if len(ranks) < 2 or line.item.rank is None:
            return place
        rank = self.c.say(self.language, "reward.rank", rank=ordinal(line.item.rank).of(self.language))
        return self._join([place, rank])

    def _asked_total(self) -> int | None:
        """The total that the question asks for: of all things, or of the one thing."""
        if self.brief:
            return None
        if self.items < 2:
            return self.outcome.total_yuan if len(self.payable) == 1 else None
        if not self.sums or any(line.status == "not_stated" for line in self.outcome.rows):
            return None
        if self.outcome.total_yuan is not None:
            return self.outcome.total_yuan
        totals = [scenario.total_yuan for scenario in self.outcome.scenarios if scenario.total_yuan is not None]
        return totals[0] if len(totals) == 1 else None

    # --- what has no amount -------------------------------------------------------------------------------------------

    def _others(self) -> None:
        """Lines without an amount: not met, delegated, not stated, by merit, out of their time."""
        delegated: dict[str, list[RewardLine]] = {}
        unstated: set[str] = set()
        self._by_reading()
        for line in self.outcome.rows:
            if line in self.payable or line in self.readings:
                continue
            if line.status == "not_stated":
                what = self._open_case(line) or self._unsettled(line) or self._unstated(line)
                if what in unstated:
                    continue
                unstated.add(what)
            if line.status == "delegated" and line.rule and line.rule.delegated_to:
                delegated.setdefault(line.rule.delegated_to.of(self.language), []).append(line)
            else:
                self._other(line)
        for delegate, lines in delegated.items():
            self._delegated(delegate, lines)

    def _by_reading(self) -> None:
        """What one reading of the text pays, with the doubt that it is meant."""
        told = set()
        for line in self.readings:
            assert line.reading is not None
            failed = self._list(c.text.of(self.language) for c in line.failed)
            if (line.reading, failed) in told:
                continue
            told.add((line.reading, failed))
            open_ = self._list(s.of(self.language) for s in self.outcome.silent_on if s.topic == line.reading.topic)
            self._add(
                "reward.by_reading",
                [self.evidence_of_line(line)],
                label=line.reading.label.of(self.language),
                amount=self._amount(line.reading.yuan),
                condition=failed,
                open=open_,
                group=self._group(line),
            )

    def _other(self, line: RewardLine) -> None:
        evidence = [self.evidence_of_line(line)]
        label = self._name(line)
        benefit = self.c.glossary.label("benefit", line.rule.benefit if line.rule else "reward", self.language)
        match line.status:
            case "not_met":
                texts = self._list(c.text.of(self.language) for c in line.failed)
                self._add("reward.not_met", evidence, label=label, condition=texts, benefit=benefit)
            case "not_stated":
                where = self.c.basis(self.document.policy, self.language)
                if line.failed and (open_ := self._open_case(line) or self._unsettled(line)):
                    self._add("reward.point", evidence, text=open_)
                    if any(c.input == "standard_level" for c in line.failed):
                        self._add("reward.covers", evidence, text=self._covered(line))
                    return
                self._add("reward.not_stated", evidence, where=where, what=self._unstated(line))
                levels = not line.failed or any(c.input == "standard_level" for c in line.failed)
                if levels and (covered := self._covered(line)):
                    self._add("reward.covers", self._covering(line), text=covered)
            case "discretionary" if line.yuan is not None:
                low = self._amount(line.yuan_min) if line.yuan_min else ""
                amount, tiers = self._amount(line.yuan), self._tiers(line)
                self._add(
                    "reward.discretionary", evidence, place=self.place, label=label, amount=amount, low=low, tiers=tiers
                )
            case "out_of_validity":
                self._out_of_validity(line)
            case "conflicting_sources":
                self._add("reward.conflict", evidence, label=label)
            case _ if line.rule and line.rule.benefit == "honour_only":
                self._add("reward.honour", evidence, place=self.place, label=label)
            case _:
                texts = self._join(step.text.of(self.language) for step in line.steps)
                self._add("reward.other", evidence, label=label, text=texts)

    def _tiers(self, line: RewardLine) -> str:
        """The grades that reviewers choose among, each with its amount."""
        group = line.rule.group_id if line.rule else None
        tiers = [rule for rule in self.rules if rule.group_id == group and rule.grade and rule.yuan is not None]
        if len(tiers) < 2:
            return ""
        return self._list(f"{rule.option.of(self.language)} {self._amount(rule.yuan or 0)}" for rule in tiers)

    def _out_of_validity(self, line: RewardLine) -> None:
        """What the text paid in its time, where the time asked about lies outside of it."""
        policy, window = self.document.policy, line.rule.window if line.rule else None
        since = self._dated(window.since if window else policy.effective)
        until = self._dated(window.until if window else policy.expires)
        amount = ""
        if line.rule and line.rule.yuan is not None:
            stated = replace(line, yuan=line.rule.yuan, yuan_min=line.rule.yuan_min, bound=line.rule.bound)
            amount = self._bounded(stated)
        evidence = [self.evidence_of_line(line), *(found for found in (since, until) if found)]
        self._add(
            "reward.out_of_validity",
            list(dict.fromkeys(evidence)),
            label=self._name(line),
            since=policy.effective.isoformat() if since and policy.effective else "",
            until=policy.expires.isoformat() if until and policy.expires else "",
            what=self._what(line),
            amount=amount,
        )

    def _dated(self, day: date | None) -> Evidence | None:
        """The sentence of the text that names a day; null where none does."""
        said = f"{day.year}年{day.month}月{day.day}日" if day else ""
        for clause in self.document.clauses if said else ():
            at = self.document.text.find(said, clause.start, clause.end)
            if at >= 0:
                return sentences_of(self.document, clause, at, at + len(said))
        return None

    def _delegated(self, delegate: str, lines: Sequence[RewardLine]) -> None:
        first = lines[0]
        evidence = list(dict.fromkeys(self.evidence_of_line(line) for line in lines))
        alternative = self.payable or any(line.status == "not_met" for line in self.outcome.rows)
        supposed = "location" in first.branch or not first.rule or first.rule.place_group is None
        if alternative and supposed:
            group = first.rule.place_group if first.rule else None
            name = self.c.glossary.label("place_group", group, self.language) if group else self.place
            self._add("reward.delegated_else", evidence, delegate=delegate, group=name)
            return
        options = self._join(dict.fromkeys(self._option(line) for line in lines))
        group_name = self._group(first)
        self._add("reward.delegated", evidence, place=self.place, group=group_name, options=options, delegate=delegate)

    def _open_case(self, line: RewardLine) -> str:
        """What the text says of not saying what happens where a condition fails."""
        topics = [topic for c in line.failed for topic in _ABOUT_INPUT.get(c.input, ())]
        found = [s for s in self.outcome.silent_on if s.topic in topics]
        return self._list(s.of(self.language) for s in found)

    def _unsettled(self, line: RewardLine) -> str:
        """The conditions that fail without the text saying what then holds; empty where the level itself is not paid."""
        if not line.failed or any(c.input == "standard_level" for c in line.failed):
            return ""
        texts = self._list(c.text.of(self.language) for c in line.failed)
        return self.c.say(self.language, "reward.unsettled", condition=texts)

    def _unstated(self, line: RewardLine) -> str:
        """What was asked for, in the asker's terms rather than the rule's."""
        item, label = line.item, self.c.glossary.label
        if item.words:
            return self.c.say(self.language, "reward.words", words=item.words)
        activity = "revise_standard" if item.action == "revise" else item.activity
        if activity == "host_committee":
            committee = label("committee", item.committee, self.language) if item.committee else ""
            committee = committee or label("activity", activity, self.language)
            level = committee_level(item.level).of(self.language) if item.level else ""
            return self.c.say(self.language, "reward.of_level", level=level, what=committee)
        if activity in ("formulate_standard", "revise_standard") and item.level:
            level = label("level", item.level, self.language)
            return (
                level if activity == "formulate_standard" else self.c.say(self.language, "reward.revising", level=level)
            )
        return label("activity", activity, self.language) if activity else line.label.of(self.language)

    def _covering(self, line: RewardLine) -> list[Evidence]:
        """The sentence that names the levels that are paid, which need not be the one of the line's own rule."""
        activity = line.rule.activity if line.rule else None
        paid = [r for r in self.rules if r.activity == activity and r.level and r.yuan is not None]
        if paid:
            return [self._evidence(paid[0])]
        stated = [rule for rule in line.near if rule.delegated_to is None]
        return list(dict.fromkeys(self._evidence(rule) for rule in stated)) or [self.evidence_of_line(line)]

    def _covered(self, line: RewardLine) -> str:
        """What the text does pay for in the same kind of work, without the amounts."""
        for condition in line.rule.conditions if line.rule else ():
            failed = any(c.input == condition.input for c in line.failed)
            if failed and condition.input == "standard_level" and isinstance(condition.value, tuple):
                return self._join(self.c.glossary.label("level", str(v), self.language) for v in condition.value)
        if line.failed:
            return self._list(c.text.of(self.language) for c in line.failed)
        stated = [rule for rule in line.near if rule.delegated_to is None]
        same = any(rule.activity in DRAFTING for rule in stated) and line.item.activity in DRAFTING
        by_level = same and any(rule.level for rule in stated)
        return self._join(dict.fromkeys(self._covered_name(rule, by_level) for rule in stated if not rule.bonus))

    def _covered_name(self, rule: Rule, by_level: bool) -> str:
        rows = [other for other in self.rules if other.group_id == rule.group_id]
        apart = by_level and len({row.level for row in rows}) > 1
        return (rule.option if apart else rule.group_label).of(self.language)

    # --- conditions ---------------------------------------------------------------------------------------------------

    def _all_conditions(self) -> None:
        """The conditions of each reward that is paid or refused, once."""
        groups: dict[str, list[RewardLine]] = {}
        for line in self.outcome.rows:
            if line.rule and (line in self.payable or line in self.readings or line.status in _EXPLAINED):
                groups.setdefault(line.rule.group_id, []).append(line)
        if len({line.rule.group_id for line in self.payable if line.rule}) > 1 and self.items == 1:
            return  # told with each reward
        for lines in groups.values():
            payable = [line for line in lines if line in self.payable] or lines
            order = {"unmet": 0, "unknown": 1, "met": 2}
            merged = [c for c in _merged(payable) if not _told_by_row(c, payable)]
            self._bonuses(merged, payable[0])
            shared = sorted((c for c in merged if c.adds_yuan is None), key=lambda c: order[c.state])
            if not shared:
                continue
            self.out.add("")
            evidence = [self.evidence_of_line(payable[0])]
            if len(groups) > 1:
                texts = self._list(self._marked(condition) for condition in shared)
                self._add("reward.conditions_of", evidence, group=self._group(payable[0]), texts=texts)
                continue
            self._add("reward.conditions", evidence)
            for condition in shared:
                self._add(f"reward.condition_{condition.state}", [], text=self._condition(condition))
        self.out.add("")

    def _bonuses(self, conditions: Sequence[CheckedCondition], line: RewardLine) -> None:
        """What is paid on top where more is true than the amount asks for."""
        for condition in conditions:
            if condition.adds_yuan is not None:
                rules = [r for r in self.rules if r.bonus and any(c.text == condition.text for c in r.conditions)]
                evidence = [self._evidence(rules[0])] if rules else [self.evidence_of_line(line)]
                text, amount = condition.text.of(self.language), self._amount(condition.adds_yuan)
                self._add("reward.bonus", evidence, text=text, amount=amount)

    def _marked(self, condition: CheckedCondition) -> str:
        """A condition within a line, with a mark where something is known of it."""
        mark = {"met": "✓ ", "unmet": "✗ ", "unknown": "？" if self.language == "zh" else "? "}[condition.state]
        return mark + self._condition(condition)

    def _condition(self, condition: CheckedCondition) -> str:
        text = condition.text.of(self.language)
        if axis := _VALUED_INPUTS.get(condition.input):
            name = self.c.say(self.language, f"axis.{axis}")
            return self.c.say(self.language, "reward.valued", name=name, value=text)
        return text

    # --- what follows the conclusion ----------------------------------------------------------------------------------

    def _closing(self, asked_at: date) -> None:
        """Who pays, the basis, what the text is silent on, validity, whom to ask."""
        out, say = self.out, self.c.say
        out.add("")
        self._in_force_before()
        if not self.brief:
            self._payers()
        if shown := self._shown_rules():
            clause = next(c for c in self.document.clauses if c.clause_id == shown[0].clause_id)
            where = self.c.where(self.document.policy, clause, self.language)
            out.add(say(self.language, "basis.line", where=where), self._evidence(shown[0]))
        if points := self._silences():
            texts = [point.of(self.language) for point in points]
            out.add(say(self.language, "reward.silent", points=texts), *self._clause_evidence())
        if "rule_unreviewed" in self.outcome.warnings:
            out.add(say(self.language, "reward.unreviewed"))
        self.c.validity_line(out, self.document, asked_at, self.language)
        self.c.ask_line(out, [self.document], self.language)
        out.add(say(self.language, "answer.disclaimer"))

    def _in_force_before(self) -> None:
        """The documents that this one replaced, where the work was done before it was signed; without their amounts."""
        if not any(c.input == "event_on" for line in self.outcome.rows for c in line.failed):
            return
        older = [self.c.documents[name] for name in self.document.policy.supersedes if name in self.c.documents]
        for document in older:
            where = self.c.basis(document.policy, self.language)
            self._add("reward.in_force_before", [self.c.title_evidence(document)], where=where)

    def _payers(self) -> None:
        """Who pays, cited where the document names that treasury; nothing where it does so nowhere."""
        paid = [
            (line.rule, named)
            for line in self.outcome.rows
            if line.rule and line.rule.payer and line.status in (*_PAYABLE, "delegated", "discretionary")
            if (named := self._names_payer(line.rule))
        ]
        payers: dict[str, list[str]] = {}
        for rule, _ in paid:
            name = self.c.glossary.label("place_group", rule.place_group, self.language) if rule.place_group else ""
            payers.setdefault(self._payer(rule), []).append(name)
        refused = not self.payable and any(line.status == "not_met" for line in self.outcome.rows)
        if not payers and self._asks_payer() and (said := find_words(self.document, says_who_bears)):
            words = self.document.text[said.start : said.end]
            self._add("reward.payer_words", [said], text=" ".join(words.split()).rstrip("。"))
        if not payers or refused:
            return
        names = [
            self.c.say(self.language, "reward.payer_of", payer=payer, group=self._join(dict.fromkeys(groups)))
            if len(payers) > 1
            else payer
            for payer, groups in payers.items()
        ]
        self._add("reward.payer", list(dict.fromkeys(evidence for _, evidence in paid)), payer=self._list(names))

    def _names_payer(self, rule: Rule) -> Evidence | None:
        """The sentence that names the treasury which pays a rule: its own, else the first of the document that does."""
        own, payer = self._evidence(rule), rule.payer or ""
        if rule.delegated_to or names_payer(self.document.text[own.start : own.end], payer):
            return own
        return find_words(self.document, lambda text: names_payer(text, payer))

    def _payer(self, rule: Rule) -> str:
        if rule.delegated_to:
            return rule.delegated_to.of(self.language)
        return self.c.glossary.label("payer", rule.payer or "municipal", self.language)

    def _silences(self) -> list[Silence]:
        """The points left open that matter for what was asked, but those said before."""
        rows, asked = self.outcome.rows, {missing.input for missing in self.outcome.missing}
        failed = {c.input for line in rows for c in line.failed}
        about: set[str] = {topic for name in failed for topic in _ABOUT_INPUT.get(name, ())}
        every = [s for s in self.outcome.silent_on if s not in self.points]
        if self.brief:
            return []
        if not self.payable:
            about |= {"revision"} if any(line.item.action == "revise" for line in rows) else set()
            about |= {"county_amount"} if any(line.status == "delegated" for line in rows) and not failed else set()
            said = {
                s
                for line in rows
                if line.status == "not_stated"
                for s in every
                if s.of(self.language) in self._open_case(line)
            }
            said |= {s for line in self.readings for s in every if line.reading and s.topic == line.reading.topic}
            return [s for s in every if s.topic in about and s not in said][:_SILENCES_SHOWN]
        counted = any(line.count > 1 for line in rows)
        wanted = {"revision"} if any(line.item.action == "revise" for line in rows) else set()
        wanted |= {"participants"} if any("drafter_rank" in line.blocked_by for line in rows) else set()
        wanted |= {"district_changes"} if "event_on" in asked else set()
        wanted |= _ONLY_IF_COUNTED if counted else set()
        wanted |= {"urban_firm"} if self.question.home is not None else set()
        skipped = (_ONLY_IF_ASKED | (_ONLY_IF_COUNTED - {"per_committee"})) - wanted
        skipped |= {"participants"} if any(line.item.rank is not None for line in rows) else set()
        left = [s for s in every if s.topic not in skipped]
        return [*(s for s in left if s.topic in wanted), *(s for s in left if s.topic not in wanted)][:_SILENCES_SHOWN]

    def _shown_rules(self) -> list[Rule]:
        rules = [line.rule for line in self.outcome.rows if line.rule]
        return rules or [rule for line in self.outcome.rows for rule in line.near]

    def _clause_evidence(self) -> list[Evidence]:
        return [self._evidence(rule) for rule in self._shown_rules()[:1]]

    # --- small parts ----------------------------------------------------------------------------------------------------

    def evidence_of_line(self, line: RewardLine) -> Evidence:
        """The sentence a line rests on; for what is not stated, the sentence that lists what is."""
        rule = line.rule or next(iter(line.near), None)
        return self._evidence(rule) if rule else self.c.title_evidence(self.document)

    def _evidence(self, rule: Rule) -> Evidence:
        return rule_evidence(rule, self.document)

    def _add(self, key: str, evidence: Sequence[Evidence], *, computed: Sequence[int] = (), **values: object) -> None:
        self.out.add(self.c.say(self.language, key, **values), *evidence, computed=[float(v) for v in computed])

    def _as_asked(self, yuan: int) -> str:
        """An amount in the words of the question (one million yuan, 五十万), so that nothing new is stated."""
        asked = self.question.text
        said = [asked[q.start : q.end] for q in find_quantities(asked) if q.kind == "money" and q.value == yuan]
        return said[0] if said else self._amount(yuan)

    def _amount(self, yuan: int) -> str:
        return format_yuan_zh(yuan) if self.language == "zh" else format_yuan_en(yuan)

    def _bounded(self, line: RewardLine) -> str:
        """An amount with its bound before it, where it has one: 最高 60万元."""
        amount = self._amount(line.yuan or 0)
        if line.bound in (None, "exact"):
            return amount
        if line.bound == "range" and line.yuan_min is not None:
            return self.c.say(self.language, "reward.between", low=self._amount(line.yuan_min), high=amount)
        return f"{self.c.glossary.label('bound', line.bound, self.language)} {amount}"

    def _group(self, line: RewardLine) -> str:
        return line.rule.group_label.of(self.language) if line.rule else line.label.of(self.language)

    def _option(self, line: RewardLine) -> str:
        """The part of a reward that a line is for; empty where it is the whole."""
        option = self._row_name(line)
        return "" if option == self._group(line) else option

    def _row_name(self, line: RewardLine) -> str:
        """What a row of a table is called: the rule's part, or that of the reward it is a share of."""
        if line.of is not None and line.rule is not None:
            own = line.rule.option
            whole = own.of(self.language) == self._group(line)
            return (line.of if whole else joined([line.of, own])).of(self.language)
        return line.rule.option.of(self.language) if line.rule else line.label.of(self.language)

    def _name(self, line: RewardLine) -> str:
        """A reward and, where it has parts and one is meant, the part."""
        option = self._option(line) if line.label != (line.rule.group_label if line.rule else None) else ""
        option = self._join([option, self._rank(line)])
        return self.c.say(self.language, "reward.name", group=self._group(line), option=option)

    def _what(self, line: RewardLine) -> str:
        """What one amount is for: 行业标准每项, 每个产品; per industry standard, per product."""
        option, per = self._option(line), self._per(line)
        noun = self._per_noun(line)
        if self.language == "zh":
            return option + (per.removesuffix(noun) if option.endswith(noun) and noun else per)
        if option and noun and option.endswith(noun):
            return f"per {option}"
        return ", ".join(part for part in (per, option) if part)

    def _counted_name(self, line: RewardLine) -> str:
        """What several of are counted, with the measure word in Chinese: 项行业标准, 个产品."""
        option, per = self._option(line), self._per(line)
        if self.language == "en":
            return self._what(line)
        if option and line.rule and self._by_place_alone(line.rule):
            return f"{per[1:]}（{option}）"
        return f"{per[1:2]}{option}" if option else per[1:]

    def _by_place_alone(self, rule: Rule) -> bool:
        """Whether the rows of a rule's group differ by the place only."""
        rows = [other for other in self.rules if other.group_id == rule.group_id]
        return rule.place_group is not None and len({(r.level, r.committee, r.grade, r.role) for r in rows}) == 1

    def _per(self, line: RewardLine) -> str:
        return self.c.glossary.label("per", line.per, self.language) if line.per else ""

    def _per_noun(self, line: RewardLine) -> str:
        """What a reward is paid per: 标准 of 每项标准, product of per product."""
        per = self._per(line)
        return per[2:] if self.language == "zh" else per.removeprefix("per ")

    def _note(self, line: RewardLine) -> str:
        """What a row of a table holds for: per what and where the firm is."""
        group = line.rule.place_group if line.rule else None
        place = self.c.glossary.label("place_group", group, self.language) if group else ""
        if self._axis() == "place_group":
            place = ""
        return ("，" if self.language == "zh" else ", ").join(part for part in (place, self._per(line)) if part)

    def _join(self, parts: Iterable[str]) -> str:
        return ("、" if self.language == "zh" else ", ").join(part for part in parts if part)

    def _list(self, parts: Iterable[str]) -> str:
        return ("；" if self.language == "zh" else "; ").join(part for part in parts if part)


def _merged(lines: Sequence[RewardLine]) -> Iterator[CheckedCondition]:
    """The conditions of several lines, each once; one that is open for any of them is open."""
    seen: dict[tuple[str, str], CheckedCondition] = {}
    order = {"unmet": 2, "unknown": 1, "met": 0}
    for line in lines:
        for condition in line.conditions:
            key = (condition.input, condition.text.zh)
            if key not in seen or order[condition.state] > order[seen[key].state]:
                seen[key] = condition
    return iter(seen.values())


def _told_by_row(condition: CheckedCondition, lines: Sequence[RewardLine]) -> bool:
    """Whether the rows of a table themselves say which case each is for."""
    if condition.input == "activity":
        return True
    if len(lines) < 2:
        return False
    if condition.input == "standard_level":
        return True
    texts = {c.text.zh for line in lines for c in line.conditions if c.input == condition.input}
    return len(texts) > 1
