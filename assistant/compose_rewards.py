"""Writes the answer to a question about a reward from what the rules came to."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date

from assistant.answer import AnswerStatus, Language, QuestionBack, RewardRow
from assistant.compose import Composed, Composer
from assistant.draft import Draft, DraftBuilder, Evidence, Line, sentences_of
from assistant.question import Question
from assistant.rewards import CheckedCondition, Outcome, RewardLine, to_rows
from knowledge.model import Document
from knowledge.quantities import format_yuan_en, format_yuan_zh
from knowledge.rules import Rule, Silence

_PAYABLE = ("exact", "up_to", "range", "needs_input")
# How many of the points a text is silent on are said with an answer; the evidence panel has room for no more.
_SILENCES_SHOWN = 3
# Which silences a question is about, by its intent.
_SILENCES_OF = {"stacking": ("stacking", "yearly_cap"), "procedure": ("procedure",)}


class RewardComposer:
    """Composes reward answers with the parts of the general composer."""

    def __init__(self, composer: Composer) -> None:
        self._c = composer

    def compose(self, question: Question, document: Document, outcome: Outcome, asked_at: date) -> Composed:
        """The answer for one policy."""
        writer = _Writer(self._c, question, document, outcome)
        writer.conclusion()
        writer.closing(asked_at)
        rows = to_rows(outcome, question.language, lambda rule: 1)
        back = self._question_back(outcome, question.language)
        return Composed(
            status=_status(outcome),
            draft=writer.out.done(),
            rewards=tuple(rows),
            row_evidence=tuple(writer.evidence_of_line(line) for line in outcome.rows),
            total_yuan=outcome.total_yuan,
            question_back=back,
            suggestions=self._follow_ups(question, document, outcome),
            warnings=tuple(dict.fromkeys([*self._c.warnings(document.policy, asked_at), *outcome.warnings])),
        )

    def together(self, question: Question, parts: Sequence[Composed]) -> Composed:
        """The answers of several policies of one place, kept apart."""
        lines: list[Line] = [Line(self._c.say(question.language, "fact.apart"))]
        for part in parts:
            lines += [Line(""), *part.draft.lines]
        rows: tuple[RewardRow, ...] = tuple(row for part in parts for row in part.rewards)
        statuses = [part.status for part in parts]
        status: AnswerStatus = (
            "clarify" if "clarify" in statuses else "answered" if "answered" in statuses else statuses[0]
        )
        return Composed(
            status=status,
            draft=Draft(tuple(lines)),
            rewards=rows,
            row_evidence=tuple(e for part in parts for e in part.row_evidence),
            question_back=next((part.question_back for part in parts if part.question_back), None),
            suggestions=parts[0].suggestions,
            warnings=tuple(dict.fromkeys(w for part in parts for w in part.warnings)),
        )

    def _question_back(self, outcome: Outcome, language: Language) -> QuestionBack | None:
        if not outcome.missing:
            return None
        first = outcome.missing[0]
        options = first.options.zh if language == "zh" else first.options.en
        return QuestionBack(input=first.input, text=first.ask.of(language), options=list(options))

    def _follow_ups(self, question: Question, document: Document, outcome: Outcome) -> tuple[str, ...]:
        place = self._c.place_name(document.policy, question.language)
        asked = {line.rule.activity for line in outcome.rows if line.rule}
        keys = ["example.validity", "example.table"]
        if "adopt_standard" not in asked:
            keys.append("example.adopt")
        return tuple(self._c.say(question.language, key, place=place) for key in keys)


def _status(outcome: Outcome) -> AnswerStatus:
    statuses = {line.status for line in outcome.rows}
    if statuses == {"not_stated"} or not statuses:
        return "abstained"
    if any(missing.decides for missing in outcome.missing):
        return "clarify"
    if "not_stated" in statuses or "conflicting_sources" in statuses:
        return "partial"
    return "answered"


class _Writer:
    """Writes one reward answer, line by line."""

    def __init__(self, composer: Composer, question: Question, document: Document, outcome: Outcome) -> None:
        self.c = composer
        self.question = question
        self.language: Language = question.language
        self.document = document
        self.outcome = outcome
        self.out = DraftBuilder()
        self.place = composer.place_name(document.policy, self.language)

    # --- the conclusion -----------------------------------------------------------------------------------------------

    def conclusion(self) -> None:
        """What is paid, the figure first."""
        rows = self.outcome.rows
        payable = [line for line in rows if line.status in _PAYABLE and line.yuan is not None]
        self._claim(payable)
        if len({line.item_index for line in rows}) > 1:
            self._several(rows)
        elif len(payable) > 1:
            self._table(payable)
        else:
            for line in payable:
                self._single(line)
        for line in rows:
            if line not in payable:
                self._other(line, beside=bool(payable))

    def _claim(self, payable: Sequence[RewardLine]) -> None:
        """A premise of the question that names an amount is confirmed or corrected before anything else."""
        asked = {match.kind for match in self.question.answer_types}
        claimed = self.question.claimed_yuan
        if not claimed or not payable or not ({"yes_no"} & asked or "instruction" in self.question.intents):
            return
        true = {line.yuan for line in payable} | {line.total_yuan for line in payable}
        said = self._join(self._amount(yuan) for yuan in claimed)
        if len(payable) == 1 or not set(claimed) <= true:
            key = "reward.confirmed" if set(claimed) <= true else "reward.corrected"
            self._add(key, [self.evidence_of_line(payable[0])], computed=claimed, claimed=said)

    def _single(self, line: RewardLine) -> None:
        """One amount, with the arithmetic where there are several of it."""
        assert line.yuan is not None
        evidence = [self.evidence_of_line(line)]
        key = "reward.range" if line.bound == "range" else f"reward.{line.bound or 'exact'}"
        verb = self.c.glossary.label("benefit", line.rule.benefit, self.language) if line.rule else ""
        self._add(
            key,
            evidence,
            place=self.place,
            label=line.label.of(self.language),
            per=self._per(line),
            verb=verb,
            amount=self._amount(line.yuan),
            low=self._amount(line.yuan_min) if line.yuan_min else "",
            open=bool(line.open),
        )
        if line.count != 1 and line.total_yuan is not None:
            self._counted(line, evidence)
        self._conditions(line.conditions, evidence)

    def _counted(self, line: RewardLine, evidence: Sequence[Evidence]) -> None:
        assert line.yuan is not None
        assert line.total_yuan is not None
        plain = line.yuan * line.count == line.total_yuan
        key = "reward.item_count" if line.bound != "up_to" else "reward.item_count_up_to"
        self._add(
            key if plain else "reward.item_capped",
            evidence,
            label=line.label.of(self.language),
            count=line.count,
            amount=self._amount(line.yuan),
            total=self._amount(line.total_yuan),
        )

    def _table(self, payable: Sequence[RewardLine]) -> None:
        """Every branch in a table, where a fact that decides is missing."""
        groups = {line.rule.group_id for line in payable if line.rule}
        one = len(groups) == 1
        label = payable[0].rule.label.of(self.language) if payable[0].rule else ""
        label = label if one else self.c.say(self.language, "reward.all")
        axis = self.c.say(self.language, f"axis.{self._axis(payable)}")
        self._add("reward.table", [self.evidence_of_line(payable[0])], place=self.place, label=label, axis=axis)
        self.out.add("")
        self.out.add(self.c.say(self.language, "reward.table_head", axis=axis))
        for line in payable:
            assert line.yuan is not None
            option = line.rule.option.of(self.language) if one and line.rule else line.label.of(self.language)
            bound = self.c.glossary.label("bound", line.bound or "exact", self.language)
            amount = self._amount(line.yuan) if line.bound == "exact" else self._joined(bound, self._amount(line.yuan))
            self._add(
                "reward.table_row", [self.evidence_of_line(line)], option=option, amount=amount, note=self._note(line)
            )
        self.out.add("")
        for line in payable:
            if line.count > 1 and line.total_yuan is not None:
                self._counted(line, [self.evidence_of_line(line)])
        if one:
            skipped = {"standard_level", "location"} if len(groups) == 1 else set()
            shared = [
                c
                for c in payable[0].conditions
                if c.input not in payable[0].blocked_by and c.input not in skipped | {"location"}
            ]
            self._conditions(shared, [self.evidence_of_line(payable[0])])

    def _axis(self, payable: Sequence[RewardLine]) -> str:
        """What the amounts of a table differ by."""
        for axis in ("activity", "level", "committee", "grade", "role", "place_group"):
            if len({getattr(line.rule, axis) for line in payable if line.rule}) > 1:
                return axis
        return "activity"

    def _several(self, rows: Sequence[RewardLine]) -> None:
        """Several things at once: each with its amount, then the sum."""
        self._add("reward.several", [self.evidence_of_line(rows[0])], place=self.place)
        for line in rows:
            if line.status not in _PAYABLE or line.yuan is None:
                continue
            evidence = [self.evidence_of_line(line)]
            if line.count != 1 and line.total_yuan is not None:
                self._counted(line, evidence)
            else:
                key = "reward.item_up_to" if line.bound == "up_to" else "reward.item_exact"
                verb = self.c.glossary.label("benefit", line.rule.benefit, self.language) if line.rule else ""
                self._add(
                    key,
                    evidence,
                    label=line.label.of(self.language),
                    per=self._per(line),
                    verb=verb,
                    amount=self._amount(line.yuan),
                )
        self.out.add("")
        self._total()
        seen: dict[str, CheckedCondition] = {}
        for line in rows:
            if line.status in _PAYABLE:
                for condition in line.conditions:
                    if condition.input not in seen or condition.state == "unknown":
                        seen[condition.input] = condition
        skipped = {"standard_level"}
        self._conditions([c for name, c in seen.items() if name not in skipped], [self.evidence_of_line(rows[0])])

    def _total(self) -> None:
        outcome = self.outcome
        evidence = [self.evidence_of_line(line) for line in outcome.rows if line.status in _PAYABLE][:1]
        parts = [
            line for line in outcome.rows if line.status in _PAYABLE and line.counted and line.total_yuan is not None
        ]
        if outcome.total_yuan is not None:
            key = "reward.total_up_to" if outcome.total_bound == "up_to" else "reward.total"
            plus = " + ".join(self._amount(line.total_yuan or 0) for line in parts)
            total = self._amount(outcome.total_yuan)
            self._add(key, evidence, total=total, sum=f"{plus} = {total}")
            return
        for scenario in outcome.scenarios:
            if scenario.total_yuan is not None:
                key = "reward.scenario_up_to" if scenario.bound == "up_to" else "reward.scenario"
                total = self._amount(scenario.total_yuan)
                self._add(
                    key, evidence, computed=[scenario.total_yuan], label=scenario.label.of(self.language), total=total
                )

    def _other(self, line: RewardLine, *, beside: bool) -> None:
        """A line without an amount: not met, delegated, not stated, by merit, out of its time."""
        say, evidence = self.c.say, [self.evidence_of_line(line)]
        label = line.label.of(self.language)
        benefit = self.c.glossary.label("benefit", line.rule.benefit if line.rule else "reward", self.language)
        match line.status:
            case "not_met":
                texts = self._join(c.text.of(self.language) for c in line.failed)
                self._add("reward.not_met", evidence, label=label, condition=texts, benefit=benefit)
                self._conditions(line.conditions, evidence)
            case "delegated":
                delegate = line.rule.delegated_to.of(self.language) if line.rule and line.rule.delegated_to else ""
                alternative = beside or any(other.status == "not_met" for other in self.outcome.rows)
                key = "reward.delegated_else" if alternative else "reward.delegated"
                group = line.rule.place_group if line.rule else None
                name = self.c.glossary.label("place_group", group, self.language) if group else self.place
                self._add(key, evidence, place=self.place, label=label, delegate=delegate, group=name)
            case "not_stated":
                where = self.c.basis(self.document.policy, self.language)
                failed = self._join(c.text.of(self.language) for c in line.failed)
                self._add("reward.not_stated", evidence, where=where, what=self._unstated(line))
                if failed:
                    self._add("reward.covers", evidence, text=failed)
            case "discretionary" if line.yuan is not None:
                self._add(
                    "reward.discretionary", evidence, place=self.place, label=label, amount=self._amount(line.yuan)
                )
            case "out_of_validity":
                texts = self._join(step.text.of(self.language) for step in line.steps)
                self._add("reward.out_of_validity", evidence, label=label, text=texts)
            case "conflicting_sources":
                self._add("reward.conflict", evidence, label=label)
            case _ if line.rule and line.rule.benefit == "honour_only":
                self._add("reward.honour", evidence, place=self.place, label=label)
            case _:
                texts = self._join(step.text.of(self.language) for step in line.steps)
                self.out.add(say(self.language, "reward.other", label=label, text=texts), *evidence)

    def _unstated(self, line: RewardLine) -> str:
        """What was asked for, in the asker's terms rather than the rule's."""
        item, label = line.item, self.c.glossary.label
        activity = "revise_standard" if item.action == "revise" else item.activity
        parts = [label("activity", activity, self.language)] if activity else [line.label.of(self.language)]
        if item.level:
            level = label("level", item.level, self.language)
            if activity == "formulate_standard":
                return level
            parts.append(level)
        return ("·" if self.language == "zh" else ", ").join(parts)

    # --- what follows the conclusion ----------------------------------------------------------------------------------

    def closing(self, asked_at: date) -> None:
        """Who pays, the basis, what the text is silent on, validity, whom to ask."""
        out, say = self.out, self.c.say
        paid = [
            line for line in self.outcome.rows if line.rule and line.status in (*_PAYABLE, "delegated", "discretionary")
        ]
        out.add("")
        payers = dict.fromkeys(self._payer(line.rule) for line in paid if line.rule and line.rule.payer)
        if payers:
            evidence = dict.fromkeys(self.evidence_of_line(line) for line in paid)
            out.add(say(self.language, "reward.payer", payer=self._join(payers)), *evidence)
        shown = [line.rule for line in self.outcome.rows if line.rule] or [
            r for line in self.outcome.rows for r in line.near
        ]
        if shown:
            clause = next(c for c in self.document.clauses if c.clause_id == shown[0].clause_id)
            where = self.c.where(self.document.policy, clause, self.language)
            out.add(say(self.language, "basis.line", where=where), self._evidence(shown[0]))
        if points := self._silences():
            out.add(
                say(self.language, "reward.silent", points=[p.of(self.language) for p in points]),
                *self._clause_evidence(),
            )
        if "rule_unreviewed" in self.outcome.warnings:
            out.add(say(self.language, "reward.unreviewed"))
        self.c.validity_line(out, self.document, asked_at, self.language)
        self.c.ask_line(out, [self.document], self.language)
        out.add(say(self.language, "answer.disclaimer"))

    def _payer(self, rule: Rule) -> str:
        if rule.delegated_to:
            return rule.delegated_to.of(self.language)
        return self.c.glossary.label("payer", rule.payer or "municipal", self.language)

    def _silences(self) -> list[Silence]:
        """The points the question touches first, then those of the rules that apply."""
        asked = [topic for intent in self.question.intents for topic in _SILENCES_OF.get(intent, ())]
        if self.question.topic == "stacking":
            asked = [*_SILENCES_OF["stacking"], *asked]
        if any(line.item.action == "revise" for line in self.outcome.rows):
            asked.insert(0, "revision")
        if any(line.count > 1 for line in self.outcome.rows):
            asked += ["product_cap", "yearly_cap"]
        every = list(self.outcome.silent_on)
        first = [s for topic in asked for s in every if s.topic == topic]
        return list(dict.fromkeys([*first, *every]))[:_SILENCES_SHOWN]

    def _clause_evidence(self) -> list[Evidence]:
        rules = [line.rule for line in self.outcome.rows if line.rule]
        rules = rules or [rule for line in self.outcome.rows for rule in line.near]
        return list(dict.fromkeys(self._evidence(rule) for rule in rules))[:1]

    def _conditions(self, conditions: Iterable[CheckedCondition], evidence: Sequence[Evidence]) -> None:
        conditions = list(conditions)
        if not conditions:
            return
        self.out.add("")
        self._add("reward.conditions", evidence)
        order = {"unmet": 0, "unknown": 1, "met": 2}
        for condition in sorted(conditions, key=lambda c: order[c.state]):
            self.out.add(
                self.c.say(self.language, f"reward.condition_{condition.state}", text=condition.text.of(self.language))
            )
        self.out.add("")

    def _note(self, line: RewardLine) -> str:
        per = self._per(line).strip()
        place = (
            self.c.glossary.label("place_group", line.rule.place_group, self.language)
            if line.rule and line.rule.place_group
            else ""
        )
        return ("，" if self.language == "zh" else ", ").join(part for part in (per, place) if part)

    # --- small parts ----------------------------------------------------------------------------------------------------

    def evidence_of_line(self, line: RewardLine) -> Evidence:
        """The sentence a line rests on; for what is not stated, the sentence that lists what is."""
        rule = line.rule or next(iter(line.near), None)
        return self._evidence(rule) if rule else self.c.title_evidence(self.document)

    def _evidence(self, rule: Rule) -> Evidence:
        clause = next(c for c in self.document.clauses if c.clause_id == rule.clause_id)
        start, end = (
            (rule.start, rule.end) if rule.start is not None and rule.end is not None else (clause.start, clause.end)
        )
        return sentences_of(self.document, clause, start, end)

    def _add(self, key: str, evidence: Sequence[Evidence], *, computed: Sequence[int] = (), **values: object) -> None:
        self.out.add(self.c.say(self.language, key, **values), *evidence, computed=[float(v) for v in computed])

    def _amount(self, yuan: int) -> str:
        return format_yuan_zh(yuan) if self.language == "zh" else format_yuan_en(yuan)

    def _per(self, line: RewardLine) -> str:
        if line.per is None:
            return ""
        label = self.c.glossary.label("per", line.per, self.language)
        return label if self.language == "zh" else f" {label}"

    def _join(self, parts: Iterable[str]) -> str:
        return ("、" if self.language == "zh" else ", ").join(part for part in parts if part)

    def _joined(self, first: str, second: str) -> str:
        return f"{first} {second}"
