"""A draft as the file that a person edits into `knowledge/rules`: same keys, nobody's review yet.

What the draft could not settle stands in comments (`# ?`), because the rule file has no place for a row without an
amount; the rows of the file load as they are.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from typing import Any, NamedTuple

import yaml

from knowledge.drafting.draft import Draft, DraftedCap, DraftedProvision, DraftedRule
from knowledge.drafting.vocabulary import any_of, folded, load_vocabulary
from knowledge.glossary import Glossary
from knowledge.rule_schema import Stage

_WIDTH = 120
_BAND = re.compile(r"rank:(\d+)(-?)(\d*)")
_GroupKey = tuple[Any, ...]


def review_file(draft: Draft) -> str:
    """The YAML text of the rule file that the draft proposes.

    Rows without an amount, a share, an honour or somebody who sets the amount are comments; so are the words of the
    conditions, which a person turns into `conditions`.
    """
    return _File(draft).text()


class ProposedGroup(NamedTuple):
    """A group of a rule file as proposed, by its keys, and what a person should know of it.

    `conditions` are the words that say who is paid, as they stand; `doubts` what the draft could not settle.
    """

    entry: dict[str, Any]
    conditions: tuple[str, ...]
    doubts: tuple[str, ...]


class Unsettled(NamedTuple):
    """What the text seems to reward and the file cannot hold: why, and the sentence."""

    activity: dict[str, str]
    reason: str
    quote: str
    clause_id: str


class Proposals(NamedTuple):
    """Everything that `review_file` writes, in parts: `shared` holds what all groups refer to (`terms`, `places`)."""

    shared: dict[str, Any]
    groups: tuple[ProposedGroup, ...]
    unsettled: tuple[Unsettled, ...]
    ignored: tuple[dict[str, Any], ...]


def proposals(draft: Draft) -> Proposals:
    """The parts of the rule file that the draft proposes, for a person to take one by one."""
    return _File(draft).parts()


class _File:
    def __init__(self, draft: Draft) -> None:
        self._draft = draft
        self._glossary = Glossary.load()

    def parts(self) -> Proposals:
        shared = {"terms": self._terms(), "places": self._places()}
        return Proposals(
            {name: value for name, value in shared.items() if value},
            tuple(self._proposed(number, rows) for number, rows in enumerate(self._groups(), start=1)),
            tuple(self._unsettled()),
            tuple(self._ignored_entries()),
        )

    def text(self) -> str:
        policy = self._draft.policy
        lines = [
            f"# Proposed from the text of {' '.join(policy.title.split())}; no person has confirmed it.",
            "# Read every quote, turn the words behind `# when:` into conditions, settle what is marked `# ?`,",
            "# then fill in who reviewed it and when (YYYY-MM-DD).",
            *_dumped({"policy": policy.id, "reviewed_by": None, "reviewed_on": None}),
        ]
        if terms := self._terms():
            lines += ["", *_dumped({"terms": terms})]
        if places := self._places():
            lines += ["", "# ? Name the places of each group.", *_dumped({"places": places})]
        groups = list(self._groups())
        lines += ["", "rules:" if groups else "rules: []"]
        for number, rows in enumerate(groups, start=1):
            lines += self._group(number, rows)
        lines += self._open_questions()
        lines += ["", *_dumped({"ignored": list(self._ignored_entries())})]
        return "\n".join(lines) + "\n"

    # --- groups ------------------------------------------------------------------------------------------------------

    def _groups(self) -> Iterator[list[DraftedRule]]:
        """Rows of one sentence that differ only in what they are paid for, together."""
        groups: dict[_GroupKey, list[DraftedRule]] = {}
        for rule in self._draft.rules:
            if _loads(rule):
                key = (
                    rule.activity,
                    rule.quote,
                    rule.benefit,
                    rule.payer,
                    rule.per,
                    rule.cap,
                    rule.bonus,
                    rule.delegated,
                    rule.provisions,
                )
                groups.setdefault(key, []).append(rule)
        yield from groups.values()

    def _group(self, number: int, rows: Sequence[DraftedRule]) -> list[str]:
        proposed = self._proposed(number, rows)
        remarks = [f"when: {words}" for words in proposed.conditions] + [f"? {doubt}" for doubt in proposed.doubts]
        body = _dumped([proposed.entry])
        return ["", *(f"  # {remark}" for remark in remarks), *("  " + line for line in body)]

    def _proposed(self, number: int, rows: Sequence[DraftedRule]) -> ProposedGroup:
        first = rows[0]
        shared: dict[str, Any] = {
            "id": f"{first.activity}_{number}",
            "label": self._label("activity", first.activity),
            "activity": first.activity,
            "benefit": first.benefit,
            **({"per": first.per} if first.per else {}),
            **({"payer": first.payer} if first.payer else {}),
            "clause_id": first.clause_id,
            "quote": first.quote,
            **({"bonus": True} if first.bonus else {}),
            **({"delegated_to": _ELSEWHERE} if first.delegated else {}),
            **({"cap": [_cap(cap) for cap in first.cap]} if first.cap else {}),
            **self._combination(first),
        }
        return ProposedGroup(
            {**shared, "rows": list(self._rows(rows))},
            tuple(dict.fromkeys(words for rule in rows for words in rule.conditions if not self._defines_lead(words))),
            tuple(doubt for doubt in dict.fromkeys(rule.needs_review for rule in rows) if doubt),
        )

    def _rows(self, rows: Sequence[DraftedRule]) -> Iterator[dict[str, Any]]:
        seen: set[str] = set()
        for index, rule in enumerate(rows):
            entry = self._row(rule)
            name = ".".join(str(entry.get(axis)) for axis in _AXES)
            if name in seen:
                entry = {"id": f"row_{index + 1}", **entry}
            seen.add(name)
            yield entry

    def _row(self, rule: DraftedRule) -> dict[str, Any]:
        entry: dict[str, Any] = {axis: getattr(rule, axis) for axis in _AXES if getattr(rule, axis) is not None}
        if label := self._row_label(rule):
            entry["label"] = label
        if rule.bound is not None:
            entry["bound"] = rule.bound
        if rule.yuan is not None:
            entry |= {"yuan": rule.yuan, "said": rule.said}
            if rule.said_unit:
                entry["said_unit"] = rule.said_unit
        if rule.yuan_min is not None:
            entry |= {"yuan_min": rule.yuan_min, "said_min": rule.said_min}
        if rule.ratio is not None:
            entry["ratio"] = rule.ratio.model_dump()
        return entry

    def _row_label(self, rule: DraftedRule) -> dict[str, str] | None:
        parts = [self._part(rule, kind, value) for kind, value in _named(rule)]
        if rule.role is not None and (band := _BAND.fullmatch(rule.role)):
            parts.append(_rank_label(int(band[1]), band[2], band[3]))
        if rule.grade is not None:
            parts.append({"zh": rule.grade, "en": rule.grade})
        if not parts:
            return None
        return {"zh": "·".join(part["zh"] for part in parts), "en": ", ".join(part["en"] for part in parts)}

    def _part(self, rule: DraftedRule, kind: str, value: str) -> dict[str, str]:
        if kind == "level" and rule.activity not in ("formulate_standard", "revise_standard"):
            return _LEVELS.get(value, {"zh": value, "en": value})
        return self._label(kind, value)

    def _combination(self, rule: DraftedRule) -> dict[str, Any]:
        """How the rule stands to others, as far as the document says it for everything or in the same clause."""
        combined: dict[str, Any] = {}
        if self._draft.only_highest:
            combined["combine"] = {"policy": "max", "scope": "same_item"}
        stage = _stage(rule)
        if stage is not None:
            combined["counts_when"] = stage
        for provision in rule.provisions:
            combined |= _provided(provision)
        return combined

    def _open_questions(self) -> list[str]:
        """Rows that the file cannot hold, as comments."""
        lines: list[str] = []
        for open_point in self._unsettled():
            lines += ["", f"# ? {open_point.activity['zh']}: {open_point.reason}"]
            lines += [f"#   {line}" for line in open_point.quote.splitlines()]
        return lines

    def _unsettled(self) -> Iterator[Unsettled]:
        for rule in self._draft.rules:
            if not _loads(rule):
                reason = rule.needs_review or "no amount is stated"
                yield Unsettled(self._label("activity", rule.activity), reason, rule.quote, rule.clause_id)

    def _ignored_entries(self) -> Iterator[dict[str, Any]]:
        for amount in dict.fromkeys(self._draft.ignored):
            yield {"quote": amount.quote, "yuan": amount.yuan, "reason": amount.reason}

    # --- what all rules share ----------------------------------------------------------------------------------------

    def _terms(self) -> dict[str, Any] | None:
        draft = self._draft
        if draft.lead_rank is None or not any(rule.role == "lead" for rule in draft.rules):
            return None
        zh, en = _rank_words(draft.lead_rank)
        return {
            "lead_drafter": {
                "rank_max": draft.lead_rank,
                "clause_id": draft.lead_clause,
                "quote": draft.lead_quote,
                "text": {"zh": f"是标准的主导起草单位，{zh}", "en": f"lead drafter of the standard, {en}"},
                "ask": {
                    "zh": "贵单位在标准的起草单位中排名第几位？",
                    "en": "In which place is your organization named among the drafters of the standard?",
                },
            }
        }

    def _defines_lead(self, words: str) -> bool:
        """Whether words are the sentence that defines a lead; the file has it as a term, which is a condition already."""
        return self._terms() is not None and "".join(words.split()) in "".join(str(self._draft.lead_quote).split())

    def _places(self) -> dict[str, Any] | None:
        groups = sorted({rule.place_group for rule in self._draft.rules if rule.place_group})
        if not groups:
            return None
        labels = {group: self._label("location", group) for group in groups}
        return {
            "ask": {
                "zh": "单位是在市区，还是在县（市）？",
                "en": "Is the organization in the urban districts or in a county?",
            },
            "groups": {group: {"label": label, "text": label} for group, label in labels.items()},
        }

    def _label(self, kind: str, value: str) -> dict[str, str]:
        return {"zh": self._glossary.label(kind, value, "zh"), "en": self._glossary.label(kind, value, "en")}


_AXES = ("level", "committee", "role", "grade", "place_group")
# Levels of committees, pilots and prizes; the glossary's labels are those of standards.
_LEVELS = {
    "international": {"zh": "国际", "en": "international"},
    "national": {"zh": "国家级", "en": "national"},
    "industry": {"zh": "行业", "en": "industry"},
    "provincial_local": {"zh": "省级", "en": "provincial"},
    "municipal_local": {"zh": "市级", "en": "municipal"},
    "group": {"zh": "团体", "en": "group"},
}
_ELSEWHERE = {"zh": "文件未定金额，见引文所指", "en": "somebody else, as the quote says; the document sets no amount"}


def _loads(rule: DraftedRule) -> bool:
    stated = rule.yuan is not None or rule.ratio is not None
    return stated or rule.delegated or rule.benefit == "honour_only"


def _named(rule: DraftedRule) -> Iterator[tuple[str, str]]:
    for kind, value in (("level", rule.level), ("committee", rule.committee), ("location", rule.place_group)):
        if value is not None:
            yield kind, value
    if rule.role in ("lead", "participate"):
        yield "role", str(rule.role)


def _rank_label(first: int, dash: str, last: str) -> dict[str, str]:
    if last:
        return {"zh": f"第{first}至{last}位", "en": f"ranked {first} to {last}"}
    if dash:
        return {"zh": f"第{first}位及以后", "en": f"ranked {first} or lower"}
    return {"zh": f"第{first}位", "en": f"ranked {first}"}


def _rank_words(last: int) -> tuple[str, str]:
    return ("排名第一", "named first") if last == 1 else (f"排名前{last}位", f"among the first {last} named")


def _cap(cap: DraftedCap) -> dict[str, Any]:
    fields = {"scope": cap.scope, "yuan": cap.yuan, "count": cap.count, "said": cap.said, "quote": cap.quote}
    return {key: value for key, value in fields.items() if value is not None}


def _provided(provision: DraftedProvision) -> dict[str, Any]:
    """The fields of the rule file that a provision sets; the reader of the file finds its words behind `# when:`."""
    if provision.kind == "includes":
        return {"includes": [{"zh": provision.quote, "en": "what other levels pay, as the document says"}]}
    if provision.kind == "excludes":
        text = {
            "zh": f"未获得原文所指的其他奖补：{provision.quote}",
            "en": "no other award that the document says shuts it out",
        }
        return {"excludes": [{"input": "other_award_received", "text": text}]}
    if provision.kind == "series":
        return {"dedupe": {"key": "series", "keep": provision.value}}
    if provision.kind == "contest":
        return {"contest": provision.value}
    if provision.kind == "sum":
        return {"combine": {"policy": "sum", "scope": "same_item"}}
    return {}


def _stage(rule: DraftedRule) -> Stage | None:
    words = folded(" ".join(rule.conditions))
    stages: Sequence[Stage] = ("proposed", "accepted", "implemented", "published")
    return next((stage for stage in stages if any_of(load_vocabulary().stages[stage]).search(words)), None)


def _dumped(content: object) -> list[str]:
    text = yaml.safe_dump(content, allow_unicode=True, sort_keys=False, width=_WIDTH)
    return str(text).rstrip("\n").split("\n")
