"""The policies beside this file with the rows a person reads in them, and how drafted rows compare.

A row is written in short: `formulate national lead =50w per:standard` is 500,000 yuan exactly; `<=`, `>=` and `a~b` are
the other bounds, `30%lead` a share, `honour`, `review` and `delegated` rows without an amount.
"""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import yaml

from knowledge.drafting import Draft, DraftedRule, draft_rules
from knowledge.manifest import describe, read_document
from knowledge.model import Document

POLICIES = Path(__file__).parent / "policies"

_ACTIVITIES = {
    "formulate": "formulate_standard",
    "revise": "revise_standard",
    "adopt": "adopt_standard",
    "host": "host_committee",
    "pilot": "pilot_project",
    "cert": "certification",
    "front": "front_runner",
}
_LEVELS = {"provincial": "provincial_local", "municipal": "municipal_local"}
_PLAIN_LEVELS = ("international", "national", "industry", "group", "alliance", "enterprise")
_PLACES = {"urban": "urban_district", "county": "county"}
_AMOUNT = re.compile(r"(?P<bound>=|<=|>=)(?P<yuan>[\d.]+)(?P<w>w?)")
_RANGE = re.compile(r"([\d.]+)(w?)~([\d.]+)(w?)")
_SHARE = re.compile(r"(\d+)%([a-z_]+)")


@dataclass(frozen=True, slots=True)
class Row:
    """What two rows must agree in."""

    activity: str
    level: str | None = None
    committee: str | None = None
    role: str | None = None
    grade: str | None = None
    place_group: str | None = None
    yuan: int | None = None
    yuan_min: int | None = None
    ratio: tuple[int, str] | None = None
    bound: str | None = None
    per: str | None = None
    honour: bool = False
    review: bool = False

    @property
    def paid(self) -> tuple[object, ...]:
        """What is paid for what, without the manner."""
        return (*self.axes, self.yuan, self.yuan_min, self.ratio)

    @property
    def axes(self) -> tuple[object, ...]:
        """What is paid for."""
        return (self.activity, self.level, self.committee, self.role, self.grade, self.place_group)


@dataclass(frozen=True, slots=True)
class Case:
    """A policy file, its expected rows and the amounts that no row may pay."""

    path: Path
    rows: tuple[Row, ...]
    ignored: tuple[int, ...]

    def document(self) -> Document:
        """The policy as the builder reads it."""
        return _document(self.path)

    def draft(self) -> Draft:
        """The rules drafted from it."""
        return _draft(self.path)


@dataclass(frozen=True, slots=True)
class Score:
    """How drafted rows compare with the expected ones; `wrong` are rows with an amount or share that nobody is paid so."""

    matched: int
    drafted: int
    expected: int
    missing: tuple[Row, ...]
    extra: tuple[Row, ...]
    wrong: tuple[Row, ...]

    @property
    def f1(self) -> float:
        """Twice the matches over both counts; 1 where both are empty."""
        return 2 * self.matched / (self.drafted + self.expected) if self.drafted + self.expected else 1.0


def cases(pattern: str = "*") -> list[Case]:
    """The cases whose name fits the pattern, by name."""
    return [_case(path) for path in sorted(POLICIES.glob(f"{pattern}.txt"))]


def compare(draft: Draft, rows: tuple[Row, ...]) -> Score:
    """The drafted rows against the expected ones."""
    drafted = Counter(row_of(rule) for rule in draft.rules)
    expected = Counter(rows)
    paid = {row.paid for row in rows}
    extra = drafted - expected
    return Score(
        matched=(drafted & expected).total(),
        drafted=drafted.total(),
        expected=expected.total(),
        missing=tuple((expected - drafted).elements()),
        extra=tuple(extra.elements()),
        wrong=tuple(row for row in extra.elements() if (row.yuan or row.ratio) and row.paid not in paid),
    )


def row_of(rule: DraftedRule) -> Row:
    """The compared part of a drafted rule; of a row without an amount, why it has none."""
    silent = rule.yuan is None and rule.ratio is None
    return Row(
        activity=rule.activity,
        level=rule.level,
        committee=rule.committee,
        role=rule.role,
        grade=rule.grade,
        place_group=rule.place_group,
        yuan=rule.yuan,
        yuan_min=rule.yuan_min,
        ratio=(rule.ratio.percent, rule.ratio.of) if rule.ratio else None,
        bound=None if silent or rule.ratio else rule.bound,
        per=None if silent else rule.per,
        honour=rule.benefit == "honour_only",
        review=silent and rule.needs_review is not None,
    )


@cache
def _document(path: Path) -> Document:
    return read_document(describe(path), path)


@cache
def _draft(path: Path) -> Draft:
    return draft_rules(_document(path))


def _case(path: Path) -> Case:
    content = yaml.safe_load(path.with_suffix(".yaml").read_text(encoding="utf-8"))
    return Case(path, tuple(map(_row, content["rows"])), tuple(content["ignored"]))


def _row(said: str) -> Row:
    activity, *rest = said.split()
    fields: dict[str, object] = {"activity": _ACTIVITIES.get(activity, activity)}
    for word in rest:
        fields |= _field(word)
    if fields.get("honour") or fields.get("review") or (fields.get("yuan") is None and fields.get("ratio") is None):
        fields.pop("per", None)
    return Row(**fields)  # type: ignore[arg-type]  # each by its own name


def _field(word: str) -> dict[str, object]:
    if word in _PLAIN_LEVELS or word in _LEVELS:
        return {"level": _LEVELS.get(word, word)}
    if word in ("TC", "SC", "WG"):
        return {"committee": word}
    if word in ("lead", "participate") or word.startswith("rank:"):
        return {"role": word}
    if word in _PLACES:
        return {"place_group": _PLACES[word]}
    if word in ("honour", "review"):
        return {word: True}
    if word == "delegated":
        return {}
    if word.startswith(("grade:", "per:")):
        name, _, value = word.partition(":")
        return {name: value}
    if amount := _AMOUNT.fullmatch(word):
        bounds = {"=": "exact", "<=": "up_to", ">=": "at_least"}
        return {"bound": bounds[amount["bound"]], "yuan": _yuan(amount["yuan"], amount["w"])}
    if span := _RANGE.fullmatch(word):
        return {"bound": "range", "yuan_min": _yuan(span[1], span[2]), "yuan": _yuan(span[3], span[4])}
    if share := _SHARE.fullmatch(word):
        return {"ratio": (int(share[1]), share[2])}
    raise ValueError(f"expected a word of a row, got {word!r}")


def _yuan(number: str, scale: str) -> int:
    return int(float(number) * (10_000 if scale else 1))
